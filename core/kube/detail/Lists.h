// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/kube/detail/Call.h"

namespace plimsoll::kube::detail {

// Lists resources page by page, several at once, and hands their items on while they arrive.
// Source: Kubernetes API concepts, "Retrieving large results sets in chunks"; client-go tools/pager/pager.go.
void listAll(Session& session, std::span<const ListRequest> requests, ListSink& sink, Progress& progress);

} // namespace plimsoll::kube::detail
