// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/format/Document.h"
#include "core/network/detail/PolicyDef_p.h"

// What the readers of policies share.
namespace plimsoll::network {

// Of typed selectors; nothing with the reason in `what` when the API server would refuse it: it matches nothing then.
std::optional<Selection> selectionOf(
    const cluster::Cluster& cluster, const cluster::LabelSelector& selector, std::string& what);
// Of a LabelSelector in raw text. Absent selects everything.
std::optional<Selection> readLabelSelector(format::Value selector, std::string& what);

// "In", "NotIn", "Exists", "DoesNotExist"; Invalid for all else.
cluster::Requirement::Operator operatorNamed(std::string_view text);
// All terms hold. NotIn and DoesNotExist match labels that lack the key.
bool matches(const std::vector<TextRequirement>& selector, const TextLabels& labels);

// What of `cidr` is not in `except`; nothing with the reason in `what`.
std::optional<std::vector<AddressRange>> blockOf(
    std::string_view cidr, const std::vector<std::string_view>& except, std::string& what);

// The namespace of an object as policies see it: "default" for manifests that name none.
std::string namespaceOf(const cluster::Cluster& cluster, cluster::ObjectId object);

} // namespace plimsoll::network
