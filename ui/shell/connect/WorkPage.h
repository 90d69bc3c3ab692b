// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

#include "core/base/Progress.h"
#include "core/snapshot/Collect.h"
#include "ui/model/ConnectModels.h"

class QLabel;
class QPlainTextEdit;
class QProgressBar;
class QPushButton;

namespace plimsoll::ui::widget {
class ElidedLabel;
class Table;
} // namespace plimsoll::ui::widget

namespace plimsoll::ui::shell {

// While a cluster is talked to: what happens, for how long, what a login program says, each resource, and a way out.
class WorkPage : public QWidget {
    Q_OBJECT

public:
    explicit WorkPage(QWidget* parent = nullptr);
    void begin(const QString& title, bool hasSteps);
    void showProgress(const Progress::State& state, qint64 elapsedMs);
    void showSteps(const std::vector<snapshot::CollectStep>& steps);
    void addLine(const QString& line);

Q_SIGNALS:
    void cancelAsked();

protected:
    void showEvent(QShowEvent* event) override;

private:
    QLabel* m_title = nullptr;
    QProgressBar* m_bar = nullptr;
    widget::ElidedLabel* m_stage = nullptr;
    QLabel* m_time = nullptr;
    QLabel* m_linesTitle = nullptr;
    QPlainTextEdit* m_lines = nullptr;
    widget::Table* m_table = nullptr;
    model::StepsModel* m_steps = nullptr;
    QWidget* m_gap = nullptr;
    QPushButton* m_cancel = nullptr;
    bool m_hasSteps = false;
};

} // namespace plimsoll::ui::shell
