// SPDX-License-Identifier: Apache-2.0
#include <QAbstractItemModelTester>

#include "tests/support/Support.h"
#include "ui/model/AccessData.h"
#include "ui/model/SecretsData.h"

using namespace plimsoll;
using namespace plimsoll::ui;
using namespace Qt::StringLiterals;

namespace {

// "db" is mounted by web and read by a user and a service account; "old" is named by nothing; "gone" is not there.
// Values are made up and must never be seen: dmlzaWJsZS1uZXZlcg== and 12 bytes of it.
constexpr auto shop = R"(
apiVersion: v1
kind: Secret
metadata: {name: db, namespace: shop, creationTimestamp: "2026-01-01T00:00:00Z"}
type: Opaque
data: {password: dmlzaWJsZS1uZXZlcg==, user: c2hvcA==}
---
apiVersion: v1
kind: Secret
metadata:
  name: old
  namespace: shop
  creationTimestamp: "2020-01-01T00:00:00Z"
type: Opaque
data: {key: dmlzaWJsZS1uZXZlcg==}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, creationTimestamp: "2026-10-01T00:00:00Z"}
spec:
  nodeName: node-1
  containers:
  - name: c
    image: web
    volumeMounts: [{name: s, mountPath: /s}]
    env: [{name: X, valueFrom: {secretKeyRef: {name: gone, key: k}}}]
  volumes: [{name: s, secret: {secretName: db}}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader, namespace: shop}
rules: [{apiGroups: [""], resources: [secrets], verbs: [get], resourceNames: [db]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: readers, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects:
- {kind: User, name: ann, apiGroup: rbac.authorization.k8s.io}
- {kind: ServiceAccount, name: robot, namespace: shop}
)";

model::Secrets secretsFrom(const char* yaml)
{
    static const auto catalogue = control::loadCatalogue();
    Progress progress;
    const auto made = assess::assess(test::clusterFrom(yaml), *catalogue, {}, {}, test::pool(), progress);
    if (!made)
        qFatal("%s", toText(made.error()).c_str());
    return model::secretsOf(*made, test::pool(), progress);
}

const model::SecretRow* rowOf(const model::SecretTables& tables, const QString& name)
{
    for (const model::SecretRow& row : tables.secrets) {
        if (row.name == name)
            return &row;
    }
    return nullptr;
}

} // namespace

class SecretsDataTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_secrets = secretsFrom(shop);
        QVERIFY(m_secrets);
        Progress progress;
        m_tables = model::secretTables(m_secrets, progress);
    }

    void rowsTellKeysSizesAgeAndUse()
    {
        QCOMPARE(m_tables.secrets.size(), 2u);
        const model::SecretRow* db = rowOf(m_tables, u"db"_s);
        QVERIFY(db);
        QCOMPARE(db->ns, u"shop"_s);
        QCOMPARE(db->keys, u"password, user"_s);
        QVERIFY(db->size.endsWith(u"B"_s));
        QCOMPARE(db->usedBy, u"Pod web"_s);
        QVERIFY(!db->isUnused());
        // Only the creation is known: the age is a bound and says so.
        QVERIFY2(db->age.startsWith(u'\u2264'), qPrintable(db->age));
        QCOMPARE(db->ageDays, 273);
        const model::SecretRow* old = rowOf(m_tables, u"old"_s);
        QVERIFY(old && old->isUnused() && old->isOld);
        QVERIFY(m_tables.gap.isEmpty());
    }

    // The number in the table is the sum of what the picture draws, way by way.
    void countOfReadersExplainsItself()
    {
        const model::SecretRow* db = rowOf(m_tables, u"db"_s);
        const model::SecretDetail detail = model::secretDetail(m_secrets, db->index);
        quint32 drawn = 0;
        QStringList who;
        for (const model::SecretReader& reader : detail.readers) {
            QVERIFY(reader.way < detail.ways.size());
            QVERIFY(!reader.routes.empty());
            for (const auto& route : reader.routes)
                QVERIFY(route.steps.size() >= 2);
            const bool isIdentity = reader.who.startsWith(u"User "_s) || reader.who.startsWith(u"Group "_s)
                || reader.who.startsWith(u"ServiceAccount "_s);
            drawn += isIdentity ? 1 : 0;
            who.append(reader.who);
        }
        QCOMPARE(drawn, db->readers);
        QVERIFY(who.contains(u"User ann"_s));
        QVERIFY(who.contains(u"ServiceAccount shop/robot"_s));
        QVERIFY(who.contains(u"Pod shop/web"_s)); // has it in a container
        for (std::size_t way = 0; way < detail.ways.size(); ++way)
            QCOMPARE(static_cast<quint32>(std::ranges::count(detail.readers, way, &model::SecretReader::way)),
                detail.ways[way].count);
    }

    void chainLeadsFromTheReaderToTheRule()
    {
        const model::SecretDetail detail = model::secretDetail(m_secrets, rowOf(m_tables, u"db"_s)->index);
        for (const model::SecretReader& reader : detail.readers) {
            if (reader.who != u"User ann"_s)
                continue;
            const QStringList chain = reader.routes.front().chain();
            QCOMPARE(chain.front(), u"User ann"_s);
            QCOMPARE(chain[1], u"rolebinding/shop/readers"_s);
            QCOMPARE(chain[2], u"role/shop/reader, rule 1"_s);
            const auto& rule = reader.routes.front().steps[2];
            QVERIFY(rule.object);
            QCOMPARE(rule.pointer, u"/rules/0"_s);
            return;
        }
        QFAIL("the reader is missing");
    }

    void missingReferenceNamesWhoWantsIt()
    {
        QCOMPARE(m_tables.missing.size(), 1u);
        QCOMPARE(m_tables.missing.front().from, u"Pod shop/web"_s);
        QVERIFY(m_tables.missing.front().secret.startsWith(u"gone"_s));
        QVERIFY(m_tables.missing.front().pointer.startsWith(u"/spec/containers/0/env/0"_s));
    }

    void filters_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("type");
        QTest::addColumn<bool>("unused");
        QTest::addColumn<QStringList>("left");
        QTest::addRow("nothing is asked") << QString() << QString() << false << QStringList { u"db"_s, u"old"_s };
        QTest::addRow("by name") << u"OL"_s << QString() << false << QStringList { u"old"_s };
        QTest::addRow("by key") << u"password"_s << QString() << false << QStringList { u"db"_s };
        QTest::addRow("by two words") << u"shop web"_s << QString() << false << QStringList { u"db"_s };
        QTest::addRow("by a type that is not there") << QString() << u"kubernetes.io/tls"_s << false << QStringList {};
        QTest::addRow("unused ones") << QString() << QString() << true << QStringList { u"old"_s };
    }
    void filters()
    {
        QFETCH(QString, text);
        QFETCH(QString, type);
        QFETCH(bool, unused);
        QFETCH(QStringList, left);
        model::SecretsFilter filter { text, type };
        filter.onlyUnused = unused;
        QStringList names;
        for (const model::SecretRow& row : m_tables.secrets) {
            if (filter.matches(row))
                names.append(row.name);
        }
        QCOMPARE(names, left);
    }

    void modelsAreSoundAndHoldNoValue()
    {
        model::SecretsModel rows;
        QAbstractItemModelTester tester(&rows, QAbstractItemModelTester::FailureReportingMode::QtTest);
        rows.setRows(m_tables.secrets);
        for (int column = 0; column < rows.columnCount(); ++column)
            rows.sort(column, Qt::DescendingOrder);
        model::MissingModel missing;
        missing.setRows(m_tables.missing);
        QString all = model::csvOf(rows) + model::csvOf(missing);
        for (const model::SecretRow& row : m_tables.secrets) {
            const model::SecretDetail detail = model::secretDetail(m_secrets, row.index);
            all += detail.headline;
            for (const auto* facts : { &detail.facts, &detail.keys, &detail.uses, &detail.findings }) {
                for (const model::SecretFact& fact : *facts)
                    all += fact.name + fact.value;
            }
        }
        QVERIFY(all.contains(u"password"_s)); // the key's name
        QVERIFY(!all.contains(u"dmlzaWJsZS1uZXZlcg"_s));
        QVERIFY(!all.contains(u"visible-never"_s));
    }

    // Without data about the API server nothing is claimed.
    void encryptionIsNotAssessedWithoutAServer()
    {
        const model::EncryptionBanner banner = model::encryptionBanner(m_secrets);
        QCOMPARE(banner.state, model::EncryptionBanner::State::Unknown);
        QVERIFY(!banner.text.isEmpty());
        QVERIFY(banner.evidence.empty());
    }

    void encryptionIsDecidedByTheFlags_data()
    {
        QTest::addColumn<QString>("flag");
        QTest::addColumn<int>("state");
        QTest::addRow("no configuration")
            << u"--anonymous-auth=false"_s << static_cast<int>(model::EncryptionBanner::State::Plain);
        QTest::addRow("a configuration") << u"--encryption-provider-config=/etc/enc.yaml"_s
                                         << static_cast<int>(model::EncryptionBanner::State::Weak);
    }
    void encryptionIsDecidedByTheFlags()
    {
        QFETCH(QString, flag);
        QFETCH(int, state);
        constexpr auto server = R"(
apiVersion: v1
kind: Pod
metadata:
  name: kube-apiserver-a
  namespace: kube-system
  labels: {component: kube-apiserver, tier: control-plane}
  annotations: {kubernetes.io/config.mirror: x, kubernetes.io/config.source: file}
spec:
  containers:
  - name: kube-apiserver
    image: registry.k8s.io/kube-apiserver:v1.36.1
    command: [kube-apiserver, FLAG]
)";
        const QByteArray yaml = QByteArray(server).replace("FLAG", flag.toUtf8());
        const model::EncryptionBanner banner = model::encryptionBanner(secretsFrom(yaml.constData()));
        QCOMPARE(static_cast<int>(banner.state), state);
        QCOMPARE(banner.evidence.size(), 1u);
        QVERIFY(banner.evidence.front().object);
        QVERIFY(!banner.evidence.front().pointer.isEmpty());
    }

    void secretsThatWereNotCollectedAreNotNone()
    {
        const model::Secrets secrets = secretsFrom("apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n");
        Progress progress;
        const model::SecretTables tables = model::secretTables(secrets, progress);
        QVERIFY(tables.secrets.empty());
        QVERIFY(!tables.gap.isEmpty());
    }

private:
    model::Secrets m_secrets;
    model::SecretTables m_tables;
};

QTEST_GUILESS_MAIN(SecretsDataTest)
#include "tst_SecretsData.moc"
