// SPDX-License-Identifier: Apache-2.0
// The graph around one workload or namespace in the Network view.
#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include <QCoreApplication>

#include "ui/model/NetworkData.h"
#include "ui/model/NetworkWords.h"
#include "ui/model/Text.h"

namespace plimsoll::ui::model {

using network::Cell;
using network::Point;
using network::Reach;
using network::Sides;

namespace {

constexpr std::size_t perSide = mostFocusEdges / 2;
constexpr std::size_t mostLookedAt = 4'000; // workloads; above it neighbours are namespaces

struct Neighbour {
    FocusNode node;
    FocusEdge::Style style = FocusEdge::Style::Policy;
    QString label, ns;
    std::span<const std::uint32_t> pods; // of the engine
    auto key() const
    {
        return std::tuple(static_cast<int>(node.kind != FocusNode::Kind::Outside), static_cast<int>(style), node.title);
    }
};

std::optional<FocusEdge::Style> styleOf(const Cell& cell)
{
    if (cell.allowed == 0)
        return cell.unknown > 0 ? std::optional(FocusEdge::Style::Unknown) : std::nullopt;
    return cell.open == cell.allowed ? FocusEdge::Style::Open : FocusEdge::Style::Policy;
}

QString edgeLabel(const ConnectionRow& row)
{
    return row.protocol == networkTr("any") ? networkTr("all ports") : row.protocol + QLatin1Char(' ') + row.ports;
}

// Workloads of a namespace with like edges are one node; what is still too much, "+N more".
std::vector<Neighbour> withinBudget(std::vector<Neighbour> all)
{
    std::ranges::stable_sort(all, {}, &Neighbour::key);
    if (all.size() <= perSide)
        return all;
    std::map<std::tuple<int, QString, QString>, std::vector<std::size_t>> byNamespace;
    for (std::size_t at = 0; at < all.size(); ++at) {
        if (all[at].node.kind == FocusNode::Kind::Workload)
            byNamespace[{ static_cast<int>(all[at].style), all[at].ns, all[at].label }].push_back(at);
    }
    std::vector<bool> isFolded(all.size(), false);
    std::vector<Neighbour> folded;
    for (const auto& [key, members] : byNamespace) {
        if (members.size() < 2)
            continue;
        Neighbour one = all[members.front()];
        one.node = { FocusNode::Kind::Namespace, std::get<1>(key), networkTr("%1 workloads").arg(members.size()), {},
            std::get<1>(key), one.node.column };
        folded.push_back(std::move(one));
        for (const std::size_t member : members)
            isFolded[member] = true;
    }
    std::vector<Neighbour> out;
    for (std::size_t at = 0; at < all.size(); ++at) {
        if (!isFolded[at])
            out.push_back(std::move(all[at]));
    }
    out.insert(out.end(), folded.begin(), folded.end());
    std::ranges::stable_sort(out, {}, &Neighbour::key);
    if (out.size() > perSide) {
        const std::size_t more = out.size() - perSide + 1;
        const int column = out.front().node.column;
        out.resize(perSide - 1);
        out.push_back({ { FocusNode::Kind::More, networkTr("+%1 more").arg(more), networkTr("listed under Connections"),
                            {}, {}, column },
            FocusEdge::Style::Policy, {}, {}, {} });
    }
    return out;
}

std::vector<Point> asPoints(std::span<const std::uint32_t> pods)
{
    std::vector<Point> out;
    for (const std::uint32_t pod : pods)
        out.push_back(Point::ofPod(pod));
    return out;
}

class FocusBuilder {
public:
    FocusBuilder(const Network& network, std::vector<std::uint32_t> pods)
        : m_network(network)
        , m_reach(*network.reach)
        , m_pods(std::move(pods))
        , m_points(asPoints(onePerClass(*network.reach, m_pods)))
    {
        if (m_points.size() > 64)
            m_points.resize(64); // ports of a whole namespace: those of its first classes
    }

