// SPDX-License-Identifier: Apache-2.0
#include "core/access/Access.h"

#include <algorithm>
#include <fstream>

#include "core/base/Text.h"
#include "tests/access/RandomCluster.h"
#include "tests/support/Support.h"

using namespace plimsoll;
using access::Grant;
using access::Rbac;
using access::Reach;
using access::Request;
using access::User;
using test::allowedByBruteForce;
using test::RandomCluster;

namespace {

// One ClusterRole with one rule, as the only object.
std::string roleWith(std::string_view rule)
{
    return "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: { name: role }\nrules:\n- "
        + std::string(rule) + "\n";
}

// "verb group/resource/sub name ns"; "-" = empty; a path stands alone after the verb.
Request requestFrom(std::string_view text)
{
    const auto words = split(text, ' ');
    const auto word = [&](std::size_t index) {
        return index < words.size() && words[index] != "-" ? std::string(words[index]) : std::string();
    };
    Request request { .verb = word(0) };
    if (words.size() == 2 && words[1].starts_with('/')) {
        request.path = word(1);
        return request;
    }
    request.apiGroup = word(1);
    const std::string resource = word(2);
    const std::size_t slash = resource.find('/');
    request.resource = resource.substr(0, slash);
    if (slash != std::string::npos)
        request.subresource = resource.substr(slash + 1);
    request.name = word(3);
    request.ns = word(4);
    return request;
}

} // namespace

class tst_Access : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void matchesRulesAsTheApiServer_data();
    void matchesRulesAsTheApiServer();
    void findsWhoABindingMeans_data();
    void findsWhoABindingMeans();
    void tellsHowFarAPermissionReaches_data();
    void tellsHowFarAPermissionReaches();
    void namesTheFirstGrant();
    void allowsSystemMastersWithoutBinding();
    void computesAggregatedRoles();
    void listsHoldings();
    void reachAgreesWithRequests_data();
    void reachAgreesWithRequests();
    void indexEqualsBruteForce_data();
    void indexEqualsBruteForce();
    void agreesWithTheApiServer();
};

