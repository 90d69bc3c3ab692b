// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/Result.h"
#include "core/format/Document.h"

// What an audit policy lets the API server log, and where that falls short.
// Source: Kubernetes 1.36 staging/src/k8s.io/apiserver/pkg/audit/policy/checker.go (the first rule that matches
//         decides, no rule = None) and pkg/apis/audit/v1/types.go.
namespace plimsoll::evidence {

enum class AuditLevel : std::uint8_t { None, Metadata, Request, RequestResponse };
std::string_view toText(AuditLevel level);

struct AuditPolicyRule {
    AuditLevel level = AuditLevel::None;
    std::vector<std::string> users, userGroups, verbs, namespaces, nonResourceUrls, omitStages;
    struct Resources {
        std::string group;
        std::vector<std::string> resources, resourceNames;
    };
    std::vector<Resources> resources;
    std::string pointer; // "/rules/3"
};
struct AuditPolicy {
    std::string name; // of the file or object that holds it
    std::vector<AuditPolicyRule> rules;
    std::vector<std::string> omitStages;
    std::vector<std::string> problems; // what the API server would refuse: it does not start with such a policy
};

bool isAuditPolicy(std::string_view head); // YAML or JSON, by its first bytes
bool isAuditPolicy(format::Value document);
// Errors: Format when it is no Policy of audit.k8s.io.
Result<AuditPolicy> readAuditPolicy(format::Value document, const std::string& name);
Result<AuditPolicy> readAuditPolicyText(std::string_view text, const std::string& name); // YAML or JSON

// One request as the policy sees it.
struct AuditRequest {
    std::string user;
    std::vector<std::string> groups;
    std::string verb, apiGroup, resource, ns, name; // resource with its subresource: "pods/exec"
    std::string path; // instead, of a request that is for no resource
};
struct AuditDecision {
    AuditLevel level = AuditLevel::None;
    int rule = -1; // the first that matches; -1 = none does
    std::vector<std::string> omitStages; // of policy and rule; sorted
};
AuditDecision decide(const AuditPolicy& policy, const AuditRequest& request);

struct AuditPolicyFlaw {
    enum class Kind : std::uint8_t {
        Invalid, // the API server would refuse it
        LogsNothing, // no rule, or each is None
        CatchAllNone, // a rule without conditions is None and what stands behind it is never reached
        NothingByDefault, // no rule for all that the others leave over
        SecretsLogged, // values of secrets, config maps or tokens end up in the log
        NotLogged, // requests that a reviewer needs are not logged at all
        Shadowed, // a rule that can never be reached
        AdminsLeftOut, // None for system:masters or other powerful groups and users
        StageLeftOut, // ResponseComplete or Panic: the outcome is not logged
    };
    Kind kind = Kind::NotLogged;
    std::string what; // a sentence
    std::vector<std::string> pointers; // rules that say so, "/rules/3"; "" = the policy as a whole
    bool isGrave = false; // fails CIS 3.2.2, the rest is advice
};
std::string_view toText(AuditPolicyFlaw::Kind kind); // "secrets-logged"
std::vector<AuditPolicyFlaw> flawsOf(const AuditPolicy& policy);

} // namespace plimsoll::evidence
