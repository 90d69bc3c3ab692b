// SPDX-License-Identifier: Apache-2.0
#include "core/images/Vulnerabilities.h"

#include <algorithm>
#include <map>
#include <set>

#include "core/base/Text.h"
#include "core/images/Images.h"
#include "core/images/detail/Vulnerabilities_p.h"

namespace plimsoll::images {

using cluster::Cluster;
using evidence::Evidence;
using evidence::ImageScan;

namespace {

constexpr UnixSeconds daySeconds = 86'400;

// What a pod's status says that a container runs.
struct RunningContent {
    std::string digest; // of the repository
    std::string config; // the image ID
};

// Forms of imageID: "repo@sha256:..." (containerd, CRI-O), "docker-pullable://repo@sha256:...", "docker://sha256:..."
// and "sha256:..." alone, which is the image's own ID.
RunningContent contentOf(std::string_view imageId)
{
    const auto scheme = imageId.find("://");
    if (scheme != std::string_view::npos)
        imageId.remove_prefix(scheme + 3);
    if (const auto at = imageId.rfind('@'); at != std::string_view::npos)
        return { std::string(imageId.substr(at + 1)), {} };
    if (imageId.starts_with("sha256:"))
        return { {}, std::string(imageId) };
    return {};
}

std::string normalReference(std::string_view text)
{
    const auto reference = parseReference(text);
    if (!reference)
        return printable(text);
    const std::string_view tag = reference->effectiveTag();
    return reference->name() + (tag.empty() ? std::string() : ':' + std::string(tag))
        + (reference->digest.empty() ? std::string() : '@' + reference->digest);
}

// "docker.io/library/nginx:1.27"; "" for a reference without tag.
std::string tagKey(std::string_view text)
{
    const auto reference = parseReference(text);
    if (!reference || reference->effectiveTag().empty())
        return {};
    return reference->name() + ':' + std::string(reference->effectiveTag());
}

// Collects what runs: by reference and content, with who uses it.
class Gatherer {
public:
    explicit Gatherer(const Cluster& cluster)
        : m_cluster(cluster)
    {
    }

    std::vector<ScannedImage> gather()
    {
        const auto workloads = m_cluster.workloads();
        for (std::uint32_t i = 0; i < workloads.size(); ++i)
            gather(cluster::WorkloadId { i }, workloads[i]);
        std::vector<ScannedImage> images;
        for (auto& [key, found] : m_found) {
            for (const auto& [use, pods] : found.uses)
                found.image.uses.push_back({ use.first, use.second, pods });
            images.push_back(std::move(found.image));
        }
        return images;
    }

private:
    using Key = std::tuple<std::string, std::string, std::string>;
    struct Found {
        ScannedImage image;
        std::map<std::pair<cluster::WorkloadId, std::string>, std::uint32_t> uses;
    };

    void gather(cluster::WorkloadId id, const cluster::Workload& workload)
    {
        std::set<std::pair<std::string, std::string>> running; // container and reference with known content
        for (const cluster::ObjectId podId : workload.pods) {
            const cluster::Pod* pod = m_cluster.pod(podId);
            if (!pod)
                continue;
            const cluster::PodSpec& spec = m_cluster.podSpec(pod->spec);
            for (const auto& status : pod->images) {
                const RunningContent content = contentOf(m_cluster.text(status.imageId));
                const auto container = std::ranges::find(spec.containers, status.container, &cluster::Container::name);
                if (container == spec.containers.end() || (content.digest.empty() && content.config.empty()))
                    continue;
                const std::string_view image = m_cluster.text(container->image);
                running.insert({ nameOf(*container), normalReference(image) });
                add(id, *container, content, 1);
            }
        }
        for (const cluster::PodSpecUse& use : workload.specs) {
            for (const cluster::Container& container : m_cluster.podSpec(use.spec).containers) {
                const std::string_view image = m_cluster.text(container.image);
                if (!image.empty() && !running.contains({ nameOf(container), normalReference(image) }))
                    add(id, container, {}, use.podCount);
            }
        }
    }

    std::string nameOf(const cluster::Container& container) const { return printable(m_cluster.text(container.name)); }

