// SPDX-License-Identifier: Apache-2.0
#include "core/control/Review.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "core/base/Text.h"
#include "core/format/YamlFile.h"

namespace plimsoll::control {

using format::MapReader;
using format::Value;
using format::YamlFile;
using format::yamlQuoted;

namespace {

constexpr std::string_view schemaFile = "review-v1.schema.json";
constexpr std::string_view schemaId = "plimsoll/review/v1";
constexpr std::array<std::string_view, 3> recordedNames { "pass", "fail", "not-applicable" };

Result<RecordedVerdict> readVerdict(const YamlFile& file, Value map)
{
    MapReader reader(file, map, "a verdict", schemaFile);
    RecordedVerdict verdict;
    const std::string requirement = reader.text("requirement");
    const std::size_t blank = requirement.find(' ');
    if (blank == std::string::npos)
        reader.fail(map["requirement"], "a requirement is written as framework and id: \"cis-2.0.1 3.1.1\"");
    verdict.framework = requirement.substr(0, blank);
    verdict.requirement = blank == std::string::npos ? std::string() : std::string(trimmed(requirement.substr(blank)));
    const std::string text = reader.text("verdict");
    const auto found = std::ranges::find(recordedNames, text);
    if (found == recordedNames.end())
        reader.fail(map["verdict"], "a verdict is pass, fail or not-applicable");
    else
        verdict.verdict = static_cast<ManualVerdict>(found - recordedNames.begin());
    verdict.note = reader.text("note");
    verdict.evidence = reader.texts("evidence");
    verdict.by = reader.text("by");
    verdict.date = reader.date("date");
    if (auto finished = reader.finish(); !finished)
        return std::unexpected(finished.error());
    return verdict;
}

void appendList(std::string& out, std::string_view key, const std::vector<std::string>& texts)
{
    if (texts.empty())
        return;
    out += std::string(key) + ":\n";
    for (const std::string& text : texts)
        out += "  - " + yamlQuoted(text) + '\n';
}

void appendMap(std::string& out, std::string_view key, const std::vector<std::pair<std::string, std::string>>& pairs)
{
    if (pairs.empty())
        return;
    out += std::string(key) + ":\n";
    for (const auto& [name, text] : pairs)
        out += "  " + yamlQuoted(name) + ": " + yamlQuoted(text) + '\n';
}

std::string verdictText(const RecordedVerdict& verdict)
{
    std::string out = "  - requirement: " + yamlQuoted(verdict.framework + ' ' + verdict.requirement)
        + "\n    verdict: " + std::string(toText(verdict.verdict)) + "\n    note: " + yamlQuoted(verdict.note) + '\n';
    if (!verdict.evidence.empty()) {
        std::vector<std::string> quoted;
        for (const std::string& text : verdict.evidence)
            quoted.push_back(yamlQuoted(text));
        out += "    evidence: [" + join(quoted, ", ") + "]\n";
    }
    return out + "    by: " + yamlQuoted(verdict.by) + "\n    date: " + formatDate(verdict.date) + '\n';
}

std::string textOf(const Review& review)
{
    std::string out = "# What a reviewer added. Written by Plimsoll; may be edited, comments are not kept.\nschema: "
        + std::string(schemaId) + '\n';
    appendList(out, "waivers", review.waiverFiles);
    if (!review.verdicts.empty())
        out += "verdicts:\n";
    for (const RecordedVerdict& verdict : review.verdicts)
        out += verdictText(verdict);
    appendList(out, "reviewed", review.reviewed);
    appendMap(out, "notes", review.notes);
    appendMap(out, "filters", review.filters);
    appendList(out, "crownJewels", review.crownJewels);
    return out;
}

} // namespace

std::string_view toText(ManualVerdict verdict)
{
    return recordedNames[static_cast<std::size_t>(verdict)];
}

const RecordedVerdict* Review::verdictOf(std::string_view framework, std::string_view requirement) const
{
    const auto found = std::ranges::find_if(verdicts, [&](const RecordedVerdict& verdict) {
        return verdict.framework == framework && verdict.requirement == requirement;
    });
    return found == verdicts.end() ? nullptr : &*found;
}

std::string Review::resolved(const std::string& waiverFile) const
{
    const std::filesystem::path file(waiverFile);
    return file.is_absolute() ? waiverFile : (std::filesystem::path(path).parent_path() / file).string();
}

std::string reviewPathFor(const std::string& source)
{
    std::string base = source;
    while (base.size() > 1 && base.ends_with('/'))
        base.pop_back();
    constexpr std::string_view suffix = ".plimsoll";
    if (base.ends_with(suffix))
        base.resize(base.size() - suffix.size());
    return base + ".review.yaml";
}

Result<Review> readReview(const std::string& path)
{
    Review review;
    review.path = path;
    auto file = YamlFile::read(path, "the review");
    if (!file && file.error().kind == ErrorKind::NotFound)
        return review;
    if (!file)
        return std::unexpected(file.error());
    if (file->root().isAbsent())
        return review;
    MapReader reader(*file, file->root(), "the review", schemaFile);
    if (const std::string schema = reader.text("schema"); schema != schemaId)
        reader.fail(file->root()["schema"], "the review is not of schema " + std::string(schemaId));
    review.waiverFiles = reader.texts("waivers");
    for (const Value map : reader.list("verdicts")) {
        auto verdict = readVerdict(*file, map);
        if (!verdict)
            return std::unexpected(verdict.error());
        if (review.verdictOf(verdict->framework, verdict->requirement))
            reader.fail(map, "the requirement has two verdicts");
        review.verdicts.push_back(std::move(*verdict));
    }
    review.reviewed = reader.texts("reviewed");
    review.notes = reader.textMap("notes");
    review.filters = reader.textMap("filters");
    review.crownJewels = reader.texts("crownJewels");
    if (auto finished = reader.finish(); !finished)
        return std::unexpected(finished.error());
    std::ranges::sort(review.reviewed);
    std::ranges::sort(review.notes);
    return review;
}

Result<void> writeReview(const Review& review)
{
    return format::writeWhole(review.path, textOf(review));
}

ReviewLock::ReviewLock(ReviewLock&& other) noexcept
    : m_file(std::exchange(other.m_file, -1))
{
}

ReviewLock& ReviewLock::operator=(ReviewLock&& other) noexcept
{
    std::swap(m_file, other.m_file);
    return *this;
}

ReviewLock::~ReviewLock()
{
    if (m_file >= 0)
        close(m_file); // which unlocks it; the file stays, or another could lock one that is gone
}

Result<ReviewLock> ReviewLock::take(const std::string& reviewPath)
{
    const std::filesystem::path path(reviewPath);
    const std::string lockPath = (path.parent_path() / ('.' + path.filename().string() + ".lock")).string();
    ReviewLock lock;
    lock.m_file = open(lockPath.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (lock.m_file < 0)
        return failure(ErrorKind::Access, "the review cannot be changed: " + std::generic_category().message(errno),
            lockPath, "check the permissions of the folder");
    if (flock(lock.m_file, LOCK_EX | LOCK_NB) != 0)
        return failure(ErrorKind::Access, "the review is open in another window", reviewPath,
            "close it there, or look at it here without changing it");
    return lock;
}

} // namespace plimsoll::control
