// SPDX-License-Identifier: Apache-2.0
#include "core/network/detail/ReachPairs_p.h"

#include <algorithm>
#include <map>
#include <set>

namespace plimsoll::network {

namespace {

constexpr Outcome everything {};

std::uint64_t podsIn(const Foundation& f, std::uint32_t podClass)
{
    return f.classes[podClass].pods.size();
}

} // namespace

const PairTables& Reach::Private::pairTables() const
{
    std::call_once(pairTablesMade, [this] { pairs = std::make_shared<const PairTables>(*this); });
    return *pairs;
}

PairTables::PairTables(const Reach::Private& model)
    : m_f(model.f())
    , m_evaluator(model)
    , m_egressOf(model.f().namespaces.size())
{
    collect(0, Layer::Egress);
    collect(1, Layer::Ingress);
    for (std::uint32_t i = 0; i < m_groups[0].size(); ++i)
        m_egressOf[m_groups[0][i].ns].push_back(i);
}

void PairTables::collect(std::size_t side, Layer layer)
{
    std::map<std::pair<std::uint32_t, SideKey>, std::uint32_t> known;
    auto& groups = m_groups[side];
    m_groupOf[side].resize(m_f.classes.size());
    for (std::uint32_t c = 0; c < m_f.classes.size(); ++c) {
        const SideKey key = m_evaluator.keyOf(layer, c);
        const std::uint32_t ns = m_f.classes[c].ns;
        const auto [found, isNew] = known.try_emplace({ ns, key }, static_cast<std::uint32_t>(groups.size()));
        if (isNew)
            groups.push_back({ key, ns, &m_evaluator.table(key), {}, 0 });
        groups[found->second].classes.push_back(c);
        groups[found->second].pods += podsIn(m_f, c);
        m_groupOf[side][c] = found->second;
    }
}

void PairTables::addHistogram(Histogram& into, const Outcome& outcome, std::uint64_t pods) const
{
    const auto found = std::ranges::find(into, outcome, &std::pair<Outcome, std::uint64_t>::first);
    if (found != into.end())
        found->second += pods;
    else if (pods > 0)
        into.emplace_back(outcome, pods);
}

PairTables::Histogram PairTables::histogramOf(const Group& subject, const Group& others) const
{
    Histogram out;
    for (const std::uint32_t c : others.classes)
        addHistogram(out, subject.table->at(c), podsIn(m_f, c));
    return out;
}

void PairTables::addProduct(Cell& cell, const Histogram& from, const Histogram& to, bool isOpen, bool isMinus) const
{
    for (const auto& [source, sources] : from) {
        for (const auto& [target, targets] : to) {
            const std::uint64_t count = sources * targets;
            const std::uint64_t pairs = isMinus ? ~count + 1 : count;
            cell.pairs += pairs;
            if (m_evaluator.pool.intersects(source.certain, target.certain)) {
                cell.allowed += pairs;
                cell.open += isOpen ? pairs : 0;
            } else if (m_evaluator.pool.intersects(source.possible, target.possible)) {
                cell.unknown += pairs;
            }
        }
    }
}

bool PairTables::isOpen(const Group& from, const Group& to, Sides sides) const
{
    return (sides == Sides::IngressOnly || from.key.isOpen()) && (sides == Sides::EgressOnly || to.key.isOpen());
}

// How many destinations get what from the source's side, and how many sources what from the destination's.
void PairTables::addGroups(Cell& cell, const Group& from, const Group& to, Sides sides) const
{
    const Histogram targets
        = sides == Sides::IngressOnly ? Histogram { { everything, to.pods } } : histogramOf(from, to);
    const Histogram sources
        = sides == Sides::EgressOnly ? Histogram { { everything, from.pods } } : histogramOf(to, from);
    addProduct(cell, sources, targets, isOpen(from, to, sides), false);
}

// A pod and itself is no pair.
void PairTables::removeSelf(Cell& cell, std::uint32_t podClass, Sides sides) const
{
    const Group& from = m_groups[0][m_groupOf[0][podClass]];
    const Group& to = m_groups[1][m_groupOf[1][podClass]];
    const Outcome egress = sides == Sides::IngressOnly ? everything : from.table->at(podClass);
    const Outcome ingress = sides == Sides::EgressOnly ? everything : to.table->at(podClass);
    addProduct(cell, { { ingress, 1 } }, { { egress, podsIn(m_f, podClass) } }, isOpen(from, to, sides), true);
}

std::vector<Cell> PairTables::row(std::uint32_t ns, Sides sides) const
{
    std::vector<Cell> out(m_f.namespaces.size());
    for (const std::uint32_t index : m_egressOf[ns]) {
        for (const Group& to : m_groups[1])
            addGroups(out[to.ns], m_groups[0][index], to, sides);
    }
    for (const auto* classes : { &m_f.namespaces[ns].classes, &m_f.namespaces[ns].hostClasses }) {
        for (const std::uint32_t c : *classes)
            removeSelf(out[ns], c, sides);
    }
    return out;
}

Cell PairTables::total() const
{
    Cell cell;
    // All pairs as if no rule named anybody ...
    std::array<std::map<std::pair<Outcome, bool>, std::uint64_t>, 2> bases;
    for (std::size_t side = 0; side < 2; ++side) {
        for (const Group& group : m_groups[side])
            bases[side][{ group.table->base, group.key.isOpen() }] += group.pods;
    }
    for (const auto& [from, sources] : bases[0]) {
        for (const auto& [to, targets] : bases[1])
            addProduct(cell, { { to.first, sources } }, { { from.first, targets } }, from.second && to.second, false);
    }
    // ... but between groups of which a rule names one: each of these again.
    std::set<std::pair<std::uint32_t, std::uint32_t>> named;
    for (std::size_t side = 0; side < 2; ++side) {
        const auto& other = m_groupOf[1 - side];
        for (std::uint32_t i = 0; i < m_groups[side].size(); ++i) {
            std::vector<std::uint32_t> groups;
            for (const auto& [c, outcome] : m_groups[side][i].table->entries)
                groups.push_back(other[c]);
            std::ranges::sort(groups);
            groups.erase(std::ranges::unique(groups).begin(), groups.end());
            for (const std::uint32_t g : groups)
                named.insert(side == 0 ? std::pair(i, g) : std::pair(g, i));
        }
    }
    for (const auto& [f, t] : named) {
        const Group& from = m_groups[0][f];
        const Group& to = m_groups[1][t];
        addProduct(cell, { { to.table->base, from.pods } }, { { from.table->base, to.pods } },
            isOpen(from, to, Sides::Combined), true);
        addGroups(cell, from, to, Sides::Combined);
    }
    for (std::uint32_t c = 0; c < m_f.classes.size(); ++c)
        removeSelf(cell, c, Sides::Combined);
    return cell;
}

std::vector<Cell> Reach::row(std::uint32_t ns, Sides sides) const
{
    return m->pairTables().row(ns, sides);
}

Cell Reach::total() const
{
    return m->pairTables().total();
}

} // namespace plimsoll::network
