// SPDX-License-Identifier: Apache-2.0
#include "core/kube/detail/Oidc.h"

#include <cmath>
#include <cstdlib>

#include "core/base/Text.h"
#include "core/format/Json.h"
#include "core/kube/detail/KubeconfigInput.h"

namespace plimsoll::kube::detail {

namespace {

constexpr UnixSeconds expiryLeeway = 10; // clocks differ

std::string formEscaped(std::string_view text)
{
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string escaped;
    for (const char c : text) {
        const bool isPlain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'
            || c == '.' || c == '_' || c == '~';
        const auto byte = static_cast<unsigned char>(c);
        if (isPlain)
            escaped += c;
        else
            escaped += { '%', digits[byte >> 4], digits[byte & 15] };
    }
    return escaped;
}

std::unexpected<Error> oidcFailure(ErrorKind kind, std::string what, const OidcProvider& provider, std::string advice)
{
    return failure(
        kind, "OpenID Connect: " + std::move(what), printable(withoutUserInfo(provider.issuerUrl)), std::move(advice));
}

constexpr std::string_view loginAgain = "Log in again with the tool that wrote the kubeconfig";

// A refresh token must not go over the network in the clear; client-go does not check.
bool isSafe(const std::string& text)
{
    const auto url = parseUrl(text);
    return url && (url->scheme == "https" || (url->scheme == "http" && isLoopback(url->host)));
}

// The member of a small JSON answer; nothing when the answer is none.
std::string memberOf(const std::string& body, std::string_view key)
{
    format::Document document;
    format::JsonParser parser;
    std::string value;
    if (parser.parseCopy(body, document))
        value = std::string(document.root()[key].text());
    wipeStrings(document);
    return value;
}

Result<std::string> tokenEndpoint(const OidcProvider& provider, const OidcTransport& transport, Progress& progress)
{
    std::string issuer = provider.issuerUrl;
    if (issuer.ends_with('/'))
        issuer.pop_back();
    auto reply = transport({ .url = issuer + "/.well-known/openid-configuration",
                               .form = {},
                               .basicUser = {},
                               .basicPassword = {},
                               .certificateAuthorityPem = provider.certificateAuthorityPem },
        progress);
    if (!reply)
        return std::unexpected(std::move(reply.error()));
    if (reply->status != 200)
        return oidcFailure(ErrorKind::Access,
            "failed to query metadata endpoint, it answers " + std::to_string(reply->status), provider,
            "Check idp-issuer-url in the kubeconfig");
    const std::string endpoint = memberOf(reply->body, "token_endpoint");
    if (endpoint.empty())
        return oidcFailure(ErrorKind::Format, "the discovery object doesn't contain a token_endpoint", provider,
            "Check idp-issuer-url in the kubeconfig");
    if (!isSafe(endpoint))
        return oidcFailure(ErrorKind::Format, "the token endpoint is no https address", provider,
            "Ask the administrator of the identity provider");
    return endpoint;
}

// The two ways to say which client asks, in the order in which golang.org/x/oauth2 finds out what the server takes.
Result<OidcReply> askForToken(
    const std::string& endpoint, const OidcProvider& provider, const OidcTransport& transport, Progress& progress)
{
    OidcRequest request;
    request.url = endpoint;
    request.certificateAuthorityPem = provider.certificateAuthorityPem;
    const std::string grant = "grant_type=refresh_token&refresh_token=" + formEscaped(provider.refreshToken);
    request.form = grant;
    request.basicUser = formEscaped(provider.clientId);
    request.basicPassword = formEscaped(provider.clientSecret);
    auto reply = transport(request, progress);
    if (reply && reply->status != 200) {
        request.basicUser.clear();
        request.form = grant + "&client_id=" + formEscaped(provider.clientId);
        if (!provider.clientSecret.empty())
            request.form += "&client_secret=" + formEscaped(provider.clientSecret);
        reply = transport(request, progress);
    }
    wipe(request.form);
    wipe(request.basicPassword);
    return reply;
}

} // namespace

Result<bool> isIdTokenValid(const std::string& idToken, UnixSeconds now)
{
    const auto parts = split(idToken, '.');
    if (parts.size() != 3)
        return failure(ErrorKind::Format, "The id-token is not a valid JWT", {}, std::string(loginAgain));
    auto payload = decodeBase64Url(parts[1]);
    if (!payload)
        return failure(ErrorKind::Format, "The id-token is not a valid JWT", {}, std::string(loginAgain));
    const std::string expiry = memberOf(*payload, "exp");
    wipe(*payload);
    // Whole or with a fraction: JSON does not tell.
    char* end = nullptr;
    const double seconds = std::strtod(expiry.c_str(), &end);
    if (expiry.empty() || *end != '\0' || !std::isfinite(seconds))
        return failure(ErrorKind::Format, "The id-token says no time of expiry", {}, std::string(loginAgain));
    return static_cast<double>(now + expiryLeeway) < seconds;
}

Result<OidcTokens> refreshOidc(const OidcProvider& provider, const OidcTransport& transport, Progress& progress)
{
    if (!isSafe(provider.issuerUrl))
        return oidcFailure(ErrorKind::Format, "idp-issuer-url is no https address", provider, "Correct the kubeconfig");
    const auto endpoint = tokenEndpoint(provider, transport, progress);
    if (!endpoint)
        return std::unexpected(endpoint.error());
    auto reply = askForToken(*endpoint, provider, transport, progress);
    if (!reply)
        return std::unexpected(std::move(reply.error()));
    if (reply->status != 200) {
        // Only the registered error codes ("invalid_grant"): the rest of the answer may repeat what was sent.
        const std::string code = printable(shortened(memberOf(reply->body, "error"), 60));
        wipe(reply->body);
        return oidcFailure(ErrorKind::Access,
            "failed to refresh token, the provider answers " + std::to_string(reply->status)
                + (code.empty() ? std::string() : " (" + code + ')'),
            provider, std::string(loginAgain));
    }
    OidcTokens tokens { memberOf(reply->body, "id_token"), memberOf(reply->body, "refresh_token") };
    wipe(reply->body);
    if (tokens.idToken.empty())
        return oidcFailure(ErrorKind::Format,
            "token response did not contain an id_token; either the scope \"openid\" wasn't requested upon login, or "
            "the "
            "provider doesn't support id_tokens as part of the refresh response",
            provider, std::string(loginAgain));
    if (tokens.refreshToken.empty())
        tokens.refreshToken = provider.refreshToken;
    return tokens;
}

} // namespace plimsoll::kube::detail
