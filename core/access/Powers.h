// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "core/access/Access.h"

namespace plimsoll::access {

// A right with which its holder becomes administrator of the cluster or of its nodes, or reads all its Secrets.
struct Power {
    Request request; // who may do this has it
    std::string_view text; // "read every Secret"
};
std::span<const Power> powers();

struct HeldPower {
    const Power* power = nullptr;
    Grant grant; // none for system:masters
};
// In the order of powers(); "do everything" stands alone, for it contains all others.
std::vector<HeldPower> powersOf(const Rbac& rbac, const User& user);

} // namespace plimsoll::access
