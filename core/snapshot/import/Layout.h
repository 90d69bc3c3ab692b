// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/snapshot/Snapshot_p.h"

// How other tools lay out what they collect. Most of it says apiVersion and kind by itself; what does not is told by
// where it lies. Sources: Replicated troubleshoot.sh pkg/collect/cluster_resources.go; openshift/oc pkg/cli/admin/
// inspect; crust-gather; Velero output file format 1.1; DataDog/KubeHound pkg/collector; Sonobuoy snapshot layout.
namespace plimsoll::snapshot {

// The kind of what a file holds when it does not say so, in a layout that leaves no doubt:
// "cluster-resources/network-policy/shop.json", "resources/ns/shop/rbac.authorization.k8s.io_v1_roles.json". Empty when
// the path tells nothing.
TypeName typeOfPath(std::string_view path);
// The kind of a List without a kind, from the plural its file is named after:
// "rolebindings.rbac.authorization.k8s.io.json".
TypeName typeOfListName(std::string_view path);

// The kind whose collection a support bundle says has failed: "cluster-resources/secrets-errors.json".
std::optional<TypeName> failedTypeOfPath(std::string_view path);

// Looks at the paths of a source while they come and tells what made it.
class LayoutGuess {
public:
    void see(std::string_view path);
    // "support bundle", "must-gather", "crust-gather", "Velero backup", "KubeHound dump", "Sonobuoy results",
    // "kubectl cluster-info dump"; "" = none of these.
    std::string name() const;
    // Whether the name of a file is all that such a layout tells of the lists in it; elsewhere a name proves nothing.
    static bool namesListsByFile(std::string_view layout);

private:
    std::uint32_t m_marks = 0;
};

} // namespace plimsoll::snapshot
