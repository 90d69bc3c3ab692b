// SPDX-License-Identifier: Apache-2.0
// The tables of the Images view.
#include "ui/model/EvidenceData.h"
#include "ui/model/ImagesWords.h"
#include "ui/model/NetworkWords.h"
#include "ui/model/TableParts.h"

namespace plimsoll::ui::model {

namespace {

using SortKey = std::pair<qint64, QString>;

// Scanners' grades as badges: what is negligible or not graded has the last one.
int severityOfGrade(int grade)
{
    return std::min(grade, 4);
}

constexpr std::array<TableColumn<VulnerabilityRow>, 9> vulnerabilityColumns { {
    { QT_TRANSLATE_NOOP("Images", "Vulnerability"), QT_TRANSLATE_NOOP("Images", "Its id, with the scanner's grade"),
        [](const VulnerabilityRow& row) -> QVariant { return row.id; },
        [](const VulnerabilityRow& row) { return SortKey(row.grade, row.id); } },
    { QT_TRANSLATE_NOOP("Images", "Rank"),
        QT_TRANSLATE_NOOP("Images", "Points for what the container is and has; hover for how they come about"),
        [](const VulnerabilityRow& row) -> QVariant {
            return row.points == 0 ? QVariant() : QVariant(QString::number(row.points));
        },
        [](const VulnerabilityRow& row) { return SortKey(row.points, row.id); }, atRight },
    words<VulnerabilityRow, &VulnerabilityRow::package>(
        QT_TRANSLATE_NOOP("Images", "Package"), QT_TRANSLATE_NOOP("Images", "In which it is")),
    words<VulnerabilityRow, &VulnerabilityRow::installed>(
        QT_TRANSLATE_NOOP("Images", "Installed"), QT_TRANSLATE_NOOP("Images", "Version in the image"), true),
    words<VulnerabilityRow, &VulnerabilityRow::fixed>(
        QT_TRANSLATE_NOOP("Images", "Fixed in"), QT_TRANSLATE_NOOP("Images", "First version without it")),
    words<VulnerabilityRow, &VulnerabilityRow::image>(
        QT_TRANSLATE_NOOP("Images", "Image"), QT_TRANSLATE_NOOP("Images", "That has the package"), true),
    words<VulnerabilityRow, &VulnerabilityRow::where>(
        QT_TRANSLATE_NOOP("Images", "Worst in"), QT_TRANSLATE_NOOP("Images", "The workload that makes it worst")),
    { QT_TRANSLATE_NOOP("Images", "EPSS"),
        QT_TRANSLATE_NOOP("Images", "Chance of being exploited within 30 days, as the report tells; KEV = known to be"),
        [](const VulnerabilityRow& row) -> QVariant {
            return row.isKnownExploited ? QStringLiteral("KEV ") + row.epss : row.epss;
        },
        [](const VulnerabilityRow& row) {
            return SortKey((row.isKnownExploited ? 1'000'000 : 0)
                    + static_cast<qint64>(row.epss.section(QLatin1Char(' '), 0, 0).toDouble() * 100),
                row.id);
        } },
    words<VulnerabilityRow, &VulnerabilityRow::reasons>(
        QT_TRANSLATE_NOOP("Images", "Why"), QT_TRANSLATE_NOOP("Images", "What decides its rank"), true),
} };

constexpr std::array<TableColumn<UpdateRow>, 7> updateColumns { {
    words<UpdateRow, &UpdateRow::image>(
        QT_TRANSLATE_NOOP("Images", "Image to update"), QT_TRANSLATE_NOOP("Images", "Worst first")),
    number<UpdateRow, &UpdateRow::fixable>(
        QT_TRANSLATE_NOOP("Images", "Ends"), QT_TRANSLATE_NOOP("Images", "Open vulnerabilities that have a fix")),
    number<UpdateRow, &UpdateRow::open>(
        QT_TRANSLATE_NOOP("Images", "Of"), QT_TRANSLATE_NOOP("Images", "All its open vulnerabilities")),
    number<UpdateRow, &UpdateRow::critical>(
        QT_TRANSLATE_NOOP("Images", "Critical"), QT_TRANSLATE_NOOP("Images", "Of those with a fix")),
    number<UpdateRow, &UpdateRow::high>(
        QT_TRANSLATE_NOOP("Images", "High"), QT_TRANSLATE_NOOP("Images", "Of those with a fix")),
    number<UpdateRow, &UpdateRow::knownExploited>(QT_TRANSLATE_NOOP("Images", "Known exploited"),
        QT_TRANSLATE_NOOP("Images", "Of those with a fix, as the report tells")),
    words<UpdateRow, &UpdateRow::packages>(
        QT_TRANSLATE_NOOP("Images", "Packages"), QT_TRANSLATE_NOOP("Images", "To which version each"), true),
} };

constexpr std::array<TableColumn<FixRow>, 5> fixColumns { {
    words<FixRow, &FixRow::package>(
        QT_TRANSLATE_NOOP("Images", "Package to update"), QT_TRANSLATE_NOOP("Images", "Worst first")),
    words<FixRow, &FixRow::version>(
        QT_TRANSLATE_NOOP("Images", "To"), QT_TRANSLATE_NOOP("Images", "First version with the fix")),
    number<FixRow, &FixRow::ends>(QT_TRANSLATE_NOOP("Images", "Ends"), QT_TRANSLATE_NOOP("Images", "Vulnerabilities")),
    number<FixRow, &FixRow::imageCount>(
        QT_TRANSLATE_NOOP("Images", "Images"), QT_TRANSLATE_NOOP("Images", "That have the package")),
    words<FixRow, &FixRow::images>(
        QT_TRANSLATE_NOOP("Images", "In"), QT_TRANSLATE_NOOP("Images", "The images, worst first"), true),
} };

constexpr std::array<TableColumn<ImageUseRow>, 8> useColumns { {
    words<ImageUseRow, &ImageUseRow::ns>(
        QT_TRANSLATE_NOOP("Images", "Namespace"), QT_TRANSLATE_NOOP("Images", "Of the workload")),
    words<ImageUseRow, &ImageUseRow::workload>(
        QT_TRANSLATE_NOOP("Images", "Workload"), QT_TRANSLATE_NOOP("Images", "That runs it")),
    words<ImageUseRow, &ImageUseRow::container>(
        QT_TRANSLATE_NOOP("Images", "Container"), QT_TRANSLATE_NOOP("Images", "Its name in the pod")),
    { QT_TRANSLATE_NOOP("Images", "Pods"), QT_TRANSLATE_NOOP("Images", "Live ones that run it"),
        [](const ImageUseRow& row) -> QVariant { return row.pods; },
        [](const ImageUseRow& row) { return SortKey(row.podCount, row.workload); }, atRight },
    words<ImageUseRow, &ImageUseRow::exposure>(
        QT_TRANSLATE_NOOP("Images", "Reached from outside"), QT_TRANSLATE_NOOP("Images", "And by which way")),
    words<ImageUseRow, &ImageUseRow::powers>(QT_TRANSLATE_NOOP("Images", "Is and may"),
        QT_TRANSLATE_NOOP("Images", "What an intruder in the container has besides")),
    words<ImageUseRow, &ImageUseRow::running>(
        QT_TRANSLATE_NOOP("Images", "Content"), QT_TRANSLATE_NOOP("Images", "Digest of what runs"), true),
    words<ImageUseRow, &ImageUseRow::pullPolicy>(
        QT_TRANSLATE_NOOP("Images", "Pull policy"), QT_TRANSLATE_NOOP("Images", "In effect"), true),
} };

QChar signOf(EvidenceRow::State state)
{
    switch (state) {
    case EvidenceRow::State::Matched:
        return QChar(0x2713);
    case EvidenceRow::State::Weak:
        return QChar(0x2248);
    case EvidenceRow::State::Unmatched:
        return QChar(0x25cb);
    case EvidenceRow::State::Unusable:
        break;
    }
    return QChar(0x26a0);
}

constexpr std::array<TableColumn<EvidenceRow>, 7> evidenceColumns { {
    words<EvidenceRow, &EvidenceRow::source>(
        QT_TRANSLATE_NOOP("Images", "Source"), QT_TRANSLATE_NOOP("Images", "File, or object of the cluster")),
    words<EvidenceRow, &EvidenceRow::kind>(
        QT_TRANSLATE_NOOP("Images", "Kind"), QT_TRANSLATE_NOOP("Images", "Told by what is in it"), true),
    words<EvidenceRow, &EvidenceRow::tool>(
        QT_TRANSLATE_NOOP("Images", "Tool"), QT_TRANSLATE_NOOP("Images", "That made it, and its version"), true),
    { QT_TRANSLATE_NOOP("Images", "Made"), QT_TRANSLATE_NOOP("Images", "When, and how long before the assessment"),
        [](const EvidenceRow& row) -> QVariant { return row.made; },
        [](const EvidenceRow& row) { return SortKey(row.madeAt.value_or(0), row.source); } },
    words<EvidenceRow, &EvidenceRow::what>(
        QT_TRANSLATE_NOOP("Images", "About"), QT_TRANSLATE_NOOP("Images", "What the tool was asked to look at")),
    { QT_TRANSLATE_NOOP("Images", "Matched"),
        QT_TRANSLATE_NOOP(
            "Images", "To what of this cluster, and how surely: \u2713 by digest, \u2248 weaker, \u25cb not"),
        [](const EvidenceRow& row) -> QVariant { return QString(signOf(row.state)) + QLatin1Char(' ') + row.match; },
        [](const EvidenceRow& row) { return SortKey(static_cast<qint64>(row.state), row.match); } },
    words<EvidenceRow, &EvidenceRow::result>(
        QT_TRANSLATE_NOOP("Images", "Says"), QT_TRANSLATE_NOOP("Images", "What it found")),
} };

constexpr std::array<TableColumn<UnscannedRow>, 3> unscannedColumns { {
    words<UnscannedRow, &UnscannedRow::image>(QT_TRANSLATE_NOOP("Images", "Image without a report"),
        QT_TRANSLATE_NOOP("Images", "Nobody looked, as far as is known")),
    number<UnscannedRow, &UnscannedRow::pods>(
        QT_TRANSLATE_NOOP("Images", "Pods"), QT_TRANSLATE_NOOP("Images", "Live ones that run it")),
    words<UnscannedRow, &UnscannedRow::workloads>(
        QT_TRANSLATE_NOOP("Images", "Workloads"), QT_TRANSLATE_NOOP("Images", "That name it"), true),
} };

} // namespace

QString imagesCsv(const std::vector<ImageRow>& rows)
{
    QString out = csvLine({ imagesTr("Image"), imagesTr("Registry"), imagesTr("Repository"), imagesTr("Version"),
        imagesTr("Pods"), imagesTr("Workloads"), imagesTr("Namespaces"), imagesTr("Content"), imagesTr("Pull policy"),
        imagesTr("Support"), imagesTr("Vulnerabilities"), imagesTr("Findings") });
    for (const ImageRow& row : rows)
        out += csvLine({ row.reference, row.registry, row.repository, row.version, QString::number(row.pods),
            QString::number(row.workloads), row.namespaces, row.digest, row.pullPolicy, row.support,
            row.vulnerabilities.text(), QString::number(row.findings) });
    return out;
}

QString supportCsv(const std::vector<SupportRow>& rows)
{
    QString out = csvLine(
        { imagesTr("Product"), imagesTr("Line"), imagesTr("Support"), imagesTr("In use by"), imagesTr("Basis") });
    for (const SupportRow& row : rows)
        out += csvLine({ row.product, row.line, row.words, row.users, row.basis });
    return out;
}

VulnerabilitiesModel::VulnerabilitiesModel(QObject* parent)
    : TableModel("Images", vulnerabilityColumns, parent)
{
}

QVariant VulnerabilitiesModel::severityOf(const VulnerabilityRow& row) const
{
    return severityOfGrade(row.grade);
}

QString VulnerabilitiesModel::toolTipOf(const VulnerabilityRow& row) const
{
    QStringList lines { row.id
        + (row.aliases.isEmpty() ? QString() : QStringLiteral(" (%1)").arg(row.aliases.join(QStringLiteral(", ")))) };
    lines.append(
        imagesTr("%1 by the scanner%2")
            .arg(gradeName(row.grade), row.score.isEmpty() ? QString() : imagesTr(", score %1").arg(row.score)));
    lines += row.steps;
    lines.append(row.status);
    return lines.join(QLatin1Char('\n'));
}

UpdatesModel::UpdatesModel(QObject* parent)
    : TableModel("Images", updateColumns, parent)
{
}

QString UpdatesModel::toolTipOf(const UpdateRow& row) const
{
    return row.words;
}

FixesModel::FixesModel(QObject* parent)
    : TableModel("Images", fixColumns, parent)
{
}

ImageUsesModel::ImageUsesModel(QObject* parent)
    : TableModel("Images", useColumns, parent)
{
}

EvidenceModel::EvidenceModel(QObject* parent)
    : TableModel("Images", evidenceColumns, parent)
{
}

QString EvidenceModel::toolTipOf(const EvidenceRow& row) const
{
    QStringList lines { row.source };
    lines += row.notes;
    return lines.join(QLatin1Char('\n'));
}

UnscannedModel::UnscannedModel(QObject* parent)
    : TableModel("Images", unscannedColumns, parent)
{
}

} // namespace plimsoll::ui::model
