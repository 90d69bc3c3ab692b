// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/cluster/Cluster.h"
#include "core/format/Document.h"

// A second opinion on what may talk to what, written from the specification alone and without any of the code that it
// checks: it reads the raw text of the objects, loops over every policy and rule for each question and compares strings
// as strings. Slow and plain on purpose.
// Source: networking.k8s.io/v1 types.go and validation.go of Kubernetes 1.36; network-policy-api v0.1.5 (v1alpha1) and
// v0.2.0 (v1alpha2).
namespace plimsoll::test {

class Oracle {
public:
    enum class Answer : std::uint8_t { No, Yes, Unknown };
    enum class Way : std::uint8_t { Ingress, Egress };

    struct Ip {
        std::array<std::uint8_t, 16> bytes {}; // of IPv4 the first four
        bool isV6 = false;
        bool operator==(const Ip&) const = default;
    };
    // A pod by its index, or one address outside.
    struct End {
        int pod = -1;
        Ip ip {};
    };

    explicit Oracle(const cluster::Cluster& cluster);

    // "shop/web" or "203.0.113.7"; nothing when there is no such pod.
    std::optional<End> end(std::string_view text) const;
    const std::vector<std::string>& podNames() const { return m_podNames; } // "shop/web"; of live pods, sorted

    Answer allows(const End& from, const End& to, std::string_view protocol, int port) const;
    Answer allows(std::string_view from, std::string_view to, std::string_view protocol, int port) const;
    Answer side(Way way, const End& from, const End& to, std::string_view protocol, int port) const;

    // Does the policy select the pod in that direction?
    bool selects(cluster::ObjectId policy, Way way, const End& pod) const;
    // The rule at "/spec/ingress/0" or "/spec/egress/0" alone, for a pod that the policy selects.
    Answer ruleMatches(cluster::ObjectId policy, std::string_view pointer, const End& subject, const End& other,
        std::string_view protocol, int port) const;
    bool isIsolated(const End& pod, Way way) const; // by a NetworkPolicy
    // Numbers that rules of NetworkPolicies name, sorted.
    std::vector<int> portsNamed() const;

private:
    using Labels = std::map<std::string, std::string, std::less<>>;
    struct NamedPort {
        std::string name, protocol;
        int number = 0;
    };
    struct Pod {
        std::string ns, name, node;
        Labels labels;
        bool isHost = false;
        std::vector<Ip> ips;
        std::vector<NamedPort> ports;
    };
    struct Block {
        Ip base;
        int bits = 0;
    };
    enum class Form : std::uint8_t { NetworkPolicy, Admin, BaselineAdmin, Cluster };
    struct Policy {
        Form form = Form::NetworkPolicy;
        cluster::ObjectId object;
        std::string ns;
        format::Value spec;
        bool isBaseline = false;
        std::int64_t priority = 0;
    };
    struct NodeInfo {
        std::string name;
        Labels labels;
        std::vector<Ip> ips;
    };
    struct Question {
        Way way = Way::Ingress;
        End subject, other, destination;
        std::string_view protocol;
        int port = 0;
    };
    // What may come out of rules that are read in order: bits.
    enum Outcome : unsigned { None = 1, Allow = 2, Deny = 4, Pass = 8 };

    static std::optional<Ip> parseIp(std::string_view text);
    static std::optional<Block> parseBlock(std::string_view text);
    static bool contains(const Block& block, const Ip& ip);
    static bool contains(const Block& outer, const Block& inner);
    static bool isCovered(const Block& block, const std::vector<Block>& by);
    static Labels labelsOf(format::Value object);
    static bool isReadable(format::Value selector);
    static bool matches(format::Value selector, const Labels& labels);

    void read(const cluster::Cluster& cluster);
    void readPod(const std::string& ns, const std::string& name, format::Value root);
    void readPolicy(Form form, cluster::ObjectId object, const std::string& ns, format::Value root);
    const Labels& namespaceLabels(const std::string& ns) const;
    const Pod* podOf(const End& end) const;

    bool selectsPod(const Policy& policy, Way way, const Pod& pod) const;
    const std::vector<const Policy*>& selecting(const End& pod, Way way) const;

    Answer matchesAddress(const End& end, const std::vector<Block>& blocks, const std::vector<Block>& except) const;
    Answer matchesPeer(const Policy& policy, format::Value peer, const End& other) const;
    Answer matchesPeerCached(const Policy& policy, format::Value peer, const End& other) const;
    Answer matchesIpBlock(format::Value block, const End& other) const;
    bool matchesPort(format::Value entry, const Question& question, bool isBlock) const;
    bool hasNamedPort(const End& destination, std::string_view name, std::string_view protocol, int port) const;
    Answer matchesRule(const Policy& policy, format::Value rule, const Question& question) const;

    bool isReadableTierPeer(format::Value peer, Way way) const;
    Answer matchesTierPeer(format::Value peer, const End& other) const;
    Answer matchesTierPeerCached(const Policy& policy, format::Value peer, const End& other) const;
    bool matchesTierPort(const Policy& policy, format::Value rule, const Question& question) const;
    unsigned tierRule(const Policy& policy, format::Value rule, const Question& question) const;
    unsigned tierPolicy(const Policy& policy, const Question& question) const;
    unsigned tier(const std::vector<const Policy*>& policies, const Question& question) const;
    Answer decide(const Question& question) const;
    bool areOnOneNode(const End& from, const End& to) const;

    std::deque<format::Document> m_documents;
    std::vector<Pod> m_pods; // in order of m_podNames
    std::vector<std::string> m_podNames;
    std::map<std::string, Labels, std::less<>> m_namespaces;
    std::vector<NodeInfo> m_nodes;
    std::deque<Policy> m_policies;
    mutable std::map<std::pair<int, int>, std::vector<const Policy*>> m_selecting;
    mutable std::unordered_map<std::uint64_t, std::vector<signed char>> m_peers; // by policy and node of the peer
};

} // namespace plimsoll::test
