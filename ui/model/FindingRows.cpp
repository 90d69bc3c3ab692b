// SPDX-License-Identifier: Apache-2.0
#include "ui/model/FindingRows.h"

#include <algorithm>
#include <numeric>
#include <unordered_map>

#include <QCoreApplication>

#include "core/base/Text.h"
#include "ui/model/Text.h"

namespace plimsoll::ui::model {

namespace {

// Sorted distinct texts, and for each id of a cluster string its place among them.
struct Vocabulary {
    std::vector<std::string> texts;
    std::unordered_map<std::uint32_t, std::uint32_t> places;
};

Vocabulary vocabularyOf(const cluster::Cluster& cluster, const std::vector<StringId>& ids)
{
    Vocabulary result;
    result.texts.emplace_back(); // "" sorts first: no namespace, no kind
    for (const StringId id : ids)
        result.texts.emplace_back(cluster.text(id));
    std::ranges::sort(result.texts);
    result.texts.erase(std::unique(result.texts.begin(), result.texts.end()), result.texts.end());
    for (const StringId id : ids) {
        const auto found = std::ranges::lower_bound(
            result.texts, cluster.text(id), {}, [](const std::string& text) { return std::string_view(text); });
        result.places.emplace(id.index, static_cast<std::uint32_t>(found - result.texts.begin()));
    }
    return result;
}

template <class Less> std::vector<std::uint32_t> ranksBy(std::size_t count, Less less)
{
    std::vector<std::uint32_t> order(count);
    std::iota(order.begin(), order.end(), 0u);
    std::ranges::stable_sort(order, less);
    std::vector<std::uint32_t> ranks(count);
    std::uint32_t rank = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (i > 0 && less(order[i - 1], order[i]))
            ++rank;
        ranks[order[i]] = rank;
    }
    return ranks;
}

// The label keys by which clusters tell who is responsible, the plainest first. Recommended labels of Kubernetes and
// what the documents of large distributions use.
constexpr const char* teamKeys[]
    = { "team", "app.kubernetes.io/team", "owner", "app.kubernetes.io/owner", "app.kubernetes.io/part-of", "squad",
          "cost-center", "app.kubernetes.io/managed-by", "app.kubernetes.io/name", "app" };

bool isOfStatus(bool isFinding, bool isWaived, FindingsFilter::Status status)
{
    switch (status) {
    case FindingsFilter::Status::Open:
        return isFinding && !isWaived;
    case FindingsFilter::Status::Waived:
        return isWaived;
    case FindingsFilter::Status::NotAssessed:
        return !isFinding;
    case FindingsFilter::Status::All:
        break;
    }
    return true;
}

QString trRows(const char* source)
{
    return QCoreApplication::translate("FindingRows", source);
}

} // namespace

