// SPDX-License-Identifier: Apache-2.0
// Questions about named things: pods, Services, workloads, namespaces, ranges of addresses.
#include "core/network/detail/ReachTables_p.h"

#include <algorithm>

#include "core/base/Text.h"
#include "core/network/Services.h"

namespace plimsoll::network {

using cluster::Cluster;

namespace {

constexpr std::size_t mostPairs = 2'000'000; // of one question

class EndpointParser {
public:
    EndpointParser(const Reach& reach, std::string_view text)
        : m_reach(reach)
        , m_f(reach.model().f())
        , m_text(trimmed(text))
    {
    }

    Result<Endpoint> run()
    {
        m_out.name = m_text;
        const std::string lower = toLowerAscii(m_text);
        if (lower == "external" || lower == "internet")
            return external();
        if (m_text == "*")
            return all();
        if (const auto range = rangeOf(m_text))
            return addresses(*range);
        const auto parts = split(m_text, '/');
        if (parts.size() == 3)
            return ofKind(toLowerAscii(parts[0]), std::string(parts[1]), std::string(parts[2]));
        if (parts.size() == 2 && parts[1] == "*")
            return ofNamespace(std::string(parts[0]));
        if (parts.size() == 2)
            return named(std::string(parts[0]), std::string(parts[1]));
        if (m_f.namespaceByName.contains(m_text))
            return ofNamespace(m_text);
        return named("default", m_text);
    }

private:
    static std::optional<AddressRange> rangeOf(std::string_view text)
    {
        if (const auto address = parseAddress(text))
            return AddressRange { address->bits, address->bits, address->isV6 };
        return parseCidr(text);
    }

    std::unexpected<Error> unknown(std::string advice = {}) const
    {
        return failure(ErrorKind::Usage, "there is no such pod, Service or workload", m_text,
            advice.empty() ? "write NS/POD, NS/SERVICE, NS/WORKLOAD, NS/*, a CIDR or external" : std::move(advice));
    }

    Result<Endpoint> external()
    {
        m_out.kind = Endpoint::Kind::External;
        m_out.points.push_back({ noIndex, everyAddress(false) });
        if (m_f.hasIpv6)
            m_out.points.push_back({ noIndex, everyAddress(true) });
        return std::move(m_out);
    }

    Result<Endpoint> all()
    {
        m_out.kind = Endpoint::Kind::All;
        for (std::uint32_t i = 0; i < m_f.pods.size(); ++i)
            m_out.points.push_back(Point::ofPod(i));
        return std::move(m_out);
    }

    Result<Endpoint> addresses(const AddressRange& range)
    {
        m_out.kind = Endpoint::Kind::Addresses;
        const auto pod = m_f.podByAddress.find({ range.isV6, range.first });
        if (range.first == range.last && pod != m_f.podByAddress.end()) {
            m_out.kind = Endpoint::Kind::Pod;
            m_out.points.push_back(Point::ofPod(pod->second));
        } else {
            m_out.points.push_back({ noIndex, range });
        }
        return std::move(m_out);
    }

    Result<Endpoint> ofNamespace(const std::string& ns)
    {
        const auto found = m_f.namespaceByName.find(ns);
        if (found == m_f.namespaceByName.end())
            return unknown("check the name of the namespace");
        m_out.kind = Endpoint::Kind::All;
        for (const std::uint32_t pod : m_f.namespaces[found->second].pods)
            m_out.points.push_back(Point::ofPod(pod));
        return std::move(m_out);
    }

    bool takePod(const std::string& path)
    {
        const auto pod = m_f.podByName.find(path);
        if (pod == m_f.podByName.end())
            return false;
        m_out.kind = Endpoint::Kind::Pod;
        m_out.points.push_back(Point::ofPod(pod->second));
        return true;
    }

