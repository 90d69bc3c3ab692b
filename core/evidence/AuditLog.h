// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/Progress.h"
#include "core/base/Result.h"
#include "core/base/Time.h"
#include "core/format/Archive.h"

// Audit logs of the API server, added up while they are read: what each user did, not every time it did it.
// Source: Kubernetes 1.36 staging/src/k8s.io/apiserver/pkg/apis/audit/v1/types.go and pkg/audit/request.go.
namespace plimsoll::evidence {

// One kind of request by one user. Bodies of requests and answers are never kept: they may hold Secrets.
struct AuditUse {
    std::string user; // in effect: the impersonated one
    std::vector<std::string> groups; // as authenticated, sorted
    std::string verb, apiGroup, resource, subresource, ns, name; // name "" also when it was not told apart, see below
    std::string path; // of a request that is for no resource; then the fields above but verb are empty
    auto operator<=>(const AuditUse&) const = default;
};
struct AuditCount {
    AuditUse use;
    std::uint64_t allowed = 0, denied = 0; // as the authorizer decided, else by status 403
    UnixSeconds first = 0, last = 0;
    bool areNamesCut = false; // there were more than are told apart: name is "", or path "/*"
    std::uint64_t failed = 0; // of the allowed ones: the answer was an error all the same
    std::uint64_t escalations = 0; // of the failed ones: RBAC's own guard, since they gave more than the user has
    std::vector<std::string> sources; // addresses that the API server itself saw, the first few; sorted
};

// Requests that one user was denied within five minutes.
struct AuditDenials {
    static constexpr std::int64_t seconds = 300;
    static constexpr std::size_t maxAsked = 64;
    std::string user;
    UnixSeconds from = 0; // a multiple of `seconds`
    std::uint64_t denied = 0;
    std::vector<std::string> asked; // "list secrets", "create pods/exec in shop": different ones, sorted
    bool isAskedCut = false; // there were more
};

struct AuditLog {
    std::vector<AuditCount> counts; // sorted by use
    std::uint64_t events = 0; // counted ones: each request once
    std::optional<UnixSeconds> from, to; // of the counted events
    std::vector<Error> problems; // lines that could not be read: file and line; the first ones
    std::uint64_t badLines = 0;
    std::string form; // what wrote it: "Kubernetes", "Amazon EKS (CloudWatch)", ...; "several" after add()
    std::vector<AuditDenials> denials; // sorted by user and time; of each user those with the most requests
    std::uint64_t unauthenticated = 0; // refused because nobody was recognised (401); not among the events
    std::uint64_t cutEvents = 0; // that a cloud shortened: told as far as they go
    std::uint64_t others = 0; // entries of other logs in the same export
    std::uint64_t secretBodies = 0; // events on Secrets at a level that records bodies: the log itself holds values
    bool isCut = false; // there were more different uses than are told apart: what came later is not in counts

    void add(AuditLog other);
};

// By content, from the first bytes (4096 are enough, fewer do for most; headOfFile() unpacks). True also of a log in
// the old text format, which is then refused by name.
bool isAuditLog(std::string_view head);

// Reads JSON lines, or JSON documents, of kind Event or EventList of audit.k8s.io (v1, v1beta1, v1alpha1), plain or as
// the clouds hand them out: Amazon EKS by CloudWatch (events, exports, subscriptions, Insights), Azure AKS (records of
// kube-audit and kube-audit-admin), Google GKE (Cloud Audit Logs of k8s.io). gzip, tar and ZIP are unpacked. Memory
// does not grow with the log but with how many different things were done. A last line that breaks off is one being
// written.
// Errors: Access, NotFound (file), Format (no audit log, gzip broken), Cancelled.
Result<AuditLog> readAuditLog(format::ByteSource& bytes, const std::string& name, Progress& progress);
Result<AuditLog> readAuditLogFile(const std::string& path, Progress& progress);

} // namespace plimsoll::evidence
