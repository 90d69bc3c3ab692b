// SPDX-License-Identifier: Apache-2.0
// From policies as they were read to peers, groups of rules, and the groups that concern each class (its profile).
#include "core/network/detail/Read_p.h"
#include "core/network/detail/Compile_p.h"

#include <algorithm>
#include <tuple>

#include "core/base/Text.h"

namespace plimsoll::network {

using cluster::Cluster;

std::uint32_t Reach::Private::profileOfClass(Layer layer, std::uint32_t podClass) const
{
    const std::size_t at = indexOf(layer);
    if (base) {
        const auto found = changed[at].find(podClass);
        return found != changed[at].end() ? found->second : base->profileOfClass(layer, podClass);
    }
    return profileOf[at][podClass];
}

namespace {

class Compiler {
public:
    explicit Compiler(Reach::Private& model)
        : m_model(model)
        , m_pods(model.f())
        , m_selector(model)
    {
    }

    void add(const PolicyDefs& defs, bool areOfChanges)
    {
        m_areOfChanges = areOfChanges;
        for (const PolicyProblem& problem : defs.problems)
            m_model.problems.push_back({ problem.policy, problem.pointer, problem.what });
        for (const PolicyDef& def : defs.policies) {
            const auto policy = static_cast<std::uint32_t>(m_model.count(&Reach::Private::policies));
            m_model.policies.push_back({ def.object, m_areOfChanges, titleOf(def.object) });
            for (const Direction direction : bothDirections) {
                if (def.applies[indexOf(direction)])
                    addGroup(def, policy, direction);
            }
        }
    }

    std::array<std::vector<std::uint32_t>, layerCount> newGroups; // by layer

    Selector& selector() { return m_selector; }

private:
    std::string titleOf(cluster::ObjectId object) const
    {
        const Cluster& owner = m_areOfChanges ? *m_model.changes.added : *m_pods.cluster;
        return printable(owner.titleOf(object));
    }

    void addGroup(const PolicyDef& def, std::uint32_t policy, Direction direction)
    {
        const std::size_t at = indexOf(direction);
        const Layer layer = def.tier == meshTier ? Layer::Mesh
            : direction == Direction::Ingress    ? Layer::Ingress
                                                 : Layer::Egress;
        const std::uint32_t subject = m_selector.select(def.subject, def.selectsHostNetwork);
        const auto isAllow = [](const RuleDef& rule) { return rule.action == Action::Allow; };
        const bool isAllowOnly = std::ranges::all_of(def.rules[at], isAllow);
        const bool isDenyOnly = !def.rules[at].empty()
            && std::ranges::all_of(def.rules[at], [](const RuleDef& rule) { return rule.action == Action::Deny; });
        // Policies that only allow, of the same pods, are as one.
        const auto key = std::tuple(layer, def.tier.order, def.priority, def.tieBreak, subject, def.isolates[at]);
        std::uint32_t index = static_cast<std::uint32_t>(m_model.count(&Reach::Private::groups));
        if (isAllowOnly) {
            const auto [known, isNew] = m_allowGroups.try_emplace(key, index);
            index = known->second;
        }
        const std::size_t baseCount = m_model.base ? m_model.base->count(&Reach::Private::groups) : 0;
        if (index - baseCount == m_model.groups.size()) {
            Group group;
            group.subject = subject;
            group.tier = def.tier;
            group.priority = def.priority;
            group.tieBreak = def.tieBreak;
            group.isolates = def.isolates[at];
            group.isAllowOnly = isAllowOnly;
            group.isDenyOnly = isDenyOnly;
            m_model.groups.push_back(std::move(group));
            newGroups[indexOf(layer)].push_back(index);
        }
        Group& group = m_model.groups[index - baseCount];
        group.policies.push_back(policy);
        for (const RuleDef& rule : def.rules[at]) {
            if (direction == Direction::Egress && hasNamedPort(rule) && hasAddresses(rule)) {
                // The name of a port never matches a peer that is known by its address.
                for (const RuleDef& part : splitByPeers(rule))
                    group.rules.push_back(compiledRule(def, part, policy));
            } else {
                group.rules.push_back(compiledRule(def, rule, policy));
            }
        }
        const std::uint64_t owner = std::uint64_t { def.object.index } | (m_areOfChanges ? 1ULL << 32 : 0);
        m_model.groupsOfPolicy[owner].emplace_back(index, layer);
    }

