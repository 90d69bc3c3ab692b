// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "core/attack/detail/RightsLeads_p.h"
#include "core/base/Text.h"
#include "core/components/Components.h"
#include "core/images/Images.h"
#include "core/images/KnownIssues.h"

namespace plimsoll::attack {

using access::Reach;
using cluster::ObjectId;

namespace {

constexpr std::string_view systemNamespace = "kube-system";

bool isTrue(const components::Setting* setting)
{
    return setting && setting->value == "true";
}

bool listHolds(const components::Setting* setting, std::string_view wanted)
{
    return setting && (',' + setting->value + ',').contains(',' + std::string(wanted) + ',');
}

} // namespace

bool countsIn(const Hit& hit, Atom atom, std::string_view scope)
{
    if (hit.reach == Reach::None)
        return false;
    if (atom == Atom::EverythingHere)
        return !scope.empty() && hit.reach == Reach::All;
    switch (atomRows()[static_cast<std::size_t>(atom)].scope) {
    case AtomScope::Anywhere:
        return true;
    case AtomScope::Cluster:
        return scope.empty() && (atom != Atom::Everything || hit.reach == Reach::All);
    case AtomScope::NamespaceItself:
        return scope.empty() || hit.covers(scope);
    }
    return false;
}

Leads::Leads(Making& making)
    : m_making(making)
{
    m_hasControlPlane
        = std::ranges::any_of(making.cluster.nodes(), [](const auto& node) { return node.isControlPlane; });
    for (const components::Instance& server : making.in.components->of(components::Component::ApiServer)) {
        m_deniesExternalIps
            = m_deniesExternalIps || listHolds(server.find("enable-admission-plugins"), "DenyServiceExternalIPs");
        m_hasBootstrapTokens = m_hasBootstrapTokens || isTrue(server.find("enable-bootstrap-token-auth"));
    }
    for (const OperatorRow& row : operatorRows()) {
        auto& accounts = m_operatorAccounts.emplace_back();
        for (const PodClass& one : making.classes) {
            const cluster::PodSpec& spec = making.spec(one);
            const bool isIt = std::ranges::any_of(spec.containers,
                [&](const auto& container) { return making.text(container.image).contains(row.image); });
            if (!isIt)
                continue;
            const PlaceId account = making.account(one.ns,
                spec.serviceAccountName.isNone() ? std::string_view("default") : making.text(spec.serviceAccountName));
            if (std::ranges::find(accounts, account) == accounts.end())
                accounts.push_back(account);
        }
    }
    findConfigReaders();
    findIngressControllers();
    findCloudIdentities();
    findBootstrappers();
    findMissingAccounts();
    findStrongDaemonSets();
}

void Leads::findConfigReaders()
{
    for (const PodClass& one : m_making.classes) {
        const cluster::PodSpec& spec = m_making.spec(one);
        for (const std::uint32_t c : m_making.liveContainers(one)) {
            for (const cluster::VolumeMount& mount : spec.containers[c].volumeMounts) {
                const auto volume = std::ranges::find(spec.volumes, mount.name, &cluster::Volume::name);
                if (volume != spec.volumes.end() && !volume->configMapName.isNone())
                    m_configReaders[{ one.ns, m_making.text(volume->configMapName) }].push_back(one.containers[c]);
            }
        }
    }
}

void Leads::findIngressControllers()
{
    const auto isController = [&](const cluster::Container& container) {
        const std::string_view image = m_making.text(container.image);
        return images::isIngressNginx(image.substr(0, image.find('@'))) || image.contains("ingress-nginx/controller");
    };
    for (const PodClass& one : m_making.classes) {
        if (std::ranges::any_of(m_making.spec(one).containers, isController))
            m_ingressControllers.push_back(one.place);
    }
}

void Leads::findCloudIdentities()
{
    constexpr std::array<std::string_view, 3> keys { "eks.amazonaws.com/role-arn", "iam.gke.io/gcp-service-account",
        "azure.workload.identity/client-id" };
    std::set<PlaceId> found;
    for (const cluster::ServiceAccount& account : m_making.cluster.serviceAccounts()) {
        for (const std::string_view key : keys) {
            const std::string_view value = m_making.cluster.annotation(m_making.cluster.object(account.object), key);
            if (!value.empty())
                found.insert(m_making.graph.place({ .kind = PlaceKind::Cloud, .name = value }));
        }
    }
    m_cloudIdentities.assign(found.begin(), found.end());
}

void Leads::findBootstrappers()
{
    std::set<PlaceId> found;
    for (const cluster::RoleBinding& binding : m_making.cluster.roleBindings()) {
        for (const cluster::Subject& subject : binding.subjects) {
            const std::string_view name = m_making.text(subject.name);
            if (m_making.text(subject.kind) == "Group" && name.starts_with("system:bootstrappers"))
                found.insert(m_making.group(name));
        }
    }
    m_bootstrappers.assign(found.begin(), found.end());
}

void Leads::findMissingAccounts()
{
    if (!m_making.cluster.covers("", "ServiceAccount"))
        return;
    for (const cluster::RoleBinding& binding : m_making.cluster.roleBindings()) {
        for (const cluster::Subject& subject : binding.subjects) {
            const std::string_view ns = m_making.text(subject.ns), name = m_making.text(subject.name);
            if (m_making.text(subject.kind) == "ServiceAccount" && !ns.empty()
                && !m_making.cluster.serviceAccount(ns, name))
                m_missingAccounts.push_back(m_making.account(ns, name));
        }
    }
    std::ranges::sort(m_missingAccounts);
    m_missingAccounts.erase(std::ranges::unique(m_missingAccounts).begin(), m_missingAccounts.end());
}

PlaceId Leads::grant(std::uint32_t role, std::string_view scope)
{
    if (m_knownGrants.emplace(role, scope).second)
        m_grants.emplace_back(role, scope);
    const ObjectId object = m_making.cluster.roles()[role].object;
    return m_making.graph.place(
        { .kind = PlaceKind::Grant, .object = object, .ns = scope, .name = m_making.nameOf(object) });
}

std::string Leads::textOf(const Held& held) const
{
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < held.hits.size(); ++i) {
        const Hit& hit = *held.hits[i];
        const ObjectId role = m_making.cluster.roles()[held.roles[i]].object;
        std::string what = std::string(hit.permission->verb) + ' ' + std::string(hit.permission->resource);
        if (!hit.permission->subresource.empty())
            what += '/' + std::string(hit.permission->subresource);
        texts.push_back("rule " + std::to_string(hit.rule + 1) + " of " + m_making.cluster.titleOf(role) + " allows "
            + (hit.permission->verb == "*" ? "everything" : what)
            + (hit.reach == Reach::Named ? " limited to names" : ""));
    }
    return join(texts, "; ");
}

