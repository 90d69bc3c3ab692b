// SPDX-License-Identifier: Apache-2.0
#include "core/snapshot/detail/PrefixCipher.h"

#include <algorithm>
#include <array>

#include <arpa/inet.h>

#include "core/base/Text.h"
#include "core/snapshot/detail/AgeCrypto.h"

namespace plimsoll::snapshot::detail {

namespace {

struct Address {
    std::string bytes; // 4 or 16
    std::optional<unsigned> length; // of a range
    bool isV6() const { return bytes.size() == 16; }
    unsigned bits() const { return static_cast<unsigned>(bytes.size()) * 8; }
};

std::optional<Address> parsed(std::string_view text)
{
    Address out;
    const std::size_t slash = text.find('/');
    const std::string host(text.substr(0, slash));
    std::array<unsigned char, 16> buffer {};
    if (host.size() > 45)
        return std::nullopt;
    if (inet_pton(AF_INET, host.c_str(), buffer.data()) == 1)
        out.bytes.assign(reinterpret_cast<const char*>(buffer.data()), 4);
    else if (inet_pton(AF_INET6, host.c_str(), buffer.data()) == 1)
        out.bytes.assign(reinterpret_cast<const char*>(buffer.data()), 16);
    else
        return std::nullopt;
    if (slash != std::string_view::npos) {
        const auto length = toInteger(text.substr(slash + 1));
        if (!length || *length < 0 || *length > out.bits())
            return std::nullopt;
        out.length = static_cast<unsigned>(*length);
    }
    return out;
}

std::string shown(const Address& address)
{
    char buffer[INET6_ADDRSTRLEN] = {};
    inet_ntop(address.isV6() ? AF_INET6 : AF_INET, address.bytes.data(), buffer, sizeof buffer);
    std::string out = buffer;
    return address.length ? out + '/' + std::to_string(*address.length) : out;
}

bool bitOf(std::string_view bytes, unsigned bit)
{
    return (static_cast<unsigned char>(bytes[bit / 8]) >> (7 - bit % 8)) & 1;
}

// Ranges whose meaning must survive. No bit is flipped on the way to them, so that each maps to itself.
const std::vector<Address>& fixedRanges()
{
    static const std::vector<Address> ranges = [] {
        std::vector<Address> out;
        for (const char* text : { "0.0.0.0/32", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.1/32", "127.0.0.0/8",
                 "169.254.0.0/16", "169.254.169.254/32", "172.16.0.0/12", "192.0.2.0/24", "192.168.0.0/16",
                 "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "255.255.255.255/32", "::/128",
                 "::1/128", "64:ff9b::/96", "2001:db8::/32", "fc00::/7", "fe80::/10", "ff00::/8", "fd00:ec2::254/128" })
            out.push_back(*parsed(text));
        return out;
    }();
    return ranges;
}

// Whether the first bits of an address lead towards (or are) a range that stays.
bool leadsToFixed(const std::string& bytes, unsigned bit)
{
    return std::ranges::any_of(fixedRanges(), [&](const Address& range) {
        if (range.bytes.size() != bytes.size() || bit >= *range.length)
            return false;
        for (unsigned i = 0; i < bit; ++i) {
            if (bitOf(range.bytes, i) != bitOf(bytes, i))
                return false;
        }
        return true;
    });
}

} // namespace

std::optional<std::string> replacedAddress(std::string_view key, std::string_view text)
{
    const auto from = parsed(text);
    if (!from)
        return std::nullopt;
    Address to = *from;
    const unsigned count = from->length.value_or(from->bits());
    std::string prefix(from->bytes.size(), '\0'); // the bits before the one at hand, the rest zero
    for (unsigned bit = 0; bit < count; ++bit) {
        if (!leadsToFixed(from->bytes, bit)) {
            const std::string digest
                = hmacSha256(key, std::string(from->isV6() ? "v6" : "v4") + static_cast<char>(bit) + prefix);
            if (digest[0] & 1)
                to.bytes[bit / 8] = static_cast<char>(to.bytes[bit / 8] ^ (1 << (7 - bit % 8)));
        }
        if (bitOf(from->bytes, bit))
            prefix[bit / 8] = static_cast<char>(prefix[bit / 8] | (1 << (7 - bit % 8)));
    }
    return shown(to);
}

} // namespace plimsoll::snapshot::detail
