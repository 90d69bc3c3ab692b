// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/network/Reach.h"

// Services as ways to pods. Policies see a packet after the Service's address was replaced by that of a pod: the pod
// and its port decide, never the Service's. Source: Kubernetes 1.36 pkg/proxy/endpointslicecache.go,
// staging/src/k8s.io/endpointslice/utils.go (FindPort).
namespace plimsoll::network {

struct Backend {
    Point point;
    std::uint16_t port = 0; // on the pod; 0 = its name is not a port of the pod
    bool isReady = true;
};

// How the endpoints of a Service are known.
enum class BackendSource : std::uint8_t { Slices, Selector, Nothing };

struct Backends {
    BackendSource source = BackendSource::Nothing;
    std::vector<Backend> list; // in order of pods
    std::string problem; // why there are none: "no pod has its labels"
};

// The backends of one port of a Service, from its EndpointSlices when the source has them, else by its selector.
Backends backendsOf(const Reach& reach, std::uint32_t service, std::size_t port);
// Pods that the selector of a Service selects; none when it has no selector.
std::vector<std::uint32_t> podsSelectedBy(const Reach& reach, const cluster::Service& service);
// The number of a port of a pod by name and protocol; 0 when it has none.
std::uint16_t namedPort(const Reach& reach, std::uint32_t pod, std::string_view name, Protocol protocol);
// A port of a Service by number or name and protocol; nothing when it has none.
std::optional<std::size_t> servicePort(
    const Reach& reach, std::uint32_t service, std::string_view port, Protocol protocol);
std::string serviceName(const Reach& reach, std::uint32_t service); // "NS/NAME"

} // namespace plimsoll::network
