// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tuple>
#include <unordered_map>
#include <vector>

#include "core/network/detail/ReachModel_p.h"

namespace plimsoll::network {

// Interned sets of ports with memoised operations.
class PortPool {
public:
    using Id = std::uint32_t;
    static constexpr Id empty = 0, all = 1;

    PortPool();
    Id intern(const PortSet& set);
    const PortSet& operator[](Id id) const { return m_sets[id]; }
    bool intersects(Id a, Id b) const;
    Id unite(Id a, Id b);
    Id intersect(Id a, Id b);
    Id minus(Id a, Id b);

private:
    std::vector<PortSet> m_sets;
    std::map<PortSet, Id> m_ids;
    std::unordered_map<std::uint64_t, Id> m_unions, m_intersections, m_differences;
};

// What one side, or both, let pass: for sure, and at most.
struct Outcome {
    PortPool::Id certain = PortPool::all;
    PortPool::Id possible = PortPool::all;
    auto operator<=>(const Outcome&) const = default;
};

// Everything that decides what one side of a class lets pass, but for the other end.
struct SideKey {
    Layer layer = Layer::Egress; // Egress, or Ingress with the mesh
    std::uint32_t profile = 0, meshProfile = 0;
    std::uint32_t signature = 0; // of Ingress, when a named port can matter
    bool isHost = false;
    bool isUndecidable = false;
    auto operator<=>(const SideKey&) const = default;

    bool isOpen() const { return profile == 0 && meshProfile == 0 && !isUndecidable; }
};

// What one side lets pass from or to every class: the base, but for the entries.
struct SideTable {
    Outcome base;
    std::vector<std::pair<std::uint32_t, Outcome>> entries; // by class, sorted, none like the base

    const Outcome& at(std::uint32_t podClass) const;
};

// Evaluates profiles against whole classes and addresses, with ports as sets.
// Owns: its pool and scratch memory; one thread. The model must outlive it.
class Evaluator {
public:
    explicit Evaluator(const Reach::Private& model);

    PortPool pool;

    SideKey keyOf(Layer layer, std::uint32_t podClass) const;
    // One other end.
    Outcome outcome(const SideKey& key, const Reach::Private::Other& other);
    Outcome outcome(const SideKey& key, std::uint32_t otherClass);
    // All classes. Kept.
    const SideTable& table(const SideKey& key);
    SideTable makeTable(const SideKey& key);

    Outcome meet(const Outcome& a, const Outcome& b);
    enum class Code : std::uint8_t { Denied, Unknown, Allowed };
    Code codeOf(const Outcome& outcome) const;
    Code meetCode(const Outcome& a, const Outcome& b);

private:
    // What is still to be decided, and what was.
    struct State {
        PortPool::Id certain = PortPool::all, possible = PortPool::all; // undecided yet, in either way of doubt
        PortPool::Id allowedCertain = PortPool::empty, allowedPossible = PortPool::empty;
        PortPool::Id nextCertain = PortPool::empty, nextPossible = PortPool::empty; // left to the next tier
        auto operator<=>(const State&) const = default;
    };
    using StateId = std::uint32_t;
    struct StateHash {
        std::size_t operator()(const State& state) const;
    };

    StateId intern(const State& state);
    StateId apply(StateId state, Action action, Reach::Private::Match match, PortPool::Id ports);
    StateId endStage(StateId state, bool denies);
    Outcome finish(StateId state, const SideKey& key);
    PortPool::Id portsOf(std::uint32_t terms, std::uint32_t signature);
    StateId ambiguousStep(StateId state, const Step& step, const Reach::Private::Other& other, std::uint32_t signature);

    // Of all classes at once.
    StateId& touch(std::uint32_t podClass);
    void touchRulesOf(const Step& step);
    void scatterStep(const Step& step, const SideKey& key);
    void scatter(
        const Peer& peer, std::uint32_t terms, PortPool::Id ports, Action action, bool isMaybe, const SideKey& key);
    void scatterSet(const ClassSet& set, std::uint32_t terms, PortPool::Id ports, Action action,
        Reach::Private::Match match, bool withHost, const SideKey& key);
    void scatterAll(
        std::uint32_t terms, PortPool::Id ports, Action action, Reach::Private::Match match, const SideKey& key);
    SideTable layerTable(const SideKey& key, const Profile& profile);
    void touchNamed(std::uint32_t terms);
    PortPool::Id portsFor(std::uint32_t podClass, std::uint32_t terms, PortPool::Id ports, const SideKey& key);

    const Reach::Private& m_model;
    std::vector<State> m_states;
    std::unordered_map<State, StateId, StateHash> m_stateIds;
    std::unordered_map<std::uint64_t, StateId> m_applied;
    std::unordered_map<std::uint64_t, PortPool::Id> m_ports;
    std::vector<bool> m_isNamed; // by port terms: whether a name is among them
    std::map<SideKey, SideTable> m_tables;
    std::map<std::tuple<SideKey, std::uint32_t>, Outcome> m_outcomes;
    std::unordered_map<std::uint64_t, std::uint64_t> m_meets;

    std::vector<StateId> m_stateOf; // by class, valid when touched
    std::vector<std::uint8_t> m_isTouched, m_isExcluded;
    std::vector<std::uint32_t> m_touched;
    StateId m_base = 0;
};

} // namespace plimsoll::network
