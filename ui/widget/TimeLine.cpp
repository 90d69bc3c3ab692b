// SPDX-License-Identifier: Apache-2.0
#include "ui/widget/TimeLine.h"

#include <algorithm>
#include <array>

#include <QDateTime>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QLocale>
#include <QPainter>
#include <QPainterPath>
#include <QScrollBar>
#include <QToolTip>

#include "ui/widget/Theme.h"

namespace plimsoll::ui::widget {

namespace {

constexpr int rowHeight = 32;
constexpr int axisHeight = 40;
constexpr qint64 day = 86'400;
constexpr int wordsRoom = 170; // kept free at the right for what stands beside a mark

QDate dateOf(qint64 time)
{
    return QDateTime::fromSecsSinceEpoch(time, Qt::UTC).date();
}

qint64 secondsOf(const QDate& date)
{
    return QDateTime(date, QTime(0, 0), Qt::UTC).toSecsSinceEpoch();
}

QColor colourOf(TimeLine::State state)
{
    switch (state) {
    case TimeLine::State::Good:
        return theme().pass;
    case TimeLine::State::Soon:
        return theme().severity[2];
    case TimeLine::State::Over:
        return theme().fail;
    case TimeLine::State::Unknown:
        break;
    }
    return theme().notAssessed;
}

// A disc, a diamond, a cross or a ring: states differ in shape.
void paintMark(QPainter& painter, QPointF at, TimeLine::State state)
{
    const QColor colour = colourOf(state);
    painter.setPen(QPen(colour, 2));
    painter.setBrush(colour);
    switch (state) {
    case TimeLine::State::Good:
        painter.drawEllipse(at, 4.5, 4.5);
        break;
    case TimeLine::State::Soon:
        painter.drawPolygon(
            QPolygonF { at + QPointF(0, -6), at + QPointF(6, 0), at + QPointF(0, 6), at + QPointF(-6, 0) });
        break;
    case TimeLine::State::Over:
        painter.setPen(QPen(colour, 2.5));
        painter.drawLine(at + QPointF(-4.5, -4.5), at + QPointF(4.5, 4.5));
        painter.drawLine(at + QPointF(-4.5, 4.5), at + QPointF(4.5, -4.5));
        break;
    case TimeLine::State::Unknown:
        painter.setBrush(Qt::NoBrush);
        painter.drawEllipse(at, 4.5, 4.5);
        break;
    }
}

} // namespace

qreal TimeLine::Axis::at(qint64 time) const
{
    const qreal share = static_cast<qreal>(time - from) / static_cast<qreal>(std::max<qint64>(1, to - from));
    return left + share * (right - left);
}

TimeLine::TimeLine(QWidget* parent)
    : QAbstractScrollArea(parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFrameShape(QFrame::NoFrame);
    viewport()->setMouseTracking(true);
}

void TimeLine::setItems(std::vector<Item> items, std::optional<qint64> today, const QString& todayWords)
{
    m_items = std::move(items);
    m_today = today;
    m_todayWords = todayWords;
    m_current = -1;
    chooseRange();
    verticalScrollBar()->setValue(0);
    updateScrollBar();
    viewport()->update();
}

// The years around today that people plan in; a root certificate of twenty years must not press all others together.
void TimeLine::chooseRange()
{
    std::optional<qint64> first = m_today, last = m_today;
    const auto widen = [&](const std::optional<qint64>& time) {
        if (!time)
            return;
        first = first ? std::min(*first, *time) : *time;
        last = last ? std::max(*last, *time) : *time;
    };
    for (const Item& item : m_items) {
        widen(item.from);
        widen(item.to);
    }
    const qint64 middle = m_today.value_or(last.value_or(0));
    m_from = std::max(first.value_or(middle), middle - 540 * day) - 20 * day;
    m_to = std::min(last.value_or(middle), middle + 900 * day) + 20 * day;
    m_to = std::max(m_to, m_from + 120 * day);
}

TimeLine::Axis TimeLine::axis() const
{
    const int names = std::clamp(viewport()->width() * 3 / 10, 160, 420);
    return { m_from, m_to, names + 12, std::max(names + 80, viewport()->width() - wordsRoom) };
}

void TimeLine::updateScrollBar()
{
    const int room = std::max(0, viewport()->height() - axisHeight);
    verticalScrollBar()->setRange(0, std::max(0, static_cast<int>(m_items.size()) * rowHeight - room));
    verticalScrollBar()->setPageStep(room);
    verticalScrollBar()->setSingleStep(rowHeight);
}

void TimeLine::resizeEvent(QResizeEvent* event)
{
    QAbstractScrollArea::resizeEvent(event);
    updateScrollBar();
}

void TimeLine::setCurrent(int item)
{
    if (item < 0 || item >= static_cast<int>(m_items.size()) || item == m_current)
        return;
    m_current = item;
    const Item& shown = m_items[static_cast<std::size_t>(item)];
    setAccessibleDescription(QStringList { shown.title, shown.caption, shown.words }.join(QStringLiteral(", ")));
    ensureVisible(item);
    viewport()->update();
    Q_EMIT chosen(item);
}

void TimeLine::ensureVisible(int item)
{
    const int room = viewport()->height() - axisHeight;
    const int top = item * rowHeight;
    if (top < verticalScrollBar()->value())
        verticalScrollBar()->setValue(top);
    else if (top + rowHeight > verticalScrollBar()->value() + room)
        verticalScrollBar()->setValue(top + rowHeight - room);
}

int TimeLine::itemAt(const QPoint& position) const
{
    if (position.y() < axisHeight)
        return -1;
    const int item = (position.y() - axisHeight + verticalScrollBar()->value()) / rowHeight;
    return item < static_cast<int>(m_items.size()) ? item : -1;
}

// Years, quarters or months, as many as there is room for.
void TimeLine::paintAxis(QPainter& painter, const Axis& axis) const
{
    painter.fillRect(QRect(0, 0, viewport()->width(), axisHeight), theme().surface);
    painter.setFont(widget::font(TextStyle::Caption));
    const qreal perMonth = (axis.right - axis.left) / std::max(1.0, static_cast<double>(m_to - m_from) / (30.4 * day));
    const int step = perMonth > 56 ? 1 : perMonth * 3 > 56 ? 3 : perMonth * 6 > 56 ? 6 : 12;
    QDate date(dateOf(m_from).year(), 1, 1);
    bool isFirst = true;
    for (; secondsOf(date) <= m_to; date = date.addMonths(step)) {
        if (secondsOf(date) < m_from)
            continue;
        const qreal x = axis.at(secondsOf(date));
        painter.setPen(QPen(theme().border, date.month() == 1 ? 1.5 : 1));
        painter.drawLine(QPointF(x, axisHeight - 6), QPointF(x, viewport()->height()));
        painter.setPen(theme().textMuted);
        const QString word = date.month() == 1
            ? QString::number(date.year())
            : QLocale(QLocale::English).standaloneMonthName(date.month(), QLocale::ShortFormat)
                + (isFirst ? QStringLiteral(" %1").arg(date.year()) : QString());
        isFirst = false;
        painter.drawText(QRectF(x - 30, 18, 60, 16), Qt::AlignCenter, word);
    }
    painter.setPen(theme().border);
    painter.drawLine(0, axisHeight, viewport()->width(), axisHeight);
}

void TimeLine::paintToday(QPainter& painter, const Axis& axis) const
{
    if (!m_today || *m_today < m_from || *m_today > m_to)
        return;
    painter.setFont(widget::font(TextStyle::Caption));
    const qreal x = axis.at(*m_today);
    painter.setPen(QPen(theme().accent, 1.5));
    painter.drawLine(QPointF(x, 17), QPointF(x, viewport()->height()));
    painter.setPen(theme().accent);
    painter.drawText(QRectF(x - 120, 1, 240, 16), Qt::AlignCenter, m_todayWords);
}

void TimeLine::paintItem(QPainter& painter, const Axis& axis, int at, int top) const
{
    const Item& item = m_items[static_cast<std::size_t>(at)];
    const QRect row(0, top, viewport()->width(), rowHeight);
    if (at == m_current)
        painter.fillRect(row, theme().selection);
    else if (at % 2 == 1)
        painter.fillRect(
            row, QColor(theme().surfaceAlt.red(), theme().surfaceAlt.green(), theme().surfaceAlt.blue(), 150));
    // The name, then what it is about as far as there is room.
    painter.setFont(widget::font(TextStyle::Body));
    const QFontMetrics metrics = painter.fontMetrics();
    const int room = axis.left - 24;
    const QString title = metrics.elidedText(item.title, Qt::ElideMiddle, room);
    painter.setPen(theme().text);
    painter.drawText(QRect(8, top, room, rowHeight), Qt::AlignVCenter, title);
    const int rest = room - metrics.horizontalAdvance(title) - 10;
    if (rest > 50) {
        painter.setPen(theme().textMuted);
        painter.drawText(QRect(axis.left - 16 - rest, top, rest, rowHeight), Qt::AlignVCenter,
            metrics.elidedText(item.caption, Qt::ElideRight, rest));
    }
    const qreal middle = top + rowHeight / 2.0;
    const QColor colour = colourOf(item.state);
    const auto inside = [&](qint64 time) { return std::clamp<qreal>(axis.at(time), axis.left, axis.right); };
    qreal wordsAt = axis.left + 8;
    if ((item.from || item.isOpenBefore) && (item.to || m_today)) {
        const qreal begin = item.from ? inside(*item.from) : qreal(axis.left),
                    end = item.to ? inside(*item.to) : qreal(axis.right);
        const qreal soft = item.softEnd ? std::clamp(inside(*item.softEnd), begin, end) : end;
        QColor fill = colour;
        fill.setAlphaF(0.45F);
        painter.fillRect(QRectF(begin, middle - 5, soft - begin, 10), fill);
        if (soft < end)
            painter.fillRect(QRectF(soft, middle - 5, end - soft, 10), QBrush(fill, Qt::BDiagPattern));
        painter.setPen(QPen(colour, 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(QRectF(begin, middle - 5, end - begin, 10));
        wordsAt = end + 12;
    }
    if (item.to) {
        const qreal x = inside(*item.to);
        if (*item.to >= m_from && *item.to <= m_to) {
            paintMark(painter, QPointF(x, middle), item.state);
        } else {
            const qreal way = *item.to > m_to ? 6 : -6;
            painter.setPen(Qt::NoPen);
            painter.setBrush(colour);
            painter.drawPolygon(QPolygonF { { x + way, middle }, { x, middle - 6 }, { x, middle + 6 } });
        }
        wordsAt = x + 14;
    }
    painter.setPen(item.state == State::Good || item.state == State::Unknown ? theme().textMuted : theme().text);
    painter.setFont(widget::font(TextStyle::Caption));
    const qreal wide = painter.fontMetrics().horizontalAdvance(item.words);
    // To the left of its mark where the right has no room.
    if (wordsAt + wide > viewport()->width() - 4)
        wordsAt = viewport()->width() - 4 - wide;
    painter.drawText(QRectF(wordsAt, top, wide + 2, rowHeight), Qt::AlignVCenter, item.words);
}

void TimeLine::paintEvent(QPaintEvent*)
{
    QPainter painter(viewport());
    painter.setRenderHint(QPainter::Antialiasing);
    painter.fillRect(viewport()->rect(), theme().surface);
    const Axis shown = axis();
    const int offset = verticalScrollBar()->value();
    paintAxis(painter, shown);
    painter.setClipRect(QRect(0, axisHeight + 1, viewport()->width(), viewport()->height()));
    const int first = offset / rowHeight;
    for (int item = first; item < static_cast<int>(m_items.size()); ++item) {
        const int top = axisHeight + item * rowHeight - offset;
        if (top > viewport()->height())
            break;
        paintItem(painter, shown, item, top);
    }
    painter.setClipping(false);
    paintToday(painter, shown);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(theme().border);
    painter.drawRect(viewport()->rect().adjusted(0, 0, -1, -1));
    if (hasFocus()) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(theme().accent, 1, Qt::DotLine));
        painter.drawRect(viewport()->rect().adjusted(0, 0, -1, -1));
    }
}

void TimeLine::mousePressEvent(QMouseEvent* event)
{
    setCurrent(itemAt(event->pos()));
}

void TimeLine::mouseDoubleClickEvent(QMouseEvent* event)
{
    if (const int item = itemAt(event->pos()); item >= 0)
        Q_EMIT activated(item);
}

void TimeLine::keyPressEvent(QKeyEvent* event)
{
    const int last = static_cast<int>(m_items.size()) - 1;
    const int page = std::max(1, (viewport()->height() - axisHeight) / rowHeight - 1);
    switch (event->key()) {
    case Qt::Key_Down:
    case Qt::Key_J:
        setCurrent(std::min(last, m_current + 1));
        break;
    case Qt::Key_Up:
    case Qt::Key_K:
        setCurrent(std::max(0, m_current - 1));
        break;
    case Qt::Key_PageDown:
        setCurrent(std::min(last, m_current + page));
        break;
    case Qt::Key_PageUp:
        setCurrent(std::max(0, m_current - page));
        break;
    case Qt::Key_Home:
        setCurrent(0);
        break;
    case Qt::Key_End:
        setCurrent(last);
        break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (m_current >= 0)
            Q_EMIT activated(m_current);
        break;
    default:
        QAbstractScrollArea::keyPressEvent(event);
    }
}

bool TimeLine::viewportEvent(QEvent* event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const int item = itemAt(help->pos());
        if (item < 0 || m_items[static_cast<std::size_t>(item)].toolTip.isEmpty())
            QToolTip::hideText();
        else
            QToolTip::showText(
                help->globalPos(), m_items[static_cast<std::size_t>(item)].toolTip.toHtmlEscaped(), this);
        return true;
    }
    return QAbstractScrollArea::viewportEvent(event);
}

} // namespace plimsoll::ui::widget

#include "moc_TimeLine.cpp"
