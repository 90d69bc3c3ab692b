// SPDX-License-Identifier: Apache-2.0
#include "core/report/Content.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "core/base/Text.h"
#include "core/format/Sha256.h"

namespace plimsoll::report {

std::vector<ControlGroup> groupedByControl(const assess::Assessment& assessment)
{
    std::vector<ControlGroup> groups;
    std::map<std::uint32_t, std::size_t> indexOf;
    for (const assess::Finding& finding : assessment.findings) {
        const auto [found, isNew] = indexOf.try_emplace(finding.control, groups.size());
        if (isNew)
            groups.push_back({ .control = finding.control, .findings = {} });
        ControlGroup& group = groups[found->second];
        if (finding.isWaived()) {
            ++group.waived;
            continue;
        }
        group.findings.push_back(&finding);
        group.affected += finding.affected;
    }
    std::erase_if(groups, [](const ControlGroup& group) { return group.findings.empty(); });
    return groups;
}

std::vector<NotAssessedGroup> notAssessedByControl(const assess::Assessment& assessment)
{
    std::vector<NotAssessedGroup> groups;
    std::map<std::uint32_t, std::size_t> indexOf;
    for (const assess::NotAssessedObject& row : assessment.notAssessed) {
        const auto [found, isNew] = indexOf.try_emplace(row.control, groups.size());
        if (isNew)
            groups.push_back({ .control = row.control, .rows = {} });
        groups[found->second].rows.push_back(&row);
    }
    for (NotAssessedGroup& group : groups)
        std::ranges::stable_sort(group.rows, {}, [](const auto* row) { return row->object.isNone() ? 0 : 1; });
    std::ranges::sort(groups, {}, &NotAssessedGroup::control);
    return groups;
}

std::string displayName(const cluster::Cluster& model)
{
    const std::string name = model.clusterName();
    if (name != model.snapshot().label() || name.find(", ") != std::string::npos)
        return name;
    const std::size_t end = name.find_last_not_of('/');
    const std::size_t slash = end == std::string::npos ? end : name.rfind('/', end);
    const std::string last = slash == std::string::npos ? name : name.substr(slash + 1, end - slash);
    return last.empty() || last == "." || last == ".." ? name : last;
}

std::vector<std::pair<std::string, std::string>> originFacts(const snapshot::Snapshot& snapshot)
{
    const snapshot::Origin& origin = snapshot.origin();
    std::vector<std::pair<std::string, std::string>> out;
    if (origin.kind == snapshot::Origin::Kind::Files) {
        if (!origin.layout.empty())
            out.emplace_back("Origin", printable(origin.layout));
        return out;
    }
    const bool isLive = origin.kind == snapshot::Origin::Kind::Live;
    std::string integrity(isLive ? "read just now, not saved" : toText(origin.integrity));
    if (!origin.signer.empty())
        integrity += " with the key " + printable(origin.signer);
    if (origin.isEncrypted)
        integrity += ", encrypted";
    out.emplace_back("Origin", isLive ? "live cluster" : "snapshot file, " + integrity);
    if (origin.capturedFrom && origin.capturedTo)
        out.emplace_back("Captured",
            formatTime(*origin.capturedFrom)
                + (origin.capturedFrom == origin.capturedTo ? "" : " to " + formatTime(*origin.capturedTo)));
    if (!origin.server.empty())
        out.emplace_back("API server",
            printable(origin.server)
                + (origin.isIdentityVerified ? "" : ": its identity was NOT VERIFIED (insecure-skip-tls-verify)"));
    if (!origin.server.empty())
        out.emplace_back("Asked as", origin.user.empty() ? "not told by the server" : printable(origin.user));
    if (!origin.namespaces.empty())
        out.emplace_back(
            "Collected", "only the namespaces " + shortened(printable(join(origin.namespaces, ", ")), 300));
    if (origin.redaction > 1)
        out.emplace_back("Redaction", "level 2: names, hosts and addresses are replaced by others");
    for (const std::string& warning : origin.warnings)
        out.emplace_back("Warning", shortened(printable(warning), 400));
    return out;
}

std::string notCollectedText(const snapshot::NotCollected& one)
{
    std::string what = one.plural;
    if (!one.group.empty())
        what += (what.empty() ? "" : ".") + one.group;
    if (!one.ns.empty())
        what += " in the namespace " + one.ns;
    return printable(what + ": " + one.reason)
        + (one.missingPermission.empty() ? "" : "; needs the permission " + printable(one.missingPermission));
}

std::string scopeText(const assess::Assessment& assessment)
{
    const assess::Scope& scope = assessment.scope;
    std::vector<std::string> parts;
    if (!scope.namespaces.empty())
        parts.push_back("namespaces " + join(std::span<const std::string>(scope.namespaces), ", "));
    if (!scope.frameworks.empty())
        parts.push_back("frameworks " + join(std::span<const std::string>(scope.frameworks), ", "));
    if (!scope.controls.empty())
        parts.push_back("controls " + join(std::span<const std::string>(scope.controls), ", "));
    if (scope.leastSeverity)
        parts.push_back("severity " + std::string(toText(*scope.leastSeverity)) + " and above");
    return parts.empty() ? "everything" : printable(join(std::span<const std::string>(parts), "; "));
}

std::string settingsText(const control::Settings& settings)
{
    std::string out = settings.path.empty() ? "defaults" : printable(settings.path);
    out += "; allowed registries: ";
    out += settings.allowedRegistries.empty()
        ? "not set"
        : printable(join(std::span<const std::string>(settings.allowedRegistries), ", "));
    if (const auto& scans = settings.scans; scans != control::Settings::ScanLimits {})
        out += "; limits of scans: " + std::to_string(scans.fixableCritical) + " critical and "
            + std::to_string(scans.fixableHigh) + " high fixable, reports " + std::to_string(scans.scanDays)
            + " and images " + std::to_string(scans.imageDays) + " days old (0 = no limit)";
    if (!settings.targetRelease.empty())
        out += "; target release: " + settings.targetRelease;
    if (!settings.requiredLabels.empty())
        out += "; required labels: " + printable(join(std::span<const std::string>(settings.requiredLabels), ", "));
    return out;
}

std::string noFindingsText(const assess::Assessment& assessment)
{
    const bool isAnyAssessed = std::ranges::any_of(assessment.controls,
        [](const assess::ControlResult& result) { return result.verdict != control::Verdict::NotAssessed; });
    if (waivedCount(assessment) > 0)
        return "Every failure in this scope is waived";
    return isAnyAssessed ? "No control that could be assessed failed in this scope"
                         : "Nothing could be assessed: the source holds nothing that the controls need";
}

std::string assessedAtText(const assess::Assessment& assessment)
{
    return assessment.assessedAt ? formatTime(*assessment.assessedAt) : "not known";
}

std::string reportId(const assess::Assessment& assessment)
{
    std::string text = assessment.cluster->snapshot().sourceHash() + '\n' + scopeText(assessment) + '\n'
        + settingsText(assessment.settings) + '\n' + assessedAtText(assessment) + '\n' + std::string(toolVersion());
    for (std::size_t i = 0; i < assessment.waivers.size(); ++i) {
        const control::Waiver& waiver = assessment.waivers[i];
        text += "\nwaiver " + waiver.id + ' ' + join(waiver.controls, ",") + ' ' + coverageText(waiver) + ' '
            + untilText(waiver) + ' ' + waiver.reason + ' ' + waiver.owner + ' ' + waiver.approver;
    }
    for (const control::RecordedVerdict& verdict : assessment.review.verdicts)
        text += "\nverdict " + verdict.framework + ' ' + verdict.requirement + ' ' + recordedText(verdict);
    for (const std::string& file : assessment.evidenceFiles)
        text += "\nevidence " + file;
    return format::sha256Hex(text).substr(0, 12);
}

std::size_t distinctObjects(const assess::Assessment& assessment)
{
    std::set<cluster::ObjectId> objects;
    for (const assess::Finding& finding : assessment.findings) {
        if (!finding.isWaived())
            objects.insert(finding.object);
    }
    return objects.size();
}

std::uint32_t openCount(const assess::Assessment& assessment)
{
    return std::accumulate(assessment.countBySeverity.begin(), assessment.countBySeverity.end(), 0u);
}

std::uint32_t waivedCount(const assess::Assessment& assessment)
{
    return std::accumulate(assessment.waivedBySeverity.begin(), assessment.waivedBySeverity.end(), 0u);
}

ControlCounts countControls(const assess::Assessment& assessment)
{
    ControlCounts counts;
    for (const assess::ControlResult& result : assessment.controls) {
        if (result.verdict == control::Verdict::Pass)
            ++counts.passed;
        else if (result.verdict == control::Verdict::NotAssessed)
            ++counts.notAssessed;
        else
            ++(result.isWaived() ? counts.waived : counts.failed);
    }
    return counts;
}

std::string inContextText(const assess::Finding& finding)
{
    if (finding.effectiveSeverity == finding.severity)
        return {};
    return std::string(toText(finding.effectiveSeverity))
        + " here: " + printable(join(std::span<const std::string>(finding.severityReasons), "; "));
}

std::string untilText(const control::Waiver& waiver)
{
    return formatDate(waiver.expires - 1); // expires is the first second at which it no longer holds
}

std::string coverageText(const control::Waiver& waiver)
{
    const control::WaiverSelector& selector = waiver.objects;
    std::string out = selector.kinds.empty() ? "objects" : join(selector.kinds, ", ");
    if (!selector.namespaces.empty())
        out += " in " + join(selector.namespaces, ", ");
    if (!selector.names.empty())
        out += " named " + join(selector.names, ", ");
    for (std::size_t i = 0; i < selector.labels.size(); ++i)
        out += (i == 0 ? " with " : ", ") + selector.labels[i].first + '=' + selector.labels[i].second;
    if (!selector.fields.empty())
        out += " at " + join(selector.fields, ", ");
    return printable(out);
}

std::string waiverStateText(const assess::Assessment& assessment, std::size_t waiver)
{
    const assess::WaiverResult& result = assessment.waiverResults[waiver];
    std::string out;
    switch (result.state) {
    case control::WaiverState::Used:
        out = "used, " + counted(result.findings, "finding", "findings");
        break;
    case control::WaiverState::Unused:
        out = "unused";
        break;
    case control::WaiverState::Expired:
        out = result.findings == 0
            ? "expired, and nothing it would cover fails"
            : "expired, " + counted(result.findings, "finding is", "findings are") + " open again";
        break;
    case control::WaiverState::NotYet:
        out = assessment.assessedAt ? "not yet valid" : "not used: no date is known, give --as-of";
        break;
    case control::WaiverState::NotChecked:
        out = "not checked: outside of this scope";
        break;
    }
    return printable(result.tooBroad.empty() ? out : out + "; too broad: " + result.tooBroad);
}

std::string recordedText(const control::RecordedVerdict& verdict)
{
    std::string out = std::string(toText(verdict.verdict)) + ", by " + verdict.by + " on " + formatDate(verdict.date);
    if (!verdict.note.empty())
        out += ": " + verdict.note;
    if (!verdict.evidence.empty())
        out += " (evidence: " + join(verdict.evidence, ", ") + ')';
    return printable(out);
}

std::string objectsInWords(const assess::Assessment& assessment, const ControlGroup& group)
{
    const cluster::Cluster& model = *assessment.cluster;
    if (group.findings.size() == 1)
        return model.titleOf(group.findings.front()->object);
    std::set<std::string_view> kinds;
    std::set<std::string_view> namespaces;
    for (const assess::Finding* finding : group.findings) {
        kinds.insert(model.kindName(finding->object));
        if (const StringId ns = model.object(finding->object).ns)
            namespaces.insert(model.text(ns));
    }
    std::string out = grouped(group.findings.size()) + ' ';
    out += kinds.size() == 1 ? std::string(*kinds.begin()) + " objects" : "objects";
    if (namespaces.size() == 1)
        out += " in namespace " + std::string(*namespaces.begin());
    else if (namespaces.size() > 1)
        out += " in " + grouped(namespaces.size()) + " namespaces";
    return printable(out);
}

Places::Places(
    const assess::Assessment& assessment, std::span<const assess::Finding* const> findings, Progress& progress)
{
    struct Wanted {
        cluster::ObjectId object;
        std::string_view pointer;
        std::size_t known;
    };
    std::vector<Wanted> wanted;
    for (const assess::Finding* finding : findings) {
        if (!m_first.try_emplace(finding, wanted.size()).second)
            continue;
        for (const control::Evidence& evidence : finding->evidence)
            wanted.push_back({ evidence.object, evidence.pointer, wanted.size() });
    }
    m_known.resize(wanted.size());
    std::ranges::sort(wanted, {}, [](const Wanted& row) { return std::pair(row.object, row.known); });
    progress.enter("Finding the lines of the evidence", wanted.size());
    std::map<std::string, std::uint32_t, std::less<>> fileOf;
    std::vector<std::string_view> pointers;
    for (std::size_t begin = 0; begin < wanted.size() && !progress.isCancelled();) {
        std::size_t end = begin;
        pointers.clear();
        for (; end < wanted.size() && wanted[end].object == wanted[begin].object; ++end)
            pointers.push_back(wanted[end].pointer);
        const cluster::ObjectId id = wanted[begin].object;
        if (!id.isNone() && !assessment.cluster->object(id).isMissing) {
            const auto places = assessment.cluster->snapshot().locate(assessment.cluster->object(id).raw, pointers);
            for (std::size_t index = begin; index < end && index - begin < places.size(); ++index) {
                const auto& place = places[index - begin];
                if (!place)
                    continue;
                const auto [file, isNew] = fileOf.try_emplace(place->file, static_cast<std::uint32_t>(m_files.size()));
                if (isNew)
                    m_files.push_back(place->file);
                m_known[wanted[index].known] = { file->second, place->line };
            }
        }
        progress.advance(end - begin);
        begin = end;
    }
}

snapshot::Snapshot::Place Places::of(const assess::Finding& finding, std::size_t evidence) const
{
    const auto first = m_first.find(&finding);
    if (first == m_first.end())
        return {};
    const Known& known = m_known[first->second + evidence];
    return { m_files[known.file], known.line };
}

} // namespace plimsoll::report
