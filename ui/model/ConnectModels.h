// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/kube/Kubeconfig.h"
#include "core/snapshot/Collect.h"
#include "ui/model/TableModel.h"

// The tables of Connect: contexts, what can be read, what is being read, what could not be read.
namespace plimsoll::ui::model {

struct ContextRow {
    enum class State : std::uint8_t { NotTried, Trying, Reachable, NeedsLogin, Unreachable, Unusable };
    std::string id; // the name as the kubeconfig has it
    QString name, cluster, server, user, auth, ns;
    bool isCurrent = false;
    State state = State::NotTried;
    QString note; // version, or what is in the way and what to do
};
QString toText(ContextRow::State state);
QString stateText(const ContextRow& row); // with the note behind it
// One row a context, in the order of the files.
std::vector<ContextRow> contextRows(const kube::Kubeconfig& config);
// Whether each word of the text is found in the row.
bool matches(const ContextRow& row, const QString& text);

class ContextsModel final : public TableModel<ContextRow> {
public:
    explicit ContextsModel(QObject* parent = nullptr);
};

// A row of the pre-flight.
struct AccessRow {
    QString resource, group, access, note;
    int rank = 0; // denied, some namespaces, unknown, allowed
};
std::vector<AccessRow> accessRows(const snapshot::Preflight& preflight);

class AccessModel final : public TableModel<AccessRow> {
public:
    explicit AccessModel(QObject* parent = nullptr);
};

// A resource while it is collected.
struct StepRow {
    QString resource, state, note;
    snapshot::CollectStep::State rank = snapshot::CollectStep::State::Waiting;
    quint64 items = 0;
};
std::vector<StepRow> stepRows(const std::vector<snapshot::CollectStep>& steps);

class StepsModel final : public TableModel<StepRow> {
public:
    explicit StepsModel(QObject* parent = nullptr);
};

// What a capture could not read, and why.
struct NotCollectedRow {
    QString resource, where, reason, permission, message;
};
std::vector<NotCollectedRow> notCollectedRows(const std::vector<snapshot::NotCollected>& list);

class NotCollectedModel final : public TableModel<NotCollectedRow> {
public:
    explicit NotCollectedModel(QObject* parent = nullptr);
};

} // namespace plimsoll::ui::model
