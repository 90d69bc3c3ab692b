// SPDX-License-Identifier: Apache-2.0
#include "core/control/Control.h"

#include <algorithm>
#include <utility>

#include "core/base/Text.h"

namespace plimsoll::control {

namespace {

constexpr std::size_t maxValueBytes = 200; // of a shown value: evidence is a table cell

} // namespace

void SpecReport::fail(std::string message, std::string pointer, std::string value)
{
    verdict = Verdict::Fail;
    missing.clear();
    message = printable(message);
    if (std::ranges::find(messages, message) == messages.end())
        messages.push_back(std::move(message));
    mark(std::move(pointer), std::move(value));
}

void SpecReport::mark(std::string pointer, std::string value)
{
    value = shortened(printable(value), maxValueBytes);
    // Several containers may inherit the same field of the pod.
    const bool isKnown = std::ranges::any_of(
        marks, [&](const Mark& known) { return known.pointer == pointer && known.value == value; });
    if (!isKnown)
        marks.push_back({ std::move(pointer), std::move(value) });
}

void SpecReport::edit(std::string pointer, std::string json)
{
    // Several containers may ask for the same field of the pod.
    const auto same = std::ranges::find(edits, pointer, &cluster::Patch::Edit::pointer);
    if (same == edits.end())
        edits.push_back({ std::move(pointer), std::move(json) });
}

void SpecReport::notAssessed(std::string what)
{
    if (verdict == Verdict::Fail)
        return; // what is known to be wrong stays wrong
    verdict = Verdict::NotAssessed;
    missing = printable(what);
}

} // namespace plimsoll::control
