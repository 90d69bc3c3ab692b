// SPDX-License-Identifier: Apache-2.0
#include "core/network/Ports.h"

#include <algorithm>
#include <utility>

namespace plimsoll::network {

namespace {

constexpr PortRange everyPort { 1, 65535 };

void addRanges(std::vector<PortRange>& into, const std::vector<PortRange>& other)
{
    if (other.empty())
        return;
    std::vector<PortRange> all(into);
    all.insert(all.end(), other.begin(), other.end());
    std::ranges::sort(all);
    into.clear();
    for (const PortRange range : all) {
        if (!into.empty() && range.first <= static_cast<unsigned>(into.back().last) + 1)
            into.back().last = std::max(into.back().last, range.last);
        else
            into.push_back(range);
    }
}

std::vector<PortRange> intersected(const std::vector<PortRange>& a, const std::vector<PortRange>& b)
{
    std::vector<PortRange> out;
    for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
        const PortRange both { std::max(a[i].first, b[j].first), std::min(a[i].last, b[j].last) };
        if (both.first <= both.last)
            out.push_back(both);
        a[i].last < b[j].last ? ++i : ++j;
    }
    return out;
}

std::vector<PortRange> complement(const std::vector<PortRange>& ranges)
{
    std::vector<PortRange> out;
    unsigned next = 1;
    for (const PortRange range : ranges) {
        if (range.first > next)
            out.push_back({ static_cast<std::uint16_t>(next), static_cast<std::uint16_t>(range.first - 1) });
        next = range.last + 1u;
    }
    if (next <= 65535)
        out.push_back({ static_cast<std::uint16_t>(next), 65535 });
    return out;
}

} // namespace

std::string_view toText(Protocol protocol)
{
    switch (protocol) {
    case Protocol::TCP:
        return "TCP";
    case Protocol::UDP:
        return "UDP";
    case Protocol::SCTP:
        return "SCTP";
    }
    std::unreachable();
}

std::optional<Protocol> parseProtocol(std::string_view text)
{
    for (const Protocol protocol : allProtocols) {
        if (toText(protocol) == text)
            return protocol;
    }
    return std::nullopt;
}

PortSet PortSet::all()
{
    PortSet set;
    set.m_ranges.fill({ everyPort });
    return set;
}

PortSet PortSet::of(Protocol protocol, PortRange range)
{
    PortSet set;
    set.m_ranges[static_cast<std::size_t>(protocol)].push_back(range);
    return set;
}

bool PortSet::isEmpty() const
{
    return std::ranges::all_of(m_ranges, [](const auto& ranges) { return ranges.empty(); });
}

bool PortSet::isAll() const
{
    return std::ranges::all_of(
        m_ranges, [](const auto& ranges) { return ranges.size() == 1 && ranges.front() == everyPort; });
}

bool PortSet::contains(Protocol protocol, std::uint16_t port) const
{
    return std::ranges::any_of(
        ranges(protocol), [port](PortRange range) { return range.first <= port && port <= range.last; });
}

void PortSet::add(const PortSet& other)
{
    for (std::size_t i = 0; i < m_ranges.size(); ++i)
        addRanges(m_ranges[i], other.m_ranges[i]);
}

PortSet PortSet::intersection(const PortSet& other) const
{
    PortSet out;
    for (std::size_t i = 0; i < m_ranges.size(); ++i)
        out.m_ranges[i] = intersected(m_ranges[i], other.m_ranges[i]);
    return out;
}

bool PortSet::intersects(const PortSet& other) const
{
    for (std::size_t p = 0; p < m_ranges.size(); ++p) {
        const auto& a = m_ranges[p];
        const auto& b = other.m_ranges[p];
        for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
            if (a[i].last < b[j].first)
                ++i;
            else if (b[j].last < a[i].first)
                ++j;
            else
                return true;
        }
    }
    return false;
}

PortSet PortSet::without(const PortSet& other) const
{
    PortSet out;
    for (std::size_t i = 0; i < m_ranges.size(); ++i)
        out.m_ranges[i] = intersected(m_ranges[i], complement(other.m_ranges[i]));
    return out;
}

std::string toText(const std::vector<PortRange>& ranges)
{
    if (ranges.size() == 1 && ranges.front() == everyPort)
        return "all";
    std::string out;
    for (const PortRange range : ranges) {
        out += (out.empty() ? "" : ",") + std::to_string(range.first);
        if (range.last != range.first)
            out += '-' + std::to_string(range.last);
    }
    return out;
}

std::string toText(const PortSet& ports)
{
    if (ports.isAll())
        return "all";
    std::string out;
    for (const Protocol protocol : allProtocols) {
        if (!ports.ranges(protocol).empty())
            out += (out.empty() ? "" : "; ") + std::string(toText(protocol)) + ' ' + toText(ports.ranges(protocol));
    }
    return out.empty() ? "none" : out;
}

} // namespace plimsoll::network
