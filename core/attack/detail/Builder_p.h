// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/attack/AttackGraph.h"

// Private to core/attack and its tests: the attack graph before it is put in order.
namespace plimsoll::attack {

// Collects places, steps and facts in any order; ids are those of the builder until build() sorts them.
class GraphBuilder {
public:
    explicit GraphBuilder(std::shared_ptr<const cluster::Cluster> cluster);

    const cluster::Cluster& cluster() const { return *m_cluster; }

    // The place that equals it in all fields; made when it is new. Texts must live as long as the cluster (see keep).
    PlaceId place(const Place& place);
    PlaceId find(const Place& place) const; // none when there is no such place
    const Place& at(PlaceId id) const { return m_places[id.index]; }
    std::size_t placeCount() const { return m_places.size(); }
    std::string_view keep(std::string text); // for texts that the cluster does not hold
    void setOrdinary(PlaceId id) { m_ordinary[id.index] = 1; }

    // Facts are equal when object, pointer and kind are.
    FactId fact(Fact fact);
    void standsOn(PlaceId place, FactId fact);

    std::uint32_t reason(Reason reason);
    void step(PlaceId from, PlaceId to, Technique technique, Certainty certainty = Certainty::Confirmed,
        std::uint32_t reason = Step::noReason);
    void refuse(PlaceId from, PlaceId to, Technique technique, std::uint32_t reason);

    // The graph, in order. The builder is empty afterwards.
    std::shared_ptr<const AttackGraph> build();

private:
    struct PlaceKey {
        std::uint64_t numbers[3];
        std::string_view ns, name;
        bool operator==(const PlaceKey&) const = default;
    };
    struct PlaceHash {
        std::size_t operator()(const PlaceKey& key) const noexcept;
    };
    struct RawStep {
        std::uint32_t from;
        Step step;
    };
    static PlaceKey keyOf(const Place& place);
    std::vector<std::uint32_t> sortedPlaces() const;
    void putSteps(AttackGraph& graph, const std::vector<std::uint32_t>& newId);
    void putFacts(AttackGraph& graph, const std::vector<std::uint32_t>& newId);

    std::shared_ptr<const cluster::Cluster> m_cluster;
    std::vector<Place> m_places;
    std::unordered_map<PlaceKey, std::uint32_t, PlaceHash> m_index;
    std::vector<std::uint8_t> m_ordinary;
    std::deque<std::string> m_texts;
    std::vector<RawStep> m_steps;
    std::vector<Reason> m_reasons;
    std::vector<Refusal> m_refusals;
    std::vector<Fact> m_facts;
    std::unordered_map<std::string, std::uint32_t> m_factIndex;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> m_standing; // place, fact
};

} // namespace plimsoll::attack
