// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "core/access/detail/Node_p.h"
#include "core/base/Text.h"
#include "core/format/Document.h"

namespace plimsoll::access::detail {

namespace {

using format::Value;

struct StaticRule {
    std::string_view group, resource, verbs;
};

// NodeRules without the resources that are decided one by one below.
constexpr std::array nodeRules {
    StaticRule { "authentication.k8s.io", "tokenreviews", "create" },
    StaticRule { "authorization.k8s.io", "localsubjectaccessreviews", "create" },
    StaticRule { "authorization.k8s.io", "subjectaccessreviews", "create" },
    StaticRule { "", "services", "get list watch" },
    StaticRule { "", "events", "create update patch" },
    StaticRule { "events.k8s.io", "events", "create update patch" },
    StaticRule { "", "endpoints", "get" },
    StaticRule { "certificates.k8s.io", "certificatesigningrequests", "create get list watch" },
    StaticRule { "storage.k8s.io", "csidrivers", "get list watch" },
    StaticRule { "node.k8s.io", "runtimeclasses", "get list watch" },
};

bool isOneOf(std::string_view text, std::string_view words)
{
    const auto all = split(words, ' ');
    return std::ranges::find(all, text) != all.end();
}

std::string keyOf(std::string_view resource, std::string_view ns, std::string_view name)
{
    std::string out(resource);
    out.append(1, '\n').append(ns).append(1, '\n').append(name);
    return out;
}

// References of volumes to secrets besides those of `secret` and `projected`: VisitPodSecretNames.
struct SecretField {
    std::string_view source, pointer;
};
constexpr std::array volumeSecrets {
    SecretField { "secret", "/secretName" },
    SecretField { "azureFile", "/secretName" },
    SecretField { "cephfs", "/secretRef/name" },
    SecretField { "cinder", "/secretRef/name" },
    SecretField { "flexVolume", "/secretRef/name" },
    SecretField { "rbd", "/secretRef/name" },
    SecretField { "scaleIO", "/secretRef/name" },
    SecretField { "iscsi", "/secretRef/name" },
    SecretField { "storageos", "/secretRef/name" },
    SecretField { "csi", "/nodePublishSecretRef/name" },
};
// Of persistent volumes, those that the kubelet needs: VisitPVSecretNames with kubeletVisible.
constexpr std::array persistentSecrets {
    SecretField { "azureFile", "" },
    SecretField { "cephfs", "/secretRef" },
    SecretField { "cinder", "/secretRef" },
    SecretField { "flexVolume", "/secretRef" },
    SecretField { "rbd", "/secretRef" },
    SecretField { "scaleIO", "/secretRef" },
    SecretField { "iscsi", "/secretRef" },
    SecretField { "storageos", "/secretRef" },
    SecretField { "csi", "/nodePublishSecretRef" },
    SecretField { "csi", "/nodeStageSecretRef" },
    SecretField { "csi", "/nodeExpandSecretRef" },
};

template <class Add> void addContainers(Value containers, const Add& add)
{
    for (const Value container : containers) {
        for (const Value variable : container["env"]) {
            add("secrets", variable.at("/valueFrom/secretKeyRef/name"));
            add("configmaps", variable.at("/valueFrom/configMapKeyRef/name"));
        }
        for (const Value from : container["envFrom"]) {
            add("secrets", from.at("/secretRef/name"));
            add("configmaps", from.at("/configMapRef/name"));
        }
    }
}

template <class Add> void addVolume(Value volume, const Add& add)
{
    for (const SecretField& field : volumeSecrets)
        add("secrets", volume[field.source].at(field.pointer));
    add("configmaps", volume.at("/configMap/name"));
    for (const Value source : volume.at("/projected/sources")) {
        add("secrets", source.at("/secret/name"));
        add("configmaps", source.at("/configMap/name"));
    }
    add("persistentvolumeclaims", volume.at("/persistentVolumeClaim/claimName"));
}

} // namespace

NodeAuthorizer::NodeAuthorizer(const cluster::Cluster& cluster, const Server& server)
    : m_cluster(cluster)
    , m_server(server)
{
}

bool NodeAuthorizer::allows(std::string_view node, const Request& request) const
{
    if (!request.path.empty())
        return false; // NodeRules hold no paths
    const std::string_view group = request.apiGroup, resource = request.resource, sub = request.subresource;
    const std::string_view verb = request.verb;
    const bool isOwn = verb == "create" || (!node.empty() && request.name == node);
    if (group.empty() && (resource == "secrets" || resource == "configmaps"))
        return isOneOf(verb, "get list watch") && sub.empty() && !request.ns.empty()
            && isRelated(node, resource, request);
    if (group.empty() && resource == "persistentvolumeclaims")
        return (sub == "status" ? isOneOf(verb, "update patch") : sub.empty() && verb == "get")
            && isRelated(node, resource, request);
    if ((group.empty() && resource == "persistentvolumes")
        || (group == "resource.k8s.io" && resource == "resourceclaims")
        || (group == "storage.k8s.io" && resource == "volumeattachments"))
        return verb == "get" && sub.empty() && isRelated(node, resource, request);
    if (group.empty() && resource == "serviceaccounts") {
        const bool isGet = verb == "get" && sub.empty() && m_server.letsNodesGetServiceAccounts;
        return (isGet || (verb == "create" && sub == "token")) && isRelated(node, resource, request);
    }
    if (group == "coordination.k8s.io" && resource == "leases")
        return isOneOf(verb, "get create update patch delete") && request.ns == "kube-node-lease" && isOwn;
    if (group == "storage.k8s.io" && resource == "csinodes")
        return isOneOf(verb, "get create update patch delete") && sub.empty() && isOwn;
    if (group == "resource.k8s.io" && resource == "resourceslices")
        return sub.empty()
            && (verb == "create" || (isOneOf(verb, "watch list deletecollection") && !m_server.limitsNodeReads)
                || (isOneOf(verb, "get update patch delete") && isRelated(node, resource, request)));
    if (group.empty() && resource == "nodes")
        return allowsNodes(node, request);
    if (group.empty() && resource == "pods")
        return allowsPods(node, request);
    return sub.empty() && std::ranges::any_of(nodeRules, [&](const StaticRule& rule) {
        return rule.group == group && rule.resource == resource && isOneOf(verb, rule.verbs);
    });
}

bool NodeAuthorizer::allowsNodes(std::string_view node, const Request& request) const
{
    if (request.subresource == "status")
        return isOneOf(request.verb, "update patch");
    if (!request.subresource.empty())
        return false;
    if (isOneOf(request.verb, "create update patch"))
        return true; // the NodeRestriction admission limits it to its own
    return isOneOf(request.verb, "get list watch")
        && (!m_server.limitsNodeReads || (!node.empty() && request.name == node));
}

bool NodeAuthorizer::allowsPods(std::string_view node, const Request& request) const
{
    if (request.subresource == "status")
        return isOneOf(request.verb, "update patch");
    if (request.subresource == "eviction")
        return request.verb == "create";
    if (!request.subresource.empty())
        return false;
    if (isOneOf(request.verb, "create delete"))
        return true; // mirror pods; the NodeRestriction admission limits it to them
    // A list with the field selector spec.nodeName is allowed too; a review by name cannot say that.
    return isOneOf(request.verb, "get list watch") && (!m_server.limitsNodeReads || isRelated(node, "pods", request));
}

bool NodeAuthorizer::isRelated(std::string_view node, std::string_view resource, const Request& request) const
{
    if (request.name.empty() || node.empty())
        return false;
    const std::lock_guard lock(m_mutex);
    return reachedBy(node).contains(keyOf(resource, request.ns, request.name));
}

const NodeAuthorizer::Reached& NodeAuthorizer::reachedBy(std::string_view node) const
{
    readVolumes();
    const auto [found, isNew] = m_reached.try_emplace(std::string(node));
    Reached& out = found->second;
    if (!isNew)
        return out;
    if (const auto pods = m_podsOf.find(std::string(node)); pods != m_podsOf.end())
        for (const std::uint32_t pod : pods->second)
            addPod(m_cluster.pods()[pod], out);
    for (const Volume& volume : m_volumes) {
        if (!out.contains(keyOf("persistentvolumeclaims", volume.claimNs, volume.claimName)))
            continue;
        out.insert(keyOf("persistentvolumes", "", volume.name));
        for (const auto& [ns, name] : volume.secrets)
            out.insert(keyOf("secrets", ns, name));
    }
    for (const OfNode& one : m_ofNode)
        if (one.node == node)
            out.insert(keyOf(one.resource, "", one.name));
    return out;
}

void NodeAuthorizer::addPod(const cluster::Pod& pod, Reached& out) const
{
    const cluster::Object& object = m_cluster.object(pod.object);
    const std::string_view ns = m_cluster.text(object.ns), podName = m_cluster.text(object.name);
    out.insert(keyOf("pods", ns, podName));
    format::Document document;
    if (!m_cluster.snapshot().readRaw(object.raw, document))
        return;
    const Value root = document.root();
    // A node must not gain anything by a pod that it made itself.
    if (root["metadata"]["annotations"]["kubernetes.io/config.mirror"].isPresent())
        return;
    const auto add = [&](std::string_view resource, Value name) {
        if (!name.text().empty())
            out.insert(keyOf(resource, ns, name.text()));
    };
    const Value spec = root["spec"];
    add("serviceaccounts", spec["serviceAccountName"]);
    for (const Value secret : spec["imagePullSecrets"])
        add("secrets", secret["name"]);
    for (const std::string_view list : { "initContainers", "containers", "ephemeralContainers" })
        addContainers(spec[list], add);
    for (const Value volume : spec["volumes"]) {
        addVolume(volume, add);
        if (volume["ephemeral"].isPresent())
            out.insert(
                keyOf("persistentvolumeclaims", ns, std::string(podName) + '-' + std::string(volume["name"].text())));
    }
    for (const Value claim : spec["resourceClaims"])
        add("resourceclaims", claim["resourceClaimName"]);
    for (const Value claim : root.at("/status/resourceClaimStatuses"))
        add("resourceclaims", claim["resourceClaimName"]);
    add("resourceclaims", root.at("/status/extendedResourceClaimStatus/resourceClaimName"));
}

void NodeAuthorizer::readVolumes() const
{
    if (m_isRead)
        return;
    m_isRead = true;
    const auto pods = m_cluster.pods();
    for (std::uint32_t index = 0; index < pods.size(); ++index)
        if (pods[index].nodeName)
            m_podsOf[std::string(m_cluster.text(pods[index].nodeName))].push_back(index);
    format::Document document;
    for (const cluster::ObjectId id : m_cluster.objectsOf("", "PersistentVolume")) {
        const cluster::Object& object = m_cluster.object(id);
        if (object.isMissing || !m_cluster.snapshot().readRaw(object.raw, document))
            continue;
        const Value spec = document.root()["spec"];
        const Value claim = spec["claimRef"];
        if (claim.isAbsent())
            continue;
        Volume volume { .name = std::string(m_cluster.text(object.name)),
            .claimNs = std::string(claim["namespace"].text()),
            .claimName = std::string(claim["name"].text()),
            .secrets = {} };
        for (const SecretField& field : persistentSecrets) {
            const bool isAzure = field.source == "azureFile";
            const Value reference = spec[field.source].at(field.pointer);
            const std::string name(reference[isAzure ? "secretName" : "name"].text());
            const std::string ns(reference[isAzure ? "secretNamespace" : "namespace"].text());
            if (!name.empty())
                volume.secrets.emplace_back(ns.empty() ? volume.claimNs : ns, name);
        }
        m_volumes.push_back(std::move(volume));
    }
    const auto readOfNode = [&](std::string_view group, std::string_view kind, std::string_view resource) {
        for (const cluster::ObjectId id : m_cluster.objectsOf(group, kind)) {
            const cluster::Object& object = m_cluster.object(id);
            if (!object.isMissing && m_cluster.snapshot().readRaw(object.raw, document))
                m_ofNode.push_back({ std::string(resource), std::string(m_cluster.text(object.name)),
                    std::string(document.root().at("/spec/nodeName").text()) });
        }
    };
    readOfNode("storage.k8s.io", "VolumeAttachment", "volumeattachments");
    readOfNode("resource.k8s.io", "ResourceSlice", "resourceslices");
}

} // namespace plimsoll::access::detail
