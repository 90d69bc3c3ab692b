// SPDX-License-Identifier: Apache-2.0
#include <fstream>

#include <QTemporaryDir>

#include "core/evidence/AuditLog.h"
#include "core/evidence/Falco.h"
#include "core/evidence/Head.h"
#include "tests/support/Support.h"

using namespace plimsoll;
using namespace plimsoll::test;

class TestHead : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void plainFiles();
    void packedFiles();
    void missingFiles();
};

void TestHead::plainFiles()
{
    QTemporaryDir folder;
    const std::string path = folder.filePath(QStringLiteral("a.json")).toStdString();
    std::ofstream(path) << std::string(100'000, 'x');
    const auto head = evidence::headOfFile(path);
    VERIFY_RESULT(head);
    QVERIFY(head->size() >= 4096 && head->size() <= 20'480);
    std::ofstream(path, std::ios::trunc) << "{}";
    QCOMPARE(*evidence::headOfFile(path), std::string("{}"));
}

// A log is recognised through its packing.
void TestHead::packedFiles()
{
    const auto path = sharedPath("snapshots/harbor-audit.log.gz");
    if (!path)
        QSKIP("the shared log is not there");
    const auto head = evidence::headOfFile(*path);
    VERIFY_RESULT(head);
    QVERIFY(head->starts_with("{\"kind\":\"Event\""));
    QVERIFY(evidence::isAuditLog(*head));
    QVERIFY(!evidence::isAlertLog(*head));
}

void TestHead::missingFiles()
{
    const auto head = evidence::headOfFile("there-is-no-such-file");
    QVERIFY(!head);
    QCOMPARE(head.error().kind, ErrorKind::Access);
}

QTEST_GUILESS_MAIN(TestHead)
#include "tst_Head.moc"
