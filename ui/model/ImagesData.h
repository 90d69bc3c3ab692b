// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include <QString>
#include <QStringList>

#include "core/assess/Assessment.h"
#include "core/images/Inventory.h"
#include "core/images/Vulnerabilities.h"
#include "ui/model/TableModel.h"

// What the Images view shows: the images of the cluster joined to the scans that were imported. All functions
// may run in a job; what they are given is shared and immutable.
namespace plimsoll::ui::model {

// The assessment, the images of its cluster, and what scanners said about them. Empty before all are there.
struct Images {
    std::shared_ptr<const assess::Assessment> assessment;
    std::shared_ptr<const images::ImageInventory> inventory;
    std::shared_ptr<const images::ScanResults> scans; // never null beside an inventory; it may hold no scan
    std::vector<std::vector<std::uint32_t>> contents; // by image of the inventory: indices into ScanResults::images

    explicit operator bool() const { return inventory != nullptr; }
    const cluster::Cluster& cluster() const { return *assessment->cluster; }
    const images::Image& image(std::uint32_t index) const { return inventory->images[index]; }
};
Images imagesOf(std::shared_ptr<const assess::Assessment> assessment, Progress& progress);

// How many open vulnerabilities of each grade, or why nobody knows.
struct VulnerabilityCounts {
    std::array<quint32, 6> byGrade {}; // by evidence::Grade
    bool isScanned = false; // false = no report: not the same as none
    quint32 knownExploited = 0, fixable = 0;
    quint32 total() const;
    void add(const VulnerabilityCounts& other);
    QString text() const; // "3 C  12 H  40 M", "none", "no report"
};

enum class SupportState : std::uint8_t { Supported, Maintenance, EndsSoon, Ended, Unknown };

// One image reference as it stands in pod specs.
struct ImageRow {
    std::uint32_t index = 0; // into ImageInventory::images
    QString reference, registry, repository, version, digest, pullPolicy, drift, newest, support;
    QString namespaces; // "shop, payments"
    quint32 workloads = 0, pods = 0, findings = 0;
    int worst = -1; // severity of the worst open finding about it; -1 = none
    bool isPinned = false, isForeign = false, isBroken = false, isDrifting = false; // foreign: of no allowed registry
    SupportState supportState = SupportState::Unknown;
    VulnerabilityCounts vulnerabilities;
    QStringList notes; // what else is to be known, a sentence each
};

// Where an image runs.
struct ImageUseRow {
    cluster::ObjectId object; // the workload
    QString pointer; // of the image field
    QString ns, workload, container, pods, pullPolicy, running, exposure, powers;
    quint32 podCount = 0;
};

struct ImageFact {
    QString name, value;
    cluster::ObjectId object = {};
    QString pointer = {};
    int severity = -1;
    std::optional<std::uint32_t> finding = {};
};

// One version of a repository, beside the others.
struct VersionColumn {
    QString title; // tag or short digest
    std::vector<QString> cells; // by VersionTable::names
    std::uint32_t index = 0; // into ImageInventory::images
    SupportState state = SupportState::Unknown;
    bool isNewest = false;
};
struct VersionTable {
    QStringList names; // of the rows
    std::vector<VersionColumn> versions; // oldest first
};

struct VulnerabilityRow {
    QString id, package, installed, fixed, image, where, reasons, status, score, epss;
    int grade = 5; // evidence::Grade
    int points = 0;
    bool isKnownExploited = false, isFixable = false;
    cluster::ObjectId object; // the workload that makes it worst
    QStringList steps; // how the points come about: "+40 reached from outside"
    QStringList aliases;
};
struct UpdateRow {
    QString image, packages, words;
    quint32 fixable = 0, open = 0, critical = 0, high = 0, knownExploited = 0;
    int points = 0;
    cluster::ObjectId object;
};
struct FixRow {
    QString package, version, images, ids;
    quint32 imageCount = 0, ends = 0;
    int points = 0;
};

struct ImageDetail {
    QString title, headline;
    VersionTable versions; // of its repository
    std::vector<ImageUseRow> uses;
    std::vector<ImageFact> facts, findings;
    std::vector<VulnerabilityRow> vulnerabilities; // ranked
    bool isScanned = false; // else there is no report
    QString vulnerabilitiesNote; // by which report, or why there is none
};
ImageDetail imageDetail(const Images& shown, std::uint32_t index);

// Support of a product on the time line: a release line of what runs, with who runs it.
struct SupportRow {
    QString product, line, words, users;
    std::optional<qint64> softEnd, end; // of normal support, and of all fixes
    SupportState state = SupportState::Unknown;
    QString basis; // the table it comes from and its date; "inferred from the tag"
    std::vector<std::uint32_t> indices; // into ImageInventory::images
    cluster::ObjectId object; // something that runs it
};

struct ImageTables {
    std::vector<ImageRow> images;
    std::vector<SupportRow> support; // what ends first is first
    std::vector<VulnerabilityRow> ranked; // cut at mostRanked
    std::vector<UpdateRow> updates;
    std::vector<FixRow> fixes;
    bool isRankedCut = false;
    quint64 rankedTotal = 0;
    quint32 scanned = 0; // images with a report
    QString summary, supportBasis, vulnerabilitiesSummary, gap;
    std::optional<qint64> today;
    QString todayWords;
};
constexpr std::size_t mostRanked = 20'000;
ImageTables imageTables(const Images& shown, Progress& progress);

// A line each, as their pages show them.
QString imagesCsv(const std::vector<ImageRow>& rows);
QString supportCsv(const std::vector<SupportRow>& rows);

struct ImagesFilter {
    QString text;
    bool onlyUnpinned = false, onlyEnded = false, onlyDrifting = false, onlyVulnerable = false;
    bool matches(const ImageRow& row) const;
};

class VulnerabilitiesModel : public TableModel<VulnerabilityRow> {
public:
    explicit VulnerabilitiesModel(QObject* parent = nullptr);

protected:
    QVariant severityOf(const VulnerabilityRow& row) const override;
    QString toolTipOf(const VulnerabilityRow& row) const override;
};
class UpdatesModel : public TableModel<UpdateRow> {
public:
    explicit UpdatesModel(QObject* parent = nullptr);

protected:
    QString toolTipOf(const UpdateRow& row) const override;
};
class FixesModel : public TableModel<FixRow> {
public:
    explicit FixesModel(QObject* parent = nullptr);
};
class ImageUsesModel : public TableModel<ImageUseRow> {
public:
    explicit ImageUsesModel(QObject* parent = nullptr);
};

} // namespace plimsoll::ui::model
