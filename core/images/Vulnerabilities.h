// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/cluster/Cluster.h"
#include "core/evidence/Scan.h"

// Scans of images joined to the images that the cluster runs, and their vulnerabilities ranked by what the containers
// are and have: what no scanner alone can say.
namespace plimsoll::images {

// How surely a scan is one of an image, best first.
enum class MatchKind : std::uint8_t {
    Index, // the digest that the repository resolved the name to
    Manifest, // the digest of the platform's manifest
    Config, // the image ID
    Tag, // the same name and tag: may be another build
    None,
};

struct ScanUse {
    cluster::WorkloadId workload;
    std::string container;
    std::uint32_t podCount = 0; // live pods; 0 = only the template has it
    auto operator<=>(const ScanUse&) const = default;
};

struct ScanMatch {
    std::uint32_t scan = 0; // index into Evidence::scans
    MatchKind kind = MatchKind::None;
    std::string words; // "matched by the digest of the index", "matched by tag, may be another build"
    bool isOtherBuild = false; // matched by tag, and the digests are known to differ
    std::optional<std::int64_t> ageDays; // against the date of assessment; nothing when either is not known
};

// A vulnerability as it holds for an image, after VEX.
struct ImageVulnerability {
    std::uint32_t scan = 0, vulnerability = 0; // which one
    evidence::VexStatus status = evidence::VexStatus::Affected;
    bool isKnownExploited = false; // by this report or any other that knows the CVE
    std::optional<double> epss; // the highest that any report gives
    std::string statusBy; // who decided: "OpenVEX statement of Acme in acme.json, 2026-10-01"; "" = no statement
    bool isOpen() const
    {
        return status == evidence::VexStatus::Affected || status == evidence::VexStatus::UnderInvestigation;
    }
};

// One image of the cluster: a reference and, where pods tell, the content that runs under it.
struct ScannedImage {
    std::string reference; // in normal form where it parses, else as written
    std::string digest; // of the repository's (index or manifest), from pods' imageID or the reference; "" = not known
    std::string configDigest; // the image ID, from pods; "" = not known
    std::vector<ScanUse> uses; // sorted
    std::vector<ScanMatch> matches; // best and newest first; empty = no report
    std::vector<ImageVulnerability> vulnerabilities; // of the best scan of each tool, no two the same
    std::uint32_t secretCount = 0; // credentials found in the image
    std::optional<bool> isOsEndOfLife;
    std::optional<std::string> configUser; // USER of the image's own config; "" = none is set; nothing = not known
    std::optional<UnixSeconds> imageCreated;

    bool isScanned = false; // a report that looked for vulnerabilities matched; else "no report"
    std::string state; // in words: "no report", "12 vulnerabilities, scan 3 days old, matched by ..."
};

// What a workload is and has, that an attacker who breaks in through a vulnerability finds.
struct Standing {
    std::string exposure; // way from outside, "" when there is none
    std::string nodeTakeover; // why its containers are the node, ""
    std::string identity; // what its token may do that takes over the cluster, ""
    std::string secrets; // Secrets it holds: "3 Secrets (db, tls, api)", ""
    bool isIdle = false;
};

struct RankedVulnerability {
    std::uint32_t image = 0; // index into ScanResults::images
    std::uint32_t vulnerability = 0; // index into ScannedImage::vulnerabilities
    cluster::WorkloadId workload; // the one of the image's uses that makes it worst
    int points = 0; // sum of the steps, see rankSteps()
};
// Why it stands where it stands.
struct RankStep {
    int points = 0;
    std::string words; // "critical by the scanner", "reached from outside (load balancer -> Service shop/web)"
};

// One thing to do that ends vulnerabilities.
struct Fix {
    std::string package, version; // "openssl" "3.0.15-1"
    std::vector<std::uint32_t> images; // that need it, worst first
    std::vector<std::string> ids; // it ends, sorted
    int points = 0; // of the worst it ends
};
// One image to update, and what that ends.
struct ImageUpdate {
    std::uint32_t image = 0;
    std::uint32_t fixable = 0, open = 0; // open vulnerabilities of it
    std::uint32_t critical = 0, high = 0; // of the fixable ones
    std::uint32_t knownExploited = 0; // of the fixable ones
    int points = 0; // of the worst fixable one
    std::vector<std::string> packages; // "openssl to 3.0.15-1", worst first, each once
    std::string newer; // a newer tag of the same variant that a report knows to have fewer open ones; "" = none known
    std::uint32_t newerOpen = 0; // open vulnerabilities of that
    std::string words; // "update docker.io/library/nginx:1.25 (3 workloads): ends 12 of 14 vulnerabilities, ..."
};

struct ScanResults {
    std::optional<UnixSeconds> asOf;
    evidence::Evidence evidence; // indices go here
    std::vector<ScannedImage> images; // by reference, digest
    std::vector<std::uint32_t> unmatched; // scans of images the cluster does not run
    std::vector<RankedVulnerability> ranked; // open ones, worst first
    std::vector<ImageUpdate> updates; // worst first
    std::vector<Fix> fixes; // worst first
    std::vector<Standing> standings; // by WorkloadId, as ranked with

    const evidence::Vulnerability& vulnerability(const ImageVulnerability& one) const
    {
        return evidence.scans[one.scan].vulnerabilities[one.vulnerability];
    }
    // By workload and container: the images, as indices. Empty for what names no image.
    std::vector<std::uint32_t> imagesOf(cluster::WorkloadId workload) const;
};

// Reports that the cluster itself holds (trivy-operator, PolicyReports), except what is missing or unreadable.
evidence::Evidence clusterReports(const cluster::Cluster& cluster);

// Joins evidence (that of clusterReports is not added here) to the images of the cluster.
ScanResults matchScans(
    const cluster::Cluster& cluster, evidence::Evidence evidence, std::optional<UnixSeconds> asOf = std::nullopt);
// Fills ranked, updates and fixes. Standings by WorkloadId; empty: nothing is known of any workload.
void rank(const cluster::Cluster& cluster, std::vector<Standing> standings, ScanResults& results);
// The steps of one, most points first. They add up to its points.
std::vector<RankStep> rankSteps(const ScanResults& results, const RankedVulnerability& ranked);

// "2 Secrets (db, tls)": that the workload's containers hold, "" for none. Names only.
std::string secretsAtHand(const cluster::Cluster& cluster, const cluster::Workload& workload);

} // namespace plimsoll::images
