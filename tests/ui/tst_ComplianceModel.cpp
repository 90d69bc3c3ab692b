// SPDX-License-Identifier: Apache-2.0
#include <QAbstractItemModelTester>
#include <QFile>
#include <QTemporaryDir>

#include "core/assess/Assessment.h"
#include "core/control/Catalogue.h"
#include "tests/support/Support.h"
#include "ui/model/ComplianceData.h"
#include "ui/model/ComplianceModel.h"
#include "ui/model/ReviewEdit.h"
#include "ui/model/Roles.h"
#include "ui/model/WaiverData.h"

using namespace plimsoll;
using namespace plimsoll::ui;
using namespace Qt::StringLiterals;
using model::ComplianceFilter;
using model::ComplianceModel;
using Level = ComplianceModel::Level;
using Status = assess::RequirementResult::Status;

namespace {

constexpr std::string_view yaml = R"(
apiVersion: v1
kind: Namespace
metadata: {name: shop, creationTimestamp: "2026-05-04T08:00:00Z"}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      hostPID: true
      containers:
      - {name: web, image: nginx, securityContext: {privileged: true}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: shop}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec:
      containers:
      - {name: api, image: nginx, securityContext: {privileged: true}}
)";

std::shared_ptr<const assess::Assessment> assessed(const assess::Inputs& inputs = {})
{
    const auto catalogue = control::loadCatalogue();
    if (!catalogue)
        qFatal("%s", toText(catalogue.error()).c_str());
    Progress progress;
    auto result = assess::assess(test::clusterFrom(yaml), *catalogue, {}, {}, test::pool(), progress, inputs);
    if (!result)
        qFatal("%s", toText(result.error()).c_str());
    return *result;
}

std::uint32_t indexOf(const assess::Assessment& assessment, std::string_view id)
{
    for (std::uint32_t i = 0; i < assessment.frameworks.size(); ++i) {
        if (assessment.catalogue->frameworks[assessment.frameworks[i].framework].id == id)
            return i;
    }
    qFatal("no such framework");
}

// The first requirement that satisfies something, as its place in the framework.
template <class Is> std::optional<std::uint32_t> requirementWith(const assess::FrameworkResult& framework, Is is)
{
    for (std::uint32_t i = 0; i < framework.requirements.size(); ++i) {
        if (is(framework.requirements[i]))
            return i;
    }
    return std::nullopt;
}

// Requirement ids that a model shows, in order.
QStringList shownIn(const ComplianceModel& tree)
{
    QStringList ids;
    for (int section = 0; section < tree.rowCount(); ++section) {
        const QModelIndex parent = tree.index(section, 0);
        for (int row = 0; row < tree.rowCount(parent); ++row)
            ids.append(tree.index(row, 0, parent).data().toString().section(u' ', 0, 0));
    }
    return ids;
}

std::vector<std::uint32_t> findingsOf(const assess::Assessment& assessment, std::string_view control)
{
    std::vector<std::uint32_t> result;
    for (std::uint32_t i = 0; i < assessment.findings.size(); ++i) {
        if (assessment.entry(assessment.findings[i]).text.id == control)
            result.push_back(i);
    }
    return result;
}

model::WaiverWords words()
{
    return { .reason = u"It is a build agent."_s,
        .owner = u"team-shop"_s,
        .approver = u"jane.doe"_s,
        .created = *parseTime("2026-05-04"),
        .lastDay = *parseTime("2027-05-04") };
}

} // namespace

class ComplianceModelTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void keepsTheRulesOfItemModels()
    {
        // The tester opens rows while it hears of a reset, which it then takes for a fault of a model that is filled
        // row by row; so one is made after each reset. It opens everything and watches the rows come.
        const auto hold = [](ComplianceModel& tree) {
            const QAbstractItemModelTester tester(&tree, QAbstractItemModelTester::FailureReportingMode::QtTest);
            tree.setRelated({ u"PLM-W01"_s });
            std::vector<QModelIndex> open { QModelIndex() };
            std::array<int, 4> seen {};
            while (!open.empty()) {
                const QPersistentModelIndex parent = open.back();
                open.pop_back();
                if (tree.canFetchMore(parent))
                    tree.fetchMore(parent);
                for (int row = 0; row < tree.rowCount(parent); ++row) {
                    open.push_back(tree.index(row, 0, parent));
                    ++seen[static_cast<std::size_t>(tree.level(open.back()))];
                }
            }
            tree.setRelated({});
            return seen;
        };
        ComplianceModel tree;
        QCOMPARE(hold(tree)[0], 0);
        const auto result = assessed();
        for (std::uint32_t framework = 0; framework < result->frameworks.size(); ++framework) {
            tree.setAssessment(result, framework);
            for (const int count : hold(tree))
                QVERIFY(count > 0);
        }
        ComplianceFilter filter;
        filter.statuses[static_cast<std::size_t>(Status::Fail)] = false;
        tree.setFilter(filter);
        QVERIFY(hold(tree)[1] > 0);
        tree.setAssessment(nullptr, 0);
        QCOMPARE(tree.rowCount(), 0);
    }

    void showsEveryRequirementOnceInItsSection()
    {
        const auto result = assessed();
        ComplianceModel tree;
        for (std::uint32_t i = 0; i < result->frameworks.size(); ++i) {
            tree.setAssessment(result, i);
            QStringList ids = shownIn(tree);
            QCOMPARE(static_cast<std::size_t>(ids.size()), result->frameworks[i].requirements.size());
            QCOMPARE(ids.removeDuplicates(), 0);
        }
    }

    void leadsFromARequirementToTheObject()
    {
        const auto result = assessed();
        ComplianceModel tree;
        const std::uint32_t pss = indexOf(*result, "pss");
        tree.setAssessment(result, pss);
        const auto failed = requirementWith(result->frameworks[pss], [&](const auto& one) {
            const auto& controls = result->catalogue->findFramework("pss")->requirements[one.requirement].controls;
            return std::ranges::find(controls, "PLM-W01") != controls.end();
        });
        QVERIFY(failed);
        const QModelIndex requirement = tree.indexOfRequirement(*failed);
        QCOMPARE(
            tree.index(requirement.row(), ComplianceModel::Status, requirement.parent()).data().toString(), u"fail"_s);
        tree.fetchMore(requirement);
        QModelIndex control;
        for (int row = 0; row < tree.rowCount(requirement); ++row) {
            if (tree.controls(tree.index(row, 0, requirement)) == QStringList { u"PLM-W01"_s })
                control = tree.index(row, 0, requirement);
        }
        QVERIFY(control.isValid());
        QVERIFY(tree.hasChildren(control));
        QCOMPARE(tree.rowCount(control), 0); // not before somebody opens it
        tree.fetchMore(control);
        QCOMPARE(tree.rowCount(control), 2);
        const QModelIndex object = tree.index(0, 0, control);
        QCOMPARE(object.data().toString(), u"Deployment shop/api"_s);
        QVERIFY(tree.finding(object));
        QCOMPARE(tree.object(object), result->findings[*tree.finding(object)].object);
        QCOMPARE(tree.requirement(object), failed);
    }

    void showsOnlyWhatTheFilterAdmits_data()
    {
        QTest::addColumn<int>("status");
        for (int status = 0; status < 5; ++status)
            QTest::addRow("%s", qPrintable(model::statusName(status))) << status;
    }
    void showsOnlyWhatTheFilterAdmits()
    {
        QFETCH(int, status);
        const auto result = assessed();
        const auto lines = model::frameworkLines(*result);
        ComplianceModel tree;
        quint32 found = 0;
        for (const model::FrameworkLine& line : lines) {
            tree.setAssessment(result, line.index);
            ComplianceFilter filter;
            filter.statuses.fill(false);
            filter.statuses[static_cast<std::size_t>(status)] = true;
            tree.setFilter(filter);
            QCOMPARE(static_cast<quint32>(tree.shownRequirements()), line.counts[static_cast<std::size_t>(status)]);
            found += line.counts[static_cast<std::size_t>(status)];
        }
        QCOMPARE(found > 0, status != static_cast<int>(Status::Waived)); // nothing was accepted here
    }

    void findsRequirementsByTheirControls()
    {
        const auto result = assessed();
        ComplianceModel tree;
        tree.setAssessment(result, indexOf(*result, "pss"));
        ComplianceFilter filter;
        filter.text = u"plm-w01 PRIVILEGED"_s;
        tree.setFilter(filter);
        QVERIFY(tree.shownRequirements() >= 1);
        QVERIFY(tree.shownRequirements() < static_cast<int>(shownIn(tree).size()) + 1);
        filter.text = u"no requirement says this"_s;
        tree.setFilter(filter);
        QCOMPARE(tree.shownRequirements(), 0);
        QCOMPARE(tree.rowCount(), 0);
    }

    void marksWhatSharesAControl()
    {
        const auto result = assessed();
        ComplianceModel tree;
        tree.setAssessment(result, indexOf(*result, "nsa-cisa"));
        QCOMPARE(tree.relatedCount(), 0);
        QVERIFY(!tree.firstRelated().isValid());
        tree.setRelated({ u"PLM-W01"_s });
        QVERIFY(tree.relatedCount() >= 1);
        QVERIFY(tree.firstRelated().data(model::SharedRole).toBool());
        QVERIFY(tree.controls(tree.firstRelated()).contains(u"PLM-W01"_s));
        tree.setRelated({});
        QCOMPARE(tree.relatedCount(), 0);
    }

    void countsAddUp()
    {
        for (const model::FrameworkLine& line : model::frameworkLines(*assessed())) {
            quint32 sum = 0;
            for (const quint32 count : line.counts)
                sum += count;
            QCOMPARE(sum, line.total);
            QCOMPARE(line.byControls + line.byPerson + line.open, line.total);
        }
    }

    void aRecordedVerdictIsShownAsSuch()
    {
        const auto before = assessed();
        const std::uint32_t cis = 0;
        const auto manual
            = requirementWith(before->frameworks[cis], [](const auto& one) { return one.status == Status::Manual; });
        QVERIFY(manual);
        const auto& framework = before->catalogue->frameworks[before->frameworks[cis].framework];
        const std::string id = framework.requirements[before->frameworks[cis].requirements[*manual].requirement].id;
        model::ReviewEdit edit;
        edit.recorded.push_back({ .framework = framework.id,
            .requirement = id,
            .verdict = control::ManualVerdict::Pass,
            .note = "=looked at it, twice",
            .evidence = { "tickets/SEC-1.pdf" },
            .by = "Jane Doe",
            .date = *parseTime("2026-11-20") });
        Progress progress;
        const auto applied = model::applied(*before, edit, test::pool(), progress);
        VERIFY_RESULT(applied);
        const assess::Assessment& after = **applied;
        ComplianceModel tree;
        tree.setAssessment(*applied, cis);
        const QModelIndex index = tree.indexOfRequirement(*manual).siblingAtColumn(ComplianceModel::Status);
        QCOMPARE(index.data().toString(), u"manual: pass (Jane Doe, 2026-11-20)"_s);
        QVERIFY(index.data(model::RecordedRole).toBool());
        QCOMPARE(index.data(model::StatusRole).toInt(), static_cast<int>(Status::Manual)); // it is an overlay
        const model::FrameworkLine line = model::frameworkLines(after)[cis];
        QCOMPARE(line.byPerson, 1u);
        QCOMPARE(line.recordedPass, 1u);
        ComplianceFilter filter;
        filter.onlyOpen = true;
        tree.setFilter(filter);
        QCOMPARE(static_cast<quint32>(tree.shownRequirements()), line.open);
        const QString csv = model::frameworkCsv(after, cis);
        QVERIFY(csv.contains(u"Jane Doe,2026-11-20,\"'=looked at it, twice\",tickets/SEC-1.pdf"_s));
        // Taken back, it is open again.
        model::ReviewEdit back;
        back.withdrawn.emplace_back(framework.id, id);
        const auto again = model::applied(after, back, test::pool(), progress);
        VERIFY_RESULT(again);
        QCOMPARE(model::frameworkLines(**again)[cis].byPerson, 0u);
        QCOMPARE(static_cast<std::size_t>(csv.count(u"\r\n"_s)), before->frameworks[cis].requirements.size() + 1);
    }

    void proposesWaiversThatCoverWhatWasChosen_data()
    {
        QTest::addColumn<int>("reach");
        QTest::addColumn<quint32>("covered");
        QTest::addColumn<bool>("isExact");
        QTest::addRow("fields") << int(model::WaiverReach::TheseFields) << 1u << true;
        QTest::addRow("objects") << int(model::WaiverReach::TheseObjects) << 1u << true;
        QTest::addRow("kind in the namespace") << int(model::WaiverReach::SameKind) << 2u << false;
        QTest::addRow("namespace") << int(model::WaiverReach::Namespace) << 2u << false;
    }
    void proposesWaiversThatCoverWhatWasChosen()
    {
        QFETCH(int, reach);
        QFETCH(quint32, covered);
        const auto result = assessed();
        const auto privileged = findingsOf(*result, "PLM-W01");
        QCOMPARE(privileged.size(), 2u);
        const std::uint32_t one[] = { privileged.front() };
        const auto waivers = model::proposedWaivers(*result, one, static_cast<model::WaiverReach>(reach), words());
        QCOMPARE(waivers.size(), 1u);
        QCOMPARE(waivers.front().expires, *parseTime("2027-05-05")); // it holds to the end of its last day
        const model::WaiverScope scope = model::scopeOf(*result, waivers);
        QCOMPARE(scope.open, covered);
        QCOMPARE(scope.warnings, QStringList());
    }

    void findingsOfManyControlsMakeNoWaiverForMoreThanThem()
    {
        const auto result = assessed();
        std::vector<std::uint32_t> chosen = findingsOf(*result, "PLM-W01");
        const auto hostPid = findingsOf(*result, "PLM-W03");
        chosen.insert(chosen.end(), hostPid.begin(), hostPid.end());
        QCOMPARE(chosen.size(), 3u); // both are privileged, one shares the node's processes
        const auto waivers = model::proposedWaivers(*result, chosen, model::WaiverReach::TheseObjects, words());
        QCOMPARE(waivers.size(), 2u);
        QVERIFY(waivers[0].id != waivers[1].id);
        QCOMPARE(model::scopeOf(*result, waivers).open, 3u);
        control::Waiver everything;
        everything.controls = { "all" };
        QVERIFY(!model::scopeOf(*result, std::array { everything }).warnings.isEmpty());
    }

    void aSavedWaiverMovesTheFindingAndIsReadAgain()
    {
        const QTemporaryDir folder;
        assess::Inputs inputs;
        inputs.review.path = folder.filePath(u"cluster.review.yaml"_s).toStdString();
        const auto before = assessed(inputs);
        const auto privileged = findingsOf(*before, "PLM-W01");
        model::ReviewEdit edit;
        edit.waivers = model::proposedWaivers(*before, privileged, model::WaiverReach::TheseObjects, words());
        edit.waiverFile = model::defaultWaiverFile(before->review);
        edit.savedFilters.emplace_back("Mine", "severity:critical");
        Progress progress;
        const auto after = model::applied(*before, edit, test::pool(), progress);
        VERIFY_RESULT(after);
        QVERIFY(QFile::exists(folder.filePath(u"accepted-risks.yaml"_s)));
        for (const std::uint32_t finding : privileged)
            QVERIFY((*after)->findings[finding].isWaived());
        model::WaiversModel waivers;
        const QAbstractItemModelTester tester(&waivers, QAbstractItemModelTester::FailureReportingMode::QtTest);
        waivers.setAssessment(*after);
        QCOMPARE(waivers.rowCount(), 1);
        QCOMPARE(waivers.index(0, model::WaiversModel::State).data().toString(), u"used"_s);
        QCOMPARE(waivers.index(0, model::WaiversModel::Findings).data().toInt(), 2);
        QCOMPARE(waivers.index(0, model::WaiversModel::Until).data().toString(), u"2027-05-04"_s);
        // Opened another time, all of it is there.
        const model::ReviewFiles read = model::readReviewOf(folder.filePath(u"cluster.plimsoll"_s).toStdString());
        QVERIFY(read.problems.empty());
        QCOMPARE(read.inputs.waivers.size(), 1u);
        QCOMPARE(read.inputs.waivers.front().approver, std::string("jane.doe"));
        QCOMPARE(read.inputs.review.filters.size(), 1u);
        const auto again = assessed(read.inputs);
        QVERIFY(again->findings[privileged.front()].isWaived());
    }

    void aBrokenReviewIsSaidAndNeverWrittenOver()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath(u"cluster.review.yaml"_s);
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("schema: plimsoll/review/v1\nverdicts: [1, 2\n");
        file.close();
        const model::ReviewFiles read = model::readReviewOf(folder.filePath(u"cluster.plimsoll"_s).toStdString());
        QCOMPARE(read.problems.size(), 1u);
        QVERIFY(read.inputs.waivers.empty());
        const auto result = assessed(read.inputs);
        model::ReviewEdit edit;
        edit.savedFilters.emplace_back("Mine", "severity:critical");
        Progress progress;
        QVERIFY(!model::applied(*result, edit, test::pool(), progress));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY(file.readAll().endsWith("[1, 2\n"));
    }
};

QTEST_GUILESS_MAIN(ComplianceModelTest)
#include "tst_ComplianceModel.moc"
