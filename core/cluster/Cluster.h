// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/Result.h"
#include "core/base/Time.h"
#include "core/cluster/Ids.h"
#include "core/cluster/Objects.h"
#include "core/cluster/PodSpec.h"
#include "core/cluster/Version.h"
#include "core/snapshot/Snapshot.h"

// The front of core/cluster: the typed, compact, immutable model of everything that a snapshot holds.
namespace plimsoll::cluster {

struct Kind {
    StringId apiVersion; // "apps/v1"
    StringId group; // "apps"; "" for core (the interned empty string, not none)
    StringId kind; // "Deployment"
    std::uint32_t objectCount = 0;
};

using Label = std::pair<StringId, StringId>;

struct OwnerReference {
    StringId apiVersion, kind, name, uid;
    bool isController = false;
};

// What every object has, of any kind, built-in or custom.
struct Object {
    KindId kind;
    StringId ns; // none for cluster-scoped objects and where a manifest names none
    StringId name;
    StringId uid;
    StringId resourceVersion;
    std::optional<UnixSeconds> created;
    std::vector<Label> labels; // sorted by the text of the key
    std::vector<Label> annotations; // sorted by the text of the key; values over 4 kB and masked ones are cut to ""
    std::vector<OwnerReference> owners;
    snapshot::RawRef raw;
    std::vector<snapshot::MaskedValue> masked;
    bool isMissing = false; // named by an ownerReference but not in the source: has no raw text
};

// Where a pod spec stands: one of a workload's own template or of one of its pods.
struct PodSpecUse {
    PodSpecId spec;
    ObjectId holder; // the object in whose YAML the spec stands (the workload itself or one of its pods)
    std::uint32_t podCount = 0; // live pods with this spec; 0 for a template
};

// A top workload: an object with pods or a pod template that no other workload owns (Deployment, not its ReplicaSet;
// CronJob, not its Job; a bare or static Pod; a custom resource such as an Argo Rollout). Findings name it.
struct Workload {
    ObjectId object;
    std::vector<ObjectId> pods; // in name order; terminated ones (Succeeded, Failed) are left out unless bare
    std::vector<PodSpecUse> specs; // distinct specs: the template first, then those of pods that differ from it
    bool isScaledToZero = false; // spec.replicas is 0 and no pod is there
    bool isStatic = false; // mirror pod of a kubelet's manifest file
};

// Threads: immutable; any number.
// Owns:    everything it returns; string ids are resolved by text().
class Cluster {
public:
    ~Cluster();

    const snapshot::Snapshot& snapshot() const;
    std::string_view text(StringId id) const; // "" for none
    StringId id(std::string_view text) const; // of a text that occurs in the cluster, else none
    const StringPool& strings() const;

    std::span<const Kind> kinds() const; // sorted by group, kind, apiVersion
    std::span<const Object> objects() const;
    const Object& object(ObjectId id) const { return objects()[id.index]; }
    const Kind& kindOf(const Object& object) const { return kinds()[object.kind.index]; }
    std::string_view kindName(ObjectId id) const; // "Deployment"
    // "deployment/shop/web", "clusterrole/admin": the one form of decisions.md (kind in lower case).
    std::string refOf(ObjectId id) const;
    // "Deployment shop/web", "ClusterRole admin": for sentences.
    std::string titleOf(ObjectId id) const;
    // By kind ("Deployment" or "deployment"), namespace ("" for none) and name; none if there is no such object.
    ObjectId find(std::string_view kind, std::string_view ns, std::string_view name) const;
    // All objects of a kind of an API group, in namespace and name order.
    std::span<const ObjectId> objectsOf(std::string_view group, std::string_view kind) const;
    std::string_view label(const Object& object, std::string_view key) const; // "" when absent
    std::string_view annotation(const Object& object, std::string_view key) const; // "" when absent

    // Whether the source can tell about a kind: it holds objects of it or lists it as empty. Never take a kind that is
    // not covered for "there is none".
    bool covers(std::string_view group, std::string_view kind) const;
    // Why the source cannot tell about a kind, as a clause: "Secret was not collected: forbidden, needs the permission
    // list secrets". "" when it can, at least for the namespaces that are looked at (empty = all of them).
    std::string gap(std::string_view group, std::string_view kind, std::span<const std::string> namespaces = {}) const;

    std::span<const PodSpec> podSpecs() const;
    const PodSpec& podSpec(PodSpecId id) const { return podSpecs()[id.index]; }
    std::span<const Workload> workloads() const; // in order of namespace, kind, name
    // The top workload that an object belongs to (pod, ReplicaSet, the workload itself); none for all else.
    WorkloadId workloadOf(ObjectId id) const;
    // The pod spec of a pod, or of an object with a pod template whether others own it or not; none if it has none or
    // could not be read.
    PodSpecId podSpecOf(ObjectId id) const;
    // JSON Pointer of the pod spec in a workload or pod: "/spec", "/spec/template/spec", ...; "" if it has none.
    std::string_view podSpecPointer(ObjectId id) const;

    // Typed parts, each in namespace and name order of their objects.
    std::span<const Pod> pods() const;
    const Pod* pod(ObjectId id) const; // nullptr when the object is no Pod
    const Controller* controller(ObjectId id) const; // nullptr when the object has no pod template, or an owner
    std::span<const LimitRange> limitRanges() const;
    std::span<const Role> roles() const; // Role and ClusterRole
    std::span<const RoleBinding> roleBindings() const; // RoleBinding and ClusterRoleBinding
    std::span<const ServiceAccount> serviceAccounts() const;
    const ServiceAccount* serviceAccount(std::string_view ns, std::string_view name) const;
    std::span<const Namespace> namespaces() const; // those in the source, then those only named by objects
    const Namespace* findNamespace(std::string_view name) const;
    std::span<const NetworkPolicy> networkPolicies() const;
    std::span<const Service> services() const;
    std::span<const Ingress> ingresses() const;
    std::span<const Secret> secrets() const;
    std::span<const ConfigMap> configMaps() const;
    std::span<const Node> nodes() const;
    std::span<const WebhookConfiguration> webhookConfigurations() const;

    const Version& version() const; // of the API server; unknown when nothing tells
    // How the version is known: "version.json", "nodes", "static pod kube-apiserver", "" when unknown.
    std::string_view versionSource() const;
    // Name for titles: that of the kubeadm ConfigMap's clusterName, else the source's label. UID of kube-system, or "".
    std::string clusterName() const;
    std::string_view clusterUid() const;
    // decisions.md: capture time, else the newest time stamp in any object; nothing when no object has one.
    std::optional<UnixSeconds> newestTime() const;

    // Problems of the import and of the model together (broken objects, conflicts, cyclic owners), in order.
    std::span<const snapshot::Problem> problems() const;

    struct Private; // core/cluster/detail/Model_p.h
    explicit Cluster(std::unique_ptr<Private> model); // used by loadCluster() alone

private:
    std::unique_ptr<Private> m_private;
};

// Reads sources and builds the model in one pass.
// Errors: those of snapshot::importSources.
Result<std::shared_ptr<const Cluster>> loadCluster(std::span<const snapshot::Source> sources, TaskPool& pool,
    Progress& progress, const snapshot::ImportOptions& options = {});

} // namespace plimsoll::cluster
