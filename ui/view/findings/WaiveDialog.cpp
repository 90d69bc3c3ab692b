// SPDX-License-Identifier: Apache-2.0
#include "ui/view/findings/WaiveDialog.h"

#include <QComboBox>
#include <QDateTime>
#include <QFileDialog>
#include <QFileInfo>
#include <QLineEdit>
#include <QPointer>
#include <QPushButton>
#include <QScrollArea>
#include <QSettings>
#include <QVBoxLayout>

#include "ui/model/Text.h"
#include "ui/widget/Parts.h"

namespace plimsoll::ui::view {

using namespace widget;
using model::WaiverReach;

namespace {

constexpr int shownLines = 12;

QString remembered(const char* key)
{
    return QSettings().value(QStringLiteral("waiver/") + QLatin1String(key)).toString();
}

QDate dateOf(UnixSeconds time)
{
    return QDateTime::fromSecsSinceEpoch(time, Qt::UTC).date();
}

} // namespace

WaiveDialog::WaiveDialog(ViewContext& context, std::vector<std::uint32_t> findings, QWidget* parent)
    : QDialog(parent)
    , m_context(context)
    , m_assessment(context.review.assessment())
    , m_findings(std::move(findings))
    , m_created(model::waiverCreation(*m_assessment, QDateTime::currentSecsSinceEpoch()))
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Accept the risk"));
    resize(640, 660);
    build();
    updateScope();
    updateState();
    m_reason->setFocus();
}

QLineEdit* WaiveDialog::addLine(QVBoxLayout* column, const QString& name, const QString& value)
{
    column->addWidget(label(name, TextStyle::Strong, this));
    auto* line = new QLineEdit(this);
    line->setAccessibleName(name);
    line->setText(value);
    column->addWidget(line);
    connect(line, &QLineEdit::textChanged, this, &WaiveDialog::updateState);
    return line;
}

void WaiveDialog::build()
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(space::xl, space::l, space::xl, space::l);
    column->setSpacing(space::s);
    column->addWidget(
        label(counted(m_findings.size(), tr("Accept the risk of 1 finding"), tr("Accept the risk of %1 findings")),
            TextStyle::Heading, this));
    column->addWidget(label(tr("What is accepted"), TextStyle::Strong, this));
    m_reach = comboBox(tr("How far the waiver reaches"), this);
    m_reach->addItems({ tr("Exactly these fields of these objects"), tr("These objects, wherever in them it stands"),
        tr("Every object of the same kind in the namespace"), tr("The whole namespace") });
    m_reach->setCurrentIndex(static_cast<int>(WaiverReach::TheseObjects));
    connect(m_reach, &QComboBox::currentIndexChanged, this, &WaiveDialog::updateScope);
    column->addWidget(m_reach);
    auto* notice = new QFrame(this);
    widget::setRole(notice, "notice");
    auto* inside = new QVBoxLayout(notice);
    inside->setContentsMargins(space::m, space::s, space::m, space::s);
    m_covers = label({}, TextStyle::Strong, notice);
    m_scope = wrappedLabel({}, notice);
    m_warning = wrappedLabel({}, notice);
    inside->addWidget(m_covers);
    inside->addWidget(m_scope);
    inside->addWidget(m_warning);
    column->addWidget(notice);
    column->addSpacing(space::xs);
    m_reason = addLine(column, tr("Reason"), {});
    m_reason->setPlaceholderText(tr("Why this risk is taken, for who reads it in a year"));
    m_owner = addLine(column, tr("Owner"), remembered("owner"));
    m_owner->setPlaceholderText(tr("Team or person who answers for it"));
    m_approver = addLine(column, tr("Approved by"), remembered("approver"));
    m_until = addLine(column, tr("Until (the last day)"), dateOf(m_created).addYears(1).toString(Qt::ISODate));
    connect(m_until, &QLineEdit::editingFinished, this, &WaiveDialog::updateScope); // too long is too broad
    buildFile(column);
    if (!m_assessment->assessedAt) {
        column->addWidget(wrappedLabel(
            tr("\u26a0 No time is known of this source, so no waiver can be valid at it. It will be written, and "
               "count where a date of assessment is given."),
            this));
    }
    column->addStretch(1);
    m_problem = wrappedLabel({}, this);
    column->addWidget(m_problem);
    auto* buttons = new QHBoxLayout;
    buttons->addStretch(1);
    QPushButton* cancel = button(tr("Cancel"), "", this);
    m_save = button(tr("Accept the risk"), "primary", this);
    m_save->setDefault(true);
    buttons->addWidget(cancel);
    buttons->addWidget(m_save);
    column->addLayout(buttons);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_save, &QPushButton::clicked, this, &WaiveDialog::save);
}

void WaiveDialog::buildFile(QVBoxLayout* column)
{
    column->addWidget(label(tr("Kept in"), TextStyle::Strong, this));
    m_file = comboBox(tr("The file that the waiver is written to"), this);
    m_file->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    const control::Review& review = m_assessment->review;
    if (review.path.empty()) {
        m_file->addItem(tr("nowhere: this source is no file, so it holds until the source is closed"));
        m_file->setEnabled(false);
        column->addWidget(m_file);
        return;
    }
    for (const std::string& file : review.waiverFiles)
        m_file->addItem(model::lineText(file), model::text(file));
    const QString standard = QStringLiteral("accepted-risks.yaml");
    if (m_file->findData(standard) < 0)
        m_file->addItem(tr("%1 (new)").arg(standard), standard);
    auto* row = new QHBoxLayout;
    row->addWidget(m_file, 1);
    QPushButton* other = button(tr("Another file\u2026"), "", this);
    row->addWidget(other);
    column->addLayout(row);
    connect(other, &QPushButton::clicked, this, [this, folder = QFileInfo(model::text(review.path)).absolutePath()] {
        const QString path = QFileDialog::getSaveFileName(this, tr("File of waivers"), folder,
            tr("YAML (*.yaml *.yml)"), nullptr, QFileDialog::DontConfirmOverwrite); // it is added to, not replaced
        if (path.isEmpty())
            return;
        const QString name = QDir(folder).relativeFilePath(path);
        if (m_file->findData(name) < 0)
            m_file->addItem(model::lineText(name.toStdString()), name);
        m_file->setCurrentIndex(m_file->findData(name));
    });
}

