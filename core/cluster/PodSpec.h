// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/cluster/Ids.h"

// The security-relevant part of core/v1 PodSpec, field by field as the API names them (Kubernetes 1.36 types.go).
// optional = the field is absent in the object; defaults of the API server are not filled in, because manifests do not
// have them: use the effective...() functions, which combine pod and container level as Kubernetes does.
// Empty StringId (none) = absent.
namespace plimsoll::cluster {

struct Capabilities {
    std::vector<StringId> add;
    std::vector<StringId> drop;
    bool operator==(const Capabilities&) const = default;
};

struct SeccompProfile {
    StringId type; // RuntimeDefault, Localhost, Unconfined
    StringId localhostProfile;
    bool operator==(const SeccompProfile&) const = default;
};

struct AppArmorProfile {
    StringId type;
    StringId localhostProfile;
    bool operator==(const AppArmorProfile&) const = default;
};

struct SeLinuxOptions {
    StringId user, role, type, level;
    bool operator==(const SeLinuxOptions&) const = default;
};

struct WindowsOptions {
    std::optional<bool> hostProcess;
    StringId runAsUserName;
    bool operator==(const WindowsOptions&) const = default;
};

struct SecurityContext { // of a container
    std::optional<bool> privileged;
    std::optional<bool> allowPrivilegeEscalation;
    std::optional<bool> readOnlyRootFilesystem;
    std::optional<bool> runAsNonRoot;
    std::optional<std::int64_t> runAsUser;
    std::optional<std::int64_t> runAsGroup;
    std::optional<Capabilities> capabilities;
    std::optional<SeccompProfile> seccompProfile;
    std::optional<AppArmorProfile> appArmorProfile;
    std::optional<SeLinuxOptions> seLinuxOptions;
    std::optional<WindowsOptions> windowsOptions;
    StringId procMount;
    bool operator==(const SecurityContext&) const = default;
};

struct Sysctl {
    StringId name, value;
    bool operator==(const Sysctl&) const = default;
};

struct PodSecurityContext {
    std::optional<bool> runAsNonRoot;
    std::optional<std::int64_t> runAsUser;
    std::optional<std::int64_t> runAsGroup;
    std::optional<std::int64_t> fsGroup;
    std::vector<std::int64_t> supplementalGroups;
    std::optional<SeccompProfile> seccompProfile;
    std::optional<AppArmorProfile> appArmorProfile;
    std::optional<SeLinuxOptions> seLinuxOptions;
    std::optional<WindowsOptions> windowsOptions;
    std::vector<Sysctl> sysctls;
    bool operator==(const PodSecurityContext&) const = default;
};

struct ContainerPort {
    StringId name;
    StringId protocol; // none = TCP
    std::int32_t containerPort = 0;
    std::int32_t hostPort = 0; // 0 = none
    StringId hostIp;
    bool operator==(const ContainerPort&) const = default;
};

struct EnvVar {
    StringId name;
    StringId value; // literal; masked when it looked like a credential
    StringId secretName; // valueFrom.secretKeyRef
    StringId secretKey;
    StringId configMapName; // valueFrom.configMapKeyRef
    bool isSecretOptional = false;
    bool isConfigMapOptional = false;
    bool operator==(const EnvVar&) const = default;
};

struct EnvFrom {
    StringId secretName;
    StringId configMapName;
    bool isOptional = false;
    bool operator==(const EnvFrom&) const = default;
};

struct VolumeMount {
    StringId name;
    StringId mountPath;
    StringId subPath;
    StringId mountPropagation;
    bool readOnly = false;
    bool operator==(const VolumeMount&) const = default;
};

// A handler that aims at a host: "" or absent host means the pod itself.
struct HostHandler {
    std::string pointer; // of the host field, relative to the container: "/livenessProbe/httpGet/host"
    StringId host;
    bool operator==(const HostHandler&) const = default;
};

// What is asked for of one resource, as written ("250m"); none = not set.
struct Amount {
    StringId request, limit;
    bool operator==(const Amount&) const = default;
};

// resources of a container or, since 1.34, of a whole pod.
struct Resources {
    Amount cpu, memory, ephemeralStorage;
    bool operator==(const Resources&) const = default;
};

enum class ContainerRole : std::uint8_t { Init, Main, Ephemeral };

struct Container {
    ContainerRole role = ContainerRole::Main;
    std::uint32_t index = 0; // in its list
    StringId name;
    StringId image;
    StringId imagePullPolicy;
    StringId restartPolicy; // "Always" on an init container = sidecar
    std::optional<SecurityContext> securityContext;
    std::vector<ContainerPort> ports;
    std::vector<EnvVar> env;
    std::vector<EnvFrom> envFrom;
    std::vector<VolumeMount> volumeMounts;
    std::vector<StringId> command;
    std::vector<StringId> args;
    std::vector<HostHandler> hostHandlers; // probes and lifecycle handlers with a host field
    Resources resources;
    bool hasLivenessProbe = false;
    bool hasReadinessProbe = false;
    // Liveness asks the very same thing as readiness and gives up no later, so it restarts what should only get no
    // requests for a while.
    bool hasEqualProbes = false;
    bool operator==(const Container&) const = default;

