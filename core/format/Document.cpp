// SPDX-License-Identifier: Apache-2.0
#include "core/format/Document.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "core/base/Text.h"

namespace plimsoll::format {

namespace {

constexpr std::size_t textBlockBytes = 64 * 1024; // of copied texts

} // namespace

std::optional<std::string_view> Value::asString() const
{
    if (!isString())
        return std::nullopt;
    return text();
}

std::optional<bool> Value::asBool() const
{
    if (type() != Type::Boolean)
        return std::nullopt;
    return text() == "true";
}

std::optional<std::int64_t> Value::asInteger() const
{
    if (type() != Type::Number)
        return std::nullopt;
    return toInteger(text());
}

// Asked millions of times an import, and nearly every name differs in its length or first letter.
Value Value::operator[](std::string_view key) const
{
    if (!isObject())
        return {};
    std::uint32_t found = Document::none;
    for (std::uint32_t child = m_document->node(m_node).firstChild; child != Document::none;) {
        const Document::Node& member = m_document->node(child);
        if (member.key.size() == key.size()
            && (key.empty() || (member.key.front() == key.front() && member.key == key)))
            found = child;
        child = member.nextSibling;
    }
    return found == Document::none ? Value() : m_document->value(found);
}

namespace {

Value elementOf(Value array, std::string_view token)
{
    const auto index = toInteger(token);
    std::int64_t place = 0;
    for (const Value element : array) {
        if (index && place++ == *index)
            return element;
    }
    return {};
}

} // namespace

// Without pointerTokens(): asked several times for every object.
Value Value::at(std::string_view pointer) const
{
    Value value = *this;
    if (!pointer.starts_with('/'))
        return value;
    while (!pointer.empty() && value.isPresent()) {
        const std::size_t end = std::min(pointer.find('/', 1), pointer.size());
        const std::string_view token = pointer.substr(1, end - 1);
        if (value.isArray())
            value = elementOf(value, token);
        else if (token.contains('~'))
            value = value[pointerTokens(pointer.substr(0, end)).front()];
        else
            value = value[token];
        pointer.remove_prefix(end);
    }
    return value;
}

std::size_t Value::size() const
{
    return static_cast<std::size_t>(std::distance(begin(), end()));
}

Document& Document::operator=(Document&& other) noexcept
{
    if (this == &other)
        return *this;
    clear();
    m_nodes = std::move(other.m_nodes);
    m_blocks = std::move(other.m_blocks);
    m_adopted = std::move(other.m_adopted);
    m_blockUsed = std::exchange(other.m_blockUsed, 0);
    m_lineNumbered = other.m_lineNumbered;
    return *this;
}

Document::~Document()
{
    clear();
}

void Document::clear()
{
    m_nodes.clear();
    if (!m_blocks.empty()) // of one block what was used, of several all of the first
        ::explicit_bzero(m_blocks.front().get(), m_blocks.size() == 1 ? m_blockUsed : textBlockBytes);
    for (const auto& text : m_adopted) // may have been secret, and nobody can reach it any more
        ::explicit_bzero(text->data(), text->size());
    m_adopted.clear();
    for (std::size_t i = 1; i < m_blocks.size(); ++i)
        ::explicit_bzero(m_blocks[i].get(), textBlockBytes);
    if (m_blocks.size() > 1)
        m_blocks.resize(1);
    m_blockUsed = 0;
    m_lineNumbered = false;
}

void Document::wipe()
{
    for (const auto& block : m_blocks)
        ::explicit_bzero(block.get(), textBlockBytes);
    for (const auto& text : m_adopted)
        ::explicit_bzero(text->data(), text->size());
    clear();
}

std::string_view Document::keep(std::string_view text)
{
    if (text.empty())
        return {};
    if (text.size() > textBlockBytes / 4)
        return adopt(std::string(text));
    if (m_blocks.empty() || m_blockUsed + text.size() > textBlockBytes) {
        m_blocks.push_back(std::make_unique<char[]>(textBlockBytes));
        m_blockUsed = 0;
    }
    char* place = m_blocks.back().get() + m_blockUsed;
    std::memcpy(place, text.data(), text.size());
    m_blockUsed += text.size();
    return { place, text.size() };
}

std::string_view Document::adopt(std::string text)
{
    m_adopted.push_back(std::make_unique<std::string>(std::move(text)));
    return *m_adopted.back();
}

void Document::setString(Value value, std::string_view text)
{
    Node& node = m_nodes[value.node()];
    node.type = Type::String;
    node.text = keep(text);
    node.firstChild = none;
}

void Document::removeChild(Value parent, Value child)
{
    std::uint32_t* link = &m_nodes[parent.node()].firstChild;
    while (*link != none && *link != child.node())
        link = &m_nodes[*link].nextSibling;
    if (*link != none)
        *link = m_nodes[child.node()].nextSibling;
}

std::string pointerToken(std::string_view key)
{
    std::string token;
    for (const char c : key) {
        if (c == '~')
            token += "~0";
        else if (c == '/')
            token += "~1";
        else
            token += c;
    }
    return token;
}

std::string pointerTo(std::string_view pointer, std::string_view key)
{
    return std::string(pointer) + '/' + pointerToken(key);
}

std::string pointerTo(std::string_view pointer, std::size_t index)
{
    return std::string(pointer) + '/' + std::to_string(index);
}

std::vector<std::string> pointerTokens(std::string_view pointer)
{
    std::vector<std::string> tokens;
    if (pointer.empty() || pointer.front() != '/')
        return tokens;
    for (const std::string_view raw : split(pointer.substr(1), '/')) {
        std::string token;
        for (std::size_t i = 0; i < raw.size(); ++i) {
            if (raw[i] == '~' && i + 1 < raw.size() && (raw[i + 1] == '0' || raw[i + 1] == '1')) {
                token += raw[i + 1] == '0' ? '~' : '/';
                ++i;
            } else {
                token += raw[i];
            }
        }
        tokens.push_back(std::move(token));
    }
    return tokens;
}

} // namespace plimsoll::format
