// SPDX-License-Identifier: Apache-2.0
#include "ui/widget/graph/GraphCanvas.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <QAccessible>
#include <QApplication>
#include <QContextMenuEvent>
#include <QElapsedTimer>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QWheelEvent>

#include "ui/widget/Theme.h"

namespace plimsoll::ui::widget::graph {

namespace {

constexpr double margin = 36;
constexpr double leastZoom = 0.005;
constexpr double mostZoom = 4;
constexpr double zoomStep = 1.25;
constexpr double legibleZoom = 0.55; // below it names cannot be read
constexpr double openingZoom = 0.75;
constexpr int restMs = 50; // after that the hand rests
constexpr int smoothCostMs = 14; // frames that cost less are drawn at once
constexpr QSizeF minimapSize { 190, 130 };

} // namespace

GraphCanvas::GraphCanvas(QWidget* parent)
    : QAbstractScrollArea(parent)
{
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Graph"));
    viewport()->setMouseTracking(true);
    viewport()->setAttribute(Qt::WA_OpaquePaintEvent);
    m_settle.setSingleShot(true);
    m_settle.setInterval(restMs);
    connect(&m_settle, &QTimer::timeout, this, &GraphCanvas::redraw);
    describe();
}

GraphCanvas::~GraphCanvas() = default;

void GraphCanvas::setScene(std::shared_ptr<const GraphScene> scene)
{
    m_scene = std::move(scene);
    m_selected = GraphScene::none;
    m_hovered = GraphScene::none;
    m_found.clear();
    m_minimap = {};
    fit();
    redraw();
    describe();
}

void GraphCanvas::setSceneKeeping(std::shared_ptr<const GraphScene> scene, int oldNode, int newNode)
{
    const bool canKeep = m_scene && scene && oldNode >= 0 && oldNode < m_scene->nodeCount() && newNode >= 0
        && newNode < scene->nodeCount();
    const QPointF at = canKeep ? m_transform.toView(QRectF(m_scene->rect(oldNode)).center()) : QPointF();
    const GraphTransform before = m_transform;
    setScene(std::move(scene));
    // When everything fits at a legible size, the whole is better than the same place.
    if (!canKeep || m_transform.scale >= std::min(before.scale, legibleZoom))
        return;
    GraphTransform kept = before;
    kept.offset = at - QRectF(m_scene->rect(newNode)).center() * kept.scale;
    m_isFitted = false;
    setTransform(kept);
    redraw();
}

void GraphCanvas::select(int node)
{
    if (!m_scene || node >= m_scene->nodeCount())
        node = GraphScene::none;
    if (node == m_selected)
        return;
    m_selected = node;
    if (node != GraphScene::none)
        ensureVisible(node);
    describe();
    viewport()->update();
    Q_EMIT selectionChanged(node);
}

void GraphCanvas::zoomBy(double factor)
{
    zoomAt(QRectF(viewport()->rect()).center(), factor);
}

void GraphCanvas::zoomAt(QPointF view, double factor)
{
    const double scale = std::clamp(m_transform.scale * factor, leastZoom, mostZoom);
    GraphTransform next;
    next.scale = scale;
    next.offset = view - m_transform.toScene(view) * scale;
    m_isFitted = false;
    setTransform(next);
}

void GraphCanvas::fit()
{
    m_isFitted = true;
    setTransform(m_scene ? fitting(m_scene->bounds, viewport()->size(), margin) : GraphTransform {});
}

void GraphCanvas::fitLegibly(int node)
{
    fit();
    if (!m_scene || m_transform.scale >= legibleZoom)
        return;
    const bool isNode = node >= 0 && node < m_scene->nodeCount();
    const QPointF middle = isNode ? QRectF(m_scene->rect(node)).center() : QRectF(m_scene->bounds).center();
    const QSizeF view = viewport()->size();
    GraphTransform next;
    next.scale = openingZoom;
    next.offset = QPointF(view.width() / 2, view.height() / 2) - middle * next.scale;
    // No empty room on one side while something is cut off on the other.
    const QRectF shown = next.toView(QRectF(m_scene->bounds)).adjusted(-margin, -margin, margin, margin);
    const auto shift = [](double low, double high, double room) {
        if (high - low <= room)
            return room / 2 - (low + high) / 2;
        return low > 0 ? -low : high < room ? room - high : 0.0;
    };
    next.offset
        += QPointF(shift(shown.left(), shown.right(), view.width()), shift(shown.top(), shown.bottom(), view.height()));
    m_isFitted = false;
    setTransform(next);
}

void GraphCanvas::setMinimapShown(bool shown)
{
    m_isMinimapShown = shown;
    viewport()->update();
}

void GraphCanvas::mark(std::vector<int> nodes)
{
    m_found = std::move(nodes);
    viewport()->update();
}

int GraphCanvas::find(const QString& text, bool next)
{
    m_found.clear();
    if (m_scene && !text.trimmed().isEmpty()) {
        for (int node = 0; node < m_scene->nodeCount(); ++node) {
            const auto at = static_cast<std::size_t>(node);
            if (m_scene->title[at].contains(text.trimmed(), Qt::CaseInsensitive)
                || m_scene->caption[at].contains(text.trimmed(), Qt::CaseInsensitive))
                m_found.push_back(node);
        }
    }
    viewport()->update();
    if (m_found.empty())
        return 0;
    const auto from
        = next ? std::ranges::upper_bound(m_found, m_selected) : std::ranges::lower_bound(m_found, m_selected);
    select(from == m_found.end() ? m_found.front() : *from);
    return static_cast<int>(m_found.size());
}

void GraphCanvas::setTransform(const GraphTransform& transform)
{
    const bool isZoomed = transform.scale != m_transform.scale;
    m_transform = transform;
    moved();
    if (isZoomed)
        Q_EMIT zoomChanged(transform.scale);
}

void GraphCanvas::moved()
{
    if (m_frameCostMs > smoothCostMs) {
        m_settle.start();
        viewport()->update();
    } else {
        redraw();
    }
}

void GraphCanvas::redraw()
{
    m_isFrameStale = true;
    viewport()->update();
}

void GraphCanvas::drawFrame()
{
    QElapsedTimer clock;
    clock.start();
    const double ratio = devicePixelRatioF();
    const QSize pixels = (QSizeF(viewport()->size()) * ratio).toSize();
    if (m_frame.size() != pixels)
        m_frame = QImage(pixels, QImage::Format_RGB32);
    m_frame.setDevicePixelRatio(ratio);
    if (m_scene)
        paintSceneOn(m_frame, *m_scene, m_transform, QRectF(viewport()->rect()));
    else
        m_frame.fill(theme().window);
    m_frameTransform = m_transform;
    m_isFrameStale = false;
    m_frameCostMs = clock.elapsed();
}

void GraphCanvas::paintFrame(QPainter& painter)
{
    const double ratio = m_transform.scale / m_frameTransform.scale;
    const QPointF corner = m_transform.toView(m_frameTransform.toScene(QPointF(0, 0)));
    if (ratio == 1 && corner == QPointF(0, 0)) {
        painter.drawImage(QPointF(0, 0), m_frame);
        return;
    }
    painter.fillRect(viewport()->rect(), theme().window);
    painter.drawImage(QRectF(corner, QSizeF(viewport()->size()) * ratio), m_frame);
}

void GraphCanvas::paintEvent(QPaintEvent*)
{
    if (m_isFrameStale && viewport()->size().isValid())
        drawFrame();
    QPainter painter(viewport());
    paintFrame(painter);
    if (!m_scene)
        return;
    const QRectF view = viewport()->rect();
    if (m_selected != GraphScene::none && m_hovered != m_selected)
        paintHighlight(painter, *m_scene, m_transform, view, m_selected, false);
    if (m_hovered != GraphScene::none && m_drag == Drag::None)
        paintHighlight(painter, *m_scene, m_transform, view, m_hovered, true);
    paintFound(painter, *m_scene, m_transform, m_found);
    if (m_isMinimapShown)
        paintMinimap(painter);
}

void GraphCanvas::resizeEvent(QResizeEvent* event)
{
    QAbstractScrollArea::resizeEvent(event);
    if (m_isFitted)
        fit();
    redraw();
}

void GraphCanvas::changeEvent(QEvent* event)
{
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::StyleChange
        || event->type() == QEvent::FontChange) {
        m_minimap = {};
        redraw();
    }
}

