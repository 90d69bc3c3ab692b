// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/Console.h"
#include "core/kube/Api.h"
#include "core/snapshot/Collect.h"

// SOURCE = cluster or cluster:CONTEXT: from the kubeconfig to a connection, with the person asked where it needs
// asking.
namespace plimsoll::app {

// The context that a SOURCE names ("" = the current one); nothing when it is a path. A file of that name is a path.
std::optional<std::string> contextOf(const std::string& source);

struct Connection {
    kube::Login login;
    std::unique_ptr<kube::Api> api;
};
// Does not talk to the server yet. Errors: those of the kubeconfig; a plugin that nobody consented to is refused when
// it is first needed.
Result<Connection> connect(const std::string& context, const SourceSettings& settings, ProgressLine& line);
// A failed first contact with the API server, in words.
Result<snapshot::Captured> collectLive(const std::string& context, const snapshot::CollectOptions& options,
    const SourceSettings& settings, TaskPool& pool, ProgressLine& line);
// "plimsoll 0.1.0"
std::string toolName();

} // namespace plimsoll::app
