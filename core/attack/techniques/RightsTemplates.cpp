// SPDX-License-Identifier: Apache-2.0
// Rights to change what workloads are made from.
#include <algorithm>
#include <array>

#include "core/attack/detail/RightsLeads_p.h"
#include "core/base/Text.h"

namespace plimsoll::attack {

using access::Reach;
using cluster::ObjectId;

namespace {

struct TemplateKind {
    std::string_view group, kind, resource;
};
constexpr std::array<TemplateKind, 6> templateKinds { { { "", "ReplicationController", "replicationcontrollers" },
    { "apps", "Deployment", "deployments" }, { "apps", "DaemonSet", "daemonsets" },
    { "apps", "StatefulSet", "statefulsets" }, { "apps", "ReplicaSet", "replicasets" },
    { "batch", "CronJob", "cronjobs" } } };

// What a DaemonSet has that takes the nodes it runs on.
bool takesNodes(const cluster::PodSpec& spec)
{
    return spec.hostPid
        || std::ranges::any_of(spec.volumes, [](const auto& volume) { return !volume.hostPath.isNone(); })
        || std::ranges::any_of(spec.containers, [](const auto& container) {
               return container.securityContext && container.securityContext->privileged == true;
           });
}

} // namespace

const std::vector<Hit>& Leads::templatesOf(std::uint32_t role)
{
    const auto [found, isNew] = m_templates.try_emplace(role);
    std::vector<Hit>& hits = found->second;
    if (!isNew)
        return hits;
    const cluster::Role& it = m_making.cluster.roles()[role];
    for (const TemplateKind& kind : templateKinds) {
        Hit& hit = hits.emplace_back();
        for (std::uint32_t r = 0; r < it.rules.size(); ++r) {
            for (const std::string_view verb : { "update", "patch" }) {
                const Reach reach
                    = access::reach(m_making.cluster, it.rules[r], { verb, kind.group, kind.resource, "" });
                if (reach == Reach::All)
                    hit.reach = reach;
                if (reach != Reach::Named)
                    continue;
                hit.reach = std::max(hit.reach, Reach::Named);
                for (const StringId name : it.rules[r].resourceNames)
                    hit.names.push_back(m_making.text(name));
            }
        }
        std::ranges::sort(hit.names);
        hit.names.erase(std::ranges::unique(hit.names).begin(), hit.names.end());
    }
    return hits;
}

// "every Deployment of shop"; none when there is none.
PlaceId Leads::workloadsIn(std::size_t kind, std::string_view ns)
{
    const auto [found, isNew] = m_workloads.try_emplace({ kind, ns });
    if (!isNew)
        return found->second;
    const TemplateKind& what = templateKinds[kind];
    GraphBuilder& graph = m_making.graph;
    const auto hub = [&] {
        return graph.place({ .kind = PlaceKind::PodsIn,
            .ns = ns,
            .name = graph.keep("every " + std::string(what.kind) + " of "
                + (ns.empty() ? std::string("the cluster") : printable(ns))) });
    };
    PlaceId place;
    std::string_view last;
    auto all = m_making.cluster.objectsOf(what.group, what.kind); // in order of namespace
    if (!ns.empty()) {
        const auto here = std::ranges::equal_range(all, ns, {}, [&](ObjectId id) { return m_making.nsOf(id); });
        all = { here.begin(), here.end() };
    }
    for (const ObjectId id : all) {
        const std::string_view own = m_making.nsOf(id);
        const cluster::WorkloadId workload = m_making.cluster.workloadOf(id);
        if (workload.isNone())
            continue;
        if (place.isNone())
            place = hub();
        if (ns.empty()) { // by way of the namespaces
            if (own != last && !own.empty())
                graph.step(place, workloadsIn(kind, own), Technique::ContainerOwnsPod);
            last = own;
            continue;
        }
        for (const std::uint32_t index : m_making.classesOf(workload))
            graph.step(place, m_making.classes[index].place, Technique::ContainerOwnsPod);
    }
    return m_workloads[{ kind, ns }] = place;
}

// Whoever changes one template of a namespace chooses its account, what it mounts and what it may do.
void Leads::changeTemplates(const Held& held, std::string_view ns)
{
    const Answer& plain = plainPod(ns);
    go(held, m_making.hub(PlaceKind::AccountsIn, ns), &plain);
    go(held, m_making.hub(PlaceKind::SecretsIn, ns), &plain);
    const Answer& privileged = privilegedPod(ns);
    go(held, m_making.workers(), &privileged);
    if (m_hasControlPlane)
        go(held, m_making.controlPlane(), &privileged);
}

void Leads::leadToTemplates(const Held& held)
{
    const std::vector<Hit>& hits = templatesOf(held.roles.front());
    const Answer& plain = plainPod(held.scope);
    std::set<std::string_view> changed;
    for (std::size_t k = 0; k < templateKinds.size(); ++k) {
        if (hits[k].reach == Reach::All) {
            const PlaceId all = workloadsIn(k, held.scope);
            if (all.isNone())
                continue; // there is nothing to change
            go(held, all, &plain);
            changed.insert(held.scope);
            continue;
        }
        if (hits[k].reach == Reach::None)
            continue;
        for (const ObjectId id : named(templateKinds[k].group, templateKinds[k].kind, held.scope, hits[k].names)) {
            leadToWorkload(held, id, &plainPod(m_making.nsOf(id)));
            changed.insert(m_making.nsOf(id));
        }
    }
    for (const std::string_view ns : changed)
        changeTemplates(held, ns);
}

// DaemonSets and StatefulSets keep their history in ControllerRevisions.
void Leads::leadToRevisions(const Held& held)
{
    if (held.hits.front()->reach != Reach::All)
        return;
    for (std::size_t k = 0; k < templateKinds.size(); ++k) {
        if (templateKinds[k].kind != "DaemonSet" && templateKinds[k].kind != "StatefulSet")
            continue;
        if (const PlaceId all = workloadsIn(k, held.scope))
            go(held, all);
    }
}

void Leads::findStrongDaemonSets()
{
    for (const ObjectId id : m_making.cluster.objectsOf("apps", "DaemonSet")) {
        const cluster::PodSpecId spec = m_making.cluster.podSpecOf(id);
        if (!spec.isNone() && takesNodes(m_making.cluster.podSpec(spec)))
            m_strongDaemonSets.push_back(id);
    }
}

void Leads::leadToDaemonSets(const Held& held)
{
    const Hit& hit = *held.hits.front();
    std::span<const ObjectId> all = m_strongDaemonSets; // in order of namespace
    if (!held.scope.empty()) {
        const auto here = std::ranges::equal_range(all, held.scope, {}, [&](ObjectId id) { return m_making.nsOf(id); });
        all = { here.begin(), here.end() };
    }
    for (const ObjectId id : all) {
        if (hit.covers(m_making.nameOf(id)))
            leadToWorkload(held, id, &privilegedPod(m_making.nsOf(id)));
    }
}

} // namespace plimsoll::attack
