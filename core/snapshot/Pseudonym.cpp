// SPDX-License-Identifier: Apache-2.0
#include "core/snapshot/Pseudonym.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "core/base/Text.h"
#include "core/format/Json.h"
#include "core/snapshot/Masking.h"
#include "core/snapshot/detail/AgeCrypto.h"
#include "core/snapshot/detail/PrefixCipher.h"

namespace plimsoll::snapshot {

namespace {

using format::Document;
using format::Type;
using format::Value;

template <std::size_t Count> bool isOneOf(std::string_view text, const std::array<std::string_view, Count>& all)
{
    return std::ranges::find(all, text) != all.end();
}

// Names that every cluster has, or that say which well-known part this is.
constexpr auto commonNames = std::to_array<std::string_view>({ "admin", "antrea-agent", "aws-node", "azure-cni",
    "calico-node", "calico-system", "cert-manager", "cilium", "cilium-config", "cilium-operator", "cluster-admin",
    "cluster-info", "clusterissuer", "coredns", "default", "edit", "etcd", "extension-apiserver-authentication",
    "falco", "gatekeeper-system", "gke-metadata-server", "ingress-nginx", "istio-system", "istiod", "kindnet",
    "konnectivity-agent", "kube-apiserver", "kube-apiserver-legacy-service-account-token-tracking",
    "kube-controller-manager", "kube-dns", "kube-flannel", "kube-flannel-ds", "kube-node-lease", "kube-proxy",
    "kube-public", "kube-root-ca.crt", "kube-router", "kube-scheduler", "kube-system", "kubeadm-config",
    "kubelet-config", "kubernetes", "kubernetes-dashboard", "kyverno", "linkerd", "local-path-storage",
    "metrics-server", "node-local-dns", "openshift-sdn", "openshift-service-ca.crt", "ovnkube-node", "runc", "sdn",
    "tetragon", "tigera-operator", "traefik", "trivy-system", "velero", "view", "weave-net", "www", "http", "https" });
// Service accounts that Kubernetes' own controllers run as. Source: plugin/pkg/auth/authorizer/rbac/bootstrappolicy/
// controller_policy.go.
constexpr auto controllers = std::to_array<std::string_view>({ "attachdetach-controller", "bootstrap-signer",
    "certificate-controller", "cloud-provider", "clusterrole-aggregation-controller", "cronjob-controller",
    "daemon-set-controller", "deployment-controller", "device-taint-eviction-controller", "disruption-controller",
    "endpoint-controller", "endpointslice-controller", "endpointslicemirroring-controller",
    "ephemeral-volume-controller", "expand-controller", "generic-garbage-collector", "horizontal-pod-autoscaler",
    "job-controller", "kube-apiserver-serving-clustertrustbundle-publisher", "leader-election-controller",
    "legacy-service-account-token-cleaner", "namespace-controller", "node-controller", "persistent-volume-binder",
    "pod-garbage-collector", "podcertificaterequestcleaner-controller", "pv-protection-controller",
    "pvc-protection-controller", "replicaset-controller", "replication-controller", "resource-claim-controller",
    "resourcequota-controller", "root-ca-cert-publisher", "service-ca-cert-publisher",
    "volumeattributesclass-protection-controller", "route-controller", "selinux-warning-controller",
    "service-account-controller", "service-cidrs-controller", "service-controller", "statefulset-controller",
    "storage-version-migrator-controller", "taint-eviction-controller", "token-cleaner",
    "ttl-after-finished-controller", "ttl-controller", "vac-protection-controller",
    "validatingadmissionpolicy-status-controller" });
// Names that Kubernetes makes from another one: static pods, and the volume with a pod's token.
constexpr auto madeNames = std::to_array<std::string_view>(
    { "etcd-", "kube-api-access-", "kube-apiserver-", "kube-controller-manager-", "kube-scheduler-" });
constexpr auto commonRegistries = std::to_array<std::string_view>({ "docker.io", "gcr.io", "ghcr.io", "k8s.gcr.io",
    "mcr.microsoft.com", "public.ecr.aws", "quay.io", "registry.k8s.io", "registry.gitlab.com" });
constexpr auto publicRegistries
    = std::to_array<std::string_view>({ "k8s.gcr.io", "mcr.microsoft.com", "registry.k8s.io" });

// Members that name an object of the cluster, or somebody.
constexpr auto nameMembers = std::to_array<std::string_view>({ "claimName", "clusterName", "currentRevision",
    "diskName", "diskURI", "fsName", "generateName", "holderIdentity", "instanceName", "name", "namespace", "nodeID",
    "nodeName", "nominatedNodeName", "pdName", "persistentVolumeName", "providerID", "rbdImage", "resourceGroup",
    "policyName", "schedulerName", "secretName", "secretNamespace", "serviceAccount", "serviceAccountName",
    "serviceName", "shareName", "signerName", "subdomain", "volumeHandle", "volumeID", "volumeName", "gatewayClassName",
    "ingressClassName", "targetContainerName", "updateRevision" });
constexpr auto hostMembers = std::to_array<std::string_view>({ "address", "addresses", "dnsNames", "externalName",
    "host", "hostIP", "hostname", "hostnames", "hosts", "ip", "nameservers", "searches", "server", "serverName" });
// Text that people wrote, which may say anything.
constexpr auto textMembers = std::to_array<std::string_view>(
    { "ca.crt", "caBundle", "certificate", "containerID", "description", "displayName", "extra", "machineID", "message",
        "request", "stdin", "systemUUID", "url", "bootID", "lastAppliedSecret", "note", "value", "uri" });
// Members of custom resources whose values are words of their API; any other lower-case word there may be a name.
constexpr auto wordMembers = std::to_array<std::string_view>({ "action", "apiGroups", "effect", "entities", "fieldPath",
    "fromEntities", "fsType", "key", "mode", "nonResourceURLs", "operator", "protocol", "resource", "resources",
    "scope", "strategy", "toEntities", "topologyKey", "type", "types", "verbs", "version" });
// Maps whose values people wrote.
constexpr auto textMaps = std::to_array<std::string_view>({ "annotations", "binaryData", "data", "options",
    "parameters", "stringData", "volumeAttributes", "fsGroupChangePolicyAttributes" });
// What holds a label's value to compare with.
constexpr auto matchers = std::to_array<std::string_view>({ "taints", "tolerations", "fieldSelectors" });
constexpr auto labelMaps = std::to_array<std::string_view>({ "labels", "matchLabels", "nodeSelector" });
// Labels and annotations whose values mean something by themselves.
constexpr auto meaningfulKeys = std::to_array<std::string_view>({ "app.kubernetes.io/component",
    "app.kubernetes.io/managed-by", "app.kubernetes.io/name", "beta.kubernetes.io/arch", "beta.kubernetes.io/os",
    "component", "eks.amazonaws.com/role-arn", "k8s-app", "kubernetes.io/arch", "kubernetes.io/bootstrapping",
    "kubernetes.io/os", "pod-template-generation", "tier", "app" });
constexpr auto meaningfulPrefixes = std::to_array<std::string_view>({ "authentication.kubernetes.io/",
    "container.apparmor.security.beta.kubernetes.io/", "container.seccomp.security.alpha.kubernetes.io/",
    "kubernetes.io/config.", "kubernetes.io/ingress.class", "kubernetes.io/legacy-token", "kubernetes.io/psp",
    "kubernetes.io/service-account.uid", "node-role.kubernetes.io/", "pod-security.kubernetes.io/",
    "rbac.authorization.k8s.io/", "seccomp.security.alpha.kubernetes.io/", "storageclass.kubernetes.io/" });

constexpr auto containerProfiles = std::to_array<std::string_view>(
    { "container.apparmor.security.beta.kubernetes.io/", "container.seccomp.security.alpha.kubernetes.io/" });

bool isMeaningfulKey(std::string_view key)
{
    return isOneOf(key, meaningfulKeys)
        || std::ranges::any_of(meaningfulPrefixes, [&](std::string_view prefix) { return key.starts_with(prefix); });
}

// Values of labels that are the same everywhere.
bool isCommonValue(std::string_view value)
{
    return value.empty() || value == "true" || value == "false" || toInteger(value).has_value();
}

} // namespace

struct Pseudonymiser::Private {
    std::string key;

