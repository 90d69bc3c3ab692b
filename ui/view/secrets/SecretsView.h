// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "ui/model/SecretsData.h"
#include "ui/view/ViewContext.h"

class QComboBox;
class QFrame;
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

class PlaceText;
class SecretPanel;

// Every Secret without its values: who can read it, who uses it, how old it is, when its certificates end.
class SecretsView : public View {
    Q_OBJECT

public:
    enum Page { List, Certificates, Missing, Stores, pageCount };

    SecretsView(ViewContext& context, QWidget* parent);
    void setAssessment(std::shared_ptr<const assess::Assessment> assessment) override;
    void showObject(cluster::ObjectId object) override;
    void focusSearch() override;
    QList<QAction*> viewActions() const override;

    void openPage(Page page);
    Page page() const;
    bool isComputed() const { return static_cast<bool>(m_secrets); }
    const model::SecretTables& tables() const { return m_tables; }
    SecretPanel* panel() const { return m_panel; }
    // Writes the table that is shown; done gets the problem, "" when it is written.
    void exportTo(const QString& path, std::function<void(const QString& problem)> done);

private:
    struct Computed {
        model::Secrets secrets;
        model::SecretTables tables;
        model::EncryptionBanner banner;
    };
    QWidget* buildHead();
    QWidget* buildBanner();
    QWidget* buildTabs();
    QWidget* buildList();
    QWidget* buildCertificates();
    QWidget* buildTablePage(Page page, QAbstractItemModel* rows, const QString& name, std::initializer_list<int> widths,
        widget::EmptyState* empty);
    void buildActions();
    void computed(Computed computed);
    void fillBanner(const model::EncryptionBanner& banner);
    void applyFilter();
    void showEncryption();
    void showEmptyPages();
    std::function<QString(Progress&)> csvMaker() const;
    void chooseExport();

    std::shared_ptr<const assess::Assessment> m_assessment;
    model::Secrets m_secrets;
    model::SecretTables m_tables;
    cluster::ObjectId m_wanted; // to be shown when the inventory is computed
    model::SecretsModel* m_rows = nullptr;
    model::CertificatesModel* m_certificates = nullptr;
    model::MissingModel* m_missing = nullptr;
    model::StoresModel* m_stores = nullptr;
    widget::ElidedLabel* m_summary = nullptr;
    QLineEdit* m_filter = nullptr;
    QComboBox* m_type = nullptr;
    QToolButton* m_onlyUnused = nullptr;
    QToolButton* m_onlyOld = nullptr;
    QToolButton* m_onlyFindings = nullptr;
    QFrame* m_banner = nullptr;
    QLabel* m_bannerSign = nullptr;
    QLabel* m_bannerHead = nullptr;
    QPushButton* m_bannerMore = nullptr;
    model::EncryptionBanner m_encryption;
    QWidget* m_listTools = nullptr; // filters of the list
    QPushButton* m_clear = nullptr;
    widget::ElidedLabel* m_bannerText = nullptr;
    QTabBar* m_tabs = nullptr;
    QStackedWidget* m_stack = nullptr;
    std::array<QStackedWidget*, pageCount> m_pages {}; // the table, or why there is none
    std::array<widget::EmptyState*, pageCount> m_empty {};
    std::array<widget::Table*, pageCount> m_shown {};
    std::array<PlaceText*, pageCount> m_texts {};
    SecretPanel* m_panel = nullptr;
    widget::TimeLine* m_timeLine = nullptr;
    QList<QAction*> m_actions;
};

} // namespace plimsoll::ui::view