    void add(cluster::WorkloadId id, const cluster::Container& container, RunningContent content, std::uint32_t pods)
    {
        const std::string_view text = m_cluster.text(container.image);
        if (content.digest.empty()) {
            if (const auto reference = parseReference(text))
                content.digest = reference->digest;
        }
        const std::string reference = normalReference(text);
        Found& found = m_found[{ reference, content.digest, content.config }];
        found.image.reference = reference;
        found.image.digest = content.digest;
        found.image.configDigest = content.config;
        found.uses[{ id, nameOf(container) }] += pods;
    }

    const Cluster& m_cluster;
    std::map<Key, Found> m_found;
};

// Scans by what they can be found by.
struct ScanIndex {
    struct Entry {
        std::uint32_t scan;
        MatchKind kind;
    };
    std::multimap<std::string, Entry, std::less<>> byDigest;
    std::multimap<std::string, std::uint32_t, std::less<>> byTag;
};

ScanIndex indexOf(const Evidence& evidence)
{
    ScanIndex index;
    for (std::uint32_t i = 0; i < evidence.scans.size(); ++i) {
        const ImageScan& scan = evidence.scans[i];
        const auto add = [&](const std::vector<std::string>& digests, MatchKind kind) {
            for (const std::string& digest : digests)
                index.byDigest.insert({ digest, { i, kind } });
        };
        add(scan.digests.index, MatchKind::Index);
        add(scan.digests.unknown, MatchKind::Index);
        add(scan.digests.manifest, MatchKind::Manifest);
        add(scan.digests.config, MatchKind::Config);
        std::set<std::string> keys;
        for (const std::string& reference : scan.references) {
            if (std::string key = tagKey(reference); !key.empty() && keys.insert(key).second)
                index.byTag.insert({ std::move(key), i });
        }
    }
    return index;
}

bool holds(const std::vector<std::string>& list, const std::string& text)
{
    return std::ranges::find(list, text) != list.end();
}

bool isKnownToDiffer(const ScannedImage& image, const ImageScan& scan)
{
    const evidence::ImageDigests& digests = scan.digests;
    if (!image.digest.empty() && !digests.index.empty() && !holds(digests.index, image.digest))
        return true;
    return !image.configDigest.empty() && !digests.config.empty() && !holds(digests.config, image.configDigest);
}

std::string wordsOf(MatchKind kind, const ImageScan& scan, const std::string& digest, bool isOtherBuild)
{
    switch (kind) {
    case MatchKind::Index:
        return holds(scan.digests.unknown, digest) ? "matched by digest"
                                                   : "matched by the digest of the repository (index)";
    case MatchKind::Manifest:
        return "matched by the digest of the platform's manifest";
    case MatchKind::Config:
        return "matched by the image ID";
    case MatchKind::Tag:
        return isOtherBuild ? "matched by tag, another build was scanned (the digests differ)"
                            : "matched by tag, may be another build";
    case MatchKind::None:
        break;
    }
    return "no report";
}

class Matcher {
public:
    Matcher(ScanResults& results)
        : m_results(results)
        , m_index(indexOf(results.evidence))
        , m_used(results.evidence.scans.size())
    {
    }

    void match(ScannedImage& image)
    {
        m_best.clear();
        std::string pinned;
        if (const auto reference = parseReference(image.reference))
            pinned = reference->digest;
        for (const std::string& digest : { image.digest, image.configDigest, pinned }) {
            if (digest.empty())
                continue;
            const auto [begin, end] = m_index.byDigest.equal_range(digest);
            for (auto found = begin; found != end; ++found)
                offer(image, found->second.scan, found->second.kind, digest);
        }
        if (const std::string key = tagKey(image.reference); !key.empty()) {
            const auto [begin, end] = m_index.byTag.equal_range(key);
            for (auto found = begin; found != end; ++found)
                offer(image, found->second, MatchKind::Tag, {});
        }
        for (auto& [scan, one] : m_best)
            image.matches.push_back(std::move(one));
        std::ranges::sort(image.matches, [&](const ScanMatch& a, const ScanMatch& b) { return isBetter(a, b); });
    }

