// SPDX-License-Identifier: Apache-2.0
#include "ui/model/ControlsModel.h"

#include "ui/model/Text.h"

namespace plimsoll::ui::model {

namespace {

constexpr auto right = Qt::AlignRight | Qt::AlignVCenter;

using Key = std::pair<qint64, QString>;

QVariant count(quint32 number)
{
    return number == 0 ? QVariant() : QVariant(number);
}

const TableColumn<ControlRow> controlColumns[] = {
    { QT_TRANSLATE_NOOP("ControlsModel", "Control"),
        QT_TRANSLATE_NOOP("ControlsModel", "Severity and id of the control"),
        [](const ControlRow& row) { return QVariant(row.id); },
        [](const ControlRow& row) { return Key(row.severity, row.id); } },
    { QT_TRANSLATE_NOOP("ControlsModel", "Title"), QT_TRANSLATE_NOOP("ControlsModel", "What the control looks for"),
        [](const ControlRow& row) { return QVariant(row.title); },
        [](const ControlRow& row) { return Key(0, row.title); } },
    { QT_TRANSLATE_NOOP("ControlsModel", "Result"),
        QT_TRANSLATE_NOOP("ControlsModel", "Fail if any object failed; not assessed is never a pass"),
        [](const ControlRow& row) { return QVariant(row.verdict); },
        [](const ControlRow& row) { return Key(row.verdictRank, row.id); } },
    { QT_TRANSLATE_NOOP("ControlsModel", "Failed"), QT_TRANSLATE_NOOP("ControlsModel", "Objects that failed"),
        [](const ControlRow& row) { return count(row.failed); },
        [](const ControlRow& row) { return Key(row.failed, row.id); }, right },
    { QT_TRANSLATE_NOOP("ControlsModel", "Passed"), QT_TRANSLATE_NOOP("ControlsModel", "Objects that passed"),
        [](const ControlRow& row) { return count(row.passed); },
        [](const ControlRow& row) { return Key(row.passed, row.id); }, right },
    { QT_TRANSLATE_NOOP("ControlsModel", "Not assessed"),
        QT_TRANSLATE_NOOP("ControlsModel", "Objects about which nothing can be said"),
        [](const ControlRow& row) { return count(row.notAssessed); },
        [](const ControlRow& row) { return Key(row.notAssessed, row.id); }, right },
    { QT_TRANSLATE_NOOP("ControlsModel", "Reason"), QT_TRANSLATE_NOOP("ControlsModel", "Why it was not assessed"),
        [](const ControlRow& row) { return QVariant(row.reason); },
        [](const ControlRow& row) { return Key(0, row.reason); }, Qt::AlignLeft | Qt::AlignVCenter, true },
};

const TableColumn<ProblemRow> problemColumns[] = {
    { QT_TRANSLATE_NOOP("ProblemsModel", "Problem"),
        QT_TRANSLATE_NOOP("ProblemsModel", "What could not be read or is odd"),
        [](const ProblemRow& row) { return QVariant(row.what); },
        [](const ProblemRow& row) { return Key(row.isError ? 0 : 1, row.what); } },
    { QT_TRANSLATE_NOOP("ProblemsModel", "Where"), QT_TRANSLATE_NOOP("ProblemsModel", "File and line, or object"),
        [](const ProblemRow& row) { return QVariant(row.where); },
        [](const ProblemRow& row) { return Key(0, row.where); } },
    { QT_TRANSLATE_NOOP("ProblemsModel", "What to do"), QT_TRANSLATE_NOOP("ProblemsModel", "How to get rid of it"),
        [](const ProblemRow& row) { return QVariant(row.advice); },
        [](const ProblemRow& row) { return Key(0, row.advice); }, Qt::AlignLeft | Qt::AlignVCenter, true },
};

int verdictRank(control::Verdict verdict)
{
    switch (verdict) {
    case control::Verdict::Fail:
        return 0;
    case control::Verdict::NotAssessed:
        return 1;
    case control::Verdict::Pass:
        return 2;
    }
    return 3;
}

} // namespace

ControlsModel::ControlsModel(QObject* parent)
    : TableModel("ControlsModel", controlColumns, parent)
{
}

void ControlsModel::setAssessment(const std::shared_ptr<const assess::Assessment>& assessment)
{
    std::vector<ControlRow> rows;
    if (assessment) {
        for (const assess::ControlResult& result : assessment->controls) {
            const auto& words = assessment->catalogue->entries[result.control].text;
            rows.push_back({ .id = text(words.id),
                .title = text(words.title),
                .verdict = text(toText(result.verdict)),
                .reason = lineText(result.reason),
                .severity = static_cast<int>(words.severity),
                .verdictRank = verdictRank(result.verdict),
                .failed = result.failed,
                .passed = result.passed,
                .notAssessed = result.notAssessed });
        }
    }
    setRows(std::move(rows));
}

ProblemsModel::ProblemsModel(QObject* parent)
    : TableModel("ProblemsModel", problemColumns, parent)
{
}

void ProblemsModel::setAssessment(const std::shared_ptr<const assess::Assessment>& assessment)
{
    std::vector<ProblemRow> rows;
    if (assessment) {
        for (const snapshot::Problem& problem : assessment->cluster->problems()) {
            rows.push_back({ .isError = problem.level == snapshot::Problem::Level::Error,
                .what = lineText(problem.error.what),
                .where = lineText(problem.error.where),
                .advice = lineText(problem.error.advice) });
        }
    }
    setRows(std::move(rows));
}

} // namespace plimsoll::ui::model
