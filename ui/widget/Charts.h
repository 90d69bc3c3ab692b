// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <QColor>
#include <QWidget>

namespace plimsoll::ui::widget {

// Shares of a whole beside each other, each with its number; never one number alone.
class StackedBar : public QWidget {
public:
    enum class Fill : std::uint8_t { Plain, Hatched, Dotted };
    struct Part {
        QString name;
        quint64 value = 0;
        QColor colour;
        Fill fill = Fill::Plain; // tells parts apart without colour
    };
    explicit StackedBar(QWidget* parent = nullptr);
    void setParts(std::vector<Part> parts);
    QSize sizeHint() const override { return QSize(200, 14); }
    QSize minimumSizeHint() const override { return QSize(80, 14); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    std::vector<Part> m_parts;
};

// A cell for each namespace: colour by the worst finding, a bar by the number of workloads.
class HeatStrip : public QWidget {
    Q_OBJECT

public:
    struct Cell {
        QString id;
        QString text;
        int weight = 1;
        int severity = -1; // worst; -1 = nothing found
        quint64 count = 0; // findings
    };
    explicit HeatStrip(QWidget* parent = nullptr);
    void setCells(std::vector<Cell> cells);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;

Q_SIGNALS:
    void cellClicked(const QString& id);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    bool event(QEvent* event) override;

private:
    std::vector<QRect> layOut(int width) const;
    int cellAt(const QPoint& position) const;
    std::vector<Cell> m_cells;
    std::vector<QRect> m_rects;
    int m_current = -1;
};

} // namespace plimsoll::ui::widget
