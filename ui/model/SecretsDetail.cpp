// SPDX-License-Identifier: Apache-2.0
// What is told about one Secret: readers with their steps, users, keys, findings.
#include <algorithm>
#include <array>

#include "core/base/Text.h"
#include "ui/model/SecretsData.h"
#include "ui/model/SecretsWords.h"
#include "ui/model/Text.h"

namespace plimsoll::ui::model {

using cluster::Cluster;
using cluster::ObjectId;
using secrets::Way;

QString wayName(Way way)
{
    const std::array<QString, secrets::wayCount> names { secretsTr("Read it"), secretsTr("Exec where it is"),
        secretsTr("Start pods with it"), secretsTr("Get a reader's token"), secretsTr("Act as a reader") };
    return names[static_cast<std::size_t>(way)];
}

QString wayWhy(Way way)
{
    const std::array<QString, secrets::wayCount> texts {
        secretsTr("RBAC lets them get, list or watch it: the API hands out its value."),
        secretsTr("They may run commands in a pod that has it, and so read its files and variables."),
        secretsTr("They may make or change pods or workloads in its namespace, which may mount any Secret there."),
        secretsTr("They may ask the API for a token of a service account that comes to it."),
        secretsTr("They may act in the name of somebody who comes to it."),
    };
    return texts[static_cast<std::size_t>(way)];
}

QString useName(secrets::Use use)
{
    const std::array<QString, 7> names { secretsTr("mounted as files"), secretsTr("environment variables"),
        secretsTr("image pull"), secretsTr("token of a service account"), secretsTr("served as TLS certificate"),
        secretsTr("volume driver"), secretsTr("named in a field") };
    return names[static_cast<std::size_t>(use)];
}

QString effectOf(secrets::Use use)
{
    switch (use) {
    case secrets::Use::Volume:
    case secrets::Use::Environment:
        return secretsTr("Its containers do not start.");
    case secrets::Use::ImagePull:
        return secretsTr("Images are pulled without it.");
    case secrets::Use::Tls:
        return secretsTr("Another certificate, or none, is served.");
    case secrets::Use::Driver:
        return secretsTr("The volume cannot be attached.");
    case secrets::Use::Token:
    case secrets::Use::Other:
        break;
    }
    return secretsTr("Whoever may create a Secret there decides what it holds.");
}

QString usageName(secrets::Usage usage)
{
    switch (usage) {
    case secrets::Usage::Referenced:
        return secretsTr("used");
    case secrets::Usage::ByType:
        return secretsTr("used by its type");
    case secrets::Usage::Owned:
        return secretsTr("owned");
    case secrets::Usage::PerhapsByApi:
        return secretsTr("perhaps by the API");
    case secrets::Usage::Unused:
        break;
    }
    return secretsTr("no reference found");
}

QStringList SecretReader::Route::chain() const
{
    QStringList out;
    for (const Step& step : steps)
        out.append(step.text);
    return out;
}

namespace {

QString nameOf(const secrets::Reader& reader)
{
    QString out = lineText(reader.kind) + QLatin1Char(' ');
    if (!reader.ns.empty())
        out += lineText(reader.ns) + QLatin1Char('/');
    return out + lineText(reader.name);
}

// The binding and the role, as far as there are such.
void addGrant(const Cluster& cluster, const access::Grant& grant, const QString& who, SecretReader::Route& route)
{
    if (grant.binding == access::Grant::none) {
        route.steps.push_back({ secretsTr("not by a binding"), {}, {} });
        return;
    }
    const cluster::RoleBinding& binding = cluster.roleBindings()[grant.binding];
    const bool hasSubject = grant.subject < binding.subjects.size();
    const QString pointer
        = hasSubject ? QStringLiteral("/subjects/%1").arg(grant.subject) : QStringLiteral("/subjects");
    if (hasSubject) {
        const QString subject = lineText(access::titleOf(cluster, binding.subjects[grant.subject]));
        if (subject != who)
            route.steps.push_back({ subject, binding.object, pointer });
    }
    route.steps.push_back({ lineText(cluster.refOf(binding.object)), binding.object, pointer });
    if (grant.role == access::Grant::none)
        return;
    const ObjectId role = cluster.roles()[grant.role].object;
    const bool hasRule = grant.rule != access::Grant::none;
    route.steps.push_back({ hasRule ? secretsTr("%1, rule %2").arg(lineText(cluster.refOf(role))).arg(grant.rule + 1)
                                    : lineText(cluster.refOf(role)),
        role, hasRule ? QStringLiteral("/rules/%1").arg(grant.rule) : QString() });
}

SecretReader::Route routeOf(
    const Cluster& cluster, const secrets::ReaderSet& set, const secrets::Reader& reader, const secrets::Route& from)
{
    SecretReader::Route route;
    const QString who = nameOf(reader);
    const QString request = lineText(from.request);
    route.name = request;
    route.steps.push_back({ who, {}, {} });
    addGrant(cluster, from.grant, who, route);
    route.steps.push_back({ request, {}, {} });
    if (!from.through.isNone()) {
        const ObjectId workload = cluster.workloads()[from.through.index].object;
        route.steps.push_back({ lineText(cluster.titleOf(workload)), workload, {} });
    }
    if (from.becomes != secrets::Route::none && from.becomes < set.readers.size()) {
        const secrets::Reader& next = set.readers[from.becomes];
        route.steps.push_back({ nameOf(next), {}, {} });
        if (!next.routes.empty())
            route.steps.push_back({ lineText(next.routes.front().request), {}, {} });
    }
    return route;
}

// A request without what the title above it says already.
QString shortRequest(QString request, std::string_view ns, std::string_view name)
{
    request.remove(QStringLiteral(" named ") + lineText(name));
    request.remove(QStringLiteral(" in namespace ") + lineText(ns));
    return request;
}

void addReaders(SecretDetail& out, const Cluster& cluster, const secrets::ReaderSet& set)
{
    const cluster::Object& object = cluster.object(out.object);
    const auto shortened = [&](const std::string& request) {
        return shortRequest(lineText(request), cluster.text(object.ns), cluster.text(object.name));
    };
    const std::vector<std::uint32_t> counts = set.counts();
    for (std::size_t way = 0; way < secrets::wayCount; ++way) {
        if (counts[way] == 0)
            continue;
        const auto kind = static_cast<Way>(way);
        out.ways.push_back(
            { wayName(kind), counts[way] == 1 ? secretsTr("1 identity") : secretsTr("%1 identities").arg(counts[way]),
                wayWhy(kind), counts[way] });
        for (const secrets::Reader& reader : set.readers) {
            if (reader.routes.empty() || reader.way() != kind)
                continue;
            SecretReader shown;
            shown.way = out.ways.size() - 1;
            shown.who = nameOf(reader);
            shown.caption = shortened(reader.routes.front().request);
            if (reader.routes.size() > 1)
                shown.caption += secretsTr(" \u00b7 %1 ways").arg(static_cast<qulonglong>(reader.routes.size()));
            for (const secrets::Route& route : reader.routes)
                shown.routes.push_back(routeOf(cluster, set, reader, route));
            out.readers.push_back(std::move(shown));
        }
    }
}

void addHolders(SecretDetail& out, const Cluster& cluster, const secrets::ReaderSet& set,
    std::span<const secrets::Reference> references, const QString& secret)
{
    if (!set.holders.empty()) {
        const auto count = static_cast<quint32>(set.holders.size());
        out.ways.push_back({ secretsTr("Have it in a container"),
            count == 1 ? secretsTr("1 workload") : secretsTr("%1 workloads").arg(count),
            secretsTr("Their containers find its value as files or variables: who controls one of them has it."),
            count });
        for (const cluster::WorkloadId holder : set.holders) {
            const ObjectId object = cluster.workloads()[holder.index].object;
            SecretReader shown;
            shown.way = out.ways.size() - 1;
            shown.who = lineText(cluster.titleOf(object));
            for (const secrets::Reference& reference : references) {
                if (reference.workload != holder
                    || (reference.use != secrets::Use::Volume && reference.use != secrets::Use::Environment))
                    continue;
                SecretReader::Route route;
                route.name = useName(reference.use);
                route.steps = { { shown.who, object, {} },
                    { useName(reference.use), reference.object, text(reference.pointer) }, { secret, out.object, {} } };
                shown.routes.push_back(std::move(route));
            }
            if (shown.routes.empty())
                shown.routes.push_back({ {}, { { shown.who, object, {} }, { secret, out.object, {} } } });
            shown.caption = shown.routes.front().name;
            out.readers.push_back(std::move(shown));
        }
    }
    if (set.nodes.empty())
        return;
    const auto count = static_cast<quint32>(set.nodes.size());
    out.ways.push_back({ secretsTr("Kubelets may get it"),
        count == 1 ? secretsTr("1 node") : secretsTr("%1 nodes").arg(count),
        secretsTr(
            "Pods on these nodes refer to it, so the Node authorizer lets their kubelets get it: root on the node has "
            "it."),
        count });
    for (const std::string_view node : set.nodes) {
        const ObjectId object = cluster.find("Node", "", node);
        SecretReader shown;
        shown.way = out.ways.size() - 1;
        shown.who = QStringLiteral("Node ") + lineText(node);
        shown.caption = secretsTr("its pods refer to it");
        shown.routes.push_back({ {},
            { { shown.who, object, {} }, { secretsTr("Node authorizer"), {}, {} }, { secret, out.object, {} } } });
        out.readers.push_back(std::move(shown));
    }
}

QString headlineOf(const SecretDetail& detail, const secrets::SecretInfo& info, const secrets::ReaderSet& set)
{
    if (set.isEverybody)
        return secretsTr("Everybody reads it: the API server allows everything to everybody.");
    QStringList parts;
    for (const SecretWay& way : detail.ways)
        parts.append(QStringLiteral("%1 %2").arg(way.name.toLower()).arg(way.count));
    QString out = set.readers.empty() ? secretsTr("No identity comes to its value by RBAC.")
        : set.readers.size() == 1     ? secretsTr("1 identity comes to its value.")
                                      : secretsTr("%1 identities come to its value, each counted by its strongest way.")
                                        .arg(static_cast<qulonglong>(set.readers.size()));
    if (!parts.isEmpty())
        out += QLatin1Char(' ') + secretsTr("By way: %1.").arg(parts.join(QStringLiteral(", ")));
    if (info.isReadByEverybody)
        out += QLatin1Char(' ') + secretsTr("One of them is a group that everybody is in.");
    return out;
}

void addFacts(SecretDetail& out, const Secrets& shown, const secrets::SecretInfo& info,
    std::span<const secrets::Reference> references)
{
    const Cluster& cluster = shown.cluster();
    const cluster::Secret& secret = cluster.secrets()[info.secret];
    out.facts.push_back({ secretsTr("Type"), out.type });
    const std::optional<std::int64_t> days = info.age.days(shown.inventory->now);
    if (info.age.changed)
        out.facts.push_back({ secretsTr("Last write of data"),
            secretsTr("%1%2, by the managed fields%3")
                .arg(text(formatDate(*info.age.changed)), days ? secretsTr(" (%1)").arg(daysText(*days)) : QString(),
                    info.age.changedBy.empty() ? QString() : secretsTr(" of %1").arg(lineText(info.age.changedBy))) });
    if (info.age.created)
        out.facts.push_back({ secretsTr("Created"),
            text(formatDate(*info.age.created))
                + (info.age.changed ? QString()
                                    : secretsTr(" (its data may be newer: nothing tells of later writes)")) });
    if (!info.age.created && !info.age.changed)
        out.facts.push_back({ secretsTr("Age"), secretsTr("unknown: the source tells neither creation nor changes") });
    if (info.ageLimit)
        out.facts.push_back({ secretsTr("Rotation"),
            info.isOverdue ? secretsTr("overdue: the limit for its type is %1 days").arg(*info.ageLimit)
                           : secretsTr("within the limit of %1 days for its type").arg(*info.ageLimit) });
    if (!info.source.empty())
        out.facts.push_back({ secretsTr("Made by"), lineText(info.source) });
    out.facts.push_back(
        { secretsTr("Use"), lineText(info.usageReason.empty() ? toText(info.usage) : info.usageReason) });
    for (const secrets::Reference& reference : references) {
        const ObjectId object
            = reference.workload.isNone() ? reference.object : cluster.workloads()[reference.workload.index].object;
        QString how = useName(reference.use);
        if (!reference.key.empty())
            how += secretsTr(", key %1").arg(lineText(reference.key));
        if (reference.isOptional)
            how += secretsTr(", optional");
        out.uses.push_back(
            { lineText(cluster.titleOf(object)), how, reference.object, text(reference.pointer), -1, {} });
    }
    for (const cluster::Secret::Key& key : secret.keys) {
        const std::string name(cluster.text(key.name));
        const bool isUnused = std::ranges::find(info.unusedKeys, name) != info.unusedKeys.end();
        out.keys.push_back({ lineText(name),
            bytesText(decodedBytes(key.length))
                + (isUnused ? secretsTr(" \u00b7 no reference takes this key") : QString()) });
    }
}

} // namespace

SecretDetail secretDetail(const Secrets& shown, std::uint32_t index)
{
    const secrets::SecretInfo& info = shown.inventory->secrets[index];
    const Cluster& cluster = shown.cluster();
    const cluster::Object& object = cluster.object(info.object);
    const std::string_view ns = cluster.text(object.ns), name = cluster.text(object.name);
    const secrets::ReaderSet set = shown.inventory->readers->of(ns, name);
    const auto references = shown.inventory->readers->references().of(ns, name);
    SecretDetail out;
    out.object = info.object;
    out.title = lineText(ns) + QLatin1Char('/') + lineText(name);
    out.type = lineText(cluster.text(cluster.secrets()[info.secret].type));
    addReaders(out, cluster, set);
    addHolders(out, cluster, set, references, out.title);
    out.headline = headlineOf(out, info, set);
    addFacts(out, shown, info, references);
    for (std::uint32_t at = 0; at < shown.assessment->findings.size(); ++at) {
        const assess::Finding& finding = shown.assessment->findings[at];
        if (finding.object != info.object || finding.isWaived())
            continue;
        out.findings.push_back({ lineText(shown.assessment->catalogue->entries[finding.control].control->id),
            lineText(finding.message), info.object, {}, static_cast<int>(finding.severity), at });
    }
    if (!info.gap.empty())
        out.notes.append(
            secretsTr("The source does not hold every %1: there may be other readers.").arg(lineText(info.gap)));
    if (const std::string caveat = shown.inventory->readers->authorizers().server().caveat(); !caveat.empty())
        out.notes.append(lineText(caveat));
    out.notes.append(
        secretsTr("Holders of etcd, its backups and the control plane's nodes read every Secret that is not "
                  "encrypted with a key out of their reach."));
    return out;
}

} // namespace plimsoll::ui::model
