// SPDX-License-Identifier: Apache-2.0
// Lint, exposure and least-privilege policies.
#include <algorithm>

#include "app/commands/AccessCommand.h"
#include "app/commands/NetworkCommand.h"
#include "core/base/Text.h"
#include "core/network/Exposure.h"
#include "core/network/Lint.h"
#include "core/network/Suggest.h"

namespace plimsoll::app {

int networkLint(const NetworkContext& context)
{
    const auto findings = network::lint(*context.reach);
    if (context.form == NetworkForm::Json) {
        std::string out = "{\n  \"schema\": \"plimsoll/network-lint/v1\",\n  \"findings\": [";
        std::string_view separator = "\n";
        for (const network::LintFinding& finding : findings) {
            out += std::string(separator) + "    {\"rule\": " + jsonQuoted(finding.rule)
                + ", \"level\": " + jsonQuoted(toText(finding.level))
                + (finding.object.isNone()
                        ? std::string()
                        : ", \"at\": " + evidenceJson(*context.model, finding.object, finding.pointer))
                + ", \"text\": " + jsonQuoted(finding.text) + '}';
            separator = ",\n";
        }
        print(out + "\n  ]\n}\n");
        return done;
    }
    std::vector<std::vector<std::string>> rows { { "LEVEL", "RULE", "OBJECT", "PLACE", "WHAT" } };
    for (const network::LintFinding& finding : findings)
        rows.push_back({ std::string(toText(finding.level)), finding.rule,
            finding.object.isNone() ? "-" : printable(context.model->refOf(finding.object)), finding.pointer,
            finding.text });
    if (findings.empty())
        print("nothing to say about the policies\n");
    else
        printTable(rows);
    return done;
}

int networkExposure(const NetworkContext& context)
{
    const auto all = network::exposures(*context.reach);
    if (context.form == NetworkForm::Json) {
        std::string out = "{\n  \"schema\": \"plimsoll/network-exposure/v1\",\n  \"exposures\": [";
        std::string_view separator = "\n";
        for (const network::Exposure& one : all) {
            out += std::string(separator)
                + "    {\"workload\": " + jsonQuoted(context.reach->workloadName(one.workload)) + ", \"entry\": "
                + jsonQuoted(toText(one.entry)) + ", \"protocol\": " + jsonQuoted(network::toText(one.protocol))
                + ", \"port\": " + std::to_string(one.port) + ", \"outerPort\": " + std::to_string(one.outerPort)
                + ", \"internal\": " + (one.isInternal ? "true" : "false")
                + ", \"allowed\": " + jsonQuoted(network::toText(one.answer))
                + ", \"basis\": " + jsonQuoted(network::toText(one.basis)) + ", \"reason\": " + jsonQuoted(one.reason)
                + ", \"way\": " + jsonQuoted(wayOf(*context.model, one)) + '}';
            separator = ",\n";
        }
        print(out + "\n  ]\n}\n");
        return done;
    }
    std::vector<std::vector<std::string>> rows { { "WORKLOAD", "PORT", "REACHED", "WAY", "WHY" } };
    for (const network::Exposure& one : all)
        rows.push_back({ printable(context.reach->workloadName(one.workload)),
            std::string(network::toText(one.protocol)) + ' ' + std::to_string(one.port),
            std::string(wordOf(one.answer)), wayOf(*context.model, one), one.reason });
    if (all.empty())
        print("nothing here leads in from outside\n");
    else
        printTable(rows);
    return done;
}

namespace {

// "NS/NAME", "NS/NAME[KIND]" or a namespace.
Result<std::vector<cluster::WorkloadId>> workloadsOf(const network::Reach& reach, const std::string& text)
{
    const auto endpoint = reach.endpoint(text);
    if (!endpoint)
        return std::unexpected(endpoint.error());
    std::vector<cluster::WorkloadId> out;
    for (const network::Point& point : endpoint->points) {
        if (!point.isPod() || reach.pods()[point.pod].isHostNetwork)
            continue;
        const cluster::WorkloadId of = reach.pods()[point.pod].workload;
        if (!of.isNone() && std::ranges::find(out, of) == out.end())
            out.push_back(of);
    }
    if (out.empty())
        return failure(ErrorKind::Usage, "there is no workload with pods that policies apply to", text,
            "name NS/WORKLOAD or a namespace");
    return out;
}

// One line for the protocols of a pair that change alike.
std::vector<std::string> changeLines(const std::vector<network::FlowChange>& changes)
{
    const auto portsOf = [](const network::FlowChange& change) {
        return change.before.empty() ? change.after
            : change.after.empty()   ? change.before
                                     : change.before + " to " + change.after;
    };
    const auto isAlike = [&](const network::FlowChange& a, const network::FlowChange& b) {
        return a.kind == b.kind && a.source == b.source && a.destination == b.destination && portsOf(a) == portsOf(b);
    };
    std::vector<std::string> out;
    for (std::size_t i = 0; i < changes.size();) {
        std::size_t end = i;
        std::string protocols;
        for (; end < changes.size() && isAlike(changes[i], changes[end]); ++end)
            protocols += (protocols.empty() ? "" : ",") + std::string(network::toText(changes[end].protocol));
        out.push_back(std::string(toText(changes[i].kind)) + ' ' + printable(changes[i].source) + " -> "
            + printable(changes[i].destination) + ' ' + protocols + ' ' + portsOf(changes[i]));
        i = end;
    }
    return out;
}

} // namespace

int networkSuggest(const NetworkContext& context, const std::string& workload, const std::vector<std::string>& keep,
    bool withEgress, TaskPool& pool, Progress& progress)
{
    const auto workloads = workloadsOf(*context.reach, workload);
    if (!workloads)
        return fail(workloads.error(), wrongUsage);
    network::SuggestOptions options;
    options.withEgress = withEgress;
    for (const std::string& text : keep) {
        auto statement = network::parseStatement(text);
        if (!statement)
            return fail(statement.error(), wrongUsage);
        options.keep.push_back(std::move(*statement));
    }
    const auto found = network::suggest(*context.reach, *workloads, options, pool, progress);
    if (!found)
        return fail(found.error(), wrongUsage);
    const auto lines = changeLines(found->changes);
    std::string out
        = "# Least-privilege policies for " + printable(workload) + ", from what its objects declare.\n#\n# Allowed:\n";
    for (const network::KeptConnection& one : found->kept)
        out += "#   " + printable(one.workload) + ' ' + std::string(network::toText(one.direction)) + ' '
            + (one.direction == network::Direction::Ingress ? "from " : "to ") + printable(one.other) + ' ' + one.ports
            + ": " + one.reason + '\n';
    if (found->kept.empty())
        out += "#   nothing\n";
    for (const std::string& note : found->notes)
        out += "# Note: " + note + '\n';
    for (const cluster::ObjectId object : found->replaced)
        out += "# Delete with it, for it selects nobody else: " + printable(context.model->titleOf(object)) + '\n';
    out += "#\n# Checked against the cluster: "
        + (found->changes.empty()
                ? std::string("no connection changes")
                : counted(lines.size(), "connection changes", "connections change") + ", and nothing else:")
        + '\n';
    for (const std::string& line : lines)
        out += "#   " + line + '\n';
    for (const network::SuggestedPolicy& policy : found->policies)
        out += "---\n" + policy.yaml;
    print(out);
    return done;
}

} // namespace plimsoll::app
