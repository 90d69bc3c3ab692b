// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "core/base/Text.h"
#include "core/control/detail/Families_p.h"
#include "core/control/detail/Workload_p.h"

namespace plimsoll::control {

using cluster::Container;
using cluster::PodSpec;

std::string containerText(const Context& context, const Container& container)
{
    std::string_view role;
    switch (container.role) {
    case cluster::ContainerRole::Init:
        role = "init container ";
        break;
    case cluster::ContainerRole::Main:
        role = "container ";
        break;
    case cluster::ContainerRole::Ephemeral:
        role = "ephemeral container ";
        break;
    }
    const std::string_view name = context.cluster.text(container.name);
    return std::string(role) + (name.empty() ? "number " + std::to_string(container.index + 1) : std::string(name));
}

void failContainer(const Context& context, const Container& container, std::string_view clause, std::string pointer,
    std::string value, SpecReport& report)
{
    report.fail(containerText(context, container) + ' ' + std::string(clause), std::move(pointer), std::move(value));
}

void editSecurity(const Container& container, std::string_view field, std::string json, SpecReport& report)
{
    if (container.role != cluster::ContainerRole::Ephemeral)
        report.edit(container.pointer() + "/securityContext/" + std::string(field), std::move(json));
}

std::string boolText(const std::optional<bool>& value)
{
    return value ? (*value ? "true" : "false") : std::string(notSet);
}

std::string joinTexts(const Context& context, std::span<const StringId> ids, std::string_view separator)
{
    std::vector<std::string_view> texts;
    for (const StringId id : ids)
        texts.push_back(context.cluster.text(id));
    return join(texts, separator);
}

std::string jsonList(const Context& context, std::span<const StringId> ids)
{
    std::vector<std::string> texts;
    for (const StringId id : ids)
        texts.push_back(jsonQuoted(context.cluster.text(id)));
    return '[' + join(texts, ",") + ']';
}

bool isWindows(const Context& context, const PodSpec& spec)
{
    return cluster::isWindows(context.cluster.strings(), spec);
}

bool isOlderThan(const Context& context, std::uint32_t minor)
{
    return context.cluster.version().isKnown() && !context.cluster.version().isAtLeast(1, minor);
}

bool isUserNamespaced(const Context& context, const PodSpec& spec)
{
    constexpr std::uint32_t creditedSince = 35;
    return spec.hostUsers == false && context.cluster.version().isKnown()
        && context.cluster.version().isAtLeast(1, creditedSince);
}

std::span<const cluster::Label> podLabels(const Context& context, const cluster::Workload& workload)
{
    if (const cluster::Controller* controller = context.cluster.controller(workload.object))
        return controller->templateLabels;
    if (!workload.pods.empty())
        return context.cluster.object(workload.pods.front()).labels;
    return context.cluster.pod(workload.object) ? std::span(context.cluster.object(workload.object).labels)
                                                : std::span<const cluster::Label>();
}

bool isSelected(std::span<const std::pair<StringId, StringId>> selector, std::span<const cluster::Label> labels)
{
    return !selector.empty() && std::ranges::all_of(selector, [&](const cluster::Label& wanted) {
        return std::ranges::find(labels, wanted) != labels.end();
    });
}

bool mayRunAsRoot(const PodSpec& spec, const Container& container)
{
    if (const auto user = cluster::effectiveRunAsUser(spec, container).value)
        return *user == 0;
    return cluster::effectiveRunAsNonRoot(spec, container).value != true;
}

std::string_view lastSegment(std::string_view key)
{
    return key.substr(key.rfind('/') + 1);
}

Outcome judgeSpecs(const Context& context, const cluster::Workload& workload, const SpecCheck& check)
{
    const cluster::Cluster& cluster = context.cluster;
    Outcome outcome { workload.object, Verdict::Pass, {}, {}, 1, {} };
    std::vector<std::string> messages;
    std::string missing;
    std::uint32_t pods = 0;
    for (const cluster::PodSpecUse& use : workload.specs) {
        const cluster::Pod* pod = cluster.pod(use.holder);
        SpecReport report;
        check({ cluster.podSpec(use.spec), workload, cluster.text(cluster.object(workload.object).ns),
                  pod && !pod->phase.isNone() },
            report);
        if (report.verdict == Verdict::NotAssessed && missing.empty())
            missing = report.missing;
        if (report.verdict != Verdict::Fail)
            continue;
        pods += use.podCount;
        const std::string base(cluster.podSpecPointer(use.holder));
        const std::size_t known = messages.size();
        for (const std::string& message : report.messages) {
            if (std::ranges::find(messages, message) == messages.end())
                messages.push_back(message);
        }
        // A pod repeats what its template says.
        if (messages.size() > known) {
            for (const SpecReport::Mark& mark : report.marks)
                outcome.evidence.push_back({ use.holder, base + mark.pointer, mark.value });
        }
        if (outcome.patch.isEmpty() && (use.holder == workload.object || use.podCount == 0)) {
            outcome.patch.target = use.holder;
            for (const auto& edit : report.edits)
                outcome.patch.edits.push_back({ base + edit.pointer, edit.json });
        }
        outcome.verdict = Verdict::Fail;
    }
    if (outcome.verdict == Verdict::Fail) {
        outcome.message = join(messages, "; ");
        outcome.affected = std::max(pods, 1u);
    } else if (!missing.empty()) {
        outcome.verdict = Verdict::NotAssessed;
        outcome.message = std::move(missing);
    }
    return outcome;
}

namespace {

constexpr std::array accountNeeds { Need { "", "ServiceAccount" } };

constexpr std::array workloadTable {
    Control { .id = "PLM-W01", .checkSpec = checkPrivileged, .needs = {} },
    Control { .id = "PLM-W02", .checkSpec = checkPrivilegeEscalation, .needs = {} },
    Control { .id = "PLM-W03", .checkSpec = checkHostPid, .needs = {} },
    Control { .id = "PLM-W04", .checkSpec = checkHostIpc, .needs = {} },
    Control { .id = "PLM-W05", .checkSpec = checkHostNetwork, .needs = {} },
    Control { .id = "PLM-W06", .checkSpec = checkHostPort, .needs = {} },
    Control { .id = "PLM-W07", .checkSpec = checkHostPath, .needs = {} },
    Control { .id = "PLM-W08", .checkSpec = checkWritableHostPath, .needs = {} },
    Control { .id = "PLM-W09", .checkSpec = checkSensitiveHostPath, .needs = {} },
    Control { .id = "PLM-W10", .checkSpec = checkRuntimeSocket, .needs = {} },
    Control { .id = "PLM-W11", .checkSpec = checkHostAliases, .needs = {} },
    Control { .id = "PLM-W12", .checkSpec = checkRunAsNonRoot, .needs = {} },
    Control { .id = "PLM-W13", .checkSpec = checkRootUser, .needs = {} },
    Control { .id = "PLM-W14", .checkSpec = checkLowUser, .needs = {} },
    Control { .id = "PLM-W15", .checkSpec = checkLowGroup, .needs = {} },
    Control { .id = "PLM-W16", .checkSpec = checkRootFilesystem, .needs = {} },
    Control { .id = "PLM-W17", .checkSpec = checkAddedCapabilities, .needs = {} },
    Control { .id = "PLM-W18", .checkSpec = checkDangerousCapabilities, .needs = {} },
    Control { .id = "PLM-W19", .checkSpec = checkNetRaw, .needs = {} },
    Control { .id = "PLM-W20", .checkSpec = checkDropAll, .needs = {} },
    Control { .id = "PLM-W21", .checkSpec = checkDropsAny, .needs = {} },
    Control { .id = "PLM-W22", .checkSpec = checkRestrictedCapabilities, .needs = {} },
    Control { .id = "PLM-W23", .checkSpec = checkSeccompOff, .needs = {} },
    Control { .id = "PLM-W24", .checkSpec = checkSeccompProfile, .needs = {} },
    Control { .id = "PLM-W25", .checkSpec = checkAppArmor, .needs = {} },
    Control { .id = "PLM-W26", .checkSpec = checkSeLinux, .needs = {} },
    Control { .id = "PLM-W27", .checkSpec = checkLinuxHardening, .needs = {} },
    Control { .id = "PLM-W28", .checkSpec = checkProcMount, .needs = {} },
    Control { .id = "PLM-W29", .checkSpec = checkSysctls, .needs = {} },
    Control { .id = "PLM-W30", .checkSpec = checkHostProcess, .needs = {} },
    Control { .id = "PLM-W31", .checkSpec = checkVolumeTypes, .needs = {} },
    Control { .id = "PLM-W32", .checkSpec = checkHostHandlers, .needs = {} },
    Control { .id = "PLM-W33", .checkSpec = checkSharedProcesses, .needs = {} },
    Control { .id = "PLM-W34", .checkSpec = checkSecurityContext, .needs = {} },
    Control { .id = "PLM-W35", .evaluate = evaluateUserNamespaces, .needs = {} },
    Control { .id = "PLM-W36", .evaluate = evaluateSsh, .needs = {} },
    Control { .id = "PLM-W37", .checkSpec = checkSudo, .needs = {} },
    Control { .id = "PLM-W38", .checkSpec = checkPrivilegedPort, .needs = {} },
    Control { .id = "PLM-W39", .checkSpec = checkMountPropagation, .needs = {} },
    // Says itself what is missing: whether a live pod has a token can be seen without ServiceAccounts.
    Control { .id = "PLM-W40", .checkSpec = checkTokenMount, .needs = {}, .dependsOnWorkload = true },
    Control { .id = "PLM-W41", .checkSpec = checkDefaultAccount, .needs = {}, .dependsOnWorkload = true },
    Control { .id = "PLM-W42", .checkSpec = checkMissingAccount, .needs = accountNeeds, .dependsOnWorkload = true },
    Control { .id = "PLM-W43", .checkSpec = checkCpuLimit, .needs = {}, .dependsOnWorkload = true },
    Control { .id = "PLM-W44", .checkSpec = checkMemoryLimit, .needs = {}, .dependsOnWorkload = true },
    Control { .id = "PLM-W45", .checkSpec = checkCpuRequest, .needs = {}, .dependsOnWorkload = true },
    Control { .id = "PLM-W46", .checkSpec = checkMemoryRequest, .needs = {}, .dependsOnWorkload = true },
    Control { .id = "PLM-W47", .checkSpec = checkEphemeralStorage, .needs = {}, .dependsOnWorkload = true },
    Control { .id = "PLM-W48", .checkSpec = checkProbes, .needs = {}, .dependsOnWorkload = true },
    Control { .id = "PLM-W49", .evaluate = evaluateNakedPods, .needs = {} },
    Control { .id = "PLM-W50", .evaluate = evaluateAvailability, .needs = {} },
    Control { .id = "PLM-W51", .evaluate = evaluateScheduledJobs, .needs = {} },
    Control { .id = "PLM-W52", .evaluate = evaluateApiVersions, .needs = {} },
    Control { .id = "PLM-W53", .checkSpec = checkOldAccountField, .needs = {} },
    Control { .id = "PLM-W54", .evaluate = evaluateSelectors, .needs = {} },
    Control { .id = "PLM-W55", .checkSpec = checkDuplicateVariables, .needs = {} },
    Control { .id = "PLM-W56", .evaluate = evaluateLabels, .needs = {} },
    Control { .id = "PLM-W57", .evaluate = evaluateReplacement, .needs = {} },
    Control { .id = "PLM-W58", .evaluate = evaluateSandboxes, .needs = {} },
    Control { .id = "PLM-W59", .checkSpec = checkGitSync, .needs = {} },
    Control { .id = "PLM-W60", .checkSpec = checkDebugContainer, .needs = {} },
};

} // namespace

std::span<const Control> workloadControls()
{
    return workloadTable;
}

} // namespace plimsoll::control
