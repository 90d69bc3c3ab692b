// SPDX-License-Identifier: Apache-2.0
#include "core/network/detail/Flows_p.h"

#include <algorithm>

namespace plimsoll::network {

Flows::Flows(const Reach& reach, bool withTables)
    : m_reach(reach)
    , m_model(reach.model())
    , m_f(m_model.f())
    , m_evaluator(m_model)
    , m_withTables(withTables)
{
    for (std::size_t at = 0; at < 2; ++at) {
        m_keys[at].resize(m_f.classes.size());
        m_tables[at].resize(m_f.classes.size());
    }
}

std::uint32_t Flows::endOf(cluster::WorkloadId workload) const
{
    return workload.isNone() ? noIndex : m_f.ends().ofWorkload[workload.index];
}

Outcome Flows::unite(const Outcome& a, const Outcome& b)
{
    return { pool().unite(a.certain, b.certain), pool().unite(a.possible, b.possible) };
}

Outcome Flows::side(Layer layer, std::uint32_t subject, std::uint32_t other)
{
    const std::size_t at = layer == Layer::Egress ? 0 : 1;
    auto& key = m_keys[at][subject];
    if (!key)
        key = m_evaluator.keyOf(layer, subject);
    constexpr std::size_t manyRules = 64; // of these a table is worth while for a few questions, too
    if (!m_withTables && m_model.profile(key->profile).ruleCount <= manyRules)
        return m_evaluator.outcome(*key, other);
    const SideTable*& table = m_tables[at][subject];
    if (!table)
        table = &m_evaluator.table(*key);
    return table->at(other);
}

Outcome Flows::between(const End& from, const End& to)
{
    Outcome out { PortPool::empty, PortPool::empty };
    for (const std::uint32_t source : from.classes) {
        for (const std::uint32_t target : to.classes)
            out = unite(
                out, m_evaluator.meet(side(Layer::Egress, source, target), side(Layer::Ingress, target, source)));
    }
    return out;
}

bool Flows::showsV6(const End& end) const
{
    return m_f.hasIpv6 || std::ranges::any_of(end.pods, [&](std::uint32_t pod) {
        return m_reach.pieces(Point::ofPod(pod), everyAddress(true)).size() > 1;
    });
}

std::vector<Flows::Outside> Flows::outside(const End& end, Layer layer)
{
    std::vector<Outside> out;
    for (const bool isV6 : { false, true }) {
        if (isV6 && !showsV6(end))
            continue;
        std::vector<AddressRange> parts;
        for (const std::uint32_t pod : end.pods) {
            for (const AddressRange& part : m_reach.pieces(Point::ofPod(pod), everyAddress(isV6)))
                parts.push_back(part);
        }
        for (const AddressRange& part : cutAtAll(std::move(parts))) {
            Outcome outcome { PortPool::empty, PortPool::empty };
            for (const std::uint32_t pod : end.pods) {
                SideKey key = m_evaluator.keyOf(layer, m_f.pods[pod].podClass);
                key.isUndecidable = m_model.undecidable(m_f.pods[pod].ns, true, layer).has_value();
                outcome
                    = unite(outcome, m_evaluator.outcome(key, m_model.otherOf({ noIndex, part }, Point::ofPod(pod))));
            }
            if (!out.empty() && out.back().addresses.isV6 == isV6 && out.back().outcome == outcome)
                out.back().addresses.last = part.last;
            else
                out.push_back({ part, outcome });
        }
    }
    return out;
}

std::vector<AddressRange> cutAtAll(std::vector<AddressRange> parts)
{
    std::vector<AddressRange> out;
    for (const bool isV6 : { false, true }) {
        std::vector<Uint128> begins;
        Uint128 last = 0;
        for (const AddressRange& part : parts) {
            if (part.isV6 != isV6)
                continue;
            begins.push_back(part.first);
            last = std::max(last, part.last);
        }
        std::ranges::sort(begins);
        begins.erase(std::ranges::unique(begins).begin(), begins.end());
        for (std::size_t i = 0; i < begins.size(); ++i)
            out.push_back({ begins[i], i + 1 < begins.size() ? begins[i + 1] - 1 : last, isV6 });
    }
    return out;
}

} // namespace plimsoll::network
