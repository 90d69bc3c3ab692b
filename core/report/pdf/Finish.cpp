// SPDX-License-Identifier: Apache-2.0
#include "core/report/pdf/Finish.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <map>

#include <qpdf/qpdf-c.h>

#include "core/base/Text.h"

// libqpdf is used through its C interface: no exception leaves it.
namespace plimsoll::report::pdf {

namespace {

constexpr std::size_t maxBookmarks = 500;
// sRGB of Debian's icc-profiles-free. Without it the file is a plain tagged PDF 1.4 and does not claim PDF/A.
constexpr const char* profilePath = "/usr/share/color/icc/sRGB.icc";

std::string readProfile()
{
    std::ifstream file(profilePath, std::ios::binary);
    return { std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>() };
}

std::string number(double value)
{
    char buffer[32];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::fixed, 2).ptr;
    return { buffer, end };
}

std::string xmlEscaped(std::string_view text)
{
    std::string out;
    for (const char c : printable(text)) {
        switch (c) {
        case '&':
            out += "&amp;";
            break;
        case '<':
            out += "&lt;";
            break;
        case '>':
            out += "&gt;";
            break;
        default:
            out += c;
        }
    }
    return out;
}

// "D:20261123034103Z" of "2026-11-23T03:41:03Z".
std::string pdfDate(UnixSeconds time)
{
    std::string digits = "D:";
    for (const char c : formatTime(time)) {
        if (c >= '0' && c <= '9')
            digits += c;
    }
    return digits + 'Z';
}

std::string xmp(const DocumentInfo& info, bool isArchival)
{
    std::string out = "<?xpacket begin=\"\xEF\xBB\xBF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n"
                      "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\n"
                      "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n"
                      "<rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" "
                      "xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" xmlns:pdf=\"http://ns.adobe.com/pdf/1.3/\" "
                      "xmlns:pdfaid=\"http://www.aiim.org/pdfa/ns/id/\">\n";
    if (isArchival)
        out += "<pdfaid:part>1</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>\n";
    out += "<dc:format>application/pdf</dc:format>\n<dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">"
        + xmlEscaped(info.title)
        + "</rdf:li></rdf:Alt></dc:title>\n<dc:description><rdf:Alt><rdf:li xml:lang=\"x-default\">"
        + xmlEscaped(info.subject) + "</rdf:li></rdf:Alt></dc:description>\n<xmp:CreatorTool>"
        + xmlEscaped(info.creator) + "</xmp:CreatorTool>\n<pdf:Producer>" + xmlEscaped(info.creator)
        + "</pdf:Producer>\n";
    if (info.date) {
        const std::string date = formatTime(*info.date);
        out += "<xmp:CreateDate>" + date + "</xmp:CreateDate>\n<xmp:ModifyDate>" + date + "</xmp:ModifyDate>\n";
    }
    out += "<dc:identifier>" + xmlEscaped(info.identifier)
        + "</dc:identifier>\n</rdf:Description>\n</rdf:RDF>\n</x:xmpmeta>\n<?xpacket end=\"w\"?>";
    return out;
}

class Finisher {
public:
    Finisher(const Marks& marks, const DocumentInfo& info)
        : m_pdf(qpdf_init())
        , m_marks(marks)
        , m_info(info)
    {
        qpdf_silence_errors(m_pdf);
        qpdf_set_suppress_warnings(m_pdf, QPDF_TRUE);
        for (const Marks::Destination& destination : marks.destinations)
            m_destinations.try_emplace(destination.name, &destination);
    }
    ~Finisher()
    {
        qpdf_oh_release_all(m_pdf);
        qpdf_cleanup(&m_pdf);
    }
    Finisher(const Finisher&) = delete;
    Finisher& operator=(const Finisher&) = delete;

