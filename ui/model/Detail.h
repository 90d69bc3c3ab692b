// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include <QString>
#include <QStringList>

#include "core/assess/Assessment.h"

namespace plimsoll::ui::model {

// What the inspector says about a finding, apart from the YAML.
struct FindingDetail {
    struct EvidenceLine {
        cluster::ObjectId object;
        QString objectTitle, pointer, value;
    };
    int severity = 4;
    int inContext = 4; // the severity seen with what fails
    QStringList contextReasons; // each step from the one to the other
    QString waiver; // why, by whom and until when it was accepted; "" when it is open
    QString controlId, title, severityReason, description, message;
    QString objectTitle, objectRef, owner;
    quint32 affected = 1;
    QStringList frameworks, aka, references;
    std::vector<EvidenceLine> evidence;
    QString remediation;
    QString patch, patchType, command, patchProblem; // patchProblem: why there is no patch
};
FindingDetail detailOf(const assess::Assessment& assessment, std::uint32_t finding);

// What is known about an object: for the inspector when something else than a finding is selected.
struct ObjectDetail {
    struct Line {
        QString name, value;
    };
    struct FindingLine {
        std::uint32_t finding = 0;
        int severity = 4;
        QString title, message;
    };
    QString title, ref;
    std::vector<Line> lines; // created, owner, labels
    std::vector<FindingLine> findings;
    bool hasText = true; // false when the source only names the object
};
ObjectDetail detailOf(const assess::Assessment& assessment, cluster::ObjectId object);

// The YAML of an object with the lines that decide marked.
struct EvidenceText {
    struct Mark {
        int firstLine = 0; // 0-based, in yaml
        int lineCount = 1;
        QString pointer, value, place; // place = "pods.json:812", "" when unknown
    };
    QString yaml;
    int firstNumber = 1; // of the first line shown: more than 1 for the window on a huge object
    int totalLines = 0;
    std::vector<Mark> marks;
    QString problem; // why there is no text
};
// Reads the source again: call it in a job. Pointers of the evidence that concerns the object.
EvidenceText evidenceOf(const assess::Assessment& assessment, cluster::ObjectId object,
    const std::vector<FindingDetail::EvidenceLine>& evidence);

} // namespace plimsoll::ui::model
