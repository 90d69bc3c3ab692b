// SPDX-License-Identifier: Apache-2.0
#include "core/evidence/AuditLog.h"

#include <algorithm>
#include <array>
#include <map>

#include "core/base/Text.h"
#include "core/evidence/detail/AuditForms.h"
#include "core/evidence/detail/JsonStream.h"

namespace plimsoll::evidence {

namespace {

constexpr std::size_t maxProblems = 20;

// One log: the pieces of its stream, counted.
class LogReader {
public:
    explicit LogReader(const std::string& name)
        : m_name(name)
    {
    }
    Result<AuditLog> read(format::ByteSource& bytes, Progress& progress);

private:
    void take(const JsonPiece& piece);
    void noteBad(const std::string& why, std::uint64_t line);

    const std::string& m_name;
    AuditCounter m_counter;
    AuditForms m_forms { m_counter };
    AuditLog m_problems;
    std::uint64_t m_pieces = 0; // of an audit log
    bool m_isLegacy = false;
};

void LogReader::noteBad(const std::string& why, std::uint64_t line)
{
    if (m_problems.badLines++ < maxProblems)
        m_problems.problems.push_back(
            { ErrorKind::Format, why, m_name + ':' + std::to_string(line), "the rest of the log was read" });
}

void LogReader::take(const JsonPiece& piece)
{
    if (piece.isTooLong) {
        noteBad("the line is longer than an event can be", piece.line);
        return;
    }
    if (m_pieces == 0 && !piece.text.starts_with('{') && isLegacyAuditText(piece.text)) {
        m_isLegacy = true;
        noteBad("the line is of the legacy text format", piece.line);
        return;
    }
    switch (m_forms.take(piece.text)) {
    case AuditForms::Taken::Event:
        ++m_pieces;
        break;
    case AuditForms::Taken::Other:
        break;
    case AuditForms::Taken::Nothing:
        // A last line without a line break is one being written.
        if (!piece.isUnended || m_pieces == 0)
            noteBad("the line is no audit event", piece.line);
        break;
    }
}

Result<AuditLog> LogReader::read(format::ByteSource& bytes, Progress& progress)
{
    const auto done = readPieces(bytes, progress, [this](const JsonPiece& piece) { take(piece); });
    if (!done)
        return std::unexpected(done.error());
    if (m_pieces == 0 && m_isLegacy)
        return failure(ErrorKind::Format, "this is an audit log in the legacy text format, which does not tell enough",
            m_name, "have the API server write JSON (--audit-log-format=json, the only format since 1.13)");
    if (m_pieces == 0 && m_forms.others() > 0)
        return failure(ErrorKind::Format, "the export holds no audit events, only entries of other logs", m_name,
            "export the audit log of the control plane (EKS: streams kube-apiserver-audit-*; AKS: category "
            "kube-audit)");
    if (m_pieces == 0)
        return failure(ErrorKind::Format, "no audit events were found", m_name,
            "name a log of the API server (audit.k8s.io, JSON lines), plain or gzip");
    AuditLog out = m_counter.finish();
    out.problems = std::move(m_problems.problems);
    out.badLines = m_problems.badLines;
    out.form = m_forms.form();
    out.others = m_forms.others();
    out.cutEvents = m_forms.cutEvents();
    return out;
}

void addCounts(std::vector<AuditCount>& counts, std::vector<AuditCount>& others)
{
    std::map<AuditUse, AuditCount> merged;
    for (std::vector<AuditCount>* list : { &counts, &others }) {
        for (AuditCount& one : *list) {
            const auto [found, isNew] = merged.try_emplace(one.use, one);
            if (isNew)
                continue;
            AuditCount& sum = found->second;
            sum.allowed += one.allowed;
            sum.denied += one.denied;
            sum.failed += one.failed;
            sum.escalations += one.escalations;
            sum.first = sum.first == 0 ? one.first : one.first == 0 ? sum.first : std::min(sum.first, one.first);
            sum.last = std::max(sum.last, one.last);
            sum.areNamesCut = sum.areNamesCut || one.areNamesCut;
            sum.sources.insert(sum.sources.end(), one.sources.begin(), one.sources.end());
            std::ranges::sort(sum.sources);
            sum.sources.erase(std::ranges::unique(sum.sources).begin(), sum.sources.end());
        }
    }
    counts.clear();
    for (auto& [use, count] : merged)
        counts.push_back(std::move(count));
}

void addDenials(std::vector<AuditDenials>& denials, std::vector<AuditDenials>& others)
{
    std::map<std::pair<std::string, UnixSeconds>, AuditDenials> merged;
    for (std::vector<AuditDenials>* list : { &denials, &others }) {
        for (AuditDenials& one : *list) {
            const auto [found, isNew] = merged.try_emplace({ one.user, one.from }, one);
            if (isNew)
                continue;
            AuditDenials& sum = found->second;
            sum.denied += one.denied;
            sum.isAskedCut = sum.isAskedCut || one.isAskedCut;
            sum.asked.insert(sum.asked.end(), one.asked.begin(), one.asked.end());
            std::ranges::sort(sum.asked);
            sum.asked.erase(std::ranges::unique(sum.asked).begin(), sum.asked.end());
            if (sum.asked.size() > AuditDenials::maxAsked) {
                sum.asked.resize(AuditDenials::maxAsked);
                sum.isAskedCut = true;
            }
        }
    }
    denials.clear();
    for (auto& [key, one] : merged)
        denials.push_back(std::move(one));
}

} // namespace

void AuditLog::add(AuditLog other)
{
    addCounts(counts, other.counts);
    addDenials(denials, other.denials);
    events += other.events;
    badLines += other.badLines;
    unauthenticated += other.unauthenticated;
    cutEvents += other.cutEvents;
    others += other.others;
    secretBodies += other.secretBodies;
    isCut = isCut || other.isCut;
    if (form.empty())
        form = other.form;
    else if (!other.form.empty() && form != other.form)
        form = "several";
    if (other.from)
        from = std::min(from.value_or(*other.from), *other.from);
    if (other.to)
        to = std::max(to.value_or(*other.to), *other.to);
    problems.insert(problems.end(), other.problems.begin(), other.problems.end());
}

bool isAuditLog(std::string_view head)
{
    const std::string text = plainHead(head);
    const std::string_view begin = trimmed(text);
    if (isLegacyAuditText(begin))
        return true;
    const bool hasEvents = begin.contains("audit.k8s.io/v1") && begin.contains('{')
        && (begin.contains("\"auditID") || begin.contains("\"EventList\"") || begin.contains("EventList\\\""));
    if (hasEvents)
        return true;
    if (!begin.starts_with('{') && !begin.starts_with('['))
        return false;
    const bool isGoogle = begin.contains("\"protoPayload\"")
        && (begin.contains("\"io.k8s.") || begin.contains("\"k8s.io\"") || begin.contains("k8s_cluster"));
    const bool isAzureRow
        = begin.contains("\"AKSAudit") || (begin.contains("\"AuditId\"") && begin.contains("\"ObjectRef\""));
    const bool isAzure = begin.contains("kube-audit") && (begin.contains("ategory\"") || begin.contains("\"log_s\""));
    return isGoogle || isAzure || isAzureRow || begin.contains("\"kube-apiserver-audit-");
}

Result<AuditLog> readAuditLog(format::ByteSource& bytes, const std::string& name, Progress& progress)
{
    std::optional<AuditLog> out;
    const auto done
        = readUnpacked(bytes, name, [&](const std::string& title, format::ByteSource& inner) -> Result<void> {
              auto log = LogReader(title).read(inner, progress);
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
        return failure(ErrorKind::Format, "no audit events were found", name, "name a log of the API server");
    return std::move(*out);
}

Result<AuditLog> readAuditLogFile(const std::string& path, Progress& progress)
{
    std::optional<AuditLog> out;
    const auto done = readLogFile(path, progress, [&](const std::string& name, format::ByteSource& bytes) {
        auto log = readAuditLog(bytes, name, progress);
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
