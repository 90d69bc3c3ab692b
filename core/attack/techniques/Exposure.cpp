// SPDX-License-Identifier: Apache-2.0
// Ways in from outside, and ways on from the network of a pod.
#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "core/attack/detail/Making_p.h"
#include "core/base/Text.h"
#include "core/components/Components.h"
#include "core/format/Document.h"
#include "core/images/Images.h"
#include "core/images/KnownIssues.h"
#include "core/images/Vulnerabilities.h"
#include "core/network/Exposure.h"

namespace plimsoll::attack {

using network::Answer;
using network::Point;

namespace {

// A vulnerability that scanners know in an image of a workload, worth telling beside a way to it.
std::vector<std::string> faultsOf(const Making& making)
{
    std::vector<std::string> faults(making.cluster.workloads().size());
    if (!making.in.scans)
        return faults;
    for (const images::RankedVulnerability& ranked : making.in.scans->ranked) {
        const images::ScannedImage& image = making.in.scans->images[ranked.image];
        const images::ImageVulnerability& one = image.vulnerabilities[ranked.vulnerability];
        const evidence::Vulnerability& known = making.in.scans->vulnerability(one);
        if (!one.isKnownExploited && known.grade != evidence::Grade::Critical)
            continue;
        const std::string text = printable(known.id)
            + (one.isKnownExploited ? " (known to be exploited)" : " (critical)") + " in " + printable(image.reference)
            + " can be used over the network";
        for (const images::ScanUse& use : image.uses) {
            if (faults[use.workload.index].empty())
                faults[use.workload.index] = text;
        }
    }
    return faults;
}

// Programs that act on the cluster for whoever reaches them: without a password as they are set up.
bool isOpenConsole(const Making& making, const cluster::Container& container)
{
    struct Console {
        std::string_view image, argument; // both must occur; "" = always open
    };
    constexpr std::array<Console, 6> consoles { { { "kubernetesui/dashboard", "--enable-skip-login" },
        { "kubernetes-dashboard", "--enable-skip-login" }, { "argocli", "--auth-mode=server" },
        { "weaveworks/scope", "" }, { "kubeview", "" }, { "octant", "" } } };
    const std::string_view image = making.text(container.image);
    return std::ranges::any_of(consoles, [&](const Console& console) {
        return image.contains(console.image)
            && (console.argument.empty() || std::ranges::any_of(container.args, [&](StringId argument) {
                   return making.text(argument) == console.argument;
               }));
    });
}

class Exposed {
public:
    Exposed(Making& making, const std::vector<std::string>& faults)
        : m_making(making)
        , m_faults(faults)
    {
    }

    void add(const network::Exposure& exposure)
    {
        const auto& hop = exposure.hops.front();
        const std::string way = network::wayOf(m_making.cluster, exposure);
        for (const std::uint32_t index : m_making.classesOf(exposure.workload)) {
            const PodClass& one = m_making.classes[index];
            for (const std::uint32_t c : containersAt(one, exposure.port)) {
                if (exposure.answer == Answer::Denied || exposure.isInternal) {
                    m_making.graph.refuse(m_making.graph.place({}), one.containers[c], Technique::ExposedEndpoint,
                        m_making.graph.reason({ hop.object, hop.pointer,
                            exposure.isInternal ? "the load balancer has an address of the private network only"
                                                : exposure.reason,
                            {}, {} }));
                    continue;
                }
                open(exposure, one, c, way);
            }
        }
    }

private:
    std::vector<std::uint32_t> containersAt(const PodClass& one, std::uint16_t port) const
    {
        std::vector<std::uint32_t> at;
        const auto live = m_making.liveContainers(one);
        for (const std::uint32_t c : live) {
            if (std::ranges::any_of(m_making.spec(one).containers[c].ports,
                    [&](const auto& each) { return each.containerPort == port; }))
                at.push_back(c);
        }
        return at.empty() ? live : at;
    }

