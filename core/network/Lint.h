// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/network/Reach.h"

// What is probably not meant as it is written in a policy, found by what it does in this cluster.
namespace plimsoll::network {

enum class LintLevel : std::uint8_t { Error, Warning, Note };
std::string_view toText(LintLevel level); // "error", "warning", "note"

struct LintFinding {
    std::string rule; // "selects-nothing": permanent
    LintLevel level = LintLevel::Warning;
    cluster::ObjectId object; // the policy; none for what concerns the cluster as a whole
    std::string pointer;
    std::string text; // one sentence
};

// In order of object, pointer and rule.
std::vector<LintFinding> lint(const Reach& reach);

// The pods that answer DNS, with the port there: of Service kube-system/kube-dns (openshift-dns/dns-default), or by the
// label k8s-app=kube-dns on 53. Empty when there are none here.
struct Resolver {
    std::uint32_t pod = 0;
    std::uint16_t udp = 53, tcp = 53;
};
std::vector<Resolver> resolversOf(const Reach& reach);

} // namespace plimsoll::network
