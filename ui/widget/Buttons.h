// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAbstractButton>

namespace plimsoll::ui::widget {

// A line that can be clicked: a badge or an icon, a text, a second text below it, a figure at the right.
class LinkRow : public QAbstractButton {
public:
    struct Content {
        int severity = -1; // -1 = no badge
        QString iconName; // instead of a badge
        QString text, secondary, figure;
    };
    explicit LinkRow(const Content& content, QWidget* parent = nullptr);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return QSize(160, sizeHint().height()); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    Content m_content;
};

// A large number that can be clicked: how many findings of a severity (or something else, severity -1).
class FigureCard : public QAbstractButton {
public:
    FigureCard(const QString& name, int severity, QWidget* parent = nullptr);
    void setFigure(quint64 figure, const QString& secondary = {});
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return QSize(110, sizeHint().height()); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_name, m_figure, m_secondary;
    int m_severity;
};

// One entry of the rail at the left: icon above its name.
class RailButton : public QAbstractButton {
public:
    RailButton(const QString& text, const QString& iconName, QWidget* parent = nullptr);
    QSize sizeHint() const override { return QSize(88, 66); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_iconName;
};

} // namespace plimsoll::ui::widget
