// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/cluster/Cluster.h"
#include "core/components/AuditPolicies.h"
#include "core/evidence/AuditPolicy.h"
#include "core/evidence/EncryptionConfig.h"

// The front of core/components: how the parts of Kubernetes itself are set up, as far as API objects show it, each
// setting with the place that says so.
// Source: flags as Go's pflag reads them; kubeadm's ClusterConfiguration v1beta2 to v1beta4; KubeletConfiguration
//         v1beta1; KubeProxyConfiguration v1alpha1; etcd's environment variables (ETCD_...); config.k8s.io Flagz.
namespace plimsoll::components {

enum class Component : std::uint8_t { ApiServer, ControllerManager, Scheduler, Etcd, Kubelet, KubeProxy };
std::string_view toText(Component component); // "kube-apiserver", ..., "etcd", "kubelet", "kube-proxy"

// What told of an instance, strongest first.
enum class Source : std::uint8_t {
    StaticPod, // the flags in the pod that runs
    Flagz, // what the API server itself answered
    Kubeadm, // what kubeadm was told to pass; says nothing of flags that it does not name
    ConfigMap, // what kubeadm hands to kubelets and kube-proxies; a node's own file may differ
};
std::string_view toText(Source source); // "the flags of its pod", "/flagz", ...

struct Setting {
    std::string name; // "anonymous-auth", "authentication.anonymous.enabled"
    std::string value; // as written; "true" of a flag without value
    std::string pointer; // in Instance::object
};

// How Secrets lie in etcd behind one API server, by the strongest evidence: the configuration that was given, else
// whether the server has one. Of several configurations the weakest counts.
struct EncryptionAtRest {
    enum class State : std::uint8_t { NotAssessed, Plain, Weak, Strong };
    State state = State::NotAssessed;
    evidence::EncryptionProvider::Kind provider = evidence::EncryptionProvider::Kind::Unknown; // the first, if known
    std::string sentence; // what is the case, or why it cannot be told
    std::string remark; // what else to look at
    std::string pointer; // of the flag, in the server's object
    std::string value; // as shown beside the pointer
};

// One running process, or one configuration that stands for many.
struct Instance {
    Component component = Component::ApiServer;
    Source source = Source::StaticPod;
    cluster::ObjectId object; // the pod or ConfigMap or Flagz
    std::vector<Setting> settings; // in the order they are given
    std::string base; // JSON Pointer where a setting that is missing would stand
    // Why a setting that is not here cannot be called not set; "" when it is not set then: the component's default
    // holds.
    std::string gap;

    EncryptionAtRest encryption; // of an API server

    // Of repeated flags the last counts. Dashes and underscores are the same.
    const Setting* find(std::string_view name) const;
};

class Components {
public:
    // With the audit policies and encryption configurations that were given as evidence, which the API server is taken
    // to read.
    explicit Components(const cluster::Cluster& cluster, std::vector<evidence::AuditPolicy> auditPolicies = {},
        std::vector<evidence::EncryptionConfig> encryption = {});

    // By the strongest source that there is, in order of object; empty when nothing tells.
    std::span<const Instance> of(Component component) const;
    // Why nothing tells, and how to get the data; "" when something does.
    std::string absence(Component component) const;

    // Whether every API server that is known has this admission plugin switched on by its flags.
    bool hasAdmission(std::string_view plugin) const;

    std::span<const evidence::AuditPolicy> givenAuditPolicies() const { return m_givenPolicies; }
    std::span<const evidence::EncryptionConfig> givenEncryption() const { return m_encryption; }
    std::span<const FoundAuditPolicy> foundAuditPolicies() const { return m_foundPolicies; }

private:
    std::vector<std::vector<Instance>> m_instances; // by Component
    bool m_isManaged = false;
    std::vector<evidence::AuditPolicy> m_givenPolicies;
    std::vector<FoundAuditPolicy> m_foundPolicies;
    std::vector<evidence::EncryptionConfig> m_encryption;
};

// The provider's name when the cluster is one whose control plane a cloud runs ("Amazon EKS"); "" otherwise.
std::string managedProvider(const cluster::Cluster& cluster);

} // namespace plimsoll::components
