// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "core/admission/Admission.h"
#include "core/base/Text.h"
#include "core/control/detail/Outcomes_p.h"
#include "core/control/detail/PodSecurity_p.h"
#include "core/format/Document.h"

namespace plimsoll::control {

using admission::Level;
using admission::Mode;
using admission::Setting;
using cluster::Cluster;

namespace {

std::string pointerOfLabel(const std::string& label)
{
    return "/metadata/labels/" + format::pointerToken(label);
}

// One fault of one label after the other; the remedy puts right what a label can.
class LabelJudge {
public:
    LabelJudge(const Cluster& cluster, const cluster::Namespace& ns)
        : m_cluster(cluster)
        , m_object(ns.object)
        , m_policy(admission::policyOf(cluster, ns))
    {
    }

    bool hasLabels() const { return m_policy.enforce.isSet || m_policy.audit.isSet || m_policy.warn.isSet; }

    void judge()
    {
        judgeMode(Mode::Enforce, m_policy.enforce);
        judgeMode(Mode::Audit, m_policy.audit);
        judgeMode(Mode::Warn, m_policy.warn);
        if (!m_policy.enforce.isSet)
            return;
        for (const auto& [mode, setting] :
            { std::pair(Mode::Audit, &m_policy.audit), std::pair(Mode::Warn, &m_policy.warn) }) {
            if (setting->isSet && setting->isLevelValid && setting->level < m_policy.enforce.level)
                add(admission::levelLabel(mode) + " is weaker than what is enforced, so that it tells nothing",
                    admission::levelLabel(mode), std::string(admission::toText(setting->level)),
                    jsonQuoted(admission::toText(Level::Restricted)));
        }
    }

    void finish(std::vector<Outcome>& outcomes)
    {
        if (m_messages.empty())
            return pass(m_object, outcomes);
        Outcome& outcome = fail(m_object, join(m_messages, "; "), std::move(m_evidence), outcomes);
        outcome.patch = { m_object, std::move(m_edits) };
    }

private:
    void judgeMode(Mode mode, const Setting& setting)
    {
        if (!setting.isSet)
            return;
        if (!setting.isLevelValid)
            add(admission::levelLabel(mode) + " is no level, and taken as restricted", admission::levelLabel(mode),
                setting.given, jsonQuoted(admission::toText(Level::Restricted)));
        if (!setting.isVersionValid)
            add(admission::versionLabel(mode) + " is no version, and taken as latest", admission::versionLabel(mode),
                setting.givenVersion, "\"latest\"");
        if (!setting.version.minor || setting.level == Level::Privileged)
            return;
        const std::uint32_t newest = admission::decidingMinor({}, m_cluster.version());
        std::vector<std::string> missed;
        for (const auto& later : admission::tighteningsAfter(setting.level, *setting.version.minor, newest))
            missed.push_back(std::string(later.what) + " since 1." + std::to_string(later.minor));
        if (!missed.empty())
            add(admission::versionLabel(mode) + " pins rules that became stricter: the standard " + join(missed, ", "),
                admission::versionLabel(mode), setting.givenVersion, "\"latest\"");
    }

    void add(std::string message, const std::string& label, std::string value, std::string json)
    {
        m_messages.push_back(std::move(message));
        m_evidence.push_back({ m_object, pointerOfLabel(label), printable(value) });
        m_edits.push_back({ pointerOfLabel(label), std::move(json) });
    }

    const Cluster& m_cluster;
    cluster::ObjectId m_object;
    admission::NamespacePolicy m_policy;
    std::vector<std::string> m_messages;
    std::vector<Evidence> m_evidence;
    std::vector<cluster::Patch::Edit> m_edits;
};

// The level that counts for what runs: what the namespace enforces, at least baseline.
Level wantedLevel(const admission::NamespacePolicy& policy)
{
    return std::max(policy.enforce.level, Level::Baseline);
}

struct Refused {
    const cluster::Workload* workload;
    cluster::ObjectId holder;
    std::vector<admission::Violation> violations;
};

std::optional<Refused> refusedOf(
    const Cluster& cluster, const cluster::Workload& workload, Level level, std::uint32_t minor)
{
    for (const cluster::PodSpecUse& use : workload.specs) {
        auto found = admission::violations(cluster.strings(), cluster.podSpec(use.spec), level, minor);
        if (!found.empty())
            return Refused { &workload, use.holder, std::move(found) };
    }
    return std::nullopt;
}

void addRefused(const Cluster& cluster, const Refused& refused, std::vector<Evidence>& evidence)
{
    for (const admission::Violation& violation : refused.violations) {
        for (const auto& place : violation.places)
            evidence.push_back(
                { refused.holder, std::string(cluster.podSpecPointer(refused.holder)) + place.pointer, place.value });
    }
}

} // namespace

// M03.
void judgeLevelVersions(const Context& context, std::vector<Outcome>& outcomes)
{
    for (const cluster::Namespace& ns : context.cluster.namespaces()) {
        if (ns.object.isNone())
            continue;
        LabelJudge judge(context.cluster, ns);
        if (!judge.hasLabels())
            continue; // M02 says so
        judge.judge();
        judge.finish(outcomes);
    }
}

// M04.
void judgeRefusedWorkloads(const Context& context, std::vector<Outcome>& outcomes)
{
    const Cluster& cluster = context.cluster;
    std::vector<std::vector<const cluster::Workload*>> byNamespace(cluster.namespaces().size());
    for (const cluster::Workload& workload : cluster.workloads()) {
        const StringId name = cluster.object(workload.object).ns;
        const auto ns = std::ranges::find(cluster.namespaces(), name, &cluster::Namespace::name);
        if (ns != cluster.namespaces().end() && !workload.specs.empty())
            byNamespace[static_cast<std::size_t>(ns - cluster.namespaces().begin())].push_back(&workload);
    }
    for (std::size_t i = 0; i < byNamespace.size(); ++i) {
        const cluster::Namespace& ns = cluster.namespaces()[i];
        // The cluster's own components need what baseline forbids.
        if (ns.object.isNone() || byNamespace[i].empty() || isSystemNamespace(cluster.text(ns.name)))
            continue;
        const admission::NamespacePolicy policy = admission::policyOf(cluster, ns);
        const Level level = wantedLevel(policy);
        const bool isEnforced = policy.enforce.isSet && policy.enforce.level == level;
        const std::uint32_t minor = admission::decidingMinor(
            isEnforced ? policy.enforce.version : admission::PolicyVersion(), cluster.version());
        std::vector<std::string> names;
        std::vector<Evidence> evidence;
        for (const cluster::Workload* workload : byNamespace[i]) {
            const auto refused = refusedOf(cluster, *workload, level, minor);
            if (!refused)
                continue;
            names.push_back(printable(cluster.titleOf(workload->object)));
            addRefused(cluster, *refused, evidence);
        }
        if (names.empty()) {
            pass(ns.object, outcomes);
            continue;
        }
        const std::size_t count = names.size();
        constexpr std::size_t shown = 3;
        if (count > shown) {
            names.resize(shown);
            names.push_back("...");
        }
        const std::string levelName(admission::toText(level));
        Outcome& outcome = fail(ns.object,
            std::to_string(count) + " of " + counted(byNamespace[i].size(), "workload", "workloads")
                + (isEnforced
                        ? " run although the namespace enforces " + levelName + ", and could not be created again: "
                        : " would be refused if the namespace enforced " + levelName + ": ")
                + join(names, ", "),
            std::move(evidence), outcomes);
        outcome.affected = static_cast<std::uint32_t>(count);
    }
}

} // namespace plimsoll::control
