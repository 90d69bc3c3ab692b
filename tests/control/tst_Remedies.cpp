// SPDX-License-Identifier: Apache-2.0
// Every remedy remedies: a patch applied to the object it was made for takes the fault away.
#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <set>

#include "core/access/Access.h"
#include "core/base/Progress.h"
#include "core/base/Text.h"
#include "core/control/Control.h"
#include "core/control/detail/Workload_p.h"
#include "core/format/Document.h"
#include "core/images/Inventory.h"
#include "core/network/Exposure.h"
#include "core/secrets/Readers.h"
#include "tests/support/Support.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

using namespace plimsoll;
using namespace plimsoll::control;
using test::clusterFrom;

namespace {

#include "tests/control/WorkloadSamples.inc"

#include "tests/control/WorkloadCases.inc"
#include "tests/control/WorkloadMoreCases.inc"

QJsonValue toJson(format::Value value)
{
    switch (value.type()) {
    case format::Type::Null:
        return QJsonValue::Null;
    case format::Type::Boolean:
        return value.asBool().value_or(false);
    case format::Type::Number:
        if (const auto number = value.asInteger())
            return static_cast<qint64>(*number);
        return test::q(value.text()).toDouble();
    case format::Type::String:
        return test::q(value.text());
    case format::Type::Array: {
        QJsonArray array;
        for (const format::Value element : value)
            array.append(toJson(element));
        return array;
    }
    case format::Type::Object: {
        QJsonObject object;
        for (const format::Value member : value)
            object.insert(test::q(member.key()), toJson(member));
        return object;
    }
    }
    return {};
}

QJsonValue parsed(const std::string& json)
{
    const QByteArray wrapped = '[' + QByteArray::fromStdString(json) + ']';
    return QJsonDocument::fromJson(wrapped).array().at(0);
}

using Tokens = std::span<const std::string>;

// The value with one change below it. Maps that do not exist on the way are made.
QJsonValue changed(const QJsonValue& value, Tokens tokens, const std::string& json)
{
    if (tokens.empty())
        return parsed(json);
    const QString token = test::q(tokens.front());
    const bool isRemoval = json.empty() && tokens.size() == 1;
    if (value.isArray()) {
        QJsonArray array = value.toArray();
        const int index = token == QStringLiteral("-") ? static_cast<int>(array.size()) : token.toInt();
        if (isRemoval)
            array.removeAt(index);
        else if (index == array.size())
            array.append(changed({}, tokens.subspan(1), json));
        else
            array.replace(index, changed(array.at(index), tokens.subspan(1), json));
        return array;
    }
    QJsonObject object = value.toObject();
    if (isRemoval)
        object.remove(token);
    else if (!json.empty() || object.contains(token))
        object.insert(token, changed(object.value(token), tokens.subspan(1), json));
    return object;
}

// As cluster::Patch means it: pointers are into the object as it was, whatever the order of the edits. So elements are
// taken out last, from the end.
QJsonValue patched(QJsonValue object, std::vector<cluster::Patch::Edit> edits)
{
    std::ranges::stable_sort(edits, [](const auto& a, const auto& b) {
        if (a.json.empty() != b.json.empty())
            return b.json.empty();
        return a.json.empty() && std::pair(a.pointer.size(), a.pointer) > std::pair(b.pointer.size(), b.pointer);
    });
    for (const cluster::Patch::Edit& edit : edits)
        object = changed(object, format::pointerTokens(edit.pointer), edit.json);
    return object;
}

std::shared_ptr<const cluster::Cluster> load(const std::vector<snapshot::Source>& sources)
{
    Progress progress;
    auto cluster = cluster::loadCluster(sources, test::pool(), progress);
    if (!cluster)
        qFatal("%s", toText(cluster.error()).c_str());
    return *cluster;
}

const Control* controlOf(std::string_view id)
{
    const auto found = std::ranges::find(controls(), id, &Control::id);
    return found == controls().end() ? nullptr : &*found;
}

// What the engines know about a cluster, found once for all controls.
struct Subject {
    std::shared_ptr<const cluster::Cluster> cluster;
    std::shared_ptr<const access::Rbac> rbac;
    network::Reach reach;
    std::vector<network::Exposure> exposures;
    std::shared_ptr<const secrets::Readers> secrets;
    images::ImageInventory images;

