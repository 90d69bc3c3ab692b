// SPDX-License-Identifier: Apache-2.0
#include "ui/view/network/MatrixView.h"

#include <algorithm>
#include <array>

#include <QAccessible>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>
#include <QToolTip>

#include "ui/widget/Theme.h"

namespace plimsoll::ui::view {

namespace {

using model::CellState;
using widget::TextStyle;
using widget::theme;

constexpr int wideCell = 80; // from here on column names are written level
constexpr int longestHeader = 230;
constexpr int highestHeader = 150;
constexpr std::array legendStates { CellState::None, CellState::Some, CellState::All, CellState::Open,
    CellState::Unknown, CellState::Empty };

QColor mixedColour(const QColor& front, const QColor& back, double share)
{
    const auto mix = [share](int a, int b) { return static_cast<int>(a * share + b * (1 - share)); };
    return { mix(front.red(), back.red()), mix(front.green(), back.green()), mix(front.blue(), back.blue()) };
}

double shareOf(const network::Cell& cell)
{
    return cell.pairs == 0 ? 0 : static_cast<double>(cell.allowed) / static_cast<double>(cell.pairs);
}

QColor signColour(CellState state)
{
    switch (state) {
    case CellState::Open:
        return theme().severity[1];
    case CellState::Some:
    case CellState::All:
        return theme().accent;
    default:
        return theme().textMuted;
    }
}

} // namespace

QColor cellPaper(CellState state, double share)
{
    const double strength = theme().isDark ? 0.36 : 0.26;
    switch (state) {
    case CellState::Empty:
        return theme().window;
    case CellState::Open:
        return mixedColour(theme().severity[1], theme().surface, strength * 0.8);
    case CellState::Some:
    case CellState::All:
        return mixedColour(theme().accent, theme().surface, strength * (0.25 + 0.75 * share));
    case CellState::Unknown:
        return theme().surfaceAlt;
    case CellState::None:
        break;
    }
    return theme().surface;
}

void paintCellSign(QPainter& painter, const QRectF& square, CellState state, double share)
{
    const QColor ink = signColour(state);
    const QRectF circle(square.center().x() - 5, square.center().y() - 5, 10, 10);
    painter.setBrush(Qt::NoBrush);
    switch (state) {
    case CellState::Empty:
        break;
    case CellState::None:
        painter.setPen(QPen(ink, 1.6));
        painter.drawLine(QPointF(square.center().x() - 4, square.center().y()),
            QPointF(square.center().x() + 4, square.center().y()));
        break;
    case CellState::Some:
        painter.setPen(QPen(ink, 1.5));
        painter.drawEllipse(circle);
        painter.setPen(Qt::NoPen);
        painter.setBrush(ink);
        // At least a slice, never a full circle: that is "all".
        painter.drawPie(circle, 90 * 16, -static_cast<int>(std::clamp(share, 0.12, 0.88) * 360 * 16));
        break;
    case CellState::All:
        painter.setPen(Qt::NoPen);
        painter.setBrush(ink);
        painter.drawEllipse(circle);
        break;
    case CellState::Open: {
        const QPointF c = square.center();
        const QPointF corners[] { c + QPointF(0, -6), c + QPointF(6, 0), c + QPointF(0, 6), c + QPointF(-6, 0) };
        painter.setPen(QPen(ink, 1.8));
        painter.drawPolygon(corners, 4);
        break;
    }
    case CellState::Unknown:
        painter.setPen(ink);
        painter.setFont(widget::font(TextStyle::Strong));
        painter.drawText(square, Qt::AlignCenter, QStringLiteral("?"));
        break;
    }
}

MatrixView::MatrixView(QWidget* parent)
    : QAbstractScrollArea(parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setFrameShape(QFrame::NoFrame);
    setCornerWidget(new QWidget(this)); // without it the style draws a frame there
    viewport()->setMouseTracking(true);
    viewport()->setAutoFillBackground(false);
}

void MatrixView::setAxes(QStringList rows, QStringList columns, Source source, int cellWidth)
{
    m_rows = std::move(rows);
    m_columns = std::move(columns);
    m_source = std::move(source);
    m_cellWidth = cellWidth;
    const QFontMetrics metrics(widget::font(TextStyle::Body));
    m_cellHeight = std::max(28, metrics.height() + 10);
    // The longest of the first names: measuring ten thousand would be felt.
    const auto longest = [&](const QStringList& names) {
        int wide = 60;
        for (const QString& name : names.mid(0, 500))
            wide = std::max(wide, metrics.horizontalAdvance(name) + 22);
        return wide;
    };
    m_headerWidth = std::min(longest(m_rows), longestHeader);
    m_headerHeight = cellWidth >= wideCell ? metrics.height() + 16 : std::min(longest(m_columns), highestHeader);
    m_row = m_column = m_hoverRow = m_hoverColumn = -1;
    horizontalScrollBar()->setValue(0);
    verticalScrollBar()->setValue(0);
    setOrder({}, {});
}

void MatrixView::setOrder(std::vector<std::uint32_t> rows, std::vector<std::uint32_t> columns)
{
    const int row = currentRow(), column = currentColumn();
    m_rowOrder = std::move(rows);
    m_columnOrder = std::move(columns);
    const auto placeOf = [](const std::vector<std::uint32_t>& order, int index) {
        const auto found = std::ranges::find(order, static_cast<std::uint32_t>(index));
        return index < 0 || found == order.end() ? -1 : static_cast<int>(found - order.begin());
    };
    m_row = placeOf(m_rowOrder, row);
    m_column = placeOf(m_columnOrder, column);
    if (m_row < 0 || m_column < 0)
        m_row = m_column = -1;
    m_hoverRow = m_hoverColumn = -1;
    updateGeometries();
    viewport()->update();
    Q_EMIT visibleRowsChanged();
}

void MatrixView::cellsChanged()
{
    viewport()->update();
}

int MatrixView::currentRow() const
{
    return m_row < 0 ? -1 : static_cast<int>(rowIndex(m_row));
}

int MatrixView::currentColumn() const
{
    return m_column < 0 ? -1 : static_cast<int>(columnIndex(m_column));
}

int MatrixView::firstRow() const
{
    return std::clamp(verticalScrollBar()->value() / m_cellHeight, 0, shownRows());
}

int MatrixView::lastRow() const
{
    const int bottom = verticalScrollBar()->value() + viewport()->height() - m_headerHeight;
    return std::clamp(bottom / m_cellHeight + 1, 0, shownRows());
}

int MatrixView::firstColumn() const
{
    return std::clamp(horizontalScrollBar()->value() / m_cellWidth, 0, shownColumns());
}

int MatrixView::lastColumn() const
{
    const int right = horizontalScrollBar()->value() + viewport()->width() - m_headerWidth;
    return std::clamp(right / m_cellWidth + 1, 0, shownColumns());
}

std::vector<std::uint32_t> MatrixView::visibleRows() const
{
    constexpr int around = 6;
    std::vector<std::uint32_t> out;
    const auto add = [&](int first, int last) {
        for (int row = std::max(0, first); row < std::min(shownRows(), last); ++row)
            out.push_back(rowIndex(row));
    };
    add(firstRow(), lastRow());
    add(lastRow(), lastRow() + around);
    add(firstRow() - around, firstRow());
    return out;
}

QRect MatrixView::cellRect(int row, int column) const
{
    return { m_headerWidth + column * m_cellWidth - horizontalScrollBar()->value(),
        m_headerHeight + row * m_cellHeight - verticalScrollBar()->value(), m_cellWidth, m_cellHeight };
}

void MatrixView::updateGeometries()
{
    const QSize room = viewport()->size() - QSize(m_headerWidth, m_headerHeight);
    verticalScrollBar()->setRange(0, std::max(0, shownRows() * m_cellHeight - room.height()));
    verticalScrollBar()->setPageStep(std::max(1, room.height()));
    verticalScrollBar()->setSingleStep(m_cellHeight);
    horizontalScrollBar()->setRange(0, std::max(0, shownColumns() * m_cellWidth - room.width()));
    horizontalScrollBar()->setPageStep(std::max(1, room.width()));
    horizontalScrollBar()->setSingleStep(m_cellWidth);
}

void MatrixView::resizeEvent(QResizeEvent*)
{
    updateGeometries();
    Q_EMIT visibleRowsChanged();
}

void MatrixView::scrollContentsBy(int, int)
{
    viewport()->update(); // the headers stay, so moving pixels would not do
    Q_EMIT visibleRowsChanged();
}

void MatrixView::paintEvent(QPaintEvent*)
{
    QPainter painter(viewport());
    painter.fillRect(viewport()->rect(), theme().window);
    painter.setRenderHint(QPainter::Antialiasing);
    m_painted = 0;
    painter.save();
    painter.setClipRect(QRect(m_headerWidth, m_headerHeight, viewport()->width(), viewport()->height()));
    paintCells(painter);
    painter.restore();
    paintHeaders(painter);
}

void MatrixView::paintCells(QPainter& painter)
{
    for (int row = firstRow(); row < lastRow(); ++row) {
        for (int column = firstColumn(); column < lastColumn(); ++column)
            paintCell(painter, row, column, cellRect(row, column));
    }
    if (m_row < 0)
        return;
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(theme().accent, hasFocus() ? 2 : 1.2));
    painter.drawRect(QRectF(cellRect(m_row, m_column)).adjusted(1, 1, -2, -2));
}

