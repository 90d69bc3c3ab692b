// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <vector>

#include <QString>

#include "core/assess/Assessment.h"

namespace plimsoll::ui::model {

// What the Overview shows, as plain values in the order in which they are shown.
struct OverviewData {
    struct FrameworkLine {
        QString id, title, note;
        std::array<quint32, 5> counts {}; // by RequirementResult::Status
    };
    struct ControlLine {
        QString id, title, reason; // reason = that of the severity: what the fault gives an attacker
        int severity = 4;
        quint32 objects = 0;
        quint64 affected = 0;
    };
    struct NamespaceLine {
        QString id, text; // id as in FindingsFilter
        int workloads = 0;
        int worst = -1;
        quint64 findings = 0;
    };
    struct KindLine {
        QString kind, group;
        quint32 count = 0;
    };
    QString clusterName, version, versionSource, kubelets, assessedAt, sourceHash, sourceLabel;
    std::array<quint32, 5> counts {}; // open findings by severity
    quint32 waived = 0; // findings whose risk was accepted
    quint32 notAssessed = 0; // objects and whole controls
    quint32 controlsPassed = 0, controlsFailed = 0, controlsNotAssessed = 0;
    std::vector<FrameworkLine> frameworks;
    std::vector<ControlLine> doFirst; // most to gain first
    std::vector<NamespaceLine> namespaces; // worst first
    std::vector<KindLine> kinds; // most objects first
    std::vector<QString> missingKinds; // controls need them, the source says nothing about them
    quint32 objects = 0, workloads = 0, pods = 0, files = 0, passedOver = 0, problems = 0, errors = 0, masked = 0;
};

OverviewData overviewOf(const assess::Assessment& assessment);

// The cluster's name for titles: its own, else the name of what was opened.
QString clusterTitle(const cluster::Cluster& cluster);
// "Kubernetes v1.31.2" or "version unknown".
QString versionText(const cluster::Cluster& cluster);
// "2026-11-23 03:41 UTC", "" for no time.
QString timeText(const std::optional<UnixSeconds>& time);

} // namespace plimsoll::ui::model
