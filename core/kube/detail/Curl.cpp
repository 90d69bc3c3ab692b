// SPDX-License-Identifier: Apache-2.0
#include "core/kube/detail/Curl.h"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <curl/curl.h>
#include <limits>
#include <mutex>
#include <openssl/crypto.h>

namespace plimsoll::kube::detail {

namespace {

// In front of each block stands its size, so that all of it can be overwritten.
constexpr std::size_t headBytes
    = alignof(std::max_align_t) > sizeof(std::size_t) ? alignof(std::max_align_t) : sizeof(std::size_t);

std::size_t sizeOf(void* block)
{
    std::size_t size = 0;
    std::memcpy(&size, static_cast<char*>(block) - headBytes, sizeof(size));
    return size;
}

void* allocate(std::size_t size)
{
    if (size > std::numeric_limits<std::size_t>::max() - headBytes)
        return nullptr;
    auto* head = static_cast<char*>(std::malloc(size + headBytes));
    if (!head)
        return nullptr;
    std::memcpy(head, &size, sizeof(size));
    return head + headBytes;
}

void release(void* block)
{
    if (!block)
        return;
    OPENSSL_cleanse(block, sizeOf(block));
    std::free(static_cast<char*>(block) - headBytes);
}

void* reallocate(void* block, std::size_t size)
{
    void* larger = allocate(size);
    if (!block || !larger)
        return larger;
    std::memcpy(larger, block, std::min(size, sizeOf(block)));
    release(block);
    return larger;
}

char* duplicate(const char* text)
{
    const std::size_t size = std::strlen(text) + 1;
    void* out = allocate(size);
    return out ? static_cast<char*>(std::memcpy(out, text, size)) : nullptr;
}

void* allocateZeroed(std::size_t count, std::size_t size)
{
    if (size != 0 && count > std::numeric_limits<std::size_t>::max() / size)
        return nullptr;
    void* out = allocate(count * size);
    return out ? std::memset(out, 0, count * size) : nullptr;
}

} // namespace

void startCurl()
{
    static std::once_flag once;
    std::call_once(once,
        [] { curl_global_init_mem(CURL_GLOBAL_DEFAULT, allocate, release, reallocate, duplicate, allocateZeroed); });
}

} // namespace plimsoll::kube::detail
