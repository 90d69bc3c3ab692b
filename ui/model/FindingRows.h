// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <QString>

#include "core/assess/Assessment.h"
#include "ui/model/FindingsFilter.h"

namespace plimsoll::ui::model {

// The findings (and what was not assessed) of an assessment as flat rows of small numbers, so that 100,000 of them are
// filtered and sorted while the person types.
// Shape:  rows()[i] is Finding i for i < findingCount, then the not assessed ones; ranks order by text.
// Owns:   the assessment. Threads: one (ranks and search texts are made when first needed).
class FindingRows {
public:
    struct Row {
        std::uint32_t source = 0; // index into Assessment::findings or ::notAssessed
        std::uint32_t control = 0;
        std::uint32_t slot = 0; // of the object, into m_objects; the last slot is "no object"
        std::uint32_t affected = 0;
        std::uint8_t severity = 0;
        std::uint8_t inContext = 0; // the severity seen with what fails
        bool isFinding = true;
        bool isWaived = false;
    };
    // What rows are counted, grouped and sorted by.
    enum class Key : std::uint8_t {
        Severity,
        InContext,
        Control,
        Title,
        Kind,
        Namespace,
        Name,
        Message,
        Affected,
        Status
    };
    static constexpr std::size_t keyCount = 10;

    explicit FindingRows(std::shared_ptr<const assess::Assessment> assessment);

    const assess::Assessment& assessment() const { return *m_assessment; }
    const std::vector<Row>& rows() const { return m_rows; }
    cluster::ObjectId object(const Row& row) const { return m_objects[row.slot].object; }
    std::uint32_t namespaceRank(const Row& row) const { return m_objects[row.slot].ns; }
    std::uint32_t teamRank(const Row& row) const { return m_objects[row.slot].team; }
    // The same number for the rows of one top workload; the object itself where there is none.
    std::uint32_t workloadKey(const Row& row) const { return m_objects[row.slot].workload; }

    // Labels that may name the team an object belongs to, the usual ones first, with how many objects carry them.
    struct Value {
        QString id;
        std::uint32_t count = 0;
    };
    std::vector<Value> teamLabels() const;
    const QString& teamLabel() const { return m_teamLabel; } // "" when no object has any label
    void setTeamLabel(const QString& key);

    QString kind(const Row& row) const;
    QString ns(const Row& row) const; // "" for cluster-scoped objects
    QString name(const Row& row) const;
    QString message(const Row& row) const;
    QString controlId(const Row& row) const;
    QString title(const Row& row) const;
    QString team(const Row& row) const; // "" when it has none
    QString workload(const Row& row) const; // "Deployment shop/web"
    QString status(const Row& row) const; // "open", "waived until 2027-05-04", "not assessed"

    // Indices of the rows that pass, in order of the rows. counts, if given, gets how many pass for each severity when
    // severities are left out of the filter.
    std::vector<std::uint32_t> filtered(const FindingsFilter& filter, std::array<std::uint64_t, 5>* counts) const;
    // A number for each row that orders rows by the key.
    const std::vector<std::uint32_t>& ranks(Key key) const;

    std::vector<Value> namespaceValues() const; // of failed rows, by name
    std::vector<Value> kindValues() const;
    std::vector<Value> controlValues() const;
    std::vector<Value> teamValues() const;

private:
    struct ObjectSlot {
        cluster::ObjectId object;
        std::uint32_t ns = 0; // into m_namespaces, which is sorted by text
        std::uint32_t kind = 0; // into m_kinds, which is sorted by text
        std::uint32_t team = 0; // into m_teams, which is sorted by text
        std::uint32_t workload = 0; // index of the object of its top workload, else of itself
    };
    cluster::ObjectId ownerOf(const ObjectSlot& slot) const;
    std::string_view labelOf(const ObjectSlot& slot, std::string_view key) const;
    std::string_view nameOf(const ObjectSlot& slot) const;
    void makeSearchTexts() const;
    std::vector<std::uint8_t> admitted(
        const std::vector<std::string>& texts, const QStringList& chosen, const QString& none) const;
    std::vector<std::uint8_t> admittedControls(const FindingsFilter& filter) const;

    std::shared_ptr<const assess::Assessment> m_assessment;
    std::vector<Row> m_rows;
    std::vector<ObjectSlot> m_objects;
    std::vector<std::string> m_namespaces, m_kinds, m_teams;
    QString m_teamLabel;
    mutable std::array<std::vector<std::uint32_t>, keyCount> m_ranks;
    mutable std::vector<std::string> m_controlTexts, m_objectTexts, m_messageTexts; // lower case, for searching
};

} // namespace plimsoll::ui::model
