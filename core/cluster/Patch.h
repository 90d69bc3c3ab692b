// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/Result.h"
#include "core/cluster/Cluster.h"

namespace plimsoll::cluster {

// A change of one object as a value: what to set or remove, by JSON Pointer into the object as it is now.
struct Patch {
    struct Edit {
        std::string pointer; // "/spec/template/spec/containers/0/securityContext/privileged"
        std::string json; // the new value as JSON; "" = remove
        bool operator==(const Edit&) const = default;
    };
    ObjectId target;
    std::vector<Edit> edits;

    bool isEmpty() const { return edits.empty(); }
};

// The patch as a person applies it. Elements of lists that Kubernetes merges by key (containers by name, volumes by
// name, ...) are addressed by that key, so the patch survives a reordering; custom resources get a JSON patch.
struct RenderedPatch {
    std::string yaml; // the patch text itself
    std::string type; // kubectl's --type: "strategic" or "json"
    std::string command; // kubectl patch ..., quoted for a POSIX shell
};
Result<RenderedPatch> render(const Cluster& cluster, const Patch& patch);

} // namespace plimsoll::cluster
