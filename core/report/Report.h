// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "core/assess/Assessment.h"
#include "core/base/Progress.h"
#include "core/base/Result.h"

// The front of core/report: an Assessment as bytes. Same assessment, same bytes, on any machine; no display needed.
namespace plimsoll::report {

using ByteSink = std::function<void(std::string_view bytes)>;

struct Options {
    bool isColoured = false; // text: colours for a terminal
    std::uint32_t width = 100; // text: columns
};

// One row of the table of formats; the command line, the export dialog and the tests are made from it.
struct Format {
    std::string_view id; // "json"
    std::string_view title; // "JSON"
    std::string_view suffix; // "json"
    std::string_view mime;
    bool isText = true; // may go to standard output
    Result<void> (*write)(const assess::Assessment&, const Options&, Progress&, const ByteSink&) = nullptr;
};

// Version of the program as every report states it: "0.1.0".
std::string_view toolVersion();

std::span<const Format> formats();
const Format* findFormat(std::string_view id);

// Writes to a file that appears whole or not at all (temporary file beside it, renamed).
Result<void> writeFile(const Format& format, const assess::Assessment& assessment, const Options& options,
    Progress& progress, const std::string& path);

// The remediation of a finding as text: the general advice of the catalogue, then what is special to this object.
std::string remediationText(const assess::Assessment& assessment, const assess::Finding& finding);

} // namespace plimsoll::report
