// SPDX-License-Identifier: Apache-2.0
#include "core/control/Settings.h"

#include <fstream>
#include <sstream>

#include "core/base/Text.h"
#include "core/format/Yaml.h"

namespace plimsoll::control {

namespace {

using format::Value;

constexpr std::string_view schemaAdvice = "the schema is settings-v1.schema.json";
constexpr std::uint64_t maxBytes = 1'000'000;

std::unexpected<Error> broken(const std::string& path, Value value, std::string what)
{
    return failure(
        ErrorKind::Format, std::move(what), path + ':' + std::to_string(value.position()), std::string(schemaAdvice));
}

Result<void> readRegistries(const std::string& path, Value list, Settings& settings)
{
    if (!list.isArray())
        return broken(path, list, "allowedRegistries is not a list");
    for (const Value value : list) {
        const std::string_view text = trimmed(value.text());
        if (!value.isString() || text.empty())
            return broken(path, value, "allowedRegistries holds something that is not the name of a registry");
        if (text.find("://") != std::string_view::npos)
            return broken(path, value, "a registry is written without a scheme: " + printable(text));
        settings.allowedRegistries.emplace_back(text);
    }
    return {};
}

Result<std::string> readFile(const std::string& path)
{
    std::ifstream file(path, std::ios::binary);
    if (!file)
        return failure(ErrorKind::NotFound, "the settings file cannot be opened", path, "check the path");
    std::string text(maxBytes + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (file.bad())
        return failure(ErrorKind::Access, "the settings file cannot be read", path);
    if (text.size() > maxBytes)
        return failure(ErrorKind::Limit, "the settings file is larger than 1 MB", path);
    return text;
}

} // namespace

Result<Settings> readSettings(const std::string& path)
{
    auto text = readFile(path);
    if (!text)
        return std::unexpected(text.error());
    Settings settings;
    settings.path = path;
    const auto pieces = format::splitYaml(*text);
    if (pieces.empty())
        return settings;
    if (pieces.size() > 1)
        return failure(ErrorKind::Format, "more than one YAML document", path, std::string(schemaAdvice));
    format::Document document;
    if (auto parsed = format::parseYaml(pieces[0].text, pieces[0].firstLine, document); !parsed) {
        Error error = parsed.error();
        error.where = path + (error.where.starts_with("line ") ? ':' + error.where.substr(5) : std::string());
        return std::unexpected(std::move(error));
    }
    const Value root = document.root();
    if (!root.isObject())
        return broken(path, root, "the settings are not a map");
    for (const Value member : root) {
        if (member.key() != "allowedRegistries")
            return broken(path, member, "unknown setting \"" + printable(member.key()) + "\"");
        if (auto read = readRegistries(path, member, settings); !read)
            return std::unexpected(read.error());
    }
    return settings;
}

} // namespace plimsoll::control
