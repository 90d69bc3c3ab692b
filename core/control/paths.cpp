// SPDX-License-Identifier: Apache-2.0
// Controls on whole ways of an attacker, by the attack graph. A way counts when the objects decide every step of it;
// the fault in a program that a way from outside begins with is presumed.
#include <algorithm>
#include <array>
#include <map>

#include "core/attack/ChokePoints.h"
#include "core/base/Text.h"
#include "core/cluster/Effective.h"
#include "core/control/detail/Access_p.h"
#include "core/control/detail/Families_p.h"
#include "core/control/detail/Outcomes_p.h"
#include "core/images/Vulnerabilities.h"
#include "core/network/Exposure.h"

namespace plimsoll::control {

using attack::AttackGraph;
using attack::Distances;
using attack::GoalKind;
using attack::PathFilter;
using attack::PlaceId;
using attack::PlaceKind;
using cluster::ObjectId;

namespace {

PathFilter confirmedOnly()
{
    PathFilter filter;
    filter.certainties = std::bitset<attack::certaintyCount>(1);
    return filter;
}

// "container web of Deployment shop/web holds the token of ServiceAccount shop/web; ...".
std::string wayText(const AttackGraph& graph, const attack::Path& path)
{
    constexpr std::size_t most = 6;
    std::vector<std::string> sentences;
    for (const std::uint32_t step : path.steps) {
        if (attack::textOf(graph.step(step).technique).techniqueClass != attack::TechniqueClass::Structure)
            sentences.push_back(graph.sentenceOf(step));
    }
    if (sentences.size() > most) {
        const std::size_t left = sentences.size() - most;
        sentences.resize(most);
        sentences.push_back("and " + counted(left, "more step", "more steps"));
    }
    return join(sentences, "; ");
}

std::vector<Evidence> wayEvidence(const AttackGraph& graph, const attack::Path& path, ObjectId subject)
{
    constexpr std::size_t most = 8;
    std::vector<Evidence> evidence;
    for (const std::uint32_t number : path.steps) {
        const attack::Reason* why = graph.reasonOf(graph.step(number));
        const bool isStructure
            = attack::textOf(graph.step(number).technique).techniqueClass == attack::TechniqueClass::Structure;
        if (why && !why->object.isNone() && evidence.size() < most
            && (!isStructure || graph.step(number).technique == attack::Technique::Binding))
            evidence.push_back({ why->object, why->pointer, why->text });
    }
    if (evidence.empty())
        evidence.push_back({ subject, "", "the step needs nothing else" });
    return evidence;
}

// Containers of workloads by WorkloadId; what the internet reaches, with the way.
struct Workloads {
    std::map<std::uint32_t, std::vector<PlaceId>> containers;
    std::map<std::uint32_t, std::string> exposed;

