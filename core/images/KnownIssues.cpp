// SPDX-License-Identifier: Apache-2.0
#include "core/images/KnownIssues.h"

#include <algorithm>
#include <tuple>

#include "core/format/Json.h"
#include "resources/Resources.h"

namespace plimsoll::images {

using cluster::Version;
using format::Value;

namespace {

auto numbersOfVersion(const Version& version)
{
    return std::tuple(version.major, version.minor, version.patch);
}

// "0" is the beginning.
std::optional<Version> boundOf(std::string_view text)
{
    return text == "0" ? Version() : cluster::parseVersion(text);
}

std::vector<std::string> issueTexts(Value list)
{
    std::vector<std::string> texts;
    for (const Value text : list)
        texts.emplace_back(text.text());
    return texts;
}

std::optional<KnownIssue> issueOf(Value value)
{
    KnownIssue issue { .id = std::string(value["id"].text()),
        .component = std::string(value["component"].text()),
        .severity = std::string(value["severity"].text()),
        .summary = std::string(value["summary"].text()),
        .url = std::string(value["url"].text()),
        .ranges = {},
        .conditions = issueTexts(value["conditions"]),
        .onlyIf = std::string(value["if"].text()) };
    for (const Value range : value["ranges"]) {
        const auto introduced = boundOf(range["introduced"].text());
        std::optional<Version> fixed;
        if (range["fixed"].isPresent())
            fixed = cluster::parseVersion(range["fixed"].text());
        if (!introduced || (range["fixed"].isPresent() && !fixed))
            return std::nullopt;
        issue.ranges.push_back({ *introduced, fixed });
    }
    const bool isWhole = !issue.id.empty() && !issue.component.empty() && !issue.severity.empty()
        && !issue.summary.empty() && !issue.url.empty() && !issue.ranges.empty();
    return isWhole ? std::optional(std::move(issue)) : std::nullopt;
}

} // namespace

const KnownIssue* KnownIssues::find(std::string_view id) const
{
    const auto found = std::ranges::find(issues, id, &KnownIssue::id);
    return found == issues.end() ? nullptr : &*found;
}

const KnownIssues& builtInIssues()
{
    static const KnownIssues table = [] {
        KnownIssues read;
        format::Document document;
        format::JsonParser parser;
        const auto bytes = resources::find("issues/kubernetes.json");
        if (!bytes || !parser.parseCopy(*bytes, document))
            return read;
        read.date = document.root()["date"].text();
        for (const Value value : document.root()["issues"]) {
            auto issue = issueOf(value);
            if (!issue)
                return KnownIssues();
            read.issues.push_back(std::move(*issue));
        }
        return read;
    }();
    return table;
}

const VersionRange* rangeOf(const KnownIssue& issue, const Version& version)
{
    const auto isIn = [&](const VersionRange& range) {
        return numbersOfVersion(range.introduced) <= numbersOfVersion(version)
            && (!range.fixed || numbersOfVersion(version) < numbersOfVersion(*range.fixed));
    };
    const auto found = std::ranges::find_if(issue.ranges, isIn);
    return found == issue.ranges.end() ? nullptr : &*found;
}

std::string fixText(const VersionRange& range)
{
    return range.fixed ? range.fixed->text : std::string("no version");
}

bool mayBePatchedByProvider(const Version& version)
{
    return version.text.find("-eks-") != std::string::npos || version.text.find("-gke.") != std::string::npos;
}

bool isIngressNginx(std::string_view repository)
{
    return repository.ends_with("/ingress-nginx/controller") || repository.ends_with("/ingress-nginx/controller-chroot")
        || repository == "quay.io/kubernetes-ingress-controller/nginx-ingress-controller";
}

} // namespace plimsoll::images
