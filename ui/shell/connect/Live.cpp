// SPDX-License-Identifier: Apache-2.0
#include "ui/shell/connect/Live.h"

#include "core/base/Text.h"
#include "core/report/Report.h"

namespace plimsoll::ui::shell {

namespace {

ProbeResult probeResultOf(const kube::Login& login, bool isAnonymous, const kube::Failure& found)
{
    const Error words = found.toError(login.server);
    switch (found.reason) {
    case kube::FailureReason::Forbidden: // it knows who asks
    case kube::FailureReason::NotFound:
        return { .state = isAnonymous ? ProbeResult::State::NeedsLogin : ProbeResult::State::Reachable,
            .note = isAnonymous ? "the server answers; Connect logs in" : "the server answers",
            .advice = {} };
    case kube::FailureReason::Unauthorized:
        return { .state = ProbeResult::State::NeedsLogin,
            .note
            = isAnonymous ? "the server answers; Connect logs in" : "the server does not accept these credentials",
            .advice = isAnonymous ? std::string() : words.advice };
    default:
        return { .state = ProbeResult::State::Unreachable, .note = words.what, .advice = words.advice };
    }
}

// Programs are never run and identity providers never asked for a probe: such a login is tried without credentials,
// which still tells whether the server answers and its certificate is right.
Result<ProbeResult> probeContext(const kube::Kubeconfig& config, const std::string& context, Progress& progress)
{
    const kube::Environment environment = kube::Environment::ofProcess();
    auto login = kube::resolveLogin(config, context, environment);
    if (!login)
        return std::unexpected(login.error());
    const bool isAnonymous = login->auth == kube::AuthKind::Exec || login->auth == kube::AuthKind::Oidc;
    if (isAnonymous) {
        login->user = kube::UserEntry();
        login->auth = kube::AuthKind::None;
        login->impersonation = {};
    }
    auto credentials = kube::makeCredentials(*login, { .consent = {}, .output = {}, .environment = environment });
    if (!credentials)
        return std::unexpected(credentials.error());
    auto api = kube::makeApi(*login, std::move(*credentials),
        { .connectTimeoutSeconds = 10,
            .stallTimeoutSeconds = 10,
            .maxRetries = 0,
            .environment = environment,
            .userAgent = toolName() });
    if (!api)
        return std::unexpected(api.error());
    const auto version = (*api)->version(progress);
    if (!version)
        return probeResultOf(*login, isAnonymous, version.error());
    return ProbeResult { .state = isAnonymous ? ProbeResult::State::NeedsLogin : ProbeResult::State::Reachable,
        .note = isAnonymous ? version->gitVersion + " answers; Connect logs in" : version->gitVersion,
        .advice = {} };
}

Result<std::shared_ptr<LiveSession>> connectTo(const LiveTarget& target, const LiveAsk& ask)
{
    const kube::Environment environment = kube::Environment::ofProcess();
    const auto config = kube::loadKubeconfig(target.kubeconfig, environment);
    if (!config)
        return std::unexpected(config.error());
    auto login = kube::resolveLogin(*config, target.context, environment);
    if (!login)
        return std::unexpected(login.error());
    auto credentials
        = kube::makeCredentials(*login, { .consent = ask.consent, .output = ask.output, .environment = environment });
    if (!credentials)
        return std::unexpected(credentials.error());
    auto api = kube::makeApi(*login, std::move(*credentials), { .environment = environment, .userAgent = toolName() });
    if (!api)
        return std::unexpected(api.error());
    auto session = std::make_shared<LiveSession>();
    session->target = target;
    session->login = std::move(*login);
    session->api = std::move(*api);
    return session;
}

Result<LivePreflight> checkAccess(LiveSession& session, const snapshot::CollectOptions& options, Progress& progress)
{
    const std::lock_guard lock(session.busy);
    auto found = snapshot::preflight(*session.api, session.login, options, progress);
    if (!found)
        return std::unexpected(found.error());
    return LivePreflight { .found = std::move(*found), .peer = session.api->peer() };
}

Result<std::shared_ptr<const std::string>> collectBytes(LiveSession& session, const snapshot::CollectOptions& options,
    TaskPool& pool, Progress& progress, const snapshot::CollectListener& listener)
{
    const std::lock_guard lock(session.busy);
    auto captured = snapshot::collectCluster(*session.api, session.login, options, pool, progress, listener);
    if (!captured)
        return std::unexpected(captured.error());
    auto bytes = captured->writer->toBytes(captured->origin, captured->notCollected, progress);
    if (!bytes)
        return std::unexpected(bytes.error());
    return std::make_shared<const std::string>(std::move(*bytes));
}

} // namespace

LiveBackend LiveBackend::real()
{
    return {
        .loadKubeconfig
        = [](const std::string& path) { return kube::loadKubeconfig(path, kube::Environment::ofProcess()); },
        .probe = probeContext,
        .connect = connectTo,
        .preflight = checkAccess,
        .collect = collectBytes,
        .save = snapshot::saveSnapshotBytes,
    };
}

std::string toolName()
{
    return "plimsoll " + std::string(report::toolVersion());
}

} // namespace plimsoll::ui::shell
