// SPDX-License-Identifier: Apache-2.0
#include "core/base/Text.h"
#include "core/base/Time.h"
#include "tests/support/Support.h"

using namespace plimsoll;
using test::q;

class TestText : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void quotesForJson_data();
    void quotesForJson();
    void makesHostileTextPrintable_data();
    void makesHostileTextPrintable();
    void readsTimes_data();
    void readsTimes();
    void writesTimes();
    void countsInWords();
    void shortensBetweenCharacters();
};

void TestText::quotesForJson_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("expected");
    QTest::addRow("plain") << QByteArray("web") << QByteArray("\"web\"");
    QTest::addRow("quote and backslash") << QByteArray("a\"b\\c") << QByteArray("\"a\\\"b\\\\c\"");
    QTest::addRow("new line and tab") << QByteArray("a\nb\tc") << QByteArray("\"a\\nb\\tc\"");
    QTest::addRow("escape character") << QByteArray("\x1b[31m") << QByteArray("\"\\u001b[31m\"");
    QTest::addRow("umlaut stays") << QByteArray("M\xC3\xBCller") << QByteArray("\"M\xC3\xBCller\"");
    QTest::addRow("broken UTF-8 is replaced") << QByteArray("a\xFF") << QByteArray("\"a\xEF\xBF\xBD\"");
    QTest::addRow("overlong form is replaced") << QByteArray("\xC0\xAF") << QByteArray("\"\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

void TestText::quotesForJson()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, expected);
    QCOMPARE(jsonQuoted(text.toStdString()), expected.toStdString());
}

void TestText::makesHostileTextPrintable_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("expected");
    QTest::addRow("terminal colour") << QByteArray("\x1b[2Jgone") << QByteArray("\\x1b[2Jgone");
    QTest::addRow("line break") << QByteArray("a\nb") << QByteArray("a\\x0ab");
    QTest::addRow("C1 control") << QByteArray("a\xC2\x9Bm") << QByteArray("a\\x9bm");
    QTest::addRow("right-to-left override") << QByteArray("a\xE2\x80\xAE"
                                                          "b")
                                            << QByteArray("a\\u202eb");
    QTest::addRow("ordinary text") << QByteArray("caf\xC3\xA9") << QByteArray("caf\xC3\xA9");
}

void TestText::makesHostileTextPrintable()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, expected);
    QCOMPARE(printable(text.toStdString()), expected.toStdString());
}

void TestText::readsTimes_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<qint64>("seconds"); // -1 = not a time
    QTest::addRow("API server") << QByteArray("2026-11-23T03:41:03Z") << qint64 { 1795405263 };
    QTest::addRow("fraction") << QByteArray("2026-11-23T03:41:03.123456Z") << qint64 { 1795405263 };
    QTest::addRow("offset") << QByteArray("2026-11-23T04:41:03+01:00") << qint64 { 1795405263 };
    QTest::addRow("date alone") << QByteArray("1970-01-02") << qint64 { 86400 };
    QTest::addRow("no such day") << QByteArray("2026-02-30") << qint64 { -1 };
    QTest::addRow("no zone") << QByteArray("2026-11-23T03:41:03") << qint64 { -1 };
    QTest::addRow("empty") << QByteArray("") << qint64 { -1 };
    QTest::addRow("words") << QByteArray("yesterday") << qint64 { -1 };
}

void TestText::readsTimes()
{
    QFETCH(QByteArray, text);
    QFETCH(qint64, seconds);
    QCOMPARE(parseTime(text.toStdString()).value_or(-1), seconds);
}

void TestText::writesTimes()
{
    QCOMPARE(formatTime(1795405263), std::string("2026-11-23T03:41:03Z"));
    QCOMPARE(formatDate(1795405263), std::string("2026-11-23"));
}

void TestText::countsInWords()
{
    QCOMPARE(counted(1, "pod", "pods"), std::string("1 pod"));
    QCOMPARE(counted(1234567, "pod", "pods"), std::string("1,234,567 pods"));
    QCOMPARE(grouped(0), std::string("0"));
}

void TestText::shortensBetweenCharacters()
{
    QCOMPARE(shortened("abcdef", 6), std::string("abcdef"));
    QCOMPARE(shortened("\xC3\xBC\xC3\xBC", 3), std::string("\xC3\xBC…"));
}

QTEST_GUILESS_MAIN(TestText)
#include "tst_Text.moc"
