// SPDX-License-Identifier: Apache-2.0
// One packet: which rule of which policy decides it, for each end.
#include "core/network/detail/ReachModel_p.h"

#include <algorithm>

#include "core/base/Text.h"

namespace plimsoll::network {

using Match = Reach::Private::Match;
using Other = Reach::Private::Other;

Other Reach::Private::otherOf(const Point& point, const Point& subject) const
{
    Other other;
    const StringId ownNode = subject.isPod() ? f().pods[subject.pod].node : StringId();
    if (point.isPod()) {
        const ReachPod& pod = f().pods[point.pod];
        other.podClass = pod.podClass;
        other.signature = f().classes[pod.podClass].signature;
        if (pod.isHostNetwork)
            other.node = f().nodeNamed(pod.node);
        other.isOwnNode = pod.isHostNetwork && !pod.node.isNone() && pod.node == ownNode;
        return other;
    }
    other.addresses = point.addresses;
    if (point.addresses.first == point.addresses.last) {
        const auto found = f().nodeByAddress.find({ point.addresses.isV6, point.addresses.first });
        if (found != f().nodeByAddress.end())
            other.node = found->second;
    }
    other.isOwnNode = other.node != noIndex && f().nodes[other.node].name == ownNode;
    return other;
}

namespace {

Match ofAddresses(const std::vector<AddressRange>& blocks, const AddressRange& range)
{
    for (const AddressRange& block : blocks) {
        if (!block.overlaps(range))
            continue;
        return block.first <= range.first && range.last <= block.last ? Match::Yes : Match::Maybe;
    }
    return Match::No;
}

} // namespace

Match Reach::Private::match(const Peer& peer, const Other& other) const
{
    if (peer.isEverybody)
        return Match::Yes;
    const bool isPod = other.podClass != noIndex;
    const auto isIn = [&](std::uint32_t id) { return id != noIndex && set(id).contains(other.podClass); };
    switch (peer.kind) {
    case PeerDef::Kind::Pods:
        if (!isPod || !isIn(peer.classes))
            return Match::No;
        // The standard leaves open whether selectors match pods in the network of the node.
        return other.podClass < f().hostClassBegin ? Match::Yes : peer.isHostMaybe ? Match::Maybe : Match::No;
    case PeerDef::Kind::Addresses:
        if (!isPod)
            return !peer.isAlsoPods && other.node != noIndex ? Match::No : ofAddresses(peer.addresses, other.addresses);
        return isIn(peer.classes) ? Match::Yes : isIn(peer.maybe) ? Match::Maybe : Match::No;
    case PeerDef::Kind::Nodes: {
        const bool isHost = isPod && other.podClass >= f().hostClassBegin;
        if (isPod ? !isHost : other.node == noIndex)
            return Match::No;
        const std::uint32_t node = other.node != noIndex ? other.node : f().classes[other.podClass].node;
        if (node != noIndex && !std::ranges::binary_search(peer.nodes, node))
            return Match::No;
        const Match found = node == noIndex ? Match::Maybe : Match::Yes;
        if (peer.scope == PeerDef::NodeScope::All)
            return found;
        if (!other.isOwnNode)
            return Match::Maybe;
        return *other.isOwnNode == (peer.scope == PeerDef::NodeScope::Own) ? found : Match::No;
    }
    case PeerDef::Kind::Outside:
        return isPod || other.node != noIndex ? Match::No : Match::Yes;
    case PeerDef::Kind::Domains:
        return isPod ? Match::No : Match::Maybe;
    case PeerDef::Kind::Unreadable:
        return Match::Maybe;
    }
    return Match::Maybe;
}

Match Reach::Private::match(const Rule& rule, const Other& other) const
{
    Match best = Match::No;
    for (const std::uint32_t id : rule.peers) {
        const Match one = match(peer(id), other);
        if (one == Match::Yes) {
            best = Match::Yes;
            break;
        }
        if (one == Match::Maybe)
            best = Match::Maybe;
    }
    return best == Match::Yes && rule.isMaybe ? Match::Maybe : best;
}

namespace {

bool isOf(const PortTerm& term, Protocol protocol)
{
    return term.isAnyProtocol || term.protocol == protocol;
}

} // namespace

bool Reach::Private::hasPort(
    const PortTerms& terms, std::uint32_t signature, Protocol protocol, std::uint16_t port) const
{
    if (terms.isAll)
        return true;
    return std::ranges::any_of(terms.terms, [&](const PortTerm& term) {
        if (!isOf(term, protocol))
            return false;
        if (term.name.empty())
            return term.range.first <= port && port <= term.range.last;
        return std::ranges::any_of(f().signatures[signature], [&](const NamedPort& named) {
            return named.port == port && named.protocol == protocol && named.name == term.name;
        });
    });
}

PortSet Reach::Private::resolve(const PortTerms& terms, std::uint32_t signature) const
{
    if (terms.isAll)
        return PortSet::all();
    PortSet out;
    for (const PortTerm& term : terms.terms) {
        if (term.name.empty()) {
            for (const Protocol protocol : allProtocols) {
                if (isOf(term, protocol))
                    out.add(PortSet::of(protocol, term.range));
            }
            continue;
        }
        for (const NamedPort& named : f().signatures[signature]) {
            if (named.name == term.name && isOf(term, named.protocol))
                out.add(PortSet::of(named.protocol, { named.port, named.port }));
        }
    }
    return out;
}

bool Reach::Private::isOnOwnNode(const Point& pod, const Point& other) const
{
    if (!pod.isPod() || f().pods[pod.pod].node.isNone())
        return false;
    const Other seen = otherOf(other, pod);
    return seen.isOwnNode.value_or(false);
}

std::optional<Side> Reach::Private::undecidable(std::uint32_t ns, bool isOtherOutside, Layer layer) const
{
    if (layer == Layer::Mesh)
        return std::nullopt;
    if (!unreadable[ns].empty()) {
        Side side { .answer = Answer::Unknown, .basis = Basis::Unreadable };
        side.remark = unreadable[ns];
        return side;
    }
    for (const Unevaluated& one : unevaluatedIn) {
        const bool isLeaving = layer == Layer::Egress && isOtherOutside;
        if ((one.ns != noIndex && one.ns != ns) || (one.isAboutLeaving && !isLeaving))
            continue;
        Side side { .answer = Answer::Unknown, .basis = Basis::Unevaluated, .policy = one.object };
        side.remark = printable(f().cluster->titleOf(one.object)) + " is of a kind that is not computed";
        return side;
    }
    return std::nullopt;
}

namespace {

// Evaluates the rules of a profile for one packet. What may match leaves two ways; both must agree.
class PacketEvaluation {
public:
    PacketEvaluation(
        const Reach::Private& model, const Other& other, std::uint32_t signature, Protocol protocol, std::uint16_t port)
        : m_model(model)
        , m_other(other)
        , m_signature(signature)
        , m_protocol(protocol)
        , m_port(port)
    {
    }

