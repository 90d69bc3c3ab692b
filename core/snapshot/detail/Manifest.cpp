// SPDX-License-Identifier: Apache-2.0
#include "core/snapshot/detail/Manifest.h"

#include <algorithm>

#include "core/base/Text.h"
#include "core/format/Json.h"
#include "core/snapshot/detail/Zip.h"

namespace plimsoll::snapshot::detail {

namespace {

using format::Value;

constexpr std::uint64_t maxBlockBytes = 1ull << 27; // a block is unpacked into memory; the largest object is half of it
constexpr std::uint64_t maxDeflateRatio = 1032; // nothing deflates better: a claim beyond it is none of ours
constexpr std::size_t maxPathPart = 253; // as names of groups
constexpr std::uint64_t endOfStreamBytes = endOfStream.size();

// Pretty JSON, one member a line, so that a person and a diff can read it.
class Writer {
public:
    std::string text;

    void open(std::string_view key, char bracket)
    {
        begin(key);
        text += bracket;
        m_depth += 1;
        m_isFirst = true;
    }
    void close(char bracket)
    {
        m_depth -= 1;
        if (!m_isFirst)
            newLine();
        text += bracket;
        m_isFirst = false;
    }
    void member(std::string_view key, std::string_view value) { raw(key, jsonQuoted(value)); }
    void member(std::string_view key, std::uint64_t value) { raw(key, std::to_string(value)); }
    void flag(std::string_view key, bool value) { raw(key, value ? "true" : "false"); }
    void time(std::string_view key, const std::optional<UnixSeconds>& value)
    {
        if (value)
            member(key, formatTime(*value));
    }
    void list(std::string_view key, const std::vector<std::string>& values)
    {
        std::string out = "[";
        for (const std::string& value : values)
            out += (out.size() > 1 ? ", " : "") + jsonQuoted(value);
        raw(key, out + ']');
    }
    void raw(std::string_view key, std::string_view value)
    {
        begin(key);
        text += value;
    }

private:
    void newLine() { text += '\n' + std::string(2 * m_depth, ' '); }
    void begin(std::string_view key)
    {
        if (!text.empty()) {
            if (!m_isFirst)
                text += ',';
            newLine();
        }
        m_isFirst = false;
        if (!key.empty())
            text += jsonQuoted(key) + ": ";
    }
    std::size_t m_depth = 0;
    bool m_isFirst = true;
};

void writeOrigin(Writer& out, const Origin& origin)
{
    out.open("origin", '{');
    out.member("tool", origin.tool);
    out.member("clusterUid", origin.clusterUid);
    out.member("serverVersion", origin.serverVersion);
    out.member("context", origin.context);
    out.member("server", origin.server);
    out.member("user", origin.user);
    out.list("groups", origin.groups);
    out.time("capturedFrom", origin.capturedFrom);
    out.time("capturedTo", origin.capturedTo);
    out.list("namespaces", origin.namespaces);
    out.member("redaction", std::uint64_t(origin.redaction));
    out.flag("serverIdentityVerified", origin.isIdentityVerified);
    out.member("peerCertificate", origin.peerCertificate);
    out.list("warnings", origin.warnings);
    out.member("layout", origin.layout);
    out.close('}');
}

void writeNotCollected(Writer& out, const std::vector<NotCollected>& all)
{
    out.open("notCollected", '[');
    for (const NotCollected& one : all) {
        out.open("", '{');
        out.member("group", one.group);
        out.member("version", one.version);
        out.member("resource", one.plural);
        out.member("kind", one.kind);
        out.member("namespace", one.ns);
        out.member("reason", one.reason);
        out.member("httpStatus", static_cast<std::uint64_t>(std::max(one.httpStatus, 0)));
        out.member("message", one.message);
        out.member("missingPermission", one.missingPermission);
        out.close('}');
    }
    out.close(']');
}

void writeEntry(Writer& out, const EntryFacts& entry)
{
    out.open("", '{');
    out.member("path", entry.path);
    out.member("sha256", entry.sha256);
    out.member("bytes", entry.bytes);
    out.member("packedBytes", entry.packed);
    out.member("crc32", std::uint64_t(entry.crc32));
    if (entry.isResource) {
        out.member("group", entry.key.group);
        out.member("version", entry.key.version);
        out.member("resource", entry.key.plural);
        out.member("kind", entry.key.kind);
        out.flag("namespaced", entry.key.isNamespaced);
        out.member("items", entry.items);
        out.member("resourceVersion", entry.facts.resourceVersion);
        out.time("listedAt", entry.facts.listedAt);
        out.flag("consistent", entry.facts.isConsistent);
        out.flag("complete", entry.facts.isComplete);
        out.list("namespaces", entry.facts.namespaces);
    }
    out.open("blocks", '[');
    for (const BlockFacts& block : entry.blocks)
        out.raw("",
            "{\"packed\": " + std::to_string(block.packed) + ", \"bytes\": " + std::to_string(block.bytes)
                + ", \"items\": " + std::to_string(block.items) + ", \"sha256\": " + jsonQuoted(block.sha256) + '}');
    out.close(']');
    out.close('}');
}

// Reads fields and remembers whether any was not what it must be.
class Reader {
public:
    bool isGood = true;

