// SPDX-License-Identifier: Apache-2.0
#include "core/network/Address.h"

#include <algorithm>
#include <array>

#include "core/base/Text.h"

namespace plimsoll::network {

namespace {

constexpr Uint128 allBits(bool isV6)
{
    return isV6 ? ~Uint128(0) : Uint128(0xFFFFFFFFu);
}

std::optional<std::uint32_t> parseV4(std::string_view text)
{
    std::uint32_t bits = 0;
    int parts = 0;
    while (true) {
        const std::size_t dot = text.find('.');
        const std::string_view part = text.substr(0, dot);
        if (part.empty() || part.size() > 10 || part.find_first_not_of("0123456789") != std::string_view::npos)
            return std::nullopt;
        const auto value = toInteger(part);
        if (!value || *value > 255 || ++parts > 4)
            return std::nullopt;
        bits = (bits << 8) | static_cast<std::uint32_t>(*value);
        if (dot == std::string_view::npos)
            break;
        text.remove_prefix(dot + 1);
    }
    return parts == 4 ? std::optional(bits) : std::nullopt;
}

std::optional<std::uint32_t> parseHextet(std::string_view text)
{
    if (text.empty() || text.size() > 4)
        return std::nullopt;
    std::uint32_t value = 0;
    for (const char c : text) {
        const char lower = c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c;
        if (lower >= '0' && lower <= '9')
            value = value * 16 + static_cast<std::uint32_t>(lower - '0');
        else if (lower >= 'a' && lower <= 'f')
            value = value * 16 + static_cast<std::uint32_t>(lower - 'a' + 10);
        else
            return std::nullopt;
    }
    return value;
}

// One side of "::". Nothing when it is malformed.
std::optional<std::vector<std::uint32_t>> parseHextets(std::string_view text)
{
    std::vector<std::uint32_t> out;
    if (text.empty())
        return out;
    const auto parts = split(text, ':');
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (i + 1 == parts.size() && parts[i].find('.') != std::string_view::npos) {
            const auto v4 = parseV4(parts[i]);
            if (!v4)
                return std::nullopt;
            out.push_back(*v4 >> 16);
            out.push_back(*v4 & 0xFFFF);
            continue;
        }
        const auto hextet = parseHextet(parts[i]);
        if (!hextet)
            return std::nullopt;
        out.push_back(*hextet);
    }
    return out;
}

std::optional<Uint128> parseV6(std::string_view text)
{
    const std::size_t gap = text.find("::");
    const bool hasGap = gap != std::string_view::npos;
    const auto head = parseHextets(hasGap ? text.substr(0, gap) : text);
    const auto tail = parseHextets(hasGap ? text.substr(gap + 2) : std::string_view());
    if (!head || !tail)
        return std::nullopt;
    const std::size_t count = head->size() + tail->size();
    if (hasGap ? count > 7 : count != 8)
        return std::nullopt;
    Uint128 bits = 0;
    for (const std::uint32_t hextet : *head)
        bits = (bits << 16) | hextet;
    for (std::size_t i = count; i < 8; ++i)
        bits <<= 16;
    for (const std::uint32_t hextet : *tail)
        bits = (bits << 16) | hextet;
    return bits;
}

std::string hexText(std::uint32_t value)
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    for (int shift = 12; shift >= 0; shift -= 4) {
        const std::uint32_t digit = (value >> shift) & 0xF;
        if (digit != 0 || !out.empty() || shift == 0)
            out += digits[digit];
    }
    return out;
}

std::string v6Text(Uint128 bits)
{
    std::array<std::uint32_t, 8> hextets {};
    for (std::size_t i = 0; i < 8; ++i)
        hextets[i] = static_cast<std::uint32_t>(bits >> (112 - 16 * i)) & 0xFFFF;
    // RFC 5952: the longest run of at least two zeros, the first of equal ones.
    std::size_t best = 8, bestSize = 1;
    for (std::size_t i = 0; i < 8; ++i) {
        std::size_t size = 0;
        while (i + size < 8 && hextets[i + size] == 0)
            ++size;
        if (size > bestSize) {
            best = i;
            bestSize = size;
        }
    }
    std::string out;
    for (std::size_t i = 0; i < 8; ++i) {
        if (i == best) {
            out += "::";
            i += bestSize - 1;
            continue;
        }
        if (!out.empty() && !out.ends_with(':'))
            out += ':';
        out += hexText(hextets[i]);
    }
    return out;
}

