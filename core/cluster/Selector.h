// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/cluster/Ids.h"

namespace plimsoll::cluster {

// metav1.LabelSelectorRequirement.
struct Requirement {
    enum class Operator : std::uint8_t { In, NotIn, Exists, DoesNotExist, Invalid };
    StringId key;
    Operator op = Operator::Invalid;
    std::vector<StringId> values;
    bool operator==(const Requirement&) const = default;
};

// metav1.LabelSelector: matchLabels (as In with one value) AND matchExpressions. Empty matches everything.
// Source: apimachinery pkg/apis/meta/v1/helpers.go, pkg/labels/selector.go (1.36): NotIn and DoesNotExist match objects
// that lack the key. A selector with an invalid operator or an empty value list matches nothing.
struct LabelSelector {
    std::vector<Requirement> requirements;
    bool operator==(const LabelSelector&) const = default;

    bool isEmpty() const { return requirements.empty(); }
    bool matches(std::span<const std::pair<StringId, StringId>> labels) const;
};

} // namespace plimsoll::cluster
