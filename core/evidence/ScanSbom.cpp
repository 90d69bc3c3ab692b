// SPDX-License-Identifier: Apache-2.0
// Bills of materials: CycloneDX 1.4 to 1.6 (with vulnerabilities and their analysis) and SPDX 2.2 and 2.3.
#include <algorithm>
#include <map>

#include "core/base/Text.h"
#include "core/evidence/detail/ScanReaders_p.h"

namespace plimsoll::evidence::detail {

namespace {

using Components = std::map<std::string_view, Value>; // by bom-ref

void collectComponents(Value list, int depth, Components& components)
{
    constexpr int deepest = 20;
    for (const Value component : list) {
        components.emplace(component["bom-ref"].text(), component);
        if (depth < deepest)
            collectComponents(component["components"], depth + 1, components);
    }
}

// Trivy's and syft's own properties of the image.
void readProperties(Value properties, ImageScan& scan)
{
    for (const Value property : properties) {
        const std::string_view name = property["name"].text();
        const std::string_view value = property["value"].text();
        if (name == "aquasecurity:trivy:ImageID" && isDigest(value))
            addDistinct(scan.digests.config, std::string(value));
        if (name == "aquasecurity:trivy:RepoDigest") {
            addDistinct(scan.digests.index, digestIn(value));
            addDistinct(scan.references, cell(value));
        }
        if (name == "aquasecurity:trivy:RepoTag" || name == "aquasecurity:trivy:Reference")
            addDistinct(scan.references, cell(value));
    }
}

void readTool(Value metadata, ImageScan& scan)
{
    // A list until 1.4, an object with components since.
    const Value tools = metadata["tools"];
    const Value list = tools.isArray() ? tools : tools["components"];
    for (const Value tool : list) {
        scan.tool = cell(tool["name"]);
        scan.toolVersion = cell(tool["version"]);
        return;
    }
}

void readSubject(Value component, ImageScan& scan)
{
    scan.artifact = cell(component["name"]);
    const bool isImage = component["type"].text() == "container" || component["type"].text().empty();
    const std::string_view version = component["version"].text();
    if (isDigest(version)) // syft writes the digest of the manifest
        addDistinct(scan.digests.manifest, std::string(version));
    else if (isImage && !version.empty() && scan.artifact.find(':') == std::string::npos)
        addDistinct(scan.references, scan.artifact + ':' + cell(version));
    if (isImage)
        addDistinct(scan.references, scan.artifact);
    addImagePurl(component["purl"].text(), scan);
    readProperties(component["properties"], scan);
}

void readRatings(Value ratings, Vulnerability& one)
{
    for (const Value rating : ratings) {
        const Grade grade = gradeOf(rating["severity"].text());
        if (grade < one.grade)
            one.grade = grade;
        const std::string_view method = rating["method"].text();
        const auto score = numberOf(rating["score"]);
        if (score && method.starts_with("CVSS") && *score <= 10 && *score > one.score.value_or(-1))
            one.score = score;
    }
    if (one.grade == Grade::Unknown && one.score)
        one.grade = gradeOfScore(*one.score);
}

// "Upgrade libssl3 to version 3.0.15-1": how Trivy tells the fix; the format has no field for it.
std::string fixIn(std::string_view recommendation, std::string_view package)
{
    for (const std::string_view sentence : split(recommendation, ';')) {
        constexpr std::string_view word = " to version ";
        const auto at = sentence.find(word);
        if (at != std::string_view::npos && sentence.substr(0, at).ends_with(package))
            return cell(trimmed(sentence.substr(at + word.size())));
    }
    return {};
}

Vulnerability cycloneVulnerability(Value found)
{
    Vulnerability one;
    std::vector<std::string> others;
    for (const Value reference : found["references"])
        others.push_back(cell(reference["id"]));
    nameVulnerability(one, cell(found["id"]), std::move(others));
    readRatings(found["ratings"], one);
    one.published = timeOf(found["published"]);
    return one;
}

// An element of affects that is no component of the document: an image or package of another one.
std::string productOf(std::string_view ref)
{
    // BOM-Link: urn:cdx:SERIAL/VERSION#BOM-REF
    const auto hash = ref.starts_with("urn:cdx:") ? ref.find('#') : std::string_view::npos;
    return cell(percentDecoded(hash == std::string_view::npos ? ref : ref.substr(hash + 1)));
}

struct CycloneDocument {
    Components components;
    std::string author;
    std::optional<UnixSeconds> made;
    std::string_view subject; // bom-ref of what it is about
    bool hasComponents = false;
};

void addStatement(Value found, const std::vector<VexProduct>& products, const CycloneDocument& document,
    const Source& source, Evidence& evidence)
{
    const Vulnerability named = cycloneVulnerability(found);
    VexStatement statement { source.file, document.author, { named.id }, products, VexStatus::UnderInvestigation, {},
        document.made };
    statement.ids.insert(statement.ids.end(), named.aliases.begin(), named.aliases.end());
    const Value analysis = found["analysis"];
    statement.status = vexStatusOf(analysis["state"].text());
    statement.justification = cell(analysis["justification"]);
    for (const std::string_view key : { "lastUpdated", "firstIssued" }) {
        if (const auto time = timeOf(analysis[key])) {
            statement.time = time;
            break;
        }
    }
    evidence.statements.push_back(std::move(statement));
}

void readVulnerability(
    Value found, const CycloneDocument& document, const Source& source, ImageScan& scan, Evidence& evidence)
{
    const Vulnerability common = cycloneVulnerability(found);
    const Value analysis = found["analysis"];
    std::vector<VexProduct> elsewhere;
    for (const Value affected : found["affects"]) {
        const std::string_view ref = affected["ref"].text();
        const auto component = document.components.find(ref);
        const bool isSubject = !ref.empty() && ref == document.subject;
        if (!document.hasComponents || (component == document.components.end() && !isSubject)) {
            elsewhere.push_back({ productOf(ref), {} });
            continue;
        }
        Vulnerability one = common;
        if (component != document.components.end()) {
            const Value package = component->second;
            const std::string_view group = package["group"].text();
            one.package = cell(group.empty() ? std::string(package["name"].text())
                                             : std::string(group) + '/' + std::string(package["name"].text()));
            one.installed = cell(package["version"]);
            one.purl = cell(package["purl"]);
            one.fixed = fixIn(found["recommendation"].text(), package["name"].text());
        }
        if (!analysis["state"].text().empty()) {
            one.status = vexStatusOf(analysis["state"].text());
            one.statusBy = "the analysis in " + source.file;
            one.statusReason = cell(analysis["justification"]);
        }
        scan.vulnerabilities.push_back(std::move(one));
    }
    if (!elsewhere.empty() && !analysis["state"].text().empty())
        addStatement(found, elsewhere, document, source, evidence);
}

// SPDX: what the document says it is about.
std::string_view describedId(Value root)
{
    for (const Value id : root["documentDescribes"])
        return id.text();
    for (const Value relationship : root["relationships"]) {
        if (relationship["relationshipType"].text() == "DESCRIBES")
            return relationship["relatedSpdxElement"].text();
    }
    return {};
}

void readSpdxHint(std::string_view text, ImageScan& scan)
{
    const auto colon = text.find(": ");
    if (colon == std::string_view::npos)
        return;
    const std::string_view name = text.substr(0, colon);
    const std::string_view value = trimmed(text.substr(colon + 2));
    if (name == "ImageID" && isDigest(value))
        addDistinct(scan.digests.config, std::string(value));
    if (name == "RepoDigest") {
        addDistinct(scan.digests.index, digestIn(value));
        addDistinct(scan.references, cell(value));
    }
    if (name == "RepoTag")
        addDistinct(scan.references, cell(value));
}

} // namespace

void readCycloneDxComponents(Value root, ImageScan& scan)
{
    Components components;
    collectComponents(root["components"], 0, components);
    scan.packageCount = static_cast<std::uint32_t>(components.size());
    for (const auto& [ref, component] : components) {
        if (component["type"].text() == "operating-system") {
            scan.osFamily = cell(component["name"]);
            scan.osName = cell(component["version"]);
        }
    }
}

bool readCycloneDx(Value root, const Source& source, Evidence& evidence)
{
    if (root["bomFormat"].text() != "CycloneDX")
        return false;
    const Value metadata = root["metadata"];
    CycloneDocument document;
    collectComponents(root["components"], 0, document.components);
    document.hasComponents = !document.components.empty();
    document.made = timeOf(metadata["timestamp"]);
    document.subject = metadata["component"]["bom-ref"].text();
    for (const std::string_view key : { "supplier", "manufacturer", "manufacture" }) {
        if (document.author.empty())
            document.author = cell(metadata[key]["name"]);
    }
    for (const Value author : metadata["authors"]) {
        if (document.author.empty())
            document.author = cell(author["name"]);
    }
    ImageScan scan;
    scan.format = ScanFormat::CycloneDx;
    scan.tool = "CycloneDX";
    scan.file = source.file;
    scan.made = document.made;
    readTool(metadata, scan);
    readSubject(metadata["component"], scan);
    readCycloneDxComponents(root, scan);
    const Value vulnerabilities = root["vulnerabilities"];
    scan.hasVulnerabilities = vulnerabilities.isArray();
    for (const Value found : vulnerabilities)
        readVulnerability(found, document, source, scan, evidence);
    if (document.hasComponents || metadata["component"].isObject()) {
        // A document of statements alone looked for nothing.
        scan.hasVulnerabilities = scan.hasVulnerabilities && document.hasComponents;
        evidence.scans.push_back(std::move(scan));
    }
    return true;
}

bool readSpdx(Value root, const Source& source, Evidence& evidence)
{
    if (!root["spdxVersion"].text().starts_with("SPDX-2"))
        return false;
    ImageScan scan;
    scan.format = ScanFormat::Spdx;
    scan.tool = "SPDX";
    scan.file = source.file;
    scan.made = timeOf(root["creationInfo"]["created"]);
    for (const Value creator : root["creationInfo"]["creators"]) {
        constexpr std::string_view prefix = "Tool: ";
        if (creator.text().starts_with(prefix))
            scan.tool = cell(creator.text().substr(prefix.size()));
    }
    scan.artifact = cell(root["name"]);
    const std::string_view described = describedId(root);
    for (const Value package : root["packages"]) {
        if (package["SPDXID"].text() != described || described.empty()) {
            ++scan.packageCount;
            if (package["primaryPackagePurpose"].text() == "OPERATING-SYSTEM") {
                scan.osFamily = cell(package["name"]);
                scan.osName = cell(package["versionInfo"]);
            }
            continue;
        }
        scan.artifact = cell(package["name"]);
        const std::string_view version = package["versionInfo"].text();
        if (isDigest(version))
            addDistinct(scan.digests.manifest, std::string(version));
        else if (!version.empty() && scan.artifact.find(':') == std::string::npos)
            addDistinct(scan.references, scan.artifact + ':' + cell(version));
        addDistinct(scan.references, scan.artifact);
        for (const Value reference : package["externalRefs"])
            addImagePurl(reference["referenceLocator"].text(), scan);
        for (const Value text : package["attributionTexts"])
            readSpdxHint(text.text(), scan);
        for (const Value annotation : package["annotations"])
            readSpdxHint(annotation["comment"].text(), scan);
    }
    evidence.scans.push_back(std::move(scan));
    return true;
}

} // namespace plimsoll::evidence::detail