    explicit Subject(std::shared_ptr<const cluster::Cluster> made)
        : cluster(std::move(made))
        , rbac(std::make_shared<const access::Rbac>(cluster))
        , reach(cluster)
        , exposures(network::exposures(reach))
        , secrets(secrets::Readers::make(cluster, rbac))
        , images(images::takeImages(*cluster, {}, images::builtInLifecycle(), Settings().dayOf(*cluster)))
    {
    }
};

// What fails, by object, as the engine would tell it.
std::map<std::string, Outcome> failures(const Subject& subject, const Control& control, const Settings& settings)
{
    const Context context { *subject.cluster, *subject.rbac, subject.reach, subject.exposures, settings, nullptr, {},
        subject.secrets.get(), &subject.images };
    std::vector<Outcome> outcomes;
    if (control.evaluate)
        control.evaluate(context, outcomes);
    for (const cluster::Workload& workload : subject.cluster->workloads()) {
        if (control.checkSpec)
            outcomes.push_back(judgeSpecs(context, workload,
                [&](const SpecSubject& spec, SpecReport& report) { control.checkSpec(context, spec, report); }));
    }
    std::map<std::string, Outcome> failed;
    for (Outcome& outcome : outcomes) {
        if (outcome.verdict == Verdict::Fail)
            failed[subject.cluster->refOf(outcome.object)] = std::move(outcome);
    }
    return failed;
}

// The object as it is in the source. An element of a typed list may lack apiVersion and kind.
QJsonObject objectOf(const cluster::Cluster& cluster, cluster::ObjectId id)
{
    format::Document document;
    if (const auto read = cluster.snapshot().readRaw(cluster.object(id).raw, document); !read)
        qFatal("%s", toText(read.error()).c_str());
    QJsonObject object = toJson(document.root()).toObject();
    const cluster::Kind& kind = cluster.kindOf(cluster.object(id));
    object.insert(QStringLiteral("apiVersion"), test::q(cluster.text(kind.apiVersion)));
    object.insert(QStringLiteral("kind"), test::q(cluster.text(kind.kind)));
    return object;
}

// Objects with all changes that one control asks of them, as a source that comes after the others and so takes their
// place.
std::string changedObjects(
    const cluster::Cluster& cluster, const std::map<const Control*, std::map<std::string, Outcome>>& failures)
{
    std::map<std::uint32_t, std::vector<cluster::Patch::Edit>> edits;
    for (const auto& [control, failed] : failures) {
        for (const auto& [ref, outcome] : failed) {
            auto& list = edits[outcome.patch.target.index];
            list.insert(list.end(), outcome.patch.edits.begin(), outcome.patch.edits.end());
        }
    }
    QJsonArray items;
    for (const auto& [index, list] : edits)
        items.append(patched(objectOf(cluster, { index }), list));
    const QJsonObject list { { QStringLiteral("apiVersion"), QStringLiteral("v1") },
        { QStringLiteral("kind"), QStringLiteral("List") }, { QStringLiteral("items"), items } };
    return QJsonDocument(list).toJson(QJsonDocument::Compact).toStdString();
}

// A fault that the remedy was not for: ephemeral containers cannot be changed, pods of a template get the change when
// they are made anew, and what no edit is given for is left to a person.
bool isLeft(const cluster::Cluster& cluster, const Evidence& evidence, const cluster::Patch& patch)
{
    if (evidence.object != patch.target || evidence.pointer.find("/ephemeralContainers/") != std::string::npos)
        return true;
    return evidence.pointer == cluster.podSpecPointer(patch.target); // an annotation beside the spec
}

// All failures that have a remedy, by control.
using Failures = std::map<const Control*, std::map<std::string, Outcome>>;

Failures remediable(const Subject& subject, std::span<const Control* const> wanted, const Settings& settings)
{
    Failures all;
    for (const Control* control : wanted) {
        auto failed = failures(subject, *control, settings);
        std::erase_if(failed, [](const auto& pair) { return pair.second.patch.isEmpty(); });
        if (!failed.empty())
            all.emplace(control, std::move(failed));
    }
    return all;
}

// Applies the remedies all together and runs the controls again: what is still wrong in the objects that were changed.
// Ids of objects stay: none comes or goes.
std::string remaining(const std::vector<snapshot::Source>& sources, const Subject& before, const Failures& failures,
    const Settings& settings)
{
    static std::deque<std::string> texts; // bytes in memory must outlive the snapshot
    texts.push_back(changedObjects(*before.cluster, failures));
    std::vector<snapshot::Source> all = sources;
    all.push_back({ "changed.json", std::string_view(texts.back()) });
    const Subject after(load(all));
    std::string wrong;
    for (const auto& [control, failed] : failures) {
        const auto left = ::failures(after, *control, settings);
        for (const auto& [ref, outcome] : failed) {
            const auto still = left.find(ref);
            if (still == left.end())
                continue;
            for (const Evidence& evidence : still->second.evidence) {
                if (!isLeft(*after.cluster, evidence, outcome.patch))
                    wrong += std::string(control->id) + ' ' + ref + evidence.pointer + '=' + evidence.value + '\n';
            }
        }
    }
    return wrong;
}

} // namespace

// One failing situation for each control of the other families that has a remedy.
struct Sample {
    std::string_view control;
    std::string_view yaml;
};

