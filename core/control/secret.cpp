// SPDX-License-Identifier: Apache-2.0
// Controls on Secrets and the references to them.
#include <algorithm>
#include <array>

#include "core/base/Text.h"
#include "core/control/detail/Families_p.h"
#include "core/control/detail/Outcomes_p.h"

namespace plimsoll::control {

using cluster::Cluster;

namespace {

constexpr std::array<Need, 1> secretNeeds { { { "", "Secret" } } };

// S01.
void checkSecretInEnvironment(const Context& context, const SpecSubject& subject, SpecReport& report)
{
    const Cluster& cluster = context.cluster;
    for (const cluster::Container& container : subject.spec.containers) {
        std::vector<SpecReport::Mark> marks;
        for (std::size_t i = 0; i < container.env.size(); ++i) {
            const cluster::EnvVar& variable = container.env[i];
            if (!variable.secretName.isNone()) {
                marks.push_back({ container.pointer() + "/env/" + std::to_string(i) + "/valueFrom/secretKeyRef",
                    printable(cluster.text(variable.name)) + " from Secret "
                        + printable(cluster.text(variable.secretName)) });
            }
        }
        for (std::size_t i = 0; i < container.envFrom.size(); ++i) {
            const StringId secret = container.envFrom[i].secretName;
            if (!secret.isNone()) {
                marks.push_back({ container.pointer() + "/envFrom/" + std::to_string(i) + "/secretRef",
                    "every key of Secret " + printable(cluster.text(secret)) });
            }
        }
        for (std::size_t i = 0; i < marks.size(); ++i) {
            if (i == 0)
                report.fail(containerText(cluster, container) + " gets Secrets as environment variables",
                    marks[i].pointer, marks[i].value);
            else
                report.mark(marks[i].pointer, marks[i].value);
        }
    }
}

// The references of one pod spec to objects of its namespace, checked one by one.
class ReferenceCheck {
public:
    ReferenceCheck(const Context& context, const SpecSubject& subject, SpecReport& report)
        : m_cluster(context.cluster)
        , m_subject(subject)
        , m_report(report)
    {
    }

    void checkContainers()
    {
        for (const cluster::Container& container : m_subject.spec.containers) {
            for (std::size_t i = 0; i < container.env.size(); ++i) {
                const cluster::EnvVar& variable = container.env[i];
                const std::string place = container.pointer() + "/env/" + std::to_string(i) + "/valueFrom/";
                if (!variable.isSecretOptional)
                    check("Secret", variable.secretName, place + "secretKeyRef/name");
                if (!variable.isConfigMapOptional)
                    check("ConfigMap", variable.configMapName, place + "configMapKeyRef/name");
            }
            for (std::size_t i = 0; i < container.envFrom.size(); ++i) {
                const cluster::EnvFrom& from = container.envFrom[i];
                if (from.isOptional)
                    continue;
                const std::string place = container.pointer() + "/envFrom/" + std::to_string(i);
                check("Secret", from.secretName, place + "/secretRef/name");
                check("ConfigMap", from.configMapName, place + "/configMapRef/name");
            }
        }
    }

    void checkVolumes()
    {
        for (const cluster::Volume& volume : m_subject.spec.volumes) {
            if (volume.isKubeApiAccess())
                continue;
            if (!volume.isOptional) {
                check("Secret", volume.secretName, volume.pointer() + "/secret/secretName");
                check("ConfigMap", volume.configMapName, volume.pointer() + "/configMap/name");
            }
            for (std::size_t i = 0; i < volume.projected.size(); ++i) {
                const cluster::ProjectedSource& source = volume.projected[i];
                if (source.isOptional)
                    continue;
                const std::string place = volume.pointer() + "/projected/sources/" + std::to_string(i);
                check("Secret", source.secretName, place + "/secret/name");
                check("ConfigMap", source.configMapName, place + "/configMap/name");
            }
        }
    }

    void checkPullSecrets()
    {
        for (std::size_t i = 0; i < m_subject.spec.imagePullSecrets.size(); ++i)
            check("Secret", m_subject.spec.imagePullSecrets[i], "/imagePullSecrets/" + std::to_string(i) + "/name");
    }

    void finish()
    {
        if (m_report.verdict == Verdict::Pass && !m_missing.empty())
            m_report.notAssessed(m_missing);
    }

private:
    // Kubernetes puts these into every namespace by itself (root CA publisher; OpenShift's service CA operator).
    static bool isImplicit(std::string_view kind, std::string_view name)
    {
        return kind == "ConfigMap" && (name == "kube-root-ca.crt" || name == "openshift-service-ca.crt");
    }

    void check(std::string_view kind, StringId id, std::string pointer)
    {
        const std::string_view name = m_cluster.text(id);
        if (name.empty() || isImplicit(kind, name))
            return;
        if (!m_cluster.covers("", kind)) {
            m_missing = "the source does not list " + std::string(kind);
        } else if (m_cluster.find(kind, m_subject.ns, name).isNone()) {
            if (m_subject.ns.empty())
                m_missing = "the manifest names no namespace to look for " + std::string(kind) + ' ' + printable(name);
            else
                m_report.fail(std::string(kind) + ' ' + printable(name) + " does not exist", std::move(pointer),
                    printable(name) + ": not found in namespace " + printable(m_subject.ns));
        }
    }

    const Cluster& m_cluster;
    const SpecSubject& m_subject;
    SpecReport& m_report;
    std::string m_missing;
};

// S06.
void checkReferences(const Context& context, const SpecSubject& subject, SpecReport& report)
{
    ReferenceCheck check(context, subject, report);
    check.checkContainers();
    check.checkVolumes();
    check.checkPullSecrets();
    check.finish();
}

// S08.
void judgeEndlessTokens(const Context& context, std::vector<Outcome>& outcomes)
{
    const Cluster& cluster = context.cluster;
    for (const cluster::Secret& secret : cluster.secrets()) {
        const cluster::Object& object = cluster.object(secret.object);
        // The legacy token cleaner has made it worthless; the API server refuses it.
        const bool isInvalidated = !cluster.label(object, "kubernetes.io/legacy-token-invalid-since").empty();
        if (cluster.text(secret.type) != "kubernetes.io/service-account-token" || isInvalidated) {
            pass(secret.object, outcomes);
            continue;
        }
        const std::string_view account = cluster.annotation(object, "kubernetes.io/service-account.name");
        fail(secret.object,
            "holds a token of "
                + (account.empty() ? std::string("a service account") : "service account " + printable(account))
                + " that never expires",
            { { secret.object, "/type", "kubernetes.io/service-account-token" } }, outcomes);
    }
}

constexpr std::array<Control, 3> secretList { {
    { .id = "PLM-S01", .checkSpec = checkSecretInEnvironment, .needs = {} },
    { .id = "PLM-S06", .checkSpec = checkReferences, .needs = {}, .dependsOnWorkload = true },
    { .id = "PLM-S08", .evaluate = judgeEndlessTokens, .needs = secretNeeds },
} };

} // namespace

std::span<const Control> secretControls()
{
    return secretList;
}

} // namespace plimsoll::control
