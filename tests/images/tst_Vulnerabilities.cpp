// SPDX-License-Identifier: Apache-2.0
#include "core/images/Vulnerabilities.h"

#include "core/base/Text.h"
#include "core/images/detail/Vulnerabilities_p.h"
#include "tests/evidence/ScanSamples.h"
#include "tests/support/Support.h"

using namespace plimsoll;
using namespace plimsoll::images;

namespace {

using namespace plimsoll::test;

const std::string web = "registry.acme.example/shop/web";

evidence::Evidence evidenceFrom(const std::vector<std::string>& texts)
{
    evidence::Evidence all;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        auto parsed = evidence::parseScan(texts[i], "file" + std::to_string(i + 1) + ".json");
        if (!parsed || !*parsed)
            qFatal("%s", parsed ? "not recognised" : toText(parsed.error()).c_str());
        all.add(std::move(**parsed));
    }
    return all;
}

// A pod that runs, with what the kubelet says of its image.
std::string pod(
    const std::string& image, const std::string& imageId, const std::string& name = "web", const std::string& more = {})
{
    return "---\napiVersion: v1\nkind: Pod\nmetadata: {name: " + name
        + ", namespace: shop, creationTimestamp: '2026-11-23T00:00:00Z'}\nspec:\n  " + more
        + "\n  containers: [{name: web, image: '" + image
        + "'}]\nstatus:\n  phase: Running\n  containerStatuses: [{name: web, image: '" + image + "', imageID: '"
        + imageId + "', ready: true, restartCount: 0, state: {running: {}}}]\n";
}

ScanResults joined(const std::string& yaml, const std::vector<std::string>& texts)
{
    const auto cluster = clusterFrom(yaml);
    ScanResults results = matchScans(*cluster, evidenceFrom(texts), parseTime("2026-11-23T00:00:00Z"));
    rank(*cluster, {}, results);
    return results;
}

std::string statuses(const ScanResults& results)
{
    std::string text;
    for (const ImageVulnerability& one : results.images.at(0).vulnerabilities)
        text += results.vulnerability(one).id + ' ' + std::string(toText(one.status)) + '\n';
    return text;
}

} // namespace

class tst_Vulnerabilities : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void matches_data();
    void matches();
    void gathersWhatRuns();
    void prefersTheBetterReport();
    void joinsToolsWithoutDoubles();
    void noReportIsItsOwnState();
    void parsesPackageUrls_data();
    void parsesPackageUrls();
    void products_data();
    void products();
    void latestStatementDecides();
    void ranksByStanding();
    void stepsAddUp();
    void groups();
    void namesNewerTags();
    void secretsOfWorkloads();
    void harbor();
};