void MatrixView::paintCell(QPainter& painter, int row, int column, const QRect& place)
{
    ++m_painted;
    const QRectF paper = QRectF(place).adjusted(0, 0, -1, -1);
    const network::Cell* cell = m_source.cell ? m_source.cell(rowIndex(row), columnIndex(column)) : nullptr;
    const CellState state = cell ? model::stateOf(*cell) : CellState::Empty;
    const double share = cell ? shareOf(*cell) : 0;
    painter.fillRect(paper, cell ? cellPaper(state, share) : theme().surfaceAlt);
    if (state == CellState::Unknown)
        painter.fillRect(paper, QBrush(theme().border, Qt::BDiagPattern));
    if (row == m_hoverRow || column == m_hoverColumn || row == m_row || column == m_column) {
        QColor veil = theme().accent;
        veil.setAlpha(row == m_hoverRow || column == m_hoverColumn ? 22 : 14);
        painter.fillRect(paper, veil);
    }
    if (!cell) {
        painter.setPen(theme().border);
        painter.drawPoint(place.center());
        return;
    }
    const QString text = m_source.label ? m_source.label(rowIndex(row), columnIndex(column)) : QString();
    if (text.isEmpty() || m_cellWidth < wideCell) {
        paintCellSign(painter, paper, state, share);
        return;
    }
    paintCellSign(painter, QRectF(paper.left() + 2, paper.top(), 20, paper.height()), state, share);
    painter.setFont(widget::font(TextStyle::Caption));
    painter.setPen(theme().text);
    const QRect room = place.adjusted(24, 0, -4, 0);
    painter.drawText(
        room, Qt::AlignVCenter | Qt::AlignLeft, painter.fontMetrics().elidedText(text, Qt::ElideRight, room.width()));
}

