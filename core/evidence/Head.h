// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/base/Result.h"

namespace plimsoll::evidence {

// The first bytes of what a file holds, 16 kB at the most: of a gzip, tar or ZIP of its first entry. For the functions
// that recognise evidence by content (isAuditLog(), isFalco(), ...). Errors: Access, Format (damaged archive).
Result<std::string> headOfFile(const std::string& path);

} // namespace plimsoll::evidence
