// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QStyledItemDelegate>
#include <QTreeView>

namespace plimsoll::ui::widget {

// Item data that tables read besides Qt's own roles.
enum TableRole : int {
    SeverityRole = Qt::UserRole + 1, // int; a badge is painted in front of the text
    GroupRole, // bool; the row stands for others
    SecondaryRole, // bool; less important text, painted muted
};

// The one table of the window: flat or grouped, rows of equal height, badges, muted columns, no grid.
class Table : public QTreeView {
    Q_OBJECT

public:
    explicit Table(QWidget* parent = nullptr);
    // The selected rows as tab-separated text, with the header.
    QString selectionAsText() const;

Q_SIGNALS:
    void copyRequested();

protected:
    void keyPressEvent(QKeyEvent* event) override;
};

class TableDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    QString displayText(const QVariant& value, const QLocale& locale) const override;
};

} // namespace plimsoll::ui::widget
