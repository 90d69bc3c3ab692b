// SPDX-License-Identifier: Apache-2.0
// Controls on the images that containers run.
#include "core/images/Images.h"

#include <algorithm>
#include <array>

#include "core/base/Text.h"
#include "core/control/detail/Outcomes_p.h"
#include "core/control/detail/Families_p.h"

namespace plimsoll::control {

using cluster::Cluster;

namespace {

// Calls judge(container, reference) for each container; an image that is no valid reference cannot be judged.
template <class Judge>
void forEachImage(const Context& context, const SpecSubject& subject, SpecReport& report, Judge judge)
{
    const Cluster& cluster = context.cluster;
    std::string unreadable;
    for (const cluster::Container& container : subject.spec.containers) {
        const std::string_view text = cluster.text(container.image);
        if (const auto reference = images::parseReference(text))
            judge(container, *reference);
        else
            unreadable = containerText(cluster, container)
                + (text.empty() ? std::string(" names no image")
                                : " names \"" + printable(text) + "\", which is no image reference");
    }
    if (report.verdict == Verdict::Pass && !unreadable.empty())
        report.notAssessed(unreadable);
}

// I01.
void checkTag(const Context& context, const SpecSubject& subject, SpecReport& report)
{
    forEachImage(context, subject, report, [&](const cluster::Container& container, const images::Reference& image) {
        if (!image.digest.empty() || image.effectiveTag() != "latest")
            return;
        report.fail(containerText(context.cluster, container)
                + (image.tag.empty() ? " runs an image without tag, which means latest" : " runs the tag latest"),
            container.pointer() + "/image", printable(context.cluster.text(container.image)));
    });
}

// I02.
void checkDigest(const Context& context, const SpecSubject& subject, SpecReport& report)
{
    forEachImage(context, subject, report, [&](const cluster::Container& container, const images::Reference& image) {
        if (image.digest.empty())
            report.fail(containerText(context.cluster, container) + " names its image without digest",
                container.pointer() + "/image", printable(context.cluster.text(container.image)));
    });
}

// I03. A digest names one content for ever: what the node has is what the registry has.
void checkPullPolicy(const Context& context, const SpecSubject& subject, SpecReport& report)
{
    const Cluster& cluster = context.cluster;
    forEachImage(context, subject, report, [&](const cluster::Container& container, const images::Reference& image) {
        const std::string_view set = cluster.text(container.imagePullPolicy);
        const std::string_view policy = set.empty() ? images::defaultPullPolicy(cluster.text(container.image)) : set;
        if (!image.digest.empty() || policy == "Always")
            return;
        report.fail(containerText(cluster, container) + " runs tag " + printable(image.effectiveTag())
                + " with pull policy " + printable(policy),
            container.pointer() + "/imagePullPolicy",
            set.empty() ? "not set: " + std::string(policy) + " for this tag" : printable(set));
        report.edit(container.pointer() + "/imagePullPolicy", "\"Always\"");
    });
}

// I04.
void checkRegistry(const Context& context, const SpecSubject& subject, SpecReport& report)
{
    const auto& allowed = context.settings.allowedRegistries;
    if (allowed.empty())
        return report.notAssessed("no list of allowed registries is given (allowedRegistries of --settings)");
    forEachImage(context, subject, report, [&](const cluster::Container& container, const images::Reference& image) {
        if (std::ranges::any_of(allowed, [&](const std::string& registry) { return images::isFrom(image, registry); }))
            return;
        report.fail(containerText(context.cluster, container) + " runs an image of " + printable(image.domain)
                + ", which the list of allowed registries does not cover",
            container.pointer() + "/image", printable(image.name()));
    });
}

constexpr std::array<Control, 4> imageList { {
    { .id = "PLM-I01", .checkSpec = checkTag, .needs = {} },
    { .id = "PLM-I02", .checkSpec = checkDigest, .needs = {} },
    { .id = "PLM-I03", .checkSpec = checkPullPolicy, .needs = {} },
    { .id = "PLM-I04", .checkSpec = checkRegistry, .needs = {} },
} };

} // namespace

std::span<const Control> imageControls()
{
    return imageList;
}

} // namespace plimsoll::control
