// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "app/Console.h"
#include "app/LiveSource.h"
#include "app/Terminal.h"
#include "app/commands/Commands.h"
#include "core/base/Text.h"

namespace plimsoll::app {

namespace {

constexpr std::array ownOptions {
    Option { "output", 'o', "FILE", "the snapshot file to write, NAME.plimsoll" },
    Option { "namespace", 'n', "NS", "only this namespace, and what belongs to none", true },
    Option { "redact", '\0', "LEVEL", "1 (default): no secret values; 2: names and addresses replaced too" },
    Option { "sign", '\0', "KEY", "Ed25519 private key (PEM) to sign with" },
    Option { "recipient", '\0', "AGE", "encrypt for this age recipient", true },
    Option { "passphrase", '\0', {}, "encrypt with a passphrase: asked for, or from --passphrase-file" },
    Option { "preflight", '\0', {}, "only show what these credentials can read" },
    progressOption,
};
constexpr auto options = allOptions(ownOptions, sourceOptions);

struct Request {
    std::string output;
    snapshot::CollectOptions collect;
    snapshot::SealOptions seal;
    SourceSettings source;
    bool isPreflight = false;
};

Result<std::string> newPassphrase(const Arguments& arguments)
{
    if (arguments.has("passphrase-file"))
        return firstLineOf(arguments.value("passphrase-file"));
    const auto first = askSecret("Passphrase for the snapshot: ");
    if (!first)
        return failure(ErrorKind::Usage, "no passphrase", "--passphrase", "type one, or give --passphrase-file FILE");
    if (askSecret("The same again: ") != first)
        return failure(ErrorKind::Usage, "the passphrases differ", "--passphrase", "try again");
    return *first;
}

Result<snapshot::SealOptions> sealOf(const Arguments& arguments)
{
    snapshot::SealOptions seal;
    seal.recipients = arguments.values("recipient");
    if (arguments.has("passphrase") && !seal.recipients.empty())
        return failure(ErrorKind::Usage, "a snapshot is encrypted for recipients or with a passphrase",
            "--recipient and --passphrase", "leave one out");
    if (arguments.has("sign")) {
        auto key = snapshot::readSigningKey(arguments.value("sign"));
        if (!key)
            return std::unexpected(key.error());
        seal.sign = std::move(*key);
    }
    if (arguments.has("passphrase")) {
        auto passphrase = newPassphrase(arguments);
        if (!passphrase)
            return std::unexpected(passphrase.error());
        seal.passphrase = std::move(*passphrase);
    }
    return seal;
}

Result<Request> requestOf(const Arguments& arguments)
{
    Request request;
    request.output = arguments.value("output");
    request.isPreflight = arguments.has("preflight");
    if (request.output.empty() && !request.isPreflight)
        return failure(
            ErrorKind::Usage, "a snapshot needs a file to go to", "collect", "give one with -o FILE.plimsoll");
    if (!request.isPreflight && !request.output.ends_with(".plimsoll"))
        return failure(ErrorKind::Usage, "a snapshot file is always named so", "-o " + request.output,
            "end its name in .plimsoll");
    const auto level = toInteger(arguments.value("redact", "1"));
    if (!level || *level < 1 || *level > 2)
        return failure(
            ErrorKind::Usage, "unknown level of redaction", "--redact " + arguments.value("redact"), "use 1 or 2");
    request.collect = {
        .namespaces = arguments.values("namespace"), .redaction = static_cast<std::uint32_t>(*level), .tool = toolName()
    };
    auto source = sourceSettings(arguments);
    if (!source)
        return std::unexpected(source.error());
    request.source = std::move(*source);
    if (request.isPreflight)
        return request;
    auto seal = sealOf(arguments);
    if (!seal)
        return std::unexpected(seal.error());
    request.seal = std::move(*seal);
    return request;
}

std::string_view accessText(snapshot::Preflight::Row::Access access)
{
    using Access = snapshot::Preflight::Row::Access;
    switch (access) {
    case Access::Allowed:
        return "yes";
    case Access::SomeNamespaces:
        return "in part";
    case Access::Denied:
        return "no";
    case Access::Unknown:
        return "not known";
    }
    std::unreachable();
}

int showPreflight(const Request& request, const std::string& context, ProgressLine& line)
{
    auto connection = connect(context, request.source, line);
    if (!connection)
        return fail(connection.error(), statusOf(connection.error()));
    const auto checked = snapshot::preflight(*connection->api, connection->login, request.collect, line.progress());
    line.clear();
    if (!checked)
        return fail(checked.error(), statusOf(checked.error()));
    print("server   " + printable(connection->login.server) + ", " + printable(checked->version.gitVersion) + '\n');
    print("user     "
        + (checked->identity.user.empty() ? "the server does not tell" : printable(checked->identity.user)) + "\n\n");
    std::vector<std::vector<std::string>> rows { { "RESOURCE", "READABLE", "NOTE" } };
    for (const snapshot::Preflight::Row& row : checked->rows)
        rows.push_back(
            { printable(row.resource.qualifiedName()), std::string(accessText(row.access)), printable(row.note) });
    printTable(rows);
    const bool isComplete = std::ranges::all_of(
        checked->rows, [](const auto& row) { return row.access == snapshot::Preflight::Row::Access::Allowed; });
    if (!checked->auditorRole.empty())
        print("\n# What is missing, as a ClusterRole to ask an administrator for:\n" + checked->auditorRole);
    reportNotCollected(checked->unavailable);
    return isComplete && checked->unavailable.empty() ? done : doneInPart;
}

Result<snapshot::Captured> capture(
    const Request& request, const std::vector<std::string>& paths, TaskPool& pool, ProgressLine& line)
{
    if (const auto context = contextOf(paths.front()))
        return collectLive(*context, request.collect, request.source, pool, line);
    std::vector<snapshot::Source> sources;
    for (const std::string& path : paths)
        sources.push_back({ .path = path, .bytes = std::nullopt });
    return snapshot::collectSources(sources, request.collect, pool, line.progress(), { .keys = request.source.keys });
}

int collect(const Request& request, const std::vector<std::string>& paths, ProgressLine& line)
{
    const bool isLive = std::ranges::any_of(paths, [](const std::string& path) { return contextOf(path).has_value(); });
    if (isLive && paths.size() > 1)
        return fail(
            { ErrorKind::Usage, "a live cluster is collected alone", paths.back(), "name one source" }, wrongUsage);
    if (request.isPreflight && !isLive)
        return fail({ ErrorKind::Usage, "only a live cluster has a pre-flight", paths.front(),
                        "name it cluster or cluster:CONTEXT" },
            wrongUsage);
    if (request.isPreflight)
        return showPreflight(request, *contextOf(paths.front()), line);
    TaskPool pool;
    auto captured = capture(request, paths, pool, line);
    if (!captured)
        return fail(captured.error(), statusOf(captured.error()));
    const auto written = captured->writer->toFile(
        request.output, captured->origin, captured->notCollected, request.seal, line.progress());
    line.clear();
    if (!written)
        return fail(written.error(), statusOf(written.error()));
    const std::size_t missing = reportNotCollected(captured->notCollected);
    for (const std::string& warning : captured->origin.warnings)
        printError({ ErrorKind::Access, warning, {}, {} });
    return missing > 0 ? doneInPart : done;
}

} // namespace

std::span<const Option> collectOptions()
{
    return options;
}

int runCollect(const Arguments& arguments)
{
    const auto request = requestOf(arguments);
    if (!request)
        return fail(request.error(), wrongUsage);
    const auto line = ProgressLine::create(arguments.value("progress"));
    if (!line)
        return fail(line.error(), wrongUsage);
    return collect(*request, arguments.positional(), **line);
}

} // namespace plimsoll::app
