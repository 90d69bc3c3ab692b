// SPDX-License-Identifier: Apache-2.0
#include "app/Console.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include <sys/ioctl.h>
#include <unistd.h>

#include "core/base/Text.h"

namespace plimsoll::app {

namespace {

constexpr std::size_t shownProblems = 10;
constexpr unsigned columnsOfFiles = 160; // of output that is no terminal

void printToError(std::string_view text)
{
    std::fwrite(text.data(), 1, text.size(), stderr);
}

void showState(const Progress::State& state)
{
    std::string line = "\r\x1b[K" + shortened(printable(state.stage), 90);
    if (state.total > 0)
        line += ' ' + std::to_string(std::min<std::uint64_t>(100, state.done * 100 / state.total)) + " %";
    printToError(line);
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
}

ProgressLine::~ProgressLine()
{
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

Result<void> checkSources(const std::vector<std::string>& paths)
{
    for (const std::string& path : paths) {
        std::error_code error;
        if ((path == "cluster" || path.starts_with("cluster:")) && !std::filesystem::exists(path, error))
            return failure(ErrorKind::Usage, "reading a live cluster is not built yet", path,
                "write it to files first: kubectl get ... -o json, or kubectl cluster-info dump");
    }
    return {};
}

Result<std::shared_ptr<const cluster::Cluster>> loadSources(
    const std::vector<std::string>& paths, TaskPool& pool, Progress& progress)
{
    if (auto checked = checkSources(paths); !checked)
        return std::unexpected(checked.error());
    std::vector<snapshot::Source> sources;
    for (const std::string& path : paths)
        sources.push_back({ .path = path, .bytes = std::nullopt });
    return cluster::loadCluster(sources, pool, progress);
}

ExitStatus statusOf(const Error& error)
{
    return error.kind == ErrorKind::Usage ? wrongUsage : sourceUnreadable;
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
    return count > 0;
}

} // namespace plimsoll::app
