// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <optional>
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
    for (int seed = 0; seed < graphCount; ++seed)
        QTest::addRow("graph %d", seed) << static_cast<std::uint32_t>(seed);
}

// Relaxes all steps until nothing changes.
std::vector<std::optional<Length>> slowDistances(const AttackGraph& graph, const std::vector<PlaceId>& goals)
{
    std::vector<std::optional<Length>> out(graph.places().size());
    for (const PlaceId goal : goals)
        out[goal.index] = Length {};
    for (bool isChanged = true; isChanged;) {
        isChanged = false;
        for (std::uint32_t number = 0; number < graph.stepCount(); ++number) {
            const auto& rest = out[graph.step(number).to.index];
            auto& own = out[graph.origin(number).index];
            if (rest && (!own || plus(lengthOf(graph.step(number)), *rest) < *own)) {
                own = plus(lengthOf(graph.step(number)), *rest);
                isChanged = true;
            }
        }
    }
    return out;
}

using Way = std::tuple<Length, PlaceId, std::vector<std::uint32_t>>;

void collectWays(const AttackGraph& graph, const SmallGraph& small, PlaceId at, std::set<std::uint32_t>& visited,
    Way& way, std::vector<Way>& out)
{
    if (std::ranges::count(small.goals, at.index) > 0) {
        out.push_back(way);
        return;
    }
    visited.insert(at.index);
    for (std::uint32_t i = 0; i < graph.out(at).size(); ++i) {
        const Step& step = graph.out(at)[i];
        if (visited.contains(step.to.index))
            continue;
        const Way before = way;
        std::get<0>(way) = plus(std::get<0>(way), lengthOf(step));
        std::get<2>(way).push_back(graph.firstStep(at) + i);
        collectWays(graph, small, step.to, visited, way, out);
        way = before;
    }
    visited.erase(at.index);
}

std::vector<Way> allWays(const AttackGraph& graph, const SmallGraph& small)
{
    std::vector<Way> out;
    for (const std::uint32_t start : std::set<std::uint32_t>(small.starts.begin(), small.starts.end())) {
        std::set<std::uint32_t> visited;
        Way way { {}, { start }, {} };
        collectWays(graph, small, { start }, visited, way, out);
    }
    std::ranges::sort(out);
    return out;
}

std::string shown(const std::vector<std::tuple<PlaceId, std::vector<std::uint32_t>, Distance>>& ways)
{
    std::string out;
    for (const auto& [start, steps, length] : ways) {
        out += std::to_string(start.index) + ':';
        for (const std::uint32_t step : steps)
            out += ' ' + std::to_string(step);
        out += " = " + std::to_string(length.steps) + '/' + std::to_string(length.uncertain) + '\n';
    }
    return out;
}

std::string shown(const std::vector<Way>& ways, std::size_t most)
{
    std::vector<std::tuple<PlaceId, std::vector<std::uint32_t>, Distance>> out;
    for (const auto& [length, start, steps] : ways) {
        if (out.size() < most)
            out.push_back({ start, steps, { std::get<0>(length), std::get<1>(length) } });
    }
    return shown(out);
}

std::string shown(const std::vector<Path>& paths)
{
    std::vector<std::tuple<PlaceId, std::vector<std::uint32_t>, Distance>> out;
    for (const Path& path : paths)
        out.push_back({ path.start, path.steps, path.length });
    return shown(out);
}

std::string shown(const std::vector<std::optional<Length>>& distances)
{
    std::string out;
    for (const auto& length : distances)
        out += length ? std::to_string(std::get<0>(*length)) + '/' + std::to_string(std::get<1>(*length)) + ' ' : "- ";
    return out;
}

std::string shown(const AttackGraph& graph, const Distances& distances)
{
    std::string out;
    for (std::uint32_t i = 0; i < graph.places().size(); ++i) {
        const Distance distance = distances.of({ i });
        out += distance.isReachable() ? std::to_string(distance.steps) + '/' + std::to_string(distance.uncertain) + ' '
                                      : "- ";
    }
    return out;
}

std::string shown(const std::vector<Refusal>& refusals)
{
    std::string out;
    for (const Refusal& refusal : refusals)
        out += std::to_string(refusal.from.index) + '>' + std::to_string(refusal.to.index) + ' ';
    return out;
}

