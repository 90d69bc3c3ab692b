// SPDX-License-Identifier: Apache-2.0
#include "core/secrets/Readers.h"

#include <algorithm>
#include <array>
#include <map>
#include <mutex>
#include <set>
#include <tuple>
#include <unordered_map>

#include "core/access/Escalation.h"
#include "core/base/Text.h"

namespace plimsoll::secrets {

using access::Grant;
using access::Permission;
using cluster::Cluster;

namespace {

// Kinds that carry a pod template; a pod made from it mounts what its author wants.
struct Resource {
    std::string_view group, name;
};
constexpr std::array<Resource, 9> podMakers { {
    { "", "pods" },
    { "", "replicationcontrollers" },
    { "apps", "daemonsets" },
    { "apps", "deployments" },
    { "apps", "replicasets" },
    { "apps", "statefulsets" },
    { "batch", "cronjobs" },
    { "batch", "jobs" },
    { "serving.knative.dev", "services" },
} };

std::vector<Permission> permissionsOf(Way way, const access::Server& server)
{
    std::vector<Permission> list;
    switch (way) {
    case Way::Read:
        for (const std::string_view verb : { "get", "list", "watch" })
            list.push_back({ verb, "", "secrets", "" });
        break;
    case Way::Exec:
        for (const std::string_view verb : access::execVerbs(server, "pods", "exec"))
            list.push_back({ verb, "", "pods", "exec" });
        for (const std::string_view verb : { "patch", "update" })
            list.push_back({ verb, "", "pods", "ephemeralcontainers" });
        for (const std::string_view verb : access::execVerbs(server, "nodes", "proxy"))
            list.push_back({ verb, "", "nodes", "proxy" });
        break;
    case Way::Start:
        for (const Resource& maker : podMakers) {
            list.push_back({ "create", maker.group, maker.name, "" });
            if (maker.name == "pods" || maker.name == "jobs")
                continue; // the volumes of what exists cannot be changed
            list.push_back({ "patch", maker.group, maker.name, "" });
            list.push_back({ "update", maker.group, maker.name, "" });
        }
        break;
    case Way::Token:
        list.push_back({ "create", "", "serviceaccounts", "token" });
        break;
    case Way::Impersonate:
        for (const std::string_view resource : { "users", "groups", "serviceaccounts" })
            list.push_back({ "impersonate", "", resource, "" });
        break;
    }
    return list;
}

// Who holds one permission, by where.
struct Held {
    Permission permission;
    std::vector<access::Holding> everywhere;
    std::unordered_map<std::string_view, std::vector<access::Holding>> inNamespace;
};

using Key = std::tuple<std::string, std::string, std::string>; // kind, namespace, name

std::string requestText(const Permission& permission, std::string_view ns, std::string_view name)
{
    access::Request request { .verb = std::string(permission.verb),
        .apiGroup = std::string(permission.apiGroup),
        .resource = std::string(permission.resource),
        .subresource = std::string(permission.subresource) };
    const bool isPlaced = !access::isClusterScoped(permission.apiGroup, permission.resource)
        && permission.resource != "users" && permission.resource != "groups";
    if (isPlaced)
        request.ns = std::string(ns);
    request.name = std::string(name);
    return access::textOf(request);
}

} // namespace

std::string_view toText(Way way)
{
    constexpr std::array<std::string_view, wayCount> texts { "may read it", "may run commands in a pod that has it",
        "may start pods with it", "may ask for a token of one who can", "may act as one who can" };
    return texts[static_cast<std::size_t>(way)];
}

bool Reader::has(Way way) const
{
    return std::ranges::find(routes, way, &Route::way) != routes.end();
}

std::vector<std::uint32_t> ReaderSet::counts() const
{
    std::vector<std::uint32_t> counts(wayCount);
    for (const Reader& reader : readers)
        ++counts[static_cast<std::size_t>(reader.way())];
    return counts;
}

struct Readers::Private {
    std::shared_ptr<const access::Authorizers> authorizers;
    std::shared_ptr<const References> references;
    bool usesRbac = true, isEverybody = false;
    class Search;
    std::array<std::vector<Held>, wayCount> held;

    const Cluster& cluster() const { return authorizers->cluster(); }
    void index(Way way);