    Side run(const Profile& profile) { return fromStage(profile, 0); }

private:
    struct Hit {
        const Rule* rule = nullptr;
        Match match = Match::No;
    };

    // The first rule of a group from `at` on that matches or may match; `at` moves to it.
    Hit firstHit(const Group& group, std::size_t& at) const
    {
        for (; at < group.rules.size(); ++at) {
            const Rule& rule = group.rules[at];
            if (!m_model.hasPort(m_model.terms(rule.ports), m_signature, m_protocol, m_port))
                continue;
            if (const Match match = m_model.match(rule, m_other); match != Match::No)
                return { &rule, match };
        }
        return {};
    }

    Side decided(const Rule& rule, Answer answer) const
    {
        Side side;
        side.answer = answer;
        side.basis = rule.isL7 && answer == Answer::Allowed ? Basis::L7Restricted : Basis::Policy;
        side.policy = m_model.policy(rule.policy).object;
        side.policyIndex = rule.policy;
        side.pointer = rule.pointer;
        return side;
    }

    // Why a rule only may match.
    Side uncertain(const Rule& rule) const
    {
        Side side = decided(rule, Answer::Unknown);
        side.basis = Basis::Unevaluated;
        side.remark = rule.reason;
        for (const std::uint32_t id : rule.peers) {
            const Peer& peer = m_model.peer(id);
            if (!side.remark.empty() || m_model.match(peer, m_other) != Match::Maybe)
                continue;
            if (peer.kind == PeerDef::Kind::Pods) {
                side.basis = Basis::UndefinedHostNetwork;
                side.remark = "the other pod is in the network of its node: whether " + peer.text
                    + " matches it is not defined";
            } else if (peer.kind == PeerDef::Kind::Addresses) {
                side.basis = Basis::IpBlockOnPod;
                side.remark = m_other.podClass == noIndex ? "only a part of the range is in " + peer.text
                                                          : "the address of the other pod is not known";
            } else if (peer.kind == PeerDef::Kind::Domains) {
                side.basis = Basis::NeedsDns;
                side.remark = "it depends on what the names " + peer.text + " resolve to";
            } else {
                side.remark = "it depends on " + peer.text;
            }
        }
        return side;
    }

