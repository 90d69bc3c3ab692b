// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/Progress.h"
#include "core/base/Result.h"

// Encryption as an age file that the public age tool opens, and the other way round.
// Source: age-encryption.org/v1 (C2SP age.md): X25519 and scrypt recipients, STREAM of ChaCha20-Poly1305.
namespace plimsoll::snapshot::detail {

inline constexpr std::string_view ageMagic = "age-encryption.org/v1\n";

using ByteWriter = std::function<Result<void>(std::string_view)>;

// Writes one age file. Whoever calls gives the plaintext in pieces through write(), then finish().
class AgeEncryptor {
public:
    // Errors: Usage (a recipient that is none; neither recipients nor passphrase).
    static Result<AgeEncryptor> create(
        const std::vector<std::string>& recipients, const std::optional<std::string>& passphrase, ByteWriter out);
    Result<void> write(std::string_view plain);
    Result<void> finish();

private:
    AgeEncryptor() = default;
    Result<void> seal(std::string_view chunk, bool isLast);

    ByteWriter m_out;
    std::string m_key;
    std::string m_pending;
    std::uint64_t m_counter = 0;
};

struct AgeKeys {
    std::vector<std::string> identities; // "AGE-SECRET-KEY-1..."
    std::function<std::optional<std::string>()> passphrase;
};
// The lines of an identity file as age-keygen writes it. Errors: Access, Format.
Result<std::vector<std::string>> readIdentities(const std::string& path);
// The whole plaintext. Errors: Format (changed, breaks off), Access (no key opens it), Cancelled.
Result<std::string> decryptAge(std::string_view file, const AgeKeys& keys, Progress& progress);

} // namespace plimsoll::snapshot::detail
