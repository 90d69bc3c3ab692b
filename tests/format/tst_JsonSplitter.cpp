// SPDX-License-Identifier: Apache-2.0
#include <QTest>

#include <algorithm>
#include <random>

#include "core/format/Json.h"
#include "tests/support/Support.h"

using namespace plimsoll;
using namespace plimsoll::format;

namespace {

std::string nameOf(JsonItem::Role role)
{
    switch (role) {
    case JsonItem::Role::Object:
        return "object";
    case JsonItem::Role::ListItem:
        return "item";
    case JsonItem::Role::Stray:
        return "stray";
    case JsonItem::Role::TooLarge:
        return "large";
    }
    return {};
}

// Everything that the splitter says about a text, given to it in pieces of a size: one line an item, then the
// envelopes, then the error.
std::string cut(std::string_view text, std::size_t piece, const Limits& limits = {})
{
    std::string out;
    JsonSplitter splitter(limits);
    std::string carried;
    std::size_t read = 0;
    std::uint64_t base = 0;
    for (bool isLast = false; !isLast;) {
        const std::size_t count = std::min(piece, text.size() - read);
        carried.append(text, read, count);
        read += count;
        isLast = read == text.size();
        std::string padded = carried + std::string(jsonPadding, '}');
        std::vector<JsonItem> items;
        const std::size_t used = splitter.scan(std::string_view(padded).substr(0, carried.size()), isLast, items);
        for (const JsonItem& item : items) {
            const std::string own = carried.substr(item.begin, item.size);
            if (item.role != JsonItem::Role::TooLarge
                && (item.offset != base + item.begin || own != text.substr(item.offset, item.size)))
                out += "WRONG OFFSET ";
            if (item.line
                != 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(item.offset), '\n'))
                out += "WRONG LINE ";
            out += nameOf(item.role) + ' ' + own
                + (item.list == JsonItem::noList ? "" : " of " + std::to_string(item.list)) + '\n';
        }
        carried.erase(0, used);
        base += used;
    }
    for (const JsonEnvelope& envelope : splitter.envelopes())
        out += "list " + envelope.text() + '\n';
    if (const auto finished = splitter.finish(); !finished)
        out += "error " + finished.error().what + " at " + finished.error().where + '\n';
    return out;
}

// Random valid JSON, seeded.
std::string randomValue(std::mt19937& random, int depth)
{
    const auto pick = [&](unsigned below) { return static_cast<unsigned>(random() % below); };
    switch (depth <= 0 ? pick(4) : pick(6)) {
    case 0:
        return std::to_string(random());
    case 1:
        return "\"" + std::string(pick(90), 'x') + "\\\\\\\"{[" + std::string(pick(3) * 2, '\\') + "\"";
    case 2:
        return "true";
    case 3:
        return "\"}]\"";
    case 4: {
        std::string out = "[";
        for (unsigned i = 0, count = pick(4); i < count; ++i)
            out += (i ? ",\n " : "") + randomValue(random, depth - 1);
        return out + "]";
    }
    default: {
        std::string out = "{";
        for (unsigned i = 0, count = pick(4); i < count; ++i)
            out += (i ? ", " : "") + std::string("\"k") + std::to_string(i) + "\":" + randomValue(random, depth - 1);
        return out + "}";
    }
    }
}

} // namespace

class TestJsonSplitter : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cuts_data();
    void cuts();
    void cutsRandomLists_data();
    void cutsRandomLists();
    void passesOverTooLargeObjects_data();
    void passesOverTooLargeObjects();
    void pausesAtVeryManyItems();
    void measuresValues_data();
    void measuresValues();
};

