// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <map>

#include "core/base/Text.h"
#include "core/report/Content.h"
#include "core/report/Formats.h"

namespace plimsoll::report {

namespace {

constexpr std::size_t maxPlaceRows = 20; // of lists that may be long: problems, what was not assessed

constexpr std::string_view reset = "\x1b[0m";
constexpr std::string_view bold = "\x1b[1m";
constexpr std::string_view faint = "\x1b[2m";

std::string_view paintOf(control::Severity severity)
{
    switch (severity) {
    case control::Severity::Critical:
        return "\x1b[1;35m";
    case control::Severity::High:
        return "\x1b[1;31m";
    case control::Severity::Medium:
        return "\x1b[33m";
    case control::Severity::Low:
        return "\x1b[36m";
    case control::Severity::Info:
        return "\x1b[2m";
    }
    return {};
}

// Columns a text takes on a terminal: characters, East Asian wide ones twice. Text is valid UTF-8.
std::size_t columnsOf(std::string_view text)
{
    std::size_t columns = 0;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte & 0xC0) != 0x80)
            columns += byte >= 0xE3 && byte <= 0xED ? 2 : 1;
        else
            continue;
        if (byte >= 0xF0)
            ++columns;
    }
    return columns;
}

// At most that many columns, with "…" where something was cut.
std::string fitted(std::string_view text, std::size_t columns)
{
    if (columnsOf(text) <= columns)
        return std::string(text);
    std::size_t taken = 0;
    std::size_t end = 0;
    while (end < text.size()) {
        std::size_t next = end + 1;
        while (next < text.size() && (static_cast<unsigned char>(text[next]) & 0xC0) == 0x80)
            ++next;
        const std::size_t wide = columnsOf(text.substr(end, next - end));
        if (taken + wide + 1 > columns)
            break;
        taken += wide;
        end = next;
    }
    return std::string(text.substr(0, end)) + "…";
}

std::string padded(std::string_view text, std::size_t columns)
{
    std::string out(text);
    const std::size_t taken = columnsOf(text);
    if (taken < columns)
        out.append(columns - taken, ' ');
    return out;
}

std::string paddedLeft(std::string_view text, std::size_t columns)
{
    return std::string(columns - std::min(columns, text.size()), ' ') + std::string(text);
}

class TextWriter {
public:
    TextWriter(const assess::Assessment& assessment, const Options& options, const ByteSink& sink)
        : m_assessment(assessment)
        , m_options(options)
        , m_sink(sink)
    {
    }
    void head();
    void findings(Progress& progress);
    void waived(Progress& progress);
    void waivers();
    void severities();
    void frameworks();
    void notAssessed();
    void notCollected();
    void problems();

private:
    std::size_t refColumns() const;
    void finding(const assess::Finding& finding, std::size_t columns, const std::string& says);
    void line(std::string_view text) { m_sink(std::string(text) + '\n'); }
    std::string painted(std::string_view text, std::string_view colour) const
    {
        return m_options.isColoured ? std::string(colour) + std::string(text) + std::string(reset) : std::string(text);
    }
    void title(std::string_view text) { line("\n" + painted(text, bold)); }
    // One line cut to the width.
    std::string cut(std::string_view text, std::size_t taken = 0) const
    {
        const std::size_t width = std::max<std::size_t>(m_options.width, 60);
        return fitted(printable(text), std::max<std::size_t>(width - std::min(width, taken), 16));
    }

    const assess::Assessment& m_assessment;
    const Options& m_options;
    const ByteSink& m_sink;
};

void TextWriter::head()
{
    const cluster::Cluster& model = *m_assessment.cluster;
    line(painted(cut("Cluster " + displayName(model)), bold));
    const std::string version = model.version().isKnown() ? "Kubernetes " + model.version().text : "version not known";
    line(cut(version + ", " + counted(model.objects().size(), "object", "objects") + ", as of "
        + assessedAtText(m_assessment) + ", scope: " + scopeText(m_assessment)));
    line(cut("Source " + model.snapshot().label() + ", sha256 " + model.snapshot().sourceHash().substr(0, 16)));
    for (const auto& [name, value] : originFacts(model.snapshot()))
        line(cut(name + ": " + value));
}

