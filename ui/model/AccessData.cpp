// SPDX-License-Identifier: Apache-2.0
#include "ui/model/AccessData.h"

#include <algorithm>
#include <map>
#include <set>

#include <QCoreApplication>

#include "core/access/Groups.h"
#include "core/access/Powers.h"
#include "core/access/Words.h"
#include "core/base/Text.h"
#include "ui/model/Text.h"

namespace plimsoll::ui::model {

namespace {

using access::Grant;
using cluster::Cluster;

QString tr(const char* source)
{
    return QCoreApplication::translate("Access", source);
}

QString shown(std::string_view clusterText)
{
    return QString::fromStdString(printable(clusterText));
}

bool isOwnBinding(const Cluster& cluster, std::uint32_t binding)
{
    const cluster::Object& object = cluster.object(cluster.roleBindings()[binding].object);
    return cluster.label(object, "kubernetes.io/bootstrapping") == "rbac-defaults";
}

// The worst that a subject may do, from its rights and never from its name.
void judge(const access::Rbac& rbac, AccessSubject& subject)
{
    const Cluster& cluster = rbac.cluster();
    const access::Principal principal = rbac.principal(subject.user);
    std::set<std::uint32_t> bindings, direct; // direct: not by a group that it is in
    for (const access::SubjectUse& use : principal.uses) {
        bindings.insert(use.binding);
        if (shown(cluster.text(cluster.roleBindings()[use.binding].subjects[use.subject].kind)) == subject.kind)
            direct.insert(use.binding);
    }
    subject.bindings = static_cast<int>(bindings.size());
    subject.isOwn = !direct.empty() && !principal.isSystemMaster
        && std::ranges::all_of(direct, [&](std::uint32_t one) { return isOwnBinding(cluster, one); });
    if (principal.isSystemMaster) {
        subject.severity = 0;
        subject.reasons = { tr("may do everything (system:masters)") };
        return;
    }
    for (const access::HeldPower& held : access::powersOf(rbac, subject.user)) {
        subject.severity = held.power->request.verb == "*" ? 0 : 1;
        subject.reasons.append(tr("may %1").arg(
            QString::fromUtf8(held.power->text.data(), static_cast<qsizetype>(held.power->text.size()))));
    }
    if (!subject.reasons.isEmpty())
        return;
    std::set<std::string> secrets, pods;
    for (const access::SubjectUse& use : principal.uses) {
        const std::string ns(use.isRoleBinding ? cluster.text(use.ns) : std::string_view("default"));
        if (rbac.allows(principal, { .verb = "get", .resource = "secrets", .ns = ns }))
            secrets.insert(ns);
        if (rbac.allows(principal, { .verb = "create", .resource = "pods", .ns = ns }))
            pods.insert(ns);
    }
    const auto add = [&](const std::set<std::string>& namespaces, const QString& text) {
        if (namespaces.empty())
            return;
        subject.severity = 2;
        subject.reasons.append(namespaces.size() == 1 ? text.arg(shown(*namespaces.begin()))
                                                      : text.arg(tr("%1 namespaces").arg(namespaces.size())));
    };
    add(secrets, tr("may read the Secrets of %1"));
    add(pods, tr("may run pods in %1"));
    if (subject.reasons.isEmpty())
        subject.severity = bindings.empty() ? 4 : 3;
}

QString bindingRef(const Cluster& cluster, const AccessWay& way)
{
    return shown(cluster.refOf(cluster.roleBindings()[way.binding].object));
}

QString roleRef(const Cluster& cluster, const AccessWay& way)
{
    if (way.role != Grant::none)
        return shown(cluster.refOf(cluster.roles()[way.role].object));
    const cluster::RoleBinding& binding = cluster.roleBindings()[way.binding];
    return shown(cluster.text(binding.roleKind)) + QLatin1Char(' ') + shown(cluster.text(binding.roleName))
        + tr(" (does not exist)");
}

QString ruleText(std::uint32_t rule)
{
    return rule == Grant::none ? QString() : QStringLiteral("/rules/%1").arg(rule);
}

AccessWay wayOf(const Cluster& cluster, const Grant& grant)
{
    return { shown(access::titleOf(cluster, cluster.roleBindings()[grant.binding].subjects[grant.subject])),
        grant.binding, grant.role, grant.rule };
}

QString resourceText(const access::RuleText& what)
{
    if (!what.nonResourceUrls.empty())
        return shown(what.nonResourceUrls.front());
    const std::string_view resource = what.resources.front(), group = what.apiGroups.front();
    const std::size_t slash = resource.find('/');
    std::string out(resource.substr(0, slash));
    if (!group.empty())
        out.append(1, '.').append(group);
    if (slash != std::string_view::npos)
        out += resource.substr(slash);
    return shown(out);
}

QString listText(std::span<const std::string_view> texts, std::size_t most)
{
    QStringList out;
    for (const std::string_view text : texts.first(std::min(texts.size(), most)))
        out.append(shown(text));
    if (texts.size() > most)
        out.append(tr("%1 more").arg(texts.size() - most));
    return out.join(QStringLiteral(", "));
}

QString placeText(std::span<const std::string_view> namespaces)
{
    return namespaces.empty() ? tr("everywhere") : listText(namespaces, 6);
}

} // namespace

QString AccessSubject::title() const
{
    return kind + QLatin1Char(' ') + path();
}

QString AccessSubject::path() const
{
    return ns.isEmpty() ? name : ns + QLatin1Char('/') + name;
}

QString AccessSubject::reference() const
{
    if (kind == QLatin1String("ServiceAccount"))
        return QStringLiteral("serviceaccount/") + ns + QLatin1Char('/') + name;
    return (kind == QLatin1String("Group") ? QStringLiteral("group/") : QStringLiteral("user/")) + name;
}

std::vector<AccessSubject> accessSubjects(const SharedAssessment& assessment, Progress& progress)
{
    const Cluster& cluster = *assessment->cluster;
    std::map<std::tuple<std::string, std::string, std::string>, access::User> found; // kind, namespace, name
    for (const cluster::RoleBinding& binding : cluster.roleBindings()) {
        for (const cluster::Subject& subject : binding.subjects) {
            const std::string kind(cluster.text(subject.kind));
            if (kind == "User" || kind == "Group" || kind == "ServiceAccount")
                found.try_emplace(
                    { kind, kind == "ServiceAccount" ? std::string(cluster.text(subject.ns)) : std::string(),
                        std::string(cluster.text(subject.name)) },
                    access::userOf(cluster, subject));
        }
    }
    for (const cluster::ServiceAccount& account : cluster.serviceAccounts()) {
        const cluster::Object& object = cluster.object(account.object);
        const std::string ns(cluster.text(object.ns)), name(cluster.text(object.name));
        found.try_emplace({ "ServiceAccount", ns, name }, access::Rbac::serviceAccountUser(ns, name));
    }
    progress.enter("Judging who may do what", found.size());
    std::vector<AccessSubject> out;
    for (auto& [key, user] : found) {
        if (progress.isCancelled())
            return {};
        AccessSubject one;
        one.kind = shown(std::get<0>(key));
        one.ns = shown(std::get<1>(key));
        one.name = shown(std::get<2>(key));
        one.user = std::move(user);
        judge(*assessment->rbac, one);
        out.push_back(std::move(one));
        progress.advance(1);
    }
    std::ranges::stable_sort(out, {}, &AccessSubject::severity);
    return out;
}

QStringList chainOf(const SharedAssessment& assessment, const QString& asked, const AccessWay& way)
{
    const Cluster& cluster = *assessment->cluster;
    QStringList out { asked };
    if (!way.subject.isEmpty() && way.subject != asked)
        out.append(way.subject);
    if (way.binding == Grant::none)
        return out;
    out.append(bindingRef(cluster, way));
    out.append(roleRef(cluster, way));
    if (way.rule != Grant::none)
        out.append(ruleText(way.rule));
    return out;
}

std::vector<PermissionRowData> permissionRows(const SharedAssessment& assessment, const access::User& user)
{
    const access::Rbac& rbac = *assessment->rbac;
    const Cluster& cluster = rbac.cluster();
    std::vector<PermissionRowData> out;
    for (const access::PermissionBlock& block : access::permissionsOf(rbac, user).blocks) {
        for (const access::PermissionRow& row : block.rows) {
            PermissionRowData data;
            data.where = placeText(block.namespaces);
            data.resource = resourceText(row.what);
            data.names = listText(row.what.resourceNames, 6);
            QStringList others;
            for (const std::string_view verb : row.what.verbs) {
                const auto known = std::ranges::find(matrixVerbs, verb);
                if (verb == "*")
                    data.verbs.fill(true);
                if (known != matrixVerbs.end())
                    data.verbs[static_cast<std::size_t>(known - matrixVerbs.begin())] = true;
                else
                    others.append(shown(verb));
            }
            data.others = others.join(QStringLiteral(", "));
            QStringList from;
            for (const Grant& binding : block.bindings) {
                for (const access::RuleRef& ref : row.rules) {
                    if (rbac.alikeRole(binding.role) != ref.role && binding.role != ref.role)
                        continue;
                    AccessWay way = wayOf(cluster, binding);
                    way.role = binding.role;
                    way.rule = ref.rule;
                    if (from.size() < 8)
                        from.append(bindingRef(cluster, way) + QStringLiteral(" \u2192 ") + roleRef(cluster, way)
                            + QLatin1Char(' ') + ruleText(way.rule));
                    data.ways.push_back(std::move(way));
                }
            }
            data.from = from.join(QLatin1Char('\n'));
            out.push_back(std::move(data));
        }
    }
    return out;
}

std::vector<ComparisonRowData> comparisonRows(
    const SharedAssessment& assessment, const access::User& a, const access::User& b)
{
    std::vector<ComparisonRowData> out;
    const access::Comparison found = access::compare(*assessment->rbac, a, b);
    for (const access::Comparison::Part& part : found.parts) {
        const auto add = [&](std::span<const access::PermissionRow> rows, const QString& who) {
            for (const access::PermissionRow& row : rows)
                out.push_back({ who, placeText(part.namespaces), resourceText(row.what),
                    listText(row.what.resourceNames, 6), listText(row.what.verbs, 16) });
        };
        add(part.onlyA, tr("only the first"));
        add(part.onlyB, tr("only the second"));
        add(part.both, tr("both"));
    }
    return out;
}

namespace {

// "... in NS" at the end of a question; takes it off.
std::string takeNamespace(QStringList& words)
{
    const qsizetype count = words.size();
    if (count < 2 || words[count - 2] != QLatin1String("in"))
        return {};
    const QString ns = words.takeLast();
    words.removeLast();
    return ns.toStdString();
}

AccessAnswer answerWhoCan(const access::Authorizers& authorizers, const access::Request& request)
{
    const Cluster& cluster = authorizers.cluster();
    AccessAnswer out;
    const access::WhoCan found = access::whoCan(authorizers, request);
    for (const access::Reacher& reacher : found.reachers) {
        const QString subject = shown(reacher.kind) + QLatin1Char(' ')
            + (reacher.ns.empty() ? QString() : shown(reacher.ns) + QLatin1Char('/')) + shown(reacher.name);
        if (reacher.grants.empty())
            out.rows.push_back({ subject, tr("(not by a binding)"), {}, {}, {} });
        for (const Grant& grant : reacher.grants) {
            const AccessWay way = wayOf(cluster, grant);
            out.rows.push_back({ subject, bindingRef(cluster, way), roleRef(cluster, way), ruleText(way.rule), way });
        }
    }
    out.headline = found.isEverybody ? tr("Everybody: the API server allows everything.")
        : found.reachers.empty()
        ? tr("Nobody can %1.").arg(shown(access::textOf(request)))
        : tr("%1 can %2.")
              .arg(found.reachers.size() == 1 ? tr("One subject") : tr("%1 subjects").arg(found.reachers.size()))
              .arg(shown(access::textOf(request)));
    if (found.isAlsoByNodesPods)
        out.notes.append(tr("Nodes also reach what their own pods refer to."));
    if (const std::string missing = authorizers.missingKinds(request.ns); !missing.empty())
        out.notes.append(tr("The source does not hold every %1: there may be others.").arg(shown(missing)));
    return out;
}

AccessAnswer can(const access::Authorizers& authorizers, const access::User& user, const access::Request& request)
{
    const Cluster& cluster = authorizers.cluster();
    const access::Decision decision = authorizers.decide(user, request);
    AccessAnswer out;
    const QString verdict = decision.answer == access::Answer::Yes ? tr("Yes")
        : decision.answer == access::Answer::No                    ? tr("No")
                                                                   : tr("Not certain");
    out.headline = verdict + QStringLiteral(": ") + shown(authorizers.reason(decision, request)) + QLatin1Char('.');
    const Grant* grant = decision.by == access::By::Rbac ? &decision.grant
        : decision.miss                                  ? &decision.miss->at
                                                         : nullptr;
    if (grant) {
        const AccessWay way = wayOf(cluster, *grant);
        out.rows.push_back({ way.subject, bindingRef(cluster, way), roleRef(cluster, way), ruleText(way.rule), way });
        if (decision.by != access::By::Rbac)
            out.notes.append(tr("Below is the grant that came nearest."));
    }
    return out;
}

} // namespace

AccessAnswer answerOf(const SharedAssessment& assessment, const QString& question)
{
    AccessAnswer out;
    QStringList words = question.simplified().split(QLatin1Char(' '), Qt::SkipEmptyParts);
    if (!words.isEmpty() && words.last().endsWith(QLatin1Char('?')))
        words.last().chop(1);
    const bool isWho = words.size() > 1 && words[0] == QLatin1String("who") && words[1] == QLatin1String("can");
    const bool isCan = !isWho && !words.isEmpty() && words[0] == QLatin1String("can");
    access::Request request;
    request.ns = takeNamespace(words);
    const qsizetype first = isWho ? 2 : 2; // verb: behind "who can", or behind "can SUBJECT"
    if ((!isWho && !isCan) || words.size() < first + 2 || words.size() > first + 3) {
        out.problem = tr("Write \u201cwho can VERB RESOURCE in NAMESPACE\u201d or \u201ccan SUBJECT VERB RESOURCE in "
                         "NAMESPACE\u201d; the namespace may be left out, and a name may stand behind the resource.");
        return out;
    }
    request.verb = words[first].toLower().toStdString();
    if (auto parsed = access::parseResource(words[first + 1].toStdString(), request); !parsed) {
        out.problem = QString::fromStdString(toText(parsed.error()));
        return out;
    }
    if (words.size() == first + 3)
        request.name = words[first + 2].toStdString();
    const access::Authorizers authorizers(assessment->rbac);
    out = isWho ? answerWhoCan(authorizers, request)
                : can(authorizers, access::userFromReference(words[1].toStdString(), {}), request);
    if (!request.ns.empty() && access::isClusterScoped(request.apiGroup, request.resource)
        && request.resource != "namespaces")
        out.notes.append(tr("%1 are outside of namespaces: ask without one.").arg(shown(request.resource)));
    if (const std::string caveat = authorizers.server().caveat(); !caveat.empty())
        out.notes.append(shown(caveat));
    return out;
}

QStringList accessCompletions(
    const SharedAssessment& assessment, const std::vector<AccessSubject>& subjects, const QString& textBefore)
{
    const QStringList words = textBefore.split(QLatin1Char(' '));
    const bool isWho = words.value(0) == QLatin1String("who");
    const qsizetype place = words.size() - 1; // of the word that is being written
    QStringList out;
    if (place == 0)
        return { QStringLiteral("can"), QStringLiteral("who") };
    if (isWho && place == 1)
        return { QStringLiteral("can") };
    if (!isWho && place == 1) {
        for (const AccessSubject& one : subjects)
            out.append(one.reference());
        out.sort();
        return out;
    }
    if (place == 2) {
        for (const char* verb : matrixVerbs)
            out.append(QString::fromLatin1(verb));
        for (const char* verb : { "approve", "bind", "escalate", "impersonate", "sign" })
            out.append(QString::fromLatin1(verb));
        out.sort();
        return out;
    }
    if (place == 3) {
        for (const std::string& resource : access::knownResources())
            out.append(QString::fromStdString(resource));
        return out;
    }
    if (words.value(place - 1) == QLatin1String("in")) {
        for (const cluster::Namespace& ns : assessment->cluster->namespaces())
            out.append(shown(assessment->cluster->text(ns.name)));
        out.sort();
        return out;
    }
    return { QStringLiteral("in") };
}

QString csvOf(const QAbstractItemModel& table)
{
    const auto cell = [](QString text) {
        constexpr QLatin1StringView formulas("=+-@\t\r");
        if (!text.isEmpty() && formulas.contains(text.front()))
            text.prepend(QLatin1Char('\''));
        text.replace(QLatin1Char('"'), QStringLiteral("\"\""));
        return QLatin1Char('"') + text + QLatin1Char('"');
    };
    QString out;
    for (int row = -1; row < table.rowCount(); ++row) {
        for (int column = 0; column < table.columnCount(); ++column) {
            if (column > 0)
                out += QLatin1Char(',');
            out += cell(
                (row < 0 ? table.headerData(column, Qt::Horizontal) : table.index(row, column).data()).toString());
        }
        out += QStringLiteral("\r\n");
    }
    return out;
}

} // namespace plimsoll::ui::model
