// SPDX-License-Identifier: Apache-2.0
#include "ui/model/PathsDraw.h"

#include <algorithm>
#include <tuple>

#include <QCoreApplication>
#include <QStringList>

#include "ui/model/Text.h"

namespace plimsoll::ui::model {

using attack::AttackGraph;
using attack::PlaceId;
using attack::PlaceKind;

namespace {

constexpr std::size_t foldWays = 3; // so many alike become one
constexpr std::size_t foldTree = 6;
constexpr std::size_t mostTreeNodes = 70; // of trees, which say little about single places
constexpr std::size_t mostBridges = 400; // new edges around one hidden node

QString word(const char* words)
{
    return QCoreApplication::translate("Paths", words);
}

bool contains(const std::vector<PlaceId>& all, PlaceId one)
{
    return std::ranges::find(all, one) != all.end();
}

QString kindsText(PlaceKind kind, std::size_t count)
{
    return text(count == 1 ? attack::toText(kind) : attack::toPlural(kind));
}

// Where the places of a folded node lie: "shop", or in how many namespaces.
QString whereText(const AttackGraph& graph, const std::vector<PlaceId>& places)
{
    std::set<std::string_view> namespaces;
    for (const PlaceId place : places) {
        if (!graph.place(place).ns.empty())
            namespaces.insert(graph.place(place).ns);
    }
    if (namespaces.empty())
        return {};
    return namespaces.size() == 1 ? lineText(*namespaces.begin()) : word("%1 namespaces").arg(namespaces.size());
}

void nameNode(const AttackGraph& graph, PathNode& node)
{
    const PlaceId first = node.places.front();
    node.kind = graph.place(first).kind;
    QStringList caption;
    if (node.isFolded()) {
        node.title = QStringLiteral("%1 %2").arg(node.places.size()).arg(kindsText(node.kind, node.places.size()));
        node.badge = QStringLiteral("+");
    } else {
        node.title = placeName(graph, first);
        if (node.kind != PlaceKind::Outside)
            caption += kindsText(node.kind, 1);
    }
    if (const QString where = whereText(graph, node.places); !where.isEmpty())
        caption += where;
    if (node.steps > 0)
        caption += node.steps == 1 ? word("1 step") : word("%1 steps").arg(node.steps);
    node.caption = caption.join(QStringLiteral(" \u00b7 "));
}

using EdgeMap = std::map<std::pair<std::uint32_t, std::uint32_t>, PathEdge>;

QString verbOf(const AttackGraph& graph, std::uint32_t step)
{
    return text(attack::textOf(graph.step(step).technique).verb);
}

void addEdge(EdgeMap& edges, PathEdge edge)
{
    PathEdge& known = edges[{ edge.from, edge.to }];
    if (known.label.isEmpty()) {
        known = std::move(edge);
        return;
    }
    if (!known.label.split(QStringLiteral(", ")).contains(edge.label))
        known.label += QStringLiteral(", ") + edge.label;
    known.certainty = std::min(known.certainty, edge.certainty);
    known.count += edge.count;
}

// Takes nodes away; what they connected is connected past them.
void contract(PathPicture& picture, const std::vector<bool>& isHidden)
{
    EdgeMap edges;
    for (const PathEdge& edge : picture.edges)
        addEdge(edges, edge);
    for (std::uint32_t node = 0; node < picture.nodes.size(); ++node) {
        if (!isHidden[node])
            continue;
        std::vector<PathEdge> in, out;
        for (const auto& [ends, edge] : edges) {
            if (ends.second == node)
                in.push_back(edge);
            else if (ends.first == node)
                out.push_back(edge);
        }
        std::erase_if(
            edges, [node](const auto& entry) { return entry.first.first == node || entry.first.second == node; });
        if (in.size() * out.size() > mostBridges)
            continue;
        for (const PathEdge& before : in) {
            for (const PathEdge& after : out) {
                if (before.from == after.to)
                    continue;
                PathEdge bridge = after;
                bridge.from = before.from;
                bridge.certainty = std::max(before.certainty, after.certainty);
                addEdge(edges, std::move(bridge));
            }
        }
    }
    std::vector<std::uint32_t> newIndex(picture.nodes.size(), 0);
    std::vector<PathNode> nodes;
    for (std::size_t node = 0; node < picture.nodes.size(); ++node) {
        newIndex[node] = static_cast<std::uint32_t>(nodes.size());
        if (!isHidden[node])
            nodes.push_back(std::move(picture.nodes[node]));
    }
    picture.nodes = std::move(nodes);
    picture.edges.clear();
    for (auto& [ends, edge] : edges) {
        edge.from = newIndex[edge.from];
        edge.to = newIndex[edge.to];
        picture.edges.push_back(std::move(edge));
    }
}

void hideWanted(PathPicture& picture, const PathQuestion& question)
{
    std::vector<bool> isHidden;
    for (const PathNode& node : picture.nodes) {
        isHidden.push_back(question.hiddenKinds[static_cast<std::size_t>(node.kind)]
            || contains(question.hidden, node.places.front()));
        picture.leftOut[static_cast<std::size_t>(node.kind)] += isHidden.back() ? 1 : 0;
    }
    if (std::ranges::find(isHidden, true) != isHidden.end())
        contract(picture, isHidden);
    for (const PathNode& node : picture.nodes)
        picture.placeCount += node.places.size();
}

} // namespace

void WayDrawing::addStart(PlaceId start)
{
    m_starts.insert(start);
    m_places.insert(start);
}

void WayDrawing::addSteps(std::span<const std::uint32_t> steps)
{
    for (const std::uint32_t step : steps) {
        if (!m_steps.insert(step).second)
            continue;
        m_places.insert(m_graph.origin(step));
        m_places.insert(m_graph.step(step).to);
    }
}

// The longest way to an end, by place. Shortest ways have no cycles.
std::map<PlaceId, int> WayDrawing::heights() const
{
    std::map<PlaceId, int> height, waiting;
    std::map<PlaceId, std::vector<PlaceId>> before;
    for (const std::uint32_t step : m_steps) {
        const PlaceId from = m_graph.origin(step);
        before[m_graph.step(step).to].push_back(from);
        ++waiting[from];
    }
    std::vector<PlaceId> ready;
    for (const PlaceId place : m_places) {
        height[place] = 0;
        if (!waiting.contains(place))
            ready.push_back(place);
    }
    for (std::size_t at = 0; at < ready.size(); ++at) {
        const PlaceId place = ready[at];
        for (const PlaceId from : before[place]) {
            height[from] = std::max(height[from], height[place] + 1);
            if (--waiting[from] == 0)
                ready.push_back(from);
        }
    }
    return height;
}

PathPicture WayDrawing::folded(const std::map<PlaceId, int>& heights, bool isCoarse) const
{
    using Targets = std::set<std::pair<std::uint32_t, attack::Technique>>;
    using Key = std::tuple<PlaceKind, bool, std::uint32_t, Targets>; // kind, start, itself when unfolded, targets
    std::map<int, std::vector<PlaceId>> levels;
    for (const auto& [place, height] : heights)
        levels[height].push_back(place);
    std::map<PlaceId, std::vector<std::uint32_t>> stepsFrom;
    for (const std::uint32_t step : m_steps)
        stepsFrom[m_graph.origin(step)].push_back(step);
    const int top = levels.empty() ? 0 : levels.rbegin()->first;
    PathPicture picture;
    std::map<PlaceId, std::uint32_t> nodeOf;
    for (const auto& [height, places] : levels) {
        std::map<Key, std::vector<PlaceId>> buckets;
        for (const PlaceId place : places) {
            Targets targets;
            for (const std::uint32_t step : stepsFrom[place]) {
                if (!isCoarse)
                    targets.emplace(nodeOf.at(m_graph.step(step).to), m_graph.step(step).technique);
            }
            const bool isAlone = contains(m_question.opened, place) || height == 0;
            buckets[Key { m_graph.place(place).kind, m_starts.contains(place), isAlone ? place.index + 1 : 0,
                        std::move(targets) }]
                .push_back(place);
        }
        std::vector<std::vector<PlaceId>> made;
        for (auto& [key, members] : buckets) {
            if (members.size() >= foldWays) {
                made.push_back(std::move(members));
                continue;
            }
            for (const PlaceId place : members)
                made.push_back({ place });
        }
        std::ranges::sort(made);
        for (std::vector<PlaceId>& members : made) {
            PathNode node;
            node.column = top - height;
            node.isStart = m_starts.contains(members.front());
            node.isEnd = contains(m_question.to, members.front());
            for (const PlaceId place : members)
                nodeOf[place] = static_cast<std::uint32_t>(picture.nodes.size());
            node.places = std::move(members);
            nameNode(m_graph, node);
            picture.nodes.push_back(std::move(node));
        }
    }
    EdgeMap edges;
    for (const std::uint32_t step : m_steps) {
        addEdge(edges,
            { .from = nodeOf.at(m_graph.origin(step)),
                .to = nodeOf.at(m_graph.step(step).to),
                .step = step,
                .certainty = m_graph.step(step).certainty,
                .label = verbOf(m_graph, step) });
    }
    for (auto& [ends, edge] : edges)
        picture.edges.push_back(std::move(edge));
    return picture;
}

PathPicture WayDrawing::picture() const
{
    const std::map<PlaceId, int> all = heights();
    PathPicture picture = folded(all, false);
    if (picture.nodes.size() > mostNodes)
        picture = folded(all, true);
    hideWanted(picture, m_question);
    return picture;
}

namespace {

// The tree of shortest ways, seen from a place on: who is next to the selected one, and by which step.
class Tree {
public:
    Tree(const AttackGraph& graph, const PathQuestion& question, const attack::Distances& distances, bool isForward)
        : m_graph(graph)
        , m_question(question)
        , m_distances(distances)
        , m_isForward(isForward)
        , m_roots(isForward ? question.from : question.to)
        , m_left(explainingKinds() | question.hiddenKinds)
        , m_depth(graph.places().size(), unknown)
        , m_parent(graph.places().size())
        , m_step(graph.places().size(), attack::Distances::noStep)
    {
        for (std::uint32_t index = 0; index < graph.places().size(); ++index) {
            const PlaceId place { index };
            if (isShown(place))
                m_shown.push_back(place);
        }
        for (const PlaceId place : m_shown)
            findDepth(place);
    }

