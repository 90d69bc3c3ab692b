// SPDX-License-Identifier: Apache-2.0
// What credentials can read, asked before anything is read.
#include <algorithm>
#include <map>

#include "core/base/Text.h"
#include "core/snapshot/Collect.h"
#include "core/snapshot/detail/Wanted.h"

namespace plimsoll::snapshot {

namespace {

using Access = Preflight::Row::Access;
using kube::AllowedRule;
using kube::ListRequest;
using kube::Resource;

constexpr std::size_t maxNamespaces = 50; // asked one by one; who may read a part of more is told by collecting

bool contains(const std::vector<std::string>& values, const std::string& value)
{
    return std::ranges::find(values, value) != values.end() || std::ranges::find(values, "*") != values.end();
}

bool allowsList(const kube::AllowedRules& rules, const Resource& resource)
{
    return std::ranges::any_of(rules.rules, [&](const AllowedRule& rule) {
        return rule.names.empty() && contains(rule.verbs, "list") && contains(rule.groups, resource.group)
            && contains(rule.resources, resource.plural);
    });
}

// Which namespaces there are to ask about.
class NamespaceNames final : public kube::ListSink {
public:
    std::vector<std::string> names;

    void items(const ListRequest&, std::string_view, std::string_view, std::string_view text,
        std::span<const format::JsonItem> items) override
    {
        for (const format::JsonItem& item : items) {
            format::Document document;
            if (m_parser.parseCopy(text.substr(item.begin, item.size), document))
                names.emplace_back(document.root()["metadata"]["name"].text());
        }
    }
    void restarted(const ListRequest&) override { names.clear(); }
    void finished(const ListRequest&, const kube::ListOutcome&) override { }

private:
    format::JsonParser m_parser;
};

std::vector<std::string> namespacesToAsk(kube::Api& api, const kube::Login& login, const CollectOptions& options,
    const std::vector<Resource>& resources, Progress& progress)
{
    if (!options.namespaces.empty())
        return options.namespaces;
    const auto resource = std::ranges::find_if(
        resources, [](const Resource& one) { return one.group.empty() && one.plural == "namespaces"; });
    NamespaceNames found;
    if (resource != resources.end()) {
        const ListRequest request { *resource, {}, 0 };
        api.list(std::span(&request, 1), found, progress);
    }
    if (found.names.empty())
        found.names = { login.ns.empty() ? "default" : login.ns };
    std::ranges::sort(found.names);
    return found.names;
}

// Of namespaced resources that are not readable everywhere: where they are.
void askByNamespace(
    kube::Api& api, const std::vector<std::string>& namespaces, bool isAll, Preflight& out, Progress& progress)
{
    std::map<std::string, std::vector<std::string>> readable; // by resource
    bool isIncomplete = false;
    for (std::size_t i = 0; i < std::min(namespaces.size(), maxNamespaces) && !progress.isCancelled(); ++i) {
        const auto rules = api.allowedRules(namespaces[i], progress);
        isIncomplete = isIncomplete || !rules || rules->isIncomplete;
        if (!rules)
            continue;
        for (const Preflight::Row& row : out.rows) {
            if (row.resource.isNamespaced && allowsList(*rules, row.resource))
                readable[row.resource.qualifiedName()].push_back(namespaces[i]);
        }
    }
    isIncomplete = isIncomplete || namespaces.size() > maxNamespaces;
    for (Preflight::Row& row : out.rows) {
        if (row.access != Access::Denied || !row.resource.isNamespaced)
            continue;
        const auto& where = readable[row.resource.qualifiedName()];
        if (!where.empty() && isAll && where.size() == namespaces.size()) {
            row.access = Access::Allowed;
            row.note = "in each of the namespaces";
        } else if (!where.empty()) {
            row.access = Access::SomeNamespaces;
            row.note = "only in " + join(where, ", ");
        } else if (isIncomplete) {
            row.access = Access::Unknown;
            row.note = "the server cannot list these rights; it will be tried";
        }
    }
}

} // namespace

Result<Preflight> preflight(kube::Api& api, const kube::Login& login, const CollectOptions& options, Progress& progress)
{
    progress.enter("Asking what can be read");
    Preflight out;
    if (auto version = api.version(progress))
        out.version = std::move(*version);
    else if (version.error().reason != kube::FailureReason::Forbidden)
        return std::unexpected(version.error().toError(printable(login.server)));
    auto discovery = api.discover(progress);
    if (!discovery)
        return std::unexpected(discovery.error().toError(printable(login.server)));
    if (auto identity = api.whoAmI(progress))
        out.identity = std::move(*identity);
    const std::vector<Resource> resources = detail::wantedResources(*discovery);
    std::vector<ListRequest> questions;
    for (const Resource& resource : resources)
        questions.push_back({ resource, {}, 0 });
    const auto answers = api.canList(questions, progress);
    bool isAnyDenied = false;
    for (std::size_t i = 0; i < resources.size(); ++i) {
        Preflight::Row row { .resource = resources[i], .access = Access::Unknown, .note = {} };
        if (!answers[i]) {
            row.note = toText(answers[i].error().reason);
        } else {
            row.access = *answers[i] ? Access::Allowed : Access::Denied;
            if (!*answers[i])
                row.note = "needs list " + resources[i].qualifiedName();
        }
        isAnyDenied = isAnyDenied || (row.access == Access::Denied && row.resource.isNamespaced);
        out.rows.push_back(std::move(row));
    }
    if (isAnyDenied) {
        const auto namespaces = namespacesToAsk(api, login, options, resources, progress);
        askByNamespace(api, namespaces, !options.namespaces.empty(), out, progress);
    }
    if (progress.isCancelled())
        return failure(ErrorKind::Cancelled, "cancelled");
    out.unavailable = detail::unavailableOf(*discovery);
    std::vector<NotCollected> missing;
    for (const Preflight::Row& row : out.rows) {
        if (row.access != Access::Allowed)
            missing.push_back({ .group = row.resource.group,
                .version = row.resource.version,
                .plural = row.resource.plural,
                .kind = row.resource.kind,
                .ns = {},
                .reason = "forbidden",
                .httpStatus = 403,
                .message = {},
                .missingPermission = "list " + row.resource.qualifiedName() });
    }
    if (!missing.empty())
        out.auditorRole = auditorRoleYaml(SecretAccess::Without, missing);
    return out;
}

} // namespace plimsoll::snapshot