    std::string token(std::string_view kind, std::string_view text, std::size_t digits) const
    {
        constexpr std::string_view hex = "0123456789abcdef";
        const std::string digest = detail::hmacSha256(key, std::string(kind) + '\0' + std::string(text));
        std::string out;
        for (std::size_t i = 0; i < digits; ++i) {
            const auto byte = static_cast<unsigned char>(digest[i / 2]);
            out += hex[i % 2 == 0 ? byte >> 4 : byte & 15];
        }
        return out;
    }
};

Pseudonymiser::Pseudonymiser(const std::string& key)
    : m_private(std::make_unique<Private>(key.empty() ? detail::randomBytes(32) : key))
{
}

Pseudonymiser::~Pseudonymiser() = default;
Pseudonymiser::Pseudonymiser(Pseudonymiser&&) noexcept = default;

std::string Pseudonymiser::name(std::string_view text) const
{
    if (text.empty() || isOneOf(text, commonNames) || isOneOf(text, controllers))
        return std::string(text);
    // Users and groups of Kubernetes itself; those of service accounts hold names.
    for (const std::string_view prefix : { "system:serviceaccount:", "system:serviceaccounts:", "system:node:" }) {
        if (!text.starts_with(prefix))
            continue;
        std::string out(prefix);
        for (const std::string_view part : split(text.substr(prefix.size()), ':'))
            out += (out.size() > prefix.size() ? ":" : "") + name(part);
        return out;
    }
    if (text.starts_with("system:") || text == "system-cluster-critical" || text == "system-node-critical"
        || text.starts_with("kubeadm:") || text.starts_with("kubernetes.io/"))
        return std::string(text);
    for (const std::string_view prefix : madeNames) {
        if (text.starts_with(prefix))
            return std::string(prefix) + name(text.substr(prefix.size()));
    }
    return "n-" + m_private->token("name", text, 12);
}

std::string Pseudonymiser::host(std::string_view text) const
{
    if (const auto replaced = detail::replacedAddress(m_private->key, text))
        return *replaced;
    std::string rest(text), suffix;
    for (const std::string_view common : { ".svc.cluster.local", ".cluster.local", ".svc" }) {
        if (rest.ends_with(common)) {
            suffix = common;
            rest.resize(rest.size() - common.size());
            break;
        }
    }
    std::vector<std::string> labels;
    for (const std::string_view label : split(rest, '.'))
        labels.push_back(label == "*" || label.empty() ? std::string(label) : name(label));
    // Whatever it ended in says which organisation or country it belongs to.
    if (suffix.empty() && labels.size() > 1)
        labels.back() = "example";
    return join(labels, ".") + suffix;
}

std::string Pseudonymiser::address(std::string_view text) const
{
    return detail::replacedAddress(m_private->key, text).value_or(host(text));
}

namespace {

// One object being replaced. The walk decides by the name of a member, its parents and the kind.
class Walk {
public:
    Walk(const Pseudonymiser& names, Document& document, std::string_view apiVersion, std::string_view kind)
        : m_names(names)
        , m_document(document)
        , m_kind(kind)
        , m_isCustom(apiVersion.substr(0, apiVersion.find('/')).contains('.')
              && !apiVersion.substr(0, apiVersion.find('/')).ends_with(".k8s.io"))
        , m_isSystem(document.root()["metadata"]["namespace"].text() == "kube-system")
    {
    }

