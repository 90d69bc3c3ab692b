// SPDX-License-Identifier: Apache-2.0
#include "core/network/Difference.h"
#include "core/network/Reach.h"
#include "tests/network/RandomCluster.h"
#include "tests/support/Support.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <tuple>

#include "core/base/Text.h"

using namespace plimsoll;
using namespace plimsoll::network;

namespace {

constexpr int seedCount = 200;
constexpr std::array<std::uint16_t, 8> probedPorts { 1, 53, 80, 81, 443, 8080, 9090, 65535 };

std::string describe(const Reach& reach, const Verdict& verdict)
{
    return reach.nameOf(verdict.from) + " -> " + reach.nameOf(verdict.to) + ' ' + std::string(toText(verdict.protocol))
        + ' ' + std::to_string(verdict.port) + ": " + std::string(toText(verdict.answer));
}

std::vector<Point> podPoints(const Reach& reach)
{
    std::vector<Point> out;
    for (std::uint32_t i = 0; i < reach.pods().size(); ++i)
        out.push_back(Point::ofPod(i));
    return out;
}

std::string portsText(const Reach::Ports& ports)
{
    return toText(ports.certain) + " / " + toText(ports.possible);
}

// Lists and counts are about policies: that a node always reaches its own pods is left out of them. Here the pods in
// the network of a node are on none, so that there is no such case.
std::string withoutOwnNodes(std::string text)
{
    const std::string_view marker = "hostNetwork: true, nodeName: n";
    for (auto at = text.find(marker); at != std::string::npos; at = text.find(marker))
        text.erase(at + std::string_view("hostNetwork: true, ").size(), std::string_view("nodeName: n0, ").size());
    return text;
}

// Ports that a list of connections gives to pairs of workloads.
using PairPorts = std::map<std::tuple<std::string, std::string, Protocol>, std::string>;

PairPorts workloadPairs(const std::vector<Connection>& connections)
{
    PairPorts out;
    for (const Connection& row : connections) {
        if (!parseCidr(row.source) && !parseCidr(row.destination))
            out[{ row.source, row.destination, row.protocol }] = row.ports;
    }
    return out;
}

std::string textOf(const PairPorts& pairs)
{
    std::string out;
    for (const auto& [key, ports] : pairs)
        out += std::get<0>(key) + " -> " + std::get<1>(key) + ' ' + std::string(toText(std::get<2>(key))) + ' ' + ports
            + '\n';
    return out;
}

PairPorts workloadPairsByHand(const Reach& reach, bool isUndecided)
{
    std::map<std::pair<std::string, std::string>, Reach::Ports> sums;
    const auto points = podPoints(reach);
    for (const Point& from : points) {
        for (const Point& to : points) {
            const std::string a = reach.workloadName(reach.pods()[from.pod].workload);
            const std::string b = reach.workloadName(reach.pods()[to.pod].workload);
            if (a == b)
                continue;
            const Reach::Ports own = reach.ports(from, to);
            sums[{ a, b }].certain.add(own.certain);
            sums[{ a, b }].possible.add(own.possible);
        }
    }
    PairPorts out;
    for (const auto& [ends, ports] : sums) {
        const PortSet set = isUndecided ? ports.possible.without(ports.certain) : ports.certain;
        for (const Protocol protocol : allProtocols) {
            if (!set.ranges(protocol).empty())
                out[{ ends.first, ends.second, protocol }] = toText(set.ranges(protocol));
        }
    }
    return out;
}

// Ports between one workload and one address outside.
std::string portsWith(const std::vector<Connection>& connections, const std::string& workload, const Address& address,
    bool isSource, Protocol protocol)
{
    std::string out;
    for (const Connection& row : connections) {
        const auto range = parseCidr(isSource ? row.source : row.destination);
        if (range && range->contains(address) && (isSource ? row.destination : row.source) == workload
            && row.protocol == protocol)
            out += (out.empty() ? "" : " and ") + row.ports; // twice would be wrong
    }
    return out;
}

std::string textOf(const std::vector<Connection>& rows)
{
    std::string out;
    for (const Connection& row : rows)
        out += row.source + " -> " + row.destination + ' ' + std::string(toText(row.protocol)) + ' ' + row.ports + '\n';
    return out;
}

std::string textOf(const std::vector<FlowChange>& rows)
{
    std::string out;
    for (const FlowChange& row : rows)
        out += std::string(toText(row.kind)) + ' ' + row.source + " -> " + row.destination + ' '
            + std::string(toText(row.protocol)) + ": " + row.before + " | " + row.after + '\n';
    return out;
}

// Two lists of connections, address by address where they have borders.
std::string changesByHand(const std::vector<Connection>& before, const std::vector<Connection>& after)
{
    using Key = std::tuple<std::string, bool, Protocol>; // workload, whether the outside is the source
    std::map<Key, std::array<std::vector<std::pair<AddressRange, std::string>>, 2>> outside;
    std::array<PairPorts, 2> pairs { workloadPairs(before), workloadPairs(after) };
    std::vector<FlowChange> out;
    const auto add = [&out](const std::string& from, const std::string& to, Protocol protocol, const std::string& old,
                         const std::string& now) {
        const auto kind = old.empty() ? FlowChange::Kind::Added
            : now.empty()             ? FlowChange::Kind::Removed
                                      : FlowChange::Kind::Changed;
        if (old != now)
            out.push_back({ kind, from, to, protocol, old, now });
    };
    for (const auto& [key, ports] : pairs[0])
        add(std::get<0>(key), std::get<1>(key), std::get<2>(key), ports,
            pairs[1].contains(key) ? pairs[1].at(key) : std::string());
    for (const auto& [key, ports] : pairs[1]) {
        if (!pairs[0].contains(key))
            add(std::get<0>(key), std::get<1>(key), std::get<2>(key), "", ports);
    }
    for (const auto* list : { &before, &after }) {
        for (const Connection& row : *list) {
            const auto source = parseCidr(row.source), destination = parseCidr(row.destination);
            if (source || destination)
                outside[{ source ? row.destination : row.source, source.has_value(), row.protocol }][list == &after]
                    .emplace_back(source ? *source : *destination, row.ports);
        }
    }
    for (const auto& [key, lists] : outside) {
        std::vector<std::pair<bool, Uint128>> cuts;
        for (const auto& list : lists) {
            for (const auto& [range, ports] : list) {
                cuts.emplace_back(range.isV6, range.first);
                if (range.last != everyAddress(range.isV6).last)
                    cuts.emplace_back(range.isV6, range.last + 1);
            }
        }
        std::ranges::sort(cuts);
        cuts.erase(std::ranges::unique(cuts).begin(), cuts.end());
        const auto at = [](const auto& list, const Address& address) {
            const auto found
                = std::ranges::find_if(list, [&](const auto& part) { return part.first.contains(address); });
            return found == list.end() ? std::string() : found->second;
        };
        std::map<std::pair<std::string, std::string>, std::vector<AddressRange>> same;
        for (std::size_t i = 0; i < cuts.size(); ++i) {
            const auto& [isV6, first] = cuts[i];
            const bool hasNext = i + 1 < cuts.size() && cuts[i + 1].first == isV6;
            const Uint128 last = hasNext ? cuts[i + 1].second - 1 : everyAddress(isV6).last;
            same[{ at(lists[0], { first, isV6 }), at(lists[1], { first, isV6 }) }].push_back({ first, last, isV6 });
        }
        for (const auto& [ports, ranges] : same) {
            for (const AddressRange& range : joined(ranges)) {
                for (const std::string& cidr : cidrsOf(range))
                    add(std::get<1>(key) ? cidr : std::get<0>(key), std::get<1>(key) ? std::get<0>(key) : cidr,
                        std::get<2>(key), ports.first, ports.second);
            }
        }
    }
    std::ranges::sort(out, {}, [](const FlowChange& row) {
        return std::tie(row.source, row.destination, row.protocol, row.before, row.after);
    });
    return textOf(out);
}

// Rows of ranges are compared address by address: the engine may cut them where the ports of another protocol change.
std::vector<Connection> connectionsOf(const std::vector<FlowChange>& changes, bool isAfter)
{
    std::vector<Connection> out;
    for (const FlowChange& row : changes) {
        if (const std::string& ports = isAfter ? row.after : row.before; !ports.empty())
            out.push_back({ row.source, row.destination, row.protocol, ports });
    }
    return out;
}

// What is asked of policies that are added: known labels, unknown labels, unknown blocks.
const char* const knownLabels = R"(
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: zz-added, namespace: default}
spec:
  podSelector: {}
  policyTypes: [Ingress, Egress]
  ingress: [{from: [{namespaceSelector: {}}], ports: [{port: 80}]}]
  egress: [{to: [{podSelector: {}}]}]
)";
const char* const unknownLabels = R"(
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: zz-added, namespace: ns1}
spec:
  podSelector: {matchExpressions: [{key: never-seen, operator: DoesNotExist}, {key: tier, operator: NotIn, values: [x]}]}
  policyTypes: [Ingress, Egress]
  ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: default}}}]}]
)";
const char* const unknownBlocks = R"(
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: zz-added, namespace: default}
spec:
  podSelector: {}
  policyTypes: [Ingress, Egress]
  ingress: [{from: [{ipBlock: {cidr: 198.51.100.0/24, except: [198.51.100.64/26]}}], ports: [{port: 443}]}]
  egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0, except: [10.1.0.0/16]}}, {ipBlock: {cidr: 'fd00::/9'}}]}]
)";

} // namespace

