// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <thread>

#include <QSignalSpy>

#include "tests/support/Support.h"
#include "ui/shell/Jobs.h"

using namespace plimsoll;
using ui::shell::Jobs;

namespace {

// How far a task came: one that is cancelled before a thread is free never begins.
struct Trace {
    std::atomic<bool> hasBegun = false, hasEnded = false;
};

// Works until it is told to stop, as a long import does.
int untilCancelled(Progress& progress, Trace& trace)
{
    trace.hasBegun = true;
    while (!progress.isCancelled())
        std::this_thread::yield();
    trace.hasEnded = true;
    return 1;
}

} // namespace

class JobsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void deliversOnTheInterfaceThread()
    {
        Jobs jobs(test::pool());
        QObject context;
        int result = 0;
        QThread* deliveredOn = nullptr;
        std::thread::id workedOn;
        jobs.run<int>(
            &context, {},
            [&](Progress&) {
                workedOn = std::this_thread::get_id();
                return 42;
            },
            [&](int value) {
                result = value;
                deliveredOn = QThread::currentThread();
            });
        QTRY_COMPARE(result, 42);
        QCOMPARE(deliveredOn, thread());
        QVERIFY(workedOn != std::this_thread::get_id());
        QCOMPARE(jobs.count(), std::size_t(0));
    }

    void cancelsAtOnceAndDeliversNothing()
    {
        Jobs jobs(test::pool());
        QObject context;
        Trace trace;
        bool isDelivered = false, isTold = false;
        jobs.run<int>(
            &context,
            { .slot = QStringLiteral("a"),
                .title = QStringLiteral("A"),
                .isCancellable = true,
                .cancelled = [&] { isTold = true; } },
            [&](Progress& progress) { return untilCancelled(progress, trace); }, [&](int) { isDelivered = true; });
        QTRY_VERIFY(trace.hasBegun);
        const auto shown = jobs.shown();
        QVERIFY(shown.has_value());
        QCOMPARE(shown->title, QStringLiteral("A"));
        jobs.cancel(shown->id);
        QVERIFY(isTold); // before the task has even noticed
        QVERIFY(!jobs.shown());
        QTRY_VERIFY(trace.hasEnded);
        QTest::qWait(20);
        QVERIFY(!isDelivered);
    }

    void dropsTheResultWhenTheContextDies()
    {
        Jobs jobs(test::pool());
        auto context = std::make_unique<QObject>();
        Trace trace;
        bool isDelivered = false;
        jobs.run<int>(
            context.get(), {}, [&](Progress& progress) { return untilCancelled(progress, trace); },
            [&](int) { isDelivered = true; });
        QTRY_VERIFY(trace.hasBegun);
        context.reset();
        QTRY_VERIFY(trace.hasEnded); // its death cancels
        QTest::qWait(20);
        QVERIFY(!isDelivered);
        QCOMPARE(jobs.count(), std::size_t(0));
    }

    void aNewerJobOfTheSameSlotReplacesTheOlder()
    {
        Jobs jobs(test::pool());
        QObject context;
        Trace trace;
        QStringList delivered;
        jobs.run<int>(
            &context, { .slot = QStringLiteral("x"), .title = {} },
            [&](Progress& progress) { return untilCancelled(progress, trace); },
            [&](int) { delivered.append(QStringLiteral("old")); });
        QTRY_VERIFY(trace.hasBegun);
        jobs.run<int>(
            &context, { .slot = QStringLiteral("x"), .title = {} }, [](Progress&) { return 2; },
            [&](int) { delivered.append(QStringLiteral("new")); });
        QTRY_VERIFY(trace.hasEnded);
        QTRY_COMPARE(delivered, QStringList { QStringLiteral("new") });
    }

    void slotsOfDifferentContextsAreApart()
    {
        Jobs jobs(test::pool());
        QObject first, second;
        int delivered = 0;
        for (QObject* context : { &first, &second })
            jobs.run<int>(
                context, { .slot = QStringLiteral("x"), .title = {} }, [](Progress&) { return 1; },
                [&](int value) { delivered += value; });
        QTRY_COMPARE(delivered, 2);
    }

    void endsQuietlyWithACancelledTaskStillRunning()
    {
        Trace trace;
        std::atomic<bool> mayEnd = false;
        QObject context;
        {
            Jobs jobs(test::pool());
            jobs.run<int>(
                &context, { .slot = QStringLiteral("a"), .title = QStringLiteral("A") },
                [&](Progress& progress) {
                    const int value = untilCancelled(progress, trace);
                    while (!mayEnd)
                        std::this_thread::yield();
                    progress.enter("late"); // reports to a Jobs that is gone
                    trace.hasEnded = true;
                    return value;
                },
                [](int) {});
            QTRY_VERIFY(trace.hasBegun);
            jobs.cancel(&context, QStringLiteral("a"));
        }
        mayEnd = true;
        QTRY_VERIFY(trace.hasEnded);
        QTest::qWait(20);
        QCOMPARE(trace.hasBegun.load(), true);
    }

    void endsQuietlyWithATaskStillRunning()
    {
        Trace trace;
        bool isDelivered = false;
        QObject context;
        {
            Jobs jobs(test::pool());
            jobs.run<int>(
                &context, { .slot = {}, .title = QStringLiteral("A") },
                [&](Progress& progress) {
                    const int value = untilCancelled(progress, trace);
                    progress.enter("late");
                    return value;
                },
                [&](int) { isDelivered = true; });
            QTRY_VERIFY(trace.hasBegun);
        }
        QTRY_VERIFY(trace.hasEnded);
        QTest::qWait(20);
        QVERIFY(!isDelivered);
    }
};

QTEST_GUILESS_MAIN(JobsTest)
#include "tst_Jobs.moc"
