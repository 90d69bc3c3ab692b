// SPDX-License-Identifier: Apache-2.0
#include <numeric>

#include "core/assess/Assessment.h"
#include "tests/support/Support.h"

using namespace plimsoll;
using namespace plimsoll::assess;
using control::WaiverState;
using test::clusterFrom;

namespace {

constexpr std::string_view twoPods = R"yaml(
apiVersion: v1
kind: Pod
metadata: {name: a, namespace: shop, creationTimestamp: "2026-06-01T00:00:00Z"}
spec: {containers: [{name: a, image: 'example.com/a:1', securityContext: {privileged: true}}]}
---
apiVersion: v1
kind: Pod
metadata: {name: b, namespace: shop}
spec: {containers: [{name: a, image: 'example.com/a:1', securityContext: {privileged: true}}]}
)yaml";

constexpr UnixSeconds day = 24 * 60 * 60;

UnixSeconds at(std::string_view date)
{
    return parseTime(date).value_or(0);
}

control::Waiver waiver(const std::string& name, std::string_view created = "2026-01-01",
    std::string_view lastDay = "2026-12-31", const std::string& control = "PLM-W01")
{
    control::Waiver out;
    out.id = "waiver of " + name;
    out.controls = { control };
    out.objects.names = { name };
    out.reason = "r";
    out.owner = "o";
    out.approver = "p";
    out.created = at(created);
    out.expires = at(lastDay) + day;
    out.file = "w.yaml";
    out.line = 1;
    return out;
}

std::shared_ptr<const Assessment> run(std::vector<control::Waiver> waivers, const Scope& scope = {},
    std::string_view yaml = twoPods, const control::Settings& settings = {})
{
    static const auto catalogue = control::loadCatalogue();
    if (!catalogue)
        qFatal("%s", toText(catalogue.error()).c_str());
    Inputs inputs;
    inputs.waivers = std::move(waivers);
    inputs.review.verdicts = { { "pss", (*catalogue)->findFramework("pss")->requirements.front().id,
        control::ManualVerdict::Fail, "n", {}, "Jane", at("2026-06-01") } };
    Progress progress;
    const auto assessment
        = assess::assess(clusterFrom(yaml), *catalogue, settings, scope, test::pool(), progress, inputs);
    if (!assessment)
        qFatal("%s", toText(assessment.error()).c_str());
    return *assessment;
}

const ControlResult& resultOf(const Assessment& assessment, std::string_view id)
{
    const auto index
        = static_cast<std::uint32_t>(assessment.catalogue->find(id) - assessment.catalogue->entries.data());
    return *std::ranges::find(assessment.controls, index, &ControlResult::control);
}

} // namespace

