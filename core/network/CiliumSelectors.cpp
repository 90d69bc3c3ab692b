// SPDX-License-Identifier: Apache-2.0
// Source: Cilium 1.19 pkg/policy/api/selector.go, pkg/k8s/apis/cilium.io/utils/utils.go, pkg/labels.
#include "core/network/detail/CiliumPeers_p.h"

#include <algorithm>

#include "core/base/Text.h"

namespace plimsoll::network {

using cluster::Requirement;
using format::Value;

namespace {

constexpr std::string_view podNamespaceLabel = "io.kubernetes.pod.namespace";
constexpr std::string_view namespaceLabels = "io.cilium.k8s.namespace.labels.";
constexpr std::string_view serviceAccountLabel = "io.cilium.k8s.policy.serviceaccount";
constexpr std::string_view clusterLabel = "io.cilium.k8s.policy.cluster";

bool isPositive(Requirement::Operator op)
{
    return op == Requirement::Operator::In || op == Requirement::Operator::Exists;
}

// Reads the requirements of one selector into a CiliumSelection.
class CiliumSelectorReader {
public:
    CiliumSelectorReader(CiliumRole role, const CiliumConfig& config)
        : m_role(role)
        , m_config(config)
    {
    }

    std::optional<CiliumSelection> read(Value selector, std::string& what)
    {
        for (const Value label : selector["matchLabels"])
            add({ std::string(label.key()), Requirement::Operator::In, { std::string(label.text()) } }, true);
        for (const Value expression : selector["matchExpressions"]) {
            TextRequirement term { std::string(expression["key"].text()), operatorNamed(expression["operator"].text()),
                {} };
            for (const Value value : expression["values"])
                term.values.emplace_back(value.text());
            what = wrongWith(term);
            if (!what.empty())
                return std::nullopt;
            add(std::move(term), false);
        }
        return std::move(m_out);
    }

private:
    static std::string wrongWith(const TextRequirement& term)
    {
        if (term.op == Requirement::Operator::Invalid)
            return "a requirement on " + printable(term.key) + " has no operator that is known";
        const bool needsValues = term.op == Requirement::Operator::In || term.op == Requirement::Operator::NotIn;
        if (needsValues == term.values.empty())
            return "a requirement on " + printable(term.key)
                + (needsValues ? " has no values" : " must have no values");
        return {};
    }

    void add(TextRequirement term, bool isLabel)
    {
        const bool isOfPod = term.key.starts_with("k8s:");
        if (isOfPod || term.key.starts_with("any:"))
            term.key.erase(0, 4);
        const std::string_view key = term.key;
        if (const auto colon = key.find(':'); colon != std::string_view::npos) {
            addOtherSource(term, colon, isLabel);
        } else if (key == podNamespaceLabel) {
            m_out.hasNamespace = true;
            // Cilium puts the policy's own namespace in place of one that is given as label of a pod.
            if (m_role != CiliumRole::NamespacedSubject || !isOfPod || !isLabel)
                addAs("@namespace", std::move(term));
        } else if (key.starts_with(namespaceLabels)) {
            m_out.hasNamespaceLabels = true;
            term.key = "@namespace/" + term.key.substr(namespaceLabels.size());
            if (m_role != CiliumRole::NamespacedSubject)
                m_out.pods.terms.push_back(std::move(term));
        } else if (key == serviceAccountLabel) {
            addAs("@serviceaccount", std::move(term));
        } else if (key == clusterLabel) {
            addCluster(term);
        } else if (key.starts_with("io.cilium.k8s.policy.")) {
            m_out.doubt = "it selects by the label " + term.key + " of identities";
        } else {
            m_out.pods.terms.push_back(std::move(term));
        }
    }

    void addAs(std::string key, TextRequirement term)
    {
        term.key = std::move(key);
        m_out.pods.terms.push_back(std::move(term));
    }

    // Pods have labels of no other source: asking for one excludes them, asking for its absence changes nothing.
    void addOtherSource(const TextRequirement& term, std::size_t colon, bool isLabel)
    {
        if (term.key.starts_with("reserved:")) {
            m_out.hasReserved = true;
            if (isLabel)
                m_out.reserved.push_back(term.key.substr(colon + 1));
        }
        m_out.isNever = m_out.isNever || isPositive(term.op);
    }

    // All pods that are known here are of one cluster.
    void addCluster(const TextRequirement& term)
    {
        if (!m_config.clusterName) {
            m_out.doubt = "it selects by the name of the cluster, which is not known";
            return;
        }
        const bool isIn = std::ranges::find(term.values, *m_config.clusterName) != term.values.end();
        const bool holds = term.op == Requirement::Operator::In ? isIn
            : term.op == Requirement::Operator::NotIn           ? !isIn
                                                                : isPositive(term.op);
        m_out.isNever = m_out.isNever || !holds;
    }

    CiliumRole m_role;
    const CiliumConfig& m_config;
    CiliumSelection m_out;
};

// The addresses of the API servers: what the Service "kubernetes" leads to. Empty when the source does not tell.
std::vector<AddressRange> apiServers(const cluster::Cluster& cluster)
{
    std::vector<AddressRange> out;
    const auto add = [&](std::string_view text) {
        if (const auto address = parseAddress(text))
            out.push_back({ address->bits, address->bits, address->isV6 });
    };
    const auto read = [&](cluster::ObjectId id, const auto& visit) {
        format::Document document;
        if (cluster.text(cluster.object(id).ns) == "default"
            && cluster.snapshot().readRaw(cluster.object(id).raw, document))
            visit(document.root());
    };
    for (const cluster::ObjectId id : cluster.objectsOf("discovery.k8s.io", "EndpointSlice")) {
        if (cluster.label(cluster.object(id), "kubernetes.io/service-name") != "kubernetes")
            continue;
        read(id, [&](Value slice) {
            for (const Value endpoint : slice["endpoints"]) {
                for (const Value address : endpoint["addresses"])
                    add(address.text());
            }
        });
    }
    for (const cluster::ObjectId id : cluster.objectsOf("", "Endpoints")) {
        if (cluster.text(cluster.object(id).name) != "kubernetes")
            continue;
        read(id, [&](Value endpoints) {
            for (const Value subset : endpoints["subsets"]) {
                for (const Value address : subset["addresses"])
                    add(address["ip"].text());
            }
        });
    }
    return joined(std::move(out));
}

} // namespace

CiliumConfig readCiliumConfig(const cluster::Cluster& cluster)
{
    CiliumConfig out { .clusterName = std::nullopt, .doesMatchNodeLabels = false, .apiServers = apiServers(cluster) };
    for (const cluster::ObjectId id : cluster.objectsOf("", "ConfigMap")) {
        format::Document document;
        if (cluster.text(cluster.object(id).name) != "cilium-config"
            || !cluster.snapshot().readRaw(cluster.object(id).raw, document))
            continue;
        const Value data = document.root()["data"];
        const std::string_view name = data["cluster-name"].text();
        out.clusterName = name.empty() ? "default" : name;
        out.doesMatchNodeLabels = data["enable-node-selector-labels"].text() == "true";
        break;
    }
    return out;
}

std::optional<CiliumSelection> readCiliumSelector(
    Value selector, CiliumRole role, const CiliumConfig& config, std::string& what)
{
    return CiliumSelectorReader(role, config).read(selector, what);
}

} // namespace plimsoll::network
