// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

#include "core/report/Report.h"
#include "ui/view/ViewContext.h"

namespace plimsoll::ui::view {

// The one way a report leaves the window, from the menu and from the Report page.
struct ExportOutcome {
    QString path;
    QString problem; // "" = written
};

// Asks where to, writes in the background and calls done on the interface thread (never when the person gives up).
void exportReport(ViewContext& context, QWidget* parent, const report::Format& format, const report::Options& options,
    std::function<void(const ExportOutcome&)> done);
// The same to a path that is known.
void exportReportTo(ViewContext& context, QObject* owner, const report::Format& format, const report::Options& options,
    const QString& path, std::function<void(const ExportOutcome&)> done);
// Opens the folder of a file in the desktop's file manager.
void openFolderOf(const QString& path);

// How many pages the PDF will have, roughly: told before a long export starts.
int estimatedPages(const assess::Assessment& assessment);

} // namespace plimsoll::ui::view
