// SPDX-License-Identifier: Apache-2.0
#include "core/access/Questions.h"

#include <algorithm>
#include <set>

#include "core/base/Text.h"
#include "tests/access/RandomCluster.h"
#include "tests/support/Support.h"

using namespace plimsoll;
using access::Authorizers;
using access::GrantFault;
using access::Permissions;
using access::Rbac;
using access::Request;
using access::User;
using test::RandomCluster;

namespace {

constexpr const char* shop = R"(
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: reader }
rules:
- { verbs: [get, list], apiGroups: [''], resources: [pods, nodes] }
- { verbs: ['*'], apiGroups: [''], resources: [namespaces] }
- { verbs: [get], nonResourceURLs: [/metrics] }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: keeper }
rules: [{ verbs: ['*'], apiGroups: [''], resources: [secrets] }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: all }
roleRef: { kind: ClusterRole, name: reader }
subjects: [{ kind: Group, name: dev }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: keep, namespace: shop }
roleRef: { kind: ClusterRole, name: keeper }
subjects: [{ kind: User, name: ann }, { kind: ServiceAccount, name: web }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: keep, namespace: bank }
roleRef: { kind: ClusterRole, name: keeper }
subjects: [{ kind: User, name: ann }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: read, namespace: shop }
roleRef: { kind: ClusterRole, name: reader }
subjects: [{ kind: User, name: bob }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: unused, namespace: shop }
rules: [{ verbs: [get], apiGroups: [core], resources: [pods] }]
)";

std::shared_ptr<const Authorizers> authorizersOf(std::string_view yaml)
{
    return std::make_shared<const Authorizers>(std::make_shared<const Rbac>(test::clusterFrom(yaml)));
}

std::string textOf(const std::vector<std::string_view>& list)
{
    return join(std::span<const std::string_view>(list), ",");
}

// "shop: secrets get,list; everywhere: ..." in one line each.
std::string textOf(std::span<const access::PermissionRow> rows)
{
    std::string out;
    for (const access::PermissionRow& row : rows) {
        const access::RuleText& what = row.what;
        out += textOf(what.verbs) + ' '
            + (what.nonResourceUrls.empty() ? textOf(what.apiGroups) + '/' + textOf(what.resources)
                                            : textOf(what.nonResourceUrls));
        if (!what.resourceNames.empty())
            out += ' ' + textOf(what.resourceNames);
        out += "; ";
    }
    return out;
}

std::string textOf(const Permissions& permissions)
{
    std::string out;
    for (const access::PermissionBlock& block : permissions.blocks)
        out += (block.namespaces.empty() ? "everywhere" : textOf(block.namespaces)) + ": " + textOf(block.rows) + '\n';
    return out;
}

// Whether rows of permissions say that a request is allowed: by the very rule matching of the API server.
bool saysAllowed(const Permissions& permissions, const Request& request)
{
    const auto has = [](const std::vector<std::string_view>& list, std::string_view wanted) {
        return std::ranges::find(list, wanted) != list.end();
    };
    for (const access::PermissionBlock& block : permissions.blocks) {
        if (!block.namespaces.empty() && !has(block.namespaces, request.ns))
            continue;
        for (const auto& [what, rules] : block.rows) {
            if (!has(what.verbs, "*") && !has(what.verbs, request.verb))
                continue;
            if (!request.path.empty()) {
                for (std::string_view url : what.nonResourceUrls) {
                    const bool isPrefix = url.ends_with('*');
                    while (url.ends_with('*'))
                        url.remove_suffix(1);
                    if (request.path == url || (isPrefix && request.path.starts_with(url)))
                        return true;
                }
                continue;
            }
            const std::string combined
                = request.subresource.empty() ? request.resource : request.resource + '/' + request.subresource;
            if ((has(what.apiGroups, "*") || has(what.apiGroups, request.apiGroup))
                && (has(what.resources, "*") || has(what.resources, combined)
                    || (!request.subresource.empty() && has(what.resources, "*/" + request.subresource)))
                && (what.resourceNames.empty() || has(what.resourceNames, request.name)))
                return true;
        }
    }
    return permissions.isSystemMaster;
}

} // namespace

class tst_Questions : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void listsWhoCan();
    void whoCanAgreesWithRequests_data();
    void whoCanAgreesWithRequests();
    void listsPermissions();
    void permissionsAgreeWithRequests_data();
    void permissionsAgreeWithRequests();
    void comparesUsers();
    void comparisonAgreesWithRequests_data();
    void comparisonAgreesWithRequests();
    void tellsWhatABindingGives();
    void findsDeadGrants();
    void findsBroadGrants();
    void readsMemberships();
    void refusesBadMemberships_data();
    void refusesBadMemberships();
    void impliesGroups();
};

