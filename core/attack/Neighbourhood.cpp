// SPDX-License-Identifier: Apache-2.0
#include "core/attack/Neighbourhood.h"

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <set>
#include <tuple>

namespace plimsoll::attack {

namespace {

constexpr std::uint8_t forwardBit = 1;
constexpr std::uint8_t backwardBit = 2;
constexpr std::uint32_t unseen = 0xFFFFFFFFu;

// Neighbours of one kind shown one by one; what is near the focus may take more room.
constexpr std::array<std::uint32_t, 3> groupLimits { 16, 6, 3 };
constexpr std::uint32_t expandedLimit = 40;
constexpr std::uint32_t nodeLimit = 4; // where a workload runs is seldom what one looks for
// So many neighbours on the side one would go on make a vertex a hub that is not walked through.
constexpr std::size_t hubDegree = 24;
// So many links, and more than this part of the drawn nodes, make a node's links be drawn on demand only.
constexpr std::uint32_t viewHubLinks = 12;
constexpr std::uint32_t viewHubShare = 5; // percent

bool isFollowed(const Arc& arc)
{
    return arc.relation != Relation::Contains;
}

// What everything in a namespace has in common says nothing about how it hangs together.
bool isCommon(const Arc& arc)
{
    return arc.relation == Relation::RunsOn || arc.relation == Relation::MemberOf;
}

class Walk {
public:
    Walk(const EntityGraph& graph, const Question& question)
        : m_graph(graph)
        , m_question(question)
        , m_nodeOf(graph.vertices().size(), unseen)
        , m_directions(graph.vertices().size(), 0)
        , m_hidden(question.hidden.begin(), question.hidden.end())
        , m_expanded(question.expanded.begin(), question.expanded.end())
        , m_opened(question.opened.begin(), question.opened.end())
    {
    }

    Neighbourhood run()
    {
        seed();
        while (!m_queue.empty()) {
            const Step step = m_queue.front();
            m_queue.pop_front();
            visit(step, Direction::Forward);
            visit(step, Direction::Backward);
        }
        makeGroups();
        sortNodes();
        makeLinks();
        count();
        return std::move(m_view);
    }

private:
    struct Step {
        VertexId vertex;
        std::uint8_t directions = 0;
    };

    bool isShownKind(VertexId id) const
    {
        return (m_question.kinds & kindBit(m_graph.vertex(id).kind)) != 0 && !m_hidden.contains(id);
    }

    std::uint8_t rankOf(VertexId id) const { return id.index < m_question.rank.size() ? m_question.rank[id.index] : 0; }

    void byRank(std::vector<VertexId>& ids) const
    {
        std::ranges::sort(ids, {}, [this](VertexId id) { return std::pair(rankOf(id), id); });
    }

    // Vertices take at most seven eighths: groups need room as well, and what has none is counted on its node.
    bool hasRoom() const { return m_view.nodes.size() < m_question.budget - m_question.budget / 8; }

    void draw(VertexId id, std::uint32_t distance, bool isFocus)
    {
        m_nodeOf[id.index] = static_cast<std::uint32_t>(m_view.nodes.size());
        Neighbourhood::Node node;
        node.vertex = id;
        node.distance = distance;
        node.isFocus = isFocus;
        m_view.nodes.push_back(node);
    }

    void enqueue(VertexId id, std::uint8_t directions)
    {
        const auto fresh = static_cast<std::uint8_t>(directions & ~m_directions[id.index]);
        if (fresh == 0)
            return;
        m_directions[id.index] |= fresh;
        m_queue.push_back({ id, fresh });
    }

    void seed()
    {
        for (const VertexId id : m_question.focus) {
            if (m_graph.vertex(id).kind == EntityKind::Namespace) {
                seedNamespace(id);
            } else if (m_nodeOf[id.index] == unseen && hasRoom()) {
                draw(id, 0, true);
                enqueue(id, forwardBit | backwardBit);
            }
        }
        for (const VertexId id : m_question.expanded) {
            if (m_nodeOf[id.index] != unseen)
                enqueue(id, forwardBit | backwardBit);
        }
    }

    // What lies in a namespace, the worst of each kind first, each kind its share of the room.
    void seedNamespace(VertexId ns)
    {
        m_isOfNamespace = true;
        std::map<EntityKind, std::vector<VertexId>> members;
        for (const Arc& arc : m_graph.out(ns)) {
            if (arc.relation == Relation::Contains && isShownKind(arc.to))
                members[m_graph.vertex(arc.to).kind].push_back(arc.to);
        }
        for (auto& [kind, ids] : members) {
            byRank(ids);
            const GroupKey key { ns, Direction::Forward, kind };
            const std::size_t most = m_opened.contains(key) ? ids.size() : groupLimits[0];
            for (std::size_t at = 0; at < std::min(most, ids.size()) && hasRoom(); ++at) {
                const VertexId id = ids[at];
                if (m_nodeOf[id.index] == unseen) {
                    draw(id, 0, false);
                    // What comes from outside is shown where it is a subject of a binding in here.
                    const bool isBinding = kind == EntityKind::Binding;
                    enqueue(id, isBinding ? forwardBit | backwardBit : forwardBit);
                }
            }
            m_visited.insert(key);
        }
    }

