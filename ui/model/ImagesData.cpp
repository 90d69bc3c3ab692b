// SPDX-License-Identifier: Apache-2.0
#include "ui/model/ImagesData.h"

#include <algorithm>
#include <map>
#include <set>

#include "core/base/Text.h"
#include "ui/model/ImagesWords.h"
#include "ui/model/Text.h"

namespace plimsoll::ui::model {

using cluster::Cluster;
using cluster::ObjectId;

QString imagesTr(const char* source)
{
    return QCoreApplication::translate("Images", source);
}

QString gradeName(int grade)
{
    const std::array<QString, 6> names { imagesTr("Critical"), imagesTr("High"), imagesTr("Medium"), imagesTr("Low"),
        imagesTr("Negligible"), imagesTr("Not graded") };
    return names[static_cast<std::size_t>(std::clamp(grade, 0, 5))];
}

QString countedText(quint64 count, const char* one, const char* many)
{
    return count == 1 ? imagesTr(one) : imagesTr(many).arg(text(plimsoll::grouped(count)));
}

QString shortDigest(std::string_view digest)
{
    const std::size_t colon = digest.find(':');
    return lineText(digest.substr(0, colon == std::string_view::npos ? 12 : colon + 13));
}

quint32 VulnerabilityCounts::total() const
{
    quint32 sum = 0;
    for (const quint32 count : byGrade)
        sum += count;
    return sum;
}

void VulnerabilityCounts::add(const VulnerabilityCounts& other)
{
    for (std::size_t grade = 0; grade < byGrade.size(); ++grade)
        byGrade[grade] += other.byGrade[grade];
    isScanned = isScanned || other.isScanned;
    knownExploited += other.knownExploited;
    fixable += other.fixable;
}

QString VulnerabilityCounts::text() const
{
    if (!isScanned)
        return imagesTr("no report");
    if (total() == 0)
        return imagesTr("none open");
    const std::array<QString, 6> letters { QStringLiteral("C"), QStringLiteral("H"), QStringLiteral("M"),
        QStringLiteral("L"), QStringLiteral("N"), QStringLiteral("?") };
    QStringList parts;
    for (std::size_t grade = 0; grade < byGrade.size(); ++grade) {
        if (byGrade[grade] > 0)
            parts.append(QStringLiteral("%1 %2").arg(letters[grade]).arg(byGrade[grade]));
    }
    return parts.join(QStringLiteral("  "));
}

namespace {

void fillVersion(ImageRow& row, const images::Image& image)
{
    row.reference = lineText(image.text);
    if (!image.reference) {
        row.isBroken = true;
        row.registry = imagesTr("not a valid reference");
        row.repository = row.reference;
        row.notes.append(imagesTr("A runtime refuses this reference: %1").arg(lineText(image.refusal)));
    } else {
        row.registry = lineText(image.reference->domain);
        row.repository = lineText(image.reference->path);
        row.isPinned = image.isPinned();
    }
    row.isForeign = image.isAllowed == false;
    if (row.isForeign)
        row.notes.append(imagesTr("Its registry is not in the list of allowed ones."));
    row.version = versionOf(image);
    if (!image.newestSeen.empty())
        row.newest = imagesTr("This cluster also runs the newer %1.").arg(lineText(image.newestSeen));
    row.isDrifting = image.hasDrift;
    QStringList digests;
    for (const images::RunningDigest& running : image.running)
        digests.append(shortDigest(running.id.digest));
    if (digests.size() > 1)
        row.digest = imagesTr("%1 contents").arg(digests.size());
    else if (digests.size() == 1)
        row.digest = digests.front();
    else
        row.digest = row.isPinned ? shortDigest(image.reference->digest) : imagesTr("not known");
    if (image.hasDrift)
        row.drift
            = imagesTr("Replicas run different contents under this name: %1.").arg(digests.join(QStringLiteral(", ")));
    else if (image.perhapsByPlatform)
        row.drift = imagesTr("Different digests run, perhaps one for each platform: %1.")
                        .arg(digests.join(QStringLiteral(", ")));
}

void fillVulnerabilities(ImageTables& out, const Images& shown, Progress& progress)
{
    const images::ScanResults& scans = *shown.scans;
    out.rankedTotal = scans.ranked.size();
    out.isRankedCut = scans.ranked.size() > mostRanked;
    for (const images::RankedVulnerability& ranked : scans.ranked) {
        if (out.ranked.size() >= mostRanked || progress.isCancelled())
            break;
        VulnerabilityRow row = rowOf(shown, scans.images[ranked.image], ranked.vulnerability);
        fillReasons(row, scans, ranked);
        if (!ranked.workload.isNone()) {
            row.object = shown.cluster().workloads()[ranked.workload.index].object;
            row.where = lineText(shown.cluster().titleOf(row.object));
        }
        out.ranked.push_back(std::move(row));
    }
    for (const images::ImageUpdate& update : scans.updates) {
        UpdateRow row;
        const images::ScannedImage& image = scans.images[update.image];
        row.image = lineText(image.reference);
        QStringList packages;
        for (const std::string& package : update.packages)
            packages.append(lineText(package));
        row.packages = packages.join(QStringLiteral(", "));
        row.words = lineText(update.words);
        row.fixable = update.fixable;
        row.open = update.open;
        row.critical = update.critical;
        row.high = update.high;
        row.knownExploited = update.knownExploited;
        row.points = update.points;
        if (!image.uses.empty())
            row.object = shown.cluster().workloads()[image.uses.front().workload.index].object;
        out.updates.push_back(std::move(row));
    }
    for (const images::Fix& fix : scans.fixes) {
        FixRow row;
        row.package = lineText(fix.package);
        row.version = lineText(fix.version);
        QStringList names, ids;
        for (const std::uint32_t image : fix.images)
            names.append(lineText(scans.images[image].reference));
        for (const std::string& id : fix.ids)
            ids.append(lineText(id));
        row.images = names.join(QStringLiteral(", "));
        row.ids = ids.join(QStringLiteral(", "));
        row.imageCount = static_cast<quint32>(fix.images.size());
        row.ends = static_cast<quint32>(fix.ids.size());
        row.points = fix.points;
        out.fixes.push_back(std::move(row));
    }
}

} // namespace

ImageRow imageRow(const Images& shown, std::uint32_t index)
{
    const images::Image& image = shown.image(index);
    const Cluster& cluster = shown.cluster();
    ImageRow row;
    row.index = index;
    fillVersion(row, image);
    std::set<QString> namespaces, policies;
    for (const images::ImageUse& use : image.uses) {
        namespaces.insert(lineText(cluster.text(cluster.object(cluster.workloads()[use.workload.index].object).ns)));
        policies.insert(lineText(use.pullPolicy));
    }
    row.workloads = image.workloads;
    row.pods = image.pods;
    row.namespaces = QStringList(namespaces.begin(), namespaces.end()).join(QStringLiteral(", "));
    row.pullPolicy = QStringList(policies.begin(), policies.end()).join(QStringLiteral(", "));
    const SupportLine support = supportOf(image);
    row.support = support.words;
    row.supportState = support.state;
    for (const images::LifecycleHit& hit : image.lifecycle)
        row.notes.append(lineText(hit.text) + (hit.isInferred ? imagesTr(" (inferred from the tag)") : QString()));
    row.vulnerabilities = countsOf(shown, index);
    for (const std::uint32_t finding : findingsOf(shown, index)) {
        ++row.findings;
        const int severity = static_cast<int>(shown.assessment->findings[finding].severity);
        row.worst = row.worst < 0 ? severity : std::min(row.worst, severity);
    }
    return row;
}

void fillReasons(VulnerabilityRow& row, const images::ScanResults& scans, const images::RankedVulnerability& ranked)
{
    row.points = ranked.points;
    QStringList reasons;
    for (const images::RankStep& step : images::rankSteps(scans, ranked)) {
        reasons.append(lineText(step.words));
        row.steps.append(QStringLiteral("%1%2  %3")
                             .arg(step.points >= 0 ? QStringLiteral("+") : QString())
                             .arg(step.points)
                             .arg(reasons.back()));
    }
    row.reasons = reasons.join(QStringLiteral(", "));
}

QString versionOf(const images::Image& image)
{
    if (!image.reference)
        return {};
    const std::string_view tag = image.reference->effectiveTag();
    if (!tag.empty())
        return lineText(tag) + (image.reference->tag.empty() ? imagesTr(" (no tag)") : QString());
    return shortDigest(image.reference->digest);
}

bool isOlderVersion(const QString& a, const QString& b)
{
    qsizetype i = 0, j = 0;
    while (i < a.size() && j < b.size()) {
        if (a[i].isDigit() && b[j].isDigit()) {
            const qsizetype startA = i, startB = j;
            while (i < a.size() && a[i].isDigit())
                ++i;
            while (j < b.size() && b[j].isDigit())
                ++j;
            // By value: leading zeros aside, the longer number is the greater.
            QStringView numberA = QStringView(a).mid(startA, i - startA),
                        numberB = QStringView(b).mid(startB, j - startB);
            while (numberA.size() > 1 && numberA.front() == QLatin1Char('0'))
                numberA = numberA.mid(1);
            while (numberB.size() > 1 && numberB.front() == QLatin1Char('0'))
                numberB = numberB.mid(1);
            if (numberA.size() != numberB.size())
                return numberA.size() < numberB.size();
            if (const int order = numberA.compare(numberB); order != 0)
                return order < 0;
            continue;
        }
        if (a[i] != b[j])
            return a[i] < b[j];
        ++i;
        ++j;
    }
    return a.size() - i < b.size() - j;
}

Images imagesOf(std::shared_ptr<const assess::Assessment> assessment, Progress& progress)
{
    progress.enter("Joining images and reports");
    Images out;
    out.inventory = assessment->images;
    out.scans = assessment->scans;
    std::map<std::string_view, std::vector<std::uint32_t>> byReference;
    for (std::uint32_t at = 0; at < out.scans->images.size(); ++at)
        byReference[out.scans->images[at].reference].push_back(at);
    for (const images::Image& image : out.inventory->images) {
        const auto found = byReference.find(image.reference ? images::normalised(*image.reference) : image.text);
        out.contents.push_back(found == byReference.end() ? std::vector<std::uint32_t>() : found->second);
    }
    out.assessment = std::move(assessment);
    return out;
}

VulnerabilityCounts countsOf(const Images& shown, std::uint32_t index)
{
    VulnerabilityCounts out;
    std::set<std::pair<std::string_view, std::string_view>> seen; // id, package
    for (const std::uint32_t at : shown.contents[index]) {
        const images::ScannedImage& image = shown.scans->images[at];
        out.isScanned = out.isScanned || image.isScanned;
        for (const images::ImageVulnerability& found : image.vulnerabilities) {
            const evidence::Vulnerability& what
                = shown.scans->evidence.scans[found.scan].vulnerabilities[found.vulnerability];
            if (!found.isOpen() || !seen.insert({ what.id, what.package }).second)
                continue;
            ++out.byGrade[static_cast<std::size_t>(what.grade)];
            out.knownExploited += what.isKnownExploited ? 1 : 0;
            out.fixable += what.hasFix() ? 1 : 0;
        }
    }
    return out;
}

VulnerabilityRow rowOf(const Images& shown, const images::ScannedImage& image, std::uint32_t vulnerability)
{
    const images::ImageVulnerability& found = image.vulnerabilities[vulnerability];
    const evidence::Vulnerability& what = shown.scans->evidence.scans[found.scan].vulnerabilities[found.vulnerability];
    VulnerabilityRow row;
    row.id = lineText(what.id);
    row.package = lineText(what.package);
    row.installed = lineText(what.installed);
    row.fixed = what.hasFix() ? lineText(what.fixed) : imagesTr("no fix yet");
    row.image = lineText(image.reference);
    row.grade = static_cast<int>(what.grade);
    row.isKnownExploited = what.isKnownExploited;
    row.isFixable = what.hasFix();
    row.status = lineText(evidence::toText(found.status));
    if (!found.statusBy.empty())
        row.status += imagesTr(" by %1").arg(lineText(found.statusBy));
    if (what.score)
        row.score = QString::number(*what.score, 'f', 1);
    if (what.epss)
        row.epss = QString::number(*what.epss * 100, 'f', *what.epss < 0.1 ? 1 : 0) + QStringLiteral(" %");
    for (const std::string& alias : what.aliases)
        row.aliases.append(lineText(alias));
    return row;
}

std::vector<std::uint32_t> findingsOf(const Images& shown, std::uint32_t index)
{
    const assess::Assessment& assessment = *shown.assessment;
    std::vector<std::uint32_t> out;
    std::map<std::uint32_t, std::vector<std::string>> places; // of the containers, by object
    for (const images::ImageUse& use : shown.image(index).uses)
        places[use.holder.index].push_back(use.pointer.substr(0, use.pointer.rfind('/')));
    for (std::uint32_t at = 0; at < assessment.findings.size(); ++at) {
        const assess::Finding& finding = assessment.findings[at];
        if (finding.isWaived() || !assessment.entry(finding).control->id.starts_with("PLM-I"))
            continue;
        const bool isHere = std::ranges::any_of(finding.evidence, [&](const assess::Evidence& evidence) {
            const auto found = places.find(evidence.object.index);
            return found != places.end() && std::ranges::any_of(found->second, [&](const std::string& place) {
                return evidence.pointer.starts_with(place)
                    && (evidence.pointer.size() == place.size() || evidence.pointer[place.size()] == '/');
            });
        });
        if (isHere)
            out.push_back(at);
    }
    return out;
}

bool ImagesFilter::matches(const ImageRow& row) const
{
    if ((onlyUnpinned && row.isPinned) || (onlyEnded && row.supportState != SupportState::Ended)
        || (onlyDrifting && !row.isDrifting) || (onlyVulnerable && row.vulnerabilities.total() == 0))
        return false;
    const auto words = text.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    return std::ranges::all_of(words, [&](const QString& word) {
        return row.reference.contains(word, Qt::CaseInsensitive) || row.namespaces.contains(word, Qt::CaseInsensitive);
    });
}

ImageTables imageTables(const Images& shown, Progress& progress)
{
    ImageTables out;
    progress.enter("Listing images", shown.inventory->images.size());
    std::set<QString> registries, repositories;
    for (std::uint32_t index = 0; index < shown.inventory->images.size(); ++index) {
        if (progress.isCancelled())
            return {};
        out.images.push_back(imageRow(shown, index));
        const ImageRow& row = out.images.back();
        registries.insert(row.registry);
        repositories.insert(row.registry + QLatin1Char('/') + row.repository);
        out.scanned += row.vulnerabilities.isScanned ? 1 : 0;
        progress.advance(1);
    }
    fillVulnerabilities(out, shown, progress);
    fillSupport(out, shown);
    out.summary = out.images.empty() ? imagesTr("No image")
                                     : imagesTr("%1 images in %2 repositories of %3 registries")
                                           .arg(static_cast<qulonglong>(out.images.size()))
                                           .arg(static_cast<qulonglong>(repositories.size()))
                                           .arg(static_cast<qulonglong>(registries.size()));
    out.vulnerabilitiesSummary
        = imagesTr("%1 of %2 images have a report: %3 open vulnerabilities, worst for this cluster first")
              .arg(out.scanned)
              .arg(static_cast<qulonglong>(out.images.size()))
              .arg(static_cast<qulonglong>(out.rankedTotal));
    if (out.isRankedCut)
        out.vulnerabilitiesSummary += imagesTr(" (the first %1 are listed)").arg(static_cast<qulonglong>(mostRanked));
    out.today = shown.assessment->assessedAt;
    if (out.today)
        out.todayWords = imagesTr("assessed as of %1").arg(text(formatDate(*out.today)));
    return out;
}

} // namespace plimsoll::ui::model
