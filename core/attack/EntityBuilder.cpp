// SPDX-License-Identifier: Apache-2.0
#include "core/attack/EntityBuilder.h"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <unordered_map>

#include "core/base/Hash.h"
#include "core/format/Document.h"

namespace plimsoll::attack {

namespace {

using cluster::ObjectId;

// One distinct set of pod labels and the workloads that have it: selectors run once for each.
struct LabelSet {
    std::vector<cluster::Label> labels;
    std::vector<std::uint32_t> workloads; // vertices
};

class Collector {
public:
    explicit Collector(const cluster::Cluster& cluster)
        : m_cluster(cluster)
    {
        m_graph.ofObject.assign(cluster.objects().size(), RawGraph::none);
    }

    RawGraph collect()
    {
        addObjects();
        for (const cluster::Workload& workload : m_cluster.workloads())
            relateWorkload(workload);
        relateNodes();
        relateServices();
        relatePolicies();
        relateIdentities();
        relateNamespaces();
        return std::move(m_graph);
    }

private:
    std::uint32_t addObject(EntityKind kind, ObjectId id)
    {
        std::uint32_t& at = m_graph.ofObject[id.index];
        if (at != RawGraph::none)
            return at;
        const cluster::Object& object = m_cluster.object(id);
        at = static_cast<std::uint32_t>(m_graph.vertices.size());
        m_graph.vertices.push_back({ kind, id, m_cluster.kindName(id), m_cluster.text(object.ns),
            m_cluster.text(object.name), object.isMissing });
        return at;
    }

    // The vertex of what is only named: the object if it is in the source, else one that says so.
    std::uint32_t named(EntityKind kind, std::string_view kindName, std::string_view ns, std::string_view name)
    {
        const bool isObject = kind != EntityKind::User && kind != EntityKind::Group && kind != EntityKind::Image;
        const auto [entry, isNew] = m_named.try_emplace({ kind, kindName, ns, name }, RawGraph::none);
        if (!isNew)
            return entry->second;
        const ObjectId object = isObject ? m_cluster.find(kindName, ns, name) : ObjectId::none();
        if (object && m_graph.ofObject[object.index] != RawGraph::none)
            return entry->second = m_graph.ofObject[object.index];
        entry->second = static_cast<std::uint32_t>(m_graph.vertices.size());
        m_graph.vertices.push_back({ kind, ObjectId::none(), kindName, ns, name, isObject });
        return entry->second;
    }

    void relate(std::uint32_t from, Relation relation, std::uint32_t to)
    {
        m_graph.arcs.push_back({ from, to, relation });
    }

    std::string_view text(StringId id) const { return m_cluster.text(id); }
    std::uint32_t at(ObjectId object) const { return m_graph.ofObject[object.index]; }
    std::string_view nsOf(ObjectId object) const { return text(m_cluster.object(object).ns); }

    template <class Rows> void addAll(EntityKind kind, const Rows& rows)
    {
        for (const auto& row : rows) {
            if (row.object)
                addObject(kind, row.object);
        }
    }

    void addObjects()
    {
        addAll(EntityKind::Workload, m_cluster.workloads());
        for (const cluster::Workload& workload : m_cluster.workloads()) {
            for (const ObjectId pod : workload.pods)
                addObject(EntityKind::Pod, pod);
        }
        addAll(EntityKind::Namespace, m_cluster.namespaces());
        addAll(EntityKind::ServiceAccount, m_cluster.serviceAccounts());
        addAll(EntityKind::Role, m_cluster.roles());
        addAll(EntityKind::Binding, m_cluster.roleBindings());
        addAll(EntityKind::Secret, m_cluster.secrets());
        addAll(EntityKind::ConfigMap, m_cluster.configMaps());
        addAll(EntityKind::Service, m_cluster.services());
        addAll(EntityKind::Ingress, m_cluster.ingresses());
        addAll(EntityKind::NetworkPolicy, m_cluster.networkPolicies());
        addAll(EntityKind::Node, m_cluster.nodes());
        for (const ObjectId claim : m_cluster.objectsOf("", "PersistentVolumeClaim"))
            addObject(EntityKind::VolumeClaim, claim);
    }

    void relateWorkload(const cluster::Workload& workload)
    {
        const std::uint32_t self = at(workload.object);
        const std::string_view ns = nsOf(workload.object);
        for (const cluster::PodSpecUse& use : workload.specs)
            relateSpec(self, ns, m_cluster.podSpec(use.spec));
        for (const ObjectId pod : workload.pods) {
            addLabels(ns, m_cluster.object(pod).labels, self);
            if (pod != workload.object)
                relate(self, Relation::Owns, at(pod));
        }
        if (workload.pods.empty())
            addLabels(ns, templateLabels(workload.object), self);
    }

