// SPDX-License-Identifier: Apache-2.0
// What follows from the objects: namespaces that are only named, roles of bindings, the server's version.
#include <algorithm>
#include <map>
#include <tuple>
#include <unordered_set>

#include "core/cluster/detail/Model_p.h"

namespace plimsoll::cluster::detail {

namespace {

constexpr std::string_view nameLabel = "kubernetes.io/metadata.name";

// Union of the rules of all ClusterRoles that an aggregation rule selects, to a fixpoint (view -> edit -> admin), as
// the controller writes it. Source: pkg/controller/clusterroleaggregation (1.36). Only for roles without stored rules:
// those of a live cluster are trusted.
void aggregateRules(Cluster::Private& model)
{
    auto& roles = model.parts.roles;
    std::vector<std::uint32_t> toCompute;
    for (std::uint32_t i = 0; i < roles.size(); ++i) {
        if (roles[i].isClusterRole && roles[i].hasAggregationRule && roles[i].rules.empty())
            toCompute.push_back(i);
    }
    const auto isSame = [](const PolicyRule& a, const PolicyRule& b) {
        return std::tie(a.verbs, a.apiGroups, a.resources, a.resourceNames, a.nonResourceUrls)
            == std::tie(b.verbs, b.apiGroups, b.resources, b.resourceNames, b.nonResourceUrls);
    };
    for (bool changed = true; changed;) {
        changed = false;
        for (const std::uint32_t target : toCompute) {
            for (std::uint32_t source = 0; source < roles.size(); ++source) {
                const auto& labels = model.parts.objects[roles[source].object.index].labels;
                const bool isSelected = roles[source].isClusterRole && source != target
                    && std::ranges::any_of(roles[target].aggregation,
                        [&](const LabelSelector& selector) { return selector.matches(labels); });
                if (!isSelected)
                    continue;
                for (const PolicyRule& rule : roles[source].rules) {
                    const bool isKnown = std::ranges::any_of(
                        roles[target].rules, [&](const PolicyRule& known) { return isSame(known, rule); });
                    if (!isKnown) {
                        roles[target].rules.push_back(rule);
                        changed = true;
                    }
                }
            }
        }
    }
}

std::string_view tagOf(std::string_view image)
{
    const auto at = image.find('@');
    image = image.substr(0, at);
    const auto colon = image.rfind(':');
    return colon == std::string_view::npos || image.find('/', colon) != std::string_view::npos
        ? std::string_view()
        : image.substr(colon + 1);
}

// The newest version among static kube-apiserver pods.
std::optional<Version> versionOfStaticPods(const Cluster::Private& model)
{
    std::optional<Version> newest;
    for (const Pod& pod : model.parts.pods) {
        const std::string_view name = model.pool->text(model.parts.objects[pod.object.index].name);
        if (pod.mirrorOf.isNone() || !name.starts_with("kube-apiserver"))
            continue;
        for (const Container& container : model.parts.podSpecs[pod.spec.index].containers) {
            const auto version = parseVersion(tagOf(model.pool->text(container.image)));
            if (version
                && (!newest
                    || std::tie(version->major, version->minor, version->patch)
                        > std::tie(newest->major, newest->minor, newest->patch)))
                newest = version;
        }
    }
    return newest;
}

// The newest kubelet: never newer than the API server (version skew policy), so a lower bound that is mostly exact.
std::optional<Version> versionOfNodes(const Cluster::Private& model)
{
    std::optional<Version> newest;
    for (const Node& node : model.parts.nodes) {
        const auto version = parseVersion(model.pool->text(node.kubeletVersion));
        if (version
            && (!newest
                || std::tie(version->major, version->minor, version->patch)
                    > std::tie(newest->major, newest->minor, newest->patch)))
            newest = version;
    }
    return newest;
}

} // namespace

void completeNamespaces(Cluster::Private& model)
{
    Parts& parts = model.parts;
    StringPool& pool = *model.pool;
    std::unordered_set<StringId> known;
    for (const Namespace& ns : parts.namespaces)
        known.insert(ns.name);
    std::vector<StringId> named;
    for (const Object& object : parts.objects) {
        if (!object.ns.isNone() && known.insert(object.ns).second)
            named.push_back(object.ns);
    }
    std::ranges::sort(named, {}, [&](StringId name) { return pool.text(name); });
    for (const StringId name : named)
        parts.namespaces.push_back({ .name = name, .object = {}, .labels = {}, .phase = {} });

    const StringId key = pool.intern(nameLabel);
    for (Namespace& ns : parts.namespaces) {
        std::erase_if(ns.labels, [&](const auto& label) { return label.first == key; });
        ns.labels.emplace_back(key, ns.name);
        std::ranges::sort(ns.labels, {}, [&](const auto& label) { return pool.text(label.first); });
    }
}

void linkRoles(Cluster::Private& model)
{
    Parts& parts = model.parts;
    aggregateRules(model);
    std::map<std::tuple<bool, StringId, StringId>, std::uint32_t> byName; // lookup only
    for (std::uint32_t i = 0; i < parts.roles.size(); ++i) {
        const Object& object = parts.objects[parts.roles[i].object.index];
        byName.emplace(std::tuple(parts.roles[i].isClusterRole, parts.roles[i].isClusterRole ? StringId() : object.ns,
                           object.name),
            i);
    }
    for (RoleBinding& binding : parts.roleBindings) {
        const std::string_view kind = model.pool->text(binding.roleKind);
        const bool isClusterRole = kind == "ClusterRole";
        if (!isClusterRole && (kind != "Role" || binding.isClusterRoleBinding))
            continue; // a ClusterRoleBinding to a Role is an error: it grants nothing
        const StringId ns = isClusterRole ? StringId() : parts.objects[binding.object.index].ns;
        if (const auto found = byName.find({ isClusterRole, ns, binding.roleName }); found != byName.end())
            binding.role = found->second;
    }
}

void findVersion(Cluster::Private& model)
{
    const auto use = [&](std::optional<Version> version, std::string_view source) {
        if (model.version.isKnown() || !version)
            return;
        model.version = std::move(*version);
        model.versionSource = source;
    };
    use(parseVersion(model.snapshot->serverVersion()), "version.json");
    use(versionOfStaticPods(model), "static pod kube-apiserver");
    use(versionOfNodes(model), "nodes");
}

} // namespace plimsoll::cluster::detail
