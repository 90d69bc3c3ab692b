// SPDX-License-Identifier: Apache-2.0
#include "core/assess/Assessment.h"

#include <algorithm>
#include <array>
#include <functional>
#include <iterator>
#include <span>
#include <tuple>

#include "core/assess/detail/Frameworks.h"
#include "core/assess/detail/Coverage.h"
#include "core/assess/detail/Evidence.h"
#include "core/assess/detail/NodeFacts.h"
#include "core/assess/detail/Run.h"
#include "core/assess/detail/Severity.h"
#include "core/assess/detail/Waivers.h"
#include "core/base/Text.h"
#include "core/format/Sha256.h"

namespace plimsoll::assess {

namespace {

using control::Catalogue;

// decisions.md: 16 hex digits of SHA-256("group/kind/namespace/name").
std::string objectDigest(const cluster::Cluster& cluster, cluster::ObjectId id)
{
    const cluster::Object& object = cluster.object(id);
    const cluster::Kind& kind = cluster.kindOf(object);
    std::string key(cluster.text(kind.group));
    for (const StringId part : { kind.kind, object.ns, object.name })
        key.append("/").append(cluster.text(part));
    return format::sha256Hex(key).substr(0, 16);
}

// The controls to run, by index of catalogue entry; nullptr = not asked for.
Result<std::vector<const control::Control*>> selectControls(const Catalogue& catalogue, const Scope& scope)
{
    std::vector<bool> wanted(catalogue.entries.size(), scope.frameworks.empty() && scope.controls.empty());
    for (const std::string& id : scope.controls) {
        const Catalogue::Entry* entry = catalogue.find(id);
        if (!entry)
            return failure(ErrorKind::Usage, "unknown control", printable(id), "list them with 'plimsoll controls'");
        wanted[static_cast<std::size_t>(entry - catalogue.entries.data())] = true;
    }
    for (const std::string& id : scope.frameworks) {
        const control::Framework* framework = catalogue.findFramework(id);
        if (!framework)
            return failure(
                ErrorKind::Usage, "unknown framework", printable(id), "list them with 'plimsoll frameworks'");
        for (const control::Requirement& requirement : framework->requirements) {
            for (const std::string& controlId : requirement.controls) {
                if (const Catalogue::Entry* entry = catalogue.find(controlId))
                    wanted[static_cast<std::size_t>(entry - catalogue.entries.data())] = true;
            }
        }
    }
    std::vector<const control::Control*> controls;
    for (std::size_t i = 0; i < catalogue.entries.size(); ++i) {
        const Catalogue::Entry& entry = catalogue.entries[i];
        const bool isSevereEnough = !scope.leastSeverity || entry.text.severity <= *scope.leastSeverity;
        controls.push_back(wanted[i] && isSevereEnough ? entry.control : nullptr);
    }
    return controls;
}

Result<void> checkNamespaces(const cluster::Cluster& cluster, const Scope& scope)
{
    for (const std::string& ns : scope.namespaces) {
        if (!cluster.findNamespace(ns))
            return failure(ErrorKind::Usage, "no such namespace in the source", printable(ns),
                "list them with 'plimsoll inspect SOURCE namespace'");
    }
    return {};
}

// Which kinds that the control needs the source cannot tell about, and why; "" when it has all.
std::string missingKinds(const cluster::Cluster& cluster, const control::Control& control, const Scope& scope)
{
    if (control.isPlanned())
        return "Plimsoll does not check this yet";
    std::vector<std::string> missing;
    for (const control::Need& need : control.needs) {
        if (std::string gap = cluster.gap(need.group, need.kind, scope.namespaces); !gap.empty())
            missing.push_back(std::move(gap));
    }
    return join(missing, "; ");
}

class Assembler {
public:
    Assembler(Assessment& assessment, std::vector<const control::Control*> controls,
        std::vector<detail::Verdicts> verdicts, std::vector<std::string> digests)
        : m_assessment(assessment)
        , m_controls(std::move(controls))
        , m_verdicts(std::move(verdicts))
        , m_digests(std::move(digests))
    {
    }

    void assemble(const std::vector<std::string>& missing)
    {
        std::size_t count = 0;
        for (const detail::Verdicts& one : m_verdicts)
            count += one.failed.size();
        m_assessment.findings.reserve(count);
        for (std::uint32_t c = 0; c < m_controls.size(); ++c) {
            if (m_controls[c])
                assembleControl(c, missing[c]);
        }
        sortFindings();
        std::ranges::stable_sort(m_assessment.notAssessed, {}, &NotAssessedObject::control);
    }

private:
    const std::string& digestOf(cluster::ObjectId id)
    {
        std::string& digest = m_digests[id.index];
        if (digest.empty())
            digest = objectDigest(*m_assessment.cluster, id);
        return digest;
    }

