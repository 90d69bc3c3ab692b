// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/cluster/PodSpec.h"
#include "core/cluster/detail/Reader.h"

namespace plimsoll::cluster::detail {

// Reads a core/v1 PodSpec. metadata is that of the pod or template: its annotations can carry security settings.
// Fields that differ between pods of one template (node name, the name of the token volume) are left out or unified.
PodSpec readPodSpec(Reader& reader, format::Value spec, format::Value metadata);

} // namespace plimsoll::cluster::detail
