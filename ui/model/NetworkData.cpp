// SPDX-License-Identifier: Apache-2.0
#include "ui/model/NetworkData.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include "core/base/Text.h"
#include "core/network/Questions.h"
#include "ui/model/NetworkWords.h"
#include "ui/model/Text.h"

namespace plimsoll::ui::model {

using network::Answer;
using network::Basis;
using network::Endpoint;
using network::Layer;
using network::Point;
using network::Protocol;
using network::Reach;
using network::Side;
using network::Verdict;

Network networkOf(std::shared_ptr<const assess::Assessment> assessment)
{
    if (!assessment)
        return {};
    auto reach = assessment->reach ? assessment->reach : std::make_shared<const Reach>(assessment->cluster);
    return { std::move(assessment), std::move(reach) };
}

QString networkNotice(const Network& network)
{
    if (!network)
        return {};
    QStringList parts;
    const network::EnforcementState& state = network.reach->enforcement();
    if (state.state != network::Plugin::Enforcement::Yes) {
        parts.append(sentenceText(lineText(state.sentence)) + QLatin1Char('.'));
        parts.append(state.state == network::Plugin::Enforcement::No
                ? networkTr("All that is shown is what the policies say; nothing holds anybody to it.")
                : networkTr("All that is shown holds if the network plugin does what the policies say."));
    }
    if (const auto others = network.reach->unevaluated(); !others.empty()) {
        parts.append(others.size() == 1
                ? networkTr("%1 is not computed and may decide otherwise.").arg(networkTitle(network, others.front()))
                : networkTr("%1 policies of other APIs are not computed and may decide otherwise.").arg(others.size()));
    }
    return parts.join(QLatin1Char(' '));
}

// --- Questions -----------------------------------------------------------------------------------------------------

namespace {

const QString& arrow()
{
    static const QString text = QStringLiteral("->");
    return text;
}

QString questionHelp()
{
    return networkTr("Write \u201csource -> destination:port\u201d, such as \u201cshop/web -> data/db:5432\u201d, "
                     "\u201c* -> payments\u201d or \u201cinternet -> *\u201d.");
}

// What cannot be the name of anything, told where it is written. "" = it may be one.
QString endProblem(const QString& end)
{
    if (end.contains(QLatin1Char(' ')))
        return networkTr("There is a blank in \u201c%1\u201d: several ends stand with commas between them.").arg(end);
    if (end.contains(QLatin1Char('[')) && end.endsWith(QLatin1Char(']')) && !end.startsWith(QLatin1Char('[')))
        return {}; // "shop/web[Deployment]"
    if (end.contains(QLatin1Char('[')) || end.count(QLatin1Char(':')) == 1)
        return networkTr("What stands behind the colon of \u201c%1\u201d is no port, or no protocol: it would be 443, "
                         "53/udp or 5000/sctp.")
            .arg(end);
    return {};
}

// "who can reach X" and "what can X reach" in the one form.
QString withoutAlias(const QString& question)
{
    QStringList words = question.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    if (!words.isEmpty() && words.last().endsWith(QLatin1Char('?')))
        words.last().chop(1);
    if (words.size() == 4 && words[1] == QLatin1String("can")) {
        if (words[0] == QLatin1String("who") && words[2] == QLatin1String("reach"))
            return QStringLiteral("* -> ") + words[3];
        if (words[0] == QLatin1String("what") && words[3] == QLatin1String("reach"))
            return words[2] + QStringLiteral(" -> *");
    }
    return words.join(QLatin1Char(' '));
}

} // namespace

QString NetworkQuestion::text() const
{
    QString out = from + QStringLiteral(" -> ");
    out += port.isEmpty() || !to.contains(QLatin1Char(':')) ? to : QLatin1Char('[') + to + QLatin1Char(']');
    if (!port.isEmpty())
        out += QLatin1Char(':') + port;
    if (protocol != Protocol::TCP && !port.isEmpty())
        out += QLatin1Char('/') + QString::fromStdString(std::string(network::toText(protocol))).toLower();
    return out;
}

NetworkQuestion networkQuestion(const QString& asked)
{
    NetworkQuestion out;
    QString line = withoutAlias(asked.simplified());
    line.replace(QChar(0x2192), arrow());
    if (line.count(arrow()) != 1) {
        out.problem = questionHelp();
        return out;
    }
    const auto statement = network::parseStatement(line.toStdString());
    if (!statement) {
        out.problem = sentenceText(errorText(statement.error())) + QStringLiteral(". ") + questionHelp();
        return out;
    }
    const auto endsOf = [](const std::vector<std::string>& ends) {
        QStringList all;
        for (const std::string& end : ends)
            all.append(text(end));
        return all.join(QStringLiteral(", "));
    };
    out.from = endsOf(statement->from);
    out.to = endsOf(statement->to);
    if (statement->port.find('/') != std::string::npos) {
        out.problem
            = networkTr("\u201c%1\u201d is no port: it would be 443, 53/udp or 5000/sctp.").arg(text(statement->port));
        return out;
    }
    for (const std::vector<std::string>* ends : { &statement->from, &statement->to }) {
        for (const std::string& end : *ends) {
            if (const QString problem = endProblem(text(end)); !problem.isEmpty())
                return { {}, {}, {}, Protocol::TCP, problem + QLatin1Char(' ') + questionHelp() };
        }
    }
    out.port = text(statement->port);
    out.protocol = statement->protocol.value_or(Protocol::TCP);
    return out;
}

Result<Endpoint> networkEnd(const Network& network, const QString& name)
{
    if (name.contains(QLatin1Char(','))) {
        Endpoint all { Endpoint::Kind::All, name.toStdString(), {}, network::noIndex };
        std::set<std::uint32_t> pods; // each once
        for (const QString& part : name.split(QLatin1Char(','), Qt::SkipEmptyParts)) {
            auto one = networkEnd(network, part.trimmed());
            if (!one)
                return one;
            for (const Point& point : one->points) {
                if (!point.isPod() || pods.insert(point.pod).second)
                    all.points.push_back(point);
            }
        }
        return all;
    }
    const std::string wanted = name.toStdString();
    if (std::ranges::binary_search(network.reach->namespaceNames(), wanted))
        return network.reach->endpoint(wanted + "/*");
    return network.reach->endpoint(wanted);
}

namespace {

QString portsText(const std::vector<network::PortRange>& ranges)
{
    return lineText(network::toText(ranges));
}

void setPorts(ConnectionRow& row, const network::PortSet& ports)
{
    if (ports.isAll()) {
        row.protocol = networkTr("any");
        row.ports = networkTr("all");
        return;
    }
    QStringList protocols, texts;
    for (const Protocol protocol : network::allProtocols) {
        const auto& ranges = ports.ranges(protocol);
        if (ranges.empty())
            continue;
        protocols.append(text(network::toText(protocol)));
        texts.append(portsText(ranges));
        if (row.port == 0) {
            row.verdictProtocol = protocol;
            row.port = ranges.front().first;
        }
    }
    row.protocol = protocols.join(QStringLiteral(", "));
    row.ports = texts.join(QStringLiteral("; "));
}

} // namespace

void judgeOnAnyPort(const Network& network, std::span<const Point> from, std::span<const Point> to,
    network::Sides sides, ConnectionRow& row)
{
    const Reach& reach = *network.reach;
    row.from = from.front();
    row.to = to.front();
    network::PortSet certain, possible;
    std::size_t pairs = 0, allowedPairs = 0;
    for (const Point& a : from) {
        for (const Point& b : to) {
            const Reach::Ports ports = reach.ports(a, b, sides);
            const bool isFirst = certain.isEmpty() && !ports.certain.isEmpty();
            if (isFirst || (certain.isEmpty() && possible.isEmpty() && !ports.possible.isEmpty())) {
                row.from = a;
                row.to = b;
            }
            ++pairs;
            allowedPairs += ports.certain.isEmpty() ? 0 : 1;
            certain.add(ports.certain);
            possible.add(ports.possible);
        }
    }
    row.answer = !certain.isEmpty() ? Answer::Allowed : !possible.isEmpty() ? Answer::Unknown : Answer::Denied;
    row.isPartial = row.answer == Answer::Allowed && allowedPairs < pairs;
    setPorts(row, row.answer == Answer::Unknown ? possible : certain);
    const std::uint16_t probed = row.port != 0 || row.answer == Answer::Denied ? row.port : std::uint16_t { 1 };
    row.decidedBy = decidedByText(network, reach.decide(row.from, row.to, row.verdictProtocol, probed));
    row.verdict = row.isPartial ? networkTr("partly") : answerText(row.answer);
}

namespace {

// Pods of one workload, or addresses: what makes a row of a list.
struct EndGroup {
    QString label;
    Endpoint end; // one pod for each class
    cluster::WorkloadId workload;
};

std::vector<EndGroup> groupsOf(const Reach& reach, const Endpoint& endpoint)
{
    std::vector<EndGroup> out;
    std::map<cluster::WorkloadId, std::vector<Point>> byWorkload;
    for (const Point& point : endpoint.points) {
        if (point.isPod())
            byWorkload[reach.pods()[point.pod].workload].push_back(point);
        else
            out.push_back({ lineText(reach.nameOf(point)),
                { Endpoint::Kind::Addresses, reach.nameOf(point), { point }, network::noIndex }, {} });
    }
    const std::size_t addresses = out.size();
    for (auto& [workload, points] : byWorkload) {
        std::set<std::uint32_t> classes;
        std::erase_if(points, [&](const Point& one) { return !classes.insert(reach.pods()[one.pod].podClass).second; });
        const std::string name = reach.workloadName(workload);
        out.push_back(
            { lineText(name), { Endpoint::Kind::Workload, name, std::move(points), network::noIndex }, workload });
    }
    std::sort(out.begin() + static_cast<std::ptrdiff_t>(addresses), out.end(),
        [](const EndGroup& a, const EndGroup& b) { return a.label < b.label; });
    return out;
}

// All ports of a pair of groups at once.
ConnectionRow rowOnAnyPort(const Network& network, const EndGroup& from, const EndGroup& to, network::Sides sides)
{
    ConnectionRow row;
    row.source = from.label;
    row.destination = to.label;
    judgeOnAnyPort(network, from.end.points, to.end.points, sides, row);
    return row;
}

Result<ConnectionRow> rowOnPort(
    const Network& network, const EndGroup& from, const EndGroup& to, const NetworkQuestion& question)
{
    const auto verdict = network.reach->decide(from.end, to.end, question.protocol, question.port.toStdString());
    if (!verdict)
        return std::unexpected(verdict.error());
    const bool isPartial = verdict->answer == Answer::Allowed && !verdict->note.empty();
    return ConnectionRow { from.label, to.label, text(network::toText(question.protocol)), question.port,
        isPartial ? networkTr("partly") : answerText(verdict->answer), decidedByText(network, *verdict),
        verdict->answer, isPartial, verdict->from, verdict->to, verdict->protocol, verdict->port };
}

bool isSet(const Endpoint& endpoint)
{
    return endpoint.kind == Endpoint::Kind::All;
}

QString listHeadline(const std::vector<ConnectionRow>& rows, std::size_t pairs, const QString& port)
{
    std::size_t allowed = 0, unknown = 0;
    for (const ConnectionRow& row : rows) {
        allowed += row.answer == Answer::Allowed ? 1 : 0;
        unknown += row.answer == Answer::Unknown ? 1 : 0;
    }
    QString out = port.isEmpty()
        ? networkTr("%1 of %2 pairs may talk on some port").arg(figureText(allowed), figureText(rows.size()))
        : networkTr("%1 of %2 pairs may talk on port %3").arg(figureText(allowed), figureText(rows.size()), port);
    if (unknown > 0)
        out += networkTr("; of %1 it cannot be told").arg(figureText(unknown));
    if (pairs > rows.size())
        out += networkTr(". These are the first of %1 pairs: narrow the question, or export all")
                   .arg(figureText(pairs));
    return out + QLatin1Char('.');
}

// Workloads on both sides: nobody asks whether they reach themselves.
std::size_t commonOf(const std::vector<EndGroup>& a, const std::vector<EndGroup>& b)
{
    std::set<cluster::WorkloadId> own;
    for (const EndGroup& one : a) {
        if (one.workload)
            own.insert(one.workload);
    }
    return static_cast<std::size_t>(
        std::ranges::count_if(b, [&](const EndGroup& one) { return one.workload && own.contains(one.workload); }));
}

NetworkAnswer listAnswer(const Network& network, const Endpoint& from, const Endpoint& to,
    const NetworkQuestion& question, network::Sides sides, Progress& progress)
{
    NetworkAnswer out;
    const std::vector<EndGroup> sources = groupsOf(*network.reach, from);
    std::vector<EndGroup> destinations = groupsOf(*network.reach, to);
    if (to.kind == Endpoint::Kind::Service && !question.port.isEmpty())
        destinations = { { lineText(to.name), to, {} } }; // its port is not that of the pods
    progress.enter("Asking what can talk to what", sources.size());
    const std::size_t pairs = sources.size() * destinations.size() - commonOf(sources, destinations);
    std::size_t asked = 0;
    std::optional<Error> refused;
    for (const EndGroup& source : sources) {
        if (progress.isCancelled())
            return {};
        for (const EndGroup& destination : destinations) {
            if ((source.workload && source.workload == destination.workload) || asked == mostConnectionRows)
                continue;
            ++asked;
            if (question.port.isEmpty()) {
                out.rows.push_back(rowOnAnyPort(network, source, destination, sides));
            } else if (auto row = rowOnPort(network, source, destination, question)) {
                out.rows.push_back(std::move(*row));
            } else {
                refused = row.error();
            }
        }
        if (asked == mostConnectionRows)
            break;
        progress.advance(1);
    }
    out.isCut = pairs > mostConnectionRows;
    if (out.rows.empty() && refused)
        out.problem = sentenceText(errorText(*refused));
    else if (out.rows.empty())
        out.headline = networkTr("There is no pair of workloads in that question.");
    else
        out.headline = listHeadline(out.rows, pairs, question.port);
    return out;
}

} // namespace

NetworkAnswer answerOf(const Network& network, const QString& asked, network::Sides sides, Progress& progress)
{
    NetworkAnswer out;
    NetworkQuestion question = networkQuestion(asked.trimmed().isEmpty() ? QStringLiteral("* -> *") : asked);
    if (!question.problem.isEmpty()) {
        out.problem = question.problem;
        return out;
    }
    const auto from = networkEnd(network, question.from), to = networkEnd(network, question.to);
    for (const auto* end : { &from, &to }) {
        if (!*end) {
            out.problem = sentenceText(errorText(end->error()));
            return out;
        }
    }
    if (from->points.empty() || to->points.empty()) {
        out.problem
            = networkTr("Nothing runs at \u201c%1\u201d.").arg(from->points.empty() ? question.from : question.to);
        return out;
    }
    if (isSet(*from) || isSet(*to))
        return listAnswer(network, *from, *to, question, sides, progress);
    const auto verdict = network.reach->decide(*from, *to, question.protocol, question.port.toStdString());
    if (!verdict) {
        out.problem = sentenceText(errorText(verdict.error()));
        return out;
    }
    out.explanation = explained(network, *verdict);
    if (question.port.isEmpty())
        out.explanation->question = withoutPort(out.explanation->question);
    out.headline = out.explanation->headline;
    return out;
}

// --- Completion ----------------------------------------------------------------------------------------------------

QStringList networkNames(const Network& network, Progress& progress)
{
    const cluster::Cluster& cluster = network.cluster();
    std::set<QString> names;
    const auto addObject = [&](cluster::ObjectId id) {
        const cluster::Object& object = cluster.object(id);
        const std::string_view ns = object.ns.isNone() ? std::string_view("default") : cluster.text(object.ns);
        names.insert(lineText(ns) + QLatin1Char('/') + lineText(cluster.text(object.name)));
    };
    progress.enter("Reading names", network.reach->pods().size());
    for (const std::string& ns : network.reach->namespaceNames())
        names.insert(lineText(ns) + QStringLiteral("/*"));
    for (const cluster::Service& service : cluster.services())
        addObject(service.object);
    for (const cluster::Workload& workload : cluster.workloads())
        addObject(workload.object);
    for (const network::ReachPod& pod : network.reach->pods()) {
        if (!pod.isTemplate)
            addObject(pod.object);
    }
    names.insert({ QStringLiteral("*"), QStringLiteral("internet") });
    return { names.begin(), names.end() };
}

QStringList networkCompletions(const QStringList& names, const QString& textBefore)
{
    constexpr qsizetype most = 60;
    const QStringList words = textBefore.split(QLatin1Char(' '));
    const bool hasArrow = words.contains(arrow());
    const QString word = words.last().toLower(); // as names of Kubernetes are
    if (words.size() == 2 && !hasArrow)
        return { arrow() };
    if (words.size() > 3 || word.contains(QLatin1Char(':')))
        return {};
    QStringList out, later;
    for (const QString& name : names) {
        if (out.size() >= most)
            break;
        if (name.startsWith(word))
            out.append(name);
        else if (later.size() < most && name.contains(word))
            later.append(name);
    }
    return (out + later).mid(0, most);
}

} // namespace plimsoll::ui::model
