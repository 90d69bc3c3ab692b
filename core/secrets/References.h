// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/cluster/Cluster.h"

// What refers to Secrets: pod specs, service accounts, Ingresses, and the fields of any other kind that name one.
// Source: Kubernetes 1.36 pkg/api/pod/util.go (VisitPodSecretNames), pkg/api/persistentvolume/util.go, csi parameters
//         of external-provisioner; field names of Gateway API, cert-manager, External Secrets and others by form.
namespace plimsoll::secrets {

enum class Use : std::uint8_t {
    Volume, // a container finds it as files (secret or projected volume that one of them mounts)
    Environment, // a container finds it as variables
    ImagePull, // the kubelet pulls images with it
    Token, // a service account's own token
    Tls, // an Ingress or Gateway serves it
    Driver, // a volume driver takes it: csi, flexVolume, azureFile, cephfs, rbd, iscsi, scaleIO, storageos
    Other, // a field of another kind names it
};
std::string_view toText(Use use); // "mounted", "environment", "image pull", ...

struct Reference {
    Use use = Use::Other;
    cluster::ObjectId object; // in whose YAML the reference stands
    std::string pointer; // RFC 6901, of the field with the name
    std::string ns, name; // of the Secret
    std::string key; // "" = all of them
    bool isOptional = false;
    cluster::WorkloadId workload; // of a pod spec
};

// All references of a cluster. Immutable; keeps the cluster alive.
// Threads: any.
class References {
public:
    // Reads the raw text of kinds that have no typed part; what cannot be read is passed over and told.
    explicit References(std::shared_ptr<const cluster::Cluster> cluster);

    const cluster::Cluster& cluster() const { return *m_cluster; }
    // In order of namespace, name, object and pointer.
    std::span<const Reference> all() const { return m_all; }
    std::span<const Reference> of(std::string_view ns, std::string_view name) const;
    // Workloads in whose containers the value is (mounted or environment), in order, each once.
    std::vector<cluster::WorkloadId> holders(std::string_view ns, std::string_view name) const;
    // Kinds that were searched, "Deployment (apps)", sorted; and those that could not be read.
    const std::vector<std::string>& searchedKinds() const { return m_searched; }
    const std::vector<std::string>& unreadKinds() const { return m_unread; }

private:
    std::shared_ptr<const cluster::Cluster> m_cluster;
    std::vector<Reference> m_all;
    std::vector<std::string> m_searched, m_unread;
};

} // namespace plimsoll::secrets