    void relateSpec(std::uint32_t self, std::string_view ns, const cluster::PodSpec& spec)
    {
        const std::string_view account = spec.serviceAccountName ? text(spec.serviceAccountName) : "default";
        relate(self, Relation::RunsAs, named(EntityKind::ServiceAccount, "ServiceAccount", ns, account));
        for (const StringId secret : spec.imagePullSecrets)
            relateSecret(self, Relation::PullsWith, ns, secret);
        for (const cluster::Container& container : spec.containers) {
            if (container.image)
                relate(self, Relation::RunsImage, named(EntityKind::Image, "Image", "", text(container.image)));
            for (const cluster::EnvVar& variable : container.env) {
                relateSecret(self, Relation::ReadsSecret, ns, variable.secretName);
                relateConfigMap(self, Relation::ReadsConfigMap, ns, variable.configMapName);
            }
            for (const cluster::EnvFrom& source : container.envFrom) {
                relateSecret(self, Relation::ReadsSecret, ns, source.secretName);
                relateConfigMap(self, Relation::ReadsConfigMap, ns, source.configMapName);
            }
        }
        for (const cluster::Volume& volume : spec.volumes)
            relateVolume(self, ns, volume);
    }

    void relateVolume(std::uint32_t self, std::string_view ns, const cluster::Volume& volume)
    {
        if (volume.isKubeApiAccess()) // every pod has it: the token, and the ConfigMap with the cluster's CA
            return;
        relateSecret(self, Relation::MountsSecret, ns, volume.secretName);
        relateConfigMap(self, Relation::MountsConfigMap, ns, volume.configMapName);
        for (const cluster::ProjectedSource& source : volume.projected) {
            relateSecret(self, Relation::MountsSecret, ns, source.secretName);
            relateConfigMap(self, Relation::MountsConfigMap, ns, source.configMapName);
        }
        if (volume.claimName) {
            relate(self, Relation::MountsClaim,
                named(EntityKind::VolumeClaim, "PersistentVolumeClaim", ns, text(volume.claimName)));
        }
    }

    void relateSecret(std::uint32_t self, Relation relation, std::string_view ns, StringId name)
    {
        if (name)
            relate(self, relation, named(EntityKind::Secret, "Secret", ns, text(name)));
    }

    void relateConfigMap(std::uint32_t self, Relation relation, std::string_view ns, StringId name)
    {
        if (name)
            relate(self, relation, named(EntityKind::ConfigMap, "ConfigMap", ns, text(name)));
    }

    void relateNodes()
    {
        for (const cluster::Pod& pod : m_cluster.pods()) {
            const std::uint32_t self = at(pod.object);
            if (self == RawGraph::none || !pod.nodeName)
                continue;
            const std::uint32_t node = named(EntityKind::Node, "Node", "", text(pod.nodeName));
            relate(self, Relation::RunsOn, node);
            const cluster::WorkloadId workload = m_cluster.workloadOf(pod.object);
            if (workload)
                relate(at(m_cluster.workloads()[workload.index].object), Relation::RunsOn, node);
        }
    }

    // Labels of the pods that a workload without pods would make: in manifests there is nothing else to match.
    std::vector<cluster::Label> templateLabels(ObjectId object) const
    {
        std::string_view pointer = m_cluster.podSpecPointer(object);
        if (!pointer.ends_with("/spec") || m_cluster.object(object).isMissing)
            return {};
        pointer.remove_suffix(5);
        if (pointer.empty())
            return m_cluster.object(object).labels; // a bare pod
        format::Document document;
        if (!m_cluster.snapshot().readRaw(m_cluster.object(object).raw, document))
            return {};
        std::vector<cluster::Label> labels;
        for (const format::Value label : document.root().at(std::string(pointer) + "/metadata/labels")) {
            // A text that no other object has cannot be asked for by a selector.
            const cluster::Label pair { m_cluster.id(label.key()), m_cluster.id(label.text()) };
            if (pair.first)
                labels.push_back(pair);
        }
        std::ranges::sort(labels, {}, [this](const cluster::Label& label) { return text(label.first); });
        return labels;
    }

    void addLabels(std::string_view ns, const std::vector<cluster::Label>& labels, std::uint32_t workload)
    {
        // Pods differ in labels that name one pod or one roll-out; only what is equal apart from those is shared.
        std::uint64_t hash = hashBytes(ns);
        for (const cluster::Label& label : labels)
            hash = mixHash(hash, (std::uint64_t { label.first.index } << 32) | label.second.index);
        std::vector<std::uint32_t>& sameHash = m_labelSetsByHash[hash];
        std::vector<LabelSet>& sets = m_labelSets[ns];
        for (const std::uint32_t index : sameHash) {
            if (index < sets.size() && sets[index].labels == labels) {
                if (sets[index].workloads.back() != workload)
                    sets[index].workloads.push_back(workload);
                return;
            }
        }
        sameHash.push_back(static_cast<std::uint32_t>(sets.size()));
        sets.push_back({ labels, { workload } });
    }

    template <class Matches>
    void relateSelected(std::uint32_t from, Relation relation, std::string_view ns, const Matches& matches)
    {
        const auto sets = m_labelSets.find(ns);
        if (sets == m_labelSets.end())
            return;
        for (const LabelSet& set : sets->second) {
            if (!matches(set.labels))
                continue;
            for (const std::uint32_t workload : set.workloads)
                relate(from, relation, workload);
        }
    }

