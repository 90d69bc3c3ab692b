// SPDX-License-Identifier: Apache-2.0
#include "core/report/pdf/PangoShaper.h"

#include <array>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <unordered_map>

#include <fontconfig/fontconfig.h>
#include <pango/pangocairo.h>
#include <pango/pangofc-fontmap.h>

#include "core/base/Text.h"

namespace plimsoll::report::pdf {

namespace {

constexpr const char* fontRoot = "/usr/share/fonts/";

// Fixed order: it decides which font draws a character that several have. No colour fonts, on purpose.
constexpr std::array fontFiles {
    "truetype/noto/NotoSans-Regular.ttf",
    "truetype/noto/NotoSans-Bold.ttf",
    "truetype/dejavu/DejaVuSansMono.ttf",
    "truetype/dejavu/DejaVuSansMono-Bold.ttf",
    "truetype/dejavu/DejaVuSans.ttf",
    "truetype/dejavu/DejaVuSans-Bold.ttf",
    "truetype/noto/NotoSansArabic-Regular.ttf",
    "truetype/noto/NotoSansArabic-Bold.ttf",
    "truetype/noto/NotoSansHebrew-Regular.ttf",
    "truetype/noto/NotoSansHebrew-Bold.ttf",
    "truetype/noto/NotoSansDevanagari-Regular.ttf",
    "truetype/noto/NotoSansDevanagari-Bold.ttf",
};
// Large; only opened for a report that has such text.
constexpr std::array wideFontFiles {
    "opentype/noto/NotoSansCJK-Regular.ttc",
    "opentype/noto/NotoSansCJK-Bold.ttc",
};

constexpr std::size_t cachedTextBytes = 64;
constexpr std::size_t cachedTexts = 8'000;

const char* familyOf(Face face)
{
    switch (face) {
    case Face::Sans:
    case Face::SansBold:
        return "Noto Sans,DejaVu Sans,Noto Sans Arabic,Noto Sans Hebrew,Noto Sans Devanagari,Noto Sans CJK JP";
    case Face::Mono:
    case Face::MonoBold:
        return "DejaVu Sans Mono,Noto Sans,DejaVu Sans,Noto Sans CJK JP";
    }
    return "";
}

bool isBold(Face face)
{
    return face == Face::SansBold || face == Face::MonoBold;
}

bool addFont(FcConfig* config, const char* file)
{
    const std::string path = std::string(fontRoot) + file;
    std::error_code error;
    return std::filesystem::exists(path, error)
        && FcConfigAppFontAddFile(config, reinterpret_cast<const FcChar8*>(path.c_str())) == FcTrue;
}

// Characters that show nothing but change how others read (bidirectional overrides, zero-width marks): hostile text
// hides behind them, so they are drawn by number as well. Joiners stay, scripts need them.
bool isInvisible(gunichar character)
{
    return character < 0x20 || (character >= 0x7F && character < 0xA0) || character == 0xAD || character == 0x200B
        || character == 0x200E || character == 0x200F || (character >= 0x2028 && character <= 0x202E)
        || (character >= 0x2060 && character <= 0x206F) || character == 0xFEFF
        || (character >= 0xFFF9 && character <= 0xFFFB) || character >= 0xE0000;
}

void appendNumber(std::string& out, gunichar character)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    out += "U+";
    for (int shift = character > 0xFFFF ? 20 : 12; shift >= 0; shift -= 4)
        out += digits[(character >> shift) & 15];
}

void addAttribute(PangoAttrList* list, PangoAttribute* attribute, std::size_t begin, std::size_t end)
{
    attribute->start_index = static_cast<guint>(begin);
    attribute->end_index = static_cast<guint>(end);
    pango_attr_list_insert(list, attribute);
}

guint16 channel(double value)
{
    return static_cast<guint16>(std::lround(value * 65535));
}

} // namespace

PangoShaped::PangoShaped(PangoLayout* layout)
    : m_layout(layout)
{
}

