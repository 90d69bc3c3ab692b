// SPDX-License-Identifier: Apache-2.0
#include "core/access/Escalation.h"

#include "core/base/Text.h"
#include "core/access/Groups.h"
#include "tests/support/Support.h"

using namespace plimsoll;
using access::Authorizers;
using access::Rbac;
using access::RuleText;
using access::User;

namespace {

// "verbs groups resources names" or "verbs /url,/url"; lists with commas, "-" is the empty text, nothing = no list.
RuleText ruleFrom(std::string_view text)
{
    const auto words = split(text, ' ');
    const auto list = [&](std::size_t index) {
        std::vector<std::string_view> out;
        if (index < words.size())
            for (const std::string_view one : split(words[index], ','))
                out.push_back(one == "-" ? std::string_view() : one);
        return out;
    };
    RuleText rule;
    rule.verbs = list(0);
    if (words.size() == 2) {
        rule.nonResourceUrls = list(1);
        return rule;
    }
    rule.apiGroups = list(1);
    rule.resources = list(2);
    rule.resourceNames = list(3);
    return rule;
}

std::vector<RuleText> rulesFrom(const std::string& text)
{
    std::vector<RuleText> out;
    for (const std::string_view one : split(text, ';'))
        if (!trimmed(one).empty())
            out.push_back(ruleFrom(trimmed(one)));
    return out;
}

std::string role(std::string_view kind, std::string_view name, std::string_view ns, std::string_view rules)
{
    return "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: " + std::string(kind)
        + "\nmetadata: { name: " + std::string(name) + (ns.empty() ? "" : ", namespace: " + std::string(ns))
        + " }\nrules: [" + std::string(rules) + "]\n";
}

std::string bindingOf(std::string_view name, std::string_view ns, std::string_view roleKind, std::string_view roleName,
    std::string_view who)
{
    return "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: "
        + std::string(ns.empty() ? "ClusterRoleBinding" : "RoleBinding") + "\nmetadata: { name: " + std::string(name)
        + (ns.empty() ? "" : ", namespace: " + std::string(ns)) + " }\nroleRef: { kind: " + std::string(roleKind)
        + ", name: " + std::string(roleName) + " }\nsubjects: [" + std::string(who) + "]\n";
}

std::string apiServer(const std::string& version, const std::string& flags)
{
    return "---\napiVersion: v1\nkind: Pod\nmetadata: { name: kube-apiserver-a, namespace: kube-system, annotations: { "
           "kubernetes.io/config.mirror: abc } }\nspec: { containers: [{ name: kube-apiserver, image: "
           "'k8s/kube-apiserver:"
        + version + "', command: [kube-apiserver, \"--authorization-mode=Node,RBAC\"" + flags + "] }] }\n";
}

std::shared_ptr<const Authorizers> authorizersOf(const std::string& yaml)
{
    return std::make_shared<const Authorizers>(std::make_shared<const Rbac>(test::clusterFrom(yaml)));
}

} // namespace

class tst_Escalation : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void coversAsTheApiServer_data();
    void coversAsTheApiServer();
    void listsWhatIsUncovered();
    void guardsRoles_data();
    void guardsRoles();
    void guardsBindings_data();
    void guardsBindings();
    void skipsMissingRolesOfTheCaller();
    void impersonates_data();
    void impersonates();
    void addsGroupsOfTheImpersonated();
    void knowsExecByVersion_data();
    void knowsExecByVersion();
};

