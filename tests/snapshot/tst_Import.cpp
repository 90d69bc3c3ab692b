// SPDX-License-Identifier: Apache-2.0
#include <QTest>

#include <algorithm>
#include <map>

#include <unistd.h>

#include "core/base/Text.h"
#include "core/format/Sha256.h"
#include "core/format/Yaml.h"
#include "tests/snapshot/ImportSupport.h"

using namespace plimsoll;
using namespace plimsoll::snapshot;
using namespace plimsoll::test;

namespace {

std::string utf16(std::string_view ascii, bool isBig)
{
    std::string out = isBig ? "\xFE\xFF" : "\xFF\xFE";
    for (const char c : ascii) {
        if (isBig)
            out += '\0';
        out += c;
        if (!isBig)
            out += '\0';
    }
    return out;
}

std::string crlf(std::string text)
{
    for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += 2)
        text.replace(at, 1, "\r\n");
    return text;
}

// kubectl orders members differently in JSON and YAML.
std::string sortedJson(format::Value value)
{
    if (!value.isObject() && !value.isArray())
        return format::toJson(value);
    std::vector<std::string> parts;
    for (const format::Value member : value)
        parts.push_back((value.isObject() ? jsonQuoted(member.key()) + ':' : std::string()) + sortedJson(member));
    if (value.isObject())
        std::ranges::sort(parts);
    return (value.isObject() ? '{' : '[') + join(parts, ",") + (value.isObject() ? '}' : ']');
}

std::string sortedJson(const std::string& json)
{
    format::Document document;
    format::JsonParser parser;
    return parser.parseCopy(json, document) ? sortedJson(document.root()) : "not JSON";
}

// Reading these takes a while without optimisation, so each is read once.
const Import& imported(const std::string& path)
{
    static std::map<std::string, Import> known;
    const auto found = known.find(path);
    return found != known.end() ? found->second : known.emplace(path, importPath(path)).first->second;
}

const std::string podA = "v1 Pod ns/a\n";
const std::string podB = "v1 Pod ns/b\n";
const std::string podsAB = podA + podB;

} // namespace

class TestImport : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void reads_data();
    void reads();
    void problemsSayWhereAndWhy_data();
    void problemsSayWhereAndWhy();
    void passesOverWhatIsNotKubernetes_data();
    void passesOverWhatIsNotKubernetes();
    void knowsWhichKindsAreListed_data();
    void knowsWhichKindsAreListed();
    void findsTheServerVersion_data();
    void findsTheServerVersion();
    void readsFoldersInOrder();
    void mergesSources();
    void failsAsAWhole_data();
    void failsAsAWhole();
    void readsRawAgain_data();
    void readsRawAgain();
    void keepsWhoWroteSecrets_data();
    void keepsWhoWroteSecrets();
    void locates_data();
    void locates();
    void saysThatAFileChanged();
    void masksWhileReading();
    void hashesTheFilesThatWereRead();
    void sameForAnyNumberOfThreads();
    void cutsLargeYamlLists_data();
    void cutsLargeYamlLists();
    void stopsWhenCancelled();
    void readsHarbor_data();
    void readsHarbor();
    void harborYamlHoldsTheSameObjects();
};

