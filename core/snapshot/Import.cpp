// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <map>
#include <optional>
#include <utility>

#include "core/base/Text.h"
#include "core/format/Sha256.h"
#include "core/snapshot/Importer_p.h"

namespace plimsoll::snapshot {

namespace {

constexpr std::size_t jsonChunk = BufferPool::usualBytes;
constexpr std::size_t yamlChunk = 256u << 10; // YAML takes a hundred times as long a byte
constexpr std::size_t maxProblemsPerFile = 200;

std::string fileNameOf(std::string_view path)
{
    while (path.size() > 1 && path.ends_with('/'))
        path.remove_suffix(1);
    return std::string(path.substr(path.rfind('/') + 1));
}

} // namespace

Result<void> Importer::cancelled() const
{
    if (m_progress.isCancelled())
        return failure(ErrorKind::Cancelled, "reading was cancelled");
    return {};
}

void Importer::addProblem(const File& file, std::uint32_t line, Error error, bool isOnlyForKubernetes)
{
    error.where = line == 0 ? file.name : file.name + ':' + std::to_string(line);
    m_problems.push_back({ file.index, line, isOnlyForKubernetes, { Problem::Level::Error, std::move(error) } });
}

void Importer::merge(Batch& batch)
{
    SourceFile& file = out().files[batch.file];
    file.objects += batch.objectCount;
    m_objectCount += batch.objectCount;
    if (batch.isKubernetes)
        m_isKubernetes[batch.file] = true;
    if (!batch.serverVersion.empty() && out().serverVersion.empty())
        out().serverVersion = batch.serverVersion;
    std::ranges::move(batch.problems, std::back_inserter(m_problems));
    std::ranges::move(batch.held, std::back_inserter(m_held));
    std::ranges::move(batch.listed, std::back_inserter(m_listed));
    if (batch.refused && !m_refused)
        m_refused = std::move(batch.refused);
    if (batch.objects)
        m_sink.merge(std::move(batch.objects));
}

TypeName Importer::typeOf(const format::JsonEnvelope& envelope)
{
    format::Document document;
    if (!m_parser.parseCopy(envelope.text(), document))
        return {};
    return { std::string(document.root()["apiVersion"].text()), std::string(document.root()["kind"].text()) };
}

// What the lists that have begun say of the kind of their items, as far as it stands before them.
void Importer::learnLists(const format::JsonSplitter& splitter, File& file)
{
    for (; file.knownLists < splitter.envelopes().size(); ++file.knownLists) {
        const format::JsonEnvelope& envelope = splitter.envelopes()[file.knownLists];
        TypeName type = typeOf(envelope);
        type.kind = itemKindOf(type.kind);
        file.lists.push_back(std::move(type));
    }
}

void Importer::closeLists(const format::JsonSplitter& splitter, File& file)
{
    learnLists(splitter, file);
    for (std::size_t i = 0; i < splitter.envelopes().size(); ++i) {
        const format::JsonEnvelope& envelope = splitter.envelopes()[i];
        TypeName type = typeOf(envelope);
        const bool isByName = type.kind.empty() && file.type.isEmpty() && envelope.head.contains("\"metadata\"");
        if (type.kind.empty()) {
            // Written by a program that forgot to say: a list of the API has metadata of its own.
            type = isByName ? typeOfListName(file.name) : file.type;
            type.kind += type.kind.empty() ? "" : "List";
        }
        if (!type.kind.ends_with("List"))
            continue;
        m_isKubernetes[file.index] = true;
        if (type.kind == "List") {
            if (auto kind = kindOfPlural(file.name); kind && envelope.isClosed)
                m_listed.push_back(std::move(*kind));
            continue;
        }
        type.kind = itemKindOf(type.kind);
        if (envelope.isClosed)
            (isByName ? m_listedByName : m_listed).push_back({ groupOf(type.apiVersion), type.kind });
        out().origins[file.index].lists.push_back({ envelope.offset + file.skipped, type });
        file.lists[i] = std::move(type);
    }
    m_lists[file.index] = std::move(file.lists);
}

std::shared_ptr<Batch> Importer::newBatch(const File& file, Chunk& chunk)
{
    auto batch = std::make_shared<Batch>();
    batch->file = file.index;
    batch->fileName = file.name;
    batch->pathType = file.type;
    batch->isKept = file.isKept;
    batch->buffer = std::move(chunk.buffer);
    batch->size = chunk.size;
    return batch;
}

// An item that a chunk breaks off in begins the next chunk; all others are parsed where they lie.
Result<void> Importer::readJson(format::ByteSource& bytes, File& file)
{
    format::JsonSplitter splitter(m_limits);
    Chunk chunk = nextChunk(m_buffers, bytes, {}, jsonChunk);
    const bool isArray = trimmed(chunk.text()).starts_with('[');
    for (bool isLast = false; !isLast;) {
        if (auto stop = cancelled(); !stop)
            return stop;
        std::vector<format::JsonItem> items;
        const std::size_t used = splitter.scan(chunk.text(), chunk.isEnd, items);
        learnLists(splitter, file);
        isLast = chunk.isEnd && !splitter.isPaused();
        Chunk next;
        if (splitter.isPaused())
            next = restOf(m_buffers, chunk, used);
        else if (!isLast)
            next = nextChunk(m_buffers, bytes, chunk.text().substr(used), jsonChunk);
        else
            next.failed = std::move(chunk.failed);
        submitJson(file, chunk, std::move(items));
        chunk = std::move(next);
    }
    closeLists(splitter, file);
    // An array of a layout that has one file for each kind.
    if (isArray && splitter.envelopes().empty() && !file.type.isEmpty()) {
        m_isKubernetes[file.index] = true;
        m_listed.push_back({ groupOf(file.type.apiVersion), file.type.kind });
        out().origins[file.index].lists.push_back({ 0, file.type });
    }
    if (chunk.failed)
        return std::unexpected(std::move(*chunk.failed));
    if (auto finished = splitter.finish(); !finished) {
        Error error = std::move(finished.error());
        const auto line = toInteger(std::string_view(error.where).substr(error.where.rfind(' ') + 1)).value_or(0);
        addProblem(file, static_cast<std::uint32_t>(line), std::move(error), !file.claims);
    }
    return {};
}

void Importer::submitJson(const File& file, Chunk& chunk, std::vector<format::JsonItem> items)
{
    if (items.empty())
        return;
    for (format::JsonItem& item : items)
        item.offset += file.skipped;
    const auto batch = newBatch(file, chunk);
    batch->firstList = std::ranges::min(items, {}, &format::JsonItem::list).list;
    if (batch->firstList != format::JsonItem::noList)
        batch->lists.assign(file.lists.begin() + batch->firstList, file.lists.end());
    batch->items = std::move(items);
    m_pipeline.submit(batch);
}

struct Importer::YamlState {
    std::uint32_t line = 1; // of the chunk's first byte
    bool isTooLarge = false; // inside something that is passed over
    bool isInList = false; // between two items of a list that is read piece by piece
};

// What to do with a chunk of YAML: the range that holds whole documents, or whole items of a list. Nothing in front of
// it is wanted; what is behind it begins the next chunk.
Importer::Range Importer::cutYaml(const Chunk& chunk, YamlState& state, const File& file)
{
    const std::string_view text = chunk.text();
    std::size_t begin = 0;
    if (state.isTooLarge) {
        const std::size_t found = text.find(state.isInList ? "\n- " : "\n---");
        state.isTooLarge = found == std::string_view::npos && !chunk.isEnd;
        if (state.isTooLarge) // the boundary may lie across the chunks
            return { text.size() - std::min<std::size_t>(text.size(), 3), 0 };
        begin = found == std::string_view::npos ? text.size() : found + 1;
    }
    std::size_t end = chunk.isEnd ? text.size() : begin + lastDocument(text.substr(begin));
    if (state.isInList) {
        const YamlList list = measureItems(text, begin);
        state.isInList = list.end == text.size() && !chunk.isEnd;
        end = state.isInList ? list.last : list.end;
    } else if (!chunk.isEnd && end == begin) {
        if (const auto list = listIn(text.substr(begin))) {
            state.isInList = begin + list->end == text.size();
            end = begin + (state.isInList ? list->last : list->end);
            begin += list->begin;
        }
    }
    if (end <= begin && !chunk.isEnd && text.size() - begin > m_limits.maxObjectBytes) {
        addProblem(file, state.line, { ErrorKind::Limit, "a document is too large and was passed over", {}, {} }, true);
        state.isTooLarge = true;
        return { text.size() - 3, 0 };
    }
    return { begin, end - begin };
}

Result<void> Importer::readYaml(format::ByteSource& bytes, File& file)
{
    YamlState state;
    Chunk chunk = nextChunk(m_buffers, bytes, {}, yamlChunk);
    for (bool isLast = false; !isLast;) {
        if (auto stop = cancelled(); !stop)
            return stop;
        const auto [begin, size] = cutYaml(chunk, state, file);
        const std::string_view text = chunk.text();
        const auto lines = [&](std::size_t from, std::size_t count) {
            return static_cast<std::uint32_t>(std::ranges::count(text.substr(from, count), '\n'));
        };
        state.line += lines(0, begin);
        const std::uint32_t firstLine = state.line;
        state.line += lines(begin, size);
        isLast = chunk.isEnd && begin + size == text.size();
        Chunk next;
        if (isLast)
            next.failed = std::move(chunk.failed);
        else if (chunk.isEnd)
            next = restOf(m_buffers, chunk, begin + size);
        else
            next = nextChunk(m_buffers, bytes, text.substr(begin + size), yamlChunk);
        if (size > 0) {
            const auto batch = newBatch(file, chunk);
            batch->begin = begin;
            batch->size = size;
            batch->isYaml = true;
            batch->isKept = true;
            batch->firstLine = firstLine;
            m_pipeline.submit(batch);
        }
        chunk = std::move(next);
    }
    if (chunk.failed)
        return std::unexpected(std::move(*chunk.failed));
    return {};
}

Result<void> Importer::readContent(HeadedSource& headed, File& file, Content content, Encoding encoding)
{
    if (encoding == Encoding::Utf8 || encoding == Encoding::Utf8Bom)
        return content == Content::Json ? readJson(headed, file) : readYaml(headed, file);
    const auto utf8 = utf8From(headed, encoding);
    file.isKept = true;
    return content == Content::Json ? readJson(*utf8, file) : readYaml(*utf8, file);
}

// A bad archive among the entries of a good one does not stop the rest.
Result<void> Importer::readArchive(HeadedSource& packed, const std::string& name, std::size_t nesting)
{
    const bool isGzip = format::recognisePacking(packed.head()) == format::Packing::Gzip;
    if (nesting == 0)
        m_unpackedBytes = 0;
    format::Limits limits = m_limits;
    limits.maxUnpackedBytes -= std::min(m_unpackedBytes, limits.maxUnpackedBytes);
    return format::unpack(
        packed, name, limits, [&](std::string_view entryName, format::ByteSource& entry) -> Result<void> {
            SourceFile file;
            const bool isOnlyOne = isGzip && name.ends_with(std::string(entryName) + ".gz");
            file.name = isOnlyOne ? name : name + '!' + std::string(entryName);
            const std::string inner = file.name;
            auto read = readStream(entry, std::move(file), {}, true, nesting + 1);
            if (read || read.error().kind == ErrorKind::Cancelled || read.error().where == name)
                return read;
            noteFailure(inner, std::move(read.error()));
            return {};
        });
}

// Tells of a file that could not be read to its end, behind what was read of it.
void Importer::noteFailure(const std::string& name, Error error)
{
    if (error.where.empty())
        error.where = name;
    std::uint32_t index = static_cast<std::uint32_t>(out().files.size());
    std::uint32_t line = 0;
    if (index > 0 && out().files.back().name.starts_with(name)) {
        --index;
        line = 0xFFFFFFFFu;
    }
    m_problems.push_back({ index, line, false, { Problem::Level::Error, std::move(error) } });
}

Result<void> Importer::readStream(
    format::ByteSource& bytes, SourceFile source, FileOrigin origin, bool isKept, std::size_t nesting)
{
    if (auto stop = cancelled(); !stop)
        return stop;
    HeadedSource headed(bytes, m_pool);
    if (auto fetched = headed.fetchHead(); !fetched)
        return fetched;
    if (detail::looksLikeSnapshot(headed.head())) {
        if (!source.path.empty())
            return readSnapshot(source.path, source.name);
        if (origin.isInMemory)
            return readSnapshot({ origin.bytes, {} }, source.name);
        auto whole = readWhole(headed, m_limits.maxUnpackedBytes);
        if (!whole)
            return std::unexpected(whole.error());
        const auto owner = std::make_shared<const std::string>(std::move(*whole));
        return readSnapshot({ *owner, owner }, source.name);
    }
    if (format::recognisePacking(headed.head()) != format::Packing::None && nesting <= m_limits.maxNestedArchives)
        return readArchive(headed, source.name, nesting);
    if (const auto isLoose = readLooseManifest(headed.head(), source.name, nesting > 0); !isLoose || *isLoose)
        return isLoose ? Result<void>() : std::unexpected(isLoose.error());
    m_layout.see(source.name);
    if (const auto isErrors = readErrors(headed, source.name); !isErrors || *isErrors)
        return isErrors ? Result<void>() : std::unexpected(isErrors.error());
    File file { .index = static_cast<std::uint32_t>(out().files.size()),
        .name = source.name,
        .isKept = isKept,
        .skipped = 0,
        .claims = false,
        .type = typeOfPath(source.name),
        .lists = {},
        .knownLists = 0 };
    const Encoding encoding = encodingOf(headed.head());
    std::string head(headed.head());
    if (encoding == Encoding::Utf8Bom) {
        file.skipped = 3;
        headed.skip(3);
        head.erase(0, 3);
    } else if (encoding != Encoding::Utf8) {
        MemorySource memory(headed.head());
        const auto utf8 = utf8From(memory, encoding);
        std::string converted(head.size() * 2, '\0');
        const auto count = readFully(*utf8, converted.data(), converted.size());
        head = converted.substr(0, count.value_or(0));
    }
    const Content content = contentOf(head);
    file.claims = head.contains("\"apiVersion\"");
    overwrite(head.data(), head.size());
    source.content = content == Content::Json ? SourceFile::Content::Json
        : content == Content::Yaml            ? SourceFile::Content::Yaml
                                              : SourceFile::Content::NotKubernetes;
    out().files.push_back(std::move(source));
    out().origins.push_back(std::move(origin));
    m_isKubernetes.push_back(false);
    if (content == Content::Other)
        return {};
    auto read = readContent(headed, file, content, encoding);
    m_unpackedBytes += headed.bytes();
    out().files[file.index].bytes = headed.bytes();
    out().files[file.index].sha256 = headed.sha256();
    return read;
}

Result<void> Importer::readFile(const std::string& path, const std::string& name)
{
    auto opened = FileSource::open(path, name, m_progress);
    if (!opened)
        return std::unexpected(opened.error());
    FileSource& bytes = **opened;
    FileOrigin origin;
    origin.size = bytes.size();
    origin.changedNs = bytes.changedNs();
    SourceFile file;
    file.name = name;
    file.path = bytes.isRegular() ? path : std::string();
    return readStream(bytes, std::move(file), std::move(origin), !bytes.isRegular(), 0);
}

Result<void> Importer::readFolder(const std::string& path)
{
    const FolderListing listing = listFolder(path);
    for (const std::string& folder : listing.unreadable)
        noteFailure(folder, { ErrorKind::Access, "the folder cannot be read", {}, "check its permissions" });
    m_progress.enter("Reading " + printable(fileNameOf(path)), listing.bytes);
    for (const std::string& name : listing.files) {
        auto read = readFile((std::filesystem::path(path) / name).string(), printable(name));
        if (!read && read.error().kind == ErrorKind::Cancelled)
            return read;
        if (!read)
            noteFailure(printable(name), std::move(read.error()));
    }
    return {};
}

Result<void> Importer::readSource(const Source& source)
{
    if (source.bytes) {
        m_progress.enter("Reading " + printable(source.path), source.bytes->size());
        MemorySource bytes(*source.bytes);
        SourceFile file;
        file.name = printable(fileNameOf(source.path));
        FileOrigin origin;
        origin.bytes = *source.bytes;
        origin.isInMemory = true;
        return readStream(bytes, std::move(file), std::move(origin), false, 0);
    }
    if (source.path == "-") {
        m_progress.enter("Reading standard input");
        const auto bytes = FileSource::standardInput(m_progress);
        SourceFile file;
        file.name = "standard input";
        return readStream(*bytes, std::move(file), {}, true, 0);
    }
    std::error_code error;
    if (std::filesystem::is_directory(source.path, error))
        return readFolder(source.path);
    const auto size = std::filesystem::file_size(source.path, error);
    m_progress.enter("Reading " + printable(fileNameOf(source.path)), error ? 0 : size);
    return readFile(source.path, printable(fileNameOf(source.path)));
}

// Items whose list said their kind behind them, now that it is known; in the order of the input.
void Importer::readHeld()
{
    const std::vector<HeldItem> held = std::exchange(m_held, {});
    for (const HeldItem& item : held) {
        const std::vector<TypeName>& lists = m_lists[item.file];
        const TypeName type = item.item.list < lists.size() ? lists[item.item.list] : TypeName {};
        if (type.isEmpty())
            continue;
        const SourceFile& file = out().files[item.file];
        Chunk chunk;
        chunk.size = item.item.size;
        Result<std::string> text = item.text;
        if (item.text.empty())
            text = readRange(file, out().origins[item.file], item.item.offset, item.item.size);
        if (!text) {
            m_problems.push_back({ item.file, item.item.line, false, { Problem::Level::Error, text.error() } });
            continue;
        }
        chunk.buffer = m_buffers.take(chunk.size + format::jsonPadding);
        std::memset(chunk.buffer.bytes.get() + chunk.size, 0, format::jsonPadding);
        text->copy(chunk.buffer.bytes.get(), chunk.size);
        const File owner { .index = item.file,
            .name = file.name,
            .isKept = !item.text.empty(),
            .skipped = 0,
            .claims = true,
            .type = {},
            .lists = {},
            .knownLists = 0 };
        const auto batch = newBatch(owner, chunk);
        batch->items = { item.item };
        batch->items.front().begin = 0;
        batch->lists = { type };
        batch->firstList = item.item.list;
        m_pipeline.submit(batch);
    }
    m_pipeline.drain();
}

void Importer::finishFiles()
{
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < out().files.size(); ++i) {
        SourceFile& file = out().files[i];
        if (!m_isKubernetes[i])
            file.content = SourceFile::Content::NotKubernetes;
        if (file.content == SourceFile::Content::NotKubernetes)
            ++out().passedOver;
        else
            lines.push_back(file.name + '\0' + file.sha256 + '\n');
    }
    std::ranges::sort(lines);
    format::Sha256 hash;
    for (const std::string& line : lines)
        hash.update(line);
    out().sourceHash = hash.finishHex();
    const std::string layout = m_layout.name();
    if (LayoutGuess::namesListsByFile(layout))
        std::ranges::move(m_listedByName, std::back_inserter(m_listed));
    std::ranges::sort(
        out().notCollected, {}, [](const NotCollected& one) { return std::tie(one.group, one.plural, one.ns); });
    // What could not be collected is not listed, whatever else stands beside it.
    std::erase_if(m_listed, [&](const KindCoverage& kind) {
        return std::ranges::any_of(out().notCollected,
            [&](const NotCollected& one) { return one.group == kind.apiGroup && one.kind == kind.kind; });
    });
    if (out().origin.kind == Origin::Kind::Files && out().origin.layout.empty())
        out().origin.layout = layout;
    std::ranges::sort(m_listed, {}, [](const KindCoverage& kind) { return std::pair(kind.apiGroup, kind.kind); });
    const auto twice = std::ranges::unique(m_listed);
    m_listed.erase(twice.begin(), twice.end());
    out().listedKinds = std::move(m_listed);
}

