// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/attack/Entities.h"

namespace plimsoll::attack {

enum class Direction : std::uint8_t { Forward, Backward };

// The neighbours of one kind on one side of a vertex: what "+12 more" stands for.
struct GroupKey {
    VertexId of; // none: all entities of the kind (overview)
    Direction direction = Direction::Forward;
    EntityKind kind = EntityKind::Workload;
    auto operator<=>(const GroupKey&) const = default;
};

constexpr std::uint32_t allKinds = (1u << entityKindCount) - 1;
constexpr std::uint32_t kindBit(EntityKind kind)
{
    return 1u << static_cast<unsigned>(kind);
}

// What a person wants to see. The same question on the same graph has the same answer.
struct Question {
    std::vector<VertexId> focus = {}; // a Namespace stands for what lies in it
    std::vector<VertexId> expanded = {}; // show the neighbours on both sides of these as well
    std::vector<GroupKey> opened = {}; // groups that are shown in full
    std::vector<VertexId> hidden = {};
    std::uint32_t kinds = allKinds; // bits of kinds that are shown
    std::uint32_t depth = 5; // steps from the focus: along the arrows, and against them, never to and fro
    std::uint32_t budget = 300; // drawn nodes, groups included
    std::span<const std::uint8_t> rank = {}; // by VertexId, less is shown first (severity); empty = all alike
};

struct Neighbourhood {
    struct Node {
        VertexId vertex; // none: a group
        GroupKey group; // of a group
        std::uint32_t count = 1; // entities behind it
        std::uint32_t more = 0; // neighbours of the vertex that are neither drawn nor in a group of it
        std::uint32_t distance = 0;
        bool isFocus = false;
        bool isHub = false; // adjacent to so much of the view that its links are drawn on demand only

        bool isGroup() const { return vertex.isNone(); }
    };
    struct Link {
        std::uint32_t from = 0, to = 0; // into nodes
        std::uint32_t relations = 0; // bit per Relation
        std::uint32_t count = 1; // arcs behind it
        bool operator==(const Link&) const = default;
    };
    std::vector<Node> nodes; // vertices in order of VertexId, then groups in order of their key
    std::vector<Link> links; // in order of from, to

    std::uint32_t entities = 0; // in the whole graph
    std::uint32_t shown = 0; // drawn one by one
    std::uint32_t grouped = 0; // counted in groups
    std::uint32_t filtered = 0; // next to what is drawn, but of a kind that is switched off, or hidden
    bool isOverview = false;
};

// The focus, what it leads to along the arrows and what leads to it against them. Neighbours of one kind beyond a
// limit, and all pods of a workload that was not expanded, become a group; hubs (vertices with very many neighbours on
// the side one would go on) are shown and not walked through. Never more than budget nodes.
Neighbourhood neighbourhood(const EntityGraph& graph, const Question& question);

// The whole cluster at a glance: namespaces, and users and groups, cluster bindings, cluster roles and nodes as groups;
// links count the arcs between them.
Neighbourhood overview(const EntityGraph& graph, const Question& question);

} // namespace plimsoll::attack
