// SPDX-License-Identifier: Apache-2.0
#include "core/network/Exposure.h"

#include <algorithm>
#include <array>
#include <map>
#include <tuple>

#include "core/base/Text.h"
#include "core/network/detail/ReachModel_p.h"
#include "core/network/detail/Routes_p.h"

namespace plimsoll::network {

using cluster::Cluster;
using cluster::ObjectId;
using format::Value;

std::string_view toText(Entry entry)
{
    constexpr std::array<std::string_view, 9> names { "load balancer", "node port", "external IP", "host port",
        "host network", "Ingress", "Gateway", "Istio Gateway", "Route" };
    return names[static_cast<std::size_t>(entry)];
}

namespace {

// "node port 30080", "load balancer port 80".
std::string portText(Entry entry, int port)
{
    const std::string name(toText(entry));
    return name + (name.ends_with("port") ? " " : " port ") + std::to_string(port);
}

// Annotations by which clouds keep a load balancer inside their private network.
constexpr std::array<std::pair<std::string_view, std::string_view>, 8> internalAnnotations { {
    { "service.beta.kubernetes.io/aws-load-balancer-internal", "true" },
    { "service.beta.kubernetes.io/aws-load-balancer-scheme", "internal" },
    { "service.beta.kubernetes.io/azure-load-balancer-internal", "true" },
    { "networking.gke.io/load-balancer-type", "Internal" },
    { "cloud.google.com/load-balancer-type", "Internal" },
    { "service.beta.kubernetes.io/oci-load-balancer-internal", "true" },
    { "service.beta.kubernetes.io/openstack-internal-load-balancer", "true" },
    { "service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type", "private" },
} };

struct ServiceFacts {
    bool isLocal = false; // externalTrafficPolicy
    bool hasNodePorts = true;
    bool isInternal = false;
    std::vector<AddressRange> sources;
};

ServiceFacts factsOf(const Cluster& cluster, const cluster::Service& service)
{
    ServiceFacts out;
    const cluster::Object& object = cluster.object(service.object);
    format::Document document;
    if (cluster.snapshot().readRaw(object.raw, document)) {
        const Value spec = document.root()["spec"];
        out.isLocal = spec["externalTrafficPolicy"].text() == "Local";
        out.hasNodePorts = spec["allocateLoadBalancerNodePorts"].asBool().value_or(true);
    }
    out.isInternal = std::ranges::any_of(
        internalAnnotations, [&](const auto& row) { return cluster.annotation(object, row.first) == row.second; });
    std::vector<AddressRange> ranges;
    for (const StringId text : service.loadBalancerSourceRanges) {
        if (const auto range = parseCidr(trimmed(cluster.text(text))))
            ranges.push_back(*range);
    }
    for (const std::string_view text :
        split(cluster.annotation(object, "service.beta.kubernetes.io/load-balancer-source-ranges"), ',')) {
        if (const auto range = parseCidr(trimmed(text)))
            ranges.push_back(*range);
    }
    out.sources = joined(std::move(ranges));
    const bool isEverybody = std::ranges::any_of(
        out.sources, [](const AddressRange& range) { return !range.isV6 && range == everyAddress(false); });
    if (isEverybody)
        out.sources.clear();
    return out;
}

class ExposureFinder {
public:
    explicit ExposureFinder(const Reach& reach)
        : m_reach(reach)
        , m_cluster(reach.cluster())
    {
    }

