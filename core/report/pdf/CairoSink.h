// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include <cairo.h>

#include "core/base/Result.h"
#include "core/report/pdf/Marks.h"
#include "core/report/pdf/PageSink.h"

namespace plimsoll::report::pdf {

// Draws into a PDF 1.4 with logical structure, in memory. Opaque colours only.
// Threads: one.
class CairoSink : public PageSink {
public:
    CairoSink();
    ~CairoSink() override;
    CairoSink(const CairoSink&) = delete;
    CairoSink& operator=(const CairoSink&) = delete;

    void beginPage() override;
    void endPage() override;
    void text(double x, double baseline, const Shaped& shaped, std::size_t line) override;
    void rect(double x, double y, double width, double height, Colour colour, double radius) override;
    void line(double x1, double y1, double x2, double y2, double width, Colour colour) override;
    void link(double x, double y, double width, double height, std::string_view destination) override;
    void destination(std::string_view name, double y) override;
    void begin(Tag tag) override;
    void end(Tag tag) override;

    // Ends the document. Errors: Internal when cairo failed on the way.
    Result<std::string> finish();
    const Marks& marks() const { return m_marks; }

private:
    std::string m_bytes;
    cairo_surface_t* m_surface;
    cairo_t* m_cairo;
    Marks m_marks;
};

} // namespace plimsoll::report::pdf
