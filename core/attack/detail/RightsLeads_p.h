// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/attack/detail/Making_p.h"
#include "core/attack/detail/Rights_p.h"

// Private to core/attack: from a permission to the steps it makes possible.
namespace plimsoll::attack {

// How a role meets an atom.
struct Hit {
    access::Reach reach = access::Reach::None;
    std::uint32_t rule = 0;
    const access::Permission* permission = nullptr;
    std::vector<std::string_view> names; // of Named
    bool covers(std::string_view name) const
    {
        return reach == access::Reach::All || std::ranges::find(names, name) != names.end();
    }
};

// Who meets all needs of a row in one scope.
struct Held {
    PlaceId from;
    std::string_view scope; // namespace, or "" = everywhere
    const RightsRow* row = nullptr;
    std::vector<const Hit*> hits; // by need
    std::vector<std::uint32_t> roles; // by need: index into Cluster::roles()
};

class Leads {
public:
    explicit Leads(Making& making);
    void follow(const Held& held);
    void followOperator(PlaceId from, std::uint32_t role, const Hit& hit, std::size_t row);
    PlaceId grant(std::uint32_t role, std::string_view scope);
    // Every grant that was asked for, each once.
    using GrantKey = std::pair<std::uint32_t, std::string_view>;
    const std::vector<GrantKey>& grants() const { return m_grants; }

private:
    using Answer = AdmissionGate::Answer;
    void findConfigReaders();
    void findIngressControllers();
    void findCloudIdentities();
    void findBootstrappers();
    void findMissingAccounts();
    void findStrongDaemonSets();
    // The step, with what admission says to it.
    void go(const Held& held, PlaceId to, const Answer* gate = nullptr, std::string condition = {});
    std::uint32_t plainReason(const Held& held);
    std::string textOf(const Held& held) const;
    std::string_view conditionOf(const Held& held) const;
    const Answer& plainPod(std::string_view scope) const;
    const Answer& privilegedPod(std::string_view scope) const;
    // Objects of a kind in a scope by name, everywhere when the scope is "".
    std::vector<cluster::ObjectId> named(std::string_view group, std::string_view kind, std::string_view scope,
        std::span<const std::string_view> names) const;

    void leadToPods(const Held& held);
    void leadToAccounts(const Held& held);
    void leadToMissingAccounts(const Held& held);
    void leadToSecrets(const Held& held);
    void leadToNodes(const Held& held, bool isControlPlane);
    void leadToAllNodes(const Held& held);
    // Workloads of the kinds whose templates a role may change: how each kind is met.
    const std::vector<Hit>& templatesOf(std::uint32_t role);
    PlaceId workloadsIn(std::size_t kind, std::string_view ns);
    void changeTemplates(const Held& held, std::string_view ns);
    bool hasDeviceAdministration(std::string_view scope) const;
    void leadToTemplates(const Held& held);
    void leadToRevisions(const Held& held);
    void leadToDaemonSets(const Held& held);
    void leadToPeople(const Held& held, bool withGroups);
    void leadToBootstrappers(const Held& held);
    void leadToRoles(const Held& held);
    void leadToConfigMaps(const Held& held);
    void leadToCloud(const Held& held);
    void leadToWellKnown(const Held& held);
    void leadToInterception(const Held& held);
    void leadToIngressController(const Held& held);
    void leadToWorkload(const Held& held, cluster::ObjectId workload, const Answer* gate);

    Making& m_making;
    std::map<std::pair<std::uint32_t, const access::Permission*>, std::uint32_t> m_reasons; // by role and permission
    std::vector<std::vector<PlaceId>> m_operatorAccounts; // by operatorRows()
    std::vector<PlaceId> m_missingAccounts, m_bootstrappers; // that bindings name
    std::vector<PlaceId> m_ingressControllers, m_cloudIdentities;
    std::vector<cluster::ObjectId> m_strongDaemonSets; // that take nodes
    std::vector<GrantKey> m_grants;
    std::set<GrantKey> m_knownGrants;
    std::map<std::uint32_t, std::vector<Hit>> m_templates; // by role
    std::map<std::pair<std::size_t, std::string_view>, PlaceId> m_workloads; // hubs by kind and namespace
    // Containers by the ConfigMaps that they mount.
    std::map<std::pair<std::string_view, std::string_view>, std::vector<PlaceId>> m_configReaders;
    bool m_hasControlPlane = false, m_deniesExternalIps = false, m_hasBootstrapTokens = false;
};

// Whether a hit counts where it is granted.
bool countsIn(const Hit& hit, Atom atom, std::string_view scope);

} // namespace plimsoll::attack