    std::vector<Exposure> run()
    {
        for (std::uint32_t i = 0; i < m_cluster.services().size(); ++i)
            addService(i);
        addHosts();
        for (const auto& list : { ingressBackends(m_reach), gatewayBackends(m_reach), istioBackends(m_reach),
                 openShiftBackends(m_reach) }) {
            for (const RouteBackend& backend : list)
                addRoute(backend);
        }
        std::ranges::stable_sort(m_out, {}, [](const Exposure& one) {
            return std::tuple(one.workload.index, one.entry, one.port, one.protocol, one.outerPort);
        });
        return std::move(m_out);
    }

private:
    // Packets whose source is kept: the addresses that come in are those that policies see.
    void judgeKept(Exposure& exposure) const
    {
        std::vector<AddressRange> sources = exposure.sources;
        if (sources.empty())
            sources.push_back(everyAddress(false));
        Answer best = Answer::Denied;
        for (const std::uint32_t pod : exposure.pods) {
            for (const AddressRange& source : sources) {
                for (const AddressRange& piece : m_reach.pieces(Point::ofPod(pod), source)) {
                    const Verdict verdict
                        = m_reach.decide({ noIndex, piece }, Point::ofPod(pod), exposure.protocol, exposure.port);
                    take(exposure, best, verdict);
                    if (best == Answer::Allowed)
                        return;
                }
            }
        }
    }

    void take(Exposure& exposure, Answer& best, const Verdict& verdict) const
    {
        const auto rank = [](Answer answer) {
            return answer == Answer::Allowed ? 2 : answer == Answer::Unknown ? 1 : 0;
        };
        const bool isFirst = exposure.reason.empty();
        if (!isFirst && rank(verdict.answer) <= rank(best))
            return;
        best = verdict.answer;
        exposure.answer = verdict.answer;
        exposure.basis = verdict.ingress.basis;
        exposure.reason = m_reach.sideText(verdict, Layer::Ingress)
            + (verdict.mesh ? "; mesh: " + m_reach.sideText(verdict, Layer::Mesh) : std::string());
    }

    // The source becomes an address of a node: rules on client addresses do not decide, and a node may always reach its
    // own pods.
    void judgeMasqueraded(Exposure& exposure) const
    {
        judgeKept(exposure);
        const bool isSure = exposure.answer == Answer::Allowed
            && std::ranges::all_of(exposure.pods,
                [&](std::uint32_t pod) { return m_reach.pieces(Point::ofPod(pod), everyAddress(false)).size() == 1; });
        if (isSure)
            return;
        exposure.answer = Answer::Unknown;
        exposure.basis = Basis::UndefinedSnat;
        exposure.reason = "externalTrafficPolicy Cluster: policies see the address of a node, not of the client ("
            + exposure.reason + ')';
    }

    // One exposure for each workload that the port leads to.
    void addBackends(const Exposure& pattern, std::uint32_t service, std::size_t port, bool isLocal)
    {
        std::map<std::pair<std::uint32_t, std::uint16_t>, std::vector<std::uint32_t>> byWorkload;
        for (const Backend& backend : backendsOf(m_reach, service, port).list) {
            if (backend.point.isPod() && backend.port != 0)
                byWorkload[{ m_reach.pods()[backend.point.pod].workload.index, backend.port }].push_back(
                    backend.point.pod);
        }
        for (auto& [key, pods] : byWorkload) {
            Exposure own = pattern;
            own.workload = { key.first };
            own.port = key.second;
            own.pods = std::move(pods);
            if (isLocal)
                judgeKept(own);
            else
                judgeMasqueraded(own);
            m_out.push_back(std::move(own));
        }
    }

