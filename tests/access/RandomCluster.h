// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <initializer_list>
#include <random>
#include <string>

#include "core/access/Access.h"

// Random clusters with fixed seeds, and the plain truth about them.
namespace plimsoll::test {

// The truth without any index: every binding, every subject, every rule by text.
inline bool allowedByBruteForce(
    const cluster::Cluster& cluster, const access::User& user, const access::Request& request)
{
    for (const cluster::RoleBinding& binding : cluster.roleBindings()) {
        const cluster::Role* role = access::grantedRole(cluster, binding);
        const std::string_view ns = cluster.text(cluster.object(binding.object).ns);
        if (!role || (!binding.isClusterRoleBinding && (request.ns.empty() || ns != request.ns)))
            continue;
        const bool isSubject = std::ranges::any_of(binding.subjects,
            [&](const cluster::Subject& subject) { return access::subjectMatches(cluster, subject, user); });
        if (isSubject && std::ranges::any_of(role->rules, [&](const cluster::PolicyRule& rule) {
                return access::ruleAllows(cluster, rule, request);
            }))
            return true;
    }
    return std::ranges::find(user.groups, "system:masters") != user.groups.end();
}

// Small random clusters of few words, so that much matches by accident.
class RandomCluster {
public:
    explicit RandomCluster(std::uint32_t seed)
        : m_random(seed)
    {
    }

    std::string yaml()
    {
        std::string text;
        for (int index = 0; index < 6; ++index) {
            const bool isCluster = chance(2);
            text += document(isCluster ? "ClusterRole" : "Role", isCluster, index) + "rules:\n";
            for (std::uint32_t rule = 0; rule <= below(3); ++rule)
                text += "- { " + ruleFields() + " }\n";
        }
        for (int index = 0; index < 8; ++index) {
            const bool isCluster = chance(2);
            text += document(isCluster ? "ClusterRoleBinding" : "RoleBinding", isCluster, index);
            text += "roleRef: { apiGroup: rbac.authorization.k8s.io, kind: "
                + std::string(isCluster || chance(2) ? "ClusterRole" : "Role") + ", name: r" + std::to_string(below(7))
                + " }\nsubjects:\n";
            for (std::uint32_t subject = 0; subject <= below(3); ++subject)
                text += "- { " + subjectFields() + " }\n";
        }
        return text;
    }

    access::User user()
    {
        access::User user { .name = pick({ "u0", "u1", "system:serviceaccount:n0:a0", "system:serviceaccount:n1:a1",
                                "system:serviceaccount:n0:a1" }),
            .groups = {} };
        for (std::uint32_t group = 0; group < below(3); ++group)
            user.groups.push_back(pick({ "g0", "g1", "system:authenticated", "system:serviceaccounts:n0" }));
        return user;
    }

    access::Request request()
    {
        if (chance(6))
            return { .verb = pick({ "get", "post" }), .path = pick({ "/metrics", "/logs/a", "/healthz" }) };
        access::Request request { .verb = pick({ "get", "list", "create", "bind" }),
            .apiGroup = pick({ "", "apps" }),
            .resource = pick({ "pods", "secrets", "deployments" }),
            .subresource = pick({ "", "", "exec", "scale" }),
            .ns = pick({ "", "n0", "n1" }),
            .name = pick({ "", "x", "y" }) };
        return request;
    }

private:
    std::uint32_t below(std::uint32_t count) { return static_cast<std::uint32_t>(m_random() % count); }
    bool chance(std::uint32_t oneIn) { return below(oneIn) == 0; }
    std::string pick(std::initializer_list<const char*> words)
    {
        return *(words.begin() + below(static_cast<std::uint32_t>(words.size())));
    }
    std::string list(std::initializer_list<const char*> words)
    {
        std::string text = "[";
        for (std::uint32_t index = 0; index <= below(2); ++index)
            text += (index > 0 ? ", \"" : "\"") + pick(words) + '"';
        return text + ']';
    }
    std::string document(std::string_view kind, bool isCluster, int index)
    {
        return "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: " + std::string(kind) + "\nmetadata: { name: r"
            + std::to_string(index) + (isCluster ? "" : ", namespace: n" + std::to_string(below(2))) + " }\n";
    }
    std::string ruleFields()
    {
        std::string text = "verbs: " + list({ "get", "list", "create", "*", "bind", "post" });
        if (chance(6))
            return text + ", nonResourceURLs: " + list({ "/metrics", "/logs/*", "*" });
        text += ", apiGroups: " + list({ "", "apps", "*" })
            + ", resources: " + list({ "pods", "pods/exec", "secrets", "*", "*/scale", "pods/*", "deployments" });
        if (chance(3))
            text += ", resourceNames: " + list({ "x", "y" });
        return text;
    }
    std::string subjectFields()
    {
        switch (below(3)) {
        case 0:
            return "kind: User, name: \"" + pick({ "u0", "u1", "system:serviceaccount:n0:a0" }) + '"';
        case 1:
            return "kind: Group, name: \"" + pick({ "g0", "g1", "system:authenticated", "system:serviceaccounts:n0" })
                + '"';
        default:
            return "kind: ServiceAccount, name: " + pick({ "a0", "a1" })
                + (chance(2) ? ", namespace: " + pick({ "n0", "n1" }) : std::string());
        }
    }

    std::mt19937 m_random; // the same sequence on every platform
};

} // namespace plimsoll::test