    // What rules that only may match would have made of it.
    struct Doubts {
        std::optional<Side> allow, deny;

        Side finish(Side side) const
        {
            if (side.answer == Answer::Allowed && deny)
                return *deny;
            return side.answer == Answer::Denied && allow ? *allow : side;
        }
    };

    Side fromStage(const Profile& profile, std::size_t stage) const
    {
        if (stage == profile.stages.size())
            return {};
        return fromRule(profile, stage, 0, 0, 0);
    }

    Side endOf(const Profile& profile, std::size_t stage) const
    {
        const Stage& own = profile.stages[stage];
        if (!own.deniesAtEnd)
            return fromStage(profile, stage + 1);
        Side side;
        side.answer = Answer::Denied;
        side.basis = Basis::Policy;
        for (const Step& step : own.steps) {
            for (const std::uint32_t index : step.groups) {
                const Group& group = m_model.group(index);
                if (group.isolates && side.policy.isNone()) {
                    side.policyIndex = group.policies.front();
                    side.policy = m_model.policy(side.policyIndex).object;
                }
            }
        }
        return side;
    }

    Side applied(const Rule& rule, const Profile& profile, std::size_t stage) const
    {
        if (rule.action == Action::Pass)
            return fromStage(profile, stage + 1);
        return decided(rule, rule.action == Action::Allow ? Answer::Allowed : Answer::Denied);
    }

    Side fromRule(
        const Profile& profile, std::size_t stage, std::size_t step, std::size_t group, std::size_t rule) const
    {
        const Stage& own = profile.stages[stage];
        Doubts doubts;
        for (; step < own.steps.size(); ++step, group = 0, rule = 0) {
            if (own.steps[step].isAmbiguous) {
                if (auto side = ofAmbiguous(profile, stage, step))
                    return doubts.finish(*side);
                continue;
            }
            const auto& groups = own.steps[step].groups;
            while (group < groups.size()) {
                const Hit hit = firstHit(m_model.group(groups[group]), rule);
                if (!hit.rule) {
                    ++group;
                    rule = 0;
                    continue;
                }
                ++rule;
                if (hit.match == Match::Yes)
                    return doubts.finish(applied(*hit.rule, profile, stage));
                if (hit.rule->action == Action::Pass) {
                    const Side passed = fromStage(profile, stage + 1);
                    const Side stayed = fromRule(profile, stage, step, group, rule);
                    return doubts.finish(passed.answer == stayed.answer ? stayed : uncertain(*hit.rule));
                }
                auto& doubt = hit.rule->action == Action::Allow ? doubts.allow : doubts.deny;
                if (!doubt)
                    doubt = uncertain(*hit.rule);
            }
        }
        return doubts.finish(endOf(profile, stage));
    }

