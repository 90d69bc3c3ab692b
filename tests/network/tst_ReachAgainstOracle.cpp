// SPDX-License-Identifier: Apache-2.0
#include "core/network/Reach.h"
#include "tests/network/NetworkRows.h"
#include "tests/network/Oracle.h"
#include "tests/network/RandomCluster.h"
#include "tests/support/Support.h"

#include <algorithm>
#include <array>
#include <map>

using namespace plimsoll;
using network::Reach;
using test::Oracle;

namespace {

network::Answer asEngine(Oracle::Answer answer)
{
    switch (answer) {
    case Oracle::Answer::No:
        return network::Answer::Denied;
    case Oracle::Answer::Yes:
        return network::Answer::Allowed;
    case Oracle::Answer::Unknown:
        break;
    }
    return network::Answer::Unknown;
}

// One end, for both.
struct BothEnds {
    std::string name;
    network::Point point;
    Oracle::End end;
};

std::optional<BothEnds> bothEnds(const Reach& reach, const Oracle& oracle, const std::string& name)
{
    const bool isPod = name.find('/') != std::string::npos;
    const auto asked = reach.endpoint(isPod ? "pod/" + name : name);
    const auto end = oracle.end(name);
    if (!asked || asked->points.size() != 1 || !end)
        return std::nullopt;
    return BothEnds { name, asked->points.front(), *end };
}

struct PortQuestion {
    network::Protocol protocol;
    std::uint16_t port;
};

// "" when the two agree, else the question and both answers.
std::string difference(
    const Reach& reach, const Oracle& oracle, const BothEnds& from, const BothEnds& to, const PortQuestion& asked)
{
    const std::string_view protocol = network::toText(asked.protocol);
    const network::Verdict verdict = reach.decide(from.point, to.point, asked.protocol, asked.port);
    const network::Answer expected = asEngine(oracle.allows(from.end, to.end, protocol, asked.port));
    if (verdict.answer == expected)
        return {};
    using Way = Oracle::Way;
    const auto side = [&](Way way) {
        return std::string(network::toText(asEngine(oracle.side(way, from.end, to.end, protocol, asked.port))));
    };
    return from.name + " -> " + to.name + ' ' + std::string(protocol) + ' ' + std::to_string(asked.port)
        + ": the engine says " + std::string(network::toText(verdict.answer)) + " (egress "
        + std::string(network::toText(verdict.egress.answer)) + ", ingress "
        + std::string(network::toText(verdict.ingress.answer)) + "), the oracle "
        + std::string(network::toText(expected)) + " (egress " + side(Way::Egress) + ", ingress " + side(Way::Ingress)
        + ")";
}

std::vector<PortQuestion> portQuestions(const std::vector<int>& ports)
{
    std::vector<PortQuestion> result;
    for (const network::Protocol protocol : network::allProtocols) {
        for (const int port : ports)
            result.push_back({ protocol, static_cast<std::uint16_t>(port) });
    }
    return result;
}

// What both say of one random cluster; the first difference, or "".
std::string differenceOfSeed(std::uint64_t seed, std::size_t& questions)
{
    const auto cluster = test::clusterFrom(test::randomCluster(seed));
    const Reach reach(cluster);
    const Oracle oracle(*cluster);
    std::vector<BothEnds> pods, outside;
    for (const std::string& name : oracle.podNames()) {
        const auto ends = bothEnds(reach, oracle, name);
        if (!ends)
            return "the engine does not know " + name;
        pods.push_back(*ends);
    }
    for (const std::string& name : test::randomOutsideAddresses()) {
        const auto ends = bothEnds(reach, oracle, name);
        if (!ends)
            return "the engine does not take " + name;
        outside.push_back(*ends);
    }
    std::vector<std::pair<const BothEnds*, const BothEnds*>> pairs;
    for (const BothEnds& pod : pods) {
        for (const BothEnds& other : pods)
            pairs.emplace_back(&pod, &other);
        for (const BothEnds& other : outside) {
            pairs.emplace_back(&pod, &other);
            pairs.emplace_back(&other, &pod);
        }
    }
    static const std::vector<PortQuestion> asked = portQuestions({ 53, 80, 81, 443, 8080, 9090 });
    for (const auto& [from, to] : pairs) {
        for (const PortQuestion& question : asked) {
            ++questions;
            const std::string text = difference(reach, oracle, *from, *to, question);
            if (!text.empty())
                return text;
        }
    }
    return {};
}

} // namespace

