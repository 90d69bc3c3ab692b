// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/Result.h"

// Which cluster, how to reach it and as whom: the kubeconfig files, read with the semantics of client-go.
// Source: k8s.io/client-go tools/clientcmd (loader.go, merge, validation.go, client_config.go).
namespace plimsoll::kube {

// What client-go takes from the process around it; passed in, so that the window and tests can set it.
struct Environment {
    std::function<std::optional<std::string>(std::string_view)> variable; // KUBECONFIG, HTTPS_PROXY, PATH ...
    std::vector<std::pair<std::string, std::string>> variables; // all, for plugins: name, value
    std::string home;
    std::string workingFolder;
    bool isTerminal = false; // standard input is one: plugins may ask
    static Environment ofProcess();
};

// A program that a kubeconfig names to make credentials (client.authentication.k8s.io).
struct ExecPlugin {
    enum class InteractiveMode : std::uint8_t { Never, IfAvailable, Always };
    std::string apiVersion;
    std::string command; // absolute when the file gave a relative path with a separator; else searched in PATH
    std::vector<std::string> arguments;
    std::vector<std::pair<std::string, std::string>> environment;
    std::string installHint;
    bool providesClusterInfo = false;
    InteractiveMode interactiveMode = InteractiveMode::IfAvailable;
    std::string declaredMode; // interactiveMode as the file has it, "" when it has none: v1 must have one
};

// The "oidc" auth-provider.
struct OidcProvider {
    std::string issuerUrl, clientId, clientSecret, idToken, refreshToken, certificateAuthorityPem;
    std::string certificateAuthority; // path; used when there is no data
    std::string fault; // why it cannot be used, "" = nothing known

    OidcProvider() = default;
    OidcProvider(const OidcProvider&) = default;
    OidcProvider& operator=(const OidcProvider&) = default;
    ~OidcProvider(); // overwrites its secrets
};

struct Impersonation {
    std::string user, uid;
    std::vector<std::string> groups;
    std::vector<std::pair<std::string, std::vector<std::string>>> extra;
};

struct ClusterEntry {
    std::string name;
    std::string file; // that it came from; relative paths are made absolute against its folder
    std::string server;
    std::string tlsServerName;
    std::string certificateAuthority; // path
    std::string certificateAuthorityData; // PEM, decoded
    std::string proxyUrl;
    std::string execConfigJson; // extension client.authentication.k8s.io/exec, "" when there is none
    bool skipsTlsVerify = false;
    bool disablesCompression = false;
};

struct UserEntry {
    std::string name;
    std::string file;
    std::string clientCertificate, clientKey; // paths
    std::string clientCertificateData, clientKeyData; // PEM, decoded
    std::string token, tokenFile;
    std::string username, password;
    Impersonation impersonation;
    std::optional<ExecPlugin> exec;
    std::optional<OidcProvider> oidc;
    std::string otherAuthProvider; // "gcp", "azure": removed from client-go, answered with what replaces it

    UserEntry() = default;
    UserEntry(const UserEntry&) = default;
    UserEntry& operator=(const UserEntry&) = default;
    ~UserEntry(); // overwrites its secrets; so there is no move that would leave one behind
};

struct ContextEntry {
    std::string name;
    std::string file;
    std::uint32_t line = 0; // where it stands, 1-based
    std::string cluster, user, ns;
};

// The merged configuration. First file wins, entry by entry. Never print it: it holds credentials.
struct Kubeconfig {
    std::vector<ClusterEntry> clusters; // in the order of files, then of their place
    std::vector<UserEntry> users;
    std::vector<ContextEntry> contexts;
    std::string currentContext;
    std::vector<std::string> files; // those that were read, absolute
    std::vector<Error> problems; // files that could not be read or decoded, and what was odd: the rest is there
};

// explicitPath: --kubeconfig, the only file then. Else $KUBECONFIG as a list, else ~/.kube/config.
// Errors: NotFound/Access/Format of the explicit file; with a list, a bad file is a problem and the good ones stay.
Result<Kubeconfig> loadKubeconfig(const std::string& explicitPath, const Environment& environment);

// How a login proves who it is, for display.
enum class AuthKind : std::uint8_t { None, ClientCertificate, Token, TokenFile, Basic, Exec, Oidc, InCluster };
std::string_view toText(AuthKind kind); // "client certificate", "token", "exec plugin aws" needs the command besides

// Everything one context says, valid and complete, with files read; what is needed to talk to its API server.
struct Login {
    std::string contextName; // "" for in-cluster
    std::string clusterName, userName, ns; // ns: "default" when the context has none
    std::string server; // "https://host:port/prefix", no trailing slash
    std::string tlsServerName;
    std::optional<std::string> certificateAuthorityPem; // the only trust anchors; nothing = those of the system
    std::string certificateAuthorityFile; // where they came from, "" for data; read again when a verification fails
    std::string proxyUrl; // of the kubeconfig, "" = decided by the environment (kube::proxyFor)
    std::string execConfigJson;
    bool skipsTlsVerify = false;
    bool disablesCompression = false;
    Impersonation impersonation;
    UserEntry user; // credentials; files are read (again) by Credentials
    AuthKind auth = AuthKind::None;
    std::string userFile; // for consent: which file asked
    std::vector<std::string> warnings; // "the API server's identity is not verified ...", paths outside the folder ...
};

// contextName "" = current-context. Never falls back to localhost and never asks for a name, unlike kubectl.
// Errors: Usage (no such context, nothing configured), Format (all faults of validation, joined), Access (a file of
// it).
Result<Login> resolveLogin(const Kubeconfig& config, const std::string& contextName, const Environment& environment);
// The service account of the pod this runs in: used when no kubeconfig says anything. NotFound outside of a pod.
Result<Login> inClusterLogin(const Environment& environment);

// The proxy for a URL as Go's httpproxy decides: HTTPS_PROXY before https_proxy, NO_PROXY with CIDRs, loopback never.
std::string proxyFor(std::string_view url, const Environment& environment);

} // namespace plimsoll::kube
