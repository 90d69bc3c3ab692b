// SPDX-License-Identifier: Apache-2.0
#include "core/assess/detail/Evidence.h"

#include "core/base/Text.h"
#include "core/control/Circumstances.h"

namespace plimsoll::assess::detail {

namespace {

void joinScans(const control::Context& context, const Inputs& inputs, Assessment& assessment)
{
    const cluster::Cluster& cluster = context.cluster;
    evidence::Evidence all = inputs.scans;
    all.add(images::clusterReports(cluster));
    for (const std::string& note : all.notes)
        assessment.evidenceNotes.push_back(note);
    const bool hasScans = !all.scans.empty();
    auto results = images::matchScans(cluster, std::move(all), assessment.assessedAt);
    if (hasScans)
        images::rank(cluster, control::standingsOf(cluster, control::circumstancesOf(context)), results);
    assessment.scans = std::make_shared<const images::ScanResults>(std::move(results));
}

void noteProblems(const std::vector<Error>& problems, std::uint64_t lines, Assessment& assessment)
{
    if (lines == 0)
        return;
    const std::string where = problems.empty() ? std::string() : "; the first: " + toText(problems.front());
    assessment.evidenceNotes.push_back(counted(lines, "line", "lines") + " could not be read" + where);
}

} // namespace

void joinEvidence(const control::Context& context, const Inputs& inputs, Assessment& assessment)
{
    assessment.evidenceFiles = inputs.evidenceFiles;
    for (const evidence::NodeReport& report : inputs.nodeReports)
        assessment.nodeReportFiles.push_back(report.file);
    joinScans(context, inputs, assessment);
    if (inputs.audit) {
        assessment.audit = std::make_shared<const evidence::AuditLog>(*inputs.audit);
        assessment.auditFindings = evidence::auditFindings(*assessment.audit);
        assessment.joinedAudit = components::joinAuditFindings(context.cluster, assessment.auditFindings);
        noteProblems(inputs.audit->problems, inputs.audit->badLines, assessment);
    }
    if (inputs.alerts) {
        assessment.alerts = std::make_shared<const evidence::AlertLog>(*inputs.alerts);
        assessment.joinedAlerts = components::matchAlerts(context.cluster, *assessment.alerts);
        noteProblems(inputs.alerts->problems, inputs.alerts->badLines, assessment);
    }
}

} // namespace plimsoll::assess::detail
