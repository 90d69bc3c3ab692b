// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "ui/view/ViewContext.h"

class QVBoxLayout;

namespace plimsoll::ui::model {
struct OverviewData;
class ControlsModel;
} // namespace plimsoll::ui::model
namespace plimsoll::ui::widget {
class Card;
class ElidedLabel;
class FigureCard;
class HeatStrip;
class Table;
} // namespace plimsoll::ui::widget

namespace plimsoll::ui::view {

// What a person sees first: how bad it is, what to do first, and what the data cannot tell. Every number leads to the
// findings behind it.
class OverviewView : public View {
    Q_OBJECT

public:
    OverviewView(ViewContext& context, QWidget* parent);
    void setAssessment(std::shared_ptr<const assess::Assessment> assessment) override;

protected:
    void changeEvent(QEvent* event) override;

private:
    void build();
    QWidget* buildControls();
    void showDoFirst(const model::OverviewData& facts);
    void showFrameworks(const model::OverviewData& facts);
    void showCoverage(const model::OverviewData& facts);
    void showSource(const model::OverviewData& facts);
    void openFindings(model::FindingsFilter filter);

    std::shared_ptr<const assess::Assessment> m_assessment;
    widget::ElidedLabel* m_title = nullptr;
    widget::ElidedLabel* m_subtitle = nullptr;
    std::array<widget::FigureCard*, 5> m_figures {};
    widget::FigureCard* m_notAssessed = nullptr;
    widget::Card* m_doFirst = nullptr;
    widget::Card* m_frameworks = nullptr;
    widget::Card* m_coverage = nullptr;
    widget::Card* m_source = nullptr;
    widget::HeatStrip* m_namespaces = nullptr;
    model::ControlsModel* m_controlsModel = nullptr;
    widget::Table* m_controls = nullptr;
};

} // namespace plimsoll::ui::view
