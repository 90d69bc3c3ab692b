// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

// The front of ui/shell: the window as one call.
namespace plimsoll::ui::shell {

// Shows the window and returns when it is closed; opens the sources, if there are any. argc and argv are Qt's to read
// (-platform and the like). The exit code of the program.
int runWindow(int& argc, char** argv, std::span<const std::string> sources);

} // namespace plimsoll::ui::shell
