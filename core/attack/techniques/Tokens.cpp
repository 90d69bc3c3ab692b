// SPDX-License-Identifier: Apache-2.0
// What a container has at hand: tokens of service accounts, Secrets, the processes beside it.
// Source: Kubernetes 1.36 plugin/pkg/admission/serviceaccount/admission.go (which pods get a token).
#include <algorithm>
#include <map>

#include "core/attack/detail/Making_p.h"
#include "core/base/Text.h"

namespace plimsoll::attack {

using cluster::Container;
using cluster::PodSpec;

namespace {

std::string_view accountOf(const Making& making, const PodSpec& spec)
{
    return spec.serviceAccountName.isNone() ? std::string_view("default") : making.text(spec.serviceAccountName);
}

bool mounts(const Container& container, StringId volume)
{
    return std::ranges::any_of(container.volumeMounts, [&](const auto& mount) { return mount.name == volume; });
}

struct Automount {
    bool isOn = false;
    std::string why; // of a refusal
    cluster::ObjectId object; // that says so
    std::string pointer;
};

// Of a template: what admission will do. Of live pods: what it did.
Automount automountOf(const Making& making, const PodClass& one)
{
    const PodSpec& spec = making.spec(one);
    const std::string pointer = making.evidencePointer(one) + "/automountServiceAccountToken";
    if (std::ranges::any_of(spec.volumes, [](const auto& volume) { return volume.isKubeApiAccess(); }))
        return { true, {}, one.holder, pointer };
    if (making.cluster.workloads()[one.workload.index].isStatic)
        return { false, "static pods get no token", one.holder, pointer };
    if (spec.automountServiceAccountToken)
        return { *spec.automountServiceAccountToken && !one.isAdmitted, "automountServiceAccountToken is false",
            one.holder, pointer };
    const cluster::ServiceAccount* account = making.cluster.serviceAccount(one.ns, accountOf(making, spec));
    if (account && account->automountServiceAccountToken == false)
        return { false, "the service account has automountServiceAccountToken: false", account->object,
            "/automountServiceAccountToken" };
    // A pod that was read and shows no token has none, whatever would be done for new ones.
    return { !one.isAdmitted, "the pod has no token", one.holder, pointer };
}

void addMountedToken(Making& making, const PodClass& one)
{
    const PodSpec& spec = making.spec(one);
    const PlaceId account = making.account(one.ns, accountOf(making, spec));
    const Automount automount = automountOf(making, one);
    if (automount.isOn) {
        const Fact fact { .kind = Fact::Kind::Setting,
            .object = making.editedObject(one),
            .pointer = making.specPointer(one) + "/automountServiceAccountToken",
            .text = making.titleOf(one) + " holds a token of its service account",
            .fix = "set automountServiceAccountToken to false in " + making.titleOf(one),
            .patch = { making.editedObject(one),
                { { making.specPointer(one) + "/automountServiceAccountToken", "false" } } } };
        const PlaceId token = making.weakness(one, Technique::MountedToken, "token in " + making.titleOf(one), fact);
        const auto volume = std::ranges::find_if(spec.volumes, [](const auto& each) { return each.isKubeApiAccess(); });
        for (const std::uint32_t c : making.liveContainers(one)) {
            if (volume == spec.volumes.end() || mounts(spec.containers[c], volume->name))
                making.graph.step(one.containers[c], token, Technique::ContainerOwnsPod);
        }
        making.confirm(
            token, account, Technique::MountedToken, automount.object, automount.pointer, "the token is mounted");
    } else {
        const std::uint32_t why
            = making.graph.reason({ automount.object, automount.pointer, automount.why, automount.object, {} });
        for (const std::uint32_t c : making.liveContainers(one))
            making.graph.refuse(one.containers[c], account, Technique::MountedToken, why);
    }
}

// Tokens that a pod asks for by a volume of its own.
void addProjectedTokens(Making& making, const PodClass& one)
{
    const PodSpec& spec = making.spec(one);
    for (const cluster::Volume& volume : spec.volumes) {
        const auto source
            = std::ranges::find_if(volume.projected, [](const auto& each) { return each.isServiceAccountToken; });
        if (volume.isKubeApiAccess() || source == volume.projected.end())
            continue;
        const std::string audience = printable(making.text(source->audience));
        const Fact fact { .kind = Fact::Kind::Setting,
            .object = making.editedObject(one),
            .pointer = making.volumePointer(one, volume),
            .text = making.titleOf(one) + " mounts a token of its service account by volume "
                + printable(making.text(volume.name)),
            .fix = "drop the volume, or bind the token to another audience",
            .patch = {} };
        const PlaceId token = making.weakness(one, Technique::MountedToken,
            "token volume " + printable(making.text(volume.name)) + " in " + making.titleOf(one), fact);
        for (const std::uint32_t c : making.liveContainers(one)) {
            if (mounts(spec.containers[c], volume.name))
                making.graph.step(one.containers[c], token, Technique::ContainerOwnsPod);
        }
        const bool isForApi = audience.empty() || audience.starts_with("https://kubernetes.default");
        making.graph.step(token, making.account(one.ns, accountOf(making, spec)), Technique::MountedToken,
            isForApi ? Certainty::Confirmed : Certainty::NeedsFact,
            making.graph.reason({ one.holder, making.evidencePointer(one) + volume.pointer(),
                isForApi ? "the token is for the API server" : "the token is for " + audience, {},
                isForApi ? "" : "the API server takes tokens for " + audience }));
    }
}

class HeldSecrets {
public:
    HeldSecrets(Making& making, const PodClass& one)
        : m_making(making)
        , m_one(one)
    {
    }