// 0 -> 1 -> ... -> count - 1, every place on a fact of its own.
SmallGraph chain(std::uint32_t count)
{
    SmallGraph out;
    out.places = count;
    for (std::uint32_t i = 0; i + 1 < count; ++i)
        out.arcs.push_back({ i, i + 1, Technique::Exec, Certainty::Confirmed });
    out.starts = { 0 };
    out.goals = { count - 1 };
    return out;
}

} // namespace

class TestPaths : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void distancesEqualPlainRelaxation_data() { addGraphs(); }
    void distancesEqualPlainRelaxation()
    {
        QFETCH(std::uint32_t, seed);
        const SmallGraph small = randomGraph(seed, Held::Several);
        const auto graph = built(small);
        const auto slow = slowDistances(*graph, ids(small.goals));
        QCOMPARE(shown(*graph, Distances::towards(*graph, ids(small.goals))), shown(slow));

        SmallGraph reversed = small;
        for (auto& arc : reversed.arcs)
            std::swap(arc.from, arc.to);
        QCOMPARE(shown(*built(reversed), Distances::from(*built(reversed), ids(small.goals))), shown(slow));
    }

    void pathIsTheFirstOfAllWays_data() { addGraphs(); }
    void pathIsTheFirstOfAllWays()
    {
        QFETCH(std::uint32_t, seed);
        SmallGraph small = randomGraph(seed, Held::Several);
        small.starts.resize(1);
        const auto graph = built(small);
        const auto ways = allWays(*graph, small);
        const Distances distances = Distances::towards(*graph, ids(small.goals));
        const PlaceId start { small.starts[0] };
        QCOMPARE(distances.reaches(start), !ways.empty());
        if (ways.empty())
            return;
        QCOMPARE(shown(std::vector { distances.path(start) }), shown(ways, 1));
        std::set<std::uint32_t> steps;
        std::uint64_t count = 0;
        for (const auto& [length, from, numbers] : ways) {
            if (length != std::get<0>(ways[0]))
                break;
            ++count;
            steps.insert(numbers.begin(), numbers.end());
        }
        QCOMPARE(distances.count(start), count);
        QCOMPARE(distances.stepsOf(start), std::vector<std::uint32_t>(steps.begin(), steps.end()));
    }

    void pathFromAStartHasItsLength_data() { addGraphs(); }
    void pathFromAStartHasItsLength()
    {
        QFETCH(std::uint32_t, seed);
        const SmallGraph small = randomGraph(seed, Held::Several);
        const auto graph = built(small);
        const Distances distances = Distances::from(*graph, ids(small.starts));
        std::string broken;
        for (std::uint32_t i = 0; i < small.places; ++i) {
            if (!distances.reaches({ i }))
                continue;
            const Path path = distances.path({ i });
            PlaceId at = path.start;
            Length length {};
            bool isWay = std::ranges::count(small.starts, at.index) > 0;
            for (const std::uint32_t number : path.steps) {
                isWay = isWay && graph->origin(number) == at;
                at = graph->step(number).to;
                length = plus(length, lengthOf(graph->step(number)));
            }
            const Distance wanted { std::get<0>(length), std::get<1>(length) };
            if (!isWay || at != PlaceId { i } || wanted != path.length)
                broken += std::to_string(i) + ' ';
        }
        QCOMPARE(broken, std::string());
    }

    void nextWaysAreAllWaysInOrder_data() { addGraphs(); }
    void nextWaysAreAllWaysInOrder()
    {
        QFETCH(std::uint32_t, seed);
        const SmallGraph small = randomGraph(seed, Held::Several);
        const auto graph = built(small);
        const auto ways = allWays(*graph, small);
        Progress progress;
        for (const std::size_t most : { std::size_t { 3 }, ways.size() + 5 }) {
            if (most > 400)
                continue;
            const auto paths = shortestPaths(*graph, ids(small.starts), ids(small.goals), most, {}, progress);
            VERIFY_RESULT(paths);
            QCOMPARE(shown(*paths), shown(ways, most));
        }
    }

    void goalMatrixEqualsSearchFromEachPlace_data() { addGraphs(); }
    void goalMatrixEqualsSearchFromEachPlace()
    {
        QFETCH(std::uint32_t, seed);
        const SmallGraph small = randomGraph(seed, Held::Several);
        const auto graph = built(small);
        std::vector<std::uint64_t> wanted;
        const PathFilter filter { .without = { { 0 } } };
        for (std::uint32_t i = 0; i < small.places; ++i) {
            const auto seen = reachedFrom(*graph, { i }, filter.without);
            std::uint64_t bits = 0;
            for (std::uint32_t goal = 0; goal < small.places; ++goal)
                bits |= seen[goal] ? std::uint64_t { 1 } << goal : 0;
            wanted.push_back(bits);
        }
        std::vector<PlaceId> all;
        for (std::uint32_t i = 0; i < small.places; ++i)
            all.push_back({ i });
        QCOMPARE(goalMatrix(*graph, all, filter), wanted);
    }

    void answersAreTheSameInAnyOrderOfInput_data() { addGraphs(); }
    void answersAreTheSameInAnyOrderOfInput()
    {
        QFETCH(std::uint32_t, seed);
        const SmallGraph small = randomGraph(seed, Held::Several);
        const auto one = built(small), other = built(small, seed + 1);
        Progress progress;
        const auto paths = shortestPaths(*one, ids(small.starts), ids(small.goals), 20, {}, progress);
        const auto others = shortestPaths(*other, ids(small.starts), ids(small.goals), 20, {}, progress);
        VERIFY_RESULT(paths);
        VERIFY_RESULT(others);
        QCOMPARE(shown(*others), shown(*paths));
    }

    void lessIsReachedWithoutAFactAndMoreWithAStep_data() { addGraphs(); }
    void lessIsReachedWithoutAFactAndMoreWithAStep()
    {
        QFETCH(std::uint32_t, seed);
        SmallGraph small = randomGraph(seed, Held::Several);
        const auto graph = built(small);
        small.arcs.push_back({ small.starts[0], seed % small.places, Technique::Exec, Certainty::Confirmed });
        const auto more = built(small);
        const Distances now = Distances::from(*graph, ids(small.starts));
        const Distances less = Distances::from(*graph, ids(small.starts), { .without = { { 0 } } });
        const Distances richer = Distances::from(*more, ids(small.starts));
        int worse = 0;
        for (std::uint32_t i = 0; i < small.places; ++i)
            worse += less.of({ i }) < now.of({ i }) || now.of({ i }) < richer.of({ i }) ? 1 : 0;
        QCOMPARE(worse, 0);
        QVERIFY(richer.reaches({ seed % small.places }));
    }

    void filtersByTechniqueAndCertainty()
    {
        SmallGraph small;
        small.places = 3;
        small.arcs = { { 0, 1, Technique::Exec, Certainty::MayBeBlocked }, { 1, 2, Technique::Privileged, {} } };
        const auto graph = built(small);
        const std::vector<PlaceId> goal { { 2 } };
        QCOMPARE(Distances::towards(*graph, goal).of({ 0 }), (Distance { 2, 1 }));
        PathFilter certain;
        certain.certainties[static_cast<std::size_t>(Certainty::MayBeBlocked)] = false;
        QVERIFY(!Distances::towards(*graph, goal, certain).reaches({ 0 }));
        QVERIFY(Distances::towards(*graph, goal, certain).reaches({ 1 }));
        PathFilter noEscape;
        noEscape.techniques[static_cast<std::size_t>(Technique::Privileged)] = false;
        QVERIFY(!Distances::towards(*graph, goal, noEscape).reaches({ 1 }));
    }

    void longWaysDoNotOverflow()
    {
        const SmallGraph small = chain(60'000);
        const auto graph = built(small);
        Progress progress;
        QCOMPARE(Distances::towards(*graph, ids(small.goals)).of({ 0 }).steps, 59'999U);
        QCOMPARE(goalMatrix(*graph, ids(small.goals))[0], std::uint64_t { 1 });
        const auto points = chokePoints(*graph, ids(small.starts), ids(small.goals), {}, progress);
        VERIFY_RESULT(points);
        QCOMPARE(Distances::from(*graph, ids(small.starts)).path({ 59'999 }).steps.size(), std::size_t { 59'999 });
    }

    void countsSaturate()
    {
        SmallGraph small; // 80 pairs one after the other: 2^80 ways
        small.places = 241;
        for (std::uint32_t i = 0; i < 80; ++i) {
            for (const std::uint32_t side : { 1U, 2U }) {
                small.arcs.push_back({ 3 * i, 3 * i + side, Technique::Exec, Certainty::Confirmed });
                small.arcs.push_back({ 3 * i + side, 3 * i + 3, Technique::Exec, Certainty::Confirmed });
            }
        }
        const auto graph = built(small);
        const std::vector<PlaceId> goal { { 240 } };
        const Distances distances = Distances::towards(*graph, goal);
        QCOMPARE(distances.count({ 0 }), std::numeric_limits<std::uint64_t>::max());
        QCOMPARE(distances.count({ 237 }), std::uint64_t { 2 });
        QCOMPARE(distances.stepsOf({ 0 }).size(), std::size_t { 320 });
    }

    void blastRadiusCountsRingByRing()
    {
        SmallGraph small;
        small.places = 6;
        small.arcs = { { 0, 1, Technique::GroupMember, {} }, { 1, 2, Technique::Exec, {} },
            { 2, 3, Technique::Exec, {} }, { 3, 0, Technique::GroupMember, {} }, { 5, 0, Technique::Exec, {} } };
        const auto graph = built(small);
        const std::vector<PlaceId> starts { { 0 } };
        const BlastRadius blast = blastRadius(*graph, starts);
        QCOMPARE(blast.rings.size(), std::size_t { 3 });
        QCOMPARE(blast.rings[0].places, (std::vector<PlaceId> { { 0 }, { 1 } }));
        QCOMPARE(blast.rings[1].places, (std::vector<PlaceId> { { 2 } }));
        QCOMPARE(blast.rings[2].steps, 2U);
        QCOMPARE(blast.countByKind[static_cast<std::size_t>(PlaceKind::ServiceAccount)], 3U);
        QVERIFY(blast.goals.empty());
    }

    void whyNotNamesTheOneMissingStep_data()
    {
        QTest::addColumn<bool>("hasWay");
        QTest::addColumn<int>("most");
        QTest::addColumn<std::string>("wanted");
        QTest::addRow("nearest first") << false << 10 << std::string("0>3 1>2 ");
        QTest::addRow("at most one") << false << 1 << std::string("0>3 ");
        QTest::addRow("there is a way") << true << 10 << std::string();
    }
    void whyNotNamesTheOneMissingStep()
    {
        QFETCH(bool, hasWay);
        QFETCH(int, most);
        QFETCH(std::string, wanted);
        GraphBuilder builder(clusterFrom("{apiVersion: v1, kind: Namespace, metadata: {name: a}}"));
        std::vector<PlaceId> places { builder.place({}) };
        for (const char* name : { "b", "c", "d", "e" })
            places.push_back(builder.place({ .kind = PlaceKind::ServiceAccount, .ns = "a", .name = name }));
        builder.step(places[0], places[1], Technique::Exec);
        builder.step(places[2], places[3], Technique::Exec);
        if (hasWay)
            builder.step(places[0], places[3], Technique::MountedToken);
        builder.refuse(places[1], places[2], Technique::Exec, Step::noReason);
        builder.refuse(places[0], places[3], Technique::Exec, Step::noReason);
        builder.refuse(places[1], places[4], Technique::Exec, Step::noReason); // leads elsewhere
        builder.refuse(places[4], places[3], Technique::Exec, Step::noReason); // its origin is not reached
        const auto graph = builder.build();
        const std::vector<PlaceId> from { places[0] }, to { places[3] };
        QCOMPARE(shown(whyNot(*graph, from, to, static_cast<std::size_t>(most))), wanted);
    }

    void cancelStopsTheListOfWays()
    {
        const SmallGraph small = chain(10);
        Progress progress;
        progress.cancel();
        const auto paths = shortestPaths(*built(small), ids(small.starts), ids(small.goals), 5, {}, progress);
        QVERIFY(!paths);
        QCOMPARE(paths.error().kind, ErrorKind::Cancelled);
    }
};

QTEST_GUILESS_MAIN(TestPaths)
#include "tst_Paths.moc"
