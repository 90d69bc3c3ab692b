// SPDX-License-Identifier: Apache-2.0
#include "core/snapshot/Recognise_p.h"

#include <algorithm>
#include <array>
#include <utility>

namespace plimsoll::snapshot {

namespace {

bool isSpace(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

std::string_view withoutSpace(std::string_view text)
{
    const auto first = std::ranges::find_if_not(text, isSpace);
    return text.substr(static_cast<std::size_t>(first - text.begin()));
}

enum class Margin : std::uint8_t { Any, Left };

// Whether a line begins with the key, which may be quoted and stand behind the dash of a list.
bool hasKey(std::string_view text, std::string_view key, Margin margin)
{
    for (std::size_t at = text.find(key); at != std::string_view::npos; at = text.find(key, at + 1)) {
        std::string_view after = text.substr(at + key.size());
        std::string_view before = text.substr(0, at);
        before = before.substr(before.find_last_of('\n') + 1);
        if (before.ends_with('"') || before.ends_with('\'')) {
            if (!after.starts_with(before.back()))
                continue;
            after.remove_prefix(1);
            before.remove_suffix(1);
        }
        if (!after.starts_with(':'))
            continue;
        const bool isMargin = before.empty() || before == "- " || before == "{" || before == "--- ";
        if (isMargin || (margin == Margin::Any && before.find_first_not_of(" -{,\t") == std::string_view::npos))
            return true;
        if (margin == Margin::Any && before.find_first_of("{,") != std::string_view::npos)
            return true;
    }
    return false;
}

void appendUtf8(std::string& out, std::uint32_t code)
{
    const auto put = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
    if (code < 0x80) {
        put(code);
    } else if (code < 0x800) {
        put(0xC0 | (code >> 6));
        put(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        put(0xE0 | (code >> 12));
        put(0x80 | ((code >> 6) & 0x3F));
        put(0x80 | (code & 0x3F));
    } else {
        put(0xF0 | (code >> 18));
        put(0x80 | ((code >> 12) & 0x3F));
        put(0x80 | ((code >> 6) & 0x3F));
        put(0x80 | (code & 0x3F));
    }
}

class Utf16Source final : public format::ByteSource {
public:
    Utf16Source(format::ByteSource& from, Encoding encoding)
        : m_from(from)
        , m_isBig(encoding == Encoding::Utf16Big)
    {
    }

    Result<std::size_t> read(char* buffer, std::size_t size) override
    {
        while (m_out.size() == m_used && !m_isEnd) {
            m_out.clear();
            m_used = 0;
            auto more = convertMore();
            if (!more)
                return std::unexpected(more.error());
        }
        const std::size_t count = std::min(size, m_out.size() - m_used);
        m_out.copy(buffer, count, m_used);
        m_used += count;
        return count;
    }

private:
    Result<void> convertMore()
    {
        std::array<char, 65536> bytes;
        auto count = m_from.read(bytes.data() + m_oddCount, bytes.size() - m_oddCount);
        if (!count)
            return std::unexpected(count.error());
        if (m_oddCount == 1)
            bytes[0] = m_odd;
        const std::size_t total = *count + m_oddCount;
        m_isEnd = *count == 0;
        m_oddCount = total % 2;
        if (m_oddCount == 1)
            m_odd = bytes[total - 1];
        for (std::size_t at = 0; at + 1 < total; at += 2) {
            const auto first = static_cast<std::uint8_t>(bytes[at]);
            const auto second = static_cast<std::uint8_t>(bytes[at + 1]);
            convert(m_isBig ? first * 256u + second : second * 256u + first);
        }
        if (m_isEnd && (m_high != 0 || m_oddCount == 1))
            appendUtf8(m_out, 0xFFFD);
        return {};
    }

    void convert(std::uint32_t unit)
    {
        if (m_high != 0) {
            const std::uint32_t high = std::exchange(m_high, 0);
            if (unit >= 0xDC00 && unit < 0xE000) {
                appendUtf8(m_out, 0x10000 + ((high - 0xD800) << 10) + (unit - 0xDC00));
                return;
            }
            appendUtf8(m_out, 0xFFFD);
        }
        if (unit >= 0xD800 && unit < 0xDC00)
            m_high = unit;
        else if (!(m_isFirst && unit == 0xFEFF))
            appendUtf8(m_out, unit >= 0xDC00 && unit < 0xE000 ? 0xFFFD : unit);
        m_isFirst = false;
    }

    format::ByteSource& m_from;
    bool m_isBig;
    bool m_isFirst = true;
    bool m_isEnd = false;
    std::uint32_t m_high = 0;
    std::size_t m_oddCount = 0;
    char m_odd = 0;
    std::string m_out;
    std::size_t m_used = 0;
};

struct Plural {
    std::string_view plural, group, kind;
};

// Kubernetes 1.36's own resources that can be listed.
constexpr auto plurals = std::to_array<Plural>({
    { "apiservices", "apiregistration.k8s.io", "APIService" },
    { "certificatesigningrequests", "certificates.k8s.io", "CertificateSigningRequest" },
    { "clusterrolebindings", "rbac.authorization.k8s.io", "ClusterRoleBinding" },
    { "clusterroles", "rbac.authorization.k8s.io", "ClusterRole" },
    { "configmaps", "", "ConfigMap" },
    { "controllerrevisions", "apps", "ControllerRevision" },
    { "cronjobs", "batch", "CronJob" },
    { "csidrivers", "storage.k8s.io", "CSIDriver" },
    { "csinodes", "storage.k8s.io", "CSINode" },
    { "csistoragecapacities", "storage.k8s.io", "CSIStorageCapacity" },
    { "customresourcedefinitions", "apiextensions.k8s.io", "CustomResourceDefinition" },
    { "daemonsets", "apps", "DaemonSet" },
    { "deployments", "apps", "Deployment" },
    { "deviceclasses", "resource.k8s.io", "DeviceClass" },
    { "endpoints", "", "Endpoints" },
    { "endpointslices", "discovery.k8s.io", "EndpointSlice" },
    { "events", "", "Event" },
    { "flowschemas", "flowcontrol.apiserver.k8s.io", "FlowSchema" },
    { "horizontalpodautoscalers", "autoscaling", "HorizontalPodAutoscaler" },
    { "ingressclasses", "networking.k8s.io", "IngressClass" },
    { "ingresses", "networking.k8s.io", "Ingress" },
    { "ipaddresses", "networking.k8s.io", "IPAddress" },
    { "jobs", "batch", "Job" },
    { "leases", "coordination.k8s.io", "Lease" },
    { "limitranges", "", "LimitRange" },
    { "mutatingadmissionpolicies", "admissionregistration.k8s.io", "MutatingAdmissionPolicy" },
    { "mutatingadmissionpolicybindings", "admissionregistration.k8s.io", "MutatingAdmissionPolicyBinding" },
    { "mutatingwebhookconfigurations", "admissionregistration.k8s.io", "MutatingWebhookConfiguration" },
    { "namespaces", "", "Namespace" },
    { "networkpolicies", "networking.k8s.io", "NetworkPolicy" },
    { "nodes", "", "Node" },
    { "persistentvolumeclaims", "", "PersistentVolumeClaim" },
    { "persistentvolumes", "", "PersistentVolume" },
    { "poddisruptionbudgets", "policy", "PodDisruptionBudget" },
    { "pods", "", "Pod" },
    { "podtemplates", "", "PodTemplate" },
    { "priorityclasses", "scheduling.k8s.io", "PriorityClass" },
    { "prioritylevelconfigurations", "flowcontrol.apiserver.k8s.io", "PriorityLevelConfiguration" },
    { "replicasets", "apps", "ReplicaSet" },
    { "replicationcontrollers", "", "ReplicationController" },
    { "resourceclaims", "resource.k8s.io", "ResourceClaim" },
    { "resourceclaimtemplates", "resource.k8s.io", "ResourceClaimTemplate" },
    { "resourcequotas", "", "ResourceQuota" },
    { "resourceslices", "resource.k8s.io", "ResourceSlice" },
    { "rolebindings", "rbac.authorization.k8s.io", "RoleBinding" },
    { "roles", "rbac.authorization.k8s.io", "Role" },
    { "runtimeclasses", "node.k8s.io", "RuntimeClass" },
    { "secrets", "", "Secret" },
    { "serviceaccounts", "", "ServiceAccount" },
    { "servicecidrs", "networking.k8s.io", "ServiceCIDR" },
    { "services", "", "Service" },
    { "statefulsets", "apps", "StatefulSet" },
    { "storageclasses", "storage.k8s.io", "StorageClass" },
    { "validatingadmissionpolicies", "admissionregistration.k8s.io", "ValidatingAdmissionPolicy" },
    { "validatingadmissionpolicybindings", "admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding" },
    { "validatingwebhookconfigurations", "admissionregistration.k8s.io", "ValidatingWebhookConfiguration" },
    { "volumeattachments", "storage.k8s.io", "VolumeAttachment" },
    { "volumeattributesclasses", "storage.k8s.io", "VolumeAttributesClass" },
});

} // namespace

Encoding encodingOf(std::string_view head)
{
    if (head.starts_with("\xEF\xBB\xBF"))
        return Encoding::Utf8Bom;
    if (head.starts_with("\xFF\xFE"))
        return Encoding::Utf16Little;
    if (head.starts_with("\xFE\xFF"))
        return Encoding::Utf16Big;
    return Encoding::Utf8;
}

Content contentOf(std::string_view head)
{
    const std::string_view text = withoutSpace(head);
    const std::string_view rest = withoutSpace(text.substr(std::min<std::size_t>(1, text.size())));
    // "[" opens many a log line, "{" a YAML flow mapping, "{{" a template.
    if (text.starts_with('{') && (rest.empty() || rest.starts_with('"') || rest.starts_with('}')))
        return Content::Json;
    if (text.starts_with('[') && (rest.empty() || rest.starts_with('{') || rest.starts_with(']')))
        return Content::Json;
    if (head.find('\0') < 8000) // as git tells text from binary
        return Content::Other;
    return hasKey(head, "apiVersion", Margin::Any) || hasKey(head, "kind", Margin::Any) ? Content::Yaml
                                                                                        : Content::Other;
}

bool mentionsObject(std::string_view text)
{
    return hasKey(text, "apiVersion", Margin::Any) && hasKey(text, "kind", Margin::Any);
}

bool claimsObject(std::string_view text)
{
    return hasKey(text, "apiVersion", Margin::Left) && hasKey(text, "kind", Margin::Left);
}

std::unique_ptr<format::ByteSource> utf8From(format::ByteSource& utf16, Encoding encoding)
{
    return std::make_unique<Utf16Source>(utf16, encoding);
}

std::optional<KindCoverage> kindOfPlural(std::string_view fileName)
{
    std::string_view stem = fileName.substr(fileName.find_last_of("/!") + 1);
    for (const std::string_view suffix : { ".gz", ".json", ".yaml", ".yml" }) {
        if (stem.ends_with(suffix))
            stem.remove_suffix(suffix.size());
    }
    const std::size_t dot = std::min(stem.find('.'), stem.size());
    const std::string_view plural = stem.substr(0, dot);
    const auto found = std::ranges::find(plurals, plural, &Plural::plural);
    if (found == plurals.end())
        return std::nullopt;
    if (dot < stem.size() && stem.substr(dot + 1) != found->group)
        return std::nullopt;
    return KindCoverage { std::string(found->group), std::string(found->kind) };
}

std::optional<std::string_view> pluralOf(std::string_view group, std::string_view kind)
{
    const auto found
        = std::ranges::find_if(plurals, [&](const Plural& one) { return one.group == group && one.kind == kind; });
    return found == plurals.end() ? std::nullopt : std::optional(found->plural);
}

} // namespace plimsoll::snapshot
