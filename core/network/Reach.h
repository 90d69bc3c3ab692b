// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/Result.h"
#include "core/network/Address.h"
#include "core/network/Network.h"
#include "core/network/Ports.h"

// What can talk to what: NetworkPolicy v1, the tiers around it (ClusterNetworkPolicy v1alpha2, AdminNetworkPolicy and
// BaselineAdminNetworkPolicy v1alpha1), Cilium's and Calico's policies at L3 and L4, and Istio's authorization, decided
// for pods, workloads, Services and addresses.
// Source: Kubernetes 1.36 types.go and validation.go of networking.k8s.io/v1; network-policy-api v0.1.5 and v0.2.0;
// Cilium Documentation/security/policy; Calico's reference of its resources; Istio's reference of security.
//
// A connection needs the egress of its source, the ingress of its destination, and of the mesh. Each side names the
// policy and the rule that decided it, and on what the answer rests (Basis). What cannot be computed is Unknown, never
// left out. Answers are about policies as they are written; enforcement() says whether the plugin does what they say.
namespace plimsoll::network {

enum class Answer : std::uint8_t { Denied, Allowed, Unknown };
std::string_view toText(Answer answer); // "false", "true", "unknown"

enum class Basis : std::uint8_t {
    Policy, // a rule allows or denies it, or the policies that select the pod do not allow it
    DefaultOpen, // no policy selects the pod in that direction, or none decides
    Outside, // that end is no pod: no policy restricts it
    SpecException, // a pod and itself, a pod and its own node: always allowed
    UndefinedHostNetwork, // pods in the network of the node: the standard leaves it open
    UndefinedSnat, // the address that the policy sees is that of a node (externalTrafficPolicy Cluster)
    IpBlockOnPod, // depends on the address of a pod, which is not known or which the plugin does not look at
    NotEnforced, // the network plugin does not enforce policies
    Unevaluated, // a policy of an API that is not computed may decide otherwise
    Unreadable, // the source could not list the policies
    AmbiguousPriority, // policies of the same tier and priority disagree
    L7Restricted, // allowed at L4; the rule limits requests besides
    NeedsDns, // a rule names domains
    NoSuchPort, // of a Service, or a named port that the pod does not have
};
std::string_view toText(Basis basis); // "policy", "default-open", ...

inline constexpr std::uint32_t noIndex = std::numeric_limits<std::uint32_t>::max();

// One end of a connection: a pod by its index in Reach::pods(), or addresses.
struct Point {
    std::uint32_t pod = noIndex;
    AddressRange addresses {};

    bool isPod() const { return pod != noIndex; }
    static Point ofPod(std::uint32_t pod) { return { pod, {} }; }
    bool operator==(const Point&) const = default;
};

// A pod as the engine sees it: a live one, or what a template without live pods would make.
struct ReachPod {
    cluster::ObjectId object; // the pod, or the workload of the template
    cluster::WorkloadId workload;
    std::uint32_t ns = 0; // index into Reach::namespaceNames()
    std::uint32_t podClass = 0;
    cluster::PodSpecId spec;
    std::vector<Address> addresses;
    StringId node;
    bool isHostNetwork = false;
    bool isTemplate = false;
};

// Which part of the way a side is about.
enum class Layer : std::uint8_t { Egress, Ingress, Mesh };
std::string_view toText(Layer layer);

// How one side was decided.
struct Side {
    Answer answer = Answer::Allowed;
    Basis basis = Basis::DefaultOpen;
    cluster::ObjectId policy {}; // that decided; of a denial without a deny rule the first one that isolates the pod
    std::string pointer {}; // of the rule that decided, in the policy; "" when no rule did
    std::uint32_t selecting = 0; // policies that select the pod in the direction
    std::string remark {}; // what cannot be told, as a clause; of Unknown
    std::uint32_t policyIndex = noIndex; // of Reach's own
};

struct Verdict {
    Answer answer = Answer::Allowed; // as the policies are written
    Answer inForce = Answer::Allowed; // with what is known of the plugin that enforces them
    Side egress {}, ingress {};
    std::optional<Side> mesh {}; // when the destination is in the mesh and a policy of it concerns the pod
    Point from {}, to {}; // of a Service or a workload: the pod that the verdict is about
    Protocol protocol = Protocol::TCP;
    std::uint16_t port = 0; // on the destination; 0 = any (see Reach::decide)
    std::string note {}; // what limits the answer: "2 of 3 pods of the Service"

