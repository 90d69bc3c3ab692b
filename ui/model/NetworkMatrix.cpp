// SPDX-License-Identifier: Apache-2.0
// The matrix of the Network view.
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

namespace {

QString matrixHead()
{
    return csvLine({ networkTr("Source"), networkTr("Destination"), networkTr("State"), networkTr("Pairs of pods"),
        networkTr("Allowed"), networkTr("Open"), networkTr("Unknown"), networkTr("Ports") });
}

QString matrixLine(const QString& from, const QString& to, const Cell& cell, const QString& ports)
{
    return csvLine({ from, to, stateText(stateOf(cell)), QString::number(cell.pairs), QString::number(cell.allowed),
        QString::number(cell.open), QString::number(cell.unknown), ports });
}

} // namespace

QString matrixCsv(const Network& network, std::span<const std::uint32_t> rows, std::span<const std::uint32_t> columns,
    Sides sides, Progress& progress)
{
    const QStringList names = namespaceLabels(network);
    progress.enter("Writing the matrix", rows.size());
    QString out = matrixHead();
    for (const std::uint32_t from : rows) {
        if (progress.isCancelled())
            return {};
        const std::vector<Cell> cells = network.reach->row(from, sides);
        for (const std::uint32_t to : columns)
            out += matrixLine(names[static_cast<qsizetype>(from)], names[static_cast<qsizetype>(to)], cells[to], {});
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

QString workloadsCsv(
    const Network& network, const WorkloadAxis& rows, const WorkloadAxis& columns, Sides sides, Progress& progress)
{
    progress.enter("Writing the matrix", rows.workloads.size());
    QString out = matrixHead();
    for (const cluster::WorkloadId from : rows.workloads) {
        if (progress.isCancelled())
            return {};
        const WorkloadCells cells = workloadRow(network, from, columns, sides);
        for (std::size_t to = 0; to < cells.cells.size(); ++to)
            out += matrixLine(lineText(network.reach->workloadName(from)),
                lineText(network.reach->workloadName(columns.workloads[to])), cells.cells[to],
                cells.ports.value(static_cast<qsizetype>(to)));
        progress.advance(1);
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

} // namespace plimsoll::ui::model
