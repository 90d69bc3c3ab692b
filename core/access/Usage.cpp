// SPDX-License-Identifier: Apache-2.0
#include "core/access/Usage.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "core/access/Groups.h"
#include "core/base/Text.h"

namespace plimsoll::access {

namespace {

using cluster::Cluster;
using evidence::AuditCount;
using evidence::AuditUse;

Request requestOf(const AuditUse& use)
{
    return { .verb = use.verb,
        .apiGroup = use.apiGroup,
        .resource = use.resource,
        .subresource = use.subresource,
        .ns = use.ns,
        .name = use.name,
        .path = use.path };
}

// Uses of one identity stand together in a log that is sorted by user.
template <class Visit> void forEachIdentity(const evidence::AuditLog& log, Visit&& visit)
{
    std::map<std::pair<std::string, std::vector<std::string>>, std::vector<const AuditCount*>> byIdentity;
    for (const AuditCount& one : log.counts) {
        if (one.allowed > 0)
            byIdentity[{ one.use.user, one.use.groups }].push_back(&one);
    }
    for (const auto& [identity, counts] : byIdentity)
        visit(User { identity.first, identity.second }, counts);
}

} // namespace

std::vector<BindingUsage> usageOf(const Rbac& rbac, const evidence::AuditLog& log)
{
    const Cluster& cluster = rbac.cluster();
    std::vector<BindingUsage> usage(cluster.roleBindings().size());
    std::vector<std::set<std::uint32_t>> used(usage.size());
    forEachIdentity(log, [&](const User& user, std::span<const AuditCount* const> counts) {
        const Principal principal = rbac.principal(user);
        // A binding that names both a user and its group is looked at once.
        std::set<std::uint32_t> bindings;
        for (const SubjectUse& use : principal.uses)
            bindings.insert(use.binding);
        for (const std::uint32_t index : bindings) {
            const cluster::RoleBinding& binding = cluster.roleBindings()[index];
            const cluster::Role* role = grantedRole(cluster, binding);
            if (!role)
                continue;
            const std::string_view ns = cluster.text(cluster.object(binding.object).ns);
            for (const AuditCount* count : counts) {
                if (!binding.isClusterRoleBinding && (count->use.ns != ns || !count->use.path.empty()))
                    continue;
                const Request request = requestOf(count->use);
                bool isAllowed = false;
                for (std::uint32_t rule = 0; rule < role->rules.size(); ++rule) {
                    if (!ruleAllows(cluster, role->rules[rule], request))
                        continue;
                    isAllowed = true;
                    used[index].insert(rule);
                }
                if (!isAllowed)
                    continue;
                usage[index].requests += count->allowed;
                usage[index].last = std::max(usage[index].last.value_or(count->last), count->last);
            }
        }
    });
    std::vector<BindingUsage> out;
    for (std::uint32_t index = 0; index < usage.size(); ++index) {
        const cluster::Role* role = grantedRole(cluster, cluster.roleBindings()[index]);
        if (!role || role->rules.empty())
            continue;
        usage[index].binding = index;
        for (std::uint32_t rule = 0; rule < role->rules.size(); ++rule) {
            if (!used[index].contains(rule))
                usage[index].unusedRules.push_back(rule);
        }
        out.push_back(std::move(usage[index]));
    }
    return out;
}

namespace {

using Texts = std::set<std::string>;

// A rule of the role to be, sorted.
struct MadeRule {
    Texts groups, resources, names, paths, verbs;
    bool allows(const Request& request) const
    {
        if (!verbs.contains(request.verb))
            return false;
        if (!request.path.empty())
            return paths.contains(request.path);
        const std::string resource
            = request.subresource.empty() ? request.resource : request.resource + '/' + request.subresource;
        return groups.contains(request.apiGroup) && resources.contains(resource)
            && (names.empty() || names.contains(request.name));
    }
};

// Verbs whose requests carry no name when RBAC is asked, or should not be limited to one.
bool isNameless(std::string_view verb)
{
    return verb == "create" || verb == "list" || verb == "watch" || verb == "deletecollection";
}

// What was asked in one place.
struct Place {
    // group and resource -> name ("" = any) -> verbs
    std::map<std::pair<std::string, std::string>, std::map<std::string, Texts>> resources;
    std::map<std::string, Texts> paths; // -> verbs

