// SPDX-License-Identifier: Apache-2.0
// User namespaces (W35) and sandboxed container runtimes (W58).
#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "core/base/Text.h"
#include "core/control/detail/Outcomes_p.h"
#include "core/control/detail/Workload_p.h"
#include "core/network/Exposure.h"

namespace plimsoll::control {

using cluster::Cluster;
using cluster::Container;
using cluster::ObjectId;

namespace {

constexpr std::uint32_t onByDefaultSince = 33; // UserNamespacesSupport; general since 1.36

// Why a node cannot give a pod a user namespace; "" when it can.
// Source: KEP-127: kernel 6.3 (idmapped tmpfs), containerd 2.0 or CRI-O 1.25.
std::string shortcoming(const Cluster& cluster, const cluster::Node& node)
{
    const auto kernel = cluster::parseVersion(cluster.text(node.kernelVersion));
    if (!kernel)
        return "its kernel is not known";
    if (!kernel->isAtLeast(6, 3))
        return "kernel " + std::string(cluster.text(node.kernelVersion)) + " is older than 6.3";
    const std::string_view runtime = cluster.text(node.containerRuntimeVersion);
    const auto scheme = runtime.find("://");
    const auto version
        = scheme == std::string_view::npos ? std::nullopt : cluster::parseVersion(runtime.substr(scheme + 3));
    const bool isAble = version
        && ((runtime.starts_with("containerd") && version->isAtLeast(2, 0))
            || (runtime.starts_with("cri-o") && version->isAtLeast(1, 25)));
    return isAble ? std::string()
                  : "container runtime "
            + (runtime.empty() ? std::string("is not known") : std::string(runtime) + " has no user namespaces");
}

// Which nodes of the cluster can, found once.
class NodeSupport {
public:
    explicit NodeSupport(const Context& context)
        : m_cluster(context.cluster)
    {
        const cluster::Version& version = m_cluster.version();
        if (!version.isKnown())
            m_missing = "the version of the API server is not known";
        else if (!version.isAtLeast(1, onByDefaultSince))
            m_missing = "user namespaces are on by default since Kubernetes 1.33 only";
        for (const cluster::Node& node : m_cluster.nodes()) {
            if (m_cluster.text(node.operatingSystem) == "windows")
                continue;
            std::string problem = shortcoming(m_cluster, node);
            const std::string_view name = m_cluster.text(m_cluster.object(node.object).name);
            ++m_count;
            if (!problem.empty())
                m_unable.emplace(name, "node " + std::string(name) + ": " + std::move(problem));
        }
        if (m_count == 0 && m_missing.empty())
            m_missing = "the source holds no nodes, so it cannot be said whether they have user namespaces";
    }

