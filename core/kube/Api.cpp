// SPDX-License-Identifier: Apache-2.0
#include "core/kube/Api.h"

#include "core/base/Text.h"
#include "core/kube/detail/Call.h"
#include "core/kube/detail/Discovery.h"
#include "core/kube/detail/Lists.h"

namespace plimsoll::kube {

namespace {

using detail::Request;
using detail::Review;
using format::Document;
using format::Value;

std::vector<std::string> texts(Value array)
{
    std::vector<std::string> out;
    for (const Value value : array)
        out.emplace_back(value.text());
    return out;
}

std::string accessQuestion(const ListRequest& list)
{
    return "{\"apiVersion\":\"authorization.k8s.io/v1\",\"kind\":\"SelfSubjectAccessReview\",\"spec\":{"
           "\"resourceAttributes\":{\"verb\":\"list\",\"group\":"
        + jsonQuoted(list.resource.group) + ",\"version\":" + jsonQuoted(list.resource.version)
        + ",\"resource\":" + jsonQuoted(list.resource.plural) + ",\"namespace\":" + jsonQuoted(list.ns) + "}}}";
}

std::expected<bool, Failure> accessAnswer(const std::expected<std::string, Failure>& body)
{
    if (!body)
        return std::unexpected(body.error());
    Document document;
    if (auto parsed = detail::parseJson(*body, document); !parsed)
        return std::unexpected(parsed.error());
    const auto allowed = document.root()["status"]["allowed"].asBool();
    if (!allowed)
        return std::unexpected(Failure { FailureReason::Malformed, 200, "the review has no answer" });
    return *allowed;
}

class ApiClient final : public Api {
public:
    ApiClient(const Login& login, std::shared_ptr<Credentials> credentials, const ApiOptions& options)
        : m_session(login, std::move(credentials), options)
    {
    }
    Result<void> check() { return m_session.transport().check(); }

    std::expected<ServerVersion, Failure> version(Progress& progress) override
    {
        Document document;
        if (auto got = detail::runJson(m_session, Request::get("/version", "application/json"), document, progress);
            !got)
            return std::unexpected(got.error());
        const Value root = document.root();
        const std::string version(root["gitVersion"].asString().value_or(""));
        if (version.empty())
            return std::unexpected(Failure { FailureReason::Malformed, 200, "the server does not say its version" });
        return ServerVersion { version, std::string(root["platform"].text()) };
    }

    std::expected<Discovery, Failure> discover(Progress& progress) override
    {
        return detail::discover(m_session, progress);
    }

    std::expected<Identity, Failure> whoAmI(Progress& progress) override
    {
        Failure last { FailureReason::NotFound, 404, "the server is too old to tell" };
        for (const char* version : { "v1", "v1beta1", "v1alpha1" }) {
            Document document;
            const std::string body = std::string("{\"apiVersion\":\"authentication.k8s.io/") + version
                + "\",\"kind\":\"SelfSubjectReview\"}";
            const auto got
                = detail::runJson(m_session, Request::review(Review::SelfSubject, version, body), document, progress);
            if (got) {
                const Value user = document.root()["status"]["userInfo"];
                return Identity { std::string(user["username"].text()), std::string(user["uid"].text()),
                    texts(user["groups"]) };
            }
            last = got.error();
            if (last.reason != FailureReason::NotFound)
                break;
        }
        return std::unexpected(last);
    }

    std::expected<AllowedRules, Failure> allowedRules(const std::string& ns, Progress& progress) override
    {
        const std::string body = "{\"apiVersion\":\"authorization.k8s.io/v1\",\"kind\":\"SelfSubjectRulesReview\","
                                 "\"spec\":{\"namespace\":"
            + jsonQuoted(ns) + "}}";
        Document document;
        if (auto got
            = detail::runJson(m_session, Request::review(Review::SelfSubjectRules, "v1", body), document, progress);
            !got)
            return std::unexpected(got.error());
        const Value status = document.root()["status"];
        AllowedRules out;
        out.isIncomplete = status["incomplete"].asBool().value_or(true);
        for (const Value rule : status["resourceRules"])
            out.rules.push_back({ texts(rule["verbs"]), texts(rule["apiGroups"]), texts(rule["resources"]),
                texts(rule["resourceNames"]) });
        return out;
    }

