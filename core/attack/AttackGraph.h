// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/attack/Techniques.h"
#include "core/base/Id.h"
#include "core/base/Progress.h"
#include "core/cluster/Cluster.h"
#include "core/cluster/Patch.h"

// Where an attacker may stand, and the steps from one place to another.
//
// What makes a step possible and can be taken away (a binding, a mounted token, a privileged flag, a Service) is a
// place of its own that the step leads through, so that a cut of the graph is a list of changes. Hubs ("every pod of
// shop") keep it linear: whoever may run commands in every pod of a namespace has one step to the hub.
// Pods of the same workload and pod spec are one place.
namespace plimsoll::access {
class Authorizers;
}
namespace plimsoll::components {
class Components;
}
namespace plimsoll::images {
struct ScanResults;
}
namespace plimsoll::network {
class Reach;
struct Exposure;
} // namespace plimsoll::network
namespace plimsoll::secrets {
class References;
}

namespace plimsoll::attack {

using PlaceId = Id<struct PlaceTag>; // into AttackGraph::places()
using FactId = Id<struct FactTag>; // into AttackGraph::facts()

// In the order in which places are told apart and sorted.
enum class PlaceKind : std::uint8_t {
    Outside, // anybody who reaches what is exposed
    User,
    Group,
    ServiceAccount,
    Binding, // RoleBinding or ClusterRoleBinding
    Grant, // the rights of a role in one scope
    Combination, // rights of one identity that only together make a step possible
    Entry, // an object that opens a way in from outside: Service, Ingress, host port
    Weakness, // a setting of a workload that opens a way
    PodsIn, // hubs: what there is in the namespace, or in all ("")
    AccountsIn,
    SecretsIn,
    ConfigMapsIn,
    VolumesIn,
    PeopleIn, // every user of a binding, or every user and group
    NodesIn, // every node of a pool: "worker" or "control plane"; "identity": every kubelet
    Workload, // running commands in, or changing, pods of one spec
    Container, // code of the attacker runs in it
    PodNetwork, // speaks with the address of the pod
    Node, // root on it
    NodeIdentity, // what its kubelet may do
    Secret, // knows its value
    Volume, // reads a PersistentVolumeClaim's data
    Image, // writes what the reference stands for
    Cloud, // an identity of the cloud
    Goal,
};
inline constexpr std::size_t placeKindCount = 26;
std::string_view toText(PlaceKind kind); // "Outside", "Service account", "Node identity"
std::string_view toPlural(PlaceKind kind);

enum class GoalKind : std::uint8_t {
    ClusterAdmin, // may do everything, or what gives that
    ControlPlane, // root where the API server or etcd runs
    NodeTakeover, // root on any node
    NamespaceAdmin, // of one namespace
    AllSecrets, // every Secret of the cluster, or all objects
    Interception, // reads or changes what others send
    CloudIdentity, // any
};
inline constexpr std::size_t goalKindCount = 7;
std::string_view toText(GoalKind goal); // "cluster-admin", "control plane", "node", ...

// How sure a step is.
enum class Certainty : std::uint8_t {
    Confirmed, // the objects decide it
    MayBeBlocked, // something named may refuse: an admission webhook, a policy
    NeedsFact, // depends on what the cluster does not hold: a fault in a program, a trust policy of the cloud
};
inline constexpr std::size_t certaintyCount = 3;
std::string_view toText(Certainty certainty); // "confirmed", "may be blocked", "needs a fact"

struct Place {
    static constexpr std::uint32_t noPart = std::numeric_limits<std::uint32_t>::max();
    PlaceKind kind = PlaceKind::Outside;
    GoalKind goal = GoalKind::ClusterAdmin; // of a Goal
    Technique technique = Technique::ContainerOwnsPod; // of Weakness and Combination: what it makes possible
    cluster::ObjectId object = {}; // in whose YAML it stands; none for users, groups, hubs, goals
    cluster::WorkloadId workload = {}; // of Workload, Container, PodNetwork, Weakness of one
    std::uint32_t part = noPart; // of Container and Weakness: index into PodSpec::containers
    // Views into the cluster or the graph. Empty ns: cluster-scoped, or a hub of all. Of Combination, Entry and
    // Weakness name is a clause for people.
    std::string_view ns = {};
    std::string_view name = {};
};

// Why a step is there, or is not certain. Texts are printable.
struct Reason {
    cluster::ObjectId object = {}; // the evidence; none = there is none in the source
    std::string pointer = {}; // RFC 6901 in the object
    std::string text = {}; // a clause: "rule 2 allows create pods/exec"
    cluster::ObjectId blocker = {}; // of MayBeBlocked, and of a refusal: what refuses
    std::string condition = {}; // of all but Confirmed: what must hold besides, a clause
};

struct Step {
    static constexpr std::uint32_t noReason = std::numeric_limits<std::uint32_t>::max();
    PlaceId to; // the other end: of a step in in() the place it comes from
    Technique technique = Technique::ContainerOwnsPod;
    Certainty certainty = Certainty::Confirmed;
    std::uint32_t reason = noReason; // into AttackGraph::reasons()
};

// Something that can be changed in the cluster, and what stands only as long as it is as it is.
struct Fact {
    enum class Kind : std::uint8_t { Binding, Role, Setting, Exposure, Label, Object };
    Kind kind = Kind::Setting;
    cluster::ObjectId object = {}; // to change: what a person edits
    std::string pointer = {}; // of the field; of a missing one where it would stand
    std::string text = {}; // what is the case: "container web of Deployment shop/web runs privileged"
    std::string fix = {}; // what to do about it: "remove privileged from container web"
    cluster::Patch patch = {}; // empty when no edit of one object decides it
    // Kubernetes' own defaults, or something that a person cannot take away without breaking the cluster: never
    // proposed as a fix, but counted.
    bool isFixed = false;
};

// A step that is not there for want of one condition: the answer to "why not?".
struct Refusal {
    PlaceId from, to;
    Technique technique = Technique::ContainerOwnsPod;
    std::uint32_t reason = Step::noReason; // what is missing, or who refuses
};

// What the graph is made from. Everything must outlive only the call, but for cluster, which is kept.
struct AttackInputs {
    std::shared_ptr<const cluster::Cluster> cluster;
    const access::Authorizers* authorizers = nullptr; // required
    const network::Reach* reach = nullptr; // required
    std::span<const network::Exposure> exposures = {};
    const components::Components* components = nullptr; // required
    const secrets::References* references = nullptr; // required
    const images::ScanResults* scans = nullptr; // null = no scanner's report is known
};

// Owns:    the cluster (shared). Threads: immutable; any number.
// Shape:   places in order of kind, namespace, name, object, part; steps of a place in order of their other end,
//          technique, certainty; never two of the same technique between two places.
class AttackGraph {
public:
    // Linear in pods, roles, bindings and references. Errors: Cancelled.
    static Result<std::shared_ptr<const AttackGraph>> make(const AttackInputs& inputs, Progress& progress);
    ~AttackGraph();

