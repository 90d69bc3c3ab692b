// SPDX-License-Identifier: Apache-2.0
#include "app/commands/Commands.h"

#include <limits>

namespace plimsoll::app {

namespace {

constexpr std::size_t many = std::numeric_limits<std::size_t>::max();

Command later(std::string_view name, std::string_view arguments, std::string_view summary)
{
    return { .name = name,
        .arguments = arguments,
        .summary = summary,
        .options = {},
        .leastPositional = 0,
        .mostPositional = many,
        .run = nullptr };
}

} // namespace

std::span<const Command> commands()
{
    static const std::vector<Command> table {
        { "assess", "SOURCE... [--format F]... [-o PATH] [OPTION]...",
            "Find what is wrong in a source, and write it as text, JSON or PDF.", assessOptions(), 1, many, runAssess },
        { "inspect", "SOURCE... [KIND[/NAME]] [-n NS] [-o yaml|json|table]",
            "Show what is in a source, or its objects with secrets dropped.", inspectOptions(), 1, many, runInspect },
        { "controls", "[--framework ID] [-o table|json]",
            "List the controls: id, title, severity, frameworks, what they need.", controlsOptions(), 0, 0,
            runControls },
        { "frameworks", "[-o table|json]", "List the frameworks and how many of their requirements are decided how.",
            frameworksOptions(), 0, 0, runFrameworks },
        { "contexts", "[--kubeconfig FILE] [-o table|json]", "List the contexts of the kubeconfig.", contextsOptions(),
            0, 0, runContexts },
        { "collect", "SOURCE... -o FILE.plimsoll [OPTION]...",
            "Make a snapshot file of a live cluster or any other source.", collectOptions(), 1, many, runCollect },
        { "verify", "FILE", "Check that a snapshot file is whole and who signed it.", verifyOptions(), 1, 1,
            runVerify },
        { "auditor-role", "[SOURCE]...",
            "Write the least ClusterRole for a review, and what a source was denied besides.", auditorRoleOptions(), 0,
            many, runAuditorRole },
        { "access", "can|who-can|list|review|compare|unused|least|without SOURCE... [ARGUMENT]... [OPTION]...",
            "Answer who may do what, as the API server decides.", accessOptions(), 2, many, runAccess },
        { "network", "can|list|review|diff|check|suggest|lint|exposure SOURCE... [ARGUMENT]... [OPTION]...",
            "Answer what can talk to what, and which policy decides.", networkOptions(), 2, many, runNetwork },
        { "pod-security", "SOURCE... [--level LEVEL] [--version VERSION] [-o csv|json]",
            "Check every pod and pod template against the Pod Security Standards.", podSecurityOptions(), 1, many,
            runPodSecurity },
        { "secrets", "SOURCE... [-n NS] [-o table|csv|json]",
            "List every Secret without its value: what uses it, who comes to it, and how old it is.", secretsOptions(),
            1, many, runSecrets },
        { "images", "SOURCE... [-o table|csv|json]",
            "List every image: where it runs, which digests run, and whether it still gets fixes.", imagesOptions(), 1,
            many, runImages },
        { "paths", "SOURCE... [--from X]... [--to Y]... [--top N] [-o text|json]",
            "Find ways of an attacker, shortest first, and the changes that close most of them.", pathsOptions(), 1,
            many, runPaths },
        later("fix", "SOURCE [FINDING-ID]...", "Write patches."),
        later("diff", "OLD NEW", "Compare two sources."),
    };
    return table;
}

const Command& windowCommand()
{
    static const Command command { .name = "",
        .arguments = "[SOURCE]...",
        .summary = "Open the window.",
        .options = {},
        .leastPositional = 0,
        .mostPositional = many,
        .run = nullptr };
    return command;
}

} // namespace plimsoll::app
