// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

namespace plimsoll::ui::widget {

struct Theme;

// The one style sheet of the application. Widgets take part by their dynamic property "role" ("card", "primary",
// "chip", "muted" ...); the names stand in StyleSheet.cpp.
QString styleSheet(const Theme& theme);

} // namespace plimsoll::ui::widget
