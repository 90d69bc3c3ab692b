// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <QString>
#include <QStringList>

#include "ui/shell/Loader.h"

// What was opened lately: a preference of the window, kept by QSettings. Holds paths and counts, nothing of a cluster
// but its name.
namespace plimsoll::ui::shell {

struct Recent {
    QStringList paths; // empty for a context
    QString context, kubeconfig; // of a live cluster; connecting to it again is up to the person
    QString cluster; // its name then
    QString when; // date of the data, "2026-11-23 03:41 UTC"
    quint32 critical = 0, high = 0;
};

// "context prod (~/.kube/config)"; "" when it is files.
QString contextText(const Recent& recent);

constexpr int maxRecents = 10;

std::vector<Recent> recents();
void addRecent(const OpenRequest& request, const assess::Assessment& assessment); // the sample is not kept
void clearRecents();

} // namespace plimsoll::ui::shell