    const Side* side(Layer layer) const;
};

// What was asked about, resolved.
struct Endpoint {
    enum class Kind : std::uint8_t { Pod, Workload, Service, Addresses, External, All };
    Kind kind = Kind::Pod;
    std::string name; // as asked
    std::vector<Point> points; // by which it is reached; none = nothing there
    std::uint32_t service = noIndex; // into Cluster::services()
};

// Why a policy that selects the pod, or a rule of it, did not let a connection pass.
struct NearMiss {
    cluster::ObjectId policy;
    Layer layer = Layer::Ingress;
    std::string pointer; // of the rule; "/spec" when the policy has none in that direction
    std::string reason; // "other peers: pods with app=web in namespaces with team=a", "other ports: TCP 80"
    bool isPeerMatched = false; // only the port is missing
    std::string title = {}; // of the policy: "NetworkPolicy shop/web"
};
struct Explanation {
    Verdict verdict;
    std::vector<NearMiss> misses; // egress first, then by policy and rule; of many the nearest
    std::size_t omitted = 0; // further ones
    std::string change; // the smallest one that would turn the answer; "" when there is none here
};

// One row of the list of connections: the ports of one protocol.
struct Connection {
    std::string source, destination; // "NS/NAME[KIND]" or a CIDR
    Protocol protocol = Protocol::TCP;
    std::string ports; // "all" or "80,443,8000-8080"
    auto operator<=>(const Connection&) const = default;
};

// What enforces policies, in one word and one sentence.
struct EnforcementState {
    Plugin::Enforcement state = Plugin::Enforcement::Unknown;
    std::string plugin; // "Calico"; "" when none was recognised
    std::string sentence; // "Calico enforces NetworkPolicies"
};

// Which side of a connection a picture shows.
enum class Sides : std::uint8_t { Combined, IngressOnly, EgressOnly };

// How the pods of one namespace (or workload) reach those of another, on any port.
struct Cell {
    std::uint64_t pairs = 0; // of different pods
    std::uint64_t allowed = 0;
    std::uint64_t unknown = 0; // neither allowed nor denied for sure
    std::uint64_t open = 0; // of the allowed ones, those that no policy has a say in
    bool operator==(const Cell&) const = default;
};

// Policies other than those of the cluster: for what-if.
struct PolicyChanges {
    std::vector<cluster::ObjectId> dropped; // of the cluster
    std::shared_ptr<const cluster::Cluster> added; // its policies are read besides; all other objects are not
};

// Where one pod stands, and who says so.
struct PodPolicies {
    std::vector<cluster::ObjectId> selecting[2]; // by Direction, in order of evaluation
    std::vector<cluster::ObjectId> naming[2]; // policies of others whose rules of that direction match the pod as peer
    bool isIsolated[2] = { false, false };
};

// How far a namespace is covered.
struct Coverage {
    std::uint32_t pods = 0; // not in the network of the node
    std::uint32_t hostNetwork = 0;
    std::uint32_t isolated[2] = { 0, 0 }; // of pods, by Direction
    bool deniesByDefault[2] = { false, false }; // a pod without labels would be isolated and get no connection
    std::uint32_t policies = 0;
};

// Computes classes of pods that no policy can tell apart, and for each what its policies allow.
// Owns:    its tables, and keeps the cluster. Threads: immutable after construction; any number.
// Cost:    linear in pods, policies and what their selectors match; never pods times pods.
class Reach {
public:
    explicit Reach(std::shared_ptr<const cluster::Cluster> cluster, PolicyChanges changes = {});
    // A variant of another with other policies: costs what the changed policies select, unless they ask for labels or
    // addresses that none of the others asks for. Changes replace those of the other.
    Reach(const Reach& other, PolicyChanges changes);
    ~Reach();
    Reach(const Reach&) = delete;
    Reach& operator=(const Reach&) = delete;

    const cluster::Cluster& cluster() const;
    const EnforcementState& enforcement() const;
    std::span<const ReachPod> pods() const; // in namespace and name order; then templates
    std::span<const std::string> namespaceNames() const; // sorted; manifests without one are in "default"
    std::size_t classCount() const;
    std::size_t profileCount() const;
    struct Problem {
        cluster::ObjectId policy;
        std::string pointer, what;
    };
    std::span<const Problem> problems() const; // parts of policies that match nothing, in order of the policies
    // Policies of APIs that are not computed: answers they may change are Unknown.
    std::span<const cluster::ObjectId> unevaluated() const;

