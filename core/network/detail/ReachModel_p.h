// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/network/Reach.h"
#include "core/network/detail/PolicyDef_p.h"

// The compiled form of the policies of a cluster.
//
//   ReachFoundation  pods, namespaces, classes of pods: what selectors are evaluated on
//   ReachCompile     selections, peers, rules, and which of them concern each class (profiles)
//   ReachEvaluate    one packet: which rule decides. Tables: one profile against all classes, ports as sets
namespace plimsoll::network {

inline constexpr std::array bothDirections { Direction::Ingress, Direction::Egress };
inline constexpr std::size_t layerCount = 3;
inline std::size_t indexOf(Direction direction)
{
    return static_cast<std::size_t>(direction);
}
inline std::size_t indexOf(Layer layer)
{
    return static_cast<std::size_t>(layer);
}
inline Direction directionOf(Layer layer)
{
    return layer == Layer::Egress ? Direction::Egress : Direction::Ingress;
}

using Symbol = std::uint32_t; // an interned label key or value
struct SymbolLabel {
    Symbol key = noIndex, value = noIndex;
    auto operator<=>(const SymbolLabel&) const = default;
};
using SymbolLabels = std::vector<SymbolLabel>; // sorted

class Symbols {
public:
    Symbol intern(std::string_view text);
    Symbol find(std::string_view text) const; // noIndex when it was never interned
    std::string_view text(Symbol symbol) const { return *m_texts[symbol]; }

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
    };
    std::unordered_map<std::string, Symbol, Hash, std::equal_to<>> m_symbols;
    std::vector<const std::string*> m_texts;
};

struct SymbolTerm {
    Symbol key = noIndex;
    cluster::Requirement::Operator op = cluster::Requirement::Operator::Invalid;
    std::vector<Symbol> values; // sorted
    auto operator<=>(const SymbolTerm&) const = default;
};
struct SymbolSelection {
    std::vector<SymbolTerm> terms; // sorted
    std::shared_ptr<const Expression> expression;
    bool isEmpty() const { return terms.empty() && !expression; }
};

struct NamedPort {
    std::string name;
    Protocol protocol = Protocol::TCP;
    std::uint16_t port = 0;
    auto operator<=>(const NamedPort&) const = default;
};

// Pods that no policy tells apart. Those in the network of the node have the highest indices.
struct PodClass {
    std::uint32_t ns = 0;
    SymbolLabels labels; // of keys that a selector names
    std::uint32_t signature = 0; // of named ports
    bool isHostNetwork = false;
    bool hasAddress = false;
    std::uint32_t node = noIndex; // of those in its network, when a policy asks for nodes
    std::vector<std::uint32_t> atoms; // of its addresses, sorted
    std::vector<std::uint32_t> pods; // indices into pods
};

struct NamespaceInfo {
    SymbolLabels labels; // all of them
    std::vector<std::uint32_t> classes, hostClasses; // sorted
    std::vector<std::uint32_t> pods;
};

struct NodeInfo {
    StringId name;
    TextLabels labels;
    std::vector<Address> addresses;
};

// What the pods and namespaces of a cluster are, with regard to what selectors ask for. Shared by what-if variants.
struct Foundation {
    explicit Foundation(std::shared_ptr<const cluster::Cluster> ofCluster)
        : cluster(std::move(ofCluster))
    {
    }
    std::shared_ptr<const cluster::Cluster> cluster;
    Symbols symbols; // of everything that selectors name and pods have for it
    std::vector<std::string> namespaceNames; // sorted
    std::vector<NamespaceInfo> namespaces;
    std::unordered_map<std::string, std::uint32_t> namespaceByName;
    std::map<SymbolLabel, std::vector<std::uint32_t>> namespacesByLabel;
    std::vector<ReachPod> pods;
    std::vector<PodClass> classes;
    std::uint32_t hostClassBegin = 0;
    std::vector<std::vector<NamedPort>> signatures; // 0 = none
    std::vector<std::vector<std::uint32_t>> classesBySignature;
    std::unordered_map<std::uint64_t, std::vector<std::uint32_t>> classesByLabel; // key << 32 | value; all classes
    std::vector<std::string> mentioned; // keys of labels of pods that selectors name; sorted
    std::set<std::string> portNames; // that rules name
    std::array<std::vector<Uint128>, 2> cuts; // by family, sorted: where a block begins or has just ended
    std::map<std::uint32_t, std::vector<std::uint32_t>> classesByAtom; // those with an address between two cuts
    std::vector<std::uint32_t> classesWithoutAddress;
    std::vector<NodeInfo> nodes; // in name order
    std::unordered_map<StringId, std::uint32_t> nodeByName;
    std::map<std::pair<bool, Uint128>, std::uint32_t> nodeByAddress;
    std::map<std::pair<bool, Uint128>, std::uint32_t> podByAddress; // not of those in the network of the node
    std::unordered_map<std::string, std::uint32_t> podByName; // "ns/name" of live pods
    std::vector<std::vector<std::uint32_t>> podsByWorkload; // by WorkloadId
    std::unordered_map<std::string, std::vector<std::uint32_t>> workloadsByName; // "ns/name": indices of workloads
    std::unordered_map<std::string, std::uint32_t> serviceByName; // "ns/name"
    bool hasIpv6 = false;