    void open(const network::Exposure& exposure, const PodClass& one, std::uint32_t c, const std::string& way)
    {
        GraphBuilder& graph = m_making.graph;
        const auto& hop = exposure.hops.front();
        const std::string title = m_making.cluster.titleOf(hop.object);
        const PlaceId entry = graph.place({ .kind = PlaceKind::Entry,
            .technique = Technique::ExposedEndpoint,
            .object = hop.object,
            .ns = m_making.nsOf(hop.object),
            .name = graph.keep(title + " (" + std::string(toText(exposure.entry)) + ')') });
        Fact fact { .kind = Fact::Kind::Exposure,
            .object = hop.object,
            .pointer = hop.pointer,
            .text = title + " is reached from outside",
            .fix = "close " + title + " to the outside" };
        if (exposure.entry == network::Entry::LoadBalancer || exposure.entry == network::Entry::NodePort)
            fact.patch = { hop.object, { { "/spec/type", "\"ClusterIP\"" } } };
        graph.standsOn(entry, graph.fact(std::move(fact)));
        graph.step(graph.place({}), entry, Technique::ContainerOwnsPod);
        const bool isConsole = isOpenConsole(m_making, m_making.spec(one).containers[c]);
        std::string condition = isConsole ? "" : m_faults[exposure.workload.index];
        if (condition.empty() && !isConsole) {
            condition = "the program behind "
                + (exposure.port == 0 ? std::string("its ports")
                                      : std::string(toText(exposure.protocol)) + ' ' + std::to_string(exposure.port))
                + " has a fault";
        }
        if (!exposure.sources.empty())
            condition
                += (condition.empty() ? "" : ", and ") + std::string("the attacker has an address that is let in");
        if (exposure.answer == Answer::Unknown)
            condition += (condition.empty() ? "" : ", and ") + exposure.reason;
        graph.step(entry, one.containers[c], isConsole ? Technique::ExposedConsole : Technique::ExposedEndpoint,
            condition.empty() ? Certainty::Confirmed : Certainty::NeedsFact,
            graph.reason({ hop.object, hop.pointer, way, {}, condition }));
    }

    Making& m_making;
    const std::vector<std::string>& m_faults;
};

// Pods that no policy tells apart, with one of them.
struct NetworkClasses {
    std::map<std::uint32_t, std::uint32_t> podOf; // by class of the network engine
    std::map<std::uint32_t, std::uint32_t> secondOf; // another pod of the class: a pod always reaches itself
    std::map<std::uint32_t, std::vector<std::uint32_t>> members; // indices into Making::classes

