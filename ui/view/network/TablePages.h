// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/view/network/NetworkPage.h"

class QLineEdit;
class QListWidget;
class QSplitter;
class QStackedWidget;

namespace plimsoll::ui::view {

// How far each namespace is covered by policies.
class CoveragePage : public NetworkPage {
    Q_OBJECT

public:
    CoveragePage(ViewContext& context, QWidget* parent);
    std::function<QString(Progress&)> csvMaker() const override;
    void focusFilter() override;

protected:
    void clear() override;
    void fill() override;

private:
    void applyFilter();

    std::vector<model::CoverageRow> m_all;
    model::CoverageModel* m_rows = nullptr;
    widget::Table* m_table = nullptr;
    QLineEdit* m_filter = nullptr;
    QLabel* m_headline = nullptr;
};

// What can be reached from outside the cluster, and by which way.
class ExposurePage : public NetworkPage {
    Q_OBJECT

public:
    ExposurePage(ViewContext& context, QWidget* parent);
    std::function<QString(Progress&)> csvMaker() const override;
    void focusFilter() override;

protected:
    void clear() override;
    void fill() override;

private:
    QWidget* buildWay();
    void applyFilter();
    void showWay(const model::ExposureRow& row);

    std::vector<model::ExposureRow> m_all;
    model::ExposureModel* m_rows = nullptr;
    widget::Table* m_table = nullptr;
    QStackedWidget* m_pages = nullptr;
    QLineEdit* m_filter = nullptr;
    QLabel* m_headline = nullptr;
    QWidget* m_detail = nullptr;
    QLabel* m_reason = nullptr;
    QListWidget* m_hops = nullptr;
    PolicyText* m_text = nullptr;
};

} // namespace plimsoll::ui::view
