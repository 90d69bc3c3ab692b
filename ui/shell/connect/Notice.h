// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QFrame>

class QHBoxLayout;
class QLabel;

namespace plimsoll::ui::shell {

// A line that must be read: what is wrong or missing, with what can be done about it at its right. Told by colour, icon
// and words.
class Notice : public QFrame {
public:
    enum class Kind : std::uint8_t { Alarm, Warning };
    Notice(Kind kind, const QString& text, QWidget* parent = nullptr);
    void setText(const QString& text);
    void addAction(QWidget* action);

protected:
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void colour();
    Kind m_kind;
    QLabel* m_icon = nullptr;
    QLabel* m_text = nullptr;
    QHBoxLayout* m_layout = nullptr;
};

} // namespace plimsoll::ui::shell