    // Calls found(kind, ns, name, grant) for each subject that holds the permission for one of the names. With anyName,
    // also who holds it for any one name.
    struct Where {
        std::string_view ns;
        std::span<const std::string_view> names;
        bool anyName = false;
    };
    template <class Found> void forEach(const Held& right, const Where& where, Found found) const;
};

void Readers::Private::index(Way way)
{
    const auto bindings = cluster().roleBindings();
    for (const Permission& permission : permissionsOf(way, authorizers->server())) {
        Held one { permission, {}, {} };
        for (access::Holding& holding : access::holdings(cluster(), permission)) {
            const cluster::RoleBinding& binding = bindings[holding.binding];
            if (binding.isClusterRoleBinding)
                one.everywhere.push_back(std::move(holding));
            else
                one.inNamespace[cluster().text(cluster().object(binding.object).ns)].push_back(std::move(holding));
        }
        held[static_cast<std::size_t>(way)].push_back(std::move(one));
    }
}

template <class Found> void Readers::Private::forEach(const Held& right, const Where& where, Found found) const
{
    const Cluster& model = cluster();
    const auto visit = [&](const access::Holding& holding) {
        const cluster::Role& role = model.roles()[holding.role];
        for (const std::uint32_t rule : holding.rules) {
            const auto& names = role.rules[rule].resourceNames;
            const bool fits = names.empty() || where.anyName || std::ranges::any_of(names, [&](StringId name) {
                return std::ranges::find(where.names, model.text(name)) != where.names.end();
            });
            if (!fits)
                continue;
            const auto& subjects = model.roleBindings()[holding.binding].subjects;
            for (std::uint32_t i = 0; i < subjects.size(); ++i) {
                const std::string_view kind = model.text(subjects[i].kind);
                const bool isAccount = kind == "ServiceAccount";
                const std::string_view ns = isAccount ? model.text(subjects[i].ns) : std::string_view();
                if (kind == "User" || kind == "Group" || (isAccount && !ns.empty()))
                    found(kind, ns, model.text(subjects[i].name), Grant { holding.binding, holding.role, rule, i });
            }
            break; // one rule of a binding is enough
        }
    };
    for (const access::Holding& holding : right.everywhere)
        visit(holding);
    if (const auto local = right.inNamespace.find(where.ns); local != right.inNamespace.end() && !where.ns.empty())
        std::ranges::for_each(local->second, visit);
}

namespace {

// Gathers the readers of one Secret.
class Gathering {
public:
    std::uint32_t reader(std::string_view kind, std::string_view ns, std::string_view name)
    {
        const auto [at, isNew]
            = m_indexOf.try_emplace(Key { kind, ns, name }, static_cast<std::uint32_t>(readers.size()));
        if (isNew)
            readers.push_back({ kind, ns, name, {} });
        return at->second;
    }

    void add(std::uint32_t reader, Route route)
    {
        std::vector<Route>& routes = readers[reader].routes;
        const bool isKnown = std::ranges::any_of(routes, [&](const Route& other) {
            return other.way == route.way && other.grant.binding == route.grant.binding
                && other.becomes == route.becomes && other.through == route.through;
        });
        if (!isKnown && route.becomes != reader)
            routes.push_back(std::move(route));
    }

    std::vector<Reader> finish();