    static bool isNamed(const PortTerm& term) { return !term.name.empty(); }
    static bool isByAddress(const PeerDef& peer) { return peer.kind == PeerDef::Kind::Addresses; }
    static bool hasNamedPort(const RuleDef& rule) { return std::ranges::any_of(rule.ports.terms, isNamed); }
    static bool hasAddresses(const RuleDef& rule) { return std::ranges::any_of(rule.peers, isByAddress); }
    static std::array<RuleDef, 2> splitByPeers(const RuleDef& rule)
    {
        std::array<RuleDef, 2> parts { rule, rule };
        std::erase_if(parts[0].peers, isByAddress);
        std::erase_if(parts[1].peers, [](const PeerDef& peer) { return !isByAddress(peer); });
        std::erase_if(parts[1].ports.terms, isNamed);
        return parts;
    }

    Rule compiledRule(const PolicyDef& def, const RuleDef& rule, std::uint32_t policy)
    {
        Rule out { .action = rule.action,
            .isMaybe = rule.isMaybe,
            .isL7 = rule.isL7,
            .policy = policy,
            .ports = portsOf(rule.ports),
            .peers = {},
            .pointer = rule.pointer,
            .reason = rule.reason };
        if (rule.isAnyPeer)
            out.peers.push_back(everybody());
        for (const PeerDef& peer : rule.peers)
            out.peers.push_back(peerOf(def, peer));
        return out;
    }

    std::uint32_t portsOf(const PortTerms& terms)
    {
        auto sorted = terms.terms;
        std::ranges::sort(sorted);
        const auto next = static_cast<std::uint32_t>(m_model.count(&Reach::Private::portTerms));
        const auto [at, isNew] = m_ports.try_emplace(std::pair(terms.isAll, sorted), next);
        if (isNew)
            m_model.portTerms.push_back({ terms.isAll, std::move(sorted) });
        return at->second;
    }

    std::uint32_t stored(std::string key, Peer peer)
    {
        const auto next = static_cast<std::uint32_t>(m_model.count(&Reach::Private::peers));
        const auto [at, isNew] = m_peers.try_emplace(std::move(key), next);
        if (isNew)
            m_model.peers.push_back(std::move(peer));
        return at->second;
    }

    std::uint32_t everybody()
    {
        Peer peer;
        peer.isEverybody = true;
        peer.text = "everybody";
        return stored("*", std::move(peer));
    }

    std::uint32_t peerOf(const PolicyDef& policy, const PeerDef& def)
    {
        Peer peer;
        peer.kind = def.kind;
        peer.scope = def.scope;
        peer.isHostMaybe = policy.selectsHostNetwork;
        peer.text = describe(def);
        if (def.kind == PeerDef::Kind::Pods)
            peer.classes = m_selector.select(def.pods, policy.selectsHostNetwork);
        else if (def.kind == PeerDef::Kind::Addresses)
            addAddresses(def, peer);
        else if (def.kind == PeerDef::Kind::Nodes)
            addNodes(def, peer);
        std::string key = peer.text + '\n' + std::to_string(static_cast<int>(peer.kind)) + ' '
            + std::to_string(static_cast<int>(peer.scope)) + (peer.isHostMaybe ? " h " : " - ")
            + (peer.isAlsoPods ? "p " : "- ") + std::to_string(peer.classes) + ' ' + std::to_string(peer.maybe);
        return stored(std::move(key), std::move(peer));
    }

