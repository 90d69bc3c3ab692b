// SPDX-License-Identifier: Apache-2.0
#include "core/snapshot/detail/Zip.h"

#include <libdeflate.h>
#include <memory>
#include <zlib.h>

namespace plimsoll::snapshot::detail {

namespace {

constexpr std::uint64_t full32 = 0xFFFFFFFFu;
constexpr std::uint64_t full16 = 0xFFFFu;
constexpr std::uint32_t localSignature = 0x04034b50;
constexpr std::uint32_t centralSignature = 0x02014b50;
constexpr std::uint16_t deflated = 8;
constexpr std::uint16_t utf8Names = 0x0800;
constexpr std::uint16_t noTime = 0;
constexpr std::uint16_t firstDay = 0x0021; // 1980-01-01, the earliest a ZIP can say
constexpr std::uint16_t zip64Tag = 1;
constexpr int compressionLevel = 3; // on lists of objects 1/20 of the size; more effort gives little

class Bytes {
public:
    Bytes& add(std::uint64_t value, unsigned count)
    {
        for (unsigned i = 0; i < count; ++i)
            m_text += static_cast<char>((value >> (8 * i)) & 0xFF);
        return *this;
    }
    Bytes& u16(std::uint64_t value) { return add(value, 2); }
    Bytes& u32(std::uint64_t value) { return add(value, 4); }
    Bytes& u64(std::uint64_t value) { return add(value, 8); }
    Bytes& text(std::string_view value)
    {
        m_text += value;
        return *this;
    }
    std::string take() { return std::move(m_text); }

private:
    std::string m_text;
};

std::uint64_t readNumber(std::string_view text, std::size_t at, unsigned count)
{
    std::uint64_t out = 0;
    for (unsigned i = 0; i < count; ++i)
        out |= std::uint64_t(static_cast<unsigned char>(text[at + i])) << (8 * i);
    return out;
}

bool isLarge(const ZipEntry& entry)
{
    return entry.bytes >= full32 || entry.packed >= full32;
}

std::string localHeader(const ZipEntry& entry)
{
    const bool large = isLarge(entry);
    Bytes out;
    out.u32(localSignature).u16(large ? 45 : 20).u16(utf8Names).u16(entry.isDeflated ? deflated : 0);
    out.u16(noTime).u16(firstDay).u32(entry.crc32);
    out.u32(large ? full32 : entry.packed).u32(large ? full32 : entry.bytes);
    out.u16(entry.path.size()).u16(large ? 20 : 0).text(entry.path);
    if (large)
        out.u16(zip64Tag).u16(16).u64(entry.bytes).u64(entry.packed);
    return out.take();
}

std::string centralHeader(const ZipEntry& entry, std::uint64_t offset)
{
    const bool large = isLarge(entry) || offset >= full32;
    Bytes out;
    out.u32(centralSignature).u16(large ? 45 : 20).u16(large ? 45 : 20).u16(utf8Names);
    out.u16(entry.isDeflated ? deflated : 0).u16(noTime).u16(firstDay).u32(entry.crc32);
    out.u32(large ? full32 : entry.packed).u32(large ? full32 : entry.bytes);
    out.u16(entry.path.size()).u16(large ? 28 : 0).u16(0).u16(0).u16(0).u32(0);
    out.u32(large ? full32 : offset).text(entry.path);
    if (large)
        out.u16(zip64Tag).u16(24).u64(entry.bytes).u64(entry.packed).u64(offset);
    return out.take();
}

std::string endRecords(std::uint64_t count, std::uint64_t size, std::uint64_t offset)
{
    Bytes out;
    const bool large = count >= full16 || size >= full32 || offset >= full32;
    if (large) {
        out.u32(0x06064b50).u64(44).u16(45).u16(45).u32(0).u32(0).u64(count).u64(count).u64(size).u64(offset);
        out.u32(0x07064b50).u32(0).u64(offset + size).u32(1);
    }
    out.u32(0x06054b50).u16(0).u16(0);
    out.u16(large ? full16 : count).u16(large ? full16 : count);
    out.u32(large ? full32 : size).u32(large ? full32 : offset).u16(0);
    return out.take();
}

struct EndDeflate {
    void operator()(z_stream* stream) const { deflateEnd(stream); }
};
struct FreeDecompressor {
    void operator()(libdeflate_decompressor* decompressor) const { libdeflate_free_decompressor(decompressor); }
};

} // namespace

ZipLayout layOut(std::span<const ZipEntry> entries)
{
    ZipLayout out;
    std::uint64_t at = 0;
    std::string central;
    for (const ZipEntry& entry : entries) {
        out.localHeaders.push_back(localHeader(entry));
        out.headerOffsets.push_back(at);
        out.dataOffsets.push_back(at + out.localHeaders.back().size());
        central += centralHeader(entry, at);
        at = out.dataOffsets.back() + entry.packed;
    }
    out.endOffset = at;
    out.end = central + endRecords(entries.size(), central.size(), at);
    return out;
}

Result<LocalHeader> readLocalHeader(std::string_view text)
{
    constexpr std::size_t fixed = 30;
    const auto bad = [] { return failure(ErrorKind::Format, "the file breaks off or was changed"); };
    if (text.size() < fixed || readNumber(text, 0, 4) != localSignature)
        return bad();
    const std::size_t nameSize = readNumber(text, 26, 2);
    const std::size_t extraSize = readNumber(text, 28, 2);
    if (text.size() < fixed + nameSize + extraSize || (extraSize != 0 && extraSize != 20))
        return bad();
    LocalHeader out;
    out.entry.path = text.substr(fixed, nameSize);
    out.entry.isDeflated = readNumber(text, 8, 2) == deflated;
    out.entry.crc32 = static_cast<std::uint32_t>(readNumber(text, 14, 4));
    out.entry.packed = readNumber(text, 18, 4);
    out.entry.bytes = readNumber(text, 22, 4);
    if (extraSize == 20) {
        out.entry.bytes = readNumber(text, fixed + nameSize + 4, 8);
        out.entry.packed = readNumber(text, fixed + nameSize + 12, 8);
    }
    out.size = fixed + nameSize + extraSize;
    if (localHeader(out.entry) != text.substr(0, out.size))
        return bad();
    return out;
}

std::uint32_t crc32Of(std::string_view bytes)
{
    return libdeflate_crc32(0, bytes.data(), bytes.size());
}

std::uint32_t crc32Combined(std::uint32_t first, std::uint32_t second, std::uint64_t secondBytes)
{
    return static_cast<std::uint32_t>(crc32_combine(first, second, static_cast<z_off_t>(secondBytes)));
}

std::string deflateBlock(std::string_view text)
{
    z_stream stream {};
    PLIMSOLL_ASSERT(deflateInit2(&stream, compressionLevel, Z_DEFLATED, -MAX_WBITS, 9, Z_DEFAULT_STRATEGY) == Z_OK);
    const std::unique_ptr<z_stream, EndDeflate> end(&stream);
    std::string out(deflateBound(&stream, text.size()) + 16, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    PLIMSOLL_ASSERT(deflate(&stream, Z_FULL_FLUSH) == Z_OK && stream.avail_in == 0 && stream.avail_out > 0);
    out.resize(stream.total_out);
    out.shrink_to_fit();
    return out;
}

Result<void> inflateBlock(std::string_view packed, char* out, std::size_t size)
{
    thread_local const std::unique_ptr<libdeflate_decompressor, FreeDecompressor> decompressor(
        libdeflate_alloc_decompressor());
    PLIMSOLL_ASSERT(decompressor != nullptr);
    std::string whole(packed);
    whole += endOfStream; // a block goes on to the next one; alone it needs an end
    std::size_t used = 0, got = 0;
    const auto result
        = libdeflate_deflate_decompress_ex(decompressor.get(), whole.data(), whole.size(), out, size, &used, &got);
    if (result != LIBDEFLATE_SUCCESS || used != whole.size() || got != size)
        return failure(ErrorKind::Format, "its packed data is damaged");
    return {};
}

} // namespace plimsoll::snapshot::detail
