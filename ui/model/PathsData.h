// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bitset>
#include <cstdint>
#include <string>
#include <vector>

#include <QString>

#include "core/attack/ChokePoints.h"
#include "core/attack/Paths.h"

// What the attack graph is asked and what is drawn of the answer: never more than a person can look at. No widgets;
// made in a worker. The same question has the same answer.
namespace plimsoll::ui::model {

enum class PathMode : std::uint8_t { Paths, Reach, ReachedBy, ChokePoints, Namespaces };
enum class FromPreset : std::uint8_t { Anyone, Internet, Identities, Containers, Chosen };
enum class ToPreset : std::uint8_t { ClusterAdmin, Nodes, ControlPlane, Secrets, AnyGoal, CrownJewels, Chosen };

std::vector<attack::PlaceId> startsOf(
    const attack::AttackGraph& graph, FromPreset preset, const std::vector<attack::PlaceId>& chosen);
std::vector<attack::PlaceId> endsOf(const attack::AttackGraph& graph, ToPreset preset,
    const std::vector<attack::PlaceId>& chosen, const std::vector<std::string>& crownJewels);

using PlaceKinds = std::bitset<attack::placeKindCount>;

// Kinds that explain a step but are no place to stand: left out of wide pictures.
PlaceKinds explainingKinds();

struct PathQuestion {
    PathMode mode = PathMode::Paths;
    std::vector<attack::PlaceId> from, to;
    attack::PathFilter filter = {};
    std::uint32_t maxSteps = 0; // 0 = any
    int group = -1; // draws the ways of this row only
    attack::FactId through = {}; // draws the ways that lead through it, if there are any
    PlaceKinds hiddenKinds = {};
    std::vector<attack::PlaceId> hidden = {}, opened = {}; // opened: first places of folded nodes; pinned ones
};

// Starts with the same techniques to the same end.
struct PathGroup {
    std::vector<attack::Technique> techniques; // structure is none
    attack::PlaceId end;
    std::vector<attack::PlaceId> starts;
    attack::Path sample; // of the first start
    attack::Certainty certainty = attack::Certainty::Confirmed; // of the least sure step
};

struct PathNode {
    std::vector<attack::PlaceId> places; // several = folded
    int column = 0;
    int steps = -1; // from the selected place, or to it
    bool isEnd = false, isStart = false;
    QString title = {}, caption = {}, badge = {};
    attack::PlaceKind kind = attack::PlaceKind::Outside;
    QString area = {}; // of the picture of namespaces: the namespace that the box stands for
    bool isFolded() const { return places.size() > 1; }
};

struct PathEdge {
    std::uint32_t from = 0, to = 0;
    std::uint32_t step = 0; // a step of the graph that it stands for
    attack::Certainty certainty = attack::Certainty::Confirmed;
    std::uint32_t count = 1;
    QString label = {};
    bool operator==(const PathEdge&) const = default;
};

struct PathPicture {
    std::vector<PathNode> nodes;
    std::vector<PathEdge> edges;
    std::size_t placeCount = 0; // that the nodes stand for
    std::vector<std::uint32_t> leftOut = std::vector<std::uint32_t>(attack::placeKindCount, 0); // nodes, by kind
};

struct PathAnswer {
    std::vector<PathGroup> groups;
    std::vector<attack::ChokePoint> chokes; // without those that nobody can change
    std::vector<attack::PlaceId> reached; // in order of distance; the selected place itself is not in it
    std::vector<std::uint32_t> reachedSteps; // of reached
    std::vector<attack::Refusal> refusals; // when there is no way
    std::uint32_t open = 0; // starts with a way
    std::size_t shownGroups = 0;
    PathPicture picture;
};

// Errors: Cancelled.
Result<PathAnswer> answer(const attack::AttackGraph& graph, const PathQuestion& question, Progress& progress);

// Words, as plain text of one line.
QString placeName(const attack::AttackGraph& graph, attack::PlaceId place);
QString placeTitle(const attack::AttackGraph& graph, attack::PlaceId place);
QString techniquesText(const std::vector<attack::Technique>& techniques);
QString certaintyText(attack::Certainty certainty);

// The explanation of one step: paragraphs of plain text.
QString stepExplanation(const attack::AttackGraph& graph, std::uint32_t step);
QString placeExplanation(const attack::AttackGraph& graph, attack::PlaceId place);

} // namespace plimsoll::ui::model
