// SPDX-License-Identifier: Apache-2.0
#include "core/format/Yaml.h"

#include <algorithm>
#include <istream>
#include <streambuf>
#include <unordered_map>
#include <unordered_set>

#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include "core/base/Text.h"
#include "core/format/YamlScalar_p.h"

namespace plimsoll::format {

namespace {

constexpr std::string_view tagPrefix = "tag:yaml.org,2002:";

// A text as a stream without copying it.
class ViewBuffer : public std::streambuf {
public:
    explicit ViewBuffer(std::string_view text)
    {
        char* begin = const_cast<char*>(text.data()); // the get area is only read
        setg(begin, begin, begin + text.size());
    }
};

// Leaves yaml-cpp's parser from inside an event; never leaves parseYaml().
struct Refusal {
    ErrorKind kind;
    std::string what;
    int line; // 0-based, within the text
};

// Builds the document from yaml-cpp's events. A map's key comes as an event like any other; it is held back until its
// value comes.
class Builder : public YAML::EventHandler {
public:
    Builder(std::uint32_t firstLine, Document& document, const Limits& limits)
        : m_document(document)
        , m_limits(limits)
        , m_firstLine(firstLine)
    {
    }

    void OnDocumentStart(const YAML::Mark& mark) override
    {
        if (m_document.nodeCount() > 0)
            throw Refusal { ErrorKind::Format, "a second document begins where the first should go on", mark.line };
    }
    void OnDocumentEnd() override { }
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override
    {
        if (isKeyExpected())
            throw Refusal { ErrorKind::Format, "a key is null", mark.line };
        addScalar(mark, anchor, { .type = Type::Null });
    }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
    void OnScalar(
        const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, const std::string& value) override;
    void OnSequenceStart(
        const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor, YAML::EmitterStyle::value) override
    {
        open(mark, anchor, Type::Array);
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(
        const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor, YAML::EmitterStyle::value) override
    {
        open(mark, anchor, Type::Object);
    }
    void OnMapEnd() override { close(); }

private:
    struct Level {
        std::uint32_t node = 0;
        std::uint32_t lastChild = Document::none;
        std::uint32_t merge = Document::none; // value of "<<" while it is being read
        std::uint32_t keyLine = 0;
        std::string_view key {};
        bool isObject = false;
        bool hasKey = false;
        bool isMergeKey = false;
        bool hasMerged = false;
        YAML::anchor_t anchor = 0;
    };
    struct Anchor {
        std::uint32_t node = Document::none;
        bool isComplete = false;
    };

    bool isKeyExpected() const { return !m_levels.empty() && m_levels.back().isObject && !m_levels.back().hasKey; }
    std::uint32_t lineOf(const YAML::Mark& mark) const
    {
        return m_firstLine + static_cast<std::uint32_t>(std::max(mark.line, 0));
    }
    Document::Node scalarNode(const YAML::Mark& mark, const std::string& tag, const std::string& value);
    std::string_view keepKey(std::string_view key);
    std::uint32_t addNode(const YAML::Mark& mark, YAML::anchor_t anchor, Document::Node node);
    void addScalar(const YAML::Mark& mark, YAML::anchor_t anchor, const Document::Node& node);
    void setKey(const YAML::Mark& mark, std::string_view key, bool isMergeKey);
    void open(const YAML::Mark& mark, YAML::anchor_t anchor, Type type);
    void close();
    void remember(YAML::anchor_t anchor, std::uint32_t node, bool isComplete);
    void copyBelow(std::uint32_t from, std::uint32_t to, const YAML::Mark& mark);
    void finishValue();
    void mergeInto(Level& level);
    void mergeMap(Level& level, std::uint32_t map);
    void dropRepeatedKeys(std::uint32_t map);

    Document& m_document;
    const Limits& m_limits;
    std::uint32_t m_firstLine;
    std::vector<Level> m_levels;
    std::vector<Anchor> m_anchors; // by yaml-cpp's number
    std::unordered_set<std::string_view> m_keys; // the same few names come again and again
    std::size_t m_aliasNodes = 0;
};

Document::Node Builder::scalarNode(const YAML::Mark& mark, const std::string& tag, const std::string& value)
{
    Document::Node node;
    node.type = Type::String;
    const std::string_view name
        = std::string_view(tag).starts_with(tagPrefix) ? std::string_view(tag).substr(tagPrefix.size()) : "";
    if (name == "binary") {
        const auto bytes = decodeBase64(value);
        if (!bytes)
            throw Refusal { ErrorKind::Format, "!!binary is not base64", mark.line };
        node.text = m_document.keep(validUtf8(*bytes));
        return node;
    }
    const bool isTyped = name == "int" || name == "float" || name == "bool" || name == "null";
    if (tag == "?" || isTyped) {
        YamlScalar scalar = resolvePlain(value);
        if (scalar.isInfinite)
            throw Refusal { ErrorKind::Format, "infinity and not-a-number have no JSON form", mark.line };
        if (scalar.type != Type::String) {
            node.type = scalar.type;
            node.text = scalar.text.empty() ? std::string_view() : m_document.keep(scalar.text);
            return node;
        }
        if (isTyped)
            throw Refusal { ErrorKind::Format, "a value does not fit its tag !!" + std::string(name), mark.line };
    }
    const bool isAscii = std::ranges::all_of(value, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    node.text = m_document.keep(isAscii ? value : validUtf8(value));
    return node;
}

std::string_view Builder::keepKey(std::string_view key)
{
    constexpr std::size_t maxKeptKeys = 100'000;
    const auto known = m_keys.find(key);
    if (known != m_keys.end())
        return *known;
    const std::string_view kept = m_document.keep(key);
    if (m_keys.size() < maxKeptKeys)
        m_keys.insert(kept);
    return kept;
}

void Builder::OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, const std::string& value)
{
    if (!isKeyExpected()) {
        addScalar(mark, anchor, scalarNode(mark, tag, value));
        return;
    }
    if (tag == "?" && value == "<<") {
        setKey(mark, {}, true);
        return;
    }
    const Document::Node node = scalarNode(mark, tag, value);
    setKey(mark, node.text, false);
    if (anchor != 0) { // the key is also a value elsewhere; it lies in the array without being anybody's child
        const std::uint32_t index = m_document.add(Document::none, Document::none, node);
        remember(anchor, index, true);
    }
}

void Builder::setKey(const YAML::Mark& mark, std::string_view key, bool isMergeKey)
{
    Level& level = m_levels.back();
    level.hasKey = true;
    level.isMergeKey = isMergeKey;
    level.key = isMergeKey ? std::string_view("<<") : keepKey(key);
    level.keyLine = lineOf(mark);
}

// A member stands where its key stands, an element where it begins itself.
std::uint32_t Builder::addNode(const YAML::Mark& mark, YAML::anchor_t anchor, Document::Node node)
{
    if (m_levels.empty()) {
        node.position = lineOf(mark);
        const std::uint32_t root = m_document.add(Document::none, Document::none, node);
        remember(anchor, root, false);
        return root;
    }
    Level& level = m_levels.back();
    if (isKeyExpected())
        throw Refusal { ErrorKind::Format, "a list or map stands where a key should be", mark.line };
    node.position = level.isObject ? level.keyLine : lineOf(mark);
    if (level.isObject)
        node.key = level.key;
    const bool isMerge = level.isObject && level.isMergeKey;
    const std::uint32_t index = isMerge ? m_document.add(Document::none, Document::none, node)
                                        : m_document.add(level.node, level.lastChild, node);
    (isMerge ? level.merge : level.lastChild) = index;
    remember(anchor, index, false);
    return index;
}

void Builder::addScalar(const YAML::Mark& mark, YAML::anchor_t anchor, const Document::Node& node)
{
    const std::uint32_t index = addNode(mark, anchor, node);
    remember(anchor, index, true);
    finishValue();
}

void Builder::open(const YAML::Mark& mark, YAML::anchor_t anchor, Type type)
{
    if (m_levels.size() >= m_limits.maxDepth)
        throw Refusal { ErrorKind::Limit, "values are nested too deeply", mark.line };
    const std::uint32_t index = addNode(mark, anchor, { .type = type });
    m_levels.push_back({ .node = index, .isObject = type == Type::Object, .anchor = anchor });
}

void Builder::close()
{
    const Level level = m_levels.back();
    if (level.hasMerged)
        dropRepeatedKeys(level.node);
    m_levels.pop_back();
    remember(level.anchor, level.node, true);
    finishValue();
}

void Builder::remember(YAML::anchor_t anchor, std::uint32_t node, bool isComplete)
{
    if (anchor == 0)
        return;
    if (m_anchors.size() <= anchor)
        m_anchors.resize(anchor + 1);
    m_anchors[anchor] = { .node = node, .isComplete = isComplete };
}

void Builder::OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor)
{
    if (anchor >= m_anchors.size() || !m_anchors[anchor].isComplete)
        throw Refusal { ErrorKind::Format, "an alias stands for a value that contains it", mark.line };
    const std::uint32_t source = m_anchors[anchor].node;
    const Document::Node original = m_document.node(source);
    if (isKeyExpected()) {
        if (original.type == Type::Array || original.type == Type::Object || original.type == Type::Null)
            throw Refusal { ErrorKind::Format, "a list or map stands where a key should be", mark.line };
        setKey(mark, original.text, false);
        return;
    }
    if (++m_aliasNodes > m_limits.maxYamlAliasNodes)
        throw Refusal { ErrorKind::Limit, "aliases expand to too many values", mark.line };
    const std::uint32_t copy = addNode(mark, 0, { .text = original.text, .type = original.type });
    copyBelow(source, copy, mark);
    finishValue();
}

// Copies what is below a node. Texts are shared, so an alias costs its nodes alone, and those are counted.
void Builder::copyBelow(std::uint32_t from, std::uint32_t to, const YAML::Mark& mark)
{
    struct Step {
        std::uint32_t source; // next node to copy
        std::uint32_t parent;
        std::uint32_t previous;
    };
    std::vector<Step> steps { { m_document.node(from).firstChild, to, Document::none } };
    while (!steps.empty()) {
        Step& step = steps.back();
        if (step.source == Document::none) {
            steps.pop_back();
            continue;
        }
        if (++m_aliasNodes > m_limits.maxYamlAliasNodes)
            throw Refusal { ErrorKind::Limit, "aliases expand to too many values", mark.line };
        if (steps.size() + m_levels.size() > m_limits.maxDepth)
            throw Refusal { ErrorKind::Limit, "values are nested too deeply", mark.line };
        const Document::Node original = m_document.node(step.source);
        const std::uint32_t copy = m_document.add(step.parent, step.previous,
            { .key = original.key, .text = original.text, .position = original.position, .type = original.type });
        step.source = original.nextSibling;
        step.previous = copy;
        if (original.firstChild != Document::none)
            steps.push_back({ original.firstChild, copy, Document::none });
    }
}

// A value is whole: the map it belongs to waits for a key again.
void Builder::finishValue()
{
    if (m_levels.empty())
        return;
    Level& level = m_levels.back();
    if (level.isObject && level.isMergeKey)
        mergeInto(level);
    level.hasKey = false;
    level.isMergeKey = false;
}

void Builder::mergeInto(Level& level)
{
    const std::uint32_t value = level.merge;
    const Type type = m_document.node(value).type;
    level.merge = Document::none;
    if (type == Type::Object) {
        mergeMap(level, value);
        return;
    }
    std::vector<std::uint32_t> maps;
    for (const Value element : m_document.value(value)) {
        if (!element.isObject())
            break;
        maps.push_back(element.node());
    }
    if (type != Type::Array || maps.size() != m_document.value(value).size())
        throw Refusal { ErrorKind::Format, "a merge key (<<) needs a map or a list of maps",
            static_cast<int>(level.keyLine - m_firstLine) };
    // Of several maps the earlier wins, and of equal keys of a map the last is read.
    for (std::size_t i = maps.size(); i-- > 0;)
        mergeMap(level, maps[i]);
}

void Builder::mergeMap(Level& level, std::uint32_t map)
{
    level.hasMerged = true;
    const YAML::Mark mark;
    for (std::uint32_t child = m_document.node(map).firstChild; child != Document::none;
         child = m_document.node(child).nextSibling) {
        if (++m_aliasNodes > m_limits.maxYamlAliasNodes)
            throw Refusal { ErrorKind::Limit, "aliases expand to too many values",
                static_cast<int>(level.keyLine - m_firstLine) };
        const Document::Node original = m_document.node(child);
        level.lastChild = m_document.add(level.node, level.lastChild,
            { .key = original.key, .text = original.text, .position = original.position, .type = original.type });
        copyBelow(child, level.lastChild, mark);
    }
}

// A merged map must list each key once, or its overridden values would still be seen by those who list members.
void Builder::dropRepeatedKeys(std::uint32_t map)
{
    std::unordered_map<std::string_view, std::uint32_t> last;
    for (const Value member : m_document.value(map))
        last[member.key()] = member.node();
    std::uint32_t* link = &m_document.node(map).firstChild;
    while (*link != Document::none) {
        Document::Node& child = m_document.node(*link);
        if (last[child.key] != *link)
            *link = child.nextSibling;
        else
            link = &child.nextSibling;
    }
}

Error errorAt(ErrorKind kind, std::string what, std::uint32_t firstLine, int line)
{
    return { kind, std::move(what), "line " + std::to_string(firstLine + static_cast<std::uint32_t>(std::max(line, 0))),
        {} };
}

// YAML has no control characters but tab and line breaks; yaml-cpp would take 0x04 for the end.
std::optional<Error> findControlCharacter(std::string_view text, std::uint32_t firstLine)
{
    int line = 0;
    for (const char c : text) {
        if (c == '\n')
            ++line;
        else if ((static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\r') || c == 0x7F)
            return errorAt(ErrorKind::Format, "a control character is not YAML", firstLine, line);
    }
    return std::nullopt;
}

bool isMarker(std::string_view line, std::string_view marker)
{
    return line.starts_with(marker)
        && (line.size() == marker.size() || line[marker.size()] == ' ' || line[marker.size()] == '\t'
            || line[marker.size()] == '\r');
}

// Whether a line says nothing by itself: blank, a comment, or a directive of the document to come.
bool isEmptyLine(std::string_view line)
{
    const std::string_view content = trimmed(line);
    return content.empty() || content.front() == '#' || line.front() == '%';
}

} // namespace

std::vector<YamlPiece> splitYaml(std::string_view text)
{
    std::vector<YamlPiece> pieces;
    if (text.starts_with("\xEF\xBB\xBF"))
        text.remove_prefix(3);
    std::size_t begin = 0;
    std::uint32_t beginLine = 1;
    std::uint32_t line = 1;
    bool isEmpty = true;
    const auto cut = [&](std::size_t end) {
        if (!isEmpty)
            pieces.push_back({ text.substr(begin, end - begin), beginLine });
        isEmpty = true;
    };
    for (std::size_t at = 0; at < text.size(); ++line) {
        const std::size_t newLine = std::min(text.find('\n', at), text.size());
        const std::string_view content = text.substr(at, newLine - at);
        const std::size_t next = std::min(newLine + 1, text.size());
        if (isMarker(content, "---")) {
            cut(at);
            begin = at + 3; // what stands behind the marker belongs to the document
            beginLine = line;
            isEmpty = isEmptyLine(content.substr(3));
        } else if (isMarker(content, "...")) {
            cut(at);
            begin = next;
            beginLine = line + 1;
        } else if (isEmpty && !isEmptyLine(content)) {
            isEmpty = false;
        } else if (isEmpty && content.starts_with('%')) {
            begin = next;
            beginLine = line + 1;
        }
        at = next;
    }
    cut(text.size());
    return pieces;
}

Result<void> parseYaml(std::string_view text, std::uint32_t firstLine, Document& document, const Limits& limits)
{
    document.clear();
    document.setLineNumbered(true);
    if (text.size() > limits.maxObjectBytes) {
        Error error = errorAt(ErrorKind::Limit,
            "a YAML document is larger than " + grouped(limits.maxObjectBytes >> 20) + " MB", firstLine, 0);
        error.advice = "write it as JSON, which is read piece by piece";
        return std::unexpected(std::move(error));
    }
    if (auto error = findControlCharacter(text, firstLine))
        return std::unexpected(std::move(*error));
    Builder builder(firstLine, document, limits);
    try {
        ViewBuffer buffer(text);
        std::istream stream(&buffer);
        YAML::Parser parser(stream);
        while (parser.HandleNextDocument(builder)) { }
        if (document.nodeCount() == 0)
            document.add(Document::none, Document::none, { .position = firstLine, .type = Type::Null });
        return {};
    } catch (const Refusal& refusal) {
        return std::unexpected(errorAt(refusal.kind, refusal.what, firstLine, refusal.line));
    } catch (const YAML::DeepRecursion& deep) {
        return std::unexpected(errorAt(ErrorKind::Limit, "values are nested too deeply", firstLine, deep.mark.line));
    } catch (const YAML::Exception& error) {
        return std::unexpected(
            errorAt(ErrorKind::Format, "not YAML: " + printable(error.msg), firstLine, error.mark.line));
    } catch (const std::exception&) { // out of memory, or a length that fits no string
        return std::unexpected(errorAt(ErrorKind::Internal, "the YAML could not be read", firstLine, 0));
    }
}

} // namespace plimsoll::format
