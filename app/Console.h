// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "app/CommandLine.h"
#include "core/assess/Assessment.h"
#include "core/base/Progress.h"
#include "core/base/Result.h"
#include "core/cluster/Cluster.h"

// What the commands share: standard output and error, progress, loading a source.
namespace plimsoll::app {

void print(std::string_view text); // standard output
void printError(const Error& error); // standard error: "plimsoll: what: where: advice"
int fail(const Error& error, ExitStatus status); // prints and gives the status
bool isOutputTerminal();
bool wantsColour();
unsigned outputColumns();

// Rows as columns that stand below each other; the first row is the heading.
void printTable(const std::vector<std::vector<std::string>>& rows);

// Progress on standard error while it lives.
class ProgressLine {
public:
    ~ProgressLine();
    // always, never or auto (when standard error is a terminal). Errors: Usage.
    static Result<std::unique_ptr<ProgressLine>> create(std::string_view mode);
    Progress& progress() { return m_progress; }
    void clear(); // before anything else is written to the terminal

private:
    explicit ProgressLine(bool isShown);
    bool m_isShown;
    Progress m_progress;
};

inline constexpr Option progressOption { "progress", '\0', "WHEN",
    "progress on standard error: always, never or auto" };

// The live cluster, which is not built yet, is told from a path that happens to be called so.
Result<void> checkSources(const std::vector<std::string>& paths);
Result<std::shared_ptr<const cluster::Cluster>> loadSources(
    const std::vector<std::string>& paths, TaskPool& pool, Progress& progress);
// The status of a failed load.
ExitStatus statusOf(const Error& error);
// Prints what of the source could not be read and tells whether there was any.
bool reportProblems(const cluster::Cluster& model);

} // namespace plimsoll::app
