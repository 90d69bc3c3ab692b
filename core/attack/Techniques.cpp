// SPDX-License-Identifier: Apache-2.0
#include "core/attack/Techniques.h"

#include <algorithm>
#include <array>

#include "core/base/Text.h"
#include "core/format/Json.h"
#include "resources/Resources.h"

namespace plimsoll::attack {

namespace {

using format::Value;

constexpr std::array<std::string_view, techniqueClassCount> techniqueClassNames { "structure", "network", "rights",
    "escape", "token", "secret", "cloud", "supply" };

constexpr std::string_view techniquePrefix = "PLM-E";

std::optional<TechniqueClass> techniqueClassFromText(std::string_view text)
{
    const auto found = std::ranges::find(techniqueClassNames, text);
    if (found == techniqueClassNames.end())
        return std::nullopt;
    return static_cast<TechniqueClass>(found - techniqueClassNames.begin());
}

std::vector<std::string> techniqueTextList(Value list)
{
    std::vector<std::string> texts;
    for (const Value text : list)
        texts.emplace_back(text.text());
    return texts;
}

std::optional<TechniqueText> techniqueTextOf(Value value)
{
    const auto techniqueClass = techniqueClassFromText(value["class"].text());
    if (!techniqueClass)
        return std::nullopt;
    TechniqueText text { .id = std::string(value["id"].text()),
        .title = std::string(trimmed(value["title"].text())),
        .verb = std::string(trimmed(value["verb"].text())),
        .techniqueClass = *techniqueClass,
        .attack = techniqueTextList(value["attack"]),
        .description = std::string(trimmed(value["description"].text())),
        .fix = std::string(trimmed(value["fix"].text())),
        .undecided = std::string(trimmed(value["undecided"].text())),
        .references = techniqueTextList(value["references"]) };
    const bool isWhole = !text.title.empty() && !text.verb.empty() && !text.description.empty() && !text.fix.empty();
    return isWhole ? std::optional(std::move(text)) : std::nullopt;
}

// A text that is broken, of no technique, or the second of one stays out, and a technique without text shows.
void addTechniqueTexts(const resources::Resource& resource, std::vector<TechniqueText>& texts)
{
    format::Document document;
    format::JsonParser parser;
    if (!parser.parseCopy(resource.bytes, document))
        return;
    for (const Value value : document.root()) {
        auto text = techniqueTextOf(value);
        const auto technique = techniqueFromId(value["id"].text());
        if (!text || !technique)
            continue;
        TechniqueText& place = texts[static_cast<std::size_t>(*technique) - 1];
        if (place.id.empty())
            place = std::move(*text);
    }
}

} // namespace

std::string idOf(Technique technique)
{
    const std::string number = std::to_string(static_cast<unsigned>(technique));
    return std::string(techniquePrefix) + (number.size() == 1 ? "0" : "") + number;
}

std::optional<Technique> techniqueFromId(std::string_view id)
{
    constexpr std::string_view lowerPrefix = "plm-";
    const std::string lower = toLowerAscii(id);
    std::string_view rest = lower;
    if (rest.starts_with(lowerPrefix))
        rest.remove_prefix(lowerPrefix.size());
    if (!rest.starts_with('e') || rest.size() < 2 || rest[1] < '0' || rest[1] > '9')
        return std::nullopt;
    const auto number = toInteger(rest.substr(1));
    if (!number || *number < 1 || *number > static_cast<std::int64_t>(techniqueCount))
        return std::nullopt;
    return static_cast<Technique>(*number);
}

std::string_view toText(TechniqueClass techniqueClass)
{
    return techniqueClassNames[static_cast<std::size_t>(techniqueClass)];
}

std::span<const TechniqueText> techniqueTexts()
{
    static const std::vector<TechniqueText> texts = [] {
        std::vector<TechniqueText> read(techniqueCount);
        for (const resources::Resource& resource : resources::all()) {
            if (resource.path.starts_with("techniques/"))
                addTechniqueTexts(resource, read);
        }
        return read;
    }();
    return texts;
}

const TechniqueText& textOf(Technique technique)
{
    return techniqueTexts()[static_cast<std::size_t>(technique) - 1];
}

} // namespace plimsoll::attack
