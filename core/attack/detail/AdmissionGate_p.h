// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/attack/AttackGraph.h"
#include "core/network/Network.h"

namespace plimsoll::components {
class Components;
}

// Private to core/attack: what admission does to a pod that an attacker would make.
// Source: Pod Security admission by core/admission; Kubernetes 1.36 apiserver/pkg/admission/plugin/{webhook/rules,
//         webhook/predicates/namespace,policy/matching}: rules, namespaceSelector and scope decide whether a webhook or
//         policy sees a request. An objectSelector is passed over, because the attacker chooses the labels.
namespace plimsoll::attack {

class AdmissionGate {
public:
    AdmissionGate(const cluster::Cluster& cluster, const components::Components& components);

    struct Answer {
        enum class Kind : std::uint8_t { Admitted, MayBeBlocked, Refused };
        Kind kind = Kind::Admitted;
        cluster::ObjectId by; // of the other two
        std::string text; // a clause: "Pod Security refuses it in shop (restricted)"
        Certainty certainty() const
        {
            return kind == Kind::MayBeBlocked ? Certainty::MayBeBlocked : Certainty::Confirmed;
        }
    };
    // A pod without anything special.
    const Answer& plainPod(std::string_view ns) const { return answers(ns).plain; }
    // A pod that takes the node: privileged, with the node's paths and namespaces.
    const Answer& privilegedPod(std::string_view ns) const { return answers(ns).privileged; }
    // The namespace where a privileged pod gets in most easily, of those with pods or accounts; "" when none does.
    std::string_view softestNamespace() const { return m_softest; }
    // Of the namespace's labels alone: what is left when they are taken away.
    bool isByLabels(std::string_view ns) const { return answers(ns).isByLabels; }

private:
    struct Answers {
        Answer plain, privileged;
        bool isByLabels = false;
    };
    struct Watcher { // a webhook or policy that sees new pods
        cluster::ObjectId object;
        std::vector<network::TextRequirement> namespaces; // all must match a namespace's labels
        std::string title;
    };
    const Answers& answers(std::string_view ns) const;
    Answers decide(const cluster::Namespace& ns) const;
    bool isWatched(const Watcher& watcher, const cluster::Namespace& ns) const;
    void readWebhooks();
    void readPolicies();
    void readDefaults(const components::Components& components);

    const cluster::Cluster& m_cluster;
    std::vector<Watcher> m_watchers;
    cluster::ObjectId m_defaults; // the API server's pod, when it has a file with other defaults than "privileged"
    std::map<std::string_view, Answers> m_answers;
    Answers m_unknown; // of a namespace that is not there
    std::string_view m_softest;
};

} // namespace plimsoll::attack
