// SPDX-License-Identifier: Apache-2.0
// The tables of the Network view.
#include <QCoreApplication>

#include "ui/model/NetworkData.h"
#include "ui/model/NetworkWords.h"
#include "ui/model/TableParts.h"

namespace plimsoll::ui::model {

namespace {

QString marked(network::Answer answer, bool isPartial, const QString& word)
{
    const QChar sign = isPartial             ? QChar(0x25d0)
        : answer == network::Answer::Allowed ? QChar(0x25cf)
        : answer == network::Answer::Denied  ? QChar(0x2715)
                                             : QChar(0x3f);
    return QString(sign) + QLatin1Char(' ') + word;
}

constexpr std::array<TableColumn<ConnectionRow>, 6> connectionColumns { {
    words<ConnectionRow, &ConnectionRow::source>(
        QT_TRANSLATE_NOOP("Network", "Source"), QT_TRANSLATE_NOOP("Network", "Who connects")),
    words<ConnectionRow, &ConnectionRow::destination>(
        QT_TRANSLATE_NOOP("Network", "Destination"), QT_TRANSLATE_NOOP("Network", "Whom it connects to")),
    { QT_TRANSLATE_NOOP("Network", "Verdict"),
        QT_TRANSLATE_NOOP("Network", "Whether policies allow it; partly = some of the pods"),
        [](const ConnectionRow& row) -> QVariant { return marked(row.answer, row.isPartial, row.verdict); },
        [](const ConnectionRow& row) {
            return std::pair<qint64, QString>(
                static_cast<qint64>(row.answer) * 2 + (row.isPartial ? 1 : 0), row.source);
        } },
    words<ConnectionRow, &ConnectionRow::protocol>(
        QT_TRANSLATE_NOOP("Network", "Protocol"), QT_TRANSLATE_NOOP("Network", "TCP, UDP or SCTP"), true),
    words<ConnectionRow, &ConnectionRow::ports>(
        QT_TRANSLATE_NOOP("Network", "Ports"), QT_TRANSLATE_NOOP("Network", "Ports of the destination pod")),
    words<ConnectionRow, &ConnectionRow::decidedBy>(QT_TRANSLATE_NOOP("Network", "Decided by"),
        QT_TRANSLATE_NOOP("Network", "The policy and the rule of each side"), true),
} };

constexpr std::array<TableColumn<NearMissRow>, 4> nearMissColumns { {
    words<NearMissRow, &NearMissRow::direction>(QT_TRANSLATE_NOOP("Network", "Side"),
        QT_TRANSLATE_NOOP("Network", "Egress of the source, ingress of the destination")),
    words<NearMissRow, &NearMissRow::policy>(
        QT_TRANSLATE_NOOP("Network", "Policy"), QT_TRANSLATE_NOOP("Network", "That selects the pod")),
    words<NearMissRow, &NearMissRow::rule>(
        QT_TRANSLATE_NOOP("Network", "Rule"), QT_TRANSLATE_NOOP("Network", "That did not match")),
    words<NearMissRow, &NearMissRow::reason>(QT_TRANSLATE_NOOP("Network", "Why not"),
        QT_TRANSLATE_NOOP("Network", "What would have had to be otherwise"), true),
} };

// "3 of 4 pods" with a sign of its own for none, some and all.
template <std::size_t direction>
constexpr TableColumn<CoverageRow> isolatedColumn(const char* header, const char* toolTip)
{
    return { header, toolTip,
        [](const CoverageRow& row) -> QVariant {
            const std::uint32_t count = row.isolated[direction];
            if (row.pods == 0)
                return networkTr("no pods");
            const QChar sign = count == 0 ? QChar(0x25cb) : count == row.pods ? QChar(0x25cf) : QChar(0x25d0);
            return QString(sign) + QLatin1Char(' ') + networkTr("%1 of %2").arg(count).arg(row.pods);
        },
        [](const CoverageRow& row) {
            return std::pair<qint64, QString>(
                row.pods == 0 ? 2'000 : qint64 { row.isolated[direction] } * 1'000 / row.pods, row.ns);
        } };
}

template <std::size_t direction>
constexpr TableColumn<CoverageRow> defaultColumn(const char* header, const char* toolTip)
{
    return { header, toolTip,
        [](const CoverageRow& row) -> QVariant {
            return row.deniesByDefault[direction] ? networkTr("yes") : networkTr("no");
        },
        [](const CoverageRow& row) {
            return std::pair<qint64, QString>(row.deniesByDefault[direction] ? 1 : 0, row.ns);
        } };
}

constexpr std::array<TableColumn<CoverageRow>, 9> coverageColumns { {
    words<CoverageRow, &CoverageRow::ns>(
        QT_TRANSLATE_NOOP("Network", "Namespace"), QT_TRANSLATE_NOOP("Network", "Its name")),
    number<CoverageRow, &CoverageRow::pods>(
        QT_TRANSLATE_NOOP("Network", "Pods"), QT_TRANSLATE_NOOP("Network", "Not in the network of a node")),
    number<CoverageRow, &CoverageRow::hostNetwork>(QT_TRANSLATE_NOOP("Network", "On host network"),
        QT_TRANSLATE_NOOP("Network", "Pods in the network of a node: policies do not apply to them")),
    isolatedColumn<0>(QT_TRANSLATE_NOOP("Network", "Isolated in"),
        QT_TRANSLATE_NOOP("Network", "Pods that a policy selects for ingress")),
    isolatedColumn<1>(QT_TRANSLATE_NOOP("Network", "Isolated out"),
        QT_TRANSLATE_NOOP("Network", "Pods that a policy selects for egress")),
    defaultColumn<0>(QT_TRANSLATE_NOOP("Network", "Default deny in"),
        QT_TRANSLATE_NOOP("Network", "Whether a new pod without labels would get no connection")),
    defaultColumn<1>(QT_TRANSLATE_NOOP("Network", "Default deny out"),
        QT_TRANSLATE_NOOP("Network", "Whether a new pod without labels could make no connection")),
    number<CoverageRow, &CoverageRow::policies>(
        QT_TRANSLATE_NOOP("Network", "Policies"), QT_TRANSLATE_NOOP("Network", "Of the namespace")),
    words<CoverageRow, &CoverageRow::enforced>(QT_TRANSLATE_NOOP("Network", "Enforced"),
        QT_TRANSLATE_NOOP("Network", "Whether the network plugin does what policies say"), true),
} };

constexpr std::array<TableColumn<ExposureRow>, 6> exposureColumns { {
    words<ExposureRow, &ExposureRow::target>(
        QT_TRANSLATE_NOOP("Network", "Target"), QT_TRANSLATE_NOOP("Network", "What is behind it")),
    words<ExposureRow, &ExposureRow::entry>(
        QT_TRANSLATE_NOOP("Network", "Way in"), QT_TRANSLATE_NOOP("Network", "What opens it to the outside")),
    words<ExposureRow, &ExposureRow::sources>(
        QT_TRANSLATE_NOOP("Network", "From"), QT_TRANSLATE_NOOP("Network", "Addresses that may come in")),
    words<ExposureRow, &ExposureRow::ports>(
        QT_TRANSLATE_NOOP("Network", "Port"), QT_TRANSLATE_NOOP("Network", "Of the target")),
    { QT_TRANSLATE_NOOP("Network", "Verdict"), QT_TRANSLATE_NOOP("Network", "Whether policies let it in"),
        [](const ExposureRow& row) -> QVariant { return marked(row.answer, false, row.verdict); },
        [](const ExposureRow& row) {
            return std::pair<qint64, QString>(static_cast<qint64>(row.answer), row.target);
        } },
    words<ExposureRow, &ExposureRow::way>(
        QT_TRANSLATE_NOOP("Network", "The whole way"), QT_TRANSLATE_NOOP("Network", "From outside to the pods"), true),
} };

constexpr std::array<TableColumn<PolicyRow>, 5> policyColumns { {
    { QT_TRANSLATE_NOOP("Network", "Policy"), QT_TRANSLATE_NOOP("Network", "Its namespace and name"),
        [](const PolicyRow& row) -> QVariant { return row.path(); },
        [](const PolicyRow& row) { return std::pair<qint64, QString>(0, row.path()); } },
    words<PolicyRow, &PolicyRow::kind>(
        QT_TRANSLATE_NOOP("Network", "Kind"), QT_TRANSLATE_NOOP("Network", "Of which API"), true),
    words<PolicyRow, &PolicyRow::directions>(
        QT_TRANSLATE_NOOP("Network", "For"), QT_TRANSLATE_NOOP("Network", "Directions in which it selects pods"), true),
    { QT_TRANSLATE_NOOP("Network", "Pods"), QT_TRANSLATE_NOOP("Network", "That it selects now"),
        [](const PolicyRow& row) -> QVariant {
            return row.isCounted ? QVariant(static_cast<uint>(row.pods)) : QVariant(QStringLiteral("\u2026"));
        },
        [](const PolicyRow& row) { return std::pair<qint64, QString>(row.pods, row.path()); }, atRight },
    { QT_TRANSLATE_NOOP("Network", "Problems"),
        QT_TRANSLATE_NOOP("Network", "Parts that match nothing, or an API that is not computed"),
        [](const PolicyRow& row) -> QVariant {
            return !row.isComputed ? networkTr("not computed")
                : row.problems > 0 ? QString::number(row.problems)
                                   : QString();
        },
        [](const PolicyRow& row) {
            return std::pair<qint64, QString>(row.isComputed ? row.problems : 1'000'000, row.path());
        },
        atRight },
} };

constexpr std::array<TableColumn<RuleRow>, 3> ruleColumns { {
    words<RuleRow, &RuleRow::direction>(
        QT_TRANSLATE_NOOP("Network", "Direction"), QT_TRANSLATE_NOOP("Network", "ingress or egress")),
    words<RuleRow, &RuleRow::rule>(
        QT_TRANSLATE_NOOP("Network", "Rule"), QT_TRANSLATE_NOOP("Network", "Where it stands in the policy"), true),
    { QT_TRANSLATE_NOOP("Network", "Whom it matches now"), QT_TRANSLATE_NOOP("Network", "Pods and addresses"),
        [](const RuleRow& row) -> QVariant {
            return row.matchesNobody ? QString(QChar(0x26a0)) + QLatin1Char(' ') + row.peers : row.peers;
        },
        [](const RuleRow& row) { return std::pair<qint64, QString>(row.matchesNobody ? 0 : 1, row.peers); } },
} };

constexpr std::array<TableColumn<PolicyPodRow>, 3> policyPodColumns { {
    words<PolicyPodRow, &PolicyPodRow::pod>(
        QT_TRANSLATE_NOOP("Network", "Pod"), QT_TRANSLATE_NOOP("Network", "That the policy selects")),
    words<PolicyPodRow, &PolicyPodRow::workload>(
        QT_TRANSLATE_NOOP("Network", "Workload"), QT_TRANSLATE_NOOP("Network", "That it belongs to"), true),
    words<PolicyPodRow, &PolicyPodRow::directions>(QT_TRANSLATE_NOOP("Network", "For"),
        QT_TRANSLATE_NOOP("Network", "Directions in which it is isolated by it"), true),
} };

constexpr std::array<TableColumn<PolicyProblemRow>, 2> problemColumns { {
    words<PolicyProblemRow, &PolicyProblemRow::rule>(
        QT_TRANSLATE_NOOP("Network", "Where"), QT_TRANSLATE_NOOP("Network", "In the policy")),
    words<PolicyProblemRow, &PolicyProblemRow::what>(
        QT_TRANSLATE_NOOP("Network", "Problem"), QT_TRANSLATE_NOOP("Network", "Why it matches nothing")),
} };

constexpr std::array<TableColumn<PodRow>, 3> podColumns { {
    words<PodRow, &PodRow::path>(
        QT_TRANSLATE_NOOP("Network", "Pod"), QT_TRANSLATE_NOOP("Network", "Its namespace and name")),
    words<PodRow, &PodRow::workload>(
        QT_TRANSLATE_NOOP("Network", "Workload"), QT_TRANSLATE_NOOP("Network", "That it belongs to"), true),
    words<PodRow, &PodRow::isolation>(QT_TRANSLATE_NOOP("Network", "Isolated for"),
        QT_TRANSLATE_NOOP("Network", "Directions in which a policy selects it")),
} };

constexpr std::array<TableColumn<PodPolicyRow>, 3> podPolicyColumns { {
    words<PodPolicyRow, &PodPolicyRow::relation>(
        QT_TRANSLATE_NOOP("Network", "How"), QT_TRANSLATE_NOOP("Network", "What the policy has to do with the pod")),
    words<PodPolicyRow, &PodPolicyRow::direction>(
        QT_TRANSLATE_NOOP("Network", "Direction"), QT_TRANSLATE_NOOP("Network", "ingress or egress"), true),
    words<PodPolicyRow, &PodPolicyRow::policy>(
        QT_TRANSLATE_NOOP("Network", "Policy"), QT_TRANSLATE_NOOP("Network", "Its kind, namespace and name")),
} };

constexpr std::array<TableColumn<DifferenceRow>, 6> differenceColumns { {
    { QT_TRANSLATE_NOOP("Network", "Change"), QT_TRANSLATE_NOOP("Network", "Removed, added or changed"),
        [](const DifferenceRow& row) -> QVariant {
            constexpr QChar signs[] = { QChar(0x2212), QChar(0x2b), QChar(0x223c) };
            return QString(signs[row.order]) + QLatin1Char(' ') + row.change;
        },
        [](const DifferenceRow& row) { return std::pair<qint64, QString>(row.order, row.source); } },
    words<DifferenceRow, &DifferenceRow::source>(
        QT_TRANSLATE_NOOP("Network", "Source"), QT_TRANSLATE_NOOP("Network", "Who connects")),
    words<DifferenceRow, &DifferenceRow::destination>(
        QT_TRANSLATE_NOOP("Network", "Destination"), QT_TRANSLATE_NOOP("Network", "Whom it connects to")),
    words<DifferenceRow, &DifferenceRow::protocol>(
        QT_TRANSLATE_NOOP("Network", "Protocol"), QT_TRANSLATE_NOOP("Network", "TCP, UDP or SCTP"), true),
    words<DifferenceRow, &DifferenceRow::before>(
        QT_TRANSLATE_NOOP("Network", "Ports before"), QT_TRANSLATE_NOOP("Network", "With the policies of the cluster")),
    words<DifferenceRow, &DifferenceRow::after>(
        QT_TRANSLATE_NOOP("Network", "Ports after"), QT_TRANSLATE_NOOP("Network", "With the changes")),
} };

} // namespace

ConnectionsModel::ConnectionsModel(QObject* parent)
    : TableModel("Network", connectionColumns, parent)
{
}

NearMissesModel::NearMissesModel(QObject* parent)
    : TableModel("Network", nearMissColumns, parent)
{
}

CoverageModel::CoverageModel(QObject* parent)
    : TableModel("Network", coverageColumns, parent)
{
}

ExposureModel::ExposureModel(QObject* parent)
    : TableModel("Network", exposureColumns, parent)
{
}

QString ExposureModel::toolTipOf(const ExposureRow& row) const
{
    return row.way + QLatin1Char('\n') + row.reason;
}

PoliciesModel::PoliciesModel(QObject* parent)
    : TableModel("Network", policyColumns, parent)
{
}

RulesModel::RulesModel(QObject* parent)
    : TableModel("Network", ruleColumns, parent)
{
}

PolicyPodsModel::PolicyPodsModel(QObject* parent)
    : TableModel("Network", policyPodColumns, parent)
{
}

PolicyProblemsModel::PolicyProblemsModel(QObject* parent)
    : TableModel("Network", problemColumns, parent)
{
}

PodsModel::PodsModel(QObject* parent)
    : TableModel("Network", podColumns, parent)
{
}

PodPoliciesModel::PodPoliciesModel(QObject* parent)
    : TableModel("Network", podPolicyColumns, parent)
{
}

DifferenceModel::DifferenceModel(QObject* parent)
    : TableModel("Network", differenceColumns, parent)
{
}

} // namespace plimsoll::ui::model
