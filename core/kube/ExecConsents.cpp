// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/Text.h"
#include "core/kube/Credentials.h"
#include "core/kube/detail/KubeconfigInput.h"

namespace plimsoll::kube {

namespace {

constexpr std::size_t maxConsentBytes = 1u << 20;

std::vector<std::string> rememberedKeys(const std::string& file)
{
    std::vector<std::string> keys;
    const auto text = detail::readFile(file, maxConsentBytes, true);
    if (!text)
        return keys;
    for (const std::string_view line : split(*text, '\n')) {
        if (!trimmed(line).empty())
            keys.emplace_back(trimmed(line));
    }
    return keys;
}

std::unexpected<Error> writeFailure(const std::string& file, int code)
{
    return failure(ErrorKind::Access, std::string("The consent cannot be remembered: ") + std::strerror(code),
        printable(file), "Check that the folder can be written to");
}

Result<void> replaceFile(const std::string& file, std::string_view text)
{
    std::string temporary = file + ".XXXXXX";
    const int descriptor = ::mkostemp(temporary.data(), O_CLOEXEC); // mode 0600
    if (descriptor < 0)
        return writeFailure(file, errno);
    int code = 0;
    for (std::size_t written = 0; code == 0 && written < text.size();) {
        const ssize_t size = ::write(descriptor, text.data() + written, text.size() - written);
        if (size >= 0)
            written += static_cast<std::size_t>(size);
        else if (errno != EINTR)
            code = errno;
    }
    if (code == 0 && ::fsync(descriptor) != 0)
        code = errno;
    ::close(descriptor);
    if (code == 0 && ::rename(temporary.c_str(), file.c_str()) != 0)
        code = errno;
    if (code == 0)
        return {};
    ::unlink(temporary.c_str());
    return writeFailure(file, code);
}

} // namespace

RememberedConsents::RememberedConsents(std::string file)
    : m_file(std::move(file))
{
}

std::string RememberedConsents::defaultFile(const Environment& environment)
{
    const std::string configured
        = environment.variable ? environment.variable("XDG_CONFIG_HOME").value_or("") : std::string();
    const std::string folder = configured.starts_with('/') ? configured : environment.home + "/.config";
    return folder + "/plimsoll/exec-consents";
}

bool RememberedConsents::has(const ExecRequest& request) const
{
    const auto keys = rememberedKeys(m_file);
    return std::ranges::find(keys, request.key()) != keys.end();
}

Result<void> RememberedConsents::add(const ExecRequest& request)
{
    std::error_code failed;
    const std::string folder = detail::folderOf(m_file);
    if (std::filesystem::create_directories(folder, failed) && !failed)
        ::chmod(folder.c_str(), S_IRWXU);
    if (failed)
        return writeFailure(m_file, failed.value());
    // Two windows may remember at the same time; the folder is what does not change under the lock.
    const int lock = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (lock >= 0)
        ::flock(lock, LOCK_EX);
    auto keys = rememberedKeys(m_file);
    const std::string key = request.key();
    Result<void> result;
    if (std::ranges::find(keys, key) == keys.end()) {
        keys.push_back(key);
        std::ranges::sort(keys);
        result = replaceFile(m_file, join(keys, "\n") + '\n');
    }
    if (lock >= 0)
        ::close(lock);
    return result;
}

} // namespace plimsoll::kube
