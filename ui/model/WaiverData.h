// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <vector>

#include <QString>

#include "core/assess/Assessment.h"
#include "ui/model/TableModel.h"

namespace plimsoll::ui::model {

// How far a waiver that is made from findings reaches: never further than a person sees before saving.
enum class WaiverReach : std::uint8_t { TheseFields, TheseObjects, SameKind, Namespace };

// What the person fills in.
struct WaiverWords {
    QString reason, owner, approver;
    UnixSeconds created = 0;
    UnixSeconds lastDay = 0; // midnight UTC of the last day on which it holds
};

// Waivers that cover the findings, as few as say it exactly: one for each set of controls, kind and namespace.
std::vector<control::Waiver> proposedWaivers(const assess::Assessment& assessment,
    std::span<const std::uint32_t> findings, WaiverReach reach, const WaiverWords& words);

// The same for what another tool's annotation accepts.
std::vector<control::Waiver> proposedWaivers(
    const assess::Assessment& assessment, const control::WaiverSuggestion& suggestion, const WaiverWords& words);

// What waivers would do, to be read before saving.
struct WaiverScope {
    QStringList lines; // one for each waiver: "PLM-W05 on Deployment shop/web, shop/api"
    quint32 open = 0; // findings that they turn from open to waived
    quint32 already = 0; // covered ones that are waived by others already
    quint32 objects = 0; // of those that they cover
    QStringList warnings; // why they are too broad
};
WaiverScope scopeOf(const assess::Assessment& assessment, std::span<const control::Waiver> waivers);

// "PLM-W05, PLM-W07 on DaemonSet node-exporter in monitoring", for lists and the dialog.
QString waiverText(const control::Waiver& waiver);
// Where it is written: the file as the review names it, and the line.
QString waiverPlace(const assess::Assessment& assessment, const control::Waiver& waiver);
// The first and the last day of a waiver that is made now: the day of the assessment and a year later.
UnixSeconds waiverCreation(const assess::Assessment& assessment, UnixSeconds now);

struct WaiverRow {
    QString id, scope, state, reason, owner, approver, until, tooBroad, file;
    int stateRank = 0; // what needs a person first: expired, too broad, unused, not yet valid, not checked, used
    quint32 findings = 0;
    std::uint32_t index = 0; // into Assessment::waivers
};

class WaiversModel final : public TableModel<WaiverRow> {
public:
    enum Column : int { State, Scope, Findings, Until, Reason, Owner, Approver, Id, File };
    explicit WaiversModel(QObject* parent = nullptr);
    void setAssessment(const std::shared_ptr<const assess::Assessment>& assessment); // nullptr = empty

protected:
    QString toolTipOf(const WaiverRow& row) const override { return row.tooBroad; }
};

struct SuggestionRow {
    QString tool, rule, controls, object, reason, place;
    quint32 findings = 0; // open ones that a waiver for it would cover
    std::uint32_t index = 0; // into Assessment::waiverSuggestions
};

class SuggestionsModel final : public TableModel<SuggestionRow> {
public:
    explicit SuggestionsModel(QObject* parent = nullptr);
    void setAssessment(const std::shared_ptr<const assess::Assessment>& assessment);
};

// Open findings of the controls and the object that another tool's annotation names.
std::vector<std::uint32_t> findingsOf(
    const assess::Assessment& assessment, const control::WaiverSuggestion& suggestion);

} // namespace plimsoll::ui::model
