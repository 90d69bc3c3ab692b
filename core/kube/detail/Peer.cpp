// SPDX-License-Identifier: Apache-2.0
#include "core/kube/detail/Peer.h"

#include <ctime>
#include <memory>
#include <openssl/bio.h>
#include <openssl/x509v3.h>

#include "core/base/Text.h"
#include "core/base/Time.h"

namespace plimsoll::kube::detail {

namespace {

std::string nameText(X509_NAME* name)
{
    const std::unique_ptr<BIO, int (*)(BIO*)> out(BIO_new(BIO_s_mem()), BIO_free);
    if (!name || !out)
        return {};
    X509_NAME_print_ex(out.get(), name, 0, XN_FLAG_RFC2253);
    char* text = nullptr;
    const long size = BIO_get_mem_data(out.get(), &text);
    return size > 0 ? printable({ text, static_cast<std::size_t>(size) }) : std::string();
}

UnixSeconds secondsOf(const ASN1_TIME* time)
{
    std::tm parts {};
    return time && ASN1_TIME_to_tm(time, &parts) == 1 ? static_cast<UnixSeconds>(timegm(&parts)) : 0;
}

bool hasAlternativeName(X509* certificate)
{
    GENERAL_NAMES* names
        = static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
    bool out = false;
    for (int i = 0; i < sk_GENERAL_NAME_num(names); ++i) {
        const int type = sk_GENERAL_NAME_value(names, i)->type;
        out = out || type == GEN_DNS || type == GEN_IPADD;
    }
    GENERAL_NAMES_free(names);
    return out;
}

std::string problemText(int error, const PeerCertificate& shown, X509* certificate)
{
    const std::string whose = " (subject " + shown.subject + ", issuer " + shown.issuer + ')';
    switch (error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
        return "the certificate expired on " + formatTime(shown.notAfter) + whose;
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return "the certificate is valid only from " + formatTime(secondsOf(X509_get0_notBefore(certificate))) + whose;
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
        return "the certificate was signed by an authority that is not trusted here" + whose;
    default:
        return std::string("the certificate was refused: ") + X509_verify_cert_error_string(error) + whose;
    }
}

} // namespace

int noteVerification(PeerFacts& facts, int isGood, X509_STORE_CTX* store)
{
    X509* leaf = X509_STORE_CTX_get0_cert(store);
    if (!leaf)
        return isGood;
    const PeerCertificate shown { .subject = nameText(X509_get_subject_name(leaf)),
        .issuer = nameText(X509_get_issuer_name(leaf)),
        .notAfter = secondsOf(X509_get0_notAfter(leaf)) };
    if (facts.certificate && facts.certificate->notAfter != shown.notAfter)
        facts.problem.clear();
    facts.certificate = shown;
    X509* current = X509_STORE_CTX_get_current_cert(store);
    if (!isGood) {
        facts.problem = problemText(X509_STORE_CTX_get_error(store), shown, current ? current : leaf);
        return isGood;
    }
    if (X509_STORE_CTX_get_error_depth(store) == 0 && !hasAlternativeName(leaf)) {
        facts.problem = "the certificate names no host as subject alternative name (subject " + shown.subject + ')';
        X509_STORE_CTX_set_error(store, X509_V_ERR_HOSTNAME_MISMATCH);
        return 0;
    }
    facts.problem.clear();
    return isGood;
}

} // namespace plimsoll::kube::detail
