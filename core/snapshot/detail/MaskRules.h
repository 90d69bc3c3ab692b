// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace plimsoll::snapshot::detail {

enum class Match : std::uint8_t {
    Form, // the form alone decides
    Password, // the first group is a password: judged as one
    Token, // the first group must have the shape of a token
};

// A credential that shows by its own form.
struct Pattern {
    std::string_view rule;
    std::string_view triggers; // one of them must occur, letter for letter, three at least; separated by '|'
    const char* expression;
    Match match = Match::Form;
};

// Our own expressions for the documented forms of each issuer's keys.
std::span<const Pattern> maskPatterns();

} // namespace plimsoll::snapshot::detail
