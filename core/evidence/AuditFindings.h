// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/evidence/AuditLog.h"

// What a reviewer looks for in an audit log: who read secrets, who opened sessions in pods, what strangers got, ...
namespace plimsoll::evidence {

enum class AuditAct : std::uint8_t {
    AnonymousAccess, // system:anonymous got an answer other than that of health, version and discovery
    SecretRead, // get, list, watch of secrets
    Session, // exec, attach, port-forward and proxy of pods
    EphemeralContainer, // a container put into a running pod
    NodeProxy, // the kubelet's own API through the API server
    AccessChange, // writes to roles and bindings of RBAC
    EscalationRefused, // of those: permitted by RBAC, and refused since it would have given more than the user has
    TokenRequest, // serviceaccounts/token
    Impersonation,
    CertificateApproval, // certificatesigningrequests/approval and /status
    WebhookChange, // writes to admission webhooks and policies
    DenialBurst, // many denied requests within minutes
};
constexpr std::size_t auditActCount = 12;
std::string_view toText(AuditAct act); // "read secrets", "opened sessions in pods", ...
std::string_view idOf(AuditAct act); // "secret-read": for JSON and the command line

// Whose name a user name is.
struct AuditCaller {
    enum class Kind : std::uint8_t { Person, ServiceAccount, Node, ControlPlane, Anonymous };
    Kind kind = Kind::Person; // of all that has no name of Kubernetes' own
    std::string ns, name; // of a ServiceAccount; name of a Node
};
AuditCaller callerOf(std::string_view user);
std::string_view toText(AuditCaller::Kind kind); // "person or program", "service account", ...

struct AuditFinding {
    AuditAct act = AuditAct::SecretRead;
    std::string user;
    std::vector<std::string> groups;
    AuditCaller caller;
    std::string verb; // "get"; of a burst ""
    std::string apiGroup, resource; // "secrets", "pods/exec"; or the path of a request that is for no resource
    std::string ns, name; // name "" = all of them, or more than are told apart (areNamesCut)
    bool areNamesCut = false;
    std::uint64_t count = 0; // that succeeded; of EscalationRefused and DenialBurst: that were refused
    std::uint64_t refused = 0; // the others
    UnixSeconds first = 0, last = 0;
    std::vector<std::string> sources; // addresses, the first few
    std::vector<std::string> asked; // of a burst: what was asked for, the first few of `distinct`
    std::uint64_t distinct = 0; // of a burst: different requests

    // "get secrets shop/db-password", "list secrets in shop", "list secrets in all namespaces", "GET /metrics".
    std::string what() const;
    // "ann: get secrets shop/db-password, 3 times from 2026-11-23T03:00:00Z to 2026-11-24T03:00:00Z, from 10.0.0.9".
    std::string sentence() const;
};

struct AuditFindingOptions {
    std::uint64_t burstDenied = 20; // within five minutes
    std::uint64_t burstDistinct = 10; // different requests; few denials of many kinds are a search as well
    bool withControlPlane = false; // what nodes and the control plane do by themselves
    bool withRefused = false; // also what was only tried
};

struct AuditFindings {
    std::vector<AuditFinding> findings; // by act; then most telling callers first, count, user, object
    std::uint64_t counts[auditActCount] = {}; // of findings, by act
    std::uint64_t controlPlane = 0; // left out, see withControlPlane
    std::uint64_t onlyRefused = 0; // left out, see withRefused
    std::optional<UnixSeconds> from, to;
    std::uint64_t events = 0;
};

// Verbs escalate and bind leave no entry of their own in an audit log: what is seen is the write that they permit, or
// its refusal.
AuditFindings auditFindings(const AuditLog& log, const AuditFindingOptions& options = {});
// Whether a request is of one of the acts; what readAuditLog() keeps addresses of.
std::optional<AuditAct> actOf(const AuditUse& use);

} // namespace plimsoll::evidence
