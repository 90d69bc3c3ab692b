// SPDX-License-Identifier: Apache-2.0
#include "core/images/Inventory.h"
#include "tests/support/Support.h"

using namespace plimsoll;
using images::DigestRole;
using images::Image;
using images::ImageInventory;

namespace {

const std::string one(64, 'a'), two(64, 'b');

std::string pod(
    const std::string& name, const std::string& image, const std::string& imageId, const std::string& rest = {})
{
    return "---\napiVersion: v1\nkind: Pod\nmetadata: {name: " + name
        + ", namespace: shop}\nspec: {nodeName: n1, "
          "containers: [{name: c, image: '"
        + image + "'" + rest
        + "}]}\nstatus: {phase: Running, containerStatuses: "
          "[{name: c, image: '"
        + image + "', imageID: '" + imageId + "'}]}\n";
}

ImageInventory inventoryOf(const std::string& yaml, const std::vector<std::string>& allowed = {}, bool pulls = false)
{
    return images::takeImages(
        *test::clusterFrom(yaml.c_str()), allowed, images::builtInLifecycle(), std::nullopt, pulls);
}

} // namespace

class tst_Inventory : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void readsImageIds_data();
    void readsImageIds();
    void countsUsesOfTheSameImage();
    void findsDriftBetweenReplicas();
    void doesNotTakeRolesForDrift();
    void tellsPullPolicies_data();
    void tellsPullPolicies();
    void knowsAllowedRegistries();
    void namesTheNewestSeen();
    void keepsWhatARuntimeWouldRefuse();
};

void tst_Inventory::readsImageIds_data()
{
    QTest::addColumn<std::string>("text");
    QTest::addColumn<bool>("isRead");
    QTest::addColumn<DigestRole>("role");
    QTest::addColumn<std::string>("repository");
    const auto row
        = [](const char* name, const std::string& text, bool isRead, DigestRole role, const char* repository) {
              QTest::addRow("%s", name) << text << isRead << role << std::string(repository);
          };
    using enum DigestRole;
    row("containerd", "docker.io/library/nginx@sha256:" + one, true, Repository, "docker.io/library/nginx");
    row("docker", "docker-pullable://nginx@sha256:" + one, true, Repository, "docker.io/library/nginx");
    row("never pulled", "sha256:" + one, true, Config, "");
    row("docker, never pulled", "docker://sha256:" + one, true, Config, "");
    row("a tag", "nginx:1.27", false, Config, "");
    row("empty", "", false, Config, "");
    row("too short", "sha256:abc", false, Config, "");
}

void tst_Inventory::readsImageIds()
{
    QFETCH(std::string, text);
    QFETCH(bool, isRead);
    const auto id = images::parseImageId(text);
    QCOMPARE(id.has_value(), isRead);
    if (!id)
        return;
    QTEST(id->role, "role");
    QTEST(id->repository, "repository");
    QCOMPARE(id->digest, "sha256:" + one);
}

// The same image written in three ways is one.
void tst_Inventory::countsUsesOfTheSameImage()
{
    const std::string id = "docker.io/library/nginx@sha256:" + one;
    const ImageInventory all = inventoryOf(pod("a", "nginx:1.27", id) + pod("b", "docker.io/nginx:1.27", id)
        + pod("c", "docker.io/library/nginx:1.27", id));
    QCOMPARE(all.images.size(), 1u);
    QCOMPARE(all.images[0].workloads, 3u);
    QCOMPARE(all.images[0].pods, 3u);
    QCOMPARE(all.repositories, 1u);
    QCOMPARE(all.images[0].running.size(), 1u);
    QVERIFY(!all.images[0].hasDrift);
    QVERIFY(!all.images[0].isPinned());
    QVERIFY(all.find("docker.io/library/nginx:1.27"));
    QVERIFY(!all.find("docker.io/library/nginx:1.28"));
}

