// SPDX-License-Identifier: Apache-2.0
#include "tests/control/RunControl.h"

using namespace plimsoll;

namespace {

std::string pod(const std::string& image, const std::string& container = {})
{
    return "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec: {containers: [{name: web, image: '"
        + image + "'" + container + "}]}\n";
}

const std::string digest = "@sha256:" + std::string(64, '0');

} // namespace

class tst_ImageControls : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void judges_data();
    void judges();
    void judgesEveryContainer();
    void remedyOfPullPolicy();
};

void tst_ImageControls::judges_data()
{
    QTest::addColumn<std::string>("control");
    QTest::addColumn<std::string>("yaml");
    QTest::addColumn<std::string>("registries");
    QTest::addColumn<std::string>("expected");
    const auto row = [](const char* situation, const char* id, const std::string& yaml, const std::string& expected,
                         const std::string& registries = {}) {
        QTest::addRow("%s: %s", id, situation) << "PLM-" + std::string(id) << yaml << registries << expected;
    };
    row("no tag", "I01", pod("nginx"), "fail");
    row("latest", "I01", pod("nginx:latest"), "fail");
    row("a version", "I01", pod("nginx:1.27"), "pass");
    row("a registry with a port and no tag", "I01", pod("a.io:5000/nginx"), "fail");
    row("a digest", "I01", pod("nginx" + digest), "pass");
    row("latest with a digest", "I01", pod("nginx:latest" + digest), "pass");
    row("no image reference", "I01", pod("{{ image }}"), "not assessed");

    row("a tag", "I02", pod("nginx:1.27"), "fail");
    row("a digest", "I02", pod("nginx" + digest), "pass");
    row("no image", "I02", pod(""), "not assessed");

    row("a tag, no policy", "I03", pod("nginx:1.27"), "fail");
    row("latest, no policy: Always is filled in", "I03", pod("nginx"), "pass");
    row("Always", "I03", pod("nginx:1.27", ", imagePullPolicy: Always"), "pass");
    row("latest, IfNotPresent", "I03", pod("nginx", ", imagePullPolicy: IfNotPresent"), "fail");
    row("Never", "I03", pod("nginx:1.27", ", imagePullPolicy: Never"), "fail");
    row("a digest", "I03", pod("nginx" + digest, ", imagePullPolicy: IfNotPresent"), "pass");
    row("no image reference", "I03", pod("Not/Valid"), "not assessed");

    row("no list", "I04", pod("nginx"), "not assessed");
    row("allowed", "I04", pod("nginx"), "pass", "docker.io/library");
    row("not allowed", "I04", pod("quay.io/acme/web:1"), "fail", "docker.io/library");
}

void tst_ImageControls::judges()
{
    QFETCH(std::string, control);
    QFETCH(std::string, yaml);
    QFETCH(std::string, registries);
    QFETCH(std::string, expected);
    control::Settings settings;
    if (!registries.empty())
        settings.allowedRegistries.push_back(registries);
    const auto outcomes = test::run(control, test::clusterFrom(yaml), settings);
    QCOMPARE(test::verdictLines(outcomes), "pod/shop/web " + expected + '\n');
    QVERIFY(test::isComplete(outcomes));
}

void tst_ImageControls::judgesEveryContainer()
{
    const auto cluster = test::clusterFrom(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec:\n  initContainers: [{name: i, image: "
        "a}]\n"
        "  containers: [{name: m, image: 'b:1'}]\n  ephemeralContainers: [{name: e, image: 'c:latest'}]\n");
    const auto outcomes = test::run("PLM-I01", cluster);
    const control::Outcome& outcome = outcomes.at("pod/shop/web");
    QCOMPARE(outcome.message,
        std::string("container i runs an image without tag, which means latest; container e runs the tag latest"));
    QCOMPARE(outcome.evidence.size(), std::size_t(2));
    QCOMPARE(outcome.evidence[1].pointer, std::string("/spec/ephemeralContainers/0/image"));
}

void tst_ImageControls::remedyOfPullPolicy()
{
    const auto outcomes = test::run("PLM-I03", test::clusterFrom(pod("nginx:1.27")));
    const auto& edits = outcomes.at("pod/shop/web").patch.edits;
    QCOMPARE(edits.size(), std::size_t(1));
    QCOMPARE(edits[0].pointer + ' ' + edits[0].json, std::string("/containers/0/imagePullPolicy \"Always\""));
}

QTEST_GUILESS_MAIN(tst_ImageControls)
#include "tst_ImageControls.moc"