    void addOutside()
    {
        const auto outside = m_reach.endpoint("internet");
        if (!outside || outside->points.empty())
            return;
        for (const int column : { 0, 2 }) {
            ConnectionRow row;
            if (column == 0)
                judgeOnAnyPort(m_network, outside->points, m_points, Sides::Combined, row);
            else
                judgeOnAnyPort(m_network, m_points, outside->points, Sides::Combined, row);
            if (row.answer == network::Answer::Denied)
                continue;
            const bool isOpen = row.decidedBy == networkTr("no policy");
            side(column).push_back({ { FocusNode::Kind::Outside, networkTr("Outside"),
                                         networkTr("addresses beyond the cluster"), {}, {}, column },
                row.answer == network::Answer::Unknown ? FocusEdge::Style::Unknown
                    : isOpen                           ? FocusEdge::Style::Open
                                                       : FocusEdge::Style::Policy,
                edgeLabel(row), {}, {} });
        }
    }

    void addNeighbour(const FocusNode& node, const QString& ns, std::span<const std::uint32_t> pods, bool needsLabel)
    {
        for (const int column : { 0, 2 }) {
            const Cell cell = column == 0 ? m_reach.cell(pods, m_pods, Sides::Combined)
                                          : m_reach.cell(m_pods, pods, Sides::Combined);
            const auto style = styleOf(cell);
            if (!style)
                continue;
            Neighbour one { node, *style, {}, ns, pods };
            one.node.column = column;
            if (needsLabel)
                setLabel(one);
            side(column).push_back(std::move(one));
        }
    }

