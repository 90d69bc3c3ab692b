// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll::format {

enum class Type : std::uint8_t { Null, Boolean, Number, String, Array, Object };

class Document;

// One value of a Document: a small handle, copied freely; also the "absent" value, on which every question has the
// empty answer, so that value["spec"]["hostPID"].asBool() needs no checks on the way.
// Owns: nothing; valid as long as its Document is neither changed nor destroyed.
class Value {
public:
    Value() = default; // absent

    bool isAbsent() const { return m_document == nullptr; }
    bool isPresent() const { return m_document != nullptr; }
    Type type() const; // Null when absent
    bool isObject() const { return isPresent() && type() == Type::Object; }
    bool isArray() const { return isPresent() && type() == Type::Array; }
    bool isString() const { return isPresent() && type() == Type::String; }

    // Text of a string, source text of a number ("8080"), "true"/"false" of a boolean; "" for all else.
    std::string_view text() const;
    // The string, or nothing when it is absent or not a string.
    std::optional<std::string_view> asString() const;
    std::optional<bool> asBool() const;
    // Whole numbers only, as Kubernetes reads int fields.
    std::optional<std::int64_t> asInteger() const;

    // Member of an object; of equal keys the last (as the API server decodes). Absent for all else.
    Value operator[](std::string_view key) const;
    // Follows an RFC 6901 pointer ("/spec/containers/0/image"); "" is the value itself.
    Value at(std::string_view pointer) const;
    std::size_t size() const; // number of members or elements

    std::string_view key() const; // of a member of an object, else ""
    // Byte offset in the text that was parsed (JSON), or 1-based line (YAML).
    std::uint32_t position() const;

    class Iterator;
    Iterator begin() const; // members or elements, in source order
    Iterator end() const;

    std::uint32_t node() const { return m_node; }

private:
    friend class Document;
    Value(const Document* document, std::uint32_t node)
        : m_document(document)
        , m_node(node)
    {
    }
    const Document* m_document = nullptr;
    std::uint32_t m_node = 0;
};

// A parsed JSON or YAML value as a flat array of nodes in document order (parents before children).
// Made to be reused: clear() keeps the memory.
// Owns:    the nodes and unescaped strings. Other strings point into the text that was parsed, which must outlive it
//          (adopt() moves such a text into the document).
// Threads: one thread while it changes, any number once it does not.
class Document {
public:
    static constexpr std::uint32_t none = 0xFFFFFFFFu;

    struct Node {
        std::string_view key {};
        std::string_view text {}; // string, number or boolean as text
        std::uint32_t firstChild = none;
        std::uint32_t nextSibling = none;
        std::uint32_t position = 0;
        Type type = Type::Null;
    };

    Document() = default;
    ~Document(); // overwrites what it owned: it may have been secret
    Document(const Document&) = delete;
    Document& operator=(const Document&) = delete;
    Document(Document&&) = default;
    Document& operator=(Document&& other) noexcept; // overwrites what it owned

    Value root() const { return m_nodes.empty() ? Value() : Value(this, 0); }
    Value value(std::uint32_t index) const { return Value(this, index); }
    bool isLineNumbered() const { return m_lineNumbered; } // positions are lines (YAML), not byte offsets (JSON)
    void clear();
    void wipe(); // clear(), and overwrites the copies of text that it owned: they may have been secret

    // Building, in document order. The first node added is the root.
    std::uint32_t add(std::uint32_t parent, std::uint32_t previousSibling, const Node& node);
    Node& node(std::uint32_t index) { return m_nodes[index]; }
    const Node& node(std::uint32_t index) const { return m_nodes[index]; }
    std::size_t nodeCount() const { return m_nodes.size(); }
    void setLineNumbered(bool lineNumbered) { m_lineNumbered = lineNumbered; }
    // A copy of the text that lives as long as the document (until clear()).
    std::string_view keep(std::string_view text);
    // Keeps a whole text alive with the document and returns a view of it.
    std::string_view adopt(std::string text);

    // Replaces what is below and in a value. Used by redaction; the node's key stays.
    void setString(Value value, std::string_view text); // text is kept
    void removeChild(Value parent, Value child);

private:
    std::vector<Node> m_nodes;
    std::vector<std::unique_ptr<char[]>> m_blocks;
    std::vector<std::unique_ptr<std::string>> m_adopted;
    std::size_t m_blockUsed = 0;
    bool m_lineNumbered = false;
};

class Value::Iterator {
public:
    using value_type = Value;
    using difference_type = std::ptrdiff_t;

    Iterator() = default;
    Iterator(const Document* document, std::uint32_t node)
        : m_document(document)
        , m_node(node)
    {
    }
    Value operator*() const { return m_document->value(m_node); }
    Iterator& operator++()
    {
        m_node = m_document->node(m_node).nextSibling;
        return *this;
    }
    Iterator operator++(int)
    {
        Iterator before = *this;
        ++*this;
        return before;
    }
    bool operator==(const Iterator& other) const { return m_node == other.m_node; }

private:
    const Document* m_document = nullptr;
    std::uint32_t m_node = Document::none;
};

// Inline: asked for every value of a dump.
inline Type Value::type() const
{
    return isAbsent() ? Type::Null : m_document->node(m_node).type;
}

inline std::string_view Value::text() const
{
    return isAbsent() ? std::string_view() : m_document->node(m_node).text;
}

inline std::string_view Value::key() const
{
    return isAbsent() ? std::string_view() : m_document->node(m_node).key;
}

inline std::uint32_t Value::position() const
{
    return isAbsent() ? 0 : m_document->node(m_node).position;
}

inline Value::Iterator Value::begin() const
{
    if (!isObject() && !isArray())
        return end();
    return { m_document, m_document->node(m_node).firstChild };
}

inline Value::Iterator Value::end() const
{
    return { m_document, Document::none };
}

inline std::uint32_t Document::add(std::uint32_t parent, std::uint32_t previousSibling, const Node& node)
{
    const auto index = static_cast<std::uint32_t>(m_nodes.size());
    m_nodes.push_back(node);
    if (previousSibling != none)
        m_nodes[previousSibling].nextSibling = index;
    else if (parent != none)
        m_nodes[parent].firstChild = index;
    return index;
}

// RFC 6901: "~" and "/" of a key escaped.
std::string pointerToken(std::string_view key);
// pointer + "/" + escaped key, and pointer + "/" + index.
std::string pointerTo(std::string_view pointer, std::string_view key);
std::string pointerTo(std::string_view pointer, std::size_t index);
// The unescaped tokens of a pointer.
std::vector<std::string> pointerTokens(std::string_view pointer);

} // namespace plimsoll::format
