// SPDX-License-Identifier: Apache-2.0
// Reports of Grype and Clair.
// Source: anchore/grype grype/presenter/models, anchore/syft source metadata of images; quay/claircore.
#include <algorithm>
#include <map>

#include "core/base/Text.h"
#include "core/evidence/detail/ScanReaders_p.h"
#include "core/format/Json.h"

namespace plimsoll::evidence::detail {

namespace {

std::string fromBase64(std::string_view text)
{
    std::string out;
    unsigned buffer = 0, bits = 0;
    for (const char c : text) {
        constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        const auto digit = alphabet.find(c);
        if (digit == std::string_view::npos)
            return c == '=' ? out : std::string();
        buffer = (buffer << 6 | static_cast<unsigned>(digit)) & 0xFFFFFF;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            out += static_cast<char>(buffer >> bits & 0xFF);
        }
    }
    return out;
}

std::optional<double> grypeScore(Value list)
{
    std::optional<double> best;
    double bestVersion = 0;
    for (const Value cvss : list) {
        const auto score = numberOf(cvss["metrics"]["baseScore"]);
        double version = 0;
        const std::string_view text = cvss["version"].text();
        std::from_chars(text.data(), text.data() + text.size(), version);
        version = static_cast<double>(static_cast<int>(version)); // 3.0 and 3.1 weigh the same
        if (!score || version < bestVersion || (version == bestVersion && best && *score <= *best))
            continue;
        best = score;
        bestVersion = version;
    }
    return best;
}

std::optional<double> highestEpss(Value list)
{
    std::optional<double> highest;
    for (const Value one : list) {
        const auto epss = numberOf(one["epss"]);
        if (epss && *epss <= 1 && *epss > highest.value_or(-1))
            highest = epss;
    }
    return highest;
}

Vulnerability grypeMatch(Value match)
{
    const Value found = match["vulnerability"];
    const Value artifact = match["artifact"];
    Vulnerability one;
    std::vector<std::string> others;
    one.score = grypeScore(found["cvss"]);
    one.epss = highestEpss(found["epss"]);
    one.isKnownExploited = found["knownExploited"].size() > 0;
    for (const Value related : match["relatedVulnerabilities"]) {
        others.push_back(cell(related["id"]));
        if (!one.score)
            one.score = grypeScore(related["cvss"]);
        if (!one.epss)
            one.epss = highestEpss(related["epss"]);
        one.isKnownExploited = one.isKnownExploited || related["knownExploited"].size() > 0;
    }
    nameVulnerability(one, cell(found["id"]), std::move(others));
    one.package = cell(artifact["name"]);
    one.installed = cell(artifact["version"]);
    one.purl = cell(artifact["purl"]);
    one.grade = gradeOf(found["severity"].text());
    for (const Value version : found["fix"]["versions"])
        one.fixed += (one.fixed.empty() ? "" : ", ") + cell(version);
    return one;
}

void readGrypeTarget(Value source, ImageScan& scan)
{
    const Value target = source["target"];
    if (!target.isObject()) {
        scan.artifact = cell(target);
        return;
    }
    scan.artifact = cell(target["userInput"]);
    addDistinct(scan.references, scan.artifact);
    addDistinct(scan.digests.index, digestIn(scan.artifact));
    if (const auto id = target["imageID"].text(); isDigest(id))
        addDistinct(scan.digests.config, std::string(id));
    if (const auto digest = target["manifestDigest"].text(); isDigest(digest))
        addDistinct(scan.digests.manifest, std::string(digest));
    for (const Value digest : target["repoDigests"]) {
        addDistinct(scan.digests.index, digestIn(digest.text()));
        addDistinct(scan.references, cell(digest));
    }
    for (const Value tag : target["tags"])
        addDistinct(scan.references, cell(tag));
    const std::string config = fromBase64(target["config"].text());
    format::Document document;
    format::JsonParser parser;
    if (!config.empty() && parser.parseCopy(config, document))
        readImageConfig(document.root(), scan);
}

} // namespace

