// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "core/base/Text.h"
#include "core/control/detail/Outcomes_p.h"
#include "core/control/detail/Workload_p.h"

namespace plimsoll::control {

using cluster::Container;
using cluster::ContainerRole;

void checkSharedProcesses(const Context&, const SpecSubject& subject, SpecReport& report)
{
    if (!subject.spec.shareProcessNamespace)
        return;
    report.fail("the containers of the pod share one process namespace", "/shareProcessNamespace", "true");
    report.edit("/shareProcessNamespace", "false");
}

namespace {

// Does a word of a command line name the program, with or without its directory? "/usr/bin/sudo -u app" does,
// "/etc/sudoers" and "pseudo" do not.
bool runsProgram(std::string_view line, std::string_view program)
{
    const auto isWordByte = [](char byte) {
        return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9')
            || byte == '_' || byte == '-' || byte == '.' || byte == '/';
    };
    while (!line.empty()) {
        const auto begin = std::ranges::find_if(line, isWordByte);
        const auto end = std::find_if_not(begin, line.end(), isWordByte);
        if (lastSegment(std::string_view(begin, end)) == program)
            return true;
        line = std::string_view(end, line.end());
    }
    return false;
}

} // namespace

void checkSudo(const Context& context, const SpecSubject& subject, SpecReport& report)
{
    const bool isHidden = hasHiddenNames(context.cluster);
    for (const Container& container : subject.spec.containers) {
        const auto look = [&](const std::vector<StringId>& words, std::string_view field) {
            for (std::size_t i = 0; i < words.size(); ++i) {
                const std::string_view word = context.cluster.text(words[i]);
                if (word.empty() && isHidden)
                    report.notAssessed("command lines are hidden in this snapshot");
                if (runsProgram(word, "sudo"))
                    failContainer(context, container, "starts with sudo",
                        container.pointer() + '/' + std::string(field) + '/' + std::to_string(i), std::string(word),
                        report);
            }
        };
        look(container.command, "command");
        look(container.args, "args");
    }
}

namespace {

constexpr std::string_view portSysctl = "net.ipv4.ip_unprivileged_port_start";
constexpr std::int64_t firstFreePort = 1024;

// The first port that needs no capability in the pod's network namespace.
std::int64_t firstUnprivilegedPort(const Context& context, const cluster::PodSpec& spec)
{
    if (!spec.securityContext)
        return firstFreePort;
    for (const cluster::Sysctl& sysctl : spec.securityContext->sysctls) {
        if (context.cluster.text(sysctl.name) == portSysctl)
            return toInteger(context.cluster.text(sysctl.value)).value_or(firstFreePort);
    }
    return firstFreePort;
}

void freePorts(const Context& context, const cluster::PodSpec& spec, SpecReport& report)
{
    if (spec.hostNetwork) // the sysctl would be the node's: refused
        return;
    const std::string entry = R"({"name":")" + std::string(portSysctl) + R"(","value":"0"})";
    if (!spec.securityContext || spec.securityContext->sysctls.empty())
        return report.edit("/securityContext/sysctls", '[' + entry + ']');
    const auto& sysctls = spec.securityContext->sysctls;
    const auto known = std::ranges::find(
        sysctls, portSysctl, [&](const cluster::Sysctl& sysctl) { return context.cluster.text(sysctl.name); });
    if (known == sysctls.end())
        return report.edit("/securityContext/sysctls/-", entry);
    report.edit("/securityContext/sysctls/" + std::to_string(known - sysctls.begin()) + "/value", R"("0")");
}

} // namespace

void checkPrivilegedPort(const Context& context, const SpecSubject& subject, SpecReport& report)
{
    if (isWindows(context, subject.spec))
        return;
    const std::int64_t first = firstUnprivilegedPort(context, subject.spec);
    for (const Container& container : subject.spec.containers) {
        for (std::size_t i = 0; i < container.ports.size(); ++i) {
            const std::int32_t port = container.ports[i].containerPort;
            if (port <= 0 || port >= first)
                continue;
            failContainer(context, container, "opens the privileged port " + std::to_string(port),
                container.pointer() + "/ports/" + std::to_string(i) + "/containerPort", std::to_string(port), report);
        }
    }
    if (report.verdict == Verdict::Fail)
        freePorts(context, subject.spec, report);
}

void checkMountPropagation(const Context& context, const SpecSubject& subject, SpecReport& report)
{
    for (const Container& container : subject.spec.containers) {
        for (std::size_t i = 0; i < container.volumeMounts.size(); ++i) {
            const cluster::VolumeMount& mount = container.volumeMounts[i];
            if (context.cluster.text(mount.mountPropagation) != "Bidirectional")
                continue;
            const std::string pointer
                = container.pointer() + "/volumeMounts/" + std::to_string(i) + "/mountPropagation";
            failContainer(context, container,
                "passes on what it mounts below " + std::string(context.cluster.text(mount.mountPath))
                    + " to the node and other pods",
                pointer, "Bidirectional", report);
            if (container.role != ContainerRole::Ephemeral)
                report.edit(pointer, R"("HostToContainer")");
        }
    }
}

namespace {

// "--git=/tmp/x", "-git /tmp/x": the program that git-sync runs as git.
std::string_view gitArgument(const Context& context, const std::vector<StringId>& words, std::size_t& index)
{
    for (std::size_t i = 0; i < words.size(); ++i) {
        std::string_view word = context.cluster.text(words[i]);
        if (!word.starts_with('-'))
            continue;
        word.remove_prefix(word.starts_with("--") ? 2 : 1);
        if (word.starts_with("git=")) {
            index = i;
            return word.substr(4);
        }
        if (word == "git" && i + 1 < words.size()) {
            index = i + 1;
            return context.cluster.text(words[i + 1]);
        }
    }
    return {};
}

bool isGitSync(std::string_view image)
{
    const std::string_view name = lastSegment(image.substr(0, image.find('@')));
    return name.substr(0, name.find(':')) == "git-sync";
}

} // namespace

void checkGitSync(const Context& context, const SpecSubject& subject, SpecReport& report)
{
    constexpr std::array<std::string_view, 2> variables { "GITSYNC_GIT", "GIT_SYNC_GIT" };
    for (const Container& container : subject.spec.containers) {
        for (std::size_t i = 0; i < container.env.size(); ++i) {
            const std::string_view name = context.cluster.text(container.env[i].name);
            const std::string value(context.cluster.text(container.env[i].value));
            if (std::ranges::find(variables, name) == variables.end() || value == "git")
                continue;
            if (value.empty() && hasHiddenNames(context.cluster)) {
                report.notAssessed("values of environment variables are hidden in this snapshot");
                continue;
            }
            const std::string pointer = container.pointer() + "/env/" + std::to_string(i);
            failContainer(context, container,
                "has git-sync run " + (value.empty() ? std::string("a program named elsewhere") : value) + " as git",
                pointer, std::string(name) + (value.empty() ? std::string() : '=' + value), report);
            if (container.role != ContainerRole::Ephemeral)
                report.edit(pointer, "");
        }
        if (!isGitSync(context.cluster.text(container.image)))
            continue;
        for (const auto& [words, field] :
            { std::pair(&container.command, "/command/"), { &container.args, "/args/" } }) {
            std::size_t index = 0;
            const std::string program(gitArgument(context, *words, index));
            if (!program.empty() && program != "git")
                failContainer(context, container, "has git-sync run " + program + " as git",
                    container.pointer() + field + std::to_string(index), program, report);
        }
    }
}

void checkDebugContainer(const Context& context, const SpecSubject& subject, SpecReport& report)
{
    for (const Container& container : subject.spec.containers) {
        if (container.role != ContainerRole::Ephemeral)
            continue;
        const auto& security = container.securityContext;
        std::string clause = "was attached to the pod";
        if (security && security->privileged == true)
            clause += " and runs privileged";
        else if (security && security->capabilities && !security->capabilities->add.empty())
            clause += " and adds " + joinTexts(context, security->capabilities->add, ", ");
        failContainer(context, container, clause, container.pointer(),
            std::string(context.cluster.text(container.image)), report);
    }
}

} // namespace plimsoll::control
