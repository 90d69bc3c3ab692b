// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cctype>

#include "core/base/Text.h"
#include "core/report/pdf/Sections.h"

// Cover, executive summary and contents.
namespace plimsoll::report::pdf {

namespace {

constexpr std::size_t maxRisks = 5;
constexpr std::size_t maxBars = 8;
constexpr double tileHeight = 58;

using Status = assess::RequirementResult::Status;

std::string plural(control::Severity severity, std::uint32_t count)
{
    return grouped(count) + ' ' + std::string(toText(severity));
}

// Five boxes with the counts, as wide as the page.
void severityTiles(Flow& flow, const assess::Assessment& assessment)
{
    constexpr double gap = 8;
    const double tileWidth = (Flow::width - 4 * gap) / 5;
    const double y = flow.y();
    double x = Flow::left;
    for (const control::Severity severity : severities) {
        const std::uint32_t count = assessment.countBySeverity[static_cast<std::size_t>(severity)];
        flow.sink().rect(x, y, tileWidth, tileHeight, panel, 3);
        flow.sink().rect(x, y, 3.5, tileHeight, colourOf(severity), 0);
        flow.sink().begin(Tag::Paragraph);
        flow.textAt(x + 12, y + 5, tileWidth - 14, grouped(count),
            { Face::SansBold, 18, count ? colourOf(severity) : openColour });
        flow.chip(x + 12, y + 37, 8, severity);
        flow.textAt(x + 26, y + 36, tileWidth - 28, titled(severity), { Face::Sans, 9, ink });
        if (const std::uint32_t waived = assessment.waivedBySeverity[static_cast<std::size_t>(severity)])
            flow.textRight(x + tileWidth - 5, y + 11, '+' + grouped(waived) + " waived", { Face::Sans, 7, softInk });
        flow.sink().end(Tag::Paragraph);
        x += tileWidth + gap;
    }
    flow.setY(y + tileHeight + 12);
}

std::string leadSentence(const Material& material)
{
    const assess::Assessment& assessment = material.assessment;
    const std::uint32_t waived = waivedCount(assessment);
    const std::string accepted = waived == 0
        ? std::string()
        : ' ' + counted(waived, "further fault is", "further faults are") + " waived and counted apart.";
    if (openCount(assessment) == 0)
        return noFindingsText(assessment) + '.' + accepted;
    std::vector<std::string> parts;
    for (const control::Severity severity : severities) {
        if (const std::uint32_t count = assessment.countBySeverity[static_cast<std::size_t>(severity)])
            parts.push_back(plural(severity, count));
    }
    return "The review found " + counted(openCount(assessment), "fault", "faults") + " on "
        + counted(distinctObjects(assessment), "object", "objects") + " of the cluster: "
        + join(std::span<const std::string>(parts), ", ") + ". Of " + grouped(assessment.controls.size())
        + " controls, " + grouped(countControls(assessment).failed) + " failed on at least one object." + accepted;
}

void risks(Flow& flow, const Material& material)
{
    if (material.groups.empty())
        return;
    flow.label("What to look at first");
    // Of equal severity, what concerns most objects.
    std::vector<const ControlGroup*> order;
    for (const ControlGroup& group : material.groups)
        order.push_back(&group);
    std::ranges::stable_sort(order, [](const ControlGroup* a, const ControlGroup* b) {
        const auto key = [](const ControlGroup* group) {
            return std::pair(group->findings.front()->severity, -static_cast<std::int64_t>(group->findings.size()));
        };
        return key(a) < key(b);
    });
    order.resize(std::min(order.size(), maxRisks));
    for (const ControlGroup* group : order) {
        const control::ControlText& text = material.assessment.catalogue->entries[group->control].text;
        const std::string reason = shortened(trimmed(text.severityReason), 260);
        const double y = flow.y();
        flow.chip(Flow::left, y + 1, 9.5, text.severity);
        const std::vector<Span> spans { { text.title + ". ", boldStyle },
            { objectsInWords(material.assessment, *group) + ". ", bodyStyle }, { reason, bodyStyle },
            { "  " + text.id, { Face::SansBold, 8, accent } } };
        flow.paragraph(spans, 20, 5);
        flow.sink().link(Flow::left, y, Flow::width, flow.y() - y, controlDestination(text));
    }
    flow.space(4);
}

using Counts = std::array<std::uint32_t, 5>;

struct StatusPart {
    std::string_view name;
    Colour colour;
};
constexpr std::array<StatusPart, 5> statusParts { { { "pass", passColour }, { "fail", failColour },
    { "waived", waivedColour }, { "manual", manualColour }, { "not assessed", openColour } } };

constexpr double nameWidth = 172;
constexpr double barWidth = 100;
constexpr double lastWidth = 62; // the longest name stands last
constexpr double countWidth = (Flow::width - nameWidth - barWidth - lastWidth) / 4;

double countEnd(std::size_t part)
{
    return part + 1 == statusParts.size()
        ? Flow::left + Flow::width
        : Flow::left + nameWidth + barWidth + countWidth * static_cast<double>(part + 1);
}

void frameworkHead(Flow& flow)
{
    flow.sink().begin(Tag::Paragraph);
    for (std::size_t part = 0; part < statusParts.size(); ++part) {
        const TextStyle style { Face::Sans, 7.5, softInk };
        const double letters = static_cast<double>(statusParts[part].name.size()) * 3.75;
        flow.textRight(countEnd(part), flow.y(), statusParts[part].name, style);
        flow.sink().rect(countEnd(part) - letters - 7, flow.y() + 3, 5, 5, statusParts[part].colour, 2.5);
    }
    flow.sink().end(Tag::Paragraph);
    flow.setY(flow.y() + 15);
}

void frameworkRow(Flow& flow, const control::Framework& framework, const Counts& counts)
{
    double total = 0;
    for (const std::uint32_t count : counts)
        total += count;
    const double y = flow.y();
    double x = Flow::left + nameWidth;
    flow.sink().begin(Tag::Paragraph);
    const double height = flow.textAt(Flow::left, y, nameWidth - 8, framework.title, cellStyle);
    for (std::size_t part = 0; part < counts.size(); ++part) {
        const double length = total > 0 ? (barWidth - 4) * counts[part] / total : 0;
        flow.sink().rect(x, y + 1.5, length, 9, statusParts[part].colour, 0);
        x += length;
        flow.textRight(countEnd(part), y, grouped(counts[part]), cellStyle);
    }
    flow.sink().end(Tag::Paragraph);
    flow.sink().link(Flow::left, y, Flow::width, height, "framework-" + framework.id);
    flow.setY(y + height + 4);
}

void frameworkBars(Flow& flow, const assess::Assessment& assessment)
{
    if (assessment.frameworks.empty())
        return;
    flow.label("Frameworks: requirements by status");
    frameworkRows(flow, assessment, maxBars);
    if (assessment.frameworks.size() > maxBars)
        flow.paragraph("All " + grouped(assessment.frameworks.size()) + " stand in the chapter Frameworks.", softStyle);
    flow.space(6);
}

std::string openSentence(const Material& material)
{
    const auto open = static_cast<std::uint64_t>(std::ranges::count(
        material.assessment.controls, control::Verdict::NotAssessed, &assess::ControlResult::verdict));
    std::uint64_t manual = 0;
    for (const assess::FrameworkResult& result : material.assessment.frameworks)
        manual += result.manual;
    std::string out = open == 0 ? "Every control in scope could be assessed"
                                : counted(open, "control was", "controls were")
            + " not assessed because the source lacks what " + (open == 1 ? "it needs" : "they need");
    if (manual > 0)
        out += "; " + counted(manual, "requirement of the frameworks needs", "requirements of the frameworks need")
            + " a person's verdict";
    const auto errors = std::ranges::count(
        material.assessment.cluster->problems(), snapshot::Problem::Level::Error, &snapshot::Problem::level);
    if (errors > 0)
        out += "; " + counted(static_cast<std::uint64_t>(errors), "part", "parts") + " of the source could not be read";
    return out + ". What was not assessed is not a pass.";
}

} // namespace

void frameworkRows(Flow& flow, const assess::Assessment& assessment, std::size_t limit)
{
    frameworkHead(flow);
    const std::size_t count = std::min(assessment.frameworks.size(), limit);
    for (std::size_t i = 0; i < count; ++i) {
        const assess::FrameworkResult& result = assessment.frameworks[i];
        flow.need(28);
        frameworkRow(flow, assessment.catalogue->frameworks[result.framework],
            { result.passed, result.failed, result.waived, result.manual, result.notAssessed });
    }
}

std::string titled(control::Severity severity)
{
    std::string out(toText(severity));
    out.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(out.front())));
    return out;
}