// The engine against rows that were worked out by hand, and against an evaluator that shares no code with it.
class tst_ReachAgainstOracle : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void rows_data();
    void rows();
    void randomClusters_data();
    void randomClusters();
    void harbor();
    void harborExplainsItself();

private:
    void loadHarbor();
    bool explains(const BothEnds& from, const BothEnds& to, const network::Verdict& verdict, std::string& wrong) const;
    bool explainsSide(const network::Side& side, Oracle::Way way, const BothEnds& subject, const BothEnds& other,
        const network::Verdict& verdict, std::string& wrong) const;

    std::unique_ptr<Reach> m_reach;
    std::unique_ptr<Oracle> m_oracle;
    std::vector<BothEnds> m_pods;
};

void tst_ReachAgainstOracle::rows_data()
{
    QTest::addColumn<test::NetworkRow>("row");
    for (const test::NetworkRow& row : test::networkRows())
        QTest::addRow("%s", row.name.c_str()) << row;
}

void tst_ReachAgainstOracle::rows()
{
    QFETCH(test::NetworkRow, row);
    const Reach reach(test::clusterFrom(row.yaml));
    const auto from = reach.endpoint(row.from);
    VERIFY_RESULT(from);
    const auto to = reach.endpoint(row.to);
    VERIFY_RESULT(to);
    const auto protocol = network::parseProtocol(row.protocol);
    QVERIFY(protocol);
    const auto verdict = reach.decide(*from, *to, *protocol, std::to_string(row.port));
    VERIFY_RESULT(verdict);
    QCOMPARE(std::string(network::toText(verdict->answer)), row.expected);
}

void tst_ReachAgainstOracle::randomClusters_data()
{
    QTest::addColumn<int>("first");
    for (int first = 0; first < 1000; first += 100)
        QTest::addRow("seeds %d to %d", first, first + 99) << first;
}

