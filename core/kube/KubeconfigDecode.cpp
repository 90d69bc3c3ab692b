// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <initializer_list>

#include "core/base/Text.h"
#include "core/format/Document.h"
#include "core/format/Json.h"
#include "core/format/Yaml.h"
#include "core/kube/detail/KubeconfigInput.h"

// Source: client-go tools/clientcmd/api/v1 types.go and conversion.go, decoded by sigs.k8s.io/yaml: unknown fields are
// passed over, keys are case-sensitive, of equal keys the last counts, and a number is no string.
namespace plimsoll::kube::detail {

namespace {

using format::Type;
using format::Value;

std::string_view nameOf(Type type)
{
    switch (type) {
    case Type::Null:
        return "null";
    case Type::Boolean:
        return "a boolean";
    case Type::Number:
        return "a number";
    case Type::String:
        return "a string";
    case Type::Array:
        return "a list";
    case Type::Object:
        return "an object";
    }
    return "";
}

class Decoder {
public:
    Decoder(const std::string& text, const std::string& file, bool isYaml)
        : m_text(text)
        , m_file(file)
        , m_folder(folderOf(file))
        , m_isYaml(isYaml)
    {
    }

    Result<void> decode(Value root, Kubeconfig& config);

private:
    using Entry = void (Decoder::*)(Value, const std::string&, Kubeconfig&);

    void checkType(Value root);
    void readList(Value root, std::string_view list, std::string_view member, Entry read, Kubeconfig& config);
    void readCluster(Value entry, const std::string& name, Kubeconfig& config);
    void readUser(Value entry, const std::string& name, Kubeconfig& config);
    void readContext(Value entry, const std::string& name, Kubeconfig& config);
    void readImpersonation(Value user, Impersonation& impersonation);
    std::optional<ExecPlugin> readExec(Value exec);
    void readAuthProvider(Value provider, UserEntry& user);
    void checkExtensions(Value owner, std::string_view what);

    // A member of the wanted type; absent when it is missing or null. Anything else is the error of the file.
    Value member(Value object, std::string_view key, Type type);
    std::string string(Value object, std::string_view key)
    {
        return std::string(member(object, key, Type::String).text());
    }
    std::string path(Value object, std::string_view key) { return absolutePath(string(object, key), m_folder); }
    bool boolean(Value object, std::string_view key)
    {
        return member(object, key, Type::Boolean).asBool().value_or(false);
    }
    std::string data(Value object, std::string_view key);
    std::vector<std::string> strings(Value object, std::string_view key);

    std::uint32_t lineOf(Value value) const;
    void fail(std::string what, Value at, std::string advice);