    explicit NetworkClasses(const Making& making)
    {
        for (std::uint32_t i = 0; i < making.classes.size(); ++i) {
            const auto pods = making.in.reach->podsOf(making.classes[i].workload);
            if (pods.empty())
                continue;
            const std::uint32_t podClass = making.in.reach->pods()[pods.front()].podClass;
            podOf.try_emplace(podClass, pods.front());
            for (const std::uint32_t pod : pods) {
                if (making.in.reach->pods()[pod].podClass == podClass && pod != podOf[podClass])
                    secondOf.try_emplace(podClass, pod);
            }
            members[podClass].push_back(i);
        }
    }
};

// From pod to pod, where a scanner knows a fault that is used over the network.
void addEastWest(Making& making, const NetworkClasses& network, const std::vector<std::string>& faults)
{
    GraphBuilder& graph = making.graph;
    const auto hub = [&](std::string_view verb, std::uint32_t podClass) {
        const PodClass& first = making.classes[network.members.at(podClass).front()];
        return graph.place({ .kind = PlaceKind::PodsIn,
            .workload = first.workload,
            .ns = first.ns,
            .name = graph.keep(std::string(verb) + ' ' + making.titleOf(first) + " by network policies") });
    };
    std::map<std::uint32_t, std::vector<std::uint32_t>> targets; // vulnerable members by class
    for (const auto& [podClass, members] : network.members) {
        for (const std::uint32_t i : members) {
            if (!faults[making.classes[i].workload.index].empty())
                targets[podClass].push_back(i);
        }
    }
    std::set<std::uint32_t> usedSources;
    for (const auto& [target, members] : targets) {
        const PlaceId to = hub("what is reached like", target);
        for (const std::uint32_t i : members) {
            const std::uint32_t reason
                = graph.reason({ {}, {}, "policies let pods reach it", {}, faults[making.classes[i].workload.index] });
            for (const std::uint32_t c : making.liveContainers(making.classes[i]))
                graph.step(to, making.classes[i].containers[c], Technique::EastWest, Certainty::NeedsFact, reason);
        }
        for (const auto& [source, pod] : network.podOf) {
            const auto& ends = source == target ? network.secondOf : network.podOf;
            const auto end = ends.find(target);
            if (end == ends.end())
                continue;
            const auto ports = making.in.reach->ports(Point::ofPod(pod), Point::ofPod(end->second));
            if (ports.possible.isEmpty())
                continue;
            graph.step(hub("what reaches others like", source), to, Technique::ContainerOwnsPod);
            usedSources.insert(source);
        }
    }
    for (const std::uint32_t source : usedSources) {
        for (const std::uint32_t i : network.members.at(source))
            graph.step(making.classes[i].network, hub("what reaches others like", source), Technique::ContainerOwnsPod);
    }
}

std::string_view providerOf(const Making& making)
{
    constexpr std::array<std::pair<std::string_view, std::string_view>, 3> providers { { { "aws:", "AWS" },
        { "gce:", "Google Cloud" }, { "azure:", "Azure" } } };
    if (making.cluster.nodes().empty())
        return {};
    format::Document document;
    if (!making.cluster.snapshot().readRaw(making.cluster.object(making.cluster.nodes()[0].object).raw, document))
        return {};
    const std::string_view id = document.root().at("/spec/providerID").text();
    for (const auto& [prefix, name] : providers) {
        if (id.starts_with(prefix))
            return name;
    }
    return {};
}

// The address at which clouds tell a machine who it is.
void addInstanceMetadata(Making& making, const NetworkClasses& network)
{
    constexpr Uint128 metadataAddress = 0xA9FEA9FE; // 169.254.169.254
    constexpr std::uint16_t http = 80;
    const std::string_view provider = providerOf(making);
    if (provider.empty())
        return;
    GraphBuilder& graph = making.graph;
    const PlaceId cloud
        = graph.place({ .kind = PlaceKind::Cloud, .name = graph.keep("of the nodes in " + std::string(provider)) });
    const Point target { .addresses = { metadataAddress, metadataAddress, false } };
    const std::uint32_t open = graph.reason({ {}, {}, "no policy forbids 169.254.169.254", {},
        "the cloud's metadata service answers pods (no hop limit, no replacement for workload identities)" });
    for (const auto& [podClass, pod] : network.podOf) {
        const auto verdict = making.in.reach->decide(Point::ofPod(pod), target, network::Protocol::TCP, http);
        for (const std::uint32_t i : network.members.at(podClass)) {
            const PodClass& one = making.classes[i];
            if (making.spec(one).hostNetwork)
                graph.step(one.network, cloud, Technique::HostNetwork, Certainty::NeedsFact, open);
            else if (verdict.answer != Answer::Denied)
                graph.step(one.network, cloud, Technique::InstanceMetadata, Certainty::NeedsFact, open);
            else
                graph.refuse(one.network, cloud, Technique::InstanceMetadata,
                    graph.reason({ verdict.egress.policy, verdict.egress.pointer, making.in.reach->reason(verdict),
                        verdict.egress.policy, {} }));
        }
    }
}

// Kubelets that ask nobody for a name.
void addOpenKubelets(Making& making)
{
    for (const components::Instance& kubelet : making.in.components->of(components::Component::Kubelet)) {
        const components::Setting* anonymous = kubelet.find("authentication.anonymous.enabled");
        const components::Setting* mode = kubelet.find("authorization.mode");
        if (!anonymous || anonymous->value != "true" || !mode || mode->value != "AlwaysAllow")
            continue;
        const std::uint32_t reason = making.graph.reason({ kubelet.object, anonymous->pointer,
            "kubelets take anonymous requests and allow all of them", {}, "port 10250 of the nodes is reached" });
        for (const PodClass& one : making.classes)
            making.graph.step(
                one.network, making.hub(PlaceKind::PodsIn, {}), Technique::DirectKubelet, Certainty::NeedsFact, reason);
        return;
    }
}

// The admission webhook of ingress-nginx ran what any pod sent it (CVE-2025-1974).
void addIngressController(Making& making)
{
    const images::KnownIssue* issue = images::builtInIssues().find("CVE-2025-1974");
    if (!issue)
        return;
    for (const PodClass& target : making.classes) {
        for (const std::uint32_t c : making.liveContainers(target)) {
            const auto reference = images::parseReference(making.text(making.spec(target).containers[c].image));
            if (!reference || !images::isIngressNginx(reference->name()))
                continue;
            const auto version = cluster::parseVersion(reference->tag);
            if (!version || !images::rangeOf(*issue, *version))
                continue;
            const std::uint32_t reason = making.graph.reason({ target.holder,
                making.evidencePointer(target) + making.spec(target).containers[c].pointer() + "/image",
                "ingress-nginx " + printable(reference->tag) + " has CVE-2025-1974", {},
                "its admission webhook is reached" });
            for (const PodClass& one : making.classes)
                making.graph.step(
                    one.network, target.containers[c], Technique::IngressAbuse, Certainty::NeedsFact, reason);
        }
    }
}

} // namespace

void addExposure(Making& making)
{
    const std::vector<std::string> faults = faultsOf(making);
    Exposed exposed(making, faults);
    for (const network::Exposure& exposure : making.in.exposures) {
        if (!exposure.hops.empty() && !exposure.workload.isNone())
            exposed.add(exposure);
    }
    const NetworkClasses network(making);
    addEastWest(making, network, faults);
    addInstanceMetadata(making, network);
    addOpenKubelets(making);
    addIngressController(making);
}

} // namespace plimsoll::attack