std::string_view Leads::conditionOf(const Held& held) const
{
    return held.row->condition;
}

// Most steps of a role say the same whatever they lead to.
std::uint32_t Leads::plainReason(const Held& held)
{
    const auto make = [&] {
        const ObjectId role = m_making.cluster.roles()[held.roles.front()].object;
        return m_making.graph.reason({ role, "/rules/" + std::to_string(held.hits.front()->rule), textOf(held), {},
            std::string(conditionOf(held)) });
    };
    if (held.hits.size() != 1 || !held.row->condition.empty())
        return make();
    const auto [found, isNew] = m_reasons.try_emplace({ held.roles.front(), held.hits.front()->permission }, 0);
    if (isNew)
        found->second = make();
    return found->second;
}

void Leads::go(const Held& held, PlaceId to, const Answer* gate, std::string condition)
{
    if (condition.empty())
        condition = conditionOf(held);
    const bool isGated = gate && gate->kind != Answer::Kind::Admitted;
    if (!isGated && condition == conditionOf(held)) {
        return m_making.graph.step(held.from, to, held.row->technique,
            condition.empty() ? Certainty::Confirmed : Certainty::NeedsFact, plainReason(held));
    }
    const ObjectId role = m_making.cluster.roles()[held.roles.front()].object;
    Reason reason { role, "/rules/" + std::to_string(held.hits.front()->rule), textOf(held), {}, condition };
    if (isGated) {
        reason.blocker = gate->by;
        reason.condition = gate->text + (condition.empty() ? "" : "; and " + condition);
    }
    if (gate && gate->kind == Answer::Kind::Refused)
        return m_making.graph.refuse(held.from, to, held.row->technique, m_making.graph.reason(std::move(reason)));
    m_making.graph.step(held.from, to, held.row->technique,
        !condition.empty() ? Certainty::NeedsFact : Certainty::MayBeBlocked, m_making.graph.reason(std::move(reason)));
}