FindingRows::FindingRows(std::shared_ptr<const assess::Assessment> assessment)
    : m_assessment(std::move(assessment))
{
    const cluster::Cluster& cluster = *m_assessment->cluster;
    std::unordered_map<std::uint32_t, std::uint32_t> slots;
    const auto slotOf = [&](cluster::ObjectId object) {
        const auto [found, isNew] = slots.emplace(object.index, static_cast<std::uint32_t>(m_objects.size()));
        if (isNew)
            m_objects.push_back({ .object = object, .ns = 0, .kind = 0, .team = 0, .workload = object.index });
        return found->second;
    };
    m_rows.reserve(m_assessment->findings.size() + m_assessment->notAssessed.size());
    for (std::uint32_t i = 0; i < m_assessment->findings.size(); ++i) {
        const assess::Finding& finding = m_assessment->findings[i];
        m_rows.push_back({ .source = i,
            .control = finding.control,
            .slot = slotOf(finding.object),
            .affected = finding.affected,
            .severity = static_cast<std::uint8_t>(finding.severity),
            .inContext = static_cast<std::uint8_t>(finding.effectiveSeverity),
            .isFinding = true,
            .isWaived = finding.isWaived() });
    }
    for (std::uint32_t i = 0; i < m_assessment->notAssessed.size(); ++i) {
        const assess::NotAssessedObject& item = m_assessment->notAssessed[i];
        const auto severity = m_assessment->catalogue->entries[item.control].text.severity;
        m_rows.push_back({ .source = i,
            .control = item.control,
            .slot = slotOf(item.object),
            .affected = 0,
            .severity = static_cast<std::uint8_t>(severity),
            .inContext = static_cast<std::uint8_t>(severity),
            .isFinding = false,
            .isWaived = false });
    }
    std::vector<StringId> namespaces, kinds;
    for (const ObjectSlot& slot : m_objects) {
        if (slot.object.isNone())
            continue;
        namespaces.push_back(cluster.object(slot.object).ns);
        kinds.push_back(cluster.kindOf(cluster.object(slot.object)).kind);
    }
    Vocabulary namespaceWords = vocabularyOf(cluster, namespaces);
    Vocabulary kindWords = vocabularyOf(cluster, kinds);
    for (ObjectSlot& slot : m_objects) {
        if (slot.object.isNone())
            continue;
        slot.ns = namespaceWords.places[cluster.object(slot.object).ns.index];
        slot.kind = kindWords.places[cluster.kindOf(cluster.object(slot.object)).kind.index];
        slot.workload = ownerOf(slot).index;
    }
    m_namespaces = std::move(namespaceWords.texts);
    m_kinds = std::move(kindWords.texts);
    const std::vector<Value> labels = teamLabels();
    setTeamLabel(labels.empty() ? QString() : labels.front().id);
}

std::string_view FindingRows::nameOf(const ObjectSlot& slot) const
{
    const cluster::Cluster& cluster = *m_assessment->cluster;
    return slot.object.isNone() ? std::string_view() : cluster.text(cluster.object(slot.object).name);
}

QString FindingRows::kind(const Row& row) const
{
    return lineText(m_kinds[m_objects[row.slot].kind]);
}

QString FindingRows::ns(const Row& row) const
{
    return lineText(m_namespaces[m_objects[row.slot].ns]);
}

QString FindingRows::name(const Row& row) const
{
    return lineText(nameOf(m_objects[row.slot]));
}

QString FindingRows::message(const Row& row) const
{
    return lineText(
        row.isFinding ? m_assessment->findings[row.source].message : m_assessment->notAssessed[row.source].reason);
}

QString FindingRows::controlId(const Row& row) const
{
    return text(m_assessment->catalogue->entries[row.control].text.id);
}

QString FindingRows::title(const Row& row) const
{
    return text(m_assessment->catalogue->entries[row.control].text.title);
}

QString FindingRows::team(const Row& row) const
{
    return lineText(m_teams[m_objects[row.slot].team]);
}

QString FindingRows::workload(const Row& row) const
{
    const cluster::ObjectId owner = ownerOf(m_objects[row.slot]);
    return owner.isNone() ? QString() : lineText(m_assessment->cluster->titleOf(owner));
}

QString FindingRows::status(const Row& row) const
{
    if (!row.isFinding)
        return trRows("not assessed");
    const auto& waiver = m_assessment->findings[row.source].waiver;
    if (!waiver)
        return trRows("open");
    // A waiver holds until the end of its last day.
    return trRows("waived until %1").arg(text(formatDate(m_assessment->waivers[*waiver].expires - 1)));
}

cluster::ObjectId FindingRows::ownerOf(const ObjectSlot& slot) const
{
    if (slot.object.isNone())
        return {};
    const cluster::Cluster& cluster = *m_assessment->cluster;
    const cluster::WorkloadId workload = cluster.workloadOf(slot.object);
    return workload.isNone() ? slot.object : cluster.workloads()[workload.index].object;
}

