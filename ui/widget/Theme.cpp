// SPDX-License-Identifier: Apache-2.0
#include "ui/widget/Theme.h"

#include <algorithm>
#include <cmath>

#include <QApplication>
#include <QCoreApplication>
#include <QFontDatabase>
#include <QPainter>
#include <QPalette>
#include <QStyleFactory>
#include <QToolTip>

#include "ui/widget/StyleSheet.h"

namespace plimsoll::ui::widget {

namespace {

// Severities are ordered in lightness as well as in hue (after Okabe and Ito), so they stay apart in every common form
// of colour blindness and in grey.
Theme lightTheme()
{
    return {
        .isDark = false,
        .window = QColor(0xF3F5F8),
        .surface = QColor(0xFFFFFF),
        .surfaceAlt = QColor(0xF8F9FB),
        .border = QColor(0xDDE2E9),
        .borderStrong = QColor(0xB4BECB),
        .text = QColor(0x17212F),
        .textMuted = QColor(0x566375),
        .textOnAccent = QColor(0xFFFFFF),
        .accent = QColor(0x1D5FB8),
        .accentSoft = QColor(0xE4EEFB),
        .selection = QColor(0xD6E6FB),
        .rail = QColor(0x10243D),
        .railText = QColor(0xFFFFFF),
        .railTextMuted = QColor(0xA9BBD2),
        .railActive = QColor(0x24436B),
        .severity = { QColor(0x8E1652), QColor(0xC24F00), QColor(0xEDB021), QColor(0x2B7AB3), QColor(0x66717F) },
        .severityText = { QColor(0xFFFFFF), QColor(0xFFFFFF), QColor(0x17212F), QColor(0xFFFFFF), QColor(0xFFFFFF) },
        .pass = QColor(0x15866A),
        .fail = QColor(0xC24F00),
        .manual = QColor(0x6A62C4),
        .notAssessed = QColor(0x93A0B0),
        .mark = QColor(0xFFE9CF),
        .yamlKey = QColor(0x1D5FB8),
        .yamlString = QColor(0x1E6E4F),
        .yamlNumber = QColor(0x8E1652),
        .yamlComment = QColor(0x566375),
    };
}

Theme darkTheme()
{
    return {
        .isDark = true,
        .window = QColor(0x0F151D),
        .surface = QColor(0x18212C),
        .surfaceAlt = QColor(0x1C2632),
        .border = QColor(0x2B3746),
        .borderStrong = QColor(0x4A5A6E),
        .text = QColor(0xE7ECF3),
        .textMuted = QColor(0xA0AEBF),
        .textOnAccent = QColor(0x0B1420),
        .accent = QColor(0x6BB0FF),
        .accentSoft = QColor(0x1D3350),
        .selection = QColor(0x234063),
        .rail = QColor(0x0A1018),
        .railText = QColor(0xFFFFFF),
        .railTextMuted = QColor(0x9AABC0),
        .railActive = QColor(0x1D3350),
        .severity = { QColor(0xD83F8D), QColor(0xF0792F), QColor(0xF4C542), QColor(0x62B4EC), QColor(0x97A3B2) },
        .severityText = { QColor(0x0B1420), QColor(0x0B1420), QColor(0x0B1420), QColor(0x0B1420), QColor(0x0B1420) },
        .pass = QColor(0x35B58F),
        .fail = QColor(0xF0792F),
        .manual = QColor(0x9D95F2),
        .notAssessed = QColor(0x6E7D90),
        .mark = QColor(0x4A3517),
        .yamlKey = QColor(0x8CC2FF),
        .yamlString = QColor(0x86D6AF),
        .yamlNumber = QColor(0xF08ABB),
        .yamlComment = QColor(0xA0AEBF),
    };
}

Theme currentTheme = lightTheme();
ThemeChoice currentChoice = ThemeChoice::System;

QPalette paletteOf(const Theme& colours)
{
    QPalette palette;
    palette.setColor(QPalette::Window, colours.window);
    palette.setColor(QPalette::WindowText, colours.text);
    palette.setColor(QPalette::Base, colours.surface);
    palette.setColor(QPalette::AlternateBase, colours.surfaceAlt);
    palette.setColor(QPalette::Text, colours.text);
    palette.setColor(QPalette::PlaceholderText, colours.textMuted);
    palette.setColor(QPalette::Button, colours.surface);
    palette.setColor(QPalette::ButtonText, colours.text);
    palette.setColor(QPalette::BrightText, colours.textOnAccent);
    palette.setColor(QPalette::Highlight, colours.selection);
    palette.setColor(QPalette::HighlightedText, colours.text);
    palette.setColor(QPalette::Link, colours.accent);
    palette.setColor(QPalette::LinkVisited, colours.accent);
    palette.setColor(QPalette::ToolTipBase, colours.isDark ? colours.surfaceAlt : colours.text);
    palette.setColor(QPalette::ToolTipText, colours.isDark ? colours.text : colours.surface);
    palette.setColor(QPalette::Light, colours.surface);
    palette.setColor(QPalette::Midlight, colours.border);
    palette.setColor(QPalette::Mid, colours.borderStrong);
    palette.setColor(QPalette::Dark, colours.borderStrong);
    palette.setColor(QPalette::Shadow, colours.isDark ? QColor(Qt::black) : colours.borderStrong);
    for (const auto role : { QPalette::WindowText, QPalette::Text, QPalette::ButtonText })
        palette.setColor(QPalette::Disabled, role, colours.borderStrong);
    return palette;
}

double luminance(const QColor& colour)
{
    const auto channel
        = [](double value) { return value <= 0.03928 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4); };
    return 0.2126 * channel(colour.redF()) + 0.7152 * channel(colour.greenF()) + 0.0722 * channel(colour.blueF());
}

} // namespace

