// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/Result.h"
#include "core/base/TaskPool.h"
#include "core/base/Time.h"
#include "core/format/Document.h"

// What scanners of images and checkers of policies wrote, read into one form. Nothing here scans or asks the network.
// Sources: aquasecurity/trivy pkg/types/report.go, pkg/k8s/report; aquasecurity/trivy-operator pkg/apis/aquasecurity/
//          v1alpha1; anchore/grype grype/presenter/models; quay/claircore vulnerabilityreport.go; CycloneDX 1.4 to 1.6,
//          SPDX 2.2 and 2.3, OpenVEX 0.2.0, CSAF 2.0, SARIF 2.1.0, wg-policy-prototypes v1alpha2.
namespace plimsoll::evidence {

enum class ScanFormat : std::uint8_t {
    None, // not one of these
    Trivy, // trivy image, fs, rootfs ... --format json
    TrivyKubernetes, // trivy k8s --format json
    TrivyOperator, // custom resources of aquasecurity.github.io, alone or in a list
    Grype,
    Clair,
    CycloneDx,
    Spdx,
    OpenVex,
    Csaf,
    Sarif,
    PolicyReport, // wgpolicyk8s.io and openreports.io, alone or in a list
};
std::string_view toText(ScanFormat format); // "Trivy JSON", "CycloneDX", ...; "" for None

enum class Grade : std::uint8_t { Critical, High, Medium, Low, Negligible, Unknown }; // as the scanner graded it
std::string_view toText(Grade grade); // "critical" ... "unknown"

enum class VexStatus : std::uint8_t { Affected, UnderInvestigation, Fixed, NotAffected };
std::string_view toText(VexStatus status); // "affected", "under investigation", "fixed", "not affected"

// All texts of this header are printable and bounded.
struct Vulnerability {
    std::string id; // the CVE where the report knows it, else the scanner's own id
    std::vector<std::string> aliases; // GHSA-..., sorted, without id
    std::string package, installed;
    std::string fixed; // first version with the fix ("1.2.3", "1.2.3, 2.0.1"); "" when there is none yet
    std::string purl; // of the package; "" when the report does not tell
    Grade grade = Grade::Unknown;
    std::optional<double> score; // CVSS base score, the highest of the newest version that is given
    std::optional<double> epss; // probability of exploitation in the next 30 days, 0 to 1
    bool isKnownExploited = false; // the report says it stands in a list of known exploited vulnerabilities
    std::optional<UnixSeconds> published;
    VexStatus status = VexStatus::Affected;
    std::string statusBy; // who said so, when it is a statement in the report itself: "the scanner's VEX file"; else ""
    std::string statusReason; // "vulnerable_code_not_in_execute_path"; "" when none is given
    bool hasFix() const { return !fixed.empty(); }
};

// "sha256:..." each, by what it is a digest of.
struct ImageDigests {
    std::vector<std::string> index; // what a repository resolves a name to (RepoDigests): the index, or the manifest
    std::vector<std::string> manifest; // of one platform
    std::vector<std::string> config; // the image ID
    std::vector<std::string> unknown; // the report does not tell which of them
    bool isEmpty() const { return index.empty() && manifest.empty() && config.empty() && unknown.empty(); }
};

// What one tool said about one image.
struct ImageScan {
    ScanFormat format = ScanFormat::None;
    std::string tool, toolVersion; // "trivy", "0.58.1"
    std::string file; // where it was read, or the object of the cluster
    std::optional<UnixSeconds> made; // when the scan ran
    std::optional<UnixSeconds> databaseMade; // of the tool's vulnerabilities, where told
    std::string artifact; // as the tool was asked: "nginx:1.27", a path
    std::vector<std::string> references; // names it goes by: the artifact, tags, repo digests; as written
    ImageDigests digests;
    std::string osFamily, osName; // "debian", "12.5"
    std::optional<bool> isEndOfLife; // of the operating system, as the tool says
    std::optional<std::string> configUser; // USER of the image's own config; "" = none is set, that is root
    std::optional<UnixSeconds> imageCreated; // of the image's own config
    bool hasVulnerabilities = false; // it was looked for them (an SBOM alone, a scan for secrets alone: not)
    bool hasSecrets = false; // it was looked for secrets
    std::vector<Vulnerability> vulnerabilities; // in the order of the report
    std::uint32_t suppressed = 0; // left out by the scanner's own rules
    std::uint32_t secretCount = 0; // credentials found in the image; where and which are not kept
    std::vector<std::string> secretRules; // kinds of them, sorted
    std::uint32_t packageCount = 0; // of an SBOM
    // Of reports that are bound to a container of the cluster (trivy k8s, trivy-operator); "" else.
    std::string ns, ownerKind, ownerName, container;
};

// One product that a VEX statement is for: a package URL, or another identifier.
struct VexProduct {
    std::string id; // "pkg:oci/nginx@sha256%3A...", "pkg:deb/debian/openssl@3.0.1", an image name, a hash
    std::vector<std::string> packages; // its parts the statement is limited to (package URLs or names); empty = all
};
struct VexStatement {
    std::string file;
    std::string author;
    std::vector<std::string> ids; // of the vulnerability and its aliases
    std::vector<VexProduct> products;
    VexStatus status = VexStatus::UnderInvestigation;
    std::string justification;
    std::optional<UnixSeconds> time;
};

// A check of a policy on an object, by another tool.
struct PolicyResult {
    enum class Kind : std::uint8_t { Pass, Fail, Warn, Error, Skip };
    std::string file;
    std::string tool; // "kyverno", "Trivy"
    std::string policy, rule, category;
    Grade grade = Grade::Unknown;
    Kind result = Kind::Fail;
    std::string message;
    std::string kind, ns, name; // of the object; of SARIF on files: kind "" and name the path
    std::optional<UnixSeconds> made;
};
std::string_view toText(PolicyResult::Kind kind); // "pass", "fail", "warn", "error", "skip"

struct Evidence {
    std::vector<ImageScan> scans;
    std::vector<VexStatement> statements;
    std::vector<PolicyResult> results;
    std::vector<std::string> notes; // what of the files was left out, and why

    void add(Evidence other);
};

// By content, from the first bytes (16 kB and more are good); a file that is cut is recognised as well.
ScanFormat recognise(std::string_view head);

// Nothing: the file is not one of these formats (another reader may know it). Plain or gzip; JSON, and YAML for custom
// resources. Errors: NotFound, Access, Limit (over 256 MB unpacked, nested over 512 deep), Format (it is one of these
// formats and broken: with the place).
Result<std::optional<Evidence>> readScan(const std::string& path);
Result<std::optional<Evidence>> parseScan(std::string_view text, const std::string& path);

// Many files at once, in parallel; one answer each, in order.
std::vector<Result<std::optional<Evidence>>> readScans(const std::vector<std::string>& paths, TaskPool& pool);

// A custom resource of the cluster: VulnerabilityReport, ExposedSecretReport, SbomReport, ConfigAuditReport, ...,
// PolicyReport. False: none of those. `name` is how the object is called in what is shown.
bool addReportObject(format::Value object, const std::string& name, Evidence& evidence);

} // namespace plimsoll::evidence
