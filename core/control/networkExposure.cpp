// SPDX-License-Identifier: Apache-2.0
// Controls on what leads in from outside, and on Services and routes that lead nowhere.
#include "core/network/Exposure.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "core/base/Text.h"
#include "core/control/detail/Network_p.h"
#include "core/control/detail/Outcomes_p.h"
#include "core/network/Services.h"

namespace plimsoll::control {

using cluster::Cluster;
using cluster::ObjectId;
using network::Answer;
using network::Exposure;

namespace {

std::map<std::uint32_t, std::vector<const Exposure*>> byWorkload(std::span<const Exposure> exposures)
{
    std::map<std::uint32_t, std::vector<const Exposure*>> out;
    for (const Exposure& one : exposures) {
        if (!one.workload.isNone())
            out[one.workload.index].push_back(&one);
    }
    return out;
}

void addHops(const Exposure& exposure, std::vector<Evidence>& evidence)
{
    for (const network::Hop& hop : exposure.hops) {
        const bool isKnown = std::ranges::any_of(
            evidence, [&](const Evidence& one) { return one.object == hop.object && one.pointer == hop.pointer; });
        if (!isKnown && evidence.size() < 20)
            evidence.push_back({ hop.object, hop.pointer, hop.text });
    }
}

bool isFromInternet(const Exposure& exposure)
{
    return !exposure.isInternal && exposure.sources.empty();
}

} // namespace

// N09.
void judgeExposure(const Context& context, std::vector<Outcome>& outcomes)
{
    const Cluster& cluster = context.cluster;
    const auto exposed = byWorkload(context.exposures);
    for (std::uint32_t w = 0; w < cluster.workloads().size(); ++w) {
        const ObjectId object = cluster.workloads()[w].object;
        if (context.reach.podsOf({ w }).empty())
            continue;
        std::vector<const Exposure*> sure, unknown;
        if (const auto found = exposed.find(w); found != exposed.end()) {
            for (const Exposure* one : found->second) {
                if (isFromInternet(*one) && one->answer == Answer::Allowed)
                    sure.push_back(one);
                else if (isFromInternet(*one) && one->answer == Answer::Unknown)
                    unknown.push_back(one);
            }
        }
        if (!sure.empty()) {
            std::vector<Evidence> evidence;
            for (const Exposure* one : sure)
                addHops(*one, evidence);
            const std::string others = sure.size() == 1
                ? std::string()
                : ", and by " + counted(sure.size() - 1, "further way", "further ways");
            Outcome& outcome = fail(object, "reachable from outside: " + wayOf(cluster, *sure.front()) + others,
                std::move(evidence), outcomes);
            outcome.affected = static_cast<std::uint32_t>(sure.front()->pods.size());
        } else if (!unknown.empty()) {
            notAssessed(object, wayOf(cluster, *unknown.front()) + ": " + unknown.front()->reason, outcomes);
        } else {
            pass(object, outcomes);
        }
    }
}

// N12.
void judgeSourceRanges(const Context& context, std::vector<Outcome>& outcomes)
{
    const Cluster& cluster = context.cluster;
    for (const cluster::Service& service : cluster.services()) {
        if (cluster.text(service.type) != "LoadBalancer")
            continue;
        const auto found = std::ranges::find_if(context.exposures, [&](const Exposure& one) {
            return one.entry == network::Entry::LoadBalancer && one.hops.front().object == service.object;
        });
        const bool hasRanges = !service.loadBalancerSourceRanges.empty();
        if (found == context.exposures.end() ? hasRanges : !isFromInternet(*found)) {
            pass(service.object, outcomes);
            continue;
        }
        fail(service.object,
            "the load balancer takes in every address: nothing limits its sources and it is not internal",
            { { service.object, "/spec/loadBalancerSourceRanges", "not set" },
                { service.object, "/spec/type", "LoadBalancer" } },
            outcomes);
    }
}

namespace {

struct ManagementUi {
    std::string_view image; // a part of the repository
    std::string_view name;
};
constexpr std::array<ManagementUi, 24> managementUis { {
    { "kubernetesui/dashboard", "Kubernetes Dashboard" },
    { "kubernetes-dashboard", "Kubernetes Dashboard" },
    { "argoproj/argocd", "Argo CD" },
    { "argoproj/argocli", "Argo Workflows" },
    { "kubeapps/dashboard", "Kubeapps" },
    { "rancher/rancher", "Rancher" },
    { "portainer/portainer", "Portainer" },
    { "weaveworks/scope", "Weave Scope" },
    { "headlamp", "Headlamp" },
    { "grafana/grafana", "Grafana" },
    { "prom/prometheus", "Prometheus" },
    { "prometheus/prometheus", "Prometheus" },
    { "alertmanager", "Alertmanager" },
    { "kibana", "Kibana" },
    { "jenkins/jenkins", "Jenkins" },
    { "apache/airflow", "Airflow" },
    { "jupyter", "Jupyter" },
    { "kubeflow", "Kubeflow" },
    { "pgadmin", "pgAdmin" },
    { "phpmyadmin", "phpMyAdmin" },
    { "mongo-express", "Mongo Express" },
    { "rabbitmq", "RabbitMQ" },
    { "longhornio/longhorn-ui", "Longhorn" },
    { "minio/minio", "MinIO" },
} };

const ManagementUi* managementUiOf(const Cluster& cluster, const cluster::Workload& workload)
{
    for (const cluster::PodSpecUse& use : workload.specs) {
        for (const cluster::Container& container : cluster.podSpec(use.spec).containers) {
            if (container.role != cluster::ContainerRole::Main)
                continue;
            const std::string image = toLowerAscii(cluster.text(container.image));
            const auto found = std::ranges::find_if(
                managementUis, [&](const ManagementUi& row) { return image.find(row.image) != std::string::npos; });
            if (found != managementUis.end())
                return &*found;
        }
    }
    return nullptr;
}

} // namespace

// N13.
void judgeManagement(const Context& context, std::vector<Outcome>& outcomes)
{
    const Cluster& cluster = context.cluster;
    if (hasHiddenNames(cluster))
        return notAssessed({}, "the names of images are hidden in this snapshot", outcomes);
    const auto exposed = byWorkload(context.exposures);
    for (std::uint32_t w = 0; w < cluster.workloads().size(); ++w) {
        const ManagementUi* ui = managementUiOf(cluster, cluster.workloads()[w]);
        if (!ui)
            continue;
        const ObjectId object = cluster.workloads()[w].object;
        const auto found = exposed.find(w);
        const Exposure* way = nullptr;
        for (const Exposure* one : found == exposed.end() ? std::vector<const Exposure*>() : found->second) {
            if (!way && one->answer != Answer::Denied && !one->isInternal)
                way = one;
        }
        if (!way) {
            pass(object, outcomes);
            continue;
        }
        std::vector<Evidence> evidence;
        addHops(*way, evidence);
        fail(object, std::string(ui->name) + " is offered outside of the cluster: " + wayOf(cluster, *way),
            std::move(evidence), outcomes);
    }
}

// N14. A person has to try; what is worth trying is listed.
void judgeLogin(const Context& context, std::vector<Outcome>& outcomes)
{
    std::set<std::string> names;
    for (const Exposure& one : context.exposures) {
        if (one.answer != Answer::Denied && !one.workload.isNone())
            names.insert(printable(context.cluster.titleOf(context.cluster.workloads()[one.workload.index].object)));
    }
    std::vector<std::string> list(names.begin(), names.end());
    const std::size_t count = list.size();
    if (count > 10)
        list.resize(10);
    notAssessed({},
        "whether a Service asks for a login shows only when it is called"
            + (count == 0 ? std::string("; nothing here is offered outside of the cluster")
                          : "; try those that are offered outside: " + join(list, ", ")
                        + (count > 10 ? " and " + std::to_string(count - 10) + " more" : std::string())),
        outcomes);
}

// N19.
void judgeDeadServices(const Context& context, std::vector<Outcome>& outcomes)
{
    const Cluster& cluster = context.cluster;
    if (context.reach.pods().empty() && !cluster.covers("discovery.k8s.io", "EndpointSlice"))
        return notAssessed({}, std::string(noPodsHere), outcomes);
    for (std::uint32_t s = 0; s < cluster.services().size(); ++s) {
        const cluster::Service& service = cluster.services()[s];
        if (cluster.text(service.type) == "ExternalName" || service.ports.empty())
            continue;
        std::vector<Evidence> evidence;
        for (std::size_t p = 0; p < service.ports.size(); ++p) {
            const network::Backends backends = network::backendsOf(context.reach, s, p);
            const std::string at = "/spec/ports/" + std::to_string(p);
            const bool hasPort
                = std::ranges::any_of(backends.list, [](const network::Backend& one) { return one.port != 0; });
            if (backends.list.empty())
                evidence.push_back(
                    { service.object, service.selector.empty() ? at : "/spec/selector", backends.problem });
            else if (!hasPort)
                evidence.push_back({ service.object, at + "/targetPort",
                    "no pod names a port " + printable(cluster.text(service.ports[p].targetPort)) });
            if (backends.list.empty())
                break;
        }
        // Without a selector somebody else keeps the endpoints, which a source without them cannot show.
        const bool isUnknown = service.selector.empty() && !cluster.covers("discovery.k8s.io", "EndpointSlice");
        if (evidence.empty())
            pass(service.object, outcomes);
        else if (isUnknown)
            notAssessed(service.object, "it has no selector, and the source does not list EndpointSlices", outcomes);
        else if (service.selector.empty() && cluster.text(cluster.object(service.object).name) == "kubernetes")
            pass(service.object, outcomes);
        else {
            const bool isAll
                = evidence.size() == service.ports.size() || !evidence.front().pointer.starts_with("/spec/ports");
            const std::string message
                = (isAll ? "the Service leads nowhere: " : "a port of the Service leads nowhere: ")
                + evidence.front().value;
            fail(service.object, message, std::move(evidence), outcomes);
        }
    }
}

namespace {

// One finding for each object, with all its dead backends.
void judgeBackends(
    const std::vector<network::DeadBackend>& dead, std::span<const ObjectId> all, std::vector<Outcome>& outcomes)
{
    std::map<ObjectId, std::vector<Evidence>> found;
    for (const network::DeadBackend& one : dead)
        found[one.object].push_back({ one.object, one.pointer, one.what });
    for (const ObjectId object : all) {
        const auto own = found.find(object);
        if (own == found.end()) {
            pass(object, outcomes);
            continue;
        }
        const std::string message = own->second.front().value
            + (own->second.size() > 1 ? ", and "
                        + counted(own->second.size() - 1, "further backend", "further backends") + " that leads nowhere"
                                      : std::string());
        fail(object, message, std::move(own->second), outcomes);
    }
}

} // namespace

// T05.
void judgeIngressBackends(const Context& context, std::vector<Outcome>& outcomes)
{
    std::vector<ObjectId> all;
    for (const cluster::Ingress& ingress : context.cluster.ingresses())
        all.push_back(ingress.object);
    judgeBackends(network::deadIngressBackends(context.reach), all, outcomes);
}

namespace {

constexpr std::string_view gatewayApi = "gateway.networking.k8s.io";

} // namespace

// T06.
void judgeRouteBackends(const Context& context, std::vector<Outcome>& outcomes)
{
    std::vector<ObjectId> all;
    for (const std::string_view kind : { "HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute" }) {
        for (const ObjectId id : context.cluster.objectsOf(gatewayApi, kind))
            all.push_back(id);
    }
    judgeBackends(network::deadRouteBackends(context.reach), all, outcomes);
}

// T08. Of Ingresses: the API lets everybody claim every host.
void judgeHosts(const Context& context, std::vector<Outcome>& outcomes)
{
    const Cluster& cluster = context.cluster;
    std::map<std::string, std::set<StringId>> claims; // host -> namespaces
    for (const cluster::Ingress& ingress : cluster.ingresses()) {
        for (const StringId host : ingress.hosts)
            claims[toLowerAscii(cluster.text(host))].insert(cluster.object(ingress.object).ns);
    }
    for (const cluster::Ingress& ingress : cluster.ingresses()) {
        std::vector<Evidence> evidence;
        std::vector<std::string> parts;
        const auto add = [&](std::string pointer, std::string what) {
            evidence.push_back({ ingress.object, std::move(pointer), what });
            parts.push_back(std::move(what));
        };
        for (std::size_t i = 0; i < ingress.hosts.size(); ++i) {
            const std::string host = toLowerAscii(cluster.text(ingress.hosts[i]));
            const std::string at = "/spec/rules/" + std::to_string(i);
            if (host.empty())
                add(at, "a rule without a host takes requests for every name");
            else if (host.starts_with("*."))
                add(at + "/host", "takes requests for every name below " + printable(host.substr(2)));
            if (!host.empty() && claims[host].size() > 1)
                add(at + "/host", printable(host) + " is claimed in another namespace as well");
        }
        const bool hasDefault = std::ranges::any_of(ingress.backends,
            [](const cluster::IngressBackend& backend) { return backend.host.isNone() && backend.path.isNone(); });
        if (hasDefault && ingress.hosts.empty())
            add("/spec/defaultBackend", "the default backend takes requests for every name");
        if (parts.empty())
            pass(ingress.object, outcomes);
        else
            fail(ingress.object, join(parts, "; "), std::move(evidence), outcomes);
    }
}

// T09.
void judgeGateways(const Context& context, std::vector<Outcome>& outcomes)
{
    const Cluster& cluster = context.cluster;
    for (const ObjectId id : cluster.objectsOf(gatewayApi, "Gateway")) {
        format::Document document;
        if (cluster.object(id).isMissing || !cluster.snapshot().readRaw(cluster.object(id).raw, document))
            continue;
        std::vector<Evidence> evidence;
        std::size_t index = 0;
        for (const format::Value listener : document.root()["spec"]["listeners"]) {
            const std::string at = "/spec/listeners/" + std::to_string(index++) + "/allowedRoutes/namespaces";
            const format::Value namespaces = listener["allowedRoutes"]["namespaces"];
            const bool isEmptySelector = namespaces["from"].text() == "Selector"
                && namespaces["selector"]["matchLabels"].size() == 0
                && namespaces["selector"]["matchExpressions"].size() == 0;
            if (namespaces["from"].text() == "All" || isEmptySelector)
                evidence.push_back({ id, at, "every namespace" });
        }
        if (evidence.empty())
            pass(id, outcomes);
        else
            fail(id, "routes of every namespace may attach: whoever writes one takes over names of the gateway",
                std::move(evidence), outcomes);
    }
    for (const ObjectId id : cluster.objectsOf(gatewayApi, "ReferenceGrant")) {
        format::Document document;
        if (cluster.object(id).isMissing || !cluster.snapshot().readRaw(cluster.object(id).raw, document))
            continue;
        std::vector<Evidence> evidence;
        std::size_t index = 0;
        for (const format::Value to : document.root()["spec"]["to"]) {
            if (to["name"].text().empty())
                evidence.push_back({ id, "/spec/to/" + std::to_string(index),
                    "every " + printable(to["kind"].text()) + " of the namespace" });
            ++index;
        }
        if (evidence.empty())
            pass(id, outcomes);
        else {
            const std::string message = "the grant names no object: it lets others refer to " + evidence.front().value;
            fail(id, message, std::move(evidence), outcomes);
        }
    }
}

} // namespace plimsoll::control
