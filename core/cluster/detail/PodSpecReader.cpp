// SPDX-License-Identifier: Apache-2.0
#include "core/cluster/detail/PodSpecReader.h"

#include <algorithm>
#include <array>

namespace plimsoll::cluster::detail {

using format::Value;

namespace {

constexpr std::string_view apiAccessPrefix = "kube-api-access-";
constexpr std::string_view apiAccessName = "kube-api-access";

std::optional<SeccompProfile> readSeccomp(Reader& reader, Value context)
{
    const Value profile = reader.object(context, "seccompProfile");
    if (profile.isAbsent())
        return std::nullopt;
    return SeccompProfile { reader.string(profile, "type"), reader.string(profile, "localhostProfile") };
}

std::optional<AppArmorProfile> readAppArmor(Reader& reader, Value context)
{
    const Value profile = reader.object(context, "appArmorProfile");
    if (profile.isAbsent())
        return std::nullopt;
    return AppArmorProfile { reader.string(profile, "type"), reader.string(profile, "localhostProfile") };
}

std::optional<SeLinuxOptions> readSeLinux(Reader& reader, Value context)
{
    const Value options = reader.object(context, "seLinuxOptions");
    if (options.isAbsent())
        return std::nullopt;
    return SeLinuxOptions { reader.string(options, "user"), reader.string(options, "role"),
        reader.string(options, "type"), reader.string(options, "level") };
}

std::optional<WindowsOptions> readWindows(Reader& reader, Value context)
{
    const Value options = reader.object(context, "windowsOptions");
    if (options.isAbsent())
        return std::nullopt;
    return WindowsOptions { reader.boolean(options, "hostProcess"), reader.string(options, "runAsUserName") };
}

std::optional<Capabilities> readCapabilities(Reader& reader, Value context)
{
    const Value capabilities = reader.object(context, "capabilities");
    if (capabilities.isAbsent())
        return std::nullopt;
    return Capabilities { reader.strings(capabilities, "add"), reader.strings(capabilities, "drop") };
}

std::optional<SecurityContext> readSecurityContext(Reader& reader, Value container)
{
    const Value context = reader.object(container, "securityContext");
    if (context.isAbsent())
        return std::nullopt;
    SecurityContext result;
    result.privileged = reader.boolean(context, "privileged");
    result.allowPrivilegeEscalation = reader.boolean(context, "allowPrivilegeEscalation");
    result.readOnlyRootFilesystem = reader.boolean(context, "readOnlyRootFilesystem");
    result.runAsNonRoot = reader.boolean(context, "runAsNonRoot");
    result.runAsUser = reader.integer(context, "runAsUser");
    result.runAsGroup = reader.integer(context, "runAsGroup");
    result.capabilities = readCapabilities(reader, context);
    result.seccompProfile = readSeccomp(reader, context);
    result.appArmorProfile = readAppArmor(reader, context);
    result.seLinuxOptions = readSeLinux(reader, context);
    result.windowsOptions = readWindows(reader, context);
    result.procMount = reader.string(context, "procMount");
    return result;
}

std::optional<PodSecurityContext> readPodSecurityContext(Reader& reader, Value spec)
{
    const Value context = reader.object(spec, "securityContext");
    if (context.isAbsent())
        return std::nullopt;
    PodSecurityContext result;
    result.runAsNonRoot = reader.boolean(context, "runAsNonRoot");
    result.runAsUser = reader.integer(context, "runAsUser");
    result.runAsGroup = reader.integer(context, "runAsGroup");
    result.fsGroup = reader.integer(context, "fsGroup");
    for (const Value group : reader.array(context, "supplementalGroups")) {
        if (const auto id = group.asInteger())
            result.supplementalGroups.push_back(*id);
        else
            reader.wrongType("supplementalGroups", "a list of whole numbers");
    }
    result.seccompProfile = readSeccomp(reader, context);
    result.appArmorProfile = readAppArmor(reader, context);
    result.seLinuxOptions = readSeLinux(reader, context);
    result.windowsOptions = readWindows(reader, context);
    for (const Value sysctl : reader.array(context, "sysctls"))
        result.sysctls.push_back({ reader.string(sysctl, "name"), reader.string(sysctl, "value") });
    return result;
}

EnvVar readEnvVar(Reader& reader, Value variable)
{
    EnvVar result { reader.string(variable, "name"), reader.string(variable, "value"), {}, {}, {} };
    const Value from = reader.object(variable, "valueFrom");
    if (const Value secret = reader.object(from, "secretKeyRef"); secret.isPresent()) {
        result.secretName = reader.string(secret, "name");
        result.secretKey = reader.string(secret, "key");
        result.isSecretOptional = reader.flag(secret, "optional");
    }
    if (const Value map = reader.object(from, "configMapKeyRef"); map.isPresent()) {
        result.configMapName = reader.string(map, "name");
        result.isConfigMapOptional = reader.flag(map, "optional");
    }
    return result;
}

EnvFrom readEnvFrom(Reader& reader, Value source)
{
    const Value secret = reader.object(source, "secretRef");
    const Value map = reader.object(source, "configMapRef");
    return { reader.string(secret, "name"), reader.string(map, "name"),
        reader.flag(secret, "optional") || reader.flag(map, "optional") };
}

VolumeMount readVolumeMount(Reader& reader, Value mount)
{
    VolumeMount result { reader.string(mount, "name"), reader.string(mount, "mountPath"),
        reader.string(mount, "subPath"), reader.string(mount, "mountPropagation"), reader.flag(mount, "readOnly") };
    if (reader.pool().text(result.name).starts_with(apiAccessPrefix))
        result.name = reader.intern(apiAccessName);
    return result;
}

void readHandler(Reader& reader, Value handler, std::string_view pointer, std::vector<HostHandler>& out)
{
    if (handler.isAbsent())
        return;
    for (const std::string_view action : { "httpGet", "tcpSocket" }) {
        const StringId host = reader.string(reader.object(handler, action), "host");
        if (!host.isNone())
            out.push_back({ std::string(pointer) + '/' + std::string(action) + "/host", host });
    }
}

// Members that are looked at together, found in one walk: a container is read for every pod.
struct ContainerParts {
    Value resources, livenessProbe, readinessProbe, startupProbe, lifecycle;
};

Value objectOrAbsent(Reader& reader, Value value)
{
    if (value.isObject())
        return value;
    if (value.type() != format::Type::Null)
        reader.wrongType(value.key(), "a map");
    return {};
}

ContainerParts partsOf(Reader& reader, Value container)
{
    ContainerParts parts;
    for (const Value member : container) {
        const std::string_view key = member.key();
        Value* const part = key == "resources" ? &parts.resources
            : key == "livenessProbe"           ? &parts.livenessProbe
            : key == "readinessProbe"          ? &parts.readinessProbe
            : key == "startupProbe"            ? &parts.startupProbe
            : key == "lifecycle"               ? &parts.lifecycle
                                               : nullptr;
        if (part)
            *part = objectOrAbsent(reader, member);
    }
    return parts;
}

std::vector<HostHandler> readHostHandlers(Reader& reader, const ContainerParts& parts)
{
    std::vector<HostHandler> handlers;
    readHandler(reader, parts.livenessProbe, "/livenessProbe", handlers);
    readHandler(reader, parts.readinessProbe, "/readinessProbe", handlers);
    readHandler(reader, parts.startupProbe, "/startupProbe", handlers);
    if (parts.lifecycle.isPresent()) {
        readHandler(reader, reader.object(parts.lifecycle, "postStart"), "/lifecycle/postStart", handlers);
        readHandler(reader, reader.object(parts.lifecycle, "preStop"), "/lifecycle/preStop", handlers);
    }
    return handlers;
}

// Are two values the same, whatever the order of members?
bool isEqual(Value a, Value b)
{
    if (a.isAbsent() || b.isAbsent())
        return a.isAbsent() == b.isAbsent();
    if (a.type() != b.type() || a.size() != b.size() || a.text() != b.text())
        return false;
    if (a.isString() && a.text().empty()) // hidden in a redacted snapshot: nobody knows
        return false;
    if (a.isObject())
        return std::ranges::all_of(a, [&](const Value& member) { return isEqual(member, b[member.key()]); });
    auto other = b.begin();
    return std::ranges::all_of(a, [&](const Value& element) { return isEqual(element, *other++); });
}

// How long a probe must fail before it counts, in seconds.
std::int64_t patienceOf(Value probe)
{
    const auto number = [&](std::string_view key, std::int64_t fallback) {
        const auto value = probe[key].asInteger();
        return value && *value > 0 ? *value : fallback; // 0 is defaulted too
    };
    return number("failureThreshold", 3) * number("periodSeconds", 10);
}

void readProbes(Value liveness, Value readiness, Container& container)
{
    container.hasLivenessProbe = liveness.isPresent();
    container.hasReadinessProbe = readiness.isPresent();
    if (!container.hasLivenessProbe || !container.hasReadinessProbe)
        return;
    constexpr std::array<std::string_view, 4> handlers { "exec", "grpc", "httpGet", "tcpSocket" };
    container.hasEqualProbes = patienceOf(liveness) <= patienceOf(readiness)
        && std::ranges::all_of(
            handlers, [&](std::string_view handler) { return isEqual(liveness[handler], readiness[handler]); });
}

void readAmounts(Reader& reader, Value amounts, StringId Amount::*part, Resources& resources)
{
    for (const Value amount : amounts) {
        const std::string_view name = amount.key();
        Amount* const resource = name == "cpu" ? &resources.cpu
            : name == "memory"                 ? &resources.memory
            : name == "ephemeral-storage"      ? &resources.ephemeralStorage
                                               : nullptr;
        if (!resource || amount.type() == format::Type::Null)
            continue;
        if (amount.isString() || amount.type() == format::Type::Number)
            resource->*part = reader.intern(amount.text());
        else
            reader.wrongType(name, "a quantity");
    }
}

Resources readResources(Reader& reader, Value value)
{
    Resources resources;
    if (value.isPresent()) {
        readAmounts(reader, reader.object(value, "requests"), &Amount::request, resources);
        readAmounts(reader, reader.object(value, "limits"), &Amount::limit, resources);
    }
    return resources;
}

Container readContainer(Reader& reader, Value value, ContainerRole role, std::uint32_t index)
{
    Container container;
    container.role = role;
    container.index = index;
    container.name = reader.string(value, "name");
    container.image = reader.string(value, "image");
    container.imagePullPolicy = reader.string(value, "imagePullPolicy");
    container.restartPolicy = reader.string(value, "restartPolicy");
    container.securityContext = readSecurityContext(reader, value);
    for (const Value port : reader.array(value, "ports")) {
        container.ports.push_back({ reader.string(port, "name"), reader.string(port, "protocol"),
            reader.number(port, "containerPort"), reader.number(port, "hostPort"), reader.string(port, "hostIP") });
    }
    for (const Value variable : reader.array(value, "env"))
        container.env.push_back(readEnvVar(reader, variable));
    for (const Value source : reader.array(value, "envFrom"))
        container.envFrom.push_back(readEnvFrom(reader, source));
    for (const Value mount : reader.array(value, "volumeMounts"))
        container.volumeMounts.push_back(readVolumeMount(reader, mount));
    container.command = reader.strings(value, "command");
    container.args = reader.strings(value, "args");
    const ContainerParts parts = partsOf(reader, value);
    container.hostHandlers = readHostHandlers(reader, parts);
    container.resources = readResources(reader, parts.resources);
    readProbes(parts.livenessProbe, parts.readinessProbe, container);
    return container;
}

ProjectedSource readProjectedSource(Reader& reader, Value source)
{
    ProjectedSource result;
    const Value secret = reader.object(source, "secret");
    const Value map = reader.object(source, "configMap");
    const Value token = reader.object(source, "serviceAccountToken");
    result.secretName = reader.string(secret, "name");
    result.configMapName = reader.string(map, "name");
    result.isServiceAccountToken = token.isPresent();
    result.audience = reader.string(token, "audience");
    result.isOptional = reader.flag(secret, "optional") || reader.flag(map, "optional");
    return result;
}

Volume readVolume(Reader& reader, Value value, std::uint32_t index)
{
    Volume volume;
    volume.index = index;
    volume.name = reader.string(value, "name");
    for (const Value member : value) {
        if (member.key() != "name" && member.type() != format::Type::Null)
            volume.source = reader.intern(member.key());
    }
    if (volume.source.isNone()) // an empty source is an emptyDir (validation of the API server)
        volume.source = reader.intern("emptyDir");
    const Value hostPath = reader.object(value, "hostPath");
    volume.hostPath = reader.string(hostPath, "path");
    volume.hostPathType = reader.string(hostPath, "type");
    const Value secret = reader.object(value, "secret");
    volume.secretName = reader.string(secret, "secretName");
    const Value map = reader.object(value, "configMap");
    volume.configMapName = reader.string(map, "name");
    volume.isOptional = reader.flag(secret, "optional") || reader.flag(map, "optional");
    volume.claimName = reader.string(reader.object(value, "persistentVolumeClaim"), "claimName");
    volume.csiDriver = reader.string(reader.object(value, "csi"), "driver");
    for (const Value source : reader.array(reader.object(value, "projected"), "sources"))
        volume.projected.push_back(readProjectedSource(reader, source));
    if (reader.pool().text(volume.name).starts_with(apiAccessPrefix) && !volume.projected.empty()) {
        volume.isApiAccess = true;
        volume.name = reader.intern(apiAccessName);
    }
    return volume;
}

std::vector<std::pair<StringId, StringId>> readSecurityAnnotations(Reader& reader, Value metadata)
{
    constexpr std::array<std::string_view, 3> prefixes { "container.apparmor.security.beta.kubernetes.io/",
        "container.seccomp.security.alpha.kubernetes.io/", "seccomp.security.alpha.kubernetes.io/pod" };
    auto annotations = reader.stringMap(metadata, "annotations");
    std::erase_if(annotations, [&](const auto& annotation) {
        const std::string_view key = reader.pool().text(annotation.first);
        return key != "vault.hashicorp.com/agent-inject"
            && std::ranges::none_of(prefixes, [&](std::string_view prefix) { return key.starts_with(prefix); });
    });
    return annotations;
}

// In one walk, as every pod is read.
void readLesserFields(Reader& reader, Value spec, PodSpec& result)
{
    Value oldAccount, account;
    for (const Value member : spec) {
        const std::string_view key = member.key();
        if (key == "restartPolicy") {
            result.runsToCompletion = member.text() == "Never" || member.text() == "OnFailure";
        } else if (key == "serviceAccount") {
            oldAccount = member;
        } else if (key == "serviceAccountName") {
            account = member;
        } else if (key == "resources") {
            result.resources = readResources(reader, objectOrAbsent(reader, member));
        } else if (key == "topologySpreadConstraints") {
            result.hasSpread = result.hasSpread || member.begin() != member.end();
        } else if (key == "affinity") {
            for (const Value terms : member["podAntiAffinity"])
                result.hasSpread = result.hasSpread || terms.begin() != terms.end();
        }
    }
    // The API server writes both, always alike.
    if (!oldAccount.text().empty() && oldAccount.text() != account.text())
        result.oldServiceAccount = reader.intern(oldAccount.text());
}

} // namespace

namespace {

// Only what decides about control plane nodes is kept. An effect that is not there means every effect.
void readTolerations(Reader& reader, Value spec, PodSpec& result)
{
    std::uint16_t index = 0;
    for (const Value toleration : reader.array(spec, "tolerations")) {
        const std::string_view key = toleration["key"].text();
        const std::string_view effect = toleration["effect"].text();
        const bool isForAll = key.empty() && toleration["operator"].text() == "Exists";
        const bool isForControlPlane
            = key == "node-role.kubernetes.io/control-plane" || key == "node-role.kubernetes.io/master";
        if ((isForAll || isForControlPlane) && (effect.empty() || effect == "NoSchedule")) {
            result.controlPlaneTolerations.push_back(index);
            result.toleratesEverything = result.toleratesEverything || isForAll;
        }
        constexpr std::uint16_t most = 1000;
        if (++index == most)
            return;
    }
}

} // namespace

PodSpec readPodSpec(Reader& reader, Value spec, Value metadata)
{
    PodSpec result;
    result.serviceAccountName = reader.string(spec, "serviceAccountName");
    if (reader.pool().text(result.serviceAccountName).empty())
        result.serviceAccountName = reader.string(spec, "serviceAccount");
    if (reader.pool().text(result.serviceAccountName).empty())
        result.serviceAccountName = {};
    result.automountServiceAccountToken = reader.boolean(spec, "automountServiceAccountToken");
    result.hostPid = reader.flag(spec, "hostPID");
    result.hostIpc = reader.flag(spec, "hostIPC");
    result.hostNetwork = reader.flag(spec, "hostNetwork");
    result.hostUsers = reader.boolean(spec, "hostUsers");
    result.shareProcessNamespace = reader.flag(spec, "shareProcessNamespace");
    readLesserFields(reader, spec, result);
    result.osName = reader.string(reader.object(spec, "os"), "name");
    result.runtimeClassName = reader.string(spec, "runtimeClassName");
    result.priorityClassName = reader.string(spec, "priorityClassName");
    result.securityContext = readPodSecurityContext(reader, spec);

    constexpr std::array<std::pair<std::string_view, ContainerRole>, 3> lists {
        { { "initContainers", ContainerRole::Init }, { "containers", ContainerRole::Main },
            { "ephemeralContainers", ContainerRole::Ephemeral } }
    };
    for (const auto& [key, role] : lists) {
        std::uint32_t index = 0;
        for (const Value container : reader.array(spec, key))
            result.containers.push_back(readContainer(reader, container, role, index++));
    }
    std::uint32_t index = 0;
    for (const Value volume : reader.array(spec, "volumes"))
        result.volumes.push_back(readVolume(reader, volume, index++));
    for (const Value secret : reader.array(spec, "imagePullSecrets"))
        result.imagePullSecrets.push_back(reader.string(secret, "name"));
    for (const Value alias : reader.array(spec, "hostAliases"))
        result.hostAliases.push_back(reader.string(alias, "ip"));
    result.nodeSelector = reader.stringMap(spec, "nodeSelector");
    readTolerations(reader, spec, result);
    if (metadata.isObject())
        result.securityAnnotations = readSecurityAnnotations(reader, metadata);
    return result;
}

} // namespace plimsoll::cluster::detail