    // "/containers/0": relative to the pod spec.
    std::string pointer() const;
};

struct ProjectedSource {
    StringId secretName;
    StringId configMapName;
    bool isServiceAccountToken = false;
    StringId audience;
    bool isOptional = false;
    bool operator==(const ProjectedSource&) const = default;
};

struct Volume {
    std::uint32_t index = 0;
    StringId name;
    StringId source; // the key of the volume source: "hostPath", "secret", "configMap", "projected", "csi", ...
    StringId hostPath; // hostPath.path
    StringId hostPathType;
    StringId secretName;
    StringId configMapName;
    StringId claimName; // persistentVolumeClaim
    StringId csiDriver;
    bool isOptional = false; // of a secret or configMap volume
    std::vector<ProjectedSource> projected;
    bool operator==(const Volume&) const = default;

    std::string pointer() const; // "/volumes/2"
    // The volume that the ServiceAccount admission adds ("kube-api-access-xxxxx"). Its name is kept as
    // "kube-api-access" so that pods of one template are equal.
    bool isKubeApiAccess() const { return isApiAccess; }
    bool isApiAccess = false;
};

struct PodSpec {
    StringId serviceAccountName; // serviceAccountName, else the deprecated serviceAccount; none = "default"
    std::optional<bool> automountServiceAccountToken;
    bool hostPid = false;
    bool hostIpc = false;
    bool hostNetwork = false;
    std::optional<bool> hostUsers;
    bool shareProcessNamespace = false;
    bool runsToCompletion = false; // restartPolicy Never or OnFailure
    // Anti-affinity between pods, or constraints on their spread over the topology.
    bool hasSpread = false;
    StringId oldServiceAccount; // the deprecated serviceAccount, where serviceAccountName does not say the same
    Resources resources; // of the pod as a whole
    StringId osName; // spec.os.name
    StringId runtimeClassName;
    StringId priorityClassName;
    std::optional<PodSecurityContext> securityContext;
    std::vector<Container> containers; // init, main, ephemeral, each in order
    std::vector<Volume> volumes;
    std::vector<StringId> imagePullSecrets;
    std::vector<StringId> hostAliases; // the IPs
    std::vector<std::pair<StringId, StringId>> nodeSelector;
    // Indices of the tolerations that let the pod be scheduled onto control plane nodes.
    std::vector<std::uint16_t> controlPlaneTolerations;
    bool toleratesEverything = false; // one of them has no key
    // Annotations of the pod or template that decide security (AppArmor and seccomp beta, Vault's agent), by key.
    std::vector<std::pair<StringId, StringId>> securityAnnotations;
    bool operator==(const PodSpec&) const = default;

    std::uint64_t hash() const; // equal specs have equal hashes, within one process
};

} // namespace plimsoll::cluster