    std::vector<std::expected<bool, Failure>> canList(std::span<const ListRequest> lists, Progress& progress) override
    {
        std::vector<std::unique_ptr<detail::SmallCall>> calls;
        for (const ListRequest& list : lists)
            calls.push_back(std::make_unique<detail::SmallCall>(
                m_session, Request::review(Review::SelfSubjectAccess, "v1", accessQuestion(list))));
        const auto ran = detail::runAll(m_session, calls, progress);
        std::vector<std::expected<bool, Failure>> out;
        for (const auto& call : calls)
            out.push_back(ran ? accessAnswer(call->result()) : std::unexpected(ran.error()));
        return out;
    }

    std::expected<std::string, Failure> get(
        const std::string& path, const std::string& accept, Progress& progress) override
    {
        return detail::runOne(m_session, Request::get(path, accept), progress);
    }

    void list(std::span<const ListRequest> lists, ListSink& sink, Progress& progress) override
    {
        detail::listAll(m_session, lists, sink, progress);
    }

    std::optional<PeerCertificate> peer() const override { return m_session.peer(); }

private:
    detail::Session m_session;
};

// What a person does about it.
std::string adviceOf(const Failure& failure)
{
    switch (failure.reason) {
    case FailureReason::Unauthorized:
        return "log in again: the credentials of this context are missing, expired or not known to the cluster";
    case FailureReason::Forbidden:
        return "ask an administrator for the role that 'plimsoll auditor-role' writes";
    case FailureReason::NotFound:
    case FailureReason::MethodNotAllowed:
    case FailureReason::Malformed:
        return "check that 'server' in the kubeconfig is a Kubernetes API server and no proxy or web page";
    case FailureReason::Expired:
        return "try again: the list changed faster than it could be read";
    case FailureReason::Throttled:
    case FailureReason::ServerError:
        return "try again later; the API server is busy or ill";
    case FailureReason::Timeout:
        return "check the network, VPN and proxy, then try again";
    case FailureReason::Unreachable:
        return "check the address of the server, the network, VPN and proxy (proxy-url, HTTPS_PROXY, NO_PROXY)";
    case FailureReason::Tls:
        if (failure.message.contains("expired"))
            return "renew the certificate of the API server, or check the clock of this machine";
        if (failure.message.contains("not trusted"))
            return "put the cluster's own authority into certificate-authority-data of the kubeconfig";
        if (failure.message.contains("subject") || failure.message.contains("name"))
            return "set tls-server-name in the kubeconfig to a name of the certificate, or use an address it names";
        return "check certificate-authority, client-certificate and client-key in the kubeconfig";
    case FailureReason::Cancelled:
        return {};
    }
    std::unreachable();
}

} // namespace

std::string_view toText(FailureReason reason)
{
    switch (reason) {
    case FailureReason::Unauthorized:
        return "not logged in";
    case FailureReason::Forbidden:
        return "forbidden";
    case FailureReason::NotFound:
        return "not found";
    case FailureReason::MethodNotAllowed:
        return "cannot be listed";
    case FailureReason::Expired:
        return "expired";
    case FailureReason::Throttled:
        return "throttled";
    case FailureReason::ServerError:
        return "server error";
    case FailureReason::Timeout:
        return "timeout";
    case FailureReason::Unreachable:
        return "unreachable";
    case FailureReason::Tls:
        return "TLS failure";
    case FailureReason::Malformed:
        return "no answer of an API server";
    case FailureReason::Cancelled:
        return "cancelled";
    }
    std::unreachable();
}

Error Failure::toError(std::string_view where) const
{
    ErrorKind kind = ErrorKind::Access;
    if (reason == FailureReason::Cancelled)
        kind = ErrorKind::Cancelled;
    else if (reason == FailureReason::Malformed)
        kind = ErrorKind::Format;
    std::string what(toText(reason));
    if (reason != FailureReason::Cancelled && !message.empty())
        what += ": " + message;
    return { kind, std::move(what), std::string(where), adviceOf(*this) };
}

Result<std::unique_ptr<Api>> makeApi(
    const Login& login, std::shared_ptr<Credentials> credentials, const ApiOptions& options)
{
    auto client = std::make_unique<ApiClient>(login, std::move(credentials), options);
    if (auto checked = client->check(); !checked)
        return std::unexpected(checked.error());
    return client;
}

} // namespace plimsoll::kube
