// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/Time.h"

namespace plimsoll::format {

// The public facts of an X.509 certificate. All text is printable UTF-8 and bounded.
struct Certificate {
    std::string subject, issuer; // RFC 2253 order as OpenSSL writes it: "CN=web,O=Example"
    std::vector<std::string> dnsNames; // subjectAltName, in order
    std::vector<std::string> ipAddresses; // the same, "10.0.0.1" and "2001:db8::1"
    std::optional<UnixSeconds> notBefore, notAfter;
    std::string keyAlgorithm; // "RSA", "EC", "ED25519", ...; "" when not known
    std::uint32_t keyBits = 0;
    std::string signatureAlgorithm; // "sha256WithRSAEncryption"
    std::string serial; // hexadecimal, lower case
    std::string publicKeyHash; // SHA-256 of the SubjectPublicKeyInfo, hexadecimal
    bool isCa = false;
    bool isSelfSigned = false; // issuer and subject are the same, and its own key signed it
    bool isCut = false; // it has more names, or longer ones, than are kept

    bool operator==(const Certificate&) const = default;
};

inline constexpr std::size_t maxCertificateNames = 100;
inline constexpr std::size_t maxCertificateText = 253;

// Every CERTIFICATE block of a PEM text, or one certificate in DER, in order; what cannot be read is left out. Blocks
// of other kinds (private keys) are passed over and never decoded.
std::vector<Certificate> readCertificates(std::string_view pemOrDer, std::size_t limit = 16);

// The same of a text in base64, as caBundle has it.
std::vector<Certificate> readEncodedCertificates(std::string_view base64, std::size_t limit = 16);

// One line of JSON, without spaces between members.
std::string toText(const Certificate& certificate);
std::optional<Certificate> certificateFromText(std::string_view json);

} // namespace plimsoll::format
