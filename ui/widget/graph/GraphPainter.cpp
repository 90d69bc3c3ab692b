// SPDX-License-Identifier: Apache-2.0
#include "ui/widget/graph/GraphPainter.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>

#include <QFontMetricsF>
#include <QImage>
#include <QPaintEngine>
#include <QPainter>
#include <QPainterPath>

#include "ui/widget/Theme.h"
#include "ui/widget/graph/LineRaster.h"

namespace plimsoll::ui::widget::graph {

namespace {

constexpr double farScale = 0.15;
constexpr double nearScale = 0.24;
constexpr int maxSampledEdges = 20'000;
constexpr int maxCheckedEdges = 4'000; // with more, only edges of visible nodes are drawn
constexpr double radius = 8;

QColor blended(const QColor& front, const QColor& back, double share)
{
    const auto mix = [share](int a, int b) { return static_cast<int>(std::lround(a * share + b * (1 - share))); };
    return { mix(front.red(), back.red()), mix(front.green(), back.green()), mix(front.blue(), back.blue()) };
}

QColor edgeColor()
{
    return blended(theme().textMuted, theme().window, theme().isDark ? 0.62 : 0.55);
}

const KindLook& lookOf(const GraphScene& scene, int node)
{
    return scene.kinds[scene.kind[static_cast<std::size_t>(node)]];
}

double number(const char*& at)
{
    while (*at == ' ')
        ++at;
    double value = 0;
    at = std::from_chars(at, at + std::strlen(at), value).ptr;
    return value;
}

QPainterPath parsedIcon(const char* at)
{
    QPainterPath path;
    while (*at != '\0') {
        const char command = *at++;
        double values[6] {};
        const int count = command == 'M' || command == 'L' ? 2
            : command == 'O'                               ? 3
            : command == 'R'                               ? 4
            : command == 'C'                               ? 6
                                                           : 0;
        for (int index = 0; index < count; ++index)
            values[index] = number(at);
        if (command == 'M')
            path.moveTo(values[0], values[1]);
        else if (command == 'L')
            path.lineTo(values[0], values[1]);
        else if (command == 'C')
            path.cubicTo(values[0], values[1], values[2], values[3], values[4], values[5]);
        else if (command == 'O')
            path.addEllipse(QPointF(values[0], values[1]), values[2], values[2]);
        else if (command == 'R')
            path.addRoundedRect(QRectF(values[0], values[1], values[2], values[3]), 1.5, 1.5);
        else if (command == 'Z')
            path.closeSubpath();
    }
    return path;
}

// Curves between columns, straight lanes through them, level at both ends.
QPainterPath curveOf(const std::vector<QPoint>& points)
{
    QPainterPath path(points.front());
    const bool isLevel = points.size() == 2 && std::abs(points[0].x() - points[1].x()) < 4;
    if (isLevel) { // within a column: a bow on its right
        const double bow = 28 + std::min(60.0, std::abs(points[0].y() - points[1].y()) / 6.0);
        path.cubicTo(points[0] + QPointF(bow, 0), points[1] + QPointF(bow, 0), points[1]);
        return path;
    }
    for (std::size_t at = 1; at < points.size(); ++at) {
        const QPointF a = points[at - 1];
        const QPointF b = points[at];
        if (at % 2 == 0 || a.y() == b.y()) {
            path.lineTo(b);
            continue;
        }
        const double half = (b.x() - a.x()) * 0.5;
        path.cubicTo(a + QPointF(half, 0), b - QPointF(half, 0), b);
    }
    return path;
}

void paintArrow(QPainter& painter, const std::vector<QPoint>& points, double size)
{
    const QPointF tip = points.back();
    const QPointF before = points[points.size() - 2];
    const double back = before.x() < tip.x() - 3 ? -size : size; // arrives from the left, else from the right
    const QPointF corners[3] = { tip, tip + QPointF(back, -size * 0.5), tip + QPointF(back, size * 0.5) };
    painter.setBrush(painter.pen().color());
    painter.drawPolygon(corners, 3);
    painter.setBrush(Qt::NoBrush);
}

// Strokes what may be seen of a path: Qt would stroke all of a long curve to show an end of it.
void strokeWithin(QPainter& painter, const QPainterPath& path, const QRectF& area)
{
    if (area.isNull() || area.contains(path.controlPointRect())) {
        painter.drawPath(path);
        return;
    }
    QPolygonF run;
    const auto flush = [&] {
        if (run.size() > 1)
            painter.drawPolyline(run);
        run.clear();
    };
    for (const QPolygonF& line : path.toSubpathPolygons()) {
        for (qsizetype at = 1; at < line.size(); ++at) {
            const QPointF& a = line[at - 1];
            const QPointF& b = line[at];
            const bool isOutside = std::max(a.x(), b.x()) < area.left() || std::min(a.x(), b.x()) > area.right()
                || std::max(a.y(), b.y()) < area.top() || std::min(a.y(), b.y()) > area.bottom();
            if (isOutside) {
                flush();
                continue;
            }
            if (run.isEmpty())
                run << a;
            run << b;
        }
        flush();
    }
}

Qt::PenStyle strokeOf(const GraphScene& scene, int edge)
{
    const auto at = static_cast<std::size_t>(edge);
    if (at >= scene.stroke.size() || scene.stroke[at] == 0)
        return Qt::SolidLine;
    return scene.stroke[at] == 1 ? Qt::DashLine : Qt::DotLine;
}

// In scene coordinates, on a painter that is scaled. A null area is all.
void paintEdge(
    QPainter& painter, const GraphScene& scene, int edge, const QColor& color, double width, const QRectF& area = {})
{
    const std::vector<QPoint> points = scene.route(edge);
    painter.setPen(QPen(color, width, strokeOf(scene, edge)));
    painter.setBrush(Qt::NoBrush);
    strokeWithin(painter, curveOf(points), area);
    if (!area.isNull() && !area.contains(points.back()))
        return;
    painter.setPen(QPen(color, 0.5));
    paintArrow(painter, points, 7);
}

void paintPill(QPainter& painter, const QRectF& place, const QString& text, const QColor& ink, const QColor& paper)
{
    painter.setPen(Qt::NoPen);
    painter.setBrush(paper);
    painter.drawRoundedRect(place, place.height() / 2, place.height() / 2);
    painter.setPen(ink);
    painter.drawText(place, Qt::AlignCenter, text);
}

// The pictograms of one frame, drawn once each: stroking their curves for every card would be half of its cost.
// Only for pixels; files of vectors get the curves.
class IconSet {
public:
    IconSet(const QPainter& painter, const GraphScene& scene)
        : m_scene(scene)
        , m_isRaster(painter.paintEngine()->type() == QPaintEngine::Raster)
        , m_scale(painter.worldTransform().m11())
        , m_ratio(painter.device()->devicePixelRatioF())
        , m_images(scene.kinds.size())
    {
    }

