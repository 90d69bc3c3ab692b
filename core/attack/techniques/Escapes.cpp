// SPDX-License-Identifier: Apache-2.0
// Out of a container onto its node, by what its security context and its pod's namespaces allow.
// Source: Kubernetes 1.36 pod security standards; capabilities(7), user_namespaces(7), proc(5).
#include <algorithm>
#include <array>

#include "core/attack/detail/Making_p.h"
#include "core/base/Text.h"
#include "core/cluster/Effective.h"
#include "core/format/Document.h"

namespace plimsoll::attack {

using cluster::Container;
using cluster::PodSpec;

namespace {

// What keeps a container in although a setting would let it out.
struct Suppressor {
    bool isSure = false; // refuses; else it may
    cluster::ObjectId object = {};
    std::string pointer = {}, text = {};
    bool isThere() const { return !text.empty(); }
};

// User namespaces are in force when the API server knows them for sure: on by default since 1.33.
constexpr std::uint32_t userNamespacesMinor = 33;

bool isRoot(const PodSpec& spec, const Container& container)
{
    const auto user = cluster::effectiveRunAsUser(spec, container).value;
    return user ? *user == 0 : cluster::effectiveRunAsNonRoot(spec, container).value != true;
}

bool isWindowsPod(const Making& making, const PodSpec& spec)
{
    return cluster::isWindows(making.cluster.strings(), spec) || making.text(spec.osName) == "windows";
}

// A runtime that puts a kernel of its own between the container and the node.
Suppressor sandboxOf(const Making& making, const PodClass& one)
{
    constexpr std::array<std::string_view, 6> sandboxes { "gvisor", "runsc", "kata", "firecracker", "peerpod",
        "hyperv" };
    const std::string_view name = making.text(making.spec(one).runtimeClassName);
    if (name.empty())
        return {};
    const cluster::ObjectId object = making.cluster.find("RuntimeClass", "", name);
    std::string handler(name);
    format::Document document;
    if (!object.isNone() && making.cluster.snapshot().readRaw(making.cluster.object(object).raw, document))
        handler = document.root()["handler"].text();
    const std::string lower = toLowerAscii(handler);
    if (!std::ranges::any_of(sandboxes, [&](std::string_view each) { return lower.contains(each); }))
        return {};
    return { false, object.isNone() ? one.holder : object,
        object.isNone() ? making.evidencePointer(one) + "/runtimeClassName" : "/handler",
        "runtime class " + printable(name) + " runs the pod in a sandbox (" + printable(handler) + ')' };
}

Suppressor suppressorOf(const Making& making, const PodClass& one)
{
    const PodSpec& spec = making.spec(one);
    if (spec.hostUsers == false) {
        const cluster::Version& version = making.cluster.version();
        const bool isSure = version.isKnown() && version.isAtLeast(1, userNamespacesMinor);
        return { isSure, one.holder, making.evidencePointer(one) + "/hostUsers",
            "hostUsers is false: root in the container is nobody on the node" };
    }
    return sandboxOf(making, one);
}

class Escapes {
public:
    Escapes(Making& making, const PodClass& one)
        : m_making(making)
        , m_one(one)
        , m_spec(making.spec(one))
        , m_suppressor(suppressorOf(making, one))
    {
    }

    void add()
    {
        const bool isWindows = isWindowsPod(m_making, m_spec);
        for (const std::uint32_t c : m_making.liveContainers(m_one)) {
            if (isWindows)
                addHostProcess(c);
            else
                addLinux(c);
        }
        addNamespaces();
    }

private:
    const Container& container(std::uint32_t c) const { return m_spec.containers[c]; }
    std::string nameOf(std::uint32_t c) const
    {
        return "container " + printable(m_making.text(container(c).name)) + " of " + m_making.titleOf(m_one);
    }

    // The way out by one setting; pointer is that of the setting, in the container.
    void escape(std::uint32_t c, Technique technique, std::string pointer, std::string clause, std::string fix,
        std::vector<cluster::Patch::Edit> edits, std::string condition = {})
    {
        const Fact fact { .kind = Fact::Kind::Setting,
            .object = m_making.editedObject(m_one),
            .pointer = m_making.containerPointer(m_one, c) + pointer,
            .text = nameOf(c) + ' ' + clause,
            .fix = std::move(fix),
            .patch = { m_making.editedObject(m_one), std::move(edits) } };
        pointer = container(c).pointer() + pointer;
        // Capabilities are in force for root alone; privileged is of little use to others.
        if (condition.empty() && technique != Technique::HostProcess && !isRoot(m_spec, container(c)))
            condition = "the process becomes root, by a program of the image with the setuid bit for example";
        const PlaceId way = m_making.weakness(m_one, technique, nameOf(c) + ' ' + clause, fact, c);
        m_making.graph.step(m_one.containers[c], way, Technique::ContainerOwnsPod);
        Reason reason { m_one.holder, m_making.evidencePointer(m_one) + pointer, clause, {}, std::move(condition) };
        if (m_suppressor.isThere()) {
            reason.blocker = m_suppressor.object;
            if (m_suppressor.isSure) {
                reason.text = m_suppressor.text;
                reason.pointer = m_suppressor.pointer;
                const std::uint32_t why = m_making.graph.reason(reason);
                return m_making.graph.refuse(way,
                    m_one.nodes.empty() ? m_making.goal(GoalKind::NodeTakeover) : m_making.nodes[m_one.nodes.front()],
                    technique, why);
            }
            reason.condition = m_suppressor.text;
        }
        const Certainty certainty = m_suppressor.isThere() ? Certainty::MayBeBlocked
            : reason.condition.empty()                     ? Certainty::Confirmed
                                                           : Certainty::NeedsFact;
        m_making.leadToNodes(way, m_one, technique, certainty, m_making.graph.reason(std::move(reason)));
    }

