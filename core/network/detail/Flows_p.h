// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "core/network/detail/ReachTables_p.h"

namespace plimsoll::network {

// What workloads let pass between each other and with the outside.
// Owns: an evaluator with its memory; one thread. The Reach must outlive it.
class Flows {
public:
    // With tables each profile is evaluated against all classes once: for all pairs. Without: only what is asked for.
    Flows(const Reach& reach, bool withTables);

    using End = Foundation::End;
    const std::vector<End>& ends() const { return m_f.ends().list; }
    std::uint32_t endOf(cluster::WorkloadId workload) const; // noIndex when it has no pods

    Outcome between(const End& from, const End& to);
    struct Outside {
        AddressRange addresses;
        Outcome outcome;
    };
    // The address space in parts that nothing tells apart, neighbours with the same answer joined. IPv6 only when the
    // cluster shows any.
    std::vector<Outside> outside(const End& end, Layer layer);

    PortPool& pool() { return m_evaluator.pool; }
    Evaluator& evaluator() { return m_evaluator; }
    const Reach& reach() const { return m_reach; }

private:
    Outcome side(Layer layer, std::uint32_t subject, std::uint32_t other);
    Outcome unite(const Outcome& a, const Outcome& b);
    bool showsV6(const End& end) const;

    const Reach& m_reach;
    const Reach::Private& m_model;
    const Foundation& m_f;
    Evaluator m_evaluator;
    bool m_withTables;
    std::array<std::vector<std::optional<SideKey>>, 2> m_keys;
    std::array<std::vector<const SideTable*>, 2> m_tables;
};

// Cuts overlapping parts at the borders of all.
std::vector<AddressRange> cutAtAll(std::vector<AddressRange> parts);

} // namespace plimsoll::network
