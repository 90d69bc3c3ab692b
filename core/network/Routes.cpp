// SPDX-License-Identifier: Apache-2.0
#include "core/network/detail/Routes_p.h"

#include <algorithm>
#include <array>
#include <map>

#include "core/base/Text.h"
#include "core/network/detail/ReachModel_p.h"
#include "core/network/detail/Read_p.h"

namespace plimsoll::network {

using cluster::Cluster;
using cluster::ObjectId;
using format::Value;

namespace {

std::string pathOf(const Cluster& cluster, ObjectId object)
{
    return namespaceOf(cluster, object) + '/' + std::string(cluster.text(cluster.object(object).name));
}

// Calls visit(object, root) for each object of a kind that can be read.
template <class Visit>
void forEachRaw(const Cluster& cluster, std::string_view group, std::string_view kind, Visit visit)
{
    for (const ObjectId id : cluster.objectsOf(group, kind)) {
        format::Document document;
        if (!cluster.object(id).isMissing && cluster.snapshot().readRaw(cluster.object(id).raw, document))
            visit(id, document.root());
    }
}

constexpr std::string_view gatewayGroup = "gateway.networking.k8s.io";

// Which controller serves an Ingress; "" when nothing tells.
std::string controllerOf(const Cluster& cluster, const cluster::Ingress& ingress)
{
    std::string found;
    forEachRaw(cluster, "networking.k8s.io", "IngressClass", [&](ObjectId id, Value root) {
        const cluster::Object& object = cluster.object(id);
        const bool isDefault = cluster.annotation(object, "ingressclass.kubernetes.io/is-default-class") == "true";
        const bool isMeant = ingress.className.isNone() ? isDefault : object.name == ingress.className;
        if (isMeant && found.empty())
            found = root["spec"]["controller"].text();
    });
    return found.empty() ? std::string(cluster.text(ingress.className)) : found;
}

// A Service, by name and port, as the API server would find it.
std::string problemOf(const Reach& reach, const std::string& service, std::string_view port)
{
    const auto found = reach.model().f().serviceByName.find(service);
    if (found == reach.model().f().serviceByName.end())
        return "Service " + printable(service) + " does not exist";
    const cluster::Service& own = reach.cluster().services()[found->second];
    const auto number = toInteger(port);
    const bool hasPort = port.empty() || std::ranges::any_of(own.ports, [&](const cluster::ServicePort& candidate) {
        return number ? candidate.port == *number : reach.cluster().text(candidate.name) == port;
    });
    return hasPort ? std::string() : "Service " + printable(service) + " has no port " + printable(port);
}

struct Listener {
    std::string name;
    std::uint16_t port = 0;
    std::string from; // All, Same, Selector, None
    Selection namespaces;
};
struct GatewayInfo {
    ObjectId object;
    std::string className;
    std::vector<Listener> listeners;
};

std::map<std::string, GatewayInfo> gatewaysOf(const Cluster& cluster)
{
    std::map<std::string, GatewayInfo> out;
    forEachRaw(cluster, gatewayGroup, "Gateway", [&](ObjectId id, Value root) {
        GatewayInfo info { id, std::string(root["spec"]["gatewayClassName"].text()), {} };
        for (const Value listener : root["spec"]["listeners"]) {
            const Value namespaces = listener["allowedRoutes"]["namespaces"];
            Listener own { std::string(listener["name"].text()), 0, std::string(namespaces["from"].text()), {} };
            own.from = own.from.empty() ? "Same" : own.from;
            const std::int64_t port = listener["port"].asInteger().value_or(0);
            own.port = port > 0 && port < 65536 ? static_cast<std::uint16_t>(port) : std::uint16_t { 0 };
            std::string what;
            if (auto selection = readLabelSelector(namespaces["selector"], what))
                own.namespaces = std::move(*selection);
            else
                own.from = "None";
            info.listeners.push_back(std::move(own));
        }
        out.emplace(pathOf(cluster, id), std::move(info));
    });
    return out;
}

class GatewayReader {
public:
    explicit GatewayReader(const Reach& reach)
        : m_reach(reach)
        , m_cluster(reach.cluster())
        , m_gateways(gatewaysOf(m_cluster))
    {
    }

