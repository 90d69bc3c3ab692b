// SPDX-License-Identifier: Apache-2.0
#include "ui/model/ConnectModels.h"

#include "ui/model/Text.h"

namespace plimsoll::ui::model {

namespace {

constexpr auto toTheRight = Qt::AlignRight | Qt::AlignVCenter;
constexpr auto toTheLeft = Qt::AlignLeft | Qt::AlignVCenter;

using SortKey = std::pair<qint64, QString>;

QString words(const char* source)
{
    return QCoreApplication::translate("Connect", source);
}

const TableColumn<ContextRow> contextColumns[] = {
    { QT_TRANSLATE_NOOP("Connect", "Context"), QT_TRANSLATE_NOOP("Connect", "Name in the kubeconfig"),
        [](const ContextRow& row) { return QVariant(row.isCurrent ? words("%1  (current)").arg(row.name) : row.name); },
        [](const ContextRow& row) { return SortKey(0, row.name); } },
    { QT_TRANSLATE_NOOP("Connect", "State"),
        QT_TRANSLATE_NOOP("Connect", "Whether the API server answers; found out without running any program"),
        [](const ContextRow& row) { return QVariant(stateText(row)); },
        [](const ContextRow& row) { return SortKey(static_cast<qint64>(row.state), row.name); } },
    { QT_TRANSLATE_NOOP("Connect", "Server"), QT_TRANSLATE_NOOP("Connect", "Address of the API server"),
        [](const ContextRow& row) { return QVariant(row.server); },
        [](const ContextRow& row) { return SortKey(0, row.server); } },
    { QT_TRANSLATE_NOOP("Connect", "Login"), QT_TRANSLATE_NOOP("Connect", "How this context proves who it is"),
        [](const ContextRow& row) { return QVariant(row.auth); },
        [](const ContextRow& row) { return SortKey(0, row.auth); } },
    { QT_TRANSLATE_NOOP("Connect", "Cluster"), QT_TRANSLATE_NOOP("Connect", "Cluster entry of the kubeconfig"),
        [](const ContextRow& row) { return QVariant(row.cluster); },
        [](const ContextRow& row) { return SortKey(0, row.cluster); }, toTheLeft, true },
    { QT_TRANSLATE_NOOP("Connect", "User"), QT_TRANSLATE_NOOP("Connect", "User entry of the kubeconfig"),
        [](const ContextRow& row) { return QVariant(row.user); },
        [](const ContextRow& row) { return SortKey(0, row.user); }, toTheLeft, true },
    { QT_TRANSLATE_NOOP("Connect", "Namespace"), QT_TRANSLATE_NOOP("Connect", "Default namespace of the context"),
        [](const ContextRow& row) { return QVariant(row.ns); },
        [](const ContextRow& row) { return SortKey(0, row.ns); }, toTheLeft, true },
};

const TableColumn<AccessRow> accessColumns[] = {
    { QT_TRANSLATE_NOOP("Connect", "Resource"), QT_TRANSLATE_NOOP("Connect", "As the API names it"),
        [](const AccessRow& row) { return QVariant(row.resource); },
        [](const AccessRow& row) { return SortKey(0, row.resource); } },
    { QT_TRANSLATE_NOOP("Connect", "Group"), QT_TRANSLATE_NOOP("Connect", "API group and version that is read"),
        [](const AccessRow& row) { return QVariant(row.group); },
        [](const AccessRow& row) { return SortKey(0, row.group + QLatin1Char('/') + row.resource); }, toTheLeft, true },
    { QT_TRANSLATE_NOOP("Connect", "Can be read"), QT_TRANSLATE_NOOP("Connect", "With these credentials"),
        [](const AccessRow& row) { return QVariant(row.access); },
        [](const AccessRow& row) { return SortKey(row.rank, row.resource); } },
    { QT_TRANSLATE_NOOP("Connect", "Note"), QT_TRANSLATE_NOOP("Connect", "What is missing"),
        [](const AccessRow& row) { return QVariant(row.note); },
        [](const AccessRow& row) { return SortKey(0, row.note); }, toTheLeft, true },
};

const TableColumn<StepRow> stepColumns[] = {
    { QT_TRANSLATE_NOOP("Connect", "Resource"), QT_TRANSLATE_NOOP("Connect", "As the API names it"),
        [](const StepRow& row) { return QVariant(row.resource); },
        [](const StepRow& row) { return SortKey(0, row.resource); } },
    { QT_TRANSLATE_NOOP("Connect", "State"), QT_TRANSLATE_NOOP("Connect", "How far it is"),
        [](const StepRow& row) { return QVariant(row.state); },
        [](const StepRow& row) { return SortKey(static_cast<qint64>(row.rank), row.resource); } },
    { QT_TRANSLATE_NOOP("Connect", "Objects"), QT_TRANSLATE_NOOP("Connect", "Read so far"),
        [](const StepRow& row) { return row.items == 0 ? QVariant() : QVariant(row.items); },
        [](const StepRow& row) { return SortKey(static_cast<qint64>(row.items), row.resource); }, toTheRight },
    { QT_TRANSLATE_NOOP("Connect", "Note"), QT_TRANSLATE_NOOP("Connect", "Why something is missing"),
        [](const StepRow& row) { return QVariant(row.note); }, [](const StepRow& row) { return SortKey(0, row.note); },
        toTheLeft, true },
};

const TableColumn<NotCollectedRow> notCollectedColumns[] = {
    { QT_TRANSLATE_NOOP("Connect", "Resource"), QT_TRANSLATE_NOOP("Connect", "What could not be read"),
        [](const NotCollectedRow& row) { return QVariant(row.resource); },
        [](const NotCollectedRow& row) { return SortKey(0, row.resource); } },
    { QT_TRANSLATE_NOOP("Connect", "Where"), QT_TRANSLATE_NOOP("Connect", "Everywhere, or in one namespace"),
        [](const NotCollectedRow& row) { return QVariant(row.where); },
        [](const NotCollectedRow& row) { return SortKey(0, row.where); } },
    { QT_TRANSLATE_NOOP("Connect", "Why"), QT_TRANSLATE_NOOP("Connect", "What the server answered"),
        [](const NotCollectedRow& row) { return QVariant(row.reason); },
        [](const NotCollectedRow& row) { return SortKey(0, row.reason); } },
    { QT_TRANSLATE_NOOP("Connect", "Missing permission"),
        QT_TRANSLATE_NOOP("Connect", "What an administrator would have to allow"),
        [](const NotCollectedRow& row) { return QVariant(row.permission); },
        [](const NotCollectedRow& row) { return SortKey(0, row.permission); } },
    { QT_TRANSLATE_NOOP("Connect", "The server's words"), QT_TRANSLATE_NOOP("Connect", "Message of the API server"),
        [](const NotCollectedRow& row) { return QVariant(row.message); },
        [](const NotCollectedRow& row) { return SortKey(0, row.message); }, toTheLeft, true },
};

// As client-go decides: a certificate goes beside any other; of the others the first that is set.
QString authOf(const kube::UserEntry& user)
{
    QStringList kinds;
    if (!user.clientCertificate.empty() || !user.clientCertificateData.empty())
        kinds.append(words("client certificate"));
    if (!user.tokenFile.empty())
        kinds.append(words("token file"));
    else if (!user.token.empty())
        kinds.append(words("token"));
    else if (!user.username.empty())
        kinds.append(words("user name and password"));
    if (user.exec && kinds.isEmpty()) {
        const QString command = lineText(user.exec->command);
        kinds.append(words("program %1").arg(command.section(QLatin1Char('/'), -1)));
    }
    if (user.oidc && kinds.isEmpty())
        kinds.append(words("OpenID Connect"));
    if (!user.otherAuthProvider.empty() && kinds.isEmpty())
        kinds.append(words("%1 (no longer supported)").arg(lineText(user.otherAuthProvider)));
    if (kinds.isEmpty())
        kinds.append(words("none"));
    if (!user.impersonation.user.empty())
        kinds.append(words("as %1").arg(lineText(user.impersonation.user)));
    return kinds.join(QStringLiteral(", "));
}

QString toText(snapshot::CollectStep::State state)
{
    switch (state) {
    case snapshot::CollectStep::State::Waiting:
        return words("waiting");
    case snapshot::CollectStep::State::Reading:
        return words("reading");
    case snapshot::CollectStep::State::Done:
        return words("done");
    case snapshot::CollectStep::State::Partial:
        return words("in part");
    case snapshot::CollectStep::State::NotCollected:
        return words("not collected");
    }
    return {};
}

AccessRow accessRow(const snapshot::Preflight::Row& row)
{
    using Access = snapshot::Preflight::Row::Access;
    AccessRow result { .resource = lineText(row.resource.plural),
        .group = lineText(row.resource.apiVersion()),
        .access = {},
        .note = lineText(row.note),
        .rank = 0 };
    switch (row.access) {
    case Access::Allowed:
        result.access = words("yes");
        result.rank = 3;
        break;
    case Access::SomeNamespaces:
        result.access = words("in part");
        result.rank = 1;
        break;
    case Access::Denied:
        result.access = words("no");
        break;
    case Access::Unknown:
        result.access = words("not known");
        result.rank = 2;
        break;
    }
    return result;
}

} // namespace

QString toText(ContextRow::State state)
{
    switch (state) {
    case ContextRow::State::NotTried:
        return words("not tried");
    case ContextRow::State::Trying:
        return words("trying\u2026");
    case ContextRow::State::Reachable:
        return words("reachable");
    case ContextRow::State::NeedsLogin:
        return words("needs login");
    case ContextRow::State::Unreachable:
        return words("unreachable");
    case ContextRow::State::Unusable:
        return words("cannot be used");
    }
    return {};
}

QString stateText(const ContextRow& row)
{
    const QString state = toText(row.state);
    if (row.note.isEmpty() || row.note.startsWith(state, Qt::CaseInsensitive))
        return row.note.isEmpty() ? state : row.note;
    return state + QStringLiteral(": ") + row.note;
}

std::vector<ContextRow> contextRows(const kube::Kubeconfig& config)
{
    std::vector<ContextRow> rows;
    rows.reserve(config.contexts.size());
    for (const kube::ContextEntry& context : config.contexts) {
        ContextRow row { .id = context.name,
            .name = lineText(context.name),
            .cluster = lineText(context.cluster),
            .server = {},
            .user = lineText(context.user),
            .auth = {},
            .ns = lineText(context.ns),
            .isCurrent = context.name == config.currentContext,
            .note = {} };
        const auto cluster = std::ranges::find(config.clusters, context.cluster, &kube::ClusterEntry::name);
        if (cluster != config.clusters.end()) {
            row.server = lineText(cluster->server);
            if (cluster->skipsTlsVerify)
                row.server += words("  (identity not verified)");
        }
        const auto user = std::ranges::find(config.users, context.user, &kube::UserEntry::name);
        row.auth = user == config.users.end() ? words("none") : authOf(*user);
        rows.push_back(std::move(row));
    }
    return rows;
}

bool matches(const ContextRow& row, const QString& text)
{
    const QString whole
        = QStringList { row.name, row.cluster, row.server, row.user, row.auth, row.ns, toText(row.state), row.note }
              .join(QLatin1Char('\n'));
    const QStringList parts = text.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    return std::ranges::all_of(parts, [&](const QString& part) { return whole.contains(part, Qt::CaseInsensitive); });
}

std::vector<AccessRow> accessRows(const snapshot::Preflight& preflight)
{
    std::vector<AccessRow> rows;
    for (const snapshot::Preflight::Row& row : preflight.rows)
        rows.push_back(accessRow(row));
    for (const snapshot::NotCollected& group : preflight.unavailable) {
        rows.push_back({ .resource = group.plural.empty() ? words("(all of the group)") : lineText(group.plural),
            .group = lineText(group.version.empty() ? group.group : group.group + '/' + group.version),
            .access = words("no"),
            .note = lineText(group.message.empty() ? group.reason : group.message),
            .rank = 0 });
    }
    return rows;
}

std::vector<StepRow> stepRows(const std::vector<snapshot::CollectStep>& steps)
{
    std::vector<StepRow> rows;
    rows.reserve(steps.size());
    for (const snapshot::CollectStep& step : steps) {
        rows.push_back({ .resource = lineText(step.resource),
            .state = toText(step.state),
            .note = lineText(step.note),
            .rank = step.state,
            .items = step.items });
    }
    return rows;
}

std::vector<NotCollectedRow> notCollectedRows(const std::vector<snapshot::NotCollected>& list)
{
    std::vector<NotCollectedRow> rows;
    for (const snapshot::NotCollected& one : list) {
        const std::string group = one.group.empty() ? std::string() : '.' + one.group;
        QString reason = lineText(one.reason);
        if (one.httpStatus != 0)
            reason += QStringLiteral(" (%1)").arg(one.httpStatus);
        rows.push_back({ .resource
            = one.plural.empty() ? words("all of %1").arg(lineText(one.group)) : lineText(one.plural + group),
            .where = one.ns.empty() ? words("everywhere") : words("namespace %1").arg(lineText(one.ns)),
            .reason = reason,
            .permission = lineText(one.missingPermission),
            .message = lineText(one.message) });
    }
    return rows;
}

ContextsModel::ContextsModel(QObject* parent)
    : TableModel("Connect", contextColumns, parent)
{
}

AccessModel::AccessModel(QObject* parent)
    : TableModel("Connect", accessColumns, parent)
{
}

StepsModel::StepsModel(QObject* parent)
    : TableModel("Connect", stepColumns, parent)
{
}

NotCollectedModel::NotCollectedModel(QObject* parent)
    : TableModel("Connect", notCollectedColumns, parent)
{
}

} // namespace plimsoll::ui::model