    void paint(QPainter& painter, std::size_t kind, const QRectF& square, const QColor& color)
    {
        if (!m_isRaster) {
            paintIcon(painter, m_scene.kinds[kind].icon, square, color);
            return;
        }
        QImage& image = m_images[kind];
        if (image.isNull()) {
            const int side = std::max(1, static_cast<int>(std::lround(square.width() * m_scale * m_ratio)));
            image = QImage(side, side, QImage::Format_ARGB32_Premultiplied);
            image.fill(Qt::transparent);
            QPainter icon(&image);
            paintIcon(icon, m_scene.kinds[kind].icon, QRectF(image.rect()), color);
            icon.end();
            image.setDevicePixelRatio(m_ratio);
        }
        const QTransform before = painter.worldTransform();
        const QPointF corner = before.map(square.topLeft()) * m_ratio;
        painter.setWorldTransform(QTransform());
        painter.drawImage(QPointF(std::round(corner.x()), std::round(corner.y())) / m_ratio, image);
        painter.setWorldTransform(before);
    }

private:
    const GraphScene& m_scene;
    bool m_isRaster;
    double m_scale, m_ratio;
    std::vector<QImage> m_images; // by kind
};

// Two fills, a fifth of the cost of a stroked outline.
void fillFrame(QPainter& painter, const QRectF& place, double width, const QColor& line, const QColor& paper)
{
    const double half = width / 2;
    painter.setPen(Qt::NoPen);
    painter.setBrush(line);
    painter.drawRoundedRect(place.adjusted(-half, -half, half, half), radius + half, radius + half);
    painter.setBrush(paper);
    painter.drawRoundedRect(place.adjusted(half, half, -half, -half), radius - half, radius - half);
}

void paintCardFrame(QPainter& painter, const GraphScene& scene, int node, const QRectF& card, const QColor& accent)
{
    const Theme& colors = theme();
    const bool isGroup = scene.has(node, GraphScene::Group);
    const bool isFocus = scene.has(node, GraphScene::Focus);
    if (isGroup) // a second sheet behind the first
        fillFrame(painter, card.adjusted(6, 3, -2, 3), 1, colors.border, colors.surfaceAlt);
    const QColor line = isFocus ? colors.accent : blended(accent, colors.border, 0.35);
    const QColor paper = isFocus ? blended(colors.accentSoft, colors.surface, 0.6) : colors.surface;
    const QRectF place = isGroup ? card.adjusted(0, 0, -4, -2) : card;
    if (!scene.has(node, GraphScene::Missing)) {
        fillFrame(painter, place, isFocus ? 2 : 1, line, paper);
        return;
    }
    painter.setPen(QPen(line, 1, Qt::DashLine));
    painter.setBrush(paper);
    painter.drawRoundedRect(place, radius, radius);
}

void paintCard(QPainter& painter, const GraphScene& scene, int node, IconSet& icons)
{
    const auto at = static_cast<std::size_t>(node);
    const Theme& colors = theme();
    const QRectF card = QRectF(scene.rect(node)).adjusted(0.5, 0.5, -0.5, -0.5);
    const QColor accent = kindColor(lookOf(scene, node));
    paintCardFrame(painter, scene, node, card, accent);

    const double side = std::min(28.0, card.height() - 14);
    const QRectF tile(card.left() + 8, card.center().y() - side / 2, side, side);
    painter.setPen(Qt::NoPen);
    painter.setBrush(blended(accent, colors.surface, colors.isDark ? 0.26 : 0.14));
    painter.drawRoundedRect(tile, 6, 6);
    const double inset = side * 0.19;
    icons.paint(painter, scene.kind[at], tile.adjusted(inset, inset, -inset, -inset), accent);

    double right = card.right() - 10 - (scene.has(node, GraphScene::Group) ? 4 : 0);
    if (scene.severity[at] < GraphScene::noSeverity) {
        paintSeverityBadge(painter, QRectF(right - 16, card.top() + 5, 16, 16), scene.severity[at]);
        right -= 21;
    }
    const double left = tile.right() + 9;
    const QFont titleFont = font(TextStyle::Strong);
    const QFontMetricsF titleMetrics(titleFont);
    painter.setFont(titleFont);
    painter.setPen(scene.has(node, GraphScene::Missing) ? colors.textMuted : colors.text);
    painter.drawText(QRectF(left, card.top() + 4, right - left, 18), Qt::AlignVCenter | Qt::AlignLeft,
        titleMetrics.elidedText(scene.title[at], Qt::ElideMiddle, right - left));

    const QFont captionFont = font(TextStyle::Caption);
    const QFontMetricsF captionMetrics(captionFont);
    painter.setFont(captionFont);
    double captionRight = card.right() - 10;
    if (!scene.badge[at].isEmpty()) {
        const double wide = captionMetrics.horizontalAdvance(scene.badge[at]) + 10;
        const QRectF pill(captionRight - wide + 2, card.bottom() - 20, wide, 15);
        paintPill(painter, pill, scene.badge[at], colors.textMuted, colors.surfaceAlt);
        captionRight = pill.left() - 4;
    }
    painter.setPen(colors.textMuted);
    painter.drawText(QRectF(left, card.bottom() - 22, captionRight - left, 18), Qt::AlignVCenter | Qt::AlignLeft,
        captionMetrics.elidedText(scene.caption[at], Qt::ElideRight, captionRight - left));
}

// Edges that may be seen. Where there are many, those of visible nodes.
std::vector<int> edgesIn(const GraphScene& scene, const QRectF& area, const std::vector<int>& visible)
{
    std::vector<int> edges;
    if (scene.edgeCount() <= maxCheckedEdges || visible.size() == scene.x.size()) {
        for (int edge = 0; edge < scene.edgeCount(); ++edge) {
            const auto at = static_cast<std::size_t>(edge);
            const QRectF span = QRectF(scene.rect(static_cast<int>(scene.from[at])))
                                    .united(QRectF(scene.rect(static_cast<int>(scene.to[at]))));
            if (scene.bendStart[at] != scene.bendStart[at + 1] || span.intersects(area))
                edges.push_back(edge);
        }
        return edges;
    }
    for (const int node : visible) {
        for (const std::uint32_t edge : scene.edgesFrom(node))
            edges.push_back(static_cast<int>(edge));
        for (const std::uint32_t edge : scene.edgesTo(node))
            edges.push_back(static_cast<int>(edge));
    }
    std::ranges::sort(edges);
    const auto repeated = std::ranges::unique(edges);
    edges.erase(repeated.begin(), repeated.end());
    return edges;
}

QLineF straight(const GraphScene& scene, int edge, const GraphTransform& transform)
{
    const auto at = static_cast<std::size_t>(edge);
    return { transform.toView(QRectF(scene.rect(static_cast<int>(scene.from[at]))).center()),
        transform.toView(QRectF(scene.rect(static_cast<int>(scene.to[at]))).center()) };
}

// Every n-th edge, so that at most maxSampledEdges are drawn; the same ones in every frame.
int strideOf(const std::vector<int>& edges)
{
    return static_cast<int>((edges.size() + maxSampledEdges - 1) / maxSampledEdges);
}

void paintNear(QPainter& painter, const GraphScene& scene, const GraphTransform& transform, const QRectF& area,
    const std::vector<int>& visible)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.translate(transform.offset);
    painter.scale(transform.scale, transform.scale);
    const QColor ink = edgeColor();
    for (const int edge : edgesIn(scene, area, visible)) {
        if (!scene.isHubEdge(edge))
            paintEdge(painter, scene, edge, ink, 1.3, area);
    }
    IconSet icons(painter, scene);
    for (const int node : visible)
        paintCard(painter, scene, node, icons);
    painter.restore();
}

// Nodes of the tiers without text, at least a pixel or two each.
void paintBlocks(
    QPainter& painter, const GraphScene& scene, const GraphTransform& transform, const std::vector<int>& visible)
{
    std::vector<QColor> colors;
    for (const KindLook& look : scene.kinds)
        colors.push_back(kindColor(look));
    for (const int node : visible) {
        const auto at = static_cast<std::size_t>(node);
        QRectF block = transform.toView(QRectF(scene.rect(node)));
        block.setSize(QSizeF(std::max(2.0, block.width()), std::max(2.0, block.height())));
        const bool isBad = scene.severity[at] <= 1;
        painter.fillRect(block, isBad ? theme().severity[scene.severity[at]] : colors[scene.kind[at]]);
    }
}

void paintLabelOn(QPainter& painter, const GraphScene& scene, int node, const QString& text, const QColor& ink)
{
    const QFont captionFont = font(TextStyle::Caption);
    const QFontMetricsF metrics(captionFont);
    const QRectF card = scene.rect(node);
    const double wide = std::min(metrics.horizontalAdvance(text) + 14, card.width() - 8);
    const QRectF pill(card.left() + 8, card.top() - 12, wide, 15);
    painter.setFont(captionFont);
    paintPill(painter, pill, metrics.elidedText(text, Qt::ElideRight, wide - 10), theme().textOnAccent, ink);
}

void paintHighlightNear(QPainter& painter, const GraphScene& scene, const GraphTransform& transform, int node)
{
    const QColor ink = theme().accent;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.translate(transform.offset);
    painter.scale(transform.scale, transform.scale);
    for (const std::uint32_t edge : scene.edgesFrom(node))
        paintEdge(painter, scene, static_cast<int>(edge), ink, 2);
    for (const std::uint32_t edge : scene.edgesTo(node))
        paintEdge(painter, scene, static_cast<int>(edge), ink, 2);
    IconSet icons(painter, scene);
    for (const std::uint32_t edge : scene.edgesFrom(node)) {
        paintCard(painter, scene, static_cast<int>(scene.to[edge]), icons);
        paintLabelOn(painter, scene, static_cast<int>(scene.to[edge]), scene.label[edge], ink);
    }
    for (const std::uint32_t edge : scene.edgesTo(node)) {
        paintCard(painter, scene, static_cast<int>(scene.from[edge]), icons);
        paintLabelOn(painter, scene, static_cast<int>(scene.from[edge]), scene.label[edge], ink);
    }
    paintCard(painter, scene, node, icons);
    painter.setPen(QPen(ink, 2));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(QRectF(scene.rect(node)).adjusted(-2, -2, 2, 2), radius + 2, radius + 2);
    painter.restore();
}

// Far away a card of its own tells what the node is.
void paintNameplate(
    QPainter& painter, const GraphScene& scene, const GraphTransform& transform, const QRectF& view, int node)
{
    const QRectF block = transform.toView(QRectF(scene.rect(node)));
    const QSizeF size = QSizeF(scene.rect(node).size());
    QPointF corner(block.center().x() - size.width() / 2, block.bottom() + 8);
    corner.setX(std::clamp(corner.x(), view.left() + 4, std::max(view.left() + 4, view.right() - size.width() - 4)));
    if (corner.y() + size.height() > view.bottom() - 4)
        corner.setY(block.top() - size.height() - 8);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.translate(corner - QPointF(scene.rect(node).topLeft()));
    IconSet icons(painter, scene);
    paintCard(painter, scene, node, icons);
    painter.restore();
}

} // namespace

