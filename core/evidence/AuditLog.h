// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
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
    bool areNamesCut = false; // there were more names than are told apart: name is ""
};

struct AuditLog {
    std::vector<AuditCount> counts; // sorted by use
    std::uint64_t events = 0; // counted ones: each request once
    std::optional<UnixSeconds> from, to; // of the counted events
    std::vector<Error> problems; // lines that could not be read: file and line; the first ones
    std::uint64_t badLines = 0;

    void add(AuditLog other);
};

// Reads JSON lines, or JSON documents, of kind Event or EventList of audit.k8s.io; gzip is unpacked. Memory does not
// grow with the log but with how many different things were done. A last line that breaks off is one being written.
// Errors: Access, NotFound (file), Format (no audit log, gzip broken), Cancelled.
Result<AuditLog> readAuditLog(format::ByteSource& bytes, const std::string& name, Progress& progress);
Result<AuditLog> readAuditLogFile(const std::string& path, Progress& progress);

} // namespace plimsoll::evidence
