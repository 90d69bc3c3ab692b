// SPDX-License-Identifier: Apache-2.0
// What a row of the table cannot say, and the tests of the rows.
#include <algorithm>
#include <array>
#include <charconv>

#include "core/base/Text.h"
#include "core/control/detail/Components_p.h"

namespace plimsoll::control {

using components::Component;
using components::Instance;
using components::Setting;

namespace {

// Flags are written with dashes, fields of a configuration without.
std::string nameOf(const Instance& instance, std::string_view setting)
{
    const bool isFlag = instance.component != Component::Kubelet && instance.component != Component::KubeProxy;
    return (isFlag ? "--" : "") + std::string(setting);
}

Judgement passed(const Setting* setting)
{
    Judgement judgement;
    if (setting)
        judgement.places.push_back(*setting);
    return judgement;
}

Judgement failed(std::string clause, std::vector<Setting> places)
{
    return { Verdict::Fail, std::move(clause), std::move(places) };
}

Judgement unknown(std::string missing)
{
    return { Verdict::NotAssessed, std::move(missing), {} };
}

Setting notGiven(std::string_view name, std::string_view fallback)
{
    return { std::string(name), fallback.empty() ? "not set" : "not set (default " + std::string(fallback) + ')', {} };
}

// A setting with its default. unknown() when it is not here and may stand elsewhere.
struct Found {
    const Setting* setting = nullptr;
    std::string value; // as given, else the default
    bool isUnknown = false;
};

Found find(const Instance& instance, std::string_view name, std::string_view fallback = {})
{
    if (const Setting* setting = instance.find(name))
        return { setting, setting->value, false };
    return { nullptr, std::string(fallback), !instance.gap.empty() };
}

Judgement failedAt(const Instance& instance, std::string_view name, const Found& found, std::string_view fallback)
{
    const std::string shown = nameOf(instance, name);
    if (found.setting)
        return failed(shown + " is " + (found.value.empty() ? "empty" : printable(found.value)), { *found.setting });
    return failed(
        shown + (fallback.empty() ? " is not set" : " is not set and " + std::string(fallback) + " by default"),
        { notGiven(name, fallback) });
}

bool holds(std::string_view list, std::string_view wanted)
{
    return std::ranges::any_of(split(list, ','), [&](std::string_view one) { return trimmed(one) == wanted; });
}

bool isLoopback(std::string_view address)
{
    return address == "localhost" || address.starts_with("127.") || address == "::1" || address.starts_with("[::1]")
        || address.starts_with("localhost:");
}

// "5m0s", "300s", "4h": Go's durations in seconds; nothing when it is none.
std::optional<double> secondsOf(std::string_view text)
{
    double total = 0;
    if (text == "0")
        return 0.0;
    while (!text.empty()) {
        double number = 0;
        const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
        if (parsed.ec != std::errc())
            return std::nullopt;
        text.remove_prefix(static_cast<std::size_t>(parsed.ptr - text.data()));
        constexpr std::array<std::pair<std::string_view, double>, 6> units { { { "ms", 0.001 }, { "us", 1e-6 },
            { "ns", 1e-9 }, { "h", 3600 }, { "m", 60 }, { "s", 1 } } };
        const auto unit = std::ranges::find_if(units, [&](const auto& one) { return text.starts_with(one.first); });
        if (unit == units.end())
            return std::nullopt;
        total += number * unit->second;
        text.remove_prefix(unit->first.size());
    }
    return total;
}

Judgement judgeMode(const Instance& instance, std::string_view mode, bool mustHold)
{
    if (const Setting* file = instance.find("authorization-config"))
        return unknown("the authorizers stand in the file " + printable(file->value) + " on its node");
    const Found found = find(instance, "authorization-mode", "AlwaysAllow");
    if (found.isUnknown)
        return unknown(instance.gap);
    return holds(found.value, mode) == mustHold ? passed(found.setting)
                                                : failedAt(instance, "authorization-mode", found, "AlwaysAllow");
}

// The rotation of log files; only where there are such files.
Judgement judgeAudit(const Instance& instance, std::string_view name, std::int64_t least)
{
    const Found path = find(instance, "audit-log-path");
    if (!path.setting && (path.isUnknown || instance.find("audit-webhook-config-file")))
        return unknown(
            path.isUnknown ? instance.gap : "events go to a webhook, which keeps them as long as it is told");
    if (path.value == "-")
        return unknown("events go to the container's log; how long it is kept is set on the node");
    const Found found = find(instance, name, "0");
    if (found.isUnknown)
        return unknown(instance.gap);
    const auto number = toInteger(found.value);
    return number && *number >= least ? passed(found.setting) : failedAt(instance, name, found, "0");
}

// Suites with forward secrecy and authenticated encryption; those of TLS 1.3 are all of that kind.
bool isStrongCipher(std::string_view name)
{
    if (name.starts_with("TLS_AES_") || name.starts_with("TLS_CHACHA20_"))
        return true;
    return name.starts_with("TLS_ECDHE_")
        && (name.find("_GCM_") != std::string_view::npos || name.find("_CHACHA20_POLY1305") != std::string_view::npos);
}

Judgement judgeCipherList(const Instance& instance, std::string_view listName, std::string_view versionName)
{
    const Found version = find(instance, versionName);
    if (version.value == "VersionTLS13")
        return passed(version.setting); // its suites cannot be chosen and are all strong
    const Found found = find(instance, listName);
    if (found.isUnknown)
        return unknown(instance.gap);
    if (trimmed(found.value).empty())
        return failed(nameOf(instance, listName)
                + " is not set, and the default list has suites without "
                  "authenticated encryption",
            { found.setting ? *found.setting : notGiven(listName, {}) });
    std::vector<std::string> weak;
    for (const std::string_view suite : split(found.value, ',')) {
        if (!isStrongCipher(trimmed(suite)))
            weak.push_back(printable(trimmed(suite)));
    }
    return weak.empty()
        ? passed(found.setting)
        : failed(nameOf(instance, listName) + " names weak suites: " + join(weak, ", "), { *found.setting });
}

// Whether a gate is switched; nothing when it is not named. Flags: "A=true,B=false"; configuration: featureGates.A.
std::optional<bool> gateOf(const Instance& instance, std::string_view gate, const Setting*& place)
{
    if (const Setting* setting = instance.find("featureGates." + std::string(gate))) {
        place = setting;
        return toLowerAscii(setting->value) == "true";
    }
    std::optional<bool> state;
    for (const Setting& setting : instance.settings) { // repeated flags add up
        if (setting.name != "feature-gates")
            continue;
        for (const std::string_view pair : split(setting.value, ',')) {
            const std::size_t equals = pair.find('=');
            if (trimmed(pair.substr(0, equals)) != gate || equals == std::string_view::npos)
                continue;
            state = toLowerAscii(trimmed(pair.substr(equals + 1))) == "true";
            place = &setting;
        }
    }
    return state;
}

Judgement judgeGateOff(const Instance& instance, std::string_view gate)
{
    const Setting* place = nullptr;
    const auto state = gateOf(instance, gate, place);
    if (state == true)
        return failed("the feature gate " + std::string(gate) + " is on", { *place });
    return !state && !instance.gap.empty() ? unknown(instance.gap) : passed(place);
}

Judgement judgeGiven(const Rule& rule, const Instance& instance)
{
    Judgement judgement;
    std::vector<std::string> missing;
    for (const std::string_view name : { rule.setting, rule.second }) {
        if (name.empty())
            continue;
        const Found found = find(instance, name);
        if (found.isUnknown)
            return unknown(instance.gap);
        judgement.places.push_back(found.setting ? *found.setting : notGiven(name, {}));
        if (found.value.empty())
            missing.push_back(nameOf(instance, name));
    }
    if (!missing.empty())
        return failed(join(missing, " and ") + (missing.size() > 1 ? " are not set" : " is not set"),
            std::move(judgement.places));
    return judgement;
}

bool meets(const Rule& rule, const std::string& value)
{
    switch (rule.test) {
    case Test::Is:
        return toLowerAscii(value) == toLowerAscii(rule.argument);
    case Test::IsNot:
        return toLowerAscii(value) != toLowerAscii(rule.argument);
    case Test::Holds:
        return holds(value, rule.argument);
    case Test::HoldsNot:
        return !holds(value, rule.argument);
    case Test::AtLeast:
        return toInteger(value).value_or(-1) >= toInteger(rule.argument).value_or(0);
    case Test::Loopback:
        return isLoopback(value);
    default:
        return false;
    }
}

} // namespace

Judgement judgeInstance(const Rule& rule, const Instance& instance)
{
    if (rule.test == Test::Custom)
        return rule.judge(instance);
    if (rule.test == Test::Given)
        return judgeGiven(rule, instance);
    const Found found = find(instance, rule.setting, rule.fallback);
    if (found.isUnknown)
        return unknown(instance.gap);
    if (rule.test == Test::Absent)
        return found.setting ? failedAt(instance, rule.setting, found, {}) : passed(nullptr);
    if (meets(rule, found.value))
        return passed(found.setting);
    if (rule.test == Test::Holds)
        return failed(nameOf(instance, rule.setting) + " does not name " + std::string(rule.argument),
            { found.setting ? *found.setting : notGiven(rule.setting, rule.fallback) });
    return failedAt(instance, rule.setting, found, rule.fallback);
}

Judgement judgeAnonymous(const Instance& instance)
{
    const Found found = find(instance, "anonymous-auth", "true");
    const Setting* file = instance.find("authentication-config");
    if (!found.setting && file)
        return unknown("who may come in without login stands in the file " + printable(file->value) + " on its node");
    if (found.isUnknown)
        return unknown(instance.gap);
    return toLowerAscii(found.value) == "false" ? passed(found.setting)
                                                : failedAt(instance, "anonymous-auth", found, "true");
}

Judgement judgeModeNotOpen(const Instance& instance)
{
    return judgeMode(instance, "AlwaysAllow", false);
}

Judgement judgeModeNode(const Instance& instance)
{
    return judgeMode(instance, "Node", true);
}

Judgement judgeModeRbac(const Instance& instance)
{
    return judgeMode(instance, "RBAC", true);
}

Judgement judgeAuditPath(const Instance& instance)
{
    const Found found = find(instance, "audit-log-path");
    if (!found.value.empty())
        return passed(found.setting);
    if (const Setting* webhook = instance.find("audit-webhook-config-file"))
        return unknown("events go to the webhook of " + printable(webhook->value)
            + "; whether it keeps them is not in the cluster");
    return found.isUnknown ? unknown(instance.gap) : failedAt(instance, "audit-log-path", found, {});
}

Judgement judgeAuditAge(const Instance& instance)
{
    constexpr std::int64_t days = 30;
    return judgeAudit(instance, "audit-log-maxage", days);
}

Judgement judgeAuditBackups(const Instance& instance)
{
    constexpr std::int64_t files = 10;
    return judgeAudit(instance, "audit-log-maxbackup", files);
}

Judgement judgeAuditSize(const Instance& instance)
{
    constexpr std::int64_t megabytes = 100;
    return judgeAudit(instance, "audit-log-maxsize", megabytes);
}

Judgement judgeRequestTimeout(const Instance& instance)
{
    constexpr std::string_view fallback = "1m0s";
    constexpr double longest = 300;
    const Found found = find(instance, "request-timeout", fallback);
    if (found.isUnknown)
        return unknown(instance.gap);
    const auto seconds = secondsOf(found.value);
    return seconds && *seconds > 0 && *seconds <= longest ? passed(found.setting)
                                                          : failedAt(instance, "request-timeout", found, fallback);
}

Judgement judgeEncryptionProvider(const Instance& instance)
{
    using State = components::EncryptionAtRest::State;
    const Found found = find(instance, "encryption-provider-config");
    const components::EncryptionAtRest& encryption = instance.encryption;
    if (encryption.state == State::NotAssessed)
        return unknown(encryption.sentence);
    // The benchmark takes aescbc, although padding oracles are known.
    const bool isAccepted = encryption.provider == evidence::EncryptionProvider::Kind::AesCbc;
    if (encryption.state == State::Strong || isAccepted)
        return passed(found.setting);
    if (found.setting && !found.value.empty())
        return failed(
            encryption.sentence + (encryption.remark.empty() ? "" : ": " + encryption.remark), { *found.setting });
    return found.isUnknown ? unknown(instance.gap) : failedAt(instance, "encryption-provider-config", found, {});
}

Judgement judgeCiphers(const Instance& instance)
{
    return judgeCipherList(instance, "tls-cipher-suites", "tls-min-version");
}

Judgement judgeKubeletCiphers(const Instance& instance)
{
    return judgeCipherList(instance, "tlsCipherSuites", "tlsMinVersion");
}

// Paths are compared, not what the files hold: another path may still lead to the same authority.
Judgement judgeEtcdCa(const components::Components& components, const Instance& instance)
{
    const Found found = find(instance, "trusted-ca-file");
    if (found.isUnknown)
        return unknown(instance.gap);
    if (found.value.empty())
        return failedAt(instance, "trusted-ca-file", found, {});
    for (const Instance& server : components.of(Component::ApiServer)) {
        const Setting* clients = server.find("client-ca-file");
        if (clients && clients->value == found.value)
            return failed("--trusted-ca-file is " + printable(found.value) + ", which signs the API's clients too",
                { *found.setting });
    }
    return passed(found.setting);
}

Judgement judgePodGc(const Instance& instance)
{
    constexpr std::string_view fallback = "12500";
    const Found found = find(instance, "terminated-pod-gc-threshold", fallback);
    if (found.isUnknown)
        return unknown(instance.gap);
    return toInteger(found.value).value_or(0) > 0 ? passed(found.setting)
                                                  : failedAt(instance, "terminated-pod-gc-threshold", found, fallback);
}

Judgement judgeRotationGate(const Instance& instance)
{
    const Setting* place = nullptr;
    const auto state = gateOf(instance, "RotateKubeletServerCertificate", place);
    if (state == false)
        return failed("the feature gate RotateKubeletServerCertificate is off", { *place });
    return !state && !instance.gap.empty() ? unknown(instance.gap) : passed(place); // on by default since 1.12
}

Judgement judgeAuditPolicyContent(const components::Components& components, const Instance& instance)
{
    const Found found = find(instance, "audit-policy-file");
    if (!found.setting || found.value.empty())
        return found.isUnknown ? unknown(instance.gap) : failedAt(instance, "audit-policy-file", found, {});
    std::vector<const evidence::AuditPolicy*> policies;
    for (const evidence::AuditPolicy& one : components.givenAuditPolicies())
        policies.push_back(&one);
    for (const components::FoundAuditPolicy& one : components.foundAuditPolicies()) {
        if (policies.empty() && one.isNamedBy(found.value))
            policies.push_back(&one.policy);
    }
    if (policies.empty()) {
        std::string why = "what is logged stands in the file " + printable(found.value)
            + " on its node; give that file with --evidence";
        for (const components::FoundAuditPolicy& one : components.foundAuditPolicies())
            why += "; there is a policy in the " + one.policy.name;
        return unknown(why);
    }
    std::vector<std::string> faults;
    for (const evidence::AuditPolicy* policy : policies) {
        for (const evidence::AuditPolicyFlaw& flaw : flawsOf(*policy)) {
            const std::string_view what = flaw.what;
            if (flaw.isGrave) // sentences, here parts of one
                faults.push_back(
                    printable(policy->name) + ": " + std::string(what.substr(0, what.size() - what.ends_with('.'))));
        }
    }
    return faults.empty() ? passed(found.setting) : failed(join(faults, "; "), { *found.setting });
}

Judgement judgeIdleTimeout(const Instance& instance)
{
    constexpr std::string_view fallback = "4h0m0s";
    const Found found = find(instance, "streamingConnectionIdleTimeout", fallback);
    return secondsOf(found.value).value_or(0) > 0
        ? passed(found.setting)
        : failedAt(instance, "streamingConnectionIdleTimeout", found, fallback);
}

// 0 means without limit; fewer than the five of older defaults loses events of a busy node.
Judgement judgeEventRate(const Instance& instance)
{
    constexpr std::string_view fallback = "50";
    constexpr std::int64_t least = 5;
    const Found found = find(instance, "eventRecordQPS", fallback);
    const std::int64_t rate = toInteger(found.value).value_or(-1);
    return rate == 0 || rate >= least ? passed(found.setting) : failedAt(instance, "eventRecordQPS", found, fallback);
}

Judgement judgeServingCertificate(const Instance& instance)
{
    const Found bootstrap = find(instance, "serverTLSBootstrap", "false");
    if (toLowerAscii(bootstrap.value) == "true")
        return passed(bootstrap.setting); // asks the cluster's CA for one
    const Found certificate = find(instance, "tlsCertFile");
    const Found key = find(instance, "tlsPrivateKeyFile");
    if (!certificate.value.empty() && !key.value.empty())
        return passed(certificate.setting);
    return failed(
        "neither serverTLSBootstrap nor tlsCertFile and tlsPrivateKeyFile are set, so that its certificate is "
        "self-made",
        { bootstrap.setting ? *bootstrap.setting : notGiven("serverTLSBootstrap", "false"),
            notGiven("tlsCertFile", {}) });
}

Judgement judgeServingRotation(const Instance& instance)
{
    const Setting* place = nullptr;
    if (gateOf(instance, "RotateKubeletServerCertificate", place) == false)
        return failed("the feature gate RotateKubeletServerCertificate is off", { *place });
    const Found bootstrap = find(instance, "serverTLSBootstrap", "false");
    if (toLowerAscii(bootstrap.value) == "true")
        return passed(bootstrap.setting);
    if (const Setting* certificate = instance.find("tlsCertFile"))
        return unknown("the certificate is the file " + printable(certificate->value)
            + " on its node; who renews it is not in the cluster");
    return failedAt(instance, "serverTLSBootstrap", bootstrap, "false");
}

Judgement judgePidLimit(const Instance& instance)
{
    const Found found = find(instance, "podPidsLimit", "-1");
    return toInteger(found.value).value_or(-1) > 0 ? passed(found.setting)
                                                   : failedAt(instance, "podPidsLimit", found, "-1");
}

Judgement judgeInsecurePort(const Instance& instance)
{
    const Found port = find(instance, "insecure-port", "0");
    if (port.value != "0")
        return failedAt(instance, "insecure-port", port, "0");
    const Found address = find(instance, "insecure-bind-address");
    if (!address.setting && address.isUnknown && !port.setting)
        return unknown(instance.gap);
    return address.setting ? failedAt(instance, "insecure-bind-address", address, {}) : passed(port.setting);
}

// Switched off on purpose: each of them keeps a promise that other parts rely on.
Judgement judgeDefaultPlugins(const Instance& instance)
{
    const Found found = find(instance, "disable-admission-plugins");
    if (found.isUnknown)
        return unknown(instance.gap);
    return trimmed(found.value).empty() ? passed(found.setting)
                                        : failedAt(instance, "disable-admission-plugins", found, {});
}

Judgement judgeAlphaGates(const Instance& instance)
{
    return judgeGateOff(instance, "AllAlpha");
}

Judgement judgeDynamicAuditing(const Instance& instance)
{
    return judgeGateOff(instance, "DynamicAuditing");
}

Judgement judgeTlsVersion(const Instance& instance)
{
    const std::string_view name
        = instance.component == Component::Kubelet ? std::string_view("tlsMinVersion") : "tls-min-version";
    constexpr std::string_view fallback = "VersionTLS12";
    const Found found = find(instance, name, fallback);
    if (found.isUnknown)
        return unknown(instance.gap);
    const bool isOld = found.value == "VersionTLS10" || found.value == "VersionTLS11";
    return isOld ? failedAt(instance, name, found, fallback) : passed(found.setting);
}

} // namespace plimsoll::control