// Everywhere: the attacker takes the namespace that asks the least. System namespaces are what policies leave out.
const Leads::Answer& Leads::plainPod(std::string_view scope) const
{
    return m_making.gate.plainPod(scope.empty() ? systemNamespace : scope);
}

const Leads::Answer& Leads::privilegedPod(std::string_view scope) const
{
    const std::string_view softest = m_making.gate.softestNamespace();
    return m_making.gate.privilegedPod(!scope.empty() ? scope : softest.empty() ? systemNamespace : softest);
}

std::vector<ObjectId> Leads::named(std::string_view group, std::string_view kind, std::string_view scope,
    std::span<const std::string_view> names) const
{
    std::vector<ObjectId> found;
    if (!scope.empty()) {
        for (const std::string_view name : names) {
            if (const ObjectId id = m_making.cluster.find(kind, scope, name))
                found.push_back(id);
        }
        return found;
    }
    for (const ObjectId id : m_making.cluster.objectsOf(group, kind)) {
        if (std::ranges::find(names, m_making.nameOf(id)) != names.end())
            found.push_back(id);
    }
    return found;
}

void Leads::leadToWorkload(const Held& held, ObjectId object, const Answer* gate)
{
    const cluster::WorkloadId workload = m_making.cluster.workloadOf(object);
    if (workload.isNone())
        return;
    const cluster::PodSpecId spec = m_making.cluster.podSpecOf(object);
    const auto all = m_making.classesOf(workload);
    const bool isPod = m_making.cluster.pod(object) != nullptr;
    for (const std::uint32_t index : all) {
        if (!isPod || m_making.classes[index].specId == spec || all.size() == 1)
            go(held, m_making.classes[index].place, gate);
    }
}

void Leads::leadToPods(const Held& held)
{
    const Hit& hit = *held.hits.front();
    if (held.row->technique == Technique::NodesProxy && hit.reach == Reach::Named) {
        for (std::uint32_t i = 0; i < m_making.nodes.size(); ++i) {
            if (!hit.covers(m_making.nameOf(m_making.cluster.nodes()[i].object)))
                continue;
            for (const std::uint32_t one : m_making.classesOnNode[i])
                go(held, m_making.classes[one].place);
        }
    } else if (hit.reach == Reach::All) {
        go(held, m_making.hub(PlaceKind::PodsIn, held.scope));
    } else {
        for (const ObjectId id : named("", "Pod", held.scope, hit.names))
            leadToWorkload(held, id, nullptr);
    }
}

void Leads::leadToAccounts(const Held& held)
{
    const bool isPod = held.row->technique == Technique::CreateWorkload;
    const Answer* gate = isPod ? &plainPod(held.scope) : nullptr;
    const Hit& hit = *held.hits.front();
    const bool isSecret = held.row->technique == Technique::TokenSecret;
    // What may be read by name alone must have a name that is free.
    if (isSecret && held.hits.back()->reach == Reach::Named && !held.scope.empty()
        && std::ranges::all_of(held.hits.back()->names,
            [&](std::string_view name) { return !m_making.cluster.find("Secret", held.scope, name).isNone(); }))
        return;
    const bool isLimited = hit.reach == Reach::Named && !isPod && !isSecret;
    if (!isLimited)
        return go(held, m_making.hub(PlaceKind::AccountsIn, held.scope), gate);
    for (const ObjectId id : named("", "ServiceAccount", held.scope, hit.names))
        go(held, m_making.account(m_making.nsOf(id), m_making.nameOf(id)), gate);
}

void Leads::leadToMissingAccounts(const Held& held)
{
    for (const PlaceId account : m_missingAccounts) {
        if (held.scope.empty() || m_making.graph.at(account).ns == held.scope)
            go(held, account);
    }
}

void Leads::leadToSecrets(const Held& held)
{
    const bool isPod = held.row->technique == Technique::MountAnySecret;
    const Answer* gate = isPod ? &plainPod(held.scope) : nullptr;
    const Hit& hit = *held.hits.front();
    if (hit.reach == Reach::All || isPod)
        return go(held, m_making.hub(PlaceKind::SecretsIn, held.scope), gate);
    if (held.row->technique != Technique::ReadSecret)
        return;
    for (const ObjectId id : named("", "Secret", held.scope, hit.names))
        go(held, m_making.secret(m_making.nsOf(id), m_making.nameOf(id)));
}

