// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include <QString>
#include <QStringList>

#include "core/base/Result.h"

namespace plimsoll::ui::model {

// The one way from UTF-8 to QString. Invalid bytes become U+FFFD.
inline QString text(std::string_view utf8)
{
    return QString::fromUtf8(utf8.data(), static_cast<qsizetype>(utf8.size()));
}

// The same for one line of a label or cell: what could hide or disguise text is shown as an escape (base/Text.h).
QString lineText(std::string_view utf8);

// "what: where: advice" for a person.
inline QString errorText(const Error& error)
{
    return lineText(toText(error));
}

} // namespace plimsoll::ui::model
