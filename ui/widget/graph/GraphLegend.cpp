// SPDX-License-Identifier: Apache-2.0
#include "ui/widget/graph/GraphLegend.h"

#include <QAbstractButton>
#include <QFontMetrics>
#include <QPainter>

#include "ui/widget/Parts.h"
#include "ui/widget/Theme.h"
#include "ui/widget/graph/GraphPainter.h"

namespace plimsoll::ui::widget::graph {

namespace {

constexpr int iconSide = 15;
constexpr int chipHeight = 24;

// One kind: pictogram, name and how many are drawn; struck out when it is taken away.
class KindChip : public QAbstractButton {
public:
    KindChip(const KindLook& look, const GraphLegend::Row& row, QWidget* parent)
        : QAbstractButton(parent)
        , m_look(look)
        , m_row(row)
    {
        setCheckable(true);
        setChecked(row.isOn);
        setFocusPolicy(Qt::TabFocus);
        setCursor(Qt::PointingHandCursor);
        setText(row.isOn ? QStringLiteral("%1  %2").arg(look.name).arg(row.count) : look.name);
        setAccessibleName(GraphLegend::tr("Show %1").arg(look.name));
        setToolTip(row.isOn ? GraphLegend::tr("Hide %1").arg(look.name) : GraphLegend::tr("Show %1").arg(look.name));
    }
    QSize sizeHint() const override
    {
        const int wide = QFontMetrics(widget::font(TextStyle::Caption)).horizontalAdvance(text());
        return { space::s + iconSide + 6 + wide + space::s, chipHeight };
    }
    int kind() const { return m_row.kind; }

protected:
    void paintEvent(QPaintEvent*) override
    {
        const Theme& colors = theme();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const QRectF frame = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
        painter.setPen(QPen(hasFocus() ? colors.accent : colors.border, 1));
        painter.setBrush(!m_row.isOn ? colors.window : underMouse() ? colors.accentSoft : colors.surface);
        painter.drawRoundedRect(frame, chipHeight / 2.0, chipHeight / 2.0);
        const QRectF icon(space::s, (height() - iconSide) / 2.0, iconSide, iconSide);
        paintIcon(painter, m_look.icon, icon, m_row.isOn ? kindColor(m_look) : colors.textMuted);
        QFont caption = widget::font(TextStyle::Caption);
        caption.setStrikeOut(!m_row.isOn);
        painter.setFont(caption);
        painter.setPen(m_row.isOn ? colors.text : colors.textMuted);
        painter.drawText(QRectF(icon.right() + 6, 0, width(), height()), Qt::AlignVCenter | Qt::AlignLeft, text());
    }

private:
    KindLook m_look;
    GraphLegend::Row m_row;
};

} // namespace

GraphLegend::GraphLegend(QWidget* parent)
    : QWidget(parent)
    , m_layout(new FlowLayout(6, this))
{
    setAccessibleName(tr("Kinds shown in the graph"));
    m_layout->setContentsMargins(0, 0, 0, 0);
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
}

void GraphLegend::setRows(const std::vector<KindLook>& looks, const std::vector<Row>& rows)
{
    if (rows == m_rows)
        return;
    m_looks = looks;
    m_rows = rows;
    rebuild();
}

void GraphLegend::rebuild()
{
    int focused = -1;
    for (QLayoutItem* item = m_layout->takeAt(0); item != nullptr; item = m_layout->takeAt(0)) {
        auto* chip = static_cast<KindChip*>(item->widget());
        if (chip->hasFocus())
            focused = chip->kind();
        chip->hide();
        chip->deleteLater(); // one of them may be what was just pressed
        delete item;
    }
    for (const Row& row : m_rows) {
        auto* chip = new KindChip(m_looks[static_cast<std::size_t>(row.kind)], row, this);
        connect(
            chip, &QAbstractButton::toggled, this, [this, kind = row.kind](bool on) { Q_EMIT kindToggled(kind, on); });
        m_layout->addWidget(chip);
        chip->show();
        if (row.kind == focused)
            chip->setFocus();
    }
    m_layout->invalidate();
    updateGeometry();
}

} // namespace plimsoll::ui::widget::graph

#include "moc_GraphLegend.cpp"
