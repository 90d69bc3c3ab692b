// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "ui/model/NetworkData.h"
#include "ui/view/ViewContext.h"

class QComboBox;
class QFrame;
class QLabel;
class QLineEdit;
class QStackedWidget;
class QTabBar;

namespace plimsoll::ui::view {

class ConnectionsPage;
class FocusPage;
class MatrixPage;
class NetworkPage;
class PoliciesPage;
class WhatIfPage;

// What can talk to what: a question bar over a matrix, lists, a graph, coverage, policies and what-if.
class NetworkView : public View {
    Q_OBJECT

public:
    enum Page { Matrix, Connections, Graph, Exposure, Coverage, Policies, WhatIf, pageCount };

    NetworkView(ViewContext& context, QWidget* parent);
    void setAssessment(std::shared_ptr<const assess::Assessment> assessment) override;
    void showObject(cluster::ObjectId object) override;
    void focusSearch() override;
    QList<QAction*> viewActions() const override;

    // As if it were typed into the question bar.
    void ask(const QString& question);
    void openPage(Page page);
    Page page() const;
    NetworkPage* shownPage() const { return m_pages[static_cast<std::size_t>(page())]; }
    bool isComputed() const { return static_cast<bool>(m_network); }
    // Writes what is shown, or all connections; done gets the problem, "" when it is written.
    void exportTo(const QString& path, bool isEverything, std::function<void(const QString& problem)> done);

private:
    QWidget* buildQuestionBar();
    QWidget* buildNotice();
    QWidget* buildTabs();
    void buildPages();
    void buildActions();
    void computed(const model::Network& network);
    void showProblem(const QString& problem);
    void updateCompletions(const QString& text);
    void chooseExport(bool isEverything);

    std::shared_ptr<const assess::Assessment> m_assessment;
    model::Network m_network;
    cluster::ObjectId m_wanted; // to be shown when the network is computed
    QStringList m_names;
    QLineEdit* m_question = nullptr;
    QLabel* m_problem = nullptr;
    QFrame* m_notice = nullptr;
    QLabel* m_noticeText = nullptr;
    QTabBar* m_tabs = nullptr;
    QComboBox* m_sides = nullptr;
    QStackedWidget* m_stack = nullptr;
    std::array<NetworkPage*, pageCount> m_pages {};
    MatrixPage* m_matrix = nullptr;
    ConnectionsPage* m_connections = nullptr;
    FocusPage* m_graph = nullptr;
    PoliciesPage* m_policies = nullptr;
    WhatIfPage* m_whatIf = nullptr;
    QList<QAction*> m_actions;
};

} // namespace plimsoll::ui::view
