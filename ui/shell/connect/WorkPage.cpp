// SPDX-License-Identifier: Apache-2.0
#include "ui/shell/connect/WorkPage.h"

#include <QPlainTextEdit>
#include <QProgressBar>
#include <QVBoxLayout>

#include "ui/model/Text.h"
#include "ui/widget/Parts.h"
#include "ui/widget/Table.h"

namespace plimsoll::ui::shell {

using namespace widget;

WorkPage::WorkPage(QWidget* parent)
    : QWidget(parent)
    , m_title(label({}, TextStyle::Title, this))
    , m_bar(new QProgressBar(this))
    , m_stage(new ElidedLabel(Qt::ElideRight, this))
    , m_time(mutedLabel({}, this))
    , m_linesTitle(label(tr("The login program says:"), TextStyle::Strong, this))
    , m_lines(new QPlainTextEdit(this))
    , m_table(new Table(this))
    , m_steps(new model::StepsModel(this))
    , m_gap(new QWidget(this))
    , m_cancel(button(tr("Cancel"), "", this))
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(space::xl, space::xl, space::xl, space::l);
    column->setSpacing(space::m);
    column->addWidget(m_title);
    m_bar->setTextVisible(false);
    m_bar->setAccessibleName(tr("Progress"));
    column->addWidget(m_bar);
    auto* line = new QHBoxLayout;
    setRole(m_stage, "muted");
    line->addWidget(m_stage, 1);
    line->addWidget(m_time);
    column->addLayout(line);
    column->addWidget(m_linesTitle);
    m_lines->setReadOnly(true);
    m_lines->setMaximumBlockCount(500); // a program may write without end
    m_lines->setFont(widget::font(TextStyle::Code));
    m_lines->setAccessibleName(tr("What the login program says"));
    m_lines->setMaximumHeight(m_lines->fontMetrics().lineSpacing() * 9);
    column->addWidget(m_lines);
    m_table->setAccessibleName(tr("Resources that are collected"));
    m_table->setModel(m_steps);
    m_table->setColumnWidth(0, 380);
    m_table->setColumnWidth(1, 130);
    m_table->setColumnWidth(2, 110);
    column->addWidget(m_table, 1);
    column->addWidget(m_gap, 1);
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(m_cancel);
    buttons->addStretch(1);
    column->addLayout(buttons);
    m_cancel->setShortcut(Qt::Key_Escape);
    connect(m_cancel, &QPushButton::clicked, this, &WorkPage::cancelAsked);
}

void WorkPage::begin(const QString& title, bool hasSteps)
{
    m_hasSteps = hasSteps;
    m_title->setText(title);
    m_stage->setFullText(tr("Starting"));
    m_time->setText({});
    m_bar->setRange(0, 0);
    m_steps->setRows({});
    m_lines->clear();
    m_lines->hide();
    m_linesTitle->hide();
    m_table->setVisible(hasSteps);
    m_gap->setVisible(!hasSteps);
    m_cancel->setFocus();
}

void WorkPage::showProgress(const Progress::State& state, qint64 elapsedMs)
{
    m_time->setText(tr("%1 s").arg(elapsedMs / 1000));
    if (m_hasSteps && !m_steps->rows().empty())
        return; // the steps say more
    if (!state.stage.empty())
        m_stage->setFullText(model::lineText(state.stage));
    m_bar->setRange(0, state.total > 0 ? 1000 : 0);
    if (state.total > 0)
        m_bar->setValue(static_cast<int>(std::min<std::uint64_t>(1000, state.done * 1000 / state.total)));
}

void WorkPage::showSteps(const std::vector<snapshot::CollectStep>& steps)
{
    using State = snapshot::CollectStep::State;
    std::vector<model::StepRow> rows = model::stepRows(steps);
    quint64 objects = 0;
    std::size_t ended = 0;
    QStringList reading;
    quint64 missing = 0;
    for (const model::StepRow& row : rows) {
        objects += row.items;
        ended += row.rank != State::Waiting && row.rank != State::Reading ? 1 : 0;
        missing += row.rank == State::NotCollected || row.rank == State::Partial ? 1 : 0;
        if (row.rank == State::Reading)
            reading.append(row.resource);
    }
    const bool isAll = !rows.empty() && ended == rows.size();
    QString stage = tr("%1 of %2 resources  \u00b7  %3 objects").arg(ended).arg(rows.size()).arg(grouped(objects));
    if (missing > 0)
        stage += QStringLiteral("  \u00b7  ") + tr("%1 not or only in part").arg(missing);
    if (!reading.isEmpty())
        stage += QStringLiteral("  \u00b7  ") + tr("reading %1").arg(reading.join(QStringLiteral(", ")));
    else if (isAll)
        stage += QStringLiteral("  \u00b7  ") + tr("putting the snapshot together");
    m_stage->setFullText(stage);
    m_bar->setRange(0, isAll || rows.empty() ? 0 : static_cast<int>(rows.size()));
    m_bar->setValue(static_cast<int>(ended));
    if (rows.size() != m_steps->rows().size()) {
        m_steps->setRows(std::move(rows));
        return;
    }
    std::size_t at = 0;
    m_steps->changeRows([&](model::StepRow& row) { row = std::move(rows[at++]); });
}

void WorkPage::addLine(const QString& line)
{
    m_linesTitle->show();
    m_lines->show();
    m_lines->appendPlainText(line);
}

void WorkPage::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    m_cancel->setFocus();
}

} // namespace plimsoll::ui::shell

#include "moc_WorkPage.cpp"
