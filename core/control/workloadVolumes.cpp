// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "core/base/Text.h"
#include "core/control/detail/Workload_p.h"

namespace plimsoll::control {

using cluster::Container;
using cluster::PodSpec;
using cluster::Volume;

namespace {

bool isHostPath(const Context& context, const Volume& volume)
{
    return !volume.hostPath.isNone() || context.cluster.text(volume.source) == "hostPath";
}

// The directory that a path of the node means: "." and ".." resolved, no doubled or trailing slash, /var/run as the
// link to /run that it is on every current distribution; a Windows path without its drive, in lower case.
std::string nodePath(std::string_view path)
{
    std::string text(path);
    const bool hasDrive = text.size() >= 2 && text[1] == ':';
    if (hasDrive || text.starts_with('\\')) {
        std::ranges::replace(text, '\\', '/');
        text = toLowerAscii(hasDrive ? std::string_view(text).substr(2) : std::string_view(text));
    }
    std::vector<std::string_view> parts;
    for (const std::string_view part : split(text, '/')) {
        if (part == "..") {
            if (!parts.empty())
                parts.pop_back();
        } else if (!part.empty() && part != ".") {
            parts.push_back(part);
        }
    }
    if (parts.size() >= 2 && parts[0] == "var" && parts[1] == "run")
        parts.erase(parts.begin());
    return '/' + join(parts, "/");
}

bool isBelow(std::string_view path, std::string_view directory)
{
    if (directory == "/")
        return path != "/";
    return path.size() > directory.size() && path.starts_with(directory) && path[directory.size()] == '/';
}

bool isAtOrBelow(std::string_view path, std::string_view directory)
{
    return path == directory || isBelow(path, directory);
}

// What a node keeps its own state, secrets and programs in. Their parents hold them too.
constexpr std::array<std::string_view, 24> sensitive { "/bin", "/boot", "/dev", "/etc", "/home", "/lib", "/lib64",
    "/opt/cni", "/proc", "/programdata", "/root", "/sbin", "/sys", "/usr", "/var/lib/containerd", "/var/lib/containers",
    "/var/lib/docker", "/var/lib/etcd", "/var/lib/k0s", "/var/lib/kubelet", "/var/lib/rancher", "/var/log", "/var/snap",
    "/windows" };

// Time zone and release of the node: files that programs ask for and that tell an attacker nothing.
constexpr std::array<std::string_view, 5> harmless { "/etc/localtime", "/etc/os-release", "/etc/timezone",
    "/usr/lib/os-release", "/usr/share/zoneinfo" };

bool isSensitive(std::string_view path)
{
    if (path == "/run") // itself, with every socket in it; what stands below is mostly a lock file
        return true;
    if (std::ranges::any_of(harmless, [&](std::string_view known) { return isAtOrBelow(path, known); }))
        return false;
    return std::ranges::any_of(
        sensitive, [&](std::string_view known) { return isAtOrBelow(path, known) || isBelow(known, path); });
}

constexpr std::array<std::string_view, 11> sockets { "/run/docker.sock", "/run/docker/containerd/containerd.sock",
    "/run/containerd/containerd.sock", "/run/containerd/containerd.sock.ttrpc", "/run/k3s/containerd/containerd.sock",
    "/run/k0s/containerd.sock", "/run/crio/crio.sock", "/run/cri-dockerd.sock", "/run/dockershim.sock",
    "/run/podman/podman.sock", "/run/buildkit/buildkitd.sock" };
constexpr std::array<std::string_view, 9> socketNames { "docker.sock", "containerd.sock", "containerd.sock.ttrpc",
    "crio.sock", "cri-dockerd.sock", "dockershim.sock", "podman.sock", "docker_engine", "containerd-containerd" };

bool holdsRuntimeSocket(std::string_view path)
{
    const std::string_view name = path.substr(path.rfind('/') + 1);
    return std::ranges::find(socketNames, name) != socketNames.end()
        || std::ranges::any_of(sockets, [&](std::string_view socket) { return isAtOrBelow(socket, path); });
}

std::string volumeText(const Context& context, const Volume& volume)
{
    return "volume " + std::string(context.cluster.text(volume.name));
}

} // namespace

void removeVolume(const PodSpec& spec, const Volume& volume, SpecReport& report)
{
    report.edit(volume.pointer(), "");
    for (const Container& container : spec.containers) {
        for (std::size_t i = 0; i < container.volumeMounts.size(); ++i) {
            if (container.volumeMounts[i].name == volume.name && container.role != cluster::ContainerRole::Ephemeral)
                report.edit(container.pointer() + "/volumeMounts/" + std::to_string(i), "");
        }
    }
}

void checkHostPath(const Context& context, const SpecSubject& subject, SpecReport& report)
{
    for (const Volume& volume : subject.spec.volumes) {
        if (!isHostPath(context, volume))
            continue;
        const std::string path(context.cluster.text(volume.hostPath));
        report.fail(volumeText(context, volume) + " is the node's " + path, volume.pointer() + "/hostPath/path", path);
    }
}

void checkWritableHostPath(const Context& context, const SpecSubject& subject, SpecReport& report)
{
    for (const Volume& volume : subject.spec.volumes) {
        if (!isHostPath(context, volume))
            continue;
        for (const Container& container : subject.spec.containers) {
            for (std::size_t i = 0; i < container.volumeMounts.size(); ++i) {
                const cluster::VolumeMount& mount = container.volumeMounts[i];
                if (mount.name != volume.name || mount.readOnly)
                    continue;
                const std::string path(context.cluster.text(volume.hostPath));
                const std::string pointer = container.pointer() + "/volumeMounts/" + std::to_string(i) + "/readOnly";
                failContainer(context, container, "can write to the node's " + path, pointer,
                    path + " mounted writable at " + std::string(context.cluster.text(mount.mountPath)), report);
                if (container.role != cluster::ContainerRole::Ephemeral)
                    report.edit(pointer, "true");
            }
        }
    }
}

void checkSensitiveHostPath(const Context& context, const SpecSubject& subject, SpecReport& report)
{
    for (const Volume& volume : subject.spec.volumes) {
        const std::string path(context.cluster.text(volume.hostPath));
        if (path.empty() || !isSensitive(nodePath(path)))
            continue;
        report.fail(volumeText(context, volume) + " is the node's " + path, volume.pointer() + "/hostPath/path", path);
    }
}

void checkRuntimeSocket(const Context& context, const SpecSubject& subject, SpecReport& report)
{
    for (const Volume& volume : subject.spec.volumes) {
        const std::string path(context.cluster.text(volume.hostPath));
        if (path.empty() || !holdsRuntimeSocket(nodePath(path)))
            continue;
        report.fail(volumeText(context, volume) + " gives the container runtime's socket (" + path + ')',
            volume.pointer() + "/hostPath/path", path);
        removeVolume(subject.spec, volume, report);
    }
}

void checkVolumeTypes(const Context& context, const SpecSubject& subject, SpecReport& report)
{
    constexpr std::array<std::string_view, 9> allowed { "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral",
        "image", "persistentVolumeClaim", "projected", "secret" };
    for (const Volume& volume : subject.spec.volumes) {
        const std::string source(context.cluster.text(volume.source));
        if (std::ranges::find(allowed, source) != allowed.end())
            continue;
        report.fail(volumeText(context, volume) + " is of type " + source, volume.pointer() + '/' + source, source);
    }
}

} // namespace plimsoll::control