bool isBefore(const AddressRange& a, const AddressRange& b)
{
    return a.isV6 != b.isV6 ? b.isV6 : a.first < b.first;
}

} // namespace

std::optional<Address> parseAddress(std::string_view text)
{
    if (text.find(':') == std::string_view::npos) {
        const auto v4 = parseV4(text);
        return v4 ? std::optional(Address { *v4, false }) : std::nullopt;
    }
    const auto v6 = parseV6(text);
    if (!v6)
        return std::nullopt;
    if ((*v6 >> 32) == 0xFFFF)
        return Address { *v6 & 0xFFFFFFFFu, false };
    return Address { *v6, true };
}

std::optional<AddressRange> parseCidr(std::string_view text)
{
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos)
        return std::nullopt;
    const auto address = parseAddress(text.substr(0, slash));
    const std::string_view digits = text.substr(slash + 1);
    if (!address || digits.empty() || digits.find_first_not_of("0123456789") != std::string_view::npos)
        return std::nullopt;
    const auto length = toInteger(digits);
    const int width = address->isV6 ? 128 : 32;
    if (!length || *length > width)
        return std::nullopt;
    const int hostBits = width - static_cast<int>(*length);
    const Uint128 host = hostBits == 128 ? ~Uint128(0) : (Uint128(1) << hostBits) - 1;
    return AddressRange { address->bits & ~host & allBits(address->isV6), address->bits | host, address->isV6 };
}

AddressRange everyAddress(bool isV6)
{
    return { 0, allBits(isV6), isV6 };
}

std::string toText(const Address& address)
{
    if (address.isV6)
        return v6Text(address.bits);
    const auto bits = static_cast<std::uint32_t>(address.bits);
    return std::to_string(bits >> 24) + '.' + std::to_string((bits >> 16) & 255) + '.'
        + std::to_string((bits >> 8) & 255) + '.' + std::to_string(bits & 255);
}

std::vector<std::string> cidrsOf(const AddressRange& range)
{
    std::vector<std::string> out;
    const int width = range.isV6 ? 128 : 32;
    Uint128 at = range.first;
    while (true) {
        int hostBits = 0; // the largest block that begins here and ends in the range
        while (hostBits < width) {
            const Uint128 size = hostBits + 1 == 128 ? 0 : Uint128(1) << (hostBits + 1);
            if ((at & (size - 1)) != 0 || size - 1 > range.last - at)
                break;
            ++hostBits;
        }
        out.push_back(toText(Address { at, range.isV6 }) + '/' + std::to_string(width - hostBits));
        const Uint128 end = at + ((hostBits == 128 ? Uint128(0) : Uint128(1) << hostBits) - 1);
        if (end >= range.last)
            return out;
        at = end + 1;
    }
}

std::vector<AddressRange> joined(std::vector<AddressRange> ranges)
{
    std::ranges::sort(ranges, isBefore);
    std::vector<AddressRange> out;
    for (const AddressRange& range : ranges) {
        const bool follows = !out.empty() && out.back().isV6 == range.isV6
            && (range.first <= out.back().last || range.first - 1 == out.back().last);
        if (follows)
            out.back().last = std::max(out.back().last, range.last);
        else
            out.push_back(range);
    }
    return out;
}

std::vector<AddressRange> without(std::span<const AddressRange> ranges, std::span<const AddressRange> removed)
{
    std::vector<AddressRange> out;
    for (AddressRange rest : ranges) {
        bool isLeft = true;
        for (const AddressRange& hole : removed) {
            if (!hole.overlaps(rest))
                continue;
            if (hole.first > rest.first)
                out.push_back({ rest.first, hole.first - 1, rest.isV6 });
            if (hole.last >= rest.last) {
                isLeft = false;
                break;
            }
            rest.first = hole.last + 1;
        }
        if (isLeft)
            out.push_back(rest);
    }
    return out;
}

} // namespace plimsoll::network
