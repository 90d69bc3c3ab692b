// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace plimsoll {

// Seconds since 1970-01-01T00:00:00Z. Time in results comes only from the snapshot or the date of assessment.
using UnixSeconds = std::int64_t;

// RFC 3339 as the API server writes it ("2026-11-23T03:41:03Z", fractions and offsets accepted), or a date alone
// ("2026-11-23", midnight UTC). Nothing for anything else.
std::optional<UnixSeconds> parseTime(std::string_view text);
// "2026-11-23T03:41:03Z".
std::string formatTime(UnixSeconds time);
// "2026-11-23".
std::string formatDate(UnixSeconds time);

} // namespace plimsoll
