// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/model/TableModel.h"

// Columns as the tables of the models have them most often.
namespace plimsoll::ui::model {

constexpr auto atLeft = Qt::AlignLeft | Qt::AlignVCenter;
constexpr auto atRight = Qt::AlignRight | Qt::AlignVCenter;

template <class Row, auto member>
constexpr TableColumn<Row> words(const char* header, const char* toolTip, bool isSecondary = false)
{
    return { header, toolTip, [](const Row& row) -> QVariant { return row.*member; },
        [](const Row& row) { return std::pair<qint64, QString>(0, row.*member); }, atLeft, isSecondary };
}

template <class Row, auto member> constexpr TableColumn<Row> number(const char* header, const char* toolTip)
{
    return { header, toolTip, [](const Row& row) -> QVariant { return static_cast<uint>(row.*member); },
        [](const Row& row) { return std::pair<qint64, QString>(row.*member, QString()); }, atRight };
}

} // namespace plimsoll::ui::model