void TextWriter::findings(Progress& progress)
{
    progress.enter("Writing text", m_assessment.findings.size());
    if (openCount(m_assessment) == 0) {
        title(noFindingsText(m_assessment));
        return;
    }
    title("Findings");
    const std::size_t columns = refColumns();
    for (const assess::Finding& one : m_assessment.findings) {
        if (progress.isCancelled())
            return;
        if (one.isWaived())
            continue;
        const bool isMoved = one.effectiveSeverity != one.severity;
        finding(one, columns,
            isMoved ? '[' + std::string(toText(one.effectiveSeverity)) + " here] " + one.message : one.message);
        progress.advance(1);
    }
}

void TextWriter::waived(Progress& progress)
{
    if (waivedCount(m_assessment) == 0)
        return;
    title("Waived");
    const std::size_t columns = refColumns();
    for (const assess::Finding& one : m_assessment.findings) {
        if (progress.isCancelled())
            return;
        if (!one.isWaived())
            continue;
        const control::Waiver& waiver = m_assessment.waivers[*one.waiver];
        finding(one, columns, "until " + untilText(waiver) + " by " + waiver.id + ": " + waiver.reason);
        progress.advance(1);
    }
}

// How wide the column of objects is.
std::size_t TextWriter::refColumns() const
{
    std::size_t longest = 0;
    for (const assess::Finding& one : m_assessment.findings)
        longest = std::max(longest, columnsOf(printable(m_assessment.cluster->refOf(one.object))));
    const std::size_t width = std::max<std::size_t>(m_options.width, 60);
    return std::min(longest, std::min(width * 45 / 100, width - 40));
}

void TextWriter::finding(const assess::Finding& finding, std::size_t columns, const std::string& says)
{
    const std::string ref = fitted(printable(m_assessment.cluster->refOf(finding.object)), columns);
    const std::string severity = padded(toText(finding.severity), 8);
    const std::string id = padded(m_assessment.entry(finding).text.id, 7);
    line(painted(severity, paintOf(finding.severity)) + "  " + id + "  " + padded(ref, columns) + "  "
        + cut(says, 8 + 2 + id.size() + 2 + columns + 2));
}

void TextWriter::waivers()
{
    const auto& all = m_assessment.waivers;
    if (!all.empty()) {
        title("Waivers");
        std::size_t longest = 0;
        for (const control::Waiver& waiver : all)
            longest = std::max(longest, columnsOf(printable(waiver.id)));
        longest = std::min<std::size_t>(longest, 28);
        for (std::size_t i = 0; i < all.size(); ++i)
            line("  " + padded(fitted(printable(all[i].id), longest), longest) + "  until " + untilText(all[i]) + "  "
                + cut(waiverStateText(m_assessment, i), 2 + longest + 2 + 16 + 2));
    }
    std::map<std::string, std::uint32_t> tools;
    for (const control::WaiverSuggestion& suggestion : m_assessment.waiverSuggestions)
        ++tools[suggestion.tool];
    if (tools.empty())
        return;
    title("Suggestions");
    for (const auto& [tool, count] : tools)
        line(cut("  " + counted(count, "annotation", "annotations") + " for " + tool
            + " would accept something; here only waivers do"));
}

void TextWriter::severities()
{
    title("Summary");
    constexpr std::array all { control::Severity::Critical, control::Severity::High, control::Severity::Medium,
        control::Severity::Low, control::Severity::Info };
    for (const control::Severity severity : all) {
        const std::uint32_t waived = m_assessment.waivedBySeverity[static_cast<std::size_t>(severity)];
        const std::string count = grouped(m_assessment.countBySeverity[static_cast<std::size_t>(severity)]);
        line("  " + painted(padded(toText(severity), 8), paintOf(severity)) + "  " + paddedLeft(count, 7)
            + (waived > 0 ? "  and " + grouped(waived) + " waived" : std::string()));
    }
    const std::uint32_t waived = waivedCount(m_assessment);
    line("  " + counted(openCount(m_assessment), "finding", "findings") + " on "
        + counted(distinctObjects(m_assessment), "object", "objects")
        + (waived > 0 ? "; " + grouped(waived) + " more waived" : std::string()));
    std::uint32_t heavier = 0, lighter = 0;
    for (const assess::Finding& finding : m_assessment.findings) {
        heavier += !finding.isWaived() && finding.effectiveSeverity < finding.severity ? 1 : 0;
        lighter += !finding.isWaived() && finding.effectiveSeverity > finding.severity ? 1 : 0;
    }
    if (heavier + lighter > 0)
        line("  seen in context, " + grouped(heavier) + " of them weigh more and " + grouped(lighter) + " less");
    const ControlCounts controls = countControls(m_assessment);
    line("  " + counted(m_assessment.controls.size(), "control", "controls") + ": " + std::to_string(controls.failed)
        + " failed, " + (controls.waived > 0 ? std::to_string(controls.waived) + " waived, " : std::string())
        + std::to_string(controls.passed) + " passed, " + std::to_string(controls.notAssessed) + " not assessed");
}