    void run()
    {
        const Value metadata = m_document.root()["metadata"];
        if (const Value fields = metadata["managedFields"]; fields.isPresent())
            m_document.removeChild(metadata, fields);
        walk(m_document.root(), {}, {});
    }

private:
    void set(Value value, const std::string& text)
    {
        if (value.text() != text)
            m_document.setString(value, text);
    }

    // member: the name of the value, for elements of an array that of the array; container: that of what holds it.
    void walk(Value value, std::string_view member, std::string_view container)
    {
        if (value.isObject() && takesMap(value, member))
            return;
        if (value.isObject()) {
            for (const Value child : value)
                walk(child, child.key(), member);
        } else if (value.isArray()) {
            for (const Value child : value)
                walk(child, member, container);
        } else if (value.isString()) {
            replace(value, member, container);
        }
    }

    bool takesMap(Value map, std::string_view member)
    {
        const bool isLabels = isOneOf(member, labelMaps) || (member == "selector" && isPlainMap(map));
        if (!isLabels && !isOneOf(member, textMaps))
            return false;
        if (!isLabels && member == "data" && m_kind != "ConfigMap" && m_kind != "Secret")
            return false;
        for (const Value child : map) {
            if (!child.isString())
                continue;
            if (member == "annotations")
                replaceKey(child);
            if (isLabels)
                set(child, label(child.key(), child.text()));
            else if (!maskedCertificates(child.text()).empty()) // which hold names
                set(child, maskText(maskedRule(child.text()), maskedLength(child.text())));
            else if (child.key() == "kubernetes.io/service-account.name")
                set(child, m_names.name(child.text()));
            else if (keepsData())
                set(child, configuration(child.text()));
            else if (!isMask(child.text()) && !isMeaningfulKey(child.key()))
                set(child, {});
        }
        return true;
    }