void TestImport::reads_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("titles");
    const auto row = [](const char* situation, const std::string& bytes, const std::string& titles) {
        QTest::addRow("%s", situation) << QByteArray::fromStdString(bytes) << QByteArray::fromStdString(titles);
    };
    const std::string two = podJson("a") + "," + podJson("b");
    const std::string bare = R"({"metadata":{"name":"a","namespace":"ns"}},{"metadata":{"name":"b","namespace":"ns"}})";
    row("JSON object", podJson("a"), podA);
    row("JSON List", R"({"apiVersion":"v1","items":[)" + two + R"(],"kind":"List"})", podsAB);
    row("typed JSON list", R"({"kind":"PodList","apiVersion":"v1","items":[)" + bare + "]}", podsAB);
    row("typed JSON list with its kind behind", R"({"items":[)" + bare + R"(],"kind":"PodList","apiVersion":"v1"})",
        podsAB);
    row("typed list of a group",
        R"({"kind":"RoleList","apiVersion":"rbac.authorization.k8s.io/v1","items":[{"metadata":{"name":"a"}}]})",
        "rbac.authorization.k8s.io/v1 Role /a\n");
    row("items that say their kind in a typed list", R"({"kind":"PodList","apiVersion":"v1","items":[)" + two + "]}",
        podsAB);
    row("bare JSON array", '[' + two + ']', podsAB);
    row("concatenated JSON", podJson("a") + podJson("b"), podsAB);
    row("NDJSON", podJson("a") + "\r\n" + podJson("b") + "\r\n", podsAB);
    row("two lists of different kinds",
        R"({"kind":"PodList","apiVersion":"v1","items":[)" + bare
            + R"(]}{"kind":"ServiceList","apiVersion":"v1","items":[{"metadata":{"name":"s"}}]})",
        podsAB + "v1 Service /s\n");
    row("List in a List",
        R"({"kind":"List","apiVersion":"v1","items":[{"kind":"List","apiVersion":"v1","items":[)" + podJson("a") + "]},"
            + podJson("b") + "]}",
        podsAB);
    row("typed list in a List",
        R"({"kind":"List","apiVersion":"v1","items":[{"kind":"PodList","apiVersion":"v1","items":[)" + bare + "]}]}",
        podsAB);
    row("JSON with UTF-8 mark", "\xEF\xBB\xBF" + podJson("a"), podA);
    row("JSON in UTF-16 LE", utf16(podJson("a"), false), podA);
    row("JSON in UTF-16 BE", utf16(podJson("a"), true), podA);
    row("JSON behind white space", "\r\n\t " + podJson("a"), podA);
    row("YAML object", podYaml("a"), podA);
    row("YAML documents", podYaml("a") + "---\n" + podYaml("b"), podsAB);
    row("YAML with leading mark, comments and empty documents",
        "---\n# Source: x.yaml\n---\n---\n" + podYaml("a") + "...\n---\n# end\n", podA);
    row("YAML with CRLF", crlf(podYaml("a") + "---\n" + podYaml("b")), podsAB);
    row("YAML with UTF-8 mark", "\xEF\xBB\xBF" + podYaml("a"), podA);
    row("YAML in UTF-16", utf16(podYaml("a"), false), podA);
    row("YAML List",
        "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: a, namespace: ns}\n"
        "- {apiVersion: v1, kind: Pod, metadata: {name: b, namespace: ns}}\n",
        podsAB);
    row("typed YAML list", "apiVersion: v1\nkind: PodList\nitems:\n- metadata: {name: a, namespace: ns}\n", podA);
    row("YAML flow mapping", "{apiVersion: v1, kind: Pod, metadata: {name: a, namespace: ns}}\n", podA);
    row("YAML with a JSON document behind", podYaml("a") + "---\n" + podJson("b") + "\n", podsAB);
    row("YAML sequence of objects", "- apiVersion: v1\n  kind: Pod\n  metadata: {name: a, namespace: ns}\n", podA);
    row("generated name", R"({"apiVersion":"v1","kind":"Pod","metadata":{"generateName":"a-"}})", "v1 Pod /\n");
    row("object whose kind ends in List", R"({"apiVersion":"x/v1","kind":"AllowList","metadata":{"name":"a"}})",
        "x/v1 AllowList /a\n");
    row("duplicate members: the last counts",
        R"({"apiVersion":"v1","kind":"Node","kind":"Pod","metadata":{"name":"a","namespace":"ns"}})", podA);
}

void TestImport::reads()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArray, titles);
    const std::string text = bytes.toStdString();
    const Import result = importBytes("test.txt", text);
    QCOMPARE(result.error, std::string());
    QCOMPARE(result.problems(), std::string());
    QCOMPARE(result.titles(), titles.toStdString());
    QCOMPARE(result.snapshot->files().size(), std::size_t(1));
    QCOMPARE(result.snapshot->files()[0].objects, static_cast<std::uint32_t>(result.objects.size()));
    QCOMPARE(result.snapshot->files()[0].bytes, text.size());
    QCOMPARE(result.snapshot->files()[0].sha256, format::sha256Hex(text));
}

