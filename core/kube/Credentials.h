// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/base/Progress.h"
#include "core/base/Result.h"
#include "core/kube/Kubeconfig.h"

namespace plimsoll::kube {

// What requests are authenticated with now. Bearer and basic go into headers, and only over https; the certificate
// into the TLS handshake, beside either.
struct Credential {
    std::string bearerToken;
    std::string basicUser, basicPassword;
    std::string clientCertificatePem, clientKeyPem;

    Credential() = default;
    Credential(const Credential&) = default;
    Credential& operator=(const Credential&) = default;
    ~Credential(); // overwrites its secrets
    bool operator==(const Credential&) const = default;
};

// Threads: any. get() blocks on a plugin or an identity provider and stops within a second when cancelled.
class Credentials {
public:
    virtual ~Credentials() = default;
    virtual Result<Credential> get(Progress& progress) = 0; // cached until it expires
    // The server answered 401 to this one: the next get() makes a new one where that is possible.
    virtual void rejected(const Credential& credential) = 0;
    virtual bool canRenew() const = 0; // get() after rejected() may give another one
};

// The program a kubeconfig would run, as it is shown before it runs for the first time.
struct ExecRequest {
    std::string kubeconfig; // the file that names it
    std::string context, user;
    std::string path; // resolved, absolute
    std::vector<std::string> arguments;
    std::vector<std::string> environmentNames; // variables it is given besides those of the process: "AWS_PROFILE=dev"
    std::string sha256; // of the program; a remembered consent holds for path, arguments, environment and this
    std::string key() const; // what a remembered consent is stored under: a digest of all of it
};

// Asked before a program of a kubeconfig runs, on the thread that calls get(). No answer = refused.
using ExecConsent = std::function<bool(const ExecRequest&, Progress&)>;
// Each line a plugin writes to standard error while it runs (device codes and addresses appear there).
using PluginOutput = std::function<void(std::string_view line)>;

struct CredentialOptions {
    ExecConsent consent; // empty = programs are refused, the error shows the exact command
    PluginOutput output;
    Environment environment = Environment::ofProcess();
    int pluginTimeoutSeconds = 300; // a person may have to log in
};
// Errors: those of reading a certificate or key, of a plugin that cannot be found.
Result<std::shared_ptr<Credentials>> makeCredentials(const Login& login, CredentialOptions options);

// Consents that were given "always", one key a line in a file of the user's configuration folder.
class RememberedConsents {
public:
    explicit RememberedConsents(std::string file);
    static std::string defaultFile(const Environment& environment); // $XDG_CONFIG_HOME/plimsoll/exec-consents
    bool has(const ExecRequest& request) const;
    Result<void> add(const ExecRequest& request); // atomically

private:
    std::string m_file;
};

} // namespace plimsoll::kube
