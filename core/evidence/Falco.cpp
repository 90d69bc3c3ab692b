// SPDX-License-Identifier: Apache-2.0
#include "core/evidence/Falco.h"

#include <algorithm>
#include <array>
#include <map>
#include <tuple>

#include "core/base/Text.h"
#include "core/evidence/detail/AlertForms.h"
#include "core/evidence/detail/JsonStream.h"
#include "core/evidence/detail/Times.h"
#include "core/format/Json.h"

namespace plimsoll::evidence {

namespace {

constexpr std::size_t maxAlertProblems = 20;

auto alertOrder(const Alert& one)
{
    return std::tie(one.priority, one.rule, one.ns, one.pod, one.container, one.tool, one.source, one.image, one.node,
        one.owner, one.isBlocked, one.user);
}

// One log: the pieces of its stream, added up.
class AlertReader {
public:
    explicit AlertReader(const std::string& name)
        : m_name(name)
    {
    }
    Result<AlertLog> read(format::ByteSource& bytes, Progress& progress);

private:
    void take(const JsonPiece& piece);
    void takeLine(std::string_view text, const JsonPiece& piece);
    void noteBad(const std::string& why, std::uint64_t line);

    const std::string& m_name;
    format::JsonParser m_parser;
    format::Document m_document;
    AlertCounter m_counter;
    AlertLog m_problems;
};

void AlertReader::noteBad(const std::string& why, std::uint64_t line)
{
    if (m_problems.badLines++ < maxAlertProblems)
        m_problems.problems.push_back(
            { ErrorKind::Format, why, m_name + ':' + std::to_string(line), "the rest of the log was read" });
}

void AlertReader::take(const JsonPiece& piece)
{
    if (piece.isTooLong) {
        noteBad("the line is longer than an alert can be", piece.line);
        return;
    }
    if (piece.text.starts_with('{')) {
        takeLine(piece.text, piece);
        return;
    }
    // The output of a pod has other words before (kubectl logs --prefix --timestamps), and lines that are no alerts.
    const std::size_t at = piece.text.substr(0, 512).find('{');
    if (at != std::string_view::npos && m_parser.parse(piece.text.substr(at), m_document))
        m_counter.take(m_document.root());
}

void AlertReader::takeLine(std::string_view text, const JsonPiece& piece)
{
    const bool isJson = m_parser.parse(text, m_document).has_value();
    if (isJson && m_counter.take(m_document.root()))
        return;
    // A last line without a line break is one being written. Tools log about themselves in JSON as well.
    if (!isJson && (!piece.isUnended || !m_counter.hasAny()))
        noteBad("the line is no JSON", piece.line);
    else if (isJson && !isToolsOwnLog(m_document.root()))
        noteBad("the line is no alert", piece.line);
}

Result<AlertLog> AlertReader::read(format::ByteSource& bytes, Progress& progress)
{
    const auto done = readPieces(bytes, progress, [this](const JsonPiece& piece) { take(piece); });
    if (!done)
        return std::unexpected(done.error());
    if (!m_counter.hasAny())
        return failure(ErrorKind::Format, "no alerts were found", m_name,
            "name the JSON lines of Falco (json_output: true), Tetragon or KubeArmor, plain or gzip");
    AlertLog out = m_counter.finish();
    out.problems = std::move(m_problems.problems);
    out.badLines = m_problems.badLines;
    return out;
}

bool containsAllWords(std::string_view text, std::initializer_list<std::string_view> words)
{
    return std::ranges::all_of(words, [&](std::string_view word) { return text.contains(word); });
}

// The head of a log: its first JSON object is not that of another kind of document.
std::string alertHead(std::string_view head)
{
    std::string text = plainHead(head);
    const std::size_t at = text.find('{');
    return at == std::string::npos ? std::string() : text.substr(at);
}

} // namespace

std::string_view toText(AlertTool tool)
{
    switch (tool) {
    case AlertTool::Falco:
        return "Falco";
    case AlertTool::Tetragon:
        return "Tetragon";
    case AlertTool::KubeArmor:
        break;
    }
    return "KubeArmor";
}

std::string_view toText(AlertPriority priority)
{
    constexpr std::array<std::string_view, 9> texts { "Emergency", "Alert", "Critical", "Error", "Warning", "Notice",
        "Informational", "Debug", "unknown" };
    return texts[static_cast<std::size_t>(priority)];
}

std::string Alert::sentence() const
{
    std::string out = std::string(toText(tool)) + ", " + std::string(toText(priority)) + ": " + rule;
    if (!pod.empty())
        out += ", in pod " + (ns.empty() ? pod : ns + '/' + pod);
    else if (!ns.empty())
        out += ", in namespace " + ns;
    else if (!node.empty())
        out += ", on " + node;
    if (!container.empty())
        out += ", container " + container;
    if (!processes.empty())
        out += ", by " + join(processes, ", ");
    if (!user.empty())
        out += ", by user " + user;
    if (isBlocked)
        out += ", prevented";
    return printable(out + ", " + timesText(count, first, last));
}

void AlertLog::add(AlertLog other)
{
    AlertCounter counter;
    for (AlertLog* log : { this, &other }) {
        for (Alert& one : log->alerts)
            counter.add(std::move(one));
    }
    AlertLog sum = counter.finish();
    alerts = std::move(sum.alerts);
    isCut = isCut || other.isCut || sum.isCut;
    events += other.events;
    drops += other.drops;
    dropReports += other.dropReports;
    plainEvents += other.plainEvents;
    badLines += other.badLines;
    if (other.from)
        from = std::min(from.value_or(*other.from), *other.from);
    if (other.to)
        to = std::max(to.value_or(*other.to), *other.to);
    problems.insert(problems.end(), other.problems.begin(), other.problems.end());
}

void sortAlerts(std::vector<Alert>& alerts)
{
    std::ranges::sort(alerts, [](const Alert& a, const Alert& b) { return alertOrder(a) < alertOrder(b); });
}

bool isFalco(std::string_view head)
{
    const std::string text = alertHead(head);
    return containsAllWords(text, { "\"rule\"", "\"priority\"" })
        && (text.contains("\"output_fields\"") || containsAllWords(text, { "\"output\"", "\"time\"" }));
}

bool isTetragon(std::string_view head)
{
    const std::string text = alertHead(head);
    return text.contains("\"process\"")
        && (text.contains("\"process_exec\"") || text.contains("\"process_exit\"")
            || text.contains("\"process_kprobe\"") || text.contains("\"process_tracepoint\"")
            || text.contains("\"process_lsm\"") || text.contains("\"process_uprobe\""));
}

bool isKubeArmor(std::string_view head)
{
    const std::string text = alertHead(head);
    return containsAllWords(text, { "\"HostName\"", "\"Operation\"" })
        && (text.contains("\"MatchedPolicy\"") || text.contains("\"PolicyName\"") || text.contains("\"ContainerLog\"")
            || text.contains("\"HostLog\"") || text.contains("\"MatchedHostPolicy\""));
}

Result<AlertLog> readAlertLog(format::ByteSource& bytes, const std::string& name, Progress& progress)
{
    std::optional<AlertLog> out;
    const auto done
        = readUnpacked(bytes, name, [&](const std::string& title, format::ByteSource& inner) -> Result<void> {
              auto log = AlertReader(title).read(inner, progress);
              if (!log)
                  return std::unexpected(log.error());
              if (out)
                  out->add(std::move(*log));
              else
                  out = std::move(*log);
              return {};
          });
    if (!done)
        return std::unexpected(done.error());
    if (!out)
        return failure(ErrorKind::Format, "no alerts were found", name, "name the JSON lines of the tool");
    return std::move(*out);
}

Result<AlertLog> readAlertLogFile(const std::string& path, Progress& progress)
{
    std::optional<AlertLog> out;
    const auto done = readLogFile(path, progress, [&](const std::string& name, format::ByteSource& bytes) {
        auto log = readAlertLog(bytes, name, progress);
        if (!log)
            return Result<void>(std::unexpected(log.error()));
        out = std::move(*log);
        return Result<void> {};
    });
    if (!done)
        return std::unexpected(done.error());
    return std::move(*out);
}

} // namespace plimsoll::evidence
