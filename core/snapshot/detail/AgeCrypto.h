// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The primitives that age is made of, on OpenSSL. Keys and texts are byte strings.
namespace plimsoll::snapshot::detail {

std::string randomBytes(std::size_t count);
std::string hkdf(std::string_view key, std::string_view salt, std::string_view info); // SHA-256, 32 bytes
std::string hmacSha256(std::string_view key, std::string_view text);
std::optional<std::string> scryptKey(std::string_view passphrase, std::string_view salt, unsigned logN); // 32 bytes

std::string x25519Public(std::string_view secret);
// Nothing when the shared secret is all zeros: a point of low order.
std::optional<std::string> x25519(std::string_view secret, std::string_view peer);

std::string sealChaCha(std::string_view key, std::string_view nonce, std::string_view plain);
std::optional<std::string> openChaCha(std::string_view key, std::string_view nonce, std::string_view sealed);

// Bech32 (BIP 173) without its limit on length. Lower case; nothing when damaged or of another prefix.
std::string bech32(std::string_view prefix, std::string_view bytes);
std::optional<std::string> fromBech32(std::string_view prefix, std::string_view text);

void wipeKey(std::string& key);

} // namespace plimsoll::snapshot::detail
