// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAccessible>
#include <QLineEdit>
#include <QStringList>

namespace plimsoll::test {

// Interactive controls without a name, found in the tree that a screen reader walks.
inline void collectUnnamed(QAccessibleInterface* node, QStringList& unnamed, int depth = 0)
{
    if (!node || depth > 40 || node->state().invisible)
        return;
    switch (node->role()) {
    case QAccessible::Button:
    case QAccessible::CheckBox:
    case QAccessible::ComboBox:
    case QAccessible::EditableText:
    case QAccessible::List:
    case QAccessible::ProgressBar:
    case QAccessible::Table:
    case QAccessible::Tree: {
        const QObject* object = node->object();
        const bool isPartOfAnother = object && object->parent() && qobject_cast<const QLineEdit*>(object->parent());
        if (node->text(QAccessible::Name).isEmpty() && !isPartOfAnother)
            unnamed.append(QString::fromLatin1(object ? object->metaObject()->className() : "?") + QLatin1Char(' ')
                + (object && object->parent() ? QString::fromLatin1(object->parent()->metaObject()->className())
                                              : QString()));
        break;
    }
    default:
        break;
    }
    if (node->role() == QAccessible::Table || node->role() == QAccessible::Tree || node->role() == QAccessible::List)
        return; // cells are named by the model
    for (int child = 0; child < node->childCount(); ++child)
        collectUnnamed(node->child(child), unnamed, depth + 1);
}

} // namespace plimsoll::test
