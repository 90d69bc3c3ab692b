// SPDX-License-Identifier: Apache-2.0
// Identities, their bindings and what the rights of a role lead to.
#include <algorithm>
#include <bitset>
#include <map>
#include <set>
#include <unordered_map>

#include "core/access/Authorizers.h"
#include "core/access/Groups.h"
#include "core/attack/detail/RightsLeads_p.h"
#include "core/base/Text.h"

namespace plimsoll::attack {

using access::Reach;
using cluster::RoleBinding;

namespace {

constexpr std::string_view authenticated = "system:authenticated";
constexpr std::string_view unauthenticated = "system:unauthenticated";
constexpr std::string_view anonymous = "system:anonymous";
constexpr std::string_view allAccounts = "system:serviceaccounts";
constexpr std::string_view accountPrefix = "system:serviceaccount:";
constexpr std::string_view nodePrefix = "system:node:";

struct RoleHits {
    std::vector<std::pair<std::uint8_t, Hit>> hits; // by atom, ascending; operators follow the atoms
    const Hit* find(std::size_t atom) const
    {
        const auto found = std::ranges::lower_bound(hits, atom, {}, [](const auto& pair) { return pair.first; });
        return found != hits.end() && found->first == atom ? &found->second : nullptr;
    }
};

// Rights of one role in one scope that an identity has through one binding.
struct Holding {
    std::uint32_t role = 0, binding = 0;
    std::string_view scope;
    PlaceId via; // the identity that the binding names: itself or a group
};

class Rights {
public:
    explicit Rights(Making& making)
        : m_making(making)
        , m_graph(making.graph)
        , m_cluster(making.cluster)
        , m_leads(making)
    {
    }

    void add()
    {
        readRoles();
        addBindings();
        addMembers();
        addSingles();
        addCombinations();
        addSingles(); // of the roles that combinations bind
        addPeople();
        markOrdinary();
    }

private:
    void readRoles();
    void addHits(const cluster::Role& role, RoleHits& out) const;
    void addBindings();
    PlaceId identityOf(const cluster::Subject& subject);
    void addMembers();
    void addSingles();
    void addCombinations();
    void combine(PlaceId identity, std::span<const Holding> holdings);
    void combineRow(PlaceId identity, std::span<const Holding> holdings, const RightsRow& row, std::string_view scope);
    void addPeople();
    void markOrdinary();
    bool isInVersion(const RightsRow& row) const;
    const RoleHits& hitsOf(std::uint32_t role) const { return m_hits[m_making.in.authorizers->rbac().alikeRole(role)]; }

    Making& m_making;
    GraphBuilder& m_graph;
    const cluster::Cluster& m_cluster;
    Leads m_leads;
    std::vector<RoleHits> m_hits; // by the first of alike roles
    std::map<PlaceId, std::vector<Holding>> m_holdings; // of the identities that bindings name
    std::map<std::string_view, PlaceId> m_groups; // that bindings name
    std::set<std::pair<std::uint32_t, std::string_view>> m_grants;
    std::size_t m_followed = 0; // of m_leads.grants()
    std::set<PlaceId> m_administrators; // bound to everything
};

// Permissions by group and resource, so that a rule is compared with few.
class PermissionIndex {
public:
    PermissionIndex()
    {
        std::uint8_t atom = 0;
        for (const AtomRow& row : atomRows()) {
            for (const access::Permission& permission : row.any)
                add(atom, permission);
            ++atom;
        }
        for (const OperatorRow& row : operatorRows()) {
            for (const std::string_view verb : { "create", "update", "patch" }) {
                access::Permission permission = row.permission;
                permission.verb = verb;
                m_own.push_back(permission);
            }
        }
        for (std::size_t i = 0; i < m_own.size(); ++i)
            add(static_cast<std::uint8_t>(atomCount + i / 3), m_own[i]);
    }

    using List = std::vector<std::pair<std::uint8_t, const access::Permission*>>;
    const List& all() const { return m_all; }
    const List& of(std::string_view group, std::string_view resource) const
    {
        static const List none;
        const auto found = m_byName.find(std::string(group) + '|' + std::string(resource));
        return found == m_byName.end() ? none : found->second;
    }

private:
    void add(std::uint8_t atom, const access::Permission& permission)
    {
        std::string name = std::string(permission.apiGroup) + '|' + std::string(permission.resource);
        if (!permission.subresource.empty())
            name += '/' + std::string(permission.subresource);
        m_byName[name].emplace_back(atom, &permission);
        m_all.emplace_back(atom, &permission);
    }

