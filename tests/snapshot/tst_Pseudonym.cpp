// SPDX-License-Identifier: Apache-2.0
#include <QTest>

#include <arpa/inet.h>

#include "core/snapshot/Pseudonym.h"
#include "core/snapshot/detail/PrefixCipher.h"
#include "tests/snapshot/SnapshotSupport.h"

using namespace plimsoll;
using namespace plimsoll::snapshot;
using namespace plimsoll::test;

// Redaction level 2: what goes, what stays, and that it stays connected.
class tst_Pseudonym : public QObject {
    Q_OBJECT

    const Pseudonymiser m_names { std::string(32, 'k') };

    std::string replaced(const std::string& json, const char* kind = "Pod") const
    {
        return m_names.object(json, "v1", kind);
    }

private Q_SLOTS:
    void hides_data()
    {
        QTest::addColumn<QString>("json");
        QTest::addColumn<QString>("kind");
        QTest::addColumn<QString>("secret"); // what must not be there any more
        const auto row = [](const char* situation, const char* kind, const char* json, const char* secret) {
            QTest::addRow("%s", situation)
                << QString::fromUtf8(json) << QString::fromUtf8(kind) << QString::fromUtf8(secret);
        };
        row("name", "Pod", R"({"metadata":{"name":"payments"}})", "payments");
        row("namespace", "Pod", R"({"metadata":{"namespace":"acme"}})", "acme");
        row("owner", "Pod", R"({"metadata":{"ownerReferences":[{"kind":"ReplicaSet","name":"acme-1"}]}})", "acme");
        row("label value", "Pod", R"({"metadata":{"labels":{"team":"acme"}}})", "acme");
        row("annotation", "Pod", R"({"metadata":{"annotations":{"contact":"bob@acme.com"}}})", "acme");
        row("user", "RoleBinding", R"({"subjects":[{"kind":"User","name":"bob@acme.com"}]})", "acme");
        row("service account as user", "RoleBinding",
            R"({"subjects":[{"kind":"User","name":"system:serviceaccount:acme:bot"}]})", "acme");
        row("image", "Pod", R"({"spec":{"containers":[{"name":"c","image":"reg.acme.com:5000/shop/web:1.2"}]}})",
            "acme");
        row("environment", "Pod", R"({"spec":{"containers":[{"env":[{"name":"URL","value":"http://acme"}]}]}})",
            "acme");
        row("argument", "Pod", R"({"spec":{"containers":[{"args":["--site=acme"]}]}})", "acme");
        row("host of an Ingress", "Ingress", R"({"spec":{"rules":[{"host":"shop.acme.com"}]}})", "acme");
        row("top-level domain", "Ingress", R"({"spec":{"rules":[{"host":"shop.acme.swiss"}]}})", "swiss");
        row("external name", "Service", R"({"spec":{"externalName":"db.acme.com"}})", "acme");
        row("address", "Node", R"({"status":{"addresses":[{"type":"ExternalIP","address":"93.184.216.34"}]}})",
            "93.184");
        row("configuration", "ConfigMap", R"({"data":{"app.conf":"site = acme"}})", "acme");
        row("certificate", "ValidatingWebhookConfiguration",
            R"({"webhooks":[{"clientConfig":{"caBundle":"YWNtZQ=="}}]})", "YWNtZQ");
        row("message", "Pod", R"({"status":{"conditions":[{"message":"acme failed"}]}})", "acme");
        row("node", "Pod", R"({"spec":{"nodeName":"node-1.acme.com"}})", "acme");
        row("managed fields", "Pod", R"({"metadata":{"name":"x","managedFields":[{"manager":"acme"}]}})", "acme");
        row("resource name of a rule", "Role", R"({"rules":[{"resources":["secrets"],"resourceNames":["acme"]}]})",
            "acme");
    }

    void hides()
    {
        QFETCH(const QString, json);
        QFETCH(const QString, kind);
        QFETCH(const QString, secret);
        const std::string out = replaced(json.toStdString(), kind.toUtf8().constData());
        QVERIFY2(!out.contains(secret.toStdString()), out.c_str());
    }

