// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <openssl/evp.h>
#include <openssl/x509.h>

// Certificates made in memory.
namespace plimsoll::test {

struct Identity {
    std::string certificatePem, keyPem;
};

struct CertificateSpec {
    std::string commonName = "test";
    std::vector<std::string> alternativeNames = {}; // "DNS:api.test", "IP:127.0.0.1"
    long notBeforeSeconds = -3600; // from now
    long notAfterSeconds = 3600;
};

class Authority {
public:
    explicit Authority(std::string_view commonName);

    const std::string& pem() const { return m_pem; }
    Identity issue(const CertificateSpec& spec) const;
    // Writes it as a folder of trusted certificates wants it: named by the hash of its subject.
    bool writeInto(const std::string& folder) const;

private:
    using Key = std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)>;
    using Certificate = std::unique_ptr<X509, void (*)(X509*)>;
    Key m_key;
    Certificate m_certificate;
    std::string m_pem;
};

} // namespace plimsoll::test
