// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace plimsoll::snapshot::detail {

// Addresses and ranges as others, so that two that share a prefix still share one of the same length: an address lies
// in a range exactly when it did before. Private, loopback, link-local, shared, multicast and documentation ranges map
// to themselves as a whole; the unspecified, loopback and cloud metadata addresses stay what they are.
// Source: Xu, Fan, Ammar, Moon: Prefix-Preserving IP Address Anonymization (Crypto-PAn), with HMAC-SHA256 as function.
// Nothing when the text is neither an address nor a range.
std::optional<std::string> replacedAddress(std::string_view key, std::string_view text);

} // namespace plimsoll::snapshot::detail
