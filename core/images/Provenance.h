// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/cluster/Cluster.h"
#include "core/images/Images.h"

// Which admission policy would have an image's signature or origin checked. That an image is signed cannot be told from
// a cluster; that somebody would refuse it if it were not, can.
// Source: sigstore/policy-controller pkg/apis/policy/v1beta1 (ClusterImagePolicy) and its namespace label;
//         kyverno api/kyverno/v1 (ImageVerification) and policies.kyverno.io (ImageValidatingPolicy);
//         open-policy-agent/gatekeeper-library k8sallowedrepos; ImagePolicyWebhook of the API server.
namespace plimsoll::images {

struct ProvenancePolicy {
    enum class Check : std::uint8_t {
        Signature, // keys or identities that must have signed
        Registry, // where images may come from
    };
    cluster::ObjectId object;
    std::string pointer; // of the rule in it
    std::string engine; // "Sigstore policy controller", "Kyverno", "Gatekeeper"
    Check check = Check::Signature;
    std::vector<std::string> globs; // images that it is for, as written; empty = all
    bool starCrossesSlash = false; // "*" of the globs matches "/" too (Kyverno)
    std::string ns; // of a policy that holds in its own namespace only
    bool needsOptIn = false; // only namespaces labelled policy.sigstore.dev/include=true
    std::vector<std::string> onlyNamespaces, exceptNamespaces; // by name, "*" and "?" as in shells; empty = all / none
    // Why it refuses nothing although it is there: "it only warns", "its webhook is not registered". Empty = it
    // refuses.
    std::vector<std::string> gaps;
};

class Provenance {
public:
    // Reads the raw text of policies.
    explicit Provenance(const cluster::Cluster& cluster);

    std::span<const ProvenancePolicy> policies() const { return m_policies; }
    // Engines that were seen and whose policies cannot be read here: "Connaisseur (webhook connaisseur)".
    const std::vector<std::string>& unread() const { return m_unread; }

    // Policies that would look at an image of a pod in a namespace, in order; those with gaps too.
    std::vector<const ProvenancePolicy*> covering(
        const Reference& image, std::string_view ns, ProvenancePolicy::Check check) const;

private:
    bool isInScope(const ProvenancePolicy& policy, std::string_view ns) const;

    const cluster::Cluster& m_cluster;
    std::vector<ProvenancePolicy> m_policies;
    std::vector<std::string> m_unread;
};

// Does an image glob match? "*" stops at "/" unless starCrossesSlash; "**" never does; "?" is one character.
bool matchesGlob(std::string_view glob, std::string_view text, bool starCrossesSlash);

} // namespace plimsoll::images
