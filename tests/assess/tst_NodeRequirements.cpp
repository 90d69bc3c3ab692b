// SPDX-License-Identifier: Apache-2.0
// Requirements on files of the nodes: undecided without a report from there, decided by one.
#include <algorithm>

#include "core/assess/Assessment.h"
#include "tests/support/Support.h"

using namespace plimsoll;
using namespace plimsoll::assess;
using Status = RequirementResult::Status;

class tst_NodeRequirements : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void areDecidedByAReport_data();
    void areDecidedByAReport();
};

void tst_NodeRequirements::areDecidedByAReport_data()
{
    using Check = evidence::NodeCheck;
    const auto report = [](std::string benchmark, std::string id, Check::Status status) {
        return std::vector { Check { std::move(benchmark), std::move(id), status, "permissions=644", "master" } };
    };
    QTest::addColumn<std::vector<Check>>("checks");
    QTest::addColumn<std::string>("framework");
    QTest::addColumn<std::string>("requirement");
    QTest::addColumn<std::string>("status");
    QTest::addRow("no report") << std::vector<Check> {} << std::string("cis-1.12") << std::string("1.1.1")
                               << std::string("not assessed");
    QTest::addRow("pass") << report("cis-1.12", "1.1.1", Check::Status::Pass) << std::string("cis-1.12")
                          << std::string("1.1.1") << std::string("pass");
    QTest::addRow("fail") << report("cis-1.12", "1.1.1", Check::Status::Fail) << std::string("cis-1.12")
                          << std::string("1.1.1") << std::string("fail");
    QTest::addRow("another file") << report("cis-1.12", "1.1.3", Check::Status::Pass) << std::string("cis-1.12")
                                  << std::string("1.1.1") << std::string("not assessed");
    QTest::addRow("undecided in the report")
        << report("cis-1.12", "1.1.1", Check::Status::Undecided) << std::string("cis-1.12") << std::string("1.1.1")
        << std::string("not assessed");
    QTest::addRow("one version's number decides another's")
        << report("cis-1.12", "1.1.1", Check::Status::Fail) << std::string("cis-2.0.1") << std::string("1.1.1")
        << std::string("fail");
    QTest::addRow("EKS numbers differently") << report("eks-1.8.0", "3.1.3", Check::Status::Fail)
                                             << std::string("cis-2.0.1") << std::string("4.1.9") << std::string("fail");
    QTest::addRow("GKE means kube-proxy") << report("gke-1.9.0", "3.1.1", Check::Status::Fail)
                                          << std::string("cis-2.0.1") << std::string("4.1.3") << std::string("fail");
    QTest::addRow("AKS by its long name") << report("aks-1.8.0", "3.1.1", Check::Status::Fail)
                                          << std::string("cis-aks-1.8") << std::string("3.1.1") << std::string("fail");
    QTest::addRow("no control for azure.json")
        << report("aks-1.8.0", "3.1.3", Check::Status::Fail) << std::string("cis-aks-1.8") << std::string("3.1.3")
        << std::string("not assessed");
}

void tst_NodeRequirements::areDecidedByAReport()
{
    QFETCH(std::vector<evidence::NodeCheck>, checks);
    QFETCH(std::string, framework);
    QFETCH(std::string, requirement);
    QFETCH(std::string, status);
    const auto catalogue = control::loadCatalogue();
    VERIFY_RESULT(catalogue);
    Inputs inputs;
    if (!checks.empty())
        inputs.nodeReports.push_back({ "report.json", checks });
    TaskPool pool(1);
    Progress progress;
    const auto assessment
        = assess::assess(test::clusterFrom("apiVersion: v1\nkind: Node\nmetadata: {name: worker-1}\n"), *catalogue, {},
            Scope { {}, { framework }, {}, {} }, pool, progress, inputs);
    VERIFY_RESULT(assessment);
    QCOMPARE((*assessment)->frameworks.size(), std::size_t { 1 });
    const FrameworkResult& scored = (*assessment)->frameworks[0];
    const auto& requirements = (*catalogue)->frameworks[scored.framework].requirements;
    const auto found = std::ranges::find(requirements, requirement, &control::Requirement::id);
    QVERIFY(found != requirements.end());
    const RequirementResult& result = scored.requirements[static_cast<std::size_t>(found - requirements.begin())];
    QCOMPARE(std::string(toText(result.status)), status);
    if (result.status == Status::NotAssessed)
        QVERIFY2(result.reason.ends_with(found->lookAt), result.reason.c_str());
}

QTEST_GUILESS_MAIN(tst_NodeRequirements)

#include "tst_NodeRequirements.moc"
