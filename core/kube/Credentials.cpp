// SPDX-License-Identifier: Apache-2.0
#include "core/kube/Credentials.h"

#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>

#include "core/base/Text.h"
#include "core/kube/detail/ExecCredentials.h"
#include "core/kube/detail/ExecPlugin.h"
#include "core/kube/detail/KubeconfigInput.h"

// Source: client-go rest/transport.go, transport/token_source.go and round_trippers.go for what goes before what.
namespace plimsoll::kube {

Credential::~Credential()
{
    detail::wipe(bearerToken);
    detail::wipe(basicPassword);
    detail::wipe(clientKeyPem);
}

namespace detail {

namespace {

constexpr UnixSeconds fileLifetime = 60 - 10; // files are read again each minute, ten seconds early

bool isExecVersion(const std::string& version)
{
    return version == "client.authentication.k8s.io/v1" || version == "client.authentication.k8s.io/v1beta1";
}

// The last words of a program can hold what it was given: long unbroken words are left out.
std::string withoutLongWords(std::string_view line)
{
    constexpr std::size_t longestWord = 40;
    std::string kept;
    for (const std::string_view word : split(line, ' '))
        kept += (kept.empty() ? "" : " ") + (word.size() > longestWord ? std::string("[...]") : std::string(word));
    return shortened(kept, 300);
}

class LoginCredentials final : public Credentials {
public:
    LoginCredentials(const Login& login, CredentialOptions options, CredentialSeams seams)
        : m_login(login)
        , m_options(std::move(options))
        , m_seams(std::move(seams))
        , m_isSent(login.server.starts_with("https://"))
    {
        if (!m_seams.now)
            m_seams.now = [] {
                return std::chrono::duration_cast<std::chrono::seconds>(
                    std::chrono::system_clock::now().time_since_epoch())
                    .count();
            };
        if (!m_seams.oidc)
            m_seams.oidc = oidcTransport(m_options.environment);
    }

    Result<void> prepare();
    Result<Credential> get(Progress& progress) override;
    void rejected(const Credential& credential) override;
    bool canRenew() const override;

private:
    const UserEntry& user() const { return m_login.user; }
    bool usesExec() const { return m_isSent && m_login.auth == AuthKind::Exec; }
    bool usesOidc() const { return m_isSent && m_login.auth == AuthKind::Oidc; }
    Result<void> readCertificate();
    Result<void> readToken();
    Result<void> runPlugin(Progress& progress);
    Result<void> askConsent(const ExecRequest& request, Progress& progress);
    Result<void> refreshIdToken(Progress& progress);

    const Login m_login;
    CredentialOptions m_options;
    CredentialSeams m_seams;
    const bool m_isSent; // over http nothing is sent, so nothing is read or run either

    std::mutex m_mutex; // one at a time makes credentials, the others wait for them
    Credential m_current;
    bool m_hasCurrent = false;
    bool m_isRejected = false; // m_current was, as of the last look
    UnixSeconds m_readAt = 0; // of files
    std::optional<UnixSeconds> m_expiresAt; // of the plugin's
    OidcProvider m_oidc; // with the tokens of now
    std::string m_allowed, m_refused; // keys of requests: the same question is not asked twice
    std::atomic<bool> m_canRefresh = false;

