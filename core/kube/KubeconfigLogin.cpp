// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "core/base/Text.h"
#include "core/kube/Kubeconfig.h"
#include "core/kube/detail/KubeconfigInput.h"

// Source: client-go tools/clientcmd client_config.go and validation.go, rest/url_utils.go.
namespace plimsoll::kube {

namespace {

using detail::quotedName;

template <class T> const T* findEntry(const std::vector<T>& entries, const std::string& name)
{
    const auto at = std::ranges::find(entries, name, &T::name);
    return at == entries.end() ? nullptr : &*at;
}

// The words of client-go, so that a search for them finds help.
class Faults {
public:
    void add(std::string text)
    {
        if (std::ranges::find(m_texts, text) == m_texts.end())
            m_texts.push_back(std::move(text));
    }
    bool isEmpty() const { return m_texts.empty(); }
    std::string toText() const
    {
        const std::string all = join(m_texts, ", ");
        return "Invalid configuration: " + (m_texts.size() == 1 ? all : '[' + all + ']');
    }

private:
    std::vector<std::string> m_texts;
};

std::string causeOf(const Error& error)
{
    return error.what;
}

void checkReadable(const std::string& path, std::string_view what, const std::string& owner, Faults& faults)
{
    if (path.empty())
        return;
    auto bytes = detail::readFile(path, detail::maxCredentialBytes, true);
    if (bytes)
        detail::wipe(*bytes);
    else
        faults.add("unable to read " + std::string(what) + ' ' + printable(path) + " for " + printable(owner)
            + " due to " + causeOf(bytes.error()));
}

void checkCluster(const ClusterEntry& cluster, Faults& faults)
{
    const std::string name = printable(cluster.name);
    if (cluster.server.empty())
        faults.add("no server found for cluster " + quotedName(cluster.name));
    if (!cluster.proxyUrl.empty()) {
        const auto proxy = detail::parseUrl(cluster.proxyUrl);
        const bool isKnown
            = proxy && (proxy->scheme == "http" || proxy->scheme == "https" || proxy->scheme == "socks5");
        if (!isKnown)
            faults.add("invalid 'proxy-url' " + quotedName(detail::withoutUserInfo(cluster.proxyUrl)) + " for cluster "
                + quotedName(cluster.name) + ": "
                + (proxy ? "unsupported scheme " + quotedName(proxy->scheme) + ", must be http, https, or socks5"
                         : proxy.error()));
    }
    if (!cluster.certificateAuthority.empty() && !cluster.certificateAuthorityData.empty())
        faults.add("certificate-authority-data and certificate-authority are both specified for " + name
            + ". certificate-authority-data will override.");
    checkReadable(cluster.certificateAuthority, "certificate-authority", cluster.name, faults);
    const bool hasAuthority = !cluster.certificateAuthority.empty() || !cluster.certificateAuthorityData.empty();
    if (cluster.skipsTlsVerify && hasAuthority)
        faults.add("specifying a root certificates file with the insecure flag is not allowed");
}

void checkExec(const UserEntry& user, Faults& faults)
{
    if (!user.exec)
        return;
    const std::string name = printable(user.name);
    const std::string purpose = " must be specified for " + name + " to use exec authentication plugin";
    if (user.oidc || !user.otherAuthProvider.empty())
        faults.add("authProvider cannot be provided in combination with an exec plugin for " + name);
    if (user.exec->command.empty())
        faults.add("command" + purpose);
    if (user.exec->apiVersion.empty())
        faults.add("apiVersion" + purpose);
    const bool hasNameless
        = std::ranges::any_of(user.exec->environment, [](const auto& variable) { return variable.first.empty(); });
    if (hasNameless)
        faults.add("env variable name" + purpose);
    const std::string& mode = user.exec->declaredMode;
    // v1beta1 has a default, v1 does not; an unknown version is its own fault when the plugin is to run.
    if (mode.empty() && user.exec->apiVersion != "client.authentication.k8s.io/v1beta1")
        faults.add("interactiveMode" + purpose);
    else if (!mode.empty() && mode != "Never" && mode != "IfAvailable" && mode != "Always")
        faults.add("invalid interactiveMode for " + name + ": " + quotedName(mode));
}

void checkCertificate(const UserEntry& user, Faults& faults)
{
    if (user.clientCertificate.empty() && user.clientCertificateData.empty())
        return;
    const std::string name = printable(user.name);
    if (!user.clientCertificate.empty() && !user.clientCertificateData.empty())
        faults.add(
            "client-cert-data and client-cert are both specified for " + name + ". client-cert-data will override.");
    if (!user.clientKey.empty() && !user.clientKeyData.empty())
        faults.add("client-key-data and client-key are both specified for " + name + "; client-key-data will override");
    if (user.clientKey.empty() && user.clientKeyData.empty())
        faults.add("client-key-data or client-key must be specified for " + name
            + " to use the clientCert authentication method.");
    checkReadable(user.clientCertificate, "client-cert", user.name, faults);
    checkReadable(user.clientKey, "client-key", user.name, faults);
}

void checkUser(const UserEntry& user, Faults& faults)
{
    const std::string name = printable(user.name);
    checkCertificate(user, faults);
    checkExec(user, faults);
    if (!user.token.empty() && (!user.username.empty() || !user.password.empty()))
        faults.add(
            "more than one authentication method found for " + name + "; found [token basicAuth], only one is allowed");
    const Impersonation& as = user.impersonation;
    if (as.user.empty() && (!as.uid.empty() || !as.groups.empty() || !as.extra.empty()))
        faults.add("requesting uid, groups or user-extra for " + name + " without impersonating a user");
}

bool isDnsLabel(std::string_view text)
{
    const auto isInner = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
    return !text.empty() && text.size() <= 63 && std::ranges::all_of(text, isInner) && text.front() != '-'
        && text.back() != '-';
}

// The address with its scheme; a host and port alone get one as rest.DefaultServerURL gives it.
std::expected<detail::Url, std::string> serverUrl(const ClusterEntry& cluster)
{
    auto url = detail::parseUrl(cluster.server);
    if (!url && url.error() == "no scheme") {
        const bool isTls = cluster.skipsTlsVerify || !cluster.certificateAuthority.empty()
            || !cluster.certificateAuthorityData.empty();
        url = detail::parseUrl((isTls ? "https://" : "http://") + cluster.server);
        if (!url || (!url->path.empty() && url->path != "/"))
            return std::unexpected(
                "host must be a URL or a host:port pair: " + quotedName(detail::withoutUserInfo(cluster.server)));
    }
    if (!url)
        return std::unexpected("server of cluster " + quotedName(cluster.name) + " cannot be used: " + url.error());
    if (url->scheme != "https" && url->scheme != "http")
        return std::unexpected("unsupported protocol scheme " + quotedName(url->scheme) + " of the server of cluster "
            + quotedName(cluster.name));
    return url;
}

AuthKind authKindOf(const UserEntry& user)
{
    // With a certificate and a token the server goes by the certificate.
    if (!user.clientCertificate.empty() || !user.clientCertificateData.empty())
        return AuthKind::ClientCertificate;
    if (!user.tokenFile.empty())
        return AuthKind::TokenFile;
    if (!user.token.empty())
        return AuthKind::Token;
    if (!user.username.empty() || !user.password.empty())
        return AuthKind::Basic;
    if (user.exec)
        return AuthKind::Exec;
    return user.oidc ? AuthKind::Oidc : AuthKind::None;
}

std::unexpected<Error> removedProvider(const UserEntry& user)
{
    const std::string where = "user " + quotedName(user.name);
    if (user.otherAuthProvider == "gcp")
        return failure(ErrorKind::Usage, "The gcp auth plugin has been removed", where,
            "Install gke-gcloud-auth-plugin and run \"gcloud container clusters get-credentials\" again");
    if (user.otherAuthProvider == "azure")
        return failure(ErrorKind::Usage, "The azure auth plugin has been removed", where,
            "Install kubelogin and run \"kubelogin convert-kubeconfig\"");
    return failure(ErrorKind::Usage, "No auth provider found for name " + quotedName(user.otherAuthProvider), where,
        "Use an exec plugin in its place");
}

void warnOfOutside(const std::string& path, const std::string& file, std::string_view what, Login& login)
{
    if (!path.empty() && !detail::isInside(path, detail::folderOf(file)))
        login.warnings.push_back(std::string(what) + " lies outside the folder of its kubeconfig: " + printable(path)
            + ". A kubeconfig of somebody else could make you send a file of yours");
}

void addWarnings(Login& login)
{
    if (login.skipsTlsVerify)
        login.warnings.emplace_back("The API server's identity is not verified (insecure-skip-tls-verify): anybody on "
                                    "the way can read and change "
                                    "everything, credentials too");
    const bool hasCredential = login.auth != AuthKind::None;
    if (login.server.starts_with("http://"))
        login.warnings.push_back(std::string("The connection to the API server is not encrypted (http)")
            + (hasCredential ? "; credentials are not sent over it" : ""));
    const UserEntry& user = login.user;
    warnOfOutside(user.tokenFile, user.file, "The token file", login);
    warnOfOutside(user.clientCertificate, user.file, "The client certificate", login);
    warnOfOutside(user.clientKey, user.file, "The client key", login);
}

Result<void> fillCluster(const ClusterEntry& cluster, Login& login)
{
    login.clusterName = cluster.name;
    login.tlsServerName = cluster.tlsServerName;
    login.proxyUrl = cluster.proxyUrl;
    login.execConfigJson = cluster.execConfigJson;
    login.skipsTlsVerify = cluster.skipsTlsVerify;
    login.disablesCompression = cluster.disablesCompression;
    const std::string where = "cluster " + quotedName(cluster.name);
    if (!cluster.certificateAuthorityData.empty()) {
        login.certificateAuthorityPem = cluster.certificateAuthorityData;
    } else if (!cluster.certificateAuthority.empty()) {
        auto pem = detail::readFile(cluster.certificateAuthority, detail::maxCredentialBytes, true);
        if (!pem)
            return std::unexpected(std::move(pem.error()));
        login.certificateAuthorityPem = *std::move(pem);
        login.certificateAuthorityFile = cluster.certificateAuthority;
    }
    // An empty file is taken at its word: it trusts nobody.
    if (login.certificateAuthorityPem && !login.certificateAuthorityPem->empty()) {
        const std::string fault = detail::faultOfCertificates(*login.certificateAuthorityPem);
        if (!fault.empty())
            return failure(ErrorKind::Format, "Unable to load root certificates: " + fault, where,
                "Give the certificates of the cluster's authority in PEM form");
    }
    return {};
}

// "https://user:password@host": Go's client sends it as basic authentication unless there is something better.
void takeUserInfo(const detail::Url& url, Login& login)
{
    if (url.userInfo.empty())
        return;
    login.warnings.emplace_back("The server's URL holds a user name or password; it is kept out of everything shown");
    if (authKindOf(login.user) != AuthKind::None)
        return;
    const std::size_t colon = std::min(url.userInfo.find(':'), url.userInfo.size());
    login.user.username = detail::percentDecoded(std::string_view(url.userInfo).substr(0, colon));
    if (colon < url.userInfo.size())
        login.user.password = detail::percentDecoded(std::string_view(url.userInfo).substr(colon + 1));
}

struct Parts {
    const ContextEntry* context = nullptr;
    const ClusterEntry* cluster = nullptr;
    const UserEntry* user = nullptr; // nothing = anonymous
};

Result<Parts> partsOf(const Kubeconfig& config, const std::string& contextName, Faults& faults)
{
    const bool isEmpty = config.clusters.empty() && config.users.empty() && config.contexts.empty();
    const std::string& name = contextName.empty() ? config.currentContext : contextName;
    if (isEmpty && contextName.empty())
        return failure(ErrorKind::Usage, "No configuration has been provided", {},
            "Name a kubeconfig with --kubeconfig or the variable KUBECONFIG");
    if (name.empty())
        return failure(
            ErrorKind::Usage, "No context chosen: the kubeconfig has no current-context", {}, "Name a context");
    Parts parts;
    parts.context = findEntry(config.contexts, name);
    if (parts.context == nullptr)
        return failure(ErrorKind::Usage,
            contextName.empty() ? "Context was not found for specified context: " + printable(name)
                                : "Context " + quotedName(name) + " does not exist",
            {}, "Choose one of those that \"plimsoll contexts\" lists");
    const ContextEntry& context = *parts.context;
    parts.cluster = findEntry(config.clusters, context.cluster);
    if (context.cluster.empty())
        faults.add("cluster was not specified for context " + quotedName(name));
    else if (parts.cluster == nullptr)
        faults.add("cluster " + quotedName(context.cluster) + " was not found for context " + quotedName(name));
    if (!context.user.empty()) {
        parts.user = findEntry(config.users, context.user);
        if (parts.user == nullptr)
            faults.add("user " + quotedName(context.user) + " was not found for context " + quotedName(name));
    }
    if (!context.ns.empty() && !isDnsLabel(context.ns))
        faults.add("namespace " + quotedName(context.ns) + " for context " + quotedName(name)
            + " does not conform to the kubernetes DNS_LABEL rules");
    return parts;
}

} // namespace

Result<Login> resolveLogin(const Kubeconfig& config, const std::string& contextName, const Environment& /*environment*/)
{
    Faults faults;
    const auto parts = partsOf(config, contextName, faults);
    if (!parts)
        return std::unexpected(parts.error());
    const ContextEntry& context = *parts->context;
    if (parts->user != nullptr)
        checkUser(*parts->user, faults);
    std::expected<detail::Url, std::string> url = std::unexpected("");
    if (parts->cluster != nullptr) {
        checkCluster(*parts->cluster, faults);
        if (!parts->cluster->server.empty() && !(url = serverUrl(*parts->cluster)))
            faults.add(url.error());
    }
    if (!faults.isEmpty() || parts->cluster == nullptr || !url)
        return failure(ErrorKind::Format, faults.toText(),
            printable(context.file) + ", context " + quotedName(context.name), "Correct the kubeconfig");

    Login login;
    login.contextName = context.name;
    login.ns = context.ns.empty() ? "default" : context.ns;
    if (auto filled = fillCluster(*parts->cluster, login); !filled)
        return std::unexpected(std::move(filled.error()));
    std::string path = url->path;
    while (path.ends_with('/'))
        path.pop_back();
    login.server = url->scheme + "://" + url->authority() + path;
    if (parts->user != nullptr) {
        login.user = *parts->user;
        login.userName = context.user;
        login.userFile = parts->user->file;
        login.impersonation = parts->user->impersonation;
    }
    takeUserInfo(*url, login);
    login.auth = authKindOf(login.user);
    if (login.auth == AuthKind::None && !login.user.otherAuthProvider.empty())
        return removedProvider(login.user);
    addWarnings(login);
    return login;
}

Result<Login> inClusterLogin(const Environment& environment)
{
    return detail::inClusterLogin(environment, {});
}

Result<Login> detail::inClusterLogin(const Environment& environment, const std::string& root)
{
    // Source: client-go rest/config.go InClusterConfig.
    const auto variable = [&](std::string_view name) {
        return environment.variable ? environment.variable(name).value_or("") : std::string();
    };
    const std::string host = variable("KUBERNETES_SERVICE_HOST");
    const std::string port = variable("KUBERNETES_SERVICE_PORT");
    if (host.empty() || port.empty())
        return failure(ErrorKind::NotFound,
            "This does not run in a pod: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set", {},
            "Name a kubeconfig with --kubeconfig or the variable KUBECONFIG");
    const std::string folder = root + "/var/run/secrets/kubernetes.io/serviceaccount/";
    auto token = detail::readFile(folder + "token", detail::maxCredentialBytes, true);
    if (!token)
        return failure(token.error().kind, token.error().what, {}, "Mount a service account token into the pod");
    detail::wipe(*token);
    Login login;
    login.clusterName = "in-cluster";
    login.userName = "service account";
    const std::string bracketed
        = host.find(':') != std::string::npos && !host.starts_with('[') ? '[' + host + ']' : host;
    login.server = "https://" + bracketed + ':' + port;
    if (!detail::parseUrl(login.server))
        return failure(ErrorKind::Format, "The address of the API server in the environment cannot be used",
            "KUBERNETES_SERVICE_HOST", {});
    login.user.tokenFile = folder + "token";
    login.auth = AuthKind::InCluster;
    auto authority = detail::readFile(folder + "ca.crt", detail::maxCredentialBytes, true);
    if (authority && detail::faultOfCertificates(*authority).empty()) {
        login.certificateAuthorityPem = *std::move(authority);
        login.certificateAuthorityFile = folder + "ca.crt";
    } else {
        login.warnings.emplace_back("The cluster's certificate authority could not be read in the pod; those of the "
                                    "system are trusted in its place");
    }
    const auto ns = detail::readFile(folder + "namespace", 4096, true);
    login.ns = ns && isDnsLabel(trimmed(*ns)) ? std::string(trimmed(*ns)) : "default";
    return login;
}

} // namespace plimsoll::kube
