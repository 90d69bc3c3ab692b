// SPDX-License-Identifier: Apache-2.0
#include "core/snapshot/detail/AtomicFile.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace plimsoll::snapshot::detail {

namespace {

constexpr std::size_t bufferBytes = 256u << 10;
constexpr std::string_view partialMark = ".partial-";

std::string folderOf(const std::string& path)
{
    const std::size_t slash = path.rfind('/');
    return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

// umask(2) can only be asked for by changing it, which other threads that make files would see.
mode_t fileMode()
{
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("Umask:"))
            return 0666 & ~static_cast<mode_t>(std::strtoul(line.c_str() + 6, nullptr, 8));
    }
    return 0600;
}

std::unexpected<Error> failed(const std::string& what, const std::string& path)
{
    const int number = errno;
    const bool isFull = number == ENOSPC || number == EDQUOT || number == EFBIG;
    return failure(ErrorKind::Access, what + " (" + std::strerror(number) + ')', path,
        isFull ? "free space or choose another place" : "choose another place");
}

} // namespace

Result<AtomicFile> AtomicFile::create(const std::string& path)
{
    AtomicFile file;
    file.m_path = path;
    file.m_partial = path + std::string(partialMark) + "XXXXXX";
    file.m_descriptor = ::mkostemp(file.m_partial.data(), O_CLOEXEC);
    if (file.m_descriptor < 0) {
        const int number = errno;
        file.m_partial.clear();
        errno = number;
        return failed("cannot write the snapshot", path);
    }
    return file;
}

bool AtomicFile::isPartial(std::string_view name)
{
    const std::size_t mark = name.rfind(partialMark);
    return mark != std::string_view::npos && name.size() == mark + partialMark.size() + 6;
}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : m_path(std::move(other.m_path))
    , m_partial(std::exchange(other.m_partial, {}))
    , m_buffer(std::move(other.m_buffer))
    , m_descriptor(std::exchange(other.m_descriptor, -1))
{
}

AtomicFile::~AtomicFile()
{
    if (m_descriptor >= 0)
        ::close(m_descriptor);
    if (!m_partial.empty())
        ::unlink(m_partial.c_str());
}

Result<void> AtomicFile::write(std::string_view bytes)
{
    m_buffer += bytes;
    return m_buffer.size() >= bufferBytes ? flush() : Result<void>();
}

Result<void> AtomicFile::flush()
{
    std::string_view left = m_buffer;
    while (!left.empty()) {
        const ssize_t count = ::write(m_descriptor, left.data(), left.size());
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return failed("cannot write the snapshot", m_path);
        left.remove_prefix(static_cast<std::size_t>(count));
    }
    m_buffer.clear();
    return {};
}

Result<void> AtomicFile::commit()
{
    if (auto written = flush(); !written)
        return written;
    // It was private until now; whole, it gets the permissions that any new file has. Some file systems have none.
    ::fchmod(m_descriptor, fileMode());
    if (::fsync(m_descriptor) != 0 || ::close(std::exchange(m_descriptor, -1)) != 0)
        return failed("cannot write the snapshot", m_path);
    if (::rename(m_partial.c_str(), m_path.c_str()) != 0)
        return failed("cannot write the snapshot", m_path);
    m_partial.clear();
    // The new name itself must be on the disk too; a file system that cannot say so is not at fault.
    const int folder = ::open(folderOf(m_path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder >= 0) {
        ::fsync(folder);
        ::close(folder);
    }
    return {};
}

} // namespace plimsoll::snapshot::detail