    void add()
    {
        const PodSpec& spec = m_making.spec(m_one);
        for (const std::uint32_t c : m_making.liveContainers(m_one)) {
            const Container& container = spec.containers[c];
            for (std::size_t i = 0; i < container.env.size(); ++i)
                hold(c, container.env[i].secretName, container.pointer() + "/env/" + std::to_string(i));
            for (std::size_t i = 0; i < container.envFrom.size(); ++i)
                hold(c, container.envFrom[i].secretName, container.pointer() + "/envFrom/" + std::to_string(i));
            for (const cluster::Volume& volume : spec.volumes) {
                if (!mounts(container, volume.name))
                    continue;
                hold(c, volume.secretName, volume.pointer());
                for (const cluster::ProjectedSource& source : volume.projected)
                    hold(c, source.secretName, volume.pointer());
            }
        }
    }

private:
    void hold(std::uint32_t container, StringId name, const std::string& pointer)
    {
        if (name.isNone() || m_making.text(name).empty())
            return;
        const std::string secret = printable(m_making.text(name));
        const auto [found, isNew] = m_places.try_emplace(pointer);
        if (isNew) {
            const Fact fact { .kind = Fact::Kind::Setting,
                .object = m_making.editedObject(m_one),
                .pointer = m_making.specPointer(m_one) + pointer,
                .text = m_making.titleOf(m_one) + " gets Secret " + secret,
                .fix = "take Secret " + secret + " out of " + m_making.titleOf(m_one),
                .patch = {} };
            found->second = m_making.weakness(m_one, Technique::HeldSecret,
                "Secret " + secret + " in " + m_making.titleOf(m_one) + " (" + pointer.substr(1) + ')', fact);
            m_making.confirm(found->second, m_making.secret(m_one.ns, m_making.text(name)), Technique::HeldSecret,
                m_one.holder, m_making.evidencePointer(m_one) + pointer, "it is mounted or in the environment");
        }
        m_making.graph.step(m_one.containers[container], found->second, Technique::ContainerOwnsPod);
    }

    Making& m_making;
    const PodClass& m_one;
    std::map<std::string, PlaceId> m_places;
};

void addSharedProcesses(Making& making, const PodClass& one)
{
    const auto live = making.liveContainers(one);
    if (!making.spec(one).shareProcessNamespace || live.size() < 2)
        return;
    const std::string pointer = making.specPointer(one) + "/shareProcessNamespace";
    const Fact fact { .kind = Fact::Kind::Setting,
        .object = making.editedObject(one),
        .pointer = pointer,
        .text = making.titleOf(one) + " shares its processes between containers",
        .fix = "remove shareProcessNamespace from " + making.titleOf(one),
        .patch = { making.editedObject(one), { { pointer, "" } } } };
    const PlaceId shared
        = making.weakness(one, Technique::SharedProcesses, "shared processes of " + making.titleOf(one), fact);
    for (const std::uint32_t c : live) {
        making.confirm(one.containers[c], shared, Technique::SharedProcesses, one.holder,
            making.evidencePointer(one) + "/shareProcessNamespace", "shareProcessNamespace is true");
        making.graph.step(shared, one.containers[c], Technique::ContainerOwnsPod);
    }
}

} // namespace

void addTokens(Making& making)
{
    for (const PodClass& one : making.classes) {
        addMountedToken(making, one);
        addProjectedTokens(making, one);
        HeldSecrets(making, one).add();
        addSharedProcesses(making, one);
    }
}

} // namespace plimsoll::attack
