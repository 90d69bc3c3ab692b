// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace plimsoll::format {

// SHA-256 (FIPS 180-4) of a stream of bytes, on OpenSSL.
class Sha256 {
public:
    Sha256();
    ~Sha256();
    Sha256(Sha256&&) noexcept;
    Sha256& operator=(Sha256&&) noexcept;

    void update(std::string_view bytes);
    std::array<std::uint8_t, 32> finish(); // once
    std::string finishHex(); // once; 64 lower-case digits

private:
    struct Private;
    std::unique_ptr<Private> m_private;
};

std::string sha256Hex(std::string_view bytes);

} // namespace plimsoll::format
