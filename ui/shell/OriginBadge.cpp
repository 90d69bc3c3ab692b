// SPDX-License-Identifier: Apache-2.0
#include "ui/shell/OriginBadge.h"

#include <utility>

#include <QCoreApplication>
#include <QPainter>

#include "ui/widget/Icons.h"
#include "ui/widget/Theme.h"

namespace plimsoll::ui::shell {

namespace {

using namespace widget;
using Kind = model::OriginData::Kind;

constexpr int iconSide = 16;

QString iconOf(Kind kind)
{
    switch (kind) {
    case Kind::Live:
        return QStringLiteral("live");
    case Kind::Snapshot:
        return QStringLiteral("snapshot");
    case Kind::Files:
        break;
    }
    return QStringLiteral("file");
}

// Ground and writing. The live one is the only green, the snapshot the only violet; files are grey.
std::pair<QColor, QColor> coloursOf(Kind kind)
{
    const bool isDark = theme().isDark;
    const QColor writing = isDark ? QColor(0x0B1420) : QColor(Qt::white);
    switch (kind) {
    case Kind::Live:
        return { isDark ? theme().pass : QColor(0x0F6F57), writing };
    case Kind::Snapshot:
        return { isDark ? theme().manual : QColor(0x5A50BC), writing };
    case Kind::Files:
        break;
    }
    return { theme().severity[4], theme().severityText[4] };
}

QString behind(const model::OriginData& origin)
{
    QString text = origin.age;
    if (!origin.proof.isEmpty())
        text += QStringLiteral("  \u00b7  ")
            + (origin.isSigned ? QCoreApplication::translate("OriginBadge", "signed") : origin.proof);
    return text;
}

} // namespace

OriginBadge::OriginBadge(QWidget* parent)
    : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    hide();
}

void OriginBadge::setOrigin(const model::OriginData& origin)
{
    m_origin = origin;
    setAccessibleName(origin.age.isEmpty() ? origin.badge : origin.badge + QStringLiteral(", ") + behind(origin));
    setAccessibleDescription(origin.details);
    setToolTip(QStringLiteral("<p style='white-space:pre'>%1</p>").arg(origin.details.toHtmlEscaped()));
    updateGeometry();
    update();
    show();
}

double OriginBadge::contrast(Kind kind)
{
    const auto [ground, writing] = coloursOf(kind);
    return contrastRatio(ground, writing);
}

QSize OriginBadge::sizeHint() const
{
    const QFontMetrics strong(widget::font(TextStyle::Strong));
    const QFontMetrics caption(widget::font(TextStyle::Caption));
    const QString rest = behind(m_origin);
    const int text = strong.horizontalAdvance(m_origin.badge);
    return QSize(12 + iconSide + 6 + text + 12 + (rest.isEmpty() ? 0 : caption.horizontalAdvance(rest) + 18), 30);
}

void OriginBadge::paintEvent(QPaintEvent*)
{
    const auto [ground, writing] = coloursOf(m_origin.kind);
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF whole = QRectF(rect()).adjusted(0.75, 0.75, -0.75, -0.75);
    const qreal round = whole.height() / 2;
    const QFontMetrics strong(widget::font(TextStyle::Strong));
    const int word = 12 + iconSide + 6 + strong.horizontalAdvance(m_origin.badge) + 12;
    painter.setPen(QPen(ground, 1.5));
    painter.setBrush(theme().surface);
    painter.drawRoundedRect(whole, round, round);
    painter.setPen(Qt::NoPen);
    painter.setBrush(ground);
    const QRectF head(whole.left(), whole.top(), word - 1, whole.height());
    painter.drawRoundedRect(head, round, round);
    painter.drawPixmap(
        12, (height() - iconSide) / 2, iconPixmap(iconOf(m_origin.kind), writing, iconSide, devicePixelRatioF()));
    painter.setPen(writing);
    painter.setFont(widget::font(TextStyle::Strong));
    painter.drawText(QRect(12 + iconSide + 6, 0, word, height()), Qt::AlignVCenter | Qt::AlignLeft, m_origin.badge);
    const QString rest = behind(m_origin);
    if (rest.isEmpty())
        return;
    painter.setFont(widget::font(TextStyle::Caption));
    painter.setPen(theme().text);
    painter.drawText(rect().adjusted(word + 6, 0, -8, 0), Qt::AlignVCenter | Qt::AlignLeft, rest);
}

} // namespace plimsoll::ui::shell
