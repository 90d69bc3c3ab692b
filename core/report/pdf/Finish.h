// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/Result.h"
#include "core/base/Time.h"
#include "core/report/pdf/Marks.h"

namespace plimsoll::report::pdf {

struct DocumentInfo {
    std::string title;
    std::string subject;
    std::string creator;
    std::string identifier; // of the report, for the XMP packet
    std::optional<UnixSeconds> date; // never the clock
    std::vector<Bookmark> bookmarks;
};

// Turns cairo's file into the one that is handed over: bookmarks, links, page labels, language, metadata, output
// intent (PDF/A-1b), deterministic id. Bytes depend on the arguments and the installed libraries alone.
// Errors: Internal with libqpdf's message.
Result<std::string> finish(const std::string& bytes, const Marks& marks, const DocumentInfo& info);

} // namespace plimsoll::report::pdf
