// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "app/Console.h"
#include "app/commands/Commands.h"
#include "core/attack/ChokePoints.h"
#include "core/base/Text.h"
#include "core/images/Vulnerabilities.h"
#include "core/network/Exposure.h"
#include "core/secrets/Readers.h"

// plimsoll paths: ways of an attacker, what they rest on, and what a change closes.
namespace plimsoll::app {

using namespace attack;

namespace {

constexpr std::array ownOptions {
    Option { "from", '\0', "X",
        "where the attacker begins (repeat: holds all of them); default: outside and ordinary identities", true },
    Option { "to", '\0', "Y", "what is to be protected (repeat); default: what amounts to the cluster", true },
    Option { "top", '\0', "N", "how many ways and choke points (default 10)" },
    Option { "confirmed", '\0', {}, "only steps that the objects decide" },
    Option { "reach", '\0', {}, "list what --from comes to instead of ways" },
    Option { "output", 'o', "FORM", "text (default) or json" },
    Option { "evidence", '\0', "FILE", "reports of scanners, audit policies and the like", true },
    progressOption,
};
constexpr auto options = allOptions(ownOptions, sourceOptions);

struct Request {
    std::vector<std::string> from, to;
    std::size_t top = 10;
    bool isReach = false;
    std::string form;
    PathFilter filter;
    assess::Inputs inputs;
    SourceSettings source;
};

Result<Request> requestOf(const Arguments& arguments)
{
    Request request;
    request.from = arguments.values("from");
    request.to = arguments.values("to");
    request.isReach = arguments.has("reach");
    request.form = arguments.value("output", "text");
    if (request.form != "text" && request.form != "json")
        return failure(ErrorKind::Usage, "unknown form", "-o " + printable(request.form), "use text or json");
    if (request.isReach && request.from.empty())
        return failure(ErrorKind::Usage, "nothing to begin at", "--reach", "name a place with --from");
    const auto top = toInteger(arguments.value("top", "10"));
    constexpr std::int64_t most = 10'000;
    if (!top || *top < 1 || *top > most)
        return failure(ErrorKind::Usage, "this is no count", "--top " + printable(arguments.value("top", "10")),
            "give a number from 1 to 10000");
    request.top = static_cast<std::size_t>(*top);
    if (arguments.has("confirmed"))
        request.filter.certainties = std::bitset<certaintyCount>(1);
    auto inputs = assess::readInputs({}, {}, arguments.values("evidence"));
    if (!inputs)
        return std::unexpected(inputs.error());
    request.inputs = std::move(*inputs);
    auto source = sourceSettings(arguments);
    if (!source)
        return std::unexpected(source.error());
    request.source = std::move(*source);
    return request;
}

Result<std::shared_ptr<const AttackGraph>> graphOf(
    std::shared_ptr<const cluster::Cluster> cluster, assess::Inputs& inputs, Progress& progress)
{
    const auto readers = secrets::Readers::make(cluster);
    const network::Reach reach(cluster);
    const auto exposures = network::exposures(reach);
    const components::Components parts(*cluster, inputs.auditPolicies, inputs.encryption);
    evidence::Evidence all = std::move(inputs.scans);
    all.add(images::clusterReports(*cluster));
    images::ScanResults scans = images::matchScans(*cluster, std::move(all));
    images::rank(*cluster, {}, scans);
    return AttackGraph::make(
        { cluster, &readers->authorizers(), &reach, exposures, &parts, &readers->references(), &scans }, progress);
}

Result<std::vector<PlaceId>> placesOf(const AttackGraph& graph, const std::vector<std::string>& refs)
{
    std::vector<PlaceId> places;
    for (const std::string& ref : refs) {
        const PlaceId place = graph.find(ref);
        if (place.isNone())
            return failure(ErrorKind::Usage, "no attacker can stand there, or it does not exist", printable(ref),
                "name it as outside, anonymous, user/ann, group/dev, serviceaccount/NS/NAME, deployment/NS/NAME, "
                "secret/NS/NAME, node/NAME, cluster-admin, control-plane, secrets");
        places.push_back(place);
    }
    return places;
}

struct Answer {
    const AttackGraph& graph;
    const Request& request;
    std::vector<PlaceId> starts, goals;
    std::vector<Path> paths;
    std::vector<ChokePoint> chokes;
    std::vector<Refusal> missing; // where there is no way
    BlastRadius reach;
    std::uint32_t open = 0; // starts with a way
};

Result<Answer> answer(const AttackGraph& graph, const Request& request, Progress& progress)
{
    Answer out { graph, request, {}, {}, {}, {}, {}, {}, 0 };
    auto from = placesOf(graph, request.from);
    if (!from)
        return std::unexpected(from.error());
    auto to = placesOf(graph, request.to);
    if (!to)
        return std::unexpected(to.error());
    const StartSets sets = ordinaryStarts(graph);
    out.starts = std::move(*from);
    if (out.starts.empty()) {
        out.starts = sets.outside;
        out.starts.insert(out.starts.end(), sets.identities.begin(), sets.identities.end());
    }
    if (request.isReach) {
        out.reach = blastRadius(graph, out.starts, request.filter);
        return out;
    }
    out.goals = to->empty() ? clusterGoals(graph) : std::move(*to);
    auto paths = shortestPaths(graph, out.starts, out.goals, request.top, request.filter, progress);
    if (!paths)
        return std::unexpected(paths.error());
    out.paths = std::move(*paths);
    auto chokes = chokePoints(graph, out.starts, out.goals, request.filter, progress);
    if (!chokes)
        return std::unexpected(chokes.error());
    std::erase_if(*chokes, [&](const ChokePoint& one) { return graph.fact(one.fact).isFixed || one.closed == 0; });
    chokes->resize(std::min(chokes->size(), request.top));
    out.chokes = std::move(*chokes);
    out.open = effectOf(graph, out.starts, out.goals, {}, request.filter).open;
    if (out.paths.empty())
        out.missing = whyNot(graph, out.starts, out.goals, request.top, request.filter);
    return out;
}

std::string_view techniqueTitle(Technique technique)
{
    return textOf(technique).title;
}

void printPath(const AttackGraph& graph, const Path& path, std::size_t number)
{
    print(std::to_string(number) + ". " + counted(path.length.steps, "step", "steps")
        + (path.length.uncertain == 0 ? std::string()
                                      : ", " + std::to_string(path.length.uncertain) + " of them not certain")
        + ": " + graph.titleOf(path.start) + '\n');
    for (const std::uint32_t at : path.steps) {
        const Step& step = graph.step(at);
        const bool isStructure = textOf(step.technique).techniqueClass == TechniqueClass::Structure;
        const Reason* why = graph.reasonOf(step);
        std::string line
            = "     " + (isStructure ? std::string(8, ' ') : idOf(step.technique) + ' ') + graph.sentenceOf(at);
        if (why && !why->object.isNone())
            line += "  [" + graph.cluster().refOf(why->object)
                + (why->pointer.empty() ? "" : ' ' + printable(why->pointer)) + ']';
        print(line + '\n');
    }
}

void printText(const Answer& out)
{
    const AttackGraph& graph = out.graph;
    if (out.request.isReach) {
        for (const BlastRadius::Ring& ring : out.reach.rings) {
            print(counted(ring.steps, "step", "steps") + ":\n");
            for (const PlaceId place : ring.places)
                print("  " + graph.titleOf(place) + '\n');
        }
        return;
    }
    print(std::to_string(out.open) + " of " + counted(out.starts.size(), "start", "starts")
        + " come to what is protected.\n");
    std::size_t number = 0;
    for (const Path& path : out.paths)
        printPath(graph, path, ++number);
    if (!out.missing.empty())
        print("There is no way. One condition is missing here:\n");
    for (const Refusal& refusal : out.missing) {
        const Reason* why = graph.reasonOf(refusal);
        print("  " + graph.titleOf(refusal.from) + " -> " + graph.titleOf(refusal.to) + ": "
            + std::string(techniqueTitle(refusal.technique)) + (why ? ": " + why->text : "")
            + (why && !why->condition.empty() ? ": " + why->condition : "") + '\n');
    }
    if (!out.chokes.empty())
        print("Changes that close the most ways, each alone:\n");
    for (const ChokePoint& one : out.chokes) {
        const Fact& fact = graph.fact(one.fact);
        print("  closes " + std::to_string(one.closed) + " of " + std::to_string(out.open) + ": " + fact.fix
            + (fact.object.isNone() ? ""
                                    : "  [" + graph.cluster().refOf(fact.object) + ' ' + printable(fact.pointer) + ']')
            + '\n');
    }
}

std::string nullOr(std::string_view text)
{
    return text.empty() ? std::string("null") : jsonQuoted(text);
}

std::string refOrNull(const AttackGraph& graph, cluster::ObjectId object)
{
    return object.isNone() ? std::string("null") : jsonQuoted(graph.cluster().refOf(object));
}

std::string stepJson(const AttackGraph& graph, std::uint32_t number)
{
    const Step& step = graph.step(number);
    const Reason none;
    const Reason* found = graph.reasonOf(step);
    const Reason& why = found ? *found : none;
    std::vector<std::string> attack;
    for (const std::string& id : textOf(step.technique).attack)
        attack.push_back(jsonQuoted(id));
    return "{\"from\": " + jsonQuoted(graph.refOf(graph.origin(number)))
        + ", \"to\": " + jsonQuoted(graph.refOf(step.to)) + ", \"technique\": " + jsonQuoted(idOf(step.technique))
        + ", \"certainty\": " + jsonQuoted(toText(step.certainty)) + ", \"sentence\": "
        + jsonQuoted(graph.sentenceOf(number)) + ", \"object\": " + refOrNull(graph, why.object) + ", \"pointer\": "
        + nullOr(why.pointer) + ", \"reason\": " + nullOr(why.text) + ", \"condition\": " + nullOr(why.condition)
        + ", \"blocker\": " + refOrNull(graph, why.blocker) + ", \"attack\": [" + join(attack, ", ") + "]}";
}

void printJson(const Answer& out)
{
    const AttackGraph& graph = out.graph;
    std::vector<std::string> paths, chokes, missing, rings;
    for (const Path& path : out.paths) {
        std::vector<std::string> steps;
        for (const std::uint32_t step : path.steps)
            steps.push_back(stepJson(graph, step));
        paths.push_back("{\"from\": " + jsonQuoted(graph.refOf(path.start))
            + ", \"to\": " + jsonQuoted(graph.refOf(path.steps.empty() ? path.start : graph.step(path.steps.back()).to))
            + ", \"steps\": " + std::to_string(path.length.steps) + ", \"uncertain\": "
            + std::to_string(path.length.uncertain) + ",\n     \"hops\": [" + join(steps, ",\n       ") + "]}");
    }
    for (const ChokePoint& one : out.chokes) {
        const Fact& fact = graph.fact(one.fact);
        chokes.push_back("{\"object\": " + refOrNull(graph, fact.object) + ", \"pointer\": " + nullOr(fact.pointer)
            + ", \"fact\": " + jsonQuoted(fact.text) + ", \"fix\": " + jsonQuoted(fact.fix)
            + ", \"closes\": " + std::to_string(one.closed) + ", \"crosses\": " + std::to_string(one.crossing) + '}');
    }
    for (const Refusal& refusal : out.missing) {
        const Reason* why = graph.reasonOf(refusal);
        missing.push_back("{\"from\": " + jsonQuoted(graph.refOf(refusal.from)) + ", \"to\": "
            + jsonQuoted(graph.refOf(refusal.to)) + ", \"technique\": " + jsonQuoted(idOf(refusal.technique))
            + ", \"reason\": " + nullOr(why ? why->text : "") + ", \"condition\": " + nullOr(why ? why->condition : "")
            + ", \"blocker\": " + refOrNull(graph, why ? why->blocker : cluster::ObjectId::none()) + '}');
    }
    for (const BlastRadius::Ring& ring : out.reach.rings) {
        std::vector<std::string> places;
        for (const PlaceId place : ring.places)
            places.push_back(jsonQuoted(graph.refOf(place)));
        rings.push_back("{\"steps\": " + std::to_string(ring.steps) + ", \"places\": [" + join(places, ", ") + "]}");
    }
    print("{\n  \"schema\": \"plimsoll/paths/v1\",\n  \"starts\": " + std::to_string(out.starts.size())
        + ", \"open\": " + std::to_string(out.open) + ",\n  \"paths\": [" + join(paths, ",\n    ")
        + "],\n  \"chokePoints\": [" + join(chokes, ",\n    ") + "],\n  \"whyNot\": [" + join(missing, ",\n    ")
        + "],\n  \"reach\": [" + join(rings, ",\n    ") + "]\n}\n");
}

} // namespace

std::span<const Option> pathsOptions()
{
    return options;
}

int runPaths(const Arguments& arguments)
{
    auto request = requestOf(arguments);
    if (!request)
        return fail(request.error(), wrongUsage);
    auto line = ProgressLine::create(arguments.value("progress", "auto"));
    if (!line)
        return fail(line.error(), wrongUsage);
    TaskPool pool;
    auto loaded = loadSources(arguments.positional(), request->source, pool, **line);
    if (!loaded)
        return fail(loaded.error(), statusOf(loaded.error()));
    Progress& progress = (*line)->progress();
    const auto graph = graphOf(*loaded, request->inputs, progress);
    if (!graph)
        return fail(graph.error(), statusOf(graph.error()));
    const auto found = answer(**graph, *request, progress);
    (*line)->clear();
    if (!found)
        return fail(found.error(), found.error().kind == ErrorKind::Usage ? wrongUsage : statusOf(found.error()));
    if (request->form == "json")
        printJson(*found);
    else
        printText(*found);
    return reportProblems(**loaded) ? doneInPart : done;
}

} // namespace plimsoll::app
