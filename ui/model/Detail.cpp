// SPDX-License-Identifier: Apache-2.0
#include "ui/model/Detail.h"

#include <algorithm>

#include <QCoreApplication>

#include "core/format/Yaml.h"
#include "core/report/Report.h"
#include "ui/model/OverviewData.h"
#include "ui/model/Text.h"
#include "ui/model/WaiverData.h"

namespace plimsoll::ui::model {

namespace {

// More than this is shown as a window around the first mark; an editor of a million lines helps nobody.
constexpr int maxShownLines = 20'000;
constexpr int windowLines = 4'000;
// A marked value with more lines than this (a whole container, say) is marked by its first line alone.
constexpr int maxMarkLines = 12;

QString tr(const char* source)
{
    return QCoreApplication::translate("Detail", source);
}

QStringList textsOf(const std::vector<std::string>& texts)
{
    QStringList result;
    for (const std::string& one : texts)
        result.append(text(one));
    return result;
}

// Who answers for a finding that was accepted.
QString acceptedText(const assess::Assessment& assessment, const control::Waiver& waiver)
{
    QStringList lines { lineText(waiver.reason), tr("Owner: %1").arg(lineText(waiver.owner)),
        tr("Approved by: %1").arg(lineText(waiver.approver)),
        // It holds until the end of its last day.
        tr("From %1 until %2").arg(text(formatDate(waiver.created)), text(formatDate(waiver.expires - 1))) };
    QString place = lineText(waiver.id);
    if (!waiver.file.empty())
        place += QStringLiteral(", ") + waiverPlace(assessment, waiver);
    lines.append(tr("Waiver: %1").arg(place));
    return lines.join(QLatin1Char('\n'));
}

// "PCI DSS 4.0: 7.2.1, 7.2.2"; rows as in Catalogue::Entry::frameworks.
QStringList frameworkTexts(const control::Catalogue& catalogue, const std::vector<std::string>& rows)
{
    QStringList lines;
    for (const std::string& row : rows) {
        const std::size_t space = row.find(' ');
        const control::Framework* framework = catalogue.findFramework(std::string_view(row).substr(0, space));
        const QString requirement
            = space == std::string::npos ? QString() : text(std::string_view(row).substr(space + 1));
        const QString prefix = framework ? text(framework->title) + QStringLiteral(": ") : QString();
        // One line for each framework: with twenty of them a control is asked for by many requirements.
        if (!prefix.isEmpty() && !lines.isEmpty() && lines.last().startsWith(prefix))
            lines.last() += QStringLiteral(", ") + requirement;
        else
            lines.append(framework ? prefix + requirement : text(row));
    }
    return lines;
}

void cutWindow(EvidenceText& evidence)
{
    evidence.totalLines = static_cast<int>(evidence.yaml.count(QLatin1Char('\n')));
    if (evidence.totalLines <= maxShownLines)
        return;
    const int wanted = evidence.marks.empty() ? 0 : evidence.marks.front().firstLine;
    const int first = std::max(0, wanted - windowLines / 2);
    evidence.yaml = evidence.yaml.section(QLatin1Char('\n'), first, first + windowLines);
    evidence.firstNumber = first + 1;
    std::erase_if(evidence.marks,
        [&](const auto& mark) { return mark.firstLine < first || mark.firstLine > first + windowLines; });
    for (EvidenceText::Mark& mark : evidence.marks)
        mark.firstLine -= first;
}

} // namespace

FindingDetail detailOf(const assess::Assessment& assessment, std::uint32_t index)
{
    const assess::Finding& finding = assessment.findings[index];
    const cluster::Cluster& cluster = *assessment.cluster;
    const control::ControlText& words = assessment.entry(finding).text;
    FindingDetail detail { .severity = static_cast<int>(finding.severity),
        .inContext = static_cast<int>(finding.effectiveSeverity),
        .contextReasons = {},
        .waiver = {},
        .controlId = text(words.id),
        .title = text(words.title),
        .severityReason = text(words.severityReason),
        .description = text(words.description),
        .message = lineText(finding.message),
        .objectTitle = lineText(cluster.titleOf(finding.object)),
        .objectRef = lineText(cluster.refOf(finding.object)),
        .owner = {},
        .affected = finding.affected,
        .frameworks = frameworkTexts(*assessment.catalogue, assessment.entry(finding).frameworks),
        .aka = textsOf(words.aka),
        .references = textsOf(words.references),
        .evidence = {},
        .remediation = text(report::remediationText(assessment, finding)),
        .patch = {},
        .patchType = {},
        .command = {},
        .patchProblem = {} };
    for (const std::string& reason : finding.severityReasons)
        detail.contextReasons.append(lineText(reason));
    if (finding.waiver)
        detail.waiver = acceptedText(assessment, assessment.waivers[*finding.waiver]);
    if (finding.owner) {
        const cluster::ObjectId owner = cluster.workloads()[finding.owner.index].object;
        if (owner != finding.object)
            detail.owner = lineText(cluster.titleOf(owner));
    }
    for (const assess::Evidence& evidence : finding.evidence) {
        detail.evidence.push_back({ .object = evidence.object,
            .objectTitle = lineText(cluster.titleOf(evidence.object)),
            .pointer = lineText(evidence.pointer),
            .value = lineText(evidence.value) });
    }
    if (finding.patch.isEmpty()) {
        detail.patchProblem = tr("The object alone does not tell which change is right, so there is no ready patch.");
    } else if (auto patch = cluster::render(cluster, finding.patch)) {
        detail.patch = text(patch->yaml);
        detail.patchType = text(patch->type);
        detail.command = text(patch->command);
    } else {
        detail.patchProblem = errorText(patch.error());
    }
    return detail;
}

ObjectDetail detailOf(const assess::Assessment& assessment, cluster::ObjectId id)
{
    const cluster::Cluster& cluster = *assessment.cluster;
    const cluster::Object& object = cluster.object(id);
    ObjectDetail detail { .title = lineText(cluster.titleOf(id)),
        .ref = lineText(cluster.refOf(id)),
        .lines = {},
        .findings = {},
        .hasText = !object.isMissing };
    const auto add = [&](const QString& name, const QString& value) {
        if (!value.isEmpty())
            detail.lines.push_back({ .name = name, .value = value });
    };
    add(tr("API version"), lineText(cluster.text(cluster.kindOf(object).apiVersion)));
    add(tr("Created"), timeText(object.created));
    if (const cluster::WorkloadId workload = cluster.workloadOf(id); workload) {
        const cluster::Workload& top = cluster.workloads()[workload.index];
        if (top.object != id)
            add(tr("Part of"), lineText(cluster.titleOf(top.object)));
        else
            add(tr("Pods"), QString::number(top.pods.size()));
    }
    QStringList labels;
    for (const auto& [key, value] : object.labels)
        labels.append(lineText(cluster.text(key)) + QLatin1Char('=') + lineText(cluster.text(value)));
    add(tr("Labels"), labels.join(QStringLiteral("\n")));
    if (!object.masked.empty())
        add(tr("Masked values"), QString::number(object.masked.size()));
    for (std::uint32_t i = 0; i < assessment.findings.size(); ++i) {
        const assess::Finding& finding = assessment.findings[i];
        if (finding.object == id)
            detail.findings.push_back({ .finding = i,
                .severity = static_cast<int>(finding.severity),
                .title = text(assessment.entry(finding).text.title),
                .message = lineText(finding.message) });
    }
    return detail;
}

EvidenceText evidenceOf(const assess::Assessment& assessment, cluster::ObjectId id,
    const std::vector<FindingDetail::EvidenceLine>& evidence)
{
    EvidenceText result;
    const cluster::Cluster& cluster = *assessment.cluster;
    const cluster::Object& object = cluster.object(id);
    if (object.isMissing) {
        result.problem = tr("Other objects name this one, but the source does not hold it.");
        return result;
    }
    format::Document document;
    if (const auto read = cluster.snapshot().readRaw(object.raw, document); !read) {
        result.problem = errorText(read.error());
        return result;
    }
    const format::YamlText yaml = format::toYaml(document.root());
    result.yaml = text(yaml.text);
    if (result.yaml.endsWith(QLatin1Char('\n')))
        result.yaml.chop(1);
    std::vector<std::string> pointers;
    for (const FindingDetail::EvidenceLine& line : evidence) {
        if (line.object == id)
            pointers.push_back(line.pointer.toStdString());
    }
    const std::vector<std::string_view> views(pointers.begin(), pointers.end());
    const auto places = cluster.snapshot().locate(object.raw, views);
    std::size_t at = 0;
    for (const FindingDetail::EvidenceLine& line : evidence) {
        if (line.object != id)
            continue;
        const auto* place = yaml.find(pointers[at]);
        const auto& where = places.size() > at ? places[at] : std::nullopt;
        ++at;
        const bool isExact = place && text(place->pointer) == line.pointer;
        const int lines = place ? static_cast<int>(place->lineCount) : 1;
        result.marks.push_back({ .firstLine = place ? static_cast<int>(place->firstLine) : 0,
            .lineCount = isExact && lines <= maxMarkLines ? lines : 1,
            .pointer = line.pointer,
            .value = line.value,
            .place = where ? lineText(where->file) + QLatin1Char(':') + QString::number(where->line) : QString() });
    }
    cutWindow(result);
    return result;
}

} // namespace plimsoll::ui::model
