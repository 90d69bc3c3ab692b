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

SearchIndex::Hit SearchIndex::hitOf(Hit::What what, std::size_t index) const
{
    if (what == Hit::What::Control) {
        const control::ControlText& words = m_assessment->catalogue->entries[index].text;
        return { .what = what,
            .text = text(words.id) + QStringLiteral("  ") + text(words.title),
            .secondary = text(toText(words.severity)),
            .controlId = text(words.id),
            .object = {} };
    }
    const cluster::Cluster& cluster = *m_assessment->cluster;
    const cluster::ObjectId id { static_cast<std::uint32_t>(index) };
    const QString ns = lineText(cluster.text(cluster.object(id).ns));
    return { .what = what,
        .text = lineText(cluster.text(cluster.object(id).name)),
        .secondary = lineText(cluster.kindName(id)) + (ns.isEmpty() ? QString() : QStringLiteral(" \u00b7 ") + ns),
        .controlId = {},
        .object = id };
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
    // Negative points, so that the best sorts first; objects before controls among equals.
    struct Scored {
        int points;
        Hit::What what;
        std::size_t index;
        auto operator<=>(const Scored&) const = default;
    };
    std::vector<Scored> scored;
    const auto& entries = m_assessment->catalogue->entries;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const std::string id = toLowerAscii(entries[i].text.id);
        if (const int points = score(id + ' ' + toLowerAscii(entries[i].text.title), id, words))
            scored.push_back({ -points, Hit::What::Control, i });
    }
    for (std::size_t i = 0; i < m_objects.size(); ++i) {
        const std::string_view name = std::string_view(m_objects[i]).substr(m_objects[i].find_last_of("/ ") + 1);
        if (const int points = score(m_objects[i], name, words))
            scored.push_back({ -points, Hit::What::Object, i });
    }
    const std::size_t wanted = std::min(scored.size(), limit);
    std::ranges::partial_sort(scored, scored.begin() + static_cast<std::ptrdiff_t>(wanted));
    scored.resize(wanted);
    for (const Scored& one : scored)
        hits.push_back(hitOf(one.what, one.index));
    return hits;
}

} // namespace plimsoll::ui::model
