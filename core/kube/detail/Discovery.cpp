// SPDX-License-Identifier: Apache-2.0
#include "core/kube/detail/Discovery.h"

#include <algorithm>
#include <map>
#include <set>

#include "core/base/Text.h"

namespace plimsoll::kube::detail {

namespace {

using format::Value;

// The order of the parameters matters to the server's content negotiation.
constexpr const char* aggregatedAccept = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,"
                                         "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,"
                                         "application/json";
constexpr std::size_t maxGroups = 5000; // a server has some dozens

struct GroupVersion {
    std::string group, version;
    std::string path() const
    {
        return group.empty() ? "/api/" + pathSegment(version)
                             : "/apis/" + pathSegment(group) + '/' + pathSegment(version);
    }
};

bool canList(Value verbs)
{
    return std::ranges::any_of(verbs, [](Value verb) { return verb.text() == "list"; });
}

// Takes the resources of one version unless a better version of the group has had them.
class Found {
public:
    void add(Resource resource)
    {
        if (resource.plural.empty() || resource.plural.contains('/') || resource.kind.empty())
            return; // a subresource
        // The best version that can be listed; the same kind in another group (extensions) is another resource.
        if (resource.isListable && m_seen.emplace(resource.group, resource.plural).second)
            m_resources.push_back(std::move(resource));
    }
    std::vector<Resource> sorted()
    {
        std::ranges::sort(m_resources, {}, [](const Resource& r) { return std::tie(r.group, r.plural); });
        return std::move(m_resources);
    }

private:
    std::set<std::pair<std::string, std::string>> m_seen;
    std::vector<Resource> m_resources;
};

void readAggregated(Value root, Found& found, std::vector<Discovery::Unavailable>& unavailable)
{
    for (const Value group : root["items"]) {
        const std::string name(group["metadata"]["name"].text());
        for (const Value version : group["versions"]) {
            const std::string versionName(version["version"].text());
            if (version["freshness"].text() == "Stale") {
                unavailable.push_back({ name, versionName, "its API server does not answer" });
                continue;
            }
            for (const Value resource : version["resources"])
                found.add({ .group = name,
                    .version = versionName,
                    .plural = std::string(resource["resource"].text()),
                    .kind = std::string(resource["responseKind"]["kind"].text()),
                    .isNamespaced = resource["scope"].text() == "Namespaced",
                    .isListable = canList(resource["verbs"]) });
        }
    }
}

// The versions of an APIVersions (core) or APIGroupList document, the preferred one of each group first.
std::vector<GroupVersion> versionsOf(Value core, Value groups)
{
    std::vector<GroupVersion> out;
    for (const Value version : core["versions"])
        out.push_back({ "", std::string(version.text()) });
    for (const Value group : groups["groups"]) {
        const std::string name(group["name"].text());
        const std::string_view preferred = group["preferredVersion"]["version"].text();
        if (!preferred.empty())
            out.push_back({ name, std::string(preferred) });
        for (const Value version : group["versions"]) {
            if (version["version"].text() != preferred)
                out.push_back({ name, std::string(version["version"].text()) });
        }
        if (out.size() > maxGroups)
            break;
    }
    return out;
}

void readVersion(const GroupVersion& place, Value root, Found& found)
{
    for (const Value resource : root["resources"]) {
        const auto group = resource["group"].asString();
        const auto version = resource["version"].asString();
        // Scale and the like name the group of their answer; those are subresources.
        found.add({ .group = place.group,
            .version = version && group == place.group ? std::string(*version) : place.version,
            .plural = std::string(resource["name"].text()),
            .kind = std::string(resource["kind"].text()),
            .isNamespaced = resource["namespaced"].asBool().value_or(false),
            .isListable = canList(resource["verbs"]) });
    }
}

std::expected<void, Failure> readLegacy(Session& session, std::span<const GroupVersion> versions, Found& found,
    std::vector<Discovery::Unavailable>& unavailable, Progress& progress)
{
    std::vector<std::unique_ptr<SmallCall>> calls;
    for (const GroupVersion& place : versions)
        calls.push_back(std::make_unique<SmallCall>(session, Request::get(place.path(), "application/json")));
    if (auto ran = runAll(session, calls, progress); !ran)
        return ran;
    for (std::size_t i = 0; i < versions.size(); ++i) {
        format::Document document;
        auto parsed = calls[i]->result() ? parseJson(*calls[i]->result(), document)
                                         : std::expected<void, Failure>(std::unexpected(calls[i]->result().error()));
        if (!parsed && parsed.error().reason == FailureReason::Cancelled)
            return parsed;
        if (parsed)
            readVersion(versions[i], document.root(), found);
        else
            unavailable.push_back({ versions[i].group, versions[i].version, parsed.error().message });
    }
    return {};
}

} // namespace

std::expected<Discovery, Failure> discover(Session& session, Progress& progress)
{
    std::vector<std::unique_ptr<SmallCall>> calls;
    for (const char* path : { "/api", "/apis" })
        calls.push_back(std::make_unique<SmallCall>(session, Request::get(path, aggregatedAccept), 64u << 20));
    if (auto ran = runAll(session, calls, progress); !ran)
        return std::unexpected(ran.error());
    format::Document documents[2];
    for (std::size_t i = 0; i < 2; ++i) {
        if (!calls[i]->result())
            return std::unexpected(calls[i]->result().error());
        if (auto parsed = parseJson(*calls[i]->result(), documents[i]); !parsed)
            return std::unexpected(parsed.error());
    }
    Found found;
    Discovery out;
    std::vector<GroupVersion> versions;
    // What came decides, not the server's version: each of the two may be answered in the old way.
    for (const format::Document& document : documents) {
        if (document.root()["kind"].text() == "APIGroupDiscoveryList")
            readAggregated(document.root(), found, out.unavailable);
    }
    const Value core = documents[0].root();
    const Value groups = documents[1].root();
    versions = versionsOf(core["kind"].text() == "APIVersions" ? core : Value(),
        groups["kind"].text() == "APIGroupList" ? groups : Value());
    if (!versions.empty()) {
        if (auto read = readLegacy(session, versions, found, out.unavailable, progress); !read)
            return std::unexpected(read.error());
    }
    out.resources = found.sorted();
    if (out.resources.empty() && out.unavailable.empty())
        return std::unexpected(Failure { FailureReason::Malformed, 200, "the server lists no API at all" });
    std::ranges::sort(out.unavailable, {}, [](const auto& one) { return std::tie(one.group, one.version); });
    return out;
}

} // namespace plimsoll::kube::detail
