// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <vector>

#include <QAbstractScrollArea>

#include "ui/model/SecretsData.h"

namespace plimsoll::ui::view {

// Who can read a Secret, drawn: readers at the left, the ways they have in the middle, the Secret at the right. A way
// with many readers shows the first of them and opens when asked. Boxes can be chosen by mouse and keyboard.
class ReadersPicture : public QAbstractScrollArea {
    Q_OBJECT

public:
    explicit ReadersPicture(QWidget* parent = nullptr);
    // ways are told in their order; readers belong to one each.
    void setReaders(
        const QString& secret, std::vector<model::SecretWay> ways, std::vector<model::SecretReader> readers);
    // The chosen reader (index into what was set), or none.
    int current() const { return m_current; }
    void setCurrent(int reader);
    int shownReaders() const; // drawn as boxes, those of closed ways left out

Q_SIGNALS:
    void chosen(int reader);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool viewportEvent(QEvent* event) override;
    QSize sizeHint() const override { return { 520, 260 }; }

private:
    struct Box {
        int reader = -1; // -1 = the one that opens or closes a way
        std::size_t way = 0;
        QRect rect;
        QString text, caption;
    };
    struct WayBox {
        std::size_t way = 0;
        QRect rect;
    };
    void layOut();
    const Box* boxAt(const QPoint& position) const;
    void paintBox(QPainter& painter, const QRect& rect, const QString& text, const QString& caption, bool isCurrent,
        const QColor& edge) const;

    QString m_secret;
    std::vector<model::SecretWay> m_ways;
    std::vector<model::SecretReader> m_readers;
    std::set<std::size_t> m_open; // ways that show all their readers
    std::vector<Box> m_boxes;
    std::vector<WayBox> m_wayBoxes;
    QRect m_secretBox;
    int m_height = 0;
    int m_current = -1;
};

} // namespace plimsoll::ui::view
