// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace plimsoll::cluster {

// A Kubernetes version; vendors' suffixes are kept in text only ("v1.31.2-eks-1a2b", "v1.31.2+k3s1").
struct Version {
    std::uint32_t major = 0;
    std::uint32_t minor = 0;
    std::uint32_t patch = 0;
    std::string text; // as found; "" = unknown

    bool isKnown() const { return !text.empty(); }
    bool isAtLeast(std::uint32_t wantedMajor, std::uint32_t wantedMinor) const
    {
        return major > wantedMajor || (major == wantedMajor && minor >= wantedMinor);
    }
    bool operator==(const Version&) const = default;
};

std::optional<Version> parseVersion(std::string_view text);

} // namespace plimsoll::cluster
