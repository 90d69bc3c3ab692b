// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <set>

#include "tests/attack/SmallGraphs.h"

using namespace plimsoll;
using namespace plimsoll::attack;
using namespace plimsoll::test;

namespace {

constexpr int graphCount = 150;

void addGraphs()
{
    QTest::addColumn<std::uint32_t>("seed");
    QTest::addColumn<bool>("isSeveral");
    for (int seed = 0; seed < graphCount; ++seed) {
        QTest::addRow("graph %d, facts of one place", seed) << static_cast<std::uint32_t>(seed) << false;
        QTest::addRow("graph %d, facts of several places", seed) << static_cast<std::uint32_t>(seed) << true;
    }
}

SmallGraph graphOf(std::uint32_t seed, bool isSeveral)
{
    return randomGraph(seed, isSeveral ? Held::Several : Held::OneEach);
}

std::uint32_t count(const std::vector<PlaceId>& places)
{
    return static_cast<std::uint32_t>(places.size());
}

// The fewest changeable facts after which the starts are as closed as they can be.
std::uint32_t fewestFacts(const AttackGraph& graph, const SmallGraph& small)
{
    std::vector<FactId> all;
    for (std::uint32_t i = 0; i < graph.facts().size(); ++i) {
        if (!graph.fact({ i }).isFixed)
            all.push_back({ i });
    }
    const std::uint32_t leftOpen = count(openStarts(graph, small, all));
    auto fewest = static_cast<std::uint32_t>(all.size());
    for (std::uint32_t subset = 0; subset < 1U << all.size(); ++subset) {
        std::vector<FactId> some;
        for (std::uint32_t i = 0; i < all.size(); ++i) {
            if ((subset >> i & 1) != 0)
                some.push_back(all[i]);
        }
        if (some.size() < fewest && count(openStarts(graph, small, some)) == leftOpen)
            fewest = static_cast<std::uint32_t>(some.size());
    }
    return fewest;
}

std::string shown(const FixPlan& plan)
{
    std::string out = std::to_string(plan.open);
    for (const FixPlan::Row& row : plan.rows)
        out += " f" + std::to_string(row.fact.index) + ":" + std::to_string(row.closed) + ">"
            + std::to_string(row.remaining);
    return out;
}

// Two ways side by side, each through a place on a fact; then one place that both go through.
SmallGraph diamond(bool isEndFixed)
{
    SmallGraph out;
    out.places = 5;
    for (const std::uint32_t side : { 1U, 2U }) {
        out.arcs.push_back({ 0, side, Technique::Exec, Certainty::Confirmed });
        out.arcs.push_back({ side, 3, Technique::Exec, Certainty::Confirmed });
    }
    out.arcs.push_back({ 3, 4, Technique::Exec, Certainty::Confirmed });
    out.facts = { { { 1 } }, { { 2 } }, { { 3 }, isEndFixed } };
    out.starts = { 0 };
    out.goals = { 4 };
    return out;
}

} // namespace

