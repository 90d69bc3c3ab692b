// SPDX-License-Identifier: Apache-2.0
#include <QAbstractItemModelTester>

#include "core/assess/Assessment.h"
#include "core/control/Catalogue.h"
#include "tests/support/Support.h"
#include "ui/model/ControlsModel.h"
#include "ui/model/Detail.h"
#include "ui/model/FindingsModel.h"
#include "ui/model/OverviewData.h"
#include "ui/model/Roles.h"
#include "ui/model/SearchIndex.h"
#include "ui/model/Text.h"
#include "ui/widget/Table.h"

using namespace plimsoll;
using ui::model::FindingsFilter;
using ui::model::FindingsModel;

namespace {

constexpr std::string_view yaml = R"(
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: Namespace
metadata: {name: pay}
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
      - name: web
        image: nginx
        securityContext: {privileged: true}
---
apiVersion: v1
kind: Pod
metadata: {name: card-api, namespace: pay}
spec:
  hostNetwork: true
  containers:
  - name: api
    image: registry.example.com/api:1.2
)";

std::shared_ptr<const assess::Assessment> assessment(std::string_view text = yaml)
{
    const auto catalogue = control::loadCatalogue();
    if (!catalogue)
        qFatal("%s", toText(catalogue.error()).c_str());
    Progress progress;
    const auto result = assess::assess(test::clusterFrom(text), *catalogue, {}, {}, test::pool(), progress);
    if (!result)
        qFatal("%s", toText(result.error()).c_str());
    return *result;
}

} // namespace

class FindingsModelTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void keepsTheRulesOfItemModels_data()
    {
        QTest::addColumn<int>("grouping");
        QTest::addRow("flat") << 0;
        QTest::addRow("by control") << 1;
        QTest::addRow("by object") << 2;
        QTest::addRow("by namespace") << 3;
        QTest::addRow("by severity") << 4;
    }
    void keepsTheRulesOfItemModels()
    {
        QFETCH(int, grouping);
        FindingsModel model;
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QCOMPARE(model.rowCount(), 0);
        model.setGrouping(static_cast<FindingsModel::Grouping>(grouping));
        model.setAssessment(assessment());
        QVERIFY(model.rowCount() > 0);
        FindingsFilter filter;
        filter.text = QStringLiteral("web");
        model.setFilter(filter);
        QVERIFY(model.rowCount() > 0);
        for (int column = 0; column < FindingsModel::ColumnCount; ++column)
            model.sort(column, Qt::DescendingOrder);
        model.setAssessment(assessment());
        model.setAssessment(nullptr);
        QCOMPARE(model.rowCount(), 0);
    }

    void showsOnlyWhatTheFilterAdmits_data()
    {
        QTest::addColumn<QString>("field");
        QTest::addColumn<QString>("value");
        QTest::addColumn<int>("column");
        QTest::addRow("namespace") << QStringLiteral("namespace") << QStringLiteral("pay")
                                   << int(FindingsModel::Namespace);
        QTest::addRow("kind") << QStringLiteral("kind") << QStringLiteral("Deployment") << int(FindingsModel::Kind);
        QTest::addRow("control") << QStringLiteral("control") << QStringLiteral("PLM-W01")
                                 << int(FindingsModel::Control);
        QTest::addRow("text, any case") << QStringLiteral("text") << QStringLiteral("CARD-api")
                                        << int(FindingsModel::Name);
    }
    void showsOnlyWhatTheFilterAdmits()
    {
        QFETCH(QString, field);
        QFETCH(QString, value);
        QFETCH(int, column);
        FindingsModel model;
        model.setAssessment(assessment());
        const std::size_t all = model.shownCount();
        FindingsFilter filter;
        if (field == QLatin1String("namespace"))
            filter.namespaces = { value };
        else if (field == QLatin1String("kind"))
            filter.kinds = { value };
        else if (field == QLatin1String("control"))
            filter.controls = { value };
        else
            filter.text = value;
        model.setFilter(filter);
        QVERIFY(model.shownCount() > 0);
        QVERIFY(model.shownCount() < all);
        QStringList others;
        for (int row = 0; row < model.rowCount(); ++row) {
            const QString shown = model.index(row, column).data().toString();
            if (shown.compare(value, Qt::CaseInsensitive) != 0)
                others.append(shown);
        }
        QCOMPARE(others, QStringList());
    }

    void countsSeveritiesAsIfAllWereShown()
    {
        FindingsModel model;
        model.setAssessment(assessment());
        const auto before = model.countBySeverity();
        FindingsFilter filter;
        filter.severities = { true, false, false, false, false };
        model.setFilter(filter);
        QCOMPARE(model.countBySeverity(), before);
        QCOMPARE(model.shownCount(), before[0]);
        QVERIFY(before[0] > 0);
    }

    void showsWhatWasNotAssessedOnlyWhenAsked()
    {
        FindingsModel model;
        const auto result = assessment();
        model.setAssessment(result);
        QCOMPARE(model.shownCount(), result->findings.size());
        FindingsFilter filter;
        filter.status = FindingsFilter::Status::NotAssessed;
        model.setFilter(filter);
        QCOMPARE(model.shownCount(), result->notAssessed.size());
        QVERIFY(!result->notAssessed.empty()); // the source has no roles
        QVERIFY(!model.finding(model.index(0, 0)));
        filter.status = FindingsFilter::Status::All;
        model.setFilter(filter);
        QCOMPARE(model.shownCount(), result->findings.size() + result->notAssessed.size());
    }

    void groupsHoldEveryRowOnce()
    {
        FindingsModel model;
        model.setAssessment(assessment());
        model.setGrouping(FindingsModel::Grouping::Object);
        int rows = 0;
        for (int group = 0; group < model.rowCount(); ++group)
            rows += model.rowCount(model.index(group, 0));
        QCOMPARE(static_cast<std::size_t>(rows), model.shownCount());
        const QModelIndex found = model.indexOfFinding(1);
        QCOMPARE(model.finding(found), std::optional<std::uint32_t>(1));
    }

    void sortsByTheTextOfAColumn()
    {
        FindingsModel model;
        model.setAssessment(assessment());
        model.sort(FindingsModel::Name, Qt::AscendingOrder);
        QStringList names;
        for (int row = 0; row < model.rowCount(); ++row)
            names.append(model.index(row, FindingsModel::Name).data().toString());
        QStringList sorted = names;
        std::stable_sort(sorted.begin(), sorted.end());
        QCOMPARE(names, sorted);
        QVERIFY(names.first() != names.last());
    }

    void otherModelsKeepTheRulesToo()
    {
        ui::model::ControlsModel controls;
        const QAbstractItemModelTester first(&controls, QAbstractItemModelTester::FailureReportingMode::QtTest);
        controls.setAssessment(assessment());
        QVERIFY(controls.rowCount() > 10);
        controls.sort(2, Qt::AscendingOrder);
        QCOMPARE(controls.index(0, 2).data().toString(), QStringLiteral("fail"));
        controls.setAssessment(nullptr);
        QCOMPARE(controls.rowCount(), 0);
        ui::model::ProblemsModel problems;
        const QAbstractItemModelTester second(&problems, QAbstractItemModelTester::FailureReportingMode::QtTest);
        problems.setAssessment(assessment("apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n---\n{{ broken"));
        QCOMPARE(problems.rowCount(), 1);
    }

    void overviewAddsUp()
    {
        const auto result = assessment();
        const ui::model::OverviewData data = ui::model::overviewOf(*result);
        quint64 inNamespaces = 0;
        for (const auto& line : data.namespaces)
            inNamespaces += line.findings;
        QCOMPARE(inNamespaces, result->findings.size());
        quint64 inControls = 0;
        for (const auto& line : data.doFirst)
            inControls += line.objects;
        QCOMPARE(inControls, result->findings.size());
        QCOMPARE(data.doFirst.front().severity, 0);
        QVERIFY(!data.missingKinds.empty());
        QCOMPARE(data.frameworks.size(), result->frameworks.size());
    }

    void evidenceMarksTheDecidingLine()
    {
        const auto result = assessment();
        const auto found = std::ranges::find_if(
            result->findings, [&](const auto& one) { return result->entry(one).text.id == "PLM-W01"; });
        QVERIFY(found != result->findings.end());
        const auto index = static_cast<std::uint32_t>(found - result->findings.begin());
        const ui::model::FindingDetail detail = ui::model::detailOf(*result, index);
        QVERIFY(!detail.title.isEmpty());
        QVERIFY(!detail.severityReason.isEmpty());
        QVERIFY(!detail.remediation.isEmpty());
        QVERIFY(detail.command.startsWith(QStringLiteral("kubectl patch")));
        const ui::model::EvidenceText evidence = ui::model::evidenceOf(*result, found->object, detail.evidence);
        QCOMPARE(evidence.problem, QString());
        QVERIFY(!evidence.marks.empty());
        const QString line
            = evidence.yaml.section(QLatin1Char('\n'), evidence.marks[0].firstLine, evidence.marks[0].firstLine);
        QCOMPARE(line.trimmed(), QStringLiteral("privileged: true"));
        QVERIFY(evidence.marks[0].place.startsWith(QStringLiteral("test.yaml:")));
    }

    void objectDetailListsItsFindings()
    {
        const auto result = assessment();
        const auto object = result->cluster->find("Pod", "pay", "card-api");
        const ui::model::ObjectDetail detail = ui::model::detailOf(*result, object);
        QCOMPARE(detail.title, QStringLiteral("Pod pay/card-api"));
        QVERIFY(!detail.findings.empty());
        QVERIFY(detail.hasText);
    }

    void searchPutsNamesThatBeginFirst()
    {
        ui::model::SearchIndex index;
        QVERIFY(index.find(QStringLiteral("web"), 10).empty());
        index.setAssessment(assessment());
        const auto hits = index.find(QStringLiteral("web"), 10);
        QVERIFY(!hits.empty());
        QCOMPARE(hits.front().text, QStringLiteral("web"));
        const auto controls = index.find(QStringLiteral("plm-w01"), 10);
        QCOMPARE(controls.front().controlId, QStringLiteral("PLM-W01"));
        QVERIFY(index.find(QStringLiteral("deployment shop"), 10).size() == 1);
        QVERIFY(index.find(QStringLiteral("nothing like this"), 10).empty());
    }

    void hostileTextCannotHide_data()
    {
        QTest::addColumn<QByteArray>("hostile");
        QTest::addColumn<QString>("shown");
        QTest::addRow("plain") << QByteArray("web") << QStringLiteral("web");
        QTest::addRow("new line") << QByteArray("a\nb") << QStringLiteral("a\\x0Ab");
        QTest::addRow("right-to-left override") << QByteArray("a\xE2\x80\xAE"
                                                              "b")
                                                << QStringLiteral("a\\u202eb");
        QTest::addRow("markup stays text") << QByteArray("<b>x</b>") << QStringLiteral("<b>x</b>");
    }
    void hostileTextCannotHide()
    {
        QFETCH(QByteArray, hostile);
        QFETCH(QString, shown);
        QCOMPARE(ui::model::lineText(hostile.toStdString()).toLower(), shown.toLower());
    }

    void rolesAgreeWithTheTable()
    {
        QCOMPARE(int(ui::model::SeverityRole), int(ui::widget::SeverityRole));
        QCOMPARE(int(ui::model::GroupRole), int(ui::widget::GroupRole));
        QCOMPARE(int(ui::model::SecondaryRole), int(ui::widget::SecondaryRole));
    }
};

QTEST_GUILESS_MAIN(FindingsModelTest)
#include "tst_FindingsModel.moc"
