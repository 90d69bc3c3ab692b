// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <numeric>
#include <tuple>

#include "core/attack/detail/Builder_p.h"

namespace plimsoll::attack {

GraphBuilder::GraphBuilder(std::shared_ptr<const cluster::Cluster> cluster)
    : m_cluster(std::move(cluster))
{
}

std::size_t GraphBuilder::PlaceHash::operator()(const PlaceKey& key) const noexcept
{
    constexpr std::uint64_t factor = 0x9E3779B97F4A7C15ULL;
    std::uint64_t hash = 0;
    for (const std::uint64_t number : key.numbers)
        hash = (hash ^ number) * factor;
    hash ^= std::hash<std::string_view>()(key.ns) + factor + (hash << 6) + (hash >> 2);
    hash ^= std::hash<std::string_view>()(key.name) + factor + (hash << 6) + (hash >> 2);
    return hash;
}

GraphBuilder::PlaceKey GraphBuilder::keyOf(const Place& place)
{
    const auto pair = [](std::uint64_t high, std::uint64_t low) { return high << 32 | low; };
    const std::uint64_t sort = static_cast<std::uint64_t>(place.kind) << 16
        | static_cast<std::uint64_t>(place.goal) << 8 | static_cast<std::uint64_t>(place.technique);
    return { { pair(sort, place.part), pair(place.object.index, place.workload.index), 0 }, place.ns, place.name };
}

PlaceId GraphBuilder::place(const Place& place)
{
    const auto [found, isNew] = m_index.try_emplace(keyOf(place), static_cast<std::uint32_t>(m_places.size()));
    if (isNew) {
        m_places.push_back(place);
        m_ordinary.push_back(0);
    }
    return { found->second };
}

PlaceId GraphBuilder::find(const Place& place) const
{
    const auto found = m_index.find(keyOf(place));
    return found == m_index.end() ? PlaceId::none() : PlaceId { found->second };
}

std::string_view GraphBuilder::keep(std::string text)
{
    return m_texts.emplace_back(std::move(text));
}

FactId GraphBuilder::fact(Fact fact)
{
    std::string key = std::to_string(fact.object.index) + ' ' + std::to_string(static_cast<int>(fact.kind)) + ' '
        + fact.pointer + (fact.object.isNone() ? fact.text : std::string());
    const auto [found, isNew] = m_factIndex.try_emplace(std::move(key), static_cast<std::uint32_t>(m_facts.size()));
    if (isNew)
        m_facts.push_back(std::move(fact));
    return { found->second };
}

void GraphBuilder::standsOn(PlaceId place, FactId fact)
{
    m_standing.emplace_back(place.index, fact.index);
}

std::uint32_t GraphBuilder::reason(Reason reason)
{
    m_reasons.push_back(std::move(reason));
    return static_cast<std::uint32_t>(m_reasons.size() - 1);
}

void GraphBuilder::step(PlaceId from, PlaceId to, Technique technique, Certainty certainty, std::uint32_t reason)
{
    if (from != to)
        m_steps.push_back({ from.index, { to, technique, certainty, reason } });
}

void GraphBuilder::refuse(PlaceId from, PlaceId to, Technique technique, std::uint32_t reason)
{
    m_refusals.push_back({ from, to, technique, reason });
}

std::vector<std::uint32_t> GraphBuilder::sortedPlaces() const
{
    std::vector<std::uint32_t> order(m_places.size());
    std::iota(order.begin(), order.end(), 0U);
    const auto kindOf = [this](const Place& place) {
        return place.object.isNone() ? std::string_view() : m_cluster->kindName(place.object);
    };
    std::ranges::sort(order, [&](std::uint32_t left, std::uint32_t right) {
        const Place &a = m_places[left], &b = m_places[right];
        if (const auto by = std::tie(a.kind, a.goal, a.ns, a.name) <=> std::tie(b.kind, b.goal, b.ns, b.name); by != 0)
            return by < 0;
        if (const auto by = kindOf(a) <=> kindOf(b); by != 0)
            return by < 0;
        return std::tuple(a.part, a.technique, a.object, a.workload, left)
            < std::tuple(b.part, b.technique, b.object, b.workload, right);
    });
    return order;
}

// Steps by their origin, each origin's in order, doubles dropped; then the same the other way round.
void GraphBuilder::putSteps(AttackGraph& graph, const std::vector<std::uint32_t>& newId)
{
    const std::size_t count = m_places.size();
    std::vector<std::uint32_t> start(count + 1, 0);
    for (const RawStep& raw : m_steps)
        ++start[newId[raw.from] + 1];
    std::partial_sum(start.begin(), start.end(), start.begin());
    std::vector<Step> all(m_steps.size());
    std::vector<std::uint32_t> next(start.begin(), start.end() - 1);
    for (const RawStep& raw : m_steps) {
        Step step = raw.step;
        step.to = { newId[step.to.index] };
        all[next[newId[raw.from]]++] = step;
    }
    const auto key = [](const Step& step) { return std::tuple(step.to, step.technique, step.certainty, step.reason); };
    const auto isSame = [](const Step& a, const Step& b) { return a.to == b.to && a.technique == b.technique; };
    graph.m_outStart.assign(count + 1, 0);
    graph.m_out.reserve(all.size());
    for (std::size_t i = 0; i < count; ++i) {
        const auto begin = all.begin() + start[i], end = all.begin() + start[i + 1];
        std::sort(begin, end, [&](const Step& a, const Step& b) { return key(a) < key(b); });
        std::unique_copy(begin, end, std::back_inserter(graph.m_out), isSame);
        graph.m_outStart[i + 1] = static_cast<std::uint32_t>(graph.m_out.size());
    }

    graph.m_inStart.assign(count + 1, 0);
    for (const Step& step : graph.m_out)
        ++graph.m_inStart[step.to.index + 1];
    std::partial_sum(graph.m_inStart.begin(), graph.m_inStart.end(), graph.m_inStart.begin());
    next.assign(graph.m_inStart.begin(), graph.m_inStart.end() - 1);
    graph.m_in.resize(graph.m_out.size());
    graph.m_inTwin.resize(graph.m_out.size());
    for (std::uint32_t from = 0; from < count; ++from) {
        for (std::uint32_t number = graph.m_outStart[from]; number < graph.m_outStart[from + 1]; ++number) {
            const std::uint32_t slot = next[graph.m_out[number].to.index]++;
            graph.m_in[slot] = graph.m_out[number];
            graph.m_in[slot].to = { from };
            graph.m_inTwin[slot] = number;
        }
    }
}

void GraphBuilder::putFacts(AttackGraph& graph, const std::vector<std::uint32_t>& newId)
{
    std::vector<std::uint32_t> order(m_facts.size());
    std::iota(order.begin(), order.end(), 0U);
    std::vector<std::string> refs;
    for (const Fact& fact : m_facts)
        refs.push_back(fact.object.isNone() ? std::string() : m_cluster->refOf(fact.object));
    std::ranges::sort(order, [&](std::uint32_t a, std::uint32_t b) {
        return std::tie(refs[a], m_facts[a].kind, m_facts[a].pointer, m_facts[a].text, a)
            < std::tie(refs[b], m_facts[b].kind, m_facts[b].pointer, m_facts[b].text, b);
    });
    std::vector<std::uint32_t> newFact(m_facts.size());
    for (std::uint32_t i = 0; i < order.size(); ++i) {
        newFact[order[i]] = i;
        graph.m_facts.push_back(std::move(m_facts[order[i]]));
    }
    for (auto& [place, fact] : m_standing) {
        place = newId[place];
        fact = newFact[fact];
    }
    std::ranges::sort(m_standing);
    m_standing.erase(std::ranges::unique(m_standing).begin(), m_standing.end());
    graph.m_factStart.assign(m_places.size() + 1, 0);
    graph.m_placeStart.assign(graph.m_facts.size() + 1, 0);
    for (const auto& [place, fact] : m_standing) {
        ++graph.m_factStart[place + 1];
        ++graph.m_placeStart[fact + 1];
        graph.m_placeFacts.push_back({ fact });
    }
    std::partial_sum(graph.m_factStart.begin(), graph.m_factStart.end(), graph.m_factStart.begin());
    std::partial_sum(graph.m_placeStart.begin(), graph.m_placeStart.end(), graph.m_placeStart.begin());
    std::vector<std::uint32_t> next(graph.m_placeStart.begin(), graph.m_placeStart.end() - 1);
    graph.m_factPlaces.resize(m_standing.size());
    for (const auto& [place, fact] : m_standing)
        graph.m_factPlaces[next[fact]++] = { place };
}

std::shared_ptr<const AttackGraph> GraphBuilder::build()
{
    std::shared_ptr<AttackGraph> graph(new AttackGraph);
    graph->m_cluster = m_cluster;
    const PlaceId outside = place({}); // there in every graph
    const std::vector<std::uint32_t> order = sortedPlaces();
    std::vector<std::uint32_t> newId(order.size());
    graph->m_ofKind.resize(placeKindCount);
    graph->m_places.reserve(order.size());
    for (std::uint32_t i = 0; i < order.size(); ++i) {
        newId[order[i]] = i;
        const Place& place = graph->m_places.emplace_back(m_places[order[i]]);
        graph->m_ordinary.push_back(m_ordinary[order[i]]);
        graph->m_ofKind[static_cast<std::size_t>(place.kind)].push_back({ i });
    }
    graph->m_outside = { newId[outside.index] };
    putSteps(*graph, newId);
    putFacts(*graph, newId);
    graph->m_reasons = std::move(m_reasons);
    for (Refusal& refusal : m_refusals) {
        refusal.from = { newId[refusal.from.index] };
        refusal.to = { newId[refusal.to.index] };
    }
    std::ranges::stable_sort(m_refusals, [](const Refusal& a, const Refusal& b) {
        return std::tie(a.from, a.to, a.technique) < std::tie(b.from, b.to, b.technique);
    });
    graph->m_refusals = std::move(m_refusals);
    graph->m_texts = std::move(m_texts);
    *this = GraphBuilder(m_cluster);
    return graph;
}

} // namespace plimsoll::attack
