// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "app/Console.h"
#include "app/commands/Commands.h"
#include "core/base/Text.h"
#include "core/control/Catalogue.h"

// plimsoll controls and plimsoll frameworks.
namespace plimsoll::app {

namespace {

constexpr std::array controlOptions {
    Option { "framework", '\0', "ID", "only the controls of this framework" },
    Option { "output", 'o', "FORM", "table (default) or json" },
};
constexpr std::array frameworkOptions {
    Option { "output", 'o', "FORM", "table (default) or json" },
};

std::string needsOf(const control::Control& control)
{
    std::vector<std::string> needs;
    for (const control::Need& need : control.needs)
        needs.push_back(std::string(need.kind) + (need.group.empty() ? "" : '.' + std::string(need.group)));
    if (control.checkSpec)
        needs.insert(needs.begin(), "pods or pod templates");
    return join(std::span<const std::string>(needs), ", ");
}

std::string jsonList(std::span<const std::string> texts)
{
    std::vector<std::string> quoted;
    for (const std::string& text : texts)
        quoted.push_back(jsonQuoted(text));
    return '[' + join(std::span<const std::string>(quoted), ", ") + ']';
}

void printControlsJson(std::span<const control::Catalogue::Entry* const> entries)
{
    print("{\n  \"schema\": \"plimsoll/controls/v1\",\n  \"controls\": [");
    std::string_view separator = "\n";
    for (const control::Catalogue::Entry* entry : entries) {
        const control::ControlText& text = entry->text;
        std::vector<std::string> needs;
        for (const control::Need& need : entry->control->needs)
            needs.push_back(std::string(need.group) + '/' + std::string(need.kind));
        print(std::string(separator) + "    {\"id\": " + jsonQuoted(text.id) + ", \"title\": " + jsonQuoted(text.title)
            + ", \"severity\": " + jsonQuoted(toText(text.severity)) + ", \"severityReason\": "
            + jsonQuoted(trimmed(text.severityReason)) + ", \"description\": " + jsonQuoted(trimmed(text.description))
            + ", \"remediation\": " + jsonQuoted(trimmed(text.remediation))
            + ", \"frameworks\": " + jsonList(entry->frameworks) + ", \"needs\": " + jsonList(needs)
            + ", \"aka\": " + jsonList(text.aka) + ", \"references\": " + jsonList(text.references) + '}');
        separator = ",\n";
    }
    print("\n  ]\n}\n");
}

struct ModeCounts {
    std::size_t automated = 0;
    std::size_t manual = 0;
    std::size_t nodeData = 0;
};

ModeCounts countsOf(const control::Framework& framework)
{
    ModeCounts counts;
    for (const control::Requirement& requirement : framework.requirements) {
        switch (requirement.mode) {
        case control::Requirement::Mode::Automated:
            ++counts.automated;
            break;
        case control::Requirement::Mode::Manual:
            ++counts.manual;
            break;
        case control::Requirement::Mode::NeedsNodeData:
            ++counts.nodeData;
            break;
        }
    }
    return counts;
}

Result<bool> wantsJson(const Arguments& arguments)
{
    const std::string form = arguments.value("output", "table");
    if (form != "table" && form != "json")
        return failure(ErrorKind::Usage, "unknown form of output", "-o " + form, "use table or json");
    return form == "json";
}

} // namespace

std::span<const Option> controlsOptions()
{
    return controlOptions;
}

std::span<const Option> frameworksOptions()
{
    return frameworkOptions;
}

int runControls(const Arguments& arguments)
{
    const auto isJson = wantsJson(arguments);
    if (!isJson)
        return fail(isJson.error(), wrongUsage);
    const auto catalogue = control::loadCatalogue();
    if (!catalogue)
        return fail(catalogue.error(), wrongUsage);
    const control::Framework* framework = nullptr;
    if (arguments.has("framework")) {
        framework = (*catalogue)->findFramework(arguments.value("framework"));
        if (!framework)
            return fail({ .kind = ErrorKind::Usage,
                            .what = "unknown framework",
                            .where = arguments.value("framework"),
                            .advice = "see 'plimsoll frameworks'" },
                wrongUsage);
    }
    std::vector<const control::Catalogue::Entry*> entries;
    for (const control::Catalogue::Entry& entry : (*catalogue)->entries) {
        const bool isWanted
            = !framework || std::ranges::any_of(framework->requirements, [&](const control::Requirement& requirement) {
                  return std::ranges::find(requirement.controls, entry.text.id) != requirement.controls.end();
              });
        if (isWanted)
            entries.push_back(&entry);
    }
    if (*isJson) {
        printControlsJson(entries);
        return done;
    }
    std::vector<std::vector<std::string>> rows { { "ID", "SEVERITY", "TITLE", "FRAMEWORKS", "NEEDS" } };
    for (const control::Catalogue::Entry* entry : entries)
        rows.push_back({ entry->text.id, std::string(toText(entry->text.severity)), entry->text.title,
            join(std::span<const std::string>(entry->frameworks), ", "), needsOf(*entry->control) });
    printTable(rows);
    return done;
}

int runFrameworks(const Arguments& arguments)
{
    const auto isJson = wantsJson(arguments);
    if (!isJson)
        return fail(isJson.error(), wrongUsage);
    const auto catalogue = control::loadCatalogue();
    if (!catalogue)
        return fail(catalogue.error(), wrongUsage);
    std::vector<std::vector<std::string>> rows { { "ID", "TITLE", "REQUIREMENTS", "AUTOMATED", "MANUAL",
        "NEEDS NODE DATA" } };
    std::string json = "{\n  \"schema\": \"plimsoll/frameworks/v1\",\n  \"frameworks\": [";
    std::string_view separator = "\n";
    for (const control::Framework& framework : (*catalogue)->frameworks) {
        const ModeCounts counts = countsOf(framework);
        rows.push_back({ framework.id, framework.title, std::to_string(framework.requirements.size()),
            std::to_string(counts.automated), std::to_string(counts.manual), std::to_string(counts.nodeData) });
        json += std::string(separator) + "    {\"id\": " + jsonQuoted(framework.id) + ", \"title\": "
            + jsonQuoted(framework.title) + ", \"version\": " + jsonQuoted(framework.version) + ", \"note\": "
            + jsonQuoted(framework.note) + ", \"requirements\": " + std::to_string(framework.requirements.size())
            + ", \"automated\": " + std::to_string(counts.automated) + ", \"manual\": " + std::to_string(counts.manual)
            + ", \"needsNodeData\": " + std::to_string(counts.nodeData) + '}';
        separator = ",\n";
    }
    if (*isJson)
        print(json + "\n  ]\n}\n");
    else
        printTable(rows);
    return done;
}

} // namespace plimsoll::app
