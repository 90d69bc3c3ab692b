// SPDX-License-Identifier: Apache-2.0
// Controls on images by what scanners reported of them. No report is never a pass.
#include <algorithm>
#include <array>
#include <map>

#include "core/base/Text.h"
#include "core/cluster/Effective.h"
#include "core/control/detail/Families_p.h"
#include "core/control/detail/Outcomes_p.h"
#include "core/images/Vulnerabilities.h"
#include "core/network/Exposure.h"

namespace plimsoll::control {

using cluster::Cluster;
using cluster::Workload;
using evidence::Grade;
using images::ImageVulnerability;
using images::ScannedImage;
using images::ScanResults;

namespace {

constexpr UnixSeconds secondsPerDay = 86'400;
constexpr std::string_view noReports
    = "no report of a scanner is loaded: write one for each image (trivy image --format "
      "json IMAGE, or grype -o json IMAGE) and give it with --evidence";

std::string howToScan(const ScannedImage& image)
{
    return "no report matches " + image.reference + " (trivy image --format json IMAGE, given with --evidence)";
}

// What one image of a workload came to.
struct ImageVerdict {
    Verdict verdict = Verdict::Pass;
    std::string message;
    std::string value; // of the evidence
};

// Where the image stands that a container of the workload runs.
Evidence imageEvidence(
    const Cluster& cluster, const Workload& workload, const std::string& container, std::string value)
{
    for (const cluster::PodSpecUse& use : workload.specs) {
        for (const cluster::Container& one : cluster.podSpec(use.spec).containers) {
            if (printable(cluster.text(one.name)) == container)
                return { use.holder, std::string(cluster.podSpecPointer(use.holder)) + one.pointer() + "/image",
                    std::move(value) };
        }
    }
    return { workload.object, {}, std::move(value) };
}

// Judges every image of every workload with judge(image, workload); the worst decides.
template <class Judge> void judgeImages(const Context& context, std::vector<Outcome>& outcomes, Judge judge)
{
    const Cluster& cluster = context.cluster;
    if (!context.scans || context.scans->evidence.scans.empty())
        return notAssessed({}, std::string(noReports), outcomes);
    struct Use {
        const ScannedImage* image;
        const images::ScanUse* use;
    };
    std::map<cluster::WorkloadId, std::vector<Use>> byWorkload;
    for (const ScannedImage& image : context.scans->images) {
        for (const images::ScanUse& use : image.uses)
            byWorkload[use.workload].push_back({ &image, &use });
    }
    for (const auto& [id, uses] : byWorkload) {
        const Workload& workload = cluster.workloads()[id.index];
        Outcome outcome { workload.object, Verdict::Pass, {}, {}, 1, {} };
        std::vector<std::string> faults, missing;
        std::uint32_t pods = 0;
        for (const Use& use : uses) {
            const ImageVerdict found = judge(*use.image, id, *use.use);
            if (found.verdict == Verdict::NotAssessed) {
                if (std::ranges::find(missing, found.message) == missing.end())
                    missing.push_back(found.message);
            } else if (found.verdict == Verdict::Fail) {
                faults.push_back("container " + use.use->container + ": " + found.message);
                outcome.evidence.push_back(imageEvidence(cluster, workload, use.use->container, found.value));
                pods = std::max(pods, use.use->podCount);
            }
        }
        if (!faults.empty()) {
            outcome.verdict = Verdict::Fail;
            outcome.message = join(faults, "; ");
            outcome.affected = std::max<std::uint32_t>(pods, 1);
        } else if (!missing.empty()) {
            outcome.verdict = Verdict::NotAssessed;
            outcome.message = join(missing, "; ");
        }
        outcomes.push_back(std::move(outcome));
    }
}

struct OpenCounts {
    std::uint32_t fixableCritical = 0, fixableHigh = 0, unfixed = 0; // unfixed: critical and high ones
    const evidence::Vulnerability* worst = nullptr; // the worst fixable one
};

bool isWorse(const evidence::Vulnerability& a, const evidence::Vulnerability& b)
{
    if (a.grade != b.grade)
        return a.grade < b.grade;
    if (a.score.value_or(0) != b.score.value_or(0))
        return a.score.value_or(0) > b.score.value_or(0);
    return std::tie(a.id, a.package) < std::tie(b.id, b.package);
}

OpenCounts countOpen(const ScanResults& scans, const ScannedImage& image)
{
    OpenCounts counts;
    for (const ImageVulnerability& state : image.vulnerabilities) {
        const evidence::Vulnerability& found = scans.vulnerability(state);
        if (!state.isOpen() || found.grade > Grade::High)
            continue;
        if (!found.hasFix()) {
            ++counts.unfixed;
            continue;
        }
        ++(found.grade == Grade::Critical ? counts.fixableCritical : counts.fixableHigh);
        if (!counts.worst || isWorse(found, *counts.worst))
            counts.worst = &found;
    }
    return counts;
}

// ", matched by tag, may be another build" when the report is not surely of this image.
std::string doubt(const ScannedImage& image)
{
    const bool isSure = std::ranges::any_of(
        image.matches, [](const images::ScanMatch& match) { return match.kind < images::MatchKind::Tag; });
    return isSure || image.matches.empty() ? std::string() : " (" + image.matches.front().words + ')';
}

// I07.
void judgeCounts(const Context& context, std::vector<Outcome>& outcomes)
{
    const Settings::ScanLimits& limits = context.settings.scans;
    judgeImages(
        context, outcomes, [&](const ScannedImage& image, cluster::WorkloadId, const images::ScanUse&) -> ImageVerdict {
            if (!image.isScanned)
                return { Verdict::NotAssessed, howToScan(image), {} };
            const OpenCounts counts = countOpen(*context.scans, image);
            if (counts.fixableCritical <= limits.fixableCritical && counts.fixableHigh <= limits.fixableHigh)
                return {};
            std::string text = image.reference + " has " + std::to_string(counts.fixableCritical) + " critical and "
                + std::to_string(counts.fixableHigh) + " high vulnerabilities that a fix ends (the limits are "
                + std::to_string(limits.fixableCritical) + " and " + std::to_string(limits.fixableHigh) + ')';
            if (counts.unfixed > 0)
                text += " and " + std::to_string(counts.unfixed) + " critical or high without a fix";
            text += "; first " + counts.worst->id + " in " + counts.worst->package + ", ended by " + counts.worst->fixed
                + doubt(image);
            return { Verdict::Fail, std::move(text), image.reference + ": " + image.state };
        });
}

// How each workload is reached from outside; "" = surely not. Second: it may be, policies are not known.
struct Reachable {
    std::string way;
    bool isSure = false;
};

std::map<cluster::WorkloadId, Reachable> reachableWorkloads(const Context& context)
{
    std::map<cluster::WorkloadId, Reachable> all;
    for (const network::Exposure& exposure : context.exposures) {
        if (exposure.isInternal || exposure.answer == network::Answer::Denied)
            continue;
        Reachable& one = all[exposure.workload];
        const bool isSure = exposure.answer == network::Answer::Allowed;
        if (one.way.empty() || (isSure && !one.isSure))
            one = { network::wayOf(context.cluster, exposure), isSure };
    }
    return all;
}

// I08.
void judgeExposed(const Context& context, std::vector<Outcome>& outcomes)
{
    const auto reachable = reachableWorkloads(context);
    judgeImages(context, outcomes,
        [&](const ScannedImage& image, cluster::WorkloadId workload, const images::ScanUse&) -> ImageVerdict {
            const auto way = reachable.find(workload);
            if (way == reachable.end())
                return {};
            if (!image.isScanned)
                return { Verdict::NotAssessed, "it is reached from outside, and " + howToScan(image), {} };
            const evidence::Vulnerability* worst = nullptr;
            bool isExploited = false; // the worst one
            std::uint32_t count = 0;
            for (const ImageVulnerability& state : image.vulnerabilities) {
                const evidence::Vulnerability& found = context.scans->vulnerability(state);
                if (!state.isOpen() || (found.grade != Grade::Critical && !state.isKnownExploited))
                    continue;
                ++count;
                const bool isFirst
                    = state.isKnownExploited != isExploited ? state.isKnownExploited : !worst || isWorse(found, *worst);
                if (!worst || isFirst) {
                    worst = &found;
                    isExploited = state.isKnownExploited;
                }
            }
            if (!worst)
                return {};
            if (!way->second.isSure)
                return { Verdict::NotAssessed,
                    "whether it is reached from outside is not known (" + way->second.way + "); it has " + worst->id,
                    {} };
            std::string text = "reached from outside (" + way->second.way + ") with " + worst->id + " in "
                + worst->package + ", " + (isExploited ? "known to be exploited" : "critical")
                + (worst->hasFix() ? ", ended by " + worst->fixed : std::string(", without a fix yet"));
            if (count > 1)
                text += ", and " + std::to_string(count - 1) + " more";
            return { Verdict::Fail, text + doubt(image), image.reference + ": " + worst->id };
        });
}

// I09.
void judgeAge(const Context& context, std::vector<Outcome>& outcomes)
{
    const Settings::ScanLimits& limits = context.settings.scans;
    judgeImages(
        context, outcomes, [&](const ScannedImage& image, cluster::WorkloadId, const images::ScanUse&) -> ImageVerdict {
            if (!image.isScanned)
                return { Verdict::NotAssessed, howToScan(image), {} };
            const auto asOf = context.scans->asOf;
            if (!asOf)
                return { Verdict::NotAssessed, "no date of assessment is known (give one with --as-of)", {} };
            if (image.imageCreated && limits.imageDays > 0) {
                const auto days = (*asOf - *image.imageCreated) / secondsPerDay;
                if (days > limits.imageDays)
                    return { Verdict::Fail,
                        image.reference + " was built " + std::to_string(days) + " days ago, on "
                            + formatDate(*image.imageCreated) + " (the limit is " + std::to_string(limits.imageDays)
                            + ')',
                        image.reference + ": built " + formatDate(*image.imageCreated) };
            }
            // The newest report that looked for vulnerabilities; one of another build says nothing beside a sure one.
            std::optional<std::int64_t> newest;
            bool isSure = false;
            for (const images::ScanMatch& match : image.matches) {
                if (match.kind == images::MatchKind::Tag && isSure)
                    break;
                isSure = isSure
                    || (match.kind != images::MatchKind::Tag
                        && context.scans->evidence.scans[match.scan].hasVulnerabilities);
                if (context.scans->evidence.scans[match.scan].hasVulnerabilities && match.ageDays
                    && (!newest || *match.ageDays < *newest))
                    newest = match.ageDays;
            }
            if (limits.scanDays == 0)
                return {};
            if (!newest)
                return { Verdict::NotAssessed, "the report on " + image.reference + " does not tell when it was made",
                    {} };
            if (*newest <= limits.scanDays)
                return {};
            return { Verdict::Fail,
                image.reference + " was scanned " + std::to_string(*newest) + " days ago (the limit is "
                    + std::to_string(limits.scanDays) + "): what was found since is not in the report",
                image.reference + ": scanned " + std::to_string(*newest) + " days ago" };
        });
}

bool isRootUser(std::string_view user)
{
    const std::string_view name = user.substr(0, user.find(':'));
    return name.empty() || name == "root" || name == "0";
}

// I14. What the pod sets wins over the image: runAsUser over USER, runAsNonRoot refuses to start root.
void judgeUser(const Context& context, std::vector<Outcome>& outcomes)
{
    const Cluster& cluster = context.cluster;
    const auto isOverridden = [&](cluster::WorkloadId id, const std::string& name) {
        const Workload& workload = cluster.workloads()[id.index];
        return std::ranges::all_of(workload.specs, [&](const cluster::PodSpecUse& use) {
            const cluster::PodSpec& spec = cluster.podSpec(use.spec);
            return std::ranges::all_of(spec.containers, [&](const cluster::Container& container) {
                return printable(cluster.text(container.name)) != name || cluster::isWindows(cluster.strings(), spec)
                    || cluster::effectiveRunAsUser(spec, container).value
                    || cluster::effectiveRunAsNonRoot(spec, container).value == true;
            });
        });
    };
    judgeImages(context, outcomes,
        [&](const ScannedImage& image, cluster::WorkloadId workload, const images::ScanUse& use) -> ImageVerdict {
            if (isOverridden(workload, use.container))
                return {};
            if (!image.configUser)
                return { Verdict::NotAssessed,
                    "no report tells the user of " + image.reference
                        + " (trivy image --format json writes the image's configuration)",
                    {} };
            if (!isRootUser(*image.configUser))
                return {};
            return { Verdict::Fail,
                image.reference
                    + (image.configUser->empty() ? std::string(" names no user, which means root")
                                                 : " runs as " + *image.configUser)
                    + ", and the pod sets no other" + doubt(image),
                "USER of the image: " + (image.configUser->empty() ? std::string("not set") : *image.configUser) };
        });
}

constexpr std::array<Control, 4> imageScanList { {
    { .id = "PLM-I07", .evaluate = judgeCounts, .needs = {} },
    { .id = "PLM-I08", .evaluate = judgeExposed, .needs = {} },
    { .id = "PLM-I09", .evaluate = judgeAge, .needs = {} },
    { .id = "PLM-I14", .evaluate = judgeUser, .needs = {} },
} };

} // namespace

std::span<const Control> imageScanControls()
{
    return imageScanList;
}

} // namespace plimsoll::control
