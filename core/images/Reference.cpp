// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "core/base/Text.h"
#include "core/images/Images.h"

namespace plimsoll::images {

namespace {

constexpr std::size_t maxNameBytes = 255;
constexpr std::size_t maxTagBytes = 128;

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}
bool isLower(char c)
{
    return c >= 'a' && c <= 'z';
}
bool isLetter(char c)
{
    return isLower(c) || (c >= 'A' && c <= 'Z');
}
bool isLowerHex(char c)
{
    return isDigit(c) || (c >= 'a' && c <= 'f');
}

// [a-zA-Z0-9] or [a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]
bool isDomainComponent(std::string_view text)
{
    const auto isAlphanumeric = [](char c) { return isLetter(c) || isDigit(c); };
    return !text.empty() && isAlphanumeric(text.front()) && isAlphanumeric(text.back())
        && std::ranges::all_of(text, [&](char c) { return isAlphanumeric(c) || c == '-'; });
}

bool isDomain(std::string_view text)
{
    std::string_view host = text;
    if (const auto colon = text.rfind(':'); colon != std::string_view::npos && !text.ends_with(']')) {
        const std::string_view port = text.substr(colon + 1);
        if (port.empty() || !std::ranges::all_of(port, isDigit))
            return false;
        host = text.substr(0, colon);
    }
    if (host.starts_with('[')) {
        const std::string_view address = host.substr(1, host.size() - 2);
        const auto isAddressByte = [](char c) { return isLowerHex(c) || (c >= 'A' && c <= 'F') || c == ':'; };
        return host.ends_with(']') && !address.empty() && std::ranges::all_of(address, isAddressByte);
    }
    return std::ranges::all_of(split(host, '.'), isDomainComponent);
}

// [a-z0-9]+ joined by one of "." "_" "__" or any number of "-".
bool isPathComponent(std::string_view text)
{
    const auto isWordByte = [](char c) { return isLower(c) || isDigit(c); };
    if (text.empty() || !isWordByte(text.front()) || !isWordByte(text.back()))
        return false;
    for (std::size_t i = 0; i < text.size();) {
        if (isWordByte(text[i])) {
            ++i;
            continue;
        }
        const std::size_t end = static_cast<std::size_t>(
            std::find_if(text.begin() + static_cast<std::ptrdiff_t>(i), text.end(), isWordByte) - text.begin());
        const std::string_view separator = text.substr(i, end - i);
        const bool isDashes = std::ranges::all_of(separator, [](char c) { return c == '-'; });
        if (!isDashes && separator != "." && separator != "_" && separator != "__")
            return false;
        i = end;
    }
    return true;
}

bool isTag(std::string_view text)
{
    const auto isWordByte = [](char c) { return isLetter(c) || isDigit(c) || c == '_'; };
    return !text.empty() && text.size() <= maxTagBytes && isWordByte(text.front())
        && std::ranges::all_of(text, [&](char c) { return isWordByte(c) || c == '.' || c == '-'; });
}

// The algorithms that go-digest knows, each with its number of digits.
bool isKnownDigest(std::string_view text)
{
    const auto colon = text.find(':');
    if (colon == std::string_view::npos)
        return false;
    const std::string_view algorithm = text.substr(0, colon);
    const std::string_view digits = text.substr(colon + 1);
    const std::size_t wanted = algorithm == "sha256" ? 64
        : algorithm == "sha384"                      ? 96
        : algorithm == "sha512"                      ? 128
                                                     : 0;
    return wanted != 0 && digits.size() == wanted && std::ranges::all_of(digits, isLowerHex);
}

} // namespace

bool isDigest(std::string_view text)
{
    return isKnownDigest(text);
}