// What the engine says of many ports, pairs and policies at once, against what it says one by one. One by one it is
// held against another evaluator (tst_ReachAgainstOracle).
class tst_ReachSets : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void ports();
    void counts();
    void connections();
    void variants_data();
    void variants();
    void again();
};

void tst_ReachSets::ports()
{
    std::size_t questions = 0, wider = 0, differ = 0;
    for (int seed = 0; seed < seedCount; ++seed) {
        const std::string text = test::randomCluster(static_cast<std::uint64_t>(seed));
        const bool hasPasses = text.find("action: Pass") != std::string::npos;
        const Reach reach(test::clusterFrom(text));
        auto points = podPoints(reach);
        const std::size_t pods = points.size();
        for (const std::string& outside : test::randomOutsideAddresses()) {
            const Address address = parseAddress(outside).value();
            points.push_back({ noIndex, { address.bits, address.bits, address.isV6 } });
        }
        for (std::size_t i = 0; i < points.size(); ++i) {
            for (std::size_t j = 0; j < points.size(); ++j) {
                if (i >= pods && j >= pods)
                    continue;
                const Reach::Ports all = reach.ports(points[i], points[j]);
                QVERIFY(all.certain.without(all.possible).isEmpty());
                for (const Protocol protocol : allProtocols) {
                    for (const std::uint16_t port : probedPorts) {
                        ++questions;
                        const Verdict verdict = reach.decide(points[i], points[j], protocol, port);
                        const bool isCertain = all.certain.contains(protocol, port);
                        const bool isPossible = all.possible.contains(protocol, port);
                        const Answer answer = isCertain ? Answer::Allowed
                            : isPossible                ? Answer::Unknown
                                                        : Answer::Denied;
                        if (answer == verdict.answer)
                            continue;
                        // Sets may only be the more careful of the two, and only where a rule that may match leaves
                        // it to the next tier: both ways can come to the same end there.
                        const bool isCareful = answer == Answer::Unknown && hasPasses;
                        ++(isCareful ? wider : differ);
                        if (!isCareful)
                            qWarning("seed %d: %s, but the sets are %s", seed, describe(reach, verdict).c_str(),
                                portsText(all).c_str());
                    }
                }
            }
        }
    }
    qInfo("%zu questions, in %zu the sets leave open what is decided one by one", questions, wider);
    QCOMPARE(differ, std::size_t { 0 });
    QVERIFY(questions > 500'000);
    QVERIFY2(wider * 1000 < questions, "the sets are too careful");
}

void tst_ReachSets::counts()
{
    std::uint64_t unknown = 0, allowed = 0, denied = 0;
    for (int seed = 0; seed < seedCount; ++seed) {
        const Reach reach(test::clusterFrom(withoutOwnNodes(test::randomCluster(static_cast<std::uint64_t>(seed)))));
        const auto points = podPoints(reach);
        std::vector<std::uint32_t> everybody(points.size());
        std::iota(everybody.begin(), everybody.end(), 0);
        for (const Sides sides : { Sides::Combined, Sides::IngressOnly, Sides::EgressOnly }) {
            const std::size_t spaces = reach.namespaceNames().size();
            std::vector<std::vector<Cell>> byHand(spaces, std::vector<Cell>(spaces));
            Cell sum, rowSum;
            for (const Point& from : points) {
                for (const Point& to : points) {
                    if (from == to)
                        continue;
                    const Reach::Ports all = reach.ports(from, to, sides);
                    for (Cell* cell : { &byHand[reach.pods()[from.pod].ns][reach.pods()[to.pod].ns], &sum }) {
                        ++cell->pairs;
                        cell->allowed += all.certain.isEmpty() ? 0 : 1;
                        cell->unknown += all.certain.isEmpty() && !all.possible.isEmpty() ? 1 : 0;
                    }
                }
            }
            for (std::uint32_t ns = 0; ns < spaces; ++ns) {
                const auto row = reach.row(ns, sides);
                QCOMPARE(row.size(), spaces);
                for (std::size_t to = 0; to < spaces; ++to) {
                    const std::string where = "seed " + std::to_string(seed) + ", " + reach.namespaceNames()[ns]
                        + " -> " + reach.namespaceNames()[to];
                    QVERIFY2(row[to].pairs == byHand[ns][to].pairs, where.c_str());
                    QVERIFY2(row[to].allowed == byHand[ns][to].allowed, where.c_str());
                    QVERIFY2(row[to].unknown == byHand[ns][to].unknown, where.c_str());
                    QVERIFY2(row[to].open <= row[to].allowed, where.c_str());
                    rowSum.pairs += row[to].pairs;
                    rowSum.allowed += row[to].allowed;
                    rowSum.unknown += row[to].unknown;
                    rowSum.open += row[to].open;
                }
            }
            QVERIFY(reach.cell(everybody, everybody, sides) == rowSum);
            QCOMPARE(rowSum.allowed, sum.allowed);
            if (sides == Sides::Combined) {
                QVERIFY(reach.total() == rowSum);
                allowed += sum.allowed;
                unknown += sum.unknown;
                denied += sum.pairs - sum.allowed - sum.unknown;
            }
        }
    }
    QVERIFY(allowed > 1000 && unknown > 100 && denied > 100);
}

void tst_ReachSets::connections()
{
    std::size_t rows = 0, undecidedRows = 0, outside = 0;
    for (int seed = 0; seed < seedCount; ++seed) {
        const Reach reach(test::clusterFrom(withoutOwnNodes(test::randomCluster(static_cast<std::uint64_t>(seed)))));
        const auto certain = reach.connections(), open = reach.undecidedConnections();
        QVERIFY(std::ranges::is_sorted(certain) && std::ranges::is_sorted(open));
        rows += certain.size();
        undecidedRows += open.size();
        QVERIFY2(textOf(workloadPairs(certain)) == textOf(workloadPairsByHand(reach, false)),
            (std::to_string(seed) + textOf(workloadPairs(certain)) + "HAND\n"
                + textOf(workloadPairsByHand(reach, false)))
                .c_str());
        QVERIFY2(workloadPairs(open) == workloadPairsByHand(reach, true), textOf(open).c_str());
        bool hasV6 = false;
        for (const Connection& row : certain)
            hasV6 = hasV6 || row.source.find("::") != std::string::npos
                || row.destination.find("::") != std::string::npos;
        for (const std::string& text : test::randomOutsideAddresses()) {
            const Address address = parseAddress(text).value();
            if (address.isV6 && !hasV6)
                continue;
            const Point there { noIndex, { address.bits, address.bits, address.isV6 } };
            for (const Point& pod : podPoints(reach)) {
                const ReachPod& own = reach.pods()[pod.pod];
                if (reach.podsOf(own.workload).size() != 1)
                    continue;
                const bool canSpeak
                    = !address.isV6 || std::ranges::any_of(own.addresses, [](const Address& one) { return one.isV6; });
                for (const bool isSource : { false, true }) {
                    const PortSet ports = isSource ? reach.ports(there, pod).certain : reach.ports(pod, there).certain;
                    for (const Protocol protocol : allProtocols) {
                        const std::string listed
                            = portsWith(certain, reach.workloadName(own.workload), address, isSource, protocol);
                        const std::string expected = toText(ports.ranges(protocol));
                        ++outside;
                        const std::string where = "seed " + std::to_string(seed) + ' ' + reach.nameOf(pod)
                            + (isSource ? " from " : " to ") + text + ": listed " + listed + ", expected " + expected;
                        // Pods that show no address of the other family may be left out of it.
                        QVERIFY2(listed == expected || (!canSpeak && listed.empty()), where.c_str());
                    }
                }
            }
        }
    }
    QVERIFY(rows > 5000 && undecidedRows > 100 && outside > 10'000);
}

void tst_ReachSets::variants_data()
{
    QTest::addColumn<std::string>("added"); // "" = a policy is dropped
    QTest::addColumn<int>(
        "shared"); // of all seeds, how many variants must share the tables: 1 = all, 0 = any, -1 = none
    QTest::addRow("a policy is dropped") << std::string() << 1;
    QTest::addRow("labels that others ask for") << std::string(knownLabels) << 1;
    QTest::addRow("labels that nobody asked for") << std::string(unknownLabels) << -1;
    QTest::addRow("blocks that nobody asked for") << std::string(unknownBlocks) << 0;
}

void tst_ReachSets::variants()
{
    QFETCH(const std::string, added);
    QFETCH(const int, shared);
    std::size_t changed = 0, variants = 0, sharing = 0;
    const auto addition = added.empty() ? nullptr : test::clusterFrom(added);
    for (int seed = 0; seed < seedCount; ++seed) {
        const auto cluster = test::clusterFrom(test::randomCluster(static_cast<std::uint64_t>(seed)));
        const Reach base(cluster);
        PolicyChanges changes { {}, addition };
        const auto& policies = cluster->networkPolicies();
        if (added.empty()) {
            if (policies.empty())
                continue;
            changes.dropped.push_back(policies[static_cast<std::size_t>(seed) % policies.size()].object);
        }
        const Reach variant(base, changes), whole(cluster, changes);
        ++variants;
        sharing += variant.isVariantOf(base) ? 1 : 0;
        const auto before = base.connections(), after = variant.connections(), expected = whole.connections();
        const std::string seedText = "seed " + std::to_string(seed) + '\n';
        QVERIFY2(after == expected, (seedText + textOf(after) + "expected\n" + textOf(expected)).c_str());
        QVERIFY2(variant.undecidedConnections() == whole.undecidedConnections(),
            (seedText + textOf(variant.undecidedConnections()) + "WHOLE\n" + textOf(whole.undecidedConnections()))
                .c_str());
        QVERIFY(variant.total() == whole.total());
        const auto quick = difference(base, variant), full = difference(base, whole);
        const std::string byHand = changesByHand(before, after);
        for (const auto* found : { &quick, &full }) {
            const std::string asHand = changesByHand(connectionsOf(*found, false), connectionsOf(*found, true));
            QVERIFY2(asHand == byHand, (seedText + asHand + "expected\n" + byHand).c_str());
            for (const FlowChange& row : *found)
                QVERIFY(row.before != row.after);
        }
        changed += byHand.empty() ? 0 : 1;
        QVERIFY(difference(base, base).empty());
    }
    qInfo("%zu of %zu changed something, %zu share the tables", changed, variants, sharing);
    QVERIFY(changed * 10 > variants);
    QVERIFY(shared == 1 ? sharing == variants : shared == 0 || sharing == 0);
}

void tst_ReachSets::again()
{
    for (int seed = 0; seed < seedCount; seed += 10) {
        const std::string text = test::randomCluster(static_cast<std::uint64_t>(seed));
        const Reach one(test::clusterFrom(text)), two(test::clusterFrom(text));
        QVERIFY(one.connections() == two.connections());
        QVERIFY(one.connections() == one.connections());
        QVERIFY(one.undecidedConnections() == two.undecidedConnections());
        QCOMPARE(one.classCount(), two.classCount());
        QCOMPARE(one.profileCount(), two.profileCount());
        QVERIFY(difference(one, two).empty());
        for (const Point& from : podPoints(one)) {
            for (const Point& to : podPoints(one)) {
                const Verdict a = one.decide(from, to, Protocol::TCP, 80), b = two.decide(from, to, Protocol::TCP, 80);
                QCOMPARE(one.reason(a), two.reason(b));
                QCOMPARE(one.explain(a).change, two.explain(b).change);
            }
        }
    }
}

QTEST_GUILESS_MAIN(tst_ReachSets)
#include "tst_ReachSets.moc"
