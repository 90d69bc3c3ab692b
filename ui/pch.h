// SPDX-License-Identifier: Apache-2.0
// System and Qt headers only, never ours: a change of ours must not rebuild everything.
#pragma once

#include <QAbstractItemModel>
#include <QAction>
#include <QBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QString>
#include <QTreeView>
#include <QWidget>

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>
