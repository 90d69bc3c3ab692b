// SPDX-License-Identifier: Apache-2.0
#include "core/control/Catalogue.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "core/base/Text.h"
#include "core/control/detail/Families_p.h"
#include "core/format/Json.h"
#include "resources/Resources.h"

namespace plimsoll::control {

namespace {

using format::Value;

constexpr std::array<std::string_view, 5> severityNames { "critical", "high", "medium", "low", "info" };
constexpr std::array<std::string_view, 3> verdictNames { "pass", "fail", "not assessed" };

constexpr std::string_view idPrefix = "PLM-";

// Reads one map of a resource strictly: what is misspelt, missing or of another type is named with its place.
class Fields {
public:
    Fields(Value map, std::string place)
        : m_map(map)
        , m_place(std::move(place))
    {
    }

    std::string text(std::string_view key, bool mayBeEmpty = false)
    {
        const Value value = take(key);
        const std::string_view text = trimmed(value.text());
        const bool isScalar = value.isPresent() && !value.isObject() && !value.isArray();
        if ((!isScalar || text.empty()) && !mayBeEmpty)
            fail("\"" + std::string(key) + "\" is missing or empty");
        return std::string(text);
    }

    std::vector<std::string> texts(std::string_view key)
    {
        const Value list = take(key);
        std::vector<std::string> result;
        if (list.isPresent() && !list.isArray())
            fail("\"" + std::string(key) + "\" is not a list");
        for (const Value value : list) {
            if (!value.isString())
                fail("\"" + std::string(key) + "\" holds something that is not a text");
            result.emplace_back(value.text());
        }
        return result;
    }

    Value list(std::string_view key)
    {
        const Value value = take(key);
        if (!value.isArray())
            fail("\"" + std::string(key) + "\" is not a list");
        return value;
    }

    // Everything was asked for.
    void finish()
    {
        if (!m_map.isObject())
            return fail("is not a map");
        for (const Value member : m_map) {
            if (!m_taken.contains(member.key()))
                fail("unknown key \"" + printable(member.key()) + "\"");
        }
    }

    void fail(std::string what)
    {
        if (!m_error)
            m_error = Error { ErrorKind::Internal, std::move(what), m_place, {} };
    }
    const std::optional<Error>& error() const { return m_error; }

private:
    Value take(std::string_view key)
    {
        m_taken.insert(key);
        return m_map[key];
    }

