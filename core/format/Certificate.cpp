// SPDX-License-Identifier: Apache-2.0
#include "core/format/Certificate.h"

#include <string.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <memory>

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "core/base/Text.h"
#include "core/format/Json.h"
#include "core/format/Sha256.h"

namespace plimsoll::format {

namespace {

constexpr std::size_t maxCertificateBytes = 64u << 10;
constexpr std::string_view beginMark = "-----BEGIN CERTIFICATE-----";
constexpr std::string_view endMark = "-----END CERTIFICATE-----";

template <auto Function> struct Freed {
    template <class T> void operator()(T* object) const { Function(object); }
};
using X509Pointer = std::unique_ptr<X509, Freed<X509_free>>;
using BioPointer = std::unique_ptr<BIO, Freed<BIO_free>>;
using NamesPointer = std::unique_ptr<GENERAL_NAMES, Freed<GENERAL_NAMES_free>>;
using NumberPointer = std::unique_ptr<BIGNUM, Freed<BN_free>>;

std::string bounded(std::string_view text, bool& isCut)
{
    std::string clean = printable(text);
    if (clean.size() <= maxCertificateText)
        return clean;
    isCut = true;
    constexpr std::size_t ellipsis = 3; // bytes of what shortened() appends
    return shortened(clean, maxCertificateText - ellipsis);
}

std::string nameText(const X509_NAME* name, bool& isCut)
{
    const BioPointer bio(BIO_new(BIO_s_mem()));
    if (!name || !bio || X509_NAME_print_ex(bio.get(), name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) < 0)
        return {};
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &data);
    return size > 0 ? bounded({ data, static_cast<std::size_t>(size) }, isCut) : std::string();
}

std::optional<UnixSeconds> timeOf(const ASN1_TIME* time)
{
    std::tm parts {};
    if (!time || ASN1_TIME_to_tm(time, &parts) != 1)
        return {};
    return timegm(&parts);
}

std::string addressText(std::string_view bytes)
{
    std::string text;
    if (bytes.size() == 4) {
        for (const char byte : bytes)
            text += (text.empty() ? "" : ".") + std::to_string(static_cast<unsigned char>(byte));
    } else if (bytes.size() == 16) {
        constexpr std::string_view digits = "0123456789abcdef";
        for (std::size_t i = 0; i < bytes.size(); i += 2) {
            const unsigned group
                = static_cast<unsigned char>(bytes[i]) * 256u + static_cast<unsigned char>(bytes[i + 1]);
            text += i ? ":" : "";
            bool isStarted = false;
            for (int shift = 12; shift >= 0; shift -= 4) {
                const unsigned digit = group >> shift & 15;
                isStarted = isStarted || digit || shift == 0;
                if (isStarted)
                    text += digits[digit];
            }
        }
    }
    return text;
}

void readNames(const X509* x509, Certificate& certificate)
{
    const NamesPointer names(
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(x509, NID_subject_alt_name, nullptr, nullptr)));
    const int count = names ? sk_GENERAL_NAME_num(names.get()) : 0;
    for (int i = 0; i < count; ++i) {
        if (certificate.dnsNames.size() + certificate.ipAddresses.size() >= maxCertificateNames) {
            certificate.isCut = true;
            return;
        }
        int type = 0;
        const auto* value
            = static_cast<const ASN1_STRING*>(GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names.get(), i), &type));
        if (type != GEN_DNS && type != GEN_IPADD)
            continue;
        const unsigned char* data = ASN1_STRING_get0_data(value);
        const std::string bytes(data, data + ASN1_STRING_length(value));
        if (type == GEN_DNS)
            certificate.dnsNames.push_back(bounded(bytes, certificate.isCut));
        else if (std::string address = addressText(bytes); !address.empty())
            certificate.ipAddresses.push_back(std::move(address));
    }
}

void readKey(X509* x509, Certificate& certificate)
{
    unsigned char* der = nullptr;
    const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x509), &der);
    if (size > 0)
        certificate.publicKeyHash = sha256Hex(std::string(der, der + size));
    OPENSSL_free(der);
    EVP_PKEY* key = X509_get0_pubkey(x509);
    if (!key)
        return;
    const char* name = EVP_PKEY_get0_type_name(key);
    certificate.keyAlgorithm = bounded(name ? name : "", certificate.isCut);
    certificate.keyBits = static_cast<std::uint32_t>(std::max(EVP_PKEY_get_bits(key), 0));
    // A key of absurd size would make the check of the signature take long.
    constexpr std::uint32_t maxCheckedBits = 16384;
    certificate.isSelfSigned = certificate.keyBits <= maxCheckedBits && X509_self_signed(x509, 1) == 1;
}

std::optional<Certificate> factsOf(X509* x509)
{
    Certificate certificate;
    certificate.subject = nameText(X509_get_subject_name(x509), certificate.isCut);
    certificate.issuer = nameText(X509_get_issuer_name(x509), certificate.isCut);
    certificate.notBefore = timeOf(X509_get0_notBefore(x509));
    certificate.notAfter = timeOf(X509_get0_notAfter(x509));
    const char* signature = OBJ_nid2ln(X509_get_signature_nid(x509));
    certificate.signatureAlgorithm = signature ? signature : "";
    const NumberPointer number(ASN1_INTEGER_to_BN(X509_get0_serialNumber(x509), nullptr));
    if (char* hex = number ? BN_bn2hex(number.get()) : nullptr) {
        certificate.serial = bounded(toLowerAscii(hex), certificate.isCut);
        OPENSSL_free(hex);
    }
    certificate.isCa = X509_check_ca(x509) == 1;
    readNames(x509, certificate);
    readKey(x509, certificate);
    return certificate;
}