PangoShaped::~PangoShaped()
{
    g_object_unref(m_layout);
}

std::size_t PangoShaped::lineCount() const
{
    return static_cast<std::size_t>(pango_layout_get_line_count(m_layout));
}

double PangoShaped::lineWidth(std::size_t index) const
{
    PangoRectangle logical;
    pango_layout_line_get_extents(line(index), nullptr, &logical);
    return pango_units_to_double(logical.width);
}

PangoLayoutLine* PangoShaped::line(std::size_t line) const
{
    return pango_layout_get_line_readonly(m_layout, static_cast<int>(line));
}

struct PangoShaper::Private {
    FcConfig* fonts = nullptr;
    FcCharSet* drawable = nullptr;
    PangoFontMap* map = nullptr;
    PangoContext* context = nullptr;
    std::array<PangoFontDescription*, 4> descriptions {};
    bool hasWideFonts = false;
    bool isDrawableStale = true;
    std::unordered_map<std::string, ShapedText> cache; // never iterated

    ~Private();
    void collectDrawable();
    bool draws(gunichar character);
    void addWideFonts();
    std::string drawableText(std::string_view text);
    PangoLayout* layOut(std::span<const Span> spans, double width);
};

PangoShaper::Private::~Private()
{
    cache.clear();
    for (PangoFontDescription* description : descriptions)
        pango_font_description_free(description);
    if (context)
        g_object_unref(context);
    if (map)
        g_object_unref(map);
    if (drawable)
        FcCharSetDestroy(drawable);
    if (fonts)
        FcConfigDestroy(fonts);
}

void PangoShaper::Private::collectDrawable()
{
    if (drawable)
        FcCharSetDestroy(drawable);
    drawable = FcCharSetCreate();
    const FcFontSet* set = FcConfigGetFonts(fonts, FcSetApplication);
    for (int font = 0; set && font < set->nfont; ++font) {
        FcCharSet* characters = nullptr;
        if (FcPatternGetCharSet(set->fonts[font], FC_CHARSET, 0, &characters) == FcResultMatch)
            FcCharSetMerge(drawable, characters, nullptr);
    }
    isDrawableStale = false;
}

void PangoShaper::Private::addWideFonts()
{
    hasWideFonts = true;
    for (const char* file : wideFontFiles)
        addFont(fonts, file);
    pango_fc_font_map_config_changed(PANGO_FC_FONT_MAP(map));
    isDrawableStale = true;
}

bool PangoShaper::Private::draws(gunichar character)
{
    if (isDrawableStale)
        collectDrawable();
    if (FcCharSetHasChar(drawable, character))
        return true;
    if (hasWideFonts || character < 0x1100)
        return false;
    addWideFonts();
    return draws(character);
}

std::string PangoShaper::Private::drawableText(std::string_view text)
{
    const bool isPlain = text.find_first_not_of("\n "
                                                "!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`"
                                                "abcdefghijklmnopqrstuvwxyz{|}~")
        == std::string_view::npos;
    if (isPlain)
        return std::string(text);
    const std::string valid = validUtf8(text);
    std::string out;
    out.reserve(valid.size());
    for (const char* at = valid.c_str(); at < valid.c_str() + valid.size();) {
        const char* next = *at == '\0' ? at + 1 : g_utf8_next_char(at);
        const gunichar character = *at == '\0' ? 0 : g_utf8_get_char(at);
        if (character == '\t')
            out += "    ";
        else if (character != '\n' && (isInvisible(character) || (character >= 0x80 && !draws(character))))
            appendNumber(out, character);
        else
            out.append(at, next);
        at = next;
    }
    return out;
}

