// SPDX-License-Identifier: Apache-2.0
#include "core/cluster/Selector.h"

#include <algorithm>

namespace plimsoll::cluster {

namespace {

bool matches(const Requirement& requirement, std::span<const std::pair<StringId, StringId>> labels)
{
    const auto label = std::ranges::find(labels, requirement.key, &std::pair<StringId, StringId>::first);
    const bool hasKey = label != labels.end();
    const auto hasValue
        = [&] { return std::ranges::find(requirement.values, label->second) != requirement.values.end(); };
    switch (requirement.op) {
    case Requirement::Operator::In:
        return hasKey && hasValue();
    case Requirement::Operator::NotIn:
        return !requirement.values.empty() && (!hasKey || !hasValue());
    case Requirement::Operator::Exists:
        return hasKey;
    case Requirement::Operator::DoesNotExist:
        return !hasKey;
    case Requirement::Operator::Invalid:
        return false;
    }
    return false;
}

} // namespace

bool LabelSelector::matches(std::span<const std::pair<StringId, StringId>> labels) const
{
    return std::ranges::all_of(
        requirements, [&](const Requirement& requirement) { return cluster::matches(requirement, labels); });
}

} // namespace plimsoll::cluster
