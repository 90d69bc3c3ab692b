// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/view/ViewContext.h"

class QLabel;
class QPushButton;
class QStackedWidget;

namespace plimsoll::ui::model {
class SuggestionsModel;
class WaiversModel;
} // namespace plimsoll::ui::model
namespace plimsoll::ui::widget {
class Table;
}

namespace plimsoll::ui::view {

// Every accepted risk: whether it is used, by whom it was accepted and until when.
class WaiversPage : public QWidget {
    Q_OBJECT

public:
    WaiversPage(ViewContext& context, QWidget* parent);
    void setAssessment(const std::shared_ptr<const assess::Assessment>& assessment);

Q_SIGNALS:
    void shownFindings(); // the filter was set to those of a waiver

private:
    void showSelected();
    void showFindings();

    ViewContext& m_context;
    std::shared_ptr<const assess::Assessment> m_assessment;
    model::WaiversModel* m_model = nullptr;
    widget::Table* m_table = nullptr;
    QStackedWidget* m_pages = nullptr;
    QLabel* m_summary = nullptr;
    QLabel* m_detail = nullptr;
    QPushButton* m_show = nullptr;
};

// What annotations of other tools accept already; a person turns them into waivers or does not.
class SuggestionsPage : public QWidget {
    Q_OBJECT

public:
    explicit SuggestionsPage(QWidget* parent);
    void setAssessment(const std::shared_ptr<const assess::Assessment>& assessment);

Q_SIGNALS:
    void waiveAsked(const std::vector<std::uint32_t>& findings);

private:
    std::vector<std::uint32_t> selectedFindings() const;
    std::shared_ptr<const assess::Assessment> m_assessment;
    model::SuggestionsModel* m_model = nullptr;
    widget::Table* m_table = nullptr;
    QStackedWidget* m_pages = nullptr;
    QPushButton* m_waive = nullptr;
};

} // namespace plimsoll::ui::view
