// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/access/Access.h"
#include "core/base/Result.h"

// Requests as people write them.
namespace plimsoll::access {

// The API group of a built-in resource outside of the core, for those who leave it out as with kubectl; "" for others.
std::string groupOfResource(std::string_view resource);
// "pods", "deployments.apps", "pods/exec"; "deployments." is that of the core group. Fills apiGroup, resource and
// subresource. Errors: Usage.
Result<void> parseResource(std::string_view text, Request& request);
// The resources that groupOfResource() knows, and those of the core: for completion, sorted.
std::vector<std::string> knownResources();

} // namespace plimsoll::access
