// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "core/control/Control.h"
#include "core/format/Document.h"

// Controls on admission and on what separates tenants.
namespace plimsoll::control {

// Calls visit(id, root) for every object of a kind whose text can be read.
template <class Visit>
void forEachRaw(const cluster::Cluster& cluster, std::string_view group, std::string_view kind, Visit visit)
{
    for (const cluster::ObjectId id : cluster.objectsOf(group, kind)) {
        format::Document document;
        if (!cluster.object(id).isMissing && cluster.snapshot().readRaw(cluster.object(id).raw, document))
            visit(id, document.root());
    }
}

// The object that stands for the cluster as a whole: namespace kube-system, else the first that is there.
cluster::ObjectId clusterSubject(const cluster::Cluster& cluster);

// The date of the assessment: as set, else that of the capture, else the newest in the source.
std::optional<UnixSeconds> assessmentTime(const Context& context);

// admissionWebhooks.cpp
void judgePolicyBindings(const Context& context, std::vector<Outcome>& outcomes); // M05
void judgeWebhookInventory(const Context& context, std::vector<Outcome>& outcomes); // M06
void judgeWebhooks(const Context& context, std::vector<Outcome>& outcomes); // M07
void judgeApiServices(const Context& context, std::vector<Outcome>& outcomes); // M08
void judgePodSecurityPolicies(const Context& context, std::vector<Outcome>& outcomes); // M14
void judgeSecurityContextConstraints(const Context& context, std::vector<Outcome>& outcomes); // M15
void judgeExceptions(const Context& context, std::vector<Outcome>& outcomes); // M19

// admissionTenancy.cpp
void judgeSystemNamespace(const Context& context, std::vector<Outcome>& outcomes); // M10
void judgeTeams(const Context& context, std::vector<Outcome>& outcomes); // M11
void judgeLimitRange(const Context& context, std::vector<Outcome>& outcomes); // M13
void judgePhase(const Context& context, std::vector<Outcome>& outcomes); // M16
void judgeWalls(const Context& context, std::vector<Outcome>& outcomes); // M17
void judgeSharedNodes(const Context& context, std::vector<Outcome>& outcomes); // M18
void judgeAutoscalers(const Context& context, std::vector<Outcome>& outcomes); // M20
void judgeOwnLimits(const Context& context, std::vector<Outcome>& outcomes); // M21
void judgeTolerations(const Context& context, std::vector<Outcome>& outcomes); // M22
void judgePriority(const Context& context, std::vector<Outcome>& outcomes); // M23

// ingressTls.cpp
void judgeLoadBalancerTls(const Context& context, std::vector<Outcome>& outcomes); // T02
void judgeSnippets(const Context& context, std::vector<Outcome>& outcomes); // T03
void judgeRetiredController(const Context& context, std::vector<Outcome>& outcomes); // T04
void judgeTlsSecrets(const Context& context, std::vector<Outcome>& outcomes); // T07

} // namespace plimsoll::control
