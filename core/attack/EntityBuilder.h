// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <limits>
#include <vector>

#include "core/attack/Entities.h"

// Private to core/attack: the graph before it is put in order.
namespace plimsoll::attack {

struct RawArc {
    std::uint32_t from = 0, to = 0;
    Relation relation = Relation::Contains;
    auto operator<=>(const RawArc&) const = default;
};

struct RawGraph {
    static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();
    std::vector<Vertex> vertices;
    std::vector<RawArc> arcs; // may repeat
    std::vector<std::uint32_t> ofObject; // vertex by ObjectId, or none
};

RawGraph collectEntities(const cluster::Cluster& cluster);

} // namespace plimsoll::attack
