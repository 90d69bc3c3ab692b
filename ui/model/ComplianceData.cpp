// SPDX-License-Identifier: Apache-2.0
#include "ui/model/ComplianceData.h"

#include <algorithm>

#include <QCoreApplication>

#include "ui/model/Text.h"

namespace plimsoll::ui::model {

namespace {

using Status = assess::RequirementResult::Status;

QString tr(const char* source)
{
    return QCoreApplication::translate("ComplianceData", source);
}

const control::RecordedVerdict* recordedOf(
    const assess::Assessment& assessment, const assess::RequirementResult& result)
{
    return result.recorded ? &assessment.review.verdicts[*result.recorded] : nullptr;
}

bool isDecidedByControls(Status status)
{
    return status == Status::Pass || status == Status::Fail || status == Status::Waived;
}

// RFC 4180, and nothing that a spreadsheet would take for a formula.
QString csvCell(QString text)
{
    static constexpr auto risky = "=+-@\t\r";
    if (!text.isEmpty() && QLatin1String(risky).contains(text.front()))
        text.prepend(QLatin1Char('\''));
    const bool needsQuotes = text.contains(QLatin1Char('"')) || text.contains(QLatin1Char(','))
        || text.contains(QLatin1Char('\n')) || text.contains(QLatin1Char('\r'));
    if (!needsQuotes)
        return text;
    return QLatin1Char('"') + text.replace(QLatin1Char('"'), QStringLiteral("\"\"")) + QLatin1Char('"');
}

const assess::ControlResult* controlResult(const assess::Assessment& assessment, std::uint32_t control)
{
    const auto found = std::ranges::lower_bound(assessment.controls, control, {}, &assess::ControlResult::control);
    return found != assessment.controls.end() && found->control == control ? &*found : nullptr;
}

} // namespace

std::vector<FrameworkLine> frameworkLines(const assess::Assessment& assessment)
{
    std::vector<FrameworkLine> lines;
    for (std::uint32_t i = 0; i < assessment.frameworks.size(); ++i) {
        const assess::FrameworkResult& result = assessment.frameworks[i];
        const control::Framework& framework = assessment.catalogue->frameworks[result.framework];
        FrameworkLine line { .id = text(framework.id),
            .title = text(framework.title),
            .version = text(framework.version),
            .note = text(framework.note),
            .index = i,
            .counts = { result.passed, result.failed, result.waived, result.manual, result.notAssessed },
            .total = static_cast<quint32>(result.requirements.size()),
            .recordedPass = result.recordedPass,
            .recordedFail = result.recordedFail,
            .recordedNotApplicable = result.recordedNotApplicable };
        for (const assess::RequirementResult& one : result.requirements) {
            if (isDecidedByControls(one.status))
                ++line.byControls;
            else if (one.recorded)
                ++line.byPerson;
            else
                ++line.open;
        }
        lines.push_back(std::move(line));
    }
    return lines;
}

QString verdictName(control::ManualVerdict verdict)
{
    switch (verdict) {
    case control::ManualVerdict::Pass:
        return tr("pass");
    case control::ManualVerdict::Fail:
        return tr("fail");
    case control::ManualVerdict::NotApplicable:
        break;
    }
    return tr("not applicable");
}

QString statusName(int status)
{
    static const char* const names[] = { QT_TRANSLATE_NOOP("ComplianceData", "pass"),
        QT_TRANSLATE_NOOP("ComplianceData", "fail"), QT_TRANSLATE_NOOP("ComplianceData", "waived"),
        QT_TRANSLATE_NOOP("ComplianceData", "manual"), QT_TRANSLATE_NOOP("ComplianceData", "not assessed") };
    return tr(names[std::clamp(status, 0, 4)]);
}

QString countsText(const std::array<quint32, 5>& counts)
{
    QStringList words;
    for (std::size_t status = 0; status < counts.size(); ++status)
        words.append(QString::number(counts[status]) + QLatin1Char(' ') + statusName(static_cast<int>(status)));
    return words.join(QStringLiteral("   "));
}

QString coverageText(const FrameworkLine& line)
{
    return tr("%1 of %2 decided by controls, %3 by a person, %4 open")
        .arg(line.byControls)
        .arg(line.total)
        .arg(line.byPerson)
        .arg(line.open);
}

QString statusText(const assess::Assessment& assessment, const assess::RequirementResult& result)
{
    const QString status = statusName(static_cast<int>(result.status));
    const control::RecordedVerdict* recorded = recordedOf(assessment, result);
    if (!recorded)
        return status;
    return tr("%1: %2 (%3, %4)")
        .arg(status, verdictName(recorded->verdict), lineText(recorded->by), text(formatDate(recorded->date)));
}

QString decidedBy(const assess::Assessment& assessment, const control::Requirement& requirement,
    const assess::RequirementResult& result)
{
    if (recordedOf(assessment, result))
        return isDecidedByControls(result.status) ? tr("controls and a person") : tr("a person");
    if (isDecidedByControls(result.status))
        return tr("controls");
    if (requirement.mode == control::Requirement::Mode::NeedsNodeData)
        return tr("nobody (node data)");
    return requirement.mode == control::Requirement::Mode::Manual ? tr("nobody yet") : tr("nobody (data is missing)");
}

RequirementDetail detailOf(const assess::Assessment& assessment, std::uint32_t framework, std::uint32_t requirement)
{
    const assess::FrameworkResult& whole = assessment.frameworks[framework];
    const assess::RequirementResult& result = whole.requirements[requirement];
    const control::Framework& source = assessment.catalogue->frameworks[whole.framework];
    const control::Requirement& asked = source.requirements[result.requirement];
    RequirementDetail detail;
    detail.framework = text(source.id);
    detail.frameworkTitle = text(source.title);
    detail.id = text(asked.id);
    detail.title = text(asked.title);
    detail.section = text(asked.section);
    detail.level = text(asked.level);
    detail.lookAt = text(asked.lookAt);
    detail.status = statusText(assessment, result);
    detail.statusRank = static_cast<int>(result.status);
    detail.decidedBy = decidedBy(assessment, asked, result);
    detail.reason = lineText(result.reason);
    for (const std::string& id : asked.controls) {
        const control::Catalogue::Entry* entry = assessment.catalogue->find(id);
        if (!entry)
            continue;
        RequirementDetail::ControlLine line { .id = text(entry->text.id),
            .title = text(entry->text.title),
            .verdict = tr("out of scope"),
            .counts = {},
            .reason = {},
            .severity = static_cast<int>(entry->text.severity) };
        const auto index = static_cast<std::uint32_t>(entry - assessment.catalogue->entries.data());
        if (const assess::ControlResult* judged = controlResult(assessment, index)) {
            line.verdict = judged->isWaived() ? tr("waived") : text(toText(judged->verdict));
            if (judged->failed > 0 || judged->passed > 0)
                line.counts = objectsText(judged->failed, judged->waived, judged->passed, judged->notAssessed);
            line.reason = lineText(judged->reason);
            line.failed = judged->failed - judged->waived;
        }
        detail.controls.push_back(std::move(line));
    }
    if (const control::RecordedVerdict* recorded = recordedOf(assessment, result)) {
        detail.isRecorded = true;
        detail.recorded = *recorded;
    }
    return detail;
}

QString objectsText(quint32 failed, quint32 waived, quint32 passed, quint32 notAssessed)
{
    QStringList words;
    if (failed > waived)
        words.append(tr("%1 failed").arg(failed - waived));
    if (waived > 0)
        words.append(tr("%1 waived").arg(waived));
    if (passed > 0)
        words.append(tr("%1 passed").arg(passed));
    if (notAssessed > 0)
        words.append(tr("%1 not assessed").arg(notAssessed));
    return words.join(QStringLiteral(", "));
}

QString lookAtText(const RequirementDetail& detail)
{
    if (!detail.lookAt.isEmpty() || detail.controls.empty())
        return detail.lookAt;
    QStringList lines;
    for (const auto& control : detail.controls)
        lines.append(control.id + QStringLiteral("  ") + control.title);
    return tr("What these controls found:") + QLatin1Char('\n') + lines.join(QLatin1Char('\n'));
}

QString frameworkCsv(const assess::Assessment& assessment, std::uint32_t framework)
{
    const assess::FrameworkResult& whole = assessment.frameworks[framework];
    QStringList lines { QStringLiteral("framework,section,requirement,title,level,status,decided by,failed objects,"
                                       "waived objects,passed objects,controls,reason,recorded verdict,recorded by,"
                                       "recorded on,note,evidence") };
    for (std::uint32_t i = 0; i < whole.requirements.size(); ++i) {
        const RequirementDetail detail = detailOf(assessment, framework, i);
        const assess::RequirementResult& result = whole.requirements[i];
        QStringList controls;
        for (const auto& control : detail.controls)
            controls.append(control.id);
        QStringList evidence;
        for (const std::string& one : detail.recorded.evidence)
            evidence.append(text(one));
        const auto recorded = [&](const QString& value) { return detail.isRecorded ? value : QString(); };
        QStringList cells { detail.framework, detail.section, detail.id, detail.title, detail.level,
            statusName(detail.statusRank), detail.decidedBy, QString::number(result.failedObjects),
            QString::number(result.waivedObjects), QString::number(result.passedObjects),
            controls.join(QLatin1Char(' ')), detail.reason, recorded(verdictName(detail.recorded.verdict)),
            recorded(lineText(detail.recorded.by)), recorded(text(formatDate(detail.recorded.date))),
            recorded(text(detail.recorded.note)), evidence.join(QLatin1Char(' ')) };
        for (QString& cell : cells)
            cell = csvCell(cell);
        lines.append(cells.join(QLatin1Char(',')));
    }
    return lines.join(QStringLiteral("\r\n")) + QStringLiteral("\r\n");
}

} // namespace plimsoll::ui::model
