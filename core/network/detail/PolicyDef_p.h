// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/network/Address.h"
#include "core/network/Network.h"
#include "core/network/Ports.h"

// One form for the policies of every API, which the engine evaluates: NetworkPolicy, AdminNetworkPolicy,
// ClusterNetworkPolicy, Cilium, Calico, Istio. Readers (Read*.cpp) translate into it and leave nothing out silently:
// what they cannot express becomes a rule that may match (isMaybe) with the reason.
//
// Order of evaluation for one pod and direction: tiers by their order; in a tier, policies by priority; in a policy,
// rules in order; the first rule that matches decides. Policies of one tier and priority that disagree are ambiguous.
// A tier in which a policy that selects the pod isolates it denies what nothing in it decided; else the next tier
// decides; after the last, all is allowed.
namespace plimsoll::network {

// A test of the labels of a pod that terms cannot say (the selector language of Calico, patterns of Istio).
// Labels are looked up by key; besides those of the pod there are (all of them "" or absent as the object has it):
//   @namespace            name of the namespace          @namespace/KEY       label KEY of the namespace
//   @serviceaccount       name of the service account    @serviceaccount/KEY  label KEY of the service account
//   @mesh                 "true" when the pod is in the service mesh, else absent
using LabelLookup = std::function<std::optional<std::string_view>(std::string_view key)>;
class Expression {
public:
    virtual ~Expression() = default;
    virtual bool matches(const LabelLookup& labels) const = 0;
    virtual void collectKeys(std::vector<std::string>& keys) const = 0; // all that matches() may look up
    virtual std::string text() const = 0; // equal text = equal meaning
};

// Terms are ANDed, and the expression with them. Empty matches everything. Keys with "@" as above.
struct Selection {
    std::vector<TextRequirement> terms;
    std::shared_ptr<const Expression> expression;
    bool isEmpty() const { return terms.empty() && !expression; }
};

struct PodSelection {
    std::optional<std::string> ns; // pods of this namespace alone
    Selection namespaces; // by labels of the namespace
    Selection pods;
    bool isNever = false; // the selector is broken: it matches nothing
};

struct PeerDef {
    enum class Kind : std::uint8_t {
        Pods, // by labels; not those in the network of the node
        Addresses,
        Nodes, // of the cluster, with the pods in their network; by labels of the node
        Outside, // every address that belongs to no pod and no node
        Domains, // addresses that only DNS knows: may match what is outside
        Unreadable, // may match anything
    };
    Kind kind = Kind::Pods;
    PodSelection pods {};
    std::vector<AddressRange> addresses {}; // sorted and disjoint, exceptions taken out
    bool isAlsoPods = true; // of Addresses: they match pods (and nodes) that have one of them
    // Of Addresses: pods with one of them must also be selected by `pods` (Calico joins both); outside addresses match
    // alone.
    bool hasPodLimit = false;
    bool isOnlyPods = false; // of Addresses: what is outside does not match
    Selection nodes {};
    enum class NodeScope : std::uint8_t { All, Own, Others };
    NodeScope scope = NodeScope::All; // of Nodes: that on which the pod runs, or the others
    std::string text {}; // of Domains and Unreadable: which, and why
};

struct PortTerm {
    bool isAnyProtocol = false;
    Protocol protocol = Protocol::TCP;
    PortRange range {}; // all ports by default
    std::string name {}; // instead of the range: a port of the destination pod with this name
    bool operator==(const PortTerm&) const = default;
    auto operator<=>(const PortTerm&) const = default;
};
struct PortTerms {
    bool isAll = true; // every port of every protocol; then there are no terms
    std::vector<PortTerm> terms;
};

enum class Action : std::uint8_t { Allow, Deny, Pass }; // Pass: the next tier decides

struct RuleDef {
    Action action = Action::Allow;
    std::string pointer {}; // JSON Pointer in the policy: "/spec/ingress/0"
    bool isAnyPeer = false; // everybody, what is outside and nodes included; then there are no peers
    std::vector<PeerDef> peers {}; // any of them; none matches nobody
    PortTerms ports {};
    bool isMaybe = false; // whether it matches depends on what is not modelled
    std::string reason {}; // of isMaybe, as a clause: "it matches by source port"
    bool isL7 = false; // an allow rule that looks at requests besides: allowed at L4, limited above
};

struct Tier {
    double order = 0; // lower first
    std::string name;
    auto operator<=>(const Tier&) const = default;
};
inline const Tier adminTier { 1'000, "admin" };
inline const Tier standardTier { 1'000'000, "NetworkPolicy" }; // Calico's "default" tier as well
inline const Tier baselineTier { 10'000'000, "baseline" };
inline const Tier meshTier { 100'000'000, "mesh" }; // judged besides all others: both must allow (Istio)
inline constexpr double standardPriority = 1'000; // of NetworkPolicies in their tier, as Calico orders them

struct PolicyDef {
    cluster::ObjectId object;
    Tier tier = standardTier;
    double priority = standardPriority;
    std::string tieBreak {}; // orders policies of one priority; "" = their order is not defined
    PodSelection subject {};
    bool selectsHostNetwork = false; // pods in the network of the node are selected; what becomes of them is undefined
    std::array<bool, 2> applies {}; // by Direction: it has a say in it
    std::array<bool, 2> isolates {}; // by Direction: its tier denies what no rule allows
    std::array<std::vector<RuleDef>, 2> rules {}; // by Direction, in order
};

// A policy, or a part of one, that the API server or the plugin would refuse and that therefore matches nothing.
struct PolicyProblem {
    cluster::ObjectId policy;
    std::string pointer;
    std::string what;
};

struct PolicyDefs {
    std::vector<PolicyDef> policies;
    std::vector<PolicyProblem> problems;
};

// What of the cluster decides how policies are read.
struct ReadContext {
    const cluster::Cluster& cluster;
    bool doBlocksMatchPods = true; // not with Cilium
};
void readNetworkPolicies(const ReadContext& context, PolicyDefs& out); // networking.k8s.io/v1
void readAdminPolicies(const ReadContext& context, PolicyDefs& out); // policy.networking.k8s.io
void readCiliumPolicies(const ReadContext& context, PolicyDefs& out); // cilium.io/v2
void readCalicoPolicies(const ReadContext& context, PolicyDefs& out); // projectcalico.org, crd.projectcalico.org
void readMeshPolicies(const ReadContext& context, PolicyDefs& out); // security.istio.io

// Is a pod (spec, annotations, labels of pod and namespace) in the service mesh? Of Istio, sidecar or ambient.
bool isInMesh(const cluster::Cluster& cluster, const cluster::PodSpec& spec, const TextLabels& podLabels,
    const cluster::Namespace* ns, bool isTemplate);

} // namespace plimsoll::network
