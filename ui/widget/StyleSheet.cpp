// SPDX-License-Identifier: Apache-2.0
#include "ui/widget/StyleSheet.h"

#include <utility>

#include "ui/widget/Theme.h"

namespace plimsoll::ui::widget {

namespace {

constexpr auto sheet = R"(
QMainWindow, QDialog { background: @window; }
QToolTip { background: @tipBack; color: @tipText; border: 1px solid @borderStrong; padding: 4px 6px; }
QMenuBar { background: @surface; border-bottom: 1px solid @border; padding: 2px 4px; }
QMenuBar::item { padding: 4px 10px; border-radius: 4px; background: transparent; }
QMenuBar::item:selected { background: @accentSoft; }
QMenu { background: @surface; border: 1px solid @borderStrong; padding: 4px; }
QMenu::item { padding: 5px 24px 5px 12px; border-radius: 4px; }
QMenu::icon { padding-left: 8px; }
QMenu::item:selected { background: @selection; color: @text; }
QMenu::item:disabled { color: @borderStrong; }
QMenu::separator { height: 1px; background: @border; margin: 4px 6px; }
QStatusBar { background: @surface; border-top: 1px solid @border; }
QStatusBar::item { border: none; }
QToolBar { background: @surface; border: none; border-bottom: 1px solid @border; spacing: 0px; padding: 0px; }
QToolBar#rail { background: @rail; border: none; }
QWidget#inspector { background: @surface; }
QFrame[role="card"] { background: @surface; border: 1px solid @border; border-radius: 8px; }
QFrame[role="line"] { background: @border; border: none; max-height: 1px; min-height: 1px; }
QFrame[role="notice"] { background: @accentSoft; border: none; border-radius: 6px; }
QLabel[role="muted"] { color: @textMuted; }
QLabel[role="code"] { color: @text; }
QPushButton, QToolButton[role="button"] { background: @surface; color: @text; border: 1px solid @borderStrong;
    border-radius: 6px; padding: 5px 12px; }
QPushButton:hover, QToolButton[role="button"]:hover { background: @accentSoft; border-color: @accent; }
QPushButton:pressed { background: @selection; }
QPushButton:focus, QToolButton[role="button"]:focus { border-color: @accent; outline: none; }
QPushButton:disabled, QToolButton[role="button"]:disabled { color: @borderStrong; border-color: @border; }
QPushButton[role="primary"] { background: @accent; color: @textOnAccent; border-color: @accent; font-weight: 600; }
QPushButton[role="primary"]:hover { background: @accentHover; }
QPushButton[role="primary"]:disabled { background: @border; border-color: @border; color: @textMuted; }
QPushButton[role="link"] { background: transparent; border: none; color: @accent; padding: 2px 0px; text-align: left; }
QPushButton[role="link"]:hover { text-decoration: underline; }
QPushButton[role="link"]:focus { text-decoration: underline; }
QToolButton[role="button"]::menu-indicator { image: none; width: 0px; }
QToolButton[role="flat"] { background: transparent; border: 1px solid transparent; border-radius: 6px; padding: 5px; }
QToolButton[role="flat"]:hover, QToolButton[role="flat"]:focus { background: @accentSoft; }
QToolButton[role="flat"]:checked { background: @selection; }
QToolButton[role="flat"]:disabled { color: @borderStrong; }
QToolButton[role="chip"] { background: @surface; border: 1px solid @borderStrong; border-radius: 13px;
    padding: 3px 8px; color: @text; min-height: 18px; }
QToolButton[role="chip"]:hover, QToolButton[role="chip"]:focus { border-color: @accent; background: @accentSoft; }
QToolButton[role="chip"][active="true"] { background: @accentSoft; border-color: @accent; color: @accent; }
QToolButton[role="chip"]::menu-indicator { image: none; width: 0px; }
QLineEdit { background: @surface; color: @text; border: 1px solid @borderStrong; border-radius: 6px; padding: 5px 8px;
    selection-background-color: @selection; selection-color: @text; }
QLineEdit:focus { border-color: @accent; }
QLineEdit[role="search"] { background: @window; }
QLineEdit[role="pointer"] { background: @window; border: none; padding: 3px 6px; }
QComboBox { background: @surface; color: @text; border: 1px solid @borderStrong; border-radius: 6px;
    padding: 4px 8px; min-height: 18px; }
QComboBox:hover, QComboBox:focus { border-color: @accent; }
QComboBox::drop-down { border: none; width: 26px; }
QComboBox QAbstractItemView { background: @surface; border: 1px solid @borderStrong; padding: 4px;
    selection-background-color: @selection; selection-color: @text; outline: none; }
QAbstractItemView { background: @surface; color: @text; alternate-background-color: @surfaceAlt;
    selection-background-color: @selection; selection-color: @text; outline: none; }
QTreeView, QTableView, QListView, QListWidget { border: 1px solid @border; border-radius: 8px; }
QTreeView[role="bare"], QListWidget[role="bare"] { border: none; background: transparent; }
QTreeView::item { padding: 4px 6px; border: none; }
QTreeView::item:hover { background: @accentSoft; }
QTreeView::item:selected { background: @selection; color: @text; }
QListWidget::item { padding: 6px 8px; border-radius: 6px; }
QListWidget::item:hover { background: @accentSoft; }
QListWidget::item:selected { background: @selection; color: @text; }
QHeaderView { background: @surface; border: none; }
QHeaderView::section { background: @surface; color: @textMuted; border: none; border-bottom: 1px solid @border;
    padding: 7px 8px; font-weight: 600; }
QHeaderView::section:hover { color: @text; background: @surfaceAlt; }
QTabWidget::pane { border: none; border-top: 1px solid @border; }
QTabBar { background: transparent; }
QTabBar::tab { background: transparent; color: @textMuted; padding: 8px 14px; border: none;
    border-bottom: 2px solid transparent; font-weight: 600; }
QTabBar::tab:selected { color: @accent; border-bottom-color: @accent; }
QTabBar::tab:hover { color: @text; }
QDockWidget { titlebar-close-icon: none; titlebar-normal-icon: none; }
QMainWindow::separator { background: @border; width: 1px; height: 1px; }
QMainWindow::separator:hover { background: @accent; }
QScrollArea { background: transparent; border: none; }
QScrollArea > QWidget > QWidget { background: transparent; }
QScrollBar:vertical { background: transparent; width: 12px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 0; }
QScrollBar::handle { background: @borderStrong; border-radius: 4px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 28px; }
QScrollBar::handle:horizontal { min-width: 28px; }
QScrollBar::handle:hover { background: @textMuted; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QPlainTextEdit { background: @surface; color: @text; border: 1px solid @border; border-radius: 6px;
    selection-background-color: @selection; selection-color: @text; }
QProgressBar { background: @border; border: none; border-radius: 3px; max-height: 6px; min-height: 6px; }
QProgressBar::chunk { background: @accent; border-radius: 3px; }
QSplitter::handle { background: @border; }
QCheckBox, QRadioButton { spacing: 8px; }
QCheckBox::indicator { width: 15px; height: 15px; border: 1px solid @textMuted; border-radius: 4px; background: @surface; }
QCheckBox::indicator:checked { background: @accent; border-color: @accent; }
QRadioButton::indicator { width: 15px; height: 15px; border: 1px solid @textMuted; border-radius: 8px;
    background: @surface; }
QRadioButton::indicator:checked { width: 7px; height: 7px; border: 5px solid @accent; border-radius: 8px; }
QCheckBox::indicator:focus, QRadioButton::indicator:focus, QCheckBox::indicator:hover, QRadioButton::indicator:hover {
    border-color: @accent; }
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled { border-color: @border; }
)";

QColor mixed(const QColor& a, const QColor& b, double share)
{
    return QColor::fromRgbF(static_cast<float>(a.redF() * (1 - share) + b.redF() * share),
        static_cast<float>(a.greenF() * (1 - share) + b.greenF() * share),
        static_cast<float>(a.blueF() * (1 - share) + b.blueF() * share));
}

} // namespace

QString styleSheet(const Theme& theme)
{
    // Longer names first: "@surface" is a prefix of "@surfaceAlt".
    const std::pair<const char*, QColor> tokens[] = {
        { "@tipBack", theme.isDark ? theme.surfaceAlt : theme.text },
        { "@tipText", theme.isDark ? theme.text : theme.surface },
        { "@surfaceAlt", theme.surfaceAlt },
        { "@surface", theme.surface },
        { "@borderStrong", theme.borderStrong },
        { "@border", theme.border },
        { "@textOnAccent", theme.textOnAccent },
        { "@textMuted", theme.textMuted },
        { "@text", theme.text },
        { "@accentHover", mixed(theme.accent, theme.text, 0.2) },
        { "@accentSoft", theme.accentSoft },
        { "@accent", theme.accent },
        { "@selection", theme.selection },
        { "@window", theme.window },
        { "@rail", theme.rail },
    };
    QString result = QString::fromLatin1(sheet);
    for (const auto& [token, colour] : tokens)
        result.replace(QLatin1String(token), colour.name());
    return result;
}

} // namespace plimsoll::ui::widget
