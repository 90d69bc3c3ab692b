// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QStatusBar>

#include "ui/model/OriginData.h"
#include "ui/shell/Jobs.h"
#include "ui/view/ViewContext.h"

class QLabel;
class QProgressBar;
class QPushButton;
class QToolButton;

namespace plimsoll::ui::shell {

// The line at the bottom: what is shown, what was bad in the source, and what is being worked on.
class StatusLine : public QStatusBar {
    Q_OBJECT

public:
    StatusLine(view::ViewContext& context, Jobs& jobs, QWidget* parent = nullptr);
    void setAssessment(const std::shared_ptr<const assess::Assessment>& assessment);
    void setOrigin(const model::OriginData& origin);

Q_SIGNALS:
    void problemsAsked();

private:
    void showJobs();
    view::ViewContext& m_context;
    Jobs& m_jobs;
    quint64 m_shownJob = 0;
    QLabel* m_counts = nullptr;
    QLabel* m_origin = nullptr;
    QPushButton* m_problems = nullptr;
    QWidget* m_job = nullptr;
    QLabel* m_jobTitle = nullptr;
    QProgressBar* m_jobBar = nullptr;
    QToolButton* m_jobCancel = nullptr;
};

} // namespace plimsoll::ui::shell
