// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "core/access/Escalation.h"
#include "core/base/Text.h"

namespace plimsoll::access {

namespace {

constexpr std::string_view authenticationApi = "authentication.k8s.io";

// RFC 1123: what a namespace (without dots) or a service account or node (with dots) may be called.
bool isDnsName(std::string_view text, bool mayHaveDots)
{
    if (text.empty() || text.size() > (mayHaveDots ? 253u : 63u))
        return false;
    const auto isInner = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
    for (const std::string_view part : split(text, mayHaveDots ? '.' : '\0'))
        if (part.empty() || part.front() == '-' || part.back() == '-' || !std::ranges::all_of(part, isInner))
            return false;
    return true;
}

struct AccountName {
    std::string_view ns, name;
};

std::optional<AccountName> accountOf(std::string_view user)
{
    constexpr std::string_view prefix = "system:serviceaccount:";
    if (!user.starts_with(prefix))
        return std::nullopt;
    const auto parts = split(user.substr(prefix.size()), ':');
    if (parts.size() != 2 || !isDnsName(parts[0], false) || !isDnsName(parts[1], true))
        return std::nullopt;
    return AccountName { parts[0], parts[1] };
}

std::optional<std::string_view> nodeNameOf(std::string_view user)
{
    constexpr std::string_view prefix = "system:node:";
    if (!user.starts_with(prefix) || !isDnsName(user.substr(prefix.size()), true))
        return std::nullopt;
    return user.substr(prefix.size());
}

// One run of the checks in one mode.
class Check {
public:
    Check(const Authorizers& authorizers, const User& user, std::string mode, std::string_view associatedNode)
        : m_authorizers(authorizers)
        , m_principal(authorizers.rbac().principal(user))
        , m_mode(std::move(mode))
        , m_associatedNode(associatedNode)
    {
    }

    Impersonation run(const Impersonated& target, const Request& on);

private:
    bool isLegacy() const { return m_mode == "legacy"; }
    bool applies(const Impersonated& target) const;
    bool ask(Request request);
    Request identity(std::string_view resource, std::string_view name) const;
    bool askName(const Impersonated& target);
    bool askGroups(const Impersonated& target);
    bool askExtra(const Impersonated& target);
    User userOf(const Impersonated& target) const;

    const Authorizers& m_authorizers;
    Principal m_principal;
    std::string m_mode;
    std::string_view m_associatedNode;
    Request m_refused;
};

bool Check::applies(const Impersonated& target) const
{
    if (isLegacy())
        return true;
    const auto account = accountOf(target.name);
    const auto node = nodeNameOf(target.name);
    if (m_mode == "user-info")
        return !account && !node;
    if (!target.groups.empty() || !target.uid.empty() || !target.extra.empty())
        return false;
    if (m_mode == "serviceaccount")
        return account.has_value();
    if (m_mode == "arbitrary-node")
        return node.has_value();
    return node && accountOf(m_principal.user.name) && *node == m_associatedNode;
}

bool Check::ask(Request request)
{
    if (m_authorizers.decide(m_principal, request).answer == Answer::Yes)
        return true;
    m_refused = std::move(request);
    return false;
}

Request Check::identity(std::string_view resource, std::string_view name) const
{
    const bool isCore = isLegacy() && (resource == "users" || resource == "groups" || resource == "serviceaccounts");
    return { .verb = isLegacy() ? "impersonate" : "impersonate:" + m_mode,
        .apiGroup = isCore ? std::string() : std::string(authenticationApi),
        .resource = std::string(resource),
        .name = std::string(name) };
}

bool Check::askName(const Impersonated& target)
{
    if (const auto account = accountOf(target.name)) {
        Request request = identity("serviceaccounts", account->name);
        request.ns = account->ns;
        return ask(std::move(request));
    }
    const auto node = nodeNameOf(target.name);
    if (!isLegacy() && node) // of the own node, the name must be granted for all
        return ask(identity("nodes", m_mode == "associated-node" ? std::string_view("*") : *node));
    return ask(identity("users", target.name));
}

bool Check::askGroups(const Impersonated& target)
{
    constexpr std::size_t many = 4; // then one check for all is tried first
    if (!isLegacy()) {
        for (const std::string& group : target.groups)
            if (group.empty() || group == "system:masters") {
                m_refused = identity("groups", group);
                return false;
            }
        if (target.groups.size() >= many && ask(identity("groups", "*")))
            return true;
    }
    return std::ranges::all_of(target.groups, [&](const std::string& group) { return ask(identity("groups", group)); });
}

bool Check::askExtra(const Impersonated& target)
{
    constexpr std::size_t many = 4;
    const auto extra = [&](std::string_view key, std::string_view value) {
        Request request = identity("userextras", value);
        request.subresource = key;
        return request;
    };
    if (!isLegacy() && target.extra.size() >= many && ask(extra("*", "*")))
        return true;
    return std::ranges::all_of(target.extra, [&](const auto& one) { return ask(extra(one.first, one.second)); });
}

User Check::userOf(const Impersonated& target) const
{
    User out { .name = target.name, .groups = target.groups };
    const auto ensure = [&](std::string_view group) {
        if (std::ranges::find(out.groups, group) == out.groups.end())
            out.groups.emplace_back(group);
    };
    if (const auto account = accountOf(target.name); account && out.groups.empty())
        out.groups = Rbac::serviceAccountUser(account->ns, account->name).groups;
    if (!isLegacy() && nodeNameOf(target.name))
        out.groups = { "system:nodes" };
    if (out.name == "system:anonymous")
        ensure("system:unauthenticated");
    else if (std::ranges::find(out.groups, "system:unauthenticated") == out.groups.end())
        ensure("system:authenticated");
    return out;
}

Impersonation Check::run(const Impersonated& target, const Request& on)
{
    Impersonation out;
    if (target.name.empty() || !applies(target)) {
        out.refused = identity("users", target.name);
        return out;
    }
    bool isAllowed = true;
    if (!isLegacy()) {
        Request action = on;
        action.verb = "impersonate-on:" + m_mode + ':' + on.verb;
        isAllowed = ask(std::move(action));
    }
    isAllowed = isAllowed && askName(target) && (target.uid.empty() || ask(identity("uids", target.uid)))
        && askGroups(target) && askExtra(target);
    if (!isAllowed) {
        out.refused = std::move(m_refused);
        return out;
    }
    out.isAllowed = true;
    out.mode = m_mode;
    out.as = userOf(target);
    return out;
}

} // namespace

Impersonation mayImpersonate(const Authorizers& authorizers, const User& user, const Impersonated& target,
    const Request& on, std::string_view associatedNode)
{
    if (authorizers.server().hasConstrainedImpersonation) {
        for (const std::string_view mode : { "associated-node", "arbitrary-node", "serviceaccount", "user-info" }) {
            Impersonation found = Check(authorizers, user, std::string(mode), associatedNode).run(target, on);
            if (found.isAllowed)
                return found;
        }
    }
    return Check(authorizers, user, "legacy", associatedNode).run(target, on);
}

} // namespace plimsoll::access
