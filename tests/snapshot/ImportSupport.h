// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <archive.h>
#include <archive_entry.h>

#include <QTemporaryDir>

#include "core/format/Json.h"
#include "core/snapshot/Snapshot.h"
#include "tests/support/Support.h"

namespace plimsoll::test {

// An object as it came out of the import.
struct Imported {
    std::string title; // "apiVersion kind ns/name"
    std::string json;
    snapshot::RawRef raw;
    std::size_t maskedCount = 0;
};

class Collector final : public snapshot::ObjectSink {
public:
    class Objects final : public Batch {
    public:
        void add(const snapshot::RawObject& object) override
        {
            const format::Value metadata = object.root["metadata"];
            all.push_back({ std::string(object.apiVersion) + ' ' + std::string(object.kind) + ' '
                    + std::string(metadata["namespace"].text()) + '/' + std::string(metadata["name"].text()),
                format::toJson(object.root), object.raw, object.masked.size() });
        }
        std::vector<Imported> all;
    };

    std::unique_ptr<Batch> newBatch() override { return std::make_unique<Objects>(); }
    void merge(std::unique_ptr<Batch> batch) override
    {
        for (Imported& object : static_cast<Objects&>(*batch).all)
            objects.push_back(std::move(object));
    }

    std::vector<Imported> objects;
};

// What an import gave: everything a test may look at, as text where it is compared.
struct Import {
    std::shared_ptr<const snapshot::Snapshot> snapshot;
    std::vector<Imported> objects;
    std::string error; // of the whole

    std::string titles() const
    {
        std::string out;
        for (const Imported& object : objects)
            out += object.title + '\n';
        return out;
    }
    std::string problems() const
    {
        std::string out;
        for (const snapshot::Problem& problem : snapshot ? snapshot->problems() : std::vector<snapshot::Problem>())
            out += (problem.level == snapshot::Problem::Level::Note ? "note " : "") + toText(problem.error) + '\n';
        return out;
    }
    std::string listed() const
    {
        std::string out;
        for (const auto& kind : snapshot ? snapshot->listedKinds() : std::vector<snapshot::KindCoverage>())
            out += (kind.apiGroup.empty() ? "core" : kind.apiGroup) + '/' + kind.kind + ' ';
        return out;
    }
};

inline Import importAll(const std::vector<snapshot::Source>& sources, const snapshot::ImportOptions& options = {})
{
    Collector collector;
    Progress progress;
    auto snapshot = snapshot::importSources(sources, collector, pool(), progress, options);
    Import result;
    if (snapshot)
        result.snapshot = *snapshot;
    else
        result.error = toText(snapshot.error());
    result.objects = std::move(collector.objects);
    return result;
}

inline Import importPath(const std::string& path, const snapshot::ImportOptions& options = {})
{
    return importAll({ { .path = path, .bytes = std::nullopt } }, options);
}

// The bytes must outlive the result.
inline Import importBytes(const std::string& name, std::string_view bytes, const snapshot::ImportOptions& options = {})
{
    return importAll({ { .path = name, .bytes = bytes } }, options);
}

// A temporary folder with files.
class Folder {
public:
    std::string path() const { return m_folder.path().toStdString(); }
    std::string at(const std::string& name) const { return path() + '/' + name; }
    void put(const std::string& name, std::string_view bytes) const
    {
        std::filesystem::create_directories(std::filesystem::path(at(name)).parent_path());
        std::ofstream(at(name), std::ios::binary) << bytes;
    }

private:
    QTemporaryDir m_folder;
};

// An archive made in memory.
struct Entry {
    std::string name;
    std::string bytes;
    unsigned type = AE_IFREG;
    std::string link = {}; // symbolic link's target
};

enum class ArchiveKind { Tar, TarGz, Zip, Gzip };

inline std::string archiveOf(const std::vector<Entry>& entries, ArchiveKind kind)
{
    std::string out;
    archive* handle = archive_write_new();
    archive_write_set_bytes_in_last_block(handle, 1); // no padding
    if (kind == ArchiveKind::Zip)
        archive_write_set_format_zip(handle);
    else if (kind == ArchiveKind::Gzip)
        archive_write_set_format_raw(handle);
    else
        archive_write_set_format_pax_restricted(handle);
    if (kind == ArchiveKind::TarGz || kind == ArchiveKind::Gzip)
        archive_write_add_filter_gzip(handle);
    const auto write = [](archive*, void* to, const void* bytes, std::size_t size) {
        static_cast<std::string*>(to)->append(static_cast<const char*>(bytes), size);
        return static_cast<la_ssize_t>(size);
    };
    archive_write_open2(handle, &out, nullptr, write, nullptr, nullptr);
    for (const Entry& entry : entries) {
        archive_entry* header = archive_entry_new();
        archive_entry_set_pathname(header, entry.name.c_str());
        archive_entry_set_filetype(header, entry.type);
        archive_entry_set_perm(header, 0644);
        archive_entry_set_size(header, entry.type == AE_IFREG ? static_cast<la_int64_t>(entry.bytes.size()) : 0);
        if (!entry.link.empty())
            archive_entry_set_symlink(header, entry.link.c_str());
        archive_write_header(handle, header);
        if (entry.type == AE_IFREG)
            archive_write_data(handle, entry.bytes.data(), entry.bytes.size());
        archive_entry_free(header);
    }
    archive_write_close(handle);
    archive_write_free(handle);
    return out;
}

inline std::string podJson(const std::string& name)
{
    return R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":")" + name + R"(","namespace":"ns"},"spec":{}})";
}

inline std::string podYaml(const std::string& name)
{
    return "apiVersion: v1\nkind: Pod\nmetadata:\n  name: " + name + "\n  namespace: ns\nspec: {}\n";
}

} // namespace plimsoll::test
