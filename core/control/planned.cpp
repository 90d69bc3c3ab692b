// SPDX-License-Identifier: Apache-2.0
// Controls whose engine is not built yet. They stand in the catalogue, so that frameworks can name them and nobody
// takes their silence for a pass: every one is "not assessed".
#include <array>

#include "core/control/detail/Families_p.h"

namespace plimsoll::control {

namespace {

constexpr auto planned(std::string_view id)
{
    return Control { .id = id, .needs = {} };
}

constexpr std::array plannedPaths { planned("PLM-G1"), planned("PLM-G2"), planned("PLM-G3"), planned("PLM-G4"),
    planned("PLM-G5"), planned("PLM-G6"), planned("PLM-G7") };

} // namespace

std::span<const Control> pathControls()
{
    return plannedPaths;
}

} // namespace plimsoll::control