    void addAddresses(const PeerDef& def, Peer& peer)
    {
        peer.isAlsoPods = def.isAlsoPods;
        if (!def.isOnlyPods)
            peer.addresses = def.addresses;
        if (!def.isAlsoPods)
            return;
        const std::string key = addressKey(def);
        const auto [at, isNew] = m_blocks.try_emplace(key);
        if (isNew) {
            std::vector<std::uint32_t> hit;
            for (const AddressRange& range : def.addresses) {
                const auto last = m_pods.classesByAtom.upper_bound(m_pods.atomOf({ range.last, range.isV6 }));
                for (auto i = m_pods.classesByAtom.lower_bound(m_pods.atomOf({ range.first, range.isV6 })); i != last;
                     ++i)
                    hit.insert(hit.end(), i->second.begin(), i->second.end());
            }
            auto maybe = def.addresses.empty() ? std::vector<std::uint32_t>() : m_pods.classesWithoutAddress;
            if (def.hasPodLimit) {
                const std::uint32_t limit = m_selector.select(def.pods, true);
                const auto isOutside = [&](std::uint32_t c) { return !m_model.set(limit).contains(c); };
                std::erase_if(hit, isOutside);
                std::erase_if(maybe, isOutside);
            }
            at->second = { storedSet(std::move(hit)), storedSet(std::move(maybe)) };
        }
        peer.classes = at->second.first;
        peer.maybe = at->second.second;
    }

    std::uint32_t storedSet(std::vector<std::uint32_t> ids)
    {
        std::ranges::sort(ids);
        ids.erase(std::ranges::unique(ids).begin(), ids.end());
        const auto host = std::ranges::lower_bound(ids, m_pods.hostClassBegin);
        std::vector<std::uint32_t> ofHost(host, ids.end());
        ids.erase(host, ids.end());
        return m_selector.store(std::move(ids), std::move(ofHost));
    }

    static std::string addressKey(const PeerDef& def)
    {
        std::string key;
        for (const AddressRange& range : def.addresses)
            key += toText(Address { range.first, range.isV6 }) + '-' + toText(Address { range.last, range.isV6 }) + ' ';
        if (def.hasPodLimit)
            key += describe(def);
        return key;
    }

    void addNodes(const PeerDef& def, Peer& peer)
    {
        for (std::uint32_t i = 0; i < m_pods.nodes.size(); ++i) {
            if (matches(def.nodes.terms, m_pods.nodes[i].labels))
                peer.nodes.push_back(i);
        }
    }

