// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "ui/view/ViewContext.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QMenu;
class QModelIndex;
class QPoint;
class QPushButton;
class QStackedWidget;
class QTabBar;
class QToolButton;

namespace plimsoll::ui::model {
class FindingsModel;
}
namespace plimsoll::ui::widget {
class ChoiceChip;
class EmptyState;
class SeverityChip;
class Table;
} // namespace plimsoll::ui::widget

namespace plimsoll::ui::view {

class SuggestionsPage;
class WaiversPage;

// The table of findings with its filters, and what of them was accepted. What is selected is shown by the inspector.
class FindingsView : public View {
    Q_OBJECT

public:
    FindingsView(ViewContext& context, QWidget* parent);
    void setAssessment(std::shared_ptr<const assess::Assessment> assessment) override;
    void showObject(cluster::ObjectId object) override;
    void showFinding(std::uint32_t finding) override;
    void focusSearch() override;
    QList<QAction*> viewActions() const override;

    enum Page : int { Findings, Waivers, Suggestions };
    void openPage(Page page);
    // Asks for the words of a waiver for these findings; saving it assesses anew.
    void waive(const std::vector<std::uint32_t>& findings);
    const model::FindingsModel& findingsModel() const { return *m_model; }

protected:
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;

private:
    void fitColumns();
    int severityWidth() const;
    void updateColumns();
    void updateTabs();
    QWidget* buildHead();
    QWidget* buildTools(QWidget* head);
    QWidget* buildFilterBar();
    QWidget* buildTable();
    void buildActions();
    void applyFilter(); // from the shared filter to the model
    void showFilter(); // from the shared filter to the controls
    void changeFilter(const model::FindingsFilter& filter);
    void updateCounts();
    void updateChoices();
    void selectionMoved(const QModelIndex& current);
    void select(const QModelIndex& index);
    void openMenu(const QPoint& position);
    void addFilterActions(QMenu& menu, const QModelIndex& index);
    void setGrouping(int grouping);
    void fillFilterMenu();
    void saveFilter();
    void dropFilter(const QString& name);
    void useFilter(const QString& filterText);
    void edit(const model::ReviewEdit& edit);
    void updateRequirements();

    model::FindingsModel* m_model = nullptr;
    widget::Table* m_table = nullptr;
    widget::EmptyState* m_empty = nullptr;
    QStackedWidget* m_pages = nullptr;
    QTabBar* m_tabs = nullptr;
    QStackedWidget* m_stack = nullptr;
    QWidget* m_tools = nullptr;
    QMenu* m_filterMenu = nullptr;
    QComboBox* m_teamLabel = nullptr;
    WaiversPage* m_waivers = nullptr;
    SuggestionsPage* m_suggestions = nullptr;
    QLabel* m_count = nullptr;
    QLineEdit* m_search = nullptr;
    QComboBox* m_status = nullptr;
    QComboBox* m_grouping = nullptr;
    std::array<widget::SeverityChip*, 5> m_severities {};
    widget::ChoiceChip* m_namespaces = nullptr;
    widget::ChoiceChip* m_kinds = nullptr;
    widget::ChoiceChip* m_frameworks = nullptr;
    widget::ChoiceChip* m_requirements = nullptr;
    widget::ChoiceChip* m_teams = nullptr;
    widget::ChoiceChip* m_inContext = nullptr;
    widget::ChoiceChip* m_controls = nullptr;
    QPushButton* m_clear = nullptr;
    QAction* m_showInGraph = nullptr;
    QAction* m_pathsFrom = nullptr;
    QAction* m_pathsTo = nullptr;
    QAction* m_copyRows = nullptr;
    QAction* m_waive = nullptr;
    QAction* m_next = nullptr;
    QAction* m_previous = nullptr;
    std::shared_ptr<const assess::Assessment> m_assessment;
    bool m_isShowing = false; // controls are being set from the filter: not an input of the person
};

} // namespace plimsoll::ui::view
