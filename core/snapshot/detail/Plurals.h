// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "core/format/Document.h"
#include "core/snapshot/SnapshotFile.h"

namespace plimsoll::snapshot::detail {

// Under which resource objects of a kind are listed: built-in ones by table, custom ones by their definitions in the
// source, the rest by the rule that Kubernetes itself guesses with (meta.UnsafeGuessKindToResource).
class Plurals {
public:
    void learn(format::Value customResourceDefinition);
    void merge(const Plurals& other);
    ResourceKey keyOf(std::string_view group, std::string_view version, std::string_view kind) const;

private:
    struct Known {
        std::string plural, version;
        bool isNamespaced = true;
    };
    std::map<std::pair<std::string, std::string>, Known, std::less<>> m_known; // by group, kind
};

bool isClusterScoped(std::string_view group, std::string_view kind); // of a built-in kind

} // namespace plimsoll::snapshot::detail
