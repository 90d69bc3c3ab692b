// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

// Questions to the person at the terminal.
namespace plimsoll::app {

bool canAsk(); // standard input and error are a terminal
// The line that was typed, without white space around it; "" when nothing came.
std::string ask(const std::string& question);
// The same without showing what is typed. Nothing when there is no terminal or the line was empty.
std::optional<std::string> askSecret(const std::string& question);

} // namespace plimsoll::app
