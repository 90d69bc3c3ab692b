// SPDX-License-Identifier: Apache-2.0
#include "core/network/Review.h"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "core/base/Text.h"
#include "core/format/Csv.h"

namespace plimsoll::network {

namespace {

constexpr std::array<std::string_view, 4> reviewColumns { "from", "to", "protocol", "port" };
constexpr std::size_t reviewPieceSize = 1u << 20;
constexpr std::size_t mostEndpoints = 100'000; // remembered at a time

std::unexpected<Error> wrongTable(std::string what, std::string_view file, std::uint64_t line, std::string advice)
{
    return failure(
        ErrorKind::Format, std::move(what), std::string(file) + ':' + std::to_string(line), std::move(advice));
}

class ReviewWriter {
public:
    explicit ReviewWriter(const Reach& reach)
        : m_reach(reach)
    {
    }

    void append(std::string& out, const std::array<std::string_view, reviewColumns.size()>& row, ReviewCounts& counts)
    {
        std::string reason;
        const Answer answer = answerTo(row, reason);
        ++counts.rows;
        counts.allowed += answer == Answer::Allowed ? 1 : 0;
        counts.unknown += answer == Answer::Unknown ? 1 : 0;
        for (const std::string_view field : row) {
            format::appendCsvField(out, field);
            out += ',';
        }
        out += toText(answer);
        out += ',';
        format::appendCsvField(out, reason);
        out += '\n';
    }

private:
    Answer answerTo(const std::array<std::string_view, reviewColumns.size()>& row, std::string& reason)
    {
        const auto protocol = row[2].empty() ? Protocol::TCP : parseProtocol(row[2]);
        if (!protocol) {
            reason = "the protocol is none of TCP, UDP and SCTP";
            return Answer::Unknown;
        }
        const Result<Endpoint>& from = endpointOf(row[0]);
        if (!from) {
            reason = toText(from.error());
            return Answer::Unknown;
        }
        const Endpoint source = *from; // the next one may move it
        const Result<Endpoint>& to = endpointOf(row[1]);
        const auto verdict
            = to ? m_reach.decide(source, *to, *protocol, row[3]) : Result<Verdict>(std::unexpected(to.error()));
        if (!verdict) {
            reason = toText(verdict.error());
            return Answer::Unknown;
        }
        reason = m_reach.reason(*verdict);
        // A plugin that is known not to enforce policies lets all pass.
        return m_reach.enforcement().state == Plugin::Enforcement::No ? verdict->inForce : verdict->answer;
    }

    const Result<Endpoint>& endpointOf(std::string_view text)
    {
        if (m_known.size() >= mostEndpoints)
            m_known.clear();
        const auto found = m_known.find(std::string(text));
        if (found != m_known.end())
            return found->second;
        return m_known.emplace(std::string(text), m_reach.endpoint(text)).first->second;
    }

    const Reach& m_reach;
    std::unordered_map<std::string, Result<Endpoint>> m_known;
};

} // namespace

Result<ReviewCounts> review(
    const Reach& reach, std::string_view csv, std::string_view file, const std::function<void(std::string_view)>& write)
{
    if (csv.starts_with("\xEF\xBB\xBF"))
        csv.remove_prefix(3);
    std::vector<std::string> fields;
    std::size_t at = 0;
    std::uint64_t line = 1; // where the next record begins
    if (!format::readCsvRecord(csv, at, fields))
        return wrongTable("a quote is not closed", file, line, "close it");
    const std::size_t width = fields.size();
    std::array<std::size_t, reviewColumns.size()> placeOf {};
    for (std::size_t column = 0; column < reviewColumns.size(); ++column) {
        const auto found = std::ranges::find(fields, reviewColumns[column]);
        if (found == fields.end())
            return wrongTable("the table has no column " + std::string(reviewColumns[column]), file, line,
                "write a header with " + join(std::span<const std::string_view>(reviewColumns), ","));
        placeOf[column] = static_cast<std::size_t>(found - fields.begin());
    }
    line += static_cast<std::uint64_t>(std::ranges::count(csv.substr(0, at), '\n'));
    ReviewCounts counts;
    ReviewWriter writer(reach);
    std::string out = join(std::span<const std::string_view>(reviewColumns), ",") + ",allowed,reason\n";
    while (at < csv.size()) {
        const std::size_t begin = at;
        if (!format::readCsvRecord(csv, at, fields))
            return wrongTable("a quote is not closed", file, line, "close it");
        const std::uint64_t firstLine = line;
        line += static_cast<std::uint64_t>(std::ranges::count(csv.substr(begin, at - begin), '\n'));
        if (fields.size() == 1 && fields.front().empty())
            continue; // an empty line
        if (fields.size() != width)
            return wrongTable("the row has another number of fields than the header", file, firstLine,
                "give each row " + std::to_string(width));
        std::array<std::string_view, reviewColumns.size()> row;
        for (std::size_t column = 0; column < reviewColumns.size(); ++column)
            row[column] = fields[placeOf[column]];
        writer.append(out, row, counts);
        if (out.size() >= reviewPieceSize) {
            write(out);
            out.clear();
        }
    }
    write(out);
    return counts;
}

} // namespace plimsoll::network
