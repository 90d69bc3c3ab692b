// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/access/Access.h"
#include "core/components/Components.h"
#include "core/secrets/Readers.h"
#include "core/images/Inventory.h"
#include "core/network/Exposure.h"
#include "core/control/Control.h"
#include "tests/support/Support.h"

// Runs one control alone over a cluster, without the engine.
namespace plimsoll::test {

inline const control::Control* controlOf(std::string_view id)
{
    const auto all = control::controls();
    const auto found = std::ranges::find(all, id, &control::Control::id);
    return found == all.end() ? nullptr : &*found;
}

// One outcome for each object judged; a workload has the worst of its specs. "kind/ns/name" in order, "" = the whole
// control.
using Outcomes = std::map<std::string, control::Outcome>;

inline control::Outcome judgeWorkload(
    const control::Context& context, const control::Control& control, const cluster::Workload& workload)
{
    const cluster::Cluster& cluster = context.cluster;
    control::Outcome outcome { workload.object, control::Verdict::Pass, {}, {}, 1, {} };
    for (const cluster::PodSpecUse& use : workload.specs) {
        control::SpecReport report;
        const std::string_view ns = cluster.text(cluster.object(workload.object).ns);
        const cluster::Pod* pod = cluster.pod(use.holder);
        control.checkSpec(context, { cluster.podSpec(use.spec), workload, ns, pod && !pod->phase.isNone() }, report);
        if (report.verdict == control::Verdict::Pass || outcome.verdict == control::Verdict::Fail)
            continue;
        outcome.verdict = report.verdict;
        outcome.message = report.missing;
        for (std::size_t i = 0; i < report.messages.size(); ++i)
            outcome.message += (i ? "; " : "") + report.messages[i];
        for (const auto& mark : report.marks)
            outcome.evidence.push_back(
                { use.holder, std::string(cluster.podSpecPointer(use.holder)) + mark.pointer, mark.value });
        outcome.patch.edits = report.edits;
    }
    return outcome;
}

inline Outcomes run(
    std::string_view id, const std::shared_ptr<const cluster::Cluster>& cluster, const control::Settings& settings = {})
{
    Outcomes outcomes;
    const control::Control* control = controlOf(id);
    if (!control)
        qFatal("no control %s", std::string(id).c_str());
    for (const control::Need& need : control->needs) {
        if (!cluster->covers(need.group, need.kind)) {
            outcomes[""] = { {}, control::Verdict::NotAssessed, "the source does not hold " + std::string(need.kind),
                {}, 1, {} };
            return outcomes;
        }
    }
    const auto sharedRbac = std::make_shared<const access::Rbac>(cluster);
    const auto imageInventory
        = images::takeImages(*cluster, settings.allowedRegistries, settings.releases(), settings.dayOf(*cluster));
    const access::Rbac& rbac = *sharedRbac;
    const auto secretReaders = secrets::Readers::make(cluster, sharedRbac);
    const network::Reach reach(cluster);
    const auto exposures = network::exposures(reach);
    const components::Components parts(*cluster);
    const control::Context context { *cluster, rbac, reach, exposures, settings, &parts, {}, secretReaders.get(),
        &imageInventory };
    std::vector<control::Outcome> list;
    if (control->evaluate)
        control->evaluate(context, list);
    for (const cluster::Workload& workload : cluster->workloads()) {
        if (control->checkSpec && !workload.specs.empty())
            list.push_back(judgeWorkload(context, *control, workload));
    }
    for (control::Outcome& outcome : list) {
        const std::string ref = outcome.object.isNone() ? std::string() : cluster->refOf(outcome.object);
        outcomes[ref] = std::move(outcome);
    }
    return outcomes;
}

// "deployment/shop/web fail\npod/shop/tool pass\n".
inline std::string verdictLines(const Outcomes& outcomes)
{
    std::string text;
    for (const auto& [ref, outcome] : outcomes)
        text += (ref.empty() ? std::string("-") : ref) + ' ' + std::string(control::toText(outcome.verdict)) + '\n';
    return text;
}

// Every fault has a sentence and a place; what is not assessed has a reason.
inline bool isComplete(const Outcomes& outcomes)
{
    return std::ranges::all_of(outcomes, [](const auto& pair) {
        const control::Outcome& outcome = pair.second;
        if (outcome.verdict == control::Verdict::Fail)
            return !outcome.message.empty() && !outcome.evidence.empty() && outcome.affected > 0;
        return outcome.verdict == control::Verdict::Pass || !outcome.message.empty();
    });
}

} // namespace plimsoll::test
