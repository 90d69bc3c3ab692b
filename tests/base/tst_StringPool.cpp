// SPDX-License-Identifier: Apache-2.0
#include "core/base/StringPool.h"

#include <algorithm>
#include <thread>

#include "core/base/TaskPool.h"
#include "tests/support/Support.h"

using namespace plimsoll;

class TestStringPool : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void givesEqualTextTheSameId();
    void keepsEveryTextWhileItGrows();
    void agreesBetweenThreads();
    void coversEveryIndexOnce();
};

void TestStringPool::givesEqualTextTheSameId()
{
    StringPool pool;
    const StringId web = pool.intern("web");
    QCOMPARE(pool.intern(std::string("w") + "eb"), web);
    QVERIFY(pool.intern("db") != web);
    QCOMPARE(pool.text(web), std::string_view("web"));
    QVERIFY(pool.find("absent").isNone());
    QCOMPARE(pool.text(StringId::none()), std::string_view());
    QVERIFY(!pool.intern("").isNone()); // the empty string is a string, not "none"
}

void TestStringPool::keepsEveryTextWhileItGrows()
{
    StringPool pool;
    std::vector<StringId> ids;
    for (int i = 0; i < 200'000; ++i)
        ids.push_back(pool.intern("name-" + std::to_string(i)));
    const StringId large = pool.intern(std::string(1 << 20, 'x'));
    int wrong = 0;
    for (int i = 0; i < 200'000; ++i)
        wrong += pool.text(ids[static_cast<std::size_t>(i)]) == "name-" + std::to_string(i) ? 0 : 1;
    QCOMPARE(wrong, 0);
    QCOMPARE(pool.text(large).size(), std::size_t { 1 } << 20);
}

void TestStringPool::agreesBetweenThreads()
{
    StringPool pool;
    std::vector<StringId> first(20'000), second(20'000);
    const auto fill = [&](std::vector<StringId>& ids) {
        for (std::size_t i = 0; i < ids.size(); ++i)
            ids[i] = pool.intern(std::to_string(i % 5000));
    };
    std::thread other([&] { fill(second); });
    fill(first);
    other.join();
    QVERIFY(first == second);
}

void TestStringPool::coversEveryIndexOnce()
{
    TaskPool tasks(2);
    std::vector<int> visits(10'007);
    tasks.parallelFor(visits.size(), 10, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i)
            ++visits[i];
    });
    QVERIFY(std::ranges::all_of(visits, [](int count) { return count == 1; }));
    tasks.parallelFor(4, 1, [&](std::size_t, std::size_t) { // nested calls must not dead-lock
        tasks.parallelFor(8, 1, [](std::size_t, std::size_t) {});
    });
}

QTEST_GUILESS_MAIN(TestStringPool)
#include "tst_StringPool.moc"
