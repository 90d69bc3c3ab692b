// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <functional>
#include <queue>
#include <set>
#include <tuple>

#include "core/attack/detail/Search_p.h"

namespace plimsoll::attack {

namespace {

// All ways that begin in one manner and do not go on in some: Lawler's parts of what Yen's method searches. No way is
// in two of them, so that none is found twice.
struct Branch {
    std::vector<PlaceId> starts; // not empty: every way from these
    PlaceId start; // otherwise: those from here that begin with `steps` ...
    std::vector<std::uint32_t> steps;
    std::vector<std::uint32_t> without; // ... and do not go on with these
};

struct Candidate {
    WayLength length = noWay;
    PlaceId start;
    std::vector<std::uint32_t> steps;
    Branch branch; // that it is the first way of

    bool operator<(const Candidate& other) const
    {
        return std::tie(length, start, steps) < std::tie(other.length, other.start, other.steps);
    }
};

// The first way of a branch: A* with the distance that would remain if nothing were left out, which keeps the search
// near the ways that are as short as can be.
class BranchSearch {
public:
    BranchSearch(const AttackGraph& graph, std::span<const PlaceId> to, const PathFilter& filter)
        : m_graph(graph)
        , m_costs(filter)
        , m_rest(shortestTree(graph, to, m_costs, gonePlaces(graph, filter), SearchDirection::Backward).lengths)
        , m_lengths(graph.places().size(), noWay)
        , m_isClosed(graph.places().size(), 0)
    {
    }

    bool reaches(PlaceId place) const { return m_rest[place.index] != noWay; }

    // False: there is no way in it.
    bool find(const Branch& branch, Candidate& out)
    {
        for (const std::uint32_t place : m_touched) {
            m_lengths[place] = noWay;
            m_isClosed[place] = 0;
        }
        m_touched.clear();
        m_without = branch.without;
        m_spur = PlaceId::none();
        std::vector<PlaceId> begins = branch.starts;
        WayLength length = 0;
        if (begins.empty()) {
            m_spur = branch.start;
            for (const std::uint32_t number : branch.steps) {
                touch(m_spur.index);
                m_isClosed[m_spur.index] = 1;
                length += m_costs.of(m_graph.step(number));
                m_spur = m_graph.step(number).to;
            }
            begins.push_back(m_spur);
        }
        search(begins, length);
        if (m_best == noWay)
            return false;
        out.length = m_best;
        for (const PlaceId begin : begins) {
            out.start = m_spur.isNone() ? begin : branch.start;
            out.steps = branch.steps;
            if (m_lengths[begin.index] == length && walk(begin, out.steps))
                return true;
        }
        return false;
    }

private:
    void touch(std::uint32_t place)
    {
        if (m_lengths[place] == noWay && m_isClosed[place] == 0)
            m_touched.push_back(place);
    }

    void reach(std::uint32_t place, WayLength length)
    {
        if (m_rest[place] == noWay || m_isClosed[place] != 0 || m_lengths[place] <= length)
            return;
        touch(place);
        m_lengths[place] = length;
        m_queue.emplace(length + m_rest[place], place);
    }

    bool isLeftOut(PlaceId from, std::uint32_t number) const
    {
        return from == m_spur && std::ranges::find(m_without, number) != m_without.end();
    }

    // Lengths of all places on ways as short as the shortest one.
    void search(std::span<const PlaceId> begins, WayLength length)
    {
        m_best = noWay;
        m_queue = {};
        for (const PlaceId begin : begins)
            reach(begin.index, length);
        while (!m_queue.empty() && m_queue.top().first <= m_best) {
            const auto [whole, index] = m_queue.top();
            m_queue.pop();
            const PlaceId place { index };
            if (whole != m_lengths[index] + m_rest[index])
                continue;
            if (m_rest[index] == 0) {
                m_best = whole;
                continue;
            }
            const auto steps = m_graph.out(place);
            for (std::uint32_t i = 0; i < steps.size(); ++i) {
                const WayLength cost = m_costs.of(steps[i]);
                if (cost != noWay && !isLeftOut(place, m_graph.firstStep(place) + i))
                    reach(steps[i].to.index, m_lengths[index] + cost);
            }
        }
    }