void Leads::leadToNodes(const Held& held, bool isControlPlane)
{
    if (isControlPlane && !m_hasControlPlane)
        return;
    const Answer& gate = privilegedPod(held.scope);
    const bool isDisarmed = held.row->technique == Technique::DisarmAdmission;
    if (isDisarmed && gate.kind != Answer::Kind::MayBeBlocked)
        return;
    go(held, isControlPlane ? m_making.controlPlane() : m_making.workers(), isDisarmed ? nullptr : &gate);
    if (isDisarmed && m_hasControlPlane)
        go(held, m_making.controlPlane());
}

// Ways round Pod Security: told only where it stands in the way.
void Leads::leadToAllNodes(const Held& held)
{
    const Answer& gate = privilegedPod(held.scope);
    if (gate.kind == Answer::Kind::Admitted)
        return;
    if (held.row->technique == Technique::TamperPodSecurity
        && (gate.kind != Answer::Kind::Refused
            || !m_making.gate.isByLabels(held.scope.empty()
                    ? m_making.gate.softestNamespace().empty() ? systemNamespace : m_making.gate.softestNamespace()
                    : held.scope)))
        return;
    if (held.row->technique == Technique::CreateNamespace && !held.scope.empty())
        return;
    if (held.row->technique == Technique::UseScc
        && m_making.cluster.objectsOf("security.openshift.io", "SecurityContextConstraints").empty())
        return;
    if (held.row->technique == Technique::DeviceAdmin && !hasDeviceAdministration(held.scope))
        return;
    go(held, m_making.workers());
    if (m_hasControlPlane)
        go(held, m_making.controlPlane());
}

// Claims with administrator access are allowed only where the namespace is labelled for it.
bool Leads::hasDeviceAdministration(std::string_view scope) const
{
    constexpr std::array<std::string_view, 2> labels { "resource.kubernetes.io/admin-access", // before 1.34:
        "resource.k8s.io/admin-access" };
    return std::ranges::any_of(m_making.cluster.namespaces(), [&](const cluster::Namespace& ns) {
        return (scope.empty() || m_making.text(ns.name) == scope)
            && std::ranges::any_of(ns.labels, [&](const auto& pair) {
                   return std::ranges::find(labels, m_making.text(pair.first)) != labels.end()
                       && m_making.text(pair.second) == "true";
               });
    });
}

void Leads::leadToPeople(const Held& held, bool withGroups)
{
    GraphBuilder& graph = m_making.graph;
    if (!withGroups) {
        const Hit& hit = *held.hits.front();
        if (hit.reach == Reach::All)
            return go(held, graph.place({ .kind = PlaceKind::PeopleIn, .name = "user" }));
        for (const std::string_view name : hit.names)
            go(held, m_making.user(name));
        return;
    }
    const bool isImpersonation = held.row->technique == Technique::ImpersonateUser;
    const Hit& hit = *held.hits.back();
    if (!isImpersonation) { // what may be signed is limited by the signer alone
        if (std::ranges::any_of(held.row->names, [&](std::string_view name) { return hit.covers(name); }))
            go(held, graph.place({ .kind = PlaceKind::PeopleIn, .name = "user and group" }));
        return;
    }
    if (hit.covers("system:masters"))
        go(held, m_making.goal(GoalKind::ClusterAdmin));
    if (hit.reach == Reach::All)
        return go(held, graph.place({ .kind = PlaceKind::PeopleIn, .name = "user and group" }));
    for (const std::string_view name : hit.names)
        go(held, m_making.group(name));
}

void Leads::leadToBootstrappers(const Held& held)
{
    if (!held.scope.empty() && held.scope != systemNamespace)
        return;
    for (const PlaceId group : m_bootstrappers)
        go(held, group, nullptr, m_hasBootstrapTokens ? "" : "the API server takes bootstrap tokens");
}

