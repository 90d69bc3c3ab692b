// SPDX-License-Identifier: Apache-2.0
#include "ui/view/secrets/ReadersPicture.h"

#include <algorithm>

#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QPainterPath>
#include <QScrollBar>
#include <QToolTip>

#include "ui/widget/Theme.h"

namespace plimsoll::ui::view {

namespace {

using namespace widget;

constexpr int boxHeight = 36;
constexpr int boxGap = 6;
constexpr int groupGap = 16;
constexpr int margin = 8;
constexpr std::size_t shownOfWay = 3; // readers of a way that is not opened

} // namespace

ReadersPicture::ReadersPicture(QWidget* parent)
    : QAbstractScrollArea(parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    verticalScrollBar()->setSingleStep(boxHeight);
    viewport()->setMouseTracking(true);
}

void ReadersPicture::setReaders(
    const QString& secret, std::vector<model::SecretWay> ways, std::vector<model::SecretReader> readers)
{
    m_secret = secret;
    m_ways = std::move(ways);
    m_readers = std::move(readers);
    m_open.clear();
    m_current = -1;
    layOut();
    verticalScrollBar()->setValue(0);
    QStringList told;
    for (const model::SecretWay& way : m_ways)
        told.append(way.name + QStringLiteral(": ") + QString::number(way.count));
    setAccessibleDescription(told.join(QStringLiteral("; ")));
}

int ReadersPicture::shownReaders() const
{
    return static_cast<int>(std::ranges::count_if(m_boxes, [](const Box& box) { return box.reader >= 0; }));
}

void ReadersPicture::layOut()
{
    m_boxes.clear();
    m_wayBoxes.clear();
    const int width = viewport()->width() - 2 * margin;
    const int readerWidth = width * 40 / 100, wayWidth = width * 28 / 100, secretWidth = width * 18 / 100;
    int y = margin;
    for (std::size_t way = 0; way < m_ways.size(); ++way) {
        const int top = y;
        std::size_t count = 0;
        const bool isOpen = m_open.contains(way);
        for (std::size_t reader = 0; reader < m_readers.size(); ++reader) {
            if (m_readers[reader].way != way)
                continue;
            if (++count > shownOfWay && !isOpen)
                continue;
            m_boxes.push_back({ static_cast<int>(reader), way, QRect(margin, y, readerWidth, boxHeight),
                m_readers[reader].who, m_readers[reader].caption });
            y += boxHeight + boxGap;
        }
        if (count > shownOfWay) {
            const QString text
                = isOpen ? tr("Show fewer") : tr("%1 more\u2026").arg(static_cast<qulonglong>(count - shownOfWay));
            m_boxes.push_back({ -1, way, QRect(margin, y, readerWidth, boxHeight - 8), text, {} });
            y += boxHeight - 8 + boxGap;
        }
        if (count == 0)
            y += boxHeight + boxGap;
        const int middle = (top + y - boxGap) / 2;
        m_wayBoxes.push_back({ way, QRect(margin + readerWidth + width * 7 / 100, middle - 22, wayWidth, 44) });
        y += groupGap;
    }
    m_height = std::max(y - groupGap + margin, boxHeight + 2 * margin);
    const int middle = std::min(m_height, viewport()->height()) / 2;
    m_secretBox = QRect(margin + width - secretWidth, std::max(margin, middle - 24), secretWidth, 48);
    verticalScrollBar()->setRange(0, std::max(0, m_height - viewport()->height()));
    verticalScrollBar()->setPageStep(viewport()->height());
    viewport()->update();
}

void ReadersPicture::paintBox(QPainter& painter, const QRect& rect, const QString& text, const QString& caption,
    bool isCurrent, const QColor& edge) const
{
    painter.setPen(QPen(isCurrent ? theme().accent : edge, isCurrent ? 2 : 1));
    painter.setBrush(isCurrent ? theme().selection : theme().surface);
    painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
    const QRect inside = rect.adjusted(10, 2, -10, -2);
    painter.setFont(widget::font(TextStyle::Body));
    painter.setPen(theme().text);
    const bool hasCaption = !caption.isEmpty();
    const QRect first = hasCaption ? QRect(inside.left(), inside.top(), inside.width(), inside.height() / 2) : inside;
    painter.drawText(first, Qt::AlignVCenter, painter.fontMetrics().elidedText(text, Qt::ElideMiddle, first.width()));
    if (!hasCaption)
        return;
    painter.setFont(widget::font(TextStyle::Caption));
    painter.setPen(theme().textMuted);
    painter.drawText(QRect(inside.left(), inside.top() + inside.height() / 2, inside.width(), inside.height() / 2),
        Qt::AlignVCenter, painter.fontMetrics().elidedText(caption, Qt::ElideRight, inside.width()));
}

void ReadersPicture::paintEvent(QPaintEvent*)
{
    QPainter painter(viewport());
    painter.setRenderHint(QPainter::Antialiasing);
    painter.fillRect(viewport()->rect(), theme().surface);
    painter.translate(0, -verticalScrollBar()->value());
    // The Secret stays in sight while the readers are scrolled.
    const QRect secret = m_secretBox.translated(0, verticalScrollBar()->value());
    const auto connection = [&](const QPoint& from, const QPoint& to, bool isCurrent) {
        QPainterPath path(from);
        const qreal bend = (to.x() - from.x()) / 2.0;
        path.cubicTo(from + QPointF(bend, 0), to - QPointF(bend, 0), to);
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(isCurrent ? theme().accent : theme().borderStrong, isCurrent ? 2.5 : 1.2));
        painter.drawPath(path);
    };
    const auto middleLeft = [](const QRect& rect) { return QPoint(rect.left(), rect.center().y()); };
    const auto middleRight = [](const QRect& rect) { return QPoint(rect.right() + 1, rect.center().y()); };
    const auto isChosen
        = [&](std::size_t way) { return m_current >= 0 && m_readers[static_cast<std::size_t>(m_current)].way == way; };
    for (const Box& box : m_boxes)
        connection(
            middleRight(box.rect), middleLeft(m_wayBoxes[box.way].rect), box.reader >= 0 && box.reader == m_current);
    for (const WayBox& box : m_wayBoxes)
        connection(middleRight(box.rect), middleLeft(secret), isChosen(box.way));
    for (const Box& box : m_boxes) {
        if (box.reader >= 0) {
            paintBox(painter, box.rect, box.text, box.caption, box.reader == m_current, theme().border);
            continue;
        }
        painter.setFont(widget::font(TextStyle::Body));
        painter.setPen(theme().accent);
        painter.drawText(box.rect.adjusted(10, 0, -10, 0), Qt::AlignVCenter, box.text);
    }
    for (const WayBox& box : m_wayBoxes) {
        const model::SecretWay& way = m_ways[box.way];
        paintBox(painter, box.rect, way.name, way.words, isChosen(box.way), theme().borderStrong);
    }
    paintBox(painter, secret, m_secret, tr("Secret"), false, theme().accent);
    if (hasFocus()) {
        painter.resetTransform();
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(theme().accent, 1, Qt::DotLine));
        painter.drawRect(viewport()->rect().adjusted(0, 0, -1, -1));
    }
}