void TestImport::problemsSayWhereAndWhy_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("titles");
    QTest::addColumn<QByteArray>("problems");
    const auto row
        = [](const char* situation, const std::string& bytes, const std::string& titles, const char* problems) {
              QTest::addRow("%s", situation)
                  << QByteArray::fromStdString(bytes) << QByteArray::fromStdString(titles) << QByteArray(problems);
          };
    const auto list = [](const std::string& item) {
        return "{\"kind\":\"List\",\"apiVersion\":\"v1\",\"items\":[\n" + podJson("a") + ",\n" + item + ",\n"
            + podJson("b") + "]}";
    };
    row("item is no JSON", list("{\"a\":\n nil}"), podsAB, "a value is missing or is not JSON: f:4\n");
    row("item is a number", list("5"), podsAB, "something other than an object stands here: 5,: f:3\n");
    row("item is an array", list("[1]"), podsAB, "an item of the list is not an object: f:3\n");
    row("kind is no string", list(R"({"apiVersion":"v1","kind":5,"metadata":{"name":"x"}})"), podsAB,
        "kind is not a string: f:3\n");
    row("metadata is no object", list(R"({"apiVersion":"v1","kind":"Pod","metadata":[]})"), podsAB,
        "metadata of a Pod is not an object: f:3\n");
    row("name is no string", list(R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":7}})"), podsAB,
        "metadata.name of a Pod is not a string: f:3\n");
    row("namespace is no string", list(R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"x","namespace":{}}})"),
        podsAB, "metadata.namespace of a Pod is not a string: f:3\n");
    row("no name", list(R"({"apiVersion":"v1","kind":"Pod","metadata":{}})"), podsAB, "a Pod has no name: f:3\n");
    row("10,000 deep",
        list("{\"apiVersion\":\"v1\",\"a\":" + std::string(10'000, '[') + std::string(10'000, ']') + '}'), podsAB,
        "the value is nested too deeply: f:3\n");
    row("item is not valid UTF-8", list("{\"apiVersion\":\"\xFF\"}"), podsAB, "the text is not valid UTF-8: f:3\n");
    row("NUL byte far in", list(std::string("{\"apiVersion\":\"") + std::string(9000, 'x') + '\0' + "\"}"), podsAB,
        "a string holds an unescaped control character: f:3\n");
    row("truncated in an item",
        "{\"kind\":\"List\",\"apiVersion\":\"v1\",\"items\":[\n" + podJson("a") + ",\n{\"apiVersion\":", podA,
        "the JSON breaks off within a value that begins in line 3: f:3\n");
    row("truncated between items", "{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[\n" + podJson("a") + ",\n",
        podA, "the JSON breaks off within a list: f:3\n");
    row("text behind", podJson("a") + "\nhello\n", podA, "something other than an object stands here: hello: f:2\n");
    row("hostile text behind",
        podJson("a")
            + "\n\x1b"
              "c\a\n",
        podA,
        "something other than an object stands here: \\x1b"
        "c\\x07: f:2\n");
    row("error answer of the API server",
        podJson("a") + R"({"kind":"Status","apiVersion":"v1","metadata":{},"message":"forbidden"})", podA,
        "note the API server's answer was an error: forbidden: f:1\n");
    row("YAML document is broken",
        podYaml("a") + "---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: [x\n---\n" + podYaml("b"), podsAB, nullptr);
    row("template is not rendered",
        podYaml("a") + "---\napiVersion: v1\nkind: Pod\n{{- if .Values.x }}\nmetadata: {}\n{{- end }}\n", podA,
        nullptr);
}

void TestImport::problemsSayWhereAndWhy()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArray, titles);
    QFETCH(QByteArray, problems);
    const std::string text = bytes.toStdString();
    const Import result = importBytes("f", text);
    QCOMPARE(result.error, std::string());
    QCOMPARE(result.titles(), titles.toStdString());
    if (!problems.isNull()) {
        QCOMPARE(result.problems(), problems.toStdString());
        return;
    }
    // YAML: the reason is yaml-cpp's.
    QCOMPARE(result.snapshot->problems().size(), std::size_t(1));
    const Problem& problem = result.snapshot->problems().front();
    QVERIFY2(problem.error.where.starts_with("f:"), problem.error.where.c_str());
    const int line = std::stoi(problem.error.where.substr(2));
    QVERIFY2(line >= 8 && line <= 12, problem.error.where.c_str());
    QCOMPARE(problem.level == Problem::Level::Note, text.contains("{{"));
}

void TestImport::passesOverWhatIsNotKubernetes_data()
{
    QTest::addColumn<QByteArray>("bytes");
    const auto row = [](const char* situation, const std::string& bytes) {
        QTest::addRow("%s", situation) << QByteArray::fromStdString(bytes);
    };
    row("empty file", "");
    row("only white space", " \n\t\n");
    row("log", "2026-11-23 INFO started\n[INFO] {\"a\":1}\n");
    row("log that begins with a bracket", "[2026-11-23] kind: of\n");
    row("table of kubectl", "NAME   SHORTNAMES   APIVERSION   NAMESPACED   KIND\n");
    row("binary",
        std::string("\x7F"
                    "ELF\0\0apiVersion: v1\nkind: Pod\n",
            31));
    row("JSON of another tool", R"({"name":"x","version":"1.0","items":[{"a":1}]})");
    row("broken JSON of another tool", "{\"name\": // comment\n \"x\"}");
    row("JSON that breaks off and says nothing of Kubernetes", "{\"name\": [");
    row("values of a chart", "image:\n  repository: x\nkind: y\n");
    row("Chart.yaml", "apiVersion: v2\nname: x\nversion: 1.0.0\n");
    row("kustomization",
        "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nmetadata: {name: x}\nresources: [a.yaml]\n");
    row("configuration of a component",
        "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\nport: 1\n");
    row("kubeconfig", "apiVersion: v1\nkind: Config\nmetadata: {name: x}\nusers: []\n");
    row("audit log", R"({"kind":"Event","apiVersion":"audit.k8s.io/v1","metadata":{"name":"x"},"level":"Metadata"})");
    row("broken YAML of another tool", "a: [\n  kind: x\n  apiVersion: y\n");
}

