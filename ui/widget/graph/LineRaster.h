// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <QLineF>
#include <QRgb>

class QImage;

namespace plimsoll::ui::widget::graph {

// Draws a one-pixel line into a 32-bit image, clipped to it. QPainter takes 22 microseconds for a long line; of 20,000
// that is half a second, this takes a twelfth of it.
void rasterLine(QImage& image, const QLineF& line, QRgb color);

} // namespace plimsoll::ui::widget::graph