    explicit Workloads(const Context& context)
    {
        for (const PlaceId id : context.attack->ofKind(PlaceKind::Container))
            containers[context.attack->place(id).workload.index].push_back(id);
        for (const network::Exposure& one : context.exposures) {
            if (one.answer == network::Answer::Allowed && !one.isInternal && !one.workload.isNone())
                exposed.try_emplace(one.workload.index, network::wayOf(context.cluster, one));
        }
    }
};

PlaceId nearest(const Distances& distances, std::span<const PlaceId> places)
{
    PlaceId best;
    for (const PlaceId place : places) {
        if (distances.reaches(place) && (best.isNone() || distances.of(place) < distances.of(best)))
            best = place;
    }
    return best;
}

// Judges every workload that outside reaches by whether its containers come to the goals.
void judgeExposed(
    const Context& context, std::span<const PlaceId> goals, std::string_view what, std::vector<Outcome>& outcomes)
{
    const Workloads workloads(context);
    const Distances distances = Distances::towards(*context.attack, goals, confirmedOnly());
    for (const auto& [index, containers] : workloads.containers) {
        const ObjectId object = context.cluster.workloads()[index].object;
        const auto way = workloads.exposed.find(index);
        const PlaceId start = way == workloads.exposed.end() ? PlaceId::none() : nearest(distances, containers);
        if (start.isNone()) {
            pass(object, outcomes);
            continue;
        }
        const attack::Path path = distances.path(start);
        fail(object,
            "is reached from outside (" + way->second + "), and a fault in it gives " + std::string(what) + ": "
                + wayText(*context.attack, path),
            wayEvidence(*context.attack, path, object), outcomes);
    }
}

// G1.
void judgeWayToSecret(const Context& context, std::vector<Outcome>& outcomes)
{
    judgeExposed(context, context.attack->ofKind(PlaceKind::Secret), "the value of a Secret", outcomes);
}

// G2.
void judgeWayToAdministrator(const Context& context, std::vector<Outcome>& outcomes)
{
    const PlaceId admin = context.attack->goal(GoalKind::ClusterAdmin);
    judgeExposed(context, std::span(&admin, admin.isNone() ? 0 : 1), "the cluster", outcomes);
}

// G3. Straight out of the container; what follows is the node's.
void judgeWayToNode(const Context& context, std::vector<Outcome>& outcomes)
{
    const Workloads workloads(context);
    std::vector<PlaceId> goals(
        context.attack->ofKind(PlaceKind::Node).begin(), context.attack->ofKind(PlaceKind::Node).end());
    if (const PlaceId node = context.attack->goal(GoalKind::NodeTakeover))
        goals.push_back(node);
    PathFilter filter = confirmedOnly();
    for (std::size_t i = 1; i <= attack::techniqueCount; ++i) {
        const auto kind = attack::techniqueTexts()[i - 1].techniqueClass;
        filter.techniques[i] = kind == attack::TechniqueClass::Escape || i == 3; // what a container leads to
    }
    const Distances distances = Distances::towards(*context.attack, goals, filter);
    for (const auto& [index, containers] : workloads.containers) {
        const ObjectId object = context.cluster.workloads()[index].object;
        const PlaceId start = nearest(distances, containers);
        if (start.isNone()) {
            pass(object, outcomes);
            continue;
        }
        const attack::Path path = distances.path(start);
        fail(object,
            "leads to root on its node, and to the tokens of all pods there: " + wayText(*context.attack, path),
            wayEvidence(*context.attack, path, object), outcomes);
    }
}

// G4. People and groups who are no administrators; the binding that begins the way is what a reviewer changes.
void judgeWayOfPeople(const Context& context, std::vector<Outcome>& outcomes)
{
    const AttackGraph& graph = *context.attack;
    const PlaceId admin = graph.goal(GoalKind::ClusterAdmin);
    if (admin.isNone())
        return;
    const Distances distances = Distances::towards(graph, std::span(&admin, 1), confirmedOnly());
    std::map<ObjectId, std::pair<std::vector<std::string>, attack::Path>> byBinding;
    std::map<ObjectId, bool> judged;
    for (const PlaceKind kind : { PlaceKind::User, PlaceKind::Group }) {
        for (const PlaceId identity : graph.ofKind(kind)) {
            if (!graph.isOrdinary(identity))
                continue;
            for (const attack::Step& step : graph.out(identity)) {
                if (graph.place(step.to).kind == PlaceKind::Binding)
                    judged.emplace(graph.place(step.to).object, true);
            }
            if (!distances.reaches(identity))
                continue;
            attack::Path path = distances.path(identity);
            for (const std::uint32_t number : path.steps) {
                const attack::Place& place = graph.place(graph.step(number).to);
                const auto facts = graph.factsOf(graph.step(number).to);
                if (place.kind != PlaceKind::Binding && place.kind != PlaceKind::Combination)
                    continue;
                const ObjectId object
                    = place.kind == PlaceKind::Binding ? place.object : graph.fact(facts.front()).object;
                auto& [names, way] = byBinding[object];
                names.push_back(graph.titleOf(identity));
                if (way.steps.empty() || path.length < way.length)
                    way = std::move(path);
                break;
            }
        }
    }
    for (const auto& [object, found] : byBinding) {
        constexpr std::size_t shown = 4;
        fail(object,
            "makes " + listText(found.first, shown) + " administrator of the cluster: " + wayText(graph, found.second),
            wayEvidence(graph, found.second, object), outcomes);
        judged.erase(object);
    }
    for (const auto& [object, isJudged] : judged)
        pass(object, outcomes);
}

bool hasReports(const Context& context)
{
    return context.scans && !context.scans->evidence.scans.empty();
}

constexpr std::string_view noReports = "no scanner's report tells which programs can be broken into";

// Other namespaces whose pods reach a container with a fault that is used over the network.
struct Attackers {
    std::vector<std::string> namespaces; // sorted
    std::string fault;
};

Attackers attackersOf(const AttackGraph& graph, PlaceId container)
{
    Attackers found;
    for (const attack::Step& step : graph.in(container)) {
        if (step.technique != attack::Technique::EastWest)
            continue;
        // The step comes from the hub of those that are reached alike; before it stand those that reach it.
        for (const attack::Step& source : graph.in(step.to)) {
            for (const attack::Step& network : graph.in(source.to)) {
                const std::string_view ns = graph.place(network.to).ns;
                if (ns != graph.place(container).ns
                    && std::ranges::find(found.namespaces, ns) == found.namespaces.end())
                    found.namespaces.emplace_back(ns);
            }
        }
        if (const attack::Reason* why = graph.reasonOf(step))
            found.fault = why->condition;
    }
    std::ranges::sort(found.namespaces);
    return found;
}

// G5. Into the workloads of another namespace of which a scanner knows a fault that is used over the network.
void judgeWayAcross(const Context& context, std::vector<Outcome>& outcomes)
{
    if (!hasReports(context))
        return notAssessed({}, std::string(noReports), outcomes);
    const Workloads workloads(context);
    for (const auto& [index, containers] : workloads.containers) {
        const ObjectId object = context.cluster.workloads()[index].object;
        Attackers found;
        for (std::size_t i = 0; i < containers.size() && found.namespaces.empty(); ++i)
            found = attackersOf(*context.attack, containers[i]);
        if (found.namespaces.empty()) {
            pass(object, outcomes);
            continue;
        }
        constexpr std::size_t shown = 5;
        fail(object,
            "can be attacked from " + counted(found.namespaces.size(), "other namespace", "other namespaces") + " ("
                + listText(found.namespaces, shown) + "): " + found.fault,
            { { object, "", found.fault } }, outcomes);
    }
}

// A critical vulnerability that a scanner knows of the workload, "" = none.
std::string criticalFault(const Context& context, cluster::WorkloadId workload)
{
    for (const std::uint32_t i : context.scans->imagesOf(workload)) {
        for (const images::ImageVulnerability& one : context.scans->images[i].vulnerabilities) {
            const evidence::Vulnerability& known = context.scans->vulnerability(one);
            if (one.isOpen() && known.grade == evidence::Grade::Critical)
                return printable(known.id) + " in " + printable(context.scans->images[i].reference);
        }
    }
    return {};
}

// The first container that may run as root, with its place in the workload.
const cluster::Container* rootContainer(const Context& context, const cluster::Workload& workload)
{
    for (const cluster::PodSpecUse& use : workload.specs) {
        const cluster::PodSpec& spec = context.cluster.podSpec(use.spec);
        for (const cluster::Container& container : spec.containers) {
            const auto user = cluster::effectiveRunAsUser(spec, container).value;
            if (user ? *user == 0 : cluster::effectiveRunAsNonRoot(spec, container).value != true)
                return &container;
        }
    }
    return nullptr;
}

// G6.
void judgeEverythingAtOnce(const Context& context, std::vector<Outcome>& outcomes)
{
    if (!hasReports(context))
        return notAssessed({}, std::string(noReports), outcomes);
    const Workloads workloads(context);
    for (const auto& [index, containers] : workloads.containers) {
        const cluster::Workload& workload = context.cluster.workloads()[index];
        const auto way = workloads.exposed.find(index);
        const std::string fault = way == workloads.exposed.end() ? std::string() : criticalFault(context, { index });
        const cluster::Container* root = fault.empty() ? nullptr : rootContainer(context, workload);
        if (!root) {
            pass(workload.object, outcomes);
            continue;
        }
        fail(workload.object,
            "is reached from outside (" + way->second + "), has a critical vulnerability (" + fault
                + ") and may run as root (container " + printable(context.cluster.text(root->name)) + ')',
            { { workload.object, std::string(context.cluster.podSpecPointer(workload.object)) + root->pointer(),
                fault } },
            outcomes);
    }
}

// G7. Told once for the cluster; the object is the first change.
void nameCut(const Context& context, std::vector<Outcome>& outcomes)
{
    const AttackGraph& graph = *context.attack;
    const PlaceId outside = graph.outside();
    const std::vector<PlaceId> goals = attack::clusterGoals(graph);
    Progress silent;
    const auto cut = attack::smallestCut(graph, std::span(&outside, 1), goals, {}, silent);
    if (!cut)
        return;
    const bool isOpen = !cut->facts.empty() || !cut->isPossible;
    if (!isOpen)
        return;
    std::vector<std::string> fixes;
    std::vector<Evidence> evidence;
    for (const attack::FactId id : cut->facts) {
        const attack::Fact& fact = graph.fact(id);
        fixes.push_back(fact.fix);
        if (!fact.object.isNone())
            evidence.push_back({ fact.object, fact.pointer, fact.text });
    }
    if (evidence.empty())
        return notAssessed(
            {}, "ways from outside lead through nothing that a change of the cluster takes away", outcomes);
    constexpr std::size_t shown = 8;
    const ObjectId object = evidence.front().object;
    fail(object,
        counted(fixes.size(), "change separates", "changes separate") + " outside from the cluster"
            + (cut->isPossible ? "" : ", but for ways that no change takes away") + ": " + listText(fixes, shown),
        std::move(evidence), outcomes);
}

constexpr std::array<Need, 4> rbacNeeds { { { "rbac.authorization.k8s.io", "ClusterRole" },
    { "rbac.authorization.k8s.io", "ClusterRoleBinding" }, { "rbac.authorization.k8s.io", "Role" },
    { "rbac.authorization.k8s.io", "RoleBinding" } } };

// Controls run with a graph, but for tests of single ones.
template <void (*judge)(const Context&, std::vector<Outcome>&)>
void withGraph(const Context& context, std::vector<Outcome>& outcomes)
{
    if (context.attack)
        return judge(context, outcomes);
    notAssessed({}, "no attack graph was made", outcomes);
}

constexpr std::array paths {
    Control { .id = "PLM-G1", .evaluate = withGraph<judgeWayToSecret>, .needs = {} },
    Control { .id = "PLM-G2", .evaluate = withGraph<judgeWayToAdministrator>, .needs = rbacNeeds },
    Control { .id = "PLM-G3", .evaluate = withGraph<judgeWayToNode>, .needs = {} },
    Control { .id = "PLM-G4", .evaluate = withGraph<judgeWayOfPeople>, .needs = rbacNeeds },
    Control { .id = "PLM-G5", .evaluate = withGraph<judgeWayAcross>, .needs = {} },
    Control { .id = "PLM-G6", .evaluate = withGraph<judgeEverythingAtOnce>, .needs = {} },
    Control { .id = "PLM-G7", .evaluate = withGraph<nameCut>, .needs = rbacNeeds },
};

} // namespace

std::span<const Control> pathControls()
{
    return paths;
}

} // namespace plimsoll::control
