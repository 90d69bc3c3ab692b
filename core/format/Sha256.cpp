// SPDX-License-Identifier: Apache-2.0
#include "core/format/Sha256.h"

#include <openssl/evp.h>

#include "core/base/Result.h"

namespace plimsoll::format {

struct Sha256::Private {
    EVP_MD_CTX* context = EVP_MD_CTX_new();

    Private()
    {
        PLIMSOLL_ASSERT(context != nullptr);
        PLIMSOLL_ASSERT(EVP_DigestInit_ex(context, EVP_sha256(), nullptr) == 1);
    }
    ~Private() { EVP_MD_CTX_free(context); }
    Private(const Private&) = delete;
    Private& operator=(const Private&) = delete;
};

Sha256::Sha256()
    : m_private(std::make_unique<Private>())
{
}

Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(std::string_view bytes)
{
    PLIMSOLL_ASSERT(EVP_DigestUpdate(m_private->context, bytes.data(), bytes.size()) == 1);
}

std::array<std::uint8_t, 32> Sha256::finish()
{
    std::array<std::uint8_t, 32> digest {};
    unsigned length = 0;
    PLIMSOLL_ASSERT(EVP_DigestFinal_ex(m_private->context, digest.data(), &length) == 1 && length == digest.size());
    return digest;
}

std::string Sha256::finishHex()
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::string hex;
    for (const std::uint8_t byte : finish()) {
        hex += digits[byte >> 4];
        hex += digits[byte & 15];
    }
    return hex;
}

std::string sha256Hex(std::string_view bytes)
{
    Sha256 hash;
    hash.update(bytes);
    return hash.finishHex();
}

} // namespace plimsoll::format
