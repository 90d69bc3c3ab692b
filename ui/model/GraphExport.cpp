// SPDX-License-Identifier: Apache-2.0
#include "ui/model/GraphExport.h"

#include <array>
#include <utility>

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QXmlStreamWriter>

namespace plimsoll::ui::model {

namespace {

// What XML 1.0 cannot hold, not even escaped, becomes U+FFFD.
QString xmlText(const QString& from)
{
    QString out;
    for (qsizetype at = 0; at < from.size(); ++at) {
        const QChar one = from[at];
        if (one.isHighSurrogate() && at + 1 < from.size() && from[at + 1].isLowSurrogate()) {
            out += one;
            out += from[++at];
            continue;
        }
        const char16_t code = one.unicode();
        const bool isControl = code < 0x20 && code != u'\t' && code != u'\n' && code != u'\r';
        out += isControl || one.isSurrogate() || code >= 0xfffe ? QChar(QChar::ReplacementCharacter) : one;
    }
    return out;
}

// A quoted string of DOT. A backslash would begin an escape there, and a line end cut the string.
QString dotText(const QString& from)
{
    QString out = QStringLiteral("\"");
    for (const QChar one : from) {
        if (one == u'"' || one == u'\\')
            out += u'\\';
        out += one.unicode() < 0x20 || one.unicode() == 0x7f ? QChar(u' ') : one;
    }
    return out + u'"';
}

void writeData(QXmlStreamWriter& xml, const QString& key, const QString& value)
{
    if (value.isEmpty())
        return;
    xml.writeStartElement(QStringLiteral("data"));
    xml.writeAttribute(QStringLiteral("key"), key);
    xml.writeCharacters(xmlText(value));
    xml.writeEndElement();
}

constexpr std::array<std::pair<const char*, const char*>, 8> keys { {
    { "title", "node" },
    { "kind", "node" },
    { "namespace", "node" },
    { "note", "node" },
    { "count", "node" },
    { "label", "edge" },
    { "technique", "edge" },
    { "certainty", "edge" },
} };

} // namespace

QByteArray graphMlOf(const ExportGraph& graph)
{
    QByteArray bytes;
    QXmlStreamWriter xml(&bytes);
    xml.setAutoFormatting(true);
    xml.writeStartDocument();
    xml.writeStartElement(QStringLiteral("graphml"));
    xml.writeDefaultNamespace(QStringLiteral("http://graphml.graphdrawing.org/xmlns"));
    for (const auto& [key, of] : keys) {
        xml.writeEmptyElement(QStringLiteral("key"));
        xml.writeAttribute(QStringLiteral("id"), QString::fromLatin1(key));
        xml.writeAttribute(QStringLiteral("for"), QString::fromLatin1(of));
        xml.writeAttribute(QStringLiteral("attr.name"), QString::fromLatin1(key));
        xml.writeAttribute(QStringLiteral("attr.type"),
            QByteArrayView(key) == QByteArrayView("count") ? QStringLiteral("int") : QStringLiteral("string"));
    }
    xml.writeStartElement(QStringLiteral("graph"));
    xml.writeAttribute(QStringLiteral("edgedefault"), QStringLiteral("directed"));
    xml.writeTextElement(QStringLiteral("desc"), xmlText(graph.title));
    for (std::size_t at = 0; at < graph.nodes.size(); ++at) {
        const ExportNode& node = graph.nodes[at];
        xml.writeStartElement(QStringLiteral("node"));
        xml.writeAttribute(QStringLiteral("id"), QStringLiteral("n%1").arg(at));
        writeData(xml, QStringLiteral("title"), node.title);
        writeData(xml, QStringLiteral("kind"), node.kind);
        writeData(xml, QStringLiteral("namespace"), node.ns);
        writeData(xml, QStringLiteral("note"), node.note);
        writeData(xml, QStringLiteral("count"), QString::number(node.count));
        xml.writeEndElement();
    }
    for (const ExportEdge& edge : graph.edges) {
        xml.writeStartElement(QStringLiteral("edge"));
        xml.writeAttribute(QStringLiteral("source"), QStringLiteral("n%1").arg(edge.from));
        xml.writeAttribute(QStringLiteral("target"), QStringLiteral("n%1").arg(edge.to));
        writeData(xml, QStringLiteral("label"), edge.label);
        writeData(xml, QStringLiteral("technique"), edge.technique);
        writeData(xml, QStringLiteral("certainty"), edge.certainty);
        xml.writeEndElement();
    }
    xml.writeEndElement();
    xml.writeEndElement();
    xml.writeEndDocument();
    return bytes;
}

QByteArray dotOf(const ExportGraph& graph)
{
    QString out = QStringLiteral("digraph ") + dotText(graph.title) + QStringLiteral(" {\n  rankdir=LR;\n");
    out += QStringLiteral("  node [shape=box];\n");
    for (std::size_t at = 0; at < graph.nodes.size(); ++at) {
        const ExportNode& node = graph.nodes[at];
        const QString where = node.ns.isEmpty() ? node.kind : node.kind + QStringLiteral(", ") + node.ns;
        out += QStringLiteral("  n%1 [label=").arg(at) + dotText(node.title) + QStringLiteral(", tooltip=")
            + dotText(where) + QStringLiteral("];\n");
    }
    for (const ExportEdge& edge : graph.edges) {
        const bool isSure = edge.certainty.isEmpty() || edge.certainty == QLatin1String("confirmed");
        out += QStringLiteral("  n%1 -> n%2 [label=").arg(edge.from).arg(edge.to) + dotText(edge.label)
            + (isSure ? QStringLiteral("];\n") : QStringLiteral(", style=dashed];\n"));
    }
    return (out + QStringLiteral("}\n")).toUtf8();
}

QByteArray jsonOf(const ExportGraph& graph)
{
    QJsonArray nodes, edges;
    for (const ExportNode& node : graph.nodes) {
        nodes += QJsonObject { { QStringLiteral("id"), node.id }, { QStringLiteral("title"), node.title },
            { QStringLiteral("kind"), node.kind }, { QStringLiteral("namespace"), node.ns },
            { QStringLiteral("note"), node.note }, { QStringLiteral("count"), node.count } };
    }
    for (const ExportEdge& edge : graph.edges) {
        edges += QJsonObject { { QStringLiteral("from"), edge.from }, { QStringLiteral("to"), edge.to },
            { QStringLiteral("label"), edge.label }, { QStringLiteral("technique"), edge.technique },
            { QStringLiteral("certainty"), edge.certainty } };
    }
    const QJsonObject all { { QStringLiteral("title"), graph.title }, { QStringLiteral("nodes"), nodes },
        { QStringLiteral("edges"), edges } };
    return QJsonDocument(all).toJson();
}

} // namespace plimsoll::ui::model
