// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>

#include "core/base/Text.h"
#include "core/cluster/Patch.h"
#include "core/format/Yaml.h"
#include "core/report/pdf/Sections.h"

namespace plimsoll::report::pdf {

namespace {

constexpr std::size_t excerptsOfControl = 2;
constexpr std::size_t pointersOfExcerpt = 3;
constexpr std::size_t maxMarkedLines = 6; // of one value
constexpr std::size_t contextLines = 2;
constexpr std::size_t maxExcerptLines = 36;
constexpr std::size_t maxLineBytes = 320;
constexpr std::size_t maxPatchLines = 24;

std::vector<CodeLine> codeLines(std::string_view text, std::size_t limit)
{
    std::vector<CodeLine> out;
    if (text.ends_with('\n'))
        text.remove_suffix(1);
    for (const std::string_view line : split(text, '\n')) {
        if (out.size() == limit) {
            out.push_back({ .text = "…", .isMarked = false, .isSoft = true });
            break;
        }
        out.push_back({ .text = shortened(line, maxLineBytes) });
    }
    return out;
}

// The patch stands above the command, so the command names a file with it instead of repeating it.
std::string commandWithFile(std::string_view command)
{
    constexpr std::string_view option = " --patch ";
    const std::size_t at = command.find(option);
    if (at == std::string_view::npos)
        return std::string(command);
    return std::string(command.substr(0, at)) + " --patch-file patch.yaml";
}

enum class LineRole : std::uint8_t { Context, Parent, Marked };

// Which lines of a YAML text to show for one pointer: the value's own, a few around them, and the first line of each
// thing it is in.
void choose(const format::YamlText& yaml, std::string_view pointer, std::size_t lineCount,
    std::map<std::size_t, LineRole>& chosen)
{
    const auto* place = yaml.find(pointer);
    if (!place)
        return;
    const bool isExact = place->pointer == pointer;
    const std::size_t length = isExact ? std::min<std::size_t>(place->lineCount, maxMarkedLines) : 1;
    const std::size_t first = place->firstLine;
    for (std::size_t line = first - std::min(first, contextLines);
         line < std::min(lineCount, first + length + contextLines); ++line)
        chosen.try_emplace(line, LineRole::Context);
    // A field that is not set anywhere near is marked nowhere: the caption says so.
    if (!place->pointer.empty()) {
        for (std::size_t line = first; line < std::min(lineCount, first + length); ++line)
            chosen[line] = LineRole::Marked;
    }
    for (std::size_t slash = pointer.find('/', 1); slash != std::string_view::npos;
         slash = pointer.find('/', slash + 1)) {
        const auto* parent = yaml.find(pointer.substr(0, slash));
        if (parent && parent->pointer == pointer.substr(0, slash)) {
            LineRole& role = chosen.try_emplace(parent->firstLine, LineRole::Parent).first->second;
            if (role == LineRole::Context)
                role = LineRole::Parent;
        }
    }
}

std::vector<CodeLine> shownLines(const format::YamlText& yaml, const std::map<std::size_t, LineRole>& chosen)
{
    std::string_view text = yaml.text;
    if (text.ends_with('\n'))
        text.remove_suffix(1);
    const std::vector<std::string_view> lines = split(text, '\n');
    std::vector<CodeLine> out;
    std::size_t next = 0;
    for (const auto& [line, role] : chosen) {
        if (line >= lines.size() || out.size() >= maxExcerptLines)
            break;
        // Between the things a value is in, that lines are left out goes without saying.
        if (line > next && role != LineRole::Parent && !out.empty())
            out.push_back({ .text = "⋮", .isMarked = false, .isSoft = true });
        out.push_back({ .text = shortened(lines[line], maxLineBytes),
            .isMarked = role == LineRole::Marked,
            .isSoft = role == LineRole::Parent });
        next = line + 1;
    }
    return out;
}

std::string captionOf(const assess::Assessment& assessment, const Places& places, const assess::Finding& finding)
{
    std::string caption = assessment.cluster->refOf(finding.evidence.front().object);
    if (const auto place = places.of(finding, 0); !place.file.empty())
        caption += "  —  " + place.file + ':' + std::to_string(place.line);
    return caption;
}

std::optional<Excerpt> excerptOf(
    const assess::Assessment& assessment, const Places& places, const assess::Finding& finding)
{
    if (finding.evidence.empty() || finding.evidence.front().object.isNone())
        return std::nullopt;
    const cluster::Object& object = assessment.cluster->object(finding.evidence.front().object);
    format::Document document;
    if (object.isMissing || !assessment.cluster->snapshot().readRaw(object.raw, document))
        return std::nullopt;
    const format::YamlText yaml = format::toYaml(document.root());
    const auto lineCount = static_cast<std::size_t>(std::ranges::count(yaml.text, '\n'));
    std::map<std::size_t, LineRole> chosen;
    std::size_t pointers = 0;
    for (const control::Evidence& evidence : finding.evidence) {
        if (evidence.object != finding.evidence.front().object || pointers == pointersOfExcerpt)
            continue;
        choose(yaml, evidence.pointer, lineCount, chosen);
        ++pointers;
    }
    if (chosen.empty())
        return std::nullopt;
    return Excerpt { captionOf(assessment, places, finding), shownLines(yaml, chosen) };
}

GroupMaterial materialOf(const assess::Assessment& assessment, const Places& places, const ControlGroup& group)
{
    GroupMaterial material;
    std::set<cluster::ObjectId> seen;
    for (const assess::Finding* finding : group.findings) {
        if (material.excerpts.size() == excerptsOfControl || seen.size() > 2 * excerptsOfControl)
            break;
        if (finding->evidence.empty() || !seen.insert(finding->evidence.front().object).second)
            continue;
        if (auto excerpt = excerptOf(assessment, places, *finding))
            material.excerpts.push_back(std::move(*excerpt));
    }
    const auto patched
        = std::ranges::find_if(group.findings, [](const auto* finding) { return !finding->patch.isEmpty(); });
    if (patched == group.findings.end())
        return material;
    if (const auto patch = cluster::render(*assessment.cluster, (*patched)->patch))
        material.patch = PatchText { assessment.cluster->titleOf((*patched)->patch.target),
            codeLines(patch->yaml, maxPatchLines), codeLines(commandWithFile(patch->command), 6) };
    return material;
}

} // namespace

Material gather(const assess::Assessment& assessment, Progress& progress)
{
    std::vector<ControlGroup> groups = groupedByControl(assessment);
    std::vector<const assess::Finding*> shown;
    for (const ControlGroup& group : groups) {
        const std::size_t count = std::min(group.findings.size(), maxObjectsOfControl);
        shown.insert(shown.end(), group.findings.begin(), group.findings.begin() + static_cast<std::ptrdiff_t>(count));
    }
    Material material { .assessment = assessment,
        .id = reportId(assessment),
        .clusterName = printable(displayName(*assessment.cluster)),
        .groups = std::move(groups),
        .texts = {},
        .notAssessed = notAssessedByControl(assessment),
        .places = Places(assessment, shown, progress) };
    progress.enter("Collecting evidence", material.groups.size());
    for (const ControlGroup& group : material.groups) {
        if (progress.isCancelled())
            break;
        material.texts.push_back(materialOf(assessment, material.places, group));
        progress.advance(1);
    }
    material.texts.resize(material.groups.size());
    return material;
}

} // namespace plimsoll::report::pdf
