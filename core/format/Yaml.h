// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/Result.h"
#include "core/format/Document.h"
#include "core/format/Limits.h"

namespace plimsoll::format {

// One document of a YAML stream, cut at "---" and "..." lines (which end a document wherever they stand at column 0).
struct YamlPiece {
    std::string_view text;
    std::uint32_t firstLine = 1; // 1-based line of its first byte in the stream
};
// Views into text. Empty and comment-only documents are left out.
std::vector<YamlPiece> splitYaml(std::string_view text);

// Parses one YAML document with the scalars of YAML 1.1 as sigs.k8s.io/yaml reads them (yes/no/on/off, 0644, 1_000,
// merge keys, !!binary, last of equal keys), on yaml-cpp. Node positions are lines of the stream: firstLine is added.
// Errors: Format with the line in Error::where as "line N"; Limit for nesting or aliases out of bounds.
Result<void> parseYaml(std::string_view text, std::uint32_t firstLine, Document& document, const Limits& limits = {});

// A value as block YAML in the way kubectl prints it, with the lines where each value stands.
struct YamlText {
    struct Place {
        std::string pointer; // RFC 6901, of the value
        std::uint32_t firstLine; // 0-based, of its key or dash
        std::uint32_t lineCount; // with everything below it
    };
    std::string text; // lines end with \n
    std::vector<Place> places; // in line order; parents before children

    // The place of the pointer, or of its nearest ancestor that exists (a missing field is marked at its parent).
    const Place* find(std::string_view pointer) const;
};
YamlText toYaml(Value value);

} // namespace plimsoll::format