Colour colourOf(Status status)
{
    switch (status) {
    case Status::Pass:
        return passColour;
    case Status::Fail:
        return failColour;
    case Status::Waived:
        return waivedColour;
    case Status::Manual:
        return manualColour;
    case Status::NotAssessed:
        return openColour;
    }
    return openColour;
}

std::string controlDestination(const control::ControlText& text)
{
    return "control-" + text.id;
}

void factTable(Flow& flow, std::span<const std::pair<std::string, std::string>> facts)
{
    constexpr double nameWidth = 130;
    for (const auto& [name, value] : facts) {
        const double height = flow.textHeight(Flow::width - nameWidth, value, bodyStyle);
        flow.need(height + 6);
        const double y = flow.y();
        flow.sink().begin(Tag::Paragraph);
        flow.textAt(Flow::left, y, nameWidth - 8, name, { Face::Sans, 9.5, softInk });
        flow.textAt(Flow::left + nameWidth, y, Flow::width - nameWidth, value, bodyStyle);
        flow.sink().end(Tag::Paragraph);
        flow.setY(y + height + 5);
    }
}

void writeCover(Flow& flow, const Material& material)
{
    const assess::Assessment& assessment = material.assessment;
    const cluster::Cluster& model = *assessment.cluster;
    flow.beginSection();
    flow.newPage();
    flow.sink().destination("cover", 0);
    flow.sink().rect(0, 0, 595.28, 10, accent, 0);
    flow.sink().begin(Tag::Paragraph);
    flow.textAt(Flow::left, 64, Flow::width, "Plimsoll", { Face::SansBold, 11, accent });
    flow.sink().end(Tag::Paragraph);
    flow.sink().begin(Tag::Heading1);
    flow.textAt(Flow::left, 150, Flow::width, "Kubernetes security review", { Face::Sans, 17, softInk });
    const double nameHeight
        = flow.textAt(Flow::left, 178, Flow::width, shortened(material.clusterName, 120), { Face::SansBold, 30, ink });
    flow.sink().end(Tag::Heading1);
    flow.sink().rect(Flow::left, 178 + nameHeight + 8, 60, 3, accent, 0);
    flow.setY(178 + nameHeight + 44);
    const std::string version = model.version().isKnown()
        ? model.version().text + " (from " + std::string(model.versionSource()) + ')'
        : "not known";
    std::vector<std::pair<std::string, std::string>> facts {
        { "Kubernetes", printable(version) },
        { "kube-system UID", model.clusterUid().empty() ? "not in the source" : printable(model.clusterUid()) },
        { "Scope", scopeText(assessment) },
        { "Assessed as of", assessedAtText(assessment) },
        { "Source", shortened(printable(model.snapshot().label()), 300) },
        { "Objects read", grouped(model.objects().size()) },
        { "Tool", "Plimsoll " + std::string(toolVersion()) },
        { "Report", material.id },
    };
    const auto origin = originFacts(model.snapshot());
    // The cover holds what proves where it comes from; warnings and the rest stand under scope and method.
    std::ranges::copy_if(origin, std::inserter(facts, facts.begin() + 4), [](const auto& fact) {
        return fact.first == "Origin" || fact.first == "Captured" || fact.first == "API server";
    });
    factTable(flow, facts);
    flow.sink().begin(Tag::Paragraph);
    flow.textAt(Flow::left, flow.y(), 120, "Source SHA-256", { Face::Sans, 9.5, softInk });
    flow.textAt(
        Flow::left + 130, flow.y() + 0.6, Flow::width - 130, model.snapshot().sourceHash(), { Face::Mono, 8, ink });
    flow.sink().end(Tag::Paragraph);
    flow.setY(680);
    severityTiles(flow, assessment);
    flow.endSection();
}

