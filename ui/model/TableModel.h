// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <QAbstractTableModel>
#include <QCoreApplication>

#include "ui/model/Roles.h"

namespace plimsoll::ui::model {

// What a column of a TableModel is: one line in the table of the model.
template <class Row> struct TableColumn {
    const char* header;
    const char* toolTip;
    QVariant (*value)(const Row& row);
    std::pair<qint64, QString> (*sortKey)(const Row& row);
    Qt::Alignment alignment = Qt::AlignLeft | Qt::AlignVCenter;
    bool isSecondary = false;
};

// A flat table of values made at once and replaced as a whole; for thousands of rows, not for the findings.
template <class Row> class TableModel : public QAbstractTableModel {
public:
    TableModel(const char* translationContext, std::span<const TableColumn<Row>> columns, QObject* parent)
        : QAbstractTableModel(parent)
        , m_context(translationContext)
        , m_columns(columns)
    {
    }

    void setRows(std::vector<Row> rows)
    {
        beginResetModel();
        m_rows = std::move(rows);
        arrange();
        endResetModel();
    }
    // Changes rows where they stand: what is selected stays selected, and the order waits for the next sort.
    template <class Change> void changeRows(Change change)
    {
        for (Row& row : m_rows)
            change(row);
        if (!m_rows.empty())
            Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
    }
    const std::vector<Row>& rows() const { return m_rows; }
    const Row* rowAt(const QModelIndex& index) const
    {
        return index.isValid() ? &m_rows[static_cast<std::size_t>(index.row())] : nullptr;
    }

    int rowCount(const QModelIndex& parent = {}) const final
    {
        return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
    }
    int columnCount(const QModelIndex& parent = {}) const final
    {
        return parent.isValid() ? 0 : static_cast<int>(m_columns.size());
    }
    void sort(int column, Qt::SortOrder order) final
    {
        if (column < 0 || column >= columnCount())
            return;
        beginResetModel();
        m_sortColumn = column;
        m_sortOrder = order;
        arrange();
        endResetModel();
    }
    QVariant data(const QModelIndex& index, int role) const final
    {
        if (!checkIndex(index, CheckIndexOption::IndexIsValid))
            return {};
        const TableColumn<Row>& column = m_columns[static_cast<std::size_t>(index.column())];
        const Row& row = m_rows[static_cast<std::size_t>(index.row())];
        switch (role) {
        case Qt::DisplayRole:
            return column.value(row);
        case Qt::ToolTipRole: {
            const QString told = toolTipOf(row);
            const QString whole = told.isEmpty() ? column.value(row).toString() : told;
            return whole.isEmpty() ? QVariant() : QVariant(whole.toHtmlEscaped());
        }
        case Qt::TextAlignmentRole:
            return QVariant::fromValue(column.alignment);
        case SecondaryRole:
            return column.isSecondary;
        case SeverityRole:
            return index.column() == 0 ? severityOf(row) : QVariant();
        default:
            return {};
        }
    }
    QVariant headerData(int section, Qt::Orientation orientation, int role) const final
    {
        if (orientation != Qt::Horizontal || section < 0 || section >= columnCount())
            return {};
        const TableColumn<Row>& column = m_columns[static_cast<std::size_t>(section)];
        switch (role) {
        case Qt::DisplayRole:
            return QCoreApplication::translate(m_context, column.header);
        case Qt::ToolTipRole:
            return QCoreApplication::translate(m_context, column.toolTip);
        case Qt::TextAlignmentRole:
            return QVariant::fromValue(column.alignment);
        default:
            return {};
        }
    }

protected:
    // The badge in front of the first column; nothing = none.
    virtual QVariant severityOf(const Row&) const { return {}; }
    // What hovering over a row tells; "" = the text of the cell.
    virtual QString toolTipOf(const Row&) const { return {}; }

private:
    void arrange()
    {
        if (m_sortColumn < 0)
            return;
        const auto key = m_columns[static_cast<std::size_t>(m_sortColumn)].sortKey;
        std::vector<std::pair<std::pair<qint64, QString>, Row>> keyed;
        keyed.reserve(m_rows.size());
        for (Row& row : m_rows)
            keyed.emplace_back(key(row), std::move(row));
        std::ranges::stable_sort(keyed, [this](const auto& a, const auto& b) {
            return m_sortOrder == Qt::AscendingOrder ? a.first < b.first : b.first < a.first;
        });
        for (std::size_t i = 0; i < keyed.size(); ++i)
            m_rows[i] = std::move(keyed[i].second);
    }

    const char* m_context;
    std::span<const TableColumn<Row>> m_columns;
    std::vector<Row> m_rows;
    int m_sortColumn = -1;
    Qt::SortOrder m_sortOrder = Qt::AscendingOrder;
};

} // namespace plimsoll::ui::model
