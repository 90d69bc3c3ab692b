// SPDX-License-Identifier: Apache-2.0
#include "core/components/detail/EncryptionAtRest.h"
#include "core/components/Components.h"

#include <algorithm>
#include <array>

#include "core/base/Text.h"
#include "core/format/Document.h"
#include "core/format/Yaml.h"

namespace plimsoll::components {

using cluster::Cluster;
using cluster::ObjectId;
using format::Value;

namespace {

constexpr std::array<std::string_view, 6> componentNames { "kube-apiserver", "kube-controller-manager",
    "kube-scheduler", "etcd", "kubelet", "kube-proxy" };
constexpr std::array allComponents { Component::ApiServer, Component::ControllerManager, Component::Scheduler,
    Component::Etcd, Component::Kubelet, Component::KubeProxy };

std::string_view fileName(std::string_view path)
{
    return path.substr(path.rfind('/') + 1);
}

// Flag names as pflag normalises them.
std::string normal(std::string_view name)
{
    std::string out(name);
    std::ranges::replace(out, '_', '-');
    return out;
}

struct Argument {
    std::string_view text;
    std::string pointer;
};

// Flags that take no word behind them: "--profiling false" is true, as pflag has it.
bool isBoolean(std::string_view name)
{
    constexpr std::array<std::string_view, 14> names { "allow-privileged", "anonymous-auth", "auto-tls",
        "client-cert-auth", "contention-profiling", "enable-bootstrap-token-auth", "kubelet-https", "leader-elect",
        "peer-auto-tls", "peer-client-cert-auth", "profiling", "service-account-extend-token-expiration",
        "service-account-lookup", "use-service-account-credentials" };
    return std::ranges::find(names, name) != names.end();
}

// Flags whose values add up when they are repeated.
bool isList(std::string_view name)
{
    constexpr std::array<std::string_view, 6> names { "authorization-mode", "disable-admission-plugins",
        "enable-admission-plugins", "feature-gates", "service-account-key-file", "tls-cipher-suites" };
    return std::ranges::find(names, name) != names.end();
}

void addFlag(Setting setting, std::vector<Setting>& settings)
{
    const auto same = std::ranges::find(settings, setting.name, &Setting::name);
    if (same != settings.end() && isList(setting.name))
        setting.value = same->value + ',' + setting.value;
    settings.push_back(std::move(setting));
}

// "--a=b", "--a b", "--a" (true).
std::vector<Setting> flagsOf(std::span<const Argument> arguments)
{
    std::vector<Setting> settings;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        std::string_view text = arguments[i].text;
        if (!text.starts_with('-') || text == "-" || text == "--")
            continue;
        text.remove_prefix(text.starts_with("--") ? 2 : 1);
        const std::size_t equals = text.find('=');
        Setting setting { normal(text.substr(0, equals)), {}, arguments[i].pointer };
        const bool isNextValue = equals == std::string_view::npos && !isBoolean(setting.name)
            && i + 1 < arguments.size() && !arguments[i + 1].text.starts_with('-');
        if (equals != std::string_view::npos)
            setting.value = text.substr(equals + 1);
        else if (isNextValue)
            setting.value = arguments[++i].text;
        else
            setting.value = "true";
        addFlag(std::move(setting), settings);
    }
    return settings;
}

std::optional<Component> componentOf(std::string_view program)
{
    const auto found = std::ranges::find(componentNames, fileName(program));
    if (found == componentNames.end())
        return std::nullopt;
    return static_cast<Component>(found - componentNames.begin());
}

bool isShell(std::string_view program)
{
    constexpr std::array<std::string_view, 4> shells { "sh", "bash", "ash", "dash" };
    return std::ranges::find(shells, fileName(program)) != shells.end();
}

// etcd takes every flag from ETCD_NAME too; a flag wins.
void addEnvironment(const Cluster& cluster, const cluster::Container& container, const std::string& base,
    std::vector<Setting>& settings)
{
    constexpr std::string_view prefix = "ETCD_";
    std::vector<Setting> own;
    for (std::size_t i = 0; i < container.env.size(); ++i) {
        const std::string_view name = cluster.text(container.env[i].name);
        if (name.starts_with(prefix))
            own.push_back({ normal(toLowerAscii(name.substr(prefix.size()))),
                std::string(cluster.text(container.env[i].value)), base + "/env/" + std::to_string(i) + "/value" });
    }
    settings.insert(settings.begin(), own.begin(), own.end());
}

// The program of a container and what stands behind it. It may be wrapped by another one (go-runner), come from the
// image's entrypoint (then the container's name tells), or be started by a shell, whose script is not read.
struct Program {
    std::optional<Component> component;
    std::vector<Argument> arguments;
    bool isWrapped = false;
};

Program programOf(const Cluster& cluster, const cluster::Container& container, const std::string& base)
{
    Program program;
    for (const auto& [list, name] :
        { std::pair(&container.command, "/command/"), std::pair(&container.args, "/args/") }) {
        for (std::size_t i = 0; i < list->size(); ++i)
            program.arguments.push_back({ cluster.text((*list)[i]), base + name + std::to_string(i) });
    }
    program.isWrapped = !container.command.empty() && isShell(cluster.text(container.command.front()));
    // The program itself, or behind a wrapper and the wrapper's flags. A word behind "--flag" is that flag's value.
    for (std::size_t i = 0; i < program.arguments.size() && !program.component; ++i) {
        const std::string_view before = i > 0 ? program.arguments[i - 1].text : std::string_view();
        const bool isValue = before.starts_with('-') && before.find('=') == std::string_view::npos;
        if (program.arguments[i].text.starts_with('-') || isValue)
            continue;
        program.component = componentOf(program.arguments[i].text);
        if (program.component)
            program.arguments.erase(
                program.arguments.begin(), program.arguments.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    }
    if (!program.component && (container.command.empty() || program.isWrapped))
        program.component = componentOf(cluster.text(container.name));
    return program;
}

Instance instanceOf(const Cluster& cluster, ObjectId pod, const cluster::Container& container, const Program& program)
{
    Instance instance;
    instance.component = *program.component;
    instance.object = pod;
    const std::string base = std::string(cluster.podSpecPointer(pod)) + container.pointer();
    instance.base = base + (container.command.size() > 1 || container.args.empty() ? "/command" : "/args");
    instance.settings = flagsOf(program.arguments);
    if (instance.component == Component::Etcd)
        addEnvironment(cluster, container, base, instance.settings);
    if (program.isWrapped)
        instance.gap = "it is started by a shell script, whose flags are not read";
    else if (const Setting* file = instance.find("config-file"); file && instance.component == Component::Etcd)
        instance.gap = "the rest stands in the file " + printable(file->value) + " on its node";
    else if (const Setting* config = instance.find("config"); config && instance.component == Component::Scheduler)
        instance.gap = "the rest stands in the file " + printable(config->value) + " on its node";
    return instance;
}

void addStaticPods(const Cluster& cluster, std::vector<std::vector<Instance>>& instances)
{
    const StringId system = cluster.id("kube-system");
    for (const cluster::Pod& pod : cluster.pods()) {
        // Anybody may name a container kube-apiserver; what stands in kube-system is the cluster's own.
        if (pod.isTerminated || system.isNone() || cluster.object(pod.object).ns != system)
            continue;
        for (const cluster::Container& container : cluster.podSpec(pod.spec).containers) {
            if (container.role != cluster::ContainerRole::Main)
                continue;
            const std::string base = std::string(cluster.podSpecPointer(pod.object)) + container.pointer();
            const Program program = programOf(cluster, container, base);
            const bool isServer = program.component && *program.component < Component::Kubelet;
            if (isServer)
                instances[static_cast<std::size_t>(*program.component)].push_back(
                    instanceOf(cluster, pod.object, container, program));
        }
    }
}

// Flagz says every flag with its effective value, defaults included.
void addFlagz(const Cluster& cluster, std::vector<std::vector<Instance>>& instances)
{
    auto& servers = instances[static_cast<std::size_t>(Component::ApiServer)];
    for (const ObjectId id : cluster.objectsOf("config.k8s.io", "Flagz")) {
        format::Document document;
        const bool isOurs = cluster.text(cluster.object(id).name) == "kube-apiserver";
        if (!servers.empty() || !isOurs || !cluster.snapshot().readRaw(cluster.object(id).raw, document))
            continue;
        Instance instance;
        instance.source = Source::Flagz;
        instance.object = id;
        instance.base = "/flags";
        for (const Value flag : document.root()["flags"])
            instance.settings.push_back(
                { normal(flag.key()), std::string(flag.text()), "/flags/" + format::pointerToken(flag.key()) });
        servers.push_back(std::move(instance));
    }
}

// extraArgs: a map until v1beta3, a list of name and value since v1beta4.
void addKubeadmPart(Value part, Component component, ObjectId map, std::vector<std::vector<Instance>>& instances)
{
    auto& known = instances[static_cast<std::size_t>(component)];
    const Value extra = part["extraArgs"];
    if (!known.empty() || !extra.isPresent())
        return;
    Instance instance;
    instance.component = component;
    instance.source = Source::Kubeadm;
    instance.object = map;
    instance.base = "/data/ClusterConfiguration";
    instance.gap = "kubeadm's configuration names only what differs from its own flags";
    for (const Value argument : extra) {
        if (extra.isArray())
            instance.settings.push_back(
                { normal(argument["name"].text()), std::string(argument["value"].text()), instance.base });
        else
            instance.settings.push_back({ normal(argument.key()), std::string(argument.text()), instance.base });
    }
    known.push_back(std::move(instance));
}

// The YAML in data[key] of a ConfigMap of kube-system.
bool readData(const Cluster& cluster, ObjectId map, std::string_view key, std::string& text, format::Document& parsed)
{
    format::Document document;
    if (!cluster.snapshot().readRaw(cluster.object(map).raw, document))
        return false;
    text = document.root()["data"][key].text();
    return !text.empty() && format::parseYaml(text, 1, parsed).has_value() && parsed.root().isObject();
}

void addKubeadm(const Cluster& cluster, std::vector<std::vector<Instance>>& instances)
{
    const ObjectId map = cluster.find("ConfigMap", "kube-system", "kubeadm-config");
    std::string text;
    format::Document document;
    if (map.isNone() || !readData(cluster, map, "ClusterConfiguration", text, document))
        return;
    addKubeadmPart(document.root()["apiServer"], Component::ApiServer, map, instances);
    addKubeadmPart(document.root()["controllerManager"], Component::ControllerManager, map, instances);
    addKubeadmPart(document.root()["scheduler"], Component::Scheduler, map, instances);
    addKubeadmPart(document.root()["etcd"]["local"], Component::Etcd, map, instances);
}

// Every scalar below a map as "a.b.c"; lists of scalars joined by commas.
void flatten(Value value, const std::string& name, const std::string& pointer, std::vector<Setting>& out)
{
    constexpr std::size_t most = 2000;
    if (out.size() > most)
        return;
    if (value.isObject()) {
        for (const Value member : value)
            flatten(member, name + (name.empty() ? "" : ".") + std::string(member.key()), pointer, out);
        return;
    }
    std::string text(value.text());
    if (value.isArray()) {
        std::vector<std::string_view> parts;
        for (const Value element : value)
            parts.push_back(element.text());
        text = join(parts, ",");
    }
    out.push_back({ name, std::move(text), pointer });
}

void addConfigMap(const Cluster& cluster, Component component, ObjectId map, std::string_view key,
    std::vector<std::vector<Instance>>& instances)
{
    std::string text;
    format::Document document;
    if (map.isNone() || !readData(cluster, map, key, text, document))
        return;
    Instance instance;
    instance.component = component;
    instance.source = Source::ConfigMap;
    instance.object = map;
    instance.base = "/data/" + format::pointerToken(key);
    flatten(document.root(), {}, instance.base, instance.settings);
    instances[static_cast<std::size_t>(component)].push_back(std::move(instance));
}

// kubeadm named it by version until 1.24: kubelet-config-1.23. The newest is the one that is handed out.
ObjectId kubeletMap(const Cluster& cluster)
{
    ObjectId found = cluster.find("ConfigMap", "kube-system", "kubelet-config");
    if (!found.isNone())
        return found;
    std::int64_t newest = -1;
    constexpr std::string_view prefix = "kubelet-config-1.";
    for (const cluster::ConfigMap& map : cluster.configMaps()) {
        const cluster::Object& object = cluster.object(map.object);
        const std::string_view name = cluster.text(object.name);
        if (cluster.text(object.ns) != "kube-system" || !name.starts_with(prefix))
            continue;
        if (const auto minor = toInteger(name.substr(prefix.size())); minor && *minor > newest) {
            newest = *minor;
            found = map.object;
        }
    }
    return found;
}

} // namespace

std::string_view toText(Component component)
{
    return componentNames[static_cast<std::size_t>(component)];
}

std::string_view toText(Source source)
{
    constexpr std::array<std::string_view, 4> names { "the flags of its pod", "/flagz of the API server",
        "kubeadm's ClusterConfiguration", "the ConfigMap that nodes are set up from" };
    return names[static_cast<std::size_t>(source)];
}

const Setting* Instance::find(std::string_view name) const
{
    const auto found = std::ranges::find(settings.rbegin(), settings.rend(), name, &Setting::name);
    return found == settings.rend() ? nullptr : &*found;
}

Components::Components(const Cluster& cluster, std::vector<evidence::AuditPolicy> auditPolicies,
    std::vector<evidence::EncryptionConfig> encryption)
    : m_instances(allComponents.size())
    , m_isManaged(!managedProvider(cluster).empty())
    , m_givenPolicies(std::move(auditPolicies))
    , m_foundPolicies(auditPoliciesIn(cluster))
    , m_encryption(std::move(encryption))
{
    addStaticPods(cluster, m_instances);
    addFlagz(cluster, m_instances);
    addKubeadm(cluster, m_instances);
    addConfigMap(cluster, Component::Kubelet, kubeletMap(cluster), "kubelet", m_instances);
    addConfigMap(cluster, Component::KubeProxy, cluster.find("ConfigMap", "kube-system", "kube-proxy"), "config.conf",
        m_instances);
    for (Instance& server : m_instances[static_cast<std::size_t>(Component::ApiServer)])
        server.encryption = encryptionAtRest(server, m_encryption);
}

bool Components::hasAdmission(std::string_view plugin) const
{
    const auto servers = of(Component::ApiServer);
    return !servers.empty() && std::ranges::all_of(servers, [&](const Instance& server) {
        const Setting* setting = server.find("enable-admission-plugins");
        const auto plugins = setting ? split(setting->value, ',') : std::vector<std::string_view>();
        return std::ranges::find(plugins, plugin) != plugins.end();
    });
}

std::span<const Instance> Components::of(Component component) const
{
    return m_instances[static_cast<std::size_t>(component)];
}

std::string Components::absence(Component component) const
{
    if (!of(component).empty())
        return {};
    const std::string name(toText(component));
    switch (component) {
    case Component::Kubelet:
        return "nothing in the source shows how kubelets are set up (no ConfigMap kube-system/kubelet-config); give "
               "the "
               "output of kube-bench --json from the nodes with --evidence";
    case Component::KubeProxy:
        return "nothing in the source shows how kube-proxy is set up (no ConfigMap kube-system/kube-proxy)";
    default:
        return m_isManaged ? "the provider runs " + name + " and shows no flags of it; see the provider's own benchmark"
                           : "the source holds no pod of " + name
                + " in kube-system; it may run as a service of its node, or the provider runs it; give the output of "
                  "kube-bench --json from the control plane with --evidence";
    }
}

std::string managedProvider(const Cluster& cluster)
{
    constexpr std::array<std::pair<std::string_view, std::string_view>, 4> versions { { { "-eks-", "Amazon EKS" },
        { "-gke.", "Google GKE" }, { "-aliyun.", "Alibaba ACK" }, { "-tke.", "Tencent TKE" } } };
    for (const auto& [part, name] : versions) {
        if (cluster.version().text.find(part) != std::string::npos)
            return std::string(name);
    }
    for (const cluster::Node& node : cluster.nodes()) {
        for (const auto& label : cluster.object(node.object).labels) {
            if (cluster.text(label.first).starts_with("kubernetes.azure.com/"))
                return "Azure AKS";
        }
    }
    return {};
}

} // namespace plimsoll::components
