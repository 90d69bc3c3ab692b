// SPDX-License-Identifier: Apache-2.0
// SARIF 2.1.0: what scanners leave of their findings for code hosts. Vulnerabilities are told in sentences only, so the
// lines that Trivy and Grype write into them are read; all else is kept as a check of another tool.
// Source: aquasecurity/trivy pkg/report/sarif.go; anchore/grype grype/presenter/sarif.
#include <algorithm>
#include <map>

#include "core/base/Text.h"
#include "core/evidence/detail/ScanReaders_p.h"

namespace plimsoll::evidence::detail {

namespace {

// "Package: musl\nInstalled Version: 1.1\n...": the value of a line; "" when there is none.
std::string lineValue(std::string_view text, std::string_view name)
{
    for (const std::string_view line : split(text, '\n')) {
        if (line.starts_with(name) && line.substr(name.size()).starts_with(": "))
            return cell(trimmed(line.substr(name.size() + 2)));
    }
    return {};
}

std::optional<double> severityNumber(Value rule)
{
    const Value value = rule["properties"]["security-severity"];
    const auto score = numberOf(value);
    return score && *score <= 10 ? score : std::nullopt;
}

bool hasTag(Value rule, std::string_view tag)
{
    return std::ranges::any_of(rule["properties"]["tags"].begin(), rule["properties"]["tags"].end(),
        [&](Value one) { return one.text() == tag; });
}

struct Rules {
    std::vector<Value> list;
    std::map<std::string_view, Value> byId;

