// SPDX-License-Identifier: Apache-2.0
#include "core/report/Formats.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/Text.h"
#include "core/cluster/Patch.h"
#include "core/report/Report.h"

namespace plimsoll::report {

namespace {

constexpr std::array table {
    Format { "text", "Text", "txt", "text/plain", true, writeText },
    Format { "json", "JSON", "json", "application/json", true, writeJson },
    Format { "pdf", "PDF", "pdf", "application/pdf", false, writePdf },
};

// A file beside the wanted one that becomes it on commit() and is removed otherwise.
class NewFile {
public:
    explicit NewFile(std::string path)
        : m_path(std::move(path))
        , m_name(m_path + ".XXXXXX")
        , m_handle(mkostemp(m_name.data(), O_CLOEXEC))
    {
    }
    ~NewFile()
    {
        if (m_handle >= 0) {
            close(m_handle);
            unlink(m_name.c_str());
        }
    }
    NewFile(const NewFile&) = delete;
    NewFile& operator=(const NewFile&) = delete;

    bool isOpen() const { return m_handle >= 0; }
    bool write(std::string_view bytes)
    {
        while (!bytes.empty() && m_error == 0) {
            const ssize_t count = ::write(m_handle, bytes.data(), bytes.size());
            if (count < 0 && errno != EINTR)
                m_error = errno;
            bytes.remove_prefix(count > 0 ? static_cast<std::size_t>(count) : 0);
        }
        return m_error == 0;
    }
    bool commit()
    {
        if (m_error != 0)
            return false;
        const mode_t mask = umask(0);
        umask(mask);
        if (fchmod(m_handle, 0666 & ~mask) != 0 || fsync(m_handle) != 0
            || rename(m_name.c_str(), m_path.c_str()) != 0) {
            m_error = errno;
            return false;
        }
        close(m_handle);
        m_handle = -1;
        return true;
    }
    int error() const { return m_error; }

private:
    std::string m_path;
    std::string m_name;
    int m_handle;
    int m_error = 0;
};

Result<void> cannotWrite(const std::string& path, int error)
{
    return failure(ErrorKind::Access, std::string("cannot write the report (") + std::strerror(error) + ')', path,
        "choose another place with -o");
}

} // namespace

std::string_view toolVersion()
{
    return PLIMSOLL_VERSION;
}

std::span<const Format> formats()
{
    return table;
}

const Format* findFormat(std::string_view id)
{
    const auto found = std::ranges::find(table, id, &Format::id);
    return found == table.end() ? nullptr : &*found;
}

Result<void> writeFile(const Format& format, const assess::Assessment& assessment, const Options& options,
    Progress& progress, const std::string& path)
{
    struct stat status { };
    if (stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode))
        return cannotWrite(path, EISDIR);
    // /dev/stdout and pipes cannot be replaced by a rename.
    const bool isPlainFile = stat(path.c_str(), &status) != 0 || S_ISREG(status.st_mode);
    if (!isPlainFile) {
        const std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen(path.c_str(), "wb"), &std::fclose);
        if (!file)
            return cannotWrite(path, errno);
        return format.write(assessment, options, progress,
            [&](std::string_view bytes) { std::fwrite(bytes.data(), 1, bytes.size(), file.get()); });
    }
    NewFile file(path);
    if (!file.isOpen())
        return cannotWrite(path, errno);
    auto written = format.write(assessment, options, progress, [&](std::string_view bytes) { file.write(bytes); });
    if (!written)
        return written;
    if (!file.commit())
        return cannotWrite(path, file.error());
    return {};
}

std::string remediationText(const assess::Assessment& assessment, const assess::Finding& finding)
{
    std::string out(trimmed(assessment.entry(finding).text.remediation));
    if (finding.patch.isEmpty())
        return out;
    const auto patch = cluster::render(*assessment.cluster, finding.patch);
    if (!patch)
        return out;
    out += "\n\nPatch for " + assessment.cluster->refOf(finding.patch.target) + ":\n" + patch->yaml;
    if (!out.ends_with('\n'))
        out += '\n';
    return out + "\nApply with:\n" + patch->command;
}

} // namespace plimsoll::report
