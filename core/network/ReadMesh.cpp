// SPDX-License-Identifier: Apache-2.0
// Istio: what is in the mesh and how the mesh is set up. Source: istio.io reference (mesh configuration, injection,
// ambient), Istio 1.27 pilot/pkg/model/policy and tools/istio-iptables, cni/pkg/util (who is redirected).
#include "core/network/detail/Mesh_p.h"

#include <algorithm>

#include "core/format/Yaml.h"

namespace plimsoll::network {

using cluster::Cluster;
using cluster::ObjectId;
using format::Value;

namespace {

std::string_view labelOf(const TextLabels& labels, std::string_view key)
{
    const auto found = std::ranges::find(labels, key, [](const auto& label) { return std::string_view(label.first); });
    return found == labels.end() ? std::string_view() : std::string_view(found->second);
}

// Would the webhook add a sidecar to a pod made from this template? The label of the pod counts beside that of the
// namespace; a refusal of either wins.
bool isInjected(std::string_view nsInjection, std::string_view nsRevision, const TextLabels& podLabels)
{
    const std::string_view own = labelOf(podLabels, "sidecar.istio.io/inject");
    if (own == "false" || nsInjection == "disabled")
        return false;
    return own == "true" || nsInjection == "enabled" || !nsRevision.empty()
        || !labelOf(podLabels, "istio.io/rev").empty();
}

} // namespace

bool isInMesh(const Cluster& cluster, const cluster::PodSpec& spec, const TextLabels& podLabels,
    const cluster::Namespace* ns, bool isTemplate)
{
    if (spec.hostNetwork)
        return false;
    const auto isProxy = [&](const cluster::Container& container) {
        return container.role != cluster::ContainerRole::Ephemeral && cluster.text(container.name) == "istio-proxy";
    };
    if (std::ranges::any_of(spec.containers, isProxy))
        return true;
    const auto ofNamespace = [&](std::string_view key) {
        if (!ns)
            return std::string_view();
        const auto found
            = std::ranges::find(ns->labels, key, [&](const auto& label) { return cluster.text(label.first); });
        return found == ns->labels.end() ? std::string_view() : cluster.text(found->second);
    };
    const std::string_view mode = labelOf(podLabels, "istio.io/dataplane-mode");
    if (mode == "ambient" || (mode != "none" && ofNamespace("istio.io/dataplane-mode") == "ambient"))
        return true;
    return isTemplate && isInjected(ofNamespace("istio-injection"), ofNamespace("istio.io/rev"), podLabels);
}

MeshConfig readMeshConfig(const Cluster& cluster)
{
    MeshConfig out;
    for (const ObjectId id : cluster.objectsOf("", "ConfigMap")) {
        format::Document object;
        if (cluster.text(cluster.object(id).name) != "istio"
            || !cluster.snapshot().readRaw(cluster.object(id).raw, object))
            continue;
        const std::string text(object.root()["data"]["mesh"].text());
        format::Document mesh;
        if (text.empty() || !format::parseYaml(text, 1, mesh))
            continue;
        if (const std::string_view root = mesh.root()["rootNamespace"].text(); !root.empty())
            out.rootNamespace = root;
        if (const std::string_view domain = mesh.root()["trustDomain"].text(); !domain.empty())
            out.trustDomains.emplace_back(domain);
        for (const Value alias : mesh.root()["trustDomainAliases"])
            out.trustDomains.emplace_back(alias.text());
        break;
    }
    // In policies it stands for the trust domain of the mesh, whatever that is called.
    out.trustDomains.emplace_back("cluster.local");
    std::ranges::sort(out.trustDomains);
    out.trustDomains.erase(std::ranges::unique(out.trustDomains).begin(), out.trustDomains.end());
    return out;
}

TextRequirement isMeshPod()
{
    return { "@mesh", cluster::Requirement::Operator::In, { "true" } };
}

PortTerms meshPorts(const PortSet& ports)
{
    PortTerms out { .isAll = false, .terms = {} };
    for (const PortRange& range : ports.ranges(Protocol::TCP))
        out.terms.push_back({ .protocol = Protocol::TCP, .range = range });
    return out;
}

void readMeshPolicies(const ReadContext& context, PolicyDefs& out)
{
    const Cluster& cluster = context.cluster;
    if (cluster.objectsOf("security.istio.io", "AuthorizationPolicy").empty()
        && cluster.objectsOf("security.istio.io", "PeerAuthentication").empty())
        return;
    const MeshConfig config = readMeshConfig(cluster);
    readPeerAuthentications(context, config, out);
    readAuthorizationPolicies(context, config, out);
}

} // namespace plimsoll::network
