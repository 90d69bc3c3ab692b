// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string_view>

#include "core/attack/Neighbourhood.h"

namespace plimsoll::attack {

namespace {

constexpr std::uint32_t noNode = 0xFFFFFFFFu;

// Cluster-scoped kinds that the overview tells as one node each. Images belong to no place: they are left out.
constexpr std::array clusterKinds { EntityKind::User, EntityKind::Group, EntityKind::Node, EntityKind::Binding,
    EntityKind::Role };

class Overview {
public:
    Overview(const EntityGraph& graph, const Question& question)
        : m_graph(graph)
        , m_question(question)
    {
    }

    Neighbourhood run()
    {
        m_view.isOverview = true;
        m_view.entities = static_cast<std::uint32_t>(m_graph.vertices().size());
        addNamespaces();
        addClusterGroups();
        addLinks();
        return std::move(m_view);
    }

private:
    bool isOn(EntityKind kind) const { return (m_question.kinds & kindBit(kind)) != 0; }

    std::vector<VertexId> shownNamespaces()
    {
        std::vector<VertexId> ids;
        for (const VertexId id : m_graph.ofKind(EntityKind::Namespace)) {
            if (std::ranges::find(m_question.hidden, id) == m_question.hidden.end())
                ids.push_back(id);
        }
        if (!isOn(EntityKind::Namespace))
            ids.clear();
        const auto rank = [this](VertexId id) {
            return std::pair(id.index < m_question.rank.size() ? m_question.rank[id.index] : std::uint8_t { 0 }, id);
        };
        const std::size_t most = m_question.budget - clusterKinds.size() - 1;
        if (ids.size() > most) {
            std::ranges::sort(ids, {}, rank);
            m_rest = static_cast<std::uint32_t>(ids.size() - most);
            ids.resize(most);
            std::ranges::sort(ids);
        }
        return ids;
    }

    void addNamespaces()
    {
        for (const VertexId id : shownNamespaces()) {
            Neighbourhood::Node node;
            node.vertex = id;
            for (const Arc& arc : m_graph.out(id))
                node.more += arc.relation == Relation::Contains ? 1 : 0;
            m_nodeOfNamespace.emplace(m_graph.vertex(id).name, static_cast<std::uint32_t>(m_view.nodes.size()));
            m_view.nodes.push_back(node);
            ++m_view.shown;
        }
    }

    void addGroup(EntityKind kind, std::uint32_t count)
    {
        Neighbourhood::Node node;
        node.group = { VertexId::none(), Direction::Forward, kind };
        node.count = count;
        m_view.grouped += count;
        m_nodeOfKind[kind] = static_cast<std::uint32_t>(m_view.nodes.size());
        m_view.nodes.push_back(node);
    }

    void addClusterGroups()
    {
        for (const EntityKind kind : clusterKinds) {
            const auto ids = m_graph.ofKind(kind);
            const auto count = static_cast<std::uint32_t>(
                std::ranges::count_if(ids, [this](VertexId id) { return m_graph.vertex(id).ns.empty(); }));
            if (count > 0 && isOn(kind))
                addGroup(kind, count);
        }
        if (m_rest > 0)
            addGroup(EntityKind::Namespace, m_rest);
    }

    std::uint32_t nodeOf(VertexId id) const
    {
        const Vertex& vertex = m_graph.vertex(id);
        if (!vertex.ns.empty()) {
            const auto found = m_nodeOfNamespace.find(vertex.ns);
            return found == m_nodeOfNamespace.end() ? noNode : found->second;
        }
        const auto found = m_nodeOfKind.find(vertex.kind);
        return found == m_nodeOfKind.end() ? noNode : found->second;
    }

    void addLinks()
    {
        std::map<std::pair<std::uint32_t, std::uint32_t>, Neighbourhood::Link> links;
        for (std::uint32_t at = 0; at < m_graph.vertices().size(); ++at) {
            const std::uint32_t from = nodeOf(VertexId { at });
            if (from == noNode || m_graph.vertex(VertexId { at }).kind == EntityKind::Namespace)
                continue;
            for (const Arc& arc : m_graph.out(VertexId { at })) {
                const std::uint32_t to = nodeOf(arc.to);
                // Every account is member of the same groups and every pod runs somewhere: links from each
                // namespace to the groups and nodes would say nothing.
                if (to == noNode || to == from || arc.relation == Relation::MemberOf || arc.relation == Relation::RunsOn
                    || arc.relation == Relation::Contains)
                    continue;
                Neighbourhood::Link& link
                    = links.try_emplace({ from, to }, Neighbourhood::Link { from, to, 0, 0 }).first->second;
                link.relations |= 1u << static_cast<unsigned>(arc.relation);
                ++link.count;
            }
        }
        for (const auto& [ends, link] : links)
            m_view.links.push_back(link);
    }

    const EntityGraph& m_graph;
    const Question& m_question;
    Neighbourhood m_view;
    std::uint32_t m_rest = 0; // namespaces beyond the budget
    std::map<std::string_view, std::uint32_t> m_nodeOfNamespace;
    std::map<EntityKind, std::uint32_t> m_nodeOfKind;
};

} // namespace

Neighbourhood overview(const EntityGraph& graph, const Question& question)
{
    return Overview(graph, question).run();
}

} // namespace plimsoll::attack
