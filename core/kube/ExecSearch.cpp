// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/Text.h"
#include "core/kube/detail/ExecPlugin.h"
#include "core/kube/detail/KubeconfigInput.h"

namespace plimsoll::kube::detail {

namespace {

// Where installers of kubectl plugins and cloud tools put programs, and what sets a place of its own for them.
// Below the home folder, in the order in which a shell's profile would usually find them.
constexpr std::string_view homeFolders[] = {
    ".local/bin",
    "bin",
    "google-cloud-sdk/bin",
    ".krew/bin",
    ".asdf/shims",
    ".local/share/mise/shims",
    "go/bin",
    ".cargo/bin",
    ".azure-kubelogin",
    ".arkade/bin",
    ".rd/bin",
    ".docker/bin",
    ".linuxbrew/bin",
    ".nix-profile/bin",
};
constexpr std::string_view systemFolders[] = {
    "/usr/local/bin",
    "/usr/bin",
    "/bin",
    "/opt/homebrew/bin",
    "/home/linuxbrew/.linuxbrew/bin",
    "/snap/bin",
    "/opt/google-cloud-sdk/bin",
    "/usr/lib/google-cloud-sdk/bin",
    "/run/current-system/sw/bin",
    "/nix/var/nix/profiles/default/bin",
};
struct VariableFolder {
    std::string_view variable, below;
};
constexpr VariableFolder variableFolders[] = {
    { "KREW_ROOT", "bin" },
    { "ASDF_DATA_DIR", "shims" },
    { "GOBIN", "" },
    { "GOPATH", "bin" },
    { "CARGO_HOME", "bin" },
};

bool isProgram(const std::string& path)
{
    struct stat status = {};
    return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) && ::access(path.c_str(), X_OK) == 0;
}

void addOnce(std::vector<std::string>& folders, std::string folder)
{
    while (folder.size() > 1 && folder.ends_with('/'))
        folder.pop_back();
    if (folder.starts_with('/') && std::ranges::find(folders, folder) == folders.end())
        folders.push_back(std::move(folder));
}

std::vector<std::string> pathFolders(const Environment& environment)
{
    std::vector<std::string> folders;
    const std::string path = environment.variable ? environment.variable("PATH").value_or("") : std::string();
    // Go refuses programs found through a relative entry: it would depend on where one stands.
    for (const std::string_view folder : split(path, ':'))
        addOnce(folders, std::string(folder));
    return folders;
}

} // namespace

std::vector<std::string> additionalFolders(const Environment& environment)
{
    const std::vector<std::string> known = pathFolders(environment);
    std::vector<std::string> folders = known;
    for (const auto& [variable, below] : variableFolders) {
        const std::string value = environment.variable ? environment.variable(variable).value_or("") : std::string();
        // GOPATH can be a list; its first entry is where programs go.
        const std::string folder = value.substr(0, value.find(':'));
        if (!folder.empty())
            addOnce(folders, below.empty() ? folder : absolutePath(std::string(below), folder));
    }
    if (!environment.home.empty()) {
        for (const std::string_view folder : homeFolders)
            addOnce(folders, absolutePath(std::string(folder), environment.home));
    }
    for (const std::string_view folder : systemFolders)
        addOnce(folders, std::string(folder));
    folders.erase(folders.begin(), folders.begin() + static_cast<std::ptrdiff_t>(known.size()));
    return folders;
}

Result<std::string> findProgram(const ExecPlugin& plugin, const Environment& environment)
{
    const std::string& command = plugin.command;
    const std::string hint = plugin.installHint.empty()
        ? "Install it, or give its absolute path as the command in the kubeconfig"
        : "The kubeconfig says: " + printable(shortened(trimmed(plugin.installHint), 2000));
    const std::string what = "Exec: executable " + printable(shortened(command, 500)) + " not found";
    if (command.find('/') != std::string::npos) {
        if (isProgram(command))
            return command;
        return failure(ErrorKind::NotFound, what, "looked for at this path only", hint);
    }
    std::vector<std::string> folders = pathFolders(environment);
    for (std::string& folder : additionalFolders(environment))
        folders.push_back(std::move(folder));
    for (const std::string& folder : folders) {
        std::string path = folder + (folder.ends_with('/') ? "" : "/") + command;
        if (!command.empty() && isProgram(path))
            return path;
    }
    return failure(ErrorKind::NotFound, what, "looked for in " + printable(join(folders, ", ")), hint);
}

} // namespace plimsoll::kube::detail