bool GraphCanvas::viewportEvent(QEvent* event)
{
    if (event->type() == QEvent::Leave)
        setHovered(GraphScene::none);
    return QAbstractScrollArea::viewportEvent(event);
}

int GraphCanvas::nodeAtView(QPointF view) const
{
    return m_scene ? m_scene->nodeAt(m_transform.toScene(view)) : GraphScene::none;
}

void GraphCanvas::setHovered(int node)
{
    if (node == m_hovered)
        return;
    m_hovered = node;
    viewport()->setCursor(node == GraphScene::none ? Qt::ArrowCursor : Qt::PointingHandCursor);
    viewport()->update();
}

void GraphCanvas::wheelEvent(QWheelEvent* event)
{
    const QPointF turned = event->angleDelta();
    if (event->modifiers() & Qt::ShiftModifier) {
        GraphTransform next = m_transform;
        next.offset += QPointF(turned.y() + turned.x(), 0) * 0.5;
        m_isFitted = false;
        setTransform(next);
    } else {
        zoomAt(event->position(), std::pow(zoomStep, turned.y() / 120.0));
    }
    event->accept();
}

void GraphCanvas::mousePressEvent(QMouseEvent* event)
{
    setFocus(Qt::MouseFocusReason);
    if (event->button() == Qt::BackButton) {
        Q_EMIT backRequested();
        return;
    }
    if (event->button() != Qt::LeftButton && event->button() != Qt::MiddleButton)
        return;
    m_pressedAt = m_draggedAt = event->position();
    if (m_isMinimapShown && !m_minimap.isNull() && minimapRect().contains(event->position())) {
        m_drag = Drag::Minimap;
        centreByMinimap(event->position());
    } else {
        m_drag = Drag::Pending;
    }
}