void tst_Questions::listsWhoCan()
{
    const auto authorizers = authorizersOf(shop);
    const auto found = access::whoCan(*authorizers, { .verb = "get", .resource = "secrets", .ns = "shop" });
    std::string text;
    for (const access::Reacher& one : found.reachers)
        text += std::string(one.kind) + ' ' + std::string(one.ns) + '/' + std::string(one.name) + ' '
            + std::to_string(one.grants.size()) + '\n';
    QCOMPARE(text, std::string("Group /system:masters 0\nServiceAccount shop/web 1\nUser /ann 1\n"));
    QVERIFY(found.isAlsoByNodesPods);
    const auto services = access::whoCan(*authorizers, { .verb = "get", .resource = "services", .ns = "shop" });
    QCOMPARE(services.reachers.size(), 2u);
    QCOMPARE(services.reachers[1].name, std::string_view("system:nodes"));
    QCOMPARE(int(services.reachers[1].by), int(access::By::Node));
}

void tst_Questions::whoCanAgreesWithRequests_data()
{
    QTest::addColumn<unsigned>("seed");
    for (unsigned seed = 1; seed <= 60; ++seed)
        QTest::addRow("seed %u", seed) << seed;
}

void tst_Questions::whoCanAgreesWithRequests()
{
    QFETCH(unsigned, seed);
    RandomCluster random(seed);
    const auto cluster = test::clusterFrom(random.yaml());
    const auto authorizers = std::make_shared<const Authorizers>(std::make_shared<const Rbac>(cluster));
    std::string disagreements;
    for (int index = 0; index < 100; ++index) {
        const Request request = random.request();
        const User user = random.user();
        const auto found = access::whoCan(*authorizers, request);
        const bool isListed = std::ranges::any_of(found.reachers, [&](const access::Reacher& one) {
            if (one.by == access::By::Node)
                return false;
            if (one.kind == "Group")
                return std::ranges::find(user.groups, one.name) != user.groups.end();
            return one.kind == "User" ? user.name == one.name
                                      : user.name == Rbac::serviceAccountUser(one.ns, one.name).name;
        });
        if (isListed != test::allowedByBruteForce(*cluster, user, request))
            disagreements += user.name + ' ' + access::textOf(request) + '\n';
    }
    QCOMPARE(disagreements, std::string());
}

void tst_Questions::listsPermissions()
{
    const auto authorizers = authorizersOf(shop);
    const User ann = access::userNamed("ann", std::vector<std::string> { "dev" });
    const Permissions found = access::permissionsOf(authorizers->rbac(), ann);
    QCOMPARE(textOf(found),
        std::string("everywhere: * /namespaces; get,list /nodes; get,list /pods; get /metrics; \n"
                    "bank,shop: * /secrets; \n"));
    QCOMPARE(found.blocks[1].bindings.size(), 2u);
    // Through a RoleBinding: no paths, no nodes, and of namespaces what addresses the own one.
    QCOMPARE(textOf(access::permissionsOf(authorizers->rbac(), access::userNamed("bob"))),
        std::string("shop: delete,get,patch,update /namespaces; get,list /pods; \n"));
    QCOMPARE(textOf(access::permissionsOf(authorizers->rbac(), ann, "bank")),
        std::string(
            "everywhere: * /namespaces; get,list /nodes; get,list /pods; get /metrics; \nbank: * /secrets; \n"));
}

void tst_Questions::permissionsAgreeWithRequests_data()
{
    whoCanAgreesWithRequests_data();
}

void tst_Questions::permissionsAgreeWithRequests()
{
    QFETCH(unsigned, seed);
    RandomCluster random(seed);
    const auto cluster = test::clusterFrom(random.yaml());
    const Rbac rbac(cluster);
    std::string disagreements;
    for (int index = 0; index < 100; ++index) {
        const User user = random.user();
        const Permissions permissions = access::permissionsOf(rbac, user);
        const Request request = random.request();
        if (saysAllowed(permissions, request) != test::allowedByBruteForce(*cluster, user, request))
            disagreements += user.name + ' ' + access::textOf(request) + '\n';
    }
    QCOMPARE(disagreements, std::string());
}

void tst_Questions::comparesUsers()
{
    const auto authorizers = authorizersOf(shop);
    const auto found = access::compare(
        authorizers->rbac(), access::userNamed("bob", std::vector<std::string> { "dev" }), access::userNamed("ann"));
    QCOMPARE(found.parts.size(), 3u); // everywhere, bank, shop
    QCOMPARE(
        textOf(found.parts[0].onlyA), std::string("* /namespaces; get,list /nodes; get,list /pods; get /metrics; "));
    QCOMPARE(textOf(found.parts[1].onlyB), std::string("* /secrets; "));
    QCOMPARE(textOf(found.parts[2].namespaces), std::string("shop"));
    QCOMPARE(textOf(found.parts[2].onlyB), std::string("* /secrets; "));
    const auto same = access::compare(authorizers->rbac(), access::userNamed("ann"), access::userNamed("ann"));
    for (const auto& part : same.parts)
        QVERIFY(part.onlyA.empty() && part.onlyB.empty());
    // What one holds everywhere covers what the other holds in a namespace.
    const auto wide = access::compare(
        authorizers->rbac(), access::userNamed("bob"), access::userNamed("eve", std::vector<std::string> { "dev" }));
    QCOMPARE(textOf(wide.parts[1].both), std::string("delete,get,patch,update /namespaces; get,list /pods; "));
    QVERIFY(wide.parts[1].onlyA.empty());
}