void tst_Inventory::findsDriftBetweenReplicas()
{
    const ImageInventory all = inventoryOf(pod("a", "nginx:1.27", "docker.io/library/nginx@sha256:" + one)
        + pod("b", "nginx:1.27", "docker.io/library/nginx@sha256:" + two));
    QCOMPARE(all.images.size(), 1u);
    QCOMPARE(all.images[0].running.size(), 2u);
    QVERIFY(all.images[0].hasDrift || all.images[0].perhapsByPlatform);
}

// A digest of the registry and one of the configuration cannot be compared.
void tst_Inventory::doesNotTakeRolesForDrift()
{
    const ImageInventory all = inventoryOf(
        pod("a", "nginx:1.27", "docker.io/library/nginx@sha256:" + one) + pod("b", "nginx:1.27", "sha256:" + two));
    QCOMPARE(all.images.size(), 1u);
    QCOMPARE(all.images[0].running.size(), 2u);
    QVERIFY(!all.images[0].hasDrift);
    QVERIFY(!all.images[0].perhapsByPlatform);
}

void tst_Inventory::tellsPullPolicies_data()
{
    QTest::addColumn<std::string>("image");
    QTest::addColumn<std::string>("rest");
    QTest::addColumn<bool>("alwaysPulls");
    QTest::addColumn<std::string>("expected");
    const auto row = [](const char* name, const char* image, const char* rest, bool alwaysPulls, const char* expected) {
        QTest::addRow("%s", name) << std::string(image) << std::string(rest) << alwaysPulls << std::string(expected);
    };
    row("a tag", "nginx:1.27", "", false, "IfNotPresent");
    row("latest", "nginx:latest", "", false, "Always");
    row("no tag", "nginx", "", false, "Always");
    row("given", "nginx:latest", ", imagePullPolicy: Never", false, "Never");
    row("admission sets it", "nginx:1.27", ", imagePullPolicy: Never", true, "Always");
}

void tst_Inventory::tellsPullPolicies()
{
    QFETCH(std::string, image);
    QFETCH(std::string, rest);
    QFETCH(bool, alwaysPulls);
    const ImageInventory all = inventoryOf(pod("a", image, "", rest), {}, alwaysPulls);
    QCOMPARE(all.images.size(), 1u);
    QCOMPARE(all.images[0].uses.size(), 1u);
    QTEST(all.images[0].uses[0].pullPolicy, "expected");
}

void tst_Inventory::knowsAllowedRegistries()
{
    const std::string yaml = pod("a", "nginx:1.27", "") + pod("b", "ghcr.io/acme/web:1", "");
    const ImageInventory none = inventoryOf(yaml);
    QVERIFY(!none.images[0].isAllowed);
    const ImageInventory some = inventoryOf(yaml, { "ghcr.io/acme" });
    QCOMPARE(some.find("docker.io/library/nginx:1.27")->isAllowed, std::optional(false));
    QCOMPARE(some.find("ghcr.io/acme/web:1")->isAllowed, std::optional(true));
}

void tst_Inventory::namesTheNewestSeen()
{
    const ImageInventory all = inventoryOf(pod("a", "nginx:1.26.1", "") + pod("b", "nginx:1.27.3", "")
        + pod("c", "nginx:1.28.0-alpine", "") + pod("d", "redis:9.0.0", ""));
    QCOMPARE(all.find("docker.io/library/nginx:1.26.1")->newestSeen, std::string("1.27.3"));
    QCOMPARE(all.find("docker.io/library/nginx:1.27.3")->newestSeen, std::string());
    QCOMPARE(all.find("docker.io/library/nginx:1.28.0-alpine")->newestSeen, std::string());
}

void tst_Inventory::keepsWhatARuntimeWouldRefuse()
{
    const ImageInventory all = inventoryOf(pod("a", "ghcr.io/Acme/Web:1", ""));
    QCOMPARE(all.images.size(), 1u);
    QVERIFY(!all.images[0].reference);
    QVERIFY(!all.images[0].refusal.empty());
    QCOMPARE(all.images[0].text, std::string("ghcr.io/Acme/Web:1"));
}

QTEST_GUILESS_MAIN(tst_Inventory)
#include "tst_Inventory.moc"
