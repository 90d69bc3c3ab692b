// SPDX-License-Identifier: Apache-2.0
#include "core/base/Text.h"
#include "core/evidence/AuditPolicy.h"
#include "tests/support/Support.h"

using namespace plimsoll;
using namespace plimsoll::test;
using evidence::AuditLevel;
using evidence::AuditPolicy;
using evidence::AuditRequest;

namespace {

AuditPolicy policyOf(const std::string& rules)
{
    auto policy
        = evidence::readAuditPolicyText("apiVersion: audit.k8s.io/v1\nkind: Policy\n" + rules, "audit-policy.yaml");
    return policy ? std::move(*policy) : AuditPolicy {};
}

// "secrets-logged! /rules/0", grave ones with a mark.
std::string print(const AuditPolicy& policy)
{
    std::string out;
    for (const auto& one : flawsOf(policy))
        out += std::string(toText(one.kind)) + (one.isGrave ? "! " : " ") + join(one.pointers, ",") + '\n';
    return out;
}

const std::string secretsFirst = "- level: Metadata\n"
                                 "  resources:\n"
                                 "  - {group: '', resources: [secrets, configmaps, serviceaccounts/token]}\n"
                                 "  - {group: authentication.k8s.io, resources: [tokenreviews]}\n";

} // namespace

class TestAuditPolicy : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void decides_data();
    void decides();
    void flaws_data();
    void flaws();
    void reads();
    void recognises_data();
    void recognises();
};

void TestAuditPolicy::decides_data()
{
    QTest::addColumn<QString>("rules");
    QTest::addColumn<QString>("resource");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char* name, const char* rules, const char* resource, const char* expected) {
        QTest::addRow("%s", name) << QString::fromUtf8(rules) << QString::fromUtf8(resource)
                                  << QString::fromUtf8(expected);
    };
    row("no rule matches", "rules:\n- {level: Request, users: [bob]}\n", "pods", "None -1");
    row("the first one", "rules:\n- {level: Metadata}\n- {level: Request}\n", "pods", "Metadata 0");
    row("by user", "rules:\n- {level: None, users: [bob]}\n- {level: Request, users: [ann]}\n", "pods", "Request 1");
    row("by group", "rules:\n- {level: Request, userGroups: [x, dev]}\n", "pods", "Request 0");
    row("by verb", "rules:\n- {level: Request, verbs: [list]}\n- {level: Metadata, verbs: [get]}\n", "pods",
        "Metadata 1");
    row("verbs have no wildcard", "rules:\n- {level: Request, verbs: ['*']}\n", "pods", "None -1");
    row("by namespace", "rules:\n- {level: Request, namespaces: [bank]}\n- {level: Metadata, namespaces: [shop]}\n",
        "pods", "Metadata 1");
    row("a resource is not its parts", "rules:\n- {level: Request, resources: [{group: '', resources: [pods]}]}\n",
        "pods/exec", "None -1");
    row("all of its parts", "rules:\n- {level: Request, resources: [{group: '', resources: ['pods/*']}]}\n",
        "pods/exec", "Request 0");
    row("its parts and itself", "rules:\n- {level: Request, resources: [{group: '', resources: ['pods/*']}]}\n", "pods",
        "Request 0");
    row("a part of all", "rules:\n- {level: Request, resources: [{group: '', resources: ['*/exec']}]}\n", "pods/exec",
        "Request 0");
    row("everything of a group", "rules:\n- {level: Request, resources: [{group: ''}]}\n", "pods/exec", "Request 0");
    row("another group", "rules:\n- {level: Request, resources: [{group: apps}]}\n", "pods", "None -1");
    row("groups have no wildcard", "rules:\n- {level: Request, resources: [{group: '*'}]}\n", "pods", "None -1");
    row("a name",
        "rules:\n- {level: Request, resources: [{group: '', resources: [pods], resourceNames: [other]}]}\n"
        "- {level: Metadata, resources: [{group: '', resources: [pods], resourceNames: [web]}]}\n",
        "pods", "Metadata 1");
    row("paths are not resources", "rules:\n- {level: Request, nonResourceURLs: ['*']}\n", "pods", "None -1");
    row("a path", "rules:\n- {level: Request, nonResourceURLs: ['/healthz*']}\n", "/healthz/etcd", "Request 0");
    row("another path", "rules:\n- {level: Request, nonResourceURLs: ['/version']}\n", "/healthz", "None -1");
    row("resources are not paths", "rules:\n- {level: Request, resources: [{group: ''}]}\n", "/healthz", "None -1");
}

