// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/model/Detail.h"
#include "ui/view/ViewContext.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QStackedWidget;
class QTabWidget;
class QToolButton;
class QVBoxLayout;

namespace plimsoll::ui::widget {
class CodeBlock;
class ElidedLabel;
class EmptyState;
class YamlView;
} // namespace plimsoll::ui::widget

namespace plimsoll::ui::shell {

// What is selected, wherever it is selected: why it is a finding, the text that shows it, and how to repair it.
class Inspector : public QWidget {
    Q_OBJECT

public:
    enum Tab : int { Why, Evidence, Fix };

    explicit Inspector(view::ViewContext& context, QWidget* parent = nullptr);
    void setAssessment(std::shared_ptr<const assess::Assessment> assessment);
    void show(const view::Place& place);
    void openTab(Tab tab);

private:
    QWidget* buildHead();
    QWidget* buildEvidence();
    QWidget* buildFix();
    void showFinding(std::uint32_t finding);
    void showObject(cluster::ObjectId object);
    void fillWhy(const model::FindingDetail& detail);
    void fillFix(const model::FindingDetail& detail);
    void loadEvidence(cluster::ObjectId object);
    void evidenceChosen(int index);
    void showEvidence(const model::EvidenceText& evidence);

    view::ViewContext& m_context;
    std::shared_ptr<const assess::Assessment> m_assessment;
    view::Place m_place;
    std::vector<model::FindingDetail::EvidenceLine> m_lines;
    model::EvidenceText m_evidence;
    cluster::ObjectId m_evidenceObject; // whose text is shown or being read

    QStackedWidget* m_pages = nullptr;
    QTabWidget* m_tabs = nullptr;
    QLabel* m_badge = nullptr;
    QLabel* m_title = nullptr;
    widget::ElidedLabel* m_object = nullptr;
    QToolButton* m_copyName = nullptr;
    QToolButton* m_graph = nullptr;
    QVBoxLayout* m_why = nullptr;
    QComboBox* m_choice = nullptr;
    QLineEdit* m_pointer = nullptr;
    QToolButton* m_copyPointer = nullptr;
    widget::ElidedLabel* m_where = nullptr;
    QStackedWidget* m_textPages = nullptr;
    widget::YamlView* m_yaml = nullptr;
    widget::EmptyState* m_noText = nullptr;
    QLabel* m_remediation = nullptr;
    QLabel* m_patchNote = nullptr;
    QLabel* m_promise = nullptr;
    widget::CodeBlock* m_patch = nullptr;
    widget::CodeBlock* m_command = nullptr;
};

} // namespace plimsoll::ui::shell
