// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/access/Access.h"
#include "core/base/Result.h"

// Users' groups. They come from certificates, OIDC or webhooks and are not objects of the cluster: a file tells them.
//
// The file (option --groups) is YAML or JSON; both tables may be there, and say the same from either side:
//
//   groups:
//     oidc:payments-leads: [grace@example.com, ann]
//   users:
//     ann: [dev, on-call]
namespace plimsoll::access {

struct Membership {
    std::map<std::string, std::vector<std::string>, std::less<>> groupsOf; // by user; each list sorted, no doubles

    void add(std::string_view user, std::string_view group);
    void add(const Membership& other);
    std::vector<std::string> usersIn(std::string_view group) const; // sorted
};

// Errors: Format (not YAML, other keys, other shapes) with the line in Error::where.
Result<Membership> parseMembership(std::string_view text, std::string_view file);
// Who the certificate requests of the cluster show in which groups: the API server itself wrote spec.username and
// spec.groups of each.
Membership membershipOf(const cluster::Cluster& cluster);

// The user of a name with the groups that authentication implies: a service account its three, system:anonymous
// system:unauthenticated, everybody else system:authenticated; then the given ones and those of the membership.
User userNamed(std::string_view name, std::span<const std::string> groups = {}, const Membership& membership = {});
// Whoever is in a group, and nothing else is known of.
User anyoneIn(std::string_view group);
// The user that a subject means (anyoneIn for a group).
User userOf(const cluster::Cluster& cluster, const cluster::Subject& subject, const Membership& membership = {});

// "user/ann", "group/dev", "serviceaccount/ci/deployer", or a user name as it is.
User userFromReference(std::string_view reference, const Membership& membership);

// How many service accounts of the cluster are in one of the groups that they are in by themselves; 0 for other groups.
std::size_t serviceAccountsIn(const cluster::Cluster& cluster, std::string_view group);

} // namespace plimsoll::access
