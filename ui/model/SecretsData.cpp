// SPDX-License-Identifier: Apache-2.0
#include "ui/model/SecretsData.h"

#include <algorithm>
#include <map>
#include <set>

#include "core/base/Text.h"
#include "ui/model/SecretsWords.h"
#include "ui/model/Text.h"

namespace plimsoll::ui::model {

using cluster::Cluster;
using cluster::ObjectId;

QString secretsTr(const char* source)
{
    return QCoreApplication::translate("Secrets", source);
}

QString bytesText(qint64 bytes)
{
    if (bytes < 10'000)
        return secretsTr("%1 B").arg(bytes);
    return secretsTr("%1 kB").arg((bytes + 512) / 1'024);
}

QString daysText(qint64 days)
{
    if (days < 0)
        return days == -1 ? secretsTr("1 day ago") : secretsTr("%1 days ago").arg(-days);
    return days == 1 ? secretsTr("1 day") : secretsTr("%1 days").arg(days);
}

Secrets secretsOf(std::shared_ptr<const assess::Assessment> assessment, TaskPool& pool, Progress& progress)
{
    auto inventory = secrets::takeInventory(
        assessment->secrets, assessment->assessedAt, assessment->settings.rotation, pool, progress);
    if (!inventory)
        return {};
    return { std::move(assessment), std::move(*inventory) };
}

namespace {

struct Wrong {
    quint32 open = 0;
    int worst = -1;
};

std::map<std::uint32_t, Wrong> openFindings(const assess::Assessment& assessment)
{
    std::map<std::uint32_t, Wrong> out;
    for (const assess::Finding& finding : assessment.findings) {
        if (finding.isWaived() || finding.object.isNone())
            continue;
        Wrong& wrong = out[finding.object.index];
        ++wrong.open;
        const int severity = static_cast<int>(finding.severity);
        wrong.worst = wrong.worst < 0 ? severity : std::min(wrong.worst, severity);
    }
    return out;
}

// Who names it, a title each, at most a few of them.
QString usersText(const Cluster& cluster, std::span<const secrets::Reference> references, quint32& count)
{
    std::vector<std::string> titles;
    for (const secrets::Reference& reference : references) {
        const ObjectId object
            = reference.workload.isNone() ? reference.object : cluster.workloads()[reference.workload.index].object;
        const std::string title
            = std::string(cluster.kindName(object)) + ' ' + std::string(cluster.text(cluster.object(object).name));
        if (std::ranges::find(titles, title) == titles.end())
            titles.push_back(title);
    }
    count = static_cast<quint32>(titles.size());
    QStringList shown;
    for (std::size_t at = 0; at < std::min<std::size_t>(3, titles.size()); ++at)
        shown.append(lineText(titles[at]));
    if (titles.size() > 3)
        shown.append(secretsTr("%1 more").arg(static_cast<qulonglong>(titles.size() - 3)));
    return shown.join(QStringLiteral(", "));
}

void fillAge(SecretRow& row, const secrets::SecretInfo& info, std::optional<UnixSeconds> now)
{
    const std::optional<std::int64_t> days = info.age.days(now);
    row.isOld = info.isOverdue;
    if (!days) {
        row.age = secretsTr("unknown");
        row.ageBasis = info.age.strength == secrets::Age::Strength::Unknown
            ? secretsTr("The source tells neither when it was made nor when it was changed.")
            : secretsTr("The day of assessment is not known.");
        return;
    }
    row.ageDays = *days;
    const bool isExact = info.age.strength == secrets::Age::Strength::ManagedFields;
    row.age = isExact ? daysText(*days) : QStringLiteral("\u2264 ") + daysText(*days);
    row.ageBasis = isExact
        ? secretsTr("Its data was last written then, say the managed fields%1.")
              .arg(info.age.changedBy.empty() ? QString() : secretsTr(" (by %1)").arg(lineText(info.age.changedBy)))
        : secretsTr("It was made then. Whether its data was changed since, nothing tells.");
    if (info.ageLimit && info.isOverdue)
        row.ageBasis += QLatin1Char(' ') + secretsTr("Over the limit of %1 days for its type.").arg(*info.ageLimit);
}

QString readersText(const secrets::SecretInfo& info)
{
    QStringList parts;
    for (std::size_t way = 0; way < info.counts.size(); ++way) {
        if (info.counts[way] > 0)
            parts.append(secretsTr("%1: %2").arg(wayName(static_cast<secrets::Way>(way))).arg(info.counts[way]));
    }
    if (info.holders > 0)
        parts.append(secretsTr("Workloads that have it: %1").arg(info.holders));
    if (info.isReadByEverybody)
        parts.append(secretsTr("Everybody reads it."));
    if (!info.gap.empty())
        parts.append(
            secretsTr("Not all readers are known: the source does not hold every %1.").arg(lineText(info.gap)));
    return parts.join(QLatin1Char('\n'));
}

SecretRow rowOf(const Secrets& shown, std::uint32_t index, const std::map<std::uint32_t, Wrong>& findings)
{
    const secrets::SecretInfo& info = shown.inventory->secrets[index];
    const Cluster& cluster = shown.cluster();
    const cluster::Secret& secret = cluster.secrets()[info.secret];
    const cluster::Object& object = cluster.object(info.object);
    SecretRow row;
    row.object = info.object;
    row.index = index;
    row.ns = lineText(cluster.text(object.ns));
    row.name = lineText(cluster.text(object.name));
    row.type = lineText(cluster.text(secret.type));
    QStringList keys;
    for (const cluster::Secret::Key& key : secret.keys) {
        keys.append(lineText(cluster.text(key.name)));
        row.bytes += decodedBytes(key.length);
    }
    row.keyCount = static_cast<quint32>(secret.keys.size());
    row.keys = keys.join(QStringLiteral(", "));
    row.size = row.keyCount == 0 ? secretsTr("empty") : bytesText(row.bytes);
    fillAge(row, info, shown.inventory->now);
    row.readers = info.readers;
    row.isReadByEverybody = info.isReadByEverybody;
    row.areReadersKnown = info.gap.empty();
    row.readersWords = readersText(info);
    const auto references
        = shown.inventory->readers->references().of(cluster.text(object.ns), cluster.text(object.name));
    row.usedBy = usersText(cluster, references, row.uses);
    row.usage = info.usage;
    row.usageWords = lineText(info.usageReason);
    if (row.usedBy.isEmpty())
        row.usedBy = usageName(info.usage);
    row.managedBy = lineText(info.source);
    if (const auto found = findings.find(info.object.index); found != findings.end()) {
        row.findings = found->second.open;
        row.worst = found->second.worst;
    }
    return row;
}

void fillMissing(SecretTables& out, const Secrets& shown)
{
    const Cluster& cluster = shown.cluster();
    for (const secrets::Missing& missing : shown.inventory->missing) {
        const secrets::Reference& reference = missing.reference;
        MissingRow row;
        row.object = reference.object;
        row.pointer = text(reference.pointer);
        row.ns = lineText(reference.ns);
        row.secret = lineText(reference.name);
        if (!reference.key.empty())
            row.secret += QStringLiteral(" : ") + lineText(reference.key);
        row.from = lineText(cluster.titleOf(
            reference.workload.isNone() ? reference.object : cluster.workloads()[reference.workload.index].object));
        row.how = useName(reference.use);
        row.effect = effectOf(reference.use);
        out.missing.push_back(std::move(row));
    }
}

} // namespace

bool SecretsFilter::matches(const SecretRow& row) const
{
    if (!type.isEmpty() && row.type != type)
        return false;
    if ((onlyUnused && !row.isUnused()) || (onlyOld && !row.isOld) || (onlyFindings && row.findings == 0))
        return false;
    const auto words = text.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    return std::ranges::all_of(words, [&](const QString& word) {
        for (const QString* part : { &row.ns, &row.name, &row.type, &row.keys, &row.usedBy, &row.managedBy }) {
            if (part->contains(word, Qt::CaseInsensitive))
                return true;
        }
        return false;
    });
}

SecretTables secretTables(const Secrets& shown, Progress& progress)
{
    SecretTables out;
    const secrets::Inventory& inventory = *shown.inventory;
    progress.enter("Listing Secrets", inventory.secrets.size());
    const auto findings = openFindings(*shown.assessment);
    std::set<QString> types, namespaces;
    for (std::uint32_t index = 0; index < inventory.secrets.size(); ++index) {
        if (progress.isCancelled())
            return {};
        out.secrets.push_back(rowOf(shown, index, findings));
        types.insert(out.secrets.back().type);
        namespaces.insert(out.secrets.back().ns);
        progress.advance(1);
    }
    out.types = QStringList(types.begin(), types.end());
    out.gap = lineText(inventory.gap);
    fillMissing(out, shown);
    fillCertificates(out, shown);
    fillStores(out, shown);
    out.summary = out.secrets.empty() ? secretsTr("No Secret")
                                      : secretsTr("%1 Secrets in %2 namespaces, without their values")
                                            .arg(static_cast<qulonglong>(out.secrets.size()))
                                            .arg(static_cast<qulonglong>(namespaces.size()));
    const auto& references = inventory.readers->references();
    out.unusedNote = secretsTr("Searched for references: %1 kinds.")
                         .arg(static_cast<qulonglong>(references.searchedKinds().size()));
    QStringList kinds;
    for (const std::string& kind : references.searchedKinds())
        kinds.append(lineText(kind));
    out.searchedKinds = kinds.join(QStringLiteral(", "));
    if (!references.unreadKinds().empty()) {
        QStringList unread;
        for (const std::string& kind : references.unreadKinds())
            unread.append(lineText(kind));
        out.missingGap = secretsTr("Could not be searched: %1.").arg(unread.join(QStringLiteral(", ")));
    }
    out.today = inventory.now;
    if (inventory.now)
        out.todayWords = secretsTr("assessed as of %1").arg(text(formatDate(*inventory.now)));
    return out;
}

} // namespace plimsoll::ui::model
