// SPDX-License-Identifier: Apache-2.0
#include "core/snapshot/Snapshot_p.h"

#include <algorithm>
#include <utility>

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/Text.h"
#include "core/format/Json.h"
#include "core/snapshot/Masking.h"

namespace plimsoll::snapshot {

namespace {

// Value at the pointer or its nearest ancestor that exists.
format::Value nearest(format::Value root, std::string_view pointer)
{
    format::Value value = root;
    for (const std::string& token : format::pointerTokens(pointer)) {
        const format::Value next = value.at('/' + format::pointerToken(token));
        if (next.isAbsent())
            break;
        value = next;
    }
    return value;
}

std::string_view textOf(std::string_view own, std::string_view derived)
{
    return own.empty() ? derived : own;
}

} // namespace

bool isManagedFields(std::size_t depth, std::string_view key)
{
    return depth == 1 && key == "managedFields";
}

void dropManagedFields(format::Document& document)
{
    for (const format::Value member : document.root()) {
        if (!member.isObject())
            continue;
        for (format::Value fields = member["managedFields"]; fields.isPresent(); fields = member["managedFields"])
            document.removeChild(member, fields);
    }
}

std::string_view itemKindOf(std::string_view listKind)
{
    constexpr std::string_view suffix = "List";
    return listKind.ends_with(suffix) ? listKind.substr(0, listKind.size() - suffix.size()) : std::string_view();
}

std::string groupOf(std::string_view apiVersion)
{
    const std::size_t slash = apiVersion.find('/');
    return slash == std::string_view::npos ? std::string() : std::string(apiVersion.substr(0, slash));
}

Result<std::string> readRange(
    const SourceFile& file, const FileOrigin& origin, std::uint64_t offset, std::size_t length)
{
    if (origin.container) {
        auto packed = origin.container->readText(origin.entry, offset, length);
        if (packed)
            packed->append(format::jsonPadding, '\0');
        return packed;
    }
    std::string text(length + format::jsonPadding, '\0');
    const auto changed = [&] {
        return failure(ErrorKind::Format, "the file has changed since it was read", file.name, "open the source again");
    };
    if (origin.isInMemory) {
        if (offset + length > origin.bytes.size())
            return changed();
        origin.bytes.copy(text.data(), length, offset);
        return text;
    }
    const int descriptor = ::open(file.path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return failure(
            ErrorKind::NotFound, "the file is gone or cannot be read any more", file.name, "open the source again");
    struct stat status { };
    bool isSame = ::fstat(descriptor, &status) == 0 && status.st_size == origin.size
        && status.st_mtim.tv_sec * 1'000'000'000 + status.st_mtim.tv_nsec == origin.changedNs;
    std::size_t done = 0;
    while (isSame && done < length) {
        const ssize_t count = ::pread(descriptor, text.data() + done, length - done, static_cast<off_t>(offset + done));
        isSame = count > 0;
        done += isSame ? static_cast<std::size_t>(count) : 0;
    }
    ::close(descriptor);
    if (!isSame)
        return changed();
    return text;
}

std::string_view toText(Integrity integrity)
{
    switch (integrity) {
    case Integrity::NotRecorded:
        return "not recorded";
    case Integrity::Unsigned:
        return "unsigned";
    case Integrity::Signed:
        return "signed";
    }
    std::unreachable();
}

Snapshot::Snapshot()
    : m_private(std::make_unique<Private>())
{
}

Snapshot::~Snapshot() = default;

const std::vector<SourceFile>& Snapshot::files() const
{
    return m_private->files;
}

const std::vector<Problem>& Snapshot::problems() const
{
    return m_private->problems;
}

std::uint32_t Snapshot::passedOver() const
{
    return m_private->passedOver;
}

const std::vector<KindCoverage>& Snapshot::listedKinds() const
{
    return m_private->listedKinds;
}

const std::string& Snapshot::serverVersion() const
{
    return m_private->serverVersion;
}

const std::string& Snapshot::sourceHash() const
{
    return m_private->sourceHash;
}

const std::string& Snapshot::label() const
{
    return m_private->label;
}

const Origin& Snapshot::origin() const
{
    return m_private->origin;
}

const std::vector<NotCollected>& Snapshot::notCollected() const
{
    return m_private->notCollected;
}

const std::vector<PartialKind>& Snapshot::partialKinds() const
{
    return m_private->partialKinds;
}

Result<void> Snapshot::readRaw(const RawRef& raw, format::Document& document, bool withManagedFields) const
{
    if (raw.file >= m_private->files.size())
        return failure(ErrorKind::NotFound, "the object has no text");
    if (raw.block != inFile) {
        auto block = m_private->kept.read(raw.block);
        if (!block)
            return std::unexpected(block.error());
        if (raw.offset + raw.length > (*block)->size())
            return failure(ErrorKind::Internal, "the object's kept text is damaged");
        auto read = readRecord(std::string_view(**block).substr(raw.offset, raw.length), document);
        if (read && !withManagedFields)
            dropManagedFields(document);
        return read;
    }
    const SourceFile& file = m_private->files[raw.file];
    const FileOrigin& origin = m_private->origins[raw.file];
    auto text = readRange(file, origin, raw.offset, raw.length);
    if (!text)
        return std::unexpected(text.error());
    format::JsonParser parser;
    auto parsed = parser.parse(
        std::string_view(*text).substr(0, raw.length), document, withManagedFields ? nullptr : isManagedFields);
    if (!parsed)
        return failure(ErrorKind::Format, "the file has changed since it was read", file.name, "open the source again");
    document.adopt(std::move(*text));
    TypeName derived;
    for (const TypedRange& range : origin.lists) {
        if (range.begin <= raw.offset)
            derived = range.items;
    }
    const format::Value root = document.root();
    redact(document, textOf(root["apiVersion"].text(), derived.apiVersion), textOf(root["kind"].text(), derived.kind));
    parser.wipe();
    return {};
}

std::optional<Snapshot::Place> Snapshot::locate(const RawRef& raw, std::string_view pointer) const
{
    return locate(raw, std::span(&pointer, 1)).front();
}

std::vector<std::optional<Snapshot::Place>> Snapshot::locate(
    const RawRef& raw, std::span<const std::string_view> pointers) const
{
    std::vector<std::optional<Place>> places(pointers.size());
    if (raw.file >= m_private->files.size())
        return places;
    const SourceFile& file = m_private->files[raw.file];
    format::Document document;
    std::string text;
    if (raw.block != inFile) {
        if (!readRaw(raw, document))
            return places;
    } else {
        // Only positions leave this function, so that masking is not needed.
        auto range = readRange(file, m_private->origins[raw.file], raw.offset, raw.length);
        if (!range)
            return places;
        text = std::move(*range);
        format::JsonParser parser;
        const bool isParsed
            = parser.parse(std::string_view(text).substr(0, raw.length), document, isManagedFields).has_value();
        parser.wipe();
        if (!isParsed) {
            ::explicit_bzero(text.data(), text.size());
            return places;
        }
    }
    for (std::size_t i = 0; i < pointers.size(); ++i) {
        const std::uint32_t position = nearest(document.root(), pointers[i]).position();
        std::uint32_t line = position;
        if (!document.isLineNumbered())
            line = raw.line
                + static_cast<std::uint32_t>(std::ranges::count(std::string_view(text).substr(0, position), '\n'));
        places[i] = Place { file.name, line };
    }
    ::explicit_bzero(text.data(), text.size()); // as it stands in the file
    return places;
}

} // namespace plimsoll::snapshot
