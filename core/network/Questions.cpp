// SPDX-License-Identifier: Apache-2.0
#include "core/network/Questions.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "core/base/Text.h"
#include "core/format/Yaml.h"
#include "core/network/Services.h"
#include "core/network/detail/Flows_p.h"

namespace plimsoll::network {

namespace {

constexpr std::size_t mostExamples = 10;

std::unexpected<Error> wrongStatement(std::string_view text, std::string what)
{
    return failure(
        ErrorKind::Usage, std::move(what), printable(text), "write FROM -> TO, such as shop/web -> data/db:5432");
}

std::vector<std::string> listOf(std::string_view text)
{
    std::vector<std::string> out;
    for (const std::string_view piece : split(text, ',')) {
        if (!trimmed(piece).empty())
            out.emplace_back(trimmed(piece));
    }
    return out;
}

// Takes "/TCP" and ":443" off the end. A colon within an IPv6 address is none of a port: [::1]:53 has one.
Result<void> takePort(std::string& last, Statement& out)
{
    const auto slash = last.rfind('/');
    if (slash != std::string::npos) {
        std::string upper = last.substr(slash + 1);
        std::ranges::transform(
            upper, upper.begin(), [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
        if (const auto protocol = parseProtocol(upper)) {
            out.protocol = protocol;
            last.resize(slash);
        }
    }
    const auto bracket = last.rfind(']');
    const auto colon = last.rfind(':');
    const bool isV6 = last.find(':') != colon && bracket == std::string::npos;
    if (colon != std::string::npos && !isV6 && (bracket == std::string::npos || colon > bracket)) {
        out.port = trimmed(std::string_view(last).substr(colon + 1));
        last.resize(colon);
        if (const auto number = toInteger(out.port); out.port.empty() || (number && (*number < 1 || *number > 65535)))
            return wrongStatement(out.port, "not a port");
    }
    if (last.starts_with('[') && last.ends_with(']') && last.find(':') != std::string::npos)
        last = last.substr(1, last.size() - 2);
    return {};
}

// One end as classes and ranges, with how many pods of each and the port there.
struct QuestionGroup {
    std::uint32_t podClass = noIndex;
    AddressRange addresses;
    std::uint16_t port = 0; // of a Service: on the pod
    std::vector<std::uint32_t> pods;
};

class PairCounter {
public:
    PairCounter(const Reach& reach, const Statement& statement)
        : m_reach(reach)
        , m_model(reach.model())
        , m_statement(statement)
        , m_evaluator(m_model)
    {
    }

    Result<PairCount> run(const std::set<std::uint32_t>& withoutPods, bool withoutOutside)
    {
        auto from = groupsOf(m_statement.from, false);
        if (!from)
            return std::unexpected(from.error());
        auto to = groupsOf(m_statement.to, true);
        if (!to)
            return std::unexpected(to.error());
        for (const QuestionGroup& source : *from) {
            if (source.podClass == noIndex && withoutOutside)
                continue;
            QuestionGroup own = source;
            std::erase_if(own.pods, [&](std::uint32_t pod) { return withoutPods.contains(pod); });
            if (own.podClass != noIndex && own.pods.empty())
                continue;
            for (const QuestionGroup& target : *to)
                countGroups(own, target);
        }
        return std::move(m_out);
    }

private:
    Protocol protocol() const { return m_statement.protocol.value_or(Protocol::TCP); }

    Result<std::vector<QuestionGroup>> groupsOf(const std::vector<std::string>& names, bool isTarget)
    {
        std::map<std::pair<std::uint32_t, std::uint16_t>, std::set<std::uint32_t>> byClass;
        std::vector<QuestionGroup> out;
        for (const std::string& name : names) {
            const auto endpoint = m_reach.endpoint(name);
            if (!endpoint)
                return std::unexpected(endpoint.error());
            if (isTarget && endpoint->kind == Endpoint::Kind::Service && !m_statement.port.empty()) {
                if (auto problem = addService(*endpoint, byClass, out); !problem)
                    return std::unexpected(problem.error());
                continue;
            }
            for (const Point& point : endpoint->points) {
                if (point.isPod())
                    byClass[{ m_reach.pods()[point.pod].podClass, 0 }].insert(point.pod);
                else
                    out.push_back({ noIndex, point.addresses, 0, {} });
            }
        }
        for (const auto& [key, pods] : byClass)
            out.push_back({ key.first, {}, key.second, { pods.begin(), pods.end() } });
        return out;
    }

    Result<void> addService(const Endpoint& endpoint,
        std::map<std::pair<std::uint32_t, std::uint16_t>, std::set<std::uint32_t>>& byClass,
        std::vector<QuestionGroup>& out)
    {
        const auto port = servicePort(m_reach, endpoint.service, m_statement.port, protocol());
        if (!port)
            return failure(ErrorKind::Usage, "the Service has no such port", endpoint.name + ':' + m_statement.port,
                "name one of its ports");
        for (const Backend& backend : backendsOf(m_reach, endpoint.service, *port).list) {
            if (!backend.point.isPod())
                out.push_back({ noIndex, backend.point.addresses, backend.port, {} });
            else if (backend.port != 0)
                byClass[{ m_reach.pods()[backend.point.pod].podClass, backend.port }].insert(backend.point.pod);
        }
        return {};
    }

    // The ports that the question is about, on this destination.
    PortPool::Id wanted(const QuestionGroup& target)
    {
        PortSet set = PortSet::all();
        std::uint16_t port = target.port;
        if (port == 0 && !m_statement.port.empty()) {
            const auto number = toInteger(m_statement.port);
            port = number             ? static_cast<std::uint16_t>(*number)
                : target.pods.empty() ? std::uint16_t { 0 }
                                      : namedPort(m_reach, target.pods.front(), m_statement.port, protocol());
            if (port == 0)
                return PortPool::empty;
        }
        if (port != 0)
            set = PortSet::of(protocol(), { port, port });
        else if (m_statement.protocol)
            set = PortSet::of(*m_statement.protocol, {});
        return m_evaluator.pool.intern(set);
    }

    Outcome outcomeOf(Layer layer, std::uint32_t subject, const QuestionGroup& other, const AddressRange& piece)
    {
        SideKey key = m_evaluator.keyOf(layer, subject);
        if (other.podClass != noIndex)
            return m_evaluator.outcome(key, other.podClass);
        const PodClass& own = m_model.f().classes[subject];
        key.isUndecidable = m_model.undecidable(own.ns, true, layer).has_value();
        return m_evaluator.outcome(key, m_model.otherOf({ noIndex, piece }, Point::ofPod(own.pods.front())));
    }

    std::vector<AddressRange> piecesOf(const QuestionGroup& range, const QuestionGroup& pods) const
    {
        if (range.podClass != noIndex || pods.podClass == noIndex)
            return { range.addresses };
        return m_reach.pieces(Point::ofPod(pods.pods.front()), range.addresses);
    }

    void countGroups(const QuestionGroup& source, const QuestionGroup& target)
    {
        const PortPool::Id ports = wanted(target);
        for (const AddressRange& a : piecesOf(source, target)) {
            for (const AddressRange& b : piecesOf(target, source)) {
                Outcome outcome;
                if (source.podClass != noIndex)
                    outcome = outcomeOf(Layer::Egress, source.podClass, target, b);
                if (target.podClass != noIndex)
                    outcome = m_evaluator.meet(outcome, outcomeOf(Layer::Ingress, target.podClass, source, a));
                outcome = m_evaluator.meet(outcome, { ports, ports });
                take(source, target, a, b, outcome);
            }
        }
    }

    void take(const QuestionGroup& source, const QuestionGroup& target, const AddressRange& a, const AddressRange& b,
        const Outcome& outcome)
    {
        std::vector<std::uint32_t> both;
        std::ranges::set_intersection(source.pods, target.pods, std::back_inserter(both));
        const std::uint64_t pairs = std::max<std::uint64_t>(source.pods.size(), source.podClass == noIndex ? 1 : 0)
                * std::max<std::uint64_t>(target.pods.size(), target.podClass == noIndex ? 1 : 0)
            - both.size();
        if (pairs == 0)
            return;
        const auto code = m_evaluator.codeOf(outcome);
        const bool isAllowed = code == Evaluator::Code::Allowed;
        const bool isUnknown = code == Evaluator::Code::Unknown;
        (isAllowed ? m_out.allowed : isUnknown ? m_out.unknown : m_out.denied) += pairs;
        auto& examples = isAllowed ? m_out.allowedExamples : isUnknown ? m_out.unknownExamples : m_out.deniedExamples;
        if (examples.size() < mostExamples)
            examples.push_back(exampleOf(source, target, a, b, isAllowed ? outcome.certain : outcome.possible));
    }

    Verdict exampleOf(const QuestionGroup& source, const QuestionGroup& target, const AddressRange& a,
        const AddressRange& b, PortPool::Id ports)
    {
        Point from { noIndex, a }, to { noIndex, b };
        if (target.podClass != noIndex)
            to = Point::ofPod(target.pods.front());
        if (source.podClass != noIndex) {
            const bool isSame = to.isPod() && source.pods.front() == to.pod && source.pods.size() > 1;
            from = Point::ofPod(source.pods[isSame ? 1 : 0]);
            if (!isSame && to.isPod() && from.pod == to.pod && target.pods.size() > 1)
                to = Point::ofPod(target.pods[1]);
        }
        for (const Protocol own : allProtocols) {
            const auto& ranges = m_evaluator.pool[ports].ranges(own);
            if (!ranges.empty())
                return m_reach.decide(from, to, own, ranges.front().first);
        }
        const auto number = toInteger(m_statement.port);
        return m_reach.decide(
            from, to, protocol(), target.port != 0 ? target.port : static_cast<std::uint16_t>(number.value_or(0)));
    }

    const Reach& m_reach;
    const Reach::Private& m_model;
    const Statement& m_statement;
    Evaluator m_evaluator;
    PairCount m_out;
};

std::unexpected<Error> wrongInvariant(std::string_view file, format::Value at, std::string what)
{
    return failure(ErrorKind::Format, std::move(what),
        std::string(file) + (at.isPresent() ? ':' + std::to_string(at.position()) : std::string()),
        "write {name: ..., never: \"A -> B:PORT\"} (or always, only)");
}

} // namespace

Result<Statement> parseStatement(std::string_view text)
{
    Statement out;
    out.text = trimmed(text);
    const auto arrow = out.text.find("->");
    if (arrow == std::string::npos)
        return wrongStatement(text, "the question has no arrow");
    out.from = listOf(std::string_view(out.text).substr(0, arrow));
    out.to = listOf(std::string_view(out.text).substr(arrow + 2));
    if (out.from.empty() || out.to.empty())
        return wrongStatement(text, "one end of the question is missing");
    if (auto taken = takePort(out.to.back(), out); !taken)
        return std::unexpected(taken.error());
    if (out.to.back().empty())
        return wrongStatement(text, "one end of the question is missing");
    return out;
}

Result<PairCount> countPairs(const Reach& reach, const Statement& statement)
{
    return PairCounter(reach, statement).run({}, false);
}

std::string_view toText(InvariantResult::State state)
{
    switch (state) {
    case InvariantResult::State::Holds:
        return "holds";
    case InvariantResult::State::Broken:
        return "broken";
    case InvariantResult::State::Unknown:
        return "unknown";
    }
    std::unreachable();
}

Result<std::vector<Invariant>> parseInvariants(std::string_view yaml, std::string_view file)
{
    format::Document document;
    if (auto parsed = format::parseYaml(yaml, 1, document); !parsed) {
        Error error = parsed.error();
        error.where = std::string(file) + (error.where.empty() ? "" : ", " + error.where);
        return std::unexpected(std::move(error));
    }
    const format::Value list = document.root()["invariants"];
    if (!list.isArray() || list.size() == 0)
        return wrongInvariant(file, document.root(), "the file has no list of invariants");
    constexpr std::array<std::pair<std::string_view, Invariant::Kind>, 3> kinds { { { "never", Invariant::Kind::Never },
        { "always", Invariant::Kind::Always }, { "only", Invariant::Kind::Only } } };
    std::vector<Invariant> out;
    for (const format::Value row : list) {
        Invariant own;
        int count = 0;
        for (const format::Value field : row) {
            const auto kind = std::ranges::find(kinds, field.key(), [](const auto& pair) { return pair.first; });
            if (kind == kinds.end() && field.key() != "name")
                return wrongInvariant(file, field, "unknown field " + printable(field.key()));
            if (kind == kinds.end())
                continue;
            auto statement = parseStatement(field.text());
            if (!statement)
                return wrongInvariant(file, field, statement.error().what + ": " + statement.error().where);
            own.kind = kind->second;
            own.statement = std::move(*statement);
            own.line = field.position();
            ++count;
        }
        if (count != 1)
            return wrongInvariant(file, row, "an invariant has exactly one of never, always and only");
        own.name = row["name"].text().empty() ? own.statement.text : std::string(row["name"].text());
        out.push_back(std::move(own));
    }
    return out;
}

Result<InvariantResult> check(const Reach& reach, const Invariant& invariant)
{
    Statement statement = invariant.statement;
    std::set<std::uint32_t> except;
    bool withoutOutside = false;
    if (invariant.kind == Invariant::Kind::Only) {
        for (const std::vector<std::string>* ends : { &statement.from, &statement.to }) {
            for (const std::string& name : *ends) {
                const auto endpoint = reach.endpoint(name);
                if (!endpoint)
                    return std::unexpected(endpoint.error());
                withoutOutside = withoutOutside || endpoint->kind == Endpoint::Kind::External;
                for (const Point& point : endpoint->points) {
                    if (point.isPod())
                        except.insert(point.pod);
                }
            }
        }
        statement.from = { "*", "external" };
    }
    auto count = PairCounter(reach, statement).run(except, withoutOutside);
    if (!count)
        return std::unexpected(count.error());
    const bool isAlways = invariant.kind == Invariant::Kind::Always;
    const std::uint64_t broken = isAlways ? count->denied : count->allowed;
    InvariantResult out;
    out.state = broken > 0   ? InvariantResult::State::Broken
        : count->unknown > 0 ? InvariantResult::State::Unknown
                             : InvariantResult::State::Holds;
    out.pairs = broken > 0 ? broken : count->unknown;
    out.examples = std::move(broken == 0 ? count->unknownExamples
            : isAlways                   ? count->deniedExamples
                                         : count->allowedExamples);
    if (isAlways && count->pairs() == 0)
        out.state = InvariantResult::State::Broken; // nothing is there that could be reached
    return out;
}

} // namespace plimsoll::network
