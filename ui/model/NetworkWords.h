// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <QStringList>

#include "core/network/Reach.h"

// Words that the parts of ui/model/Network*.cpp share.
namespace plimsoll::ui::model {

struct Network;
struct ConnectionRow;

QString networkTr(const char* source);
QString networkTitle(const Network& network, cluster::ObjectId object); // "NetworkPolicy shop/web"; "" of none
QString answerText(network::Answer answer); // "allowed"
QString figureText(std::uint64_t number); // "1,234"
// With a capital in front, unless it begins with a name.
QString sentenceText(QString clause);
// One line of CSV (RFC 4180), no cell of which a spreadsheet takes for a formula.
QString csvLine(const QStringList& cells);
// "a -> b" of "a -> b:80/TCP": when nobody asked for the port.
QString withoutPort(const QString& question);
QString layerText(network::Layer layer); // "Egress"
QString directionText(network::Direction direction); // "egress"
// "ingress: NetworkPolicy data/db /spec/ingress/0", "no policy".
QString decidedByText(const Network& network, const network::Verdict& verdict);
// Fills everything but the names: on which ports any of one may talk to any of the other, and who decides.
void judgeOnAnyPort(const Network& network, std::span<const network::Point> from, std::span<const network::Point> to,
    network::Sides sides, ConnectionRow& row);
// Pods by class, one for each: all that a judgement of many pods needs.
std::vector<std::uint32_t> onePerClass(const network::Reach& reach, std::span<const std::uint32_t> pods);

} // namespace plimsoll::ui::model
