// SPDX-License-Identifier: Apache-2.0
// Reasons in words: for tables, for people, and why other rules did not match.
#include "core/network/detail/Compile_p.h"

#include <algorithm>
#include <set>

#include "core/base/Text.h"

namespace plimsoll::network {

using Operator = cluster::Requirement::Operator;
using Match = Reach::Private::Match;
using Other = Reach::Private::Other;

namespace {

// Labels that stand for facts of the pod, in words.
std::string keyText(std::string_view key)
{
    if (!key.starts_with('@'))
        return printable(key);
    key.remove_prefix(1);
    const auto slash = key.find('/');
    if (slash == std::string_view::npos)
        return key == "serviceaccount" ? "service account" : key == "mesh" ? "in the mesh" : std::string(key);
    return (key.starts_with("namespace") ? "namespace label " : "service account label ")
        + printable(key.substr(slash + 1));
}

std::string termText(const TextRequirement& term)
{
    std::vector<std::string> values;
    for (const std::string& value : term.values)
        values.push_back(printable(value));
    switch (term.op) {
    case Operator::In:
        return values.size() == 1 ? keyText(term.key) + '=' + values.front()
                                  : keyText(term.key) + " in (" + join(values, ", ") + ')';
    case Operator::NotIn:
        return values.size() == 1 ? keyText(term.key) + "!=" + values.front()
                                  : keyText(term.key) + " not in (" + join(values, ", ") + ')';
    case Operator::Exists:
        return "label " + keyText(term.key);
    case Operator::DoesNotExist:
        return "no label " + keyText(term.key);
    case Operator::Invalid:
        break;
    }
    return "an invalid requirement";
}

std::string podsText(const PodSelection& pods)
{
    if (pods.isNever)
        return "nobody, for the selector is invalid";
    const std::string own = pods.pods.isEmpty() ? "all pods" : "pods with " + describe(pods.pods);
    if (pods.ns)
        return own + " in namespace " + printable(*pods.ns);
    return pods.namespaces.isEmpty() ? own + " in all namespaces"
                                     : own + " in namespaces with " + describe(pods.namespaces);
}

std::string nodesText(const PeerDef& peer)
{
    const std::string which = peer.scope == PeerDef::NodeScope::Own ? "the node of the pod"
        : peer.scope == PeerDef::NodeScope::Others                  ? "other nodes"
                                                                    : "nodes";
    return peer.nodes.isEmpty() ? which : which + " with " + describe(peer.nodes);
}

} // namespace

std::string describe(const Selection& selection)
{
    std::vector<std::string> parts;
    for (const TextRequirement& term : selection.terms)
        parts.push_back(termText(term));
    if (selection.expression)
        parts.push_back(printable(selection.expression->text()));
    return join(parts, ", ");
}

std::string textOf(const std::vector<AddressRange>& ranges)
{
    std::vector<std::string> cidrs;
    for (const AddressRange& range : ranges) {
        for (std::string& cidr : cidrsOf(range))
            cidrs.push_back(std::move(cidr));
        if (cidrs.size() > 8) {
            cidrs.resize(8);
            cidrs.emplace_back("...");
            break;
        }
    }
    return cidrs.empty() ? "no address" : join(cidrs, ", ");
}

std::string describe(const PeerDef& peer)
{
    switch (peer.kind) {
    case PeerDef::Kind::Pods:
        return podsText(peer.pods);
    case PeerDef::Kind::Addresses:
        return peer.hasPodLimit ? textOf(peer.addresses) + " that are " + podsText(peer.pods) : textOf(peer.addresses);
    case PeerDef::Kind::Nodes:
        return nodesText(peer);
    case PeerDef::Kind::Outside:
        return "addresses outside of the cluster";
    case PeerDef::Kind::Domains:
    case PeerDef::Kind::Unreadable:
        break;
    }
    return printable(peer.text);
}

std::string describe(const PortTerms& terms)
{
    if (terms.isAll)
        return "every port";
    std::vector<std::string> parts;
    for (const PortTerm& term : terms.terms) {
        const std::string protocol = term.isAnyProtocol ? "" : std::string(toText(term.protocol)) + ' ';
        if (!term.name.empty())
            parts.push_back(protocol + "port " + printable(term.name));
        else
            parts.push_back(protocol + (term.range == PortRange() ? "every port" : toText(std::vector { term.range })));
    }
    return parts.empty() ? "no port" : join(parts, ", ");
}

std::string Reach::nameOf(const Point& point) const
{
    if (!point.isPod())
        return textOf(std::vector { point.addresses });
    const ReachPod& pod = pods()[point.pod];
    const std::string name(cluster().text(cluster().object(pod.object).name));
    return printable(namespaceNames()[pod.ns] + '/' + name);
}

std::string Reach::Private::policyTitle(const Side& side) const
{
    if (side.policyIndex != noIndex)
        return policy(side.policyIndex).title;
    return side.policy.isNone() ? std::string() : printable(f().cluster->titleOf(side.policy));
}

std::string Reach::sideText(const Verdict& verdict, Layer layer) const
{
    const Side* side = verdict.side(layer);
    if (!side)
        return {};
    const std::string own = nameOf(layer == Layer::Egress ? verdict.from : verdict.to);
    const std::string direction(toText(layer));
    const std::string rule = side->pointer.empty() ? std::string() : " (" + side->pointer + ')';
    const std::string policy = m->policyTitle(*side);
    switch (side->basis) {
    case Basis::Outside:
        return own + " is no pod of the cluster: no policy restricts it";
    case Basis::SpecException:
        return "always allowed";
    case Basis::DefaultOpen:
        return side->selecting == 0 ? "no policy selects " + own + " for " + direction
                                    : "no policy that selects " + own + " for " + direction + " decides";
    case Basis::Policy:
        if (side->answer == Answer::Allowed)
            return policy + " allows it" + rule;
        if (!side->pointer.empty())
            return policy + " denies it" + rule;
        return side->selecting == 1 ? policy + " selects " + own + " for " + direction + " and does not allow it"
                                    : "none of " + counted(side->selecting, "policy", "policies") + " that select "
                + own + " for " + direction + " allows it: " + policy + (side->selecting > 1 ? " and others" : "");
    case Basis::L7Restricted:
        return policy + " allows it" + rule + ", limited to some requests";
    default:
        break;
    }
    const std::string by = policy.empty() || side->basis == Basis::Unevaluated ? policy : policy + rule;
    const std::string why = side->remark.empty() ? std::string(toText(side->basis)) : side->remark;
    return by.empty() || why.find(policy) != std::string::npos ? why : by + ": " + why;
}

std::string Reach::reason(const Verdict& verdict) const
{
    if (verdict.egress.basis == Basis::SpecException)
        return verdict.note + " (spec-exception)";
    std::string out = "egress: " + sideText(verdict, Layer::Egress) + "; ingress: " + sideText(verdict, Layer::Ingress);
    if (verdict.mesh)
        out += "; mesh: " + sideText(verdict, Layer::Mesh);
    if (!verdict.note.empty())
        out = verdict.note + "; " + out;
    if (verdict.inForce != verdict.answer)
        out += "; as written; " + enforcement().sentence;
    return out;
}

namespace {

// Why the rules of a profile let a connection pass or not.
class Explainer {
public:
    Explainer(const Reach& reach, const Verdict& verdict)
        : m_reach(reach)
        , m_model(reach.model())
        , m_verdict(verdict)
    {
    }