// Of the object, else of its workload, else of its namespace: the nearest one who says it.
std::string_view FindingRows::labelOf(const ObjectSlot& slot, std::string_view key) const
{
    if (slot.object.isNone())
        return {};
    const cluster::Cluster& cluster = *m_assessment->cluster;
    const cluster::Object& object = cluster.object(slot.object);
    if (const std::string_view own = cluster.label(object, key); !own.empty())
        return own;
    if (const cluster::ObjectId owner = ownerOf(slot); owner != slot.object) {
        if (const std::string_view above = cluster.label(cluster.object(owner), key); !above.empty())
            return above;
    }
    const cluster::Namespace* ns = object.ns.isNone() ? nullptr : cluster.findNamespace(cluster.text(object.ns));
    if (!ns)
        return {};
    const auto found
        = std::ranges::find_if(ns->labels, [&](const auto& one) { return cluster.text(one.first) == key; });
    return found == ns->labels.end() ? std::string_view() : cluster.text(found->second);
}

std::vector<FindingRows::Value> FindingRows::teamLabels() const
{
    constexpr std::size_t most = 24;
    const cluster::Cluster& cluster = *m_assessment->cluster;
    std::unordered_map<std::uint32_t, std::uint32_t> counts; // by id of the key
    for (const ObjectSlot& slot : m_objects) {
        if (slot.object.isNone())
            continue;
        for (const auto& label : cluster.object(slot.object).labels)
            ++counts[label.first.index];
    }
    for (const cluster::Namespace& ns : cluster.namespaces()) {
        for (const auto& label : ns.labels)
            ++counts[label.first.index];
    }
    std::vector<std::pair<std::string, std::uint32_t>> all;
    for (const auto& [key, count] : counts)
        all.emplace_back(cluster.text(StringId { key }), count);
    const auto place = [](const std::string& key) {
        return std::ranges::find_if(teamKeys, [&](const char* one) { return key == one; }) - std::begin(teamKeys);
    };
    std::ranges::sort(all, [&](const auto& a, const auto& b) {
        return std::tuple(place(a.first), b.second, a.first) < std::tuple(place(b.first), a.second, b.first);
    });
    std::vector<Value> values;
    for (const auto& [key, count] : all) {
        if (values.size() < most)
            values.push_back({ .id = lineText(key), .count = count });
    }
    return values;
}

void FindingRows::setTeamLabel(const QString& key)
{
    m_teamLabel = key;
    const std::string wanted = key.toStdString();
    std::vector<std::string_view> values(m_objects.size());
    for (std::size_t i = 0; i < m_objects.size() && !wanted.empty(); ++i)
        values[i] = labelOf(m_objects[i], wanted);
    m_teams.assign(values.begin(), values.end());
    m_teams.emplace_back(); // "" sorts first: no team
    std::ranges::sort(m_teams);
    m_teams.erase(std::unique(m_teams.begin(), m_teams.end()), m_teams.end());
    for (std::size_t i = 0; i < m_objects.size(); ++i) {
        const auto found = std::ranges::lower_bound(
            m_teams, values[i], {}, [](const std::string& one) { return std::string_view(one); });
        m_objects[i].team = static_cast<std::uint32_t>(found - m_teams.begin());
    }
}

// Made once per assessment and only when somebody searches.
void FindingRows::makeSearchTexts() const
{
    if (!m_controlTexts.empty() || m_rows.empty())
        return;
    for (const auto& entry : m_assessment->catalogue->entries)
        m_controlTexts.push_back(toLowerAscii(entry.text.id + ' ' + entry.text.title));
    m_objectTexts.reserve(m_objects.size());
    for (const ObjectSlot& slot : m_objects) {
        std::string whole = m_kinds[slot.kind] + ' ' + m_namespaces[slot.ns] + '/';
        whole += nameOf(slot);
        m_objectTexts.push_back(toLowerAscii(whole));
    }
    m_messageTexts.reserve(m_rows.size());
    for (const Row& row : m_rows) {
        m_messageTexts.push_back(toLowerAscii(
            row.isFinding ? m_assessment->findings[row.source].message : m_assessment->notAssessed[row.source].reason));
    }
}

