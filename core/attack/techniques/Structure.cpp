// SPDX-License-Identifier: Apache-2.0
// What always holds: hubs and what is in them, nodes and their pods, goals that contain others.
#include <algorithm>
#include <set>

#include "core/access/Authorizers.h"
#include "core/attack/detail/Making_p.h"
#include "core/base/Text.h"

namespace plimsoll::attack {

namespace {

void addPods(Making& making)
{
    GraphBuilder& graph = making.graph;
    std::set<std::string_view> namespaces;
    const PlaceId all = making.hub(PlaceKind::PodsIn, {});
    for (const PodClass& one : making.classes) {
        if (namespaces.insert(one.ns).second)
            graph.step(all, making.hub(PlaceKind::PodsIn, one.ns), Technique::ContainerOwnsPod);
        graph.step(making.hub(PlaceKind::PodsIn, one.ns), one.place, Technique::ContainerOwnsPod);
        for (const PlaceId container : one.containers) {
            if (container.isNone())
                continue;
            graph.step(one.place, container, Technique::ContainerOwnsPod);
            graph.step(container, one.network, Technique::ContainerOwnsPod);
        }
    }
}

void addNodes(Making& making)
{
    GraphBuilder& graph = making.graph;
    const cluster::Cluster& cluster = making.cluster;
    for (std::uint32_t i = 0; i < making.nodes.size(); ++i) {
        const cluster::Node& node = cluster.nodes()[i];
        const PlaceId place = making.nodes[i];
        const PlaceId identity = graph.place(
            { .kind = PlaceKind::NodeIdentity, .object = node.object, .name = making.nameOf(node.object) });
        graph.step(place, identity, Technique::ContainerOwnsPod);
        graph.step(place, making.goal(GoalKind::NodeTakeover), Technique::ContainerOwnsPod);
        graph.step(making.identities(), identity, Technique::ContainerOwnsPod);
        graph.step(node.isControlPlane ? making.controlPlane() : making.workers(), place, Technique::ContainerOwnsPod);
        if (node.isControlPlane) {
            making.confirm(place, making.goal(GoalKind::ControlPlane), Technique::ControlPlaneRoot, node.object,
                "/metadata/labels", "the node is labelled as one of the control plane");
        }
        for (const std::uint32_t c : making.classesOnNode[i]) {
            const PodClass& one = making.classes[c];
            graph.step(place, one.place, Technique::NodeOwnsPods);
            // Static pods of a node without the label tell as much: the keys of the cluster lie beside them.
            if (!node.isControlPlane && cluster.workloads()[one.workload.index].isStatic
                && (making.nameOf(one.holder).starts_with("kube-apiserver")
                    || making.nameOf(one.holder).starts_with("etcd"))
                && one.ns == "kube-system") {
                making.confirm(place, making.goal(GoalKind::ControlPlane), Technique::ControlPlaneRoot, one.holder, "",
                    "a part of the control plane runs there");
            }
        }
    }
}

void addGoals(Making& making)
{
    GraphBuilder& graph = making.graph;
    const PlaceId admin = making.goal(GoalKind::ClusterAdmin);
    graph.step(making.goal(GoalKind::ControlPlane), admin, Technique::ControlPlaneRoot, Certainty::Confirmed,
        graph.reason({ {}, {}, "the keys that sign identities, or etcd itself, lie on the control plane", {}, {} }));
    for (const PlaceKind kind : { PlaceKind::PodsIn, PlaceKind::AccountsIn, PlaceKind::SecretsIn })
        graph.step(admin, making.hub(kind, {}), Technique::ContainerOwnsPod);
    // Also where the source holds no nodes.
    graph.step(making.workers(), making.goal(GoalKind::NodeTakeover), Technique::ContainerOwnsPod);
    graph.step(admin, making.workers(), Technique::ContainerOwnsPod);
    graph.step(admin, making.controlPlane(), Technique::ContainerOwnsPod);
    graph.step(making.hub(PlaceKind::SecretsIn, {}), making.goal(GoalKind::AllSecrets), Technique::ContainerOwnsPod);
}

void addAccountsAndSecrets(Making& making)
{
    GraphBuilder& graph = making.graph;
    const cluster::Cluster& cluster = making.cluster;
    const auto member = [&](PlaceKind kind, std::string_view ns, PlaceId place) {
        const PlaceId hub = making.hub(kind, ns);
        graph.step(making.hub(kind, {}), hub, Technique::ContainerOwnsPod);
        graph.step(hub, place, Technique::ContainerOwnsPod);
    };
    for (const cluster::ServiceAccount& account : cluster.serviceAccounts()) {
        const std::string_view ns = making.nsOf(account.object);
        member(PlaceKind::AccountsIn, ns, making.account(ns, making.nameOf(account.object)));
    }
    for (const cluster::Secret& secret : cluster.secrets()) {
        const std::string_view ns = making.nsOf(secret.object);
        member(PlaceKind::SecretsIn, ns, making.secret(ns, making.nameOf(secret.object)));
    }
    for (const cluster::ObjectId id : cluster.objectsOf("", "PersistentVolumeClaim")) {
        const std::string_view ns = making.nsOf(id);
        member(PlaceKind::VolumesIn, ns,
            graph.place({ .kind = PlaceKind::Volume, .object = id, .ns = ns, .name = making.nameOf(id) }));
    }
}

// ConfigMaps of a namespace stand for the containers that are told by them what to do.
void addConfigMaps(Making& making)
{
    for (const PodClass& one : making.classes) {
        const cluster::PodSpec& spec = making.spec(one);
        for (const std::uint32_t c : making.liveContainers(one)) {
            for (const cluster::VolumeMount& mount : spec.containers[c].volumeMounts) {
                const auto volume = std::ranges::find(spec.volumes, mount.name, &cluster::Volume::name);
                const std::string_view name
                    = volume == spec.volumes.end() ? std::string_view() : making.text(volume->configMapName);
                if (name.empty() || name == "kube-root-ca.crt")
                    continue;
                const PlaceId hub = making.hub(PlaceKind::ConfigMapsIn, one.ns);
                making.graph.step(making.hub(PlaceKind::ConfigMapsIn, {}), hub, Technique::ContainerOwnsPod);
                making.graph.step(hub, one.containers[c], Technique::PoisonConfig, Certainty::NeedsFact,
                    making.graph.reason({ one.holder, making.evidencePointer(one) + volume->pointer(),
                        "container " + printable(making.text(spec.containers[c].name)) + " reads ConfigMap "
                            + printable(name),
                        {}, "the program runs what it reads there" }));
            }
        }
    }
}

// What the Node authorizer gives a kubelet: what the pods on its node refer to.
void addNodeReads(Making& making)
{
    GraphBuilder& graph = making.graph;
    for (std::uint32_t i = 0; i < making.nodes.size(); ++i) {
        const PlaceId identity = graph.place({ .kind = PlaceKind::NodeIdentity,
            .object = making.cluster.nodes()[i].object,
            .name = making.nameOf(making.cluster.nodes()[i].object) });
        std::set<std::pair<std::string_view, std::string_view>> accounts, secrets;
        for (const std::uint32_t c : making.classesOnNode[i]) {
            const PodClass& one = making.classes[c];
            const cluster::PodSpec& spec = making.spec(one);
            if (!making.cluster.workloads()[one.workload.index].isStatic) {
                accounts.emplace(one.ns,
                    spec.serviceAccountName.isNone() ? std::string_view("default")
                                                     : making.text(spec.serviceAccountName));
            }
            for (const StringId name : spec.imagePullSecrets)
                secrets.emplace(one.ns, making.text(name));
            for (const cluster::Volume& volume : spec.volumes) {
                secrets.emplace(one.ns, making.text(volume.secretName));
                for (const cluster::ProjectedSource& source : volume.projected)
                    secrets.emplace(one.ns, making.text(source.secretName));
            }
            for (const cluster::Container& container : spec.containers) {
                for (const auto& variable : container.env)
                    secrets.emplace(one.ns, making.text(variable.secretName));
                for (const auto& from : container.envFrom)
                    secrets.emplace(one.ns, making.text(from.secretName));
            }
        }
        for (const auto& [ns, name] : accounts)
            graph.step(identity, making.account(ns, name), Technique::NodeReads);
        for (const auto& [ns, name] : secrets) {
            if (!name.empty() && !making.cluster.find("Secret", ns, name).isNone())
                graph.step(identity, making.secret(ns, name), Technique::NodeReads);
        }
    }
}

} // namespace

void addStructure(Making& making)
{
    addPods(making);
    addNodes(making);
    addGoals(making);
    addAccountsAndSecrets(making);
    addConfigMaps(making);
    addNodeReads(making);
}

} // namespace plimsoll::attack
