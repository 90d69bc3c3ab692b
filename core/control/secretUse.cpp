// SPDX-License-Identifier: Apache-2.0
// Controls on who comes to Secrets and other data, and on what nothing uses.
#include <algorithm>
#include <array>
#include <map>

#include "core/base/Text.h"
#include "core/control/detail/Families_p.h"
#include "core/control/detail/Outcomes_p.h"
#include "core/network/Exposure.h"
#include "core/secrets/Inventory.h"

namespace plimsoll::control {

using cluster::Cluster;
using cluster::ObjectId;

namespace {

constexpr std::array<Need, 5> readerNeeds { {
    { "", "Secret" },
    { "rbac.authorization.k8s.io", "ClusterRole" },
    { "rbac.authorization.k8s.io", "ClusterRoleBinding" },
    { "rbac.authorization.k8s.io", "Role" },
    { "rbac.authorization.k8s.io", "RoleBinding" },
} };
constexpr std::array<Need, 3> useNeeds { { { "", "Secret" }, { "", "Pod" }, { "", "ServiceAccount" } } };
constexpr std::array<Need, 1> secretOnly { { { "", "Secret" } } };
constexpr std::array<Need, 2> claimNeeds { { { "", "PersistentVolumeClaim" }, { "", "Pod" } } };

// Groups that contain whoever logs in, or does not, or every program.
bool isEverybody(const secrets::Reader& reader)
{
    return reader.kind == "Group"
        && (reader.name == "system:authenticated" || reader.name == "system:unauthenticated"
            || reader.name.starts_with("system:serviceaccounts"));
}

// Every pod that names no account of its own has it.
bool isDefaultAccount(const secrets::Reader& reader)
{
    return reader.kind == "ServiceAccount" && reader.name == "default";
}

std::string identityText(const secrets::Reader& reader)
{
    if (reader.kind == "ServiceAccount")
        return "service account " + printable(reader.ns) + '/' + printable(reader.name);
    return toLowerAscii(reader.kind) + ' ' + printable(reader.name);
}

// S05.
void judgeReaders(const Context& context, std::vector<Outcome>& outcomes)
{
    const Cluster& cluster = context.cluster;
    for (const cluster::Secret& secret : cluster.secrets()) {
        const cluster::Object& object = cluster.object(secret.object);
        const secrets::ReaderSet set = context.secrets->of(cluster.text(object.ns), cluster.text(object.name));
        std::vector<std::string> who;
        std::vector<Evidence> evidence;
        for (const secrets::Reader& reader : set.readers) {
            if (!isEverybody(reader) && !isDefaultAccount(reader))
                continue;
            const secrets::Route& route = reader.routes.front();
            who.push_back(identityText(reader) + ' ' + std::string(toText(route.way)));
            if (route.grant.binding != access::Grant::none) {
                const cluster::RoleBinding& binding = cluster.roleBindings()[route.grant.binding];
                evidence.push_back(
                    { binding.object, "/subjects/" + std::to_string(route.grant.subject), printable(route.request) });
            }
        }
        if (set.isEverybody) {
            who.assign(1, "the API server allows every request");
            evidence.push_back({ secret.object, "", "authorization mode AlwaysAllow" });
        }
        if (who.empty() || evidence.empty()) {
            pass(secret.object, outcomes);
            continue;
        }
        constexpr std::size_t shown = 3;
        const std::size_t more = who.size() > shown ? who.size() - shown : 0;
        who.resize(who.size() - more);
        fail(secret.object,
            "is open to many: " + join(who, "; ") + (more ? " and " + std::to_string(more) + " more" : ""),
            std::move(evidence), outcomes);
    }
}

// S07.
void judgeUse(const Context& context, std::vector<Outcome>& outcomes)
{
    for (std::uint32_t i = 0; i < context.cluster.secrets().size(); ++i) {
        const secrets::SecretInfo info = secrets::usageOf(*context.secrets, i);
        if (info.usage == secrets::Usage::Unused) {
            fail(info.object, "is not used: " + info.usageReason,
                { { info.object, "/metadata/name", info.usageReason } }, outcomes);
        } else if (info.usage == secrets::Usage::PerhapsByApi) {
            notAssessed(info.object, info.usageReason, outcomes);
        } else if (!info.unusedKeys.empty()) {
            std::vector<Evidence> evidence;
            for (const std::string& key : info.unusedKeys)
                evidence.push_back({ info.object, format::pointerTo("/data", key), "no reference takes this key" });
            fail(info.object,
                counted(info.unusedKeys.size(), "key", "keys") + " of it are taken by nothing that refers to it",
                std::move(evidence), outcomes);
        } else {
            pass(info.object, outcomes);
        }
    }
}

// S09. When a token expires stands in a value, and values are dropped.
void judgeBootstrapTokens(const Context& context, std::vector<Outcome>& outcomes)
{
    const Cluster& cluster = context.cluster;
    for (const cluster::Secret& secret : cluster.secrets()) {
        if (cluster.text(secret.type) != "bootstrap.kubernetes.io/token") {
            pass(secret.object, outcomes);
            continue;
        }
        const auto has = [&](std::string_view name) {
            return std::ranges::any_of(
                secret.keys, [&](const cluster::Secret::Key& key) { return cluster.text(key.name) == name; });
        };
        if (!has("expiration")) {
            fail(secret.object, "is a bootstrap token that never expires",
                { { secret.object, "/data/expiration", "not set" } }, outcomes);
            continue;
        }
        const auto& created = cluster.object(secret.object).created;
        notAssessed(secret.object,
            "it has an expiry, which is dropped with its values"
                + (created ? "; the token was made on " + formatDate(*created) : std::string()),
            outcomes);
    }
}

// S15. Data that several workloads share, or that one which is reached from outside mounts.
void judgeClaims(const Context& context, std::vector<Outcome>& outcomes)
{
    const Cluster& cluster = context.cluster;
    struct User {
        std::uint32_t workload;
        ObjectId holder;
        std::string pointer;
    };
    std::map<std::pair<std::string_view, std::string_view>, std::vector<User>> users;
    const auto workloads = cluster.workloads();
    for (std::uint32_t index = 0; index < workloads.size(); ++index) {
        for (const cluster::PodSpecUse& use : workloads[index].specs) {
            for (const cluster::Volume& volume : cluster.podSpec(use.spec).volumes) {
                if (volume.claimName.isNone())
                    continue;
                std::vector<User>& list
                    = users[{ cluster.text(cluster.object(use.holder).ns), cluster.text(volume.claimName) }];
                if (list.empty() || list.back().workload != index)
                    list.push_back({ index, use.holder,
                        std::string(cluster.podSpecPointer(use.holder)) + volume.pointer()
                            + "/persistentVolumeClaim/claimName" });
            }
        }
    }
    for (const ObjectId id : cluster.objectsOf("", "PersistentVolumeClaim")) {
        const cluster::Object& object = cluster.object(id);
        const auto found = users.find({ cluster.text(object.ns), cluster.text(object.name) });
        std::vector<Evidence> evidence;
        std::vector<std::string> reasons;
        for (const User& user : found == users.end() ? std::vector<User>() : found->second) {
            const std::string ref = cluster.refOf(workloads[user.workload].object);
            evidence.push_back({ user.holder, user.pointer, ref });
            const bool isExposed = std::ranges::any_of(context.exposures, [&](const network::Exposure& exposure) {
                return exposure.workload.index == user.workload && exposure.isPublic();
            });
            if (isExposed)
                reasons.push_back(ref + " is reached from outside");
        }
        if (evidence.size() > 1)
            reasons.insert(reasons.begin(), std::to_string(evidence.size()) + " workloads share it");
        if (reasons.empty())
            pass(id, outcomes);
        else
            fail(id, join(reasons, "; "), std::move(evidence), outcomes);
    }
}

// S16. What the import promises: no value of a Secret is kept.
void judgeReview(const Context& context, std::vector<Outcome>& outcomes)
{
    const Cluster& cluster = context.cluster;
    for (const cluster::Secret& secret : cluster.secrets()) {
        const auto& masked = cluster.object(secret.object).masked;
        std::vector<Evidence> kept;
        for (const cluster::Secret::Key& key : secret.keys) {
            const std::string_view name = cluster.text(key.name);
            const bool isMasked = std::ranges::any_of(masked, [&](const snapshot::MaskedValue& hit) {
                return hit.pointer == format::pointerTo("/data", name)
                    || hit.pointer == format::pointerTo("/stringData", name);
            });
            if (!isMasked && key.length > 0)
                kept.push_back({ secret.object, format::pointerTo("/data", name), "not masked" });
        }
        if (kept.empty())
            pass(secret.object, outcomes);
        else
            fail(secret.object, "holds a value that was not dropped while it was read", std::move(kept), outcomes);
    }
}

constexpr std::array<Control, 5> useList { {
    { .id = "PLM-S05", .evaluate = judgeReaders, .needs = readerNeeds },
    { .id = "PLM-S07", .evaluate = judgeUse, .needs = useNeeds },
    { .id = "PLM-S09", .evaluate = judgeBootstrapTokens, .needs = secretOnly },
    { .id = "PLM-S15", .evaluate = judgeClaims, .needs = claimNeeds },
    { .id = "PLM-S16", .evaluate = judgeReview, .needs = secretOnly },
} };

} // namespace

std::span<const Control> secretUseControls()
{
    return useList;
}

} // namespace plimsoll::control