    Value m_map;
    std::string m_place;
    std::set<std::string_view> m_taken;
    std::optional<Error> m_error;
};

std::string placeOf(std::string_view path, Value value)
{
    return std::string(path) + ':' + std::to_string(value.position());
}

Result<ControlText> readText(std::string_view path, Value map)
{
    Fields fields(map, placeOf(path, map));
    ControlText text;
    text.id = fields.text("id");
    text.title = fields.text("title");
    const auto severity = severityFromText(fields.text("severity"));
    if (!severity)
        fields.fail("\"severity\" is none of critical, high, medium, low, info");
    text.severity = severity.value_or(Severity::Medium);
    text.severityReason = fields.text("severityReason");
    text.description = fields.text("description");
    text.remediation = fields.text("remediation");
    text.aka = fields.texts("aka");
    text.references = fields.texts("references");
    fields.finish();
    if (fields.error())
        return std::unexpected(*fields.error());
    return text;
}

std::optional<Requirement::Mode> modeFromText(std::string_view text)
{
    if (text == "automated")
        return Requirement::Mode::Automated;
    if (text == "manual")
        return Requirement::Mode::Manual;
    if (text == "needs-node-data")
        return Requirement::Mode::NeedsNodeData;
    return std::nullopt;
}

Result<Requirement> readRequirement(std::string_view path, Value map)
{
    Fields fields(map, placeOf(path, map));
    Requirement requirement;
    requirement.id = fields.text("id");
    requirement.title = fields.text("title");
    requirement.section = fields.text("section");
    const auto mode = modeFromText(fields.text("mode"));
    if (!mode)
        fields.fail("\"mode\" is none of automated, manual, needs-node-data");
    requirement.mode = mode.value_or(Requirement::Mode::Manual);
    requirement.controls = fields.texts("controls");
    const bool isAutomated = requirement.mode == Requirement::Mode::Automated;
    requirement.lookAt = fields.text("lookAt", isAutomated);
    requirement.level = fields.text("level", true);
    if (isAutomated && requirement.controls.empty())
        fields.fail("is automated and names no control");
    fields.finish();
    if (fields.error())
        return std::unexpected(*fields.error());
    return requirement;
}

Result<void> parseResource(const resources::Resource& resource, format::Document& document)
{
    format::JsonParser parser;
    if (auto parsed = parser.parseCopy(resource.bytes, document); !parsed) {
        Error error = parsed.error();
        error.where = std::string(resource.path) + ' ' + error.where;
        return std::unexpected(std::move(error));
    }
    return {};
}

Result<Framework> readFramework(const resources::Resource& resource)
{
    format::Document document;
    if (auto parsed = parseResource(resource, document); !parsed)
        return std::unexpected(parsed.error());
    Fields fields(document.root(), std::string(resource.path));
    Framework framework;
    framework.id = fields.text("id");
    framework.title = fields.text("title");
    framework.version = fields.text("version");
    framework.note = fields.text("note");
    std::set<std::string> ids;
    for (const Value map : fields.list("requirements")) {
        auto requirement = readRequirement(resource.path, map);
        if (!requirement)
            return std::unexpected(requirement.error());
        if (!ids.insert(requirement->id).second)
            fields.fail("requirement " + requirement->id + " stands twice");
        framework.requirements.push_back(std::move(*requirement));
    }
    fields.finish();
    if (fields.error())
        return std::unexpected(*fields.error());
    return framework;
}

using Texts = std::map<std::string, ControlText, std::less<>>;

Result<void> readTexts(const resources::Resource& resource, Texts& texts)
{
    format::Document document;
    if (auto parsed = parseResource(resource, document); !parsed)
        return std::unexpected(parsed.error());
    if (!document.root().isArray())
        return failure(ErrorKind::Internal, "is not a list of control texts", std::string(resource.path));
    for (const Value map : document.root()) {
        auto text = readText(resource.path, map);
        if (!text)
            return std::unexpected(text.error());
        const std::string id = text->id;
        if (!texts.emplace(id, std::move(*text)).second)
            return failure(ErrorKind::Internal, "the text of " + id + " stands twice", placeOf(resource.path, map));
    }
    return {};
}

Result<void> mergeTexts(Texts& texts, Catalogue& catalogue)
{
    for (const Control& control : controls()) {
        const auto found = texts.find(control.id);
        if (found == texts.end())
            return failure(
                ErrorKind::Internal, "control " + std::string(control.id) + " has no text (or stands twice)");
        catalogue.entries.push_back({ &control, std::move(found->second), {} });
        texts.erase(found);
    }
    if (!texts.empty())
        return failure(ErrorKind::Internal, "the text " + texts.begin()->first + " belongs to no control");
    return {};
}

Result<void> joinFrameworks(Catalogue& catalogue)
{
    std::ranges::sort(catalogue.frameworks, {}, &Framework::id);
    std::map<std::string_view, Catalogue::Entry*> byId;
    for (Catalogue::Entry& entry : catalogue.entries)
        byId.emplace(entry.text.id, &entry);
    for (const Framework& framework : catalogue.frameworks) {
        for (const Requirement& requirement : framework.requirements) {
            for (const std::string& id : requirement.controls) {
                const auto entry = byId.find(id);
                if (entry == byId.end())
                    return failure(ErrorKind::Internal, "unknown control " + id, framework.id + ' ' + requirement.id);
                entry->second->frameworks.push_back(framework.id + ' ' + requirement.id);
            }
        }
    }
    return {};
}

} // namespace

std::string_view toText(Severity severity)
{
    return severityNames[static_cast<std::size_t>(severity)];
}

std::optional<Severity> severityFromText(std::string_view text)
{
    const auto found = std::ranges::find(severityNames, text);
    if (found == severityNames.end())
        return std::nullopt;
    return static_cast<Severity>(found - severityNames.begin());
}

std::string_view toText(Verdict verdict)
{
    return verdictNames[static_cast<std::size_t>(verdict)];
}

std::span<const Control> controls()
{
    static const std::vector<Control> list = [] {
        std::vector<Control> all;
        const auto add = [&](std::initializer_list<std::span<const Control>> parts) {
            const auto begin = static_cast<std::ptrdiff_t>(all.size());
            for (const auto part : parts)
                all.insert(all.end(), part.begin(), part.end());
            if (parts.size() > 1)
                std::ranges::sort(all.begin() + begin, all.end(), {}, &Control::id);
        };
        add({ workloadControls() });
        add({ accessControls() });
        add({ networkControls() });
        add({ secretControls(), secretExposedControls(), secretUseControls(), secretStoreControls(),
            secretCertificateControls() });
        add({ imageControls(), imageSupportControls(), imageOriginControls(), imageScanControls(),
            imageIssueControls() });
        add({ admissionControls() });
        add({ ingressControls() });
        add({ componentControls() });
        add({ pathControls() });
        return all;
    }();
    return list;
}

const Catalogue::Entry* Catalogue::find(std::string_view id) const
{
    const auto found = std::ranges::find_if(entries, [&](const Entry& entry) {
        const std::string_view full = entry.text.id;
        return full == id || full.substr(idPrefix.size()) == id;
    });
    return found == entries.end() ? nullptr : &*found;
}

const Framework* Catalogue::findFramework(std::string_view id) const
{
    const auto found = std::ranges::find(frameworks, id, &Framework::id);
    return found == frameworks.end() ? nullptr : &*found;
}

Result<std::shared_ptr<const Catalogue>> loadCatalogue()
{
    auto catalogue = std::make_shared<Catalogue>();
    Texts texts;
    for (const resources::Resource& resource : resources::all()) {
        if (resource.path.starts_with("controls/")) {
            if (auto read = readTexts(resource, texts); !read)
                return std::unexpected(read.error());
        } else if (resource.path.starts_with("frameworks/")) {
            auto framework = readFramework(resource);
            if (!framework)
                return std::unexpected(framework.error());
            catalogue->frameworks.push_back(std::move(*framework));
        }
    }
    if (auto joined = mergeTexts(texts, *catalogue); !joined)
        return std::unexpected(joined.error());
    if (auto joined = joinFrameworks(*catalogue); !joined)
        return std::unexpected(joined.error());
    return catalogue;
}

} // namespace plimsoll::control
