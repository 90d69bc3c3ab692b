// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QtCore/qnamespace.h>

namespace plimsoll::ui::model {

// Data of the models besides Qt's own roles; the same numbers as ui/widget/Table.h's TableRole (a test compares them).
enum Role : int {
    SeverityRole = Qt::UserRole + 1, // int, by control::Severity
    GroupRole, // bool: the row stands for others
    SecondaryRole, // bool: less important text
    // Read only by the tables that show such rows:
    WaivedRole = Qt::UserRole + 20, // bool: accepted by a waiver
    StatusRole, // int, by RequirementResult::Status; nothing where there is none
    RecordedRole, // bool: a person recorded a verdict
    SharedRole, // bool: shares a control with what is chosen beside it
};

} // namespace plimsoll::ui::model