void Importer::finishProblems()
{
    std::erase_if(m_problems, [this](const PlacedProblem& placed) {
        return placed.isOnlyForKubernetes && placed.file < m_isKubernetes.size() && !m_isKubernetes[placed.file];
    });
    std::ranges::stable_sort(
        m_problems, {}, [](const PlacedProblem& placed) { return std::pair(placed.file, placed.line); });
    std::size_t inFile = 0;
    std::uint32_t file = 0;
    for (PlacedProblem& placed : m_problems) {
        inFile = placed.file == file ? inFile + 1 : 1;
        file = placed.file;
        if (inFile > maxProblemsPerFile + 1)
            continue;
        if (inFile == maxProblemsPerFile + 1)
            placed.problem = { Problem::Level::Error,
                { ErrorKind::Format, "there are more problems in this file", placed.problem.error.where, {} } };
        out().problems.push_back(std::move(placed.problem));
    }
}

std::optional<Error> Importer::nothingFound() const
{
    const Snapshot::Private& found = *m_snapshot->m_private;
    if (m_objectCount > 0 || !found.listedKinds.empty())
        return std::nullopt;
    if (!found.notCollected.empty()) // it is a cluster, of which nothing could be read
        return std::nullopt;
    Error error { ErrorKind::Format, "no Kubernetes objects were found", found.label,
        "give a file or folder of JSON or YAML as kubectl writes it" };
    if (!found.problems.empty()) {
        const Error& first = found.problems.front().error;
        error = { first.kind, "no Kubernetes objects could be read: " + first.what, first.where, first.advice };
    }
    return error;
}

