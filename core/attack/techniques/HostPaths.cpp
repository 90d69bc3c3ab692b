// SPDX-License-Identifier: Apache-2.0
// Out of a container by paths of the node that it mounts.
// Source: kubelet's and container runtimes' default folders; the Kubernetes documentation on hostPath.
#include <algorithm>
#include <array>

#include "core/attack/detail/Making_p.h"
#include "core/base/Text.h"
#include "core/cluster/Effective.h"

namespace plimsoll::attack {

using cluster::PodSpec;

namespace {

// "/var/run/x" is "/run/x"; no slash at the end; "." and ".." resolved.
std::string nodePath(std::string_view path)
{
    std::vector<std::string_view> parts;
    while (!path.empty()) {
        const std::size_t end = std::min(path.find('/'), path.size());
        const std::string_view part = path.substr(0, end);
        path.remove_prefix(std::min(end + 1, path.size()));
        if (part == "..") {
            if (!parts.empty())
                parts.pop_back();
        } else if (!part.empty() && part != ".") {
            parts.push_back(part);
        }
    }
    if (parts.size() >= 2 && parts[0] == "var" && parts[1] == "run")
        parts.erase(parts.begin());
    std::string result;
    for (const std::string_view part : parts)
        result.append("/").append(part);
    return result.empty() ? "/" : result;
}

bool isAtOrBelow(std::string_view path, std::string_view folder)
{
    return path == folder || folder == "/" || (path.starts_with(folder) && path[folder.size()] == '/');
}

// Is the path the folder itself or one that contains it?
bool contains(std::string_view path, std::string_view folder)
{
    return isAtOrBelow(folder, path);
}

template <std::size_t n> bool holdsOne(std::string_view path, const std::array<std::string_view, n>& all)
{
    return std::ranges::any_of(
        all, [&](std::string_view each) { return contains(path, each) || isAtOrBelow(path, each); });
}

constexpr std::array<std::string_view, 9> sockets { "/run/docker.sock", "/run/containerd/containerd.sock",
    "/run/k3s/containerd/containerd.sock", "/run/k0s/containerd.sock", "/run/crio/crio.sock", "/run/cri-dockerd.sock",
    "/run/dockershim.sock", "/run/podman/podman.sock", "/run/buildkit/buildkitd.sock" };
// Reading these gives the node's own identity, keys or passwords.
constexpr std::array<std::string_view, 7> keys { "/etc/kubernetes", "/var/lib/etcd", "/var/lib/kubelet/pki",
    "/etc/shadow", "/root/.ssh", "/var/lib/kubelet/kubeconfig", "/root/.kube" };
// The node runs what is written there.
constexpr std::array<std::string_view, 14> started { "/etc/cron.d", "/etc/crontab", "/etc/cron.daily",
    "/etc/cron.hourly", "/var/spool/cron", "/etc/systemd", "/usr/lib/systemd", "/etc/ld.so.preload", "/usr/bin",
    "/usr/sbin", "/usr/lib", "/opt/cni/bin", "/root/.ssh", "/etc/profile.d" };
constexpr std::array<std::string_view, 2> manifests { "/etc/kubernetes/manifests", "/etc/kubelet.d" };
constexpr std::array<std::string_view, 3> kernel { "/proc/sys/kernel", "/sys/kernel/uevent_helper",
    "/proc/sysrq-trigger" };
constexpr std::array<std::string_view, 5> runtimeState { "/var/lib/docker", "/var/lib/containerd", "/run/containerd",
    "/run/crio", "/var/lib/containers" };

struct Mount {
    std::uint32_t container = 0;
    std::size_t index = 0; // in volumeMounts
    std::string path; // on the node
    bool isReadOnly = false;
    const cluster::Volume* volume = nullptr;
};

class HostPaths {
public:
    HostPaths(Making& making, const PodClass& one)
        : m_making(making)
        , m_one(one)
        , m_spec(making.spec(one))
    {
    }

