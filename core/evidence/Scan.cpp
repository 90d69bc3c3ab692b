// SPDX-License-Identifier: Apache-2.0
#include "core/evidence/Scan.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>

#include "core/base/Text.h"
#include "core/evidence/detail/ScanReaders_p.h"
#include "core/format/Archive.h"
#include "core/format/Json.h"
#include "core/format/Yaml.h"

namespace plimsoll::evidence {

using namespace detail;

namespace {

constexpr std::size_t maxScanBytes = 256u << 20;
constexpr std::size_t headBytes = 64u << 10;

// The keys of the outermost object in a text that may be cut, each with its value when that is a string.
class HeadKeys {
public:
    explicit HeadKeys(std::string_view text)
        : m_text(text)
    {
        skipSpace();
        if (m_at < m_text.size() && m_text[m_at] == '{')
            readObject();
    }

    bool has(std::string_view key) const { return m_keys.contains(key); }
    std::string_view text(std::string_view key) const
    {
        const auto found = m_keys.find(key);
        return found == m_keys.end() ? std::string_view() : found->second;
    }

private:
    void skipSpace()
    {
        while (m_at < m_text.size() && (m_text[m_at] == ' ' || (m_text[m_at] >= '\t' && m_text[m_at] <= '\r')))
            ++m_at;
    }

    // The text between quotes, escapes as they are; ends behind the closing quote.
    std::string_view readString()
    {
        const std::size_t begin = ++m_at;
        while (m_at < m_text.size() && m_text[m_at] != '"')
            m_at += m_text[m_at] == '\\' ? 2 : 1;
        m_at = std::min(m_at, m_text.size());
        const std::string_view found = m_text.substr(begin, m_at - begin);
        m_at = std::min(m_at + 1, m_text.size());
        return found;
    }

    void skipValue()
    {
        int depth = 0;
        while (m_at < m_text.size()) {
            const char c = m_text[m_at];
            if (c == '"') {
                readString();
                continue;
            }
            if (depth == 0 && (c == ',' || c == '}'))
                return;
            depth += (c == '{' || c == '[') - (c == '}' || c == ']');
            ++m_at;
        }
    }

    void readObject()
    {
        ++m_at;
        while (m_at < m_text.size()) {
            skipSpace();
            if (m_at >= m_text.size() || m_text[m_at] != '"')
                return;
            const std::string_view key = readString();
            skipSpace();
            if (m_at >= m_text.size() || m_text[m_at] != ':')
                return;
            ++m_at;
            skipSpace();
            const bool isText = m_at < m_text.size() && m_text[m_at] == '"';
            m_keys[key] = isText ? readString() : std::string_view();
            skipValue();
            if (m_at >= m_text.size() || m_text[m_at] != ',')
                return;
            ++m_at;
        }
    }

