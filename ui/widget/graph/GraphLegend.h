// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include <QWidget>

#include "ui/widget/graph/GraphScene.h"

namespace plimsoll::ui::widget {
class FlowLayout;
}

namespace plimsoll::ui::widget::graph {

// What the colours and pictograms mean, and the filter by kind at the same time: a press takes a kind away
// or brings it back.
class GraphLegend : public QWidget {
    Q_OBJECT

public:
    explicit GraphLegend(QWidget* parent = nullptr);

    struct Row {
        int kind = 0;
        int count = 0; // drawn
        bool isOn = true;
        bool operator==(const Row&) const = default;
    };
    void setRows(const std::vector<KindLook>& looks, const std::vector<Row>& rows);

Q_SIGNALS:
    void kindToggled(int kind, bool on);

private:
    void rebuild();

    FlowLayout* m_layout = nullptr;
    std::vector<KindLook> m_looks;
    std::vector<Row> m_rows;
};

} // namespace plimsoll::ui::widget::graph