void tst_Escalation::coversAsTheApiServer_data()
{
    QTest::addColumn<QString>("owner");
    QTest::addColumn<QString>("wanted");
    QTest::addColumn<bool>("isCovered");
    const auto row = [](const char* name, const char* owner, const char* wanted, bool isCovered) {
        QTest::addRow("%s", name) << QString::fromUtf8(owner) << QString::fromUtf8(wanted) << isCovered;
    };
    row("the same rule", "get - pods", "get - pods", true);
    row("no rules are covered by none", "", "", true);
    row("nothing covers a rule", "", "get - pods", false);
    row("verb * covers a verb", "* - pods", "get - pods", true);
    row("a verb does not cover another", "list - pods", "get - pods", false);
    row("verbs of one rule", "get,list - pods", "list,get - pods", true);
    row("one verb too many", "get,list - pods", "get,list,watch - pods", false);
    row("all verbs listed do not cover *", "get,list,watch,create,update,patch,delete,deletecollection - pods",
        "* - pods", false);
    row("verb * covers *", "* - pods", "* - pods", true);
    row("group * covers a group", "get * pods", "get apps pods", true);
    row("a group does not cover another", "get apps pods", "get batch pods", false);
    row("a group does not cover *", "get -,apps pods", "get * pods", false);
    row("the core group is the empty text", "get core pods", "get - pods", false);
    row("resource * covers a resource", "get - *", "get - pods", true);
    row("resource * covers a subresource", "get - *", "get - pods/log", true);
    row("resource * covers */sub", "get - *", "get - */scale", true);
    row("a resource does not cover its subresource", "get - pods", "get - pods/log", false);
    row("*/sub does not cover a resource", "get - */scale", "get apps,- x", false);
    row("*/scale covers deployments/scale", "update apps */scale", "update apps deployments/scale", true);
    row("*/scale does not cover deployments/status", "update apps */scale", "update apps deployments/status", false);
    row("pods/* does not cover pods/exec", "create - pods/*", "create - pods/exec", false);
    row("a resource does not cover *", "get - pods,secrets", "get - *", false);
    row("names of the wanted within those of the owner", "get - pods a,b", "get - pods b", true);
    row("a name too many", "get - pods a", "get - pods a,b", false);
    row("an owner without names covers a name", "get - pods", "get - pods a", true);
    row("an owner with names does not cover all", "get - pods a", "get - pods", false);
    row("two rules cover two atoms", "get - pods; list - pods", "get,list - pods", true);
    row("names from two rules", "get - pods a; get - pods b", "get - pods a,b", true);
    row("parts of two rules do not mix", "get - pods; list - secrets", "get - secrets", false);
    row("the same URL", "get /metrics", "get /metrics", true);
    row("a URL prefix", "get /metrics*", "get /metrics/a", true);
    row("a prefix covers itself without the slash only when it says so", "get /metrics/*", "get /metrics", false);
    row("several stars are one", "get /foo**", "get /foobar", true);
    row("URL * covers all", "get *", "get /metrics", true);
    row("a URL does not cover *", "get /metrics,/healthz", "get *", false);
    row("a prefix covers a longer prefix", "get /a*", "get /a/b*", true);
    row("a longer prefix does not cover a shorter", "get /a/b*", "get /a*", false);
    row("URL verb *", "* /metrics", "get /metrics", true);
    row("URL of another verb", "post /metrics", "get /metrics", false);
    row("resources do not cover URLs", "* * *", "get /metrics", false);
    row("URLs do not cover resources", "* *", "get - pods", false);
}

void tst_Escalation::coversAsTheApiServer()
{
    QFETCH(QString, owner);
    QFETCH(QString, wanted);
    QFETCH(bool, isCovered);
    const std::string ownerText = owner.toStdString(), wantedText = wanted.toStdString();
    QCOMPARE(access::uncovered(rulesFrom(ownerText), rulesFrom(wantedText)).empty(), isCovered);
}

void tst_Escalation::listsWhatIsUncovered()
{
    const std::string owner = "get - pods", wanted = "get,list - pods,secrets";
    const auto missing = access::uncovered(rulesFrom(owner), rulesFrom(wanted));
    QCOMPARE(missing.size(), 3u);
    QCOMPARE(missing[0], ruleFrom("list - pods"));
    QCOMPARE(missing[1], ruleFrom("get - secrets"));
    QCOMPARE(missing[2], ruleFrom("list - secrets"));
}

