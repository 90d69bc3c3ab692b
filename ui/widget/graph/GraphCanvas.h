// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include <QAbstractScrollArea>
#include <QImage>
#include <QTimer>

#include "ui/widget/graph/GraphPainter.h"
#include "ui/widget/graph/GraphScene.h"

namespace plimsoll::ui::widget::graph {

// Shows a GraphScene: wheel zooms at the pointer, dragging moves, a click selects, arrow keys walk along the edges.
// What a step means (expand, hide, back) is up to the view, which hands in the next scene.
// Frames are drawn into an image and kept; when one took long, moving shows the old image moved and scaled until the
// hand rests.
// Threads: interface thread; scenes come finished from a worker.
class GraphCanvas : public QAbstractScrollArea {
    Q_OBJECT

public:
    explicit GraphCanvas(QWidget* parent = nullptr);
    ~GraphCanvas() override;

    const std::shared_ptr<const GraphScene>& scene() const { return m_scene; }
    // A new scene, shown as a whole. Nothing is selected.
    void setScene(std::shared_ptr<const GraphScene> scene);
    // A new scene in which a node stays where an old one was on the screen.
    void setSceneKeeping(std::shared_ptr<const GraphScene> scene, int oldNode, int newNode);

    int selected() const { return m_selected; }
    void select(int node); // none = nothing; brings it into view; tells
    double zoom() const { return m_transform.scale; }
    const GraphTransform& transform() const { return m_transform; }
    void zoomBy(double factor);
    void zoomAt(QPointF view, double factor);
    void fit();
    // Everything if that can be read; else a part around a node (or the middle) at a size that can be read.
    void fitLegibly(int node);
    void setMinimapShown(bool shown);
    bool isMinimapShown() const { return m_isMinimapShown; }
    // A ring around nodes.
    void mark(std::vector<int> nodes);
    // Marks the nodes whose title or caption contains a text and selects the first, or the one after the selection.
    // Returns how many there are.
    int find(const QString& text, bool next);

Q_SIGNALS:
    void selectionChanged(int node);
    void activated(int node); // double click or Enter
    void hideRequested(int node);
    void backRequested();
    void contextMenuRequested(int node, const QPoint& global);
    void zoomChanged(double zoom);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    bool viewportEvent(QEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    QSize sizeHint() const override { return { 900, 600 }; }

private:
    int nodeAtView(QPointF view) const;
    void setHovered(int node);
    void setTransform(const GraphTransform& transform);
    void moved();
    void redraw();
    void drawFrame();
    void paintFrame(QPainter& painter);
    void ensureVisible(int node);
    void walk(int key);
    void describe();
    QRectF minimapRect() const;
    void paintMinimap(QPainter& painter);
    void centreByMinimap(QPointF view);

    std::shared_ptr<const GraphScene> m_scene;
    GraphTransform m_transform;
    QImage m_frame; // of m_frameTransform
    GraphTransform m_frameTransform;
    bool m_isFrameStale = true;
    qint64 m_frameCostMs = 0;
    QTimer m_settle; // redraws when the hand rests
    QImage m_minimap;
    GraphTransform m_minimapTransform;
    bool m_isMinimapShown = true;
    bool m_isFitted = true; // nobody has moved it: stays fitted when the canvas is resized
    int m_selected = GraphScene::none;
    int m_hovered = GraphScene::none;
    std::vector<int> m_found;
    enum class Drag { None, Pending, Pan, Minimap } m_drag = Drag::None;
    QPointF m_pressedAt, m_draggedAt;
};

} // namespace plimsoll::ui::widget::graph
