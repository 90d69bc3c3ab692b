// SPDX-License-Identifier: Apache-2.0
#include "core/evidence/AuditLog.h"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <map>
#include <unordered_set>

#include "core/base/Text.h"
#include "core/format/Json.h"

namespace plimsoll::evidence {

namespace {

using format::Value;

constexpr std::size_t readBytes = 1u << 20;
constexpr std::size_t maxLineBytes = 64u << 20;
constexpr std::size_t maxNames = 200; // told apart for one user, verb, resource and namespace
constexpr std::size_t maxStarted = 200'000; // requests under way that are remembered
constexpr std::size_t maxProblems = 20;

// Adds up events.
class Counter {
public:
    void take(Value event);
    AuditLog finish();
    std::uint64_t events() const { return m_log.events; }

private:
    struct Tally {
        std::uint64_t allowed = 0, denied = 0;
        UnixSeconds first = 0, last = 0;
        bool areNamesCut = false;
    };
    void count(AuditUse use, bool isAllowed, UnixSeconds at);

    std::map<AuditUse, Tally> m_tallies;
    std::map<AuditUse, std::size_t> m_names; // of a use without its name
    std::unordered_set<std::string> m_started; // watches: told when they begin and when they end
    AuditLog m_log;
};

std::vector<std::string> sortedTexts(Value list)
{
    std::vector<std::string> out;
    for (const Value one : list)
        out.emplace_back(one.text());
    std::ranges::sort(out);
    return out;
}

AuditUse useOf(Value event, Value who)
{
    AuditUse out;
    out.user = who["username"].text();
    out.groups = sortedTexts(who["groups"]);
    out.verb = event["verb"].text();
    const Value object = event["objectRef"];
    if (object["resource"].text().empty()) {
        const std::string_view uri = event["requestURI"].text();
        out.path = uri.substr(0, uri.find('?'));
        return out;
    }
    out.apiGroup = object["apiGroup"].text();
    out.resource = object["resource"].text();
    out.subresource = object["subresource"].text();
    out.ns = object["namespace"].text();
    out.name = object["name"].text();
    return out;
}

// The real user asked for each part of the identity that it took on.
std::vector<AuditUse> impersonationsOf(Value event)
{
    const Value real = event["user"], as = event["impersonatedUser"];
    AuditUse base;
    base.user = real["username"].text();
    base.groups = sortedTexts(real["groups"]);
    base.verb = "impersonate";
    std::vector<AuditUse> out;
    AuditUse user = base;
    constexpr std::string_view account = "system:serviceaccount:";
    const std::string_view name = as["username"].text();
    if (name.starts_with(account)) {
        const std::string_view rest = name.substr(account.size());
        user.resource = "serviceaccounts";
        user.ns = rest.substr(0, rest.find(':'));
        user.name = rest.substr(std::min(rest.size(), rest.find(':') + 1));
    } else {
        user.resource = "users";
        user.name = name;
    }
    out.push_back(std::move(user));
    for (const std::string& group : sortedTexts(as["groups"])) {
        // What the API server adds by itself nobody asks for.
        if (group.starts_with("system:serviceaccounts") || group == "system:authenticated")
            continue;
        AuditUse one = base;
        one.resource = "groups";
        one.name = group;
        out.push_back(std::move(one));
    }
    return out;
}

void Counter::take(Value event)
{
    const std::string_view stage = event["stage"].text();
    if (stage != "ResponseComplete" && stage != "ResponseStarted" && stage != "Panic")
        return;
    const std::string id(event["auditID"].text());
    if (stage == "ResponseStarted") {
        if (m_started.size() >= maxStarted)
            m_started.clear();
        if (!id.empty() && !m_started.insert(id).second)
            return;
    } else if (m_started.erase(id) > 0) {
        return; // counted when it began
    }
    const std::int64_t code = event["responseStatus"]["code"].asInteger().value_or(0);
    if (code == 401) // nobody was recognised: nobody's rights were used
        return;
    const std::string_view decision = event["annotations"]["authorization.k8s.io/decision"].text();
    const bool isAllowed = decision.empty() ? code != 403 : decision == "allow";
    const UnixSeconds at = parseTime(event["requestReceivedTimestamp"].text())
                               .value_or(parseTime(event["stageTimestamp"].text()).value_or(0));
    ++m_log.events;
    if (at > 0) {
        m_log.from = std::min(m_log.from.value_or(at), at);
        m_log.to = std::max(m_log.to.value_or(at), at);
    }
    const Value impersonated = event["impersonatedUser"];
    if (impersonated.isObject()) {
        for (AuditUse& one : impersonationsOf(event))
            count(std::move(one), true, at);
    }
    count(useOf(event, impersonated.isObject() ? impersonated : event["user"]), isAllowed, at);
}

void Counter::count(AuditUse use, bool isAllowed, UnixSeconds at)
{
    bool isCut = false;
    if (!use.name.empty() && !m_tallies.contains(use)) {
        AuditUse nameless = use;
        nameless.name.clear();
        isCut = ++m_names[nameless] > maxNames;
        if (isCut)
            use = std::move(nameless);
    }
    const auto [found, isNew] = m_tallies.try_emplace(std::move(use));
    Tally& tally = found->second;
    ++(isAllowed ? tally.allowed : tally.denied);
    tally.areNamesCut = tally.areNamesCut || isCut;
    if (at > 0) {
        tally.first = tally.first == 0 ? at : std::min(tally.first, at);
        tally.last = std::max(tally.last, at);
    }
}

AuditLog Counter::finish()
{
    for (auto& [use, tally] : m_tallies)
        m_log.counts.push_back({ use, tally.allowed, tally.denied, tally.first, tally.last, tally.areNamesCut });
    return std::move(m_log);
}

// Cuts a stream into lines and gives each to the counter.
class LineReader {
public:
    LineReader(const std::string& name, Progress& progress)
        : m_name(name)
        , m_progress(progress)
    {
    }
    Result<AuditLog> read(format::ByteSource& bytes);

private:
    void takeLines(bool isLast);
    bool takeDocument(std::string_view text);
    void noteBad(const std::string& why);

