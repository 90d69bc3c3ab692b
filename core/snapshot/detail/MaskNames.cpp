// SPDX-License-Identifier: Apache-2.0
#include "core/snapshot/detail/MaskNames.h"

#include <algorithm>
#include <array>

namespace plimsoll::snapshot::detail {

namespace {

constexpr std::size_t maxName = 96;

char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

bool isLetter(char c)
{
    return lower(c) >= 'a' && lower(c) <= 'z';
}

// The name in lower case without separators: "DB_API-Key" becomes "dbapikey".
struct Folded {
    std::array<char, maxName> letters;
    std::size_t size = 0;

    explicit Folded(std::string_view name)
    {
        for (const char c : name) {
            if ((isLetter(c) || isDigit(c)) && size < maxName)
                letters[size++] = lower(c);
        }
    }
    std::string_view view() const { return { letters.data(), size }; }
};

// Whether a name can hold one of the words at all; nearly all names end here.
bool mayBeCredential(std::string_view name)
{
    if (lower(name.back()) == 'w' && lower(name[name.size() - 2]) == 'p') // bindPW
        return true;
    for (std::size_t i = 0; i + 2 < name.size(); ++i) {
        const char a = lower(name[i]);
        const char b = lower(name[i + 1]);
        const char c = lower(name[i + 2]);
        switch (a) {
        case 'p':
            if ((b == 'a' && c == 's') || (b == 'w' && c == 'd') || (b == 's' && c == 'k'))
                return true;
            break;
        case 's':
            if (b == 'e' && c == 'c')
                return true;
            break;
        case 't':
            if (b == 'o' && c == 'k')
                return true;
            break;
        case 'k':
            if (b == 'e' && c == 'y' && i > 0)
                return true;
            break;
        case 'c':
            if ((b == 'r' && c == 'e') || (b == 'o' && c == 'n'))
                return true;
            break;
        case 'd':
            if (b == 's' && c == 'n')
                return true;
            break;
        case 'a':
            if (b == 'u' && c == 't')
                return true;
            break;
        default:
            break;
        }
    }
    return false;
}

// Endings that make a name speak about a credential instead of holding one.
constexpr std::array aboutEndings = std::to_array<std::string_view>({ "address", "addr", "age", "alg", "algorithm",
    "allowed", "annotation", "annotations", "arn", "attempts", "audience", "audiences", "auth", "authentication",
    "authenticator", "backend", "bits", "bucket", "cache", "change", "checksum", "claim", "claims", "class",
    "controller", "cost", "count", "days", "description", "digest", "dir", "directory", "disabled", "domain", "driver",
    "duration", "enabled", "encoder", "encryption", "endpoint", "engine", "event", "events", "exchange", "expiration",
    "expire", "expires", "expiry", "field", "file", "filename", "files", "fingerprint", "flow", "format", "generator",
    "grant", "guid", "hash", "hasher", "header", "help", "hint", "history", "host", "hours", "id", "ids", "image",
    "interval", "issuer", "iterations", "kind", "label", "labels", "leeway", "length", "lifetime", "limit", "link",
    "location", "management", "manager", "max", "message", "method", "min", "minutes", "mode", "mount", "name", "names",
    "namespace", "operator", "page", "path", "paths", "pattern", "period", "placeholder", "plugin", "policy", "port",
    "prefix", "property", "provider", "realm", "ref", "refs", "regex", "region", "required", "reset", "resource",
    "retries", "review", "reviews", "rotation", "rounds", "route", "scheme", "scope", "scopes", "seconds", "selector",
    "separator", "server", "service", "size", "source", "state", "status", "store", "strategy", "strength", "suffix",
    "supported", "sync", "table", "template", "thumbprint", "timeout", "title", "ttl", "type", "uid", "uri", "url",
    "user", "username", "uuid", "validator", "validity", "version", "volume", "weeks", "window", "zone" });

bool speaksAbout(std::string_view folded)
{
    const auto ends = [&](std::string_view ending) { return folded.ends_with(ending); };
    return std::ranges::any_of(aboutEndings, ends);
}

// A short word that must stand by itself: DB_PASS and dbPass, but not bypass.
bool endsWithWord(std::string_view name, std::string_view word)
{
    if (name.size() < word.size())
        return false;
    const std::string_view tail = name.substr(name.size() - word.size());
    for (std::size_t i = 0; i < word.size(); ++i) {
        if (lower(tail[i]) != word[i])
            return false;
    }
    if (name.size() == word.size())
        return true;
    const char before = name[name.size() - word.size() - 1];
    return !isLetter(before) || (lower(before) == before && tail.front() != lower(tail.front()));
}

constexpr std::array keyWords = std::to_array<std::string_view>({ "apikey", "accesskey", "privatekey", "secretkey",
    "encryptionkey", "signingkey", "masterkey", "authkey", "sharedkey", "accountkey", "sshkey", "clientkeydata",
    "licensekey", "encryptkey", "servicekey", "jwtkey", "presharedkey", "deploykey", "hmackey", "cryptkey", "accesskey",
    "sessionkey", "rootkey", "adminkey", "writekey", "sastoken", "cookiekey", "appkey" });

} // namespace

NameClass classOfName(std::string_view name)
{
    if (name.size() < 3 || name.size() > 253 || !mayBeCredential(name))
        return NameClass::None;
    if (name.size() > maxName)
        name.remove_prefix(name.size() - maxName); // the end tells what a name means
    const Folded folded(name);
    const std::string_view text = folded.view();
    const auto has = [&](std::string_view word) { return text.find(word) != text.npos; };
    const auto ends = [&](std::string_view word) { return text.ends_with(word); };
    if (endsWithWord(name, "dsn") || has("connectionstring") || ends("connstring") || ends("connstr")
        || ends("connection") || endsWithWord(name, "conn"))
        return NameClass::Connection;
    if (has("gpgkey") || has("pgpkey") || has("pullsecret")) // fingerprints, names of objects
        return NameClass::None;
    if (has("checksum") || has("digest") || has("publickey") || has("publicapikey") || has("publishablekey"))
        return NameClass::None;
    if (ends("secretid")) // one half of a login of Vault
        return NameClass::Perhaps;
    if (ends("basicauth") || ends("proxyauth") || ends("httpauth") || ends("npmauth") || ends("redisauth")
        || ends("userpass"))
        return NameClass::Login;
    if (speaksAbout(text))
        return NameClass::None;
    if (std::ranges::any_of(keyWords, has))
        return NameClass::Key;
    if (ends("key") || ends("keys")) // passwordKey: which key of a Secret
        return NameClass::Perhaps;
    if (has("password") || has("passwd") || has("passphrase") || has("passcode") || endsWithWord(name, "pwd")
        || (ends("pass") && !ends("bypass") && !ends("compass") && !ends("surpass") && !ends("pathpass"))
        || ends("requirepass") || ends("masterauth") || ends("bindpw") || ends("rootpw") || ends("adminpw")
        || endsWithWord(name, "psk") || endsWithWord(name, "pw"))
        return NameClass::Password;
    if (has("token") && !has("tokeniz"))
        return NameClass::Token;
    if (has("secret") || has("credential"))
        return NameClass::Secret;
    return NameClass::None;
}

bool isLabel(std::string_view name, std::string_view value)
{
    const std::size_t dot = name.rfind('.');
    const std::string_view last = dot == name.npos ? name : name.substr(dot + 1);
    return value == name || (value != last && std::ranges::equal(last, value, {}, lower, lower));
}

std::string_view toText(NameClass nameClass)
{
    switch (nameClass) {
    case NameClass::None:
        break;
    case NameClass::Password:
        return "password";
    case NameClass::Token:
        return "token";
    case NameClass::Key:
        return "key";
    case NameClass::Secret:
        return "secret";
    case NameClass::Connection:
        return "connection";
    case NameClass::Login:
        return "login";
    case NameClass::Perhaps:
        return "key";
    }
    return "value";
}

} // namespace plimsoll::snapshot::detail
