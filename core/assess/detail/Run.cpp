// SPDX-License-Identifier: Apache-2.0
#include "core/assess/detail/Run.h"

#include <algorithm>

#include "core/base/Text.h"

namespace plimsoll::assess::detail {

using control::Control;
using control::Outcome;
using control::Verdict;

namespace {

// The pod spec, judged once for each distinct spec of the workload; its own template comes first.
class WorkloadJudge {
public:
    WorkloadJudge(const control::Context& context, const cluster::Workload& workload)
        : m_context(context)
        , m_workload(workload)
        , m_ns(context.cluster.text(context.cluster.object(workload.object).ns))
    {
    }

    Outcome judge(const Control& control) const
    {
        Outcome outcome;
        outcome.object = m_workload.object;
        std::vector<std::string> messages;
        std::string missing;
        std::uint32_t failedPods = 0;
        for (const cluster::PodSpecUse& use : m_workload.specs) {
            control::SpecReport report;
            control.checkSpec(m_context, subjectOf(use), report);
            if (report.verdict == Verdict::NotAssessed && missing.empty())
                missing = report.missing;
            if (report.verdict != Verdict::Fail)
                continue;
            failedPods += use.podCount;
            // A pod repeats what its template says; only what it adds is evidence of its own.
            if (addNew(report.messages, messages) || outcome.evidence.empty())
                addEvidence(report, use, outcome);
            const bool isOwnSpec = use.holder == m_workload.object || use.podCount == 0;
            if (outcome.patch.isEmpty() && isOwnSpec)
                outcome.patch = patchOf(report, use);
            outcome.verdict = Verdict::Fail;
        }
        if (outcome.verdict == Verdict::Fail) {
            outcome.message = join(messages, "; ");
            outcome.affected = std::max(failedPods, 1u);
        } else if (!missing.empty()) {
            outcome.verdict = Verdict::NotAssessed;
            outcome.message = std::move(missing);
        }
        return outcome;
    }

private:
    control::SpecSubject subjectOf(const cluster::PodSpecUse& use) const
    {
        const cluster::Pod* pod = m_context.cluster.pod(use.holder);
        return { m_context.cluster.podSpec(use.spec), m_workload, m_ns, pod != nullptr && !pod->phase.isNone() };
    }

    static bool addNew(const std::vector<std::string>& found, std::vector<std::string>& messages)
    {
        bool isNew = false;
        for (const std::string& message : found) {
            if (std::ranges::find(messages, message) != messages.end())
                continue;
            messages.push_back(message);
            isNew = true;
        }
        return isNew;
    }

    void addEvidence(const control::SpecReport& report, const cluster::PodSpecUse& use, Outcome& outcome) const
    {
        const std::string_view base = m_context.cluster.podSpecPointer(use.holder);
        for (const auto& mark : report.marks)
            outcome.evidence.push_back({ use.holder, std::string(base) + mark.pointer, mark.value });
    }

    cluster::Patch patchOf(const control::SpecReport& report, const cluster::PodSpecUse& use) const
    {
        const std::string_view base = m_context.cluster.podSpecPointer(use.holder);
        cluster::Patch patch { use.holder, {} };
        for (const auto& edit : report.edits)
            patch.edits.push_back({ std::string(base) + edit.pointer, edit.json });
        return patch;
    }

    const control::Context& m_context;
    const cluster::Workload& m_workload;
    std::string_view m_ns;
};

void add(Outcome outcome, Verdicts& verdicts)
{
    if (outcome.verdict == Verdict::Pass)
        ++verdicts.passed;
    else if (outcome.verdict == Verdict::Fail)
        verdicts.failed.push_back(std::move(outcome));
    else
        verdicts.notAssessed.push_back(std::move(outcome));
}

void append(Verdicts from, Verdicts& to)
{
    std::ranges::move(from.failed, std::back_inserter(to.failed));
    std::ranges::move(from.notAssessed, std::back_inserter(to.notAssessed));
    to.passed += from.passed;
}

void runSpecControls(const control::Context& context, const std::vector<const Control*>& controls,
    const ObjectScope& scope, TaskPool& pool, Progress& progress, std::vector<Verdicts>& verdicts)
{
    constexpr std::size_t grain = 32;
    const auto workloads = context.cluster.workloads();
    std::vector<std::vector<Verdicts>> byRange((workloads.size() + grain - 1) / grain);
    pool.parallelFor(workloads.size(), grain, [&](std::size_t begin, std::size_t end) {
        if (progress.isCancelled())
            return;
        auto& range = byRange[begin / grain];
        range.resize(controls.size());
        for (std::size_t i = begin; i < end; ++i) {
            if (workloads[i].specs.empty() || !scope.contains(workloads[i].object))
                continue;
            const WorkloadJudge judge(context, workloads[i]);
            for (std::size_t c = 0; c < controls.size(); ++c) {
                if (controls[c] && controls[c]->checkSpec)
                    add(judge.judge(*controls[c]), range[c]);
            }
        }
        progress.advance(end - begin);
    });
    for (auto& range : byRange) {
        for (std::size_t c = 0; c < range.size(); ++c)
            append(std::move(range[c]), verdicts[c]);
    }
}

} // namespace

bool ObjectScope::contains(cluster::ObjectId id) const
{
    if (m_namespaces.empty())
        return true;
    const cluster::Object& object = m_cluster.object(id);
    const bool isNamespace = m_cluster.kindName(id) == "Namespace" && object.ns.isNone();
    return std::ranges::find(m_namespaces, m_cluster.text(isNamespace ? object.name : object.ns)) != m_namespaces.end();
}

std::vector<Verdicts> runControls(const control::Context& context, const std::vector<const Control*>& controls,
    const ObjectScope& scope, TaskPool& pool, Progress& progress)
{
    std::vector<Verdicts> verdicts(controls.size());
    progress.enter("Checking workloads", context.cluster.workloads().size());
    runSpecControls(context, controls, scope, pool, progress, verdicts);

    progress.enter("Checking access, network and objects", controls.size());
    pool.parallelFor(controls.size(), 1, [&](std::size_t begin, std::size_t end) {
        for (std::size_t c = begin; c < end && !progress.isCancelled(); ++c) {
            if (!controls[c] || !controls[c]->evaluate)
                continue;
            std::vector<Outcome> outcomes;
            controls[c]->evaluate(context, outcomes);
            for (Outcome& outcome : outcomes) {
                if (outcome.object.isNone() || scope.contains(outcome.object))
                    add(std::move(outcome), verdicts[c]);
            }
            progress.advance(1);
        }
    });
    return verdicts;
}

} // namespace plimsoll::assess::detail
