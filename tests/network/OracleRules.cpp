// SPDX-License-Identifier: Apache-2.0
#include "tests/network/Oracle.h"

#include <algorithm>

namespace plimsoll::test {

using Answer = Oracle::Answer;

namespace {

bool isGiven(format::Value value)
{
    return value.isPresent() && value.type() != format::Type::Null;
}

Answer both(Answer one, Answer other)
{
    if (one == Answer::No || other == Answer::No)
        return Answer::No;
    return one == Answer::Unknown || other == Answer::Unknown ? Answer::Unknown : Answer::Yes;
}

Answer either(Answer one, Answer other)
{
    if (one == Answer::Yes || other == Answer::Yes)
        return Answer::Yes;
    return one == Answer::Unknown || other == Answer::Unknown ? Answer::Unknown : Answer::No;
}

Answer answer(bool yes)
{
    return yes ? Answer::Yes : Answer::No;
}

const char* keyOf(Oracle::Way way)
{
    return way == Oracle::Way::Ingress ? "ingress" : "egress";
}

const char* peersKeyOf(Oracle::Way way)
{
    return way == Oracle::Way::Ingress ? "from" : "to";
}

bool isPortNumber(std::optional<std::int64_t> number)
{
    return number && *number >= 1 && *number <= 65535;
}

} // namespace

bool Oracle::selectsPod(const Policy& policy, Way way, const Pod& pod) const
{
    if (policy.form == Form::NetworkPolicy) {
        bool hasWay = policy.spec["policyTypes"].size() == 0
            && (way == Way::Ingress || policy.spec["egress"].size() > 0); // as the server defaults it
        for (const format::Value type : policy.spec["policyTypes"])
            hasWay = hasWay || type.text() == (way == Way::Ingress ? "Ingress" : "Egress");
        const format::Value selector = policy.spec["podSelector"];
        return hasWay && policy.ns == pod.ns && (!isGiven(selector) || matches(selector, pod.labels));
    }
    if (pod.isHost || policy.spec[keyOf(way)].size() == 0)
        return false;
    const format::Value subject = policy.spec["subject"];
    if (isGiven(subject["namespaces"]) == isGiven(subject["pods"]))
        return false;
    if (isGiven(subject["namespaces"]))
        return matches(subject["namespaces"], namespaceLabels(pod.ns));
    return matches(subject["pods"]["namespaceSelector"], namespaceLabels(pod.ns))
        && matches(subject["pods"]["podSelector"], pod.labels);
}

const std::vector<const Oracle::Policy*>& Oracle::selecting(const End& pod, Way way) const
{
    const auto [found, isNew] = m_selecting.try_emplace({ pod.pod, static_cast<int>(way) });
    if (isNew) {
        for (const Policy& policy : m_policies) {
            if (selectsPod(policy, way, *podOf(pod)))
                found->second.push_back(&policy);
        }
    }
    return found->second;
}

bool Oracle::selects(cluster::ObjectId policy, Way way, const End& pod) const
{
    const auto& all = selecting(pod, way);
    return std::any_of(all.begin(), all.end(), [&](const Policy* one) { return one->object == policy; });
}

bool Oracle::isIsolated(const End& pod, Way way) const
{
    const auto& all = selecting(pod, way);
    return std::any_of(
        all.begin(), all.end(), [](const Policy* policy) { return policy->form == Form::NetworkPolicy; });
}

Answer Oracle::matchesAddress(const End& end, const std::vector<Block>& blocks, const std::vector<Block>& except) const
{
    const Pod* pod = podOf(end);
    const auto isIn = [&](const Ip& ip) {
        const auto has = [&](const Block& block) { return contains(block, ip); };
        return std::any_of(blocks.begin(), blocks.end(), has) && std::none_of(except.begin(), except.end(), has);
    };
    if (!pod)
        return answer(isIn(end.ip));
    if (!pod->ips.empty())
        return answer(std::any_of(pod->ips.begin(), pod->ips.end(), isIn));
    // It will have some address: whether one of these, nobody knows; unless there are none.
    const auto isEmpty = [&](const Block& block) { return isCovered(block, except); };
    return std::all_of(blocks.begin(), blocks.end(), isEmpty) ? Answer::No : Answer::Unknown;
}

Answer Oracle::matchesIpBlock(format::Value block, const End& other) const
{
    const auto cidr = parseBlock(block["cidr"].text());
    if (!cidr)
        return Answer::No;
    std::vector<Block> except;
    for (const format::Value entry : block["except"]) {
        const auto one = parseBlock(entry.text());
        if (!one)
            return Answer::No;
        except.push_back(*one);
    }
    return matchesAddress(other, { *cidr }, except);
}

Answer Oracle::matchesPeer(const Policy& policy, format::Value peer, const End& other) const
{
    const format::Value podSelector = peer["podSelector"];
    const format::Value namespaceSelector = peer["namespaceSelector"];
    const bool hasSelector = isGiven(podSelector) || isGiven(namespaceSelector);
    if (isGiven(peer["ipBlock"]))
        return hasSelector ? Answer::No : matchesIpBlock(peer["ipBlock"], other);
    const Pod* pod = podOf(other);
    if (!hasSelector || !pod)
        return Answer::No;
    if (isGiven(namespaceSelector) ? !matches(namespaceSelector, namespaceLabels(pod->ns)) : pod->ns != policy.ns)
        return Answer::No;
    if (isGiven(podSelector) && !matches(podSelector, pod->labels))
        return Answer::No;
    return pod->isHost ? Answer::Unknown : Answer::Yes; // of the node's network: the plugin may see a node
}

// The same for each pod once: the selectors of a policy are asked about for every pair.
Answer Oracle::matchesPeerCached(const Policy& policy, format::Value peer, const End& other) const
{
    if (other.pod < 0)
        return matchesPeer(policy, peer, other);
    const std::uint64_t key = (std::uint64_t { policy.object.index } << 32) | peer.node();
    std::vector<signed char>& known = m_peers[key];
    known.resize(m_pods.size(), -1);
    signed char& one = known[static_cast<std::size_t>(other.pod)];
    if (one < 0)
        one = static_cast<signed char>(matchesPeer(policy, peer, other));
    return static_cast<Answer>(one);
}

bool Oracle::hasNamedPort(const End& destination, std::string_view name, std::string_view protocol, int port) const
{
    const Pod* pod = podOf(destination);
    return pod && std::any_of(pod->ports.begin(), pod->ports.end(), [&](const NamedPort& one) {
        return one.name == name && one.protocol == protocol && one.number == port;
    });
}

bool Oracle::matchesPort(format::Value entry, const Question& question, bool isBlock) const
{
    const std::string_view given = entry["protocol"].text();
    if ((given.empty() ? std::string_view("TCP") : given) != question.protocol)
        return false;
    const format::Value port = entry["port"];
    const format::Value endPort = entry["endPort"];
    if (!isGiven(port))
        return !isGiven(endPort);
    if (port.isString()) // of the destination, never of addresses
        return !isGiven(endPort) && !(isBlock && question.way == Way::Egress)
            && hasNamedPort(question.destination, port.text(), question.protocol, question.port);
    const auto first = port.asInteger();
    if (!isPortNumber(first))
        return false;
    if (!isGiven(endPort))
        return question.port == *first;
    const auto last = endPort.asInteger();
    return isPortNumber(last) && *last >= *first && question.port >= *first && question.port <= *last;
}

Answer Oracle::matchesRule(const Policy& policy, format::Value rule, const Question& question) const
{
    const auto matchesPorts = [&](bool isBlock) {
        if (rule["ports"].size() == 0)
            return true;
        for (const format::Value entry : rule["ports"]) {
            if (matchesPort(entry, question, isBlock))
                return true;
        }
        return false;
    };
    const format::Value peers = rule[peersKeyOf(question.way)];
    if (peers.size() == 0)
        return answer(matchesPorts(false));
    Answer result = Answer::No;
    for (const format::Value peer : peers) {
        if (matchesPorts(isGiven(peer["ipBlock"])))
            result = either(result, matchesPeerCached(policy, peer, question.other));
    }
    return result;
}

bool Oracle::isReadableTierPeer(format::Value peer, Way way) const
{
    int given = 0;
    for (const format::Value member : peer)
        given += isGiven(member) ? 1 : 0;
    if (given != 1)
        return false;
    if (isGiven(peer["namespaces"]))
        return isReadable(peer["namespaces"]);
    if (isGiven(peer["pods"]))
        return isReadable(peer["pods"]["namespaceSelector"]) && isReadable(peer["pods"]["podSelector"]);
    if (way == Way::Ingress)
        return false;
    if (isGiven(peer["nodes"]))
        return isReadable(peer["nodes"]);
    for (const format::Value cidr : peer["networks"]) {
        if (!parseBlock(cidr.text()))
            return false;
    }
    return peer["networks"].size() > 0 || peer["domainNames"].size() > 0;
}

Answer Oracle::matchesTierPeer(format::Value peer, const End& other) const
{
    const Pod* pod = podOf(other);
    if (isGiven(peer["namespaces"]))
        return answer(pod && !pod->isHost && matches(peer["namespaces"], namespaceLabels(pod->ns)));
    if (isGiven(peer["pods"]))
        return answer(pod && !pod->isHost && matches(peer["pods"]["namespaceSelector"], namespaceLabels(pod->ns))
            && matches(peer["pods"]["podSelector"], pod->labels));
    if (isGiven(peer["domainNames"]))
        return pod ? Answer::No : Answer::Unknown;
    std::vector<Block> blocks;
    for (const format::Value cidr : peer["networks"])
        blocks.push_back(*parseBlock(cidr.text()));
    if (isGiven(peer["nodes"])) {
        if (pod && !pod->isHost)
            return Answer::No; // whatever its address is, it is not that of a node
        if (pod) {
            const auto node = std::ranges::find(m_nodes, pod->node, &NodeInfo::name);
            return node == m_nodes.end() ? Answer::Unknown : answer(matches(peer["nodes"], node->labels));
        }
        for (const NodeInfo& node : m_nodes) {
            if (!matches(peer["nodes"], node.labels))
                continue;
            for (const Ip& ip : node.ips)
                blocks.push_back({ ip, ip.isV6 ? 128 : 32 });
        }
    }
    return matchesAddress(other, blocks, {});
}

Answer Oracle::matchesTierPeerCached(const Policy& policy, format::Value peer, const End& other) const
{
    if (other.pod < 0)
        return matchesTierPeer(peer, other);
    std::vector<signed char>& known = m_peers[(std::uint64_t { policy.object.index } << 32) | peer.node()];
    known.resize(m_pods.size(), -1);
    signed char& one = known[static_cast<std::size_t>(other.pod)];
    if (one < 0)
        one = static_cast<signed char>(matchesTierPeer(peer, other));
    return static_cast<Answer>(one);
}

bool Oracle::matchesTierPort(const Policy& policy, format::Value rule, const Question& question) const
{
    const auto inRange = [&](format::Value range) {
        return range["start"].asInteger().value_or(70000) <= question.port
            && range["end"].asInteger().value_or(0) >= question.port;
    };
    const bool isNew = policy.form == Form::Cluster;
    const format::Value entries = rule[isNew ? "protocols" : "ports"];
    if (entries.size() == 0)
        return true;
    for (const format::Value entry : entries) {
        if (entry.size() != 1)
            continue;
        const format::Value named = entry[isNew ? "destinationNamedPort" : "namedPort"];
        if (isGiven(named)) {
            if (hasNamedPort(question.destination, named.text(), question.protocol, question.port))
                return true;
            continue;
        }
        if (isNew) {
            for (const auto& [key, protocol] : { std::pair("tcp", "TCP"), { "udp", "UDP" }, { "sctp", "SCTP" } }) {
                const format::Value port = entry[key]["destinationPort"];
                if (!isGiven(entry[key]) || question.protocol != protocol)
                    continue;
                if (!isGiven(port) || port["number"].asInteger() == question.port || inRange(port["range"]))
                    return true;
            }
            continue;
        }
        const bool isNumber = isGiven(entry["portNumber"]);
        const format::Value port = entry[isNumber ? "portNumber" : "portRange"];
        const std::string_view protocol = port["protocol"].text().empty() ? "TCP" : port["protocol"].text();
        if (protocol == question.protocol && (isNumber ? port["port"].asInteger() == question.port : inRange(port)))
            return true;
    }
    return false;
}

// What may come of one rule; None is among it when it may not match.
unsigned Oracle::tierRule(const Policy& policy, format::Value rule, const Question& question) const
{
    const std::string_view action = rule["action"].text();
    const bool isAllow = action == (policy.form == Form::Cluster ? "Accept" : "Allow");
    if (!isAllow && action != "Deny" && (action != "Pass" || policy.form == Form::BaselineAdmin))
        return None;
    const unsigned outcome = isAllow ? Allow : action == "Deny" ? Deny : Pass;
    Answer match = Answer::No;
    for (const format::Value peer : rule[peersKeyOf(question.way)]) {
        if (isReadableTierPeer(peer, question.way))
            match = either(match, matchesTierPeerCached(policy, peer, question.other));
        else if (!isAllow)
            return Deny; // fails closed
    }
    if (!matchesTierPort(policy, rule, question))
        return None;
    return match == Answer::No ? None : match == Answer::Yes ? outcome : outcome | None;
}

unsigned Oracle::tierPolicy(const Policy& policy, const Question& question) const
{
    unsigned result = None;
    for (const format::Value rule : policy.spec[keyOf(question.way)]) {
        const unsigned one = tierRule(policy, rule, question);
        result |= one;
        if (!(one & None))
            return result & ~unsigned { None };
    }
    return result;
}

// What may come of a tier; policies of the same priority in any order.
unsigned Oracle::tier(const std::vector<const Policy*>& policies, const Question& question) const
{
    std::map<std::int64_t, std::vector<const Policy*>> byPriority;
    for (const Policy* policy : policies)
        byPriority[policy->form == Form::BaselineAdmin ? 1001 : policy->priority].push_back(policy);
    unsigned result = None;
    for (const auto& [priority, group] : byPriority) {
        bool isDecided = false;
        for (const Policy* policy : group) {
            const unsigned one = tierPolicy(*policy, question);
            result |= one;
            isDecided = isDecided || !(one & None);
        }
        if (isDecided)
            return result & ~unsigned { None };
    }
    return result;
}

Answer Oracle::decide(const Question& question) const
{
    std::vector<const Policy*> admin, standard, baseline;
    for (const Policy* policy : selecting(question.subject, question.way)) {
        if (policy->form == Form::NetworkPolicy)
            standard.push_back(policy);
        else
            (policy->isBaseline ? baseline : admin).push_back(policy);
    }
    const unsigned first = tier(admin, question);
    unsigned result = first & (Allow | Deny);
    if (first & (None | Pass)) {
        if (!standard.empty()) {
            Answer passes = Answer::No;
            for (const Policy* policy : standard) {
                for (const format::Value rule : policy->spec[keyOf(question.way)])
                    passes = either(passes, matchesRule(*policy, rule, question));
            }
            result |= passes == Answer::Yes ? Allow : passes == Answer::No ? Deny : unsigned { Allow | Deny };
        } else {
            const unsigned last = tier(baseline, question);
            result |= last & (Allow | Deny);
            if (last & (None | Pass))
                result |= Allow;
        }
    }
    return result == Allow ? Answer::Yes : result == Deny ? Answer::No : Answer::Unknown;
}

bool Oracle::areOnOneNode(const End& from, const End& to) const
{
    const Pod* one = podOf(from);
    const Pod* other = podOf(to);
    return one && other && (one->isHost || other->isHost) && !one->node.empty() && one->node == other->node;
}

Answer Oracle::side(Way way, const End& from, const End& to, std::string_view protocol, int port) const
{
    const End& subject = way == Way::Ingress ? to : from;
    if (subject.pod < 0 || (from.pod >= 0 && from.pod == to.pod) || areOnOneNode(from, to))
        return Answer::Yes;
    const Answer result = decide({ way, subject, way == Way::Ingress ? from : to, to, protocol, port });
    return podOf(subject)->isHost && result == Answer::No ? Answer::Unknown : result;
}

Answer Oracle::allows(const End& from, const End& to, std::string_view protocol, int port) const
{
    return both(side(Way::Egress, from, to, protocol, port), side(Way::Ingress, from, to, protocol, port));
}

Answer Oracle::allows(std::string_view from, std::string_view to, std::string_view protocol, int port) const
{
    const auto source = end(from);
    const auto destination = end(to);
    return source && destination ? allows(*source, *destination, protocol, port) : Answer::Unknown;
}

Answer Oracle::ruleMatches(cluster::ObjectId policy, std::string_view pointer, const End& subject, const End& other,
    std::string_view protocol, int port) const
{
    const Way way = pointer.starts_with("/spec/egress/") ? Way::Egress : Way::Ingress;
    const Question question { way, subject, other, way == Way::Ingress ? subject : other, protocol, port };
    for (const Policy& one : m_policies) {
        if (!(one.object == policy) || !pointer.starts_with("/spec/"))
            continue;
        const format::Value rule = one.spec.at(pointer.substr(5));
        if (rule.isAbsent())
            return Answer::No;
        if (one.form == Form::NetworkPolicy)
            return matchesRule(one, rule, question);
        const unsigned outcome = tierRule(one, rule, question);
        return outcome == None ? Answer::No : outcome & None ? Answer::Unknown : Answer::Yes;
    }
    return Answer::No;
}

} // namespace plimsoll::test
