// SPDX-License-Identifier: Apache-2.0
#include "core/images/Lifecycle.h"
#include "core/images/Skew.h"
#include "core/images/Versions.h"
#include "tests/support/Support.h"

using namespace plimsoll;
using images::Support;

class tst_Versions : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsTags_data();
    void readsTags();
    void compares_data();
    void compares();
    void knowsLines();
    void judgesSupport_data();
    void judgesSupport();
    void supportIsUnknownWithoutADate();
    void judgesSkew_data();
    void judgesSkew();
};

void tst_Versions::readsTags_data()
{
    QTest::addColumn<std::string>("tag");
    QTest::addColumn<std::string>("version"); // "" = none
    QTest::addColumn<std::string>("variant");
    QTest::addColumn<std::string>("prerelease");
    QTest::addColumn<int>("revision");
    const auto row = [](const char* tag, const char* version, const char* variant = "", const char* prerelease = "",
                         int revision = 0) {
        QTest::addRow("%s", tag) << std::string(tag) << std::string(version) << std::string(variant)
                                 << std::string(prerelease) << revision;
    };
    row("1.27.3", "1.27.3");
    row("v1.36.1", "1.36.1");
    row("16", "16");
    row("1.2.3.4", "1.2.3.4");
    row("1.27-alpine3.18", "1.27", "alpine3.18");
    row("3.11-slim-bookworm", "3.11", "slim-bookworm");
    row("2.0.0-rc.1", "2.0.0", "", "rc.1");
    row("2.0.0-rc1-alpine", "2.0.0", "alpine", "rc1");
    row("15.2.0-debian-11-r5", "15.2.0", "debian-11", "", 5);
    row("20240115", "20240115");
    row("latest", "");
    row("stable", "");
    row("4f3a2b1c", ""); // a commit
    row("1.2.3.4.5", "");
    row("123456789012345", ""); // too long for a date with time
    row("", "");
    row("v", "");
    row("1..2", "");
}

void tst_Versions::readsTags()
{
    QFETCH(std::string, tag);
    QFETCH(std::string, version);
    const auto found = images::versionOfTag(tag);
    QCOMPARE(found ? found->text() : std::string(), version);
    if (!found)
        return;
    QTEST(found->variant, "variant");
    QTEST(found->prerelease, "prerelease");
    QTEST(static_cast<int>(found->revision), "revision");
}

void tst_Versions::compares_data()
{
    QTest::addColumn<std::string>("older");
    QTest::addColumn<std::string>("newer");
    QTest::addColumn<bool>("isComparable");
    const auto row = [](const char* older, const char* newer, bool isComparable = true) {
        QTest::addRow("%s and %s", older, newer) << std::string(older) << std::string(newer) << isComparable;
    };
    row("1.9.0", "1.10.0");
    row("1.27.3-alpine", "1.27.10-alpine");
    row("2.0.0-rc.1", "2.0.0");
    row("2.0.0-alpha", "2.0.0-beta");
    row("1.0.0-r1", "1.0.0-r10");
    row("1.27", "1.27.3", false); // a line and a release of it
    row("1.27.3", "1.27.4-alpine", false); // another variant
}

void tst_Versions::compares()
{
    QFETCH(std::string, older);
    QFETCH(std::string, newer);
    const auto a = images::versionOfTag(older), b = images::versionOfTag(newer);
    QVERIFY(a && b);
    QTEST(a->isComparable(*b), "isComparable");
    if (!a->isComparable(*b))
        return;
    QVERIFY(a->compare(*b) < 0);
    QVERIFY(b->compare(*a) > 0);
    QVERIFY(a->compare(*a) == 0);
}

void tst_Versions::knowsLines()
{
    const auto version = images::versionOfTag("3.20.1");
    QVERIFY(version);
    QVERIFY(images::isOfLine(*version, "3.20"));
    QVERIFY(images::isOfLine(*version, "3"));
    QVERIFY(images::isOfLine(*version, "*"));
    QVERIFY(!images::isOfLine(*version, "3.2"));
    QVERIFY(!images::isOfLine(*version, "3.20.1.0"));
    QVERIFY(!images::isOfLine(*version, "bookworm"));
}

