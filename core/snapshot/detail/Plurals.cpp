// SPDX-License-Identifier: Apache-2.0
#include "core/snapshot/detail/Plurals.h"

#include <algorithm>
#include <array>

#include "core/base/Text.h"
#include "core/snapshot/Recognise_p.h"

namespace plimsoll::snapshot::detail {

namespace {

constexpr std::array clusterScoped { "APIService", "CSIDriver", "CSINode", "CertificateSigningRequest", "ClusterRole",
    "ClusterRoleBinding", "ClusterTrustBundle", "CustomResourceDefinition", "DeviceClass", "FlowSchema", "IPAddress",
    "IngressClass", "MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding", "MutatingWebhookConfiguration",
    "Namespace", "Node", "PersistentVolume", "PodSecurityPolicy", "PriorityClass", "PriorityLevelConfiguration",
    "ResourceSlice", "RuntimeClass", "ServiceCIDR", "StorageClass", "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding", "ValidatingWebhookConfiguration", "VolumeAttachment", "VolumeAttributesClass" };

std::string guessedPlural(std::string_view kind)
{
    std::string out = toLowerAscii(kind);
    if (out.ends_with("s"))
        return out + "es";
    if (out.ends_with("y"))
        return out.substr(0, out.size() - 1) + "ies";
    return out + 's';
}

} // namespace

bool isClusterScoped(std::string_view group, std::string_view kind)
{
    return pluralOf(group, kind) && std::ranges::find(clusterScoped, kind) != clusterScoped.end();
}

void Plurals::learn(format::Value definition)
{
    const format::Value spec = definition["spec"];
    Known known { .plural = std::string(spec["names"]["plural"].text()),
        .version = {},
        .isNamespaced = spec["scope"].text() != "Cluster" };
    for (const format::Value version : spec["versions"]) {
        if (known.version.empty() || version["storage"].asBool().value_or(false))
            known.version = version["name"].text();
    }
    if (!known.plural.empty())
        m_known.try_emplace({ std::string(spec["group"].text()), std::string(spec["names"]["kind"].text()) }, known);
}

void Plurals::merge(const Plurals& other)
{
    m_known.insert(other.m_known.begin(), other.m_known.end());
}

ResourceKey Plurals::keyOf(std::string_view group, std::string_view version, std::string_view kind) const
{
    ResourceKey key { .group = std::string(group),
        .version = std::string(version.empty() ? "v1" : version),
        .plural = {},
        .kind = std::string(kind),
        .isNamespaced = !isClusterScoped(group, kind) };
    const auto known = m_known.find(std::pair(key.group, key.kind));
    if (const auto builtIn = pluralOf(group, kind)) {
        key.plural = *builtIn;
    } else if (known != m_known.end()) {
        key.plural = known->second.plural;
        key.isNamespaced = known->second.isNamespaced;
        if (version.empty() && !known->second.version.empty())
            key.version = known->second.version;
    } else {
        key.plural = guessedPlural(kind);
    }
    return key;
}

} // namespace plimsoll::snapshot::detail
