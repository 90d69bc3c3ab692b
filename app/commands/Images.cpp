// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <set>

#include "app/Console.h"
#include "app/commands/Commands.h"
#include "core/base/Text.h"
#include "core/control/Settings.h"
#include "core/format/Csv.h"
#include "core/images/Inventory.h"

// plimsoll images: every image that runs or would run.
namespace plimsoll::app {

using cluster::Cluster;
using images::Image;
using images::ImageInventory;

namespace {

constexpr std::array ownOptions {
    Option { "output", 'o', "FORM", "table (default), csv or json" },
    Option { "settings", '\0', "FILE", "settings: allowed registries, table of releases" },
    Option { "as-of", '\0', "DATE", "the day that ends of support refer to (default: when the source was taken)" },
    progressOption,
};
constexpr auto options = allOptions(ownOptions, sourceOptions);

std::string texts(bool value)
{
    return value ? "yes" : "no";
}

std::string allowedText(const Image& image)
{
    return image.isAllowed ? texts(*image.isAllowed) : std::string("no list");
}

std::string policiesText(const Image& image)
{
    std::set<std::string> policies;
    for (const images::ImageUse& use : image.uses)
        policies.insert(use.pullPolicy);
    return join(std::vector<std::string>(policies.begin(), policies.end()), " ");
}

std::string driftText(const Image& image)
{
    if (image.running.empty())
        return "not known";
    return image.hasDrift ? "yes" : image.perhapsByPlatform ? "by platform" : "no";
}

// The worst of what the table says.
const images::LifecycleHit* worstOf(const Image& image)
{
    const images::LifecycleHit* worst = nullptr;
    for (const images::LifecycleHit& hit : image.lifecycle) {
        if (hit.support == images::Support::Ended || !worst)
            worst = &hit;
    }
    return worst;
}

std::vector<std::string> fieldsOf(const Image& image)
{
    const auto& reference = image.reference;
    const images::LifecycleHit* hit = worstOf(image);
    std::vector<std::string> digests;
    for (const images::RunningDigest& one : image.running)
        digests.push_back(one.id.digest);
    return { reference ? images::normalised(*reference) : image.text, reference ? reference->domain : "",
        reference ? reference->path : "", reference ? std::string(reference->effectiveTag()) : "",
        reference ? reference->digest : "", texts(image.isPinned()), allowedText(image), policiesText(image),
        std::to_string(image.workloads), std::to_string(image.pods), join(digests, " "), driftText(image),
        image.newestSeen, hit ? std::string(toText(hit->support)) : "", hit ? hit->text : "", image.refusal };
}

void printRows(const ImageInventory& inventory)
{
    std::vector<std::vector<std::string>> rows { { "IMAGE", "WORKLOADS", "PODS", "PINNED", "PULLED", "DIGESTS", "DRIFT",
        "SUPPORT" } };
    for (const Image& image : inventory.images) {
        const images::LifecycleHit* hit = worstOf(image);
        const std::string name = image.reference ? images::normalised(*image.reference) : image.text;
        constexpr std::size_t widest = 70;
        rows.push_back(
            { shortened(printable(name), widest), std::to_string(image.workloads), std::to_string(image.pods),
                texts(image.isPinned()), policiesText(image), std::to_string(image.running.size()), driftText(image),
                image.refusal.empty() ? (hit ? hit->text : std::string()) : "not a reference: " + image.refusal });
    }
    printTable(rows);
    print(counted(inventory.images.size(), "image", "images") + " of "
        + counted(inventory.repositories, "repository", "repositories") + " in "
        + counted(inventory.registries, "registry", "registries") + '\n');
}

void printCsv(const ImageInventory& inventory)
{
    std::string out = "image,registry,repository,tag,digest,pinned,allowed,pull_policies,workloads,pods,running,drift,"
                      "newest_seen,support,support_reason,refused\n";
    for (const Image& image : inventory.images) {
        for (const std::string& field : fieldsOf(image)) {
            format::appendCsvField(out, field);
            out += ',';
        }
        out.back() = '\n';
    }
    print(out);
}

std::string usesJson(const Cluster& cluster, const Image& image)
{
    std::vector<std::string> list;
    for (const images::ImageUse& use : image.uses)
        list.push_back("{\"workload\": " + jsonQuoted(cluster.refOf(cluster.workloads()[use.workload.index].object))
            + ", \"object\": " + jsonQuoted(cluster.refOf(use.holder)) + ", \"container\": " + jsonQuoted(use.container)
            + ", \"pointer\": " + jsonQuoted(use.pointer) + ", \"pullPolicy\": " + jsonQuoted(use.pullPolicy)
            + ", \"readOnlyRoot\": " + (use.isReadOnlyRoot ? "true" : "false")
            + ", \"ephemeral\": " + (use.isEphemeral ? "true" : "false") + '}');
    return '[' + join(list, ", ") + ']';
}

std::string runningJson(const Image& image)
{
    std::vector<std::string> list;
    for (const images::RunningDigest& one : image.running) {
        std::vector<std::string> platforms;
        for (const std::string& platform : one.platforms)
            platforms.push_back(jsonQuoted(platform));
        list.push_back("{\"digest\": " + jsonQuoted(one.id.digest) + ", \"role\": " + jsonQuoted(toText(one.id.role))
            + ", \"containers\": " + std::to_string(one.containers) + ", \"platforms\": [" + join(platforms, ", ")
            + "]}");
    }
    return '[' + join(list, ", ") + ']';
}

std::string lifecycleJson(const Image& image)
{
    std::vector<std::string> list;
    for (const images::LifecycleHit& hit : image.lifecycle)
        list.push_back("{\"product\": " + jsonQuoted(hit.product->name) + ", \"line\": " + jsonQuoted(hit.line)
            + ", \"support\": " + jsonQuoted(toText(hit.support))
            + ", \"inferred\": " + (hit.isInferred ? "true" : "false") + ", \"text\": " + jsonQuoted(hit.text) + '}');
    return '[' + join(list, ", ") + ']';
}

std::string textOrNull(std::string_view text)
{
    return text.empty() ? std::string("null") : jsonQuoted(text);
}

std::string imageJson(const Cluster& cluster, const Image& image)
{
    const auto& reference = image.reference;
    return "{\"image\": " + jsonQuoted(reference ? images::normalised(*reference) : image.text) + ", \"written\": "
        + jsonQuoted(image.text) + ", \"registry\": " + textOrNull(reference ? reference->domain : "")
        + ", \"repository\": " + textOrNull(reference ? reference->path : "")
        + ", \"tag\": " + textOrNull(reference ? reference->effectiveTag() : "") + ", \"digest\": "
        + textOrNull(reference ? reference->digest : "") + ", \"refused\": " + textOrNull(image.refusal)
        + ",\n     \"allowed\": " + (image.isAllowed ? (*image.isAllowed ? "true" : "false") : "null")
        + ", \"workloads\": " + std::to_string(image.workloads) + ", \"pods\": " + std::to_string(image.pods)
        + ", \"drift\": " + jsonQuoted(driftText(image)) + ", \"newestSeen\": " + textOrNull(image.newestSeen)
        + ",\n     \"running\": " + runningJson(image) + ",\n     \"lifecycle\": " + lifecycleJson(image)
        + ",\n     \"uses\": " + usesJson(cluster, image) + '}';
}

// What the control on published vulnerabilities of Kubernetes and ingress-nginx says, object by object.
std::vector<std::pair<std::string, std::string>> knownIssues(
    std::shared_ptr<const Cluster> cluster, const control::Settings& settings, TaskPool& pool, Progress& progress)
{
    std::vector<std::pair<std::string, std::string>> issues;
    const auto catalogue = control::loadCatalogue();
    if (!catalogue)
        return issues;
    const assess::Scope scope { {}, {}, { "PLM-I12" }, {} };
    const auto assessed = assess::assess(cluster, *catalogue, settings, scope, pool, progress);
    if (!assessed)
        return issues;
    for (const assess::Finding& finding : (*assessed)->findings)
        issues.emplace_back(cluster->refOf(finding.object), finding.message);
    for (const assess::NotAssessedObject& one : (*assessed)->notAssessed)
        issues.emplace_back(
            one.object.isNone() ? std::string("cluster") : cluster->refOf(one.object), "not assessed: " + one.reason);
    return issues;
}

using Issues = std::vector<std::pair<std::string, std::string>>;

void printJson(
    const Cluster& cluster, const ImageInventory& inventory, const images::LifecycleTable& table, const Issues& issues)
{
    print("{\n  \"schema\": \"plimsoll/images/v1\",\n  \"releaseTable\": " + jsonQuoted(table.date)
        + ",\n  \"images\": [");
    std::string_view separator = "\n    ";
    for (const Image& image : inventory.images) {
        print(std::string(separator) + imageJson(cluster, image));
        separator = ",\n    ";
    }
    std::vector<std::string> list;
    for (const auto& [object, message] : issues)
        list.push_back("{\"object\": " + jsonQuoted(object) + ", \"message\": " + jsonQuoted(message) + '}');
    print("\n  ],\n  \"knownIssues\": [" + join(list, ",\n    ") + "]\n}\n");
}

} // namespace

std::span<const Option> imagesOptions()
{
    return options;
}

int runImages(const Arguments& arguments)
{
    const std::string form = arguments.value("output", "table");
    if (form != "table" && form != "csv" && form != "json")
        return fail(
            Error { ErrorKind::Usage, "unknown form", "-o " + printable(form), "use table, csv or json" }, wrongUsage);
    auto settings = settingsOf(arguments);
    if (!settings)
        return fail(settings.error(), wrongUsage);
    auto source = sourceSettings(arguments);
    if (!source)
        return fail(source.error(), wrongUsage);
    auto line = ProgressLine::create(arguments.value("progress", "auto"));
    if (!line)
        return fail(line.error(), wrongUsage);
    TaskPool pool;
    auto loaded = loadSources(arguments.positional(), *source, pool, **line);
    if (!loaded)
        return fail(loaded.error(), statusOf(loaded.error()));
    const Cluster& cluster = **loaded;
    const images::LifecycleTable& table = settings->releases();
    const bool alwaysPulls = components::Components(cluster).hasAdmission("AlwaysPullImages");
    const ImageInventory inventory
        = images::takeImages(cluster, settings->allowedRegistries, table, settings->dayOf(cluster), alwaysPulls);
    const Issues issues = form == "csv" ? Issues() : knownIssues(*loaded, *settings, pool, (*line)->progress());
    (*line)->clear();
    if (form == "json") {
        printJson(cluster, inventory, table, issues);
    } else if (form == "csv") {
        printCsv(inventory);
    } else {
        printRows(inventory);
        for (const auto& [object, message] : issues)
            print("known issue: " + object + ": " + message + '\n');
    }
    return reportProblems(cluster) ? doneInPart : done;
}

} // namespace plimsoll::app
