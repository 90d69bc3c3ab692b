// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <fstream>
#include <map>
#include <set>

#include "core/access/Access.h"
#include "core/base/Text.h"
#include "core/network/Exposure.h"
#include "core/control/Control.h"
#include "core/control/detail/Families_p.h"
#include "core/format/Archive.h"
#include "tests/support/Support.h"

using namespace plimsoll;
using namespace plimsoll::control;
using test::clusterFrom;

namespace {

const Control& controlOf(std::string_view id)
{
    const auto controls = workloadControls();
    const auto found = std::ranges::find(controls, "PLM-" + std::string(id), &Control::id);
    if (found == controls.end())
        qFatal("no control %s", std::string(id).c_str());
    return *found;
}

SpecReport judge(const cluster::Cluster& cluster, const access::Rbac& rbac, const network::Reach& reach,
    const cluster::Workload& workload, const cluster::PodSpecUse& use, std::string_view id)
{
    const Settings settings;
    const Context context { cluster, rbac, reach, {}, settings };
    const cluster::Pod* pod = cluster.pod(use.holder);
    const SpecSubject subject { cluster.podSpec(use.spec), workload, cluster.text(cluster.object(workload.object).ns),
        pod && !pod->phase.isNone() };
    SpecReport report;
    controlOf(id).checkSpec(context, subject, report);
    return report;
}

// "pass", "not assessed: what", "fail: clauses [pointer=value, ...]".
std::string print(const SpecReport& report)
{
    if (report.verdict == Verdict::Pass)
        return "pass";
    if (report.verdict == Verdict::NotAssessed)
        return "not assessed: " + report.missing;
    std::vector<std::string> marks;
    for (const SpecReport::Mark& mark : report.marks)
        marks.push_back(mark.pointer + '=' + mark.value);
    return "fail: " + join(report.messages, "; ") + " [" + join(marks, ", ") + ']';
}

std::string printEdits(const std::vector<cluster::Patch::Edit>& list)
{
    std::vector<std::string> edits;
    for (const cluster::Patch::Edit& edit : list)
        edits.push_back(edit.pointer + '=' + edit.json);
    return join(edits, " ");
}

// What a control that judges whole objects says about the first workload, or else about anything.
std::string printEvaluation(const Outcome& outcome)
{
    if (outcome.verdict == Verdict::Pass)
        return "pass";
    if (outcome.verdict == Verdict::NotAssessed)
        return "not assessed: " + outcome.message;
    std::vector<std::string> places;
    for (const Evidence& evidence : outcome.evidence)
        places.push_back(evidence.pointer + '=' + evidence.value);
    return "fail: " + outcome.message + " [" + join(places, ", ") + ']';
}

Outcome evaluateFirst(const std::string& yaml, std::string_view id, const Settings& settings)
{
    const auto cluster = clusterFrom(yaml);
    const access::Rbac rbac(cluster);
    const network::Reach reach(cluster);
    const auto exposures = network::exposures(reach);
    std::vector<Outcome> outcomes;
    controlOf(id).evaluate({ *cluster, rbac, reach, exposures, settings }, outcomes);
    if (outcomes.empty())
        return { {}, Verdict::NotAssessed, "nothing was judged", {}, 1, {} };
    // Of a Deployment and its own objects the worst is shown.
    const auto worst = std::ranges::max_element(outcomes, {}, [](const Outcome& outcome) {
        return outcome.verdict == Verdict::Fail ? 2 : outcome.verdict == Verdict::NotAssessed ? 1 : 0;
    });
    return *worst;
}

// The verdict on the first workload's first spec.
SpecReport judgeFirst(const std::string& yaml, std::string_view id)
{
    const auto cluster = clusterFrom(yaml);
    const access::Rbac rbac(cluster);
    const network::Reach reach(cluster);
    if (cluster->workloads().empty() || cluster->workloads()[0].specs.empty())
        qFatal("no pod spec in: %s", yaml.c_str());
    const cluster::Workload& workload = cluster->workloads()[0];
    return judge(*cluster, rbac, reach, workload, workload.specs[0], id);
}

#include "tests/control/WorkloadSamples.inc"

#include "tests/control/WorkloadCases.inc"
#include "tests/control/WorkloadMoreCases.inc"

} // namespace

Q_DECLARE_METATYPE(Case)

class TestWorkloadControls : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void judges_data();
    void judges();
    void hasRows_data();
    void hasRows();
    void agreesWithPodSecurityAdmission_data();
    void agreesWithPodSecurityAdmission();
    void agreesWithARealApiServer();
    void keepsHostileNamesOnOneLine();
};

void TestWorkloadControls::judges_data()
{
    QTest::addColumn<Case>("row");
    for (const Case& row : allCases())
        QTest::addRow("%s %s", row.control.c_str(), row.situation.c_str()) << row;
}

