// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

// Comma-separated values (RFC 4180).
namespace plimsoll::format {

// One record of comma-separated values, from `at` on, which moves behind it; false when a quote is not closed.
bool readCsvRecord(std::string_view csv, std::size_t& at, std::vector<std::string>& fields);
void appendCsvField(std::string& out, std::string_view field); // with quotes where it needs them

} // namespace plimsoll::format