    void relateServices()
    {
        for (const cluster::Service& service : m_cluster.services()) {
            if (service.selector.empty()) // selects nothing: its endpoints are made by hand
                continue;
            const auto matches = [&](const std::vector<cluster::Label>& labels) {
                return std::ranges::all_of(service.selector,
                    [&](const auto& wanted) { return std::ranges::find(labels, wanted) != labels.end(); });
            };
            relateSelected(at(service.object), Relation::Selects, nsOf(service.object), matches);
        }
        for (const cluster::Ingress& ingress : m_cluster.ingresses()) {
            const std::uint32_t self = at(ingress.object);
            const std::string_view ns = nsOf(ingress.object);
            for (const cluster::IngressBackend& backend : ingress.backends) {
                if (backend.service)
                    relate(self, Relation::RoutesTo, named(EntityKind::Service, "Service", ns, text(backend.service)));
            }
            for (const cluster::Ingress::Tls& tls : ingress.tls)
                relateSecret(self, Relation::ServesTls, ns, tls.secretName);
        }
    }

    void relatePolicies()
    {
        for (const cluster::NetworkPolicy& policy : m_cluster.networkPolicies()) {
            relateSelected(at(policy.object), Relation::AppliesTo, nsOf(policy.object),
                [&](const std::vector<cluster::Label>& labels) { return policy.podSelector.matches(labels); });
        }
    }

    std::uint32_t subjectVertex(const cluster::Subject& subject)
    {
        const std::string_view kind = text(subject.kind);
        if (kind == "ServiceAccount")
            return named(EntityKind::ServiceAccount, "ServiceAccount", text(subject.ns), text(subject.name));
        return kind == "Group" ? named(EntityKind::Group, "Group", "", text(subject.name))
                               : named(EntityKind::User, "User", "", text(subject.name));
    }

    void relateIdentities()
    {
        for (const cluster::RoleBinding& binding : m_cluster.roleBindings()) {
            const std::uint32_t self = at(binding.object);
            for (const cluster::Subject& subject : binding.subjects)
                relate(subjectVertex(subject), Relation::BoundBy, self);
            const bool isClusterRole = text(binding.roleKind) == "ClusterRole";
            const std::uint32_t role = binding.role != cluster::RoleBinding::noRole
                ? at(m_cluster.roles()[binding.role].object)
                : named(EntityKind::Role, isClusterRole ? "ClusterRole" : "Role",
                    isClusterRole ? "" : nsOf(binding.object), text(binding.roleName));
            relate(self, Relation::Grants, role);
        }
        for (const cluster::ServiceAccount& account : m_cluster.serviceAccounts()) {
            const std::string_view ns = nsOf(account.object);
            for (const StringId secret : account.secrets)
                relateSecret(at(account.object), Relation::ListsSecret, ns, secret);
            for (const StringId secret : account.imagePullSecrets)
                relateSecret(at(account.object), Relation::PullsWith, ns, secret);
        }
        relateMembers();
    }

    // Groups that authentication implies, where a binding names them: without these a grant to
    // system:serviceaccounts would seem to concern nobody.
    void relateMembers()
    {
        const auto groupAt = [this](std::string_view name) {
            const auto found = m_named.find({ EntityKind::Group, "Group", "", name });
            return found == m_named.end() ? RawGraph::none : found->second;
        };
        const std::uint32_t authenticated = groupAt("system:authenticated");
        const std::uint32_t accounts = groupAt("system:serviceaccounts");
        const std::size_t count = m_graph.vertices.size();
        for (std::uint32_t self = 0; self < count; ++self) {
            const Vertex vertex = m_graph.vertices[self];
            const bool isAccount = vertex.kind == EntityKind::ServiceAccount;
            if (!isAccount && (vertex.kind != EntityKind::User || vertex.name == "system:anonymous"))
                continue;
            if (authenticated != RawGraph::none)
                relate(self, Relation::MemberOf, authenticated);
            if (!isAccount)
                continue;
            if (accounts != RawGraph::none)
                relate(self, Relation::MemberOf, accounts);
            const std::uint32_t own = groupAt("system:serviceaccounts:" + std::string(vertex.ns));
            if (own != RawGraph::none)
                relate(self, Relation::MemberOf, own);
        }
    }

    void relateNamespaces()
    {
        const std::size_t count = m_graph.vertices.size();
        for (std::uint32_t self = 0; self < count; ++self) {
            const Vertex vertex = m_graph.vertices[self];
            if (!vertex.ns.empty() && vertex.kind != EntityKind::Pod)
                relate(named(EntityKind::Namespace, "Namespace", "", vertex.ns), Relation::Contains, self);
        }
    }

    const cluster::Cluster& m_cluster;
    RawGraph m_graph;
    std::map<std::tuple<EntityKind, std::string_view, std::string_view, std::string_view>, std::uint32_t> m_named;
    std::map<std::string_view, std::vector<LabelSet>> m_labelSets; // by namespace
    std::unordered_map<std::uint64_t, std::vector<std::uint32_t>> m_labelSetsByHash;
};

} // namespace

RawGraph collectEntities(const cluster::Cluster& cluster)
{
    return Collector(cluster).collect();
}

} // namespace plimsoll::attack
