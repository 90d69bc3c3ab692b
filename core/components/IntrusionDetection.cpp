// SPDX-License-Identifier: Apache-2.0
#include "core/components/IntrusionDetection.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>

#include "core/base/Text.h"
#include "core/components/detail/AgentTable.h"
#include "core/components/detail/Placement.h"

namespace plimsoll::components {

using cluster::Cluster;
using cluster::ObjectId;
using cluster::WorkloadId;
using format::Value;

namespace {

// "registry.example.com:5000/a/b:1@sha256:..." without tag and digest.
std::string_view repositoryOf(std::string_view image)
{
    image = image.substr(0, image.find('@'));
    const std::size_t slash = image.rfind('/');
    const std::size_t colon = image.find(':', slash == std::string_view::npos ? 0 : slash);
    return image.substr(0, colon);
}

bool endsWithElements(std::string_view repository, std::string_view elements)
{
    if (!repository.ends_with(elements))
        return false;
    return repository.size() == elements.size() || repository[repository.size() - elements.size() - 1] == '/';
}

// A mirror that keeps the path in one element: "rancher/mirrored-falcosecurity-falco".
bool isFlattened(std::string_view repository, std::string_view elements)
{
    std::string flat(elements);
    std::ranges::replace(flat, '/', '-');
    const std::string_view last = repository.substr(repository.rfind('/') + 1);
    return flat != elements && (last == flat || (last.starts_with("mirrored-") && last.substr(9) == flat));
}

struct Recognition {
    std::string evidence, pointer;
    bool isWeak = false;
};

bool isSwitchedOn(const Cluster& cluster, const cluster::PodSpec& spec, std::string_view variable)
{
    if (variable.empty())
        return true;
    return std::ranges::any_of(spec.containers, [&](const cluster::Container& container) {
        return std::ranges::any_of(container.env, [&](const cluster::EnvVar& one) {
            return cluster.text(one.name) == variable && cluster.text(one.value) == "true";
        });
    });
}

std::optional<Recognition> byImage(const Cluster& cluster, const cluster::PodSpec& spec, const AgentProduct& product)
{
    std::optional<Recognition> weak;
    for (const cluster::Container& container : spec.containers) {
        if (container.role == cluster::ContainerRole::Ephemeral
            || (container.role == cluster::ContainerRole::Init && cluster.text(container.restartPolicy) != "Always"))
            continue;
        const std::string_view repository = repositoryOf(cluster.text(container.image));
        const auto matches
            = [&](std::string_view one) { return endsWithElements(repository, one) || isFlattened(repository, one); };
        const std::string pointer = container.pointer() + "/image";
        const std::string image = "image " + printable(cluster.text(container.image));
        if (std::ranges::any_of(product.images, matches))
            return Recognition { image + " of container " + printable(cluster.text(container.name)), pointer };
        const std::string_view last = repository.substr(repository.rfind('/') + 1);
        if (std::ranges::count(product.names, last) > 0 && !weak)
            weak = Recognition { image + ", by the last part of its name alone", pointer, true };
    }
    return weak;
}

std::optional<Recognition> byLabel(const Cluster& cluster, const cluster::Object& object, const AgentProduct& product)
{
    constexpr std::array<std::string_view, 3> keys { "app.kubernetes.io/name", "app", "k8s-app" };
    for (const std::string_view key : keys) {
        const std::string_view value = cluster.label(object, key);
        if (!value.empty() && std::ranges::count(product.labels, value) > 0)
            return Recognition { "label " + std::string(key) + '=' + printable(value),
                "/metadata/labels" + format::pointerTo("", key), true };
    }
    return {};
}

bool isOnNodes(const Cluster& cluster, const cluster::Workload& workload)
{
    return workload.isStatic || cluster.kindName(workload.object) == "DaemonSet";
}

std::optional<DetectionAgent> agentOf(const Cluster& cluster, std::size_t index, const AgentProduct& product)
{
    const cluster::Workload& workload = cluster.workloads()[index];
    std::optional<Recognition> found;
    for (const cluster::PodSpecUse& use : workload.specs) {
        const cluster::PodSpec& spec = cluster.podSpec(use.spec);
        if (!isSwitchedOn(cluster, spec, product.switchedBy))
            continue;
        auto one = byImage(cluster, spec, product);
        if (one && (!found || (found->isWeak && !one->isWeak))) {
            found = std::move(one);
            found->pointer = std::string(cluster.podSpecPointer(use.holder)) + found->pointer;
        }
    }
    const bool isNodes = isOnNodes(cluster, workload);
    if (!found && isNodes)
        found = byLabel(cluster, cluster.object(workload.object), product);
    // A name alone decides nothing about what is not on the nodes: consoles and tools are called alike.
    if (!found || (found->isWeak && !isNodes))
        return {};
    return DetectionAgent { std::string(product.name), std::string(product.vendor),
        WorkloadId { static_cast<std::uint32_t>(index) }, found->evidence, found->pointer, found->isWeak, isNodes };
}

struct PodState {
    bool isReady = false;
    std::string detail; // why not
};

PodState stateOf(const Cluster& cluster, const cluster::Pod& pod, format::Document& document)
{
    const cluster::Object& object = cluster.object(pod.object);
    const std::string name = printable(cluster.text(object.name));
    document.clear();
    if (!cluster.snapshot().readRaw(object.raw, document))
        return { false, "pod " + name + " cannot be read" };
    const Value status = document.root()["status"];
    for (const Value condition : status["conditions"]) {
        if (condition["type"].text() != "Ready")
            continue;
        if (condition["status"].text() == "True")
            return { true, {} };
        std::string detail = "pod " + name + " is not ready";
        for (const Value container : status["containerStatuses"]) {
            for (const Value state : container["state"]) {
                if (const std::string_view reason = state["reason"].text(); !reason.empty())
                    detail += ", " + printable(container["name"].text()) + ": " + printable(reason);
            }
        }
        return { false, std::move(detail) };
    }
    return { false, "pod " + name + " is " + (pod.phase ? printable(cluster.text(pod.phase)) : "not known") };
}

// Reasons by how near they are to a pod that watches: the nearest of several DaemonSets is told.
int nearness(AbsenceReason reason)
{
    constexpr std::array order { AbsenceReason::NotReady, AbsenceReason::NodeNotReady, AbsenceReason::NoPod,
        AbsenceReason::NotTolerated, AbsenceReason::NotSelected, AbsenceReason::OtherSystem };
    return static_cast<int>(std::ranges::find(order, reason) - order.begin());
}

class CoverageBuilder {
public:
    explicit CoverageBuilder(const Cluster& cluster)
        : m_cluster(cluster)
    {
    }
    void fill(DetectionCoverage& coverage);

private:
    void addPods(const cluster::Workload& workload);
    std::optional<UnwatchedNode> absenceOf(const DetectionCoverage& coverage, const cluster::Node& node);
    UnwatchedNode absenceFrom(const cluster::Workload& workload, const cluster::Node& node, Value nodeRaw);

