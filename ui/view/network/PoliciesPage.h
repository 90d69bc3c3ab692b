// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/view/network/NetworkPage.h"

class QLineEdit;
class QPushButton;
class QStackedWidget;
class QTabBar;
class QTabWidget;

namespace plimsoll::ui::view {

// Each policy with what it selects and whom its rules match, and each pod with the policies that concern it.
class PoliciesPage : public NetworkPage {
    Q_OBJECT

public:
    PoliciesPage(ViewContext& context, QWidget* parent);
    std::function<QString(Progress&)> csvMaker() const override;
    void focusFilter() override;
    void showPolicy(cluster::ObjectId policy);
    void showPods(const QString& filter);

protected:
    void clear() override;
    void fill() override;

private:
    QWidget* buildLists();
    QWidget* buildDetail();
    void applyFilter();
    void count();
    void listPods();
    void choosePolicy(cluster::ObjectId policy);
    void choosePod(const model::PodRow& pod);
    void showDetail(const model::PolicyDetail& detail);
    void selectWanted();

    std::vector<model::PolicyRow> m_all;
    cluster::ObjectId m_wanted; // to be selected when the list is there
    cluster::ObjectId m_chosen;
    model::PoliciesModel* m_policies = nullptr;
    model::PodsModel* m_pods = nullptr;
    model::RulesModel* m_rules = nullptr;
    model::PolicyPodsModel* m_selected = nullptr;
    model::PolicyProblemsModel* m_problems = nullptr;
    model::PodPoliciesModel* m_podPolicies = nullptr;
    widget::Table* m_policyTable = nullptr;
    widget::Table* m_podTable = nullptr;
    widget::Table* m_ruleTable = nullptr;
    widget::Table* m_podPolicyTable = nullptr;
    QTabBar* m_kinds = nullptr; // policies, pods
    QStackedWidget* m_lists = nullptr;
    QStackedWidget* m_details = nullptr; // nothing, a policy, a pod
    QTabWidget* m_parts = nullptr;
    QLineEdit* m_filter = nullptr;
    QLabel* m_count = nullptr;
    QLabel* m_title = nullptr;
    QLabel* m_summary = nullptr;
    QWidget* m_whatIf = nullptr;
    QPushButton* m_graph = nullptr;
    QString m_focus; // of the pod that is chosen
    PolicyText* m_text = nullptr;
};

} // namespace plimsoll::ui::view
