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
        if (m_model.profile(key.profile).ruleCount > manyRules)
            return m_evaluator.table(key).at(other);
        return m_evaluator.outcome(key, other);
    }

    const Reach::Private& m_model;
    const Foundation& m_f;
    Evaluator m_evaluator;
    std::array<std::vector<std::optional<SideKey>>, 2> m_keys;
};

// The pairs of the whole cluster: what bases let pass is counted by products, then entries correct it.
class Total {
public:
    explicit Total(const Reach::Private& model)
        : m_f(model.f())
        , m_evaluator(model)
    {
    }

    Cell run()
    {
        for (const Layer layer : { Layer::Egress, Layer::Ingress })
            collect(layer);
        for (Group& group : m_groups[0])
            group.table = m_evaluator.makeTable(group.key);
        countBases();
        for (const Group& group : m_groups[0])
            correctEgress(group);
        for (Group& group : m_groups[1]) {
            if (group.table.entries.empty())
                continue;
            correctIngress(group);
        }
        removeSelf();
        return m_cell;
    }

private:
    struct Group {
        SideKey key;
        std::vector<std::uint32_t> classes;
        std::uint64_t pods = 0;
        SideTable table;
    };

    void collect(Layer layer)
    {
        const std::size_t at = indexOf(layer) == 0 ? 0 : 1;
        std::map<SideKey, std::uint32_t> known;
        auto& groups = m_groups[at];
        m_groupOf[at].resize(m_f.classes.size());
        for (std::uint32_t c = 0; c < m_f.classes.size(); ++c) {
            const SideKey key = m_evaluator.keyOf(layer, c);
            const auto [found, isNew] = known.try_emplace(key, static_cast<std::uint32_t>(groups.size()));
            if (isNew)
                groups.push_back({ key, {}, 0, {} });
            groups[found->second].classes.push_back(c);
            groups[found->second].pods += m_f.classes[c].pods.size();
            m_groupOf[at][c] = found->second;
        }
        if (at == 1) {
            for (Group& group : groups)
                group.table = m_evaluator.makeTable(group.key);
        }
    }

    void add(Code code, std::uint64_t pairs, bool isMinus)
    {
        std::uint64_t* field = code == Code::Allowed ? &m_cell.allowed
            : code == Code::Unknown                  ? &m_cell.unknown
                                                     : nullptr;
        if (field)
            *field += isMinus ? ~pairs + 1 : pairs;
    }

    void countBases()
    {
        std::array<std::map<std::pair<Outcome, bool>, std::uint64_t>, 2> weights;
        for (std::size_t at = 0; at < 2; ++at) {
            for (const Group& group : m_groups[at])
                weights[at][{ group.table.base, group.key.isOpen() }] += group.pods;
        }
        for (const auto& [from, sources] : weights[0]) {
            for (const auto& [to, targets] : weights[1]) {
                const std::uint64_t pairs = sources * targets;
                m_cell.pairs += pairs;
                m_cell.open += from.second && to.second ? pairs : 0;
                add(m_evaluator.meetCode(from.first, to.first), pairs, false);
            }
        }
    }

    std::uint64_t podsOf(std::uint32_t c) const { return m_f.classes[c].pods.size(); }

    void correct(Code full, Code base, std::uint64_t pairs)
    {
        if (full == base)
            return;
        add(full, pairs, false);
        add(base, pairs, true);
    }

    void correctEgress(const Group& group)
    {
        for (const auto& [to, outcome] : group.table.entries) {
            const Group& target = m_groups[1][m_groupOf[1][to]];
            const Code base = m_evaluator.meetCode(group.table.base, target.table.base);
            if (target.table.entries.empty()) {
                correct(m_evaluator.meetCode(outcome, target.table.base), base, group.pods * podsOf(to));
                continue;
            }
            for (const std::uint32_t from : group.classes)
                correct(m_evaluator.meetCode(outcome, target.table.at(from)), base, podsOf(from) * podsOf(to));
        }
    }

    void correctIngress(const Group& group)
    {
        for (const auto& [from, outcome] : group.table.entries) {
            const Group& source = m_groups[0][m_groupOf[0][from]];
            const Code base = m_evaluator.meetCode(source.table.base, group.table.base);
            const Code full = m_evaluator.meetCode(source.table.base, outcome);
            if (full == base)
                continue;
            if (source.table.entries.empty()) {
                correct(full, base, podsOf(from) * group.pods);
                continue;
            }
            for (const std::uint32_t to : group.classes) {
                // Pairs with an entry on the other side were corrected with it.
                const auto& entries = source.table.entries;
                const auto found = std::ranges::lower_bound(entries, to, {}, &std::pair<std::uint32_t, Outcome>::first);
                if (found == entries.end() || found->first != to)
                    correct(full, base, podsOf(from) * podsOf(to));
            }
        }
    }

    // A pod and itself is no pair.
    void removeSelf()
    {
        for (std::uint32_t c = 0; c < m_f.classes.size(); ++c) {
            const Group& source = m_groups[0][m_groupOf[0][c]];
            const Group& target = m_groups[1][m_groupOf[1][c]];
            m_cell.pairs -= podsOf(c);
            m_cell.open -= source.key.isOpen() && target.key.isOpen() ? podsOf(c) : 0;
            add(m_evaluator.meetCode(source.table.at(c), target.table.at(c)), podsOf(c), true);
        }
    }

    const Foundation& m_f;
    Evaluator m_evaluator;
    std::array<std::vector<Group>, 2> m_groups; // egress, ingress
    std::array<std::vector<std::uint32_t>, 2> m_groupOf; // by class
    Cell m_cell;
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

std::vector<Cell> Reach::row(std::uint32_t ns, Sides sides) const
{
    Counter counter(*m);
    const Foundation& f = m->f();
    std::vector<Cell> out(f.namespaces.size());
    for (const auto* list : { &f.namespaces[ns].classes, &f.namespaces[ns].hostClasses }) {
        for (const std::uint32_t from : *list) {
            const std::uint64_t sources = f.classes[from].pods.size();
            for (std::uint32_t to = 0; to < f.classes.size(); ++to) {
                const std::uint64_t pairs = sources * f.classes[to].pods.size() - (from == to ? sources : 0);
                counter.add(out[f.classes[to].ns], from, to, pairs, sides);
            }
        }
    }
    return out;
}

Cell Reach::total() const
{
    return Total(*m).run();
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
    for (const cluster::NetworkPolicy& policy : cluster().networkPolicies()) {
        const StringId own = cluster().object(policy.object).ns;
        const std::string_view name = own.isNone() ? "default" : cluster().text(own);
        if (name != namespaceNames()[ns]
            || std::ranges::find(m->changes.dropped, policy.object) != m->changes.dropped.end())
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
