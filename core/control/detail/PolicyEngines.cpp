// SPDX-License-Identifier: Apache-2.0
#include "core/control/detail/Outcomes_p.h"
#include "core/control/detail/PolicyEngines_p.h"

#include <algorithm>
#include <array>

#include "core/base/Text.h"

namespace plimsoll::control {

using cluster::Cluster;
using cluster::ObjectId;
using format::Value;

namespace {

struct KnownEngine {
    std::string_view part; // of a name of the webhook, its configuration or its Service
    std::string_view name;
};

constexpr std::array<KnownEngine, 15> knownEngines { {
    { "kyverno", "Kyverno" },
    { "gatekeeper", "OPA Gatekeeper" },
    { "kubewarden", "Kubewarden" },
    { "openpolicyagent", "Open Policy Agent" },
    { "jspolicy", "jsPolicy" },
    { "polaris", "Polaris" },
    { "datree", "Datree" },
    { "k-rail", "k-rail" },
    { "magtape", "MagTape" },
    { "stackrox", "StackRox" },
    { "neuvector", "NeuVector" },
    { "twistlock", "Prisma Cloud" },
    { "aqua", "Aqua" },
    { "sysdig", "Sysdig" },
    { "azure-policy", "Azure Policy" },
} };

bool holds(Value list, std::initializer_list<std::string_view> wanted)
{
    return std::ranges::any_of(
        list, [&](const Value& value) { return std::ranges::find(wanted, value.text()) != wanted.end(); });
}

// rules[] of a webhook, or resourceRules[] of a policy: does one match a new pod? Pods are namespaced, so a rule of
// scope Cluster never does.
bool seesPods(Value rules)
{
    return std::ranges::any_of(rules, [](const Value& rule) {
        return holds(rule["apiGroups"], { "", "*" }) && holds(rule["resources"], { "pods", "*", "*/*" })
            && holds(rule["operations"], { "CREATE", "*" }) && rule["scope"].text() != "Cluster";
    });
}

// Policies may as well stop the workload that makes the pods.
bool seesWorkloads(Value rules)
{
    return std::ranges::any_of(rules, [](const Value& rule) {
        return holds(rule["apiGroups"], { "apps", "batch", "*" })
            && holds(rule["resources"], { "deployments", "daemonsets", "statefulsets", "jobs", "cronjobs", "*" })
            && holds(rule["operations"], { "CREATE", "*" });
    });
}

std::string_view knownName(std::initializer_list<std::string_view> texts)
{
    for (const KnownEngine& engine : knownEngines) {
        for (const std::string_view text : texts) {
            if (toLowerAscii(text).find(engine.part) != std::string::npos)
                return engine.name;
        }
    }
    return {};
}

void addWebhooks(const Cluster& cluster, std::vector<PolicyEngine>& engines)
{
    for (const cluster::WebhookConfiguration& configuration : cluster.webhookConfigurations()) {
        format::Document document;
        const cluster::Object& object = cluster.object(configuration.object);
        if (configuration.isMutating || !cluster.snapshot().readRaw(object.raw, document))
            continue;
        for (const Value webhook : document.root()["webhooks"]) {
            if (!seesPods(webhook["rules"]))
                continue;
            const Value service = webhook["clientConfig"]["service"];
            const std::string_view own = cluster.text(object.name);
            const std::string_view name
                = knownName({ own, webhook["name"].text(), service["name"].text(), service["namespace"].text() });
            const auto kind = name.empty() ? PolicyEngine::Kind::Unknown : PolicyEngine::Kind::Engine;
            engines.push_back({ configuration.object, kind, name.empty() ? printable(own) : std::string(name) });
            break;
        }
    }
}

bool isDeniedByBinding(const Cluster& cluster, std::string_view policy)
{
    const auto bindings = cluster.objectsOf(admissionGroup, "ValidatingAdmissionPolicyBinding");
    return std::ranges::any_of(bindings, [&](ObjectId id) {
        format::Document document;
        if (!cluster.snapshot().readRaw(cluster.object(id).raw, document))
            return false;
        const Value spec = document.root()["spec"];
        return spec["policyName"].text() == policy && holds(spec["validationActions"], { "Deny" });
    });
}

void addPolicies(const Cluster& cluster, std::vector<PolicyEngine>& engines)
{
    for (const ObjectId id : cluster.objectsOf(admissionGroup, "ValidatingAdmissionPolicy")) {
        format::Document document;
        const cluster::Object& object = cluster.object(id);
        if (!cluster.snapshot().readRaw(object.raw, document))
            continue;
        const Value rules = document.root().at("/spec/matchConstraints/resourceRules");
        const std::string_view name = cluster.text(object.name);
        if ((seesPods(rules) || seesWorkloads(rules)) && isDeniedByBinding(cluster, name))
            engines.push_back({ id, PolicyEngine::Kind::Policy, printable(name) });
    }
}

} // namespace

std::vector<PolicyEngine> policyEngines(const Cluster& cluster)
{
    std::vector<PolicyEngine> engines;
    addWebhooks(cluster, engines);
    addPolicies(cluster, engines);
    std::ranges::stable_sort(engines, {}, &PolicyEngine::kind);
    return engines;
}

} // namespace plimsoll::control
