// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/model/GraphTables.h"
#include "ui/model/PathsData.h"
#include "ui/model/TableModel.h"

// What stands beside the picture of an answer, as rows.
namespace plimsoll::ui::model {

// A group of ways, a change, or a place that is reached: what is listed beside the picture.
struct PathListRow {
    int index = 0; // into groups, chokes or reached
    quint32 figure = 0, second = 0;
    QString title, where, note;
};

struct PathStepRow {
    quint32 number = 0;
    quint32 step = 0; // of the graph
    QString technique, title, from, to, certainty;
};

std::vector<PathListRow> groupRows(const attack::AttackGraph& graph, const PathAnswer& answer);
std::vector<PathListRow> chokeRows(const attack::AttackGraph& graph, const PathAnswer& answer);
std::vector<PathListRow> reachedRows(const attack::AttackGraph& graph, const PathAnswer& answer);
std::vector<PathListRow> namespaceRows(const PathAnswer& answer);
std::vector<PathStepRow> stepRows(const attack::AttackGraph& graph, const attack::Path& path);
// The table twin of the picture.
std::vector<GraphObjectRow> pictureObjectRows(const attack::AttackGraph& graph, const PathPicture& picture);
std::vector<GraphLinkRow> pictureLinkRows(const PathPicture& picture);

class PathGroupsModel : public TableModel<PathListRow> {
public:
    explicit PathGroupsModel(QObject* parent = nullptr);
};
class ChokePointsModel : public TableModel<PathListRow> {
public:
    explicit ChokePointsModel(QObject* parent = nullptr);
};
class ReachedModel : public TableModel<PathListRow> {
public:
    explicit ReachedModel(QObject* parent = nullptr);
};
class NamespaceWaysModel : public TableModel<PathListRow> {
public:
    explicit NamespaceWaysModel(QObject* parent = nullptr);
};
class PathStepsModel : public TableModel<PathStepRow> {
public:
    explicit PathStepsModel(QObject* parent = nullptr);
};

} // namespace plimsoll::ui::model
