// SPDX-License-Identifier: Apache-2.0
#include "core/images/Lifecycle.h"

#include <algorithm>
#include <array>
#include <set>

#include "core/base/Text.h"
#include "core/format/Json.h"
#include "core/format/YamlFile.h"
#include "core/images/Versions.h"
#include "resources/Resources.h"

namespace plimsoll::images {

using format::Value;

namespace {

constexpr std::int64_t secondsPerDay = 86400;
constexpr std::int64_t soonDays = 60;

std::vector<std::string> textsOf(Value list)
{
    std::vector<std::string> texts;
    for (const Value text : list)
        texts.emplace_back(text.text());
    return texts;
}

std::unexpected<Error> broken(const std::string& path, Value at, std::string what)
{
    return failure(ErrorKind::Format, std::move(what), path + ':' + std::to_string(at.position()),
        "the schema is lifecycle-v1.schema.json");
}

// A date, or nothing for "open" and what is not there.
Result<std::optional<UnixSeconds>> dateOf(const std::string& path, Value value)
{
    if (value.isAbsent() || value.text() == "open")
        return std::nullopt;
    const auto time = parseTime(value.text());
    if (!time)
        return broken(path, value, "\"" + printable(value.text()) + "\" is no date");
    return time;
}

Result<void> checkKeys(const std::string& path, Value map, std::initializer_list<std::string_view> known)
{
    if (!map.isObject())
        return broken(path, map, "an entry is no map");
    for (const Value member : map) {
        if (std::ranges::find(known, member.key()) == known.end())
            return broken(path, member, "unknown key \"" + printable(member.key()) + "\"");
    }
    return {};
}

Result<Release> releaseOf(const std::string& path, Value value)
{
    if (auto checked = checkKeys(path, value, { "line", "supportEnds", "ends", "note" }); !checked)
        return std::unexpected(checked.error());
    Release release;
    release.line = value["line"].text();
    release.note = value["note"].text();
    if (release.line.empty())
        return broken(path, value, "a release has no line");
    auto supportEnds = dateOf(path, value["supportEnds"]);
    auto ends = dateOf(path, value["ends"]);
    if (!supportEnds || !ends)
        return std::unexpected(supportEnds ? ends.error() : supportEnds.error());
    release.supportEnds = *supportEnds;
    release.ends = *ends;
    return release;
}

Result<Product> productOf(const std::string& path, Value value)
{
    const auto checked
        = checkKeys(path, value, { "id", "name", "repositories", "variants", "note", "releases", "source" });
    if (!checked)
        return std::unexpected(checked.error());
    Product product;
    product.id = value["id"].text();
    product.name = value["name"].text();
    product.note = value["note"].text();
    product.repositories = textsOf(value["repositories"]);
    product.variants = textsOf(value["variants"]);
    if (product.id.empty() || product.name.empty() || !value["releases"].isArray())
        return broken(path, value, "a product needs id, name and releases");
    for (const Value one : value["releases"]) {
        auto release = releaseOf(path, one);
        if (!release)
            return std::unexpected(release.error());
        product.releases.push_back(std::move(*release));
    }
    return product;
}

Result<LifecycleTable> tableOf(Value root, const std::string& path)
{
    LifecycleTable table;
    table.path = path;
    table.date = root["date"].text();
    if (!parseTime(table.date))
        return broken(path, root, "the table has no date");
    std::set<std::string> ids;
    for (const Value value : root["products"]) {
        auto product = productOf(path, value);
        if (!product)
            return std::unexpected(product.error());
        if (!ids.insert(product->id).second)
            return broken(path, value, "the product \"" + printable(product->id) + "\" stands there twice");
        table.products.push_back(std::move(*product));
    }
    return table;
}

bool matches(std::string_view pattern, std::string_view repository)
{
    if (pattern.ends_with("/*"))
        return repository.starts_with(pattern.substr(0, pattern.size() - 1));
    return pattern == repository;
}

// "alpine3.18" names alpine 3.18, "bookworm" (written "bookworm=12" in the table) Debian 12.
std::optional<std::string> lineOfVariant(const Product& product, std::string_view word)
{
    for (const std::string_view variant : product.variants) {
        const auto equals = variant.find('=');
        if (equals != variant.npos) {
            if (variant.substr(0, equals) == word)
                return std::string(variant.substr(equals + 1));
            continue;
        }
        if (!word.starts_with(variant))
            continue;
        const std::string_view rest = word.substr(variant.size());
        if (!rest.empty() && rest.find_first_not_of(".0123456789") == std::string_view::npos)
            return std::string(rest);
    }
    return std::nullopt;
}

std::string sentence(const LifecycleHit& hit)
{
    const std::string name = hit.product->name + (hit.line.empty() ? "" : ' ' + hit.line);
    const Release* release = hit.release;
    const auto date = [](const std::optional<UnixSeconds>& time) { return formatDate(*time); };
    switch (hit.support) {
    case Support::Ended:
        return release->ends ? name + " gets no fixes since " + date(release->ends) : name + " gets no fixes any more";
    case Support::Maintenance:
        return name + " gets security fixes only since " + date(release->supportEnds);
    case Support::EndingSoon:
        return name + " gets no fixes after " + date(release->ends);
    case Support::Supported:
        return name + " is supported" + (release->ends ? " until " + date(release->ends) : "");
    case Support::Unknown:
        break;
    }
    return release ? "the date of the source is not known" : name + " is not in the table of releases";
}

} // namespace

std::string_view toText(Support support)
{
    constexpr std::array<std::string_view, 5> texts { "supported", "ends soon", "maintenance", "ended", "not known" };
    return texts[static_cast<std::size_t>(support)];
}

const Product* LifecycleTable::find(std::string_view id) const
{
    const auto found = std::ranges::find(products, id, &Product::id);
    return found == products.end() ? nullptr : &*found;
}

const Product* LifecycleTable::ofRepository(std::string_view repository) const
{
    // Mirrors of Docker Hub by their providers.
    constexpr std::array<std::string_view, 2> mirrors { "public.ecr.aws/docker/", "mirror.gcr.io/" };
    std::string original;
    for (const std::string_view mirror : mirrors) {
        if (repository.starts_with(mirror))
            original = "docker.io/" + std::string(repository.substr(mirror.size()));
    }
    if (!original.empty())
        repository = original;
    for (const Product& product : products) {
        if (std::ranges::any_of(
                product.repositories, [&](const std::string& pattern) { return matches(pattern, repository); }))
            return &product;
    }
    return nullptr;
}

const LifecycleTable& builtInLifecycle()
{
    static const LifecycleTable table = [] {
        format::Document document;
        format::JsonParser parser;
        const auto bytes = resources::find("lifecycle/lifecycle.json");
        if (!bytes || !parser.parseCopy(*bytes, document))
            return LifecycleTable();
        auto read = tableOf(document.root(), "the built-in table");
        return read ? std::move(*read) : LifecycleTable();
    }();
    return table;
}

Result<LifecycleTable> readLifecycle(const std::string& path)
{
    auto file = format::YamlFile::read(path, "the table of releases");
    if (!file)
        return std::unexpected(file.error());
    return tableOf(file->root(), path);
}

LifecycleHit judgeRelease(
    const Product& product, std::string_view version, std::optional<UnixSeconds> now, bool isInferred)
{
    LifecycleHit hit { .product = &product, .isInferred = isInferred, .line = std::string(version), .text = {} };
    const auto parsed = versionOfTag(version);
    const auto release = std::ranges::find_if(product.releases,
        [&](const Release& one) { return one.line == "*" || (parsed && isOfLine(*parsed, one.line)); });
    if (release != product.releases.end()) {
        hit.release = &*release;
        const bool endsWithoutDate = release->line == "*" && !release->ends && !product.note.empty();
        if (now && release->ends && *release->ends <= *now)
            hit.support = Support::Ended;
        else if (now && release->ends && *release->ends <= *now + soonDays * secondsPerDay)
            hit.support = Support::EndingSoon;
        else if (now && release->supportEnds && *release->supportEnds <= *now)
            hit.support = Support::Maintenance;
        else if (endsWithoutDate)
            hit.support = Support::Ended;
        else if (now)
            hit.support = Support::Supported;
        if (release->line != "*")
            hit.line = release->line;
    }
    hit.text = sentence(hit);
    return hit;
}

std::vector<LifecycleHit> lifecycleOf(
    const LifecycleTable& table, const Reference& reference, std::optional<UnixSeconds> now)
{
    std::vector<LifecycleHit> hits;
    const std::string_view tag = reference.tag;
    const Product* product = table.ofRepository(reference.name());
    if (product) {
        const bool hasOneLine = product->releases.size() == 1 && product->releases.front().line == "*";
        // A distribution's own image is tagged with its code name.
        const auto byName = lineOfVariant(*product, split(tag, '-').front());
        if (byName)
            hits.push_back(judgeRelease(*product, *byName, now));
        else if (hasOneLine || versionOfTag(tag))
            hits.push_back(judgeRelease(*product, versionOfTag(tag) ? versionOfTag(tag)->text() : std::string(), now));
    }
    const auto words = split(tag, '-');
    for (std::size_t i = 1; i < words.size(); ++i) {
        const std::string word = toLowerAscii(words[i]);
        for (const Product& base : table.products) {
            if (&base == product)
                continue;
            auto line = lineOfVariant(base, word);
            // "debian-12-r5": the number stands in the next word.
            if (!line && i + 1 < words.size() && std::ranges::find(base.variants, word) != base.variants.end()
                && versionOfTag(words[i + 1]))
                line = std::string(words[i + 1]);
            if (line)
                hits.push_back(judgeRelease(base, *line, now, true));
        }
    }
    return hits;
}

} // namespace plimsoll::images