    Result<std::string> run(const std::string& bytes);

private:
    // Text without indirect references: the C interface cannot resolve them, objects are put in as handles.
    qpdf_oh parse(const std::string& text) { return qpdf_oh_parse(m_pdf, text.c_str()); }
    qpdf_oh indirect(const std::string& text) { return qpdf_make_indirect_object(m_pdf, parse(text)); }
    qpdf_oh stream(const std::string& dictionary, const std::string& content);
    bool isKnown(const std::string& destination) const;
    qpdf_oh place(const std::string& destination); // explicit destination array of a known one
    void set(qpdf_oh dictionary, const char* key, qpdf_oh value) { qpdf_oh_replace_key(m_pdf, dictionary, key, value); }
    void set(qpdf_oh dictionary, const char* key, const std::string& value) { set(dictionary, key, parse(value)); }
    void setText(qpdf_oh dictionary, const char* key, const std::string& text)
    {
        set(dictionary, key, qpdf_oh_new_unicode_string(m_pdf, text.c_str()));
    }
    void addLinks();
    void addBookmarks();
    std::vector<Bookmark> keptBookmarks() const;
    void addMetadata();
    void completeFonts();
    Result<std::string> written();

    qpdf_data m_pdf;
    const Marks& m_marks;
    const DocumentInfo& m_info;
    std::map<std::string, const Marks::Destination*> m_destinations;
    std::vector<qpdf_oh> m_pages;
};

qpdf_oh Finisher::stream(const std::string& dictionary, const std::string& content)
{
    const qpdf_oh made = qpdf_oh_new_stream(m_pdf);
    qpdf_oh_replace_stream_data(m_pdf, made, reinterpret_cast<const unsigned char*>(content.data()), content.size(),
        qpdf_oh_new_null(m_pdf), qpdf_oh_new_null(m_pdf));
    const qpdf_oh keys = qpdf_oh_get_dict(m_pdf, made);
    const qpdf_oh wanted = parse(dictionary);
    for (qpdf_oh_begin_dict_key_iter(m_pdf, wanted); qpdf_oh_dict_more_keys(m_pdf);) {
        const char* key = qpdf_oh_dict_next_key(m_pdf);
        set(keys, key, qpdf_oh_get_key(m_pdf, wanted, key));
    }
    return made;
}

bool Finisher::isKnown(const std::string& destination) const
{
    const auto found = m_destinations.find(destination);
    return found != m_destinations.end() && found->second->page < m_pages.size();
}

qpdf_oh Finisher::place(const std::string& destination)
{
    const Marks::Destination& at = *m_destinations.find(destination)->second;
    const qpdf_oh array = parse("[ null /XYZ 0 " + number(pageHeight - at.y) + " null ]");
    qpdf_oh_set_array_item(m_pdf, array, 0, m_pages[at.page]);
    return array;
}

void Finisher::addLinks()
{
    std::vector<std::optional<qpdf_oh>> annotations(m_pages.size());
    for (const Marks::Link& link : m_marks.links) {
        if (!isKnown(link.destination))
            continue;
        const std::string rect = number(link.x) + ' ' + number(pageHeight - link.y - link.height) + ' '
            + number(link.x + link.width) + ' ' + number(pageHeight - link.y);
        const qpdf_oh annotation
            = indirect("<< /Type /Annot /Subtype /Link /F 4 /Border [ 0 0 0 ] /Rect [ " + rect + " ] >>");
        set(annotation, "/Dest", place(link.destination));
        if (!annotations[link.page])
            annotations[link.page] = qpdf_oh_new_array(m_pdf);
        qpdf_oh_append_item(m_pdf, *annotations[link.page], annotation);
    }
    for (std::size_t page = 0; page < m_pages.size(); ++page) {
        // cairo's page group is transparency in the eyes of PDF/A-1.
        qpdf_oh_remove_key(m_pdf, m_pages[page], "/Group");
        if (annotations[page])
            set(m_pages[page], "/Annots", *annotations[page]);
    }
}

// At most maxBookmarks: beyond that the second level is thinned from the end.
std::vector<Bookmark> Finisher::keptBookmarks() const
{
    std::vector<Bookmark> kept;
    const auto first = static_cast<std::size_t>(std::ranges::count(m_info.bookmarks, 1, &Bookmark::level));
    std::size_t second = maxBookmarks > first ? maxBookmarks - first : 0;
    for (const Bookmark& bookmark : m_info.bookmarks) {
        if (!isKnown(bookmark.destination))
            continue;
        if (bookmark.level > 1 && (kept.empty() || second == 0))
            continue;
        if (bookmark.level > 1)
            --second;
        kept.push_back(bookmark);
    }
    return kept;
}

void Finisher::addBookmarks()
{
    const std::vector<Bookmark> bookmarks = keptBookmarks();
    if (bookmarks.empty())
        return;
    const qpdf_oh root = indirect("<< /Type /Outlines >>");
    std::vector<qpdf_oh> items;
    for (const Bookmark& bookmark : bookmarks) {
        items.push_back(indirect("<< >>"));
        set(items.back(), "/Dest", place(bookmark.destination));
        setText(items.back(), "/Title", validUtf8(bookmark.title));
    }
    std::vector<std::size_t> top;
    for (std::size_t item = 0; item < bookmarks.size(); ++item) {
        if (bookmarks[item].level == 1)
            top.push_back(item);
    }
    for (std::size_t index = 0; index < top.size(); ++index) {
        const std::size_t item = top[index];
        const std::size_t end = index + 1 < top.size() ? top[index + 1] : bookmarks.size();
        set(items[item], "/Parent", root);
        if (index > 0)
            set(items[item], "/Prev", items[top[index - 1]]);
        if (index + 1 < top.size())
            set(items[item], "/Next", items[top[index + 1]]);
        if (item + 1 == end)
            continue;
        set(items[item], "/First", items[item + 1]);
        set(items[item], "/Last", items[end - 1]);
        set(items[item], "/Count", "-" + std::to_string(end - item - 1)); // closed
        for (std::size_t child = item + 1; child < end; ++child) {
            set(items[child], "/Parent", items[item]);
            if (child > item + 1)
                set(items[child], "/Prev", items[child - 1]);
            if (child + 1 < end)
                set(items[child], "/Next", items[child + 1]);
        }
    }
    set(root, "/First", items[top.front()]);
    set(root, "/Last", items[top.back()]);
    set(root, "/Count", std::to_string(top.size()));
    const qpdf_oh catalog = qpdf_get_root(m_pdf);
    set(catalog, "/Outlines", root);
    set(catalog, "/PageMode", "/UseOutlines");
}

void Finisher::addMetadata()
{
    const qpdf_oh catalog = qpdf_get_root(m_pdf);
    set(catalog, "/Lang", "(en)");
    set(catalog, "/ViewerPreferences", "<< /DisplayDocTitle true >>");
    set(catalog, "/PageLabels", "<< /Nums [ 0 << /S /D /St 1 >> ] >>");
    const std::string profile = readProfile();
    if (!profile.empty()) {
        const qpdf_oh embedded = stream("<< /N 3 >>", profile);
        const qpdf_oh intent
            = parse("<< /Type /OutputIntent /S /GTS_PDFA1 /OutputConditionIdentifier (sRGB) /Info (sRGB) >>");
        set(intent, "/DestOutputProfile", embedded);
        const qpdf_oh intents = qpdf_oh_new_array(m_pdf);
        qpdf_oh_append_item(m_pdf, intents, intent);
        set(catalog, "/OutputIntents", intents);
    }
    const qpdf_oh metadata = stream("<< /Type /Metadata /Subtype /XML >>", xmp(m_info, !profile.empty()));
    set(catalog, "/Metadata", metadata);
    const qpdf_oh info = indirect("<< >>");
    // Exactly as in the XMP packet, which PDF/A demands to be equal.
    setText(info, "/Title", printable(m_info.title));
    setText(info, "/Subject", printable(m_info.subject));
    setText(info, "/Creator", printable(m_info.creator));
    setText(info, "/Producer", printable(m_info.creator));
    if (m_info.date) {
        set(info, "/CreationDate", '(' + pdfDate(*m_info.date) + ')');
        set(info, "/ModDate", '(' + pdfDate(*m_info.date) + ')');
    }
    set(qpdf_get_trailer(m_pdf), "/Info", info);
}

// What PDF/A-1 wants of composite fonts and cairo leaves out: the identity map of TrueType glyphs and the set of
// characters in the subset (all of 0..count-1, which is how cairo numbers a subset).
void Finisher::completeFonts()
{
    const int objectCount
        = qpdf_oh_get_int_value_as_int(m_pdf, qpdf_oh_get_key(m_pdf, qpdf_get_trailer(m_pdf), "/Size"));
    for (int id = 1; id < objectCount; ++id) {
        const qpdf_oh object = qpdf_get_object_by_id(m_pdf, id, 0);
        if (!qpdf_oh_is_dictionary_of_type(m_pdf, object, "/Font", nullptr)
            || !qpdf_oh_has_key(m_pdf, object, "/CIDSystemInfo"))
            continue;
        const std::string_view subtype = qpdf_oh_get_name(m_pdf, qpdf_oh_get_key(m_pdf, object, "/Subtype"));
        if (subtype == "/CIDFontType2")
            set(object, "/CIDToGIDMap", "/Identity");
        const qpdf_oh widths = qpdf_oh_get_array_item(m_pdf, qpdf_oh_get_key(m_pdf, object, "/W"), 1);
        const int count = qpdf_oh_is_array(m_pdf, widths) ? qpdf_oh_get_array_n_items(m_pdf, widths) : 0;
        std::string bits(static_cast<std::size_t>(count + 7) / 8, '\0');
        for (int cid = 0; cid < count; ++cid)
            bits[static_cast<std::size_t>(cid) / 8] |= static_cast<char>(0x80 >> (cid % 8));
        set(qpdf_oh_get_key(m_pdf, object, "/FontDescriptor"), "/CIDSet", stream("<< >>", bits));
    }
}

Result<std::string> Finisher::written()
{
    if (qpdf_init_write_memory(m_pdf) & QPDF_ERRORS)
        return failure(ErrorKind::Internal, "libqpdf cannot write the PDF");
    qpdf_set_object_stream_mode(m_pdf, qpdf_o_disable); // PDF 1.4 has none
    qpdf_set_newline_before_endstream(m_pdf, QPDF_TRUE);
    qpdf_set_deterministic_ID(m_pdf, QPDF_TRUE);
    qpdf_set_compress_streams(m_pdf, QPDF_TRUE);
    qpdf_force_pdf_version(m_pdf, "1.4");
    if (qpdf_write(m_pdf) & QPDF_ERRORS) {
        const qpdf_error error = qpdf_get_error(m_pdf);
        return failure(ErrorKind::Internal,
            std::string("libqpdf cannot write the PDF: ")
                + (error ? qpdf_get_error_full_text(m_pdf, error) : "unknown"));
    }
    return std::string(reinterpret_cast<const char*>(qpdf_get_buffer(m_pdf)), qpdf_get_buffer_length(m_pdf));
}

Result<std::string> Finisher::run(const std::string& bytes)
{
    if (qpdf_read_memory(m_pdf, "report", bytes.data(), bytes.size(), nullptr) & QPDF_ERRORS)
        return failure(ErrorKind::Internal, "libqpdf cannot read the PDF that cairo wrote");
    const int pages = qpdf_get_num_pages(m_pdf);
    for (int page = 0; page < pages; ++page)
        m_pages.push_back(qpdf_get_page_n(m_pdf, static_cast<std::size_t>(page)));
    addLinks();
    addBookmarks();
    addMetadata();
    completeFonts();
    return written();
}

} // namespace

Result<std::string> finish(const std::string& bytes, const Marks& marks, const DocumentInfo& info)
{
    return Finisher(marks, info).run(bytes);
}

} // namespace plimsoll::report::pdf