void MatrixView::paintColumnHeader(QPainter& painter, int column, const QRect& place)
{
    const bool isCurrent = column == m_column || column == m_hoverColumn;
    if (isCurrent)
        painter.fillRect(place.adjusted(0, 0, -1, -1), theme().selection);
    painter.setFont(widget::font(column == m_column ? TextStyle::Strong : TextStyle::Body));
    painter.setPen(isCurrent ? theme().text : theme().textMuted);
    const QString& name = m_columns[static_cast<qsizetype>(columnIndex(column))];
    if (m_cellWidth >= wideCell) {
        painter.drawText(place.adjusted(6, 0, -6, 0), Qt::AlignVCenter | Qt::AlignLeft,
            painter.fontMetrics().elidedText(name, Qt::ElideMiddle, place.width() - 12));
        return;
    }
    painter.save();
    painter.translate(place.left(), place.bottom() - 6);
    painter.rotate(-90);
    painter.drawText(QRect(0, 0, place.height() - 12, place.width()), Qt::AlignVCenter | Qt::AlignLeft,
        painter.fontMetrics().elidedText(name, Qt::ElideMiddle, place.height() - 12));
    painter.restore();
}

void MatrixView::paintHeaders(QPainter& painter)
{
    const int width = viewport()->width(), height = viewport()->height();
    painter.fillRect(QRect(0, 0, width, m_headerHeight), theme().window);
    painter.fillRect(QRect(0, 0, m_headerWidth, height), theme().window);
    painter.save();
    painter.setClipRect(QRect(m_headerWidth, 0, width, m_headerHeight));
    for (int column = firstColumn(); column < lastColumn(); ++column)
        paintColumnHeader(painter, column, QRect(cellRect(0, column).left(), 0, m_cellWidth, m_headerHeight));
    painter.restore();
    painter.save();
    painter.setClipRect(QRect(0, m_headerHeight, m_headerWidth, height));
    for (int row = firstRow(); row < lastRow(); ++row) {
        const QRect place(0, cellRect(row, 0).top(), m_headerWidth, m_cellHeight);
        const bool isCurrent = row == m_row || row == m_hoverRow;
        if (isCurrent)
            painter.fillRect(place.adjusted(0, 0, -1, -1), theme().selection);
        painter.setFont(widget::font(row == m_row ? TextStyle::Strong : TextStyle::Body));
        painter.setPen(isCurrent ? theme().text : theme().textMuted);
        painter.drawText(place.adjusted(6, 0, -10, 0), Qt::AlignVCenter | Qt::AlignRight,
            painter.fontMetrics().elidedText(
                m_rows[static_cast<qsizetype>(rowIndex(row))], Qt::ElideMiddle, place.width() - 16));
    }
    painter.restore();
    painter.setFont(widget::font(TextStyle::Caption));
    painter.setPen(theme().textMuted);
    const QRect corner(0, 0, m_headerWidth - 10, m_headerHeight - 6);
    painter.drawText(corner, Qt::AlignRight | Qt::AlignBottom,
        m_headerHeight > 50 ? tr("from \u2193\nto \u2192") : tr("from \u2193  to \u2192"));
}

