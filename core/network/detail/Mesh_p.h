// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/network/detail/Read_p.h"

// What the readers of Istio's policies share.
namespace plimsoll::network {

// Of the mesh configuration (ConfigMap "istio").
struct MeshConfig {
    std::string rootNamespace = "istio-system"; // policies there are those of the whole mesh
    std::vector<std::string> trustDomains; // own and aliases; all of them name the same identities
};
MeshConfig readMeshConfig(const cluster::Cluster& cluster);

// In one tier denying comes first: strict mTLS, then what an external authorizer may deny, then denying policies.
inline constexpr double meshStrictPriority = 0;
inline constexpr double meshCustomPriority = 0.5;
inline constexpr double meshDenyPriority = 1;
inline constexpr double meshAllowPriority = 2;

// Only proxies enforce, and TCP is all that they see.
TextRequirement isMeshPod();
PortTerms meshPorts(const PortSet& ports);

// The identity of a source, as its certificate has it: TRUST-DOMAIN/ns/NAMESPACE/sa/ACCOUNT. Pods outside the mesh have
// none: no positive list matches them, every negative one does.
class MeshIdentity final : public Expression {
public:
    enum class Kind : std::uint8_t { Principal, Namespace, ServiceAccount };
    struct List {
        Kind kind = Kind::Principal;
        bool isNot = false;
        std::vector<std::string> patterns; // any of them; of service accounts "NAMESPACE/NAME"
    };

    MeshIdentity(std::vector<List> lists, std::vector<std::string> trustDomains);
    bool isPositive() const; // only sources with an identity match
    bool matches(const LabelLookup& labels) const override;
    void collectKeys(std::vector<std::string>& keys) const override;
    std::string text() const override;

private:
    std::vector<List> m_lists; // all must hold
    std::vector<std::string> m_trustDomains;
};

// Pods for which a policy of mTLS is in force: not gateways, whose listeners have settings of their own, and none that
// another policy has taken.
class MeshRemainder final : public Expression {
public:
    struct Taken {
        std::optional<std::string> ns;
        std::vector<TextRequirement> labels; // equalities
        std::string text() const;
    };

    explicit MeshRemainder(std::vector<Taken> taken);
    bool matches(const LabelLookup& labels) const override;
    void collectKeys(std::vector<std::string>& keys) const override;
    std::string text() const override;

private:
    std::vector<Taken> m_taken;
};

void readAuthorizationPolicies(const ReadContext& context, const MeshConfig& config, PolicyDefs& out);
void readPeerAuthentications(const ReadContext& context, const MeshConfig& config, PolicyDefs& out);

} // namespace plimsoll::network