void tst_Vulnerabilities::matches_data()
{
    QTest::addColumn<std::string>("image");
    QTest::addColumn<std::string>("imageId");
    QTest::addColumn<std::string>("report");
    QTest::addColumn<std::string>("words");
    const auto row
        = [](const char* name, const std::string& image, const std::string& id, const std::string& report,
              const char* words) { QTest::addRow("%s", name) << image << id << report << std::string(words); };
    const std::string index = "matched by the digest of the repository (index)";
    const std::string tag = web + ":1.4";
    row("containerd, index", tag, web + '@' + indexDigest, trivySample(), index.c_str());
    row("docker", tag, "docker-pullable://" + web + '@' + indexDigest, trivySample(), index.c_str());
    row("a mirror has another name for the same content", "mirror.example/web:9", "mirror.example/web@" + indexDigest,
        trivySample(), index.c_str());
    row("manifest of the platform", tag, web + '@' + manifestDigest, grypeSample(),
        "matched by the digest of the platform's manifest");
    row("image ID alone", tag, configDigest, trivySample(), "matched by the image ID");
    row("docker, image ID", tag, "docker://" + configDigest, trivySample(), "matched by the image ID");
    row("digest in the reference, pod not started", web + '@' + indexDigest, "", trivySample(), index.c_str());
    row("tag and digest in the reference", tag + '@' + indexDigest, "", trivySample(), index.c_str());
    row("role not told: operator", tag, configDigest, vulnerabilityReportSample(), "matched by digest");
    row("role not told: operator, pinned", tag, web + '@' + indexDigest, vulnerabilityReportSample("$I"),
        "matched by digest");
    row("Clair's manifest", tag, web + '@' + manifestDigest, clairSample(), "matched by digest");
    row("tag only", tag, "", trivySample(), "matched by tag, may be another build");
    row("tag, nothing to compare", tag, web + '@' + digestOf('9'), vulnerabilityReportSample(),
        "matched by tag, may be another build");
    row("tag, another build", tag, web + '@' + digestOf('9'), trivySample(),
        "matched by tag, another build was scanned (the digests differ)");
    row("another tag", web + ":1.5", "", trivySample(), "");
    row("another registry", "docker.io/shop/web:1.4", "", trivySample(), "");
    row("pinned to another digest", web + '@' + digestOf('9'), "", trivySample(), "");
    row("no reference", "Not/Valid", "", trivySample(), "");
    row("a short name of docker.io", "nginx", "",
        replaced(vulnerabilityReportSample(),
            "\"digest\": \"" + configDigest + "\", \"repository\": \"shop/web\", \"tag\": \"1.4\"",
            R"("repository": "library/nginx", "tag": "latest")"),
        "");
    row("index.docker.io is docker.io", "nginx", "",
        replaced(replaced(replaced(vulnerabilityReportSample(), "shop/web", "library/nginx"), "1.4", "latest"),
            "registry.acme.example", "index.docker.io"),
        "matched by tag, may be another build");
}

void tst_Vulnerabilities::matches()
{
    QFETCH(std::string, image);
    QFETCH(std::string, imageId);
    QFETCH(std::string, report);
    QFETCH(std::string, words);
    const ScanResults results = joined(pod(image, imageId), { report });
    QCOMPARE(results.images.size(), std::size_t { 1 });
    const ScannedImage& found = results.images[0];
    QCOMPARE(found.matches.empty() ? std::string() : found.matches[0].words, words);
    QCOMPARE(results.unmatched.empty(), !words.empty());
    QCOMPARE(found.isScanned, !words.empty());
    if (words.empty())
        QCOMPARE(found.state, std::string("no report"));
}

void tst_Vulnerabilities::gathersWhatRuns()
{
    const auto cluster = clusterFrom(R"(apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop, uid: d}
spec:
  selector: {matchLabels: {a: b}}
  template:
    metadata: {labels: {a: b}}
    spec:
      initContainers: [{name: init, image: 'busybox'}]
      containers: [{name: web, image: 'nginx:1.27'}]
)" + pod("nginx:1.27", "docker.io/library/nginx@" + digestOf('a'), "p1")
        + pod("nginx:1.27", "docker.io/library/nginx@" + digestOf('b'), "p2"));
    const ScanResults results = matchScans(*cluster, {});
    std::string text;
    for (const ScannedImage& image : results.images) {
        text += image.reference + ' ' + (image.digest.empty() ? "-" : image.digest.substr(7, 1)) + ':';
        for (const ScanUse& use : image.uses)
            text += ' ' + cluster->refOf(cluster->workloads()[use.workload.index].object) + '/' + use.container + '='
                + std::to_string(use.podCount);
        text += '\n';
    }
    QCOMPARE(text,
        std::string("docker.io/library/busybox:latest -: deployment/shop/web/init=0\n"
                    "docker.io/library/nginx:1.27 -: deployment/shop/web/web=0\n"
                    "docker.io/library/nginx:1.27 a: pod/shop/p1/web=1\n"
                    "docker.io/library/nginx:1.27 b: pod/shop/p2/web=1\n"));
    QCOMPARE(results.imagesOf(results.images[0].uses[0].workload).size(), std::size_t { 2 });
}

