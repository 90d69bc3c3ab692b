// SPDX-License-Identifier: Apache-2.0
// What can be done in the compliance view: ways to findings and objects, verdicts, and export.
#include <QApplication>
#include <QClipboard>
#include <QFileDialog>
#include <QFileInfo>
#include <QMenu>
#include <QMessageBox>
#include <QSaveFile>
#include <QSettings>

#include "core/report/Report.h"
#include "ui/model/OverviewData.h"
#include "ui/model/Text.h"
#include "ui/view/compliance/ComplianceView.h"
#include "ui/view/compliance/VerdictDialog.h"
#include "ui/widget/Icons.h"
#include "ui/widget/Table.h"

namespace plimsoll::ui::view {

using model::ComplianceModel;

void ComplianceView::tell(const QString& title, const QString& problem)
{
    if (problem.isEmpty())
        return;
    auto* box = new QMessageBox(QMessageBox::Warning, title, problem, QMessageBox::Ok, this);
    box->setTextFormat(Qt::PlainText);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->open();
}

// A row leads to what is behind it: an object to its finding with the evidence, a control to its findings.
void ComplianceView::openIndex(const QModelIndex& index)
{
    if (!index.isValid())
        return;
    if (const auto finding = m_model->finding(index)) {
        context().navigator.openFinding(*finding, m_model->object(index), QStringLiteral("findings"));
        return;
    }
    if (const cluster::ObjectId object = m_model->object(index); object) {
        context().navigator.open(object, QStringLiteral("paths"));
        return;
    }
    if (m_model->level(index) == ComplianceModel::Level::Control)
        openFindings({}, m_model->controls(index));
    else
        m_table->setExpanded(index.siblingAtColumn(0), !m_table->isExpanded(index.siblingAtColumn(0)));
}

// Exactly what the row counts, so the whole filter is replaced; undo brings the old one back.
void ComplianceView::openFindings(const QStringList& requirements, const QStringList& controls)
{
    model::FindingsFilter filter;
    filter.requirements = requirements;
    filter.controls = controls;
    filter.status = model::FindingsFilter::Status::All;
    context().filter.setFilter(filter);
    context().navigator.openView(QStringLiteral("findings"));
}

void ComplianceView::openMenu(const QPoint& position)
{
    const QModelIndex index = m_table->indexAt(position);
    if (!index.isValid() || !m_assessment)
        return;
    QMenu menu(this);
    const auto add
        = [&](const QString& text, auto run) { connect(menu.addAction(text), &QAction::triggered, this, run); };
    if (const auto finding = m_model->finding(index))
        add(tr("Show the finding"), [this, index] { openIndex(index); });
    if (const cluster::ObjectId object = m_model->object(index); object) {
        add(tr("Show in graph"), [this, object] { context().navigator.open(object, QStringLiteral("paths")); });
        const QString ref = model::lineText(m_assessment->cluster->refOf(object));
        add(tr("Copy object name"), [ref] { QApplication::clipboard()->setText(ref); });
    }
    if (const QStringList controls = m_model->controls(index); !controls.isEmpty())
        add(tr("Show its findings"), [this, controls] { openFindings({}, controls); });
    if (m_model->requirement(index))
        add(tr("Record a verdict\u2026"), [this] { record(); });
    add(tr("Copy row"), [this] { QApplication::clipboard()->setText(m_table->selectionAsText()); });
    menu.exec(m_table->viewport()->mapToGlobal(position));
}

void ComplianceView::record()
{
    if (!m_assessment || !m_requirement)
        return;
    const auto detail = model::detailOf(*m_assessment, m_model->framework(), *m_requirement);
    (new VerdictDialog(context(), detail, this))->open();
}

void ComplianceView::withdraw()
{
    if (!m_assessment || !m_requirement)
        return;
    const auto detail = model::detailOf(*m_assessment, m_model->framework(), *m_requirement);
    model::ReviewEdit change;
    change.withdrawn.emplace_back(detail.framework.toStdString(), detail.id.toStdString());
    edit(change);
}

void ComplianceView::edit(const model::ReviewEdit& change)
{
    if (context().pool)
        context().review.edit(context().jobs, *context().pool, change,
            [this](const QString& problem) { tell(tr("Not saved"), problem); });
}

void ComplianceView::chooseExport(const QString& format)
{
    if (!m_assessment || m_model->framework() >= m_lines.size())
        return;
    const QString folder = QSettings().value(QStringLiteral("export/folder")).toString();
    QString name = m_lines[m_model->framework()].id;
    if (m_assessment->assessedAt)
        name += QLatin1Char('-') + model::text(formatDate(*m_assessment->assessedAt));
    const QString path = QFileDialog::getSaveFileName(this, tr("Export this framework"),
        (folder.isEmpty() ? QString() : folder + QLatin1Char('/')) + name + QLatin1Char('.') + format,
        tr("%1 (*.%2)").arg(format.toUpper(), format));
    if (path.isEmpty())
        return;
    QSettings().setValue(QStringLiteral("export/folder"), QFileInfo(path).absolutePath());
    exportTo(format, path, [this](const QString& problem) { tell(tr("Export"), problem); });
}

void ComplianceView::exportTo(
    const QString& format, const QString& path, std::function<void(const QString& problem)> done)
{
    if (!m_assessment || m_model->framework() >= m_lines.size() || !context().pool)
        return;
    const std::uint32_t framework = m_model->framework();
    const report::Format* writer = report::findFormat(format.toStdString());
    const auto work
        = [assessment = m_assessment, framework, writer, path, pool = context().pool](Progress& progress) -> QString {
        if (!writer) {
            QSaveFile file(path);
            const QByteArray bytes = model::frameworkCsv(*assessment, framework).toUtf8();
            if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit())
                return tr("%1 cannot be written: %2").arg(path, file.errorString());
            return {};
        }
        // A report of one framework is an assessment of one framework.
        assess::Scope scope = assessment->scope;
        scope.frameworks = { assessment->catalogue->frameworks[assessment->frameworks[framework].framework].id };
        const auto inputs = model::inputsOf(*assessment);
        if (!inputs)
            return model::errorText(inputs.error());
        const auto narrow = assess::assess(
            assessment->cluster, assessment->catalogue, assessment->settings, scope, *pool, progress, *inputs);
        if (!narrow)
            return model::errorText(narrow.error());
        const auto written = report::writeFile(*writer, **narrow, {}, progress, path.toStdString());
        return written ? QString() : model::errorText(written.error());
    };
    context().jobs.run<QString>(this, { .slot = {}, .title = tr("Exporting") }, work, std::move(done));
}

} // namespace plimsoll::ui::view
