// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include <QWidget>

#include "ui/model/ImagesData.h"
#include "ui/view/ViewContext.h"

class QLabel;
class QLayout;
class QLineEdit;
class QStackedWidget;
class QTabBar;
class QToolButton;

namespace plimsoll::ui::widget {
class ElidedLabel;
class EmptyState;
class Table;
} // namespace plimsoll::ui::widget

namespace plimsoll::ui::view {

// Vulnerabilities by what they mean in this cluster: ranked one by one, by the image to update, by the package to fix.
class VulnerabilitiesPage : public QWidget {
    Q_OBJECT

public:
    enum Group { Ranked, ByImage, ByFix, groupCount };

    VulnerabilitiesPage(ViewContext& context, QWidget* parent);
    void setTables(const model::Images& images, const model::ImageTables& tables);
    void openGroup(Group group);
    void focusFilter();
    std::function<QString(Progress&)> csvMaker() const;

Q_SIGNALS:
    void importAsked();

private:
    QLayout* buildBar(QWidget* page);
    QWidget* buildReasons(QWidget* parent);
    void applyFilter();
    void showReasons(const model::VulnerabilityRow& row);
    void showUpdate(const model::UpdateRow& row);
    void showCurrent();

    ViewContext& m_context;
    model::Images m_images;
    std::vector<model::VulnerabilityRow> m_ranked;
    std::vector<model::UpdateRow> m_updates;
    std::vector<model::FixRow> m_fixes;
    model::VulnerabilitiesModel* m_rankedRows = nullptr;
    model::UpdatesModel* m_updateRows = nullptr;
    model::FixesModel* m_fixRows = nullptr;
    widget::ElidedLabel* m_headline = nullptr;
    QTabBar* m_groups = nullptr;
    QToolButton* m_onlyFixable = nullptr;
    QToolButton* m_onlyExploited = nullptr;
    QLineEdit* m_filter = nullptr;
    QStackedWidget* m_pages = nullptr; // the tables, or why there are none
    QStackedWidget* m_stack = nullptr;
    std::array<widget::Table*, groupCount> m_tables {};
    widget::EmptyState* m_empty = nullptr;
    QLabel* m_reasonTitle = nullptr;
    QLabel* m_reasons = nullptr;
};

} // namespace plimsoll::ui::view
