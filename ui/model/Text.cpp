// SPDX-License-Identifier: Apache-2.0
#include "ui/model/Text.h"

#include "core/base/Text.h"

namespace plimsoll::ui::model {

QString lineText(std::string_view utf8)
{
    const QString plain = text(printable(utf8));
    const auto turnsDirection = [](QChar c) {
        const char16_t code = c.unicode();
        return (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069) || code == 0x200E
            || code == 0x200F || code == 0x061C;
    };
    QString result;
    result.reserve(plain.size());
    for (const QChar c : plain) {
        if (turnsDirection(c))
            result += QStringLiteral("<U+%1>").arg(static_cast<int>(c.unicode()), 4, 16, QLatin1Char('0')).toUpper();
        else
            result += c;
    }
    return result;
}

} // namespace plimsoll::ui::model
