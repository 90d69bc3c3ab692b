// SPDX-License-Identifier: Apache-2.0
// Measures how fast audit logs and alerts are read, and how much memory that takes.
// Usage: plimsoll_evidence_bench LOG [TIMES]   reads the log as if it were TIMES as long (default: to 1 GB)

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>

#include <sys/resource.h>

#include "core/base/Text.h"
#include "core/evidence/AuditFindings.h"
#include "core/evidence/Falco.h"

using namespace plimsoll;

namespace {

// The same text again and again.
class Repeated final : public format::ByteSource {
public:
    Repeated(const std::string& text, std::size_t times)
        : m_text(text)
        , m_left(times)
    {
    }
    Result<std::size_t> read(char* buffer, std::size_t size) override
    {
        if (m_at == m_text.size()) {
            if (m_left <= 1)
                return std::size_t(0);
            --m_left;
            m_at = 0;
        }
        const std::size_t count = std::min(size, m_text.size() - m_at);
        std::memcpy(buffer, m_text.data() + m_at, count);
        m_at += count;
        return count;
    }

private:
    const std::string& m_text;
    std::size_t m_at = 0, m_left;
};

int failed(const std::string& why)
{
    std::fprintf(stderr, "plimsoll_evidence_bench: %s\n", why.c_str());
    return 1;
}

double now()
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

} // namespace

int main(int argc, char** argv)
{
    if (argc < 2)
        return failed("usage: plimsoll_evidence_bench LOG [TIMES]");
    std::ifstream file(argv[1], std::ios::binary);
    const std::string text { std::istreambuf_iterator<char>(file), {} };
    if (text.empty())
        return failed("no log at " + std::string(argv[1]));
    const auto given = argc > 2 ? toInteger(argv[2]) : std::nullopt;
    const std::size_t times = given ? static_cast<std::size_t>(*given) : (1u << 30) / text.size() + 1;
    Repeated source(text, times);
    Progress progress;
    const double begin = now();
    std::string found;
    if (evidence::isAuditLog(text.substr(0, 16384))) {
        const auto log = evidence::readAuditLog(source, "log", progress);
        if (!log)
            return failed(toText(log.error()));
        found = grouped(log->events) + " events, " + grouped(auditFindings(*log).findings.size()) + " findings";
    } else {
        const auto log = evidence::readAlertLog(source, "log", progress);
        if (!log)
            return failed(toText(log.error()));
        found = grouped(log->events) + " alerts at " + grouped(log->alerts.size()) + " places";
    }
    const double seconds = now() - begin;
    const double megabytes = static_cast<double>(text.size()) * static_cast<double>(times) / 1e6;
    rusage usage {};
    getrusage(RUSAGE_SELF, &usage);
    std::printf("%.0f MB in %.2f s: %.0f MB/s, %s; at most %ld MB of memory, %zu of them the text\n", megabytes,
        seconds, megabytes / seconds, found.c_str(), usage.ru_maxrss / 1024, text.size() >> 20);
    return 0;
}