    // A workload as one end of connections.
    struct End {
        std::string name; // "NS/NAME[KIND]"
        std::vector<std::uint32_t> classes;
        std::vector<std::uint32_t> pods; // one of each class
        cluster::WorkloadId workload;
    };
    struct Ends {
        std::vector<End> list; // by name; workloads without pods are left out
        std::vector<std::uint32_t> ofWorkload; // noIndex for those
    };
    const Ends& ends() const; // made when first asked for

    std::uint32_t atomOf(const Address& address) const; // nothing tells addresses of one atom apart
    bool isMentioned(std::string_view key) const;
    std::uint32_t nodeNamed(StringId name) const;

private:
    mutable std::once_flag m_endsMade;
    mutable Ends m_ends;
};

std::string workloadNameOf(const cluster::Cluster& cluster, cluster::WorkloadId workload);

// A set of classes; those in the network of the node apart.
struct ClassSet {
    std::vector<std::uint32_t> ids; // sorted, below Foundation::hostClassBegin
    bool isComplement = false; // ids are those that are not in it
    std::vector<std::uint32_t> host; // sorted
    std::uint32_t hostBegin = noIndex; // Foundation::hostClassBegin

    bool contains(std::uint32_t podClass) const;
    bool isEmpty() const { return !isComplement && ids.empty() && host.empty(); }
};

// Whom a rule is about. Equal ones are stored once.
struct Peer {
    bool isEverybody = false;
    PeerDef::Kind kind = PeerDef::Kind::Pods;
    std::uint32_t classes = noIndex; // into sets: that match for sure
    std::uint32_t maybe = noIndex; // into sets: that may match
    bool isAlsoPods = true; // of Addresses: pods and nodes that have one of them
    bool isHostMaybe = false; // of Pods: a selector that matches pods in the network of the node
    std::vector<AddressRange> addresses; // outside
    std::vector<std::uint32_t> nodes; // sorted
    PeerDef::NodeScope scope = PeerDef::NodeScope::All;
    std::string text; // for people: "pods with app=web in namespace shop"
};

struct Rule {
    Action action = Action::Allow;
    bool isMaybe = false;
    bool isL7 = false;
    std::uint32_t policy = 0;
    std::uint32_t ports = 0; // into portTerms
    std::vector<std::uint32_t> peers;
    std::string pointer;
    std::string reason; // of isMaybe
};

// Rules of policies that select the same pods in one direction, of one priority.
struct Group {
    std::vector<std::uint32_t> policies; // ascending
    std::vector<Rule> rules; // by policy, then in order
    std::uint32_t subject = noIndex; // into sets
    Tier tier;
    double priority = 0;
    std::string tieBreak;
    bool isolates = false;
    bool isAllowOnly = true; // then the order of rules and groups means nothing
    bool isDenyOnly = true;
};

struct Policy {
    cluster::ObjectId object;
    bool isOfChanges = false; // the object is one of PolicyChanges::added
    std::string title; // "NetworkPolicy shop/web"
};

// Evaluated in order; groups of one step have the same priority.
struct Step {
    std::vector<std::uint32_t> groups;
    bool isAmbiguous = false; // their order matters and is not defined
};
struct Stage {
    std::vector<Step> steps;
    bool deniesAtEnd = false;
};
struct Profile {
    std::vector<std::uint32_t> groups; // in order of evaluation
    std::vector<Stage> stages;
    std::size_t ruleCount = 0;
};

class PairTables; // ReachPairs_p.h

struct Reach::Private {
    explicit Private(std::shared_ptr<const Foundation> ofPods)
        : pods(std::move(ofPods))
    {
    }
    std::shared_ptr<const Foundation> pods;
    // Of a what-if variant: what it has in common with another; indices below the sizes of that are its.
    std::shared_ptr<const Reach::Private> base;
    PolicyChanges changes;

