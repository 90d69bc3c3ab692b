// SPDX-License-Identifier: Apache-2.0
#include "core/base/Time.h"

#include <chrono>

#include "core/base/Text.h"

namespace plimsoll {

namespace {

std::optional<int> digits(std::string_view text, std::size_t at, std::size_t count)
{
    if (at + count > text.size())
        return std::nullopt;
    int value = 0;
    for (std::size_t i = at; i < at + count; ++i) {
        if (text[i] < '0' || text[i] > '9')
            return std::nullopt;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

std::string padded(long long value, std::size_t width)
{
    std::string text = std::to_string(value);
    return text.size() < width ? std::string(width - text.size(), '0') + text : text;
}

std::optional<UnixSeconds> parseDate(std::string_view text)
{
    const auto year = digits(text, 0, 4);
    const auto month = digits(text, 5, 2);
    const auto day = digits(text, 8, 2);
    if (!year || !month || !day || text[4] != '-' || text[7] != '-')
        return std::nullopt;
    const std::chrono::year_month_day date { std::chrono::year(*year),
        std::chrono::month(static_cast<unsigned>(*month)), std::chrono::day(static_cast<unsigned>(*day)) };
    if (!date.ok())
        return std::nullopt;
    return static_cast<UnixSeconds>(std::chrono::sys_days(date).time_since_epoch().count()) * 86400;
}

} // namespace

std::optional<UnixSeconds> parseTime(std::string_view text)
{
    const auto date = parseDate(text);
    if (!date || text.size() == 10)
        return date;
    const auto hour = digits(text, 11, 2);
    const auto minute = digits(text, 14, 2);
    const auto second = digits(text, 17, 2);
    const bool separated = text.size() >= 20 && (text[10] == 'T' || text[10] == 't' || text[10] == ' ')
        && text[13] == ':' && text[16] == ':';
    if (!separated || !hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 60)
        return std::nullopt;
    std::size_t at = 19;
    if (text[at] == '.') {
        ++at;
        const std::size_t first = at;
        while (at < text.size() && text[at] >= '0' && text[at] <= '9')
            ++at;
        if (at == first)
            return std::nullopt;
    }
    const UnixSeconds local = *date + *hour * 3600 + *minute * 60 + *second;
    const std::string_view zone = text.substr(at);
    if (zone == "Z" || zone == "z")
        return local;
    if (zone.size() != 6 || (zone[0] != '+' && zone[0] != '-') || zone[3] != ':')
        return std::nullopt;
    const auto zoneHour = digits(zone, 1, 2);
    const auto zoneMinute = digits(zone, 4, 2);
    if (!zoneHour || !zoneMinute || *zoneHour > 23 || *zoneMinute > 59)
        return std::nullopt;
    const UnixSeconds offset = *zoneHour * 3600 + *zoneMinute * 60;
    return zone[0] == '+' ? local - offset : local + offset;
}

std::string formatDate(UnixSeconds time)
{
    using namespace std::chrono;
    const year_month_day date { floor<days>(sys_seconds(seconds(time))) };
    return padded(static_cast<int>(date.year()), 4) + '-' + padded(static_cast<unsigned>(date.month()), 2) + '-'
        + padded(static_cast<unsigned>(date.day()), 2);
}

std::string formatTime(UnixSeconds time)
{
    using namespace std::chrono;
    const auto instant = sys_seconds(seconds(time));
    const hh_mm_ss clock { instant - floor<days>(instant) };
    return formatDate(time) + 'T' + padded(clock.hours().count(), 2) + ':' + padded(clock.minutes().count(), 2) + ':'
        + padded(clock.seconds().count(), 2) + 'Z';
}

} // namespace plimsoll