void TestImport::passesOverWhatIsNotKubernetes()
{
    QFETCH(QByteArray, bytes);
    Folder folder;
    folder.put("a", bytes.toStdString());
    folder.put("pod.json", podJson("a"));
    const Import result = importPath(folder.path());
    QCOMPARE(result.error, std::string());
    QCOMPARE(result.problems(), std::string());
    QCOMPARE(result.titles(), podA);
    QCOMPARE(result.snapshot->passedOver(), 1u);
    QCOMPARE(
        static_cast<int>(result.snapshot->files()[0].content), static_cast<int>(SourceFile::Content::NotKubernetes));
}

void TestImport::knowsWhichKindsAreListed_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("listed");
    const auto row = [](const char* situation, const char* name, const char* bytes, const char* listed) {
        QTest::addRow("%s", situation) << QByteArray(name) << QByteArray(bytes) << QByteArray(listed);
    };
    row("typed list", "x", R"({"kind":"PodList","apiVersion":"v1","items":[{"metadata":{"name":"a"}}]})", "core/Pod ");
    row("empty typed list", "x", R"({"kind":"NetworkPolicyList","apiVersion":"networking.k8s.io/v1","items":[]})",
        "networking.k8s.io/NetworkPolicy ");
    row("null items", "x", R"({"kind":"PodList","apiVersion":"v1","metadata":{},"items":null})", "core/Pod ");
    row("empty List named after the plural", "ingresses.json", R"({"apiVersion":"v1","items":[],"kind":"List"})",
        "networking.k8s.io/Ingress ");
    row("with its group", "a/ingresses.networking.k8s.io.json", R"({"apiVersion":"v1","items":[],"kind":"List"})",
        "networking.k8s.io/Ingress ");
    row("another group's plural", "ingresses.example.com.json", R"({"apiVersion":"v1","items":[],"kind":"List"})", "");
    row("empty List of an unknown plural", "things.json", R"({"apiVersion":"v1","items":[],"kind":"List"})", "");
    row("truncated list does not tell", "pods.json",
        R"({"apiVersion":"v1","kind":"PodList","items":[{"metadata":{"name":"a"}},)", "");
    row("empty YAML List named after the plural", "roles.yaml", "apiVersion: v1\nitems: []\nkind: List\n",
        "rbac.authorization.k8s.io/Role ");
    row("typed YAML list", "x.yaml", "apiVersion: apps/v1\nitems: []\nkind: DeploymentList\n", "apps/Deployment ");
}

void TestImport::knowsWhichKindsAreListed()
{
    QFETCH(QByteArray, name);
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArray, listed);
    Folder folder;
    folder.put(name.toStdString(), bytes.toStdString());
    folder.put("pod.json", podJson("a"));
    const Import result = importPath(folder.path());
    QCOMPARE(result.error, std::string());
    QCOMPARE(result.listed(), listed.toStdString());
}

void TestImport::findsTheServerVersion_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("version");
    QTest::addRow("kubectl version") << QByteArray(
        R"({"clientVersion":{"gitVersion":"v1.32.4"},"serverVersion":{"gitVersion":"v1.36.2"}})")
                                     << QByteArray("v1.36.2");
    QTest::addRow("support bundle") << QByteArray(R"({"info":{"gitVersion":"v1.30.1"},"string":"v1.30.1"})")
                                    << QByteArray("v1.30.1");
    QTest::addRow("client alone") << QByteArray(R"({"clientVersion":{"gitVersion":"v1.32.4"}})") << QByteArray("");
    QTest::addRow("wrong type") << QByteArray(R"({"serverVersion":{"gitVersion":1}})") << QByteArray("");
}

void TestImport::findsTheServerVersion()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArray, version);
    Folder folder;
    folder.put("any.json", bytes.toStdString());
    folder.put("pod.json", podJson("a"));
    const Import result = importPath(folder.path());
    QCOMPARE(result.error, std::string());
    QCOMPARE(result.snapshot->serverVersion(), version.toStdString());
    QCOMPARE(result.snapshot->passedOver(), version.isEmpty() ? 1u : 0u);
}

