// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>

#include "app/commands/NetworkCommand.h"
#include "core/base/Text.h"
#include "core/format/Csv.h"

namespace plimsoll::app {

using network::Connection;

namespace {

void printCsv(const std::vector<Connection>& rows)
{
    std::string out = "src,dst,protocol,ports\n";
    for (const Connection& row : rows) {
        for (const std::string_view field : { std::string_view(row.source), std::string_view(row.destination),
                 network::toText(row.protocol), std::string_view(row.ports) }) {
            format::appendCsvField(out, field);
            out += ',';
        }
        out.back() = '\n';
        if (out.size() > (1u << 20)) {
            print(out);
            out.clear();
        }
    }
    print(out);
}

std::string rowsJson(const std::vector<Connection>& rows)
{
    std::string out = "[";
    std::string_view separator = "\n";
    for (const Connection& row : rows) {
        out += std::string(separator) + "    {\"source\": " + jsonQuoted(row.source) + ", \"destination\": "
            + jsonQuoted(row.destination) + ", \"protocol\": " + jsonQuoted(network::toText(row.protocol))
            + ", \"ports\": " + jsonQuoted(row.ports) + '}';
        separator = ",\n";
    }
    return out + (rows.empty() ? "]" : "\n  ]");
}

// The protocols and ports of one pair: "all", "TCP 80,443; UDP 53".
using PairPorts = std::map<std::pair<std::string, std::string>, std::vector<const Connection*>>;

PairPorts pairsOf(const std::vector<Connection>& rows)
{
    PairPorts out;
    for (const Connection& row : rows)
        out[{ row.source, row.destination }].push_back(&row);
    return out;
}

std::string portsText(const std::vector<const Connection*>& rows)
{
    const bool isAll = rows.size() == network::allProtocols.size()
        && std::ranges::all_of(rows, [](const Connection* row) { return row->ports == "all"; });
    if (isAll)
        return "all";
    std::vector<std::string> parts;
    for (const Connection* row : rows)
        parts.push_back(std::string(network::toText(row->protocol)) + ' ' + row->ports);
    return join(parts, "; ");
}

std::string dotQuoted(std::string_view text)
{
    std::string out = "\"";
    for (const char c : printable(text)) {
        if (c == '"' || c == '\\')
            out += '\\';
        out += c;
    }
    return out + '"';
}

void printDot(const std::vector<Connection>& rows)
{
    std::string out = "digraph network {\n  rankdir=LR;\n  node [shape=box];\n";
    for (const auto& [pair, connections] : pairsOf(rows))
        out += "  " + dotQuoted(pair.first) + " -> " + dotQuoted(pair.second)
            + " [label=" + dotQuoted(portsText(connections)) + "];\n";
    print(out + "}\n");
}

} // namespace

int networkList(const NetworkContext& context)
{
    const std::vector<Connection> rows = context.reach->connections();
    const auto undecided = context.reach->undecidedConnections();
    if (context.form == NetworkForm::Csv) {
        printCsv(rows);
    } else if (context.form == NetworkForm::Dot) {
        printDot(rows);
    } else if (context.form == NetworkForm::Json) {
        print("{\n  \"schema\": \"plimsoll/network-list/v1\",\n  \"enforcement\": "
            + jsonQuoted(context.reach->enforcement().sentence) + ",\n  \"connections\": " + rowsJson(rows)
            + ",\n  \"undecided\": " + rowsJson(undecided) + "\n}\n");
        return done;
    } else {
        std::vector<std::vector<std::string>> table { { "SOURCE", "DESTINATION", "PORTS" } };
        for (const auto& [pair, connections] : pairsOf(rows))
            table.push_back({ printable(pair.first), printable(pair.second), portsText(connections) });
        printTable(table);
    }
    if (!undecided.empty())
        printToError("plimsoll: note: " + counted(pairsOf(undecided).size(), "pair is", "pairs are")
            + " allowed or not by what the source does not tell; see -o json\n");
    if (context.reach->enforcement().state != network::Plugin::Enforcement::Yes)
        printToError("plimsoll: note: this is what the policies say; " + context.reach->enforcement().sentence + '\n');
    return done;
}

} // namespace plimsoll::app
