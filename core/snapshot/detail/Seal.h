// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/Result.h"
#include "core/snapshot/SnapshotFile.h"

// The signature of a snapshot: Ed25519 over the exact bytes of manifest.json, which holds the digest of all the rest.
namespace plimsoll::snapshot::detail {

// manifest.sig, a JSON document with the public key and the signature.
std::string signManifest(const SigningKey& key, std::string_view manifest);
struct Signer {
    std::string fingerprint; // "SHA256:..." of the public key in DER, as ssh-keygen writes fingerprints
    std::string publicKeyPem;
};
// Errors: Format (not a signature, or not of these bytes).
Result<Signer> checkSignature(std::string_view signature, std::string_view manifest);
// The fingerprint of a PEM public key. Errors: Format, Access.
Result<std::string> fingerprintOfFile(const std::string& pemPath);

std::string base64(std::string_view bytes);
std::optional<std::string> fromBase64(std::string_view text);

} // namespace plimsoll::snapshot::detail
