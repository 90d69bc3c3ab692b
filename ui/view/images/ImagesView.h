// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "ui/model/EvidenceData.h"
#include "ui/model/ImagesData.h"
#include "ui/model/ImagesModel.h"
#include "ui/view/ViewContext.h"

class QLabel;
class QLineEdit;
class QPushButton;
class QStackedWidget;
class QTabBar;
class QToolButton;

namespace plimsoll::ui::widget {
class ElidedLabel;
class EmptyState;
class Table;
class TimeLine;
} // namespace plimsoll::ui::widget

namespace plimsoll::ui::view {

class EvidencePage;
class ImagePanel;
class VulnerabilitiesPage;

// Every image by registry and repository, its versions, vulnerabilities and ends of support, and what was imported.
class ImagesView : public View {
    Q_OBJECT

public:
    enum Page { List, Vulnerabilities, Support, Evidence, pageCount };

    ImagesView(ViewContext& context, QWidget* parent);
    void setAssessment(std::shared_ptr<const assess::Assessment> assessment) override;
    void showObject(cluster::ObjectId object) override;
    void focusSearch() override;
    QList<QAction*> viewActions() const override;

    void openPage(Page page);
    Page page() const;
    bool isComputed() const { return static_cast<bool>(m_images); }
    const model::ImageTables& tables() const { return m_tables; }
    const model::ImagesModel& tree() const { return *m_model; }
    ImagePanel* panel() const { return m_panel; }
    // Writes what is shown; done gets the problem, "" when it is written.
    void exportTo(const QString& path, std::function<void(const QString& problem)> done);

Q_SIGNALS:
    // The person wants these files to be read as evidence: dropped or chosen on the Evidence tab.
    void evidenceOffered(const QStringList& paths);

private:
    void readEvidence(const QStringList& paths);
    struct Computed {
        model::Images images;
        model::ImageTables tables;
        model::EvidenceTables evidence;
    };
    QWidget* buildHead();
    QWidget* buildTabs();
    QWidget* buildList();
    QWidget* buildSupport();
    void buildActions();
    void computed(Computed result);
    void applyFilter();
    void imageChosen(const QModelIndex& current);
    void showImage(std::uint32_t image);
    void showSupport(int row);
    void updateEmpty();
    std::function<QString(Progress&)> csvMaker() const;
    void chooseExport();

    std::shared_ptr<const assess::Assessment> m_assessment;
    model::Images m_images;
    model::ImageTables m_tables;
    cluster::ObjectId m_wanted; // to be shown when the inventory is computed
    model::ImagesModel* m_model = nullptr;
    widget::ElidedLabel* m_summary = nullptr;
    QTabBar* m_tabs = nullptr;
    QWidget* m_listTools = nullptr;
    QLineEdit* m_filter = nullptr;
    QToolButton* m_onlyUnpinned = nullptr;
    QToolButton* m_onlyDrifting = nullptr;
    QToolButton* m_onlyEnded = nullptr;
    QToolButton* m_onlyVulnerable = nullptr;
    QStackedWidget* m_stack = nullptr;
    QStackedWidget* m_listPages = nullptr;
    widget::EmptyState* m_listEmpty = nullptr;
    QPushButton* m_clear = nullptr;
    widget::Table* m_table = nullptr;
    ImagePanel* m_panel = nullptr;
    VulnerabilitiesPage* m_vulnerabilities = nullptr;
    QStackedWidget* m_supportPages = nullptr;
    widget::TimeLine* m_support = nullptr;
    QLabel* m_supportTitle = nullptr;
    QLabel* m_supportText = nullptr;
    QLabel* m_supportBasis = nullptr;
    QPushButton* m_supportShow = nullptr;
    EvidencePage* m_evidence = nullptr;
    QList<QAction*> m_actions;
};

} // namespace plimsoll::ui::view
