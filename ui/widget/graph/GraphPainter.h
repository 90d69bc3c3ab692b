// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <QColor>
#include <QPointF>
#include <QRectF>
#include <QSizeF>

#include "ui/widget/graph/GraphScene.h"

class QImage;
class QPainter;

// Paints a scene: on the canvas, into the minimap, into files. Colours are those of theme().
namespace plimsoll::ui::widget::graph {

// view = scene * scale + offset.
struct GraphTransform {
    double scale = 1;
    QPointF offset;

    QPointF toView(QPointF scene) const { return scene * scale + offset; }
    QPointF toScene(QPointF view) const { return (view - offset) / scale; }
    QRectF toView(const QRectF& scene) const { return { toView(scene.topLeft()), scene.size() * scale }; }
    QRectF toScene(const QRectF& view) const { return { toScene(view.topLeft()), view.size() / scale }; }
};

// Far: pixels and a sample of the edges. Mid: plain rectangles. Near: cards with text, curves with arrowheads.
enum class Tier { Far, Mid, Near };
Tier tierOf(double scale);

// The transform that shows everything in a view with a margin; never larger than life.
GraphTransform fitting(const QRect& bounds, QSizeF view, double margin);

QColor kindColor(const KindLook& look);
// The pictogram of a kind, stroked in a colour. Paths are in a square of 16: M x y, L x y, C x1 y1 x2 y2 x y, Z,
// O x y radius (circle), R x y width height (rounded rectangle).
void paintIcon(QPainter& painter, const char* path, const QRectF& square, const QColor& color);

// The part of the scene within view, in view coordinates. The tier follows from the scale.
void paintScene(QPainter& painter, const GraphScene& scene, const GraphTransform& transform, const QRectF& view);
// The same on an image that covers the view, with our own line raster for the tiers that have many lines.
void paintSceneOn(QImage& image, const GraphScene& scene, const GraphTransform& transform, const QRectF& view);
// One node brought to the front: its edges with what they mean, its neighbours and itself. With wash everything else
// steps back.
void paintHighlight(QPainter& painter, const GraphScene& scene, const GraphTransform& transform, const QRectF& view,
    int node, bool wash);
// A ring around nodes that a search found.
void paintFound(
    QPainter& painter, const GraphScene& scene, const GraphTransform& transform, const std::vector<int>& nodes);

} // namespace plimsoll::ui::widget::graph