WaiverReach WaiveDialog::reach() const
{
    return static_cast<WaiverReach>(m_reach->currentIndex());
}

QString WaiveDialog::missing() const
{
    if (m_findings.empty())
        return tr("No finding is selected.");
    if (m_reason->text().trimmed().isEmpty())
        return tr("A reason is needed: a risk that nobody explains is not accepted.");
    if (m_owner->text().trimmed().isEmpty())
        return tr("An owner is needed.");
    if (m_approver->text().trimmed().isEmpty())
        return tr("Who approved it is needed.");
    if (!until())
        return tr("The last day is a date such as 2027-05-04.");
    if (*until() < m_created)
        return tr("The last day lies before %1, the day of the assessment.").arg(model::text(formatDate(m_created)));
    return {};
}

std::optional<model::WaiverWords> WaiveDialog::words() const
{
    if (!missing().isEmpty())
        return std::nullopt;
    return model::WaiverWords { .reason = m_reason->text(),
        .owner = m_owner->text(),
        .approver = m_approver->text(),
        .created = m_created,
        .lastDay = *until() };
}

std::optional<UnixSeconds> WaiveDialog::until() const
{
    const QString typed = m_until->text().trimmed();
    return typed.size() == 10 ? parseTime(typed.toStdString()) : std::nullopt; // a date alone
}

model::ReviewEdit WaiveDialog::edit() const
{
    model::ReviewEdit result;
    if (const auto said = words()) {
        result.waivers = model::proposedWaivers(*m_assessment, m_findings, reach(), *said);
        result.waiverFile = m_file->currentData().toString().toStdString();
    }
    return result;
}

// Every finding is asked whether it would be covered: not on this thread.
void WaiveDialog::updateScope()
{
    m_covers->setText(tr("Looking what this covers\u2026"));
    m_context.jobs.run<model::WaiverScope>(
        this, { .slot = QStringLiteral("waive-scope"), .title = {} },
        [assessment = m_assessment, findings = m_findings, reach = reach(), created = m_created, until = until()](
            Progress&) {
            const model::WaiverWords some { .reason = QStringLiteral("-"),
                .owner = QStringLiteral("-"),
                .approver = QStringLiteral("-"),
                .created = created,
                .lastDay = until.value_or(created) };
            return model::scopeOf(*assessment, model::proposedWaivers(*assessment, findings, reach, some));
        },
        [this](const model::WaiverScope& scope) {
            QString covers = tr("Covers %1 of %2")
                                 .arg(counted(scope.open, tr("1 open finding"), tr("%1 open findings")),
                                     counted(scope.objects, tr("1 object"), tr("%1 objects")));
            if (scope.already > 0)
                covers += tr(", %1 already waived").arg(grouped(scope.already));
            if (scope.open + scope.already > m_findings.size())
                covers += tr(" \u2013 more than you selected");
            m_covers->setText(covers);
            QStringList lines = scope.lines.mid(0, shownLines);
            if (scope.lines.size() > shownLines)
                lines.append(tr("and %1 more").arg(scope.lines.size() - shownLines));
            m_scope->setText(lines.join(QLatin1Char('\n')));
            m_warning->setText(scope.warnings.isEmpty()
                    ? QString()
                    : tr("\u26a0 Too broad: %1").arg(scope.warnings.join(QStringLiteral("; "))));
            m_warning->setVisible(!scope.warnings.isEmpty());
        });
}

void WaiveDialog::updateState()
{
    const QString why = missing();
    m_problem->setText(why);
    m_problem->setVisible(!why.isEmpty());
    m_save->setEnabled(why.isEmpty());
}

void WaiveDialog::save()
{
    const model::ReviewEdit change = edit();
    if (change.waivers.empty() || !m_context.pool)
        return;
    const auto shown = m_context.review.assessment();
    if (!shown || shown->cluster != m_assessment->cluster) {
        reject(); // another source was opened meanwhile
        return;
    }
    QSettings settings;
    settings.setValue(QStringLiteral("waiver/owner"), m_owner->text());
    settings.setValue(QStringLiteral("waiver/approver"), m_approver->text());
    m_save->setEnabled(false);
    m_problem->setText(tr("Saving and assessing anew\u2026"));
    m_problem->show();
    m_context.review.edit(
        m_context.jobs, *m_context.pool, change, [dialog = QPointer<WaiveDialog>(this)](const QString& problem) {
            if (!dialog)
                return;
            if (problem.isEmpty()) {
                dialog->accept();
                return;
            }
            dialog->m_problem->setText(QStringLiteral("\u26a0 ") + problem);
            dialog->m_save->setEnabled(true);
        });
}

} // namespace plimsoll::ui::view

#include "moc_WaiveDialog.cpp"
