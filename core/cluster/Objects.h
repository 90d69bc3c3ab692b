// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/cluster/Ids.h"
#include "core/cluster/PodSpec.h"
#include "core/cluster/Selector.h"
#include "core/format/Certificate.h"

// The typed parts of the kinds that the controls and engines read; ObjectId leads to metadata and raw text.
// Field names are those of the API; absent optional fields stay absent (no defaulting), unless a comment says so.
namespace plimsoll::cluster {

struct Pod {
    ObjectId object;
    PodSpecId spec;
    StringId nodeName;
    StringId phase; // Pending, Running, Succeeded, Failed, Unknown; none in manifests
    std::vector<StringId> podIps;
    StringId mirrorOf; // annotation kubernetes.io/config.mirror or .source=file: static pod
    struct ContainerImage {
        StringId container, image, imageId; // status.*containerStatuses[]
    };
    std::vector<ContainerImage> images;
    bool isTerminated = false; // phase Succeeded or Failed
};

// How an object that no other controls (Deployment, Job, CronJob, a custom resource with a pod template ...) makes and
// replaces its pods.
struct Controller {
    ObjectId object;
    std::vector<std::pair<StringId, StringId>> templateLabels; // sorted by key text
    std::optional<LabelSelector> selector; // as written; of a ReplicationController its map
    std::optional<std::int32_t> replicas;
    StringId strategy; // strategy.type or updateStrategy.type
    StringId maxUnavailable; // of its rollingUpdate; number or percentage
    std::optional<std::int64_t> ttlAfterFinished; // Job
    std::optional<std::int64_t> activeDeadline; // Job, CronJob (that of its Jobs)
    std::optional<std::int64_t> startingDeadline; // CronJob
    bool isSuspended = false; // Job, CronJob
};

// What a LimitRange gives containers that ask for nothing, with the API server's own defaulting of the LimitRange
// itself: max gives default, default and min give defaultRequest.
struct LimitRange {
    ObjectId object;
    Resources container;
};

// rbac.authorization.k8s.io/v1 PolicyRule. "*" is stored as such.
struct PolicyRule {
    std::vector<StringId> verbs, apiGroups, resources, resourceNames, nonResourceUrls;
};

struct Role { // Role or ClusterRole
    ObjectId object;
    bool isClusterRole = false;
    std::vector<PolicyRule> rules; // of an aggregated ClusterRole without stored rules: the computed union
    std::vector<LabelSelector> aggregation; // clusterRoleSelectors; OR between them
    bool hasAggregationRule = false;
};

struct Subject {
    StringId kind; // User, Group, ServiceAccount
    StringId name;
    StringId ns; // as written; of a ServiceAccount in a RoleBinding without one: the binding's (filled in)
    StringId apiGroup;
};

struct RoleBinding { // RoleBinding or ClusterRoleBinding
    ObjectId object;
    bool isClusterRoleBinding = false;
    StringId roleKind; // Role or ClusterRole
    StringId roleName;
    std::uint32_t role = 0xFFFFFFFFu; // index into Cluster::roles(); noRole when it does not exist
    static constexpr std::uint32_t noRole = 0xFFFFFFFFu;
    std::vector<Subject> subjects;
};

struct ServiceAccount {
    ObjectId object;
    std::optional<bool> automountServiceAccountToken;
    std::vector<StringId> secrets;
    std::vector<StringId> imagePullSecrets;
};

struct Namespace {
    StringId name;
    ObjectId object; // none when only named by other objects
    std::vector<std::pair<StringId, StringId>> labels; // with kubernetes.io/metadata.name filled in; sorted by key text
    StringId phase;
};

struct IpBlock {
    StringId cidr;
    std::vector<StringId> except;
};

struct NetworkPolicyPeer {
    std::optional<LabelSelector> podSelector;
    std::optional<LabelSelector> namespaceSelector;
    std::optional<IpBlock> ipBlock;
};

struct NetworkPolicyPort {
    StringId protocol; // none = TCP
    StringId port; // number or name as text; none = all ports of the protocol
    std::optional<std::int32_t> endPort;
};

struct NetworkPolicyRule {
    std::vector<NetworkPolicyPeer> peers; // from / to; empty = all
    std::vector<NetworkPolicyPort> ports; // empty = all
};

// networking.k8s.io/v1 NetworkPolicy with policyTypes defaulted as the API server does.
struct NetworkPolicy {
    ObjectId object;
    LabelSelector podSelector;
    bool hasIngress = false; // policyTypes contains Ingress (or defaults to it)
    bool hasEgress = false;
    std::vector<NetworkPolicyRule> ingress, egress;
};

struct ServicePort {
    StringId name;
    StringId protocol;
    std::int32_t port = 0;
    StringId targetPort; // number or name as text
    std::int32_t nodePort = 0;
};

struct Service {
    ObjectId object;
    StringId type; // none = ClusterIP
    StringId clusterIp;
    std::vector<std::pair<StringId, StringId>> selector;
    std::vector<ServicePort> ports;
    std::vector<StringId> externalIps;
    std::vector<StringId> loadBalancerSourceRanges;
    StringId externalName;
};

struct IngressBackend {
    StringId host;
    StringId path;
    StringId service; // in the Ingress' namespace
    StringId port;
};

struct Ingress {
    ObjectId object;
    StringId className; // spec.ingressClassName, else the old annotation
    std::vector<IngressBackend> backends; // default backend has no host
    struct Tls {
        StringId secretName;
        std::vector<StringId> hosts;
    };
    std::vector<Tls> tls;
    std::vector<StringId> hosts; // of the rules, "" for a rule without one; one for each rule
};

struct Secret { // no values, ever
    ObjectId object;
    StringId type;
    struct Key {
        StringId name;
        std::uint32_t length = 0; // of the text in the source
        std::vector<format::Certificate> certificates; // public facts of those in the value
    };
    std::vector<Key> keys;
};

struct ConfigMap {
    ObjectId object;
    std::vector<StringId> keys;
    // A few well-known ones are read: data values of kube-system/kubeadm-config and the like stay in the raw text.
};

struct Node {
    ObjectId object;
    StringId kubeletVersion, osImage, kernelVersion, containerRuntimeVersion, operatingSystem;
    std::vector<StringId> addresses;
    bool isControlPlane = false;
};

struct WebhookConfiguration {
    ObjectId object;
    bool isMutating = false;
    struct Webhook {
        StringId name;
        StringId failurePolicy; // none = Fail
        StringId serviceNs, serviceName, url;
    };
    std::vector<Webhook> webhooks;
};

} // namespace plimsoll::cluster
