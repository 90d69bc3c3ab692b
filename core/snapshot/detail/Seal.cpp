// SPDX-License-Identifier: Apache-2.0
#include "core/snapshot/detail/Seal.h"

#include <fstream>
#include <memory>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sstream>

#include "core/base/Text.h"
#include "core/format/Json.h"
#include "core/format/Sha256.h"

namespace plimsoll::snapshot {

namespace {

struct FreeKey {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct FreeBio {
    void operator()(BIO* bio) const { BIO_free_all(bio); }
};
struct FreeDigest {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;
using Bio = std::unique_ptr<BIO, FreeBio>;
using Digest = std::unique_ptr<EVP_MD_CTX, FreeDigest>;

// Never asks at the terminal: an encrypted key is refused with words instead.
int noPassphrase(char*, int, int, void*)
{
    return -1;
}

std::string fingerprintOf(EVP_PKEY* key)
{
    unsigned char* der = nullptr;
    const int size = i2d_PUBKEY(key, &der);
    if (size <= 0)
        return {};
    format::Sha256 hash;
    hash.update({ reinterpret_cast<const char*>(der), static_cast<std::size_t>(size) });
    OPENSSL_free(der);
    const auto digest = hash.finish();
    std::string text = detail::base64({ reinterpret_cast<const char*>(digest.data()), digest.size() });
    while (text.ends_with('='))
        text.pop_back();
    return "SHA256:" + text;
}

Key publicKey(std::string_view pem)
{
    const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    Key key(bio ? PEM_read_bio_PUBKEY(bio.get(), nullptr, noPassphrase, nullptr) : nullptr);
    return key && EVP_PKEY_get_base_id(key.get()) == EVP_PKEY_ED25519 ? std::move(key) : nullptr;
}

Result<std::string> readSmallFile(const std::string& path)
{
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    if (!file)
        return failure(ErrorKind::Access, "cannot read the key", path, "check the path and its permissions");
    return text.str();
}

} // namespace

struct SigningKey {
    Key key;
};

Result<std::shared_ptr<const SigningKey>> readSigningKey(const std::string& pemPath)
{
    const auto pem = readSmallFile(pemPath);
    if (!pem)
        return std::unexpected(pem.error());
    const Bio bio(BIO_new_mem_buf(pem->data(), static_cast<int>(pem->size())));
    Key key(bio ? PEM_read_bio_PrivateKey(bio.get(), nullptr, noPassphrase, nullptr) : nullptr);
    if (!key && pem->contains("ENCRYPTED"))
        return failure(ErrorKind::Format, "the private key is encrypted", pemPath,
            "write it without a passphrase: openssl pkey -in KEY -out PLAIN");
    if (!key || EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_ED25519)
        return failure(ErrorKind::Format, "this is no Ed25519 private key in PEM", pemPath,
            "make one with: openssl genpkey -algorithm ed25519 -out KEY");
    auto out = std::make_shared<SigningKey>();
    out->key = std::move(key);
    return std::shared_ptr<const SigningKey>(std::move(out));
}

namespace detail {

std::string base64(std::string_view bytes)
{
    std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');
    const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
        reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    out.resize(static_cast<std::size_t>(size));
    return out;
}

std::optional<std::string> fromBase64(std::string_view text)
{
    if (text.size() % 4 != 0)
        return std::nullopt;
    std::string out(text.size() / 4 * 3 + 1, '\0');
    const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
        reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
    if (size < 0)
        return std::nullopt;
    const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
    out.resize(static_cast<std::size_t>(size) - padding);
    // EVP_DecodeBlock passes over white space and bits behind the end: only the one true spelling is taken.
    if (base64(out) != text)
        return std::nullopt;
    return out;
}

std::string signManifest(const SigningKey& key, std::string_view manifest)
{
    const Digest digest(EVP_MD_CTX_new());
    unsigned char signature[64];
    std::size_t size = sizeof signature;
    PLIMSOLL_ASSERT(digest && EVP_DigestSignInit(digest.get(), nullptr, nullptr, nullptr, key.key.get()) == 1);
    PLIMSOLL_ASSERT(EVP_DigestSign(digest.get(), signature, &size,
                        reinterpret_cast<const unsigned char*>(manifest.data()), manifest.size())
        == 1);
    const Bio bio(BIO_new(BIO_s_mem()));
    PLIMSOLL_ASSERT(bio && PEM_write_bio_PUBKEY(bio.get(), key.key.get()) == 1);
    char* pem = nullptr;
    const long pemSize = BIO_get_mem_data(bio.get(), &pem);
    return "{\n  \"algorithm\": \"ed25519\",\n  \"publicKey\": "
        + jsonQuoted({ pem, static_cast<std::size_t>(pemSize) })
        + ",\n  \"signature\": " + jsonQuoted(base64({ reinterpret_cast<const char*>(signature), size })) + "\n}\n";
}

Result<Signer> checkSignature(std::string_view signature, std::string_view manifest)
{
    format::Document document;
    format::JsonParser parser;
    const auto bad = [](std::string what) { return failure(ErrorKind::Format, std::move(what)); };
    if (!parser.parseCopy(signature, document) || document.root()["algorithm"].text() != "ed25519")
        return bad("the signature is damaged");
    const Key key = publicKey(document.root()["publicKey"].text());
    const auto bytes = fromBase64(document.root()["signature"].text());
    if (!key || !bytes)
        return bad("the signature is damaged");
    const Digest digest(EVP_MD_CTX_new());
    PLIMSOLL_ASSERT(digest && EVP_DigestVerifyInit(digest.get(), nullptr, nullptr, nullptr, key.get()) == 1);
    if (EVP_DigestVerify(digest.get(), reinterpret_cast<const unsigned char*>(bytes->data()), bytes->size(),
            reinterpret_cast<const unsigned char*>(manifest.data()), manifest.size())
        != 1)
        return bad("it was changed since it was signed");
    return Signer { fingerprintOf(key.get()), std::string(document.root()["publicKey"].text()) };
}

Result<std::string> fingerprintOfFile(const std::string& pemPath)
{
    const auto pem = readSmallFile(pemPath);
    if (!pem)
        return std::unexpected(pem.error());
    const Key key = publicKey(*pem);
    if (!key)
        return failure(ErrorKind::Format, "this is no Ed25519 public key in PEM", pemPath,
            "make it with: openssl pkey -in KEY -pubout");
    return fingerprintOf(key.get());
}

} // namespace detail

} // namespace plimsoll::snapshot