    const cluster::Cluster& cluster() const { return *m_cluster; }
    std::span<const Place> places() const { return m_places; }
    const Place& place(PlaceId id) const { return m_places[id.index]; }
    std::span<const Step> out(PlaceId id) const { return part(m_outStart, m_out, id); }
    std::span<const Step> in(PlaceId id) const { return part(m_inStart, m_in, id); }
    std::size_t stepCount() const { return m_out.size(); }
    // The number of a step in out(): 0 ... stepCount() - 1, in order of places. Of a step in in(): that of its twin.
    std::uint32_t firstStep(PlaceId id) const { return m_outStart[id.index]; }
    const Step& step(std::uint32_t number) const { return m_out[number]; }
    std::uint32_t firstInStep(PlaceId id) const { return m_inStart[id.index]; } // for numberOfIn()
    std::uint32_t numberOfIn(std::uint32_t position) const { return m_inTwin[position]; } // firstInStep(id) + i
    PlaceId origin(std::uint32_t number) const; // the place that a step of out() starts at
    const Reason* reasonOf(const Step& step) const
    {
        return step.reason == Step::noReason ? nullptr : &m_reasons[step.reason];
    }
    const Reason* reasonOf(const Refusal& refusal) const
    {
        return refusal.reason == Step::noReason ? nullptr : &m_reasons[refusal.reason];
    }

