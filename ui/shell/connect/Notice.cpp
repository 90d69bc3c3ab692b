// SPDX-License-Identifier: Apache-2.0
#include "ui/shell/connect/Notice.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QPainter>

#include "ui/widget/Icons.h"
#include "ui/widget/Parts.h"

namespace plimsoll::ui::shell {

namespace {

using namespace widget;

// The one red of the window, for what makes the result worthless; white can be read on it in both themes.
constexpr QRgb alarmRed = 0xFFB3261E;

} // namespace

Notice::Notice(Kind kind, const QString& text, QWidget* parent)
    : QFrame(parent)
    , m_kind(kind)
    , m_icon(new QLabel(this))
    , m_text(label({}, TextStyle::Body, this))
    , m_layout(new QHBoxLayout(this))
{
    m_layout->setContentsMargins(space::l, space::s, space::m, space::s);
    m_layout->setSpacing(space::m);
    m_layout->addWidget(m_icon, 0, Qt::AlignVCenter);
    m_text->setWordWrap(true);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_layout->addWidget(m_text, 1);
    setText(text);
    colour();
}

void Notice::setText(const QString& text)
{
    m_text->setText(text);
    setAccessibleName(text);
}

void Notice::addAction(QWidget* action)
{
    m_layout->addWidget(action, 0, Qt::AlignVCenter);
}

void Notice::colour()
{
    const bool isAlarm = m_kind == Kind::Alarm;
    const QColor writing = isAlarm ? QColor(Qt::white) : theme().text;
    m_icon->setPixmap(
        iconPixmap(isAlarm ? QStringLiteral("error") : QStringLiteral("warning"), writing, 18, devicePixelRatioF()));
    QPalette colours = m_text->palette();
    if (colours.color(QPalette::WindowText) != writing) {
        colours.setColor(QPalette::WindowText, writing);
        m_text->setPalette(colours);
    }
}

void Notice::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::PaletteChange)
        colour();
    QFrame::changeEvent(event);
}

void Notice::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    if (m_kind == Kind::Alarm) {
        painter.setBrush(QColor(alarmRed));
        painter.drawRoundedRect(rect(), 6, 6);
        return;
    }
    QColor body = theme().severity[2];
    body.setAlphaF(theme().isDark ? 0.22F : 0.13F);
    painter.setBrush(body);
    painter.drawRoundedRect(rect(), 6, 6);
    painter.setBrush(theme().severity[2]);
    painter.drawRoundedRect(QRect(0, 0, 5, height()), 2, 2);
}

} // namespace plimsoll::ui::shell