void tst_Versions::judgesSupport_data()
{
    QTest::addColumn<std::string>("version");
    QTest::addColumn<std::string>("day");
    QTest::addColumn<Support>("expected");
    // The line 1.34: normal support until 2026-08-27, fixes until 2026-10-27.
    QTest::addRow("long before") << std::string("1.34.2") << std::string("2026-01-01") << Support::Supported;
    QTest::addRow("59 days before the end of normal support")
        << std::string("1.34.2") << std::string("2026-06-29") << Support::Supported;
    QTest::addRow("maintenance, or soon at its end")
        << std::string("1.34.2") << std::string("2026-09-15") << Support::EndingSoon;
    QTest::addRow("ended") << std::string("1.34.2") << std::string("2026-10-28") << Support::Ended;
    QTest::addRow("long ended") << std::string("1.20.0") << std::string("2026-01-01") << Support::Ended;
    QTest::addRow("not in the table") << std::string("1.99.0") << std::string("2026-01-01") << Support::Unknown;
}

void tst_Versions::judgesSupport()
{
    QFETCH(std::string, version);
    QFETCH(std::string, day);
    const images::Product* product = images::builtInLifecycle().find("kubernetes");
    QVERIFY(product);
    const auto time = parseTime(day + "T00:00:00Z");
    QVERIFY(time);
    const images::LifecycleHit hit = images::judgeRelease(*product, version, time);
    QFETCH(Support, expected);
    const bool isMaintenance = expected == Support::EndingSoon && hit.support == Support::Maintenance;
    QVERIFY2(hit.support == expected || isMaintenance, std::string(toText(hit.support)).c_str());
    QVERIFY(!hit.text.empty());
}

void tst_Versions::supportIsUnknownWithoutADate()
{
    const images::Product* product = images::builtInLifecycle().find("kubernetes");
    QVERIFY(product);
    QCOMPARE(images::judgeRelease(*product, "1.20.0", std::nullopt).support, Support::Unknown);
}

void tst_Versions::judgesSkew_data()
{
    QTest::addColumn<std::string>("server");
    QTest::addColumn<std::string>("kubelet");
    QTest::addColumn<std::string>("fault"); // part of it; "" = none
    const auto row = [](const char* server, const char* kubelet, const char* fault) {
        QTest::addRow("%s and %s", server, kubelet)
            << std::string(server) << std::string(kubelet) << std::string(fault);
    };
    row("v1.36.1", "v1.36.0", "");
    row("v1.36.1", "v1.33.9", "");
    row("v1.36.1", "v1.32.9", "4 minors older");
    row("v1.36.1", "v1.37.0", "newer than the API server");
    row("v1.27.0", "v1.24.0", "3 minors older"); // of kubelets before 1.25 two are allowed
    row("v1.26.0", "v1.24.0", "");
}

void tst_Versions::judgesSkew()
{
    QFETCH(std::string, server);
    QFETCH(std::string, kubelet);
    QFETCH(std::string, fault);
    const std::string yaml
        = "apiVersion: v1\nkind: Node\nmetadata: {name: n1}\nstatus: {nodeInfo: {kubeletVersion: " + kubelet
        + "}}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: kube-apiserver-a, namespace: kube-system}\n"
          "spec: {containers: [{name: a, image: 'registry.k8s.io/kube-apiserver:"
        + server + "'}]}\n";
    const auto cluster = test::clusterFrom(yaml.c_str());
    const auto all = images::componentVersions(*cluster);
    QCOMPARE(all.size(), 2u);
    for (const images::ComponentVersion& part : all) {
        const auto faults = images::skewFaults(part, all, cluster->version());
        if (part.component != "kubelet" || fault.empty()) {
            QVERIFY2(faults.empty(), faults.empty() ? "" : faults.front().c_str());
            continue;
        }
        QCOMPARE(faults.size(), 1u);
        QVERIFY2(faults.front().contains(fault), faults.front().c_str());
    }
}

QTEST_GUILESS_MAIN(tst_Versions)
#include "tst_Versions.moc"
