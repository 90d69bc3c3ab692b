// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <limits>

namespace plimsoll {

// A dense index into the one table that its tag names. Ids of different tags do not convert into each other.
// Id<Tag>::none() is the only "no such thing".
template <class Tag> struct Id {
    std::uint32_t index = std::numeric_limits<std::uint32_t>::max();

    static constexpr Id none() { return {}; }
    constexpr bool isNone() const { return index == std::numeric_limits<std::uint32_t>::max(); }
    explicit constexpr operator bool() const { return !isNone(); }
    auto operator<=>(const Id&) const = default;
};

} // namespace plimsoll

template <class Tag> struct std::hash<plimsoll::Id<Tag>> {
    std::size_t operator()(plimsoll::Id<Tag> id) const noexcept
    {
        return static_cast<std::size_t>(id.index) * 0x9E3779B97F4A7C15ULL;
    }
};
