// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace plimsoll::snapshot::detail {

// The rule that finds a credential in a text of any kind; "" for none:
//  - by its own form: private keys, tokens of known services, a password in a URL;
//  - with Assignments::Read, as "name = value" or "name: value" in configuration, scripts and JSON inside a string.
// or weakDefault when all that is found is the default of a manual.
// Cost: about a nanosecond a byte when nothing is near a hit, linear always (RE2).
inline constexpr std::string_view weakDefault = "weak-default";
enum class Assignments : std::uint8_t { Read, PassOver };
std::string_view findCredential(std::string_view text, Assignments assignments);

} // namespace plimsoll::snapshot::detail
