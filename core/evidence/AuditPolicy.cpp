// SPDX-License-Identifier: Apache-2.0
#include "core/evidence/AuditPolicy.h"

#include <algorithm>
#include <array>

#include "core/base/Text.h"
#include "core/format/Json.h"
#include "core/format/Yaml.h"

namespace plimsoll::evidence {

namespace {

using format::Value;

constexpr std::array<std::string_view, 4> levelNames { "None", "Metadata", "Request", "RequestResponse" };
constexpr std::array<std::string_view, 4> stageNames { "Panic", "RequestReceived", "ResponseComplete",
    "ResponseStarted" };

std::vector<std::string> policyTexts(Value list)
{
    std::vector<std::string> out;
    for (const Value one : list)
        out.emplace_back(one.text());
    return out;
}

bool hasText(const std::vector<std::string>& list, std::string_view value)
{
    return std::ranges::find(list, value) != list.end();
}

void checkStages(const std::vector<std::string>& stages, const std::string& where, AuditPolicy& out)
{
    for (const std::string& stage : stages) {
        if (std::ranges::count(stageNames, stage) == 0)
            out.problems.push_back(where + " omits \"" + printable(stage) + "\", which is no stage");
    }
}

AuditPolicyRule readPolicyRule(Value rule, std::size_t index, AuditPolicy& policy)
{
    AuditPolicyRule out;
    out.pointer = "/rules/" + std::to_string(index);
    const std::string where = "rule " + std::to_string(index + 1);
    const std::string_view level = rule["level"].text();
    const auto found = std::ranges::find(levelNames, level);
    if (found == levelNames.end())
        policy.problems.push_back(where + (level.empty() ? " has no level" : " has a level that does not exist"));
    else
        out.level = static_cast<AuditLevel>(found - levelNames.begin());
    out.users = policyTexts(rule["users"]);
    out.userGroups = policyTexts(rule["userGroups"]);
    out.verbs = policyTexts(rule["verbs"]);
    out.namespaces = policyTexts(rule["namespaces"]);
    out.nonResourceUrls = policyTexts(rule["nonResourceURLs"]);
    out.omitStages = policyTexts(rule["omitStages"]);
    for (const Value one : rule["resources"]) {
        out.resources.push_back(
            { std::string(one["group"].text()), policyTexts(one["resources"]), policyTexts(one["resourceNames"]) });
        if (!out.resources.back().resourceNames.empty() && out.resources.back().resources.empty())
            policy.problems.push_back(where + " has resourceNames without resources");
        if (out.resources.back().group.contains('/'))
            policy.problems.push_back(where + " names a version with an API group");
    }
    if (!out.nonResourceUrls.empty() && (!out.resources.empty() || !out.namespaces.empty()))
        policy.problems.push_back(where + " has paths and resources, which no request has both");
    for (const std::string& url : out.nonResourceUrls) {
        if (url != "*" && (!url.starts_with('/') || url.substr(0, url.size() - 1).contains('*')))
            policy.problems.push_back(where + " has a path that is not valid: " + printable(url));
    }
    checkStages(out.omitStages, where, policy);
    return out;
}

bool pathMatches(std::string_view path, std::string_view spec)
{
    if (spec == "*" || spec == path)
        return true;
    return spec.ends_with('*') && path.starts_with(spec.substr(0, spec.find_last_not_of('*') + 1));
}

// One entry of a rule's resources; "pods" is not "pods/exec", "pods/*" is both.
bool resourceMatches(std::string_view spec, std::string_view combined)
{
    if (spec == "*" || spec == combined)
        return true;
    const std::string_view resource = combined.substr(0, combined.find('/'));
    if (spec.starts_with("*/") && resource.size() < combined.size()
        && combined.substr(resource.size() + 1) == spec.substr(2))
        return true;
    return spec.ends_with("/*") && resource == spec.substr(0, spec.size() - 2);
}

bool resourcesMatch(const AuditPolicyRule& rule, const AuditRequest& request)
{
    if (request.resource.empty() || (!rule.namespaces.empty() && !hasText(rule.namespaces, request.ns)))
        return false;
    if (rule.resources.empty())
        return true;
    return std::ranges::any_of(rule.resources, [&](const AuditPolicyRule::Resources& one) {
        if (one.group != request.apiGroup)
            return false;
        if (one.resources.empty())
            return true;
        return (one.resourceNames.empty() || hasText(one.resourceNames, request.name))
            && std::ranges::any_of(
                one.resources, [&](const std::string& spec) { return resourceMatches(spec, request.resource); });
    });
}

bool ruleMatches(const AuditPolicyRule& rule, const AuditRequest& request)
{
    if (!rule.users.empty() && !hasText(rule.users, request.user))
        return false;
    if (!rule.userGroups.empty()
        && std::ranges::none_of(request.groups, [&](const std::string& one) { return hasText(rule.userGroups, one); }))
        return false;
    if (!rule.verbs.empty() && !hasText(rule.verbs, request.verb))
        return false;
    if (!rule.namespaces.empty() || !rule.resources.empty())
        return resourcesMatch(rule, request);
    if (rule.nonResourceUrls.empty())
        return true;
    return request.resource.empty() && std::ranges::any_of(rule.nonResourceUrls, [&](const std::string& spec) {
        return pathMatches(request.path, spec);
    });
}

} // namespace

std::string_view toText(AuditLevel level)
{
    return levelNames[static_cast<std::size_t>(level)];
}

bool isAuditPolicy(std::string_view head)
{
    head = head.substr(0, 16384);
    const std::size_t at = head.find("audit.k8s.io/v1");
    if (at == std::string_view::npos || head.contains("auditID"))
        return false;
    // At the outermost level, not in a ConfigMap or a list of objects.
    for (const std::string_view kind : { "\nkind: Policy", "\nkind: \"Policy\"", "\nkind: 'Policy'" }) {
        if (head.contains(kind) || head.starts_with(kind.substr(1)))
            return true;
    }
    const std::string_view begin = trimmed(head);
    return begin.starts_with('{') && (begin.contains("\"kind\":\"Policy\"") || begin.contains("\"kind\": \"Policy\""));
}

bool isAuditPolicy(Value document)
{
    return document["apiVersion"].text().starts_with("audit.k8s.io/") && document["kind"].text() == "Policy";
}

Result<AuditPolicy> readAuditPolicy(Value document, const std::string& name)
{
    if (!isAuditPolicy(document))
        return failure(ErrorKind::Format, "this is no audit policy", name, "name a Policy of audit.k8s.io/v1");
    AuditPolicy out;
    out.name = name;
    if (document["apiVersion"].text() != "audit.k8s.io/v1")
        out.problems.push_back(
            "its version " + printable(document["apiVersion"].text()) + " is not read since Kubernetes 1.24");
    out.omitStages = policyTexts(document["omitStages"]);
    checkStages(out.omitStages, "the policy", out);
    std::size_t index = 0;
    for (const Value rule : document["rules"])
        out.rules.push_back(readPolicyRule(rule, index++, out));
    if (out.rules.empty())
        out.problems.emplace_back("it has no rules");
    return out;
}

Result<AuditPolicy> readAuditPolicyText(std::string_view text, const std::string& name)
{
    format::Document document;
    if (trimmed(text).starts_with('{')) {
        format::JsonParser parser;
        if (const auto done = parser.parseCopy(text, document); !done)
            return std::unexpected(done.error());
        return readAuditPolicy(document.root(), name);
    }
    for (const format::YamlPiece& piece : format::splitYaml(text)) {
        document.clear();
        if (const auto done = format::parseYaml(piece.text, piece.firstLine, document); !done)
            return std::unexpected(done.error());
        if (isAuditPolicy(document.root()))
            return readAuditPolicy(document.root(), name);
    }
    return failure(ErrorKind::Format, "this is no audit policy", name, "name a Policy of audit.k8s.io/v1");
}

AuditDecision decide(const AuditPolicy& policy, const AuditRequest& request)
{
    AuditDecision out;
    out.omitStages = policy.omitStages;
    for (std::size_t i = 0; i < policy.rules.size(); ++i) {
        const AuditPolicyRule& rule = policy.rules[i];
        if (!ruleMatches(rule, request))
            continue;
        out.level = rule.level;
        out.rule = static_cast<int>(i);
        out.omitStages.insert(out.omitStages.end(), rule.omitStages.begin(), rule.omitStages.end());
        break;
    }
    std::ranges::sort(out.omitStages);
    out.omitStages.erase(std::ranges::unique(out.omitStages).begin(), out.omitStages.end());
    return out;
}

} // namespace plimsoll::evidence