    std::vector<RouteBackend> run()
    {
        for (const std::string_view kind : { "HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute" })
            forEachRaw(m_cluster, gatewayGroup, kind, [&](ObjectId id, Value root) { readRoute(id, kind, root); });
        return std::move(m_out);
    }

private:
    void readRoute(ObjectId route, std::string_view kind, Value root)
    {
        const std::string ns = namespaceOf(m_cluster, route);
        for (const Value parent : root["spec"]["parentRefs"]) {
            const std::string_view parentKind = parent["kind"].text();
            if (!parentKind.empty() && parentKind != "Gateway")
                continue; // of a mesh: from inside
            const std::string_view parentNs = parent["namespace"].text();
            const std::string path
                = (parentNs.empty() ? ns : std::string(parentNs)) + '/' + std::string(parent["name"].text());
            const auto gateway = m_gateways.find(path);
            if (gateway == m_gateways.end())
                continue;
            for (const Listener& listener : gateway->second.listeners) {
                const std::string_view section = parent["sectionName"].text();
                const auto port = parent["port"].asInteger();
                if ((!section.empty() && section != listener.name) || (port && *port != listener.port)
                    || !isAllowed(gateway->second, listener, ns))
                    continue;
                addBackends(route, kind, root, path, gateway->second, listener);
            }
        }
    }

    bool isAllowed(const GatewayInfo& gateway, const Listener& listener, const std::string& ns) const
    {
        if (listener.from == "All")
            return true;
        if (listener.from == "Same")
            return namespaceOf(m_cluster, gateway.object) == ns;
        if (listener.from != "Selector")
            return false;
        const cluster::Namespace* own = m_cluster.findNamespace(ns);
        TextLabels labels;
        for (const auto& [key, value] : own ? own->labels : std::vector<cluster::Label>())
            labels.emplace_back(m_cluster.text(key), m_cluster.text(value));
        return matches(listener.namespaces.terms, labels);
    }

    void addBackends(ObjectId route, std::string_view kind, Value root, const std::string& gatewayPath,
        const GatewayInfo& gateway, const Listener& listener)
    {
        const std::string ns = namespaceOf(m_cluster, route);
        std::size_t ruleIndex = 0;
        for (const Value rule : root["spec"]["rules"]) {
            std::size_t index = 0;
            for (const Value backend : rule["backendRefs"]) {
                const std::string pointer
                    = "/spec/rules/" + std::to_string(ruleIndex) + "/backendRefs/" + std::to_string(index++);
                const std::string_view backendKind = backend["kind"].text();
                if (!backendKind.empty() && backendKind != "Service")
                    continue;
                if (backend["weight"].asInteger().value_or(1) == 0)
                    continue;
                const std::string_view otherNs = backend["namespace"].text();
                RouteBackend out;
                out.entry = Entry::Gateway;
                out.hops.push_back({ gateway.object, "/spec/listeners",
                    "Gateway listener " + printable(listener.name) + " on port " + std::to_string(listener.port) });
                out.hops.push_back({ route, pointer, std::string(kind) + " sends requests on" });
                out.controllerKey = "gateway:" + gatewayPath;
                out.service = (otherNs.empty() ? ns : std::string(otherNs)) + '/' + std::string(backend["name"].text());
                out.port = backend["port"].text();
                out.outerPort = listener.port;
                out.problem = problemOf(m_reach, out.service, out.port);
                if (out.problem.empty() && !otherNs.empty() && otherNs != ns
                    && !isGranted(kind, ns, std::string(otherNs), backend["name"].text()))
                    out.problem = "no ReferenceGrant of namespace " + printable(otherNs) + " lets it refer to Service "
                        + printable(out.service);
                m_out.push_back(std::move(out));
            }
            ++ruleIndex;
        }
    }

