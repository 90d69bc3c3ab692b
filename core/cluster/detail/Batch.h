// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/cluster/Cluster.h"
#include "core/cluster/detail/Reader.h"
#include "core/snapshot/Snapshot.h"

namespace plimsoll::cluster::detail {

// Where the pod spec stands in an object that has one.
enum class SpecPlace : std::uint8_t { None, Pod, Template, CronJob, PodTemplate, Sandbox };
std::string_view pointerOf(SpecPlace place); // "/spec", "/spec/template/spec", ...; "" for None

struct Template {
    ObjectId object;
    std::uint32_t spec = 0; // index into Parts::podSpecs
    SpecPlace place = SpecPlace::None;
    std::optional<std::int64_t> replicas; // spec.replicas, where the kind has it
};

// An object problem that is turned into a Problem (with the file's name) when the import is over.
struct ObjectProblem {
    snapshot::RawRef raw;
    std::string what;
};

// Everything read from some objects. Object ids are indices into objects of the same Parts.
struct Parts {
    std::vector<Object> objects;
    std::vector<std::pair<StringId, StringId>> kinds; // by object: apiVersion and kind
    std::vector<PodSpec> podSpecs;
    std::vector<Template> templates; // of workloads; pods are in pods
    std::vector<Controller> controllers;
    std::vector<LimitRange> limitRanges;
    std::vector<Pod> pods;
    std::vector<Role> roles;
    std::vector<RoleBinding> roleBindings;
    std::vector<ServiceAccount> serviceAccounts;
    std::vector<Namespace> namespaces;
    std::vector<NetworkPolicy> networkPolicies;
    std::vector<Service> services;
    std::vector<Ingress> ingresses;
    std::vector<Secret> secrets;
    std::vector<ConfigMap> configMaps;
    std::vector<Node> nodes;
    std::vector<WebhookConfiguration> webhookConfigurations;
    std::vector<ObjectProblem> problems;
    std::string newestTime; // RFC 3339 as written, the greatest seen; "" = none
    std::string clusterName; // of the kubeadm ConfigMap

    // Calls visit(vector) for every typed vector whose elements have an ObjectId object.
    template <class Visit> void forEachTyped(Visit visit)
    {
        visit(templates);
        visit(controllers);
        visit(limitRanges);
        visit(pods);
        visit(roles);
        visit(roleBindings);
        visit(serviceAccounts);
        visit(namespaces);
        visit(networkPolicies);
        visit(services);
        visit(ingresses);
        visit(secrets);
        visit(configMaps);
        visit(nodes);
        visit(webhookConfigurations);
    }
};

// Reads one object of any kind and appends it to parts. The kind table is in Kinds.cpp.
void readObject(Reader& reader, const snapshot::RawObject& object, Parts& parts);

// Parts of Kinds.cpp that read one kind each: the element for the typed vector, without its object id.
using ReadKind = void (*)(Reader&, format::Value root, ObjectId object, Parts&);
ReadKind readerOf(std::string_view apiGroup, std::string_view kind); // nullptr when the kind is not typed

// The place of the pod spec by kind, or by shape for custom resources (spec.template.spec.containers, and
// spec.podTemplate.spec.containers as agent sandboxes have it).
SpecPlace specPlaceOf(std::string_view apiGroup, std::string_view kind, format::Value root);

std::string_view groupOf(std::string_view apiVersion); // "apps" of "apps/v1", "" of "v1"

} // namespace plimsoll::cluster::detail
