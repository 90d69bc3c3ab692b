// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <utility>

#include "core/base/Text.h"
#include "core/evidence/Falco.h"

// Source: falcosecurity/rules rules/*.yaml (tags) and falcosecurity/plugins k8s_audit_rules.yaml, whose rules have no
//         such tags; MITRE ATT&CK Enterprise (names).
namespace plimsoll::evidence {

namespace {

using TechniquePair = std::pair<std::string_view, std::string_view>;

// By name; names of rules do not change once they are published.
constexpr auto ruleTechniques = std::to_array<TechniquePair>({
    { "Adding ssh keys to authorized_keys", "T1098.004" },
    { "Anonymous Request Allowed", "T1078" },
    { "Attach to cluster-admin Role", "T1098.006" },
    { "Attach/Exec Pod", "T1609" },
    { "Change namespace privileges via unshare", "T1611" },
    { "Change thread namespace", "T1611" },
    { "Clear Log Activities", "T1070" },
    { "ClusterRole With Pod Exec Created", "T1098.006" },
    { "ClusterRole With Wildcard Created", "T1098.006" },
    { "ClusterRole With Write Privileges Created", "T1098.006" },
    { "Contact EC2 Instance Metadata Service From Container", "T1552.005" },
    { "Contact K8S API Server From Container", "T1565" },
    { "Contact cloud metadata service from container", "T1552.005" },
    { "Container Drift Detected (chmod)", "T1059" },
    { "Container Drift Detected (open+create)", "T1059" },
    { "Container Run as Root User", "T1610" },
    { "Create Disallowed Pod", "T1610" },
    { "Create Hardlink Over Sensitive Files", "T1555" },
    { "Create Hidden Files or Directories", "T1564.001" },
    { "Create HostIPC Pod", "T1610" },
    { "Create HostNetwork Pod", "T1610" },
    { "Create HostPID Pod", "T1610" },
    { "Create Privileged Pod", "T1610" },
    { "Create Sensitive Mount Pod", "T1610" },
    { "Create Symlink Over Sensitive Files", "T1555" },
    { "Create/Modify Configmap With Private Credentials", "T1552" },
    { "DB program spawned process", "T1190" },
    { "Debugfs Launched in Privileged Container", "T1611" },
    { "Decoding Payload in Container", "T1132" },
    { "Delete Bash History", "T1070" },
    { "Delete or rename shell history", "T1070" },
    { "Detect crypto miners using the Stratum protocol", "T1496" },
    { "Detect outbound connections to common miner pool ports", "T1496" },
    { "Detect release_agent File Container Escapes", "T1611" },
    { "Directory traversal monitored file read", "T1555" },
    { "Disallowed K8s User", "T1078" },
    { "Disallowed SSH Connection", "T1021.004" },
    { "Disallowed SSH Connection Non Standard Port", "T1059" },
    { "Drop and execute new binary in container", "TA0003" },
    { "EphemeralContainers Created", "T1609" },
    { "Execution from /dev/shm", "T1059.004" },
    { "Fileless execution via memfd_create", "T1620" },
    { "Find AWS Credentials", "T1552" },
    { "Full K8s Administrative Access", "T1078" },
    { "K8s Role/Clusterrolebinding Created", "T1098.006" },
    { "K8s Secret Get Successfully", "T1552.007" },
    { "K8s Secret Get Unsuccessfully Tried", "T1552.007" },
    { "K8s ServiceAccount Created", "T1136" },
    { "Launch Disallowed Container", "T1610" },
    { "Launch Excessively Capable Container", "T1610" },
    { "Launch Package Management Process in Container", "T1505" },
    { "Launch Privileged Container", "T1610" },
    { "Launch Remote File Copy Tools in Container", "T1020" },
    { "Launch Sensitive Mount Container", "T1610" },
    { "Linux Kernel Module Injection Detected", "TA0003" },
    { "Mkdir binary dirs", "T1222.002" },
    { "Modify Shell Configuration File", "T1546.004" },
    { "Modify binary dirs", "T1222.002" },
    { "Mount Launched in Privileged Container", "T1611" },
    { "Netcat Remote Code Execution in Container", "T1059" },
    { "Non sudo setuid", "T1548.001" },
    { "PTRACE anti-debug attempt", "T1622" },
    { "PTRACE attached to process", "T1055.008" },
    { "Packet socket created in container", "T1557.002" },
    { "Pod Created in Kube Namespace", "T1610" },
    { "Read Shell Configuration File", "T1546.004" },
    { "Read sensitive file trusted after startup", "T1555" },
    { "Read sensitive file untrusted", "T1555" },
    { "Read ssh information", "T1005" },
    { "Redirect STDOUT/STDIN to Network Connection in Container", "T1059" },
    { "Remove Bulk Data from Disk", "T1485" },
    { "Run shell untrusted", "T1059.004" },
    { "Schedule Cron Jobs", "T1053.003" },
    { "Search Private Keys or Passwords", "T1552.001" },
    { "Service Account Created in Kube Namespace", "T1136" },
    { "Set Setuid or Setgid bit", "T1548.001" },
    { "Sudo Potential Privilege Escalation", "T1548.003" },
    { "System ClusterRole Modified/Deleted", "T1098.006" },
    { "System procs network activity", "T1059" },
    { "System user interactive", "T1059" },
    { "Terminal shell in container", "T1059" },
    { "The docker client is executed in a container", "T1610" },
    { "Unexpected K8s NodePort Connection", "T1205.001" },
    { "Unprivileged Delegation of Page Faults Handling to a Userspace Process", "TA0005" },
    { "Untrusted Node Successfully Joined the Cluster", "T1078" },
    { "Untrusted Node Unsuccessfully Tried to Join the Cluster", "T1078" },
    { "Update Package Repository", "T1072" },
    { "User mgmt binaries", "T1098" },
    { "Write below binary dir", "T1543" },
    { "Write below etc", "T1098" },
    { "Write below monitored dir", "T1543" },
    { "Write below root", "TA0003" },
});
static_assert(std::ranges::is_sorted(ruleTechniques, {}, &TechniquePair::first));

constexpr auto techniqueNames = std::to_array<TechniquePair>({
    { "T1005", "Data from Local System" },
    { "T1020", "Automated Exfiltration" },
    { "T1021.004", "SSH" },
    { "T1036", "Masquerading" },
    { "T1036.005", "Match Legitimate Resource Name or Location" },
    { "T1046", "Network Service Discovery" },
    { "T1048", "Exfiltration Over Alternative Protocol" },
    { "T1053", "Scheduled Task/Job" },
    { "T1053.003", "Cron" },
    { "T1053.007", "Container Orchestration Job" },
    { "T1055", "Process Injection" },
    { "T1055.008", "Ptrace System Calls" },
    { "T1059", "Command and Scripting Interpreter" },
    { "T1059.004", "Unix Shell" },
    { "T1068", "Exploitation for Privilege Escalation" },
    { "T1070", "Indicator Removal" },
    { "T1070.003", "Clear Command History" },
    { "T1071", "Application Layer Protocol" },
    { "T1072", "Software Deployment Tools" },
    { "T1078", "Valid Accounts" },
    { "T1082", "System Information Discovery" },
    { "T1090", "Proxy" },
    { "T1098", "Account Manipulation" },
    { "T1098.004", "SSH Authorized Keys" },
    { "T1098.006", "Additional Container Cluster Roles" },
    { "T1105", "Ingress Tool Transfer" },
    { "T1132", "Data Encoding" },
    { "T1136", "Create Account" },
    { "T1190", "Exploit Public-Facing Application" },
    { "T1203", "Exploitation for Client Execution" },
    { "T1205.001", "Port Knocking" },
    { "T1222.002", "Linux and Mac File and Directory Permissions Modification" },
    { "T1485", "Data Destruction" },
    { "T1496", "Resource Hijacking" },
    { "T1498", "Network Denial of Service" },
    { "T1505", "Server Software Component" },
    { "T1525", "Implant Internal Image" },
    { "T1528", "Steal Application Access Token" },
    { "T1543", "Create or Modify System Process" },
    { "T1546.004", "Unix Shell Configuration Modification" },
    { "T1548.001", "Setuid and Setgid" },
    { "T1548.003", "Sudo and Sudo Caching" },
    { "T1552", "Unsecured Credentials" },
    { "T1552.001", "Credentials In Files" },
    { "T1552.004", "Private Keys" },
    { "T1552.005", "Cloud Instance Metadata API" },
    { "T1552.007", "Container API" },
    { "T1555", "Credentials from Password Stores" },
    { "T1556", "Modify Authentication Process" },
    { "T1557.002", "ARP Cache Poisoning" },
    { "T1562", "Impair Defenses" },
    { "T1562.001", "Disable or Modify Tools" },
    { "T1564.001", "Hidden Files and Directories" },
    { "T1565", "Data Manipulation" },
    { "T1571", "Non-Standard Port" },
    { "T1572", "Protocol Tunneling" },
    { "T1574", "Hijack Execution Flow" },
    { "T1595", "Active Scanning" },
    { "T1609", "Container Administration Command" },
    { "T1610", "Deploy Container" },
    { "T1611", "Escape to Host" },
    { "T1612", "Build Image on Host" },
    { "T1613", "Container and Resource Discovery" },
    { "T1620", "Reflective Code Loading" },
    { "T1622", "Debugger Evasion" },
    { "TA0001", "Initial Access" },
    { "TA0002", "Execution" },
    { "TA0003", "Persistence" },
    { "TA0004", "Privilege Escalation" },
    { "TA0005", "Defense Evasion" },
    { "TA0006", "Credential Access" },
    { "TA0007", "Discovery" },
    { "TA0008", "Lateral Movement" },
    { "TA0009", "Collection" },
    { "TA0010", "Exfiltration" },
    { "TA0011", "Command and Control" },
    { "TA0040", "Impact" },
});
static_assert(std::ranges::is_sorted(techniqueNames, {}, &TechniquePair::first));

template <class Table> std::string_view lookUpTechnique(const Table& table, std::string_view key)
{
    const auto found = std::ranges::lower_bound(table, key, {}, &TechniquePair::first);
    return found != table.end() && found->first == key ? found->second : std::string_view();
}

} // namespace

std::vector<std::string> techniquesOfRule(std::string_view rule)
{
    const std::string_view technique = lookUpTechnique(ruleTechniques, rule);
    return technique.empty() ? std::vector<std::string>() : std::vector<std::string> { std::string(technique) };
}

std::string_view techniqueName(std::string_view id)
{
    return lookUpTechnique(techniqueNames, id);
}

} // namespace plimsoll::evidence
