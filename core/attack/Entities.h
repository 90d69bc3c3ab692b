// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/Id.h"
#include "core/cluster/Cluster.h"

namespace plimsoll::attack {

using VertexId = Id<struct VertexTag>; // into EntityGraph::vertices()

// In the order in which they are told from left to right.
enum class EntityKind : std::uint8_t {
    Ingress,
    Service,
    NetworkPolicy,
    Workload, // top workloads; their pods are entities of their own
    Pod, // pods of a workload; a bare pod is a Workload
    ServiceAccount,
    User,
    Group,
    Secret,
    ConfigMap,
    VolumeClaim,
    Image,
    Node,
    Binding, // RoleBinding and ClusterRoleBinding
    Role, // Role and ClusterRole
    Namespace,
};
constexpr std::size_t entityKindCount = 16;
std::string_view toText(EntityKind kind); // "ServiceAccount", "Volume claim"
std::string_view toPlural(EntityKind kind); // "ServiceAccounts", "Volume claims"

// What an object says about another. Read as a sentence: "Deployment shop/web runs as ServiceAccount shop/web".
enum class Relation : std::uint8_t {
    RoutesTo, // Ingress -> Service: backend
    ServesTls, // Ingress -> Secret: tls
    Selects, // Service -> Workload: its selector matches pods or template
    AppliesTo, // NetworkPolicy -> Workload: its podSelector does
    Owns, // Workload -> Pod
    RunsAs, // Workload -> ServiceAccount
    MountsSecret, // Workload -> Secret: volume
    ReadsSecret, // Workload -> Secret: env, envFrom
    PullsWith, // Workload, ServiceAccount -> Secret: imagePullSecrets
    ListsSecret, // ServiceAccount -> Secret: secrets
    MountsConfigMap, // Workload -> ConfigMap: volume
    ReadsConfigMap, // Workload -> ConfigMap: env, envFrom
    MountsClaim, // Workload -> VolumeClaim
    RunsImage, // Workload -> Image
    RunsOn, // Workload, Pod -> Node
    MemberOf, // ServiceAccount, User -> Group: those that authentication implies and a binding names
    BoundBy, // ServiceAccount, User, Group -> Binding
    Grants, // Binding -> Role
    Contains, // Namespace -> what lies in it, but for pods
};
constexpr std::size_t relationCount = 19;
std::string_view toText(Relation relation); // "runs as", "mounts Secret"

struct Vertex {
    EntityKind kind = EntityKind::Workload;
    cluster::ObjectId object; // none for users, groups, images and what is only named
    std::string_view kindName; // "Deployment", "ClusterRole", "User"
    std::string_view ns; // "" for cluster-scoped ones
    std::string_view name;
    bool isMissing = false; // named by an object, but not in the source
};

struct Arc {
    VertexId to; // the other end: of an arc in in() the one it comes from
    Relation relation = Relation::Contains;
    bool operator==(const Arc&) const = default;
};

// Every entity of a cluster and what the objects state about each other.
// Shape:   vertices in order of kind, namespace, name, kind name; arcs of a vertex in order of their other end, then
//          relation; each (from, relation, to) once.
// Owns:    the cluster (shared); the views in Vertex live as long. Threads: immutable.
// Cost:    linear in pods, specs and references; selectors run on the distinct labels of their namespace.
class EntityGraph {
public:
    explicit EntityGraph(std::shared_ptr<const cluster::Cluster> cluster);

    const cluster::Cluster& cluster() const { return *m_cluster; }
    std::span<const Vertex> vertices() const { return m_vertices; }
    const Vertex& vertex(VertexId id) const { return m_vertices[id.index]; }
    std::span<const Arc> out(VertexId id) const { return arcsOf(m_outStart, m_out, id); }
    std::span<const Arc> in(VertexId id) const { return arcsOf(m_inStart, m_in, id); }
    std::size_t arcCount() const { return m_out.size(); }

    // The vertex of an object: of a ReplicaSet its workload's; none for kinds that are no entities.
    VertexId find(cluster::ObjectId object) const;
    // By the one form of references: "deployment/shop/web", "user/alice", "image/nginx:1.27".
    VertexId find(std::string_view ref) const;
    std::string refOf(VertexId id) const;
    std::string titleOf(VertexId id) const; // "Deployment shop/web", "User alice"
    std::span<const VertexId> ofKind(EntityKind kind) const { return m_ofKind[static_cast<std::size_t>(kind)]; }

    // Entities whose name, namespace/name or reference contains the text (upper and lower case alike): names that
    // equal it first, then those that begin with it, then the rest, each in the graph's order.
    std::vector<VertexId> search(std::string_view text, std::size_t most) const;

private:
    static std::span<const Arc> arcsOf(
        const std::vector<std::uint32_t>& start, const std::vector<Arc>& arcs, VertexId id)
    {
        return std::span(arcs).subspan(start[id.index], start[id.index + 1] - start[id.index]);
    }

    std::shared_ptr<const cluster::Cluster> m_cluster;
    std::vector<Vertex> m_vertices;
    std::vector<std::uint32_t> m_outStart, m_inStart;
    std::vector<Arc> m_out, m_in;
    std::vector<VertexId> m_ofObject; // by ObjectId
    std::vector<VertexId> m_ofKind[entityKindCount];
};

} // namespace plimsoll::attack
