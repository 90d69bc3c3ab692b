// SPDX-License-Identifier: Apache-2.0
#include <QTest>

#include "core/format/Json.h"
#include "tests/support/Support.h"

using namespace plimsoll;
using namespace plimsoll::format;
using plimsoll::test::q;

namespace {

std::string nested(std::size_t depth)
{
    return std::string(depth, '[') + std::string(depth, ']');
}

bool isSkipped(std::size_t depth, std::string_view key)
{
    return depth == 1 && key == "managedFields";
}

} // namespace

class TestJson : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsAndWrites_data();
    void readsAndWrites();
    void refuses_data();
    void refuses();
    void passesOverSkippedMembers_data();
    void passesOverSkippedMembers();
    void positionsAreByteOffsets();
    void plainStringsPointIntoTheText();
    void boundsTheDepth();
    void boundsTheSize();
    void textBehindTheValueIsNotRead();
    void parserServesAgainAfterAFailure();
};

void TestJson::readsAndWrites_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("written");
    const auto row = [](const char* situation, const char* text, const char* written) {
        QTest::addRow("%s", situation) << QByteArray(text) << QByteArray(written);
    };
    row("empty object", " { } ", "{}");
    row("empty array", "[\n]", "[]");
    row("scalar", "true", "true");
    row("members keep their order", R"({"b":1,"a":{"c":[]},"z":null})", R"({"b":1,"a":{"c":[]},"z":null})");
    row("numbers keep their text", "[0, -0, 1.50, 1e3, 12345678901234567890123, -1.5E-7]",
        "[0,-0,1.50,1e3,12345678901234567890123,-1.5E-7]");
    row("escapes", R"(["\"\\\/\b\f\n\r\t\u0041\u00e9\u20ac"])", "[\"\\\"\\\\/\\u0008\\u000c\\n\\r\\tA\u00e9\u20ac\"]");
    row("surrogate pair", R"(["\ud83d\ude00"])", "[\"\U0001F600\"]");
    row("lone surrogates become U+FFFD", R"(["\ud83dx", "\ude00"])", "[\"\uFFFDx\",\"\uFFFD\"]");
    row("escaped key", R"({"a\tb":1})", R"({"a\tb":1})");
    row("duplicate keys stay", R"({"a":1,"a":2})", R"({"a":1,"a":2})");
    row("brackets in strings", R"({"a":"}]{[","b":"\\"})", R"({"a":"}]{[","b":"\\"})");
    row("CRLF and tabs", "{\r\n\t\"a\" :\r\n1\r\n}\r\n", R"({"a":1})");
}

void TestJson::readsAndWrites()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, written);
    Document document;
    JsonParser parser;
    const auto parsed = parser.parseCopy(text.toStdString(), document);
    VERIFY_RESULT(parsed);
    QCOMPARE(toJson(document.root()), written.toStdString());
}

void TestJson::refuses_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("where");
    const auto row = [](const char* situation, QByteArray text, const char* where) {
        QTest::addRow("%s", situation) << std::move(text) << QByteArray(where);
    };
    row("nothing", "", "offset 0");
    row("white space", "  \n", "offset 0");
    row("breaks off in an object", R"({"a":1)", "offset 6");
    row("breaks off behind a comma", R"({"a":1,)", "offset 7");
    row("breaks off behind a colon", R"({"a":)", "offset 5");
    row("breaks off in an array", "[1,", "offset 3");
    row("string not closed", R"({"a":"b)", "offset 0");
    row("comma too many", "[1,]", "offset 3");
    row("comma missing", "[1 2]", "offset 3");
    row("colon missing", R"({"a" 1})", "offset 5");
    row("name is no string", "{1:2}", "offset 1");
    row("comma in an empty object", "{,}", "offset 1");
    row("mismatched bracket", R"({"a":[1}})", "offset 7");
    row("two values", "{} {}", "offset 3");
    row("leading zero", "[01]", "offset 1");
    row("plus", "[+1]", "offset 1");
    row("bare point", "[1.]", "offset 1");
    row("bare exponent", "[1e]", "offset 1");
    row("NaN", "[NaN]", "offset 1");
    row("literal misspelt", "[trueish]", "offset 1");
    row("literal cut", "[tru]", "offset 1");
    row("unknown escape", R"(["\x"])", "offset 1");
    row("bad unicode escape", R"(["\u12G4"])", "offset 1");
    row("control character in a string", QByteArray("[\"a\nb\"]"), "offset 0");
    row("NUL byte", QByteArray("{\"a\":\0}", 7), "offset 5");
    row("NUL byte in a string", QByteArray("[\"\0\"]", 5), "offset 0");
    row("invalid UTF-8", "[\"\xff\"]", "offset 0");
    row("overlong UTF-8", "[\"\xc0\xaf\"]", "offset 0");
    row("comment", "[1 /* one */]", "offset 3");
    row("single quotes", "{'a':1}", "offset 1");
}

