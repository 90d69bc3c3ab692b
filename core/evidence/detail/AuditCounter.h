// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "core/evidence/AuditLog.h"
#include "core/format/Document.h"

namespace plimsoll::evidence {

// One event as any of the forms tells it. Points into what was parsed.
struct AuditEvent {
    struct Who {
        std::string_view name;
        std::vector<std::string_view> groups;
    };
    std::string_view id, level, stage, verb, uri, decision, message, source;
    std::string_view apiGroup, resource, subresource, ns, name;
    Who user, as;
    bool isImpersonated = false;
    std::int64_t code = 0;
    UnixSeconds at = 0;
};

// Adds up events. Memory grows with what is told apart, not with events.
class AuditCounter {
public:
    void take(const AuditEvent& event);
    AuditLog finish();
    std::uint64_t events() const { return m_log.events; }

private:
    struct Tally {
        std::uint64_t allowed = 0, denied = 0, failed = 0, escalations = 0;
        UnixSeconds first = 0, last = 0;
        bool areNamesCut = false;
        bool isTelling = false; // addresses are kept
        std::vector<std::string> sources;
    };
    struct Window {
        std::uint64_t denied = 0;
        std::set<std::string> asked;
        bool isAskedCut = false;
    };
    bool isCounted(const AuditEvent& event);
    void count(AuditUse use, bool isAllowed, const AuditEvent& event);
    void noteDenial(const AuditUse& use, UnixSeconds at);

    std::map<AuditUse, Tally> m_tallies;
    std::map<AuditUse, std::size_t> m_names; // of a use without its name
    std::unordered_set<std::string> m_started; // watches: told when they begin and when they end
    std::map<std::string, std::map<UnixSeconds, Window>> m_windows; // by user
    std::size_t m_windowCount = 0;
    AuditLog m_log;
};

} // namespace plimsoll::evidence
