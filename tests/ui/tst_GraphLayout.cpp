// SPDX-License-Identifier: Apache-2.0
#include <random>

#include <QCryptographicHash>
#include <QRect>
#include <QTest>

#include "ui/widget/graph/GraphScene.h"
#include "ui/widget/graph/Layout.h"

using namespace plimsoll::ui::widget::graph;

namespace {

struct Input {
    std::vector<LayoutNode> nodes;
    std::vector<LayoutEdge> edges;
};

// Seeded: the same for the same numbers on every machine.
Input randomInput(unsigned seed, std::uint32_t nodeCount, std::uint32_t edgeCount)
{
    std::mt19937 random(seed);
    const auto pick = [&] { return static_cast<std::uint32_t>(random() % nodeCount); };
    Input input;
    for (std::uint32_t node = 0; node < nodeCount; ++node)
        input.nodes.push_back({ static_cast<int>(random() % 7), 180, 40 + static_cast<int>(random() % 3) * 10 });
    for (std::uint32_t edge = 0; edge < edgeCount; ++edge)
        input.edges.push_back({ pick(), pick() });
    return input;
}

QByteArray hashOf(const Layout& layout)
{
    QByteArray text;
    for (const LayoutPoint& point : layout.positions)
        text += QByteArray::number(point.x) + ',' + QByteArray::number(point.y) + ' ';
    for (const auto& bends : layout.bends) {
        for (const LayoutPoint& point : bends)
            text += QByteArray::number(point.x) + ',' + QByteArray::number(point.y) + ' ';
    }
    return QCryptographicHash::hash(text, QCryptographicHash::Sha256).toHex().left(16);
}

} // namespace

Q_DECLARE_METATYPE(Input)

class tst_GraphLayout : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void nodesDoNotOverlap_data() { inputs(); }
    void nodesDoNotOverlap();
    void lanesPassBetweenNodes_data() { inputs(); }
    void lanesPassBetweenNodes();
    void isDeterministic_data() { inputs(); }
    void isDeterministic();
    void columnsGoFromLeftToRight();
    void emptyColumnsTakeNoRoom();
    void longColumnsAreSplit();
    void crossingsAreUndone();
    void chainsAreLevel();
    void nothingIsNothing();
    void sceneFindsEveryNode_data() { inputs(); }
    void sceneFindsEveryNode();
    void sceneFindsNodesOfAnArea();

private:
    static void inputs();
};

void tst_GraphLayout::inputs()
{
    QTest::addColumn<Input>("input");
    QTest::addRow("one node") << randomInput(1, 1, 0);
    QTest::addRow("no edges") << randomInput(2, 40, 0);
    QTest::addRow("sparse") << randomInput(3, 60, 60);
    QTest::addRow("budget") << randomInput(4, 300, 500);
    QTest::addRow("dense") << randomInput(5, 30, 400);
}

void tst_GraphLayout::nodesDoNotOverlap()
{
    QFETCH(Input, input);
    const Layout layout = layOut(input.nodes, input.edges);
    const auto rect = [&](std::size_t node) {
        return QRect(
            layout.positions[node].x, layout.positions[node].y, input.nodes[node].width, input.nodes[node].height);
    };
    int overlaps = 0;
    for (std::size_t a = 0; a < input.nodes.size(); ++a) {
        for (std::size_t b = a + 1; b < input.nodes.size(); ++b)
            overlaps += rect(a).adjusted(-2, -2, 2, 2).intersects(rect(b)) ? 1 : 0;
        QVERIFY(QRect(0, 0, layout.width, layout.height).contains(rect(a)));
    }
    QCOMPARE(overlaps, 0);
}

void tst_GraphLayout::lanesPassBetweenNodes()
{
    QFETCH(Input, input);
    const Layout layout = layOut(input.nodes, input.edges);
    int hits = 0;
    for (const std::vector<LayoutPoint>& bends : layout.bends) {
        for (std::size_t at = 0; at + 1 < bends.size(); at += 2) {
            QCOMPARE(bends[at].y, bends[at + 1].y);
            for (std::size_t node = 0; node < input.nodes.size(); ++node) {
                const bool isBeside = layout.positions[node].x >= std::min(bends[at].x, bends[at + 1].x)
                    && layout.positions[node].x < std::max(bends[at].x, bends[at + 1].x);
                hits += isBeside && bends[at].y > layout.positions[node].y
                        && bends[at].y < layout.positions[node].y + input.nodes[node].height
                    ? 1
                    : 0;
            }
        }
    }
    QCOMPARE(hits, 0);
}

void tst_GraphLayout::isDeterministic()
{
    QFETCH(Input, input);
    QCOMPARE(hashOf(layOut(input.nodes, input.edges)), hashOf(layOut(input.nodes, input.edges)));
    const Input again = input;
    QCOMPARE(hashOf(layOut(again.nodes, again.edges)), hashOf(layOut(input.nodes, input.edges)));
}