void tst_Escalation::guardsRoles_data()
{
    QTest::addColumn<QString>("own"); // rules of ann, cluster-wide
    QTest::addColumn<QString>("ownInShop"); // through a RoleBinding
    QTest::addColumn<bool>("isClusterRole");
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("rules");
    QTest::addColumn<bool>("isAggregated");
    QTest::addColumn<int>("by");
    const auto row = [](const char* title, const char* own, const char* ownInShop, bool isClusterRole, const char* name,
                         const char* rules, bool isAggregated, access::Escalation::By by) {
        QTest::addRow("%s", title) << own << ownInShop << isClusterRole << name << rules << isAggregated << int(by);
    };
    using enum access::Escalation::By;
    const char* pods = "{ verbs: [get], apiGroups: [''], resources: [pods] }";
    const char* escalate
        = "{ verbs: [escalate], apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles, roles] }";
    const char* named = "{ verbs: [escalate], apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], "
                        "resourceNames: [mine] }";
    const char* all = "{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }";
    row("own rights may be handed on", pods, "", true, "r", "get - pods", false, Covered);
    row("others may not", pods, "", true, "r", "get - secrets", false, Nobody);
    row("rights of a namespace in its role", "", pods, false, "r", "get - pods", false, Covered);
    row("rights of a namespace not in a cluster role", "", pods, true, "r", "get - pods", false, Nobody);
    row("escalate", escalate, "", true, "r", "* * *", false, Verb);
    row("escalate in the namespace for its roles", "", escalate, false, "r", "* * *", false, Verb);
    row("escalate in a namespace not for cluster roles", "", escalate, true, "r", "* * *", false, Nobody);
    row("escalate by name on update", named, "", true, "mine", "* * *", false, Verb);
    row("escalate by name on another", named, "", true, "other", "* * *", false, Nobody);
    row("escalate by name not on create", named, "", true, "", "* * *", false, Nobody);
    row("an aggregation rule needs everything", pods, "", true, "r", "get - pods", true, Nobody);
    row("who holds every verb holds escalate", all, "", true, "r", "get - pods", true, Verb);
}

void tst_Escalation::guardsRoles()
{
    QFETCH(QString, own);
    QFETCH(QString, ownInShop);
    QFETCH(bool, isClusterRole);
    QFETCH(QString, name);
    QFETCH(QString, rules);
    QFETCH(bool, isAggregated);
    QFETCH(int, by);
    const std::string ann = "{ kind: User, name: ann }";
    const auto authorizers = authorizersOf(role("ClusterRole", "wide", "", own.toStdString())
        + role("Role", "narrow", "shop", ownInShop.toStdString()) + bindingOf("w", "", "ClusterRole", "wide", ann)
        + bindingOf("narrow", "shop", "Role", "narrow", ann));
    const std::string text = rules.toStdString();
    const access::RoleWrite write { .isClusterRole = isClusterRole,
        .ns = isClusterRole ? "" : "shop",
        .name = name.toStdString(),
        .rules = rulesFrom(text),
        .hasAggregationRule = isAggregated };
    const User user { .name = "ann", .groups = { "system:authenticated" } };
    QCOMPARE(int(access::mayWriteRole(*authorizers, user, write).by), by);
    const User master { .name = "root", .groups = { "system:masters" } };
    QCOMPARE(int(access::mayWriteRole(*authorizers, master, write).by), int(access::Escalation::By::SystemMasters));
}