void tst_Questions::comparisonAgreesWithRequests_data()
{
    whoCanAgreesWithRequests_data();
}

// A request that A may and B may not is one of what only A may; nothing of B's is only A's.
void tst_Questions::comparisonAgreesWithRequests()
{
    QFETCH(unsigned, seed);
    RandomCluster random(seed);
    const auto cluster = test::clusterFrom(random.yaml());
    const Rbac rbac(cluster);
    std::string disagreements;
    for (int index = 0; index < 60; ++index) {
        const User a = random.user(), b = random.user();
        const Request request = random.request();
        const bool isA = test::allowedByBruteForce(*cluster, a, request);
        const bool isB = test::allowedByBruteForce(*cluster, b, request);
        const auto found = access::compare(rbac, a, b);
        Permissions onlyA;
        for (const auto& part : found.parts)
            onlyA.blocks.push_back({ .namespaces = part.namespaces, .bindings = {}, .rows = part.onlyA });
        if (isA && !isB && !saysAllowed(onlyA, request))
            disagreements += a.name + " and " + b.name + ": " + access::textOf(request) + '\n';
    }
    QCOMPARE(disagreements, std::string());
}

void tst_Questions::tellsWhatABindingGives()
{
    const auto authorizers = authorizersOf(std::string(shop) + R"(---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: ann }
roleRef: { kind: ClusterRole, name: reader }
subjects: [{ kind: User, name: ann }, { kind: Group, name: dev }]
)");
    const cluster::Cluster& cluster = authorizers->cluster();
    std::string text;
    for (std::uint32_t binding = 0; binding < cluster.roleBindings().size(); ++binding)
        for (const access::Loss& loss : access::lossesWithout(authorizers->rbac(), binding))
            text += cluster.refOf(cluster.roleBindings()[binding].object) + ' '
                + access::titleOf(cluster, cluster.roleBindings()[binding].subjects[loss.subject]) + ": "
                + textOf(loss.lost) + '(' + std::to_string(loss.kept) + " kept)\n";
    const std::string everything = "* /namespaces; get,list /nodes; get,list /pods; get /metrics; ";
    QCOMPARE(text,
        std::string("clusterrolebinding/all Group dev: (6 kept)\n"
                    "clusterrolebinding/ann User ann: ")
            + everything + "(0 kept)\n"
            + "clusterrolebinding/ann Group dev: (6 kept)\n"
              "rolebinding/bank/keep User ann: * /secrets; (0 kept)\n"
              "rolebinding/shop/keep User ann: * /secrets; (0 kept)\n"
              "rolebinding/shop/keep ServiceAccount shop/web: * /secrets; (0 kept)\n"
              "rolebinding/shop/read User bob: delete,get,patch,update /namespaces; get,list /pods; (0 kept)\n");
}

void tst_Questions::findsDeadGrants()
{
    const auto authorizers = authorizersOf(std::string(shop) + R"(---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: ghost }
roleRef: { kind: ClusterRole, name: nobody-made-it }
subjects: [{ kind: ServiceAccount, name: a }, { kind: Robot, name: b }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: role }
roleRef: { kind: Role, name: unused }
subjects: []
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: here, namespace: shop }
)");
    std::string text;
    for (const access::FaultyGrant& one : access::deadGrants(authorizers->cluster()))
        text += authorizers->cluster().refOf(one.object) + one.pointer + ' ' + std::to_string(int(one.fault)) + '\n';
    const auto line = [](const char* where, GrantFault fault) {
        return std::string(where) + ' ' + std::to_string(int(fault)) + '\n';
    };
    QCOMPARE(text,
        line("clusterrolebinding/ghost/roleRef", GrantFault::RoleMissing)
            + line("clusterrolebinding/ghost/subjects/0", GrantFault::SubjectUnknownKind)
            + line("clusterrolebinding/ghost/subjects/1", GrantFault::SubjectUnknownKind)
            + line("clusterrolebinding/role/roleRef", GrantFault::RoleOfOtherScope)
            + line("clusterrolebinding/role", GrantFault::NoSubjects)
            + line("rolebinding/shop/keep/subjects/1", GrantFault::AccountMissing)
            + line("rolebinding/shop/read/roleRef", GrantFault::RuleNeedsCluster)
            + line("role/shop/unused", GrantFault::RoleUnbound)
            + line("role/shop/unused/rules/0", GrantFault::RuleMatchesNothing));
}

