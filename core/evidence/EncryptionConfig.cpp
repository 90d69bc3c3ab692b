// SPDX-License-Identifier: Apache-2.0
#include "core/evidence/EncryptionConfig.h"

#include <algorithm>
#include <array>

#include "core/base/Text.h"
#include "core/format/Json.h"
#include "core/format/Yaml.h"

namespace plimsoll::evidence {

using format::Value;
using Kind = EncryptionProvider::Kind;

namespace {

constexpr std::string_view encryptionKind = "EncryptionConfiguration";
constexpr std::string_view oldEncryptionKind = "EncryptionConfig"; // until 1.12, v1

// Overwrites what stands behind every "secret:" in place, whatever the form: plain, quoted, a block of lines.
void hideKeys(std::string& text)
{
    constexpr std::string_view key = "secret";
    for (std::size_t at = text.find(key); at != text.npos; at = text.find(key, at + 1)) {
        std::size_t value = at + key.size();
        if (value < text.size() && (text[value] == '"' || text[value] == '\''))
            ++value;
        value = text.find_first_not_of(" \t", value);
        if (value == text.npos || text[value] != ':')
            continue; // "secretbox", "secrets"
        value = text.find_first_not_of(" \t\r\n\"'|>+-", value + 1);
        while (value != text.npos && value < text.size()
            && std::string_view("\r\n\"',}# \t").find(text[value]) == std::string_view::npos)
            text[value++] = 'x';
    }
}

Kind kindOf(std::string_view name, Value provider)
{
    constexpr std::array<std::pair<std::string_view, Kind>, 4> kinds { { { "identity", Kind::Identity },
        { "aescbc", Kind::AesCbc }, { "aesgcm", Kind::AesGcm }, { "secretbox", Kind::SecretBox } } };
    if (name == "kms")
        return provider["apiVersion"].text() == "v2" ? Kind::KmsV2 : Kind::KmsV1;
    const auto found = std::ranges::find(kinds, name, [](const auto& pair) { return pair.first; });
    return found == kinds.end() ? Kind::Unknown : found->second;
}

EncryptionConfig::Entry readEntry(Value value, std::size_t index, EncryptionConfig& config)
{
    EncryptionConfig::Entry entry { {}, {}, "/resources/" + std::to_string(index) };
    const std::string where = "entry " + std::to_string(index + 1);
    for (const Value resource : value["resources"])
        entry.resources.emplace_back(resource.text());
    for (const Value provider : value["providers"]) {
        for (const Value one : provider) { // exactly one, by the API
            EncryptionProvider& out = entry.providers.emplace_back();
            out.kind = kindOf(one.key(), one);
            out.name = out.kind == Kind::Unknown ? std::string(one.key()) : std::string(one["name"].text());
            for ([[maybe_unused]] const Value each : one["keys"])
                ++out.keys;
            if (out.kind == Kind::Unknown)
                config.problems.push_back(where + " names a provider that does not exist: " + printable(one.key()));
            const bool needsKeys = out.kind == Kind::AesCbc || out.kind == Kind::AesGcm || out.kind == Kind::SecretBox;
            if (needsKeys && out.keys == 0)
                config.problems.push_back(where + " has " + std::string(one.key()) + " without keys");
        }
    }
    if (entry.resources.empty())
        config.problems.push_back(where + " names no resources");
    if (entry.providers.empty())
        config.problems.push_back(where + " has no providers");
    return entry;
}

bool coversResource(std::string_view pattern, std::string_view resource, std::string_view group)
{
    if (pattern == "*.*")
        return true;
    const std::size_t dot = pattern.find('.');
    const std::string_view name = pattern.substr(0, dot);
    const std::string_view of = dot == pattern.npos ? std::string_view() : pattern.substr(dot + 1);
    return (name == "*" || name == resource) && of == group;
}

} // namespace

std::string_view toText(EncryptionProvider::Kind kind)
{
    constexpr std::array<std::string_view, 7> texts { "identity", "aescbc", "aesgcm", "secretbox", "KMS v1", "KMS v2",
        "an unknown provider" };
    return texts[static_cast<std::size_t>(kind)];
}

const EncryptionConfig::Entry* EncryptionConfig::entryFor(std::string_view resource, std::string_view group) const
{
    const auto found = std::ranges::find_if(entries, [&](const Entry& entry) {
        return std::ranges::any_of(
            entry.resources, [&](const std::string& pattern) { return coversResource(pattern, resource, group); });
    });
    return found == entries.end() ? nullptr : &*found;
}

bool isEncryptionConfig(std::string_view head)
{
    // At the outermost level, not in a ConfigMap or a list of objects.
    const bool isJson = trimmed(head).starts_with('{');
    for (const std::string_view kind : { encryptionKind, oldEncryptionKind }) {
        for (const std::string_view before : { "kind: ", "kind: \"", "kind: '", "\"kind\":\"", "\"kind\": \"" }) {
            const std::string text = std::string(before) + std::string(kind);
            const std::size_t at = head.find(text);
            if (at == head.npos)
                continue;
            const std::string_view after = head.substr(at + text.size(), 1);
            const bool isWhole = after.empty() || std::string_view("\"'\r\n, }#").contains(after.front());
            if (isWhole && (isJson || at == 0 || head[at - 1] == '\n'))
                return true;
        }
    }
    return false;
}

Result<EncryptionConfig> readEncryptionConfig(std::string& text, const std::string& name)
{
    hideKeys(text);
    format::Document document;
    const auto wrong = [&] {
        return failure(ErrorKind::Format, "this is no encryption configuration", name,
            "name an EncryptionConfiguration of apiserver.config.k8s.io/v1");
    };
    if (trimmed(text).starts_with('{')) {
        format::JsonParser parser;
        if (const auto done = parser.parseCopy(text, document); !done)
            return failure(ErrorKind::Format, done.error().what, name, "mend the file");
    } else {
        const auto pieces = format::splitYaml(text);
        if (pieces.empty())
            return wrong();
        if (const auto done = format::parseYaml(pieces.front().text, pieces.front().firstLine, document); !done)
            return failure(ErrorKind::Format, done.error().what, name + ", " + done.error().where, "mend the file");
    }
    const Value root = document.root();
    if (root["kind"].text() != encryptionKind && root["kind"].text() != oldEncryptionKind)
        return wrong();
    EncryptionConfig config;
    config.name = name;
    std::size_t index = 0;
    for (const Value entry : root["resources"]) {
        EncryptionConfig::Entry read = readEntry(entry, index++, config);
        config.entries.push_back(std::move(read));
    }
    if (config.entries.empty())
        config.problems.emplace_back("it names no resources");
    return config;
}

EncryptionStrength strengthOf(const EncryptionConfig& config, std::string_view resource)
{
    using Level = EncryptionStrength::Level;
    const EncryptionConfig::Entry* entry = config.entryFor(resource);
    const std::string what = resource == "secrets" ? "Secrets" : printable(resource);
    if (!entry || entry->providers.empty())
        return { Level::Plain, Kind::Identity, {},
            what + " are stored as they are: no entry of " + printable(config.name) + " covers them", {} };
    const EncryptionProvider& first = entry->providers.front();
    const std::string pointer = entry->pointer + "/providers/0";
    const std::string by
        = std::string(toText(first.kind)) + (first.name.empty() ? "" : " (" + printable(first.name) + ')');
    const std::string encrypted = what + " are encrypted by " + by;
    const bool hasIdentity
        = std::ranges::find(entry->providers, Kind::Identity, &EncryptionProvider::kind) != entry->providers.end();
    const std::string old
        = hasIdentity ? "identity is still read: those not written since may lie there as they are" : "";
    switch (first.kind) {
    case Kind::Identity:
        return { Level::Plain, first.kind, pointer, what + " are stored as they are: identity is the first provider",
            {} };
    case Kind::AesGcm:
        return { Level::Weak, first.kind, pointer, encrypted,
            "its key has to be changed every 200,000 writes, and lies beside the data" };
    case Kind::AesCbc:
        return { Level::Weak, first.kind, pointer, encrypted,
            "it is open to padding oracles, and its key lies beside the data" };
    case Kind::KmsV1:
        return { Level::Weak, first.kind, pointer, encrypted, "KMS v1 is deprecated and off by default since 1.29" };
    case Kind::SecretBox:
        return { Level::Strong, first.kind, pointer, encrypted,
            std::string("its key lies beside the data") + (old.empty() ? "" : "; " + old) };
    case Kind::KmsV2:
        return { Level::Strong, first.kind, pointer, encrypted, old };
    case Kind::Unknown:
        break;
    }
    return { Level::Plain, first.kind, pointer,
        "the first provider for " + what + " does not exist: " + printable(first.name), {} };
}

} // namespace plimsoll::evidence