void tst_Escalation::guardsBindings_data()
{
    QTest::addColumn<QString>("own");
    QTest::addColumn<QString>("ownInShop");
    QTest::addColumn<QString>("roleKind");
    QTest::addColumn<QString>("roleName");
    QTest::addColumn<QString>("ns");
    QTest::addColumn<int>("by");
    const auto row = [](const char* title, const char* own, const char* ownInShop, const char* roleKind,
                         const char* roleName, const char* ns, access::Escalation::By by) {
        QTest::addRow("%s", title) << own << ownInShop << roleKind << roleName << ns << int(by);
    };
    using enum access::Escalation::By;
    const char* bindAll = "{ verbs: [bind], apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles] }";
    const char* bindTarget = "{ verbs: [bind], apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], "
                             "resourceNames: [target] }";
    const char* bindBindings
        = "{ verbs: [bind], apiGroups: [rbac.authorization.k8s.io], resources: [rolebindings, clusterrolebindings] }";
    const char* create
        = "{ verbs: [create], apiGroups: [rbac.authorization.k8s.io], resources: [rolebindings, clusterrolebindings] }";
    const char* secrets = "{ verbs: [get], apiGroups: [''], resources: [secrets] }";
    row("bind in the namespace, for a binding in it", "", bindAll, "ClusterRole", "target", "shop", Verb);
    row("bind in the namespace, for one in another", "", bindAll, "ClusterRole", "target", "bank", Nobody);
    row("bind in the namespace, for a cluster role binding", "", bindAll, "ClusterRole", "target", "", Nobody);
    row("bind in the cluster, for a cluster role binding", bindAll, "", "ClusterRole", "target", "", Verb);
    row("bind by name", "", bindTarget, "ClusterRole", "target", "shop", Verb);
    row("bind by the name of another", "", bindTarget, "ClusterRole", "other", "shop", Nobody);
    row("bind on bindings means nothing", bindBindings, "", "ClusterRole", "target", "shop", Nobody);
    row("create of bindings alone gives nothing", create, "", "ClusterRole", "target", "shop", Nobody);
    row("who holds the role's rules may bind it", secrets, "", "ClusterRole", "target", "", Covered);
    row("and in the namespace where it holds them", "", secrets, "ClusterRole", "target", "shop", Covered);
    row("but not elsewhere", "", secrets, "ClusterRole", "target", "bank", Nobody);
    row("a role that does not exist needs bind", secrets, "", "ClusterRole", "ghost", "shop", Nobody);
    row("and bind suffices", bindAll, "", "ClusterRole", "ghost", "shop", Verb);
    row("bind of cluster roles is not of roles", bindAll, "", "Role", "narrow", "shop", Nobody);
}

void tst_Escalation::guardsBindings()
{
    QFETCH(QString, own);
    QFETCH(QString, ownInShop);
    QFETCH(QString, roleKind);
    QFETCH(QString, roleName);
    QFETCH(QString, ns);
    QFETCH(int, by);
    const std::string ann = "{ kind: User, name: ann }";
    const auto authorizers = authorizersOf(role("ClusterRole", "wide", "", own.toStdString())
        + role("ClusterRole", "in-shop", "", ownInShop.toStdString())
        + role("ClusterRole", "target", "", "{ verbs: [get], apiGroups: [''], resources: [secrets] }")
        + role("ClusterRole", "other", "", "{ verbs: [get], apiGroups: [''], resources: [secrets] }")
        + role("Role", "narrow", "shop", "{ verbs: [get], apiGroups: [''], resources: [configmaps] }")
        + bindingOf("w", "", "ClusterRole", "wide", ann) + bindingOf("narrow", "shop", "ClusterRole", "in-shop", ann));
    const User user { .name = "ann", .groups = { "system:authenticated" } };
    const auto found
        = access::mayBind(*authorizers, user, roleKind.toStdString(), roleName.toStdString(), ns.toStdString());
    QCOMPARE(int(found.by), by);
}

void tst_Escalation::skipsMissingRolesOfTheCaller()
{
    const std::string ann = "{ kind: User, name: ann }";
    const auto authorizers
        = authorizersOf(role("ClusterRole", "held", "", "{ verbs: [get], apiGroups: [''], resources: [pods] }")
            + bindingOf("a", "", "ClusterRole", "ghost", ann) + bindingOf("b", "", "ClusterRole", "held", ann));
    const auto found = access::mayBind(*authorizers, { .name = "ann", .groups = {} }, "ClusterRole", "held", "shop");
    QCOMPARE(int(found.by), int(access::Escalation::By::Covered));
    QCOMPARE(access::rulesFor(authorizers->rbac(), { .name = "ann", .groups = {} }, "").size(), 1u);
}

