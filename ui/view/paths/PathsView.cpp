// SPDX-License-Identifier: Apache-2.0
#include "ui/view/paths/PathsView.h"

#include <algorithm>
#include <utility>

#include <QAction>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QSpinBox>
#include <QStackedWidget>
#include <QTabWidget>
#include <QToolButton>

#include "ui/model/Text.h"
#include "ui/view/ViewParts.h"
#include "ui/view/paths/GraphView.h"
#include "ui/widget/Parts.h"
#include "ui/widget/Table.h"
#include "ui/widget/YamlView.h"
#include "ui/widget/graph/GraphLegend.h"

namespace plimsoll::ui::view {

using attack::PlaceId;
using model::PathMode;
using widget::graph::GraphScene;

namespace {

constexpr std::size_t mostStates = 200;
constexpr std::size_t openedAtOnce = 40;
constexpr int objectsPage = 2;

attack::PathFilter filterOf(const PathsView::State& state)
{
    attack::PathFilter filter;
    for (std::size_t number = 1; number <= attack::techniqueCount; ++number) {
        const auto techniqueClass = attack::textOf(static_cast<attack::Technique>(number)).techniqueClass;
        filter.techniques.set(number, (state.classes >> static_cast<unsigned>(techniqueClass) & 1u) != 0);
    }
    for (std::size_t certainty = 0; certainty < attack::certaintyCount; ++certainty)
        filter.certainties.set(certainty, (state.certainties >> certainty & 1u) != 0);
    if (state.isRepaired && state.repaired)
        filter.without.push_back(state.repaired);
    return filter;
}

} // namespace

void PathsView::setAssessment(std::shared_ptr<const assess::Assessment> assessment)
{
    const bool isSameGraph = m_assessment && assessment && m_assessment->attack == assessment->attack;
    m_objectsView->setAssessment(assessment);
    m_assessment = std::move(assessment);
    if (isSameGraph)
        return;
    context().jobs.cancel(this, QStringLiteral("paths"));
    m_marks = {};
    m_states = { State {} };
    m_at = 0;
    m_answer = std::make_shared<const model::PathAnswer>();
    m_scene.reset();
    m_canvas->setScene(nullptr);
    m_steps->setRows({});
    m_path = {};
    m_explanation->clear();
    if (graph() == nullptr || graph()->places().empty()) {
        m_empty->setTexts(m_assessment ? tr("No ways to show") : tr("Nothing is open"),
            m_assessment ? tr("The source has nothing that an attacker could start from.")
                         : tr("Open a cluster to see how it could be attacked."));
        updateList();
        updateControls();
        return;
    }
    State first;
    first.from = model::startsOf(*graph(), first.from, {}).empty() ? model::FromPreset::Anyone : first.from;
    first.hiddenKinds = model::explainingKinds();
    for (const attack::PlaceKind kind :
        { attack::PlaceKind::Binding, attack::PlaceKind::Entry, attack::PlaceKind::Weakness })
        first.hiddenKinds.reset(static_cast<std::size_t>(kind)); // what can be repaired is seen
    const attack::Distances towards = attack::Distances::towards(*graph(), model::endsOf(*graph(), first.to, {}, {}));
    const auto reaches = [&](PlaceId start) { return towards.reaches(start); };
    if (!std::ranges::any_of(model::startsOf(*graph(), first.from, {}), reaches))
        first.from = model::FromPreset::Anyone;
    m_states = { first };
    refresh();
}

void PathsView::showObject(cluster::ObjectId object)
{
    const PlaceId place = graph() != nullptr && object ? graph()->find(object) : PlaceId::none();
    if (!place) {
        showObjects(object);
        return;
    }
    State next = state();
    next.mode = PathMode::Reach;
    next.chosenFrom = { place };
    take(std::move(next));
}

void PathsView::askAbout(cluster::ObjectId object, const QString& question)
{
    const PlaceId place = graph() != nullptr && object ? graph()->find(object) : PlaceId::none();
    if (!place)
        showObjects(object);
    else if (question == QLatin1String("from"))
        pathsFrom(place);
    else if (question == QLatin1String("to"))
        pathsTo(place);
    else
        showObject(object);
}

void PathsView::showObjects(cluster::ObjectId object)
{
    m_isObjects = true;
    m_stack->setCurrentIndex(objectsPage);
    updateControls();
    if (object)
        m_objectsView->showObject(object);
}

void PathsView::take(State next)
{
    m_isObjects = false;
    if (next != state()) {
        m_states.resize(m_at + 1);
        m_states.push_back(std::move(next));
        if (m_states.size() > mostStates)
            m_states.erase(m_states.begin());
        m_at = m_states.size() - 1;
    }
    refresh();
}

void PathsView::undo()
{
    if (m_at == 0)
        return;
    --m_at;
    m_isObjects = false;
    refresh();
}

void PathsView::redo()
{
    if (m_at + 1 >= m_states.size())
        return;
    ++m_at;
    m_isObjects = false;
    refresh();
}

void PathsView::setMode(PathMode mode)
{
    State next = state();
    const bool isSame = mode == next.mode;
    next.mode = mode;
    if (!isSame) {
        next.group = next.choke = -1;
        next.isRepaired = false;
        next.opened.clear();
        next.hidden.clear();
    }
    const PlaceId selected = placeOf(m_canvas->selected());
    if (mode == PathMode::Reach && selected)
        next.chosenFrom = { selected };
    if (mode == PathMode::ReachedBy && selected)
        next.chosenTo = { selected };
    if (mode == PathMode::Namespaces) {
        next.from = model::FromPreset::Anyone;
        next.to = model::ToPreset::AnyGoal;
    } else if (mode == PathMode::ChokePoints && !isSame) {
        next.from = model::FromPreset::Anyone;
        next.to = model::ToPreset::AnyGoal;
    }
    take(std::move(next));
}

void PathsView::pathsFrom(PlaceId place)
{
    State next = state();
    next.mode = PathMode::Paths;
    next.from = model::FromPreset::Chosen;
    next.chosenFrom = { place };
    next.to = next.to == model::ToPreset::Chosen ? model::ToPreset::AnyGoal : next.to;
    next.group = -1;
    take(std::move(next));
}

void PathsView::pathsTo(PlaceId place)
{
    State next = state();
    next.mode = PathMode::Paths;
    next.to = model::ToPreset::Chosen;
    next.chosenTo = { place };
    next.from = model::FromPreset::Anyone;
    next.group = -1;
    take(std::move(next));
}

void PathsView::blastRadiusOf(PlaceId place)
{
    State next = state();
    next.mode = PathMode::Reach;
    next.chosenFrom = { place };
    take(std::move(next));
}

void PathsView::whoReaches(PlaceId place)
{
    State next = state();
    next.mode = PathMode::ReachedBy;
    next.chosenTo = { place };
    take(std::move(next));
}

model::PathQuestion PathsView::question() const
{
    const State& now = state();
    model::PathQuestion question;
    question.mode = now.mode;
    const bool isReach = now.mode == PathMode::Reach, isReachedBy = now.mode == PathMode::ReachedBy;
    question.from = model::startsOf(*graph(), isReach ? model::FromPreset::Chosen : now.from, now.chosenFrom);
    if (isReach && question.from.empty())
        question.from = { graph()->outside() };
    question.to = model::endsOf(
        *graph(), isReachedBy ? model::ToPreset::Chosen : now.to, now.chosenTo, m_assessment->review.crownJewels);
    if (isReachedBy && question.to.empty()) {
        if (const PlaceId admin = graph()->goal(attack::GoalKind::ClusterAdmin))
            question.to = { admin };
    }
    question.filter = filterOf(now);
    question.maxSteps = now.maxSteps;
    question.group = now.group;
    if (now.mode == PathMode::ChokePoints && !now.isRepaired)
        question.through = now.repaired;
    question.hiddenKinds = now.hiddenKinds;
    question.hidden = now.hidden;
    question.opened = now.opened;
    question.opened.insert(question.opened.end(), m_marks.pinned.begin(), m_marks.pinned.end());
    return question;
}

void PathsView::refresh()
{
    updateControls();
    if (graph() == nullptr || graph()->places().empty())
        return;
    m_title->setText(headline());
    m_status->setText(tr("Looking…"));
    context().jobs.run<Result>(
        this, { .slot = QStringLiteral("paths"), .title = tr("Following the ways") },
        [assessment = m_assessment, asked = question(), marks = m_marks](Progress& progress) {
            Result result;
            auto answered = model::answer(*assessment->attack, asked, progress);
            if (!answered)
                return result;
            result.scene = sceneOf(answered->picture, marks);
            result.answer = std::make_shared<const model::PathAnswer>(std::move(*answered));
            return result;
        },
        [this](Result result) { showAnswer(std::move(result)); });
}

void PathsView::showAnswer(Result result)
{
    if (!result.answer)
        return;
    const PlaceId kept = placeOf(m_canvas->selected());
    const int oldNode = m_canvas->selected();
    m_answer = std::move(result.answer);
    m_scene = std::move(result.scene);
    const State shown = std::exchange(m_shown, state());
    int node = GraphScene::none, start = GraphScene::none;
    for (std::size_t at = 0; at < m_answer->picture.nodes.size(); ++at) {
        const model::PathNode& one = m_answer->picture.nodes[at];
        if (kept && std::ranges::find(one.places, kept) != one.places.end())
            node = static_cast<int>(at);
        if (one.isStart && start == GraphScene::none)
            start = static_cast<int>(at);
    }
    m_isFilling = true;
    const bool isSamePicture = shown.mode == m_shown.mode && shown.group == m_shown.group
        && (shown.opened != m_shown.opened || shown.hidden != m_shown.hidden);
    if (isSamePicture && node != GraphScene::none) {
        m_canvas->setSceneKeeping(m_scene, oldNode, node);
    } else {
        m_canvas->setScene(m_scene);
        if (m_shown.mode != PathMode::Namespaces) // boxes are few: all of them are seen at once
            m_canvas->fitLegibly(start);
    }
    if (isSamePicture)
        m_canvas->select(node);
    m_objects->setRows(model::pictureObjectRows(*graph(), m_answer->picture));
    m_links->setRows(model::pictureLinkRows(m_answer->picture));
    m_isFilling = false;
    updateList();
    updateLegend();
    updateControls();
    markChoke();
    Q_EMIT answered();
}

void PathsView::updateList()
{
    m_isFilling = true;
    const State& now = state();
    const bool isGraph = graph() != nullptr;
    const bool isReach = now.mode == PathMode::Reach || now.mode == PathMode::ReachedBy;
    m_groups->setRows(isGraph ? model::groupRows(*graph(), *m_answer) : std::vector<model::PathListRow> {});
    m_chokes->setRows(isGraph ? model::chokeRows(*graph(), *m_answer) : std::vector<model::PathListRow> {});
    m_reached->setRows(isGraph ? model::reachedRows(*graph(), *m_answer) : std::vector<model::PathListRow> {});
    m_namespaces->setRows(
        now.mode == PathMode::Namespaces ? model::namespaceRows(*m_answer) : std::vector<model::PathListRow> {});
    const bool isList = isReach || now.mode == PathMode::Namespaces;
    const bool isChokes = now.mode == PathMode::ChokePoints;
    m_lists->setCurrentIndex(isReach ? 2 : isList ? 3 : isChokes ? 1 : 0);
    widget::Table* table = isChokes ? m_chokeTable : isList ? m_reachedTable : m_groupTable;
    const int row = now.mode == PathMode::ChokePoints ? now.choke : isList ? -1 : now.group;
    if (row >= 0 && row < table->model()->rowCount())
        table->setCurrentIndex(table->model()->index(row, 0));
    m_isFilling = false;
    if (now.mode == PathMode::Paths && !m_answer->groups.empty()) {
        const auto at = static_cast<std::size_t>(std::max(0, now.group));
        showPath(m_answer->groups[std::min(at, m_answer->groups.size() - 1)].sample);
        return;
    }
    m_steps->setRows({});
    if (now.mode == PathMode::Paths) {
        showWhyNot();
    } else if (isChokes && now.choke < 0 && !m_answer->chokes.empty()) {
        choose(0);
        m_isFilling = true;
        m_chokeTable->setCurrentIndex(m_chokes->index(0, 0));
        m_isFilling = false;
    } else if (const PlaceId first = isReach ? worthTelling() : PlaceId::none()) {
        showWayOf(first);
    } else if (!isChokes) {
        m_explanation->setText(isReach ? tr("Choose a place to see the way step by step.")
                                       : tr("Choose a namespace to see where its ways lead; double-click shows them."));
        m_evidence->showPlace(m_assessment, {}, {});
    }
}

// The nearest goal of a blast radius; of those who reach, the outside.
PlaceId PathsView::worthTelling() const
{
    const auto kind = state().mode == PathMode::Reach ? attack::PlaceKind::Goal : attack::PlaceKind::Outside;
    const auto found
        = std::ranges::find_if(m_answer->reached, [&](PlaceId place) { return graph()->place(place).kind == kind; });
    return found == m_answer->reached.end() ? PlaceId::none() : *found;
}

void PathsView::choose(int row)
{
    if (m_isFilling || row < 0 || !m_answer)
        return;
    State next = state();
    if (next.mode == PathMode::Paths) {
        next.group = next.group == row ? next.group : row;
        next.opened.clear();
        take(std::move(next));
    } else if (next.mode == PathMode::ChokePoints && row < static_cast<int>(m_answer->chokes.size())) {
        next.choke = row;
        next.repaired = m_answer->chokes[static_cast<std::size_t>(row)].fact;
        next.isRepaired = false;
        const attack::Fact& fact = graph()->fact(next.repaired);
        const attack::ChokePoint& point = m_answer->chokes[static_cast<std::size_t>(row)];
        QString told = tr("%1\nFix: %2\nCloses all ways of %3 starts; the shortest way of %4 leads through it.")
                           .arg(model::lineText(fact.text), model::lineText(fact.fix))
                           .arg(point.closed)
                           .arg(point.crossing);
        if (point.closed == 0)
            told += tr("\nAlone it closes nothing: other facts grant the same.");
        m_explanation->setText(told);
        m_evidence->showPlace(m_assessment, fact.object, model::text(fact.pointer));
        if (state().choke >= 0) {
            take(std::move(next));
        } else {
            m_states[m_at] = std::move(next); // where the list begins: nothing that the person did
            refresh();
        }
    } else if (next.mode == PathMode::Reach || next.mode == PathMode::ReachedBy) {
        if (row >= static_cast<int>(m_answer->reached.size()))
            return;
        const PlaceId place = m_answer->reached[static_cast<std::size_t>(row)];
        const auto& nodes = m_answer->picture.nodes;
        const auto holds = [place](const model::PathNode& node) {
            return std::ranges::find(node.places, place) != node.places.end();
        };
        const auto found = std::ranges::find_if(nodes, holds);
        m_isFilling = true;
        m_canvas->select(found == nodes.end() ? GraphScene::none : static_cast<int>(found - nodes.begin()));
        m_isFilling = false;
        showWayOf(place);
    } else if (next.mode == PathMode::Namespaces) {
        m_canvas->select(row);
    }
}

// Step by step to a place of the blast radius, or from one that reaches.
void PathsView::showWayOf(PlaceId place)
{
    const model::PathQuestion asked = question();
    const attack::Distances distances = asked.mode == PathMode::Reach
        ? attack::Distances::from(*graph(), asked.from, asked.filter)
        : attack::Distances::towards(*graph(), asked.to, asked.filter);
    if (distances.reaches(place))
        showPath(distances.path(place));
}

void PathsView::setRepaired(bool isRepaired)
{
    State next = state();
    if (m_isFilling || next.mode != PathMode::ChokePoints || !next.repaired || next.isRepaired == isRepaired)
        return;
    next.isRepaired = isRepaired;
    take(std::move(next));
}

void PathsView::markChoke()
{
    std::vector<int> marked;
    const State& now = state();
    if (now.mode == PathMode::ChokePoints && now.repaired && !now.isRepaired && graph() != nullptr) {
        const auto held = graph()->placesOf(now.repaired);
        for (std::size_t at = 0; at < m_answer->picture.nodes.size(); ++at) {
            const auto& places = m_answer->picture.nodes[at].places;
            if (std::ranges::any_of(
                    held, [&](PlaceId place) { return std::ranges::find(places, place) != places.end(); }))
                marked.push_back(static_cast<int>(at));
        }
    }
    m_canvas->mark(std::move(marked));
}

void PathsView::select(int node)
{
    if (m_isFilling)
        return;
    m_isFilling = true;
    for (int row = 0; row < m_objects->rowCount(); ++row) {
        if (m_objects->rows()[static_cast<std::size_t>(row)].node == node) {
            for (widget::Table* table : m_tabs->findChildren<widget::Table*>()) {
                if (table->model() == m_objects)
                    table->setCurrentIndex(m_objects->index(row, 0));
            }
        }
    }
    m_isFilling = false;
    if (node == GraphScene::none)
        return;
    const model::PathNode& shown = m_answer->picture.nodes[static_cast<std::size_t>(node)];
    if (shown.isFolded()) {
        m_explanation->setText(tr("%1: double-click or Enter shows them one by one.").arg(shown.title));
        return;
    }
    showPlace(shown.places.front());
}

void PathsView::showPlace(PlaceId place)
{
    m_explanation->setText(model::placeExplanation(*graph(), place));
    const attack::Place& shown = graph()->place(place);
    m_evidence->showPlace(m_assessment, shown.object, {}, tr("It is no object of its own."));
    if (shown.object)
        context().navigator.inspect(shown.object);
}

void PathsView::showPath(const attack::Path& path)
{
    m_path = path;
    m_isFilling = true;
    m_steps->setRows(model::stepRows(*graph(), path));
    m_isFilling = false;
    int first = 0; // that an attacker takes; what belongs together anyway says little
    while (first + 1 < m_steps->rowCount()) {
        const std::uint32_t number = m_steps->rows()[static_cast<std::size_t>(first)].step;
        if (attack::textOf(graph()->step(number).technique).techniqueClass != attack::TechniqueClass::Structure)
            break;
        ++first;
    }
    m_isFilling = true;
    if (m_steps->rowCount() > 0)
        m_stepTable->setCurrentIndex(m_steps->index(first, 0));
    m_isFilling = false;
    showStep(first);
}

void PathsView::showStep(int row)
{
    if (m_isFilling || row < 0 || row >= m_steps->rowCount())
        return;
    const std::uint32_t number = m_steps->rows()[static_cast<std::size_t>(row)].step;
    const attack::Reason* reason = graph()->reasonOf(graph()->step(number));
    m_explanation->setText(model::stepExplanation(*graph(), number));
    m_evidence->showPlace(m_assessment, reason != nullptr ? reason->object : cluster::ObjectId {},
        reason != nullptr ? model::text(reason->pointer) : QString(), tr("No object decides this step."));
}

void PathsView::showWhyNot()
{
    m_steps->setRows({});
    if (graph() == nullptr)
        return;
    QStringList lines { tr("There is no such way.") };
    if (!m_answer->refusals.empty())
        lines += tr("One condition is missing for each of these:");
    for (const attack::Refusal& refusal : m_answer->refusals) {
        const attack::Reason* reason = graph()->reasonOf(refusal);
        lines += tr("%1 → %2 (%3): %4")
                     .arg(model::placeTitle(*graph(), refusal.from), model::placeTitle(*graph(), refusal.to),
                         model::text(attack::textOf(refusal.technique).title),
                         reason != nullptr ? model::lineText(reason->text) : QString());
    }
    m_explanation->setText(lines.join(QLatin1Char('\n')));
    m_evidence->showPlace(m_assessment, {}, {});
}

void PathsView::activate(int node)
{
    if (node < 0 || !m_answer || node >= static_cast<int>(m_answer->picture.nodes.size()))
        return;
    const model::PathNode& shown = m_answer->picture.nodes[static_cast<std::size_t>(node)];
    State next = state();
    if (!shown.area.isEmpty()) {
        next.mode = PathMode::Paths;
        next.from = model::FromPreset::Chosen;
        next.chosenFrom = shown.places;
        next.group = -1;
    } else if (shown.isFolded()) {
        const std::size_t count = std::min(openedAtOnce, shown.places.size());
        next.opened.insert(
            next.opened.end(), shown.places.begin(), shown.places.begin() + static_cast<std::ptrdiff_t>(count));
    } else if (next.mode == PathMode::ReachedBy || shown.isEnd) {
        whoReaches(shown.places.front());
        return;
    } else {
        blastRadiusOf(shown.places.front());
        return;
    }
    take(std::move(next));
}

void PathsView::hideNode(int node)
{
    if (node < 0 || !m_answer || node >= static_cast<int>(m_answer->picture.nodes.size()))
        return;
    State next = state();
    next.hidden.push_back(m_answer->picture.nodes[static_cast<std::size_t>(node)].places.front());
    take(std::move(next));
}

void PathsView::setNote(PlaceId place, const QString& note)
{
    if (note.trimmed().isEmpty())
        m_marks.notes.erase(place);
    else
        m_marks.notes[place] = note.simplified();
    refresh();
}

void PathsView::togglePin(PlaceId place)
{
    if (m_marks.pinned.erase(place) == 0)
        m_marks.pinned.insert(place);
    refresh();
}

void PathsView::chooseEnd(bool isFrom, PlaceId place)
{
    State next = state();
    next.group = -1;
    if (isFrom) {
        next.from = model::FromPreset::Chosen;
        next.chosenFrom = { place };
    } else {
        next.to = model::ToPreset::Chosen;
        next.chosenTo = { place };
    }
    take(std::move(next));
}

PlaceId PathsView::placeOf(int node) const
{
    if (!m_answer || node < 0 || node >= static_cast<int>(m_answer->picture.nodes.size()))
        return PlaceId::none();
    return m_answer->picture.nodes[static_cast<std::size_t>(node)].places.front();
}

void PathsView::updateLegend()
{
    std::vector<int> counts(attack::placeKindCount, 0);
    for (const model::PathNode& node : m_answer->picture.nodes)
        ++counts[static_cast<std::size_t>(node.kind)];
    std::vector<widget::graph::GraphLegend::Row> rows;
    for (std::size_t kind = 0; kind < counts.size(); ++kind) {
        const bool isHidden = state().hiddenKinds[kind];
        const bool isTree = state().mode == PathMode::Reach || state().mode == PathMode::ReachedBy;
        const bool isOffered = isTree
            ? !model::explainingKinds()[kind] && !graph()->ofKind(static_cast<attack::PlaceKind>(kind)).empty()
            : m_answer->picture.leftOut[kind] > 0;
        if (counts[kind] > 0 || (isHidden && isOffered))
            rows.push_back({ static_cast<int>(kind), counts[kind], !isHidden });
    }
    m_legend->setVisible(state().mode != PathMode::Namespaces);
    m_legend->setRows(placeLooks(), rows);
}

QString PathsView::headline() const
{
    if (graph() == nullptr)
        return tr("Graph");
    const State& now = state();
    const auto names = [this](const std::vector<PlaceId>& places) {
        if (places.size() == 1)
            return model::placeTitle(*graph(), places.front());
        return tr("%1 places").arg(places.size());
    };
    const bool isChosenFrom = now.from == model::FromPreset::Chosen && !now.chosenFrom.empty();
    const bool isChosenTo = now.to == model::ToPreset::Chosen && !now.chosenTo.empty();
    const QString from = isChosenFrom ? names(now.chosenFrom) : m_from->itemText(static_cast<int>(now.from));
    const QString to = isChosenTo ? names(now.chosenTo) : m_to->itemText(static_cast<int>(now.to));
    switch (now.mode) {
    case PathMode::Paths:
        return tr("%1 → %2").arg(from, to);
    case PathMode::Reach:
        return tr("Blast radius of %1").arg(names(question().from));
    case PathMode::ReachedBy:
        return tr("Who reaches %1").arg(names(question().to));
    case PathMode::ChokePoints:
        return tr("Changes that close ways: %1 → %2").arg(from, to);
    case PathMode::Namespaces:
        return tr("Namespaces: what leads to a goal");
    }
    return {};
}

} // namespace plimsoll::ui::view

#include "moc_PathsView.cpp"
