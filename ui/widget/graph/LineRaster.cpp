// SPDX-License-Identifier: Apache-2.0
#include "ui/widget/graph/LineRaster.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include <QImage>

namespace plimsoll::ui::widget::graph {

namespace {

// Liang-Barsky: the part of a line within [0, right] x [0, bottom]; false if there is none.
bool clip(double& x1, double& y1, double& x2, double& y2, double right, double bottom)
{
    const double dx = x2 - x1;
    const double dy = y2 - y1;
    double begin = 0;
    double end = 1;
    const double steps[4][2] = { { -dx, x1 }, { dx, right - x1 }, { -dy, y1 }, { dy, bottom - y1 } };
    for (const auto& [toward, room] : steps) {
        if (toward == 0) {
            if (room < 0)
                return false;
            continue;
        }
        const double at = room / toward;
        if (toward < 0)
            begin = std::max(begin, at);
        else
            end = std::min(end, at);
    }
    if (begin > end)
        return false;
    x2 = x1 + end * dx;
    y2 = y1 + end * dy;
    x1 += begin * dx;
    y1 += begin * dy;
    return true;
}

} // namespace

void rasterLine(QImage& image, const QLineF& line, QRgb color)
{
    double x1 = line.x1(), y1 = line.y1(), x2 = line.x2(), y2 = line.y2();
    if (!std::isfinite(x1 + y1 + x2 + y2) || !clip(x1, y1, x2, y2, image.width() - 1, image.height() - 1))
        return;
    int x = static_cast<int>(x1);
    int y = static_cast<int>(y1);
    const int lastX = static_cast<int>(x2);
    const int lastY = static_cast<int>(y2);
    const int dx = std::abs(lastX - x);
    const int dy = -std::abs(lastY - y);
    const int stepX = x < lastX ? 1 : -1;
    const int stepY = y < lastY ? 1 : -1;
    const qsizetype stride = image.bytesPerLine() / 4;
    QRgb* const pixels = reinterpret_cast<QRgb*>(image.bits());
    int error = dx + dy;
    while (true) {
        pixels[y * stride + x] = color;
        if (x == lastX && y == lastY)
            return;
        const int twice = 2 * error;
        if (twice >= dy) {
            error += dy;
            x += stepX;
        }
        if (twice <= dx) {
            error += dx;
            y += stepY;
        }
    }
}

} // namespace plimsoll::ui::widget::graph
