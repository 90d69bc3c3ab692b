// SPDX-License-Identifier: Apache-2.0
#include "core/snapshot/Input_p.h"

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <filesystem>
#include <mutex>

#include <fcntl.h>
#include <openssl/crypto.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/Text.h"

namespace plimsoll::snapshot {

namespace {

std::unexpected<Error> openFailure(const std::string& name, int number)
{
    if (number == ENOENT || number == ENOTDIR)
        return failure(ErrorKind::NotFound, "there is no such file or folder", printable(name), "check the path");
    if (number == EACCES || number == EPERM)
        return failure(ErrorKind::Access, "the file may not be read", printable(name), "check its permissions");
    return failure(
        ErrorKind::Access, std::string("the file cannot be read: ") + std::strerror(number), printable(name));
}

} // namespace

Result<std::unique_ptr<FileSource>> FileSource::open(
    const std::string& path, const std::string& name, Progress& progress)
{
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return openFailure(name, errno);
    return std::unique_ptr<FileSource>(new FileSource(descriptor, name, progress));
}

std::unique_ptr<FileSource> FileSource::standardInput(Progress& progress)
{
    return std::unique_ptr<FileSource>(
        new FileSource(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3), "standard input", progress));
}

FileSource::FileSource(int descriptor, std::string name, Progress& progress)
    : m_descriptor(descriptor)
    , m_name(std::move(name))
    , m_progress(progress)
{
    struct stat status { };
    if (::fstat(descriptor, &status) != 0)
        return;
    m_isRegular = S_ISREG(status.st_mode);
    m_size = m_isRegular ? status.st_size : 0;
    m_changedNs = status.st_mtim.tv_sec * 1'000'000'000 + status.st_mtim.tv_nsec;
}

FileSource::~FileSource()
{
    if (m_descriptor >= 0)
        ::close(m_descriptor);
}

Result<std::size_t> FileSource::read(char* buffer, std::size_t size)
{
    for (;;) {
        const ssize_t count = ::read(m_descriptor, buffer, size);
        if (count >= 0) {
            m_progress.advance(static_cast<std::uint64_t>(count));
            return static_cast<std::size_t>(count);
        }
        if (errno != EINTR)
            return openFailure(m_name, errno);
    }
}

Result<std::size_t> MemorySource::read(char* buffer, std::size_t size)
{
    const std::size_t count = std::min(size, m_bytes.size());
    m_bytes.copy(buffer, count);
    m_bytes.remove_prefix(count);
    return count;
}

struct BackgroundHash::State {
    static constexpr std::size_t maxWaiting = 8;

    std::mutex mutex;
    std::condition_variable changed;
    format::Sha256 hash;
    std::deque<std::string> waiting; // in order
    std::vector<std::string> idle; // used again: fresh memory of this size costs page faults
    bool isBusy = false; // somebody is hashing; the order allows one at a time

    State() = default;
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State()
    {
        for (std::string& bytes : idle) {
            bytes.resize(bytes.capacity()); // also what a shorter copy left over
            overwrite(bytes.data(), bytes.size());
        }
    }

    // Hashes what waits, unless somebody else does already.
    void drain()
    {
        std::unique_lock lock(mutex);
        if (isBusy)
            return;
        isBusy = true;
        while (!waiting.empty()) {
            std::string bytes = std::move(waiting.front());
            waiting.pop_front();
            lock.unlock();
            hash.update(bytes);
            lock.lock();
            idle.push_back(std::move(bytes));
            changed.notify_all();
        }
        isBusy = false;
        changed.notify_all();
    }
};

void overwrite(char* bytes, std::size_t count)
{
    if (count > 0)
        OPENSSL_cleanse(bytes, count); // which no compiler leaves out
}

BackgroundHash::BackgroundHash(TaskPool& pool)
    : m_pool(pool)
    , m_state(std::make_shared<State>())
{
}

