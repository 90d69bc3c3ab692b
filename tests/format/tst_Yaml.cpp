// SPDX-License-Identifier: Apache-2.0
#include "core/base/Text.h"
#include "core/format/Format.h"
#include "tests/support/Support.h"

using namespace plimsoll;
using namespace plimsoll::format;

class tst_Yaml : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsScalarsAsKubernetesDoes_data();
    void readsScalarsAsKubernetesDoes();
    void refuses_data();
    void refuses();
    void cutsDocuments_data();
    void cutsDocuments();
    void numbersLines();
    void writesWhatReadsTheSame_data();
    void writesWhatReadsTheSame();
    void writesAsKubectlDoes();
    void marksLines();
    void survivesNesting_data();
    void survivesNesting();
};

namespace {

std::string read(std::string_view yaml)
{
    Document document;
    const auto result = parseYaml(yaml, 1, document);
    return result ? toJson(document.root()) : "error: " + toText(result.error());
}

} // namespace

void tst_Yaml::readsScalarsAsKubernetesDoes_data()
{
    QTest::addColumn<QByteArray>("yaml");
    QTest::addColumn<QByteArray>("json");
    const auto row
        = [](const char* yaml, const char* json) { QTest::addRow("%s", yaml) << QByteArray(yaml) << QByteArray(json); };
    row("a: 0644", R"({"a":420})");
    row("a: 0o644", R"({"a":420})");
    row("a: 0b11", R"({"a":3})");
    row("a: 0x1F", R"({"a":31})");
    row("a: -0x10", R"({"a":-16})");
    row("a: 1_000", R"({"a":1000})");
    row("a: 08", R"({"a":8})");
    row("a: 0-1", R"({"a":"0-1"})");
    row("a: +12", R"({"a":12})");
    row("a: 1e3", R"({"a":1000})");
    row("a: 1.50", R"({"a":1.5})");
    row("a: .5", R"({"a":0.5})");
    row("a: 1.2.3", R"({"a":"1.2.3"})");
    row("a: 1e400", R"({"a":"1e400"})");
    row("a: 18446744073709551615", R"({"a":18446744073709551615})");
    row("a: 1:30", R"({"a":"1:30"})");
    row("a: 2001-01-01", R"({"a":"2001-01-01"})");
    row("a: =", R"({"a":"="})");
    row("a: ~", R"({"a":null})");
    row("a:", R"({"a":null})");
    row("a: \"null\"", R"({"a":"null"})");
    row("a: [yes, no, on, off, y, n, True, FALSE]", R"({"a":[true,false,true,false,true,false,true,false]})");
    row("a: ['yes', \"0644\"]", R"({"a":["yes","0644"]})");
    row("yes: 1", R"({"true":1})");
    row("8080: http", R"({"8080":"http"})");
    row("0x10: hex", R"({"16":"hex"})");
    row("a: !!str 12", R"({"a":"12"})");
    row("a: !!int \"12\"", R"({"a":12})");
    row("a: !!binary aGVsbG8=", R"({"a":"hello"})");
    row("a: !custom 12", R"({"a":"12"})");
    row("a: |\n  x\n  y\n", R"({"a":"x\ny\n"})");
    row("a: >-\n  x\n  y\n", R"({"a":"x y"})");
    row("a: b\r\nc:\r\n- d\r\n", R"({"a":"b","c":["d"]})");
    row("a: 1\na: 2\n", R"({"a":1,"a":2})");
    row("a: &x {p: 1}\nb: *x", R"({"a":{"p":1},"b":{"p":1}})");
    row("a: &x {p: 1, q: 2}\nb:\n  <<: *x\n  p: 3", R"({"a":{"p":1,"q":2},"b":{"q":2,"p":3}})");
    row("a: &x {p: 1}\nb: &z {p: 2, r: 4}\nc:\n  <<: [*x, *z]", R"({"a":{"p":1},"b":{"p":2,"r":4},"c":{"r":4,"p":1}})");
    row("&k name: v\nother: *k", R"({"name":"v","other":"name"})");
    row("# only a comment", "null");
    row("a: caf\xC3\xA9", "{\"a\":\"caf\xC3\xA9\"}");
    row("a: \xFF!", "{\"a\":\"\xEF\xBF\xBD!\"}");
}

void tst_Yaml::readsScalarsAsKubernetesDoes()
{
    QFETCH(QByteArray, yaml);
    QFETCH(QByteArray, json);
    QCOMPARE(read(yaml.toStdString()), json.toStdString());
}

