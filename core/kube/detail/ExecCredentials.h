// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>

#include "core/kube/Credentials.h"
#include "core/kube/detail/Oidc.h"

namespace plimsoll::kube::detail {

// What tests put in place of the world.
struct CredentialSeams {
    std::function<UnixSeconds()> now; // empty = the clock
    OidcTransport oidc; // empty = the network
};
Result<std::shared_ptr<Credentials>> makeCredentials(
    const Login& login, CredentialOptions options, CredentialSeams seams);

} // namespace plimsoll::kube::detail