    const std::string& m_text;
    const std::string& m_file;
    std::string m_folder;
    std::string m_at; // "clusters[2].": where in the file, for messages
    bool m_isYaml;
    std::optional<Error> m_error; // the first one
};

std::uint32_t Decoder::lineOf(Value value) const
{
    if (m_isYaml || value.isAbsent())
        return value.position();
    const auto end
        = m_text.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(value.position(), m_text.size()));
    return static_cast<std::uint32_t>(1 + std::count(m_text.begin(), end, '\n'));
}

void Decoder::fail(std::string what, Value at, std::string advice)
{
    if (m_error)
        return;
    const std::uint32_t line = lineOf(at);
    std::string where = printable(m_file);
    if (line > 0)
        where += ':' + std::to_string(line);
    m_error = Error { ErrorKind::Format, std::move(what), std::move(where), std::move(advice) };
}

Value Decoder::member(Value object, std::string_view key, Type type)
{
    const Value value = object[key];
    if (value.isAbsent() || value.type() == Type::Null)
        return {};
    if (value.type() == type)
        return value;
    const bool isForgottenQuote
        = type == Type::String && (value.type() == Type::Number || value.type() == Type::Boolean);
    fail(m_at + std::string(key) + " is " + std::string(nameOf(value.type())) + ", not " + std::string(nameOf(type)),
        value, isForgottenQuote ? "Put the value into quotes" : "");
    return {};
}

std::string Decoder::data(Value object, std::string_view key)
{
    const Value value = member(object, key, Type::String);
    auto bytes = decodeBase64Strict(value.text());
    if (!bytes) {
        fail(m_at + std::string(key) + ": illegal base64 data at input byte " + std::to_string(bytes.error()), value,
            "Copy the value again, it may have been cut");
        return {};
    }
    return *std::move(bytes);
}

std::vector<std::string> Decoder::strings(Value object, std::string_view key)
{
    std::vector<std::string> texts;
    for (const Value element : member(object, key, Type::Array)) {
        if (element.isString() || element.type() == Type::Null)
            texts.emplace_back(element.text());
        else
            fail(m_at + std::string(key) + " holds " + std::string(nameOf(element.type())) + ", not a string", element,
                "Put the value into quotes");
    }
    return texts;
}

// Nothing else of an entry may be in the message: it can hold a token.
void Decoder::checkExtensions(Value owner, std::string_view what)
{
    std::vector<std::string> names;
    for (const Value extension : member(owner, "extensions", Type::Array)) {
        const std::string name(extension["name"].text());
        if (std::ranges::find(names, name) != names.end())
            fail("Duplicate name " + quotedName(name) + " in the extensions of " + std::string(what), extension,
                "Remove or rename one of them");
        names.push_back(name);
    }
}

void Decoder::readCluster(Value entry, const std::string& name, Kubeconfig& config)
{
    ClusterEntry cluster;
    cluster.name = name;
    cluster.file = m_file;
    cluster.server = string(entry, "server");
    cluster.tlsServerName = string(entry, "tls-server-name");
    cluster.certificateAuthority = path(entry, "certificate-authority");
    cluster.certificateAuthorityData = data(entry, "certificate-authority-data");
    cluster.proxyUrl = string(entry, "proxy-url");
    cluster.skipsTlsVerify = boolean(entry, "insecure-skip-tls-verify");
    cluster.disablesCompression = boolean(entry, "disable-compression");
    checkExtensions(entry, "a cluster");
    for (const Value extension : entry["extensions"]) {
        if (extension["name"].text() == "client.authentication.k8s.io/exec" && extension["extension"].isPresent())
            cluster.execConfigJson = format::toJson(extension["extension"]);
    }
    config.clusters.push_back(std::move(cluster));
}

void Decoder::readContext(Value entry, const std::string& name, Kubeconfig& config)
{
    ContextEntry context;
    context.name = name;
    context.file = m_file;
    context.line = lineOf(entry);
    context.cluster = string(entry, "cluster");
    context.user = string(entry, "user");
    context.ns = string(entry, "namespace");
    checkExtensions(entry, "a context");
    config.contexts.push_back(std::move(context));
}

void Decoder::readImpersonation(Value user, Impersonation& impersonation)
{
    impersonation.user = string(user, "as");
    impersonation.uid = string(user, "as-uid");
    impersonation.groups = strings(user, "as-groups");
    const Value extra = member(user, "as-user-extra", Type::Object);
    for (const Value values : extra)
        impersonation.extra.emplace_back(std::string(values.key()), strings(extra, values.key()));
    std::ranges::sort(impersonation.extra);
}

std::optional<ExecPlugin> Decoder::readExec(Value exec)
{
    if (exec.isAbsent())
        return std::nullopt;
    ExecPlugin plugin;
    plugin.apiVersion = string(exec, "apiVersion");
    plugin.command = string(exec, "command");
    // Without a separator it is searched in PATH.
    if (plugin.command.find('/') != std::string::npos)
        plugin.command = absolutePath(plugin.command, m_folder);
    plugin.arguments = strings(exec, "args");
    for (const Value variable : member(exec, "env", Type::Array))
        plugin.environment.emplace_back(string(variable, "name"), string(variable, "value"));
    plugin.installHint = string(exec, "installHint");
    plugin.providesClusterInfo = boolean(exec, "provideClusterInfo");
    plugin.declaredMode = string(exec, "interactiveMode");
    if (plugin.declaredMode == "Never")
        plugin.interactiveMode = ExecPlugin::InteractiveMode::Never;
    else if (plugin.declaredMode == "Always")
        plugin.interactiveMode = ExecPlugin::InteractiveMode::Always;
    return plugin;
}

void Decoder::readAuthProvider(Value provider, UserEntry& user)
{
    if (provider.isAbsent())
        return;
    const std::string name = string(provider, "name");
    const Value settings = member(provider, "config", Type::Object);
    for (const Value setting : settings)
        string(settings, setting.key());
    if (name != "oidc") {
        user.otherAuthProvider = name.empty() ? "without a name" : name;
        return;
    }
    OidcProvider oidc;
    oidc.issuerUrl = string(settings, "idp-issuer-url");
    oidc.clientId = string(settings, "client-id");
    oidc.clientSecret = string(settings, "client-secret");
    oidc.idToken = string(settings, "id-token");
    oidc.refreshToken = string(settings, "refresh-token");
    oidc.certificateAuthority = path(settings, "idp-certificate-authority");
    // Only a fault of this provider, not of the file: client-go decodes it when it is used.
    if (auto pem = decodeBase64Strict(string(settings, "idp-certificate-authority-data")))
        oidc.certificateAuthorityPem = *std::move(pem);
    else
        oidc.fault = "idp-certificate-authority-data: illegal base64 data at input byte " + std::to_string(pem.error());
    user.oidc = oidc;
}

void Decoder::readUser(Value entry, const std::string& name, Kubeconfig& config)
{
    UserEntry user;
    user.name = name;
    user.file = m_file;
    user.clientCertificate = path(entry, "client-certificate");
    user.clientKey = path(entry, "client-key");
    user.clientCertificateData = data(entry, "client-certificate-data");
    user.clientKeyData = data(entry, "client-key-data");
    user.token = string(entry, "token");
    user.tokenFile = path(entry, "tokenFile");
    user.username = string(entry, "username");
    user.password = string(entry, "password");
    readImpersonation(entry, user.impersonation);
    user.exec = readExec(member(entry, "exec", Type::Object));
    readAuthProvider(member(entry, "auth-provider", Type::Object), user);
    checkExtensions(entry, "a user");
    config.users.push_back(user);
}

void Decoder::readList(Value root, std::string_view list, std::string_view memberName, Entry read, Kubeconfig& config)
{
    m_at.clear();
    std::vector<std::string> names;
    std::size_t index = 0;
    for (const Value element : member(root, list, Type::Array)) {
        m_at = std::string(list) + '[' + std::to_string(index++) + "].";
        if (!element.isObject() && element.type() != Type::Null)
            fail(m_at.substr(0, m_at.size() - 1) + " is " + std::string(nameOf(element.type())) + ", not an object",
                element, "");
        const std::string name = string(element, "name");
        if (std::ranges::find(names, name) != names.end())
            fail("Duplicate name " + quotedName(name) + " in " + std::string(list), element,
                "Remove or rename one of them");
        names.push_back(name);
        const Value entry = member(element, memberName, Type::Object);
        m_at += std::string(memberName) + '.';
        (this->*read)(entry.isPresent() ? entry : Value(), name, config);
        if (m_error)
            return;
    }
    m_at.clear();
}

void Decoder::checkType(Value root)
{
    std::string kind = string(root, "kind");
    std::string version = string(root, "apiVersion");
    kind = kind.empty() ? "Config" : kind;
    version = version.empty() ? "v1" : version;
    if (kind != "Config" || version != "v1")
        fail("No kind " + quotedName(kind) + " is registered for version " + quotedName(version), root["kind"],
            "Give a kubeconfig: kind Config, apiVersion v1");
}

Result<void> Decoder::decode(Value root, Kubeconfig& config)
{
    if (root.isAbsent() || root.type() == Type::Null)
        return {};
    if (!root.isObject())
        fail("The file is " + std::string(nameOf(root.type())) + ", not a kubeconfig", root, "");
    checkType(root);
    config.currentContext = string(root, "current-context");
    checkExtensions(root, "the file");
    readList(root, "clusters", "cluster", &Decoder::readCluster, config);
    readList(root, "users", "user", &Decoder::readUser, config);
    readList(root, "contexts", "context", &Decoder::readContext, config);
    if (m_error)
        return std::unexpected(*m_error);
    return {};
}

void appendUtf8(std::string& out, char32_t code)
{
    if (code < 0x80) {
        out += static_cast<char>(code);
    } else if (code < 0x800) {
        out += static_cast<char>(0xC0 | (code >> 6));
        out += static_cast<char>(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        out += static_cast<char>(0xE0 | (code >> 12));
        out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
        out += static_cast<char>(0x80 | (code & 0x3F));
    } else {
        out += static_cast<char>(0xF0 | (code >> 18));
        out += static_cast<char>(0x80 | ((code >> 12) & 0x3F));
        out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
        out += static_cast<char>(0x80 | (code & 0x3F));
    }
}

std::string fromUtf16(std::string_view bytes, bool isBigEndian)
{
    std::string out;
    out.reserve(bytes.size() / 2);
    const auto unitAt = [&](std::size_t i) {
        const auto first = static_cast<unsigned char>(bytes[i]);
        const auto second = static_cast<unsigned char>(bytes[i + 1]);
        return static_cast<char32_t>(isBigEndian ? first << 8 | second : second << 8 | first);
    };
    for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
        char32_t code = unitAt(i);
        const bool isHigh = code >= 0xD800 && code < 0xDC00;
        if (isHigh && i + 3 < bytes.size() && unitAt(i + 2) >= 0xDC00 && unitAt(i + 2) < 0xE000) {
            code = 0x10000 + ((code - 0xD800) << 10) + (unitAt(i + 2) - 0xDC00);
            i += 2;
        } else if (code >= 0xD800 && code < 0xE000) {
            code = 0xFFFD;
        }
        appendUtf8(out, code);
    }
    return out;
}

// By the byte order mark, as yaml readers do; Windows tools write kubeconfigs so.
void becomeUtf8(std::string& text)
{
    if (text.starts_with("\xEF\xBB\xBF")) {
        text.erase(0, 3);
        return;
    }
    const bool isLittle = text.starts_with("\xFF\xFE");
    if (!isLittle && !text.starts_with("\xFE\xFF"))
        return;
    std::string converted = fromUtf16(std::string_view(text).substr(2), !isLittle);
    wipe(text);
    text = std::move(converted);
}

struct Parsed {
    format::Document document;
    bool isYaml = true;
};

Result<void> parseFirst(const std::string& text, const std::string& file, Parsed& parsed, Kubeconfig& config)
{
    const std::string_view content = trimmed(text);
    if (content.empty())
        return {};
    if (content.starts_with('{')) {
        format::JsonParser parser;
        if (parser.parseCopy(text, parsed.document)) {
            parsed.isYaml = false;
            return {};
        }
        parsed.document.clear();
    }
    const auto pieces = format::splitYaml(text);
    if (pieces.empty())
        return {};
    if (pieces.size() > 1)
        config.problems.push_back({ ErrorKind::Format,
            "Only the first of " + std::to_string(pieces.size()) + " documents is read, as kubectl does",
            printable(file), "Put each into a file of its own and name them all in KUBECONFIG" });
    auto result = format::parseYaml(pieces[0].text, pieces[0].firstLine, parsed.document);
    if (!result) {
        // A parser may quote what it stumbled over after a colon, and that can be a password.
        Error error = std::move(result.error());
        error.what = "No YAML: " + printable(error.what.substr(0, error.what.find(':')));
        error.where = printable(file) + (error.where.empty() ? std::string() : ", " + error.where);
        return std::unexpected(std::move(error));
    }
    return {};
}

} // namespace

Result<Kubeconfig> decodeKubeconfig(std::string text, const std::string& file)
{
    becomeUtf8(text);
    Kubeconfig config;
    Parsed parsed;
    auto result = parseFirst(text, file, parsed, config);
    if (result)
        result = Decoder(text, file, parsed.isYaml).decode(parsed.document.root(), config);
    wipeStrings(parsed.document);
    wipe(text);
    if (!result)
        return std::unexpected(std::move(result.error()));
    config.files.push_back(file);
    return config;
}

} // namespace plimsoll::kube::detail
