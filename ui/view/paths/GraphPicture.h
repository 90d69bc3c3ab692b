// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <QByteArray>
#include <QImage>

#include "core/assess/Assessment.h"
#include "core/attack/Attack.h"
#include "ui/widget/graph/GraphScene.h"

namespace plimsoll::ui::view {

// Severity of the worst finding of every entity (a namespace's: of what lies in it), model::noSeverity for none.
std::vector<std::uint8_t> worstSeverities(const attack::EntityGraph& graph, const assess::Assessment& assessment);
// Where to begin: the workload with the worst findings; none when nothing failed.
attack::VertexId worstWorkload(const attack::EntityGraph& graph, const assess::Assessment& assessment);

// How the kinds look; in order of attack::EntityKind.
std::vector<widget::graph::KindLook> kindLooks();

// Lays a neighbourhood out and words it; node n of the scene is node n of the neighbourhood. Any thread.
std::shared_ptr<const widget::graph::GraphScene> pictureOf(
    const attack::EntityGraph& graph, const attack::Neighbourhood& view, std::span<const std::uint8_t> severity);

// The whole scene as a file, with cards at any size. The same scene gives the same bytes.
QByteArray svgOf(const widget::graph::GraphScene& scene, const QString& title);
// factor pixels for each unit, less when the image would be larger than 120 megapixels.
QImage imageOf(const widget::graph::GraphScene& scene, int factor);

} // namespace plimsoll::ui::view
