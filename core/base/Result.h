// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace plimsoll {

enum class ErrorKind : std::uint8_t {
    Usage, // the caller asked for something that does not exist
    NotFound, // a file, object or name is not there
    Access, // it is there and may not be read
    Format, // it was read and is not what it should be
    Limit, // a bound against hostile input was reached
    Cancelled, // the person cancelled
    Internal, // a library failed in a way we do not know
};

// One expected failure, ready to be shown: what happened, where, and what to do about it. One sentence each,
// never a secret value. Shown as "what: where: advice".
struct Error {
    ErrorKind kind = ErrorKind::Internal;
    std::string what;
    std::string where; // file, file:line, or object as kind/ns/name; empty when it concerns no place
    std::string advice; // empty when there is nothing to do

    bool operator==(const Error&) const = default;
};

// "what: where: advice", leaving out what is empty.
std::string toText(const Error& error);

// std::expected that cannot be dropped silently (an alias could be, on g++ 12).
template <class T> class [[nodiscard]] Result : public std::expected<T, Error> {
public:
    using std::expected<T, Error>::expected;
};

inline std::unexpected<Error> failure(ErrorKind kind, std::string what, std::string where = {}, std::string advice = {})
{
    return std::unexpected(Error { kind, std::move(what), std::move(where), std::move(advice) });
}

// A broken invariant of the program itself, never reachable by input: prints the expression and terminates.
[[noreturn]] void invariantBroken(const char* expression, const char* file, int line);

} // namespace plimsoll

#define PLIMSOLL_ASSERT(expression)                                                                                    \
    ((expression) ? void() : ::plimsoll::invariantBroken(#expression, __FILE__, __LINE__))