// bind and escalate: everything, or the roles they are limited to.
void Leads::leadToRoles(const Held& held)
{
    const bool isCluster = held.row->lead == Lead::ClusterAdmin;
    const Hit &write = *held.hits.front(), &power = *held.hits.back();
    const bool isBind = held.row->technique == Technique::BindRole || held.row->technique == Technique::BindClusterRole;
    const bool hasClusterRoles = power.permission->resource == "clusterroles";
    const PlaceId all
        = isCluster ? m_making.goal(GoalKind::ClusterAdmin) : m_making.goal(GoalKind::NamespaceAdmin, held.scope);
    if (isCluster && !hasClusterRoles)
        return;
    if (!isBind) {
        if (!isCluster && held.scope.empty())
            return; // a Role everywhere: told for the cluster by other rows
        const std::string_view own = m_making.nameOf(m_making.cluster.roles()[held.roles.front()].object);
        const bool isFree = write.reach == Reach::All && power.reach == Reach::All;
        const bool isOwn = write.covers(own) && power.covers(own)
            && m_making.cluster.roles()[held.roles.front()].isClusterRole == isCluster;
        const bool isOwnKind = m_making.cluster.roles()[held.roles.front()].isClusterRole == isCluster;
        return go(held, all, nullptr,
            (isFree && isOwnKind) || isOwn ? "" : "a role that may be changed is bound to the attacker");
    }
    if (write.reach == Reach::Named) { // the bindings that may be changed keep their role
        for (const cluster::RoleBinding& binding : m_making.cluster.roleBindings()) {
            const bool isHere = held.scope.empty() || m_making.nsOf(binding.object) == held.scope;
            if (binding.isClusterRoleBinding == isCluster && isHere && binding.role != cluster::RoleBinding::noRole
                && write.covers(m_making.nameOf(binding.object)) && power.covers(m_making.text(binding.roleName)))
                go(held, grant(binding.role, isCluster ? std::string_view() : m_making.nsOf(binding.object)));
        }
        return;
    }
    if (power.reach == Reach::All && hasClusterRoles) {
        if (!isCluster && held.scope.empty()) // RoleBindings everywhere: administrator of each namespace
            go(held, m_making.goal(GoalKind::ClusterAdmin), nullptr, {});
        else
            go(held, all);
        return;
    }
    for (std::uint32_t role = 0; role < m_making.cluster.roles().size(); ++role) {
        const cluster::Role& each = m_making.cluster.roles()[role];
        const bool isHere = each.isClusterRole || held.scope.empty() || m_making.nsOf(each.object) == held.scope;
        if (each.isClusterRole == hasClusterRoles && isHere && power.covers(m_making.nameOf(each.object)))
            go(held, grant(role, each.isClusterRole ? held.scope : m_making.nsOf(each.object)));
    }
}

void Leads::leadToConfigMaps(const Held& held)
{
    const Hit& hit = *held.hits.front();
    if (hit.reach == Reach::All)
        return go(held, m_making.hub(PlaceKind::ConfigMapsIn, held.scope));
    const auto tell = [&](std::string_view ns, std::string_view name) {
        const auto found = m_configReaders.find({ ns, name });
        for (const PlaceId container : found == m_configReaders.end() ? std::vector<PlaceId>() : found->second)
            go(held, container);
    };
    for (const std::string_view name : hit.names) {
        if (!held.scope.empty())
            tell(held.scope, name);
        else
            for (const cluster::Namespace& ns : m_making.cluster.namespaces())
                tell(m_making.text(ns.name), name);
    }
}

void Leads::leadToCloud(const Held& held)
{
    if (held.row->technique == Technique::PodIdentityException
        && m_making.cluster.objectsOf("aadpodidentity.k8s.io", "AzureIdentity").empty())
        return;
    // One by one where they are few; the graph stays linear.
    constexpr std::size_t few = 16;
    if (m_cloudIdentities.size() > few)
        return go(held, m_making.goal(GoalKind::CloudIdentity));
    for (const PlaceId identity : m_cloudIdentities)
        go(held, identity);
}

// ConfigMaps of the system that decide who is who and where names lead.
void Leads::leadToWellKnown(const Held& held)
{
    const Hit& hit = *held.hits.front();
    if (!held.scope.empty() && held.scope != systemNamespace)
        return;
    const auto isThere = [&](std::string_view name) {
        return hit.covers(name) && !m_making.cluster.find("ConfigMap", systemNamespace, name).isNone();
    };
    if (held.row->lead == Lead::AwsAuth && isThere("aws-auth"))
        go(held, m_making.goal(GoalKind::ClusterAdmin));
    if (held.row->lead == Lead::CoreDns && (isThere("coredns") || isThere("node-local-dns")))
        go(held, m_making.goal(GoalKind::Interception));
    if (held.row->lead == Lead::TrustMaps && isThere("extension-apiserver-authentication"))
        go(held, m_making.goal(GoalKind::ClusterAdmin));
}