void tst_Vulnerabilities::prefersTheBetterReport()
{
    const std::string old = replaced(trivySample(), "2026-11-20T08:30:00.123456789+01:00", "2025-01-01T00:00:00Z");
    const std::string tagOnly
        = replaced(replaced(trivySample(), indexDigest, digestOf('8')), configDigest, digestOf('7'));
    const ScanResults results = joined(pod(web + ":1.4", web + '@' + indexDigest), { old, tagOnly, trivySample() });
    const auto& matches = results.images.at(0).matches;
    QCOMPARE(matches.size(), std::size_t { 3 });
    QCOMPARE(matches[0].scan, 2u); // by digest and newest
    QCOMPARE(matches[1].scan, 0u);
    QCOMPARE(matches[2].scan, 1u);
    QVERIFY(matches[2].isOtherBuild);
    QCOMPARE(matches[0].ageDays, std::optional<std::int64_t>(2));
    QCOMPARE(matches[1].ageDays, std::optional<std::int64_t>(691));
    for (const ImageVulnerability& one : results.images[0].vulnerabilities)
        QCOMPARE(one.scan, 2u);
    QCOMPARE(results.images[0].state,
        std::string("2 vulnerabilities (1 more set aside by statements), scan 2 days old, matched by the digest of the "
                    "repository (index)"));
}

void tst_Vulnerabilities::joinsToolsWithoutDoubles()
{
    // Grype knows the same one under another name first, and one more of another package.
    const std::string same = replaced(
        replaced(grypeSample(), "\"left-pad\"", "\"openssl\""), "\"version\": \"1.2.3\"", "\"version\": \"3.0.1-1\"");
    const ScanResults results = joined(pod(web + ":1.4", web + '@' + indexDigest), { trivySample(), same });
    QCOMPARE(statuses(results),
        std::string("CVE-2026-1001 affected\nCVE-2026-1005 not affected\nCVE-2026-1002 affected\n"
                    "CVE-2026-1003 not affected\n"));
    const ScanResults both = joined(pod(web + ":1.4", web + '@' + indexDigest), { trivySample(), grypeSample() });
    QCOMPARE(both.images.at(0).vulnerabilities.size(), std::size_t { 5 });
    // What one tool knows of a CVE holds for the other's finding of it.
    for (const ImageVulnerability& one : both.images[0].vulnerabilities)
        QCOMPARE(one.isKnownExploited, both.vulnerability(one).id == "CVE-2026-1001");
}

void tst_Vulnerabilities::noReportIsItsOwnState()
{
    const ScanResults sbom = joined(pod(web + ":1.4", web + '@' + indexDigest), { spdxSample() });
    QVERIFY(!sbom.images.at(0).isScanned);
    QVERIFY(sbom.images[0].state.starts_with("no report on vulnerabilities"));
    const ScanResults clean = joined(pod("a:1", ""),
        { R"({"SchemaVersion": 2, "ArtifactName": "a:1", "ArtifactType": "container_image", "CreatedAt": "2026-11-22T00:00:00Z"})" });
    QVERIFY(clean.images.at(0).isScanned);
    QCOMPARE(
        clean.images[0].state, std::string("0 vulnerabilities, scan 1 day old, matched by tag, may be another build"));
}

void tst_Vulnerabilities::parsesPackageUrls_data()
{
    QTest::addColumn<std::string>("text");
    QTest::addColumn<std::string>("parts");
    const auto row = [](const char* text, const char* parts) {
        QTest::addRow("%s", text) << std::string(text) << std::string(parts);
    };
    row("pkg:deb/debian/openssl@3.0.1-1?arch=amd64", "deb|debian|openssl|3.0.1-1|arch=amd64");
    row("pkg:npm/%40acme/web@1.2", "npm|@acme|web|1.2|");
    row("pkg:npm/@acme/web", "npm|@acme|web||");
    row("pkg:golang/github.com/a/b@v1#sub/dir", "golang|github.com/a|b|v1|");
    row("pkg:oci/web@sha256%3Aab?repository_url=r.example%2Fweb&tag=1",
        "oci||web|sha256:ab|repository_url=r.example/web,tag=1");
    row("pkg:generic/x", "generic||x||");
    row("npm/x", "");
    row("pkg:npm", "");
    row("pkg:npm/", "");
}