void TestImport::readsFoldersInOrder()
{
    Folder outside;
    outside.put("secret.json", podJson("outside"));
    Folder folder;
    folder.put("b.json", podJson("b"));
    folder.put("a/z.yaml", podYaml("a"));
    folder.put("a/deep/er/x.json", podJson("x"));
    folder.put(".git/y.json", podJson("git"));
    folder.put("not-readable.json", podJson("u"));
    std::filesystem::create_symlink(outside.at("secret.json"), folder.at("link.json"));
    std::filesystem::create_directory_symlink(outside.path(), folder.at("links"));
    std::filesystem::create_directory_symlink(folder.path(), folder.at("a/loop"));
    std::filesystem::permissions(folder.at("not-readable.json"), std::filesystem::perms::none);
    const Import result = importPath(folder.path());
    QCOMPARE(result.error, std::string());
    const bool isRoot = ::geteuid() == 0; // reads it all the same
    QCOMPARE(result.titles(), "v1 Pod ns/x\n" + podsAB + (isRoot ? "v1 Pod ns/u\n" : ""));
    QCOMPARE(result.problems(),
        std::string(isRoot ? "" : "the file may not be read: not-readable.json: check its permissions\n"));
    std::string names;
    for (const SourceFile& file : result.snapshot->files())
        names += file.name + ' ';
    QVERIFY2(names.starts_with("a/deep/er/x.json a/z.yaml b.json"), names.c_str());
}

void TestImport::mergesSources()
{
    Folder folder;
    folder.put("a.json", podJson("a"));
    folder.put("b.yaml", podYaml("b"));
    const Import result = importAll({ { folder.at("b.yaml"), {} }, { folder.at("a.json"), {} } });
    QCOMPARE(result.error, std::string());
    QCOMPARE(result.titles(), podB + podA);
    QCOMPARE(result.snapshot->label(), folder.at("b.yaml") + ", " + folder.at("a.json"));
}

void TestImport::failsAsAWhole_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("error");
    QTest::addRow("no such file") << QByteArray("nowhere.json") << QByteArray()
                                  << QByteArray("there is no such file or folder: nowhere.json: check the path");
    QTest::addRow("empty") << QByteArray("a") << QByteArray("") << QByteArray("no Kubernetes objects were found");
    QTest::addRow("not Kubernetes") << QByteArray("a") << QByteArray("hello")
                                    << QByteArray("no Kubernetes objects were found");
    QTest::addRow("broken")
        << QByteArray("a") << QByteArray("{\"apiVersion\":\"v1\",\n")
        << QByteArray(
               "no Kubernetes objects could be read: the JSON breaks off within a value that begins in line 1: a:2");
}

void TestImport::failsAsAWhole()
{
    QFETCH(QByteArray, name);
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArray, error);
    Folder folder;
    if (!bytes.isNull())
        folder.put(name.toStdString(), bytes.toStdString());
    const Import result = importPath(folder.at(name.toStdString()));
    QVERIFY(!result.snapshot);
    QVERIFY2(result.error.starts_with(error.toStdString()), result.error.c_str());
}

void TestImport::readsRawAgain_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<bool>("isLineNumbered");
    const std::string managed
        = R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","managedFields":[{"x":1}]},"spec":{"a":"\u00e9"}})";
    const std::string list
        = "{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"items\":[" + managed + ",\n{\"metadata\":{\"name\":\"b\"}}]}";
    const auto row = [](const char* situation, const char* name, const std::string& bytes, bool isLineNumbered) {
        QTest::addRow("%s", situation) << QByteArray(name) << QByteArray::fromStdString(bytes) << isLineNumbered;
    };
    row("JSON", "a.json", managed, false);
    row("JSON list", "a.json", list, false);
    row("JSON with mark", "a.json", "\xEF\xBB\xBF" + list, false);
    row("list in a list", "a.json", "{\"kind\":\"List\",\"items\":[" + list + "]}", false);
    row("list with its kind behind", "a.json",
        "{\"items\":[{\"metadata\":{\"name\":\"b\"},\"data\":{\"x\":\"y\"}}],\"kind\":\"ConfigMapList\",\"apiVersion\":"
        "\"v1\"}",
        false);
    row("UTF-16", "a.json", utf16(podJson("a"), false), true);
    row("YAML", "a.yaml", podYaml("a") + "---\n" + podYaml("b"), true);
    row("YAML list", "a.yaml",
        "kind: List\napiVersion: v1\nitems:\n- kind: Pod\n  apiVersion: v1\n  metadata:\n    name: a\n", true);
    row("gzip", "a.json.gz", archiveOf({ { "a.json", list } }, ArchiveKind::Gzip), true);
    row("tar", "a.tar", archiveOf({ { "a.json", list }, { "b.yaml", podYaml("c") } }, ArchiveKind::Tar), true);
}

void TestImport::readsRawAgain()
{
    QFETCH(QByteArray, name);
    QFETCH(QByteArray, bytes);
    QFETCH(bool, isLineNumbered);
    Folder folder;
    folder.put(name.toStdString(), bytes.toStdString());
    const Import result = importPath(folder.at(name.toStdString()));
    QCOMPARE(result.error, std::string());
    QCOMPARE(result.problems(), std::string());
    QVERIFY(!result.objects.empty());
    std::string imported;
    std::string again;
    for (const Imported& object : result.objects) {
        format::Document document;
        VERIFY_RESULT(result.snapshot->readRaw(object.raw, document));
        QCOMPARE(document.isLineNumbered(), isLineNumbered);
        imported += object.json + '\n';
        again += format::toJson(document.root()) + '\n';
    }
    QCOMPARE(again, imported);
    QVERIFY(!again.contains("managedFields"));
}

