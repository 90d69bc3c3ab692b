// SPDX-License-Identifier: Apache-2.0
// Controls on Ingresses.
#include <algorithm>
#include <array>

#include "core/base/Text.h"
#include "core/control/detail/Admission_p.h"
#include "core/control/detail/Families_p.h"
#include "core/control/detail/Network_p.h"
#include "core/control/detail/Outcomes_p.h"

namespace plimsoll::control {

using cluster::Cluster;

namespace {

constexpr std::array<Need, 1> ingressNeeds { { { "networking.k8s.io", "Ingress" } } };

// Certificates that a cloud load balancer takes from outside the cluster, and TLS that the backend ends itself:
// spec.tls is then rightly empty.
constexpr std::array<std::string_view, 5> tlsElsewhere {
    "alb.ingress.kubernetes.io/certificate-arn",
    "networking.gke.io/managed-certificates",
    "networking.gke.io/certmap",
    "ingress.gcp.kubernetes.io/pre-shared-cert",
    "appgw.ingress.kubernetes.io/appgw-ssl-certificate",
};

bool hasTlsElsewhere(const Cluster& cluster, const cluster::Object& object)
{
    return cluster.annotation(object, "nginx.ingress.kubernetes.io/ssl-passthrough") == "true"
        || std::ranges::any_of(
            tlsElsewhere, [&](std::string_view key) { return !cluster.annotation(object, key).empty(); });
}

// A wildcard stands for exactly one label.
bool coversHost(std::string_view pattern, std::string_view host)
{
    if (pattern == host)
        return true;
    const auto dot = host.find('.');
    return pattern.starts_with("*.") && dot != std::string_view::npos && dot > 0
        && pattern.substr(1) == host.substr(dot);
}

// A tls entry without hosts is the certificate for every host.
bool isCovered(const Cluster& cluster, const cluster::Ingress& ingress, std::string_view host)
{
    return std::ranges::any_of(ingress.tls, [&](const cluster::Ingress::Tls& tls) {
        return tls.hosts.empty() || std::ranges::any_of(tls.hosts, [&](StringId pattern) {
            return !host.empty() && coversHost(toLowerAscii(cluster.text(pattern)), toLowerAscii(host));
        });
    });
}

// T01.
void judgeTls(const Context& context, std::vector<Outcome>& outcomes)
{
    const Cluster& cluster = context.cluster;
    for (const cluster::Ingress& ingress : cluster.ingresses()) {
        std::vector<Evidence> evidence;
        std::vector<std::string> bare;
        for (std::size_t i = 0; i < ingress.hosts.size(); ++i) {
            const std::string_view host = cluster.text(ingress.hosts[i]);
            if (isCovered(cluster, ingress, host))
                continue;
            bare.push_back(host.empty() ? "every host" : printable(host));
            evidence.push_back({ ingress.object, "/spec/rules/" + std::to_string(i) + "/host", bare.back() });
        }
        if (ingress.hosts.empty() && ingress.tls.empty())
            bare.push_back("every host");
        if (ingress.tls.empty() && !bare.empty())
            evidence.insert(evidence.begin(), { ingress.object, "/spec/tls", "not set" });
        if (bare.empty() || hasTlsElsewhere(cluster, cluster.object(ingress.object)))
            pass(ingress.object, outcomes);
        else
            fail(ingress.object, "serves " + join(bare, ", ") + " without TLS", std::move(evidence), outcomes);
    }
}

constexpr std::array<Need, 2> backendNeeds { { { "networking.k8s.io", "Ingress" }, { "", "Service" } } };
constexpr std::array<Need, 1> routeNeeds { { { "", "Service" } } };

constexpr std::array<Need, 1> balancerNeeds { { { "", "Service" } } };

constexpr std::array<Control, 9> ingressList { {
    { .id = "PLM-T01", .evaluate = judgeTls, .needs = ingressNeeds },
    { .id = "PLM-T02", .evaluate = judgeLoadBalancerTls, .needs = balancerNeeds },
    { .id = "PLM-T03", .evaluate = judgeSnippets, .needs = ingressNeeds },
    { .id = "PLM-T04", .evaluate = judgeRetiredController, .needs = {} },
    { .id = "PLM-T05", .evaluate = judgeIngressBackends, .needs = backendNeeds },
    { .id = "PLM-T06", .evaluate = judgeRouteBackends, .needs = routeNeeds },
    { .id = "PLM-T07", .evaluate = judgeTlsSecrets, .needs = ingressNeeds },
    { .id = "PLM-T08", .evaluate = judgeHosts, .needs = ingressNeeds },
    { .id = "PLM-T09", .evaluate = judgeGateways, .needs = {} },
} };

} // namespace

std::span<const Control> ingressControls()
{
    return ingressList;
}

} // namespace plimsoll::control
