// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "core/attack/Attack.h"
#include "ui/model/GraphTables.h"
#include "ui/view/ViewContext.h"
#include "ui/widget/graph/GraphCanvas.h"

class QCompleter;
class QLabel;
class QLineEdit;
class QMenu;
class QStackedWidget;
class QStandardItemModel;
class QTabWidget;
class QToolButton;

namespace plimsoll::ui::widget {
class EmptyState;
class Table;
} // namespace plimsoll::ui::widget
namespace plimsoll::ui::widget::graph {
class GraphLegend;
}

namespace plimsoll::ui::view {

// How things connect: the entities around what one looks at, as the objects state them, on a canvas and as tables with
// the same selection.
class GraphView : public View {
    Q_OBJECT

public:
    explicit GraphView(ViewContext& context, QWidget* parent = nullptr);
    ~GraphView() override;

    void setAssessment(std::shared_ptr<const assess::Assessment> assessment) override;
    void showObject(cluster::ObjectId object) override;
    void focusSearch() override;
    QList<QAction*> viewActions() const override;

    // Puts entities in the middle; a step that back() undoes.
    void focusOn(std::vector<attack::VertexId> focus);
    void showOverview();
    void back();
    void expandAll();
    void collapseAll();
    // Writes what is drawn; the suffix decides the form: ".svg" or ".png" (factor pixels for each unit).
    bool exportTo(const QString& path, int factor, QString* problem) const;

    widget::graph::GraphCanvas* canvas() const { return m_canvas; }
    const attack::EntityGraph* graph() const { return m_data ? &m_data->graph : nullptr; }
    const attack::Neighbourhood& neighbourhood() const { return m_picture.view; }

Q_SIGNALS:
    void pictureShown(); // a neighbourhood was laid out and is on the canvas

private:
    // What is made once for an assessment.
    struct Data {
        explicit Data(std::shared_ptr<const assess::Assessment> from);
        std::shared_ptr<const assess::Assessment> assessment;
        attack::EntityGraph graph;
        std::vector<std::uint8_t> severity;
    };
    // What the person did to come here. Empty focus = overview.
    struct Step {
        std::vector<attack::VertexId> focus, expanded, hidden;
        std::vector<attack::GroupKey> opened;
        bool operator==(const Step&) const = default;
    };
    struct Picture {
        attack::Neighbourhood view;
        std::shared_ptr<const widget::graph::GraphScene> scene;
    };

    void buildToolBar(class QVBoxLayout* page);
    void buildTables();
    void buildActions();
    QAction* addCommand(const QString& text, const QKeySequence& shortcut, void (GraphView::*slot)());
    void dataReady(std::shared_ptr<const Data> made);
    void take(Step step);
    void refresh(attack::VertexId keep = attack::VertexId::none());
    void showPicture(Picture picture, attack::VertexId keep);
    void select(int node);
    void selectInTables(int node);
    void activate(int node);
    void hideNode(int node);
    void openMenu(int node, const QPoint& global);
    void toggleKind(int kind, bool on);
    void updateTexts();
    void updateLegend();
    void setIcons();
    void completeSearch(const QString& text);
    void searchChosen(const QString& title);
    void findInGraph(bool next);
    void chooseExport(const QString& suffix, int factor);
    QString headline() const;
    attack::VertexId vertexOf(int node) const;
    int nodeOf(attack::VertexId vertex) const;
    bool eventFilter(QObject* watched, QEvent* event) override;
    void changeEvent(QEvent* event) override;

    std::shared_ptr<const Data> m_data;
    std::vector<Step> m_steps; // the last is shown
    Picture m_picture;
    std::vector<attack::VertexId> m_shownFocus { attack::VertexId::none() }; // of m_picture
    std::uint32_t m_kinds = attack::allKinds;
    cluster::ObjectId m_wanted; // asked for before the graph was ready

    QStackedWidget* m_stack = nullptr;
    widget::EmptyState* m_empty = nullptr;
    widget::graph::GraphCanvas* m_canvas = nullptr;
    widget::graph::GraphLegend* m_legend = nullptr;
    QLineEdit* m_search = nullptr;
    QCompleter* m_completer = nullptr;
    QStandardItemModel* m_completions = nullptr;
    QLineEdit* m_find = nullptr;
    QLabel* m_title = nullptr;
    QLabel* m_status = nullptr;
    QLabel* m_zoom = nullptr;
    QToolButton* m_shownButton = nullptr;
    QToolButton* m_exportButton = nullptr;
    QWidget* m_legendRow = nullptr;
    QTabWidget* m_tables = nullptr;
    widget::Table* m_objectTable = nullptr;
    widget::Table* m_linkTable = nullptr;
    model::GraphObjectsModel* m_objects = nullptr;
    model::GraphLinksModel* m_links = nullptr;
    QList<QAction*> m_actions;
    QAction* m_backAction = nullptr;
    bool m_isSelecting = false;
};

} // namespace plimsoll::ui::view