void tst_Yaml::refuses_data()
{
    QTest::addColumn<QByteArray>("yaml");
    QTest::addColumn<int>("kind");
    QTest::addColumn<QByteArray>("where");
    const auto row = [](const char* situation, QByteArray yaml, ErrorKind kind, const char* where) {
        QTest::addRow("%s", situation) << yaml << static_cast<int>(kind) << QByteArray(where);
    };
    row("an unclosed list", "a: [1\nb: 2\n", ErrorKind::Format, "line 2");
    row("a tab for indentation", "a:\n\t- b\n", ErrorKind::Format, "line 2");
    row("a NUL byte", QByteArray("a: 1\nb: \0c", 10), ErrorKind::Format, "line 2");
    row("a character that ends yaml-cpp's stream", "a: 1\nb: \x04", ErrorKind::Format, "line 2");
    row("infinity", "a: .inf", ErrorKind::Format, "line 1");
    row("a map as key", "? {a: b}\n: c", ErrorKind::Format, "line 1");
    row("a null key", "~: c", ErrorKind::Format, "line 1");
    row("a value that does not fit its tag", "a: !!int x", ErrorKind::Format, "line 1");
    row("a merge of a scalar", "a: 1\n<<: 2", ErrorKind::Format, "line 2");
    row("an alias of nothing", "a: *x", ErrorKind::Format, "line 1");
    row("an alias inside its own value", "a: &x [*x]", ErrorKind::Format, "line 1");
    row("a second document", "a: 1\n---\nb: 2", ErrorKind::Format, "line 2");
    QByteArray bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
    for (int i = 1; i < 10; ++i) {
        const QByteArray last = "*a" + QByteArray::number(i - 1);
        bomb += 'a' + QByteArray::number(i) + ": &a" + QByteArray::number(i) + " [" + last + (',' + last).repeated(9)
            + "]\n";
    }
    row("aliases that multiply", bomb, ErrorKind::Limit, "line 6");
}

void tst_Yaml::refuses()
{
    QFETCH(QByteArray, yaml);
    QFETCH(int, kind);
    QFETCH(QByteArray, where);
    Document document;
    const auto result = parseYaml(yaml.toStdString(), 1, document);
    QVERIFY(!result);
    QCOMPARE(static_cast<int>(result.error().kind), kind);
    QCOMPARE(result.error().where, where.toStdString());
}

void tst_Yaml::cutsDocuments_data()
{
    QTest::addColumn<QByteArray>("yaml");
    QTest::addColumn<QByteArray>("pieces"); // firstLine=JSON of each, joined by blanks
    const auto row = [](const char* situation, const char* yaml, const char* pieces) {
        QTest::addRow("%s", situation) << QByteArray(yaml) << QByteArray(pieces);
    };
    row("nothing", "", "");
    row("one without markers", "a: 1\n", R"(1={"a":1})");
    row("a leading marker", "---\na: 1\n", R"(1={"a":1})");
    row("two", "a: 1\n---\nb: 2\n", R"(1={"a":1} 2={"b":2})");
    row("empty and comment-only documents", "---\n---\n# c\n---\n\n---\na: 1\n---\n", R"(6={"a":1})");
    row("an end marker", "a: 1\n...\n---\nb: 2\n...\n", R"(1={"a":1} 3={"b":2})");
    row("content behind the marker", "--- {a: 1}\n--- # c\nb: 2\n", R"(1={"a":1} 2={"b":2})");
    row("directives", "%YAML 1.1\n---\na: 1\n", R"(2={"a":1})");
    row("a marker inside an indented block", "a: |\n  x\n  ---\n  y\n", R"(1={"a":"x\n---\ny\n"})");
    row("a longer row of dashes", "a: |\n  x\n----: 2\n", R"(1={"a":"x\n","----":2})");
    row("CRLF and a byte order mark", "\xEF\xBB\xBF---\r\na: 1\r\n---\r\nb: 2\r\n", R"(1={"a":1} 3={"b":2})");
}

void tst_Yaml::cutsDocuments()
{
    QFETCH(QByteArray, yaml);
    QFETCH(QByteArray, pieces);
    const std::string text = yaml.toStdString();
    std::vector<std::string> found;
    for (const YamlPiece& piece : splitYaml(text))
        found.push_back(std::to_string(piece.firstLine) + '=' + read(piece.text));
    QCOMPARE(join(found, " "), pieces.toStdString());
}

void tst_Yaml::numbersLines()
{
    Document document;
    const auto result = parseYaml("# comment\nspec:\n  hostPID: true\n  list:\n  - a: 1\n  - b: 2\n", 10, document);
    VERIFY_RESULT(result);
    QVERIFY(document.isLineNumbered());
    QCOMPARE(document.root()["spec"].position(), 11u);
    QCOMPARE(document.root()["spec"]["hostPID"].position(), 12u);
    QCOMPARE(document.root().at("/spec/list/1").position(), 15u);
    QCOMPARE(document.root().at("/spec/list/1/b").position(), 15u);
}

