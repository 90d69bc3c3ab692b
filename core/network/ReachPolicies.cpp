// SPDX-License-Identifier: Apache-2.0
// Policies from both ends: which concern a pod, and which pods they concern.
#include <algorithm>
#include <set>

#include "core/network/detail/Compile_p.h"

namespace plimsoll::network {

using cluster::ObjectId;
using Match = Reach::Private::Match;

namespace {

std::vector<std::pair<std::uint32_t, Layer>> groupsOf(const Reach::Private& model, ObjectId policy)
{
    const Reach::Private& owner = model.base ? *model.base : model;
    const auto found = owner.groupsOfPolicy.find(policy.index);
    return found == owner.groupsOfPolicy.end() ? std::vector<std::pair<std::uint32_t, Layer>>() : found->second;
}

void addPods(const Foundation& f, const ClassSet& set, std::vector<std::uint32_t>& out)
{
    for (std::uint32_t c = 0; c < f.classes.size(); ++c) {
        if (set.contains(c))
            out.insert(out.end(), f.classes[c].pods.begin(), f.classes[c].pods.end());
    }
}

void sortUnique(std::vector<std::uint32_t>& list)
{
    std::ranges::sort(list);
    list.erase(std::ranges::unique(list).begin(), list.end());
}

} // namespace

std::vector<std::uint32_t> Reach::selectedBy(ObjectId policy, Direction direction) const
{
    std::vector<std::uint32_t> out;
    for (const auto& [index, layer] : groupsOf(*m, policy)) {
        if (directionOf(layer) == direction)
            addPods(m->f(), m->set(m->group(index).subject), out);
    }
    sortUnique(out);
    return out;
}

std::vector<Reach::RulePeers> Reach::peersOf(ObjectId policy, Direction direction) const
{
    std::vector<RulePeers> out;
    for (const auto& [index, layer] : groupsOf(*m, policy)) {
        if (directionOf(layer) != direction)
            continue;
        for (const Rule& rule : m->group(index).rules) {
            if (m->policy(rule.policy).object != policy)
                continue;
            RulePeers peers;
            peers.pointer = rule.pointer;
            for (const std::uint32_t id : rule.peers) {
                const Peer& peer = m->peer(id);
                peers.isEverybody = peers.isEverybody || peer.isEverybody || peer.kind == PeerDef::Kind::Unreadable;
                if (peer.classes != noIndex)
                    addPods(m->f(), m->set(peer.classes), peers.pods);
                peers.addresses.insert(peers.addresses.end(), peer.addresses.begin(), peer.addresses.end());
                for (const bool isV6 : { false, true }) {
                    if (peer.kind == PeerDef::Kind::Outside || peer.kind == PeerDef::Kind::Domains
                        || peer.kind == PeerDef::Kind::Nodes)
                        peers.addresses.push_back(everyAddress(isV6));
                }
            }
            sortUnique(peers.pods);
            peers.addresses = joined(std::move(peers.addresses));
            out.push_back(std::move(peers));
        }
    }
    return out;
}

std::vector<ObjectId> Reach::policies() const
{
    std::vector<ObjectId> out;
    const auto count = static_cast<std::uint32_t>(m->count(&Private::policies));
    for (std::uint32_t i = 0; i < count; ++i) {
        if (!m->policy(i).isOfChanges)
            out.push_back(m->policy(i).object);
    }
    std::ranges::sort(out);
    out.erase(std::ranges::unique(out).begin(), out.end());
    return out;
}

std::string Reach::doubtOf(std::uint32_t ns, Direction direction) const
{
    const auto side = m->undecidable(ns, false, direction == Direction::Ingress ? Layer::Ingress : Layer::Egress);
    return side ? side->remark : std::string();
}

bool Reach::isConcerned(std::uint32_t ns) const
{
    return m->isConcerned[ns];
}

PodPolicies Reach::policiesOf(std::uint32_t pod) const
{
    PodPolicies out;
    const std::uint32_t podClass = m->f().pods[pod].podClass;
    std::set<ObjectId> selecting[2], naming[2];
    for (const Layer layer : { Layer::Ingress, Layer::Egress, Layer::Mesh }) {
        const std::size_t at = indexOf(directionOf(layer));
        for (const std::uint32_t index : m->profileFor(layer, podClass).groups) {
            for (const std::uint32_t policy : m->group(index).policies) {
                if (selecting[at].insert(m->policy(policy).object).second)
                    out.selecting[at].push_back(m->policy(policy).object);
            }
        }
    }
    Private::Other other;
    other.podClass = podClass;
    const auto groupCount = static_cast<std::uint32_t>(m->count(&Private::groups));
    std::vector<std::optional<bool>> matched(m->count(&Private::peers));
    const Private& owner = m->base ? *m->base : *m;
    std::vector<Layer> layerOf(groupCount, Layer::Ingress);
    for (const auto& [object, groups] : owner.groupsOfPolicy) {
        for (const auto& [index, layer] : groups)
            layerOf[index] = layer;
    }
    for (std::uint32_t index = 0; index < groupCount; ++index) {
        const std::size_t at = indexOf(directionOf(layerOf[index]));
        for (const Rule& rule : m->group(index).rules) {
            const bool isNamed = std::ranges::any_of(rule.peers, [&](std::uint32_t id) {
                if (!matched[id])
                    matched[id] = !m->peer(id).isEverybody && m->match(m->peer(id), other) == Match::Yes;
                return *matched[id];
            });
            if (isNamed && naming[at].insert(m->policy(rule.policy).object).second)
                out.naming[at].push_back(m->policy(rule.policy).object);
        }
    }
    for (const Direction direction : bothDirections)
        out.isIsolated[indexOf(direction)] = isIsolated(pod, direction);
    return out;
}

} // namespace plimsoll::network
