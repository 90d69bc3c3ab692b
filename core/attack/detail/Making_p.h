// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/attack/detail/AdmissionGate_p.h"
#include "core/attack/detail/Builder_p.h"

// Private to core/attack: what the families of techniques share while the graph is made.
namespace plimsoll::attack {

// Pods of one workload and one spec: one place each for control over them, their containers and their network.
struct PodClass {
    cluster::WorkloadId workload;
    cluster::ObjectId holder; // in whose YAML the spec stands
    cluster::ObjectId named; // by which its places are known: the workload, of further specs the holder
    cluster::PodSpecId specId;
    std::string_view ns;
    PlaceId place, network;
    std::vector<PlaceId> containers; // by index in the spec; none for init containers that have ended
    std::vector<std::uint32_t> nodes; // indices into Cluster::nodes() where its pods run, sorted; static ones too
    bool hasPods = false; // else it is a template, and where it would run is not known
    bool isAdmitted = false; // the API server has its pods: what admission adds is there
};

class Making {
public:
    Making(const AttackInputs& inputs, GraphBuilder& graph);

    const AttackInputs& in;
    const cluster::Cluster& cluster;
    GraphBuilder& graph;
    AdmissionGate gate;
    std::vector<PodClass> classes;
    std::vector<PlaceId> nodes; // by index in Cluster::nodes()
    std::vector<std::vector<std::uint32_t>> classesOnNode; // indices into classes, by node

    const cluster::PodSpec& spec(const PodClass& one) const { return cluster.podSpec(one.specId); }
    std::string_view text(StringId id) const { return cluster.text(id); }
    std::string_view nameOf(cluster::ObjectId object) const { return text(cluster.object(object).name); }
    std::string_view nsOf(cluster::ObjectId object) const { return text(cluster.object(object).ns); }
    // Classes of a workload, as indices.
    std::span<const std::uint32_t> classesOf(cluster::WorkloadId workload) const;
    // "Deployment shop/web", for sentences.
    std::string titleOf(const PodClass& one) const;
    // The JSON Pointer of the pod spec in the object that a person edits (the workload), and that object.
    cluster::ObjectId editedObject(const PodClass& one) const;
    std::string specPointer(const PodClass& one) const;
    std::string evidencePointer(const PodClass& one) const; // in holder
    // The same container or volume in the object that a person edits; of what admission added: where it would stand.
    std::string containerPointer(const PodClass& one, std::uint32_t container) const;
    std::string volumePointer(const PodClass& one, const cluster::Volume& volume) const;
    const cluster::PodSpec& editedSpec(const PodClass& one) const;

    // Places, made when they are new.
    PlaceId hub(PlaceKind kind, std::string_view ns) { return graph.place({ .kind = kind, .ns = ns }); }
    PlaceId goal(GoalKind kind, std::string_view ns = {});
    PlaceId account(std::string_view ns, std::string_view name);
    PlaceId secret(std::string_view ns, std::string_view name);
    PlaceId user(std::string_view name);
    PlaceId group(std::string_view name);
    PlaceId workers() { return graph.place({ .kind = PlaceKind::NodesIn, .name = "worker" }); }
    PlaceId controlPlane() { return graph.place({ .kind = PlaceKind::NodesIn, .name = "control plane" }); }
    PlaceId identities() { return graph.place({ .kind = PlaceKind::NodesIn, .name = "identity" }); }
    // A removable setting of a pod class: reached from containers, it leads on.
    PlaceId weakness(const PodClass& one, Technique technique, std::string clause, const Fact& fact,
        std::uint32_t part = Place::noPart);
    // Root on the nodes where pods of the class run; on some node when that is not known. What Linux grants (and paths
    // of its file system) is nothing on a node with Windows, where host processes are the way.
    void leadToNodes(PlaceId from, const PodClass& one, Technique technique, Certainty certainty = Certainty::Confirmed,
        std::uint32_t reason = Step::noReason);
    // Containers of a class that may hold something an attacker uses now.
    std::vector<std::uint32_t> liveContainers(const PodClass& one) const;

    void confirm(
        PlaceId from, PlaceId to, Technique technique, cluster::ObjectId object, std::string pointer, std::string text);

private:
    void makeClasses();
    std::vector<std::vector<std::uint32_t>> m_ofWorkload;
};

// The families, each in a file of its own in core/attack/techniques. Structure comes first.
void addStructure(Making& making); // hubs, nodes, goals, and who is in which group
void addTokens(Making& making); // service accounts and Secrets at hand
void addEscapes(Making& making); // out of containers
void addHostPaths(Making& making);
void addRights(Making& making); // bindings and what they allow
void addExposure(Making& making); // ways in from outside, and ways on between pods
void addCredentials(Making& making); // what a Secret's value is good for, identities of clouds, images

} // namespace plimsoll::attack