void tst_ReachAgainstOracle::randomClusters()
{
    QFETCH(int, first);
    std::size_t questions = 0;
    int failed = 0;
    std::string report;
    for (int i = first; i < first + 100; ++i) {
        const auto seed = static_cast<std::uint64_t>(i);
        const std::string text = differenceOfSeed(seed, questions);
        if (text.empty())
            continue;
        ++failed;
        if (report.empty())
            report = "seed " + std::to_string(i) + ": " + text + "\n" + test::randomCluster(seed);
        else
            report = "seed " + std::to_string(i) + ": " + text + "\n" + report;
    }
    if (failed > 0)
        qWarning("%s", report.c_str());
    QCOMPARE(failed, 0);
    QVERIFY(questions > 100'000);
}

void tst_ReachAgainstOracle::loadHarbor()
{
    const auto path = test::sharedPath("snapshots/harbor");
    if (!path || m_reach)
        return;
    const auto cluster = test::clusterFromPath(*path);
    m_reach = std::make_unique<Reach>(cluster);
    m_oracle = std::make_unique<Oracle>(*cluster);
    for (const std::string& name : m_oracle->podNames()) {
        const auto ends = bothEnds(*m_reach, *m_oracle, name);
        QVERIFY2(ends, name.c_str());
        m_pods.push_back(*ends);
    }
}

// Every pair of pods; of the ports that policies there name, each pair is asked about a few, in turn.
void tst_ReachAgainstOracle::harbor()
{
    loadHarbor();
    if (!m_reach)
        QSKIP("the snapshot harbor is not there");
    QVERIFY(m_pods.size() > 300);
    std::vector<int> ports = m_oracle->portsNamed();
    ports.insert(ports.end(), { 1, 65000 });
    const std::vector<PortQuestion> asked = portQuestions(ports);
    constexpr std::size_t perPair = 4;
    std::size_t next = 0;
    std::array<std::size_t, 3> counts {};
    std::size_t different = 0;
    for (const BothEnds& from : m_pods) {
        for (const BothEnds& to : m_pods) {
            for (std::size_t i = 0; i < perPair; ++i) {
                // A stride that shares no factor with most counts, so that neighbours get different ports.
                next = (next + 7) % asked.size();
                const std::string text = difference(*m_reach, *m_oracle, from, to, asked[next]);
                if (!text.empty() && ++different <= 5)
                    qWarning("%s", text.c_str());
            }
            ++counts[static_cast<std::size_t>(m_oracle->allows(from.end, to.end, "TCP", 443))];
        }
    }
    qInfo("pairs on TCP 443: %zu denied, %zu allowed, %zu unknown", counts[0], counts[1], counts[2]);
    QCOMPARE(different, std::size_t { 0 });
    QVERIFY(counts[0] > 1000 && counts[1] > 1000);
}

// Follows what one side says of itself.
bool tst_ReachAgainstOracle::explainsSide(const network::Side& side, Oracle::Way way, const BothEnds& subject,
    const BothEnds& other, const network::Verdict& verdict, std::string& wrong) const
{
    const auto fail = [&](const char* what) {
        wrong = std::string(way == Oracle::Way::Ingress ? "ingress of " : "egress of ") + subject.name + ", other end "
            + other.name + ' ' + std::string(network::toText(verdict.protocol)) + ' ' + std::to_string(verdict.port)
            + ": " + what;
        if (side.policy)
            wrong += "; " + m_reach->cluster().refOf(side.policy) + ' ' + side.pointer;
        return false;
    };
    if (side.basis == network::Basis::DefaultOpen)
        return !m_oracle->isIsolated(subject.end, way) || fail("not open by default: a policy isolates the pod");
    if (side.basis != network::Basis::Policy)
        return true; // both ends on one node and the like: no policy is named
    if (!side.policy)
        return fail("no policy is named");
    if (!m_oracle->selects(side.policy, way, subject.end))
        return fail("the policy does not select the pod");
    const std::string_view protocol = network::toText(verdict.protocol);
    if (side.pointer.empty()) // no rule lets it pass
        return side.answer == network::Answer::Denied || fail("allowed by no rule");
    if (m_oracle->ruleMatches(side.policy, side.pointer, subject.end, other.end, protocol, verdict.port)
        != Oracle::Answer::Yes)
        return fail("the rule does not match");
    return true;
}

bool tst_ReachAgainstOracle::explains(
    const BothEnds& from, const BothEnds& to, const network::Verdict& verdict, std::string& wrong) const
{
    const bool isDenied = verdict.answer == network::Answer::Denied;
    const auto counts = [&](const network::Side& side) {
        return !isDenied || side.answer == network::Answer::Denied; // of a denial the side that denies
    };
    using Way = Oracle::Way;
    return (!counts(verdict.egress) || explainsSide(verdict.egress, Way::Egress, from, to, verdict, wrong))
        && (!counts(verdict.ingress) || explainsSide(verdict.ingress, Way::Ingress, to, from, verdict, wrong));
}

void tst_ReachAgainstOracle::harborExplainsItself()
{
    loadHarbor();
    if (!m_reach)
        QSKIP("the snapshot harbor is not there");
    std::vector<int> ports = m_oracle->portsNamed();
    ports.insert(ports.end(), { 1, 65000 });
    const std::vector<PortQuestion> asked = portQuestions(ports);
    test::Dice dice(5);
    int allowed = 0;
    int denied = 0;
    int byRule = 0;
    for (int tries = 0; tries < 200'000 && (allowed < 50 || denied < 50); ++tries) {
        const BothEnds& from = m_pods[static_cast<std::size_t>(dice.below(static_cast<int>(m_pods.size())))];
        const BothEnds& to = m_pods[static_cast<std::size_t>(dice.below(static_cast<int>(m_pods.size())))];
        const PortQuestion& port = asked[static_cast<std::size_t>(dice.below(static_cast<int>(asked.size())))];
        const network::Verdict verdict = m_reach->decide(from.point, to.point, port.protocol, port.port);
        const bool isAllowed = verdict.answer == network::Answer::Allowed;
        if (verdict.answer == network::Answer::Unknown || (isAllowed ? allowed : denied) >= 50)
            continue;
        // Of the allowed ones, those that a rule lets pass: an open pair has nothing to follow.
        const bool isByRule = !verdict.egress.pointer.empty() || !verdict.ingress.pointer.empty();
        if (isAllowed && !isByRule)
            continue;
        std::string wrong;
        QVERIFY2(explains(from, to, verdict, wrong), wrong.c_str());
        ++(isAllowed ? allowed : denied);
        byRule += isByRule ? 1 : 0;
    }
    QCOMPARE(allowed, 50);
    QCOMPARE(denied, 50);
    QVERIFY(byRule >= 50);
}

QTEST_GUILESS_MAIN(tst_ReachAgainstOracle)
#include "tst_ReachAgainstOracle.moc"
