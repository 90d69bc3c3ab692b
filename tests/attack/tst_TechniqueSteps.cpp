// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>

#include <QFile>
#include <QTest>

#include "core/attack/Paths.h"
#include "core/format/Json.h"

#include "tests/attack/TechniqueCasesControl.h"
#include "tests/attack/TechniqueCasesEscape.h"
#include "tests/attack/TechniqueCasesNetwork.h"
#include "tests/attack/TechniqueCasesRights.h"

using namespace plimsoll;
using namespace plimsoll::attack;
using namespace plimsoll::test;

namespace {

std::vector<TechniqueCase> allCases()
{
    std::vector<TechniqueCase> all;
    for (auto part : { structureCases(), tokenCases(), escapeCases(), hostPathCases(), bindingCases(), podRightCases(),
             roleRightCases(), identityRightCases(), secretRightCases(), workloadRightCases(), certificateRightCases(),
             admissionRightCases(), volumeRightCases(), networkRightCases(), furtherRightCases(), networkCases(),
             credentialCases(), admissionCases() })
        all.insert(all.end(), part.begin(), part.end());
    return all;
}

const char* nameOf(Drawn drawn)
{
    switch (drawn) {
    case Drawn::None:
        return "none";
    case Drawn::Confirmed:
        return "confirmed";
    case Drawn::MayBeBlocked:
        return "may be blocked";
    case Drawn::NeedsFact:
        break;
    }
    return "needs a fact";
}

} // namespace

class TechniqueStepsTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void steps_data();
    void steps();
    void everyTechniqueHasItsSituations();
    void defaultClusterLeadsNowhere();
};

void TechniqueStepsTest::steps_data()
{
    QTest::addColumn<int>("number");
    const auto cases = allCases();
    for (std::size_t i = 0; i < cases.size(); ++i)
        QTest::addRow("%s", cases[i].name.c_str()) << static_cast<int>(i);
}

void TechniqueStepsTest::steps()
{
    static const auto cases = allCases();
    QFETCH(const int, number);
    const TechniqueCase& one = cases[static_cast<std::size_t>(number)];
    const MadeGraph made = graphOf(clusterFrom(one.yaml));
    const AttackGraph& graph = *made.graph;
    const PlaceId from = graph.find(one.from), to = graph.find(one.to);
    const Drawn found = drawn(graph, one.technique, from, to);
    // Between places that are not there is never a step.
    QVERIFY2(!from.isNone(), ("no place " + one.from).c_str());
    // Goals, and identities of the cloud, are there only when something leads there.
    const bool mayLack = one.to.starts_with("goal/") || one.to.starts_with("cloud/");
    QVERIFY2(!to.isNone() || mayLack, ("no place " + one.to).c_str());
    QCOMPARE(QString::fromUtf8(nameOf(found)), QString::fromUtf8(nameOf(one.expected)));
}

// One in which it is possible, and two in which something small is missing.
void TechniqueStepsTest::everyTechniqueHasItsSituations()
{
    std::map<Technique, std::pair<int, int>> counts;
    for (const TechniqueCase& one : allCases()) {
        auto& [drawn, missed] = counts[one.technique];
        ++(one.expected == Drawn::None ? missed : drawn);
        QVERIFY2(one.name.starts_with(idOf(one.technique).substr(4)), one.name.c_str());
    }
    for (std::size_t number = 1; number <= techniqueCount; ++number) {
        const auto technique = static_cast<Technique>(number);
        const auto [drawn, missed] = counts[technique];
        if (textOf(technique).undecided.empty())
            QVERIFY2(drawn >= 1 && missed >= 2, idOf(technique).c_str());
    }
}

// What kubeadm and the API server make, with accounts that may do nothing of their own.
void TechniqueStepsTest::defaultClusterLeadsNowhere()
{
    const auto folder = sharedPath("snapshots/harbor");
    if (!folder)
        QSKIP("no snapshots/harbor in the shared folder");
    std::string yaml = plainCluster() + accountYaml("default", "default") + accountYaml("kube-system", "default")
        + bindYaml("shop", "own", "Role", "none") + roleYaml("shop", "none", "get configmaps own");
    std::size_t count = 0;
    for (const char* kind : { "clusterroles", "clusterrolebindings", "roles", "rolebindings" }) {
        QFile file(q(*folder + '/' + kind + ".json"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray bytes = file.readAll();
        format::Document document;
        format::JsonParser parser;
        VERIFY_RESULT(parser.parseCopy({ bytes.constData(), static_cast<std::size_t>(bytes.size()) }, document));
        for (const format::Value item : document.root()["items"]) {
            const format::Value label = item["metadata"]["labels"]["kubernetes.io/bootstrapping"];
            if (label.text() != "rbac-defaults")
                continue;
            ++count;
            yaml += "---\n" + format::toJson(item) + '\n';
        }
    }
    QVERIFY(count > 100);
    const MadeGraph made = graphOf(clusterFrom(yaml));
    const AttackGraph& graph = *made.graph;
    const PlaceId admin = graph.goal(GoalKind::ClusterAdmin);
    QVERIFY(!admin.isNone());
    const Distances distances = Distances::towards(graph, std::array { admin });
    const StartSets starts = ordinaryStarts(graph);
    const auto isStart = [&](std::string_view ref) {
        return std::ranges::find(starts.identities, graph.find(ref)) != starts.identities.end();
    };
    QVERIFY(isStart("user/ann") && isStart("serviceaccount/shop/web") && isStart("group/system:authenticated"));
    QVERIFY(!starts.containers.empty() && !starts.outside.empty());
    for (const PlaceId start : starts.all()) {
        std::string way;
        if (distances.reaches(start)) {
            for (const std::uint32_t step : distances.path(start).steps)
                way += graph.sentenceOf(step) + "; ";
        }
        QVERIFY2(way.empty(), way.c_str());
    }
    // The test can tell: a group of Kubernetes' own does lead there.
    QVERIFY(distances.reaches(graph.find("group/system:masters")));
}

QTEST_GUILESS_MAIN(TechniqueStepsTest)
#include "tst_TechniqueSteps.moc"