void ReadersPicture::resizeEvent(QResizeEvent* event)
{
    QAbstractScrollArea::resizeEvent(event);
    layOut();
}

const ReadersPicture::Box* ReadersPicture::boxAt(const QPoint& position) const
{
    const QPoint at = position + QPoint(0, verticalScrollBar()->value());
    const auto found = std::ranges::find_if(m_boxes, [&](const Box& box) { return box.rect.contains(at); });
    return found == m_boxes.end() ? nullptr : &*found;
}

void ReadersPicture::setCurrent(int reader)
{
    if (reader < 0 || reader >= static_cast<int>(m_readers.size()) || reader == m_current)
        return;
    m_current = reader;
    const auto find = [&] { return std::ranges::find(m_boxes, reader, &Box::reader); };
    if (find() == m_boxes.end()) {
        m_open.insert(m_readers[static_cast<std::size_t>(reader)].way);
        layOut();
    }
    if (const auto box = find(); box != m_boxes.end()) {
        const int top = box->rect.top() - margin, bottom = box->rect.bottom() + margin - viewport()->height();
        verticalScrollBar()->setValue(std::clamp(verticalScrollBar()->value(), bottom, std::max(bottom, top)));
    }
    viewport()->update();
    Q_EMIT chosen(reader);
}

void ReadersPicture::mousePressEvent(QMouseEvent* event)
{
    const Box* box = boxAt(event->pos());
    if (!box)
        return;
    if (box->reader >= 0) {
        setCurrent(box->reader);
        return;
    }
    if (!m_open.erase(box->way))
        m_open.insert(box->way);
    layOut();
}

void ReadersPicture::mouseMoveEvent(QMouseEvent* event)
{
    viewport()->setCursor(boxAt(event->pos()) ? Qt::PointingHandCursor : Qt::ArrowCursor);
}

void ReadersPicture::keyPressEvent(QKeyEvent* event)
{
    // Readers in the order in which they stand, those of closed ways too.
    std::vector<int> order;
    for (std::size_t way = 0; way < m_ways.size(); ++way) {
        for (std::size_t reader = 0; reader < m_readers.size(); ++reader) {
            if (m_readers[reader].way == way)
                order.push_back(static_cast<int>(reader));
        }
    }
    const auto at = static_cast<int>(std::ranges::find(order, m_current) - order.begin());
    const int step = event->key() == Qt::Key_Down || event->key() == Qt::Key_J ? 1
        : event->key() == Qt::Key_Up || event->key() == Qt::Key_K              ? -1
                                                                               : 0;
    if (step == 0 || order.empty()) {
        QAbstractScrollArea::keyPressEvent(event);
        return;
    }
    const int next = m_current < 0 ? 0 : std::clamp(at + step, 0, static_cast<int>(order.size()) - 1);
    setCurrent(order[static_cast<std::size_t>(next)]);
}

bool ReadersPicture::viewportEvent(QEvent* event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const QPoint at = help->pos() + QPoint(0, verticalScrollBar()->value());
        QString told;
        if (const Box* box = boxAt(help->pos()); box && box->reader >= 0)
            told = m_readers[static_cast<std::size_t>(box->reader)].routes.front().chain().join(
                QStringLiteral(" \u2192 "));
        for (const WayBox& box : m_wayBoxes) {
            if (box.rect.contains(at))
                told = m_ways[box.way].why;
        }
        QToolTip::showText(help->globalPos(), told.toHtmlEscaped(), this);
        return true;
    }
    return QAbstractScrollArea::viewportEvent(event);
}

} // namespace plimsoll::ui::view

#include "moc_ReadersPicture.cpp"