void tst_Vulnerabilities::parsesPackageUrls()
{
    QFETCH(std::string, text);
    QFETCH(std::string, parts);
    const auto url = images::detail::parsePackageUrl(text);
    std::string found;
    if (url) {
        std::vector<std::string> qualifiers;
        for (const auto& [key, value] : url->qualifiers)
            qualifiers.push_back(key + '=' + value);
        found = url->type + '|' + url->ns + '|' + url->name + '|' + url->version + '|' + join(qualifiers, ",");
    }
    QCOMPARE(found, parts);
}

void tst_Vulnerabilities::products_data()
{
    QTest::addColumn<std::string>("product");
    QTest::addColumn<bool>("isOurs");
    const auto row = [](const char* name, const std::string& product, bool isOurs) {
        QTest::addRow("%s", name) << sample(product) << isOurs;
    };
    row("image by digest", R"({"@id": "pkg:oci/web@$I"})", true);
    row("image by digest, encoded",
        replaced(R"({"@id": "pkg:oci/web@$I"})", "@$I", "@sha256%3A" + std::string(64, '1')), true);
    row("image by another digest", R"({"@id": "pkg:oci/web@)" + digestOf('9') + R"("})", false);
    row("image by repository", R"({"@id": "pkg:oci/web?repository_url=registry.acme.example/shop/web"})", true);
    row("repository without the name", R"({"@id": "pkg:oci/web?repository_url=registry.acme.example/shop"})", true);
    row("another repository, same name", R"({"@id": "pkg:oci/web?repository_url=docker.io/other/web"})", false);
    row("digest, but another repository", R"({"@id": "pkg:oci/web@$I?repository_url=docker.io/other/web"})", false);
    row("tag", R"({"@id": "pkg:oci/web?tag=1.4"})", true);
    row("another tag", R"({"@id": "pkg:oci/web?tag=1.5"})", false);
    row("another image", R"({"@id": "pkg:oci/api"})", false);
    row("image with part", R"({"@id": "pkg:oci/web", "subcomponents": [{"@id": "pkg:deb/debian/openssl@3.0.1-1"}]})",
        true);
    row("image with another part", R"({"@id": "pkg:oci/web", "subcomponents": [{"@id": "pkg:deb/debian/bash"}]})",
        false);
    row("image with a part of another version",
        R"({"@id": "pkg:oci/web", "subcomponents": [{"@id": "pkg:deb/debian/openssl@3.0.0"}]})", false);
    row("the package anywhere", R"({"@id": "pkg:deb/debian/openssl"})", true);
    row("the package, its version", R"({"@id": "pkg:deb/debian/openssl@3.0.1-1?arch=amd64"})", true);
    row("the package of another system", R"({"@id": "pkg:deb/ubuntu/openssl"})", false);
    row("the package for another machine", R"({"@id": "pkg:deb/debian/openssl?arch=arm64"})", false);
    row("the package, another version", R"({"@id": "pkg:deb/debian/openssl@3.0.2-1"})", false);
    row("an image by name", R"({"@id": "registry.acme.example/shop/web:1.4"})", true);
    row("an image by name alone", R"({"@id": "registry.acme.example/shop/web"})", true);
    row("an image by another name", R"({"@id": "shop/web:1.4"})", false);
}

