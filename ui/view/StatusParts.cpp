// SPDX-License-Identifier: Apache-2.0
#include "ui/view/StatusParts.h"

#include <QPainter>
#include <QPainterPath>

#include "ui/model/ComplianceData.h"
#include "ui/widget/Theme.h"

namespace plimsoll::ui::view {

using namespace widget;

namespace {

enum : int { Pass, Fail, Waived, Manual, NotAssessed };

Qt::BrushStyle patternOf(int status)
{
    switch (status) {
    case Waived:
    case NotAssessed:
        return status == Waived ? Qt::FDiagPattern : Qt::BDiagPattern;
    case Manual:
        return Qt::Dense6Pattern;
    default:
        return Qt::NoBrush;
    }
}

} // namespace

QColor statusColour(int status)
{
    switch (status) {
    case Pass:
        return theme().pass;
    case Fail:
        return theme().fail;
    case Waived:
        return theme().severity[2]; // that of medium: a failure that somebody lives with
    case Manual:
        return theme().manual;
    default:
        return theme().notAssessed;
    }
}

QChar statusSign(int status)
{
    static constexpr char16_t signs[] = u"\u2713\u2717~\u270E?";
    return QChar(signs[std::clamp(status, 0, 4)]);
}

std::vector<StackedBar::Part> statusParts(const std::array<quint32, 5>& counts)
{
    std::vector<StackedBar::Part> parts;
    for (int status = 0; status < static_cast<int>(counts.size()); ++status) {
        const StackedBar::Fill fill = status == Manual  ? StackedBar::Fill::Dotted
            : status == Waived || status == NotAssessed ? StackedBar::Fill::Hatched
                                                        : StackedBar::Fill::Plain;
        parts.push_back(
            { model::statusName(status), counts[static_cast<std::size_t>(status)], statusColour(status), fill });
    }
    return parts;
}

void paintStatusBar(QPainter& painter, const QRectF& rect, const std::array<quint32, 5>& counts)
{
    quint64 total = 0;
    for (const quint32 count : counts)
        total += count;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    QPainterPath shape;
    shape.addRoundedRect(rect, rect.height() / 2, rect.height() / 2);
    painter.setClipPath(shape);
    painter.fillRect(rect, theme().border);
    qreal at = rect.left();
    for (int status = 0; status < static_cast<int>(counts.size()) && total > 0; ++status) {
        const qreal width = rect.width() * counts[static_cast<std::size_t>(status)] / static_cast<qreal>(total);
        const QRectF part(at, rect.top(), width, rect.height());
        painter.fillRect(part, statusColour(status));
        if (const Qt::BrushStyle pattern = patternOf(status); pattern != Qt::NoBrush) {
            QColor over = theme().surface;
            over.setAlphaF(0.5F);
            painter.fillRect(part, QBrush(over, pattern));
        }
        at += width;
    }
    painter.restore();
}

void paintStatusSign(QPainter& painter, const QRectF& rect, int status, bool isRecorded)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const QColor colour = statusColour(status);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colour);
    painter.drawEllipse(rect.adjusted(2, 2, -2, -2));
    if (isRecorded) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(theme().accent, 1.6));
        painter.drawEllipse(rect.adjusted(0.8, 0.8, -0.8, -0.8));
    }
    const bool isWhiteReadable = contrastRatio(colour, Qt::white) >= contrastRatio(colour, Qt::black);
    painter.setPen(isWhiteReadable ? Qt::white : Qt::black);
    QFont sign = widget::font(TextStyle::Strong);
    sign.setPixelSize(static_cast<int>(rect.height() * 0.6));
    painter.setFont(sign);
    painter.drawText(rect, Qt::AlignCenter, statusSign(status));
    painter.restore();
}

} // namespace plimsoll::ui::view
