// SPDX-License-Identifier: Apache-2.0
#include "ui/view/findings/FindingsDelegate.h"

#include <QPainter>

#include "ui/model/FindingsModel.h"
#include "ui/model/Roles.h"
#include "ui/widget/Theme.h"

namespace plimsoll::ui::view {

void FindingsDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const bool isWaived = index.data(model::WaivedRole).toBool();
    TableDelegate::paint(painter, option, index);
    if (!isWaived || index.column() > model::FindingsModel::InContext)
        return;
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    QColor lines = widget::theme().textMuted;
    lines.setAlphaF(0.45F);
    painter->fillRect(option.rect.adjusted(0, 1, 0, -1), QBrush(lines, Qt::BDiagPattern));
    painter->restore();
}

} // namespace plimsoll::ui::view