void TestAuditPolicy::decides()
{
    QFETCH(QString, rules);
    QFETCH(QString, resource);
    QFETCH(QString, expected);
    AuditRequest request { "ann", { "dev", "system:authenticated" }, "get", "", resource.toStdString(), "shop", "web",
        "" };
    if (request.resource.starts_with('/'))
        request = AuditRequest { "ann", { "dev" }, "get", "", "", "", "", resource.toStdString() };
    const auto decision = decide(policyOf(rules.toStdString()), request);
    QCOMPARE(q(std::string(toText(decision.level)) + ' ' + std::to_string(decision.rule)), expected);
}

void TestAuditPolicy::flaws_data()
{
    QTest::addColumn<QString>("rules");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char* name, const std::string& rules, const char* expected) {
        QTest::addRow("%s", name) << q(rules) << QString::fromUtf8(expected);
    };
    const std::string head = "rules:\n";
    row("metadata for all", head + "- level: Metadata\n", "");
    row("secrets by metadata, all else in full", head + secretsFirst + "- level: RequestResponse\n", "");
    row("all in full", head + "- level: RequestResponse\n",
        "secrets-logged! /rules/0\nsecrets-logged! /rules/0\nsecrets-logged! /rules/0\nsecrets-logged /rules/0\n");
    row("what is sent", head + "- level: Request\n",
        "secrets-logged! /rules/0\nsecrets-logged! /rules/0\nsecrets-logged /rules/0\n");
    row("reads of secrets at Request carry no body",
        head + "- {level: Request, verbs: [get, list, watch], resources: [{group: '', resources: [secrets]}]}\n"
            + secretsFirst + "- level: Metadata\n",
        "");
    row("secrets of one namespace in full",
        head + "- {level: RequestResponse, namespaces: [bank]}\n- level: Metadata\n",
        "secrets-logged! /rules/0\nsecrets-logged! /rules/0\nsecrets-logged /rules/0\n");
    row("secrets of one user in full",
        head
            + "- {level: RequestResponse, users: [root], resources: [{group: '', "
              "resources: [secrets]}]}\n- level: Metadata\n",
        "secrets-logged! /rules/0\n");
    row("nothing", head + "- level: None\n", "logs-nothing! /rules\n");
    row("no rules", "rules: []\n", "invalid! \nlogs-nothing! /rules\n");
    row("none first", head + "- level: None\n- level: Metadata\n",
        "catch-all-none! /rules/1,/rules/0\nnot-logged! /rules/0\nnothing-by-default /rules/0\n");
    row("shadowed",
        head
            + "- {level: Metadata, resources: [{group: ''}]}\n"
              "- {level: Request, verbs: [create], resources: [{group: '', resources: [pods/exec]}]}\n- level: "
              "Metadata\n",
        "shadowed /rules/1,/rules/0\n");
    row("not shadowed: the first is of one user",
        head
            + "- {level: Metadata, users: [bob], resources: [{group: ''}]}\n"
              "- {level: Request, resources: [{group: '', resources: [pods/exec]}]}\n- level: Metadata\n",
        "");
    row("no exec", head + "- {level: None, resources: [{group: '', resources: [pods/exec]}]}\n- level: Metadata\n",
        "not-logged! /rules/0\n");
    row("exec by create only",
        head + "- {level: Metadata, verbs: [create, update, patch, delete, deletecollection]}\n" + secretsFirst,
        "not-logged! \n"); // reads of secrets are logged, the exec of new clients, which is a get, is not
    row("no default", head + secretsFirst, "not-logged! \nnothing-by-default \n");
    row("administrators left out", head + "- {level: None, userGroups: ['system:masters']}\n- level: Metadata\n",
        "admins-left-out! /rules/0\n");
    row("service accounts left out",
        head + "- {level: None, userGroups: ['system:serviceaccounts']}\n- level: Metadata\n",
        "admins-left-out! /rules/0\n");
    row("everybody left out", head + "- {level: None, userGroups: ['system:authenticated']}\n- level: Metadata\n",
        "not-logged! /rules/0\nnothing-by-default /rules/0\n");
    row("noise left out",
        head
            + "- {level: None, users: ['system:kube-proxy'], verbs: [watch], resources: [{group: '', resources: "
              "[endpoints, services]}]}\n- {level: None, nonResourceURLs: ['/healthz*', /version]}\n- level: "
              "Metadata\n",
        "");
    row("reception left out", "omitStages: [RequestReceived]\nrules:\n- level: Metadata\n", "");
    row("outcome left out", "omitStages: [ResponseComplete]\nrules:\n- level: Metadata\n",
        "stage-left-out! /omitStages\n");
    row("outcome of a rule left out", head + "- {level: Metadata, omitStages: [ResponseComplete]}\n",
        "stage-left-out! /rules/0/omitStages\n");
    row("a level that does not exist", head + "- level: Everything\n- level: Metadata\n",
        "invalid! \ncatch-all-none! /rules/1,/rules/0\nnot-logged! /rules/0\nnothing-by-default /rules/0\n");
    row("paths and resources", head + "- {level: None, nonResourceURLs: [/x], namespaces: [a]}\n- level: Metadata\n",
        "invalid! \n");
    row("a version with the group", head + "- {level: None, resources: [{group: 'batch/v1'}]}\n- level: Metadata\n",
        "invalid! \n");
}

