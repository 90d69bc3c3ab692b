// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <QElapsedTimer>
#include <QTest>

#include "core/kube/Api.h"
#include "tests/kube/KubeFiles.h"
#include "tests/support/kube/FaultProxy.h"
#include "tests/support/kube/FaultServer.h"

// What tests of the API client have in common.
namespace plimsoll::test {

// Gives one credential after the other: the next one after each refusal.
class ScriptedCredentials final : public kube::Credentials {
public:
    explicit ScriptedCredentials(std::vector<kube::Credential> all)
        : m_all(std::move(all))
    {
    }
    Result<kube::Credential> get(Progress&) override { return m_all[m_next]; }
    void rejected(const kube::Credential&) override
    {
        ++refusals;
        m_next = std::min(m_next + 1, m_all.size() - 1);
    }
    bool canRenew() const override { return m_next + 1 < m_all.size(); }
    int refusals = 0;

private:
    std::vector<kube::Credential> m_all;
    std::size_t m_next = 0;
};

inline kube::Credential tokenOf(std::string token)
{
    kube::Credential out;
    out.bearerToken = std::move(token);
    return out;
}

inline std::shared_ptr<ScriptedCredentials> tokens(std::vector<std::string> all)
{
    std::vector<kube::Credential> out;
    for (std::string& token : all)
        out.push_back(tokenOf(std::move(token)));
    return std::make_shared<ScriptedCredentials>(std::move(out));
}

inline const Authority& clusterAuthority()
{
    static const Authority authority("cluster authority");
    return authority;
}

inline Identity serverIdentity()
{
    static const Identity identity
        = clusterAuthority().issue({ .alternativeNames = { "DNS:api.test", "DNS:localhost", "IP:127.0.0.1" } });
    return identity;
}

inline kube::Login loginTo(const std::string& server)
{
    kube::Login login;
    login.contextName = login.clusterName = login.userName = "test";
    login.ns = "default";
    login.server = server;
    if (server.starts_with("https"))
        login.certificateAuthorityPem = clusterAuthority().pem();
    return login;
}

// An environment without the proxies of the machine the test runs on.
inline kube::ApiOptions quickOptions(std::vector<std::pair<std::string, std::string>> variables = {})
{
    kube::ApiOptions options;
    options.environment = environmentOf(std::move(variables), "/nowhere");
    options.connectTimeoutSeconds = 5;
    options.stallTimeoutSeconds = 5;
    options.maxRetries = 2;
    return options;
}

inline std::unique_ptr<kube::Api> apiOf(const kube::Login& login, const kube::ApiOptions& options = quickOptions(),
    std::shared_ptr<kube::Credentials> credentials = nullptr)
{
    auto made = kube::makeApi(login, std::move(credentials), options);
    if (!made)
        qFatal("%s", toText(made.error()).c_str());
    return std::move(*made);
}

inline kube::ListRequest podsRequest(std::string ns = {})
{
    return { .resource = { .group = {}, .version = "v1", .plural = "pods", .kind = "Pod", .isNamespaced = true },
        .ns = std::move(ns),
        .tag = 7 };
}

// Keeps what it is given, and fails when the order of calls is not the promised one.
class KeepingSink : public kube::ListSink {
public:
    struct Kept {
        std::string plural;
        std::vector<std::string> items;
        int restarts = 0;
        std::string listKind, apiVersion;
        std::optional<kube::ListOutcome> outcome;
    };
    void items(const kube::ListRequest& request, std::string_view apiVersion, std::string_view listKind,
        std::string_view text, std::span<const format::JsonItem> items) override
    {
        Kept& kept = of(request);
        QVERIFY(!kept.outcome);
        kept.apiVersion = apiVersion;
        kept.listKind = listKind;
        for (const format::JsonItem& item : items)
            kept.items.emplace_back(text.substr(item.begin, item.size));
        if (onItems)
            onItems();
    }
    void restarted(const kube::ListRequest& request) override
    {
        Kept& kept = of(request);
        kept.items.clear();
        ++kept.restarts;
    }
    void finished(const kube::ListRequest& request, const kube::ListOutcome& outcome) override
    {
        Kept& kept = of(request);
        QVERIFY(!kept.outcome);
        kept.outcome = outcome;
        if (!outcome.failure)
            QCOMPARE(kept.items.size(), static_cast<std::size_t>(outcome.items));
    }
    Kept& of(const kube::ListRequest& request)
    {
        const std::string name = request.resource.plural + '/' + request.ns;
        for (Kept& kept : all) {
            if (kept.plural == name)
                return kept;
        }
        all.emplace_back().plural = name;
        return all.back();
    }
    std::vector<Kept> all;
    std::function<void()> onItems;
};

// One list of pods.
inline KeepingSink::Kept listPods(kube::Api& api, Progress& progress)
{
    KeepingSink sink;
    const kube::ListRequest request = podsRequest();
    api.list(std::span(&request, 1), sink, progress);
    return sink.of(request);
}

inline std::string podText(int number)
{
    return "{\"metadata\":{\"name\":\"pod-" + std::to_string(number) + "\"}}";
}

inline std::vector<std::string> podTexts(int from, int count)
{
    std::vector<std::string> out;
    for (int i = from; i < from + count; ++i)
        out.push_back(podText(i));
    return out;
}

} // namespace plimsoll::test
