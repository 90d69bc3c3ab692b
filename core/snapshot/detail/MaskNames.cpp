// SPDX-License-Identifier: Apache-2.0
#include "core/snapshot/detail/MaskNames.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/base/Text.h"
#include "core/snapshot/Masking.h"

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
    for (std::size_t i = 0; i + 2 < name.size(); ++i) {
        const char a = lower(name[i]);
        const char b = lower(name[i + 1]);
        const char c = lower(name[i + 2]);
        switch (a) {
        case 'p':
            if ((b == 'a' && c == 's') || (b == 'w' && c == 'd'))
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
        default:
            break;
        }
    }
    return false;
}

// Endings that make a name speak about a credential instead of holding one.
constexpr std::array<std::string_view, 66> aboutEndings { "file", "files", "path", "paths", "dir", "directory", "name",
    "names", "namespace", "ref", "refs", "url", "uri", "endpoint", "host", "port", "ttl", "expiry", "expiration",
    "expires", "expire", "seconds", "minutes", "hours", "duration", "timeout", "interval", "period", "length", "size",
    "enabled", "disabled", "type", "kind", "version", "algorithm", "alg", "issuer", "audience", "audiences", "username",
    "user", "selector", "header", "prefix", "policy", "mode", "format", "template", "id", "ids", "count", "limit",
    "rotation", "age", "required", "class", "provider", "store", "mount", "volume", "location", "arn", "auth",
    "authenticator", "description" };
constexpr std::array<std::string_view, 18> moreAboutEndings { "label", "method", "scope", "scopes", "realm", "cache",
    "review", "reviews", "property", "field", "resource", "source", "backend", "management", "manager", "operator",
    "controller", "authentication" };