    // "" when the nodes of the workload's pods can (without pods: all nodes); else what is missing.
    std::string missingFor(const cluster::Workload& workload) const
    {
        if (!m_missing.empty() || m_unable.empty())
            return m_missing;
        for (const ObjectId id : workload.pods) {
            const cluster::Pod* pod = m_cluster.pod(id);
            if (!pod || pod->nodeName.isNone())
                continue;
            const auto unable = m_unable.find(m_cluster.text(pod->nodeName));
            if (unable == m_unable.end())
                return {}; // at least this pod could
        }
        return m_unable.begin()->second;
    }

private:
    const Cluster& m_cluster;
    std::string m_missing;
    std::size_t m_count = 0;
    std::map<std::string_view, std::string> m_unable; // why, by name
};

void checkUserNamespace(
    const Context& context, const NodeSupport& support, const SpecSubject& subject, SpecReport& report)
{
    const cluster::PodSpec& spec = subject.spec;
    // Pods that use a namespace of the node cannot have one of their own for users.
    if (spec.hostUsers == false || spec.hostNetwork || spec.hostPid || spec.hostIpc || isWindows(context, spec)
        || subject.workload.isStatic)
        return;
    const auto root = std::ranges::find_if(
        spec.containers, [&](const Container& container) { return mayRunAsRoot(spec, container); });
    if (root == spec.containers.end())
        return;
    if (std::string missing = support.missingFor(subject.workload); !missing.empty())
        return report.notAssessed(std::move(missing));
    const bool isCertain = cluster::effectiveRunAsUser(spec, *root).value.has_value();
    report.fail(containerText(context, *root) + (isCertain ? " runs" : " may run")
            + " as root of the node's user namespace although the nodes could give it one of its own",
        "/hostUsers", boolText(spec.hostUsers));
    report.edit("/hostUsers", "false");
}

} // namespace

void evaluateUserNamespaces(const Context& context, std::vector<Outcome>& outcomes)
{
    const NodeSupport support(context);
    for (const cluster::Workload& workload : context.cluster.workloads()) {
        if (workload.specs.empty())
            continue;
        outcomes.push_back(judgeSpecs(context, workload, [&](const SpecSubject& subject, SpecReport& report) {
            checkUserNamespace(context, support, subject, report);
        }));
    }
}

namespace {

constexpr std::string_view nodeGroup = "node.k8s.io";

bool namesSandbox(std::string_view handler)
{
    constexpr std::array<std::string_view, 8> parts { "firecracker", "gvisor", "hypervisor", "kata", "krata", "quark",
        "runsc", "urunc" };
    const std::string text = toLowerAscii(handler);
    return std::ranges::any_of(parts, [&](std::string_view part) { return text.find(part) != std::string::npos; });
}

// "trust: untrusted", "acme.example/trusted: false": somebody says that what runs here is not to be trusted.
bool saysUntrusted(const Cluster& cluster, const cluster::Label& label)
{
    const std::string key = toLowerAscii(lastSegment(cluster.text(label.first)));
    const std::string value = toLowerAscii(cluster.text(label.second));
    if (key == "trust" || key == "trust-level" || key == "trustlevel" || key == "trust-zone")
        return value == "untrusted" || value == "none" || value == "low";
    return (key == "trusted" && value == "false") || (key == "untrusted" && value == "true");
}

bool saysTrust(const Cluster& cluster, const cluster::Label& label)
{
    const std::string key = toLowerAscii(lastSegment(cluster.text(label.first)));
    return key.starts_with("trust") || key == "untrusted";
}

std::string_view tenantOf(const Cluster& cluster, std::span<const cluster::Label> labels)
{
    for (const cluster::Label& label : labels) {
        const std::string key = toLowerAscii(lastSegment(cluster.text(label.first)));
        if (key == "tenant" || key == "tenant-id" || key == "tenant-name")
            return cluster.text(label.second);
    }
    return {};
}

// What there is of hints and sandboxes in the cluster, found once.
class Sandboxes {
public:
    explicit Sandboxes(const Context& context)
        : m_context(context)
        , m_cluster(context.cluster)
    {
        for (const ObjectId id : m_cluster.objectsOf(nodeGroup, "RuntimeClass")) {
            format::Document document;
            if (m_cluster.object(id).isMissing || !m_cluster.snapshot().readRaw(m_cluster.object(id).raw, document))
                continue;
            const std::string_view name = m_cluster.text(m_cluster.object(id).name);
            m_known.insert(name);
            if (namesSandbox(document.root()["handler"].text()))
                m_sandboxes.insert(name);
        }
        std::set<std::string_view> tenants;
        for (const cluster::Namespace& ns : m_cluster.namespaces()) {
            if (const std::string_view tenant = tenantOf(m_cluster, ns.labels); !tenant.empty())
                tenants.insert(tenant);
            m_hasHints = m_hasHints || hintsIn(ns.labels);
        }
        m_hasTenants = tenants.size() > 1;
        for (const cluster::Workload& workload : m_cluster.workloads())
            m_hasHints = m_hasHints || hintsIn(podLabels(context, workload)) || isAgentSandbox(workload);
        for (const network::Exposure& exposure : context.exposures) {
            if (exposure.isPublic())
                m_public.insert(exposure.workload.index);
        }
    }

    bool canTell() const { return m_hasHints || m_hasTenants; }