void GraphCanvas::mouseMoveEvent(QMouseEvent* event)
{
    if (m_drag == Drag::None) {
        const bool isOnMinimap = m_isMinimapShown && !m_minimap.isNull() && minimapRect().contains(event->position());
        setHovered(isOnMinimap ? GraphScene::none : nodeAtView(event->position()));
        return;
    }
    if (m_drag == Drag::Minimap) {
        centreByMinimap(event->position());
        return;
    }
    if (m_drag == Drag::Pending
        && (event->position() - m_pressedAt).manhattanLength() >= QApplication::startDragDistance()) {
        m_drag = Drag::Pan;
        viewport()->setCursor(Qt::ClosedHandCursor);
    }
    if (m_drag == Drag::Pan) {
        GraphTransform next = m_transform;
        next.offset += event->position() - m_draggedAt;
        m_draggedAt = event->position();
        m_isFitted = false;
        setTransform(next);
    }
}

void GraphCanvas::mouseReleaseEvent(QMouseEvent* event)
{
    const Drag drag = std::exchange(m_drag, Drag::None);
    viewport()->unsetCursor();
    if (drag == Drag::Pending && event->button() == Qt::LeftButton)
        select(nodeAtView(event->position()));
    viewport()->update();
}

void GraphCanvas::mouseDoubleClickEvent(QMouseEvent* event)
{
    const int node = nodeAtView(event->position());
    if (event->button() != Qt::LeftButton || node == GraphScene::none)
        return;
    m_drag = Drag::None;
    select(node);
    Q_EMIT activated(node);
}

void GraphCanvas::contextMenuEvent(QContextMenuEvent* event)
{
    const bool isByKey = event->reason() == QContextMenuEvent::Keyboard;
    const int node = isByKey ? m_selected : nodeAtView(event->pos());
    if (node == GraphScene::none)
        return;
    select(node);
    const QPoint at = isByKey ? m_transform.toView(QRectF(m_scene->rect(node)).center()).toPoint() : event->pos();
    Q_EMIT contextMenuRequested(node, viewport()->mapToGlobal(at));
}

void GraphCanvas::keyPressEvent(QKeyEvent* event)
{
    switch (event->key()) {
    case Qt::Key_Left:
    case Qt::Key_Right:
    case Qt::Key_Up:
    case Qt::Key_Down:
        walk(event->key());
        return;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (m_selected != GraphScene::none)
            Q_EMIT activated(m_selected);
        return;
    case Qt::Key_Backspace:
    case Qt::Key_Delete:
        if (m_selected != GraphScene::none)
            Q_EMIT hideRequested(m_selected);
        return;
    case Qt::Key_F:
        if (event->modifiers() == Qt::NoModifier) {
            fit();
            return;
        }
        break;
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        zoomBy(zoomStep);
        return;
    case Qt::Key_Minus:
        zoomBy(1 / zoomStep);
        return;
    default:
        break;
    }
    QAbstractScrollArea::keyPressEvent(event);
}

// Left and right follow edges against and along their arrows, up and down go to the next node of the column.
void GraphCanvas::walk(int key)
{
    if (!m_scene || m_scene->nodeCount() == 0)
        return;
    if (m_selected == GraphScene::none) {
        const auto focus
            = std::ranges::find_if(m_scene->flags, [](std::uint8_t flag) { return flag & GraphScene::Focus; });
        select(focus == m_scene->flags.end() ? 0 : static_cast<int>(focus - m_scene->flags.begin()));
        return;
    }
    const QRect here = m_scene->rect(m_selected);
    std::vector<int> candidates;
    if (key == Qt::Key_Right || key == Qt::Key_Left) {
        for (const std::uint32_t edge : m_scene->edgesFrom(m_selected))
            candidates.push_back(static_cast<int>(m_scene->to[edge]));
        for (const std::uint32_t edge : m_scene->edgesTo(m_selected))
            candidates.push_back(static_cast<int>(m_scene->from[edge]));
        std::erase_if(candidates, [&](int node) {
            const int there = m_scene->rect(node).left();
            return key == Qt::Key_Right ? there <= here.left() : there >= here.left();
        });
    } else {
        for (int node = 0; node < m_scene->nodeCount(); ++node) {
            const QRect there = m_scene->rect(node);
            const bool isBeyond = key == Qt::Key_Down ? there.top() > here.top() : there.top() < here.top();
            if (there.left() == here.left() && isBeyond)
                candidates.push_back(node);
        }
    }
    const auto distance = [&](int node) { return std::abs(m_scene->rect(node).center().y() - here.center().y()); };
    const auto nearest = std::ranges::min_element(candidates, {}, distance);
    if (nearest != candidates.end())
        select(*nearest);
}

