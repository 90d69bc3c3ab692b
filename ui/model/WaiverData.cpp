// SPDX-License-Identifier: Apache-2.0
#include "ui/model/WaiverData.h"

#include <algorithm>
#include <map>
#include <set>

#include <QCoreApplication>

#include "core/base/Text.h"
#include "ui/model/Text.h"

namespace plimsoll::ui::model {

namespace {

constexpr UnixSeconds day = 24 * 60 * 60;

QString tr(const char* source)
{
    return QCoreApplication::translate("WaiverData", source);
}

QString joined(const std::vector<std::string>& texts, std::size_t most = 4)
{
    QStringList words;
    for (std::size_t i = 0; i < texts.size() && i < most; ++i)
        words.append(lineText(texts[i]));
    if (texts.size() > most)
        words.append(tr("%1 more").arg(texts.size() - most));
    return words.join(QStringLiteral(", "));
}

// A short name that says what is accepted, unique among the waivers there are and those made with it.
std::string freshId(const assess::Assessment& assessment, std::span<const control::Waiver> made, std::string base)
{
    for (char& c : base) {
        const bool isWord = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        c = isWord ? c : '-';
    }
    base.resize(std::min<std::size_t>(base.size(), 60));
    const auto isTaken = [&](const std::string& id) {
        const auto is = [&](const control::Waiver& one) { return one.id == id; };
        return std::ranges::any_of(assessment.waivers, is) || std::ranges::any_of(made, is);
    };
    std::string id = base;
    for (int number = 2; isTaken(id); ++number)
        id = base + '-' + std::to_string(number);
    return id;
}

void fill(control::Waiver& waiver, const WaiverWords& words)
{
    waiver.reason = words.reason.trimmed().toStdString();
    waiver.owner = words.owner.trimmed().toStdString();
    waiver.approver = words.approver.trimmed().toStdString();
    waiver.created = words.created;
    waiver.expires = words.lastDay + day; // it holds until the end of its last day
}

// What the findings of one object have in common with others: these make one waiver.
struct Selector {
    std::vector<std::string> controls;
    std::string kind, ns;
    std::vector<std::string> fields;
    auto operator<=>(const Selector&) const = default;
};

std::map<Selector, std::set<std::string>> selectorsOf(
    const assess::Assessment& assessment, std::span<const std::uint32_t> findings, WaiverReach reach)
{
    const cluster::Cluster& cluster = *assessment.cluster;
    struct Wanted {
        std::set<std::string> controls, fields;
    };
    std::map<std::pair<std::uint32_t, std::string>, Wanted> byObject;
    for (const std::uint32_t index : findings) {
        const assess::Finding& finding = assessment.findings[index];
        const std::string& control = assessment.entry(finding).text.id;
        // Fields belong to their control; objects can be put together.
        Wanted& wanted
            = byObject[{ finding.object.index, reach == WaiverReach::TheseFields ? control : std::string() }];
        wanted.controls.insert(control);
        for (const assess::Evidence& evidence : finding.evidence)
            wanted.fields.insert(evidence.pointer);
    }
    std::map<Selector, std::set<std::string>> result;
    for (const auto& [key, wanted] : byObject) {
        const cluster::ObjectId id { key.first };
        const cluster::Object& object = cluster.object(id);
        Selector selector { .controls = { wanted.controls.begin(), wanted.controls.end() },
            .kind = reach == WaiverReach::Namespace && object.ns ? std::string() : std::string(cluster.kindName(id)),
            .ns = std::string(cluster.text(object.ns)),
            .fields = {} };
        if (reach == WaiverReach::TheseFields && !wanted.fields.contains(""))
            selector.fields.assign(wanted.fields.begin(), wanted.fields.end());
        result[selector].emplace(cluster.text(object.name));
    }
    return result;
}

} // namespace

std::vector<control::Waiver> proposedWaivers(const assess::Assessment& assessment,
    std::span<const std::uint32_t> findings, WaiverReach reach, const WaiverWords& words)
{
    std::vector<control::Waiver> result;
    for (const auto& [selector, names] : selectorsOf(assessment, findings, reach)) {
        control::Waiver waiver;
        waiver.controls = selector.controls;
        if (!selector.kind.empty())
            waiver.objects.kinds = { selector.kind };
        if (!selector.ns.empty())
            waiver.objects.namespaces = { selector.ns };
        const bool namesObjects = reach == WaiverReach::TheseObjects || reach == WaiverReach::TheseFields;
        if (namesObjects)
            waiver.objects.names.assign(names.begin(), names.end());
        waiver.objects.fields = selector.fields;
        fill(waiver, words);
        std::string base = selector.controls.front();
        base += '-' + (namesObjects ? *names.begin() : selector.ns.empty() ? selector.kind : selector.ns);
        base = toLowerAscii(base);
        waiver.id = freshId(assessment, result, base);
        result.push_back(std::move(waiver));
    }
    return result;
}

namespace {

bool isMeant(
    const assess::Assessment& assessment, const control::WaiverSuggestion& suggestion, const assess::Finding& finding)
{
    return !finding.isWaived() && (!suggestion.object || finding.object == suggestion.object)
        && std::ranges::find(suggestion.controls, assessment.entry(finding).text.id) != suggestion.controls.end();
}

} // namespace

std::vector<std::uint32_t> findingsOf(const assess::Assessment& assessment, const control::WaiverSuggestion& suggestion)
{
    std::vector<std::uint32_t> result;
    for (std::uint32_t i = 0; i < assessment.findings.size(); ++i) {
        if (isMeant(assessment, suggestion, assessment.findings[i]))
            result.push_back(i);
    }
    return result;
}

std::vector<control::Waiver> proposedWaivers(
    const assess::Assessment& assessment, const control::WaiverSuggestion& suggestion, const WaiverWords& words)
{
    return proposedWaivers(assessment, findingsOf(assessment, suggestion), WaiverReach::TheseObjects, words);
}

WaiverScope scopeOf(const assess::Assessment& assessment, std::span<const control::Waiver> waivers)
{
    WaiverScope scope;
    std::set<std::uint32_t> objects;
    for (const assess::Finding& finding : assessment.findings) {
        const std::string& control = assessment.entry(finding).text.id;
        const auto covers = [&](const control::Waiver& waiver) {
            if (!waiver.matchesControl(control))
                return false;
            const control::Outcome outcome { .object = finding.object,
                .verdict = control::Verdict::Fail,
                .message = {},
                .evidence = finding.evidence,
                .affected = finding.affected,
                .patch = {} };
            return waiver.covers(*assessment.cluster, control, outcome);
        };
        if (!std::ranges::any_of(waivers, covers))
            continue;
        ++(finding.isWaived() ? scope.already : scope.open);
        objects.insert(finding.object.index);
    }
    scope.objects = static_cast<quint32>(objects.size());
    for (const control::Waiver& waiver : waivers) {
        scope.lines.append(waiverText(waiver));
        if (const std::string why = waiver.tooBroad(); !why.empty())
            scope.warnings.append(lineText(why));
    }
    scope.warnings.removeDuplicates();
    return scope;
}

QString waiverText(const control::Waiver& waiver)
{
    const control::WaiverSelector& objects = waiver.objects;
    const bool isEveryControl = std::ranges::find(waiver.controls, "all") != waiver.controls.end();
    QString what = joined(objects.kinds);
    if (!objects.names.empty())
        what += (what.isEmpty() ? QString() : QStringLiteral(" ")) + joined(objects.names);
    QString result = tr("%1 on %2")
                         .arg(isEveryControl ? tr("every control") : joined(waiver.controls, 6),
                             what.isEmpty() ? tr("everything") : what);
    if (!objects.namespaces.empty())
        result += QLatin1Char(' ') + tr("in %1").arg(joined(objects.namespaces));
    std::vector<std::string> labels;
    for (const auto& [key, value] : objects.labels)
        labels.push_back(key + '=' + value);
    if (!labels.empty())
        result += QLatin1Char(' ') + tr("with %1").arg(joined(labels));
    if (!objects.fields.empty())
        result += QLatin1Char(' ') + tr("at %1").arg(joined(objects.fields, 2));
    return result;
}

QString waiverPlace(const assess::Assessment& assessment, const control::Waiver& waiver)
{
    std::string file = waiver.file;
    for (const std::string& one : assessment.review.waiverFiles) {
        if (assessment.review.resolved(one) == file)
            file = one;
    }
    return waiver.line > 0 ? lineText(file) + QLatin1Char(':') + QString::number(waiver.line) : lineText(file);
}

UnixSeconds waiverCreation(const assess::Assessment& assessment, UnixSeconds now)
{
    // A waiver that begins after the state it is about would not hold for it.
    const UnixSeconds then = assessment.assessedAt ? std::min(*assessment.assessedAt, now) : now;
    return then - then % day;
}

namespace {

using SortKey = std::pair<qint64, QString>;
constexpr Qt::Alignment rightAligned = Qt::AlignRight | Qt::AlignVCenter;

const TableColumn<WaiverRow> waiverColumns[] = {
    { QT_TRANSLATE_NOOP("WaiversModel", "State"),
        QT_TRANSLATE_NOOP("WaiversModel", "Whether it covers something, and whether it should be looked at"),
        [](const WaiverRow& row) { return QVariant(row.state); },
        [](const WaiverRow& row) { return SortKey(row.stateRank, row.id); } },
    { QT_TRANSLATE_NOOP("WaiversModel", "Accepts"), QT_TRANSLATE_NOOP("WaiversModel", "Controls and objects"),
        [](const WaiverRow& row) { return QVariant(row.scope); },
        [](const WaiverRow& row) { return SortKey(0, row.scope); } },
    { QT_TRANSLATE_NOOP("WaiversModel", "Findings"),
        QT_TRANSLATE_NOOP("WaiversModel", "Findings it covers; of an expired one, those it would cover"),
        [](const WaiverRow& row) { return QVariant(row.findings); },
        [](const WaiverRow& row) { return SortKey(row.findings, row.id); }, rightAligned },
    { QT_TRANSLATE_NOOP("WaiversModel", "Until"), QT_TRANSLATE_NOOP("WaiversModel", "The last day on which it holds"),
        [](const WaiverRow& row) { return QVariant(row.until); },
        [](const WaiverRow& row) { return SortKey(0, row.until); } },
    { QT_TRANSLATE_NOOP("WaiversModel", "Reason"), QT_TRANSLATE_NOOP("WaiversModel", "Why the risk is accepted"),
        [](const WaiverRow& row) { return QVariant(row.reason); },
        [](const WaiverRow& row) { return SortKey(0, row.reason); } },
    { QT_TRANSLATE_NOOP("WaiversModel", "Owner"), QT_TRANSLATE_NOOP("WaiversModel", "Who answers for it"),
        [](const WaiverRow& row) { return QVariant(row.owner); },
        [](const WaiverRow& row) { return SortKey(0, row.owner); } },
    { QT_TRANSLATE_NOOP("WaiversModel", "Approved by"), QT_TRANSLATE_NOOP("WaiversModel", "Who accepted the risk"),
        [](const WaiverRow& row) { return QVariant(row.approver); },
        [](const WaiverRow& row) { return SortKey(0, row.approver); } },
    { QT_TRANSLATE_NOOP("WaiversModel", "Id"), QT_TRANSLATE_NOOP("WaiversModel", "Its name"),
        [](const WaiverRow& row) { return QVariant(row.id); }, [](const WaiverRow& row) { return SortKey(0, row.id); },
        Qt::AlignLeft | Qt::AlignVCenter, true },
    { QT_TRANSLATE_NOOP("WaiversModel", "File"), QT_TRANSLATE_NOOP("WaiversModel", "Where it is written, and the line"),
        [](const WaiverRow& row) { return QVariant(row.file); },
        [](const WaiverRow& row) { return SortKey(0, row.file); }, Qt::AlignLeft | Qt::AlignVCenter, true },
};

const TableColumn<SuggestionRow> suggestionColumns[] = {
    { QT_TRANSLATE_NOOP("SuggestionsModel", "Tool"),
        QT_TRANSLATE_NOOP("SuggestionsModel", "Whose annotation or file accepts it"),
        [](const SuggestionRow& row) { return QVariant(row.tool); },
        [](const SuggestionRow& row) { return SortKey(0, row.tool); } },
    { QT_TRANSLATE_NOOP("SuggestionsModel", "Rule"), QT_TRANSLATE_NOOP("SuggestionsModel", "Of that tool"),
        [](const SuggestionRow& row) { return QVariant(row.rule); },
        [](const SuggestionRow& row) { return SortKey(0, row.rule); } },
    { QT_TRANSLATE_NOOP("SuggestionsModel", "Controls"),
        QT_TRANSLATE_NOOP("SuggestionsModel", "Ours that look for the same; none when there is no such control"),
        [](const SuggestionRow& row) { return QVariant(row.controls); },
        [](const SuggestionRow& row) { return SortKey(0, row.controls); } },
    { QT_TRANSLATE_NOOP("SuggestionsModel", "Object"), QT_TRANSLATE_NOOP("SuggestionsModel", "What it is said about"),
        [](const SuggestionRow& row) { return QVariant(row.object); },
        [](const SuggestionRow& row) { return SortKey(0, row.object); } },
    { QT_TRANSLATE_NOOP("SuggestionsModel", "Open findings"),
        QT_TRANSLATE_NOOP("SuggestionsModel", "Findings that a waiver would cover"),
        [](const SuggestionRow& row) { return QVariant(row.findings); },
        [](const SuggestionRow& row) { return SortKey(row.findings, row.rule); }, rightAligned },
    { QT_TRANSLATE_NOOP("SuggestionsModel", "Reason given"), QT_TRANSLATE_NOOP("SuggestionsModel", "As it is written"),
        [](const SuggestionRow& row) { return QVariant(row.reason); },
        [](const SuggestionRow& row) { return SortKey(0, row.reason); }, Qt::AlignLeft | Qt::AlignVCenter, true },
    { QT_TRANSLATE_NOOP("SuggestionsModel", "Where"),
        QT_TRANSLATE_NOOP("SuggestionsModel", "Annotation, or file and line"),
        [](const SuggestionRow& row) { return QVariant(row.place); },
        [](const SuggestionRow& row) { return SortKey(0, row.place); }, Qt::AlignLeft | Qt::AlignVCenter, true },
};

int stateRank(const assess::WaiverResult& result)
{
    switch (result.state) {
    case control::WaiverState::Expired:
        return 0;
    case control::WaiverState::Unused:
        return 2;
    case control::WaiverState::NotYet:
        return 3;
    case control::WaiverState::NotChecked:
        return 4;
    case control::WaiverState::Used:
        break;
    }
    return result.tooBroad.empty() ? 5 : 1;
}

} // namespace

WaiversModel::WaiversModel(QObject* parent)
    : TableModel("WaiversModel", waiverColumns, parent)
{
}

void WaiversModel::setAssessment(const std::shared_ptr<const assess::Assessment>& assessment)
{
    std::vector<WaiverRow> rows;
    for (std::uint32_t i = 0; assessment && i < assessment->waivers.size(); ++i) {
        const control::Waiver& waiver = assessment->waivers[i];
        const assess::WaiverResult result
            = i < assessment->waiverResults.size() ? assessment->waiverResults[i] : assess::WaiverResult {};
        QString state = text(toText(result.state));
        if (!result.tooBroad.empty())
            state = tr("%1, too broad").arg(state);
        rows.push_back({ .id = lineText(waiver.id),
            .scope = waiverText(waiver),
            .state = state,
            .reason = lineText(waiver.reason),
            .owner = lineText(waiver.owner),
            .approver = lineText(waiver.approver),
            .until = text(formatDate(waiver.expires - 1)),
            .tooBroad = lineText(result.tooBroad),
            .file = waiverPlace(*assessment, waiver),
            .stateRank = stateRank(result),
            .findings = result.findings,
            .index = i });
    }
    setRows(std::move(rows));
}

SuggestionsModel::SuggestionsModel(QObject* parent)
    : TableModel("SuggestionsModel", suggestionColumns, parent)
{
}

void SuggestionsModel::setAssessment(const std::shared_ptr<const assess::Assessment>& assessment)
{
    std::vector<SuggestionRow> rows;
    // Looked up by object: neither annotations nor findings are few.
    std::map<std::uint32_t, std::vector<std::uint32_t>> byObject;
    for (std::uint32_t i = 0; assessment && !assessment->waiverSuggestions.empty() && i < assessment->findings.size();
         ++i)
        byObject[assessment->findings[i].object.index].push_back(i);
    const auto openOf = [&](const control::WaiverSuggestion& one) {
        if (!one.object)
            return findingsOf(*assessment, one).size();
        const auto found = byObject.find(one.object.index);
        return found == byObject.end() ? 0 : static_cast<std::size_t>(std::ranges::count_if(found->second, [&](auto i) {
            return isMeant(*assessment, one, assessment->findings[i]);
        }));
    };
    for (std::uint32_t i = 0; assessment && i < assessment->waiverSuggestions.size(); ++i) {
        const control::WaiverSuggestion& one = assessment->waiverSuggestions[i];
        rows.push_back({ .tool = lineText(one.tool),
            .rule = lineText(one.rule),
            .controls = joined(one.controls, 6),
            .object = one.object ? lineText(assessment->cluster->titleOf(one.object)) : tr("everything"),
            .reason = lineText(one.reason),
            .place = lineText(one.place),
            .findings = static_cast<quint32>(openOf(one)),
            .index = i });
    }
    setRows(std::move(rows));
}

} // namespace plimsoll::ui::model
