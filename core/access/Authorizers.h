// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/access/Access.h"

// The whole chain that decides a request: the group system:masters, then the authorizers that the API server was
// started with. Source: Kubernetes 1.36 pkg/kubeapiserver/authorizer, plugin/pkg/auth/authorizer/node.
namespace plimsoll::access {

// What is known of the API servers, by the flags of their static pods.
struct Server {
    enum class Modes : std::uint8_t {
        Unknown, // no API server in the source (managed clouds, manifests): the verdict is that of RBAC alone
        Flags, // --authorization-mode, or its default
        ConfigFile, // --authorization-config: its contents are on the node; the verdict is that of RBAC alone
    };
    Modes modes = Modes::Unknown;
    // The authorizers in order, one list for each distinct set of flags; empty unless modes is Flags.
    std::vector<std::vector<std::string>> authorizers;
    std::string source; // "pod/kube-system/kube-apiserver-a": the first that says so; "" = unknown
    std::optional<bool> anonymousAuth; // nothing: unknown, or servers differ

    // By version and feature gates; where servers differ or nothing is known, what allows more.
    bool isExecByGetAllowed = true; // websocket exec needs `get` alone; until 1.34
    bool hasConstrainedImpersonation = false; // since 1.36
    bool limitsNodeReads = true; // AuthorizeNodeWithSelectors, since 1.32
    bool letsNodesGetServiceAccounts = true; // since 1.34

    // What makes the verdicts less than certain, as one sentence; "" when nothing does.
    std::string caveat() const;
};
Server serverOf(const cluster::Cluster& cluster);

enum class Answer : std::uint8_t { No, Yes, Unknown };

// What of a rule did not fit a request.
enum class Clause : std::uint8_t { Verb, ApiGroup, Resource, Name, Url, Scope, Role };

// The rule among the user's own that came nearest.
struct Miss {
    Grant at; // rule is none when the role does not exist
    std::vector<Clause> failed;
};

enum class By : std::uint8_t { Nobody, SystemMasters, AlwaysAllow, Node, Rbac };

struct Decision {
    Answer answer = Answer::No;
    By by = By::Nobody;
    Grant grant; // when by is Rbac
    std::optional<Miss> miss; // when RBAC does not allow
    // Why an answer is not certain or not what RBAC says: "the webhook authorizer may decide otherwise"; else "".
    std::string remark;
};

// "system:node:NAME" in the group system:nodes is the node NAME; nothing for all others.
std::optional<std::string_view> nodeOf(const User& user);

// Decides requests as the API server would.
// Threads: any.
class Authorizers {
public:
    explicit Authorizers(std::shared_ptr<const Rbac> rbac);
    ~Authorizers();

    const Rbac& rbac() const { return *m_rbac; }
    const cluster::Cluster& cluster() const { return m_rbac->cluster(); }
    const Server& server() const { return m_server; }
    // Which of ClusterRole, ClusterRoleBinding, Role and RoleBinding the source does not hold completely, as far as
    // requests in a namespace depend on them; "" when it holds all: "ClusterRole, Role".
    std::string missingKinds(std::string_view ns) const;

    Decision decide(const Principal& principal, const Request& request) const;
    Decision decide(const User& user, const Request& request) const;
    // The Node authorizer's answer alone.
    bool nodeAllows(std::string_view node, const Request& request) const;
    // Whether that answer depends on which pods run on the node.
    static bool isByNodesPods(const Request& request);

    // Why, as one sentence with objects named as everywhere: "clusterrolebinding/a gives Group dev the role
    // clusterrole/view, whose rule 3 allows it".
    std::string reason(const Decision& decision, const Request& request) const;

private:
    struct Private;
    std::shared_ptr<const Rbac> m_rbac;
    Server m_server;
    std::unique_ptr<Private> m_private;
};

// The nearest rule of a user that does not allow the request; nothing when no binding means the user.
std::optional<Miss> nearestMiss(const cluster::Cluster& cluster, const Principal& principal, const Request& request);

// "User ann", "Group dev", "ServiceAccount ci/deployer".
std::string titleOf(const cluster::Cluster& cluster, const cluster::Subject& subject);
// "get secrets/status of apps in shop named x", "get /metrics": for sentences.
std::string textOf(const Request& request);

} // namespace plimsoll::access
