// SPDX-License-Identifier: Apache-2.0
#include "ui/model/OverviewData.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <QCoreApplication>

#include "ui/model/FindingsFilter.h"
#include "ui/model/Text.h"

namespace plimsoll::ui::model {

namespace {

QString tr(const char* source)
{
    return QCoreApplication::translate("OverviewData", source);
}

// What to do first: the severity weighs most, many affected objects weigh more, but not in proportion.
std::vector<OverviewData::ControlLine> doFirstOf(const assess::Assessment& assessment)
{
    const auto& entries = assessment.catalogue->entries;
    std::vector<OverviewData::ControlLine> lines(entries.size());
    for (const assess::Finding& finding : assessment.findings) {
        if (finding.isWaived())
            continue;
        lines[finding.control].objects += 1;
        lines[finding.control].affected += finding.affected;
    }
    for (std::size_t i = 0; i < entries.size(); ++i) {
        lines[i].id = text(entries[i].text.id);
        lines[i].title = text(entries[i].text.title);
        lines[i].reason = text(entries[i].text.severityReason);
        lines[i].severity = static_cast<int>(entries[i].text.severity);
    }
    std::erase_if(lines, [](const auto& line) { return line.objects == 0; });
    const auto weight = [](const OverviewData::ControlLine& line) {
        constexpr double bySeverity[] = { 100, 30, 6, 1, 0 };
        return bySeverity[std::clamp(line.severity, 0, 4)] * std::log2(1.0 + static_cast<double>(line.affected));
    };
    std::ranges::stable_sort(lines, [&](const auto& a, const auto& b) { return weight(a) > weight(b); });
    return lines;
}

std::vector<OverviewData::NamespaceLine> namespacesOf(const assess::Assessment& assessment)
{
    const cluster::Cluster& cluster = *assessment.cluster;
    std::map<std::string_view, OverviewData::NamespaceLine> byName;
    for (const cluster::Namespace& ns : cluster.namespaces())
        byName[cluster.text(ns.name)];
    for (const cluster::Workload& workload : cluster.workloads())
        byName[cluster.text(cluster.object(workload.object).ns)].workloads += 1;
    for (const assess::Finding& finding : assessment.findings) {
        if (finding.isWaived())
            continue;
        OverviewData::NamespaceLine& line = byName[cluster.text(cluster.object(finding.object).ns)];
        line.findings += 1;
        const int severity = static_cast<int>(finding.severity);
        line.worst = line.worst < 0 ? severity : std::min(line.worst, severity);
    }
    std::vector<OverviewData::NamespaceLine> lines;
    for (auto& [name, line] : byName) {
        line.id = name.empty() ? FindingsFilter::clusterScope : text(name);
        line.text = name.empty() ? tr("cluster-wide") : lineText(name);
        lines.push_back(std::move(line));
    }
    std::ranges::stable_sort(lines, [](const auto& a, const auto& b) {
        const int first = a.worst < 0 ? 9 : a.worst;
        const int second = b.worst < 0 ? 9 : b.worst;
        return first != second ? first < second : a.findings > b.findings;
    });
    return lines;
}

void fillCoverage(const assess::Assessment& assessment, OverviewData& data)
{
    const cluster::Cluster& cluster = *assessment.cluster;
    for (const cluster::Kind& kind : cluster.kinds()) {
        if (kind.objectCount > 0)
            data.kinds.push_back({ .kind = lineText(cluster.text(kind.kind)),
                .group = lineText(cluster.text(kind.group)),
                .count = kind.objectCount });
    }
    std::ranges::stable_sort(data.kinds, [](const auto& a, const auto& b) { return a.count > b.count; });
    std::set<std::string> missing;
    for (const assess::ControlResult& result : assessment.controls) {
        for (const control::Need& need : assessment.catalogue->entries[result.control].control->needs) {
            if (!cluster.covers(need.group, need.kind))
                missing.emplace(need.kind);
        }
    }
    for (const std::string& kind : missing)
        data.missingKinds.push_back(text(kind));
}

QString kubeletRange(const cluster::Cluster& cluster)
{
    std::vector<cluster::Version> versions;
    for (const cluster::Node& node : cluster.nodes()) {
        if (auto version = cluster::parseVersion(cluster.text(node.kubeletVersion)))
            versions.push_back(*std::move(version));
    }
    if (versions.empty())
        return {};
    const auto key
        = [](const cluster::Version& version) { return std::tuple(version.major, version.minor, version.patch); };
    const auto [oldest, newest] = std::ranges::minmax_element(versions, {}, key);
    const QString first = lineText(oldest->text);
    return key(*oldest) == key(*newest) ? first : first + QStringLiteral(" \u2013 ") + lineText(newest->text);
}

} // namespace

QString clusterTitle(const cluster::Cluster& cluster)
{
    const std::string name = cluster.clusterName();
    const std::string& label = cluster.snapshot().label();
    if (name != label)
        return lineText(name);
    if (label.starts_with("sample/"))
        return tr("Sample cluster");
    std::string_view first = std::string_view(label).substr(0, label.find(", "));
    while (first.size() > 1 && first.ends_with('/'))
        first.remove_suffix(1);
    const QString file = lineText(first.substr(first.find_last_of('/') + 1));
    const qsizetype others = text(label).count(QStringLiteral(", "));
    return others == 0 ? file : tr("%1 and %2 more").arg(file).arg(others);
}

QString versionText(const cluster::Cluster& cluster)
{
    return cluster.version().isKnown() ? tr("Kubernetes %1").arg(lineText(cluster.version().text))
                                       : tr("version unknown");
}

QString timeText(const std::optional<UnixSeconds>& time)
{
    if (!time)
        return {};
    const std::string whole = formatTime(*time); // "2026-11-23T03:41:03Z"
    return text(std::string_view(whole).substr(0, 10)) + QLatin1Char(' ') + text(std::string_view(whole).substr(11, 5))
        + QStringLiteral(" UTC");
}

OverviewData overviewOf(const assess::Assessment& assessment)
{
    const cluster::Cluster& cluster = *assessment.cluster;
    OverviewData data;
    data.clusterName = clusterTitle(cluster);
    data.version = versionText(cluster);
    data.versionSource = lineText(cluster.versionSource());
    data.kubelets = kubeletRange(cluster);
    data.assessedAt = timeText(assessment.assessedAt);
    data.sourceHash = text(cluster.snapshot().sourceHash());
    data.sourceLabel = lineText(cluster.snapshot().label());
    std::ranges::copy(assessment.countBySeverity, data.counts.begin());
    for (const std::uint32_t count : assessment.waivedBySeverity)
        data.waived += count;
    data.notAssessed = static_cast<quint32>(assessment.notAssessed.size());
    for (const assess::ControlResult& result : assessment.controls) {
        quint32& count = result.verdict == control::Verdict::Fail ? data.controlsFailed
            : result.verdict == control::Verdict::Pass            ? data.controlsPassed
                                                                  : data.controlsNotAssessed;
        ++count;
    }
    for (const assess::FrameworkResult& result : assessment.frameworks) {
        const control::Framework& framework = assessment.catalogue->frameworks[result.framework];
        data.frameworks.push_back({ .id = text(framework.id),
            .title = text(framework.title),
            .note = text(framework.note),
            .counts = { result.passed, result.failed, result.waived, result.manual, result.notAssessed } });
    }
    data.doFirst = doFirstOf(assessment);
    data.namespaces = namespacesOf(assessment);
    fillCoverage(assessment, data);
    data.objects = static_cast<quint32>(cluster.objects().size());
    data.workloads = static_cast<quint32>(cluster.workloads().size());
    data.pods = static_cast<quint32>(cluster.pods().size());
    data.files = static_cast<quint32>(cluster.snapshot().files().size());
    data.passedOver = cluster.snapshot().passedOver();
    data.problems = static_cast<quint32>(cluster.problems().size());
    for (const snapshot::Problem& problem : cluster.problems())
        data.errors += problem.level == snapshot::Problem::Level::Error ? 1 : 0;
    for (const cluster::Object& object : cluster.objects())
        data.masked += static_cast<quint32>(object.masked.size());
    return data;
}

} // namespace plimsoll::ui::model
