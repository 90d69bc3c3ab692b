// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/format/Archive.h"
#include "core/snapshot/Snapshot.h"

// What a file is, told from its bytes and never from its name (the one exception: the kind that an empty List lists).
namespace plimsoll::snapshot {

enum class Encoding : std::uint8_t { Utf8, Utf8Bom, Utf16Little, Utf16Big };
Encoding encodingOf(std::string_view head);

// Of UTF-8 text without byte order mark, from its first bytes.
enum class Content : std::uint8_t { Json, Yaml, Other };
Content contentOf(std::string_view head);

// Whether a YAML document has lines for apiVersion and kind at all; only then it is worth parsing.
bool mentionsObject(std::string_view text);
// The same at the left margin: an object for certain, so that a fault in it must be told.
bool claimsObject(std::string_view text);

// UTF-16 of either order as UTF-8; lone surrogates become U+FFFD.
std::unique_ptr<format::ByteSource> utf8From(format::ByteSource& utf16, Encoding encoding);

// The built-in kind whose plural a file is named after ("networkpolicies.json",
// "a/ingresses.networking.k8s.io.json.gz").
std::optional<KindCoverage> kindOfPlural(std::string_view fileName);
// The plural of a built-in kind: "networkpolicies".
std::optional<std::string_view> pluralOf(std::string_view group, std::string_view kind);

} // namespace plimsoll::snapshot
