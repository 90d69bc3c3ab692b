// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QStringList>
#include <QWidget>

namespace plimsoll::ui::widget {

// How a right comes about, drawn: subject → group → binding → role → rule, as boxes with arrows between them. A box can
// be chosen by mouse and keyboard.
class ChainView : public QWidget {
    Q_OBJECT

public:
    explicit ChainView(QWidget* parent = nullptr);
    void setChain(const QStringList& parts);
    const QStringList& parts() const { return m_parts; }
    int current() const { return m_current; }
    void setCurrent(int part);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

Q_SIGNALS:
    void chosen(int part);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    QRect boxOf(int part) const;

    QStringList m_parts;
    int m_current = -1;
};

} // namespace plimsoll::ui::widget
