// SPDX-License-Identifier: Apache-2.0
#include "core/components/AuditPolicies.h"

#include <algorithm>

#include "core/base/Text.h"

namespace plimsoll::components {

using cluster::Cluster;

namespace {

bool speaksOfAudit(std::string_view name)
{
    return toLowerAscii(name).contains("audit");
}

} // namespace

bool FoundAuditPolicy::isNamedBy(std::string_view path) const
{
    return path.ends_with(place) && path.size() > place.size() && path[path.size() - place.size() - 1] == '/';
}

std::vector<FoundAuditPolicy> auditPoliciesIn(const Cluster& cluster)
{
    std::vector<FoundAuditPolicy> out;
    format::Document document;
    for (const cluster::ConfigMap& map : cluster.configMaps()) {
        const cluster::Object& object = cluster.object(map.object);
        const std::string_view name = cluster.text(object.name);
        const bool isCandidate = speaksOfAudit(name)
            || std::ranges::any_of(map.keys, [&](StringId key) { return speaksOfAudit(cluster.text(key)); });
        document.clear();
        if (!isCandidate || !cluster.snapshot().readRaw(object.raw, document))
            continue;
        for (const format::Value value : document.root()["data"]) {
            if (!evidence::isAuditPolicy(value.text()))
                continue;
            const std::string key(value.key());
            auto policy = evidence::readAuditPolicyText(value.text(),
                "ConfigMap " + printable(cluster.text(object.ns)) + '/' + printable(name) + ", " + printable(key));
            if (policy)
                out.push_back(
                    { std::move(*policy), map.object, format::pointerTo("/data", key), std::string(name) + '/' + key });
        }
    }
    return out;
}

} // namespace plimsoll::components
