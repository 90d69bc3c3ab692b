// SPDX-License-Identifier: Apache-2.0
#include "core/report/pdf/Flow.h"

#include <algorithm>
#include <cctype>

#include "core/base/Text.h"

namespace plimsoll::report::pdf {

namespace {

constexpr double cellPadX = 4;
constexpr double cellPadY = 2.4;
constexpr double gutter = 6; // between columns
// A cell longer than this is cut: hostile text must not make a row higher than a page.
constexpr std::size_t maxCellBytes = 900;

double chipWidth(double size)
{
    return size * 1.5 + 4;
}

double dotWidth(double size)
{
    return size * 1.1;
}

std::vector<Column> resolved(std::span<const Column> columns)
{
    std::vector<Column> out(columns.begin(), columns.end());
    double fixed = 0;
    double open = 0;
    for (const Column& column : out) {
        fixed += column.width;
        open += column.width == 0 ? 1 : 0;
    }
    for (Column& column : out) {
        if (column.width == 0)
            column.width = (Flow::width - fixed) / open;
    }
    return out;
}

} // namespace

char letterOf(control::Severity severity)
{
    return static_cast<char>(std::toupper(static_cast<unsigned char>(toText(severity).front())));
}

Flow::Flow(Shaper& shaper, PageSink& sink, Furniture furniture, const Plan& before)
    : m_shaper(shaper)
    , m_sink(sink)
    , m_furniture(std::move(furniture))
    , m_before(before)
{
    m_sink.begin(Tag::Document);
}

void Flow::endPage()
{
    constexpr TextStyle style { Face::Sans, 7.5, softInk };
    const double right = left + width;
    if (m_plan.pageCount > 1) {
        m_sink.begin(Tag::Paragraph);
        textAt(left, 34, width * 0.6, shortened(m_furniture.headLeft, 90), style);
        textRight(right, 34, m_furniture.headRight, style);
        m_sink.end(Tag::Paragraph);
        m_sink.line(left, 50, right, 50, 0.5, hairline);
    }
    m_sink.line(left, 800, right, 800, 0.5, hairline);
    m_sink.begin(Tag::Paragraph);
    textAt(left, 805, width * 0.75, m_furniture.footLeft, style);
    textRight(
        right, 805, "page " + std::to_string(m_plan.pageCount) + " of " + std::to_string(m_before.pageCount), style);
    m_sink.end(Tag::Paragraph);
    m_sink.endPage();
    m_isPageOpen = false;
}

void Flow::newPage()
{
    if (m_isPageOpen)
        endPage();
    m_sink.beginPage();
    ++m_plan.pageCount;
    m_isPageOpen = true;
    m_y = contentTop;
}

void Flow::need(double height)
{
    if (!m_isPageOpen || (m_y > contentTop && m_y + height > contentBottom))
        newPage();
}

void Flow::space(double height)
{
    if (m_y > contentTop)
        m_y += height;
}

void Flow::mark(std::string_view destination, double y)
{
    if (destination.empty())
        return;
    m_plan.pageOf.try_emplace(std::string(destination), m_plan.pageCount);
    m_sink.destination(destination, y);
}

std::size_t Flow::pageOf(std::string_view destination) const
{
    const auto found = m_before.pageOf.find(destination);
    return found == m_before.pageOf.end() ? 0 : found->second;
}

void Flow::heading(int level, std::string_view text, const std::string& destination, double keep,
    std::optional<control::Severity> chipSeverity)
{
    constexpr double sizes[] = { 19, 12.5, 10 };
    const double size = sizes[level - 1];
    const TextStyle style { Face::SansBold, size, level == 1 ? accent : ink };
    const double indent = chipSeverity ? chipWidth(size) + 3 : 0;
    const Span span { std::string(text), style };
    const ShapedText shaped = m_shaper.shape(std::span(&span, 1), width - indent);
    const double height = static_cast<double>(shaped->lineCount()) * lineHeight(size);
    if (level == 1)
        newPage();
    else
        need(height + keep);
    if (level > 1)
        space(level == 2 ? 16 : 8);
    mark(destination, m_y - 6);
    if (level <= 2)
        m_plan.bookmarks.push_back({ level, printable(text), destination });
    if (chipSeverity)
        chip(left, m_y + 1.5, size, *chipSeverity);
    const Tag tag = level == 1 ? Tag::Heading1 : level == 2 ? Tag::Heading2 : Tag::Heading3;
    m_sink.begin(tag);
    for (std::size_t line = 0; line < shaped->lineCount(); ++line)
        m_sink.text(left + indent, m_y + static_cast<double>(line) * lineHeight(size) + baseline(size), *shaped, line);
    m_sink.end(tag);
    m_y += height;
    if (level == 1) {
        m_sink.rect(left, m_y + 3, 42, 2.2, accent, 0);
        m_y += 16;
    } else {
        m_y += level == 2 ? 4 : 2;
    }
}

void Flow::paragraph(std::span<const Span> spans, double indent, double after)
{
    double size = 0;
    for (const Span& span : spans)
        size = std::max(size, span.style.size);
    const ShapedText shaped = m_shaper.shape(spans, width - indent);
    const std::size_t count = shaped->lineCount();
    const double height = lineHeight(size);
    // No line alone at the foot or head of a page.
    need(height * static_cast<double>(std::min<std::size_t>(count, 3)));
    m_sink.begin(Tag::Paragraph);
    for (std::size_t line = 0; line < count; ++line) {
        const std::size_t rest = count - line;
        const bool leavesOne = rest == 2 && m_y + 2 * height > contentBottom;
        if (m_y + height > contentBottom || leavesOne) {
            m_sink.end(Tag::Paragraph);
            newPage();
            m_sink.begin(Tag::Paragraph);
        }
        m_sink.text(left + indent, m_y + baseline(size), *shaped, line);
        m_y += height;
    }
    m_sink.end(Tag::Paragraph);
    m_y += after;
}

void Flow::paragraph(std::string_view text, const TextStyle& style, double indent, double after)
{
    const Span span { std::string(text), style };
    paragraph(std::span(&span, 1), indent, after);
}

void Flow::label(std::string_view text, double keep)
{
    need(20 + keep);
    space(4);
    m_sink.begin(Tag::Heading3);
    m_y += textAt(left, m_y, width, text, labelStyle) + 2;
    m_sink.end(Tag::Heading3);
}

struct Flow::Prepared {
    Row cells;
    std::vector<ShapedText> texts;
    double height = 0;
};

Flow::Prepared Flow::prepare(std::span<const Column> columns, const Row& row, double size, bool isHead)
{
    Prepared prepared { .cells = row, .texts = {}, .height = 0 };
    std::size_t lines = 1;
    for (std::size_t index = 0; index < columns.size(); ++index) {
        const Cell empty;
        const Cell& cell = index < row.size() ? row[index] : empty;
        const Column& column = columns[index];
        TextStyle style { column.isMono ? Face::Mono : Face::Sans, column.isMono ? size * 0.92 : size, ink };
        if (isHead)
            style = { Face::SansBold, size, accent };
        else if (cell.isBold)
            style.face = column.isMono ? Face::MonoBold : Face::SansBold;
        if (!cell.destination.empty())
            style.colour = accent;
        const double taken = cell.severity ? chipWidth(size) : cell.dot ? dotWidth(size) : 0;
        const double room = std::max(8.0, column.width - (column.isRight ? 2 : 1) * gutter - taken);
        const Span span { shortened(cell.text, maxCellBytes), style };
        prepared.texts.push_back(m_shaper.shape(std::span(&span, 1), room));
        lines = std::max(lines, prepared.texts.back()->lineCount());
    }
    const auto fitting = static_cast<std::size_t>((contentBottom - contentTop - 40) / cellLineHeight(size));
    prepared.height = static_cast<double>(std::min(lines, fitting)) * cellLineHeight(size) + 2 * cellPadY;
    return prepared;
}

void Flow::drawCell(const Column& column, const Prepared& row, std::size_t index, double x, double size)
{
    const Cell empty;
    const Cell& cell = index < row.cells.size() ? row.cells[index] : empty;
    const Shaped& text = *row.texts[index];
    double textLeft = x;
    if (cell.severity) {
        chip(x, m_y + cellPadY, size, *cell.severity);
        textLeft += chipWidth(size);
    } else if (cell.dot) {
        const double diameter = size * 0.72;
        m_sink.rect(
            x, m_y + cellPadY + (cellLineHeight(size) - diameter) / 2, diameter, diameter, *cell.dot, diameter / 2);
        textLeft += dotWidth(size);
    }
    for (std::size_t line = 0; line < text.lineCount(); ++line) {
        const double top = m_y + cellPadY + static_cast<double>(line) * cellLineHeight(size);
        if (top + cellLineHeight(size) > m_y + row.height + 0.1)
            break;
        const double start = column.isRight ? x + column.width - 2 * gutter - text.lineWidth(line) : textLeft;
        m_sink.text(start, top + cellLineHeight(size) / 2 + size * 0.36, text, line);
    }
    if (!cell.destination.empty())
        m_sink.link(x, m_y, column.width - gutter, row.height, cell.destination);
}

void Flow::drawRow(std::span<const Column> columns, const Prepared& row, double size, bool isHead)
{
    if (isHead)
        m_sink.rect(left, m_y, width, row.height, panel, 0);
    m_sink.begin(Tag::Row);
    double x = left + cellPadX;
    for (std::size_t index = 0; index < columns.size(); ++index) {
        const Tag tag = isHead ? Tag::HeadCell : Tag::Cell;
        m_sink.begin(tag);
        drawCell(columns[index], row, index, x, size);
        m_sink.end(tag);
        x += columns[index].width;
    }
    m_sink.end(Tag::Row);
    m_y += row.height;
    m_sink.line(left, m_y, left + width, m_y, isHead ? 0.8 : 0.4, isHead ? accent : hairline);
}

void Flow::table(
    std::span<const Column> given, std::size_t rowCount, const std::function<Row(std::size_t)>& row, double size)
{
    if (rowCount == 0)
        return;
    const std::vector<Column> columns = resolved(given);
    Row titles;
    for (const Column& column : columns)
        titles.push_back({ .text = column.title });
    const Prepared head = prepare(columns, titles, size, true);
    // A few rows stay together, of many at least two stay with the head.
    constexpr std::size_t fewRows = 5;
    double firstHeight = 0;
    for (std::size_t index = 0; index < (rowCount <= fewRows ? rowCount : 2); ++index)
        firstHeight += prepare(columns, row(index), size, false).height;
    Prepared next = prepare(columns, row(0), size, false);
    need(head.height + std::max(next.height, std::min(firstHeight, 160.0)));
    // A structure element per page: PDF/A-1 allows no array of more than 8,191 elements.
    m_sink.begin(Tag::Table);
    drawRow(columns, head, size, true);
    for (std::size_t index = 0; index < rowCount; ++index) {
        if (index > 0)
            next = prepare(columns, row(index), size, false);
        if (m_y + next.height > contentBottom) {
            m_sink.end(Tag::Table);
            newPage();
            m_sink.begin(Tag::Table);
            drawRow(columns, head, size, true);
        }
        drawRow(columns, next, size, false);
    }
    m_sink.end(Tag::Table);
    m_y += 10;
}

double Flow::codeKeep(std::span<const CodeLine> lines)
{
    // In one piece if that is not much of a page.
    return std::min(lineHeight(codeStyle.size) * static_cast<double>(lines.size()) + 8, 320.0);
}

void Flow::code(std::span<const CodeLine> lines)
{
    constexpr double padX = 9;
    const double height = lineHeight(codeStyle.size) - 0.6;
    need(codeKeep(lines));
    const auto bar = [&](double top, double barHeight) { m_sink.rect(left, top, width, barHeight, panel, 0); };
    bar(m_y, 4);
    m_y += 4;
    m_sink.begin(Tag::Code);
    for (const CodeLine& line : lines) {
        TextStyle style = codeStyle;
        if (line.isSoft)
            style.colour = softInk;
        if (line.isMarked)
            style.face = Face::MonoBold;
        const Span span { line.text, style };
        const ShapedText shaped = m_shaper.shape(std::span(&span, 1), width - 2 * padX);
        for (std::size_t part = 0; part < shaped->lineCount(); ++part) {
            if (m_y + height + 4 > contentBottom) {
                m_sink.end(Tag::Code);
                newPage();
                m_sink.begin(Tag::Code);
            }
            m_sink.rect(left, m_y, width, height + 0.1, line.isMarked ? marked : panel, 0);
            if (line.isMarked)
                m_sink.rect(left, m_y, 3, height + 0.1, failColour, 0);
            m_sink.text(left + padX, m_y + baseline(codeStyle.size) - 0.3, *shaped, part);
            m_y += height;
        }
    }
    m_sink.end(Tag::Code);
    bar(m_y, 4);
    m_y += 12;
}

double Flow::textAt(double x, double y, double room, std::string_view text, const TextStyle& style)
{
    const Span span { std::string(text), style };
    const ShapedText shaped = m_shaper.shape(std::span(&span, 1), room);
    for (std::size_t line = 0; line < shaped->lineCount(); ++line)
        m_sink.text(x, y + static_cast<double>(line) * lineHeight(style.size) + baseline(style.size), *shaped, line);
    return static_cast<double>(shaped->lineCount()) * lineHeight(style.size);
}

double Flow::textHeight(double room, std::string_view text, const TextStyle& style)
{
    const Span span { std::string(text), style };
    return static_cast<double>(m_shaper.shape(std::span(&span, 1), room)->lineCount()) * lineHeight(style.size);
}

void Flow::textRight(double right, double y, std::string_view text, const TextStyle& style)
{
    const Span span { std::string(text), style };
    const ShapedText shaped = m_shaper.shape(std::span(&span, 1), width);
    m_sink.text(right - shaped->lineWidth(0), y + baseline(style.size), *shaped, 0);
}

void Flow::chip(double x, double y, double size, control::Severity severity)
{
    const double side = size * 1.28;
    m_sink.rect(x, y, side, side, colourOf(severity), size * 0.22);
    const Span span { std::string(1, letterOf(severity)), { Face::SansBold, size * 0.9, white } };
    const ShapedText shaped = m_shaper.shape(std::span(&span, 1), 40);
    m_sink.text(x + (side - shaped->lineWidth(0)) / 2, y + side / 2 + size * 0.9 * 0.36, *shaped, 0);
}

void Flow::beginSection()
{
    m_sink.begin(Tag::Section);
}

void Flow::endSection()
{
    m_sink.end(Tag::Section);
}

Plan Flow::finish()
{
    if (m_isPageOpen)
        endPage();
    m_sink.end(Tag::Document);
    return std::move(m_plan);
}

} // namespace plimsoll::report::pdf
