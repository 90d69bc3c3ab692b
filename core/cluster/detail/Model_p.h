// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/cluster/Cluster.h"
#include "core/cluster/detail/Batch.h"

namespace plimsoll::cluster {

// What a Cluster is made of. Object ids are in order of group, kind, namespace, name (by text), so typed vectors sorted
// by object id are in that order too.
struct Cluster::Private {
    std::shared_ptr<const snapshot::Snapshot> snapshot;
    std::unique_ptr<StringPool> pool = std::make_unique<StringPool>();
    detail::Parts parts; // after the build: every vector sorted by object id
    std::vector<Kind> kinds;
    struct KindRange {
        StringId group, kind;
        std::uint32_t begin = 0, end = 0; // object ids
    };
    std::vector<KindRange> kindRanges; // sorted by group, kind (text)
    std::vector<ObjectId> identity; // identity[i].index == i, to hand out spans of ids
    std::vector<detail::SpecPlace> specPlaces; // by object
    std::vector<std::uint32_t> podIndex; // by object: index into parts.pods, or none
    std::vector<Workload> workloads;
    std::vector<WorkloadId> workloadOf; // by object
    Version version;
    std::string versionSource;
    std::vector<snapshot::Problem> problems;
};

namespace detail {

// The steps that turn merged parts into a model, each in its own file.
void resolveConflicts(Cluster::Private& model); // Order.cpp: the same object twice becomes one; sorts
void sortObjects(Cluster::Private& model); // Order.cpp: ids in order; typed vectors follow
void indexKinds(Cluster::Private& model); // Order.cpp: kinds and their ranges of ids, of sorted objects
void sharePodSpecs(Cluster::Private& model); // Order.cpp: equal pod specs become one
void addMissingOwners(Cluster::Private& model); // Workloads.cpp: objects only named by ownerReferences
void buildWorkloads(Cluster::Private& model); // Workloads.cpp
void completeNamespaces(Cluster::Private& model); // Derived.cpp
void linkRoles(Cluster::Private& model); // Derived.cpp: roleRefs, aggregated rules of manifests
void findVersion(Cluster::Private& model); // Derived.cpp

std::string titleOf(const Cluster::Private& model, ObjectId id);

} // namespace detail

} // namespace plimsoll::cluster