    const Cluster& m_cluster;
    std::map<std::string, PodState> m_pods; // of the product, by node
    std::map<std::uint32_t, format::Document> m_templates; // raw workloads, by object
};

void CoverageBuilder::addPods(const cluster::Workload& workload)
{
    format::Document document;
    for (const ObjectId id : workload.pods) {
        const cluster::Pod* pod = m_cluster.pod(id);
        if (!pod || !pod->nodeName)
            continue;
        PodState state = stateOf(m_cluster, *pod, document);
        PodState& known = m_pods.try_emplace(std::string(m_cluster.text(pod->nodeName)), state).first->second;
        if (state.isReady)
            known = std::move(state);
    }
}

UnwatchedNode CoverageBuilder::absenceFrom(const cluster::Workload& workload, const cluster::Node& node, Value nodeRaw)
{
    UnwatchedNode out { node.object, AbsenceReason::NoPod, "there is no pod of it on the node" };
    if (workload.isStatic)
        return out;
    const auto [known, isNew] = m_templates.try_emplace(workload.object.index);
    if (isNew && !m_cluster.snapshot().readRaw(m_cluster.object(workload.object).raw, known->second))
        known->second.clear();
    const Value spec = known->second.root().at(m_cluster.podSpecPointer(workload.object));
    const cluster::Object& nodeObject = m_cluster.object(node.object);
    const bool isWindows = m_cluster.text(node.operatingSystem) == "windows"
        || m_cluster.label(nodeObject, "kubernetes.io/os") == "windows";
    if (auto refusal = refusalOf(m_cluster, spec, nodeObject, nodeRaw, isWindows)) {
        out.reason = refusal->reason;
        out.detail = std::move(refusal->detail);
    }
    return out;
}

std::optional<UnwatchedNode> CoverageBuilder::absenceOf(const DetectionCoverage& coverage, const cluster::Node& node)
{
    const auto pod = m_pods.find(std::string(m_cluster.text(m_cluster.object(node.object).name)));
    if (pod != m_pods.end() && pod->second.isReady)
        return {};
    if (pod != m_pods.end())
        return UnwatchedNode { node.object, AbsenceReason::NotReady, pod->second.detail };
    format::Document document;
    if (!m_cluster.snapshot().readRaw(m_cluster.object(node.object).raw, document))
        return UnwatchedNode { node.object, AbsenceReason::NoPod, "there is no pod of it on the node" };
    std::optional<UnwatchedNode> best;
    for (const DetectionAgent& agent : coverage.agents) {
        if (!agent.isOnNodes)
            continue;
        auto one = absenceFrom(m_cluster.workloads()[agent.workload.index], node, document.root());
        if (!best || nearness(one.reason) < nearness(best->reason))
            best = std::move(one);
    }
    return best;
}

void CoverageBuilder::fill(DetectionCoverage& coverage)
{
    m_pods.clear();
    bool hasNodeAgent = false;
    for (const DetectionAgent& agent : coverage.agents) {
        if (!agent.isOnNodes)
            continue;
        hasNodeAgent = true;
        addPods(m_cluster.workloads()[agent.workload.index]);
    }
    if (!hasNodeAgent)
        return;
    coverage.nodes = static_cast<std::uint32_t>(m_cluster.nodes().size());
    for (const cluster::Node& node : m_cluster.nodes()) {
        if (auto absence = absenceOf(coverage, node))
            coverage.gaps.push_back(std::move(*absence));
        else
            ++coverage.watched;
    }
}

std::vector<DetectionCoverage> productsOf(const Cluster& cluster)
{
    std::vector<DetectionCoverage> out;
    for (const AgentProduct& product : agentProducts()) {
        DetectionCoverage coverage;
        coverage.product = product.name;
        for (std::size_t i = 0; i < cluster.workloads().size(); ++i) {
            if (auto agent = agentOf(cluster, i, product))
                coverage.agents.push_back(std::move(*agent));
        }
        if (!coverage.agents.empty())
            out.push_back(std::move(coverage));
    }
    return out;
}

bool isOnAnyNode(const DetectionCoverage& coverage)
{
    return std::ranges::any_of(coverage.agents, &DetectionAgent::isOnNodes);
}

// Nodes that are a gap of every product, each with the nearest reason.
std::vector<UnwatchedNode> unwatchedByAll(const std::vector<DetectionCoverage>& products)
{
    std::map<std::uint32_t, std::size_t> gapsOf; // by node
    std::size_t watching = 0;
    for (const DetectionCoverage& one : products) {
        watching += one.nodes > 0 ? 1 : 0;
        for (const UnwatchedNode& node : one.gaps)
            ++gapsOf[node.node.index];
    }
    std::vector<UnwatchedNode> out;
    for (const DetectionCoverage& one : products) {
        for (const UnwatchedNode& node : one.gaps) {
            if (gapsOf[node.node.index] != watching)
                continue;
            const auto same = std::ranges::find(out, node.node, &UnwatchedNode::node);
            if (same == out.end())
                out.push_back(node);
            else if (nearness(node.reason) < nearness(same->reason))
                *same = node;
        }
    }
    return out;
}

} // namespace

std::string_view toText(AbsenceReason reason)
{
    switch (reason) {
    case AbsenceReason::NoPod:
        return "no pod";
    case AbsenceReason::NotReady:
        return "not ready";
    case AbsenceReason::NotSelected:
        return "not selected";
    case AbsenceReason::NotTolerated:
        return "taint not tolerated";
    case AbsenceReason::NodeNotReady:
        return "node not ready";
    case AbsenceReason::OtherSystem:
        break;
    }
    return "other operating system";
}

bool IntrusionDetection::hasNodeAgent() const
{
    return std::ranges::any_of(products, isOnAnyNode);
}

IntrusionDetection intrusionDetection(const Cluster& cluster)
{
    IntrusionDetection out;
    out.products = productsOf(cluster);
    std::string gap = cluster.gap("apps", "DaemonSet");
    if (gap.empty() || !out.products.empty()) {
        const std::string pods = cluster.gap("", "Pod");
        gap = pods.empty() ? cluster.gap("", "Node") : pods;
    }
    out.gap = std::move(gap);
    if (cluster.gap("", "Pod").empty() && cluster.gap("", "Node").empty()) {
        CoverageBuilder builder(cluster);
        for (DetectionCoverage& one : out.products)
            builder.fill(one);
    }
    std::ranges::stable_sort(out.products, [](const DetectionCoverage& a, const DetectionCoverage& b) {
        return isOnAnyNode(a) != isOnAnyNode(b) ? isOnAnyNode(a) : a.product < b.product;
    });
    out.unwatched = unwatchedByAll(out.products);
    return out;
}

} // namespace plimsoll::components
