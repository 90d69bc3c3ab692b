// SPDX-License-Identifier: Apache-2.0
#include "ui/shell/Recents.h"

#include <algorithm>

#include <QCoreApplication>
#include <QFileInfo>
#include <QSettings>

#include "ui/model/OverviewData.h"
#include "ui/model/Text.h"

namespace plimsoll::ui::shell {

namespace {

void save(const std::vector<Recent>& list)
{
    QSettings settings;
    settings.beginWriteArray(QStringLiteral("recent"), static_cast<int>(list.size()));
    for (int i = 0; i < static_cast<int>(list.size()); ++i) {
        const Recent& recent = list[static_cast<std::size_t>(i)];
        settings.setArrayIndex(i);
        settings.setValue(QStringLiteral("paths"), recent.paths);
        settings.setValue(QStringLiteral("context"), recent.context);
        settings.setValue(QStringLiteral("kubeconfig"), recent.kubeconfig);
        settings.setValue(QStringLiteral("cluster"), recent.cluster);
        settings.setValue(QStringLiteral("when"), recent.when);
        settings.setValue(QStringLiteral("critical"), recent.critical);
        settings.setValue(QStringLiteral("high"), recent.high);
    }
    settings.endArray();
}

} // namespace

std::vector<Recent> recents()
{
    std::vector<Recent> list;
    QSettings settings;
    const int count = std::min(maxRecents, settings.beginReadArray(QStringLiteral("recent")));
    for (int i = 0; i < count; ++i) {
        settings.setArrayIndex(i);
        Recent recent { .paths = settings.value(QStringLiteral("paths")).toStringList(),
            .context = settings.value(QStringLiteral("context")).toString(),
            .kubeconfig = settings.value(QStringLiteral("kubeconfig")).toString(),
            .cluster = settings.value(QStringLiteral("cluster")).toString(),
            .when = settings.value(QStringLiteral("when")).toString(),
            .critical = settings.value(QStringLiteral("critical")).toUInt(),
            .high = settings.value(QStringLiteral("high")).toUInt() };
        if (!recent.paths.isEmpty() || !recent.context.isEmpty())
            list.push_back(std::move(recent));
    }
    settings.endArray();
    return list;
}

void addRecent(const OpenRequest& request, const assess::Assessment& assessment)
{
    if (request.isSample || (request.paths.empty() && !request.live))
        return;
    Recent added { .paths = {},
        .context = request.live ? model::text(request.live->target.context) : QString(),
        .kubeconfig = request.live ? model::text(request.live->target.kubeconfig) : QString(),
        .cluster = model::clusterTitle(*assessment.cluster),
        .when = model::timeText(assessment.assessedAt),
        .critical = assessment.countBySeverity[0],
        .high = assessment.countBySeverity[1] };
    for (const std::string& path : request.paths)
        added.paths.append(QFileInfo(model::text(path)).absoluteFilePath());
    std::vector<Recent> list = recents();
    std::erase_if(list, [&](const Recent& recent) {
        return recent.paths == added.paths && recent.context == added.context && recent.kubeconfig == added.kubeconfig;
    });
    list.insert(list.begin(), std::move(added));
    if (list.size() > static_cast<std::size_t>(maxRecents))
        list.resize(static_cast<std::size_t>(maxRecents));
    save(list);
}

QString contextText(const Recent& recent)
{
    if (recent.context.isEmpty())
        return {};
    const QString file = recent.kubeconfig.isEmpty() ? QCoreApplication::translate("Recents", "default kubeconfig")
                                                     : recent.kubeconfig;
    return QCoreApplication::translate("Recents", "context %1 (%2)").arg(recent.context, file);
}

void clearRecents()
{
    save({});
}

} // namespace plimsoll::ui::shell
