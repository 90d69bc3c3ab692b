// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "core/base/Text.h"
#include "core/base/Time.h"

namespace plimsoll::evidence {

// "once, at 2026-11-23T03:00:00Z", "3 times from 2026-11-23T03:00:00Z to 2026-11-24T03:00:00Z".
inline std::string timesText(std::uint64_t count, UnixSeconds first, UnixSeconds last)
{
    std::string out = count == 1 ? "once" : grouped(count) + " times";
    if (first <= 0)
        return out;
    if (first >= last)
        return out + (count == 1 ? ", at " : " at ") + formatTime(first);
    return out + " from " + formatTime(first) + " to " + formatTime(last);
}

} // namespace plimsoll::evidence
