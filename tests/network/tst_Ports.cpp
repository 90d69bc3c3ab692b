// SPDX-License-Identifier: Apache-2.0
#include "core/network/Ports.h"
#include "tests/support/Support.h"

#include "core/base/Text.h"
#include "tests/network/RandomCluster.h"

using namespace plimsoll;
using namespace plimsoll::network;

namespace {

// "TCP 80; TCP 81-90; UDP 1-65535".
PortSet setOf(const std::string& text)
{
    PortSet out;
    for (const std::string_view part : split(text, ';')) {
        const auto words = split(trimmed(part), ' ');
        if (words.size() != 2)
            continue;
        const auto ends = split(words[1], '-');
        const auto first = static_cast<std::uint16_t>(toInteger(ends.front()).value());
        const auto last = static_cast<std::uint16_t>(toInteger(ends.back()).value());
        out.add(PortSet::of(parseProtocol(words[0]).value(), { first, last }));
    }
    return out;
}

} // namespace

class tst_Ports : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void protocols();
    void text_data();
    void text();
    void algebra_data();
    void algebra();
    void algebraAgainstEveryPort();
};

void tst_Ports::protocols()
{
    for (const Protocol protocol : allProtocols)
        QVERIFY(parseProtocol(toText(protocol)) == protocol);
    for (const char* wrong : { "", "tcp", "TCP ", "ICMP", "6" })
        QVERIFY2(!parseProtocol(wrong), wrong);
}

void tst_Ports::text_data()
{
    QTest::addColumn<std::string>("ports");
    QTest::addColumn<std::string>("expected");
    const auto row = [](const char* name, const char* ports, const char* expected) {
        QTest::addRow("%s", name) << std::string(ports) << std::string(expected);
    };
    row("none", "", "none");
    row("one", "TCP 80", "TCP 80");
    row("range", "TCP 80-81", "TCP 80-81");
    row("neighbours are joined", "TCP 81; TCP 80", "TCP 80-81");
    row("one between is not", "TCP 80; TCP 82", "TCP 80,82");
    row("overlapping", "TCP 80-90; TCP 85-95; TCP 88", "TCP 80-95");
    row("protocols in order", "SCTP 1; UDP 53; TCP 443", "TCP 443; UDP 53; SCTP 1");
    row("all of one", "TCP 1-65535", "TCP all");
    row("all but the first", "TCP 2-65535", "TCP 2-65535");
    row("all but the last", "TCP 1-65534", "TCP 1-65534");
    row("all of two", "TCP 1-65535; UDP 1-65535", "TCP all; UDP all");
    row("all", "TCP 1-65535; UDP 1-65535; SCTP 1-65535", "all");
    row("all in two parts", "TCP 1-80; TCP 81-65535; UDP 1-65535; SCTP 1-65535", "all");
    row("the last port", "TCP 65535; TCP 65534", "TCP 65534-65535");
}

void tst_Ports::text()
{
    QFETCH(const std::string, ports);
    QFETCH(const std::string, expected);
    const PortSet set = setOf(ports);
    QCOMPARE(toText(set), expected);
    QCOMPARE(set.isEmpty(), expected == "none");
    QCOMPARE(set.isAll(), expected == "all");
    QCOMPARE(set == PortSet::all(), expected == "all");
}

void tst_Ports::algebra_data()
{
    QTest::addColumn<std::string>("a");
    QTest::addColumn<std::string>("b");
    QTest::addColumn<std::string>("both");
    QTest::addColumn<std::string>("rest"); // of a without b
    const auto row = [](const char* name, const char* a, const char* b, const char* both, const char* rest) {
        QTest::addRow("%s", name) << std::string(a) << std::string(b) << std::string(both) << std::string(rest);
    };
    row("nothing", "", "", "none", "none");
    row("nothing taken", "TCP 80", "", "none", "TCP 80");
    row("the same", "TCP 80", "TCP 80", "TCP 80", "none");
    row("other port", "TCP 80", "TCP 81", "none", "TCP 80");
    row("other protocol", "TCP 80", "UDP 80", "none", "TCP 80");
    row("a hole", "TCP 80-90", "TCP 85", "TCP 85", "TCP 80-84,86-90");
    row("touching at one port", "TCP 80-90", "TCP 90-99", "TCP 90", "TCP 80-89");
    row("the first port", "TCP 1-65535", "TCP 1", "TCP 1", "TCP 2-65535");
    row("the last port", "TCP 1-65535", "TCP 65535", "TCP 65535", "TCP 1-65534");
    row("several", "TCP 1-10; TCP 20-30; TCP 40", "TCP 5-25; TCP 40-50", "TCP 5-10,20-25,40", "TCP 1-4,26-30");
}

void tst_Ports::algebra()
{
    QFETCH(const std::string, a);
    QFETCH(const std::string, b);
    QFETCH(const std::string, both);
    QFETCH(const std::string, rest);
    const PortSet one = setOf(a), other = setOf(b);
    QCOMPARE(toText(one.intersection(other)), both);
    QCOMPARE(toText(other.intersection(one)), both);
    QCOMPARE(one.intersects(other), both != "none");
    QCOMPARE(other.intersects(one), both != "none");
    QCOMPARE(toText(one.without(other)), rest);
    PortSet again = one.without(other);
    again.add(one.intersection(other));
    QVERIFY(again == one);
}

void tst_Ports::algebraAgainstEveryPort()
{
    test::Dice dice(3);
    const auto draw = [&dice](PortSet& set) {
        std::uint64_t bits = 0;
        const int count = dice.below(5);
        for (int i = 0; i < count; ++i) {
            const int first = dice.below(60);
            const int last = first + dice.below(60 - first);
            set.add(PortSet::of(
                Protocol::UDP, { static_cast<std::uint16_t>(first + 1), static_cast<std::uint16_t>(last + 1) }));
            for (int at = first; at <= last; ++at)
                bits |= std::uint64_t(1) << at;
        }
        return bits;
    };
    const auto bitsOf = [](const PortSet& set) {
        std::uint64_t bits = 0;
        for (unsigned at = 0; at < 60; ++at)
            bits |= std::uint64_t(set.contains(Protocol::UDP, static_cast<std::uint16_t>(at + 1)) ? 1 : 0) << at;
        return bits;
    };
    for (int round = 0; round < 2000; ++round) {
        PortSet a, b;
        const std::uint64_t ofA = draw(a), ofB = draw(b);
        QCOMPARE(bitsOf(a), ofA);
        QCOMPARE(bitsOf(a.intersection(b)), ofA & ofB);
        QCOMPARE(a.intersects(b), (ofA & ofB) != 0);
        QCOMPARE(bitsOf(a.without(b)), ofA & ~ofB);
        PortSet sum = a;
        sum.add(b);
        QCOMPARE(bitsOf(sum), ofA | ofB);
    }
}

QTEST_GUILESS_MAIN(tst_Ports)
#include "tst_Ports.moc"