void tst_Access::matchesRulesAsTheApiServer_data()
{
    QTest::addColumn<QString>("rule");
    QTest::addColumn<QString>("request");
    QTest::addColumn<bool>("allowed");
    const auto row = [](const char* name, const char* rule, const char* request, bool allowed) {
        QTest::addRow("%s", name) << QString::fromUtf8(rule) << QString::fromUtf8(request) << allowed;
    };
    const char* pods = "{ verbs: [get], apiGroups: [''], resources: [pods] }";
    row("same verb, group and resource", pods, "get - pods", true);
    row("a name does not matter without resourceNames", pods, "get - pods web shop", true);
    row("another verb", pods, "list - pods", false);
    row("verbs are case-sensitive", "{ verbs: [Get], apiGroups: [''], resources: [pods] }", "get - pods", false);
    row("any string is a verb", "{ verbs: [use], apiGroups: [''], resources: [pods] }", "use - pods", true);
    row("star verb", "{ verbs: ['*'], apiGroups: [''], resources: [pods] }", "impersonate - pods", true);
    row("star inside a verb is text", "{ verbs: ['g*'], apiGroups: [''], resources: [pods] }", "get - pods", false);
    row("another group", pods, "get apps pods", false);
    row("star group", "{ verbs: [get], apiGroups: ['*'], resources: [pods] }", "get metrics.k8s.io pods", true);
    row("the text core is no group", "{ verbs: [get], apiGroups: [core], resources: [pods] }", "get - pods", false);
    row("the version v1 is no group", "{ verbs: [get], apiGroups: [v1], resources: [pods] }", "get - pods", false);
    row("no group matches nothing", "{ verbs: [get], resources: [pods] }", "get - pods", false);
    row("a resource is not its subresource", pods, "get - pods/exec", false);
    row("a subresource is not its resource", "{ verbs: [get], apiGroups: [''], resources: [pods/log] }", "get - pods",
        false);
    row("a subresource by full name", "{ verbs: [get], apiGroups: [''], resources: [pods/log] }", "get - pods/log",
        true);
    row("star resource covers subresources", "{ verbs: [get], apiGroups: [''], resources: ['*'] }", "get - pods/exec",
        true);
    row("pods/* is no wildcard", "{ verbs: [get], apiGroups: [''], resources: ['pods/*'] }", "get - pods/exec", false);
    row("*/scale covers every scale", "{ verbs: [get], apiGroups: ['*'], resources: ['*/scale'] }",
        "get apps deployments/scale", true);
    row("*/scale is no other subresource", "{ verbs: [get], apiGroups: ['*'], resources: ['*/scale'] }",
        "get apps deployments/status", false);
    row("*/scale is no resource", "{ verbs: [get], apiGroups: ['*'], resources: ['*/scale'] }", "get apps scale",
        false);
    row("a longer ending is not */sub", "{ verbs: [get], apiGroups: [''], resources: ['*/c'] }", "get - pods/exec",
        false);
    const char* named
        = "{ verbs: [get, list, create], apiGroups: [''], resources: [secrets, pods/exec], resourceNames: [a, b] }";
    row("a name in the list", named, "get - secrets b", true);
    row("a name not in the list", named, "get - secrets c", false);
    row("a listing has no name", named, "list - secrets", false);
    row("a listing selected by name", named, "list - secrets a", true);
    row("create has no name", named, "create - secrets", false);
    row("create of a subresource has a name", named, "create - pods/exec a", true);
    row("names are no patterns", "{ verbs: [get], apiGroups: [''], resources: [secrets], resourceNames: ['*'] }",
        "get - secrets a", false);
    row("fields of two rules do not mix",
        "{ verbs: [get], apiGroups: [''], resources: [pods] }\n- { verbs: [list], apiGroups: [''], resources: "
        "[secrets] }",
        "list - pods", false);
    row("a path", "{ verbs: [get], nonResourceURLs: [/metrics] }", "get /metrics", true);
    row("a path with another method", "{ verbs: [get], nonResourceURLs: [/metrics] }", "post /metrics", false);
    row("a path prefix", "{ verbs: [get], nonResourceURLs: ['/logs/*'] }", "get /logs/kube/a", true);
    row("a path prefix with its slash", "{ verbs: [get], nonResourceURLs: ['/logs/*'] }", "get /logs", false);
    row("several stars are one", "{ verbs: [get], nonResourceURLs: ['/logs**'] }", "get /logs-old", true);
    row("a star inside a path is text", "{ verbs: [get], nonResourceURLs: ['/a/*/b'] }", "get /a/x/b", false);
    row("every path", "{ verbs: [get], nonResourceURLs: ['*'] }", "get /anything", true);
    row("star resources are no paths", "{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }", "get /metrics", false);
    row("paths are no resources", "{ verbs: ['*'], nonResourceURLs: ['*'] }", "get - pods", false);
}

void tst_Access::matchesRulesAsTheApiServer()
{
    QFETCH(QString, rule);
    QFETCH(QString, request);
    QFETCH(bool, allowed);
    const auto cluster = test::clusterFrom(roleWith(rule.toStdString())
        + "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: { name: all }\n"
          "roleRef: { kind: ClusterRole, name: role }\nsubjects: [{ kind: User, name: ann }]\n");
    const Request asked = requestFrom(request.toStdString());
    QCOMPARE(cluster->roles().size(), 1u);
    const bool slow = std::ranges::any_of(cluster->roles()[0].rules,
        [&](const cluster::PolicyRule& one) { return access::ruleAllows(*cluster, one, asked); });
    QCOMPARE(slow, allowed);
    QCOMPARE(Rbac(cluster).allows({ .name = "ann", .groups = {} }, asked).has_value(), allowed);
}

