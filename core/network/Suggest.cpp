// SPDX-License-Identifier: Apache-2.0
#include "core/network/Suggest.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "core/base/Text.h"
#include "core/network/Exposure.h"
#include "core/network/Lint.h"
#include "core/network/Services.h"
#include "core/network/detail/ReachModel_p.h"
#include "core/network/detail/Read_p.h"
#include "core/network/detail/Routes_p.h"

namespace plimsoll::network {

using cluster::Cluster;
using cluster::ObjectId;
using cluster::WorkloadId;

namespace {

// Labels that change with every roll-out or are of one pod alone.
bool isVolatile(std::string_view key)
{
    constexpr std::array<std::string_view, 12> keys { "pod-template-hash", "controller-revision-hash",
        "pod-template-generation", "statefulset.kubernetes.io/pod-name", "apps.kubernetes.io/pod-index",
        "batch.kubernetes.io/controller-uid", "batch.kubernetes.io/job-name",
        "batch.kubernetes.io/job-completion-index", "controller-uid", "job-name", "rollouts-pod-template-hash",
        "helm.sh/chart" };
    return std::ranges::find(keys, key) != keys.end() || key.ends_with("/version") || key == "version"
        || key.ends_with("-hash");
}

std::size_t rankOf(std::string_view key)
{
    constexpr std::array<std::string_view, 8> preferred { "app.kubernetes.io/name", "app.kubernetes.io/instance",
        "app.kubernetes.io/component", "app", "k8s-app", "component", "tier", "role" };
    const auto found = std::ranges::find(preferred, key);
    return static_cast<std::size_t>(found - preferred.begin());
}

bool hasAll(const TextLabels& own, const TextLabels& wanted)
{
    return std::ranges::all_of(wanted, [&](const auto& label) { return std::ranges::find(own, label) != own.end(); });
}

// One peer of a rule as it will be written.
struct PeerText {
    std::string yaml; // the list item, lines indented by ten
    std::string name; // for people
    auto operator<=>(const PeerText&) const = default;
};
struct PortText {
    Protocol protocol = Protocol::TCP;
    std::uint16_t port = 0;
    auto operator<=>(const PortText&) const = default;
};
using Rules = std::map<PeerText, std::set<PortText>>;

class Suggester {
public:
    Suggester(const Reach& reach, std::span<const WorkloadId> workloads, const SuggestOptions& options)
        : m_reach(reach)
        , m_cluster(reach.cluster())
        , m_f(reach.model().f())
        , m_workloads(workloads)
        , m_options(options)
    {
    }

    Result<Suggestion> run(TaskPool& pool, Progress& progress)
    {
        m_dependencies = declaredDependencies(m_reach);
        m_exposures = exposures(m_reach);
        for (const WorkloadId workload : m_workloads) {
            m_rules = {};
            addDeclared(workload);
            addExposed(workload);
            addScrapes(workload);
            addApiServer(workload);
            if (m_options.withEgress)
                addDns(workload);
            if (auto kept = addKept(workload); !kept)
                return std::unexpected(kept.error());
            write(workload);
        }
        m_out.notes.emplace_back("probes of the kubelet come from the pod's own node, which every policy lets in");
        findReplaced();
        if (progress.isCancelled())
            return failure(ErrorKind::Cancelled, "cancelled");
        if (auto verified = verify(pool, progress); !verified)
            return std::unexpected(verified.error());
        return std::move(m_out);
    }

private:
    std::string nsOf(WorkloadId workload) const
    {
        return namespaceOf(m_cluster, m_cluster.workloads()[workload.index].object);
    }

    static std::string labelsYaml(const TextLabels& labels, const std::string& indent)
    {
        std::string out;
        for (const auto& [key, value] : labels)
            out += indent + jsonQuoted(key) + ": " + jsonQuoted(value) + '\n';
        return out;
    }

    PeerText peerOf(WorkloadId workload, const std::string& fromNs)
    {
        const StableSelector selector = stableSelector(m_reach, workload);
        const std::string ns = nsOf(workload);
        std::string yaml;
        if (ns != fromNs)
            yaml = "        - namespaceSelector:\n            matchLabels:\n              "
                   "\"kubernetes.io/metadata.name\": "
                + jsonQuoted(ns) + "\n          podSelector:\n";
        else
            yaml = "        - podSelector:\n";
        yaml += selector.labels.empty() ? std::string("            {}\n")
                                        : "            matchLabels:\n" + labelsYaml(selector.labels, "              ");
        noteOthers(workload, selector);
        return { std::move(yaml), "pods of " + m_reach.workloadName(workload) };
    }