std::vector<std::uint8_t> FindingRows::admitted(
    const std::vector<std::string>& texts, const QStringList& chosen, const QString& none) const
{
    std::vector<std::uint8_t> result(texts.size(), chosen.isEmpty() ? 1 : 0);
    for (std::size_t i = 0; i < texts.size() && !chosen.isEmpty(); ++i)
        result[i] = chosen.contains(texts[i].empty() ? none : text(texts[i])) ? 1 : 0;
    return result;
}

std::vector<std::uint8_t> FindingRows::admittedControls(const FindingsFilter& filter) const
{
    const auto& entries = m_assessment->catalogue->entries;
    std::vector<std::uint8_t> result(entries.size(), 1);
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (!filter.controls.isEmpty() && !filter.controls.contains(text(entries[i].text.id)))
            result[i] = 0;
        const auto isInOne = [&](auto isWanted) { return std::ranges::any_of(entries[i].frameworks, isWanted); };
        if (!filter.frameworks.isEmpty() && !isInOne([&](const std::string& row) {
                return filter.frameworks.contains(text(std::string_view(row).substr(0, row.find(' '))));
            }))
            result[i] = 0;
        if (!filter.requirements.isEmpty()
            && !isInOne([&](const std::string& row) { return filter.requirements.contains(text(row)); }))
            result[i] = 0;
    }
    return result;
}

std::vector<std::uint32_t> FindingRows::filtered(
    const FindingsFilter& filter, std::array<std::uint64_t, 5>* counts) const
{
    const std::vector<std::uint8_t> namespaces
        = admitted(m_namespaces, filter.namespaces, FindingsFilter::clusterScope);
    const std::vector<std::uint8_t> kinds = admitted(m_kinds, filter.kinds, {});
    const std::vector<std::uint8_t> teams = admitted(m_teams, filter.teams, FindingsFilter::noTeam);
    const std::vector<std::uint8_t> controls = admittedControls(filter);
    // Every word must stand in the control, the object or the message. Controls and objects are looked through once.
    const std::string typed = toLowerAscii(filter.text.toStdString());
    std::vector<std::string_view> words;
    for (const std::string_view word : split(typed, ' ')) {
        if (!word.empty())
            words.push_back(word);
    }
    if (!words.empty())
        makeSearchTexts();
    std::vector<std::vector<std::uint8_t>> controlHits(words.size()), objectHits(words.size());
    for (std::size_t w = 0; w < words.size(); ++w) {
        for (const std::string& one : m_controlTexts)
            controlHits[w].push_back(one.contains(words[w]) ? 1 : 0);
        for (const std::string& one : m_objectTexts)
            objectHits[w].push_back(one.contains(words[w]) ? 1 : 0);
    }
    const auto matches = [&](std::uint32_t index, const Row& row) {
        for (std::size_t w = 0; w < words.size(); ++w) {
            if (!controlHits[w][row.control] && !objectHits[w][row.slot] && !m_messageTexts[index].contains(words[w]))
                return false;
        }
        return true;
    };
    std::vector<std::uint32_t> result;
    for (std::uint32_t index = 0; index < m_rows.size(); ++index) {
        const Row& row = m_rows[index];
        if (!isOfStatus(row.isFinding, row.isWaived, filter.status))
            continue;
        const ObjectSlot& slot = m_objects[row.slot];
        if (!controls[row.control] || !namespaces[slot.ns] || !kinds[slot.kind] || !teams[slot.team]
            || !filter.inContext[row.inContext] || !matches(index, row))
            continue;
        if (counts)
            ++(*counts)[row.severity];
        if (filter.severities[row.severity])
            result.push_back(index);
    }
    return result;
}

