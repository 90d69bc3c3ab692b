// SPDX-License-Identifier: Apache-2.0
#pragma once

// The front of core/attack: what stands in relation to what. For now the entity graph, "as the objects state it":
// nothing here is computed from rules of RBAC or the network, every edge can be pointed at in somebody's YAML.
//
//   Entities.h       the graph of the whole cluster: entities and typed relations, CSR both ways
//   Neighbourhood.h  the small part of it that a person looks at, with the rest counted

#include "core/attack/Entities.h"
#include "core/attack/Neighbourhood.h"
