// SPDX-License-Identifier: Apache-2.0
// W52: API versions that a release does not serve any more.
// Source: the deprecated API migration guide of Kubernetes and the lifecycle tags in k8s.io/api (1.36).
#include <algorithm>
#include <array>

#include "core/base/Text.h"
#include "core/control/detail/Outcomes_p.h"
#include "core/control/detail/Workload_p.h"

namespace plimsoll::control {

using cluster::Cluster;

namespace {

constexpr std::uint32_t oldestSupported = 34; // of the releases that get fixes while 1.36 is the newest

struct OldVersion {
    std::string_view apiVersion;
    std::string_view kind; // "" = all of the version
    std::uint32_t deprecatedIn;
    std::uint32_t removedIn;
    std::string_view replacement;
};

constexpr std::array oldVersions {
    OldVersion { "admissionregistration.k8s.io/v1beta1", "MutatingWebhookConfiguration", 16, 22,
        "admissionregistration.k8s.io/v1" },
    OldVersion { "admissionregistration.k8s.io/v1beta1", "ValidatingWebhookConfiguration", 16, 22,
        "admissionregistration.k8s.io/v1" },
    OldVersion { "admissionregistration.k8s.io/v1beta1", "ValidatingAdmissionPolicy", 31, 34,
        "admissionregistration.k8s.io/v1" },
    OldVersion { "admissionregistration.k8s.io/v1beta1", "ValidatingAdmissionPolicyBinding", 31, 34,
        "admissionregistration.k8s.io/v1" },
    OldVersion { "apiextensions.k8s.io/v1beta1", "CustomResourceDefinition", 16, 22, "apiextensions.k8s.io/v1" },
    OldVersion { "apiregistration.k8s.io/v1beta1", "APIService", 19, 22, "apiregistration.k8s.io/v1" },
    OldVersion { "apps/v1beta1", "", 8, 16, "apps/v1" },
    OldVersion { "apps/v1beta2", "", 9, 16, "apps/v1" },
    OldVersion { "autoscaling/v2beta1", "HorizontalPodAutoscaler", 22, 25, "autoscaling/v2" },
    OldVersion { "autoscaling/v2beta2", "HorizontalPodAutoscaler", 23, 26, "autoscaling/v2" },
    OldVersion { "batch/v1beta1", "CronJob", 21, 25, "batch/v1" },
    OldVersion { "batch/v2alpha1", "CronJob", 20, 21, "batch/v1" },
    OldVersion { "certificates.k8s.io/v1beta1", "CertificateSigningRequest", 19, 22, "certificates.k8s.io/v1" },
    OldVersion { "coordination.k8s.io/v1beta1", "Lease", 19, 22, "coordination.k8s.io/v1" },
    OldVersion { "discovery.k8s.io/v1beta1", "EndpointSlice", 21, 25, "discovery.k8s.io/v1" },
    OldVersion { "extensions/v1beta1", "DaemonSet", 8, 16, "apps/v1" },
    OldVersion { "extensions/v1beta1", "Deployment", 8, 16, "apps/v1" },
    OldVersion { "extensions/v1beta1", "Ingress", 14, 22, "networking.k8s.io/v1" },
    OldVersion { "extensions/v1beta1", "NetworkPolicy", 9, 16, "networking.k8s.io/v1" },
    OldVersion { "extensions/v1beta1", "PodSecurityPolicy", 10, 16, "Pod Security admission" },
    OldVersion { "extensions/v1beta1", "ReplicaSet", 8, 16, "apps/v1" },
    OldVersion { "flowcontrol.apiserver.k8s.io/v1beta1", "", 23, 26, "flowcontrol.apiserver.k8s.io/v1" },
    OldVersion { "flowcontrol.apiserver.k8s.io/v1beta2", "", 26, 29, "flowcontrol.apiserver.k8s.io/v1" },
    OldVersion { "flowcontrol.apiserver.k8s.io/v1beta3", "", 29, 32, "flowcontrol.apiserver.k8s.io/v1" },
    OldVersion { "networking.k8s.io/v1beta1", "IPAddress", 34, 37, "networking.k8s.io/v1" },
    OldVersion { "networking.k8s.io/v1beta1", "Ingress", 19, 22, "networking.k8s.io/v1" },
    OldVersion { "networking.k8s.io/v1beta1", "IngressClass", 19, 22, "networking.k8s.io/v1" },
    OldVersion { "networking.k8s.io/v1beta1", "ServiceCIDR", 34, 37, "networking.k8s.io/v1" },
    OldVersion { "node.k8s.io/v1beta1", "RuntimeClass", 22, 25, "node.k8s.io/v1" },
    OldVersion { "policy/v1beta1", "PodDisruptionBudget", 21, 25, "policy/v1" },
    OldVersion { "policy/v1beta1", "PodSecurityPolicy", 21, 25, "Pod Security admission" },
    OldVersion { "rbac.authorization.k8s.io/v1alpha1", "", 17, 22, "rbac.authorization.k8s.io/v1" },
    OldVersion { "rbac.authorization.k8s.io/v1beta1", "", 17, 22, "rbac.authorization.k8s.io/v1" },
    OldVersion { "scheduling.k8s.io/v1beta1", "PriorityClass", 14, 22, "scheduling.k8s.io/v1" },
    OldVersion { "storage.k8s.io/v1beta1", "CSIDriver", 19, 22, "storage.k8s.io/v1" },
    OldVersion { "storage.k8s.io/v1beta1", "CSINode", 17, 22, "storage.k8s.io/v1" },
    OldVersion { "storage.k8s.io/v1beta1", "CSIStorageCapacity", 24, 27, "storage.k8s.io/v1" },
    OldVersion { "storage.k8s.io/v1beta1", "StorageClass", 19, 22, "storage.k8s.io/v1" },
    OldVersion { "storage.k8s.io/v1beta1", "VolumeAttachment", 19, 22, "storage.k8s.io/v1" },
    OldVersion { "storage.k8s.io/v1beta1", "VolumeAttributesClass", 34, 37, "storage.k8s.io/v1" },
};

const OldVersion* oldVersion(std::string_view apiVersion, std::string_view kind)
{
    const auto found = std::ranges::find_if(oldVersions,
        [&](const OldVersion& row) { return row.apiVersion == apiVersion && (row.kind.empty() || row.kind == kind); });
    return found == oldVersions.end() ? nullptr : &*found;
}

// Was there ever an older version of the kind? Only such objects are judged.
bool isInTable(std::string_view group, std::string_view kind)
{
    return std::ranges::any_of(oldVersions, [&](const OldVersion& row) {
        const std::string_view own = row.apiVersion.substr(0, row.apiVersion.find('/'));
        const std::string_view now = row.replacement.substr(0, row.replacement.find('/'));
        return (own == group || now == group) && (row.kind.empty() || row.kind == kind);
    });
}

constexpr std::string_view lastApplied = "kubectl.kubernetes.io/last-applied-configuration";

// The apiVersion of what kubectl was given; kubectl writes the keys in order, so it comes first.
std::string appliedVersion(std::string_view json)
{
    constexpr std::string_view begin = "{\"apiVersion\":\"";
    if (!json.starts_with(begin))
        return {};
    json.remove_prefix(begin.size());
    return std::string(json.substr(0, json.find('"')));
}

std::string appliedVersion(const Cluster& cluster, const cluster::Object& object)
{
    const StringId key = cluster.id(lastApplied);
    const auto annotation = std::ranges::find(object.annotations, key, &cluster::Label::first);
    if (key.isNone() || annotation == object.annotations.end())
        return {};
    if (const std::string_view text = cluster.text(annotation->second); !text.empty())
        return appliedVersion(text);
    format::Document document; // a long one is not kept
    if (!cluster.snapshot().readRaw(object.raw, document))
        return {};
    return appliedVersion(document.root()["metadata"]["annotations"][lastApplied].text());
}

// The release that is asked about; nothing when neither settings nor source tell.
struct Target {
    std::optional<std::uint32_t> minor;
    std::string text; // "1.36"
};

Target targetOf(const Context& context)
{
    if (const auto set = cluster::parseVersion(context.settings.targetRelease))
        return { set->minor, context.settings.targetRelease };
    const cluster::Version& version = context.cluster.version();
    if (!version.isKnown())
        return {};
    return { version.minor + 1, "1." + std::to_string(version.minor + 1) + ", the next release" };
}

void judgeVersion(const Cluster& cluster, const Target& target, cluster::ObjectId id, const OldVersion* old,
    std::string_view where, std::vector<Outcome>& outcomes)
{
    if (!old)
        return pass(id, outcomes);
    const std::string removed = "1." + std::to_string(old->removedIn);
    const std::string name = std::string(old->apiVersion) + ' ' + std::string(cluster.kindName(id));
    const std::string use = "; use " + std::string(old->replacement);
    const auto failWith = [&](const std::string& message) {
        fail(id, printable(message + use), { { id, std::string(where), std::string(old->apiVersion) } }, outcomes);
    };
    if (target.minor && *target.minor >= old->removedIn)
        return failWith(name + " is not served since " + removed + " (asked about: " + target.text + ')');
    if (target.minor && *target.minor >= old->deprecatedIn)
        return failWith(name + " is deprecated and goes with " + removed + " (asked about: " + target.text + ')');
    if (target.minor)
        return pass(id, outcomes);
    if (old->removedIn <= oldestSupported)
        return failWith(name + " is not served since " + removed + ", so by no release that is still supported");
    notAssessed(id,
        "neither the version of the server nor targetRelease of the settings tells whether " + name
            + " is served (removed in " + removed + ')',
        outcomes);
}

} // namespace

void evaluateApiVersions(const Context& context, std::vector<Outcome>& outcomes)
{
    const Cluster& cluster = context.cluster;
    const Target target = targetOf(context);
    struct KindRow {
        const OldVersion* old = nullptr;
        bool isJudged = false;
    };
    std::vector<KindRow> rows;
    for (const cluster::Kind& kind : cluster.kinds()) {
        const OldVersion* old = oldVersion(cluster.text(kind.apiVersion), cluster.text(kind.kind));
        rows.push_back({ old, old || isInTable(cluster.text(kind.group), cluster.text(kind.kind)) });
    }
    const auto objects = cluster.objects();
    for (std::uint32_t i = 0; i < objects.size(); ++i) {
        const cluster::Object& object = objects[i];
        const KindRow& row = rows[object.kind.index];
        if (!row.isJudged || object.isMissing
            || std::ranges::any_of(object.owners, &cluster::OwnerReference::isController))
            continue;
        const OldVersion* old = row.old;
        std::string where = "/apiVersion";
        if (!old) {
            old = oldVersion(appliedVersion(cluster, object), cluster.text(cluster.kindOf(object).kind));
            where = format::pointerTo("/metadata/annotations", lastApplied);
        }
        judgeVersion(cluster, target, { i }, old, where, outcomes);
    }
}

} // namespace plimsoll::control