Result<std::shared_ptr<const Snapshot>> Importer::run(std::span<const Source> sources)
{
    std::vector<std::string> labels;
    for (const Source& source : sources)
        labels.push_back(printable(source.path == "-" ? "standard input" : source.path));
    out().label = join(labels, ", ");
    for (const Source& source : sources) {
        auto read = readSource(source);
        if (m_refused)
            return std::unexpected(*m_refused);
        if (source.owned)
            out().owned.push_back(source.owned);
        if (!read && (read.error().kind == ErrorKind::Cancelled || out().files.empty()))
            return std::unexpected(read.error());
        if (!read)
            noteFailure(printable(fileNameOf(source.path)), std::move(read.error()));
    }
    m_pipeline.drain();
    readHeld();
    if (m_refused)
        return std::unexpected(*m_refused);
    if (auto stop = cancelled(); !stop)
        return std::unexpected(stop.error());
    finishFiles();
    finishProblems();
    if (auto nothing = nothingFound())
        return std::unexpected(*nothing);
    return m_snapshot;
}

Result<std::shared_ptr<const Snapshot>> importSources(
    std::span<const Source> sources, ObjectSink& sink, TaskPool& pool, Progress& progress, const ImportOptions& options)
{
    if (sources.empty())
        return failure(ErrorKind::Usage, "nothing to read was given");
    return Importer(sink, pool, progress, options).run(sources);
}

} // namespace plimsoll::snapshot