    void finish()
    {
        for (std::uint32_t i = 0; i < m_used.size(); ++i) {
            if (!m_used[i])
                m_results.unmatched.push_back(i);
        }
    }

private:
    void offer(const ScannedImage& image, std::uint32_t scan, MatchKind kind, const std::string& digest)
    {
        m_used[scan] = true;
        const auto known = m_best.find(scan);
        if (known != m_best.end() && known->second.kind <= kind)
            return;
        const ImageScan& report = m_results.evidence.scans[scan];
        ScanMatch one { scan, kind, {}, kind == MatchKind::Tag && isKnownToDiffer(image, report), std::nullopt };
        one.words = wordsOf(kind, report, digest, one.isOtherBuild);
        if (report.made && m_results.asOf)
            one.ageDays = std::max<UnixSeconds>(0, *m_results.asOf - *report.made) / daySeconds;
        m_best[scan] = std::move(one);
    }

    bool isBetter(const ScanMatch& a, const ScanMatch& b) const
    {
        if (a.kind != b.kind)
            return a.kind < b.kind;
        if (a.isOtherBuild != b.isOtherBuild)
            return b.isOtherBuild;
        const ImageScan& left = m_results.evidence.scans[a.scan];
        const ImageScan& right = m_results.evidence.scans[b.scan];
        if (left.made != right.made)
            return left.made > right.made; // no time sorts last
        return std::tie(left.file, a.scan) < std::tie(right.file, b.scan);
    }

    ScanResults& m_results;
    ScanIndex m_index;
    std::map<std::uint32_t, ScanMatch> m_best; // of one image
    std::vector<bool> m_used;
};

// Each tool's best report that looked for vulnerabilities. One of another build counts only when there is no better.
std::vector<std::uint32_t> countedScans(const ScannedImage& image, const Evidence& evidence)
{
    std::vector<std::uint32_t> scans;
    std::set<std::string_view> tools;
    bool hasSure = false;
    for (const ScanMatch& match : image.matches) {
        const ImageScan& scan = evidence.scans[match.scan];
        if (!scan.hasVulnerabilities || (hasSure && match.kind == MatchKind::Tag))
            continue;
        hasSure = hasSure || match.kind != MatchKind::Tag;
        if (tools.insert(scan.tool).second)
            scans.push_back(match.scan);
    }
    return scans;
}

// Whether a CVE is exploited is told by some reports only, and holds for it in every image.
class Threats {
public:
    explicit Threats(const Evidence& evidence)
    {
        for (const ImageScan& scan : evidence.scans) {
            for (const evidence::Vulnerability& found : scan.vulnerabilities) {
                if (!found.isKnownExploited && !found.epss)
                    continue;
                add(found.id, found);
                for (const std::string& alias : found.aliases)
                    add(alias, found);
            }
        }
    }

    void tell(const evidence::Vulnerability& found, ImageVulnerability& one) const
    {
        tell(found.id, one);
        for (const std::string& alias : found.aliases)
            tell(alias, one);
    }

private:
    struct Threat {
        bool isKnownExploited = false;
        std::optional<double> epss;
    };

    void add(std::string_view id, const evidence::Vulnerability& found)
    {
        Threat& threat = m_byId[id];
        threat.isKnownExploited = threat.isKnownExploited || found.isKnownExploited;
        threat.epss = std::max(threat.epss, found.epss);
    }

    void tell(std::string_view id, ImageVulnerability& one) const
    {
        const auto found = m_byId.find(id);
        if (found == m_byId.end())
            return;
        one.isKnownExploited = one.isKnownExploited || found->second.isKnownExploited;
        one.epss = std::max(one.epss, found->second.epss);
    }

