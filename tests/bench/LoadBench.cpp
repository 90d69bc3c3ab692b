// SPDX-License-Identifier: Apache-2.0
// Measures loading and assessing a JSON dump against simdjson merely walking every value of the same bytes on one
// thread, in the same run and with the file in the page cache. Each measurement runs in a process of its own, so that
// peaks of memory do not mix. With --snapshot it compares a snapshot file with the JSON it was collected from instead.
// Usage: plimsoll_bench FILE.json [REPEATS]
//        plimsoll_bench --snapshot FILE.plimsoll FILE.json|FOLDER [REPEATS]

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <string_view>
#include <thread>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <simdjson.h>

#include "core/assess/Assessment.h"
#include "core/control/Catalogue.h"

using namespace plimsoll;

namespace {

double now()
{
    using namespace std::chrono;
    return duration<double>(steady_clock::now().time_since_epoch()).count();
}

struct Figures {
    double seconds = 0;
    double firstSeconds = 0; // of the baseline: with a fresh parser
    double loadSeconds = 0;
    double cpuSeconds = 0; // of all threads
    double peakMb = 0; // anonymous
    std::uint64_t pods = 0;
    std::uint64_t objects = 0;
    std::uint64_t findings = 0;
    std::uint64_t values = 0;
};

double cpuNow()
{
    rusage usage {};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// Anonymous memory only; file mappings are not counted (decisions.md).
double anonymousMb()
{
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("RssAnon:"))
            return std::atof(line.c_str() + 8) / 1024;
    }
    return 0;
}

// Samples memory every ten milliseconds while it lives.
class PeakWatch {
public:
    PeakWatch()
        : m_thread([this] {
            while (!m_isOver) {
                m_peak = std::max(m_peak, anonymousMb());
                std::this_thread::sleep_for(std::chrono::milliseconds(10));
            }
        })
    {
    }
    double stop()
    {
        m_isOver = true;
        m_thread.join();
        return std::max(m_peak, anonymousMb());
    }

private:
    std::atomic<bool> m_isOver = false;
    double m_peak = 0;
    std::thread m_thread;
};

// Runs a measurement in a child process.
Figures inChild(const std::function<Figures()>& measure)
{
    int ends[2];
    if (::pipe(ends) != 0)
        std::exit(1);
    const pid_t child = ::fork();
    if (child == 0) {
        const Figures figures = measure();
        const bool isWritten = ::write(ends[1], &figures, sizeof figures) == static_cast<ssize_t>(sizeof figures);
        ::_exit(isWritten ? 0 : 1);
    }
    Figures figures;
    const bool isRead = ::read(ends[0], &figures, sizeof figures) == static_cast<ssize_t>(sizeof figures);
    int status = 0;
    ::waitpid(child, &status, 0);
    ::close(ends[0]);
    ::close(ends[1]);
    if (!isRead || status != 0) {
        std::fprintf(stderr, "plimsoll_bench: a measurement failed\n");
        std::exit(1);
    }
    return figures;
}

// Walks one value and everything below it; numbers and strings are decoded.
std::uint64_t walk(simdjson::ondemand::value value)
{
    std::uint64_t count = 1;
    switch (value.type()) {
    case simdjson::ondemand::json_type::object:
        for (auto field : value.get_object()) {
            std::string_view key = field.unescaped_key();
            count += key.size() + walk(field.value());
        }
        break;
    case simdjson::ondemand::json_type::array:
        for (auto element : value.get_array())
            count += walk(element.value());
        break;
    case simdjson::ondemand::json_type::string: {
        std::string_view text = value.get_string();
        count += text.size();
        break;
    }
    case simdjson::ondemand::json_type::number:
        count += static_cast<std::uint64_t>(value.get_double());
        break;
    case simdjson::ondemand::json_type::boolean:
        count += bool(value.get_bool()) ? 1 : 0;
        break;
    case simdjson::ondemand::json_type::null:
        break;
    }
    return count;
}

// The baseline: reading the file is not counted, as its text lies in memory already.
Figures measureBaseline(const std::string& path)
{
    auto text = simdjson::padded_string::load(path);
    simdjson::ondemand::parser parser;
    Figures figures;
    // The second time the parser's memory is there already: the stricter baseline. The first is what a program that
    // reads one file sees.
    for (int i = 0; i < 2; ++i) {
        const double begin = now();
        const double cpuBegin = cpuNow();
        auto document = parser.iterate(text.value());
        figures.values = walk(document.get_value());
        figures.seconds = now() - begin;
        figures.cpuSeconds = cpuNow() - cpuBegin;
        if (i == 0)
            figures.firstSeconds = figures.seconds;
    }
    return figures;
}

Figures measureOurs(const std::string& path)
{
    PeakWatch memory;
    Figures figures;
    const double begin = now();
    const double cpuBegin = cpuNow();
    TaskPool pool(2);
    Progress progress;
    const snapshot::Source source { .path = path, .bytes = std::nullopt };
    auto loaded = cluster::loadCluster(std::span(&source, 1), pool, progress);
    if (!loaded) {
        std::fprintf(stderr, "plimsoll_bench: %s\n", toText(loaded.error()).c_str());
        ::_exit(1);
    }
    figures.loadSeconds = now() - begin;
    figures.pods = (*loaded)->pods().size();
    figures.objects = (*loaded)->objects().size();
    const auto catalogue = control::loadCatalogue();
    if (catalogue) {
        auto assessment = assess::assess(*loaded, *catalogue, {}, {}, pool, progress);
        if (assessment)
            figures.findings = (*assessment)->findings.size();
    }
    figures.seconds = now() - begin;
    figures.cpuSeconds = cpuNow() - cpuBegin;
    figures.peakMb = memory.stop();
    return figures;
}