    void add()
    {
        for (const std::uint32_t c : m_making.liveContainers(m_one)) {
            const cluster::Container& container = m_spec.containers[c];
            for (std::size_t i = 0; i < container.volumeMounts.size(); ++i) {
                const cluster::VolumeMount& mount = container.volumeMounts[i];
                const auto volume = std::ranges::find(m_spec.volumes, mount.name, &cluster::Volume::name);
                if (volume == m_spec.volumes.end() || volume->hostPath.isNone())
                    continue;
                std::string path(m_making.text(volume->hostPath));
                if (!mount.subPath.isNone())
                    path.append("/").append(m_making.text(mount.subPath));
                judge({ c, i, nodePath(path), mount.readOnly, &*volume });
            }
        }
    }

private:
    // Technique by technique, the strongest first; one step for each mount is enough to own the node.
    void judge(const Mount& mount)
    {
        const bool isWritable = !mount.isReadOnly;
        const bool isRoot = runsAsRoot(mount.container);
        if (holdsOne(mount.path, sockets) && !isAtOrBelow(mount.path, "/run/containerd/io.containerd"))
            return open(mount, Technique::RuntimeSocket, "reaches the socket of the container runtime", isRoot);
        if (isWritable && holdsOne(mount.path, manifests))
            return open(mount, Technique::StaticPodPath, "writes the manifests that the kubelet starts", isRoot);
        if (isWritable && holdsOne(mount.path, started))
            return open(mount, Technique::HostPathWrite, "writes what the node runs", isRoot);
        if (isWritable && holdsOne(mount.path, kernel))
            return open(mount, Technique::ProcMount, "writes settings of the node's kernel", isRoot);
        if (holdsOne(mount.path, keys))
            return open(mount, Technique::HostPathRead, "reads keys of the node", isRoot);
        if (contains(mount.path, "/var/lib/kubelet/pods") || isAtOrBelow(mount.path, "/var/lib/kubelet/pods"))
            return openPods(mount, isRoot);
        if (isWritable && holdsOne(mount.path, runtimeState))
            return open(mount, Technique::HostPathWrite, "writes the files of other containers", isRoot);
        // Links in place of log files: those of pods lie in /var/log/pods.
        if (isWritable && isRoot && (contains(mount.path, "/var/log") || isAtOrBelow(mount.path, "/var/log/pods")))
            open(mount, Technique::VarLog, "can put links into the node's logs", isRoot,
                "it may also read logs through the API (pods/log or nodes/log) or the kubelet");
    }

    bool runsAsRoot(std::uint32_t c) const
    {
        const auto user = cluster::effectiveRunAsUser(m_spec, m_spec.containers[c]).value;
        return user ? *user == 0 : cluster::effectiveRunAsNonRoot(m_spec, m_spec.containers[c]).value != true;
    }

    PlaceId wayOf(const Mount& mount, Technique technique, const std::string& clause, std::uint32_t& reason,
        bool isRoot, std::string condition)
    {
        const cluster::Container& container = m_spec.containers[mount.container];
        const std::string name
            = "container " + printable(m_making.text(container.name)) + " of " + m_making.titleOf(m_one);
        const std::string text = name + ' ' + clause + " (" + printable(mount.path) + ')';
        const Fact fact { .kind = Fact::Kind::Setting,
            .object = m_making.editedObject(m_one),
            .pointer = m_making.volumePointer(m_one, *mount.volume) + "/hostPath",
            .text = m_making.titleOf(m_one) + " mounts " + printable(mount.path) + " of the node",
            .fix = "take " + printable(mount.path) + " of the node out of " + m_making.titleOf(m_one),
            .patch = withoutVolume(*mount.volume) };
        const PlaceId way = m_making.weakness(m_one, technique, text, fact, mount.container);
        m_making.graph.step(m_one.containers[mount.container], way, Technique::ContainerOwnsPod);
        if (condition.empty() && !isRoot)
            condition = "user and group of the container may use the files";
        if (condition.empty() && m_spec.hostUsers == false)
            condition = "the file system maps the users of the pod";
        reason = m_making.graph.reason({ m_one.holder,
            m_making.evidencePointer(m_one) + container.pointer() + "/volumeMounts/" + std::to_string(mount.index),
            clause + " (" + printable(mount.path) + (mount.isReadOnly ? ", read only)" : ", writable)"), {},
            condition });
        m_certainty = condition.empty() ? Certainty::Confirmed : Certainty::NeedsFact;
        return way;
    }

    cluster::Patch withoutVolume(const cluster::Volume& volume) const
    {
        cluster::Patch patch { m_making.editedObject(m_one), {} };
        patch.edits.push_back({ m_making.volumePointer(m_one, volume), "" });
        for (const cluster::Container& container : m_making.editedSpec(m_one).containers) {
            for (std::size_t i = 0; i < container.volumeMounts.size(); ++i) {
                if (container.volumeMounts[i].name == volume.name)
                    patch.edits.push_back(
                        { m_making.specPointer(m_one) + container.pointer() + "/volumeMounts/" + std::to_string(i),
                            "" });
            }
        }
        return patch;
    }

    void open(
        const Mount& mount, Technique technique, const std::string& clause, bool isRoot, std::string condition = {})
    {
        std::uint32_t reason = Step::noReason;
        const PlaceId way = wayOf(mount, technique, clause, reason, isRoot, std::move(condition));
        m_making.leadToNodes(way, m_one, technique, m_certainty, reason);
    }

    // The folders of the kubelet hold the tokens and Secrets of every pod of the node.
    void openPods(const Mount& mount, bool isRoot)
    {
        std::uint32_t reason = Step::noReason;
        const PlaceId way
            = wayOf(mount, Technique::KubeletFolder, "reads tokens and Secrets of the node's pods", reason, isRoot, {});
        for (const std::uint32_t node : m_one.nodes) {
            for (const std::uint32_t other : m_making.classesOnNode[node])
                m_making.graph.step(way, m_making.classes[other].place, Technique::KubeletFolder, m_certainty, reason);
        }
    }

    Making& m_making;
    const PodClass& m_one;
    const PodSpec& m_spec;
    Certainty m_certainty = Certainty::Confirmed;
};

} // namespace

void addHostPaths(Making& making)
{
    for (const PodClass& one : making.classes)
        HostPaths(making, one).add();
}

} // namespace plimsoll::attack