    std::map<std::string_view, Threat> m_byId;
};

void collect(
    ScannedImage& image, const ScanResults& results, const detail::Statements& statements, const Threats& threats)
{
    std::set<std::string> known; // "CVE-2024-1 openssl"
    for (const std::uint32_t scan : countedScans(image, results.evidence)) {
        const ImageScan& report = results.evidence.scans[scan];
        image.isScanned = true;
        for (std::uint32_t i = 0; i < report.vulnerabilities.size(); ++i) {
            const evidence::Vulnerability& found = report.vulnerabilities[i];
            const std::string about = ' ' + found.package + ' ' + found.installed;
            bool isNew = known.insert(found.id + about).second;
            for (const std::string& alias : found.aliases)
                isNew = known.insert(alias + about).second && isNew;
            if (!isNew)
                continue;
            ImageVulnerability one { scan, i, found.status, false, std::nullopt, found.statusBy };
            threats.tell(found, one);
            statements.decide(image, report, found, one);
            image.vulnerabilities.push_back(std::move(one));
        }
    }
}

// What the reports tell about the image besides: the best one that tells it.
void collectFacts(ScannedImage& image, const Evidence& evidence)
{
    for (const ScanMatch& match : image.matches) {
        const ImageScan& scan = evidence.scans[match.scan];
        image.secretCount = std::max(image.secretCount, scan.secretCount);
        if (!image.isOsEndOfLife)
            image.isOsEndOfLife = scan.isEndOfLife;
        if (!image.configUser)
            image.configUser = scan.configUser;
        if (!image.imageCreated)
            image.imageCreated = scan.imageCreated;
    }
}

std::string stateOf(const ScannedImage& image, const Evidence& evidence)
{
    if (!image.isScanned)
        return image.matches.empty() ? "no report" : "no report on vulnerabilities (a report without them matched)";
    const auto open
        = static_cast<std::uint64_t>(std::ranges::count_if(image.vulnerabilities, &ImageVulnerability::isOpen));
    const auto first = std::ranges::find_if(
        image.matches, [&](const ScanMatch& match) { return evidence.scans[match.scan].hasVulnerabilities; });
    std::string text = counted(open, "vulnerability", "vulnerabilities");
    if (open < image.vulnerabilities.size())
        text += " (" + std::to_string(image.vulnerabilities.size() - open) + " more set aside by statements)";
    text += first->ageDays ? ", scan " + counted(static_cast<std::uint64_t>(*first->ageDays), "day", "days") + " old"
                           : std::string(", age of the scan not known");
    return text + ", " + first->words;
}

} // namespace

std::vector<std::uint32_t> ScanResults::imagesOf(cluster::WorkloadId workload) const
{
    std::vector<std::uint32_t> found;
    for (std::uint32_t i = 0; i < images.size(); ++i) {
        if (std::ranges::find(images[i].uses, workload, &ScanUse::workload) != images[i].uses.end())
            found.push_back(i);
    }
    return found;
}

Evidence clusterReports(const Cluster& cluster)
{
    Evidence evidence;
    for (const cluster::Kind& kind : cluster.kinds()) {
        const std::string_view group = cluster.text(kind.group);
        if (group != "aquasecurity.github.io" && group != "wgpolicyk8s.io" && group != "openreports.io")
            continue;
        for (const cluster::ObjectId id : cluster.objectsOf(group, cluster.text(kind.kind))) {
            format::Document document;
            if (cluster.object(id).isMissing || cluster.object(id).kind.index >= cluster.kinds().size())
                continue;
            const std::string name = printable(cluster.refOf(id));
            if (!cluster.snapshot().readRaw(cluster.object(id).raw, document)) {
                evidence.notes.push_back(name + " cannot be read again");
                continue;
            }
            evidence::addReportObject(document.root(), name, evidence);
        }
    }
    return evidence;
}

ScanResults matchScans(const Cluster& cluster, Evidence evidence, std::optional<UnixSeconds> asOf)
{
    ScanResults results;
    results.asOf = asOf ? asOf : cluster.newestTime();
    results.evidence = std::move(evidence);
    results.images = Gatherer(cluster).gather();
    Matcher matcher(results);
    const detail::Statements statements(results.evidence);
    const Threats threats(results.evidence);
    for (ScannedImage& image : results.images) {
        matcher.match(image);
        collect(image, results, statements, threats);
        collectFacts(image, results.evidence);
        image.state = stateOf(image, results.evidence);
    }
    matcher.finish();
    return results;
}

} // namespace plimsoll::images