    std::string_view m_text;
    std::size_t m_at = 0;
    std::map<std::string_view, std::string_view> m_keys;
};

ScanFormat formatOfApi(std::string_view apiVersion)
{
    if (apiVersion.starts_with("aquasecurity.github.io/"))
        return ScanFormat::TrivyOperator;
    if (apiVersion.starts_with("wgpolicyk8s.io/") || apiVersion.starts_with("openreports.io/"))
        return ScanFormat::PolicyReport;
    return ScanFormat::None;
}

// The first apiVersion in the text that is one of ours, however it is written ("apiVersion": "x", apiVersion: x).
ScanFormat formatOfItems(std::string_view head)
{
    constexpr std::string_view key = "apiVersion";
    for (auto at = head.find(key); at != std::string_view::npos; at = head.find(key, at + 1)) {
        const std::string_view after = head.substr(at + key.size());
        const auto value = after.find_first_not_of("\": \t");
        if (value == std::string_view::npos || after.substr(0, value).find(':') == std::string_view::npos)
            continue;
        if (const ScanFormat format = formatOfApi(after.substr(value)); format != ScanFormat::None)
            return format;
    }
    return ScanFormat::None;
}

ScanFormat recogniseJson(std::string_view head)
{
    const HeadKeys keys(head);
    const auto contains = [&](std::string_view text) { return head.find(text) != std::string_view::npos; };
    if (const ScanFormat format = formatOfApi(keys.text("apiVersion")); format != ScanFormat::None)
        return format;
    if (keys.has("ClusterName") && (keys.has("Resources") || keys.has("Findings")))
        return ScanFormat::TrivyKubernetes;
    if (keys.has("SchemaVersion") && (keys.has("ArtifactName") || keys.has("ArtifactType") || keys.has("Results")))
        return ScanFormat::Trivy;
    if (keys.text("bomFormat") == "CycloneDX")
        return ScanFormat::CycloneDx;
    if (keys.has("spdxVersion"))
        return ScanFormat::Spdx;
    if (keys.text("@context").find("openvex") != std::string_view::npos)
        return ScanFormat::OpenVex;
    if (keys.has("document") && contains("\"csaf_version\""))
        return ScanFormat::Csaf;
    if (keys.text("$schema").find("sarif") != std::string_view::npos
        || (keys.has("runs") && keys.text("version").starts_with("2.1")))
        return ScanFormat::Sarif;
    if (keys.has("manifest_hash"))
        return ScanFormat::Clair;
    if (keys.has("matches")
        && (keys.has("descriptor") || keys.has("source")
            || (contains("\"vulnerability\"") && (contains("\"fix\"") || contains("\"dataSource\"")))))
        return ScanFormat::Grype;
    const bool isList = keys.has("items") || keys.text("kind").ends_with("List");
    return isList ? formatOfItems(head) : ScanFormat::None;
}

// Long texts that nothing is taken from; passing over them makes documents small.
bool skipsScanner(std::size_t depth, std::string_view key)
{
    if (depth < 2)
        return false;
    switch (key.empty() ? '\0' : key.front()) {
    case 'D':
        return key == "Description" || key == "DataSource" || key == "DiffIDs";
    case 'L':
        return key == "Layer" || key == "Layers" || key == "LastModifiedDate" || key == "Licenses";
    case 'R':
        return key == "References";
    case 'C':
        return key == "CweIDs" || key == "Code" || key == "CauseMetadata";
    case 'P':
        return key == "Packages" || key == "PrimaryURL" || key == "PkgPath";
    case 'T':
        return false;
    case 'd':
        return key == "description" || key == "dataSource";
    case 'u':
        return key == "urls" || key == "upstreams";
    case 'c':
        return key == "cpes" || key == "cwes" || key == "cvssV2";
    case 'm':
        return key == "matchDetails" || key == "metadata";
    case 'h':
        return key == "history";
    case 'l':
        return key == "licenses" || key == "locations" || key == "links" || key == "layers";
    default:
        return false;
    }
}

using Reader = bool (*)(Value, const Source&, Evidence&);

Reader readerOf(ScanFormat format)
{
    switch (format) {
    case ScanFormat::None:
        return nullptr;
    case ScanFormat::Trivy:
        return readTrivy;
    case ScanFormat::TrivyKubernetes:
        return readTrivyKubernetes;
    case ScanFormat::Grype:
        return readGrype;
    case ScanFormat::Clair:
        return readClair;
    case ScanFormat::CycloneDx:
        return readCycloneDx;
    case ScanFormat::Spdx:
        return readSpdx;
    case ScanFormat::OpenVex:
        return readOpenVex;
    case ScanFormat::Csaf:
        return readCsaf;
    case ScanFormat::Sarif:
        return readSarif;
    case ScanFormat::TrivyOperator:
    case ScanFormat::PolicyReport:
        return readObjects;
    }
    return nullptr;
}

std::unexpected<Error> brokenScan(ScanFormat format, Error error, const std::string& path)
{
    error.what = "the evidence is not whole: " + std::string(toText(format)) + ": " + error.what;
    error.where = path + (error.where.empty() ? std::string() : ", " + error.where);
    if (error.advice.empty())
        error.advice = "write the file again with the tool that made it";
    return std::unexpected(std::move(error));
}

// The text is followed by padding.
Result<std::optional<Evidence>> parseJsonScan(std::string_view text, ScanFormat format, const std::string& path)
{
    // Every value but the first of a list or map comes after a comma; hostile ones would fill the memory.
    constexpr std::ptrdiff_t maxValues = 20'000'000;
    if (text.size() > static_cast<std::size_t>(maxValues) && std::ranges::count(text, ',') > maxValues)
        return failure(ErrorKind::Limit, "the evidence holds more than 20 million values", path, "split it");
    format::JsonParser parser;
    format::Document document;
    const bool isScanner
        = format == ScanFormat::Trivy || format == ScanFormat::TrivyKubernetes || format == ScanFormat::Grype;
    if (auto parsed = parser.parse(text, document, isScanner ? skipsScanner : nullptr); !parsed)
        return brokenScan(format, parsed.error(), path);
    Evidence evidence;
    if (!readerOf(format)(document.root(), { path }, evidence))
        return failure(ErrorKind::Format,
            "the evidence looks like " + std::string(toText(format))
                + " and has not what that format asks for, or is of a version that is not read",
            path, "write it with a current version of the tool, as JSON");
    return std::optional(std::move(evidence));
}

Result<std::optional<Evidence>> parseYamlScan(std::string_view text, ScanFormat format, const std::string& path)
{
    Evidence evidence;
    bool isOurs = false;
    for (const format::YamlPiece& piece : format::splitYaml(text)) {
        format::Document document;
        if (auto parsed = format::parseYaml(piece.text, piece.firstLine, document); !parsed)
            return brokenScan(format, parsed.error(), path);
        isOurs = readObjects(document.root(), { path }, evidence) || isOurs;
    }
    return isOurs ? std::optional(std::move(evidence)) : std::nullopt;
}

Result<std::string> readBytes(format::ByteSource& bytes, const std::string& path)
{
    std::string text;
    constexpr std::size_t step = 1u << 20;
    for (;;) {
        const std::size_t begin = text.size();
        text.resize(begin + step);
        const auto count = bytes.read(text.data() + begin, step);
        if (!count)
            return std::unexpected(count.error());
        text.resize(begin + *count);
        if (*count == 0)
            return text;
        if (text.size() > maxScanBytes)
            return failure(ErrorKind::Limit, "the evidence is larger than 256 MB", path, "split it");
    }
}

class FileBytes : public format::ByteSource {
public:
    FileBytes(const std::string& path)
        : m_file(path, std::ios::binary)
        , m_path(path)
    {
    }
    bool isOpen() const { return m_file.is_open(); }
    Result<std::size_t> read(char* buffer, std::size_t size) override
    {
        m_file.read(buffer, static_cast<std::streamsize>(size));
        if (m_file.bad())
            return failure(ErrorKind::Access, "the evidence cannot be read", m_path);
        return static_cast<std::size_t>(m_file.gcount());
    }
    void rewind()
    {
        m_file.clear();
        m_file.seekg(0);
    }

private:
    std::ifstream m_file;
    std::string m_path;
};

} // namespace

void Evidence::add(Evidence other)
{
    const auto append = [](auto& list, auto& more) {
        list.insert(list.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
    };
    append(scans, other.scans);
    append(statements, other.statements);
    append(results, other.results);
    append(notes, other.notes);
}

ScanFormat recognise(std::string_view head)
{
    if (head.starts_with("\xEF\xBB\xBF"))
        head.remove_prefix(3);
    const std::string_view start = trimmed(head.substr(0, headBytes));
    if (start.starts_with('{'))
        return recogniseJson(start);
    if (start.starts_with('['))
        return ScanFormat::None;
    // YAML: only of objects; anything of ours stands at the begin of a line.
    const ScanFormat format = formatOfItems(start);
    const bool isYaml = start.starts_with("apiVersion:") || start.starts_with("---") || start.starts_with("#")
        || start.starts_with("kind:") || start.starts_with("items:");
    return isYaml ? format : ScanFormat::None;
}

Result<std::optional<Evidence>> parseScan(std::string_view text, const std::string& path)
{
    if (text.starts_with("\xEF\xBB\xBF"))
        text.remove_prefix(3);
    const ScanFormat format = recognise(text);
    if (format == ScanFormat::None)
        return std::optional<Evidence>();
    if (text.size() > maxScanBytes)
        return failure(ErrorKind::Limit, "the evidence is larger than 256 MB", path, "split it");
    if (!trimmed(text.substr(0, headBytes)).starts_with('{'))
        return parseYamlScan(text, format, path);
    std::string padded;
    padded.reserve(text.size() + format::jsonPadding);
    padded = text;
    return parseJsonScan(padded, format, path);
}

Result<std::optional<Evidence>> readScan(const std::string& path)
{
    FileBytes file(path);
    if (!file.isOpen())
        return failure(ErrorKind::NotFound, "the evidence cannot be opened", path, "check the path");
    std::string head(headBytes, '\0');
    auto count = file.read(head.data(), head.size());
    if (!count)
        return std::unexpected(count.error());
    head.resize(*count);
    file.rewind();
    const format::Packing packing = format::recognisePacking(head);
    if (packing != format::Packing::None && packing != format::Packing::Gzip)
        return std::optional<Evidence>();
    if (packing == format::Packing::None && recognise(head) == ScanFormat::None)
        return std::optional<Evidence>();
    Result<std::string> text = failure(ErrorKind::Format, "the evidence is an empty archive", path);
    if (packing == format::Packing::None) {
        text = readBytes(file, path);
    } else {
        const auto unpacked = format::unpack(
            file, path, format::Limits {}, [&](std::string_view, format::ByteSource& bytes) -> Result<void> {
                text = readBytes(bytes, path);
                if (!text)
                    return std::unexpected(text.error());
                return {};
            });
        if (!unpacked)
            return std::unexpected(unpacked.error());
    }
    if (!text)
        return std::unexpected(text.error());
    text->reserve(text->size() + format::jsonPadding);
    const std::string_view whole = *text;
    const std::string_view body = whole.starts_with("\xEF\xBB\xBF") ? whole.substr(3) : whole;
    const ScanFormat format = recognise(body);
    if (format == ScanFormat::None)
        return std::optional<Evidence>();
    if (!trimmed(body.substr(0, headBytes)).starts_with('{'))
        return parseYamlScan(body, format, path);
    return parseJsonScan(body, format, path);
}

std::vector<Result<std::optional<Evidence>>> readScans(const std::vector<std::string>& paths, TaskPool& pool)
{
    std::vector<Result<std::optional<Evidence>>> answers(paths.size(), std::optional<Evidence>());
    pool.parallelFor(paths.size(), 1, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i)
            answers[i] = readScan(paths[i]);
    });
    return answers;
}

} // namespace plimsoll::evidence
