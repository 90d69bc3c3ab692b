// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/cluster/Version.h"

// Published vulnerabilities of Kubernetes' own parts, by version. Reviewed by hand, dated, compiled in
// (resources/issues/*.yaml): a version says that a fault is in the program, conditions whether it matters here.
namespace plimsoll::images {

struct VersionRange {
    cluster::Version introduced; // 0.0.0 = from the beginning
    std::optional<cluster::Version> fixed; // nothing: no version repairs it
};
struct KnownIssue {
    std::string id; // "CVE-2025-1974"
    std::string component; // "kube-apiserver", "kubelet", ..., "ingress-nginx"
    std::string severity; // "critical" ... "low", as published
    std::string summary; // a clause
    std::string url;
    std::vector<VersionRange> ranges;
    std::vector<std::string> conditions; // all must hold; names of facts that the controls look up
    std::string onlyIf; // what must hold besides and no object tells; "" = nothing
};
struct KnownIssues {
    std::string date; // when the facts were compared, "2026-11-23"
    std::vector<KnownIssue> issues;
    const KnownIssue* find(std::string_view id) const;
};
// Empty only if the resource itself is broken, which a test holds.
const KnownIssues& builtInIssues();

// Is the fault in this version? The range that says so, or nullptr.
const VersionRange* rangeOf(const KnownIssue& issue, const cluster::Version& version);
// "1.27.3"; "no version" when nothing repairs it.
std::string fixText(const VersionRange& range);
// Providers that add fixes to versions of their own without changing the first three numbers ("v1.30.4-eks-a737599").
bool mayBePatchedByProvider(const cluster::Version& version);
// A repository of the ingress-nginx controller or a copy of it in another registry.
bool isIngressNginx(std::string_view repository); // "registry.k8s.io/ingress-nginx/controller"

} // namespace plimsoll::images
