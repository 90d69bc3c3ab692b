// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include <QAbstractItemModel>

#include "ui/model/FindingRows.h"
#include "ui/model/FindingsFilter.h"

namespace plimsoll::ui::model {

// The findings as a table, or as a tree of one level when grouped. Filters and sorts by itself on index vectors (a
// proxy model is five times slower at 100,000 rows).
class FindingsModel : public QAbstractItemModel {
    Q_OBJECT

public:
    enum class Grouping : std::uint8_t { None, Control, Object, Namespace, Severity, Team, Workload };
    enum Column : int {
        Severity,
        InContext,
        Control,
        Title,
        Kind,
        Namespace,
        Name,
        Message,
        Affected,
        Status,
        ColumnCount
    };

    explicit FindingsModel(QObject* parent = nullptr);
    ~FindingsModel() override;

    void setAssessment(std::shared_ptr<const assess::Assessment> assessment); // nullptr = empty
    void setFilter(const FindingsFilter& filter);
    void setGrouping(Grouping grouping);
    void setTeamLabel(const QString& key); // the label whose values are the teams
    Grouping grouping() const { return m_grouping; }
    void sort(int column, Qt::SortOrder order = Qt::AscendingOrder) final;

    const FindingRows* findingRows() const { return m_rows.get(); }
    std::size_t shownCount() const { return m_shown.size(); }
    std::size_t waivedCount() const;
    std::size_t totalCount() const; // of the status that is asked for
    const std::array<std::uint64_t, 5>& countBySeverity() const { return m_counts; } // as if all severities were shown

    bool isGroup(const QModelIndex& index) const;
    std::optional<std::uint32_t> finding(const QModelIndex& index) const; // into Assessment::findings
    cluster::ObjectId object(const QModelIndex& index) const; // none for groups of something else
    QModelIndex indexOfFinding(std::uint32_t finding) const;
    QModelIndex firstIndexOf(cluster::ObjectId object) const;
    const FindingRows::Row* row(const QModelIndex& index) const; // nullptr for a group
    // The findings of rows and groups, each once, in order; what was not assessed is left out.
    std::vector<std::uint32_t> findingsOf(const QModelIndexList& indexes) const;

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const final;
    QModelIndex parent(const QModelIndex& child) const final;
    int rowCount(const QModelIndex& parent = {}) const final;
    int columnCount(const QModelIndex& parent = {}) const final;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const final;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const final;
    Qt::ItemFlags flags(const QModelIndex& index) const final;

private:
    struct Group {
        std::vector<std::uint32_t> rows;
        std::uint64_t affected = 0;
        int worst = 4;
        int worstInContext = 4;
    };
    void rebuild();
    void arrange();
    QVariant groupData(const Group& group, int column, int role) const;
    QVariant workloadWord(const FindingRows::Row& row, bool isName) const;
    std::uint32_t groupKey(const FindingRows::Row& row) const;

    std::unique_ptr<FindingRows> m_rows;
    FindingsFilter m_filter;
    Grouping m_grouping = Grouping::None;
    int m_sortColumn = Severity;
    Qt::SortOrder m_sortOrder = Qt::AscendingOrder;
    std::vector<std::uint32_t> m_shown; // rows that pass, in order
    std::vector<Group> m_groups;
    std::array<std::uint64_t, 5> m_counts {};
};

} // namespace plimsoll::ui::model
