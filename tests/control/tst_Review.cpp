// SPDX-License-Identifier: Apache-2.0
#include <fstream>

#include <QDir>
#include <QTemporaryDir>

#include "core/control/Review.h"
#include "tests/support/Support.h"

using namespace plimsoll;
using namespace plimsoll::control;
using test::q;
using namespace Qt::StringLiterals;

class tst_Review : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    std::string path(const QString& name) const { return m_folder.filePath(name).toStdString(); }

private Q_SLOTS:
    void standsBesideItsSource_data()
    {
        QTest::addColumn<QString>("source");
        QTest::addColumn<QString>("review");
        QTest::addRow("a snapshot") << u"a/cluster.plimsoll"_s << u"a/cluster.review.yaml"_s;
        QTest::addRow("a folder") << u"dumps/harbor"_s << u"dumps/harbor.review.yaml"_s;
        QTest::addRow("a folder with a slash") << u"dumps/harbor/"_s << u"dumps/harbor.review.yaml"_s;
    }

    void standsBesideItsSource()
    {
        QFETCH(const QString, source);
        QFETCH(const QString, review);
        QCOMPARE(q(reviewPathFor(source.toStdString())), review);
    }

    void comesBackAsItWasWritten()
    {
        Review review;
        review.path = path(u"a.review.yaml"_s);
        review.waiverFiles = { "accepted risks.yaml", "../b.yaml" };
        review.verdicts = { { "cis-2.0.1", "3.1.1", ManualVerdict::Pass, "OIDC: \"only\" way in # really\nline two",
                                { "tickets/SEC-123.pdf", "https://example.com/?a=b#c" }, "Jane Doe", 1'795'132'800 },
            { "nsa-cisa", "Audit logs", ManualVerdict::NotApplicable, "none", {}, "yes", 1'795'132'800 } };
        review.reviewed = { "PLM-W01-0123456789abcdef" };
        review.notes = { { "PLM-W01-0123456789abcdef", "- moves: in May" } };
        review.filters = { { "Z first", "severity>=critical exposed:yes" }, { "A second", "true" } };
        review.crownJewels = { "secret/payments/db" };
        VERIFY_RESULT(writeReview(review));
        const auto read = readReview(review.path);
        VERIFY_RESULT(read);
        QVERIFY(*read == review);
        VERIFY_RESULT(writeReview(*read));
        QCOMPARE(QDir(m_folder.path()).entryList(QDir::Files | QDir::Hidden).filter(u"a.review.yaml."_s).size(), 0);
        QVERIFY(read->verdictOf("cis-2.0.1", "3.1.1"));
        QVERIFY(!read->verdictOf("cis-1.12", "3.1.1"));
    }

    void aFileThatIsNotThereIsEmpty()
    {
        const auto read = readReview(path(u"none.review.yaml"_s));
        VERIFY_RESULT(read);
        QVERIFY(read->verdicts.empty());
        QCOMPARE(read->path, path(u"none.review.yaml"_s));
    }

    void refusesABrokenFile_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("line");
        const QByteArray head = "schema: plimsoll/review/v1\n";
        const QByteArray verdict
            = "  - requirement: a 1\n    verdict: pass\n    note: n\n    by: j\n    date: 2026-01-01\n";
        QTest::addRow("another schema") << QByteArray("schema: other\n") << 1;
        QTest::addRow("unknown key") << head + "colour: red\n" << 0;
        QTest::addRow("unknown verdict") << head + "verdicts:\n" + QByteArray(verdict).replace("pass", "fine") << 4;
        QTest::addRow("no framework") << head + "verdicts:\n" + QByteArray(verdict).replace("a 1", "a") << 3;
        QTest::addRow("nobody's verdict") << head + "verdicts:\n" + QByteArray(verdict).replace("    by: j\n", "") << 0;
        QTest::addRow("two verdicts") << head + "verdicts:\n" + verdict + verdict << 8;
    }

    void refusesABrokenFile()
    {
        QFETCH(const QByteArray, text);
        QFETCH(const int, line);
        const std::string file = path(u"broken.review.yaml"_s);
        std::ofstream(file, std::ios::binary) << text.toStdString();
        const auto read = readReview(file);
        QVERIFY(!read);
        QVERIFY(read.error().kind == ErrorKind::Format);
        const std::string where = line ? file + ':' + std::to_string(line) : file + ':';
        QVERIFY2(q(read.error().where).startsWith(q(where)), read.error().where.c_str());
    }

    void onlyOneMayChangeIt()
    {
        const std::string file = path(u"locked.review.yaml"_s);
        {
            const auto first = ReviewLock::take(file);
            VERIFY_RESULT(first);
            const auto second = ReviewLock::take(file);
            QVERIFY(!second);
            QVERIFY(second.error().kind == ErrorKind::Access);
        }
        VERIFY_RESULT(ReviewLock::take(file));
    }
};

QTEST_GUILESS_MAIN(tst_Review)
#include "tst_Review.moc"