    void noteOthers(WorkloadId workload, const StableSelector& selector)
    {
        if (selector.others.empty())
            return;
        std::string note = "no stable labels tell " + m_reach.workloadName(workload) + " from "
            + m_reach.workloadName(selector.others.front()) + (selector.others.size() > 1 ? " and others" : "")
            + ": a policy for one holds for all";
        if (std::ranges::find(m_out.notes, note) == m_out.notes.end())
            m_out.notes.push_back(std::move(note));
    }

    static PeerText blockOf(const std::string& cidr)
    {
        return { "        - ipBlock:\n            cidr: " + jsonQuoted(cidr) + '\n', cidr };
    }

    void allow(WorkloadId workload, Direction direction, const PeerText& peer, PortText port, const std::string& reason)
    {
        if (port.port == 0)
            return;
        if (m_rules[indexOf(direction)][peer].insert(port).second)
            m_out.kept.push_back({ m_reach.workloadName(workload), direction, peer.name,
                std::string(toText(port.protocol)) + ' ' + std::to_string(port.port), reason });
    }

    // Calls visit(pod's workload, port) for each workload behind a port of a Service (all ports when none is named).
    template <class Visit> void forBackends(std::uint32_t service, std::optional<std::size_t> port, Visit visit) const
    {
        const auto& ports = m_cluster.services()[service].ports;
        for (std::size_t i = 0; i < ports.size(); ++i) {
            const auto protocol
                = ports[i].protocol.isNone() ? Protocol::TCP : parseProtocol(m_cluster.text(ports[i].protocol));
            if ((port && *port != i) || !protocol)
                continue;
            for (const Backend& backend : backendsOf(m_reach, service, i).list)
                visit(backend, PortText { *protocol, backend.port });
        }
    }

    std::string placeText(const Dependency& dependency) const
    {
        return printable(m_cluster.titleOf(dependency.object)) + ' ' + printable(dependency.pointer) + " names Service "
            + printable(serviceName(m_reach, dependency.service));
    }

    void addDeclared(WorkloadId workload)
    {
        for (const Dependency& dependency : m_dependencies) {
            const bool isOwn = dependency.from == workload;
            if (isOwn && !m_options.withEgress)
                continue;
            forBackends(dependency.service, dependency.port, [&](const Backend& backend, PortText port) {
                if (!backend.point.isPod()) {
                    if (isOwn)
                        allow(workload, Direction::Egress, blockOf(cidrsOf(backend.point.addresses).front()), port,
                            placeText(dependency));
                    return;
                }
                const WorkloadId target = m_reach.pods()[backend.point.pod].workload;
                if (isOwn && target != workload)
                    allow(workload, Direction::Egress, peerOf(target, nsOf(workload)), port, placeText(dependency));
                else if (!isOwn && target == workload)
                    allow(workload, Direction::Ingress, peerOf(dependency.from, nsOf(workload)), port,
                        placeText(dependency));
            });
        }
        if (!m_options.withEgress)
            return;
        // What it carries as a controller of Ingresses or Gateways.
        for (const auto& list : { ingressBackends(m_reach), gatewayBackends(m_reach), istioBackends(m_reach) }) {
            for (const RouteBackend& route : list) {
                const auto service = m_f.serviceByName.find(route.service);
                const auto controllers = controllerPods(m_reach, route);
                if (service == m_f.serviceByName.end() || controllers.empty()
                    || m_reach.pods()[controllers.front()].workload != workload)
                    continue;
                forBackends(service->second, std::nullopt, [&](const Backend& backend, PortText port) {
                    if (backend.point.isPod())
                        allow(workload, Direction::Egress,
                            peerOf(m_reach.pods()[backend.point.pod].workload, nsOf(workload)), port,
                            "it carries " + printable(m_cluster.titleOf(route.hops.back().object)));
                });
            }
        }
    }