    bool takeService(const std::string& path)
    {
        const auto service = m_f.serviceByName.find(path);
        if (service == m_f.serviceByName.end())
            return false;
        m_out.kind = Endpoint::Kind::Service;
        m_out.service = service->second;
        const std::size_t ports = m_reach.cluster().services()[service->second].ports.size();
        for (std::size_t port = 0; port < std::max<std::size_t>(ports, 1) && ports > 0; ++port) {
            for (const Backend& backend : backendsOf(m_reach, service->second, port).list) {
                if (std::ranges::find(m_out.points, backend.point) == m_out.points.end())
                    m_out.points.push_back(backend.point);
            }
        }
        return true;
    }

    bool takeWorkload(const std::string& path, std::string_view kind)
    {
        const auto found = m_f.workloadsByName.find(path);
        if (found == m_f.workloadsByName.end())
            return false;
        const Cluster& cluster = m_reach.cluster();
        for (const std::uint32_t w : found->second) {
            const std::string own = toLowerAscii(cluster.kindName(cluster.workloads()[w].object));
            if (!kind.empty() && own != toLowerAscii(kind))
                continue;
            m_out.kind = Endpoint::Kind::Workload;
            for (const std::uint32_t pod : m_f.podsByWorkload[w])
                m_out.points.push_back(Point::ofPod(pod));
            return true;
        }
        return false;
    }

    Result<Endpoint> named(const std::string& ns, std::string name)
    {
        std::string kind;
        if (const auto bracket = name.find('['); bracket != std::string::npos && name.ends_with(']')) {
            kind = name.substr(bracket + 1, name.size() - bracket - 2);
            name.resize(bracket);
        }
        const std::string path = ns + '/' + name;
        const bool isFound = kind.empty() ? takePod(path) || takeService(path) || takeWorkload(path, {})
                                          : takeWorkload(path, kind) || (toLowerAscii(kind) == "pod" && takePod(path));
        if (!isFound)
            return unknown();
        return std::move(m_out);
    }

    Result<Endpoint> ofKind(const std::string& kind, const std::string& ns, const std::string& name)
    {
        const std::string path = ns + '/' + name;
        const bool isFound = kind == "pod" ? takePod(path)
            : kind == "service"            ? takeService(path)
                                           : takeWorkload(path, kind);
        if (!isFound)
            return unknown();
        return std::move(m_out);
    }

    const Reach& m_reach;
    const Foundation& m_f;
    std::string m_text;
    Endpoint m_out;
};

int rankOf(Answer answer)
{
    return answer == Answer::Allowed ? 2 : answer == Answer::Unknown ? 1 : 0;
}

// One question about two ends that may be many points each.
class Asking {
public:
    Asking(const Reach& reach, const Endpoint& from, const Endpoint& to, Protocol protocol, std::string_view port)
        : m_reach(reach)
        , m_from(from)
        , m_to(to)
        , m_protocol(protocol)
        , m_port(port)
    {
    }

    Result<Verdict> run()
    {
        if (auto problem = resolveTargets())
            return std::move(*problem);
        if (m_from.points.empty() || m_targets.empty())
            return nothing(m_from.points.empty() ? "there is no pod behind " + printable(m_from.name) : noTargetNote());
        if (m_from.points.size() * m_targets.size() > mostPairs)
            return failure(ErrorKind::Usage, "the question is about too many pairs of pods",
                m_from.name + " to " + m_to.name, "ask for a namespace or a workload");
        for (const Point& from : m_from.points) {
            for (const Backend& to : m_targets)
                askPair(from, to);
        }
        if (!m_best)
            return nothing("both ends are the same pod");
        if (m_pairs > 1 && m_best->note.empty())
            m_best->note = std::to_string(m_allowed) + " of " + grouped(m_pairs) + ' '
                + (m_hasPieces ? "pairs of pods and ranges" : "pairs of pods")
                + " allowed: " + m_reach.nameOf(m_best->from) + " to " + m_reach.nameOf(m_best->to);
        return std::move(*m_best);
    }

private:
    Verdict nothing(std::string note) const
    {
        Verdict verdict;
        verdict.answer = verdict.inForce = Answer::Denied;
        verdict.egress.basis = verdict.ingress.basis = Basis::NoSuchPort;
        verdict.egress.remark = verdict.ingress.remark = note;
        verdict.protocol = m_protocol;
        return verdict;
    }

