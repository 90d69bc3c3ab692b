// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace plimsoll {

__extension__ using Uint128 = unsigned __int128; // both compilers we build with have it

// Mixes two words into one (multiply and fold, as wyhash does).
constexpr std::uint64_t mixHash(std::uint64_t a, std::uint64_t b)
{
    const auto product = static_cast<Uint128>(a ^ 0x9E3779B97F4A7C15ULL) * (b ^ 0xE7037ED1A0B428DBULL);
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

// 64-bit hash of bytes for in-process tables. Not stable between versions of the program; never written anywhere.
// The end is read as one overlapping word: copying a variable number of bytes would stall on every call.
inline std::uint64_t hashBytes(std::string_view bytes, std::uint64_t seed = 0)
{
    const auto wordAt = [](const char* at) {
        std::uint64_t word;
        std::memcpy(&word, at, 8);
        return word;
    };
    const auto halfAt = [](const char* at) {
        std::uint32_t half;
        std::memcpy(&half, at, 4);
        return std::uint64_t { half };
    };
    const auto byteAt = [](const char* at) { return std::uint64_t { static_cast<unsigned char>(*at) }; };
    std::uint64_t hash = seed ^ (bytes.size() * 0xA0761D6478BD642FULL);
    const char* at = bytes.data();
    const char* const end = at + bytes.size();
    std::uint64_t tail = 0;
    if (bytes.size() >= 8) {
        for (; end - at > 8; at += 8)
            hash = mixHash(hash, wordAt(at));
        tail = wordAt(end - 8);
    } else if (bytes.size() >= 4) {
        tail = halfAt(at) | (halfAt(end - 4) << 32);
    } else if (!bytes.empty()) {
        tail = byteAt(at) | (byteAt(at + bytes.size() / 2) << 8) | (byteAt(end - 1) << 16);
    }
    return mixHash(hash, tail ^ 0x8EBC6AF09C88C6E3ULL);
}

} // namespace plimsoll