    void addExposed(WorkloadId workload)
    {
        for (const Exposure& exposure : m_exposures) {
            if (exposure.workload != workload || exposure.entry == Entry::HostNetwork)
                continue;
            const PortText port { exposure.protocol, exposure.port };
            const std::string reason = wayOf(m_cluster, exposure);
            const bool isRoute = exposure.entry == Entry::Ingress || exposure.entry == Entry::Gateway
                || exposure.entry == Entry::IstioGateway || exposure.entry == Entry::Route;
            if (isRoute) {
                // The last hop but the Service is the pod of the controller, when it is known.
                const cluster::Pod* controller = m_cluster.pod(exposure.hops.back().object);
                const WorkloadId of = controller ? m_cluster.workloadOf(controller->object) : WorkloadId();
                if (!of.isNone())
                    allow(workload, Direction::Ingress, peerOf(of, nsOf(workload)), port, reason);
                else
                    m_out.notes.push_back("the controller was not found, nothing is allowed for it: " + reason);
                continue;
            }
            std::vector<AddressRange> sources = exposure.sources;
            if (sources.empty()) {
                sources.push_back(everyAddress(false));
                if (m_f.hasIpv6)
                    sources.push_back(everyAddress(true));
            }
            for (const AddressRange& range : sources) {
                for (const std::string& cidr : cidrsOf(range))
                    allow(workload, Direction::Ingress, blockOf(cidr), port, reason);
            }
        }
    }

    void addScrapes(WorkloadId workload)
    {
        const cluster::Object& object = m_cluster.object(m_cluster.workloads()[workload.index].object);
        format::Document document;
        if (object.isMissing || !m_cluster.snapshot().readRaw(object.raw, document))
            return;
        std::string at = labelsPointer(m_cluster, m_cluster.workloads()[workload.index].object);
        at.replace(at.rfind("labels"), 6, "annotations");
        const format::Value annotations = document.root().at(at);
        if (annotations["prometheus.io/scrape"].text() != "true")
            return;
        const auto port = toInteger(annotations["prometheus.io/port"].text());
        for (std::uint32_t w = 0; w < m_cluster.workloads().size(); ++w) {
            const auto pods = m_reach.podsOf({ w });
            if (pods.empty() || WorkloadId { w } == workload
                || !hasAll(
                    labelsOf(m_cluster, m_reach.pods()[pods.front()]), { { "app.kubernetes.io/name", "prometheus" } }))
                continue;
            allow(workload, Direction::Ingress, peerOf({ w }, nsOf(workload)),
                { Protocol::TCP, static_cast<std::uint16_t>(port.value_or(0)) }, "its annotations ask for scraping");
        }
    }

    // Admission webhooks and aggregated APIs are called by the API server, from the nodes of the control plane.
    void addApiServer(WorkloadId workload)
    {
        std::set<std::pair<std::string, std::string>> services; // "NS/NAME", why
        for (const cluster::WebhookConfiguration& configuration : m_cluster.webhookConfigurations()) {
            for (const auto& webhook : configuration.webhooks) {
                if (!webhook.serviceName.isNone())
                    services.insert({ std::string(m_cluster.text(webhook.serviceNs)) + '/'
                            + std::string(m_cluster.text(webhook.serviceName)),
                        "the API server calls it: " + printable(m_cluster.titleOf(configuration.object)) });
            }
        }
        for (const ObjectId id : m_cluster.objectsOf("apiregistration.k8s.io", "APIService")) {
            format::Document document;
            if (!m_cluster.object(id).isMissing && m_cluster.snapshot().readRaw(m_cluster.object(id).raw, document)) {
                const format::Value service = document.root()["spec"]["service"];
                services.insert({ std::string(service["namespace"].text()) + '/' + std::string(service["name"].text()),
                    "the API server calls it: " + printable(m_cluster.titleOf(id)) });
            }
        }
        for (const auto& [name, reason] : services) {
            const auto service = m_f.serviceByName.find(name);
            if (service == m_f.serviceByName.end())
                continue;
            forBackends(service->second, std::nullopt, [&](const Backend& backend, PortText port) {
                if (!backend.point.isPod() || m_reach.pods()[backend.point.pod].workload != workload)
                    return;
                bool isKnown = false;
                for (const cluster::Node& node : m_cluster.nodes()) {
                    for (const StringId text : node.addresses) {
                        const auto address = node.isControlPlane ? parseAddress(m_cluster.text(text)) : std::nullopt;
                        if (!address)
                            continue;
                        isKnown = true;
                        allow(workload, Direction::Ingress,
                            blockOf(cidrsOf({ address->bits, address->bits, address->isV6 }).front()), port, reason);
                    }
                }
                if (!isKnown)
                    m_out.notes.push_back(reason + "; the addresses of the control plane are not known here: add them");
            });
        }
    }

