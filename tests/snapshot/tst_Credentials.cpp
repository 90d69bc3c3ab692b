// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdint>

#include "core/base/Text.h"
#include "core/format/Json.h"
#include "core/snapshot/Masking.h"
#include "tests/support/Support.h"

using namespace plimsoll;

namespace {

#include "tests/snapshot/CredentialRows.inc"

// The same values at each run: xorshift.
class Dice {
public:
    std::uint32_t next()
    {
        m_state ^= m_state << 13;
        m_state ^= m_state >> 7;
        m_state ^= m_state << 17;
        return static_cast<std::uint32_t>(m_state >> 16);
    }
    std::string letters(std::string_view alphabet, std::size_t count)
    {
        std::string text;
        for (std::size_t i = 0; i < count; ++i)
            text += alphabet[next() % alphabet.size()];
        return text;
    }

private:
    std::uint64_t m_state = 88172645463325252u;
};

constexpr std::string_view hexLetters = "0123456789abcdef";
constexpr std::string_view lowerUpper = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
constexpr std::string_view base64Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string base64(std::string_view bytes)
{
    return QByteArray(bytes.data(), static_cast<qsizetype>(bytes.size())).toBase64().toStdString();
}

// How people choose passwords; the second kind can stand in URLs and shells.
std::string password(Dice& dice, bool isPlain)
{
    constexpr std::array<std::string_view, 12> words { "orange", "Kite", "tractor", "Winter", "lamp", "Falcon", "river",
        "Mango", "pixel", "Dragon", "copper", "Saturn" };
    constexpr std::array<std::string_view, 6> marks { "!", "&", "*", "+", "^", "-" };
    std::string text(words[dice.next() % words.size()]);
    switch (dice.next() % 4) {
    case 0:
        text += std::to_string(1990 + dice.next() % 35) + (isPlain ? "" : "!");
        break;
    case 1:
        text += '-' + std::string(words[dice.next() % words.size()]) + '-' + std::string(words[dice.next() % 12]);
        break;
    case 2:
        text += dice.letters(lowerUpper, 5);
        break;
    default:
        text += (isPlain ? "_" : std::string(marks[dice.next() % marks.size()])) + std::to_string(dice.next() % 9000);
        break;
    }
    return text;
}

std::string madeUp(std::string_view what, Dice& dice)
{
    const std::size_t colon = what.find(':');
    const std::string_view kind = what.substr(0, colon);
    if (kind == "base64of") {
        std::string text(what.substr(colon + 1));
        for (std::size_t at = text.find("\\n"); at != std::string::npos; at = text.find("\\n"))
            text.replace(at, 2, "\n");
        return base64(text);
    }
    const auto count = [&](std::size_t fallback) {
        return colon == what.npos ? fallback : static_cast<std::size_t>(toInteger(what.substr(colon + 1)).value_or(0));
    };
    const auto numberBehind = [&](std::string_view word) -> std::size_t {
        return what.starts_with(word) ? static_cast<std::size_t>(toInteger(what.substr(word.size())).value_or(0)) : 0;
    };
    const std::string armour = "-----";
    if (what == "pw" || what == "pwu")
        return password(dice, what == "pwu");
    if (kind == "alnum")
        return dice.letters(lowerUpper, count(16));
    if (kind == "b64")
        return dice.letters(base64Letters, count(16));
    if (kind == "num")
        return '1' + dice.letters("0123456789", count(9) - 1);
    if (numberBehind("hex") > 0)
        return dice.letters(hexLetters, numberBehind("hex"));
    if (numberBehind("upper") > 0)
        return dice.letters("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", numberBehind("upper"));
    if (what == "uuid")
        return dice.letters(hexLetters, 8) + '-' + dice.letters(hexLetters, 4) + "-4" + dice.letters(hexLetters, 3)
            + "-a" + dice.letters(hexLetters, 3) + '-' + dice.letters(hexLetters, 12);
    if (what == "jwt")
        return base64("{\"alg\":\"RS256\"}").substr(0, 20) + '.'
            + base64("{\"iss\":\"kubernetes/serviceaccount\",\"n\":\"" + dice.letters(lowerUpper, 6) + "\"}")
                  .substr(0, 60)
            + '.' + dice.letters(lowerUpper, 86);
    if (what == "pem")
        return armour + "BEGIN RSA PRIVATE" + " KEY" + armour + "\\n" + dice.letters(base64Letters, 64) + "\\n"
            + dice.letters(base64Letters, 64) + "\\n" + armour + "END RSA PRIVATE KEY" + armour + "\\n";
    if (what == "cert")
        return armour + "BEGIN CERTIFICATE" + armour + "\\nMII" + dice.letters(base64Letters, 61) + "\\n"
            + dice.letters(base64Letters, 64) + "\\n" + armour + "END CERTIFICATE" + armour + "\\n";
    if (what == "b64cert")
        return base64(armour + "BEGIN CERTIFICATE" + armour + "\nMII" + dice.letters(base64Letters, 300) + "\n" + armour
            + "END CERTIFICATE" + armour + "\n");
    return '{' + std::string(what) + '}'; // part of the row itself
}

std::string filled(std::string_view row, Dice& dice)
{
    std::string text;
    while (!row.empty()) {
        const std::size_t open = row.find('{');
        const std::size_t close = row.find('}', open);
        text += row.substr(0, open);
        if (open == row.npos || close == row.npos) {
            text += open == row.npos ? std::string_view() : row.substr(open);
            break;
        }
        const std::string_view inner = row.substr(open + 1, close - open - 1);
        if (inner.find('{') != inner.npos || inner.find('"') == 0) { // JSON, templates
            text += '{';
            row.remove_prefix(open + 1);
            continue;
        }
        text += madeUp(inner, dice);
        row.remove_prefix(close + 1);
    }
    return text;
}

std::string unescaped(std::string text)
{
    for (std::size_t at = text.find("\\n"); at != std::string::npos; at = text.find("\\n", at))
        text.replace(at, 2, "\n");
    return text;
}

struct Row {
    std::string line; // as written in the set
    std::string object; // JSON
    std::string kind;
};

Row rowOf(std::string_view line, Dice& dice)
{
    const std::size_t first = line.find('|');
    const std::size_t second = line.find('|', first + 1);
    const std::string_view place = line.substr(0, first);
    const std::string name(line.substr(first + 1, second - first - 1));
    const std::string filledIn = filled(line.substr(second + 1), dice);
    const bool isJson = filledIn.starts_with('{') && filledIn.find("\":") != std::string::npos;
    const std::string value = jsonQuoted(isJson ? filledIn : unescaped(filledIn));
    const auto pod = [&](const std::string& container) {
        return R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"web","namespace":"shop"},"spec":{"containers":[{"name":"web","image":"web:1",)"
            + container + "}]}}";
    };
    Row row { std::string(line), {}, "Pod" };
    if (place == "env") {
        row.object
            = pod(R"("env":[{"name":"A","value":"b"},{"name":)" + jsonQuoted(name) + ",\"value\":" + value + "}]");
    } else if (place == "arg") {
        row.object = pod(R"("args":["serve",)" + jsonQuoted(name + unescaped(filledIn)) + "]");
    } else if (place == "pair") {
        row.object = pod(R"("command":["/app","run",)" + jsonQuoted(name) + ',' + value + ",\"--verbose\"]");
    } else if (place == "sh") {
        row.object = pod(R"("command":["/bin/sh","-c",)" + value + "]");
    } else if (place == "ann") {
        row.object = R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"web","annotations":{)" + jsonQuoted(name)
            + ':' + value + "}}}";
    } else if (place == "cm") {
        row.kind = "ConfigMap";
        row.object = R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c"},"data":{)" + jsonQuoted(name)
            + ':' + value + "}}";
    } else if (place == "event") {
        row.kind = "Event";
        row.object = R"({"apiVersion":"v1","kind":"Event","metadata":{"name":"e"},"message":)" + value + '}';
    } else { // a field of a custom resource
        row.kind = "Widget";
        std::string inner = value;
        const std::vector<std::string_view> path = split(name, '.');
        for (auto step = path.rbegin(); step != path.rend(); ++step)
            inner = '{' + jsonQuoted(*step) + ':' + inner + '}';
        row.object = R"({"apiVersion":"x.example/v1","kind":"Widget","metadata":{"name":"w"},"spec":)" + inner + '}';
    }
    return row;
}

std::vector<Row> rowsOf(std::string_view text)
{
    Dice dice;
    std::vector<Row> rows;
    for (const std::string_view line : split(text, '\n')) {
        if (!line.empty())
            rows.push_back(rowOf(line, dice));
    }
    return rows;
}

// The rules that hit, or a word for a row that is no object.
std::string hitsOf(const Row& row)
{
    format::JsonParser parser;
    format::Document document;
    if (!parser.parseCopy(row.object, document))
        return "not JSON";
    std::string rules;
    for (const snapshot::MaskedValue& hit : snapshot::redact(document, "v1", row.kind))
        rules += (rules.empty() ? "" : " ") + hit.rule;
    return rules;
}

} // namespace

// How much the detector of credentials finds, and how often it is wrong, on a set of our own making. Everything in it
// that looks like a credential is made up at run time.
class tst_Credentials : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void findsNearlyAllAndLittleElse();
    void tellsWeakDefaultsApart();
};