    EnforcementState enforcement;
    bool doBlocksMatchPods = true;
    std::vector<std::vector<std::uint32_t>> policiesIn; // by namespace: indices of Cluster::networkPolicies()
    std::vector<bool>
        isConcerned; // by namespace: a policy of the whole cluster selects its pods, whatever their labels
    std::vector<std::string> unreadable; // by namespace: why NetworkPolicies could not be listed; "" = they could
    std::vector<Reach::Problem> problems;
    std::vector<cluster::ObjectId> unevaluated;
    struct Unevaluated {
        cluster::ObjectId object;
        std::uint32_t ns = noIndex; // noIndex = all
        bool isAboutLeaving = false; // concerns only what leaves the cluster
    };
    std::vector<Unevaluated> unevaluatedIn;

    std::vector<Policy> policies;
    std::vector<ClassSet> sets;
    std::vector<Peer> peers;
    std::vector<PortTerms> portTerms;
    std::vector<Group> groups;
    std::vector<Profile> profiles; // 0 = nothing selects
    std::array<std::vector<std::uint32_t>, layerCount> profileOf; // by class; of a variant: empty, see changed
    std::array<std::unordered_map<std::uint32_t, std::uint32_t>, layerCount> changed; // by class, of a variant
    std::unordered_map<std::uint64_t, std::vector<std::pair<std::uint32_t, Layer>>> groupsOfPolicy; // by object

    // Made when first asked for.
    const PairTables& pairTables() const;
    mutable std::once_flag pairTablesMade;
    mutable std::shared_ptr<const PairTables> pairs;

    const Foundation& f() const { return *pods; }
    const ClassSet& set(std::uint32_t id) const { return of(&Private::sets, id); }
    const Peer& peer(std::uint32_t id) const { return of(&Private::peers, id); }
    const PortTerms& terms(std::uint32_t id) const { return of(&Private::portTerms, id); }
    const Group& group(std::uint32_t id) const { return of(&Private::groups, id); }
    const Policy& policy(std::uint32_t id) const { return of(&Private::policies, id); }
    const Profile& profile(std::uint32_t id) const { return of(&Private::profiles, id); }
    std::size_t profileCount() const { return profiles.size() + (base ? base->profileCount() : 0); }
    std::uint32_t profileOfClass(Layer layer, std::uint32_t podClass) const;
    const Profile& profileFor(Layer layer, std::uint32_t podClass) const
    {
        return profile(profileOfClass(layer, podClass));
    }

    enum class Match : std::uint8_t { No, Yes, Maybe };
    // The other end of a connection, as peers see it.
    struct Other {
        std::uint32_t podClass = noIndex; // else
        AddressRange addresses {}; // within one piece
        std::uint32_t node = noIndex; // whose address it is, or in whose network the pod is
        std::optional<bool> isOwnNode; // of the subject; nothing for classes
        bool isPodAddress = false; // an address that a pod has
        std::uint32_t signature = 0; // of named ports, when it is a destination
    };
    Other otherOf(const Point& point, const Point& subject) const;
    Match match(const Peer& peer, const Other& other) const;
    Match match(const Rule& rule, const Other& other) const;
    bool hasPort(const PortTerms& terms, std::uint32_t signature, Protocol protocol, std::uint16_t port) const;
    PortSet resolve(const PortTerms& terms, std::uint32_t signature) const;

    bool isOnOwnNode(const Point& pod, const Point& other) const;
    // Why a side cannot be told at all, for pods of a namespace.
    std::optional<Side> undecidable(std::uint32_t ns, bool isOtherOutside, Layer layer) const;
    Side decideSide(Layer layer, const Point& subject, const Point& peer, Protocol protocol, std::uint16_t port) const;

    std::string policyTitle(const Side& side) const;

private:
    template <class Row> const Row& of(std::vector<Row> Private::*member, std::uint32_t id) const
    {
        std::uint32_t at = id;
        if (base) {
            const std::size_t count = base->count(member);
            if (at < count)
                return base->of(member, at);
            at -= static_cast<std::uint32_t>(count);
        }
        return (this->*member)[at];
    }

public:
    template <class Member> std::size_t count(Member member) const
    {
        return (this->*member).size() + (base ? base->count(member) : 0);
    }
};

// Reads the policies of every API that is computed.
PolicyDefs readPolicies(const ReadContext& context);
// ReachFoundation.cpp
std::shared_ptr<const Foundation> makeFoundation(
    std::shared_ptr<const cluster::Cluster> cluster, std::span<const PolicyDefs* const> policies);
TextLabels labelsOf(const cluster::Cluster& cluster, const ReachPod& pod);
// ReachCompile.cpp
// Fills all tables, or adds to those of the base. `added` are those of the changes.
void compile(Reach::Private& model, const PolicyDefs& own, const PolicyDefs& added);
// ReachText.cpp
std::string textOf(const std::vector<AddressRange>& ranges); // "10.0.0.0/8, 192.168.0.0/16"

} // namespace plimsoll::network
