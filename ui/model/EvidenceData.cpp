// SPDX-License-Identifier: Apache-2.0
#include "ui/model/EvidenceData.h"

#include <algorithm>

#include "core/base/Text.h"
#include "ui/model/ImagesWords.h"
#include "ui/model/Text.h"

namespace plimsoll::ui::model {

namespace {

void fillMade(EvidenceRow& row, std::optional<UnixSeconds> made, std::optional<UnixSeconds> asOf)
{
    if (!made) {
        row.made = imagesTr("it does not tell");
        return;
    }
    row.madeAt = *made;
    row.made = text(formatDate(*made));
    if (!asOf)
        return;
    row.ageDays = (*asOf - *made) / 86'400;
    row.made += row.ageDays < 0 ? imagesTr(" (after the assessment)")
        : row.ageDays == 0
        ? imagesTr(" (the same day)")
        : QStringLiteral(" (%1)").arg(countedText(static_cast<quint64>(row.ageDays), "1 day before", "%1 days before"));
}

QString toolText(const evidence::ImageScan& scan)
{
    return (lineText(scan.tool) + QLatin1Char(' ') + lineText(scan.toolVersion)).trimmed();
}

// What an image scan found, each kind only if the tool looked for it.
QString resultOf(const evidence::ImageScan& scan)
{
    QStringList parts;
    if (scan.hasVulnerabilities)
        parts.append(countedText(scan.vulnerabilities.size(), "1 vulnerability", "%1 vulnerabilities"));
    if (scan.hasSecrets)
        parts.append(countedText(scan.secretCount, "1 credential", "%1 credentials"));
    if (scan.packageCount > 0)
        parts.append(countedText(scan.packageCount, "1 package", "%1 packages"));
    if (scan.suppressed > 0)
        parts.append(imagesTr("%1 left out by the scanner's rules").arg(scan.suppressed));
    return parts.isEmpty() ? imagesTr("nothing that is used here") : parts.join(QStringLiteral(", "));
}

EvidenceRow rowOfScan(const Images& shown, std::uint32_t at)
{
    const images::ScanResults& results = *shown.scans;
    const evidence::ImageScan& scan = results.evidence.scans[at];
    EvidenceRow row;
    row.source = lineText(scan.file);
    row.kind = lineText(evidence::toText(scan.format));
    row.tool = toolText(scan);
    row.what = lineText(scan.artifact);
    row.result = resultOf(scan);
    fillMade(row, scan.made, results.asOf);
    if (scan.databaseMade)
        row.notes.append(
            imagesTr("Its vulnerabilities are those known on %1.").arg(text(formatDate(*scan.databaseMade))));
    QStringList names;
    const images::ScanMatch* best = nullptr;
    for (const images::ScannedImage& image : results.images) {
        for (const images::ScanMatch& match : image.matches) {
            if (match.scan != at || match.kind == images::MatchKind::None)
                continue;
            if (!best || match.kind < best->kind)
                best = &match;
            names.append(lineText(image.reference));
            if (match.isOtherBuild)
                row.notes.append(imagesTr("%1 runs another build than was scanned.").arg(lineText(image.reference)));
        }
    }
    if (!best) {
        row.state = EvidenceRow::State::Unmatched;
        row.match = imagesTr("no image of this cluster");
        return row;
    }
    row.state = best->kind == images::MatchKind::Tag ? EvidenceRow::State::Weak : EvidenceRow::State::Matched;
    row.match = countedText(static_cast<quint64>(names.size()), "1 image", "%1 images") + QStringLiteral(", ")
        + lineText(best->words);
    row.notes += names;
    return row;
}

// Results of policies and statements are many a file: one row for each file.
template <class Items, class Fill>
void addByFile(EvidenceTables& out, const Items& items, const QString& kind, const QString& what, Fill fill)
{
    std::size_t at = 0;
    while (at < items.size()) {
        std::size_t end = at;
        while (end < items.size() && items[end].file == items[at].file)
            ++end;
        EvidenceRow row;
        row.source = lineText(items[at].file);
        row.kind = kind;
        row.what = what;
        fill(row, at, end);
        out.rows.push_back(std::move(row));
        at = end;
    }
}

// Files that are about nodes, not about images.
void addNodeReports(EvidenceTables& out, const assess::Assessment& assessment)
{
    for (const std::string& file : assessment.nodeReportFiles) {
        const QString source = lineText(file);
        const auto facts = std::ranges::count(assessment.nodeFacts, file, &control::NodeFact::file);
        EvidenceRow row;
        row.source = source;
        row.kind = imagesTr("kube-bench");
        row.made = imagesTr("it does not tell");
        row.what = imagesTr("files and processes of nodes");
        row.state = facts == 0 ? EvidenceRow::State::Unmatched : EvidenceRow::State::Matched;
        row.match = facts == 0 ? imagesTr("no control") : imagesTr("controls that ask about nodes");
        row.result = countedText(static_cast<quint64>(facts), "1 check is used", "%1 checks are used");
        out.rows.push_back(std::move(row));
    }
}

// What intrusion detection and the API server wrote down.
void addLogs(EvidenceTables& out, const assess::Assessment& assessment)
{
    if (assessment.audit) {
        EvidenceRow row;
        row.source = imagesTr("audit logs");
        row.kind = imagesTr("audit log");
        fillMade(row, assessment.audit->to, assessment.assessedAt);
        row.what = countedText(assessment.audit->events, "1 request", "%1 requests");
        row.state = EvidenceRow::State::Matched;
        row.match = imagesTr("users and objects by name");
        row.result
            = countedText(assessment.auditFindings.findings.size(), "1 thing to look at", "%1 things to look at");
        for (const evidence::AuditFinding& finding : assessment.auditFindings.findings)
            row.notes.append(lineText(finding.sentence()));
        out.rows.push_back(std::move(row));
    }
    if (assessment.alerts) {
        const auto matched = std::ranges::count_if(assessment.joinedAlerts,
            [](const components::WorkloadAlert& one) { return one.match != components::AlertMatch::None; });
        EvidenceRow row;
        row.source = imagesTr("alerts");
        row.kind = imagesTr("intrusion detection");
        fillMade(row, assessment.alerts->to, assessment.assessedAt);
        row.what = countedText(assessment.alerts->events, "1 alert", "%1 alerts");
        row.state = matched == 0 ? EvidenceRow::State::Unmatched : EvidenceRow::State::Matched;
        row.match = imagesTr("pods and workloads by name");
        row.result
            = countedText(static_cast<quint64>(matched), "1 kind of alert matched", "%1 kinds of alerts matched");
        for (const evidence::Alert& alert : assessment.alerts->alerts)
            row.notes.append(lineText(alert.sentence()));
        out.rows.push_back(std::move(row));
    }
}

// Returns how many images have a report.
quint32 addUnscanned(EvidenceTables& out, const Images& shown)
{
    const images::ScanResults& results = *shown.scans;
    quint32 scanned = 0;
    for (std::uint32_t index = 0; index < shown.inventory->images.size(); ++index) {
        const bool isScanned = std::ranges::any_of(
            shown.contents[index], [&](std::uint32_t at) { return results.images[at].isScanned; });
        if (isScanned) {
            ++scanned;
            continue;
        }
        const images::Image& image = shown.image(index);
        QStringList workloads;
        for (const images::ImageUse& use : image.uses) {
            const QString title
                = lineText(shown.cluster().titleOf(shown.cluster().workloads()[use.workload.index].object));
            if (!workloads.contains(title))
                workloads.append(title);
        }
        out.unscanned.push_back({ lineText(image.text), workloads.join(QStringLiteral(", ")), image.pods,
            image.uses.empty() ? cluster::ObjectId() : image.uses.front().holder });
    }
    return scanned;
}

} // namespace

EvidenceTables evidenceTables(const Images& shown)
{
    EvidenceTables out;
    const images::ScanResults& results = *shown.scans;
    for (std::uint32_t at = 0; at < results.evidence.scans.size(); ++at)
        out.rows.push_back(rowOfScan(shown, at));
    addByFile(out, results.evidence.statements, imagesTr("VEX"), imagesTr("vulnerabilities that do not count, or do"),
        [&](EvidenceRow& row, std::size_t from, std::size_t to) {
            const evidence::VexStatement& first = results.evidence.statements[from];
            row.tool = lineText(first.author);
            row.match = imagesTr("where products match");
            row.result = countedText(to - from, "1 statement", "%1 statements");
            fillMade(row, first.time, results.asOf);
        });
    addByFile(out, results.evidence.results, imagesTr("Policy report"), imagesTr("objects against policies"),
        [&](EvidenceRow& row, std::size_t from, std::size_t to) {
            const evidence::PolicyResult& first = results.evidence.results[from];
            row.tool = lineText(first.tool);
            std::size_t failed = 0, found = 0;
            for (std::size_t at = from; at < to; ++at) {
                const evidence::PolicyResult& result = results.evidence.results[at];
                failed += result.result == evidence::PolicyResult::Kind::Fail ? 1 : 0;
                found += shown.cluster().find(result.kind, result.ns, result.name).isNone() ? 0 : 1;
            }
            row.state = found == 0 ? EvidenceRow::State::Unmatched : EvidenceRow::State::Matched;
            row.match = imagesTr("%1 of %2 objects are in this cluster")
                            .arg(static_cast<qulonglong>(found))
                            .arg(static_cast<qulonglong>(to - from));
            row.result = imagesTr("%1 of %2 fail")
                             .arg(static_cast<qulonglong>(failed))
                             .arg(static_cast<qulonglong>(to - from));
            fillMade(row, first.made, results.asOf);
        });
    addNodeReports(out, *shown.assessment);
    addLogs(out, *shown.assessment);
    for (const std::vector<std::string>* notes : { &results.evidence.notes, &shown.assessment->evidenceNotes }) {
        for (const std::string& note : *notes)
            out.notes.append(lineText(note));
    }
    std::ranges::stable_sort(out.rows, [](const EvidenceRow& a, const EvidenceRow& b) { return a.state > b.state; });
    const quint32 scanned = addUnscanned(out, shown);
    const auto files = static_cast<quint64>(out.rows.size());
    out.summary = files == 0 ? imagesTr("Nothing was imported.")
                             : imagesTr("%1. %2 of %3 images have a report.")
                                   .arg(countedText(files, "1 report", "%1 reports"))
                                   .arg(scanned)
                                   .arg(static_cast<qulonglong>(shown.inventory->images.size()));
    return out;
}

} // namespace plimsoll::ui::model
