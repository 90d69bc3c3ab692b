// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include <QAbstractScrollArea>
#include <QStringList>

#include "ui/model/NetworkData.h"

namespace plimsoll::ui::view {

// The sign of a state: shape and colour, so that either tells it alone.
void paintCellSign(QPainter& painter, const QRectF& square, model::CellState state, double share);
QColor cellPaper(model::CellState state, double share);

// Who may reach whom as a grid with headers that stay: sources downwards, destinations to the right. Paints only what
// is on the screen and holds no cells itself, so its size does not matter.
// Threads: interface thread.
class MatrixView : public QAbstractScrollArea {
    Q_OBJECT

public:
    struct Source {
        // nullptr while it is not known yet.
        std::function<const network::Cell*(std::uint32_t row, std::uint32_t column)> cell;
        std::function<QString(std::uint32_t row, std::uint32_t column)> label; // in the cell, in place of the sign
        std::function<QString(std::uint32_t row, std::uint32_t column)> told; // on hovering, for screen readers
    };
    explicit MatrixView(QWidget* parent = nullptr);

    // Labels by index; what is shown, in which order, are indices of them.
    void setAxes(QStringList rows, QStringList columns, Source source, int cellWidth);
    void setOrder(std::vector<std::uint32_t> rows, std::vector<std::uint32_t> columns);
    void cellsChanged(); // source tells more now

    int shownRows() const { return static_cast<int>(m_rowOrder.size()); }
    int shownColumns() const { return static_cast<int>(m_columnOrder.size()); }
    const std::vector<std::uint32_t>& rowOrder() const { return m_rowOrder; }
    const std::vector<std::uint32_t>& columnOrder() const { return m_columnOrder; }
    // Rows on the screen, then a few around them, as indices of the labels.
    std::vector<std::uint32_t> visibleRows() const;
    int currentRow() const; // index of a label; -1 = none
    int currentColumn() const;
    void setCurrent(int row, int column); // by place on the screen's order
    QRect cellRect(int row, int column) const; // by place, in the viewport
    int cellsPainted() const { return m_painted; } // in the last frame

Q_SIGNALS:
    void visibleRowsChanged();
    void currentChanged(int row, int column); // indices of the labels
    void activated(int row, int column);
    void backRequested();

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void scrollContentsBy(int dx, int dy) override;
    bool viewportEvent(QEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    QSize sizeHint() const override { return { 700, 480 }; }

private:
    void updateGeometries();
    void paintCells(QPainter& painter);
    void paintCell(QPainter& painter, int row, int column, const QRect& place);
    void paintHeaders(QPainter& painter);
    void paintColumnHeader(QPainter& painter, int column, const QRect& place);
    bool cellAt(const QPoint& place, int* row, int* column) const;
    void ensureVisible(int row, int column);
    QString toldAt(int row, int column) const;
    std::uint32_t rowIndex(int row) const { return m_rowOrder[static_cast<std::size_t>(row)]; }
    std::uint32_t columnIndex(int column) const { return m_columnOrder[static_cast<std::size_t>(column)]; }
    int firstRow() const;
    int lastRow() const; // one behind
    int firstColumn() const;
    int lastColumn() const;

    QStringList m_rows, m_columns;
    std::vector<std::uint32_t> m_rowOrder, m_columnOrder;
    Source m_source;
    int m_cellWidth = 28, m_cellHeight = 28;
    int m_headerWidth = 120, m_headerHeight = 110;
    int m_row = -1, m_column = -1; // current, by place
    int m_hoverRow = -1, m_hoverColumn = -1;
    int m_painted = 0;
};

// The signs with their names, in one line.
class MatrixLegend : public QWidget {
public:
    explicit MatrixLegend(QWidget* parent = nullptr);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return { 200, sizeHint().height() }; }

protected:
    void paintEvent(QPaintEvent* event) override;
};

} // namespace plimsoll::ui::view
