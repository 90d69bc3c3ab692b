// SPDX-License-Identifier: Apache-2.0
// The control on certificates.
#include <array>
#include <map>

#include "core/base/Text.h"
#include "core/control/detail/Families_p.h"
#include "core/control/detail/Outcomes_p.h"
#include "core/secrets/Certificates.h"

namespace plimsoll::control {

using cluster::ObjectId;

namespace {

// S14. A request is history: what was issued lies elsewhere.
void judgeCertificates(const Context& context, std::vector<Outcome>& outcomes)
{
    using Place = secrets::CertificateEntry::Place;
    const auto now = context.settings.dayOf(context.cluster);
    const secrets::CertificateList list
        = secrets::certificatesOf(context.cluster, now, static_cast<int>(context.settings.certificateDays));
    std::map<ObjectId, Outcome> byObject;
    for (const secrets::CertificateEntry& entry : list.entries) {
        if (entry.place == Place::Request)
            continue;
        Outcome& outcome = byObject[entry.object];
        outcome.object = entry.object;
        const std::string name = entry.facts ? "certificate " + entry.facts->subject : std::string("its certificate");
        for (const secrets::CertificateFault& fault : entry.faults) {
            if (outcome.verdict != Verdict::Fail)
                outcome.message = name + ' ' + fault.text;
            outcome.verdict = Verdict::Fail;
            outcome.evidence.push_back({ entry.object, entry.pointer, name + ' ' + fault.text });
        }
        if (outcome.verdict == Verdict::Pass && !now) {
            outcome.verdict = Verdict::NotAssessed;
            outcome.message = "the time to which an expiry refers is not known";
        }
    }
    for (const auto& [object, pointer] : list.unread) {
        Outcome& outcome = byObject[object];
        outcome.object = object;
        if (outcome.verdict == Verdict::Fail)
            continue;
        outcome.verdict = Verdict::NotAssessed;
        outcome.message = "what should be a certificate could not be read as one (" + pointer + ')';
    }
    for (auto& [object, outcome] : byObject)
        outcomes.push_back(std::move(outcome));
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
