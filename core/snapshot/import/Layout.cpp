// SPDX-License-Identifier: Apache-2.0
#include "core/snapshot/import/Layout.h"

#include <algorithm>
#include <array>
#include <vector>

#include "core/base/Text.h"
#include "core/snapshot/Recognise_p.h"

namespace plimsoll::snapshot {

namespace {

constexpr const char* kubeHound = "KubeHound dump";
constexpr std::string_view bundleFolder = "cluster-resources";

// Names of support bundles that are not the plural of the API.
struct BundleName {
    std::string_view name, plural;
};
constexpr auto bundleNames = std::to_array<BundleName>({ { "custom-resource-definitions", "customresourcedefinitions" },
    { "cluster-roles", "clusterroles" }, { "cluster-role-bindings", "clusterrolebindings" },
    { "endpointslices", "endpointslices" }, { "ingress", "ingresses" }, { "limit-ranges", "limitranges" },
    { "mutating-webhook-configurations", "mutatingwebhookconfigurations" }, { "network-policy", "networkpolicies" },
    { "pod-disruption-budgets", "poddisruptionbudgets" }, { "priority-classes", "priorityclasses" },
    { "pvcs", "persistentvolumeclaims" }, { "pvs", "persistentvolumes" }, { "resource-quota", "resourcequotas" },
    { "resource-quotas", "resourcequotas" }, { "role-bindings", "rolebindings" },
    { "service-accounts", "serviceaccounts" }, { "storage-classes", "storageclasses" },
    { "validating-webhook-configurations", "validatingwebhookconfigurations" } });

std::vector<std::string_view> partsOf(std::string_view path)
{
    // Of "bundle.tar.gz!bundle/cluster-resources/nodes.json" what is in the archive.
    if (const std::size_t entry = path.rfind('!'); entry != std::string_view::npos)
        path = path.substr(entry + 1);
    return split(path, '/');
}

std::string_view stemOf(std::string_view file)
{
    for (const std::string_view suffix : { ".json", ".yaml", ".yml" }) {
        if (file.ends_with(suffix))
            return file.substr(0, file.size() - suffix.size());
    }
    return {};
}

// Built-in kinds are at v1 wherever a layout leaves the version out.
TypeName typeOfPlural(std::string_view plural)
{
    const auto kind = kindOfPlural(toLowerAscii(plural));
    if (!kind)
        return {};
    return { kind->apiGroup.empty() ? "v1" : kind->apiGroup + "/v1", kind->kind };
}

TypeName typeOfBundleName(std::string_view name)
{
    const auto known = std::ranges::find(bundleNames, name, &BundleName::name);
    return typeOfPlural(known == bundleNames.end() ? name : known->plural);
}

// Where the folder of a support bundle's resources stands in the path; its end when there is none.
std::size_t bundleAt(const std::vector<std::string_view>& parts)
{
    return static_cast<std::size_t>(std::ranges::find(parts, bundleFolder) - parts.begin());
}

// "rbac.authorization.k8s.io_v1_clusterroles", "core_v1_pods".
TypeName typeOfSonobuoyName(std::string_view stem)
{
    const std::vector<std::string_view> words = split(stem, '_');
    if (words.size() != 3 || words[1].empty() || words[1][0] != 'v')
        return {};
    const bool isCore = words[0] == "core" || words[0].empty();
    const auto kind = kindOfPlural(std::string(words[2]) + (isCore ? "" : '.' + std::string(words[0])));
    if (!kind)
        return {};
    return { isCore ? std::string(words[1]) : std::string(words[0]) + '/' + std::string(words[1]), kind->kind };
}

enum Mark : std::uint32_t {
    ClusterResources = 1,
    ClusterScoped = 2,
    GatheredCluster = 4,
    AppVersions = 8,
    VeleroVersion = 16,
    VeleroResources = 32,
    KubeHoundRoles = 64,
    KubeHoundMetadata = 128,
    SonobuoyResources = 256,
    SonobuoyVersion = 512,
    DumpControllers = 1024,
    DumpNodes = 2048,
};

} // namespace

TypeName typeOfPath(std::string_view path)
{
    const std::vector<std::string_view> parts = partsOf(path);
    const std::string_view stem = stemOf(parts.back());
    if (stem.empty())
        return {};
    const std::size_t bundle = bundleAt(parts);
    if (bundle + 2 == parts.size())
        return typeOfBundleName(stem);
    if (bundle + 3 == parts.size())
        return typeOfBundleName(parts[bundle + 1]);
    const auto parent
        = [&](std::size_t up) { return parts.size() > up ? parts[parts.size() - 1 - up] : std::string_view(); };
    const bool isSonobuoy
        = (parent(1) == "cluster" && parent(2) == "resources") || (parent(2) == "ns" && parent(3) == "resources");
    if (!isSonobuoy)
        return {};
    TypeName type = typeOfSonobuoyName(stem);
    return type.isEmpty() ? typeOfPlural(stem) : type; // older ones: "ClusterRoles"
}

TypeName typeOfListName(std::string_view path)
{
    const std::string_view stem = stemOf(partsOf(path).back());
    return stem.empty() ? TypeName {} : typeOfPlural(stem);
}

std::optional<TypeName> failedTypeOfPath(std::string_view path)
{
    constexpr std::string_view suffix = "-errors";
    const std::vector<std::string_view> parts = partsOf(path);
    std::string_view stem = stemOf(parts.back());
    const std::size_t bundle = bundleAt(parts);
    if (bundle == parts.size() || !stem.ends_with(suffix))
        return std::nullopt;
    stem.remove_suffix(suffix.size());
    TypeName type = typeOfBundleName(bundle + 2 == parts.size() ? stem : parts[bundle + 1]);
    if (type.isEmpty()) // an API or a kind that we have no table for
        return std::nullopt;
    return type;
}

void LayoutGuess::see(std::string_view path)
{
    const std::vector<std::string_view> parts = partsOf(path);
    const auto has = [&](std::string_view name) { return std::ranges::find(parts, name) != parts.end(); };
    const std::string_view file = parts.back();
    const auto parent
        = [&](std::size_t up) { return parts.size() > up ? parts[parts.size() - 1 - up] : std::string_view(); };
    if (has(bundleFolder))
        m_marks |= ClusterResources;
    if (has("cluster-scoped-resources"))
        m_marks |= ClusterScoped;
    if (parent(3) == "cluster" && file.ends_with(".yaml"))
        m_marks |= GatheredCluster;
    if (file == "app-versions.yaml")
        m_marks |= AppVersions;
    if (file == "version" && parent(1) == "metadata")
        m_marks |= VeleroVersion;
    if (has("resources") && (parent(1) == "cluster" || parent(2) == "namespaces"))
        m_marks |= VeleroResources;
    if (file == "clusterroles.rbac.authorization.k8s.io.json")
        m_marks |= KubeHoundRoles;
    if (file == "metadata.json")
        m_marks |= KubeHoundMetadata;
    if (parent(2) == "ns" && parent(3) == "resources")
        m_marks |= SonobuoyResources;
    if (file == "serverversion.json" || file == "servergroups.json")
        m_marks |= SonobuoyVersion;
    if (file.starts_with("replication-controllers."))
        m_marks |= DumpControllers;
    if (file.starts_with("nodes."))
        m_marks |= DumpNodes;
}

bool LayoutGuess::namesListsByFile(std::string_view layout)
{
    return layout == kubeHound;
}

std::string LayoutGuess::name() const
{
    struct Layout {
        std::uint32_t marks;
        const char* name;
    };
    constexpr std::array layouts { Layout { ClusterResources, "support bundle" },
        Layout { ClusterScoped, "must-gather" }, Layout { GatheredCluster | AppVersions, "crust-gather" },
        Layout { VeleroVersion | VeleroResources, "Velero backup" },
        Layout { KubeHoundRoles | KubeHoundMetadata, kubeHound },
        Layout { SonobuoyResources | SonobuoyVersion, "Sonobuoy results" },
        Layout { DumpControllers | DumpNodes, "kubectl cluster-info dump" } };
    for (const Layout& layout : layouts) {
        if ((m_marks & layout.marks) == layout.marks)
            return layout.name;
    }
    return {};
}

} // namespace plimsoll::snapshot
