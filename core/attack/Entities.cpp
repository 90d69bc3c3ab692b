// SPDX-License-Identifier: Apache-2.0
#include "core/attack/Entities.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <tuple>

#include "core/attack/EntityBuilder.h"
#include "core/base/Text.h"

namespace plimsoll::attack {

namespace {

constexpr std::array<std::string_view, entityKindCount> kindTexts { "Ingress", "Service", "NetworkPolicy", "Workload",
    "Pod", "ServiceAccount", "User", "Group", "Secret", "ConfigMap", "Volume claim", "Image", "Node", "Binding", "Role",
    "Namespace" };
constexpr std::array<std::string_view, entityKindCount> kindPlurals { "Ingresses", "Services", "NetworkPolicies",
    "Workloads", "Pods", "ServiceAccounts", "Users", "Groups", "Secrets", "ConfigMaps", "Volume claims", "Images",
    "Nodes", "Bindings", "Roles", "Namespaces" };
constexpr std::array<std::string_view, relationCount> relationTexts { "routes to", "serves TLS with", "selects",
    "applies to", "owns", "runs as", "mounts Secret", "reads Secret in env", "pulls images with", "lists Secret",
    "mounts ConfigMap", "reads ConfigMap in env", "mounts claim", "runs image", "runs on", "is member of",
    "is bound by", "grants", "contains" };

// CSR of arcs sorted by their first end.
std::vector<std::uint32_t> startsOf(std::span<const RawArc> arcs, std::size_t vertexCount)
{
    std::vector<std::uint32_t> start(vertexCount + 1, 0);
    for (const RawArc& arc : arcs)
        ++start[arc.from + 1];
    std::partial_sum(start.begin(), start.end(), start.begin());
    return start;
}

std::vector<Arc> targetsOf(std::span<const RawArc> arcs)
{
    std::vector<Arc> targets;
    targets.reserve(arcs.size());
    for (const RawArc& arc : arcs)
        targets.push_back({ VertexId { arc.to }, arc.relation });
    return targets;
}

// The order of the graph: everything by text, so that ids are the same on every run.
std::vector<std::uint32_t> orderOf(std::span<const Vertex> vertices)
{
    std::vector<std::uint32_t> order(vertices.size());
    std::iota(order.begin(), order.end(), 0u);
    const auto key = [&](std::uint32_t at) {
        const Vertex& vertex = vertices[at];
        return std::tuple(vertex.kind, vertex.ns, vertex.name, vertex.kindName, vertex.object.index);
    };
    std::ranges::sort(order, {}, key);
    return order;
}

int matchQuality(std::string_view name, std::string_view path, std::string_view ref, std::string_view needle)
{
    if (name == needle || path == needle || ref == needle)
        return 0;
    if (name.starts_with(needle))
        return 1;
    return ref.find(needle) != ref.npos ? 2 : 3;
}

} // namespace

std::string_view toText(EntityKind kind)
{
    return kindTexts[static_cast<std::size_t>(kind)];
}

std::string_view toPlural(EntityKind kind)
{
    return kindPlurals[static_cast<std::size_t>(kind)];
}

std::string_view toText(Relation relation)
{
    return relationTexts[static_cast<std::size_t>(relation)];
}

EntityGraph::EntityGraph(std::shared_ptr<const cluster::Cluster> cluster)
    : m_cluster(std::move(cluster))
{
    RawGraph raw = collectEntities(*m_cluster);
    const std::vector<std::uint32_t> order = orderOf(raw.vertices);
    std::vector<std::uint32_t> newId(order.size());
    m_vertices.reserve(order.size());
    for (std::uint32_t at = 0; at < order.size(); ++at) {
        newId[order[at]] = at;
        m_vertices.push_back(raw.vertices[order[at]]);
        m_ofKind[static_cast<std::size_t>(m_vertices.back().kind)].push_back(VertexId { at });
    }
    m_ofObject.assign(m_cluster->objects().size(), VertexId::none());
    for (std::size_t object = 0; object < raw.ofObject.size(); ++object) {
        if (raw.ofObject[object] != RawGraph::none)
            m_ofObject[object] = VertexId { newId[raw.ofObject[object]] };
    }
    for (RawArc& arc : raw.arcs)
        arc = { newId[arc.from], newId[arc.to], arc.relation };
    std::ranges::sort(raw.arcs);
    const auto repeated = std::ranges::unique(raw.arcs);
    raw.arcs.erase(repeated.begin(), repeated.end());
    m_outStart = startsOf(raw.arcs, m_vertices.size());
    m_out = targetsOf(raw.arcs);
    for (RawArc& arc : raw.arcs)
        std::swap(arc.from, arc.to);
    std::ranges::sort(raw.arcs);
    m_inStart = startsOf(raw.arcs, m_vertices.size());
    m_in = targetsOf(raw.arcs);
}

VertexId EntityGraph::find(cluster::ObjectId object) const
{
    if (object.isNone() || object.index >= m_ofObject.size())
        return VertexId::none();
    if (const VertexId own = m_ofObject[object.index])
        return own;
    const cluster::WorkloadId workload = m_cluster->workloadOf(object);
    return workload.isNone() ? VertexId::none() : m_ofObject[m_cluster->workloads()[workload.index].object.index];
}

VertexId EntityGraph::find(std::string_view ref) const
{
    for (std::uint32_t at = 0; at < m_vertices.size(); ++at) {
        const Vertex& vertex = m_vertices[at];
        if (ref.ends_with(vertex.name) && refOf(VertexId { at }) == ref)
            return VertexId { at };
    }
    return VertexId::none();
}

std::string EntityGraph::refOf(VertexId id) const
{
    const Vertex& entity = vertex(id);
    std::string ref = toLowerAscii(entity.kindName);
    if (!entity.ns.empty())
        ref.append("/").append(entity.ns);
    return ref.append("/").append(entity.name);
}

std::string EntityGraph::titleOf(VertexId id) const
{
    const Vertex& entity = vertex(id);
    std::string title(entity.kindName);
    title += ' ';
    if (!entity.ns.empty())
        title.append(entity.ns).append("/");
    return title.append(entity.name);
}

std::vector<VertexId> EntityGraph::search(std::string_view text, std::size_t most) const
{
    const std::string needle = toLowerAscii(trimmed(text));
    std::array<std::vector<VertexId>, 3> found;
    if (needle.empty())
        return {};
    for (std::uint32_t at = 0; at < m_vertices.size() && found[0].size() < most; ++at) {
        const std::string name = toLowerAscii(m_vertices[at].name);
        const std::string ref = toLowerAscii(refOf(VertexId { at }));
        const std::string_view path = std::string_view(ref).substr(ref.find('/') + 1);
        const int quality = matchQuality(name, path, ref, needle);
        if (quality < 3 && found[static_cast<std::size_t>(quality)].size() < most)
            found[static_cast<std::size_t>(quality)].push_back(VertexId { at });
    }
    std::vector<VertexId> all;
    for (const std::vector<VertexId>& some : found)
        all.insert(all.end(), some.begin(), some.end());
    all.resize(std::min(all.size(), most));
    return all;
}

} // namespace plimsoll::attack