    std::string noTargetNote() const
    {
        return m_targetProblem.empty() ? "there is no pod behind " + printable(m_to.name) : m_targetProblem;
    }

    // The pods of the destination with the port on each. An error for a port that cannot be.
    std::optional<Result<Verdict>> resolveTargets()
    {
        const auto number = toInteger(m_port);
        if (number && (*number < 1 || *number > 65535))
            return failure(ErrorKind::Usage, "not a port", std::string(m_port), "write a number from 1 to 65535");
        if (m_to.kind == Endpoint::Kind::Service) {
            const std::size_t ports = m_reach.cluster().services()[m_to.service].ports.size();
            if (m_port.empty()) {
                for (std::size_t port = 0; port < ports; ++port)
                    addBackends(port);
                return std::nullopt;
            }
            const auto port = servicePort(m_reach, m_to.service, m_port, m_protocol);
            if (!port)
                return nothing("Service " + printable(m_to.name) + " has no port " + std::string(toText(m_protocol))
                    + ' ' + printable(m_port));
            addBackends(*port);
            return std::nullopt;
        }
        for (const Point& point : m_to.points) {
            std::uint16_t port = number ? static_cast<std::uint16_t>(*number) : std::uint16_t { 0 };
            if (!number && !m_port.empty()) {
                port = point.isPod() ? namedPort(m_reach, point.pod, m_port, m_protocol) : std::uint16_t { 0 };
                if (port == 0) {
                    m_targetProblem = "no pod has a port " + printable(m_port);
                    continue;
                }
            }
            m_targets.push_back({ point, port, true });
        }
        return std::nullopt;
    }

    void addBackends(std::size_t port)
    {
        const Backends backends = backendsOf(m_reach, m_to.service, port);
        for (const Backend& backend : backends.list) {
            if (backend.port != 0)
                m_targets.push_back(backend);
        }
        if (m_targets.empty())
            m_targetProblem = "Service " + printable(m_to.name)
                + " leads nowhere: " + (backends.problem.empty() ? "its port is none of the pods'" : backends.problem);
    }

    void askPair(const Point& from, const Backend& to)
    {
        const bool isSelf = from.isPod() && from.pod == to.point.pod;
        if (isSelf && (m_from.points.size() > 1 || m_targets.size() > 1))
            return;
        for (const AddressRange& a : partsOf(from, to.point)) {
            for (const AddressRange& b : partsOf(to.point, from)) {
                const Point own = from.isPod() ? from : Point { noIndex, a };
                const Point other = to.point.isPod() ? to.point : Point { noIndex, b };
                take(verdictOf(own, other, to.port));
            }
        }
    }

    std::vector<AddressRange> partsOf(const Point& point, const Point& pod)
    {
        if (point.isPod() || !pod.isPod())
            return { point.addresses };
        auto parts = m_reach.pieces(pod, point.addresses);
        m_hasPieces = m_hasPieces || parts.size() > 1;
        return parts;
    }

    // Without a port: the first one that is allowed.
    Verdict verdictOf(const Point& from, const Point& to, std::uint16_t port) const
    {
        if (port != 0)
            return m_reach.decide(from, to, m_protocol, port);
        const Reach::Ports ports = m_reach.ports(from, to);
        for (const PortSet* set : { &ports.certain, &ports.possible }) {
            const auto& own = set->ranges(m_protocol);
            if (own.empty())
                continue;
            Verdict verdict = m_reach.decide(from, to, m_protocol, own.front().first);
            verdict.note = "on " + std::string(toText(m_protocol)) + ' '
                + (own.size() == 1 && own.front() == PortRange() ? "every port" : toText(own));
            return verdict;
        }
        return m_reach.decide(from, to, m_protocol, 0);
    }

