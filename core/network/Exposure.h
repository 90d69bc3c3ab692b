// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/network/Reach.h"

// External exposure: how packets from outside of the cluster get to pods, with the whole way and what policies say to
// it. Not the same as being open to pods that do not exist yet (policy openness, see Coverage).
// Source: Kubernetes 1.36 types.go of core/v1 (Service) and networking.k8s.io/v1; Gateway API v1; Istio's reference of
// Gateway and VirtualService; OpenShift's Route.
namespace plimsoll::network {

enum class Entry : std::uint8_t {
    LoadBalancer,
    NodePort,
    ExternalIp,
    HostPort,
    HostNetwork,
    Ingress,
    Gateway,
    IstioGateway,
    Route,
};
std::string_view toText(Entry entry); // "load balancer", "node port", ...

// One object on the way, and the place in it that leads on.
struct Hop {
    cluster::ObjectId object;
    std::string pointer;
    std::string text; // "LoadBalancer port 80"
};

// A way from outside to one port of the pods of a workload.
struct Exposure {
    Entry entry = Entry::LoadBalancer;
    std::vector<Hop> hops; // from the outside to the Service or pod
    cluster::WorkloadId workload;
    std::vector<std::uint32_t> pods; // that are reached so
    Protocol protocol = Protocol::TCP;
    std::uint16_t port = 0; // on the pods; 0 = whatever they open
    std::uint16_t outerPort = 0; // outside; 0 = by the controller
    std::vector<AddressRange> sources; // that may come in; empty = every address
    bool isInternal = false; // a load balancer of the private network of the cloud
    Answer answer = Answer::Allowed; // with policies
    Basis basis = Basis::DefaultOpen;
    std::string reason;

    // Reached by every address of the internet, as far as is known.
    bool isPublic() const { return answer != Answer::Denied && !isInternal && sources.empty(); }
};

// In order of workload, entry and port.
std::vector<Exposure> exposures(const Reach& reach);
std::string wayOf(const cluster::Cluster& cluster, const Exposure& exposure); // "internet -> Service a/b -> ..."

// A backend of an Ingress or route that leads nowhere, and why.
struct DeadBackend {
    cluster::ObjectId object;
    std::string pointer;
    std::string what; // "Service shop/gone does not exist"
};
std::vector<DeadBackend> deadIngressBackends(const Reach& reach);
std::vector<DeadBackend> deadRouteBackends(const Reach& reach); // of the Gateway API

} // namespace plimsoll::network
