// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/Result.h"
#include "core/control/Control.h"

namespace plimsoll::control {

// The words of one control, from resources/controls/<family>.yaml.
struct ControlText {
    std::string id; // "PLM-W01"
    std::string title; // "Privileged container"
    Severity severity = Severity::Medium;
    std::string severityReason; // why this severity: what the fault gives an attacker
    std::string description; // what is checked and why it matters, one or two short paragraphs
    std::string remediation; // what to do, in general
    std::vector<std::string> aka; // ids of other tools: "C-0057", "KSV-0017"
    std::vector<std::string> references; // URLs of public documentation
};

struct Requirement {
    enum class Mode : std::uint8_t {
        Automated, // decided by controls
        Manual, // a person decides; lookAt says what to look at
        NeedsNodeData, // decided by files or processes of a node
    };
    std::string id; // "5.2.2"
    std::string title; // our own words
    std::string section;
    Mode mode = Mode::Manual;
    std::vector<std::string> controls; // ids; may be given for Manual too, as an aid ("what to look at")
    std::string lookAt;
    std::string level; // "L1", "L2", "baseline", "restricted"; "" when the framework has none
};

struct Framework {
    std::string id; // "cis-2.0.1", "pss", "nsa-cisa"
    std::string title; // "CIS Kubernetes Benchmark 2.0.1"
    std::string version;
    std::string note; // completeness, licence: "mapped requirements only"
    std::vector<Requirement> requirements; // in the framework's order
};

// Controls joined with their texts, and the frameworks. Made once by loadCatalogue(); immutable.
struct Catalogue {
    struct Entry {
        const Control* control = nullptr;
        ControlText text;
        std::vector<std::string> frameworks; // "cis-2.0.1 5.2.2", derived from the frameworks' files
    };
    std::vector<Entry> entries; // in order of controls()
    std::vector<Framework> frameworks; // in order of id

    const Entry* find(std::string_view id) const; // "PLM-W01", also "W01"; nullptr if unknown
    const Framework* findFramework(std::string_view id) const;
};

// Reads the compiled-in texts and frameworks. Fails (Internal) when code and texts do not match one to one, a
// framework names an unknown control, or a field is missing: a test holds that it never does.
Result<std::shared_ptr<const Catalogue>> loadCatalogue();

} // namespace plimsoll::control
