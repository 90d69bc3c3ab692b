// SPDX-License-Identifier: Apache-2.0
#include "core/network/Address.h"
#include "tests/support/Support.h"

#include "core/base/Text.h"
#include "tests/network/RandomCluster.h"

using namespace plimsoll;
using namespace plimsoll::network;

namespace {

std::vector<AddressRange> rangesOf(const std::string& text)
{
    std::vector<AddressRange> out;
    for (const std::string_view part : split(text, ' ')) {
        if (!part.empty())
            out.push_back(parseCidr(part).value());
    }
    return out;
}

std::string asText(const std::vector<AddressRange>& ranges)
{
    std::string out;
    for (const AddressRange& range : ranges) {
        out += (out.empty() ? "" : " ") + toText(Address { range.first, range.isV6 });
        if (range.first != range.last)
            out += '-' + toText(Address { range.last, range.isV6 });
    }
    return out;
}

} // namespace

class tst_Address : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void addresses_data();
    void addresses();
    void cidrs_data();
    void cidrs();
    void containsAndOverlaps();
    void cidrsOfRanges_data();
    void cidrsOfRanges();
    void setsOfRanges_data();
    void setsOfRanges();
    void setsAgainstEveryAddress();
};

void tst_Address::addresses_data()
{
    QTest::addColumn<std::string>("text");
    QTest::addColumn<std::string>("expected"); // "" = none
    const auto row = [](const char* name, std::string_view text, std::string_view expected) {
        QTest::addRow("%s", name) << std::string(text) << std::string(expected);
    };
    row("IPv4", "10.1.2.3", "10.1.2.3");
    row("first IPv4", "0.0.0.0", "0.0.0.0");
    row("last IPv4", "255.255.255.255", "255.255.255.255");
    row("leading zeros are decimal", "010.001.000.099", "10.1.0.99");
    row("many leading zeros", "0000000010.0.0.1", "10.0.0.1");
    row("256 is too much", "10.0.0.256", "");
    row("three parts", "10.0.1", "");
    row("five parts", "10.0.0.0.1", "");
    row("empty part", "10..0.1", "");
    row("dot at the end", "10.0.0.1.", "");
    row("negative", "10.0.0.-1", "");
    row("plus", "10.0.0.+1", "");
    row("hexadecimal", "0x0a.0.0.1", "");
    row("one number", "167772161", "");
    row("blank before", " 10.0.0.1", "");
    row("blank behind", "10.0.0.1 ", "");
    row("with a port", "10.0.0.1:80", "");
    row("with a prefix", "10.0.0.1/32", "");
    row("empty", "", "");
    row("word", "localhost", "");
    row("a number beyond 64 bits", "10.0.0.99999999999999999999", "");
    row("byte zero", std::string_view("10.0.0.1\0", 9), "");
    row("IPv6 in full", "2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1");
    row("nothing but a gap", "::", "::");
    row("loopback", "::1", "::1");
    row("gap at the end", "fd00::", "fd00::");
    row("capitals", "FD00::ABCD", "fd00::abcd");
    row("the longest run is the gap", "1:0:0:2:0:0:0:3", "1:0:0:2::3");
    row("of equal runs the first", "1:0:0:2:3:0:0:4", "1::2:3:0:0:4");
    row("one zero is no gap", "1:2:3:4:5:6:0:8", "1:2:3:4:5:6:0:8");
    row("a gap of one", "1:2:3:4:5:6::8", "1:2:3:4:5:6:0:8");
    row("mapped is IPv4", "::ffff:1.2.3.4", "1.2.3.4");
    row("mapped in hexadecimal", "::ffff:0102:0304", "1.2.3.4");
    row("compatible is IPv6", "::1.2.3.4", "::102:304");
    row("IPv4 within", "64:ff9b::1.2.3.4", "64:ff9b::102:304");
    row("IPv4 in the middle", "::1.2.3.4:5", "");
    row("two gaps", "1::2::3", "");
    row("gap of three colons", "1:::2", "");
    row("gap that stands for nothing", "1:2:3:4::5:6:7:8", "");
    row("nine parts", "1:2:3:4:5:6:7:8:9", "");
    row("seven parts", "1:2:3:4:5:6:7", "");
    row("five digits", "10000::", "");
    row("no hexadecimal", "fg00::", "");
    row("zone", "fe80::1%eth0", "");
    row("brackets", "[::1]", "");
    row("colon alone", ":", "");
    row("colon at the end", "1:2:3:4:5:6:7:", "");
    row("colon at the beginning", ":1:2:3:4:5:6:7", "");
}

