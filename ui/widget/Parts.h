// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <vector>

#include <QFrame>
#include <QLabel>
#include <QLayout>
#include <QPushButton>
#include <QStringList>
#include <QToolButton>

#include "ui/widget/Theme.h"

class QCheckBox;
class QComboBox;
class QVBoxLayout;

// The small parts that pages are made of. None knows what is shown; every text is plain text.
namespace plimsoll::ui::widget {

// A label that never reads markup. Selectable = with mouse and keyboard.
QLabel* label(const QString& text, TextStyle style, QWidget* parent = nullptr);
QLabel* mutedLabel(const QString& text, QWidget* parent = nullptr);
QLabel* wrappedLabel(const QString& text, QWidget* parent = nullptr); // body text to read and copy
QFrame* line(QWidget* parent = nullptr);
QPushButton* button(const QString& text, const char* role, QWidget* parent = nullptr); // "primary", "link", ""
QToolButton* flatButton(const QString& iconName, const QString& accessibleName, QWidget* parent = nullptr);
// Gives a button or an action an icon of ours; refreshIcons() draws all of them again after a change of theme.
void setIconName(QObject* target, const QString& iconName);
void refreshIcons(QObject* root);
// The name under which the style sheet knows a widget.
void setRole(QWidget* widget, const char* role);

// A titled surface; content() is where to put things.
class Card : public QFrame {
public:
    explicit Card(const QString& title, QWidget* parent = nullptr);
    QVBoxLayout* content() const { return m_content; }
    QLabel* title() const { return m_title; }
    // Something at the right of the title.
    void setCorner(QWidget* widget);

private:
    QLabel* m_title = nullptr;
    class QHBoxLayout* m_head = nullptr;
    QVBoxLayout* m_content = nullptr;
};

// One line of text that ends in "…" when there is no room, with the whole as its tool tip.
class ElidedLabel : public QLabel {
public:
    explicit ElidedLabel(Qt::TextElideMode mode = Qt::ElideRight, QWidget* parent = nullptr);
    void setFullText(const QString& text);
    QString fullText() const { return m_text; }
    QSize minimumSizeHint() const override;

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void elide();
    QString m_text;
    Qt::TextElideMode m_mode;
};

// Shown where there is nothing else to show: what it means and what to do.
class EmptyState : public QWidget {
public:
    EmptyState(const QString& iconName, const QString& title, const QString& text, QWidget* parent = nullptr);
    void setTexts(const QString& title, const QString& text);
    void addAction(QPushButton* action);

protected:
    void changeEvent(QEvent* event) override;

private:
    QString m_iconName;
    QLabel* m_icon = nullptr;
    QLabel* m_title = nullptr;
    QLabel* m_text = nullptr;
    class QHBoxLayout* m_actions = nullptr;
};

// Text for a terminal or a file, with a button that copies it.
class CodeBlock : public QFrame {
    Q_OBJECT

public:
    CodeBlock(const QString& title, QWidget* parent = nullptr);
    void setCode(const QString& code);
    QString code() const { return m_code; }

private:
    QString m_code;
    QLabel* m_text = nullptr;
    QToolButton* m_copy = nullptr;
};

// A round button that opens a list of values to tick; tells how many are.
class ChoiceChip : public QToolButton {
    Q_OBJECT

public:
    struct Choice {
        QString id;
        QString text;
        int count = -1; // shown behind the text; -1 = none
    };
    explicit ChoiceChip(const QString& name, QWidget* parent = nullptr);
    void setChoices(std::vector<Choice> choices);
    void setChosen(const QStringList& ids);
    const QStringList& chosen() const { return m_chosen; }

Q_SIGNALS:
    void chosenChanged(const QStringList& ids);

private:
    void openList();
    void updateText();
    QString m_name;
    std::vector<Choice> m_choices;
    QStringList m_chosen;
};

// A round on/off button with a severity badge and a number.
class SeverityChip : public QToolButton {
    Q_OBJECT

public:
    SeverityChip(int severity, QWidget* parent = nullptr);
    void setCount(quint64 count);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    int m_severity;
    QString m_count;
};

// Lays its items out in lines, as words in a paragraph.
class FlowLayout : public QLayout {
public:
    explicit FlowLayout(int spacing, QWidget* parent = nullptr);
    ~FlowLayout() override;
    void addItem(QLayoutItem* item) override;
    int count() const override;
    QLayoutItem* itemAt(int index) const override;
    QLayoutItem* takeAt(int index) override;
    Qt::Orientations expandingDirections() const override { return {}; }
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;
    QSize sizeHint() const override { return minimumSize(); }
    QSize minimumSize() const override;
    void setGeometry(const QRect& rect) override;

private:
    int arrange(const QRect& rect, bool isTrial) const;
    std::vector<QLayoutItem*> m_items;
    int m_spacing;
};

// Removes and deletes everything in a layout.
void clearLayout(QLayout* layout);

// "1,234".
QString grouped(quint64 number);
// one for 1, else many with the number for %1: plural forms without a translation file.
QString counted(quint64 number, const QString& one, const QString& many);
// A combo box whose arrow is drawn by us (the style sheet takes the style's away).
QComboBox* comboBox(const QString& accessibleName, QWidget* parent = nullptr);
// A check box whose tick is drawn by us, for the same reason.
QCheckBox* checkBox(const QString& text, QWidget* parent = nullptr);

} // namespace plimsoll::ui::widget
