// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "core/network/Network.h"

namespace plimsoll::network {

// The semantics of a LabelSelector: NotIn and DoesNotExist match labels that lack the key.
bool matches(const std::vector<TextRequirement>& selector, const TextLabels& labels);

// The policies of cilium.io with the rules that isolate pods; those with a rule that cannot be read are not computed.
std::vector<OtherPolicy> ciliumPolicies(const cluster::Cluster& cluster);

} // namespace plimsoll::network
