// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

// Reports in the exact shapes that the tools write, about images of our own invention.
namespace plimsoll::test {

inline std::string digestOf(char digit)
{
    return "sha256:" + std::string(64, digit);
}
inline const std::string indexDigest = digestOf('1');
inline const std::string manifestDigest = digestOf('2');
inline const std::string configDigest = digestOf('3');

inline std::string replaced(std::string text, std::string_view what, std::string_view with)
{
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
        text.replace(at, what.size(), with);
    return text;
}

// $I, $M and $C stand for the digests of index, manifest and configuration.
inline std::string sample(std::string_view text)
{
    return replaced(replaced(replaced(std::string(text), "$I", indexDigest), "$M", manifestDigest), "$C", configDigest);
}

// trivy image --format json
inline std::string trivySample()
{
    return sample(R"json({
  "SchemaVersion": 2, "Trivy": {"Version": "0.69.1"}, "ReportID": "0198", "CreatedAt": "2026-11-20T08:30:00.123456789+01:00",
  "ArtifactName": "registry.acme.example/shop/web:1.4", "ArtifactType": "container_image",
  "Metadata": {"Size": 1000, "OS": {"Family": "debian", "Name": "11.9", "EOSL": true},
    "ImageID": "$C", "DiffIDs": ["$M"], "RepoTags": ["registry.acme.example/shop/web:1.4"],
    "RepoDigests": ["registry.acme.example/shop/web@$I"], "Reference": "registry.acme.example/shop/web:1.4",
    "ImageConfig": {"architecture": "amd64", "created": "2025-06-01T00:00:00Z", "os": "linux",
      "history": [{"created": "2025-06-01T00:00:00Z"}], "config": {"Env": ["PASSWORD=marked-value"], "Cmd": ["web"]}}},
  "Results": [
    {"Target": "registry.acme.example/shop/web:1.4 (debian 11.9)", "Class": "os-pkgs", "Type": "debian",
     "Vulnerabilities": [
      {"VulnerabilityID": "CVE-2026-1001", "VendorIDs": ["DSA-1-1"], "PkgName": "openssl", "PkgID": "openssl@3.0.1-1",
       "PkgIdentifier": {"PURL": "pkg:deb/debian/openssl@3.0.1-1?arch=amd64&distro=debian-11.9", "UID": "a1"},
       "InstalledVersion": "3.0.1-1", "FixedVersion": "3.0.2-1", "Status": "fixed", "Severity": "CRITICAL",
       "SeveritySource": "nvd", "Title": "t", "Description": "long", "CweIDs": ["CWE-1"],
       "CVSS": {"nvd": {"V2Score": 10, "V3Score": 9.8}, "redhat": {"V3Score": 7.4}},
       "References": ["https://example.com"], "PublishedDate": "2026-01-02T03:04:05Z"},
      {"VulnerabilityID": "CVE-2026-1002", "PkgName": "zlib1g", "InstalledVersion": "1:1.2", "Status": "affected",
       "Severity": "LOW"}],
     "ExperimentalModifiedFindings": [
      {"Type": "vulnerability", "Status": "not_affected", "Statement": "code_not_reachable", "Source": "OpenVEX",
       "Finding": {"VulnerabilityID": "CVE-2026-1003", "PkgName": "bash", "InstalledVersion": "5", "Severity": "HIGH"}},
      {"Type": "vulnerability", "Status": "ignored", "Source": ".trivyignore",
       "Finding": {"VulnerabilityID": "CVE-2026-1004", "PkgName": "bash", "Severity": "HIGH"}}]},
    {"Target": "app/config.yaml", "Class": "secret", "Secrets": [
      {"RuleID": "aws-access-key-id", "Category": "AWS", "Severity": "CRITICAL", "Title": "AWS", "StartLine": 1,
       "Match": "key: marked-value"}]}]
})json");
}