    PathPicture picture(bool isCoarse) const
    {
        std::map<int, std::vector<PlaceId>> levels;
        for (const PlaceId place : m_shown)
            levels[m_depth[place.index]].push_back(place);
        const int deepest = levels.empty() ? 0 : levels.rbegin()->first;
        PathPicture picture;
        std::map<PlaceId, std::uint32_t> nodeOf;
        for (const auto& [depth, places] : levels) {
            for (std::vector<PlaceId>& members : buckets(places, depth, isCoarse, nodeOf)) {
                PathNode node;
                node.column = m_isForward ? depth : deepest - depth;
                node.isStart = depth == 0;
                node.steps = static_cast<int>(m_distances.of(members.front()).steps);
                for (const PlaceId place : members)
                    nodeOf[place] = static_cast<std::uint32_t>(picture.nodes.size());
                node.places = std::move(members);
                nameNode(m_graph, node);
                picture.nodes.push_back(std::move(node));
            }
        }
        addEdges(picture, nodeOf);
        for (const PathNode& node : picture.nodes)
            picture.placeCount += node.places.size();
        return picture;
    }

private:
    static constexpr int unknown = -1;

    bool isShown(PlaceId place) const
    {
        if (!m_distances.reaches(place))
            return false;
        if (contains(m_roots, place))
            return true;
        return !m_left[static_cast<std::size_t>(m_graph.place(place).kind)] && !contains(m_question.hidden, place)
            && (m_question.maxSteps == 0 || m_distances.of(place).steps <= m_question.maxSteps);
    }

