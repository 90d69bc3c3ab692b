// SPDX-License-Identifier: Apache-2.0
#include "core/evidence/detail/AlertForms.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/base/Text.h"
#include "core/format/Json.h"

namespace plimsoll::evidence {

namespace {

using format::Value;

constexpr std::size_t maxAlerts = 20'000; // told apart
constexpr std::size_t maxProcesses = 4;

// Falco writes null, or "<NA>" within a text, for what it does not know.
std::string_view knownText(Value value)
{
    const std::string_view text = value.text();
    return text == "<NA>" || text == "null" ? std::string_view() : text;
}

std::string_view firstKnownText(Value fields, std::initializer_list<std::string_view> keys)
{
    for (const std::string_view key : keys) {
        if (const std::string_view text = knownText(fields[key]); !text.empty())
            return text;
    }
    return {};
}

AlertPriority falcoPriority(std::string_view text)
{
    constexpr std::array<std::pair<std::string_view, AlertPriority>, 10> names { {
        { "emergency", AlertPriority::Emergency },
        { "alert", AlertPriority::Alert },
        { "critical", AlertPriority::Critical },
        { "error", AlertPriority::Error },
        { "warning", AlertPriority::Warning },
        { "notice", AlertPriority::Notice },
        { "informational", AlertPriority::Informational },
        { "info", AlertPriority::Informational },
        { "information", AlertPriority::Informational },
        { "debug", AlertPriority::Debug },
    } };
    const std::string lower = toLowerAscii(text);
    const auto found = std::ranges::find(names, lower, &std::pair<std::string_view, AlertPriority>::first);
    return found == names.end() ? AlertPriority::Unknown : found->second;
}

bool areAllDigits(std::string_view text)
{
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// "T1059", "T1059.004" and "TA0003" in a word.
bool isTechnique(std::string_view word)
{
    if (word.starts_with("TA"))
        return word.size() == 6 && areAllDigits(word.substr(2));
    if (!word.starts_with('T') || word.size() < 5 || !areAllDigits(word.substr(1, 4)))
        return false;
    return word.size() == 5 || (word.size() == 9 && word[5] == '.' && areAllDigits(word.substr(6)));
}

// Tags as Falco ("mitre_execution", "T1059") and KubeArmor ("MITRE_T1036_masquerading") write them.
void readAlertTag(std::string_view tag, Alert& out)
{
    tag = trimmed(tag);
    const std::string lower = toLowerAscii(tag);
    bool isFound = false;
    for (const std::string_view word : split(tag, '_')) {
        if (isTechnique(word)) {
            out.techniques.emplace_back(word);
            isFound = true;
        }
    }
    if (!isFound && lower.starts_with("mitre_") && lower.size() > 6)
        out.tactics.push_back(lower.substr(6));
}

void tidyAlertTags(Alert& out)
{
    for (std::vector<std::string>* list : { &out.tactics, &out.techniques }) {
        std::ranges::sort(*list);
        list->erase(std::ranges::unique(*list).begin(), list->end());
    }
}

std::string_view programName(std::string_view path)
{
    return path.substr(path.rfind('/') + 1);
}

void addProcess(Alert& out, std::string_view name)
{
    if (name.empty() || out.processes.size() >= maxProcesses || std::ranges::count(out.processes, name) > 0)
        return;
    out.processes.emplace_back(name);
    std::ranges::sort(out.processes);
}

std::string keyOfAlert(const Alert& one)
{
    std::string out = std::to_string(static_cast<int>(one.tool)) + std::to_string(static_cast<int>(one.priority))
        + (one.isBlocked ? 'b' : '-');
    for (const std::string* part :
        { &one.rule, &one.source, &one.ns, &one.pod, &one.container, &one.image, &one.node, &one.owner, &one.user }) {
        out += '\x1f';
        out += *part;
    }
    return out;
}

UnixSeconds falcoTime(Value line, Value fields)
{
    for (const Value time : { line["time"], fields["evt.time.iso8601"], fields["evt.time"] }) {
        if (const auto at = parseTime(time.text()))
            return *at;
        if (const auto nanoseconds = toInteger(time.text()); nanoseconds && *nanoseconds > 0)
            return *nanoseconds / 1'000'000'000;
    }
    return 0;
}

std::string falcoImage(Value fields)
{
    std::string out(firstKnownText(fields, { "container.image.repository", "container.image" }));
    if (const std::string_view tag = knownText(fields["container.image.tag"]); !out.empty() && !tag.empty())
        out.append(":").append(tag);
    if (const std::string_view digest = knownText(fields["container.image.digest"]); !out.empty() && !digest.empty())
        out.append("@").append(digest);
    return out;
}

std::string falcoOwner(Value fields)
{
    constexpr std::array<std::pair<std::string_view, std::string_view>, 6> owners { {
        { "Deployment", "k8smeta.deployment.name" },
        { "Deployment", "k8s.deployment.name" },
        { "ReplicaSet", "k8smeta.rs.name" },
        { "ReplicaSet", "k8s.rs.name" },
        { "ReplicationController", "k8smeta.rc.name" },
        { "ReplicationController", "k8s.rc.name" },
    } };
    for (const auto& [kind, key] : owners) {
        if (const std::string_view name = knownText(fields[key]); !name.empty())
            return std::string(kind) + '/' + std::string(name);
    }
    return {};
}

constexpr std::array<std::string_view, 6> tetragonEvents { "process_kprobe", "process_tracepoint", "process_lsm",
    "process_uprobe", "process_usdt", "process_loader" };

AlertPriority kubeArmorPriority(std::int64_t severity)
{
    if (severity >= 9)
        return AlertPriority::Critical;
    if (severity >= 7)
        return AlertPriority::Error;
    if (severity >= 5)
        return AlertPriority::Warning;
    return severity >= 3 ? AlertPriority::Notice : AlertPriority::Informational;
}

} // namespace

bool isToolsOwnLog(Value line)
{
    return line["level"].isPresent() || line["severity"].isPresent() || line["ts"].isPresent();
}

bool AlertCounter::take(Value line)
{
    if (!line.isObject())
        return false;
    if (line["rule"].isString() && line["priority"].isString()) {
        if (!takeFalcoInternal(line))
            takeFalco(line);
        return true;
    }
    for (const std::string_view event : tetragonEvents) {
        if (line[event].isObject()) {
            takeTetragon(line, event);
            return true;
        }
    }
    if (line["rate_limit_info"].isObject()) {
        ++m_log.dropReports;
        const auto lost = toInteger(line["rate_limit_info"]["number_of_dropped_process_events"].text());
        m_log.drops += static_cast<std::uint64_t>(std::max<std::int64_t>(0, lost.value_or(0)));
        return true;
    }
    if (line["process_exec"].isObject() || line["process_exit"].isObject()) {
        ++m_log.plainEvents;
        return true;
    }
    if (line["Type"].isString() && line["Operation"].isString() && line["HostName"].isPresent()) {
        takeKubeArmor(line);
        return true;
    }
    return false;
}

// What Falco says about itself: above all that it lost events.
bool AlertCounter::takeFalcoInternal(Value line)
{
    if (!line["rule"].text().starts_with("Falco internal:") && line["source"].text() != "internal")
        return false;
    if (line["rule"].text().contains("event drop")) {
        ++m_log.dropReports;
        const auto lost = toInteger(line["output_fields"]["n_drops"].text());
        m_log.drops += static_cast<std::uint64_t>(std::max<std::int64_t>(0, lost.value_or(0)));
    } else {
        ++m_log.plainEvents;
    }
    return true;
}

void AlertCounter::takeFalco(Value line)
{
    const Value fields = line["output_fields"];
    Alert out;
    out.tool = AlertTool::Falco;
    out.rule = line["rule"].text();
    out.priority = falcoPriority(line["priority"].text());
    out.source = line["source"].text();
    out.ns = firstKnownText(fields, { "k8s.ns.name", "k8smeta.ns.name", "ka.target.namespace" });
    out.pod = firstKnownText(fields, { "k8s.pod.name", "k8smeta.pod.name", "ka.target.pod.name" });
    if (out.pod.empty() && knownText(fields["ka.target.resource"]) == "pods")
        out.pod = knownText(fields["ka.target.name"]);
    out.container = firstKnownText(fields, { "container.name", "container.id" });
    if (out.container == "host")
        out.container.clear();
    out.image = falcoImage(fields);
    out.node = firstKnownText(fields, { "k8smeta.node.name", "evt.hostname" });
    if (out.node.empty())
        out.node = knownText(line["hostname"]);
    out.owner = falcoOwner(fields);
    out.user = firstKnownText(fields, { "ka.user.name" });
    addProcess(out, knownText(fields["proc.name"]));
    for (const Value tag : line["tags"])
        readAlertTag(tag.text(), out);
    if (out.techniques.empty()) {
        out.techniques = techniquesOfRule(out.rule);
        out.areTechniquesByName = !out.techniques.empty();
    }
    count(std::move(out), falcoTime(line, fields));
}

void AlertCounter::takeTetragon(Value line, std::string_view event)
{
    const Value body = line[event], process = body["process"], pod = process["pod"];
    Alert out;
    out.tool = AlertTool::Tetragon;
    out.rule = body["policy_name"].text();
    if (out.rule.empty())
        out.rule = firstKnownText(body, { "function_name", "event", "symbol" });
    if (out.rule.empty()) {
        ++m_log.plainEvents; // it loaded or saw something that no policy asks for
        return;
    }
    out.source = event.substr(event.find('_') + 1);
    const std::string action = toLowerAscii(body["action"].text());
    out.isBlocked = action.contains("sigkill") || action.contains("override") || action.contains("signal");
    out.priority = out.isBlocked ? AlertPriority::Error : AlertPriority::Notice;
    out.ns = pod["namespace"].text();
    out.pod = pod["name"].text();
    const Value container = pod["container"];
    out.container = container["name"].text();
    out.image = container["image"]["name"].text();
    out.node = line["node_name"].text();
    if (const std::string_view workload = pod["workload"].text(); !workload.empty())
        out.owner = std::string(pod["workload_kind"].text()) + '/' + std::string(workload);
    addProcess(out, programName(process["binary"].text()));
    for (const Value tag : body["tags"])
        readAlertTag(tag.text(), out);
    count(std::move(out), parseTime(line["time"].text()).value_or(0));
}

void AlertCounter::takeKubeArmor(Value line)
{
    const std::string_view type = line["Type"].text();
    if (!type.starts_with("Matched") && !line["PolicyName"].isString()) {
        ++m_log.plainEvents; // what it saw, under no policy
        return;
    }
    Alert out;
    out.tool = AlertTool::KubeArmor;
    out.rule = line["PolicyName"].text();
    out.priority = kubeArmorPriority(toInteger(line["Severity"].text()).value_or(0));
    out.source = toLowerAscii(line["Operation"].text());
    out.ns = line["NamespaceName"].text();
    out.pod = line["PodName"].text();
    out.container = line["ContainerName"].text();
    out.image = line["ContainerImage"].text();
    out.node = line["HostName"].text();
    const Value owner = line["Owner"];
    if (const std::string_view name = owner["Name"].text(); !name.empty())
        out.owner = std::string(owner["Ref"].text()) + '/' + std::string(name);
    out.isBlocked = line["Action"].text() == "Block" && line["Result"].text() != "Passed";
    addProcess(out, programName(split(line["ProcessName"].text(), ' ').front()));
    for (const std::string_view tag : split(line["Tags"].text(), ','))
        readAlertTag(tag, out);
    for (const Value tag : line["ATags"])
        readAlertTag(tag.text(), out);
    const auto time = parseTime(line["UpdatedTime"].text());
    count(std::move(out), time ? *time : line["Timestamp"].asInteger().value_or(0));
}

void AlertCounter::count(Alert alert, UnixSeconds at)
{
    ++m_log.events;
    if (at > 0) {
        m_log.from = std::min(m_log.from.value_or(at), at);
        m_log.to = std::max(m_log.to.value_or(at), at);
    }
    tidyAlertTags(alert);
    alert.count = 1;
    alert.first = alert.last = at;
    add(std::move(alert));
}

void AlertCounter::add(Alert alert)
{
    std::string key = keyOfAlert(alert);
    if (m_alerts.size() >= maxAlerts && !m_alerts.contains(key)) {
        m_log.isCut = true;
        alert.pod.clear();
        alert.container.clear();
        key = keyOfAlert(alert);
    }
    const auto [found, isNew] = m_alerts.try_emplace(std::move(key), alert);
    if (isNew)
        return;
    Alert& sum = found->second;
    sum.count += alert.count;
    sum.first = sum.first == 0 ? alert.first : alert.first == 0 ? sum.first : std::min(sum.first, alert.first);
    sum.last = std::max(sum.last, alert.last);
    for (const std::string& process : alert.processes)
        addProcess(sum, process);
    sum.tactics.insert(sum.tactics.end(), alert.tactics.begin(), alert.tactics.end());
    if (sum.areTechniquesByName && !alert.areTechniquesByName)
        sum.techniques.clear();
    if (!alert.areTechniquesByName || sum.areTechniquesByName)
        sum.techniques.insert(sum.techniques.end(), alert.techniques.begin(), alert.techniques.end());
    sum.areTechniquesByName = sum.areTechniquesByName && alert.areTechniquesByName;
    tidyAlertTags(sum);
}

AlertLog AlertCounter::finish()
{
    for (auto& [key, alert] : m_alerts)
        m_log.alerts.push_back(std::move(alert));
    m_alerts.clear();
    sortAlerts(m_log.alerts);
    return std::move(m_log);
}

} // namespace plimsoll::evidence
