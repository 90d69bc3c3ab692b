// SPDX-License-Identifier: Apache-2.0
// Reports of Trivy: images and file systems, and trivy k8s.
// Source: aquasecurity/trivy pkg/types/report.go, pkg/types/finding.go, pkg/k8s/report/report.go (SchemaVersion 2).
#include <algorithm>

#include "core/base/Text.h"
#include "core/evidence/detail/ScanReaders_p.h"

namespace plimsoll::evidence::detail {

namespace {

// CVSS of several sources: the newest version that is given, the highest of its scores.
std::optional<double> trivyScore(Value cvss)
{
    for (const std::string_view version : { "V40Score", "V3Score", "V2Score" }) {
        std::optional<double> highest;
        for (const Value vendor : cvss) {
            const auto score = numberOf(vendor[version]);
            if (score && *score > highest.value_or(0))
                highest = score;
        }
        if (highest)
            return highest;
    }
    return std::nullopt;
}

Vulnerability trivyVulnerability(Value found)
{
    Vulnerability one;
    std::vector<std::string> others;
    for (const Value vendorId : found["VendorIDs"])
        others.push_back(cell(vendorId));
    nameVulnerability(one, cell(found["VulnerabilityID"]), std::move(others));
    one.package = cell(found["PkgName"]);
    one.installed = cell(found["InstalledVersion"]);
    one.fixed = cell(found["FixedVersion"]);
    one.purl = cell(found["PkgIdentifier"]["PURL"]);
    one.grade = gradeOf(found["Severity"].text());
    one.score = trivyScore(found["CVSS"]);
    one.published = timeOf(found["PublishedDate"]);
    return one;
}

// What the scanner or a VEX file that it was given has set aside.
void readModified(Value list, ImageScan& scan)
{
    for (const Value one : list) {
        const std::string_view status = one["Status"].text();
        if (one["Type"].text() != "vulnerability")
            continue;
        if (status == "ignored" || status == "unknown") {
            ++scan.suppressed;
            continue;
        }
        Vulnerability vulnerability = trivyVulnerability(one["Finding"]);
        vulnerability.status = vexStatusOf(status);
        vulnerability.statusBy = "the scanner, from " + cell(one["Source"]);
        vulnerability.statusReason = cell(one["Statement"]);
        scan.vulnerabilities.push_back(std::move(vulnerability));
    }
}

void readMetadata(Value metadata, ImageScan& scan)
{
    const Value os = metadata["OS"];
    scan.osFamily = cell(os["Family"]);
    scan.osName = cell(os["Name"]);
    // EOSL is written only when it is true.
    if (!scan.osFamily.empty())
        scan.isEndOfLife = os["EOSL"].asBool().value_or(false);
    if (const auto id = metadata["ImageID"].text(); isDigest(id))
        addDistinct(scan.digests.config, std::string(id));
    for (const Value digest : metadata["RepoDigests"]) {
        addDistinct(scan.digests.index, digestIn(digest.text()));
        addDistinct(scan.references, cell(digest));
    }
    for (const Value tag : metadata["RepoTags"])
        addDistinct(scan.references, cell(tag));
    addDistinct(scan.references, cell(metadata["Reference"]));
    readImageConfig(metadata["ImageConfig"], scan);
}

// One element of Results: a place in the image.
void readResult(Value result, ImageScan& scan)
{
    const std::string_view kind = result["Class"].text();
    if (kind.ends_with("-pkgs"))
        scan.hasVulnerabilities = true;
    for (const Value found : result["Vulnerabilities"]) {
        scan.hasVulnerabilities = true;
        if (found.isObject())
            scan.vulnerabilities.push_back(trivyVulnerability(found));
    }
    for (const Value secret : result["Secrets"]) {
        scan.hasSecrets = true;
        ++scan.secretCount;
        addDistinct(scan.secretRules, cell(secret["RuleID"]));
    }
    readModified(result["ExperimentalModifiedFindings"], scan);
}

void readMisconfigurations(Value result, const ImageScan& about, Evidence& evidence)
{
    for (const Value found : result["Misconfigurations"]) {
        PolicyResult one;
        one.file = about.file;
        one.tool = "Trivy";
        one.policy = cell(found["ID"]);
        one.rule = cell(found["Title"]);
        one.category = cell(found["Type"]);
        one.grade = gradeOf(found["Severity"].text());
        const std::string_view status = found["Status"].text();
        one.result = status == "PASS" ? PolicyResult::Kind::Pass
            : status == "EXCEPTION"   ? PolicyResult::Kind::Skip
                                      : PolicyResult::Kind::Fail;
        one.message = cell(found["Message"]);
        one.kind = about.ownerKind;
        one.ns = about.ns;
        one.name = about.ownerName.empty() ? cell(result["Target"]) : about.ownerName;
        one.made = about.made;
        evidence.results.push_back(std::move(one));
    }
}

ImageScan trivyScan(ScanFormat format, const Source& source)
{
    ImageScan scan;
    scan.format = format;
    scan.tool = "trivy";
    scan.file = source.file;
    return scan;
}

// The image of a resource that a result is about: that of its target ("nginx:1.27 (debian 12.5)"), else as before.
std::size_t imageOfTarget(std::string_view target, const std::vector<ImageScan>& scans, std::size_t before)
{
    for (std::size_t i = 0; i < scans.size(); ++i) {
        const auto isNamed = [&](const std::string& name) {
            return target.starts_with(name) && (target.size() == name.size() || target[name.size()] == ' ');
        };
        if (std::ranges::any_of(scans[i].references, isNamed))
            return i;
    }
    return before;
}

void readResource(Value resource, const Source& source, std::optional<UnixSeconds> made, Evidence& evidence)
{
    ImageScan common = trivyScan(ScanFormat::TrivyKubernetes, source);
    common.ns = cell(resource["Namespace"]);
    common.ownerKind = cell(resource["Kind"]);
    common.ownerName = cell(resource["Name"]);
    common.made = made;
    if (const auto error = resource["Error"].text(); !error.empty())
        evidence.notes.push_back(
            source.file + ": " + common.ownerKind + ' ' + common.ownerName + " was not scanned: " + cell(error));
    std::vector<ImageScan> scans;
    const Value metadata = resource["Metadata"]; // one object until 0.50, a list since
    if (metadata.isObject()) {
        readMetadata(metadata, scans.emplace_back(common));
    } else {
        for (const Value one : metadata)
            readMetadata(one, scans.emplace_back(common));
    }
    if (scans.empty())
        scans.push_back(common);
    std::size_t at = 0;
    for (const Value result : resource["Results"]) {
        at = imageOfTarget(result["Target"].text(), scans, at);
        readResult(result, scans[at]);
        readMisconfigurations(result, common, evidence);
    }
    for (ImageScan& scan : scans) {
        std::ranges::sort(scan.secretRules);
        if (!scan.references.empty())
            scan.artifact = scan.references.front();
        if (scan.hasVulnerabilities || scan.hasSecrets)
            evidence.scans.push_back(std::move(scan));
    }
}

} // namespace

bool readTrivy(Value root, const Source& source, Evidence& evidence)
{
    if (root["SchemaVersion"].asInteger() != 2)
        return false;
    ImageScan scan = trivyScan(ScanFormat::Trivy, source);
    scan.toolVersion = cell(root["Trivy"]["Version"]);
    scan.made = timeOf(root["CreatedAt"]);
    scan.artifact = cell(root["ArtifactName"]);
    const std::string_view type = root["ArtifactType"].text();
    const bool isImage = type == "container_image" || type.empty();
    if (isImage)
        addDistinct(scan.references, scan.artifact);
    readMetadata(root["Metadata"], scan);
    for (const Value result : root["Results"]) {
        readResult(result, scan);
        readMisconfigurations(result, scan, evidence);
    }
    // An image without packages has no results; one with an operating system has them whenever it was looked for
    // vulnerabilities.
    if (isImage && root["Results"].size() == 0 && scan.osFamily.empty())
        scan.hasVulnerabilities = true;
    std::ranges::sort(scan.secretRules);
    evidence.scans.push_back(std::move(scan));
    return true;
}

bool readTrivyKubernetes(Value root, const Source& source, Evidence& evidence)
{
    const Value resources = root["Resources"].isPresent() ? root["Resources"] : root["Findings"];
    if (!resources.isArray())
        return false;
    bool isSummary = false;
    for (const Value resource : resources) {
        isSummary = isSummary || resource["Results"].isPresent();
        readResource(resource, source, timeOf(root["CreatedAt"]), evidence);
    }
    if (!isSummary && resources.size() > 0)
        evidence.notes.push_back(source.file + ": holds no results; write it with --report all");
    return true;
}

} // namespace plimsoll::evidence::detail
