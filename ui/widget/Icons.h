// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QColor>
#include <QIcon>
#include <QString>
#include <QStringList>

class QToolButton;

namespace plimsoll::ui::widget {

// Line icons of our own, drawn in any colour and size. An unknown name gives an empty icon; iconNames() is for the
// test that none is asked for.
QIcon icon(const QString& name, const QColor& colour);
QIcon icon(const QString& name); // in the theme's text colour
QPixmap iconPixmap(const QString& name, const QColor& colour, int size, qreal devicePixelRatio);
QStringList iconNames();
// The program's own sign: a Plimsoll line.
QIcon applicationIcon();

} // namespace plimsoll::ui::widget
