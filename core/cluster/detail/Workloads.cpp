// SPDX-License-Identifier: Apache-2.0
// Owner chains from pods and templates to the top workload.
#include <algorithm>
#include <tuple>
#include <unordered_map>

#include "core/base/Text.h"
#include "core/cluster/detail/Model_p.h"

namespace plimsoll::cluster::detail {

namespace {

constexpr std::size_t maxChainLength = 16; // Kubernetes' own chains have at most four links

const OwnerReference* controllerOf(const Object& object)
{
    const auto controller = std::ranges::find(object.owners, true, &OwnerReference::isController);
    if (controller != object.owners.end())
        return &*controller;
    return object.owners.size() == 1 ? &object.owners.front() : nullptr;
}

// Finds owners by uid, else by kind and name in the object's namespace (manifests and stripped dumps have no uids).
class OwnerIndex {
public:
    explicit OwnerIndex(const Cluster::Private& model)
        : m_model(model)
    {
        const Parts& parts = model.parts;
        m_byUid.reserve(parts.objects.size());
        for (std::uint32_t i = 0; i < parts.objects.size(); ++i) {
            if (!parts.objects[i].uid.isNone())
                m_byUid.emplace(parts.objects[i].uid, ObjectId { i });
        }
    }

    ObjectId find(const Object& owned, const OwnerReference& owner) const
    {
        if (const auto found = m_byUid.find(owner.uid); found != m_byUid.end() && !owner.uid.isNone())
            return found->second;
        const StringPool& pool = *m_model.pool;
        const std::string_view group = groupOf(pool.text(owner.apiVersion));
        for (const auto& range : m_model.kindRanges) {
            if (range.kind != owner.kind || pool.text(range.group) != group)
                continue;
            const auto begin = m_model.parts.objects.begin() + range.begin;
            const auto end = m_model.parts.objects.begin() + range.end;
            const std::pair key(pool.text(owned.ns), pool.text(owner.name));
            const auto textOf
                = [&](const Object& object) { return std::pair(pool.text(object.ns), pool.text(object.name)); };
            const auto place = std::ranges::lower_bound(begin, end, key, {}, textOf);
            if (place != end && textOf(*place) == key)
                return { static_cast<std::uint32_t>(place - m_model.parts.objects.begin()) };
        }
        return {};
    }

private:
    const Cluster::Private& m_model;
    std::unordered_map<StringId, ObjectId> m_byUid;
};

bool isNode(const Cluster::Private& model, const OwnerReference& owner)
{
    return model.pool->text(owner.kind) == "Node";
}

std::vector<ObjectId> objectsWithSpec(const Parts& parts)
{
    std::vector<ObjectId> objects;
    for (const Pod& pod : parts.pods)
        objects.push_back(pod.object);
    for (const Template& place : parts.templates)
        objects.push_back(place.object);
    return objects;
}

// The owner links upward from every object that has a pod spec.
struct Chains {
    std::vector<ObjectId> owner; // by object; none at the top
};

Chains followOwners(Cluster::Private& model)
{
    Parts& parts = model.parts;
    const OwnerIndex index(model);
    Chains chains { std::vector<ObjectId>(parts.objects.size()) };
    std::vector<bool> isCut(parts.objects.size()); // its owner link was refused because it closes a circle
    for (ObjectId id : objectsWithSpec(parts)) {
        for (std::size_t length = 0; !isCut[id.index]; ++length) {
            const Object& object = parts.objects[id.index];
            const OwnerReference* owner = controllerOf(object);
            if (!owner || isNode(model, *owner) || !chains.owner[id.index].isNone())
                break;
            const ObjectId next = index.find(object, *owner);
            if (next.isNone())
                break;
            // Walk on from the owner: does it lead back here?
            bool isCycle = next == id;
            ObjectId ahead = next;
            for (std::size_t step = 0; step < maxChainLength && !isCycle && !chains.owner[ahead.index].isNone();
                 ++step) {
                ahead = chains.owner[ahead.index];
                isCycle = ahead == id;
            }
            if (isCycle || length >= maxChainLength) {
                model.problems.push_back({ snapshot::Problem::Level::Note,
                    { ErrorKind::Format, "ownerReferences form a circle; the object counts as its own top workload",
                        titleOf(model, id), "check metadata.ownerReferences of the object" } });
                isCut[id.index] = true;
                break;
            }
            chains.owner[id.index] = next;
            id = next;
        }
    }
    return chains;
}

struct Builder {
    Cluster::Private& model;
    const Chains& chains;
    std::unordered_map<ObjectId, const Template*> templateOf;
    std::unordered_map<ObjectId, Workload> byTop;

    ObjectId topOf(ObjectId id) const
    {
        while (!chains.owner[id.index].isNone())
            id = chains.owner[id.index];
        return id;
    }

    bool hasTemplateAbove(ObjectId id) const
    {
        for (ObjectId up = chains.owner[id.index]; !up.isNone(); up = chains.owner[up.index]) {
            if (templateOf.contains(up))
                return true;
        }
        return false;
    }

