// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QtCore/qnamespace.h>

namespace plimsoll::ui::model {

// Data of the models besides Qt's own roles; the same numbers as ui/widget/Table.h's TableRole (a test compares them).
enum Role : int {
    SeverityRole = Qt::UserRole + 1, // int, by control::Severity
    GroupRole, // bool: the row stands for others
    SecondaryRole, // bool: less important text
};

} // namespace plimsoll::ui::model
