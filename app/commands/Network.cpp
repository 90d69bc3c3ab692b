// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>

#include "app/commands/AccessCommand.h"
#include "app/commands/Commands.h"
#include "app/commands/NetworkCommand.h"
#include "core/base/Text.h"
#include "core/format/Csv.h"
#include "core/network/Review.h"

namespace plimsoll::app {

using network::Layer;
using network::Side;
using network::Verdict;

namespace {

constexpr std::array networkOwnOptions {
    Option { "from", '\0', "NS/POD|CIDR|external", "can: where the connection begins; also NS/WORKLOAD, NS/* and *" },
    Option { "to", '\0', "NS/POD|NS/SERVICE|CIDR", "can: where it ends" },
    Option { "port", '\0', "P", "can: number or name; without it any port" },
    Option { "protocol", '\0', "TCP|UDP|SCTP", "can: TCP by default" },
    Option { "keep", '\0', "\"A -> B:P\"", "suggest: a connection that must stay, whatever is declared", true },
    Option { "ingress-only", '\0', "", "suggest: leave egress as it is" },
    Option { "output", 'o', "FORM", "text (default), csv, json or dot" },
    progressOption,
};
constexpr auto networkAllOptions = allOptions(networkOwnOptions, sourceOptions);

struct NetworkQuestion {
    std::string_view name;
    std::string_view arguments; // after the sources
    std::size_t count = 0; // how many arguments those are
};
constexpr std::array networkQuestions {
    NetworkQuestion { "can", "", 0 },
    NetworkQuestion { "list", "", 0 },
    NetworkQuestion { "review", "FILE.csv", 1 },
    NetworkQuestion { "diff", "NEW", 1 },
    NetworkQuestion { "check", "INVARIANTS.yaml", 1 },
    NetworkQuestion { "suggest", "WORKLOAD", 1 },
    NetworkQuestion { "lint", "", 0 },
    NetworkQuestion { "exposure", "", 0 },
};

std::string sideJson(const NetworkContext& context, const Verdict& verdict, Layer layer)
{
    const Side& side = *verdict.side(layer);
    std::string out = "{\"answer\": " + jsonQuoted(network::toText(side.answer)) + ", \"basis\": "
        + jsonQuoted(network::toText(side.basis)) + ", \"selecting\": " + std::to_string(side.selecting)
        + ", \"text\": " + jsonQuoted(context.reach->sideText(verdict, layer));
    if (!side.policy.isNone())
        out += ", \"rule\": "
            + evidenceJson(*context.model, side.policy, side.pointer.empty() ? "/spec" : side.pointer);
    return out + '}';
}

std::string explanationJson(const NetworkContext& context, const network::Explanation& explanation)
{
    const Verdict& verdict = explanation.verdict;
    std::string out = "{\n  \"schema\": \"plimsoll/network-can/v1\",\n  \"from\": "
        + jsonQuoted(context.reach->nameOf(verdict.from))
        + ",\n  \"to\": " + jsonQuoted(context.reach->nameOf(verdict.to)) + ",\n  \"protocol\": "
        + jsonQuoted(network::toText(verdict.protocol)) + ",\n  \"port\": " + std::to_string(verdict.port)
        + ",\n  \"allowed\": " + jsonQuoted(network::toText(verdict.answer))
        + ",\n  \"inForce\": " + jsonQuoted(network::toText(verdict.inForce))
        + ",\n  \"enforcement\": " + jsonQuoted(context.reach->enforcement().sentence)
        + ",\n  \"reason\": " + jsonQuoted(context.reach->reason(verdict));
    for (const Layer layer : { Layer::Egress, Layer::Ingress, Layer::Mesh }) {
        if (verdict.side(layer))
            out += ",\n  " + jsonQuoted(network::toText(layer)) + ": " + sideJson(context, verdict, layer);
    }
    out += ",\n  \"others\": [";
    std::string_view separator = "\n";
    for (const network::NearMiss& miss : explanation.misses) {
        out += std::string(separator) + "    {\"side\": " + jsonQuoted(network::toText(miss.layer))
            + ", \"rule\": " + evidenceJson(*context.model, miss.policy, miss.pointer)
            + ", \"reason\": " + jsonQuoted(miss.reason) + '}';
        separator = ",\n";
    }
    return out + "\n  ],\n  \"change\": " + jsonQuoted(explanation.change) + "\n}\n";
}

void printSide(const NetworkContext& context, const Verdict& verdict, Layer layer)
{
    const Side* side = verdict.side(layer);
    if (!side)
        return;
    print("  " + std::string(network::toText(layer)) + ": " + std::string(wordOf(side->answer)) + ", "
        + context.reach->sideText(verdict, layer) + " [" + std::string(network::toText(side->basis)) + "]\n");
    if (side->policy.isNone())
        return;
    const std::string place = placeOf(*context.model, side->policy, side->pointer.empty() ? "/spec" : side->pointer);
    if (!place.empty())
        print("    at " + printable(place) + '\n');
}

void printExplanation(const NetworkContext& context, const network::Explanation& explanation)
{
    const Verdict& verdict = explanation.verdict;
    const std::string port = verdict.port == 0
        ? std::string()
        : ' ' + std::string(network::toText(verdict.protocol)) + ' ' + std::to_string(verdict.port);
    if (verdict.from == verdict.to && !verdict.from.isPod()) {
        print(std::string(wordOf(verdict.answer)) + ": " + verdict.egress.remark + '\n');
        return;
    }
    print(std::string(wordOf(verdict.answer)) + ": " + context.reach->nameOf(verdict.from) + " to "
        + context.reach->nameOf(verdict.to) + port + '\n');
    if (!verdict.note.empty())
        print("  " + verdict.note + '\n');
    for (const Layer layer : { Layer::Egress, Layer::Ingress, Layer::Mesh })
        printSide(context, verdict, layer);
    std::vector<std::vector<std::string>> rows;
    for (const network::NearMiss& miss : explanation.misses)
        rows.push_back({ "  " + std::string(network::toText(miss.layer)), miss.title, miss.pointer, miss.reason });
    if (!rows.empty()) {
        print("other rules\n");
        printTable(rows);
    }
    if (!explanation.change.empty())
        print(explanation.change + '\n');
}

void printEnforcement(const network::Reach& reach)
{
    if (reach.enforcement().state != network::Plugin::Enforcement::Yes)
        printToError("plimsoll: note: answers are about policies as written; " + reach.enforcement().sentence + '\n');
}

struct NetworkAsked {
    const NetworkQuestion* question = nullptr;
    std::vector<std::string> sources;
    std::vector<std::string> words;
    network::Protocol protocol = network::Protocol::TCP;
    NetworkContext context;
};

Result<NetworkForm> formOf(const std::string& text)
{
    constexpr std::array<std::pair<std::string_view, NetworkForm>, 4> forms { { { "text", NetworkForm::Text },
        { "csv", NetworkForm::Csv }, { "json", NetworkForm::Json }, { "dot", NetworkForm::Dot } } };
    for (const auto& [name, form] : forms) {
        if (name == text)
            return form;
    }
    return failure(ErrorKind::Usage, "unknown form of output", "-o " + text, "use text, csv, json or dot");
}

Result<NetworkAsked> networkAskedOf(const Arguments& arguments)
{
    const std::vector<std::string>& given = arguments.positional();
    NetworkAsked asked;
    asked.question = std::ranges::find(networkQuestions, std::string_view(given.front()), &NetworkQuestion::name);
    const std::string advice = "see 'plimsoll network --help'";
    if (asked.question == networkQuestions.end())
        return failure(ErrorKind::Usage, "unknown question", given.front(), advice);
    const std::size_t count = asked.question->count;
    if (given.size() < count + 2)
        return failure(ErrorKind::Usage, "argument missing",
            "network " + given.front() + " SOURCE " + std::string(asked.question->arguments), advice);
    asked.words.assign(given.end() - static_cast<std::ptrdiff_t>(count), given.end());
    asked.sources.assign(given.begin() + 1, given.end() - static_cast<std::ptrdiff_t>(count));
    auto form = formOf(arguments.value("output", "text"));
    if (!form)
        return std::unexpected(form.error());
    asked.context.form = *form;
    const auto protocol = network::parseProtocol(arguments.value("protocol", "TCP"));
    if (!protocol)
        return failure(
            ErrorKind::Usage, "unknown protocol", "--protocol " + arguments.value("protocol"), "use TCP, UDP or SCTP");
    asked.protocol = *protocol;
    if (asked.question->name == "can" && (arguments.value("from").empty() || arguments.value("to").empty()))
        return failure(ErrorKind::Usage, "no two ends are named", "network can",
            "add --from NS/POD and --to NS/POD, and --port P");
    return asked;
}

int networkAnswer(const NetworkAsked& asked, const Arguments& arguments)
{
    if (asked.question->name == "can")
        return networkCan(
            asked.context, arguments.value("from"), arguments.value("to"), asked.protocol, arguments.value("port"));
    if (asked.question->name == "list")
        return networkList(asked.context);
    if (asked.question->name == "lint")
        return networkLint(asked.context);
    if (asked.question->name == "exposure")
        return networkExposure(asked.context);
    if (asked.question->name == "check")
        return networkCheck(asked.context, asked.words.front());
    return networkReview(asked.context, asked.words.front());
}

} // namespace

std::string_view wordOf(network::Answer answer)
{
    return answer == network::Answer::Allowed ? "yes" : answer == network::Answer::Denied ? "no" : "unknown";
}

int networkCan(const NetworkContext& context, const std::string& from, const std::string& to,
    network::Protocol protocol, const std::string& port)
{
    const auto source = context.reach->endpoint(from);
    if (!source)
        return fail(source.error(), wrongUsage);
    const auto target = context.reach->endpoint(to);
    if (!target)
        return fail(target.error(), wrongUsage);
    const auto verdict = context.reach->decide(*source, *target, protocol, port);
    if (!verdict)
        return fail(verdict.error(), wrongUsage);
    const network::Explanation explanation = context.reach->explain(*verdict);
    if (context.form == NetworkForm::Json) {
        print(explanationJson(context, explanation));
        return done;
    }
    printExplanation(context, explanation);
    printEnforcement(*context.reach);
    return done;
}

int networkReview(const NetworkContext& context, const std::string& path)
{
    std::ifstream file(path, std::ios::binary);
    const std::string csv { std::istreambuf_iterator<char>(file), {} };
    if (!file.is_open() || file.bad())
        return fail({ .kind = ErrorKind::Access,
                        .what = "the table of connections cannot be read",
                        .where = path,
                        .advice = "check the path and its permissions" },
            sourceUnreadable);
    const auto counts = network::review(*context.reach, csv, path, [](std::string_view piece) { print(piece); });
    if (!counts)
        return fail(counts.error(), wrongUsage);
    printEnforcement(*context.reach);
    return done;
}

std::span<const Option> networkOptions()
{
    return networkAllOptions;
}

int runNetwork(const Arguments& arguments)
{
    auto asked = networkAskedOf(arguments);
    if (!asked)
        return fail(asked.error(), wrongUsage);
    const auto line = ProgressLine::create(arguments.value("progress"));
    if (!line)
        return fail(line.error(), wrongUsage);
    const auto settings = sourceSettings(arguments);
    if (!settings)
        return fail(settings.error(), wrongUsage);
    TaskPool pool;
    const auto load = [&](const std::vector<std::string>& sources, NetworkContext& context) -> Result<void> {
        auto model = loadSources(sources, *settings, pool, **line);
        (*line)->clear();
        if (!model)
            return std::unexpected(model.error());
        context.model = *model;
        context.reach = std::make_shared<const network::Reach>(*model);
        return {};
    };
    if (auto loaded = load(asked->sources, asked->context); !loaded)
        return fail(loaded.error(), statusOf(loaded.error()));
    bool hasProblems = reportProblems(*asked->context.model);
    int status = done;
    if (asked->question->name == "diff") {
        NetworkContext other = asked->context;
        if (auto loaded = load(asked->words, other); !loaded)
            return fail(loaded.error(), statusOf(loaded.error()));
        hasProblems = reportProblems(*other.model) || hasProblems;
        status = networkDiff(asked->context, other);
    } else if (asked->question->name == "suggest") {
        status = networkSuggest(asked->context, asked->words.front(), arguments.values("keep"),
            !arguments.has("ingress-only"), pool, (*line)->progress());
    } else {
        status = networkAnswer(*asked, arguments);
    }
    return hasProblems && status == done ? static_cast<int>(doneInPart) : status;
}

} // namespace plimsoll::app
