// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/cluster/Cluster.h"

// Which versions of Kubernetes' parts run, and whether they may run together.
// Source: kubernetes.io/releases/version-skew-policy.
namespace plimsoll::images {

struct ComponentVersion {
    std::string component; // "kubelet", "kube-apiserver", "kube-proxy", ...
    cluster::ObjectId object; // the Node, or the pod
    std::string pointer; // of the version or the image
    cluster::Version version;
    std::string node; // where it runs, "" when not known
};
// Kubelets by their nodes, the others by the images of their pods; in order of component and object.
std::vector<ComponentVersion> componentVersions(const cluster::Cluster& cluster);

// What the policy says against this version beside those of the others; a clause each.
//   kube-apiserver            at most one minor older than the newest of them
//   controller-manager,       no newer than the oldest API server, at most one minor older
//   scheduler
//   kubelet                   no newer than the oldest API server, at most three minors older (two before 1.25)
//   kube-proxy                no newer than the oldest API server, at most three minors older (two before 1.25), and
//                             within that distance of the kubelet on its node
// all: those of the cluster; server: the API server's version when no pod of it is there.
std::vector<std::string> skewFaults(
    const ComponentVersion& part, std::span<const ComponentVersion> all, const cluster::Version& server);

} // namespace plimsoll::images