    std::string text(Value object, std::string_view key)
    {
        const auto value = object[key].asString();
        isGood = isGood && value.has_value();
        return std::string(value.value_or(""));
    }
    std::uint64_t number(Value object, std::string_view key)
    {
        const auto value = object[key].asInteger();
        isGood = isGood && value && *value >= 0;
        return isGood ? static_cast<std::uint64_t>(*value) : 0;
    }
    bool flag(Value object, std::string_view key)
    {
        const auto value = object[key].asBool();
        isGood = isGood && value.has_value();
        return value.value_or(false);
    }
    std::optional<UnixSeconds> time(Value object, std::string_view key)
    {
        if (object[key].isAbsent())
            return std::nullopt;
        const auto value = parseTime(object[key].text());
        isGood = isGood && value.has_value();
        return value;
    }
    std::vector<std::string> list(Value object, std::string_view key)
    {
        std::vector<std::string> out;
        isGood = isGood && object[key].isArray();
        for (const Value value : object[key]) {
            isGood = isGood && value.isString();
            out.emplace_back(value.text());
        }
        return out;
    }
};

Origin readOrigin(Reader& read, Value from)
{
    Origin out;
    out.kind = Origin::Kind::SnapshotFile;
    out.tool = read.text(from, "tool");
    out.clusterUid = read.text(from, "clusterUid");
    out.serverVersion = read.text(from, "serverVersion");
    out.context = read.text(from, "context");
    out.server = read.text(from, "server");
    out.user = read.text(from, "user");
    out.groups = read.list(from, "groups");
    out.capturedFrom = read.time(from, "capturedFrom");
    out.capturedTo = read.time(from, "capturedTo");
    out.namespaces = read.list(from, "namespaces");
    out.redaction = static_cast<std::uint32_t>(read.number(from, "redaction"));
    out.isIdentityVerified = read.flag(from, "serverIdentityVerified");
    out.peerCertificate = read.text(from, "peerCertificate");
    out.warnings = read.list(from, "warnings");
    out.layout = read.text(from, "layout");
    return out;
}

NotCollected readMissing(Reader& read, Value from)
{
    return { .group = read.text(from, "group"),
        .version = read.text(from, "version"),
        .plural = read.text(from, "resource"),
        .kind = read.text(from, "kind"),
        .ns = read.text(from, "namespace"),
        .reason = read.text(from, "reason"),
        .httpStatus = static_cast<int>(read.number(from, "httpStatus")),
        .message = read.text(from, "message"),
        .missingPermission = read.text(from, "missingPermission") };
}

void readBlocks(Reader& read, Value from, EntryFacts& entry)
{
    std::uint64_t bytes = 0, packed = endOfStreamBytes, items = 0;
    read.isGood = read.isGood && from.isArray();
    for (const Value value : from) {
        const BlockFacts block { .packed = read.number(value, "packed"),
            .bytes = read.number(value, "bytes"),
            .items = static_cast<std::uint32_t>(read.number(value, "items")),
            .sha256 = read.text(value, "sha256") };
        read.isGood = read.isGood && block.bytes <= maxBlockBytes && block.packed <= maxBlockBytes
            && block.bytes <= block.packed * maxDeflateRatio;
        bytes += block.bytes;
        packed += block.packed;
        items += block.items;
        entry.blocks.push_back(block);
    }
    // Absurd sizes cannot be told from true ones by themselves: they must at least agree with each other.
    read.isGood = read.isGood && bytes == entry.bytes && packed == entry.packed && items == entry.items
        && entry.blocks.size() >= (entry.isResource ? 2u : 1u);
    for (std::size_t i = 0; i < entry.blocks.size(); ++i) {
        const bool holdsItems = entry.isResource && i > 0 && i + 1 < entry.blocks.size();
        read.isGood = read.isGood && (entry.blocks[i].items > 0) == holdsItems;
    }
}

EntryFacts readEntry(Reader& read, Value from)
{
    EntryFacts out;
    out.path = read.text(from, "path");
    out.sha256 = read.text(from, "sha256");
    out.bytes = read.number(from, "bytes");
    out.packed = read.number(from, "packedBytes");
    out.crc32 = static_cast<std::uint32_t>(read.number(from, "crc32"));
    out.isResource = from["kind"].isPresent();
    if (out.isResource) {
        out.key = { .group = read.text(from, "group"),
            .version = read.text(from, "version"),
            .plural = read.text(from, "resource"),
            .kind = read.text(from, "kind"),
            .isNamespaced = read.flag(from, "namespaced") };
        out.items = read.number(from, "items");
        out.facts = { .resourceVersion = read.text(from, "resourceVersion"),
            .listedAt = read.time(from, "listedAt"),
            .isConsistent = read.flag(from, "consistent"),
            .isComplete = read.flag(from, "complete"),
            .namespaces = read.list(from, "namespaces") };
        read.isGood = read.isGood && out.path == pathOf(out.key) && !out.key.kind.empty();
    }
    readBlocks(read, from["blocks"], out);
    return out;
}

// A part of a path: names of resources come from servers.
std::string safePart(std::string_view text)
{
    std::string out;
    for (const char c : text.substr(0, maxPathPart)) {
        const bool isPlain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'
            || c == '.' || c == '_';
        out += isPlain ? c : '_';
    }
    return out == "." || out == ".." || out.empty() ? "_" : out;
}

} // namespace

std::string toJson(const Manifest& manifest)
{
    Writer out;
    out.open("", '{');
    out.member("schema", manifestSchema);
    writeOrigin(out, manifest.origin);
    writeNotCollected(out, manifest.notCollected);
    out.open("entries", '[');
    for (const EntryFacts& entry : manifest.entries)
        writeEntry(out, entry);
    out.close(']');
    out.close('}');
    return out.text + '\n';
}

Result<Manifest> readManifest(std::string_view json)
{
    format::Document document;
    format::JsonParser parser;
    if (!parser.parseCopy(json, document) || !document.root().isObject())
        return failure(ErrorKind::Format, "manifest.json is no JSON object");
    const Value root = document.root();
    const std::string_view schema = root["schema"].text();
    if (schema != manifestSchema) {
        if (schema.starts_with("plimsoll/snapshot/v"))
            return failure(ErrorKind::Format, "the snapshot has the newer format " + shortened(printable(schema), 60),
                {}, "open it with a newer version of Plimsoll");
        return failure(ErrorKind::Format, "manifest.json is not that of a snapshot");
    }
    Reader read;
    Manifest out;
    out.origin = readOrigin(read, root["origin"]);
    for (const Value one : root["notCollected"])
        out.notCollected.push_back(readMissing(read, one));
    for (const Value one : root["entries"]) {
        out.entries.push_back(readEntry(read, one));
        if (!read.isGood)
            return failure(ErrorKind::Format,
                "manifest.json contradicts itself at the entry " + shortened(printable(out.entries.back().path), 200));
    }
    if (!read.isGood)
        return failure(ErrorKind::Format, "manifest.json lacks a field or has one of the wrong type");
    return out;
}

std::string pathOf(const ResourceKey& key)
{
    return "resources/" + (key.group.empty() ? std::string("core") : safePart(key.group)) + '/' + safePart(key.version)
        + '/' + safePart(key.plural) + ".json";
}

std::string listHead(const ResourceKey& key)
{
    const std::string apiVersion = key.group.empty() ? key.version : key.group + '/' + key.version;
    return "{\"apiVersion\":" + jsonQuoted(apiVersion) + ",\"kind\":" + jsonQuoted(key.kind + "List")
        + ",\"items\":[\n";
}

std::string listTail(bool isEmpty)
{
    return std::string(isEmpty ? "" : "\n") + "],\"metadata\":{}}\n";
}

} // namespace plimsoll::snapshot::detail
