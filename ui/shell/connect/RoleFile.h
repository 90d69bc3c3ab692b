// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <QString>

#include "core/snapshot/Origin.h"

class QWidget;

namespace plimsoll::ui::shell {

// Asks where to and writes the YAML of a ClusterRole there; small enough to be written at once.
void saveRoleFile(QWidget* parent, const QString& yaml);

// What a capture could not read, with the ClusterRole that would allow it.
void showNotCollectedDialog(QWidget* parent, const std::vector<snapshot::NotCollected>& list);

} // namespace plimsoll::ui::shell
