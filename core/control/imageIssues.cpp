// SPDX-License-Identifier: Apache-2.0
// The control on published vulnerabilities of Kubernetes' own parts and of ingress-nginx.
#include <algorithm>
#include <array>
#include <map>

#include "core/base/Text.h"
#include "core/control/detail/Admission_p.h"
#include "core/control/detail/Families_p.h"
#include "core/control/detail/ImageFacts_p.h"
#include "core/control/detail/Outcomes_p.h"
#include "core/images/Inventory.h"
#include "core/images/KnownIssues.h"

namespace plimsoll::control {

using cluster::Cluster;
using cluster::ObjectId;
using images::KnownIssue;

namespace {

// What the table says of one version in one place.
struct IssueVerdict {
    std::vector<std::string> applies, open; // clauses
    std::vector<Evidence> evidence; // of those that apply
};

// Facts are the same for every part, but for those on its own node or container.
class FactBook {
public:
    explicit FactBook(const Context& context)
        : m_context(context)
    {
    }
    Fact of(const std::string& condition, const AffectedPart& part)
    {
        const bool isLocal = condition == "windows-node" || part.container;
        if (isLocal)
            return factOf(m_context, condition, part);
        const auto known = m_facts.find(condition);
        if (known != m_facts.end())
            return known->second;
        return m_facts.emplace(condition, factOf(m_context, condition, part)).first->second;
    }

private:
    const Context& m_context;
    std::map<std::string, Fact> m_facts;
};

void addIssue(const KnownIssue& issue, const images::VersionRange& range, const AffectedPart& part, FactBook& facts,
    const Evidence& place, IssueVerdict& verdict)
{
    std::vector<std::string> deciding, missing;
    for (const std::string& condition : issue.conditions) {
        Fact fact = facts.of(condition, part);
        if (fact.state == Fact::State::Not)
            return;
        (fact.state == Fact::State::Holds ? deciding : missing).push_back(std::move(fact.text));
    }
    const std::string fix = range.fixed ? "fixed in " + images::fixText(range) : std::string("no version repairs it");
    std::string clause = issue.id + ": " + issue.summary + " (" + fix;
    for (const std::string& fact : deciding)
        clause += "; " + fact;
    clause += ')';
    if (images::mayBePatchedByProvider(part.version) && range.fixed)
        missing.emplace_back("whether the provider has added the fix to its own version");
    if (!missing.empty()) {
        verdict.open.push_back(clause + ", not known: " + join(missing, "; "));
    } else if (!issue.onlyIf.empty()) {
        verdict.open.push_back(clause + ", if " + issue.onlyIf);
    } else {
        verdict.applies.push_back(std::move(clause));
        verdict.evidence.push_back({ place.object, place.pointer, place.value + ": " + issue.id + ", " + fix });
    }
}

IssueVerdict judgeVersion(std::string_view component, const AffectedPart& part, FactBook& facts, const Evidence& place)
{
    IssueVerdict verdict;
    for (const KnownIssue& issue : images::builtInIssues().issues) {
        if (issue.component != component)
            continue;
        if (const images::VersionRange* range = images::rangeOf(issue, part.version))
            addIssue(issue, *range, part, facts, place, verdict);
    }
    return verdict;
}

void finish(ObjectId object, const std::string& what, IssueVerdict verdict, std::vector<Outcome>& outcomes)
{
    if (!verdict.applies.empty())
        fail(object, what + " has " + join(verdict.applies, "; "), std::move(verdict.evidence), outcomes);
    else if (!verdict.open.empty())
        notAssessed(object, what + " may have " + join(verdict.open, "; "), outcomes);
    else
        pass(object, outcomes);
}

const cluster::Container* containerOf(const Cluster& cluster, const images::ImageUse& use)
{
    const cluster::PodSpecId spec = cluster.podSpecOf(use.holder);
    if (spec.isNone())
        return nullptr;
    const auto& containers = cluster.podSpec(spec).containers;
    const auto found = std::ranges::find_if(containers, [&](const cluster::Container& container) {
        return std::string(cluster.podSpecPointer(use.holder)) + container.pointer() + "/image" == use.pointer;
    });
    return found == containers.end() ? nullptr : &*found;
}

void judgeIngressControllers(const Context& context, FactBook& facts, std::vector<Outcome>& outcomes)
{
    const Cluster& cluster = context.cluster;
    for (const images::Image& image : context.images->images) {
        if (!image.reference || !images::isIngressNginx(image.reference->name()))
            continue;
        const auto version = cluster::parseVersion(image.reference->tag);
        std::uint32_t last = 0;
        bool isFirst = true;
        for (const images::ImageUse& use : image.uses) {
            if (!isFirst && use.workload.index == last)
                continue;
            isFirst = false;
            last = use.workload.index;
            const ObjectId object = cluster.workloads()[use.workload.index].object;
            const std::string shown = printable(images::normalised(*image.reference));
            if (!version) {
                notAssessed(object, "no tag tells the version of " + shown, outcomes);
                continue;
            }
            const AffectedPart part { nullptr, containerOf(cluster, use), *version };
            finish(object, "ingress-nginx " + printable(version->text),
                judgeVersion("ingress-nginx", part, facts, { use.holder, use.pointer, shown }), outcomes);
        }
    }
}

// I12.
void judgeKnownIssues(const Context& context, std::vector<Outcome>& outcomes)
{
    const Cluster& cluster = context.cluster;
    FactBook facts(context);
    const auto parts = images::componentVersions(cluster);
    bool hasServer = false;
    for (const images::ComponentVersion& one : parts) {
        hasServer = hasServer || one.component == "kube-apiserver";
        const std::string shown = printable(one.version.text);
        finish(one.object, one.component + ' ' + shown,
            judgeVersion(one.component, { &one, nullptr, one.version }, facts, { one.object, one.pointer, shown }),
            outcomes);
    }
    // Where the control plane runs elsewhere, the server itself tells its version.
    const cluster::Version& server = cluster.version();
    const ObjectId subject = clusterSubject(cluster);
    if (!hasServer && server.isKnown() && cluster.versionSource() != "nodes" && !subject.isNone()) {
        const std::string shown = printable(server.text);
        finish(subject, "kube-apiserver " + shown,
            judgeVersion("kube-apiserver", { nullptr, nullptr, server }, facts, { subject, "", shown }), outcomes);
        hasServer = true;
    }
    judgeIngressControllers(context, facts, outcomes);
    if (!hasServer && parts.empty())
        notAssessed({}, "the source tells no version of Kubernetes' parts", outcomes);
}

constexpr std::array<Control, 1> issueList { {
    { .id = "PLM-I12", .evaluate = judgeKnownIssues, .needs = {} },
} };

} // namespace

std::span<const Control> imageIssueControls()
{
    return issueList;
}

} // namespace plimsoll::control
