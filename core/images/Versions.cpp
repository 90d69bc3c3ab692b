// SPDX-License-Identifier: Apache-2.0
#include "core/images/Versions.h"

#include <algorithm>
#include <array>

#include "core/base/Text.h"

namespace plimsoll::images {

namespace {

constexpr std::size_t mostNumbers = 4;
constexpr std::size_t longestNumber = 14; // a date with time: 20240115093000

bool isAllDigits(std::string_view text)
{
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// "1.27.3" in numbers; empty when it is none.
std::vector<std::uint64_t> numbersOf(std::string_view text)
{
    if (text.starts_with('v') || text.starts_with('V'))
        text.remove_prefix(1);
    std::vector<std::uint64_t> numbers;
    for (const std::string_view part : split(text, '.')) {
        if (!isAllDigits(part) || part.size() > longestNumber || numbers.size() == mostNumbers)
            return {};
        numbers.push_back(static_cast<std::uint64_t>(*toInteger(part)));
    }
    return numbers;
}

bool isPrerelease(std::string_view part)
{
    constexpr std::array<std::string_view, 8> words { "rc", "alpha", "beta", "pre", "preview", "dev", "snapshot",
        "nightly" };
    const std::string lower = toLowerAscii(part);
    return std::ranges::any_of(words, [&](std::string_view word) {
        if (!lower.starts_with(word))
            return false;
        const std::string_view rest = std::string_view(lower).substr(word.size());
        return rest.empty() || rest.find_first_not_of(".0123456789") == std::string_view::npos;
    });
}

// A commit: seven or more hexadecimal digits with a letter among them.
bool isCommit(std::string_view text)
{
    constexpr std::size_t shortest = 7;
    return text.size() >= shortest && text.find_first_not_of("0123456789abcdef") == std::string_view::npos
        && !isAllDigits(text);
}

} // namespace

std::optional<TagVersion> versionOfTag(std::string_view tag)
{
    if (isCommit(tag))
        return std::nullopt;
    // Build metadata cannot stand in a tag as "+"; k3s and RKE write it with "-".
    const std::vector<std::string_view> parts = split(tag, '-');
    TagVersion version;
    version.numbers = numbersOf(parts.front());
    if (version.numbers.empty())
        return std::nullopt;
    std::vector<std::string> variant;
    for (std::size_t i = 1; i < parts.size(); ++i) {
        const std::string_view part = parts[i];
        const bool isLast = i + 1 == parts.size();
        if (i == 1 && isPrerelease(part))
            version.prerelease = toLowerAscii(part);
        else if (isLast && part.size() > 1 && part.front() == 'r' && isAllDigits(part.substr(1)))
            version.revision = static_cast<std::uint64_t>(toInteger(part.substr(1)).value_or(0));
        else
            variant.push_back(toLowerAscii(part));
    }
    version.variant = join(variant, "-");
    return version;
}

bool TagVersion::isComparable(const TagVersion& other) const
{
    return numbers.size() == other.numbers.size() && variant == other.variant;
}

std::strong_ordering TagVersion::compare(const TagVersion& other) const
{
    if (const auto order = numbers <=> other.numbers; order != std::strong_ordering::equal)
        return order;
    if (prerelease.empty() != other.prerelease.empty())
        return prerelease.empty() ? std::strong_ordering::greater : std::strong_ordering::less;
    if (const auto order = prerelease <=> other.prerelease; order != std::strong_ordering::equal)
        return order;
    return revision <=> other.revision;
}

std::string TagVersion::text() const
{
    std::vector<std::string> parts;
    for (const std::uint64_t number : numbers)
        parts.push_back(std::to_string(number));
    return join(parts, ".");
}

bool isOfLine(const TagVersion& version, std::string_view line)
{
    if (line == "*")
        return true;
    const std::vector<std::uint64_t> wanted = numbersOf(line);
    return !wanted.empty() && wanted.size() <= version.numbers.size()
        && std::equal(wanted.begin(), wanted.end(), version.numbers.begin());
}

} // namespace plimsoll::images