void TestJson::refuses()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, where);
    Document document;
    JsonParser parser;
    const auto parsed = parser.parseCopy(text.toStdString(), document);
    QVERIFY(!parsed);
    QCOMPARE(parsed.error().kind, ErrorKind::Format);
    QVERIFY(!parsed.error().what.empty());
    QCOMPARE(parsed.error().where, where.toStdString());
    QVERIFY(document.root().isAbsent());
}

void TestJson::passesOverSkippedMembers_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("left");
    const auto row = [](const char* situation, const char* text, const char* left) {
        QTest::addRow("%s", situation) << QByteArray(text) << QByteArray(left);
    };
    row("first", R"({"m":{"managedFields":[{"a":[1]}],"b":1}})", R"({"m":{"b":1}})");
    row("last", R"({"m":{"b":1,"managedFields":[{"a":[1]}]},"c":2})", R"({"m":{"b":1},"c":2})");
    row("only", R"({"m":{"managedFields":{}},"c":2})", R"({"m":{},"c":2})");
    row("scalar", R"({"m":{"managedFields":1,"managedFields":"x"}})", R"({"m":{}})");
    row("other depths stay", R"({"managedFields":1,"m":{"n":{"managedFields":2}}})",
        R"({"managedFields":1,"m":{"n":{"managedFields":2}}})");
}

void TestJson::passesOverSkippedMembers()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, left);
    const std::string padded = text.toStdString() + std::string(jsonPadding, ' ');
    Document document;
    JsonParser parser;
    const auto parsed
        = parser.parse(std::string_view(padded).substr(0, static_cast<std::size_t>(text.size())), document, isSkipped);
    VERIFY_RESULT(parsed);
    QCOMPARE(toJson(document.root()), left.toStdString());
}

void TestJson::positionsAreByteOffsets()
{
    Document document;
    JsonParser parser;
    VERIFY_RESULT(parser.parseCopy(R"({"é": [10, {"b": "x"}]})", document));
    QVERIFY(!document.isLineNumbered());
    QCOMPARE(document.root().position(), 0u);
    QCOMPARE(document.root().at("/é").position(), 7u);
    QCOMPARE(document.root().at("/é/0").position(), 8u);
    QCOMPARE(document.root().at("/é/1/b").position(), 18u);
}

void TestJson::plainStringsPointIntoTheText()
{
    const std::string text = R"({"a":"plain","b":"es\tcaped"})" + std::string(jsonPadding, ' ');
    Document document;
    JsonParser parser;
    VERIFY_RESULT(parser.parse(std::string_view(text).substr(0, text.size() - jsonPadding), document));
    const auto isInText
        = [&](std::string_view part) { return part.data() >= text.data() && part.data() < text.data() + text.size(); };
    QVERIFY(isInText(document.root()["a"].text()));
    QVERIFY(!isInText(document.root()["b"].text()));
}

void TestJson::boundsTheDepth()
{
    Document document;
    JsonParser parser;
    VERIFY_RESULT(parser.parseCopy(nested(512), document));
    const auto tooDeep = parser.parseCopy(nested(513), document);
    QVERIFY(!tooDeep);
    QCOMPARE(tooDeep.error().kind, ErrorKind::Limit);
    QCOMPARE(tooDeep.error().where, std::string("offset 512"));
    QVERIFY(!parser.parseCopy(nested(1'000'000), document));
}

void TestJson::boundsTheSize()
{
    Document document;
    JsonParser parser(Limits { .maxObjectBytes = 10 });
    VERIFY_RESULT(parser.parseCopy("\"12345678\"", document));
    const auto tooLarge = parser.parseCopy("\"123456789\"", document);
    QVERIFY(!tooLarge);
    QCOMPARE(tooLarge.error().kind, ErrorKind::Limit);
}

// Items are parsed where they lie in a list: what follows them is there to be misread.
void TestJson::textBehindTheValueIsNotRead()
{
    const std::string text = R"({"a":[1})" + std::string("]}") + std::string(jsonPadding, ']');
    Document document;
    JsonParser parser;
    QVERIFY(!parser.parse(std::string_view(text).substr(0, 8), document));
    QVERIFY(!parser.parse(std::string_view(text).substr(0, 7), document));
}

void TestJson::parserServesAgainAfterAFailure()
{
    Document document;
    JsonParser parser;
    QVERIFY(!parser.parseCopy("[[[[1,", document));
    VERIFY_RESULT(parser.parseCopy(R"({"a":1})", document));
    QCOMPARE(toJson(document.root()), std::string(R"({"a":1})"));
    VERIFY_RESULT(parser.parseCopy('"' + std::string(20'000'000, 'x') + '"', document));
    QCOMPARE(document.root().text().size(), std::size_t(20'000'000));
}

QTEST_GUILESS_MAIN(TestJson)
#include "tst_Json.moc"
