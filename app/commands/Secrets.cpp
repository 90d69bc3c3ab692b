// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "app/Console.h"
#include "app/commands/Commands.h"
#include "core/base/Text.h"
#include "core/components/Components.h"
#include "core/control/Settings.h"
#include "core/format/Csv.h"
#include "core/secrets/Inventory.h"

// plimsoll secrets: the inventory, never a value.
namespace plimsoll::app {

using cluster::Cluster;
using secrets::Inventory;
using secrets::Reader;
using secrets::SecretInfo;
using secrets::Way;

namespace {

constexpr std::array ownOptions {
    Option { "namespace", 'n', "NS", "only Secrets of this namespace", true },
    Option { "output", 'o', "FORM", "table (default), csv or json" },
    Option { "settings", '\0', "FILE", "settings: rotation limits" },
    Option { "evidence", '\0', "FILE", "an encryption configuration of the API server; its keys are dropped", true },
    Option { "as-of", '\0', "DATE", "the day that ages refer to (default: when the source was taken)" },
    progressOption,
};
constexpr auto options = allOptions(ownOptions, sourceOptions);

struct Request {
    std::vector<std::string> namespaces;
    std::string form;
    control::Settings settings;
    SourceSettings source;
    std::vector<evidence::EncryptionConfig> encryption;
};

Result<Request> requestOf(const Arguments& arguments)
{
    Request request;
    request.namespaces = arguments.values("namespace");
    request.form = arguments.value("output", "table");
    if (request.form != "table" && request.form != "csv" && request.form != "json")
        return failure(ErrorKind::Usage, "unknown form", "-o " + printable(request.form), "use table, csv or json");
    auto settings = settingsOf(arguments);
    if (!settings)
        return std::unexpected(settings.error());
    request.settings = std::move(*settings);
    auto inputs = assess::readInputs({}, {}, arguments.values("evidence"));
    if (!inputs)
        return std::unexpected(inputs.error());
    request.encryption = std::move(inputs->encryption);
    auto source = sourceSettings(arguments);
    if (!source)
        return std::unexpected(source.error());
    request.source = std::move(*source);
    return request;
}

// One Secret as texts, for table and CSV.
struct Row {
    std::string ns, name, type, keys, bytes, usage, references, holders, readers, everybody, age, evidence, limit,
        source;
};

std::string ageText(const SecretInfo& info, const Inventory& inventory)
{
    const auto days = info.age.days(inventory.now);
    return days ? std::to_string(*days) : std::string();
}

Row rowOf(const Inventory& inventory, const SecretInfo& info)
{
    const Cluster& cluster = inventory.readers->references().cluster();
    const cluster::Secret& secret = cluster.secrets()[info.secret];
    const cluster::Object& object = cluster.object(info.object);
    std::uint64_t bytes = 0;
    for (const cluster::Secret::Key& key : secret.keys)
        bytes += key.length;
    const std::string ns(cluster.text(object.ns)), name(cluster.text(object.name));
    return { ns, name, std::string(cluster.text(secret.type)), std::to_string(secret.keys.size()),
        std::to_string(bytes), std::string(toText(info.usage)),
        std::to_string(inventory.readers->references().of(ns, name).size()), std::to_string(info.holders),
        info.gap.empty() ? std::to_string(info.readers) : "not known", info.isReadByEverybody ? "yes" : "no",
        ageText(info, inventory), std::string(toText(info.age.strength)),
        info.ageLimit ? std::to_string(*info.ageLimit) : std::string(), info.source };
}

std::vector<const SecretInfo*> selected(const Inventory& inventory, const Request& request)
{
    const Cluster& cluster = inventory.readers->references().cluster();
    std::vector<const SecretInfo*> list;
    for (const SecretInfo& info : inventory.secrets) {
        const std::string_view ns = cluster.text(cluster.object(info.object).ns);
        if (request.namespaces.empty() || std::ranges::find(request.namespaces, ns) != request.namespaces.end())
            list.push_back(&info);
    }
    return list;
}

std::string_view stateText(components::EncryptionAtRest::State state)
{
    constexpr std::array<std::string_view, 4> texts { "not assessed", "plain", "weak", "strong" };
    return texts[static_cast<std::size_t>(state)];
}

void printEncryption(const Cluster& cluster, const components::Components& parts)
{
    const auto servers = parts.of(components::Component::ApiServer);
    if (servers.empty())
        print("encryption at rest: not assessed: " + parts.absence(components::Component::ApiServer) + '\n');
    for (const components::Instance& server : servers) {
        const components::EncryptionAtRest& it = server.encryption;
        print("encryption at rest: " + cluster.refOf(server.object) + ": " + std::string(stateText(it.state)) + ": "
            + it.sentence + (it.remark.empty() ? "" : " (" + it.remark + ')') + '\n');
    }
}

std::string encryptionJson(const Cluster& cluster, const components::Components& parts)
{
    std::vector<std::string> list;
    for (const components::Instance& server : parts.of(components::Component::ApiServer)) {
        const components::EncryptionAtRest& it = server.encryption;
        list.push_back("{\"server\": " + jsonQuoted(cluster.refOf(server.object))
            + ", \"state\": " + jsonQuoted(stateText(it.state)) + ", \"sentence\": " + jsonQuoted(it.sentence)
            + ", \"remark\": " + (it.remark.empty() ? std::string("null") : jsonQuoted(it.remark)) + '}');
    }
    return '[' + join(list, ", ") + ']';
}

void printRows(const Inventory& inventory, std::span<const SecretInfo* const> list)
{
    std::vector<std::vector<std::string>> rows { { "NAMESPACE", "NAME", "TYPE", "KEYS", "USE", "WORKLOADS", "READERS",
        "AGE (DAYS)", "KNOWN BY" } };
    for (const SecretInfo* info : list) {
        const Row row = rowOf(inventory, *info);
        rows.push_back({ printable(row.ns), printable(row.name), printable(row.type), row.keys, row.usage, row.holders,
            row.readers + (info->isReadByEverybody ? " (everybody)" : ""), row.age.empty() ? "not known" : row.age,
            row.evidence });
    }
    printTable(rows);
    for (const secrets::Missing& one : inventory.missing)
        print("missing: Secret " + printable(one.reference.ns) + '/' + printable(one.reference.name) + ", named by "
            + inventory.readers->references().cluster().refOf(one.reference.object) + ' ' + one.reference.pointer
            + '\n');
}

void printCsv(const Inventory& inventory, std::span<const SecretInfo* const> list)
{
    std::string out
        = "namespace,name,type,keys,bytes,usage,references,workloads,readers,everybody,age_days,age_evidence,"
          "age_limit_days,source\n";
    for (const SecretInfo* info : list) {
        const Row row = rowOf(inventory, *info);
        for (const std::string* field :
            { &row.ns, &row.name, &row.type, &row.keys, &row.bytes, &row.usage, &row.references, &row.holders,
                &row.readers, &row.everybody, &row.age, &row.evidence, &row.limit, &row.source }) {
            format::appendCsvField(out, *field);
            out += ',';
        }
        out.back() = '\n';
    }
    print(out);
}

std::string identityText(const Reader& reader)
{
    return std::string(reader.kind) + ' ' + (reader.ns.empty() ? "" : std::string(reader.ns) + '/')
        + std::string(reader.name);
}

std::string routeJson(const Cluster& cluster, const secrets::ReaderSet& set, const secrets::Route& route)
{
    std::string out = "{\"way\": " + jsonQuoted(toText(route.way)) + ", \"right\": " + jsonQuoted(route.request);
    if (route.grant.binding != access::Grant::none)
        out += ", \"binding\": " + jsonQuoted(cluster.refOf(cluster.roleBindings()[route.grant.binding].object))
            + ", \"role\": " + jsonQuoted(cluster.refOf(cluster.roles()[route.grant.role].object))
            + ", \"pointer\": " + jsonQuoted("/rules/" + std::to_string(route.grant.rule));
    if (route.becomes != secrets::Route::none)
        out += ", \"becomes\": " + jsonQuoted(identityText(set.readers[route.becomes]));
    if (!route.through.isNone())
        out += ", \"through\": " + jsonQuoted(cluster.refOf(cluster.workloads()[route.through.index].object));
    return out + '}';
}

std::string readersJson(const Cluster& cluster, const secrets::ReaderSet& set)
{
    std::vector<std::string> list;
    for (const Reader& reader : set.readers) {
        std::vector<std::string> routes;
        for (const secrets::Route& route : reader.routes)
            routes.push_back(routeJson(cluster, set, route));
        list.push_back(
            "{\"subject\": " + jsonQuoted(identityText(reader)) + ", \"routes\": [" + join(routes, ", ") + "]}");
    }
    return '[' + join(list, ",\n       ") + ']';
}

std::string numberOrNull(const auto& value)
{
    return value ? std::to_string(*value) : std::string("null");
}

std::string timeOrNull(const std::optional<UnixSeconds>& time)
{
    return time ? jsonQuoted(formatTime(*time)) : std::string("null");
}

std::string referencesJson(const Cluster& cluster, std::span<const secrets::Reference> references)
{
    std::vector<std::string> list;
    for (const secrets::Reference& one : references)
        list.push_back("{\"use\": " + jsonQuoted(toText(one.use))
            + ", \"object\": " + jsonQuoted(cluster.refOf(one.object)) + ", \"pointer\": " + jsonQuoted(one.pointer)
            + ", \"key\": " + (one.key.empty() ? std::string("null") : jsonQuoted(one.key))
            + ", \"optional\": " + (one.isOptional ? "true" : "false") + '}');
    return '[' + join(list, ", ") + ']';
}

std::string secretJson(const Inventory& inventory, const SecretInfo& info)
{
    const Cluster& cluster = inventory.readers->references().cluster();
    const cluster::Secret& secret = cluster.secrets()[info.secret];
    const cluster::Object& object = cluster.object(info.object);
    const std::string_view ns = cluster.text(object.ns), name = cluster.text(object.name);
    std::vector<std::string> keys, nodes, unused, holders;
    for (const cluster::Secret::Key& key : secret.keys)
        keys.push_back(
            "{\"name\": " + jsonQuoted(cluster.text(key.name)) + ", \"length\": " + std::to_string(key.length) + '}');
    const secrets::ReaderSet set = inventory.readers->of(ns, name);
    for (const std::string_view node : set.nodes)
        nodes.push_back(jsonQuoted(node));
    for (const cluster::WorkloadId holder : set.holders)
        holders.push_back(jsonQuoted(cluster.refOf(cluster.workloads()[holder.index].object)));
    for (const std::string& key : info.unusedKeys)
        unused.push_back(jsonQuoted(key));
    return "{\"namespace\": " + jsonQuoted(ns) + ", \"name\": " + jsonQuoted(name)
        + ", \"type\": " + jsonQuoted(cluster.text(secret.type)) + ",\n     \"keys\": [" + join(keys, ", ")
        + "],\n     \"usage\": " + jsonQuoted(toText(info.usage)) + ", \"usageReason\": " + jsonQuoted(info.usageReason)
        + ", \"unusedKeys\": [" + join(unused, ", ") + "],\n     \"created\": " + timeOrNull(info.age.created)
        + ", \"changed\": " + timeOrNull(info.age.changed) + ", \"changedBy\": "
        + (info.age.changedBy.empty() ? std::string("null") : jsonQuoted(info.age.changedBy)) + ", \"ageDays\": "
        + numberOrNull(info.age.days(inventory.now)) + ", \"ageEvidence\": " + jsonQuoted(toText(info.age.strength))
        + ", \"ageLimitDays\": " + numberOrNull(info.ageLimit) + ", \"overdue\": " + (info.isOverdue ? "true" : "false")
        + ", \"source\": " + (info.source.empty() ? std::string("null") : jsonQuoted(info.source))
        + ",\n     \"references\": " + referencesJson(cluster, inventory.readers->references().of(ns, name))
        + ",\n     \"workloads\": [" + join(holders, ", ") + "], \"nodes\": [" + join(nodes, ", ")
        + "],\n     \"readersIncomplete\": " + (info.gap.empty() ? std::string("null") : jsonQuoted(info.gap))
        + ", \"readers\": " + readersJson(cluster, set) + '}';
}

void printJson(const Inventory& inventory, std::span<const SecretInfo* const> list, const std::string& encryption)
{
    const secrets::References& references = inventory.readers->references();
    std::vector<std::string> kinds, missing;
    for (const std::string& kind : references.searchedKinds())
        kinds.push_back(jsonQuoted(kind));
    for (const secrets::Missing& one : inventory.missing)
        missing.push_back("{\"namespace\": " + jsonQuoted(one.reference.ns)
            + ", \"name\": " + jsonQuoted(one.reference.name)
            + ", \"object\": " + jsonQuoted(references.cluster().refOf(one.reference.object))
            + ", \"pointer\": " + jsonQuoted(one.reference.pointer) + '}');
    print("{\n  \"schema\": \"plimsoll/secrets/v1\",\n  \"asOf\": " + timeOrNull(inventory.now)
        + ",\n  \"notListed\": " + (inventory.gap.empty() ? std::string("null") : jsonQuoted(inventory.gap))
        + ",\n  \"searchedKinds\": [" + join(kinds, ", ") + "],\n  \"missing\": [" + join(missing, ", ")
        + "],\n  \"encryptionAtRest\": " + encryption + ",\n  \"secrets\": [");
    std::string_view separator = "\n    ";
    for (const SecretInfo* info : list) {
        print(std::string(separator) + secretJson(inventory, *info));
        separator = ",\n    ";
    }
    print("\n  ]\n}\n");
}

} // namespace

std::span<const Option> secretsOptions()
{
    return options;
}

int runSecrets(const Arguments& arguments)
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
    const auto now = request->settings.dayOf(cluster);
    const auto readers = secrets::Readers::make(*loaded);
    auto taken = secrets::takeInventory(readers, now, request->settings.rotation, pool, (*line)->progress());
    (*line)->clear();
    if (!taken)
        return fail(taken.error(), statusOf(taken.error()));
    const Inventory& inventory = **taken;
    const auto list = selected(inventory, *request);
    if (!inventory.gap.empty())
        printToError("plimsoll: note: " + inventory.gap + '\n');
    const components::Components parts(cluster, {}, request->encryption);
    if (request->form == "json") {
        printJson(inventory, list, encryptionJson(cluster, parts));
    } else if (request->form == "csv") {
        printCsv(inventory, list);
    } else {
        printRows(inventory, list);
        printEncryption(cluster, parts);
    }
    return reportProblems(cluster) || !inventory.gap.empty() ? doneInPart : done;
}

} // namespace plimsoll::app