    PlaceId beside(PlaceId place, std::uint32_t step) const
    {
        (void)place;
        return m_isForward ? m_graph.origin(step) : m_graph.step(step).to;
    }

    // The nearest place that is shown on the way to the root, and the step on it that says most.
    void findParent(PlaceId place)
    {
        PlaceId at = place;
        while (m_distances.next(at) != attack::Distances::noStep) {
            const std::uint32_t step = m_distances.next(at);
            const bool isStructure
                = attack::textOf(m_graph.step(step).technique).techniqueClass == attack::TechniqueClass::Structure;
            if (!isStructure || m_step[place.index] == attack::Distances::noStep)
                m_step[place.index] = step;
            at = beside(at, step);
            if (isShown(at)) {
                m_parent[place.index] = at;
                return;
            }
        }
    }

    void findDepth(PlaceId place)
    {
        std::vector<PlaceId> chain;
        PlaceId at = place;
        while (at && m_depth[at.index] == unknown) {
            chain.push_back(at);
            findParent(at);
            at = m_parent[at.index];
        }
        int depth = at ? m_depth[at.index] : unknown;
        for (auto one = chain.rbegin(); one != chain.rend(); ++one)
            m_depth[one->index] = ++depth;
    }

    std::vector<std::vector<PlaceId>> buckets(const std::vector<PlaceId>& places, int depth, bool isCoarse,
        const std::map<PlaceId, std::uint32_t>& nodeOf) const
    {
        using Key = std::tuple<PlaceKind, std::uint32_t, std::uint32_t, attack::Technique>;
        std::map<Key, std::vector<PlaceId>> all;
        for (const PlaceId place : places) {
            const PlaceKind kind = m_graph.place(place).kind;
            const bool isAlone = depth == 0 || kind == PlaceKind::Goal || contains(m_question.opened, place);
            const std::uint32_t parent = isCoarse || depth == 0 ? 0 : nodeOf.at(m_parent[place.index]) + 1;
            const bool hasStep = !isCoarse && m_step[place.index] != attack::Distances::noStep;
            all[Key { kind, isAlone ? place.index + 1 : 0, parent,
                    hasStep ? m_graph.step(m_step[place.index]).technique : attack::Technique {} }]
                .push_back(place);
        }
        std::vector<std::vector<PlaceId>> made;
        for (auto& [key, members] : all) {
            if (members.size() >= foldTree) {
                made.push_back(std::move(members));
                continue;
            }
            for (const PlaceId place : members)
                made.push_back({ place });
        }
        std::ranges::sort(made);
        return made;
    }

