// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <vector>

#include "ui/widget/Charts.h"

class QPainter;
class QRectF;

// How the five statuses of a requirement look wherever a view shows them: told by colour, fill and sign together.
namespace plimsoll::ui::view {

QColor statusColour(int status); // by RequirementResult::Status
QChar statusSign(int status);
std::vector<widget::StackedBar::Part> statusParts(const std::array<quint32, 5>& counts);
// The parts as a bar, for rows of lists that are no widgets.
void paintStatusBar(QPainter& painter, const QRectF& rect, const std::array<quint32, 5>& counts);
// A disc with the sign of the status; with a ring when a person recorded a verdict over it.
void paintStatusSign(QPainter& painter, const QRectF& rect, int status, bool isRecorded);

} // namespace plimsoll::ui::view
