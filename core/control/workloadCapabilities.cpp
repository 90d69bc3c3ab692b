// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "core/base/Text.h"
#include "core/control/detail/Workload_p.h"

namespace plimsoll::control {

using cluster::Capabilities;
using cluster::Container;

namespace {

// What container runtimes give by default (Pod Security Standards, baseline).
constexpr std::array<std::string_view, 13> runtimeDefaults { "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID",
    "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT" };

// Each leads out of the container, into other processes or past a security module by itself.
constexpr std::array<std::string_view, 16> dangerous { "ALL", "AUDIT_CONTROL", "BPF", "CHECKPOINT_RESTORE",
    "DAC_READ_SEARCH", "MAC_ADMIN", "MAC_OVERRIDE", "NET_ADMIN", "PERFMON", "SYSLOG", "SYS_ADMIN", "SYS_BOOT",
    "SYS_MODULE", "SYS_PTRACE", "SYS_RAWIO", "SYS_TIME" };

const Capabilities& capabilitiesOf(const Container& container)
{
    static const Capabilities none;
    const auto& context = container.securityContext;
    return context && context->capabilities ? *context->capabilities : none;
}

// As runtimes read a name to be added: case does not matter, and CRI-O accepts a CAP_ before it.
std::string capabilityName(std::string_view text)
{
    std::string name;
    for (const char c : text)
        name += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    return name.starts_with("CAP_") ? name.substr(4) : name;
}

bool isNamed(std::string_view text, std::string_view name)
{
    return toLowerAscii(text) == toLowerAscii(name);
}

// Fails when isBad(text) holds for an added capability; the remedy keeps the others.
template <class IsBad>
void judgeAdded(
    const Context& context, const SpecSubject& subject, std::string_view what, IsBad isBad, SpecReport& report)
{
    for (const Container& container : subject.spec.containers) {
        const std::vector<StringId>& added = capabilitiesOf(container).add;
        std::vector<StringId> bad, kept;
        for (const StringId id : added)
            (isBad(context.cluster.text(id)) ? bad : kept).push_back(id);
        if (bad.empty())
            continue;
        const std::string names = joinTexts(context, bad, ", ");
        failContainer(context, container, std::string(what) + ' ' + names,
            container.pointer() + "/securityContext/capabilities/add", names, report);
        editSecurity(container, "capabilities/add", kept.empty() ? std::string() : jsonList(context, kept), report);
    }
}

std::string droppedText(const Context& context, const Container& container)
{
    const std::vector<StringId>& dropped = capabilitiesOf(container).drop;
    return dropped.empty() ? std::string(notSet) : joinTexts(context, dropped, ", ");
}

} // namespace

// Exact strings, as Pod Security Admission compares them.
void checkAddedCapabilities(const Context& context, const SpecSubject& subject, SpecReport& report)
{
    judgeAdded(
        context, subject, "adds",
        [](std::string_view name) { return std::ranges::find(runtimeDefaults, name) == runtimeDefaults.end(); },
        report);
}

void checkDangerousCapabilities(const Context& context, const SpecSubject& subject, SpecReport& report)
{
    judgeAdded(
        context, subject, "adds",
        [](std::string_view name) { return std::ranges::find(dangerous, capabilityName(name)) != dangerous.end(); },
        report);
}

void checkNetRaw(const Context& context, const SpecSubject& subject, SpecReport& report)
{
    if (isWindows(context, subject.spec))
        return;
    const auto givesNetRaw = [](std::string_view name) {
        const std::string added = capabilityName(name);
        return added == "NET_RAW" || added == "ALL";
    };
    judgeAdded(context, subject, "adds", givesNetRaw, report);
    for (const Container& container : subject.spec.containers) {
        std::vector<StringId> dropped = capabilitiesOf(container).drop;
        const bool isDropped = std::ranges::any_of(dropped, [&](StringId id) {
            const std::string_view name = context.cluster.text(id);
            return isNamed(name, "ALL") || isNamed(name, "NET_RAW");
        });
        if (isDropped)
            continue;
        const bool isAdded = std::ranges::any_of(
            capabilitiesOf(container).add, [&](StringId id) { return givesNetRaw(context.cluster.text(id)); });
        if (!isAdded)
            failContainer(context, container, "keeps NET_RAW",
                container.pointer() + "/securityContext/capabilities/drop", droppedText(context, container), report);
        std::string list = jsonList(context, dropped);
        list.insert(list.size() - 1, dropped.empty() ? "\"NET_RAW\"" : ",\"NET_RAW\"");
        editSecurity(container, "capabilities/drop", list, report);
    }
}

void checkDropAll(const Context& context, const SpecSubject& subject, SpecReport& report)
{
    if (isWindows(context, subject.spec))
        return;
    for (const Container& container : subject.spec.containers) {
        const bool dropsAll = std::ranges::any_of(
            capabilitiesOf(container).drop, [&](StringId id) { return context.cluster.text(id) == "ALL"; });
        if (dropsAll)
            continue;
        failContainer(context, container, "does not drop all capabilities",
            container.pointer() + "/securityContext/capabilities/drop", droppedText(context, container), report);
        editSecurity(container, "capabilities/drop", "[\"ALL\"]", report);
    }
}

void checkDropsAny(const Context& context, const SpecSubject& subject, SpecReport& report)
{
    if (isWindows(context, subject.spec))
        return;
    for (const Container& container : subject.spec.containers) {
        if (!capabilitiesOf(container).drop.empty())
            continue;
        failContainer(context, container, "drops no capability",
            container.pointer() + "/securityContext/capabilities/drop", std::string(notSet), report);
        editSecurity(container, "capabilities/drop", "[\"ALL\"]", report);
    }
}

void checkRestrictedCapabilities(const Context& context, const SpecSubject& subject, SpecReport& report)
{
    if (isWindows(context, subject.spec))
        return;
    judgeAdded(
        context, subject, "adds", [](std::string_view name) { return name != "NET_BIND_SERVICE"; }, report);
}

} // namespace plimsoll::control
