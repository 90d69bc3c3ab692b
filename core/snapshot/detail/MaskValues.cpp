// SPDX-License-Identifier: Apache-2.0
// What a literal value under a name is. Nothing here copies a value to the heap: it may be secret.
#include <algorithm>
#include <array>
#include <cmath>

#include "core/base/Text.h"
#include "core/snapshot/detail/MaskNames.h"

namespace plimsoll::snapshot::detail {

namespace {

constexpr std::size_t maxValue = 4096;
constexpr std::size_t maxWord = 32;

char small(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

bool isNumeral(char c)
{
    return c >= '0' && c <= '9';
}

bool isAlpha(char c)
{
    return small(c) >= 'a' && small(c) <= 'z';
}

// A short text in lower case without separators; empty when it is long. On the stack, and wiped.
class Word {
public:
    explicit Word(std::string_view text)
    {
        if (text.size() > maxWord)
            return;
        for (const char c : text) {
            if (isAlpha(c) || isNumeral(c) || c == '@' || c == '$')
                m_letters[m_size++] = small(c);
        }
    }
    ~Word()
    {
        for (char& letter : m_letters)
            static_cast<volatile char&>(letter) = 0;
    }
    Word(const Word&) = delete;
    Word& operator=(const Word&) = delete;

    std::string_view view() const { return { m_letters.data(), m_size }; }
    // "p@ssw0rd" as "password".
    void readDigitsAsLetters()
    {
        for (std::size_t i = 0; i < m_size; ++i) {
            char& letter = m_letters[i];
            switch (letter) {
            case '0':
                letter = 'o';
                break;
            case '@':
                letter = 'a';
                break;
            case '3':
                letter = 'e';
                break;
            case '5':
            case '$':
                letter = 's';
                break;
            default:
                break;
            }
        }
    }

private:
    std::array<char, maxWord> m_letters {};
    std::size_t m_size = 0;
};

constexpr std::array plainWords = std::to_array<std::string_view>(
    { "auto", "contraseña", "default", "disabled", "empty", "enabled", "false", "incorrect", "invalid", "is",
        "kennwort", "missing", "must", "n/a", "nil", "no", "none", "not", "null", "off", "on", "optional", "passwort",
        "required", "senha", "should", "string", "the", "true", "undefined", "unset", "wachtwoord", "wrong", "yes" });

bool isPlainWord(std::string_view value)
{
    const auto equals = [&](std::string_view word) { return std::ranges::equal(word, value, {}, {}, small); };
    return std::ranges::any_of(plainWords, equals);
}

// What manuals, images and charts come with.
constexpr std::array weakWords = std::to_array<std::string_view>({ "abc", "admin", "administrator", "adminpassword",
    "airflow", "ansible", "bitnami", "calvin", "cassandra", "changeit", "changeme", "changemeinproduction",
    "changemenow", "changemeplease", "changepassword", "changethis", "clickhouse", "couchdb", "default",
    "defaultpassword", "demo", "dev", "docker", "dummy", "elastic", "example", "fake", "fixme", "foo", "foobar",
    "gitea", "grafana", "guest", "harbor", "influxdb", "jenkins", "keycloak", "kibana", "kubernetes", "letmein",
    "mariadb", "minio", "minioadmin", "mongo", "mongodb", "mypassword", "mysecret", "mysecretpassword", "mysecretpw",
    "mysql", "nexus", "operator", "oracle", "pass", "passwd", "password", "postgres", "postgresql", "postgrespassword",
    "promoperator", "public", "pwd", "qwerty", "rabbitmq", "rancher", "redis", "replaceme", "root", "rootpassword",
    "sample", "secret", "sonar", "superset", "sysadmin", "system", "test", "testing", "testpassword", "tomcat", "toor",
    "user", "vagrant", "welcome", "wordpress", "yourpassword", "yourpasswordhere", "yoursecret", "zabbix" });

bool isWeakWord(std::string_view word)
{
    return std::ranges::binary_search(weakWords, word);
}

bool isWeakDefault(std::string_view value)
{
    if (value.size() > maxWord)
        return false;
    Word word(value);
    std::string_view text = word.view();
    if (text.empty())
        return false;
    if (std::string_view("12345678901234567890").starts_with(text) || std::string_view("9876543210").starts_with(text))
        return true;
    if (text.size() >= 3 && text.find_first_not_of(text.front()) == text.npos)
        return true;
    if (isWeakWord(text))
        return true;
    std::size_t end = text.size();
    while (end > 0 && text.size() - end < 5 && isNumeral(text[end - 1]))
        --end;
    if (isWeakWord(text.substr(0, end))) // "admin123"
        return true;
    word.readDigitsAsLetters();
    return isWeakWord(text) || isWeakWord(text.substr(0, end));
}

bool isNumberOrDuration(std::string_view value)
{
    std::size_t i = value.front() == '-' ? 1 : 0;
    while (i < value.size() && (isNumeral(value[i]) || value[i] == '.' || value[i] == ','))
        ++i;
    if (i == 0)
        return false;
    const std::string_view unit = value.substr(i);
    return unit.empty() || unit == "s" || unit == "m" || unit == "h" || unit == "d" || unit == "ms" || unit == "Mi"
        || unit == "Gi" || unit == "Ki" || unit == "m0s" || unit == "h0m0s" || unit == "min" || unit == "days";
}

bool isPlaceholder(std::string_view value)
{
    for (const std::string_view mark : { "$(", "${", "{{", "}}", "<masked:", "REDACTED", "redacted", "HIDDEN", "#{" }) {
        if (value.find(mark) != value.npos)
            return true;
    }
    if (value.front() == '<' || value.front() == '%' || value.starts_with("...") || value.starts_with("[[")
        || (value.starts_with("__") && value.ends_with("__")) || (value.front() == '@' && value.back() == '@'))
        return true;
    if (value.starts_with("valueFrom") || value.starts_with("secretKeyRef"))
        return true;
    if (value.front() == '$') { // $VARIABLE, $1, $variable
        return std::ranges::all_of(value.substr(1),
            [](char c) { return isNumeral(c) || c == '_' || isAlpha(c) || c == '{' || c == '}' || c == ':'; });
    }
    return value.find_first_not_of("*xX.-_") == value.npos || value.find_first_not_of("\xE2\x80\xA2") == value.npos;
}

// "your-api-key-here", "insert-token": what stands there until somebody fills it in.
bool asksToBeFilled(std::string_view value)
{
    constexpr std::array<std::string_view, 8> starts { "your", "insert", "replace", "enter", "put", "todo", "tbd",
        "fill" };
    const Word word(value);
    const std::string_view text = word.view();
    const auto begins = [&](std::string_view start) { return text.starts_with(start); };
    if (!std::ranges::any_of(starts, begins))
        return text.ends_with("goeshere") || text.ends_with("here");
    return text == "tbd" || text == "todo" || text.find("key") != text.npos || text.find("token") != text.npos
        || text.find("secret") != text.npos || text.find("pass") != text.npos || text.find("me") != text.npos;
}

bool isPath(std::string_view value)
{
    if (value.starts_with("./") || value.starts_with("../") || value.starts_with("~/") || value.starts_with("file:"))
        return true;
    const auto isPathLetter
        = [](char c) { return isAlpha(c) || isNumeral(c) || c == '/' || c == '.' || c == '-' || c == '_' || c == ' '; };
    if (!std::ranges::all_of(value, isPathLetter))
        return value.size() > 2 && value[1] == ':' && value[2] == '\\';
    if (value.front() == '/')
        return !isTokenShaped(value.substr(1)) || std::ranges::count(value, '/') > 1;
    if (std::ranges::count(value, '/') >= 2 && !isTokenShaped(value) && std::ranges::count_if(value, isNumeral) < 4)
        return true;
    constexpr std::array<std::string_view, 13> ends { ".yaml", ".yml", ".json", ".pem", ".key", ".crt", ".txt", ".conf",
        ".toml", ".jks", ".p12", ".pfx", ".properties" };
    return std::ranges::any_of(ends, [&](std::string_view ending) { return value.ends_with(ending); });
}

// Names the place of a credential in a store, or a digest, or is public.
bool isReference(std::string_view value)
{
    constexpr std::array starts
        = std::to_array<std::string_view>({ "vault:", "ref+", "arn:", "projects/", "op://", "ssm:", "awssm",
            "secret:", "secretref:", "sha256:", "sha512:", "http://", "https://", "secret/", "kv/", "azurekeyvault",
            "gcpsecret", "gcp:", "aws:", "env:", "env/", "ENC[", "AgA", "ssh-rsa ", "ssh-ed25519 ", "ecdsa-sha2-",
            "-----BEGIN CERTIFICATE", "-----BEGIN PUBLIC", "ldap://", "unix:", "k8s:", "k8s://", "doppler:" });
    const bool isNamed = std::ranges::any_of(starts, [&](std::string_view start) { return value.starts_with(start); });
    return isNamed && !(value.starts_with("AgA") && value.size() < 200); // what kubeseal writes is long
}

// "payments-db-credentials", "tls-secret", "shop/db": the name of an object, in a field that could hold either.
bool isObjectName(std::string_view value)
{
    std::size_t digits = 0;
    for (const char c : value) {
        if (!((c >= 'a' && c <= 'z') || isNumeral(c) || c == '-' || c == '.' || c == '/' || c == '_'))
            return false;
        digits += isNumeral(c) ? 1 : 0;
    }
    constexpr std::array<std::string_view, 13> words { "secret", "cred", "tls", "cert", "token", "password", "key",
        "auth", "config", "regcred", "pull", "account", "registry" };
    return digits < 3 && value.find_first_of("-/._") != value.npos
        && std::ranges::any_of(words, [&](std::string_view word) { return value.find(word) != value.npos; });
}

// Lower-case words: the name of an object where the name says "secret", which often means the object.
bool looksLikeAName(std::string_view value)
{
    std::size_t digits = 0;
    for (const char c : value) {
        if (!((c >= 'a' && c <= 'z') || isNumeral(c) || c == '-' || c == '.' || c == '/' || c == ','))
            return false;
        digits += isNumeral(c) ? 1 : 0;
    }
    return value.find_first_of("-/") != value.npos && digits < 4 && !isTokenShaped(value);
}

// Shannon entropy, bits a character.
double entropy(std::string_view text)
{
    std::array<std::uint32_t, 256> counts {};
    for (const char c : text)
        ++counts[static_cast<unsigned char>(c)];
    double bits = 0;
    for (const std::uint32_t count : counts) {
        if (count == 0)
            continue;
        const double share = static_cast<double>(count) / static_cast<double>(text.size());
        bits -= share * std::log2(share);
    }
    return bits;
}

bool looksRandom(std::string_view value)
{
    if (value.size() < 16 || value.size() > maxValue)
        return false;
    std::size_t digits = 0;
    std::size_t letters = 0;
    for (const char c : value) {
        digits += isNumeral(c) ? 1 : 0;
        letters += isAlpha(c) ? 1 : 0;
        if (static_cast<unsigned char>(c) <= ' ')
            return false;
    }
    return digits >= 2 && letters >= 2 && entropy(value) >= 3.2;
}

// "process.env.PASSWORD", "config.apiKey", "getToken()", "1311.vcf0a_900b": code and versions.
bool isCode(std::string_view value)
{
    if (value.find("()") != value.npos)
        return true;
    const std::size_t dot = value.find('.');
    if (dot == value.npos || dot == 0 || dot + 1 == value.size())
        return false;
    if (std::ranges::all_of(value.substr(0, dot), isNumeral))
        return true;
    return std::ranges::all_of(value, [](char c) { return isAlpha(c) || c == '.' || c == '_'; });
}

// "apiserver.config.k8s.io/v1", "com.example.Token", "a.b.svc.cluster.local:8080": words between dots.
bool isDotted(std::string_view value)
{
    return std::ranges::count(value, '.') >= 2 && value.find_first_not_of("0123456789.") != value.npos
        && std::ranges::all_of(
            value, [](char c) { return isAlpha(c) || isNumeral(c) || c == '.' || c == '-' || c == '/' || c == ':'; })
        && std::ranges::count_if(value, isNumeral) < 6;
}

Judgement judgePassword(std::string_view value, Trust trust)
{
    if (trust == Trust::Field && (value.find_first_of("([ ") != value.npos || isCode(value)))
        return Judgement::Harmless; // prose or code
    if (isWeakDefault(value))
        return Judgement::WeakDefault;
    if (asksToBeFilled(value))
        return Judgement::WeakDefault;
    return Judgement::Credential;
}

// The password in "user:password@host", if there is one.
std::string_view passwordBeforeHost(std::string_view value)
{
    const std::size_t scheme = value.find("://");
    if (scheme != value.npos)
        value.remove_prefix(scheme + 3);
    const std::size_t at = value.rfind('@');
    const std::size_t colon = value.find(':');
    if (at == value.npos || colon == value.npos || colon + 1 >= at || value.substr(0, colon).find('/') != value.npos)
        return {};
    return value.substr(colon + 1, at - colon - 1);
}

Judgement judgeConnection(std::string_view value)
{
    if (const std::string_view password = passwordBeforeHost(value); !password.empty())
        return judge(NameClass::Password, password, Trust::Variable);
    for (std::size_t begin = 0; begin < value.size();) {
        const std::size_t end = std::min(value.find_first_of(";& ?", begin), value.size());
        const std::string_view piece = value.substr(begin, end - begin);
        const std::size_t equals = piece.find('=');
        if (equals != piece.npos) {
            const NameClass inner = classOfName(piece.substr(0, equals));
            const bool isConnection = inner == NameClass::Connection || inner == NameClass::None;
            if (!isConnection) {
                const Judgement found = judge(inner, piece.substr(equals + 1), Trust::Variable);
                if (found != Judgement::Harmless)
                    return found;
            }
        }
        begin = end + 1;
    }
    return Judgement::Harmless;
}

Judgement judgeLogin(std::string_view value)
{
    const std::size_t colon = value.find(':');
    if (colon != value.npos && colon > 0 && colon + 1 < value.size())
        return judge(NameClass::Password, value.substr(colon + 1), Trust::Variable);
    return isTokenShaped(value) ? Judgement::Credential : Judgement::Harmless;
}

} // namespace

bool isTokenShaped(std::string_view value)
{
    if (value.size() < 20 || value.size() > 512)
        return false;
    std::size_t digits = 0;
    std::size_t upper = 0;
    std::size_t lowered = 0;
    std::size_t hex = 0;
    std::size_t run = 0;
    std::size_t longest = 0;
    for (const char c : value) {
        const bool isOther = std::string_view("_+/=.~-").find(c) != std::string_view::npos;
        if (!isAlpha(c) && !isNumeral(c) && !isOther)
            return false;
        digits += isNumeral(c) ? 1 : 0;
        upper += c >= 'A' && c <= 'Z' ? 1 : 0;
        lowered += c >= 'a' && c <= 'z' ? 1 : 0;
        hex += isNumeral(c) || (small(c) >= 'a' && small(c) <= 'f') || c == '-' ? 1 : 0;
        run = isOther ? 0 : run + 1;
        longest = std::max(longest, run);
    }
    const bool isHex = hex == value.size() && digits >= 4;
    if (isHex)
        return value.size() >= 24 && entropy(value) >= 2.8;
    const bool isMixed = (upper >= 2 && lowered >= 2 && digits >= 2) || (digits >= 5 && upper + lowered >= 5);
    return isMixed && longest >= 12 && entropy(value) >= 3.4;
}

Judgement judge(NameClass nameClass, std::string_view value, Trust trust)
{
    if (nameClass == NameClass::None || value.empty() || value.size() > maxValue)
        return Judgement::Harmless;
    if (value.find('\n') < value.size() - 1) // a text, not a credential; patterns look into it
        return Judgement::Harmless;
    value = trimmed(value);
    if (value.empty())
        return Judgement::Harmless;
    if (nameClass == NameClass::Connection)
        return judgeConnection(value);
    if (isPlaceholder(value) || isPath(value) || isReference(value))
        return Judgement::Harmless;
    if (nameClass == NameClass::Login)
        return judgeLogin(value);
    if (isPlainWord(value) || value.front() == '{' || value.front() == '[')
        return Judgement::Harmless;
    const bool isPassword = nameClass == NameClass::Password;
    const bool isLongNumber = isPassword && value.size() >= 4 && std::ranges::all_of(value, isNumeral);
    if (isNumberOrDuration(value) && !isLongNumber)
        return Judgement::Harmless;
    if (isPassword)
        return judgePassword(value, trust);
    if (nameClass == NameClass::Perhaps)
        return trust == Trust::Variable && isTokenShaped(value) && !isDotted(value) ? Judgement::Credential
                                                                                    : Judgement::Harmless;
    if (asksToBeFilled(value) || isObjectName(value) || isDotted(value))
        return Judgement::Harmless;
    if (trust == Trust::Field)
        return looksRandom(value) && !isCode(value) && value.find_first_of("([{<") == value.npos ? Judgement::Credential
                                                                                                 : Judgement::Harmless;
    if (isWeakDefault(value))
        return Judgement::WeakDefault;
    if (value.find(' ') != value.npos || (nameClass == NameClass::Secret && looksLikeAName(value)))
        return Judgement::Harmless;
    return Judgement::Credential;
}

} // namespace plimsoll::snapshot::detail