    // Policies of one priority: fine as long as they agree.
    std::optional<Side> ofAmbiguous(const Profile& profile, std::size_t stage, std::size_t step) const
    {
        std::vector<Hit> hits; // of each group those that may be its first
        bool isSure = false;
        for (const std::uint32_t index : profile.stages[stage].steps[step].groups) {
            std::size_t at = 0;
            for (Hit hit = firstHit(m_model.group(index), at); hit.rule; hit = firstHit(m_model.group(index), ++at)) {
                hits.push_back(hit);
                isSure = isSure || hit.match == Match::Yes;
                if (hit.match == Match::Yes)
                    break;
            }
        }
        if (hits.empty())
            return std::nullopt;
        for (const Hit& hit : hits) {
            if (hit.rule->action == hits.front().rule->action)
                continue;
            const auto doubtful = std::ranges::find(hits, Match::Maybe, &Hit::match);
            if (doubtful != hits.end()) {
                // Whichever of them matches: it may be all the same.
                const Side later = fromRule(profile, stage, step + 1, 0, 0);
                const bool isSame = std::ranges::all_of(
                    hits, [&](const Hit& one) { return applied(*one.rule, profile, stage).answer == later.answer; });
                return isSame ? later : uncertain(*doubtful->rule);
            }
            Side side = decided(*hits.front().rule, Answer::Unknown);
            side.basis = Basis::AmbiguousPriority;
            side.remark = m_model.policy(hits.front().rule->policy).title + " and "
                + m_model.policy(hit.rule->policy).title + " have the same priority and disagree";
            return side;
        }
        const Side here = applied(*hits.front().rule, profile, stage);
        if (isSure)
            return here;
        const Side later = fromRule(profile, stage, step + 1, 0, 0);
        return here.answer == later.answer ? later : uncertain(*hits.front().rule);
    }

    const Reach::Private& m_model;
    const Other& m_other;
    std::uint32_t m_signature;
    Protocol m_protocol;
    std::uint16_t m_port;
};

} // namespace

Side Reach::Private::decideSide(
    Layer layer, const Point& subject, const Point& peer, Protocol protocol, std::uint16_t port) const
{
    Side side;
    if (!subject.isPod()) {
        side.basis = Basis::Outside;
        return side;
    }
    const ReachPod& pod = f().pods[subject.pod];
    if (auto unknown = undecidable(pod.ns, !peer.isPod(), layer))
        return *unknown;
    const Profile& profile = profileFor(layer, pod.podClass);
    if (profile.groups.empty())
        return side;
    const Other other = otherOf(peer, subject);
    const std::uint32_t signature = layer == Layer::Egress ? other.signature : f().classes[pod.podClass].signature;
    side = PacketEvaluation(*this, other, signature, protocol, port).run(profile);
    for (const std::uint32_t index : profile.groups)
        side.selecting += static_cast<std::uint32_t>(group(index).policies.size());
    if (pod.isHostNetwork && side.answer == Answer::Denied) {
        side.answer = Answer::Unknown;
        side.basis = Basis::UndefinedHostNetwork;
        side.remark = "the pod is in the network of its node: plugins commonly do not apply policies to it";
    }
    return side;
}

Verdict Reach::decide(const Point& from, const Point& to, Protocol protocol, std::uint16_t port) const
{
    Verdict verdict { .from = from, .to = to, .protocol = protocol, .port = port };
    const bool isSelf = from.isPod() && from.pod == to.pod;
    if (isSelf || m->isOnOwnNode(from, to) || m->isOnOwnNode(to, from)) {
        verdict.egress.basis = verdict.ingress.basis = Basis::SpecException;
        verdict.note
            = isSelf ? "a pod cannot block access to itself" : "a pod and its own node always reach each other";
        return verdict;
    }
    verdict.egress = m->decideSide(Layer::Egress, from, to, protocol, port);
    verdict.ingress = m->decideSide(Layer::Ingress, to, from, protocol, port);
    const bool hasMesh = to.isPod() && protocol == Protocol::TCP
        && !m->profileFor(Layer::Mesh, m->f().pods[to.pod].podClass).groups.empty();
    if (hasMesh)
        verdict.mesh = m->decideSide(Layer::Mesh, to, from, protocol, port);
    const auto isAny = [&](Answer answer) {
        return verdict.egress.answer == answer || verdict.ingress.answer == answer
            || (verdict.mesh && verdict.mesh->answer == answer);
    };
    verdict.answer = isAny(Answer::Denied) ? Answer::Denied
        : isAny(Answer::Unknown)           ? Answer::Unknown
                                           : Answer::Allowed;
    verdict.inForce = verdict.answer;
    const bool isMeshDenial = verdict.mesh && verdict.mesh->answer == Answer::Denied;
    if (m->enforcement.state == Plugin::Enforcement::No && !isMeshDenial)
        verdict.inForce = Answer::Allowed;
    else if (m->enforcement.state == Plugin::Enforcement::Unknown && verdict.answer == Answer::Denied && !isMeshDenial)
        verdict.inForce = Answer::Unknown;
    return verdict;
}

} // namespace plimsoll::network
