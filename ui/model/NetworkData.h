// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include <QByteArray>
#include <QString>
#include <QStringList>

#include "core/assess/Assessment.h"
#include "core/base/Progress.h"
#include "core/network/Reach.h"
#include "ui/model/TableModel.h"

// What the Network view shows, made from the reachability engine. All functions may run in a job; what they are given
// is shared and immutable. Lists are cut at a bound and say so: nobody reads a million rows.
namespace plimsoll::ui::model {

// The assessment, and the reachability computed over its cluster. Empty before both are there.
struct Network {
    std::shared_ptr<const assess::Assessment> assessment;
    std::shared_ptr<const network::Reach> reach;

    explicit operator bool() const { return reach != nullptr; }
    const cluster::Cluster& cluster() const { return *assessment->cluster; }
};
Network networkOf(std::shared_ptr<const assess::Assessment> assessment);
// What limits every answer: policies that nobody enforces, or that are not computed. "" when nothing does.
QString networkNotice(const Network& network);

// --- Questions -----------------------------------------------------------------------------------------------------

// "shop/web -> data/db:5432/tcp", taken apart. problem says what is wrong with it, and then nothing else is set.
struct NetworkQuestion {
    QString from, to, port; // port "" = any
    network::Protocol protocol = network::Protocol::TCP;
    QString problem;
    // As it is written in the bar.
    QString text() const;
};
NetworkQuestion networkQuestion(const QString& text);
// What an end means, or several with commas between them; a namespace alone means its pods.
Result<network::Endpoint> networkEnd(const Network& network, const QString& text);

// A pair of workloads, or a workload and addresses.
struct ConnectionRow {
    QString source, destination, protocol, ports, verdict, decidedBy;
    network::Answer answer = network::Answer::Allowed;
    bool isPartial = false; // only some pods of the pair
    network::Point from, to; // pods that stand for the pair
    network::Protocol verdictProtocol = network::Protocol::TCP;
    std::uint16_t port = 0; // that the verdict is about; 0 = any
};

// How one side of a connection was decided.
struct ExplainedSide {
    QString title; // "Egress of shop/web"
    QString verdict; // "allowed"
    QString text; // one or two sentences
    QString policy, pointer, basis; // policy: "NetworkPolicy data/db"; "" when none decides
    network::Answer answer = network::Answer::Allowed;
    cluster::ObjectId object;
    QString place; // to look at in the policy: the rule, or the rules none of which matched
};
struct NearMissRow {
    QString direction, policy, rule, reason;
    bool isPeerMatched = false;
    cluster::ObjectId object;
    std::size_t side = 0; // into Explained::sides
};
struct Explained {
    QString question; // "shop/web -> data/db:5432/TCP"
    QString headline; // "Denied: ..."
    QStringList notes; // limits of the answer; all ports that are allowed
    network::Answer answer = network::Answer::Allowed;
    std::vector<ExplainedSide> sides; // egress, ingress, and the mesh where it has a say
    std::vector<NearMissRow> misses;
    QString change; // the smallest that would turn the answer; "" = none
    QString asText() const;
    QByteArray asJson() const;
};
Explained explained(const Network& network, const network::Verdict& verdict);
Explained explained(const Network& network, const ConnectionRow& row);

struct NetworkAnswer {
    QString problem; // what is wrong with the question
    QString headline; // "12 of 40 pairs of workloads are allowed"
    bool isCut = false; // there are more rows
    std::vector<ConnectionRow> rows; // of sets
    std::optional<Explained> explanation; // of a single pair
};
constexpr std::size_t mostConnectionRows = 20'000;
// Never fails: a problem is part of the answer. "" asks for everything.
NetworkAnswer answerOf(const Network& network, const QString& question, network::Sides sides, Progress& progress);

// Every end that can be named, sorted: namespaces, workloads, Services, pods.
QStringList networkNames(const Network& network, Progress& progress);
// What may stand where the cursor is: at most 60, those that begin so first.
QStringList networkCompletions(const QStringList& names, const QString& textBefore);

// --- Matrix --------------------------------------------------------------------------------------------------------

enum class CellState : std::uint8_t { Empty, None, Some, All, Open, Unknown };
CellState stateOf(const network::Cell& cell);
QString stateText(CellState state); // "some allowed"
QString cellText(const network::Cell& cell); // "12 of 40 pairs of pods are allowed, 4 of them by no policy"

QStringList namespaceLabels(const Network& network);
// Namespaces with a like pattern beside each other; needs every row.
std::vector<std::uint32_t> clusteredOrder(const Network& network, network::Sides sides, Progress& progress);
// Of these namespaces, in their order.
QString matrixCsv(const Network& network, std::span<const std::uint32_t> rows, std::span<const std::uint32_t> columns,
    network::Sides sides, Progress& progress);

// The workloads of a namespace as an axis.
struct WorkloadAxis {
    std::uint32_t ns = 0;
    std::vector<cluster::WorkloadId> workloads;
    QStringList labels; // "web[Deployment]"
};
WorkloadAxis workloadAxis(const Network& network, std::uint32_t ns);
struct WorkloadCells {
    std::vector<network::Cell> cells;
    QStringList ports; // "TCP 80,443"
};
WorkloadCells workloadRow(
    const Network& network, cluster::WorkloadId source, const WorkloadAxis& columns, network::Sides sides);

QString workloadsCsv(const Network& network, const WorkloadAxis& rows, const WorkloadAxis& columns,
    network::Sides sides, Progress& progress);

// What is told beside the matrix about one cell.
struct PolicyLink {
    QString title, caption;
    cluster::ObjectId object;
};
struct CellFacts {
    QString title, text;
    std::vector<std::pair<QString, QString>> figures; // name, value
    std::vector<PolicyLink> egress, ingress; // policies that select the pods of the source, of the destination
    QString question; // that lists what is in the cell
};
CellFacts cellFacts(const Network& network, std::uint32_t from, std::uint32_t to, const network::Cell& cell);
CellFacts cellFacts(
    const Network& network, cluster::WorkloadId from, cluster::WorkloadId to, const network::Cell& cell);

// --- Graph ---------------------------------------------------------------------------------------------------------

struct FocusNode {
    enum class Kind : std::uint8_t { Workload, Namespace, Outside, More };
    Kind kind = Kind::Workload;
    QString title, caption, badge;
    QString focus; // to look at it instead; "" = it cannot be
    int column = 0; // 0 = may reach the focus, 1 = the focus, 2 = reached by it
};
struct FocusEdge {
    enum class Style : std::uint8_t { Policy, Open, Unknown };
    std::uint32_t from = 0, to = 0; // into nodes
    Style style = Style::Policy;
    QString label; // ports
};
struct FocusGraph {
    QString problem;
    QString headline; // "3 may reach shop/web, it may reach 12"
    std::vector<FocusNode> nodes;
    std::vector<FocusEdge> edges;
};
constexpr std::size_t mostFocusEdges = 40;
// What may reach the focus (a workload or a namespace) and what it may reach; beyond the budget folded together.
FocusGraph focusGraph(const Network& network, const QString& focus, Progress& progress);
QString focusCsv(const FocusGraph& graph);
// A workload that is worth looking at first; "" when there is none.
QString firstFocus(const Network& network);

// --- Tables --------------------------------------------------------------------------------------------------------

struct CoverageRow {
    QString ns, enforced;
    std::uint32_t nsIndex = 0;
    std::uint32_t pods = 0, hostNetwork = 0, policies = 0;
    std::array<std::uint32_t, 2> isolated {}; // by Direction
    std::array<bool, 2> deniesByDefault {};
};
std::vector<CoverageRow> coverageRows(const Network& network, Progress& progress);

struct ExposureHop {
    QString text, pointer;
    cluster::ObjectId object;
};
struct ExposureRow {
    QString target, entry, sources, way, ports, verdict, reason;
    network::Answer answer = network::Answer::Allowed;
    bool isPublic = false; // from every address, and no policy denies it
    QString question; // that explains it
    std::vector<ExposureHop> hops; // from the outside to the pods
};
std::vector<ExposureRow> exposureRows(const Network& network, Progress& progress);

struct PolicyProblemRow {
    QString rule, what;
    bool operator==(const PolicyProblemRow&) const = default;
};
struct PolicyRow {
    QString kind, ns, name, directions;
    cluster::ObjectId object;
    std::uint32_t pods = 0; // that it selects now
    std::uint32_t problems = 0;
    bool isComputed = true;
    bool isCounted = false; // directions, pods and problems are known
    std::vector<PolicyProblemRow> found; // what is probably not meant so
    QString path() const; // "shop/web"
    QString title() const; // "NetworkPolicy shop/web"
};
std::vector<PolicyRow> policyRows(const Network& network, Progress& progress);
// The same with what each selects; takes longer.
std::vector<PolicyRow> countedPolicies(const Network& network, std::vector<PolicyRow> rows, Progress& progress);

struct RuleRow {
    QString direction, rule, peers;
    bool matchesNobody = false;
};
struct PolicyPodRow {
    QString pod, workload, directions;
};
struct PolicyDetail {
    QString title, summary;
    std::vector<RuleRow> rules;
    std::vector<PolicyPodRow> pods;
    bool arePodsCut = false;
    std::vector<PolicyProblemRow> problems;
};
PolicyDetail policyDetail(const Network& network, cluster::ObjectId policy);

struct PodRow {
    QString path, workload, isolation;
    std::uint32_t pod = 0;
};
std::vector<PodRow> podRows(const Network& network, const QString& filter, std::size_t most);
struct PodPolicyRow {
    QString relation, direction, policy;
    cluster::ObjectId object;
    QString pointer;
};
std::vector<PodPolicyRow> podPolicyRows(const Network& network, std::uint32_t pod);

// --- What if -------------------------------------------------------------------------------------------------------

struct DifferenceRow {
    QString change, source, destination, protocol, before, after;
    int order = 0; // 0 = removed, 1 = added, 2 = changed
};
struct WhatIf {
    QString yaml; // policies that are added, or that replace those of the same name
    std::vector<cluster::ObjectId> dropped;
    bool isEmpty() const { return yaml.trimmed().isEmpty() && dropped.empty(); }
};
struct WhatIfResult {
    QString problem; // why the text cannot be read
    QString headline; // "2 connections would be lost, 1 gained"
    QStringList notes;
    std::vector<DifferenceRow> rows;
};
// A variant of the engine with the changes, and what that lets pass or not.
WhatIfResult whatIf(const Network& network, const WhatIf& change, Progress& progress);
// The text of a policy as an editor starts with it: without status and what the server adds.
QString policyYaml(const Network& network, cluster::ObjectId policy);

// Least-privilege policies for a workload or a namespace, from what the objects declare: as text to try.
struct SuggestedPolicies {
    QString problem;
    QString yaml;
    std::vector<cluster::ObjectId> replaced; // policies that are not needed beside them
    QStringList notes;
};
SuggestedPolicies suggestedFor(const Network& network, const QString& end, Progress& progress);

QString connectionsCsv(const Network& network, Progress& progress);

// --- Models --------------------------------------------------------------------------------------------------------

class ConnectionsModel : public TableModel<ConnectionRow> {
public:
    explicit ConnectionsModel(QObject* parent = nullptr);
};
class NearMissesModel : public TableModel<NearMissRow> {
public:
    explicit NearMissesModel(QObject* parent = nullptr);
};
class CoverageModel : public TableModel<CoverageRow> {
public:
    explicit CoverageModel(QObject* parent = nullptr);
};
class ExposureModel : public TableModel<ExposureRow> {
public:
    explicit ExposureModel(QObject* parent = nullptr);

protected:
    QString toolTipOf(const ExposureRow& row) const override;
};
class PoliciesModel : public TableModel<PolicyRow> {
public:
    explicit PoliciesModel(QObject* parent = nullptr);
};
class RulesModel : public TableModel<RuleRow> {
public:
    explicit RulesModel(QObject* parent = nullptr);
};
class PolicyPodsModel : public TableModel<PolicyPodRow> {
public:
    explicit PolicyPodsModel(QObject* parent = nullptr);
};
class PolicyProblemsModel : public TableModel<PolicyProblemRow> {
public:
    explicit PolicyProblemsModel(QObject* parent = nullptr);
};
class PodsModel : public TableModel<PodRow> {
public:
    explicit PodsModel(QObject* parent = nullptr);
};
class PodPoliciesModel : public TableModel<PodPolicyRow> {
public:
    explicit PodPoliciesModel(QObject* parent = nullptr);
};
class DifferenceModel : public TableModel<DifferenceRow> {
public:
    explicit DifferenceModel(QObject* parent = nullptr);
};

} // namespace plimsoll::ui::model