    std::vector<Reader> readers;

private:
    std::map<Key, std::uint32_t> m_indexOf;
};

// In order of the identities; the indices of Route::becomes follow.
std::vector<Reader> Gathering::finish()
{
    std::vector<std::uint32_t> order(readers.size()), place(readers.size());
    for (std::uint32_t i = 0; i < order.size(); ++i)
        order[i] = i;
    std::ranges::sort(
        order, {}, [&](std::uint32_t i) { return std::tie(readers[i].kind, readers[i].ns, readers[i].name); });
    for (std::uint32_t i = 0; i < order.size(); ++i)
        place[order[i]] = i;
    std::vector<Reader> sorted;
    sorted.reserve(readers.size());
    for (const std::uint32_t i : order) {
        Reader& reader = sorted.emplace_back(std::move(readers[i]));
        for (Route& route : reader.routes) {
            if (route.becomes != Route::none)
                route.becomes = place[route.becomes];
        }
        std::ranges::stable_sort(reader.routes, {}, &Route::way);
    }
    return sorted;
}

} // namespace

Readers::Readers(std::shared_ptr<const access::Authorizers> authorizers, std::shared_ptr<const References> references)
    : m_private(std::make_unique<Private>())
{
    m_private->authorizers = std::move(authorizers);
    m_private->references = std::move(references);
    const access::Server& server = m_private->authorizers->server();
    if (server.modes == access::Server::Modes::Flags) {
        const auto uses = [&](std::string_view mode) {
            return std::ranges::any_of(
                server.authorizers, [&](const auto& modes) { return std::ranges::find(modes, mode) != modes.end(); });
        };
        m_private->usesRbac = uses("RBAC");
        m_private->isEverybody = uses("AlwaysAllow");
    }
    for (std::size_t way = 0; way < wayCount && m_private->usesRbac; ++way)
        m_private->index(static_cast<Way>(way));
}

Readers::~Readers() = default;

std::shared_ptr<const Readers> Readers::make(
    std::shared_ptr<const Cluster> cluster, std::shared_ptr<const access::Rbac> rbac)
{
    if (!rbac)
        rbac = std::make_shared<const access::Rbac>(cluster);
    return std::make_shared<const Readers>(std::make_shared<const access::Authorizers>(std::move(rbac)),
        std::make_shared<const References>(std::move(cluster)));
}

const References& Readers::references() const
{
    return *m_private->references;
}

const access::Authorizers& Readers::authorizers() const
{
    return *m_private->authorizers;
}

std::string Readers::gap(std::string_view ns) const
{
    return m_private->authorizers->missingKinds(ns);
}

std::vector<Reader> Readers::direct(std::string_view ns, std::string_view name) const
{
    Gathering gathering;
    const std::array<std::string_view, 1> names { name };
    for (const Held& held : m_private->held[static_cast<std::size_t>(Way::Read)]) {
        m_private->forEach(held, { ns, names },
            [&](std::string_view kind, std::string_view subjectNs, std::string_view subject, const Grant& grant) {
                gathering.add(gathering.reader(kind, subjectNs, subject),
                    { .way = Way::Read, .request = requestText(held.permission, ns, name), .grant = grant });
            });
    }
    constexpr Grant byGroup { Grant::none, Grant::none, Grant::none, Grant::none };
    gathering.add(gathering.reader("Group", {}, "system:masters"),
        { .way = Way::Read, .request = "everything, in every cluster", .grant = byGroup });
    return gathering.finish();
}

// Looks for the readers of one Secret.
class Readers::Private::Search {
public:
    Search(const Readers& readers, std::string_view ns, std::string_view name)
        : m_readers(readers)
        , m_private(*readers.m_private)
        , m_ns(ns)
        , m_name(name)
    {
    }
    ReaderSet run();

private:
    void findPods();
    void addRoutes(Way way, const Held& held, const Where& where, const Route& route, std::string_view target = {});
    void addDirect();
    void addThoseWhoBecome(std::uint32_t reader);
    void addThoseWhoBecomeGroup(std::uint32_t reader, std::string_view group);
    std::span<const Held> heldBy(Way way) const { return m_private.held[static_cast<std::size_t>(way)]; }

