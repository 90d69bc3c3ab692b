// SPDX-License-Identifier: Apache-2.0
#include "ui/model/OriginData.h"

#include <algorithm>

#include <QCoreApplication>
#include <QStringList>

#include "ui/model/OverviewData.h"
#include "ui/model/Text.h"

namespace plimsoll::ui::model {

namespace {

QString tr(const char* source)
{
    return QCoreApplication::translate("OriginData", source);
}

QString namesOf(const std::vector<snapshot::NotCollected>& list)
{
    constexpr qsizetype shown = 4;
    QStringList names;
    for (const snapshot::NotCollected& one : list)
        names.append(lineText(one.plural.empty() ? one.group : one.plural));
    names.removeDuplicates();
    const qsizetype more = names.size() - shown;
    const QString text = names.mid(0, shown).join(QStringLiteral(", "));
    return more > 0 ? tr("%1 and %2 more").arg(text).arg(more) : text;
}

void addBanners(const snapshot::Snapshot& snapshot, OriginData& data)
{
    const snapshot::Origin& origin = snapshot.origin();
    if (!origin.isIdentityVerified) {
        data.banners.push_back({ .isAlarm = true,
            .text = tr("The identity of the API server was not verified (insecure-skip-tls-verify). Somebody between "
                       "you and the cluster could have changed what was captured. Put the cluster's certificate "
                       "authority into the kubeconfig and collect again."),
            .hasDetails = false });
    }
    if (!snapshot.notCollected().empty()) {
        data.banners.push_back({ .isAlarm = false,
            .text = tr("Not everything could be collected: %1. What depends on it is \u201cnot assessed\u201d.")
                        .arg(namesOf(snapshot.notCollected())),
            .hasDetails = true });
    } else if (!origin.namespaces.empty()) {
        QStringList names;
        for (const std::string& ns : origin.namespaces)
            names.append(lineText(ns));
        data.banners.push_back({ .isAlarm = false,
            .text = tr("Only these namespaces were collected: %1.").arg(names.join(QStringLiteral(", "))),
            .hasDetails = false });
    }
}

QString detailsOf(const snapshot::Origin& origin, const OriginData& data)
{
    QStringList lines { QStringLiteral("%1 \u2013 %2").arg(data.badge, data.age) };
    if (!data.proof.isEmpty())
        lines.append(data.proof);
    if (!origin.context.empty())
        lines.append(tr("Context: %1").arg(lineText(origin.context)));
    if (!origin.server.empty())
        lines.append(tr("Server: %1").arg(lineText(origin.server)));
    if (!origin.user.empty())
        lines.append(tr("Read as: %1").arg(lineText(origin.user)));
    if (origin.capturedTo)
        lines.append(tr("Captured: %1").arg(timeText(origin.capturedTo)));
    if (!origin.peerCertificate.empty())
        lines.append(tr("Certificate: %1").arg(lineText(origin.peerCertificate)));
    if (origin.isEncrypted)
        lines.append(tr("The file is encrypted"));
    lines.append(origin.redaction >= 2 ? tr("No secret values; names, hosts and addresses replaced (level 2)")
                                       : tr("No secret values (level 1)"));
    for (const std::string& warning : origin.warnings)
        lines.append(lineText(warning));
    return lines.join(QLatin1Char('\n'));
}

} // namespace

QString agoText(UnixSeconds then, UnixSeconds now)
{
    const qint64 seconds = std::max<qint64>(0, now - then);
    if (seconds < 60)
        return tr("just now");
    if (seconds < 3600)
        return tr("%1 min ago").arg(seconds / 60);
    if (seconds < 24 * 3600)
        return tr("%1 h ago").arg(seconds / 3600);
    const qint64 days = seconds / (24 * 3600);
    return days == 1 ? tr("1 day ago") : tr("%1 days ago").arg(days);
}

OriginData originOf(const assess::Assessment& assessment, UnixSeconds now)
{
    const snapshot::Snapshot& snapshot = assessment.cluster->snapshot();
    const snapshot::Origin& origin = snapshot.origin();
    OriginData data;
    switch (origin.kind) {
    case snapshot::Origin::Kind::Files:
        data.badge = tr("FILES");
        data.details = tr("FILES \u2013 read from files; no cluster was contacted. Nothing says whether they were "
                          "changed since they were made.");
        addBanners(snapshot, data);
        return data;
    case snapshot::Origin::Kind::Live:
        data.kind = OriginData::Kind::Live;
        data.badge = tr("LIVE");
        data.age = origin.capturedTo ? tr("captured %1").arg(agoText(*origin.capturedTo, now)) : tr("time not known");
        break;
    case snapshot::Origin::Kind::SnapshotFile:
        data.kind = OriginData::Kind::Snapshot;
        data.badge = tr("SNAPSHOT");
        data.age = origin.capturedTo
            ? tr("%1, %2").arg(text(formatDate(*origin.capturedTo)), agoText(*origin.capturedTo, now))
            : tr("date not known");
        data.isSigned = origin.integrity == snapshot::Integrity::Signed;
        data.proof = data.isSigned ? tr("signed by %1").arg(lineText(origin.signer)) : tr("unsigned");
        break;
    }
    data.details = detailsOf(origin, data);
    addBanners(snapshot, data);
    return data;
}

} // namespace plimsoll::ui::model
