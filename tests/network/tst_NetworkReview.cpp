// SPDX-License-Identifier: Apache-2.0
#include "core/network/Review.h"
#include "tests/support/Support.h"

#include "core/base/Text.h"
#include "core/format/Csv.h"

using namespace plimsoll;
using namespace plimsoll::network;

namespace {

const std::string world = R"(
{apiVersion: v1, kind: Pod, metadata: {name: web, namespace: shop, labels: {app: web}}, spec: {containers: [{name: c, image: i}]}, status: {podIP: 10.0.0.1}}
---
{apiVersion: v1, kind: Pod, metadata: {name: db, namespace: shop, labels: {app: db}}, spec: {containers: [{name: c, image: i, ports: [{name: sql, containerPort: 5432}]}]}, status: {podIP: 10.0.0.2}}
---
{apiVersion: v1, kind: Pod, metadata: {name: far, namespace: shop}, spec: {hostNetwork: true, nodeName: n1, containers: [{name: c, image: i}]}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: 'db', namespace: shop}
spec: {podSelector: {matchLabels: {app: db}}, ingress: [{from: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: 5432}]}]}
)";

std::string reviewed(const std::string& csv, ReviewCounts* counts = nullptr)
{
    static const Reach reach(test::clusterFrom(world));
    std::string out;
    const auto result = review(reach, csv, "q.csv", [&out](std::string_view text) { out += text; });
    if (!result)
        return result.error().where + ": " + result.error().what;
    if (counts)
        *counts = *result;
    return out;
}

// The columns up to "allowed" of each row.
std::string answersOf(const std::string& csv)
{
    std::string out;
    std::vector<std::string> fields;
    for (std::size_t at = 0; at < csv.size();) {
        if (!format::readCsvRecord(csv, at, fields) || fields.size() != 6)
            return "not a table: " + csv;
        if (fields.back().empty())
            return "no reason: " + csv;
        fields.pop_back();
        out += join(fields, "|") + '\n';
    }
    return out;
}

} // namespace

class tst_NetworkReview : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void rows_data();
    void rows();
    void broken_data();
    void broken();
    void countsAndHeader();
    void manyRows();
};

void tst_NetworkReview::rows_data()
{
    QTest::addColumn<std::string>("csv");
    QTest::addColumn<std::string>("expected"); // after the header
    const auto row = [](const char* name, const std::string& csv, const char* expected) {
        QTest::addRow("%s", name) << csv << std::string(expected);
    };
    const std::string header = "from,to,protocol,port\n";
    row("no rows", header, "");
    row("no rows, and no end of line", "from,to,protocol,port", "");
    row("allowed", header + "shop/web,shop/db,TCP,5432\n", "shop/web|shop/db|TCP|5432|true\n");
    row("other port", header + "shop/web,shop/db,TCP,80\n", "shop/web|shop/db|TCP|80|false\n");
    row("other protocol", header + "shop/web,shop/db,UDP,5432\n", "shop/web|shop/db|UDP|5432|false\n");
    row("empty protocol is TCP", header + "shop/web,shop/db,,5432\n", "shop/web|shop/db||5432|true\n");
    row("empty port is any", header + "shop/web,shop/db,TCP,\n", "shop/web|shop/db|TCP||true\n");
    row("name of a port", header + "shop/web,shop/db,TCP,sql\n", "shop/web|shop/db|TCP|sql|true\n");
    row("address", header + "203.0.113.1,shop/db,TCP,5432\n", "203.0.113.1|shop/db|TCP|5432|false\n");
    row("no end of line", header + "shop/web,shop/db,TCP,5432", "shop/web|shop/db|TCP|5432|true\n");
    row("lines of Windows", "from,to,protocol,port\r\nshop/web,shop/db,TCP,5432\r\n",
        "shop/web|shop/db|TCP|5432|true\n");
    row("byte order mark", "\xEF\xBB\xBF" + header + "shop/web,shop/db,TCP,5432\n", "shop/web|shop/db|TCP|5432|true\n");
    row("other order", "port,protocol,to,from\n5432,TCP,shop/db,shop/web\n", "shop/web|shop/db|TCP|5432|true\n");
    row("further columns are dropped", "note,from,to,id,protocol,port\nx,shop/web,shop/db,7,TCP,5432\n",
        "shop/web|shop/db|TCP|5432|true\n");
    row("quotes", header + "\"shop/web\",\"shop/db\",\"TCP\",\"5432\"\n", "shop/web|shop/db|TCP|5432|true\n");
    row("empty lines", header + "\nshop/web,shop/db,TCP,5432\n\n", "shop/web|shop/db|TCP|5432|true\n");
    row("unknown source", header + "shop/gone,shop/db,TCP,5432\n", "shop/gone|shop/db|TCP|5432|unknown\n");
    row("unknown destination", header + "shop/web,shop/gone,TCP,5432\n", "shop/web|shop/gone|TCP|5432|unknown\n");
    row("protocol in small letters", header + "shop/web,shop/db,tcp,5432\n", "shop/web|shop/db|tcp|5432|unknown\n");
    row("port that is none", header + "shop/web,shop/db,TCP,65536\n", "shop/web|shop/db|TCP|65536|unknown\n");
    row("quotes and commas come back", header + "\"a,\"\"b\"\"\",shop/db,TCP,1\n", "a,\"b\"|shop/db|TCP|1|unknown\n");
    row("a line break within quotes", header + "\"a\nb\",shop/db,TCP,1\n", "a\nb|shop/db|TCP|1|unknown\n");
    row("a row after an unknown one", header + "x,y,TCP,1\nshop/web,shop/db,TCP,5432\n",
        "x|y|TCP|1|unknown\nshop/web|shop/db|TCP|5432|true\n");
}

