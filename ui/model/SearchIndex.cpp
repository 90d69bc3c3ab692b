// SPDX-License-Identifier: Apache-2.0
#include "ui/model/SearchIndex.h"

#include <algorithm>

#include "core/base/Text.h"
#include "ui/model/Text.h"

namespace plimsoll::ui::model {

namespace {

// 0 = no match; higher = better.
int score(std::string_view candidate, std::string_view name, const std::vector<std::string_view>& words)
{
    for (const std::string_view word : words) {
        if (!candidate.contains(word))
            return 0;
    }
    if (name == words.front())
        return 4;
    if (name.starts_with(words.front()))
        return 3;
    return name.contains(words.front()) ? 2 : 1;
}

} // namespace

void SearchIndex::setAssessment(std::shared_ptr<const assess::Assessment> assessment)
{
    m_assessment = std::move(assessment);
    m_objects.clear();
}

std::vector<SearchIndex::Hit> SearchIndex::find(const QString& typed, std::size_t limit) const
{
    const std::string lowered = toLowerAscii(typed.trimmed().toStdString());
    std::vector<std::string_view> words;
    for (const std::string_view word : split(lowered, ' ')) {
        if (!word.empty())
            words.push_back(word);
    }
    std::vector<Hit> hits;
    if (!m_assessment || words.empty())
        return hits;
    const cluster::Cluster& cluster = *m_assessment->cluster;
    if (m_objects.empty()) {
        m_objects.reserve(cluster.objects().size());
        for (std::uint32_t i = 0; i < cluster.objects().size(); ++i)
            m_objects.push_back(toLowerAscii(cluster.titleOf({ i })));
    }
    std::vector<std::pair<int, std::size_t>> scored; // negative score, so that the best sorts first
    const auto& entries = m_assessment->catalogue->entries;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const std::string id = toLowerAscii(entries[i].text.id);
        if (const int points = score(id + ' ' + toLowerAscii(entries[i].text.title), id, words))
            scored.emplace_back(-points, i);
    }
    std::ranges::sort(scored);
    for (std::size_t i = 0; i < scored.size() && i < limit / 2; ++i) {
        const auto& found = entries[scored[i].second].text;
        hits.push_back({ .what = Hit::What::Control, .text = text(found.id) + QStringLiteral("  ") + text(found.title),
            .secondary = text(toText(found.severity)), .controlId = text(found.id), .object = {} });
    }
    scored.clear();
    for (std::size_t i = 0; i < m_objects.size(); ++i) {
        const std::string_view name = std::string_view(m_objects[i]).substr(m_objects[i].find_last_of("/ ") + 1);
        if (const int points = score(m_objects[i], name, words))
            scored.emplace_back(-points, i);
    }
    const std::size_t wanted = std::min(scored.size(), limit - hits.size());
    std::ranges::partial_sort(scored, scored.begin() + static_cast<std::ptrdiff_t>(wanted));
    for (std::size_t i = 0; i < wanted; ++i) {
        const cluster::ObjectId id { static_cast<std::uint32_t>(scored[i].second) };
        const cluster::Object& object = cluster.object(id);
        const QString ns = lineText(cluster.text(object.ns));
        hits.push_back({ .what = Hit::What::Object, .text = lineText(cluster.text(object.name)),
            .secondary = lineText(cluster.kindName(id)) + (ns.isEmpty() ? QString() : QStringLiteral(" \u00b7 ") + ns),
            .controlId = {}, .object = id });
    }
    return hits;
}

} // namespace plimsoll::ui::model
