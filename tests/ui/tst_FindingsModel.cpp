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

constexpr std::string_view teams = R"(
apiVersion: v1
kind: Namespace
metadata: {name: pay, labels: {team: payments, squad: blue}}
---
apiVersion: v1
kind: Pod
metadata: {name: card-api, namespace: pay}
spec: {hostNetwork: true, containers: [{name: api, image: nginx}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: pay, labels: {team: web}}
spec: {hostNetwork: true, containers: [{name: api, image: nginx}]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: everybody}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects: [{kind: Group, apiGroup: rbac.authorization.k8s.io, name: "system:authenticated"}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: cluster-admin}
rules: [{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}]
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

Q_DECLARE_METATYPE(FindingsFilter)

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
        QTest::addRow("by team") << 5;
        QTest::addRow("by workload") << 6;
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
            const QString message = model.index(row, FindingsModel::Message).data().toString();
            const bool isSaid = field == QLatin1String("text") && message.contains(value, Qt::CaseInsensitive);
            if (shown.compare(value, Qt::CaseInsensitive) != 0 && !isSaid)
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

    void groupsHoldEveryRowOnce_data()
    {
        QTest::addColumn<int>("grouping");
        for (int grouping = 1; grouping <= int(FindingsModel::Grouping::Workload); ++grouping)
            QTest::addRow("grouping %d", grouping) << grouping;
    }
    void groupsHoldEveryRowOnce()
    {
        QFETCH(int, grouping);
        FindingsModel model;
        model.setAssessment(assessment());
        model.setGrouping(static_cast<FindingsModel::Grouping>(grouping));
        int rows = 0;
        for (int group = 0; group < model.rowCount(); ++group)
            rows += model.rowCount(model.index(group, 0));
        QCOMPARE(static_cast<std::size_t>(rows), model.shownCount());
        const QModelIndex found = model.indexOfFinding(1);
        QCOMPARE(model.finding(found), std::optional<std::uint32_t>(1));
    }

    void tellsTeamsByALabel()
    {
        FindingsModel model;
        model.setAssessment(assessment(teams));
        QCOMPARE(model.findingRows()->teamLabel(), QStringLiteral("team")); // the plainest of those that are there
        model.setGrouping(FindingsModel::Grouping::Team);
        QStringList names;
        for (int group = 0; group < model.rowCount(); ++group)
            names.append(model.index(group, FindingsModel::Name).data().toString());
        names.sort();
        // The namespace says it for the pod; the cluster-wide object has nobody.
        QCOMPARE(names, QStringList({ QStringLiteral("no team"), QStringLiteral("payments"), QStringLiteral("web") }));
        FindingsFilter filter;
        filter.teams = { QStringLiteral("payments") };
        model.setFilter(filter);
        QVERIFY(model.shownCount() > 0);
        QCOMPARE(model.rowCount(), 1);
        model.setTeamLabel(QStringLiteral("squad"));
        filter.teams = { QStringLiteral("blue") };
        model.setFilter(filter);
        QVERIFY(model.shownCount() > 0);
    }

    void asksForTheControlsOfARequirement()
    {
        FindingsModel model;
        const auto result = assessment();
        model.setAssessment(result);
        FindingsFilter filter;
        const auto* entry = result->catalogue->find("PLM-W01");
        QVERIFY(entry && !entry->frameworks.empty());
        filter.requirements = { ui::model::text(entry->frameworks.front()) };
        model.setFilter(filter);
        QVERIFY(model.shownCount() > 0 && model.shownCount() < result->findings.size());
        for (int row = 0; row < model.rowCount(); ++row) {
            const auto* other
                = result->catalogue->find(model.index(row, FindingsModel::Control).data().toString().toStdString());
            QVERIFY(std::ranges::find(other->frameworks, entry->frameworks.front()) != other->frameworks.end());
        }
    }

    void showsWhatWasAcceptedApart()
    {
        const auto result = std::make_shared<assess::Assessment>(*assessment());
        result->waivers.emplace_back().expires = *parseTime("2027-05-05");
        for (std::size_t i = 0; i < 3; ++i)
            result->findings[i].waiver = 0;
        result->findings[0].effectiveSeverity = control::Severity::Info;
        result->findings[0].severityReasons = { "nothing of it runs" };
        FindingsModel model;
        model.setAssessment(result);
        QCOMPARE(model.shownCount(), result->findings.size() - 3);
        QCOMPARE(model.totalCount(), model.shownCount());
        FindingsFilter filter;
        filter.status = FindingsFilter::Status::Waived;
        model.setFilter(filter);
        QCOMPARE(model.shownCount(), 3u);
        const QModelIndex first = model.indexOfFinding(0);
        QCOMPARE(
            first.siblingAtColumn(FindingsModel::Status).data().toString(), QStringLiteral("waived until 2027-05-04"));
        QVERIFY(first.data(ui::model::WaivedRole).toBool());
        const QModelIndex context = first.siblingAtColumn(FindingsModel::InContext);
        QCOMPARE(context.data().toString(), QStringLiteral("Info"));
        QCOMPARE(context.data(Qt::ToolTipRole).toString(), QStringLiteral("nothing of it runs"));
        model.sort(FindingsModel::InContext, Qt::DescendingOrder);
        QCOMPARE(model.finding(model.index(0, 0)), std::optional<std::uint32_t>(0));
        filter.inContext = { false, false, false, false, true };
        model.setFilter(filter);
        QCOMPARE(model.shownCount(), 1u);
        const ui::model::FindingDetail detail = ui::model::detailOf(*result, 0);
        QCOMPARE(detail.contextReasons, QStringList { QStringLiteral("nothing of it runs") });
        QVERIFY(detail.waiver.contains(QStringLiteral("2027-05-04")));
    }

    void filterIsTheSameAgainFromItsText_data()
    {
        QTest::addColumn<FindingsFilter>("filter");
        FindingsFilter filter;
        QTest::addRow("everything") << filter;
        filter.text = QStringLiteral("host network");
        QTest::addRow("words") << filter;
        filter.text = QStringLiteral(" two  blanks \\ \"quoted\" a:b c>=d, ");
        QTest::addRow("text with every sign") << filter;
        filter = {};
        filter.severities = { true, false, false, false, true };
        filter.inContext.fill(false);
        QTest::addRow("severities, none in context") << filter;
        filter = {};
        filter.status = FindingsFilter::Status::NotAssessed;
        filter.namespaces = { FindingsFilter::clusterScope, QStringLiteral("pay"), QStringLiteral("shop") };
        filter.kinds = { QStringLiteral("Deployment") };
        filter.frameworks = { QStringLiteral("nsa-cisa"), QStringLiteral("pss") };
        filter.requirements = { QStringLiteral("cis-2.0.1 5.2.2") };
        filter.controls = { QStringLiteral("PLM-1.2.1"), QStringLiteral("PLM-W05") };
        filter.teams = { FindingsFilter::noTeam, QStringLiteral("a, b"), QStringLiteral("say \"x\"") };
        QTest::addRow("lists") << filter;
    }
    void filterIsTheSameAgainFromItsText()
    {
        QFETCH(FindingsFilter, filter);
        const QString text = ui::model::filterText(filter);
        QString problem;
        const auto parsed = ui::model::filterFromText(text, &problem);
        QVERIFY2(parsed, qPrintable(text + QStringLiteral(": ") + problem));
        QCOMPARE(ui::model::filterText(*parsed), text);
        QVERIFY(*parsed == filter);
    }

    void readsFiltersTypedByHand_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("same"); // "" = not understood
        QTest::addRow("least severity") << QStringLiteral("severity>=high") << QStringLiteral("severity:critical,high");
        QTest::addRow("any order") << QStringLiteral("web kind:Pod nginx") << QStringLiteral("kind:Pod web nginx");
        QTest::addRow("no such severity") << QStringLiteral("severity:bad") << QString();
        QTest::addRow("no such status") << QStringLiteral("status:closed") << QString();
        QTest::addRow("no such key") << QStringLiteral("exposed:yes") << QString();
        QTest::addRow("open quote") << QStringLiteral("team:\"a") << QString();
        QTest::addRow("least namespace") << QStringLiteral("ns>=a") << QString();
    }
    void readsFiltersTypedByHand()
    {
        QFETCH(QString, text);
        QFETCH(QString, same);
        QString problem;
        const auto parsed = ui::model::filterFromText(text, &problem);
        QCOMPARE(parsed.has_value(), !same.isEmpty());
        QCOMPARE(problem.isEmpty(), !same.isEmpty());
        if (parsed)
            QCOMPARE(ui::model::filterText(*parsed), same);
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
