// SPDX-License-Identifier: Apache-2.0
#include "core/secrets/Readers.h"

#include <set>

#include "core/access/Questions.h"
#include "tests/support/Support.h"

using namespace plimsoll;
using namespace Qt::StringLiterals;
using secrets::Reader;
using secrets::Readers;
using secrets::ReaderSet;
using secrets::Way;

namespace {

// Everybody in it has one right; the Secret is shop/db, mounted by deployment web with one pod on node n1.
constexpr const char* shop = R"(
apiVersion: v1
kind: Secret
metadata: { name: db, namespace: shop }
data: { password: eA== }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop, uid: d1 }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: &spec
      containers: [{ name: web, image: web, volumeMounts: [{ name: s, mountPath: /s }] }]
      volumes: [{ name: s, secret: { secretName: db } }]
---
apiVersion: v1
kind: Pod
metadata:
  name: web-1
  namespace: shop
  ownerReferences: [{ apiVersion: apps/v1, kind: Deployment, name: web, uid: d1, controller: true }]
spec:
  nodeName: n1
  containers: [{ name: web, image: web, volumeMounts: [{ name: s, mountPath: /s }] }]
  volumes: [{ name: s, secret: { secretName: db } }]
status: { phase: Running }
---
apiVersion: v1
kind: ServiceAccount
metadata: { name: reader, namespace: ops }
)";

struct Right {
    const char* rule;
    const char* ns = "shop"; // "" = a ClusterRoleBinding
    const char* subject = "{ kind: User, name: ann }";
};

std::string withRights(std::initializer_list<Right> rights)
{
    std::string text = shop;
    int index = 0;
    for (const Right& right : rights) {
        const std::string name = "r" + std::to_string(index++);
        const bool isWide = std::string_view(right.ns).empty();
        text += "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: { name: " + name
            + " }\nrules: [" + right.rule + "]\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: "
            + (isWide ? "ClusterRoleBinding" : "RoleBinding") + "\nmetadata: { name: " + name
            + (isWide ? "" : std::string(", namespace: ") + right.ns)
            + " }\nroleRef: { kind: ClusterRole, name: " + name + " }\nsubjects: [" + right.subject + "]\n";
    }
    return text;
}

const Reader* readerNamed(const ReaderSet& set, std::string_view name)
{
    const auto found = std::ranges::find(set.readers, name, &Reader::name);
    return found == set.readers.end() ? nullptr : &*found;
}

} // namespace

