// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "core/admission/Admission.h"
#include "core/attack/detail/AdmissionGate_p.h"
#include "core/base/Text.h"
#include "core/components/Components.h"
#include "core/format/Document.h"

namespace plimsoll::attack {

using format::Value;
using network::TextRequirement;
using SelectorOperator = cluster::Requirement::Operator;

namespace {

constexpr std::string_view policiesApi = "admissionregistration.k8s.io";

bool listHolds(Value list, std::initializer_list<std::string_view> wanted)
{
    return std::ranges::any_of(
        list, [&](Value value) { return std::ranges::find(wanted, value.text()) != wanted.end(); });
}

bool seesNewPods(Value rules)
{
    return std::ranges::any_of(rules, [](Value rule) {
        return listHolds(rule["apiGroups"], { "", "*" }) && listHolds(rule["resources"], { "pods", "*", "*/*" })
            && listHolds(rule["operations"], { "CREATE", "*" }) && rule["scope"].text() != "Cluster";
    });
}

SelectorOperator operatorFrom(std::string_view text)
{
    return text == "In"          ? SelectorOperator::In
        : text == "NotIn"        ? SelectorOperator::NotIn
        : text == "Exists"       ? SelectorOperator::Exists
        : text == "DoesNotExist" ? SelectorOperator::DoesNotExist
                                 : SelectorOperator::Invalid;
}

void addSelector(Value selector, std::vector<TextRequirement>& out)
{
    for (const Value label : selector["matchLabels"])
        out.push_back({ std::string(label.key()), SelectorOperator::In, { std::string(label.text()) } });
    for (const Value expression : selector["matchExpressions"]) {
        TextRequirement one { std::string(expression["key"].text()), operatorFrom(expression["operator"].text()), {} };
        for (const Value value : expression["values"])
            one.values.emplace_back(value.text());
        out.push_back(std::move(one));
    }
}

} // namespace

AdmissionGate::AdmissionGate(const cluster::Cluster& cluster, const components::Components& components)
    : m_cluster(cluster)
{
    readWebhooks();
    readPolicies();
    readDefaults(components);
    for (const cluster::Namespace& ns : cluster.namespaces())
        m_answers.try_emplace(cluster.text(ns.name), decide(ns));
    for (const auto wanted : { Answer::Kind::MayBeBlocked, Answer::Kind::Admitted }) {
        for (const auto& [name, answers] : m_answers) {
            if (answers.privileged.kind == wanted) {
                m_softest = name;
                break;
            }
        }
    }
}

const AdmissionGate::Answers& AdmissionGate::answers(std::string_view ns) const
{
    const auto found = m_answers.find(ns);
    return found == m_answers.end() ? m_unknown : found->second;
}

void AdmissionGate::readWebhooks()
{
    for (const cluster::WebhookConfiguration& configuration : m_cluster.webhookConfigurations()) {
        format::Document document;
        if (configuration.isMutating
            || !m_cluster.snapshot().readRaw(m_cluster.object(configuration.object).raw, document))
            continue;
        for (const Value webhook : document.root()["webhooks"]) {
            if (!seesNewPods(webhook["rules"]))
                continue;
            Watcher watcher { configuration.object, {}, m_cluster.titleOf(configuration.object) };
            addSelector(webhook["namespaceSelector"], watcher.namespaces);
            m_watchers.push_back(std::move(watcher));
        }
    }
}

// Policies act where a binding denies; both narrow the namespaces.
void AdmissionGate::readPolicies()
{
    for (const cluster::ObjectId id : m_cluster.objectsOf(policiesApi, "ValidatingAdmissionPolicyBinding")) {
        format::Document binding, policy;
        if (!m_cluster.snapshot().readRaw(m_cluster.object(id).raw, binding))
            continue;
        const Value spec = binding.root()["spec"];
        const cluster::ObjectId named = m_cluster.find("ValidatingAdmissionPolicy", "", spec["policyName"].text());
        if (!listHolds(spec["validationActions"], { "Deny" }) || named.isNone()
            || !m_cluster.snapshot().readRaw(m_cluster.object(named).raw, policy))
            continue;
        const Value constraints = policy.root().at("/spec/matchConstraints");
        const Value further = spec.at("/matchResources/resourceRules");
        if (!seesNewPods(constraints["resourceRules"]) || (further.isArray() && !seesNewPods(further)))
            continue;
        Watcher watcher { named, {}, m_cluster.titleOf(named) };
        addSelector(constraints["namespaceSelector"], watcher.namespaces);
        addSelector(spec.at("/matchResources/namespaceSelector"), watcher.namespaces);
        m_watchers.push_back(std::move(watcher));
    }
    // Before 1.25 the admission plugin PodSecurityPolicy may have been on; which policy counts depends on its users.
    for (const cluster::ObjectId id : m_cluster.objectsOf("policy", "PodSecurityPolicy"))
        m_watchers.push_back({ id, {}, m_cluster.titleOf(id) });
    // OpenShift: which constraints count depends on who may use them.
    for (const cluster::ObjectId id : m_cluster.objectsOf("security.openshift.io", "SecurityContextConstraints")) {
        if (m_cluster.text(m_cluster.object(id).name).starts_with("restricted")) {
            m_watchers.push_back({ id, {}, m_cluster.titleOf(id) });
            break;
        }
    }
}

void AdmissionGate::readDefaults(const components::Components& components)
{
    for (const components::Instance& server : components.of(components::Component::ApiServer)) {
        if (server.find("admission-control-config-file") && m_defaults.isNone())
            m_defaults = server.object;
    }
}

bool AdmissionGate::isWatched(const Watcher& watcher, const cluster::Namespace& ns) const
{
    return std::ranges::all_of(watcher.namespaces, [&](const TextRequirement& wanted) {
        const auto label = std::ranges::find_if(
            ns.labels, [&](const auto& pair) { return m_cluster.text(pair.first) == wanted.key; });
        const bool isThere = label != ns.labels.end();
        const bool isListed
            = isThere && std::ranges::find(wanted.values, m_cluster.text(label->second)) != wanted.values.end();
        switch (wanted.op) {
        case SelectorOperator::In:
            return isListed;
        case SelectorOperator::NotIn:
            return !isListed;
        case SelectorOperator::Exists:
            return isThere;
        case SelectorOperator::DoesNotExist:
            return !isThere;
        case SelectorOperator::Invalid:
            break;
        }
        return false;
    });
}

AdmissionGate::Answers AdmissionGate::decide(const cluster::Namespace& ns) const
{
    Answers answers;
    const std::string name = printable(m_cluster.text(ns.name));
    for (const Watcher& watcher : m_watchers) {
        if (!isWatched(watcher, ns))
            continue;
        answers.plain = { Answer::Kind::MayBeBlocked, watcher.object,
            watcher.title + " looks at new pods of " + name + " and may refuse it" };
        break;
    }
    answers.privileged = answers.plain;
    const admission::Setting enforced = admission::policyOf(m_cluster, ns).enforce;
    if (enforced.isSet && enforced.level != admission::Level::Privileged) {
        answers.privileged = { Answer::Kind::Refused, ns.object,
            "Pod Security refuses it in " + name + " (" + std::string(toText(enforced.level)) + ')' };
        answers.isByLabels = true;
    } else if (!enforced.isSet && !m_defaults.isNone() && answers.privileged.kind == Answer::Kind::Admitted) {
        answers.privileged = { Answer::Kind::MayBeBlocked, m_defaults,
            "the API server's admission configuration file may set another default than privileged" };
    }
    if (ns.object.isNone() && !m_cluster.covers("", "Namespace") && answers.privileged.kind == Answer::Kind::Admitted) {
        answers.privileged
            = { Answer::Kind::MayBeBlocked, {}, "the labels of namespace " + name + " are not in the source" };
    }
    return answers;
}

} // namespace plimsoll::attack
