// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <QProcess>

#include "core/snapshot/Collect.h"
#include "tests/snapshot/ImportSupport.h"

namespace plimsoll::test {

inline const snapshot::ResourceKey podKey { "", "v1", "pods", "Pod", true };
inline const snapshot::ResourceKey secretKey { "", "v1", "secrets", "Secret", true };

inline snapshot::Origin someOrigin()
{
    snapshot::Origin origin;
    origin.tool = "plimsoll test";
    origin.clusterUid = "0000-1";
    origin.serverVersion = "v1.36.2";
    origin.context = "prod";
    origin.server = "https://prod.example:6443";
    origin.user = "alice";
    origin.groups = { "system:authenticated" };
    origin.capturedFrom = 1'700'000'000;
    origin.capturedTo = 1'700'000'060;
    return origin;
}

inline std::vector<snapshot::NotCollected> someMissing()
{
    return { { .group = "",
        .version = "v1",
        .plural = "secrets",
        .kind = "Secret",
        .ns = "",
        .reason = "forbidden",
        .httpStatus = 403,
        .message = "secrets is forbidden",
        .missingPermission = "list secrets" } };
}

inline std::string item(const std::string& name)
{
    return R"({"metadata":{"name":")" + name + R"(","namespace":"ns"},"spec":{"nodeName":"n"}})";
}

// A small snapshot: two lists with items, one without, one of some namespaces only, and an extra document.
inline void fillSnapshot(snapshot::SnapshotWriter& writer)
{
    auto& pods = writer.resource(podKey);
    pods.append(item("a"));
    pods.append(item("b"));
    pods.setFacts({ .resourceVersion = "42", .listedAt = 1'700'000'001 });
    writer.resource({ "apps", "v1", "deployments", "Deployment", true }).append(item("web"));
    writer.resource({ "networking.k8s.io", "v1", "networkpolicies", "NetworkPolicy", true });
    auto& maps = writer.resource({ "", "v1", "configmaps", "ConfigMap", true });
    maps.append(item("m"));
    maps.setFacts({ .isComplete = false, .namespaces = { "ns" } });
    writer.addExtra({ "flagz.json", "{\"flags\":{\"profiling\":\"false\"}}\n" });
}

inline std::string smallSnapshot()
{
    snapshot::SnapshotWriter writer(pool());
    fillSnapshot(writer);
    Progress progress;
    return writer.toBytes(someOrigin(), someMissing(), progress).value();
}

inline std::string fileBytes(const std::string& path)
{
    std::ifstream file(path, std::ios::binary);
    return { std::istreambuf_iterator<char>(file), {} };
}

// What a program prints; nothing when it is not installed.
inline std::optional<std::string> outputOf(const QString& program, const QStringList& arguments, int* status = nullptr)
{
    QProcess process;
    process.start(program, arguments);
    if (!process.waitForStarted())
        return std::nullopt;
    process.waitForFinished(60'000);
    if (status)
        *status = process.exitCode();
    return process.readAllStandardOutput().toStdString();
}

} // namespace plimsoll::test
