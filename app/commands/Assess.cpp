// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <filesystem>

#include "app/Console.h"
#include "app/commands/Commands.h"
#include "core/base/Text.h"
#include "core/report/Report.h"

namespace plimsoll::app {

namespace {

constexpr std::array formatsToCome { "sarif", "html", "csv", "junit", "oscal", "markdown" };

constexpr std::array ownOptions {
    Option { "format", '\0', "F", "text (default), json or pdf", true },
    Option { "output", 'o', "PATH", "file to write; a folder with several formats" },
    Option { "framework", '\0', "ID", "only the controls of this framework", true },
    Option { "control", '\0', "ID", "only this control", true },
    Option { "namespace", 'n', "NS", "only this namespace", true },
    Option { "severity", '\0', "S", "only findings at or above: critical, high, medium, low, info" },
    Option { "as-of", '\0', "DATE", "date of the assessment; otherwise the newest in the source" },
    Option { "fail-on", '\0', "SEVERITY", "exit 1 when there is a finding at or above" },
    Option { "settings", '\0', "FILE", "settings that change results (YAML)" },
    Option { "waivers", '\0', "FILE", "accepted risks (YAML); those of the review beside the source count too", true },
    Option { "evidence", '\0', "FILE", "what other tools found: reports of kube-bench --json", true },
    Option { "groups", '\0', "FILE", "groups of users", false, false },
    progressOption,
};
constexpr auto options = allOptions(ownOptions, sourceOptions);

// Everything the command line asks for, checked before anything is read.
struct Request {
    std::vector<const report::Format*> formats;
    std::string output;
    assess::Scope scope;
    control::Settings settings;
    std::vector<std::string> waiverFiles, evidenceFiles;
    std::optional<control::Severity> failOn;
    SourceSettings source;
};

Result<std::optional<control::Severity>> severityOption(const Arguments& arguments, std::string_view name)
{
    if (!arguments.has(name))
        return std::optional<control::Severity>();
    const std::string text = arguments.value(name);
    const auto severity = control::severityFromText(text);
    if (!severity)
        return failure(ErrorKind::Usage, "unknown severity", "--" + std::string(name) + ' ' + text,
            "use critical, high, medium, low or info");
    return severity;
}

Result<std::vector<const report::Format*>> formatsOf(const Arguments& arguments)
{
    std::vector<std::string> names = arguments.values("format");
    if (names.empty())
        names.emplace_back("text");
    std::vector<const report::Format*> out;
    for (const std::string& name : names) {
        const report::Format* format = report::findFormat(name);
        if (!format && std::ranges::find(formatsToCome, name) != formatsToCome.end())
            return failure(
                ErrorKind::Usage, "this format is not built yet", "--format " + name, "use text, json or pdf");
        if (!format)
            return failure(ErrorKind::Usage, "unknown format", "--format " + name, "use text, json or pdf");
        if (std::ranges::find(out, format) == out.end())
            out.push_back(format);
    }
    const std::string output = arguments.value("output");
    if (output.empty() && out.size() > 1)
        return failure(
            ErrorKind::Usage, "several formats need a folder to go to", "--format", "give one with -o FOLDER");
    if (output.empty() && !out.front()->isText)
        return failure(ErrorKind::Usage, "a " + std::string(out.front()->title) + " needs a file to go to",
            "--format " + std::string(out.front()->id), "give one with -o FILE");
    return out;
}

Result<Request> requestOf(const Arguments& arguments)
{
    Request request;
    auto formats = formatsOf(arguments);
    if (!formats)
        return std::unexpected(formats.error());
    request.formats = std::move(*formats);
    request.output = arguments.value("output");
    const auto least = severityOption(arguments, "severity");
    const auto failOn = severityOption(arguments, "fail-on");
    if (!least || !failOn)
        return std::unexpected(!least ? least.error() : failOn.error());
    request.failOn = *failOn;
    request.scope = { .namespaces = arguments.values("namespace"),
        .frameworks = arguments.values("framework"),
        .controls = arguments.values("control"),
        .leastSeverity = *least };
    request.waiverFiles = arguments.values("waivers");
    request.evidenceFiles = arguments.values("evidence");
    auto settings = settingsOf(arguments);
    if (!settings)
        return std::unexpected(settings.error());
    request.settings = std::move(*settings);
    auto source = sourceSettings(arguments);
    if (!source)
        return std::unexpected(source.error());
    request.source = std::move(*source);
    return request;
}

Result<void> writeOne(
    const report::Format& format, const std::string& path, const assess::Assessment& assessment, ProgressLine& line)
{
    report::Options writing;
    writing.width = outputColumns();
    if (!path.empty() && path != "-")
        return report::writeFile(format, assessment, writing, line.progress(), path);
    writing.isColoured = wantsColour();
    line.clear();
    Progress silent; // both go to the same terminal
    return format.write(assessment, writing, silent, print);
}

Result<void> writeAll(const Request& request, const assess::Assessment& assessment, ProgressLine& line)
{
    std::error_code error;
    const bool isFolder = request.formats.size() > 1
        || (!request.output.empty() && std::filesystem::is_directory(request.output, error));
    if (!isFolder)
        return writeOne(*request.formats.front(), request.output, assessment, line);
    std::filesystem::create_directories(request.output, error);
    if (error)
        return failure(ErrorKind::Access, "cannot make the folder (" + error.message() + ')', request.output,
            "choose another with -o");
    for (const report::Format* format : request.formats) {
        const std::string path
            = request.output + (request.output.ends_with('/') ? "" : "/") + "assessment." + std::string(format->suffix);
        if (auto written = writeOne(*format, path, assessment, line); !written)
            return written;
    }
    return {};
}

// Only a source that is a file or folder has a place for a review.
std::string reviewPathOf(const std::string& source)
{
    std::error_code error;
    return std::filesystem::exists(source, error) ? control::reviewPathFor(source) : std::string();
}

// What waivers came to, as far as somebody should look at them.
void reportWaivers(const assess::Assessment& assessment)
{
    for (std::size_t i = 0; i < assessment.waivers.size(); ++i) {
        const control::Waiver& waiver = assessment.waivers[i];
        const assess::WaiverResult& result = assessment.waiverResults[i];
        std::vector<std::string> notes;
        if (result.state == control::WaiverState::Expired)
            notes.push_back("expired, " + counted(result.findings, "finding is", "findings are") + " open again");
        else if (result.state == control::WaiverState::Unused)
            notes.emplace_back("covers nothing");
        else if (result.state == control::WaiverState::NotYet)
            notes.emplace_back(assessment.assessedAt ? "not yet valid" : "not used: no date is known, give --as-of");
        if (!result.tooBroad.empty())
            notes.push_back("too broad: " + result.tooBroad);
        if (!notes.empty())
            printToError("plimsoll: waiver " + printable(waiver.id) + ": " + waiver.file + ':'
                + std::to_string(waiver.line) + ": " + join(notes, "; ") + '\n');
    }
}

int assessSources(const Request& request, const std::vector<std::string>& paths, ProgressLine& line)
{
    const auto catalogue = control::loadCatalogue();
    if (!catalogue)
        return fail(catalogue.error(), wrongUsage);
    TaskPool pool;
    const auto inputs = assess::readInputs(paths.size() == 1 ? reviewPathOf(paths.front()) : std::string(),
        request.waiverFiles, request.evidenceFiles, &pool);
    if (!inputs)
        return fail(inputs.error(), sourceUnreadable);
    auto model = loadSources(paths, request.source, pool, line);
    if (!model)
        return fail(model.error(), statusOf(model.error()));
    const auto assessment
        = assess::assess(*model, *catalogue, request.settings, request.scope, pool, line.progress(), *inputs);
    if (!assessment)
        return fail(assessment.error(), statusOf(assessment.error()));
    if (const auto written = writeAll(request, **assessment, line); !written)
        return fail(written.error(), wrongUsage);
    line.clear();
    reportWaivers(**assessment);
    for (const std::string& note : (*assessment)->evidenceNotes)
        printToError("plimsoll: note: " + note + '\n');
    const bool isPartial = reportProblems(**model);
    const auto reaches
        = [&](const assess::Finding& finding) { return !finding.isWaived() && finding.severity <= *request.failOn; };
    if (request.failOn && std::ranges::any_of((*assessment)->findings, reaches))
        return findingsAtFailOn;
    return isPartial ? doneInPart : done;
}

} // namespace

std::span<const Option> assessOptions()
{
    return options;
}

int runAssess(const Arguments& arguments)
{
    const auto request = requestOf(arguments);
    if (!request)
        return fail(request.error(), wrongUsage);
    const auto line = ProgressLine::create(arguments.value("progress"));
    if (!line)
        return fail(line.error(), wrongUsage);
    return assessSources(*request, arguments.positional(), **line);
}

} // namespace plimsoll::app
