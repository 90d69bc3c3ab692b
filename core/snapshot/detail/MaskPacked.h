// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace plimsoll::snapshot::detail {

// The rule that finds a credential under one level of base64 (and gzip in it); "" for none. What is unpacked is
// overwritten. Cost: a few comparisons for anything that is not base64 of text.
std::string_view findPacked(std::string_view text);

} // namespace plimsoll::snapshot::detail