void TestAuditPolicy::flaws()
{
    QFETCH(QString, rules);
    QFETCH(QString, expected);
    QCOMPARE(q(print(policyOf(rules.toStdString()))), expected);
}

void TestAuditPolicy::reads()
{
    const auto json = evidence::readAuditPolicyText(
        R"({"apiVersion":"audit.k8s.io/v1","kind":"Policy","rules":[{"level":"Metadata"}]})", "policy.json");
    VERIFY_RESULT(json);
    QCOMPARE(json->rules.size(), 1u);
    const auto second = evidence::readAuditPolicyText(
        "# ours\n---\nkind: Other\n---\napiVersion: audit.k8s.io/v1beta1\nkind: Policy\nrules: [{level: Metadata}]\n",
        "p");
    VERIFY_RESULT(second);
    QCOMPARE(second->problems.size(), 1u); // a version that is gone
    for (const char* const text : { "", "kind: Policy\n", "a: [", R"({"kind":"Pod"})" })
        QVERIFY(!evidence::readAuditPolicyText(text, "p"));
}

void TestAuditPolicy::recognises_data()
{
    QTest::addColumn<QString>("head");
    QTest::addColumn<bool>("expected");
    QTest::addRow("YAML") << "# comment\napiVersion: audit.k8s.io/v1 # This is required.\nkind: Policy\nrules:\n"
                          << true;
    QTest::addRow("kind first") << "kind: Policy\napiVersion: audit.k8s.io/v1\n" << true;
    QTest::addRow("JSON") << R"({"kind": "Policy", "apiVersion": "audit.k8s.io/v1"})" << true;
    QTest::addRow("a log") << R"({"kind":"Event","apiVersion":"audit.k8s.io/v1","auditID":"1"})" << false;
    QTest::addRow("another policy") << "apiVersion: kyverno.io/v1\nkind: Policy\n" << false;
    QTest::addRow("in a ConfigMap")
        << "kind: ConfigMap\ndata:\n  p: |\n    apiVersion: audit.k8s.io/v1\n    kind: Policy\n"
        << false;
    QTest::addRow("nothing") << "" << false;
}

void TestAuditPolicy::recognises()
{
    QFETCH(QString, head);
    QFETCH(bool, expected);
    QCOMPARE(evidence::isAuditPolicy(head.toStdString()), expected);
}

QTEST_GUILESS_MAIN(TestAuditPolicy)
#include "tst_AuditPolicy.moc"
