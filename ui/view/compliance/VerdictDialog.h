// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDialog>

#include "ui/model/ComplianceData.h"
#include "ui/view/ViewContext.h"

class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QPushButton;
class QRadioButton;

namespace plimsoll::ui::view {

// A person's verdict on a requirement, with what to look at beside it. Deletes itself.
class VerdictDialog : public QDialog {
    Q_OBJECT

public:
    VerdictDialog(ViewContext& context, const model::RequirementDetail& detail, QWidget* parent);
    control::RecordedVerdict verdict() const; // as it stands in the form

private:
    QWidget* buildForm();
    QWidget* buildAid();
    void addFiles();
    QString missing() const;
    void updateState();
    void save();

    ViewContext& m_context;
    model::RequirementDetail m_detail;
    std::shared_ptr<const assess::Assessment> m_assessment;
    std::array<QRadioButton*, 3> m_verdicts {}; // by control::ManualVerdict
    QPlainTextEdit* m_note = nullptr;
    QPlainTextEdit* m_evidence = nullptr;
    QLineEdit* m_by = nullptr;
    QLabel* m_problem = nullptr;
    QPushButton* m_save = nullptr;
};

} // namespace plimsoll::ui::view
