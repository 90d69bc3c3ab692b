// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/report/Report.h"

// The writers behind the rows of the table of formats. Private to core/report.
namespace plimsoll::report {

Result<void> writeText(const assess::Assessment&, const Options&, Progress&, const ByteSink&);
Result<void> writeJson(const assess::Assessment&, const Options&, Progress&, const ByteSink&);
Result<void> writePdf(const assess::Assessment&, const Options&, Progress&, const ByteSink&);

} // namespace plimsoll::report
