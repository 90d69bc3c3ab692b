// SPDX-License-Identifier: Apache-2.0
// Requests and limits. Source: Kubernetes 1.36 pkg/apis/core/v1/defaults.go (a limit is the request where none is
// set), plugin/pkg/admission/limitranger (defaults for containers and init containers), pod-level resources (KEP-2837).
#include <algorithm>

#include "core/control/detail/Workload_p.h"

namespace plimsoll::control {

using cluster::Amount;
using cluster::Container;
using cluster::ContainerRole;
using cluster::Resources;

namespace {

enum class Part : std::uint8_t { Request, Limit };

struct Wanted {
    Amount Resources::*resource;
    Part part;
    std::string_view clause; // "has no CPU limit"
    std::string_view pointer; // "/resources/limits/cpu"
    bool mayBeOfPod; // pods as a whole ask for CPU and memory alone
};

bool isSet(const Context& context, StringId amount)
{
    return !amount.isNone() && context.cluster.text(amount) != "0"; // of 0 nothing is reserved, and 0 limits nothing
}

bool isSet(const Context& context, const Resources& resources, const Wanted& wanted)
{
    const Amount& amount = resources.*wanted.resource;
    return isSet(context, amount.limit) || (wanted.part == Part::Request && isSet(context, amount.request));
}

// A LimitRange fills in what a template leaves out as soon as a pod is made of it; a live pod shows the result.
bool isDefaulted(const Context& context, const SpecSubject& subject, const Wanted& wanted)
{
    const StringId ns = context.cluster.object(subject.workload.object).ns;
    return !subject.isLivePod && !ns.isNone()
        && std::ranges::any_of(context.cluster.limitRanges(), [&](const cluster::LimitRange& range) {
               return context.cluster.object(range.object).ns == ns && isSet(context, range.container, wanted);
           });
}

// All pods of the template have it, whoever wrote it there: a LimitRange that is not in the source, a webhook, an
// autoscaler.
bool isFilledInPods(
    const Context& context, const SpecSubject& subject, const Container& container, const Wanted& wanted)
{
    if (subject.isLivePod)
        return false;
    bool isFilled = false;
    for (const cluster::PodSpecUse& use : subject.workload.specs) {
        const cluster::PodSpec& spec = context.cluster.podSpec(use.spec);
        if (use.podCount == 0)
            continue;
        const auto same = std::ranges::find_if(spec.containers,
            [&](const Container& other) { return other.name == container.name && other.role == container.role; });
        if (same == spec.containers.end() || !isSet(context, same->resources, wanted))
            return false;
        isFilled = true;
    }
    return isFilled;
}

void checkResource(const Context& context, const SpecSubject& subject, const Wanted& wanted, SpecReport& report)
{
    if ((wanted.mayBeOfPod && isSet(context, subject.spec.resources, wanted)) || isDefaulted(context, subject, wanted))
        return;
    for (const Container& container : subject.spec.containers) {
        if (container.role == ContainerRole::Ephemeral || isSet(context, container.resources, wanted)
            || isFilledInPods(context, subject, container, wanted))
            continue;
        const Amount& amount = container.resources.*wanted.resource;
        const StringId written = wanted.part == Part::Limit ? amount.limit : amount.request;
        failContainer(context, container, wanted.clause, container.pointer() + std::string(wanted.pointer),
            written.isNone() ? std::string(notSet) : std::string(context.cluster.text(written)), report);
    }
}

} // namespace

void checkCpuLimit(const Context& context, const SpecSubject& subject, SpecReport& report)
{
    checkResource(
        context, subject, { &Resources::cpu, Part::Limit, "has no CPU limit", "/resources/limits/cpu", true }, report);
}

void checkMemoryLimit(const Context& context, const SpecSubject& subject, SpecReport& report)
{
    checkResource(context, subject,
        { &Resources::memory, Part::Limit, "has no memory limit", "/resources/limits/memory", true }, report);
}

void checkCpuRequest(const Context& context, const SpecSubject& subject, SpecReport& report)
{
    checkResource(context, subject,
        { &Resources::cpu, Part::Request, "has no CPU request", "/resources/requests/cpu", true }, report);
}

void checkMemoryRequest(const Context& context, const SpecSubject& subject, SpecReport& report)
{
    checkResource(context, subject,
        { &Resources::memory, Part::Request, "has no memory request", "/resources/requests/memory", true }, report);
}

void checkEphemeralStorage(const Context& context, const SpecSubject& subject, SpecReport& report)
{
    checkResource(context, subject,
        { &Resources::ephemeralStorage, Part::Limit, "has no limit for ephemeral storage",
            "/resources/limits/ephemeral-storage", false },
        report);
}

} // namespace plimsoll::control