    // Of their own, so that rejected() never waits for a plugin.
    std::mutex m_rejectedMutex;
    std::optional<Credential> m_rejected;
};

Result<void> LoginCredentials::prepare()
{
    if (!m_isSent)
        return {};
    if (auto result = readCertificate(); !result)
        return result;
    if (auto result = readToken(); !result)
        return result;
    m_current.basicUser = user().username;
    m_current.basicPassword = user().password;
    m_readAt = m_seams.now();
    if (usesExec()) {
        const ExecPlugin& plugin = *user().exec;
        if (!isExecVersion(plugin.apiVersion))
            return failure(ErrorKind::Format, "Exec plugin: invalid apiVersion " + quotedName(plugin.apiVersion),
                printable(m_login.userFile), "Use client.authentication.k8s.io/v1; the plugin may need an update");
        if (plugin.interactiveMode == ExecPlugin::InteractiveMode::Always && !m_options.environment.isTerminal)
            return failure(ErrorKind::Usage,
                "Exec plugin cannot support interactive mode: standard input is not a terminal",
                printable(plugin.command),
                "Use plimsoll on a terminal, or set interactiveMode to IfAvailable if the plugin can do without "
                "questions");
        if (auto path = findProgram(plugin, m_options.environment); !path)
            return std::unexpected(std::move(path.error()));
    } else if (usesOidc()) {
        m_oidc = *user().oidc;
        m_canRefresh = !m_oidc.refreshToken.empty();
        const std::string where = "user " + quotedName(m_login.userName);
        if (m_oidc.issuerUrl.empty() || m_oidc.clientId.empty())
            return failure(ErrorKind::Format,
                std::string("Must provide ") + (m_oidc.issuerUrl.empty() ? "idp-issuer-url" : "client-id"), where,
                "Correct the auth-provider in the kubeconfig");
        if (!m_oidc.fault.empty())
            return failure(ErrorKind::Format, m_oidc.fault, where, "Copy the value again, it may have been cut");
        if (m_oidc.certificateAuthorityPem.empty() && !m_oidc.certificateAuthority.empty()) {
            auto pem = readFile(m_oidc.certificateAuthority, maxCredentialBytes, true);
            if (!pem)
                return std::unexpected(std::move(pem.error()));
            m_oidc.certificateAuthorityPem = *std::move(pem);
        }
    } else {
        m_hasCurrent = true;
    }
    return {};
}

Result<void> LoginCredentials::readCertificate()
{
    if (user().clientCertificate.empty() && user().clientCertificateData.empty())
        return {};
    const auto read = [](const std::string& data, const std::string& path) -> Result<std::string> {
        if (!data.empty())
            return data;
        return readFile(path, maxCredentialBytes, true);
    };
    auto certificate = read(user().clientCertificateData, user().clientCertificate);
    if (!certificate)
        return std::unexpected(std::move(certificate.error()));
    auto key = read(user().clientKeyData, user().clientKey);
    if (!key)
        return std::unexpected(std::move(key.error()));
    const std::string fault = faultOfKeyPair(*certificate, *key);
    if (fault.empty()) {
        m_current.clientCertificatePem = *certificate;
        m_current.clientKeyPem = *key;
    }
    wipe(*key);
    if (!fault.empty())
        return failure(ErrorKind::Format, "The client certificate cannot be used: " + fault,
            "user " + quotedName(m_login.userName), "Get a new kubeconfig from the administrator of the cluster");
    return {};
}

Result<void> LoginCredentials::readToken()
{
    if (m_current.bearerToken.empty())
        m_current.bearerToken = user().token;
    if (user().tokenFile.empty())
        return {};
    auto text = readFile(user().tokenFile, maxCredentialBytes, true);
    if (text && !trimmed(*text).empty()) {
        m_current.bearerToken = std::string(trimmed(*text));
        wipe(*text);
        return {};
    }
    // The last good one, or the one beside it, goes on.
    if (!m_current.bearerToken.empty())
        return {};
    if (!text)
        return std::unexpected(std::move(text.error()));
    return failure(
        ErrorKind::Format, "Read empty token from file", printable(user().tokenFile), "Write the token into it");
}

Result<void> LoginCredentials::askConsent(const ExecRequest& request, Progress& progress)
{
    const std::string key = request.key();
    if (key == m_allowed)
        return {};
    if (key != m_refused && m_options.consent && m_options.consent(request, progress)) {
        m_allowed = key;
        return {};
    }
    if (progress.isCancelled())
        return failure(
            ErrorKind::Cancelled, "Cancelled before a program made the credentials", printable(request.path));
    m_refused = key;
    return failure(ErrorKind::Access, "The kubeconfig wants to run a program, which was not allowed",
        printable(request.kubeconfig), "Allow it if you trust the file: " + commandLine(request));
}

Result<void> LoginCredentials::runPlugin(Progress& progress)
{
    const ExecPlugin& plugin = *user().exec;
    auto request = describeProgram(m_login, plugin, m_options.environment);
    if (!request)
        return std::unexpected(std::move(request.error()));
    if (auto allowed = askConsent(*request, progress); !allowed)
        return allowed;
    ProcessSpec spec;
    spec.path = request->path;
    spec.name = plugin.command;
    spec.arguments = plugin.arguments;
    spec.environment = pluginEnvironment(m_login, plugin, m_options.environment);
    spec.inheritsInput = isInteractive(plugin, m_options.environment);
    spec.timeout = std::chrono::seconds(m_options.pluginTimeoutSeconds);
    auto end = runProcess(spec, m_options.output, progress);
    for (std::string& variable : spec.environment)
        wipe(variable);
    if (!end)
        return std::unexpected(std::move(end.error()));
    if (end->exitCode != 0) {
        wipe(end->output);
        const std::string words = withoutLongWords(end->lastLine);
        return failure(ErrorKind::Access,
            "Exec: executable " + printable(plugin.command) + " failed with exit code " + std::to_string(end->exitCode)
                + (words.empty() ? std::string() : ": " + words),
            printable(request->path), "Run it yourself, it may want you to log in: " + commandLine(*request));
    }
    auto status = readExecStatus(std::move(end->output), plugin);
    if (!status)
        return std::unexpected(std::move(status.error()));
    m_current = status->credential;
    m_expiresAt = status->expiresAt;
    return {};
}

Result<void> LoginCredentials::refreshIdToken(Progress& progress)
{
    if (!m_oidc.idToken.empty() && !m_isRejected) {
        auto valid = isIdTokenValid(m_oidc.idToken, m_seams.now());
        if (!valid)
            return std::unexpected(std::move(valid.error()));
        if (*valid) {
            m_current.bearerToken = m_oidc.idToken;
            return {};
        }
    }
    if (m_oidc.refreshToken.empty())
        return failure(ErrorKind::Access, "No valid id-token, and cannot refresh without refresh-token",
            "user " + quotedName(m_login.userName), "Log in again with the tool that wrote the kubeconfig");
    auto tokens = refreshOidc(m_oidc, m_seams.oidc, progress);
    if (!tokens)
        return std::unexpected(std::move(tokens.error()));
    // client-go writes it into the kubeconfig; we write into no file of others, and say what follows from it.
    if (tokens->refreshToken != m_oidc.refreshToken && m_options.output)
        m_options.output("The identity provider replaced the refresh token of user " + quotedName(m_login.userName)
            + "; it is kept in memory only, so kubectl may ask to log in again.");
    m_oidc.idToken = tokens->idToken;
    m_oidc.refreshToken = tokens->refreshToken;
    m_canRefresh = !m_oidc.refreshToken.empty();
    m_current.bearerToken = tokens->idToken;
    wipe(tokens->idToken);
    wipe(tokens->refreshToken);
    return {};
}

Result<Credential> LoginCredentials::get(Progress& progress)
{
    std::unique_lock lock(m_mutex, std::defer_lock);
    while (!lock.try_lock()) {
        if (progress.isCancelled())
            return failure(ErrorKind::Cancelled, "Cancelled while credentials were made");
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    if (!m_isSent)
        return Credential();
    {
        const std::scoped_lock rejectedLock(m_rejectedMutex);
        // Somebody else may have made a new one since.
        m_isRejected = m_isRejected || (m_hasCurrent && m_rejected && *m_rejected == m_current);
        m_rejected.reset();
    }
    const UnixSeconds now = m_seams.now();
    Result<void> result;
    if (usesExec()) {
        const bool isExpired = m_expiresAt && now > *m_expiresAt;
        if (!m_hasCurrent || isExpired || m_isRejected)
            result = runPlugin(progress);
    } else if (usesOidc()) {
        result = refreshIdToken(progress);
    } else if (m_isRejected || now - m_readAt >= fileLifetime || now < m_readAt) {
        // Files that cannot be read now keep what was read from them before.
        (void)readCertificate();
        result = readToken();
        m_readAt = now;
    }
    if (!result)
        return std::unexpected(std::move(result.error()));
    m_hasCurrent = true;
    m_isRejected = false;
    return m_current;
}

void LoginCredentials::rejected(const Credential& credential)
{
    const std::scoped_lock lock(m_rejectedMutex);
    m_rejected = credential;
}

bool LoginCredentials::canRenew() const
{
    if (!m_isSent)
        return false;
    const bool hasFiles = !user().tokenFile.empty() || !user().clientCertificate.empty();
    return usesOidc() ? m_canRefresh.load() : usesExec() || hasFiles;
}

} // namespace

Result<std::shared_ptr<Credentials>> makeCredentials(
    const Login& login, CredentialOptions options, CredentialSeams seams)
{
    auto credentials = std::make_shared<LoginCredentials>(login, std::move(options), std::move(seams));
    if (auto prepared = credentials->prepare(); !prepared)
        return std::unexpected(std::move(prepared.error()));
    return std::shared_ptr<Credentials>(std::move(credentials));
}

} // namespace detail

Result<std::shared_ptr<Credentials>> makeCredentials(const Login& login, CredentialOptions options)
{
    return detail::makeCredentials(login, std::move(options), {});
}

} // namespace plimsoll::kube
