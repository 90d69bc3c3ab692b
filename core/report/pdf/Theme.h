// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/control/Control.h"
#include "core/report/pdf/PageSink.h"

// Colours, sizes and margins of the PDF. One accent; severities differ in letter as well as in colour.
namespace plimsoll::report::pdf {

constexpr Colour rgb(unsigned value)
{
    return { ((value >> 16) & 255) / 255.0, ((value >> 8) & 255) / 255.0, (value & 255) / 255.0 };
}

constexpr Colour ink = rgb(0x1B232C);
constexpr Colour softInk = rgb(0x55606C);
constexpr Colour hairline = rgb(0xD5DBE1);
constexpr Colour panel = rgb(0xF4F6F8);
constexpr Colour accent = rgb(0x0B5A73);
constexpr Colour marked = rgb(0xFBEFD5);
constexpr Colour white = rgb(0xFFFFFF);
constexpr Colour passColour = rgb(0x2E7D4F);
constexpr Colour failColour = rgb(0xB3261E);
constexpr Colour waivedColour = rgb(0xB98A1D);
constexpr Colour manualColour = rgb(0x6A5A9C);
constexpr Colour openColour = rgb(0x9AA4AE);

constexpr double marginLeft = 54;
constexpr double marginRight = 54;
constexpr double contentTop = 70;
constexpr double contentBottom = 782;

constexpr TextStyle bodyStyle { Face::Sans, 9.5, ink };
constexpr TextStyle boldStyle { Face::SansBold, 9.5, ink };
constexpr TextStyle softStyle { Face::Sans, 8.5, softInk };
constexpr TextStyle cellStyle { Face::Sans, 8, ink };
constexpr TextStyle headStyle { Face::SansBold, 8, accent };
constexpr TextStyle codeStyle { Face::Mono, 7.5, ink };
constexpr TextStyle labelStyle { Face::SansBold, 8.5, softInk };

constexpr double lineHeight(double size)
{
    return size * 1.42;
}
// Tables stand a little closer.
constexpr double cellLineHeight(double size)
{
    return size * 1.32;
}
// From the top of a line to where its letters stand.
constexpr double baseline(double size)
{
    return lineHeight(size) / 2 + size * 0.36;
}

constexpr Colour colourOf(control::Severity severity)
{
    switch (severity) {
    case control::Severity::Critical:
        return rgb(0x8E1230);
    case control::Severity::High:
        return rgb(0xC04A12);
    case control::Severity::Medium:
        return rgb(0x94690A);
    case control::Severity::Low:
        return rgb(0x2B67A3);
    case control::Severity::Info:
        return rgb(0x66717D);
    }
    return ink;
}

} // namespace plimsoll::report::pdf