void tst_Questions::findsBroadGrants()
{
    const auto authorizers = authorizersOf(R"(
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: all }
rules:
- { verbs: ['*'], apiGroups: ['*'], resources: ['*'] }
- { verbs: ['*'], apiGroups: [''], resources: [pods] }
- { verbs: [get], apiGroups: ['*'], resources: [pods] }
- { verbs: [get], apiGroups: [''], resources: [pods] }
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: b }
roleRef: { kind: ClusterRole, name: all }
subjects: [{ kind: Group, name: 'system:authenticated' }, { kind: User, name: 'system:anonymous' }, { kind: User, name: ann }]
)");
    std::string text;
    for (const access::FaultyGrant& one : access::broadGrants(authorizers->cluster()))
        text += one.pointer + ' ' + std::to_string(int(one.fault)) + '\n';
    const auto line = [](const char* where, GrantFault fault) {
        return std::string(where) + ' ' + std::to_string(int(fault)) + '\n';
    };
    QCOMPARE(text,
        line("/subjects/0", GrantFault::BoundToEverybody) + line("/subjects/1", GrantFault::BoundToAnonymous)
            + line("/rules/0", GrantFault::Everything) + line("/rules/1", GrantFault::EveryVerb)
            + line("/rules/2", GrantFault::EveryGroup));
}

void tst_Questions::readsMemberships()
{
    const auto found = access::parseMembership(
        "groups:\n  dev: [ann, bob]\n  ops: [ann]\nusers:\n  bob: [ops, dev]\n", "groups.yaml");
    VERIFY_RESULT(found);
    QCOMPARE(found->groupsOf.size(), 2u);
    QCOMPARE(found->groupsOf.at("bob"), std::vector<std::string>({ "dev", "ops" }));
    QCOMPARE(found->usersIn("ops"), std::vector<std::string>({ "ann", "bob" }));
    QCOMPARE(access::userNamed("ann", {}, *found).groups,
        std::vector<std::string>({ "system:authenticated", "dev", "ops" }));
    const auto cluster
        = test::clusterFrom("apiVersion: certificates.k8s.io/v1\nkind: CertificateSigningRequest\n"
                            "metadata: { name: c }\nspec: { signerName: x/y, username: ann, groups: [dev, "
                            "'system:authenticated'] }\n");
    QCOMPARE(
        access::membershipOf(*cluster).groupsOf.at("ann"), std::vector<std::string>({ "dev", "system:authenticated" }));
}

void tst_Questions::refusesBadMemberships_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("where");
    const auto row
        = [](const char* name, const char* text, const char* where) { QTest::addRow("%s", name) << text << where; };
    row("a list", "- a\n", "g.yaml:1");
    row("another table", "groups: {}\nteams: {}\n", "g.yaml:2");
    row("no list of users", "groups:\n  dev: ann\n", "g.yaml:2");
    row("a table as name", "groups:\n  dev:\n  - { a: b }\n", "g.yaml:3");
    row("no YAML", "groups: [\n", "g.yaml, line");
}

void tst_Questions::refusesBadMemberships()
{
    QFETCH(QString, text);
    QFETCH(QString, where);
    const std::string bytes = text.toStdString();
    const auto found = access::parseMembership(bytes, "g.yaml");
    QVERIFY(!found);
    QCOMPARE(int(found.error().kind), int(ErrorKind::Format));
    QVERIFY2(found.error().where.starts_with(where.toStdString()), found.error().where.c_str());
}

void tst_Questions::impliesGroups()
{
    QCOMPARE(access::userNamed("ann").groups, std::vector<std::string>({ "system:authenticated" }));
    QCOMPARE(access::userNamed("system:anonymous").groups, std::vector<std::string>({ "system:unauthenticated" }));
    QCOMPARE(access::userNamed("system:serviceaccount:a:b").groups,
        std::vector<std::string>({ "system:serviceaccounts", "system:serviceaccounts:a", "system:authenticated" }));
    QCOMPARE(access::userFromReference("serviceaccount/a/b", {}).name, std::string("system:serviceaccount:a:b"));
    QCOMPARE(
        access::userFromReference("group/dev", {}).groups, std::vector<std::string>({ "dev", "system:authenticated" }));
    QCOMPARE(access::userFromReference("user/ann", {}).name, std::string("ann"));
    QCOMPARE(access::userFromReference("oidc:ann/x", {}).name, std::string("oidc:ann/x"));
}

QTEST_GUILESS_MAIN(tst_Questions)
#include "tst_Questions.moc"
