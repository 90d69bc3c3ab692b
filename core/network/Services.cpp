// SPDX-License-Identifier: Apache-2.0
#include "core/network/Services.h"

#include <algorithm>

#include "core/base/Text.h"
#include "core/network/detail/ReachModel_p.h"

namespace plimsoll::network {

using cluster::Cluster;
using cluster::ObjectId;
using format::Value;

namespace {

std::string nsOf(const Cluster& cluster, ObjectId object)
{
    const StringId ns = cluster.object(object).ns;
    return ns.isNone() ? std::string("default") : std::string(cluster.text(ns));
}

bool isSelected(const Cluster& cluster, const cluster::Service& service, const ReachPod& pod)
{
    if (!pod.isTemplate) {
        const auto& labels = cluster.object(pod.object).labels;
        return std::ranges::all_of(
            service.selector, [&](const auto& wanted) { return std::ranges::find(labels, wanted) != labels.end(); });
    }
    const TextLabels labels = labelsOf(cluster, pod);
    return std::ranges::all_of(service.selector, [&](const auto& wanted) {
        return std::ranges::find(
                   labels, std::pair(std::string(cluster.text(wanted.first)), std::string(cluster.text(wanted.second))))
            != labels.end();
    });
}

std::uint16_t toPort(std::int64_t number)
{
    return number >= 1 && number <= 65535 ? static_cast<std::uint16_t>(number) : std::uint16_t { 0 };
}

std::uint16_t targetOf(
    const Reach& reach, std::uint32_t pod, const cluster::ServicePort& port, std::string_view target, Protocol protocol)
{
    if (target.empty())
        return toPort(port.port);
    if (const auto number = toInteger(target))
        return toPort(*number);
    return namedPort(reach, pod, target, protocol);
}

// The slices of a Service, by its label.
std::vector<ObjectId> slicesOf(const Cluster& cluster, const cluster::Service& service)
{
    std::vector<ObjectId> out;
    const cluster::Object& own = cluster.object(service.object);
    const StringId key = cluster.id("kubernetes.io/service-name");
    for (const ObjectId id : cluster.objectsOf("discovery.k8s.io", "EndpointSlice")) {
        const cluster::Object& slice = cluster.object(id);
        if (slice.ns == own.ns && !slice.isMissing
            && std::ranges::find(slice.labels, cluster::Label { key, own.name }) != slice.labels.end())
            out.push_back(id);
    }
    return out;
}

void addSlice(const Reach& reach, ObjectId slice, std::string_view portName, Backends& out)
{
    const Cluster& cluster = reach.cluster();
    format::Document document;
    if (!cluster.snapshot().readRaw(cluster.object(slice).raw, document))
        return;
    std::uint16_t number = 0;
    for (const Value port : document.root()["ports"]) {
        if (port["name"].text() == portName)
            number = toPort(port["port"].asInteger().value_or(0));
    }
    if (number == 0)
        return;
    const Foundation& f = reach.model().f();
    for (const Value endpoint : document.root()["endpoints"]) {
        Backend backend { {}, number, endpoint["conditions"]["ready"].asBool().value_or(true) };
        const Value target = endpoint["targetRef"];
        const auto pod = target["kind"].text() == "Pod"
            ? f.podByName.find(nsOf(cluster, slice) + '/' + std::string(target["name"].text()))
            : f.podByName.end();
        if (pod != f.podByName.end()) {
            backend.point = Point::ofPod(pod->second);
            out.list.push_back(backend);
            continue;
        }
        for (const Value text : endpoint["addresses"]) {
            const auto address = parseAddress(text.text());
            if (!address)
                continue;
            const auto known = f.podByAddress.find({ address->isV6, address->bits });
            backend.point = known != f.podByAddress.end()
                ? Point::ofPod(known->second)
                : Point { noIndex, { address->bits, address->bits, address->isV6 } };
            out.list.push_back(backend);
        }
    }
}

} // namespace

std::string serviceName(const Reach& reach, std::uint32_t service)
{
    const Cluster& cluster = reach.cluster();
    const ObjectId object = cluster.services()[service].object;
    return nsOf(cluster, object) + '/' + std::string(cluster.text(cluster.object(object).name));
}

std::uint16_t namedPort(const Reach& reach, std::uint32_t pod, std::string_view name, Protocol protocol)
{
    const Cluster& cluster = reach.cluster();
    const cluster::PodSpec& spec = cluster.podSpec(reach.pods()[pod].spec);
    // Containers first, then sidecars, as the controller of slices looks them up.
    for (const auto role : { cluster::ContainerRole::Main, cluster::ContainerRole::Init }) {
        for (const cluster::Container& container : spec.containers) {
            const bool isSidecar = cluster.text(container.restartPolicy) == "Always";
            if (container.role != role || (role == cluster::ContainerRole::Init && !isSidecar))
                continue;
            for (const cluster::ContainerPort& port : container.ports) {
                const auto own = port.protocol.isNone() ? Protocol::TCP : parseProtocol(cluster.text(port.protocol));
                if (cluster.text(port.name) == name && own == protocol)
                    return toPort(port.containerPort);
            }
        }
    }
    return 0;
}

std::vector<std::uint32_t> podsSelectedBy(const Reach& reach, const cluster::Service& service)
{
    std::vector<std::uint32_t> out;
    if (service.selector.empty())
        return out;
    const Cluster& cluster = reach.cluster();
    const auto ns = reach.model().f().namespaceByName.find(nsOf(cluster, service.object));
    if (ns == reach.model().f().namespaceByName.end())
        return out;
    for (const std::uint32_t pod : reach.podsOfNamespace(ns->second)) {
        if (isSelected(cluster, service, reach.pods()[pod]))
            out.push_back(pod);
    }
    return out;
}

std::optional<std::size_t> servicePort(
    const Reach& reach, std::uint32_t service, std::string_view port, Protocol protocol)
{
    const Cluster& cluster = reach.cluster();
    const cluster::Service& own = cluster.services()[service];
    const auto number = toInteger(port);
    for (std::size_t i = 0; i < own.ports.size(); ++i) {
        const auto ofPort
            = own.ports[i].protocol.isNone() ? Protocol::TCP : parseProtocol(cluster.text(own.ports[i].protocol));
        const bool isMeant = number ? own.ports[i].port == *number : cluster.text(own.ports[i].name) == port;
        if (isMeant && ofPort == protocol)
            return i;
    }
    return std::nullopt;
}

Backends backendsOf(const Reach& reach, std::uint32_t service, std::size_t port)
{
    const Cluster& cluster = reach.cluster();
    const cluster::Service& own = cluster.services()[service];
    const cluster::ServicePort& ownPort = own.ports[port];
    Backends out;
    if (cluster.text(own.type) == "ExternalName") {
        out.problem = "it is an alias of " + printable(cluster.text(own.externalName));
        return out;
    }
    for (const ObjectId slice : slicesOf(cluster, own))
        addSlice(reach, slice, cluster.text(ownPort.name), out);
    if (!out.list.empty()) {
        out.source = BackendSource::Slices;
        return out;
    }
    const auto protocol = ownPort.protocol.isNone() ? Protocol::TCP : parseProtocol(cluster.text(ownPort.protocol));
    for (const std::uint32_t pod : podsSelectedBy(reach, own)) {
        const std::uint16_t number = protocol
            ? targetOf(reach, pod, ownPort, cluster.text(ownPort.targetPort), *protocol)
            : std::uint16_t { 0 };
        out.list.push_back({ Point::ofPod(pod), number, true });
    }
    out.source = out.list.empty() ? BackendSource::Nothing : BackendSource::Selector;
    if (out.list.empty())
        out.problem = own.selector.empty() ? "it has no selector and no endpoints" : "no pod has its labels";
    return out;
}

} // namespace plimsoll::network