void TestWorkloadControls::judges()
{
    QFETCH(Case, row);
    if (controlOf(row.control).evaluate) {
        const Outcome outcome = evaluateFirst(row.yaml, row.control, row.settings);
        QCOMPARE(printEvaluation(outcome), row.expected);
        if (!row.edits.empty())
            QCOMPARE(printEdits(outcome.patch.edits), row.edits);
        return;
    }
    const SpecReport report = judgeFirst(row.yaml, row.control);
    QCOMPARE(print(report), row.expected);
    if (!row.edits.empty())
        QCOMPARE(printEdits(report.edits), row.edits);
}

void TestWorkloadControls::hasRows_data()
{
    QTest::addColumn<QString>("control");
    for (const Control& control : workloadControls())
        QTest::addRow("%s", std::string(control.id).c_str()) << test::q(control.id);
}

void TestWorkloadControls::hasRows()
{
    QFETCH(QString, control);
    const std::string id = control.mid(4).toStdString();
    const auto all = allCases();
    const auto has = [&](std::string_view begin) {
        return std::ranges::any_of(
            all, [&](const Case& row) { return row.control == id && row.expected.starts_with(begin); });
    };
    QVERIFY(has("fail"));
    QVERIFY(has("pass"));
}

namespace {

// Checks of Pod Security Admission and the controls that decide the same fields.
const std::map<std::string, std::vector<std::string>, std::less<>>& checkControls()
{
    static const std::map<std::string, std::vector<std::string>, std::less<>> table {
        { "allowprivilegeescalation", { "W02" } },
        { "apparmorprofile", { "W25" } },
        { "capabilities_baseline", { "W17" } },
        { "capabilities_restricted", { "W20", "W22" } },
        { "hostnamespaces", { "W03", "W04", "W05" } },
        { "hostpathvolumes", { "W07" } },
        { "hostports", { "W06" } },
        { "hostprobesandhostlifecycle", { "W32" } },
        { "privileged", { "W01" } },
        { "procmount", { "W28" } },
        { "procmount_baseline", { "W28" } }, // its name since 1.35
        { "restrictedvolumes", { "W31" } },
        { "runasnonroot", { "W12" } },
        { "runasuser", { "W13" } },
        { "seccompprofile_baseline", { "W23" } },
        { "seccompprofile_restricted", { "W24" } },
        { "selinuxoptions", { "W26" } },
        { "sysctls", { "W29" } },
        { "windowshostprocess", { "W30" } },
    };
    return table;
}

// "restricted/v1.30/fail/runasuser1.yaml" in parts; nothing for other entries.
struct Fixture {
    std::string level, version, verdict, check, text;
};

std::optional<Fixture> fixtureOf(std::string_view path)
{
    const auto parts = split(path, '/');
    if (parts.size() < 4 || !path.ends_with(".yaml"))
        return std::nullopt;
    std::string_view stem = parts.back().substr(0, parts.back().size() - 5);
    while (!stem.empty() && stem.back() >= '0' && stem.back() <= '9')
        stem.remove_suffix(1);
    const auto at = parts.end() - 4;
    return Fixture { std::string(at[0]), std::string(at[1]), std::string(at[2]), std::string(stem), {} };
}

class FileBytes : public format::ByteSource {
public:
    explicit FileBytes(const std::string& path)
        : m_file(path, std::ios::binary)
    {
    }
    Result<std::size_t> read(char* buffer, std::size_t size) override
    {
        m_file.read(buffer, static_cast<std::streamsize>(size));
        return static_cast<std::size_t>(m_file.gcount());
    }

private:
    std::ifstream m_file;
};

std::vector<Fixture> readFixtures(const std::string& path)
{
    std::vector<Fixture> fixtures;
    FileBytes packed(path);
    const auto unpacked = format::unpack(packed, "fixtures", {}, [&](std::string_view name, format::ByteSource& bytes) {
        auto fixture = fixtureOf(name);
        if (!fixture)
            return Result<void>();
        char buffer[4096];
        for (auto size = bytes.read(buffer, sizeof buffer); size && *size > 0; size = bytes.read(buffer, sizeof buffer))
            fixture->text.append(buffer, *size);
        fixtures.push_back(std::move(*fixture));
        return Result<void>();
    });
    if (!unpacked)
        qFatal("%s", toText(unpacked.error()).c_str());
    return fixtures;
}

} // namespace

// A row for each level and version, on a server of that version: the fixtures' folder is the verdict.
void TestWorkloadControls::agreesWithPodSecurityAdmission_data()
{
    QTest::addColumn<QString>("folder");
    const auto path = test::sharedPath("conformance/pod-security-admission.tar.gz");
    if (!path)
        QSKIP("the conformance data are not there");
    std::set<std::string> folders;
    for (const Fixture& fixture : readFixtures(*path))
        folders.insert(fixture.level + '/' + fixture.version);
    for (const std::string& folder : folders)
        QTest::addRow("%s", folder.c_str()) << test::q(folder);
}

