// SPDX-License-Identifier: Apache-2.0
#include "core/snapshot/Objects_p.h"

#include <algorithm>
#include <cstring>

#include "core/base/Text.h"
#include "core/format/Json.h"
#include "core/format/Yaml.h"
#include "core/snapshot/Masking.h"
#include "core/snapshot/Recognise_p.h"

namespace plimsoll::snapshot {

namespace {

using format::Document;
using format::Value;

// A copy of one value below a document as a document of its own. Texts still point into the first one.
void copyInto(Document& to, Value from, std::uint32_t base, std::uint32_t parent, std::uint32_t& previous)
{
    Document::Node node;
    node.key = parent == Document::none ? std::string_view() : from.key();
    node.text = from.text();
    node.type = from.type();
    node.position = from.position() - base;
    previous = to.add(parent, previous, node);
    const std::uint32_t added = previous;
    std::uint32_t last = Document::none;
    for (const Value child : from)
        copyInto(to, child, base, added, last);
}

std::string placeIn(const std::string& file, std::uint32_t line)
{
    return file + ':' + std::to_string(line);
}

// The number behind "line " or "offset " in Error::where.
std::uint32_t numberIn(std::string_view where)
{
    return static_cast<std::uint32_t>(toInteger(where.substr(where.rfind(' ') + 1)).value_or(0));
}

std::uint32_t linesBefore(std::string_view text, std::size_t end)
{
    return static_cast<std::uint32_t>(std::ranges::count(text.substr(0, std::min(end, text.size())), '\n'));
}

// Types that say apiVersion and kind but are files of tools or requests, never objects of a cluster.
bool isNoObject(std::string_view apiVersion, std::string_view kind)
{
    return apiVersion.starts_with("kustomize.config.k8s.io/") || apiVersion.starts_with("audit.k8s.io/")
        || (apiVersion == "v1" && kind == "Config");
}

} // namespace

struct ObjectReader::Tools {
    explicit Tools(const format::Limits& limits)
        : parser(limits)
    {
    }
    format::JsonParser parser;
    Document document;
    Document nested;
    std::string record;
};

// One batch being read.
class ObjectReader::Work {
public:
    Work(ObjectReader& reader, Tools& tools, Batch& batch)
        : m_reader(reader)
        , m_tools(tools)
        , m_batch(batch)
    {
    }

    void run()
    {
        m_batch.objects = m_reader.m_sink.newBatch();
        if (m_batch.isYaml) {
            readYaml();
        } else {
            for (const format::JsonItem& item : m_batch.items)
                readItem(item);
        }
        closeBlock();
    }

private:
    // Where the value at hand comes from.
    struct Origin {
        std::string_view text; // its source text (JSON)
        std::uint64_t offset = 0; // of text in the file
        std::uint32_t line = 1; // of text
        TypeName derived; // from the enclosing list
        const format::JsonItem* item = nullptr;
    };

    std::string_view buffer() const { return { m_batch.buffer.bytes.get() + m_batch.begin, m_batch.size }; }

    void report(Problem::Level level, std::uint32_t line, Error error, bool isOnlyForKubernetes)
    {
        error.where = placeIn(m_batch.fileName, line);
        m_batch.problems.push_back({ m_batch.file, line, isOnlyForKubernetes, { level, std::move(error) } });
    }

    void reportBad(std::uint32_t line, std::string what, std::string advice = {})
    {
        report(Problem::Level::Error, line, { ErrorKind::Format, std::move(what), {}, std::move(advice) }, false);
    }

    TypeName itemType(const format::JsonItem& item) const
    {
        if (item.list < m_batch.firstList || item.list - m_batch.firstList >= m_batch.lists.size())
            return {};
        return m_batch.lists[item.list - m_batch.firstList];
    }

