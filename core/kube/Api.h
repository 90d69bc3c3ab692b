// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/Progress.h"
#include "core/base/Result.h"
#include "core/format/Json.h"
#include "core/kube/Credentials.h"
#include "core/kube/Kubeconfig.h"

// The front of core/kube: a read-only client of the Kubernetes API. It can send GET, and POST to the three self-review
// endpoints; nothing else can be expressed.
namespace plimsoll::kube {

// A kind the server serves, at the version that is read.
struct Resource {
    std::string group, version, plural, kind; // group "" = core
    bool isNamespaced = false;
    bool isListable = true;
    bool operator==(const Resource&) const = default;
    std::string apiVersion() const { return group.empty() ? version : group + '/' + version; }
    std::string qualifiedName() const
    {
        return group.empty() ? plural : plural + '.' + group;
    } // "ingresses.networking.k8s.io"
};

// Why a request gave nothing, in the order of how a person would act on it.
enum class FailureReason : std::uint8_t {
    Unauthorized, // 401
    Forbidden, // 403
    NotFound, // 404
    MethodNotAllowed, // 405: not listable
    Expired, // 410 after all restarts
    Throttled, // 429 after all retries
    ServerError, // 5xx
    Timeout, // nothing came for too long
    Unreachable, // DNS, TCP, proxy
    Tls, // certificate or handshake
    Malformed, // not what an API server answers
    Cancelled,
};
std::string_view toText(FailureReason reason); // "forbidden" ...

struct Failure {
    FailureReason reason = FailureReason::Malformed;
    int httpStatus = 0; // 0 = no answer
    std::string message; // of the server's Status or of the transport; printable, no credential in it
    Error toError(std::string_view where) const; // in words, with the next step
    bool operator==(const Failure&) const = default;
};

struct ServerVersion {
    std::string gitVersion; // "v1.31.2+k3s1"
    std::string platform;
};

struct Discovery {
    std::vector<Resource>
        resources; // one per group and kind, sorted by group, plural; preferred version that can be listed
    struct Unavailable {
        std::string group, version; // an aggregated API that does not answer
        std::string message;
    };
    std::vector<Unavailable> unavailable;
};

struct Identity {
    std::string user; // "" = the server does not tell (before 1.28)
    std::string uid;
    std::vector<std::string> groups;
};

// One rule of a SelfSubjectRulesReview.
struct AllowedRule {
    std::vector<std::string> verbs, groups, resources, names;
};
struct AllowedRules {
    std::vector<AllowedRule> rules;
    bool isIncomplete = false; // an authorizer cannot enumerate: a missing rule does not mean "no"
};

// One list of one resource, all of it or one namespace of it.
struct ListRequest {
    Resource resource;
    std::string ns; // "" = all namespaces, or cluster-scoped
    std::uint32_t tag = 0; // the caller's
};

struct ListOutcome {
    std::string resourceVersion = {}; // of the list; "" when it failed
    std::int64_t startedAt = 0, endedAt = 0; // unix seconds
    std::uint64_t items = 0;
    bool isInconsistent = false; // ended with a continue token that no longer names one point in time
    std::optional<Failure> failure = {};
};

// Receives lists while they arrive. Calls of one list come one after the other; those of several lists are mixed.
// Threads: all calls come from the thread that called Api::list().
class ListSink {
public:
    virtual ~ListSink() = default;
    // Whole items of a page that lie in text (followed by format::jsonPadding readable bytes), valid during the call.
    // listApiVersion and listKind are those of the list ("v1", "PodList"); items of built-in kinds do not say their
    // own.
    virtual void items(const ListRequest& request, std::string_view listApiVersion, std::string_view listKind,
        std::string_view text, std::span<const format::JsonItem> items)
        = 0;
    // Everything this list gave so far is void: it begins again (410, connection lost in the middle of a page).
    virtual void restarted(const ListRequest& request) = 0;
    virtual void finished(const ListRequest& request, const ListOutcome& outcome) = 0;
};

struct PeerCertificate {
    std::string subject, issuer;
    std::int64_t notAfter = 0; // unix seconds
};

struct ApiOptions {
    unsigned maxConcurrentLists = 8;
    unsigned pageLimit = 500;
    unsigned connectTimeoutSeconds = 30;
    unsigned stallTimeoutSeconds = 60; // no byte for so long
    unsigned maxRetries = 5; // of one request, for 429 and broken connections
    std::uint64_t maxResponseBytes = 8ull << 30; // of one page
    Environment environment = Environment::ofProcess();
    std::string userAgent = "plimsoll";
};

// Threads: one call at a time. Every call ends within a second when progress is cancelled.
class Api {
public:
    virtual ~Api() = default;

    virtual std::expected<ServerVersion, Failure> version(Progress& progress) = 0;
    virtual std::expected<Discovery, Failure> discover(Progress& progress) = 0;
    // SelfSubjectReview (authentication.k8s.io/v1, then v1beta1, v1alpha1); 404 = the server is too old to tell.
    virtual std::expected<Identity, Failure> whoAmI(Progress& progress) = 0;
    virtual std::expected<AllowedRules, Failure> allowedRules(const std::string& ns, Progress& progress) = 0;
    // SelfSubjectAccessReview for verb list. Many at once: answers in the order of the questions.
    virtual std::vector<std::expected<bool, Failure>> canList(std::span<const ListRequest> lists, Progress& progress)
        = 0;
    // One small document that is not a list: "/readyz?verbose", "/flagz". The body as it came, at most 4 MB.
    virtual std::expected<std::string, Failure> get(
        const std::string& path, const std::string& accept, Progress& progress)
        = 0;
    // Lists everything, several at once over one connection, and returns when all are finished.
    virtual void list(std::span<const ListRequest> lists, ListSink& sink, Progress& progress) = 0;
    // Of the connection used last; nothing before the first answer or without TLS.
    virtual std::optional<PeerCertificate> peer() const = 0;
};

// Does not connect yet. Errors: Usage (a proxy or server URL that cannot be used).
Result<std::unique_ptr<Api>> makeApi(
    const Login& login, std::shared_ptr<Credentials> credentials, const ApiOptions& options = {});

} // namespace plimsoll::kube
