// SPDX-License-Identifier: Apache-2.0
#include "core/snapshot/detail/AgeCrypto.h"

#include <algorithm>
#include <memory>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/rand.h>

#include "core/base/Result.h"
#include "core/base/Text.h"

namespace plimsoll::snapshot::detail {

namespace {

constexpr std::size_t tagBytes = 16;

struct FreePkey {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct FreePkeyContext {
    void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
};
struct FreeCipher {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Pkey = std::unique_ptr<EVP_PKEY, FreePkey>;
using PkeyContext = std::unique_ptr<EVP_PKEY_CTX, FreePkeyContext>;
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, FreeCipher>;

const unsigned char* bytesOf(std::string_view text)
{
    return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* bytesOf(std::string& text)
{
    return reinterpret_cast<unsigned char*>(text.data());
}

constexpr std::string_view bech32Letters = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

std::uint32_t bech32Checksum(std::string_view prefix, const std::vector<std::uint8_t>& values)
{
    std::uint32_t sum = 1;
    const auto add = [&](std::uint8_t value) {
        constexpr std::array<std::uint32_t, 5> generator { 0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3 };
        const std::uint32_t top = sum >> 25;
        sum = ((sum & 0x1ffffff) << 5) ^ value;
        for (std::size_t i = 0; i < generator.size(); ++i)
            sum ^= (top >> i) & 1 ? generator[i] : 0;
    };
    for (const char c : prefix)
        add(static_cast<std::uint8_t>(c) >> 5);
    add(0);
    for (const char c : prefix)
        add(static_cast<std::uint8_t>(c) & 31);
    for (const std::uint8_t value : values)
        add(value);
    return sum;
}

// Groups of one width as groups of another. Nothing when bits are left that are not zero.
std::optional<std::vector<std::uint8_t>> regrouped(
    const std::vector<std::uint8_t>& values, unsigned from, unsigned to, bool pads)
{
    std::vector<std::uint8_t> out;
    std::uint32_t bits = 0;
    unsigned count = 0;
    for (const std::uint8_t value : values) {
        bits = (bits << from) | value;
        count += from;
        while (count >= to) {
            count -= to;
            out.push_back(static_cast<std::uint8_t>((bits >> count) & ((1u << to) - 1)));
        }
        bits &= (1u << count) - 1;
    }
    if (pads && count > 0)
        out.push_back(static_cast<std::uint8_t>((bits << (to - count)) & ((1u << to) - 1)));
    if (!pads && (count >= from || bits != 0))
        return std::nullopt;
    return out;
}

} // namespace

std::string randomBytes(std::size_t count)
{
    std::string out(count, '\0');
    PLIMSOLL_ASSERT(RAND_bytes(bytesOf(out), static_cast<int>(count)) == 1);
    return out;
}

std::string hkdf(std::string_view key, std::string_view salt, std::string_view info)
{
    const PkeyContext context(EVP_PKEY_CTX_new_id(EVP_PKEY_HKDF, nullptr));
    std::string out(32, '\0');
    std::size_t size = out.size();
    PLIMSOLL_ASSERT(context && EVP_PKEY_derive_init(context.get()) == 1);
    PLIMSOLL_ASSERT(EVP_PKEY_CTX_set_hkdf_md(context.get(), EVP_sha256()) == 1);
    PLIMSOLL_ASSERT(EVP_PKEY_CTX_set1_hkdf_key(context.get(), bytesOf(key), static_cast<int>(key.size())) == 1);
    // Without salt HKDF takes zeros, which is the same key for the HMAC as an empty one.
    PLIMSOLL_ASSERT(
        salt.empty() || EVP_PKEY_CTX_set1_hkdf_salt(context.get(), bytesOf(salt), static_cast<int>(salt.size())) == 1);
    PLIMSOLL_ASSERT(EVP_PKEY_CTX_add1_hkdf_info(context.get(), bytesOf(info), static_cast<int>(info.size())) == 1);
    PLIMSOLL_ASSERT(EVP_PKEY_derive(context.get(), bytesOf(out), &size) == 1);
    return out;
}

std::string hmacSha256(std::string_view key, std::string_view text)
{
    std::string out(32, '\0');
    unsigned size = 0;
    PLIMSOLL_ASSERT(
        HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytesOf(text), text.size(), bytesOf(out), &size)
        != nullptr);
    return out;
}

std::optional<std::string> scryptKey(std::string_view passphrase, std::string_view salt, unsigned logN)
{
    std::string out(32, '\0');
    constexpr std::uint64_t maxMemory = 8ull << 30;
    if (EVP_PBE_scrypt(passphrase.data(), passphrase.size(), bytesOf(salt), salt.size(), 1ull << logN, 8, 1, maxMemory,
            bytesOf(out), out.size())
        != 1)
        return std::nullopt;
    return out;
}

std::string x25519Public(std::string_view secret)
{
    const Pkey key(EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, nullptr, bytesOf(secret), secret.size()));
    std::string out(32, '\0');
    std::size_t size = out.size();
    PLIMSOLL_ASSERT(key && EVP_PKEY_get_raw_public_key(key.get(), bytesOf(out), &size) == 1);
    return out;
}

std::optional<std::string> x25519(std::string_view secret, std::string_view peer)
{
    const Pkey key(EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, nullptr, bytesOf(secret), secret.size()));
    const Pkey other(EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, nullptr, bytesOf(peer), peer.size()));
    const PkeyContext context(key ? EVP_PKEY_CTX_new(key.get(), nullptr) : nullptr);
    std::string out(32, '\0');
    std::size_t size = out.size();
    if (!other || !context || EVP_PKEY_derive_init(context.get()) != 1
        || EVP_PKEY_derive_set_peer(context.get(), other.get()) != 1
        || EVP_PKEY_derive(context.get(), bytesOf(out), &size) != 1 || out == std::string(32, '\0'))
        return std::nullopt;
    return out;
}