bool MatrixView::cellAt(const QPoint& place, int* row, int* column) const
{
    if (place.x() < m_headerWidth || place.y() < m_headerHeight)
        return false;
    *column = (place.x() - m_headerWidth + horizontalScrollBar()->value()) / m_cellWidth;
    *row = (place.y() - m_headerHeight + verticalScrollBar()->value()) / m_cellHeight;
    return *row < shownRows() && *column < shownColumns();
}

QString MatrixView::toldAt(int row, int column) const
{
    const std::uint32_t from = rowIndex(row), to = columnIndex(column);
    QString out
        = m_rows[static_cast<qsizetype>(from)] + QStringLiteral(" \u2192 ") + m_columns[static_cast<qsizetype>(to)];
    const network::Cell* cell = m_source.cell ? m_source.cell(from, to) : nullptr;
    if (!cell)
        return out;
    out += QLatin1Char('\n') + model::stateText(model::stateOf(*cell)) + QLatin1Char('\n') + model::cellText(*cell);
    const QString more = m_source.told ? m_source.told(from, to) : QString();
    return more.isEmpty() ? out : out + QLatin1Char('\n') + more;
}

bool MatrixView::viewportEvent(QEvent* event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        int row = 0, column = 0;
        QString told;
        if (cellAt(help->pos(), &row, &column))
            told = toldAt(row, column);
        else if (help->pos().x() < m_headerWidth && help->pos().y() >= m_headerHeight) {
            const int at = (help->pos().y() - m_headerHeight + verticalScrollBar()->value()) / m_cellHeight;
            told = at < shownRows() ? m_rows[static_cast<qsizetype>(rowIndex(at))] : QString();
        } else if (help->pos().y() < m_headerHeight && help->pos().x() >= m_headerWidth) {
            const int at = (help->pos().x() - m_headerWidth + horizontalScrollBar()->value()) / m_cellWidth;
            told = at < shownColumns() ? m_columns[static_cast<qsizetype>(columnIndex(at))] : QString();
        }
        if (told.isEmpty())
            QToolTip::hideText();
        else
            QToolTip::showText(help->globalPos(),
                QLatin1String("<qt>") + told.toHtmlEscaped().replace(QLatin1Char('\n'), QLatin1String("<br>")),
                viewport());
        return true;
    }
    if (event->type() == QEvent::Leave && m_hoverRow >= 0) {
        m_hoverRow = m_hoverColumn = -1;
        viewport()->update();
    }
    return QAbstractScrollArea::viewportEvent(event);
}

void MatrixView::setCurrent(int row, int column)
{
    if (shownRows() == 0 || shownColumns() == 0)
        return;
    row = std::clamp(row, 0, shownRows() - 1);
    column = std::clamp(column, 0, shownColumns() - 1);
    const bool isNew = row != m_row || column != m_column;
    m_row = row;
    m_column = column;
    ensureVisible(row, column);
    viewport()->update();
    if (!isNew)
        return;
    setAccessibleDescription(toldAt(row, column));
    QAccessibleEvent told(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&told);
    Q_EMIT currentChanged(currentRow(), currentColumn());
}