    Workload& workloadAt(ObjectId top)
    {
        Workload& workload = byTop[top];
        workload.object = top;
        return workload;
    }

    static PodSpecUse& use(Workload& workload, PodSpecId spec, ObjectId holder)
    {
        const auto known = std::ranges::find(workload.specs, spec, &PodSpecUse::spec);
        if (known != workload.specs.end())
            return *known;
        return workload.specs.emplace_back(PodSpecUse { spec, holder, 0 });
    }

    void addTemplates()
    {
        for (const Template& place : model.parts.templates) {
            const ObjectId top = topOf(place.object);
            // A template below another one (ReplicaSet of a Deployment, Job of a CronJob) is a copy, perhaps of an old
            // revision; below an owner without a template, one scaled to zero is an old revision too.
            const bool isOld = place.object != top && (hasTemplateAbove(place.object) || place.replicas == 0);
            Workload& workload = workloadAt(top);
            if (isOld)
                continue;
            use(workload, { place.spec }, place.object);
            workload.isScaledToZero = place.replicas == 0;
        }
    }

    void addPods()
    {
        for (const Pod& pod : model.parts.pods) {
            const ObjectId top = topOf(pod.object);
            Workload& workload = workloadAt(top);
            if (pod.isTerminated && top != pod.object)
                continue;
            workload.pods.push_back(pod.object);
            ++use(workload, pod.spec, pod.object).podCount;
            workload.isScaledToZero = false;
            workload.isStatic = workload.isStatic || !pod.mirrorOf.isNone();
        }
    }
};

} // namespace

void addMissingOwners(Cluster::Private& model)
{
    Parts& parts = model.parts;
    const OwnerIndex index(model);
    std::unordered_map<std::uint64_t, std::vector<std::uint32_t>> added;
    const std::size_t known = parts.objects.size();
    for (const ObjectId start : objectsWithSpec(parts)) {
        const Object& object = parts.objects[start.index];
        const OwnerReference* owner = controllerOf(object);
        if (!owner || isNode(model, *owner) || owner->name.isNone() || owner->kind.isNone()
            || !index.find(object, *owner).isNone())
            continue;
        const std::uint64_t key = (std::uint64_t { owner->kind.index } << 32)
            ^ (std::uint64_t { object.ns.index } << 16) ^ owner->name.index;
        const std::pair ownerKind(owner->apiVersion, owner->kind);
        const bool isAdded = std::ranges::any_of(added[key], [&](std::uint32_t i) {
            return parts.kinds[i] == ownerKind && parts.objects[i].ns == object.ns
                && parts.objects[i].name == owner->name;
        });
        if (isAdded)
            continue;
        Object missing;
        missing.ns = object.ns;
        missing.name = owner->name;
        missing.uid = owner->uid;
        missing.isMissing = true;
        added[key].push_back(static_cast<std::uint32_t>(parts.objects.size()));
        parts.kinds.push_back(ownerKind);
        parts.objects.push_back(std::move(missing));
    }
    if (parts.objects.size() != known)
        sortObjects(model);
}

void buildWorkloads(Cluster::Private& model)
{
    Parts& parts = model.parts;
    const Chains chains = followOwners(model);
    Builder builder { model, chains, {}, {} };
    builder.templateOf.reserve(parts.templates.size());
    for (const Template& place : parts.templates)
        builder.templateOf.emplace(place.object, &place);
    builder.addTemplates();
    builder.addPods();

    for (auto& [top, workload] : builder.byTop)
        model.workloads.push_back(std::move(workload));
    const StringPool& pool = *model.pool;
    std::ranges::sort(model.workloads, {}, [&](const Workload& workload) {
        const Object& object = parts.objects[workload.object.index];
        return std::tuple(pool.text(object.ns), pool.text(parts.kinds[workload.object.index].second),
            pool.text(object.name), workload.object);
    });
    std::unordered_map<ObjectId, WorkloadId> ids;
    for (std::uint32_t i = 0; i < model.workloads.size(); ++i)
        ids.emplace(model.workloads[i].object, WorkloadId { i });
    model.workloadOf.assign(parts.objects.size(), {});
    const auto mark = [&](ObjectId id) {
        const WorkloadId workload = ids.at(builder.topOf(id));
        for (; !id.isNone(); id = chains.owner[id.index])
            model.workloadOf[id.index] = workload;
    };
    model.specPlaces.assign(parts.objects.size(), SpecPlace::None);
    model.podIndex.assign(parts.objects.size(), format::Document::none);
    for (std::uint32_t i = 0; i < parts.pods.size(); ++i) {
        mark(parts.pods[i].object);
        model.specPlaces[parts.pods[i].object.index] = SpecPlace::Pod;
        model.podIndex[parts.pods[i].object.index] = i;
    }
    for (const Template& place : parts.templates) {
        mark(place.object);
        model.specPlaces[place.object.index] = place.place;
    }
}

} // namespace plimsoll::cluster::detail