    const std::string& m_name;
    Progress& m_progress;
    std::string m_buffer; // whole lines and the beginning of one
    std::size_t m_scanned = 0; // of it without a line break
    std::uint64_t m_line = 0;
    bool m_isTooLong = false; // the line that is being read
    format::JsonParser m_parser;
    format::Document m_document;
    Counter m_counter;
    AuditLog m_problems;
    std::uint64_t m_documents = 0;
};

// false = it is no JSON or nothing of an audit log.
bool LineReader::takeDocument(std::string_view text)
{
    if (const auto parsed = m_parser.parse(text, m_document); !parsed)
        return false;
    const Value root = m_document.root();
    if (!root["apiVersion"].text().starts_with("audit.k8s.io/"))
        return false;
    ++m_documents;
    if (root["kind"].text() == "Event")
        m_counter.take(root);
    for (const Value item : root["items"]) // of an EventList
        m_counter.take(item);
    return true;
}

void LineReader::noteBad(const std::string& why)
{
    if (m_problems.badLines++ < maxProblems)
        m_problems.problems.push_back(
            { ErrorKind::Format, why, m_name + ':' + std::to_string(m_line), "the rest of the log was read" });
}

void LineReader::takeLines(bool isLast)
{
    std::size_t begin = 0;
    while (true) {
        const std::size_t end = m_buffer.find('\n', std::max(begin, m_scanned));
        if (end == std::string::npos)
            break;
        ++m_line;
        const std::string_view line = trimmed(std::string_view(m_buffer).substr(begin, end - begin));
        if (m_isTooLong)
            noteBad("the line is longer than an event can be");
        else if (!line.empty() && !takeDocument(line))
            noteBad("the line is no audit event");
        m_isTooLong = false;
        begin = end + 1;
    }
    const std::string_view rest = trimmed(std::string_view(m_buffer).substr(begin));
    if (isLast && !rest.empty() && !m_isTooLong && m_documents == 0) {
        ++m_line;
        takeDocument(rest); // one document without a line break at its end; else it is a line being written
    } else if (isLast && !rest.empty() && !m_isTooLong) {
        takeDocument(rest);
    }
    m_buffer.erase(0, begin);
    m_scanned = m_buffer.size();
    if (m_buffer.size() > maxLineBytes) {
        m_isTooLong = true;
        m_buffer.clear();
        m_scanned = 0;
    }
}

Result<AuditLog> LineReader::read(format::ByteSource& bytes)
{
    while (true) {
        if (m_progress.isCancelled())
            return failure(ErrorKind::Cancelled, "cancelled");
        const std::size_t before = m_buffer.size();
        // The parser may look at some bytes behind a text.
        m_buffer.resize(before + readBytes);
        const auto count = bytes.read(m_buffer.data() + before, readBytes);
        if (!count)
            return std::unexpected(count.error());
        m_buffer.resize(before + *count);
        m_buffer.reserve(m_buffer.size() + format::jsonPadding);
        takeLines(*count == 0);
        if (*count == 0)
            break;
    }
    if (m_documents == 0)
        return failure(ErrorKind::Format, "no audit events were found", m_name,
            "name a log of the API server (audit.k8s.io, JSON lines), plain or gzip");
    AuditLog out = m_counter.finish();
    out.problems = std::move(m_problems.problems);
    out.badLines = m_problems.badLines;
    return out;
}

// Reads a file, with progress by its bytes.
class LogFile final : public format::ByteSource {
public:
    LogFile(const std::string& path, Progress& progress)
        : m_file(path, std::ios::binary)
        , m_progress(progress)
    {
    }
    bool isOpen() const { return m_file.is_open(); }
    Result<std::size_t> read(char* buffer, std::size_t size) override
    {
        m_file.read(buffer, static_cast<std::streamsize>(size));
        if (m_file.bad())
            return failure(ErrorKind::Access, "the audit log cannot be read to its end");
        const auto count = static_cast<std::size_t>(m_file.gcount());
        m_progress.advance(count);
        return count;
    }

private:
    std::ifstream m_file;
    Progress& m_progress;
};

// A source whose first bytes were looked at.
class Headed final : public format::ByteSource {
public:
    Headed(std::string head, format::ByteSource& rest)
        : m_head(std::move(head))
        , m_rest(rest)
    {
    }
    Result<std::size_t> read(char* buffer, std::size_t size) override
    {
        if (m_at == m_head.size())
            return m_rest.read(buffer, size);
        const std::size_t count = std::min(size, m_head.size() - m_at);
        std::memcpy(buffer, m_head.data() + m_at, count);
        m_at += count;
        return count;
    }

private:
    std::string m_head;
    std::size_t m_at = 0;
    format::ByteSource& m_rest;
};

} // namespace

void AuditLog::add(AuditLog other)
{
    std::map<AuditUse, AuditCount> merged;
    for (std::vector<AuditCount>* list : { &counts, &other.counts }) {
        for (AuditCount& one : *list) {
            const auto [found, isNew] = merged.try_emplace(one.use, one);
            if (isNew)
                continue;
            AuditCount& sum = found->second;
            sum.allowed += one.allowed;
            sum.denied += one.denied;
            sum.first = sum.first == 0 ? one.first : one.first == 0 ? sum.first : std::min(sum.first, one.first);
            sum.last = std::max(sum.last, one.last);
            sum.areNamesCut = sum.areNamesCut || one.areNamesCut;
        }
    }
    counts.clear();
    for (auto& [use, count] : merged)
        counts.push_back(std::move(count));
    events += other.events;
    badLines += other.badLines;
    if (other.from)
        from = std::min(from.value_or(*other.from), *other.from);
    if (other.to)
        to = std::max(to.value_or(*other.to), *other.to);
    problems.insert(problems.end(), other.problems.begin(), other.problems.end());
}

Result<AuditLog> readAuditLog(format::ByteSource& bytes, const std::string& name, Progress& progress)
{
    std::string head(512, '\0');
    std::size_t size = 0;
    while (size < head.size()) {
        const auto count = bytes.read(head.data() + size, head.size() - size);
        if (!count)
            return std::unexpected(count.error());
        if (*count == 0)
            break;
        size += *count;
    }
    head.resize(size);
    const bool isPacked = format::recognisePacking(head) != format::Packing::None;
    Headed whole(std::move(head), bytes);
    if (!isPacked)
        return LineReader(name, progress).read(whole);
    // One log, or an archive of rotated ones.
    std::optional<AuditLog> out;
    const auto unpacked
        = format::unpack(whole, name, {}, [&](std::string_view entry, format::ByteSource& inner) -> Result<void> {
              const std::string title = entry.empty() ? name : name + '!' + printable(entry);
              auto log = LineReader(title, progress).read(inner);
              if (!log)
                  return std::unexpected(log.error());
              if (out)
                  out->add(std::move(*log));
              else
                  out = std::move(*log);
              return {};
          });
    if (!unpacked)
        return std::unexpected(unpacked.error());
    if (!out)
        return failure(ErrorKind::Format, "no audit events were found", name, "name a log of the API server");
    return std::move(*out);
}

Result<AuditLog> readAuditLogFile(const std::string& path, Progress& progress)
{
    const std::string name = printable(path.substr(path.rfind('/') + 1));
    LogFile file(path, progress);
    if (!file.isOpen())
        return failure(
            ErrorKind::Access, "the audit log cannot be read", printable(path), "check the path and its permissions");
    progress.enter("Reading " + name);
    return readAuditLog(file, name, progress);
}

} // namespace plimsoll::evidence
