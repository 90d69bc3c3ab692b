// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include <QString>

#include "ui/view/ViewContext.h"

namespace plimsoll::ui::view {

// One row = one page of the window: navigation, menu, shortcuts and saved state are made from it.
struct ViewRow {
    const char* id; // of decisions.md; permanent
    const char* title; // marked for translation in the context "Views"
    const char* icon; // of ui/widget/Icons
    const char* shortcut; // as QKeySequence reads it
    View* (*create)(ViewContext& context, QWidget* parent);
    bool hasInspector; // whether what is selected there is told beside it

    QString idText() const { return QString::fromLatin1(id); }
    QString titleText() const;
};

std::span<const ViewRow> rows();
const ViewRow* findRow(const QString& id); // nullptr when there is none

} // namespace plimsoll::ui::view
