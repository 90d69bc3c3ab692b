// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include <QAbstractItemModel>
#include <QString>
#include <QStringList>

#include "core/assess/Assessment.h"

namespace plimsoll::ui::model {

// What of a framework is shown.
struct ComplianceFilter {
    std::array<bool, 5> statuses { true, true, true, true, true }; // by RequirementResult::Status
    bool onlyOpen = false; // what nobody has decided yet: neither controls nor a person
    QString text; // anywhere in section, requirement or its controls; no case
    bool operator==(const ComplianceFilter&) const = default;
};

// A framework as a tree: section, requirement, its controls, and below a control the objects that fail it or about
// which nothing can be said. The last two levels are made when somebody opens them.
// Owns:   the assessment. Threads: one.
class ComplianceModel : public QAbstractItemModel {
    Q_OBJECT

public:
    enum Column : int { Title, Status, Objects, DecidedBy, Evidence, ColumnCount };
    enum class Level : std::uint8_t { Section, Requirement, Control, Object };

    explicit ComplianceModel(QObject* parent = nullptr);

    // framework: index into Assessment::frameworks. nullptr = empty.
    void setAssessment(std::shared_ptr<const assess::Assessment> assessment, std::uint32_t framework);
    void setFramework(std::uint32_t framework);
    void setFilter(const ComplianceFilter& filter);
    // Requirements that name one of these controls are marked as related.
    void setRelated(const QStringList& controls);
    int relatedCount() const { return m_relatedCount; }

    std::uint32_t framework() const { return m_framework; }
    int shownRequirements() const { return m_shownRequirements; }
    Level level(const QModelIndex& index) const;
    std::optional<std::uint32_t> requirement(const QModelIndex& index) const; // the one it is or stands below
    QStringList controls(const QModelIndex& index) const; // of the requirement, or the control itself
    std::optional<std::uint32_t> finding(const QModelIndex& index) const; // into Assessment::findings
    cluster::ObjectId object(const QModelIndex& index) const;
    QModelIndex indexOfRequirement(std::uint32_t requirement) const;
    QModelIndex firstRelated() const;

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const final;
    QModelIndex parent(const QModelIndex& child) const final;
    int rowCount(const QModelIndex& parent = {}) const final;
    int columnCount(const QModelIndex& parent = {}) const final;
    bool hasChildren(const QModelIndex& parent = {}) const final;
    bool canFetchMore(const QModelIndex& parent) const final;
    void fetchMore(const QModelIndex& parent) final;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const final;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const final;

private:
    struct Node {
        Level level = Level::Section;
        std::uint32_t source
            = 0; // requirement, entry of the catalogue, or row of a control; section: first requirement
        bool isFinding = true; // of an object: else it was not assessed
        bool isFetched = false;
        bool isRelated = false;
        std::uint32_t parent = 0; // node; 0 = the invisible root
        std::uint32_t row = 0;
        std::vector<std::uint32_t> children;
    };
    const Node& nodeOf(const QModelIndex& index) const;
    std::uint32_t addNode(Level level, std::uint32_t source, std::uint32_t parent);
    void rebuild();
    bool isShown(std::uint32_t requirement, const std::vector<QString>& words) const;
    void markRelated();
    const control::Framework& source() const;
    const control::Requirement& requirementOf(const Node& node) const;
    const assess::RequirementResult& resultOf(const Node& node) const;
    std::vector<std::uint32_t> controlsOf(const Node& node) const; // entries of the catalogue
    std::size_t objectCount(std::uint32_t control) const;
    void indexObjects();
    QVariant text(const Node& node, int column) const;
    QString sectionText(const Node& node, int column) const;
    QString requirementText(const Node& node, int column) const;
    QString controlText(const Node& node, int column) const;
    QString objectText(const Node& node, int column) const;
    QVariant statusOf(const Node& node) const;

    std::shared_ptr<const assess::Assessment> m_assessment;
    std::uint32_t m_framework = 0;
    ComplianceFilter m_filter;
    QStringList m_related;
    int m_relatedCount = 0;
    int m_shownRequirements = 0;
    std::vector<Node> m_nodes; // 0 = the root
    // Findings and rows of what was not assessed, by entry of the catalogue: each where its control begins.
    std::vector<std::vector<std::uint32_t>> m_findings, m_notAssessed;
    std::vector<std::uint32_t> m_results; // index into Assessment::controls + 1; 0 = not in scope
};

} // namespace plimsoll::ui::model
