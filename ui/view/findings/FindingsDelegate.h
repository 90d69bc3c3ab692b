// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/widget/Table.h"

namespace plimsoll::ui::view {

// Rows of the findings: what was accepted is hatched, so that it is told from what is open without colour.
class FindingsDelegate : public widget::TableDelegate {
public:
    using TableDelegate::TableDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

} // namespace plimsoll::ui::view
