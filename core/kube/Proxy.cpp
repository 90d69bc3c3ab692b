// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cstring>
#include <optional>

#include "core/base/Text.h"
#include "core/kube/Kubeconfig.h"
#include "core/kube/detail/KubeconfigInput.h"

// Source: golang.org/x/net/http/httpproxy proxy.go, which net/http and so kubectl use.
namespace plimsoll::kube {

namespace {

using Address = std::array<std::uint8_t, 16>; // IPv4 as ::ffff:a.b.c.d

struct ParsedAddress {
    Address bytes {};
    bool isV4 = false;
};

std::optional<ParsedAddress> parseAddress(const std::string& text)
{
    ParsedAddress address;
    in_addr v4 = {};
    if (::inet_pton(AF_INET, text.c_str(), &v4) == 1) {
        address.isV4 = true;
        address.bytes[10] = address.bytes[11] = 0xFF;
        std::memcpy(&address.bytes[12], &v4, 4);
        return address;
    }
    in6_addr v6 = {};
    if (::inet_pton(AF_INET6, text.c_str(), &v6) != 1)
        return std::nullopt;
    std::memcpy(address.bytes.data(), &v6, 16);
    address.isV4 = IN6_IS_ADDR_V4MAPPED(&v6) != 0;
    return address;
}

bool isInNetwork(const ParsedAddress& address, const ParsedAddress& network, std::size_t bits)
{
    if (address.isV4 != network.isV4)
        return false;
    for (std::size_t bit = 0; bit < bits; ++bit) {
        const std::size_t place = bit / 8;
        const auto mask = static_cast<std::uint8_t>(0x80u >> (bit % 8));
        if ((address.bytes[place] & mask) != (network.bytes[place] & mask))
            return false;
    }
    return true;
}

// "10.0.0.0/8": whether the entry is one, and if so whether the address is in it.
std::optional<bool> matchesCidr(const std::string& entry, const std::optional<ParsedAddress>& address)
{
    const std::size_t slash = entry.find('/');
    if (slash == std::string::npos)
        return std::nullopt;
    const auto network = parseAddress(entry.substr(0, slash));
    const auto bits = toInteger(std::string_view(entry).substr(slash + 1));
    const bool hasV4Text = network && network->isV4 && entry.find(':') == std::string::npos;
    if (!network || !bits || *bits < 0 || *bits > (hasV4Text ? 32 : 128))
        return std::nullopt;
    if (!address)
        return false;
    return isInNetwork(*address, *network, static_cast<std::size_t>(*bits) + (hasV4Text ? 96 : 0));
}

struct HostPort {
    std::string host, port;
};

// net.SplitHostPort for an entry of NO_PROXY: without a port the whole entry is the host.
HostPort splitHostPort(const std::string& entry)
{
    if (entry.starts_with('[')) {
        const std::size_t bracket = entry.find("]:");
        if (bracket != std::string::npos)
            return { entry.substr(1, bracket - 1), entry.substr(bracket + 2) };
        return { entry, {} };
    }
    const std::size_t colon = entry.find(':');
    if (colon == std::string::npos || entry.find(':', colon + 1) != std::string::npos)
        return { entry, {} };
    return { entry.substr(0, colon), entry.substr(colon + 1) };
}

bool matchesEntry(const std::string& entry, const std::string& host, const std::string& port,
    const std::optional<ParsedAddress>& address)
{
    if (const auto isInCidr = matchesCidr(entry, address))
        return *isInCidr;
    HostPort wanted = splitHostPort(entry);
    if (wanted.host.empty() || (!wanted.port.empty() && wanted.port != port))
        return false;
    if (const auto wantedAddress = parseAddress(wanted.host))
        return address && address->bytes == wantedAddress->bytes;
    if (wanted.host.starts_with("*."))
        wanted.host.erase(0, 1);
    if (wanted.host.starts_with('.'))
        return host.ends_with(wanted.host);
    return host == wanted.host || host.ends_with('.' + wanted.host);
}

bool isExcluded(const std::string& noProxy, const std::string& host, const std::string& port)
{
    const auto address = parseAddress(host);
    for (const std::string_view piece : split(noProxy, ',')) {
        const std::string entry = toLowerAscii(trimmed(piece));
        if (entry == "*" || (!entry.empty() && matchesEntry(entry, host, port, address)))
            return true;
    }
    return false;
}

std::string firstSet(const Environment& environment, std::string_view upper, std::string_view lower)
{
    const auto value = [&](std::string_view name) {
        return environment.variable ? environment.variable(name).value_or(std::string()) : std::string();
    };
    std::string upperValue = value(upper);
    return upperValue.empty() ? value(lower) : upperValue;
}

} // namespace

std::string proxyFor(std::string_view url, const Environment& environment)
{
    const auto target = detail::parseUrl(url);
    if (!target || (target->scheme != "http" && target->scheme != "https"))
        return {};
    const bool isHttps = target->scheme == "https";
    // A web server hands the header "Proxy:" of a stranger to its CGI programs as HTTP_PROXY.
    if (!isHttps && !firstSet(environment, "REQUEST_METHOD", "REQUEST_METHOD").empty())
        return {};
    std::string proxy = isHttps ? firstSet(environment, "HTTPS_PROXY", "https_proxy")
                                : firstSet(environment, "HTTP_PROXY", "http_proxy");
    if (proxy.empty() || detail::isLoopback(target->host))
        return {};
    const std::string port = !target->port.empty() ? target->port : isHttps ? "443" : "80";
    if (isExcluded(firstSet(environment, "NO_PROXY", "no_proxy"), toLowerAscii(target->host), port))
        return {};
    const auto parsed = detail::parseUrl(proxy);
    const bool isKnown
        = parsed && (parsed->scheme == "http" || parsed->scheme == "https" || parsed->scheme == "socks5");
    if (!isKnown) {
        proxy.insert(0, "http://"); // "proxy:3128"
        if (!detail::parseUrl(proxy))
            return {};
    }
    return proxy;
}

} // namespace plimsoll::kube