void TestJsonSplitter::cuts_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char* situation, const char* text, const char* expected) {
        QTest::addRow("%s", situation) << QByteArray(text) << QByteArray(expected);
    };
    row("nothing", "", "");
    row("white space", " \n\t ", "");
    row("one object", R"({"a":{"b":[1]}})", "object {\"a\":{\"b\":[1]}}\n");
    row("concatenated", "{\"a\":1}{\"b\":2}\n\n{\"c\":3}", "object {\"a\":1}\nobject {\"b\":2}\nobject {\"c\":3}\n");
    row("NDJSON with CRLF", "{\"a\":1}\r\n{\"b\":2}\r\n", "object {\"a\":1}\nobject {\"b\":2}\n");
    row("typed list", R"({"kind":"PodList","items":[{"a":1}, {"b":[2]}],"x":1})",
        "item {\"a\":1} of 0\nitem {\"b\":[2]} of 0\nlist {\"kind\":\"PodList\",\"items\":[],\"x\":1}\n");
    row("list with its kind behind", "{\n\"items\" : [\n{\"a\":1}\n],\n\"kind\":\"List\"}",
        "item {\"a\":1} of 0\nlist {\n\"items\" : [],\n\"kind\":\"List\"}\n");
    row("empty list", R"({"items":[],"kind":"List"})", "list {\"items\":[],\"kind\":\"List\"}\n");
    row("bare array", "[{\"a\":1},\n{\"b\":2}]", "item {\"a\":1}\nitem {\"b\":2}\n");
    row("empty bare array", "[]", "");
    row("two lists", R"({"kind":"A","items":[{"a":1}]} {"kind":"B","items":[{"b":1}]})",
        "item {\"a\":1} of 0\nitem {\"b\":1} of 1\nlist {\"kind\":\"A\",\"items\":[]}\nlist "
        "{\"kind\":\"B\",\"items\":[]}\n");
    row("items deeper down is no list", R"({"spec":{"items":[{"a":1}]}})",
        "object {\"spec\":{\"items\":[{\"a\":1}]}}\n");
    row("items as a value is no list", R"({"x":"items","y":[{"a":1}]})",
        "object {\"x\":\"items\",\"y\":[{\"a\":1}]}\n");
    row("items twice", R"({"items":[{"a":1}],"items":[{"b":1}],"kind":"L"})",
        "item {\"a\":1} of 0\nitem {\"b\":1} of 0\nlist {\"items\":[],\"items\":[],\"kind\":\"L\"}\n");
    row("item is an array", R"({"items":[[{"a":1}],{"b":1}]})",
        "item [{\"a\":1}] of 0\nitem {\"b\":1} of 0\nlist {\"items\":[]}\n");
    row("item is a number", R"({"items":[{"a":1}, 7, {"b":1}]})",
        "item {\"a\":1} of 0\nstray 7,  of 0\nitem {\"b\":1} of 0\nlist {\"items\":[]}\n");
    row("last item is a string", R"({"items":[{"a":1}, "x"]})",
        "item {\"a\":1} of 0\nstray \"x\" of 0\nlist {\"items\":[]}\n");
    row("comma missing", R"([{"a":1} {"b":1}])", "item {\"a\":1}\nstray \nitem {\"b\":1}\n");
    row("text between objects", "{\"a\":1}\nhello\n{\"b\":2}", "object {\"a\":1}\nstray hello\n\nobject {\"b\":2}\n");
    row("quotes and brackets in strings", R"({"items":[{"a":"\"}],{"},{"b":"\\"}]})",
        "item {\"a\":\"\\\"}],{\"} of 0\nitem {\"b\":\"\\\\\"} of 0\nlist {\"items\":[]}\n");
    row("breaks off in an item", "{\"items\":[{\"a\":1},\n{\"b\":",
        "item {\"a\":1} of 0\nlist {\"items\":[]}\n"
        "error the JSON breaks off within a value that begins in line 2 at line 2\n");
    row("breaks off between items", "{\"items\":[{\"a\":1},\n",
        "item {\"a\":1} of 0\nlist {\"items\":[]}\n"
        "error the JSON breaks off within a list at line 2\n");
    row("breaks off in a string", "{\"a\":\"b\n",
        "error the JSON breaks off within a value that begins in line 1 at line 2\n");
    row("closes too often", "{\"a\":1}\n}",
        "object {\"a\":1}\n"
        "error the JSON does not balance: a bracket closes that was never opened (line 2) at line 2\n");
    row("list closed by a brace", "[{\"a\":1}}",
        "item {\"a\":1}\n"
        "error the JSON does not balance: a list is closed by a brace (line 1) at line 1\n");
    row("object closed by a bracket", "{\"a\":1]",
        "error the JSON does not balance: a brace is closed by a bracket (line 1) at line 1\n");
}