void tst_Yaml::writesWhatReadsTheSame_data()
{
    QTest::addColumn<QByteArray>("json");
    const auto row
        = [](const char* situation, const char* json) { QTest::addRow("%s", situation) << QByteArray(json); };
    row("empty containers", R"({"a":{},"b":[],"c":[[],{}]})");
    row("lists in lists", R"([[1,[2,3]],[{"a":[4]}]])");
    row("strings like other types",
        R"(["yes","0644","1e3","null","~","","1_000",".inf","=","<<","2001-01-01","1:30"])");
    row("strings with marks",
        R"(["a: b","a #b","- x","-x","-","#c","x:","@x","`","%","*","&a","!t","'","\"","a'b","{","[","---","..."])");
    row("blanks at the ends", R"([" a","a ","\ta"])");
    row("several lines", R"(["a\nb","a\nb\n","a\n\n","\n","\na"," a\nb","a\n  b\n\nc","a\n---\nb\n","a \nb"])");
    row("control characters", "[\"\\u0000\",\"\\u001b[31m\",\"a\\rb\",\"\\u007f\",\"a\\r\\nb\\r\\n\"]");
    row("characters that are not seen",
        "[\"a\xE2\x80\xAE"
        "b\",\"\xEF\xBB\xBFx\",\"\xC2\x85\",\"caf\xC3\xA9\",\"\xF0\x9F\x98\x80\"]");
    row("odd keys", R"({"yes":1,"8080":2,"":3,"a: b":4,"x\ny":5,"- z":6,"#":7})");
    row("a scalar alone", R"("a\nb")");
    row("a mask", R"({"data":{"password":"<masked: 24 bytes, secret-data>"}})");
}

void tst_Yaml::writesWhatReadsTheSame()
{
    QFETCH(QByteArray, json);
    JsonParser parser;
    Document document;
    VERIFY_RESULT(parser.parseCopy(json.toStdString(), document));
    QCOMPARE(read(toYaml(document.root()).text), toJson(document.root()));
}

void tst_Yaml::writesAsKubectlDoes()
{
    const std::string yaml = "apiVersion: v1\n"
                             "metadata:\n"
                             "  annotations:\n"
                             "    note: |\n"
                             "      one\n"
                             "      two\n"
                             "  name: web\n"
                             "spec:\n"
                             "  containers:\n"
                             "  - args:\n"
                             "    - --port=80\n"
                             "    - '*'\n"
                             "    env:\n"
                             "    - name: DEBUG\n"
                             "      value: \"true\"\n"
                             "    securityContext: {}\n"
                             "  tolerations: []\n";
    Document document;
    VERIFY_RESULT(parseYaml(yaml, 1, document));
    QCOMPARE(toYaml(document.root()).text, yaml);
}

void tst_Yaml::marksLines()
{
    Document document;
    VERIFY_RESULT(parseYaml(
        "spec:\n  note: |\n    a\n    b\n  containers:\n  - name: x\n    image: y\n  - name: z\n", 1, document));
    const YamlText text = toYaml(document.root());
    const auto lines = [&](std::string_view pointer) {
        const YamlText::Place* place = text.find(pointer);
        return place ? place->pointer + '@' + std::to_string(place->firstLine) + '+' + std::to_string(place->lineCount)
                     : "";
    };
    QCOMPARE(lines(""), "@0+8");
    QCOMPARE(lines("/spec/note"), "/spec/note@1+3");
    QCOMPARE(lines("/spec/containers"), "/spec/containers@4+4");
    QCOMPARE(lines("/spec/containers/0"), "/spec/containers/0@5+2");
    QCOMPARE(lines("/spec/containers/0/image"), "/spec/containers/0/image@6+1");
    QCOMPARE(lines("/spec/containers/1/securityContext/privileged"), "/spec/containers/1@7+1");
    QCOMPARE(lines("/status/phase"), "@0+8");
}

void tst_Yaml::survivesNesting_data()
{
    QTest::addColumn<QByteArray>("yaml");
    QTest::addRow("open brackets") << QByteArray("[").repeated(10'000);
    QTest::addRow("closed brackets") << QByteArray("[").repeated(10'000) + QByteArray("]").repeated(10'000);
    QTest::addRow("open maps") << QByteArray("{a: ").repeated(10'000);
    QTest::addRow("block lists") << QByteArray("- ").repeated(10'000) + "a";
    QTest::addRow("explicit keys") << QByteArray("? ").repeated(10'000) + "a";
    QByteArray maps;
    for (int i = 0; i < 2'000; ++i)
        maps += QByteArray(" ").repeated(i) + "a:\n";
    QTest::addRow("block maps") << maps;
}

void tst_Yaml::survivesNesting()
{
    QFETCH(QByteArray, yaml);
    Document document;
    QVERIFY(!parseYaml(yaml.toStdString(), 1, document));
}

QTEST_GUILESS_MAIN(tst_Yaml)
#include "tst_Yaml.moc"
