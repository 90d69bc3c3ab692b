// SPDX-License-Identifier: Apache-2.0
#include <QApplication>
#include <QFile>
#include <QLineEdit>
#include <QSettings>
#include <QSignalSpy>
#include <QTemporaryDir>

#include "core/access/Groups.h"
#include "tests/support/Support.h"
#include "ui/model/AccessData.h"
#include "ui/shell/MainWindow.h"
#include "ui/view/access/AccessView.h"
#include "ui/widget/ChainView.h"
#include "ui/widget/Table.h"
#include "ui/widget/Theme.h"
#include "ui/widget/YamlView.h"

using namespace plimsoll;
using namespace plimsoll::ui;
using model::SharedAssessment;

namespace {

SharedAssessment assessmentOf(std::shared_ptr<const cluster::Cluster> cluster)
{
    static const auto catalogue = control::loadCatalogue();
    Progress progress;
    const auto made = assess::assess(std::move(cluster), *catalogue, {}, {}, test::pool(), progress);
    if (!made)
        qFatal("%s", toText(made.error()).c_str());
    return *made;
}

SharedAssessment sample()
{
    static const SharedAssessment made = assessmentOf(test::clusterFromPath(test::sourcePath("resources/sample")));
    return made;
}

// One role, bound to a group and, for one name, to a user.
SharedAssessment small()
{
    static const SharedAssessment made = assessmentOf(test::clusterFrom(R"(
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader, namespace: shop}
rules:
- {apiGroups: [''], resources: [pods], verbs: [get, list]}
- {apiGroups: [''], resources: [secrets], resourceNames: [db], verbs: [get]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: readers, namespace: shop}
roleRef: {kind: Role, name: reader, apiGroup: rbac.authorization.k8s.io}
subjects:
- {kind: Group, name: dev}
- {kind: User, name: "=ann"}
)"));
    return made;
}

QString text(const std::vector<model::AnswerRowData>& rows)
{
    QStringList out;
    for (const auto& row : rows) {
        if (!row.rule.isEmpty()) // system:masters and the Node authorizer have none
            out.append(QStringList { row.subject, row.binding, row.role, row.rule }.join(QLatin1Char(' ')));
    }
    return out.join(QLatin1Char('\n'));
}

} // namespace

class AccessViewTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QSettings::setDefaultFormat(QSettings::IniFormat);
        QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, m_folder.path());
        QCoreApplication::setOrganizationName(QStringLiteral("plimsoll-test"));
        QCoreApplication::setApplicationName(QStringLiteral("plimsoll-test"));
        widget::applyTheme(*qApp, widget::ThemeChoice::Light);
    }

    void judgesSubjectsByTheirRights()
    {
        Progress progress;
        const auto subjects = model::accessSubjects(sample(), progress);
        const auto severityOf = [&](const char* reference) {
            const auto found
                = std::ranges::find(subjects, QString::fromLatin1(reference), &model::AccessSubject::reference);
            return found == subjects.end() ? -1 : found->severity;
        };
        QCOMPARE(severityOf("serviceaccount/platform/ci-runner"), 0);
        QCOMPARE(severityOf("serviceaccount/observability/default"), 1);
        QCOMPARE(severityOf("group/shop-developers"), 2);
        QCOMPARE(severityOf("group/system:authenticated"), 3);
        QVERIFY(std::ranges::is_sorted(subjects, {}, &model::AccessSubject::severity));
    }

    void questions_data()
    {
        QTest::addColumn<QString>("question");
        QTest::addColumn<QString>("headline"); // begins so
        QTest::addColumn<QString>("rows");
        QTest::addRow("who") << "who can list pods in shop"
                             << "3 subjects can list pods"
                             << "Group dev rolebinding/shop/readers role/shop/reader /rules/0\n"
                                "User =ann rolebinding/shop/readers role/shop/reader /rules/0";
        QTest::addRow("no binding") << "who can delete pods in shop?"
                                    << "2 subjects can delete pods"
                                    << "";
        QTest::addRow("a name") << "who can get secrets db in shop"
                                << "3 subjects can get secrets"
                                << "Group dev rolebinding/shop/readers role/shop/reader /rules/1\n"
                                   "User =ann rolebinding/shop/readers role/shop/reader /rules/1";
        QTest::addRow("yes") << "can group/dev get pods in shop"
                             << "Yes: "
                             << "Group dev rolebinding/shop/readers role/shop/reader /rules/0";
        QTest::addRow("the nearest miss") << "can group/dev get secrets in shop"
                                          << "No"
                                          << "Group dev rolebinding/shop/readers role/shop/reader /rules/1";
    }
    void questions()
    {
        QFETCH(QString, question);
        QFETCH(QString, headline);
        QFETCH(QString, rows);
        const auto answer = model::answerOf(small(), question);
        QCOMPARE(answer.problem, QString());
        // Kinds that the source lacks make a "no" uncertain.
        const bool isUncertain = headline == QLatin1String("No");
        QVERIFY2(
            answer.headline.startsWith(isUncertain ? QStringLiteral("No") : headline), qPrintable(answer.headline));
        QCOMPARE(text(answer.rows), rows);
    }

    void notQuestions_data()
    {
        QTest::addColumn<QString>("question");
        for (const char* question :
            { "", "who", "who can", "who can get", "can ann get", "pods?", "who can get pods a b c" })
            QTest::addRow("%s", question) << question;
    }
    void notQuestions()
    {
        QFETCH(QString, question);
        QVERIFY(!model::answerOf(small(), question).problem.isEmpty());
    }

    void completions()
    {
        Progress progress;
        const auto subjects = model::accessSubjects(small(), progress);
        const auto at = [&](const char* before) {
            return model::accessCompletions(small(), subjects, QString::fromLatin1(before));
        };
        QCOMPARE(at("w"), (QStringList { QStringLiteral("can"), QStringLiteral("who") }));
        QVERIFY(at("can ").contains(QStringLiteral("group/dev")));
        QVERIFY(at("who can ").contains(QStringLiteral("impersonate")));
        QVERIFY(at("who can get p").contains(QStringLiteral("pods/exec")));
        QCOMPARE(at("who can get pods "), QStringList { QStringLiteral("in") });
        QVERIFY(at("who can get pods in s").contains(QStringLiteral("shop")));
    }

    void matrixAndComparison()
    {
        const auto rows = model::permissionRows(small(), access::anyoneIn("dev"));
        QCOMPARE(rows.size(), 2u);
        QCOMPARE(rows[0].resource, QStringLiteral("pods"));
        QVERIFY(rows[0].verbs[0] && rows[0].verbs[1] && !rows[0].verbs[2]);
        QCOMPARE(rows[1].names, QStringLiteral("db"));
        QCOMPARE(rows[0].from, QStringLiteral("rolebinding/shop/readers \u2192 role/shop/reader /rules/0"));
        QCOMPARE(model::chainOf(small(), QStringLiteral("User bob"), rows[0].ways[0]).join(QLatin1Char('|')),
            QStringLiteral("User bob|Group dev|rolebinding/shop/readers|role/shop/reader|/rules/0"));
        const auto compared = model::comparisonRows(small(), access::anyoneIn("dev"), access::userNamed("nobody"));
        QCOMPARE(compared.size(), 2u);
        QCOMPARE(compared[0].who, QStringLiteral("only the first"));
    }

    void csvIsNoFormula()
    {
        model::AnswersModel table;
        table.setRows(
            { { QStringLiteral("=cmd|' /C calc'!A0"), QStringLiteral("a \"b\", c"), QStringLiteral("-1"), {}, {} } });
        QCOMPARE(model::csvOf(table),
            QStringLiteral("\"Subject\",\"Binding\",\"Role\",\"Rule\"\r\n"
                           "\"'=cmd|' /C calc'!A0\",\"a \"\"b\"\", c\",\"'-1\",\"\"\r\n"));
    }

    // As a person does it: the worst subject, its rights, a cell, a question, a comparison, an export.
    void inTheWindow()
    {
        shell::MainWindow window(test::pool());
        window.resize(1440, 900);
        window.show();
        QSignalSpy opened(&window, &shell::MainWindow::opened);
        window.open({ .paths = { test::sourcePath("resources/sample") }, .isSample = true });
        QTRY_VERIFY_WITH_TIMEOUT(!opened.isEmpty(), 30'000);
        window.viewContext().navigator.openView(QStringLiteral("access"));
        auto* page = window.findChild<view::AccessView*>();
        QVERIFY(page);
        const auto table = [&](const char* name) {
            for (widget::Table* one : page->findChildren<widget::Table*>()) {
                if (one->accessibleName() == QLatin1String(name))
                    return one;
            }
            return static_cast<widget::Table*>(nullptr);
        };
        widget::Table* subjects = table("Subjects");
        QTRY_VERIFY(subjects->model()->rowCount() > 10);
        QCOMPARE(subjects->model()->index(0, 0).data().toString(), QStringLiteral("Critical"));
        const auto edit = [&](const char* name) {
            for (QLineEdit* one : page->findChildren<QLineEdit*>()) {
                if (one->accessibleName() == QLatin1String(name))
                    return one;
            }
            return static_cast<QLineEdit*>(nullptr);
        };
        edit("Filter the subjects by text")->setText(QStringLiteral("shop-developers"));
        QCOMPARE(subjects->model()->rowCount(), 1);
        subjects->setCurrentIndex(subjects->model()->index(0, 0));
        widget::Table* rights = table("Rights of the subject");
        QTRY_VERIFY(rights->model()->rowCount() > 2);
        auto* chain = page->findChild<widget::ChainView*>();
        QTRY_VERIFY(chain->parts().size() >= 4);
        QVERIFY(chain->parts().last().startsWith(QLatin1String("/rules/")));
        auto* yaml = page->findChild<widget::YamlView*>();
        QTRY_VERIFY(yaml->toPlainText().contains(QLatin1String("rules:")));
        QVERIFY(!yaml->marks().empty());
        chain->setCurrent(1);
        QTRY_VERIFY(yaml->toPlainText().contains(QLatin1String("roleRef:")));

        page->ask(QStringLiteral("who can get secrets in shop"));
        widget::Table* answers = table("Answer to the question");
        QTRY_VERIFY(answers->model()->rowCount() > 3);
        QVERIFY(answers->isVisible());
        QString problem;
        const QString path = m_folder.filePath(QStringLiteral("a.csv"));
        QVERIFY2(page->exportTo(path, &problem), qPrintable(problem));
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY(file.readAll().contains("clusterrolebinding/ci-runner-admin"));
        QVERIFY(!page->exportTo(m_folder.filePath(QStringLiteral("none/a.csv")), &problem));
        QVERIFY(!problem.isEmpty());

        page->ask({});
        QVERIFY(rights->isVisible());
        QLineEdit* other = edit("Compare with another subject");
        other->setText(QStringLiteral("group/shop-leads"));
        QTest::keyClick(other, Qt::Key_Return);
        widget::Table* comparison = table("Comparison of two subjects");
        QTRY_VERIFY(comparison->model()->rowCount() > 2);
        QVERIFY(comparison->isVisible());
    }

private:
    QTemporaryDir m_folder;
};

QTEST_MAIN(AccessViewTest)
#include "tst_AccessView.moc"
