// SPDX-License-Identifier: Apache-2.0
#include "core/control/Circumstances.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "core/access/Powers.h"
#include "core/attack/Paths.h"
#include "core/attack/Techniques.h"
#include "core/base/Text.h"
#include "core/control/detail/Access_p.h"
#include "core/control/detail/Workload_p.h"
#include "core/network/Exposure.h"

namespace plimsoll::control {

using cluster::Cluster;
using cluster::Workload;

namespace {

constexpr std::string_view controlPrefix = "PLM-";

// Each by itself makes root in the container root on the node.
std::string nodeTakeoverOf(const Context& context, const Workload& workload)
{
    constexpr std::array checks { checkPrivileged, checkRuntimeSocket };
    for (const cluster::PodSpecUse& use : workload.specs) {
        // Most specs have neither: that is seen without making texts.
        const cluster::PodSpec& spec = context.cluster.podSpec(use.spec);
        const bool hasPath = std::ranges::any_of(
            spec.volumes, [](const cluster::Volume& volume) { return !volume.hostPath.isNone(); });
        const bool isPrivileged = std::ranges::any_of(spec.containers, [](const cluster::Container& container) {
            return container.securityContext && container.securityContext->privileged == true;
        });
        if (!hasPath && !isPrivileged)
            continue;
        for (CheckSpec* check : checks) {
            SpecReport report;
            check(context, { context.cluster.podSpec(use.spec), workload, {}, false }, report);
            if (report.verdict == Verdict::Fail)
                return report.messages.front();
        }
        // Writing where the node keeps what it runs and whom it trusts.
        SpecReport writable, sensitive;
        const SpecSubject subject { context.cluster.podSpec(use.spec), workload, {}, false };
        checkWritableHostPath(context, subject, writable);
        checkSensitiveHostPath(context, subject, sensitive);
        for (const auto& mark : writable.marks) {
            const std::string_view path = std::string_view(mark.value).substr(0, mark.value.find(" mounted"));
            if (std::ranges::any_of(sensitive.marks, [&](const auto& other) { return other.value == path; }))
                return "a container can write to the node's " + std::string(path);
        }
    }
    return {};
}

class IdentityPowers {
public:
    explicit IdentityPowers(const Context& context)
        : m_context(context)
    {
    }

    // What the workload's tokens may do; certain ones only.
    std::string of(const Workload& workload)
    {
        if (workload.isStatic)
            return {};
        const Cluster& cluster = m_context.cluster;
        const std::string_view ns = cluster.text(cluster.object(workload.object).ns);
        for (const cluster::PodSpecUse& use : workload.specs) {
            const cluster::PodSpec& spec = cluster.podSpec(use.spec);
            const std::string_view name = spec.serviceAccountName.isNone() ? std::string_view("default")
                                                                           : cluster.text(spec.serviceAccountName);
            if (holdsToken(cluster, ns, spec) != true)
                continue;
            const auto [found, isNew] = m_known.try_emplace({ ns, name });
            if (isNew)
                found->second = textOf(ns, name);
            if (!found->second.empty())
                return found->second;
        }
        return {};
    }

private:
    std::string textOf(std::string_view ns, std::string_view name) const
    {
        const auto held = access::powersOf(m_context.rbac, access::Rbac::serviceAccountUser(ns, name));
        if (held.empty())
            return {};
        std::vector<std::string> texts;
        for (const access::HeldPower& one : held)
            texts.emplace_back(one.power->text);
        constexpr std::size_t shown = 2;
        return "service account " + printable(std::string(ns) + '/' + std::string(name)) + " may "
            + listText(texts, shown);
    }