void tst_Address::addresses()
{
    QFETCH(const std::string, text);
    QFETCH(const std::string, expected);
    const auto address = parseAddress(text);
    QCOMPARE(address ? toText(*address) : std::string(), expected);
    if (!address)
        return;
    QCOMPARE(address->isV6, expected.find(':') != std::string::npos);
    QVERIFY(parseAddress(toText(*address)) == address); // what is written is read
}

void tst_Address::cidrs_data()
{
    QTest::addColumn<std::string>("text");
    QTest::addColumn<std::string>("expected");
    const auto row = [](const char* name, const char* text, const char* expected) {
        QTest::addRow("%s", name) << std::string(text) << std::string(expected);
    };
    row("IPv4", "10.0.0.0/8", "10.0.0.0-10.255.255.255");
    row("host bits are masked away", "10.1.2.3/8", "10.0.0.0-10.255.255.255");
    row("one address", "10.1.2.3/32", "10.1.2.3");
    row("two", "10.1.2.3/31", "10.1.2.2-10.1.2.3");
    row("everything", "0.0.0.0/0", "0.0.0.0-255.255.255.255");
    row("everything of IPv6", "::/0", "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
    row("IPv6", "2001:db8::/32", "2001:db8::-2001:db8:ffff:ffff:ffff:ffff:ffff:ffff");
    row("host bits of IPv6", "2001:db8::5/126", "2001:db8::4-2001:db8::7");
    row("one address of IPv6", "::1/128", "::1");
    row("address alone", "10.0.0.0", "");
    row("no length", "10.0.0.0/", "");
    row("too long", "10.0.0.0/33", "");
    row("too long for IPv6", "::/129", "");
    row("negative", "10.0.0.0/-1", "");
    row("plus", "10.0.0.0/+8", "");
    row("mask", "10.0.0.0/255.0.0.0", "");
    row("two lengths", "10.0.0.0/8/8", "");
    row("blank", "10.0.0.0/8 ", "");
    row("no address", "/8", "");
    row("a length beyond 64 bits", "10.0.0.0/99999999999999999999", "");
}

void tst_Address::cidrs()
{
    QFETCH(const std::string, text);
    QFETCH(const std::string, expected);
    const auto range = parseCidr(text);
    QCOMPARE(range ? asText({ *range }) : std::string(), expected);
}

void tst_Address::containsAndOverlaps()
{
    const AddressRange ten = parseCidr("10.0.0.0/8").value();
    QVERIFY(ten.contains(parseAddress("10.0.0.0").value()));
    QVERIFY(ten.contains(parseAddress("10.255.255.255").value()));
    QVERIFY(ten.contains(parseAddress("::ffff:10.0.0.1").value()));
    QVERIFY(!ten.contains(parseAddress("11.0.0.0").value()));
    QVERIFY(!ten.contains(parseAddress("9.255.255.255").value()));
    QVERIFY(!ten.contains(parseAddress("::a00:1").value())); // the same bits of the other family
    QVERIFY(ten.overlaps(parseCidr("10.255.255.255/32").value()));
    QVERIFY(ten.overlaps(everyAddress(false)));
    QVERIFY(!ten.overlaps(parseCidr("11.0.0.0/8").value()));
    QVERIFY(!ten.overlaps(everyAddress(true)));
}

void tst_Address::cidrsOfRanges_data()
{
    QTest::addColumn<std::string>("first");
    QTest::addColumn<std::string>("last");
    QTest::addColumn<std::string>("expected");
    const auto row = [](const char* first, const char* last, const char* expected) {
        QTest::addRow("%s to %s", first, last) << std::string(first) << std::string(last) << std::string(expected);
    };
    row("10.0.0.0", "10.0.0.0", "10.0.0.0/32");
    row("10.0.0.0", "10.255.255.255", "10.0.0.0/8");
    row("10.0.0.1", "10.0.0.2", "10.0.0.1/32 10.0.0.2/32");
    row("10.0.0.1", "10.0.0.7", "10.0.0.1/32 10.0.0.2/31 10.0.0.4/30");
    row("10.0.0.0", "10.0.0.6", "10.0.0.0/30 10.0.0.4/31 10.0.0.6/32");
    row("0.0.0.0", "255.255.255.255", "0.0.0.0/0");
    row("128.0.0.0", "255.255.255.255", "128.0.0.0/1");
    row("255.255.255.254", "255.255.255.255", "255.255.255.254/31");
    row("::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "::/0");
    row("::1", "::2", "::1/128 ::2/128");
    row("8000::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "8000::/1");
}

void tst_Address::cidrsOfRanges()
{
    QFETCH(const std::string, first);
    QFETCH(const std::string, last);
    QFETCH(const std::string, expected);
    const Address from = parseAddress(first).value(), to = parseAddress(last).value();
    const AddressRange range { from.bits, to.bits, from.isV6 };
    const auto cidrs = cidrsOf(range);
    QCOMPARE(join(cidrs, " "), expected);
    QVERIFY(joined(rangesOf(join(cidrs, " "))) == std::vector { range });
}

void tst_Address::setsOfRanges_data()
{
    QTest::addColumn<std::string>("ranges");
    QTest::addColumn<std::string>("removed");
    QTest::addColumn<std::string>("expected");
    const auto row = [](const char* name, const char* ranges, const char* removed, const char* expected) {
        QTest::addRow("%s", name) << std::string(ranges) << std::string(removed) << std::string(expected);
    };
    row("none", "", "", "");
    row("sorted", "11.0.0.0/32 9.0.0.0/32", "", "9.0.0.0 11.0.0.0");
    row("the same twice", "10.0.0.0/8 10.0.0.0/8", "", "10.0.0.0-10.255.255.255");
    row("one within the other", "10.1.0.0/16 10.0.0.0/8", "", "10.0.0.0-10.255.255.255");
    row("neighbours", "10.0.0.0/9 10.128.0.0/9", "", "10.0.0.0-10.255.255.255");
    row("almost neighbours", "10.0.0.0/32 10.0.0.2/32", "", "10.0.0.0 10.0.0.2");
    row("families stay apart", "::/128 0.0.0.0/32", "", "0.0.0.0 ::");
    row("last IPv4 and first IPv6", "255.255.255.255/32 ::/128", "", "255.255.255.255 ::");
    row("neighbours beyond 32 bits", "255.255.255.255/32 ::1:0:0/128", "", "255.255.255.255 ::1:0:0");
    row("all of it goes", "10.0.0.0/8", "0.0.0.0/0", "");
    row("itself goes", "10.0.0.0/8", "10.0.0.0/8", "");
    row("the first goes", "10.0.0.0/30", "10.0.0.0/32", "10.0.0.1-10.0.0.3");
    row("the last goes", "10.0.0.0/30", "10.0.0.3/32", "10.0.0.0-10.0.0.2");
    row("a hole", "10.0.0.0/29", "10.0.0.2/31", "10.0.0.0-10.0.0.1 10.0.0.4-10.0.0.7");
    row("two holes", "10.0.0.0/29", "10.0.0.1/32 10.0.0.6/32", "10.0.0.0 10.0.0.2-10.0.0.5 10.0.0.7");
    row("a hole across two ranges", "10.0.0.0/31 10.0.0.4/31", "10.0.0.0/29", "");
    row("a hole of the other family", "10.0.0.0/31", "::/0", "10.0.0.0-10.0.0.1");
    row("everything without one", "0.0.0.0/0", "255.255.255.255/32", "0.0.0.0-255.255.255.254");
    row("everything of IPv6 without the last", "::/0", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128",
        "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe");
}

void tst_Address::setsOfRanges()
{
    QFETCH(const std::string, ranges);
    QFETCH(const std::string, removed);
    QFETCH(const std::string, expected);
    QCOMPARE(asText(without(joined(rangesOf(ranges)), joined(rangesOf(removed)))), expected);
}

// Random ranges within 64 addresses, against one bit for each address.
void tst_Address::setsAgainstEveryAddress()
{
    test::Dice dice(7);
    const auto draw = [&dice](std::vector<AddressRange>& ranges) {
        std::uint64_t bits = 0;
        const int count = dice.below(5);
        for (int i = 0; i < count; ++i) {
            const int first = dice.below(64);
            const int last = first + dice.below(64 - first);
            ranges.push_back({ static_cast<unsigned>(first), static_cast<unsigned>(last), false });
            for (int at = first; at <= last; ++at)
                bits |= std::uint64_t(1) << at;
        }
        return bits;
    };
    for (int round = 0; round < 2000; ++round) {
        std::vector<AddressRange> a, b;
        const std::uint64_t wanted = draw(a) & ~draw(b);
        const auto result = without(joined(a), joined(b));
        QVERIFY(joined(result) == result);
        std::uint64_t bits = 0;
        for (const AddressRange& range : result) {
            for (auto at = static_cast<unsigned>(range.first); at <= static_cast<unsigned>(range.last); ++at)
                bits |= std::uint64_t(1) << at;
        }
        QCOMPARE(bits, wanted);
    }
}

QTEST_GUILESS_MAIN(tst_Address)
#include "tst_Address.moc"