    Value of(Value result) const
    {
        const auto index = result["ruleIndex"].asInteger();
        if (index && *index >= 0 && static_cast<std::size_t>(*index) < list.size())
            return list[static_cast<std::size_t>(*index)];
        const auto found = byId.find(result["ruleId"].text());
        return found == byId.end() ? Value() : found->second;
    }
};

Rules rulesOf(Value run)
{
    Rules rules;
    for (const Value rule : run["tool"]["driver"]["rules"]) {
        rules.list.push_back(rule);
        rules.byId.emplace(rule["id"].text(), rule);
    }
    return rules;
}

// A package vulnerability, when the lines tell one.
std::optional<Vulnerability> sarifVulnerability(Value result, Value rule)
{
    const std::string_view message = result["message"]["text"].text();
    const std::string_view help = rule["help"]["text"].text();
    Vulnerability one;
    one.package = lineValue(message, "Package");
    if (one.package.empty())
        one.package = lineValue(help, "Package");
    if (one.package.empty())
        return std::nullopt;
    const std::string_view id = result["ruleId"].text();
    std::string name = cell(id);
    // Grype: "CVE-2024-1-openssl".
    if (name.size() > one.package.size() + 1 && name.ends_with('-' + one.package))
        name.resize(name.size() - one.package.size() - 1);
    nameVulnerability(one, std::move(name), {});
    one.installed = lineValue(message, "Installed Version");
    if (one.installed.empty())
        one.installed = lineValue(help, "Version");
    one.fixed = lineValue(message, "Fixed Version");
    if (one.fixed.empty())
        one.fixed = lineValue(help, "Fix Version");
    one.grade = gradeOf(lineValue(message, "Severity"));
    if (one.grade == Grade::Unknown)
        one.grade = gradeOf(lineValue(help, "Severity"));
    one.score = severityNumber(rule);
    if (one.grade == Grade::Unknown && one.score)
        one.grade = gradeOfScore(*one.score);
    for (const Value purl : rule["properties"]["purls"]) {
        if (one.purl.empty())
            one.purl = cell(purl);
    }
    return one;
}

PolicyResult sarifResult(Value result, Value rule, const ImageScan& scan)
{
    PolicyResult one;
    one.file = scan.file;
    one.tool = scan.tool;
    one.policy = cell(result["ruleId"]);
    one.rule = cell(rule["shortDescription"]["text"]);
    const std::string_view kind = result["kind"].text();
    one.result = kind == "pass"             ? PolicyResult::Kind::Pass
        : kind == "notApplicable"           ? PolicyResult::Kind::Skip
        : result["suppressions"].size() > 0 ? PolicyResult::Kind::Skip
                                            : PolicyResult::Kind::Fail;
    const auto score = severityNumber(rule);
    const std::string_view level
        = result["level"].text().empty() ? rule["defaultConfiguration"]["level"].text() : result["level"].text();
    one.grade = score ? gradeOfScore(*score) : gradeOf(level.empty() ? "warning" : level);
    one.message = cell(result["message"]["text"]);
    for (const Value location : result["locations"]) {
        if (one.name.empty())
            one.name = cell(location["physicalLocation"]["artifactLocation"]["uri"]);
    }
    one.made = scan.made;
    return one;
}

// "nginx:1.27@sha256:...:/lib/apk/db/installed": how Grype names the place in an image.
void readGrypeLocation(Value result, ImageScan& scan)
{
    for (const Value location : result["locations"]) {
        for (const Value logical : location["logicalLocations"]) {
            const std::string_view name = logical["fullyQualifiedName"].text();
            const auto at = name.find("@sha256:");
            constexpr std::size_t digestSize = 71;
            if (at == std::string_view::npos)
                continue;
            addDistinct(scan.references, cell(name.substr(0, at)));
            if (isDigest(name.substr(at + 1, digestSize)))
                addDistinct(scan.digests.unknown, std::string(name.substr(at + 1, digestSize)));
        }
    }
}

void readRun(Value run, const Source& source, Evidence& evidence)
{
    ImageScan scan;
    scan.format = ScanFormat::Sarif;
    scan.file = source.file;
    const Value driver = run["tool"]["driver"];
    scan.tool = toLowerAscii(cell(driver["name"]));
    scan.toolVersion = cell(driver["version"].text().empty() ? driver["semanticVersion"] : driver["version"]);
    for (const Value invocation : run["invocations"])
        scan.made = timeOf(invocation["endTimeUtc"]);
    const Value properties = run["properties"];
    scan.artifact = cell(properties["imageName"]);
    addDistinct(scan.references, scan.artifact);
    if (const auto id = properties["imageID"].text(); isDigest(id))
        addDistinct(scan.digests.config, std::string(id));
    for (const Value tag : properties["repoTags"])
        addDistinct(scan.references, cell(tag));
    for (const Value digest : properties["repoDigests"]) {
        addDistinct(scan.digests.index, digestIn(digest.text()));
        addDistinct(scan.references, cell(digest));
    }
    const bool isImageScanner = scan.tool == "trivy" || scan.tool == "grype";
    const Rules rules = rulesOf(run);
    for (const Value result : run["results"]) {
        const Value rule = rules.of(result);
        if (rule["name"].text() == "Secret" && isImageScanner) { // its message quotes what was found: not kept
            scan.hasSecrets = true;
            ++scan.secretCount;
            addDistinct(scan.secretRules, cell(result["ruleId"]));
            continue;
        }
        auto vulnerability = sarifVulnerability(result, rule);
        if (!vulnerability || (!isImageScanner && !hasTag(rule, "vulnerability"))) {
            evidence.results.push_back(sarifResult(result, rule, scan));
            continue;
        }
        readGrypeLocation(result, scan);
        scan.vulnerabilities.push_back(std::move(*vulnerability));
    }
    std::ranges::sort(scan.secretRules);
    if (scan.artifact.empty() && !scan.references.empty())
        scan.artifact = scan.references.front();
    scan.hasVulnerabilities = isImageScanner || !scan.vulnerabilities.empty();
    if (!scan.references.empty() || !scan.digests.isEmpty() || !scan.vulnerabilities.empty() || scan.hasSecrets)
        evidence.scans.push_back(std::move(scan));
}

} // namespace

bool readSarif(Value root, const Source& source, Evidence& evidence)
{
    if (!root["runs"].isArray())
        return false;
    for (const Value run : root["runs"])
        readRun(run, source, evidence);
    return true;
}

} // namespace plimsoll::evidence::detail