void GraphCanvas::ensureVisible(int node)
{
    const QRectF view = QRectF(viewport()->rect()).adjusted(margin, margin, -margin, -margin);
    const QRectF shown = m_transform.toView(QRectF(m_scene->rect(node)));
    QPointF by;
    if (shown.left() < view.left())
        by.setX(view.left() - shown.left());
    else if (shown.right() > view.right())
        by.setX(view.right() - shown.right());
    if (shown.top() < view.top())
        by.setY(view.top() - shown.top());
    else if (shown.bottom() > view.bottom())
        by.setY(view.bottom() - shown.bottom());
    if (by.isNull() || m_isFitted)
        return;
    GraphTransform next = m_transform;
    next.offset += by;
    setTransform(next);
}

// What a screen reader says about the canvas. The table beside it is the full accessible form.
void GraphCanvas::describe()
{
    QString text;
    if (!m_scene)
        text = tr("Nothing is shown.");
    else if (m_selected == GraphScene::none)
        text = tr("%n node(s). Arrow keys walk along the connections.", nullptr, m_scene->nodeCount());
    else {
        const auto at = static_cast<std::size_t>(m_selected);
        text = tr("%1, %2, %3 connections")
                   .arg(m_scene->title[at], m_scene->caption[at])
                   .arg(m_scene->edgesFrom(m_selected).size() + m_scene->edgesTo(m_selected).size());
    }
    setAccessibleDescription(text);
    QAccessibleEvent event(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&event);
}

QRectF GraphCanvas::minimapRect() const
{
    const QRectF view = viewport()->rect();
    return { view.right() - minimapSize.width() - 12, view.bottom() - minimapSize.height() - 12, minimapSize.width(),
        minimapSize.height() };
}

void GraphCanvas::paintMinimap(QPainter& painter)
{
    const QRectF view = viewport()->rect();
    const bool isAllSeen = m_transform.toScene(view).adjusted(-1, -1, 1, 1).contains(QRectF(m_scene->bounds));
    if (isAllSeen) { // it would show the same again
        m_minimap = {};
        return;
    }
    const QRectF place = minimapRect();
    if (m_minimap.isNull()) {
        m_minimapTransform = fitting(m_scene->bounds, minimapSize, 8);
        const double ratio = devicePixelRatioF();
        m_minimap = QImage((minimapSize * ratio).toSize(), QImage::Format_RGB32);
        m_minimap.setDevicePixelRatio(ratio);
        m_minimap.fill(theme().surface);
        QPainter small(&m_minimap);
        GraphTransform tiny = m_minimapTransform;
        std::vector<QColor> colors;
        for (const KindLook& look : m_scene->kinds)
            colors.push_back(kindColor(look));
        for (int node = 0; node < m_scene->nodeCount(); ++node) {
            QRectF block = tiny.toView(QRectF(m_scene->rect(node)));
            block.setSize(block.size().expandedTo(QSizeF(2, 2)));
            small.fillRect(block, colors[m_scene->kind[static_cast<std::size_t>(node)]]);
        }
    }
    painter.drawImage(place.topLeft(), m_minimap);
    painter.setPen(QPen(theme().borderStrong, 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(place);
    const QRectF window = m_minimapTransform.toView(m_transform.toScene(view)).translated(place.topLeft());
    painter.setPen(QPen(theme().accent, 1.5));
    painter.drawRect(window.intersected(place.adjusted(1, 1, -1, -1)));
}

void GraphCanvas::centreByMinimap(QPointF view)
{
    const QPointF target = m_minimapTransform.toScene(view - minimapRect().topLeft());
    GraphTransform next = m_transform;
    next.offset = QRectF(viewport()->rect()).center() - target * next.scale;
    m_isFitted = false;
    setTransform(next);
}

} // namespace plimsoll::ui::widget::graph

#include "moc_GraphCanvas.cpp"
