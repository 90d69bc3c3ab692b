// SPDX-License-Identifier: Apache-2.0
// W50: does the workload live through the loss or the draining of a node?
#include <algorithm>
#include <map>
#include <set>

#include "core/base/Text.h"
#include "core/control/detail/Outcomes_p.h"
#include "core/control/detail/Workload_p.h"

namespace plimsoll::control {

using cluster::Cluster;
using cluster::ObjectId;
using format::Value;

namespace {

constexpr std::string_view policyGroup = "policy";
constexpr std::string_view scalingGroup = "autoscaling";

struct Budget {
    ObjectId object;
    StringId ns;
    cluster::LabelSelector selector;
    bool selectsNothing = false;
    std::string minAvailable, maxUnavailable; // as written; "" = not set
};

cluster::Requirement::Operator operatorOf(std::string_view text)
{
    using Operator = cluster::Requirement::Operator;
    return text == "In"          ? Operator::In
        : text == "NotIn"        ? Operator::NotIn
        : text == "Exists"       ? Operator::Exists
        : text == "DoesNotExist" ? Operator::DoesNotExist
                                 : Operator::Invalid;
}

cluster::LabelSelector selectorOf(const Cluster& cluster, Value selector)
{
    cluster::LabelSelector result;
    for (const Value label : selector["matchLabels"])
        result.requirements.push_back(
            { cluster.id(label.key()), cluster::Requirement::Operator::In, { cluster.id(label.text()) } });
    for (const Value expression : selector["matchExpressions"]) {
        cluster::Requirement requirement { cluster.id(expression["key"].text()),
            operatorOf(expression["operator"].text()), {} };
        for (const Value value : expression["values"])
            requirement.values.push_back(cluster.id(value.text()));
        result.requirements.push_back(std::move(requirement));
    }
    return result;
}

std::vector<Budget> readBudgets(const Cluster& cluster)
{
    std::vector<Budget> budgets;
    for (const ObjectId id : cluster.objectsOf(policyGroup, "PodDisruptionBudget")) {
        const cluster::Object& object = cluster.object(id);
        format::Document document;
        if (object.isMissing || !cluster.snapshot().readRaw(object.raw, document))
            continue;
        const Value spec = document.root()["spec"];
        Budget budget { id, object.ns, selectorOf(cluster, spec["selector"]), false,
            std::string(spec["minAvailable"].text()), std::string(spec["maxUnavailable"].text()) };
        // In v1 the empty selector means every pod of the namespace, in v1beta1 none; no selector is none in both.
        budget.selectsNothing = !spec["selector"].isObject()
            || (budget.selector.isEmpty() && cluster.text(cluster.kindOf(object).apiVersion) != "policy/v1");
        budgets.push_back(std::move(budget));
    }
    return budgets;
}

// The least replicas that autoscalers keep, by "namespace/kind/name".
std::map<std::string, std::int64_t> readAutoscalers(const Cluster& cluster)
{
    std::map<std::string, std::int64_t> least;
    for (const ObjectId id : cluster.objectsOf(scalingGroup, "HorizontalPodAutoscaler")) {
        const cluster::Object& object = cluster.object(id);
        format::Document document;
        if (object.isMissing || !cluster.snapshot().readRaw(object.raw, document))
            continue;
        const Value spec = document.root()["spec"];
        const Value target = spec["scaleTargetRef"];
        least[std::string(cluster.text(object.ns)) + '/' + std::string(target["kind"].text()) + '/'
            + std::string(target["name"].text())]
            = spec["minReplicas"].asInteger().value_or(1);
    }
    return least;
}

// Can none of so many pods be evicted while all are healthy?
// Source: pkg/controller/disruption (1.36): a percentage of minAvailable is rounded up, as is one of maxUnavailable.
bool blocksEviction(const Budget& budget, std::int64_t replicas)
{
    const auto share = [&](std::string_view text) -> std::optional<std::int64_t> {
        if (!text.ends_with('%'))
            return toInteger(text);
        text.remove_suffix(1);
        const auto percent = toInteger(text);
        return percent ? std::optional((*percent * replicas + 99) / 100) : std::nullopt;
    };
    if (!budget.maxUnavailable.empty())
        return share(budget.maxUnavailable) == 0;
    const auto least = share(budget.minAvailable);
    return least && *least >= replicas;
}

class Judge {
public:
    explicit Judge(const Context& context)
        : m_context(context)
        , m_cluster(context.cluster)
        , m_budgets(readBudgets(context.cluster))
        , m_leastReplicas(readAutoscalers(context.cluster))
    {
    }