void tst_Credentials::findsNearlyAllAndLittleElse()
{
    const std::vector<Row> real = rowsOf(trueRows);
    const std::vector<Row> harmless = rowsOf(falseRows);
    QVERIFY(real.size() >= 200);
    QVERIFY(harmless.size() >= 400);
    std::size_t found = 0;
    for (const Row& row : real) {
        const std::string hits = hitsOf(row);
        QVERIFY2(hits != "not JSON", row.line.c_str());
        found += hits.empty() ? 0 : 1;
        if (hits.empty())
            qInfo("missed: %s", row.line.c_str());
    }
    std::size_t wrong = 0;
    for (const Row& row : harmless) {
        const std::string hits = hitsOf(row);
        QVERIFY2(hits != "not JSON", row.line.c_str());
        wrong += hits.empty() ? 0 : 1;
        if (!hits.empty())
            qInfo("wrong: %s (%s)", row.line.c_str(), hits.c_str());
    }
    const double recall = static_cast<double>(found) / static_cast<double>(real.size());
    const double precision = static_cast<double>(found) / static_cast<double>(found + wrong);
    qInfo("%zu true, %zu false: recall %.1f %%, precision %.1f %%", real.size(), harmless.size(), recall * 100,
        precision * 100);
    QVERIFY(recall >= 0.95);
    QVERIFY(precision >= 0.98);
}

// What every manual prints is a fault of another kind, and only that.
void tst_Credentials::tellsWeakDefaultsApart()
{
    Dice dice;
    for (const char* value : { "changeme", "admin", "P@ssw0rd", "123456", "postgres", "minioadmin", "change-me" })
        QCOMPARE(hitsOf(rowOf("env|DB_PASSWORD|" + std::string(value), dice)), std::string("weak-default"));
    for (const Row& row : rowsOf(trueRows)) {
        const bool isWritten
            = row.line.find('{') == std::string::npos && row.line.find("84736251") == std::string::npos;
        const std::string hits = hitsOf(row);
        QVERIFY2((hits == "weak-default") == isWritten, (row.line + ": " + hits).c_str());
    }
}

QTEST_GUILESS_MAIN(tst_Credentials)
#include "tst_Credentials.moc"
