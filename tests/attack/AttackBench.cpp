// SPDX-License-Identifier: Apache-2.0
// Measures the questions about ways and choke points on an attack graph that it makes up: about the places and steps of
// 150,000 pods, 5,000 nodes, 10,000 service accounts and 50,000 bindings; badly kept, where nearly everything leads
// everywhere, and tidier, where single changes close something.
// Usage: plimsoll_attack_bench [SEED]

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include <sys/resource.h>

#include "core/attack/Attack.h"
#include "core/attack/detail/Builder_p.h"
#include "core/base/Progress.h"
#include "core/base/TaskPool.h"

using namespace plimsoll;
using namespace plimsoll::attack;

namespace {

double now()
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

double peakMegabytes()
{
    rusage usage {};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1024;
}

template <class T> T orExit(Result<T> result)
{
    if (!result) {
        std::fprintf(stderr, "plimsoll_attack_bench: %s\n", toText(result.error()).c_str());
        std::exit(1);
    }
    return std::move(*result);
}

template <class Ask> auto measured(const char* what, double wantedMs, Ask&& ask)
{
    const double begin = now();
    auto answer = ask();
    std::printf("%-52s %9.1f ms (wanted: at most %.0f)\n", what, (now() - begin) * 1000, wantedMs);
    std::fflush(stdout);
    return answer;
}

class Maker {
public:
    // One in so many grants, groups and pods leads on.
    Maker(unsigned seed, unsigned rarity)
        : m_dice(seed)
        , m_rarity(rarity)
        , m_builder(emptyCluster())
    {
    }

    std::shared_ptr<const AttackGraph> make()
    {
        makeHubs();
        makeIdentities();
        makeGrants();
        makeBindings();
        makePods();
        return m_builder.build();
    }

private:
    static constexpr unsigned namespaces = 2'000, accounts = 10'000, users = 2'000, groups = 300, nodes = 5'000,
                              roles = 2'000, grants = 8'000, bindings = 50'000, pods = 150'000, exposed = 300;

    static std::shared_ptr<const cluster::Cluster> emptyCluster()
    {
        const std::string text = "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"a\"}}\n";
        const snapshot::Source source { .path = "made-up.json", .bytes = text };
        TaskPool pool(2);
        Progress progress;
        return orExit(cluster::loadCluster(std::span(&source, 1), pool, progress));
    }

    unsigned below(unsigned limit) { return static_cast<unsigned>(m_dice() % limit); }

    PlaceId named(PlaceKind kind, unsigned ns, const char* prefix, unsigned number)
    {
        return m_builder.place({ .kind = kind,
            .ns = m_builder.keep("ns-" + std::to_string(ns)),
            .name = m_builder.keep(prefix + std::to_string(number)) });
    }

    void holdUp(PlaceId place, Fact::Kind kind, std::string text, bool isFixed = false)
    {
        m_builder.standsOn(place, m_builder.fact({ .kind = kind, .text = std::move(text), .isFixed = isFixed }));
    }

    void makeHubs()
    {
        for (const GoalKind goal : { GoalKind::ClusterAdmin, GoalKind::ControlPlane, GoalKind::AllSecrets })
            m_goals.push_back(m_builder.place({ .kind = PlaceKind::Goal, .goal = goal }));
        for (unsigned i = 0; i < namespaces; ++i) {
            m_podsIn.push_back(named(PlaceKind::PodsIn, i, "", i));
            m_accountsIn.push_back(named(PlaceKind::AccountsIn, i, "", i));
        }
        for (unsigned i = 0; i < nodes; ++i) {
            m_nodes.push_back(named(PlaceKind::Node, 0, "node-", i));
            if (i % 1000 == 0)
                m_builder.step(m_nodes.back(), m_goals[1], Technique::ControlPlaneRoot);
        }
    }

    void makeIdentities()
    {
        for (unsigned i = 0; i < accounts; ++i) {
            m_identities.push_back(named(PlaceKind::ServiceAccount, i % namespaces, "sa-", i));
            m_builder.step(m_accountsIn[i % namespaces], m_identities.back(), Technique::CreateWorkload);
        }
        for (unsigned i = 0; i < users; ++i)
            m_identities.push_back(named(PlaceKind::User, 0, "user-", i));
        for (unsigned i = 0; i < groups; ++i)
            m_groups.push_back(named(PlaceKind::Group, 0, "group-", i));
        for (unsigned i = 0; i < m_identities.size(); ++i) {
            m_builder.setOrdinary(m_identities[i]);
            m_builder.step(m_identities[i], m_groups[i % groups], Technique::GroupMember);
        }
    }

    // One role stands behind several grants; few of them lead far.
    void makeGrants()
    {
        for (unsigned i = 0; i < grants; ++i) {
            m_grants.push_back(named(PlaceKind::Grant, i % namespaces, "grant-", i));
            holdUp(m_grants.back(), Fact::Kind::Role, "role " + std::to_string(below(roles)));
            if (i % 800 == 0)
                m_builder.step(m_grants.back(), m_goals[i % 1600 == 0 ? 0 : 2], Technique::BindClusterRole);
            else if (i % (4 * m_rarity) == 0)
                m_builder.step(m_grants.back(), m_podsIn[i % namespaces], Technique::Exec);
            else if (i % (4 * m_rarity) == 1)
                m_builder.step(m_grants.back(), m_accountsIn[i % namespaces], Technique::TokenRequest);
        }
    }

