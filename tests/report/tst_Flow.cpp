// SPDX-License-Identifier: Apache-2.0
#include "core/report/pdf/Flow.h"
#include "tests/support/Support.h"

using namespace plimsoll;
using namespace plimsoll::report::pdf;

namespace {

// Every character half as wide as it is high; breaks anywhere.
class FakeShaped : public Shaped {
public:
    std::vector<std::string> lines;
    double characterWidth = 1;
    std::size_t lineCount() const override { return lines.size(); }
    double lineWidth(std::size_t line) const override
    {
        return static_cast<double>(lines[line].size()) * characterWidth;
    }
};

class FakeShaper : public Shaper {
public:
    ShapedText shape(std::span<const Span> spans, double width) override
    {
        auto shaped = std::make_shared<FakeShaped>();
        std::string text;
        for (const Span& span : spans)
            text += span.text;
        shaped->characterWidth = spans.front().style.size / 2;
        const auto fitting = std::max<std::size_t>(1, static_cast<std::size_t>(width / shaped->characterWidth));
        for (std::size_t at = 0; at == 0 || at < text.size(); at += fitting)
            shaped->lines.push_back(text.substr(at, fitting));
        return shaped;
    }
};

// The lines of each page as they were drawn.
class Recorder : public NullSink {
public:
    std::vector<QStringList> pages;
    double lowest = 0; // of any content line, footers left out
    int open = 0;
    void beginPage() override { pages.emplace_back(); }
    void text(double, double y, const Shaped& shaped, std::size_t line) override
    {
        const QString text = QString::fromStdString(static_cast<const FakeShaped&>(shaped).lines[line]);
        pages.back().push_back(text);
        if (y < 800)
            lowest = std::max(lowest, y);
    }
    void begin(Tag) override { ++open; }
    void end(Tag) override { --open; }
};

} // namespace

class tst_Flow : public QObject {
    Q_OBJECT

    FakeShaper m_shaper;
    const Plan m_nothing {};

private Q_SLOTS:
    void repeatsTheHeadOfATableOnEveryPage()
    {
        Recorder sink;
        Flow flow(m_shaper, sink, {}, m_nothing);
        const std::vector<Column> columns { { .title = "Object" }, { .title = "Message" } };
        flow.table(columns, 300, [](std::size_t row) {
            return Row { { .text = "row " + std::to_string(row) }, { .text = std::string(200, 'm') } };
        });
        flow.finish();
        QVERIFY(sink.pages.size() > 5);
        QVERIFY(std::ranges::all_of(
            sink.pages, [](const QStringList& page) { return page.count(QStringLiteral("Object")) == 1; }));
        QVERIFY(sink.lowest <= contentBottom);
        QCOMPARE(sink.open, 0);
    }

    void drawsEveryRowOnce()
    {
        Recorder sink;
        Flow flow(m_shaper, sink, {}, m_nothing);
        const std::vector<Column> columns { { .title = "Object" } };
        flow.table(columns, 250, [](std::size_t row) { return Row { { .text = "row " + std::to_string(row) } }; });
        flow.finish();
        QStringList drawn;
        for (const QStringList& page : sink.pages)
            drawn += page.filter(QStringLiteral("row "));
        QCOMPARE(drawn.size(), 250);
        QCOMPARE(drawn.first(), QStringLiteral("row 0"));
        QCOMPARE(drawn.last(), QStringLiteral("row 249"));
    }

    void aGiantCellDoesNotRunOffThePage()
    {
        Recorder sink;
        Flow flow(m_shaper, sink, {}, m_nothing);
        const std::vector<Column> columns { { .title = "Object" }, { .title = "Narrow", .width = 14 } };
        flow.table(columns, 2, [](std::size_t) {
            return Row { { .text = "x" }, { .text = std::string(1'000'000, 'n') } };
        });
        flow.finish();
        QVERIFY(sink.pages.size() <= 4);
        QVERIFY(sink.lowest <= contentBottom);
    }

    void aHeadingStaysWithWhatFollows()
    {
        Recorder sink;
        Flow flow(m_shaper, sink, {}, m_nothing);
        flow.newPage();
        flow.setY(contentBottom - 40);
        flow.heading(2, "Heading", "here", 60);
        flow.paragraph("text");
        const Plan plan = flow.finish();
        QCOMPARE(sink.pages.size(), std::size_t(2));
        QVERIFY(!sink.pages[0].contains(QStringLiteral("Heading")));
        QVERIFY(sink.pages[1].contains(QStringLiteral("Heading")));
        QVERIFY(sink.pages[1].contains(QStringLiteral("text")));
        QCOMPARE(plan.pageOf.at("here"), std::size_t(2));
        QCOMPARE(plan.bookmarks.size(), std::size_t(1));
    }

    void aParagraphLeavesNoLineAlone()
    {
        Recorder sink;
        Flow flow(m_shaper, sink, {}, m_nothing);
        flow.newPage();
        flow.setY(contentBottom - 3.2 * lineHeight(bodyStyle.size));
        // Four lines where three fit: two go over, not one.
        const auto perLine = static_cast<std::size_t>(Flow::width / (bodyStyle.size / 2));
        flow.paragraph(std::string(perLine * 3 + 1, 'p'));
        flow.finish();
        QCOMPARE(sink.pages.size(), std::size_t(2));
        QCOMPARE(sink.pages[0].filter(QStringLiteral("p")).filter(QStringLiteral("pp")).size(), 2);
    }

    void bothPassesAgree()
    {
        const auto content = [](Flow& flow) {
            flow.heading(1, "One", "one");
            flow.paragraph(std::string(20'000, 'p'));
            flow.heading(1, "Two", "two");
        };
        NullSink silent;
        Flow first(m_shaper, silent, {}, m_nothing);
        content(first);
        const Plan plan = first.finish();
        Recorder sink;
        Flow second(m_shaper, sink, {}, plan);
        content(second);
        QCOMPARE(second.pageOf("two"), plan.pageCount);
        second.finish();
        QCOMPARE(sink.pages.size(), plan.pageCount);
        QVERIFY(sink.pages.back().contains(QStringLiteral("page %1 of %1").arg(plan.pageCount)));
    }
};

QTEST_GUILESS_MAIN(tst_Flow)
#include "tst_Flow.moc"
