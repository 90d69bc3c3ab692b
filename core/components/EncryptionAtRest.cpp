// SPDX-License-Identifier: Apache-2.0
#include "core/base/Text.h"
#include "core/components/detail/EncryptionAtRest.h"

namespace plimsoll::components {

namespace {

constexpr std::string_view flag = "encryption-provider-config";

EncryptionAtRest byConfiguration(const evidence::EncryptionConfig& config)
{
    using State = EncryptionAtRest::State;
    EncryptionAtRest out;
    if (!config.problems.empty()) {
        out.sentence = "the API server would refuse " + printable(config.name) + ": " + config.problems.front();
        return out;
    }
    const evidence::EncryptionStrength strength = evidence::strengthOf(config);
    out.state = strength.level == evidence::EncryptionStrength::Level::Plain ? State::Plain
        : strength.level == evidence::EncryptionStrength::Level::Weak        ? State::Weak
                                                                             : State::Strong;
    out.sentence = strength.sentence + ", by " + printable(config.name)
        + (strength.pointer.empty() ? "" : ' ' + strength.pointer);
    out.remark = strength.remark;
    out.provider = strength.provider;
    return out;
}

} // namespace

EncryptionAtRest encryptionAtRest(const Instance& server, std::span<const evidence::EncryptionConfig> given)
{
    using State = EncryptionAtRest::State;
    const Setting* setting = server.find(flag);
    const bool isSet = setting && !setting->value.empty();
    EncryptionAtRest out;
    if (isSet && !given.empty()) {
        // Which of several files the server reads cannot be told: the weakest counts.
        for (const evidence::EncryptionConfig& config : given) {
            EncryptionAtRest one = byConfiguration(config);
            if (out.sentence.empty() || one.state < out.state)
                out = std::move(one);
        }
    } else if (isSet) {
        out.sentence = "which provider encrypts Secrets stands in the file " + printable(setting->value)
            + " of the control plane, which the source does not hold; give it as evidence";
    } else if (!setting && !server.gap.empty()) {
        out.sentence = server.gap;
    } else {
        out.state = State::Plain;
        out.sentence = "stores Secrets in etcd as they are: no encryption is configured";
    }
    out.pointer = setting ? setting->pointer : server.base;
    out.value = "--" + std::string(flag)
        + (isSet          ? '=' + printable(setting->value)
                : setting ? " is empty"
                          : " not set");
    return out;
}

} // namespace plimsoll::components