// The size of the pieces, from one byte to all at once, changes nothing but how much of a stray text is shown.
void TestJsonSplitter::cuts()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, expected);
    const std::string input = text.toStdString();
    QCOMPARE(cut(input, input.size() + 1), expected.toStdString());
    std::string differing;
    for (std::size_t piece = 1; piece <= input.size(); ++piece) {
        if (cut(input, piece) != expected.toStdString() && !expected.contains("stray"))
            differing += std::to_string(piece) + ' ';
    }
    QCOMPARE(differing, std::string());
}

void TestJsonSplitter::cutsRandomLists_data()
{
    QTest::addColumn<unsigned>("seed");
    for (unsigned seed = 1; seed <= 60; ++seed)
        QTest::addRow("seed %u", seed) << seed;
}

void TestJsonSplitter::cutsRandomLists()
{
    QFETCH(unsigned, seed);
    std::mt19937 random(seed);
    std::string text = "{\"kind\":\"List\", \"items\": [";
    std::string expected;
    for (unsigned i = 0; i < 20; ++i) {
        const std::string item = "{\"n\":" + randomValue(random, 5) + "}";
        text += (i ? ",\n" : "") + item;
        expected += "item " + item + " of 0\n";
    }
    text += "]}";
    expected += "list {\"kind\":\"List\", \"items\": []}\n";
    QCOMPARE(cut(text, text.size()), expected);
    QCOMPARE(cut(text, 1 + random() % 700), expected);
    QCOMPARE(cut(text, 64), expected);
}

void TestJsonSplitter::passesOverTooLargeObjects_data()
{
    QTest::addColumn<std::size_t>("piece");
    QTest::addRow("small pieces") << std::size_t(50);
    QTest::addRow("pieces of a block") << std::size_t(64);
    QTest::addRow("large pieces") << std::size_t(300);
}

void TestJsonSplitter::passesOverTooLargeObjects()
{
    QFETCH(std::size_t, piece);
    const std::string large = "{\"a\":\"" + std::string(5000, '{') + "\"}";
    const std::string text = "{\"items\":[{\"b\":1},\n" + large + ",{\"c\":1}]}\n" + large + "{\"d\":1}";
    QCOMPARE(cut(text, piece, Limits { .maxObjectBytes = 1000 }),
        std::string(
            "item {\"b\":1} of 0\nlarge  of 0\nitem {\"c\":1} of 0\nlarge \nobject {\"d\":1}\nlist {\"items\":[]}\n"));
}

void TestJsonSplitter::pausesAtVeryManyItems()
{
    std::string text;
    for (int i = 0; i < 250'000; ++i)
        text += "{}";
    const std::size_t size = text.size();
    text.append(jsonPadding, ' ');
    JsonSplitter splitter;
    std::string_view left = std::string_view(text).substr(0, size);
    std::size_t count = 0;
    int scans = 0;
    do {
        std::vector<JsonItem> items;
        left.remove_prefix(splitter.scan(left, true, items));
        count += items.size();
        ++scans;
    } while (splitter.isPaused());
    QCOMPARE(count, std::size_t(250'000));
    QCOMPARE(scans, 3);
    VERIFY_RESULT(splitter.finish());
}

void TestJsonSplitter::measuresValues_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("length");
    QTest::addRow("object") << QByteArray(R"({"a":[1]},{"b":1})") << 9;
    QTest::addRow("brackets in strings") << QByteArray(R"({"a":"\"}"}x)") << 11;
    QTest::addRow("not closed") << QByteArray(R"({"a":"b)") << 0;
    QTest::addRow("ends in a backslash") << QByteArray("{\"\\") << 0;
    QTest::addRow("closing bracket alone") << QByteArray("]") << 1;
}

void TestJsonSplitter::measuresValues()
{
    QFETCH(QByteArray, text);
    QFETCH(int, length);
    QCOMPARE(jsonLength(text.toStdString()), static_cast<std::size_t>(length));
}

QTEST_GUILESS_MAIN(TestJsonSplitter)
#include "tst_JsonSplitter.moc"
