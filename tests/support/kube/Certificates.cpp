// SPDX-License-Identifier: Apache-2.0
#include "tests/support/kube/Certificates.h"

#include <atomic>
#include <cstdio>
#include <fstream>

#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace plimsoll::test {

namespace {

template <class Write> std::string pemOf(Write&& write)
{
    const std::unique_ptr<BIO, int (*)(BIO*)> bio(BIO_new(BIO_s_mem()), BIO_free);
    write(bio.get());
    char* bytes = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &bytes);
    return { bytes, static_cast<std::size_t>(size) };
}

void addExtension(X509* certificate, X509* issuer, int nid, const std::string& value)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    const std::unique_ptr<X509_EXTENSION, void (*)(X509_EXTENSION*)> extension(
        X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()), X509_EXTENSION_free);
    X509_add_ext(certificate, extension.get(), -1);
}

X509* newCertificate(const std::string& commonName, EVP_PKEY* key, long notBefore, long notAfter)
{
    static std::atomic<long> serial = 1;
    X509* out = X509_new();
    X509_set_version(out, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(out), ++serial);
    X509_gmtime_adj(X509_getm_notBefore(out), notBefore);
    X509_gmtime_adj(X509_getm_notAfter(out), notAfter);
    X509_set_pubkey(out, key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(out), "CN", MBSTRING_UTF8,
        reinterpret_cast<const unsigned char*>(commonName.c_str()), -1, -1, 0);
    return out;
}

std::string joined(const std::vector<std::string>& names)
{
    std::string out;
    for (const std::string& name : names)
        out += (out.empty() ? "" : ",") + name;
    return out;
}

} // namespace

Authority::Authority(std::string_view commonName)
    : m_key(EVP_EC_gen("P-256"), EVP_PKEY_free)
    , m_certificate(newCertificate(std::string(commonName), m_key.get(), -7200, 86400), X509_free)
{
    X509* certificate = m_certificate.get();
    X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
    addExtension(certificate, certificate, NID_basic_constraints, "critical,CA:TRUE");
    addExtension(certificate, certificate, NID_subject_key_identifier, "hash");
    X509_sign(certificate, m_key.get(), EVP_sha256());
    m_pem = pemOf([&](BIO* bio) { PEM_write_bio_X509(bio, certificate); });
}

Identity Authority::issue(const CertificateSpec& spec) const
{
    const Key key(EVP_EC_gen("P-256"), EVP_PKEY_free);
    const Certificate certificate(
        newCertificate(spec.commonName, key.get(), spec.notBeforeSeconds, spec.notAfterSeconds), X509_free);
    X509_set_issuer_name(certificate.get(), X509_get_subject_name(m_certificate.get()));
    addExtension(certificate.get(), m_certificate.get(), NID_authority_key_identifier, "keyid");
    if (!spec.alternativeNames.empty())
        addExtension(certificate.get(), m_certificate.get(), NID_subject_alt_name, joined(spec.alternativeNames));
    X509_sign(certificate.get(), m_key.get(), EVP_sha256());
    return { pemOf([&](BIO* bio) { PEM_write_bio_X509(bio, certificate.get()); }),
        pemOf([&](BIO* bio) { PEM_write_bio_PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr); }) };
}

bool Authority::writeInto(const std::string& folder) const
{
    char name[32];
    std::snprintf(name, sizeof(name), "%08lx.0", X509_subject_name_hash(m_certificate.get()));
    std::ofstream out(folder + '/' + name, std::ios::binary);
    out << m_pem;
    return out.good();
}

} // namespace plimsoll::test