    // Profiles of containers as annotations end in the name of the container.
    void replaceKey(Value annotation)
    {
        const std::string_view key = annotation.key();
        for (const std::string_view prefix : containerProfiles) {
            if (key.starts_with(prefix))
                m_document.node(annotation.node()).key
                    = m_document.keep(std::string(prefix) + m_names.name(key.substr(prefix.size())));
        }
    }

    // The configuration of Kubernetes' own parts is what controls read.
    bool keepsData() const
    {
        const std::string_view name = m_document.root()["metadata"]["name"].text();
        return m_isSystem && m_kind == "ConfigMap" && (name == "kubeadm-config" || name.starts_with("kubelet-config"));
    }

    // Its names and addresses are those of the cluster; the flags beside them stay.
    std::string configuration(std::string_view yaml) const
    {
        std::string out;
        bool isInNames = false;
        for (const std::string_view line : split(yaml, '\n')) {
            const std::string_view text = trimmed(line);
            const std::size_t colon = text.find(": ");
            const std::string_view key = text.substr(0, std::min(colon, text.size()));
            const std::string_view indent = line.substr(0, line.find_first_not_of(' '));
            out += out.empty() ? "" : "\n";
            if (isInNames && text.starts_with("- "))
                out += std::string(indent) + "- " + m_names.address(unquoted(text.substr(2)));
            else if (colon != std::string_view::npos && (key == "clusterName" || key == "imageRepository"))
                out += std::string(indent) + std::string(key) + ": " + m_names.name(unquoted(text.substr(colon + 2)));
            else if (colon != std::string_view::npos && key == "controlPlaneEndpoint")
                out += std::string(indent) + std::string(key) + ": " + hostAndPort(unquoted(text.substr(colon + 2)));
            else
                out += line;
            isInNames = text == "certSANs:" || (isInNames && text.starts_with("- "));
        }
        return out;
    }
    static std::string_view unquoted(std::string_view text)
    {
        const bool isQuoted = text.size() > 1 && (text[0] == '"' || text[0] == '\'') && text.back() == text[0];
        return isQuoted ? text.substr(1, text.size() - 2) : text;
    }

    static bool isPlainMap(Value map)
    {
        return std::ranges::all_of(map, [](Value child) { return child.isString(); });
    }

