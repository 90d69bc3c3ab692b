// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <QString>

#include "core/attack/Attack.h"
#include "ui/model/TableModel.h"

// The table twin of the graph: the same nodes and links as rows, for reading, sorting, copying and screen readers.
namespace plimsoll::ui::model {

constexpr std::uint8_t noSeverity = 5; // beside those of control::Severity

// Words for what the graph shows, as plain text of one line.
QString graphName(const attack::EntityGraph& graph, const attack::Neighbourhood::Node& node); // "web", "+14 Nodes"
QString graphCaption(const attack::EntityGraph& graph, const attack::Neighbourhood::Node& node); // "Deployment · shop"
QString graphTitle(const attack::EntityGraph& graph, const attack::Neighbourhood::Node& node); // "Deployment shop/web"
QString relationsText(std::uint32_t relations); // "mounts Secret, reads Secret in env"

struct GraphObjectRow {
    int node = 0; // of the neighbourhood and of the scene
    QString kind, ns, name, note;
    int severity = noSeverity; // of the worst finding
    int links = 0; // to what is shown
};

struct GraphLinkRow {
    int fromNode = 0, toNode = 0;
    QString from, relation, to;
    int count = 1;
};

std::vector<GraphObjectRow> graphObjectRows(
    const attack::EntityGraph& graph, const attack::Neighbourhood& view, std::span<const std::uint8_t> severity);
std::vector<GraphLinkRow> graphLinkRows(const attack::EntityGraph& graph, const attack::Neighbourhood& view);

class GraphObjectsModel : public TableModel<GraphObjectRow> {
public:
    explicit GraphObjectsModel(QObject* parent = nullptr);

protected:
    QVariant severityOf(const GraphObjectRow& row) const override;
};

class GraphLinksModel : public TableModel<GraphLinkRow> {
public:
    explicit GraphLinksModel(QObject* parent = nullptr);
};

} // namespace plimsoll::ui::model