    std::vector<Arc> arcs(VertexId id, Direction direction) const
    {
        const std::span<const Arc> all = direction == Direction::Forward ? m_graph.out(id) : m_graph.in(id);
        std::vector<Arc> followed;
        std::ranges::copy_if(all, std::back_inserter(followed), isFollowed);
        return followed;
    }

    std::size_t limitOf(const Neighbourhood::Node& node, const GroupKey& key) const
    {
        if (m_opened.contains(key))
            return m_graph.vertices().size();
        if (m_expanded.contains(key.of))
            return expandedLimit;
        if (key.kind == EntityKind::Pod)
            return 0;
        const std::uint32_t far = node.distance + (m_isOfNamespace && !node.isFocus ? 1 : 0);
        const std::uint32_t limit = groupLimits[std::min<std::size_t>(far, groupLimits.size() - 1)];
        return key.kind == EntityKind::Node ? std::min(limit, nodeLimit) : limit;
    }

    void visit(const Step& step, Direction direction)
    {
        const std::uint8_t bit = direction == Direction::Forward ? forwardBit : backwardBit;
        if ((step.directions & bit) == 0)
            return;
        const Neighbourhood::Node node = m_view.nodes[m_nodeOf[step.vertex.index]];
        const bool isAsked = node.isFocus || m_expanded.contains(step.vertex);
        if (!isAsked && node.distance >= m_question.depth)
            return;
        const std::vector<Arc> all = arcs(step.vertex, direction);
        if (!isAsked && node.distance > 0 && all.size() > hubDegree && !isOpened(step.vertex, direction))
            return;
        std::map<EntityKind, std::vector<VertexId>> byKind;
        for (const Arc& arc : all) {
            if (m_isOfNamespace && !isAsked && isCommon(arc))
                continue;
            std::vector<VertexId>& ids = byKind[m_graph.vertex(arc.to).kind];
            if (isShownKind(arc.to) && (ids.empty() || ids.back() != arc.to))
                ids.push_back(arc.to);
        }
        for (auto& [kind, ids] : byKind)
            drawGroup(node, { step.vertex, direction, kind }, ids);
    }

    bool isOpened(VertexId id, Direction direction) const
    {
        const auto first = m_opened.lower_bound({ id, direction, EntityKind::Ingress });
        return first != m_opened.end() && first->of == id && first->direction == direction;
    }

    void drawGroup(const Neighbourhood::Node& node, const GroupKey& key, std::vector<VertexId>& ids)
    {
        byRank(ids);
        m_visited.insert(key);
        std::size_t left = limitOf(node, key);
        const std::uint8_t onward = key.direction == Direction::Forward ? forwardBit : backwardBit;
        for (const VertexId id : ids) {
            if (m_nodeOf[id.index] == unseen) {
                if (left == 0 || !hasRoom())
                    continue;
                --left;
                draw(id, node.distance + 1, false);
            }
            enqueue(id, m_expanded.contains(id) ? forwardBit | backwardBit : onward);
        }
    }

    // Counted when everything is drawn: what one way folded away another may have shown.
    void makeGroups()
    {
        std::set<VertexId> inGroups;
        for (const GroupKey& key : m_visited) {
            const bool isNamespace = m_graph.vertex(key.of).kind == EntityKind::Namespace;
            const std::span<const Arc> all
                = key.direction == Direction::Forward ? m_graph.out(key.of) : m_graph.in(key.of);
            std::set<VertexId> folded;
            for (const Arc& arc : all) {
                if (isFollowed(arc) != isNamespace && m_graph.vertex(arc.to).kind == key.kind && isShownKind(arc.to)
                    && m_nodeOf[arc.to.index] == unseen)
                    folded.insert(arc.to);
            }
            if (folded.empty() || m_view.nodes.size() >= m_question.budget)
                continue;
            Neighbourhood::Node node;
            node.group = key;
            node.count = static_cast<std::uint32_t>(folded.size());
            node.distance = isNamespace ? 1 : m_view.nodes[m_nodeOf[key.of.index]].distance + 1;
            m_view.nodes.push_back(node);
            inGroups.insert(folded.begin(), folded.end());
            m_grouped.insert(key);
        }
        m_view.grouped = static_cast<std::uint32_t>(inGroups.size());
    }

    void sortNodes()
    {
        std::ranges::sort(m_view.nodes, {},
            [](const Neighbourhood::Node& node) { return std::tuple(node.isGroup(), node.vertex, node.group); });
        for (std::uint32_t at = 0; at < m_view.nodes.size(); ++at) {
            if (!m_view.nodes[at].isGroup())
                m_nodeOf[m_view.nodes[at].vertex.index] = at;
        }
    }

