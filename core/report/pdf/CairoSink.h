// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <cairo.h>

#include "core/base/Result.h"
#include "core/report/pdf/PageSink.h"

namespace plimsoll::report::pdf {

constexpr double pageWidth = 595.28; // A4
constexpr double pageHeight = 841.89;

// What the finisher adds, because cairo 1.16 writes it in ways that PDF/A forbids (missing /F of annotations, arrays
// of more than 8,191 named destinations).
struct Marks {
    struct Link {
        std::size_t page = 0; // 0-based
        double x = 0, y = 0, width = 0, height = 0;
        std::string destination;
    };
    struct Destination {
        std::string name;
        std::size_t page = 0;
        double y = 0;
    };
    std::vector<Link> links;
    std::vector<Destination> destinations;
    std::size_t pageCount = 0;
};

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
