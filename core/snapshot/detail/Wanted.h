// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "core/kube/Api.h"
#include "core/snapshot/Origin.h"

namespace plimsoll::snapshot::detail {

// What of the server's resources is read: all that can be listed, but for
// - events: they say nothing of the configuration, expire within the hour and outnumber all else;
// - what is computed when it is asked for (metrics, component status);
// - the old group "extensions" for what newer groups serve too.
std::vector<kube::Resource> wantedResources(const kube::Discovery& discovery);
// Groups whose API did not answer.
std::vector<NotCollected> unavailableOf(const kube::Discovery& discovery);

} // namespace plimsoll::snapshot::detail
