// SPDX-License-Identifier: Apache-2.0
// Controls on what runs behind a reference: digests, releases without fixes, versions that do not fit together.
#include <algorithm>
#include <array>
#include <set>

#include "core/base/Text.h"
#include "core/components/Components.h"
#include "core/control/detail/Families_p.h"
#include "core/control/detail/Outcomes_p.h"
#include "core/images/Inventory.h"
#include "core/images/Skew.h"

namespace plimsoll::control {

using cluster::Cluster;
using cluster::ObjectId;
using images::Image;
using images::LifecycleHit;
using images::Support;

namespace {

constexpr std::array<Need, 1> podNeeds { { { "", "Pod" } } };
constexpr std::array<Need, 1> kubeletNeeds { { { "", "Node" } } };

std::string imageText(const Image& image)
{
    return printable(image.reference ? images::normalised(*image.reference) : image.text);
}

// Images by workload, each pair once, with the first container that names it.
template <class Judge> void forEachUse(const Context& context, Judge judge)
{
    for (const Image& image : context.images->images) {
        std::set<std::uint32_t> seen;
        for (const images::ImageUse& use : image.uses) {
            if (seen.insert(use.workload.index).second)
                judge(image, use);
        }
    }
}

// One outcome for each workload that has containers; what is wrong with several images is joined.
class PerWorkload {
public:
    explicit PerWorkload(const Cluster& cluster)
        : m_cluster(cluster)
        , m_outcomes(cluster.workloads().size())
    {
    }
    void fail(const images::ImageUse& use, std::string message, std::string value)
    {
        Outcome& outcome = at(use);
        if (outcome.verdict == Verdict::Fail)
            outcome.message += "; " + message;
        else
            outcome.message = std::move(message);
        outcome.verdict = Verdict::Fail;
        outcome.evidence.push_back({ use.holder, use.pointer, std::move(value) });
    }
    void notAssessed(const images::ImageUse& use, std::string missing)
    {
        Outcome& outcome = at(use);
        if (outcome.verdict != Verdict::Pass)
            return;
        outcome.verdict = Verdict::NotAssessed;
        outcome.message = std::move(missing);
    }
    void pass(const images::ImageUse& use) { at(use); }
    void finish(std::vector<Outcome>& outcomes)
    {
        for (Outcome& outcome : m_outcomes) {
            if (outcome.object.isNone())
                continue;
            outcome.affected = std::max<std::uint32_t>(1, outcome.affected);
            outcomes.push_back(std::move(outcome));
        }
    }

private:
    Outcome& at(const images::ImageUse& use)
    {
        Outcome& outcome = m_outcomes[use.workload.index];
        outcome.object = m_cluster.workloads()[use.workload.index].object;
        return outcome;
    }
    const Cluster& m_cluster;
    std::vector<Outcome> m_outcomes;
};

// I05.
void judgeFrozenRegistry(const Context& context, std::vector<Outcome>& outcomes)
{
    if (hasHiddenNames(context.cluster))
        return notAssessed({}, "the names of images are replaced in this snapshot", outcomes);
    PerWorkload verdicts(context.cluster);
    forEachUse(context, [&](const Image& image, const images::ImageUse& use) {
        if (image.reference && image.reference->domain == "k8s.gcr.io")
            verdicts.fail(use,
                "container " + printable(use.container) + " runs an image of k8s.gcr.io, which is frozen",
                imageText(image));
        else
            verdicts.pass(use);
    });
    verdicts.finish(outcomes);
}

// I10.
void judgeDrift(const Context& context, std::vector<Outcome>& outcomes)
{
    PerWorkload verdicts(context.cluster);
    forEachUse(context, [&](const Image& image, const images::ImageUse& use) {
        if (image.hasDrift) {
            std::vector<std::string> digests;
            for (const images::RunningDigest& one : image.running)
                digests.push_back(
                    shortened(one.id.digest, 19) + " in " + counted(one.containers, "container", "containers"));
            verdicts.fail(use, imageText(image) + " runs with different contents", join(digests, ", "));
        } else if (image.perhapsByPlatform) {
            verdicts.notAssessed(use, imageText(image) + " runs with one digest for each platform of nodes");
        } else if (image.running.empty() && !image.isPinned()) {
            verdicts.notAssessed(use, "no pod tells which digest of " + imageText(image) + " it runs");
        } else {
            verdicts.pass(use);
        }
    });
    verdicts.finish(outcomes);
}

// I11. Kubernetes itself is I13's.
void judgeLifecycle(const Context& context, std::vector<Outcome>& outcomes)
{
    if (hasHiddenNames(context.cluster))
        return notAssessed({}, "the names of images are replaced in this snapshot", outcomes);
    PerWorkload verdicts(context.cluster);
    forEachUse(context, [&](const Image& image, const images::ImageUse& use) {
        bool isKnown = false;
        for (const LifecycleHit& hit : image.lifecycle) {
            if (hit.product->id == "kubernetes") {
                isKnown = true;
                continue;
            }
            isKnown = isKnown || hit.support != Support::Unknown;
            if (hit.support == Support::Ended)
                verdicts.fail(use,
                    hit.text + (hit.product->note.empty() ? "" : " (" + hit.product->note + ')')
                        + (hit.isInferred ? ", by the tag of the image" : ""),
                    imageText(image));
        }
        if (isKnown)
            verdicts.pass(use);
        else
            verdicts.notAssessed(use,
                "the table of releases of " + context.settings.releases().date + " does not know " + imageText(image));
    });
    verdicts.finish(outcomes);
}

// I13.
void judgeSkew(const Context& context, std::vector<Outcome>& outcomes)
{
    const images::LifecycleTable& table = context.settings.releases();
    const auto now = context.settings.dayOf(context.cluster);
    const images::Product* product = table.find("kubernetes");
    const auto parts = images::componentVersions(context.cluster);
    for (const images::ComponentVersion& part : parts) {
        std::vector<std::string> faults = images::skewFaults(part, parts, context.cluster.version());
        if (product) {
            const LifecycleHit hit = images::judgeRelease(*product, part.version.text, now);
            if (hit.support == Support::Ended)
                faults.push_back(hit.text);
            else if (hit.support == Support::Unknown && faults.empty()) {
                notAssessed(
                    part.object, part.component + " " + printable(part.version.text) + ": " + hit.text, outcomes);
                continue;
            }
        }
        if (faults.empty())
            pass(part.object, outcomes);
        else
            fail(part.object, part.component + ' ' + printable(part.version.text) + ": " + join(faults, "; "),
                { { part.object, part.pointer, printable(part.version.text) } }, outcomes);
    }
}

constexpr std::array<Control, 4> supportList { {
    { .id = "PLM-I05", .evaluate = judgeFrozenRegistry, .needs = {} },
    { .id = "PLM-I10", .evaluate = judgeDrift, .needs = podNeeds },
    { .id = "PLM-I11", .evaluate = judgeLifecycle, .needs = {} },
    { .id = "PLM-I13", .evaluate = judgeSkew, .needs = kubeletNeeds },
} };

} // namespace

std::span<const Control> imageSupportControls()
{
    return supportList;
}

} // namespace plimsoll::control
