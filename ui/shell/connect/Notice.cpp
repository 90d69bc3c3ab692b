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

QColor colourOf(Notice::Kind kind)
{
    return kind == Notice::Kind::Alarm ? theme().severity[0] : theme().severity[2];
}

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
    m_icon->setPixmap(iconPixmap(m_kind == Kind::Alarm ? QStringLiteral("error") : QStringLiteral("warning"),
        m_kind == Kind::Alarm ? theme().severity[0] : theme().text, 18, devicePixelRatioF()));
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
    QColor body = colourOf(m_kind);
    body.setAlphaF(theme().isDark ? 0.22F : 0.13F);
    painter.setPen(Qt::NoPen);
    painter.setBrush(body);
    painter.drawRoundedRect(rect(), 6, 6);
    painter.setBrush(colourOf(m_kind));
    painter.drawRoundedRect(QRect(0, 0, 5, height()), 2, 2);
}

} // namespace plimsoll::ui::shell
