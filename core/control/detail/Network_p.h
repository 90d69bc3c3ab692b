// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "core/control/Control.h"

// The controls of the families N and T that stand in other files than their tables.
namespace plimsoll::control {

// networkPaths.cpp: what the engine computes
void judgeSelectsNothing(const Context& context, std::vector<Outcome>& outcomes); // N05
void judgePeersNothing(const Context& context, std::vector<Outcome>& outcomes); // N06
void judgeMetadata(const Context& context, std::vector<Outcome>& outcomes); // N15
void judgeNodePorts(const Context& context, std::vector<Outcome>& outcomes); // N16
void judgeEscapedPolicies(const Context& context, std::vector<Outcome>& outcomes); // N17
void judgeTrust(const Context& context, std::vector<Outcome>& outcomes); // N18
void judgeUnreadPolicies(const Context& context, std::vector<Outcome>& outcomes); // N20

// Why a namespace holds what must be kept from others, "" when nothing says so.
std::string sensitivityOf(const cluster::Cluster& cluster, const cluster::Namespace& ns);

// networkExposure.cpp: what leads in from outside
void judgeExposure(const Context& context, std::vector<Outcome>& outcomes); // N09
void judgeSourceRanges(const Context& context, std::vector<Outcome>& outcomes); // N12
void judgeManagement(const Context& context, std::vector<Outcome>& outcomes); // N13
void judgeLogin(const Context& context, std::vector<Outcome>& outcomes); // N14
void judgeDeadServices(const Context& context, std::vector<Outcome>& outcomes); // N19
void judgeIngressBackends(const Context& context, std::vector<Outcome>& outcomes); // T05
void judgeRouteBackends(const Context& context, std::vector<Outcome>& outcomes); // T06
void judgeHosts(const Context& context, std::vector<Outcome>& outcomes); // T08
void judgeGateways(const Context& context, std::vector<Outcome>& outcomes); // T09

} // namespace plimsoll::control