bool speaksAbout(std::string_view folded)
{
    const auto ends = [&](std::string_view ending) { return folded.ends_with(ending); };
    return std::ranges::any_of(aboutEndings, ends) || std::ranges::any_of(moreAboutEndings, ends);
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

constexpr std::array<std::string_view, 16> keyWords { "apikey", "accesskey", "privatekey", "secretkey", "encryptionkey",
    "signingkey", "masterkey", "authkey", "sharedkey", "accountkey", "sshkey", "clientkeydata", "licensekey",
    "encryptkey", "servicekey", "jwtkey" };

bool isOneOfWords(std::string_view value)
{
    constexpr std::array<std::string_view, 22> words { "true", "false", "yes", "no", "on", "off", "null", "none", "nil",
        "enabled", "disabled", "required", "optional", "default", "string", "undefined", "unset", "n/a", "empty",
        "auto", "the", "is" };
    const std::string folded = toLowerAscii(value);
    return std::ranges::find(words, std::string_view(folded)) != words.end();
}

bool isNumberOrDuration(std::string_view value)
{
    std::size_t i = value.front() == '-' ? 1 : 0;
    while (i < value.size() && (isDigit(value[i]) || value[i] == '.'))
        ++i;
    if (i == 0)
        return false;
    const std::string_view unit = value.substr(i);
    return unit.empty() || unit == "s" || unit == "m" || unit == "h" || unit == "d" || unit == "ms" || unit == "Mi"
        || unit == "Gi" || unit == "Ki" || unit == "m0s" || unit == "h0m0s";
}

bool isPlaceholder(std::string_view value)
{
    if (value.find("$(") != value.npos || value.find("${") != value.npos || value.find("{{") != value.npos)
        return true;
    if (value.front() == '<' || value.front() == '%' || value.starts_with("..."))
        return true;
    if (value.front() == '$') { // $VARIABLE, $1
        return std::ranges::all_of(value.substr(1),
            [](char c) { return isDigit(c) || c == '_' || (c >= 'A' && c <= 'Z') || c == '{' || c == '}'; });
    }
    if (value.find("REDACTED") != value.npos || value.find("HIDDEN") != value.npos
        || value.find("<masked:") != value.npos)
        return true;
    return value.find_first_not_of("*xX.-") == value.npos;
}

bool isPath(std::string_view value)
{
    if (value.starts_with("./") || value.starts_with("../") || value.starts_with("~/") || value.starts_with("file:"))
        return true;
    return value.front() == '/' && std::ranges::all_of(value, [](char c) {
        return isLetter(c) || isDigit(c) || c == '/' || c == '.' || c == '-' || c == '_' || c == ' ';
    });
}

// Names the place of a credential in a store, or a digest.
bool isReference(std::string_view value)
{
    constexpr std::array<std::string_view, 13> starts { "vault:", "ref+", "arn:", "projects/", "op://", "ssm:", "awssm",
        "secret:", "secretref:", "sha256:", "http://", "https://", "secret/" };
    return std::ranges::any_of(starts, [&](std::string_view start) { return value.starts_with(start); });
}

// "payments-db-credentials", "tls-secret": the name of an object, in a field that could hold either.
bool isObjectName(std::string_view value)
{
    const bool isLabel = std::ranges::all_of(
        value, [](char c) { return (c >= 'a' && c <= 'z') || isDigit(c) || c == '-' || c == '.' || c == '/'; });
    if (!isLabel)
        return false;
    constexpr std::array<std::string_view, 10> words { "secret", "cred", "tls", "cert", "token", "password", "key",
        "auth", "config", "regcred" };
    return value.find('-') != value.npos
        && std::ranges::any_of(words, [&](std::string_view word) { return value.find(word) != value.npos; });
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
    if (value.size() < 16 || value.size() > 4096)
        return false;
    std::size_t digits = 0;
    std::size_t letters = 0;
    for (const char c : value) {
        digits += isDigit(c) ? 1 : 0;
        letters += isLetter(c) ? 1 : 0;
        if (static_cast<unsigned char>(c) <= ' ')
            return false;
    }
    return digits >= 2 && letters >= 2 && entropy(value) >= 3.2;
}

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
    if (endsWithWord(name, "dsn") || has("connectionstring") || text.ends_with("connstring")
        || text.ends_with("connstr"))
        return NameClass::Connection;
    if (speaksAbout(text) || has("publickey") || has("publicapikey") || has("publishablekey") || has("checksum")
        || has("digest"))
        return NameClass::None;
    if (std::ranges::any_of(keyWords, has))
        return NameClass::Key;
    if (text.ends_with("key") || text.ends_with("keys"))
        return NameClass::None; // passwordKey: which key of a Secret
    if (has("password") || has("passwd") || has("passphrase") || endsWithWord(name, "pwd")
        || endsWithWord(name, "pass"))
        return NameClass::Password;
    if (has("token") && !has("tokeniz"))
        return NameClass::Token;
    if (has("secret") || has("credential"))
        return NameClass::Secret;
    return NameClass::None;
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
    }
    return "value";
}

bool isCredential(NameClass nameClass, std::string_view value, Trust trust)
{
    if (nameClass == NameClass::None || value.empty() || value.size() > 4096)
        return false;
    if (value.find('\n') < value.size() - 1) // a text, not a credential; patterns look into it
        return false;
    value = trimmed(value);
    if (value.empty() || isPlaceholder(value) || isPath(value) || isReference(value))
        return false;
    if (nameClass == NameClass::Connection) {
        const std::string folded = toLowerAscii(value);
        return folded.find("password=") != folded.npos || folded.find("pwd=") != folded.npos
            || folded.find("key=") != folded.npos
            || (folded.find('@') != folded.npos && folded.find(':') < folded.find('@'));
    }
    if (isOneOfWords(value))
        return false;
    const bool isPassword = nameClass == NameClass::Password;
    if (isNumberOrDuration(value) && !(isPassword && value.size() >= 4 && std::ranges::all_of(value, isDigit)))
        return false;
    if (trust == Trust::Field && !isPassword)
        return looksRandom(value) && !isObjectName(value);
    if (trust == Trust::Field && value.find_first_of("([ ") != value.npos)
        return false; // prose or code
    return isPassword || !isObjectName(value);
}

} // namespace plimsoll::snapshot::detail
