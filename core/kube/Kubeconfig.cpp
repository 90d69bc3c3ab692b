// SPDX-License-Identifier: Apache-2.0
#include "core/kube/Kubeconfig.h"

#include <algorithm>
#include <filesystem>
#include <pwd.h>
#include <unistd.h>

#include "core/base/Text.h"
#include "core/kube/detail/KubeconfigInput.h"

extern char** environ; // POSIX has it in no header

namespace plimsoll::kube {

namespace {

std::string homeFolder(const Environment& environment)
{
    if (const auto home = environment.variable("HOME"); home && !home->empty())
        return *home;
    const passwd* entry = ::getpwuid(::getuid());
    return entry != nullptr && entry->pw_dir != nullptr ? entry->pw_dir : "";
}

// First file wins, whole entries.
template <class T> void mergeEntries(std::vector<T>& into, const std::vector<T>& from)
{
    for (const T& entry : from) {
        if (std::ranges::find(into, entry.name, &T::name) == into.end())
            into.push_back(entry);
    }
}

void merge(Kubeconfig& into, Kubeconfig&& from)
{
    mergeEntries(into.clusters, from.clusters);
    mergeEntries(into.users, from.users);
    mergeEntries(into.contexts, from.contexts);
    if (into.currentContext.empty())
        into.currentContext = from.currentContext;
    std::ranges::move(from.files, std::back_inserter(into.files));
    std::ranges::move(from.problems, std::back_inserter(into.problems));
}

Result<Kubeconfig> loadFile(const std::string& file)
{
    auto text = detail::readFile(file, detail::maxKubeconfigBytes, false);
    if (!text) {
        Error error = std::move(text.error());
        error.advice = error.kind == ErrorKind::NotFound ? "Check the name of the kubeconfig"
            : error.kind == ErrorKind::Access            ? "Make the file readable for you"
                                                         : "";
        return std::unexpected(std::move(error));
    }
    return detail::decodeKubeconfig(*std::move(text), file);
}

std::vector<std::string> listedFiles(const std::string& list, const Environment& environment)
{
    std::vector<std::string> files;
    for (const std::string_view piece : split(list, ':')) {
        const std::string file = detail::absolutePath(std::string(piece), environment.workingFolder);
        if (!file.empty() && std::ranges::find(files, file) == files.end())
            files.push_back(file);
    }
    return files;
}

} // namespace

Environment Environment::ofProcess()
{
    Environment environment;
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string_view text = *entry;
        const std::size_t equals = text.find('=');
        if (equals != std::string_view::npos && equals > 0)
            environment.variables.emplace_back(text.substr(0, equals), text.substr(equals + 1));
    }
    environment.variable = [variables = environment.variables](std::string_view name) -> std::optional<std::string> {
        const auto at = std::ranges::find(variables, name, [](const auto& variable) { return variable.first; });
        return at == variables.end() ? std::nullopt : std::optional(at->second);
    };
    environment.home = homeFolder(environment);
    std::error_code ignored;
    environment.workingFolder = std::filesystem::current_path(ignored).string();
    environment.isTerminal = ::isatty(STDIN_FILENO) == 1;
    return environment;
}

OidcProvider::~OidcProvider()
{
    detail::wipe(clientSecret);
    detail::wipe(idToken);
    detail::wipe(refreshToken);
}

UserEntry::~UserEntry()
{
    detail::wipe(clientKeyData);
    detail::wipe(token);
    detail::wipe(password);
}

Result<Kubeconfig> loadKubeconfig(const std::string& explicitPath, const Environment& environment)
{
    if (!explicitPath.empty())
        return loadFile(detail::absolutePath(explicitPath, environment.workingFolder));
    const std::string list = environment.variable ? environment.variable("KUBECONFIG").value_or("") : std::string();
    std::vector<std::string> files = listedFiles(list, environment);
    const bool isListed = !list.empty();
    if (!isListed && !environment.home.empty())
        files.push_back(detail::absolutePath(".kube/config", environment.home));
    Kubeconfig config;
    std::vector<std::string> missing;
    for (const std::string& file : files) {
        auto one = loadFile(file);
        if (one)
            merge(config, *std::move(one));
        else if (one.error().kind == ErrorKind::NotFound)
            missing.push_back(printable(file));
        else
            config.problems.push_back(std::move(one.error()));
    }
    // Files that are not there are nothing unusual in a list, unless nothing is there at all.
    if (isListed && !missing.empty() && missing.size() == files.size())
        config.problems.push_back({ ErrorKind::NotFound, "Config not found: " + join(missing, ", "), "KUBECONFIG",
            "Check the variable KUBECONFIG" });
    return config;
}

std::string_view toText(AuthKind kind)
{
    switch (kind) {
    case AuthKind::None:
        return "none";
    case AuthKind::ClientCertificate:
        return "client certificate";
    case AuthKind::Token:
        return "token";
    case AuthKind::TokenFile:
        return "token file";
    case AuthKind::Basic:
        return "user name and password";
    case AuthKind::Exec:
        return "exec plugin";
    case AuthKind::Oidc:
        return "OpenID Connect";
    case AuthKind::InCluster:
        return "service account";
    }
    return "";
}

} // namespace plimsoll::kube
