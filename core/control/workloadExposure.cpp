// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "core/base/Text.h"
#include "core/control/detail/Outcomes_p.h"
#include "core/control/detail/Workload_p.h"

namespace plimsoll::control {

using cluster::Container;

namespace {

// 2222 is what SSH servers without root's rights use in its place.
bool isSshPort(std::int64_t port)
{
    return port == 22 || port == 2222;
}

bool isTcp(const Context& context, StringId protocol)
{
    return protocol.isNone() || context.cluster.text(protocol) == "TCP";
}

bool startsServer(const Context& context, const std::vector<StringId>& words)
{
    return std::ranges::any_of(words, [&](StringId word) {
        const std::string_view name = lastSegment(context.cluster.text(word));
        return name == "sshd" || name == "dropbear";
    });
}

void checkSshContainers(const Context& context, const SpecSubject& subject, SpecReport& report)
{
    for (const Container& container : subject.spec.containers) {
        for (std::size_t i = 0; i < container.ports.size(); ++i) {
            const cluster::ContainerPort& port = container.ports[i];
            if (isTcp(context, port.protocol) && isSshPort(port.containerPort))
                failContainer(context, container,
                    "opens port " + std::to_string(port.containerPort) + ", where SSH servers listen",
                    container.pointer() + "/ports/" + std::to_string(i) + "/containerPort",
                    std::to_string(port.containerPort), report);
        }
        for (const auto& [words, field] : { std::pair(&container.command, "/command"), { &container.args, "/args" } }) {
            if (startsServer(context, *words))
                failContainer(context, container, "starts an SSH server", container.pointer() + field,
                    joinTexts(context, *words, " "), report);
        }
    }
}

struct SshPort {
    const cluster::Service* service;
    std::size_t index;
};

std::vector<SshPort> sshPorts(const Context& context)
{
    std::vector<SshPort> ports;
    for (const cluster::Service& service : context.cluster.services()) {
        for (std::size_t i = 0; i < service.ports.size(); ++i) {
            const cluster::ServicePort& port = service.ports[i];
            const auto target = toInteger(context.cluster.text(port.targetPort));
            if (isTcp(context, port.protocol) && (isSshPort(port.port) || (target && isSshPort(*target))))
                ports.push_back({ &service, i });
        }
    }
    return ports;
}

void addServices(
    const Context& context, const cluster::Workload& workload, const std::vector<SshPort>& ports, Outcome& outcome)
{
    const cluster::Cluster& cluster = context.cluster;
    const StringId ns = cluster.object(workload.object).ns;
    for (const auto& [service, index] : ports) {
        if (cluster.object(service->object).ns != ns || !isSelected(service->selector, podLabels(context, workload)))
            continue;
        const cluster::ServicePort& port = service->ports[index];
        const bool isOuter = isSshPort(port.port);
        const std::string number = isOuter ? std::to_string(port.port) : std::string(cluster.text(port.targetPort));
        outcome.verdict = Verdict::Fail;
        outcome.message += (outcome.message.empty() ? "" : "; ") + cluster.titleOf(service->object)
            + " leads to its pods with port " + number + ", where SSH servers listen";
        outcome.evidence.push_back({ service->object,
            "/spec/ports/" + std::to_string(index) + (isOuter ? "/port" : "/targetPort"), printable(number) });
    }
}

} // namespace

void evaluateSsh(const Context& context, std::vector<Outcome>& outcomes)
{
    const std::vector<SshPort> ports = sshPorts(context);
    for (const cluster::Workload& workload : context.cluster.workloads()) {
        if (workload.specs.empty())
            continue;
        Outcome outcome = judgeSpecs(context, workload,
            [&](const SpecSubject& subject, SpecReport& report) { checkSshContainers(context, subject, report); });
        addServices(context, workload, ports, outcome);
        outcomes.push_back(std::move(outcome));
    }
}

} // namespace plimsoll::control