constexpr std::array samples {
    Sample {
        "I03", "{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{name: c, image: 'web:1'}]}}" },
    Sample { "M02",
        "{apiVersion: v1, kind: Namespace, metadata: {name: shop}}\n---\n"
        "{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: shop}, spec: {containers: [{name: c}]}}" },
    Sample { "M03",
        "{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: "
        "{pod-security.kubernetes.io/enforce: restricted, pod-security.kubernetes.io/warn: baseline, "
        "pod-security.kubernetes.io/audit: strict, pod-security.kubernetes.io/audit-version: v9}}}" },
    Sample { "N10",
        "{apiVersion: v1, kind: Service, metadata: {name: s, namespace: shop}, spec: {type: NodePort, "
        "selector: {app: web}, ports: [{port: 80, nodePort: 30080}]}}\n---\n"
        "{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: shop, labels: {app: web}}, spec: "
        "{containers: [{name: c}]}, status: {phase: Running, podIP: 10.0.0.1}}" },
    Sample { "N11",
        "{apiVersion: v1, kind: Service, metadata: {name: s, namespace: shop}, spec: {selector: {app: web}, "
        "externalIPs: [203.0.113.7], ports: [{port: 80}]}}\n---\n"
        "{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: shop, labels: {app: web}}, spec: "
        "{containers: [{name: c}]}, status: {phase: Running, podIP: 10.0.0.1}}" },
    Sample { "R34",
        "{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: r}, rules: "
        "[{apiGroups: [''], resources: [secrets], verbs: [get]}]}\n---\n"
        "{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: b, namespace: shop}, "
        "roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: r}, subjects: [{kind: User, "
        "name: ann}, {kind: ServiceAccount, name: default}, {kind: ServiceAccount, name: default, namespace: "
        "other}]}" },
};

class tst_Remedies : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void situations_data();
    void situations();
    void otherFamilies_data();
    void otherFamilies();
    void sample_data();
    void sample();
    void harborAllAtOnce();
};

void tst_Remedies::situations_data()
{
    QTest::addColumn<int>("row");
    const auto all = allCases();
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (all[i].expected.starts_with("fail"))
            QTest::addRow("%s %s", all[i].control.c_str(), all[i].situation.c_str()) << static_cast<int>(i);
    }
}

void tst_Remedies::situations()
{
    QFETCH(int, row);
    const Case one = allCases().at(static_cast<std::size_t>(row));
    const std::vector<snapshot::Source> sources { { "test.yaml", std::string_view(one.yaml) } };
    const Subject before(load(sources));
    const Failures failures = remediable(before, std::array { controlOf("PLM-" + one.control) }, one.settings);
    QCOMPARE(remaining(sources, before, failures, one.settings), std::string());
    if (!one.edits.empty())
        QVERIFY(!failures.empty());
}

void tst_Remedies::otherFamilies_data()
{
    QTest::addColumn<int>("row");
    for (std::size_t i = 0; i < samples.size(); ++i)
        QTest::addRow("%s", std::string(samples[i].control).c_str()) << static_cast<int>(i);
}

void tst_Remedies::otherFamilies()
{
    QFETCH(int, row);
    const Sample& one = samples.at(static_cast<std::size_t>(row));
    const std::vector<snapshot::Source> sources { { "test.yaml", one.yaml } };
    const Subject before(load(sources));
    const Failures failures = remediable(before, std::array { controlOf("PLM-" + std::string(one.control)) }, {});
    QVERIFY(!failures.empty());
    QCOMPARE(remaining(sources, before, failures, {}), std::string());
}

void tst_Remedies::sample_data()
{
    QTest::addColumn<std::string>("control");
    for (const Control& control : controls())
        QTest::addRow("%s", std::string(control.id).c_str()) << std::string(control.id);
}

void tst_Remedies::sample()
{
    QFETCH(std::string, control);
    static const std::string path = test::sourcePath("resources/sample");
    static const Subject before(test::clusterFromPath(path));
    const Failures failures = remediable(before, std::array { controlOf(control) }, {});
    QCOMPARE(remaining({ { path, {} } }, before, failures, {}), std::string());
}

// Remedies of different controls do not get in each other's way either.
void tst_Remedies::harborAllAtOnce()
{
    const auto path = test::sharedPath("snapshots/harbor");
    if (!path)
        QSKIP("the snapshot is not there");
    const Subject before(test::clusterFromPath(*path));
    std::vector<const Control*> all;
    for (const Control& control : controls())
        all.push_back(&control);
    const Failures failures = remediable(before, all, {});
    QVERIFY(failures.size() > 20);
    QCOMPARE(remaining({ { *path, {} } }, before, failures, {}), std::string());
    std::size_t remedies = 0;
    for (const auto& [control, failed] : failures)
        remedies += failed.size();
    qInfo("%d remedies of %d controls", static_cast<int>(remedies), static_cast<int>(failures.size()));
}

QTEST_GUILESS_MAIN(tst_Remedies)
#include "tst_Remedies.moc"