// grype -o json; manifestDigest is that of the platform's manifest, imageID that of the configuration.
inline std::string grypeSample()
{
    return sample(R"json({"matches": [
  {"vulnerability": {"id": "GHSA-aaaa-bbbb-cccc", "dataSource": "https://example.com", "severity": "High",
     "urls": [], "description": "d", "cvss": [{"source": "x", "type": "Secondary", "version": "2.0", "vector": "v",
       "metrics": {"baseScore": 9.9}}, {"version": "3.1", "vector": "v", "metrics": {"baseScore": 7.5}}],
     "epss": [{"cve": "CVE-2026-1001", "epss": 0.62, "percentile": 0.98, "date": "2026-11-01"}],
     "knownExploited": [{"cve": "CVE-2026-1001", "knownRansomwareCampaignUse": "Known"}],
     "fix": {"versions": ["1.2.4", "2.0.1"], "state": "fixed"}, "advisories": [], "risk": 50.1},
   "relatedVulnerabilities": [{"id": "CVE-2026-1001", "cvss": []}],
   "matchDetails": [{"type": "exact-direct-match"}],
   "artifact": {"id": "1", "name": "left-pad", "version": "1.2.3", "type": "npm", "locations": [{"path": "/x"}],
     "language": "javascript", "licenses": [], "cpes": [], "purl": "pkg:npm/left-pad@1.2.3", "upstreams": []}}],
 "ignoredMatches": [
  {"vulnerability": {"id": "CVE-2026-1005", "severity": "Low", "fix": {"versions": [], "state": "unknown"}},
   "relatedVulnerabilities": [], "matchDetails": [], "artifact": {"name": "bash", "version": "5"},
   "appliedIgnoreRules": [{"namespace": "vex", "vex-status": "not_affected", "vex-justification": "component_not_present"}]},
  {"vulnerability": {"id": "CVE-2026-1006", "severity": "Low", "fix": {"versions": [], "state": "unknown"}},
   "artifact": {"name": "bash", "version": "5"}, "appliedIgnoreRules": [{"vulnerability": "CVE-2026-1006"}]}],
 "source": {"type": "image", "target": {"userInput": "registry.acme.example/shop/web:1.4", "imageID": "$C",
   "manifestDigest": "$M", "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
   "tags": ["registry.acme.example/shop/web:1.4"], "imageSize": 1, "layers": [], "manifest": "e30=",
   "config": "eyJjb25maWciOnsiVXNlciI6IjEwMDEifSwiY3JlYXRlZCI6IjIwMjUtMDYtMDFUMDA6MDA6MDBaIn0=",
   "repoDigests": ["registry.acme.example/shop/web@$I"], "architecture": "amd64", "os": "linux"}},
 "distro": {"name": "alpine", "version": "3.20.1", "idLike": []},
 "descriptor": {"name": "grype", "version": "0.100.0", "configuration": {},
   "db": {"status": {"schemaVersion": "v6.1.0", "built": "2026-11-19T00:00:00Z", "valid": true}},
   "timestamp": "2026-11-20T09:00:00Z"}})json");
}

inline std::string clairSample()
{
    return sample(R"json({"manifest_hash": "$M",
 "packages": {"10": {"id": "10", "name": "openssl", "version": "3.0.1", "kind": "binary"}},
 "distributions": {"1": {"id": "1", "did": "ubuntu", "name": "Ubuntu", "version_id": "22.04"}},
 "repository": {}, "environments": {"10": []},
 "vulnerabilities": {"356835": {"id": "356835", "updater": "u", "name": "CVE-2026-1001 on Ubuntu 22.04 LTS (jammy) - high",
   "description": "d", "issued": "2026-01-02T00:00:00Z", "links": "l", "severity": "High",
   "normalized_severity": "High", "fixed_in_version": "3.0.2"}},
 "package_vulnerabilities": {"10": ["356835", "gone"], "99": ["356835"]}, "enrichments": {}})json");
}