PangoLayout* PangoShaper::Private::layOut(std::span<const Span> spans, double width)
{
    std::string text;
    PangoAttrList* attributes = pango_attr_list_new();
    for (const Span& span : spans) {
        const std::size_t begin = text.size();
        text += drawableText(span.text);
        PangoFontDescription* description = descriptions[static_cast<std::size_t>(span.style.face)];
        pango_font_description_set_size(description, static_cast<int>(std::lround(span.style.size * PANGO_SCALE)));
        addAttribute(attributes, pango_attr_font_desc_new(description), begin, text.size());
        const Colour& colour = span.style.colour;
        addAttribute(attributes,
            pango_attr_foreground_new(channel(colour.red), channel(colour.green), channel(colour.blue)), begin,
            text.size());
    }
    // Ligatures would join letters of names that are compared letter by letter.
    addAttribute(attributes, pango_attr_font_features_new("liga=0,clig=0,calt=0"), 0, text.size());
    addAttribute(attributes, pango_attr_insert_hyphens_new(FALSE), 0, text.size());
    PangoLayout* layout = pango_layout_new(context);
    pango_layout_set_auto_dir(layout, FALSE);
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_width(layout, width <= 0 ? -1 : pango_units_from_double(width));
    pango_layout_set_attributes(layout, attributes);
    pango_layout_set_text(layout, text.data(), static_cast<int>(text.size()));
    pango_attr_list_unref(attributes);
    return layout;
}

PangoShaper::PangoShaper()
    : m_private(std::make_unique<Private>())
{
}

PangoShaper::~PangoShaper() = default;

Result<std::unique_ptr<PangoShaper>> PangoShaper::create()
{
    std::unique_ptr<PangoShaper> shaper(new PangoShaper);
    Private& d = *shaper->m_private;
    d.fonts = FcConfigCreate();
    int found = 0;
    for (const char* file : fontFiles)
        found += addFont(d.fonts, file) ? 1 : 0;
    if (found == 0)
        return failure(ErrorKind::NotFound, "no font to write the PDF with", fontRoot,
            "install the packages fonts-dejavu-core and fonts-noto-core");
    d.map = pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT);
    pango_fc_font_map_set_config(PANGO_FC_FONT_MAP(d.map), d.fonts);
    pango_cairo_font_map_set_resolution(PANGO_CAIRO_FONT_MAP(d.map), 72);
    d.context = pango_font_map_create_context(d.map);
    pango_context_set_language(d.context, pango_language_from_string("en"));
    pango_context_set_base_dir(d.context, PANGO_DIRECTION_LTR);
    pango_context_set_round_glyph_positions(d.context, FALSE);
    cairo_font_options_t* options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    pango_cairo_context_set_font_options(d.context, options);
    cairo_font_options_destroy(options);
    for (const Face face : { Face::Sans, Face::SansBold, Face::Mono, Face::MonoBold }) {
        PangoFontDescription* description = pango_font_description_new();
        pango_font_description_set_family_static(description, familyOf(face));
        pango_font_description_set_weight(description, isBold(face) ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
        d.descriptions[static_cast<std::size_t>(face)] = description;
    }
    return shaper;
}

ShapedText PangoShaper::shape(std::span<const Span> spans, double width)
{
    Private& d = *m_private;
    const bool isCached = spans.size() == 1 && spans.front().text.size() <= cachedTextBytes;
    if (!isCached)
        return std::make_shared<PangoShaped>(d.layOut(spans, width));
    const Span& span = spans.front();
    std::string key;
    const auto add = [&key](double number) {
        char bytes[sizeof number];
        std::memcpy(bytes, &number, sizeof number);
        key.append(bytes, sizeof number);
    };
    for (const double number : { width, span.style.size, span.style.colour.red, span.style.colour.green,
             span.style.colour.blue, static_cast<double>(static_cast<int>(span.style.face)) })
        add(number);
    key += span.text;
    if (const auto found = d.cache.find(key); found != d.cache.end())
        return found->second;
    if (d.cache.size() >= cachedTexts)
        d.cache.clear();
    return d.cache[std::move(key)] = std::make_shared<PangoShaped>(d.layOut(spans, width));
}

} // namespace plimsoll::report::pdf
