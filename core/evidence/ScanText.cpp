// SPDX-License-Identifier: Apache-2.0
// What the readers of scans share: texts, numbers, digests.
#include <algorithm>

#include "core/base/Text.h"
#include "core/evidence/detail/ScanReaders_p.h"

namespace plimsoll::evidence {

std::string_view toText(ScanFormat format)
{
    switch (format) {
    case ScanFormat::None:
        return "";
    case ScanFormat::Trivy:
        return "Trivy JSON";
    case ScanFormat::TrivyKubernetes:
        return "trivy k8s JSON";
    case ScanFormat::TrivyOperator:
        return "trivy-operator";
    case ScanFormat::Grype:
        return "Grype JSON";
    case ScanFormat::Clair:
        return "Clair";
    case ScanFormat::CycloneDx:
        return "CycloneDX";
    case ScanFormat::Spdx:
        return "SPDX";
    case ScanFormat::OpenVex:
        return "OpenVEX";
    case ScanFormat::Csaf:
        return "CSAF";
    case ScanFormat::Sarif:
        return "SARIF";
    case ScanFormat::PolicyReport:
        return "PolicyReport";
    }
    return "";
}

std::string_view toText(Grade grade)
{
    switch (grade) {
    case Grade::Critical:
        return "critical";
    case Grade::High:
        return "high";
    case Grade::Medium:
        return "medium";
    case Grade::Low:
        return "low";
    case Grade::Negligible:
        return "negligible";
    case Grade::Unknown:
        break;
    }
    return "unknown";
}

std::string_view toText(VexStatus status)
{
    switch (status) {
    case VexStatus::Affected:
        return "affected";
    case VexStatus::UnderInvestigation:
        return "under investigation";
    case VexStatus::Fixed:
        return "fixed";
    case VexStatus::NotAffected:
        break;
    }
    return "not affected";
}

std::string_view toText(PolicyResult::Kind kind)
{
    switch (kind) {
    case PolicyResult::Kind::Pass:
        return "pass";
    case PolicyResult::Kind::Fail:
        return "fail";
    case PolicyResult::Kind::Warn:
        return "warn";
    case PolicyResult::Kind::Error:
        return "error";
    case PolicyResult::Kind::Skip:
        break;
    }
    return "skip";
}

namespace detail {

std::string cell(std::string_view text)
{
    constexpr std::size_t maxBytes = 300;
    const auto isPlain = [](char c) { return c >= ' ' && c < 0x7f; };
    if (text.size() <= maxBytes && std::ranges::all_of(text, isPlain))
        return std::string(text);
    return shortened(printable(text.substr(0, 4 * maxBytes)), maxBytes);
}

std::optional<double> numberOf(Value value)
{
    const std::string_view text = value.text();
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    constexpr double most = 10'000;
    if (error != std::errc() || end != text.data() + text.size() || !(number >= 0 && number <= most))
        return std::nullopt;
    return number;
}

Grade gradeOf(std::string_view text)
{
    const std::string lower = toLowerAscii(text.substr(0, 20));
    if (lower == "critical")
        return Grade::Critical;
    if (lower == "high" || lower == "important" || lower == "error")
        return Grade::High;
    if (lower == "medium" || lower == "moderate" || lower == "warning")
        return Grade::Medium;
    if (lower == "low" || lower == "note")
        return Grade::Low;
    if (lower == "negligible" || lower == "none" || lower == "info" || lower == "informational")
        return Grade::Negligible;
    return Grade::Unknown;
}

Grade gradeOfScore(double score)
{
    constexpr double critical = 9, high = 7, medium = 4;
    if (score >= critical)
        return Grade::Critical;
    if (score >= high)
        return Grade::High;
    if (score >= medium)
        return Grade::Medium;
    return score > 0 ? Grade::Low : Grade::Negligible;
}

std::optional<UnixSeconds> timeOf(Value value)
{
    constexpr UnixSeconds start1990 = 631'152'000;
    const auto time = parseTime(value.text());
    return time && *time >= start1990 ? time : std::nullopt;
}

VexStatus vexStatusOf(std::string_view text)
{
    if (text == "not_affected" || text == "known_not_affected" || text == "false_positive")
        return VexStatus::NotAffected;
    if (text == "fixed" || text == "resolved" || text == "resolved_with_pedigree" || text == "first_fixed")
        return VexStatus::Fixed;
    if (text == "affected" || text == "known_affected" || text == "exploitable" || text == "first_affected"
        || text == "last_affected")
        return VexStatus::Affected;
    return VexStatus::UnderInvestigation;
}

bool isDigest(std::string_view text)
{
    constexpr std::string_view prefix = "sha256:";
    constexpr std::size_t digits = 64;
    return text.size() == prefix.size() + digits && text.starts_with(prefix)
        && text.find_first_not_of("0123456789abcdef", prefix.size()) == std::string_view::npos;
}

std::string digestIn(std::string_view reference)
{
    const auto at = reference.rfind('@');
    const std::string_view digest = reference.substr(at == std::string_view::npos ? 0 : at + 1);
    return isDigest(digest) ? std::string(digest) : std::string();
}

void addDistinct(std::vector<std::string>& list, std::string text)
{
    if (!text.empty() && std::ranges::find(list, text) == list.end())
        list.push_back(std::move(text));
}

void nameVulnerability(Vulnerability& vulnerability, std::string id, std::vector<std::string> others)
{
    if (!id.starts_with("CVE-")) {
        const auto cve = std::ranges::find_if(others, [](const std::string& name) { return name.starts_with("CVE-"); });
        if (cve != others.end())
            std::swap(id, *cve);
    }
    std::ranges::sort(others);
    others.erase(std::unique(others.begin(), others.end()), others.end());
    std::erase_if(others, [&](const std::string& name) { return name.empty() || name == id; });
    vulnerability.id = std::move(id);
    vulnerability.aliases = std::move(others);
}

void readImageConfig(Value config, ImageScan& scan)
{
    const Value process = config["config"];
    if (!process.isObject())
        return;
    scan.configUser = cell(process["User"]);
    scan.imageCreated = timeOf(config["created"]);
}

std::string percentDecoded(std::string_view text)
{
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        unsigned char byte = 0;
        if (text[i] == '%' && i + 2 < text.size()
            && std::from_chars(text.data() + i + 1, text.data() + i + 3, byte, 16).ptr == text.data() + i + 3) {
            out += static_cast<char>(byte);
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

void addImagePurl(std::string_view purl, ImageScan& scan)
{
    if (!purl.starts_with("pkg:oci/") && !purl.starts_with("pkg:docker/"))
        return;
    const auto question = purl.find('?');
    const std::string digest = digestIn(percentDecoded(purl.substr(0, question)));
    if (!digest.empty())
        addDistinct(scan.digests.unknown, digest);
    std::string repository, tag;
    for (const std::string_view pair :
        question == std::string_view::npos ? std::vector<std::string_view>() : split(purl.substr(question + 1), '&')) {
        if (pair.starts_with("repository_url="))
            repository = percentDecoded(pair.substr(15));
        if (pair.starts_with("tag="))
            tag = percentDecoded(pair.substr(4));
    }
    if (!repository.empty())
        addDistinct(
            scan.references, cell(repository + (tag.empty() ? "" : ':' + tag) + (digest.empty() ? "" : '@' + digest)));
}

} // namespace detail

} // namespace plimsoll::evidence
