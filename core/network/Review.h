// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "core/base/Result.h"
#include "core/network/Reach.h"

// Many questions at once, as a table of comma-separated values (RFC 4180).
namespace plimsoll::network {

struct ReviewCounts {
    std::uint64_t rows = 0, allowed = 0, unknown = 0;
};

// Reads a table with the columns from, to, protocol (empty = TCP) and port (empty = any), in any order, others being
// dropped; writes these columns and rows, in this order, and after them allowed (true, false or unknown) and reason.
// An end that does not exist, or a port that is none, is a row of its own: unknown, with the reason.
// Errors: Format with file and line: a column is missing, a row has another number of fields, a quote is not closed.
Result<ReviewCounts> review(const Reach& reach, std::string_view csv, std::string_view file,
    const std::function<void(std::string_view)>& write);

} // namespace plimsoll::network
