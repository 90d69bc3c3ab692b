// SPDX-License-Identifier: Apache-2.0
#include "core/kube/detail/ExecPlugin.h"

#include <algorithm>
#include <array>
#include <fcntl.h>
#include <map>
#include <unistd.h>

#include "core/base/Text.h"
#include "core/format/Json.h"
#include "core/format/Sha256.h"
#include "core/format/Yaml.h"
#include "core/kube/detail/KubeconfigInput.h"

namespace plimsoll::kube::detail {

namespace {

Result<std::string> hashOfFile(const std::string& path)
{
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0)
        return failure(ErrorKind::Access, "The program cannot be read to recognise it again", printable(path),
            "Make it readable for you");
    format::Sha256 hash;
    std::array<char, 65536> buffer;
    ssize_t size = 0;
    while ((size = ::read(file, buffer.data(), buffer.size())) > 0)
        hash.update({ buffer.data(), static_cast<std::size_t>(size) });
    ::close(file);
    if (size < 0)
        return failure(ErrorKind::Access, "The program cannot be read to recognise it again", printable(path),
            "Make it readable for you");
    return hash.finishHex();
}

void appendField(std::string& text, std::string_view field)
{
    text += std::to_string(field.size());
    text += ':';
    text += field;
}

void appendMember(std::string& json, std::string_view name, std::string_view value)
{
    if (!value.empty())
        json += ',' + jsonQuoted(name) + ':' + jsonQuoted(value);
}

std::string clusterInfo(const Login& login)
{
    std::string json = "{\"server\":" + jsonQuoted(login.server);
    appendMember(json, "tls-server-name", login.tlsServerName);
    if (login.skipsTlsVerify)
        json += ",\"insecure-skip-tls-verify\":true";
    if (login.certificateAuthorityPem)
        appendMember(json, "certificate-authority-data", encodeBase64(*login.certificateAuthorityPem));
    appendMember(json, "proxy-url", login.proxyUrl);
    if (login.disablesCompression)
        json += ",\"disable-compression\":true";
    return json + ",\"config\":" + (login.execConfigJson.empty() ? "null" : login.execConfigJson) + '}';
}

// For a shell, so that it can be tried by hand.
std::string shellWord(std::string_view word)
{
    const auto isPlain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
            || std::string_view("-_./=:,@%+").find(c) != std::string_view::npos;
    };
    if (!word.empty() && std::ranges::all_of(word, isPlain))
        return std::string(word);
    std::string quoted = "'";
    for (const char c : word)
        quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return printable(quoted + '\'');
}

constexpr std::string_view leftOut = "[...]";

// Whether a variable or a flag is one that plugins are given secrets in: "--oidc-client-secret",
// "AWS_SECRET_ACCESS_KEY".
bool namesSecret(std::string_view name)
{
    const std::string lower = toLowerAscii(name);
    for (const std::string_view word : { "secret", "passw", "passphrase", "token", "private", "credential" }) {
        const bool isLocation = lower.ends_with("file") || lower.ends_with("path") || lower.ends_with("dir");
        if (lower.find(word) != std::string::npos && !isLocation)
            return true;
    }
    return false;
}

std::unexpected<Error> badAnswer(std::string what, const ExecPlugin& plugin)
{
    return failure(ErrorKind::Format, "Exec plugin: " + std::move(what), printable(plugin.command),
        "Update the plugin, or correct apiVersion in the kubeconfig");
}

Result<ExecStatus> statusOf(format::Value root, const ExecPlugin& plugin)
{
    const std::string version(root["apiVersion"].text());
    if (root["kind"].text() != "ExecCredential")
        return badAnswer("its output is no ExecCredential", plugin);
    if (version != plugin.apiVersion)
        return badAnswer("it is configured to use API version " + printable(plugin.apiVersion)
                + ", plugin returned version " + printable(shortened(version, 100)),
            plugin);
    const format::Value status = root["status"];
    if (!status.isObject())
        return badAnswer("it didn't return a status field", plugin);
    ExecStatus answer;
    answer.credential.bearerToken = std::string(status["token"].text());
    answer.credential.clientCertificatePem = std::string(status["clientCertificateData"].text());
    answer.credential.clientKeyPem = std::string(status["clientKeyData"].text());
    const bool hasCertificate = !answer.credential.clientCertificatePem.empty();
    if (hasCertificate != !answer.credential.clientKeyPem.empty())
        return badAnswer("it returned only certificate or key, not both", plugin);
    if (!hasCertificate && answer.credential.bearerToken.empty())
        return badAnswer("it didn't return a token or cert/key pair", plugin);
    if (hasCertificate) {
        const std::string fault
            = faultOfKeyPair(answer.credential.clientCertificatePem, answer.credential.clientKeyPem);
        if (!fault.empty())
            return badAnswer("failed parsing client key/certificate: " + fault, plugin);
    }
    const format::Value expires = status["expirationTimestamp"];
    if (expires.isPresent() && expires.type() != format::Type::Null) {
        answer.expiresAt = parseTime(expires.text());
        if (!answer.expiresAt)
            return badAnswer("its expirationTimestamp is no time", plugin);
    }
    return answer;
}

} // namespace

