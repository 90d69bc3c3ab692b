// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <map>
#include <optional>

#include "ui/view/network/NetworkPage.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QStackedWidget;
class QVBoxLayout;

namespace plimsoll::ui::view {

class MatrixView;

// Namespaces by namespaces, and the workloads of one pair of them; what is in a cell is told beside it. Rows are
// computed in the background when they come into sight.
class MatrixPage : public NetworkPage {
    Q_OBJECT

public:
    MatrixPage(ViewContext& context, QWidget* parent);
    std::function<QString(Progress&)> csvMaker() const override;
    QString exportProblem() const override;
    void focusFilter() override;

    MatrixView* matrix() const { return m_matrix; }
    bool isDrilled() const { return m_drill.has_value(); }
    void drill(std::uint32_t from, std::uint32_t to);
    void leaveDrill();

protected:
    void clear() override;
    void fill() override;
    bool dependsOnSides() const override { return true; }

private:
    struct Row {
        std::vector<network::Cell> cells;
        QStringList ports;
    };
    struct Drill {
        std::uint32_t from = 0, to = 0;
        model::WorkloadAxis rows, columns;
    };

    QWidget* buildBar();
    QWidget* buildFacts();
    void showAxes();
    void applyOrder();
    void requestRows();
    void forgetRows();
    void keepRows(std::vector<std::pair<std::uint32_t, Row>> rows);
    void reorder();
    void showFacts(int row, int column);
    void fillFacts(const model::CellFacts& facts);
    void activateCell(int row, int column);
    bool isTooLarge() const; // for a file
    const Row* rowAt(std::uint32_t row) const;

    MatrixView* m_matrix = nullptr;
    QStackedWidget* m_pages = nullptr;
    QLineEdit* m_rowFilter = nullptr;
    QLineEdit* m_columnFilter = nullptr;
    QComboBox* m_orderBox = nullptr;
    QPushButton* m_back = nullptr;
    QLabel* m_where = nullptr;
    QLabel* m_count = nullptr;
    QLabel* m_factTitle = nullptr;
    QLabel* m_factState = nullptr;
    QVBoxLayout* m_factLines = nullptr;
    QPushButton* m_openDrill = nullptr;
    QPushButton* m_openList = nullptr;
    QString m_question;
    std::shared_ptr<const network::Reach> m_shown; // that the axes are of
    std::optional<Drill> m_drill;
    QStringList m_rowLabels, m_columnLabels;
    std::vector<std::uint32_t> m_order; // of namespaces, clustered; empty = by name
    std::map<std::uint32_t, Row> m_rows; // known rows
    std::deque<std::uint32_t> m_age; // of m_rows, oldest first
    int m_generation = 0; // of what the rows are about
    bool m_isAsking = false;
    bool m_isWaiting = false; // the row of the current cell is not known yet
};

} // namespace plimsoll::ui::view
