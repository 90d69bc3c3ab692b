// SPDX-License-Identifier: Apache-2.0
// Controls on credentials that stand in clear text outside of Secrets: what the detector of the import
// (core/snapshot/Masking.h) hit. Only rule, place and length of a hit are known here.
#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>

#include "core/base/Text.h"
#include "core/control/detail/Families_p.h"
#include "core/control/detail/Outcomes_p.h"

namespace plimsoll::control {

using cluster::Cluster;
using cluster::Object;
using cluster::ObjectId;
using snapshot::MaskedValue;

namespace {

constexpr std::array<Need, 1> configMapNeeds { { { "", "ConfigMap" } } };

enum class Place : std::uint8_t { Environment, ConfigMapData, Elsewhere };

// "/spec/containers/0/env/3/value", in any kind.
bool isEnvironment(std::string_view pointer)
{
    constexpr std::string_view end = "/value";
    if (!pointer.ends_with(end))
        return false;
    pointer.remove_suffix(end.size());
    const std::size_t slash = pointer.rfind('/');
    return slash != pointer.npos && toInteger(pointer.substr(slash + 1)) && pointer.substr(0, slash).ends_with("/env");
}

// Of a Secret only the copies count that others than its readers may see: tools that read metadata show annotations.
bool isSecretsOwn(const MaskedValue& hit)
{
    return hit.rule == "secret-data" || (hit.rule == "secret-copy" && hit.pointer.find("applied") == std::string::npos);
}

Place placeOf(std::string_view kind, const MaskedValue& hit)
{
    if (kind == "ConfigMap" && (hit.pointer.starts_with("/data/") || hit.pointer.starts_with("/binaryData/")))
        return Place::ConfigMapData;
    return isEnvironment(hit.pointer) ? Place::Environment : Place::Elsewhere;
}

// What a hit is, for a sentence: the value itself is not known.
std::string_view nounOf(std::string_view rule)
{
    if (rule == "weak-default")
        return "a well-known default as credential";
    if (rule == "private-key")
        return "a private key";
    if (rule == "kubeconfig")
        return "a kubeconfig with a key or token";
    if (rule == "registry-login")
        return "the login of a registry";
    if (rule == "password-hash")
        return "the hash of a password";
    if (rule == "secret-manifest")
        return "the manifest of a Secret with its values";
    if (rule == "helm-release")
        return "a packed Helm release, with every value it was installed with";
    if (rule == "packed-copy")
        return "a packed copy of the object";
    if (rule == "secret-copy")
        return "a copy of the Secret with its values";
    if (rule == "last-applied")
        return "a copy of the object with a credential";
    if (rule.ends_with("password"))
        return "a password";
    return rule.find("token") != rule.npos ? "a token" : "a credential";
}

// One place of a subject, for all of its pods.
struct ExposedPlace {
    ObjectId holder;
    const MaskedValue* hit = nullptr;
    std::string relative; // in the pod spec, or the whole pointer
    bool isInSpec = false;
};

// What was found for one subject.
struct Finds {
    std::vector<ExposedPlace> found;
    std::set<std::tuple<std::string, std::string_view, std::uint32_t>> known; // place, rule, length
    std::set<std::uint32_t> holders;
};

void addHits(const Cluster& cluster, ObjectId holder, Place place, Finds& finds)
{
    const std::string_view kind = cluster.kindName(holder);
    constexpr std::string_view revisionSpec = "/data/spec/template/spec";
    const std::string_view spec = kind == "ControllerRevision" ? revisionSpec : cluster.podSpecPointer(holder);
    for (const MaskedValue& hit : cluster.object(holder).masked) {
        if (isSecretsOwn(hit) || placeOf(kind, hit) != place)
            continue;
        const bool isInSpec = !spec.empty() && hit.pointer.starts_with(std::string(spec) + '/');
        std::string relative = isInSpec ? hit.pointer.substr(spec.size()) : hit.pointer;
        finds.holders.insert(holder.index);
        if (finds.known.emplace(relative, hit.rule, hit.length).second)
            finds.found.push_back({ holder, &hit, std::move(relative), isInSpec });
    }
}

// "DB_PASSWORD of container web", "/metadata/annotations/x".
std::string placeText(const Cluster& cluster, const ExposedPlace& found)
{
    const cluster::PodSpecId spec = cluster.podSpecOf(found.holder);
    if (!found.isInSpec || spec.isNone())
        return printable(shortened(found.hit->pointer, 120));
    for (const cluster::Container& container : cluster.podSpec(spec).containers) {
        const std::string start = container.pointer() + '/';
        if (!found.relative.starts_with(start))
            continue;
        const std::string_view rest = std::string_view(found.relative).substr(start.size());
        const std::string where = " of " + containerText(cluster, container);
        for (std::size_t i = 0; i < container.env.size(); ++i) {
            if (rest == "env/" + std::to_string(i) + "/value")
                return printable(shortened(cluster.text(container.env[i].name), 120)) + where;
        }
        return "the " + printable(rest.substr(0, rest.find('/'))) + where;
    }
    return printable(shortened(found.hit->pointer, 120));
}

void report(const Cluster& cluster, ObjectId subject, const Finds& finds, std::vector<Outcome>& outcomes)
{
    constexpr std::size_t shown = 3;
    std::vector<std::string> clauses;
    std::vector<Evidence> evidence;
    for (const ExposedPlace& found : finds.found) {
        std::string clause = std::string(nounOf(found.hit->rule)) + " in " + placeText(cluster, found);
        if (std::ranges::find(clauses, clause) == clauses.end())
            clauses.push_back(std::move(clause));
        evidence.push_back({ found.holder, found.hit->pointer,
            "rule " + found.hit->rule + ", " + counted(found.hit->length, "byte", "bytes") });
    }
    const std::size_t more = clauses.size() > shown ? clauses.size() - shown : 0;
    clauses.resize(clauses.size() - more);
    const std::string rest = more > 0 ? " and " + std::to_string(more) + " more" : std::string();
    Outcome& outcome = fail(subject, "holds " + join(clauses, "; ") + rest, std::move(evidence), outcomes);
    outcome.affected = static_cast<std::uint32_t>(std::max<std::size_t>(1, finds.holders.size()));
}

// Revisions hold the template of their owner under /data.
cluster::WorkloadId workloadOf(const Cluster& cluster, ObjectId id)
{
    const cluster::WorkloadId workload = cluster.workloadOf(id);
    if (!workload.isNone() || cluster.kindName(id) != "ControllerRevision")
        return workload;
    for (const cluster::OwnerReference& owner : cluster.object(id).owners) {
        const ObjectId found
            = cluster.find(cluster.text(owner.kind), cluster.text(cluster.object(id).ns), cluster.text(owner.name));
        if (owner.isController && !found.isNone())
            return cluster.workloadOf(found);
    }
    return workload;
}

// A hit in a pod, ReplicaSet or Job belongs to its top workload; one in anything else to the object itself.
void judgePlace(const Context& context, Place place, std::vector<Outcome>& outcomes)
{
    const Cluster& cluster = context.cluster;
    std::map<std::uint32_t, Finds> ofWorkload;
    std::map<std::uint32_t, Finds> ofObject;
    for (std::uint32_t index = 0; index < cluster.objects().size(); ++index) {
        if (cluster.objects()[index].masked.empty())
            continue;
        const ObjectId id { index };
        const cluster::WorkloadId workload = workloadOf(cluster, id);
        if (workload.isNone())
            addHits(cluster, id, place, ofObject[index]);
        else if (const ObjectId top = cluster.workloads()[workload.index].object; !ofWorkload.contains(workload.index))
            addHits(cluster, top, place, ofWorkload[workload.index]); // its own text first: the pods follow it
        if (!workload.isNone())
            addHits(cluster, id, place, ofWorkload[workload.index]);
    }
    if (place != Place::ConfigMapData) {
        if (cluster.workloads().empty() && ofObject.empty() && !cluster.covers("", "Pod"))
            return notAssessed({}, std::string(noPodsHere), outcomes);
        for (std::uint32_t index = 0; index < cluster.workloads().size(); ++index) {
            const auto finds = ofWorkload.find(index);
            if (finds == ofWorkload.end() || finds->second.found.empty())
                pass(cluster.workloads()[index].object, outcomes);
            else
                report(cluster, cluster.workloads()[index].object, finds->second, outcomes);
        }
    } else {
        for (const ObjectId id : cluster.objectsOf("", "ConfigMap")) {
            if (const auto finds = ofObject.find(id.index); finds == ofObject.end() || finds->second.found.empty())
                pass(id, outcomes);
        }
    }
    for (const auto& [index, finds] : ofObject) {
        if (!finds.found.empty())
            report(cluster, ObjectId { index }, finds, outcomes);
    }
}

// S02.
void judgeEnvironment(const Context& context, std::vector<Outcome>& outcomes)
{
    judgePlace(context, Place::Environment, outcomes);
}

// S03.
void judgeConfigMaps(const Context& context, std::vector<Outcome>& outcomes)
{
    judgePlace(context, Place::ConfigMapData, outcomes);
}

// S04.
void judgeElsewhere(const Context& context, std::vector<Outcome>& outcomes)
{
    judgePlace(context, Place::Elsewhere, outcomes);
}

constexpr std::array<Control, 3> exposedList { {
    { .id = "PLM-S02", .evaluate = judgeEnvironment, .needs = {} },
    { .id = "PLM-S03", .evaluate = judgeConfigMaps, .needs = configMapNeeds },
    { .id = "PLM-S04", .evaluate = judgeElsewhere, .needs = {} },
} };

} // namespace

std::span<const Control> secretExposedControls()
{
    return exposedList;
}

} // namespace plimsoll::control
