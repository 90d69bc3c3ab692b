// SPDX-License-Identifier: Apache-2.0
#include "core/secrets/Inventory.h"

#include <algorithm>
#include <array>
#include <map>
#include <tuple>

#include "core/base/Text.h"

namespace plimsoll::secrets {

using cluster::Cluster;
using cluster::ObjectId;
using format::Value;

namespace {

constexpr std::int64_t secondsPerDay = 86400;

// Secrets that something finds by their type.
struct KnownType {
    std::string_view type, reason;
};
constexpr std::array<KnownType, 3> knownTypes { {
    { "kubernetes.io/service-account-token", "the API server accepts its token" },
    { "bootstrap.kubernetes.io/token", "the API server accepts its token" },
    { "helm.sh/release.v1", "Helm keeps a release in it" },
} };

// And by a label.
struct KnownLabel {
    std::string_view key, reason;
};
constexpr std::array<KnownLabel, 6> knownLabels { {
    { "argocd.argoproj.io/secret-type", "Argo CD finds it by its label" },
    { "sealedsecrets.bitnami.com/sealed-secrets-key", "Sealed Secrets finds it by its label" },
    { "istio/multiCluster", "Istio finds it by its label" },
    { "cert-manager.io/next-private-key", "cert-manager keeps the next key in it" },
    { "acme.cert-manager.io/http01-solver", "cert-manager uses it" },
    { "cluster.x-k8s.io/cluster-name", "Cluster API finds it by its label" },
} };

bool isEverybody(const Reader& reader)
{
    return reader.kind == "Group"
        && (reader.name == "system:authenticated" || reader.name == "system:unauthenticated"
            || reader.name == "system:serviceaccounts");
}

// The object that keeps a Secret, by owner references and labels of the usual tools.
std::string sourceOf(const Cluster& cluster, const cluster::Object& object)
{
    for (const cluster::OwnerReference& owner : object.owners)
        return printable(cluster.text(owner.kind)) + ' ' + printable(cluster.text(owner.name));
    if (const auto release = cluster.annotation(object, "meta.helm.sh/release-name"); !release.empty())
        return "Helm release " + printable(release);
    if (const auto certificate = cluster.annotation(object, "cert-manager.io/certificate-name"); !certificate.empty())
        return "Certificate " + printable(certificate);
    if (const auto app = cluster.label(object, "argocd.argoproj.io/instance"); !app.empty())
        return "Argo CD application " + printable(app);
    return {};
}

// Owned by an object of the cluster that is there.
bool hasLivingOwner(const Cluster& cluster, const cluster::Object& object)
{
    return std::ranges::any_of(object.owners, [&](const cluster::OwnerReference& owner) {
        return !cluster.find(cluster.text(owner.kind), cluster.text(object.ns), cluster.text(owner.name)).isNone()
            || !cluster.find(cluster.text(owner.kind), {}, cluster.text(owner.name)).isNone();
    });
}

bool runsPods(const Cluster& cluster, std::string_view ns, std::string_view account)
{
    return std::ranges::any_of(cluster.workloads(), [&](const cluster::Workload& workload) {
        if (cluster.text(cluster.object(workload.object).ns) != ns)
            return false;
        return std::ranges::any_of(workload.specs, [&](const cluster::PodSpecUse& use) {
            const StringId name = cluster.podSpec(use.spec).serviceAccountName;
            return name.isNone() ? account == "default" : cluster.text(name) == account;
        });
    });
}

// An account that runs pods and was given the right to this very Secret, or to those of its namespace, or that runs in
// this namespace and may read all.
std::string readerByApi(const Readers& readers, const cluster::Object& secret)
{
    const Cluster& cluster = readers.references().cluster();
    const std::string_view ns = cluster.text(secret.ns), name = cluster.text(secret.name);
    for (const Reader& reader : readers.direct(ns, name)) {
        if (reader.kind != "ServiceAccount")
            continue;
        for (const Route& route : reader.routes) {
            if (route.grant.binding == access::Grant::none)
                continue;
            const cluster::RoleBinding& binding = cluster.roleBindings()[route.grant.binding];
            const bool isNamed = !cluster.roles()[route.grant.role].rules[route.grant.rule].resourceNames.empty();
            const bool isOfItsNamespace = !binding.isClusterRoleBinding || reader.ns == ns;
            if ((isNamed || isOfItsNamespace) && runsPods(cluster, reader.ns, reader.name))
                return "serviceaccount/" + printable(reader.ns) + '/' + printable(reader.name);
        }
    }
    return {};
}

std::string usesText(std::span<const Reference> references)
{
    std::map<std::string_view, std::size_t> counts;
    for (const Reference& one : references)
        ++counts[toText(one.use)];
    std::vector<std::string> parts;
    for (const auto& [use, count] : counts)
        parts.push_back(std::string(use) + ' ' + std::to_string(count));
    return join(parts, ", ");
}

void judgeUsage(const Readers& readers, std::span<const Reference> references, SecretInfo& info)
{
    const Cluster& cluster = readers.references().cluster();
    const cluster::Object& object = cluster.object(info.object);
    const std::string_view type = cluster.text(cluster.secrets()[info.secret].type);
    const auto set = [&](Usage usage, std::string reason) {
        info.usage = usage;
        info.usageReason = std::move(reason);
    };
    if (!references.empty())
        return set(Usage::Referenced, usesText(references));
    const auto byType = std::ranges::find(knownTypes, type, &KnownType::type);
    if (byType != knownTypes.end())
        return set(Usage::ByType, std::string(byType->reason));
    for (const KnownLabel& label : knownLabels) {
        if (!cluster.label(object, label.key).empty())
            return set(Usage::ByType, std::string(label.reason));
    }
    if (hasLivingOwner(cluster, object))
        return set(Usage::Owned, sourceOf(cluster, object) + " keeps it");
    if (const std::string account = readerByApi(readers, object); !account.empty())
        return set(Usage::PerhapsByApi, "nothing names it, but " + account + " may read it through the API");
    set(Usage::Unused,
        "nothing names it in the " + std::to_string(readers.references().searchedKinds().size())
            + " kinds that were searched");
}

// Keys that nobody takes, when all who take anything take single keys from the environment.
std::vector<std::string> unusedKeys(
    const Cluster& cluster, const cluster::Secret& secret, std::span<const Reference> references)
{
    std::vector<std::string> keys;
    if (references.empty() || std::ranges::any_of(references, [](const Reference& one) { return one.key.empty(); }))
        return keys;
    for (const cluster::Secret::Key& key : secret.keys) {
        const std::string_view name = cluster.text(key.name);
        if (std::ranges::find(references, name, &Reference::key) == references.end())
            keys.emplace_back(name);
    }
    return keys;
}

} // namespace

std::optional<std::int64_t> Age::days(std::optional<UnixSeconds> now) const
{
    const auto written = changed ? changed : created;
    if (!written || !now)
        return std::nullopt;
    return std::max<std::int64_t>(0, (*now - *written) / secondsPerDay);
}

std::string_view toText(Age::Strength strength)
{
    constexpr std::array<std::string_view, 3> texts { "not known", "creation time", "managed fields" };
    return texts[static_cast<std::size_t>(strength)];
}

std::string_view toText(Usage usage)
{
    constexpr std::array<std::string_view, 5> texts { "used", "used by type", "owned", "perhaps used", "unused" };
    return texts[static_cast<std::size_t>(usage)];
}

RotationPolicy RotationPolicy::standard()
{
    return { { { "kubernetes.io/service-account-token", 90 }, { "kubernetes.io/basic-auth", 90 },
        { "kubernetes.io/dockerconfigjson", 180 }, { "kubernetes.io/dockercfg", 180 },
        { "kubernetes.io/ssh-auth", 365 }, { "Opaque", 365 } } };
}

std::optional<std::uint32_t> RotationPolicy::daysFor(std::string_view type) const
{
    const std::string_view wanted = type.empty() ? std::string_view("Opaque") : type;
    const auto exact = std::ranges::find(limits, wanted, &Limit::type);
    if (exact != limits.end())
        return exact->days;
    const auto any = std::ranges::find(limits, "*", &Limit::type);
    return any == limits.end() ? std::nullopt : std::optional(any->days);
}

Age ageOf(const Cluster& cluster, ObjectId secret)
{
    const cluster::Object& object = cluster.object(secret);
    Age age { .created = object.created, .changed = {}, .changedBy = {} };
    age.strength = object.created ? Age::Strength::Creation : Age::Strength::Unknown;
    format::Document document;
    if (object.isMissing || !cluster.snapshot().readRaw(object.raw, document, true))
        return age;
    for (const Value entry : document.root().at("/metadata/managedFields")) {
        const Value fields = entry["fieldsV1"];
        if (!fields["f:data"].isPresent() && !fields["f:stringData"].isPresent())
            continue;
        const auto time = parseTime(entry["time"].text());
        if (!time || (age.changed && *age.changed > *time))
            continue;
        age.changed = time;
        age.changedBy = printable(entry["manager"].text());
        age.strength = Age::Strength::ManagedFields;
    }
    return age;
}

SecretInfo usageOf(const Readers& readers, std::uint32_t secret)
{
    const Cluster& cluster = readers.references().cluster();
    const cluster::Secret& typed = cluster.secrets()[secret];
    const cluster::Object& object = cluster.object(typed.object);
    SecretInfo info;
    info.object = typed.object;
    info.secret = secret;
    info.source = sourceOf(cluster, object);
    const auto references = readers.references().of(cluster.text(object.ns), cluster.text(object.name));
    judgeUsage(readers, references, info);
    info.unusedKeys = unusedKeys(cluster, typed, references);
    return info;
}

std::vector<Missing> missingReferences(const References& references)
{
    const Cluster& cluster = references.cluster();
    std::vector<Missing> missing;
    if (!cluster.covers("", "Secret"))
        return missing;
    // Pods say again what their template says: one reference of each workload, use and Secret, the template's if it
    // can.
    std::map<std::tuple<std::string_view, std::string_view, std::uint32_t, Use>, const Reference*> ofWorkloads;
    std::vector<const Reference*> found;
    for (const Reference& one : references.all()) {
        if (one.isOptional || one.ns.empty() || !cluster.find("Secret", one.ns, one.name).isNone())
            continue;
        if (one.workload.isNone()) {
            found.push_back(&one);
            continue;
        }
        const Reference*& kept = ofWorkloads[{ one.ns, one.name, one.workload.index, one.use }];
        if (!kept || one.object == cluster.workloads()[one.workload.index].object)
            kept = kept && kept->object == one.object ? kept : &one;
    }
    for (const auto& [key, one] : ofWorkloads)
        found.push_back(one);
    std::ranges::sort(found); // they are elements of one list
    for (const Reference* one : found)
        missing.push_back({ *one });
    return missing;
}

Result<std::shared_ptr<const Inventory>> takeInventory(std::shared_ptr<const Readers> readers,
    std::optional<UnixSeconds> now, const RotationPolicy& policy, TaskPool& pool, Progress& progress)
{
    const Cluster& cluster = readers->references().cluster();
    auto inventory = std::make_shared<Inventory>();
    inventory->readers = readers;
    inventory->now = now;
    inventory->gap = cluster.gap("", "Secret");
    inventory->missing = missingReferences(readers->references());
    const auto secrets = cluster.secrets();
    inventory->secrets.resize(secrets.size());
    progress.enter("Looking who can read Secrets", secrets.size());
    constexpr std::size_t grain = 16;
    pool.parallelFor(secrets.size(), grain, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end && !progress.isCancelled(); ++i) {
            SecretInfo info = usageOf(*readers, static_cast<std::uint32_t>(i));
            const cluster::Object& object = cluster.object(info.object);
            const std::string_view ns = cluster.text(object.ns);
            info.age = ageOf(cluster, info.object);
            info.ageLimit = policy.daysFor(cluster.text(secrets[i].type));
            const auto days = info.age.days(now);
            info.isOverdue = days && info.ageLimit && *days > *info.ageLimit;
            const ReaderSet set = readers->of(ns, cluster.text(object.name));
            info.counts = set.counts();
            info.readers = static_cast<std::uint32_t>(set.readers.size());
            info.holders = static_cast<std::uint32_t>(set.holders.size());
            info.isReadByEverybody = set.isEverybody || std::ranges::any_of(set.readers, [](const Reader& one) {
                return isEverybody(one) && one.has(Way::Read);
            });
            info.gap = readers->gap(ns);
            inventory->secrets[i] = std::move(info);
        }
        progress.advance(end - begin);
    });
    if (progress.isCancelled())
        return failure(ErrorKind::Cancelled, "cancelled");
    return inventory;
}

} // namespace plimsoll::secrets