const Theme& theme()
{
    return currentTheme;
}

ThemeChoice themeChoice()
{
    return currentChoice;
}

void applyTheme(QApplication& application, ThemeChoice choice)
{
    // Qt 6.4 does not tell the desktop's colour scheme; the palette it starts with does. Remembered once, because our
    // own palette replaces it.
    static const bool isSystemDark = application.palette().color(QPalette::Window).lightness() < 128;
    static const QFont systemFont = QApplication::font();
    currentChoice = choice;
    const bool isDark = choice == ThemeChoice::Dark || (choice == ThemeChoice::System && isSystemDark);
    currentTheme = isDark ? darkTheme() : lightTheme();
    if (!QApplication::style() || QApplication::style()->objectName() != QLatin1String("fusion"))
        QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    QFont base = systemFont;
    base.setPointSizeF(std::max(9.5, systemFont.pointSizeF()));
    QApplication::setFont(base);
    QApplication::setPalette(paletteOf(currentTheme));
    QToolTip::setPalette(paletteOf(currentTheme));
    application.setStyleSheet(styleSheet(currentTheme));
}

QFont font(TextStyle style)
{
    QFont result
        = style == TextStyle::Code ? QFontDatabase::systemFont(QFontDatabase::FixedFont) : QApplication::font();
    const double base = QApplication::font().pointSizeF();
    switch (style) {
    case TextStyle::Title:
        result.setPointSizeF(base * 1.7);
        result.setWeight(QFont::DemiBold);
        break;
    case TextStyle::Heading:
        result.setPointSizeF(base * 1.15);
        result.setWeight(QFont::DemiBold);
        break;
    case TextStyle::Body:
        break;
    case TextStyle::Strong:
        result.setWeight(QFont::DemiBold);
        break;
    case TextStyle::Caption:
        result.setPointSizeF(base * 0.9);
        break;
    case TextStyle::Figure:
        result.setPointSizeF(base * 2.2);
        result.setWeight(QFont::DemiBold);
        break;
    case TextStyle::Code:
        result.setPointSizeF(base * 0.95);
        break;
    }
    return result;
}

QChar severityLetter(int severity)
{
    constexpr char letters[] = { 'C', 'H', 'M', 'L', 'I' };
    return QLatin1Char(letters[std::clamp(severity, 0, 4)]);
}

QString severityName(int severity)
{
    switch (severity) {
    case 0:
        return QCoreApplication::translate("Severity", "Critical");
    case 1:
        return QCoreApplication::translate("Severity", "High");
    case 2:
        return QCoreApplication::translate("Severity", "Medium");
    case 3:
        return QCoreApplication::translate("Severity", "Low");
    default:
        return QCoreApplication::translate("Severity", "Info");
    }
}

void paintSeverityBadge(QPainter& painter, const QRectF& rect, int severity)
{
    const int level = std::clamp(severity, 0, 4);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme().severity[level]);
    painter.drawRoundedRect(rect, 4, 4);
    QFont letter = font(TextStyle::Strong);
    letter.setPixelSize(std::max(8, static_cast<int>(rect.height() * 0.62)));
    letter.setWeight(QFont::Bold);
    painter.setFont(letter);
    painter.setPen(theme().severityText[level]);
    painter.drawText(rect, Qt::AlignCenter, QString(severityLetter(level)));
    painter.restore();
}

double contrastRatio(const QColor& a, const QColor& b)
{
    const double first = luminance(a) + 0.05;
    const double second = luminance(b) + 0.05;
    return std::max(first, second) / std::min(first, second);
}

} // namespace plimsoll::ui::widget