    // Appends the first shortest way in order of steps. What turned out to lead nowhere is closed on the way.
    bool walk(PlaceId begin, std::vector<std::uint32_t>& way)
    {
        const std::size_t before = way.size();
        std::vector<PlaceId> places { begin };
        std::vector<std::uint32_t> positions { 0 };
        while (!places.empty()) {
            const PlaceId place = places.back();
            if (m_rest[place.index] == 0 && m_lengths[place.index] == m_best)
                return true;
            const auto steps = m_graph.out(place);
            std::uint32_t& i = positions.back();
            while (i < steps.size() && !isOnShortest(place, i))
                ++i;
            if (i == steps.size() || m_rest[place.index] == 0) {
                m_isClosed[place.index] = 1;
                places.pop_back();
                positions.pop_back();
                if (way.size() > before)
                    way.pop_back();
                continue;
            }
            way.push_back(m_graph.firstStep(place) + i);
            places.push_back(steps[i++].to);
            positions.push_back(0);
        }
        return false;
    }

    bool isOnShortest(PlaceId place, std::uint32_t position) const
    {
        const Step& step = m_graph.out(place)[position];
        const WayLength cost = m_costs.of(step), length = m_lengths[step.to.index];
        return cost != noWay && length != noWay && m_isClosed[step.to.index] == 0
            && m_lengths[place.index] + cost == length && length + m_rest[step.to.index] <= m_best
            && !isLeftOut(place, m_graph.firstStep(place) + position);
    }

    const AttackGraph& m_graph;
    StepCosts m_costs;
    std::vector<WayLength> m_rest; // to the goals, by PlaceId
    std::vector<WayLength> m_lengths; // from the begin, of the present search
    std::vector<std::uint8_t> m_isClosed; // behind the branch, or leads nowhere
    std::vector<std::uint32_t> m_touched;
    using Item = std::pair<WayLength, std::uint32_t>;
    std::priority_queue<Item, std::vector<Item>, std::greater<>> m_queue;
    PlaceId m_spur;
    std::vector<std::uint32_t> m_without;
    WayLength m_best = noWay;
};

// What is left of a branch without its first way: one part for each step where another way may part from it.
std::vector<Branch> partsWithout(const Candidate& first)
{
    std::vector<Branch> out;
    const Branch& whole = first.branch;
    if (!whole.starts.empty()) {
        Branch others;
        std::ranges::remove_copy(whole.starts, std::back_inserter(others.starts), first.start);
        if (!others.starts.empty())
            out.push_back(std::move(others));
    }
    for (std::size_t i = whole.steps.size(); i < first.steps.size(); ++i) {
        Branch part;
        part.start = first.start;
        part.steps.assign(first.steps.begin(), first.steps.begin() + static_cast<std::ptrdiff_t>(i));
        if (i == whole.steps.size() && whole.starts.empty())
            part.without = whole.without;
        part.without.push_back(first.steps[i]);
        out.push_back(std::move(part));
    }
    return out;
}

} // namespace

Result<std::vector<Path>> shortestPaths(const AttackGraph& graph, std::span<const PlaceId> from,
    std::span<const PlaceId> to, std::size_t most, const PathFilter& filter, Progress& progress)
{
    progress.enter("Finding ways", most);
    std::vector<Path> out;
    BranchSearch search(graph, to, filter);
    std::set<Candidate> candidates;
    const auto add = [&](Branch branch) {
        Candidate candidate;
        if (!search.find(branch, candidate))
            return;
        candidate.branch = std::move(branch);
        candidates.insert(std::move(candidate));
    };
    Branch all;
    std::ranges::copy_if(
        from, std::back_inserter(all.starts), [&](PlaceId place) { return !place.isNone() && search.reaches(place); });
    std::ranges::sort(all.starts);
    all.starts.erase(std::ranges::unique(all.starts).begin(), all.starts.end());
    if (!all.starts.empty() && most > 0)
        add(std::move(all));
    while (!candidates.empty()) {
        const Candidate first = std::move(candidates.extract(candidates.begin()).value());
        out.push_back({ first.start, first.steps, distanceOf(first.length) });
        progress.advance(1);
        if (out.size() == most)
            break;
        for (Branch& part : partsWithout(first)) {
            if (progress.isCancelled())
                return failure(ErrorKind::Cancelled, "cancelled");
            add(std::move(part));
        }
    }
    return out;
}

} // namespace plimsoll::attack
