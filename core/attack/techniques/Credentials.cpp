// SPDX-License-Identifier: Apache-2.0
// What the value of a Secret is good for; identities of clouds; images that others may write.
#include <algorithm>
#include <array>
#include <map>

#include "core/attack/detail/Making_p.h"
#include "core/base/Text.h"
#include "core/images/Images.h"

namespace plimsoll::attack {

namespace {

constexpr std::string_view tokenType = "kubernetes.io/service-account-token";
constexpr std::string_view bootstrapType = "bootstrap.kubernetes.io/token";
constexpr std::string_view pullType = "kubernetes.io/dockerconfigjson";
constexpr std::string_view oldPullType = "kubernetes.io/dockercfg";
constexpr std::string_view accountAnnotation = "kubernetes.io/service-account.name";

bool looksLikeEtcdKey(const Making& making, const cluster::Secret& secret)
{
    return toLowerAscii(making.nameOf(secret.object)).contains("etcd")
        && std::ranges::any_of(secret.keys, [&](const auto& key) {
               const std::string_view name = making.text(key.name);
               return name.ends_with(".key") || name.ends_with("key.pem");
           });
}

std::vector<PlaceId> bootstrapGroups(Making& making)
{
    std::vector<PlaceId> groups;
    for (const cluster::RoleBinding& binding : making.cluster.roleBindings()) {
        for (const cluster::Subject& subject : binding.subjects) {
            const std::string_view name = making.text(subject.name);
            if (making.text(subject.kind) == "Group" && name.starts_with("system:bootstrappers"))
                groups.push_back(making.group(name));
        }
    }
    std::ranges::sort(groups);
    groups.erase(std::ranges::unique(groups).begin(), groups.end());
    return groups;
}

// Secrets by their type.
void addSecretUses(Making& making)
{
    GraphBuilder& graph = making.graph;
    const std::vector<PlaceId> bootstrappers = bootstrapGroups(making);
    // Who pulls with which Secret, by namespace and name.
    std::map<std::pair<std::string_view, std::string_view>, std::vector<PlaceId>> pullers;
    for (const PodClass& one : making.classes) {
        for (const StringId name : making.spec(one).imagePullSecrets)
            pullers[{ one.ns, making.text(name) }].push_back(one.place);
    }
    for (const cluster::Secret& secret : making.cluster.secrets()) {
        const std::string_view ns = making.nsOf(secret.object), name = making.nameOf(secret.object);
        const std::string_view type = making.text(secret.type);
        const PlaceId place = making.secret(ns, name);
        if (type == tokenType) {
            const std::string_view account
                = making.cluster.annotation(making.cluster.object(secret.object), accountAnnotation);
            const bool hasToken
                = std::ranges::any_of(secret.keys, [&](const auto& key) { return making.text(key.name) == "token"; });
            if (!account.empty() && hasToken)
                making.confirm(place, making.account(ns, account), Technique::ReadTokenSecret, secret.object,
                    "/metadata/annotations/kubernetes.io~1service-account.name", "it holds a token of the account");
        } else if (type == bootstrapType && ns == "kube-system") {
            for (const PlaceId group : bootstrappers)
                graph.step(place, group, Technique::ReadBootstrapToken, Certainty::NeedsFact,
                    graph.reason({ secret.object, "/type", "it is a bootstrap token", {},
                        "the token has not expired and carries the group" }));
        } else if (type == pullType || type == oldPullType) {
            for (const PlaceId puller : pullers[{ ns, name }])
                graph.step(place, puller, Technique::RegistryCredential, Certainty::NeedsFact,
                    graph.reason(
                        { secret.object, "/type", "images are pulled with it", {}, "the credential may also push" }));
        }
        if (looksLikeEtcdKey(making, secret)) {
            graph.step(place, making.goal(GoalKind::ClusterAdmin), Technique::EtcdAccess, Certainty::NeedsFact,
                graph.reason({ secret.object, "/data", "it looks like a key of etcd's", {},
                    "etcd of this cluster is reached and trusts it" }));
        }
    }
}

void addCloudIdentities(Making& making)
{
    constexpr std::array<std::string_view, 3> keys { "eks.amazonaws.com/role-arn", "iam.gke.io/gcp-service-account",
        "azure.workload.identity/client-id" };
    for (const cluster::ServiceAccount& account : making.cluster.serviceAccounts()) {
        const cluster::Object& object = making.cluster.object(account.object);
        for (const std::string_view key : keys) {
            const std::string_view value = making.cluster.annotation(object, key);
            if (value.empty())
                continue;
            const PlaceId cloud = making.graph.place({ .kind = PlaceKind::Cloud, .name = value });
            making.graph.step(making.account(making.nsOf(account.object), making.nameOf(account.object)), cloud,
                Technique::FederatedAccount, Certainty::NeedsFact,
                making.graph.reason({ account.object,
                    "/metadata/annotations/" + std::string(key.substr(0, key.find('/'))) + "~1"
                        + std::string(key.substr(key.find('/') + 1)),
                    "the account stands for this identity", {}, "the identity's trust policy names the account" }));
        }
    }
}

// Whoever writes what a tag stands for, writes what runs.
void addImages(Making& making)
{
    for (const PodClass& one : making.classes) {
        const cluster::PodSpec& spec = making.spec(one);
        for (const std::uint32_t c : making.liveContainers(one)) {
            const std::string_view image = making.text(spec.containers[c].image);
            if (image.empty() || image.contains("@sha256:"))
                continue;
            making.graph.step(making.graph.place({ .kind = PlaceKind::Image, .name = image }), one.containers[c],
                Technique::MutableTag, Certainty::NeedsFact,
                making.graph.reason({ one.holder, making.evidencePointer(one) + spec.containers[c].pointer() + "/image",
                    "the tag is not pinned", {}, "the container is started anew and the image is pulled again" }));
        }
    }
}

} // namespace

void addCredentials(Making& making)
{
    addSecretUses(making);
    addCloudIdentities(making);
    addImages(making);
    // Every identity of the cloud is one.
    for (std::uint32_t i = 0, count = static_cast<std::uint32_t>(making.graph.placeCount()); i < count; ++i) {
        if (making.graph.at({ i }).kind == PlaceKind::Cloud)
            making.graph.step({ i }, making.goal(GoalKind::CloudIdentity), Technique::ContainerOwnsPod);
    }
}

} // namespace plimsoll::attack
