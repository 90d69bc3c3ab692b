// SPDX-License-Identifier: Apache-2.0
#include "core/control/Waivers.h"

#include <algorithm>
#include <array>
#include <set>

#include "core/base/Text.h"
#include "core/format/YamlFile.h"

namespace plimsoll::control {

using cluster::Cluster;
using format::MapReader;
using format::Value;
using format::YamlFile;

namespace {

constexpr std::string_view schema = "waivers-v1.schema.json";
constexpr std::string_view what = "the waivers";
constexpr std::string_view everyControl = "all";
constexpr std::string_view idBegin = "PLM-";
constexpr UnixSeconds secondsOfDay = 24 * 60 * 60;

// "*" stands for any number of characters; linear in the length of text for one "*" after the other.
bool matches(std::string_view pattern, std::string_view text)
{
    std::size_t p = 0, t = 0, star = std::string_view::npos, mark = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            mark = t;
        } else if (p < pattern.size() && pattern[p] == text[t]) {
            ++p;
            ++t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++mark;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*')
        ++p;
    return p == pattern.size();
}

// Kinds are compared without case; asked for every finding, so nothing is copied.
bool isSameKind(std::string_view a, std::string_view b)
{
    return std::ranges::equal(a, b, [](char left, char right) {
        const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
        return lower(left) == lower(right);
    });
}

bool matchesAny(const std::vector<std::string>& patterns, std::string_view text)
{
    return patterns.empty()
        || std::ranges::any_of(patterns, [&](const std::string& pattern) { return matches(pattern, text); });
}

bool isOpen(const std::vector<std::string>& patterns)
{
    return patterns.empty() || std::ranges::any_of(patterns, [](const std::string& pattern) {
        return !pattern.empty() && pattern.find_first_not_of('*') == std::string::npos;
    });
}

// "W05" and "PLM-W05" are the same; "" when there is no such control.
std::string fullId(std::string_view id)
{
    if (id == everyControl)
        return std::string(id);
    const std::string full = id.starts_with(idBegin) ? std::string(id) : std::string(idBegin) + std::string(id);
    return std::ranges::find(controls(), full, &Control::id) != controls().end() ? full : std::string();
}

WaiverSelector readSelector(const YamlFile& file, Value map, MapReader& waiver)
{
    WaiverSelector selector;
    MapReader reader(file, map, "the selector of a waiver", schema);
    selector.kinds = reader.texts("kind");
    selector.namespaces = reader.texts("namespace");
    selector.names = reader.texts("name");
    selector.labels = reader.textMap("labels");
    selector.fields = reader.texts("field");
    if (auto finished = reader.finish(); !finished)
        waiver.fail(map, finished.error().what);
    if (selector == WaiverSelector())
        waiver.fail(map, "the selector of a waiver needs kind, namespace, name, labels or field");
    return selector;
}

Result<Waiver> readWaiver(const YamlFile& file, Value map, std::size_t number)
{
    MapReader reader(file, map, "a waiver", schema);
    Waiver waiver;
    waiver.file = file.path();
    waiver.line = map.position();
    waiver.id = reader.optionalText("id");
    if (waiver.id.empty())
        waiver.id = "waiver " + std::to_string(number) + " of " + file.path();
    for (const std::string& id : reader.texts("controls")) {
        waiver.controls.push_back(fullId(id));
        if (waiver.controls.back().empty())
            reader.fail(map["controls"], "unknown control \"" + printable(id) + '"');
    }
    if (waiver.controls.empty())
        reader.fail(map, "a waiver needs \"controls\"");
    if (const Value objects = reader.map("objects"); objects.isPresent())
        waiver.objects = readSelector(file, objects, reader);
    else
        reader.fail(map, "a waiver needs \"objects\"");
    waiver.reason = reader.text("reason");
    waiver.owner = reader.text("owner");
    waiver.approver = reader.text("approver");
    waiver.created = reader.date("created");
    // It holds until the end of the day that is named; a time of day is taken as it is.
    waiver.expires = reader.date("expires");
    if (waiver.expires % secondsOfDay == 0)
        waiver.expires += secondsOfDay;
    if (waiver.expires <= waiver.created)
        reader.fail(map["expires"], "the waiver expires before it was created");
    if (auto finished = reader.finish(); !finished)
        return std::unexpected(finished.error());
    return waiver;
}

Result<std::vector<Waiver>> waiversOf(const YamlFile& file)
{
    std::vector<Waiver> waivers;
    if (file.root().isAbsent())
        return waivers;
    MapReader reader(file, file.root(), "a file of waivers", schema);
    std::set<std::string> ids;
    for (const Value map : reader.list("waivers")) {
        auto waiver = readWaiver(file, map, waivers.size() + 1);
        if (!waiver)
            return std::unexpected(waiver.error());
        if (!ids.insert(waiver->id).second)
            reader.fail(map, "the id \"" + printable(waiver->id) + "\" stands twice");
        waivers.push_back(std::move(*waiver));
    }
    if (auto finished = reader.finish(); !finished)
        return std::unexpected(finished.error());
    return waivers;
}

// "a" or "[a, b]", quoted.
std::string yamlList(const std::vector<std::string>& texts)
{
    std::vector<std::string> quoted;
    for (const std::string& text : texts)
        quoted.push_back(format::yamlQuoted(text));
    return quoted.size() == 1 ? quoted.front() : '[' + join(quoted, ", ") + ']';
}

std::string selectorText(const WaiverSelector& selector, const std::string& indent)
{
    std::string out;
    const std::array<std::pair<std::string_view, const std::vector<std::string>*>, 4> rows { {
        { "kind", &selector.kinds },
        { "namespace", &selector.namespaces },
        { "name", &selector.names },
        { "field", &selector.fields },
    } };
    for (const auto& [key, values] : rows) {
        if (!values->empty())
            out += indent + std::string(key) + ": " + yamlList(*values) + '\n';
    }
    if (selector.labels.empty())
        return out;
    out += indent + "labels:\n";
    for (const auto& [key, value] : selector.labels)
        out += indent + "  " + format::yamlQuoted(key) + ": " + format::yamlQuoted(value) + '\n';
    return out;
}

// One item of the list; dashes stand at the given indent.
std::string waiverText(const Waiver& waiver, const std::string& indent)
{
    const std::string inner = indent + "  ";
    std::string out = indent + "- ";
    if (!waiver.id.empty())
        out += "id: " + format::yamlQuoted(waiver.id) + '\n' + inner;
    std::vector<std::string> ids = waiver.controls;
    out += "controls: [" + join(ids, ", ") + "]\n" + inner + "objects:\n" + selectorText(waiver.objects, inner + "  ");
    for (const auto& [key, value] : { std::pair<std::string_view, const std::string*>("reason", &waiver.reason),
             { "owner", &waiver.owner }, { "approver", &waiver.approver } })
        out += inner + std::string(key) + ": " + format::yamlQuoted(*value) + '\n';
    const bool isDay = waiver.expires % secondsOfDay == 0;
    return out + inner + "created: " + formatDate(waiver.created) + '\n' + inner
        + "expires: " + (isDay ? formatDate(waiver.expires - secondsOfDay) : formatTime(waiver.expires)) + '\n';
}

// The indent of the dashes of a block list under "waivers:"; nothing when there is no such list to append to.
std::optional<std::string> dashIndent(std::string_view text)
{
    bool isInside = false;
    for (const std::string_view line : split(text, '\n')) {
        if (line.starts_with("waivers:")) {
            const std::string_view rest = trimmed(line.substr(line.find(':') + 1));
            if (!rest.empty() && !rest.starts_with('#'))
                return std::nullopt; // a flow list
            isInside = true;
        } else if (const std::string_view content = trimmed(line); isInside && content.starts_with('-')) {
            return std::string(line.substr(0, line.find('-')));
        }
    }
    return isInside ? std::optional<std::string>("  ") : std::nullopt;
}

} // namespace

bool Waiver::matchesControl(std::string_view wanted) const
{
    return std::ranges::any_of(
        controls, [&](const std::string& control) { return control == everyControl || control == wanted; });
}

bool Waiver::covers(const Cluster& cluster, std::string_view control, const Outcome& outcome) const
{
    return matchesControl(control) && coversObject(cluster, outcome.object, outcome.evidence);
}

bool Waiver::coversObject(const Cluster& cluster, cluster::ObjectId subject, std::span<const Evidence> evidence) const
{
    const cluster::Object& object = cluster.object(subject);
    const bool isKind = objects.kinds.empty() || std::ranges::any_of(objects.kinds, [&](const std::string& one) {
        return isSameKind(one, cluster.kindName(subject));
    });
    if (!isKind || !matchesAny(objects.namespaces, cluster.text(object.ns))
        || !matchesAny(objects.names, cluster.text(object.name)))
        return false;
    for (const auto& [key, value] : objects.labels) {
        const auto label = std::ranges::find(object.labels, cluster.id(key), &cluster::Label::first);
        if (label == object.labels.end() || cluster.text(label->second) != value)
            return false;
    }
    if (objects.fields.empty())
        return true;
    return !evidence.empty() // what stands nowhere stands at no field
        && std::ranges::all_of(evidence, [&](const Evidence& one) { return matchesAny(objects.fields, one.pointer); });
}

std::string Waiver::tooBroad() const
{
    std::vector<std::string> reasons;
    if (std::ranges::find(controls, everyControl) != controls.end())
        reasons.emplace_back("it accepts every control, also those that come with later versions");
    const bool hasOther = !objects.labels.empty() || !isOpen(objects.fields);
    if (isOpen(objects.namespaces) && isOpen(objects.names) && !hasOther)
        reasons.emplace_back(objects.kinds.empty()
                ? "it covers every object of every namespace"
                : "it covers every " + join(objects.kinds, " and ") + " of every namespace");
    constexpr UnixSeconds longest = 2 * 366 * secondsOfDay;
    if (expires - created > longest)
        reasons.emplace_back("it is given for more than two years");
    return join(reasons, "; ");
}

Result<std::vector<Waiver>> readWaivers(const std::string& path)
{
    auto file = YamlFile::read(path, what);
    if (!file)
        return std::unexpected(file.error());
    return waiversOf(*file);
}

std::string_view toText(WaiverState state)
{
    constexpr std::array<std::string_view, 5> names { "used", "unused", "expired", "not yet valid", "not checked" };
    return names[static_cast<std::size_t>(state)];
}

Result<std::string> appendWaiver(std::string_view existing, const Waiver& waiver)
{
    std::string text(existing);
    auto file = YamlFile::parse(text, waiver.file, what);
    if (!file)
        return std::unexpected(file.error());
    if (auto known = waiversOf(*file); !known)
        return std::unexpected(known.error());
    if (trimmed(text).empty())
        text = "# Accepted risks. Every waiver names who accepted what, why, and until when.\nwaivers:\n";
    if (!text.ends_with('\n'))
        text += '\n';
    if (file->root().isAbsent() && text.find("waivers:") == std::string::npos)
        text += "waivers:\n"; // only comments so far
    const auto indent = dashIndent(text);
    if (!indent)
        return failure(ErrorKind::Format, "a waiver can be added only to a list with one waiver per dash", waiver.file,
            "write \"waivers:\" on a line of its own, with the waivers below it");
    text += waiverText(waiver, *indent);
    auto whole = YamlFile::parse(text, waiver.file, what);
    if (!whole)
        return std::unexpected(whole.error());
    if (auto checked = waiversOf(*whole); !checked)
        return std::unexpected(checked.error());
    return text;
}

} // namespace plimsoll::control
