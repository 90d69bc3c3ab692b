// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <map>

#include "app/Console.h"
#include "app/commands/Commands.h"
#include "core/admission/Admission.h"
#include "core/base/Text.h"
#include "core/format/Csv.h"

namespace plimsoll::app {

using admission::Level;
using cluster::Cluster;
using cluster::ObjectId;

namespace {

constexpr std::array ownOptions {
    Option { "level", '\0', "LEVEL", "baseline or restricted; otherwise both" },
    Option { "version", '\0', "VERSION", "policy version: v1.NN, or latest (default): the newest the server knows" },
    Option { "output", 'o', "FORM", "csv (default) or json" },
    progressOption,
};
constexpr auto options = allOptions(ownOptions, sourceOptions);

struct Request {
    std::vector<Level> levels { Level::Baseline, Level::Restricted };
    admission::PolicyVersion version;
    bool isJson = false;
    SourceSettings source;
};

Result<Request> requestOf(const Arguments& arguments)
{
    Request request;
    if (arguments.has("level")) {
        const auto level = admission::levelFromText(arguments.value("level"));
        if (!level || *level == Level::Privileged)
            return failure(ErrorKind::Usage, "unknown level", "--level " + printable(arguments.value("level")),
                "use baseline or restricted");
        request.levels = { *level };
    }
    if (arguments.has("version")) {
        const auto version = admission::versionFromText(arguments.value("version"));
        if (!version)
            return failure(ErrorKind::Usage, "not a policy version",
                "--version " + printable(arguments.value("version")), "write latest or v1.24");
        request.version = *version;
    }
    const std::string form = arguments.value("output", "csv");
    if (form != "csv" && form != "json")
        return failure(ErrorKind::Usage, "unknown form", "-o " + printable(form), "use csv or json");
    request.isJson = form == "json";
    auto source = sourceSettings(arguments);
    if (!source)
        return std::unexpected(source.error());
    request.source = std::move(*source);
    return request;
}

// One pod or template at one level.
struct Row {
    ObjectId object;
    Level level;
    std::vector<admission::Violation> violations;
};

std::vector<Row> rowsOf(const Cluster& cluster, const Request& request, std::uint32_t minor)
{
    std::vector<Row> rows;
    for (const ObjectId id : admission::podObjects(cluster)) {
        const cluster::PodSpec& spec = cluster.podSpec(cluster.podSpecOf(id));
        for (const Level level : request.levels)
            rows.push_back({ id, level, admission::violations(cluster.strings(), spec, level, minor) });
    }
    return rows;
}

std::string kindText(const Cluster& cluster, ObjectId id)
{
    return toLowerAscii(cluster.kindName(id));
}

void printCsv(const Cluster& cluster, const std::vector<Row>& rows)
{
    std::string out = "namespace,kind,name,level,allowed,reason\n";
    for (const Row& row : rows) {
        const cluster::Object& object = cluster.object(row.object);
        for (const std::string& field : { std::string(cluster.text(object.ns)), kindText(cluster, row.object),
                 std::string(cluster.text(object.name)), std::string(admission::toText(row.level)),
                 std::string(row.violations.empty() ? "true" : "false"), admission::toText(row.violations) }) {
            format::appendCsvField(out, field);
            out += ',';
        }
        out.back() = '\n';
        if (out.size() > (1u << 20)) {
            print(out);
            out.clear();
        }
    }
    print(out);
}

std::string violationJson(const Cluster& cluster, ObjectId id, const admission::Violation& violation)
{
    std::vector<std::string> places;
    for (const auto& place : violation.places) {
        const std::string pointer = place.pointer.empty()
            ? std::string("null")
            : jsonQuoted(std::string(cluster.podSpecPointer(id)) + place.pointer);
        places.push_back("{\"pointer\": " + pointer + ", \"value\": " + jsonQuoted(place.value) + '}');
    }
    return "{\"check\": " + jsonQuoted(violation.check) + ", \"message\": " + jsonQuoted(violation.message)
        + ", \"places\": [" + join(places, ", ") + "]}";
}

std::string rowJson(const Cluster& cluster, const Row& row)
{
    const cluster::Object& object = cluster.object(row.object);
    std::vector<std::string> violations;
    for (const admission::Violation& violation : row.violations)
        violations.push_back(violationJson(cluster, row.object, violation));
    return "{\"namespace\": " + jsonQuoted(cluster.text(object.ns)) + ", \"kind\": "
        + jsonQuoted(kindText(cluster, row.object)) + ", \"name\": " + jsonQuoted(cluster.text(object.name))
        + ", \"level\": " + jsonQuoted(admission::toText(row.level)) + ", \"allowed\": "
        + (row.violations.empty() ? "true" : "false") + ", \"violations\": [" + join(violations, ", ") + "]}";
}

std::string settingJson(const admission::Setting& setting, const cluster::Version& server)
{
    if (!setting.isSet)
        return "null";
    return "{\"level\": " + jsonQuoted(admission::toText(setting.level))
        + ", \"version\": " + jsonQuoted(admission::toText(setting.version))
        + ", \"decidedAs\": " + jsonQuoted("v1." + std::to_string(admission::decidingMinor(setting.version, server)))
        + ", \"given\": " + jsonQuoted(printable(setting.given))
        + ", \"givenVersion\": " + jsonQuoted(printable(setting.givenVersion)) + '}';
}

// What is there and which of it each level would refuse, by the version that would decide if the label were set now.
std::string refusedJson(const Cluster& cluster, StringId ns, std::uint32_t minor)
{
    std::string out = "{";
    std::string_view separator;
    for (const Level level : { Level::Baseline, Level::Restricted }) {
        std::vector<std::string> names;
        for (const cluster::Workload& workload : cluster.workloads()) {
            if (cluster.object(workload.object).ns != ns || workload.specs.empty())
                continue;
            const bool isRefused = std::ranges::any_of(workload.specs, [&](const cluster::PodSpecUse& use) {
                return !admission::admits(cluster.strings(), cluster.podSpec(use.spec), level, minor);
            });
            if (isRefused)
                names.push_back(jsonQuoted(cluster.refOf(workload.object)));
        }
        out += std::string(separator) + jsonQuoted(admission::toText(level)) + ": [" + join(names, ", ") + ']';
        separator = ", ";
    }
    return out + '}';
}

void printJson(const Cluster& cluster, const Request& request, std::uint32_t minor, const std::vector<Row>& rows)
{
    std::string out = "{\n  \"schema\": \"plimsoll/pod-security/v1\",\n  \"version\": "
        + jsonQuoted(admission::toText(request.version)) + ",\n  \"decidedAs\": \"v1." + std::to_string(minor)
        + "\",\n  \"namespaces\": [";
    std::string_view separator = "\n";
    for (const cluster::Namespace& ns : cluster.namespaces()) {
        const admission::NamespacePolicy policy = admission::policyOf(cluster, ns);
        out += std::string(separator) + "    {\"name\": " + jsonQuoted(cluster.text(ns.name))
            + ", \"enforce\": " + settingJson(policy.enforce, cluster.version())
            + ", \"audit\": " + settingJson(policy.audit, cluster.version())
            + ", \"warn\": " + settingJson(policy.warn, cluster.version())
            + ", \"wouldRefuse\": " + refusedJson(cluster, ns.name, minor) + '}';
        separator = ",\n";
    }
    out += "\n  ],\n  \"objects\": [";
    separator = "\n";
    for (const Row& row : rows) {
        out += std::string(separator) + "    " + rowJson(cluster, row);
        separator = ",\n";
    }
    print(out + "\n  ]\n}\n");
}

} // namespace

std::span<const Option> podSecurityOptions()
{
    return options;
}

int runPodSecurity(const Arguments& arguments)
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
    const Cluster& cluster = **loaded;
    const std::uint32_t minor = admission::decidingMinor(request->version, cluster.version());
    const std::vector<Row> rows = rowsOf(cluster, *request, minor);
    (*line)->clear();
    if (request->version.minor && *request->version.minor > minor)
        printToError("plimsoll: note: " + admission::toText(request->version)
            + " is newer than every version of the standards known here; decided as v1." + std::to_string(minor)
            + '\n');
    if (request->isJson)
        printJson(cluster, *request, minor, rows);
    else
        printCsv(cluster, rows);
    return reportProblems(cluster) ? doneInPart : done;
}

} // namespace plimsoll::app
