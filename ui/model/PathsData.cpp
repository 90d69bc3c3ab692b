// SPDX-License-Identifier: Apache-2.0
#include "ui/model/PathsData.h"

#include <algorithm>
#include <map>
#include <tuple>

#include <QCoreApplication>
#include <QStringList>

#include "ui/model/PathsDraw.h"
#include "ui/model/Text.h"

namespace plimsoll::ui::model {

using attack::AttackGraph;
using attack::PlaceId;
using attack::PlaceKind;

namespace {

constexpr std::size_t mostGroupsDrawn = 8;
constexpr std::size_t mostWholeStarts = 60; // whose shortest ways are all drawn, not only the first
constexpr std::size_t mostRefusals = 12;

QString say(const char* words)
{
    return QCoreApplication::translate("Paths", words);
}

PathGroup groupOf(const AttackGraph& graph, const attack::Path& path)
{
    PathGroup group;
    group.end = path.steps.empty() ? path.start : graph.step(path.steps.back()).to;
    for (const std::uint32_t number : path.steps) {
        const attack::Step& step = graph.step(number);
        group.certainty = std::max(group.certainty, step.certainty);
        if (attack::textOf(step.technique).techniqueClass != attack::TechniqueClass::Structure)
            group.techniques.push_back(step.technique);
    }
    return group;
}

std::vector<PathGroup> groupsOf(
    const AttackGraph& graph, const PathQuestion& question, const attack::Distances& towards, Progress& progress)
{
    using Key = std::tuple<attack::Distance, PlaceId, std::vector<attack::Technique>>;
    std::map<Key, PathGroup> byKey;
    for (const PlaceId start : question.from) {
        if (progress.isCancelled())
            return {};
        if (!towards.reaches(start) || (question.maxSteps > 0 && towards.of(start).steps > question.maxSteps)
            || std::ranges::find(question.to, start) != question.to.end())
            continue;
        attack::Path path = towards.path(start);
        PathGroup group = groupOf(graph, path);
        PathGroup& known = byKey[Key { path.length, group.end, group.techniques }];
        if (known.starts.empty()) {
            group.sample = std::move(path);
            known = std::move(group);
        } else {
            known.certainty = std::max(known.certainty, group.certainty);
        }
        known.starts.push_back(start);
    }
    std::vector<PathGroup> groups;
    for (auto& [key, group] : byKey)
        groups.push_back(std::move(group));
    std::ranges::stable_sort(groups, {}, [](const PathGroup& group) { return group.sample.length; });
    return groups;
}

bool leadsThrough(const AttackGraph& graph, const attack::Path& path, attack::FactId fact)
{
    if (!fact)
        return true;
    const auto held = graph.placesOf(fact);
    return std::ranges::any_of(path.steps, [&](std::uint32_t step) {
        return std::ranges::find(held, graph.step(step).to) != held.end()
            || std::ranges::find(held, graph.origin(step)) != held.end();
    });
}

PathPicture waysPicture(
    const AttackGraph& graph, const PathQuestion& question, const attack::Distances& towards, PathAnswer& out)
{
    std::vector<const PathGroup*> shown;
    if (question.group >= 0 && question.group < static_cast<int>(out.groups.size())) {
        shown.push_back(&out.groups[static_cast<std::size_t>(question.group)]);
    } else {
        for (const PathGroup& group : out.groups) {
            if (shown.size() < mostGroupsDrawn && leadsThrough(graph, group.sample, question.through))
                shown.push_back(&group);
        }
        for (std::size_t at = 0; shown.empty() && at < std::min(mostGroupsDrawn, out.groups.size()); ++at)
            shown.push_back(&out.groups[at]);
    }
    out.shownGroups = shown.size();
    std::size_t starts = 0;
    for (const PathGroup* group : shown)
        starts += group->starts.size();
    WayDrawing drawing(graph, question);
    for (const PathGroup* group : shown) {
        for (const PlaceId start : group->starts) {
            drawing.addStart(start);
            drawing.addSteps(starts <= mostWholeStarts ? towards.stepsOf(start) : towards.path(start).steps);
        }
    }
    return drawing.picture();
}

void collectReached(PathAnswer& out, const AttackGraph& graph, const PathQuestion& question,
    const attack::Distances& distances, const std::vector<PlaceId>& selected)
{
    std::vector<std::pair<std::uint32_t, PlaceId>> found;
    const PlaceKinds explaining = explainingKinds();
    for (std::uint32_t index = 0; index < graph.places().size(); ++index) {
        const PlaceId place { index };
        const auto kind = static_cast<std::size_t>(graph.place(place).kind);
        if (!distances.reaches(place) || explaining[kind] || question.hiddenKinds[kind]
            || std::ranges::find(selected, place) != selected.end())
            continue;
        const std::uint32_t steps = distances.of(place).steps;
        if (question.maxSteps == 0 || steps <= question.maxSteps)
            found.emplace_back(steps, place);
    }
    std::ranges::stable_sort(found, {}, [](const auto& entry) { return entry.first; });
    for (const auto& [steps, place] : found) {
        out.reached.push_back(place);
        out.reachedSteps.push_back(steps);
    }
}

} // namespace

PlaceKinds explainingKinds()
{
    PlaceKinds kinds;
    for (const PlaceKind kind : { PlaceKind::Binding, PlaceKind::Grant, PlaceKind::Combination, PlaceKind::Entry,
             PlaceKind::Weakness, PlaceKind::PodsIn, PlaceKind::AccountsIn, PlaceKind::SecretsIn,
             PlaceKind::ConfigMapsIn, PlaceKind::VolumesIn, PlaceKind::PeopleIn, PlaceKind::NodesIn,
             PlaceKind::PodNetwork, PlaceKind::NodeIdentity })
        kinds.set(static_cast<std::size_t>(kind));
    return kinds;
}

std::vector<PlaceId> startsOf(const AttackGraph& graph, FromPreset preset, const std::vector<PlaceId>& chosen)
{
    const attack::StartSets sets = attack::ordinaryStarts(graph);
    switch (preset) {
    case FromPreset::Anyone:
        return sets.all();
    case FromPreset::Internet:
        return sets.outside;
    case FromPreset::Identities:
        return sets.identities;
    case FromPreset::Containers:
        return sets.containers;
    case FromPreset::Chosen:
        return chosen;
    }
    return {};
}

std::vector<PlaceId> endsOf(const AttackGraph& graph, ToPreset preset, const std::vector<PlaceId>& chosen,
    const std::vector<std::string>& crownJewels)
{
    const auto one = [](PlaceId place) { return place ? std::vector { place } : std::vector<PlaceId> {}; };
    switch (preset) {
    case ToPreset::ClusterAdmin:
        return one(graph.goal(attack::GoalKind::ClusterAdmin));
    case ToPreset::Nodes:
        return one(graph.goal(attack::GoalKind::NodeTakeover));
    case ToPreset::ControlPlane:
        return one(graph.goal(attack::GoalKind::ControlPlane));
    case ToPreset::Secrets:
        return one(graph.goal(attack::GoalKind::AllSecrets));
    case ToPreset::AnyGoal:
        return attack::clusterGoals(graph);
    case ToPreset::CrownJewels: {
        std::vector<PlaceId> places;
        for (const std::string& ref : crownJewels) {
            if (const PlaceId place = graph.find(ref))
                places.push_back(place);
        }
        return places;
    }
    case ToPreset::Chosen:
        return chosen;
    }
    return {};
}

Result<PathAnswer> answer(const AttackGraph& graph, const PathQuestion& question, Progress& progress)
{
    PathAnswer out;
    if (question.mode == PathMode::Reach || question.mode == PathMode::ReachedBy) {
        const bool isForward = question.mode == PathMode::Reach;
        const std::vector<PlaceId>& selected = isForward ? question.from : question.to;
        const attack::Distances distances = isForward ? attack::Distances::from(graph, selected, question.filter)
                                                      : attack::Distances::towards(graph, selected, question.filter);
        collectReached(out, graph, question, distances, selected);
        out.picture = treePicture(graph, question, distances, isForward);
        return out;
    }
    const attack::Distances towards = attack::Distances::towards(graph, question.to, question.filter);
    out.groups = groupsOf(graph, question, towards, progress);
    if (progress.isCancelled())
        return failure(ErrorKind::Cancelled, "cancelled");
    for (const PathGroup& group : out.groups)
        out.open += static_cast<std::uint32_t>(group.starts.size());
    if (question.mode == PathMode::Namespaces) {
        out.picture = namespacePicture(graph, question, towards);
        return out;
    }
    if (out.groups.empty() && !question.to.empty() && !question.from.empty())
        out.refusals = attack::whyNot(graph, question.from, question.to, mostRefusals, question.filter);
    out.picture = waysPicture(graph, question, towards, out);
    if (question.mode == PathMode::ChokePoints) {
        attack::PathFilter whole = question.filter; // the list stays while one of them is tried
        whole.without.clear();
        auto points = attack::chokePoints(graph, question.from, question.to, whole, progress);
        if (!points)
            return std::unexpected(points.error());
        std::erase_if(*points, [&](const attack::ChokePoint& point) { return graph.fact(point.fact).isFixed; });
        out.chokes = std::move(*points);
    }
    return out;
}

QString placeName(const AttackGraph& graph, PlaceId id)
{
    const attack::Place& place = graph.place(id);
    if (place.kind == PlaceKind::Outside)
        return say("Internet");
    if (place.kind == PlaceKind::Goal && place.goal != attack::GoalKind::NamespaceAdmin)
        return text(attack::toText(place.goal));
    if (place.kind == PlaceKind::Image)
        return lineText(place.name.substr(place.name.rfind('/') + 1));
    const bool isNamed = !place.name.empty() && place.kind != PlaceKind::Goal;
    return isNamed ? lineText(place.name) : lineText(graph.titleOf(id));
}

QString placeTitle(const AttackGraph& graph, PlaceId place)
{
    return lineText(graph.titleOf(place));
}

QString techniquesText(const std::vector<attack::Technique>& techniques)
{
    QStringList texts;
    for (const attack::Technique technique : techniques)
        texts += text(attack::textOf(technique).title);
    return texts.isEmpty() ? say("is there already") : texts.join(QStringLiteral(" \u2192 "));
}

QString certaintyText(attack::Certainty certainty)
{
    return text(attack::toText(certainty));
}

QString stepExplanation(const AttackGraph& graph, std::uint32_t number)
{
    const attack::Step& step = graph.step(number);
    const attack::TechniqueText& technique = attack::textOf(step.technique);
    QStringList parts;
    parts += lineText(graph.sentenceOf(number)) + QLatin1Char('.');
    if (const attack::Reason* reason = graph.reasonOf(step)) {
        if (!reason->text.empty())
            parts += say("Because: %1").arg(lineText(reason->text));
        if (!reason->condition.empty())
            parts += say("Only if: %1").arg(lineText(reason->condition));
        if (reason->blocker)
            parts += say("May be refused by: %1").arg(lineText(graph.cluster().refOf(reason->blocker)));
    }
    QString line = QStringLiteral("%1 %2 \u00b7 %3")
                       .arg(text(technique.id), text(technique.title), certaintyText(step.certainty));
    if (!technique.attack.empty()) {
        QStringList ids;
        for (const std::string& id : technique.attack)
            ids += text(id);
        line += QStringLiteral(" \u00b7 ATT&CK ") + ids.join(QStringLiteral(", "));
    }
    parts += line;
    for (const PlaceId end : { graph.origin(number), step.to }) {
        for (const attack::FactId fact : graph.factsOf(end)) {
            const QString fix = lineText(graph.fact(fact).fix);
            if (!graph.fact(fact).isFixed && !fix.isEmpty() && !parts.contains(say("Fix: %1").arg(fix)))
                parts += say("Fix: %1").arg(fix);
        }
    }
    if (!technique.fix.empty())
        parts += say("In general: %1").arg(text(technique.fix).simplified());
    return parts.join(QLatin1Char('\n'));
}

QString placeExplanation(const AttackGraph& graph, PlaceId id)
{
    QStringList parts;
    parts += placeTitle(graph, id);
    parts += say("%1 \u00b7 %2 steps lead here, %3 lead on")
                 .arg(text(attack::toText(graph.place(id).kind)))
                 .arg(graph.in(id).size())
                 .arg(graph.out(id).size());
    for (const attack::FactId fact : graph.factsOf(id)) {
        parts += say("Stands on: %1").arg(lineText(graph.fact(fact).text));
        if (!graph.fact(fact).isFixed && !graph.fact(fact).fix.empty())
            parts += say("Fix: %1").arg(lineText(graph.fact(fact).fix));
    }
    return parts.join(QLatin1Char('\n'));
}

} // namespace plimsoll::ui::model
