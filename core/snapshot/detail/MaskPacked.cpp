// SPDX-License-Identifier: Apache-2.0
#include "core/snapshot/detail/MaskPacked.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include <zlib.h>

#include "core/base/Text.h"
#include "core/snapshot/detail/MaskPatterns.h"

namespace plimsoll::snapshot::detail {

namespace {

constexpr std::size_t leastPacked = 20;
constexpr std::size_t mostPacked = 512u << 10; // a ConfigMap holds at most 1 MiB
constexpr std::size_t mostUnpacked = 1u << 20;
constexpr std::uint8_t noDigit = 64;

constexpr std::array<std::uint8_t, 256> digitsOfBase64 = [] {
    std::array<std::uint8_t, 256> table {};
    table.fill(noDigit);
    constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (std::size_t i = 0; i < letters.size(); ++i)
        table[static_cast<unsigned char>(letters[i])] = static_cast<std::uint8_t>(i);
    table['-'] = 62;
    table['_'] = 63;
    return table;
}();

// Bytes that are overwritten when they are done with.
class Scratch {
public:
    explicit Scratch(std::size_t size)
        : m_bytes(size)
    {
    }
    ~Scratch()
    {
        for (char& byte : m_bytes)
            static_cast<volatile char&>(byte) = 0;
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;

    char* data() { return m_bytes.data(); }
    std::size_t capacity() const { return m_bytes.size(); }
    std::string_view view(std::size_t size) const { return { m_bytes.data(), size }; }

private:
    std::vector<char> m_bytes;
};

// Bytes written; 0 when it is no base64. Line breaks are passed over.
std::size_t decode(std::string_view text, char* out)
{
    std::uint32_t bits = 0;
    unsigned count = 0;
    std::size_t size = 0;
    for (const char c : text) {
        if (c == '\n' || c == '\r')
            continue;
        const std::uint8_t digit = digitsOfBase64[static_cast<unsigned char>(c)];
        if (digit == noDigit)
            return 0;
        bits = bits << 6 | digit;
        count += 6;
        if (count >= 8) {
            count -= 8;
            out[size++] = static_cast<char>(bits >> count & 0xFF);
        }
    }
    return size;
}

bool isTextByte(char c)
{
    return (c >= ' ' && c < 0x7F) || c == '\n' || c == '\r' || c == '\t';
}

bool isText(std::string_view bytes)
{
    return std::ranges::all_of(bytes, [](char c) { return isTextByte(c) || static_cast<unsigned char>(c) >= 0x80; });
}

bool isGzip(std::string_view bytes)
{
    return bytes.starts_with("\x1f\x8b\x08");
}

std::string_view findInGzip(std::string_view bytes)
{
    Scratch scratch(mostUnpacked);
    z_stream stream {};
    if (inflateInit2(&stream, 15 + 16) != Z_OK)
        return {};
    std::vector<unsigned char> input(bytes.begin(), bytes.end());
    stream.next_in = input.data();
    stream.avail_in = static_cast<uInt>(input.size());
    // zlib takes bytes as unsigned.
    stream.next_out = reinterpret_cast<unsigned char*>(scratch.data());
    stream.avail_out = static_cast<uInt>(scratch.capacity());
    inflate(&stream, Z_FINISH);
    const std::size_t size = scratch.capacity() - stream.avail_out;
    inflateEnd(&stream);
    std::ranges::fill(input, static_cast<unsigned char>(0));
    const std::string_view text = scratch.view(size);
    return findCredential(text, Assignments::Read);
}

} // namespace

std::string_view findPacked(std::string_view text)
{
    text = trimmed(text);
    while (text.ends_with('='))
        text.remove_suffix(1);
    if (text.size() < leastPacked || text.size() > mostPacked || text.starts_with("LS0tLS1CRUdJTiBDRVJU"))
        return {};
    // The first twelve letters tell nearly always: they must be text already.
    std::array<char, 9> start {};
    const std::size_t begun = decode(text.substr(0, 12), start.data());
    const std::string_view head(start.data(), begun);
    const bool isGzipped = isGzip(head);
    if (begun != start.size() || !(isGzipped || std::ranges::all_of(head, isTextByte)))
        return {};
    Scratch scratch(text.size());
    const std::string_view bytes = scratch.view(decode(text, scratch.data()));
    if (bytes.empty())
        return {};
    if (isGzipped)
        return findInGzip(bytes);
    return isText(bytes) ? findCredential(bytes, Assignments::Read) : std::string_view();
}

} // namespace plimsoll::snapshot::detail