    void makeBindings()
    {
        for (unsigned i = 0; i < bindings; ++i) {
            const PlaceId binding = named(PlaceKind::Binding, i % namespaces, "binding-", i);
            holdUp(binding, Fact::Kind::Binding, "binding " + std::to_string(i), i % 50 == 0);
            m_builder.step(
                m_identities[below(static_cast<unsigned>(m_identities.size()))], binding, Technique::Binding);
            if (i % (10 * m_rarity) == 0)
                m_builder.step(m_groups[below(groups)], binding, Technique::Binding);
            m_builder.step(binding, m_grants[below(grants)], Technique::Binding);
        }
    }

    void makePods()
    {
        for (unsigned i = 0; i < pods; ++i) {
            const unsigned ns = i % namespaces, node = below(nodes);
            const PlaceId container = named(PlaceKind::Container, ns, "container-", i);
            m_builder.step(m_podsIn[ns], container, Technique::ContainerOwnsPod);
            m_builder.step(m_nodes[node], container, Technique::NodeOwnsPods);
            m_builder.step(container, m_identities[ns + namespaces * below(accounts / namespaces)],
                Technique::MountedToken, i % 20 == 0 ? Certainty::NeedsFact : Certainty::Confirmed);
            if (i % (50 * m_rarity) == 0) {
                const PlaceId weakness = m_builder.place({ .kind = PlaceKind::Weakness,
                    .technique = Technique::Privileged,
                    .name = m_builder.keep("weakness-" + std::to_string(i)) });
                holdUp(weakness, Fact::Kind::Setting, "weakness " + std::to_string(i));
                m_builder.step(container, weakness, Technique::ContainerOwnsPod);
                m_builder.step(weakness, m_nodes[node], Technique::Privileged);
            }
            if (i % (pods / exposed) == 0) {
                const PlaceId entry = named(PlaceKind::Entry, ns, "entry-", i);
                holdUp(entry, Fact::Kind::Exposure, "entry " + std::to_string(i));
                m_builder.step(m_builder.place({}), entry, Technique::ExposedEndpoint, Certainty::NeedsFact);
                m_builder.step(entry, container, Technique::ExposedEndpoint);
            }
        }
    }

    std::mt19937 m_dice;
    unsigned m_rarity;
    GraphBuilder m_builder;
    std::vector<PlaceId> m_goals, m_podsIn, m_accountsIn, m_nodes, m_identities, m_groups, m_grants;
};

void measureAll(const char* title, unsigned seed, unsigned rarity)
{
    const double begin = now();
    const auto graph = Maker(seed, rarity).make();
    const double before = peakMegabytes();
    std::printf("%s: %zu places, %zu steps, %zu facts; made in %.0f ms\n", title, graph->places().size(),
        graph->stepCount(), graph->facts().size(), (now() - begin) * 1000);
    const StartSets sets = ordinaryStarts(*graph);
    const auto starts = sets.all(), goals = clusterGoals(*graph);
    Progress progress;

    const auto towards
        = measured("distances of all places to the goals", 100, [&] { return Distances::towards(*graph, goals); });
    measured("distances from outside", 100, [&] { return Distances::from(*graph, sets.outside); });
    measured("shortest ways of one place: count and steps", 50,
        [&] { return towards.count(graph->outside()) + towards.stepsOf(graph->outside()).size(); });
    measured("blast radius of outside", 100, [&] { return blastRadius(*graph, sets.outside); });
    measured("goals of every place", 200, [&] { return goalMatrix(*graph, goals); });
    const auto paths = measured("ten ways from outside", 1000,
        [&] { return orExit(shortestPaths(*graph, sets.outside, goals, 10, {}, progress)); });
    const auto points = measured(
        "choke points, all starts", 3000, [&] { return orExit(chokePoints(*graph, starts, goals, {}, progress)); });
    measured("choke points, identities", 3000,
        [&] { return orExit(chokePoints(*graph, sets.identities, goals, {}, progress)); });
    const auto effect = measured("effect of one fact", 100,
        [&] { return effectOf(*graph, starts, goals, std::vector<FactId> { points.front().fact }); });
    measured("alternatives to it", 300, [&] { return alternativesTo(*graph, starts, goals, points.front().fact); });
    const auto outsideCut = measured(
        "smallest cut, outside", 10000, [&] { return orExit(smallestCut(*graph, sets.outside, goals, {}, progress)); });
    const auto cut = measured(
        "smallest cut, all starts", 10000, [&] { return orExit(smallestCut(*graph, starts, goals, {}, progress)); });
    const auto plan = measured("best five changes, all starts", 15000,
        [&] { return orExit(bestFixes(*graph, starts, goals, 5, {}, progress)); });

    std::printf("%zu starts, %u with a way; %zu ways; %zu facts on ways, the best closes %u; cuts of %zu and %zu facts "
                "(%s); after five changes %u remain\n",
        starts.size(), effect.open, paths.size(), points.size(), points.front().closed, outsideCut.facts.size(),
        cut.facts.size(), cut.isMinimum ? "smallest" : "no smaller one is known",
        plan.rows.empty() ? plan.open : plan.rows.back().remaining);
    std::printf("peak memory %.0f MB, of which %.0f MB for the questions\n", peakMegabytes(), peakMegabytes() - before);
}

} // namespace

int main(int argc, char** argv)
{
    const unsigned seed = argc > 1 ? static_cast<unsigned>(std::atoi(argv[1])) : 7;
    measureAll("Badly kept", seed, 1);
    measureAll("Tidier", seed, 6);
    return 0;
}