Figures measureLoading(const std::string& path)
{
    PeakWatch memory;
    Figures figures;
    const double begin = now();
    TaskPool pool(2);
    Progress progress;
    const snapshot::Source source { .path = path, .bytes = std::nullopt };
    const auto loaded = cluster::loadCluster(std::span(&source, 1), pool, progress);
    if (!loaded) {
        std::fprintf(stderr, "plimsoll_bench: %s\n", toText(loaded.error()).c_str());
        ::_exit(1);
    }
    figures.loadSeconds = now() - begin;
    figures.pods = (*loaded)->pods().size();
    figures.objects = (*loaded)->objects().size();
    figures.peakMb = memory.stop();
    return figures;
}

double sizeOf(const std::string& path)
{
    double bytes = 0;
    std::error_code error;
    if (std::filesystem::is_regular_file(path, error))
        return static_cast<double>(std::filesystem::file_size(path, error));
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path, error))
        bytes += entry.is_regular_file() ? static_cast<double>(entry.file_size()) : 0.0;
    return bytes;
}

int compareSnapshot(const std::string& packed, const std::string& plain, int repeats)
{
    Figures ofPacked, ofPlain;
    for (int i = 0; i < repeats; ++i) {
        const Figures a = inChild([&] { return measureLoading(packed); });
        const Figures b = inChild([&] { return measureLoading(plain); });
        std::printf("run %d: snapshot %.3f s, %.0f MB; JSON %.3f s, %.0f MB\n", i + 1, a.loadSeconds, a.peakMb,
            b.loadSeconds, b.peakMb);
        ofPacked = i == 0 || a.loadSeconds < ofPacked.loadSeconds ? a : ofPacked;
        ofPlain = i == 0 || b.loadSeconds < ofPlain.loadSeconds ? b : ofPlain;
    }
    std::printf("\n%llu pods, %llu objects (%llu from JSON)\n", static_cast<unsigned long long>(ofPacked.pods),
        static_cast<unsigned long long>(ofPacked.objects), static_cast<unsigned long long>(ofPlain.objects));
    std::printf("loading    %.3f s against %.3f s  ratio %.2f (at most 1.50)\n", ofPacked.loadSeconds,
        ofPlain.loadSeconds, ofPacked.loadSeconds / ofPlain.loadSeconds);
    std::printf("size       %.1f MB against %.1f MB  1/%.1f (at most 1/12)\n", sizeOf(packed) / 1e6,
        sizeOf(plain) / 1e6, sizeOf(plain) / sizeOf(packed));
    return 0;
}

} // namespace

int main(int argc, char** argv)
{
    if (argc > 3 && std::string_view(argv[1]) == "--snapshot")
        return compareSnapshot(argv[2], argv[3], argc > 4 ? std::max(1, std::atoi(argv[4])) : 3);
    if (argc < 2) {
        std::fprintf(stderr,
            "usage: plimsoll_bench FILE.json [REPEATS]\n       plimsoll_bench --snapshot FILE.plimsoll JSON "
            "[REPEATS]\n");
        return 2;
    }
    const std::string path = argv[1];
    const int repeats = argc > 2 ? std::max(1, std::atoi(argv[2])) : 3;
    std::ifstream file(path, std::ios::binary | std::ios::ate);
    const double megabytes = static_cast<double>(file.tellg()) / 1e6;
    Figures base;
    Figures ours;
    for (int i = 0; i < repeats; ++i) {
        const Figures b = inChild([&] { return measureBaseline(path); });
        const Figures o = inChild([&] { return measureOurs(path); });
        std::printf("run %d: simdjson %.3f s, load %.3f s, load + assess %.3f s, peak %.0f MB\n", i + 1, b.seconds,
            o.loadSeconds, o.seconds, o.peakMb);
        base = i == 0 || b.seconds < base.seconds ? b : base;
        ours = i == 0 || o.seconds < ours.seconds ? o : ours;
    }
    std::printf("\n%llu pods, %llu objects, %.1f MB, %llu findings\n", static_cast<unsigned long long>(ours.pods),
        static_cast<unsigned long long>(ours.objects), megabytes, static_cast<unsigned long long>(ours.findings));
    std::printf("simdjson, every value, 1 thread   %7.3f s  %7.0f MB/s\n", base.seconds, megabytes / base.seconds);
    std::printf(
        "simdjson with a fresh parser       %7.3f s  %7.0f MB/s\n", base.firstSeconds, megabytes / base.firstSeconds);
    std::printf("load, 2 threads                   %7.3f s  %7.0f MB/s  ratio %.2f\n", ours.loadSeconds,
        megabytes / ours.loadSeconds, ours.loadSeconds / base.seconds);
    std::printf("load + assess, 2 threads          %7.3f s  %7.0f MB/s  ratio %.2f (at most 3.50)\n", ours.seconds,
        megabytes / ours.seconds, ours.seconds / base.seconds);
    std::printf("of that CPU time                  %7.3f s  against %.3f s\n", ours.cpuSeconds, base.cpuSeconds);
    std::printf("peak anonymous memory             %7.0f MB  (at most %.0f MB)\n", ours.peakMb,
        0.5 * megabytes * 1e6 / (1 << 20) + 100);
    return 0;
}
