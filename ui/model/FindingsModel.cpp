// SPDX-License-Identifier: Apache-2.0
#include "ui/model/FindingsModel.h"

#include <algorithm>
#include <map>

#include <QCoreApplication>

#include "core/base/Text.h"
#include "ui/model/Roles.h"
#include "ui/model/Text.h"

namespace plimsoll::ui::model {

namespace {

using Row = FindingRows::Row;

struct ColumnRow {
    const char* header;
    const char* toolTip;
    QVariant (*value)(const FindingRows& rows, const Row& row);
    FindingRows::Key key;
    Qt::Alignment alignment = Qt::AlignLeft | Qt::AlignVCenter;
    bool isSecondary = false;
};

QString severityText(int severity)
{
    static const char* const names[] = { QT_TRANSLATE_NOOP("FindingsModel", "Critical"),
        QT_TRANSLATE_NOOP("FindingsModel", "High"), QT_TRANSLATE_NOOP("FindingsModel", "Medium"),
        QT_TRANSLATE_NOOP("FindingsModel", "Low"), QT_TRANSLATE_NOOP("FindingsModel", "Info") };
    return QCoreApplication::translate("FindingsModel", names[std::clamp(severity, 0, 4)]);
}

// To add a column: a row here and an enumerator of Column.
const ColumnRow columns[] = {
    { QT_TRANSLATE_NOOP("FindingsModel", "Severity"),
        QT_TRANSLATE_NOOP("FindingsModel", "How bad it is, fixed for each control"),
        [](const FindingRows&, const Row& row) { return QVariant(severityText(row.severity)); },
        FindingRows::Key::Severity },
    { QT_TRANSLATE_NOOP("FindingsModel", "In context"),
        QT_TRANSLATE_NOOP("FindingsModel",
            "How bad it is for this workload: exposed, privileged, powerful identity, or not running at all"),
        [](const FindingRows&, const Row& row) { return QVariant(severityText(row.inContext)); },
        FindingRows::Key::InContext },
    { QT_TRANSLATE_NOOP("FindingsModel", "Control"),
        QT_TRANSLATE_NOOP("FindingsModel", "Id of the control that failed"),
        [](const FindingRows& rows, const Row& row) { return QVariant(rows.controlId(row)); },
        FindingRows::Key::Control, Qt::AlignLeft | Qt::AlignVCenter, true },
    { QT_TRANSLATE_NOOP("FindingsModel", "Finding"), QT_TRANSLATE_NOOP("FindingsModel", "What the control looks for"),
        [](const FindingRows& rows, const Row& row) { return QVariant(rows.title(row)); }, FindingRows::Key::Title },
    { QT_TRANSLATE_NOOP("FindingsModel", "Kind"), QT_TRANSLATE_NOOP("FindingsModel", "Kind of the object"),
        [](const FindingRows& rows, const Row& row) { return QVariant(rows.kind(row)); }, FindingRows::Key::Kind,
        Qt::AlignLeft | Qt::AlignVCenter, true },
    { QT_TRANSLATE_NOOP("FindingsModel", "Namespace"),
        QT_TRANSLATE_NOOP("FindingsModel", "Namespace of the object; empty for cluster-wide ones"),
        [](const FindingRows& rows, const Row& row) { return QVariant(rows.ns(row)); }, FindingRows::Key::Namespace },
    { QT_TRANSLATE_NOOP("FindingsModel", "Object"),
        QT_TRANSLATE_NOOP("FindingsModel", "Name of the object; pods are shown as their top workload"),
        [](const FindingRows& rows, const Row& row) { return QVariant(rows.name(row)); }, FindingRows::Key::Name },
    { QT_TRANSLATE_NOOP("FindingsModel", "What is wrong"),
        QT_TRANSLATE_NOOP("FindingsModel", "What was found in this object, or which data is missing"),
        [](const FindingRows& rows, const Row& row) { return QVariant(rows.message(row)); }, FindingRows::Key::Message,
        Qt::AlignLeft | Qt::AlignVCenter, true },
    { QT_TRANSLATE_NOOP("FindingsModel", "Affected"),
        QT_TRANSLATE_NOOP("FindingsModel", "Pods or objects behind the finding"),
        [](const FindingRows&, const Row& row) { return QVariant(row.affected); }, FindingRows::Key::Affected,
        Qt::AlignRight | Qt::AlignVCenter },
    { QT_TRANSLATE_NOOP("FindingsModel", "Status"),
        QT_TRANSLATE_NOOP("FindingsModel", "Open, accepted by a waiver, or not assessed"),
        [](const FindingRows& rows, const Row& row) { return QVariant(rows.status(row)); }, FindingRows::Key::Status },
};
static_assert(std::size(columns) == FindingsModel::ColumnCount);

QString contextReasons(const assess::Finding& finding)
{
    QStringList lines;
    for (const std::string& reason : finding.severityReasons)
        lines.append(lineText(reason));
    if (lines.isEmpty())
        lines.append(QCoreApplication::translate(
            "FindingsModel", "Nothing about this object makes it worse or better than the control says"));
    return lines.join(QLatin1Char('\n'));
}

constexpr quintptr topLevel = 0; // internal id; a row in group g has g + 1

} // namespace

FindingsModel::FindingsModel(QObject* parent)
    : QAbstractItemModel(parent)
{
}

FindingsModel::~FindingsModel() = default;

void FindingsModel::setAssessment(std::shared_ptr<const assess::Assessment> assessment)
{
    beginResetModel();
    m_rows = assessment ? std::make_unique<FindingRows>(std::move(assessment)) : nullptr;
    rebuild();
    endResetModel();
}

void FindingsModel::setFilter(const FindingsFilter& filter)
{
    if (filter == m_filter)
        return;
    beginResetModel();
    m_filter = filter;
    rebuild();
    endResetModel();
}

void FindingsModel::setGrouping(Grouping grouping)
{
    if (grouping == m_grouping)
        return;
    beginResetModel();
    m_grouping = grouping;
    arrange();
    endResetModel();
}

void FindingsModel::setTeamLabel(const QString& key)
{
    if (!m_rows || key == m_rows->teamLabel())
        return;
    beginResetModel();
    m_rows->setTeamLabel(key);
    rebuild();
    endResetModel();
}

void FindingsModel::sort(int column, Qt::SortOrder order)
{
    if (column < 0 || column >= ColumnCount || (column == m_sortColumn && order == m_sortOrder))
        return;
    beginResetModel();
    m_sortColumn = column;
    m_sortOrder = order;
    rebuild();
    endResetModel();
}

void FindingsModel::rebuild()
{
    m_counts = {};
    m_shown.clear();
    if (m_rows)
        m_shown = m_rows->filtered(m_filter, &m_counts);
    arrange();
}

std::uint32_t FindingsModel::groupKey(const Row& row) const
{
    switch (m_grouping) {
    case Grouping::Control:
        return row.control;
    case Grouping::Object:
        return row.slot;
    case Grouping::Namespace:
        return m_rows->namespaceRank(row);
    case Grouping::Severity:
        return row.severity;
    case Grouping::Team:
        return m_rows->teamRank(row);
    case Grouping::Workload:
        return m_rows->workloadKey(row);
    case Grouping::None:
        break;
    }
    return 0;
}

// Sorts what is shown and puts it into groups, the worst and then the largest first.
void FindingsModel::arrange()
{
    m_groups.clear();
    if (!m_rows || m_shown.empty())
        return;
    const std::vector<std::uint32_t>& ranks = m_rows->ranks(columns[m_sortColumn].key);
    const bool isDescending = m_sortOrder == Qt::DescendingOrder;
    std::ranges::sort(m_shown, [&](std::uint32_t a, std::uint32_t b) {
        if (ranks[a] != ranks[b])
            return isDescending ? ranks[b] < ranks[a] : ranks[a] < ranks[b];
        return a < b; // the order of the assessment within equals
    });
    if (m_grouping == Grouping::None)
        return;
    std::map<std::uint32_t, std::size_t> places;
    for (const std::uint32_t index : m_shown) {
        const Row& row = m_rows->rows()[index];
        const auto [found, isNew] = places.emplace(groupKey(row), m_groups.size());
        if (isNew)
            m_groups.emplace_back();
        Group& group = m_groups[found->second];
        group.rows.push_back(index);
        group.affected += row.affected;
        group.worst = std::min<int>(group.worst, row.severity);
        group.worstInContext = std::min<int>(group.worstInContext, row.inContext);
    }
    if (m_sortColumn == InContext && !isDescending) {
        std::ranges::stable_sort(m_groups, [](const Group& a, const Group& b) {
            return a.worstInContext != b.worstInContext ? a.worstInContext < b.worstInContext
                                                        : a.rows.size() > b.rows.size();
        });
    } else if (m_sortColumn == Severity && !isDescending) {
        std::ranges::stable_sort(m_groups, [](const Group& a, const Group& b) {
            return a.worst != b.worst ? a.worst < b.worst : a.rows.size() > b.rows.size();
        });
    } else if (m_sortColumn == Affected) {
        std::ranges::stable_sort(m_groups, [isDescending](const Group& a, const Group& b) {
            return isDescending ? a.affected > b.affected : a.affected < b.affected;
        });
    }
}

std::size_t FindingsModel::waivedCount() const
{
    return m_rows ? static_cast<std::size_t>(std::ranges::count_if(m_rows->rows(), &Row::isWaived)) : 0;
}

std::size_t FindingsModel::totalCount() const
{
    if (!m_rows)
        return 0;
    const assess::Assessment& assessment = m_rows->assessment();
    switch (m_filter.status) {
    case FindingsFilter::Status::Open:
        return assessment.findings.size() - waivedCount();
    case FindingsFilter::Status::Waived:
        return waivedCount();
    case FindingsFilter::Status::NotAssessed:
        return assessment.notAssessed.size();
    case FindingsFilter::Status::All:
        break;
    }
    return m_rows->rows().size();
}

bool FindingsModel::isGroup(const QModelIndex& index) const
{
    return index.isValid() && m_grouping != Grouping::None && index.internalId() == topLevel;
}

const Row* FindingsModel::row(const QModelIndex& index) const
{
    if (!index.isValid() || isGroup(index) || !m_rows)
        return nullptr;
    const auto at = static_cast<std::size_t>(index.row());
    if (index.internalId() == topLevel)
        return &m_rows->rows()[m_shown[at]];
    return &m_rows->rows()[m_groups[index.internalId() - 1].rows[at]];
}

std::optional<std::uint32_t> FindingsModel::finding(const QModelIndex& index) const
{
    const Row* found = row(index);
    if (!found || !found->isFinding)
        return std::nullopt;
    return found->source;
}

std::vector<std::uint32_t> FindingsModel::findingsOf(const QModelIndexList& indexes) const
{
    std::vector<std::uint32_t> result;
    const auto add = [&](const Row& one) {
        if (one.isFinding)
            result.push_back(one.source);
    };
    for (const QModelIndex& index : indexes) {
        if (isGroup(index)) {
            for (const std::uint32_t at : m_groups[static_cast<std::size_t>(index.row())].rows)
                add(m_rows->rows()[at]);
        } else if (const Row* one = row(index)) {
            add(*one);
        }
    }
    std::ranges::sort(result);
    result.erase(std::unique(result.begin(), result.end()), result.end());
    return result;
}

cluster::ObjectId FindingsModel::object(const QModelIndex& index) const
{
    if (const Row* found = row(index))
        return m_rows->object(*found);
    if (isGroup(index) && m_grouping == Grouping::Workload) {
        const Row& first = m_rows->rows()[m_groups[static_cast<std::size_t>(index.row())].rows.front()];
        return cluster::ObjectId { m_rows->workloadKey(first) };
    }
    if (isGroup(index) && m_grouping == Grouping::Object)
        return m_rows->object(m_rows->rows()[m_groups[static_cast<std::size_t>(index.row())].rows.front()]);
    return {};
}

QModelIndex FindingsModel::indexOfFinding(std::uint32_t finding) const
{
    // Finding i is row i of FindingRows.
    if (m_grouping == Grouping::None) {
        const auto found = std::ranges::find(m_shown, finding);
        return found == m_shown.end() ? QModelIndex() : index(static_cast<int>(found - m_shown.begin()), 0);
    }
    for (std::size_t group = 0; group < m_groups.size(); ++group) {
        const auto found = std::ranges::find(m_groups[group].rows, finding);
        if (found != m_groups[group].rows.end())
            return createIndex(static_cast<int>(found - m_groups[group].rows.begin()), 0, group + 1);
    }
    return {};
}

QModelIndex FindingsModel::firstIndexOf(cluster::ObjectId object) const
{
    if (!m_rows)
        return {};
    for (const std::uint32_t shown : m_shown) {
        if (m_rows->object(m_rows->rows()[shown]) == object)
            return indexOfFinding(shown);
    }
    return {};
}

QModelIndex FindingsModel::index(int row, int column, const QModelIndex& parent) const
{
    if (!hasIndex(row, column, parent))
        return {};
    return createIndex(row, column, parent.isValid() ? static_cast<quintptr>(parent.row()) + 1 : topLevel);
}

QModelIndex FindingsModel::parent(const QModelIndex& child) const
{
    if (!child.isValid() || child.internalId() == topLevel)
        return {};
    return createIndex(static_cast<int>(child.internalId() - 1), 0, topLevel);
}

int FindingsModel::rowCount(const QModelIndex& parent) const
{
    if (!parent.isValid())
        return static_cast<int>(m_grouping == Grouping::None ? m_shown.size() : m_groups.size());
    if (isGroup(parent) && parent.column() == 0)
        return static_cast<int>(m_groups[static_cast<std::size_t>(parent.row())].rows.size());
    return 0;
}

int FindingsModel::columnCount(const QModelIndex&) const
{
    return ColumnCount;
}

Qt::ItemFlags FindingsModel::flags(const QModelIndex& index) const
{
    if (!index.isValid())
        return Qt::NoItemFlags;
    const Qt::ItemFlags base = Qt::ItemIsEnabled | Qt::ItemIsSelectable;
    return isGroup(index) ? base : base | Qt::ItemNeverHasChildren;
}

QVariant FindingsModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid) || !m_rows)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(columns[index.column()].alignment);
    if (isGroup(index))
        return groupData(m_groups[static_cast<std::size_t>(index.row())], index.column(), role);
    const Row& at = *row(index);
    const ColumnRow& column = columns[index.column()];
    switch (role) {
    case Qt::DisplayRole:
        if (index.column() == Affected && !at.isFinding)
            return {};
        return column.value(*m_rows, at);
    case Qt::ToolTipRole: {
        if (index.column() == InContext && at.isFinding)
            return contextReasons(m_rows->assessment().findings[at.source]).toHtmlEscaped();
        const QString whole = column.value(*m_rows, at).toString();
        return whole.isEmpty() ? QVariant() : QVariant(whole.toHtmlEscaped()); // tool tips would read markup
    }
    case Qt::AccessibleTextRole:
        return tr("%1: %2").arg(
            QCoreApplication::translate("FindingsModel", column.header), column.value(*m_rows, at).toString());
    case SeverityRole:
        if (!at.isFinding || index.column() > InContext)
            return {};
        return static_cast<int>(index.column() == Severity ? at.severity : at.inContext);
    case SecondaryRole:
        return column.isSecondary || !at.isFinding || at.isWaived;
    case WaivedRole:
        return at.isWaived;
    default:
        return {};
    }
}

