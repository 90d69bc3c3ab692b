// SPDX-License-Identifier: Apache-2.0
#include "app/LiveSource.h"

#include <filesystem>

#include "app/Terminal.h"
#include "core/base/Text.h"
#include "core/report/Report.h"

namespace plimsoll::app {

namespace {

std::string commandLine(const kube::ExecRequest& request)
{
    std::string out = printable(request.path);
    for (const std::string& argument : request.arguments)
        out += ' ' + printable(argument);
    return out;
}

// What would run is shown whole: who consents must be able to see it.
bool askToRun(const kube::ExecRequest& request, kube::RememberedConsents& remembered, ProgressLine& line)
{
    line.clear();
    std::string question = "The kubeconfig " + printable(request.kubeconfig) + " wants to run a program to log in as "
        + printable(request.user) + ":\n  " + commandLine(request) + '\n';
    for (const std::string& variable : request.environmentNames)
        question += "  with " + printable(variable) + '\n';
    const std::string answer = ask(question + "Run it? [y]es once, [a]lways, [N]o: ");
    if (answer == "a" || answer == "always") {
        if (const auto added = remembered.add(request); !added)
            printError(added.error());
        return true;
    }
    return answer == "y" || answer == "yes";
}

kube::ExecConsent consentOf(const SourceSettings& settings, const kube::Environment& environment, ProgressLine& line)
{
    if (settings.allowsExec)
        return [](const kube::ExecRequest&, Progress&) { return true; };
    return [remembered = kube::RememberedConsents(kube::RememberedConsents::defaultFile(environment)), &line](
               const kube::ExecRequest& request, Progress&) mutable {
        return remembered.has(request) || (canAsk() && askToRun(request, remembered, line));
    };
}

Result<kube::Login> loginOf(
    const std::string& context, const SourceSettings& settings, const kube::Environment& environment)
{
    const auto config = kube::loadKubeconfig(settings.kubeconfig, environment);
    if (!config)
        return std::unexpected(config.error());
    for (const Error& problem : config->problems)
        printError(problem);
    if (config->contexts.empty() && context.empty() && settings.kubeconfig.empty()) {
        if (auto login = kube::inClusterLogin(environment))
            return login;
    }
    auto login = kube::resolveLogin(*config, context, environment);
    if (!login && login.error().kind == ErrorKind::Usage)
        login.error().kind = ErrorKind::NotFound; // a source that is not there, as a file would be
    return login;
}

} // namespace

std::optional<std::string> contextOf(const std::string& source)
{
    std::error_code error;
    if (source != "cluster" && !source.starts_with("cluster:"))
        return std::nullopt;
    if (std::filesystem::exists(source, error))
        return std::nullopt;
    return source == "cluster" ? std::string() : source.substr(std::string_view("cluster:").size());
}

Result<Connection> connect(const std::string& context, const SourceSettings& settings, ProgressLine& line)
{
    const kube::Environment environment = kube::Environment::ofProcess();
    auto login = loginOf(context, settings, environment);
    if (!login)
        return std::unexpected(login.error());
    for (const std::string& warning : login->warnings)
        printError({ .kind = ErrorKind::Access, .what = warning, .where = login->contextName, .advice = {} });
    kube::CredentialOptions options;
    options.consent = consentOf(settings, environment, line);
    options.output = [&line](std::string_view text) {
        line.clear();
        printToError(printable(text) + '\n');
    };
    options.environment = environment;
    auto credentials = kube::makeCredentials(*login, std::move(options));
    if (!credentials)
        return std::unexpected(credentials.error());
    auto api = kube::makeApi(*login, std::move(*credentials), { .environment = environment, .userAgent = toolName() });
    if (!api)
        return std::unexpected(api.error());
    return Connection { .login = std::move(*login), .api = std::move(*api) };
}

Result<snapshot::Captured> collectLive(const std::string& context, const snapshot::CollectOptions& options,
    const SourceSettings& settings, TaskPool& pool, ProgressLine& line)
{
    auto connection = connect(context, settings, line);
    if (!connection)
        return std::unexpected(connection.error());
    return snapshot::collectCluster(*connection->api, connection->login, options, pool, line.progress());
}

std::string toolName()
{
    return "plimsoll " + std::string(report::toolVersion());
}

} // namespace plimsoll::app
