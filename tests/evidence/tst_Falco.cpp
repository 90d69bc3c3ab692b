// SPDX-License-Identifier: Apache-2.0
#include "core/base/Text.h"
#include "core/evidence/Falco.h"
#include "tests/evidence/Text.h"
#include "tests/support/Support.h"

using namespace plimsoll;
using namespace plimsoll::test;
using evidence::AlertLog;

namespace {

Result<AlertLog> alertsOf(const std::string& text, std::size_t step = 1u << 20)
{
    TextSource source(text, step);
    Progress progress;
    return evidence::readAlertLog(source, "falco.json", progress);
}

const std::string shell
    = R"({"hostname":"n1","output":"03:00:00.532086161: Notice A shell was spawned in a container, cmdline=sh -c marked-7f3a",)"
      R"("output_fields":{"container.id":"788861c3cf83","container.image.repository":"docker.io/library/nginx",)"
      R"("container.image.tag":"1.27","container.name":"web","evt.time":1795402800532086161,"k8s.ns.name":"shop",)"
      R"("k8s.pod.name":"web-7684c4966d-9smdm","proc.cmdline":"sh -c marked-7f3a","proc.name":"sh","proc.pid":6461,)"
      R"("proc.pname":null,"proc.tty":34816,"user.loginuid":-1,"user.name":"root"},"priority":"Notice",)"
      R"("rule":"Terminal shell in container","source":"syscall","tags":["T1059","container","maturity_stable",)"
      R"("mitre_execution","shell"],"time":"2026-11-23T03:00:00.532086161Z"})"
      "\n";
// As falcosidekick passes it on.
const std::string passedOn
    = R"({"uuid":"1f2e3d4c-0000-4000-8000-0123456789ab","output":"x","priority":"critical","rule":"My rule",)"
      R"("time":"2026-11-23T04:00:00Z","source":"syscall","output_fields":{"customfield":"a","k8s.ns.name":"shop",)"
      R"("k8s.pod.name":"db-0","n":5,"list":[1]},"hostname":"n2","tags":["T1611","TA0004","mitre_privilege_escalation"]})"
      "\n";
const std::string old
    = R"({"output":"x","priority":"Error","rule":"Write below binary dir","time":"2018-11-23T04:00:00Z",)"
      R"("output_fields":{"evt.time":1507591916746609046,"fd.name":"/bin/hack","k8s.ns.name":null,"k8s.pod.name":null,)"
      R"("container.id":"host","proc.name":"<NA>"}})"
      "\n";
const std::string drops
    = R"({"hostname":"n1","output":"Falco internal: syscall event drop. 815508 system calls dropped in last second.",)"
      R"("output_fields":{"ebpf_enabled":"1","n_drops":"815508","n_evts":"2270350"},"priority":"Debug",)"
      R"("rule":"Falco internal: syscall event drop","source":"internal","time":"2026-11-23T03:00:01Z"})"
      "\n";
const std::string audit
    = R"({"hostname":"falco-k8saudit-0","output":"x","output_fields":{"evt.time":1795402800532086161,)"
      R"("ka.user.name":"ann","ka.target.name":"web-1","ka.target.namespace":"shop","ka.target.resource":"pods",)"
      R"("ka.verb":"create"},"priority":"Notice","rule":"Attach/Exec Pod","source":"k8s_audit","tags":["k8s"],)"
      R"("time":"2026-11-23T03:10:00Z"})"
      "\n";
const std::string tetragon
    = R"({"process_kprobe":{"process":{"exec_id":"bjE6MQ==","pid":52699,"uid":0,"cwd":"/","binary":"/usr/bin/cat",)"
      R"("arguments":"/etc/shadow marked-7f3a","flags":"execve","pod":{"namespace":"shop","name":"web-7684c4966d-9smdm",)"
      R"("container":{"id":"containerd://d1","name":"web","image":{"id":"docker.io/library/nginx@sha256:aa","name":)"
      R"("docker.io/library/nginx:1.27"},"pid":20},"workload":"web","workload_kind":"Deployment"},"docker":"d1"},)"
      R"("parent":{"binary":"/bin/bash"},"function_name":"security_file_permission","args":[{"file_arg":{"path":)"
      R"("/etc/shadow"}}],"action":"KPROBE_ACTION_SIGKILL","policy_name":"file-monitoring","return_action":)"
      R"("KPROBE_ACTION_POST","tags":["T1003"]},"node_name":"n1","time":"2026-11-23T05:00:00.162596867Z"})"
      "\n";
const std::string tetragonExec
    = R"({"process_exec":{"process":{"binary":"/usr/bin/ls","pod":{"namespace":"shop","name":"web-1"}},"parent":{}},)"
      R"("node_name":"n1","time":"2026-11-23T05:00:00Z"})"
      "\n";
const std::string kubeArmor
    = R"({"Timestamp":1795410000,"UpdatedTime":"2026-11-23T05:00:00.097519Z","ClusterName":"default","HostName":"n2",)"
      R"("NamespaceName":"shop","Owner":{"Ref":"Deployment","Name":"web","Namespace":"shop"},"PodName":"web-1",)"
      R"("Labels":"app=web","ContainerID":"0f","ContainerName":"web","ContainerImage":"nginx:latest@sha256:aa",)"
      R"("HostPPID":1,"HostPID":2,"PPID":37,"PID":43,"UID":0,"ParentProcessName":"/usr/bin/bash","ProcessName":)"
      R"("/usr/bin/apt-get","PolicyName":"block-pkg-mgmt","Severity":"7","Tags":"NIST,MITRE,MITRE_T1036_masquerading",)"
      R"("ATags":["NIST"],"Message":"x","Type":"MatchedPolicy","Source":"/usr/bin/bash","Operation":"Process",)"
      R"("Resource":"/usr/bin/apt-get -y marked-7f3a","Data":"syscall=SYS_EXECVE","Enforcer":"AppArmor",)"
      R"("Action":"Block","Result":"Permission denied"})"
      "\n";

std::string print(const AlertLog& log)
{
    std::string out;
    for (const auto& one : log.alerts)
        out += std::string(toText(one.tool)) + ' ' + std::string(toText(one.priority)) + ' ' + one.rule + " at "
            + one.ns + '/' + one.pod + '/' + one.container + ' ' + one.image + " on " + one.node + " by "
            + join(one.processes, ",") + one.user + " [" + join(one.techniques, ",")
            + (one.areTechniquesByName ? "?" : "") + '|' + join(one.tactics, ",") + "] " + one.owner
            + (one.isBlocked ? " blocked" : "") + " x" + std::to_string(one.count) + ' ' + formatTime(one.first) + '\n';
    return out;
}

} // namespace