std::optional<Certificate> readDer(std::string_view der)
{
    if (der.empty() || der.size() > maxCertificateBytes)
        return {};
    const std::string copy(der);
    const auto* at = reinterpret_cast<const unsigned char*>(copy.data());
    const X509Pointer x509(d2i_X509(nullptr, &at, static_cast<long>(copy.size())));
    std::optional<Certificate> certificate = x509 ? factsOf(x509.get()) : std::nullopt;
    ERR_clear_error();
    return certificate;
}

std::string decodeBase64(std::string_view text)
{
    std::string out;
    std::uint32_t bits = 0;
    int count = 0;
    for (const char c : text) {
        constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        if (c == '=')
            break;
        const std::size_t value = alphabet.find(c);
        if (value == alphabet.npos) {
            if (c != '\n' && c != '\r' && c != ' ' && c != '\t')
                return {};
            continue;
        }
        bits = (bits << 6 | static_cast<std::uint32_t>(value)) & 0xFFFFFF;
        count += 6;
        if (count >= 8) {
            count -= 8;
            out += static_cast<char>(bits >> count & 0xFF);
        }
    }
    return out;
}

constexpr std::array<std::pair<std::string_view, std::string Certificate::*>, 6> textMembers { {
    { "subject", &Certificate::subject },
    { "issuer", &Certificate::issuer },
    { "key", &Certificate::keyAlgorithm },
    { "signature", &Certificate::signatureAlgorithm },
    { "serial", &Certificate::serial },
    { "publicKey", &Certificate::publicKeyHash },
} };

} // namespace

std::vector<Certificate> readCertificates(std::string_view pemOrDer, std::size_t limit)
{
    std::vector<Certificate> found;
    std::size_t at = pemOrDer.find(beginMark);
    if (at == pemOrDer.npos && limit > 0) {
        if (auto certificate = readDer(pemOrDer))
            found.push_back(std::move(*certificate));
        return found;
    }
    while (at != pemOrDer.npos && found.size() < limit) {
        const std::size_t begin = at + beginMark.size();
        const std::size_t end = pemOrDer.find(endMark, begin);
        if (end == pemOrDer.npos)
            break;
        const std::string_view body = pemOrDer.substr(begin, end - begin);
        if (body.size() <= 2 * maxCertificateBytes) {
            if (auto certificate = readDer(decodeBase64(body)))
                found.push_back(std::move(*certificate));
        }
        at = pemOrDer.find(beginMark, end);
    }
    return found;
}

std::vector<Certificate> readEncodedCertificates(std::string_view base64, std::size_t limit)
{
    constexpr std::size_t maxEncodedBytes = 4u << 20;
    if (base64.size() > maxEncodedBytes)
        return {};
    std::string text = decodeBase64(base64);
    auto certificates = readCertificates(text, limit);
    ::explicit_bzero(text.data(), text.size()); // a private key may stand beside them
    return certificates;
}

std::string toText(const Certificate& certificate)
{
    std::string out = "{";
    const auto begin = [&](std::string_view key) {
        out += out.size() > 1 ? "," : "";
        out += jsonQuoted(key) + ':';
    };
    for (const auto& [key, member] : textMembers) {
        if (!(certificate.*member).empty()) {
            begin(key);
            appendJsonQuoted(out, certificate.*member);
        }
    }
    const auto list = [&](std::string_view key, const std::vector<std::string>& names) {
        if (names.empty())
            return;
        begin(key);
        for (std::size_t i = 0; i < names.size(); ++i)
            out += (i ? "," : "[") + jsonQuoted(names[i]);
        out += ']';
    };
    list("dns", certificate.dnsNames);
    list("ip", certificate.ipAddresses);
    const auto number = [&](std::string_view key, std::optional<std::int64_t> value) {
        if (value) {
            begin(key);
            out += std::to_string(*value);
        }
    };
    number("notBefore", certificate.notBefore);
    number("notAfter", certificate.notAfter);
    number("bits", certificate.keyBits);
    begin("ca");
    out += certificate.isCa ? "true" : "false";
    begin("selfSigned");
    out += certificate.isSelfSigned ? "true" : "false";
    begin("cut");
    out += certificate.isCut ? "true" : "false";
    return out + '}';
}

std::optional<Certificate> certificateFromText(std::string_view json)
{
    Document document;
    JsonParser parser;
    if (!parser.parseCopy(json, document) || !document.root().isObject())
        return {};
    const Value root = document.root();
    Certificate certificate;
    certificate.isCut = root["cut"].asBool().value_or(false);
    for (const auto& [key, member] : textMembers) {
        certificate.*member = bounded(root[key].text(), certificate.isCut);
    }
    const auto list = [&](std::string_view key, std::vector<std::string>& names) {
        for (const Value name : root[key]) {
            if (certificate.dnsNames.size() + certificate.ipAddresses.size() >= maxCertificateNames)
                certificate.isCut = true;
            else
                names.push_back(bounded(name.text(), certificate.isCut));
        }
    };
    list("dns", certificate.dnsNames);
    list("ip", certificate.ipAddresses);
    certificate.notBefore = root["notBefore"].asInteger();
    certificate.notAfter = root["notAfter"].asInteger();
    certificate.keyBits
        = static_cast<std::uint32_t>(std::clamp<std::int64_t>(root["bits"].asInteger().value_or(0), 0, 1 << 20));
    certificate.isCa = root["ca"].asBool().value_or(false);
    certificate.isSelfSigned = root["selfSigned"].asBool().value_or(false);
    return certificate;
}

} // namespace plimsoll::format