class tst_Waived : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void countsApart()
    {
        const auto without = run({});
        const auto with = run({ waiver("a") });
        QCOMPARE(with->findings.size(), without->findings.size());
        QCOMPARE(with->waivedBySeverity[0], 1u);
        QCOMPARE(with->countBySeverity[0] + 1, without->countBySeverity[0]);
        QCOMPARE(resultOf(*with, "W01").waived, 1u);
        QCOMPARE(resultOf(*with, "W01").failed, 2u);
        QVERIFY(!resultOf(*with, "W01").isWaived());
        QVERIFY(resultOf(*run({ waiver("*") }), "W01").isWaived());
        for (const Finding& finding : with->findings)
            QCOMPARE(finding.isWaived(),
                with->entry(finding).text.id == "PLM-W01" && with->cluster->refOf(finding.object) == "pod/shop/a");
    }

    void holdsFromTheFirstDayToTheLast_data()
    {
        QTest::addColumn<QByteArray>("asOf");
        QTest::addColumn<int>("state");
        QTest::addRow("the second before") << QByteArray("2025-12-31T23:59:59Z") << int(WaiverState::NotYet);
        QTest::addRow("the first") << QByteArray("2026-01-01T00:00:00Z") << int(WaiverState::Used);
        QTest::addRow("the last") << QByteArray("2026-12-31T23:59:59Z") << int(WaiverState::Used);
        QTest::addRow("the second after") << QByteArray("2027-01-01T00:00:00Z") << int(WaiverState::Expired);
    }

    void holdsFromTheFirstDayToTheLast()
    {
        QFETCH(const QByteArray, asOf);
        QFETCH(const int, state);
        control::Settings settings;
        settings.asOf = at(asOf.toStdString());
        const auto assessment = run({ waiver("a") }, {}, twoPods, settings);
        QCOMPARE(int(assessment->waiverResults[0].state), state);
        QCOMPARE(assessment->waiverResults[0].findings, 1u); // also what it would cover
        QCOMPARE(assessment->waivedBySeverity[0], state == int(WaiverState::Used) ? 1u : 0u);
    }

    // Whether it holds is not guessed.
    void withoutADateNothingHolds()
    {
        std::string undated(twoPods);
        const std::string_view stamp = ", creationTimestamp: \"2026-06-01T00:00:00Z\"";
        undated.erase(undated.find(stamp), stamp.size());
        const auto assessment = run({ waiver("a") }, {}, undated);
        QVERIFY(!assessment->assessedAt);
        QVERIFY(assessment->waiverResults[0].state == WaiverState::NotYet);
        QCOMPARE(assessment->waivedBySeverity[0], 0u);
    }

    void theFirstThatHoldsCounts()
    {
        const auto assessment
            = run({ waiver("a", "2020-01-01", "2021-01-01"), waiver("*"), waiver("b"), waiver("none") });
        const auto& results = assessment->waiverResults;
        QVERIFY(results[0].state == WaiverState::Expired);
        QCOMPARE(results[0].findings, 1u);
        QVERIFY(results[1].state == WaiverState::Used);
        QCOMPARE(results[1].findings, 2u);
        QVERIFY(!results[1].tooBroad.empty()); // it counts all the same
        QVERIFY(results[2].state == WaiverState::Unused);
        QVERIFY(results[3].state == WaiverState::Unused);
    }

    void isNotUnusedWhereNobodyLooked()
    {
        Scope other;
        other.controls = { "W03" };
        QVERIFY(run({ waiver("none") }, other)->waiverResults[0].state == WaiverState::NotChecked);
        Scope same;
        same.controls = { "W01" };
        QVERIFY(run({ waiver("none") }, same)->waiverResults[0].state == WaiverState::Unused);
        Scope part;
        part.namespaces = { "shop" };
        QVERIFY(run({ waiver("none") }, part)->waiverResults[0].state == WaiverState::NotChecked);
    }

    void frameworksAddUp()
    {
        const auto assessment = run({ waiver("*") });
        std::uint32_t waived = 0;
        for (const FrameworkResult& result : assessment->frameworks) {
            QCOMPARE(result.passed + result.failed + result.waived + result.manual + result.notAssessed,
                std::uint32_t(result.requirements.size()));
            waived += result.waived;
        }
        QVERIFY(waived > 0);
        const auto withoutWaivers = run({});
        for (const FrameworkResult& result : withoutWaivers->frameworks)
            QCOMPARE(result.waived, 0u);
    }

    // A person's verdict lies over the computed status and changes none.
    void recordedVerdictsChangeNothing()
    {
        const auto assessment = run({});
        std::uint32_t recorded = 0;
        for (const FrameworkResult& result : assessment->frameworks) {
            recorded += result.recordedFail;
            QCOMPARE(result.recordedPass + result.recordedNotApplicable, 0u);
            for (const RequirementResult& row : result.requirements)
                QVERIFY(!row.recorded || assessment->review.verdicts[*row.recorded].by == "Jane");
        }
        QCOMPARE(recorded, 1u);
    }

    // What is waived no longer hides that something could not be assessed.
    void aWaiverMakesNothingAssessed()
    {
        const auto assessment = run({ waiver("*") });
        for (const FrameworkResult& result : assessment->frameworks) {
            const control::Framework& framework = assessment->catalogue->frameworks[result.framework];
            for (const RequirementResult& row : result.requirements) {
                if (row.status != RequirementResult::Status::Waived)
                    continue;
                for (const std::string& id : framework.requirements[row.requirement].controls) {
                    const ControlResult& control = resultOf(*assessment, id);
                    QVERIFY2(control.notAssessed == 0 && control.verdict != Verdict::NotAssessed, id.c_str());
                }
            }
        }
    }
};

QTEST_GUILESS_MAIN(tst_Waived)
#include "tst_Waived.moc"
