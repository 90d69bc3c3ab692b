// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

// Questions with answers worked out by hand, one or more for each numbered point of the specification, near misses
// among them. Everything that answers such questions is held against them.
namespace plimsoll::test {

struct NetworkRow {
    std::string name; // "1.1.7 ports [{}] is TCP only"
    std::string yaml; // the whole cluster
    std::string from, to; // "shop/web", or an address outside
    std::string protocol;
    int port = 0;
    std::string expected; // "true", "false", "unknown"
};

std::vector<NetworkRow> networkRows();

// Parts of it: NetworkPolicy v1, and the tiers around it.
std::vector<NetworkRow> standardRows();
std::vector<NetworkRow> tierRows();
// The pods, namespaces and nodes that the rows are about.
std::string rowWorld();

} // namespace plimsoll::test