    void assembleControl(std::uint32_t c, const std::string& missing)
    {
        const Catalogue::Entry& entry = m_assessment.catalogue->entries[c];
        detail::Verdicts& verdicts = m_verdicts[c];
        ControlResult result;
        result.control = c;
        result.failed = static_cast<std::uint32_t>(verdicts.failed.size());
        result.passed = verdicts.passed;
        result.notAssessed = static_cast<std::uint32_t>(verdicts.notAssessed.size());
        const bool isJudged = result.failed + result.passed + result.notAssessed > 0;
        if (result.failed > 0) {
            result.verdict = Verdict::Fail;
        } else if (!missing.empty()) {
            result.verdict = Verdict::NotAssessed;
            result.reason = missing;
        } else if (result.notAssessed > 0) {
            result.verdict = Verdict::NotAssessed;
            result.reason = verdicts.notAssessed.front().message;
        } else if (!isJudged && m_controls[c]->needs.empty()) {
            result.verdict = Verdict::NotAssessed; // no list that was read says that there is none
            result.reason = "nothing in the source or scope that this control checks";
        } else if (!isJudged) {
            result.reason = "nothing in scope that this control checks";
        }
        if (!missing.empty())
            m_assessment.notAssessed.push_back({ c, {}, missing });
        for (control::Outcome& outcome : verdicts.notAssessed)
            m_assessment.notAssessed.push_back({ c, outcome.object, std::move(outcome.message) });
        for (control::Outcome& outcome : verdicts.failed)
            addFinding(c, entry, std::move(outcome));
        m_assessment.controls.push_back(std::move(result));
    }

    void addFinding(std::uint32_t c, const Catalogue::Entry& entry, control::Outcome outcome)
    {
        Finding finding;
        finding.id = entry.text.id + '-' + digestOf(outcome.object);
        finding.control = c;
        finding.severity = entry.text.severity;
        finding.effectiveSeverity = entry.text.severity;
        finding.object = outcome.object;
        finding.owner = m_assessment.cluster->workloadOf(outcome.object);
        finding.message = std::move(outcome.message);
        finding.evidence = std::move(outcome.evidence);
        finding.affected = outcome.affected;
        finding.patch = std::move(outcome.patch);
        m_assessment.findings.push_back(std::move(finding));
    }

    // Most severe first, then control, then object. Findings of one control stand together and mostly in order already
    // (workloads are), so only what is out of order is sorted.
    void sortFindings()
    {
        std::vector<Finding>& findings = m_assessment.findings;
        std::vector<std::span<Finding>> runs; // of one control each
        for (std::size_t begin = 0; begin < findings.size();) {
            std::size_t end = begin;
            while (end < findings.size() && findings[end].control == findings[begin].control)
                ++end;
            runs.push_back(std::span(findings).subspan(begin, end - begin));
            begin = end;
        }
        const cluster::Cluster& cluster = *m_assessment.cluster;
        const auto objectKey = [&](const Finding& finding) {
            const cluster::Object& object = cluster.object(finding.object);
            return std::tuple(cluster.text(object.ns), cluster.kindName(finding.object), cluster.text(object.name));
        };
        for (const std::span<Finding> run : runs) {
            if (!std::ranges::is_sorted(run, {}, objectKey))
                std::ranges::stable_sort(run, {}, objectKey);
        }
        std::ranges::sort(runs, {}, [&](std::span<Finding> run) {
            return std::tuple(run.front().severity, std::string_view(m_assessment.entry(run.front()).text.id));
        });
        std::vector<Finding> sorted;
        sorted.reserve(findings.size());
        for (const std::span<Finding> run : runs)
            std::ranges::move(run, std::back_inserter(sorted));
        findings = std::move(sorted);
    }