class tst_Readers : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void tellsTheWay_data()
    {
        QTest::addColumn<QString>("rule");
        QTest::addColumn<QString>("ns");
        QTest::addColumn<int>("way"); // -1 = none
        const auto row = [](const char* name, const char* rule, const char* ns, int way) {
            QTest::newRow(name) << QString::fromLatin1(rule) << QString::fromLatin1(ns) << way;
        };
        const int read = int(Way::Read), exec = int(Way::Exec), start = int(Way::Start);
        row("get", "{ verbs: [get], apiGroups: [''], resources: [secrets] }", "shop", read);
        row("list", "{ verbs: [list], apiGroups: [''], resources: [secrets] }", "shop", read);
        row("watch", "{ verbs: [watch], apiGroups: [''], resources: ['*'] }", "", read);
        row("by name", "{ verbs: [get], apiGroups: [''], resources: [secrets], resourceNames: [db] }", "shop", read);
        row("other name", "{ verbs: [get], apiGroups: [''], resources: [secrets], resourceNames: [dbx] }", "shop", -1);
        row("other namespace", "{ verbs: [get], apiGroups: [''], resources: [secrets] }", "bank", -1);
        row("other group", "{ verbs: [get], apiGroups: [apps], resources: [secrets] }", "shop", -1);
        row("delete only", "{ verbs: [delete], apiGroups: [''], resources: [secrets] }", "shop", -1);
        row("create only", "{ verbs: [create], apiGroups: [''], resources: [secrets] }", "shop", -1);
        row("exec", "{ verbs: [create], apiGroups: [''], resources: [pods/exec] }", "shop", exec);
        row("exec by name", "{ verbs: [create], apiGroups: [''], resources: [pods/exec], resourceNames: [web-1] }",
            "shop", exec);
        row("exec elsewhere", "{ verbs: [create], apiGroups: [''], resources: [pods/exec], resourceNames: [web-2] }",
            "shop", -1);
        row("debug", "{ verbs: [patch], apiGroups: [''], resources: [pods/ephemeralcontainers] }", "shop", exec);
        row("kubelet", "{ verbs: [get], apiGroups: [''], resources: [nodes/proxy] }", "", exec);
        row("kubelet of it", "{ verbs: [get], apiGroups: [''], resources: [nodes/proxy], resourceNames: [n1] }", "",
            exec);
        row("other kubelet", "{ verbs: [get], apiGroups: [''], resources: [nodes/proxy], resourceNames: [n2] }", "",
            -1);
        row("logs", "{ verbs: [get], apiGroups: [''], resources: [pods/log] }", "shop", -1);
        row("pods", "{ verbs: [create], apiGroups: [''], resources: [pods] }", "shop", start);
        row("pods elsewhere", "{ verbs: [create], apiGroups: [''], resources: [pods] }", "bank", -1);
        row("patch pods", "{ verbs: [patch], apiGroups: [''], resources: [pods] }", "shop", -1);
        row("deployments", "{ verbs: [patch], apiGroups: [apps], resources: [deployments] }", "shop", start);
        row("one deployment", "{ verbs: [update], apiGroups: [apps], resources: [deployments], resourceNames: [web] }",
            "shop", start);
        row("create with a name",
            "{ verbs: [create], apiGroups: [apps], resources: [deployments], resourceNames: [web] }", "shop", -1);
        row("cron jobs", "{ verbs: [create], apiGroups: [batch], resources: [cronjobs] }", "shop", start);
        row("scale", "{ verbs: [patch], apiGroups: [apps], resources: [deployments/scale] }", "shop", -1);
        row("config maps", "{ verbs: ['*'], apiGroups: [''], resources: [configmaps] }", "", -1);
    }

    void tellsTheWay()
    {
        QFETCH(QString, rule);
        QFETCH(QString, ns);
        QFETCH(int, way);
        const std::string ruleText = rule.toStdString(), nsText = ns.toStdString();
        const auto readers = Readers::make(test::clusterFrom(withRights({ { ruleText.c_str(), nsText.c_str() } })));
        const ReaderSet set = readers->of("shop", "db");
        const Reader* ann = readerNamed(set, "ann");
        QCOMPARE(ann ? int(ann->way()) : -1, way);
        QVERIFY(readerNamed(set, "system:masters"));
        QCOMPARE(set.holders.size(), std::size_t(1));
        QCOMPARE(set.nodes.size(), std::size_t(1));
    }

    // Whoever becomes one who can, can; over several steps.
    void followsTokensAndImpersonation_data()
    {
        QTest::addColumn<QString>("rule");
        QTest::addColumn<QString>("ns");
        QTest::addColumn<int>("way");
        const int token = int(Way::Token), impersonate = int(Way::Impersonate);
        QTest::newRow("token") << u"{ verbs: [create], apiGroups: [''], resources: [serviceaccounts/token] }"_s
                               << u"ops"_s << token;
        QTest::newRow("token by name")
            << u"{ verbs: [create], apiGroups: [''], resources: [serviceaccounts/token], resourceNames: [reader] }"_s
            << u"ops"_s << token;
        QTest::newRow("token of another")
            << u"{ verbs: [create], apiGroups: [''], resources: [serviceaccounts/token], resourceNames: [other] }"_s
            << u"ops"_s << -1;
        QTest::newRow("token elsewhere")
            << u"{ verbs: [create], apiGroups: [''], resources: [serviceaccounts/token] }"_s << u"shop"_s << -1;
        QTest::newRow("as the account")
            << u"{ verbs: [impersonate], apiGroups: [''], resources: [serviceaccounts], resourceNames: [reader] }"_s
            << u"ops"_s << impersonate;
        QTest::newRow("as its user name")
            << u"{ verbs: [impersonate], apiGroups: [''], resources: [users], resourceNames: ['system:serviceaccount:ops:reader'] }"_s
            << u""_s << impersonate;
        QTest::newRow("as another user")
            << u"{ verbs: [impersonate], apiGroups: [''], resources: [users], resourceNames: [bob] }"_s << u""_s << -1;
        QTest::newRow("groups without users")
            << u"{ verbs: [impersonate], apiGroups: [''], resources: [groups] }"_s << u""_s << -1;
        QTest::newRow("groups and users")
            << u"{ verbs: [impersonate], apiGroups: [''], resources: [groups, users], resourceNames: ['system:masters'] }"_s
            << u""_s << impersonate;
    }

    void followsTokensAndImpersonation()
    {
        QFETCH(QString, rule);
        QFETCH(QString, ns);
        QFETCH(int, way);
        const std::string ruleText = rule.toStdString(), nsText = ns.toStdString();
        const auto readers = Readers::make(test::clusterFrom(withRights({
            { "{ verbs: [get], apiGroups: [''], resources: [secrets] }", "shop",
                "{ kind: ServiceAccount, name: reader, namespace: ops }" },
            { ruleText.c_str(), nsText.c_str() },
            { "{ verbs: [impersonate], apiGroups: [''], resources: [users], resourceNames: [ann] }", "",
                "{ kind: User, name: carl }" },
        })));
        const ReaderSet set = readers->of("shop", "db");
        const Reader* ann = readerNamed(set, "ann");
        QCOMPARE(ann ? int(ann->way()) : -1, way);
        QCOMPARE(readerNamed(set, "carl") != nullptr, way >= 0);
        if (ann) {
            const Reader& target = set.readers[ann->routes.front().becomes];
            QVERIFY(target.name == "reader" || target.name == "system:masters");
        }
        std::uint32_t total = 0;
        for (const std::uint32_t count : set.counts())
            total += count;
        QCOMPARE(total, std::uint32_t(set.readers.size()));
    }

    // Every Secret of harbor, and one that is not there: the same as asking the access engine.
    void agreesWithTheAccessEngine()
    {
        const auto path = test::sharedPath("snapshots/harbor");
        if (!path)
            QSKIP("no shared snapshots");
        const auto cluster = test::clusterFromPath(*path);
        const auto readers = Readers::make(cluster);
        const access::Authorizers& authorizers = readers->authorizers();
        int compared = 0;
        const auto compare = [&](std::string ns, std::string name) {
            std::set<std::string> asked, found;
            for (const char* verb : { "get", "list", "watch" }) {
                const access::WhoCan who = access::whoCan(authorizers,
                    { .verb = verb, .apiGroup = "", .resource = "secrets", .subresource = "", .ns = ns, .name = name });
                for (const access::Reacher& one : who.reachers) {
                    if (one.by != access::By::Node)
                        asked.insert(std::string(one.kind) + '/' + std::string(one.ns) + '/' + std::string(one.name));
                }
            }
            for (const Reader& one : readers->of(ns, name).readers) {
                if (one.has(Way::Read))
                    found.insert(std::string(one.kind) + '/' + std::string(one.ns) + '/' + std::string(one.name));
            }
            QCOMPARE(found, asked);
            compared += int(asked.size());
        };
        for (const cluster::Secret& secret : cluster->secrets()) {
            const cluster::Object& object = cluster->object(secret.object);
            compare(std::string(cluster->text(object.ns)), std::string(cluster->text(object.name)));
        }
        compare("payments", "not-there");
        QVERIFY(compared > 100);
    }
};

QTEST_GUILESS_MAIN(tst_Readers)
#include "tst_Readers.moc"
