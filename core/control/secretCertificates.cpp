// SPDX-License-Identifier: Apache-2.0
// The control on certificates that lie where everybody may read them.
#include <array>

#include "core/base/Text.h"
#include "core/control/detail/Families_p.h"
#include "core/control/detail/Outcomes_p.h"
#include "core/format/Certificate.h"

namespace plimsoll::control {

using cluster::Cluster;
using cluster::ObjectId;

namespace {

constexpr UnixSeconds secondsOfDay = 86400;
constexpr UnixSeconds warningDays = 30;

std::string expiryFault(std::optional<UnixSeconds> end, UnixSeconds now)
{
    if (!end || *end > now + warningDays * secondsOfDay)
        return {};
    return (*end <= now ? "has expired on " : "expires on ") + formatDate(*end);
}

bool hasWeakKey(const format::Certificate& certificate)
{
    return (certificate.keyAlgorithm == "RSA" && certificate.keyBits < 2048)
        || (certificate.keyAlgorithm == "EC" && certificate.keyBits < 224);
}

// One object with its certificates.
class CertificateCheck {
public:
    CertificateCheck(ObjectId object, std::optional<UnixSeconds> now)
        : m_object(object)
        , m_now(now)
    {
    }

    void checkBundle(format::Value bundle, const std::string& pointer)
    {
        if (bundle.text().empty())
            return;
        const auto certificates = format::readEncodedCertificates(bundle.text());
        m_isUnread = m_isUnread || certificates.empty();
        for (const format::Certificate& certificate : certificates) {
            checkEnd(certificate.notAfter, pointer, certificate.subject);
            if (hasWeakKey(certificate))
                add("a certificate has a weak key", pointer,
                    certificate.subject + ": " + certificate.keyAlgorithm + ' ' + std::to_string(certificate.keyBits));
        }
    }

    void checkEnd(std::optional<UnixSeconds> end, const std::string& pointer, const std::string& name)
    {
        m_isFound = true;
        if (!m_now)
            return;
        if (const std::string fault = expiryFault(end, *m_now); !fault.empty())
            add("a certificate " + fault, pointer, name + ' ' + fault);
    }

    void finish(std::vector<Outcome>& outcomes)
    {
        if (!m_evidence.empty())
            fail(m_object, m_message, std::move(m_evidence), outcomes);
        else if (m_isUnread)
            notAssessed(m_object, "what should be a certificate could not be read as one", outcomes);
        else if (m_isFound && !m_now)
            notAssessed(m_object, "the time to which an expiry refers is not known", outcomes);
        else
            pass(m_object, outcomes);
    }

private:
    void add(std::string message, const std::string& pointer, std::string value)
    {
        if (m_evidence.empty())
            m_message = std::move(message);
        m_evidence.push_back({ m_object, pointer, std::move(value) });
    }

    ObjectId m_object;
    std::optional<UnixSeconds> m_now;
    bool m_isFound = false;
    bool m_isUnread = false;
    std::string m_message;
    std::vector<Evidence> m_evidence;
};

void checkPlaces(format::Value root, CertificateCheck& check)
{
    std::size_t index = 0;
    for (const format::Value webhook : root["webhooks"])
        check.checkBundle(
            webhook.at("/clientConfig/caBundle"), "/webhooks/" + std::to_string(index++) + "/clientConfig/caBundle");
    constexpr std::array<const char*, 2> bundles { "/spec/caBundle", "/spec/conversion/webhook/clientConfig/caBundle" };
    for (const char* pointer : bundles)
        check.checkBundle(root.at(pointer), pointer);
    if (const auto end = parseTime(root.at("/status/notAfter").text()))
        check.checkEnd(end, "/status/notAfter", "it");
}

// S14.
void judgeCertificates(const Context& context, std::vector<Outcome>& outcomes)
{
    const Cluster& cluster = context.cluster;
    const auto now = context.settings.dayOf(cluster);
    constexpr std::array<Need, 5> places { {
        { admissionGroup, "MutatingWebhookConfiguration" },
        { admissionGroup, "ValidatingWebhookConfiguration" },
        { "apiregistration.k8s.io", "APIService" },
        { "apiextensions.k8s.io", "CustomResourceDefinition" },
        { "cert-manager.io", "Certificate" },
    } };
    for (const Need& place : places) {
        for (const ObjectId id : cluster.objectsOf(place.group, place.kind)) {
            format::Document document;
            if (cluster.object(id).isMissing || !cluster.snapshot().readRaw(cluster.object(id).raw, document)) {
                notAssessed(id, "the object could not be read", outcomes);
                continue;
            }
            CertificateCheck check(id, now);
            checkPlaces(document.root(), check);
            check.finish(outcomes);
        }
    }
    for (const cluster::Secret& secret : cluster.secrets()) {
        if (cluster.text(secret.type) == "kubernetes.io/tls")
            notAssessed(secret.object, "its certificate is dropped with its values", outcomes);
    }
}

constexpr std::array<Control, 1> certificateList { {
    { .id = "PLM-S14", .evaluate = judgeCertificates, .needs = {} },
} };

} // namespace

std::span<const Control> secretCertificateControls()
{
    return certificateList;
}

} // namespace plimsoll::control
