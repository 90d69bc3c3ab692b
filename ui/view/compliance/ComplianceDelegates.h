// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include <QListWidget>

#include "ui/model/ComplianceData.h"
#include "ui/widget/Table.h"

namespace plimsoll::ui::view {

// Rows of the tree: the sign of the status in front of its words, and what shares a control marked.
class ComplianceDelegate : public widget::TableDelegate {
public:
    using TableDelegate::TableDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

// The frameworks, each with its five counts and a bar of them.
class FrameworkList : public QListWidget {
public:
    explicit FrameworkList(QWidget* parent);
    void setLines(const std::vector<model::FrameworkLine>& lines);
    void choose(std::uint32_t framework); // index into Assessment::frameworks
    int chosen() const; // -1 = none
};

} // namespace plimsoll::ui::view