inline std::string cycloneSample(std::string_view analysis = "")
{
    return replaced(
        sample(R"json({"$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json", "bomFormat": "CycloneDX",
 "specVersion": "1.6", "serialNumber": "urn:uuid:1", "version": 1,
 "metadata": {"timestamp": "2026-11-20T10:00:00+00:00", "tools": {"components": [{"type": "application", "group": "aquasecurity",
   "name": "trivy", "version": "0.69.1"}]},
   "component": {"bom-ref": "pkg:oci/web@x", "type": "container", "name": "registry.acme.example/shop/web:1.4",
     "purl": "pkg:oci/web@sha256%3A1111111111111111111111111111111111111111111111111111111111111111?arch=amd64&repository_url=registry.acme.example%2Fshop%2Fweb",
     "properties": [{"name": "aquasecurity:trivy:ImageID", "value": "$C"},
       {"name": "aquasecurity:trivy:RepoDigest", "value": "registry.acme.example/shop/web@$I"},
       {"name": "aquasecurity:trivy:RepoTag", "value": "registry.acme.example/shop/web:1.4"}]}},
 "components": [{"bom-ref": "os", "type": "operating-system", "name": "debian", "version": "12.5"},
   {"bom-ref": "pkg:deb/debian/openssl@3.0.1-1", "type": "library", "name": "openssl", "version": "3.0.1-1",
    "purl": "pkg:deb/debian/openssl@3.0.1-1?distro=debian-12.5"}],
 "vulnerabilities": [{"id": "CVE-2026-1001", "source": {"name": "debian"}, "published": "2026-01-02T03:04:05+00:00",
   "ratings": [{"source": {"name": "nvd"}, "score": 9.8, "severity": "critical", "method": "CVSSv31", "vector": "v"},
     {"source": {"name": "redhat"}, "severity": "medium"}],
   "recommendation": "Upgrade openssl to version 3.0.2-1", "description": "d", $ANALYSIS
   "affects": [{"ref": "pkg:deb/debian/openssl@3.0.1-1", "versions": [{"version": "3.0.1-1", "status": "affected"}]}]}]})json"),
        "$ANALYSIS", analysis);
}

inline std::string spdxSample()
{
    return sample(R"json({"spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT",
 "name": "registry.acme.example/shop/web:1.4", "documentNamespace": "http://example.com/1",
 "creationInfo": {"creators": ["Organization: a", "Tool: trivy-0.69.1"], "created": "2026-11-20T10:00:00Z"},
 "packages": [
  {"name": "registry.acme.example/shop/web:1.4", "SPDXID": "SPDXRef-ContainerImage-1", "primaryPackagePurpose": "CONTAINER",
   "attributionTexts": ["ImageID: $C", "RepoDigest: registry.acme.example/shop/web@$I", "RepoTag: registry.acme.example/shop/web:1.4"]},
  {"name": "debian", "SPDXID": "SPDXRef-OperatingSystem-1", "versionInfo": "12.5", "primaryPackagePurpose": "OPERATING-SYSTEM"},
  {"name": "openssl", "SPDXID": "SPDXRef-Package-1", "versionInfo": "3.0.1-1"}],
 "relationships": [{"spdxElementId": "SPDXRef-DOCUMENT", "relatedSpdxElement": "SPDXRef-ContainerImage-1",
   "relationshipType": "DESCRIBES"}]})json");
}

inline std::string openVexSample(std::string_view statements)
{
    return replaced(R"json({"@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://acme.example/vex-1",
 "author": "Acme", "timestamp": "2026-10-01T00:00:00Z", "version": 1, "statements": [$S]})json",
        "$S", sample(statements));
}

inline std::string csafSample()
{
    return sample(R"json({"document": {"category": "csaf_vex", "csaf_version": "2.0", "title": "t",
  "publisher": {"category": "vendor", "name": "Acme", "namespace": "https://acme.example"},
  "tracking": {"id": "1", "current_release_date": "2026-10-02T00:00:00Z", "status": "final", "version": "1"}},
 "product_tree": {"branches": [{"category": "vendor", "name": "Acme", "branches": [
   {"category": "product_version", "name": "1.4", "product": {"name": "web 1.4", "product_id": "WEB",
     "product_identification_helper": {"purl": "pkg:oci/web?repository_url=registry.acme.example/shop/web"}}},
   {"category": "product_version", "name": "3.0.1", "product": {"name": "openssl", "product_id": "SSL",
     "product_identification_helper": {"purl": "pkg:deb/debian/openssl@3.0.1-1"}}}]}],
  "relationships": [{"category": "default_component_of", "product_reference": "SSL", "relates_to_product_reference": "WEB",
    "full_product_name": {"name": "openssl in web", "product_id": "WEB:SSL"}}]},
 "vulnerabilities": [{"cve": "CVE-2026-1001", "product_status": {"known_not_affected": ["WEB:SSL"]},
   "flags": [{"label": "vulnerable_code_not_in_execute_path", "product_ids": ["WEB:SSL"]}]},
  {"cve": "CVE-2026-1002", "product_status": {"under_investigation": ["WEB"], "recommended": ["WEB"]}}]})json");
}

