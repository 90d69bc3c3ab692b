// SPDX-License-Identifier: Apache-2.0
#include "ui/widget/Charts.h"

#include <algorithm>

#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QPainterPath>
#include <QToolTip>

#include "ui/widget/Parts.h"
#include "ui/widget/Theme.h"

namespace plimsoll::ui::widget {

namespace {

constexpr int cellHeight = 48;
constexpr int cellGap = 4;
constexpr int cellLeast = 128;

} // namespace

StackedBar::StackedBar(QWidget* parent)
    : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void StackedBar::setParts(std::vector<Part> parts)
{
    m_parts = std::move(parts);
    QStringList texts;
    for (const Part& part : m_parts)
        texts.append(part.name + QLatin1Char(' ') + grouped(part.value));
    setAccessibleName(texts.join(QStringLiteral(", ")));
    setToolTip(texts.join(QStringLiteral("\n")));
    update();
}

void StackedBar::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    quint64 total = 0;
    for (const Part& part : m_parts)
        total += part.value;
    QPainterPath outline;
    outline.addRoundedRect(QRectF(rect()), 4, 4);
    painter.setClipPath(outline);
    painter.fillRect(rect(), theme().border);
    if (total == 0)
        return;
    qreal x = 0;
    for (const Part& part : m_parts) {
        if (part.value == 0)
            continue;
        // At least three pixels: one failure among hundreds must not vanish.
        const qreal share = std::max<qreal>(3, width() * static_cast<qreal>(part.value) / static_cast<qreal>(total));
        const QRectF area(x, 0, share, height());
        painter.fillRect(area, part.colour);
        if (part.fill != Fill::Plain) {
            QColor ink = theme().surface;
            ink.setAlphaF(0.55F);
            painter.fillRect(area, QBrush(ink, part.fill == Fill::Hatched ? Qt::BDiagPattern : Qt::Dense6Pattern));
        }
        x += share;
        painter.fillRect(QRectF(x - 1, 0, 1, height()), theme().surface);
    }
}

HeatStrip::HeatStrip(QWidget* parent)
    : QWidget(parent)
{
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Minimum);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
}

void HeatStrip::setCells(std::vector<Cell> cells)
{
    m_cells = std::move(cells);
    m_current = -1;
    m_rects = layOut(width());
    updateGeometry();
    update();
}

QSize HeatStrip::sizeHint() const
{
    return QSize(200, heightForWidth(std::max(200, width())));
}

int HeatStrip::heightForWidth(int width) const
{
    const std::vector<QRect> rects = layOut(width);
    return rects.empty() ? cellHeight : rects.back().bottom() + 1;
}

// Lines of equal cells in the given order.
std::vector<QRect> HeatStrip::layOut(int width) const
{
    std::vector<QRect> rects;
    const auto perLine = static_cast<std::size_t>(std::max(1, (width + cellGap) / (cellLeast + cellGap)));
    int y = 0;
    for (std::size_t first = 0; first < m_cells.size(); first += perLine) {
        const std::size_t last = std::min(m_cells.size(), first + perLine);
        const auto columns = static_cast<int>(std::min(perLine, std::max<std::size_t>(6, m_cells.size())));
        for (std::size_t cell = first; cell < last; ++cell) {
            const int column = static_cast<int>(cell - first);
            const int left = column * (width + cellGap) / columns;
            const int right = (column + 1) * (width + cellGap) / columns - cellGap;
            rects.emplace_back(left, y, right - left, cellHeight);
        }
        y += cellHeight + cellGap;
    }
    return rects;
}

