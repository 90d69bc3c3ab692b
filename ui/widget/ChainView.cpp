// SPDX-License-Identifier: Apache-2.0
#include "ui/widget/ChainView.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include "ui/widget/Theme.h"

namespace plimsoll::ui::widget {

namespace {

constexpr int boxHeight = 34;
constexpr int arrowWidth = 22;

} // namespace

ChainView::ChainView(QWidget* parent)
    : QWidget(parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void ChainView::setChain(const QStringList& parts)
{
    m_parts = parts;
    m_current = -1;
    setAccessibleDescription(parts.join(tr(", then ")));
    setToolTip(parts.join(QStringLiteral(" \u2192 ")).toHtmlEscaped());
    update();
}

void ChainView::setCurrent(int part)
{
    if (part < 0 || part >= m_parts.size() || part == m_current)
        return;
    m_current = part;
    update();
    Q_EMIT chosen(part);
}

QSize ChainView::sizeHint() const
{
    return { 320, boxHeight + 8 };
}

QRect ChainView::boxOf(int part) const
{
    const int count = std::max(1, static_cast<int>(m_parts.size()));
    const int boxWidth = (width() - 2 - (count - 1) * arrowWidth) / count;
    return { 1 + part * (boxWidth + arrowWidth), 4, boxWidth, boxHeight };
}

void ChainView::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    for (int part = 0; part < m_parts.size(); ++part) {
        const QRect box = boxOf(part);
        const bool isCurrent = part == m_current;
        painter.setPen(QPen(isCurrent ? theme().accent : theme().border, isCurrent ? 2 : 1));
        painter.setBrush(isCurrent ? theme().selection : theme().surface);
        painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
        painter.setPen(theme().text);
        painter.drawText(box.adjusted(8, 0, -8, 0), Qt::AlignCenter,
            painter.fontMetrics().elidedText(m_parts[part], Qt::ElideMiddle, box.width() - 16));
        if (part + 1 == m_parts.size())
            break;
        const int y = box.center().y(), from = box.right() + 5, to = box.right() + arrowWidth - 4;
        painter.setPen(QPen(theme().textMuted, 1.5));
        painter.drawLine(from, y, to, y);
        painter.drawLine(to - 4, y - 4, to, y);
        painter.drawLine(to - 4, y + 4, to, y);
    }
    if (hasFocus()) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(theme().accent, 1, Qt::DotLine));
        painter.drawRect(rect().adjusted(0, 0, -1, -1));
    }
}

void ChainView::mousePressEvent(QMouseEvent* event)
{
    for (int part = 0; part < m_parts.size(); ++part) {
        if (boxOf(part).contains(event->pos()))
            setCurrent(part);
    }
}

void ChainView::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Left)
        setCurrent(m_current - 1);
    else if (event->key() == Qt::Key_Right)
        setCurrent(m_current + 1);
    else
        QWidget::keyPressEvent(event);
}

} // namespace plimsoll::ui::widget