    void addService(std::uint32_t index)
    {
        const cluster::Service& service = m_cluster.services()[index];
        const std::string_view type = m_cluster.text(service.type);
        const bool isBalancer = type == "LoadBalancer";
        if (!isBalancer && type != "NodePort" && service.externalIps.empty())
            return;
        const ServiceFacts facts = factsOf(m_cluster, service);
        for (std::size_t i = 0; i < service.ports.size(); ++i) {
            const cluster::ServicePort& port = service.ports[i];
            const auto protocol = port.protocol.isNone() ? Protocol::TCP : parseProtocol(m_cluster.text(port.protocol));
            if (!protocol)
                continue;
            Exposure pattern;
            pattern.protocol = *protocol;
            const std::string at = "/spec/ports/" + std::to_string(i);
            const auto add = [&](Entry entry, std::int32_t outer, const std::string& pointer) {
                pattern.entry = entry;
                pattern.outerPort = static_cast<std::uint16_t>(outer);
                pattern.hops = { { service.object, pointer, portText(entry, outer) } };
                addBackends(pattern, index, i, facts.isLocal);
            };
            if (isBalancer) {
                pattern.isInternal = facts.isInternal;
                pattern.sources = facts.sources;
                add(Entry::LoadBalancer, port.port, at + "/port");
                pattern.isInternal = false;
                pattern.sources.clear();
            }
            if ((type == "NodePort" || (isBalancer && facts.hasNodePorts)) && port.nodePort != 0) {
                // Source ranges of a load balancer hold for its node ports as well (kube-proxy drops the others).
                pattern.sources = isBalancer ? facts.sources : std::vector<AddressRange>();
                add(Entry::NodePort, port.nodePort, at + "/nodePort");
                pattern.sources.clear();
            }
            if (!service.externalIps.empty())
                add(Entry::ExternalIp, port.port, "/spec/externalIPs");
        }
    }

    void addHosts()
    {
        std::map<std::tuple<std::uint32_t, std::uint32_t, Entry, int, int>, std::size_t> known;
        for (std::uint32_t pod = 0; pod < m_reach.pods().size(); ++pod) {
            const ReachPod& own = m_reach.pods()[pod];
            const cluster::PodSpec& spec = m_cluster.podSpec(own.spec);
            for (const cluster::Container& container : spec.containers) {
                for (std::size_t p = 0; p < container.ports.size(); ++p) {
                    const cluster::ContainerPort& port = container.ports[p];
                    const bool isHostNetwork = spec.hostNetwork;
                    if (!isHostNetwork && port.hostPort == 0)
                        continue;
                    const auto protocol
                        = port.protocol.isNone() ? Protocol::TCP : parseProtocol(m_cluster.text(port.protocol));
                    const std::string_view hostIp = m_cluster.text(port.hostIp);
                    if (!protocol || hostIp.starts_with("127.") || hostIp == "::1")
                        continue;
                    const Entry entry = isHostNetwork ? Entry::HostNetwork : Entry::HostPort;
                    const auto [at, isNew] = known.try_emplace(std::tuple(own.workload.index, own.spec.index, entry,
                                                                   port.containerPort, static_cast<int>(*protocol)),
                        m_out.size());
                    if (!isNew) {
                        m_out[at->second].pods.push_back(pod);
                        continue;
                    }
                    Exposure out;
                    out.entry = entry;
                    out.workload = own.workload;
                    out.pods = { pod };
                    out.protocol = *protocol;
                    out.port = static_cast<std::uint16_t>(port.containerPort);
                    out.outerPort = static_cast<std::uint16_t>(isHostNetwork ? port.containerPort : port.hostPort);
                    out.hops = { { own.object,
                        std::string(m_cluster.podSpecPointer(own.object)) + container.pointer() + "/ports/"
                            + std::to_string(p),
                        portText(entry, out.outerPort) } };
                    if (isHostNetwork) {
                        out.basis = Basis::UndefinedHostNetwork;
                        out.reason = "the pod is in the network of its node, where policies do not apply";
                    } else {
                        judgeKept(out);
                    }
                    m_out.push_back(std::move(out));
                }
            }
        }
    }

