// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "core/network/Exposure.h"
#include "core/network/Services.h"

// Ingresses, Gateways and Routes as a list of backends behind controllers.
namespace plimsoll::network {

// One Service that an Ingress or route sends requests to.
struct RouteBackend {
    Entry entry = Entry::Ingress;
    std::vector<Hop> hops; // Gateway, route
    std::string controllerKey; // IngressClass controller, or "gateway:NS/NAME"
    std::string service; // "NS/NAME"
    std::string port; // number or name
    std::uint16_t outerPort = 0;
    std::string problem; // why it leads nowhere: "" when it is fine
};
std::vector<RouteBackend> ingressBackends(const Reach& reach);
std::vector<RouteBackend> gatewayBackends(const Reach& reach);
std::vector<RouteBackend> istioBackends(const Reach& reach);
std::vector<RouteBackend> openShiftBackends(const Reach& reach);

// The pods that carry the traffic of a backend: nothing when they cannot be told.
std::vector<std::uint32_t> controllerPods(const Reach& reach, const RouteBackend& backend);

} // namespace plimsoll::network
