// SPDX-License-Identifier: Apache-2.0
#include "core/admission/Admission.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <tuple>

#include "core/admission/detail/Checks.h"
#include "core/base/Text.h"

namespace plimsoll::admission {

using cluster::Cluster;
using cluster::ObjectId;

namespace {

constexpr std::array<std::string_view, 3> levelNames { "privileged", "baseline", "restricted" };
constexpr std::array<std::string_view, 3> modeNames { "enforce", "audit", "warn" };
constexpr std::string_view labelPrefix = "pod-security.kubernetes.io/";

bool applies(const detail::Check& check, Level level, std::uint32_t minor)
{
    if (minor < check.sinceMinor || check.level > level)
        return false;
    return level == Level::Baseline || minor < check.replacedSince;
}

std::optional<std::string_view> labelOf(const Cluster& cluster, const cluster::Namespace& ns, std::string_view key)
{
    const auto found = std::ranges::find(ns.labels, cluster.id(key), &cluster::Label::first);
    return found == ns.labels.end() ? std::nullopt : std::optional(cluster.text(found->second));
}

// As api/helpers.go has it: a level that cannot be read counts as restricted, a version as latest.
Setting settingOf(const Cluster& cluster, const cluster::Namespace& ns, Mode mode)
{
    Setting setting;
    if (const auto level = labelOf(cluster, ns, levelLabel(mode))) {
        setting.isSet = true;
        setting.given = *level;
        const auto parsed = levelFromText(*level);
        setting.isLevelValid = parsed.has_value();
        setting.level = parsed.value_or(Level::Restricted);
    }
    if (const auto version = labelOf(cluster, ns, versionLabel(mode))) {
        setting.givenVersion = *version;
        const auto parsed = versionFromText(*version);
        setting.isVersionValid = parsed.has_value();
        setting.version = parsed.value_or(PolicyVersion());
    }
    return setting;
}

} // namespace

std::string_view toText(Level level)
{
    return levelNames[static_cast<std::size_t>(level)];
}

std::optional<Level> levelFromText(std::string_view text)
{
    const auto found = std::ranges::find(levelNames, text);
    if (found == levelNames.end())
        return std::nullopt;
    return static_cast<Level>(found - levelNames.begin());
}

std::string toText(const PolicyVersion& version)
{
    return version.minor ? "v1." + std::to_string(*version.minor) : "latest";
}

std::optional<PolicyVersion> versionFromText(std::string_view text)
{
    if (text == "latest")
        return PolicyVersion();
    constexpr std::string_view prefix = "v1.";
    if (!text.starts_with(prefix))
        return std::nullopt;
    const std::string_view digits = text.substr(prefix.size());
    const bool isPlain = !digits.empty() && (digits == "0" || digits.front() != '0')
        && std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
    std::uint32_t minor = 0;
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), minor);
    if (!isPlain || parsed.ec != std::errc())
        return std::nullopt;
    return PolicyVersion { minor };
}

std::uint32_t decidingMinor(const PolicyVersion& asked, const cluster::Version& server)
{
    if (asked.minor)
        return std::min(*asked.minor, newestMinor);
    return server.isKnown() && server.major == 1 ? std::min(server.minor, newestMinor) : newestMinor;
}

std::vector<Violation> violations(
    const StringPool& strings, const cluster::PodSpec& spec, Level level, std::uint32_t minor)
{
    std::vector<Violation> all;
    for (const detail::Check& check : detail::checks()) {
        if (!applies(check, level, minor))
            continue;
        Violation violation { check.id, {}, {} };
        detail::Inspection inspection(strings, spec, minor, &violation);
        check.inspect(inspection);
        if (inspection.isRefused())
            all.push_back(std::move(violation));
    }
    return all;
}

bool admits(const StringPool& strings, const cluster::PodSpec& spec, Level level, std::uint32_t minor)
{
    return std::ranges::none_of(detail::checks(), [&](const detail::Check& check) {
        if (!applies(check, level, minor))
            return false;
        detail::Inspection inspection(strings, spec, minor, nullptr);
        check.inspect(inspection);
        return inspection.isRefused();
    });
}

std::string toText(std::span<const Violation> violations)
{
    std::vector<std::string> texts;
    for (const Violation& violation : violations)
        texts.push_back(std::string(violation.check) + ": " + violation.message);
    return join(texts, "; ");
}

