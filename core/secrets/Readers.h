// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/access/Authorizers.h"
#include "core/secrets/References.h"

// Who comes to the value of a Secret, and how: direct ways and taking over who has one. What takes several steps
// through pods, nodes and other Secrets is the attack graph's.
// Source: Kubernetes documentation "RBAC good practices", privilege escalation risks; access-semantics of
//         core/access.
namespace plimsoll::secrets {

enum class Way : std::uint8_t {
    Read, // get, list or watch of secrets
    Exec, // runs commands in a pod that has it: pods/exec, pods/ephemeralcontainers, nodes/proxy
    Start, // makes or changes pods or workloads in its namespace, which may mount any Secret there
    Token, // asks for a token of a service account that has one of these ways
    Impersonate, // acts as somebody who has one
};
inline constexpr std::size_t wayCount = 5;
std::string_view toText(Way way); // "reads it", "runs commands in a pod that has it", ...

// One right that leads to the Secret.
struct Route {
    static constexpr std::uint32_t none = 0xFFFFFFFFu;
    Way way = Way::Read;
    std::string request = {}; // the right used: "list secrets in shop"
    access::Grant grant = {}; // which gives it; all none for system:masters
    std::uint32_t becomes = none; // of Token and Impersonate: index into ReaderSet::readers
    cluster::WorkloadId through = {}; // of Exec: a workload that has the value
};

struct Reader {
    std::string_view kind; // User, Group, ServiceAccount
    std::string_view ns; // of a ServiceAccount
    std::string_view name;
    std::vector<Route> routes; // strongest first: in order of Way; at most one for each way, binding and target
    bool has(Way way) const;
    // The way that is counted: the first route's.
    Way way() const { return routes.front().way; }
};

struct ReaderSet {
    std::vector<Reader> readers; // by kind, namespace, name; each identity once
    std::vector<cluster::WorkloadId> holders; // containers of these have the value
    std::vector<std::string_view> nodes; // whose kubelets may get it, because pods of theirs refer to it; sorted
    bool isEverybody = false; // the API server allows everything to everybody
    // Identities by way() (each counted once), in order of Way.
    std::vector<std::uint32_t> counts() const;
};

// Threads: any.
class Readers {
public:
    // Neither may be null. Both are kept.
    Readers(std::shared_ptr<const access::Authorizers> authorizers, std::shared_ptr<const References> references);
    ~Readers();
    // With the engines it needs made here; rbac may be null.
    static std::shared_ptr<const Readers> make(
        std::shared_ptr<const cluster::Cluster> cluster, std::shared_ptr<const access::Rbac> rbac = nullptr);

    // Of a Secret that is there or would be.
    ReaderSet of(std::string_view ns, std::string_view name) const;
    // Only those with get, list or watch: what RBAC answers by itself.
    std::vector<Reader> direct(std::string_view ns, std::string_view name) const;
    // Kinds of RBAC that the source does not hold completely, as far as it matters in the namespace; "" = all there.
    std::string gap(std::string_view ns) const;
    const References& references() const;
    const access::Authorizers& authorizers() const;

private:
    struct Private;
    std::unique_ptr<Private> m_private;
};

} // namespace plimsoll::secrets
