// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/x509_vfy.h>
#include <optional>
#include <string>

#include "core/kube/Api.h"

// What the handshake says of the server's certificate.
namespace plimsoll::kube::detail {

struct PeerFacts {
    std::optional<PeerCertificate> certificate; // of the last handshake
    std::string problem; // why it was refused, in words with its name and dates; "" = it was not
};

// A verification callback of OpenSSL: notes the certificate and the reason of a refusal. A certificate that names its
// host only as common name is refused, as Go does; libcurl would accept it.
int noteVerification(PeerFacts& facts, int isGood, X509_STORE_CTX* store);

} // namespace plimsoll::kube::detail