void tst_Access::findsWhoABindingMeans_data()
{
    QTest::addColumn<QString>("binding"); // "C" or the namespace, role kind, subject
    QTest::addColumn<QString>("user");
    QTest::addColumn<QString>("ns");
    QTest::addColumn<bool>("allowed");
    const auto row = [](const char* name, const char* binding, const char* user, const char* ns, bool allowed) {
        QTest::addRow("%s", name) << QString::fromUtf8(binding) << QString::fromUtf8(user) << QString::fromUtf8(ns)
                                  << allowed;
    };
    row("user by name", "C|ClusterRole|kind: User, name: ann", "ann", "shop", true);
    row("user by name, no namespace", "C|ClusterRole|kind: User, name: ann", "ann", "", true);
    row("user names are case-sensitive", "C|ClusterRole|kind: User, name: Ann", "ann", "shop", false);
    row("a group is no user", "C|ClusterRole|kind: Group, name: ann", "ann", "shop", false);
    row("group of the user", "C|ClusterRole|kind: Group, name: dev", "ann,dev", "shop", true);
    row("no group is implied", "C|ClusterRole|kind: Group, name: 'system:authenticated'", "ann,dev", "shop", false);
    row("service account", "C|ClusterRole|kind: ServiceAccount, name: bot, namespace: ci",
        "system:serviceaccount:ci:bot", "shop", true);
    row("service account of another namespace", "C|ClusterRole|kind: ServiceAccount, name: bot, namespace: dev",
        "system:serviceaccount:ci:bot", "shop", false);
    row("service account without namespace in a cluster binding", "C|ClusterRole|kind: ServiceAccount, name: bot",
        "system:serviceaccount:ci:bot", "ci", false);
    row("service account without namespace in a role binding", "shop|ClusterRole|kind: ServiceAccount, name: bot",
        "system:serviceaccount:shop:bot", "shop", true);
    row("service account from elsewhere in a role binding", "shop|Role|kind: ServiceAccount, name: bot, namespace: ci",
        "system:serviceaccount:ci:bot", "shop", true);
    row("service account as a user name", "C|ClusterRole|kind: User, name: 'system:serviceaccount:ci:bot'",
        "system:serviceaccount:ci:bot", "shop", true);
    row("an unknown kind means nobody", "C|ClusterRole|kind: Robot, name: ann", "ann", "shop", false);
    row("the apiGroup of a subject is not compared", "C|ClusterRole|kind: User, name: ann, apiGroup: example.com",
        "ann", "shop", true);
    row("role binding in its namespace", "shop|ClusterRole|kind: User, name: ann", "ann", "shop", true);
    row("role binding in another namespace", "shop|ClusterRole|kind: User, name: ann", "ann", "ci", false);
    row("role binding without namespace asked", "shop|ClusterRole|kind: User, name: ann", "ann", "", false);
    row("role of the same namespace", "shop|Role|kind: User, name: ann", "ann", "shop", true);
    row("role of another namespace", "ci|Role|kind: User, name: ann", "ann", "ci", false);
    row("cluster binding to a role", "C|Role|kind: User, name: ann", "ann", "shop", false);
    row("role that does not exist", "shop|Gone|kind: User, name: ann", "ann", "shop", false);
}

void tst_Access::findsWhoABindingMeans()
{
    QFETCH(QString, binding);
    QFETCH(QString, user);
    QFETCH(QString, ns);
    QFETCH(bool, allowed);
    const QStringList parts = binding.split(QLatin1Char('|'));
    const std::string where = parts[0].toStdString();
    const std::string kind = parts[1].toStdString();
    const std::string rules = "rules: [{ verbs: [get], apiGroups: [''], resources: [pods] }]\n";
    const auto cluster = test::clusterFrom(
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: { name: reader }\n" + rules
        + "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: { name: reader, namespace: shop }\n"
        + rules + "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: "
        + (where == "C" ? "ClusterRoleBinding" : "RoleBinding") + "\nmetadata: { name: b"
        + (where == "C" ? "" : ", namespace: " + where)
        + " }\nroleRef: { kind: " + (kind == "Gone" ? "ClusterRole, name: gone" : kind + ", name: reader")
        + " }\nsubjects: [{ " + parts[2].toStdString() + " }]\n");
    QStringList names = user.split(QLatin1Char(','));
    User asking { .name = names.takeFirst().toStdString(), .groups = {} };
    for (const QString& group : std::as_const(names))
        asking.groups.push_back(group.toStdString());
    const Request request { .verb = "get", .resource = "pods", .ns = ns.toStdString() };
    QCOMPARE(Rbac(cluster).allows(asking, request).has_value(), allowed);
    QCOMPARE(allowedByBruteForce(*cluster, asking, request), allowed);
}

