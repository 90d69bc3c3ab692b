// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QFrame>

#include "ui/model/ComplianceData.h"

class QLabel;
class QPushButton;
class QStackedWidget;
class QVBoxLayout;

namespace plimsoll::ui::view {

// One requirement in words: what it asks, what the controls found, what a person recorded, and what to look at.
class RequirementPanel : public QFrame {
    Q_OBJECT

public:
    explicit RequirementPanel(QWidget* parent);
    void showNothing();
    void showRequirement(const model::RequirementDetail& detail);
    // A line about the object that is chosen below the requirement; "" = none.
    void showObject(const QString& title, const QString& message, bool isFinding);

Q_SIGNALS:
    void recordAsked();
    void withdrawAsked();
    void controlAsked(const QString& control);
    void findingsAsked();
    void objectAsked();

private:
    void addText(const QString& heading, const QString& text);
    void addRecorded(const control::RecordedVerdict& recorded);
    QStackedWidget* m_pages = nullptr;
    QVBoxLayout* m_content = nullptr;
    QFrame* m_object = nullptr;
    QLabel* m_objectTitle = nullptr;
    QLabel* m_objectText = nullptr;
    QPushButton* m_showObject = nullptr;
    QPushButton* m_record = nullptr;
    QPushButton* m_withdraw = nullptr;
    QPushButton* m_findings = nullptr;
};

} // namespace plimsoll::ui::view
