// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "core/cluster/Cluster.h"
#include "core/components/IntrusionDetection.h"
#include "core/format/Document.h"

namespace plimsoll::components {

// Why the DaemonSet controller puts no pod of a template on a node; nothing when it should be there.
// Source: Kubernetes 1.36 pkg/controller/daemon (NodeShouldRunDaemonPod, predicates), pkg/controller/daemon/util
//         (AddOrUpdateDaemonPodTolerations), component-helpers scheduling/corev1 (affinity, tolerations).
struct Refusal {
    AbsenceReason reason = AbsenceReason::NotSelected;
    std::string detail;
};
std::optional<Refusal> refusalOf(const cluster::Cluster& cluster, format::Value podSpec, const cluster::Object& node,
    format::Value nodeRaw, bool isWindowsNode);

} // namespace plimsoll::components