void HeatStrip::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QFont strong = widget::font(TextStyle::Strong);
    const QFont caption = widget::font(TextStyle::Caption);
    int heaviest = 1;
    for (const Cell& cell : m_cells)
        heaviest = std::max(heaviest, cell.weight);
    for (std::size_t index = 0; index < m_cells.size() && index < m_rects.size(); ++index) {
        const Cell& cell = m_cells[index];
        const QRectF area = QRectF(m_rects[index]).adjusted(0.5, 0.5, -0.5, -0.5);
        const bool isCurrent = static_cast<int>(index) == m_current;
        painter.setPen(QPen(isCurrent ? theme().accent : theme().border, isCurrent ? 2 : 1));
        painter.setBrush(theme().surfaceAlt);
        painter.drawRoundedRect(area, 6, 6);
        const QColor colour = cell.severity < 0 ? theme().pass : theme().severity[std::min(cell.severity, 4)];
        painter.save();
        QPainterPath clip;
        clip.addRoundedRect(area, 6, 6);
        painter.setClipPath(clip);
        painter.fillRect(QRectF(area.left(), area.top(), 6, area.height()), colour);
        painter.restore();
        // How much runs there: a bar at the foot, as long as the namespace has workloads.
        const qreal share = static_cast<qreal>(cell.weight) / heaviest;
        painter.fillRect(
            QRectF(area.left() + 14, area.bottom() - 4, (area.width() - 24) * share, 2), theme().borderStrong);
        const QRectF text = area.adjusted(14, 4, -8, -7);
        painter.setPen(theme().text);
        painter.setFont(strong);
        painter.drawText(text, Qt::AlignTop | Qt::AlignLeft,
            painter.fontMetrics().elidedText(cell.text, Qt::ElideMiddle, static_cast<int>(text.width())));
        painter.setFont(caption);
        painter.setPen(theme().textMuted);
        const QString below = cell.severity < 0
            ? tr("no findings")
            : severityName(cell.severity).left(1) + QStringLiteral(" \u00b7 ") + grouped(cell.count);
        painter.drawText(text, Qt::AlignBottom | Qt::AlignLeft, below);
    }
}

void HeatStrip::resizeEvent(QResizeEvent*)
{
    m_rects = layOut(width());
}

int HeatStrip::cellAt(const QPoint& position) const
{
    const auto found = std::ranges::find_if(m_rects, [&](const QRect& rect) { return rect.contains(position); });
    return found == m_rects.end() ? -1 : static_cast<int>(found - m_rects.begin());
}

void HeatStrip::mouseMoveEvent(QMouseEvent* event)
{
    const int cell = cellAt(event->pos());
    setCursor(cell < 0 ? Qt::ArrowCursor : Qt::PointingHandCursor);
    if (cell != m_current) {
        m_current = cell;
        update();
    }
}

void HeatStrip::leaveEvent(QEvent*)
{
    m_current = -1;
    update();
}

void HeatStrip::mouseReleaseEvent(QMouseEvent* event)
{
    const int cell = cellAt(event->pos());
    if (event->button() == Qt::LeftButton && cell >= 0)
        Q_EMIT cellClicked(m_cells[static_cast<std::size_t>(cell)].id);
}

void HeatStrip::focusInEvent(QFocusEvent*)
{
    if (m_current < 0 && !m_cells.empty())
        m_current = 0;
    update();
}

void HeatStrip::keyPressEvent(QKeyEvent* event)
{
    const int last = static_cast<int>(m_cells.size()) - 1;
    if (event->key() == Qt::Key_Right || event->key() == Qt::Key_Left) {
        m_current = std::clamp(m_current + (event->key() == Qt::Key_Right ? 1 : -1), last < 0 ? -1 : 0, last);
        update();
    } else if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Space) && m_current >= 0) {
        Q_EMIT cellClicked(m_cells[static_cast<std::size_t>(m_current)].id);
    } else {
        QWidget::keyPressEvent(event);
    }
}

bool HeatStrip::event(QEvent* event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const int index = cellAt(help->pos());
        if (index >= 0) {
            const Cell& cell = m_cells[static_cast<std::size_t>(index)];
            QToolTip::showText(help->globalPos(),
                tr("%1\n%2 findings, %3 workloads")
                    .arg(cell.text, grouped(cell.count))
                    .arg(cell.weight)
                    .toHtmlEscaped(),
                this);
        } else {
            QToolTip::hideText();
        }
        return true;
    }
    return QWidget::event(event);
}

} // namespace plimsoll::ui::widget

#include "moc_Charts.cpp"
