// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "app/Console.h"
#include "core/network/Reach.h"

// What the questions of `plimsoll network` share.
namespace plimsoll::app {

enum class NetworkForm : std::uint8_t { Text, Csv, Json, Dot };

struct NetworkContext {
    std::shared_ptr<const cluster::Cluster> model;
    std::shared_ptr<const network::Reach> reach;
    NetworkForm form = NetworkForm::Text;
};

std::string_view wordOf(network::Answer answer); // "yes", "no", "unknown"

int networkCan(const NetworkContext& context, const std::string& from, const std::string& to,
    network::Protocol protocol, const std::string& port);
int networkList(const NetworkContext& context);
int networkReview(const NetworkContext& context, const std::string& path);
int networkDiff(const NetworkContext& before, const NetworkContext& after);
int networkCheck(const NetworkContext& context, const std::string& path);
int networkLint(const NetworkContext& context);
int networkExposure(const NetworkContext& context);
int networkSuggest(const NetworkContext& context, const std::string& workload, const std::vector<std::string>& keep,
    bool withEgress, TaskPool& pool, Progress& progress);

} // namespace plimsoll::app
