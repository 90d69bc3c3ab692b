// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/access/Authorizers.h"
#include "core/base/Result.h"

// Many questions at once, as a table of comma-separated values (RFC 4180).
namespace plimsoll::access {

struct ReviewCounts {
    std::uint64_t rows = 0, allowed = 0, unknown = 0;
};

// Reads a table with the columns user, groups (separated by ;), verb, group, resource, subresource, namespace, name
// and path, in any order, others being dropped; writes these columns and rows, in this order, and after them allowed
// (true, false or unknown) and reason. Groups are taken as given, none implied. Written piece by piece.
// Errors: Format with file and line: a column is missing, a row has another number of fields, a quote is not closed.
Result<ReviewCounts> review(const Authorizers& authorizers, std::string_view csv, std::string_view file,
    const std::function<void(std::string_view)>& write);

} // namespace plimsoll::access