    Explanation run()
    {
        m_out.verdict = m_verdict;
        if (m_verdict.egress.basis == Basis::SpecException)
            return std::move(m_out);
        for (const Layer layer : { Layer::Egress, Layer::Ingress, Layer::Mesh })
            addLayer(layer);
        m_out.change = change();
        // Nobody reads thousands: the nearest are kept.
        constexpr std::size_t mostMisses = 100;
        if (m_out.misses.size() > mostMisses) {
            std::ranges::stable_partition(m_out.misses, &NearMiss::isPeerMatched);
            m_out.omitted += m_out.misses.size() - mostMisses;
            m_out.misses.resize(mostMisses);
        }
        return std::move(m_out);
    }

private:
    void addLayer(Layer layer)
    {
        const Side* side = m_verdict.side(layer);
        const Point& subject = layer == Layer::Egress ? m_verdict.from : m_verdict.to;
        const Point& peer = layer == Layer::Egress ? m_verdict.to : m_verdict.from;
        if (!side || !subject.isPod())
            return;
        const std::uint32_t podClass = m_model.f().pods[subject.pod].podClass;
        const Other other = m_model.otherOf(peer, subject);
        const std::uint32_t signature
            = layer == Layer::Egress ? other.signature : m_model.f().classes[podClass].signature;
        for (const std::uint32_t index : m_model.profileFor(layer, podClass).groups)
            addGroup(m_model.group(index), layer, *side, other, signature);
    }

    void addGroup(const Group& group, Layer layer, const Side& side, const Other& other, std::uint32_t signature)
    {
        for (const Rule& rule : group.rules) {
            const bool isDecider = rule.policy == side.policyIndex && rule.pointer == side.pointer;
            if (isDecider)
                continue;
            const Match peer = m_model.match(rule, other);
            if (peer == Match::No && m_out.misses.size() >= mostFarMisses) {
                ++m_out.omitted;
                continue;
            }
            const bool hasPort
                = m_model.hasPort(m_model.terms(rule.ports), signature, m_verdict.protocol, m_verdict.port);
            NearMiss miss { m_model.policy(rule.policy).object, layer, rule.pointer, {}, peer == Match::Yes };
            if (peer == Match::No)
                miss.reason = "other peers: " + peersText(rule);
            else if (!hasPort)
                miss.reason = "other ports: " + portsText(rule, signature);
            else
                miss.reason = peer == Match::Maybe ? "it may match" : alsoText(rule);
            miss.title = m_model.policy(rule.policy).title;
            m_out.misses.push_back(std::move(miss));
        }
        std::set<std::uint32_t> withRules;
        for (const Rule& rule : group.rules)
            withRules.insert(rule.policy);
        for (const std::uint32_t policy : group.policies) {
            if (!withRules.contains(policy))
                m_out.misses.push_back({ m_model.policy(policy).object, layer, "/spec",
                    "has no rule for " + std::string(toText(layer)), false, m_model.policy(policy).title });
        }
    }