void TextWriter::frameworks()
{
    if (m_assessment.frameworks.empty())
        return;
    title("Frameworks");
    std::size_t longest = 0;
    for (const assess::FrameworkResult& result : m_assessment.frameworks)
        longest = std::max(longest, columnsOf(m_assessment.catalogue->frameworks[result.framework].title));
    constexpr std::size_t countColumns = 50;
    longest = std::min(longest, std::max<std::size_t>(m_options.width, 60) - countColumns);
    line("  " + painted(padded("", longest) + "     pass    fail  waived  manual  not assessed", faint));
    for (const assess::FrameworkResult& result : m_assessment.frameworks) {
        const std::string name = fitted(m_assessment.catalogue->frameworks[result.framework].title, longest);
        line("  " + padded(name, longest) + "  " + paddedLeft(std::to_string(result.passed), 7) + ' '
            + paddedLeft(std::to_string(result.failed), 7) + ' ' + paddedLeft(std::to_string(result.waived), 7) + ' '
            + paddedLeft(std::to_string(result.manual), 7) + ' ' + paddedLeft(std::to_string(result.notAssessed), 13));
        if (result.recordedPass + result.recordedFail + result.recordedNotApplicable > 0)
            line(cut("    recorded by a person: " + std::to_string(result.recordedPass) + " pass, "
                + std::to_string(result.recordedFail) + " fail, " + std::to_string(result.recordedNotApplicable)
                + " not applicable"));
    }
}

void TextWriter::notAssessed()
{
    const auto groups = notAssessedByControl(m_assessment);
    if (groups.empty())
        return;
    title("Not assessed");
    std::size_t shown = 0;
    for (const NotAssessedGroup& group : groups) {
        if (++shown > maxPlaceRows) {
            line("  and " + counted(groups.size() - maxPlaceRows, "more control", "more controls")
                + "; the JSON output has them all");
            return;
        }
        const control::ControlText& text = m_assessment.catalogue->entries[group.control].text;
        const assess::NotAssessedObject& first = *group.rows.front();
        const std::string what = first.object.isNone() ? std::string()
                                                       : counted(group.rows.size(), "object", "objects") + ", such as "
                + m_assessment.cluster->refOf(first.object) + ": ";
        line(cut("  " + text.id + "  " + text.title + ": " + what + first.reason));
    }
}

void TextWriter::notCollected()
{
    const auto& missing = m_assessment.cluster->snapshot().notCollected();
    if (missing.empty())
        return;
    title("Not collected");
    for (const snapshot::NotCollected& one : missing)
        line("  " + cut(notCollectedText(one), 2));
}

void TextWriter::problems()
{
    const auto problems = m_assessment.cluster->problems();
    if (problems.empty())
        return;
    title("Problems of the source");
    std::size_t shown = 0;
    for (const snapshot::Problem& problem : problems) {
        if (++shown > maxPlaceRows) {
            line("  and " + grouped(problems.size() - maxPlaceRows) + " more; the JSON output has them all");
            return;
        }
        const bool isError = problem.level == snapshot::Problem::Level::Error;
        line("  " + painted(isError ? "error" : "note ", isError ? paintOf(control::Severity::High) : faint) + "  "
            + cut(toText(problem.error), 9));
    }
}

} // namespace

Result<void> writeText(
    const assess::Assessment& assessment, const Options& options, Progress& progress, const ByteSink& sink)
{
    TextWriter writer(assessment, options, sink);
    writer.head();
    writer.findings(progress);
    if (progress.isCancelled())
        return failure(ErrorKind::Cancelled, "cancelled");
    writer.waived(progress);
    if (progress.isCancelled())
        return failure(ErrorKind::Cancelled, "cancelled");
    writer.severities();
    writer.frameworks();
    writer.waivers();
    writer.notAssessed();
    writer.notCollected();
    writer.problems();
    return {};
}

} // namespace plimsoll::report