    bool isGranted(std::string_view kind, const std::string& from, const std::string& to, std::string_view name) const
    {
        bool isFound = false;
        forEachRaw(m_cluster, gatewayGroup, "ReferenceGrant", [&](ObjectId id, Value root) {
            if (namespaceOf(m_cluster, id) != to)
                return;
            bool isFrom = false, isTo = false;
            for (const Value one : root["spec"]["from"])
                isFrom = isFrom || (one["kind"].text() == kind && one["namespace"].text() == from);
            for (const Value one : root["spec"]["to"])
                isTo = isTo
                    || (one["kind"].text() == "Service" && (one["name"].text().empty() || one["name"].text() == name));
            isFound = isFound || (isFrom && isTo);
        });
        return isFound;
    }

    const Reach& m_reach;
    const Cluster& m_cluster;
    std::map<std::string, GatewayInfo> m_gateways;
    std::vector<RouteBackend> m_out;
};

struct ControllerImage {
    std::string_view key; // a part of the controller's name
    std::string_view image; // a part of the image of its pods
};
constexpr std::array<ControllerImage, 10> controllerImages { {
    { "ingress-nginx", "ingress-nginx/controller" },
    { "ingress-nginx", "nginx-ingress-controller" },
    { "nginx.org", "nginx-ingress" },
    { "traefik", "traefik" },
    { "haproxy", "haproxy" },
    { "contour", "envoy" },
    { "istio", "istio/proxyv2" },
    { "kong", "kong" },
    { "envoyproxy", "envoy" },
    { "cilium", "cilium/cilium" },
} };

bool hasImage(const Cluster& cluster, const ReachPod& pod, std::string_view part)
{
    return std::ranges::any_of(cluster.podSpec(pod.spec).containers, [&](const cluster::Container& container) {
        return container.role == cluster::ContainerRole::Main
            && cluster.text(container.image).find(part) != std::string_view::npos;
    });
}

bool hasLabels(const Cluster& cluster, const ReachPod& pod, const TextLabels& wanted)
{
    const TextLabels own = labelsOf(cluster, pod);
    return std::ranges::all_of(wanted, [&](const auto& label) { return std::ranges::find(own, label) != own.end(); });
}

} // namespace

std::vector<RouteBackend> ingressBackends(const Reach& reach)
{
    const Cluster& cluster = reach.cluster();
    std::vector<RouteBackend> out;
    for (const cluster::Ingress& ingress : cluster.ingresses()) {
        const std::string controller = controllerOf(cluster, ingress);
        std::map<std::string, std::size_t> known;
        for (const cluster::IngressBackend& backend : ingress.backends) {
            if (backend.service.isNone())
                continue; // a resource
            RouteBackend own;
            const std::string host = backend.host.isNone() ? "every host" : printable(cluster.text(backend.host));
            own.hops.push_back(
                { ingress.object, "/spec", "Ingress for " + host + printable(cluster.text(backend.path)) });
            own.controllerKey = controller;
            own.service = namespaceOf(cluster, ingress.object) + '/' + std::string(cluster.text(backend.service));
            own.port = cluster.text(backend.port);
            own.problem = problemOf(reach, own.service, own.port);
            if (known.try_emplace(own.service + ':' + own.port, out.size()).second)
                out.push_back(std::move(own));
        }
    }
    return out;
}

std::vector<RouteBackend> gatewayBackends(const Reach& reach)
{
    return GatewayReader(reach).run();
}

std::vector<RouteBackend> istioBackends(const Reach& reach)
{
    constexpr std::string_view group = "networking.istio.io";
    const Cluster& cluster = reach.cluster();
    std::map<std::string, std::pair<ObjectId, std::uint16_t>> gateways;
    forEachRaw(cluster, group, "Gateway", [&](ObjectId id, Value root) {
        std::int64_t port = 0;
        for (const Value server : root["spec"]["servers"])
            port = port == 0 ? server["port"]["number"].asInteger().value_or(0) : port;
        gateways.emplace(pathOf(cluster, id),
            std::pair(id, port > 0 && port < 65536 ? static_cast<std::uint16_t>(port) : std::uint16_t { 0 }));
    });
    std::vector<RouteBackend> out;
    forEachRaw(cluster, group, "VirtualService", [&](ObjectId id, Value root) {
        const std::string ns = namespaceOf(cluster, id);
        for (const Value name : root["spec"]["gateways"]) {
            const std::string path = name.text().find('/') == std::string_view::npos
                ? ns + '/' + std::string(name.text())
                : std::string(name.text());
            const auto gateway = gateways.find(path);
            if (gateway == gateways.end())
                continue;
            for (const std::string list : { "http", "tcp", "tls" }) {
                std::size_t index = 0;
                for (const Value rule : root["spec"][list]) {
                    const std::string pointer = "/spec/" + list + '/' + std::to_string(index++);
                    for (const Value route : rule["route"]) {
                        const auto host = split(route["destination"]["host"].text(), '.');
                        RouteBackend own;
                        own.entry = Entry::IstioGateway;
                        own.hops.push_back({ gateway->second.first, "/spec/servers", "Istio Gateway" });
                        own.hops.push_back({ id, pointer, "VirtualService sends requests on" });
                        own.controllerKey = "istio:" + path;
                        own.service = (host.size() > 1 ? std::string(host[1]) : ns) + '/' + std::string(host[0]);
                        own.port = route["destination"]["port"]["number"].text();
                        own.outerPort = gateway->second.second;
                        own.problem = problemOf(reach, own.service, own.port);
                        out.push_back(std::move(own));
                    }
                }
            }
        }
    });
    return out;
}

std::vector<RouteBackend> openShiftBackends(const Reach& reach)
{
    const Cluster& cluster = reach.cluster();
    std::vector<RouteBackend> out;
    forEachRaw(cluster, "route.openshift.io", "Route", [&](ObjectId id, Value root) {
        const Value to = root["spec"]["to"];
        RouteBackend own;
        own.entry = Entry::Route;
        own.hops.push_back({ id, "/spec/to", "Route for " + printable(root["spec"]["host"].text()) });
        own.controllerKey = "openshift-router";
        own.service = namespaceOf(cluster, id) + '/' + std::string(to["name"].text());
        own.problem = problemOf(reach, own.service, {});
        out.push_back(std::move(own));
    });
    return out;
}

std::vector<std::uint32_t> controllerPods(const Reach& reach, const RouteBackend& backend)
{
    const Cluster& cluster = reach.cluster();
    std::vector<std::uint32_t> out;
    const auto take = [&](const auto& isMeant) {
        for (std::uint32_t pod = 0; pod < reach.pods().size() && out.empty(); ++pod) {
            if (!isMeant(reach.pods()[pod]))
                continue;
            const auto all = reach.podsOf(reach.pods()[pod].workload);
            out.assign(all.begin(), all.end());
        }
    };
    if (backend.controllerKey.starts_with("gateway:")) {
        const std::string path = backend.controllerKey.substr(8);
        const std::string name = path.substr(path.find('/') + 1);
        take([&](const ReachPod& pod) {
            return hasLabels(cluster, pod, { { "gateway.networking.k8s.io/gateway-name", name } });
        });
        return out;
    }
    if (backend.controllerKey.starts_with("istio:")) {
        format::Document document;
        TextLabels wanted;
        if (cluster.snapshot().readRaw(cluster.object(backend.hops.front().object).raw, document)) {
            for (const Value label : document.root()["spec"]["selector"])
                wanted.emplace_back(label.key(), label.text());
        }
        if (!wanted.empty())
            take([&](const ReachPod& pod) { return hasLabels(cluster, pod, wanted); });
        return out;
    }
    if (backend.controllerKey == "openshift-router") {
        take([&](const ReachPod& pod) { return reach.namespaceNames()[pod.ns] == "openshift-ingress"; });
        return out;
    }
    for (const ControllerImage& row : controllerImages) {
        if (!backend.controllerKey.empty() && backend.controllerKey.find(row.key) != std::string::npos)
            take([&](const ReachPod& pod) { return hasImage(cluster, pod, row.image); });
    }
    // Only one kind of controller is there: it serves what names none.
    for (const ControllerImage& row : controllerImages) {
        if (out.empty() && row.key == "ingress-nginx"
            && (backend.controllerKey.empty() || backend.controllerKey == "nginx"))
            take([&](const ReachPod& pod) { return hasImage(cluster, pod, row.image); });
    }
    return out;
}

} // namespace plimsoll::network
