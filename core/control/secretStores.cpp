// SPDX-License-Identifier: Apache-2.0
// Controls on where secrets lie: credentials of the cloud in pods, etcd, stores outside of the cluster, disks.
#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "core/base/Text.h"
#include "core/components/Components.h"
#include "core/control/detail/Families_p.h"
#include "core/control/detail/Outcomes_p.h"

namespace plimsoll::control {

using cluster::Cluster;
using cluster::ObjectId;
using format::Value;

namespace {

constexpr std::array<Need, 1> classNeeds { { { "storage.k8s.io", "StorageClass" } } };
constexpr std::array<Need, 3> storeNeeds { { { "", "Secret" }, { "", "Namespace" }, { "", "Pod" } } };

// Whether one of the paths is, or lies beneath, a directory or file that ends like this.
bool isCloudPath(std::string_view path)
{
    constexpr std::array<std::string_view, 9> places { "/.aws", "/.azure", "/.config/gcloud", "/etc/boto.cfg",
        "/etc/kubernetes/azure.json", "/etc/kubernetes/cloud-config", "/etc/kubernetes/cloud.conf", "/var/lib/waagent",
        "/.oci" };
    const std::string whole = toLowerAscii(path) + '/';
    return std::ranges::any_of(
        places, [&](std::string_view place) { return whole.find(std::string(place) + '/') != whole.npos; });
}

// Variables by which the programs of the providers find a file of credentials.
bool isCredentialVariable(std::string_view name)
{
    constexpr std::array<std::string_view, 5> names { "GOOGLE_APPLICATION_CREDENTIALS", "AWS_SHARED_CREDENTIALS_FILE",
        "AWS_CONFIG_FILE", "AZURE_AUTH_LOCATION", "OCI_CLI_CONFIG_FILE" };
    return std::ranges::find(names, name) != names.end();
}

bool isBeneath(std::string_view path, std::string_view directory)
{
    while (directory.size() > 1 && directory.ends_with('/'))
        directory.remove_suffix(1);
    return !directory.empty() && path.starts_with(directory)
        && (path.size() == directory.size() || path[directory.size()] == '/' || directory == "/");
}

bool holdsSecret(const cluster::Volume& volume)
{
    return !volume.secretName.isNone()
        || std::ranges::any_of(
            volume.projected, [](const cluster::ProjectedSource& source) { return !source.secretName.isNone(); });
}

// A Secret that is mounted where cloud credentials are looked for, or that a variable points to.
void checkMountedCredentials(
    const Cluster& cluster, const SpecSubject& subject, const cluster::Container& container, SpecReport& report)
{
    for (std::size_t i = 0; i < container.volumeMounts.size(); ++i) {
        const cluster::VolumeMount& mount = container.volumeMounts[i];
        const auto volume = std::ranges::find(subject.spec.volumes, mount.name, &cluster::Volume::name);
        if (volume == subject.spec.volumes.end() || !holdsSecret(*volume))
            continue;
        const std::string_view path = cluster.text(mount.mountPath);
        bool isHit = isCloudPath(path);
        for (const cluster::EnvVar& variable : container.env)
            isHit = isHit
                || (isCredentialVariable(cluster.text(variable.name)) && isBeneath(cluster.text(variable.value), path));
        if (isHit)
            report.fail(
                containerText(cluster, container) + " has cloud credentials from a Secret at " + printable(path),
                container.pointer() + "/volumeMounts/" + std::to_string(i) + "/mountPath", printable(path));
    }
}

// S10.
void checkCloudCredentials(const Context& context, const SpecSubject& subject, SpecReport& report)
{
    const Cluster& cluster = context.cluster;
    for (const cluster::Volume& volume : subject.spec.volumes) {
        const std::string_view path = cluster.text(volume.hostPath);
        if (isCloudPath(path))
            report.fail("the pod mounts the node's cloud credentials at " + printable(path),
                volume.pointer() + "/hostPath/path", printable(path));
    }
    for (const cluster::Container& container : subject.spec.containers)
        checkMountedCredentials(cluster, subject, container, report);
}

// S11. The flag tells that there is a configuration; which provider comes first in it, the file does.
void judgeEncryptionAtRest(const Context& context, std::vector<Outcome>& outcomes)
{
    using components::Component;
    const auto servers
        = context.components ? context.components->of(Component::ApiServer) : std::span<const components::Instance>();
    if (servers.empty()) {
        const std::string absence = context.components ? context.components->absence(Component::ApiServer) : "";
        notAssessed({}, absence.empty() ? "nothing tells how the API server is set up" : absence, outcomes);
        return;
    }
    using State = components::EncryptionAtRest::State;
    for (const components::Instance& server : servers) {
        const components::EncryptionAtRest& found = server.encryption;
        if (found.state == State::NotAssessed)
            notAssessed(server.object, found.sentence, outcomes);
        else if (found.state == State::Plain)
            fail(server.object, found.sentence, { { server.object, found.pointer, found.value } }, outcomes);
        else
            pass(server.object, outcomes);
    }
}

struct StoreKind {
    std::string_view group;
    std::string_view kind;
};
constexpr std::array<StoreKind, 8> storeKinds { {
    { "external-secrets.io", "ExternalSecret" },
    { "external-secrets.io", "ClusterExternalSecret" },
    { "bitnami.com", "SealedSecret" },
    { "secrets-store.csi.x-k8s.io", "SecretProviderClass" },
    { "secrets.hashicorp.com", "VaultStaticSecret" },
    { "secrets.hashicorp.com", "VaultDynamicSecret" },
    { "secrets.hashicorp.com", "VaultPKISecret" },
    { "onepassword.com", "OnePasswordItem" },
} };

// Vault's injector reads the value as Go reads a boolean.
bool asksForVault(const Cluster& cluster, const cluster::PodSpec& spec)
{
    constexpr std::array<std::string_view, 6> yes { "1", "t", "T", "true", "TRUE", "True" };
    return std::ranges::any_of(spec.securityAnnotations, [&](const auto& annotation) {
        return cluster.text(annotation.first) == "vault.hashicorp.com/agent-inject"
            && std::ranges::find(yes, cluster.text(annotation.second)) != yes.end();
    });
}

// What takes secrets from a store, by namespace; of ClusterExternalSecrets "", because they may reach all.
std::set<std::string_view> namespacesWithStores(const Cluster& cluster)
{
    std::set<std::string_view> found;
    for (const StoreKind& store : storeKinds) {
        for (const ObjectId id : cluster.objectsOf(store.group, store.kind))
            found.insert(cluster.text(cluster.object(id).ns));
    }
    for (const cluster::Workload& workload : cluster.workloads()) {
        for (const cluster::PodSpecUse& use : workload.specs) {
            const cluster::PodSpec& spec = cluster.podSpec(use.spec);
            const bool hasVolume = std::ranges::any_of(spec.volumes, [&](const cluster::Volume& volume) {
                return cluster.text(volume.csiDriver) == "secrets-store.csi.k8s.io";
            });
            if (hasVolume || asksForVault(cluster, spec))
                found.insert(cluster.text(cluster.object(workload.object).ns));
        }
    }
    return found;
}

// Why objects of stores may be there without being in the source; "" when there are none.
std::string storeGap(const Cluster& cluster)
{
    constexpr std::string_view group = "apiextensions.k8s.io";
    if (!cluster.covers(group, "CustomResourceDefinition"))
        return "the source does not hold CustomResourceDefinition, so that stores may be in use unseen";
    for (const StoreKind& store : storeKinds) {
        if (cluster.covers(store.group, store.kind))
            continue;
        for (const ObjectId id : cluster.objectsOf(group, "CustomResourceDefinition")) {
            if (cluster.text(cluster.object(id).name).ends_with("." + std::string(store.group)))
                return "the source does not hold " + std::string(store.kind) + " of " + std::string(store.group);
        }
    }
    return {};
}

// S12. By namespace: Secrets that people or deployments write, and nothing that takes them from a store.
void judgeStores(const Context& context, std::vector<Outcome>& outcomes)
{
    const Cluster& cluster = context.cluster;
    const std::set<std::string_view> withStores = namespacesWithStores(cluster);
    const std::string gap = storeGap(cluster);
    std::map<std::string_view, std::vector<ObjectId>> written;
    for (const cluster::Secret& secret : cluster.secrets()) {
        const std::string_view type = cluster.text(secret.type);
        if (type == "Opaque" || type.empty() || type == "kubernetes.io/basic-auth" || type == "kubernetes.io/ssh-auth"
            || type == "kubernetes.io/dockerconfigjson")
            written[cluster.text(cluster.object(secret.object).ns)].push_back(secret.object);
    }
    for (const cluster::Namespace& ns : cluster.namespaces()) {
        if (ns.object.isNone())
            continue;
        const std::string_view name = cluster.text(cluster.object(ns.object).name);
        const auto found = written.find(name);
        if (found == written.end() || withStores.contains(name) || withStores.contains("")) {
            pass(ns.object, outcomes);
        } else if (!gap.empty()) {
            notAssessed(ns.object, gap, outcomes);
        } else {
            std::vector<Evidence> evidence;
            for (const ObjectId id : found->second)
                evidence.push_back({ id, "/metadata/name", "in etcd only" });
            Outcome& outcome = fail(ns.object,
                "keeps " + counted(found->second.size(), "Secret", "Secrets") + " and takes none from a store outside",
                std::move(evidence), outcomes);
            outcome.affected = static_cast<std::uint32_t>(found->second.size());
        }
    }
}

enum class DiskEncryption : std::uint8_t { Always, ByParameter, Unknown };
struct Provisioner {
    std::string_view name; // "*.rbd..." : any that ends so
    DiskEncryption encryption = DiskEncryption::Unknown;
    std::string_view parameter = "";
    bool isCopied = false; // the parameter stands in the attributes of every volume too
};
constexpr std::array<Provisioner, 12> provisioners { {
    { "ebs.csi.aws.com", DiskEncryption::ByParameter, "encrypted" },
    { "ebs.csi.eks.amazonaws.com", DiskEncryption::ByParameter, "encrypted" },
    { "kubernetes.io/aws-ebs", DiskEncryption::ByParameter, "encrypted" },
    { "pd.csi.storage.gke.io", DiskEncryption::Always },
    { "kubernetes.io/gce-pd", DiskEncryption::Always },
    { "disk.csi.azure.com", DiskEncryption::Always },
    { "kubernetes.io/azure-disk", DiskEncryption::Always },
    { "driver.longhorn.io", DiskEncryption::ByParameter, "encrypted", true },
    { "rbd.csi.ceph.com", DiskEncryption::ByParameter, "encrypted", true },
    { "diskplugin.csi.alibabacloud.com", DiskEncryption::ByParameter, "encrypted" },
    { "pxd.portworx.com", DiskEncryption::ByParameter, "secure" },
    { "kubernetes.io/portworx-volume", DiskEncryption::ByParameter, "secure" },
} };

// Rook puts the namespace of the operator in front of the driver's name.
const Provisioner* findProvisioner(std::string_view name)
{
    const auto found = std::ranges::find_if(provisioners, [&](const Provisioner& known) {
        return name == known.name
            || (known.name == "rbd.csi.ceph.com" && name.ends_with("." + std::string(known.name)));
    });
    return found == provisioners.end() ? nullptr : &*found;
}

// Of a volume without a class that tells, and of those that say it themselves: a class may be made anew otherwise.
void judgeVolume(ObjectId id, Value spec, bool hasClass, std::vector<Outcome>& outcomes)
{
    constexpr std::string_view attributes = "/csi/volumeAttributes";
    const bool isOfCloud = spec["gcePersistentDisk"].isPresent() || spec["azureDisk"].isPresent();
    const std::string_view driver = spec.at("/csi/driver").text();
    const Provisioner* known = findProvisioner(driver);
    if (isOfCloud || (known && known->encryption == DiskEncryption::Always)) {
        if (!hasClass)
            pass(id, outcomes);
        return;
    }
    if (!known || !known->isCopied) {
        if (!hasClass)
            notAssessed(id, "whether its disk is encrypted does not stand in the volume", outcomes);
        return;
    }
    const Value value = spec.at(attributes)[known->parameter];
    if (toLowerAscii(value.text()) == "true")
        pass(id, outcomes);
    else
        fail(id, "is not encrypted by " + printable(driver),
            { { id, "/spec" + std::string(attributes) + '/' + std::string(known->parameter),
                value.isPresent() ? printable(value.text()) : "not set" } },
            outcomes);
}

void judgeVolumes(const Cluster& cluster, std::vector<Outcome>& outcomes)
{
    format::Document document;
    for (const ObjectId id : cluster.objectsOf("", "PersistentVolume")) {
        if (cluster.object(id).isMissing)
            continue;
        if (!cluster.snapshot().readRaw(cluster.object(id).raw, document)) {
            notAssessed(id, "the object could not be read", outcomes);
            continue;
        }
        const Value spec = document.root()["spec"];
        const std::string_view name = spec["storageClassName"].text();
        const ObjectId of = name.empty() ? ObjectId {} : cluster.find("StorageClass", "", name);
        judgeVolume(id, spec, !of.isNone() && !cluster.object(of).isMissing, outcomes);
    }
}

// S13.
void judgeStorageClasses(const Context& context, std::vector<Outcome>& outcomes)
{
    const Cluster& cluster = context.cluster;
    for (const ObjectId id : cluster.objectsOf("storage.k8s.io", "StorageClass")) {
        format::Document document;
        if (cluster.object(id).isMissing || !cluster.snapshot().readRaw(cluster.object(id).raw, document)) {
            notAssessed(id, "the object could not be read", outcomes);
            continue;
        }
        const std::string_view name = document.root()["provisioner"].text();
        const Provisioner* known = findProvisioner(name);
        if (!known) {
            notAssessed(
                id, "whether " + printable(name) + " encrypts its volumes does not stand in the class", outcomes);
            continue;
        }
        const format::Value value = document.root()["parameters"][known->parameter];
        if (known->encryption == DiskEncryption::Always || toLowerAscii(value.text()) == "true")
            pass(id, outcomes);
        else
            fail(id, "does not ask " + printable(name) + " to encrypt volumes",
                { { id, "/parameters/" + std::string(known->parameter),
                    value.isPresent() ? printable(value.text()) : "not set" } },
                outcomes);
    }
    judgeVolumes(cluster, outcomes);
}

constexpr std::array<Control, 4> storeList { {
    { .id = "PLM-S10", .checkSpec = checkCloudCredentials, .needs = {} },
    { .id = "PLM-S11", .evaluate = judgeEncryptionAtRest, .needs = {} },
    { .id = "PLM-S12", .evaluate = judgeStores, .needs = storeNeeds },
    { .id = "PLM-S13", .evaluate = judgeStorageClasses, .needs = classNeeds },
} };

} // namespace

std::span<const Control> secretStoreControls()
{
    return storeList;
}

} // namespace plimsoll::control