    static constexpr std::size_t mostFarMisses = 100;

    static std::string alsoText(const Rule& rule)
    {
        return rule.action == Action::Allow ? "it matches as well, and allows"
            : rule.action == Action::Deny   ? "it matches as well, and denies"
                                            : "it matches as well, and leaves it to the next tier";
    }

    std::string peersText(const Rule& rule) const
    {
        std::vector<std::string> texts;
        for (const std::uint32_t id : rule.peers)
            texts.push_back(m_model.peer(id).text);
        if (texts.size() > 4) {
            const std::size_t more = texts.size() - 4;
            texts.resize(4);
            texts.push_back(std::to_string(more) + " more");
        }
        return texts.empty() ? "none" : join(texts, "; ");
    }

    // A named port that the destination lacks is told as such.
    std::string portsText(const Rule& rule, std::uint32_t signature) const
    {
        const PortTerms& terms = m_model.terms(rule.ports);
        std::string out = describe(terms);
        for (const PortTerm& term : terms.terms) {
            const auto& named = m_model.f().signatures[signature];
            if (!term.name.empty() && std::ranges::find(named, term.name, &NamedPort::name) == named.end())
                out += ", and the destination names no port " + printable(term.name);
        }
        return out;
    }

    std::string portText() const
    {
        return std::string(toText(m_verdict.protocol)) + ' ' + std::to_string(m_verdict.port);
    }

    std::string change() const
    {
        if (m_verdict.answer == Answer::Allowed)
            return toDeny();
        if (m_verdict.answer == Answer::Unknown)
            return {};
        std::vector<std::string> parts;
        for (const Layer layer : { Layer::Egress, Layer::Ingress, Layer::Mesh }) {
            const Side* side = m_verdict.side(layer);
            if (side && side->answer == Answer::Denied)
                parts.push_back(toAllow(layer, *side));
        }
        return "to allow it: " + join(parts, ", and ");
    }

    std::string toAllow(Layer layer, const Side& side) const
    {
        const std::string title = m_model.policyTitle(side);
        if (!side.pointer.empty())
            return "take " + m_reach.nameOf(layer == Layer::Egress ? m_verdict.to : m_verdict.from) + " out of "
                + side.pointer + " of " + title;
        const auto near = std::ranges::find_if(m_out.misses, [&](const NearMiss& miss) {
            return miss.layer == layer && miss.isPeerMatched && miss.reason.starts_with("other ports");
        });
        if (near != m_out.misses.end())
            return "add " + portText() + " to the ports of " + near->pointer + " of " + near->title;
        const Point& other = layer == Layer::Egress ? m_verdict.to : m_verdict.from;
        return "add a rule for " + m_reach.nameOf(other) + " on " + portText() + " to the "
            + std::string(layer == Layer::Egress ? "egress" : "ingress") + " of " + title;
    }

    std::string toDeny() const
    {
        const auto isOpen = [](const Side& side) { return side.basis == Basis::DefaultOpen; };
        if (m_verdict.to.isPod() && isOpen(m_verdict.ingress))
            return "to deny it: let a policy select " + m_reach.nameOf(m_verdict.to)
                + " for ingress without allowing it";
        if (m_verdict.from.isPod() && isOpen(m_verdict.egress))
            return "to deny it: let a policy select " + m_reach.nameOf(m_verdict.from)
                + " for egress without allowing it";
        const Layer layer = m_verdict.to.isPod() ? Layer::Ingress : Layer::Egress;
        const Side& side = *m_verdict.side(layer);
        const auto others = std::ranges::count_if(m_out.misses, [&](const NearMiss& miss) {
            return miss.layer == layer && miss.reason == "it matches as well, and allows";
        });
        return "to deny it: take it out of " + side.pointer + " of " + m_model.policyTitle(side)
            + (others > 0 ? " and of "
                        + counted(static_cast<std::uint64_t>(others), "further rule that allows it",
                            "further rules that allow it")
                          : std::string());
    }

    const Reach& m_reach;
    const Reach::Private& m_model;
    const Verdict& m_verdict;
    Explanation m_out;
};

} // namespace

Explanation Reach::explain(const Verdict& verdict) const
{
    return Explainer(*this, verdict).run();
}

} // namespace plimsoll::network
