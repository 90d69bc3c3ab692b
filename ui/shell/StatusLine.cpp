// SPDX-License-Identifier: Apache-2.0
#include "ui/shell/StatusLine.h"

#include <QProgressBar>
#include <QPushButton>
#include <QTimer>
#include <QToolButton>

#include "ui/model/Text.h"
#include "ui/widget/Parts.h"

namespace plimsoll::ui::shell {

using namespace widget;

StatusLine::StatusLine(view::ViewContext& context, Jobs& jobs, QWidget* parent)
    : QStatusBar(parent)
    , m_context(context)
    , m_jobs(jobs)
    , m_counts(mutedLabel({}, this))
    , m_problems(button({}, "link", this))
    , m_job(new QWidget(this))
    , m_jobTitle(mutedLabel({}, m_job))
    , m_jobBar(new QProgressBar(m_job))
    , m_jobCancel(flatButton(QStringLiteral("close"), tr("Cancel"), m_job))
{
    setSizeGripEnabled(false);
    m_counts->setContentsMargins(space::m, 0, 0, 0);
    m_origin = label({}, TextStyle::Strong, this);
    m_origin->setContentsMargins(space::m, 0, 0, 0);
    addWidget(m_origin);
    addWidget(m_counts, 1);
    auto* layout = new QHBoxLayout(m_job);
    layout->setContentsMargins(0, 0, space::s, 0);
    layout->addWidget(m_jobTitle);
    m_jobBar->setFixedWidth(140);
    m_jobBar->setTextVisible(false);
    m_jobBar->setAccessibleName(tr("Progress of the work in the background"));
    layout->addWidget(m_jobBar);
    m_jobCancel->setIconSize(QSize(14, 14));
    layout->addWidget(m_jobCancel);
    addPermanentWidget(m_job);
    addPermanentWidget(m_problems);
    m_problems->setContentsMargins(0, 0, space::m, 0);
    m_job->hide();
    m_problems->hide();
    connect(m_problems, &QPushButton::clicked, this, &StatusLine::problemsAsked);
    connect(&jobs, &Jobs::changed, this, &StatusLine::showJobs);
    connect(m_jobCancel, &QToolButton::clicked, this, [this] { m_jobs.cancel(m_shownJob); });
}

void StatusLine::setAssessment(const std::shared_ptr<const assess::Assessment>& assessment)
{
    if (!assessment) {
        m_counts->setText(tr("Nothing is open"));
        m_origin->hide();
        m_problems->hide();
        return;
    }
    const cluster::Cluster& cluster = *assessment->cluster;
    quint64 waived = 0;
    for (const std::uint32_t count : assessment->waivedBySeverity)
        waived += count;
    QStringList counts { tr("%1 objects").arg(grouped(cluster.objects().size())),
        tr("%1 findings").arg(grouped(assessment->findings.size() - waived)) };
    if (waived > 0)
        counts.append(tr("%1 waived").arg(grouped(waived)));
    counts.append(tr("%1 not assessed").arg(grouped(assessment->notAssessed.size())));
    m_counts->setText(counts.join(QStringLiteral("  \u00b7  ")));
    const int problems = static_cast<int>(cluster.problems().size());
    m_problems->setVisible(problems > 0);
    m_problems->setText(
        counted(static_cast<quint64>(problems), tr("1 problem while reading"), tr("%1 problems while reading")));
    m_problems->setAccessibleName(m_problems->text());
}

void StatusLine::setOrigin(const model::OriginData& origin)
{
    QStringList parts { origin.badge, origin.age, origin.proof };
    parts.removeAll(QString());
    m_origin->setText(parts.join(QStringLiteral("  \u00b7  ")));
    m_origin->setVisible(!origin.badge.isEmpty());
}

void StatusLine::showJobs()
{
    const auto job = m_jobs.shown();
    m_job->setVisible(job.has_value());
    if (!job)
        return;
    m_shownJob = job->id;
    m_jobTitle->setText(job->title);
    m_jobBar->setRange(0, job->state.total > 0 ? 1000 : 0);
    if (job->state.total > 0)
        m_jobBar->setValue(static_cast<int>(std::min<std::uint64_t>(1000, job->state.done * 1000 / job->state.total)));
    m_jobCancel->setVisible(job->isCancellable);
}

} // namespace plimsoll::ui::shell

#include "moc_StatusLine.cpp"