    void take(Verdict verdict)
    {
        ++m_pairs;
        m_allowed += verdict.answer == Answer::Allowed ? 1 : 0;
        if (!m_best || rankOf(verdict.answer) > rankOf(m_best->answer))
            m_best = std::move(verdict);
    }

    const Reach& m_reach;
    const Endpoint& m_from;
    const Endpoint& m_to;
    Protocol m_protocol;
    std::string_view m_port;
    std::vector<Backend> m_targets;
    std::string m_targetProblem;
    std::optional<Verdict> m_best;
    std::uint64_t m_pairs = 0, m_allowed = 0;
    bool m_hasPieces = false;
};

} // namespace

Result<Endpoint> Reach::endpoint(std::string_view text) const
{
    return EndpointParser(*this, text).run();
}

Result<Verdict> Reach::decide(const Endpoint& from, const Endpoint& to, Protocol protocol, std::string_view port) const
{
    return Asking(*this, from, to, protocol, port).run();
}

std::vector<AddressRange> Reach::pieces(const Point& pod, const AddressRange& range) const
{
    std::vector<Uint128> cuts { range.first };
    const auto cut = [&](Uint128 at) {
        if (at > range.first && at <= range.last)
            cuts.push_back(at);
    };
    const auto cutAround = [&](const AddressRange& block) {
        if (block.isV6 != range.isV6)
            return;
        cut(block.first);
        if (block.last != everyAddress(range.isV6).last)
            cut(block.last + 1);
    };
    bool hasNodes = false;
    for (const Layer layer : { Layer::Egress, Layer::Ingress, Layer::Mesh }) {
        if (!pod.isPod())
            break;
        for (const std::uint32_t index : m->profileFor(layer, m->f().pods[pod.pod].podClass).groups) {
            for (const Rule& rule : m->group(index).rules) {
                for (const std::uint32_t id : rule.peers) {
                    const Peer& peer = m->peer(id);
                    std::ranges::for_each(peer.addresses, cutAround);
                    hasNodes = hasNodes || peer.kind == PeerDef::Kind::Nodes || peer.kind == PeerDef::Kind::Outside;
                }
            }
        }
    }
    for (const auto& [address, node] : m->f().nodeByAddress) {
        if (hasNodes)
            cutAround({ address.second, address.second, address.first });
    }
    std::ranges::sort(cuts);
    cuts.erase(std::ranges::unique(cuts).begin(), cuts.end());
    std::vector<AddressRange> out;
    for (std::size_t i = 0; i < cuts.size(); ++i)
        out.push_back({ cuts[i], i + 1 < cuts.size() ? cuts[i + 1] - 1 : range.last, range.isV6 });
    return out;
}

Reach::Ports Reach::ports(const Point& from, const Point& to, Sides sides) const
{
    const bool isSelf = from.isPod() && from.pod == to.pod;
    if (isSelf || m->isOnOwnNode(from, to) || m->isOnOwnNode(to, from))
        return { PortSet::all(), PortSet::all() };
    Evaluator evaluator(*m);
    Outcome out;
    const auto add = [&](Layer layer, const Point& subject, const Point& other) {
        if (!subject.isPod())
            return;
        const ReachPod& pod = m->f().pods[subject.pod];
        SideKey key = evaluator.keyOf(layer, pod.podClass);
        key.isUndecidable = m->undecidable(pod.ns, !other.isPod(), layer).has_value();
        out = evaluator.meet(out, evaluator.outcome(key, m->otherOf(other, subject)));
    };
    if (sides != Sides::IngressOnly)
        add(Layer::Egress, from, to);
    if (sides != Sides::EgressOnly)
        add(Layer::Ingress, to, from);
    return { evaluator.pool[out.certain], evaluator.pool[out.possible] };
}

} // namespace plimsoll::network