    // The second part of the way begins at the pods of the controller, if they can be told.
    void judgeRoute(Exposure& exposure, const RouteBackend& backend) const
    {
        const std::vector<std::uint32_t> controllers = controllerPods(m_reach, backend);
        if (!controllers.empty()) {
            const ReachPod& first = m_reach.pods()[controllers.front()];
            exposure.hops.push_back({ first.object, "", "carried by the controller" });
            Answer best = Answer::Denied;
            for (const std::uint32_t pod : exposure.pods)
                take(exposure, best,
                    m_reach.decide(
                        Point::ofPod(controllers.front()), Point::ofPod(pod), exposure.protocol, exposure.port));
            const bool isReached = std::ranges::any_of(m_out,
                [&](const Exposure& one) { return one.workload == first.workload && one.answer != Answer::Denied; });
            if (!isReached && exposure.answer == Answer::Allowed) {
                exposure.answer = Answer::Unknown;
                exposure.basis = Basis::Unevaluated;
                exposure.reason = "nothing here shows how the controller itself is reached from outside";
            }
            return;
        }
        const bool isOpen = std::ranges::all_of(
            exposure.pods, [&](std::uint32_t pod) { return !m_reach.isIsolated(pod, Direction::Ingress); });
        exposure.answer = isOpen ? Answer::Allowed : Answer::Unknown;
        exposure.basis = isOpen ? Basis::DefaultOpen : Basis::Unevaluated;
        exposure.reason = isOpen ? "no policy restricts who reaches the pods; the controller was not found"
                                 : "the controller was not found: whether policies let it through is not known";
    }

    void addRoute(const RouteBackend& backend)
    {
        const auto service = m_reach.model().f().serviceByName.find(backend.service);
        if (!backend.problem.empty() || service == m_reach.model().f().serviceByName.end())
            return;
        const cluster::Service& own = m_cluster.services()[service->second];
        for (std::size_t port = 0; port < own.ports.size(); ++port) {
            const auto number = toInteger(backend.port);
            const bool isMeant = backend.port.empty()
                || (number ? own.ports[port].port == *number : m_cluster.text(own.ports[port].name) == backend.port);
            const auto protocol = own.ports[port].protocol.isNone()
                ? Protocol::TCP
                : parseProtocol(m_cluster.text(own.ports[port].protocol));
            if (!isMeant || !protocol)
                continue;
            std::map<std::pair<std::uint32_t, std::uint16_t>, std::vector<std::uint32_t>> byWorkload;
            for (const Backend& one : backendsOf(m_reach, service->second, port).list) {
                if (one.point.isPod() && one.port != 0)
                    byWorkload[{ m_reach.pods()[one.point.pod].workload.index, one.port }].push_back(one.point.pod);
            }
            for (auto& [key, pods] : byWorkload) {
                Exposure out;
                out.entry = backend.entry;
                out.hops = backend.hops;
                out.hops.push_back({ own.object, "/spec/ports/" + std::to_string(port),
                    "Service port " + std::to_string(own.ports[port].port) });
                out.workload = { key.first };
                out.pods = std::move(pods);
                out.protocol = *protocol;
                out.port = key.second;
                out.outerPort = backend.outerPort;
                judgeRoute(out, backend);
                m_out.push_back(std::move(out));
            }
        }
    }

    const Reach& m_reach;
    const Cluster& m_cluster;
    std::vector<Exposure> m_out;
};

std::vector<DeadBackend> deadOf(const std::vector<RouteBackend>& backends)
{
    std::vector<DeadBackend> out;
    for (const RouteBackend& backend : backends) {
        if (!backend.problem.empty())
            out.push_back({ backend.hops.back().object, backend.hops.back().pointer, backend.problem });
    }
    return out;
}

} // namespace

std::vector<Exposure> exposures(const Reach& reach)
{
    return ExposureFinder(reach).run();
}

std::string wayOf(const Cluster& cluster, const Exposure& exposure)
{
    std::string out = exposure.sources.empty() ? exposure.isInternal ? "the private network" : "the internet"
                                               : textOf(exposure.sources);
    for (const Hop& hop : exposure.hops)
        out += " -> " + printable(cluster.titleOf(hop.object)) + " (" + hop.text + ')';
    return out + " -> " + std::string(toText(exposure.protocol)) + ' ' + std::to_string(exposure.port) + " of "
        + printable(cluster.titleOf(cluster.workloads()[exposure.workload.index].object));
}

std::vector<DeadBackend> deadIngressBackends(const Reach& reach)
{
    return deadOf(ingressBackends(reach));
}

std::vector<DeadBackend> deadRouteBackends(const Reach& reach)
{
    return deadOf(gatewayBackends(reach));
}

} // namespace plimsoll::network