    cluster::Patch::Edit edit(std::uint32_t c, std::string_view field, std::string json) const
    {
        return { m_making.containerPointer(m_one, c) + "/securityContext/" + std::string(field), std::move(json) };
    }

    void addLinux(std::uint32_t c)
    {
        const auto& security = container(c).securityContext;
        const std::string pointer = "/securityContext";
        if (security && security->privileged == true) {
            escape(c, Technique::Privileged, pointer + "/privileged", "runs privileged",
                "set privileged to false in " + nameOf(c), { edit(c, "privileged", "false") });
            return; // it has every capability besides
        }
        addCapabilities(c);
        if (security && m_making.text(security->procMount) == "Unmasked" && isRoot(m_spec, container(c))) {
            escape(c, Technique::ProcMount, pointer + "/procMount", "sees all of /proc unmasked and is root",
                "remove procMount from " + nameOf(c), { edit(c, "procMount", "") });
        }
    }

    bool hasCapability(std::uint32_t c, std::string_view name) const
    {
        const auto& security = container(c).securityContext;
        if (!security || !security->capabilities)
            return false;
        return std::ranges::any_of(security->capabilities->add, [&](StringId id) {
            const std::string_view text = m_making.text(id);
            return text == name || text == "ALL" || (text.starts_with("CAP_") && text.substr(4) == name);
        });
    }

    void addCapabilities(std::uint32_t c)
    {
        const std::string pointer = "/securityContext/capabilities/add";
        const std::string fix = "drop the capability from " + nameOf(c);
        if (hasCapability(c, "SYS_ADMIN")) {
            const auto profile = cluster::effectiveAppArmorType(m_making.cluster.strings(), m_spec, container(c));
            // The default profile of the runtime forbids mount; whether the node has AppArmor, nobody here knows.
            const bool isOpen = profile.value == "Unconfined";
            escape(c, Technique::SysAdmin, pointer, "has the capability SYS_ADMIN", fix, {},
                isOpen ? "" : "no AppArmor or SELinux of the node keeps it from mounting");
        }
        struct Power {
            std::string_view name, needs;
        };
        constexpr std::array<Power, 6> powers { { { "SYS_MODULE", "" },
            { "SYS_RAWIO", "the node has /dev/mem or I/O ports open" },
            { "DAC_READ_SEARCH", "no seccomp profile forbids open_by_handle_at" },
            { "BPF", "the kernel lets it load programs that read other processes" },
            { "MKNOD", "the device cgroup lets it open the node's disks" },
            { "SYS_PTRACE", "the processes of the node are seen" } } };
        for (const Power& power : powers) {
            if (!hasCapability(c, power.name))
                continue;
            const bool isPtrace = power.name == "SYS_PTRACE";
            // MKNOD belongs to the default set; only what somebody adds by name is told here.
            if (isPtrace && !m_spec.hostPid)
                continue;
            escape(c, Technique::Capability, pointer, "has the capability " + std::string(power.name), fix, {},
                isPtrace ? std::string() : std::string(power.needs));
        }
    }

    void addHostProcess(std::uint32_t c)
    {
        if (cluster::effectiveHostProcess(m_spec, container(c)).value != true)
            return;
        escape(c, Technique::HostProcess, "/securityContext/windowsOptions/hostProcess", "is a process of the node",
            "remove hostProcess from " + nameOf(c), {});
    }

    // The node's namespaces without any other power: what is seen of its other pods.
    void addNamespaces()
    {
        if (m_spec.hostPid) {
            beside(Technique::HostPid, "/hostPID", "sees the processes of the node",
                "the other process runs as the same user with no more rights", [](const PodSpec&) { return true; });
        }
        if (m_spec.hostIpc) {
            beside(Technique::HostIpc, "/hostIPC", "shares memory with others of the node",
                "the other program keeps something of worth in shared memory",
                [](const PodSpec& other) { return other.hostIpc; });
        }
    }

    template <class Meets>
    void beside(Technique technique, std::string_view field, std::string clause, std::string condition, Meets meets)
    {
        const std::string pointer = m_making.specPointer(m_one) + std::string(field);
        const Fact fact { .kind = Fact::Kind::Setting,
            .object = m_making.editedObject(m_one),
            .pointer = pointer,
            .text = m_making.titleOf(m_one) + ' ' + clause,
            .fix = "remove " + std::string(field.substr(1)) + " from " + m_making.titleOf(m_one),
            .patch = { m_making.editedObject(m_one), { { pointer, "" } } } };
        const PlaceId way = m_making.weakness(m_one, technique, m_making.titleOf(m_one) + ' ' + clause, fact);
        for (const std::uint32_t c : m_making.liveContainers(m_one))
            m_making.graph.step(m_one.containers[c], way, Technique::ContainerOwnsPod);
        const std::uint32_t reason = m_making.graph.reason(
            { m_one.holder, m_making.evidencePointer(m_one) + std::string(field), clause, {}, std::move(condition) });
        for (const std::uint32_t node : m_one.nodes) {
            for (const std::uint32_t other : m_making.classesOnNode[node]) {
                const PodClass& target = m_making.classes[other];
                if (target.place != m_one.place && meets(m_making.spec(target)))
                    m_making.graph.step(way, target.place, technique, Certainty::NeedsFact, reason);
            }
        }
    }

    Making& m_making;
    const PodClass& m_one;
    const PodSpec& m_spec;
    Suppressor m_suppressor;
};

} // namespace

void addEscapes(Making& making)
{
    for (const PodClass& one : making.classes)
        Escapes(making, one).add();
}

} // namespace plimsoll::attack
