// SPDX-License-Identifier: Apache-2.0
// Coverage, exposure, policies, pods and what-if of the Network view.
#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "core/base/TaskPool.h"
#include "core/base/Text.h"
#include "core/network/Difference.h"
#include "core/network/Exposure.h"
#include "core/network/Lint.h"
#include "core/network/Suggest.h"
#include "ui/model/Detail.h"
#include "ui/model/NetworkData.h"
#include "ui/model/NetworkWords.h"
#include "ui/model/Text.h"

namespace plimsoll::ui::model {

using network::Direction;
using network::Point;
using network::Reach;

std::vector<CoverageRow> coverageRows(const Network& network, Progress& progress)
{
    const Reach& reach = *network.reach;
    const network::EnforcementState& state = reach.enforcement();
    const QString enforced = state.state == network::Plugin::Enforcement::Yes ? networkTr("yes")
        : state.state == network::Plugin::Enforcement::No                     ? networkTr("no")
                                                                              : networkTr("unknown");
    const QString plugin = state.plugin.empty() ? QString() : QStringLiteral(" (%1)").arg(lineText(state.plugin));
    std::vector<CoverageRow> out;
    progress.enter("Counting what policies cover", reach.namespaceNames().size());
    for (std::uint32_t ns = 0; ns < reach.namespaceNames().size(); ++ns) {
        if (progress.isCancelled())
            return {};
        const network::Coverage one = reach.coverage(ns);
        out.push_back({ lineText(reach.namespaceNames()[ns]), enforced + plugin, ns, one.pods, one.hostNetwork,
            one.policies, { one.isolated[0], one.isolated[1] }, { one.deniesByDefault[0], one.deniesByDefault[1] } });
        progress.advance(1);
    }
    return out;
}

// --- Exposure ------------------------------------------------------------------------------------------------------

namespace {

// "203.0.113.0/24, ..." of where packets may come from.
QString sourcesText(const network::Exposure& one)
{
    if (one.isInternal)
        return networkTr("the private network of the cloud");
    QStringList out;
    for (const network::AddressRange& range : one.sources) {
        for (const std::string& cidr : network::cidrsOf(range)) {
            if (out.size() < 4)
                out.append(lineText(cidr));
        }
    }
    return out.isEmpty() ? networkTr("everywhere") : out.join(QStringLiteral(", "));
}

} // namespace

std::vector<ExposureRow> exposureRows(const Network& network, Progress& progress)
{
    const Reach& reach = *network.reach;
    progress.enter("Looking for ways in from outside");
    std::vector<ExposureRow> out;
    const bool isKnown = network.assessment->reach == network.reach;
    for (const network::Exposure& one : isKnown ? network.assessment->exposures : network::exposures(reach)) {
        if (progress.isCancelled())
            return {};
        ExposureRow row;
        row.target = lineText(reach.workloadName(one.workload));
        row.entry = text(network::toText(one.entry));
        row.sources = sourcesText(one);
        row.way = lineText(network::wayOf(network.cluster(), one));
        row.ports = one.port == 0 ? networkTr("all")
                                  : text(network::toText(one.protocol)) + QLatin1Char(' ') + QString::number(one.port);
        row.answer = one.answer;
        row.isPublic = one.isPublic();
        row.verdict = answerText(one.answer);
        row.reason = sentenceText(lineText(one.reason));
        row.question = NetworkQuestion { QStringLiteral("internet"), row.target,
            one.port == 0 ? QString() : QString::number(one.port), one.protocol,
            {} }.text();
        for (const network::Hop& hop : one.hops)
            row.hops.push_back({ lineText(hop.text), lineText(hop.pointer), hop.object });
        out.push_back(std::move(row));
    }
    return out;
}

// --- Policies ------------------------------------------------------------------------------------------------------

namespace {

constexpr std::array<std::pair<const char*, const char*>, 11> policyKinds { {
    { "networking.k8s.io", "NetworkPolicy" },
    { "policy.networking.k8s.io", "AdminNetworkPolicy" },
    { "policy.networking.k8s.io", "BaselineAdminNetworkPolicy" },
    { "policy.networking.k8s.io", "ClusterNetworkPolicy" },
    { "cilium.io", "CiliumNetworkPolicy" },
    { "cilium.io", "CiliumClusterwideNetworkPolicy" },
    { "projectcalico.org", "NetworkPolicy" },
    { "projectcalico.org", "GlobalNetworkPolicy" },
    { "crd.projectcalico.org", "NetworkPolicy" },
    { "crd.projectcalico.org", "GlobalNetworkPolicy" },
    { "security.istio.io", "AuthorizationPolicy" },
} };

std::vector<std::uint32_t> selectedPods(const Reach& reach, cluster::ObjectId policy, QString* directions)
{
    std::vector<std::uint32_t> out;
    QStringList words;
    for (const Direction direction : { Direction::Ingress, Direction::Egress }) {
        const std::vector<std::uint32_t> pods = reach.selectedBy(policy, direction);
        if (!pods.empty())
            words.append(direction == Direction::Ingress ? networkTr("in") : networkTr("out"));
        out.insert(out.end(), pods.begin(), pods.end());
    }
    std::ranges::sort(out);
    const auto repeated = std::ranges::unique(out);
    out.erase(repeated.begin(), repeated.end());
    *directions = words.join(QStringLiteral(", "));
    return out;
}

QString workloadPath(const Network& network, cluster::WorkloadId workload)
{
    return lineText(network.reach->workloadName(workload));
}

QString podPath(const Network& network, std::uint32_t pod)
{
    return lineText(network.reach->nameOf(Point::ofPod(pod)));
}

// "2 pods: shop/a, shop/b", "40 pods: shop/a, shop/b and 38 more".
QString podsText(const Network& network, std::span<const std::uint32_t> pods)
{
    constexpr std::size_t most = 2;
    QStringList names;
    for (const std::uint32_t pod : pods.first(std::min(most, pods.size())))
        names.append(podPath(network, pod));
    const QString listed = names.join(QStringLiteral(", "));
    if (pods.size() == 1)
        return networkTr("1 pod: %1").arg(listed);
    const QString count = networkTr("%1 pods: ").arg(figureText(pods.size()));
    return pods.size() <= most ? count + listed
                               : count + networkTr("%1 and %2 more").arg(listed, figureText(pods.size() - most));
}

} // namespace

QString PolicyRow::path() const
{
    return ns.isEmpty() ? name : ns + QLatin1Char('/') + name;
}

QString PolicyRow::title() const
{
    return kind + QLatin1Char(' ') + path();
}

std::vector<PolicyRow> policyRows(const Network& network, Progress& progress)
{
    const cluster::Cluster& cluster = network.cluster();
    const Reach& reach = *network.reach;
    std::map<cluster::ObjectId, std::uint32_t> problems;
    for (const Reach::Problem& problem : reach.problems())
        ++problems[problem.policy];
    const auto unevaluated = reach.unevaluated();
    std::set<cluster::ObjectId> listed;
    std::vector<PolicyRow> out;
    const auto add = [&](cluster::ObjectId id) {
        if (!listed.insert(id).second)
            return;
        const cluster::Object& object = cluster.object(id);
        PolicyRow row;
        row.kind = lineText(cluster.kindName(id));
        row.ns = lineText(cluster.text(object.ns));
        row.name = lineText(cluster.text(object.name));
        row.object = id;
        const auto found = problems.find(id);
        row.problems = found == problems.end() ? 0 : found->second;
        row.isComputed = std::ranges::find(unevaluated, id) == unevaluated.end();
        out.push_back(std::move(row));
    };
    progress.enter("Reading policies");
    for (const auto& [group, kind] : policyKinds) {
        for (const cluster::ObjectId id : cluster.objectsOf(group, kind)) {
            if (progress.isCancelled())
                return {};
            add(id);
        }
    }
    for (const cluster::ObjectId id : unevaluated)
        add(id);
    return out;
}

std::vector<PolicyRow> countedPolicies(const Network& network, std::vector<PolicyRow> rows, Progress& progress)
{
    std::map<cluster::ObjectId, std::vector<PolicyProblemRow>> found;
    for (const network::LintFinding& one : network::lint(*network.reach))
        found[one.object].push_back({ lineText(one.pointer), sentenceText(lineText(one.text)) });
    progress.enter("Counting what policies select", rows.size());
    for (PolicyRow& row : rows) {
        if (progress.isCancelled())
            return {};
        row.pods = static_cast<std::uint32_t>(selectedPods(*network.reach, row.object, &row.directions).size());
        row.isCounted = true;
        row.found = found[row.object];
        row.problems = std::max(row.problems, static_cast<std::uint32_t>(row.found.size()));
        progress.advance(1);
    }
    return rows;
}

PolicyDetail policyDetail(const Network& network, cluster::ObjectId policy)
{
    constexpr std::size_t mostPods = 5'000;
    const Reach& reach = *network.reach;
    PolicyDetail out;
    out.title = networkTitle(network, policy);
    std::map<std::uint32_t, QStringList> byPod;
    for (const Direction direction : { Direction::Ingress, Direction::Egress }) {
        for (const std::uint32_t pod : reach.selectedBy(policy, direction))
            byPod[pod].append(directionText(direction));
        for (const Reach::RulePeers& rule : reach.peersOf(policy, direction)) {
            QStringList parts;
            if (rule.isEverybody)
                parts.append(networkTr("everybody, inside and outside"));
            if (!rule.pods.empty())
                parts.append(podsText(network, rule.pods));
            QStringList ranges;
            for (const network::AddressRange& range : rule.addresses) {
                for (const std::string& cidr : network::cidrsOf(range)) {
                    if (ranges.size() < 6)
                        ranges.append(lineText(cidr));
                }
            }
            parts += ranges;
            if (rule.matchesNothing())
                parts.append(networkTr("matches nobody"));
            out.rules.push_back({ directionText(direction), lineText(rule.pointer), parts.join(QStringLiteral(", ")),
                rule.matchesNothing() });
        }
    }
    out.arePodsCut = byPod.size() > mostPods;
    for (const auto& [pod, directions] : byPod) {
        if (out.pods.size() < mostPods)
            out.pods.push_back({ podPath(network, pod), workloadPath(network, reach.pods()[pod].workload),
                directions.join(QStringLiteral(", ")) });
    }
    for (const Reach::Problem& problem : reach.problems()) {
        if (problem.policy == policy)
            out.problems.push_back({ lineText(problem.pointer), lineText(problem.what) });
    }
    const auto nobody = std::ranges::count_if(out.rules, &RuleRow::matchesNobody);
    out.summary = byPod.empty() ? networkTr("Selects no pod.")
        : byPod.size() == 1     ? networkTr("Selects 1 pod.")
                                : networkTr("Selects %1 pods.").arg(byPod.size());
    if (out.rules.empty() && !byPod.empty())
        out.summary += networkTr(" It has no rule: nothing is allowed by it.");
    if (nobody > 0)
        out.summary
            += nobody == 1 ? networkTr(" 1 rule matches nobody.") : networkTr(" %1 rules match nobody.").arg(nobody);
    return out;
}

// --- Pods ----------------------------------------------------------------------------------------------------------

std::vector<PodRow> podRows(const Network& network, const QString& filter, std::size_t most)
{
    const Reach& reach = *network.reach;
    std::vector<PodRow> out;
    for (std::uint32_t pod = 0; pod < reach.pods().size() && out.size() < most; ++pod) {
        const network::ReachPod& one = reach.pods()[pod];
        const QString path = podPath(network, pod);
        if (!filter.isEmpty() && !path.contains(filter, Qt::CaseInsensitive))
            continue;
        QStringList isolated;
        for (const Direction direction : { Direction::Ingress, Direction::Egress }) {
            if (reach.isIsolated(pod, direction))
                isolated.append(directionText(direction));
        }
        out.push_back({ path, workloadPath(network, one.workload),
            one.isHostNetwork        ? networkTr("host network")
                : isolated.isEmpty() ? networkTr("open")
                                     : isolated.join(QStringLiteral(", ")),
            pod });
    }
    return out;
}

std::vector<PodPolicyRow> podPolicyRows(const Network& network, std::uint32_t pod)
{
    const network::PodPolicies found = network.reach->policiesOf(pod);
    std::vector<PodPolicyRow> out;
    for (const Direction direction : { Direction::Ingress, Direction::Egress }) {
        for (const cluster::ObjectId policy : found.selecting[static_cast<std::size_t>(direction)])
            out.push_back({ networkTr("selects it"), directionText(direction), networkTitle(network, policy), policy,
                QStringLiteral("/spec/podSelector") });
    }
    for (const Direction direction : { Direction::Ingress, Direction::Egress }) {
        for (const cluster::ObjectId policy : found.naming[static_cast<std::size_t>(direction)])
            out.push_back({ networkTr("a rule names it"), directionText(direction), networkTitle(network, policy),
                policy, QStringLiteral("/spec/") + directionText(direction) });
    }
    return out;
}

// --- What if -------------------------------------------------------------------------------------------------------

QString policyYaml(const Network& network, cluster::ObjectId policy)
{
    const EvidenceText whole = evidenceOf(*network.assessment, policy, {});
    if (!whole.problem.isEmpty())
        return {};
    // By lines: what the server and kubectl add, with what is indented below it.
    constexpr std::array<QLatin1StringView, 8> dropped { QLatin1StringView("status:"),
        QLatin1StringView("  managedFields:"), QLatin1StringView("  creationTimestamp:"),
        QLatin1StringView("  generation:"), QLatin1StringView("  resourceVersion:"), QLatin1StringView("  uid:"),
        QLatin1StringView("  selfLink:"), QLatin1StringView("    kubectl.kubernetes.io/last-applied-configuration:") };
    const auto indentOf = [](const QString& line) {
        const auto first = std::ranges::find_if(line, [](QChar one) { return one != QLatin1Char(' '); });
        return static_cast<qsizetype>(first - line.begin());
    };
    QStringList out;
    qsizetype skippedBelow = -1;
    const QStringList lines = whole.yaml.split(QLatin1Char('\n'));
    for (const QString& line : lines) {
        const qsizetype indent = indentOf(line);
        const bool isItem = line.mid(indent).startsWith(QLatin1String("- "));
        if (skippedBelow >= 0 && (indent > skippedBelow || (isItem && indent == skippedBelow)))
            continue;
        skippedBelow = -1;
        if (std::ranges::any_of(dropped, [&](QLatin1StringView start) { return line.startsWith(start); })) {
            skippedBelow = indent;
            continue;
        }
        if (out.value(out.size() - 1) == QLatin1String("  annotations:") && indent <= 2)
            out.removeLast(); // none is left
        out.append(line);
    }
    return out.join(QLatin1Char('\n'));
}

namespace {

DifferenceRow differenceRow(const network::FlowChange& change)
{
    using Kind = network::FlowChange::Kind;
    const bool isRemoved = change.kind == Kind::Removed, isAdded = change.kind == Kind::Added;
    return { isRemoved ? networkTr("removed")
            : isAdded  ? networkTr("added")
                       : networkTr("changed"),
        lineText(change.source), lineText(change.destination), text(network::toText(change.protocol)),
        lineText(change.before), lineText(change.after),
        isRemoved     ? 0
            : isAdded ? 1
                      : 2 };
}

// Three rows that differ in the protocol alone are one.
void joinProtocols(std::vector<DifferenceRow>& rows)
{
    const auto isAlike = [](const DifferenceRow& a, const DifferenceRow& b) {
        return a.source == b.source && a.destination == b.destination && a.order == b.order && a.before == b.before
            && a.after == b.after;
    };
    std::vector<DifferenceRow> out;
    for (std::size_t at = 0; at < rows.size(); ++at) {
        out.push_back(rows[at]);
        if (at + 2 < rows.size() && isAlike(rows[at], rows[at + 1]) && isAlike(rows[at], rows[at + 2])) {
            out.back().protocol = networkTr("any");
            at += 2;
        }
    }
    rows = std::move(out);
}

bool isPolicyKind(std::string_view group, std::string_view kind)
{
    return std::ranges::any_of(policyKinds, [&](const auto& one) { return group == one.first && kind == one.second; });
}

// What the edited text says, and which policies of the cluster it takes the place of.
Result<network::PolicyChanges> changesOf(const Network& network, const WhatIf& change, QStringList& notes)
{
    network::PolicyChanges out;
    out.dropped = change.dropped;
    if (change.yaml.trimmed().isEmpty())
        return out;
    const auto owned = std::make_shared<const std::string>(change.yaml.toStdString());
    const snapshot::Source source { "edited.yaml", std::string_view(*owned), owned };
    TaskPool pool(1);
    Progress progress;
    auto loaded = cluster::loadCluster(std::span(&source, 1), pool, progress);
    if (!loaded)
        return std::unexpected(loaded.error());
    const cluster::Cluster& added = **loaded;
    for (const snapshot::Problem& problem : added.problems()) {
        if (problem.level == snapshot::Problem::Level::Error)
            return std::unexpected(problem.error);
    }
    std::size_t policies = 0;
    for (std::uint32_t at = 0; at < added.objects().size(); ++at) {
        const cluster::Object& object = added.objects()[at];
        const cluster::Kind& kind = added.kindOf(object);
        if (object.isMissing || !isPolicyKind(added.text(kind.group), added.text(kind.kind)))
            continue;
        ++policies;
        const cluster::ObjectId same
            = network.cluster().find(added.text(kind.kind), added.text(object.ns), added.text(object.name));
        if (same.isNone())
            continue;
        out.dropped.push_back(same);
        notes.append(networkTr("%1 is replaced by the text.").arg(networkTitle(network, same)));
    }
    if (policies == 0)
        notes.append(networkTr("The text holds no policy."));
    out.added = std::move(*loaded);
    return out;
}

// More than this nobody reads; the headline has the whole numbers.
constexpr std::size_t mostDifferenceRows = 20'000;

} // namespace

WhatIfResult whatIf(const Network& network, const WhatIf& change, Progress& progress)
{
    WhatIfResult out;
    progress.enter("Computing the difference", 3);
    const auto changes = changesOf(network, change, out.notes);
    if (!changes) {
        out.problem = errorText(changes.error());
        return out;
    }
    progress.advance(1);
    const Reach after(*network.reach, *changes);
    progress.advance(1);
    if (progress.isCancelled())
        return {};
    for (const network::FlowChange& one : network::difference(*network.reach, after))
        out.rows.push_back(differenceRow(one));
    joinProtocols(out.rows);
    std::ranges::stable_sort(out.rows, {}, &DifferenceRow::order);
    const auto count = [&](int order) { return std::ranges::count(out.rows, order, &DifferenceRow::order); };
    out.headline = out.rows.empty()
        ? networkTr("No connection between workloads changes.")
        : networkTr("%1 removed, %2 added, %3 changed").arg(count(0)).arg(count(1)).arg(count(2));
    if (out.rows.size() > mostDifferenceRows) {
        out.rows.resize(mostDifferenceRows);
        out.notes.append(networkTr("The first %1 are listed.").arg(mostDifferenceRows));
    }
    return out;
}

SuggestedPolicies suggestedFor(const Network& network, const QString& end, Progress& progress)
{
    SuggestedPolicies out;
    const auto where = networkEnd(network, end);
    if (!where) {
        out.problem = sentenceText(errorText(where.error()));
        return out;
    }
    std::set<cluster::WorkloadId> workloads;
    for (const Point& point : where->points) {
        if (point.isPod() && !network.reach->pods()[point.pod].isHostNetwork)
            workloads.insert(network.reach->pods()[point.pod].workload);
    }
    if (workloads.empty()) {
        out.problem = networkTr("No pod that a policy could hold runs at \u201c%1\u201d.").arg(end);
        return out;
    }
    const std::vector<cluster::WorkloadId> asked(workloads.begin(), workloads.end());
    TaskPool pool(1);
    const auto made = network::suggest(*network.reach, asked, {}, pool, progress);
    if (!made) {
        out.problem = sentenceText(errorText(made.error()));
        return out;
    }
    QStringList documents;
    for (const network::SuggestedPolicy& policy : made->policies)
        documents.append(text(policy.yaml).trimmed());
    out.yaml = documents.join(QStringLiteral("\n---\n")) + QLatin1Char('\n');
    out.replaced = made->replaced;
    for (const std::string& note : made->notes)
        out.notes.append(sentenceText(lineText(note)));
    return out;
}

QString connectionsCsv(const Network& network, Progress& progress)
{
    progress.enter("Listing all connections");
    QString out = csvLine({ networkTr("Source"), networkTr("Destination"), networkTr("Protocol"), networkTr("Ports"),
        networkTr("Verdict") });
    const auto add = [&](const std::vector<network::Connection>& rows, const QString& verdict) {
        for (const network::Connection& row : rows)
            out += csvLine({ lineText(row.source), lineText(row.destination), text(network::toText(row.protocol)),
                lineText(row.ports), verdict });
    };
    add(network.reach->connections(), answerText(network::Answer::Allowed));
    if (progress.isCancelled())
        return {};
    add(network.reach->undecidedConnections(), answerText(network::Answer::Unknown));
    return out;
}

} // namespace plimsoll::ui::model
