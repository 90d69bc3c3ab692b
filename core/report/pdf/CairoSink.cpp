// SPDX-License-Identifier: Apache-2.0
#include "core/report/pdf/CairoSink.h"

#include <numbers>

#include <cairo-pdf.h>
#include <pango/pangocairo.h>

#include "core/report/pdf/PangoShaper.h"

namespace plimsoll::report::pdf {

namespace {

const char* nameOf(Tag tag)
{
    switch (tag) {
    case Tag::Document:
        return "Document";
    case Tag::Section:
        return "Sect";
    case Tag::Heading1:
        return "H1";
    case Tag::Heading2:
        return "H2";
    case Tag::Heading3:
        return "H3";
    case Tag::Paragraph:
        return "P";
    case Tag::Table:
        return "Table";
    case Tag::Row:
        return "TR";
    case Tag::HeadCell:
        return "TH";
    case Tag::Cell:
        return "TD";
    case Tag::Code:
        return "Code";
    case Tag::Contents:
        return "TOC";
    case Tag::ContentsItem:
        return "TOCI";
    }
    return "P";
}

cairo_status_t append(void* closure, const unsigned char* data, unsigned length)
{
    static_cast<std::string*>(closure)->append(reinterpret_cast<const char*>(data), length);
    return CAIRO_STATUS_SUCCESS;
}

void setColour(cairo_t* cairo, Colour colour)
{
    cairo_set_source_rgb(cairo, colour.red, colour.green, colour.blue);
}

} // namespace

CairoSink::CairoSink()
    : m_surface(cairo_pdf_surface_create_for_stream(append, &m_bytes, pageWidth, pageHeight))
{
    cairo_pdf_surface_restrict_to_version(m_surface, CAIRO_PDF_VERSION_1_4);
    m_cairo = cairo_create(m_surface);
}

CairoSink::~CairoSink()
{
    cairo_destroy(m_cairo);
    cairo_surface_destroy(m_surface);
}

void CairoSink::beginPage()
{
    ++m_marks.pageCount;
}

void CairoSink::endPage()
{
    cairo_show_page(m_cairo);
}

void CairoSink::text(double x, double baseline, const Shaped& shaped, std::size_t line)
{
    cairo_move_to(m_cairo, x, baseline);
    pango_cairo_show_layout_line(m_cairo, static_cast<const PangoShaped&>(shaped).line(line));
}

void CairoSink::rect(double x, double y, double width, double height, Colour colour, double radius)
{
    setColour(m_cairo, colour);
    if (radius <= 0) {
        cairo_rectangle(m_cairo, x, y, width, height);
    } else {
        constexpr double quarter = std::numbers::pi / 2;
        cairo_new_path(m_cairo);
        cairo_arc(m_cairo, x + width - radius, y + radius, radius, -quarter, 0);
        cairo_arc(m_cairo, x + width - radius, y + height - radius, radius, 0, quarter);
        cairo_arc(m_cairo, x + radius, y + height - radius, radius, quarter, 2 * quarter);
        cairo_arc(m_cairo, x + radius, y + radius, radius, 2 * quarter, 3 * quarter);
        cairo_close_path(m_cairo);
    }
    cairo_fill(m_cairo);
}

void CairoSink::line(double x1, double y1, double x2, double y2, double width, Colour colour)
{
    setColour(m_cairo, colour);
    cairo_set_line_width(m_cairo, width);
    cairo_move_to(m_cairo, x1, y1);
    cairo_line_to(m_cairo, x2, y2);
    cairo_stroke(m_cairo);
}

void CairoSink::link(double x, double y, double width, double height, std::string_view destination)
{
    m_marks.links.push_back({ m_marks.pageCount - 1, x, y, width, height, std::string(destination) });
}

void CairoSink::destination(std::string_view name, double y)
{
    m_marks.destinations.push_back({ std::string(name), m_marks.pageCount - 1, y });
}

void CairoSink::begin(Tag tag)
{
    cairo_tag_begin(m_cairo, nameOf(tag), nullptr);
}

void CairoSink::end(Tag tag)
{
    cairo_tag_end(m_cairo, nameOf(tag));
}

Result<std::string> CairoSink::finish()
{
    cairo_surface_finish(m_surface);
    const cairo_status_t status
        = cairo_status(m_cairo) != CAIRO_STATUS_SUCCESS ? cairo_status(m_cairo) : cairo_surface_status(m_surface);
    // The surface is finished before the context is released, which cairo reports but does not mind.
    if (status != CAIRO_STATUS_SUCCESS && status != CAIRO_STATUS_SURFACE_FINISHED)
        return failure(
            ErrorKind::Internal, std::string("cairo could not write the PDF: ") + cairo_status_to_string(status));
    return std::move(m_bytes);
}

} // namespace plimsoll::report::pdf
