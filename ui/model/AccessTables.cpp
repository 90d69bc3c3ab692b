// SPDX-License-Identifier: Apache-2.0
// The tables of the Access view.
#include <QCoreApplication>

#include "ui/model/AccessData.h"

namespace plimsoll::ui::model {

namespace {

constexpr auto left = Qt::AlignLeft | Qt::AlignVCenter;
constexpr auto right = Qt::AlignRight | Qt::AlignVCenter;

template <class Row, auto member>
constexpr TableColumn<Row> textColumn(const char* header, const char* toolTip, bool isSecondary = false)
{
    return { header, toolTip, [](const Row& row) -> QVariant { return row.*member; },
        [](const Row& row) { return std::pair<qint64, QString>(0, row.*member); }, left, isSecondary };
}

QString severityText(int severity)
{
    constexpr std::array names { QT_TRANSLATE_NOOP("Access", "Critical"), QT_TRANSLATE_NOOP("Access", "High"),
        QT_TRANSLATE_NOOP("Access", "Medium"), QT_TRANSLATE_NOOP("Access", "Low"),
        QT_TRANSLATE_NOOP("Access", "Info") };
    return QCoreApplication::translate("Access", names[static_cast<std::size_t>(severity)]);
}

using Subject = AccessSubject;
constexpr std::array<TableColumn<Subject>, 4> subjectColumns { {
    { QT_TRANSLATE_NOOP("Access", "Risk"), QT_TRANSLATE_NOOP("Access", "The worst that the subject may do"),
        [](const Subject& row) -> QVariant { return severityText(row.severity); },
        [](const Subject& row) { return std::pair<qint64, QString>(row.severity, row.title()); } },
    { QT_TRANSLATE_NOOP("Access", "Subject"), QT_TRANSLATE_NOOP("Access", "Its namespace and name"),
        [](const Subject& row) -> QVariant { return row.path(); },
        [](const Subject& row) { return std::pair<qint64, QString>(0, row.path()); } },
    textColumn<Subject, &Subject::kind>(
        QT_TRANSLATE_NOOP("Access", "Kind"), QT_TRANSLATE_NOOP("Access", "User, Group or ServiceAccount"), true),
    { QT_TRANSLATE_NOOP("Access", "Bindings"),
        QT_TRANSLATE_NOOP("Access", "Bindings that name it or one of its groups"),
        [](const Subject& row) -> QVariant { return QString::number(row.bindings); },
        [](const Subject& row) { return std::pair<qint64, QString>(row.bindings, row.title()); }, right },
} };

using Permission = PermissionRowData;
template <std::size_t verb> constexpr TableColumn<Permission> verbColumn()
{
    constexpr bool isLong = verb + 1 == matrixVerbs.size(); // deletecollection
    return { isLong ? QT_TRANSLATE_NOOP("Access", "del. coll.") : matrixVerbs[verb], matrixVerbs[verb],
        [](const Permission& row) -> QVariant {
            // Half a circle: limited to the names of the row.
            return !row.verbs[verb]   ? QString()
                : row.names.isEmpty() ? QStringLiteral("\u25cf")
                                      : QStringLiteral("\u25d0");
        },
        [](const Permission& row) { return std::pair<qint64, QString>(row.verbs[verb] ? 0 : 1, row.resource); },
        Qt::AlignCenter };
}
constexpr int firstVerbColumn = 2;
constexpr std::array<TableColumn<Permission>, 12> permissionColumns { {
    textColumn<Permission, &Permission::where>(
        QT_TRANSLATE_NOOP("Access", "Where"), QT_TRANSLATE_NOOP("Access", "Namespaces in which it holds")),
    textColumn<Permission, &Permission::resource>(
        QT_TRANSLATE_NOOP("Access", "Resource"), QT_TRANSLATE_NOOP("Access", "Resource and API group, or path")),
    verbColumn<0>(),
    verbColumn<1>(),
    verbColumn<2>(),
    verbColumn<3>(),
    verbColumn<4>(),
    verbColumn<5>(),
    verbColumn<6>(),
    verbColumn<7>(),
    textColumn<Permission, &Permission::others>(
        QT_TRANSLATE_NOOP("Access", "Other verbs"), QT_TRANSLATE_NOOP("Access", "Verbs without a column")),
    textColumn<Permission, &Permission::names>(
        QT_TRANSLATE_NOOP("Access", "Only named"), QT_TRANSLATE_NOOP("Access", "The objects it is limited to"), true),
} };

using Comparison = ComparisonRowData;
constexpr std::array<TableColumn<Comparison>, 5> comparisonColumns { {
    textColumn<Comparison, &Comparison::who>(
        QT_TRANSLATE_NOOP("Access", "Who"), QT_TRANSLATE_NOOP("Access", "Which of the two subjects")),
    textColumn<Comparison, &Comparison::where>(
        QT_TRANSLATE_NOOP("Access", "Where"), QT_TRANSLATE_NOOP("Access", "Namespaces in which it holds")),
    textColumn<Comparison, &Comparison::resource>(
        QT_TRANSLATE_NOOP("Access", "Resource"), QT_TRANSLATE_NOOP("Access", "Resource and API group, or path")),
    textColumn<Comparison, &Comparison::verbs>(
        QT_TRANSLATE_NOOP("Access", "Verbs"), QT_TRANSLATE_NOOP("Access", "What may be done with it")),
    textColumn<Comparison, &Comparison::names>(
        QT_TRANSLATE_NOOP("Access", "Only named"), QT_TRANSLATE_NOOP("Access", "The objects it is limited to"), true),
} };

using Answer = AnswerRowData;
constexpr std::array<TableColumn<Answer>, 4> answerColumns { {
    textColumn<Answer, &Answer::subject>(
        QT_TRANSLATE_NOOP("Access", "Subject"), QT_TRANSLATE_NOOP("Access", "Who may do it")),
    textColumn<Answer, &Answer::binding>(
        QT_TRANSLATE_NOOP("Access", "Binding"), QT_TRANSLATE_NOOP("Access", "What gives the right")),
    textColumn<Answer, &Answer::role>(
        QT_TRANSLATE_NOOP("Access", "Role"), QT_TRANSLATE_NOOP("Access", "What the binding gives")),
    textColumn<Answer, &Answer::rule>(
        QT_TRANSLATE_NOOP("Access", "Rule"), QT_TRANSLATE_NOOP("Access", "The rule that decides"), true),
} };

} // namespace

SubjectsModel::SubjectsModel(QObject* parent)
    : TableModel("Access", subjectColumns, parent)
{
}

QVariant SubjectsModel::severityOf(const AccessSubject& row) const
{
    return row.severity;
}

QString SubjectsModel::toolTipOf(const AccessSubject& row) const
{
    return (QStringList { row.title() } + row.reasons).join(QLatin1Char('\n'));
}

PermissionsModel::PermissionsModel(QObject* parent)
    : TableModel("Access", permissionColumns, parent)
{
}

int PermissionsModel::verbOfColumn(int column)
{
    const int verb = column - firstVerbColumn;
    return verb >= 0 && verb < static_cast<int>(matrixVerbs.size()) ? verb : -1;
}

QString PermissionsModel::toolTipOf(const PermissionRowData& row) const
{
    return row.from;
}

ComparisonModel::ComparisonModel(QObject* parent)
    : TableModel("Access", comparisonColumns, parent)
{
}

AnswersModel::AnswersModel(QObject* parent)
    : TableModel("Access", answerColumns, parent)
{
}

} // namespace plimsoll::ui::model
