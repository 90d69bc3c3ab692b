// SPDX-License-Identifier: Apache-2.0
#include "ui/model/ComplianceModel.h"

#include <algorithm>

#include "ui/model/ComplianceData.h"
#include "ui/model/Roles.h"
#include "ui/model/Text.h"

namespace plimsoll::ui::model {

namespace {

using ResultStatus = assess::RequirementResult::Status;

// As the verdict of a control, in the words of requirements, so that colours mean the same everywhere.
ResultStatus statusOfControl(const assess::ControlResult& result)
{
    if (result.isWaived())
        return ResultStatus::Waived;
    switch (result.verdict) {
    case control::Verdict::Fail:
        return ResultStatus::Fail;
    case control::Verdict::Pass:
        return ResultStatus::Pass;
    case control::Verdict::NotAssessed:
        break;
    }
    return ResultStatus::NotAssessed;
}

} // namespace

ComplianceModel::ComplianceModel(QObject* parent)
    : QAbstractItemModel(parent)
    , m_nodes(1)
{
}

void ComplianceModel::setAssessment(std::shared_ptr<const assess::Assessment> assessment, std::uint32_t framework)
{
    beginResetModel();
    m_assessment = std::move(assessment);
    m_framework = framework;
    indexObjects();
    rebuild();
    endResetModel();
}

void ComplianceModel::setFramework(std::uint32_t framework)
{
    if (framework == m_framework)
        return;
    beginResetModel();
    m_framework = framework;
    rebuild();
    endResetModel();
}

void ComplianceModel::setFilter(const ComplianceFilter& filter)
{
    if (filter == m_filter)
        return;
    beginResetModel();
    m_filter = filter;
    rebuild();
    endResetModel();
}

void ComplianceModel::setRelated(const QStringList& controls)
{
    if (controls == m_related)
        return;
    m_related = controls;
    markRelated();
    for (std::uint32_t section = 0; section < m_nodes.front().children.size(); ++section) {
        const QModelIndex parent = index(static_cast<int>(section), 0);
        Q_EMIT dataChanged(parent, parent.siblingAtColumn(ColumnCount - 1), { SharedRole });
        if (const int rows = rowCount(parent); rows > 0)
            Q_EMIT dataChanged(index(0, 0, parent), index(rows - 1, ColumnCount - 1, parent), { SharedRole });
    }
}

void ComplianceModel::indexObjects()
{
    m_findings.clear();
    m_notAssessed.clear();
    m_results.clear();
    if (!m_assessment)
        return;
    const std::size_t count = m_assessment->catalogue->entries.size();
    m_findings.resize(count);
    m_notAssessed.resize(count);
    m_results.resize(count);
    for (std::uint32_t i = 0; i < m_assessment->findings.size(); ++i)
        m_findings[m_assessment->findings[i].control].push_back(i);
    for (std::uint32_t i = 0; i < m_assessment->notAssessed.size(); ++i)
        m_notAssessed[m_assessment->notAssessed[i].control].push_back(i);
    for (std::uint32_t i = 0; i < m_assessment->controls.size(); ++i)
        m_results[m_assessment->controls[i].control] = i + 1;
}

std::uint32_t ComplianceModel::addNode(Level level, std::uint32_t from, std::uint32_t parent)
{
    const auto id = static_cast<std::uint32_t>(m_nodes.size());
    const auto row = static_cast<std::uint32_t>(m_nodes[parent].children.size());
    m_nodes[parent].children.push_back(id);
    Node node;
    node.level = level;
    node.source = from;
    node.parent = parent;
    node.row = row;
    m_nodes.push_back(std::move(node));
    return id;
}

// Sections and requirements; what is below them waits until it is opened.
void ComplianceModel::rebuild()
{
    m_nodes.assign(1, {});
    m_shownRequirements = 0;
    if (!m_assessment || m_framework >= m_assessment->frameworks.size())
        return;
    std::vector<QString> words;
    for (const QString& word : m_filter.text.split(QLatin1Char(' '), Qt::SkipEmptyParts))
        words.push_back(word);
    const auto& results = m_assessment->frameworks[m_framework].requirements;
    for (std::uint32_t i = 0; i < results.size(); ++i) {
        if (!isShown(i, words))
            continue;
        const std::string& section = source().requirements[results[i].requirement].section;
        const auto& sections = m_nodes.front().children;
        const auto found = std::ranges::find_if(sections, [&](std::uint32_t node) {
            return source().requirements[results[m_nodes[node].source].requirement].section == section;
        });
        const std::uint32_t parent = found != sections.end() ? *found : addNode(Level::Section, i, 0);
        addNode(Level::Requirement, i, parent);
        ++m_shownRequirements;
    }
    markRelated();
}

bool ComplianceModel::isShown(std::uint32_t requirement, const std::vector<QString>& words) const
{
    const assess::RequirementResult& result = m_assessment->frameworks[m_framework].requirements[requirement];
    if (!m_filter.statuses[static_cast<std::size_t>(result.status)])
        return false;
    const bool isOpen
        = (result.status == ResultStatus::Manual || result.status == ResultStatus::NotAssessed) && !result.recorded;
    if (m_filter.onlyOpen && !isOpen)
        return false;
    if (words.empty())
        return true;
    const control::Requirement& asked = source().requirements[result.requirement];
    QString whole = model::text(asked.id + ' ' + asked.title + ' ' + asked.section + ' ' + asked.level);
    for (const std::string& id : asked.controls) {
        whole += QLatin1Char(' ') + model::text(id);
        if (const auto* entry = m_assessment->catalogue->find(id))
            whole += QLatin1Char(' ') + model::text(entry->text.title);
    }
    return std::ranges::all_of(words, [&](const QString& word) { return whole.contains(word, Qt::CaseInsensitive); });
}

void ComplianceModel::markRelated()
{
    m_relatedCount = 0;
    for (Node& node : m_nodes) {
        if (node.level != Level::Requirement)
            continue;
        const auto& controls = requirementOf(node).controls;
        node.isRelated
            = std::ranges::any_of(controls, [&](const std::string& id) { return m_related.contains(model::text(id)); });
        m_relatedCount += node.isRelated ? 1 : 0;
    }
    for (const std::uint32_t section : m_nodes.front().children) {
        m_nodes[section].isRelated = std::ranges::any_of(
            m_nodes[section].children, [&](std::uint32_t child) { return m_nodes[child].isRelated; });
    }
}

const control::Framework& ComplianceModel::source() const
{
    return m_assessment->catalogue->frameworks[m_assessment->frameworks[m_framework].framework];
}

const assess::RequirementResult& ComplianceModel::resultOf(const Node& node) const
{
    const Node* at = &node;
    while (at->level == Level::Control || at->level == Level::Object)
        at = &m_nodes[at->parent];
    return m_assessment->frameworks[m_framework].requirements[at->source];
}

const control::Requirement& ComplianceModel::requirementOf(const Node& node) const
{
    return source().requirements[resultOf(node).requirement];
}

std::vector<std::uint32_t> ComplianceModel::controlsOf(const Node& node) const
{
    std::vector<std::uint32_t> result;
    for (const std::string& id : requirementOf(node).controls) {
        if (const auto* entry = m_assessment->catalogue->find(id))
            result.push_back(static_cast<std::uint32_t>(entry - m_assessment->catalogue->entries.data()));
    }
    return result;
}

std::size_t ComplianceModel::objectCount(std::uint32_t control) const
{
    return m_findings[control].size() + m_notAssessed[control].size();
}

const ComplianceModel::Node& ComplianceModel::nodeOf(const QModelIndex& index) const
{
    return m_nodes[index.isValid() ? index.internalId() : 0];
}

ComplianceModel::Level ComplianceModel::level(const QModelIndex& index) const
{
    return nodeOf(index).level;
}

std::optional<std::uint32_t> ComplianceModel::requirement(const QModelIndex& index) const
{
    if (!index.isValid())
        return std::nullopt;
    const Node* node = &nodeOf(index);
    while (node->level == Level::Control || node->level == Level::Object)
        node = &m_nodes[node->parent];
    return node->level == Level::Requirement ? std::optional(node->source) : std::nullopt;
}

QStringList ComplianceModel::controls(const QModelIndex& index) const
{
    if (!index.isValid() || level(index) == Level::Section)
        return {};
    QStringList ids;
    const Node& node = nodeOf(index);
    if (node.level == Level::Requirement) {
        for (const std::string& id : requirementOf(node).controls)
            ids.append(model::text(id));
        return ids;
    }
    const Node& control = node.level == Level::Control ? node : m_nodes[node.parent];
    return { model::text(m_assessment->catalogue->entries[control.source].text.id) };
}

std::optional<std::uint32_t> ComplianceModel::finding(const QModelIndex& index) const
{
    if (!index.isValid() || level(index) != Level::Object || !nodeOf(index).isFinding)
        return std::nullopt;
    return nodeOf(index).source;
}

cluster::ObjectId ComplianceModel::object(const QModelIndex& index) const
{
    if (!index.isValid() || level(index) != Level::Object)
        return {};
    const Node& node = nodeOf(index);
    return node.isFinding ? m_assessment->findings[node.source].object : m_assessment->notAssessed[node.source].object;
}

QModelIndex ComplianceModel::indexOfRequirement(std::uint32_t requirement) const
{
    for (std::uint32_t id = 1; id < m_nodes.size(); ++id) {
        if (m_nodes[id].level == Level::Requirement && m_nodes[id].source == requirement)
            return createIndex(static_cast<int>(m_nodes[id].row), 0, id);
    }
    return {};
}

QModelIndex ComplianceModel::firstRelated() const
{
    for (std::uint32_t id = 1; id < m_nodes.size(); ++id) {
        if (m_nodes[id].level == Level::Requirement && m_nodes[id].isRelated)
            return createIndex(static_cast<int>(m_nodes[id].row), 0, id);
    }
    return {};
}

QModelIndex ComplianceModel::index(int row, int column, const QModelIndex& parent) const
{
    if (!hasIndex(row, column, parent))
        return {};
    return createIndex(row, column, nodeOf(parent).children[static_cast<std::size_t>(row)]);
}

QModelIndex ComplianceModel::parent(const QModelIndex& child) const
{
    if (!child.isValid())
        return {};
    const std::uint32_t id = nodeOf(child).parent;
    return id == 0 ? QModelIndex() : createIndex(static_cast<int>(m_nodes[id].row), 0, id);
}

int ComplianceModel::rowCount(const QModelIndex& parent) const
{
    return parent.column() > 0 ? 0 : static_cast<int>(nodeOf(parent).children.size());
}

int ComplianceModel::columnCount(const QModelIndex&) const
{
    return ColumnCount;
}

bool ComplianceModel::hasChildren(const QModelIndex& parent) const
{
    if (parent.column() > 0)
        return false;
    return rowCount(parent) > 0 || canFetchMore(parent);
}

bool ComplianceModel::canFetchMore(const QModelIndex& parent) const
{
    if (!parent.isValid() || parent.column() > 0)
        return false;
    const Node& node = nodeOf(parent);
    if (node.isFetched)
        return false;
    if (node.level == Level::Requirement)
        return !controlsOf(node).empty();
    return node.level == Level::Control && objectCount(node.source) > 0;
}

void ComplianceModel::fetchMore(const QModelIndex& parent)
{
    if (!canFetchMore(parent))
        return;
    const auto id = static_cast<std::uint32_t>(parent.internalId());
    m_nodes[id].isFetched = true;
    if (m_nodes[id].level == Level::Requirement) {
        const std::vector<std::uint32_t> controls = controlsOf(m_nodes[id]);
        beginInsertRows(parent, 0, static_cast<int>(controls.size()) - 1);
        for (const std::uint32_t control : controls)
            addNode(Level::Control, control, id);
        endInsertRows();
        return;
    }
    const std::uint32_t control = m_nodes[id].source;
    beginInsertRows(parent, 0, static_cast<int>(objectCount(control)) - 1);
    // Open ones first, then what was accepted, then what cannot be told.
    for (const bool isWaived : { false, true }) {
        for (const std::uint32_t finding : m_findings[control]) {
            if (m_assessment->findings[finding].isWaived() == isWaived)
                addNode(Level::Object, finding, id);
        }
    }
    for (const std::uint32_t row : m_notAssessed[control])
        m_nodes[addNode(Level::Object, row, id)].isFinding = false;
    endInsertRows();
}

QString ComplianceModel::sectionText(const Node& node, int column) const
{
    const auto& results = m_assessment->frameworks[m_framework].requirements;
    if (column == Title) {
        const std::string& section = requirementOf(node).section;
        return section.empty() ? tr("Requirements") : model::text(section);
    }
    if (column == Status) {
        std::array<quint32, 5> counts {};
        for (const std::uint32_t child : node.children)
            ++counts[static_cast<std::size_t>(results[m_nodes[child].source].status)];
        QStringList words;
        for (std::size_t status = 0; status < counts.size(); ++status) {
            if (counts[status] > 0)
                words.append(QString::number(counts[status]) + QLatin1Char(' ') + statusName(static_cast<int>(status)));
        }
        return words.join(QStringLiteral(", "));
    }
    return {};
}

QString ComplianceModel::requirementText(const Node& node, int column) const
{
    const assess::RequirementResult& result = resultOf(node);
    const control::Requirement& asked = requirementOf(node);
    switch (column) {
    case Title: {
        const QString level = asked.level.empty() ? QString() : QStringLiteral("  \u00b7 ") + model::text(asked.level);
        return model::text(asked.id) + QStringLiteral("  ") + model::text(asked.title) + level;
    }
    case Status:
        return statusText(*m_assessment, result);
    case Objects:
        return objectsText(result.failedObjects, result.waivedObjects, result.passedObjects, 0);
    case DecidedBy:
        return decidedBy(*m_assessment, asked, result);
    case Evidence:
        if (result.recorded && !m_assessment->review.verdicts[*result.recorded].note.empty())
            return lineText(m_assessment->review.verdicts[*result.recorded].note);
        return result.reason.empty() ? model::text(asked.lookAt) : lineText(result.reason);
    default:
        return {};
    }
}

QString ComplianceModel::controlText(const Node& node, int column) const
{
    const control::ControlText& words = m_assessment->catalogue->entries[node.source].text;
    const std::uint32_t place = m_results[node.source];
    if (column == Title)
        return model::text(words.id) + QStringLiteral("  ") + model::text(words.title);
    if (place == 0)
        return column == Status ? tr("out of scope") : QString();
    const assess::ControlResult& result = m_assessment->controls[place - 1];
    switch (column) {
    case Status:
        return statusName(static_cast<int>(statusOfControl(result)));
    case Objects:
        return objectsText(result.failed, result.waived, result.passed, result.notAssessed);
    case DecidedBy:
        return tr("this control");
    case Evidence:
        return lineText(result.reason);
    default:
        return {};
    }
}

QString ComplianceModel::objectText(const Node& node, int column) const
{
    const cluster::ObjectId object
        = node.isFinding ? m_assessment->findings[node.source].object : m_assessment->notAssessed[node.source].object;
    switch (column) {
    case Title:
        return object.isNone() ? tr("everything in scope") : lineText(m_assessment->cluster->titleOf(object));
    case Status: {
        if (!node.isFinding)
            return statusName(static_cast<int>(ResultStatus::NotAssessed));
        const auto& waiver = m_assessment->findings[node.source].waiver;
        return waiver ? tr("waived until %1").arg(model::text(formatDate(m_assessment->waivers[*waiver].expires - 1)))
                      : statusName(static_cast<int>(ResultStatus::Fail));
    }
    case Objects:
        return node.isFinding && m_assessment->findings[node.source].affected > 1
            ? tr("%1 pods or objects").arg(m_assessment->findings[node.source].affected)
            : QString();
    case Evidence:
        return lineText(node.isFinding ? m_assessment->findings[node.source].message
                                       : m_assessment->notAssessed[node.source].reason);
    default:
        return {};
    }
}

QVariant ComplianceModel::text(const Node& node, int column) const
{
    switch (node.level) {
    case Level::Section:
        return sectionText(node, column);
    case Level::Requirement:
        return requirementText(node, column);
    case Level::Control:
        return controlText(node, column);
    case Level::Object:
        break;
    }
    return objectText(node, column);
}

QVariant ComplianceModel::statusOf(const Node& node) const
{
    switch (node.level) {
    case Level::Section:
        return {};
    case Level::Requirement:
        return static_cast<int>(resultOf(node).status);
    case Level::Control:
        if (const std::uint32_t place = m_results[node.source]; place > 0)
            return static_cast<int>(statusOfControl(m_assessment->controls[place - 1]));
        return {};
    case Level::Object:
        break;
    }
    if (!node.isFinding)
        return static_cast<int>(ResultStatus::NotAssessed);
    const bool isWaived = m_assessment->findings[node.source].isWaived();
    return static_cast<int>(isWaived ? ResultStatus::Waived : ResultStatus::Fail);
}

QVariant ComplianceModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid) || !m_assessment)
        return {};
    const Node& node = nodeOf(index);
    switch (role) {
    case Qt::DisplayRole:
        return text(node, index.column());
    case Qt::ToolTipRole: {
        const QString whole = text(node, index.column()).toString();
        return whole.isEmpty() ? QVariant() : QVariant(whole.toHtmlEscaped()); // tool tips would read markup
    }
    case Qt::AccessibleTextRole: {
        const QString whole = text(node, index.column()).toString();
        const QString related = node.isRelated && index.column() == Title ? tr(", shares a control") : QString();
        return headerData(index.column(), Qt::Horizontal, Qt::DisplayRole).toString() + QStringLiteral(": ") + whole
            + related;
    }
    case StatusRole:
        return statusOf(node);
    case RecordedRole:
        return node.level == Level::Requirement && resultOf(node).recorded.has_value();
    case SharedRole:
        return node.isRelated;
    case GroupRole:
        return node.level == Level::Section;
    case SecondaryRole:
        return index.column() >= DecidedBy || (index.column() == Objects && node.level == Level::Object);
    case SeverityRole:
        if (index.column() == Title && node.level == Level::Control)
            return static_cast<int>(m_assessment->catalogue->entries[node.source].text.severity);
        return {};
    default:
        return {};
    }
}

QVariant ComplianceModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Title:
        return tr("Requirement");
    case Status:
        return tr("Status");
    case Objects:
        return tr("Objects");
    case DecidedBy:
        return tr("Decided by");
    case Evidence:
        return tr("Evidence");
    default:
        return {};
    }
}

} // namespace plimsoll::ui::model

#include "moc_ComplianceModel.cpp"
