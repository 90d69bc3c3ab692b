// SPDX-License-Identifier: Apache-2.0
#include "core/cluster/detail/Batch.h"

#include <algorithm>
#include <array>

#include "core/base/Text.h"
#include "core/cluster/detail/PodSpecReader.h"

namespace plimsoll::cluster::detail {

using format::Value;

namespace {

constexpr std::size_t maxAnnotationBytes = 4096;

std::vector<Label> readAnnotations(Reader& reader, Value metadata, std::span<const snapshot::MaskedValue> masked)
{
    auto annotations = reader.stringMap(metadata, "annotations");
    for (auto& [key, value] : annotations) {
        const bool isMasked = !masked.empty() && std::ranges::any_of(masked, [&](const snapshot::MaskedValue& hit) {
            return hit.pointer == format::pointerTo("/metadata/annotations", reader.pool().text(key));
        });
        if (isMasked || reader.pool().text(value).size() > maxAnnotationBytes)
            value = reader.intern("");
    }
    return annotations;
}

std::vector<OwnerReference> readOwners(Reader& reader, Value metadata)
{
    std::vector<OwnerReference> owners;
    for (const Value owner : reader.array(metadata, "ownerReferences")) {
        owners.push_back({ reader.string(owner, "apiVersion"), reader.string(owner, "kind"),
            reader.string(owner, "name"), reader.string(owner, "uid"), reader.flag(owner, "controller") });
    }
    return owners;
}

Object readMetadata(Reader& reader, const snapshot::RawObject& raw)
{
    const Value metadata = reader.object(raw.root, "metadata");
    Object object;
    object.ns = reader.string(metadata, "namespace");
    if (reader.pool().text(object.ns).empty())
        object.ns = {};
    object.name = reader.string(metadata, "name");
    object.uid = reader.string(metadata, "uid");
    object.resourceVersion = reader.string(metadata, "resourceVersion");
    if (const auto created = metadata["creationTimestamp"].asString())
        object.created = parseTime(*created);
    object.labels = reader.stringMap(metadata, "labels");
    object.annotations = readAnnotations(reader, metadata, raw.masked);
    object.owners = readOwners(reader, metadata);
    object.raw = raw.raw;
    object.masked.assign(raw.masked.begin(), raw.masked.end());
    return object;
}

// Times that say when something happened. Others (a certificate's notAfter) may lie in the future and would make the
// snapshot younger than it is.
bool isEventTime(std::string_view key)
{
    constexpr std::array<std::string_view, 15> keys { "acquireTime", "completionTime", "creationTimestamp", "eventTime",
        "finishedAt", "firstTimestamp", "lastHeartbeatTime", "lastProbeTime", "lastScheduleTime", "lastTimestamp",
        "lastTransitionTime", "lastUpdateTime", "renewTime", "startTime", "startedAt" };
    return std::ranges::binary_search(keys, key);
}

void noteTimes(Value value, std::string& newest)
{
    for (const Value child : value) {
        if (child.isObject() || child.isArray()) {
            noteTimes(child, newest);
            continue;
        }
        const std::string_view text = child.text();
        if (text.size() >= 20 && text[10] == 'T' && text.substr(0, 19) > newest && child.isString()
            && isEventTime(child.key()) && parseTime(text))
            newest = text.substr(0, 19);
    }
}

std::optional<LabelSelector> readControllerSelector(Reader& reader, Value spec, bool isMap)
{
    if (!isMap)
        return reader.optionalSelector(spec, "selector");
    LabelSelector selector;
    for (const auto& [key, value] : reader.stringMap(spec, "selector"))
        selector.requirements.push_back({ key, Requirement::Operator::In, { value } });
    return selector.isEmpty() ? std::nullopt : std::optional(std::move(selector));
}

// Wrong types of what only says how pods are replaced are no reason to leave the whole object out: such fields count
// as absent.
void readController(Reader& reader, Value root, SpecPlace place, ObjectId id, Parts& parts)
{
    const Value outer = root["spec"];
    const Value spec = place == SpecPlace::CronJob ? outer.at("/jobTemplate/spec") : outer;
    Controller controller;
    controller.object = id;
    const Value madeOf = place == SpecPlace::Sandbox ? spec["podTemplate"] : spec["template"];
    controller.templateLabels = reader.stringMap(madeOf["metadata"], "labels");
    const bool isMap = reader.pool().text(parts.kinds.back().second) == "ReplicationController";
    controller.selector = readControllerSelector(reader, spec, isMap);
    if (const auto replicas = outer["replicas"].asInteger(); replicas && *replicas >= 0 && *replicas <= 1'000'000)
        controller.replicas = static_cast<std::int32_t>(*replicas);
    for (const std::string_view key : { "strategy", "updateStrategy" }) {
        const Value strategy = outer[key];
        if (strategy["type"].isString())
            controller.strategy = reader.intern(strategy["type"].text());
        if (const Value most = strategy.at("/rollingUpdate/maxUnavailable"); most.isPresent())
            controller.maxUnavailable = reader.intern(most.text());
    }
    controller.ttlAfterFinished = spec["ttlSecondsAfterFinished"].asInteger();
    controller.activeDeadline = spec["activeDeadlineSeconds"].asInteger();
    controller.startingDeadline = outer["startingDeadlineSeconds"].asInteger();
    controller.isSuspended = outer["suspend"].asBool().value_or(false);
    parts.controllers.push_back(std::move(controller));
}

void readSpec(Reader& reader, Value root, SpecPlace place, ObjectId id, Parts& parts)
{
    const Value spec = root.at(pointerOf(place));
    if (!spec.isObject()) {
        reader.wrongType("spec", "a pod spec");
        return;
    }
    if (!spec["containers"].isArray()) {
        reader.wrongType("containers", "a list");
        return;
    }
    const Value holder = place == SpecPlace::Pod ? root
        : place == SpecPlace::PodTemplate        ? root["template"]
        : place == SpecPlace::CronJob            ? root.at("/spec/jobTemplate/spec/template")
        : place == SpecPlace::Sandbox            ? root.at("/spec/podTemplate")
                                                 : root.at("/spec/template");
    PodSpec podSpec = readPodSpec(reader, spec, holder["metadata"]);
    if (!reader.error().empty())
        return;
    // The pods of a workload follow one another in a dump and are alike: shared here, they are never stored twice.
    if (parts.podSpecs.empty() || !(parts.podSpecs.back() == podSpec))
        parts.podSpecs.push_back(std::move(podSpec));
    const auto index = static_cast<std::uint32_t>(parts.podSpecs.size() - 1);
    if (place == SpecPlace::Pod) {
        parts.pods.back().spec = { index };
        return;
    }
    const bool isOwned = std::ranges::any_of(parts.objects.back().owners, &OwnerReference::isController);
    if (place != SpecPlace::PodTemplate && !isOwned) {
        readController(reader, root, place, id, parts);
        reader.clearError();
    }
    parts.templates.push_back({ id, index, place, reader.integer(root["spec"], "replicas") });
}

} // namespace

std::string_view pointerOf(SpecPlace place)
{
    switch (place) {
    case SpecPlace::None:
        return {};
    case SpecPlace::Pod:
        return "/spec";
    case SpecPlace::Template:
        return "/spec/template/spec";
    case SpecPlace::CronJob:
        return "/spec/jobTemplate/spec/template/spec";
    case SpecPlace::PodTemplate:
        return "/template/spec";
    case SpecPlace::Sandbox:
        return "/spec/podTemplate/spec";
    }
    return {};
}

std::string_view groupOf(std::string_view apiVersion)
{
    const auto slash = apiVersion.find('/');
    return slash == std::string_view::npos ? std::string_view() : apiVersion.substr(0, slash);
}

SpecPlace specPlaceOf(std::string_view apiGroup, std::string_view kind, Value root)
{
    if (apiGroup.empty() && kind == "Pod")
        return SpecPlace::Pod;
    if (apiGroup.empty() && kind == "PodTemplate")
        return SpecPlace::PodTemplate;
    if (apiGroup == "batch" && kind == "CronJob")
        return SpecPlace::CronJob;
    constexpr std::array<std::string_view, 6> templated { "DaemonSet", "Deployment", "Job", "ReplicaSet",
        "ReplicationController", "StatefulSet" };
    const bool isBuiltIn = apiGroup == "apps" || apiGroup == "batch" || apiGroup == "extensions" || apiGroup.empty();
    if (isBuiltIn && std::ranges::find(templated, kind) != templated.end())
        return SpecPlace::Template;
    if (root.at("/spec/template/spec/containers").isArray())
        return SpecPlace::Template;
    if (root["spec"]["podTemplate"]["spec"]["containers"].isArray())
        return SpecPlace::Sandbox;
    return SpecPlace::None;
}

void readObject(Reader& reader, const snapshot::RawObject& raw, Parts& parts)
{
    reader.clearError();
    const ObjectId id { static_cast<std::uint32_t>(parts.objects.size()) };
    Object object = readMetadata(reader, raw);
    const auto problem = [&](std::string what) {
        parts.problems.push_back({ raw.raw,
            printable(raw.kind) + ' ' + printable(reader.pool().text(object.ns)) + (object.ns.isNone() ? "" : "/")
                + printable(reader.pool().text(object.name)) + ": " + std::move(what) });
    };
    if (!reader.error().empty() || reader.pool().text(object.name).empty()) {
        if (reader.error().empty() && !raw.root.at("/metadata/generateName").isString()) {
            problem("metadata.name is missing; the object is left out");
            return;
        }
        if (!reader.error().empty()) {
            problem("metadata: " + reader.error() + "; the object is left out");
            return;
        }
        object.name = reader.string(raw.root["metadata"], "generateName");
    }
    parts.kinds.emplace_back(reader.intern(raw.apiVersion), reader.intern(raw.kind));
    parts.objects.push_back(std::move(object));
    noteTimes(raw.root, parts.newestTime);

    const std::string_view group = groupOf(raw.apiVersion);
    const std::size_t podCount = parts.pods.size();
    if (const ReadKind read = readerOf(group, raw.kind))
        read(reader, raw.root, id, parts);
    if (const SpecPlace place = specPlaceOf(group, raw.kind, raw.root); place != SpecPlace::None)
        readSpec(reader, raw.root, place, id, parts);
    if (reader.error().empty())
        return;

    // The API server would refuse this object: it stays listed, but nothing is concluded from its content.
    const std::string error = reader.error();
    const Object& kept = parts.objects.back();
    parts.problems.push_back({ raw.raw,
        printable(raw.kind) + ' ' + printable(reader.pool().text(kept.ns)) + (kept.ns.isNone() ? "" : "/")
            + printable(reader.pool().text(kept.name)) + ": " + error + "; the object is not assessed" });
    parts.pods.resize(podCount);
    parts.forEachTyped([&](auto& typed) {
        while (!typed.empty() && typed.back().object == id)
            typed.pop_back();
    });
}

} // namespace plimsoll::cluster::detail
