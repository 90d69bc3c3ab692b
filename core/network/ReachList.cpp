// SPDX-License-Identifier: Apache-2.0
// All connections at once: lists between workloads, counts between namespaces. What is open to everybody is counted by
// products, never pair by pair.
#include "core/network/detail/Flows_p.h"

#include <algorithm>
#include <map>

namespace plimsoll::network {

using Code = Evaluator::Code;

namespace {

// The classes of a workload, of a namespace or of some pods, with how many pods of each.
using ClassCounts = std::map<std::uint32_t, std::uint64_t>;

ClassCounts countsOf(const Foundation& f, std::span<const std::uint32_t> pods)
{
    ClassCounts out;
    for (const std::uint32_t pod : pods)
        ++out[f.pods[pod].podClass];
    return out;
}

// Rows of the list, for sure or in doubt.
class Lister {
public:
    Lister(const Reach& reach, bool isUndecided)
        : m_flows(reach, true)
        , m_isUndecided(isUndecided)
    {
    }

    std::vector<Connection> run()
    {
        for (const Flows::End& from : m_flows.ends()) {
            for (const Flows::End& to : m_flows.ends()) {
                if (&from != &to)
                    addRows(from.name, to.name, wanted(m_flows.between(from, to)));
            }
            addOutside(from, Layer::Egress);
            addOutside(from, Layer::Ingress);
        }
        std::ranges::sort(m_rows);
        return std::move(m_rows);
    }

private:
    PortPool::Id wanted(const Outcome& outcome)
    {
        return m_isUndecided ? m_flows.pool().minus(outcome.possible, outcome.certain) : outcome.certain;
    }

    void addRows(const std::string& from, const std::string& to, PortPool::Id ports)
    {
        for (const Protocol protocol : allProtocols) {
            const std::string& text = textOfPorts(ports, protocol);
            if (!text.empty())
                m_rows.push_back({ from, to, protocol, text });
        }
    }

    const std::string& textOfPorts(PortPool::Id ports, Protocol protocol)
    {
        const auto [at, isNew] = m_texts.try_emplace(std::pair(ports, protocol));
        if (isNew)
            at->second = toText(m_flows.pool()[ports].ranges(protocol));
        return at->second;
    }

    // Ranges with the same ports are joined, for each protocol by itself.
    void addOutside(const Flows::End& end, Layer layer)
    {
        std::map<std::pair<Protocol, std::string>, std::vector<AddressRange>> found;
        for (const Flows::Outside& part : m_flows.outside(end, layer)) {
            const PortPool::Id ports = wanted(part.outcome);
            for (const Protocol protocol : allProtocols) {
                if (const std::string& text = textOfPorts(ports, protocol); !text.empty())
                    found[{ protocol, text }].push_back(part.addresses);
            }
        }
        for (const auto& [what, ranges] : found) {
            for (const AddressRange& range : joined(ranges)) {
                for (std::string& cidr : cidrsOf(range)) {
                    if (layer == Layer::Egress)
                        m_rows.push_back({ end.name, std::move(cidr), what.first, what.second });
                    else
                        m_rows.push_back({ std::move(cidr), end.name, what.first, what.second });
                }
            }
        }
    }

    Flows m_flows;
    bool m_isUndecided;
    std::vector<Connection> m_rows;
    std::map<std::pair<PortPool::Id, Protocol>, std::string> m_texts;
};

// Counts pairs by what both sides let pass.
class Counter {
public:
    explicit Counter(const Reach::Private& model)
        : m_model(model)
        , m_f(model.f())
        , m_evaluator(model)
    {
    }

    Outcome outcome(std::uint32_t from, std::uint32_t to, Sides sides)
    {
        Outcome out;
        if (sides != Sides::IngressOnly)
            out = side(Layer::Egress, from, to);
        if (sides != Sides::EgressOnly)
            out = m_evaluator.meet(out, side(Layer::Ingress, to, from));
        return out;
    }

    bool isOpen(std::uint32_t from, std::uint32_t to, Sides sides)
    {
        return (sides == Sides::IngressOnly || keyOf(Layer::Egress, from).isOpen())
            && (sides == Sides::EgressOnly || keyOf(Layer::Ingress, to).isOpen());
    }