void tst_Access::tellsHowFarAPermissionReaches_data()
{
    QTest::addColumn<QString>("rule");
    QTest::addColumn<QString>("permission"); // verb group resource[/sub]
    QTest::addColumn<int>("inCluster");
    QTest::addColumn<int>("inNamespace"); // bound by a RoleBinding in namespace shop
    const auto row
        = [](const char* name, const char* rule, const char* permission, Reach inCluster, Reach inNamespace) {
              QTest::addRow("%s", name) << QString::fromUtf8(rule) << QString::fromUtf8(permission) << int(inCluster)
                                        << int(inNamespace);
          };
    using enum Reach;
    const char* star = "{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }";
    row("secrets", star, "get - secrets", All, All);
    row("nodes have no namespace", star, "get - nodes/proxy", All, None);
    row("persistent volumes have no namespace", star, "create - persistentvolumes", All, None);
    row("webhooks have no namespace", star, "create admissionregistration.k8s.io mutatingwebhookconfigurations", All,
        None);
    row("users have no namespace", star, "impersonate - users", All, None);
    row("service accounts have one", star, "impersonate - serviceaccounts", All, All);
    row("bind on cluster roles works in a namespace", star, "bind rbac.authorization.k8s.io clusterroles", All, All);
    row("escalate on cluster roles does not", star, "escalate rbac.authorization.k8s.io clusterroles", All, None);
    row("a namespace is addressed in itself", star, "patch - namespaces", All, Named);
    row("namespaces are not created in one", star, "create - namespaces", All, None);
    const char* named = "{ verbs: ['*'], apiGroups: ['*'], resources: ['*'], resourceNames: [a] }";
    row("named get", named, "get - secrets", Named, Named);
    row("named create grants nothing", named, "create - pods", None, None);
    row("named create of a subresource", named, "create - pods/exec", Named, Named);
    row("named deletecollection grants nothing", named, "deletecollection - pods", None, None);
    row("another namespace by name", named, "get - namespaces", Named, None);
}

void tst_Access::tellsHowFarAPermissionReaches()
{
    QFETCH(QString, rule);
    QFETCH(QString, permission);
    QFETCH(int, inCluster);
    QFETCH(int, inNamespace);
    const auto cluster = test::clusterFrom(roleWith(rule.toStdString())
        + "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: { name: c }\n"
          "roleRef: { kind: ClusterRole, name: role }\n"
          "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: { name: r, namespace: shop }\n"
          "roleRef: { kind: ClusterRole, name: role }\n");
    const Request asked = requestFrom(permission.toStdString());
    const access::Permission wanted { asked.verb, asked.apiGroup, asked.resource, asked.subresource };
    QCOMPARE(cluster->roleBindings().size(), 2u);
    const cluster::PolicyRule& one = cluster->roles()[0].rules[0];
    QCOMPARE(int(access::reach(*cluster, cluster->roleBindings()[0], one, wanted)), inCluster);
    QCOMPARE(int(access::reach(*cluster, cluster->roleBindings()[1], one, wanted)), inNamespace);
}

