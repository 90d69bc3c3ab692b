// SPDX-License-Identifier: Apache-2.0
// Controls on policies that decide which images may run.
#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "core/base/Text.h"
#include "core/control/detail/Families_p.h"
#include "core/control/detail/Outcomes_p.h"
#include "core/images/Inventory.h"
#include "core/images/Provenance.h"

namespace plimsoll::control {

using cluster::Cluster;
using cluster::ObjectId;
using images::Provenance;
using images::ProvenancePolicy;

namespace {

constexpr std::array<Need, 2> signatureNeeds { { { admissionGroup, "ValidatingWebhookConfiguration" },
    { admissionGroup, "MutatingWebhookConfiguration" } } };

std::string policyText(const Cluster& cluster, const ProvenancePolicy& policy)
{
    return cluster.refOf(policy.object) + " (" + policy.engine + ')';
}

// What the policies that cover an image come to: one that refuses, else why those that are there do not.
struct Coverage {
    const ProvenancePolicy* refusing = nullptr;
    std::vector<std::string> apparent;
};

Coverage coverageOf(const Cluster& cluster, const std::vector<const ProvenancePolicy*>& policies)
{
    Coverage coverage;
    for (const ProvenancePolicy* policy : policies) {
        if (policy->gaps.empty())
            coverage.refusing = policy;
        else
            coverage.apparent.push_back(policyText(cluster, *policy) + ": " + policy->gaps.front());
    }
    return coverage;
}

// I06.
void judgeSignatures(const Context& context, std::vector<Outcome>& outcomes)
{
    const Cluster& cluster = context.cluster;
    const Provenance provenance(cluster);
    const auto workloads = cluster.workloads();
    std::map<std::uint32_t, Outcome> byWorkload;
    for (const images::Image& image : context.images->images) {
        for (const images::ImageUse& use : image.uses) {
            Outcome& outcome = byWorkload[use.workload.index];
            outcome.object = workloads[use.workload.index].object;
            if (!image.reference || std::ranges::any_of(outcome.evidence, [&](const Evidence& one) {
                    return one.object == use.holder && one.pointer == use.pointer;
                }))
                continue;
            const Coverage coverage = coverageOf(cluster,
                provenance.covering(
                    *image.reference, cluster.text(cluster.object(use.holder).ns), ProvenancePolicy::Check::Signature));
            if (coverage.refusing)
                continue;
            outcome.verdict = Verdict::Fail;
            if (outcome.message.empty())
                outcome.message = coverage.apparent.empty()
                    ? "no policy has the signature of its images verified"
                    : "is covered in appearance only: " + join(coverage.apparent, "; ");
            outcome.evidence.push_back({ use.holder, use.pointer, printable(image.text) });
        }
    }
    for (auto& [index, outcome] : byWorkload) {
        if (outcome.verdict == Verdict::Fail && !provenance.unread().empty())
            notAssessed(outcome.object,
                "what is checked by " + join(provenance.unread(), ", ") + " cannot be read here", outcomes);
        else
            outcomes.push_back(std::move(outcome));
    }
}

// Policies of other forms that look at images: a validating admission policy whose rules name the image field.
bool isImagePolicy(const Cluster& cluster, ObjectId id)
{
    format::Document document;
    if (!cluster.snapshot().readRaw(cluster.object(id).raw, document))
        return false;
    return std::ranges::any_of(document.root()["spec"]["validations"],
        [](const format::Value& rule) { return rule["expression"].text().contains(".image"); });
}

// I15. Of each namespace with workloads: does anything refuse images for where they come from?
void judgeOrigin(const Context& context, std::vector<Outcome>& outcomes)
{
    const Cluster& cluster = context.cluster;
    const Provenance provenance(cluster);
    std::vector<std::string> others = provenance.unread();
    for (const ObjectId id : cluster.objectsOf(admissionGroup, "ValidatingAdmissionPolicy")) {
        if (isImagePolicy(cluster, id))
            others.push_back(cluster.refOf(id));
    }
    std::map<std::string_view, std::set<const images::Image*>> byNamespace;
    for (const images::Image& image : context.images->images) {
        for (const images::ImageUse& use : image.uses)
            byNamespace[cluster.text(cluster.object(use.holder).ns)].insert(&image);
    }
    for (const auto& [name, list] : byNamespace) {
        const cluster::Namespace* ns = cluster.findNamespace(name);
        if (!ns || ns->object.isNone() || isSystemNamespace(name))
            continue;
        std::vector<std::string> apparent;
        std::size_t covered = 0, valid = 0;
        for (const images::Image* image : list) {
            if (!image->reference)
                continue;
            ++valid;
            bool isRefused = false;
            for (const auto check : { ProvenancePolicy::Check::Signature, ProvenancePolicy::Check::Registry }) {
                const Coverage coverage = coverageOf(cluster, provenance.covering(*image->reference, name, check));
                isRefused = isRefused || coverage.refusing;
                if (apparent.empty())
                    apparent = coverage.apparent;
            }
            covered += isRefused ? 1 : 0;
        }
        if (covered == valid) {
            pass(ns->object, outcomes);
        } else if (!others.empty()) {
            notAssessed(ns->object,
                "whether " + others.front() + " refuses images for their origin is not decided here", outcomes);
        } else {
            fail(ns->object,
                std::to_string(valid - covered) + " of " + counted(valid, "image", "images")
                    + " in it may come from anywhere"
                    + (apparent.empty() ? std::string() : "; in appearance only: " + join(apparent, "; ")),
                { { ns->object, "/metadata/name", printable(name) } }, outcomes);
        }
    }
}

// I16. The library's template compares beginnings: "registry.example.com" allows registry.example.com.evil.io.
void judgeOpenPrefixes(const Context& context, std::vector<Outcome>& outcomes)
{
    const Cluster& cluster = context.cluster;
    const Provenance provenance(cluster);
    for (const ProvenancePolicy& policy : provenance.policies()) {
        if (policy.check != ProvenancePolicy::Check::Registry)
            continue;
        format::Document document;
        if (!cluster.snapshot().readRaw(cluster.object(policy.object).raw, document)) {
            notAssessed(policy.object, "its text cannot be read again", outcomes);
            continue;
        }
        std::vector<Evidence> open;
        std::size_t index = 0;
        for (const format::Value repo : document.root().at(policy.pointer)) {
            const std::string_view text = repo.text();
            const std::string pointer = format::pointerTo(policy.pointer, index++);
            // A digest or tag ends the name as a slash does.
            const bool isClosed = text.ends_with('/') || text.contains('@')
                || (text.rfind(':') != text.npos && text.find('/', text.rfind(':')) == text.npos && text.contains('/'));
            if (!isClosed && !text.ends_with('*'))
                open.push_back({ policy.object, pointer, text.empty() ? "empty: allows everything" : printable(text) });
        }
        if (open.empty())
            pass(policy.object, outcomes);
        else
            fail(policy.object,
                "compares beginnings, and " + counted(open.size(), "one of them does", "of them do")
                    + " not end at a slash",
                std::move(open), outcomes);
    }
}

constexpr std::array<Control, 3> originList { {
    { .id = "PLM-I06", .evaluate = judgeSignatures, .needs = signatureNeeds },
    { .id = "PLM-I15", .evaluate = judgeOrigin, .needs = signatureNeeds },
    { .id = "PLM-I16", .evaluate = judgeOpenPrefixes, .needs = {} },
} };

} // namespace

std::span<const Control> imageOriginControls()
{
    return originList;
}

} // namespace plimsoll::control
