// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/network/detail/ReachTables_p.h"

namespace plimsoll::network {

// The tables of all profiles, and counts of pairs from them.
//
// Classes with the same namespace and the same rules are one group. What an egress group lets pass depends on the
// destination alone, what an ingress group lets pass on the source alone: the pairs between two groups are the product
// of two histograms, and only groups that a rule names are looked at one by one.
// Threads: immutable.
class PairTables {
public:
    explicit PairTables(const Reach::Private& model);

    std::vector<Cell> row(std::uint32_t ns, Sides sides) const; // by destination
    Cell total() const;

private:
    struct Group {
        SideKey key;
        std::uint32_t ns = 0;
        const SideTable* table = nullptr;
        std::vector<std::uint32_t> classes;
        std::uint64_t pods = 0;
    };
    using Histogram = std::vector<std::pair<Outcome, std::uint64_t>>; // pods by what they are let

    void collect(std::size_t side, Layer layer);
    Histogram histogramOf(const Group& subject, const Group& others) const;
    void addHistogram(Histogram& into, const Outcome& outcome, std::uint64_t pods) const;
    void addProduct(Cell& cell, const Histogram& from, const Histogram& to, bool isOpen, bool isMinus) const;
    void addGroups(Cell& cell, const Group& from, const Group& to, Sides sides) const;
    void removeSelf(Cell& cell, std::uint32_t podClass, Sides sides) const;
    bool isOpen(const Group& from, const Group& to, Sides sides) const;

    const Foundation& m_f;
    Evaluator m_evaluator;
    std::array<std::vector<Group>, 2> m_groups; // egress, ingress
    std::array<std::vector<std::uint32_t>, 2> m_groupOf; // by class
    std::vector<std::vector<std::uint32_t>> m_egressOf; // groups of a namespace
};

} // namespace plimsoll::network
