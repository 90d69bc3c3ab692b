// SPDX-License-Identifier: Apache-2.0
// Profiles against all classes at once: only classes that a rule names get a state of their own.
#include "core/network/detail/ReachTables_p.h"

#include <algorithm>

#include "core/base/Hash.h"

namespace plimsoll::network {

using Match = Reach::Private::Match;
using Other = Reach::Private::Other;
using Id = PortPool::Id;

PortPool::PortPool()
{
    intern(PortSet());
    intern(PortSet::all());
}

Id PortPool::intern(const PortSet& set)
{
    const auto [at, isNew] = m_ids.try_emplace(set, static_cast<Id>(m_sets.size()));
    if (isNew)
        m_sets.push_back(set);
    return at->second;
}

namespace {

std::uint64_t pairKey(std::uint32_t a, std::uint32_t b)
{
    return (std::uint64_t { a } << 32) | b;
}

} // namespace

Id PortPool::unite(Id a, Id b)
{
    if (a == b || b == empty || a == all)
        return a;
    if (a == empty || b == all)
        return b;
    const auto [at, isNew] = m_unions.try_emplace(pairKey(std::min(a, b), std::max(a, b)), empty);
    if (isNew) {
        PortSet both = m_sets[a];
        both.add(m_sets[b]);
        at->second = intern(both);
    }
    return at->second;
}

Id PortPool::intersect(Id a, Id b)
{
    if (a == b || a == empty || b == all)
        return a;
    if (b == empty || a == all)
        return b;
    const auto [at, isNew] = m_intersections.try_emplace(pairKey(std::min(a, b), std::max(a, b)), empty);
    if (isNew)
        at->second = intern(m_sets[a].intersection(m_sets[b]));
    return at->second;
}

bool PortPool::intersects(Id a, Id b) const
{
    if (a == empty || b == empty)
        return false;
    return a == all || b == all || a == b || m_sets[a].intersects(m_sets[b]);
}

Id PortPool::minus(Id a, Id b)
{
    if (a == empty || b == empty)
        return a;
    if (a == b || b == all)
        return empty;
    const auto [at, isNew] = m_differences.try_emplace(pairKey(a, b), empty);
    if (isNew)
        at->second = intern(m_sets[a].without(m_sets[b]));
    return at->second;
}

const Outcome& SideTable::at(std::uint32_t podClass) const
{
    const auto found = std::ranges::lower_bound(entries, podClass, {}, &std::pair<std::uint32_t, Outcome>::first);
    return found != entries.end() && found->first == podClass ? found->second : base;
}

std::size_t Evaluator::StateHash::operator()(const State& state) const
{
    return mixHash(
        mixHash(pairKey(state.certain, state.possible), pairKey(state.allowedCertain, state.allowedPossible)),
        pairKey(state.nextCertain, state.nextPossible));
}

Evaluator::Evaluator(const Reach::Private& model)
    : m_model(model)
    , m_stateOf(model.f().classes.size())
    , m_isTouched(model.f().classes.size())
    , m_isExcluded(model.f().classes.size())
{
    intern(State());
    const auto count = static_cast<std::uint32_t>(model.count(&Reach::Private::portTerms));
    for (std::uint32_t i = 0; i < count; ++i)
        m_isNamed.push_back(
            std::ranges::any_of(model.terms(i).terms, [](const PortTerm& term) { return !term.name.empty(); }));
}

SideKey Evaluator::keyOf(Layer layer, std::uint32_t podClass) const
{
    const PodClass& own = m_model.f().classes[podClass];
    SideKey key;
    key.layer = layer;
    key.profile = m_model.profileOfClass(layer, podClass);
    if (layer == Layer::Ingress)
        key.meshProfile = m_model.profileOfClass(Layer::Mesh, podClass);
    if (layer == Layer::Ingress && (key.profile != 0 || key.meshProfile != 0))
        key.signature = own.signature;
    key.isHost = own.isHostNetwork;
    key.isUndecidable = m_model.undecidable(own.ns, false, layer).has_value();
    return key;
}

Evaluator::StateId Evaluator::intern(const State& state)
{
    const auto [at, isNew] = m_stateIds.try_emplace(state, static_cast<StateId>(m_states.size()));
    if (isNew)
        m_states.push_back(state);
    return at->second;
}

Evaluator::StateId Evaluator::apply(StateId state, Action action, Match match, Id ports)
{
    if (match == Match::No || ports == PortPool::empty)
        return state;
    const std::uint64_t key = (std::uint64_t { state } << 35) | (std::uint64_t { ports } << 3)
        | (static_cast<std::uint64_t>(action) << 1) | (match == Match::Maybe ? 1u : 0u);
    const auto [at, isNew] = m_applied.try_emplace(key, state);
    if (!isNew)
        return at->second;
    State next = m_states[state];
    const bool isSure = match == Match::Yes;
    const Id certain = pool.intersect(next.certain, ports);
    const Id possible = pool.intersect(next.possible, ports);
    if (action == Action::Allow) {
        if (isSure)
            next.allowedCertain = pool.unite(next.allowedCertain, certain);
        next.allowedPossible = pool.unite(next.allowedPossible, possible);
    } else if (action == Action::Pass) {
        if (isSure)
            next.nextCertain = pool.unite(next.nextCertain, certain);
        next.nextPossible = pool.unite(next.nextPossible, possible);
    }
    // In the worst case a doubtful denial denies and a doubtful allowance does not allow; in the best the other way.
    if (isSure || action != Action::Allow)
        next.certain = pool.minus(next.certain, ports);
    if (isSure || action == Action::Allow)
        next.possible = pool.minus(next.possible, ports);
    const StateId id = intern(next);
    m_applied[key] = id;
    return id;
}

Evaluator::StateId Evaluator::endStage(StateId state, bool denies)
{
    State next = m_states[state];
    next.certain = denies ? next.nextCertain : pool.unite(next.certain, next.nextCertain);
    next.possible = denies ? next.nextPossible : pool.unite(next.possible, next.nextPossible);
    next.nextCertain = next.nextPossible = PortPool::empty;
    return intern(next);
}

Outcome Evaluator::finish(StateId id, const SideKey& key)
{
    const State state = m_states[id];
    Outcome out { pool.unite(state.allowedCertain, state.certain), pool.unite(state.allowedPossible, state.possible) };
    if (key.isHost && key.profile != 0 && key.layer != Layer::Mesh)
        out.possible = PortPool::all;
    if (key.layer == Layer::Mesh) { // it carries TCP alone
        PortSet others = PortSet::of(Protocol::UDP, {});
        others.add(PortSet::of(Protocol::SCTP, {}));
        const Id passed = pool.intern(others);
        out.certain = pool.unite(out.certain, passed);
        out.possible = pool.unite(out.possible, passed);
    }
    return out;
}

Id Evaluator::portsOf(std::uint32_t terms, std::uint32_t signature)
{
    const auto [at, isNew] = m_ports.try_emplace(pairKey(terms, m_isNamed[terms] ? signature : 0), PortPool::empty);
    if (isNew)
        at->second = pool.intern(m_model.resolve(m_model.terms(terms), signature));
    return at->second;
}

Evaluator::StateId Evaluator::ambiguousStep(StateId id, const Step& step, const Other& other, std::uint32_t signature)
{
    Id allowed = PortPool::empty, denied = PortPool::empty, passed = PortPool::empty, conflict = PortPool::empty;
    for (const std::uint32_t index : step.groups) {
        Id rest = m_states[id].possible;
        for (const Rule& rule : m_model.group(index).rules) {
            const Match match = m_model.match(rule, other);
            if (match == Match::No)
                continue;
            const Id ports = pool.intersect(rest, portsOf(rule.ports, signature));
            Id& into = match == Match::Maybe   ? conflict
                : rule.action == Action::Allow ? allowed
                : rule.action == Action::Deny  ? denied
                                               : passed;
            into = pool.unite(into, ports);
            rest = pool.minus(rest, ports);
        }
    }
    conflict = pool.unite(conflict, pool.intersect(allowed, pool.unite(denied, passed)));
    conflict = pool.unite(conflict, pool.intersect(denied, passed));
    id = apply(id, Action::Deny, Match::Maybe, conflict); // for the worst case, and
    id = apply(id, Action::Allow, Match::Maybe, conflict); // for the best
    id = apply(id, Action::Allow, Match::Yes, pool.minus(allowed, conflict));
    id = apply(id, Action::Deny, Match::Yes, pool.minus(denied, conflict));
    return apply(id, Action::Pass, Match::Yes, pool.minus(passed, conflict));
}

Outcome Evaluator::outcome(const SideKey& key, const Other& other)
{
    if (key.isUndecidable)
        return { PortPool::empty, PortPool::all };
    Outcome out;
    const auto run = [&](Layer layer, std::uint32_t profile) {
        if (profile == 0)
            return;
        const std::uint32_t signature = layer == Layer::Egress ? other.signature : key.signature;
        StateId state = 0;
        for (const Stage& stage : m_model.profile(profile).stages) {
            for (const Step& step : stage.steps) {
                if (step.isAmbiguous) {
                    state = ambiguousStep(state, step, other, signature);
                    continue;
                }
                for (const std::uint32_t index : step.groups) {
                    for (const Rule& rule : m_model.group(index).rules)
                        state = apply(state, rule.action, m_model.match(rule, other), portsOf(rule.ports, signature));
                }
            }
            state = endStage(state, stage.deniesAtEnd);
        }
        SideKey own = key;
        own.layer = layer;
        out = meet(out, finish(state, own));
    };
    run(key.layer, key.profile);
    if (key.layer == Layer::Ingress)
        run(Layer::Mesh, key.meshProfile);
    return out;
}

Outcome Evaluator::outcome(const SideKey& key, std::uint32_t otherClass)
{
    if (key.isOpen())
        return {};
    const auto [at, isNew] = m_outcomes.try_emplace(std::tuple(key, otherClass));
    if (isNew) {
        Other other;
        other.podClass = otherClass;
        other.signature = m_model.f().classes[otherClass].signature;
        at->second = outcome(key, other);
    }
    return at->second;
}

Outcome Evaluator::meet(const Outcome& a, const Outcome& b)
{
    return { pool.intersect(a.certain, b.certain), pool.intersect(a.possible, b.possible) };
}

Evaluator::Code Evaluator::codeOf(const Outcome& outcome) const
{
    return outcome.certain != PortPool::empty ? Code::Allowed
        : outcome.possible != PortPool::empty ? Code::Unknown
                                              : Code::Denied;
}

Evaluator::Code Evaluator::meetCode(const Outcome& a, const Outcome& b)
{
    return codeOf(meet(a, b));
}

Evaluator::StateId& Evaluator::touch(std::uint32_t podClass)
{
    if (!m_isTouched[podClass]) {
        m_isTouched[podClass] = 1;
        m_stateOf[podClass] = m_base;
        m_touched.push_back(podClass);
    }
    return m_stateOf[podClass];
}

// Named ports of egress rules are those of each destination.
Id Evaluator::portsFor(std::uint32_t podClass, std::uint32_t terms, Id ports, const SideKey& key)
{
    if (terms == noIndex || key.layer != Layer::Egress || !m_isNamed[terms])
        return ports;
    return portsOf(terms, m_model.f().classes[podClass].signature);
}

void Evaluator::touchNamed(std::uint32_t terms)
{
    const Foundation& f = m_model.f();
    for (std::uint32_t signature = 1; signature < f.signatures.size(); ++signature) {
        if (portsOf(terms, signature) == portsOf(terms, 0))
            continue;
        for (const std::uint32_t c : f.classesBySignature[signature])
            touch(c);
    }
}

void Evaluator::scatterAll(std::uint32_t terms, Id ports, Action action, Match match, const SideKey& key)
{
    if (terms != noIndex && key.layer == Layer::Egress && m_isNamed[terms])
        touchNamed(terms);
    for (const std::uint32_t c : m_touched) {
        if (!m_isExcluded[c])
            m_stateOf[c] = apply(m_stateOf[c], action, match, portsFor(c, terms, ports, key));
    }
    m_base = apply(m_base, action, match, ports);
}

void Evaluator::scatterSet(
    const ClassSet& set, std::uint32_t terms, Id ports, Action action, Match match, bool withHost, const SideKey& key)
{
    const auto applyTo = [&](std::uint32_t c) {
        StateId& state = touch(c);
        state = apply(state, action, match, portsFor(c, terms, ports, key));
    };
    if (set.isComplement) {
        // Classes in the network of the node are always touched, and are not of the complement.
        std::vector<std::uint32_t> excluded = set.ids;
        for (const std::uint32_t c : m_touched) {
            if (c >= m_model.f().hostClassBegin)
                excluded.push_back(c);
        }
        for (const std::uint32_t c : excluded) {
            touch(c);
            m_isExcluded[c] = 1;
        }
        scatterAll(terms, ports, action, match, key);
        for (const std::uint32_t c : excluded)
            m_isExcluded[c] = 0;
    } else {
        std::ranges::for_each(set.ids, applyTo);
    }
    if (withHost)
        std::ranges::for_each(set.host, applyTo);
}

void Evaluator::scatter(
    const Peer& peer, std::uint32_t terms, Id ports, Action action, bool isMaybe, const SideKey& key)
{
    const Match sure = isMaybe ? Match::Maybe : Match::Yes;
    if (peer.isEverybody)
        return scatterAll(terms, ports, action, sure, key);
    if (peer.kind == PeerDef::Kind::Unreadable)
        return scatterAll(terms, ports, action, Match::Maybe, key);
    if (peer.kind == PeerDef::Kind::Nodes) {
        for (auto c = m_model.f().hostClassBegin; c < m_model.f().classes.size(); ++c) {
            Other other;
            other.podClass = c;
            const Match match = m_model.match(peer, other);
            StateId& state = touch(c);
            state = apply(state, action, match == Match::Yes ? sure : match, portsFor(c, terms, ports, key));
        }
        return;
    }
    const bool isPods = peer.kind == PeerDef::Kind::Pods;
    if (peer.classes != noIndex)
        scatterSet(m_model.set(peer.classes), terms, ports, action, sure, !isPods, key);
    if (isPods && peer.classes != noIndex && peer.isHostMaybe) {
        ClassSet host;
        host.host = m_model.set(peer.classes).host;
        scatterSet(host, terms, ports, action, Match::Maybe, true, key);
    }
    if (peer.maybe != noIndex)
        scatterSet(m_model.set(peer.maybe), terms, ports, action, Match::Maybe, true, key);
}

void Evaluator::touchRulesOf(const Step& step)
{
    for (const std::uint32_t index : step.groups) {
        for (const Rule& rule : m_model.group(index).rules) {
            if (m_isNamed[rule.ports])
                touchNamed(rule.ports);
            for (const std::uint32_t id : rule.peers) {
                const Peer& peer = m_model.peer(id);
                for (const std::uint32_t set : { peer.classes, peer.maybe }) {
                    if (set == noIndex)
                        continue;
                    std::ranges::for_each(m_model.set(set).ids, [&](std::uint32_t c) { touch(c); });
                    std::ranges::for_each(m_model.set(set).host, [&](std::uint32_t c) { touch(c); });
                }
            }
        }
    }
}

void Evaluator::scatterStep(const Step& step, const SideKey& key)
{
    if (step.isAmbiguous) {
        touchRulesOf(step);
        const auto run = [&](StateId state, std::uint32_t c) {
            Other other;
            other.podClass = c;
            other.signature = m_model.f().classes[c].signature;
            return ambiguousStep(state, step, other, key.layer == Layer::Egress ? other.signature : key.signature);
        };
        // Every class that is not touched is as any other of them.
        std::uint32_t untouched = 0;
        while (untouched < m_model.f().hostClassBegin && m_isTouched[untouched])
            ++untouched;
        for (const std::uint32_t c : m_touched)
            m_stateOf[c] = run(m_stateOf[c], c);
        if (untouched < m_model.f().hostClassBegin)
            m_base = run(m_base, untouched);
        return;
    }
    // Rules that only allow can be joined by peer: many policies often name the same.
    const bool canJoin
        = std::ranges::all_of(step.groups, [&](std::uint32_t index) { return m_model.group(index).isAllowOnly; });
    std::map<std::uint32_t, Id> joined;
    for (const std::uint32_t index : step.groups) {
        for (const Rule& rule : m_model.group(index).rules) {
            const bool isResolved = key.layer != Layer::Egress || !m_isNamed[rule.ports];
            const Id ports = portsOf(rule.ports, key.layer == Layer::Egress ? 0 : key.signature);
            for (const std::uint32_t id : rule.peers) {
                if (canJoin && isResolved && !rule.isMaybe) {
                    Id& own = joined[id];
                    own = pool.unite(own, ports);
                } else {
                    scatter(m_model.peer(id), rule.ports, ports, rule.action, rule.isMaybe, key);
                }
            }
        }
    }
    for (const auto& [id, ports] : joined)
        scatter(m_model.peer(id), noIndex, ports, Action::Allow, false, key);
}

SideTable Evaluator::layerTable(const SideKey& key, const Profile& profile)
{
    m_base = 0;
    for (auto c = m_model.f().hostClassBegin; c < m_model.f().classes.size(); ++c)
        touch(c);
    for (const Stage& stage : profile.stages) {
        for (const Step& step : stage.steps)
            scatterStep(step, key);
        for (const std::uint32_t c : m_touched)
            m_stateOf[c] = endStage(m_stateOf[c], stage.deniesAtEnd);
        m_base = endStage(m_base, stage.deniesAtEnd);
    }
    SideTable out;
    out.base = finish(m_base, key);
    std::ranges::sort(m_touched);
    std::unordered_map<StateId, Outcome> finished;
    for (const std::uint32_t c : m_touched) {
        m_isTouched[c] = 0;
        const auto [at, isNew] = finished.try_emplace(m_stateOf[c]);
        if (isNew)
            at->second = finish(m_stateOf[c], key);
        if (at->second != out.base)
            out.entries.emplace_back(c, at->second);
    }
    m_touched.clear();
    return out;
}

SideTable Evaluator::makeTable(const SideKey& key)
{
    SideTable out;
    if (key.isUndecidable) {
        out.base = { PortPool::empty, PortPool::all };
        return out;
    }
    if (key.profile != 0)
        out = layerTable(key, m_model.profile(key.profile));
    if (key.meshProfile == 0)
        return out;
    SideKey mesh = key;
    mesh.layer = Layer::Mesh;
    const SideTable above = layerTable(mesh, m_model.profile(key.meshProfile));
    SideTable both;
    both.base = meet(out.base, above.base);
    std::vector<std::uint32_t> classes;
    for (const SideTable* own : { static_cast<const SideTable*>(&out), &above }) {
        for (const auto& [c, outcome] : own->entries)
            classes.push_back(c);
    }
    std::ranges::sort(classes);
    classes.erase(std::ranges::unique(classes).begin(), classes.end());
    for (const std::uint32_t c : classes) {
        const Outcome own = meet(out.at(c), above.at(c));
        if (own != both.base)
            both.entries.emplace_back(c, own);
    }
    return both;
}

const SideTable& Evaluator::table(const SideKey& key)
{
    const auto found = m_tables.find(key);
    return found != m_tables.end() ? found->second : m_tables.emplace(key, makeTable(key)).first->second;
}

} // namespace plimsoll::network
