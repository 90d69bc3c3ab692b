// SPDX-License-Identifier: Apache-2.0
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
    Control { .id = "PLM-W34", .checkSpec = checkSecurityContext, .needs = {} },
    // Says itself what is missing: whether a live pod has a token can be seen without ServiceAccounts.
    Control { .id = "PLM-W40", .checkSpec = checkTokenMount, .needs = {}, .dependsOnWorkload = true },
    Control { .id = "PLM-W41", .checkSpec = checkDefaultAccount, .needs = {}, .dependsOnWorkload = true },
    Control { .id = "PLM-W42", .checkSpec = checkMissingAccount, .needs = accountNeeds, .dependsOnWorkload = true },
};

} // namespace

std::span<const Control> workloadControls()
{
    return workloadTable;
}

} // namespace plimsoll::control