    // A workload runs on the nodes of its pods: where those are drawn, they say so themselves.
    bool isSaidByPods(VertexId from, const Arc& arc) const
    {
        if (arc.relation != Relation::RunsOn || m_graph.vertex(from).kind != EntityKind::Workload)
            return false;
        return std::ranges::any_of(m_graph.out(from), [&](const Arc& owned) {
            return owned.relation == Relation::Owns && m_nodeOf[owned.to.index] != unseen
                && std::ranges::find(m_graph.out(owned.to), arc) != m_graph.out(owned.to).end();
        });
    }

    void makeLinks()
    {
        std::map<std::pair<std::uint32_t, std::uint32_t>, Neighbourhood::Link> links;
        const auto add = [&](std::uint32_t from, std::uint32_t to, Relation relation, std::uint32_t count) {
            Neighbourhood::Link& link
                = links.try_emplace({ from, to }, Neighbourhood::Link { from, to, 0, 0 }).first->second;
            link.relations |= 1u << static_cast<unsigned>(relation);
            link.count += count;
        };
        for (std::uint32_t at = 0; at < m_view.nodes.size(); ++at) {
            const Neighbourhood::Node& node = m_view.nodes[at];
            if (node.isGroup()) {
                linkGroup(at, add);
                continue;
            }
            for (const Arc& arc : m_graph.out(node.vertex)) {
                const std::uint32_t to = m_nodeOf[arc.to.index];
                if (isFollowed(arc) && to != unseen && !isSaidByPods(node.vertex, arc))
                    add(at, to, arc.relation, 1);
            }
        }
        m_view.links.reserve(links.size());
        for (const auto& [ends, link] : links)
            m_view.links.push_back(link);
    }

    template <class Add> void linkGroup(std::uint32_t at, const Add& add)
    {
        const GroupKey& key = m_view.nodes[at].group;
        const std::uint32_t parent = m_nodeOf[key.of.index];
        if (parent == unseen)
            return; // the rest of a namespace
        const bool isForward = key.direction == Direction::Forward;
        for (const Arc& arc : isForward ? m_graph.out(key.of) : m_graph.in(key.of)) {
            if (!isFollowed(arc) || m_graph.vertex(arc.to).kind != key.kind || !isShownKind(arc.to)
                || m_nodeOf[arc.to.index] != unseen)
                continue;
            add(isForward ? parent : at, isForward ? at : parent, arc.relation, 1);
        }
    }

    void count()
    {
        std::vector<std::uint32_t> degree(m_view.nodes.size(), 0);
        for (const Neighbourhood::Link& link : m_view.links) {
            ++degree[link.from];
            ++degree[link.to];
        }
        std::set<VertexId> filtered;
        for (std::size_t at = 0; at < m_view.nodes.size(); ++at) {
            Neighbourhood::Node& node = m_view.nodes[at];
            if (node.isGroup())
                continue;
            ++m_view.shown;
            node.isHub
                = !node.isFocus && degree[at] > viewHubLinks && degree[at] * 100 > m_view.nodes.size() * viewHubShare;
            node.more = hiddenNeighbours(node.vertex, Direction::Forward, filtered)
                + hiddenNeighbours(node.vertex, Direction::Backward, filtered);
        }
        m_view.filtered = static_cast<std::uint32_t>(filtered.size());
        m_view.entities = static_cast<std::uint32_t>(m_graph.vertices().size());
    }

    std::uint32_t hiddenNeighbours(VertexId id, Direction direction, std::set<VertexId>& filtered) const
    {
        std::uint32_t hiddenCount = 0;
        VertexId last;
        for (const Arc& arc : direction == Direction::Forward ? m_graph.out(id) : m_graph.in(id)) {
            if (!isFollowed(arc) || m_nodeOf[arc.to.index] != unseen || arc.to == last)
                continue;
            last = arc.to;
            if (!isShownKind(arc.to))
                filtered.insert(arc.to);
            else if (!m_grouped.contains({ id, direction, m_graph.vertex(arc.to).kind }))
                ++hiddenCount;
        }
        return hiddenCount;
    }

    const EntityGraph& m_graph;
    const Question& m_question;
    std::vector<std::uint32_t> m_nodeOf;
    std::vector<std::uint8_t> m_directions; // walked or about to be, by vertex
    std::set<VertexId> m_hidden, m_expanded;
    std::set<GroupKey> m_opened, m_visited, m_grouped;
    std::deque<Step> m_queue;
    bool m_isOfNamespace = false;
    Neighbourhood m_view;
};

} // namespace

Neighbourhood neighbourhood(const EntityGraph& graph, const Question& question)
{
    return Walk(graph, question).run();
}

} // namespace plimsoll::attack