void tst_GraphLayout::columnsGoFromLeftToRight()
{
    const std::vector<LayoutNode> nodes { { 2, 10, 10 }, { 0, 30, 10 }, { 1, 20, 10 } };
    const std::vector<LayoutEdge> edges { { 1, 2 }, { 2, 0 } };
    const Layout layout = layOut(nodes, edges, { .columnGap = 50 });
    QCOMPARE(layout.positions[1].x, 0);
    QCOMPARE(layout.positions[2].x, 80);
    QCOMPARE(layout.positions[0].x, 150);
    QCOMPARE(layout.width, 160);
}

void tst_GraphLayout::emptyColumnsTakeNoRoom()
{
    const std::vector<LayoutNode> nodes { { 0, 10, 10 }, { 9, 10, 10 } };
    const std::vector<LayoutEdge> edges { { 0, 1 } };
    const Layout layout = layOut(nodes, edges, { .columnGap = 50 });
    QCOMPARE(layout.positions[1].x, 60);
    QVERIFY(layout.bends[0].empty());
}

void tst_GraphLayout::longColumnsAreSplit()
{
    const std::vector<LayoutNode> nodes(50, { 0, 10, 10 });
    const Layout layout = layOut(nodes, {}, { .columnGap = 90, .splitGap = 20, .rowGap = 5, .maxRows = 20 });
    QCOMPARE(layout.width, 3 * 10 + 2 * 20);
    QVERIFY(layout.height <= 17 * 15);
}

void tst_GraphLayout::crossingsAreUndone()
{
    const std::vector<LayoutNode> nodes { { 0, 10, 10 }, { 0, 10, 10 }, { 1, 10, 10 }, { 1, 10, 10 } };
    const std::vector<LayoutEdge> edges { { 0, 3 }, { 1, 2 } };
    const Layout layout = layOut(nodes, edges);
    const bool leftOrder = layout.positions[0].y < layout.positions[1].y;
    const bool rightOrder = layout.positions[3].y < layout.positions[2].y;
    QCOMPARE(leftOrder, rightOrder);
}

void tst_GraphLayout::chainsAreLevel()
{
    const std::vector<LayoutNode> nodes { { 0, 10, 10 }, { 1, 10, 10 }, { 2, 10, 10 }, { 3, 10, 10 } };
    const std::vector<LayoutEdge> edges { { 0, 1 }, { 1, 2 }, { 2, 3 } };
    const Layout layout = layOut(nodes, edges);
    QCOMPARE(layout.height, 10);
}

void tst_GraphLayout::nothingIsNothing()
{
    const Layout layout = layOut({}, {});
    QCOMPARE(layout.width, 0);
    QVERIFY(layout.positions.empty());
}

namespace {

GraphScene sceneOf(const Input& input)
{
    const Layout layout = layOut(input.nodes, input.edges);
    GraphScene scene;
    scene.kinds.push_back({ QStringLiteral("Kind"), "", 200, 100 });
    for (std::size_t node = 0; node < input.nodes.size(); ++node) {
        scene.addNode(
            { layout.positions[node].x, layout.positions[node].y, input.nodes[node].width, input.nodes[node].height },
            0, GraphScene::noSeverity, 0, QString::number(node), {});
    }
    for (const LayoutEdge& edge : input.edges)
        scene.addEdge(edge.from, edge.to, QStringLiteral("edge"));
    scene.finish();
    return scene;
}

} // namespace

void tst_GraphLayout::sceneFindsEveryNode()
{
    QFETCH(Input, input);
    const GraphScene scene = sceneOf(input);
    int wrong = 0;
    for (int node = 0; node < scene.nodeCount(); ++node) {
        const QRectF rect = scene.rect(node);
        for (const QPointF& point :
            { rect.center(), rect.topLeft() + QPointF(1, 1), rect.bottomRight() - QPointF(1, 1) })
            wrong += scene.nodeAt(point) == node ? 0 : 1;
    }
    QCOMPARE(wrong, 0);
    QCOMPARE(scene.nodeAt({ -50, -50 }), GraphScene::none);
    std::size_t edges = 0;
    for (int node = 0; node < scene.nodeCount(); ++node)
        edges += scene.edgesFrom(node).size();
    QCOMPARE(edges, input.edges.size());
}

void tst_GraphLayout::sceneFindsNodesOfAnArea()
{
    const GraphScene scene = sceneOf(randomInput(6, 300, 300));
    const QRectF area(100, 200, 700, 500);
    std::vector<int> expected;
    for (int node = 0; node < scene.nodeCount(); ++node) {
        if (area.intersects(QRectF(scene.rect(node))))
            expected.push_back(node);
    }
    QVERIFY(!expected.empty());
    QVERIFY(scene.nodesIn(area) == expected);
}

QTEST_GUILESS_MAIN(tst_GraphLayout)
#include "tst_GraphLayout.moc"