    void judge(const cluster::Workload& workload, const cluster::Controller& controller, std::vector<Outcome>& outcomes)
    {
        const std::int64_t replicas = replicasOf(workload, controller);
        if (replicas == 0 || workload.isScaledToZero)
            return pass(workload.object, outcomes);
        m_messages.clear();
        m_evidence.clear();
        m_missing.clear();
        if (replicas == 1)
            judgeSingle(workload);
        else
            judgeSpread(workload);
        judgeBudgets(workload, replicas);
        if (!m_messages.empty())
            fail(workload.object, join(m_messages, "; "), m_evidence, outcomes);
        else if (!m_missing.empty())
            notAssessed(workload.object, m_missing, outcomes);
        else
            pass(workload.object, outcomes);
    }

private:
    std::int64_t replicasOf(const cluster::Workload& workload, const cluster::Controller& controller) const
    {
        const cluster::Object& object = m_cluster.object(workload.object);
        const auto scaled = m_leastReplicas.find(std::string(m_cluster.text(object.ns)) + '/'
            + std::string(m_cluster.kindName(workload.object)) + '/' + std::string(m_cluster.text(object.name)));
        // 0 replicas switch the autoscaler off.
        if (scaled != m_leastReplicas.end() && controller.replicas != 0)
            return scaled->second;
        return controller.replicas.value_or(1);
    }

    void add(std::string message, ObjectId object, std::string pointer, std::string value)
    {
        m_messages.push_back(std::move(message));
        m_evidence.push_back({ object, std::move(pointer), std::move(value) });
    }

    // Only what others call is missed while its pod is replaced.
    void judgeSingle(const cluster::Workload& workload)
    {
        if (!m_cluster.covers("", "Service")) {
            m_missing = "the source holds no Services, so it cannot be said whether anybody depends on the single pod";
            return;
        }
        const auto labels = podLabels(m_context, workload);
        const StringId ns = m_cluster.object(workload.object).ns;
        for (const cluster::Service& service : m_cluster.services()) {
            if (m_cluster.object(service.object).ns != ns || !isSelected(service.selector, labels))
                continue;
            return add("a single replica is all that " + m_cluster.titleOf(service.object) + " leads to",
                workload.object, "/spec/replicas", "1");
        }
    }

    void judgeSpread(const cluster::Workload& workload)
    {
        if (m_cluster.nodes().size() == 1)
            return;
        std::set<std::string_view> nodes;
        for (const ObjectId id : workload.pods) {
            if (const cluster::Pod* pod = m_cluster.pod(id); pod && !pod->nodeName.isNone())
                nodes.insert(m_cluster.text(pod->nodeName));
        }
        const bool isSpread = std::ranges::any_of(
            workload.specs, [&](const cluster::PodSpecUse& use) { return m_cluster.podSpec(use.spec).hasSpread; });
        if (isSpread || nodes.size() > 1)
            return;
        const std::string pointer(m_cluster.podSpecPointer(workload.object));
        if (nodes.size() == 1 && workload.pods.size() > 1)
            add("all replicas run on node " + printable(*nodes.begin()) + " and nothing spreads them", workload.object,
                pointer + "/topologySpreadConstraints", std::string(notSet));
        else
            add("nothing spreads the replicas over nodes", workload.object, pointer + "/topologySpreadConstraints",
                std::string(notSet));
    }

    void judgeBudgets(const cluster::Workload& workload, std::int64_t replicas)
    {
        const auto labels = podLabels(m_context, workload);
        const StringId ns = m_cluster.object(workload.object).ns;
        bool hasBudget = false;
        for (const Budget& budget : m_budgets) {
            if (budget.ns != ns || budget.selectsNothing || !budget.selector.matches(labels))
                continue;
            hasBudget = true;
            if (!blocksEviction(budget, replicas))
                continue;
            const bool isMax = !budget.maxUnavailable.empty();
            add(m_cluster.titleOf(budget.object) + " lets none of the pods be evicted: its node cannot be drained",
                budget.object, isMax ? "/spec/maxUnavailable" : "/spec/minAvailable",
                printable(isMax ? budget.maxUnavailable : budget.minAvailable));
        }
        if (hasBudget || replicas == 1)
            return;
        if (!m_cluster.covers(policyGroup, "PodDisruptionBudget"))
            m_missing = "the source holds no PodDisruptionBudgets";
        else
            add("no PodDisruptionBudget keeps any of the pods while nodes are drained", workload.object,
                std::string(m_cluster.podSpecPointer(workload.object)), "no PodDisruptionBudget selects these pods");
    }

    const Context& m_context;
    const Cluster& m_cluster;
    std::vector<Budget> m_budgets;
    std::map<std::string, std::int64_t> m_leastReplicas;
    std::vector<std::string> m_messages;
    std::vector<Evidence> m_evidence;
    std::string m_missing;
};

} // namespace

void evaluateAvailability(const Context& context, std::vector<Outcome>& outcomes)
{
    Judge judge(context);
    for (const cluster::Workload& workload : context.cluster.workloads()) {
        const std::string_view kind = context.cluster.kindName(workload.object);
        const bool hasReplicas = kind == "Deployment" || kind == "StatefulSet" || kind == "ReplicaSet"
            || kind == "ReplicationController" || kind == "Rollout";
        const cluster::Controller* controller = context.cluster.controller(workload.object);
        if (hasReplicas && controller)
            judge.judge(workload, *controller, outcomes);
    }
}

} // namespace plimsoll::control
