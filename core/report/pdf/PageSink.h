// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// What the paginator draws on. Units are points (1/72 inch), y grows downwards from the page's upper edge.
namespace plimsoll::report::pdf {

struct Colour {
    double red = 0;
    double green = 0;
    double blue = 0;
    bool operator==(const Colour&) const = default;
};

enum class Face : std::uint8_t { Sans, SansBold, Mono, MonoBold };

struct TextStyle {
    Face face = Face::Sans;
    double size = 9.5;
    Colour colour;
    bool operator==(const TextStyle&) const = default;
};

struct Span {
    std::string text; // any bytes: cluster text is never markup
    TextStyle style;
};

// Text broken into lines of one width.
class Shaped {
public:
    virtual ~Shaped() = default;
    virtual std::size_t lineCount() const = 0;
    virtual double lineWidth(std::size_t line) const = 0;
};
using ShapedText = std::shared_ptr<const Shaped>;

class Shaper {
public:
    virtual ~Shaper() = default;
    // Breaks at words, within a word only where it alone is too long.
    virtual ShapedText shape(std::span<const Span> spans, double width) = 0;
};

enum class Tag : std::uint8_t {
    Document,
    Section,
    Heading1,
    Heading2,
    Heading3,
    Paragraph,
    Table,
    Row,
    HeadCell,
    Cell,
    Code,
    Contents,
    ContentsItem,
};

class PageSink {
public:
    virtual ~PageSink() = default;
    virtual void beginPage() = 0;
    virtual void endPage() = 0;
    virtual void text(double x, double baseline, const Shaped& shaped, std::size_t line) = 0;
    virtual void rect(double x, double y, double width, double height, Colour colour, double radius) = 0;
    virtual void line(double x1, double y1, double x2, double y2, double width, Colour colour) = 0;
    // An area of the current page that leads to a destination of any page, and the destination itself.
    virtual void link(double x, double y, double width, double height, std::string_view destination) = 0;
    virtual void destination(std::string_view name, double y) = 0;
    // Logical structure. Sections may span pages, all else is closed on the page on which it began.
    virtual void begin(Tag tag) = 0;
    virtual void end(Tag tag) = 0;
};

// For the pass that only counts pages.
class NullSink : public PageSink {
public:
    void beginPage() override { }
    void endPage() override { }
    void text(double, double, const Shaped&, std::size_t) override { }
    void rect(double, double, double, double, Colour, double) override { }
    void line(double, double, double, double, double, Colour) override { }
    void link(double, double, double, double, std::string_view) override { }
    void destination(std::string_view, double) override { }
    void begin(Tag) override { }
    void end(Tag) override { }
};

} // namespace plimsoll::report::pdf