class TestFalco : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void reads_data();
    void reads();
    void addsUp();
    void drops_();
    void keepsNoCommandLines();
    void outputOfPods();
    void badLines();
    void refusals();
    void recognises_data();
    void recognises();
    void manyPodsAreBounded();
    void names();
};

void TestFalco::reads_data()
{
    QTest::addColumn<QString>("line");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char* name, const std::string& line, const char* expected) {
        QTest::addRow("%s", name) << q(line) << QString::fromUtf8(expected);
    };
    row("Falco", shell,
        "Falco Notice Terminal shell in container at shop/web-7684c4966d-9smdm/web docker.io/library/nginx:1.27 on n1 "
        "by sh [T1059|execution]  x1 2026-11-23T03:00:00Z\n");
    row("falcosidekick", passedOn,
        "Falco Critical My rule at shop/db-0/  on n2 by  [T1611,TA0004|privilege_escalation]  x1 "
        "2026-11-23T04:00:00Z\n");
    row("no tags, null and unknown values", old,
        "Falco Error Write below binary dir at //  on  by  [T1543?|]  x1 2018-11-23T04:00:00Z\n");
    row("Falco on audit logs", audit,
        "Falco Notice Attach/Exec Pod at shop/web-1/  on falco-k8saudit-0 by ann [T1609?|]  x1 2026-11-23T03:10:00Z\n");
    row("Tetragon", tetragon,
        "Tetragon Error file-monitoring at shop/web-7684c4966d-9smdm/web docker.io/library/nginx:1.27 on n1 by cat "
        "[T1003|] Deployment/web blocked x1 2026-11-23T05:00:00Z\n");
    row("KubeArmor", kubeArmor,
        "KubeArmor Error block-pkg-mgmt at shop/web-1/web nginx:latest@sha256:aa on n2 by apt-get [T1036|] "
        "Deployment/web blocked x1 2026-11-23T05:00:00Z\n");
}

