// SPDX-License-Identifier: Apache-2.0
// Source: Istio 1.27 pilot/pkg/security/authz/model/generator.go, matcher/string.go; security.istio.io reference.
#include "core/network/detail/Mesh_p.h"

#include <algorithm>

#include "core/base/Text.h"

namespace plimsoll::network {

namespace {

constexpr std::string_view gatewayNameLabel = "gateway.networking.k8s.io/gateway-name";

// "*" stands for any text, wherever it is.
bool isGlob(std::string_view pattern, std::string_view text)
{
    std::size_t p = 0, t = 0, star = std::string_view::npos, from = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            from = t;
        } else if (p < pattern.size() && pattern[p] == text[t]) {
            ++p;
            ++t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++from;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

// Of principals, "*" stands only at one end.
bool isPrincipal(std::string_view pattern, std::string_view principal)
{
    if (pattern.starts_with('*'))
        return principal.ends_with(pattern.substr(1));
    if (pattern.ends_with('*'))
        return principal.starts_with(pattern.substr(0, pattern.size() - 1));
    return principal == pattern;
}

std::string_view nameOf(MeshIdentity::Kind kind)
{
    switch (kind) {
    case MeshIdentity::Kind::Principal:
        return "principal";
    case MeshIdentity::Kind::Namespace:
        return "namespace";
    case MeshIdentity::Kind::ServiceAccount:
        return "service account";
    }
    return {};
}

} // namespace

MeshIdentity::MeshIdentity(std::vector<List> lists, std::vector<std::string> trustDomains)
    : m_lists(std::move(lists))
    , m_trustDomains(std::move(trustDomains))
{
}

bool MeshIdentity::isPositive() const
{
    return std::ranges::any_of(m_lists, [](const List& list) { return !list.isNot; });
}

bool MeshIdentity::matches(const LabelLookup& labels) const
{
    const bool hasIdentity = labels("@mesh").has_value();
    const std::string_view ns = labels("@namespace").value_or("");
    const std::string_view account = labels("@serviceaccount").value_or("default");
    const std::string path = "/ns/" + std::string(ns) + "/sa/" + std::string(account);
    const auto isOne = [&](Kind kind, const std::string& pattern) {
        switch (kind) {
        case Kind::Principal:
            return std::ranges::any_of(
                m_trustDomains, [&](const std::string& domain) { return isPrincipal(pattern, domain + path); });
        case Kind::Namespace:
            return isGlob(pattern, ns);
        case Kind::ServiceAccount:
            return pattern == std::string(ns) + '/' + std::string(account);
        }
        return false;
    };
    return std::ranges::all_of(m_lists, [&](const List& list) {
        const bool isHit = hasIdentity
            && std::ranges::any_of(list.patterns, [&](const std::string& one) { return isOne(list.kind, one); });
        return isHit != list.isNot;
    });
}

void MeshIdentity::collectKeys(std::vector<std::string>& keys) const
{
    keys.insert(keys.end(), { "@mesh", "@namespace", "@serviceaccount" });
}

std::string MeshIdentity::text() const
{
    std::vector<std::string> parts;
    for (const List& list : m_lists)
        parts.push_back(
            std::string(nameOf(list.kind)) + (list.isNot ? " none of " : " one of ") + join(list.patterns, " "));
    // Equal text is equal meaning: other trust domains than the usual one belong to it.
    const bool isUsual = m_trustDomains == std::vector<std::string> { "cluster.local" };
    return join(parts, ", ") + (isUsual ? std::string() : " (trust domains " + join(m_trustDomains, " ") + ')');
}

std::string MeshRemainder::Taken::text() const
{
    std::vector<std::string> parts;
    for (const TextRequirement& label : labels)
        parts.push_back(label.key + '=' + join(label.values, "|"));
    const std::string pods = join(parts, ",");
    if (!ns)
        return pods;
    return *ns + (pods.empty() ? std::string() : '/' + pods);
}

MeshRemainder::MeshRemainder(std::vector<Taken> taken)
    : m_taken(std::move(taken))
{
}

bool MeshRemainder::matches(const LabelLookup& labels) const
{
    if (labels(gatewayNameLabel) || labels("istio").value_or("").ends_with("gateway"))
        return false;
    return std::ranges::none_of(m_taken, [&](const Taken& taken) {
        return (!taken.ns || labels("@namespace") == std::string_view(*taken.ns))
            && std::ranges::all_of(taken.labels, [&](const TextRequirement& label) {
                   const auto own = labels(label.key);
                   return own && std::ranges::find(label.values, *own) != label.values.end();
               });
    });
}

void MeshRemainder::collectKeys(std::vector<std::string>& keys) const
{
    keys.insert(keys.end(), { std::string(gatewayNameLabel), "istio" });
    for (const Taken& taken : m_taken) {
        if (taken.ns)
            keys.emplace_back("@namespace");
        for (const TextRequirement& label : taken.labels)
            keys.push_back(label.key);
    }
}

std::string MeshRemainder::text() const
{
    std::vector<std::string> parts;
    for (const Taken& taken : m_taken)
        parts.push_back(taken.text());
    return parts.empty() ? "no gateway" : "no gateway, none of " + join(parts, " ");
}

} // namespace plimsoll::network
