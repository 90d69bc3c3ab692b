// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <filesystem>

#include "app/Console.h"
#include "app/LiveSource.h"
#include "app/commands/Commands.h"
#include "core/base/Text.h"
#include "core/format/Json.h"
#include "core/format/Yaml.h"

namespace plimsoll::app {

namespace {

enum class Form : std::uint8_t { Table, Yaml, Json };

constexpr std::array ownOptions {
    Option { "namespace", 'n', "NS", "only objects of this namespace" },
    Option { "output", 'o', "FORM", "table, yaml or json; one object is shown as yaml, else as a table" },
    progressOption,
};
constexpr auto options = allOptions(ownOptions, sourceOptions);

struct Wanted {
    std::string kind;
    std::string ns;
    std::string name;
};

// The short names kubectl knows, of the kinds a review looks at most.
struct ShortName {
    std::string_view name, kind;
};
constexpr std::array shortNames { ShortName { "po", "pod" }, ShortName { "deploy", "deployment" },
    ShortName { "ds", "daemonset" }, ShortName { "sts", "statefulset" }, ShortName { "rs", "replicaset" },
    ShortName { "cj", "cronjob" }, ShortName { "svc", "service" }, ShortName { "sa", "serviceaccount" },
    ShortName { "cm", "configmap" }, ShortName { "ns", "namespace" }, ShortName { "no", "node" },
    ShortName { "ing", "ingress" }, ShortName { "netpol", "networkpolicy" }, ShortName { "pv", "persistentvolume" },
    ShortName { "pvc", "persistentvolumeclaim" }, ShortName { "crd", "customresourcedefinition" } };

// "pods", "Pod", "po", "networkpolicies" and "deployments.apps" all name their kind.
bool namesKind(std::string_view given, std::string_view kind, std::string_view group)
{
    std::string wanted = toLowerAscii(given);
    if (const auto shortName = std::ranges::find(shortNames, wanted, &ShortName::name); shortName != shortNames.end())
        wanted = shortName->kind;
    const std::string lower = toLowerAscii(kind);
    std::vector<std::string> names { lower, lower + 's', lower + "es" };
    if (lower.ends_with('y'))
        names.push_back(lower.substr(0, lower.size() - 1) + "ies");
    return std::ranges::any_of(names, [&](const std::string& name) {
        return wanted == name || (!group.empty() && wanted == name + '.' + toLowerAscii(group));
    });
}

// KIND, KIND/NAME or KIND/NAMESPACE/NAME.
Result<Wanted> wantedOf(const std::string& text, const std::string& ns)
{
    const auto parts = split(text, '/');
    if (parts.size() > 3 || std::ranges::any_of(parts, [](std::string_view part) { return part.empty(); }))
        return failure(ErrorKind::Usage, "not an object", text, "write KIND, KIND/NAME or KIND/NAMESPACE/NAME");
    Wanted wanted { .kind = std::string(parts.front()), .ns = ns, .name = {} };
    if (parts.size() > 1)
        wanted.name = parts.back();
    if (parts.size() == 3)
        wanted.ns = parts[1];
    return wanted;
}

Result<std::vector<cluster::ObjectId>> objectsOf(const cluster::Cluster& model, const Wanted& wanted)
{
    std::vector<cluster::ObjectId> out;
    bool isKindKnown = false;
    for (const cluster::Kind& kind : model.kinds()) {
        if (!namesKind(wanted.kind, model.text(kind.kind), model.text(kind.group)))
            continue;
        isKindKnown = true;
        for (const cluster::ObjectId id : model.objectsOf(model.text(kind.group), model.text(kind.kind))) {
            const cluster::Object& object = model.object(id);
            // Two versions of a kind have one row each in kinds() and share their objects in objectsOf().
            const bool isOfKind = &model.kindOf(object) == &kind;
            if (isOfKind && !object.isMissing && (wanted.ns.empty() || model.text(object.ns) == wanted.ns)
                && (wanted.name.empty() || model.text(object.name) == wanted.name))
                out.push_back(id);
        }
    }
    if (!isKindKnown)
        return failure(ErrorKind::NotFound, "the source has no objects of this kind", wanted.kind,
            "see 'plimsoll inspect SOURCE' for the kinds it has");
    if (out.empty() && !wanted.name.empty())
        return failure(ErrorKind::NotFound, "no such object in the source", wanted.kind + '/' + wanted.name,
            "check the name and namespace");
    return out;
}

std::string timeText(const std::optional<UnixSeconds>& time)
{
    return time ? formatTime(*time) : std::string("-");
}

void printObjectTable(const cluster::Cluster& model, std::span<const cluster::ObjectId> objects)
{
    std::vector<std::vector<std::string>> rows { { "KIND", "NAMESPACE", "NAME", "CREATED", "OWNER" } };
    for (const cluster::ObjectId id : objects) {
        const cluster::Object& object = model.object(id);
        const auto owner = std::ranges::find(object.owners, true, &cluster::OwnerReference::isController);
        rows.push_back({ printable(model.kindName(id)), object.ns.isNone() ? "-" : printable(model.text(object.ns)),
            printable(model.text(object.name)), timeText(object.created),
            owner == object.owners.end()
                ? "-"
                : printable(std::string(model.text(owner->kind)) + '/' + std::string(model.text(owner->name))) });
    }
    printTable(rows);
}

// False when an object could not be read again.
bool printObjects(const cluster::Cluster& model, std::span<const cluster::ObjectId> objects, Form form)
{
    bool isComplete = true;
    std::string_view separator = form == Form::Yaml ? "" : "\n";
    const bool isList = objects.size() != 1;
    if (form == Form::Json && isList)
        print("{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[");
    for (const cluster::ObjectId id : objects) {
        format::Document document;
        if (const auto read = model.snapshot().readRaw(model.object(id).raw, document); !read) {
            printError(read.error());
            isComplete = false;
            continue;
        }
        if (form == Form::Yaml)
            print(std::string(separator) + format::toYaml(document.root()).text);
        else
            print((isList ? std::string(separator) : std::string()) + format::toJson(document.root()));
        separator = form == Form::Yaml ? "---\n" : ",\n";
    }
    if (form == Form::Json)
        print(isList ? "\n]}\n" : "\n");
    return isComplete;
}

std::string_view kindText(snapshot::Origin::Kind kind)
{
    switch (kind) {
    case snapshot::Origin::Kind::Files:
        return "files";
    case snapshot::Origin::Kind::Live:
        return "live";
    case snapshot::Origin::Kind::SnapshotFile:
        return "snapshot";
    }
    std::unreachable();
}

using Fact = std::pair<std::string, std::string>;

void addCapture(std::vector<Fact>& out, const snapshot::Origin& origin)
{
    const auto time = [](const std::optional<UnixSeconds>& at) { return at ? formatTime(*at) : std::string(); };
    out.insert(out.end(),
        { { "capturedFrom", time(origin.capturedFrom) }, { "capturedTo", time(origin.capturedTo) },
            { "capturedBy", origin.tool }, { "context", origin.context }, { "server", origin.server },
            { "user", origin.user }, { "redaction", std::to_string(origin.redaction) },
            { "integrity", std::string(toText(origin.integrity)) }, { "signer", origin.signer },
            { "encrypted", origin.isEncrypted ? "yes" : "no" },
            { "serverIdentityVerified", origin.isIdentityVerified ? "yes" : "no" } });
}

std::vector<Fact> facts(const cluster::Cluster& model)
{
    const snapshot::Snapshot& snapshot = model.snapshot();
    const auto read = std::ranges::count_if(snapshot.files(),
        [](const snapshot::SourceFile& file) { return file.content != snapshot::SourceFile::Content::NotKubernetes; });
    std::vector<Fact> out {
        { "cluster", model.clusterName() },
        { "uid", std::string(model.clusterUid()) },
        { "version", model.version().text },
        { "versionSource", std::string(model.versionSource()) },
        { "newestTime", model.newestTime() ? formatTime(*model.newestTime()) : "" },
        { "origin", std::string(kindText(snapshot.origin().kind)) },
        { "source", snapshot.label() },
        { "sourceSha256", snapshot.sourceHash() },
    };
    if (snapshot.origin().kind != snapshot::Origin::Kind::Files)
        addCapture(out, snapshot.origin());
    out.insert(out.end(),
        { { "filesRead", std::to_string(read) }, { "filesPassedOver", std::to_string(snapshot.passedOver()) },
            { "objects", std::to_string(model.objects().size()) },
            { "workloads", std::to_string(model.workloads().size()) },
            { "notCollected", std::to_string(snapshot.notCollected().size()) },
            { "problems", std::to_string(model.problems().size()) } });
    return out;
}

void printSummary(const cluster::Cluster& model, Form form)
{
    if (form == Form::Table) {
        std::vector<std::vector<std::string>> rows;
        for (const auto& [name, value] : facts(model))
            rows.push_back({ name, value.empty() ? "-" : printable(value) });
        printTable(rows);
        print("\n");
        rows = { { "KIND", "API VERSION", "OBJECTS" } };
        for (const cluster::Kind& kind : model.kinds())
            rows.push_back({ printable(model.text(kind.kind)), printable(model.text(kind.apiVersion)),
                std::to_string(kind.objectCount) });
        printTable(rows);
        return;
    }
    std::string out = "{\n  \"schema\": \"plimsoll/inspection/v1\"";
    for (const auto& [name, value] : facts(model))
        out += ",\n  " + jsonQuoted(name) + ": " + jsonQuoted(value);
    out += ",\n  \"kinds\": [";
    std::string_view separator = "\n";
    for (const cluster::Kind& kind : model.kinds()) {
        out += std::string(separator) + "    {\"kind\": " + jsonQuoted(model.text(kind.kind)) + ", \"apiVersion\": "
            + jsonQuoted(model.text(kind.apiVersion)) + ", \"objects\": " + std::to_string(kind.objectCount) + '}';
        separator = ",\n";
    }
    print(out + "\n  ]\n}\n");
}

Result<std::optional<Form>> formOf(const Arguments& arguments)
{
    const std::string text = arguments.value("output");
    if (text.empty())
        return std::optional<Form>();
    if (text == "table")
        return std::optional(Form::Table);
    if (text == "yaml")
        return std::optional(Form::Yaml);
    if (text == "json")
        return std::optional(Form::Json);
    return failure(ErrorKind::Usage, "unknown form of output", "-o " + text, "use table, yaml or json");
}

int inspect(const cluster::Cluster& model, const std::optional<Wanted>& wanted, std::optional<Form> form)
{
    if (!wanted) {
        if (form == Form::Yaml)
            return fail({ .kind = ErrorKind::Usage,
                            .what = "the summary is a table or JSON",
                            .where = "-o yaml",
                            .advice = "name a kind or object to see it as YAML" },
                wrongUsage);
        printSummary(model, form.value_or(Form::Table));
        return reportProblems(model) ? doneInPart : done;
    }
    const auto objects = objectsOf(model, *wanted);
    if (!objects)
        return fail(objects.error(), wrongUsage);
    const Form shown = form.value_or(wanted->name.empty() ? Form::Table : Form::Yaml);
    if (shown == Form::Table) {
        printObjectTable(model, *objects);
        return done;
    }
    return printObjects(model, *objects, shown) ? done : doneInPart;
}

} // namespace

std::span<const Option> inspectOptions()
{
    return options;
}

int runInspect(const Arguments& arguments)
{
    const auto form = formOf(arguments);
    if (!form)
        return fail(form.error(), wrongUsage);
    const auto line = ProgressLine::create(arguments.value("progress"));
    if (!line)
        return fail(line.error(), wrongUsage);
    const auto settings = sourceSettings(arguments);
    if (!settings)
        return fail(settings.error(), wrongUsage);
    std::vector<std::string> sources = arguments.positional();
    std::optional<Wanted> wanted;
    std::error_code error;
    if (sources.size() > 1 && sources.back() != "-" && !contextOf(sources.back())
        && !std::filesystem::exists(sources.back(), error)) {
        auto named = wantedOf(sources.back(), arguments.value("namespace"));
        if (!named)
            return fail(named.error(), wrongUsage);
        wanted = std::move(*named);
        sources.pop_back();
    }
    TaskPool pool;
    const auto model = loadSources(sources, *settings, pool, **line);
    (*line)->clear();
    if (!model)
        return fail(model.error(), statusOf(model.error()));
    return inspect(**model, wanted, *form);
}

} // namespace plimsoll::app
