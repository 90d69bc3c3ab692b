// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <string>

#include "core/format/Archive.h"

namespace plimsoll::test {

// A stream of a text, in steps of some bytes.
class TextSource final : public format::ByteSource {
public:
    explicit TextSource(std::string text, std::size_t step = 1u << 20)
        : m_text(std::move(text))
        , m_step(step)
    {
    }
    Result<std::size_t> read(char* buffer, std::size_t size) override
    {
        const std::size_t count = std::min({ size, m_step, m_text.size() - m_at });
        m_text.copy(buffer, count, m_at);
        m_at += count;
        return count;
    }

private:
    std::string m_text;
    std::size_t m_at = 0, m_step;
};

} // namespace plimsoll::test
