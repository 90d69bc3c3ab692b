// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/model/ImagesData.h"

// What other tools said, as the Evidence tab shows it: each file and what became of it.
namespace plimsoll::ui::model {

struct EvidenceRow {
    QString source; // file, or the object of the cluster
    QString kind; // "Trivy JSON", "kube-bench"
    QString tool; // "trivy 0.58.1"
    QString made; // "2026-11-20, 3 days before the assessment"; "unknown"
    QString what; // artifact, or what it holds: "212 checks"
    QString match; // "by the digest of the index: 3 workloads"; "runs nowhere here"
    QString result; // "12 vulnerabilities"
    enum class State : std::uint8_t { Matched, Weak, Unmatched, Unusable } state = State::Matched;
    qint64 ageDays = -1; // -1 = unknown
    std::optional<qint64> madeAt;
    QStringList notes;
};
struct UnscannedRow {
    QString image, workloads;
    quint32 pods = 0;
    cluster::ObjectId object;
};
struct EvidenceTables {
    std::vector<EvidenceRow> rows; // what could not be used first, then by age
    std::vector<UnscannedRow> unscanned; // images without a report
    QStringList notes; // what was left out, and why
    QString summary; // "3 files: 12 of 40 images have a report"
};
EvidenceTables evidenceTables(const Images& shown);

class EvidenceModel : public TableModel<EvidenceRow> {
public:
    explicit EvidenceModel(QObject* parent = nullptr);

protected:
    QString toolTipOf(const EvidenceRow& row) const override;
};
class UnscannedModel : public TableModel<UnscannedRow> {
public:
    explicit UnscannedModel(QObject* parent = nullptr);
};

} // namespace plimsoll::ui::model
