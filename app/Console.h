// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "app/CommandLine.h"
#include "core/assess/Assessment.h"
#include "core/base/Progress.h"
#include "core/base/Result.h"
#include "core/cluster/Cluster.h"
#include "core/snapshot/SnapshotFile.h"

// What the commands share: standard output and error, progress, loading a source.
namespace plimsoll::app {

void print(std::string_view text); // standard output
void printToError(std::string_view text);
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

// How sources are opened: the kubeconfig of a live one, the keys of an encrypted one.
struct SourceSettings {
    std::string kubeconfig; // "" = $KUBECONFIG or the default
    bool allowsExec = false;
    snapshot::OpenKeys keys;
};
inline constexpr std::array sourceOptions {
    Option { "kubeconfig", '\0', "FILE", "kubeconfig of SOURCE cluster[:CONTEXT]; otherwise as kubectl finds it" },
    Option { "allow-exec", '\0', {}, "run the program that the kubeconfig names for logging in, without asking" },
    Option { "identity", 'i', "FILE", "age identity that opens an encrypted snapshot", true },
    Option { "passphrase-file", '\0', "FILE", "its first line opens (or, with collect, encrypts) a snapshot" },
    Option { "signer", '\0', "FILE", "public key (PEM) that a snapshot must be signed with" },
};
template <std::size_t... Counts> consteval auto allOptions(const std::array<Option, Counts>&... parts)
{
    std::array<Option, (Counts + ...)> out {};
    std::size_t used = 0;
    (..., [&](const auto& part) {
        for (const Option& option : part)
            out[used++] = option;
    }(parts));
    return out;
}
// Errors: Access (a file it names cannot be read).
Result<SourceSettings> sourceSettings(const Arguments& arguments);
// The first line of a file. Errors: Access, Format (empty).
Result<std::string> firstLineOf(const std::string& path);

// --settings and --as-of. Errors: those of readSettings; Usage (no date).
Result<control::Settings> settingsOf(const Arguments& arguments);

Result<std::shared_ptr<const cluster::Cluster>> loadSources(
    const std::vector<std::string>& paths, const SourceSettings& settings, TaskPool& pool, ProgressLine& line);
// The status of a failed load.
ExitStatus statusOf(const Error& error);
// Prints what could not be collected, with the permission that is missing, and how many there were.
std::size_t reportNotCollected(std::span<const snapshot::NotCollected> all);
// Prints what of the source could not be read or collected and tells whether there was any.
bool reportProblems(const cluster::Cluster& model);

} // namespace plimsoll::app
