// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include <pango/pango.h>

#include "core/base/Result.h"
#include "core/report/pdf/PageSink.h"

namespace plimsoll::report::pdf {

class PangoShaped : public Shaped {
public:
    explicit PangoShaped(PangoLayout* layout);
    ~PangoShaped() override;
    PangoShaped(const PangoShaped&) = delete;
    PangoShaped& operator=(const PangoShaped&) = delete;
    std::size_t lineCount() const override;
    double lineWidth(std::size_t line) const override;
    PangoLayoutLine* line(std::size_t line) const;

private:
    PangoLayout* m_layout; // owned
};

// Shapes with pango over a private font configuration: a fixed list of packaged font files, so that the machine's own
// fonts and settings change nothing. Characters that none of the fonts has become U+XXXX.
// Errors: create() gives NotFound when not even one family of each face is installed.
// Threads: one.
class PangoShaper : public Shaper {
public:
    static Result<std::unique_ptr<PangoShaper>> create();
    ~PangoShaper() override;

    ShapedText shape(std::span<const Span> spans, double width) override;

private:
    PangoShaper();
    struct Private;
    std::unique_ptr<Private> m_private;
};

} // namespace plimsoll::report::pdf