namespace {

bool isBareId(std::string_view text)
{
    return text.size() == 64 && std::ranges::all_of(text, isLowerHex);
}

struct Halves {
    std::string domain;
    std::string remainder;
};

// splitDockerDomain(): the part before the first slash is a domain only if it looks like one.
Halves splitDomain(std::string_view text)
{
    const auto slash = text.find('/');
    const std::string_view first = text.substr(0, slash);
    const bool isDomainLike
        = first.find_first_of(".:") != std::string_view::npos || first == "localhost" || toLowerAscii(first) != first;
    Halves halves;
    if (slash == std::string_view::npos || !isDomainLike)
        halves = { "docker.io", std::string(text) };
    else
        halves = { std::string(first), std::string(text.substr(slash + 1)) };
    if (halves.domain == "index.docker.io")
        halves.domain = "docker.io";
    if (halves.domain == "docker.io" && halves.remainder.find('/') == std::string::npos)
        halves.remainder = "library/" + halves.remainder;
    return halves;
}

} // namespace

std::string_view Reference::effectiveTag() const
{
    return tag.empty() && digest.empty() ? std::string_view("latest") : std::string_view(tag);
}

namespace {

// The reference, or why it is none, in the words of the reference implementation where it has some.
struct Parsed {
    Reference reference;
    std::string_view refusal; // "" when it is valid
};

std::string_view whyNoPath(std::string_view path)
{
    if (path.empty())
        return "the repository has no name";
    if (toLowerAscii(path) != path)
        return "the repository name must be in lower case";
    if (path.size() > maxNameBytes)
        return "the repository name is longer than 255 characters";
    for (const std::string_view part : split(path, '/')) {
        if (part.empty())
            return "a part of the repository name is empty";
        if (!isPathComponent(part))
            return "a part of the repository name is not of letters and digits with single separators";
    }
    return {};
}

Parsed parse(std::string_view text)
{
    if (text.empty())
        return { {}, "it is empty" };
    if (isBareId(text))
        return { {}, "64 hexadecimal digits alone are the id of an image, not a name" };
    const Halves halves = splitDomain(text);
    std::string_view rest = halves.remainder;
    Reference reference;
    reference.domain = halves.domain;
    if (const auto at = rest.find('@'); at != std::string_view::npos) {
        reference.digest = rest.substr(at + 1);
        if (!isKnownDigest(reference.digest))
            return { {}, "the digest is not of a known algorithm and length" };
        rest = rest.substr(0, at);
    }
    if (const auto colon = rest.find(':'); colon != std::string_view::npos) {
        reference.tag = rest.substr(colon + 1);
        if (!isTag(reference.tag))
            return { {},
                reference.tag.size() > maxTagBytes ? "the tag is longer than 128 characters"
                                                   : "the tag is not of letters, digits, \"_\", \".\" and \"-\"" };
        rest = rest.substr(0, colon);
    }
    if (!isDomain(reference.domain))
        return { {}, "the registry is not a host with an optional port" };
    if (const std::string_view refusal = whyNoPath(rest); !refusal.empty())
        return { {}, refusal };
    reference.path = rest;
    return { std::move(reference), {} };
}

} // namespace

std::optional<Reference> parseReference(std::string_view text)
{
    Parsed parsed = parse(text);
    return parsed.refusal.empty() ? std::optional(std::move(parsed.reference)) : std::nullopt;
}

std::string_view refusalOf(std::string_view text)
{
    return parse(text).refusal;
}

std::string_view defaultPullPolicy(std::string_view image)
{
    const auto reference = parseReference(image);
    return reference && reference->effectiveTag() == "latest" ? "Always" : "IfNotPresent";
}

bool isFrom(const Reference& reference, std::string_view registry)
{
    while (registry.ends_with('/'))
        registry.remove_suffix(1);
    const auto slash = registry.find('/');
    std::string host = toLowerAscii(registry.substr(0, slash));
    if (host == "index.docker.io")
        host = "docker.io";
    if (toLowerAscii(reference.domain) != host)
        return false;
    if (slash == std::string_view::npos)
        return true;
    const std::string_view prefix = registry.substr(slash + 1);
    const std::string_view path = reference.path;
    return path.starts_with(prefix) && (path.size() == prefix.size() || path[prefix.size()] == '/');
}

} // namespace plimsoll::images