void tst_Access::namesTheFirstGrant()
{
    const auto cluster = test::clusterFrom(R"(
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: { name: a, namespace: shop }
roleRef: { kind: ClusterRole, name: reader }
subjects: [{ kind: User, name: ann }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: z }
roleRef: { kind: ClusterRole, name: reader }
subjects: [{ kind: User, name: bob }, { kind: User, name: ann }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: reader }
rules:
- { verbs: [get], apiGroups: [''], resources: [services] }
- { verbs: [get], apiGroups: [''], resources: [pods] }
)");
    const auto grant
        = Rbac(cluster).allows({ .name = "ann", .groups = {} }, { .verb = "get", .resource = "pods", .ns = "shop" });
    QVERIFY(grant.has_value());
    QCOMPARE(cluster->refOf(cluster->roleBindings()[grant->binding].object), std::string("clusterrolebinding/z"));
    QCOMPARE(cluster->refOf(cluster->roles()[grant->role].object), std::string("clusterrole/reader"));
    QCOMPARE(grant->rule, 1u);
    QCOMPARE(grant->subject, 1u);
}

void tst_Access::allowsSystemMastersWithoutBinding()
{
    const auto cluster = test::clusterFrom(roleWith("{ verbs: [get], apiGroups: [''], resources: [pods] }"));
    const Rbac rbac(cluster);
    const User master { .name = "root", .groups = { "system:masters" } };
    QVERIFY(rbac.isSystemMaster(master));
    const auto grant = rbac.allows(master, { .verb = "delete", .resource = "nodes" });
    QVERIFY(grant.has_value());
    QCOMPARE(grant->binding, Grant::none);
    QVERIFY(!rbac.allows({ .name = "system:masters", .groups = {} }, { .verb = "delete", .resource = "nodes" }));
}

void tst_Access::computesAggregatedRoles()
{
    const auto cluster = test::clusterFrom(R"(
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: upper }
aggregationRule: { clusterRoleSelectors: [{ matchLabels: { to-upper: 'true' } }] }
rules: []
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: middle, labels: { to-upper: 'true' } }
aggregationRule: { clusterRoleSelectors: [{ matchLabels: { to-middle: 'true' } }] }
rules: []
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: part, labels: { to-middle: 'true' } }
rules: [{ verbs: [get], apiGroups: [''], resources: [secrets] }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: b }
roleRef: { kind: ClusterRole, name: upper }
subjects: [{ kind: User, name: ann }]
)");
    const Rbac rbac(cluster);
    QVERIFY(rbac.allows({ .name = "ann", .groups = {} }, { .verb = "get", .resource = "secrets", .ns = "shop" }));
    QVERIFY(!rbac.allows({ .name = "ann", .groups = {} }, { .verb = "list", .resource = "secrets", .ns = "shop" }));
}

void tst_Access::listsHoldings()
{
    const auto cluster = test::clusterFrom(
        roleWith("{ verbs: [get], apiGroups: [''], resources: [pods], resourceNames: [a] }\n"
                 "- { verbs: [list], apiGroups: [''], resources: [pods] }\n"
                 "- { verbs: [get], apiGroups: [''], resources: ['*'] }")
        + "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: { name: c }\n"
          "roleRef: { kind: ClusterRole, name: role }\n"
          "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: { name: r, namespace: shop }\n"
          "roleRef: { kind: ClusterRole, name: role }\n");
    const auto pods = access::holdings(*cluster, { "get", "", "pods", "" });
    QCOMPARE(pods.size(), 2u);
    QCOMPARE(pods[0].rules, (std::vector<std::uint32_t> { 0, 2 }));
    QCOMPARE(pods[0].reach, Reach::All);
    const auto nodes = access::holdings(*cluster, { "get", "", "nodes", "" });
    QCOMPARE(nodes.size(), 1u);
    QCOMPARE(cluster->refOf(cluster->roleBindings()[nodes[0].binding].object), std::string("clusterrolebinding/c"));
}

void tst_Access::reachAgreesWithRequests_data()
{
    indexEqualsBruteForce_data();
}