void tst_NetworkReview::rows()
{
    QFETCH(const std::string, csv);
    QFETCH(const std::string, expected);
    QCOMPARE(answersOf(reviewed(csv)), "from|to|protocol|port|allowed\n" + expected);
}

void tst_NetworkReview::broken_data()
{
    QTest::addColumn<std::string>("csv");
    QTest::addColumn<std::string>("expected");
    const auto row = [](const char* name, const char* csv, const char* expected) {
        QTest::addRow("%s", name) << std::string(csv) << std::string(expected);
    };
    row("empty", "", "q.csv:1: the table has no column from");
    row("no port", "from,to,protocol\na,b,TCP\n", "q.csv:1: the table has no column port");
    row("capitals", "From,to,protocol,port\n", "q.csv:1: the table has no column from");
    row("too few fields", "from,to,protocol,port\nshop/web,shop/db,TCP,1\na,b,c\n",
        "q.csv:3: the row has another number of fields than the header");
    row("too many fields", "from,to,protocol,port\na,b,TCP,1,2\n",
        "q.csv:2: the row has another number of fields than the header");
    row("line counted through quotes", "from,to,protocol,port\n\"a\nb\",shop/db,TCP,1\nx\n",
        "q.csv:4: the row has another number of fields than the header");
    row("open quote", "from,to,protocol,port\nshop/web,shop/db,TCP,1\n\"a,b,TCP,1\n", "q.csv:3: a quote is not closed");
    row("open quote in the header", "\"from,to,protocol,port\n", "q.csv:1: a quote is not closed");
}

void tst_NetworkReview::broken()
{
    QFETCH(const std::string, csv);
    QFETCH(const std::string, expected);
    QCOMPARE(reviewed(csv), expected);
}

void tst_NetworkReview::countsAndHeader()
{
    ReviewCounts counts;
    const std::string out = reviewed("from,to,protocol,port\nshop/web,shop/db,TCP,5432\nshop/web,shop/db,TCP,1\n"
                                     "gone,shop/db,TCP,1\nshop/web,shop/db,,sql\n",
        &counts);
    QVERIFY2(out.starts_with("from,to,protocol,port,allowed,reason\n"), out.c_str());
    QCOMPARE(counts.rows, std::uint64_t { 4 });
    QCOMPARE(counts.allowed, std::uint64_t { 2 });
    QCOMPARE(counts.unknown, std::uint64_t { 1 });
    QVERIFY2(out.find("NetworkPolicy shop/db allows it (/spec/ingress/0)") != std::string::npos, out.c_str());
}

void tst_NetworkReview::manyRows()
{
    std::string csv = "from,to,protocol,port\n";
    for (int i = 0; i < 50'000; ++i)
        csv += "shop/web,shop/db,TCP," + std::to_string(5400 + i % 64) + '\n';
    ReviewCounts counts;
    const std::string out = reviewed(csv, &counts);
    QCOMPARE(counts.rows, std::uint64_t { 50'000 });
    QCOMPARE(counts.allowed, std::uint64_t { 781 }); // 5432 is one in 64
    QCOMPARE(std::ranges::count(out, '\n'), 50'001);
}

QTEST_GUILESS_MAIN(tst_NetworkReview)
#include "tst_NetworkReview.moc"
