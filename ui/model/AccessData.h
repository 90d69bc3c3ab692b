// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <vector>

#include <QString>
#include <QStringList>

#include "core/access/Questions.h"
#include "core/assess/Assessment.h"
#include "core/base/Progress.h"
#include "ui/model/TableModel.h"

// What the Access view shows, made from the evaluator. All functions may run in a job; the assessment is shared.
namespace plimsoll::ui::model {

using SharedAssessment = std::shared_ptr<const assess::Assessment>;

// Somebody who may do something: named by a binding, or a service account.
struct AccessSubject {
    QString kind, ns, name; // "User", "Group", "ServiceAccount"
    access::User user;
    int bindings = 0;
    int severity = 4; // 0 = critical ... 4 = info
    QStringList reasons; // why: "may read every Secret"
    bool isOwn = false; // one of Kubernetes' own components
    QString path() const; // "shop/web"
    QString title() const; // "ServiceAccount shop/web"
    QString reference() const; // as the question bar takes it: "serviceaccount/shop/web"
};
std::vector<AccessSubject> accessSubjects(const SharedAssessment& assessment, Progress& progress);

// One way in which a subject gets a right.
struct AccessWay {
    QString subject; // who the binding names
    std::uint32_t binding = access::Grant::none, role = access::Grant::none, rule = access::Grant::none;
};
// "User ann" → "Group dev" → binding → role → "/rules/0".
QStringList chainOf(const SharedAssessment& assessment, const QString& asked, const AccessWay& way);

constexpr std::array matrixVerbs { "get", "list", "watch", "create", "update", "patch", "delete", "deletecollection" };

struct PermissionRowData {
    QString where, resource, names;
    std::array<bool, matrixVerbs.size()> verbs {};
    QString others; // verbs without a column
    std::vector<AccessWay> ways;
    QString from; // all ways in words, for hovering
};
std::vector<PermissionRowData> permissionRows(const SharedAssessment& assessment, const access::User& user);

struct ComparisonRowData {
    QString who, where, resource, names, verbs; // who: "only A", "only B", "both"
};
std::vector<ComparisonRowData> comparisonRows(
    const SharedAssessment& assessment, const access::User& a, const access::User& b);

struct AnswerRowData {
    QString subject, binding, role, rule;
    AccessWay way;
};
struct AccessAnswer {
    QString headline; // "3 subjects can get secrets in shop"
    QStringList notes; // why it is not certain, what is missing
    std::vector<AnswerRowData> rows;
    QString problem; // what is wrong with the question
};
// "who can get secrets in shop", "can ann create pods/exec in shop". Never fails: a problem is part of the answer.
AccessAnswer answerOf(const SharedAssessment& assessment, const QString& question);
// What may stand where the cursor is, sorted.
QStringList accessCompletions(
    const SharedAssessment& assessment, const std::vector<AccessSubject>& subjects, const QString& textBefore);

class SubjectsModel : public TableModel<AccessSubject> {
public:
    explicit SubjectsModel(QObject* parent = nullptr);

protected:
    QVariant severityOf(const AccessSubject& row) const override;
    QString toolTipOf(const AccessSubject& row) const override;
};
class PermissionsModel : public TableModel<PermissionRowData> {
public:
    explicit PermissionsModel(QObject* parent = nullptr);
    static int verbOfColumn(int column); // index into matrixVerbs; -1 = another column

protected:
    QString toolTipOf(const PermissionRowData& row) const override;
};
class ComparisonModel : public TableModel<ComparisonRowData> {
public:
    explicit ComparisonModel(QObject* parent = nullptr);
};
class AnswersModel : public TableModel<AnswerRowData> {
public:
    explicit AnswersModel(QObject* parent = nullptr);
};

// A table as CSV (RFC 4180). Cells that a spreadsheet would take for a formula are quoted with an apostrophe.
QString csvOf(const QAbstractItemModel& table);

} // namespace plimsoll::ui::model
