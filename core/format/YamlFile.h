// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/Result.h"
#include "core/base/Time.h"
#include "core/format/Document.h"

// Small YAML files that people write and keep in Git: waivers, a review. One document of at most 1 MB.
namespace plimsoll::format {

class YamlFile {
public:
    // what: "the waivers", for errors. Errors: NotFound, Access, Limit, Format ("path:line").
    static Result<YamlFile> read(const std::string& path, std::string_view what);
    // Only its text, of a file that may be something else than YAML. Errors: the same but for Format.
    static Result<std::string> readText(const std::string& path, std::string_view what);
    // The same of a text; path is only said in errors.
    static Result<YamlFile> parse(std::string text, const std::string& path, std::string_view what);

    Value root() const { return m_content->document.root(); } // absent when the file is empty
    const std::string& path() const { return m_content->path; }
    const std::string& text() const { return m_content->text; }

private:
    struct Content {
        std::string path, text;
        Document document;
    };
    std::unique_ptr<Content> m_content; // the document points into the text
};

// Reads the members of one map and remembers the first thing that is wrong, with its place. Ask for everything, then
// finish(): a key that nobody asked for is an error too.
class MapReader {
public:
    MapReader(const YamlFile& file, Value map, std::string_view what, std::string_view schema);

    std::string text(std::string_view key); // required
    std::string optionalText(std::string_view key);
    std::vector<std::string> texts(std::string_view key); // a text or a list of texts; empty when absent
    UnixSeconds date(std::string_view key); // required
    std::vector<std::pair<std::string, std::string>> textMap(std::string_view key); // in the order of the file
    Value map(std::string_view key); // absent when absent
    Value list(std::string_view key); // absent when absent
    bool has(std::string_view key) const { return m_map[key].isPresent(); }

    void fail(Value at, std::string what);
    Result<void> finish();
    std::string place(Value at) const; // "path:line"

private:
    Value take(std::string_view key);
    std::string scalar(Value value, std::string_view key);

    const YamlFile& m_file;
    Value m_map;
    std::string m_what, m_schema;
    std::set<std::string, std::less<>> m_taken;
    std::optional<Error> m_error;
};

// Writes a file that appears whole or not at all (temporary file beside it, synced, renamed; the permissions of a file
// that is replaced are kept). Errors: Access.
Result<void> writeWhole(const std::string& path, std::string_view bytes);

// A text as a YAML scalar that reads back as that very text, on one line.
std::string yamlQuoted(std::string_view text);

} // namespace plimsoll::format
