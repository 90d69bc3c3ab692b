// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What the text of a tag tells about versions.
// Source: Renovate's docker versioning (lib/modules/versioning/docker): the left of the first "-" is the version, the
//         rest says which variant it is; only tags of one variant and precision can be compared.
namespace plimsoll::images {

struct TagVersion {
    std::vector<std::uint64_t> numbers; // 1 to 4; dates as one number or three
    std::string prerelease; // "rc.1"; "" = a release
    std::string variant; // "alpine3.18", "bookworm-slim"
    std::uint64_t revision = 0; // "-r5" of Bitnami and Alpine
    // Can the two be compared at all?
    bool isComparable(const TagVersion& other) const;
    std::strong_ordering compare(const TagVersion& other) const; // of comparable ones
    std::string text() const; // "1.27.3"
};
// Nothing when the tag names no version ("latest", "main", "stable-slim") or looks like a commit.
std::optional<TagVersion> versionOfTag(std::string_view tag);

// Whether the version belongs to a release line: "1.27" holds 1.27.3, not 1.270.
bool isOfLine(const TagVersion& version, std::string_view line);

} // namespace plimsoll::images
