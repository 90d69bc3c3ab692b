// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "core/base/Result.h"

namespace plimsoll::snapshot::detail {

// A file that appears under its name only once it is whole and on the disk. Until commit() it has another name in the
// same folder, and is removed when it is given up.
class AtomicFile {
public:
    // Errors: Access (the folder).
    static Result<AtomicFile> create(const std::string& path);
    ~AtomicFile();
    AtomicFile(AtomicFile&& other) noexcept;
    AtomicFile& operator=(AtomicFile&&) = delete;

    // Whether a name is that of a file that was never committed.
    static bool isPartial(std::string_view name);

    Result<void> write(std::string_view bytes); // Errors: Access (full disk)
    Result<void> commit(); // once, last

private:
    AtomicFile() = default;
    Result<void> flush();
    std::string m_path, m_partial;
    std::string m_buffer;
    int m_descriptor = -1;
};

} // namespace plimsoll::snapshot::detail