void TestFalco::reads()
{
    QFETCH(QString, line);
    QFETCH(QString, expected);
    for (const std::size_t step : { std::size_t(1u << 20), std::size_t(13) }) {
        const auto log = alertsOf(line.toStdString(), step);
        VERIFY_RESULT(log);
        QCOMPARE(q(print(*log)), expected);
        QCOMPARE(log->badLines, 0u);
    }
}

void TestFalco::addsUp()
{
    std::string later = shell;
    later.replace(later.find("2026-11-23T03:00:00.532086161Z"), 30, "2026-11-24T03:00:00.532086161Z");
    later.replace(later.find(R"("proc.name":"sh")"), 16, R"("proc.name":"bash")");
    auto log = alertsOf(later + passedOn + shell + tetragon + kubeArmor + tetragonExec);
    VERIFY_RESULT(log);
    QCOMPARE(log->alerts.size(), 4u);
    QCOMPARE(log->events, 5u);
    QCOMPARE(log->plainEvents, 1u);
    QCOMPARE(log->alerts[0].rule, std::string("My rule")); // the worst first
    const auto& sum = log->alerts[3];
    QCOMPARE(sum.count, 2u);
    QCOMPARE(formatTime(sum.first), std::string("2026-11-23T03:00:00Z"));
    QCOMPARE(formatTime(sum.last), std::string("2026-11-24T03:00:00Z"));
    QCOMPARE(sum.processes, (std::vector<std::string> { "bash", "sh" }));
    QCOMPARE(sum.sentence(),
        std::string("Falco, Notice: Terminal shell in container, in pod shop/web-7684c4966d-9smdm, container web, by "
                    "bash, sh, 2 times from 2026-11-23T03:00:00Z to 2026-11-24T03:00:00Z"));
    QCOMPARE(log->alerts[2].sentence(),
        std::string(
            "Tetragon, Error: file-monitoring, in pod shop/web-7684c4966d-9smdm, container web, by cat, prevented, "
            "once, at 2026-11-23T05:00:00Z"));
    log->add(*alertsOf(shell + old));
    QCOMPARE(log->alerts.size(), 5u);
    QCOMPARE(log->events, 7u);
    QCOMPARE(log->alerts[4].count, 3u);
    QCOMPARE(formatTime(*log->from), std::string("2018-11-23T04:00:00Z"));
}

void TestFalco::drops_()
{
    const auto log = alertsOf(shell + drops + drops
        + R"({"rate_limit_info":{"number_of_dropped_process_events":"10"},"node_name":"n1","time":"2026-11-23T05:00:00Z"})");
    VERIFY_RESULT(log);
    QCOMPARE(log->dropReports, 3u);
    QCOMPARE(log->drops, 1631026u);
    QCOMPARE(log->alerts.size(), 1u); // they are no alerts
}

void TestFalco::keepsNoCommandLines()
{
    const auto log = alertsOf(shell + tetragon + kubeArmor + "{\"rule\": \"marked-7f3a\n");
    VERIFY_RESULT(log);
    std::string all = print(*log);
    for (const Error& one : log->problems)
        all += toText(one);
    QVERIFY2(!q(all).contains(QLatin1String("marked")), all.c_str());
}