    // "NS/POD", "NS/SERVICE", "NS/WORKLOAD", "NS/WORKLOAD[KIND]", "pod/NS/NAME" and the like, "NS/*", "*", a CIDR, an
    // address, "external" (also "internet"). The same name of several kinds means the pod, else the Service, else the
    // workload. Errors: Usage.
    Result<Endpoint> endpoint(std::string_view text) const;

    // May a packet pass? For pods, or addresses that no policy tells apart. Port 0: a connection that no rule on ports
    // lets pass.
    Verdict decide(const Point& from, const Point& to, Protocol protocol, std::uint16_t port) const;
    // May any pod or address of one end reach any of the other? port is a number, the name of one (of the Service, or
    // of the pods), or "" for any. Errors: Usage. Of many pairs that of the best answer: Allowed before Unknown before
    // Denied.
    Result<Verdict> decide(const Endpoint& from, const Endpoint& to, Protocol protocol, std::string_view port) const;
    // All ports at once: those that are allowed for sure, and those that may be.
    struct Ports {
        PortSet certain, possible;
        bool operator==(const Ports&) const = default;
    };
    Ports ports(const Point& from, const Point& to, Sides sides = Sides::Combined) const;
    // The parts of a range that policies may tell apart for this pod, in order.
    std::vector<AddressRange> pieces(const Point& pod, const AddressRange& range) const;

    // One or two sentences for people and tables.
    std::string reason(const Verdict& verdict) const;
    std::string sideText(const Verdict& verdict, Layer layer) const;
    std::string nameOf(const Point& point) const; // "shop/web-1", "10.0.0.0/8"
    Explanation explain(const Verdict& verdict) const;

    // Every allowed connection between workloads and with addresses outside, sorted. Connections of a workload with
    // itself are left out; addresses are IPv4, and IPv6 where the cluster shows any. Like all counts of pairs, it
    // leaves out what only holds because a pod in the network of a node shares that node with the other end.
    std::vector<Connection> connections() const;
    // Those for which it cannot be told.
    std::vector<Connection> undecidedConnections() const;
    std::string workloadName(cluster::WorkloadId workload) const; // "NS/NAME[KIND]"
    std::span<const std::uint32_t> podsOf(cluster::WorkloadId workload) const; // indices into pods()
    std::span<const std::uint32_t> podsOfNamespace(std::uint32_t ns) const;

    // One row of the matrix of namespaces: by destination, in order of namespaceNames().
    std::vector<Cell> row(std::uint32_t ns, Sides sides) const;
    Cell cell(std::span<const std::uint32_t> from, std::span<const std::uint32_t> to, Sides sides) const; // of pods
    // Pairs of different pods of the whole cluster.
    Cell total() const;

    Coverage coverage(std::uint32_t ns) const;
    // All policies that are computed, each once, in order of objects.
    std::vector<cluster::ObjectId> policies() const;
    // Why it cannot be told what is allowed for pods of a namespace; "" when it can.
    std::string doubtOf(std::uint32_t ns, Direction direction) const;
    // Does a policy of the whole cluster select every pod of a namespace, whatever its labels?
    bool isConcerned(std::uint32_t ns) const;
    PodPolicies policiesOf(std::uint32_t pod) const;
    bool isIsolated(std::uint32_t pod, Direction direction) const;
    // Pods that a policy selects for a direction, as indices into pods().
    std::vector<std::uint32_t> selectedBy(cluster::ObjectId policy, Direction direction) const;
    // Pods that a rule of a policy matches as peers: index by JSON Pointer of the rule. isEverybody: all, outside too.
    struct RulePeers {
        std::string pointer;
        bool isEverybody = false;
        std::vector<std::uint32_t> pods;
        std::vector<AddressRange> addresses;
        bool matchesNothing() const { return !isEverybody && pods.empty() && addresses.empty(); }
    };
    std::vector<RulePeers> peersOf(cluster::ObjectId policy, Direction direction) const;

    struct Private; // core/network/detail/ReachModel_p.h
    const Private& model() const { return *m; }
    bool isVariantOf(const Reach& other) const; // shares the tables of that one, which is no variant

private:
    std::shared_ptr<Private> m;
};

} // namespace plimsoll::network
