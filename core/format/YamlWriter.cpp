// SPDX-License-Identifier: Apache-2.0
#include "core/format/Yaml.h"

#include "core/base/Text.h"
#include "core/format/YamlScalar_p.h"

namespace plimsoll::format {

namespace {

// Characters that change how a line looks without being seen (bidirectional controls, zero-width ones, line
// separators, byte order mark): shown as escapes, because cluster text is hostile.
bool isInvisible(std::uint32_t c)
{
    return (c >= 0x80 && c < 0xA0) || c == 0xAD || (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E)
        || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF || (c >= 0xFFF9 && c <= 0xFFFB) || c >= 0xE0000;
}

// The character that starts at place, valid UTF-8 assumed.
std::uint32_t codePoint(std::string_view text, std::size_t place, std::size_t& length)
{
    const auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i])); };
    const std::uint32_t lead = byte(place);
    length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    std::uint32_t c = length == 1 ? lead : lead & (0xFFu >> (length + 1));
    for (std::size_t i = 1; i < length; ++i)
        c = (c << 6) | (byte(place + i) & 0x3F);
    return c;
}

void appendEscape(std::string& out, std::uint32_t c)
{
    constexpr std::string_view hex = "0123456789ABCDEF";
    if (c == '\n' || c == '\r' || c == '\t') {
        out += c == '\n' ? "\\n" : c == '\r' ? "\\r" : "\\t";
        return;
    }
    const int digits = c < 0x100 ? 2 : c < 0x10000 ? 4 : 8;
    out += digits == 2 ? "\\x" : digits == 4 ? "\\u" : "\\U";
    for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4)
        out += hex[(c >> shift) & 0xF];
}

std::string doubleQuoted(std::string_view text)
{
    std::string out = "\"";
    std::size_t length = 0;
    for (std::size_t i = 0; i < text.size(); i += length) {
        const std::uint32_t c = codePoint(text, i, length);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += static_cast<char>(c);
        } else if (c < 0x20 || c == 0x7F || isInvisible(c)) {
            appendEscape(out, c);
        } else {
            out += text.substr(i, length);
        }
    }
    return out + '"';
}

std::string singleQuoted(std::string_view text)
{
    std::string out = "'";
    for (const char c : text) {
        out += c;
        if (c == '\'')
            out += c;
    }
    return out + '\'';
}

enum class Style : std::uint8_t { Plain, Single, Double, Block };

bool needsEscapes(std::string_view text)
{
    std::size_t length = 0;
    for (std::size_t i = 0; i < text.size(); i += length) {
        const std::uint32_t c = codePoint(text, i, length);
        if ((c < 0x20 && c != '\n') || c == 0x7F || isInvisible(c))
            return true;
    }
    return false;
}

// Whether a literal block shows the text as it is: it must not begin with a blank (the indentation would be guessed
// wrong) and must have something to show.
bool suitsBlock(std::string_view text)
{
    return text.front() != ' ' && text.front() != '\n' && text.find_first_not_of(" \n") != std::string_view::npos;
}

bool hasPlainForm(std::string_view text)
{
    constexpr std::string_view indicators = "-?:,[]{}#&*!|>'\"%@`=";
    if (text.front() == ' ' || text.back() == ' ' || text.back() == ':')
        return false;
    if (text.starts_with("---") || text.starts_with("..."))
        return false;
    if (indicators.find(text.front()) != indicators.npos) {
        // "-x", "?x" and ":x" are plain; "- x" is a list, and "-" alone an empty element.
        const bool mayStart = text.front() == '-' || text.front() == '?' || text.front() == ':';
        if (!mayStart || text.size() == 1 || text[1] == ' ')
            return false;
    }
    return text.find(": ") == text.npos && text.find(" #") == text.npos;
}

Style styleOf(std::string_view text, bool mayBeBlock)
{
    if (text.empty() || needsEscapes(text))
        return Style::Double;
    if (text.find('\n') != text.npos)
        return mayBeBlock && suitsBlock(text) ? Style::Block : Style::Double;
    if (text == "<<" || resolvePlain(text).type != Type::String)
        return Style::Double; // would be read as another type
    // Dates are strings to Kubernetes but not to every reader of YAML; kubectl quotes them too.
    const bool isDateLike = text.size() >= 10 && text[4] == '-' && text[7] == '-'
        && text.substr(0, 4).find_first_not_of("0123456789") == text.npos;
    if (isDateLike)
        return Style::Double;
    return hasPlainForm(text) ? Style::Plain : Style::Single;
}

