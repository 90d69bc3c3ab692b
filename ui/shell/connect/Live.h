// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/kube/Api.h"
#include "core/snapshot/Collect.h"

// From a context of the kubeconfig to a capture that can be opened and saved: the work behind Connect, free of any
// window. Every call blocks and belongs on a worker thread; all stop within a second when cancelled.
namespace plimsoll::ui::shell {

struct LiveTarget {
    std::string kubeconfig; // the file that was chosen; "" = $KUBECONFIG or the default
    std::string context;
    bool operator==(const LiveTarget&) const = default;
};

// How a person is asked and told while credentials are made. Called on the worker thread.
struct LiveAsk {
    kube::ExecConsent consent; // empty = programs are refused
    kube::PluginOutput output;
};

// A connection that is kept between pre-flight, collecting and collecting again, so that nobody logs in twice.
struct LiveSession {
    LiveTarget target;
    kube::Login login;
    std::unique_ptr<kube::Api> api;
    std::mutex busy; // Api takes one call at a time; a cancelled one may still be ending
};

// Whether an API server answers, found out without running a program.
struct ProbeResult {
    enum class State : std::uint8_t { Reachable, NeedsLogin, Unreachable } state = State::Unreachable;
    std::string note; // version, or what is in the way
    std::string advice;
    bool operator==(const ProbeResult&) const = default;
};

struct LivePreflight {
    snapshot::Preflight found;
    std::optional<kube::PeerCertificate> peer;
};

// An immutable capture in memory: what a live assessment was made of, and what is saved as its snapshot.
struct LiveCapture {
    LiveTarget target;
    snapshot::CollectOptions options;
    std::shared_ptr<const std::string> bytes; // of a .plimsoll file, unsealed
    std::shared_ptr<LiveSession> session; // to collect again
};

// What Connect calls; tests give their own.
struct LiveBackend {
    std::function<Result<kube::Kubeconfig>(const std::string& path)> loadKubeconfig;
    std::function<Result<ProbeResult>(const kube::Kubeconfig&, const std::string& context, Progress&)> probe;
    // Reads the kubeconfig again: what stands in it now counts. Talks to nobody yet.
    std::function<Result<std::shared_ptr<LiveSession>>(const LiveTarget&, const LiveAsk&)> connect;
    std::function<Result<LivePreflight>(LiveSession&, const snapshot::CollectOptions&, Progress&)> preflight;
    std::function<Result<std::shared_ptr<const std::string>>(
        LiveSession&, const snapshot::CollectOptions&, TaskPool&, Progress&, const snapshot::CollectListener&)>
        collect;
    std::function<Result<void>(
        std::string_view bytes, const std::string& path, const snapshot::SealOptions&, Progress&)>
        save;

    static LiveBackend real();
};

// "plimsoll 0.1.0", as captures record it.
std::string toolName();

} // namespace plimsoll::ui::shell
