// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <memory>
#include <vector>

#include <QString>
#include <QStringList>

#include "core/assess/Assessment.h"

namespace plimsoll::ui::model {

// One framework in the list: its five counts, never one number without its parts, and who decided how much.
struct FrameworkLine {
    QString id, title, version, note;
    std::uint32_t index = 0; // into Assessment::frameworks
    std::array<quint32, 5> counts {}; // by RequirementResult::Status; they add up to total
    quint32 total = 0;
    quint32 byControls = 0, byPerson = 0, open = 0; // who decided; they add up to total too
    quint32 recordedPass = 0, recordedFail = 0, recordedNotApplicable = 0;
};
std::vector<FrameworkLine> frameworkLines(const assess::Assessment& assessment);

constexpr std::size_t statusCount = 5;
// "pass", "fail", "waived", "manual", "not assessed", translated; by RequirementResult::Status.
QString statusName(int status);
QString verdictName(control::ManualVerdict verdict);
// "12 pass   3 fail   1 waived   20 manual   5 not assessed"
QString countsText(const std::array<quint32, 5>& counts);
// "15 of 41 decided by controls, 4 by a person, 22 open"
QString coverageText(const FrameworkLine& line);

// "fail", "manual: pass (Jane Doe, 2026-11-20)".
QString statusText(const assess::Assessment& assessment, const assess::RequirementResult& result);
// Who decided: "controls", "a person", "nobody yet", "nobody (node data)".
QString decidedBy(const assess::Assessment& assessment, const control::Requirement& requirement,
    const assess::RequirementResult& result);

// "3 failed, 1 waived, 409 passed"; failed includes the waived ones.
QString objectsText(quint32 failed, quint32 waived, quint32 passed, quint32 notAssessed);

// What stands beside the tree about one requirement.
struct RequirementDetail {
    struct ControlLine {
        QString id, title, verdict, counts, reason;
        int severity = 4;
        quint32 failed = 0;
    };
    QString framework, frameworkTitle, id, title, section, level, lookAt, status, decidedBy, reason;
    int statusRank = 0; // RequirementResult::Status
    std::vector<ControlLine> controls;
    bool isRecorded = false;
    control::RecordedVerdict recorded;
};
RequirementDetail detailOf(const assess::Assessment& assessment, std::uint32_t framework, std::uint32_t requirement);

// What a person should look at before deciding: lookAt, else what the controls look for.
QString lookAtText(const RequirementDetail& detail);

// One line for each requirement, with everything that the tree shows down to the controls.
QString frameworkCsv(const assess::Assessment& assessment, std::uint32_t framework);

} // namespace plimsoll::ui::model
