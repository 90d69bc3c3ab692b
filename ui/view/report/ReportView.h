// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/view/ViewContext.h"

class QLabel;
class QPushButton;
class QVBoxLayout;

namespace plimsoll::ui::widget {
class ElidedLabel;
}

namespace plimsoll::ui::view {

struct ExportOutcome;

// Hands the assessment over: a card for each format, what the report will hold, and what came of the last export.
class ReportView : public View {
    Q_OBJECT

public:
    ReportView(ViewContext& context, QWidget* parent);
    void setAssessment(std::shared_ptr<const assess::Assessment> assessment) override;

private:
    QWidget* buildFormats();
    QWidget* buildOutcome();
    QWidget* buildContents();
    void showContents();
    void exported(const ExportOutcome& outcome);

    QLabel* m_estimate = nullptr;
    QVBoxLayout* m_contents = nullptr;
    QWidget* m_outcome = nullptr;
    QLabel* m_outcomeTitle = nullptr;
    widget::ElidedLabel* m_outcomeText = nullptr;
    QPushButton* m_openFile = nullptr;
    QPushButton* m_openFolder = nullptr;
    QList<QPushButton*> m_buttons;
    QString m_path;
    std::shared_ptr<const assess::Assessment> m_assessment;
};

} // namespace plimsoll::ui::view
