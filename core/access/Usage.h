// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/access/Authorizers.h"
#include "core/evidence/AuditLog.h"

// What was granted against what was used, as audit logs tell.
namespace plimsoll::access {

// What became of one binding in the time of a log. A rule is used when it allows at least one request that was made by
// one of the binding's subjects, whether or not another binding allows it as well.
struct BindingUsage {
    std::uint32_t binding = 0; // index into Cluster::roleBindings()
    std::uint64_t requests = 0; // that it allows
    std::optional<UnixSeconds> last;
    std::vector<std::uint32_t> unusedRules; // indices into Role::rules
    bool isUnused() const { return requests == 0; }
};
// Bindings whose role exists and has rules, in order. That something was not used in a log does not prove that it is
// not needed: the caller states the time that the log covers.
std::vector<BindingUsage> usageOf(const Rbac& rbac, const evidence::AuditLog& log);

struct LeastOptions {
    bool keepsNames = false; // limits rules to the names that were asked for, where verbs carry names
};
// The least roles that cover what a subject did: a ClusterRole for what is outside of namespaces, a Role for each
// namespace, and their bindings.
struct LeastPrivilege {
    std::string yaml; // "" when nothing was used that is not everybody's
    std::uint64_t requests = 0; // kinds of requests that it covers
    std::uint64_t refused = 0; // of those, how many the roles do not allow when they are asked; 0, or it is a fault
    std::uint64_t everybodys = 0; // left out: what every identity may do (discovery, questions about oneself)
};
// Whom the roles are for: the uses of this user; without a name, of everybody in its groups.
LeastPrivilege leastPrivilege(
    const Rbac& rbac, const evidence::AuditLog& log, const User& subject, const LeastOptions& options = {});

} // namespace plimsoll::access