    std::span<const Fact> facts() const { return m_facts; }
    const Fact& fact(FactId id) const { return m_facts[id.index]; }
    // What a place stands on: without any one of these it is gone. Empty = nothing that a change takes away.
    std::span<const FactId> factsOf(PlaceId id) const { return part(m_factStart, m_placeFacts, id); }
    std::span<const PlaceId> placesOf(FactId id) const { return part(m_placeStart, m_factPlaces, id); }
    std::span<const Refusal> refusals() const { return m_refusals; } // in order of from, to

    PlaceId outside() const { return m_outside; }
    PlaceId goal(GoalKind kind) const; // but for NamespaceAdmin; none when nothing leads there
    PlaceId namespaceAdmin(std::string_view ns) const;
    std::span<const PlaceId> ofKind(PlaceKind kind) const;
    // Whether Kubernetes made the identity for itself (system:..., service accounts of kube-system's controllers), or
    // it is meant to administer: no ordinary start.
    bool isOrdinary(PlaceId id) const;

    // "outside", "user/ann", "serviceaccount/ci/deployer", "deployment/shop/web", "container/shop/web/nginx",
    // "node/n1", "secret/shop/db", "goal/cluster-admin", "goal/namespace-admin/shop", "pods/shop" (hub).
    std::string refOf(PlaceId id) const;
    // Also names that mean one place: "internet", "anonymous", "cluster-admin", "control-plane", "secrets".
    PlaceId find(std::string_view ref) const;
    // The place of an object of the cluster: of a workload its first spec; none for others.
    PlaceId find(cluster::ObjectId object) const;
    std::string titleOf(PlaceId id) const; // "Deployment shop/web", "container nginx of Deployment shop/web"
    std::vector<PlaceId> search(std::string_view text, std::size_t most) const; // as EntityGraph::search
    // "ServiceAccount ci/deployer runs commands in every pod of shop".
    std::string sentenceOf(std::uint32_t step) const;

private:
    friend class GraphBuilder; // core/attack/detail/Builder_p.h fills it
    AttackGraph() = default;
    template <class T>
    static std::span<const T> part(const std::vector<std::uint32_t>& start, const std::vector<T>& all, PlaceId id)
    {
        return std::span(all).subspan(start[id.index], start[id.index + 1] - start[id.index]);
    }
    template <class T>
    static std::span<const T> part(const std::vector<std::uint32_t>& start, const std::vector<T>& all, FactId id)
    {
        return std::span(all).subspan(start[id.index], start[id.index + 1] - start[id.index]);
    }

    std::shared_ptr<const cluster::Cluster> m_cluster;
    std::vector<Place> m_places;
    std::vector<std::uint32_t> m_outStart, m_inStart;
    std::vector<Step> m_out, m_in;
    std::vector<std::uint32_t> m_inTwin; // by position in m_in: the number of the step in m_out
    std::vector<Reason> m_reasons;
    std::vector<Fact> m_facts;
    std::vector<std::uint32_t> m_factStart, m_placeStart;
    std::vector<FactId> m_placeFacts;
    std::vector<PlaceId> m_factPlaces;
    std::vector<Refusal> m_refusals;
    std::vector<std::vector<PlaceId>> m_ofKind;
    std::vector<std::uint8_t> m_ordinary; // by PlaceId
    std::deque<std::string> m_texts; // behind views in places
    PlaceId m_outside;
};

} // namespace plimsoll::attack