    void keeps_data()
    {
        QTest::addColumn<QString>("json");
        const auto row = [](const char* situation, const char* json) {
            QTest::addRow("%s", situation) << QString::fromUtf8(json);
        };
        row("namespaces of Kubernetes", R"({"metadata":{"name":"coredns","namespace":"kube-system"}})");
        row("rules", R"({"rules":[{"apiGroups":[""],"resources":["secrets"],"verbs":["get"]}]})");
        row("groups of Kubernetes", R"({"subjects":[{"kind":"Group","name":"system:authenticated"}]})");
        row("security settings",
            R"({"spec":{"hostPID":true,"containers":[{"securityContext":{"privileged":true,"capabilities":{"add":["SYS_ADMIN"]}}}]}})");
        row("level of Pod Security", R"({"metadata":{"labels":{"pod-security.kubernetes.io/enforce":"baseline"}}})");
        row("paths of the node", R"({"spec":{"volumes":[{"hostPath":{"path":"/var/run/docker.sock"}}]}})");
        row("images of Kubernetes", R"({"spec":{"containers":[{"image":"registry.k8s.io/pause:3.9"}]}})");
        row("the whole internet", R"({"spec":{"egress":[{"to":[{"ipBlock":{"cidr":"0.0.0.0/0"}}]}]}})");
        row("masks", R"({"data":{"password":"<masked: 24 bytes, secret-data>"}})");
    }

    void keeps()
    {
        QFETCH(const QString, json);
        QCOMPARE(replaced(json.toStdString()), json.toStdString());
    }

    void namesTheSameThingTheSameEverywhere()
    {
        const std::string name = m_names.name("payments");
        QVERIFY(replaced(R"({"metadata":{"labels":{"app.kubernetes.io/name":"payments"}}})").contains(name));
        QVERIFY(replaced(R"({"spec":{"selector":{"app":"payments"}}})", "Service").contains(name));
        QVERIFY(replaced(R"({"spec":{"serviceAccountName":"payments"}})").contains(name));
        QVERIFY(m_names.name("system:serviceaccount:dev:payments").ends_with(':' + name));
        QVERIFY(m_names.name("other") != name);
        QVERIFY(Pseudonymiser(std::string(32, 'l')).name("payments") != name);
    }

    // An address lies in a range exactly when it did before.
    void keepsWhatLiesInARange_data()
    {
        QTest::addColumn<QString>("first");
        QTest::addColumn<QString>("second");
        QTest::addColumn<int>("bits"); // that both have in common
        QTest::addRow("in a /16") << "93.184.1.2"
                                  << "93.184.77.9" << 17;
        QTest::addRow("neighbours") << "8.8.8.8"
                                    << "8.8.8.9" << 31;
        QTest::addRow("nothing") << "8.8.8.8"
                                 << "200.1.1.1" << 0;
        QTest::addRow("version 6") << "2a00:1450::1"
                                   << "2a00:1450::2" << 126;
    }

    void keepsWhatLiesInARange()
    {
        QFETCH(const QString, first);
        QFETCH(const QString, second);
        QFETCH(const int, bits);
        const auto both = [&](int length) {
            const auto range = [&](const QString& address) {
                const std::string mapped = m_names.address(address.toStdString());
                return networkOf(mapped, length);
            };
            return range(first) == range(second);
        };
        const int size = first.contains(QLatin1Char(':')) ? 128 : 32;
        for (int length = 0; length <= size; ++length)
            QVERIFY2(both(length) == (length <= bits), std::to_string(length).c_str());
    }

    void keepsTheKindOfAddress_data()
    {
        QTest::addColumn<QString>("address");
        QTest::addColumn<QString>("prefix");
        QTest::addRow("private 10") << "10.1.2.3"
                                    << "10.";
        QTest::addRow("private 192.168") << "192.168.7.7"
                                         << "192.168.";
        QTest::addRow("metadata") << "169.254.169.254"
                                  << "169.254.169.254";
        QTest::addRow("loopback") << "127.0.0.1"
                                  << "127.0.0.1";
        QTest::addRow("everything") << "0.0.0.0/0"
                                    << "0.0.0.0/0";
        QTest::addRow("unique local") << "fd12::1"
                                      << "f";
    }

    void keepsTheKindOfAddress()
    {
        QFETCH(const QString, address);
        QFETCH(const QString, prefix);
        QVERIFY2(m_names.address(address.toStdString()).starts_with(prefix.toStdString()),
            m_names.address(address.toStdString()).c_str());
    }

private:
    // The first bits of an address, the rest zero, as text of the bytes.
    static std::string networkOf(const std::string& address, int length);
};

std::string tst_Pseudonym::networkOf(const std::string& address, int length)
{
    unsigned char bytes[16] = {};
    const bool isV6 = address.contains(':');
    inet_pton(isV6 ? AF_INET6 : AF_INET, address.c_str(), bytes);
    std::string out;
    for (int bit = 0; bit < length; ++bit)
        out += (bytes[bit / 8] >> (7 - bit % 8)) & 1 ? '1' : '0';
    return out;
}

QTEST_GUILESS_MAIN(tst_Pseudonym)
#include "tst_Pseudonym.moc"