// Kind or name of the workload that a row belongs to.
QVariant FindingsModel::workloadWord(const Row& row, bool isName) const
{
    const cluster::ObjectId object { m_rows->workloadKey(row) };
    if (object.isNone())
        return {};
    const cluster::Cluster& cluster = *m_rows->assessment().cluster;
    return lineText(isName ? cluster.text(cluster.object(object).name) : cluster.kindName(object));
}

QVariant FindingsModel::groupData(const Group& group, int column, int role) const
{
    if (role == GroupRole)
        return true;
    if (role == SeverityRole && column <= InContext)
        return column == Severity ? group.worst : group.worstInContext;
    if (role != Qt::DisplayRole && role != Qt::AccessibleTextRole)
        return {};
    const Row& first = m_rows->rows()[group.rows.front()];
    const QString count = group.rows.size() == 1 ? tr("1 finding") : tr("%1 findings").arg(group.rows.size());
    switch (column) {
    case Severity:
        return severityText(group.worst);
    case InContext:
        return severityText(group.worstInContext);
    case Affected:
        return QVariant::fromValue<qulonglong>(group.affected);
    case Control:
        return m_grouping == Grouping::Control ? QVariant(m_rows->controlId(first)) : QVariant();
    case Title:
        if (m_grouping == Grouping::Control)
            return m_rows->title(first);
        return count;
    case Kind:
        if (m_grouping == Grouping::Workload)
            return workloadWord(first, false);
        return m_grouping == Grouping::Object ? QVariant(m_rows->kind(first)) : QVariant();
    case Namespace:
        if (m_grouping == Grouping::Namespace && m_rows->ns(first).isEmpty())
            return tr("cluster-wide");
        if (m_grouping == Grouping::Object || m_grouping == Grouping::Namespace || m_grouping == Grouping::Workload)
            return m_rows->ns(first);
        return {};
    case Name:
        if (m_grouping == Grouping::Object)
            return m_rows->name(first);
        if (m_grouping == Grouping::Workload)
            return workloadWord(first, true);
        if (m_grouping == Grouping::Team)
            return m_rows->team(first).isEmpty() ? tr("no team") : m_rows->team(first);
        return m_grouping == Grouping::Control ? QVariant(count) : QVariant();
    default:
        return {};
    }
}

QVariant FindingsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    switch (role) {
    case Qt::DisplayRole:
        return QCoreApplication::translate("FindingsModel", columns[section].header);
    case Qt::ToolTipRole:
        return QCoreApplication::translate("FindingsModel", columns[section].toolTip);
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(columns[section].alignment);
    default:
        return {};
    }
}

} // namespace plimsoll::ui::model

#include "moc_FindingsModel.cpp"
