// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <QColor>
#include <QFont>
#include <QString>

class QApplication;
class QPainter;
class QRectF;

// How everything looks: two sets of colours, the sizes of text and space, and the shape of severity badges. Widgets ask
// theme() when they paint, so a change needs only a repaint.
namespace plimsoll::ui::widget {

enum class ThemeChoice : std::uint8_t { System, Light, Dark };

struct Theme {
    bool isDark = false;
    QColor window, surface, surfaceAlt, border, borderStrong; // page, cards and tables, every other row, lines
    QColor text, textMuted, textOnAccent;
    QColor accent, accentSoft, selection; // links and buttons; soft = their background; selected rows
    QColor rail, railText, railTextMuted, railActive;
    QColor severity[5], severityText[5]; // by control::Severity: critical, high, medium, low, info
    QColor pass, fail, manual, notAssessed;
    QColor mark; // background of a deciding line
    QColor yamlKey, yamlString, yamlNumber, yamlComment;
};

const Theme& theme();
// Sets style, palette and style sheet of the application. System follows the palette that Qt found at start.
void applyTheme(QApplication& application, ThemeChoice choice);
ThemeChoice themeChoice();

// Distances in device-independent pixels; nothing in the window uses others.
namespace space {
constexpr int xs = 4, s = 8, m = 12, l = 16, xl = 24;
}

enum class TextStyle : std::uint8_t { Title, Heading, Body, Strong, Caption, Figure, Code };
QFont font(TextStyle style);

// 'C', 'H', 'M', 'L', 'I': severity is never told by colour alone.
QChar severityLetter(int severity);
QString severityName(int severity); // "Critical", translated
// The badge of a severity: rounded square with its letter.
void paintSeverityBadge(QPainter& painter, const QRectF& rect, int severity);

// Whether text in one colour can be read on another (WCAG 2.1 contrast ratio, 1 to 21).
double contrastRatio(const QColor& a, const QColor& b);

} // namespace plimsoll::ui::widget
