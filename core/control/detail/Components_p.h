// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/components/Components.h"
#include "core/control/Control.h"

// Controls on the parts of Kubernetes itself, as rows of a table: which setting of which component, and what it must
// be.
namespace plimsoll::control {

// The verdict on one instance of a component.
struct Judgement {
    Verdict verdict = Verdict::Pass;
    std::string clause; // of a failure: "--profiling is true"; else what is missing
    std::vector<components::Setting> places; // the settings that decide; pointer "" = not set, stands at Instance::base
};

enum class Test : std::uint8_t {
    Absent, // must not be given
    Given, // must be given and not empty
    Is, // its value, or the default, is the argument
    IsNot,
    Holds, // the list holds the argument
    HoldsNot,
    AtLeast, // a whole number
    Loopback, // an address, with or without port, of the host itself
    Custom,
    Node, // only a report from the node can tell
};

struct Rule {
    std::string_view id;
    components::Component component;
    Test test;
    std::string_view setting = {};
    std::string_view argument = {};
    std::string_view fallback = {}; // what holds when the setting is not given
    std::string_view second = {}; // Given: another setting that is needed too
    Judgement (*judge)(const components::Instance&) = nullptr; // Custom
    Judgement (*judgeAmong)(const components::Components&, const components::Instance&)
        = nullptr; // Custom, with others
    std::span<const components::Component> others = {}; // that the same holds for
    std::string_view missing = {}; // Node: what has to be looked at
};

std::span<const Rule> componentRules(); // in order of id
Judgement judgeInstance(const Rule& rule, const components::Instance& instance);

// The Custom ones, in componentChecks.cpp.
using JudgeInstance = Judgement(const components::Instance&);
JudgeInstance judgeAnonymous; // 1.2.1
JudgeInstance judgeModeNotOpen; // 1.2.6
JudgeInstance judgeModeNode; // 1.2.7
JudgeInstance judgeModeRbac; // 1.2.8
JudgeInstance judgeAuditPath; // 1.2.16
JudgeInstance judgeAuditAge; // 1.2.17
JudgeInstance judgeAuditBackups; // 1.2.18
JudgeInstance judgeAuditSize; // 1.2.19
JudgeInstance judgeRequestTimeout; // 1.2.20
JudgeInstance judgeEncryptionProvider; // 1.2.28
JudgeInstance judgeCiphers; // 1.2.29
// 2.7
Judgement judgeEtcdCa(const components::Components& components, const components::Instance& instance);
JudgeInstance judgePodGc; // 1.3.1
JudgeInstance judgeRotationGate; // 1.3.6
// 3.2.2
Judgement judgeAuditPolicyContent(const components::Components& components, const components::Instance& instance);
JudgeInstance judgeIdleTimeout; // 4.2.5
JudgeInstance judgeEventRate; // 4.2.8
JudgeInstance judgeServingCertificate; // 4.2.9
JudgeInstance judgeServingRotation; // 4.2.11
JudgeInstance judgeKubeletCiphers; // 4.2.12
JudgeInstance judgePidLimit; // 4.2.13
JudgeInstance judgeInsecurePort; // X01
JudgeInstance judgeDefaultPlugins; // X05
JudgeInstance judgeAlphaGates; // X07
JudgeInstance judgeDynamicAuditing; // X08
JudgeInstance judgeTlsVersion; // X12

} // namespace plimsoll::control