inline std::string trivySarifSample()
{
    return sample(R"json({"version": "2.1.0", "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "runs": [{
 "tool": {"driver": {"fullName": "Trivy Vulnerability Scanner", "informationUri": "https://example.com", "name": "Trivy",
   "version": "0.69.1", "rules": [
   {"id": "CVE-2026-1001", "name": "OsPackageVulnerability", "shortDescription": {"text": "s"},
    "defaultConfiguration": {"level": "error"}, "properties": {"precision": "very-high", "security-severity": "9.8",
      "tags": ["vulnerability", "security", "CRITICAL"]}},
   {"id": "aws", "name": "Secret", "fullDescription": {"text": "key: marked-value"}},
   {"id": "DS-0002", "name": "Misconfiguration", "shortDescription": {"text": "root"}, "properties": {"security-severity": "8.0"}}]}},
 "results": [
  {"ruleId": "CVE-2026-1001", "ruleIndex": 0, "level": "error", "message": {"text": "Package: openssl\nInstalled Version: 3.0.1-1\nVulnerability CVE-2026-1001\nSeverity: CRITICAL\nFixed Version: 3.0.2-1\nLink: [x](y)"},
   "locations": [{"physicalLocation": {"artifactLocation": {"uri": "shop/web", "uriBaseId": "ROOTPATH"}}}]
},
  {"ruleId": "aws", "ruleIndex": 1, "message": {"text": "Artifact: x\nType: \nSecret AWS\nSeverity: CRITICAL\nMatch: key: marked-value"}},
  {"ruleId": "DS-0002", "ruleIndex": 2, "level": "error", "message": {"text": "Artifact: Dockerfile\nType: dockerfile"},
   "locations": [{"physicalLocation": {"artifactLocation": {"uri": "Dockerfile"}}}]}],
 "columnKind": "utf16CodeUnits", "properties":
{
    "imageID" : "$C",
                "imageName" : "registry.acme.example/shop/web:1.4",
                              "repoDigests" : ["registry.acme.example/shop/web@$I"],
                                              "repoTags" : ["registry.acme.example/shop/web:1.4"]
}
}]
})json");
}

inline std::string grypeSarifSample()
{
    return sample(
        R"json({"version": "2.1.0", "$schema": "https://json.schemastore.org/sarif-2.1.0-rtm.5.json", "runs": [{
 "tool": {"driver": {"name": "grype", "version": "0.100.0", "informationUri": "https://example.com", "rules": [
   {"id": "CVE-2026-1001-openssl", "name": "ApkMatcherExactDirectMatch", "shortDescription": {"text": "CVE-2026-1001 high vulnerability for openssl package"},
    "help": {"text": "Vulnerability CVE-2026-1001\nSeverity: high\nPackage: openssl\nVersion: 3.0.1-r0\nFix Version: 3.0.2-r0\nType: apk\nLocation: /lib/apk/db/installed"},
    "properties": {"purls": ["pkg:apk/alpine/openssl@3.0.1-r0"], "security-severity": "7.5"}}]}},
 "results": [{"ruleId": "CVE-2026-1001-openssl", "level": "error",
   "message": {"text": "A high vulnerability in apk package: openssl, version 3.0.1-r0 was found at: /lib/apk/db/installed"},
   "locations": [{"physicalLocation": {"artifactLocation": {"uri": "image//lib/apk/db/installed"}},
     "logicalLocations": [{"name": "/lib/apk/db/installed", "fullyQualifiedName": "registry.acme.example/shop/web:1.4@$M:/lib/apk/db/installed"}]}]}]}]})json");
}