// Of Secrets, and of nothing else, what tells when they were last changed can be had from every source.
void TestImport::keepsWhoWroteSecrets_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("bytes");
    const auto item = [](const std::string& type, const std::string& name) {
        return "{" + type + R"("metadata":{"name":")" + name
            + R"(","managedFields":[{"manager":"helm"}]},"data":{"k":"dg=="}})";
    };
    const auto typed = [&](const std::string& kind, const std::string& name) {
        return item(R"("apiVersion":"v1","kind":")" + kind + "\",", name);
    };
    const std::string list
        = R"({"kind":"List","apiVersion":"v1","items":[)" + typed("ConfigMap", "m") + ',' + typed("Secret", "s") + "]}";
    const std::string ofSecrets = R"({"kind":"SecretList","apiVersion":"v1","items":[)" + item({}, "s") + "]}";
    const std::string behind = R"({"items":[)" + item({}, "s") + R"(],"kind":"SecretList","apiVersion":"v1"})";
    const auto row = [](const char* situation, const char* name, const std::string& bytes) {
        QTest::addRow("%s", situation) << QByteArray(name) << QByteArray::fromStdString(bytes);
    };
    row("JSON", "a.json", list);
    row("YAML", "a.yaml", "# flow style\n" + list);
    row("UTF-16", "a.json", utf16(list, false));
    for (const auto& [situation, text] : { std::pair("objects", list), { "a list", ofSecrets },
             { "kind behind", behind }, { "a list in a list", R"({"kind":"List","items":[)" + ofSecrets + "]}" } }) {
        row((std::string("gzip, ") + situation).c_str(), "a.json.gz",
            archiveOf({ { "a.json", text } }, ArchiveKind::Gzip));
        row((std::string("tar, ") + situation).c_str(), "a.tar", archiveOf({ { "a.json", text } }, ArchiveKind::Tar));
    }
}

void TestImport::keepsWhoWroteSecrets()
{
    QFETCH(QByteArray, name);
    QFETCH(QByteArray, bytes);
    Folder folder;
    folder.put(name.toStdString(), bytes.toStdString());
    const Import result = importPath(folder.at(name.toStdString()));
    QCOMPARE(result.error, std::string());
    bool hasSecret = false;
    for (const Imported& object : result.objects) {
        format::Document document;
        VERIFY_RESULT(result.snapshot->readRaw(object.raw, document));
        QVERIFY(document.root().at("/metadata/managedFields").isAbsent());
        const bool isSecret = document.root().at("/metadata/name").text() == "s";
        if (!isSecret && name == "a.json" && !document.isLineNumbered())
            continue; // a file that is read again has them of everything
        VERIFY_RESULT(result.snapshot->readRaw(object.raw, document, true));
        QCOMPARE(document.root().at("/metadata/managedFields").isPresent(), isSecret);
        hasSecret = hasSecret || isSecret;
    }
    QVERIFY(hasSecret);
}

void TestImport::locates_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<int>("line");
    const std::string json
        = "\n{\"apiVersion\":\"v1\",\n\"kind\":\"List\",\"items\":[{\n\"apiVersion\":\"v1\",\"kind\":\"Pod\",\n"
          "\"metadata\":{\"name\":\"a\"},\n\"spec\":{\n\"hostPID\":true}}]}";
    const std::string yaml
        = "# comment\n---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  # why\n  hostPID: true\n";
    const auto row = [](const char* situation, const char* name, const std::string& bytes, int line) {
        QTest::addRow("%s", situation) << QByteArray(name) << QByteArray::fromStdString(bytes) << line;
    };
    row("JSON", "a.json", json, 7);
    row("JSON in UTF-16", "a.json", utf16(json, true), 7);
    row("JSON in gzip", "a.json.gz", archiveOf({ { "a.json", json } }, ArchiveKind::Gzip), 7);
    row("YAML", "a.yaml", yaml, 9);
    row("YAML in gzip", "a.yaml.gz", archiveOf({ { "a.yaml", yaml } }, ArchiveKind::Gzip), 9);
    row("second YAML document", "a.yaml", podYaml("x") + yaml, 15);
}