const std::vector<std::uint32_t>& FindingRows::ranks(Key key) const
{
    std::vector<std::uint32_t>& cached = m_ranks[static_cast<std::size_t>(key)];
    if (!cached.empty() || m_rows.empty())
        return cached;
    const auto byNumber = [&](auto number) {
        return ranksBy(
            m_rows.size(), [&](std::uint32_t a, std::uint32_t b) { return number(m_rows[a]) < number(m_rows[b]); });
    };
    const auto& entries = m_assessment->catalogue->entries;
    switch (key) {
    case Key::Severity:
        cached = byNumber([](const Row& row) { return row.severity; });
        break;
    case Key::InContext:
        cached = byNumber([](const Row& row) { return row.inContext; });
        break;
    case Key::Status:
        cached = byNumber([](const Row& row) { return row.isWaived ? 1 : row.isFinding ? 0 : 2; });
        break;
    case Key::Control:
        cached = byNumber([](const Row& row) { return row.control; });
        break;
    case Key::Title:
        cached = byNumber([&](const Row& row) { return std::string_view(entries[row.control].text.title); });
        break;
    case Key::Kind:
        cached = byNumber([&](const Row& row) { return m_objects[row.slot].kind; });
        break;
    case Key::Namespace:
        cached = byNumber([&](const Row& row) { return m_objects[row.slot].ns; });
        break;
    case Key::Name: {
        const std::vector<std::uint32_t> slotRanks = ranksBy(m_objects.size(),
            [&](std::uint32_t a, std::uint32_t b) { return nameOf(m_objects[a]) < nameOf(m_objects[b]); });
        cached.reserve(m_rows.size());
        for (const Row& row : m_rows)
            cached.push_back(slotRanks[row.slot]);
        break;
    }
    case Key::Message:
        cached = byNumber([&](const Row& row) {
            return std::string_view(row.isFinding ? m_assessment->findings[row.source].message
                                                  : m_assessment->notAssessed[row.source].reason);
        });
        break;
    case Key::Affected:
        cached = byNumber([](const Row& row) { return row.affected; });
        break;
    }
    return cached;
}

std::vector<FindingRows::Value> FindingRows::namespaceValues() const
{
    std::vector<Value> values;
    for (const std::string& name : m_namespaces)
        values.push_back({ .id = name.empty() ? FindingsFilter::clusterScope : text(name), .count = 0 });
    for (const Row& row : m_rows)
        values[m_objects[row.slot].ns].count += row.isFinding ? 1 : 0;
    return values;
}

std::vector<FindingRows::Value> FindingRows::kindValues() const
{
    std::vector<Value> values;
    for (const std::string& name : m_kinds)
        values.push_back({ .id = text(name), .count = 0 });
    for (const Row& row : m_rows)
        values[m_objects[row.slot].kind].count += row.isFinding ? 1 : 0;
    std::erase_if(values, [](const Value& value) { return value.id.isEmpty(); });
    return values;
}

std::vector<FindingRows::Value> FindingRows::teamValues() const
{
    std::vector<Value> values;
    for (const std::string& name : m_teams)
        values.push_back({ .id = name.empty() ? FindingsFilter::noTeam : text(name), .count = 0 });
    for (const Row& row : m_rows)
        values[m_objects[row.slot].team].count += row.isFinding ? 1 : 0;
    return values;
}

std::vector<FindingRows::Value> FindingRows::controlValues() const
{
    std::vector<Value> values;
    for (const auto& entry : m_assessment->catalogue->entries)
        values.push_back({ .id = text(entry.text.id), .count = 0 });
    for (const Row& row : m_rows)
        values[row.control].count += row.isFinding ? 1 : 0;
    std::erase_if(values, [](const Value& value) { return value.count == 0; });
    return values;
}

} // namespace plimsoll::ui::model
