// SPDX-License-Identifier: Apache-2.0
#include "core/evidence/detail/AuditCounter.h"

#include <algorithm>

#include "core/evidence/AuditFindings.h"

namespace plimsoll::evidence {

namespace {

constexpr std::size_t maxNames = 200; // told apart for one user, verb, resource and namespace
constexpr std::size_t maxPaths = 1000; // the same for one user and verb
constexpr std::size_t maxUses = 500'000; // more than this no cluster does; an attacker's log might
constexpr std::size_t maxStarted = 200'000; // requests under way that are remembered
constexpr std::size_t maxSources = 4;
constexpr std::size_t maxWindows = 20'000; // of all users together
constexpr std::size_t maxUserWindows = 48;
constexpr std::uint64_t leastDenied = 5; // fewer within five minutes are no sign of anything

std::vector<std::string> sortedTexts(const std::vector<std::string_view>& list)
{
    std::vector<std::string> out(list.begin(), list.end());
    std::ranges::sort(out);
    return out;
}

AuditUse auditUseOf(const AuditEvent& event, const AuditEvent::Who& who)
{
    AuditUse out;
    out.user = who.name;
    out.groups = sortedTexts(who.groups);
    out.verb = event.verb;
    if (event.resource.empty()) {
        out.path = event.uri.substr(0, event.uri.find('?'));
        return out;
    }
    out.apiGroup = event.apiGroup;
    out.resource = event.resource;
    out.subresource = event.subresource;
    out.ns = event.ns;
    out.name = event.name;
    return out;
}

// The real user asked for each part of the identity that it took on.
std::vector<AuditUse> impersonationsOf(const AuditEvent& event)
{
    AuditUse base;
    base.user = event.user.name;
    base.groups = sortedTexts(event.user.groups);
    base.verb = "impersonate";
    std::vector<AuditUse> out;
    AuditUse user = base;
    constexpr std::string_view account = "system:serviceaccount:";
    const std::string_view name = event.as.name;
    if (name.starts_with(account)) {
        const std::string_view rest = name.substr(account.size());
        user.resource = "serviceaccounts";
        user.ns = rest.substr(0, rest.find(':'));
        user.name = rest.substr(std::min(rest.size(), rest.find(':') + 1));
    } else {
        user.resource = "users";
        user.name = name;
    }
    out.push_back(std::move(user));
    for (const std::string& group : sortedTexts(event.as.groups)) {
        // What the API server adds by itself nobody asks for.
        if (group.starts_with("system:serviceaccounts") || group == "system:authenticated")
            continue;
        AuditUse one = base;
        one.resource = "groups";
        one.name = group;
        out.push_back(std::move(one));
    }
    return out;
}

// Whether a log has the values of a Secret in it: at level Request only of those that write.
bool holdsSecretBody(const AuditEvent& event)
{
    if (event.resource != "secrets" || !event.apiGroup.empty() || event.code >= 400)
        return false;
    const bool isWrite = event.verb == "create" || event.verb == "update" || event.verb == "patch";
    return event.level == "RequestResponse" || (event.level == "Request" && isWrite);
}

std::string askedText(const AuditUse& use)
{
    if (use.resource.empty())
        return use.verb + ' ' + use.path;
    std::string out = use.verb + ' ' + use.resource;
    if (!use.subresource.empty())
        out += '/' + use.subresource;
    return use.ns.empty() ? out : out + " in " + use.ns;
}

} // namespace

// Each request once: when it is answered, or when the answer begins (watch, exec).
bool AuditCounter::isCounted(const AuditEvent& event)
{
    if (event.stage != "ResponseComplete" && event.stage != "ResponseStarted" && event.stage != "Panic")
        return false;
    std::string id(event.id);
    if (event.stage != "ResponseStarted")
        return m_started.erase(id) == 0; // else counted when it began
    if (m_started.size() >= maxStarted)
        m_started.clear();
    return id.empty() || m_started.insert(std::move(id)).second;
}

void AuditCounter::take(const AuditEvent& event)
{
    if (!isCounted(event))
        return;
    if (event.code == 401) { // nobody was recognised: nobody's rights were used
        ++m_log.unauthenticated;
        return;
    }
    const bool isAllowed = event.decision.empty() ? event.code != 403 : event.decision == "allow";
    ++m_log.events;
    m_log.secretBodies += holdsSecretBody(event) ? 1 : 0;
    if (event.at > 0) {
        m_log.from = std::min(m_log.from.value_or(event.at), event.at);
        m_log.to = std::max(m_log.to.value_or(event.at), event.at);
    }
    if (event.isImpersonated) {
        for (AuditUse& one : impersonationsOf(event))
            count(std::move(one), true, event);
    }
    count(auditUseOf(event, event.isImpersonated ? event.as : event.user), isAllowed, event);
}

void AuditCounter::count(AuditUse use, bool isAllowed, const AuditEvent& event)
{
    if (!isAllowed)
        noteDenial(use, event.at);
    bool isCut = false;
    auto found = m_tallies.find(use);
    if (found == m_tallies.end()) {
        if (m_tallies.size() >= maxUses) {
            m_log.isCut = true;
            return;
        }
        if (!use.name.empty() || !use.path.empty()) {
            AuditUse nameless = use;
            nameless.name.clear();
            if (!use.path.empty())
                nameless.path = "/*";
            isCut = ++m_names[nameless] > (use.path.empty() ? maxNames : maxPaths);
            if (isCut)
                use = std::move(nameless);
        }
        const bool isTelling = actOf(use).has_value();
        found = m_tallies.try_emplace(std::move(use)).first;
        found->second.isTelling = isTelling;
    }
    Tally& tally = found->second;
    ++(isAllowed ? tally.allowed : tally.denied);
    // An impersonation is no failure when the request that was made with it is one.
    if (isAllowed && event.code >= 400 && found->first.verb != "impersonate") {
        ++tally.failed;
        tally.escalations += event.message.contains("attempting to grant RBAC permissions not currently held") ? 1 : 0;
    }
    tally.areNamesCut = tally.areNamesCut || isCut;
    if (tally.isTelling && !event.source.empty() && tally.sources.size() < maxSources
        && std::ranges::find(tally.sources, event.source) == tally.sources.end())
        tally.sources.emplace_back(event.source);
    if (event.at > 0) {
        tally.first = tally.first == 0 ? event.at : std::min(tally.first, event.at);
        tally.last = std::max(tally.last, event.at);
    }
}

void AuditCounter::noteDenial(const AuditUse& use, UnixSeconds at)
{
    if (at <= 0)
        return;
    const UnixSeconds from = at - at % AuditDenials::seconds;
    std::map<UnixSeconds, Window>& windows = m_windows[use.user];
    auto found = windows.find(from);
    if (found == windows.end()) {
        if (windows.size() >= maxUserWindows) { // the least of the older ones makes room
            const auto least = std::ranges::min_element(windows, {}, [](const auto& one) { return one.second.denied; });
            windows.erase(least);
            --m_windowCount;
        }
        if (m_windowCount >= maxWindows)
            return;
        found = windows.try_emplace(from).first;
        ++m_windowCount;
    }
    Window& window = found->second;
    ++window.denied;
    if (window.isAskedCut)
        return;
    std::string asked = askedText(use);
    if (window.asked.size() < AuditDenials::maxAsked)
        window.asked.insert(std::move(asked));
    else
        window.isAskedCut = !window.asked.contains(asked);
}

AuditLog AuditCounter::finish()
{
    for (auto& [use, tally] : m_tallies) {
        std::ranges::sort(tally.sources);
        m_log.counts.push_back({ use, tally.allowed, tally.denied, tally.first, tally.last, tally.areNamesCut,
            tally.failed, tally.escalations, std::move(tally.sources) });
    }
    for (const auto& [user, windows] : m_windows) {
        for (const auto& [from, window] : windows) {
            if (window.denied >= leastDenied)
                m_log.denials.push_back(
                    { user, from, window.denied, { window.asked.begin(), window.asked.end() }, window.isAskedCut });
        }
    }
    return std::move(m_log);
}

} // namespace plimsoll::evidence
