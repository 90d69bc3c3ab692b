// SPDX-License-Identifier: Apache-2.0
#include "core/cluster/Cluster.h"

#include <algorithm>
#include <tuple>

#include "core/base/Text.h"
#include "core/cluster/detail/Model_p.h"

namespace plimsoll::cluster {

namespace {

// "Deployment" against "deployment": references write kinds in lower case.
bool isSameKind(std::string_view kind, std::string_view wanted)
{
    return kind == wanted || toLowerAscii(kind) == toLowerAscii(wanted);
}

std::string joined(std::string_view ns, std::string_view name)
{
    return ns.empty() ? printable(name) : printable(ns) + '/' + printable(name);
}

} // namespace

Cluster::Cluster(std::unique_ptr<Private> model)
    : m_private(std::move(model))
{
}

Cluster::~Cluster() = default;

const snapshot::Snapshot& Cluster::snapshot() const
{
    return *m_private->snapshot;
}
std::string_view Cluster::text(StringId id) const
{
    return m_private->pool->text(id);
}
StringId Cluster::id(std::string_view text) const
{
    return m_private->pool->find(text);
}
const StringPool& Cluster::strings() const
{
    return *m_private->pool;
}
std::span<const Kind> Cluster::kinds() const
{
    return m_private->kinds;
}
std::span<const Object> Cluster::objects() const
{
    return m_private->parts.objects;
}
std::string_view Cluster::kindName(ObjectId id) const
{
    return text(kindOf(object(id)).kind);
}

std::string Cluster::refOf(ObjectId id) const
{
    return toLowerAscii(printable(kindName(id))) + '/' + joined(text(object(id).ns), text(object(id).name));
}

std::string Cluster::titleOf(ObjectId id) const
{
    return detail::titleOf(*m_private, id);
}

std::string detail::titleOf(const Cluster::Private& model, ObjectId id)
{
    const Object& object = model.parts.objects[id.index];
    return printable(model.pool->text(model.parts.kinds[id.index].second)) + ' '
        + joined(model.pool->text(object.ns), model.pool->text(object.name));
}

ObjectId Cluster::find(std::string_view kind, std::string_view ns, std::string_view name) const
{
    for (const auto& range : m_private->kindRanges) {
        if (!isSameKind(text(range.kind), kind))
            continue;
        const auto ids = std::span(m_private->identity).subspan(range.begin, range.end - range.begin);
        const auto textOf = [this](ObjectId id) { return std::pair(text(object(id).ns), text(object(id).name)); };
        const auto place = std::ranges::lower_bound(ids, std::pair(ns, name), {}, textOf);
        if (place != ids.end() && textOf(*place) == std::pair(ns, name))
            return *place;
    }
    return {};
}

std::span<const ObjectId> Cluster::objectsOf(std::string_view group, std::string_view kind) const
{
    for (const auto& range : m_private->kindRanges) {
        if (text(range.group) == group && text(range.kind) == kind)
            return std::span(m_private->identity).subspan(range.begin, range.end - range.begin);
    }
    return {};
}

std::string_view Cluster::label(const Object& object, std::string_view key) const
{
    const auto found = std::ranges::find(object.labels, id(key), &Label::first);
    return found == object.labels.end() ? std::string_view() : text(found->second);
}

std::string_view Cluster::annotation(const Object& object, std::string_view key) const
{
    const auto found = std::ranges::find(object.annotations, id(key), &Label::first);
    return found == object.annotations.end() ? std::string_view() : text(found->second);
}

namespace {

const snapshot::PartialKind* partialKind(
    const snapshot::Snapshot& snapshot, std::string_view group, std::string_view kind)
{
    const auto found = std::ranges::find_if(snapshot.partialKinds(),
        [&](const snapshot::PartialKind& one) { return one.group == group && one.kind == kind; });
    return found == snapshot.partialKinds().end() ? nullptr : &*found;
}

} // namespace

std::string Cluster::gap(std::string_view group, std::string_view kind, std::span<const std::string> namespaces) const
{
    const std::string name = printable(std::string(kind) + (group.empty() ? "" : '.' + std::string(group)));
    const snapshot::PartialKind* partial = partialKind(snapshot(), group, kind);
    if (partial) {
        const bool isInside = !namespaces.empty() && std::ranges::all_of(namespaces, [&](const std::string& ns) {
            return std::ranges::find(partial->namespaces, ns) != partial->namespaces.end();
        });
        if (isInside)
            return {};
    } else if (covers(group, kind)) {
        return {};
    }
    for (const snapshot::NotCollected& one : snapshot().notCollected()) {
        // Without a kind, the API of the whole group did not answer.
        if (one.group != group || (one.kind != kind && !(one.kind.empty() && one.plural.empty())))
            continue;
        return name + " was not collected" + (partial ? " everywhere: " : ": ") + printable(one.reason)
            + (one.missingPermission.empty() ? "" : ", needs the permission " + printable(one.missingPermission));
    }
    if (partial)
        return name + " was collected only in " + counted(partial->namespaces.size(), "namespace", "namespaces") + ": "
            + shortened(printable(join(partial->namespaces, ", ")), 200);
    return "the source does not list " + name;
}

bool Cluster::covers(std::string_view group, std::string_view kind) const
{
    if (partialKind(snapshot(), group, kind))
        return false;
    for (const ObjectId id : objectsOf(group, kind)) {
        if (!object(id).isMissing)
            return true;
    }
    const auto& listed = snapshot().listedKinds();
    return std::ranges::find(listed, snapshot::KindCoverage { std::string(group), std::string(kind) }) != listed.end();
}

std::span<const PodSpec> Cluster::podSpecs() const
{
    return m_private->parts.podSpecs;
}
std::span<const Workload> Cluster::workloads() const
{
    return m_private->workloads;
}
WorkloadId Cluster::workloadOf(ObjectId id) const
{
    return m_private->workloadOf[id.index];
}
PodSpecId Cluster::podSpecOf(ObjectId id) const
{
    if (const Pod* found = pod(id))
        return found->spec;
    const auto& templates = m_private->parts.templates;
    const auto index = [](const detail::Template& place) { return place.object.index; };
    const auto found = std::ranges::lower_bound(templates, id.index, {}, index);
    return found == templates.end() || found->object != id ? PodSpecId() : PodSpecId { found->spec };
}
std::string_view Cluster::podSpecPointer(ObjectId id) const
{
    return detail::pointerOf(m_private->specPlaces[id.index]);
}
std::span<const Pod> Cluster::pods() const
{
    return m_private->parts.pods;
}

const Pod* Cluster::pod(ObjectId id) const
{
    const std::uint32_t index = m_private->podIndex[id.index];
    return index == format::Document::none ? nullptr : &m_private->parts.pods[index];
}

const Controller* Cluster::controller(ObjectId id) const
{
    const auto& controllers = m_private->parts.controllers;
    const auto place = std::ranges::lower_bound(controllers, id, {}, &Controller::object);
    return place != controllers.end() && place->object == id ? &*place : nullptr;
}

std::span<const LimitRange> Cluster::limitRanges() const
{
    return m_private->parts.limitRanges;
}

std::span<const Role> Cluster::roles() const
{
    return m_private->parts.roles;
}
std::span<const RoleBinding> Cluster::roleBindings() const
{
    return m_private->parts.roleBindings;
}
std::span<const ServiceAccount> Cluster::serviceAccounts() const
{
    return m_private->parts.serviceAccounts;
}

const ServiceAccount* Cluster::serviceAccount(std::string_view ns, std::string_view name) const
{
    const auto textOf = [this](const ServiceAccount& account) {
        return std::pair(text(object(account.object).ns), text(object(account.object).name));
    };
    const auto place = std::ranges::lower_bound(serviceAccounts(), std::pair(ns, name), {}, textOf);
    return place != serviceAccounts().end() && textOf(*place) == std::pair(ns, name) ? &*place : nullptr;
}

std::span<const Namespace> Cluster::namespaces() const
{
    return m_private->parts.namespaces;
}

const Namespace* Cluster::findNamespace(std::string_view name) const
{
    const auto found = std::ranges::find(namespaces(), name, [this](const Namespace& ns) { return text(ns.name); });
    return found == namespaces().end() ? nullptr : &*found;
}

std::span<const NetworkPolicy> Cluster::networkPolicies() const
{
    return m_private->parts.networkPolicies;
}
std::span<const Service> Cluster::services() const
{
    return m_private->parts.services;
}
std::span<const Ingress> Cluster::ingresses() const
{
    return m_private->parts.ingresses;
}
std::span<const Secret> Cluster::secrets() const
{
    return m_private->parts.secrets;
}
std::span<const ConfigMap> Cluster::configMaps() const
{
    return m_private->parts.configMaps;
}
std::span<const Node> Cluster::nodes() const
{
    return m_private->parts.nodes;
}
std::span<const WebhookConfiguration> Cluster::webhookConfigurations() const
{
    return m_private->parts.webhookConfigurations;
}
const Version& Cluster::version() const
{
    return m_private->version;
}
std::string_view Cluster::versionSource() const
{
    return m_private->versionSource;
}

std::string Cluster::clusterName() const
{
    // "kubernetes" is kubeadm's default and names nothing.
    const std::string& name = m_private->parts.clusterName;
    if (!name.empty() && name != "kubernetes")
        return printable(name);
    // Of a capture the same, whether it is live or was saved.
    return printable(snapshot().origin().context.empty() ? snapshot().label() : snapshot().origin().context);
}

std::string_view Cluster::clusterUid() const
{
    const ObjectId id = find("Namespace", "", "kube-system");
    return id.isNone() ? std::string_view() : text(object(id).uid);
}

std::optional<UnixSeconds> Cluster::newestTime() const
{
    if (snapshot().origin().capturedTo)
        return snapshot().origin().capturedTo;
    return parseTime(m_private->parts.newestTime + 'Z');
}

std::span<const snapshot::Problem> Cluster::problems() const
{
    return m_private->problems;
}

} // namespace plimsoll::cluster