bool readGrype(Value root, const Source& source, Evidence& evidence)
{
    if (!root["matches"].isArray() && root["matches"].type() != format::Type::Null)
        return false;
    if (!root["descriptor"].isObject() && !root["source"].isObject())
        return false;
    ImageScan scan;
    scan.format = ScanFormat::Grype;
    scan.tool = root["descriptor"]["name"].text().empty() ? "grype" : cell(root["descriptor"]["name"]);
    scan.toolVersion = cell(root["descriptor"]["version"]);
    scan.file = source.file;
    scan.made = timeOf(root["descriptor"]["timestamp"]);
    const Value database = root["descriptor"]["db"];
    scan.databaseMade = timeOf(database["built"]);
    if (!scan.databaseMade)
        scan.databaseMade = timeOf(database["status"]["built"]);
    scan.osFamily = cell(root["distro"]["name"]);
    scan.osName = cell(root["distro"]["version"]);
    readGrypeTarget(root["source"], scan);
    scan.hasVulnerabilities = true;
    scan.vulnerabilities.reserve(root["matches"].size());
    for (const Value match : root["matches"])
        scan.vulnerabilities.push_back(grypeMatch(match));
    for (const Value ignored : root["ignoredMatches"]) {
        std::string status, justification;
        for (const Value rule : ignored["appliedIgnoreRules"]) {
            if (const auto vex = rule["vex-status"].text(); !vex.empty()) {
                status = std::string(vex);
                justification = cell(rule["vex-justification"]);
            }
        }
        if (status.empty()) {
            ++scan.suppressed;
            continue;
        }
        Vulnerability one = grypeMatch(ignored);
        one.status = vexStatusOf(status);
        one.statusBy = "the scanner, from VEX given to it";
        one.statusReason = std::move(justification);
        scan.vulnerabilities.push_back(std::move(one));
    }
    evidence.scans.push_back(std::move(scan));
    return true;
}

bool readClair(Value root, const Source& source, Evidence& evidence)
{
    const std::string_view hash = root["manifest_hash"].text();
    const Value pairs = root["package_vulnerabilities"];
    if (hash.empty() || (!pairs.isObject() && !root["vulnerabilities"].isPresent()))
        return false;
    ImageScan scan;
    scan.format = ScanFormat::Clair;
    scan.tool = "clair";
    scan.file = source.file;
    scan.artifact = cell(hash);
    if (isDigest(hash))
        scan.digests.unknown.emplace_back(hash);
    for (const Value distribution : root["distributions"]) {
        scan.osFamily = cell(distribution["did"]);
        scan.osName = cell(distribution["version_id"]);
    }
    scan.hasVulnerabilities = true;
    std::map<std::string_view, Value> packages, vulnerabilities; // not root[..][id]: that looks through all of them
    for (const Value package : root["packages"])
        packages.emplace(package.key(), package);
    for (const Value vulnerability : root["vulnerabilities"])
        vulnerabilities.emplace(vulnerability.key(), vulnerability);
    for (const Value pair : pairs) {
        const auto package = packages.find(pair.key());
        for (const Value id : pair) {
            const auto found = vulnerabilities.find(id.text());
            if (package == packages.end() || found == vulnerabilities.end())
                continue;
            // Names of advisories carry the CVE in their text: "CVE-2024-1 on Ubuntu 22.04", "RHSA-2024:1: openssl".
            const std::string name = cell(found->second["name"]);
            Vulnerability one;
            nameVulnerability(one, name.substr(0, name.find(' ')), {});
            one.package = cell(package->second["name"]);
            one.installed = cell(package->second["version"]);
            one.fixed = cell(found->second["fixed_in_version"]);
            one.grade = gradeOf(found->second["normalized_severity"].text());
            one.published = timeOf(found->second["issued"]);
            scan.vulnerabilities.push_back(std::move(one));
        }
    }
    evidence.scans.push_back(std::move(scan));
    return true;
}

} // namespace plimsoll::evidence::detail
