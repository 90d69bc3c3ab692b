// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <memory>

#include "ui/view/network/NetworkPage.h"
#include "ui/widget/graph/GraphScene.h"

class QLineEdit;
class QPushButton;
class QStackedWidget;

namespace plimsoll::ui::widget::graph {
class GraphCanvas;
}

namespace plimsoll::ui::view {

// The picture of a focus with its neighbours: who may reach it at the left, whom it may reach at the right.
std::shared_ptr<const widget::graph::GraphScene> focusScene(const model::FocusGraph& graph);

// The graph around one workload or namespace, with no more edges than can be read.
class FocusPage : public NetworkPage {
    Q_OBJECT

public:
    FocusPage(ViewContext& context, QWidget* parent);
    std::function<QString(Progress&)> csvMaker() const override;
    void focusFilter() override;
    void setNames(const QStringList& names); // for completion
    void look(const QString& focus);
    const model::FocusGraph& graph() const { return m_graph; }

protected:
    void clear() override;
    void fill() override;

private:
    void show(model::FocusGraph graph);
    void goBack();

    model::FocusGraph m_graph;
    QString m_focus;
    std::deque<QString> m_before;
    QStringList m_names;
    QLineEdit* m_input = nullptr;
    QPushButton* m_back = nullptr;
    QPushButton* m_suggest = nullptr;
    QLabel* m_headline = nullptr;
    QStackedWidget* m_pages = nullptr;
    widget::EmptyState* m_nothing = nullptr;
    widget::graph::GraphCanvas* m_canvas = nullptr;
};

} // namespace plimsoll::ui::view