    const Readers& m_readers;
    const Private& m_private;
    std::string_view m_ns, m_name;
    ReaderSet m_set;
    std::vector<std::string_view> m_pods; // that have the value
    cluster::WorkloadId m_holder; // of the first of them
    Gathering m_gathering;
};

// Pods that have it, and the nodes whose kubelets may fetch it.
void Readers::Private::Search::findPods()
{
    const Cluster& cluster = m_private.cluster();
    std::set<std::string_view> nodes;
    std::set<std::uint32_t> referring;
    for (const Reference& one : m_private.references->of(m_ns, m_name)) {
        if (!one.workload.isNone() && one.use != Use::Other)
            referring.insert(one.workload.index);
    }
    for (const std::uint32_t index : referring) {
        const cluster::WorkloadId workload { index };
        const bool isHolder = std::ranges::find(m_set.holders, workload) != m_set.holders.end();
        for (const cluster::ObjectId id : cluster.workloads()[index].pods) {
            const cluster::Pod* pod = cluster.pod(id);
            if (!pod || pod->isTerminated)
                continue;
            if (!pod->nodeName.isNone())
                nodes.insert(cluster.text(pod->nodeName));
            if (!isHolder)
                continue;
            if (m_pods.empty())
                m_holder = workload;
            m_pods.push_back(cluster.text(cluster.object(id).name));
        }
    }
    m_set.nodes.assign(nodes.begin(), nodes.end());
}

void Readers::Private::Search::addRoutes(
    Way way, const Held& held, const Where& where, const Route& route, std::string_view target)
{
    const std::string request = requestText(held.permission, where.ns, target);
    m_private.forEach(
        held, where, [&](std::string_view kind, std::string_view ns, std::string_view subject, const Grant& grant) {
            m_gathering.add(
                m_gathering.reader(kind, ns, subject), { way, request, grant, route.becomes, route.through });
        });
}

void Readers::Private::Search::addDirect()
{
    for (Reader& reader : m_readers.direct(m_ns, m_name)) {
        const std::uint32_t index = m_gathering.reader(reader.kind, reader.ns, reader.name);
        for (Route& route : reader.routes)
            m_gathering.add(index, std::move(route));
    }
    for (const Held& held : heldBy(Way::Exec)) {
        const bool isOfNode = held.permission.resource == "nodes";
        if (!m_pods.empty())
            addRoutes(Way::Exec, held, { m_ns, isOfNode ? m_set.nodes : m_pods }, { .through = m_holder });
    }
    // Whether what a rule names exists is not asked: the right to a name is one to use it later.
    for (const Held& held : heldBy(Way::Start))
        addRoutes(Way::Start, held, { m_ns, {}, held.permission.verb != "create" }, {});
}

// A group is impersonated together with a user: who may impersonate nobody is refused.
void Readers::Private::Search::addThoseWhoBecomeGroup(std::uint32_t reader, std::string_view group)
{
    const auto impersonate = heldBy(Way::Impersonate); // users, groups, serviceaccounts
    std::set<Key> actors;
    for (const Held* held : { &impersonate[0], &impersonate[2] }) {
        m_private.forEach(*held, { {}, {}, true },
            [&](std::string_view kind, std::string_view ns, std::string_view subject, const Grant&) {
                actors.emplace(kind, ns, subject);
            });
    }
    const std::array<std::string_view, 1> names { group };
    const std::string request = requestText(impersonate[1].permission, {}, group);
    m_private.forEach(impersonate[1], { {}, names },
        [&](std::string_view kind, std::string_view ns, std::string_view subject, const Grant& grant) {
            if (actors.contains({ std::string(kind), std::string(ns), std::string(subject) }))
                m_gathering.add(
                    m_gathering.reader(kind, ns, subject), { Way::Impersonate, request, grant, reader, {} });
        });
    constexpr std::string_view accountsOf = "system:serviceaccounts:";
    if (group.starts_with(accountsOf))
        addRoutes(Way::Token, heldBy(Way::Token).front(), { group.substr(accountsOf.size()), {}, true },
            { .becomes = reader });
}

void Readers::Private::Search::addThoseWhoBecome(std::uint32_t reader)
{
    // A copy: the list grows.
    const std::string_view kind = m_gathering.readers[reader].kind, ns = m_gathering.readers[reader].ns,
                           name = m_gathering.readers[reader].name;
    if (kind == "Group")
        return addThoseWhoBecomeGroup(reader, name);
    const auto impersonate = heldBy(Way::Impersonate);
    const Route route { .becomes = reader };
    const std::array<std::string_view, 1> names { name };
    if (kind == "User")
        return addRoutes(Way::Impersonate, impersonate[0], { {}, names }, route, name);
    addRoutes(Way::Token, heldBy(Way::Token).front(), { ns, names }, route, name);
    addRoutes(Way::Impersonate, impersonate[2], { ns, names }, route, name);
    const std::string user = access::Rbac::serviceAccountUser(ns, name).name;
    const std::array<std::string_view, 1> userNames { user };
    addRoutes(Way::Impersonate, impersonate[0], { {}, userNames }, route, user);
}

ReaderSet Readers::Private::Search::run()
{
    m_set.isEverybody = m_private.isEverybody;
    m_set.holders = m_private.references->holders(m_ns, m_name);
    findPods();
    addDirect();
    for (std::uint32_t i = 0; m_private.usesRbac && i < m_gathering.readers.size(); ++i)
        addThoseWhoBecome(i);
    m_set.readers = m_gathering.finish();
    return std::move(m_set);
}

ReaderSet Readers::of(std::string_view ns, std::string_view name) const
{
    return Private::Search(*this, ns, name).run();
}

} // namespace plimsoll::secrets
