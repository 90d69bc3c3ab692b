// SPDX-License-Identifier: Apache-2.0
#include "core/network/Difference.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "core/network/detail/Flows_p.h"

namespace plimsoll::network {

namespace {

using End = Flows::End;
using Part = std::pair<AddressRange, PortSet>;

class Comparison {
public:
    Comparison(const Reach& before, const Reach& after)
        : m_isVariant(after.isVariantOf(before))
        , m_before(before, !m_isVariant)
        , m_after(after, !m_isVariant)
    {
    }

    std::vector<FlowChange> run()
    {
        if (m_isVariant)
            compareChanged();
        else
            compareAll();
        std::ranges::sort(m_out, {},
            [](const FlowChange& change) { return std::tie(change.source, change.destination, change.protocol); });
        return std::move(m_out);
    }

private:
    void compareAll()
    {
        std::set<std::string> names;
        std::map<std::string, const End*> old, now;
        for (const End& end : m_before.ends()) {
            names.insert(end.name);
            old.emplace(end.name, &end);
        }
        for (const End& end : m_after.ends()) {
            names.insert(end.name);
            now.emplace(end.name, &end);
        }
        const auto in = [](const auto& map, const std::string& name) {
            const auto found = map.find(name);
            return found == map.end() ? nullptr : found->second;
        };
        for (const std::string& from : names) {
            for (const std::string& to : names) {
                if (from != to)
                    comparePair(from, to, in(old, from), in(old, to), in(now, from), in(now, to));
            }
            compareOutside(from, in(old, from), in(now, from), Layer::Egress);
            compareOutside(from, in(old, from), in(now, from), Layer::Ingress);
        }
    }

    // Both have the same pods: only pairs with an end whose policies changed can differ.
    void compareChanged()
    {
        const Reach::Private& model = m_after.reach().model();
        std::set<std::pair<std::uint32_t, std::uint32_t>> pairs;
        for (const Layer layer : { Layer::Egress, Layer::Ingress, Layer::Mesh }) {
            std::set<std::uint32_t> ends;
            for (const auto& [c, profile] : model.changed[indexOf(layer)])
                addOthers(layer, c, ends, pairs);
            for (const std::uint32_t end : ends)
                compareOutside(m_before.ends()[end].name, &m_before.ends()[end], &m_after.ends()[end],
                    layer == Layer::Egress ? Layer::Egress : Layer::Ingress);
        }
        for (const auto& [from, to] : pairs) {
            const auto& old = m_before.ends();
            const auto& now = m_after.ends();
            comparePair(old[from].name, old[to].name, &old[from], &old[to], &now[from], &now[to]);
        }
    }

    // The other ends to whom these sides give different answers.
    const std::set<std::uint32_t>& endsThatDiffer(const SideKey& before, const SideKey& after)
    {
        const auto [at, isNew] = m_differing.try_emplace(std::pair(before, after));
        if (!isNew)
            return at->second;
        const Foundation& f = m_after.reach().model().f();
        const SideTable& old = m_before.evaluator().table(before);
        const SideTable& now = m_after.evaluator().table(after);
        const auto isSame = [&](const Outcome& a, const Outcome& b) {
            return m_before.pool()[a.certain] == m_after.pool()[b.certain];
        };
        std::vector<std::uint32_t> others;
        if (isSame(old.base, now.base)) {
            for (const auto* entries : { &old.entries, &now.entries }) {
                for (const auto& [c, outcome] : *entries)
                    others.push_back(c);
            }
        } else {
            for (std::uint32_t c = 0; c < f.classes.size(); ++c)
                others.push_back(c);
        }
        for (const std::uint32_t c : others) {
            if (isSame(old.at(c), now.at(c)))
                continue;
            for (const std::uint32_t pod : f.classes[c].pods)
                at->second.insert(m_after.endOf(f.pods[pod].workload));
        }
        at->second.erase(noIndex);
        return at->second;
    }

