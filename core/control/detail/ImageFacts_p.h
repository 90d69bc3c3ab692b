// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/control/Control.h"
#include "core/images/Skew.h"

// What must hold for a published vulnerability to matter here, looked up in the cluster.
namespace plimsoll::control {

struct Fact {
    enum class State : std::uint8_t { Holds, Not, Unknown };
    State state = State::Unknown;
    std::string text; // a clause: what was found, or which data is missing
};

// The part, or the container of the ingress controller, whose version is affected; one of the two.
struct AffectedPart {
    const images::ComponentVersion* component = nullptr;
    const cluster::Container* container = nullptr;
    cluster::Version version;
};

// Unknown for names that no lookup knows.
Fact factOf(const Context& context, std::string_view condition, const AffectedPart& part);
bool isKnownCondition(std::string_view condition);

} // namespace plimsoll::control
