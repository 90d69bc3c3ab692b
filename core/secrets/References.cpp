// SPDX-License-Identifier: Apache-2.0
#include "core/secrets/References.h"

#include <algorithm>
#include <array>
#include <set>
#include <tuple>
#include <unordered_set>

#include "core/base/Text.h"
#include "core/format/Document.h"

namespace plimsoll::secrets {

using cluster::Cluster;
using cluster::ObjectId;
using format::pointerTo;
using format::Value;

namespace {

// A field of a volume source that names a Secret. Source: VisitPodSecretNames.
struct DriverField {
    std::string_view source;
    std::string_view name; // pointer below the source
    std::string_view ns = {}; // of a field with its namespace
};
constexpr std::array<DriverField, 9> driverFields { {
    { "azureFile", "/secretName" },
    { "cephfs", "/secretRef/name" },
    { "cinder", "/secretRef/name" },
    { "csi", "/nodePublishSecretRef/name" },
    { "flexVolume", "/secretRef/name" },
    { "iscsi", "/secretRef/name" },
    { "rbd", "/secretRef/name" },
    { "scaleIO", "/secretRef/name" },
    { "storageos", "/secretRef/name" },
} };

// Kinds whose objects are typed and looked at, hold no references, or are made by the cluster from what is looked at.
constexpr std::array<std::string_view, 37> passedOver { "APIService", "Binding", "CertificateSigningRequest",
    "ClusterRole", "ClusterRoleBinding", "ComponentStatus", "ConfigMap", "ControllerRevision", "CronJob", "CSINode",
    "CSIStorageCapacity", "CustomResourceDefinition", "DaemonSet", "Deployment", "EndpointSlice", "Endpoints", "Event",
    "FlowSchema", "IPAddress", "Job", "Lease", "LimitRange", "Namespace", "NetworkPolicy", "Node", "Pod",
    "PodDisruptionBudget", "PriorityClass", "PriorityLevelConfiguration", "ReplicaSet", "ReplicationController",
    "ResourceQuota", "Role", "RoleBinding", "Secret", "ServiceAccount", "StatefulSet" };
constexpr std::array<std::string_view, 5> builtInGroups { "", "apps", "batch", "rbac.authorization.k8s.io",
    "events.k8s.io" };

bool isPassedOver(std::string_view group, std::string_view kind)
{
    if (std::ranges::find(passedOver, kind) == passedOver.end())
        return false;
    return std::ranges::find(builtInGroups, group) != builtInGroups.end() || group.ends_with(".k8s.io")
        || group == "policy";
}

bool mentionsSecret(std::string_view key)
{
    constexpr std::string_view word = "ecret";
    for (auto at = key.find(word); at != key.npos; at = key.find(word, at + 1)) {
        if (at > 0 && (key[at - 1] == 's' || key[at - 1] == 'S'))
            return true;
    }
    return false;
}

class Collector {
public:
    explicit Collector(const Cluster& cluster)
        : m_cluster(cluster)
    {
        for (const cluster::Secret& secret : cluster.secrets()) {
            const cluster::Object& object = cluster.object(secret.object);
            m_names.insert(cluster.text(object.name));
            m_places[cluster.text(object.name)].push_back(cluster.text(object.ns));
        }
    }

    void addWorkloads();
    void addAccounts();
    void addIngresses();
    void addOthers();

    std::vector<Reference> references;
    std::set<std::string> searched, unread;

private:
    void addSpec(cluster::WorkloadId workload, const cluster::PodSpecUse& use);
    void addContainer(const cluster::Container& container);
    void addVolume(const cluster::Volume& volume);
    void addDriver(const cluster::Volume& volume);
    void addArgument(std::string_view text, std::string pointer);
    void walk(Value value, const std::string& pointer, unsigned depth);
    void addNamed(Value value, const std::string& pointer);
    void addIfThere(std::string_view ns, std::string_view name, std::string pointer, std::string_view key = {});
    void add(Use use, std::string pointer, std::string_view name, std::string_view key = {}, bool isOptional = false);