    FocusGraph finish(FocusNode focus)
    {
        FocusGraph out;
        out.headline = networkTr("%1 may reach %2; it may reach %3")
                           .arg(counted(m_in.size()), focus.title, counted(m_out.size()));
        focus.column = 1;
        out.nodes.push_back(std::move(focus));
        for (const int column : { 0, 2 }) {
            for (Neighbour& one : withinBudget(std::move(side(column)))) {
                const auto at = static_cast<std::uint32_t>(out.nodes.size());
                setLabel(one);
                out.edges.push_back({ column == 0 ? at : 0, column == 0 ? 0 : at, one.style, one.label });
                out.nodes.push_back(std::move(one.node));
            }
        }
        return out;
    }

private:
    // On which ports; dear, so of many neighbours only for those that are shown.
    void setLabel(Neighbour& one) const
    {
        if (!one.label.isEmpty() || one.pods.empty())
            return;
        if (one.style == FocusEdge::Style::Open) {
            one.label = networkTr("all ports");
            return;
        }
        const std::vector<Point> points = asPoints(onePerClass(m_reach, one.pods));
        if (points.size() * m_points.size() > 4'096)
            return;
        ConnectionRow row;
        if (one.node.column == 0)
            judgeOnAnyPort(m_network, points, m_points, Sides::Combined, row);
        else
            judgeOnAnyPort(m_network, m_points, points, Sides::Combined, row);
        one.label = edgeLabel(row);
    }
    std::vector<Neighbour>& side(int column) { return column == 0 ? m_in : m_out; }
    static QString counted(std::size_t count)
    {
        return count == 0 ? networkTr("nobody")
            : count == 1  ? networkTr("1 neighbour")
                          : networkTr("%1 neighbours").arg(count);
    }

    const Network& m_network;
    const Reach& m_reach;
    std::vector<std::uint32_t> m_pods;
    std::vector<Point> m_points;
    std::vector<Neighbour> m_in, m_out;
};

FocusNode workloadNode(const Network& network, cluster::WorkloadId workload)
{
    const cluster::Cluster& cluster = network.cluster();
    const cluster::Object& object = cluster.object(cluster.workloads()[workload.index].object);
    const QString ns = lineText(object.ns.isNone() ? std::string_view("default") : cluster.text(object.ns));
    return { FocusNode::Kind::Workload, lineText(cluster.text(object.name)),
        lineText(cluster.text(cluster.kindOf(object).kind)) + QStringLiteral(" \u00b7 ") + ns, {},
        lineText(network.reach->workloadName(workload)), 0 };
}

} // namespace

FocusGraph focusGraph(const Network& network, const QString& focus, Progress& progress)
{
    const Reach& reach = *network.reach;
    FocusGraph problem;
    const auto end = networkEnd(network, focus);
    if (!end) {
        problem.problem = errorText(end.error());
        return problem;
    }
    std::vector<std::uint32_t> pods;
    std::set<cluster::WorkloadId> own;
    for (const Point& point : end->points) {
        if (point.isPod()) {
            pods.push_back(point.pod);
            own.insert(reach.pods()[point.pod].workload);
        }
    }
    if (pods.empty()) {
        problem.problem = networkTr("No pod runs at \u201c%1\u201d.").arg(focus);
        return problem;
    }
    FocusBuilder builder(network, pods);
    builder.addOutside();
    const std::size_t workloads = network.cluster().workloads().size();
    const bool byNamespace = workloads > mostLookedAt;
    progress.enter("Looking at neighbours", byNamespace ? reach.namespaceNames().size() : workloads);
    for (std::uint32_t ns = 0; ns < reach.namespaceNames().size(); ++ns) {
        const QString name = lineText(reach.namespaceNames()[ns]);
        if (byNamespace) {
            const auto all = reach.podsOfNamespace(ns);
            builder.addNeighbour(
                { FocusNode::Kind::Namespace, name, networkTr("Namespace"), {}, name, 0 }, name, all, false);
            progress.advance(1);
            continue;
        }
        for (const cluster::WorkloadId workload : workloadAxis(network, ns).workloads) {
            if (progress.isCancelled())
                return {};
            if (!own.contains(workload))
                builder.addNeighbour(workloadNode(network, workload), name, reach.podsOf(workload), true);
            progress.advance(1);
        }
        if (progress.isCancelled())
            return {};
    }
    const bool isNamespace = own.size() > 1;
    return builder.finish(isNamespace
            ? FocusNode { FocusNode::Kind::Namespace, focus, networkTr("%1 workloads").arg(own.size()), {}, focus, 1 }
            : workloadNode(network, *own.begin()));
}

QString focusCsv(const FocusGraph& graph)
{
    constexpr const char* styles[] { QT_TRANSLATE_NOOP("Network", "policy"), QT_TRANSLATE_NOOP("Network", "open"),
        QT_TRANSLATE_NOOP("Network", "unknown") };
    QString out
        = csvLine({ networkTr("Source"), networkTr("Destination"), networkTr("Ports"), networkTr("Decided by") });
    for (const FocusEdge& edge : graph.edges) {
        const FocusNode &from = graph.nodes[edge.from], &to = graph.nodes[edge.to];
        out += csvLine({ from.focus.isEmpty() ? from.title : from.focus, to.focus.isEmpty() ? to.title : to.focus,
            edge.label, networkTr(styles[static_cast<std::size_t>(edge.style)]) });
    }
    return out;
}

QString firstFocus(const Network& network)
{
    constexpr std::size_t mostTried = 300;
    const Reach& reach = *network.reach;
    QString first;
    std::set<cluster::ObjectId> tried;
    // The pods of a policy that lets somebody in tell more than those that are open, or closed, to all.
    for (std::uint32_t pod = 0; pod < reach.pods().size() && tried.size() < mostTried; ++pod) {
        const network::ReachPod& one = reach.pods()[pod];
        if (one.isHostNetwork)
            continue;
        if (first.isEmpty())
            first = lineText(reach.workloadName(one.workload));
        if (!reach.isIsolated(pod, network::Direction::Ingress))
            continue;
        for (const cluster::ObjectId policy :
            reach.policiesOf(pod).selecting[static_cast<std::size_t>(network::Direction::Ingress)]) {
            if (!tried.insert(policy).second)
                continue;
            const auto rules = reach.peersOf(policy, network::Direction::Ingress);
            if (std::ranges::any_of(rules, [](const auto& rule) { return !rule.pods.empty(); }))
                return lineText(reach.workloadName(one.workload));
        }
    }
    return first;
}

} // namespace plimsoll::ui::model
