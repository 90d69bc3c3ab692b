// SPDX-License-Identifier: Apache-2.0
#include "ui/model/Text.h"

#include "core/base/Text.h"

namespace plimsoll::ui::model {

QString lineText(std::string_view utf8)
{
    return text(printable(utf8));
}

} // namespace plimsoll::ui::model