void Leads::leadToInterception(const Held& held)
{
    const bool isOwnOnly
        = held.row->technique == Technique::Endpoints || held.row->technique == Technique::CaptureLabels;
    const bool isSystem = held.scope.empty() || held.scope == systemNamespace || held.scope == "default";
    if (isOwnOnly && !isSystem)
        return;
    if (held.row->technique == Technique::ExternalIps) {
        if (m_deniesExternalIps)
            return;
        return go(held, m_making.goal(GoalKind::Interception), nullptr,
            "others send to an address that the attacker claims as an external one");
    }
    go(held, m_making.goal(GoalKind::Interception));
}

void Leads::leadToIngressController(const Held& held)
{
    for (const PlaceId controller : m_ingressControllers) {
        go(held, controller, nullptr,
            "the controller allows snippet annotations, or is of a version that runs what they hold");
    }
}

void Leads::followOperator(PlaceId from, std::uint32_t role, const Hit& hit, std::size_t row)
{
    const OperatorRow& what = operatorRows()[row];
    if (m_operatorAccounts[row].empty())
        return;
    const ObjectId object = m_making.cluster.roles()[role].object;
    const std::uint32_t reason = m_making.graph.reason({ object, "/rules/" + std::to_string(hit.rule),
        "rule " + std::to_string(hit.rule + 1) + " of " + m_making.cluster.titleOf(object) + " allows writing "
            + std::string(what.permission.resource) + '.' + std::string(what.permission.apiGroup),
        {}, "no setting of " + std::string(what.name) + " keeps it to the rights of its tenants" });
    for (const PlaceId account : m_operatorAccounts[row])
        m_making.graph.step(from, account, Technique::Operator, Certainty::NeedsFact, reason);
}

void Leads::follow(const Held& held)
{
    switch (held.row->lead) {
    case Lead::ClusterAdmin:
    case Lead::NamespaceAdmin:
        if (held.hits.size() == 2 && held.row->technique != Technique::MutatingPolicy)
            return leadToRoles(held);
        return go(held,
            held.row->lead == Lead::ClusterAdmin ? m_making.goal(GoalKind::ClusterAdmin)
                                                 : m_making.goal(GoalKind::NamespaceAdmin, held.scope));
    case Lead::Pods:
        return leadToPods(held);
    case Lead::Accounts:
        return leadToAccounts(held);
    case Lead::MissingAccounts:
        return leadToMissingAccounts(held);
    case Lead::Secrets:
        return leadToSecrets(held);
    case Lead::Volumes:
        return go(held, m_making.hub(PlaceKind::VolumesIn, held.scope), &plainPod(held.scope));
    case Lead::Workers:
        return leadToNodes(held, false);
    case Lead::ControlPlane:
        return leadToNodes(held, true);
    case Lead::AllNodes:
        return leadToAllNodes(held);
    case Lead::Templates:
        return held.row->technique == Technique::PoisonRollback ? leadToRevisions(held) : leadToTemplates(held);
    case Lead::DaemonSets:
        return leadToDaemonSets(held);
    case Lead::ConfigMaps:
        return leadToConfigMaps(held);
    case Lead::Users:
        return leadToPeople(held, false);
    case Lead::UsersAndGroups:
        return leadToPeople(held, true);
    case Lead::Kubelets:
        if (held.row->names.empty()
            || std::ranges::any_of(held.row->names, [&](auto name) { return held.hits.back()->covers(name); }))
            go(held, m_making.identities());
        return;
    case Lead::Bootstrappers:
        return leadToBootstrappers(held);
    case Lead::AllSecrets:
        return go(held, m_making.goal(GoalKind::AllSecrets));
    case Lead::Interception:
        return leadToInterception(held);
    case Lead::Cloud:
        return leadToCloud(held);
    case Lead::AwsAuth:
    case Lead::CoreDns:
    case Lead::TrustMaps:
        return leadToWellKnown(held);
    case Lead::Operator:
        return;
    case Lead::IngressController:
        return leadToIngressController(held);
    }
}

} // namespace plimsoll::attack
