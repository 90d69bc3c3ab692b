// SPDX-License-Identifier: Apache-2.0
// What is told about one image: its versions beside each other, where it runs, its vulnerabilities.
#include <algorithm>
#include <set>

#include "core/base/Text.h"
#include "ui/model/ImagesWords.h"
#include "ui/model/Text.h"

namespace plimsoll::ui::model {

using cluster::Cluster;
using cluster::ObjectId;

namespace {

bool isSameRepository(const images::Image& a, const images::Image& b)
{
    if (!a.reference || !b.reference)
        return a.text == b.text;
    return a.reference->domain == b.reference->domain && a.reference->path == b.reference->path;
}

QString runningText(const images::Image& image)
{
    QStringList digests;
    for (const images::RunningDigest& running : image.running)
        digests.append(shortDigest(running.id.digest));
    return digests.isEmpty() ? imagesTr("not known") : digests.join(QStringLiteral(", "));
}

VersionTable versionsOf(const Images& shown, std::uint32_t index)
{
    VersionTable out;
    out.names
        = { imagesTr("Pods"), imagesTr("Workloads"), imagesTr("Namespaces"), imagesTr("Content"), imagesTr("Bound"),
              imagesTr("Support"), imagesTr("Vulnerabilities"), imagesTr("Known exploited"), imagesTr("With a fix") };
    const Cluster& cluster = shown.cluster();
    std::vector<std::pair<std::uint32_t, QString>> same;
    for (std::uint32_t at = 0; at < shown.inventory->images.size(); ++at) {
        if (isSameRepository(shown.image(at), shown.image(index)))
            same.emplace_back(at, versionOf(shown.image(at)));
    }
    std::ranges::stable_sort(same, [](const auto& a, const auto& b) { return isOlderVersion(a.second, b.second); });
    for (const auto& [at, title] : same) {
        const images::Image& image = shown.image(at);
        std::set<QString> namespaces;
        for (const images::ImageUse& use : image.uses)
            namespaces.insert(
                lineText(cluster.text(cluster.object(cluster.workloads()[use.workload.index].object).ns)));
        const VulnerabilityCounts counts = countsOf(shown, at);
        const SupportLine support = supportOf(image);
        VersionColumn column;
        column.index = at;
        column.title = title;
        column.state = support.state;
        column.isNewest = same.size() > 1 && image.version && image.newestSeen.empty();
        column.cells = { QString::number(image.pods), QString::number(image.workloads),
            QStringList(namespaces.begin(), namespaces.end()).join(QStringLiteral(", ")), runningText(image),
            image.isPinned() ? imagesTr("by digest") : imagesTr("by tag"), support.words, counts.text(),
            counts.isScanned ? QString::number(counts.knownExploited) : QStringLiteral("\u2013"),
            counts.isScanned ? QString::number(counts.fixable) : QStringLiteral("\u2013") };
        out.versions.push_back(std::move(column));
    }
    return out;
}

ImageUseRow rowOf(const Images& shown, const images::Image& image, const images::ImageUse& use)
{
    const Cluster& cluster = shown.cluster();
    const cluster::Workload& workload = cluster.workloads()[use.workload.index];
    const cluster::Object& object = cluster.object(workload.object);
    ImageUseRow row;
    row.object = use.holder;
    row.pointer = text(use.pointer);
    row.ns = lineText(cluster.text(object.ns));
    row.workload = lineText(cluster.kindName(workload.object)) + QLatin1Char(' ') + lineText(cluster.text(object.name));
    row.container = lineText(use.container) + (use.isEphemeral ? imagesTr(" (added to a running pod)") : QString());
    row.podCount = static_cast<quint32>(workload.pods.size());
    row.pods = row.podCount == 0 ? imagesTr("none") : QString::number(row.podCount);
    row.pullPolicy = lineText(use.pullPolicy) + (use.isPullPolicySet ? QString() : imagesTr(" (default)"));
    row.running = image.running.size() > 1 ? imagesTr("%1 contents").arg(image.running.size()) : runningText(image);
    const auto& standings = shown.scans->standings;
    const images::Standing about
        = use.workload.index < standings.size() ? standings[use.workload.index] : images::Standing();
    row.exposure = about.exposure.empty() ? imagesTr("no") : lineText(about.exposure);
    QStringList powers;
    for (const std::string* power : { &about.nodeTakeover, &about.identity, &about.secrets }) {
        if (!power->empty())
            powers.append(lineText(*power));
    }
    if (!use.isReadOnlyRoot)
        powers.append(imagesTr("writable root"));
    row.powers = powers.join(QStringLiteral(", "));
    return row;
}

void addVulnerabilities(ImageDetail& out, const Images& shown, std::uint32_t index)
{
    const std::vector<std::uint32_t>& contents = shown.contents[index];
    const images::ScanResults& scans = *shown.scans;
    std::set<std::pair<QString, QString>> seen;
    // Ranked ones first, with their reasons; then those that a statement closed.
    for (const images::RankedVulnerability& ranked : scans.ranked) {
        if (std::ranges::find(contents, ranked.image) == contents.end())
            continue;
        VulnerabilityRow row = model::rowOf(shown, scans.images[ranked.image], ranked.vulnerability);
        if (!seen.insert({ row.id, row.package }).second)
            continue;
        fillReasons(row, scans, ranked);
        out.vulnerabilities.push_back(std::move(row));
    }
    for (const std::uint32_t content : contents) {
        const images::ScannedImage& image = scans.images[content];
        for (std::uint32_t at = 0; at < image.vulnerabilities.size(); ++at) {
            if (image.vulnerabilities[at].isOpen())
                continue;
            VulnerabilityRow row = model::rowOf(shown, image, at);
            if (seen.insert({ row.id, row.package }).second)
                out.vulnerabilities.push_back(std::move(row));
        }
    }
    QStringList states;
    for (const std::uint32_t content : contents) {
        const QString state = lineText(scans.images[content].state);
        if (!state.isEmpty() && !states.contains(state))
            states.append(state);
    }
    out.vulnerabilitiesNote = states.join(QStringLiteral("; "));
}

void addScanFacts(ImageDetail& out, const Images& shown, std::uint32_t index)
{
    for (const std::uint32_t content : shown.contents[index]) {
        const images::ScannedImage& image = shown.scans->images[content];
        if (image.configUser)
            out.facts.push_back({ imagesTr("User"),
                image.configUser->empty() ? imagesTr("none set: root") : lineText(*image.configUser) });
        if (image.imageCreated)
            out.facts.push_back({ imagesTr("Built"), text(formatDate(*image.imageCreated)) });
        if (image.isOsEndOfLife)
            out.facts.push_back({ imagesTr("Base system"),
                *image.isOsEndOfLife ? imagesTr("support has ended, says the scanner")
                                     : imagesTr("supported, says the scanner") });
        if (image.secretCount > 0)
            out.facts.push_back(
                { imagesTr("Credentials"), imagesTr("%1 in its files, says the scanner").arg(image.secretCount) });
    }
}

void addFacts(ImageDetail& out, const Images& shown, const ImageRow& row)
{
    const images::Image& image = shown.image(row.index);
    out.facts.push_back({ imagesTr("As written"), lineText(image.text) });
    if (image.reference)
        out.facts.push_back({ imagesTr("In full"), lineText(images::normalised(*image.reference)) });
    out.facts.push_back({ imagesTr("Bound to"),
        row.isBroken       ? imagesTr("nothing: a runtime refuses the reference")
            : row.isPinned ? imagesTr("a digest: the content cannot change")
                           : imagesTr("a tag: whoever can push to the repository decides what runs") });
    out.facts.push_back({ imagesTr("Registry"),
        !image.isAllowed       ? imagesTr("%1; no list of allowed registries is set").arg(row.registry)
            : *image.isAllowed ? imagesTr("%1, allowed by the settings").arg(row.registry)
                               : imagesTr("%1, not in the list of allowed registries").arg(row.registry) });
    if (!row.pullPolicy.isEmpty())
        out.facts.push_back({ imagesTr("Pull policy"), row.pullPolicy });
    for (const images::RunningDigest& running : image.running) {
        QString where = countedText(running.containers, "in 1 container", "in %1 containers");
        QStringList platforms;
        for (const std::string& platform : running.platforms)
            platforms.append(lineText(platform));
        if (!platforms.isEmpty())
            where += imagesTr(" on %1").arg(platforms.join(QStringLiteral(", ")));
        out.facts.push_back(
            { running.id.role == images::DigestRole::Config ? imagesTr("Image ID") : imagesTr("Repository digest"),
                lineText(running.id.digest) + QLatin1Char(' ') + where });
    }
    if (!row.drift.isEmpty())
        out.facts.push_back({ row.isDrifting ? imagesTr("Drift") : imagesTr("Platforms"), row.drift });
    if (!row.newest.isEmpty())
        out.facts.push_back({ imagesTr("Newer here"), row.newest });
    for (const images::LifecycleHit& hit : image.lifecycle)
        out.facts.push_back(
            { hit.isInferred ? imagesTr("Base (by its tag)") : imagesTr("Support"), lineText(hit.text) });
    addScanFacts(out, shown, row.index);
    for (const std::uint32_t at : findingsOf(shown, row.index)) {
        const assess::Finding& finding = shown.assessment->findings[at];
        out.findings.push_back({ lineText(shown.assessment->entry(finding).control->id), lineText(finding.message),
            finding.object, {}, static_cast<int>(finding.severity), at });
    }
}

} // namespace

ImageDetail imageDetail(const Images& shown, std::uint32_t index)
{
    const images::Image& image = shown.image(index);
    const ImageRow row = imageRow(shown, index);
    ImageDetail out;
    out.title = row.reference;
    out.versions = versionsOf(shown, index);
    for (const images::ImageUse& use : image.uses)
        out.uses.push_back(rowOf(shown, image, use));
    addVulnerabilities(out, shown, index);
    addFacts(out, shown, row);
    out.isScanned = row.vulnerabilities.isScanned;
    QStringList parts { imagesTr("%1, %2").arg(
        countedText(row.workloads, "1 workload", "%1 workloads"), countedText(row.pods, "1 pod", "%1 pods")) };
    if (out.versions.versions.size() > 1)
        parts.append(imagesTr("%1 versions of this repository are in use")
                         .arg(static_cast<qulonglong>(out.versions.versions.size())));
    if (row.isDrifting)
        parts.append(row.drift.chopped(1));
    parts.append(imagesTr("vulnerabilities: %1").arg(row.vulnerabilities.text()));
    out.headline = parts.join(QStringLiteral(" \u00b7 "));
    return out;
}

} // namespace plimsoll::ui::model