    void readItem(const format::JsonItem& item)
    {
        if (item.role == format::JsonItem::Role::TooLarge) {
            report(Problem::Level::Error, item.line,
                { ErrorKind::Limit,
                    "an object is larger than " + std::to_string(m_reader.m_limits.maxObjectBytes >> 20)
                        + " MB and was passed over",
                    {}, {} },
                true);
            return;
        }
        const std::string_view text = buffer().substr(item.begin, item.size);
        if (item.role == format::JsonItem::Role::Stray) {
            report(Problem::Level::Error, item.line,
                { ErrorKind::Format,
                    "something other than an object stands here: " + shortened(printable(trimmed(text)), 40), {}, {} },
                true);
            return;
        }
        const bool mayKeepFields = m_batch.keepsManagedFields
            || (m_batch.isKept
                && (text.contains("\"Secret\"") || itemType(item).kind == "Secret"
                    || m_batch.pathType.kind == "Secret"));
        auto parsed = m_tools.parser.parse(text, m_tools.document, mayKeepFields ? nullptr : isManagedFields);
        if (!parsed) {
            Error error = std::move(parsed.error());
            const std::uint32_t line = item.line + linesBefore(text, numberIn(error.where));
            const bool isClaimed = text.contains("\"apiVersion\"") || item.list != format::JsonItem::noList;
            report(Problem::Level::Error, line, std::move(error), !isClaimed);
            return;
        }
        Origin origin {
            .text = text, .offset = item.offset, .line = item.line, .derived = itemType(item), .item = &item
        };
        takeRoot(origin);
    }

    void readYaml()
    {
        for (const format::YamlPiece& piece : format::splitYaml(buffer())) {
            if (!mentionsObject(piece.text))
                continue;
            const std::uint32_t firstLine = m_batch.firstLine + piece.firstLine - 1;
            auto parsed = format::parseYaml(piece.text, firstLine, m_tools.document, m_reader.m_limits);
            if (!parsed) {
                reportYaml(piece.text, firstLine, std::move(parsed.error()));
                continue;
            }
            takeRoot({ .text = {}, .offset = 0, .line = firstLine, .derived = {}, .item = nullptr });
        }
    }

    void reportYaml(std::string_view text, std::uint32_t firstLine, Error error)
    {
        const std::uint32_t line = std::max(firstLine, numberIn(error.where));
        if (text.contains("{{")) {
            report(Problem::Level::Note, line,
                { ErrorKind::Format, "this is a template that was not rendered", {},
                    "render it (helm template) and open the result" },
                true);
            return;
        }
        report(Problem::Level::Error, line, std::move(error), !claimsObject(text));
    }

    // A whole document: one object, a list of objects, or none of ours.
    void takeRoot(const Origin& origin)
    {
        const Value root = m_tools.document.root();
        if (root.isArray() && origin.item && origin.item->role == format::JsonItem::Role::ListItem) {
            reportBad(origin.line, "an item of the list is not an object");
            return;
        }
        const Value items = root.isArray() ? root : root["items"];
        const std::string_view kind = root["kind"].text();
        // An API server writes an empty list as "items": null. An object whose kind ends in List has a name.
        const bool isEmptyList = items.type() == format::Type::Null && root["metadata"]["name"].isAbsent();
        if (root.isArray() || (kind.ends_with("List") && (items.isArray() || isEmptyList))) {
            takeNested(root, items, origin);
            return;
        }
        takeObject(m_tools.document, origin);
    }

