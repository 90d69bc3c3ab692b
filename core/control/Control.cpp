// SPDX-License-Identifier: Apache-2.0
#include "core/control/Control.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/base/Text.h"

namespace plimsoll::control {

namespace {

constexpr std::size_t maxValueBytes = 200; // of a shown value: evidence is a table cell

constexpr std::array severities { Severity::Critical, Severity::High, Severity::Medium, Severity::Low, Severity::Info };

} // namespace

std::string_view toText(Severity severity)
{
    switch (severity) {
    case Severity::Critical:
        return "critical";
    case Severity::High:
        return "high";
    case Severity::Medium:
        return "medium";
    case Severity::Low:
        return "low";
    case Severity::Info:
        return "info";
    }
    return "";
}

std::optional<Severity> severityFromText(std::string_view text)
{
    const auto found = std::ranges::find_if(severities, [&](Severity severity) { return toText(severity) == text; });
    if (found == severities.end())
        return std::nullopt;
    return *found;
}

std::string_view toText(Verdict verdict)
{
    switch (verdict) {
    case Verdict::Pass:
        return "pass";
    case Verdict::Fail:
        return "fail";
    case Verdict::NotAssessed:
        return "not assessed";
    }
    return "";
}

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
    marks.push_back({ std::move(pointer), shortened(printable(value), maxValueBytes) });
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