    void addDns(WorkloadId workload)
    {
        const auto resolvers = resolversOf(m_reach);
        if (resolvers.empty()) {
            m_out.notes.emplace_back("the DNS of the cluster is not in the source: add a rule for it");
            return;
        }
        for (const Resolver& resolver : resolvers) {
            const WorkloadId of = m_reach.pods()[resolver.pod].workload;
            if (of.isNone() || of == workload)
                continue;
            const PeerText peer = peerOf(of, nsOf(workload));
            allow(workload, Direction::Egress, peer, { Protocol::UDP, resolver.udp }, "DNS");
            allow(workload, Direction::Egress, peer, { Protocol::TCP, resolver.tcp }, "DNS");
        }
    }

    std::vector<PeerText> peersOf(
        const std::vector<std::string>& names, const std::string& fromNs, bool& hasOwn, WorkloadId own, Error& error)
    {
        std::set<PeerText> out;
        for (const std::string& name : names) {
            const auto endpoint = m_reach.endpoint(name);
            if (!endpoint) {
                error = endpoint.error();
                return {};
            }
            for (const Point& point : endpoint->points) {
                const WorkloadId of = point.isPod() ? m_reach.pods()[point.pod].workload : WorkloadId();
                if (!point.isPod()) {
                    for (const std::string& cidr : cidrsOf(point.addresses))
                        out.insert(blockOf(cidr));
                } else if (of == own) {
                    hasOwn = true;
                } else if (!of.isNone()) {
                    out.insert(peerOf(of, fromNs));
                }
            }
        }
        return { out.begin(), out.end() };
    }

    Result<void> addKept(WorkloadId workload)
    {
        for (const Statement& statement : m_options.keep) {
            Error error { .kind = ErrorKind::Usage, .what = {}, .where = {}, .advice = {} };
            bool isSource = false, isTarget = false;
            const auto from = peersOf(statement.from, nsOf(workload), isSource, workload, error);
            const auto to = peersOf(statement.to, nsOf(workload), isTarget, workload, error);
            if (!error.what.empty())
                return std::unexpected(error);
            const auto port = toInteger(statement.port);
            if (!port)
                return failure(ErrorKind::Usage, "a connection to keep needs a number as port", statement.text,
                    "write A -> B:8080");
            const PortText own { statement.protocol.value_or(Protocol::TCP), static_cast<std::uint16_t>(*port) };
            for (const PeerText& peer : isTarget ? from : std::vector<PeerText>())
                allow(workload, Direction::Ingress, peer, own, "kept: " + printable(statement.text));
            for (const PeerText& peer : isSource ? to : std::vector<PeerText>())
                allow(workload, Direction::Egress, peer, own, "kept: " + printable(statement.text));
        }
        return {};
    }

    // Peers with the same ports are one rule.
    std::string rulesYaml(Direction direction) const
    {
        std::map<std::set<PortText>, std::vector<PeerText>> byPorts;
        for (const auto& [peer, ports] : m_rules[indexOf(direction)])
            byPorts[ports].push_back(peer);
        if (byPorts.empty())
            return " []\n";
        std::string out = "\n";
        for (const auto& [ports, peers] : byPorts) {
            out += direction == Direction::Ingress ? "    - from:\n" : "    - to:\n";
            for (const PeerText& peer : peers)
                out += peer.yaml;
            out += "      ports:\n";
            for (const PortText& port : ports)
                out += "        - protocol: " + std::string(toText(port.protocol))
                    + "\n          port: " + std::to_string(port.port) + '\n';
        }
        return out;
    }

    void write(WorkloadId workload)
    {
        const cluster::Object& object = m_cluster.object(m_cluster.workloads()[workload.index].object);
        const StableSelector selector = stableSelector(m_reach, workload);
        noteOthers(workload, selector);
        SuggestedPolicy policy { nsOf(workload), std::string(m_cluster.text(object.name)) + "-least", workload, {} };
        policy.yaml = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: "
            + jsonQuoted(policy.name) + "\n  namespace: " + jsonQuoted(policy.ns) + "\nspec:\n  podSelector:";
        policy.yaml += selector.labels.empty() ? std::string(" {}\n")
                                               : "\n    matchLabels:\n" + labelsYaml(selector.labels, "      ");
        policy.yaml += m_options.withEgress ? "  policyTypes:\n    - Ingress\n    - Egress\n"
                                            : "  policyTypes:\n    - Ingress\n";
        policy.yaml += "  ingress:" + rulesYaml(Direction::Ingress);
        if (m_options.withEgress)
            policy.yaml += "  egress:" + rulesYaml(Direction::Egress);
        const bool isKnown
            = std::ranges::any_of(m_out.policies, [&](const SuggestedPolicy& one) { return one.yaml == policy.yaml; });
        if (!isKnown)
            m_out.policies.push_back(std::move(policy));
    }

