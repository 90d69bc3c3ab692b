// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace plimsoll {

std::string_view trimmed(std::string_view text);
// Pieces between separators; "" gives one empty piece. Views point into text.
std::vector<std::string_view> split(std::string_view text, char separator);
std::string join(std::span<const std::string> pieces, std::string_view separator);
std::string join(std::span<const std::string_view> pieces, std::string_view separator);
std::string toLowerAscii(std::string_view text);
// The whole text as a decimal number; nothing for anything else.
std::optional<std::int64_t> toInteger(std::string_view text);
// "1 pod", "3 pods".
std::string counted(std::uint64_t count, std::string_view singular, std::string_view plural);
// "1,234,567".
std::string grouped(std::uint64_t number);

// A JSON string literal with quotes. Invalid UTF-8 becomes U+FFFD.
std::string jsonQuoted(std::string_view text);
void appendJsonQuoted(std::string& out, std::string_view text);
// Control characters (escape sequences of terminals, new lines) as \xNN, those that reorder bidirectional text as
// \uNNNN, invalid UTF-8 as U+FFFD: for one line of a terminal, a table cell or an error message. Cluster text is
// hostile.
std::string printable(std::string_view text);
// Valid UTF-8: invalid sequences become U+FFFD, the rest is unchanged.
std::string validUtf8(std::string_view text);
// At most maxBytes bytes without cutting a character; "…" is appended when something was cut.
std::string shortened(std::string_view text, std::size_t maxBytes);

} // namespace plimsoll
