// SPDX-License-Identifier: Apache-2.0
#include "core/assess/detail/Evidence.h"

#include "core/base/Text.h"
#include "core/control/Circumstances.h"

namespace plimsoll::assess::detail {

namespace {

void matchReports(const Inputs& inputs, Assessment& assessment)
{
    evidence::Evidence all = inputs.scans;
    all.add(images::clusterReports(*assessment.cluster));
    for (const std::string& note : all.notes)
        assessment.evidenceNotes.push_back(note);
    assessment.scans = std::make_shared<const images::ScanResults>(
        images::matchScans(*assessment.cluster, std::move(all), assessment.assessedAt));
}

void noteProblems(const std::vector<Error>& problems, std::uint64_t lines, Assessment& assessment)
{
    if (lines == 0)
        return;
    const std::string where = problems.empty() ? std::string() : "; the first: " + toText(problems.front());
    assessment.evidenceNotes.push_back(counted(lines, "line", "lines") + " could not be read" + where);
}

} // namespace

void rankEvidence(const control::Context& context, Assessment& assessment)
{
    if (assessment.scans->evidence.scans.empty())
        return;
    images::ScanResults results = *assessment.scans;
    images::rank(context.cluster, control::standingsOf(context.cluster, control::circumstancesOf(context)), results);
    assessment.scans = std::make_shared<const images::ScanResults>(std::move(results));
}

Result<void> findPaths(Assessment& assessment, Progress& progress)
{
    const attack::AttackInputs inputs { assessment.cluster, &assessment.secrets->authorizers(), assessment.reach.get(),
        assessment.exposures, assessment.components.get(), &assessment.secrets->references(), assessment.scans.get() };
    auto graph = attack::AttackGraph::make(inputs, progress);
    if (!graph)
        return std::unexpected(std::move(graph.error()));
    assessment.attack = std::move(*graph);
    return {};
}

void matchEvidence(const Inputs& inputs, Assessment& assessment)
{
    const cluster::Cluster& cluster = *assessment.cluster;
    assessment.evidenceFiles = inputs.evidenceFiles;
    for (const evidence::NodeReport& report : inputs.nodeReports)
        assessment.nodeReportFiles.push_back(report.file);
    matchReports(inputs, assessment);
    if (inputs.audit) {
        assessment.audit = std::make_shared<const evidence::AuditLog>(*inputs.audit);
        assessment.auditFindings = evidence::auditFindings(*assessment.audit);
        assessment.joinedAudit = components::joinAuditFindings(cluster, assessment.auditFindings);
        noteProblems(inputs.audit->problems, inputs.audit->badLines, assessment);
    }
    if (inputs.alerts) {
        assessment.alerts = std::make_shared<const evidence::AlertLog>(*inputs.alerts);
        assessment.joinedAlerts = components::matchAlerts(cluster, *assessment.alerts);
        noteProblems(inputs.alerts->problems, inputs.alerts->badLines, assessment);
    }
}

} // namespace plimsoll::assess::detail
