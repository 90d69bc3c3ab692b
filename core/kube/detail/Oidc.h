// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "core/base/Progress.h"
#include "core/base/Result.h"
#include "core/base/Time.h"
#include "core/kube/Kubeconfig.h"

// The "oidc" auth-provider: an id-token that is renewed at the identity provider.
// Source: client-go plugin/pkg/client/auth/oidc oidc.go, golang.org/x/oauth2 internal/token.go.
namespace plimsoll::kube::detail {

struct OidcRequest {
    std::string url;
    std::string form; // application/x-www-form-urlencoded body of a POST; "" = GET
    std::string basicUser, basicPassword; // Authorization header, when the user is not empty
    std::string certificateAuthorityPem; // the only trust anchors; "" = those of the system
};
struct OidcReply {
    int status = 0;
    std::string body; // at most 1 MB
};
// How requests go out; without redirects. Errors: in words, no credential in them.
using OidcTransport = std::function<Result<OidcReply>(const OidcRequest&, Progress&)>;
OidcTransport oidcTransport(const Environment& environment);

// Whether the token is good for more than ten seconds. Errors: Format when it is no JWT.
Result<bool> isIdTokenValid(const std::string& idToken, UnixSeconds now);

struct OidcTokens {
    std::string idToken;
    std::string refreshToken; // the one to use next time
};
Result<OidcTokens> refreshOidc(const OidcProvider& provider, const OidcTransport& transport, Progress& progress);

} // namespace plimsoll::kube::detail