    std::vector<access::Permission> m_own;
    List m_all;
    std::unordered_map<std::string, List> m_byName;
};

bool hasWildcard(const cluster::Cluster& cluster, const cluster::PolicyRule& rule)
{
    const auto isWild = [&](StringId id) { return cluster.text(id).starts_with('*'); };
    return std::ranges::any_of(rule.apiGroups, isWild) || std::ranges::any_of(rule.resources, isWild);
}

void Rights::addHits(const cluster::Role& role, RoleHits& out) const
{
    static const PermissionIndex index;
    std::map<std::uint8_t, Hit> found;
    for (std::uint32_t r = 0; r < role.rules.size(); ++r) {
        const cluster::PolicyRule& rule = role.rules[r];
        const auto judge = [&](const PermissionIndex::List& list) {
            for (const auto& [atom, permission] : list) {
                const Reach reach = access::reach(m_cluster, rule, *permission);
                if (reach == Reach::None)
                    continue;
                Hit& hit = found[atom];
                if (hit.reach == Reach::None || (reach == Reach::All && hit.reach == Reach::Named)) {
                    hit.rule = r;
                    hit.permission = permission;
                    hit.reach = reach;
                }
                if (reach == Reach::Named && hit.reach == Reach::Named) {
                    for (const StringId name : rule.resourceNames)
                        hit.names.push_back(m_cluster.text(name));
                }
            }
        };
        if (hasWildcard(m_cluster, rule)) {
            judge(index.all());
            continue;
        }
        for (const StringId group : rule.apiGroups) {
            for (const StringId resource : rule.resources)
                judge(index.of(m_cluster.text(group), m_cluster.text(resource)));
        }
    }
    for (auto& [atom, hit] : found) {
        std::ranges::sort(hit.names);
        hit.names.erase(std::ranges::unique(hit.names).begin(), hit.names.end());
        out.hits.emplace_back(atom, std::move(hit));
    }
}

void Rights::readRoles()
{
    const auto roles = m_cluster.roles();
    m_hits.resize(roles.size());
    for (std::uint32_t i = 0; i < roles.size(); ++i) {
        if (m_making.in.authorizers->rbac().alikeRole(i) == i)
            addHits(roles[i], m_hits[i]);
    }
}

PlaceId Rights::identityOf(const cluster::Subject& subject)
{
    const std::string_view kind = m_making.text(subject.kind), name = m_making.text(subject.name);
    if (kind == "ServiceAccount")
        return subject.ns.isNone() ? PlaceId::none() : m_making.account(m_making.text(subject.ns), name);
    if (kind == "Group")
        return m_groups.try_emplace(name, m_making.group(name)).first->second;
    if (kind != "User")
        return PlaceId::none();
    if (name.starts_with(accountPrefix)) {
        const std::string_view rest = name.substr(accountPrefix.size());
        const std::size_t colon = rest.find(':');
        if (colon != rest.npos)
            return m_making.account(rest.substr(0, colon), rest.substr(colon + 1));
    }
    if (name.starts_with(nodePrefix)) {
        const cluster::ObjectId node = m_cluster.find("Node", "", name.substr(nodePrefix.size()));
        if (node)
            return m_graph.place(
                { .kind = PlaceKind::NodeIdentity, .object = node, .name = name.substr(nodePrefix.size()) });
    }
    return m_making.user(name);
}

bool isDefault(const cluster::Cluster& cluster, cluster::ObjectId object)
{
    const cluster::Object& it = cluster.object(object);
    const std::string_view name = cluster.text(it.name);
    return cluster.label(it, "kubernetes.io/bootstrapping") == "rbac-defaults" || name.starts_with("system:")
        || name.starts_with("kubeadm:");
}

void Rights::addBindings()
{
    const auto bindings = m_cluster.roleBindings();
    for (std::uint32_t b = 0; b < bindings.size(); ++b) {
        const RoleBinding& binding = bindings[b];
        const cluster::Role* role = access::grantedRole(m_cluster, binding);
        if (!role || binding.subjects.empty())
            continue;
        const std::string_view scope
            = binding.isClusterRoleBinding ? std::string_view() : m_making.nsOf(binding.object);
        const PlaceId place = m_graph.place({ .kind = PlaceKind::Binding,
            .object = binding.object,
            .ns = scope,
            .name = m_making.nameOf(binding.object) });
        const std::string title = m_cluster.titleOf(binding.object);
        m_graph.standsOn(place,
            m_graph.fact({ .kind = Fact::Kind::Binding,
                .object = binding.object,
                .pointer = "/subjects",
                .text = title + " grants " + m_cluster.titleOf(role->object),
                .fix = "remove " + title + ", or the subject from it",
                .patch = { binding.object, { { "/subjects", "[]" } } },
                .isFixed = isDefault(m_cluster, binding.object) }));
        const PlaceId grant = m_leads.grant(binding.role, scope);
        if (m_grants.emplace(binding.role, scope).second) {
            m_graph.standsOn(grant,
                m_graph.fact({ .kind = Fact::Kind::Role,
                    .object = role->object,
                    .pointer = "/rules",
                    .text = m_cluster.titleOf(role->object) + " has rights that lead on",
                    .fix = "take these rights out of " + m_cluster.titleOf(role->object),
                    .isFixed = isDefault(m_cluster, role->object) }));
        }
        m_graph.step(place, grant, Technique::Binding);
        std::set<PlaceId> seen;
        for (std::size_t s = 0; s < binding.subjects.size(); ++s) {
            const PlaceId identity = identityOf(binding.subjects[s]);
            if (identity.isNone() || !seen.insert(identity).second)
                continue;
            m_graph.step(identity, place, Technique::Binding, Certainty::Confirmed,
                m_graph.reason({ binding.object, "/subjects/" + std::to_string(s), "it is a subject", {}, {} }));
            m_holdings[identity].push_back({ binding.role, b, scope, identity });
            if (const Hit* all = hitsOf(binding.role).find(static_cast<std::size_t>(Atom::Everything));
                all && countsIn(*all, Atom::Everything, scope))
                m_administrators.insert(identity);
        }
    }
}

// Who is in a group that some binding names.
void Rights::addMembers()
{
    const auto join = [&](PlaceId member, std::string_view group) {
        if (const auto found = m_groups.find(group); found != m_groups.end() && found->second != member)
            m_graph.step(member, found->second, Technique::GroupMember);
    };
    const access::Server& server = m_making.in.authorizers->server();
    if (m_groups.contains(unauthenticated) || m_graph.find({ .kind = PlaceKind::User, .name = anonymous })) {
        const PlaceId nobody = m_making.user(anonymous);
        join(nobody, unauthenticated);
        const PlaceId outside = m_graph.place({});
        if (server.anonymousAuth == false) {
            m_graph.refuse(outside, nobody, Technique::AnonymousGrant,
                m_graph.reason(
                    { {}, {}, "the API server takes no anonymous requests (--anonymous-auth=false)", {}, {} }));
        } else {
            m_graph.step(outside, nobody, Technique::AnonymousGrant, Certainty::NeedsFact,
                m_graph.reason({ {}, {}, "anonymous requests are allowed, as far as is known", {},
                    "the API server is reached from outside" }));
        }
    }
    for (const auto& [name, group] : m_groups) {
        if (name == unauthenticated)
            continue;
        if (name.starts_with("system:serviceaccounts:"))
            join(group, allAccounts);
        join(group, authenticated);
        if (name == "system:masters")
            m_graph.step(group, m_making.goal(GoalKind::ClusterAdmin), Technique::ClusterAdmin);
    }
    for (const cluster::ServiceAccount& account : m_cluster.serviceAccounts()) {
        const std::string_view ns = m_making.nsOf(account.object);
        const PlaceId place = m_making.account(ns, m_making.nameOf(account.object));
        join(place, allAccounts);
        join(place, m_graph.keep("system:serviceaccounts:" + std::string(ns)));
        join(place, authenticated);
    }
    for (std::uint32_t i = 0; i < m_making.nodes.size(); ++i) {
        const cluster::ObjectId object = m_cluster.nodes()[i].object;
        const PlaceId identity
            = m_graph.place({ .kind = PlaceKind::NodeIdentity, .object = object, .name = m_making.nameOf(object) });
        join(identity, "system:nodes");
        join(identity, authenticated);
    }
    const access::Membership membership = access::membershipOf(m_cluster);
    for (const auto& [identity, holdings] : m_holdings) {
        const Place& place = m_graph.at(identity);
        if (place.kind == PlaceKind::User && place.name != anonymous)
            join(identity, authenticated);
    }
    for (const auto& [user, groups] : membership.groupsOf) {
        if (user.starts_with(nodePrefix) || user.starts_with(accountPrefix))
            continue;
        PlaceId place;
        for (const std::string& group : groups) {
            if (!m_groups.contains(group))
                continue;
            if (place.isNone())
                place = m_making.user(m_graph.keep(user));
            join(place, group);
            if (group == "system:masters" || m_administrators.contains(m_groups[group]))
                m_administrators.insert(place);
        }
    }
}

bool Rights::isInVersion(const RightsRow& row) const
{
    const cluster::Version& version = m_cluster.version();
    if ((row.technique == Technique::Exec || row.technique == Technique::AttachForward) && row.untilMinor != 0)
        return m_making.in.authorizers->server().isExecByGetAllowed;
    if (row.technique == Technique::ConstrainedImpersonation)
        return m_making.in.authorizers->server().hasConstrainedImpersonation;
    if (!version.isKnown())
        return row.sinceMinor == 0 || !row.condition.empty();
    return version.isAtLeast(1, row.sinceMinor) && (row.untilMinor == 0 || !version.isAtLeast(1, row.untilMinor));
}

void Rights::addSingles()
{
    // What binding a role leads to has rights that lead on, and is told here too: the list grows.
    for (; m_followed < m_leads.grants().size(); ++m_followed) {
        const auto [role, scope] = m_leads.grants()[m_followed];
        const RoleHits& hits = hitsOf(role);
        const PlaceId from = m_leads.grant(role, scope);
        for (const RightsRow& row : rightsRows()) {
            Held held { from, scope, &row, {}, {} };
            for (const Atom need : row.needs) {
                const Hit* hit = hits.find(static_cast<std::size_t>(need));
                if (hit && countsIn(*hit, need, scope)) {
                    held.hits.push_back(hit);
                    held.roles.push_back(role);
                }
            }
            if (held.hits.size() == row.needs.size() && isInVersion(row))
                m_leads.follow(held);
        }
        for (std::size_t i = 0; i < operatorRows().size(); ++i) {
            if (const Hit* hit = hits.find(atomCount + i))
                m_leads.followOperator(from, role, *hit, i);
        }
    }
}

// Rights that only together do something, when an identity has them through several bindings.
void Rights::addCombinations()
{
    std::bitset<atomCount> combined;
    for (const RightsRow& row : rightsRows()) {
        for (const Atom need : row.needs)
            if (row.needs.size() > 1)
                combined.set(static_cast<std::size_t>(need));
    }
    std::vector<bool> isPart(m_hits.size());
    for (std::size_t i = 0; i < m_hits.size(); ++i) {
        isPart[i] = std::ranges::any_of(
            m_hits[i].hits, [&](const auto& pair) { return pair.first < atomCount && combined.test(pair.first); });
    }
    const auto usable = [&](std::span<const Holding> all, std::vector<Holding>& out) {
        for (const Holding& one : all) {
            if (isPart[m_making.in.authorizers->rbac().alikeRole(one.role)])
                out.push_back(one);
        }
    };
    std::map<std::string_view, std::vector<Holding>> ofGroup;
    for (const auto& [name, place] : m_groups)
        usable(m_holdings[place], ofGroup[name]);
    const auto holdings = m_holdings;
    for (const auto& [identity, own] : holdings) {
        std::vector<Holding> all;
        usable(own, all);
        if (all.empty())
            continue;
        const Place place = m_graph.at(identity);
        const auto take = [&](std::string_view group) {
            if (const auto found = ofGroup.find(group); found != ofGroup.end())
                all.insert(all.end(), found->second.begin(), found->second.end());
        };
        if (place.kind == PlaceKind::ServiceAccount) {
            take(allAccounts);
            take("system:serviceaccounts:" + std::string(place.ns));
        }
        if (place.kind == PlaceKind::ServiceAccount || (place.kind == PlaceKind::User && place.name != anonymous)
            || (place.kind == PlaceKind::Group && place.name != authenticated && place.name != unauthenticated))
            take(authenticated);
        if (all.size() > 1)
            combine(identity, all);
    }
}

void Rights::combine(PlaceId identity, std::span<const Holding> holdings)
{
    std::set<std::string_view> scopes;
    for (const Holding& one : holdings)
        scopes.insert(one.scope);
    for (const RightsRow& row : rightsRows()) {
        if (row.needs.size() < 2 || !isInVersion(row))
            continue;
        for (const std::string_view scope : scopes)
            combineRow(identity, holdings, row, scope);
    }
}

void Rights::combineRow(
    PlaceId identity, std::span<const Holding> holdings, const RightsRow& row, std::string_view scope)
{
    constexpr std::size_t mostChoices = 8; // of one need; more bindings that grant the same change nothing
    // One binding that gives all of it without limits says it already.
    const auto isEnough = [&](const Holding& one) {
        return (one.scope.empty() || one.scope == scope) && std::ranges::all_of(row.needs, [&](Atom need) {
            const Hit* hit = hitsOf(one.role).find(static_cast<std::size_t>(need));
            return hit && hit->reach == Reach::All && countsIn(*hit, need, one.scope);
        });
    };
    if (std::ranges::any_of(holdings, isEnough))
        return;
    std::vector<std::vector<std::pair<const Holding*, const Hit*>>> choices(row.needs.size());
    for (std::size_t n = 0; n < row.needs.size(); ++n) {
        for (const Holding& one : holdings) {
            const Hit* hit = hitsOf(one.role).find(static_cast<std::size_t>(row.needs[n]));
            const bool isHere = one.scope.empty() || one.scope == scope;
            if (hit && isHere && countsIn(*hit, row.needs[n], one.scope.empty() ? one.scope : scope)
                && choices[n].size() < mostChoices)
                choices[n].emplace_back(&one, hit);
        }
        if (choices[n].empty())
            return;
    }
    std::vector<std::size_t> at(row.needs.size(), 0);
    for (bool isDone = false; !isDone;) {
        Held held { {}, scope, &row, {}, {} };
        std::set<std::uint32_t> bindings;
        bool isOfScope = scope.empty(), isOwn = false;
        std::vector<std::string> names;
        for (std::size_t n = 0; n < at.size(); ++n) {
            const auto& [holding, hit] = choices[n][at[n]];
            held.hits.push_back(hit);
            held.roles.push_back(holding->role);
            isOfScope = isOfScope || holding->scope == scope;
            isOwn = isOwn || holding->via == identity;
            if (bindings.insert(holding->binding).second)
                names.push_back(m_cluster.titleOf(m_cluster.roleBindings()[holding->binding].object));
        }
        if (bindings.size() > 1 && isOfScope && isOwn) {
            held.from = m_graph.place({ .kind = PlaceKind::Combination,
                .technique = row.technique,
                .object = m_graph.at(identity).object,
                .ns = scope,
                .name = m_graph.keep(
                    "what " + printable(m_graph.at(identity).name) + " may do by " + join(names, " and ")) });
            for (const std::uint32_t b : bindings) {
                const cluster::ObjectId object = m_cluster.roleBindings()[b].object;
                m_graph.standsOn(
                    held.from, m_graph.fact({ .kind = Fact::Kind::Binding, .object = object, .pointer = "/subjects" }));
            }
            m_graph.step(identity, held.from, Technique::Binding);
            m_leads.follow(held);
        }
        isDone = true;
        for (std::size_t n = 0; n < at.size(); ++n) {
            if (++at[n] < choices[n].size()) {
                isDone = false;
                break;
            }
            at[n] = 0;
        }
    }
}

// Hubs of users and groups: those that bindings name.
void Rights::addPeople()
{
    const PlaceId users { m_graph.find({ .kind = PlaceKind::PeopleIn, .name = "user" }) };
    const PlaceId all { m_graph.find({ .kind = PlaceKind::PeopleIn, .name = "user and group" }) };
    if (users.isNone() && all.isNone())
        return;
    for (const auto& [identity, holdings] : m_holdings) {
        const Place& place = m_graph.at(identity);
        const bool isUser = place.kind == PlaceKind::User;
        const bool isGroup = place.kind == PlaceKind::Group && place.name != "system:masters";
        if (users && isUser)
            m_graph.step(users, identity, Technique::GroupMember);
        if (all && (isUser || isGroup))
            m_graph.step(all, identity, Technique::GroupMember);
    }
}

void Rights::markOrdinary()
{
    const auto isEverybody = [](std::string_view name) {
        return name == anonymous || name == authenticated || name == unauthenticated || name.starts_with(allAccounts);
    };
    for (std::uint32_t i = 0; i < m_graph.placeCount(); ++i) {
        const PlaceId id { i };
        const Place& place = m_graph.at(id);
        const bool isAdministrator = m_administrators.contains(id);
        const bool isPerson = place.kind == PlaceKind::User || place.kind == PlaceKind::Group;
        if (isPerson && (isEverybody(place.name) || (!isAdministrator && !place.name.starts_with("system:"))))
            m_graph.setOrdinary(id);
        // Nobody holds an account that is not there; who may claim it has a technique of its own.
        const bool isThere = !place.object.isNone() || !m_cluster.covers("", "ServiceAccount");
        if (place.kind == PlaceKind::ServiceAccount && isThere && place.ns != "kube-system" && !isAdministrator)
            m_graph.setOrdinary(id);
    }
}

} // namespace

void addRights(Making& making)
{
    Rights(making).add();
}

} // namespace plimsoll::attack
