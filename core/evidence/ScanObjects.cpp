// SPDX-License-Identifier: Apache-2.0
// Reports that scanners keep as objects of the cluster: trivy-operator's, and PolicyReports of policy engines.
// Source: aquasecurity/trivy-operator pkg/apis/aquasecurity/v1alpha1; kubernetes-sigs/wg-policy-prototypes
//         policy-report/pkg/api/wgpolicyk8s.io/v1alpha2.
#include <algorithm>

#include "core/base/Text.h"
#include "core/evidence/detail/ScanReaders_p.h"

namespace plimsoll::evidence {

using namespace detail;

namespace {

constexpr std::string_view labelPrefix = "trivy-operator.";

// "docker.io" of what the operator calls "index.docker.io".
std::string referenceOf(Value report)
{
    const std::string repository = cell(report["artifact"]["repository"]);
    if (repository.empty())
        return {};
    std::string server = cell(report["registry"]["server"]);
    if (server == "index.docker.io")
        server = "docker.io";
    const std::string tag = cell(report["artifact"]["tag"]);
    return (server.empty() ? std::string() : server + '/') + repository + (tag.empty() ? "" : ':' + tag);
}

ImageScan operatorScan(Value object, const std::string& name)
{
    const Value report = object["report"];
    const Value labels = object["metadata"]["labels"];
    const auto told = [&](std::string_view key) { return cell(labels[std::string(labelPrefix) + std::string(key)]); };
    ImageScan scan;
    scan.format = ScanFormat::TrivyOperator;
    scan.tool = toLowerAscii(cell(report["scanner"]["name"]));
    scan.toolVersion = cell(report["scanner"]["version"]);
    scan.file = name;
    scan.made = timeOf(report["updateTimestamp"]);
    scan.artifact = referenceOf(report);
    addDistinct(scan.references, scan.artifact);
    // Of a reference with a digest it is that one, else the image ID.
    if (const auto digest = report["artifact"]["digest"].text(); isDigest(digest))
        scan.digests.unknown.emplace_back(digest);
    scan.osFamily = cell(report["os"]["family"]);
    scan.osName = cell(report["os"]["name"]);
    if (!scan.osFamily.empty())
        scan.isEndOfLife = report["os"]["eosl"].asBool().value_or(false);
    scan.ns = told("resource.namespace");
    scan.ownerKind = told("resource.kind");
    scan.ownerName = told("resource.name");
    scan.container = told("container.name");
    return scan;
}

void readVulnerabilityReport(Value object, const std::string& name, Evidence& evidence)
{
    ImageScan scan = operatorScan(object, name);
    scan.hasVulnerabilities = true;
    for (const Value found : object["report"]["vulnerabilities"]) {
        Vulnerability one;
        nameVulnerability(one, cell(found["vulnerabilityID"]), {});
        one.package = cell(found["resource"]);
        one.installed = cell(found["installedVersion"]);
        one.fixed = cell(found["fixedVersion"]);
        one.purl = cell(found["packagePURL"]);
        one.grade = gradeOf(found["severity"].text());
        one.score = numberOf(found["score"]);
        one.published = timeOf(found["publishedDate"]);
        scan.vulnerabilities.push_back(std::move(one));
    }
    evidence.scans.push_back(std::move(scan));
}

void readSecretReport(Value object, const std::string& name, Evidence& evidence)
{
    ImageScan scan = operatorScan(object, name);
    scan.hasSecrets = true;
    for (const Value found : object["report"]["secrets"]) {
        ++scan.secretCount;
        addDistinct(scan.secretRules, cell(found["ruleID"]));
    }
    std::ranges::sort(scan.secretRules);
    evidence.scans.push_back(std::move(scan));
}

void readSbomReport(Value object, const std::string& name, Evidence& evidence)
{
    ImageScan scan = operatorScan(object, name);
    readCycloneDxComponents(object["report"]["components"], scan);
    evidence.scans.push_back(std::move(scan));
}

void readChecks(Value object, const std::string& name, Evidence& evidence)
{
    const ImageScan about = operatorScan(object, name);
    std::string subject = about.ownerName;
    if (subject.empty()) // names with a colon stand in an annotation
        subject = cell(object["metadata"]["annotations"][std::string(labelPrefix) + "resource.name"]);
    for (const Value check : object["report"]["checks"]) {
        PolicyResult one;
        one.file = name;
        one.tool = "trivy-operator";
        one.policy = cell(check["checkID"]);
        one.rule = cell(check["title"]);
        one.category = cell(check["category"]);
        one.grade = gradeOf(check["severity"].text());
        one.result = check["success"].asBool() == true ? PolicyResult::Kind::Pass : PolicyResult::Kind::Fail;
        for (const Value message : check["messages"])
            one.message += (one.message.empty() ? "" : "; ") + cell(message);
        one.message = cell(one.message);
        one.kind = about.ownerKind;
        one.ns = about.ns;
        one.name = subject;
        one.made = about.made;
        evidence.results.push_back(std::move(one));
    }
}

PolicyResult::Kind resultOf(std::string_view text)
{
    if (text == "pass")
        return PolicyResult::Kind::Pass;
    if (text == "warn")
        return PolicyResult::Kind::Warn;
    if (text == "error")
        return PolicyResult::Kind::Error;
    return text == "skip" ? PolicyResult::Kind::Skip : PolicyResult::Kind::Fail;
}

void addPolicyResult(PolicyResult one, Value subject, Evidence& evidence)
{
    one.kind = cell(subject["kind"]);
    one.ns = cell(subject["namespace"]);
    one.name = cell(subject["name"]);
    evidence.results.push_back(std::move(one));
}

void readPolicyReport(Value object, const std::string& name, Evidence& evidence)
{
    for (const Value result : object["results"]) {
        PolicyResult one;
        one.file = name;
        one.tool = cell(result["source"].text().empty() ? object["source"] : result["source"]);
        one.policy = cell(result["policy"]);
        one.rule = cell(result["rule"]);
        one.category = cell(result["category"]);
        one.grade = gradeOf(result["severity"].text());
        one.result = resultOf(result["result"].text().empty() ? result["status"].text() : result["result"].text());
        one.message = cell(result["message"].text().empty() ? result["description"] : result["message"]);
        one.made = result["timestamp"]["seconds"].asInteger();
        const Value resources = result["resources"].isArray() ? result["resources"] : result["subjects"];
        if (resources.size() == 0)
            addPolicyResult(one, object["scope"], evidence);
        for (const Value resource : resources)
            addPolicyResult(one, resource, evidence);
    }
}

} // namespace

bool addReportObject(Value object, const std::string& name, Evidence& evidence)
{
    const std::string_view api = object["apiVersion"].text();
    const std::string_view kind = object["kind"].text();
    if (api.starts_with("wgpolicyk8s.io/") || api.starts_with("openreports.io/")) {
        if (!kind.ends_with("Report"))
            return false;
        readPolicyReport(object, name, evidence);
        return true;
    }
    if (!api.starts_with("aquasecurity.github.io/") || !object["report"].isObject())
        return false;
    if (kind.ends_with("VulnerabilityReport"))
        readVulnerabilityReport(object, name, evidence);
    else if (kind == "ExposedSecretReport")
        readSecretReport(object, name, evidence);
    else if (kind.ends_with("SbomReport"))
        readSbomReport(object, name, evidence);
    else if (object["report"]["checks"].isArray())
        readChecks(object, name, evidence);
    else
        return false;
    return true;
}

namespace detail {

bool readObjects(Value root, const Source& source, Evidence& evidence)
{
    const bool isList = root.isArray() || root["items"].isArray();
    if (!isList)
        return addReportObject(root, source.file, evidence);
    bool isOurs = false;
    std::size_t others = 0;
    for (const Value item : root.isArray() ? root : root["items"]) {
        const std::string place = source.file + " (" + cell(item["kind"]) + ' '
            + (item["metadata"]["namespace"].text().empty() ? "" : cell(item["metadata"]["namespace"]) + '/')
            + cell(item["metadata"]["name"]) + ')';
        const bool isReport = addReportObject(item, place, evidence);
        isOurs = isOurs || isReport;
        others += !isReport;
    }
    if (isOurs && others > 0)
        evidence.notes.push_back(
            source.file + ": " + counted(others, "object is", "objects are") + " no report of a kind that is read");
    return isOurs;
}

} // namespace detail

} // namespace plimsoll::evidence
