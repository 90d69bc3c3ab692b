// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/report/pdf/Marks.h"
#include "core/report/pdf/PageSink.h"
#include "core/report/pdf/Theme.h"

namespace plimsoll::report::pdf {

// What stands on every page.
struct Furniture {
    std::string headLeft;
    std::string headRight;
    std::string footLeft;
};

// What the first pass found out for the second: how many pages there are and where the destinations are.
struct Plan {
    std::size_t pageCount = 0;
    std::map<std::string, std::size_t, std::less<>> pageOf; // 1-based
    std::vector<Bookmark> bookmarks;
};

struct Column {
    std::string title;
    double width = 0; // in points; 0 = what the others leave
    bool isRight = false;
    bool isMono = false;
};

struct Cell {
    std::string text {};
    std::optional<control::Severity> severity {}; // a chip with the letter before the text
    std::optional<Colour> dot {}; // a coloured dot before the text
    std::string destination {}; // makes the cell a link
    bool isBold = false;
};
using Row = std::vector<Cell>;

struct CodeLine {
    std::string text;
    bool isMarked = false;
    bool isSoft = false;
};

// Fills pages from the top down and breaks where it must: headings stay with what follows, tables repeat their heads,
// rows are never cut.
// Shape:  run the same content twice: first on a NullSink with an empty plan, then on the real sink with plan().
class Flow {
public:
    Flow(Shaper& shaper, PageSink& sink, Furniture furniture, const Plan& before);

    static constexpr double left = marginLeft;
    static constexpr double width = 595.28 - marginLeft - marginRight;

    void newPage();
    void need(double height); // a new page unless there is that much room
    void space(double height);
    double y() const { return m_y; }
    void setY(double y) { m_y = y; }
    std::size_t pageOf(std::string_view destination) const; // 0 in the first pass
    PageSink& sink() { return m_sink; }

    // Level 1 starts a page and becomes a bookmark, level 2 becomes a bookmark, level 3 neither. keep: the height of
    // what must follow on the same page.
    void heading(int level, std::string_view text, const std::string& destination, double keep = 60,
        std::optional<control::Severity> chip = std::nullopt);
    void paragraph(std::span<const Span> spans, double indent = 0, double after = 6);
    void paragraph(std::string_view text, const TextStyle& style = bodyStyle, double indent = 0, double after = 6);
    // Small heading of a part; keep: the height of what must follow on the same page.
    void label(std::string_view text, double keep = 50);
    void table(std::span<const Column> columns, std::size_t rowCount, const std::function<Row(std::size_t)>& row,
        double size = cellStyle.size);
    void code(std::span<const CodeLine> lines);
    double codeKeep(std::span<const CodeLine> lines); // the room that code() wants at least

    // Drawing at a place, without flow. textAt gives the height used.
    double textAt(double x, double y, double width, std::string_view text, const TextStyle& style);
    double textHeight(double width, std::string_view text, const TextStyle& style);
    void textRight(double right, double y, std::string_view text, const TextStyle& style);
    void chip(double x, double y, double size, control::Severity severity);

    void beginSection();
    void endSection();
    Plan finish(); // draws the last page; the flow is over

private:
    struct Prepared;
    Prepared prepare(std::span<const Column> columns, const Row& row, double size, bool isHead);
    void drawRow(std::span<const Column> columns, const Prepared& row, double size, bool isHead);
    void drawCell(const Column& column, const Prepared& row, std::size_t index, double x, double size);
    void endPage();
    void mark(std::string_view destination, double y);

    Shaper& m_shaper;
    PageSink& m_sink;
    Furniture m_furniture;
    const Plan& m_before;
    Plan m_plan;
    double m_y = contentTop;
    bool m_isPageOpen = false;
};

char letterOf(control::Severity severity);

} // namespace plimsoll::report::pdf
