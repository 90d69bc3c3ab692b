// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "core/base/Text.h"
#include "core/control/detail/Outcomes_p.h"
#include "core/control/detail/Workload_p.h"

namespace plimsoll::control {

using cluster::Container;
using cluster::ContainerRole;

void checkProbes(const Context& context, const SpecSubject& subject, SpecReport& report)
{
    const std::string_view kind = context.cluster.kindName(subject.workload.object);
    if (subject.spec.runsToCompletion || kind == "Job" || kind == "CronJob")
        return;
    for (const Container& container : subject.spec.containers) {
        if (container.role != ContainerRole::Main)
            continue;
        const std::string pointer = container.pointer();
        if (!container.hasLivenessProbe)
            failContainer(
                context, container, "has no liveness probe", pointer + "/livenessProbe", std::string(notSet), report);
        if (!container.hasReadinessProbe)
            failContainer(
                context, container, "has no readiness probe", pointer + "/readinessProbe", std::string(notSet), report);
        if (container.hasEqualProbes)
            failContainer(context, container, "has a liveness probe that gives up as soon as its readiness probe does",
                pointer + "/livenessProbe", "the same as readinessProbe", report);
    }
}

namespace {

// Test pods and other steps of a release, which helm removes itself.
bool isHelmHook(const Context& context, cluster::ObjectId id)
{
    const StringId key = context.cluster.id("helm.sh/hook");
    return std::ranges::any_of(context.cluster.object(id).annotations,
        [&](const cluster::Label& annotation) { return !key.isNone() && annotation.first == key; });
}

} // namespace

void evaluateNakedPods(const Context& context, std::vector<Outcome>& outcomes)
{
    for (const cluster::Workload& workload : context.cluster.workloads()) {
        const cluster::Pod* pod = context.cluster.pod(workload.object);
        if (workload.specs.empty())
            continue;
        if (!pod || workload.isStatic || pod->isTerminated || isHelmHook(context, workload.object)) {
            pass(workload.object, outcomes);
            continue;
        }
        fail(workload.object, "no controller stands behind the pod: nothing replaces it when it or its node fails",
            { { workload.object, "/metadata/ownerReferences", std::string(notSet) } }, outcomes);
    }
}

namespace {

std::string requirementText(const Context& context, const cluster::Requirement& requirement)
{
    std::string key(context.cluster.text(requirement.key));
    switch (requirement.op) {
    case cluster::Requirement::Operator::In:
        return key + (requirement.values.size() == 1 ? "=" : " in ") + joinTexts(context, requirement.values, ", ");
    case cluster::Requirement::Operator::NotIn:
        return key + " not in " + joinTexts(context, requirement.values, ", ");
    case cluster::Requirement::Operator::Exists:
        return key;
    case cluster::Requirement::Operator::DoesNotExist:
        return "not " + key;
    case cluster::Requirement::Operator::Invalid:
        break;
    }
    return key + " with an unknown operator";
}

// The labels are made to fit: the selector of a workload cannot be changed. False when that is not decided by it.
bool editLabel(
    const Context& context, const cluster::Requirement& requirement, const std::string& labels, cluster::Patch& patch)
{
    const std::string pointer = format::pointerTo(labels, context.cluster.text(requirement.key));
    if (requirement.op == cluster::Requirement::Operator::In && !requirement.values.empty())
        patch.edits.push_back({ pointer, jsonQuoted(context.cluster.text(requirement.values.front())) });
    else if (requirement.op == cluster::Requirement::Operator::DoesNotExist)
        patch.edits.push_back({ pointer, "" });
    else
        return false;
    return true;
}

std::string labelsText(const Context& context, std::span<const cluster::Label> labels)
{
    std::vector<std::string> texts;
    texts.reserve(labels.size());
    for (const auto& [key, value] : labels)
        texts.push_back(printable(context.cluster.text(key)) + '=' + printable(context.cluster.text(value)));
    return texts.empty() ? std::string(notSet) : shortened(join(texts, ", "), 200);
}

void judgeSelector(const Context& context, const cluster::Controller& controller, std::vector<Outcome>& outcomes)
{
    if (!controller.selector || controller.selector->matches(controller.templateLabels))
        return pass(controller.object, outcomes);
    std::string_view base = context.cluster.podSpecPointer(controller.object);
    base.remove_suffix(std::string_view("/spec").size()); // the template
    const std::string labels = std::string(base) + "/metadata/labels";
    const std::string selector = std::string(base.substr(0, base.rfind('/'))) + "/selector";
    Outcome& outcome = fail(controller.object, {}, {}, outcomes);
    outcome.patch.target = controller.object;
    std::vector<std::string> unmet;
    bool isDecided = true;
    for (const cluster::Requirement& requirement : controller.selector->requirements) {
        if (cluster::LabelSelector { { requirement } }.matches(controller.templateLabels))
            continue;
        unmet.push_back(printable(requirementText(context, requirement)));
        isDecided = editLabel(context, requirement, labels, outcome.patch) && isDecided;
    }
    if (!isDecided)
        outcome.patch.edits.clear();
    outcome.message
        = "the selector asks for " + join(unmet, " and ") + ", which the labels of the pod template do not meet";
    outcome.evidence.push_back({ controller.object, selector, join(unmet, ", ") });
    outcome.evidence.push_back({ controller.object, labels, labelsText(context, controller.templateLabels) });
}

} // namespace

void evaluateSelectors(const Context& context, std::vector<Outcome>& outcomes)
{
    for (const cluster::Workload& workload : context.cluster.workloads()) {
        if (const cluster::Controller* controller = context.cluster.controller(workload.object))
            judgeSelector(context, *controller, outcomes);
    }
}

namespace {

constexpr std::string_view keepForADay = "86400";
constexpr std::string_view startWithin = "600"; // more than the controller's own delays, which 10 s are not

// A volume that one node alone may mount must be let go before the next pod can have it.
bool holdsClaim(const Context& context, const cluster::Workload& workload)
{
    return std::ranges::any_of(workload.specs, [&](const cluster::PodSpecUse& use) {
        return std::ranges::any_of(context.cluster.podSpec(use.spec).volumes,
            [](const cluster::Volume& volume) { return !volume.claimName.isNone(); });
    });
}

Outcome& failField(const cluster::Controller& controller, std::string message, std::string pointer,
    std::string_view value, std::string json, std::vector<Outcome>& outcomes)
{
    Outcome& outcome
        = fail(controller.object, std::move(message), { { controller.object, pointer, printable(value) } }, outcomes);
    outcome.patch = { controller.object, { { std::move(pointer), std::move(json) } } };
    return outcome;
}

void judgeDeployment(const Context& context, const cluster::Workload& workload, const cluster::Controller& controller,
    std::vector<Outcome>& outcomes)
{
    if (context.cluster.text(controller.strategy) == "Recreate" && !holdsClaim(context, workload)) {
        failField(controller, "an update stops all pods before it starts new ones (strategy Recreate)",
            "/spec/strategy/type", "Recreate", R"("RollingUpdate")", outcomes);
    } else if (context.cluster.text(controller.maxUnavailable) == "100%" && controller.replicas.value_or(1) > 0) {
        failField(controller, "an update may stop all pods at once (maxUnavailable 100%)",
            "/spec/strategy/rollingUpdate/maxUnavailable", "100%", R"("25%")", outcomes);
    } else {
        pass(controller.object, outcomes);
    }
}

void judgeReplacement(const Context& context, const cluster::Workload& workload, const cluster::Controller& controller,
    std::vector<Outcome>& outcomes)
{
    const cluster::Cluster& cluster = context.cluster;
    const std::string_view kind = cluster.kindName(workload.object);
    if (kind == "Deployment")
        return judgeDeployment(context, workload, controller, outcomes);
    if (kind == "DaemonSet" || kind == "StatefulSet") {
        if (cluster.text(controller.strategy) == "OnDelete")
            failField(controller, "pods keep running the old version until somebody deletes them (OnDelete)",
                "/spec/updateStrategy/type", "OnDelete", R"("RollingUpdate")", outcomes);
        else
            pass(controller.object, outcomes);
    } else if (kind == "Job") {
        if (!controller.ttlAfterFinished && !isHelmHook(context, workload.object))
            failField(controller, "the Job and its pods stay for ever once it has finished",
                "/spec/ttlSecondsAfterFinished", notSet, std::string(keepForADay), outcomes);
        else
            pass(controller.object, outcomes);
    } else if (kind == "CronJob") {
        if (!controller.startingDeadline && !controller.activeDeadline)
            failField(controller, "neither how late the job may start nor how long it may run is limited",
                "/spec/startingDeadlineSeconds", notSet, std::string(startWithin), outcomes);
        else
            pass(controller.object, outcomes);
    }
}

} // namespace

void evaluateReplacement(const Context& context, std::vector<Outcome>& outcomes)
{
    for (const cluster::Workload& workload : context.cluster.workloads()) {
        if (const cluster::Controller* controller = context.cluster.controller(workload.object))
            judgeReplacement(context, workload, *controller, outcomes);
    }
}

} // namespace plimsoll::control