class TestChokePoints : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void closedEqualsRemovalOfEachFact_data() { addGraphs(); }
    void closedEqualsRemovalOfEachFact()
    {
        QFETCH(std::uint32_t, seed);
        QFETCH(bool, isSeveral);
        const SmallGraph small = graphOf(seed, isSeveral);
        const auto graph = built(small);
        Progress progress;
        const auto points = chokePoints(*graph, ids(small.starts), ids(small.goals), {}, progress);
        VERIFY_RESULT(points);
        std::vector<std::uint32_t> closed(graph->facts().size(), 0), wanted, effects;
        for (const ChokePoint& point : *points)
            closed[point.fact.index] = point.closed;
        for (std::uint32_t i = 0; i < graph->facts().size(); ++i) {
            const std::vector<FactId> fact { { i } };
            wanted.push_back(count(openStarts(*graph, small)) - count(openStarts(*graph, small, fact)));
            effects.push_back(effectOf(*graph, ids(small.starts), ids(small.goals), fact).closed);
        }
        QCOMPARE(closed, wanted);
        QCOMPARE(effects, wanted);
        QVERIFY(std::ranges::is_sorted(*points, std::greater<>(), &ChokePoint::closed));
    }

    void crossingCountsShortestWays_data() { addGraphs(); }
    void crossingCountsShortestWays()
    {
        QFETCH(std::uint32_t, seed);
        QFETCH(bool, isSeveral);
        const SmallGraph small = graphOf(seed, isSeveral);
        const auto graph = built(small);
        Progress progress;
        const auto points = chokePoints(*graph, ids(small.starts), ids(small.goals), {}, progress);
        VERIFY_RESULT(points);
        const Distances distances = Distances::towards(*graph, ids(small.goals));
        std::map<std::uint32_t, std::uint32_t> crossing, wanted;
        for (const ChokePoint& point : *points)
            crossing[point.fact.index] = point.crossing;
        for (const PlaceId start : openStarts(*graph, small)) {
            std::set<FactId> facts(graph->factsOf(start).begin(), graph->factsOf(start).end());
            for (const std::uint32_t step : distances.path(start).steps) {
                const auto some = graph->factsOf(graph->step(step).to);
                facts.insert(some.begin(), some.end());
            }
            for (const FactId fact : facts)
                ++wanted[fact.index];
        }
        std::erase_if(crossing, [](const auto& row) { return row.second == 0; });
        QCOMPARE(crossing, wanted);
    }

    void cutEqualsTheBestOfAllSubsets_data() { addGraphs(); }
    void cutEqualsTheBestOfAllSubsets()
    {
        QFETCH(std::uint32_t, seed);
        QFETCH(bool, isSeveral);
        const SmallGraph small = graphOf(seed, isSeveral);
        const auto graph = built(small);
        Progress progress;
        const auto cut = smallestCut(*graph, ids(small.starts), ids(small.goals), {}, progress);
        VERIFY_RESULT(cut);
        QCOMPARE(cut->isPossible, cut->uncut.empty());
        QCOMPARE(openStarts(*graph, small, cut->facts), cut->uncut);
        QVERIFY(std::ranges::none_of(cut->facts, [&](FactId fact) { return graph->fact(fact).isFixed; }));
        const std::uint32_t fewest = fewestFacts(*graph, small);
        if (!isSeveral || cut->isMinimum)
            QCOMPARE(cut->facts.size(), std::size_t { fewest });
        else
            QVERIFY(cut->facts.size() >= fewest);
        if (!isSeveral)
            QVERIFY(cut->isMinimum);
    }

    void planCountsWhatItSays_data() { addGraphs(); }
    void planCountsWhatItSays()
    {
        QFETCH(std::uint32_t, seed);
        QFETCH(bool, isSeveral);
        const SmallGraph small = graphOf(seed, isSeveral);
        const auto graph = built(small);
        Progress progress;
        const auto plan = bestFixes(*graph, ids(small.starts), ids(small.goals), 20, {}, progress);
        VERIFY_RESULT(plan);
        FixPlan wanted;
        wanted.open = count(openStarts(*graph, small));
        std::vector<FactId> done, all;
        std::uint32_t open = wanted.open;
        for (const FixPlan::Row& row : plan->rows) {
            done.push_back(row.fact);
            const std::uint32_t remaining = count(openStarts(*graph, small, done));
            wanted.rows.push_back({ row.fact, open - remaining, remaining });
            open = remaining;
        }
        QCOMPARE(shown(*plan), shown(wanted));
        for (std::uint32_t i = 0; i < graph->facts().size(); ++i) {
            if (!graph->fact({ i }).isFixed)
                all.push_back({ i });
        }
        QCOMPARE(open, count(openStarts(*graph, small, all))); // all that changes close
        std::uint32_t best = 0;
        for (const FactId fact : all)
            best = std::max(best, wanted.open - count(openStarts(*graph, small, { fact })));
        QCOMPARE(plan->rows.empty() ? 0U : plan->rows[0].closed, best);
    }

    void answersAreTheSameInAnyOrderOfInput_data() { addGraphs(); }
    void answersAreTheSameInAnyOrderOfInput()
    {
        QFETCH(std::uint32_t, seed);
        QFETCH(bool, isSeveral);
        const SmallGraph small = graphOf(seed, isSeveral);
        const auto one = built(small), other = built(small, seed + 1);
        Progress progress;
        const auto cut = smallestCut(*one, ids(small.starts), ids(small.goals), {}, progress);
        const auto otherCut = smallestCut(*other, ids(small.starts), ids(small.goals), {}, progress);
        VERIFY_RESULT(cut);
        VERIFY_RESULT(otherCut);
        QCOMPARE(otherCut->facts, cut->facts);
        const auto plan = bestFixes(*one, ids(small.starts), ids(small.goals), 20, {}, progress);
        const auto otherPlan = bestFixes(*other, ids(small.starts), ids(small.goals), 20, {}, progress);
        VERIFY_RESULT(plan);
        VERIFY_RESULT(otherPlan);
        QCOMPARE(shown(*otherPlan), shown(*plan));
    }

    void planPrefersTheOneThatClosesAll()
    {
        const SmallGraph small = diamond(false);
        Progress progress;
        const auto plan = bestFixes(*built(small), ids(small.starts), ids(small.goals), 5, {}, progress);
        VERIFY_RESULT(plan);
        QCOMPARE(shown(*plan), std::string("1 f2:1>0"));
    }

    void planGoesOnWhereNoSingleChangeClosesAnything()
    {
        const SmallGraph small = diamond(true);
        Progress progress;
        const auto plan = bestFixes(*built(small), ids(small.starts), ids(small.goals), 5, {}, progress);
        VERIFY_RESULT(plan);
        QCOMPARE(shown(*plan), std::string("1 f0:0>1 f1:1>0"));
    }

    void alternativesAreTheFactsOfTheOtherWay()
    {
        const SmallGraph small = diamond(true);
        const auto graph = built(small);
        const auto starts = ids(small.starts), goals = ids(small.goals);
        QCOMPARE(alternativesTo(*graph, starts, goals, { 0 }), (std::vector<FactId> { { 1 }, { 2 } }));
        QVERIFY(alternativesTo(*graph, starts, goals, { 1 }).empty()); // no shortest way leads through it
        QVERIFY(alternativesTo(*graph, starts, goals, { 2 }).empty()); // nothing remains
    }

    void cutNamesStartsThatNothingCloses()
    {
        SmallGraph small = diamond(true);
        small.places = 6;
        small.arcs.push_back({ 5, 3, Technique::Exec, Certainty::Confirmed });
        small.starts.push_back(5);
        Progress progress;
        const auto cut = smallestCut(*built(small), ids(small.starts), ids(small.goals), {}, progress);
        VERIFY_RESULT(cut);
        QVERIFY(!cut->isPossible);
        QCOMPARE(cut->uncut, (std::vector<PlaceId> { { 5 } }));
        QCOMPARE(cut->facts, (std::vector<FactId> { { 0 }, { 1 } }));
    }

    void manyFactsOfSeveralPlacesAreCounted()
    {
        // 600 pairs of places, each pair the only ways of one start: every pair's fact closes exactly one, and the
        // fact of all of them closes all.
        SmallGraph small;
        small.places = 2 + 600 * 3;
        small.goals = { 1 };
        SmallGraph::Holding everything;
        for (std::uint32_t i = 0; i < 600; ++i) {
            const std::uint32_t start = 2 + 3 * i;
            small.starts.push_back(start);
            for (const std::uint32_t side : { start + 1, start + 2 }) {
                small.arcs.push_back({ start, side, Technique::Exec, Certainty::Confirmed });
                small.arcs.push_back({ side, 1, Technique::Exec, Certainty::Confirmed });
                everything.places.push_back(side);
            }
            small.facts.push_back({ { start + 1, start + 2 } });
        }
        small.facts.push_back(everything);
        Progress progress;
        const auto points = chokePoints(*built(small), ids(small.starts), ids(small.goals), {}, progress);
        VERIFY_RESULT(points);
        QCOMPARE(points->size(), std::size_t { 601 });
        QCOMPARE(points->front().fact, FactId { 600 });
        QCOMPARE(points->front().closed, 600U);
        QVERIFY(std::ranges::all_of(
            points->begin() + 1, points->end(), [](const auto& point) { return point.closed == 1; }));
        const auto cut = smallestCut(*built(small), ids(small.starts), ids(small.goals), {}, progress);
        VERIFY_RESULT(cut);
        QCOMPARE(cut->facts, (std::vector<FactId> { { 600 } }));
        QVERIFY(cut->isMinimum);
    }

    void cancelStops()
    {
        const SmallGraph small = diamond(false);
        const auto graph = built(small);
        Progress progress;
        progress.cancel();
        QVERIFY(!chokePoints(*graph, ids(small.starts), ids(small.goals), {}, progress));
        QVERIFY(!smallestCut(*graph, ids(small.starts), ids(small.goals), {}, progress));
        QVERIFY(!bestFixes(*graph, ids(small.starts), ids(small.goals), 3, {}, progress));
    }
};

QTEST_GUILESS_MAIN(TestChokePoints)
#include "tst_ChokePoints.moc"
