// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "core/assess/Assessment.h"
#include "ui/model/TableModel.h"

namespace plimsoll::ui::model {

// One control and what it came to over the whole scope.
struct ControlRow {
    QString id, title, verdict, reason;
    int severity = 4;
    int verdictRank = 0; // fail, not assessed, pass
    quint32 failed = 0, passed = 0, notAssessed = 0;
};

class ControlsModel final : public TableModel<ControlRow> {
public:
    explicit ControlsModel(QObject* parent = nullptr);
    void setAssessment(const std::shared_ptr<const assess::Assessment>& assessment); // nullptr = empty

protected:
    QVariant severityOf(const ControlRow& row) const override { return row.severity; }
};

// A problem of the import: what could not be read, where, and what to do.
struct ProblemRow {
    bool isError = true;
    QString what, where, advice;
};

class ProblemsModel final : public TableModel<ProblemRow> {
public:
    explicit ProblemsModel(QObject* parent = nullptr);
    void setAssessment(const std::shared_ptr<const assess::Assessment>& assessment);
};

} // namespace plimsoll::ui::model
