// SPDX-License-Identifier: Apache-2.0
// Measures reading many reports of a scanner, and joining them to images. Writes the reports first.
// Usage: plimsoll_scan_bench FOLDER [REPORTS] [MEGABYTES EACH] [THREADS]

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "core/cluster/Cluster.h"
#include "core/images/Vulnerabilities.h"

using namespace plimsoll;

namespace {

double now()
{
    using namespace std::chrono;
    return duration<double>(steady_clock::now().time_since_epoch()).count();
}

double anonymousMb()
{
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("RssAnon:"))
            return std::atof(line.c_str() + 8) / 1024;
    }
    return 0;
}

// A vulnerability as Trivy writes it, indented, with the text and references that make reports large.
std::string vulnerability(int image, int number)
{
    const std::string id = "CVE-2026-" + std::to_string(10'000 + (number * 7 + image) % 20'000);
    const std::string package = "lib" + std::to_string(number % 300);
    std::string text = "        {\n          \"VulnerabilityID\": \"" + id + "\",\n          \"PkgID\": \"" + package
        + "@1.0." + std::to_string(number % 9) + "\",\n          \"PkgName\": \"" + package
        + "\",\n          \"PkgIdentifier\": {\n            \"PURL\": \"pkg:deb/debian/" + package + "@1.0."
        + std::to_string(number % 9)
        + "?arch=amd64\\u0026distro=debian-12.5\"\n          },\n          \"InstalledVersion\": \"1.0."
        + std::to_string(number % 9) + "\",\n          \"FixedVersion\": \""
        + (number % 3 ? "1.1." + std::to_string(number % 9) : std::string())
        + "\",\n          \"Status\": \"fixed\",\n          \"Layer\": {\n            \"DiffID\": \"sha256:"
        + std::string(64, 'a') + "\"\n          },\n          \"SeveritySource\": \"nvd\",\n          \"Severity\": \"";
    constexpr const char* severities[] { "LOW", "MEDIUM", "HIGH", "CRITICAL" };
    text += severities[number % 4];
    text += "\",\n          \"Title\": \"" + package + ": something goes wrong\",\n          \"Description\": \"";
    for (int i = 0; i < 12; ++i)
        text += "An attacker may send a request that makes " + package + " do what it should not do. ";
    text += "\",\n          \"CVSS\": {\n            \"nvd\": {\n              \"V3Vector\": "
            "\"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:N/A:N\",\n              \"V3Score\": "
        + std::to_string(number % 10) + ".3\n            }\n          },\n          \"References\": [\n";
    for (int i = 0; i < 20; ++i)
        text += "            \"https://example.com/security/advisories/" + id + '/' + std::to_string(i)
            + (i < 19 ? "\",\n" : "\"\n");
    return text + "          ],\n          \"PublishedDate\": \"2026-01-02T03:04:05.123Z\"\n        }";
}

std::string report(int image, std::size_t bytes)
{
    const std::string name = "registry.example.com/team/app" + std::to_string(image) + ":1.0";
    std::string digest = std::to_string(image);
    digest.insert(0, 64 - digest.size(), '0');
    std::string text = "{\n  \"SchemaVersion\": 2,\n  \"CreatedAt\": \"2026-11-20T08:30:00Z\",\n  \"ArtifactName\": \""
        + name
        + "\",\n  \"ArtifactType\": \"container_image\",\n  \"Metadata\": {\n    \"OS\": {\"Family\": \"debian\", "
          "\"Name\": \"12.5\"},\n    \"RepoDigests\": [\"registry.example.com/team/app"
        + std::to_string(image) + "@sha256:" + digest
        + "\"]\n  },\n  \"Results\": [\n    {\n      \"Target\": \"x\",\n      \"Class\": \"os-pkgs\",\n      "
          "\"Vulnerabilities\": [\n";
    for (int number = 0; text.size() < bytes; ++number)
        text += (number ? ",\n" : "") + vulnerability(image, number);
    return text + "\n      ]\n    }\n  ]\n}\n";
}

} // namespace

int main(int count, char** arguments)
{
    if (count < 2) {
        std::fputs("usage: plimsoll_scan_bench FOLDER [REPORTS] [MEGABYTES EACH] [THREADS]\n", stderr);
        return 2;
    }
    const std::filesystem::path folder = arguments[1];
    const int reports = count > 2 ? std::atoi(arguments[2]) : 500;
    const double megabytes = count > 3 ? std::atof(arguments[3]) : 2;
    const unsigned threads = count > 4 ? static_cast<unsigned>(std::atoi(arguments[4])) : 2;
    std::filesystem::create_directories(folder);
    std::vector<std::string> paths;
    std::string pods;
    std::uintmax_t bytes = 0;
    for (int i = 0; i < reports; ++i) {
        const auto path = folder / ("report" + std::to_string(i) + ".json");
        if (!std::filesystem::exists(path))
            std::ofstream(path, std::ios::binary) << report(i, static_cast<std::size_t>(megabytes * (1u << 20)));
        bytes += std::filesystem::file_size(path);
        paths.push_back(path.string());
        pods += "---\napiVersion: v1\nkind: Pod\nmetadata: {name: p" + std::to_string(i)
            + ", namespace: a}\nspec: {containers: [{name: c, image: 'registry.example.com/team/app" + std::to_string(i)
            + ":1.0'}]}\n";
    }
    const auto manifest = folder / "pods.yaml";
    std::ofstream(manifest, std::ios::binary) << pods;

    TaskPool pool(threads);
    double best = 1e9;
    std::vector<Result<std::optional<evidence::Evidence>>> answers;
    for (int repeat = 0; repeat < 3; ++repeat) {
        answers.clear();
        const double begin = now();
        answers = evidence::readScans(paths, pool);
        best = std::min(best, now() - begin);
    }
    evidence::Evidence all;
    std::size_t found = 0;
    for (auto& answer : answers) {
        if (!answer || !*answer) {
            std::fputs("a report cannot be read\n", stderr);
            return 1;
        }
        found += (*answer)->scans[0].vulnerabilities.size();
        all.add(std::move(**answer));
    }
    std::printf("%d reports, %.0f MB, %zu vulnerabilities, %u threads: read in %.2f s (%.0f MB/s), %.0f MB of memory\n",
        reports, static_cast<double>(bytes) / 1e6, found, threads, best, static_cast<double>(bytes) / 1e6 / best,
        anonymousMb());
    Progress progress;
    const std::vector<snapshot::Source> sources { { manifest.string(), std::nullopt } };
    const auto cluster = cluster::loadCluster(sources, pool, progress);
    if (!cluster) {
        std::fputs((toText(cluster.error()) + '\n').c_str(), stderr);
        return 1;
    }
    const double begin = now();
    images::ScanResults results = images::matchScans(**cluster, std::move(all));
    const double matched = now();
    images::rank(**cluster, {}, results);
    std::printf("matched in %.2f s, ranked %zu in %.2f s, %.0f MB of memory\n", matched - begin, results.ranked.size(),
        now() - matched, anonymousMb());
    return 0;
}
