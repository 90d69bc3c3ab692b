// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/cluster/Cluster.h"
#include "core/cluster/Patch.h"
#include "core/control/Settings.h"

namespace plimsoll::access {
class Rbac; // the index of roles and bindings of a cluster, core/access/Access.h
}
namespace plimsoll::network {
class Reach; // what can talk to what, core/network/Reach.h
struct Exposure; // a way from outside to pods, core/network/Exposure.h
} // namespace plimsoll::network

namespace plimsoll::components {
class Components; // how the parts of Kubernetes itself are set up, core/components/Components.h
}

namespace plimsoll::images {
struct ImageInventory; // every image and what runs of it, core/images/Inventory.h
struct ScanResults; // scanners' reports joined to the images that run, core/images/Vulnerabilities.h
} // namespace plimsoll::images

namespace plimsoll::attack {
class AttackGraph; // where an attacker gets, core/attack/AttackGraph.h
}

namespace plimsoll::secrets {
class Readers; // who comes to Secrets, core/secrets/Readers.h
}

namespace plimsoll::control {

enum class Severity : std::uint8_t { Critical, High, Medium, Low, Info };
std::string_view toText(Severity severity); // "critical" ...
std::optional<Severity> severityFromText(std::string_view text);

enum class Verdict : std::uint8_t { Pass, Fail, NotAssessed };
std::string_view toText(Verdict verdict); // "pass", "fail", "not assessed"

// One reason for a verdict: a place in an object and what stands there.
struct Evidence {
    cluster::ObjectId object;
    std::string pointer; // RFC 6901 in the object; of a missing field: where it would stand
    std::string value; // as shown: "true", "hostPath: /etc", "not set"; printable, never a secret
};

// What a control decided for one object (its subject: the top workload, binding, role, namespace ... of decisions.md).
struct Outcome {
    cluster::ObjectId object;
    Verdict verdict = Verdict::Pass;
    std::string message; // one sentence: what is wrong here, or which data is missing (NotAssessed)
    std::vector<Evidence> evidence; // in order of importance; at least one for Fail
    std::uint32_t affected = 1; // pods or objects behind it
    cluster::Patch patch; // the remedy as far as the object itself can decide; may be empty
};

// What a report from the nodes says to a control (kube-bench), by way of the framework that it followed.
struct NodeFact {
    std::string control; // "PLM-1.1.1"
    std::string id; // as the report numbers it: "cis-1.12 1.1.1"
    bool isFault = false;
    std::string actual; // what was found; printable
    std::string nodeType; // "master", "node", ...
    std::string file; // the report
};

// What a control is given. All references outlive the call.
struct Context {
    const cluster::Cluster& cluster;
    const access::Rbac& rbac;
    const network::Reach& reach;
    std::span<const network::Exposure> exposures;
    const Settings& settings;
    const components::Components* components = nullptr; // nullptr: not looked at
    std::span<const NodeFact> nodeFacts = {};
    const secrets::Readers* secrets = nullptr; // never null where a control runs
    const images::ImageInventory* images = nullptr; // the same
    const images::ScanResults* scans = nullptr; // nullptr: no report of a scanner was given
    const attack::AttackGraph* attack = nullptr; // never null where a control runs
};

// Where the outcome of a control on a pod spec is written. Pointers and edits are relative to the spec
// ("/containers/0/securityContext/privileged"); the engine makes them absolute for every holder.
class SpecReport {
public:
    struct Mark {
        std::string pointer;
        std::string value;
    };
    // The spec fails. Message as a clause about the containers or the pod: "container web is privileged".
    void fail(std::string message, std::string pointer, std::string value);
    // A further place, without a message of its own.
    void mark(std::string pointer, std::string value);
    // Sets (or with json == "" removes) a field of the spec as the remedy.
    void edit(std::string pointer, std::string json);
    // Nothing can be said about this spec; which data is missing.
    void notAssessed(std::string missing);

    Verdict verdict = Verdict::Pass;
    std::vector<std::string> messages;
    std::vector<Mark> marks;
    std::vector<cluster::Patch::Edit> edits;
    std::string missing;
};

// The pod spec a control looks at, and what it may need to know besides: which workload, template or live pod.
struct SpecSubject {
    const cluster::PodSpec& spec;
    const cluster::Workload& workload;
    std::string_view ns; // of the workload, "" when the manifest names none
    bool isLivePod = false; // a pod as the API server admitted it (admission has filled in defaults and volumes)
};

// A kind that must be covered by the source (Cluster::covers), else the control is not assessed.
struct Need {
    std::string_view group;
    std::string_view kind;
};

// One control. Declared in core/control/<family>.cpp; texts in resources/controls/<family>.yaml. At most one of the two
// functions is set; none: it is planned, and always "not assessed".
struct Control {
    std::string_view id; // "PLM-W01"
    // Checks one distinct pod spec; runs once per spec and workload context it depends on, not per pod.
    void (*checkSpec)(const Context&, const SpecSubject&, SpecReport&) = nullptr;
    // Checks anything else: appends one Outcome for each object it judged, passes included.
    void (*evaluate)(const Context&, std::vector<Outcome>&) = nullptr;
    std::span<const Need> needs; // all must be covered
    bool dependsOnWorkload
        = false; // checkSpec reads SpecSubject::workload, ns or isLivePod: no sharing between workloads

    bool isPlanned() const { return !checkSpec && !evaluate; }
};

// Every control, in order of id within family W, R, N, S, I, M, T, components, G. The one explicit list: Catalogue.cpp.
std::span<const Control> controls();

} // namespace plimsoll::control
