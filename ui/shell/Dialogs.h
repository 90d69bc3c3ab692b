// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include <QList>
#include <QString>

#include "core/assess/Assessment.h"

class QAction;
class QWidget;

// The small windows. None of them blocks the event loop: they are shown and left to the person.
namespace plimsoll::ui::shell {

void showProblemsDialog(QWidget* parent, const std::shared_ptr<const assess::Assessment>& assessment);
void showShortcutsDialog(QWidget* parent, const QList<QAction*>& actions);
void showAboutDialog(QWidget* parent);
void showExportOutcome(QWidget* parent, const QString& path, const QString& problem);

} // namespace plimsoll::ui::shell
