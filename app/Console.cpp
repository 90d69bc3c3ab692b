// SPDX-License-Identifier: Apache-2.0
#include "app/Console.h"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <sys/ioctl.h>
#include <unistd.h>

#include "app/LiveSource.h"
#include "app/Terminal.h"
#include "core/base/Text.h"

namespace plimsoll::app {

void printToError(std::string_view text)
{
    std::fwrite(text.data(), 1, text.size(), stderr);
}

namespace {

constexpr std::size_t shownProblems = 10;
constexpr unsigned columnsOfFiles = 160; // of output that is no terminal

void showState(const Progress::State& state)
{
    std::string line = "\r\x1b[K" + shortened(printable(state.stage), 90);
    if (state.total > 0)
        line += ' ' + std::to_string(std::min<std::uint64_t>(100, state.done * 100 / state.total)) + " %";
    printToError(line);
}

// What Ctrl+C cancels; the second one ends the program as usual.
std::atomic<Progress*> interruptible = nullptr;

void interrupt(int signal)
{
    if (Progress* progress = interruptible.exchange(nullptr))
        progress->cancel();
    std::signal(signal, SIG_DFL);
}

} // namespace

void print(std::string_view text)
{
    std::fwrite(text.data(), 1, text.size(), stdout);
}

void printError(const Error& error)
{
    std::fflush(stdout);
    printToError("plimsoll: " + printable(toText(error)) + '\n');
}

int fail(const Error& error, ExitStatus status)
{
    printError(error);
    return status;
}

bool isOutputTerminal()
{
    return isatty(STDOUT_FILENO) != 0;
}

bool wantsColour()
{
    const char* refused = std::getenv("NO_COLOR");
    const char* terminal = std::getenv("TERM");
    return isOutputTerminal() && !(refused && *refused) && !(terminal && std::string_view(terminal) == "dumb");
}

unsigned outputColumns()
{
    winsize size {};
    if (isOutputTerminal() && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    if (const char* columns = std::getenv("COLUMNS")) {
        if (const auto number = toInteger(columns); number && *number >= 40 && *number <= 10'000)
            return static_cast<unsigned>(*number);
    }
    return columnsOfFiles;
}

void printTable(const std::vector<std::vector<std::string>>& rows)
{
    std::vector<std::size_t> widths;
    for (const auto& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t column = 0; column < row.size(); ++column)
            widths[column] = std::max(widths[column], row[column].size());
    }
    for (const auto& row : rows) {
        std::string line;
        for (std::size_t column = 0; column < row.size(); ++column) {
            line += row[column];
            if (column + 1 < row.size())
                line.append(widths[column] - row[column].size() + 2, ' ');
        }
        line.erase(line.find_last_not_of(' ') + 1);
        print(line + '\n');
    }
}

ProgressLine::ProgressLine(bool isShown)
    : m_isShown(isShown)
    , m_progress(isShown ? Progress::Listener(showState) : Progress::Listener())
{
    interruptible = &m_progress;
    std::signal(SIGINT, interrupt);
    std::signal(SIGTERM, interrupt);
}

ProgressLine::~ProgressLine()
{
    interruptible = nullptr;
    clear();
}

void ProgressLine::clear()
{
    if (m_isShown)
        printToError("\r\x1b[K");
}

Result<std::unique_ptr<ProgressLine>> ProgressLine::create(std::string_view mode)
{
    if (mode != "always" && mode != "never" && mode != "auto" && !mode.empty())
        return failure(ErrorKind::Usage, "unknown value of --progress", std::string(mode), "use always, never or auto");
    const bool isShown = mode == "always" || (mode != "never" && isatty(STDERR_FILENO) != 0);
    return std::unique_ptr<ProgressLine>(new ProgressLine(isShown));
}

Result<std::string> firstLineOf(const std::string& path)
{
    std::ifstream file(path);
    std::string line;
    if (!file)
        return failure(ErrorKind::Access, "cannot read the file", path, "check the path and its permissions");
    std::getline(file, line);
    if (line.ends_with('\r'))
        line.pop_back();
    if (line.empty())
        return failure(ErrorKind::Format, "the first line is empty", path, "write the passphrase into it");
    return line;
}

Result<SourceSettings> sourceSettings(const Arguments& arguments)
{
    SourceSettings out;
    out.kubeconfig = arguments.value("kubeconfig");
    out.allowsExec = arguments.has("allow-exec");
    out.keys.identityFiles = arguments.values("identity");
    if (arguments.has("signer")) {
        out.keys.trustedSigner = arguments.value("signer");
        if (std::error_code error; !std::filesystem::is_regular_file(out.keys.trustedSigner, error))
            return failure(ErrorKind::NotFound, "no such file", "--signer " + out.keys.trustedSigner,
                "name the PEM file of the public key");
    }
    if (arguments.has("passphrase-file")) {
        auto passphrase = firstLineOf(arguments.value("passphrase-file"));
        if (!passphrase)
            return std::unexpected(passphrase.error());
        out.keys.passphrase = [text = std::move(*passphrase)](const std::string&) { return std::optional(text); };
    } else {
        out.keys.passphrase
            = [](const std::string& file) { return askSecret("Passphrase of " + printable(file) + ": "); };
    }
    return out;
}

Result<control::Settings> settingsOf(const Arguments& arguments)
{
    control::Settings settings;
    if (arguments.has("settings")) {
        auto read = control::readSettings(arguments.value("settings"));
        if (!read)
            return std::unexpected(read.error());
        settings = std::move(*read);
    }
    if (arguments.has("as-of")) {
        settings.asOf = parseTime(arguments.value("as-of"));
        if (!settings.asOf)
            return failure(ErrorKind::Usage, "not a date", "--as-of " + printable(arguments.value("as-of")),
                "write 2026-11-23 or 2026-11-23T12:00:00Z");
    }
    return settings;
}

Result<std::shared_ptr<const cluster::Cluster>> loadSources(
    const std::vector<std::string>& paths, const SourceSettings& settings, TaskPool& pool, ProgressLine& line)
{
    std::vector<snapshot::Source> sources;
    snapshot::ImportOptions options { .keys = settings.keys };
    for (const std::string& path : paths) {
        const auto context = contextOf(path);
        if (!context) {
            sources.push_back({ .path = path, .bytes = std::nullopt });
            continue;
        }
        auto captured
            = collectLive(*context, { .namespaces = {}, .redaction = 1, .tool = toolName() }, settings, pool, line);
        if (!captured)
            return std::unexpected(captured.error());
        auto bytes = captured->writer->toBytes(captured->origin, captured->notCollected, line.progress());
        if (!bytes)
            return std::unexpected(bytes.error());
        auto owned = std::make_shared<const std::string>(std::move(*bytes));
        sources.push_back({ .path = path, .bytes = *owned, .owned = owned });
        options.isLive = true;
    }
    return cluster::loadCluster(sources, pool, line.progress(), options);
}

ExitStatus statusOf(const Error& error)
{
    return error.kind == ErrorKind::Usage ? wrongUsage : sourceUnreadable;
}

std::size_t reportNotCollected(std::span<const snapshot::NotCollected> all)
{
    for (const snapshot::NotCollected& one : all) {
        std::string where = one.group.empty() ? one.plural : one.plural + (one.plural.empty() ? "" : ".") + one.group;
        if (!one.ns.empty())
            where += " in namespace " + one.ns;
        // The server's words for what is forbidden say the same at length; reports have them.
        const bool isDenied = !one.missingPermission.empty();
        printError({ .kind = ErrorKind::Access,
            .what = "not collected: " + where,
            .where = isDenied || one.message.empty() ? one.reason : one.reason + " (" + one.message + ')',
            .advice = isDenied ? "needs the permission " + one.missingPermission : std::string() });
    }
    if (std::ranges::any_of(all, [](const auto& one) { return !one.missingPermission.empty(); }))
        printToError("plimsoll: 'plimsoll auditor-role' writes the ClusterRole to ask an administrator for\n");
    return all.size();
}

bool reportProblems(const cluster::Cluster& model)
{
    std::size_t count = 0;
    for (const snapshot::Problem& problem : model.problems()) {
        if (problem.level == snapshot::Problem::Level::Error && ++count <= shownProblems)
            printError(problem.error);
    }
    if (count > shownProblems)
        printError({ .kind = ErrorKind::Format,
            .what = "and " + grouped(count - shownProblems) + " more parts of the source could not be read",
            .where = {},
            .advice = "the JSON report lists them all" });
    const std::size_t missing = reportNotCollected(model.snapshot().notCollected());
    return count + missing > 0;
}

} // namespace plimsoll::app