bool isInteractive(const ExecPlugin& plugin, const Environment& environment)
{
    return plugin.interactiveMode != ExecPlugin::InteractiveMode::Never && environment.isTerminal;
}

std::string execInfo(const Login& login, const ExecPlugin& plugin, bool interactive)
{
    return "{\"kind\":\"ExecCredential\",\"apiVersion\":" + jsonQuoted(plugin.apiVersion) + ",\"spec\":{"
        + (plugin.providesClusterInfo ? "\"cluster\":" + clusterInfo(login) + ',' : std::string())
        + "\"interactive\":" + (interactive ? "true" : "false") + "}}";
}

std::vector<std::string> pluginEnvironment(const Login& login, const ExecPlugin& plugin, const Environment& environment)
{
    std::map<std::string, std::string> variables;
    for (const auto& [name, value] : environment.variables)
        variables[name] = value;
    std::string path = variables["PATH"];
    for (const std::string& folder : additionalFolders(environment)) {
        if (::access(folder.c_str(), X_OK) == 0)
            path += (path.empty() ? "" : ":") + folder;
    }
    variables["PATH"] = path;
    for (const auto& [name, value] : plugin.environment)
        variables[name] = value;
    variables["KUBERNETES_EXEC_INFO"] = execInfo(login, plugin, isInteractive(plugin, environment));
    std::vector<std::string> texts;
    for (const auto& [name, value] : variables)
        texts.push_back(name + '=' + value);
    return texts;
}

Result<ExecStatus> readExecStatus(std::string text, const ExecPlugin& plugin)
{
    format::Document document;
    format::JsonParser parser;
    bool isParsed = parser.parseCopy(text, document).has_value();
    if (!isParsed) {
        document.clear();
        isParsed = format::parseYaml(text, 1, document).has_value();
    }
    // No word of the output in any message: it is a credential.
    Result<ExecStatus> status = isParsed && document.root().isObject()
        ? statusOf(document.root(), plugin)
        : Result<ExecStatus>(badAnswer("its output is no ExecCredential", plugin));
    wipeStrings(document);
    wipe(text);
    return status;
}

Result<ExecRequest> describeProgram(const Login& login, const ExecPlugin& plugin, const Environment& environment)
{
    auto path = findProgram(plugin, environment);
    if (!path)
        return std::unexpected(std::move(path.error()));
    auto hash = hashOfFile(*path);
    if (!hash)
        return std::unexpected(std::move(hash.error()));
    ExecRequest request;
    request.kubeconfig = login.userFile;
    request.context = login.contextName;
    request.user = login.userName;
    request.path = *std::move(path);
    request.arguments = plugin.arguments;
    for (const auto& [name, value] : plugin.environment)
        request.environmentNames.push_back(name + '=' + value);
    request.sha256 = *std::move(hash);
    return request;
}

std::string commandLine(const ExecRequest& request)
{
    std::string line;
    for (const std::string& variable : request.environmentNames) {
        const std::size_t equals = std::min(variable.find('='), variable.size());
        const std::string name = variable.substr(0, equals);
        const std::string value = equals < variable.size() ? variable.substr(equals + 1) : std::string();
        line += printable(name) + '=' + (namesSecret(name) ? std::string(leftOut) : shellWord(value)) + ' ';
    }
    line += shellWord(request.path);
    bool isSecret = false; // the word is the value of a flag before it
    for (const std::string& argument : request.arguments) {
        const std::size_t equals = std::min(argument.find('='), argument.size());
        const bool isFlag = argument.starts_with('-');
        const bool isSecretFlag = isFlag && namesSecret(argument.substr(0, equals));
        line += ' ';
        if (isSecret && !isFlag)
            line += leftOut;
        else if (isSecretFlag && equals < argument.size())
            line += shellWord(argument.substr(0, equals + 1)) + std::string(leftOut);
        else
            line += shellWord(argument);
        isSecret = isSecretFlag && equals == argument.size();
    }
    return line;
}

} // namespace plimsoll::kube::detail

namespace plimsoll::kube {

std::string ExecRequest::key() const
{
    // Each field with its length: no two requests read the same.
    std::string text = "plimsoll-exec-1;";
    detail::appendField(text, kubeconfig);
    detail::appendField(text, path);
    detail::appendField(text, sha256);
    text += std::to_string(arguments.size()) + ';';
    for (const std::string& argument : arguments)
        detail::appendField(text, argument);
    text += std::to_string(environmentNames.size()) + ';';
    for (const std::string& variable : environmentNames)
        detail::appendField(text, variable);
    return format::sha256Hex(text);
}

} // namespace plimsoll::kube
