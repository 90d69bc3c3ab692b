// SPDX-License-Identifier: Apache-2.0
#include "core/control/Settings.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/base/Text.h"
#include "core/cluster/Version.h"
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

Result<void> readRelease(const std::string& path, Value value, Settings& settings)
{
    const std::string_view text = trimmed(value.text());
    if (value.type() == format::Type::Number) // 1.30 would be read as 1.3
        return broken(path, value, "targetRelease is not in quotes");
    const auto version = cluster::parseVersion(text);
    if (!version || version->major != 1 || std::ranges::count(text, '.') != 1
        || text.find_first_not_of("v.0123456789") != std::string_view::npos)
        return broken(path, value, "targetRelease is not a release such as \"1.37\"");
    settings.targetRelease = "1." + std::to_string(version->minor);
    return {};
}

Result<void> readLabels(const std::string& path, Value list, Settings& settings)
{
    if (!list.isArray())
        return broken(path, list, "requiredLabels is not a list");
    for (const Value value : list) {
        const std::string_view text = trimmed(value.text());
        const bool isKey = value.isString() && !text.empty() && text.find_first_of("= \t") == std::string_view::npos;
        if (!isKey)
            return broken(path, value, "requiredLabels holds something that is not the key of a label");
        settings.requiredLabels.emplace_back(text);
    }
    return {};
}

Result<void> readRotation(const std::string& path, Value limits, Settings& settings)
{
    if (!limits.isObject())
        return broken(path, limits, "rotationDays does not map types of Secrets to days");
    constexpr std::int64_t century = 36525;
    settings.rotation.limits.clear();
    for (const Value limit : limits) {
        const auto days = limit.asInteger();
        if (!days || *days < 0 || *days > century)
            return broken(path, limit, "the limit of \"" + printable(limit.key()) + "\" is no number of days");
        if (*days > 0)
            settings.rotation.limits.push_back({ std::string(limit.key()), static_cast<std::uint32_t>(*days) });
    }
    return {};
}

Result<void> readTable(const std::string& path, Value value, Settings& settings)
{
    if (!value.isString() || value.text().empty())
        return broken(path, value, "lifecycleTable is not the name of a file");
    const std::filesystem::path file = std::filesystem::path(path).parent_path() / std::string(value.text());
    auto table = images::readLifecycle(file.string());
    if (!table)
        return std::unexpected(table.error());
    settings.lifecycle = std::make_shared<const images::LifecycleTable>(std::move(*table));
    return {};
}

Result<void> readScanLimits(const std::string& path, Value limits, Settings& settings)
{
    if (!limits.isObject())
        return broken(path, limits, "scanLimits is not a map");
    constexpr std::int64_t most = 1'000'000;
    for (const Value limit : limits) {
        std::uint32_t* place = limit.key() == "fixableCritical" ? &settings.scans.fixableCritical
            : limit.key() == "fixableHigh"                      ? &settings.scans.fixableHigh
            : limit.key() == "scanDays"                         ? &settings.scans.scanDays
            : limit.key() == "imageDays"                        ? &settings.scans.imageDays
                                                                : nullptr;
        if (!place)
            return broken(path, limit, "unknown limit \"" + printable(limit.key()) + "\" in scanLimits");
        const auto number = limit.asInteger();
        if (!number || *number < 0 || *number > most)
            return broken(path, limit, "the limit \"" + printable(limit.key()) + "\" is no number");
        *place = static_cast<std::uint32_t>(*number);
    }
    return {};
}

Result<void> readCertificateDays(const std::string& path, Value value, Settings& settings)
{
    constexpr std::int64_t century = 36525;
    const auto days = value.asInteger();
    if (!days || *days < 0 || *days > century)
        return broken(path, value, "certificateDays is no number of days");
    settings.certificateDays = static_cast<std::uint32_t>(*days);
    return {};
}

Result<void> readSetting(const std::string& path, Value member, Settings& settings)
{
    if (member.key() == "allowedRegistries")
        return readRegistries(path, member, settings);
    if (member.key() == "targetRelease")
        return readRelease(path, member, settings);
    if (member.key() == "requiredLabels")
        return readLabels(path, member, settings);
    if (member.key() == "rotationDays")
        return readRotation(path, member, settings);
    if (member.key() == "lifecycleTable")
        return readTable(path, member, settings);
    if (member.key() == "scanLimits")
        return readScanLimits(path, member, settings);
    if (member.key() == "certificateDays")
        return readCertificateDays(path, member, settings);
    return broken(path, member, "unknown setting \"" + printable(member.key()) + "\"");
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
        if (auto read = readSetting(path, member, settings); !read)
            return std::unexpected(read.error());
    }
    return settings;
}

std::optional<UnixSeconds> Settings::dayOf(const cluster::Cluster& cluster) const
{
    const auto& capturedAt = cluster.snapshot().origin().capturedTo;
    return asOf ? asOf : capturedAt ? capturedAt : cluster.newestTime();
}

} // namespace plimsoll::control
