// SPDX-License-Identifier: Apache-2.0
// Why a connection is allowed or denied, and the words of the Network view.
#include <algorithm>

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include "core/base/Text.h"
#include "ui/model/NetworkData.h"
#include "ui/model/NetworkWords.h"
#include "ui/model/Text.h"

namespace plimsoll::ui::model {

using network::Answer;
using network::Basis;
using network::Layer;
using network::Reach;
using network::Side;
using network::Verdict;

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

QString csvLine(const QStringList& cells)
{
    constexpr QLatin1StringView formulas("=+-@\t\r");
    QStringList out;
    for (QString cell : cells) {
        if (!cell.isEmpty() && formulas.contains(cell.front()))
            cell.prepend(QLatin1Char('\''));
        cell.replace(QLatin1Char('"'), QStringLiteral("\"\""));
        out.append(QLatin1Char('"') + cell + QLatin1Char('"'));
    }
    return out.join(QLatin1Char(',')) + QStringLiteral("\r\n");
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

QString withoutPort(const QString& question)
{
    const qsizetype colon = question.lastIndexOf(QLatin1Char(':'));
    return question.indexOf(QLatin1Char('/'), std::max<qsizetype>(0, colon)) < 0 ? question : question.left(colon);
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

} // namespace plimsoll::ui::model
