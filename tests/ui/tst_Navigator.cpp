// SPDX-License-Identifier: Apache-2.0
#include <QSignalSpy>

#include "tests/support/Support.h"
#include "ui/view/Navigator.h"
#include "ui/view/ReviewFilter.h"

using namespace plimsoll;
using ui::model::FindingsFilter;
using ui::view::Navigator;
using ui::view::ReviewFilter;

class NavigatorTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void goesBackAndForward()
    {
        Navigator navigator;
        navigator.reset(QStringLiteral("overview"));
        QVERIFY(!navigator.canGoBack());
        navigator.openView(QStringLiteral("findings"));
        navigator.open({ 7 }, QStringLiteral("paths"));
        QSignalSpy moved(&navigator, &Navigator::placeChanged);
        navigator.back();
        QCOMPARE(navigator.place().view, QStringLiteral("findings"));
        navigator.back();
        QCOMPARE(navigator.place().view, QStringLiteral("overview"));
        navigator.back(); // nothing before it
        QCOMPARE(moved.size(), 2);
        navigator.forward();
        navigator.forward();
        QCOMPARE(navigator.place().object, cluster::ObjectId { 7 });
        QVERIFY(!navigator.canGoForward());
    }

    void aNewStepForgetsTheWayForward()
    {
        Navigator navigator;
        navigator.reset(QStringLiteral("overview"));
        navigator.openView(QStringLiteral("findings"));
        navigator.back();
        navigator.openView(QStringLiteral("report"));
        QVERIFY(!navigator.canGoForward());
        navigator.back();
        QCOMPARE(navigator.place().view, QStringLiteral("overview"));
    }

    void selectingAddsNoStepButIsComeBackTo()
    {
        Navigator navigator;
        navigator.reset(QStringLiteral("findings"));
        QSignalSpy inspected(&navigator, &Navigator::inspected);
        QSignalSpy moved(&navigator, &Navigator::placeChanged);
        navigator.inspectFinding(3, { 5 });
        navigator.inspectFinding(3, { 5 }); // the same again
        QCOMPARE(inspected.size(), 1);
        QCOMPARE(moved.size(), 0);
        QVERIFY(!navigator.canGoBack());
        navigator.openView(QStringLiteral("report"));
        navigator.back();
        QCOMPARE(navigator.place().finding, std::optional<std::uint32_t>(3));
    }

    void historyIsBounded()
    {
        Navigator navigator;
        for (std::uint32_t step = 0; step < 1000; ++step)
            navigator.open({ step }, QStringLiteral("paths"));
        int steps = 0;
        for (; navigator.canGoBack(); ++steps)
            navigator.back();
        QCOMPARE(steps, 199);
    }

    void filterUndoesStepByStep()
    {
        ReviewFilter filter;
        QVERIFY(filter.isDefault());
        filter.setNamespaces({ QStringLiteral("shop"), QStringLiteral("pay") });
        QCOMPARE(filter.filter().namespaces, QStringList({ QStringLiteral("pay"), QStringLiteral("shop") }));
        FindingsFilter next = filter.filter();
        next.severities[4] = false;
        filter.setFilter(next);
        filter.undo();
        QVERIFY(filter.filter().severities[4]);
        filter.undo();
        QVERIFY(filter.isDefault());
        QVERIFY(!filter.canUndo());
        filter.redo();
        filter.redo();
        QCOMPARE(filter.filter(), next);
        QVERIFY(!filter.canRedo());
    }

    void typingIsOneStep()
    {
        ReviewFilter filter;
        filter.setText(QStringLiteral("p"));
        filter.setText(QStringLiteral("pr"));
        filter.setText(QStringLiteral("priv"));
        filter.undo();
        QVERIFY(filter.isDefault());
    }

    void theSameFilterAgainIsNoChange()
    {
        ReviewFilter filter;
        QSignalSpy changed(&filter, &ReviewFilter::filterChanged);
        filter.setText(QStringLiteral("x"));
        filter.setText(QStringLiteral("x"));
        QCOMPARE(changed.size(), 1);
    }
};

QTEST_GUILESS_MAIN(NavigatorTest)
#include "tst_Navigator.moc"