void tst_Vulnerabilities::products()
{
    QFETCH(std::string, product);
    QFETCH(bool, isOurs);
    const std::string statement
        = R"({"vulnerability": {"name": "CVE-2026-1001"}, "products": [)" + product + R"(], "status": "fixed"})";
    const ScanResults results
        = joined(pod(web + ":1.4", web + '@' + indexDigest), { trivySample(), openVexSample(statement) });
    const ImageVulnerability& first = results.images.at(0).vulnerabilities.at(0);
    QVERIFY((first.status == evidence::VexStatus::Fixed) == isOurs);
    QCOMPARE(first.statusBy, isOurs ? std::string("statement of Acme in file2.json, 2026-10-01") : std::string());
    // The others are another matter.
    QVERIFY(results.images[0].vulnerabilities.at(1).isOpen());
}

void tst_Vulnerabilities::latestStatementDecides()
{
    const auto statement = [](const char* status, const char* time) {
        return std::string(
                   R"({"vulnerability": {"name": "CVE-2026-1001"}, "products": ["pkg:oci/web"], "timestamp": ")")
            + time + R"(", "status": ")" + status + "\"}";
    };
    const auto decided = [&](const std::string& list) {
        return statuses(joined(pod(web + ":1.4", web + '@' + indexDigest), { trivySample(), openVexSample(list) }))
            .substr(0, 30);
    };
    const std::string early = statement("not_affected", "2026-01-01T00:00:00Z");
    const std::string late = statement("affected", "2026-02-01T00:00:00Z");
    QVERIFY(decided(early + ',' + late).starts_with("CVE-2026-1001 affected"));
    QVERIFY(decided(late + ',' + early).starts_with("CVE-2026-1001 affected"));
    QVERIFY(decided(early).starts_with("CVE-2026-1001 not affected"));
    // A statement wins over what the scanner set aside.
    const std::string again = replaced(late, "CVE-2026-1001", "CVE-2026-1003");
    const ScanResults results
        = joined(pod(web + ":1.4", web + '@' + indexDigest), { trivySample(), openVexSample(again) });
    QVERIFY(results.images.at(0).vulnerabilities.at(2).isOpen());
    // CSAF says it of a part of a product.
    const ScanResults csaf = joined(pod(web + ":1.4", web + '@' + indexDigest), { trivySample(), csafSample() });
    QCOMPARE(statuses(csaf),
        std::string("CVE-2026-1001 not affected\nCVE-2026-1002 under investigation\nCVE-2026-1003 not affected\n"));
    QVERIFY(
        csaf.images[0].vulnerabilities[0].statusBy.find("vulnerable_code_not_in_execute_path") != std::string::npos);
}

void tst_Vulnerabilities::ranksByStanding()
{
    // The same image twice: one in a workload that is reached and owns the node. And an idle one with worse faults.
    const auto cluster = clusterFrom(pod(web + ":1.4", web + '@' + indexDigest, "a")
        + pod(web + ":1.4", web + '@' + indexDigest, "b") + pod("idle:1", "", "c"));
    const std::string idle
        = R"({"SchemaVersion": 2, "ArtifactName": "idle:1", "ArtifactType": "container_image", "Results": [
      {"Class": "os-pkgs", "Vulnerabilities": [{"VulnerabilityID": "CVE-2026-9", "PkgName": "x", "Severity": "CRITICAL"}]}]})";
    ScanResults results = matchScans(*cluster, evidenceFrom({ trivySample(), idle }));
    std::vector<Standing> standings(cluster->workloads().size());
    standings[1] = { "load balancer", "container web is privileged", "", "1 Secret (db)", false };
    standings[2].isIdle = true;
    rank(*cluster, standings, results);
    std::string text;
    for (const RankedVulnerability& one : results.ranked)
        text += results.vulnerability(results.images[one.image].vulnerabilities[one.vulnerability]).id + ' '
            + std::string(cluster->text(cluster->object(cluster->workloads()[one.workload.index].object).name)) + ' '
            + std::to_string(one.points) + '\n';
    // A low one in a place that is reached comes before a critical one that nothing runs.
    QCOMPARE(text, std::string("CVE-2026-1001 b 85\nCVE-2026-1002 b 50\nCVE-2026-9 c 20\n"));
    const auto steps = rankSteps(results, results.ranked[0]);
    std::string words;
    for (const RankStep& step : steps)
        words += std::to_string(step.points) + ' ' + step.words + '\n';
    QCOMPARE(words,
        std::string("40 critical by the scanner (score 9.8)\n20 reached from outside (load balancer)\n"
                    "15 whoever breaks in owns the node (container web is privileged)\n"
                    "5 can be fixed now (openssl to 3.0.2-1)\n5 holds 1 Secret (db)\n"));
}

