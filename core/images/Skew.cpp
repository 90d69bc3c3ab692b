// SPDX-License-Identifier: Apache-2.0
#include "core/images/Skew.h"

#include <algorithm>
#include <array>
#include <tuple>

#include "core/images/Images.h"
#include "core/images/Versions.h"

namespace plimsoll::images {

using cluster::Cluster;
using cluster::Version;

namespace {

constexpr std::array<std::string_view, 4> partNames { "kube-apiserver", "kube-controller-manager", "kube-scheduler",
    "kube-proxy" };

std::string_view lastPart(std::string_view path)
{
    return path.substr(path.rfind('/') + 1);
}

// A container of a part of Kubernetes, by the last part of its repository: distributions have registries of their own.
void addPod(const Cluster& cluster, const cluster::Pod& pod, std::vector<ComponentVersion>& parts)
{
    if (pod.isTerminated || pod.spec.isNone() || cluster.text(cluster.object(pod.object).ns) != "kube-system")
        return;
    for (const cluster::Container& container : cluster.podSpec(pod.spec).containers) {
        const auto reference = parseReference(cluster.text(container.image));
        if (!reference)
            continue;
        const auto part = std::ranges::find(partNames, lastPart(reference->path));
        auto version = cluster::parseVersion(reference->tag);
        if (part == partNames.end() || !version || !versionOfTag(reference->tag))
            continue;
        parts.push_back({ std::string(*part), pod.object, "/spec" + container.pointer() + "/image", *version,
            std::string(cluster.text(pod.nodeName)) });
    }
}

std::string shown(const Version& version)
{
    return std::to_string(version.major) + '.' + std::to_string(version.minor);
}

int minorsBehind(const Version& version, const Version& other)
{
    return static_cast<int>(other.minor) - static_cast<int>(version.minor);
}

// How many minors a kubelet or kube-proxy may be behind.
int allowedBehind(const Version& version)
{
    constexpr std::uint32_t three = 25;
    return version.minor < three ? 2 : 3;
}

} // namespace

std::vector<ComponentVersion> componentVersions(const Cluster& cluster)
{
    std::vector<ComponentVersion> parts;
    for (const cluster::Node& node : cluster.nodes()) {
        if (auto version = cluster::parseVersion(cluster.text(node.kubeletVersion)))
            parts.push_back({ "kubelet", node.object, "/status/nodeInfo/kubeletVersion", *version,
                std::string(cluster.text(cluster.object(node.object).name)) });
    }
    for (const cluster::Pod& pod : cluster.pods())
        addPod(cluster, pod, parts);
    std::ranges::stable_sort(parts, {}, &ComponentVersion::component);
    return parts;
}

std::vector<std::string> skewFaults(
    const ComponentVersion& part, std::span<const ComponentVersion> all, const Version& server)
{
    std::vector<std::string> faults;
    std::optional<Version> oldest, newest;
    const auto orderOf = [](const Version& version) { return std::tuple(version.major, version.minor); };
    for (const ComponentVersion& one : all) {
        if (one.component != "kube-apiserver")
            continue;
        if (!oldest || orderOf(one.version) < orderOf(*oldest))
            oldest = one.version;
        if (!newest || orderOf(*newest) < orderOf(one.version))
            newest = one.version;
    }
    if (!oldest && server.isKnown())
        oldest = newest = server;
    if (!oldest || oldest->major != part.version.major)
        return faults;
    if (part.component == "kube-apiserver") {
        if (minorsBehind(part.version, *newest) > 1)
            faults.push_back("another API server is " + shown(*newest) + "; they may be one minor apart");
        return faults;
    }
    if (minorsBehind(part.version, *oldest) < 0)
        faults.push_back("newer than the API server, " + shown(*oldest));
    const bool isNodePart = part.component == "kubelet" || part.component == "kube-proxy";
    const int allowed = isNodePart ? allowedBehind(part.version) : 1;
    if (minorsBehind(part.version, *newest) > allowed)
        faults.push_back(std::to_string(minorsBehind(part.version, *newest)) + " minors older than the API server, "
            + shown(*newest) + "; " + std::to_string(allowed) + " are allowed");
    if (part.component != "kube-proxy")
        return faults;
    for (const ComponentVersion& kubelet : all) {
        if (kubelet.component == "kubelet" && kubelet.node == part.node
            && std::abs(minorsBehind(part.version, kubelet.version)) > allowedBehind(part.version))
            faults.push_back("too far from the kubelet of its node, " + shown(kubelet.version));
    }
    return faults;
}

} // namespace plimsoll::images
