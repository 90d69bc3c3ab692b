// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/Progress.h"
#include "core/base/Result.h"
#include "core/base/Time.h"
#include "core/kube/Credentials.h"
#include "core/kube/Kubeconfig.h"

// Programs that make credentials: found, described, run without a shell, and their answer read.
// Source: client-go plugin/pkg/client/auth/exec exec.go.
namespace plimsoll::kube::detail {

// Where a program is looked for besides PATH. A desktop session's PATH lacks what the user's shell adds; starting a
// login shell to learn it would run more than the person agreed to. Absolute, in order, without those of PATH.
std::vector<std::string> additionalFolders(const Environment& environment);
// The absolute path of a command: itself when it holds a separator, else the first match in PATH, then in the
// additional folders. Entries of PATH that are not absolute are passed over.
// Errors: NotFound with the places and the install hint.
Result<std::string> findProgram(const ExecPlugin& plugin, const Environment& environment);

// The variables the program gets: those of the process, PATH with the additional folders behind it (plugins call other
// programs), then those of the kubeconfig, then KUBERNETES_EXEC_INFO. The last of equal names counts.
std::vector<std::string> pluginEnvironment(
    const Login& login, const ExecPlugin& plugin, const Environment& environment);
// Whether the program may use standard input.
bool isInteractive(const ExecPlugin& plugin, const Environment& environment);
// KUBERNETES_EXEC_INFO.
std::string execInfo(const Login& login, const ExecPlugin& plugin, bool interactive);

// What a program answered.
struct ExecStatus {
    Credential credential; // token, and certificate with key
    std::optional<UnixSeconds> expiresAt; // nothing = never
};
Result<ExecStatus> readExecStatus(std::string text, const ExecPlugin& plugin);

Result<ExecRequest> describeProgram(const Login& login, const ExecPlugin& plugin, const Environment& environment);
// The command as a person could type it, printable; values of flags and variables for secrets are left out.
std::string commandLine(const ExecRequest& request);

struct ProcessSpec {
    std::string path;
    std::vector<std::string> arguments; // without the program's own name
    std::string name; // argv[0]
    std::vector<std::string> environment; // "NAME=value"
    bool inheritsInput = false; // standard input; else it is empty
    std::chrono::milliseconds timeout { 300'000 };
    std::size_t maxOutputBytes = 4u << 20;
};
struct ProcessEnd {
    int exitCode = 0; // 128 + signal when it was killed by one
    std::string output;
    std::string lastLine; // that it wrote to standard error, for messages
};
// Runs a program in a process group of its own (unless it inherits the terminal), which is ended when the call is
// cancelled (within a second), times out or writes too much. Lines of standard error are given while it runs.
// Errors: Cancelled, Limit (output, time), Access (it cannot be started).
Result<ProcessEnd> runProcess(const ProcessSpec& spec, const PluginOutput& onLine, Progress& progress);

} // namespace plimsoll::kube::detail
