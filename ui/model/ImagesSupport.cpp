// SPDX-License-Identifier: Apache-2.0
// Support windows of what runs, for the Images view.
#include <algorithm>
#include <map>

#include "core/images/Skew.h"
#include "ui/model/ImagesWords.h"
#include "ui/model/Text.h"

namespace plimsoll::ui::model {

using cluster::Cluster;

namespace {

// Worst first.
int weightOf(SupportState state)
{
    switch (state) {
    case SupportState::Ended:
        return 0;
    case SupportState::EndsSoon:
        return 1;
    case SupportState::Maintenance:
        return 2;
    case SupportState::Supported:
        return 3;
    case SupportState::Unknown:
        break;
    }
    return 4;
}

QString dateText(std::optional<UnixSeconds> time)
{
    return time ? text(formatDate(*time)) : QString();
}

QString wordsOf(const images::LifecycleHit& hit)
{
    const std::optional<UnixSeconds> end = hit.release ? hit.release->ends : std::nullopt;
    switch (hit.support) {
    case images::Support::Ended:
        return end ? imagesTr("ended %1").arg(dateText(end)) : imagesTr("ended");
    case images::Support::EndingSoon:
        return imagesTr("ends %1").arg(dateText(end));
    case images::Support::Maintenance:
        return end ? imagesTr("security fixes until %1").arg(dateText(end)) : imagesTr("security fixes only");
    case images::Support::Supported:
        return end ? imagesTr("until %1").arg(dateText(end)) : imagesTr("supported");
    case images::Support::Unknown:
        break;
    }
    return imagesTr("not known");
}

void fillHit(SupportRow& row, const images::LifecycleHit& hit)
{
    row.words = wordsOf(hit);
    row.state = stateOf(hit.support);
    row.basis = lineText(hit.text) + QLatin1Char('.');
    if (hit.isInferred)
        row.basis += imagesTr(" The base was inferred from the tag.");
    if (!hit.release)
        return;
    row.softEnd = hit.release->supportEnds;
    row.end = hit.release->ends ? hit.release->ends : hit.release->supportEnds;
    if (!hit.release->note.empty())
        row.basis += QLatin1Char(' ') + lineText(hit.release->note);
}

} // namespace

SupportState stateOf(images::Support support)
{
    switch (support) {
    case images::Support::Supported:
        return SupportState::Supported;
    case images::Support::EndingSoon:
        return SupportState::EndsSoon;
    case images::Support::Maintenance:
        return SupportState::Maintenance;
    case images::Support::Ended:
        return SupportState::Ended;
    case images::Support::Unknown:
        break;
    }
    return SupportState::Unknown;
}

// Of the product itself and of its base, the worse.
SupportLine supportOf(const images::Image& image)
{
    SupportLine out;
    int best = 5;
    for (const images::LifecycleHit& hit : image.lifecycle) {
        const SupportState state = stateOf(hit.support);
        if (weightOf(state) >= best)
            continue;
        best = weightOf(state);
        out.state = state;
        out.words = wordsOf(hit);
        if (hit.isInferred && hit.product)
            out.words = lineText(hit.product->name) + QLatin1Char(' ') + lineText(hit.line) + QStringLiteral(": ")
                + out.words;
    }
    if (out.words.isEmpty())
        out.words = imagesTr("not in the table");
    return out;
}

namespace {

// Kubernetes' own parts stand beside images: kubelets are no containers, and all of them must go together.
void addComponents(ImageTables& out, const Images& shown)
{
    const Cluster& cluster = shown.cluster();
    const images::Product* product = shown.assessment->settings.releases().find("kubernetes");
    const std::vector<images::ComponentVersion> parts = images::componentVersions(cluster);
    std::map<std::pair<std::string, std::string>, std::vector<const images::ComponentVersion*>> same;
    for (const images::ComponentVersion& part : parts)
        same[{ part.component, part.version.text }].push_back(&part);
    for (const auto& [key, all] : same) {
        SupportRow row;
        row.product = lineText(key.first);
        row.line = lineText(key.second);
        row.object = all.front()->object;
        row.users = key.first == "kubelet" ? countedText(all.size(), "1 node", "%1 nodes")
                                           : countedText(all.size(), "1 pod", "%1 pods");
        if (product) {
            const images::LifecycleHit hit = images::judgeRelease(*product, key.second, shown.assessment->assessedAt);
            fillHit(row, hit);
        }
        QStringList faults;
        for (const images::ComponentVersion* part : all) {
            for (const std::string& fault : images::skewFaults(*part, parts, cluster.version())) {
                if (!faults.contains(lineText(fault)))
                    faults.append(lineText(fault));
            }
        }
        if (!faults.isEmpty()) {
            row.words += imagesTr(" \u00b7 versions do not go together");
            row.basis += QLatin1Char('\n') + faults.join(QLatin1Char('\n'));
        }
        out.support.push_back(std::move(row));
    }
}

} // namespace

void fillSupport(ImageTables& out, const Images& shown)
{
    std::map<std::pair<std::string, std::string>, SupportRow> rows; // product, line
    for (std::uint32_t index = 0; index < shown.inventory->images.size(); ++index) {
        const images::Image& image = shown.image(index);
        for (const images::LifecycleHit& hit : image.lifecycle) {
            if (!hit.product)
                continue;
            SupportRow& row = rows[{ hit.product->name, hit.line }];
            if (row.indices.empty()) {
                row.product = lineText(hit.product->name);
                row.line = lineText(hit.line);
                fillHit(row, hit);
                if (!image.uses.empty())
                    row.object = image.uses.front().holder;
            }
            row.indices.push_back(index);
        }
    }
    for (auto& [key, row] : rows) {
        quint32 pods = 0;
        QStringList names;
        for (const std::uint32_t index : row.indices) {
            pods += shown.image(index).pods;
            names.append(lineText(shown.image(index).text));
        }
        row.users = countedText(row.indices.size(), "1 image", "%1 images") + QStringLiteral(", ")
            + countedText(pods, "1 pod", "%1 pods");
        row.basis += QLatin1Char('\n') + names.join(QLatin1Char('\n'));
        out.support.push_back(std::move(row));
    }
    addComponents(out, shown);
    std::ranges::stable_sort(out.support, [](const SupportRow& a, const SupportRow& b) {
        constexpr qint64 never = 1LL << 60;
        const bool isKnownA = a.state != SupportState::Unknown, isKnownB = b.state != SupportState::Unknown;
        if (isKnownA != isKnownB)
            return isKnownA;
        return a.end.value_or(never) < b.end.value_or(never);
    });
    const images::LifecycleTable& table = shown.assessment->settings.releases();
    out.supportBasis = table.path.empty()
        ? imagesTr("Ends of support as of %1, from the table that is built in; the settings can name another.")
              .arg(lineText(table.date))
        : imagesTr("Ends of support as of %1, from %2.").arg(lineText(table.date), lineText(table.path));
}

} // namespace plimsoll::ui::model
