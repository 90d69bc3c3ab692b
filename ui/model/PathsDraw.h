// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <span>
#include <vector>

#include "ui/model/PathsData.h"

// How what was found becomes a picture of at most about 300 nodes: places that lead on alike fold into one.
namespace plimsoll::ui::model {

constexpr std::size_t mostNodes = 300;

// The steps of ways, as layers that end at the goals. Threads: one.
class WayDrawing {
public:
    WayDrawing(const attack::AttackGraph& graph, const PathQuestion& question)
        : m_graph(graph)
        , m_question(question)
    {
    }
    void addStart(attack::PlaceId start);
    void addSteps(std::span<const std::uint32_t> steps);
    PathPicture picture() const;

private:
    std::map<attack::PlaceId, int> heights() const;
    PathPicture folded(const std::map<attack::PlaceId, int>& heights, bool isCoarse) const;

    const attack::AttackGraph& m_graph;
    const PathQuestion& m_question;
    std::set<attack::PlaceId> m_starts, m_places;
    std::set<std::uint32_t> m_steps;
};

// Everything that is reached (or reaches), each by its shortest way, with explaining places left out.
PathPicture treePicture(
    const attack::AttackGraph& graph, const PathQuestion& question, const attack::Distances& distances, bool isForward);
// Namespaces as boxes: how many starts in them have a way, and between which the ways run.
PathPicture namespacePicture(
    const attack::AttackGraph& graph, const PathQuestion& question, const attack::Distances& towards);

} // namespace plimsoll::ui::model
