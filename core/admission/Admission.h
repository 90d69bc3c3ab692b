// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/cluster/Cluster.h"

// The front of core/admission: what Pod Security admission lets in. The Pod Security Standards in every policy version,
// as the API server decides them, and what namespaces ask of it by their labels.
// Source: Kubernetes 1.36 staging/src/k8s.io/pod-security-admission (api/helpers.go, policy/registry.go and
//         policy/check_*.go); 1.37's two sysctls from the documentation of the standards.
namespace plimsoll::admission {

enum class Level : std::uint8_t { Privileged, Baseline, Restricted };
std::string_view toText(Level level); // "privileged", "baseline", "restricted"
std::optional<Level> levelFromText(std::string_view text);

// The newest policy version with rules of its own that we know; a newer one asked for is decided as this one.
inline constexpr std::uint32_t newestMinor = 37;

// A policy version as labels and the command line write it: "latest" (no minor) or "v1.24".
struct PolicyVersion {
    std::optional<std::uint32_t> minor;
    bool operator==(const PolicyVersion&) const = default;
};
std::string toText(const PolicyVersion& version); // "latest", "v1.24"
// As the API server parses it: "latest" or v1.NN without leading zeros; nothing for anything else.
std::optional<PolicyVersion> versionFromText(std::string_view text);
// The minor whose rules decide. latest: what the server's own admission has as its newest, when its version is known,
// else newestMinor. A version is taken as asked, up to newestMinor.
std::uint32_t decidingMinor(const PolicyVersion& asked, const cluster::Version& server);

// One check of the standards that refuses a pod spec, with every place that does. check is the id that the reference
// implementation uses ("hostPorts", "capabilities_restricted").
struct Violation {
    struct Place {
        std::string pointer; // in the pod spec: "/containers/0/securityContext/privileged"; "" for an annotation
        std::string value; // what stands there, "not set" when nothing does; printable
    };
    std::string_view check;
    std::string message; // "container web opens host port 80"; printable
    std::vector<Place> places;
};

// Every check of the level at the version of that minor that refuses the spec, baseline's first, in order of id. Empty
// means admitted. All containers count: init, main and ephemeral ones.
// Not seen: exemptions in the admission configuration file of the API server (users, runtime classes, namespaces).
std::vector<Violation> violations(
    const StringPool& strings, const cluster::PodSpec& spec, Level level, std::uint32_t minor);
// Whether there is none; cheaper, because no text is made.
bool admits(const StringPool& strings, const cluster::PodSpec& spec, Level level, std::uint32_t minor);
// "check: message; check: message".
std::string toText(std::span<const Violation> violations);

// Whether pods may set the sysctl without being refused at baseline.
bool isSafeSysctl(std::string_view name, std::uint32_t minor);

// What came after a version: the checks of a level that are stricter in a later one, up to minor.
struct Tightening {
    std::string_view check;
    std::uint32_t minor; // since which version
    std::string_view what; // "refuses hosts in probes and lifecycle handlers"
};
std::vector<Tightening> tighteningsAfter(Level level, std::uint32_t pinned, std::uint32_t minor);

// The labels of a namespace for one mode.
struct Setting {
    bool isSet = false; // there is a label with the level
    std::string given; // its value as it stands
    bool isLevelValid = true; // a value that is no level is taken as restricted
    Level level = Level::Privileged; // what counts; privileged when not set
    std::string givenVersion; // "" when there is no label
    bool isVersionValid = true; // a value that is no version is taken as latest
    PolicyVersion version;
};
struct NamespacePolicy {
    Setting enforce, audit, warn;
};
NamespacePolicy policyOf(const cluster::Cluster& cluster, const cluster::Namespace& ns);

enum class Mode : std::uint8_t { Enforce, Audit, Warn };
std::string levelLabel(Mode mode); // "pod-security.kubernetes.io/enforce"
std::string versionLabel(Mode mode); // "pod-security.kubernetes.io/enforce-version"

// Every pod and every object with a pod template of a kind that Kubernetes has (Deployment, ReplicaSet, ... ,
// PodTemplate), also those that other objects own. Ordered by namespace, kind, name.
std::vector<cluster::ObjectId> podObjects(const cluster::Cluster& cluster);

} // namespace plimsoll::admission