    std::string label(std::string_view key, std::string_view value) const
    {
        if (isCommonValue(value) || (isMeaningfulKey(key) && (m_isSystem || !isApplication(key))))
            return std::string(value);
        return m_names.name(value);
    }
    static bool isApplication(std::string_view key)
    {
        return key == "app" || key == "k8s-app" || key == "component" || key == "tier"
            || key.starts_with("app.kubernetes.io/");
    }

    void replace(Value value, std::string_view member, std::string_view container)
    {
        const std::string_view text = value.text();
        if (!maskedCertificates(text).empty())
            return set(value, maskText(maskedRule(text), maskedLength(text)));
        if (text.empty() || isMask(text) || member == "kind" || member == "apiVersion" || member == "apiGroup")
            return;
        if (isAddress(text))
            set(value, m_names.address(text));
        else if (member == "image" || member == "imageID" || (member == "names" && container == "images"))
            set(value, image(text));
        else if (member == "uid")
            set(value, m_names.name("uid:" + std::string(text)));
        else if (member == "args" || member == "command")
            set(value, m_isSystem ? argument(text) : std::string());
        else if (isOneOf(member, textMembers) && !isOneOf(container, matchers))
            set(value, {});
        else if (isOneOf(member, hostMembers))
            set(value, m_names.host(text));
        else if (isName(member, container) || (m_isCustom && mayBeName(member, text)))
            set(value, m_names.name(text));
    }

    // A flag of one of Kubernetes' own parts: its names and addresses are those of the cluster.
    std::string argument(std::string_view text) const
    {
        constexpr auto nameFlags
            = std::to_array<std::string_view>({ "--cluster-name", "--hostname-override", "--name", "--node-name" });
        const std::size_t equals = text.find('=');
        if (!text.starts_with("--") || equals == std::string_view::npos)
            return std::string(text);
        std::string out(text.substr(0, equals));
        char separator = '=';
        for (const std::string_view part : split(text.substr(equals + 1), ',')) {
            out += separator;
            out += isOneOf(text.substr(0, equals), nameFlags) ? m_names.name(part) : endpoint(part);
            separator = ',';
        }
        return out;
    }
    // "https://10.0.0.1:2380", "member=https://10.0.0.1:2380", "10.0.0.1"; anything else stays.
    std::string endpoint(std::string_view text) const
    {
        if (isAddress(text))
            return m_names.address(text);
        const std::size_t scheme = text.find("://");
        if (scheme == std::string_view::npos)
            return std::string(text);
        const std::size_t begin = scheme + 3, end = std::min(text.find('/', begin), text.size());
        const std::size_t equals = text.substr(0, scheme).find('=');
        std::string out = equals == std::string_view::npos ? std::string() : m_names.name(text.substr(0, equals)) + '=';
        out += text.substr(out.empty() ? 0 : equals + 1, begin - (out.empty() ? 0 : equals + 1));
        return out + hostAndPort(text.substr(begin, end - begin)) + std::string(text.substr(end));
    }

    // Of an API that nobody here knows: whatever is no word of the API, number, time, path or label key.
    static bool mayBeName(std::string_view member, std::string_view text)
    {
        const auto isUpper = [](char c) { return c >= 'A' && c <= 'Z'; };
        return !isOneOf(member, wordMembers) && !isCommonValue(text) && !isUpper(text.front()) && text.front() != '/'
            && !(text.front() >= '0' && text.front() <= '9');
    }

    static bool isAddress(std::string_view text) { return detail::replacedAddress("0", text).has_value(); }

    // Names that are part of an API or of a program rather than somebody's choice stay.
    bool isName(std::string_view member, std::string_view container) const
    {
        if (member == "values" || member == "resourceNames" || member == "namespaces" || member == "username"
            || member == "groups" || (member == "value" && isOneOf(container, matchers)))
            return true;
        if (!isOneOf(member, nameMembers) || member == "signerName" || member == "schedulerName")
            return false;
        const bool isProgramName = container == "env" || container == "ports" || container == "sysctls"
            || container == "versions" || container == "port" || container == "os";
        return !(member == "name" && (isProgramName || m_kind == "CustomResourceDefinition" || m_kind == "APIService"));
    }