    Assessment& m_assessment;
    std::vector<const control::Control*> m_controls;
    std::vector<detail::Verdicts> m_verdicts;
    std::vector<std::string> m_digests; // by object, made when first needed
};

// The engines, and beside them the digests of workloads: most findings are about one.
void prepare(Assessment& assessment, const Inputs& inputs, std::vector<std::string>& digests, TaskPool& pool)
{
    const auto& cluster = assessment.cluster;
    const std::array<std::function<void()>, 5> parts {
        [&] {
            assessment.reach = std::make_shared<const network::Reach>(cluster);
            assessment.exposures = network::exposures(*assessment.reach);
        },
        [&] {
            assessment.rbac = std::make_shared<const access::Rbac>(cluster);
            assessment.secrets = secrets::Readers::make(cluster, assessment.rbac);
            assessment.components
                = std::make_shared<const components::Components>(*cluster, inputs.auditPolicies, inputs.encryption);
        },
        [&] { detail::matchEvidence(inputs, assessment); },
        [&] {
            const bool alwaysPulls = components::Components(*cluster).hasAdmission("AlwaysPullImages");
            assessment.images = std::make_shared<const images::ImageInventory>(
                images::takeImages(*cluster, assessment.settings.allowedRegistries, assessment.settings.releases(),
                    assessment.assessedAt, alwaysPulls));
        },
        [&] {
            for (const cluster::Workload& workload : cluster->workloads())
                digests[workload.object.index] = objectDigest(*cluster, workload.object);
        },
    };
    pool.parallelFor(parts.size(), 1, [&](std::size_t begin, std::size_t end) {
        for (std::size_t part = begin; part < end; ++part)
            parts[part]();
    });
}

} // namespace

std::string_view toText(RequirementResult::Status status)
{
    switch (status) {
    case RequirementResult::Status::Pass:
        return "pass";
    case RequirementResult::Status::Fail:
        return "fail";
    case RequirementResult::Status::Waived:
        return "waived";
    case RequirementResult::Status::Manual:
        return "manual";
    case RequirementResult::Status::NotAssessed:
        return "not assessed";
    }
    return {};
}

const Finding* Assessment::find(std::string_view id) const
{
    const auto found = std::ranges::find(findings, id, &Finding::id);
    return found == findings.end() ? nullptr : &*found;
}

Result<std::shared_ptr<const Assessment>> assess(std::shared_ptr<const cluster::Cluster> cluster,
    std::shared_ptr<const control::Catalogue> catalogue, const control::Settings& settings, const Scope& scope,
    TaskPool& pool, Progress& progress, const Inputs& inputs)
{
    auto controls = selectControls(*catalogue, scope);
    if (!controls)
        return std::unexpected(std::move(controls.error()));
    if (auto checked = checkNamespaces(*cluster, scope); !checked)
        return std::unexpected(std::move(checked.error()));

    auto assessment = std::make_shared<Assessment>();
    assessment->cluster = cluster;
    assessment->catalogue = std::move(catalogue);
    assessment->settings = settings;
    assessment->assessedAt = settings.dayOf(*cluster);
    std::vector<std::string> digests(cluster->objects().size());
    prepare(*assessment, inputs, digests, pool);
    assessment->nodeFacts = detail::nodeFactsOf(*assessment->catalogue, inputs.nodeReports, assessment->evidenceNotes);
    assessment->scope = scope;
    assessment->waivers = inputs.waivers;
    assessment->review = inputs.review;

    // A control whose data is missing is not run at all: it could only guess.
    std::vector<std::string> missing;
    std::vector<const control::Control*> runnable = *controls;
    for (auto& control : runnable) {
        missing.push_back(control ? missingKinds(*cluster, *control, scope) : std::string());
        if (!missing.back().empty())
            control = nullptr;
        else if (control)
            missing.back() = detail::captureGaps(*cluster, *control, scope.namespaces);
    }
    control::Context context { *cluster, *assessment->rbac, *assessment->reach, assessment->exposures,
        assessment->settings, assessment->components.get(), assessment->nodeFacts, assessment->secrets.get(),
        assessment->images.get() };
    detail::rankEvidence(context, *assessment);
    context.scans = assessment->scans.get();
    if (auto found = detail::findPaths(*assessment, progress); !found)
        return std::unexpected(std::move(found.error()));
    context.attack = assessment->attack.get();
    auto verdicts = detail::runControls(
        context, runnable, detail::ObjectScope(*cluster, assessment->scope.namespaces), pool, progress);
    if (progress.isCancelled())
        return failure(ErrorKind::Cancelled, "cancelled");
    Assembler(*assessment, std::move(*controls), std::move(verdicts), std::move(digests)).assemble(missing);
    detail::weighFindings(context, *assessment, pool);
    detail::applyWaivers(*assessment);
    assessment->waiverSuggestions = control::suggestWaivers(*cluster, *assessment->catalogue);
    detail::scoreFrameworks(*assessment);
    return std::shared_ptr<const Assessment>(std::move(assessment));
}

} // namespace plimsoll::assess
