// SPDX-License-Identifier: Apache-2.0
#include "core/cluster/PodSpec.h"

#include <concepts>
#include <string_view>

#include "core/base/Hash.h"

namespace plimsoll::cluster {

namespace {

// Folds the fields of a spec into one word. Every field that operator== compares goes in; what is left out would only
// cost time, never correctness.
class Fold {
public:
    std::uint64_t value() const { return m_hash; }

    template <class... Field> void all(const Field&... field) { (one(field), ...); }

private:
    void word(std::uint64_t bits) { m_hash = mixHash(m_hash, bits); }

    void one(StringId id) { word(id.index); }
    void one(std::integral auto number) { word(static_cast<std::uint64_t>(number)); }
    void one(std::string_view text) { word(hashBytes(text)); }
    void one(const std::string& text) { word(hashBytes(text)); }
    template <class T> void one(const std::optional<T>& field)
    {
        word(field ? 1 : 0);
        if (field)
            one(*field);
    }
    template <class T> void one(const std::vector<T>& list)
    {
        word(list.size());
        for (const T& element : list)
            one(element);
    }
    template <class A, class B> void one(const std::pair<A, B>& pair) { all(pair.first, pair.second); }

    void one(const Capabilities& value) { all(value.add, value.drop); }
    void one(const SeccompProfile& value) { all(value.type, value.localhostProfile); }
    void one(const AppArmorProfile& value) { all(value.type, value.localhostProfile); }
    void one(const SeLinuxOptions& value) { all(value.user, value.role, value.type, value.level); }
    void one(const WindowsOptions& value) { all(value.hostProcess, value.runAsUserName); }
    void one(const Sysctl& value) { all(value.name, value.value); }
    void one(const SecurityContext& value)
    {
        all(value.privileged, value.allowPrivilegeEscalation, value.readOnlyRootFilesystem, value.runAsNonRoot,
            value.runAsUser, value.runAsGroup, value.capabilities, value.seccompProfile, value.appArmorProfile,
            value.seLinuxOptions, value.windowsOptions, value.procMount);
    }
    void one(const PodSecurityContext& value)
    {
        all(value.runAsNonRoot, value.runAsUser, value.runAsGroup, value.fsGroup, value.supplementalGroups,
            value.seccompProfile, value.appArmorProfile, value.seLinuxOptions, value.windowsOptions, value.sysctls);
    }
    void one(const ContainerPort& value)
    {
        all(value.name, value.protocol, value.containerPort, value.hostPort, value.hostIp);
    }
    void one(const EnvVar& value)
    {
        all(value.name, value.value, value.secretName, value.secretKey, value.configMapName, value.isSecretOptional,
            value.isConfigMapOptional);
    }
    void one(const EnvFrom& value) { all(value.secretName, value.configMapName, value.isOptional); }
    void one(const VolumeMount& value)
    {
        all(value.name, value.mountPath, value.subPath, value.mountPropagation, value.readOnly);
    }
    void one(const HostHandler& value) { all(value.pointer, value.host); }
    void one(const Amount& value) { all(value.request, value.limit); }
    void one(const Resources& value) { all(value.cpu, value.memory, value.ephemeralStorage); }
    void one(const Container& value)
    {
        all(static_cast<std::uint8_t>(value.role), value.index, value.name, value.image, value.imagePullPolicy,
            value.restartPolicy, value.securityContext, value.ports, value.env, value.envFrom, value.volumeMounts,
            value.command, value.args, value.hostHandlers, value.resources, value.hasLivenessProbe,
            value.hasReadinessProbe, value.hasEqualProbes);
    }
    void one(const ProjectedSource& value)
    {
        all(value.secretName, value.configMapName, value.isServiceAccountToken, value.audience, value.isOptional);
    }
    void one(const Volume& value)
    {
        all(value.index, value.name, value.source, value.hostPath, value.hostPathType, value.secretName,
            value.configMapName, value.claimName, value.csiDriver, value.isOptional, value.projected,
            value.isApiAccess);
    }

    std::uint64_t m_hash = 0;
};

} // namespace

std::string Container::pointer() const
{
    std::string pointer;
    switch (role) {
    case ContainerRole::Init:
        pointer = "/initContainers/";
        break;
    case ContainerRole::Main:
        pointer = "/containers/";
        break;
    case ContainerRole::Ephemeral:
        pointer = "/ephemeralContainers/";
        break;
    }
    return pointer + std::to_string(index);
}

std::string Volume::pointer() const
{
    return "/volumes/" + std::to_string(index);
}

std::uint64_t PodSpec::hash() const
{
    Fold fold;
    fold.all(serviceAccountName, automountServiceAccountToken, hostPid, hostIpc, hostNetwork, hostUsers,
        shareProcessNamespace, runsToCompletion, hasSpread, oldServiceAccount, resources, osName, runtimeClassName,
        priorityClassName, securityContext, containers, volumes, imagePullSecrets, hostAliases, nodeSelector,
        securityAnnotations);
    return fold.value();
}

} // namespace plimsoll::cluster
