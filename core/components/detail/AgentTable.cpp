// SPDX-License-Identifier: Apache-2.0
#include "core/components/detail/AgentTable.h"

#include <array>

// Source: the products' own Helm charts and manifests.
namespace plimsoll::components {

namespace {

using Names = std::string_view;

constexpr std::array aquaImages { Names("aquasec/enforcer"), Names("registry.aquasec.com/enforcer") };
constexpr std::array aquaLabels { Names("aqua-agent"), Names("aqua-enforcer") };
constexpr std::array auditbeatImages { Names("beats/auditbeat"), Names("elastic/auditbeat") };
constexpr std::array guardDutyNames { Names("aws-guardduty-agent") };
constexpr std::array carbonBlackImages { Names("cbartifactory/cndr"),
    Names("cbartifactory/runtime-kubernetes-sensor") };
constexpr std::array falconImages { Names("release/falcon-sensor"), Names("registry.crowdstrike.com/falcon-sensor") };
constexpr std::array falconNames { Names("falcon-sensor"), Names("falcon-node-sensor") };
constexpr std::array falconLabels { Names("falcon-sensor"), Names("falcon-node-sensor") };
constexpr std::array datadogImages { Names("datadog/agent"), Names("datadoghq/agent"),
    Names("public.ecr.aws/datadog/agent") };
constexpr std::array deepfenceNames { Names("deepfence_agent_ce"), Names("deepfence_agent") };
constexpr std::array falcoImages { Names("falcosecurity/falco"), Names("falcosecurity/falco-no-driver"),
    Names("falcosecurity/falco-debian"), Names("falcosecurity/falco-distroless") };
constexpr std::array falcoNames { Names("falco"), Names("falco-no-driver") };
constexpr std::array falcoLabels { Names("falco") };
constexpr std::array kubeArmorImages { Names("kubearmor/kubearmor") };
constexpr std::array kubeArmorNames { Names("kubearmor") };
constexpr std::array kubeArmorLabels { Names("kubearmor") };
constexpr std::array kubescapeImages { Names("kubescape/node-agent"), Names("armosec/node-agent") };
constexpr std::array laceworkImages { Names("lacework/datacollector") };
constexpr std::array defenderImages { Names("azuredefender/stable/low-level-collector"),
    Names("azuredefender/stable/security-publisher"), Names("azuredefender/low-level-collector") };
constexpr std::array defenderLabels { Names("microsoft-defender-collector-ds") };
constexpr std::array neuVectorImages { Names("neuvector/enforcer"), Names("rancher/neuvector-enforcer") };
constexpr std::array neuVectorLabels { Names("neuvector-enforcer-pod") };
constexpr std::array prismaImages { Names("twistlock/defender"), Names("twistlock/private") };
constexpr std::array prismaLabels { Names("twistlock-defender") };
constexpr std::array sentinelOneImages { Names("cwpp_agent/s1agent"), Names("sentinelone/s1-agent") };
constexpr std::array sentinelOneNames { Names("s1agent"), Names("s1-agent") };
constexpr std::array stackRoxImages { Names("stackrox-io/collector"), Names("stackrox/collector"),
    Names("advanced-cluster-security/rhacs-collector-rhel8"), Names("advanced-cluster-security/rhacs-collector-rhel9"),
    Names("advanced-cluster-security/rhacs-collector-slim-rhel8"), Names("rhacs-eng/collector") };
constexpr std::array sysdigImages { Names("sysdig/agent"), Names("sysdig/agent-slim"), Names("sysdig/host-shield") };
constexpr std::array tetragonImages { Names("cilium/tetragon"), Names("cilium/tetragon-ci"),
    Names("isovalent/hubble-enterprise"), Names("isovalent/tetragon") };
constexpr std::array tetragonNames { Names("tetragon") };
constexpr std::array tetragonLabels { Names("tetragon") };
constexpr std::array traceeImages { Names("aquasec/tracee"), Names("aquasecurity/tracee") };
constexpr std::array traceeNames { Names("tracee") };
constexpr std::array traceeLabels { Names("tracee") };
constexpr std::array trendImages { Names("trendmicro/container-security/scout"), Names("container-security/scout") };
constexpr std::array wazuhImages { Names("wazuh/wazuh-agent") };
constexpr std::array wazuhNames { Names("wazuh-agent") };
constexpr std::array wazuhLabels { Names("wazuh-agent") };
constexpr std::array wizImages { Names("wizio.azurecr.io/sensor"), Names("registry.wiz.io/sensor") };
constexpr std::array wizNames { Names("wiz-sensor") };
constexpr std::array wizLabels { Names("wiz-sensor") };

constexpr std::array products {
    AgentProduct { "Aqua Enforcer", "Aqua Security", aquaImages, {}, aquaLabels },
    AgentProduct { "Auditbeat", "Elastic", auditbeatImages, {}, {} },
    AgentProduct { "Amazon GuardDuty", "Amazon", {}, guardDutyNames, guardDutyNames },
    AgentProduct { "Carbon Black", "Broadcom", carbonBlackImages, {}, {} },
    AgentProduct { "CrowdStrike Falcon", "CrowdStrike", falconImages, falconNames, falconLabels },
    AgentProduct {
        "Datadog Workload Protection", "Datadog", datadogImages, {}, {}, "DD_RUNTIME_SECURITY_CONFIG_ENABLED" },
    AgentProduct { "Deepfence", "Deepfence", {}, deepfenceNames, {} },
    AgentProduct { "Falco", "CNCF", falcoImages, falcoNames, falcoLabels },
    AgentProduct { "FortiCNAPP (Lacework)", "Fortinet", laceworkImages, {}, {} },
    AgentProduct { "KubeArmor", "CNCF", kubeArmorImages, kubeArmorNames, kubeArmorLabels },
    AgentProduct { "Kubescape node agent", "CNCF", kubescapeImages, {}, {} },
    AgentProduct { "Microsoft Defender", "Microsoft", defenderImages, {}, defenderLabels },
    AgentProduct { "NeuVector", "SUSE", neuVectorImages, {}, neuVectorLabels },
    AgentProduct { "Prisma Cloud Defender", "Palo Alto Networks", prismaImages, {}, prismaLabels },
    AgentProduct { "SentinelOne", "SentinelOne", sentinelOneImages, sentinelOneNames, {} },
    AgentProduct { "StackRox (RHACS) collector", "Red Hat", stackRoxImages, {}, {} },
    AgentProduct { "Sysdig", "Sysdig", sysdigImages, {}, {} },
    AgentProduct { "Tetragon", "CNCF", tetragonImages, tetragonNames, tetragonLabels },
    AgentProduct { "Tracee", "Aqua Security", traceeImages, traceeNames, traceeLabels },
    AgentProduct { "Trend Vision One", "Trend Micro", trendImages, {}, {} },
    AgentProduct { "Wazuh", "Wazuh", wazuhImages, wazuhNames, wazuhLabels },
    AgentProduct { "Wiz Sensor", "Wiz", wizImages, wizNames, wizLabels },
};

} // namespace

std::span<const AgentProduct> agentProducts()
{
    return products;
}

} // namespace plimsoll::components
