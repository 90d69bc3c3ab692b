// SPDX-License-Identifier: Apache-2.0
#include "ui/view/report/Export.h"

#include <set>

#include <QDesktopServices>
#include <QFileDialog>
#include <QFileInfo>
#include <QSettings>
#include <QUrl>

#include "ui/model/OverviewData.h"
#include "ui/model/Text.h"

namespace plimsoll::ui::view {

namespace {

constexpr auto folderKey = "export/folder";

// A name that sorts well and fits any file system: cluster and date.
QString suggestedName(const assess::Assessment& assessment, const report::Format& format)
{
    QString name;
    for (const QChar c : model::clusterTitle(*assessment.cluster))
        name += c.isLetterOrNumber() || c == QLatin1Char('-') ? c : QLatin1Char('-');
    name = name.left(60);
    if (name.isEmpty())
        name = QStringLiteral("cluster");
    name += QStringLiteral("-plimsoll");
    if (assessment.assessedAt)
        name += QLatin1Char('-') + model::text(formatDate(*assessment.assessedAt));
    return name + QLatin1Char('.') + model::text(format.suffix);
}

} // namespace

void exportReport(ViewContext& context, QWidget* parent, const report::Format& format, const report::Options& options,
    std::function<void(const ExportOutcome&)> done)
{
    const auto assessment = context.review.assessment();
    if (!assessment)
        return;
    QSettings settings;
    const QString folder = settings.value(QLatin1String(folderKey)).toString();
    const QString suggestion
        = (folder.isEmpty() ? QString() : folder + QLatin1Char('/')) + suggestedName(*assessment, format);
    const QString path = QFileDialog::getSaveFileName(parent, View::tr("Export as %1").arg(model::text(format.title)),
        suggestion, View::tr("%1 (*.%2)").arg(model::text(format.title), model::text(format.suffix)));
    if (path.isEmpty())
        return;
    settings.setValue(QLatin1String(folderKey), QFileInfo(path).absolutePath());
    exportReportTo(context, parent, format, options, path, std::move(done));
}

void exportReportTo(ViewContext& context, QObject* owner, const report::Format& format, const report::Options& options,
    const QString& path, std::function<void(const ExportOutcome&)> done)
{
    const auto assessment = context.review.assessment();
    if (!assessment)
        return;
    context.jobs.run<Result<void>>(
        owner, { .slot = QStringLiteral("export"), .title = View::tr("Writing %1").arg(QFileInfo(path).fileName()) },
        [assessment, &format, options, target = path.toStdString()](
            Progress& progress) { return report::writeFile(format, *assessment, options, progress, target); },
        [path, finish = std::move(done)](Result<void> written) {
            finish({ .path = path, .problem = written ? QString() : model::errorText(written.error()) });
        });
}

void openFolderOf(const QString& path)
{
    QDesktopServices::openUrl(QUrl::fromLocalFile(QFileInfo(path).absolutePath()));
}

// Fixed pages, one for each control that failed or three, and lines of objects; measured against the writer's output.
int estimatedPages(const assess::Assessment& assessment)
{
    std::set<std::uint32_t> failed;
    std::size_t requirements = 0;
    for (const assess::Finding& finding : assessment.findings)
        failed.insert(finding.control);
    for (const assess::FrameworkResult& framework : assessment.frameworks)
        requirements += framework.requirements.size();
    return static_cast<int>(4 + requirements / 28 + failed.size() / 2 + assessment.findings.size() / 18
        + assessment.notAssessed.size() / 30);
}

} // namespace plimsoll::ui::view
