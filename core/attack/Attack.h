// SPDX-License-Identifier: Apache-2.0
#pragma once

// The front of core/attack: what stands in relation to what, and where an attacker gets.
//
//   Entities.h       the graph "as the objects state it": entities and typed relations, CSR both ways
//   Neighbourhood.h  the small part of it that a person looks at, with the rest counted
//   Techniques.h     the kinds of step an attacker takes, PLM-E01 ... PLM-E103, and their texts
//   AttackGraph.h    places, steps and facts: what engines say is possible, with what makes it possible
//   Paths.h          distances, shortest ways, blast radius, why there is none
//   ChokePoints.h    what one change closes, the smallest cut, the best few changes

#include "core/attack/AttackGraph.h"
#include "core/attack/ChokePoints.h"
#include "core/attack/Entities.h"
#include "core/attack/Neighbourhood.h"
#include "core/attack/Paths.h"
#include "core/attack/Techniques.h"
