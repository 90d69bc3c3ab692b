// SPDX-License-Identifier: Apache-2.0
#include "ui/widget/Icons.h"

#include <QIconEngine>
#include <QPainter>
#include <QPixmapCache>
#include <QSvgRenderer>

#include "ui/widget/Theme.h"

namespace plimsoll::ui::widget {

namespace {

struct Drawing {
    const char* name;
    const char* body; // of a 24 by 24 SVG, stroked
};

constexpr Drawing drawings[] = {
    { "overview", "<path d='M4 13a8 8 0 1 1 16 0'/><path d='M12 13l4-4'/><path d='M4 18h16'/>" },
    { "findings", "<path d='M9 6h11M9 12h11M9 18h11'/><path d='M4 6h.5M4 12h.5M4 18h.5' stroke-width='3'/>" },
    { "graph",
        "<circle cx='6' cy='12' r='2.5'/><circle cx='18' cy='6' r='2.5'/><circle cx='18' cy='18' r='2.5'/>"
        "<path d='M8.3 11l7.4-4M8.3 13l7.4 4'/>" },
    { "access", "<circle cx='8' cy='14' r='4.500'/><path d='M11.300 10.700L20 3M16.500 6l3 3M13.800 8.500l2 2'/>" },
    { "network",
        "<circle cx='12' cy='5' r='2.500'/><circle cx='5' cy='18' r='2.500'/><circle cx='19' cy='18' r='2.500'/><path "
        "d='M10.800 7.200L6.200 15.800M13.200 7.200l4.600 8.600M7.500 18h9'/>" },
    { "compliance", "<path d='M8 5H5v16h14V5h-3'/><path d='M8 3h8v4H8z'/><path d='M8.500 14l2.500 2.500L16 11.500'/>" },
    { "report", "<path d='M6 3h8l4 4v14H6z'/><path d='M14 3v4h4'/><path d='M9 12h6M9 16h6'/>" },
    { "open", "<path d='M3 18V6h6l2 2h8v3'/><path d='M3 18l3-7h15l-3 7z'/>" },
    { "file", "<path d='M6 3h8l4 4v14H6z'/><path d='M14 3v4h4'/>" },
    { "folder", "<path d='M3 19V5h6l2 3h10v11z'/>" },
    { "sample", "<path d='M12 3l8 4.5v9L12 21l-8-4.5v-9z'/><path d='M4 7.5l8 4.5 8-4.5M12 12v9'/>" },
    { "search", "<circle cx='10.5' cy='10.5' r='6'/><path d='M15 15l5.5 5.5'/>" },
    { "back", "<path d='M19 12H5M11 6l-6 6 6 6'/>" },
    { "forward", "<path d='M5 12h14M13 6l6 6-6 6'/>" },
    { "close", "<path d='M6 6l12 12M18 6L6 18'/>" },
    { "copy", "<path d='M9 9h11v11H9z'/><path d='M15 9V4H4v11h5'/>" },
    { "check", "<path d='M5 13l4.5 4.5L19 7'/>" },
    { "warning", "<path d='M12 4L2.5 20h19z'/><path d='M12 10v5M12 17.5v.5'/>" },
    { "error", "<circle cx='12' cy='12' r='9'/><path d='M12 7v6M12 16.5v.5'/>" },
    { "filter", "<path d='M4 5h16l-6 7v6l-4 2v-8z'/>" },
    { "undo", "<path d='M5 9h9a5 5 0 0 1 0 10H9'/><path d='M9 5L5 9l4 4'/>" },
    { "down", "<path d='M6 9l6 6 6-6'/>" },
    { "namespace", "<path d='M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z'/>" },
    { "panel", "<path d='M3 5h18v14H3z'/><path d='M15 5v14'/>" },
    { "export", "<path d='M12 15V4M8 8l4-4 4 4'/><path d='M5 14v6h14v-6'/>" },
    { "help", "<circle cx='12' cy='12' r='9'/><path d='M9.5 9.5a2.5 2.5 0 1 1 3.5 2.3c-.7.3-1 .8-1 1.7M12 16.5v.5'/>" },
    { "settings", "<circle cx='12' cy='12' r='3'/><path d='M12 3v4M12 17v4M3 12h4M17 12h4'/>" },
    { "why", "<path d='M9 18h6M10 21h4'/><path d='M8 15c-2-1.500-3-3.500-3-5.500a7 7 0 0 1 14 0c0 2-1 4-3 5.500z'/>" },
    { "clock", "<circle cx='12' cy='12' r='9'/><path d='M12 7v5l3.500 2'/>" },
    { "object", "<path d='M12 3l8 4.500v9L12 21l-8-4.500v-9z'/>" },
    { "cluster",
        "<path d='M4 4h16v6H4zM4 14h16v6H4z'/><path d='M7.500 7h.5M7.500 17h.5' stroke-width='2.600'/><path d='M12 "
        "7h5M12 17h5'/>" },
    { "live",
        "<circle cx='12' cy='12' r='2.500'/><path d='M7.500 16.500a6.400 6.400 0 0 1 0-9M16.500 7.500a6.400 6.400 0 0 "
        "1 0 9M4.500 19.500a10.600 10.600 0 0 1 0-15M19.500 4.500a10.600 10.600 0 0 1 0 15'/>" },
    { "snapshot", "<path d='M4 8h4l1.500-3h5L16 8h4v11H4z'/><circle cx='12' cy='13' r='3.500'/>" },
    { "save", "<path d='M5 4h11l3 3v13H5z'/><path d='M8 4v5h7V4M8 20v-6h8v6'/>" },
    { "secrets", "<path d='M5 11h14v10H5z'/><path d='M8 11V8a4 4 0 0 1 8 0v3M12 15v2.500'/>" },
    { "images", "<path d='M12 3l9 4.500-9 4.500-9-4.500z'/><path d='M3 12l9 4.500 9-4.500M3 16.500L12 21l9-4.500'/>" },
    { "import", "<path d='M12 4v11M8 11l4 4 4-4'/><path d='M5 14v6h14v-6'/>" },
    { "control", "<path d='M12 3l7 3v5c0 5-3 8-7 10-4-2-7-5-7-10V6z'/>" },
};

constexpr auto applicationSign = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 64 64'>"
                                 "<rect x='2' y='2' width='60' height='60' rx='14' fill='#10243D'/>"
                                 "<circle cx='32' cy='32' r='15' fill='none' stroke='#fff' stroke-width='5'/>"
                                 "<path d='M9 32h46' stroke='#F0792F' stroke-width='5' stroke-linecap='round'/></svg>";

QByteArray svgOf(const QString& name, const QColor& colour)
{
    for (const Drawing& drawing : drawings) {
        if (name == QLatin1String(drawing.name))
            return QByteArray("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24' fill='none' stroke='")
                + colour.name().toLatin1() + "' stroke-width='1.8' stroke-linecap='round' stroke-linejoin='round'>"
                + drawing.body + "</svg>";
    }
    return {};
}

QPixmap render(const QByteArray& svg, const QSize& size)
{
    QPixmap pixmap(size);
    pixmap.fill(Qt::transparent);
    if (svg.isEmpty())
        return pixmap;
    QSvgRenderer renderer(svg);
    QPainter painter(&pixmap);
    renderer.render(&painter);
    return pixmap;
}

// Draws at whatever size is asked for, so that icons are sharp on every screen.
class LineIconEngine final : public QIconEngine {
public:
    LineIconEngine(QByteArray svg, QByteArray disabledSvg)
        : m_svg(std::move(svg))
        , m_disabledSvg(std::move(disabledSvg))
    {
    }
    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State state) override
    {
        const qreal ratio = painter->device() ? painter->device()->devicePixelRatioF() : 1.0;
        QPixmap image = pixmap(rect.size() * ratio, mode, state);
        image.setDevicePixelRatio(ratio);
        painter->drawPixmap(rect, image);
    }
    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State) override
    {
        return render(mode == QIcon::Disabled ? m_disabledSvg : m_svg, size);
    }
    QIconEngine* clone() const override { return new LineIconEngine(m_svg, m_disabledSvg); }
    bool isNull() override { return m_svg.isEmpty(); }

private:
    QByteArray m_svg, m_disabledSvg;
};

} // namespace

QIcon icon(const QString& name, const QColor& colour)
{
    const QByteArray svg = svgOf(name, colour);
    if (svg.isEmpty())
        return {};
    return QIcon(new LineIconEngine(svg, svgOf(name, theme().borderStrong)));
}

QIcon icon(const QString& name)
{
    return icon(name, theme().text);
}

QPixmap iconPixmap(const QString& name, const QColor& colour, int size, qreal devicePixelRatio)
{
    const int pixels = static_cast<int>(size * devicePixelRatio);
    QPixmap pixmap = render(svgOf(name, colour), QSize(pixels, pixels));
    pixmap.setDevicePixelRatio(devicePixelRatio);
    return pixmap;
}

QStringList iconNames()
{
    QStringList names;
    for (const Drawing& drawing : drawings)
        names.append(QLatin1String(drawing.name));
    return names;
}

QIcon applicationIcon()
{
    return QIcon(new LineIconEngine(applicationSign, applicationSign));
}

} // namespace plimsoll::ui::widget
