// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>

#include <QRegularExpression>
#include <QTest>

#include "core/attack/Techniques.h"
#include "core/format/Json.h"
#include "resources/Resources.h"
#include "tests/support/Support.h"

using namespace plimsoll;
using namespace plimsoll::attack;
using namespace Qt::StringLiterals;

class TechniquesTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void idsAreThoseOfTheNumbers();
    void idsAreReadAsPeopleWriteThem_data();
    void idsAreReadAsPeopleWriteThem();
    void everyTechniqueHasItsText();
    void noTextIsLeftOver();
    void attackIdsAndReferencesAreWellFormed();
    void verbsReadBetweenTwoPlaces();
    void whatIsNotDrawnSaysWhy();
    void classesHaveNames();
};

void TechniquesTest::idsAreThoseOfTheNumbers()
{
    QCOMPARE(idOf(Technique::ExposedEndpoint), std::string("PLM-E01"));
    QCOMPARE(idOf(Technique::Exec), std::string("PLM-E09"));
    QCOMPARE(idOf(Technique::AttachForward), std::string("PLM-E10"));
    QCOMPARE(idOf(Technique::PodIdentityException), std::string("PLM-E103"));
    for (std::size_t number = 1; number <= techniqueCount; ++number) {
        const auto technique = static_cast<Technique>(number);
        QVERIFY(techniqueFromId(idOf(technique)) == technique);
    }
}

void TechniquesTest::idsAreReadAsPeopleWriteThem_data()
{
    QTest::addColumn<QString>("id");
    QTest::addColumn<int>("number"); // 0 = none
    QTest::addRow("whole") << u"PLM-E09"_s << 9;
    QTest::addRow("short") << u"E09"_s << 9;
    QTest::addRow("small") << u"e9"_s << 9;
    QTest::addRow("small and whole") << u"plm-e100"_s << 100;
    QTest::addRow("last") << u"E103"_s << 103;
    QTest::addRow("zero") << u"E0"_s << 0;
    QTest::addRow("too many") << u"E104"_s << 0;
    QTest::addRow("control") << u"PLM-R05"_s << 0;
    QTest::addRow("number alone") << u"9"_s << 0;
    QTest::addRow("letter alone") << u"E"_s << 0;
    QTest::addRow("sign") << u"E-1"_s << 0;
    QTest::addRow("plus") << u"E+1"_s << 0;
    QTest::addRow("more behind") << u"E9x"_s << 0;
    QTest::addRow("nothing") << QString() << 0;
}

void TechniquesTest::idsAreReadAsPeopleWriteThem()
{
    QFETCH(const QString, id);
    QFETCH(const int, number);
    const auto technique = techniqueFromId(id.toStdString());
    QCOMPARE(technique ? static_cast<int>(*technique) : 0, number);
}

void TechniquesTest::everyTechniqueHasItsText()
{
    QCOMPARE(techniqueTexts().size(), techniqueCount);
    for (std::size_t number = 1; number <= techniqueCount; ++number) {
        const auto technique = static_cast<Technique>(number);
        const TechniqueText& text = textOf(technique);
        QCOMPARE(text.id, idOf(technique));
        for (const std::string* part : { &text.title, &text.verb, &text.description, &text.fix })
            QVERIFY2(!part->empty() && part->find('\n') == std::string::npos, text.id.c_str());
        QVERIFY2(text.description.ends_with('.') && text.fix.ends_with('.'), text.id.c_str());
        QVERIFY2(text.title.size() <= 60, text.id.c_str());
    }
}

void TechniquesTest::noTextIsLeftOver()
{
    std::size_t count = 0;
    std::set<std::string> keys;
    for (const resources::Resource& resource : resources::all()) {
        if (!resource.path.starts_with("techniques/"))
            continue;
        format::Document document;
        format::JsonParser parser;
        VERIFY_RESULT(parser.parseCopy(resource.bytes, document));
        for (const format::Value text : document.root()) {
            ++count;
            for (const format::Value member : text)
                keys.emplace(member.key());
        }
    }
    QCOMPARE(count, techniqueCount);
    const std::set<std::string> known { "id", "title", "verb", "class", "attack", "description", "fix", "undecided",
        "references" };
    QVERIFY(keys == known);
}

void TechniquesTest::attackIdsAndReferencesAreWellFormed()
{
    const QRegularExpression shape(u"^T\\d{4}(\\.\\d{3})?$"_s);
    for (const TechniqueText& text : techniqueTexts()) {
        const bool mayHaveNone = text.id == "PLM-E03";
        QVERIFY2(mayHaveNone || !text.attack.empty(), text.id.c_str());
        for (const std::string& id : text.attack)
            QVERIFY2(shape.match(test::q(id)).hasMatch(), (text.id + ' ' + id).c_str());
        QVERIFY2(std::set(text.attack.begin(), text.attack.end()).size() == text.attack.size(), text.id.c_str());
        QVERIFY2(!text.references.empty(), text.id.c_str());
        for (const std::string& reference : text.references) {
            QVERIFY2(reference.starts_with("https://"), (text.id + ' ' + reference).c_str());
            QVERIFY2(reference.find(' ') == std::string::npos, (text.id + ' ' + reference).c_str());
        }
    }
}

void TechniquesTest::verbsReadBetweenTwoPlaces()
{
    for (const TechniqueText& text : techniqueTexts()) {
        const char first = text.verb.front();
        QVERIFY2(first >= 'a' && first <= 'z', text.id.c_str());
        QVERIFY2(!text.verb.ends_with('.') && text.verb.size() <= 60, text.id.c_str());
        const char begin = text.title.front();
        QVERIFY2(begin >= 'A' && begin <= 'Z' && !text.title.ends_with('.'), text.id.c_str());
    }
    QCOMPARE(textOf(Technique::Exec).verb, std::string("runs commands in"));
    QCOMPARE(textOf(Technique::MountedToken).verb, std::string("holds the token of"));
}

void TechniquesTest::whatIsNotDrawnSaysWhy()
{
    using enum Technique;
    const std::set<Technique> undecided { DeletedUser, SteerPods, ActAsScheduler, KillWebhook, AttractPods,
        KnownVulnerability, VolumeTypes, TamperNetworkPolicy, SourceRepository, Destroy, CoverTracks };
    for (std::size_t number = 1; number <= techniqueCount; ++number) {
        const auto technique = static_cast<Technique>(number);
        const std::string& why = textOf(technique).undecided;
        QVERIFY2(why.empty() != undecided.contains(technique), idOf(technique).c_str());
        QVERIFY2(why.empty() || why.ends_with('.'), idOf(technique).c_str());
    }
}

void TechniquesTest::classesHaveNames()
{
    std::set<std::string_view> names;
    std::set<TechniqueClass> used;
    for (std::size_t i = 0; i < techniqueClassCount; ++i)
        names.insert(toText(static_cast<TechniqueClass>(i)));
    for (const TechniqueText& text : techniqueTexts())
        used.insert(text.techniqueClass);
    QCOMPARE(names.size(), techniqueClassCount);
    QCOMPARE(used.size(), techniqueClassCount);
    QCOMPARE(toText(TechniqueClass::Structure), std::string_view("structure"));
    QCOMPARE(toText(TechniqueClass::Supply), std::string_view("supply"));
    QVERIFY(textOf(Technique::Binding).techniqueClass == TechniqueClass::Structure);
    QVERIFY(textOf(Technique::Privileged).techniqueClass == TechniqueClass::Escape);
}

QTEST_GUILESS_MAIN(TechniquesTest)
#include "tst_Techniques.moc"
