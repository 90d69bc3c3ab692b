// SPDX-License-Identifier: Apache-2.0
#include "core/access/Authorizers.h"

#include <algorithm>
#include <map>

#include "core/base/Text.h"

namespace plimsoll::access {

namespace {

using cluster::Cluster;

// The flags of one API server, by name; of a flag given twice the last.
using Flags = std::map<std::string, std::string, std::less<>>;

bool isServerBinary(std::string_view word)
{
    const std::size_t slash = word.rfind('/');
    return (slash == std::string_view::npos ? word : word.substr(slash + 1)) == "kube-apiserver";
}

std::optional<Flags> flagsOf(const Cluster& cluster, const cluster::Container& container)
{
    std::vector<std::string_view> words;
    for (const auto* list : { &container.command, &container.args })
        for (const StringId word : *list)
            words.push_back(cluster.text(word));
    // "kube-apiserver --a --b", also as one argument of a shell.
    std::vector<std::string_view> all;
    for (const std::string_view word : words)
        for (const std::string_view part : split(word, ' '))
            if (!part.empty())
                all.push_back(trimmed(part));
    if (std::ranges::none_of(all, isServerBinary))
        return std::nullopt;
    Flags out;
    for (std::size_t at = 0; at < all.size(); ++at) {
        if (!all[at].starts_with("--"))
            continue;
        const std::string_view flag = all[at].substr(2);
        const std::size_t equals = flag.find('=');
        if (equals != std::string_view::npos)
            out.insert_or_assign(std::string(flag.substr(0, equals)), std::string(flag.substr(equals + 1)));
        else if (at + 1 < all.size() && !all[at + 1].starts_with("--"))
            out.insert_or_assign(std::string(flag), std::string(all[at + 1]));
        else
            out.insert_or_assign(std::string(flag), "true");
    }
    return out;
}

struct ServerPod {
    std::string ref;
    Flags flags;
};

std::vector<ServerPod> serverPods(const Cluster& cluster)
{
    std::vector<ServerPod> out;
    for (const cluster::Pod& pod : cluster.pods()) {
        if (pod.isTerminated || cluster.text(cluster.object(pod.object).ns) != "kube-system")
            continue;
        for (const cluster::Container& container : cluster.podSpec(pod.spec).containers) {
            if (auto flags = flagsOf(cluster, container)) {
                out.push_back({ cluster.refOf(pod.object), std::move(*flags) });
                break;
            }
        }
    }
    return out;
}

std::string value(const Flags& flags, std::string_view name, std::string_view otherwise = {})
{
    const auto found = flags.find(name);
    return found == flags.end() ? std::string(otherwise) : found->second;
}

// A feature of one server: its gate, else whether the version has it on by default.
bool hasFeature(const Flags& flags, std::string_view gate, bool byDefault)
{
    const std::string gates = value(flags, "feature-gates");
    for (const std::string_view part : split(gates, ',')) {
        const std::size_t equals = part.find('=');
        if (equals != std::string_view::npos && trimmed(part.substr(0, equals)) == gate)
            return toLowerAscii(trimmed(part.substr(equals + 1))) == "true";
    }
    return byDefault;
}

void readModes(Server& server, const ServerPod& pod)
{
    if (pod.flags.contains("authorization-config")) {
        server.modes = Server::Modes::ConfigFile;
        server.authorizers.clear();
        return;
    }
    if (server.modes == Server::Modes::ConfigFile)
        return;
    server.modes = Server::Modes::Flags;
    std::vector<std::string> modes;
    const std::string given = value(pod.flags, "authorization-mode", "AlwaysAllow"); // the default of the flag
    for (const std::string_view mode : split(given, ','))
        if (!trimmed(mode).empty())
            modes.emplace_back(trimmed(mode));
    if (std::ranges::find(server.authorizers, modes) == server.authorizers.end())
        server.authorizers.push_back(std::move(modes));
}

bool anyOf(const std::vector<ServerPod>& pods, std::string_view gate, bool byDefault)
{
    return pods.empty()
        ? byDefault
        : std::ranges::any_of(pods, [&](const ServerPod& pod) { return hasFeature(pod.flags, gate, byDefault); });
}

bool allOf(const std::vector<ServerPod>& pods, std::string_view gate, bool byDefault)
{
    return std::ranges::all_of(pods, [&](const ServerPod& pod) { return hasFeature(pod.flags, gate, byDefault); })
        && (!pods.empty() || byDefault);
}

} // namespace

Server serverOf(const Cluster& cluster)
{
    Server server;
    const std::vector<ServerPod> pods = serverPods(cluster);
    for (const ServerPod& pod : pods) {
        readModes(server, pod);
        const bool isAnonymous = value(pod.flags, "anonymous-auth", "true") != "false";
        if (&pod == &pods.front())
            server.anonymousAuth = isAnonymous;
        else if (server.anonymousAuth != isAnonymous)
            server.anonymousAuth = std::nullopt;
    }
    if (!pods.empty())
        server.source = pods.front().ref;
    const cluster::Version& version = cluster.version();
    const auto since = [&](std::uint32_t minor) { return version.isKnown() && version.isAtLeast(1, minor); };
    server.isExecByGetAllowed = !allOf(pods, "AuthorizePodWebsocketUpgradeCreatePermission", since(35));
    server.hasConstrainedImpersonation = anyOf(pods, "ConstrainedImpersonation", since(36));
    server.limitsNodeReads = allOf(pods, "AuthorizeNodeWithSelectors", !version.isKnown() || since(32));
    server.letsNodesGetServiceAccounts
        = anyOf(pods, "KubeletServiceAccountTokenForCredentialProviders", !version.isKnown() || since(34));
    return server;
}

std::string Server::caveat() const
{
    switch (modes) {
    case Modes::Unknown:
        return "RBAC-only verdict: the source does not show which authorizers the API server has";
    case Modes::ConfigFile:
        return "RBAC-only verdict: the authorizers are in the file that --authorization-config of " + source + " names";
    case Modes::Flags:
        break;
    }
    std::string out;
    if (authorizers.size() > 1)
        out = "the API servers have different authorizers";
    const bool hasOthers = std::ranges::any_of(authorizers, [](const std::vector<std::string>& list) {
        return std::ranges::any_of(list, [](const std::string& mode) {
            return mode != "Node" && mode != "RBAC" && mode != "AlwaysAllow" && mode != "AlwaysDeny";
        });
    });
    if (hasOthers)
        out += (out.empty() ? "" : "; ") + std::string("authorizers besides Node and RBAC decide too: ")
            + printable(join(std::span<const std::string>(authorizers.front()), ","));
    return out;
}

} // namespace plimsoll::access
