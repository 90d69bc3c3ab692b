// SPDX-License-Identifier: Apache-2.0
// The kind table: one reader for each kind that has a typed part in the model. A kind more is a function and a row.
#include <algorithm>
#include <array>

#include "core/base/Text.h"
#include "core/snapshot/Masking.h"
#include "core/cluster/detail/Batch.h"

namespace plimsoll::cluster::detail {

using format::Value;

namespace {

void readPod(Reader& reader, Value root, ObjectId object, Parts& parts)
{
    Pod pod;
    pod.object = object;
    pod.nodeName = reader.string(root["spec"], "nodeName");
    const Value status = reader.object(root, "status");
    pod.phase = reader.string(status, "phase");
    const std::string_view phase = reader.pool().text(pod.phase);
    pod.isTerminated = phase == "Succeeded" || phase == "Failed";
    for (const Value ip : reader.array(status, "podIPs"))
        pod.podIps.push_back(reader.string(ip, "ip"));
    if (pod.podIps.empty()) {
        if (const StringId ip = reader.string(status, "podIP"); !ip.isNone())
            pod.podIps.push_back(ip);
    }
    const Value annotations = root.at("/metadata/annotations");
    if (const Value mirror = annotations["kubernetes.io/config.mirror"]; mirror.isString())
        pod.mirrorOf = reader.intern(mirror.text());
    for (const std::string_view key : { "initContainerStatuses", "containerStatuses", "ephemeralContainerStatuses" }) {
        for (const Value container : reader.array(status, key)) {
            pod.images.push_back({ reader.string(container, "name"), reader.string(container, "image"),
                reader.string(container, "imageID") });
        }
    }
    parts.pods.push_back(std::move(pod));
}

void readRole(Reader& reader, Value root, ObjectId object, Parts& parts)
{
    Role role;
    role.object = object;
    role.isClusterRole = reader.pool().text(parts.kinds.back().second) == "ClusterRole";
    for (const Value rule : reader.array(root, "rules")) {
        role.rules.push_back(
            { reader.strings(rule, "verbs"), reader.strings(rule, "apiGroups"), reader.strings(rule, "resources"),
                reader.strings(rule, "resourceNames"), reader.strings(rule, "nonResourceURLs") });
    }
    const Value aggregation = reader.object(root, "aggregationRule");
    role.hasAggregationRule = aggregation.isPresent();
    for (const Value selector : reader.array(aggregation, "clusterRoleSelectors"))
        role.aggregation.push_back(reader.selector(selector));
    parts.roles.push_back(std::move(role));
}

void readRoleBinding(Reader& reader, Value root, ObjectId object, Parts& parts)
{
    RoleBinding binding;
    binding.object = object;
    binding.isClusterRoleBinding = reader.pool().text(parts.kinds.back().second) == "ClusterRoleBinding";
    const Value roleRef = reader.object(root, "roleRef");
    binding.roleKind = reader.string(roleRef, "kind");
    binding.roleName = reader.string(roleRef, "name");
    const StringId ownNamespace = parts.objects.back().ns;
    for (const Value value : reader.array(root, "subjects")) {
        Subject subject { reader.string(value, "kind"), reader.string(value, "name"), reader.string(value, "namespace"),
            reader.string(value, "apiGroup") };
        const bool isAccount = reader.pool().text(subject.kind) == "ServiceAccount";
        if (isAccount && reader.pool().text(subject.ns).empty() && !binding.isClusterRoleBinding)
            subject.ns = ownNamespace;
        binding.subjects.push_back(subject);
    }
    parts.roleBindings.push_back(std::move(binding));
}

std::vector<StringId> readNames(Reader& reader, Value parent, std::string_view key)
{
    std::vector<StringId> names;
    for (const Value reference : reader.array(parent, key))
        names.push_back(reader.string(reference, "name"));
    return names;
}

void readServiceAccount(Reader& reader, Value root, ObjectId object, Parts& parts)
{
    parts.serviceAccounts.push_back({ object, reader.boolean(root, "automountServiceAccountToken"),
        readNames(reader, root, "secrets"), readNames(reader, root, "imagePullSecrets") });
}

void readNamespace(Reader& reader, Value root, ObjectId object, Parts& parts)
{
    Namespace ns;
    ns.object = object;
    ns.name = parts.objects.back().name;
    ns.labels = parts.objects.back().labels;
    ns.phase = reader.string(reader.object(root, "status"), "phase");
    parts.namespaces.push_back(std::move(ns));
}

NetworkPolicyPeer readPeer(Reader& reader, Value value)
{
    NetworkPolicyPeer peer;
    peer.podSelector = reader.optionalSelector(value, "podSelector");
    peer.namespaceSelector = reader.optionalSelector(value, "namespaceSelector");
    if (const Value block = reader.object(value, "ipBlock"); block.isPresent())
        peer.ipBlock = IpBlock { reader.string(block, "cidr"), reader.strings(block, "except") };
    return peer;
}

std::vector<NetworkPolicyRule> readPolicyRules(
    Reader& reader, Value spec, std::string_view direction, std::string_view peers)
{
    std::vector<NetworkPolicyRule> rules;
    for (const Value value : reader.array(spec, direction)) {
        NetworkPolicyRule rule;
        for (const Value peer : reader.array(value, peers))
            rule.peers.push_back(readPeer(reader, peer));
        for (const Value port : reader.array(value, "ports")) {
            NetworkPolicyPort entry { reader.string(port, "protocol"), reader.integerOrString(port, "port"),
                std::nullopt };
            if (port["endPort"].isPresent())
                entry.endPort = reader.number(port, "endPort");
            rule.ports.push_back(entry);
        }
        rules.push_back(std::move(rule));
    }
    return rules;
}

void readNetworkPolicy(Reader& reader, Value root, ObjectId object, Parts& parts)
{
    const Value spec = reader.object(root, "spec");
    NetworkPolicy policy;
    policy.object = object;
    policy.podSelector = reader.selector(reader.object(spec, "podSelector"));
    policy.ingress = readPolicyRules(reader, spec, "ingress", "from");
    policy.egress = readPolicyRules(reader, spec, "egress", "to");
    const auto types = reader.strings(spec, "policyTypes");
    // Defaulting of the API server: Ingress always, Egress only when there are egress rules.
    policy.hasIngress = types.empty() || std::ranges::find(types, reader.intern("Ingress")) != types.end();
    policy.hasEgress
        = types.empty() ? !policy.egress.empty() : std::ranges::find(types, reader.intern("Egress")) != types.end();
    parts.networkPolicies.push_back(std::move(policy));
}

void readService(Reader& reader, Value root, ObjectId object, Parts& parts)
{
    const Value spec = reader.object(root, "spec");
    Service service;
    service.object = object;
    service.type = reader.string(spec, "type");
    service.clusterIp = reader.string(spec, "clusterIP");
    service.selector = reader.stringMap(spec, "selector");
    for (const Value port : reader.array(spec, "ports")) {
        service.ports.push_back({ reader.string(port, "name"), reader.string(port, "protocol"),
            reader.number(port, "port"), reader.integerOrString(port, "targetPort"), reader.number(port, "nodePort") });
    }
    service.externalIps = reader.strings(spec, "externalIPs");
    service.loadBalancerSourceRanges = reader.strings(spec, "loadBalancerSourceRanges");
    service.externalName = reader.string(spec, "externalName");
    parts.services.push_back(std::move(service));
}

// networking.k8s.io/v1 has backend.service.name and port.{number,name}; the v1beta1 forms serviceName and servicePort.
IngressBackend readBackend(Reader& reader, Value backend, StringId host, StringId path)
{
    IngressBackend result { host, path, {}, {} };
    if (const Value service = reader.object(backend, "service"); service.isPresent()) {
        const Value port = reader.object(service, "port");
        result.service = reader.string(service, "name");
        result.port = reader.string(port, "name");
        if (result.port.isNone())
            result.port = reader.integerOrString(port, "number");
    } else {
        result.service = reader.string(backend, "serviceName");
        result.port = reader.integerOrString(backend, "servicePort");
    }
    return result;
}

void readIngress(Reader& reader, Value root, ObjectId object, Parts& parts)
{
    const Value spec = reader.object(root, "spec");
    Ingress ingress;
    ingress.object = object;
    ingress.className = reader.string(spec, "ingressClassName");
    if (ingress.className.isNone()) {
        if (const Value old = root.at("/metadata/annotations")["kubernetes.io/ingress.class"]; old.isString())
            ingress.className = reader.intern(old.text());
    }
    for (const std::string_view key : { "defaultBackend", "backend" }) {
        if (const Value backend = reader.object(spec, key); backend.isPresent())
            ingress.backends.push_back(readBackend(reader, backend, {}, {}));
    }
    for (const Value rule : reader.array(spec, "rules")) {
        StringId host = reader.string(rule, "host");
        if (host.isNone())
            host = reader.intern("");
        ingress.hosts.push_back(host);
        for (const Value path : reader.array(reader.object(rule, "http"), "paths"))
            ingress.backends.push_back(
                readBackend(reader, reader.object(path, "backend"), host, reader.string(path, "path")));
    }
    for (const Value tls : reader.array(spec, "tls"))
        ingress.tls.push_back({ reader.string(tls, "secretName"), reader.strings(tls, "hosts") });
    parts.ingresses.push_back(std::move(ingress));
}

void readSecret(Reader& reader, Value root, ObjectId object, Parts& parts)
{
    Secret secret;
    secret.object = object;
    secret.type = reader.string(root, "type");
    const auto& masked = parts.objects.back().masked;
    for (const std::string_view section : { "data", "stringData" }) {
        for (const Value value : reader.object(root, section)) {
            const std::string pointer = format::pointerTo('/' + std::string(section), value.key());
            const auto hit = std::ranges::find(masked, pointer, &snapshot::MaskedValue::pointer);
            secret.keys.push_back({ reader.intern(value.key()), hit == masked.end() ? 0 : hit->length,
                snapshot::maskedCertificates(value.text()) });
        }
    }
    parts.secrets.push_back(std::move(secret));
}

void readConfigMap(Reader& reader, Value root, ObjectId object, Parts& parts)
{
    ConfigMap map;
    map.object = object;
    for (const std::string_view section : { "data", "binaryData" }) {
        for (const Value value : reader.object(root, section))
            map.keys.push_back(reader.intern(value.key()));
    }
    const Object& self = parts.objects.back();
    if (reader.pool().text(self.name) == "kubeadm-config" && reader.pool().text(self.ns) == "kube-system") {
        const std::string_view text = root.at("/data/ClusterConfiguration").text();
        constexpr std::string_view key = "clusterName:";
        if (const auto at = text.find(key); at != std::string_view::npos && (at == 0 || text[at - 1] == '\n')) {
            const std::string_view line = text.substr(at + key.size(), text.find('\n', at) - at - key.size());
            parts.clusterName = trimmed(line);
        }
    }
    parts.configMaps.push_back(std::move(map));
}

void readNode(Reader& reader, Value root, ObjectId object, Parts& parts)
{
    const Value status = reader.object(root, "status");
    const Value info = reader.object(status, "nodeInfo");
    Node node;
    node.object = object;
    node.kubeletVersion = reader.string(info, "kubeletVersion");
    node.osImage = reader.string(info, "osImage");
    node.kernelVersion = reader.string(info, "kernelVersion");
    node.containerRuntimeVersion = reader.string(info, "containerRuntimeVersion");
    node.operatingSystem = reader.string(info, "operatingSystem");
    for (const Value address : reader.array(status, "addresses"))
        node.addresses.push_back(reader.string(address, "address"));
    const Value labels = root.at("/metadata/labels");
    if (node.operatingSystem.isNone()) // a node that never reported itself
        node.operatingSystem = reader.string(labels, "kubernetes.io/os");
    node.isControlPlane = labels["node-role.kubernetes.io/control-plane"].isPresent()
        || labels["node-role.kubernetes.io/master"].isPresent();
    parts.nodes.push_back(std::move(node));
}

void readWebhooks(Reader& reader, Value root, ObjectId object, Parts& parts)
{
    WebhookConfiguration configuration;
    configuration.object = object;
    configuration.isMutating = reader.pool().text(parts.kinds.back().second) == "MutatingWebhookConfiguration";
    for (const Value webhook : reader.array(root, "webhooks")) {
        const Value client = reader.object(webhook, "clientConfig");
        const Value service = reader.object(client, "service");
        configuration.webhooks.push_back({ reader.string(webhook, "name"), reader.string(webhook, "failurePolicy"),
            reader.string(service, "namespace"), reader.string(service, "name"), reader.string(client, "url") });
    }
    parts.webhookConfigurations.push_back(std::move(configuration));
}

void readLimitRange(Reader& reader, Value root, ObjectId object, Parts& parts)
{
    LimitRange range { object, {} };
    for (const Value item : reader.array(reader.object(root, "spec"), "limits")) {
        if (item["type"].text() != "Container")
            continue;
        const auto first = [&](std::string_view name, std::initializer_list<std::string_view> keys, StringId& amount) {
            for (const std::string_view key : keys) {
                if (amount.isNone())
                    amount = reader.integerOrString(reader.object(item, key), name);
            }
        };
        const auto read = [&](std::string_view name, Amount& amount) {
            first(name, { "default", "max" }, amount.limit);
            first(name, { "defaultRequest", "default", "max", "min" }, amount.request);
        };
        read("cpu", range.container.cpu);
        read("memory", range.container.memory);
        read("ephemeral-storage", range.container.ephemeralStorage);
    }
    parts.limitRanges.push_back(range);
}

struct KindRow {
    std::string_view group;
    std::string_view kind;
    ReadKind read;
};

constexpr std::array<KindRow, 18> kindTable { {
    { "", "ConfigMap", readConfigMap },
    { "", "LimitRange", readLimitRange },
    { "", "Namespace", readNamespace },
    { "", "Node", readNode },
    { "", "Pod", readPod },
    { "", "Secret", readSecret },
    { "", "Service", readService },
    { "", "ServiceAccount", readServiceAccount },
    { "admissionregistration.k8s.io", "MutatingWebhookConfiguration", readWebhooks },
    { "admissionregistration.k8s.io", "ValidatingWebhookConfiguration", readWebhooks },
    { "extensions", "Ingress", readIngress },
    { "extensions", "NetworkPolicy", readNetworkPolicy },
    { "networking.k8s.io", "Ingress", readIngress },
    { "networking.k8s.io", "NetworkPolicy", readNetworkPolicy },
    { "rbac.authorization.k8s.io", "ClusterRole", readRole },
    { "rbac.authorization.k8s.io", "ClusterRoleBinding", readRoleBinding },
    { "rbac.authorization.k8s.io", "Role", readRole },
    { "rbac.authorization.k8s.io", "RoleBinding", readRoleBinding },
} };

} // namespace

ReadKind readerOf(std::string_view apiGroup, std::string_view kind)
{
    const auto row = std::ranges::find_if(
        kindTable, [&](const KindRow& candidate) { return candidate.group == apiGroup && candidate.kind == kind; });
    return row == kindTable.end() ? nullptr : row->read;
}

} // namespace plimsoll::cluster::detail
