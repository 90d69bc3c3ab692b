// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "ui/view/network/NetworkPage.h"

class QFrame;
class QStackedWidget;

namespace plimsoll::ui::widget {
class EmptyState;
}

namespace plimsoll::ui::view {

// Why a connection is allowed or denied: each side with the rule that decides, what came near, and what would turn it.
class ExplainPanel : public QWidget {
    Q_OBJECT

public:
    ExplainPanel(ViewContext& context, QWidget* parent);
    // Nothing = an empty state with a reason.
    void showNothing(const QString& title, const QString& text);
    void showExplained(const model::Network& network, model::Explained explained);
    const model::Explained& shown() const { return m_explained; }

Q_SIGNALS:
    void policyAsked(plimsoll::cluster::ObjectId policy);

protected:
    void changeEvent(QEvent* event) override;

private:
    struct Column {
        QWidget* box = nullptr;
        QLabel* title = nullptr;
        QLabel* verdict = nullptr;
        QLabel* text = nullptr;
        QLabel* basis = nullptr;
        PolicyText* yaml = nullptr;
    };

    Column buildColumn(QWidget* parent, const QString& name);
    QWidget* buildMisses(QWidget* parent);
    void colourVerdict(Column& column, network::Answer answer);
    void fillColumn(Column& column, const model::ExplainedSide& side);

    ViewContext& m_context;
    model::Network m_network;
    model::Explained m_explained;
    QStackedWidget* m_pages = nullptr;
    widget::EmptyState* m_nothing = nullptr;
    QLabel* m_question = nullptr;
    QLabel* m_headline = nullptr;
    QLabel* m_notes = nullptr;
    std::array<Column, 3> m_columns;
    model::NearMissesModel* m_misses = nullptr;
    widget::Table* m_missTable = nullptr;
    QLabel* m_missTitle = nullptr;
    QLabel* m_missReason = nullptr; // of the chosen one, whole
    QLabel* m_change = nullptr;
    QFrame* m_changeBox = nullptr;
};

} // namespace plimsoll::ui::view