    void add(Cell& cell, std::uint32_t from, std::uint32_t to, std::uint64_t pairs, Sides sides)
    {
        if (pairs == 0)
            return;
        cell.pairs += pairs;
        if (isOpen(from, to, sides)) {
            cell.allowed += pairs;
            cell.open += pairs;
            return;
        }
        const Code code = m_evaluator.codeOf(outcome(from, to, sides));
        cell.allowed += code == Code::Allowed ? pairs : 0;
        cell.unknown += code == Code::Unknown ? pairs : 0;
    }

private:
    const SideKey& keyOf(Layer layer, std::uint32_t podClass)
    {
        auto& known = m_keys[indexOf(layer)];
        if (known.empty())
            known.resize(m_f.classes.size());
        auto& own = known[podClass];
        if (!own)
            own = m_evaluator.keyOf(layer, podClass);
        return *own;
    }

    Outcome side(Layer layer, std::uint32_t subject, std::uint32_t other)
    {
        const SideKey& key = keyOf(layer, subject);
        // Of many rules a table of all classes is made once.
        constexpr std::size_t manyRules = 64;
        return m_model.profile(key.profile).ruleCount > manyRules ? m_evaluator.table(key).at(other)
                                                                  : m_evaluator.outcome(key, other);
    }

    const Reach::Private& m_model;
    const Foundation& m_f;
    Evaluator m_evaluator;
    std::array<std::vector<std::optional<SideKey>>, 2> m_keys;
};

} // namespace

std::vector<Connection> Reach::connections() const
{
    return Lister(*this, false).run();
}

std::vector<Connection> Reach::undecidedConnections() const
{
    return Lister(*this, true).run();
}

Cell Reach::cell(std::span<const std::uint32_t> from, std::span<const std::uint32_t> to, Sides sides) const
{
    Counter counter(*m);
    Cell cell;
    const ClassCounts targets = countsOf(m->f(), to);
    std::vector<std::uint32_t> both; // pods that are in both lists
    std::vector<std::uint32_t> a(from.begin(), from.end()), b(to.begin(), to.end());
    std::ranges::sort(a);
    std::ranges::sort(b);
    std::ranges::set_intersection(a, b, std::back_inserter(both));
    const ClassCounts shared = countsOf(m->f(), both);
    for (const auto& [source, sources] : countsOf(m->f(), from)) {
        for (const auto& [target, count] : targets) {
            const auto own = source == target ? shared.find(source) : shared.end();
            counter.add(cell, source, target, sources * count - (own == shared.end() ? 0 : own->second), sides);
        }
    }
    return cell;
}

bool Reach::isIsolated(std::uint32_t pod, Direction direction) const
{
    const ReachPod& own = m->f().pods[pod];
    if (own.isHostNetwork)
        return false;
    const Layer layer = direction == Direction::Ingress ? Layer::Ingress : Layer::Egress;
    const auto& groups = m->profileFor(layer, own.podClass).groups;
    return std::ranges::any_of(groups, [&](std::uint32_t index) { return m->group(index).isolates; });
}

Coverage Reach::coverage(std::uint32_t ns) const
{
    Coverage out;
    for (const std::uint32_t pod : m->f().namespaces[ns].pods) {
        if (m->f().pods[pod].isHostNetwork) {
            ++out.hostNetwork;
            continue;
        }
        ++out.pods;
        for (const Direction direction : bothDirections)
            out.isolated[indexOf(direction)] += isIsolated(pod, direction) ? 1 : 0;
    }
    for (const std::uint32_t index : m->policiesIn[ns]) {
        const cluster::NetworkPolicy& policy = cluster().networkPolicies()[index];
        if (std::ranges::find(m->changes.dropped, policy.object) != m->changes.dropped.end())
            continue;
        ++out.policies;
        for (const Direction direction : bothDirections) {
            const auto rules = rulesOf(policy, direction);
            const bool isOpen = std::ranges::any_of(
                rules, [](const cluster::NetworkPolicyRule& rule) { return rule.peers.empty() && rule.ports.empty(); });
            if (policy.podSelector.isEmpty() && hasDirection(policy, direction) && !isOpen)
                out.deniesByDefault[indexOf(direction)] = true;
        }
    }
    return out;
}

} // namespace plimsoll::network