    std::string image(std::string_view reference) const
    {
        std::string_view scheme;
        if (const std::size_t at = reference.find("://"); at != std::string_view::npos) {
            scheme = reference.substr(0, at + 3);
            reference.remove_prefix(at + 3);
        }
        if (reference.starts_with("sha256:"))
            return std::string(scheme) + std::string(reference);
        const std::size_t at = reference.find('@');
        std::string_view rest = reference.substr(0, at);
        const std::string_view digest = at == std::string_view::npos ? std::string_view() : reference.substr(at);
        const std::size_t slash = rest.rfind('/');
        const std::size_t colon = rest.find(':', slash == std::string_view::npos ? 0 : slash);
        const std::string_view tag = colon == std::string_view::npos ? std::string_view() : rest.substr(colon);
        rest = rest.substr(0, colon);
        std::vector<std::string_view> parts = split(rest, '/');
        std::string registry;
        const bool hasRegistry = parts.size() > 1
            && (parts.front().find_first_of(".:") != std::string_view::npos || parts.front() == "localhost");
        if (hasRegistry) {
            registry
                = isOneOf(parts.front(), commonRegistries) ? std::string(parts.front()) : hostAndPort(parts.front());
            if (isOneOf(parts.front(), publicRegistries))
                return std::string(scheme) + std::string(rest) + std::string(tag) + std::string(digest);
            parts.erase(parts.begin());
        }
        std::vector<std::string> path;
        for (const std::string_view part : parts)
            path.push_back(isPublicPart(part) ? std::string(part) : m_names.name(part));
        return std::string(scheme) + (hasRegistry ? registry + '/' : std::string()) + join(path, "/") + std::string(tag)
            + std::string(digest);
    }
    static bool isPublicPart(std::string_view part)
    {
        constexpr auto known
            = std::to_array<std::string_view>({ "aquasec", "busybox", "calico", "cilium", "falcosecurity", "grafana",
                "haproxy", "istio", "library", "mariadb", "memcached", "mysql", "nginx", "node", "openpolicyagent",
                "pause", "postgres", "prom", "prometheus", "python", "rabbitmq", "redis", "traefik", "vault" });
        return isOneOf(part, known);
    }
    std::string hostAndPort(std::string_view text) const
    {
        const std::size_t colon = text.rfind(':');
        if (colon == std::string_view::npos)
            return m_names.host(text);
        return m_names.host(text.substr(0, colon)) + std::string(text.substr(colon));
    }

    const Pseudonymiser& m_names;
    Document& m_document;
    std::string m_kind;
    bool m_isCustom;
    bool m_isSystem;
};

} // namespace

std::string Pseudonymiser::object(std::string_view json, std::string_view apiVersion, std::string_view kind) const
{
    Document document;
    format::JsonParser parser;
    if (!parser.parseCopy(json, document))
        return "{}";
    Walk(*this, document, apiVersion, kind).run();
    return format::toJson(document.root());
}

void hideOrigin(Origin& origin, std::vector<NotCollected>& notCollected, const Pseudonymiser& pseudonyms)
{
    origin.clusterUid = pseudonyms.name("uid:" + origin.clusterUid);
    origin.context = pseudonyms.name(origin.context);
    origin.user = pseudonyms.name(origin.user);
    for (std::vector<std::string>* names : { &origin.groups, &origin.namespaces }) {
        for (std::string& name : *names)
            name = pseudonyms.name(name);
    }
    origin.server = origin.server.empty() ? "" : "https://" + pseudonyms.name(origin.server) + ".example";
    origin.peerCertificate.clear();
    // Words of servers and of the import name files and objects.
    origin.warnings.clear();
    for (NotCollected& one : notCollected) {
        one.ns = pseudonyms.name(one.ns);
        one.message.clear();
        if (!one.ns.empty())
            one.missingPermission = one.missingPermission.substr(0, one.missingPermission.find(" in namespace "))
                + " in namespace " + one.ns;
    }
}

} // namespace plimsoll::snapshot
