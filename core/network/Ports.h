// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Sets of ports of the three protocols that policies know.
namespace plimsoll::network {

enum class Protocol : std::uint8_t { TCP, UDP, SCTP };
inline constexpr std::array allProtocols { Protocol::TCP, Protocol::UDP, Protocol::SCTP };
std::string_view toText(Protocol protocol);
std::optional<Protocol> parseProtocol(std::string_view text); // as the API writes it: case decides

struct PortRange {
    std::uint16_t first = 1;
    std::uint16_t last = 65535;
    bool operator==(const PortRange&) const = default;
    auto operator<=>(const PortRange&) const = default;
};

class PortSet {
public:
    static PortSet all();
    static PortSet of(Protocol protocol, PortRange range);

    bool isEmpty() const;
    bool isAll() const;
    bool contains(Protocol protocol, std::uint16_t port) const;
    const std::vector<PortRange>& ranges(Protocol protocol) const
    {
        return m_ranges[static_cast<std::size_t>(protocol)];
    }

    void add(const PortSet& other);
    PortSet intersection(const PortSet& other) const;
    bool intersects(const PortSet& other) const;
    PortSet without(const PortSet& other) const;

    bool operator==(const PortSet&) const = default;
    auto operator<=>(const PortSet&) const = default;

private:
    std::array<std::vector<PortRange>, 3> m_ranges; // sorted, disjoint, neighbours joined
};

// "all" for every port, else "80,443,8000-8080".
std::string toText(const std::vector<PortRange>& ranges);
// "all", "none", "TCP 80,443; UDP all".
std::string toText(const PortSet& ports);

} // namespace plimsoll::network
