// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "ui/model/ComplianceData.h"
#include "ui/model/ComplianceModel.h"
#include "ui/view/ViewContext.h"

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QPoint;
class QSplitter;
class QStackedWidget;
class QToolButton;

namespace plimsoll::ui::widget {
class ElidedLabel;
class EmptyState;
class StackedBar;
class Table;
} // namespace plimsoll::ui::widget

namespace plimsoll::ui::view {

class FrameworkList;
class RequirementPanel;

// How the cluster stands against a framework, requirement by requirement, alone or beside a second framework.
class ComplianceView : public View {
    Q_OBJECT

public:
    ComplianceView(ViewContext& context, QWidget* parent);
    void setAssessment(std::shared_ptr<const assess::Assessment> assessment) override;
    void focusSearch() override;
    QList<QAction*> viewActions() const override;

    void chooseFramework(std::uint32_t framework); // index into Assessment::frameworks
    void compareWith(int framework); // -1 = with nothing
    void showRequirement(std::uint32_t requirement); // of the chosen framework
    void record(); // asks for a verdict on the shown requirement
    const model::ComplianceModel& tree() const { return *m_model; }
    const model::ComplianceModel& otherTree() const { return *m_otherModel; }
    // Writes the chosen framework as "csv" or in a format of the report writers; done gets the problem, "" for none.
    void exportTo(const QString& format, const QString& path, std::function<void(const QString& problem)> done);

protected:
    void changeEvent(QEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;
    void showEvent(QShowEvent* event) override;

private:
    QWidget* buildList();
    QWidget* buildHead();
    QWidget* buildFilters();
    QWidget* buildTrees();
    void buildActions();
    widget::Table* buildTree(model::ComplianceModel* model, const QString& name);
    void fitColumns();
    void showFirst();
    void updateHead();
    void updateFilter();
    void updateShown();
    void updateOther();
    void selectionMoved(const QModelIndex& current);
    void expandSections(widget::Table* tree, const model::ComplianceModel& model);
    void openIndex(const QModelIndex& index);
    void openMenu(const QPoint& position);
    void openFindings(const QStringList& requirements, const QStringList& controls);
    void withdraw();
    void edit(const model::ReviewEdit& edit);
    void chooseExport(const QString& format);
    void tell(const QString& title, const QString& problem);

    std::shared_ptr<const assess::Assessment> m_assessment;
    std::vector<model::FrameworkLine> m_lines;
    std::optional<std::uint32_t> m_requirement; // the shown one
    model::ComplianceModel* m_model = nullptr;
    model::ComplianceModel* m_otherModel = nullptr;
    FrameworkList* m_list = nullptr;
    QWidget* m_listBox = nullptr;
    widget::ElidedLabel* m_title = nullptr;
    QLabel* m_coverage = nullptr;
    widget::StackedBar* m_bar = nullptr;
    QLineEdit* m_search = nullptr;
    std::array<QToolButton*, 5> m_statuses {};
    QCheckBox* m_onlyOpen = nullptr;
    QComboBox* m_compare = nullptr;
    QStackedWidget* m_pages = nullptr;
    QSplitter* m_trees = nullptr;
    widget::Table* m_table = nullptr;
    QWidget* m_otherBox = nullptr;
    widget::Table* m_otherTable = nullptr;
    widget::ElidedLabel* m_otherCounts = nullptr;
    QLabel* m_shared = nullptr;
    widget::EmptyState* m_empty = nullptr;
    RequirementPanel* m_panel = nullptr;
    QList<QAction*> m_actions;
    bool m_isFilling = false; // controls are being set from data: not an input of the person
};

} // namespace plimsoll::ui::view
