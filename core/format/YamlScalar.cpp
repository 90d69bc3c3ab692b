// SPDX-License-Identifier: Apache-2.0
#include "core/format/YamlScalar_p.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

namespace plimsoll::format {

namespace {

constexpr std::array<std::string_view, 11> trueWords { "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on",
    "On", "ON" };
constexpr std::array<std::string_view, 11> falseWords { "n", "N", "no", "No", "NO", "false", "False", "FALSE", "off",
    "Off", "OFF" };
constexpr std::array<std::string_view, 5> nullWords { "", "~", "null", "Null", "NULL" };
constexpr std::array<std::string_view, 12> infiniteWords { ".nan", ".NaN", ".NAN", ".inf", ".Inf", ".INF", "+.inf",
    "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF" };

template <std::size_t size> bool isOneOf(std::string_view text, const std::array<std::string_view, size>& words)
{
    for (const std::string_view word : words) {
        if (word == text)
            return true;
    }
    return false;
}

bool isDecimalDigit(char c)
{
    return c >= '0' && c <= '9';
}

// strconv.ParseInt(text, 0, 64), then ParseUint: sign, then 0x, 0o, 0b or a leading 0 for octal.
std::optional<std::string> wholeNumber(std::string_view text)
{
    std::string_view digits = text;
    const bool isNegative = digits.starts_with('-');
    const bool hasSign = isNegative || digits.starts_with('+');
    if (hasSign)
        digits.remove_prefix(1);
    int base = 10;
    if (digits.size() > 1 && digits[0] == '0') {
        const char mark = static_cast<char>(digits[1] | 0x20);
        if (!isDecimalDigit(digits[1]) && mark != 'x' && mark != 'o' && mark != 'b')
            return std::nullopt;
        base = mark == 'x' ? 16 : mark == 'b' ? 2 : 8;
        digits.remove_prefix(isDecimalDigit(digits[1]) ? 1 : 2);
    }
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
    if (digits.empty() || error != std::errc() || end != digits.data() + digits.size())
        return std::nullopt;
    constexpr std::uint64_t minimum = 1ull << 63;
    if (value > (isNegative ? minimum : hasSign ? minimum - 1 : ~0ull))
        return std::nullopt;
    return (isNegative && value != 0 ? "-" : "") + std::to_string(value);
}

// ^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$
bool hasFloatForm(std::string_view text)
{
    std::size_t at = text.starts_with('-') || text.starts_with('+') ? 1 : 0;
    const auto digits = [&] {
        const std::size_t from = at;
        while (at < text.size() && isDecimalDigit(text[at]))
            ++at;
        return at - from;
    };
    const std::size_t whole = digits();
    std::size_t fraction = 0;
    if (at < text.size() && text[at] == '.') {
        ++at;
        fraction = digits();
    }
    if (whole + fraction == 0)
        return false;
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
        ++at;
        if (at < text.size() && (text[at] == '-' || text[at] == '+'))
            ++at;
        if (digits() == 0)
            return false;
    }
    return at == text.size();
}

// As encoding/json writes a float64, so that 1e3 reads as the whole number 1000.
std::optional<std::string> floatNumber(std::string_view text)
{
    if (!hasFloatForm(text))
        return std::nullopt;
    if (text.starts_with('+'))
        text.remove_prefix(1);
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    // Out of range: Go refuses what is too large and takes what is too small for zero.
    if (error == std::errc::result_out_of_range) {
        const bool isTiny = text.find("e-") != text.npos || text.find("E-") != text.npos;
        return isTiny ? std::optional<std::string>("0") : std::nullopt;
    }
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
        return std::nullopt;
    const double size = std::fabs(value);
    const bool isFixed = size == 0 || (size >= 1e-6 && size < 1e21);
    char buffer[64];
    const auto written = std::to_chars(
        buffer, buffer + sizeof buffer, value, isFixed ? std::chars_format::fixed : std::chars_format::scientific);
    return std::string(buffer, written.ptr);
}

} // namespace

YamlScalar resolvePlain(std::string_view text)
{
    if (isOneOf(text, nullWords))
        return { .type = Type::Null, .text = {} };
    const char first = text.front();
    const bool isNumeric = isDecimalDigit(first) || first == '-' || first == '+' || first == '.';
    if (!isNumeric) {
        if (text.size() <= 5 && isOneOf(text, trueWords))
            return { .type = Type::Boolean, .text = "true" };
        if (text.size() <= 5 && isOneOf(text, falseWords))
            return { .type = Type::Boolean, .text = "false" };
        return {};
    }
    if (isOneOf(text, infiniteWords))
        return { .type = Type::Number, .text = {}, .isInfinite = true };
    if (text.size() > 400) // longer than any number that means one
        return {};
    std::string plain;
    for (const char c : text) {
        if (c != '_' || first == '.')
            plain += c;
    }
    std::optional<std::string> number = first == '.' ? std::nullopt : wholeNumber(plain);
    if (!number)
        number = floatNumber(plain);
    if (!number)
        return {};
    return { .type = Type::Number, .text = std::move(*number) };
}

std::optional<std::string> decodeBase64(std::string_view text)
{
    std::string bytes;
    std::uint32_t word = 0;
    int bits = 0;
    std::size_t letters = 0;
    std::size_t padding = 0;
    for (const char c : text) {
        int value = -1;
        if (c >= 'A' && c <= 'Z')
            value = c - 'A';
        else if (c >= 'a' && c <= 'z')
            value = c - 'a' + 26;
        else if (isDecimalDigit(c))
            value = c - '0' + 52;
        else if (c == '+')
            value = 62;
        else if (c == '/')
            value = 63;
        else if (c == '=')
            ++padding;
        else if (c != '\n' && c != '\r' && c != ' ' && c != '\t')
            return std::nullopt;
        if (value < 0)
            continue;
        if (padding > 0)
            return std::nullopt;
        ++letters;
        word = (word << 6) | static_cast<std::uint32_t>(value);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            bytes += static_cast<char>((word >> bits) & 0xFF);
        }
    }
    if ((letters + padding) % 4 != 0 || padding > 2)
        return std::nullopt;
    return bytes;
}

} // namespace plimsoll::format