    // The pairs of a class whose policies changed.
    void addOthers(Layer changed, std::uint32_t podClass, std::set<std::uint32_t>& ends,
        std::set<std::pair<std::uint32_t, std::uint32_t>>& pairs)
    {
        const Foundation& f = m_after.reach().model().f();
        const Layer layer = changed == Layer::Egress ? Layer::Egress : Layer::Ingress;
        const std::set<std::uint32_t>& seen
            = endsThatDiffer(m_before.evaluator().keyOf(layer, podClass), m_after.evaluator().keyOf(layer, podClass));
        // A class can hold pods of several workloads.
        std::set<std::uint32_t> owners;
        for (const std::uint32_t pod : f.classes[podClass].pods)
            owners.insert(m_after.endOf(f.pods[pod].workload));
        owners.erase(noIndex);
        ends.insert(owners.begin(), owners.end());
        for (const std::uint32_t own : owners) {
            for (const std::uint32_t other : seen) {
                if (own != other)
                    pairs.insert(layer == Layer::Egress ? std::pair(own, other) : std::pair(other, own));
            }
        }
    }

    static PortSet portsOf(Flows& flows, const End* from, const End* to)
    {
        return from && to ? flows.pool()[flows.between(*from, *to).certain] : PortSet();
    }

    void comparePair(const std::string& from, const std::string& to, const End* oldFrom, const End* oldTo,
        const End* newFrom, const End* newTo)
    {
        add(from, to, portsOf(m_before, oldFrom, oldTo), portsOf(m_after, newFrom, newTo));
    }

    void add(const std::string& from, const std::string& to, const PortSet& before, const PortSet& after)
    {
        if (before == after)
            return;
        for (const Protocol protocol : allProtocols) {
            const auto& old = before.ranges(protocol);
            const auto& now = after.ranges(protocol);
            if (old == now)
                continue;
            const auto kind = old.empty() ? FlowChange::Kind::Added
                : now.empty()             ? FlowChange::Kind::Removed
                                          : FlowChange::Kind::Changed;
            m_out.push_back({ kind, from, to, protocol, toText(old), toText(now) });
        }
    }

    static std::vector<Part> partsOf(Flows& flows, const End* end, Layer layer)
    {
        std::vector<Part> out;
        if (!end)
            return out;
        for (const Flows::Outside& part : flows.outside(*end, layer))
            out.emplace_back(part.addresses, flows.pool()[part.outcome.certain]);
        return out;
    }

    static PortSet portsAt(const std::vector<Part>& parts, const AddressRange& piece)
    {
        const auto found = std::ranges::find_if(parts, [&](const Part& part) {
            return part.first.contains({ piece.first, piece.isV6 });
        });
        return found == parts.end() ? PortSet() : found->second;
    }

    void compareOutside(const std::string& name, const End* old, const End* now, Layer layer)
    {
        const auto before = partsOf(m_before, old, layer);
        const auto after = partsOf(m_after, now, layer);
        std::vector<AddressRange> pieces;
        for (const auto* parts : { &before, &after }) {
            for (const Part& part : *parts)
                pieces.push_back(part.first);
        }
        // Neighbours that change in the same way are one row.
        std::map<std::pair<PortSet, PortSet>, std::vector<AddressRange>> found;
        for (const AddressRange& piece : cutAtAll(std::move(pieces))) {
            PortSet a = portsAt(before, piece), b = portsAt(after, piece);
            if (a != b)
                found[{ std::move(a), std::move(b) }].push_back(piece);
        }
        for (const auto& [ports, ranges] : found) {
            for (const AddressRange& range : joined(ranges)) {
                for (const std::string& cidr : cidrsOf(range))
                    add(layer == Layer::Egress ? name : cidr, layer == Layer::Egress ? cidr : name, ports.first,
                        ports.second);
            }
        }
    }

    bool m_isVariant;
    std::map<std::pair<SideKey, SideKey>, std::set<std::uint32_t>> m_differing;
    Flows m_before, m_after;
    std::vector<FlowChange> m_out;
};

} // namespace

std::string_view toText(FlowChange::Kind kind)
{
    switch (kind) {
    case FlowChange::Kind::Added:
        return "added";
    case FlowChange::Kind::Removed:
        return "removed";
    case FlowChange::Kind::Changed:
        return "changed";
    }
    std::unreachable();
}

std::vector<FlowChange> difference(const Reach& before, const Reach& after)
{
    return Comparison(before, after).run();
}

} // namespace plimsoll::network