std::string inlineText(std::string_view text, Style style)
{
    switch (style) {
    case Style::Plain:
        return std::string(text);
    case Style::Single:
        return singleQuoted(text);
    case Style::Double:
    case Style::Block:
        break;
    }
    return doubleQuoted(text);
}

// Writes one value after the other and counts lines.
class Writer {
public:
    explicit Writer(YamlText& out)
        : m_out(out)
    {
    }

    void writeRoot(Value value)
    {
        const std::size_t place = begin({});
        if (value.isObject() && value.begin() != value.end())
            writeMembers(value, {}, 0);
        else if (value.isArray() && value.begin() != value.end())
            writeElements(value, {}, 0);
        else
            endLine(scalar(value, 0));
        finish(place);
    }

private:
    std::size_t begin(std::string pointer)
    {
        m_out.places.push_back({ std::move(pointer), m_line, 0 });
        return m_out.places.size() - 1;
    }
    void finish(std::size_t place) { m_out.places[place].lineCount = m_line - m_out.places[place].firstLine; }
    void indent(std::size_t depth)
    {
        if (!m_isInLine)
            m_out.text.append(depth, ' ');
        m_isInLine = true;
    }
    void endLine(std::string_view text)
    {
        m_out.text += text;
        m_out.text += '\n';
        for (const char c : text)
            m_line += c == '\n' ? 1 : 0;
        ++m_line;
        m_isInLine = false;
    }

    // One line, or a block whose lines are indented by depth.
    static std::string scalar(Value value, std::size_t depth)
    {
        if (value.isObject())
            return "{}";
        if (value.isArray())
            return "[]";
        if (value.type() == Type::Null)
            return "null";
        if (!value.isString())
            return std::string(value.text());
        const std::string text = validUtf8(value.text());
        const Style style = styleOf(text, depth > 0);
        if (style != Style::Block)
            return inlineText(text, style);
        std::string_view body = text;
        std::string out = "|-";
        if (body.ends_with('\n')) {
            body.remove_suffix(1);
            out = body.ends_with('\n') ? "|+" : "|";
        }
        for (const std::string_view line : split(body, '\n')) {
            out += '\n';
            if (!line.empty())
                out.append(depth, ' ').append(line);
        }
        return out;
    }

    void writeMembers(Value object, const std::string& pointer, std::size_t depth)
    {
        for (const Value member : object) {
            const std::size_t place = begin(pointerTo(pointer, member.key()));
            const std::string own = m_out.places[place].pointer;
            indent(depth);
            const std::string key = validUtf8(member.key());
            m_out.text += inlineText(key, styleOf(key, false)) + ':';
            const bool isFilled = member.begin() != member.end();
            if (isFilled && member.isObject()) {
                endLine({});
                writeMembers(member, own, depth + 2);
            } else if (isFilled) { // kubectl writes the dashes below the key's first letter
                endLine({});
                writeElements(member, own, depth);
            } else {
                endLine(' ' + scalar(member, depth + 2));
            }
            finish(place);
        }
    }

    void writeElements(Value array, const std::string& pointer, std::size_t depth)
    {
        std::size_t index = 0;
        for (const Value element : array) {
            const std::size_t place = begin(pointerTo(pointer, index++));
            const std::string own = m_out.places[place].pointer;
            indent(depth);
            m_out.text += "- ";
            const bool isFilled = element.begin() != element.end();
            if (isFilled && element.isObject())
                writeMembers(element, own, depth + 2);
            else if (isFilled)
                writeElements(element, own, depth + 2);
            else
                endLine(scalar(element, depth + 2));
            finish(place);
        }
    }

    YamlText& m_out;
    std::uint32_t m_line = 0;
    bool m_isInLine = false; // something stands in the line already ("- ")
};

} // namespace

YamlText toYaml(Value value)
{
    YamlText out;
    Writer(out).writeRoot(value);
    return out;
}

const YamlText::Place* YamlText::find(std::string_view pointer) const
{
    for (;;) {
        for (std::size_t i = places.size(); i-- > 0;) {
            if (places[i].pointer == pointer)
                return &places[i];
        }
        if (pointer.empty())
            return nullptr;
        const auto slash = pointer.rfind('/');
        pointer = pointer.substr(0, slash == pointer.npos ? 0 : slash);
    }
}

} // namespace plimsoll::format
