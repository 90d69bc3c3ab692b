// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/network/Reach.h"

// What another set of policies (or another cluster) lets pass that the first does not, and the other way round: by
// meaning, not by text.
namespace plimsoll::network {

struct FlowChange {
    enum class Kind : std::uint8_t { Added, Removed, Changed };
    Kind kind = Kind::Added;
    std::string source, destination; // "NS/NAME[KIND]" or a CIDR
    Protocol protocol = Protocol::TCP;
    std::string before, after; // ports: "all", "80,443", "" = none
    auto operator<=>(const FlowChange&) const = default;
};
std::string_view toText(FlowChange::Kind kind); // "added", "removed", "changed"

// Sorted by source, destination and protocol. Workloads are matched by name; those that only one side has count too.
// Of a variant of the first only what its changes select is looked at.
std::vector<FlowChange> difference(const Reach& before, const Reach& after);

} // namespace plimsoll::network
