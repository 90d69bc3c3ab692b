// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>
#include <QString>
#include <vector>

// A drawn graph as data for other programs. What stands in it comes from a cluster: everything is escaped. The same
// graph gives the same bytes.
namespace plimsoll::ui::model {

struct ExportNode {
    QString id, title, kind, ns, note;
    int count = 1; // that a folded node stands for
};

struct ExportEdge {
    int from = 0, to = 0; // indices of nodes
    QString label, technique, certainty;
};

struct ExportGraph {
    QString title;
    std::vector<ExportNode> nodes;
    std::vector<ExportEdge> edges;
};

QByteArray graphMlOf(const ExportGraph& graph);
QByteArray dotOf(const ExportGraph& graph);
QByteArray jsonOf(const ExportGraph& graph);

} // namespace plimsoll::ui::model
