// SPDX-License-Identifier: Apache-2.0
// The matrix of the Network view, and the graph around one workload.
#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "ui/model/NetworkData.h"
#include "ui/model/NetworkWords.h"
#include "ui/model/Text.h"

namespace plimsoll::ui::model {

using network::Cell;
using network::Point;
using network::Reach;
using network::Sides;

std::vector<std::uint32_t> onePerClass(const Reach& reach, std::span<const std::uint32_t> pods)
{
    std::set<std::uint32_t> seen;
    std::vector<std::uint32_t> out;
    for (const std::uint32_t pod : pods) {
        if (seen.insert(reach.pods()[pod].podClass).second)
            out.push_back(pod);
    }
    return out;
}

CellState stateOf(const Cell& cell)
{
    if (cell.pairs == 0)
        return CellState::Empty;
    if (cell.allowed == 0)
        return cell.unknown > 0 ? CellState::Unknown : CellState::None;
    if (cell.allowed < cell.pairs)
        return CellState::Some;
    return cell.open == cell.pairs ? CellState::Open : CellState::All;
}

QString stateText(CellState state)
{
    switch (state) {
    case CellState::Empty:
        return networkTr("no pods");
    case CellState::None:
        return networkTr("none allowed");
    case CellState::Some:
        return networkTr("some allowed");
    case CellState::All:
        return networkTr("all allowed");
    case CellState::Open:
        return networkTr("open: no policy has a say");
    case CellState::Unknown:
        break;
    }
    return networkTr("cannot be told");
}

QString cellText(const Cell& cell)
{
    if (cell.pairs == 0)
        return networkTr("There are no pods to compare.");
    QString out = networkTr("%1 of %2 pairs of pods may talk on some port")
                      .arg(figureText(cell.allowed), figureText(cell.pairs));
    if (cell.open > 0)
        out += networkTr(", %1 of them because no policy has a say").arg(figureText(cell.open));
    out += QLatin1Char('.');
    if (cell.unknown > 0)
        out += networkTr(" Of %1 it cannot be told.").arg(figureText(cell.unknown));
    return out;
}

QStringList namespaceLabels(const Network& network)
{
    QStringList out;
    for (const std::string& ns : network.reach->namespaceNames())
        out.append(lineText(ns));
    return out;
}

namespace {

// Above this, rows are compared by how their namespace is covered instead of cell by cell.
constexpr std::size_t mostCompared = 1'500;

std::size_t distance(const std::vector<CellState>& a, const std::vector<CellState>& b)
{
    std::size_t out = 0;
    for (std::size_t at = 0; at < a.size(); ++at)
        out += a[at] != b[at] ? 1 : 0;
    return out;
}

std::vector<std::uint32_t> orderByCoverage(const Reach& reach)
{
    std::vector<std::pair<std::tuple<bool, bool, std::uint32_t, std::uint32_t, std::uint32_t>, std::uint32_t>> keyed;
    for (std::uint32_t ns = 0; ns < reach.namespaceNames().size(); ++ns) {
        const network::Coverage one = reach.coverage(ns);
        keyed.push_back(
            { { one.deniesByDefault[0], one.deniesByDefault[1], one.policies, one.isolated[0], one.isolated[1] }, ns });
    }
    std::ranges::stable_sort(keyed);
    std::vector<std::uint32_t> out;
    for (const auto& [key, ns] : keyed)
        out.push_back(ns);
    return out;
}

} // namespace

std::vector<std::uint32_t> clusteredOrder(const Network& network, Sides sides, Progress& progress)
{
    const Reach& reach = *network.reach;
    const std::size_t count = reach.namespaceNames().size();
    if (count > mostCompared)
        return orderByCoverage(reach);
    progress.enter("Comparing namespaces", count);
    // A namespace is what it may reach and what may reach it.
    std::vector<std::vector<CellState>> patterns(count, std::vector<CellState>(2 * count));
    for (std::uint32_t ns = 0; ns < count; ++ns) {
        if (progress.isCancelled())
            return {};
        const std::vector<Cell> cells = reach.row(ns, sides);
        for (std::size_t other = 0; other < count; ++other)
            patterns[ns][other] = patterns[other][count + ns] = stateOf(cells[other]);
        progress.advance(1);
    }
    // From the one with the most cells that are not denied, always to the nearest that is left.
    std::vector<std::uint32_t> left(count), out;
    std::iota(left.begin(), left.end(), 0U);
    const auto weight = [&](std::uint32_t ns) {
        return std::ranges::count_if(patterns[ns], [](CellState one) { return one >= CellState::Some; });
    };
    auto next = std::ranges::max_element(left, {}, weight);
    while (next != left.end()) {
        out.push_back(*next);
        left.erase(next);
        const std::vector<CellState>& last = patterns[out.back()];
        next = std::ranges::min_element(left, {}, [&](std::uint32_t ns) { return distance(last, patterns[ns]); });
    }
    return out;
}

QString matrixCsv(const Network& network, Sides sides, Progress& progress)
{
    const Reach& reach = *network.reach;
    const QStringList names = namespaceLabels(network);
    progress.enter("Writing the matrix", static_cast<std::uint64_t>(names.size()));
    QString out = QStringLiteral("\"from\",\"to\",\"state\",\"pairs\",\"allowed\",\"open\",\"unknown\"\r\n");
    for (std::uint32_t from = 0; from < reach.namespaceNames().size(); ++from) {
        if (progress.isCancelled())
            return {};
        const std::vector<Cell> cells = reach.row(from, sides);
        for (std::size_t to = 0; to < cells.size(); ++to) {
            const Cell& cell = cells[to];
            out += QStringLiteral("\"%1\",\"%2\",\"%3\",%4,%5,%6,%7\r\n")
                       .arg(names[from], names[static_cast<qsizetype>(to)], stateText(stateOf(cell)))
                       .arg(cell.pairs)
                       .arg(cell.allowed)
                       .arg(cell.open)
                       .arg(cell.unknown);
        }
        progress.advance(1);
    }
    return out;
}

namespace {

// "web[Deployment]" of "shop/web[Deployment]".
QString shortName(const Reach& reach, cluster::WorkloadId workload)
{
    const std::string name = reach.workloadName(workload);
    const std::size_t slash = name.find('/');
    return lineText(slash == std::string::npos ? name : name.substr(slash + 1));
}

std::vector<Point> pointsOf(const Reach& reach, cluster::WorkloadId workload)
{
    std::vector<Point> out;
    for (const std::uint32_t pod : onePerClass(reach, reach.podsOf(workload)))
        out.push_back(Point::ofPod(pod));
    return out;
}

} // namespace

WorkloadAxis workloadAxis(const Network& network, std::uint32_t ns)
{
    const Reach& reach = *network.reach;
    std::set<cluster::WorkloadId> seen;
    std::vector<std::pair<QString, cluster::WorkloadId>> found;
    for (const std::uint32_t pod : reach.podsOfNamespace(ns)) {
        const cluster::WorkloadId workload = reach.pods()[pod].workload;
        if (seen.insert(workload).second)
            found.emplace_back(shortName(reach, workload), workload);
    }
    std::ranges::sort(found);
    WorkloadAxis out { ns, {}, {} };
    for (const auto& [name, workload] : found) {
        out.workloads.push_back(workload);
        out.labels.append(name);
    }
    // The kind only where it tells two apart.
    std::map<QString, int> counts;
    const auto bare = [](const QString& label) { return label.left(label.lastIndexOf(QLatin1Char('['))); };
    for (const QString& label : out.labels)
        ++counts[bare(label)];
    for (QString& label : out.labels) {
        if (counts[bare(label)] == 1)
            label = bare(label);
    }
    return out;
}

WorkloadCells workloadRow(const Network& network, cluster::WorkloadId source, const WorkloadAxis& columns, Sides sides)
{
    const Reach& reach = *network.reach;
    WorkloadCells out;
    const std::vector<Point> from = pointsOf(reach, source);
    for (const cluster::WorkloadId destination : columns.workloads) {
        out.cells.push_back(reach.cell(reach.podsOf(source), reach.podsOf(destination), sides));
        const std::vector<Point> to = pointsOf(reach, destination);
        if (out.cells.back().pairs == 0 || from.empty() || to.empty()) {
            out.ports.append(QString());
            continue;
        }
        ConnectionRow row;
        judgeOnAnyPort(network, from, to, sides, row);
        out.ports.append(row.ports == networkTr("all") ? networkTr("all ports")
                : row.protocol == QLatin1String("TCP") ? row.ports
                                                       : row.protocol + QLatin1Char(' ') + row.ports);
    }
    return out;
}

namespace {

constexpr std::size_t mostLinks = 40;
constexpr std::size_t mostAskedPods = 400;

std::vector<PolicyLink> selectingPolicies(
    const Network& network, std::span<const std::uint32_t> pods, network::Direction direction)
{
    const Reach& reach = *network.reach;
    std::map<QString, cluster::ObjectId> found;
    std::vector<std::uint32_t> asked = onePerClass(reach, pods);
    asked.resize(std::min(asked.size(), mostAskedPods));
    for (const std::uint32_t pod : asked) {
        const network::PodPolicies policies = reach.policiesOf(pod);
        for (const cluster::ObjectId policy : policies.selecting[static_cast<std::size_t>(direction)])
            found.emplace(networkTitle(network, policy), policy);
    }
    std::vector<PolicyLink> out;
    for (const auto& [title, object] : found) {
        if (out.size() < mostLinks)
            out.push_back({ title, directionText(direction), object });
    }
    return out;
}

CellFacts factsOf(const Network& network, const QString& from, const QString& to,
    std::span<const std::uint32_t> fromPods, std::span<const std::uint32_t> toPods, const Cell& cell)
{
    CellFacts out;
    out.title = from + QStringLiteral(" \u2192 ") + to;
    out.text = stateText(stateOf(cell));
    out.figures = { { networkTr("Pairs of pods"), figureText(cell.pairs) },
        { networkTr("Allowed"), figureText(cell.allowed) }, { networkTr("of them open"), figureText(cell.open) },
        { networkTr("Cannot be told"), figureText(cell.unknown) },
        { networkTr("Denied"), figureText(cell.pairs - std::min(cell.pairs, cell.allowed + cell.unknown)) } };
    out.egress = selectingPolicies(network, fromPods, network::Direction::Egress);
    out.ingress = selectingPolicies(network, toPods, network::Direction::Ingress);
    return out;
}

} // namespace

CellFacts cellFacts(const Network& network, std::uint32_t from, std::uint32_t to, const Cell& cell)
{
    const Reach& reach = *network.reach;
    const std::string &a = reach.namespaceNames()[from], &b = reach.namespaceNames()[to];
    CellFacts out
        = factsOf(network, lineText(a), lineText(b), reach.podsOfNamespace(from), reach.podsOfNamespace(to), cell);
    out.question = lineText(a) + QStringLiteral("/* -> ") + lineText(b) + QStringLiteral("/*");
    return out;
}

CellFacts cellFacts(const Network& network, cluster::WorkloadId from, cluster::WorkloadId to, const Cell& cell)
{
    const Reach& reach = *network.reach;
    const QString a = lineText(reach.workloadName(from)), b = lineText(reach.workloadName(to));
    CellFacts out = factsOf(network, a, b, reach.podsOf(from), reach.podsOf(to), cell);
    out.question = a + QStringLiteral(" -> ") + b;
    return out;
}

// --- Graph ---------------------------------------------------------------------------------------------------------

namespace {

constexpr std::size_t perSide = mostFocusEdges / 2;
constexpr std::size_t mostLookedAt = 4'000; // workloads; above it neighbours are namespaces

struct Neighbour {
    FocusNode node;
    FocusEdge::Style style = FocusEdge::Style::Policy;
    QString label, ns;
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
            FocusEdge::Style::Policy, {}, {} });
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
                edgeLabel(row), {} });
        }
    }

    void addNeighbour(const FocusNode& node, const QString& ns, std::span<const std::uint32_t> pods)
    {
        const std::vector<Point> points = asPoints(onePerClass(m_reach, pods));
        for (const int column : { 0, 2 }) {
            const Cell cell = column == 0 ? m_reach.cell(pods, m_pods, Sides::Combined)
                                          : m_reach.cell(m_pods, pods, Sides::Combined);
            const auto style = styleOf(cell);
            if (!style)
                continue;
            Neighbour one { node, *style, {}, ns };
            one.node.column = column;
            if (*style == FocusEdge::Style::Open) {
                one.label = networkTr("all ports");
            } else if (points.size() * m_points.size() <= 4'096) {
                ConnectionRow row;
                if (column == 0)
                    judgeOnAnyPort(m_network, points, m_points, Sides::Combined, row);
                else
                    judgeOnAnyPort(m_network, m_points, points, Sides::Combined, row);
                one.label = edgeLabel(row);
            }
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
                out.edges.push_back({ column == 0 ? at : 0, column == 0 ? 0 : at, one.style, one.label });
                out.nodes.push_back(std::move(one.node));
            }
        }
        return out;
    }

private:
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
            builder.addNeighbour({ FocusNode::Kind::Namespace, name, networkTr("Namespace"), {}, name, 0 }, name, all);
            progress.advance(1);
            continue;
        }
        for (const cluster::WorkloadId workload : workloadAxis(network, ns).workloads) {
            if (progress.isCancelled())
                return {};
            if (!own.contains(workload))
                builder.addNeighbour(workloadNode(network, workload), name, reach.podsOf(workload));
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
