// SPDX-License-Identifier: Apache-2.0
#include "core/control/detail/Workload_p.h"

namespace plimsoll::control {

using cluster::Container;

namespace {

void failNamespace(bool isShared, std::string_view clause, std::string_view field, SpecReport& report)
{
    if (!isShared)
        return;
    const std::string pointer = '/' + std::string(field);
    report.fail(std::string(clause), pointer, "true");
    report.edit(pointer, "false");
}

} // namespace

void checkHostPid(const Context&, const SpecSubject& subject, SpecReport& report)
{
    failNamespace(subject.spec.hostPid, "the pod shares the node's process namespace", "hostPID", report);
}

void checkHostIpc(const Context&, const SpecSubject& subject, SpecReport& report)
{
    failNamespace(subject.spec.hostIpc, "the pod shares the node's IPC namespace", "hostIPC", report);
}

void checkHostNetwork(const Context&, const SpecSubject& subject, SpecReport& report)
{
    failNamespace(subject.spec.hostNetwork, "the pod shares the node's network", "hostNetwork", report);
}

void checkHostPort(const Context& context, const SpecSubject& subject, SpecReport& report)
{
    for (const Container& container : subject.spec.containers) {
        for (std::size_t i = 0; i < container.ports.size(); ++i) {
            const std::int32_t port = container.ports[i].hostPort;
            if (port == 0)
                continue;
            const std::string pointer = container.pointer() + "/ports/" + std::to_string(i) + "/hostPort";
            failContainer(context, container, "opens port " + std::to_string(port) + " of the node", pointer,
                std::to_string(port), report);
            if (container.role != cluster::ContainerRole::Ephemeral)
                report.edit(pointer, "");
        }
    }
}

void checkHostAliases(const Context& context, const SpecSubject& subject, SpecReport& report)
{
    if (subject.spec.hostAliases.empty())
        return;
    report.fail("the pod adds names to /etc/hosts", "/hostAliases", joinTexts(context, subject.spec.hostAliases, ", "));
    report.edit("/hostAliases", "");
}

void checkHostProcess(const Context& context, const SpecSubject& subject, SpecReport& report)
{
    constexpr std::string_view field = "windowsOptions/hostProcess";
    const auto& pod = subject.spec.securityContext;
    if (pod && pod->windowsOptions && pod->windowsOptions->hostProcess == true) {
        report.fail("the pod runs as a Windows HostProcess pod", "/securityContext/" + std::string(field), "true");
        report.edit("/securityContext/" + std::string(field), "false");
    }
    for (const Container& container : subject.spec.containers) {
        const auto& own = container.securityContext;
        if (!own || !own->windowsOptions || own->windowsOptions->hostProcess != true)
            continue;
        failContainer(context, container, "runs as a Windows HostProcess container",
            container.pointer() + "/securityContext/" + std::string(field), "true", report);
        editSecurity(container, field, "false", report);
    }
}

void checkHostHandlers(const Context& context, const SpecSubject& subject, SpecReport& report)
{
    for (const Container& container : subject.spec.containers) {
        for (const cluster::HostHandler& handler : container.hostHandlers) {
            const std::string host(context.cluster.text(handler.host));
            if (host.empty())
                continue;
            const std::string pointer = container.pointer() + handler.pointer;
            failContainer(context, container, "has the kubelet call " + host, pointer, host, report);
            if (container.role != cluster::ContainerRole::Ephemeral)
                report.edit(pointer, "");
        }
    }
}

} // namespace plimsoll::control
