// SPDX-License-Identifier: Apache-2.0
#include "ui/widget/Buttons.h"

#include <QPainter>

#include "ui/widget/Icons.h"
#include "ui/widget/Parts.h"
#include "ui/widget/Theme.h"

namespace plimsoll::ui::widget {

namespace {

bool isLit(const QAbstractButton* button)
{
    return button->isEnabled() && (button->underMouse() || button->hasFocus());
}

} // namespace

LinkRow::LinkRow(const Content& content, QWidget* parent)
    : QAbstractButton(parent)
    , m_content(content)
{
    setCursor(Qt::PointingHandCursor);
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_Hover);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    QString name = content.text;
    if (content.severity >= 0)
        name = severityName(content.severity) + QStringLiteral(": ") + name;
    if (!content.figure.isEmpty())
        name += QStringLiteral(", ") + content.figure;
    setAccessibleName(name);
    setAccessibleDescription(content.secondary);
    if (!content.secondary.isEmpty())
        setToolTip((content.text + QLatin1Char('\n') + content.secondary).toHtmlEscaped());
}

QSize LinkRow::sizeHint() const
{
    const int line = fontMetrics().lineSpacing();
    return QSize(320, (m_content.secondary.isEmpty() ? line : 2 * line + 2) + 14);
}

void LinkRow::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    if (isLit(this)) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme().accentSoft);
        painter.drawRoundedRect(rect(), 6, 6);
    }
    int left = 8;
    const int line = fontMetrics().lineSpacing();
    if (m_content.severity >= 0) {
        paintSeverityBadge(painter, QRectF(left, 7 + (line - 20) / 2.0, 20, 20), m_content.severity);
        left += 30;
    } else if (!m_content.iconName.isEmpty()) {
        painter.drawPixmap(
            left, (height() - 20) / 2, iconPixmap(m_content.iconName, theme().accent, 20, devicePixelRatioF()));
        left += 30;
    }
    int right = width() - 8;
    if (!m_content.figure.isEmpty()) {
        painter.setFont(widget::font(TextStyle::Strong));
        painter.setPen(theme().text);
        const int figureWidth = painter.fontMetrics().horizontalAdvance(m_content.figure);
        painter.drawText(
            QRect(right - figureWidth, 7, figureWidth, line), Qt::AlignVCenter | Qt::AlignRight, m_content.figure);
        right -= figureWidth + 12;
    }
    painter.setFont(widget::font(m_content.secondary.isEmpty() ? TextStyle::Body : TextStyle::Strong));
    painter.setPen(theme().text);
    const QRect first(left, 7, right - left, line);
    painter.drawText(first, Qt::AlignVCenter | Qt::AlignLeft,
        painter.fontMetrics().elidedText(m_content.text, Qt::ElideRight, first.width()));
    if (!m_content.secondary.isEmpty()) {
        painter.setFont(widget::font(TextStyle::Caption));
        painter.setPen(theme().textMuted);
        const QRect second(left, 9 + line, width() - 8 - left, line);
        painter.drawText(second, Qt::AlignVCenter | Qt::AlignLeft,
            painter.fontMetrics().elidedText(m_content.secondary, Qt::ElideRight, second.width()));
    }
}

FigureCard::FigureCard(const QString& name, int severity, QWidget* parent)
    : QAbstractButton(parent)
    , m_name(name)
    , m_severity(severity)
{
    setCursor(Qt::PointingHandCursor);
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_Hover);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setFigure(0);
}

void FigureCard::setFigure(quint64 figure, const QString& secondary)
{
    m_figure = grouped(figure);
    m_secondary = secondary;
    setAccessibleName(m_name + QStringLiteral(": ") + m_figure);
    setAccessibleDescription(secondary);
    update();
}

QSize FigureCard::sizeHint() const
{
    return QSize(150, QFontMetrics(widget::font(TextStyle::Figure)).height() + fontMetrics().height() + 30);
}

void FigureCard::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF body = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
    painter.setPen(isLit(this) ? theme().accent : theme().border);
    painter.setBrush(theme().surface);
    painter.drawRoundedRect(body, 8, 8);
    const int line = fontMetrics().height();
    int left = 16;
    if (m_severity >= 0) {
        paintSeverityBadge(painter, QRectF(left, 12, 20, 20), m_severity);
        left += 28;
    }
    painter.setPen(theme().textMuted);
    painter.setFont(widget::font(TextStyle::Strong));
    painter.drawText(QRect(left, 12, width() - left - 8, std::max(20, line)), Qt::AlignVCenter | Qt::AlignLeft,
        painter.fontMetrics().elidedText(m_name, Qt::ElideRight, width() - left - 8));
    painter.setPen(m_figure == QLatin1String("0") ? theme().textMuted : theme().text);
    painter.setFont(widget::font(TextStyle::Figure));
    const QRect figure(16, 12 + line, width() - 24, height() - line - 16);
    painter.drawText(figure, Qt::AlignVCenter | Qt::AlignLeft, m_figure);
    if (!m_secondary.isEmpty()) {
        const int used = painter.fontMetrics().horizontalAdvance(m_figure) + 10;
        painter.setFont(widget::font(TextStyle::Caption));
        painter.setPen(theme().textMuted);
        const QRect rest = figure.adjusted(used, 4, 0, 0);
        painter.drawText(rest, Qt::AlignVCenter | Qt::AlignLeft,
            painter.fontMetrics().elidedText(m_secondary, Qt::ElideRight, rest.width()));
    }
}

RailButton::RailButton(const QString& text, const QString& iconName, QWidget* parent)
    : QAbstractButton(parent)
    , m_iconName(iconName)
{
    setText(text);
    setAccessibleName(text);
    setCheckable(true);
    setCursor(Qt::PointingHandCursor);
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_Hover);
}

void RailButton::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const bool isStrong = isChecked() || isLit(this);
    if (isStrong) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(isChecked() ? theme().railActive : theme().railActive.darker(125));
        painter.drawRoundedRect(QRectF(rect()).adjusted(8, 3, -8, -3), 8, 8);
    }
    if (isChecked()) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(QColor(0xF0792F)); // the load line of the program's sign
        painter.drawRoundedRect(QRectF(0, 16, 3, height() - 32), 1.5, 1.5);
    }
    const QColor ink = !isEnabled() ? theme().railTextMuted.darker(160)
        : isStrong                  ? theme().railText
                                    : theme().railTextMuted;
    painter.drawPixmap((width() - 22) / 2, 12, iconPixmap(m_iconName, ink, 22, devicePixelRatioF()));
    painter.setPen(ink);
    painter.setFont(widget::font(TextStyle::Caption));
    painter.drawText(QRect(2, 36, width() - 4, 22), Qt::AlignCenter, text());
}

} // namespace plimsoll::ui::widget
