// SPDX-License-Identifier: Apache-2.0
// Differences and invariants.
#include <fstream>
#include <iterator>

#include "app/commands/NetworkCommand.h"
#include "core/base/Text.h"
#include "core/format/Csv.h"
#include "core/network/Difference.h"
#include "core/network/Questions.h"

namespace plimsoll::app {

using network::FlowChange;

std::string changesCsv(const std::vector<FlowChange>& changes)
{
    std::string out = "change,src,dst,protocol,before,after\n";
    for (const FlowChange& change : changes) {
        for (const std::string_view field :
            { toText(change.kind), std::string_view(change.source), std::string_view(change.destination),
                network::toText(change.protocol), std::string_view(change.before), std::string_view(change.after) }) {
            format::appendCsvField(out, field);
            out += ',';
        }
        out.back() = '\n';
    }
    return out;
}

int networkDiff(const NetworkContext& before, const NetworkContext& after)
{
    const auto changes = network::difference(*before.reach, *after.reach);
    if (before.form == NetworkForm::Csv) {
        print(changesCsv(changes));
        return done;
    }
    if (before.form == NetworkForm::Json) {
        std::string out = "{\n  \"schema\": \"plimsoll/network-diff/v1\",\n  \"changes\": [";
        std::string_view separator = "\n";
        for (const FlowChange& change : changes) {
            out += std::string(separator) + "    {\"change\": " + jsonQuoted(toText(change.kind))
                + ", \"source\": " + jsonQuoted(change.source) + ", \"destination\": " + jsonQuoted(change.destination)
                + ", \"protocol\": " + jsonQuoted(network::toText(change.protocol))
                + ", \"before\": " + jsonQuoted(change.before) + ", \"after\": " + jsonQuoted(change.after) + '}';
            separator = ",\n";
        }
        print(out + "\n  ]\n}\n");
        return done;
    }
    if (changes.empty()) {
        print("no connection differs\n");
        return done;
    }
    const auto ports = [](const std::string& text) { return text.empty() ? std::string("none") : text; };
    std::vector<std::vector<std::string>> rows { { "CHANGE", "SOURCE", "DESTINATION", "PROTOCOL", "BEFORE", "AFTER" } };
    for (const FlowChange& change : changes)
        rows.push_back({ std::string(toText(change.kind)), printable(change.source), printable(change.destination),
            std::string(network::toText(change.protocol)), ports(change.before), ports(change.after) });
    printTable(rows);
    return done;
}

namespace {

std::string verdictLine(const network::Reach& reach, const network::Verdict& verdict)
{
    const std::string port = verdict.port == 0
        ? std::string()
        : ' ' + std::string(network::toText(verdict.protocol)) + ' ' + std::to_string(verdict.port);
    return reach.nameOf(verdict.from) + " -> " + reach.nameOf(verdict.to) + port + ": " + reach.reason(verdict);
}

struct Checked {
    const network::Invariant* invariant = nullptr;
    network::InvariantResult result;
    std::string problem;
};

std::string checkedJson(const network::Reach& reach, const std::vector<Checked>& all)
{
    std::string out = "{\n  \"schema\": \"plimsoll/network-check/v1\",\n  \"invariants\": [";
    std::string_view separator = "\n";
    for (const Checked& one : all) {
        out += std::string(separator) + "    {\"name\": " + jsonQuoted(one.invariant->name) + ", \"line\": "
            + std::to_string(one.invariant->line) + ", \"state\": " + jsonQuoted(toText(one.result.state))
            + ", \"pairs\": " + std::to_string(one.result.pairs) + ", \"problem\": " + jsonQuoted(one.problem)
            + ", \"examples\": [";
        for (const network::Verdict& verdict : one.result.examples)
            out += (&verdict == one.result.examples.data() ? "" : ", ") + jsonQuoted(verdictLine(reach, verdict));
        out += "]}";
        separator = ",\n";
    }
    return out + "\n  ]\n}\n";
}

} // namespace

int networkCheck(const NetworkContext& context, const std::string& path)
{
    std::ifstream file(path, std::ios::binary);
    const std::string yaml { std::istreambuf_iterator<char>(file), {} };
    if (!file.is_open() || file.bad())
        return fail({ .kind = ErrorKind::Access,
                        .what = "the file of invariants cannot be read",
                        .where = path,
                        .advice = "check the path and its permissions" },
            sourceUnreadable);
    const auto invariants = network::parseInvariants(yaml, path);
    if (!invariants)
        return fail(invariants.error(), wrongUsage);
    std::vector<Checked> all;
    bool isBroken = false, isUnknown = false;
    for (const network::Invariant& invariant : *invariants) {
        Checked one { &invariant, {}, {} };
        if (auto result = check(*context.reach, invariant)) {
            one.result = std::move(*result);
        } else {
            one.result.state = network::InvariantResult::State::Unknown;
            one.problem = toText(result.error());
        }
        isBroken = isBroken || one.result.state == network::InvariantResult::State::Broken;
        isUnknown = isUnknown || one.result.state == network::InvariantResult::State::Unknown;
        all.push_back(std::move(one));
    }
    if (context.form == NetworkForm::Json) {
        print(checkedJson(*context.reach, all));
    } else {
        for (const Checked& one : all) {
            print(std::string(toText(one.result.state)) + ": " + printable(one.invariant->name) + '\n');
            if (!one.problem.empty())
                print("  " + one.problem + '\n');
            if (one.result.state != network::InvariantResult::State::Holds && one.problem.empty())
                print("  " + counted(one.result.pairs, "pair", "pairs") + ", such as\n");
            for (const network::Verdict& verdict : one.result.examples)
                print("    " + verdictLine(*context.reach, verdict) + '\n');
        }
    }
    return isBroken ? findingsAtFailOn : isUnknown ? doneInPart : done;
}

} // namespace plimsoll::app