std::string sealChaCha(std::string_view key, std::string_view nonce, std::string_view plain)
{
    const Cipher context(EVP_CIPHER_CTX_new());
    std::string out(plain.size() + tagBytes, '\0');
    int size = 0;
    PLIMSOLL_ASSERT(context
        && EVP_EncryptInit_ex(context.get(), EVP_chacha20_poly1305(), nullptr, bytesOf(key), bytesOf(nonce)) == 1);
    PLIMSOLL_ASSERT(
        EVP_EncryptUpdate(context.get(), bytesOf(out), &size, bytesOf(plain), static_cast<int>(plain.size())) == 1);
    int last = 0;
    PLIMSOLL_ASSERT(EVP_EncryptFinal_ex(context.get(), bytesOf(out) + size, &last) == 1);
    PLIMSOLL_ASSERT(
        EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, tagBytes, bytesOf(out) + plain.size()) == 1);
    return out;
}

std::optional<std::string> openChaCha(std::string_view key, std::string_view nonce, std::string_view sealed)
{
    if (sealed.size() < tagBytes)
        return std::nullopt;
    const std::string_view body = sealed.substr(0, sealed.size() - tagBytes);
    std::string tag(sealed.substr(body.size()));
    const Cipher context(EVP_CIPHER_CTX_new());
    std::string out(body.size() + 1, '\0');
    int size = 0, last = 0;
    PLIMSOLL_ASSERT(context
        && EVP_DecryptInit_ex(context.get(), EVP_chacha20_poly1305(), nullptr, bytesOf(key), bytesOf(nonce)) == 1);
    PLIMSOLL_ASSERT(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, tagBytes, tag.data()) == 1);
    if (EVP_DecryptUpdate(context.get(), bytesOf(out), &size, bytesOf(body), static_cast<int>(body.size())) != 1
        || EVP_DecryptFinal_ex(context.get(), bytesOf(out) + size, &last) != 1)
        return std::nullopt;
    out.resize(body.size());
    return out;
}

std::string bech32(std::string_view prefix, std::string_view bytes)
{
    const std::vector<std::uint8_t> eights(bytes.begin(), bytes.end());
    std::vector<std::uint8_t> values = *regrouped(eights, 8, 5, true);
    std::vector<std::uint8_t> checked = values;
    checked.insert(checked.end(), 6, 0);
    const std::uint32_t sum = bech32Checksum(prefix, checked) ^ 1;
    std::string out = std::string(prefix) + '1';
    for (const std::uint8_t value : values)
        out += bech32Letters[value];
    for (unsigned i = 0; i < 6; ++i)
        out += bech32Letters[(sum >> (5 * (5 - i))) & 31];
    return out;
}

std::optional<std::string> fromBech32(std::string_view prefix, std::string_view text)
{
    const std::string lower = toLowerAscii(text);
    const bool isUpper = std::ranges::none_of(text, [](char c) { return c >= 'a' && c <= 'z'; });
    if ((lower != text && !isUpper) || !lower.starts_with(std::string(prefix) + '1')
        || lower.size() < prefix.size() + 7)
        return std::nullopt;
    std::vector<std::uint8_t> values;
    for (const char c : std::string_view(lower).substr(prefix.size() + 1)) {
        const std::size_t value = bech32Letters.find(c);
        if (value == std::string_view::npos)
            return std::nullopt;
        values.push_back(static_cast<std::uint8_t>(value));
    }
    if (bech32Checksum(prefix, values) != 1)
        return std::nullopt;
    values.resize(values.size() - 6);
    const auto bytes = regrouped(values, 5, 8, false);
    if (!bytes)
        return std::nullopt;
    return std::string(bytes->begin(), bytes->end());
}

void wipeKey(std::string& key)
{
    OPENSSL_cleanse(key.data(), key.size());
    key.clear();
}

} // namespace plimsoll::snapshot::detail
