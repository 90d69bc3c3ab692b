// SPDX-License-Identifier: Apache-2.0
#include "ui/view/compliance/ComplianceDelegates.h"

#include <QPainter>

#include "ui/model/ComplianceModel.h"
#include "ui/model/Roles.h"
#include "ui/view/StatusParts.h"
#include "ui/widget/Theme.h"

namespace plimsoll::ui::view {

using namespace widget;

namespace {

constexpr int countsRole = Qt::UserRole; // five numbers
constexpr int frameworkRole = Qt::UserRole + 1;

std::array<quint32, 5> countsOf(const QVariant& value)
{
    std::array<quint32, 5> counts {};
    const QVariantList list = value.toList();
    for (int i = 0; i < static_cast<int>(counts.size()) && i < list.size(); ++i)
        counts[static_cast<std::size_t>(i)] = list[i].toUInt();
    return counts;
}

class FrameworkDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override { return QSize(200, 70); }
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override
    {
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        const QRect area = option.rect.adjusted(3, 2, -3, -2);
        const bool isSelected = option.state.testFlag(QStyle::State_Selected);
        const bool isHovered = option.state.testFlag(QStyle::State_MouseOver);
        if (isSelected || isHovered) {
            painter->setPen(Qt::NoPen);
            painter->setBrush(isSelected ? theme().selection : theme().accentSoft);
            painter->drawRoundedRect(area, 6, 6);
        }
        if (option.state.testFlag(QStyle::State_HasFocus)) {
            painter->setBrush(Qt::NoBrush);
            painter->setPen(theme().accent);
            painter->drawRoundedRect(area, 6, 6);
        }
        const QRect inner = area.adjusted(8, 6, -8, -6);
        painter->setPen(theme().text);
        painter->setFont(widget::font(TextStyle::Strong));
        painter->drawText(inner, Qt::AlignTop | Qt::AlignLeft,
            painter->fontMetrics().elidedText(index.data(Qt::DisplayRole).toString(), Qt::ElideRight, inner.width()));
        const std::array<quint32, 5> counts = countsOf(index.data(countsRole));
        paintStatusBar(*painter, QRectF(inner.left(), inner.top() + 22, inner.width(), 8), counts);
        painter->setFont(widget::font(TextStyle::Caption));
        int at = inner.left();
        for (int status = 0; status < static_cast<int>(counts.size()); ++status) {
            const QString words = QString::number(counts[static_cast<std::size_t>(status)]) + QLatin1Char(' ')
                + model::statusName(status);
            const QRect place(at, inner.top() + 34, inner.right() - at, 18);
            painter->setPen(counts[static_cast<std::size_t>(status)] > 0 ? theme().text : theme().textMuted);
            painter->drawText(place, Qt::AlignVCenter | Qt::AlignLeft, words);
            at += painter->fontMetrics().horizontalAdvance(words) + 8;
        }
        painter->restore();
    }
};

} // namespace

void ComplianceDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const bool isRelated = index.data(model::SharedRole).toBool();
    const bool isSelected = option.state.testFlag(QStyle::State_Selected);
    QStyleOptionViewItem item = option;
    if (isRelated && !isSelected)
        painter->fillRect(option.rect, theme().mark);
    const QVariant status = index.data(model::StatusRole);
    if (index.column() != model::ComplianceModel::Status || !status.isValid()) {
        TableDelegate::paint(painter, item, index);
        return;
    }
    const int side = std::min(18, option.rect.height() - 6);
    if (isSelected)
        painter->fillRect(option.rect, theme().selection);
    item.rect = option.rect.adjusted(side + 10, 0, 0, 0);
    TableDelegate::paint(painter, item, index);
    const QRectF sign(option.rect.left() + 6, option.rect.center().y() - side / 2.0 + 1, side, side);
    paintStatusSign(*painter, sign, status.toInt(), index.data(model::RecordedRole).toBool());
}

FrameworkList::FrameworkList(QWidget* parent)
    : QListWidget(parent)
{
    setItemDelegate(new FrameworkDelegate(this));
    setUniformItemSizes(true);
    setMouseTracking(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollMode(ScrollPerPixel);
    setProperty("role", QStringLiteral("bare"));
}

void FrameworkList::setLines(const std::vector<model::FrameworkLine>& lines)
{
    const QSignalBlocker blocked(this);
    clear();
    for (const model::FrameworkLine& line : lines) {
        auto* item = new QListWidgetItem(line.title, this);
        QVariantList counts;
        for (const quint32 count : line.counts)
            counts.append(count);
        item->setData(countsRole, counts);
        item->setData(frameworkRole, line.index);
        const QString whole
            = QStringList { line.title, model::countsText(line.counts), model::coverageText(line), line.note }.join(
                QLatin1Char('\n'));
        item->setToolTip(whole.toHtmlEscaped().replace(QLatin1Char('\n'), QStringLiteral("<br>")));
        item->setData(
            Qt::AccessibleTextRole, QString(line.title + QStringLiteral(": ") + model::countsText(line.counts)));
    }
}

void FrameworkList::choose(std::uint32_t framework)
{
    for (int row = 0; row < count(); ++row) {
        if (item(row)->data(frameworkRole).toUInt() == framework)
            setCurrentRow(row);
    }
}

int FrameworkList::chosen() const
{
    return currentItem() ? currentItem()->data(frameworkRole).toInt() : -1;
}

} // namespace plimsoll::ui::view
