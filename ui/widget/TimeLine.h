// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include <QAbstractScrollArea>
#include <QString>

namespace plimsoll::ui::widget {

// Spans and moments on an axis of time, a row each, with the names at the left and a line for the day that counts as
// today. What lies beyond the axis is told by an arrow and its date. State is told by shape and words, not by colour
// alone. A row can be chosen by mouse and keyboard.
class TimeLine : public QAbstractScrollArea {
    Q_OBJECT

public:
    enum class State : std::uint8_t { Good, Soon, Over, Unknown };
    struct Item {
        QString title, caption; // plain text; the caption stands muted behind the title
        QString words; // beside the mark: "expired 12 days ago"
        std::optional<qint64> from, to; // seconds since 1970; without a start it is a moment, without an end it is open
        std::optional<qint64> softEnd; // where a weaker support begins; between from and to
        State state = State::Unknown;
        QString toolTip = {};
        bool isOpenBefore = false; // a span whose start is not known, or does not matter
    };

    explicit TimeLine(QWidget* parent = nullptr);
    // today = the day of assessment; nothing = unknown, then no line is drawn.
    void setItems(std::vector<Item> items, std::optional<qint64> today, const QString& todayWords);
    const std::vector<Item>& items() const { return m_items; }
    int current() const { return m_current; }
    void setCurrent(int item);

Q_SIGNALS:
    void chosen(int item);
    void activated(int item);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool viewportEvent(QEvent* event) override;
    QSize sizeHint() const override { return { 600, 240 }; }

private:
    struct Axis {
        qint64 from = 0, to = 1; // seconds
        int left = 0, right = 1; // pixels
        qreal at(qint64 time) const;
    };
    void chooseRange();
    Axis axis() const;
    int itemAt(const QPoint& position) const;
    void ensureVisible(int item);
    void updateScrollBar();
    void paintAxis(QPainter& painter, const Axis& axis) const;
    void paintToday(QPainter& painter, const Axis& axis) const;
    void paintItem(QPainter& painter, const Axis& axis, int item, int top) const;

    std::vector<Item> m_items;
    std::optional<qint64> m_today;
    QString m_todayWords;
    qint64 m_from = 0, m_to = 1;
    int m_current = -1;
};

} // namespace plimsoll::ui::widget
