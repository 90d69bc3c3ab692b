// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/Result.h"

// What kube-bench found on the nodes: files and processes that the API does not show.
// Source: aquasecurity/kube-bench check/controls.go (Controls, Group, Check), written by kube-bench --json.
namespace plimsoll::evidence {

struct NodeCheck {
    enum class Status : std::uint8_t { Pass, Fail, Undecided }; // WARN and INFO decide nothing
    std::string benchmark; // "cis-1.12", "eks-1.8.0"
    std::string id; // "1.1.1"
    Status status = Status::Undecided;
    std::string actual; // what was found there: "permissions=644"; printable
    std::string nodeType; // "master", "node", "etcd", ...
};

struct NodeReport {
    std::string file;
    std::vector<NodeCheck> checks; // in the order of the file
};

// Recognised by content: does this JSON look like a report of kube-bench?
bool isKubeBench(std::string_view head);

// Errors: NotFound, Access, Limit (over 64 MB), Format (no report of kube-bench, with the place).
Result<NodeReport> readKubeBench(const std::string& path);
Result<NodeReport> parseKubeBench(std::string_view json, const std::string& path);

} // namespace plimsoll::evidence
