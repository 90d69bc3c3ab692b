// SPDX-License-Identifier: Apache-2.0
#include "ui/model/ImagesModel.h"

#include <algorithm>

#include "ui/model/ImagesWords.h"

namespace plimsoll::ui::model {

namespace {

Qt::Alignment alignmentOf(int column)
{
    const bool isNumber
        = column == ImagesModel::Pods || column == ImagesModel::Workloads || column == ImagesModel::Findings;
    return (isNumber ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter;
}

} // namespace

ImagesModel::ImagesModel(QObject* parent)
    : QAbstractItemModel(parent)
    , m_nodes(1)
{
}

int ImagesModel::addNode(int parent, const QString& name)
{
    const auto at = static_cast<int>(m_nodes.size());
    auto& siblings = m_nodes[static_cast<std::size_t>(parent)].children;
    Node node;
    node.name = name;
    node.parent = parent;
    node.row = static_cast<int>(siblings.size());
    siblings.push_back(at);
    m_nodes.push_back(std::move(node));
    return at;
}

void ImagesModel::addUp(int at, const ImageRow& row)
{
    for (; at > 0; at = m_nodes[static_cast<std::size_t>(at)].parent) {
        Node& node = m_nodes[static_cast<std::size_t>(at)];
        ++node.images;
        node.pods += row.pods;
        node.workloads += row.workloads;
        node.findings += row.findings;
        if (row.worst >= 0)
            node.worst = node.worst < 0 ? row.worst : std::min(node.worst, row.worst);
        node.vulnerabilities.add(row.vulnerabilities);
        node.scanned += row.vulnerabilities.isScanned ? 1 : 0;
    }
}

void ImagesModel::setRows(std::vector<ImageRow> rows)
{
    beginResetModel();
    m_rows = std::move(rows);
    m_nodes.assign(1, {});
    std::ranges::stable_sort(m_rows, [](const ImageRow& a, const ImageRow& b) {
        if (a.registry != b.registry)
            return a.registry < b.registry;
        if (a.repository != b.repository)
            return a.repository < b.repository;
        return isOlderVersion(a.version, b.version);
    });
    int registry = 0, repository = 0;
    for (std::size_t at = 0; at < m_rows.size(); ++at) {
        const ImageRow& row = m_rows[at];
        const bool isNewRegistry = at == 0 || m_rows[at - 1].registry != row.registry;
        const bool isNewRepository = isNewRegistry || m_rows[at - 1].repository != row.repository;
        const bool isAlone = isNewRepository
            && (at + 1 == m_rows.size() || m_rows[at + 1].registry != row.registry
                || m_rows[at + 1].repository != row.repository);
        if (isNewRegistry)
            registry = addNode(0, row.registry);
        int leaf = 0;
        if (isAlone) {
            leaf = addNode(registry, row.repository);
        } else {
            if (isNewRepository)
                repository = addNode(registry, row.repository);
            leaf = addNode(repository, row.version);
            m_nodes[static_cast<std::size_t>(leaf)].isVersion = true;
        }
        m_nodes[static_cast<std::size_t>(leaf)].image = static_cast<int>(at);
        addUp(leaf, row);
    }
    endResetModel();
}

const ImageRow* ImagesModel::rowAt(const QModelIndex& index) const
{
    if (!index.isValid())
        return nullptr;
    const Node& node = m_nodes[index.internalId()];
    return node.image < 0 ? nullptr : &m_rows[static_cast<std::size_t>(node.image)];
}

QModelIndex ImagesModel::indexOf(std::uint32_t image) const
{
    for (std::size_t at = 1; at < m_nodes.size(); ++at) {
        const Node& node = m_nodes[at];
        if (node.image >= 0 && m_rows[static_cast<std::size_t>(node.image)].index == image)
            return createIndex(node.row, 0, static_cast<quintptr>(at));
    }
    return {};
}

QModelIndex ImagesModel::index(int row, int column, const QModelIndex& parent) const
{
    if (!hasIndex(row, column, parent))
        return {};
    const Node& node = m_nodes[parent.isValid() ? parent.internalId() : 0];
    return createIndex(row, column, static_cast<quintptr>(node.children[static_cast<std::size_t>(row)]));
}

QModelIndex ImagesModel::parent(const QModelIndex& index) const
{
    if (!index.isValid())
        return {};
    const int parent = m_nodes[index.internalId()].parent;
    if (parent <= 0)
        return {};
    return createIndex(m_nodes[static_cast<std::size_t>(parent)].row, 0, static_cast<quintptr>(parent));
}

int ImagesModel::rowCount(const QModelIndex& parent) const
{
    if (parent.column() > 0)
        return 0;
    return static_cast<int>(m_nodes[parent.isValid() ? parent.internalId() : 0].children.size());
}

int ImagesModel::columnCount(const QModelIndex&) const
{
    return columns;
}

QString ImagesModel::groupText(const Node& node, int column) const
{
    switch (column) {
    case Name:
        return node.name;
    case Version: {
        const bool isRepository = node.parent > 0;
        return isRepository ? countedText(node.images, "1 version", "%1 versions")
                            : countedText(node.images, "1 image", "%1 images");
    }
    case Pods:
        return QString::number(node.pods);
    case Vulnerabilities:
        // A sum over some images only says so: no report is not the same as no vulnerability.
        return node.scanned == 0         ? imagesTr("no report")
            : node.scanned < node.images ? imagesTr("%1 (%2 of %3 have a report)")
                                               .arg(node.vulnerabilities.text())
                                               .arg(node.scanned)
                                               .arg(node.images)
                                         : node.vulnerabilities.text();
    case Findings:
        return node.findings == 0 ? QString() : QString::number(node.findings);
    default:
        return {};
    }
}

QString ImagesModel::imageText(const Node& node, const ImageRow& row, int column) const
{
    switch (column) {
    case Name:
        return node.isVersion ? row.version : row.repository;
    case Version:
        return row.isPinned ? row.version + imagesTr(" (by digest)") : row.version;
    case Pods:
        return QString::number(row.pods);
    case Workloads:
        return QString::number(row.workloads);
    case Namespaces:
        return row.namespaces;
    case Content:
        return row.isDrifting ? QStringLiteral("\u26a0 ") + row.digest : row.digest;
    case PullPolicy:
        return row.pullPolicy;
    case Support:
        return row.supportState == SupportState::Ended ? QStringLiteral("\u26a0 ") + row.support : row.support;
    case Vulnerabilities:
        return row.vulnerabilities.text();
    case Findings:
        return row.findings == 0 ? QString() : QString::number(row.findings);
    default:
        return {};
    }
}

QVariant ImagesModel::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Node& node = m_nodes[index.internalId()];
    const ImageRow* row = rowAt(index);
    const QString shown = row ? imageText(node, *row, index.column()) : groupText(node, index.column());
    switch (role) {
    case Qt::DisplayRole:
        return shown;
    case Qt::ToolTipRole: {
        QStringList lines { row ? row->reference : node.name };
        if (row) {
            for (const QString* line : { &row->drift, &row->newest })
                if (!line->isEmpty())
                    lines.append(*line);
            lines += row->notes;
        }
        if (!shown.isEmpty() && index.column() != Name)
            lines.append(shown);
        return lines.join(QLatin1Char('\n')).toHtmlEscaped();
    }
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(alignmentOf(index.column()));
    case GroupRole:
        return !row && node.parent == 0;
    case SecondaryRole:
        return index.column() == Namespaces || index.column() == PullPolicy || index.column() == Content
            || (index.column() == Vulnerabilities && !node.vulnerabilities.isScanned)
            || (index.column() == Support && row && row->supportState == SupportState::Unknown);
    default:
        return {};
    }
}

QVariant ImagesModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= columns)
        return {};
    const std::array<std::pair<QString, QString>, columns> headers { {
        { imagesTr("Image"), imagesTr("Registry, repository and version") },
        { imagesTr("Version"), imagesTr("Tag, or the digest it is pinned to") },
        { imagesTr("Pods"), imagesTr("Live pods that run it") },
        { imagesTr("Workloads"), imagesTr("That name it") },
        { imagesTr("Namespaces"), imagesTr("In which it runs") },
        { imagesTr("Content"), imagesTr("Digest of what runs; \u26a0 = pods of the same name run different contents") },
        { imagesTr("Pull policy"), imagesTr("When the runtime asks the registry again") },
        { imagesTr("Support"), imagesTr("Until when its makers mend this release line") },
        { imagesTr("Vulnerabilities"), imagesTr("Open ones by grade, from imported reports") },
        { imagesTr("Findings"), imagesTr("Open ones about this image") },
    } };
    const auto& header = headers[static_cast<std::size_t>(section)];
    if (role == Qt::DisplayRole)
        return header.first;
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(alignmentOf(section));
    return role == Qt::ToolTipRole ? QVariant(header.second) : QVariant();
}

} // namespace plimsoll::ui::model