void writeSummary(Flow& flow, const Material& material)
{
    flow.beginSection();
    flow.heading(1, "Executive summary", "summary");
    flow.paragraph(leadSentence(material), { Face::Sans, 10.5, ink }, 0, 12);
    severityTiles(flow, material.assessment);
    risks(flow, material);
    frameworkBars(flow, material.assessment);
    flow.label("What this review cannot tell");
    flow.paragraph(openSentence(material));
    flow.endSection();
}

void writeContents(Flow& flow, std::span<const Bookmark> bookmarks)
{
    flow.beginSection();
    flow.heading(1, "Contents", "contents");
    flow.sink().begin(Tag::Contents);
    bool isFirst = true;
    for (const Bookmark& bookmark : bookmarks) {
        if (bookmark.destination == "contents")
            continue;
        const bool isTop = bookmark.level == 1;
        const double height = isTop ? 20 : 13.2;
        if (flow.y() + height > contentBottom) {
            flow.sink().end(Tag::Contents);
            flow.newPage();
            flow.sink().begin(Tag::Contents);
        } else if (isTop && !isFirst) {
            flow.space(3);
        }
        isFirst = false;
        const TextStyle style { isTop ? Face::SansBold : Face::Sans, isTop ? 10.5 : 9, isTop ? ink : softInk };
        const double x = Flow::left + (isTop ? 0 : 14);
        const double y = flow.y() + (isTop ? 3.5 : 0);
        flow.sink().begin(Tag::ContentsItem);
        flow.textAt(x, y, 1000, shortened(bookmark.title, isTop ? 70 : 84), style);
        flow.textRight(Flow::left + Flow::width, y, std::to_string(flow.pageOf(bookmark.destination)), style);
        flow.sink().end(Tag::ContentsItem);
        flow.sink().link(x, y, Flow::left + Flow::width - x, height - 1, bookmark.destination);
        flow.setY(flow.y() + height);
        if (isTop)
            flow.sink().line(Flow::left, flow.y() - 1, Flow::left + Flow::width, flow.y() - 1, 0.4, hairline);
    }
    flow.sink().end(Tag::Contents);
    flow.endSection();
}

} // namespace plimsoll::report::pdf
