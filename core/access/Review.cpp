// SPDX-License-Identifier: Apache-2.0
#include "core/access/Review.h"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "core/base/Text.h"
#include "core/format/Csv.h"

namespace plimsoll::access {

namespace {

constexpr std::array<std::string_view, 9> columns { "user", "groups", "verb", "group", "resource", "subresource",
    "namespace", "name", "path" };
enum Column : std::size_t { user, groups, verb, group, resource, subresource, ns, name, path };
constexpr std::size_t pieceSize = 1u << 20;
constexpr std::size_t mostPrincipals = 100'000; // remembered at a time: a hostile table has a new user in each row

std::unexpected<Error> wrong(std::string what, std::string_view file, std::uint64_t line, std::string advice)
{
    return failure(
        ErrorKind::Format, std::move(what), std::string(file) + ':' + std::to_string(line), std::move(advice));
}

User userOf(std::string_view userName, std::string_view groupList)
{
    User out { .name = std::string(userName), .groups = {} };
    for (const std::string_view one : split(groupList, ';'))
        if (!one.empty())
            out.groups.emplace_back(one);
    return out;
}

std::string_view textOf(Answer answer)
{
    switch (answer) {
    case Answer::No:
        return "false";
    case Answer::Yes:
        return "true";
    case Answer::Unknown:
        return "unknown";
    }
    std::unreachable();
}

class Reviewer {
public:
    explicit Reviewer(const Authorizers& authorizers)
        : m_authorizers(authorizers)
    {
    }
    // The answer to one row, with the row before it.
    void append(std::string& out, const std::array<std::string_view, columns.size()>& row, ReviewCounts& counts)
    {
        m_request.verb = row[verb];
        m_request.apiGroup = row[group];
        m_request.resource = row[resource];
        m_request.subresource = row[subresource];
        m_request.ns = row[ns];
        m_request.name = row[name];
        m_request.path = row[path];
        const Decision decision = m_authorizers.decide(principalOf(row[user], row[groups]), m_request);
        ++counts.rows;
        counts.allowed += decision.answer == Answer::Yes ? 1 : 0;
        counts.unknown += decision.answer == Answer::Unknown ? 1 : 0;
        for (const std::string_view field : row) {
            format::appendCsvField(out, field);
            out += ',';
        }
        out += textOf(decision.answer);
        out += ',';
        out += reasonOf(decision);
        out += '\n';
    }

private:
    const Principal& principalOf(std::string_view userName, std::string_view groupList)
    {
        m_key.assign(userName).append(1, '\n').append(groupList);
        if (m_known.size() >= mostPrincipals)
            m_known.clear();
        const auto [at, isNew] = m_known.try_emplace(m_key);
        if (isNew)
            at->second = m_authorizers.rbac().principal(userOf(userName, groupList));
        return at->second;
    }

    // Few reasons answer many rows. What a reason is made of is its key.
    const std::string& reasonOf(const Decision& decision)
    {
        const Grant& grant = decision.miss ? decision.miss->at : decision.grant;
        m_key.assign(1, static_cast<char>(decision.by));
        m_key.append(1,
            static_cast<char>((m_request.path.empty() ? 0 : 1) | (m_request.ns.empty() ? 0 : 2)
                | (m_request.name.empty() ? 0 : 4) | (decision.miss ? 8 : 0)));
        m_key.append(reinterpret_cast<const char*>(&grant), sizeof grant);
        if (decision.miss) {
            for (const Clause clause : decision.miss->failed)
                m_key.append(1, static_cast<char>(clause));
            m_key.append(m_request.resource);
        }
        m_key.append(1, '\n').append(decision.remark);
        if (m_reasons.size() >= mostPrincipals)
            m_reasons.clear();
        const auto [at, isNew] = m_reasons.try_emplace(m_key);
        if (isNew)
            format::appendCsvField(at->second, m_authorizers.reason(decision, m_request));
        return at->second;
    }

    const Authorizers& m_authorizers;
    std::unordered_map<std::string, Principal> m_known;
    std::unordered_map<std::string, std::string> m_reasons; // as fields of the table
    std::string m_key;
    Request m_request;
};

} // namespace

Result<ReviewCounts> review(const Authorizers& authorizers, std::string_view csv, std::string_view file,
    const std::function<void(std::string_view)>& write)
{
    if (csv.starts_with("\xEF\xBB\xBF"))
        csv.remove_prefix(3);
    const std::string advice = "write a header with " + join(std::span<const std::string_view>(columns), ",");
    std::vector<std::string> fields;
    std::size_t at = 0;
    std::uint64_t line = 1; // where the next record begins
    if (!format::readCsvRecord(csv, at, fields))
        return wrong("a quote is not closed", file, line, "close it");
    const std::size_t width = fields.size();
    std::array<std::size_t, columns.size()> placeOf {};
    for (std::size_t column = 0; column < columns.size(); ++column) {
        const auto found = std::ranges::find(fields, columns[column]);
        if (found == fields.end())
            return wrong("the table has no column " + std::string(columns[column]), file, line, advice);
        placeOf[column] = static_cast<std::size_t>(found - fields.begin());
    }
    line += static_cast<std::uint64_t>(std::ranges::count(csv.substr(0, at), '\n'));
    ReviewCounts counts;
    Reviewer reviewer(authorizers);
    std::string out = join(std::span<const std::string_view>(columns), ",") + ",allowed,reason\n";
    while (at < csv.size()) {
        const std::size_t begin = at;
        if (!format::readCsvRecord(csv, at, fields))
            return wrong("a quote is not closed", file, line, "close it");
        const std::uint64_t firstLine = line;
        line += static_cast<std::uint64_t>(std::ranges::count(csv.substr(begin, at - begin), '\n'));
        if (fields.size() == 1 && fields.front().empty())
            continue; // an empty line
        if (fields.size() != width)
            return wrong("the row has another number of fields than the header", file, firstLine,
                "give each row " + std::to_string(width));
        std::array<std::string_view, columns.size()> row;
        for (std::size_t column = 0; column < columns.size(); ++column)
            row[column] = fields[placeOf[column]];
        reviewer.append(out, row, counts);
        if (out.size() >= pieceSize) {
            write(out);
            out.clear();
        }
    }
    write(out);
    return counts;
}

} // namespace plimsoll::access