    Reach::Private& m_model;
    const Foundation& m_pods;
    Selector m_selector;
    bool m_areOfChanges = false;
    std::map<std::tuple<Layer, double, double, std::string, std::uint32_t, bool>, std::uint32_t> m_allowGroups;
    std::map<std::pair<bool, std::vector<PortTerm>>, std::uint32_t> m_ports;
    std::unordered_map<std::string, std::uint32_t> m_peers;
    std::unordered_map<std::string, std::pair<std::uint32_t, std::uint32_t>> m_blocks;
};

auto orderOf(const Group& group)
{
    return std::tuple<double, const std::string&, double, const std::string&>(
        group.tier.order, group.tier.name, group.priority, group.tieBreak);
}

// Orders the groups that concern a class and cuts them into stages and steps.
Profile profileFrom(const Reach::Private& model, std::vector<std::uint32_t> groups)
{
    Profile out;
    std::ranges::stable_sort(
        groups, [&](std::uint32_t a, std::uint32_t b) { return orderOf(model.group(a)) < orderOf(model.group(b)); });
    const Group* before = nullptr;
    for (const std::uint32_t index : groups) {
        const Group& group = model.group(index);
        if (!before || before->tier != group.tier)
            out.stages.emplace_back();
        Stage& stage = out.stages.back();
        if (stage.steps.empty() || orderOf(*before) != orderOf(group))
            stage.steps.emplace_back();
        stage.steps.back().groups.push_back(index);
        stage.deniesAtEnd = stage.deniesAtEnd || group.isolates;
        out.ruleCount += group.rules.size();
        before = &group;
    }
    for (Stage& stage : out.stages) {
        for (Step& step : stage.steps) {
            const auto isAll = [&](auto member) {
                return std::ranges::all_of(
                    step.groups, [&](std::uint32_t index) { return model.group(index).*member; });
            };
            step.isAmbiguous = step.groups.size() > 1 && !isAll(&Group::isAllowOnly) && !isAll(&Group::isDenyOnly);
        }
    }
    out.groups = std::move(groups);
    return out;
}

std::string groupsKey(const std::vector<std::uint32_t>& groups)
{
    return std::string(reinterpret_cast<const char*>(groups.data()), groups.size() * sizeof(std::uint32_t));
}

// The profiles of all classes, from the groups of each.
void assignProfiles(
    Reach::Private& model, Selector& selector, const std::array<std::vector<std::uint32_t>, layerCount>& groupsByLayer)
{
    model.profiles.emplace_back(); // nothing selects
    for (std::size_t layer = 0; layer < layerCount; ++layer) {
        std::vector<std::vector<std::uint32_t>> groupsOf(model.f().classes.size());
        for (const std::uint32_t group : groupsByLayer[layer]) {
            for (const std::uint32_t c : selector.expand(model.set(model.group(group).subject)))
                groupsOf[c].push_back(group);
        }
        std::unordered_map<std::string, std::uint32_t> known { { std::string(), 0u } };
        auto& out = model.profileOf[layer];
        out.reserve(groupsOf.size());
        for (auto& groups : groupsOf) {
            const auto [at, isNew]
                = known.try_emplace(groupsKey(groups), static_cast<std::uint32_t>(model.profiles.size()));
            if (isNew)
                model.profiles.push_back(profileFrom(model, std::move(groups)));
            out.push_back(at->second);
        }
    }
}

// Groups without the policies that were dropped: old group -> new one, noIndex when nothing is left.
std::map<std::uint32_t, std::uint32_t> withoutDropped(Reach::Private& model)
{
    std::map<std::uint32_t, std::uint32_t> replaced;
    for (const cluster::ObjectId object : model.changes.dropped) {
        const auto found = model.base->groupsOfPolicy.find(object.index);
        if (found == model.base->groupsOfPolicy.end())
            continue;
        for (const auto& [index, layer] : found->second) {
            const auto at = replaced.find(index);
            Group rest = model.group(at == replaced.end() ? index : at->second);
            const auto isDropped = [&](std::uint32_t policy) { return model.policy(policy).object == object; };
            std::erase_if(rest.policies, isDropped);
            std::erase_if(rest.rules, [&](const Rule& rule) { return isDropped(rule.policy); });
            if (rest.policies.empty()) {
                replaced[index] = noIndex;
                continue;
            }
            replaced[index] = static_cast<std::uint32_t>(model.count(&Reach::Private::groups));
            model.groups.push_back(std::move(rest));
        }
    }
    return replaced;
}

} // namespace

void compile(Reach::Private& model, const PolicyDefs& own, const PolicyDefs& added)
{
    Compiler compiler(model);
    compiler.add(own, false);
    compiler.add(added, true);
    if (!model.base) {
        assignProfiles(model, compiler.selector(), compiler.newGroups);
        return;
    }
    const auto replaced = withoutDropped(model);
    std::array<std::map<std::uint32_t, std::vector<std::uint32_t>>, layerCount> groupsOf; // of changed classes
    for (std::size_t layer = 0; layer < layerCount; ++layer) {
        const auto startFrom = [&](std::uint32_t c) -> std::vector<std::uint32_t>& {
            const auto [at, isNew] = groupsOf[layer].try_emplace(c);
            if (isNew) {
                for (const std::uint32_t group : model.base->profileFor(static_cast<Layer>(layer), c).groups) {
                    const auto other = replaced.find(group);
                    if (other == replaced.end())
                        at->second.push_back(group);
                    else if (other->second != noIndex)
                        at->second.push_back(other->second);
                }
            }
            return at->second;
        };
        for (const auto& [old, next] : replaced) {
            for (const std::uint32_t c : compiler.selector().expand(model.set(model.group(old).subject))) {
                const auto& before = model.base->profileFor(static_cast<Layer>(layer), c).groups;
                if (std::ranges::find(before, old) != before.end())
                    startFrom(c);
            }
        }
        for (const std::uint32_t group : compiler.newGroups[layer]) {
            for (const std::uint32_t c : compiler.selector().expand(model.set(model.group(group).subject)))
                startFrom(c).push_back(group);
        }
        std::unordered_map<std::string, std::uint32_t> known { { std::string(), 0u } };
        for (auto& [c, groups] : groupsOf[layer]) {
            const auto [at, isNew] = known.try_emplace(
                groupsKey(groups), static_cast<std::uint32_t>(model.count(&Reach::Private::profiles)));
            if (isNew)
                model.profiles.push_back(profileFrom(model, std::move(groups)));
            model.changed[layer].insert_or_assign(c, at->second);
        }
    }
}

} // namespace plimsoll::network