void TestImport::locates()
{
    QFETCH(QByteArray, name);
    QFETCH(QByteArray, bytes);
    QFETCH(int, line);
    Folder folder;
    folder.put(name.toStdString(), bytes.toStdString());
    const Import result = importPath(folder.path());
    QCOMPARE(result.error, std::string());
    const RawRef raw = result.objects.back().raw;
    const std::vector<std::string_view> pointers { "/spec/hostPID", "/spec/hostPID/x", "/metadata/name", "" };
    const auto places = result.snapshot->locate(raw, pointers);
    QCOMPARE(places[0]->file, name.toStdString());
    QCOMPARE(places[0]->line, static_cast<std::uint32_t>(line));
    QCOMPARE(places[1]->line, static_cast<std::uint32_t>(line)); // nearest that exists
    QVERIFY(places[2]->line < places[0]->line);
    QCOMPARE(places[3]->line, raw.line);
    QCOMPARE(result.snapshot->locate(raw, "/spec/hostPID")->line, static_cast<std::uint32_t>(line));
}

void TestImport::saysThatAFileChanged()
{
    Folder folder;
    folder.put("a.json", podJson("a"));
    const Import result = importPath(folder.path());
    format::Document document;
    VERIFY_RESULT(result.snapshot->readRaw(result.objects[0].raw, document));
    folder.put("a.json", podJson("longer"));
    const auto changed = result.snapshot->readRaw(result.objects[0].raw, document);
    QVERIFY(!changed);
    QCOMPARE(
        toText(changed.error()), std::string("the file has changed since it was read: a.json: open the source again"));
    QVERIFY(!result.snapshot->locate(result.objects[0].raw, "/metadata"));
    std::filesystem::remove(folder.at("a.json"));
    const auto gone = result.snapshot->readRaw(result.objects[0].raw, document);
    QVERIFY(!gone);
    QCOMPARE(gone.error().kind, ErrorKind::NotFound);
}

void TestImport::masksWhileReading()
{
    const std::string secret
        = R"({"kind":"SecretList","apiVersion":"v1","items":[{"metadata":{"name":"a"},"data":{"k":"cGxhbnRlZA=="}}]})";
    Folder folder;
    folder.put("a.json", secret);
    folder.put("b.tar", archiveOf({ { "a.json", secret } }, ArchiveKind::Tar));
    folder.put("c.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {k: cGxhbnRlZA==}\n");
    const Import result = importPath(folder.path());
    QCOMPARE(result.objects.size(), std::size_t(3));
    std::string all;
    for (const Imported& object : result.objects) {
        format::Document document;
        VERIFY_RESULT(result.snapshot->readRaw(object.raw, document));
        all += object.json + format::toJson(document.root()) + std::to_string(object.maskedCount) + '\n';
    }
    QVERIFY2(!all.contains("cGxhbnRlZA"), all.c_str());
    QCOMPARE(std::ranges::count(all, '<'), 6);
}

void TestImport::hashesTheFilesThatWereRead()
{
    Folder folder;
    folder.put("b.json", podJson("b"));
    folder.put("a/a.yaml", podYaml("a"));
    folder.put("log.txt", "hello");
    const Import result = importPath(folder.path());
    const std::string lines = std::string("a/a.yaml") + '\0' + format::sha256Hex(podYaml("a")) + "\nb.json" + '\0'
        + format::sha256Hex(podJson("b")) + '\n';
    QCOMPARE(result.snapshot->sourceHash(), format::sha256Hex(lines));
}

