// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <memory>
#include <queue>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/access/Access.h"
#include "core/access/Authorizers.h"
#include "core/attack/AttackGraph.h"
#include "core/base/Text.h"
#include "core/components/Components.h"
#include "core/images/Vulnerabilities.h"
#include "core/network/Exposure.h"
#include "core/network/Reach.h"
#include "core/secrets/References.h"
#include "tests/support/Support.h"

// Small clusters, one a situation, and what the attack graph must say of a technique between two of their places.
namespace plimsoll::test {

enum class Drawn : std::uint8_t { None, Confirmed, MayBeBlocked, NeedsFact };

struct TechniqueCase {
    std::string name;
    attack::Technique technique;
    std::string from, to; // as AttackGraph::find() reads them
    Drawn expected = Drawn::None;
    std::string yaml;
};

// What the graph is made from, kept while it is looked at.
struct MadeGraph {
    std::shared_ptr<const cluster::Cluster> cluster;
    std::shared_ptr<const attack::AttackGraph> graph;
};

inline MadeGraph graphOf(std::shared_ptr<const cluster::Cluster> cluster)
{
    const access::Authorizers authorizers(std::make_shared<const access::Rbac>(cluster));
    const network::Reach reach(cluster);
    const auto exposures = network::exposures(reach);
    const components::Components components(*cluster);
    const secrets::References references(cluster);
    attack::AttackInputs inputs;
    inputs.cluster = cluster;
    inputs.authorizers = &authorizers;
    inputs.reach = &reach;
    inputs.exposures = exposures;
    inputs.components = &components;
    inputs.references = &references;
    images::ScanResults scans = images::matchScans(*cluster, images::clusterReports(*cluster));
    images::rank(*cluster, {}, scans);
    inputs.scans = &scans;
    Progress progress;
    auto graph = attack::AttackGraph::make(inputs, progress);
    if (!graph)
        qFatal("the graph was not made: %s", toText(graph.error()).c_str());
    return { std::move(cluster), *graph };
}

// The surest way from one place to another whose steps are of the technique, at least one, or always hold; the pieces
// in between (a binding, a setting, a hub) are not told apart.
inline Drawn drawn(
    const attack::AttackGraph& graph, attack::Technique technique, attack::PlaceId from, attack::PlaceId to)
{
    using attack::Certainty;
    using attack::Technique;
    constexpr std::array structure { Technique::ContainerOwnsPod, Technique::GroupMember, Technique::Binding };
    if (from.isNone() || to.isNone())
        return Drawn::None;
    for (const Certainty most : { Certainty::Confirmed, Certainty::MayBeBlocked, Certainty::NeedsFact }) {
        std::vector<std::array<bool, 2>> seen(graph.places().size());
        std::queue<std::pair<attack::PlaceId, bool>> open;
        open.emplace(from, false);
        seen[from.index][0] = true;
        while (!open.empty()) {
            const auto [at, isUsed] = open.front();
            open.pop();
            if (at == to && isUsed)
                return static_cast<Drawn>(static_cast<int>(most) + 1);
            for (const attack::Step& step : graph.out(at)) {
                const bool isIt = step.technique == technique;
                const bool holds = std::ranges::find(structure, step.technique) != structure.end();
                const bool next = isUsed || isIt;
                if ((!isIt && !holds) || step.certainty > most || seen[step.to.index][next ? 1 : 0])
                    continue;
                seen[step.to.index][next ? 1 : 0] = true;
                open.emplace(step.to, next);
            }
        }
    }
    return Drawn::None;
}

// ---- pieces of YAML; flow style keeps a situation on a line or two

inline std::string nodeYaml(std::string_view name, std::string_view version = "v1.33.1", std::string_view more = "")
{
    return "---\napiVersion: v1\nkind: Node\nmetadata: {name: " + std::string(name) + std::string(more)
        + "}\nstatus: {nodeInfo: {kubeletVersion: " + std::string(version) + ", operatingSystem: linux}}\n";
}

inline std::string controlPlaneYaml(std::string_view version = "v1.33.1")
{
    return "---\napiVersion: v1\nkind: Node\nmetadata: {name: cp, labels: {node-role.kubernetes.io/control-plane: "
           "''}}\n"
           "spec: {taints: [{key: node-role.kubernetes.io/control-plane, effect: NoSchedule}]}\n"
           "status: {nodeInfo: {kubeletVersion: "
        + std::string(version) + "}}\n";
}

inline std::string namespaceYaml(std::string_view name, std::string_view labels = "")
{
    return "---\napiVersion: v1\nkind: Namespace\nmetadata: {name: " + std::string(name) + ", labels: {"
        + std::string(labels) + "}}\n";
}

// A running pod with one container "c" on node n1.
inline std::string podYaml(std::string_view ns, std::string_view name, std::string_view spec = "",
    std::string_view container = "", std::string_view labels = "")
{
    return "---\napiVersion: v1\nkind: Pod\nmetadata: {name: " + std::string(name) + ", namespace: " + std::string(ns)
        + ", labels: {" + std::string(labels) + "}}\nspec: {nodeName: n1, " + std::string(spec)
        + (spec.empty() ? "" : ", ") + "containers: [{name: c, image: 'registry.example/app:1'"
        + (container.empty() ? "" : ", ") + std::string(container)
        + "}]}\nstatus: {phase: Running, podIP: 10.0.0.5, containerStatuses: [{name: c, state: {running: {}}}]}\n";
}

inline std::string accountYaml(std::string_view ns, std::string_view name, std::string_view more = "")
{
    return "---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: " + std::string(name)
        + ", namespace: " + std::string(ns) + std::string(more) + "}\n";
}

inline std::string secretYaml(std::string_view ns, std::string_view name, std::string_view type = "Opaque",
    std::string_view metadata = "", std::string_view data = "")
{
    return "---\napiVersion: v1\nkind: Secret\nmetadata: {name: " + std::string(name)
        + ", namespace: " + std::string(ns) + std::string(metadata) + "}\ntype: " + std::string(type) + "\ndata: {"
        + std::string(data) + "}\n";
}

// "create pods/exec" in the core group, "patch deployments.apps", "bind clusterroles.rbac.authorization.k8s.io view":
// verbs (commas), resources (commas; their group behind the first dot, "*" as "*.*"), names (commas).
inline std::string ruleYaml(std::string_view text)
{
    const auto words = split(text, ' ');
    const std::string_view what = words.at(1);
    const std::size_t dot = what.find('.');
    const std::string group(dot == what.npos ? "" : what.substr(dot + 1));
    return "{verbs: ['" + std::string(words[0]) + "'], resources: ['" + std::string(what.substr(0, dot))
        + "'], apiGroups: ['" + group + "']"
        + (words.size() > 2 ? ", resourceNames: ['" + std::string(words[2]) + "']" : std::string()) + "}";
}

inline std::string rulesYaml(std::string_view texts)
{
    std::string rules;
    for (const std::string_view text : split(texts, ';')) {
        std::string rule = ruleYaml(trimmed(text));
        for (std::size_t at = rule.find(','); at != rule.npos; at = rule.find(',', at + 1)) {
            if (rule[at + 1] != ' ')
                rule.replace(at, 1, "', '");
            at += 1;
        }
        rules += (rules.empty() ? "" : ", ") + rule;
    }
    return rules;
}

inline std::string roleYaml(std::string_view ns, std::string_view name, std::string_view rules)
{
    return "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: " + std::string(ns.empty() ? "ClusterRole" : "Role")
        + "\nmetadata: {name: " + std::string(name) + (ns.empty() ? "" : ", namespace: " + std::string(ns))
        + "}\nrules: [" + (rules.empty() ? "" : rulesYaml(rules)) + "]\n";
}

inline std::string bindYaml(std::string_view ns, std::string_view name, std::string_view roleKind,
    std::string_view role, std::string_view subject = "{kind: User, name: ann}")
{
    return "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: "
        + std::string(ns.empty() ? "ClusterRoleBinding" : "RoleBinding") + "\nmetadata: {name: " + std::string(name)
        + (ns.empty() ? "" : ", namespace: " + std::string(ns)) + "}\nroleRef: {apiGroup: rbac.authorization.k8s.io, "
        + "kind: " + std::string(roleKind) + ", name: " + std::string(role) + "}\nsubjects: [" + std::string(subject)
        + "]\n";
}

// The rules for User ann, in a namespace or ("") everywhere.
inline std::string allowYaml(
    std::string_view ns, std::string_view rules, std::string_view subject = "{kind: User, name: ann}")
{
    return roleYaml(ns, "r", rules) + bindYaml(ns, "b", ns.empty() ? "ClusterRole" : "Role", "r", subject);
}

// Two nodes of a version, namespaces shop, dev and kube-system, and in shop a running pod web of service account web
// without anything special.
inline std::string plainCluster(std::string_view version = "v1.33.1", std::string_view shopLabels = "")
{
    return nodeYaml("n1", version) + controlPlaneYaml(version) + namespaceYaml("shop", shopLabels)
        + namespaceYaml("dev") + namespaceYaml("kube-system") + accountYaml("shop", "web")
        + accountYaml("shop", "strong") + accountYaml("dev", "dev") + podYaml("shop", "web", "serviceAccountName: web");
}

inline std::string apiServerYaml(std::string_view flag)
{
    return "---\napiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver-cp, namespace: kube-system, annotations: "
           "{kubernetes.io/config.mirror: a, kubernetes.io/config.source: file}, ownerReferences: [{apiVersion: v1, "
           "kind: Node, name: cp, uid: u, controller: true}]}\nspec: {nodeName: cp, containers: [{name: "
           "kube-apiserver, "
           "image: 'registry.k8s.io/kube-apiserver:v1.33.1', command: [kube-apiserver, "
           "'--authorization-mode=Node,RBAC', '"
        + std::string(flag) + "']}]}\nstatus: {phase: Running}\n";
}

inline constexpr std::string_view baselineLabel = "pod-security.kubernetes.io/enforce: baseline";
inline constexpr std::string_view restrictedLabel = "pod-security.kubernetes.io/enforce: restricted";
inline constexpr std::string_view refusingWebhook
    = "---\napiVersion: admissionregistration.k8s.io/v1\nkind: ValidatingWebhookConfiguration\nmetadata: {name: "
      "guard}\n"
      "webhooks: [{name: a.b.c, rules: [{apiGroups: [''], apiVersions: [v1], resources: [pods], operations: "
      "[CREATE]}], "
      "clientConfig: {service: {name: guard, namespace: kube-system}}, sideEffects: None, "
      "admissionReviewVersions: [v1], failurePolicy: Fail}]\n";

} // namespace plimsoll::test