    const Cluster& m_cluster;
    std::unordered_set<std::string_view> m_names;
    std::unordered_map<std::string_view, std::vector<std::string_view>> m_places; // namespaces of each name
    // What is looked at.
    ObjectId m_object;
    cluster::WorkloadId m_workload;
    std::string m_ns, m_base;
};

void Collector::add(Use use, std::string pointer, std::string_view name, std::string_view key, bool isOptional)
{
    if (!name.empty())
        references.push_back(
            { use, m_object, m_base + pointer, m_ns, std::string(name), std::string(key), isOptional, m_workload });
}

void Collector::addContainer(const cluster::Container& container)
{
    const std::string base = container.pointer();
    for (std::size_t i = 0; i < container.env.size(); ++i) {
        const cluster::EnvVar& variable = container.env[i];
        const std::string place = base + "/env/" + std::to_string(i);
        if (variable.secretName.isNone())
            addArgument(m_cluster.text(variable.value), place + "/value");
        else
            add(Use::Environment, place + "/valueFrom/secretKeyRef/name", m_cluster.text(variable.secretName),
                m_cluster.text(variable.secretKey), variable.isSecretOptional);
    }
    for (std::size_t i = 0; i < container.envFrom.size(); ++i) {
        if (!container.envFrom[i].secretName.isNone())
            add(Use::Environment, base + "/envFrom/" + std::to_string(i) + "/secretRef/name",
                m_cluster.text(container.envFrom[i].secretName), {}, container.envFrom[i].isOptional);
    }
    for (std::size_t i = 0; i < container.command.size(); ++i)
        addArgument(m_cluster.text(container.command[i]), base + "/command/" + std::to_string(i));
    for (std::size_t i = 0; i < container.args.size(); ++i)
        addArgument(m_cluster.text(container.args[i]), base + "/args/" + std::to_string(i));
}

// Programs that fetch a Secret through the API are told its name: "--secret-name=shop/tls".
void Collector::addArgument(std::string_view text, std::string pointer)
{
    constexpr std::size_t longest = 512;
    if (m_names.empty() || text.empty() || text.size() > longest)
        return;
    const std::size_t equals = text.find('=');
    std::string_view name = equals == text.npos ? text : text.substr(equals + 1);
    std::string_view ns = m_ns;
    if (const std::size_t slash = name.find('/'); slash != name.npos) {
        ns = name.substr(0, slash);
        name = name.substr(slash + 1);
    }
    constexpr std::size_t shortest = 4; // "web" is a word, not a reference
    if (name.size() >= shortest && m_names.contains(name))
        addIfThere(ns, name, m_base + pointer);
}

void Collector::addDriver(const cluster::Volume& volume)
{
    const auto field = std::ranges::find(driverFields, m_cluster.text(volume.source), &DriverField::source);
    if (field == driverFields.end())
        return;
    format::Document document;
    if (!m_cluster.snapshot().readRaw(m_cluster.object(m_object).raw, document)) {
        unread.insert(std::string(m_cluster.kindName(m_object)));
        return;
    }
    const std::string pointer = volume.pointer() + '/' + std::string(field->source) + std::string(field->name);
    add(Use::Driver, pointer, document.root().at(m_base + pointer).text());
}

void Collector::addVolume(const cluster::Volume& volume)
{
    if (m_cluster.text(volume.source) == "secret") {
        add(Use::Volume, volume.pointer() + "/secret/secretName", m_cluster.text(volume.secretName), {},
            volume.isOptional);
        return;
    }
    for (std::size_t i = 0; i < volume.projected.size(); ++i) {
        const cluster::ProjectedSource& source = volume.projected[i];
        if (!source.secretName.isNone())
            add(Use::Volume, volume.pointer() + "/projected/sources/" + std::to_string(i) + "/secret/name",
                m_cluster.text(source.secretName), {}, source.isOptional);
    }
    addDriver(volume);
}

void Collector::addSpec(cluster::WorkloadId workload, const cluster::PodSpecUse& use)
{
    m_object = use.holder;
    m_workload = workload;
    m_base = std::string(m_cluster.podSpecPointer(use.holder));
    m_ns = m_cluster.text(m_cluster.object(use.holder).ns);
    const cluster::PodSpec& spec = m_cluster.podSpec(use.spec);
    for (const cluster::Container& container : spec.containers)
        addContainer(container);
    for (const cluster::Volume& volume : spec.volumes)
        addVolume(volume);
    for (std::size_t i = 0; i < spec.imagePullSecrets.size(); ++i)
        add(Use::ImagePull, "/imagePullSecrets/" + std::to_string(i) + "/name",
            m_cluster.text(spec.imagePullSecrets[i]));
}

void Collector::addWorkloads()
{
    const auto workloads = m_cluster.workloads();
    for (std::uint32_t index = 0; index < workloads.size(); ++index) {
        const cluster::Kind& kind = m_cluster.kindOf(m_cluster.object(workloads[index].object));
        searched.insert(std::string(m_cluster.text(kind.kind)));
        for (const cluster::PodSpecUse& use : workloads[index].specs)
            addSpec(cluster::WorkloadId { index }, use);
    }
    m_workload = {};
    m_base.clear();
}

void Collector::addAccounts()
{
    for (const cluster::ServiceAccount& account : m_cluster.serviceAccounts()) {
        m_object = account.object;
        m_ns = m_cluster.text(m_cluster.object(account.object).ns);
        searched.insert("ServiceAccount");
        for (std::size_t i = 0; i < account.secrets.size(); ++i)
            add(Use::Token, "/secrets/" + std::to_string(i) + "/name", m_cluster.text(account.secrets[i]));
        for (std::size_t i = 0; i < account.imagePullSecrets.size(); ++i)
            add(Use::ImagePull, "/imagePullSecrets/" + std::to_string(i) + "/name",
                m_cluster.text(account.imagePullSecrets[i]));
    }
}

void Collector::addIngresses()
{
    for (const cluster::Ingress& ingress : m_cluster.ingresses()) {
        m_object = ingress.object;
        m_ns = m_cluster.text(m_cluster.object(ingress.object).ns);
        searched.insert("Ingress");
        for (std::size_t i = 0; i < ingress.tls.size(); ++i)
            add(Use::Tls, "/spec/tls/" + std::to_string(i) + "/secretName", m_cluster.text(ingress.tls[i].secretName));
    }
}

// Where the field names no namespace and the object has none, every Secret of the name counts as used.
void Collector::addIfThere(std::string_view ns, std::string_view name, std::string pointer, std::string_view key)
{
    const auto places = m_places.find(name);
    if (places == m_places.end())
        return;
    for (const std::string_view place : places->second) {
        if (ns.empty() || ns == place)
            references.push_back({ Use::Other, m_object, pointer, std::string(place), std::string(name),
                std::string(key), true, m_workload });
    }
}

// A value under a key that speaks of secrets: a name, "namespace/name", or an object with name.
void Collector::addNamed(Value value, const std::string& pointer)
{
    if (value.isString()) {
        const std::string_view text = value.text();
        const std::size_t slash = text.find('/');
        if (slash == text.npos)
            addIfThere(m_ns, text, pointer);
        else
            addIfThere(text.substr(0, slash), text.substr(slash + 1), pointer);
    } else if (value.isObject() && value["name"].isString()) {
        const std::string_view ns = value["namespace"].text();
        addIfThere(
            ns.empty() ? std::string_view(m_ns) : ns, value["name"].text(), pointer + "/name", value["key"].text());
    }
}

void Collector::walk(Value value, const std::string& pointer, unsigned depth)
{
    constexpr unsigned deepest = 64;
    if (depth > deepest)
        return;
    std::size_t index = 0;
    for (const Value child : value) {
        const bool isElement = value.isArray();
        const std::string_view key = child.key();
        const std::string place = isElement ? pointerTo(pointer, index++) : pointerTo(pointer, key);
        if (!isElement && (key == "managedFields" || key == "status" || key == "ownerReferences"))
            continue;
        if (!isElement && mentionsSecret(key)) {
            if (key.ends_with("-secret-name")) { // parameters of a StorageClass
                const std::string sibling = std::string(key.substr(0, key.size() - 4)) + "namespace";
                addIfThere(value[sibling].text(), child.text(), place);
                continue;
            }
            addNamed(child, place);
            std::size_t at = 0;
            if (child.isArray()) {
                for (const Value element : child)
                    addNamed(element, pointerTo(place, at++));
            }
        } else if (child.isObject() && child["name"].isString()
            && (child["kind"].text() == "Secret" || pointer.ends_with("/certificateRefs"))) {
            addNamed(child, place);
        }
        if (child.isObject() || child.isArray())
            walk(child, place, depth + 1);
    }
}

void Collector::addOthers()
{
    m_workload = {};
    format::Document document;
    for (const cluster::Kind& kind : m_cluster.kinds()) {
        const std::string_view group = m_cluster.text(kind.group), name = m_cluster.text(kind.kind);
        if (isPassedOver(group, name))
            continue;
        const std::string shown = std::string(name) + (group.empty() ? "" : " (" + std::string(group) + ')');
        searched.insert(name == "Ingress" ? std::string(name) : printable(shown));
        if (m_names.empty())
            continue;
        for (const ObjectId id : m_cluster.objectsOf(group, name)) {
            const cluster::Object& object = m_cluster.object(id);
            if (object.isMissing || &m_cluster.kindOf(object) != &kind)
                continue;
            if (!m_cluster.snapshot().readRaw(object.raw, document)) {
                unread.insert(printable(shown));
                continue;
            }
            m_object = id;
            m_ns = m_cluster.text(object.ns);
            walk(document.root(), {}, 0);
        }
    }
}

} // namespace

std::string_view toText(Use use)
{
    constexpr std::array<std::string_view, 7> texts { "mounted", "environment", "image pull", "token", "TLS",
        "volume driver", "named" };
    return texts[static_cast<std::size_t>(use)];
}

References::References(std::shared_ptr<const Cluster> cluster)
    : m_cluster(std::move(cluster))
{
    Collector collector(*m_cluster);
    collector.addWorkloads();
    collector.addAccounts();
    collector.addIngresses();
    collector.addOthers();
    m_all = std::move(collector.references);
    const auto refTo = [](const Reference& one) {
        return std::tuple(
            std::string_view(one.ns), std::string_view(one.name), one.object.index, std::string_view(one.pointer));
    };
    std::ranges::sort(m_all, {}, refTo);
    // An Ingress is looked at twice: by its type, and for annotations.
    const auto twice = std::ranges::unique(m_all, {}, refTo);
    m_all.erase(twice.begin(), twice.end());
    m_searched.assign(collector.searched.begin(), collector.searched.end());
    m_unread.assign(collector.unread.begin(), collector.unread.end());
}

std::span<const Reference> References::of(std::string_view ns, std::string_view name) const
{
    const auto range = std::ranges::equal_range(m_all, std::tuple(ns, name), {},
        [](const Reference& one) { return std::tuple(std::string_view(one.ns), std::string_view(one.name)); });
    return { range.begin(), range.end() };
}

std::vector<cluster::WorkloadId> References::holders(std::string_view ns, std::string_view name) const
{
    std::vector<cluster::WorkloadId> found;
    for (const Reference& one : of(ns, name)) {
        if (one.use == Use::Volume || one.use == Use::Environment)
            found.push_back(one.workload);
    }
    std::ranges::sort(found, {}, &cluster::WorkloadId::index);
    const auto twice = std::ranges::unique(found);
    found.erase(twice.begin(), twice.end());
    return found;
}

} // namespace plimsoll::secrets