void tst_Vulnerabilities::stepsAddUp()
{
    ScanResults results = joined(pod(web + ":1.4", web + '@' + indexDigest), { trivySample(), grypeSample() });
    QCOMPARE(results.ranked.size(), std::size_t { 3 });
    for (const RankedVulnerability& one : results.ranked) {
        int sum = 0;
        for (const RankStep& step : rankSteps(results, one)) {
            sum += step.points;
            QVERIFY(!step.words.empty());
        }
        QCOMPARE(sum, one.points);
    }
    // Known to be exploited and likely to be: before a critical one that is neither.
    const auto steps = rankSteps(results, results.ranked[0]);
    QCOMPARE(results.ranked[0].points, 95); // the critical one of Trivy, with what Grype knows
    QCOMPARE(steps[1].words, std::string("known to be exploited"));
    QCOMPARE(steps[2].words, std::string("exploitation in the next 30 days has a probability of 62.0 % (EPSS)"));
}

void tst_Vulnerabilities::groups()
{
    const auto report = [](const std::string& image, const std::string& list) {
        return R"({"SchemaVersion": 2, "ArtifactName": ")" + image
            + R"(", "ArtifactType": "container_image", "Results": [{"Class": "os-pkgs", "Vulnerabilities": [)" + list
            + "]}]}";
    };
    const auto fault = [](const char* id, const char* package, const char* fixed, const char* severity) {
        return std::string(R"({"VulnerabilityID": ")") + id + R"(", "PkgName": ")" + package + R"(", "FixedVersion": ")"
            + fixed + R"(", "Severity": ")" + severity + "\"}";
    };
    const ScanResults results = joined(pod("a:1", "", "a") + pod("b:1", "", "b") + pod("c:1", "", "c"),
        { report("a:1",
              fault("CVE-1", "ssl", "2", "HIGH") + ',' + fault("CVE-2", "ssl", "2", "LOW") + ','
                  + fault("CVE-3", "bash", "", "CRITICAL")),
            report("b:1", fault("CVE-1", "ssl", "2", "HIGH") + ',' + fault("CVE-4", "zlib", "9", "CRITICAL")),
            report("c:1", fault("CVE-3", "bash", "", "CRITICAL")) });
    std::string text;
    for (const ImageUpdate& update : results.updates)
        text += update.words + ": " + join(update.packages, ", ") + '\n';
    QCOMPARE(text,
        std::string(
            "update docker.io/library/b:1 (1 workload): ends 2 of 2 open vulnerabilities (1 critical, 1 high): "
            "zlib to 9, ssl to 2\n"
            "update docker.io/library/a:1 (1 workload): ends 2 of 3 open vulnerabilities (1 high): ssl to 2\n"));
    QCOMPARE(results.fixes.size(), std::size_t { 2 });
    QCOMPARE(results.fixes[0].package, std::string("zlib"));
    QCOMPARE(results.fixes[1].package + ' ' + results.fixes[1].version + ' ' + join(results.fixes[1].ids, " "),
        std::string("ssl 2 CVE-1 CVE-2"));
    QCOMPARE(results.fixes[1].images.size(), std::size_t { 2 });
    // Of equal grade what can be fixed comes first.
    QCOMPARE(
        results.vulnerability(results.images[results.ranked[0].image].vulnerabilities[results.ranked[0].vulnerability])
            .id,
        std::string("CVE-4"));
}

void tst_Vulnerabilities::namesNewerTags()
{
    const auto report = [](const std::string& image, int count) {
        std::string list;
        for (int i = 0; i < count; ++i)
            list += (i ? "," : "") + std::string(R"({"VulnerabilityID": "CVE-)") + std::to_string(i)
                + R"(", "PkgName": "a", "FixedVersion": "2", "Severity": "HIGH"})";
        return R"({"SchemaVersion": 2, "ArtifactName": ")" + image
            + R"(", "ArtifactType": "container_image", "Results": [{"Class": "os-pkgs", "Vulnerabilities": [)" + list
            + "]}]}";
    };
    // 1.27.2 runs beside it; 1.27.3 was scanned only; another variant, an older and an unrelated one do not count.
    const ScanResults results = joined(pod("nginx:1.27.1", "", "a") + pod("nginx:1.27.2", "", "b"),
        { report("nginx:1.27.1", 5), report("nginx:1.27.2", 3), report("nginx:1.27.3", 1),
            report("nginx:1.27.4-alpine", 0), report("nginx:1.26.9", 0), report("acme/nginx:1.28.0", 0) });
    QCOMPARE(results.updates.size(), std::size_t { 2 });
    QCOMPARE(results.updates[0].newer, std::string("docker.io/library/nginx:1.27.3"));
    QCOMPARE(results.updates[0].words,
        std::string("update docker.io/library/nginx:1.27.1 (1 workload): ends 5 of 5 open vulnerabilities (5 high); "
                    "docker.io/library/nginx:1.27.3 has 1"));
    const ScanResults worse
        = joined(pod("nginx:1.27.1", "", "a"), { report("nginx:1.27.1", 1), report("nginx:1.27.3", 4) });
    QCOMPARE(worse.updates.at(0).newer, std::string());
}