    void add(const AuditUse& use, bool keepsNames)
    {
        if (!use.path.empty()) {
            paths[use.path].insert(use.verb);
            return;
        }
        const std::string resource = use.subresource.empty() ? use.resource : use.resource + '/' + use.subresource;
        const bool isNamed = keepsNames && !use.name.empty()
            && (!isNameless(use.verb) || (use.verb == "create" && !use.subresource.empty()));
        resources[{ use.apiGroup, resource }][isNamed ? use.name : std::string()].insert(use.verb);
    }

    std::vector<MadeRule> rules() const
    {
        // Alike verbs of one group and alike names become one rule.
        std::map<std::tuple<std::string, Texts, Texts>, Texts> merged; // group, names, verbs -> resources
        for (const auto& [what, byName] : resources) {
            const auto any = byName.find("");
            std::map<Texts, Texts> named; // verbs -> names
            for (const auto& [name, verbs] : byName) {
                Texts more = verbs;
                if (!name.empty() && any != byName.end())
                    std::erase_if(more, [&](const std::string& verb) { return any->second.contains(verb); });
                if (name.empty())
                    merged[{ what.first, Texts(), verbs }].insert(what.second);
                else if (!more.empty())
                    named[more].insert(name);
            }
            for (const auto& [verbs, names] : named)
                merged[{ what.first, names, verbs }].insert(what.second);
        }
        std::vector<MadeRule> out;
        for (const auto& [key, found] : merged)
            out.push_back({ { std::get<0>(key) }, found, std::get<1>(key), {}, std::get<2>(key) });
        std::map<Texts, Texts> byVerbs;
        for (const auto& [path, verbs] : paths)
            byVerbs[verbs].insert(path);
        for (const auto& [verbs, found] : byVerbs)
            out.push_back({ {}, {}, {}, found, verbs });
        return out;
    }
};

std::string listText(const Texts& texts)
{
    std::string out = "[";
    for (const std::string& text : texts)
        out += (out.size() > 1 ? ", " : "") + jsonQuoted(text);
    return out + ']';
}

std::string rulesYaml(std::span<const MadeRule> rules)
{
    std::string out = "rules:\n";
    for (const MadeRule& rule : rules) {
        if (!rule.paths.empty())
            out += "- nonResourceURLs: " + listText(rule.paths) + '\n';
        else
            out += "- apiGroups: " + listText(rule.groups) + "\n  resources: " + listText(rule.resources) + '\n';
        if (!rule.names.empty())
            out += "  resourceNames: " + listText(rule.names) + '\n';
        out += "  verbs: " + listText(rule.verbs) + '\n';
    }
    return out;
}

std::string subjectYaml(const User& subject)
{
    constexpr std::string_view account = "system:serviceaccount:";
    if (subject.name.starts_with(account)) {
        const std::string_view rest = std::string_view(subject.name).substr(account.size());
        const std::size_t colon = rest.find(':');
        if (colon != std::string_view::npos)
            return "- kind: ServiceAccount\n  name: " + jsonQuoted(rest.substr(colon + 1))
                + "\n  namespace: " + jsonQuoted(rest.substr(0, colon)) + '\n';
    }
    const bool isUser = !subject.name.empty();
    return std::string("- kind: ") + (isUser ? "User" : "Group") + "\n  apiGroup: rbac.authorization.k8s.io\n  name: "
        + jsonQuoted(isUser              ? subject.name
                : subject.groups.empty() ? std::string()
                                         : subject.groups.front())
        + '\n';
}

// A name that the API server takes, made from that of the subject.
std::string roleName(const User& subject)
{
    std::string out = "least-";
    constexpr std::string_view account = "system:serviceaccount:";
    std::string_view name = subject.name.empty() && !subject.groups.empty() ? std::string_view(subject.groups.front())
                                                                            : std::string_view(subject.name);
    if (name.starts_with(account))
        name.remove_prefix(account.size());
    for (const char c : toLowerAscii(name)) {
        const bool isPlain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (isPlain || (out.back() != '-' && out.size() < 200))
            out += isPlain ? c : '-';
    }
    while (out.back() == '-')
        out.pop_back();
    return out;
}

constexpr std::string_view rbacHead = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ";

std::string metadataYaml(const std::string& name, const std::string& ns)
{
    return "metadata:\n  name: " + jsonQuoted(name) + '\n'
        + (ns.empty() ? std::string() : "  namespace: " + jsonQuoted(ns) + '\n');
}

std::string roleYaml(const std::string& kind, const std::string& name, const std::string& ns, const std::string& rules)
{
    return "---\n" + std::string(rbacHead) + kind + '\n' + metadataYaml(name, ns) + rules;
}

std::string bindingYaml(const std::string& kind, const std::string& name, const std::string& ns, const User& subject)
{
    return "---\n" + std::string(rbacHead) + (ns.empty() ? "ClusterRoleBinding" : "RoleBinding") + '\n'
        + metadataYaml(name, ns) + "roleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: " + kind
        + "\n  name: " + jsonQuoted(name) + "\nsubjects:\n" + subjectYaml(subject);
}

// The same rules in several namespaces are one ClusterRole, bound in each of them.
std::string yamlOf(const std::map<std::string, std::vector<MadeRule>>& byPlace, const User& subject)
{
    std::map<std::string, std::vector<std::string>> alike; // rules -> namespaces
    for (const auto& [ns, rules] : byPlace)
        alike[rulesYaml(rules)].push_back(ns);
    const std::string base = roleName(subject);
    std::string out;
    std::set<std::string> done;
    unsigned shared = 0;
    for (const auto& [ns, made] : byPlace) {
        const std::string rules = rulesYaml(made);
        if (!done.insert(ns.empty() ? std::string() : rules).second)
            continue;
        std::vector<std::string> namespaces = alike[rules];
        std::erase(namespaces, std::string());
        if (ns.empty()) {
            out += roleYaml("ClusterRole", base, {}, rules) + bindingYaml("ClusterRole", base, {}, subject);
        } else if (namespaces.size() == 1) {
            out += roleYaml("Role", base, ns, rules) + bindingYaml("Role", base, ns, subject);
        } else {
            const std::string name = base + "-" + std::to_string(++shared);
            out += roleYaml("ClusterRole", name, {}, rules);
            for (const std::string& one : namespaces)
                out += bindingYaml("ClusterRole", name, one, subject);
        }
    }
    return out;
}

bool isBy(const AuditUse& use, const User& subject)
{
    if (!subject.name.empty())
        return use.user == subject.name;
    return std::ranges::any_of(
        subject.groups, [&](const std::string& group) { return std::ranges::binary_search(use.groups, group); });
}

} // namespace

LeastPrivilege leastPrivilege(
    const Rbac& rbac, const evidence::AuditLog& log, const User& subject, const LeastOptions& options)
{
    LeastPrivilege out;
    std::map<std::string, Place> places; // by namespace
    std::vector<const AuditUse*> covered;
    const Principal everybody = rbac.principal(anyoneIn("system:authenticated"));
    for (const AuditCount& count : log.counts) {
        if (count.allowed == 0 || !isBy(count.use, subject))
            continue;
        if (rbac.allows(everybody, requestOf(count.use))) {
            ++out.everybodys;
            continue;
        }
        places[count.use.ns].add(count.use, options.keepsNames && !count.areNamesCut);
        covered.push_back(&count.use);
    }
    std::map<std::string, std::vector<MadeRule>> rules;
    for (const auto& [ns, place] : places)
        rules[ns] = place.rules();
    out.yaml = yamlOf(rules, subject);
    out.requests = covered.size();
    for (const AuditUse* use : covered) {
        const Request request = requestOf(*use);
        if (std::ranges::none_of(rules[use->ns], [&](const MadeRule& rule) { return rule.allows(request); }))
            ++out.refused;
    }
    return out;
}

} // namespace plimsoll::access
