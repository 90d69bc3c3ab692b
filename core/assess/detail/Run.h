// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/base/Progress.h"
#include "core/base/TaskPool.h"
#include "core/control/Control.h"

namespace plimsoll::assess::detail {

// What one control decided, before it becomes findings: failures and gaps one by one, passes only counted.
struct Verdicts {
    std::vector<control::Outcome> failed;
    std::vector<control::Outcome> notAssessed;
    std::uint32_t passed = 0;
};

// Which objects count: by namespace, all when empty.
class ObjectScope {
public:
    ObjectScope(const cluster::Cluster& cluster, const std::vector<std::string>& namespaces)
        : m_cluster(cluster)
        , m_namespaces(namespaces)
    {
    }
    bool contains(cluster::ObjectId id) const;

private:
    const cluster::Cluster& m_cluster;
    const std::vector<std::string>& m_namespaces;
};

// Runs the controls (pointers to entries of control::controls()); result i belongs to controls[i]. The result does not
// depend on the number of threads.
std::vector<Verdicts> runControls(const control::Context& context, const std::vector<const control::Control*>& controls,
    const ObjectScope& scope, TaskPool& pool, Progress& progress);

} // namespace plimsoll::assess::detail
