// SPDX-License-Identifier: Apache-2.0
#include <curl/curl.h>
#include <memory>

#include "core/base/Text.h"
#include "core/kube/detail/Curl.h"
#include "core/kube/detail/KubeconfigInput.h"
#include "core/kube/detail/Oidc.h"

namespace plimsoll::kube::detail {

namespace {

constexpr std::size_t maxReplyBytes = 1u << 20;
constexpr long providerTimeoutSeconds = 60;

struct FreeCurl {
    void operator()(CURL* curl) const { curl_easy_cleanup(curl); }
};

struct Transfer {
    std::string body;
    Progress* progress = nullptr;
};

std::size_t takeBody(char* bytes, std::size_t size, std::size_t count, void* user)
{
    auto& transfer = *static_cast<Transfer*>(user);
    if (transfer.body.size() + size * count > maxReplyBytes)
        return 0;
    transfer.body.append(bytes, size * count);
    return size * count;
}

int stopWhenCancelled(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t)
{
    return static_cast<Transfer*>(user)->progress->isCancelled() ? 1 : 0;
}

std::string proxyOf(const std::string& url, const Environment& environment)
{
    // In Go the proxy of a socks5:// address resolves names.
    std::string proxy = proxyFor(url, environment);
    return proxy.starts_with("socks5://") ? "socks5h" + proxy.substr(6) : proxy;
}

void setUp(CURL* curl, const OidcRequest& request, const std::string& proxy, Transfer& transfer)
{
    curl_easy_setopt(curl, CURLOPT_URL, request.url.c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https,http");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROXY, proxy.c_str()); // "" also keeps curl from asking the environment
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, 30L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, providerTimeoutSeconds);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "plimsoll");
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, takeBody);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &transfer);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, stopWhenCancelled);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &transfer);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    if (!request.certificateAuthorityPem.empty()) {
        const curl_blob blob { const_cast<char*>(request.certificateAuthorityPem.data()),
            request.certificateAuthorityPem.size(), CURL_BLOB_COPY };
        curl_easy_setopt(curl, CURLOPT_CAINFO_BLOB, &blob);
        curl_easy_setopt(curl, CURLOPT_CAPATH, nullptr); // the blob does not replace the system's folder
    }
    if (!request.form.empty()) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.form.size()));
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.form.c_str());
    }
    if (!request.basicUser.empty()) {
        curl_easy_setopt(curl, CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
        curl_easy_setopt(curl, CURLOPT_USERNAME, request.basicUser.c_str());
        curl_easy_setopt(curl, CURLOPT_PASSWORD, request.basicPassword.c_str());
    }
}

Result<OidcReply> send(const OidcRequest& request, const Environment& environment, Progress& progress)
{
    startCurl();
    const std::string where = printable(withoutUserInfo(request.url));
    const std::unique_ptr<CURL, FreeCurl> curl(curl_easy_init());
    if (!curl)
        return failure(ErrorKind::Internal, "OpenID Connect: no connection could be prepared", where);
    Transfer transfer { {}, &progress };
    setUp(curl.get(), request, proxyOf(request.url, environment), transfer);
    const CURLcode code = curl_easy_perform(curl.get());
    if (progress.isCancelled()) {
        wipe(transfer.body);
        return failure(ErrorKind::Cancelled, "Cancelled while the identity provider was asked", where);
    }
    if (code != CURLE_OK) {
        wipe(transfer.body);
        return failure(ErrorKind::Access,
            std::string("OpenID Connect: the identity provider cannot be asked: ") + curl_easy_strerror(code), where,
            "Check the network, the proxy and idp-certificate-authority in the kubeconfig");
    }
    long status = 0;
    curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
    return OidcReply { static_cast<int>(status), std::move(transfer.body) };
}

} // namespace

OidcTransport oidcTransport(const Environment& environment)
{
    return
        [environment](const OidcRequest& request, Progress& progress) { return send(request, environment, progress); };
}

} // namespace plimsoll::kube::detail
