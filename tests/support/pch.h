// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>
#include <QString>
#include <QTest>

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>