Tier tierOf(double scale)
{
    return scale < farScale ? Tier::Far : scale < nearScale ? Tier::Mid : Tier::Near;
}

GraphTransform fitting(const QRect& bounds, QSizeF view, double margin)
{
    GraphTransform transform;
    if (bounds.isEmpty() || view.isEmpty())
        return transform;
    const double wide = std::max(1.0, view.width() - 2 * margin);
    const double high = std::max(1.0, view.height() - 2 * margin);
    transform.scale = std::min({ 1.0, wide / bounds.width(), high / bounds.height() });
    transform.offset = QPointF(view.width() / 2, view.height() / 2) - QRectF(bounds).center() * transform.scale;
    return transform;
}

QColor kindColor(const KindLook& look)
{
    return QColor::fromHsl(look.hue, look.saturation, theme().isDark ? 168 : 100);
}

void paintIcon(QPainter& painter, const char* path, const QRectF& square, const QColor& color)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.translate(square.topLeft());
    painter.scale(square.width() / 16, square.height() / 16);
    painter.setPen(QPen(color, 1.5, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.setBrush(Qt::NoBrush);
    painter.drawPath(parsedIcon(path));
    painter.restore();
}

void paintScene(QPainter& painter, const GraphScene& scene, const GraphTransform& transform, const QRectF& view)
{
    const QRectF area = transform.toScene(view).adjusted(-8, -8, 8, 8);
    const std::vector<int> visible = scene.nodesIn(area);
    if (tierOf(transform.scale) == Tier::Near) {
        paintNear(painter, scene, transform, area, visible);
        return;
    }
    const std::vector<int> edges = edgesIn(scene, area, visible);
    const int stride = std::max(1, strideOf(edges));
    painter.setPen(edgeColor());
    for (std::size_t at = 0; at < edges.size(); at += static_cast<std::size_t>(stride)) {
        if (!scene.isHubEdge(edges[at]))
            painter.drawLine(straight(scene, edges[at], transform));
    }
    paintBlocks(painter, scene, transform, visible);
}

void paintSceneOn(QImage& image, const GraphScene& scene, const GraphTransform& transform, const QRectF& view)
{
    image.fill(theme().window);
    if (tierOf(transform.scale) == Tier::Near) {
        QPainter painter(&image);
        paintScene(painter, scene, transform, view);
        return;
    }
    const QRectF area = transform.toScene(view);
    const std::vector<int> visible = scene.nodesIn(area);
    const std::vector<int> edges = edgesIn(scene, area, visible);
    const int stride = std::max(1, strideOf(edges));
    const double ratio = image.devicePixelRatio();
    const QRgb ink = blended(edgeColor(), theme().window, 0.7).rgb();
    for (std::size_t at = 0; at < edges.size(); at += static_cast<std::size_t>(stride)) {
        if (scene.isHubEdge(edges[at]))
            continue;
        const QLineF line = straight(scene, edges[at], transform);
        rasterLine(image, QLineF(line.p1() * ratio, line.p2() * ratio), ink);
    }
    QPainter painter(&image);
    paintBlocks(painter, scene, transform, visible);
}

void paintHighlight(QPainter& painter, const GraphScene& scene, const GraphTransform& transform, const QRectF& view,
    int node, bool wash)
{
    if (wash) {
        QColor veil = theme().window;
        veil.setAlpha(150);
        painter.fillRect(view, veil);
    }
    if (tierOf(transform.scale) == Tier::Near) {
        paintHighlightNear(painter, scene, transform, node);
        return;
    }
    std::vector<int> nodes { node };
    painter.setPen(QPen(theme().accent, 1.5));
    for (const std::uint32_t edge : scene.edgesFrom(node)) {
        painter.drawLine(straight(scene, static_cast<int>(edge), transform));
        nodes.push_back(static_cast<int>(scene.to[edge]));
    }
    for (const std::uint32_t edge : scene.edgesTo(node)) {
        painter.drawLine(straight(scene, static_cast<int>(edge), transform));
        nodes.push_back(static_cast<int>(scene.from[edge]));
    }
    paintBlocks(painter, scene, transform, nodes);
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(transform.toView(QRectF(scene.rect(node))).adjusted(-2, -2, 2, 2));
    paintNameplate(painter, scene, transform, view, node);
}

void paintFound(
    QPainter& painter, const GraphScene& scene, const GraphTransform& transform, const std::vector<int>& nodes)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(theme().accent, 2, Qt::DotLine));
    painter.setBrush(Qt::NoBrush);
    for (const int node : nodes)
        painter.drawRoundedRect(transform.toView(QRectF(scene.rect(node))).adjusted(-4, -4, 4, 4), 8, 8);
    painter.restore();
}

} // namespace plimsoll::ui::widget::graph