// A permission reaches all exactly when a request for a name that no rule lists is allowed, and some exactly when a
// request with any name is.
void tst_Access::reachAgreesWithRequests()
{
    QFETCH(unsigned, seed);
    RandomCluster random(seed);
    const auto cluster = test::clusterFrom(random.yaml());
    std::string disagreements;
    for (int index = 0; index < 200; ++index) {
        Request request = random.request();
        if (!request.path.empty())
            continue;
        const bool isNameless = request.verb == "create" && request.subresource.empty();
        const auto allows = [&](const cluster::PolicyRule& rule, const char* name) {
            request.name = isNameless ? "" : name;
            return access::ruleAllows(*cluster, rule, request);
        };
        for (const cluster::Role& role : cluster->roles())
            for (const cluster::PolicyRule& rule : role.rules) {
                const Reach expected = allows(rule, "unheard-of") ? Reach::All
                    : allows(rule, "x") || allows(rule, "y")      ? Reach::Named
                                                                  : Reach::None;
                if (access::reach(
                        *cluster, rule, { request.verb, request.apiGroup, request.resource, request.subresource })
                    != expected)
                    disagreements += request.verb + ' ' + request.resource + '/' + request.subresource + '\n';
            }
    }
    QCOMPARE(disagreements, std::string());
}

void tst_Access::indexEqualsBruteForce_data()
{
    QTest::addColumn<unsigned>("seed");
    for (unsigned seed = 1; seed <= 60; ++seed)
        QTest::addRow("seed %u", seed) << seed;
}

void tst_Access::indexEqualsBruteForce()
{
    QFETCH(unsigned, seed);
    RandomCluster random(seed);
    const auto cluster = test::clusterFrom(random.yaml());
    const Rbac rbac(cluster);
    unsigned allowed = 0;
    std::string disagreements;
    for (int index = 0; index < 400; ++index) {
        const User user = random.user();
        const Request request = random.request();
        const bool truth = allowedByBruteForce(*cluster, user, request);
        allowed += truth ? 1 : 0;
        if (rbac.allows(user, request).has_value() != truth)
            disagreements += user.name + ' ' + request.verb + ' ' + request.resource + '/' + request.subresource
                + request.path + '\n';
    }
    QCOMPARE(disagreements, std::string());
    QVERIFY2(allowed < 400, "a cluster that allows everything proves nothing");
}

// 12,000 SubjectAccessReviews that a real API server answered.
void tst_Access::agreesWithTheApiServer()
{
    const auto folder = test::sharedPath("snapshots/harbor");
    const auto reviews = test::sharedPath("snapshots/harbor-truth/access-reviews.csv");
    if (!folder || !reviews)
        QSKIP("the shared snapshot harbor is not there");
    const auto cluster = test::clusterFromPath(*folder);
    const Rbac rbac(cluster);
    std::ifstream file(*reviews);
    std::string line;
    std::getline(file, line);
    QCOMPARE(line, std::string("user,groups,verb,group,resource,subresource,namespace,name,path,allowed"));
    unsigned compared = 0, allowedRows = 0;
    std::string disagreements;
    while (std::getline(file, line)) {
        if (line.ends_with('\r'))
            line.pop_back();
        const auto f = split(line, ',');
        QCOMPARE(f.size(), 10u);
        User user { .name = std::string(f[0]), .groups = {} };
        for (const std::string_view group : split(f[1], ';'))
            if (!group.empty())
                user.groups.emplace_back(group);
        const Request request { .verb = std::string(f[2]),
            .apiGroup = std::string(f[3]),
            .resource = std::string(f[4]),
            .subresource = std::string(f[5]),
            .ns = std::string(f[6]),
            .name = std::string(f[7]),
            .path = std::string(f[8]) };
        const bool truth = f[9] == "true";
        const bool ours = rbac.allows(user, request).has_value();
        ++compared;
        allowedRows += truth ? 1 : 0;
        if (ours != truth && disagreements.size() < 2000)
            disagreements += line + '\n';
    }
    // Rows of nodes could hold what the Node authorizer alone grants; none of these 12,000 does.
    QCOMPARE(disagreements, std::string());
    QCOMPARE(compared, 12000u);
    QCOMPARE(allowedRows, 5719u);
}

QTEST_GUILESS_MAIN(tst_Access)
#include "tst_Access.moc"