void TestWorkloadControls::agreesWithPodSecurityAdmission()
{
    QFETCH(QString, folder);
    static const std::vector<Fixture> fixtures
        = readFixtures(*test::sharedPath("conformance/pod-security-admission.tar.gz"));
    std::string wrong;
    int compared = 0;
    for (const Fixture& fixture : fixtures) {
        if (test::q(fixture.level + '/' + fixture.version) != folder)
            continue;
        // Since 1.35 the two levels differ about hostUsers: false; W28 decides as the baseline does.
        if (fixture.check == "procmount_restricted")
            continue;
        const auto controls = checkControls().find(fixture.check);
        if (controls == checkControls().end()) {
            if (!fixture.check.starts_with("base"))
                wrong += "no control for " + fixture.check + '\n';
            continue;
        }
        const std::string yaml = fixture.text + "---\n" + server(fixture.version + ".0");
        const bool fails = std::ranges::any_of(
            controls->second, [&](const std::string& id) { return judgeFirst(yaml, id).verdict == Verdict::Fail; });
        ++compared;
        if (fails != (fixture.verdict == "fail"))
            wrong += fixture.verdict + '/' + fixture.check + '\n' + fixture.text;
    }
    QCOMPARE(wrong, std::string());
    QVERIFY(compared > 10);
}

namespace {

struct Answer {
    std::string ns, pod; // a pod's name, or "deployment/web" for a template
    bool isBaseline = false, isRestricted = false;
};

// namespace,pod,baseline_ok,restricted_ok,message
std::vector<Answer> readAnswers(const std::string& path)
{
    std::vector<Answer> answers;
    std::ifstream file(path);
    std::string line;
    std::getline(file, line); // the names of the columns
    while (std::getline(file, line)) {
        const auto columns = split(line, ',');
        if (columns.size() >= 4)
            answers.push_back(
                { std::string(columns[0]), std::string(columns[1]), columns[2] == "true", columns[3] == "true" });
    }
    return answers;
}

// The spec of the row's pod or template and the workload it belongs to; no spec for templates in the middle of an owner
// chain and pods that are gone.
std::optional<cluster::PodSpecUse> specOf(const cluster::Cluster& cluster, const Answer& answer)
{
    const std::size_t slash = answer.pod.find('/');
    const bool isTemplate = slash != std::string::npos;
    const cluster::ObjectId id = isTemplate
        ? cluster.find(answer.pod.substr(0, slash), answer.ns, answer.pod.substr(slash + 1))
        : cluster.find("pod", answer.ns, answer.pod);
    if (id.isNone() || cluster.workloadOf(id).isNone())
        return std::nullopt;
    if (const cluster::Pod* pod = cluster.pod(id))
        return cluster::PodSpecUse { pod->spec, id, 1 };
    for (const cluster::PodSpecUse& use : cluster.workloads()[cluster.workloadOf(id).index].specs) {
        if (use.holder == id)
            return use;
    }
    return std::nullopt;
}

} // namespace

// What Pod Security admission of a Kubernetes 1.36.2 said about every pod and template of the cluster in the shared
// data.
void TestWorkloadControls::agreesWithARealApiServer()
{
    const auto path = test::sharedPath("snapshots/harbor-truth/pod-security.csv");
    const auto source = test::sharedPath("snapshots/harbor");
    if (!path || !source)
        QSKIP("the snapshot is not there");
    const auto cluster = test::clusterFromPath(*source);
    const access::Rbac rbac(cluster);
    const network::Reach reach(cluster);
    std::string wrong;
    int compared = 0;
    for (const Answer& answer : readAnswers(*path)) {
        const auto use = specOf(*cluster, answer);
        if (!use)
            continue;
        const cluster::Workload& workload = cluster->workloads()[cluster->workloadOf(use->holder).index];
        const auto passes = [&](std::initializer_list<std::string_view> controls) {
            return std::ranges::all_of(controls, [&](std::string_view id) {
                return judge(*cluster, rbac, reach, workload, *use, id).verdict == Verdict::Pass;
            });
        };
        const bool isBaseline = passes(
            { "W01", "W03", "W04", "W05", "W06", "W07", "W17", "W23", "W25", "W26", "W28", "W29", "W30", "W32" });
        const bool isRestricted = isBaseline && passes({ "W02", "W12", "W13", "W20", "W22", "W24", "W31" });
        ++compared;
        if (isBaseline != answer.isBaseline || isRestricted != answer.isRestricted)
            wrong += answer.ns + '/' + answer.pod + '\n';
    }
    QCOMPARE(wrong, std::string());
    QVERIFY(compared > 400);
    qInfo("%d pods and templates agree", compared);
}

void TestWorkloadControls::keepsHostileNamesOnOneLine()
{
    const SpecReport report = judgeFirst(
        deployment("{containers: [{name: \"a\\nb\\e[31m\", image: web, securityContext: {privileged: true}}]}"), "W01");
    QCOMPARE(print(report),
        std::string(
            "fail: container a\\x0ab\\x1b[31m runs privileged [/containers/0/securityContext/privileged=true]"));
}

QTEST_GUILESS_MAIN(TestWorkloadControls)
#include "tst_WorkloadControls.moc"