    void takeNested(Value root, Value items, const Origin& origin)
    {
        TypeName derived = origin.derived;
        if (root.isObject()) {
            const std::string_view itemKind = itemKindOf(root["kind"].text());
            derived = { std::string(root["apiVersion"].text()), std::string(itemKind) };
            m_batch.isKubernetes = true;
            if (!itemKind.empty())
                m_batch.listed.push_back({ groupOf(derived.apiVersion), derived.kind });
            else if (auto listed = kindOfPlural(m_batch.fileName))
                m_batch.listed.push_back(std::move(*listed));
        }
        const bool isLineNumbered = m_tools.document.isLineNumbered();
        for (const Value item : items) {
            const std::uint32_t base = isLineNumbered ? 0 : item.position();
            m_tools.nested.clear();
            m_tools.nested.setLineNumbered(isLineNumbered);
            std::uint32_t previous = Document::none;
            copyInto(m_tools.nested, item, base, Document::none, previous);
            if (!m_batch.isKept)
                dropManagedFields(m_tools.nested);
            Origin nested {
                .text = {}, .offset = origin.offset + base, .line = item.position(), .derived = derived, .item = nullptr
            };
            if (!isLineNumbered) {
                nested.text = origin.text.substr(base);
                nested.text = nested.text.substr(0, format::jsonLength(nested.text));
                nested.line = origin.line + linesBefore(origin.text, base);
            }
            takeObject(m_tools.nested, nested);
        }
    }

    // version.json of kubectl, and cluster_version.json of a support bundle.
    bool takeVersion(Value root)
    {
        Value version = root["serverVersion"]["gitVersion"];
        if (!version.isString() && root["string"].isString())
            version = root["info"]["gitVersion"];
        if (!version.isString() && root["platform"].isString() && root["major"].isString())
            version = root["gitVersion"]; // serverversion.json of Sonobuoy
        if (!version.isString() || version.text().size() > 100)
            return false;
        m_batch.serverVersion = printable(version.text());
        m_batch.isKubernetes = true;
        return true;
    }

    void takeObject(Document& document, const Origin& origin)
    {
        const Value root = document.root();
        if (!root.isObject()) {
            if (!origin.derived.isEmpty() || (origin.item && origin.item->list != format::JsonItem::noList))
                reportBad(origin.line, "an item of the list is not an object");
            return;
        }
        const Value ownVersion = root["apiVersion"];
        const Value ownKind = root["kind"];
        if (ownKind.isAbsent() && ownVersion.isAbsent() && origin.derived.isEmpty()) {
            if (takeVersion(root))
                return;
            const bool isInList = origin.item && origin.item->list != format::JsonItem::noList;
            if (isInList || m_batch.pathType.isEmpty() || root["metadata"]["name"].isAbsent()) {
                hold(origin);
                return;
            }
            give(document, m_batch.pathType.apiVersion, m_batch.pathType.kind, origin);
            return;
        }
        for (const Value type : { ownVersion, ownKind }) {
            if (type.isPresent() && !type.isString()) {
                report(Problem::Level::Error, origin.line,
                    { ErrorKind::Format, std::string(type.key()) + " is not a string", {}, {} }, true);
                return;
            }
        }
        const std::string_view apiVersion = ownVersion.isPresent() ? ownVersion.text() : origin.derived.apiVersion;
        const std::string_view kind = ownKind.isPresent() ? ownKind.text() : origin.derived.kind;
        if (apiVersion.empty() || kind.empty() || isNoObject(apiVersion, kind))
            return;
        if (isNamed(root, apiVersion, kind, origin))
            give(document, apiVersion, kind, origin);
    }

    // Every object of a cluster has metadata with a name; configuration files of components have none.
    bool isNamed(Value root, std::string_view apiVersion, std::string_view kind, const Origin& origin)
    {
        const Value metadata = root["metadata"];
        const auto bad = [&](std::string_view what, std::string_view fault) {
            reportBad(origin.line,
                std::string(what) + (what.empty() ? "a " : " a ") + shortened(printable(kind), 80)
                    + std::string(fault));
            return false;
        };
        if (apiVersion == "v1" && kind == "Status") {
            m_batch.isKubernetes = true;
            report(Problem::Level::Note, origin.line,
                { ErrorKind::Format,
                    "the API server's answer was an error: " + shortened(printable(root["message"].text()), 200), {},
                    {} },
                false);
            return false;
        }
        if (metadata.isAbsent())
            return false;
        if (!metadata.isObject()) {
            return bad("metadata of", " is not an object");
        }
        const Value name = metadata["name"];
        if (name.isPresent() && !name.isString()) {
            return bad("metadata.name of", " is not a string");
        }
        const Value ns = metadata["namespace"];
        if (ns.isPresent() && !ns.isString() && ns.type() != format::Type::Null) {
            return bad("metadata.namespace of", " is not a string");
        }
        if (name.text().empty() && metadata["generateName"].text().empty()) {
            return bad("", " has no name");
        }
        return true;
    }

