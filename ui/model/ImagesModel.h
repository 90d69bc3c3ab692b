// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAbstractItemModel>

#include "ui/model/ImagesData.h"

namespace plimsoll::ui::model {

// The images as a tree: registry, repository, version. A repository with one version is one row.
class ImagesModel : public QAbstractItemModel {
public:
    enum Column { Name, Version, Pods, Workloads, Namespaces, Content, PullPolicy, Support, Vulnerabilities, Findings };
    static constexpr int columns = 10;

    explicit ImagesModel(QObject* parent = nullptr);
    void setRows(std::vector<ImageRow> rows); // in order of registry and repository
    const std::vector<ImageRow>& rows() const { return m_rows; }
    // The image of a row; of a registry or repository with several, none.
    const ImageRow* rowAt(const QModelIndex& index) const;
    QModelIndex indexOf(std::uint32_t image) const; // by ImageRow::index

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    QModelIndex parent(const QModelIndex& index) const override;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    struct Node {
        QString name;
        int parent = -1, row = 0; // place among its parent's children
        int image = -1; // index into m_rows; -1 = it stands for its children
        bool isVersion = false; // below a repository
        std::vector<int> children;
        quint32 pods = 0, workloads = 0, images = 0, findings = 0;
        int worst = -1;
        VulnerabilityCounts vulnerabilities;
        quint32 scanned = 0;
    };
    int addNode(int parent, const QString& name);
    void addUp(int node, const ImageRow& row);
    QString groupText(const Node& node, int column) const;
    QString imageText(const Node& node, const ImageRow& row, int column) const;

    std::vector<ImageRow> m_rows;
    std::vector<Node> m_nodes; // 0 is the root
};

} // namespace plimsoll::ui::model