    void addEdges(PathPicture& picture, const std::map<PlaceId, std::uint32_t>& nodeOf) const
    {
        EdgeMap edges;
        for (const PlaceId place : m_shown) {
            if (!m_parent[place.index])
                continue;
            const std::uint32_t here = nodeOf.at(place), there = nodeOf.at(m_parent[place.index]);
            const std::uint32_t step = m_step[place.index];
            addEdge(edges,
                { .from = m_isForward ? there : here,
                    .to = m_isForward ? here : there,
                    .step = step,
                    .certainty = m_graph.step(step).certainty,
                    .label = verbOf(m_graph, step) });
        }
        for (auto& [ends, edge] : edges) {
            if (edge.from != edge.to)
                picture.edges.push_back(std::move(edge));
        }
    }

    const AttackGraph& m_graph;
    const PathQuestion& m_question;
    const attack::Distances& m_distances;
    bool m_isForward;
    const std::vector<PlaceId>& m_roots;
    PlaceKinds m_left;
    std::vector<PlaceId> m_shown;
    std::vector<int> m_depth;
    std::vector<PlaceId> m_parent;
    std::vector<std::uint32_t> m_step;
};

// Where a place lies in the picture of namespaces; "" = nowhere of its own.
struct Area {
    int column = 1;
    std::string name;
    bool operator<(const Area& other) const { return std::tie(column, name) < std::tie(other.column, other.name); }
    bool operator==(const Area&) const = default;
};

Area areaOf(const AttackGraph& graph, PlaceId id)
{
    const attack::Place& place = graph.place(id);
    switch (place.kind) {
    case PlaceKind::Outside:
        return { 0, "outside" };
    case PlaceKind::User:
    case PlaceKind::Group:
        return { 0, "people" };
    case PlaceKind::Goal:
        return { 3, graph.titleOf(id) };
    case PlaceKind::Node:
        return { 2, "nodes" };
    default:
        return { 1, explainingKinds()[static_cast<std::size_t>(place.kind)] ? std::string() : std::string(place.ns) };
    }
}

struct NamespaceCounts {
    std::size_t containers = 0, open = 0, exposed = 0, identities = 0;
    std::vector<PlaceId> starts; // with a way
};

PathNode namespaceNode(const std::string& name, const NamespaceCounts& counts, PlaceId fallback)
{
    PathNode node;
    node.column = 1;
    node.kind = PlaceKind::PodsIn;
    node.area = lineText(name);
    node.title = lineText(name);
    QStringList caption { counts.containers == 0
            ? word("no containers")
            : word("%1 of %2 containers").arg(counts.open).arg(counts.containers) };
    if (counts.exposed > 0)
        caption += word("%1 exposed").arg(counts.exposed);
    node.caption = caption.join(QStringLiteral(" \u00b7 "));
    node.badge = counts.starts.empty() ? QString() : QString::number(counts.starts.size());
    node.places = counts.starts.empty() ? std::vector { fallback } : counts.starts;
    return node;
}

} // namespace

PathPicture treePicture(
    const AttackGraph& graph, const PathQuestion& question, const attack::Distances& distances, bool isForward)
{
    const Tree tree(graph, question, distances, isForward);
    PathPicture picture = tree.picture(false);
    return picture.nodes.size() > mostTreeNodes ? tree.picture(true) : picture;
}

PathPicture namespacePicture(const AttackGraph& graph, const PathQuestion& question, const attack::Distances& towards)
{
    std::vector<PlaceId> outside;
    if (graph.outside())
        outside.push_back(graph.outside());
    const attack::Distances exposed = attack::Distances::from(graph, outside, question.filter);
    std::map<std::string, NamespaceCounts> counts;
    std::map<std::string, PlaceId> firstOf;
    for (const PlaceId container : graph.ofKind(PlaceKind::Container)) {
        const std::string ns(graph.place(container).ns);
        firstOf.try_emplace(ns, container);
        NamespaceCounts& count = counts[ns];
        ++count.containers;
        count.open += towards.reaches(container) ? 1 : 0;
        // By what is open to the outside itself, not through others.
        count.exposed += exposed.of(container).steps <= 1 ? 1 : 0;
    }
    std::map<Area, PlaceId> others;
    std::map<std::pair<Area, Area>, PathEdge> links;
    for (const PlaceId start : question.from) {
        if (!towards.reaches(start))
            continue;
        const std::string ns(graph.place(start).ns);
        if (!ns.empty()) {
            counts[ns].starts.push_back(start);
            firstOf.try_emplace(ns, start);
        }
        Area last = areaOf(graph, start);
        if (last.column != 1)
            others.try_emplace(last, start);
        for (const std::uint32_t step : towards.path(start).steps) {
            const PlaceId to = graph.step(step).to;
            const Area next = areaOf(graph, to);
            if (next.name.empty() || next == last)
                continue;
            if (next.column != 1)
                others.try_emplace(next, to);
            else
                firstOf.try_emplace(next.name, to);
            if (!last.name.empty()) {
                PathEdge& edge = links[{ last, next }];
                edge.count += edge.label.isEmpty() ? 0 : 1;
                edge.step = step;
                edge.label = verbOf(graph, step);
            }
            last = next;
        }
    }
    PathPicture picture;
    std::map<Area, std::uint32_t> nodeOf;
    for (const auto& [area, place] : others) {
        PathNode node;
        node.column = area.column;
        node.places = { place };
        nameNode(graph, node);
        node.isEnd = area.column == 3;
        if (area.name == "people")
            node.title = word("Users and groups");
        else if (area.name == "nodes")
            node.title = word("Nodes");
        if (area.column == 0 || area.column == 2)
            node.caption.clear();
        nodeOf[area] = static_cast<std::uint32_t>(picture.nodes.size());
        picture.nodes.push_back(std::move(node));
    }
    for (const auto& [ns, place] : firstOf) {
        nodeOf[{ 1, ns }] = static_cast<std::uint32_t>(picture.nodes.size());
        picture.nodes.push_back(namespaceNode(ns, counts[ns], place));
    }
    for (auto& [ends, edge] : links) {
        edge.from = nodeOf.at(ends.first);
        edge.to = nodeOf.at(ends.second);
        edge.label = word("%1 \u00d7 %2").arg(edge.count).arg(edge.label);
        picture.edges.push_back(std::move(edge));
    }
    picture.placeCount = picture.nodes.size();
    return picture;
}

} // namespace plimsoll::ui::model