inline std::string trivyKubernetesSample()
{
    return sample(R"json({"ClusterName": "acme", "Resources": [
 {"Namespace": "shop", "Kind": "Deployment", "Name": "web", "Metadata": [
    {"OS": {"Family": "debian", "Name": "12.5"}, "ImageID": "$C", "RepoTags": ["registry.acme.example/shop/web:1.4"],
     "RepoDigests": ["registry.acme.example/shop/web@$I"]},
    {"OS": {"Family": "alpine", "Name": "3.20"}, "RepoTags": ["registry.acme.example/shop/proxy:2"]}],
  "Results": [
   {"Target": "registry.acme.example/shop/web:1.4 (debian 12.5)", "Class": "os-pkgs", "Type": "debian", "Vulnerabilities": [
     {"VulnerabilityID": "CVE-2026-1001", "PkgName": "openssl", "InstalledVersion": "3.0.1-1", "Severity": "CRITICAL"}]},
   {"Target": "app/server", "Class": "lang-pkgs", "Type": "gobinary", "Vulnerabilities": [
     {"VulnerabilityID": "CVE-2026-2001", "PkgName": "stdlib", "InstalledVersion": "1.20", "Severity": "HIGH"}]},
   {"Target": "registry.acme.example/shop/proxy:2 (alpine 3.20)", "Class": "os-pkgs", "Type": "alpine"},
   {"Target": "Deployment/web", "Class": "config", "Type": "kubernetes", "Misconfigurations": [
     {"Type": "Kubernetes Security Check", "ID": "KSV001", "Title": "escalation", "Message": "m", "Severity": "MEDIUM", "Status": "FAIL"}]}]
},
 {"Namespace": "shop", "Kind": "Deployment", "Name": "old", "Metadata": [], "Error": "scan failed"}]
})json");
}

// One object; kubectl get -o json wraps such in a list.
inline std::string vulnerabilityReportSample(std::string_view digest = "$C")
{
    return sample(replaced(R"json({"apiVersion": "aquasecurity.github.io/v1alpha1", "kind": "VulnerabilityReport",
 "metadata": {"name": "replicaset-web-1-web", "namespace": "shop", "labels": {"resource-spec-hash": "1",
   "trivy-operator.container.name": "web", "trivy-operator.resource.kind": "ReplicaSet",
   "trivy-operator.resource.name": "web-1", "trivy-operator.resource.namespace": "shop"}},
 "report": {"artifact": {"digest": "$D", "repository": "shop/web", "tag": "1.4"}, "os": {"family": "debian", "name": "11.9", "eosl": true},
  "registry": {"server": "registry.acme.example"}, "scanner": {"name": "Trivy", "vendor": "Aqua Security", "version": "0.69.1"},
  "summary": {"criticalCount": 1}, "updateTimestamp": "2026-11-20T07:00:00Z", "vulnerabilities": [
   {"vulnerabilityID": "CVE-2026-1001", "resource": "openssl", "installedVersion": "3.0.1-1", "fixedVersion": "3.0.2-1",
    "severity": "CRITICAL", "score": 9.8, "publishedDate": "2026-01-02T03:04:05Z", "title": "", "target": "t", "links": [],
    "packagePURL": "pkg:deb/debian/openssl@3.0.1-1"}]}})json",
        "$D", digest));
}

inline std::string policyReportSample()
{
    return R"json({"apiVersion": "wgpolicyk8s.io/v1alpha2", "kind": "PolicyReport", "metadata": {"name": "p", "namespace": "shop"},
 "scope": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web", "namespace": "shop"},
 "summary": {"pass": 1, "fail": 1}, "results": [
  {"source": "kyverno", "policy": "require-labels", "rule": "r", "category": "c", "severity": "medium", "result": "fail",
   "message": "no label", "scored": true, "timestamp": {"nanos": 0, "seconds": 1795000000}},
  {"source": "kyverno", "policy": "require-labels", "rule": "r", "result": "pass",
   "resources": [{"kind": "Pod", "name": "a", "namespace": "shop"}, {"kind": "Pod", "name": "b", "namespace": "shop"}]}]})json";
}

} // namespace plimsoll::test
