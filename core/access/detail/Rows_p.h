// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <span>
#include <tuple>
#include <vector>

#include "core/access/Questions.h"

namespace plimsoll::access::detail {

// Puts rules together into rows of one group, resource and set of names each.
class RowBuilder {
public:
    void add(const RuleText& rule, std::span<const RuleRef> from);
    std::vector<PermissionRow> take(); // sorted

private:
    using Key = std::tuple<bool, std::string_view, std::string_view, std::vector<std::string_view>>;
    void addCell(Key key, const RuleText& rule, std::span<const RuleRef> from);
    std::map<Key, PermissionRow> m_rows; // URLs after resources
};

// The rule as a RoleBinding gives it: without paths, and of resources outside of namespaces only `bind` on
// clusterroles and the verbs on the namespace itself. One rule for each group and resource that is left.
std::vector<RuleText> inNamespace(const RuleText& rule);

// The rules of a role as they hold through a binding.
void addRole(const cluster::Cluster& cluster, std::uint32_t role, bool isInNamespace, RowBuilder& out);

std::vector<RuleText> rulesOf(std::span<const PermissionRow> rows);

} // namespace plimsoll::access::detail
