// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/Progress.h"
#include "core/base/Result.h"
#include "core/base/Time.h"
#include "core/format/Archive.h"

// What intrusion detection saw at run time: JSON lines of Falco (also as falcosidekick passes them on), Tetragon and
// KubeArmor, added up while they are read. Command lines and outputs are never kept: they may hold credentials.
// Source: falcosecurity/falco userspace/engine/formats.cpp and falcosecurity/rules; cilium/tetragon
//         api/v1/tetragon/events.proto; kubearmor/KubeArmor protobuf/kubearmor.proto and its telemetry.
namespace plimsoll::evidence {

enum class AlertTool : std::uint8_t { Falco, Tetragon, KubeArmor };
std::string_view toText(AlertTool tool); // "Falco"

// Falco's priorities, worst first; those of other tools are laid over them.
enum class AlertPriority : std::uint8_t {
    Emergency,
    Alert,
    Critical,
    Error,
    Warning,
    Notice,
    Informational,
    Debug,
    Unknown,
};
std::string_view toText(AlertPriority priority); // "Critical"

// All alerts of one rule at one place.
struct Alert {
    AlertTool tool = AlertTool::Falco;
    std::string rule; // name of the rule or policy
    AlertPriority priority = AlertPriority::Unknown;
    std::string source; // "syscall", "k8s_audit", "kprobe", ...
    std::string ns, pod, container; // "" when the alert is about a host or does not say
    std::string image; // repository and tag, or digest
    std::string node; // host name that the tool gave
    std::string owner; // of the pod, "Deployment/web", where the tool says so
    std::string user; // of the API, in alerts about its audit log
    std::vector<std::string> processes; // names of programs, the first few; sorted
    std::vector<std::string> tactics; // MITRE ATT&CK: "execution"; sorted
    std::vector<std::string> techniques; // "T1059.004", "TA0003"; sorted
    bool areTechniquesByName = false; // the alert has no tags: told from the name of the rule
    bool isBlocked = false; // the tool prevented it
    std::uint64_t count = 0;
    UnixSeconds first = 0, last = 0;

    // What makes two alerts one: all that stands before `processes`, and isBlocked.

    // "Falco, Notice: Terminal shell in container, in pod shop/web-1, container web, by sh, 3 times from ... to ...".
    std::string sentence() const;
};

struct AlertLog {
    std::vector<Alert> alerts; // by priority, rule, namespace, pod, ...
    std::uint64_t events = 0;
    std::uint64_t drops = 0; // of events that the tool says it lost: what it did not see is not here
    std::uint64_t dropReports = 0; // lines that say so
    std::uint64_t plainEvents
        = 0; // lines of the tools that are no alerts: processes that began or ended under no policy, ...
    bool isCut = false; // there were more different places than are told apart: those after are without pod
    std::optional<UnixSeconds> from, to;
    std::vector<Error> problems; // the first ones
    std::uint64_t badLines = 0;

    void add(AlertLog other);
};

// By content, from the first bytes (4096 are enough; headOfFile() unpacks).
bool isFalco(std::string_view head);
bool isTetragon(std::string_view head);
bool isKubeArmor(std::string_view head);
inline bool isAlertLog(std::string_view head)
{
    return isFalco(head) || isTetragon(head) || isKubeArmor(head);
}

// Reads JSON lines, plain or packed; lines of the tools may be mixed.
// Errors: Access, Format (no alerts, gzip broken), Cancelled.
Result<AlertLog> readAlertLog(format::ByteSource& bytes, const std::string& name, Progress& progress);
Result<AlertLog> readAlertLogFile(const std::string& path, Progress& progress);

// ATT&CK techniques of a rule of Falco's by its name, for versions before tags carried them; empty when not known.
std::vector<std::string> techniquesOfRule(std::string_view rule);
// "Unix Shell" of "T1059.004"; "" when not known.
std::string_view techniqueName(std::string_view id);

} // namespace plimsoll::evidence
