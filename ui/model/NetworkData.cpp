// SPDX-License-Identifier: Apache-2.0
#include "ui/model/NetworkData.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include "core/base/Text.h"
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
    auto reach = std::make_shared<const Reach>(assessment->cluster);
    return { std::move(assessment), std::move(reach) };
}

QString networkNotice(const Network& network)
{
    if (!network)
        return {};
    QStringList parts;
    const network::EnforcementState& state = network.reach->enforcement();
    if (state.state != network::Plugin::Enforcement::Yes) {
        parts.append(lineText(state.sentence) + QLatin1Char('.'));
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

// --- Words ---------------------------------------------------------------------------------------------------------

QString networkTr(const char* source)
{
    return QCoreApplication::translate("Network", source);
}

QString networkTitle(const Network& network, cluster::ObjectId object)
{
    return object.isNone() ? QString() : lineText(network.cluster().titleOf(object));
}

QString figureText(std::uint64_t number)
{
    return text(grouped(number));
}

QString sentenceText(QString clause)
{
    const qsizetype blank = clause.indexOf(QLatin1Char(' '));
    const QString word = clause.left(blank < 0 ? clause.size() : blank);
    if (std::ranges::all_of(word, [](QChar one) { return one.isLetter() || one == QLatin1Char(':'); })
        && !clause.isEmpty())
        clause[0] = clause[0].toUpper();
    return clause;
}

QString answerText(Answer answer)
{
    switch (answer) {
    case Answer::Allowed:
        return networkTr("allowed");
    case Answer::Denied:
        return networkTr("denied");
    case Answer::Unknown:
        break;
    }
    return networkTr("unknown");
}

QString layerText(Layer layer)
{
    switch (layer) {
    case Layer::Egress:
        return networkTr("Egress");
    case Layer::Ingress:
        return networkTr("Ingress");
    case Layer::Mesh:
        break;
    }
    return networkTr("Mesh");
}

QString directionText(network::Direction direction)
{
    return direction == network::Direction::Ingress ? networkTr("ingress") : networkTr("egress");
}

namespace {

QString decisionText(const Network& network, const Side& side)
{
    if (!side.policy.isNone()) {
        const QString rule = lineText(side.pointer);
        return networkTitle(network, side.policy) + (rule.isEmpty() ? QString() : QLatin1Char(' ') + rule);
    }
    switch (side.basis) {
    case Basis::Policy:
    case Basis::DefaultOpen:
        return networkTr("no policy");
    case Basis::Outside:
        return networkTr("not a pod");
    case Basis::SpecException:
        return networkTr("always allowed (itself or its own node)");
    case Basis::UndefinedHostNetwork:
        return networkTr("host network: not defined");
    default:
        return text(network::toText(side.basis));
    }
}

} // namespace

QString decidedByText(const Network& network, const Verdict& verdict)
{
    QStringList parts;
    bool isByPolicy = false;
    for (const Layer layer : { Layer::Egress, Layer::Ingress, Layer::Mesh }) {
        const Side* side = verdict.side(layer);
        if (!side || (verdict.answer == Answer::Denied && side->answer != Answer::Denied)
            || (verdict.answer == Answer::Unknown && side->answer == Answer::Allowed))
            continue;
        if (side->basis == Basis::Outside && parts.isEmpty() && layer == Layer::Egress)
            continue; // no policy restricts that end: the other one tells
        isByPolicy = isByPolicy || !side->policy.isNone() || side->basis != Basis::DefaultOpen;
        parts.append(layerText(layer).toLower() + QStringLiteral(": ") + decisionText(network, *side));
    }
    return isByPolicy ? parts.join(QStringLiteral(" \u00b7 ")) : networkTr("no policy");
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

// Takes ":443" or ":443/udp" off the end of a destination. An IPv6 address stands in brackets when a port follows.
void takePort(QString& end, NetworkQuestion& out)
{
    const qsizetype bracket = end.startsWith(QLatin1Char('[')) ? end.indexOf(QLatin1Char(']')) : -1;
    QString behind;
    if (bracket > 0) {
        behind = end.mid(bracket + 1);
        end = end.mid(1, bracket - 1);
        if (behind.isEmpty())
            return;
        if (!behind.startsWith(QLatin1Char(':'))) {
            out.problem = networkTr("A port follows the bracket as in \u201c[fd00::1]:443\u201d.");
            return;
        }
        behind.remove(0, 1);
    } else {
        const qsizetype colon = end.indexOf(QLatin1Char(':'));
        if (colon < 0 || end.indexOf(QLatin1Char(':'), colon + 1) >= 0)
            return; // no port, or an IPv6 address
        behind = end.mid(colon + 1);
        end.truncate(colon);
    }
    const qsizetype slash = behind.indexOf(QLatin1Char('/'));
    out.port = behind.left(slash < 0 ? behind.size() : slash);
    if (slash >= 0) {
        const auto protocol = network::parseProtocol(behind.mid(slash + 1).toUpper().toStdString());
        if (!protocol)
            out.problem
                = networkTr("The protocol \u201c%1\u201d is none of tcp, udp and sctp.").arg(behind.mid(slash + 1));
        else
            out.protocol = *protocol;
    }
    if (out.port.isEmpty() && out.problem.isEmpty())
        out.problem = networkTr("A port is missing behind the colon.");
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
    const qsizetype at = line.indexOf(arrow());
    if (at < 0 || line.indexOf(arrow(), at + 2) >= 0) {
        out.problem = questionHelp();
        return out;
    }
    out.from = line.left(at).trimmed();
    out.to = line.mid(at + 2).trimmed();
    if (out.from.isEmpty() || out.to.isEmpty()) {
        out.problem
            = out.from.isEmpty() ? networkTr("The source is missing. ") : networkTr("The destination is missing. ");
        out.problem += questionHelp();
    } else if (out.from.contains(QLatin1Char(' ')) || out.to.contains(QLatin1Char(' '))) {
        out.problem = networkTr("One source and one destination, without blanks. ") + questionHelp();
    } else {
        takePort(out.to, out);
    }
    if (!out.problem.isEmpty())
        return { {}, {}, {}, Protocol::TCP, out.problem };
    return out;
}

Result<Endpoint> networkEnd(const Network& network, const QString& name)
{
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

// "a -> b" of "a -> b:80/TCP": nobody asked for the port.
QString withoutPort(const QString& question)
{
    const qsizetype colon = question.lastIndexOf(QLatin1Char(':'));
    return question.indexOf(QLatin1Char('/'), std::max<qsizetype>(0, colon)) < 0 ? question : question.left(colon);
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

NetworkAnswer listAnswer(const Network& network, const Endpoint& from, const Endpoint& to,
    const NetworkQuestion& question, network::Sides sides, Progress& progress)
{
    NetworkAnswer out;
    const std::vector<EndGroup> sources = groupsOf(*network.reach, from);
    std::vector<EndGroup> destinations = groupsOf(*network.reach, to);
    if (to.kind == Endpoint::Kind::Service && !question.port.isEmpty())
        destinations = { { lineText(to.name), to, {} } }; // its port is not that of the pods
    progress.enter("Asking what can talk to what", sources.size());
    std::size_t pairs = 0;
    std::optional<Error> refused;
    for (const EndGroup& source : sources) {
        if (progress.isCancelled())
            return {};
        for (const EndGroup& destination : destinations) {
            if (source.workload && source.workload == destination.workload)
                continue;
            if (++pairs > mostConnectionRows)
                continue;
            if (question.port.isEmpty()) {
                out.rows.push_back(rowOnAnyPort(network, source, destination, sides));
            } else if (auto row = rowOnPort(network, source, destination, question)) {
                out.rows.push_back(std::move(*row));
            } else {
                refused = row.error();
            }
        }
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

namespace {

// The kind only where it is not the usual one.
QString shortTitle(const Network& network, cluster::ObjectId policy)
{
    QString title = networkTitle(network, policy);
    const QString usual = QStringLiteral("NetworkPolicy ");
    return title.startsWith(usual) ? title.mid(usual.size()) : title;
}

} // namespace

// --- Explaining ----------------------------------------------------------------------------------------------------

Explained explained(const Network& network, const ConnectionRow& row)
{
    // A denial on every port is explained for one that no rule names; what is allowed, for its first port.
    const std::uint16_t probed = row.port != 0 || row.answer == Answer::Denied ? row.port : std::uint16_t { 1 };
    Explained out = explained(network, network.reach->decide(row.from, row.to, row.verdictProtocol, probed));
    if (row.port == 0 && out.answer == Answer::Allowed)
        out.question = withoutPort(out.question);
    return out;
}

Explained explained(const Network& network, const Verdict& verdict)
{
    const Reach& reach = *network.reach;
    Explained out;
    const QString from = lineText(reach.nameOf(verdict.from)), to = lineText(reach.nameOf(verdict.to));
    const QString protocol = text(network::toText(verdict.protocol));
    out.question = from + QStringLiteral(" -> ") + to
        + (verdict.port == 0 ? QString()
                             : QLatin1Char(':') + QString::number(verdict.port) + QLatin1Char('/') + protocol);
    out.answer = verdict.answer;
    out.headline = sentenceText(answerText(verdict.answer)) + QStringLiteral(": ") + lineText(reach.reason(verdict));
    if (verdict.inForce != verdict.answer)
        out.notes.append(networkTr("As the policies are written; in force: %1").arg(answerText(verdict.inForce)));
    const Reach::Ports ports = reach.ports(verdict.from, verdict.to);
    out.notes.append(networkTr("Allowed ports: %1").arg(lineText(network::toText(ports.certain))));
    if (ports.possible != ports.certain)
        out.notes.append(
            networkTr("Perhaps allowed: %1").arg(lineText(network::toText(ports.possible.without(ports.certain)))));
    for (const Layer layer : { Layer::Egress, Layer::Ingress, Layer::Mesh }) {
        const Side* side = verdict.side(layer);
        if (!side)
            continue;
        const QString title = layer == Layer::Egress ? networkTr("Egress of %1").arg(from)
            : layer == Layer::Ingress                ? networkTr("Ingress of %1").arg(to)
                                                     : networkTr("Mesh before %1").arg(to);
        out.sides.push_back({ title, answerText(side->answer), sentenceText(lineText(reach.sideText(verdict, layer))),
            networkTitle(network, side->policy), lineText(side->pointer), text(network::toText(side->basis)),
            side->answer, side->policy,
            !side->pointer.empty() ? lineText(side->pointer)
                                   : QStringLiteral("/spec/")
                    + QString(layer == Layer::Egress ? QLatin1String("egress") : QLatin1String("ingress")) });
    }
    const network::Explanation why = reach.explain(verdict);
    for (const network::NearMiss& miss : why.misses) {
        out.misses.push_back({ layerText(miss.layer), shortTitle(network, miss.policy), lineText(miss.pointer),
            lineText(miss.reason), miss.isPeerMatched, miss.policy, static_cast<std::size_t>(miss.layer) });
    }
    out.change = sentenceText(lineText(why.change));
    return out;
}

QString Explained::asText() const
{
    QStringList lines { question, headline };
    lines += notes;
    for (const ExplainedSide& side : sides) {
        lines.append(QString());
        lines.append(
            side.title + QStringLiteral(": ") + side.verdict + QStringLiteral(" (") + side.basis + QLatin1Char(')'));
        if (!side.text.isEmpty())
            lines.append(QStringLiteral("  ") + side.text);
        if (!side.policy.isEmpty())
            lines.append(QStringLiteral("  ") + side.policy + QLatin1Char(' ') + side.pointer);
    }
    if (!misses.empty())
        lines += QStringList { QString(), networkTr("Rules that did not match") };
    for (const NearMissRow& miss : misses)
        lines.append(QStringLiteral("  ") + miss.direction + QStringLiteral(": ") + miss.policy + QLatin1Char(' ')
            + miss.rule + QStringLiteral(": ") + miss.reason);
    if (!change.isEmpty())
        lines += QStringList { QString(), networkTr("Smallest change: %1").arg(change) };
    return lines.join(QLatin1Char('\n')) + QLatin1Char('\n');
}

QByteArray Explained::asJson() const
{
    const auto answerName = [](Answer one) { return text(network::toText(one)); };
    QJsonArray sideArray, missArray;
    for (const ExplainedSide& side : sides)
        sideArray.append(QJsonObject { { QStringLiteral("title"), side.title },
            { QStringLiteral("allowed"), answerName(side.answer) }, { QStringLiteral("basis"), side.basis },
            { QStringLiteral("policy"), side.policy }, { QStringLiteral("rule"), side.pointer },
            { QStringLiteral("text"), side.text } });
    for (const NearMissRow& miss : misses)
        missArray.append(QJsonObject { { QStringLiteral("direction"), miss.direction },
            { QStringLiteral("policy"), miss.policy }, { QStringLiteral("rule"), miss.rule },
            { QStringLiteral("reason"), miss.reason }, { QStringLiteral("onlyPortMissing"), miss.isPeerMatched } });
    const QJsonObject root { { QStringLiteral("question"), question },
        { QStringLiteral("allowed"), answerName(answer) }, { QStringLiteral("reason"), headline },
        { QStringLiteral("notes"), QJsonArray::fromStringList(notes) }, { QStringLiteral("sides"), sideArray },
        { QStringLiteral("nearMisses"), missArray }, { QStringLiteral("change"), change } };
    return QJsonDocument(root).toJson(QJsonDocument::Indented);
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
    const QString& word = words.last();
    if (words.size() == 2 && !hasArrow)
        return { arrow() };
    if (words.size() > 3 || word.contains(QLatin1Char(':')))
        return {};
    QStringList out, later;
    for (const QString& name : names) {
        if (out.size() >= most)
            break;
        if (name.startsWith(word, Qt::CaseInsensitive))
            out.append(name);
        else if (later.size() < most && name.contains(word, Qt::CaseInsensitive))
            later.append(name);
    }
    return (out + later).mid(0, most);
}

} // namespace plimsoll::ui::model