bool isSafeSysctl(std::string_view name, std::uint32_t minor)
{
    struct Safe {
        std::string_view name;
        std::uint32_t sinceMinor;
    };
    constexpr std::array safe {
        Safe { "kernel.shm_rmid_forced", 0 },
        Safe { "net.ipv4.ip_local_port_range", 0 },
        Safe { "net.ipv4.ip_unprivileged_port_start", 0 },
        Safe { "net.ipv4.ping_group_range", 0 },
        Safe { "net.ipv4.tcp_syncookies", 0 },
        Safe { "net.ipv4.ip_local_reserved_ports", 27 },
        Safe { "net.ipv4.tcp_fin_timeout", 29 },
        Safe { "net.ipv4.tcp_keepalive_intvl", 29 },
        Safe { "net.ipv4.tcp_keepalive_probes", 29 },
        Safe { "net.ipv4.tcp_keepalive_time", 29 },
        Safe { "net.ipv4.tcp_rmem", 32 },
        Safe { "net.ipv4.tcp_wmem", 32 },
        Safe { "net.ipv4.tcp_notsent_lowat", 37 },
        Safe { "net.ipv4.tcp_slow_start_after_idle", 37 },
    };
    const auto found = std::ranges::find(safe, name, &Safe::name);
    return found != safe.end() && minor >= found->sinceMinor;
}

std::vector<Tightening> tighteningsAfter(Level level, std::uint32_t pinned, std::uint32_t minor)
{
    struct Row {
        Level level;
        Tightening tightening;
    };
    constexpr std::array rows {
        Row { Level::Restricted, { "allowPrivilegeEscalation", 8, "requires that privilege escalation is denied" } },
        Row { Level::Baseline, { "seccompProfile_baseline", 19, "reads the field of the seccomp profile" } },
        Row { Level::Restricted, { "seccompProfile_restricted", 19, "requires a seccomp profile" } },
        Row { Level::Restricted, { "capabilities_restricted", 22, "requires that all capabilities are dropped" } },
        Row { Level::Restricted, { "runAsUser", 23, "refuses user 0" } },
        Row { Level::Baseline, { "hostProbesAndHostLifecycle", 34, "refuses hosts in probes and lifecycle handlers" } },
    };
    std::vector<Tightening> out;
    for (const Row& row : rows) {
        if (row.level <= level && row.tightening.minor > pinned && row.tightening.minor <= minor)
            out.push_back(row.tightening);
    }
    return out;
}

std::string levelLabel(Mode mode)
{
    return std::string(labelPrefix) + std::string(modeNames[static_cast<std::size_t>(mode)]);
}

std::string versionLabel(Mode mode)
{
    return levelLabel(mode) + "-version";
}

NamespacePolicy policyOf(const Cluster& cluster, const cluster::Namespace& ns)
{
    return { settingOf(cluster, ns, Mode::Enforce), settingOf(cluster, ns, Mode::Audit),
        settingOf(cluster, ns, Mode::Warn) };
}

std::vector<ObjectId> podObjects(const Cluster& cluster)
{
    // What the admission plugin looks at (admission/admission.go, DefaultPodSpecExtractor).
    struct Kind {
        std::string_view group, kind;
    };
    constexpr std::array kinds { Kind { "", "Pod" }, Kind { "", "PodTemplate" }, Kind { "", "ReplicationController" },
        Kind { "apps", "DaemonSet" }, Kind { "apps", "Deployment" }, Kind { "apps", "ReplicaSet" },
        Kind { "apps", "StatefulSet" }, Kind { "batch", "CronJob" }, Kind { "batch", "Job" } };
    std::vector<ObjectId> all;
    for (const Kind& kind : kinds) {
        for (const ObjectId id : cluster.objectsOf(kind.group, kind.kind)) {
            if (!cluster.podSpecOf(id).isNone())
                all.push_back(id);
        }
    }
    std::ranges::sort(all, {}, [&](ObjectId id) {
        const cluster::Object& object = cluster.object(id);
        return std::tuple(cluster.text(object.ns), cluster.kindName(id), cluster.text(object.name));
    });
    return all;
}

} // namespace plimsoll::admission
