// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/cluster/Cluster.h"
#include "core/evidence/AuditFindings.h"
#include "core/evidence/Falco.h"

// What audit logs and intrusion detection saw, joined with the workloads of the cluster.
namespace plimsoll::components {

// How an alert was given to a workload, strongest first.
enum class AlertMatch : std::uint8_t {
    Pod, // a pod of that name is there
    Owner, // the pod is gone; the tool named its owner
    Name, // the pod is gone; its name begins as those of the workload's pods do
    Node, // it is about a host
    None,
};
std::string_view toText(AlertMatch match); // "the pod is there", "the pod is gone; matched by its name", ...

struct WorkloadAlert {
    std::uint32_t alert = 0; // index into AlertLog::alerts
    cluster::WorkloadId workload; // none for Node and None
    cluster::ObjectId object; // the pod or the node, if it is there
    AlertMatch match = AlertMatch::None;
};
std::vector<WorkloadAlert> matchAlerts(const cluster::Cluster& cluster, const evidence::AlertLog& log); // in its order

struct JoinedAuditFinding {
    std::uint32_t finding = 0; // index into AuditFindings::findings
    cluster::ObjectId account; // the caller's ServiceAccount, if it is there
    std::vector<cluster::WorkloadId> callers; // workloads that run as it
    cluster::ObjectId object; // what was asked for, if it is there
    cluster::WorkloadId target; // of a pod that was entered
};
std::vector<JoinedAuditFinding> joinAuditFindings(
    const cluster::Cluster& cluster, const evidence::AuditFindings& findings); // in their order

} // namespace plimsoll::components