void tst_Vulnerabilities::secretsOfWorkloads()
{
    const auto cluster = clusterFrom(R"(apiVersion: v1
kind: Pod
metadata: {name: a, namespace: shop}
spec:
  volumes: [{name: v, secret: {secretName: tls}}, {name: p, projected: {sources: [{secret: {name: db}}]}}]
  containers:
  - {name: web, image: a, env: [{name: A, valueFrom: {secretKeyRef: {name: api, key: k}}}], envFrom: [{secretRef: {name: z}}]}
---
apiVersion: v1
kind: Pod
metadata: {name: b, namespace: shop}
spec: {containers: [{name: web, image: a}]}
)");
    QCOMPARE(secretsAtHand(*cluster, cluster->workloads()[0]), std::string("4 Secrets (api, db, tls, ...)"));
    QCOMPARE(secretsAtHand(*cluster, cluster->workloads()[1]), std::string());
}

void tst_Vulnerabilities::harbor()
{
    const auto path = sharedPath("snapshots/harbor");
    if (!path)
        QSKIP("the shared snapshots are not here");
    const auto cluster = clusterFromPath(*path);
    evidence::Evidence reports = clusterReports(*cluster);
    QVERIFY(reports.scans.size() > 10);
    QVERIFY(!reports.results.empty());
    ScanResults results = matchScans(*cluster, std::move(reports));
    rank(*cluster, {}, results);
    std::size_t byDigest = 0, byTag = 0, none = 0;
    for (const ScannedImage& image : results.images) {
        if (image.matches.empty())
            ++none;
        else
            ++(image.matches[0].kind == MatchKind::Tag ? byTag : byDigest);
    }
    qInfo("harbor: %zu images; %zu by digest, %zu by tag, %zu without report; %zu reports unmatched, %zu ranked",
        results.images.size(), byDigest, byTag, none, results.unmatched.size(), results.ranked.size());
    QVERIFY(byDigest > 10);
    QVERIFY(none > 0);
    QVERIFY(!results.ranked.empty());
}

QTEST_GUILESS_MAIN(tst_Vulnerabilities)
#include "tst_Vulnerabilities.moc"
