// SPDX-License-Identifier: Apache-2.0
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>
#include <QXmlStreamReader>

#include "ui/model/GraphExport.h"

using namespace plimsoll::ui;
using namespace Qt::StringLiterals;

namespace {

model::ExportGraph hostile()
{
    model::ExportGraph graph;
    graph.title = u"a \"b\" <c>"_qs;
    graph.nodes.push_back({ .id = u"x"_qs,
        .title = u"]]><script>&\"\\\n"_qs + QChar(1) + QChar(0xd800),
        .kind = u"Secret"_qs,
        .ns = u"<ns>"_qs,
        .note = u"\" -> n9 [label=\""_qs });
    graph.nodes.push_back({ .id = u"y"_qs, .title = u"y"_qs, .kind = u"Goal"_qs, .ns = {}, .note = {}, .count = 12 });
    graph.edges.push_back({ .from = 0,
        .to = 1,
        .label = u"reads \\\" the <b>"_qs,
        .technique = u"PLM-E22"_qs,
        .certainty = u"may be blocked"_qs });
    return graph;
}

} // namespace

class tst_GraphExport : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void graphMlIsWellFormedAndKeepsTheText();
    void dotKeepsStringsClosed();
    void jsonReadsBack();
    void anEmptyGraphIsAGraph();
    void theSameTwice();
};

void tst_GraphExport::graphMlIsWellFormedAndKeepsTheText()
{
    QXmlStreamReader xml(model::graphMlOf(hostile()));
    int nodes = 0, edges = 0;
    QStringList texts;
    while (!xml.atEnd()) {
        if (xml.readNext() == QXmlStreamReader::StartElement) {
            nodes += xml.name() == "node"_L1 ? 1 : 0;
            edges += xml.name() == "edge"_L1 ? 1 : 0;
            if (xml.name() == "data"_L1)
                texts += xml.readElementText();
        }
    }
    QVERIFY2(!xml.hasError(), qPrintable(xml.errorString()));
    QCOMPARE(nodes, 2);
    QCOMPARE(edges, 1);
    QVERIFY(texts.contains(u"]]><script>&\"\\\n\ufffd\ufffd"_qs));
    QVERIFY(texts.contains(u"12"_qs));
}

void tst_GraphExport::dotKeepsStringsClosed()
{
    const QString dot = QString::fromUtf8(model::dotOf(hostile()));
    QVERIFY(dot.startsWith(u"digraph \"a \\\"b\\\" <c>\" {"_qs));
    QVERIFY(dot.contains(u"n0 -> n1 [label=\"reads \\\\\\\" the <b>\", style=dashed];"_qs));
    for (const QString& line : dot.split(u'\n')) { // every line closes what it opens
        int quotes = 0;
        for (qsizetype at = 0; at < line.size(); ++at) {
            if (line[at] == u'\\')
                ++at;
            else if (line[at] == u'"')
                ++quotes;
        }
        QVERIFY2(quotes % 2 == 0, qPrintable(line));
    }
}

void tst_GraphExport::jsonReadsBack()
{
    const QJsonDocument json = QJsonDocument::fromJson(model::jsonOf(hostile()));
    QCOMPARE(json["nodes"_L1].toArray().size(), 2);
    QCOMPARE(json["nodes"_L1][1]["count"_L1].toInt(), 12);
    QCOMPARE(json["edges"_L1][0]["label"_L1].toString(), u"reads \\\" the <b>"_qs);
    QCOMPARE(json["edges"_L1][0]["to"_L1].toInt(), 1);
}

void tst_GraphExport::anEmptyGraphIsAGraph()
{
    QXmlStreamReader xml(model::graphMlOf({}));
    while (!xml.atEnd())
        xml.readNext();
    QVERIFY(!xml.hasError());
    QVERIFY(model::dotOf({}).startsWith("digraph \"\" {"));
    QVERIFY(QJsonDocument::fromJson(model::jsonOf({}))["nodes"_L1].toArray().isEmpty());
}

void tst_GraphExport::theSameTwice()
{
    QCOMPARE(model::graphMlOf(hostile()), model::graphMlOf(hostile()));
    QCOMPARE(model::dotOf(hostile()), model::dotOf(hostile()));
    QCOMPARE(model::jsonOf(hostile()), model::jsonOf(hostile()));
}

QTEST_GUILESS_MAIN(tst_GraphExport)
#include "tst_GraphExport.moc"