void tst_Escalation::impersonates_data()
{
    QTest::addColumn<QString>("version");
    QTest::addColumn<QString>("wide");
    QTest::addColumn<QString>("inShop");
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("groups");
    QTest::addColumn<QString>("mode"); // "" = refused
    const auto row = [](const char* title, const char* version, const char* wide, const char* inShop, const char* name,
                         const char* groups, const char* mode) {
        QTest::addRow("%s", title) << version << wide << inShop << name << groups << mode;
    };
    const char* users = "{ verbs: [impersonate], apiGroups: [''], resources: [users] }";
    const char* groups = "{ verbs: [impersonate], apiGroups: [''], resources: [groups] }";
    const char* both = "{ verbs: [impersonate], apiGroups: [''], resources: [users, groups] }";
    const char* accounts = "{ verbs: [impersonate], apiGroups: [''], resources: [serviceaccounts] }";
    row("legacy user", "v1.30.0", users, "", "bob", "", "legacy");
    row("legacy user by a RoleBinding", "v1.30.0", "", users, "bob", "", "");
    row("legacy groups alone", "v1.30.0", groups, "", "bob", "dev", "");
    row("legacy user and groups", "v1.30.0", both, "", "bob", "system:masters", "legacy");
    row("legacy user but not its groups", "v1.30.0", users, "", "bob", "dev", "");
    row("legacy account by a RoleBinding", "v1.30.0", "", accounts, "system:serviceaccount:shop:web", "", "legacy");
    row("legacy account of another namespace", "v1.30.0", "", accounts, "system:serviceaccount:bank:web", "", "");
    row("an account is not asked as a user", "v1.30.0", users, "", "system:serviceaccount:shop:web", "", "");
    row("what is no name of an account is a user", "v1.30.0", users, "", "system:serviceaccount:shop", "", "legacy");
    row("no name, no impersonation", "v1.30.0", both, "", "", "dev", "");
    const char* constrained
        = "{ verbs: ['impersonate:user-info'], apiGroups: [authentication.k8s.io], resources: [users, groups] }, "
          "{ verbs: ['impersonate-on:user-info:get'], apiGroups: [''], resources: [pods] }";
    const char* withoutOn
        = "{ verbs: ['impersonate:user-info'], apiGroups: [authentication.k8s.io], resources: [users] }";
    const char* wrongGroup = "{ verbs: ['impersonate:user-info'], apiGroups: [''], resources: [users] }, "
                             "{ verbs: ['impersonate-on:user-info:get'], apiGroups: [''], resources: [pods] }";
    const char* account = "{ verbs: ['impersonate:serviceaccount'], apiGroups: [authentication.k8s.io], resources: "
                          "[serviceaccounts] }, "
                          "{ verbs: ['impersonate-on:serviceaccount:get'], apiGroups: [''], resources: [pods] }";
    const char* node
        = "{ verbs: ['impersonate:arbitrary-node'], apiGroups: [authentication.k8s.io], resources: [nodes], "
          "resourceNames: [n1] }, { verbs: ['impersonate-on:arbitrary-node:get'], apiGroups: [''], resources: [pods] }";
    const char* wild = "{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }";
    row("constrained user", "v1.36.0", constrained, "", "bob", "dev", "user-info");
    row("constrained user before 1.36", "v1.35.0", constrained, "", "bob", "dev", "");
    row("constrained without the action", "v1.36.0", withoutOn, "", "bob", "", "");
    row("constrained in the core group", "v1.36.0", wrongGroup, "", "bob", "", "");
    row("constrained never masters", "v1.36.0", constrained, "", "bob", "system:masters", "");
    row("masters through the wildcard of legacy", "v1.36.0", wild, "", "bob", "system:masters", "legacy");
    row("the wildcard is tried constrained first", "v1.36.0", wild, "", "bob", "", "user-info");
    row("legacy still works", "v1.36.0", users, "", "bob", "", "legacy");
    row("constrained account", "v1.36.0", account, "", "system:serviceaccount:shop:web", "", "serviceaccount");
    row("constrained account with groups", "v1.36.0", account, "", "system:serviceaccount:shop:web", "dev", "");
    row("user-info is not for accounts", "v1.36.0", constrained, "", "system:serviceaccount:shop:web", "", "");
    row("any node by name", "v1.36.0", node, "", "system:node:n1", "", "arbitrary-node");
    row("another node", "v1.36.0", node, "", "system:node:n2", "", "");
}