void TestFalco::outputOfPods()
{
    const auto log = alertsOf("Mon Nov 23 03:00:00 2026: Falco version: 0.41.0 (x86_64)\n"
                              "Mon Nov 23 03:00:00 2026: Loading rules from:\n[pod/falco-x/falco] "
        + shell + "2026-11-23T03:00:00.1Z " + shell + R"({"level":"info","ts":"2026-11-23T03:00:00Z","msg":"Starting"})"
        + '\n');
    VERIFY_RESULT(log);
    QCOMPARE(log->events, 2u);
    QCOMPARE(log->badLines, 0u);
}

void TestFalco::badLines()
{
    const auto log = alertsOf(shell + "{\"half\": \n" + R"({"kind":"Pod"})" + '\n' + shell + shell.substr(0, 80));
    VERIFY_RESULT(log);
    QCOMPARE(log->events, 2u);
    QCOMPARE(log->badLines, 2u); // the last one is being written
    QCOMPARE(log->problems[0].where, std::string("falco.json:2"));
}

void TestFalco::refusals()
{
    for (const char* const text : { "", "hello\n", R"({"kind":"Pod"})" }) {
        const auto log = alertsOf(text);
        QVERIFY(!log);
        QCOMPARE(log.error().kind, ErrorKind::Format);
    }
}

void TestFalco::recognises_data()
{
    QTest::addColumn<QString>("head");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char* name, const std::string& head, const char* expected) {
        QTest::addRow("%s", name) << q(head) << QString::fromUtf8(expected);
    };
    row("Falco", shell, "F");
    row("falcosidekick", passedOn, "F");
    row("without fields", R"({"output":"x","priority":"Error","rule":"r","time":"2018-11-23T04:00:00Z"})", "F");
    row("behind other output", "Mon Nov 23: Falco version\n" + shell, "F");
    row("Tetragon", tetragon, "T");
    row("Tetragon, exec", tetragonExec, "T");
    row("KubeArmor", kubeArmor, "K");
    row("audit log", R"({"kind":"Event","apiVersion":"audit.k8s.io/v1","auditID":"1"})", "");
    row("rules of Falco", "- rule: x\n  priority: Notice\n  output: y\n", "");
    row("a pod", R"({"kind":"Pod","apiVersion":"v1"})", "");
    row("nothing", "", "");
}

void TestFalco::recognises()
{
    QFETCH(QString, head);
    QFETCH(QString, expected);
    const std::string text = head.toStdString();
    QString found;
    if (evidence::isFalco(text))
        found += QLatin1Char('F');
    if (evidence::isTetragon(text))
        found += QLatin1Char('T');
    if (evidence::isKubeArmor(text))
        found += QLatin1Char('K');
    QCOMPARE(found, expected);
}

void TestFalco::manyPodsAreBounded()
{
    std::string text;
    for (int i = 0; i < 21'000; ++i)
        text += R"({"output":"x","priority":"Error","rule":"r","time":"2026-11-23T04:00:00Z","output_fields":)"
                R"({"k8s.ns.name":"shop","k8s.pod.name":"p)"
            + std::to_string(i) + "\"}}\n";
    const auto log = alertsOf(text);
    VERIFY_RESULT(log);
    QVERIFY(log->isCut);
    QCOMPARE(log->events, 21'000u);
    QCOMPARE(log->alerts.size(), 20'001u);
    QCOMPARE(log->alerts[0].pod, std::string());
    QCOMPARE(log->alerts[0].count, 1000u);
}

void TestFalco::names()
{
    QCOMPARE(evidence::techniquesOfRule("Terminal shell in container"), std::vector<std::string> { "T1059" });
    QVERIFY(evidence::techniquesOfRule("A rule of our own").empty());
    QCOMPARE(evidence::techniqueName("T1611"), std::string_view("Escape to Host"));
    QCOMPARE(evidence::techniqueName("T0000"), std::string_view());
}

QTEST_GUILESS_MAIN(TestFalco)
#include "tst_Falco.moc"
