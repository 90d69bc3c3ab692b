// SPDX-License-Identifier: Apache-2.0
// Controls on what admission asks besides Pod Security: policies, webhooks, and what they let past.
#include <algorithm>
#include <array>

#include "core/base/Text.h"
#include "core/control/detail/Admission_p.h"
#include "core/control/detail/Outcomes_p.h"

namespace plimsoll::control {

using cluster::Cluster;
using cluster::ObjectId;
using format::Value;

namespace {

std::string at(std::string_view list, std::size_t index, std::string_view rest = {})
{
    return '/' + std::string(list) + '/' + std::to_string(index) + std::string(rest);
}

bool listHolds(Value list, std::string_view wanted)
{
    return std::ranges::any_of(list, [&](Value value) { return value.text() == wanted; });
}

// What one binding of a policy does, and for which policy.
struct PolicyBinding {
    ObjectId object;
    std::string policy;
    bool denies = false;
};

std::vector<PolicyBinding> policyBindings(const Cluster& cluster)
{
    std::vector<PolicyBinding> bindings;
    forEachRaw(cluster, admissionGroup, "ValidatingAdmissionPolicyBinding", [&](ObjectId id, Value root) {
        const Value spec = root["spec"];
        bindings.push_back(
            { id, std::string(spec["policyName"].text()), listHolds(spec["validationActions"], "Deny") });
    });
    return bindings;
}

// One outcome for each object; several faults of one are one sentence.
class Faults {
public:
    explicit Faults(ObjectId object)
        : m_object(object)
    {
    }
    void add(std::string message, std::string pointer, std::string value)
    {
        m_messages.push_back(std::move(message));
        m_evidence.push_back({ m_object, std::move(pointer), shortened(printable(value), maxValue) });
    }
    void edit(std::string pointer, std::string json) { m_edits.push_back({ std::move(pointer), std::move(json) }); }
    void finish(std::vector<Outcome>& outcomes)
    {
        if (m_messages.empty())
            return pass(m_object, outcomes);
        Outcome& outcome = fail(m_object, join(m_messages, "; "), std::move(m_evidence), outcomes);
        if (m_edits.size() == m_messages.size()) // only a patch that takes every fault away is one
            outcome.patch = { m_object, std::move(m_edits) };
    }

private:
    static constexpr std::size_t maxValue = 200;
    ObjectId m_object;
    std::vector<std::string> m_messages;
    std::vector<Evidence> m_evidence;
    std::vector<cluster::Patch::Edit> m_edits;
};

// "CREATE, UPDATE of pods, deployments".
std::string rulesText(Value rules)
{
    std::vector<std::string> texts;
    for (const Value rule : rules) {
        std::vector<std::string> operations, resources;
        for (const Value value : rule["operations"])
            operations.push_back(printable(value.text()));
        for (const Value value : rule["resources"])
            resources.push_back(printable(value.text()));
        texts.push_back(join(operations, ", ") + " of " + join(resources, ", "));
    }
    return join(texts, "; ");
}

constexpr std::array webhookKinds { std::string_view("MutatingWebhookConfiguration"),
    std::string_view("ValidatingWebhookConfiguration") };

// Labels that whoever makes the object can set or leave out to be passed over. Labels of namespaces are for those who
// may change namespaces.
void judgeSelector(Value selector, const std::string& base, Faults& faults)
{
    std::size_t index = 0;
    for (const Value expression : selector["matchExpressions"]) {
        const std::string pointer = base + "/matchExpressions/" + std::to_string(index++);
        const std::string key = printable(expression["key"].text());
        const std::string_view op = expression["operator"].text();
        if (op == "DoesNotExist" || op == "NotIn")
            faults.add("objects with label " + key + " are passed over", pointer, key + ' ' + std::string(op));
    }
}

void judgeWebhook(const Cluster& cluster, Value webhook, std::size_t index, bool isValidating, Faults& faults)
{
    const std::string name = printable(webhook["name"].text());
    const Value service = webhook["clientConfig"]["service"];
    if (isValidating && webhook["failurePolicy"].text() == "Ignore") {
        faults.add("webhook " + name + " lets everything pass while it cannot be reached",
            at("webhooks", index, "/failurePolicy"), "Ignore");
        faults.edit(at("webhooks", index, "/failurePolicy"), "\"Fail\"");
    }
    const std::string serviceNs(service["namespace"].text()), serviceName(service["name"].text());
    if (!serviceName.empty() && cluster.covers("", "Service")
        && cluster.find("Service", serviceNs, serviceName).isNone())
        faults.add(
            "webhook " + name + " calls Service " + printable(serviceNs + '/' + serviceName) + ", which does not exist",
            at("webhooks", index, "/clientConfig/service"), serviceNs + '/' + serviceName);
    constexpr std::int64_t longest = 10;
    if (const auto seconds = webhook["timeoutSeconds"].asInteger(); seconds && *seconds > longest) {
        faults.add("webhook " + name + " may hold every request for " + std::to_string(*seconds) + " seconds",
            at("webhooks", index, "/timeoutSeconds"), std::to_string(*seconds));
        faults.edit(at("webhooks", index, "/timeoutSeconds"), std::to_string(longest));
    }
    if (isValidating)
        judgeSelector(webhook["objectSelector"], at("webhooks", index, "/objectSelector"), faults);
}

} // namespace

// M05.
void judgePolicyBindings(const Context& context, std::vector<Outcome>& outcomes)
{
    const auto bindings = policyBindings(context.cluster);
    forEachRaw(context.cluster, admissionGroup, "ValidatingAdmissionPolicy", [&](ObjectId id, Value root) {
        Faults faults(id);
        const std::string name(root["metadata"]["name"].text());
        const auto ofPolicy = [&](const PolicyBinding& binding) { return binding.policy == name; };
        if (std::ranges::none_of(bindings, ofPolicy))
            faults.add("no binding names it, so that it does nothing", "/metadata/name", name);
        else if (std::ranges::none_of(bindings, [&](const auto& one) { return ofPolicy(one) && one.denies; }))
            faults.add("its bindings only warn or audit", "/metadata/name", name);
        if (root["spec"]["failurePolicy"].text() == "Ignore") {
            faults.add("it lets everything pass when it cannot be evaluated", "/spec/failurePolicy", "Ignore");
            faults.edit("/spec/failurePolicy", "\"Fail\"");
        }
        faults.finish(outcomes);
    });
}

// M06. Inventory: each of them sees, and mutating ones change, what passes.
void judgeWebhookInventory(const Context& context, std::vector<Outcome>& outcomes)
{
    for (const std::string_view kind : webhookKinds) {
        forEachRaw(context.cluster, admissionGroup, kind, [&](ObjectId id, Value root) {
            Faults faults(id);
            std::size_t index = 0;
            for (const Value webhook : root["webhooks"]) {
                const Value client = webhook["clientConfig"];
                const std::string target = client["url"].isPresent()
                    ? std::string(client["url"].text())
                    : "Service " + std::string(client["service"]["namespace"].text()) + '/'
                        + std::string(client["service"]["name"].text());
                faults.add(std::string(kind.starts_with('M') ? "changes " : "sees ") + rulesText(webhook["rules"])
                        + " and is " + printable(target),
                    at("webhooks", index++, "/clientConfig"), target);
            }
            faults.finish(outcomes);
        });
    }
}

// M07.
void judgeWebhooks(const Context& context, std::vector<Outcome>& outcomes)
{
    for (const std::string_view kind : webhookKinds) {
        forEachRaw(context.cluster, admissionGroup, kind, [&](ObjectId id, Value root) {
            Faults faults(id);
            std::size_t index = 0;
            for (const Value webhook : root["webhooks"]) {
                // Without rules it is never called.
                if (webhook["rules"].size() > 0)
                    judgeWebhook(context.cluster, webhook, index, kind.starts_with('V'), faults);
                ++index;
            }
            faults.finish(outcomes);
        });
    }
}

// M08.
void judgeApiServices(const Context& context, std::vector<Outcome>& outcomes)
{
    forEachRaw(context.cluster, "apiregistration.k8s.io", "APIService", [&](ObjectId id, Value root) {
        if (!root["spec"]["service"].isObject())
            return; // served by the API server itself
        Faults faults(id);
        if (root["spec"]["insecureSkipTLSVerify"].asBool() == true)
            faults.add(
                "the API server does not verify who answers for this API", "/spec/insecureSkipTLSVerify", "true");
        faults.finish(outcomes);
    });
}

// M14.
void judgePodSecurityPolicies(const Context& context, std::vector<Outcome>& outcomes)
{
    const Cluster& cluster = context.cluster;
    constexpr std::uint32_t removed = 25;
    const auto policies = cluster.objectsOf("policy", "PodSecurityPolicy");
    for (const ObjectId id : policies)
        fail(id, "PodSecurityPolicy is gone since Kubernetes 1.25, and with it what the policy enforced",
            { { id, "/metadata/name", "PodSecurityPolicy" } }, outcomes);
    if (!policies.empty())
        return;
    const bool cannotExist = cluster.version().isKnown() && cluster.version().isAtLeast(1, removed);
    if (cannotExist || cluster.covers("policy", "PodSecurityPolicy"))
        pass(clusterSubject(cluster), outcomes);
    else
        notAssessed(
            {}, "the source does not list PodSecurityPolicies, and the version of the server is not known", outcomes);
}

// M15.
void judgeSecurityContextConstraints(const Context& context, std::vector<Outcome>& outcomes)
{
    const Cluster& cluster = context.cluster;
    constexpr std::string_view group = "security.openshift.io";
    if (cluster.objectsOf(group, "SecurityContextConstraints").empty()) {
        const bool hasKind
            = !cluster.find("CustomResourceDefinition", "", "securitycontextconstraints.security.openshift.io")
                   .isNone();
        if (cluster.covers("apiextensions.k8s.io", "CustomResourceDefinition") && !hasKind)
            pass(clusterSubject(cluster), outcomes); // no OpenShift
        else
            notAssessed({}, "the source does not list SecurityContextConstraints", outcomes);
        return;
    }
    forEachRaw(cluster, group, "SecurityContextConstraints", [&](ObjectId id, Value root) {
        Faults faults(id);
        const bool isOpen = root["allowPrivilegedContainer"].asBool() == true;
        constexpr std::array everybody { std::string_view("system:authenticated"),
            std::string_view("system:serviceaccounts"), std::string_view("system:unauthenticated") };
        for (const std::string_view who : everybody) {
            if (isOpen && listHolds(root["groups"], who))
                faults.add("group " + std::string(who) + " may run privileged containers", "/groups", std::string(who));
        }
        faults.finish(outcomes);
    });
}

// M19. Exceptions are where a policy does not hold; each needs a reason that somebody knows.
void judgeExceptions(const Context& context, std::vector<Outcome>& outcomes)
{
    const Cluster& cluster = context.cluster;
    forEachRaw(cluster, "kyverno.io", "PolicyException", [&](ObjectId id, Value root) {
        Faults faults(id);
        std::vector<std::string> policies;
        for (const Value exception : root["spec"]["exceptions"])
            policies.push_back(printable(exception["policyName"].text()));
        faults.add("excepts objects from " + join(policies, ", "), "/spec/exceptions", join(policies, ", "));
        faults.finish(outcomes);
    });
    for (const std::string_view kind : { "ClusterPolicy", "Policy" }) {
        forEachRaw(cluster, "kyverno.io", kind, [&](ObjectId id, Value root) {
            Faults faults(id);
            std::size_t index = 0;
            for (const Value rule : root["spec"]["rules"]) {
                if (rule["exclude"].isPresent())
                    faults.add("rule " + printable(rule["name"].text()) + " leaves objects out",
                        "/spec" + at("rules", index, "/exclude"), "exclude");
                ++index;
            }
            faults.finish(outcomes);
        });
    }
    forEachRaw(cluster, "config.gatekeeper.sh", "Config", [&](ObjectId id, Value root) {
        Faults faults(id);
        std::size_t index = 0;
        for (const Value match : root["spec"]["match"]) {
            std::vector<std::string> namespaces;
            for (const Value ns : match["excludedNamespaces"])
                namespaces.push_back(printable(ns.text()));
            if (!namespaces.empty())
                faults.add("no constraint holds in " + join(namespaces, ", "),
                    "/spec" + at("match", index, "/excludedNamespaces"), join(namespaces, ", "));
            ++index;
        }
        faults.finish(outcomes);
    });
}

} // namespace plimsoll::control
