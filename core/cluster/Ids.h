// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/base/Id.h"
#include "core/base/StringPool.h"

namespace plimsoll::cluster {

using KindId = Id<struct KindTag>; // into Cluster::kinds()
using ObjectId = Id<struct ObjectTag>; // into Cluster::objects(), all kinds together
using PodSpecId = Id<struct PodSpecTag>; // into Cluster::podSpecs(), distinct ones only
using WorkloadId = Id<struct WorkloadTag>; // into Cluster::workloads(), top workloads only

} // namespace plimsoll::cluster