void TestImport::sameForAnyNumberOfThreads()
{
    std::string list = "{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[\n";
    for (int i = 0; i < 60'000; ++i)
        list += (i ? ",\n" : "") + podJson("pod-" + std::to_string(i))
            + (i % 1000 == 500 ? ", {\"apiVersion\":nil}" : "");
    list += "]}";
    const auto read = [&](unsigned threads) {
        Collector collector;
        Progress progress;
        TaskPool threadPool(threads);
        const Source source { .path = "a.json", .bytes = list };
        auto snapshot = importSources(std::span(&source, 1), collector, threadPool, progress);
        std::string out = snapshot ? (*snapshot)->sourceHash() : toText(snapshot.error());
        for (const Imported& object : collector.objects)
            out += object.title + std::to_string(object.raw.offset) + ' ' + std::to_string(object.raw.line) + '\n';
        for (const Problem& problem : snapshot ? (*snapshot)->problems() : std::vector<Problem>())
            out += toText(problem.error) + '\n';
        return out;
    };
    const std::string one = read(1);
    QCOMPARE(std::ranges::count(one, '\n'), 60'060);
    QCOMPARE(read(2), one);
    QCOMPARE(read(7), one);
}

void TestImport::cutsLargeYamlLists_data()
{
    QTest::addColumn<QByteArray>("head");
    QTest::addColumn<QByteArray>("tail");
    QTest::addColumn<int>("more"); // objects behind the list
    QTest::addRow("as kubectl writes it") << QByteArray("apiVersion: v1\nitems:\n")
                                          << QByteArray("kind: List\nmetadata:\n  resourceVersion: \"\"\n") << 0;
    QTest::addRow("kind in front") << QByteArray("apiVersion: v1\nkind: List\nitems:\n") << QByteArray("") << 0;
    QTest::addRow("documents follow") << QByteArray("---\n# list\nkind: List\nitems:\n")
                                      << QByteArray("---\n" + QByteArray::fromStdString(podYaml("x"))) << 1;
    QTest::addRow("another list follows") << QByteArray("kind: List\nitems:\n")
                                          << QByteArray("apiVersion: v1\n---\nkind: List\napiVersion: v1\nitems:\n- "
                                                        "apiVersion: v1\n  kind: Pod\n  metadata: {name: x}\n")
                                          << 1;
}

// Larger than the chunks in which YAML is read, and larger as a whole than an object may be.
void TestImport::cutsLargeYamlLists()
{
    QFETCH(QByteArray, head);
    QFETCH(QByteArray, tail);
    QFETCH(int, more);
    constexpr int count = 6000;
    std::string text = head.toStdString();
    const auto firstLine = static_cast<std::uint32_t>(std::ranges::count(text, '\n')) + 1;
    for (int i = 0; i < count; ++i)
        text += "- apiVersion: v1\n  kind: Pod\n  metadata:\n    name: pod-" + std::to_string(i)
            + "\n    namespace: ns\n  spec:\n    args:\n"
              "    - |\n      --- x\n      - "
            + std::string(60, 'y') + "\n    - b\n";
    text += tail.toStdString();
    const Import result = importBytes("f", text, { .limits = { .maxObjectBytes = 700'000 } });
    QCOMPARE(result.error, std::string());
    QCOMPARE(result.problems(), std::string());
    QCOMPARE(static_cast<int>(result.objects.size()), count + more);
    QCOMPARE(result.objects[count - 1].title, "v1 Pod ns/pod-" + std::to_string(count - 1));
    QCOMPARE(result.snapshot->locate(result.objects[count - 1].raw, "/metadata/name")->line,
        firstLine + 11 * (count - 1) + 3);
}

void TestImport::stopsWhenCancelled()
{
    const std::string text = podJson("a");
    const Source source { .path = "a.json", .bytes = text };
    Collector collector;
    Progress progress;
    progress.cancel();
    const auto result = importSources(std::span(&source, 1), collector, pool(), progress);
    QVERIFY(!result);
    QCOMPARE(result.error().kind, ErrorKind::Cancelled);
}

void TestImport::readsHarbor_data()
{
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<int>("objects");
    QTest::addColumn<int>("pods");
    QTest::addColumn<QByteArray>("version");
    QTest::addRow("folder") << QByteArray("snapshots/harbor") << 3314 << 374 << QByteArray("v1.36.2");
    QTest::addRow("YAML") << QByteArray("snapshots/harbor.yaml.gz") << 2374 << 374 << QByteArray();
    QTest::addRow("cluster-info dump") << QByteArray("snapshots/harbor-dump") << 1643 << 374 << QByteArray();
}

void TestImport::readsHarbor()
{
    QFETCH(QByteArray, path);
    QFETCH(int, objects);
    QFETCH(int, pods);
    QFETCH(QByteArray, version);
    const auto shared = sharedPath(path.toStdString());
    if (!shared)
        QSKIP("the shared snapshots are not here");
    const Import& result = imported(*shared);
    QCOMPARE(result.error, std::string());
    QCOMPARE(result.problems(), std::string());
    QCOMPARE(static_cast<int>(result.objects.size()), objects);
    QCOMPARE(static_cast<int>(std::ranges::count_if(
                 result.objects, [](const Imported& o) { return o.title.starts_with("v1 Pod "); })),
        pods);
    QCOMPARE(result.snapshot->serverVersion(), version.toStdString());
}

void TestImport::harborYamlHoldsTheSameObjects()
{
    const auto folder = sharedPath("snapshots/harbor");
    const auto yaml = sharedPath("snapshots/harbor.yaml.gz");
    if (!folder || !yaml)
        QSKIP("the shared snapshots are not here");
    // Kinds whose objects nothing changed between the two dumps.
    const auto jsonOf = [](const Import& import) {
        std::vector<std::string> out;
        for (const Imported& object : import.objects) {
            if (object.title.contains(" ClusterRole ") || object.title.contains(" ConfigMap ")
                || object.title.contains(" Secret ") || object.title.contains(" NetworkPolicy ")
                || object.title.contains(" CustomResourceDefinition "))
                out.push_back(sortedJson(object.json));
        }
        std::ranges::sort(out);
        return out;
    };
    const auto one = jsonOf(imported(*folder));
    const auto other = jsonOf(imported(*yaml));
    std::vector<std::string> differing;
    std::ranges::set_symmetric_difference(one, other, std::back_inserter(differing));
    QVERIFY(one.size() > 500);
    QCOMPARE(differing.empty() ? std::string() : differing.front().substr(0, 3000), std::string());
}

QTEST_GUILESS_MAIN(TestImport)
#include "tst_Import.moc"
