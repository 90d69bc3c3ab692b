// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "ui/model/PathsTables.h"
#include "ui/view/ViewContext.h"
#include "ui/view/paths/PathsPicture.h"
#include "ui/widget/graph/GraphCanvas.h"

class QComboBox;
class QCompleter;
class QLabel;
class QLineEdit;
class QMenu;
class QSpinBox;
class QSplitter;
class QStackedWidget;
class QStandardItemModel;
class QTabWidget;
class QToolButton;
class QVBoxLayout;

namespace plimsoll::ui::widget {
class ChoiceChip;
class EmptyState;
class Table;
} // namespace plimsoll::ui::widget
namespace plimsoll::ui::widget::graph {
class GraphLegend;
}

namespace plimsoll::ui::view {

class GraphView;
class PlaceText;

// The graph explorer: ways from somewhere to something, what a place puts at risk and who comes to it, the changes that
// close most, namespaces as a whole, and the objects as they refer to each other. Every question is answered in a job.
class PathsView : public View {
    Q_OBJECT

public:
    explicit PathsView(ViewContext& context, QWidget* parent = nullptr);
    ~PathsView() override;

    // What is asked and what the person did to the picture: undo goes back by one.
    struct State {
        model::PathMode mode = model::PathMode::Paths;
        model::FromPreset from = model::FromPreset::Internet;
        model::ToPreset to = model::ToPreset::ClusterAdmin;
        std::vector<attack::PlaceId> chosenFrom, chosenTo;
        quint32 classes = (1u << attack::techniqueClassCount) - 1;
        quint32 certainties = (1u << attack::certaintyCount) - 1;
        quint32 maxSteps = 0;
        int group = -1;
        int choke = -1; // marked
        bool isRepaired = false; // the marked one counts as repaired
        attack::FactId repaired = {};
        model::PlaceKinds hiddenKinds;
        std::vector<attack::PlaceId> hidden, opened;
        bool operator==(const State&) const = default;
    };

    void setAssessment(std::shared_ptr<const assess::Assessment> assessment) override;
    void showObject(cluster::ObjectId object) override;
    void askAbout(cluster::ObjectId object, const QString& question) override;
    void focusSearch() override;
    QList<QAction*> viewActions() const override;

    void take(State state);
    const State& state() const { return m_states[m_at]; }
    void undo();
    void redo();
    void setMode(model::PathMode mode);
    void pathsFrom(attack::PlaceId place);
    void pathsTo(attack::PlaceId place);
    void blastRadiusOf(attack::PlaceId place);
    void whoReaches(attack::PlaceId place);
    // The objects as they refer to each other.
    void showObjects(cluster::ObjectId object);
    bool exportTo(const QString& path, int factor, QString* problem) const; // by suffix

    widget::graph::GraphCanvas* canvas() const { return m_canvas; }
    GraphView* objectsView() const { return m_objectsView; }
    const model::PathAnswer& answer() const { return *m_answer; }
    const attack::AttackGraph* graph() const { return m_assessment ? m_assessment->attack.get() : nullptr; }
    QString headline() const;
    void choose(int row); // of the list beside the picture, as it was answered
    void setRepaired(bool isRepaired);
    void setNote(attack::PlaceId place, const QString& note);
    void togglePin(attack::PlaceId place);

Q_SIGNALS:
    void answered();

private:
    struct Result {
        std::shared_ptr<const model::PathAnswer> answer;
        std::shared_ptr<const widget::graph::GraphScene> scene;
    };
    void buildModeRow(QVBoxLayout* page);
    void buildQuestionRow(QVBoxLayout* page);
    QWidget* buildEnd(QComboBox*& combo, QLineEdit*& search, const QString& name, bool isFrom);
    QWidget* buildBody();
    QWidget* buildList();
    QWidget* buildDetail();
    void buildActions();
    void buildExportMenu(QMenu* menu);
    QAction* addCommand(const QString& text, const QKeySequence& keys, void (PathsView::*slot)());
    void connectCanvas();

    model::PathQuestion question() const;
    void refresh();
    void showAnswer(Result result);
    void updateControls();
    void updateList();
    void updateLegend();
    void markChoke();
    void select(int node);
    void activate(int node);
    void hideNode(int node);
    void openMenu(int node, const QPoint& global);
    void showPath(const attack::Path& path);
    void showStep(int row);
    void showPlace(attack::PlaceId place);
    void showWayOf(attack::PlaceId place);
    attack::PlaceId worthTelling() const;
    void showWhyNot();
    void askForNote(attack::PlaceId place);
    void complete(QLineEdit* search, const QString& text);
    void chooseEnd(bool isFrom, attack::PlaceId place);
    void chooseExport(const QString& suffix, int factor);
    void fromSelection();
    void toSelection();
    void blastSelection();
    void reachSelection();
    void pinSelection();
    void noteSelection();
    void fitPicture();
    attack::PlaceId placeOf(int node) const;

    std::shared_ptr<const assess::Assessment> m_assessment;
    std::vector<State> m_states { State {} };
    std::size_t m_at = 0;
    std::shared_ptr<const model::PathAnswer> m_answer;
    std::shared_ptr<const widget::graph::GraphScene> m_scene;
    PathMarks m_marks;
    State m_shown; // of m_answer
    attack::Path m_path; // step by step
    bool m_isFilling = false;
    bool m_isObjects = false;

    QStackedWidget* m_stack = nullptr;
    widget::EmptyState* m_empty = nullptr;
    GraphView* m_objectsView = nullptr;
    std::vector<QToolButton*> m_modeChips; // by PathMode, then the objects
    QWidget* m_questionRow = nullptr;
    QWidget* m_fromBox = nullptr;
    QWidget* m_toBox = nullptr;
    QComboBox* m_from = nullptr;
    QComboBox* m_to = nullptr;
    QLineEdit* m_fromSearch = nullptr;
    QLineEdit* m_toSearch = nullptr;
    QCompleter* m_completer = nullptr;
    QStandardItemModel* m_completions = nullptr;
    QSpinBox* m_maxSteps = nullptr;
    widget::ChoiceChip* m_classes = nullptr;
    widget::ChoiceChip* m_certainties = nullptr;
    QToolButton* m_repair = nullptr;
    QLabel* m_title = nullptr;
    QLabel* m_status = nullptr;
    QStackedWidget* m_lists = nullptr;
    widget::Table* m_groupTable = nullptr;
    widget::Table* m_chokeTable = nullptr;
    widget::Table* m_reachedTable = nullptr;
    widget::Table* m_namespaceTable = nullptr;
    widget::Table* m_stepTable = nullptr;
    model::PathGroupsModel* m_groups = nullptr;
    model::ChokePointsModel* m_chokes = nullptr;
    model::ReachedModel* m_reached = nullptr;
    model::NamespaceWaysModel* m_namespaces = nullptr;
    model::PathStepsModel* m_steps = nullptr;
    model::GraphObjectsModel* m_objects = nullptr;
    model::GraphLinksModel* m_links = nullptr;
    widget::graph::GraphCanvas* m_canvas = nullptr;
    widget::graph::GraphLegend* m_legend = nullptr;
    QTabWidget* m_tabs = nullptr;
    QLabel* m_explanation = nullptr;
    PlaceText* m_evidence = nullptr;
    QList<QAction*> m_actions;
    QAction* m_undo = nullptr;
    QAction* m_redo = nullptr;
};

} // namespace plimsoll::ui::view
