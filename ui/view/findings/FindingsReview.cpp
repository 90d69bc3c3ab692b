// SPDX-License-Identifier: Apache-2.0
// What of the findings view changes the reviewer's data: waivers and saved filters.
#include <QInputDialog>
#include <QMenu>
#include <QMessageBox>

#include "ui/model/FindingsModel.h"
#include "ui/model/Text.h"
#include "ui/view/findings/FindingsView.h"
#include "ui/view/findings/WaiveDialog.h"

namespace plimsoll::ui::view {

void FindingsView::waive(const std::vector<std::uint32_t>& findings)
{
    if (!m_assessment)
        return;
    std::vector<std::uint32_t> open;
    for (const std::uint32_t finding : findings) {
        if (!m_assessment->findings[finding].isWaived())
            open.push_back(finding);
    }
    if (!open.empty())
        (new WaiveDialog(context(), std::move(open), this))->open();
}

void FindingsView::edit(const model::ReviewEdit& change)
{
    if (!context().pool)
        return;
    context().review.edit(context().jobs, *context().pool, change, [this](const QString& problem) {
        if (problem.isEmpty())
            return;
        auto* box = new QMessageBox(QMessageBox::Warning, tr("Not saved"), problem, QMessageBox::Ok, this);
        box->setTextFormat(Qt::PlainText);
        box->setAttribute(Qt::WA_DeleteOnClose);
        box->open();
    });
}

void FindingsView::fillFilterMenu()
{
    m_filterMenu->clear();
    if (!m_assessment)
        return;
    const auto& filters = m_assessment->review.filters;
    const auto escaped
        = [](const std::string& name) { return model::lineText(name).replace(QLatin1Char('&'), QStringLiteral("&&")); };
    for (const auto& [name, filter] : filters) {
        connect(m_filterMenu->addAction(escaped(name)), &QAction::triggered, this,
            [this, whole = model::text(filter)] { useFilter(whole); });
    }
    if (filters.empty())
        m_filterMenu->addAction(tr("No filter was saved"))->setEnabled(false);
    m_filterMenu->addSeparator();
    QAction* save = m_filterMenu->addAction(tr("Save this filter\u2026"), this, &FindingsView::saveFilter);
    save->setEnabled(!context().filter.isDefault());
    QMenu* drop = m_filterMenu->addMenu(tr("Forget"));
    drop->setEnabled(!filters.empty());
    for (const auto& [name, filter] : filters) {
        connect(drop->addAction(escaped(name)), &QAction::triggered, this,
            [this, whole = model::text(name)] { dropFilter(whole); });
    }
}

void FindingsView::useFilter(const QString& whole)
{
    QString problem;
    if (const auto filter = model::filterFromText(whole, &problem)) {
        context().filter.setFilter(*filter);
        return;
    }
    auto* box = new QMessageBox(QMessageBox::Warning, tr("Saved filter"),
        tr("This filter cannot be understood: %1.").arg(problem), QMessageBox::Ok, this);
    box->setTextFormat(Qt::PlainText);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->open();
}

void FindingsView::saveFilter()
{
    auto* dialog = new QInputDialog(this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Save this filter"));
    dialog->setLabelText(tr("Name of the filter, kept in the review file:"));
    connect(dialog, &QInputDialog::textValueSelected, this, [this](const QString& name) {
        if (name.trimmed().isEmpty())
            return;
        model::ReviewEdit change;
        change.savedFilters.emplace_back(
            name.trimmed().toStdString(), model::filterText(context().filter.filter()).toStdString());
        edit(change);
    });
    dialog->open();
}

void FindingsView::dropFilter(const QString& name)
{
    model::ReviewEdit change;
    change.droppedFilters.push_back(name.toStdString());
    edit(change);
}

} // namespace plimsoll::ui::view