    // Why the workload counts as untrusted; "" when it does not.
    std::string reasonOf(const cluster::Workload& workload) const
    {
        const cluster::Object& object = m_cluster.object(workload.object);
        const cluster::Namespace* ns = m_cluster.findNamespace(m_cluster.text(object.ns));
        if (isAgentSandbox(workload))
            return "it runs code that an agent writes";
        const auto label = [&](std::span<const cluster::Label> labels) -> std::string {
            for (const cluster::Label& one : labels) {
                if (saysUntrusted(m_cluster, one))
                    return printable(m_cluster.text(one.first)) + '=' + printable(m_cluster.text(one.second));
            }
            return {};
        };
        if (const std::string own = label(podLabels(m_context, workload)); !own.empty())
            return "its label " + own + " says so";
        if (const std::string outer = ns ? label(ns->labels) : std::string(); !outer.empty())
            return "the label " + outer + " of its namespace says so";
        const bool isTenants = ns && m_hasTenants && !tenantOf(m_cluster, ns->labels).empty();
        if (isTenants && m_public.contains(m_cluster.workloadOf(workload.object).index))
            return "a tenant's workload is open to the internet in a cluster of several tenants";
        return {};
    }

    void check(const std::string& reason, const SpecSubject& subject, SpecReport& report) const
    {
        const std::string name(m_cluster.text(subject.spec.runtimeClassName));
        const bool isCovered = m_cluster.covers(nodeGroup, "RuntimeClass");
        if (!name.empty() && (m_sandboxes.contains(name) || (!isCovered && namesSandbox(name))))
            return;
        if (!name.empty() && !isCovered)
            return report.notAssessed("the source holds no RuntimeClasses, so it cannot be said what " + name + " is");
        std::string message = "an untrusted workload (" + reason + ") runs ";
        message += name.empty()      ? std::string("without runtimeClassName, on the node's own kernel")
            : m_known.contains(name) ? "with runtime class " + name + ", whose handler is no known sandbox"
                                     : "with runtime class " + name + ", which does not exist";
        if (isCovered && m_sandboxes.empty())
            message += "; no RuntimeClass of the cluster has a sandbox for a handler";
        report.fail(std::move(message), "/runtimeClassName", name.empty() ? std::string(notSet) : name);
        if (m_sandboxes.size() == 1)
            report.edit("/runtimeClassName", jsonQuoted(*m_sandboxes.begin()));
    }

private:
    bool hintsIn(std::span<const cluster::Label> labels) const
    {
        return std::ranges::any_of(labels, [&](const cluster::Label& label) { return saysTrust(m_cluster, label); });
    }

    // Sandbox, SandboxTemplate ... of the agent-sandbox project.
    bool isAgentSandbox(const cluster::Workload& workload) const
    {
        const auto& kind = m_cluster.kindOf(m_cluster.object(workload.object));
        return m_cluster.text(kind.group).ends_with("agents.x-k8s.io");
    }

    const Context& m_context;
    const Cluster& m_cluster;
    std::set<std::string_view> m_known;
    std::set<std::string_view> m_sandboxes;
    std::set<std::uint32_t> m_public; // workloads
    bool m_hasHints = false;
    bool m_hasTenants = false;
};

} // namespace

void evaluateSandboxes(const Context& context, std::vector<Outcome>& outcomes)
{
    if (context.cluster.workloads().empty())
        return;
    const Sandboxes sandboxes(context);
    if (!sandboxes.canTell())
        return notAssessed(
            {}, "no label of a namespace or workload says what is untrusted or whose it is (trust, tenant)", outcomes);
    for (const cluster::Workload& workload : context.cluster.workloads()) {
        if (workload.specs.empty())
            continue;
        const std::string reason = sandboxes.reasonOf(workload);
        if (reason.empty()) {
            pass(workload.object, outcomes);
            continue;
        }
        outcomes.push_back(judgeSpecs(context, workload,
            [&](const SpecSubject& subject, SpecReport& report) { sandboxes.check(reason, subject, report); }));
    }
}

} // namespace plimsoll::control
