// SPDX-License-Identifier: Apache-2.0
// Which network plugin runs, by the images of its DaemonSet.
#include <algorithm>
#include <array>

#include "core/base/Text.h"
#include "core/network/Network.h"

namespace plimsoll::network {

using cluster::Cluster;
using Enforcement = Plugin::Enforcement;

namespace {

struct Row {
    std::string_view part; // of the repository, in lower case
    std::string_view name;
    Enforcement enforcement;
};

// The first row that fits an image counts. What only decides with more than its name has a function below.
constexpr std::array<Row, 22> table { {
    { "calico/node", "Calico", Enforcement::Yes },
    { "calico-node", "Calico", Enforcement::Yes },
    { "cilium/cilium", "Cilium", Enforcement::Yes },
    { "cilium-cilium", "Cilium", Enforcement::Yes },
    { "antrea/antrea-agent", "Antrea", Enforcement::Yes },
    { "antrea/antrea-ubuntu", "Antrea", Enforcement::Yes },
    { "antrea/antrea-ubi", "Antrea", Enforcement::Yes },
    { "weave-npc", "Weave Net", Enforcement::Yes },
    { "kube-router", "kube-router", Enforcement::Yes },
    { "kube-network-policies", "kube-network-policies", Enforcement::Yes },
    { "kubeovn/kube-ovn", "Kube-OVN", Enforcement::Yes },
    { "ovn-kubernetes", "OVN-Kubernetes", Enforcement::Yes },
    { "ovn-kube", "OVN-Kubernetes", Enforcement::Yes },
    { "romana-agent", "Romana", Enforcement::Yes },
    { "azure-npm", "Azure network policy manager", Enforcement::Yes },
    { "openshift/sdn", "OpenShift SDN", Enforcement::Yes },
    { "kindnetd", "kindnet", Enforcement::Unknown },
    { "amazon-k8s-cni", "AWS VPC CNI", Enforcement::Unknown },
    { "azure-cns", "Azure CNI", Enforcement::Unknown },
    { "azure-vnet", "Azure CNI", Enforcement::Unknown },
    { "terway", "Terway", Enforcement::Unknown },
    { "flannel", "Flannel", Enforcement::No },
} };

// Without tag and digest, in lower case.
std::string repositoryOf(std::string_view image)
{
    image = image.substr(0, image.find('@'));
    if (const auto colon = image.rfind(':');
        colon != std::string_view::npos && image.find('/', colon) == std::string_view::npos)
        image = image.substr(0, colon);
    return toLowerAscii(image);
}

// kindnetd enforces policies since kind 0.24; its tags begin with their date: v20240813-c6f155d6.
void decideKindnet(std::string_view image, Plugin& plugin)
{
    const auto colon = image.rfind(':');
    const std::string_view tag = colon == std::string_view::npos ? std::string_view() : image.substr(colon + 1);
    const auto date = tag.starts_with('v') ? toInteger(tag.substr(1, 8)) : std::nullopt;
    if (!date || *date < 20170101) {
        plugin.reason = "the tag of kindnetd does not tell its version";
    } else if (*date >= 20240813) {
        plugin.enforcement = Enforcement::Yes;
    } else {
        plugin.enforcement = Enforcement::No;
        plugin.reason = "kindnet enforces NetworkPolicies only from kind 0.24 on";
    }
}

// The VPC CNI enforces with its agent switched on by --enable-network-policy=true.
void decideAws(const Cluster& cluster, const cluster::PodSpec& spec, Plugin& plugin)
{
    plugin.enforcement = Enforcement::No;
    plugin.reason = "the network policy agent of the AWS VPC CNI is not switched on";
    for (const cluster::Container& container : spec.containers) {
        for (const auto* list : { &container.command, &container.args }) {
            for (const StringId argument : *list) {
                if (cluster.text(argument) == "--enable-network-policy=true")
                    plugin.enforcement = Enforcement::Yes;
            }
        }
    }
}

void decide(const Cluster& cluster, const cluster::PodSpec& spec, Plugin& plugin)
{
    if (plugin.name == "kindnet")
        decideKindnet(cluster.text(plugin.image), plugin);
    else if (plugin.name == "AWS VPC CNI")
        decideAws(cluster, spec, plugin);
    else if (plugin.enforcement == Enforcement::No)
        plugin.reason = plugin.name + " moves packets and leaves NetworkPolicies to others";
    else if (plugin.enforcement == Enforcement::Unknown)
        plugin.reason
            = plugin.name + " enforces NetworkPolicies only in some of its modes, which its DaemonSet does not tell";
}

} // namespace

std::vector<Plugin> networkPlugins(const Cluster& cluster)
{
    std::vector<Plugin> plugins;
    const auto workloads = cluster.workloads();
    for (std::uint32_t w = 0; w < workloads.size(); ++w) {
        if (workloads[w].specs.empty() || cluster.kindName(workloads[w].object) != "DaemonSet")
            continue;
        const cluster::PodSpec& spec = cluster.podSpec(workloads[w].specs.front().spec);
        for (const cluster::Container& container : spec.containers) {
            // Init containers only copy binaries and would name a plugin that something else runs.
            if (container.role != cluster::ContainerRole::Main)
                continue;
            const std::string repository = repositoryOf(cluster.text(container.image));
            const auto row = std::ranges::find_if(
                table, [&](const Row& candidate) { return repository.find(candidate.part) != std::string::npos; });
            if (row == table.end())
                continue;
            Plugin plugin { { w }, std::string(row->name), row->enforcement, {}, container.pointer() + "/image",
                container.image };
            decide(cluster, spec, plugin);
            plugins.push_back(std::move(plugin));
        }
    }
    return plugins;
}

} // namespace plimsoll::network
