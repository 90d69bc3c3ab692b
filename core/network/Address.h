// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/Hash.h"

// Addresses of both families and ranges of them.
namespace plimsoll::network {

struct Address {
    Uint128 bits = 0; // of IPv4 the last 32
    bool isV6 = false;
    bool operator==(const Address&) const = default;
};

// All addresses from first to last, of one family.
struct AddressRange {
    Uint128 first = 0;
    Uint128 last = 0;
    bool isV6 = false;
    bool operator==(const AddressRange&) const = default;

    bool contains(const Address& address) const
    {
        return isV6 == address.isV6 && first <= address.bits && address.bits <= last;
    }
    bool overlaps(const AddressRange& other) const
    {
        return isV6 == other.isV6 && first <= other.last && other.first <= last;
    }
};

// Leading zeros of IPv4 are decimal, as Kubernetes has always read them. An IPv4 address written as IPv6
// (::ffff:1.2.3.4) is IPv4.
std::optional<Address> parseAddress(std::string_view text);
// "10.0.0.0/8"; bits behind the prefix are masked away. Nothing for anything else, an address alone included.
std::optional<AddressRange> parseCidr(std::string_view text);
AddressRange everyAddress(bool isV6);

std::string toText(const Address& address); // IPv6 as RFC 5952 has it
// The fewest CIDRs that make up the range, in order.
std::vector<std::string> cidrsOf(const AddressRange& range);
// Sorted, disjoint, neighbours joined.
std::vector<AddressRange> joined(std::vector<AddressRange> ranges);
// What of `ranges` is not in `removed`; both sorted and disjoint.
std::vector<AddressRange> without(std::span<const AddressRange> ranges, std::span<const AddressRange> removed);

} // namespace plimsoll::network
