// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/kube/detail/Call.h"

namespace plimsoll::kube::detail {

// Every kind the server serves, at its preferred version: by aggregated discovery (two requests), else by the lists of
// groups and versions.
// Source: k8s.io/client-go discovery/discovery_client.go, aggregated_discovery.go.
std::expected<Discovery, Failure> discover(Session& session, Progress& progress);

} // namespace plimsoll::kube::detail