    const Context& m_context;
    std::map<std::pair<std::string_view, std::string_view>, std::string> m_known;
};

// "2 steps make administrator of the cluster, the first: ...".
std::string takeoverText(const attack::AttackGraph& graph, const attack::Distances& distances, attack::PlaceId from)
{
    const std::uint32_t steps = distances.of(from).steps;
    std::string text = steps == 1 ? "1 step makes" : counted(steps, "step", "steps") + " make";
    text += " administrator of the cluster";
    const attack::Path path = distances.path(from);
    const auto first = std::ranges::find_if(path.steps, [&graph](std::uint32_t step) {
        return attack::textOf(graph.step(step).technique).techniqueClass != attack::TechniqueClass::Structure;
    });
    if (first != path.steps.end())
        text += (steps == 1 ? ": " : ", the first: ") + graph.sentenceOf(*first);
    return text;
}

// Whoever breaks into a container and comes to the administrator of the cluster from there, by other ways than those
// that the node and the identity's own powers tell already.
void addTakeovers(const Context& context, std::vector<Circumstances>& all)
{
    if (!context.attack)
        return;
    const attack::AttackGraph& graph = *context.attack;
    const attack::PlaceId admin = graph.goal(attack::GoalKind::ClusterAdmin);
    if (admin.isNone())
        return;
    attack::PathFilter confirmed;
    confirmed.certainties = std::bitset<attack::certaintyCount>(1);
    const auto distances = attack::Distances::towards(graph, std::span(&admin, 1), confirmed);
    for (const attack::PlaceId container : graph.ofKind(attack::PlaceKind::Container)) {
        const std::uint32_t workload = graph.place(container).workload.index;
        if (workload < all.size() && all[workload].takeover.empty() && distances.reaches(container)) {
            all[workload].takeover = takeoverText(graph, distances, container);
        }
    }
}

bool isOneOf(std::string_view id, std::span<const std::string_view> list)
{
    return std::ranges::find(list, id) != list.end();
}

// Which circumstances say something about this fault.
struct Relevance {
    bool exposure = false, nodeTakeover = false, identity = false;
};

Relevance relevanceOf(std::string_view id)
{
    // The way to the node itself; told by the circumstance already.
    constexpr std::array<std::string_view, 9> node { "W01", "W03", "W05", "W07", "W08", "W09", "W10", "W17", "W18" };
    // What keeps a program available or tidy; an attacker gains little by it.
    constexpr std::array<std::string_view, 19> hygiene { "W11", "W14", "W43", "W44", "W45", "W46", "W47", "W48", "W49",
        "W50", "W51", "W52", "W53", "W54", "W55", "W56", "W57", "W58", "W60" };
    constexpr std::array<std::string_view, 2> identity { "R39", "W40" };
    constexpr std::array<std::string_view, 4> network { "N01", "N02", "N15", "N16" };
    if (isOneOf(id, hygiene))
        return {};
    if (isOneOf(id, network))
        return { true, true, true };
    if (id == "R39")
        return { true, true, false };
    const bool isOfWorkload = id.starts_with('W') || id.starts_with('S') || id.starts_with('I');
    return { isOfWorkload, isOfWorkload && !isOneOf(id, node), isOfWorkload && !isOneOf(id, identity) };
}

} // namespace

std::vector<Circumstances> circumstancesOf(const Context& context)
{
    const auto workloads = context.cluster.workloads();
    std::vector<Circumstances> all(workloads.size());
    IdentityPowers powers(context);
    for (std::size_t i = 0; i < workloads.size(); ++i) {
        all[i].nodeTakeover = nodeTakeoverOf(context, workloads[i]);
        all[i].identity = powers.of(workloads[i]);
        all[i].isIdle = workloads[i].isScaledToZero;
    }
    addTakeovers(context, all);
    for (const network::Exposure& exposure : context.exposures) {
        Circumstances& one = all[exposure.workload.index];
        if (one.exposure.empty() && exposure.answer == network::Answer::Allowed && !exposure.isInternal)
            one.exposure = network::wayOf(context.cluster, exposure);
    }
    return all;
}

std::vector<images::Standing> standingsOf(const Cluster& cluster, std::span<const Circumstances> circumstances)
{
    std::vector<images::Standing> standings;
    standings.reserve(circumstances.size());
    for (std::size_t i = 0; i < circumstances.size(); ++i) {
        const Circumstances& one = circumstances[i];
        standings.push_back({ one.exposure, one.nodeTakeover, one.identity,
            images::secretsAtHand(cluster, cluster.workloads()[i]), one.isIdle });
    }
    return standings;
}

EffectiveSeverity effectiveSeverity(std::string_view control, Severity fixed, const Circumstances& circumstances)
{
    EffectiveSeverity result { fixed, {} };
    if (fixed == Severity::Info)
        return result;
    const Relevance relevance = relevanceOf(control.substr(controlPrefix.size()));
    if (relevance.exposure && !circumstances.exposure.empty())
        result.reasons.push_back("it is reached from outside (" + circumstances.exposure + ')');
    if (relevance.nodeTakeover && !circumstances.nodeTakeover.empty())
        result.reasons.push_back("whoever breaks in owns the node (" + circumstances.nodeTakeover + ')');
    if (relevance.identity && !circumstances.identity.empty())
        result.reasons.push_back("its identity takes over the cluster (" + circumstances.identity + ')');
    else if (relevance.identity && circumstances.nodeTakeover.empty() && !circumstances.takeover.empty())
        result.reasons.push_back("it leads to the whole cluster (" + circumstances.takeover + ')');
    const auto step = static_cast<int>(fixed);
    if (!result.reasons.empty() && fixed != Severity::Critical) {
        result.severity = static_cast<Severity>(step - 1);
    } else if (result.reasons.empty() && circumstances.isIdle && fixed != Severity::Low && relevance.nodeTakeover) {
        result.severity = static_cast<Severity>(step + 1);
        result.reasons.push_back("nothing of it runs (scaled to zero)");
    }
    return result;
}

} // namespace plimsoll::control