void MatrixView::ensureVisible(int row, int column)
{
    const auto bring = [](QScrollBar* bar, int from, int size, int room) {
        if (from < bar->value())
            bar->setValue(from);
        else if (from + size > bar->value() + room)
            bar->setValue(from + size - room);
    };
    bring(verticalScrollBar(), row * m_cellHeight, m_cellHeight, viewport()->height() - m_headerHeight);
    bring(horizontalScrollBar(), column * m_cellWidth, m_cellWidth, viewport()->width() - m_headerWidth);
}

void MatrixView::mousePressEvent(QMouseEvent* event)
{
    int row = 0, column = 0;
    if (event->button() == Qt::LeftButton && cellAt(event->pos(), &row, &column))
        setCurrent(row, column);
}

void MatrixView::mouseDoubleClickEvent(QMouseEvent* event)
{
    int row = 0, column = 0;
    if (event->button() == Qt::LeftButton && cellAt(event->pos(), &row, &column))
        Q_EMIT activated(static_cast<int>(rowIndex(row)), static_cast<int>(columnIndex(column)));
}

void MatrixView::mouseMoveEvent(QMouseEvent* event)
{
    int row = -1, column = -1;
    if (!cellAt(event->pos(), &row, &column))
        row = column = -1;
    if (row == m_hoverRow && column == m_hoverColumn)
        return;
    m_hoverRow = row;
    m_hoverColumn = column;
    viewport()->update();
}

void MatrixView::keyPressEvent(QKeyEvent* event)
{
    const bool isAll = event->modifiers().testFlag(Qt::ControlModifier);
    const int rowsOfPage = std::max(1, (viewport()->height() - m_headerHeight) / m_cellHeight - 1);
    switch (event->key()) {
    case Qt::Key_Left:
        return setCurrent(std::max(0, m_row), m_column - 1);
    case Qt::Key_Right:
        return setCurrent(std::max(0, m_row), m_column + 1);
    case Qt::Key_Up:
        return setCurrent(m_row - 1, std::max(0, m_column));
    case Qt::Key_Down:
        return setCurrent(m_row + 1, std::max(0, m_column));
    case Qt::Key_PageUp:
        return setCurrent(m_row - rowsOfPage, m_column);
    case Qt::Key_PageDown:
        return setCurrent(m_row + rowsOfPage, m_column);
    case Qt::Key_Home:
        return setCurrent(isAll ? 0 : m_row, 0);
    case Qt::Key_End:
        return setCurrent(isAll ? shownRows() - 1 : m_row, shownColumns() - 1);
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (m_row >= 0)
            Q_EMIT activated(currentRow(), currentColumn());
        return;
    case Qt::Key_Backspace:
    case Qt::Key_Escape:
        Q_EMIT backRequested();
        return;
    default:
        QAbstractScrollArea::keyPressEvent(event);
    }
}

void MatrixView::focusInEvent(QFocusEvent* event)
{
    QAbstractScrollArea::focusInEvent(event);
    viewport()->update();
}

void MatrixView::focusOutEvent(QFocusEvent* event)
{
    QAbstractScrollArea::focusOutEvent(event);
    viewport()->update();
}

MatrixLegend::MatrixLegend(QWidget* parent)
    : QWidget(parent)
{
    QStringList names;
    for (const CellState state : legendStates)
        names.append(model::stateText(state));
    setAccessibleName(tr("Signs of the matrix: %1").arg(names.join(QStringLiteral(", "))));
}

QSize MatrixLegend::sizeHint() const
{
    const QFontMetrics metrics(widget::font(TextStyle::Caption));
    int wide = 0;
    for (const CellState state : legendStates)
        wide += 26 + metrics.horizontalAdvance(model::stateText(state)) + 18;
    return { wide, std::max(24, metrics.height() + 6) };
}

void MatrixLegend::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    int x = 0;
    for (const CellState state : legendStates) {
        const QRectF square(x, height() / 2.0 - 10, 20, 20);
        painter.fillRect(square, cellPaper(state, state == CellState::Some ? 0.5 : 1));
        if (state == CellState::Unknown)
            painter.fillRect(square, QBrush(theme().border, Qt::BDiagPattern));
        painter.setPen(theme().border);
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(square);
        paintCellSign(painter, square, state, 0.5);
        painter.setFont(widget::font(TextStyle::Caption));
        painter.setPen(theme().textMuted);
        const QString name = model::stateText(state);
        const int wide = painter.fontMetrics().horizontalAdvance(name);
        painter.drawText(QRect(x + 26, 0, wide + 4, height()), Qt::AlignVCenter | Qt::AlignLeft, name);
        x += 26 + wide + 18;
    }
}

} // namespace plimsoll::ui::view