    void give(Document& document, std::string_view apiVersion, std::string_view kind, const Origin& origin)
    {
        // When a Secret was last changed is evidence, and what is kept cannot be read again.
        if (m_batch.isKept && !m_batch.keepsManagedFields && !(apiVersion == "v1" && kind == "Secret"))
            dropManagedFields(document);
        const std::vector<MaskedValue> masked = redact(document, apiVersion, kind);
        m_batch.holdsSecrets = m_batch.holdsSecrets || !masked.empty();
        RawRef raw { .file = m_batch.file,
            .block = Snapshot::inFile,
            .offset = origin.offset,
            .length = static_cast<std::uint32_t>(origin.text.size()),
            .line = origin.line };
        if (document.isLineNumbered())
            raw.line = document.root().position();
        if (m_batch.isKept) {
            keep(document, origin, raw);
            if (!m_batch.keepsManagedFields)
                dropManagedFields(document);
        }
        m_batch.objects->add(
            { .root = document.root(), .apiVersion = apiVersion, .kind = kind, .raw = raw, .masked = masked });
        ++m_batch.objectCount;
        m_batch.isKubernetes = true;
    }

    void keep(const Document& document, const Origin& origin, RawRef& raw)
    {
        std::string& block = m_tools.record;
        if (block.empty())
            m_block = m_reader.m_kept.reserve();
        raw.block = m_block;
        raw.offset = block.size();
        appendRecord(block, document.root(), document.isLineNumbered(), origin.text, origin.line);
        raw.length = static_cast<std::uint32_t>(block.size() - raw.offset);
        if (block.size() > BlockStore::blockBytes)
            closeBlock();
    }

    void closeBlock()
    {
        if (!m_tools.record.empty())
            m_reader.m_kept.fill(m_block, m_tools.record);
        m_tools.record.clear();
    }

    void hold(const Origin& origin)
    {
        if (!origin.item || origin.item->list == format::JsonItem::noList)
            return;
        m_batch.held.push_back(
            { m_batch.file, *origin.item, m_batch.isKept ? std::string(origin.text) : std::string() });
    }

    ObjectReader& m_reader;
    Tools& m_tools;
    Batch& m_batch;
    std::uint32_t m_block = 0;
};

ObjectReader::ObjectReader(const format::Limits& limits, ObjectSink& sink, BlockStore& kept, BufferPool& buffers)
    : m_limits(limits)
    , m_sink(sink)
    , m_kept(kept)
    , m_buffers(buffers)
{
}

ObjectReader::~ObjectReader() = default;

void ObjectReader::read(Batch& batch)
{
    if (batch.fill) {
        if (auto filled = batch.fill(batch); !filled) {
            batch.refused = std::move(filled.error());
            return;
        }
    }
    std::unique_ptr<Tools> tools;
    {
        const std::lock_guard lock(m_mutex);
        if (!m_idle.empty()) {
            tools = std::move(m_idle.back());
            m_idle.pop_back();
        }
    }
    if (!tools)
        tools = std::make_unique<Tools>(m_limits);
    Work(*this, *tools, batch).run();
    if (batch.holdsSecrets) {
        ::explicit_bzero(batch.buffer.bytes.get(), batch.buffer.capacity);
        tools->document.wipe();
        tools->nested.wipe();
        tools->parser.wipe();
    }
    m_buffers.give(std::move(batch.buffer));
    const std::lock_guard lock(m_mutex);
    m_idle.push_back(std::move(tools));
}

} // namespace plimsoll::snapshot