void tst_Escalation::impersonates()
{
    QFETCH(QString, version);
    QFETCH(QString, wide);
    QFETCH(QString, inShop);
    QFETCH(QString, name);
    QFETCH(QString, groups);
    QFETCH(QString, mode);
    const std::string ann = "{ kind: User, name: ann }";
    const auto authorizers = authorizersOf(apiServer(version.toStdString(), "")
        + role("ClusterRole", "wide", "", wide.toStdString()) + role("Role", "narrow", "shop", inShop.toStdString())
        + bindingOf("w", "", "ClusterRole", "wide", ann) + bindingOf("narrow", "shop", "Role", "narrow", ann));
    access::Impersonated target { .name = name.toStdString(), .groups = {} };
    if (!groups.isEmpty())
        target.groups = { groups.toStdString() };
    const auto found = access::mayImpersonate(*authorizers, { .name = "ann", .groups = { "system:authenticated" } },
        target, { .verb = "get", .resource = "pods", .ns = "shop", .name = "p" });
    QCOMPARE(found.mode, mode.toStdString());
    QCOMPARE(found.isAllowed, !mode.isEmpty());
}

void tst_Escalation::addsGroupsOfTheImpersonated()
{
    const auto authorizers = authorizersOf(apiServer("v1.36.0", "")
        + role("ClusterRole", "wide", "", "{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }")
        + bindingOf("w", "", "ClusterRole", "wide", "{ kind: User, name: ann }"));
    const auto as = [&](const char* name, std::vector<std::string> groups = {}) {
        return access::mayImpersonate(*authorizers, { .name = "ann", .groups = {} },
            { .name = name, .groups = std::move(groups) }, { .verb = "get", .resource = "pods" })
            .as.groups;
    };
    QCOMPARE(as("bob"), std::vector<std::string>({ "system:authenticated" }));
    QCOMPARE(as("system:anonymous"), std::vector<std::string>({ "system:unauthenticated" }));
    QCOMPARE(as("system:node:n"), std::vector<std::string>({ "system:nodes", "system:authenticated" }));
    QCOMPARE(as("system:serviceaccount:shop:web").size(), 3u);
    QCOMPARE(as("bob", { "dev" }), std::vector<std::string>({ "dev", "system:authenticated" }));
}

void tst_Escalation::knowsExecByVersion_data()
{
    QTest::addColumn<QString>("version");
    QTest::addColumn<QString>("flags");
    QTest::addColumn<QString>("verb");
    QTest::addColumn<bool>("mayExec");
    const auto row = [](const char* version, const char* flags, const char* verb, bool mayExec) {
        QTest::addRow("%s%s %s", version, flags, verb) << version << flags << verb << mayExec;
    };
    row("v1.34.1", "", "create", true);
    row("v1.34.1", "", "get", true);
    row("v1.35.0", "", "create", true);
    row("v1.35.0", "", "get", false);
    row("v1.35.0", ", --feature-gates=AuthorizePodWebsocketUpgradeCreatePermission=false", "get", true);
    row("v1.36.0", "", "list", false);
}

void tst_Escalation::knowsExecByVersion()
{
    QFETCH(QString, version);
    QFETCH(QString, flags);
    QFETCH(QString, verb);
    QFETCH(bool, mayExec);
    std::string flagText = flags.toStdString();
    if (!flagText.empty())
        flagText = ", \"" + flagText.substr(2) + '"';
    const auto authorizers = authorizersOf(apiServer(version.toStdString(), flagText)
        + role("ClusterRole", "wide", "",
            "{ verbs: [" + verb.toStdString() + "], apiGroups: [''], resources: [pods/exec] }")
        + bindingOf("w", "", "ClusterRole", "wide", "{ kind: User, name: ann }"));
    const User ann { .name = "ann", .groups = { "system:authenticated" } };
    QCOMPARE(access::mayExec(*authorizers, ann, "shop", "p").has_value(), mayExec);
    QCOMPARE(access::execVerbs(authorizers->server(), "nodes", "proxy").size(), 2u);
}

QTEST_GUILESS_MAIN(tst_Escalation)
#include "tst_Escalation.moc"
