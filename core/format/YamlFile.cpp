// SPDX-License-Identifier: Apache-2.0
#include "core/format/YamlFile.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/Text.h"
#include "core/format/Yaml.h"

namespace plimsoll::format {

namespace {

constexpr std::size_t maxFileBytes = 1'000'000;

std::string reasonOf(int number)
{
    return std::generic_category().message(number);
}

} // namespace

Result<YamlFile> YamlFile::read(const std::string& path, std::string_view what)
{
    auto text = readText(path, what);
    if (!text)
        return std::unexpected(std::move(text.error()));
    return parse(std::move(*text), path, what);
}

Result<std::string> YamlFile::readText(const std::string& path, std::string_view what)
{
    struct stat status { };
    if (stat(path.c_str(), &status) != 0)
        return failure(errno == ENOENT ? ErrorKind::NotFound : ErrorKind::Access,
            std::string(what) + " cannot be opened: " + reasonOf(errno), path, "check the path");
    if (!S_ISREG(status.st_mode))
        return failure(ErrorKind::Access, std::string(what) + " must be a file", path, "give the path of a YAML file");
    std::ifstream file(path, std::ios::binary);
    if (!file)
        return failure(ErrorKind::Access, std::string(what) + " cannot be read", path, "check its permissions");
    std::string text(maxFileBytes + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (file.bad())
        return failure(ErrorKind::Access, std::string(what) + " cannot be read", path);
    if (text.size() > maxFileBytes)
        return failure(ErrorKind::Limit, std::string(what) + " are larger than 1 MB", path);
    return text;
}

Result<YamlFile> YamlFile::parse(std::string text, const std::string& path, std::string_view what)
{
    YamlFile file;
    file.m_content = std::make_unique<Content>();
    file.m_content->path = path;
    file.m_content->text = std::move(text);
    const auto pieces = splitYaml(file.m_content->text);
    if (pieces.empty())
        return file;
    if (pieces.size() > 1)
        return failure(ErrorKind::Format, std::string(what) + " must be one YAML document",
            path + ':' + std::to_string(pieces[1].firstLine));
    if (auto parsed = parseYaml(pieces[0].text, pieces[0].firstLine, file.m_content->document); !parsed) {
        Error error = parsed.error();
        constexpr std::string_view line = "line ";
        error.where = path + (error.where.starts_with(line) ? ':' + error.where.substr(line.size()) : std::string());
        return std::unexpected(std::move(error));
    }
    return file;
}

MapReader::MapReader(const YamlFile& file, Value map, std::string_view what, std::string_view schema)
    : m_file(file)
    , m_map(map)
    , m_what(what)
    , m_schema(schema)
{
    if (!map.isObject())
        fail(map, m_what + " is not a map");
}

std::string MapReader::place(Value at) const
{
    return m_file.path() + (at.isPresent() ? ':' + std::to_string(at.position()) : std::string());
}

void MapReader::fail(Value at, std::string what)
{
    if (!m_error)
        m_error = Error { ErrorKind::Format, std::move(what), place(at.isPresent() ? at : m_map),
            "the schema is " + m_schema };
}

Value MapReader::take(std::string_view key)
{
    m_taken.emplace(key);
    const Value value = m_map[key];
    return value.isPresent() && value.type() == Type::Null ? Value() : value;
}

std::string MapReader::scalar(Value value, std::string_view key)
{
    if (value.isObject() || value.isArray()) {
        fail(value, '"' + std::string(key) + "\" is not a text");
        return {};
    }
    return std::string(trimmed(value.text()));
}

std::string MapReader::text(std::string_view key)
{
    const Value value = take(key);
    const std::string text = value.isPresent() ? scalar(value, key) : std::string();
    if (text.empty())
        fail(value, m_what + " needs \"" + std::string(key) + '"');
    return text;
}

std::string MapReader::optionalText(std::string_view key)
{
    const Value value = take(key);
    return value.isPresent() ? scalar(value, key) : std::string();
}

std::vector<std::string> MapReader::texts(std::string_view key)
{
    const Value value = take(key);
    std::vector<std::string> out;
    if (value.isAbsent())
        return out;
    const auto add = [&](Value one) {
        out.push_back(scalar(one, key));
        if (out.back().empty())
            fail(one, '"' + std::string(key) + "\" holds an empty text");
    };
    if (!value.isArray())
        add(value);
    for (const Value one : value.isArray() ? value : Value())
        add(one);
    return out;
}

UnixSeconds MapReader::date(std::string_view key)
{
    const Value value = take(key);
    const std::string text = value.isPresent() ? scalar(value, key) : std::string();
    const auto time = parseTime(text);
    if (!time)
        fail(value, m_what + " needs \"" + std::string(key) + "\" as a date (2026-11-23)");
    return time.value_or(0);
}

std::vector<std::pair<std::string, std::string>> MapReader::textMap(std::string_view key)
{
    const Value value = map(key);
    std::vector<std::pair<std::string, std::string>> out;
    for (const Value member : value)
        out.emplace_back(std::string(member.key()), scalar(member, member.key()));
    return out;
}

Value MapReader::map(std::string_view key)
{
    const Value value = take(key);
    if (value.isPresent() && !value.isObject()) {
        fail(value, '"' + std::string(key) + "\" is not a map");
        return {};
    }
    return value;
}

Value MapReader::list(std::string_view key)
{
    const Value value = take(key);
    if (value.isPresent() && !value.isArray()) {
        fail(value, '"' + std::string(key) + "\" is not a list");
        return {};
    }
    return value;
}

Result<void> MapReader::finish()
{
    if (m_map.isObject()) {
        for (const Value member : m_map) {
            if (!m_taken.contains(member.key()))
                fail(member, "unknown key \"" + printable(member.key()) + "\" in " + m_what);
        }
    }
    if (m_error)
        return std::unexpected(*m_error);
    return {};
}

Result<void> writeWhole(const std::string& path, std::string_view bytes)
{
    const auto failed = [&](int number) {
        return failure(ErrorKind::Access, "the file cannot be written: " + reasonOf(number), path,
            "check the folder, its permissions and the space that is left");
    };
    struct stat status { };
    const mode_t mode = stat(path.c_str(), &status) == 0 ? status.st_mode & 07777 : 0644;
    std::string temporary = path + ".XXXXXX";
    const int file = mkstemp(temporary.data());
    if (file < 0)
        return failed(errno);
    int error = fchmod(file, mode) == 0 ? 0 : errno;
    for (std::size_t written = 0; error == 0 && written < bytes.size();) {
        const ssize_t count = write(file, bytes.data() + written, bytes.size() - written);
        if (count < 0 && errno != EINTR)
            error = errno;
        else if (count > 0)
            written += static_cast<std::size_t>(count);
    }
    if (error == 0 && fsync(file) != 0)
        error = errno;
    close(file);
    if (error == 0 && rename(temporary.c_str(), path.c_str()) != 0)
        error = errno;
    if (error != 0) {
        unlink(temporary.c_str());
        return failed(error);
    }
    return {};
}

// JSON's string literals are YAML's double-quoted scalars.
std::string yamlQuoted(std::string_view text)
{
    return jsonQuoted(text);
}

} // namespace plimsoll::format
