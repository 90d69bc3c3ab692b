// SPDX-License-Identifier: Apache-2.0
#include "ui/widget/Table.h"

#include <algorithm>
#include <vector>

#include <QHeaderView>
#include <QKeyEvent>
#include <QPainter>

#include "ui/widget/Parts.h"
#include "ui/widget/Theme.h"

namespace plimsoll::ui::widget {

Table::Table(QWidget* parent)
    : QTreeView(parent)
{
    setUniformRowHeights(true); // without it every row would be measured
    setAlternatingRowColors(true);
    setAllColumnsShowFocus(true);
    setSelectionMode(QAbstractItemView::ExtendedSelection);
    setSelectionBehavior(QAbstractItemView::SelectRows);
    setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    setTextElideMode(Qt::ElideRight);
    setRootIsDecorated(false);
    setItemDelegate(new TableDelegate(this));
    setContextMenuPolicy(Qt::CustomContextMenu);
    header()->setSectionsMovable(true);
    header()->setHighlightSections(false);
    header()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    header()->setMinimumSectionSize(48);
}

QString Table::selectionAsText() const
{
    if (!model() || !selectionModel())
        return {};
    std::vector<int> columns;
    for (int visual = 0; visual < header()->count(); ++visual) {
        const int column = header()->logicalIndex(visual);
        if (!header()->isSectionHidden(column))
            columns.push_back(column);
    }
    const auto cells = [&](const auto& text) {
        QStringList row;
        for (const int column : columns)
            row.append(text(column));
        return row.join(QLatin1Char('\t'));
    };
    QStringList lines { cells(
        [&](int column) { return model()->headerData(column, Qt::Horizontal, Qt::DisplayRole).toString(); }) };
    QModelIndexList rows = selectionModel()->selectedRows();
    std::sort(rows.begin(), rows.end());
    for (const QModelIndex& row : rows)
        lines.append(cells([&](int column) { return row.siblingAtColumn(column).data().toString(); }));
    return lines.join(QLatin1Char('\n')) + QLatin1Char('\n');
}

void Table::keyPressEvent(QKeyEvent* event)
{
    if (event->matches(QKeySequence::Copy)) {
        Q_EMIT copyRequested();
        return;
    }
    // J and K walk the rows as in other review tools; a search by typing would swallow them.
    if (event->key() == Qt::Key_J || event->key() == Qt::Key_K) {
        QKeyEvent arrow(event->type(), event->key() == Qt::Key_J ? Qt::Key_Down : Qt::Key_Up, event->modifiers());
        QTreeView::keyPressEvent(&arrow);
        return;
    }
    QTreeView::keyPressEvent(event);
}

QString TableDelegate::displayText(const QVariant& value, const QLocale& locale) const
{
    if (value.typeId() == QMetaType::ULongLong || value.typeId() == QMetaType::UInt)
        return grouped(value.toULongLong());
    return QStyledItemDelegate::displayText(value, locale);
}

QSize TableDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    QSize size = QStyledItemDelegate::sizeHint(option, index);
    size.setHeight(option.fontMetrics.height() + 16);
    return size;
}

void TableDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    QStyleOptionViewItem item = option;
    initStyleOption(&item, index);
    const bool isGroup = index.data(GroupRole).toBool();
    if (isGroup)
        item.font = font(TextStyle::Strong);
    if (index.data(SecondaryRole).toBool()) {
        item.palette.setColor(QPalette::Text, theme().textMuted);
        item.palette.setColor(QPalette::HighlightedText, theme().textMuted);
    }
    const QVariant severity = index.data(SeverityRole);
    if (!severity.isValid()) {
        QStyledItemDelegate::paint(painter, item, index);
        return;
    }
    const QString text = item.text;
    item.text.clear();
    const QWidget* widget = option.widget;
    widget->style()->drawControl(QStyle::CE_ItemViewItem, &item, painter, widget);
    const int side = std::min(20, item.rect.height() - 8);
    const QRect badge(item.rect.left() + 8, item.rect.center().y() - side / 2 + 1, side, side);
    paintSeverityBadge(*painter, badge, severity.toInt());
    const QRect rest = item.rect.adjusted(side + 16, 0, -4, 0);
    if (rest.width() > 20) {
        painter->save();
        painter->setFont(item.font);
        painter->setPen(item.palette.color(QPalette::Text));
        painter->drawText(
            rest, Qt::AlignVCenter | Qt::AlignLeft, item.fontMetrics.elidedText(text, Qt::ElideRight, rest.width()));
        painter->restore();
    }
}

} // namespace plimsoll::ui::widget

#include "moc_Table.cpp"
