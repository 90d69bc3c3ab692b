// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <arpa/inet.h>

#include "core/base/Text.h"
#include "core/kube/detail/KubeconfigInput.h"

namespace plimsoll::kube::detail {

namespace {

bool isSchemeCharacter(char c, bool first)
{
    const bool isLetter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return isLetter || (!first && ((c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.'));
}

int hexDigit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

// What would end or split a host in any of the parsers behind us (curl, proxies, logs).
bool isHostCharacter(char c)
{
    const auto byte = static_cast<unsigned char>(c);
    return byte > 0x20 && byte != 0x7F && std::string_view("/?#@\\<>\"^`{|}%").find(c) == std::string_view::npos;
}

} // namespace

std::string Url::authority() const
{
    const std::string name = host.find(':') != std::string::npos ? '[' + host + ']' : host;
    return port.empty() ? name : name + ':' + port;
}

std::expected<Url, std::string> parseUrl(std::string_view text)
{
    const std::size_t colon = text.find("://");
    if (colon == std::string_view::npos || colon == 0)
        return std::unexpected("no scheme");
    for (std::size_t i = 0; i < colon; ++i) {
        if (!isSchemeCharacter(text[i], i == 0))
            return std::unexpected("no scheme");
    }
    Url url;
    url.scheme = toLowerAscii(text.substr(0, colon));
    std::string_view rest = text.substr(colon + 3);
    const bool hasControl
        = std::ranges::any_of(rest, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
    if (hasControl)
        return std::unexpected("control character in URL");
    const std::size_t authorityEnd = std::min(rest.find_first_of("/?#"), rest.size());
    std::string_view authority = rest.substr(0, authorityEnd);
    rest.remove_prefix(authorityEnd);
    url.path = std::string(rest.substr(0, std::min(rest.find_first_of("?#"), rest.size())));
    if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
        url.userInfo = std::string(authority.substr(0, at));
        authority.remove_prefix(at + 1);
    }
    std::size_t hostEnd = 0;
    if (authority.starts_with('[')) {
        const std::size_t bracket = authority.find(']');
        if (bracket == std::string_view::npos)
            return std::unexpected("missing ']' in host");
        url.host = std::string(authority.substr(1, bracket - 1));
        hostEnd = bracket + 1;
    } else {
        hostEnd = std::min(authority.find(':'), authority.size());
        url.host = std::string(authority.substr(0, hostEnd));
    }
    const std::string_view port = authority.substr(hostEnd);
    if (url.host.empty() || !std::ranges::all_of(url.host, isHostCharacter))
        return std::unexpected("no host that can be used");
    if (!port.empty()) {
        const auto number = toInteger(port.substr(1));
        const bool isDecimal = std::ranges::all_of(port.substr(1), [](char c) { return c >= '0' && c <= '9'; });
        if (port[0] != ':' || !isDecimal || (port.size() > 1 && (!number || *number > 65535)))
            return std::unexpected("invalid port after host");
        url.port = std::string(port.substr(1));
    }
    return url;
}

std::string percentDecoded(std::string_view text)
{
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool isEscape
            = text[i] == '%' && i + 2 < text.size() && hexDigit(text[i + 1]) >= 0 && hexDigit(text[i + 2]) >= 0;
        if (isEscape) {
            decoded += static_cast<char>(hexDigit(text[i + 1]) * 16 + hexDigit(text[i + 2]));
            i += 2;
        } else {
            decoded += text[i];
        }
    }
    return decoded;
}

std::string withoutUserInfo(std::string_view url)
{
    const std::size_t scheme = url.find("://");
    const std::size_t begin = scheme == std::string_view::npos ? 0 : scheme + 3;
    const std::size_t end = std::min(url.find_first_of("/?#", begin), url.size());
    const std::size_t at = url.substr(0, end).rfind('@');
    if (at == std::string_view::npos || at < begin)
        return std::string(url);
    return std::string(url.substr(0, begin)) + std::string(url.substr(at + 1));
}

bool isLoopback(std::string_view host)
{
    const std::string name = toLowerAscii(host);
    if (name == "localhost")
        return true;
    in_addr v4 = {};
    if (::inet_pton(AF_INET, name.c_str(), &v4) == 1)
        return (ntohl(v4.s_addr) >> 24) == 127;
    in6_addr v6 = {};
    if (::inet_pton(AF_INET6, name.c_str(), &v6) != 1)
        return false;
    return IN6_IS_ADDR_LOOPBACK(&v6) || (IN6_IS_ADDR_V4MAPPED(&v6) && v6.s6_addr[12] == 127);
}

} // namespace plimsoll::kube::detail