void BackgroundHash::update(std::string_view bytes)
{
    State& state = *m_state;
    std::unique_lock lock(state.mutex);
    if (state.waiting.size() >= State::maxWaiting && !state.isBusy) {
        lock.unlock();
        state.drain();
        lock.lock();
    }
    state.changed.wait(lock, [&] { return state.waiting.size() < State::maxWaiting; });
    std::string copy;
    if (!state.idle.empty()) {
        copy = std::move(state.idle.back());
        state.idle.pop_back();
    }
    copy.assign(bytes);
    state.waiting.push_back(std::move(copy));
    if (!state.isBusy && state.waiting.size() == State::maxWaiting / 2)
        m_pool.post([shared = m_state] { shared->drain(); });
}

std::string BackgroundHash::finishHex()
{
    m_state->drain();
    std::unique_lock lock(m_state->mutex);
    m_state->changed.wait(lock, [this] { return m_state->waiting.empty() && !m_state->isBusy; });
    return m_state->hash.finishHex();
}

Result<void> HeadedSource::fetchHead()
{
    m_head.resize(headBytes);
    std::size_t done = 0;
    while (done < headBytes && !m_isWhole) {
        auto count = m_from.read(m_head.data() + done, headBytes - done);
        if (!count)
            m_failed = std::move(count.error());
        m_isWhole = !count || *count == 0;
        done += count.value_or(0);
    }
    m_head.resize(done);
    m_hash.update(m_head);
    m_bytes += done;
    if (m_failed && done == 0)
        return std::unexpected(*m_failed);
    return {};
}

Result<std::size_t> HeadedSource::read(char* buffer, std::size_t size)
{
    if (m_used < m_head.size()) {
        const std::size_t count = m_head.copy(buffer, size, m_used);
        m_used += count;
        return count;
    }
    if (m_failed)
        return std::unexpected(*m_failed);
    if (m_isWhole)
        return std::size_t { 0 };
    auto count = m_from.read(buffer, size);
    if (count) {
        m_hash.update({ buffer, *count });
        m_bytes += *count;
    }
    return count;
}

Result<std::size_t> readFully(format::ByteSource& source, char* buffer, std::size_t size)
{
    std::size_t done = 0;
    while (done < size) {
        auto count = source.read(buffer + done, size - done);
        if (!count)
            return count;
        if (*count == 0)
            break;
        done += *count;
    }
    return done;
}

FolderListing listFolder(const std::string& path)
{
    namespace fs = std::filesystem;
    FolderListing listing;
    std::vector<std::string> folders { "" };
    while (!folders.empty()) {
        const std::string folder = std::move(folders.back());
        folders.pop_back();
        std::error_code error;
        fs::directory_iterator entries(fs::path(path) / folder, error);
        if (error) {
            listing.unreadable.push_back(folder.empty() ? "." : folder);
            continue;
        }
        for (; entries != fs::directory_iterator() && !error; entries.increment(error)) {
            const std::string name = entries->path().filename().string();
            const std::string relative = folder.empty() ? name : folder + '/' + name;
            std::error_code ignored;
            const fs::file_status status = entries->symlink_status(ignored);
            if (status.type() == fs::file_type::directory && name != ".git")
                folders.push_back(relative);
            if (status.type() != fs::file_type::regular)
                continue;
            listing.files.push_back(relative);
            const auto size = entries->file_size(ignored);
            listing.bytes += ignored ? 0 : size;
        }
        if (error)
            listing.unreadable.push_back(folder.empty() ? "." : folder);
    }
    std::ranges::sort(listing.files);
    std::ranges::sort(listing.unreadable);
    return listing;
}

Result<std::string> readWhole(format::ByteSource& bytes, std::uint64_t maxBytes)
{
    std::string out;
    std::vector<char> buffer(1u << 20);
    for (;;) {
        const auto count = bytes.read(buffer.data(), buffer.size());
        if (!count)
            return std::unexpected(count.error());
        if (*count == 0)
            return out;
        out.append(buffer.data(), *count);
        if (out.size() > maxBytes)
            return failure(ErrorKind::Limit, "this is too large to be read as a whole");
    }
}

} // namespace plimsoll::snapshot
