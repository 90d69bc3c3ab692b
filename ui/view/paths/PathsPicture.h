// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <set>

#include "ui/model/GraphExport.h"
#include "ui/model/PathsData.h"
#include "ui/widget/graph/GraphScene.h"

namespace plimsoll::ui::view {

// What a person put on places; kept as long as the program runs.
struct PathMarks {
    std::map<attack::PlaceId, QString> notes;
    std::set<attack::PlaceId> pinned;
};

// How the kinds of place look; in order of attack::PlaceKind.
std::vector<widget::graph::KindLook> placeLooks();

// Lays a picture out; node n of the scene is node n of the picture. Any thread.
std::shared_ptr<const widget::graph::GraphScene> sceneOf(const model::PathPicture& picture, const PathMarks& marks);

model::ExportGraph exportOf(
    const attack::AttackGraph& graph, const model::PathPicture& picture, const PathMarks& marks, const QString& title);

} // namespace plimsoll::ui::view