    // Policies that select these workloads and nobody else would add to the new ones what they allow now.
    void findReplaced()
    {
        for (const cluster::NetworkPolicy& policy : m_cluster.networkPolicies()) {
            std::set<std::uint32_t> selected;
            for (const Direction direction : bothDirections) {
                for (const std::uint32_t pod : m_reach.selectedBy(policy.object, direction))
                    selected.insert(pod);
            }
            const bool isOurs = !selected.empty() && std::ranges::all_of(selected, [&](std::uint32_t pod) {
                return std::ranges::find(m_workloads, m_reach.pods()[pod].workload) != m_workloads.end();
            });
            if (isOurs && (m_options.withEgress || !policy.hasEgress))
                m_out.replaced.push_back(policy.object);
        }
    }

    Result<void> verify(TaskPool& pool, Progress& progress)
    {
        std::string yaml;
        for (const SuggestedPolicy& policy : m_out.policies)
            yaml += "---\n" + policy.yaml;
        const snapshot::Source source { .path = "suggested.yaml", .bytes = yaml };
        auto added = cluster::loadCluster(std::span(&source, 1), pool, progress);
        if (!added)
            return std::unexpected(added.error());
        const Reach after(m_reach, { m_out.replaced, *added });
        m_out.changes = difference(m_reach, after);
        return {};
    }

    const Reach& m_reach;
    const Cluster& m_cluster;
    const Foundation& m_f;
    std::span<const WorkloadId> m_workloads;
    const SuggestOptions& m_options;
    std::vector<Dependency> m_dependencies;
    std::vector<Exposure> m_exposures;
    std::array<Rules, 2> m_rules; // by Direction, of one workload
    Suggestion m_out;
};

} // namespace

StableSelector stableSelector(const Reach& reach, WorkloadId workload)
{
    StableSelector out;
    const auto pods = reach.podsOf(workload);
    if (pods.empty())
        return out;
    const Cluster& cluster = reach.cluster();
    TextLabels labels = labelsOf(cluster, reach.pods()[pods.front()]);
    std::erase_if(labels, [&](const auto& label) {
        const bool isOnAll = std::ranges::all_of(
            pods, [&](std::uint32_t pod) { return hasAll(labelsOf(cluster, reach.pods()[pod]), { label }); });
        return isVolatile(label.first) || !isOnAll;
    });
    std::ranges::stable_sort(labels, {}, [](const auto& label) { return rankOf(label.first); });
    std::vector<std::pair<TextLabels, WorkloadId>> others;
    for (const std::uint32_t pod : reach.podsOfNamespace(reach.pods()[pods.front()].ns)) {
        if (reach.pods()[pod].workload != workload)
            others.emplace_back(labelsOf(cluster, reach.pods()[pod]), reach.pods()[pod].workload);
    }
    const auto countOthers = [&](const TextLabels& wanted) {
        return std::ranges::count_if(others, [&](const auto& other) { return hasAll(other.first, wanted); });
    };
    // From the best label on, those that exclude others; then those that turned out to be needless are taken away.
    for (const auto& label : labels) {
        TextLabels more = out.labels;
        more.push_back(label);
        if (out.labels.empty() || countOthers(more) < countOthers(out.labels))
            out.labels = std::move(more);
    }
    for (std::size_t i = out.labels.size(); i-- > 0 && out.labels.size() > 1;) {
        TextLabels fewer = out.labels;
        fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
        if (countOthers(fewer) == countOthers(out.labels))
            out.labels = std::move(fewer);
    }
    std::ranges::sort(out.labels);
    std::set<WorkloadId> more;
    for (const auto& [own, other] : others) {
        if (hasAll(own, out.labels) && !other.isNone())
            more.insert(other);
    }
    out.others.assign(more.begin(), more.end());
    return out;
}

Result<Suggestion> suggest(const Reach& reach, std::span<const WorkloadId> workloads, const SuggestOptions& options,
    TaskPool& pool, Progress& progress)
{
    return Suggester(reach, workloads, options).run(pool, progress);
}

} // namespace plimsoll::network
